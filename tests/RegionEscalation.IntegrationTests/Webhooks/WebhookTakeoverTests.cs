namespace RegionEscalation.IntegrationTests.Webhooks;

/// <summary>Several hosts and one database.</summary>
public sealed class WebhookTakeoverTests
{
    private WebhookBench _bench = null!;

    [SetUp]
    public async Task StartAsync() => _bench = await WebhookBench.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _bench.DisposeAsync();

    [Test]
    public async Task Hosts_share_the_work_and_send_nothing_twice()
    {
        var subscriptions = new Dictionary<string, Guid>();
        for (var i = 0; i < 6; i++)
            subscriptions.Add($"/{i}", await _bench.SubscribeAsync($"/{i}"));
        await Task.WhenAll(_bench.HostAsync(), _bench.HostAsync(), _bench.HostAsync());
        await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            var c = await _bench.CaseAsync(1);
            for (var i = 0; i < 9; i++)
                c = await _bench.AppendAsync(c, 1);
        }));

        foreach (var (path, id) in subscriptions)
        {
            await _bench.UntilDeliveredAsync(id, 60);
            await _bench.AssertDeliveredAsync(id, path);
        }
        Assert.That(_bench.Receiver.Posts, Has.Count.EqualTo(6 * 60));
    }

    [Test]
    public async Task What_a_host_had_sent_and_not_written_down_when_it_fell_is_sent_again_by_another()
    {
        var (one, two) = (await _bench.SubscribeAsync("/one"), await _bench.SubscribeAsync("/two"));
        for (var i = 0; i < 6; i++)
            await _bench.CaseAsync(12);
        var falling = await _bench.HostAsync(lease: 3);
        var sent = 0;
        _bench.Receiver.Answer = (message, _) =>
        {
            // In the middle: some are accepted, and not a word of it is in the database.
            if (Interlocked.Increment(ref sent) == 20)
                falling.Fall();
            return Task.CompletedTask;
        };
        await _bench.UntilAsync(() => Task.FromResult(Volatile.Read(ref sent) >= 20));
        var written = await _bench.CountAsync(one, "delivered") + await _bench.CountAsync(two, "delivered");
        var accepted = _bench.Receiver.Accepted.Select(p => (p.Path, p.Id)).ToArray();

        await _bench.HostAsync(lease: 3);
        await _bench.UntilDeliveredAsync(one, 72);
        await _bench.UntilDeliveredAsync(two, 72);

        await _bench.AssertDeliveredAsync(one, "/one");
        await _bench.AssertDeliveredAsync(two, "/two");
        var twice = _bench.Receiver.Posts.GroupBy(p => (p.Path, p.Id)).Where(g => g.Count() > 1).ToArray();
        Assert.Multiple(() =>
        {
            Assert.That(written, Is.Zero, "it fell within its first cycle");
            Assert.That(twice, Has.Length.GreaterThanOrEqualTo(accepted.Length - 1).And.Length.GreaterThan(0));
            Assert.That(twice.Select(g => g.Select(p => p.Body).Distinct().Count()), Is.All.EqualTo(1), "a duplicate is the same message");
        });
    }

    [Test]
    public async Task As_long_as_another_host_has_a_subscription_it_is_left_alone()
    {
        var subscription = await _bench.SubscribeAsync("/hook");
        await _bench.Database.ScalarAsync("UPDATE webhook_subscriptions SET lease_holder = gen_random_uuid(), lease_until = clock_timestamp() + INTERVAL '1 hour' WHERE id = $1", subscription);
        await _bench.CaseAsync(2);
        await _bench.HostAsync();

        await _bench.WitnessAsync(TimeSpan.FromDays(1));
        var before = _bench.Receiver.Posts.Count(p => p.Path == "/hook");
        await _bench.Database.ScalarAsync("UPDATE webhook_subscriptions SET lease_until = clock_timestamp() WHERE id = $1", subscription);
        await _bench.UntilAsync(async () => await _bench.CountAsync(subscription, "delivered") >= 2);

        Assert.That(before, Is.Zero, "a lease is by the database's clock");
    }

    [TestCase("lease_holder = gen_random_uuid(), lease_until = clock_timestamp() + INTERVAL '500 milliseconds'", TestName = "A_host_whose_lease_is_anothers_writes_nothing")]
    [TestCase("lease_holder = NULL, lease_until = NULL", TestName = "A_host_whose_lease_was_taken_by_a_change_writes_nothing")]
    [TestCase("lease_until = clock_timestamp()", TestName = "A_host_whose_lease_has_run_out_writes_nothing")]
    public async Task Fenced(string taken)
    {
        var subscription = await _bench.SubscribeAsync("/hook");
        await _bench.CaseAsync(2);
        var once = 0;
        _bench.Receiver.Answer = async (_, _) =>
        {
            if (Interlocked.Increment(ref once) == 2)
                await _bench.Database.ScalarAsync($"UPDATE webhook_subscriptions SET {taken} WHERE id = $1", subscription);
        };
        await _bench.HostAsync();

        await _bench.UntilDeliveredAsync(subscription, 2);

        Assert.That(_bench.Receiver.Posts.Select(p => p.Version), Is.EqualTo(new[] { 1, 2, 1, 2 }));
        Assert.That(await _bench.Database.ScalarAsync("SELECT sum(attempts) FROM webhook_deliveries"), Is.EqualTo(2L), "only what was written down counts");
        await _bench.AssertDeliveredAsync(subscription, "/hook");
    }

    [Test]
    public async Task A_place_that_was_put_back_meanwhile_is_not_overwritten()
    {
        var subscription = await _bench.SubscribeAsync("/hook");
        await _bench.CaseAsync(1);
        await _bench.HostAsync();
        await _bench.UntilDeliveredAsync(subscription, 1);
        _bench.Receiver.Answer = async (message, _) =>
        {
            if (message.Event["data"]!["version"]!.GetValue<long>() == 1 && _bench.Receiver.Posts.Count == 2)
                await _bench.Database.ScalarAsync("UPDATE webhook_subscriptions SET position_transaction = '0', position_sequence = 0, lease_holder = NULL WHERE id = $1", subscription);
        };
        await _bench.CaseAsync(1);

        await _bench.UntilDeliveredAsync(subscription, 2);

        Assert.That(_bench.Receiver.Posts.GroupBy(p => p.Id).Select(g => g.Count()), Is.EqualTo(new[] { 2, 2 }));
    }

    [Test]
    public async Task A_host_that_stops_writes_down_what_was_accepted()
    {
        var subscription = await _bench.SubscribeAsync("/hook");
        await _bench.CaseAsync(40);
        var host = await _bench.HostAsync();
        var sent = 0;
        Task? stopping = null;
        _bench.Receiver.Answer = (_, _) =>
        {
            if (Interlocked.Increment(ref sent) == 10)
                stopping = host.Dispatcher.StopAsync(CancellationToken.None);
            return Task.CompletedTask;
        };
        await _bench.UntilAsync(() => Task.FromResult(Volatile.Read(ref stopping) is not null));
        await stopping!;

        Assert.That(await _bench.OfAsync(subscription, "lease_holder IS NULL"), Is.True, "nobody has to wait for the lease to run out");
        Assert.That(await _bench.CountAsync(subscription, "delivered"), Is.InRange(9, 10));
        await _bench.HostAsync();
        await _bench.UntilDeliveredAsync(subscription, 40);
        await _bench.AssertDeliveredAsync(subscription, "/hook");
        Assert.That(_bench.Receiver.Posts, Has.Count.InRange(40, 41), "but for what was under way");
    }
}
