using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using RegionEscalation.Domain.Regions;
using RegionEscalation.Storage;

namespace RegionEscalation.Integrations.Catalogue;

/// <summary>
/// Applies what is queued: one import of a region at a time, in the order of the queue, two regions at a time on a host. Every host does; one that falls leaves
/// its import where the last part was written, and another goes on from there once the lease has run out.
/// </summary>
public sealed partial class ImportWorker(EscalationStore store, ImportSignal signal, ImportOptions options, TimeProvider time, ILogger<ImportWorker> logger) : BackgroundService
{
    private const int RegionsAtOnce = 2;

    private static readonly TimeSpan AtTheLatest = TimeSpan.FromSeconds(2);

    /// <summary>After this long another region has its turn.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(10);

    /// <summary>Between two parts, so that whoever waits for the database comes in.</summary>
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(5);

    /// <summary>Whatever goes wrong here need not go wrong on another host, which gets its chance meanwhile.</summary>
    private static readonly TimeSpan AfterAFault = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan BetweenCleanings = TimeSpan.FromMinutes(1);

    private readonly Guid _holder = Guid.CreateVersion7();
    private readonly SemaphoreSlim _places = new(RegionsAtOnce);
    private readonly Dictionary<string, Task> _running = [];

    /// <summary>Applies what the region has queued, as long as there is something that this host may apply.</summary>
    public async Task ServeAsync(string region, CancellationToken cancellationToken)
    {
        var queue = new ImportQueue(store, RegionScope.For(region), _holder, options.ImportLease);
        while (!cancellationToken.IsCancellationRequested && await TurnAsync(queue, cancellationToken))
        {
        }
        if (cancellationToken.IsCancellationRequested)
            await queue.ReleaseAsync();
    }

    /// <summary>Ends what was never received or never confirmed, and removes what serves no longer.</summary>
    public async Task CleanAsync(CancellationToken cancellationToken)
    {
        foreach (var region in Region.All)
        {
            var cleaning = new ImportCleaning(store, RegionScope.For(region.Code));
            await TryAsync(region.Code, async () =>
            {
                var now = time.Now();
                await cleaning.AbandonAsync(now, cancellationToken);
                await cleaning.LapseAsync(now - options.ConfirmWithin, now, cancellationToken);
                await cleaning.RemoveRowsAsync(now, cancellationToken);
                await cleaning.RemoveRejectsAsync(now - options.RejectsKept, now, cancellationToken);
            }, cancellationToken);
        }
    }

    public override void Dispose()
    {
        _places.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(ApplyAsync(stoppingToken), CleanRegularlyAsync(stoppingToken));

    private async Task ApplyAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var raised = signal.Raised;
            foreach (var region in Region.All)
            {
                if (_running.TryGetValue(region.Code, out var running) && !running.IsCompleted)
                    continue;
                var queue = new ImportQueue(store, RegionScope.For(region.Code), _holder, options.ImportLease);
                // Where the database is away, it is so for every region.
                if (!await TryAsync(region.Code, async () => _running[region.Code] = await queue.IsReadyAsync(stoppingToken) ? RegionAsync(region.Code, stoppingToken) : Task.CompletedTask, stoppingToken))
                    break;
            }
            await raised.WaitAsync(AtTheLatest, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        // The part that is being written is still written.
        await Task.WhenAll(_running.Values);
    }

    private async Task CleanRegularlyAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(BetweenCleanings, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await CleanAsync(stoppingToken);
    }

    /// <summary>In a task of its own, so that no region waits for another.</summary>
    private async Task RegionAsync(string region, CancellationToken stoppingToken)
    {
        if (await TryAsync(region, () => ServeAsync(region, stoppingToken), stoppingToken))
            return;
        var queue = new ImportQueue(store, RegionScope.For(region), _holder, options.ImportLease);
        await TryAsync(region, queue.ReleaseAsync, stoppingToken);
        await Task.Delay(AfterAFault, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <returns>Whether there may be more to do.</returns>
    private async Task<bool> TurnAsync(ImportQueue queue, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            if (await queue.ClaimAsync(time.Now(), cancellationToken) is not { } import)
                return false;
            var run = new ImportRun(store, queue, import, options, time, logger);
            var since = time.GetTimestamp();
            while (!cancellationToken.IsCancellationRequested && (run.IsNarrowing || time.GetElapsedTime(since) < Turn))
            {
                if (!await run.NextAsync(cancellationToken))
                    return true;
                await Task.Delay(Breath, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            return true;
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Whatever fails is logged by its kind alone, since a message may hold what is the region's.</summary>
    private async Task<bool> TryAsync(string region, Func<Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception e)
        {
            if (!cancellationToken.IsCancellationRequested)
                Failed(logger, region, (e as NpgsqlException)?.SqlState ?? e.GetType().Name);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Applying the imports of region {Region} failed ({Cause}); the next round tries again")]
    private static partial void Failed(ILogger logger, string region, string cause);
}
