using System.Net;
using RegionEscalation.IntegrationTests.Storage;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>A database restored from a dump into a cluster whose transactions are not yet as far: its ids, and what is put down in them, are moved up by hand.</summary>
public sealed class RestoredFeedTests
{
    private const string Beginning = "/escalation/v1/regions/08/changes";
    private const string Ahead = "(transaction_id::text::bigint + 1000000000)::text::xid8";
    private static readonly DateTimeOffset Day = Given.Day;

    [Test]
    public async Task After_a_restore_the_feed_begins_anew_without_losing_or_repeating_anything_and_old_cursors_say_where()
    {
        var database = await TestCluster.CreateAsync();
        var cursors = new List<(string Link, Guid[] Before)>();
        await using (var host = await TestHost.StartAsync(database: database))
        {
            using var kalmar = new RegionAtWork(host);
            await SaveAsync(database, Day, Day.AddHours(3), Day.AddHours(3.5), Day.AddHours(9));
            await kalmar.CaseAtAsync(1);
            var follower = await Follow(kalmar, $"{Beginning}?limit=3").ToTheEndAsync(database, "08");
            var again = Follow(kalmar, $"{Beginning}?limit=3");
            while ((await again.ReadAsync()).Length > 0)
                cursors.Add((again.Next, again.Ids));
            Assert.That(again.Ids, Is.EqualTo(follower.Ids));
        }
        var events = await IdsAsync(database);
        await database.ScalarAsync($"UPDATE mt_events SET transaction_id = {Ahead}");

        await using var restored = await TestHost.StartAsync(database: database);
        using var after = new RegionAtWork(restored);
        var everything = await Follow(after, $"{Beginning}?limit=4").ToTheEndAsync(database, "08");
        await after.ContractAsync();
        var later = new FeedFollower(p => after.GetAsync(p), everything.Next);
        await later.ToTheEndAsync(database, "08");

        Assert.That(everything.Ids, Is.EquivalentTo(events).And.Unique);
        foreach (var stream in everything.Entries.GroupBy(e => (string)e["data"]!["id"]!))
            Assert.That(stream.Select(e => (int)e["data"]!["version"]!), Is.EqualTo(Enumerable.Range(1, stream.Count())));
        Assert.That(later.Entries.Select(e => (string?)e["type"]), Is.EqualTo(new[] { "contract-synchronised.v1" }), "what is new comes after");
        Assert.That(cursors, Has.Count.GreaterThan(3));
        foreach (var (link, before) in cursors)
        {
            var gone = await after.GetAsync(link);
            Assert.That((gone.Status, gone.Code), Is.EqualTo((HttpStatusCode.Gone, "cursorGone")), gone.Text);
            var restart = await Follow(after, new Uri((string)gone.Body!["restart"]!).PathAndQuery).ToTheEndAsync(database, "08");
            Assert.That(before.Concat(restart.Ids), Is.SupersetOf(events), "nothing is skipped");
        }
        Assert.That((string?)(await after.GetAsync(cursors[^1].Link)).Body!["restart"], Does.Contain("since="), "not everything is read again");
    }

    [Test]
    public async Task Webhooks_go_back_to_where_the_feed_is_sure_to_have_been_delivered_and_what_waits_keeps_its_order()
    {
        var database = await TestCluster.CreateAsync();
        await SaveAsync(database, Day, Day.AddHours(3), Day.AddHours(3.5), Day.AddHours(9));
        var sequences = (long[])(await database.ScalarAsync("SELECT array_agg(seq_id ORDER BY seq_id) FROM mt_events"))!;
        var (middle, end) = (Guid.NewGuid(), Guid.NewGuid());
        foreach (var (id, at) in new[] { (middle, Day.AddHours(4)), (end, Day.AddDays(5)) })
        {
            await SubscribeAsync(database, "webhook", "tenant_id", "08", id, at);
            await SubscribeAsync(database, "national_webhook", "reader", "coordination", id, at);
        }
        foreach (var (region, at) in new[] { ("08", Day.AddHours(1)), ("13", Day.AddHours(3)), ("national", Day.AddHours(3.2)), ("08", Day.AddHours(8)) })
            await database.ScalarAsync(
                "INSERT INTO national_changes (id, region, kind, object_id, type, audience, at) VALUES (gen_random_uuid(), $1, 'case', gen_random_uuid(), 'x', '{regions}', $2)", region, at);
        var changes = (long[])(await database.ScalarAsync("SELECT array_agg(seq_id ORDER BY seq_id) FROM national_changes WHERE type = 'x'"))!;
        foreach (var table in new[] { "mt_events", "national_changes", "webhook_deliveries", "national_webhook_deliveries" })
            await database.ScalarAsync($"UPDATE {table} SET transaction_id = {Ahead}");
        foreach (var table in new[] { "webhook_subscriptions", "national_webhook_subscriptions" })
            await database.ScalarAsync($"UPDATE {table} SET position_transaction = {Ahead.Replace("transaction_id", "position_transaction", StringComparison.Ordinal)}, lease_holder = gen_random_uuid(), lease_until = now()");

        await Migrator.MigrateAsync(database.Owner, CancellationToken.None);

        Assert.That(await PositionAsync(database, "webhook_subscriptions", middle), Is.EqualTo($"1 {sequences[1] - 1}"));
        Assert.That(await PositionAsync(database, "webhook_subscriptions", end), Is.EqualTo($"1 {long.MaxValue}"));
        Assert.That(await PositionAsync(database, "national_webhook_subscriptions", middle), Is.EqualTo($"1 {changes[1] - 1}"));
        Assert.That(await PositionAsync(database, "national_webhook_subscriptions", end), Is.EqualTo($"1 {long.MaxValue}"));
        foreach (var table in new[] { "mt_events", "national_changes", "webhook_deliveries", "national_webhook_deliveries" })
            Assert.That(await database.ScalarAsync($"SELECT string_agg(DISTINCT transaction_id::text, ',') FROM {table}"), Is.EqualTo("1"), table);

        var before = await database.FingerprintAsync();
        await Migrator.MigrateAsync(database.Owner, CancellationToken.None);
        Assert.That(await database.FingerprintAsync(), Is.EqualTo(before), "once is enough");
    }

