using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace RegionEscalation.Http;

/// <summary>The section <c>RateLimit</c>. Each instance of the host counts for itself.</summary>
public sealed record RateLimitSettings
{
    /// <summary>Requests at once, at least 1.</summary>
    public int Burst { get; init; } = 200;

    /// <summary>Requests per second in the long run, at least 1.</summary>
    public int PerSecond { get; init; } = 100;
}

public static class RateLimiting
{
    /// <summary>A token bucket per client, else per address; put on with <see cref="UseRequestRateLimit"/> after authentication.</summary>
    public static IServiceCollection AddRequestRateLimit(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var settings = configuration.GetSection("RateLimit").Get<RateLimitSettings>() ?? new();
        return services.AddSingleton(_ => PartitionedRateLimiter.Create<HttpContext, string>(context =>
            RateLimitPartition.GetTokenBucketLimiter(ClientOf(context), _ => new()
            {
                TokenLimit = settings.Burst,
                TokensPerPeriod = settings.PerSecond,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            })));
    }

    /// <summary>
    /// The limiter is the container's, which ends it with the host: the framework's own middleware never ends its limiters, and their timers then keep everything
    /// of a stopped host in memory.
    /// </summary>
    public static IApplicationBuilder UseRequestRateLimit(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var limiter = app.ApplicationServices.GetRequiredService<PartitionedRateLimiter<HttpContext>>();
        return app.Use(async (context, next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<DisableRateLimitingAttribute>() is not null)
            {
                await next(context);
                return;
            }
            using var lease = limiter.AttemptAcquire(context);
            if (lease.IsAcquired)
                await next(context);
            else
                await Problems.TooManyRequests(context, lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.Zero).ExecuteAsync(context);
        });
    }

    private static string ClientOf(HttpContext context) =>
        AccessRules.ClientIdClaims.Select(context.User.FindFirst).FirstOrDefault(c => c is not null) is { } client
            ? $"client {client.Value}"
            : $"address {context.Connection.RemoteIpAddress}";
}
