using Microsoft.Extensions.Logging;
using Npgsql;
using RegionEscalation.Storage;

namespace RegionEscalation.Integrations.Catalogue.Pull;

/// <summary>
/// One region's pull. While it runs the source is this host's, and it shows that it lives; what it has read counts only once it is queued, in the transaction that
/// remembers what was read.
/// </summary>
public sealed partial class CataloguePull(PullSource source, EscalationStore store, CatalogueSources sources, HttpClient http, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>A listing that never stands still is read this often, and then taken for what it is.</summary>
    public const int MostReadings = 4;

    private const int PartSize = 500;

    private readonly CatalogueClient _client = new(source, http, time);
    private readonly RegionScope _scope = RegionScope.For(source.Region);
    private CatalogueIntake? _intake;
    private int _pages;
    private DateTimeOffset _begun;

    public string Region => source.Region;

    public void Dispose() => _client.Dispose();

    public Task RegisterAsync(CancellationToken cancellationToken) =>
        sources.RegisterAsync(_scope, source.Setting, PullSchedule.First(source, time.Now(), Random.Shared.NextDouble()), cancellationToken);

    /// <returns>Whether a run was due and this host had it.</returns>
    public async Task<bool> RunIfDueAsync(CancellationToken cancellationToken)
    {
        if (await sources.ClaimAsync(_scope, source.Setting, time.Now(), cancellationToken) is not { } claim)
            return false;
        using var running = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var over = new CancellationTokenSource();
        var living = LiveAsync(running, over.Token);
        _pages = 0;
        try
        {
            await RunAsync(claim, running.Token);
        }
        catch (PullFailedException e)
        {
            await FailAsync(claim, e.Failure, e.RetryAfter);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await AbandonAsync("interrupted");
            await sources.ReleaseAsync(_scope, time.Now());
        }
        catch (Exception e) when (e is StreamConflictException or OperationCanceledException)
        {
            TakenOver(logger, source.Region);
            await AbandonAsync("interrupted");
        }
        catch (Exception e)
        {
            Broken(logger, source.Region, e.GetType().Name);
            await FailAsync(claim, PullFailures.Internal, null);
        }
        finally
        {
            await over.CancelAsync();
            await living;
        }
        return true;
    }

    private async Task RunAsync(PullClaim claim, CancellationToken cancellationToken)
    {
        var whole = claim.Place is null || !(time.Now() - claim.WholeAt < source.Options.WholeEvery);
        var place = whole ? PullPlace.None : claim.Place!;
        // An ETag of one question says nothing of another.
        var conditional = source.Options.Conditional && source.Options.ChangedSinceParameter is null;
        for (var reading = 1; ; reading++)
        {
            var listing = new Listing(source, _client, place, time);
            _begun = time.Now();
            await TakeInAsync(listing, conditional && reading == 1, cancellationToken);
            if (listing.Pages == 0)
            {
                await sources.EndAsync(_scope, source.Setting, new PullEnd(PullOutcome.NotModified, 0, place, false, Scheduled()), time.Now());
                return;
            }
            var stoodStill = await listing.HasStoodStillAsync(cancellationToken);
            if (stoodStill || reading == MostReadings)
            {
                await EndAsync(listing, place, whole, stoodStill, cancellationToken);
                return;
            }
            await AbandonAsync("listingChanged");
        }
    }

    private async Task TakeInAsync(Listing listing, bool conditionally, CancellationToken cancellationToken)
    {
        await foreach (var page in listing.ReadAsync(conditionally, cancellationToken))
        {
            _pages = listing.Pages;
            foreach (var part in page.Chunk(PartSize))
            {
                var intake = await BegunAsync(cancellationToken);
                await intake.AddAsync(
                    [.. part.OfType<ReadRow.Good>().Select(r => new StagedRow(r.Line, r.Row))],
                    [.. part.OfType<ReadRow.Bad>().SelectMany(r => r.Faults.Select((f, i) =>
                        new RowReject(r.Line, i + 1, f.Field, f.Rule, f.Message.Sv, f.Message.En, r.Kind, r.Key, f.Value)))],
                    cancellationToken);
            }
        }
    }

    /// <summary>A snapshot without a single item says something; a part without any does not.</summary>
    private async Task EndAsync(Listing listing, PullPlace place, bool whole, bool stoodStill, CancellationToken cancellationToken)
    {
        var next = stoodStill ? listing.NextPlace() : new PullPlace(null, null, place.Cursor);
        var end = new PullEnd(stoodStill ? PullOutcome.Imported : PullOutcome.ImportedAsPartial, listing.Pages, next, whole && stoodStill, Scheduled());
        if (_intake is null && source.Options.Extent == ImportExtent.Partial)
        {
            await sources.EndAsync(_scope, source.Setting, end with { Outcome = PullOutcome.NotModified }, time.Now());
            return;
        }
        var intake = await BegunAsync(cancellationToken);
        await sources.QueueAsync(_scope, intake, source.Setting, ClockWorker.ClientId, end, asPartial: !stoodStill, time.Now());
        _intake = null;
    }

    /// <summary>What is put singly from the listing's begin on is newer than what the catalogue says in it.</summary>
    private async Task<CatalogueIntake> BegunAsync(CancellationToken cancellationToken) =>
        _intake ??= await CatalogueIntake.BeginAsync(
            store, _scope, Guid.CreateVersion7(_begun), sources.Holder,
            new ImportTerms(ImportOrigin.Pull, ImportFormat.Pages, source.Options.Mode, source.Options.Extent, ClockWorker.ClientId), _begun, cancellationToken);

    private async Task AbandonAsync(string reason)
    {
        if (_intake is not { } intake)
            return;
        _intake = null;
        await intake.AbandonAsync(reason, time.Now());
    }

    private async Task FailAsync(PullClaim claim, string failure, TimeSpan? retryAfter)
    {
        Failed(logger, source.Region, failure);
        try
        {
            await AbandonAsync(failure);
            var now = time.Now();
            await sources.FailAsync(_scope, failure, _pages, PullSchedule.AfterFailure(source, claim.Failures + 1, now, Random.Shared.NextDouble(), retryAfter), now);
        }
        catch (StreamConflictException)
        {
            TakenOver(logger, source.Region);
        }
    }

    private DateTimeOffset Scheduled() => PullSchedule.Next(source, time.Now(), Random.Shared.NextDouble());

    /// <summary>Shows that this host lives, and ends the run where the source is another's by now. A database that does not answer for once is no reason yet.</summary>
    private async Task LiveAsync(CancellationTokenSource running, CancellationToken over)
    {
        while (true)
        {
            await Task.Delay(sources.Lease / 4, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (over.IsCancellationRequested)
                return;
            try
            {
                await sources.RenewAsync(_scope, over);
            }
            catch (StreamConflictException)
            {
                await running.CancelAsync();
                return;
            }
            catch (Exception e) when (e is NpgsqlException or OutcomeUnknownException or OperationCanceledException)
            {
            }
            try
            {
                if (_intake is { } intake)
                    await intake.AddAsync([], [], over);
            }
            catch (Exception e) when (e is NpgsqlException or OutcomeUnknownException or OperationCanceledException or StreamConflictException)
            {
                // Whether the import is still this host's is for the run itself to find out: it may have given it up meanwhile.
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Pulling the catalogue of region {Region} failed ({Failure}); it is tried again")]
    private static partial void Failed(ILogger logger, string region, string failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Pulling the catalogue of region {Region} broke off ({Cause})")]
    private static partial void Broken(ILogger logger, string region, string cause);

    [LoggerMessage(Level = LogLevel.Information, Message = "Pulling the catalogue of region {Region} is another host's by now")]
    private static partial void TakenOver(ILogger logger, string region);
}