    [TestCase("webhook", "tenant_id", "08")]
    [TestCase("national_webhook", "reader", "coordination")]
    public async Task A_place_ahead_of_every_entry_is_put_back_too(string prefix, string column, string owner)
    {
        var database = await TestCluster.CreateAsync();
        await SaveAsync(database, Day);
        var id = Guid.NewGuid();
        await SubscribeAsync(database, prefix, column, owner, id, Day.AddDays(5));
        await database.ScalarAsync($"UPDATE {prefix}_subscriptions SET position_transaction = {Ahead.Replace("transaction_id", "position_transaction", StringComparison.Ordinal)}");

        await Migrator.MigrateAsync(database.Owner, CancellationToken.None);

        Assert.That(await PositionAsync(database, $"{prefix}_subscriptions", id), Is.EqualTo($"1 {long.MaxValue}"));
    }

    [Test]
    public async Task A_database_in_its_own_cluster_is_left_alone()
    {
        var database = await TestCluster.CreateAsync();
        await SaveAsync(database, Day, Day.AddHours(3));
        await SubscribeAsync(database, "webhook", "tenant_id", "08", Guid.NewGuid(), Day);
        await database.ScalarAsync("UPDATE webhook_subscriptions SET position_transaction = pg_snapshot_xmax(pg_current_snapshot())");
        var before = await database.FingerprintAsync();

        await Migrator.MigrateAsync(database.Owner, CancellationToken.None);

        Assert.That(await database.FingerprintAsync(), Is.EqualTo(before));
    }

    private static FeedFollower Follow(RegionAtWork region, string path) => new(p => region.GetAsync(p), path);

    private static async Task SaveAsync(TestDatabase database, params DateTimeOffset[] instants)
    {
        await using var store = new EscalationStore(database.Application);
        foreach (var at in instants)
        {
            var session = store.OpenSession(Given.Kalmar);
            session.Append(null, [Given.Opened(Given.NewNumber(), at: at)]);
            await session.SaveChangesAsync(Given.Writer);
        }
    }

    private static async Task<Guid[]> IdsAsync(TestDatabase database) => (Guid[])(await database.ScalarAsync("SELECT array_agg(id) FROM mt_events WHERE tenant_id = '08'"))!;

    /// <summary>A subscription with something that waits; where it stands is moved up afterwards.</summary>
    private static async Task SubscribeAsync(TestDatabase database, string prefix, string column, string owner, Guid id, DateTimeOffset at)
    {
        await database.ScalarAsync(
            $"""
            INSERT INTO {prefix}_subscriptions ({column}, id, version, url, types, state, client_id, purpose, secret_generation, created_at, updated_at, position_transaction, position_sequence, position_at)
            VALUES ($1, $2, 1, 'https://system.example/hook', '{"{}"}', 'active', 'client', 'nationalCoordination', 1, now(), now(), '5', 0, $3)
            """, owner, id, at);
        await database.ScalarAsync(
            $"""
            INSERT INTO {prefix}_deliveries ({column}, subscription_id, event_id, transaction_id, sequence, stream_id, type, event_at, state, attempts, log)
            VALUES ($1, $2, gen_random_uuid(), '5', 1, gen_random_uuid(), 'x', now(), 'pending', 0, '[]')
            """, owner, id);
    }

    private static async Task<string?> PositionAsync(TestDatabase database, string table, Guid id) => (string?)await database.ScalarAsync(
        $"SELECT position_transaction || ' ' || position_sequence || coalesce(' leased by ' || lease_holder, '') FROM {table} WHERE id = $1", id);
}
