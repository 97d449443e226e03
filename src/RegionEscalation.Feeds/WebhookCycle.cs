using System.Collections.Concurrent;
using System.Text.Json;
using RegionEscalation.Http;

namespace RegionEscalation.Feeds;

/// <summary>
/// One turn of a subscription that this host holds: what waits and is due is tried, then the feed is read on. It sends and reads, and writes nothing:
/// what it did is the <see cref="Settlement"/>.
/// </summary>
/// <param name="withdrawn">Since when this host has known that a subscription's client may no longer read, and until when it leaves it to other hosts, UTC.</param>
internal sealed class WebhookCycle(
    IChangeFeed feed, Claimed claimed, WebhookSender sender, TimeSpan length, TimeProvider time, ConcurrentDictionary<Guid, (DateTimeOffset Since, DateTimeOffset Until)> withdrawn)
{
    private const int MostRead = 100;
    private const int StreamsAtOnce = 8;

    private static readonly TimeSpan WithdrawnLooksAgain = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan WithdrawnForGood = TimeSpan.FromHours(1);

    private readonly long _started = time.GetTimestamp();
    private readonly ConcurrentQueue<Dealt> _dealt = [];
    private readonly Lock _lock = new();
    private DateTimeOffset? _pausedUntil;
    private bool _gone;

    /// <summary>Whether anything was there to be done.</summary>
    public bool DidSomething { get; private set; }

    private Subscription Subscription => claimed.Subscription;

    public async Task<Settlement> RunAsync(CancellationToken stoppingToken)
    {
        if (!feed.MayStillRead(Subscription.Reader))
            return Withdrawn();
        withdrawn.TryRemove(Subscription.Id, out _);
        if (SubscriptionRules.HasLapsed(Subscription, time.GetUtcNow()))
            return Settle(claimed.Place, DisabledReason.NotRenewed);

        var place = claimed.Place;
        try
        {
            if (await TryDueAsync(stoppingToken))
                place = await ReadOnAsync(stoppingToken);
        }
        catch (Exception) when (!_dealt.IsEmpty)
        {
            // What was sent is written down first; the next turn meets the fault with nothing in hand.
        }
        return Settle(place, _gone ? DisabledReason.Gone : null);
    }

    /// <summary>
    /// A host that is still to get its configuration must not end what the others deliver: it leaves the subscription to them, and disables it once it has
    /// known for an hour that the client may not read and nobody has delivered meanwhile.
    /// </summary>
    private Settlement Withdrawn()
    {
        var now = time.GetUtcNow();
        var (since, _) = withdrawn.AddOrUpdate(Subscription.Id, _ => (now, now + WithdrawnLooksAgain), (_, known) => (known.Since, now + WithdrawnLooksAgain));
        return Settle(claimed.Place, now - (Subscription.DeliveredAt > since ? Subscription.DeliveredAt : since) >= WithdrawnForGood ? DisabledReason.AccessWithdrawn : null);
    }

    /// <summary>What is read nationally is logged as a reading: only the first of a few streams are, until the endpoint is seen to accept.</summary>
    /// <returns>False when a standby was asked, which does not know what there is.</returns>
    private async Task<bool> TryDueAsync(CancellationToken stoppingToken)
    {
        Waiting[] heads = [.. claimed.Due.DistinctBy(w => w.StreamId).Take(StreamsAtOnce)];
        if (!await TryAsync(heads, stoppingToken))
            return false;
        var accepted = _dealt.Where(d => d.Delivered).Select(d => d.Position.EventId).ToHashSet();
        if (accepted.Count == 0 || !MayPost(stoppingToken))
            return true;
        var waits = heads.Where(h => !accepted.Contains(h.Position.EventId)).Select(h => h.StreamId).ToHashSet();
        return await TryAsync([.. claimed.Due.Except(heads).Where(w => !waits.Contains(w.StreamId))], stoppingToken);
    }

    private async Task<bool> TryAsync(Waiting[] due, CancellationToken stoppingToken)
    {
        if (due.Length == 0)
            return true;
        if (await feed.FindAsync(Subscription.Reader, [.. due.Select(w => w.Position.EventId)], stoppingToken) is not { } changes)
            return false;
        DidSomething = true;
        var found = changes.ToDictionary(c => c.Position.EventId);
        await PostAsync(due.Select(w => (w, found.GetValueOrDefault(w.Position.EventId))), stoppingToken);
        return true;
    }

    /// <returns>How far the feed is taken over now.</returns>
    private async Task<FeedPosition> ReadOnAsync(CancellationToken stoppingToken)
    {
        if (!MayPost(stoppingToken) || claimed.Untried > WebhookWork.MostPending)
            return claimed.Place;
        var page = await feed.ReadAsync(Subscription.Reader, claimed.Place, Subscription.Types, MostRead, stoppingToken);
        // Nor is there anything from a standby. A place of a subscription is no entry, so that it is never gone.
        if (page.Read is not { } read)
            return page.IsAhead ? throw new InvalidDataException("What comes next is of a newer build.") : claimed.Place;

        DidSomething = true;
        var blocked = StillPending();
        foreach (var behind in page.Changes.Where(c => blocked.Contains(c.StreamId)))
            _dealt.Enqueue(Behind(New(behind)));
        await PostAsync(page.Changes.Where(c => !blocked.Contains(c.StreamId)).Select(c => (New(c), (Change?)c)), stoppingToken, areNew: true);
        return read;
    }

    /// <summary>Also what waits beyond the place, where that was put back: it comes in its turn.</summary>
    private HashSet<Guid> StillPending()
    {
        var done = _dealt.Where(d => d.Delivered).CountBy(d => d.StreamId).ToDictionary();
        return [.. claimed.Pending.Where(p => p.Value > done.GetValueOrDefault(p.Key)).Select(p => p.Key)];
    }

    /// <summary>In order within a stream, several streams at once; what comes after one that was not accepted waits behind it.</summary>
    private Task PostAsync(IEnumerable<(Waiting Entry, Change? Change)> entries, CancellationToken stoppingToken, bool areNew = false) => Parallel.ForEachAsync(
        entries.GroupBy(e => e.Entry.StreamId),
        new ParallelOptions { MaxDegreeOfParallelism = StreamsAtOnce, CancellationToken = CancellationToken.None },
        async (stream, _) =>
        {
            var waits = false;
            foreach (var (entry, change) in stream)
            {
                var dealt = waits ? null : change is null ? NotFound(entry) : await PostAsync(entry, change, stoppingToken);
                waits = dealt is not { Delivered: true };
                if (dealt is not null)
                    _dealt.Enqueue(dealt);
                else if (areNew)
                    _dealt.Enqueue(Behind(entry));
            }
        });

    /// <summary>Nothing is removed from a feed, so it is looked for again; but what is no longer given out for its age need not be delivered either.</summary>
    private Dealt NotFound(Waiting entry)
    {
        var now = time.GetUtcNow();
        return now - entry.Position.At > feed.GivenOutFor
            ? new Dealt(entry.Position, entry.StreamId, entry.Type, Delivered: true, Attempt: null, NextAttemptAt: null)
            : new Dealt(entry.Position, entry.StreamId, entry.Type, Delivered: false, new DeliveryAttempt(now, null, "notFound", 0), now + Backoff(entry));
    }

    /// <returns>Null when nothing was sent, or the host stopped before the answer.</returns>
    private async Task<Dealt?> PostAsync(Waiting entry, Change change, CancellationToken stoppingToken)
    {
        if (!MayPost(stoppingToken))
            return null;
        var (at, started) = (time.GetUtcNow(), time.GetTimestamp());
        DeliveryOutcome outcome;
        try
        {
            outcome = await sender.PostAsync(feed.Api, Subscription, entry.Position.EventId, JsonSerializer.SerializeToUtf8Bytes(change.Event, Json.Options), stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // What cannot be sent at all holds up its own stream and no other.
            outcome = new DeliveryOutcome.Failed("internal");
        }
        if (outcome is DeliveryOutcome.BreakerOpen open)
        {
            Pause(open.Until);
            return null;
        }

        var attempt = outcome.At(at, time.GetElapsedTime(started));
        var asked = (outcome as DeliveryOutcome.Refused)?.RetryAfter;
        // Whoever asks to be left alone means every message; how long this one waits for its own failures is nothing to the others.
        if (outcome is DeliveryOutcome.Refused { Status: 429 or 503 } && asked is { } pause)
            Pause(time.GetUtcNow() + RetrySchedule.Honoured(pause));
        if (outcome is DeliveryOutcome.Gone)
            _gone = true;
        var accepted = outcome is DeliveryOutcome.Accepted;
        return new Dealt(entry.Position, entry.StreamId, entry.Type, accepted, attempt, accepted ? null : time.GetUtcNow() + Backoff(entry, asked));
    }

    private static TimeSpan Backoff(Waiting entry, TimeSpan? asked = null) => RetrySchedule.Wait(entry.Failures + 1, Random.Shared.NextDouble(), asked);

    private void Pause(DateTimeOffset until)
    {
        lock (_lock)
            _pausedUntil = _pausedUntil > until ? _pausedUntil : until;
    }

    private bool MayPost(CancellationToken stoppingToken)
    {
        lock (_lock)
            return _pausedUntil is null && !_gone && time.GetElapsedTime(_started) < length && !stoppingToken.IsCancellationRequested;
    }

    private static Waiting New(Change change) => new(change.Position, change.StreamId, change.Type, Failures: 0);

    private static Dealt Behind(Waiting entry) => new(entry.Position, entry.StreamId, entry.Type, Delivered: false, Attempt: null, NextAttemptAt: null);

    private Settlement Settle(FeedPosition place, DisabledReason? disabled)
    {
        var deliveredAt = _dealt.Where(d => d.Delivered).Max(d => d.Attempt?.At);
        var failedAt = _dealt.Where(d => d is { Delivered: false, Attempt: not null } && !(d.Attempt.At <= deliveredAt)).Min(d => d.Attempt?.At);
        var failingSince = deliveredAt is null ? Subscription.FailingSince ?? failedAt : failedAt;
        return new(
            place, [.. _dealt], failingSince, deliveredAt ?? Subscription.DeliveredAt, _pausedUntil,
            disabled ?? (failedAt is not null && RetrySchedule.IsGivenUp(failingSince, time.GetUtcNow()) ? DisabledReason.Failing : null));
    }
}
