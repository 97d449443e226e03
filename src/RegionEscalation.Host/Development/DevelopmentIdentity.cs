using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using RegionEscalation.Http;

namespace RegionEscalation.Host.Development;

/// <summary>The section <c>DevelopmentIdentity</c>.</summary>
public sealed class DevelopmentIdentityOptions
{
    public const string Section = "DevelopmentIdentity";

    public bool Enabled { get; init; }

    public DevelopmentClient[] Clients { get; init; } = [];
}

/// <summary>Whom a development token is for. <paramref name="Roles"/> go into the token as they are, known to the platform or not.</summary>
public sealed record DevelopmentClient(string ClientId, string ClientSecret = "", string? TenantId = null, string[]? Roles = null, string Description = "");

/// <summary>
/// An OpenID Connect issuer inside the host, so that the first run and the tests need no directory. Its secrets are public:
/// it exists in the Development environment only. Every start has a fresh signing key, so no token outlives the process.
/// </summary>
public sealed class DevelopmentIdentity(IServer server, IConfiguration configuration, IOptions<DevelopmentIdentityOptions> options) : IDisposable
{
    public const string Path = "/development-identity";

    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly string keyId = Guid.NewGuid().ToString("N");

    /// <summary>Depends on where the server listens: known once it has started.</summary>
    public string Issuer => Identity.OwnAddress(server) + Path;

    public IReadOnlyList<DevelopmentClient> Clients => options.Value.Clients;

    /// <summary>A token for any client, configured or not.</summary>
    /// <param name="client">Client id, directory and roles of the token.</param>
    /// <param name="lifetime">From now; five minutes unless given, an expired token where negative.</param>
    /// <param name="audience">The platform unless given.</param>
    /// <exception cref="InvalidOperationException">The server has not started.</exception>
    public string Issue(DevelopmentClient client, TimeSpan? lifetime = null, string? audience = null)
    {
        var now = DateTime.UtcNow;
        var expires = now + (lifetime ?? Lifetime);
        var issued = expires > now ? now : expires - Lifetime;
        var claims = new Dictionary<string, object>
        {
            ["azp"] = client.ClientId,
            ["sub"] = client.ClientId,
            ["roles"] = client.Roles ?? [],
            ["jti"] = Guid.NewGuid().ToString(),
        };
        if (client.TenantId is not null)
            claims["tid"] = client.TenantId;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = audience ?? configuration["AzureAd:Audience"] ?? configuration["AzureAd:ClientId"],
            IssuedAt = issued,
            NotBefore = issued,
            Expires = expires,
            Claims = claims,
            SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = keyId }, SecurityAlgorithms.EcdsaSha256),
        });
    }

    public void Dispose() => key.Dispose();

    internal object Discovery => new
    {
        issuer = Issuer,
        jwks_uri = $"{Issuer}/jwks",
        token_endpoint = $"{Issuer}/token",
        grant_types_supported = new[] { "client_credentials" },
        token_endpoint_auth_methods_supported = new[] { "client_secret_basic", "client_secret_post" },
        id_token_signing_alg_values_supported = new[] { SecurityAlgorithms.EcdsaSha256 },
        subject_types_supported = new[] { "public" },
        response_types_supported = new[] { "token" },
    };

    internal object PublicKeys
    {
        get
        {
            var point = key.ExportParameters(includePrivateParameters: false).Q;
            return new
            {
                keys = new[]
                {
                    new
                    {
                        kty = "EC",
                        crv = "P-256",
                        use = "sig",
                        alg = SecurityAlgorithms.EcdsaSha256,
                        kid = keyId,
                        x = Base64UrlEncoder.Encode(point.X),
                        y = Base64UrlEncoder.Encode(point.Y),
                    },
                },
            };
        }
    }

    internal DevelopmentClient? Find(string clientId, string secret) =>
        Clients.FirstOrDefault(c => c.ClientId == clientId
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(c.ClientSecret), Encoding.UTF8.GetBytes(secret)));
}

/// <summary>The issuer's addresses, by OpenID Connect Discovery 1.0 and RFC 6749 (client credentials).</summary>
public static partial class DevelopmentIdentityEndpoints
{
    // The names of these answers are fixed by their standards, whatever the platform's own JSON looks like.
    private static readonly JsonSerializerOptions AsWritten = new();

