using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Feeds;
using RegionEscalation.Http;
using RegionEscalation.IntegrationTests.Storage;
using RegionEscalation.RegionApi;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Webhooks;

/// <summary>A database with the regions' feed, a receiver, and as many hosts that deliver as a test starts; their clock can be moved.</summary>
internal sealed class WebhookBench : IAsyncDisposable
{
    public const string ClientId = "kalmar-integrator";

    /// <summary>Longer than a host leaves a subscription alone after a fault of its own.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly List<WebhookHost> _hosts = [];

    private WebhookBench(TestDatabase database, WebhookReceiver receiver)
    {
        Database = database;
        Receiver = receiver;
        Store = new EscalationStore(database.Application);
    }

    public TestDatabase Database { get; }

    public WebhookReceiver Receiver { get; }

    public EscalationStore Store { get; }

    public MovableClock Clock { get; } = new();

    /// <summary>The platform's, on every host of the bench.</summary>
    public static byte[] Key { get; } = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    public WebhookSecrets Secrets { get; } = new(new PlatformKey(Key));

    public static async Task<WebhookBench> StartAsync() => new(await TestCluster.CreateAsync(), await WebhookReceiver.StartAsync());

    /// <param name="lease">Seconds; of these one third each for a cycle and for an attempt.</param>
    /// <param name="standby">What it reads from is one.</param>
    public async Task<WebhookHost> HostAsync(double lease = 15, bool standby = false)
    {
        var host = new WebhookHost(this, new WebhookOptions
        {
            AllowLoopback = true,
            Lease = TimeSpan.FromSeconds(lease),
            Cycle = TimeSpan.FromSeconds(lease / 3),
            Timeout = TimeSpan.FromSeconds(lease / 3),
        }, standby);
        _hosts.Add(host);
        await host.Dispatcher.StartAsync(CancellationToken.None);
        return host;
    }

    public async Task StopHostsAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
        _hosts.Clear();
    }

    /// <summary>An active subscription that begins at the feed's beginning.</summary>
    public async Task<Guid> SubscribeAsync(string path, string region = "08", params string[] types)
    {
        var id = Guid.CreateVersion7();
        await Database.ScalarAsync(
            """
            INSERT INTO webhook_subscriptions (tenant_id, id, version, url, types, state, client_id, secret_generation, created_at, updated_at, verified_at,
                position_transaction, position_sequence, position_at)
            VALUES ($1, $2, 1, $3, $4, 'active', $5, 1, $6, $6, $6, '0', 0, $6)
            """, region, id, Receiver.Url(path), types, ClientId, Clock.GetUtcNow().UtcDateTime);
        return id;
    }

    /// <summary>A new case with so many events.</summary>
    public Task<EscalationCase> CaseAsync(int events, RegionScope? scope = null) => AppendAsync(null, events, scope);

    public async Task<EscalationCase> AppendAsync(EscalationCase? before, int events, RegionScope? scope = null)
    {
        var session = Store.OpenSession(scope ?? Given.Kalmar);
        var after = session.Append(before, [.. Enumerable.Range(0, events).Select(i => before is null && i == 0 ? (CaseEvent)Given.Opened(Given.NewNumber()) : Given.Completed())]);
        await session.SaveChangesAsync(Given.Writer);
        return after;
    }

    /// <summary>Of the region's subscription row, or of one of its deliveries.</summary>
    public Task<object?> OfAsync(Guid subscription, string expression) => Database.ScalarAsync($"SELECT {expression} FROM webhook_subscriptions s WHERE s.id = $1", subscription);

    public async Task<long> CountAsync(Guid subscription, string state) =>
        (long)(await Database.ScalarAsync("SELECT count(*) FROM webhook_deliveries WHERE subscription_id = $1 AND state = $2", subscription, state))!;

    /// <summary>The log of an event's attempts: the answer's status, or the error where there was none.</summary>
    public async Task<string[]> LogAsync(Guid subscription, Guid eventId)
    {
        var log = (string)(await Database.ScalarAsync("SELECT log::text FROM webhook_deliveries WHERE subscription_id = $1 AND event_id = $2", subscription, eventId))!;
        return [.. JsonNode.Parse(log)!.AsArray().Select(a => a!["status"]?.ToString() ?? (string)a["error"]!)];
    }

    /// <summary>Waits until it holds; meanwhile the clock moves on where a test waits for retries.</summary>
    public async Task UntilAsync(Func<Task<bool>> holds, TimeSpan step = default, string? what = null)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Patience;)
        {
            if (await holds())
                return;
            Clock.Move(step);
            await Task.Delay(100);
        }
        throw new TimeoutException(what ?? "It has not come to be.");
    }

    public Task UntilDeliveredAsync(Guid subscription, long events, TimeSpan step = default) => UntilAsync(
        async () => await CountAsync(subscription, "delivered") == events && await CountAsync(subscription, "pending") == 0, step, "Not everything was delivered.");

    /// <summary>
    /// Moves the clock and waits until a subscription of another region was served meanwhile: what a host did not do by then it leaves undone.
    /// </summary>
    public async Task WitnessAsync(TimeSpan move)
    {
        Clock.Move(move);
        var path = $"/witness-{Guid.NewGuid()}";
        await SubscribeAsync(path, "13");
        for (var i = 1; i <= 2; i++)
        {
            await CaseAsync(1, Given.Halland);
            var events = i;
            await UntilAsync(() => Task.FromResult(Receiver.Accepted.Count(p => p.Path == path) >= events));
        }
    }

    /// <summary>Every event of the region was accepted at the path, each stream's first in its order, and the independent implementation accepts the signatures.</summary>
    public async Task AssertDeliveredAsync(Guid subscription, string path, string region = "08")
    {
        var accepted = Receiver.Accepted.Where(p => p.Path == path).ToArray();
        var expected = (string)(await Database.ScalarAsync("SELECT coalesce(string_agg(id::text, ',' ORDER BY id), '') FROM mt_events WHERE tenant_id = $1", region))!;
        Assert.That(string.Join(',', accepted.Select(p => p.Id).Distinct().Order()), Is.EqualTo(string.Join(',', expected.Split(',').Select(Guid.Parse).Order())));
        foreach (var stream in accepted.DistinctBy(p => p.Id).GroupBy(p => p.Stream))
            Assert.That(stream.Select(p => p.Version).ToArray(), Is.EqualTo(Enumerable.Range(1, stream.Count()).Select(v => (long)v)), "in order");
        foreach (var message in Receiver.Posts)
            Assert.That((string?)message.Event["id"], Is.EqualTo(message.Headers["webhook-id"]), "whenever it comes");

        var secret = Secrets.Shown("escalation", region, subscription, 1);
        Assert.That((await IndependentReceiver.JudgeAsync(accepted.Select(p => (secret, p)))).Distinct(), Is.EqualTo(new[] { "ok" }));
    }

    public async ValueTask DisposeAsync()
    {
        await StopHostsAsync();
        await Receiver.DisposeAsync();
        await Store.DisposeAsync();
    }
}

