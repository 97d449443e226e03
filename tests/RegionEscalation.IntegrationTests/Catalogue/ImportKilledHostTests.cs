using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Catalogue;

/// <summary>Hosts as processes of their own that are killed in the middle of an import, one after the other, as machines can fail.</summary>
public sealed class ImportKilledHostTests
{
    private const int Rows = 3000;

    private static readonly (string, string)[] Settings = [("Catalogue__RowsPerPart", "25"), ("Catalogue__ImportLease", "00:00:02"), ("Catalogue__EndingShare", "1")];

    [Test]
    public async Task However_often_a_host_is_killed_the_end_is_that_of_an_undisturbed_run()
    {
        await using var bench = await ImportBench.StartAsync();
        await using var undisturbed = await ImportBench.StartAsync();
        foreach (var each in new[] { bench, undisturbed })
        {
            await each.ImportAsync(ImportBench.Contracts(2000, 2001));
            await each.QueueAsync([.. Enumerable.Range(1, Rows).Select(n => ImportBench.Contract(n, n > 2500 ? "Ny titel" : null)), ImportBench.Supplier(3, "Tre AB")], extent: ImportExtent.Snapshot);
            await each.QueueAsync(ImportBench.Contracts(200, 5000));
        }
        // So slow that there is time to kill a host in the middle of whatever it is doing.
        await bench.Database.ScalarAsync(
            """
            CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.04); RETURN NEW; END $$;
            CREATE TRIGGER dawdle BEFORE UPDATE ON catalogue_imports FOR EACH ROW EXECUTE FUNCTION dawdle();
            """);
        await undisturbed.ServeAsync(options: new() { EndingShare = 1 });
        var id = (Guid)(await bench.Database.ScalarAsync("SELECT id FROM catalogue_imports WHERE extent = 'snapshot'"))!;
        var last = (Guid)(await bench.Database.ScalarAsync("SELECT id FROM catalogue_imports WHERE state = 'queued' AND extent = 'partial'"))!;

        var killedAt = new List<string>();
        foreach (var (lines, ended) in new[] { (300, 0), (1200, 0), (2200, 0), (Rows, 200), (Rows, 600) })
        {
            using var host = await HostProcess.StartAsync(bench.Database, Settings);
            await bench.UntilAsync(id, i => i.AppliedLine >= lines && i.Contracts.Ended >= ended);
            host.Kill();
            var import = await bench.FindAsync(id);
            killedAt.Add($"{import.State} line {import.AppliedLine}, {import.Contracts.Ended} ended");
        }
        await bench.Database.ScalarAsync("DROP TRIGGER dawdle ON catalogue_imports");
        using var survivor = await HostProcess.StartAsync(bench.Database, Settings);
        using var another = await HostProcess.StartAsync(bench.Database, Settings);
        await bench.UntilAsync(last, i => i.State == ImportState.Finished);

        await TestContext.Out.WriteLineAsync($"Killed at {string.Join("; ", killedAt)}.");
        Assert.That(killedAt.Count(k => k.StartsWith(nameof(ImportState.Applying), StringComparison.Ordinal)), Is.GreaterThanOrEqualTo(3), "in the middle");
        Assert.That(await bench.EndStateAsync(), Is.EqualTo(await undisturbed.EndStateAsync()));
        await bench.AssertVerifiedAsync();
    }
}
