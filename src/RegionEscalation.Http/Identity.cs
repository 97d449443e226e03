using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace RegionEscalation.Http;

/// <summary>Whose tokens the platform accepts: bearer tokens of one OpenID Connect issuer, found by discovery.</summary>
public static partial class Identity
{
    // How long a signing key that the issuer has withdrawn may still be accepted; the libraries default to half a day.
    private static readonly TimeSpan KeysAreReadEvery = TimeSpan.FromMinutes(10);

    // How often a token with an unknown key may make the platform ask the issuer for its keys.
    private static readonly TimeSpan KeysAreReadAtMostEvery = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    private static readonly string[] AsymmetricAlgorithms =
    [
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
    ];

    /// <summary>
    /// Accepts the tokens of the issuer in the section <c>AzureAd</c>, which has the shape that Microsoft.Identity.Web reads.
    /// The issuer is looked up at the first request, so that it may be the server itself.
    /// </summary>
    /// <exception cref="OptionsValidationException">At the start of the host: the section is missing or unsafe.</exception>
    public static IServiceCollection AddTokens(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IValidateOptions<TokenSettings>, TokenSettingsValidator>();
        services.AddOptions<TokenSettings>().Bind(configuration.GetSection(TokenSettings.Section)).ValidateOnStart();

        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<IOptions<TokenSettings>, IOptions<AccessOptions>, IServer, IHostEnvironment>(Accept)
            .PostConfigure(options => ((BaseConfigurationManager)options.ConfigurationManager!).UseLastKnownGoodConfiguration = false);

        // The library's own lines quote what a refused token says; Refused() below names the reason only.
        return services.Configure<LoggerFilterOptions>(o => o.AddFilter("Microsoft.AspNetCore.Authentication.JwtBearer", LogLevel.Warning));
    }

    /// <summary>The address at which the running server reaches itself, without a trailing slash; plain HTTP where it listens to both.</summary>
    /// <exception cref="InvalidOperationException">The server listens to no TCP address (yet).</exception>
    public static string OwnAddress(IServer server)
    {
        var bound = (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
            .Select(BindingAddress.Parse)
            .Where(a => !a.IsUnixPipe && !a.IsNamedPipe)
            .OrderBy(a => a.Scheme, StringComparer.Ordinal)
            .FirstOrDefault() ?? throw new InvalidOperationException("The server listens to no TCP address at which it could reach itself.");
        var host = bound.Host is "0.0.0.0" or "[::]" or "+" or "*" ? "localhost" : bound.Host;
        return $"{bound.Scheme}://{host}:{bound.Port}";
    }

    private static void Accept(
        JwtBearerOptions options, IOptions<TokenSettings> settings, IOptions<AccessOptions> access, IServer server, IHostEnvironment environment)
    {
        var authority = settings.Value.AuthorityOn(() => OwnAddress(server));
        options.Authority = authority;
        options.MetadataAddress = null!;
        options.Audience = null;
        options.RequireHttpsMetadata = !(environment.IsDevelopment() && new Uri(authority).IsLoopback);
        options.MapInboundClaims = false;
        options.SaveToken = false;
        options.AutomaticRefreshInterval = KeysAreReadEvery;
        options.RefreshInterval = KeysAreReadAtMostEvery;
        // Replaced, not amended: the framework also reads Authentication:Schemes, which could add issuers and symmetric keys.
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAudiences = settings.Value.Audiences,
            ValidAlgorithms = AsymmetricAlgorithms,
            ClockSkew = ClockSkew,
            NameClaimType = AccessRules.ClientIdClaims[0],
            RoleClaimType = AccessRules.RoleClaim,
            IssuerValidatorUsingConfiguration = (issuer, token, _, found) => ValidIssuer(issuer, token, found, access.Value),
            IssuerSigningKeyValidatorUsingConfiguration = (key, token, _, found) => SignsFor(key, token, found),
        };
        options.Events = new JwtBearerEvents
        {
            OnAuthenticationFailed = context =>
            {
                var logger = context.HttpContext.RequestServices.GetRequiredService<ILogger<TokenSettings>>();
                var reason = context.Exception.GetType();
                Refused(logger, reason);
                return Task.CompletedTask;
            },
        };
    }

