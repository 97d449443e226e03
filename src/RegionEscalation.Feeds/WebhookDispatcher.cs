using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace RegionEscalation.Feeds;

/// <summary>
/// Delivers the feeds to their subscriptions. Every host does, and a subscription is one host's at a time: it holds a lease in the subscription's row,
/// and what it writes is refused once the lease is another's. A host that falls in between has written nothing, so that the next one repeats and never skips.
/// </summary>
public sealed partial class WebhookDispatcher(
    IEnumerable<IChangeFeed> feeds, WebhookSender sender, WebhookOptions options, ChangeSignal signal, TimeProvider time, ILogger<WebhookDispatcher> logger)
    : BackgroundService
{
    private const int SubscriptionsAtOnce = 32;

    /// <summary>So that an owner whose endpoints all hang leaves places to the others.</summary>
    private const int SubscriptionsAtOncePerOwner = 4;

    private static readonly TimeSpan AtTheLatest = TimeSpan.FromSeconds(1);

    /// <summary>Many changes in a row are looked at together.</summary>
    private static readonly TimeSpan BetweenRounds = TimeSpan.FromMilliseconds(50);

    /// <summary>How long an owner without an active subscription is not asked about again.</summary>
    private static readonly TimeSpan WithoutSubscription = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan BetweenRemovals = TimeSpan.FromHours(1);

    /// <summary>Whatever goes wrong here need not go wrong on another host, which gets its chance meanwhile.</summary>
    private static readonly TimeSpan AfterAFault = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _places = new(SubscriptionsAtOnce);
    private readonly Dictionary<(string Api, string Owner), SemaphoreSlim> _placesOfOwners = [];
    private readonly (IChangeFeed Feed, WebhookWork Work)[] _feeds = WorkOn(feeds, options.Lease);
    private readonly Dictionary<(string Api, string Owner), long> _withoutSubscription = [];
    private readonly Dictionary<(string Api, string Owner, Guid Id), Task> _running = [];
    private readonly ConcurrentDictionary<Guid, (DateTimeOffset Since, DateTimeOffset Until)> _withdrawn = [];

    /// <summary>Removes from every log what was delivered more than 30 days ago.</summary>
    public async Task RemoveOldAsync(CancellationToken cancellationToken)
    {
        foreach (var (feed, work) in _feeds)
        {
            foreach (var owner in feed.Owners)
                await TryAsync(feed, owner, () => work.RemoveOldAsync(owner, time.GetUtcNow(), cancellationToken), cancellationToken);
        }
    }

    public override void Dispose()
    {
        _places.Dispose();
        foreach (var places in _placesOfOwners.Values)
            places.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(DeliverAsync(stoppingToken), RemoveAsync(stoppingToken));

    private async Task DeliverAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var raised = signal.Raised;
            await RoundAsync(stoppingToken);
            await Task.Delay(BetweenRounds, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await raised.WaitAsync(AtTheLatest, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        // What was sent is still written down.
        await Task.WhenAll(_running.Values);
    }

    private async Task RemoveAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(BetweenRemovals, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await RemoveOldAsync(stoppingToken);
    }

    private async Task RoundAsync(CancellationToken stoppingToken)
    {
        foreach (var (feed, work) in _feeds)
        {
            foreach (var owner in feed.Owners)
                await TryAsync(feed, owner, () => RoundAsync(feed, work, owner, stoppingToken), stoppingToken);
        }
    }

    private async Task RoundAsync(IChangeFeed feed, WebhookWork work, string owner, CancellationToken stoppingToken)
    {
        if (_withoutSubscription.TryGetValue((feed.Api, owner), out var looked) && time.GetElapsedTime(looked) < WithoutSubscription)
            return;
        var found = await work.FindAsync(owner, time.GetUtcNow(), stoppingToken);
        if (found.Count == 0)
            _withoutSubscription[(feed.Api, owner)] = time.GetTimestamp();
        else
            _withoutSubscription.Remove((feed.Api, owner));
        if (!_placesOfOwners.TryGetValue((feed.Api, owner), out var places))
            _placesOfOwners.Add((feed.Api, owner), places = new SemaphoreSlim(SubscriptionsAtOncePerOwner));
        foreach (var (id, _) in found.Where(f => f.IsReady && !(_withdrawn.TryGetValue(f.Id, out var known) && known.Until > time.GetUtcNow())))
        {
            // In a task of its own, so that an endpoint that hangs keeps no other waiting.
            if (!_running.TryGetValue((feed.Api, owner, id), out var running) || running.IsCompleted)
                _running[(feed.Api, owner, id)] = TryAsync(feed, owner, () => ServeAsync(places, () => CycleAsync(feed, work, owner, id, stoppingToken), stoppingToken), stoppingToken);
        }
    }

    /// <summary>As long as there is something to do; every turn queues anew, so that whoever waits for a place comes in between.</summary>
    private async Task ServeAsync(SemaphoreSlim ofOwner, Func<Task<bool>> cycle, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested && await TurnAsync(ofOwner, cycle, stoppingToken))
        {
        }
    }

    /// <param name="ofOwner">The owner's own places, of which one comes first: whoever waits for one of them takes none of the others'.</param>
    private async Task<bool> TurnAsync(SemaphoreSlim ofOwner, Func<Task<bool>> cycle, CancellationToken stoppingToken)
    {
        await ofOwner.WaitAsync(stoppingToken);
        try
        {
            await _places.WaitAsync(stoppingToken);
            try
            {
                return await cycle();
            }
            finally
            {
                _places.Release();
            }
        }
        finally
        {
            ofOwner.Release();
        }
    }

    /// <returns>Whether there may be more to do.</returns>
    private async Task<bool> CycleAsync(IChangeFeed feed, WebhookWork work, string owner, Guid id, CancellationToken stoppingToken)
    {
        if (await work.ClaimAsync(owner, id, time.GetUtcNow(), stoppingToken) is not { } claimed)
            return false;
        var cycle = new WebhookCycle(feed, claimed, sender, options.Cycle, time, _withdrawn);
        try
        {
            var settlement = await cycle.RunAsync(stoppingToken);
            if (!await work.SettleAsync(claimed.Subscription, settlement, time.GetUtcNow()))
                TakenAway(logger, id);
            else if (settlement.Disabled is { } reason)
                Disabled(logger, id, feed.Api, owner, reason);
        }
        catch
        {
            await work.ReleaseAsync(claimed.Subscription, stoppingToken.IsCancellationRequested ? null : time.GetUtcNow() + AfterAFault);
            throw;
        }
        return cycle.DidSomething;
    }

    /// <summary>Whatever fails is logged by its kind alone, since a message may hold what is the owner's.</summary>
    private async Task TryAsync(IChangeFeed feed, string owner, Func<Task> work, CancellationToken stoppingToken)
    {
        try
        {
            await work();
        }
        catch (Exception e)
        {
            if (!stoppingToken.IsCancellationRequested)
                Failed(logger, feed.Api, owner, (e as NpgsqlException)?.SqlState ?? e.GetType().Name);
        }
    }

    private static (IChangeFeed, WebhookWork)[] WorkOn(IEnumerable<IChangeFeed> feeds, TimeSpan lease)
    {
        var holder = Guid.CreateVersion7();
        return [.. feeds.Select(f => (f, new WebhookWork(f, holder, lease)))];
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Delivering {Api} to {Owner} failed ({Cause}); the next round tries again")]
    private static partial void Failed(ILogger logger, string api, string owner, string cause);

    [LoggerMessage(Level = LogLevel.Information, Message = "Subscription {Id} was changed or taken over meanwhile; what was sent to it is sent again")]
    private static partial void TakenAway(ILogger logger, Guid id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Subscription {Id} of {Owner} to {Api} is disabled: {Reason}")]
    private static partial void Disabled(ILogger logger, Guid id, string api, string owner, DisabledReason reason);
}
