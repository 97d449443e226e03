using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Pulls;

/// <summary>A host as a process that pulls, killed in the middle as a machine can fail.</summary>
public sealed class PullKilledHostTests
{
    [Test]
    public async Task What_a_killed_host_was_pulling_another_pulls_and_the_end_is_that_of_an_undisturbed_run()
    {
        await using var bench = await PullBench.StartAsync();
        bench.Server.PageSize = 2;
        bench.Server.Add(1, 2, 3, 4, 5, 6, 7);
        bench.Options = bench.Options with { Interval = TimeSpan.FromMinutes(1), Extent = ImportExtent.Snapshot };
        var started = new TaskCompletionSource<HostProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        var fallen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bench.Server.Instead = async (asked, _) =>
        {
            if (asked.Page == 3 && !fallen.Task.IsCompleted)
            {
                (await started.Task).Kill();
                fallen.TrySetResult();
            }
            return false;
        };

        using var first = await HostProcess.StartAsync(bench.Database, [.. Settings(bench), ("Catalogue__Pull__Lease", "00:00:03"), ("Catalogue__Pull__Look", "00:00:00.5")]);
        started.SetResult(first);
        await fallen.Task.WaitAsync(TimeSpan.FromMinutes(2));
        var left = await bench.ImportsAsync();
        var successor = bench.Host();
        for (var i = 0; !await successor.RunIfDueAsync(CancellationToken.None); i++)
        {
            Assert.That(i, Is.LessThan(600), "the lease of the killed host runs out");
            await Task.Delay(100);
        }

        Assert.Multiple(async () =>
        {
            Assert.That(left, Does.StartWith("receiving snapshot").Or.EqualTo(""));
            Assert.That(await bench.ImportsAsync(), Does.EndWith("queued snapshot 7 0 0").And.Not.Contain("receiving"));
            Assert.That(await bench.RowsAsync(), Is.EqualTo("1 AVT-1, 2 AVT-2, 3 AVT-3, 4 AVT-4, 5 AVT-5, 6 AVT-6, 7 AVT-7"));
            Assert.That((await bench.StatusAsync())!.Outcome, Is.EqualTo(PullOutcome.Imported));
        });
    }

    private static IEnumerable<(string, string)> Settings(PullBench bench) =>
        PullConfiguration.Of("08", bench.Options).Select(s => (s.Key.Replace(":", "__", StringComparison.Ordinal), s.Value));
}
