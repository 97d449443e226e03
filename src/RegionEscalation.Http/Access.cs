using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace RegionEscalation.Http;

/// <summary>An app role in the claim <c>roles</c>, there in lower case with hyphens between words. A decider is also a handler, and a handler a reader.</summary>
public enum Role
{
    Reader,
    Handler,
    Decider,
    Coordinator,
    Integrator,

    /// <summary>The regions' office for sustainable procurement (<c>national-office</c>).</summary>
    NationalOffice,

    /// <summary>A partner outside the regions, named in the section <c>Access</c>.</summary>
    Partner,

    /// <summary>A supplier's representative, of the suppliers named in the section <c>Access</c>.</summary>
    Supplier,

    /// <summary>Reads the access log and nothing else.</summary>
    Auditor,
}

/// <summary>Who calls, as the token and the section <c>Access</c> say; <see cref="Roles"/> holds the included ones too.</summary>
public sealed record Caller(string ClientId, string? TenantId, IReadOnlySet<Role> Roles, IReadOnlySet<string> Regions)
{
    /// <summary>The partner's code; null for everybody else.</summary>
    public string? Partner { get; init; }

    /// <summary>The organisation numbers that the caller speaks for: ten digits, or country, register and number.</summary>
    public IReadOnlyList<string> Suppliers { get; init; } = [];
}

/// <summary>The section <c>Access</c>: which regions a directory's or a client's tokens may use. Read once, at the start.</summary>
public sealed class AccessOptions
{
    public const string Section = "Access";

    /// <summary>Region codes by directory (claim <c>tid</c>, in the writing of the issuer).</summary>
    public Dictionary<string, string[]> Tenants { get; init; } = new(StringComparer.Ordinal);

    /// <summary>By client id; an entry stands in place of its directory's, also where it gives less.</summary>
    public Dictionary<string, ClientAccess> Clients { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The directories whose tokens may carry the national roles: coordinator, national office, auditor. No other's do.</summary>
    public string[] NationalTenants { get; init; } = [];

    internal bool Names(string tenant) => Tenants.ContainsKey(tenant) || NationalTenants.Contains(tenant) || Clients.Values.Any(c => c.TenantId == tenant);
}

/// <summary>One client's regions; a token from another directory than <paramref name="TenantId"/>, where given, gets none.</summary>
/// <param name="Partner">The partner's code, for the role <c>partner</c>.</param>
/// <param name="Suppliers">Organisation numbers, ten digits or such as <c>NO:0192:923609016</c>, for the role <c>supplier</c>.</param>
public sealed record ClientAccess(string? TenantId = null, string[]? Regions = null, string? Partner = null, string[]? Suppliers = null);

/// <summary>The roles an endpoint is open to. One in a region's group that states none is open to nobody.</summary>
public sealed record AllowedRoles(IReadOnlyList<Role> Roles);

/// <summary>Proof that the caller may use the region of this request's route. Only the access check makes one.</summary>
public sealed record GrantedRegion
{
    internal GrantedRegion(string code) => Code = code;

    public string Code { get; }
}

public enum AccessVerdict
{
    Granted,

    /// <summary>403: the role does not allow it.</summary>
    Forbidden,

    /// <summary>404: for this caller the region does not exist.</summary>
    Invisible,
}

/// <summary>The decision, without HTTP. What is missing, malformed or ambiguous gives no access.</summary>
public static class AccessRules
{
    public const string RoleClaim = "roles";
    public const string TenantClaim = "tid";

    /// <summary>Where issuers put the client id (Entra v2, Entra v1, others), in order; the first that is there counts.</summary>
    public static IReadOnlyList<string> ClientIdClaims { get; } = ["azp", "appid", "client_id"];

