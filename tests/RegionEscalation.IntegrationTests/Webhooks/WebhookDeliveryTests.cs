using Microsoft.AspNetCore.Http;
using RegionEscalation.IntegrationTests.Storage;

namespace RegionEscalation.IntegrationTests.Webhooks;

/// <summary>One host and an endpoint that does not always do as it should.</summary>
public sealed class WebhookDeliveryTests
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(2);

    private WebhookBench _bench = null!;

    [SetUp]
    public async Task StartAsync() => _bench = await WebhookBench.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _bench.DisposeAsync();

    [Test]
    public async Task What_an_endpoint_refuses_comes_again_until_it_accepts_while_other_streams_go_on()
    {
        var subscription = await _bench.SubscribeAsync("/hook");
        var (stubborn, other) = (await _bench.CaseAsync(5), await _bench.CaseAsync(5));
        var refusals = 0;
        _bench.Receiver.Answer = async (message, http) =>
        {
            if (message.Stream != stubborn.Id || Volatile.Read(ref refusals) > 3)
                return;
            if (_bench.Receiver.Accepted.Count(a => a.Stream == other.Id) == 5)
                Interlocked.Increment(ref refusals);
            http.Response.StatusCode = 500;
            await Task.CompletedTask;
        };
        await _bench.HostAsync();

        await _bench.UntilDeliveredAsync(subscription, 10, Step);

        await _bench.AssertDeliveredAsync(subscription, "/hook");
        var first = _bench.Receiver.Posts.First(p => p.Stream == stubborn.Id);
        var log = await _bench.LogAsync(subscription, first.Id);
        Assert.Multiple(async () =>
        {
            Assert.That(log, Has.Length.GreaterThanOrEqualTo(5));
            Assert.That(log.Distinct(), Is.EqualTo(new[] { "500", "204" }));
            Assert.That(_bench.Receiver.Posts.Count(p => p.Id == first.Id), Is.EqualTo(log.Length));
            Assert.That(_bench.Receiver.Posts.Where(p => p.Stream == stubborn.Id).TakeWhile(p => p.Version == 1).Count(), Is.EqualTo(log.Length), "what comes after it waits behind it");
            Assert.That(_bench.Receiver.Posts.Count(p => p.Stream == other.Id), Is.EqualTo(5), "each once");
            Assert.That(await _bench.OfAsync(subscription, "failing_since IS NULL AND delivered_at IS NOT NULL AND lease_holder IS NULL AND version = 1"), Is.True);
        });
    }

    [TestCase("hangs", "timeout")]
    [TestCase("closes", "connection")]
    [TestCase("redirects", "302")]
    [TestCase("fails", "503")]
    public async Task Whatever_goes_wrong_once_is_logged_and_made_good(string how, string logged)
    {
        var subscription = await _bench.SubscribeAsync("/hook");
        await _bench.CaseAsync(4);
        var once = 0;
        _bench.Receiver.Answer = async (message, http) =>
        {
            if (message.Version != 2 || Interlocked.Increment(ref once) > 1)
                return;
            switch (how)
            {
                case "hangs":
                    await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    break;
                case "closes":
                    http.Abort();
                    break;
                case "redirects":
                    http.Response.Redirect(_bench.Receiver.Url("/elsewhere"));
                    break;
                case "fails":
                    http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                    break;
            }
        };
        await _bench.HostAsync(lease: 3);

        await _bench.UntilDeliveredAsync(subscription, 4, Step);

        await _bench.AssertDeliveredAsync(subscription, "/hook");
        var second = _bench.Receiver.Posts.First(p => p.Version == 2).Id;
        Assert.That(await _bench.LogAsync(subscription, second), Is.EqualTo(new[] { logged, "204" }));
        Assert.That(_bench.Receiver.Posts.Select(p => p.Version), Is.EqualTo(new[] { 1, 2, 2, 3, 4 }));
        Assert.That(_bench.Receiver.Posts.Select(p => p.Path).Distinct(), Is.EqualTo(new[] { "/hook" }), "no redirect is followed");
    }

    [Test]
    public async Task A_slow_endpoint_gets_everything_once_and_in_order()
    {
        var subscription = await _bench.SubscribeAsync("/hook");
        for (var i = 0; i < 10; i++)
            await _bench.CaseAsync(3);
        _bench.Receiver.Answer = (_, http) => Task.Delay(150, http.RequestAborted);
        // Not everything fits into one cycle.
        await _bench.HostAsync(lease: 1.5);

        await _bench.UntilDeliveredAsync(subscription, 30);

        await _bench.AssertDeliveredAsync(subscription, "/hook");
        Assert.That(_bench.Receiver.Posts, Has.Count.EqualTo(30));
    }

    [Test]
    public async Task A_dead_endpoint_holds_up_no_other()
    {
        var (dead, well) = (await _bench.SubscribeAsync("/dead"), await _bench.SubscribeAsync("/well"));
        for (var i = 0; i < 5; i++)
            await _bench.CaseAsync(50);
        var (hanging, over) = (0, 0);
        _bench.Receiver.Answer = async (message, http) =>
        {
            if (message.Path != "/dead")
                return;
            Interlocked.Increment(ref hanging);
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Interlocked.Increment(ref over);
        };
        await _bench.HostAsync(lease: 600);
        await _bench.UntilAsync(() => Task.FromResult(Volatile.Read(ref hanging) > 0));

        await _bench.UntilDeliveredAsync(well, 250);

        Assert.That((Volatile.Read(ref over), await _bench.CountAsync(dead, "delivered")), Is.EqualTo((0, 0L)), "the dead one has not even ended its first attempt");
        await _bench.AssertDeliveredAsync(well, "/well");
    }

    [Test]
    public async Task An_endpoint_that_asks_to_be_left_alone_is_for_so_long()
    {
        var subscription = await _bench.SubscribeAsync("/hook");
        var before = await _bench.CaseAsync(1);
        _bench.Receiver.Answer = (message, http) =>
        {
            if (message.Path == "/hook")
                (http.Response.StatusCode, http.Response.Headers.RetryAfter) = (429, "3600");
            return Task.CompletedTask;
        };
        await _bench.HostAsync();
        await _bench.UntilAsync(async () => await _bench.OfAsync(subscription, "next_attempt_at IS NOT NULL") is true);
        await _bench.AppendAsync(before, 1);

        await _bench.WitnessAsync(TimeSpan.FromMinutes(59));
        var during = _bench.Receiver.Posts.Count(p => p.Path == "/hook");
        _bench.Receiver.Answer = (_, _) => Task.CompletedTask;
        _bench.Clock.Move(TimeSpan.FromMinutes(1));
        await _bench.UntilAsync(async () => await _bench.CountAsync(subscription, "delivered") >= 2);

        Assert.That(during, Is.EqualTo(1));
    }

    [Test]
    public async Task What_a_standby_answers_moves_nothing()
    {
        var host = await _bench.HostAsync();
        host.AskedAsStandby = 0;
        var subscription = await _bench.SubscribeAsync("/hook");
        await _bench.CaseAsync(3);

        await _bench.UntilAsync(() => Task.FromResult(host.AskedAsStandby >= 3));
        var place = await _bench.OfAsync(subscription, "concat_ws(' ', position_transaction, position_sequence, failing_since IS NULL, state, version)");
        host.AskedAsStandby = null;
        await _bench.UntilDeliveredAsync(subscription, 3);

        Assert.That(place, Is.EqualTo("0 0 t active 1"));
        await _bench.AssertDeliveredAsync(subscription, "/hook");
        Assert.That(_bench.Receiver.Posts, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task An_owner_whose_endpoints_hang_has_four_of_a_hosts_places_and_the_others_of_its_own_wait()
    {
        var subscriptions = await Task.WhenAll(Enumerable.Range(0, 9).Select(i => _bench.SubscribeAsync($"/kalmar/{i}")));
        await _bench.CaseAsync(1);
        var answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (hanging, most) = (0, 0);
        _bench.Receiver.Answer = async (message, http) =>
        {
            if (!message.Path.StartsWith("/kalmar", StringComparison.Ordinal))
                return;
            var now = Interlocked.Increment(ref hanging);
            lock (answers)
                most = Math.Max(most, now);
            await answers.Task.WaitAsync(http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Interlocked.Decrement(ref hanging);
        };
        await _bench.HostAsync(lease: 600);
        await _bench.UntilAsync(() => Task.FromResult(Volatile.Read(ref hanging) >= 4));

        await _bench.WitnessAsync(TimeSpan.Zero);
        Assert.That(Volatile.Read(ref hanging), Is.EqualTo(4));
        answers.SetResult();
        foreach (var subscription in subscriptions)
            await _bench.UntilDeliveredAsync(subscription, 1);
        Assert.That(most, Is.EqualTo(4));
    }

    [Test]
    public async Task Only_the_types_asked_for_are_sent_and_the_place_moves_on_past_the_others()
    {
        var subscription = await _bench.SubscribeAsync("/hook", "08", "case-opened.v1");
        for (var i = 0; i < 3; i++)
            await _bench.CaseAsync(150);
        await _bench.HostAsync();

        await _bench.UntilDeliveredAsync(subscription, 3);
        await _bench.UntilAsync(async () =>
            await _bench.OfAsync(subscription, "s.position_sequence = (SELECT max(seq_id) FROM mt_events) AND s.lease_holder IS NULL") is true);

        Assert.That(_bench.Receiver.Posts.Select(p => (string?)p.Event["type"]), Is.EqualTo(Enumerable.Repeat("case-opened.v1", 3)));
    }

    [Test]
    public async Task No_region_gets_anothers()
    {
        var (kalmar, halland) = (await _bench.SubscribeAsync("/08"), await _bench.SubscribeAsync("/13", "13"));
        await _bench.CaseAsync(3);
        await _bench.CaseAsync(2, Given.Halland);
        await _bench.HostAsync();

        await _bench.UntilDeliveredAsync(kalmar, 3);
        await _bench.UntilDeliveredAsync(halland, 2);

        await _bench.AssertDeliveredAsync(kalmar, "/08");
        await _bench.AssertDeliveredAsync(halland, "/13", "13");
    }

    [Test]
    public async Task With_a_thousand_waiting_the_feed_is_not_read_on_and_nothing_is_lost()
    {
        var subscription = await _bench.SubscribeAsync("/hook");
        await _bench.CaseAsync(1250);
        _bench.Receiver.Answer = (message, http) =>
        {
            http.Response.StatusCode = message.Path == "/hook" ? 500 : 204;
            return Task.CompletedTask;
        };
        await _bench.HostAsync();
        await _bench.UntilAsync(async () => await _bench.CountAsync(subscription, "pending") > 1000, Step);
        await _bench.WitnessAsync(TimeSpan.Zero);
        var waiting = await _bench.CountAsync(subscription, "pending");

        _bench.Receiver.Answer = (_, _) => Task.CompletedTask;
        await _bench.UntilDeliveredAsync(subscription, 1250, TimeSpan.FromSeconds(20));

        Assert.That(waiting, Is.EqualTo(1100));
        await _bench.AssertDeliveredAsync(subscription, "/hook");
    }

    [Test]
    public async Task A_breaker_spares_an_endpoint_that_refuses_everything()
    {
        var subscription = await _bench.SubscribeAsync("/hook");
        for (var i = 0; i < 60; i++)
            await _bench.CaseAsync(1);
        var refuses = true;
        _bench.Receiver.Answer = (_, http) =>
        {
            http.Response.StatusCode = Volatile.Read(ref refuses) ? 500 : 204;
            return Task.CompletedTask;
        };
        await _bench.HostAsync();
        await _bench.UntilAsync(async () => await _bench.OfAsync(subscription, "next_attempt_at IS NOT NULL AND lease_holder IS NULL") is true);

        Assert.That(_bench.Receiver.Posts, Has.Count.InRange(5, 20));
        Assert.That(await _bench.CountAsync(subscription, "delivered"), Is.Zero);
        Volatile.Write(ref refuses, false);
        await _bench.UntilDeliveredAsync(subscription, 60, Step);
        await _bench.AssertDeliveredAsync(subscription, "/hook");
    }

    [Test]
    public async Task What_is_delivered_again_from_an_instant_on_keeps_its_row_and_its_id()
    {
        var subscription = await _bench.SubscribeAsync("/hook");
        await _bench.CaseAsync(3);
        await _bench.HostAsync();
        await _bench.UntilDeliveredAsync(subscription, 3);

        await _bench.Database.ScalarAsync("UPDATE webhook_subscriptions SET position_transaction = '0', position_sequence = 0, lease_holder = NULL WHERE id = $1", subscription);
        await _bench.UntilAsync(() => Task.FromResult(_bench.Receiver.Posts.Count == 6));
        await _bench.UntilAsync(async () => (long)(await _bench.Database.ScalarAsync("SELECT sum(attempts) FROM webhook_deliveries"))! == 6);

        var (first, second) = (_bench.Receiver.Posts.Take(3), _bench.Receiver.Posts.Skip(3));
        Assert.That(second.Select(p => p.Id), Is.EqualTo(first.Select(p => p.Id)));
        Assert.That(await _bench.CountAsync(subscription, "delivered"), Is.EqualTo(3));
        Assert.That(await _bench.LogAsync(subscription, _bench.Receiver.Posts.First().Id), Is.EqualTo(new[] { "204", "204" }));
    }

    [Test]
    public async Task A_single_one_is_delivered_again_and_of_its_log_the_latest_fifty_attempts_stay()
    {
        var subscription = await _bench.SubscribeAsync("/hook");
        await _bench.CaseAsync(2);
        await _bench.HostAsync();
        await _bench.UntilDeliveredAsync(subscription, 2);
        var again = _bench.Receiver.Posts.First().Id;

        await _bench.Database.ScalarAsync(
            """
            UPDATE webhook_deliveries SET state = 'pending', attempts = 60,
                log = (SELECT jsonb_agg(jsonb_build_object('at', now(), 'status', n, 'error', 'refused', 'durationMs', 1)) FROM generate_series(11, 60) AS n)
            WHERE event_id = $1
            """, again);
        await _bench.UntilDeliveredAsync(subscription, 2);

        Assert.That(await _bench.LogAsync(subscription, again), Is.EqualTo(Enumerable.Range(12, 49).Select(n => $"{n}").Append("204")));
        Assert.That(await _bench.Database.ScalarAsync("SELECT attempts FROM webhook_deliveries WHERE event_id = $1", again), Is.EqualTo(61));
    }

    [Test]
    public async Task What_was_delivered_a_month_ago_leaves_the_log_and_nothing_else_does()
    {
        var host = await _bench.HostAsync();
        var subscription = await _bench.SubscribeAsync("/hook");
        await _bench.CaseAsync(1);
        await _bench.UntilDeliveredAsync(subscription, 1);
        _bench.Clock.Move(TimeSpan.FromDays(29));
        await _bench.CaseAsync(1);
        await _bench.UntilDeliveredAsync(subscription, 2);
        _bench.Receiver.Answer = (_, http) =>
        {
            http.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await _bench.CaseAsync(1);
        await _bench.UntilAsync(async () => await _bench.CountAsync(subscription, "pending") == 1);

        await host.Dispatcher.RemoveOldAsync(CancellationToken.None);
        var before = await _bench.CountAsync(subscription, "delivered");
        _bench.Clock.Move(TimeSpan.FromDays(1.1));
        await host.Dispatcher.RemoveOldAsync(CancellationToken.None);

        Assert.That((before, await _bench.CountAsync(subscription, "delivered"), await _bench.CountAsync(subscription, "pending")), Is.EqualTo((2L, 1L, 1L)));
    }
}
