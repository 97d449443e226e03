using Microsoft.AspNetCore.Http;
using RegionEscalation.Domain.Cases;

namespace RegionEscalation.IntegrationTests.Webhooks;

/// <summary>What cannot be delivered or read holds up what it must and nothing else, and is not lost.</summary>
public sealed class WebhookStandstillTests
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(10);

    private WebhookBench _bench = null!;

    [SetUp]
    public async Task StartAsync() => _bench = await WebhookBench.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _bench.DisposeAsync();

    [Test]
    public async Task A_few_entries_that_a_healthy_endpoint_refuses_stop_no_other()
    {
        var subscription = await _bench.SubscribeAsync("/hook");
        var refused = await CasesAsync(7);
        await CasesAsync(20);
        Answer(message => refused.Contains(message.Stream) ? 400 : 204);
        await _bench.HostAsync();

        await _bench.UntilAsync(async () => await _bench.CountAsync(subscription, "delivered") == 20);

        Assert.That(await _bench.OfAsync(subscription, "next_attempt_at IS NULL"), Is.True);
        Assert.That(await _bench.CountAsync(subscription, "pending"), Is.EqualTo(7));
    }

    [Test]
    public async Task Of_what_is_due_the_streams_that_have_failed_least_are_tried_first()
    {
        var subscription = await _bench.SubscribeAsync("/hook");
        await CasesAsync(12);
        var fresh = (await CasesAsync(1)).Single();
        await _bench.HostAsync();
        await _bench.UntilDeliveredAsync(subscription, 13);
        Answer(message => message.Stream == fresh ? 204 : 500);

        await _bench.Database.ScalarAsync(
            """
            UPDATE webhook_deliveries SET state = 'pending', log = CASE WHEN stream_id = $1 THEN log ELSE log || '[{"at":"2026-01-01T00:00:00Z","status":500,"error":"refused","durationMs":1}]' END
            """, fresh);
        await _bench.UntilAsync(async () => await _bench.CountAsync(subscription, "delivered") == 1);

        Assert.That(_bench.Receiver.Posts.Count(p => p.Stream == fresh), Is.EqualTo(2));
    }

    [Test]
    public async Task What_is_not_found_is_looked_for_again_and_never_removed()
    {
        var subscription = await _bench.SubscribeAsync("/hook");
        var lost = await PendingAsync(subscription, 1);
        await _bench.HostAsync();
        await _bench.UntilAsync(async () => await _bench.Database.ScalarAsync("SELECT attempts = 1 FROM webhook_deliveries WHERE event_id = $1", lost) is true);
        await _bench.CaseAsync(2);

        await _bench.UntilAsync(async () => await _bench.CountAsync(subscription, "delivered") == 2);
        await _bench.UntilAsync(async () => (await _bench.LogAsync(subscription, lost)).Length >= 3, Step);

        Assert.That((await _bench.LogAsync(subscription, lost)).Distinct(), Is.EqualTo(new[] { "notFound" }));
        Assert.That(await _bench.CountAsync(subscription, "pending"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_standby_moves_nothing_and_changes_no_state()
    {
        var subscription = await _bench.SubscribeAsync("/hook");
        await PendingAsync(subscription, 1);
        await _bench.CaseAsync(2);
        var standby = await _bench.HostAsync(standby: true);

        await _bench.UntilAsync(() => Task.FromResult(standby.Looked.Count >= 3));

        Assert.That(await _bench.OfAsync(subscription, "concat_ws(' ', position_sequence, state, failing_since, next_attempt_at)"), Is.EqualTo("0 active"));
        Assert.That(await _bench.Database.ScalarAsync("SELECT sum(attempts) FROM webhook_deliveries"), Is.EqualTo(0L));
        Assert.That(_bench.Receiver.Posts, Is.Empty);
    }

    [Test]
    public async Task However_many_streams_an_endpoint_refuses_the_feed_is_read_on()
    {
        var subscription = await _bench.SubscribeAsync("/hook");
        await PendingAsync(subscription, 1001, attempts: 1);
        await _bench.CaseAsync(2);
        await _bench.HostAsync();

        await _bench.UntilAsync(async () => await _bench.CountAsync(subscription, "delivered") == 2);

        Assert.That(await _bench.CountAsync(subscription, "pending"), Is.EqualTo(1001));
    }

    [Test]
    public async Task Where_the_place_is_put_back_what_waits_beyond_it_comes_in_its_turn()
    {
        var subscription = await _bench.SubscribeAsync("/hook");
        await _bench.CaseAsync(4);
        Answer(message => message.Version == 4 ? 400 : 204);
        await _bench.HostAsync();
        await _bench.UntilAsync(async () => await _bench.CountAsync(subscription, "pending") == 1);
        var before = _bench.Receiver.Posts.Count;
        Answer(_ => 204);

        await _bench.Database.ScalarAsync(
            """
            WITH back AS (
                UPDATE webhook_subscriptions s SET lease_holder = NULL, position_transaction = e.transaction_id, position_sequence = e.seq_id
                FROM mt_events e WHERE e.version = 1 AND s.id = $1
            )
            UPDATE webhook_deliveries SET next_attempt_at = NULL WHERE state = 'pending'
            """, subscription);
        await _bench.UntilAsync(() => Task.FromResult(_bench.Receiver.Posts.Count >= before + 3));
        await _bench.UntilDeliveredAsync(subscription, 4);

        Assert.That(_bench.Receiver.Posts.Skip(before).Select(p => p.Version), Is.EqualTo(new[] { 2, 3, 4 }));
    }

    [Test]
    public async Task An_endpoint_is_left_alone_as_long_as_it_asks_and_the_entry_as_long_as_its_failures_say()
    {
        var subscription = await _bench.SubscribeAsync("/hook");
        await _bench.CaseAsync(1);
        await _bench.HostAsync();
        await _bench.UntilDeliveredAsync(subscription, 1);
        _bench.Receiver.Answer = (_, http) =>
        {
            (http.Response.StatusCode, http.Response.Headers.RetryAfter) = (429, "60");
            return Task.CompletedTask;
        };

        await _bench.Database.ScalarAsync(
            "UPDATE webhook_deliveries SET state = 'pending', log = (SELECT jsonb_agg(jsonb_build_object('at', now(), 'status', 500, 'error', 'refused', 'durationMs', 1)) FROM generate_series(1, 14))");
        await _bench.UntilAsync(async () => await _bench.OfAsync(subscription, "next_attempt_at IS NOT NULL AND lease_holder IS NULL") is true);

        Assert.That(await _bench.Database.ScalarAsync(
            "SELECT d.next_attempt_at - s.next_attempt_at > INTERVAL '1 hour' FROM webhook_deliveries d JOIN webhook_subscriptions s ON s.id = d.subscription_id"), Is.True);
    }

    [Test]
    public async Task A_host_with_older_configuration_leaves_a_subscription_to_the_others()
    {
        var old = await _bench.HostAsync();
        old.Access.Clients[WebhookBench.ClientId] = new(Regions: ["13"]);
        var subscription = await _bench.SubscribeAsync("/hook");
        await _bench.CaseAsync(1);
        await _bench.WitnessAsync(TimeSpan.Zero);
        Assert.That((await _bench.OfAsync(subscription, "state"), _bench.Receiver.Posts.Count(p => p.Path == "/hook")), Is.EqualTo(((object)"active", 0)));
        await _bench.HostAsync();

        await _bench.UntilDeliveredAsync(subscription, 1);

        Assert.That(await _bench.OfAsync(subscription, "state"), Is.EqualTo("active"));
    }

    [Test]
    public async Task Until_an_endpoint_is_seen_to_accept_only_what_may_be_sent_at_once_is_read()
    {
        var subscription = await _bench.SubscribeAsync("/hook");
        await CasesAsync(40);
        await _bench.HostAsync();
        await _bench.UntilDeliveredAsync(subscription, 40);
        await _bench.StopHostsAsync();
        await _bench.Database.ScalarAsync("UPDATE webhook_deliveries SET state = 'pending'");
        Answer(_ => 400);
        var host = await _bench.HostAsync();

        await _bench.UntilAsync(async () => await _bench.Database.ScalarAsync("SELECT min(attempts) >= 2 FROM webhook_deliveries") is true);
        var refusing = host.Looked.ToArray();
        Answer(_ => 204);
        await _bench.UntilDeliveredAsync(subscription, 40, Step);

        Assert.That(refusing.Max(), Is.EqualTo(8));
        Assert.That(host.Looked.Max(), Is.GreaterThan(8));
    }

    [Test]
    public async Task Nothing_goes_past_an_entry_of_a_newer_build_and_the_subscription_is_left_to_other_hosts()
    {
        var subscription = await _bench.SubscribeAsync("/hook");
        await _bench.CaseAsync(4);
        await _bench.Database.ScalarAsync("UPDATE mt_events SET type = 'case-teleported.v1' WHERE version = 3");
        await _bench.HostAsync();

        await _bench.UntilAsync(async () => await _bench.OfAsync(subscription, "next_attempt_at IS NOT NULL AND lease_holder IS NULL AND lease_until IS NULL") is true);
        Assert.That(_bench.Receiver.Posts.Select(p => p.Version), Is.EqualTo(new[] { 1, 2 }));
        await _bench.Database.ScalarAsync("UPDATE mt_events SET type = 'activity-completed.v1' WHERE version = 3");
        await _bench.UntilDeliveredAsync(subscription, 4, Step);

        Assert.That(_bench.Receiver.Posts.Select(p => p.Version), Is.EqualTo(new[] { 1, 2, 3, 4 }));
    }

    [Test]
    public async Task What_is_damaged_is_told_of_without_its_content()
    {
        var subscription = await _bench.SubscribeAsync("/hook");
        var c = await _bench.CaseAsync(3);
        await _bench.Database.ScalarAsync("UPDATE mt_events SET data = '[]' WHERE version = 2");
        await _bench.HostAsync();

        await _bench.UntilDeliveredAsync(subscription, 3);

        Assert.That(_bench.Receiver.Posts.Select(p => $"{p.Event["subject"]} {p.Version} {p.Event["data"]!["event"] is null}"),
            Is.EqualTo(new[] { $"cases/{c.Id} 1 False", $"cases/{c.Id} 2 True", $"cases/{c.Id} 3 False" }));
    }

    private void Answer(Func<Received, int> status) => _bench.Receiver.Answer = (message, http) =>
    {
        http.Response.StatusCode = message.Path == "/hook" ? status(message) : StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    };

    private async Task<Guid[]> CasesAsync(int count)
    {
        var cases = new List<EscalationCase>();
        for (var i = 0; i < count; i++)
            cases.Add(await _bench.CaseAsync(1));
        return [.. cases.Select(c => c.Id)];
    }

    /// <summary>So many that wait, each of a stream of its own and of an event that is nowhere; those that were attempted wait for hours.</summary>
    /// <returns>One of their events.</returns>
    private async Task<Guid> PendingAsync(Guid subscription, int count, int attempts = 0) => (Guid)(await _bench.Database.ScalarAsync(
        """
        WITH made AS (
            INSERT INTO webhook_deliveries (tenant_id, subscription_id, event_id, transaction_id, sequence, stream_id, type, event_at, state, attempts, next_attempt_at, log)
            SELECT '08', $1, gen_random_uuid(), '0', 0, gen_random_uuid(), 'case-opened.v1', now(), 'pending', $3, CASE WHEN $3 > 0 THEN now() + INTERVAL '4 hours' END, '[]'
            FROM generate_series(1, $2) RETURNING event_id
        )
        SELECT event_id FROM made LIMIT 1
        """, subscription, count, attempts))!;
}