    /// <summary>The caller that an authenticated token names; null where it does not name exactly one client and at most one directory.</summary>
    public static Caller? CallerFrom(ClaimsPrincipal principal, AccessOptions access)
    {
        if (principal.Identity?.IsAuthenticated != true)
            return null;
        var clients = ClientIdClaims.Select(type => Values(principal, type)).FirstOrDefault(values => values.Length > 0, []);
        var tenants = Values(principal, TenantClaim);
        if (clients is not [var client] || tenants.Length > 1 || string.IsNullOrWhiteSpace(client) || tenants.Any(string.IsNullOrWhiteSpace))
            return null;
        var tenant = tenants.FirstOrDefault();
        var entry = access.Clients.TryGetValue(client, out var own) && (own.TenantId is null || own.TenantId == tenant) ? own : null;
        // Every directory assigns its own roles: a region's may not make itself national.
        var roles = RolesIn(Values(principal, RoleClaim));
        if (tenant is null || !access.NationalTenants.Contains(tenant))
            roles.RemoveWhere(r => r is Role.Coordinator or Role.NationalOffice or Role.Auditor);
        return new Caller(client, tenant, roles, RegionsOf(client, tenant, access))
        {
            Partner = string.IsNullOrWhiteSpace(entry?.Partner) ? null : entry.Partner,
            Suppliers = [.. (entry?.Suppliers ?? []).Where(s => !string.IsNullOrWhiteSpace(s))],
        };
    }

    /// <summary>An endpoint of one region; <paramref name="region"/> is compared to the letter.</summary>
    public static AccessVerdict InRegion(Caller? caller, string? region, AllowedRoles? allowed)
    {
        if (caller is null || string.IsNullOrWhiteSpace(region) || !caller.Regions.Contains(region))
            return AccessVerdict.Invisible;
        return allowed is not null && allowed.Roles.Any(caller.Roles.Contains) ? AccessVerdict.Granted : AccessVerdict.Forbidden;
    }

    /// <summary>
    /// Open to every region's readers and to those who read across regions, auditors only where <paramref name="allowed"/> names them; where
    /// given, it narrows that. What each of them sees is the access policy's to say.
    /// </summary>
    public static AccessVerdict Nationally(Caller? caller, AllowedRoles? allowed)
    {
        var roles = EffectiveRoles(caller);
        var reads = roles.Any(r => r is Role.Reader or Role.Coordinator or Role.NationalOffice or Role.Partner or Role.Supplier);
        return (reads && allowed is null) || ((reads || roles.Contains(Role.Auditor)) && allowed?.Roles.Any(roles.Contains) == true)
            ? AccessVerdict.Granted
            : AccessVerdict.Forbidden;
    }

    /// <summary>What all regions share, such as the ladders: open to any role; <paramref name="allowed"/>, where given, narrows that.</summary>
    public static AccessVerdict Shared(Caller? caller, AllowedRoles? allowed)
    {
        var roles = EffectiveRoles(caller);
        return roles.Any(r => allowed is null || allowed.Roles.Contains(r)) ? AccessVerdict.Granted : AccessVerdict.Forbidden;
    }

    /// <summary>Whether the client's tokens from the directory give access to the region at all; which roles they carry is only in the tokens.</summary>
    public static bool MayUse(AccessOptions access, string clientId, string? tenant, string region) => RegionsOf(clientId, tenant, access).Contains(region);

    // A region's role means nothing without a region, nor a partner's or a supplier's without its name; the others are national.
    private static Role[] EffectiveRoles(Caller? caller) => caller is null ? [] :
    [
        .. caller.Roles.Where(r => r switch
        {
            Role.Coordinator or Role.NationalOffice or Role.Auditor => true,
            Role.Partner => caller.Partner is not null,
            Role.Supplier => caller.Suppliers.Count > 0,
            _ => caller.Regions.Count > 0,
        }),
    ];

    private static string[] Values(ClaimsPrincipal principal, string type) =>
        [.. principal.Claims.Where(c => c.Type == type).Select(c => c.Value)];

