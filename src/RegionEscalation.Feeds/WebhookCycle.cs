using System.Collections.Concurrent;
using System.Text.Json;
using RegionEscalation.Http;

namespace RegionEscalation.Feeds;

/// <summary>
/// One turn of a subscription that this host holds: what waits and is due is tried, then the feed is read on. It sends and reads, and writes nothing:
/// what it did is the <see cref="Settlement"/>.
/// </summary>
internal sealed class WebhookCycle(IChangeFeed feed, Claimed claimed, WebhookSender sender, TimeSpan length, TimeProvider time)
{
    private const int MostRead = 100;
    private const int StreamsAtOnce = 8;

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
            return Settle(claimed.Place, [], DisabledReason.AccessWithdrawn);
        if (SubscriptionRules.HasLapsed(Subscription, time.GetUtcNow()))
            return Settle(claimed.Place, [], DisabledReason.NotRenewed);

        var vanished = await TryDueAsync(stoppingToken);
        var place = claimed.Place;
        try
        {
            place = await ReadOnAsync(vanished, stoppingToken);
        }
        catch (Exception) when (!_dealt.IsEmpty)
        {
            // What was sent is written down first; the next turn meets the fault with nothing in hand.
        }
        return Settle(place, [.. vanished.Select(w => w.Position.EventId)], _gone ? DisabledReason.Gone : null);
    }

    /// <returns>What the feed no longer has, so that there is nothing to be delivered.</returns>
    private async Task<IReadOnlyList<Waiting>> TryDueAsync(CancellationToken stoppingToken)
    {
        if (claimed.Due.Count == 0)
            return [];
        DidSomething = true;
        var found = (await feed.FindAsync(Subscription.Reader, [.. claimed.Due.Select(w => w.Position.EventId)], stoppingToken)).ToDictionary(c => c.Position.EventId);
        await PostAsync(claimed.Due.Where(w => found.ContainsKey(w.Position.EventId)).Select(w => (w, found[w.Position.EventId])), stoppingToken);
        return [.. claimed.Due.Where(w => !found.ContainsKey(w.Position.EventId))];
    }

    /// <returns>How far the feed is taken over now.</returns>
    private async Task<FeedPosition> ReadOnAsync(IReadOnlyList<Waiting> vanished, CancellationToken stoppingToken)
    {
        if (!MayPost(stoppingToken) || claimed.Pending.Values.Sum() > WebhookWork.MostPending)
            return claimed.Place;
        var page = await feed.ReadAsync(Subscription.Reader, claimed.Place, Subscription.Types, MostRead, stoppingToken);
        // Nor is there anything from a standby. A place of a subscription is no entry, so that it is never gone.
        if (page.Read is not { } read)
            return claimed.Place;

        DidSomething = true;
        var dealtWith = _dealt.Select(d => d.Position.EventId).ToHashSet();
        var blocked = StillPending(vanished);
        // What was tried a moment ago comes again where the place was put back.
        var entries = page.Changes.Where(c => !dealtWith.Contains(c.Position.EventId)).ToArray();
        foreach (var behind in entries.Where(c => blocked.Contains(c.StreamId)))
            _dealt.Enqueue(Behind(behind));
        await PostAsync(
            entries.Where(c => !blocked.Contains(c.StreamId)).Select(c => (new Waiting(c.Position, c.StreamId, c.Type, Failures: 0), c)), stoppingToken, areNew: true);
        return read;
    }

    private HashSet<Guid> StillPending(IReadOnlyList<Waiting> vanished)
    {
        var done = _dealt.Where(d => d.Delivered).Select(d => d.StreamId).Concat(vanished.Select(w => w.StreamId)).CountBy(id => id).ToDictionary();
        return [.. claimed.Pending.Where(p => p.Value > done.GetValueOrDefault(p.Key)).Select(p => p.Key)];
    }

    /// <summary>In order within a stream, several streams at once; what comes after one that was not accepted waits behind it.</summary>
    private Task PostAsync(IEnumerable<(Waiting Entry, Change Change)> entries, CancellationToken stoppingToken, bool areNew = false) => Parallel.ForEachAsync(
        entries.GroupBy(e => e.Entry.StreamId),
        new ParallelOptions { MaxDegreeOfParallelism = StreamsAtOnce, CancellationToken = CancellationToken.None },
        async (stream, _) =>
        {
            var waits = false;
            foreach (var (entry, change) in stream)
            {
                var dealt = waits ? null : await PostAsync(entry, change, stoppingToken);
                waits = dealt is not { Delivered: true };
                if (dealt is not null)
                    _dealt.Enqueue(dealt);
                else if (areNew)
                    _dealt.Enqueue(Behind(change));
            }
        });

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
        var next = time.GetUtcNow() + RetrySchedule.Wait(entry.Failures + 1, Random.Shared.NextDouble(), asked);
        // Whoever asks to be left alone means every message.
        if (outcome is DeliveryOutcome.Refused { Status: 429 or 503, RetryAfter: not null })
            Pause(next);
        if (outcome is DeliveryOutcome.Gone)
            _gone = true;
        var accepted = outcome is DeliveryOutcome.Accepted;
        return new Dealt(entry.Position, entry.StreamId, entry.Type, accepted, attempt, accepted ? null : next);
    }

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

    private static Dealt Behind(Change change) => new(change.Position, change.StreamId, change.Type, Delivered: false, Attempt: null, NextAttemptAt: null);

    private Settlement Settle(FeedPosition place, IReadOnlyList<Guid> vanished, DisabledReason? disabled)
    {
        var deliveredAt = _dealt.Where(d => d.Delivered).Max(d => d.Attempt?.At);
        var failedAt = _dealt.Where(d => d is { Delivered: false, Attempt: not null } && !(d.Attempt.At <= deliveredAt)).Min(d => d.Attempt?.At);
        var failingSince = deliveredAt is null ? Subscription.FailingSince ?? failedAt : failedAt;
        return new(
            place, [.. _dealt], vanished, failingSince, deliveredAt ?? Subscription.DeliveredAt, _pausedUntil,
            disabled ?? (RetrySchedule.IsGivenUp(failingSince, time.GetUtcNow()) ? DisabledReason.Failing : null));
    }
}
