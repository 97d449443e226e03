using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using RegionEscalation.Domain.Regions;
using RegionEscalation.Storage;

namespace RegionEscalation.Integrations;

/// <summary>The platform's background work.</summary>
public static class IntegrationServices
{
    public static IServiceCollection AddIntegrations(this IServiceCollection services) => services.AddHostedService<ExpiredAnswers>();
}

/// <summary>
/// Removes the answers to idempotency keys that can no longer be replayed, region by region: there is no session across regions,
/// for background work neither.
/// </summary>
internal sealed partial class ExpiredAnswers(EscalationStore store, TimeProvider time, ILogger<ExpiredAnswers> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var region in Region.All)
                await RemoveAsync(region, stoppingToken);
        }
    }

    private async Task RemoveAsync(Region region, CancellationToken cancellationToken)
    {
        try
        {
            await store.OpenSession(RegionScope.For(region.Code)).RemoveExpiredAnswersAsync(time.Now(), cancellationToken);
        }
        catch (NpgsqlException e)
        {
            NotRemoved(logger, region.Code, e.SqlState);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Expired answers of region {Region} were not removed ({SqlState}); the next round tries again")]
    private static partial void NotRemoved(ILogger logger, string region, string? sqlState);
}
