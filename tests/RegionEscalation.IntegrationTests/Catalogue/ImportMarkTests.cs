using RegionEscalation.Domain.Contracts;
using RegionEscalation.IntegrationTests.Api;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Catalogue;

/// <summary>Whether somebody is a natural person, said singly and by imports that came before: the later word stands, and no mark is taken for a word about the contract.</summary>
public sealed class ImportMarkTests
{
    private const string Foreign = "NO:0192:987654325";
    private const string Other = "NO:0192:923609016";

    private ImportBench _bench = null!;
    private TestHost _host = null!;
    private RegionAtWork _kalmar = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _bench = await ImportBench.StartAsync();
        _host = await TestHost.StartAsync(database: _bench.Database);
        _kalmar = new RegionAtWork(_host);
    }

    [TearDown]
    public async Task StopAsync()
    {
        _kalmar.Dispose();
        await _host.DisposeAsync();
        await _bench.DisposeAsync();
    }

    [Test]
    public async Task A_mark_that_came_with_a_contract_put_singly_is_not_taken_back_by_an_import_that_came_before([Values] ImportMode mode)
    {
        await PutContractAsync(1, Foreign, null);
        var older = await _bench.ReceiveAsync([Said(Foreign, false), Said(Other, false)], mode);
        var silent = await _bench.ReceiveAsync([Said(Foreign, null, "Kari Nordmann Nytt")], mode);
        await PutContractAsync(1, Foreign, true);
        await PutContractAsync(2, Other, true);
        var import = await AppliedAsync(older);
        var renaming = await AppliedAsync(silent);

        Assert.That((import.State, import.Rows.Applied), Is.EqualTo((mode == ImportMode.AllOrNothing ? ImportState.Refused : ImportState.Finished, 0L)));
        Assert.That((await _bench.RejectsAsync(import.Id)).Select(r => (r.Line, r.Rule, r.Key)), Is.EqualTo(new[] { (1L, "superseded", (string?)null), (2L, "superseded", null) }));
        Assert.That((renaming.State, renaming.Rows.Changed), Is.EqualTo((ImportState.Finished, 1L)), "the contract said nothing of the supplier's name");
        Assert.That(await MarkedAsync(), Is.EqualTo($"{Other} true,{Foreign} true"));
        Assert.That(await _bench.CountAsync("SELECT count(*) FROM national_contracts"), Is.Zero);
        var later = await _bench.QueueAsync([Said(Foreign, false)]);
        Assert.That((await FinishedAsync(later)).Rows.Changed, Is.EqualTo(1), "what comes later stands");
        await _bench.AssertVerifiedAsync();
    }

    [Test]
    public async Task An_import_marks_nobody_of_whom_something_else_was_said_singly_since([Values] ImportMode mode)
    {
        await PutContractAsync(1, Foreign, null);
        await PutContractAsync(2, Foreign, null);
        await PutContractAsync(3, Other, null);
        var intake = await _bench.ReceiveAsync([Of(2, Foreign, true)], mode);
        var superseded = await _bench.ReceiveAsync([Of(1, Foreign, true), Of(3, Other, true), Of(4, "NO:0192:974760673", true)]);
        RegionAtWork.Succeeded(await _kalmar.PutAsync($"suppliers/{Foreign}", new { name = "Kari Nordmann AS", soleTrader = false }));
        await PutContractAsync(1, Foreign, null, "Singel");
        await PutContractAsync(3, Other, null, "Singel");
        var import = await AppliedAsync(intake);
        var others = await AppliedAsync(superseded);

        Assert.That((import.State, import.Rows.Changed, import.Rows.Rejected), Is.EqualTo((ImportState.Finished, 1L, 0L)), "the rest of the row is applied");
        Assert.That((others.Rows.Rejected, others.Rows.Added), Is.EqualTo((2L, 1L)));
        Assert.That((await _bench.RejectsAsync(others.Id)).Select(r => (r.Line, r.Rule)), Is.EqualTo(new[] { (1L, "superseded"), (2L, "superseded") }));
        Assert.That(await MarkedAsync(), Is.EqualTo($"{Other} false,NO:0192:974760673 true,{Foreign} false"), "whom nobody knew is introduced as the row has it");
        Assert.That(await _bench.CountAsync("SELECT count(*) FROM national_contracts"), Is.EqualTo(3));
        await _bench.AssertVerifiedAsync();
    }

    [Test]
    public async Task A_contract_put_singly_after_a_snapshot_came_is_not_ended_where_the_snapshot_marks_its_supplier()
    {
        foreach (var n in new[] { 1, 2, 3 })
            await PutContractAsync(n, Foreign, null);
        var snapshot = await _bench.ReceiveAsync([Of(1, Foreign, null), Said(Foreign, true)], extent: ImportExtent.Snapshot);
        await PutContractAsync(3, Foreign, null, "Singel");
        var import = await AppliedAsync(snapshot);

        Assert.That((import.State, import.Contracts.Ended, await _bench.NumbersAsync(ended: true)), Is.EqualTo((ImportState.Finished, 1L, ImportBench.Number(2))));
        Assert.That(await MarkedAsync(), Is.EqualTo($"{Foreign} true"));
        await _bench.AssertVerifiedAsync();
    }

    [Test]
    public async Task A_mark_set_singly_after_a_snapshot_came_is_no_word_about_the_contracts_that_it_leaves_out()
    {
        foreach (var n in new[] { 1, 2, 3 })
            await PutContractAsync(n, Foreign, null);
        var snapshot = await _bench.ReceiveAsync([Of(1, Foreign, null), Of(2, Foreign, null)], extent: ImportExtent.Snapshot);
        var supplier = (Guid)(await _bench.Database.ScalarAsync("SELECT id FROM mt_doc_supplier WHERE organisation_number = $1", Foreign))!;
        RegionAtWork.Succeeded(await _kalmar.PutAsync($"suppliers/{supplier}", new { name = "Kari Nordmann", soleTrader = true }));
        var import = await AppliedAsync(snapshot);

        Assert.That((import.State, import.Contracts.Ended, await _bench.NumbersAsync(ended: true)), Is.EqualTo((ImportState.Finished, 1L, ImportBench.Number(3))));
        await _bench.AssertVerifiedAsync();
    }

    [Test]
    public async Task What_is_written_in_one_part_is_moved_by_few_statements_though_a_supplier_is_held()
    {
        await _bench.Database.ScalarAsync(
            """
            CREATE TABLE moves (at timestamptz NOT NULL); GRANT INSERT ON moves TO PUBLIC;
            CREATE FUNCTION tell_move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO moves VALUES (statement_timestamp()); RETURN NULL; END $$;
            CREATE TRIGGER tell_move AFTER UPDATE ON mt_streams FOR EACH ROW EXECUTE FUNCTION tell_move();
            """);
        await FinishedAsync(await _bench.QueueAsync(Enumerable.Range(1, 40).Select(n => Of(n, Foreign, null))));
        var import = await FinishedAsync(await _bench.QueueAsync(Enumerable.Range(1, 40).Select(n => Of(n, n % 2 == 0 ? Foreign : Other, null, "Ny titel"))));

        Assert.That(import.Rows.Changed, Is.EqualTo(40));
        Assert.That(await _bench.CountAsync("SELECT count(*) FROM moves"), Is.EqualTo(40));
        Assert.That(await _bench.CountAsync("SELECT count(DISTINCT at) FROM moves"), Is.InRange(1, 2), "before and after the supplier that is held");
        await _bench.AssertVerifiedAsync();
    }

    private Task PutContractAsync(int n, string supplier, bool? soleTrader, string title = "Pumpar") => _kalmar.KnowsAsync(
        $"contracts/{ImportBench.Number(n)}", CatalogueBodies.Contract(CatalogueBodies.By(supplier, "Kari Nordmann", soleTrader), title));

    private static SupplierRow Said(string supplier, bool? soleTrader, string name = "Kari Nordmann") => new(supplier, soleTrader, new SupplierContent(name));

    private static ContractRow Of(int n, string supplier, bool? soleTrader, string? title = null)
    {
        var row = ImportBench.Contract(n, title);
        return row with { Content = row.Content with { Supplier = new Supplier(Guid.Empty, supplier, "Kari Nordmann", soleTrader) } };
    }

    private async Task<CatalogueImport> AppliedAsync(CatalogueIntake intake)
    {
        await intake.QueueAsync(ImportBench.Client, _bench.Clock.GetUtcNow());
        return await FinishedAsync(intake.Id);
    }

    private Task<CatalogueImport> FinishedAsync(Guid id) => _bench.UntilAsync(id, i => i.State is ImportState.Finished or ImportState.Refused);

    private Task<object?> MarkedAsync() => _bench.Database.ScalarAsync("SELECT string_agg(organisation_number || ' ' || sole_trader, ',' ORDER BY organisation_number COLLATE \"C\") FROM mt_doc_supplier");
}
