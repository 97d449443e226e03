using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Feeds;
using RegionEscalation.IntegrationTests.Storage;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>
/// The proof that nothing is skipped: many write at once and out of order, some give up, one transaction of the cluster stands still, a host is
/// killed, and whoever follows the feed has in the end exactly what was committed, in one order. Nothing is asserted of how long it takes.
/// </summary>
public sealed class FeedUnderFireTests
{
    private const int Writers = 50;
    private static readonly TimeSpan Writing = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StandsStillAt = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan StandsStillFor = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan KilledAt = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);
    private static readonly (string Code, string Client)[] Regions = [("08", "kalmar-reader"), ("12", "skane-reader"), ("13", "halland-reader")];

    [Test]
    public async Task Every_consumer_is_given_exactly_what_was_committed_in_one_order()
    {
        var database = await TestCluster.CreateAsync();
        using var first = await HostProcess.StartAsync(database);
        using var second = await HostProcess.StartAsync(database);
        using var end = new CancellationTokenSource(Deadline);
        var consumers = new List<Consumer>();
        // Three of different patience and appetite, each with every region's feed; two of them begin at the host that falls.
        foreach (var (limit, wait, hosts) in new (int, int, HostProcess[])[] { (3, 0, [first, second]), (17, 2, [second, first]), (100, 30, [first, second]) })
        {
            foreach (var (region, client) in Regions)
                consumers.Add(new Consumer(region, limit, wait, [await hosts[0].ClientOfAsync(client), await hosts[1].ClientOfAsync(client)]));
        }
        var following = consumers.Select(c => c.FollowAsync(end.Token)).ToArray();

        await using var fire = new Fire(database);
        var clock = Stopwatch.StartNew();
        var writing = fire.WriteAsync(Writers, Writing);
        await Task.Delay(StandsStillAt);
        var still = await StandingStill.BeginAsync();
        await Task.Delay(StandsStillFor);
        var givenOutMeanwhile = consumers.ToDictionary(c => c, c => c.Ids);
        var committedMeanwhile = await CommittedAsync(database);
        await still.DisposeAsync();
        var moving = Stopwatch.StartNew();
        var caughtUp = await Task.WhenAll(consumers.Select(c => c.ReachedAsync(committedMeanwhile[c.Region].Length, moving, end.Token)));
        await Task.Delay(KilledAt > clock.Elapsed ? KilledAt - clock.Elapsed : TimeSpan.Zero);
        first.Kill();
        await writing;
        var committed = await CommittedAsync(database);
        var drained = Stopwatch.StartNew();
        await Task.WhenAll(consumers.Select(c => c.ReachedAsync(committed[c.Region].Length, drained, end.Token)));
        await end.CancelAsync();
        await Task.WhenAll(following);

        Assert.That((fire.Committed > 500, fire.RolledBack > 100), Is.EqualTo((true, true)), $"it was a fire: {fire.Committed} committed, {fire.RolledBack} not");
        foreach (var consumer in consumers)
        {
            Assert.That(consumer.Ids, Is.EqualTo(committed[consumer.Region].Select(e => e.Id)), $"{consumer}: exactly what was committed, in the order of the log");
            Assert.That(consumer.VersionsOutOfOrder, Is.Empty, $"{consumer}: each stream in the order of its versions");
            var transactions = committed[consumer.Region].ToDictionary(e => e.Id, e => e.Transaction);
            Assert.That(givenOutMeanwhile[consumer].Select(id => transactions[id]), Has.All.LessThan(still.Transaction), $"{consumer}: nothing before it is safe");
            Assert.That(committedMeanwhile[consumer.Region].Count(e => e.Transaction > still.Transaction), Is.GreaterThan(20), "there was something to be held back");
        }
        Assert.That(consumers.Count(c => c.Changes > 0), Is.EqualTo(6), "those at the host that fell went on at the other");

        TestContext.Out.WriteLine(FormattableString.Invariant(
            $"{fire.Committed} transactions committed and {fire.RolledBack} rolled back or refused by {Writers} writers in {Writing.TotalSeconds:0} s; {committed.Values.Sum(e => e.Length)} events, {consumers.Sum(c => c.Parts)} parts read."));
        foreach (var consumer in consumers)
        {
            var lags = consumer.Lags(still).Order().ToArray();
            TestContext.Out.WriteLine(FormattableString.Invariant(
                $"{consumer}: from recording to receipt, but for what a standstill held back, p50 {lags[lags.Length / 2].TotalMilliseconds:0} ms, p95 {lags[lags.Length * 95 / 100].TotalMilliseconds:0} ms, most {lags[^1].TotalMilliseconds:0} ms."));
        }
        TestContext.Out.WriteLine(FormattableString.Invariant(
            $"After the end of the standstill, all {committedMeanwhile.Values.Sum(e => e.Length)} events of until then were given out by {string.Join(", ", consumers.Zip(caughtUp, (c, at) => $"{c} {at.TotalMilliseconds:0} ms"))}."));
    }

    /// <summary>By region, in the order of the log.</summary>
    private static async Task<Dictionary<string, (Guid Id, long Transaction)[]>> CommittedAsync(TestDatabase database)
    {
        var committed = new Dictionary<string, (Guid, long)[]>();
        foreach (var (region, _) in Regions)
        {
            var ids = (Guid[])(await database.ScalarAsync("SELECT coalesce(array_agg(id ORDER BY transaction_id, seq_id), '{}') FROM mt_events WHERE tenant_id = $1", region))!;
            var transactions = (long[])(await database.ScalarAsync(
                "SELECT coalesce(array_agg(transaction_id::text::bigint ORDER BY transaction_id, seq_id), '{}') FROM mt_events WHERE tenant_id = $1", region))!;
            committed.Add(region, [.. ids.Zip(transactions)]);
        }
        return committed;
    }

    /// <summary>A transaction of another database of the cluster that has written and does nothing more.</summary>
    private sealed class StandingStill(NpgsqlConnection connection, NpgsqlTransaction transaction, long id, DateTimeOffset since) : IAsyncDisposable
    {
        public long Transaction => id;

        public DateTimeOffset Since => since;

        public DateTimeOffset Until { get; private set; }

        public static async Task<StandingStill> BeginAsync()
        {
            var elsewhere = await TestCluster.CreateAsync(migrated: false);
            var connection = new NpgsqlConnection(elsewhere.Superuser);
            await connection.OpenAsync();
            var transaction = await connection.BeginTransactionAsync();
            await using var write = new NpgsqlCommand("CREATE TABLE written (); SELECT pg_current_xact_id()::text::bigint", connection, transaction);
            return new StandingStill(connection, transaction, (long)(await write.ExecuteScalarAsync())!, DateTimeOffset.UtcNow);
        }

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
            Until = DateTimeOffset.UtcNow;
        }
    }

    /// <summary>Follows a region's feed from link to link, at the other host when one does not answer.</summary>
    private sealed class Consumer(string region, int limit, int wait, HttpClient[] hosts)
    {
        private readonly ConcurrentQueue<(Guid Id, string Stream, long Version, DateTimeOffset Recorded, DateTimeOffset Received)> _entries = [];
        private int _host;

        public string Region => region;

        public int Parts { get; private set; }

        public int Changes { get; private set; }

        public Guid[] Ids => [.. _entries.Select(e => e.Id)];

        public IEnumerable<string> VersionsOutOfOrder => _entries.GroupBy(e => e.Stream)
            .Where(s => !s.Select(e => e.Version).SequenceEqual(Enumerable.Range(1, s.Count()).Select(v => (long)v))).Select(s => s.Key);

        public override string ToString() => $"region {region} by {limit}";

        /// <summary>How long entries were on their way that were recorded when nothing stood still.</summary>
        public IEnumerable<TimeSpan> Lags(StandingStill still) =>
            _entries.Where(e => e.Received < still.Since || e.Recorded > still.Until).Select(e => e.Received - e.Recorded);

        public async Task FollowAsync(CancellationToken end)
        {
            var next = $"/escalation/v1/regions/{region}/changes?limit={limit}" + (wait > 0 ? $"&wait={wait}" : "");
            while (!end.IsCancellationRequested)
            {
                try
                {
                    using var response = await hosts[_host].GetAsync(new Uri(next, UriKind.Relative), end);
                    var body = await response.Content.ReadAsStringAsync(end);
                    if (response.StatusCode != HttpStatusCode.OK)
                        throw new InvalidOperationException($"{this}: {body}");
                    var received = DateTimeOffset.UtcNow;
                    var part = JsonNode.Parse(body)!;
                    foreach (var entry in part["items"]!.AsArray())
                        _entries.Enqueue((entry!["id"]!.GetValue<Guid>(), (string)entry["data"]!["id"]!, (long)entry["data"]!["version"]!, entry["time"]!.GetValue<DateTimeOffset>(), received));
                    next = new Uri((string)part["_links"]!["next"]!["href"]!).PathAndQuery;
                    Parts++;
                    if (wait == 0 && part["items"]!.AsArray().Count == 0)
                        await Task.Delay(50, end);
                }
                catch (OperationCanceledException) when (end.IsCancellationRequested)
                {
                }
                // The answer was cut off, or nobody is there: what was not received whole is asked for again.
                catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
                {
                    _host = 1 - _host;
                    Changes++;
                }
            }
        }

        /// <summary>When it had as many entries.</summary>
        public async Task<TimeSpan> ReachedAsync(int count, Stopwatch clock, CancellationToken end)
        {
            while (_entries.Count < count)
            {
                if (end.IsCancellationRequested)
                    throw new TimeoutException($"{this}: {_entries.Count} of {count} entries came.");
                await Task.Delay(10, CancellationToken.None);
            }
            return clock.Elapsed;
        }
    }

    /// <summary>Those who write, on the application's login: through the store, racing for the same cases, and by hand in transactions that stay open a while.</summary>
    private sealed class Fire : IAsyncDisposable
    {
        private readonly ChangeSignal _signal = new();
        private readonly ChangeWatcher _watcher;
        private readonly EscalationStore _store;
        private readonly NpgsqlDataSource _byHand;
        private readonly ConcurrentDictionary<(string, int), EscalationCase> _shared = [];
        private int _committed;
        private int _rolledBack;

        /// <summary>As a third host would, which tells the others that something was written.</summary>
        public Fire(TestDatabase database)
        {
            _watcher = new ChangeWatcher(database.Application, _signal, NullLogger<ChangeWatcher>.Instance);
            _store = new EscalationStore(database.Application, _signal.Written);
            _byHand = NpgsqlDataSource.Create(database.Application);
        }

        public int Committed => _committed;

        public int RolledBack => _rolledBack;

        public async Task WriteAsync(int writers, TimeSpan duration)
        {
            await _watcher.StartAsync(CancellationToken.None);
            var until = Stopwatch.StartNew();
            await Task.WhenAll(Enumerable.Range(0, writers).Select(n => Task.Run(async () =>
            {
                var random = new Random(n);
                while (until.Elapsed < duration)
                {
                    var region = Regions[random.Next(Regions.Length)].Code;
                    var done = random.Next(10) switch
                    {
                        < 3 => await OpenAsync(region, random),
                        < 7 => await RaceAsync(region, random),
                        _ => await ByHandAsync(region, random),
                    };
                    Interlocked.Increment(ref done ? ref _committed : ref _rolledBack);
                    await Task.Delay(random.Next(100, 500));
                }
            })));
        }

        public async ValueTask DisposeAsync()
        {
            await _watcher.StopAsync(CancellationToken.None);
            _watcher.Dispose();
            await _store.DisposeAsync();
            await _byHand.DisposeAsync();
        }

        private static DateTimeOffset Now => Clock.Now(TimeProvider.System);

        private Task<bool> OpenAsync(string region, Random random) => SaveAsync(region, session =>
            session.Append(null, [Given.Opened(Given.NewNumber(), at: Now), .. Enumerable.Range(0, random.Next(4)).Select(_ => Given.Completed(at: Now))]));

        /// <summary>All of them know the same few cases, and not always as they are by now.</summary>
        private async Task<bool> RaceAsync(string region, Random random)
        {
            var key = (region, random.Next(5));
            var before = _shared.GetValueOrDefault(key);
            EscalationCase? after = null;
            var saved = await SaveAsync(region, session => after = session.Append(before, before is null ? [Given.Opened(Given.NewNumber(), at: Now)] : [Given.Completed(at: Now)]));
            if (saved && before is null)
                _shared.TryAdd(key, after!);
            else if (saved)
                _shared.AddOrUpdate(key, after!, (_, known) => known.Version > after!.Version ? known : after!);
            else if (before is not null && await StoreFixture.FetchAsync(_store, RegionScope.For(region), q => q.Case(before.Id)) is { } now)
                _shared[key] = now;
            return saved;
        }

        private async Task<bool> SaveAsync(string region, Action<RegionSession> append)
        {
            var session = _store.OpenSession(RegionScope.For(region));
            append(session);
            try
            {
                await session.SaveChangesAsync(Given.Writer);
                return true;
            }
            catch (StreamConflictException)
            {
                return false;
            }
        }

        /// <summary>Open between the insert and its end, so that others overtake it; one in three gives up.</summary>
        private async Task<bool> ByHandAsync(string region, Random random)
        {
            var opened = Given.Opened(Given.NewNumber(), at: Now);
            await using var connection = await _byHand.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using (var insert = new NpgsqlBatch(connection, transaction)
            {
                BatchCommands =
                {
                    new("SELECT set_config('app.region', $1, true)") { Parameters = { new() { Value = region } } },
                    new("INSERT INTO mt_streams (tenant_id, id, type, version, timestamp, created) VALUES ($1, $2, 'escalation_case', 1, $3, $3)")
                    {
                        Parameters = { new() { Value = region }, new() { Value = opened.CaseId }, new() { Value = opened.At } },
                    },
                    new(
                        """
                        INSERT INTO mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id)
                        VALUES (nextval('mt_events_sequence'), gen_random_uuid(), $2, 1, $4::jsonb, 'case-opened.v1', $3, $1)
                        """)
                    {
                        Parameters = { new() { Value = region }, new() { Value = opened.CaseId }, new() { Value = opened.At }, new() { Value = EventTypes.Write(opened) } },
                    },
                },
            })
                await insert.ExecuteNonQueryAsync();
            await Task.Delay(random.Next(150));
            if (random.Next(3) == 0)
            {
                await transaction.RollbackAsync();
                return false;
            }
            await transaction.CommitAsync();
            _signal.Written();
            return true;
        }
    }
}
