using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace RegionEscalation.IntegrationTests.Identity;

/// <summary>An issuer whose every answer a test can bend: its name, the keys it publishes and what a token says.</summary>
internal sealed class TestIssuer : IDisposable
{
    public const string Path = "/test-issuer";
    public const string Audience = "api://region-escalation";

    private readonly List<ECDsa> keys = [];
    private readonly List<(ECDsaSecurityKey Key, string? Issuer)> published = [];

    public string Name { get; set; } = "https://issuer.example";

    public ECDsaSecurityKey Publish(string? issuer = null)
    {
        var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        keys.Add(ecdsa);
        var key = new ECDsaSecurityKey(ecdsa) { KeyId = Guid.NewGuid().ToString("N") };
        published.Add((key, issuer));
        return key;
    }

    public void Withdraw(SecurityKey key) => published.RemoveAll(p => p.Key == key);

    public void Map(WebApplication app)
    {
        app.MapGet($"{Path}/.well-known/openid-configuration", (HttpContext http) => new
        {
            issuer = Name,
            jwks_uri = $"http://{http.Request.Host}{Path}/jwks",
        }).AllowAnonymous();
        app.MapGet($"{Path}/jwks", () => new { keys = published.Select(Jwk).ToArray() }).AllowAnonymous();
    }

    public static string Token(SigningCredentials? signedWith, string issuer, string tenant = TestApp.Kalmar, string audience = Audience, int minutes = 5) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            NotBefore = DateTime.UtcNow.AddMinutes(-10),
            Expires = DateTime.UtcNow.AddMinutes(minutes),
            Claims = new Dictionary<string, object> { ["azp"] = "test-client", ["tid"] = tenant, ["roles"] = new[] { "reader" } },
            SigningCredentials = signedWith,
        });

    public static SigningCredentials Es256(ECDsaSecurityKey key) => new(key, SecurityAlgorithms.EcdsaSha256);

    public void Dispose() => keys.ForEach(k => k.Dispose());

    private static Dictionary<string, string> Jwk((ECDsaSecurityKey Key, string? Issuer) entry)
    {
        var point = entry.Key.ECDsa.ExportParameters(false).Q;
        var jwk = new Dictionary<string, string>
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["use"] = "sig",
            ["kid"] = entry.Key.KeyId,
            ["x"] = Base64UrlEncoder.Encode(point.X),
            ["y"] = Base64UrlEncoder.Encode(point.Y),
        };
        if (entry.Issuer is not null)
            jwk["issuer"] = entry.Issuer;
        return jwk;
    }
}
