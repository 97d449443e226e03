namespace RegionEscalation.IntegrationTests.Webhooks;

/// <summary>What ends the deliveries of a subscription, and what does not.</summary>
public sealed class WebhookEndTests
{
    private WebhookBench _bench = null!;

    [SetUp]
    public async Task StartAsync() => _bench = await WebhookBench.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _bench.DisposeAsync();

    [Test]
    public async Task An_endpoint_that_answers_410_is_left_alone_from_then_on()
    {
        var subscription = await _bench.SubscribeAsync("/hook");
        await _bench.CaseAsync(3);
        _bench.Receiver.Answer = (message, http) =>
        {
            http.Response.StatusCode = message.Version == 2 ? 410 : 204;
            return Task.CompletedTask;
        };
        await _bench.HostAsync();

        await _bench.UntilAsync(async () => await _bench.OfAsync(subscription, "state") as string == "disabled");

        Assert.That(await _bench.OfAsync(subscription, "concat_ws(' ', reason, version, disabled_at IS NOT NULL, lease_holder IS NULL)"), Is.EqualTo("gone 2 t t"));
        Assert.That((await _bench.CountAsync(subscription, "delivered"), await _bench.CountAsync(subscription, "pending")), Is.EqualTo((1L, 2L)), "nothing is lost");
        await _bench.WitnessAsync(TimeSpan.FromDays(1));
        Assert.That(_bench.Receiver.Posts.Count(p => p.Path == "/hook"), Is.EqualTo(2));
    }

    [Test]
    public async Task After_five_days_without_a_delivery_a_subscription_is_disabled()
    {
        var subscription = await _bench.SubscribeAsync("/hook");
        await _bench.CaseAsync(3);
        _bench.Receiver.Answer = (_, http) =>
        {
            http.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await _bench.HostAsync();
        await _bench.UntilAsync(async () => await _bench.OfAsync(subscription, "failing_since IS NOT NULL") is true);
        var states = new HashSet<string>();
        var begun = _bench.Clock.GetUtcNow();

        await _bench.UntilAsync(async () =>
        {
            var state = (string)(await _bench.OfAsync(subscription, "state"))!;
            if (_bench.Clock.GetUtcNow() - begun < TimeSpan.FromDays(4.9))
                states.Add(state);
            return state == "disabled";
        }, TimeSpan.FromHours(4));

        Assert.That(states, Is.EqualTo(new[] { "active" }));
        Assert.That(await _bench.OfAsync(subscription, "concat_ws(' ', reason, version, disabled_at - failing_since >= INTERVAL '5 days')"), Is.EqualTo("failing 2 t"));
        Assert.That(await _bench.CountAsync(subscription, "pending"), Is.EqualTo(3), "it can be taken up again");
    }

    [Test]
    public async Task A_client_that_may_no_longer_read_gets_nothing_more()
    {
        var host = await _bench.HostAsync();
        var subscription = await _bench.SubscribeAsync("/hook");
        await _bench.CaseAsync(1);
        await _bench.UntilDeliveredAsync(subscription, 1);

        host.Access.Clients[WebhookBench.ClientId] = new(Regions: ["13"]);
        await _bench.CaseAsync(1);
        await _bench.WitnessAsync(TimeSpan.Zero);
        var atFirst = await _bench.OfAsync(subscription, "state");
        var known = _bench.Clock.GetUtcNow();
        await _bench.UntilAsync(async () => await _bench.OfAsync(subscription, "reason") as string == "accessWithdrawn", TimeSpan.FromMinutes(1));

        Assert.That((atFirst, _bench.Clock.GetUtcNow() - known > TimeSpan.FromMinutes(55)), Is.EqualTo(((object?)"active", true)));

        Assert.That(_bench.Receiver.Posts.Count(p => p.Path == "/hook"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_verification_that_was_not_renewed_in_ninety_days_ends_the_deliveries_and_one_that_was_does_not()
    {
        await _bench.HostAsync();
        var (lapses, quiet, renewed) = (await _bench.SubscribeAsync("/lapses"), await _bench.SubscribeAsync("/quiet", "13"), await _bench.SubscribeAsync("/renewed"));
        await _bench.CaseAsync(1);
        foreach (var subscription in new[] { lapses, renewed })
            await _bench.UntilDeliveredAsync(subscription, 1);

        _bench.Clock.Move(TimeSpan.FromDays(89));
        await _bench.CaseAsync(1);
        foreach (var subscription in new[] { lapses, renewed })
            await _bench.UntilDeliveredAsync(subscription, 2);
        await _bench.Database.ScalarAsync("UPDATE webhook_subscriptions SET verified_at = $2 WHERE id = $1", renewed, _bench.Clock.GetUtcNow().UtcDateTime);
        _bench.Clock.Move(TimeSpan.FromDays(1));
        await _bench.CaseAsync(1);

        foreach (var subscription in new[] { lapses, quiet })
            await _bench.UntilAsync(async () => await _bench.OfAsync(subscription, "concat_ws(' ', state, reason, version, lease_holder IS NULL)") as string == "disabled notRenewed 2 t");
        await _bench.UntilDeliveredAsync(renewed, 3);
        Assert.That((_bench.Receiver.Posts.Count(p => p.Path == "/lapses"), await _bench.CountAsync(lapses, "pending")), Is.EqualTo((2, 0L)), "what came after is taken up by another verification");
        Assert.That(await _bench.OfAsync(lapses, "position_sequence < (SELECT max(seq_id) FROM mt_events)"), Is.True);
    }
}
