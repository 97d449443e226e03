using System.Diagnostics;
using Microsoft.Extensions.Logging;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.WatchList;
using RegionEscalation.Storage;

namespace RegionEscalation.Integrations;

/// <summary>
/// Notes what time alone has ended, such as a block past its last day (R-B3): in the case's stream, and so in the national register; and a watch
/// past its own (R-W1). It moves no case (R-E9), and holds nothing that a command would wait for: whoever comes first writes, and the next round looks again.
/// </summary>
public sealed class ClockWorker(EscalationStore store, TimeProvider time, ILogger<ClockWorker> logger)
    : RegionalWork(TimeSpan.FromMinutes(5), store, time, logger)
{
    /// <summary>How many cases, and how many entries of the watch list, of a region one round takes; the others wait for the next.</summary>
    public const int CasesPerRound = 100;

    /// <summary>What the events name as their client.</summary>
    public const string ClientId = "region-escalation";

    protected override async Task RunAsync(Func<RegionSession> open, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(open);
        var session = open();
        var query = session.CreateBatchQuery();
        var expired = query.ExpiredCases(now, CasesPerRound);
        var lapsed = query.LapsedWatches(now, CasesPerRound);
        await query.ExecuteAsync(cancellationToken);
        // One by one, so that a case that cannot be read or written keeps no other waiting.
        foreach (var id in expired.Value)
            await TryAsync(session.Scope.Region, () => NoteAsync(open(), id, now, cancellationToken), cancellationToken);
        foreach (var id in lapsed.Value)
            await TryAsync(session.Scope.Region, () => NoteLapseAsync(open(), id, now, cancellationToken), cancellationToken);
    }

    private static async Task NoteAsync(RegionSession session, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var query = session.CreateBatchQuery();
        var fetched = query.Case(id);
        var settings = query.LadderSettings();
        await query.ExecuteAsync(cancellationToken);
        if (fetched.Value is not { } before)
            return;
        now = now > query.LatestChange ? now : query.LatestChange;
        // What has ended has ended, whatever the region's settings are by now; they say by when the regions are to be told.
        var decision = CaseDecider.Decide(new NoteExpiries(), before, new CaseContext(Ladders.Find(before.LadderVersion)!, settings.Value.OrDefault(), now));
        if (decision.Events.Count == 0)
            return;
        session.Append(before, decision.Events);
        await SaveAsync(session);
    }

    private static async Task NoteLapseAsync(RegionSession session, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var query = session.CreateBatchQuery();
        var fetched = query.WatchEntry(id);
        await query.ExecuteAsync(cancellationToken);
        if (fetched.Value is not { } before)
            return;
        now = now > query.LatestChange ? now : query.LatestChange;
        var decision = WatchDecider.Decide(new NoteLapse(), before, now);
        if (decision.Events.Count == 0)
            return;
        session.Append(before, decision.Events);
        await SaveAsync(session);
    }

    private static async Task SaveAsync(RegionSession session)
    {
        try
        {
            await session.SaveChangesAsync(new WriteMetadata(ClientId, Activity.Current?.TraceId.ToString(), null));
        }
        catch (StreamConflictException)
        {
            // Somebody else changed it first, perhaps this worker of another host.
        }
    }
}