    private static HashSet<Role> RolesIn(IEnumerable<string> names) =>
        [.. names.SelectMany<string, Role>(name => name switch
        {
            "reader" => [Role.Reader],
            "handler" => [Role.Handler, Role.Reader],
            "decider" => [Role.Decider, Role.Handler, Role.Reader],
            "coordinator" => [Role.Coordinator],
            "integrator" => [Role.Integrator],
            "national-office" => [Role.NationalOffice],
            "partner" => [Role.Partner],
            "supplier" => [Role.Supplier],
            "auditor" => [Role.Auditor],
            _ => [],
        })];

    private static HashSet<string> RegionsOf(string client, string? tenant, AccessOptions access)
    {
        var regions = access.Clients.TryGetValue(client, out var entry)
            ? entry.TenantId is null || entry.TenantId == tenant ? entry.Regions : null
            : tenant is null ? null : access.Tenants.GetValueOrDefault(tenant);
        return (regions ?? []).Where(code => !string.IsNullOrWhiteSpace(code)).ToHashSet(StringComparer.Ordinal);
    }
}

/// <summary>
/// Puts the decision in front of the endpoints. It is made by the authorization middleware and not by an endpoint filter,
/// because a filter runs after the body is read: a caller without access would learn from 400 and 422 what exists.
/// </summary>
public static class Access
{
    /// <summary>
    /// Reads the section <c>Access</c> and denies every endpoint that states no policy.
    /// </summary>
    /// <exception cref="OptionsValidationException">At the start of the host: a region code in the section is not one.</exception>
    public static IServiceCollection AddAccess(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AccessOptions>()
            .Bind(configuration.GetSection(AccessOptions.Section))
            .Validate(
                access => access.Tenants.Values.Concat(access.Clients.Values.Select(c => c.Regions ?? [])).All(codes => codes.All(IsRegionCode)),
                "Access: a region code has two to sixteen letters, digits or hyphens.")
            .ValidateOnStart();
        services.AddSingleton<IAuthorizationHandler, AccessHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AccessResultHandler>();
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(AccessRequirement.Nobody.Policy)
            // A bare RequireAuthorization() would be open to any token of any region.
            .SetDefaultPolicy(AccessRequirement.Nobody.Policy);
        return services;
    }

    /// <summary>For a group whose route has <c>{region}</c>. Each of its endpoints states its roles with <see cref="AllowRoles"/>.</summary>
    public static RouteGroupBuilder RequireRegionAccess(this RouteGroupBuilder group) => group.RequireAuthorization(AccessRequirement.Region.Policy);

    /// <summary>For the national API.</summary>
    public static RouteGroupBuilder RequireNationalAccess(this RouteGroupBuilder group) => group.RequireAuthorization(AccessRequirement.National.Policy);

    /// <summary>For what all regions share: ladders, glossary, the list of regions.</summary>
    public static TBuilder RequireAnyToken<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(AccessRequirement.Shared.Policy);

    /// <summary>On the endpoint itself and not on a group, so that a new endpoint cannot inherit roles nobody chose for it.</summary>
    public static RouteHandlerBuilder AllowRoles(this RouteHandlerBuilder endpoint, params Role[] roles) => endpoint.WithMetadata(new AllowedRoles(roles));

    /// <exception cref="InvalidOperationException">The endpoint is not in a group with <see cref="RequireRegionAccess"/>.</exception>
    public static GrantedRegion GrantedRegion(this HttpContext context) => context.Features.GetRequiredFeature<GrantedRegion>();

    /// <exception cref="InvalidOperationException">The endpoint is anonymous.</exception>
    public static Caller Caller(this HttpContext context) => context.Features.GetRequiredFeature<Caller>();

    private static bool IsRegionCode(string code) => code.Length is >= 2 and <= 16 && code.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}

internal sealed class AccessRequirement(Func<HttpContext, Caller?, AllowedRoles?, AccessVerdict> judge) : IAuthorizationRequirement
{
    public static AccessRequirement Region { get; } = new((http, caller, allowed) => AccessRules.InRegion(caller, RegionOf(http), allowed));