    /// <summary>Adds the issuer where <c>DevelopmentIdentity:Enabled</c> is set.</summary>
    /// <exception cref="StartupProblem">It is set outside the Development environment.</exception>
    public static WebApplicationBuilder AddDevelopmentIdentity(this WebApplicationBuilder builder)
    {
        var section = builder.Configuration.GetSection(DevelopmentIdentityOptions.Section);
        if (!section.GetValue<bool>(nameof(DevelopmentIdentityOptions.Enabled)))
            return builder;
        if (!builder.Environment.IsDevelopment())
            throw new StartupProblem(
                $"DevelopmentIdentity:Enabled is set in the environment {builder.Environment.EnvironmentName}; " +
                "it hands out every role and is for Development only.");
        builder.Services.Configure<DevelopmentIdentityOptions>(section).AddSingleton<DevelopmentIdentity>();
        return builder;
    }

    public static WebApplication MapDevelopmentIdentity(this WebApplication app)
    {
        if (app.Services.GetService<DevelopmentIdentity>() is not { } identity)
            return app;
        IsOn(app.Logger, DevelopmentIdentity.Path);
        var group = app.MapGroup(DevelopmentIdentity.Path).AllowAnonymous().ExcludeFromDescription();
        group.MapGet("/.well-known/openid-configuration", () => Json(identity.Discovery));
        group.MapGet("/jwks", () => Json(identity.PublicKeys));
        group.MapPost("/token", (HttpContext http, CancellationToken cancellation) => TokenAsync(http, identity, cancellation))
            .Accepts<IFormCollection>("application/x-www-form-urlencoded");
        group.MapGet("/clients.json", () => Json(
            identity.Clients.Select(c => new { clientId = c.ClientId, clientSecret = c.ClientSecret, description = c.Description })));
        return app;
    }

    private static async Task<IResult> TokenAsync(HttpContext http, DevelopmentIdentity identity, CancellationToken cancellation)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (!http.Request.HasFormContentType)
            return Error(StatusCodes.Status400BadRequest, "invalid_request", "The request is a form.");
        IFormCollection form;
        try
        {
            form = await http.Request.ReadFormAsync(cancellation);
        }
        catch (InvalidDataException)
        {
            return Error(StatusCodes.Status400BadRequest, "invalid_request", "The form cannot be read.");
        }
        var (clientId, secret) = BasicCredentials(http) ?? ($"{form["client_id"]}", $"{form["client_secret"]}");
        if (identity.Find(clientId, secret) is not { } client)
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"development-identity\"";
            return Error(StatusCodes.Status401Unauthorized, "invalid_client", "Unknown client, or wrong secret.");
        }

        return form["grant_type"] == "client_credentials"
            ? Json(new { access_token = identity.Issue(client), token_type = "Bearer", expires_in = (int)DevelopmentIdentity.Lifetime.TotalSeconds })
            : Error(StatusCodes.Status400BadRequest, "unsupported_grant_type", "Only client_credentials.");
    }

    private static (string ClientId, string Secret)? BasicCredentials(HttpContext http)
    {
        if (!AuthenticationHeaderValue.TryParse(http.Request.Headers.Authorization, out var header)
            || !"Basic".Equals(header.Scheme, StringComparison.OrdinalIgnoreCase))
            return null;
        var decoded = new byte[header.Parameter?.Length ?? 0];
        if (!Convert.TryFromBase64String(header.Parameter ?? "", decoded, out var length))
            return ("", "");
        var parts = Encoding.UTF8.GetString(decoded, 0, length).Split(':', 2);
        return (Unescape(parts[0]), Unescape(parts.ElementAtOrDefault(1) ?? ""));
    }

    // RFC 6749, 2.3.1: both parts are form-encoded before they are put together.
    private static string Unescape(string part) => Uri.UnescapeDataString(part.Replace('+', ' '));

    private static IResult Error(int status, string error, string description) => Json(new { error, error_description = description }, status);

    private static IResult Json(object body, int status = StatusCodes.Status200OK) => Results.Json(body, AsWritten, statusCode: status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The development issuer is on at {Path}: whoever reaches this server can take any role")]
    private static partial void IsOn(ILogger logger, string path);
}
