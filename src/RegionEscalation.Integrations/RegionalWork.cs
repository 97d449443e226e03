using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using RegionEscalation.Domain.Regions;
using RegionEscalation.Storage;

namespace RegionEscalation.Integrations;

/// <summary>
/// Work that comes round at an interval, region by region: there is no session across regions, for background work neither. What fails in one
/// region keeps no other waiting, and the next round tries again.
/// </summary>
public abstract partial class RegionalWork(TimeSpan interval, EscalationStore store, TimeProvider time, ILogger logger) : BackgroundService
{
    /// <summary>One round over every region.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var region in Region.All)
            await TryAsync(region.Code, () => RunAsync(() => store.OpenSession(RegionScope.For(region.Code)), time.Now(), cancellationToken), cancellationToken);
    }

    /// <param name="open">Opens a session of the region whose turn it is; each unit of work has its own.</param>
    protected abstract Task RunAsync(Func<RegionSession> open, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Whatever fails is logged by its kind alone, since a message may hold what is the region's.</summary>
    protected async Task TryAsync(string region, Func<Task> work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        try
        {
            await work();
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Failed(logger, GetType().Name, region, (e as NpgsqlException)?.SqlState ?? e.GetType().Name);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await RunAsync(stoppingToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Work} failed in region {Region} ({Cause}); the next round tries again")]
    private static partial void Failed(ILogger logger, string work, string region, string cause);
}