/// <summary>A host as far as webhooks go, with a store and connections of its own.</summary>
internal sealed class WebhookHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly WebhookSender _sender;
    private readonly FallibleFeed _feed;

    public WebhookHost(WebhookBench bench, WebhookOptions options, bool standby)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(bench.Clock);
        services.AddSingleton(new ChangeSignal());
        services.Configure<AccessOptions>(o => o.Clients[WebhookBench.ClientId] = new ClientAccess(Regions: ["08", "13"]));
        services.AddRegionApi(bench.Database.Application);
        _services = services.BuildServiceProvider();
        _feed = new FallibleFeed(_services.GetRequiredService<IChangeFeed>(), standby);
        _sender = new WebhookSender(bench.Secrets, options, bench.Clock);
        Dispatcher = new WebhookDispatcher([_feed], _sender, options, _services.GetRequiredService<ChangeSignal>(), bench.Clock, NullLogger<WebhookDispatcher>.Instance);
    }

    public WebhookDispatcher Dispatcher { get; }

    /// <summary>Who may read what, as it is configured now.</summary>
    public AccessOptions Access => _services.GetRequiredService<Microsoft.Extensions.Options.IOptions<AccessOptions>>().Value;

    /// <summary>How many entries were looked for by their ids, each time.</summary>
    public ConcurrentQueue<int> Looked => _feed.Looked;

    /// <summary>As if the feed were read from a standby; null while it is not, otherwise how often it was asked.</summary>
    public int? AskedAsStandby
    {
        get => _feed.IsStandby ? _feed.AskedAsStandby : null;
        set => _feed.IsStandby = value is not null;
    }

    /// <summary>From now on it writes nothing, as if it were gone between two instructions.</summary>
    public void Fall()
    {
        _feed.HasFallen = true;
        _sender.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await Dispatcher.StopAsync(CancellationToken.None);
        Dispatcher.Dispose();
        _sender.Dispose();
        await _services.DisposeAsync();
    }

    private sealed class FallibleFeed(IChangeFeed feed, bool standby) : IChangeFeed
    {
        public volatile bool HasFallen;
        public volatile bool IsStandby;
        private int _asked;

        public int AskedAsStandby => Volatile.Read(ref _asked);

        public ConcurrentQueue<int> Looked { get; } = [];

        public string Api => feed.Api;

        public IReadOnlyList<string> Owners => feed.Owners;

        public WebhookTables Tables => feed.Tables;

        public string GoesOn => feed.GoesOn;

        public NpgsqlBatch CreateBatch(string owner) => Standing().CreateBatch(owner);

        public Task<ChangePage> ReadAsync(FeedReader reader, FeedPosition after, IReadOnlyList<string> types, int limit, CancellationToken cancellationToken)
        {
            if (!IsStandby && !standby)
                return Standing().ReadAsync(reader, after, types, limit, cancellationToken);
            Interlocked.Increment(ref _asked);
            return Task.FromResult(ChangePage.OfStandby);
        }

        public TimeSpan? GivenOutFor => feed.GivenOutFor;

        public Task<IReadOnlyList<Change>?> FindAsync(FeedReader reader, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
        {
            Looked.Enqueue(ids.Count);
            return standby ? Task.FromResult<IReadOnlyList<Change>?>(null) : Standing().FindAsync(reader, ids, cancellationToken);
        }

        public bool MayStillRead(FeedReader reader) => feed.MayStillRead(reader);

        private IChangeFeed Standing() => HasFallen ? throw new IOException("The host has fallen.") : feed;
    }
}
