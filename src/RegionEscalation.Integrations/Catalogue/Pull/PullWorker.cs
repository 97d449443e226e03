using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using RegionEscalation.Storage;

namespace RegionEscalation.Integrations.Catalogue.Pull;

/// <summary>Pulls the regions' own catalogues when they are due. Every host looks; a source is one host's at a time.</summary>
public sealed partial class PullWorker(PullSettings settings, EscalationStore store, TimeProvider time, ILogger<PullWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.Sources.Count == 0)
            return;
        using var http = PullHttp.Create();
        var sources = new CatalogueSources(store, Guid.CreateVersion7(), settings.Lease);
        // Each for itself, so that a catalogue that is slow keeps no other region waiting.
        await Task.WhenAll(settings.Sources.Values.Select(s => FollowAsync(s, sources, http, stoppingToken)));
    }

    private async Task FollowAsync(PullSource source, CatalogueSources sources, HttpClient http, CancellationToken stoppingToken)
    {
        using var pull = new CataloguePull(source, store, sources, http, time, logger);
        var isKnown = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!isKnown)
                    await pull.RegisterAsync(stoppingToken);
                isKnown = true;
                await pull.RunIfDueAsync(stoppingToken);
            }
            catch (Exception e)
            {
                // By its kind alone, since a message may hold what is the region's.
                if (!stoppingToken.IsCancellationRequested)
                    Failed(logger, source.Region, (e as NpgsqlException)?.SqlState ?? e.GetType().Name);
            }
            await Task.Delay(settings.Look * (0.75 + (Random.Shared.NextDouble() / 2)), stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Looking after the catalogue of region {Region} failed ({Cause}); it is looked at again")]
    private static partial void Failed(ILogger logger, string region, string cause);
}