    // A shared endpoint ("organizations") publishes one issuer for every tenant in the world, with {tenantid} to be filled in;
    // only the tenants named in Access are taken.
    private static string ValidIssuer(string issuer, SecurityToken token, BaseConfiguration found, AccessOptions access)
    {
        var tenant = TenantOf(token);
        var valid = IsTemplate(found.Issuer)
            ? tenant is not null && access.Names(tenant) && issuer == Fill(found.Issuer, tenant)
            : !string.IsNullOrEmpty(issuer) && issuer == found.Issuer;
        return valid ? issuer : throw new SecurityTokenInvalidIssuerException("The token's issuer is not the configured one.");
    }

    // A shared endpoint publishes keys of several issuers, each key saying for which; a key for one must not sign for another.
    private static bool SignsFor(SecurityKey key, SecurityToken token, BaseConfiguration found)
    {
        if (!IsTemplate(found.Issuer))
            return true;
        var published = ((OpenIdConnectConfiguration)found).JsonWebKeySet?.Keys.SingleOrDefault(k => k.Kid == key.KeyId);
        if (published is null || TenantOf(token) is not { } tenant)
            return false;
        return !published.AdditionalData.TryGetValue("issuer", out var signsFor) || Fill($"{signsFor}", tenant) == token.Issuer;
    }

    private static string? TenantOf(SecurityToken token) =>
        ((JsonWebToken)token).Claims.Where(c => c.Type == AccessRules.TenantClaim).ToArray() is [var tenant] ? tenant.Value : null;

    private static bool IsTemplate(string issuer) => issuer.Contains("{tenantid}", StringComparison.Ordinal);

    private static string Fill(string template, string tenant) => template.Replace("{tenantid}", tenant, StringComparison.Ordinal);

    [LoggerMessage(Level = LogLevel.Information, Message = "A token was refused: {Reason}")]
    private static partial void Refused(ILogger logger, Type reason);
}

/// <summary>The section <c>AzureAd</c>.</summary>
internal sealed class TokenSettings
{
    public const string Section = "AzureAd";

    public string Instance { get; init; } = "https://login.microsoftonline.com/";

    /// <summary>A directory's id, or <c>organizations</c> for those that <c>Access</c> names.</summary>
    public string? TenantId { get; init; }

    public string? ClientId { get; init; }

    public string? Audience { get; init; }

    /// <summary>Another issuer's address in place of Instance and TenantId; in Development also a path on the server itself.</summary>
    public string? Authority { get; init; }

    public bool IsOwnPath => Authority?.StartsWith('/') == true;

    public string[] Audiences =>
        !string.IsNullOrWhiteSpace(Audience) ? [Audience] : !string.IsNullOrWhiteSpace(ClientId) ? [ClientId, $"api://{ClientId}"] : [];

    public string AuthorityOn(Func<string> ownAddress) =>
        IsOwnPath ? ownAddress() + Authority
        : !string.IsNullOrWhiteSpace(Authority) ? Authority
        : $"{Instance.TrimEnd('/')}/{TenantId}/v2.0";
}

internal sealed class TokenSettingsValidator(IHostEnvironment environment, IOptions<AccessOptions> access) : IValidateOptions<TokenSettings>
{
    public ValidateOptionsResult Validate(string? name, TokenSettings options) =>
        Problem(options) is { } problem ? ValidateOptionsResult.Fail(problem) : ValidateOptionsResult.Success;

    private string? Problem(TokenSettings settings)
    {
        if (settings.Audiences.Length == 0)
            return "AzureAd:Audience or AzureAd:ClientId must say which tokens are meant for this platform.";
        if (settings.IsOwnPath)
            return environment.IsDevelopment() ? null : "AzureAd:Authority may be a path of the server itself in Development only.";
        if (string.IsNullOrWhiteSpace(settings.Authority) && string.IsNullOrWhiteSpace(settings.TenantId))
            return "AzureAd:TenantId (with AzureAd:Instance) or AzureAd:Authority must name the issuer of the tokens.";
        if (!Uri.TryCreate(settings.AuthorityOn(() => ""), UriKind.Absolute, out var authority))
            return "AzureAd:Instance and AzureAd:Authority must be absolute addresses.";
        if (authority.Scheme != Uri.UriSchemeHttps && !(environment.IsDevelopment() && authority.IsLoopback))
            return "The issuer of the tokens must be reached over HTTPS.";
        // The same application id exists once per directory, so the id alone does not say which region's application it is.
        if (authority.Segments.Any(s => s.TrimEnd('/') is "organizations" or "common")
            && access.Value.Clients.FirstOrDefault(c => c.Value.TenantId is null).Key is { } client)
            return $"Access:Clients:{client} must name its TenantId, because the issuer serves more than one directory.";
        return null;
    }
}
