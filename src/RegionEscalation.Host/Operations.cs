using System.Net;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.HttpOverrides;
using RegionEscalation.Domain.National;
using RegionEscalation.Domain.Regions;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.Host;

/// <summary>What those who run the platform need: probes, and the proxies it may believe.</summary>
public static class Operations
{
    internal static void MapHealth(this WebApplication app)
    {
        // A probe that is answered 429 gets a healthy instance killed.
        app.MapGet("/health/live", () => Results.Ok(new { status = "live" })).AllowAnonymous().DisableRateLimiting().ExcludeFromDescription();
        app.MapGet("/health/ready", async (EscalationStore store, HttpContext http) => await store.IsReadyAsync(http.RequestAborted)
                ? Results.Ok(new { status = "ready" })
                : Problems.Unavailable(http, TimeSpan.FromSeconds(5)))
            .AllowAnonymous().DisableRateLimiting().ExcludeFromDescription();
    }

    /// <summary>A configured region that the platform does not know is a mistake to be found at the start, not at its first request.</summary>
    public static IServiceCollection AddKnownRegionsOnly(this IServiceCollection services)
    {
        services.AddOptions<AccessOptions>().Validate(
            access => access.Tenants.Values.Concat(access.Clients.Values.Select(c => c.Regions ?? [])).All(codes => codes.All(code => Region.Find(code) is not null)),
            "Access: a configured region is unknown to the platform.")
            .Validate(
                access => access.Clients.Values.Select(c => c.Partner).OfType<string>().All(NationalReader.IsPartnerCode)
                    && access.Clients.Values.SelectMany(c => c.Suppliers ?? []).All(number => NationalReader.Parse($"supplier:{number}") is { Code.Length: > 0 }),
                "Access: a partner's code has lower-case letters, digits and hyphens, and a supplier is ten digits, or country, register and number, and no sole trader.");
        return services;
    }

    /// <summary>
    /// Forwarded headers are believed from the addresses under <c>ForwardedHeaders:KnownProxies</c> only (HYP.08S); without any, from nobody:
    /// links are built of the host, so whoever sets the header sets the links. A request without a host is refused for the same reason.
    /// </summary>
    internal static IServiceCollection AddTrustedProxies(this IServiceCollection services, IConfiguration configuration) =>
        services.Configure<HostFilteringOptions>(options => options.AllowEmptyHosts = false).Configure<ForwardedHeadersOptions>(options =>
        {
            var proxies = configuration.GetSection("ForwardedHeaders:KnownProxies").Get<string[]>() ?? [];
            options.ForwardedHeaders = proxies.Length == 0
                ? ForwardedHeaders.None
                : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var proxy in proxies)
                options.KnownProxies.Add(IPAddress.TryParse(proxy, out var address)
                    ? address
                    : throw new StartupProblem($"ForwardedHeaders:KnownProxies: {proxy} is not an IP address."));
        });
}