    public static AccessRequirement National { get; } = new((_, caller, allowed) => AccessRules.Nationally(caller, allowed));

    public static AccessRequirement Shared { get; } = new((_, caller, allowed) => AccessRules.Shared(caller, allowed));

    public static AccessRequirement Nobody { get; } = new((_, _, _) => AccessVerdict.Forbidden);

    public AuthorizationPolicy Policy => new([this], []);

    public AccessVerdict Judge(HttpContext http, Caller? caller, AllowedRoles? allowed) => judge(http, caller, allowed);

    /// <summary>
    /// The route's region, null unless the address has it written plainly: what gateways and logs in front of the platform
    /// read in an address must be the region that is used.
    /// </summary>
    public static string? RegionOf(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (target is null || http.GetRouteValue("region") is not string { Length: > 0 } region)
            return null;
        var at = target.IndexOf($"/{region}", StringComparison.Ordinal);
        return at >= 0 && !target.AsSpan(0, at).Contains('%') ? region : null;
    }
}

internal sealed partial class AccessHandler(IOptions<AccessOptions> access, ILogger<AccessHandler> logger) : IAuthorizationHandler
{
    public Task HandleAsync(AuthorizationHandlerContext context)
    {
        var http = context.Resource as HttpContext;
        foreach (var requirement in context.PendingRequirements.OfType<AccessRequirement>().ToArray())
        {
            var caller = AccessRules.CallerFrom(context.User, access.Value);
            var verdict = http is null
                ? AccessVerdict.Forbidden
                : requirement.Judge(http, caller, http.GetEndpoint()?.Metadata.GetMetadata<AllowedRoles>());
            if (verdict is AccessVerdict.Granted)
            {
                http!.Features.Set(caller);
                context.Succeed(requirement);
                continue;
            }

            // What the router itself answers, 404, 405 or 415, is no refusal.
            if (caller is not null && http?.GetEndpoint() is RouteEndpoint)
                Refused(logger, caller.ClientId, verdict, http?.GetEndpoint()?.DisplayName);
            context.Fail(new AuthorizationFailureReason(this, $"{verdict}"));
        }

        return Task.CompletedTask;
    }

    // The endpoint's name is its route pattern: no id from the address gets into the log.
    [LoggerMessage(Level = LogLevel.Information, Message = "Client {ClientId} was refused ({Verdict}) at {Endpoint}")]
    private static partial void Refused(ILogger logger, string clientId, AccessVerdict verdict, string? endpoint);
}

internal sealed class AccessResultHandler : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        var endpoint = context.GetEndpoint();
        if (endpoint is null)
            return Problems.Status(context, StatusCodes.Status404NotFound).ExecuteAsync(context);
        if (authorizeResult.Challenged)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Problems.Status(context, StatusCodes.Status401Unauthorized).ExecuteAsync(context);
        }

        if (!authorizeResult.Succeeded)
            return IsRoutersAnswer(endpoint) ? next(context) : Problems.Status(context, StatusOf(authorizeResult)).ExecuteAsync(context);
        if (policy.Requirements.Contains(AccessRequirement.Region))
            context.Features.Set(new GrantedRegion(AccessRequirement.RegionOf(context)!));
        return next(context);
    }

    // 405 and 415 come from routing as endpoints without route and metadata; the fallback policy would turn them into 403.
    private static bool IsRoutersAnswer(Endpoint endpoint) => endpoint is not RouteEndpoint && endpoint.Metadata.Count == 0;

    private static int StatusOf(PolicyAuthorizationResult result) =>
        result.AuthorizationFailure?.FailureReasons.Any(r => r.Message == nameof(AccessVerdict.Invisible)) == true
            ? StatusCodes.Status404NotFound
            : StatusCodes.Status403Forbidden;
}
