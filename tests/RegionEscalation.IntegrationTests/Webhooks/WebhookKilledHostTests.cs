using Microsoft.AspNetCore.Http;

namespace RegionEscalation.IntegrationTests.Webhooks;

/// <summary>Two hosts as processes, of which the one that delivers is killed in the middle, as a machine can fail.</summary>
public sealed class WebhookKilledHostTests
{
    /// <summary>The directory of the region's integrator, as the development configuration has it.</summary>
    private const string Directory = "0a8c1f52-6d0b-4e6f-9a51-3b1f7c2d0008";

    private static readonly (string, string)[] Settings =
    [
        ("Secrets__PlatformKey", Convert.ToBase64String(WebhookBench.Key)),
        ("Webhooks__AllowLoopback", "true"), ("Webhooks__Lease", "00:00:15"), ("Webhooks__Cycle", "00:00:05"), ("Webhooks__Timeout", "00:00:05"),
    ];

    [Test]
    public async Task What_a_killed_host_was_delivering_another_delivers_and_nothing_is_missing_or_out_of_order()
    {
        await using var bench = await WebhookBench.StartAsync();
        var subscription = await bench.SubscribeAsync("/hook");
        var dead = await bench.SubscribeAsync("/dead");
        await bench.Database.ScalarAsync("UPDATE webhook_subscriptions SET directory = $1", Directory);
        for (var i = 0; i < 30; i++)
            await bench.CaseAsync(4);
        var started = new TaskCompletionSource<HostProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        var fallen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answered = 0;
        bench.Receiver.Answer = async (message, http) =>
        {
            if (message.Path == "/dead")
                http.Response.StatusCode = StatusCodes.Status500InternalServerError;
            else if (Interlocked.Increment(ref answered) is var n && n == 30)
            {
                (await started.Task).Kill();
                fallen.SetResult();
            }
            // Until then no page comes to its end, so that nothing of it is written down.
            else if (n > 30)
                await fallen.Task;
        };

        using var first = await HostProcess.StartAsync(bench.Database, Settings);
        started.SetResult(first);
        await fallen.Task.WaitAsync(TimeSpan.FromMinutes(2));
        var writtenDown = await bench.CountAsync(subscription, "delivered");
        for (var i = 0; i < 10; i++)
            await bench.CaseAsync(4);
        using var second = await HostProcess.StartAsync(bench.Database, Settings);
        await bench.UntilDeliveredAsync(subscription, 160);

        await bench.AssertDeliveredAsync(subscription, "/hook");
        Assert.That(await bench.CountAsync(dead, "delivered"), Is.Zero);
        var twice = bench.Receiver.Accepted.Count - 160;
        Assert.That(twice, Is.GreaterThanOrEqualTo(Math.Max(1, 25 - writtenDown)), "what the first host had sent and not written down came again");
        TestContext.Out.WriteLine($"The first host was killed at the 30th of 120 events with {writtenDown} written down; {twice} came twice.");
    }
}
