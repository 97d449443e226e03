using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Integrations.Catalogue;
using RegionEscalation.IntegrationTests.Storage;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Catalogue;

/// <summary>What is queued is applied, part by part, and nothing stands in the way of the others.</summary>
public sealed class ImportTests
{
    private static readonly ImportOptions SmallParts = new() { RowsPerPart = 8 };

    private ImportBench _bench = null!;

    [SetUp]
    public async Task StartAsync() => _bench = await ImportBench.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _bench.DisposeAsync();

    [Test]
    public async Task Good_rows_are_applied_in_the_name_of_the_client_and_of_the_import_and_the_others_stay_out()
    {
        CatalogueRow[] rows = [ImportBench.Supplier(1, "Nya namnet AB"), .. ImportBench.Contracts(40)];
        var import = await _bench.ImportAsync(rows, options: SmallParts, rejects: [ImportBench.Reject(42, "RK-99999"), ImportBench.Reject(43, null, null)]);

        Assert.Multiple(async () =>
        {
            Assert.That((import.State, import.Reason, import.Progress), Is.EqualTo((ImportState.Finished, (string?)null, 100)));
            Assert.That(import.Rows, Is.EqualTo(new ImportedRows(43, 2, 0, 41, 0, 0)));
            Assert.That((import.StartedAt, import.FinishedAt), Is.Not.EqualTo(((DateTimeOffset?)null, (DateTimeOffset?)null)));
            Assert.That(await _bench.CountAsync("SELECT count(*) FROM mt_doc_contract WHERE tenant_id = '08'"), Is.EqualTo(40));
            Assert.That(await _bench.CountAsync("SELECT count(*) FROM mt_doc_supplier WHERE tenant_id = '08'"), Is.EqualTo(7));
            Assert.That(await _bench.CountAsync("SELECT count(*) FROM mt_events WHERE user_name = $1 AND correlation_id = $2 AND version = 1", ImportBench.Client, import.Id.ToString()), Is.EqualTo(47));
            Assert.That(await _bench.CountAsync("SELECT count(*) FROM mt_events"), Is.EqualTo(47));
            Assert.That(await _bench.Database.ScalarAsync("SELECT name FROM mt_doc_supplier WHERE organisation_number = $1", ImportBench.SupplierNumber(1)), Is.EqualTo("Nya namnet AB"), "its own row names it");
            Assert.That(await _bench.CountAsync("SELECT count(*) FROM national_contracts WHERE region = '08'"), Is.EqualTo(40));
            Assert.That(await _bench.CountAsync("SELECT count(DISTINCT transaction_id) FROM mt_events"), Is.EqualTo(6), "in parts of eight");
        });
        await _bench.AssertVerifiedAsync();
    }

    [Test]
    public async Task The_same_again_changes_nothing_and_something_else_changes_just_that()
    {
        await _bench.ImportAsync(ImportBench.Contracts(20));
        var before = await _bench.CountAsync("SELECT count(*) FROM mt_events");
        var same = await _bench.ImportAsync(ImportBench.Contracts(20), options: SmallParts);
        var other = await _bench.ImportAsync([.. ImportBench.Contracts(19), ImportBench.Contract(20, "Något annat"), ImportBench.Contract(21), ImportBench.Supplier(3, "Tre AB")]);

        Assert.That(same.Rows, Is.EqualTo(new ImportedRows(20, 0, 0, 0, 0, 20)));
        Assert.That(other.Rows, Is.EqualTo(new ImportedRows(22, 0, 0, 1, 2, 19)));
        Assert.That(await _bench.CountAsync("SELECT count(*) FROM mt_events"), Is.EqualTo(before + 3));
        await _bench.AssertVerifiedAsync();
    }

    [Test]
    public async Task All_or_nothing_applies_nothing_where_a_row_was_rejected_and_everything_otherwise()
    {
        var refused = await _bench.ImportAsync(ImportBench.Contracts(20), ImportMode.AllOrNothing, options: SmallParts, rejects: ImportBench.Reject(21, "RK-99999"));
        var nothing = await _bench.CountAsync("SELECT count(*) FROM mt_streams");
        var applied = await _bench.ImportAsync(ImportBench.Contracts(20), ImportMode.AllOrNothing, options: SmallParts);

        Assert.That((refused.State, refused.Reason, refused.Rows.Applied, nothing), Is.EqualTo((ImportState.Refused, "rejectedRows", 0L, 0L)));
        Assert.That((applied.State, applied.Rows.Added), Is.EqualTo((ImportState.Finished, 20L)));
    }

    [Test]
    public async Task All_or_nothing_finds_what_only_the_database_refuses_before_anything_is_applied()
    {
        var import = await _bench.ImportAsync([.. ImportBench.Contracts(30), ImportBench.Contract(31, "Noll \0 tecken"), .. ImportBench.Contracts(9, 32)], ImportMode.AllOrNothing, options: SmallParts);

        Assert.That((import.State, import.Reason, import.Rows.Rejected, import.Rows.Applied), Is.EqualTo((ImportState.Refused, "rejectedRows", 1L, 0L)));
        Assert.That((await _bench.RejectsAsync(import.Id)).Single(), Has.Property("Line").EqualTo(31).And.Property("Key").EqualTo("RK-00031").And.Property("Rule").EqualTo("notWritten"));
        Assert.That(await _bench.CountAsync("SELECT count(*) FROM mt_streams"), Is.Zero);
    }

    [Test]
    public async Task A_row_that_only_the_database_refuses_is_rejected_alone_and_holds_nothing_up()
    {
        await _bench.Database.ScalarAsync("ALTER TABLE mt_doc_contract ADD CHECK (title <> 'Vägras')");
        await _bench.Database.ScalarAsync("ALTER TABLE mt_doc_supplier ADD CHECK (name <> 'Vägras också')");
        var first = await _bench.QueueAsync([.. ImportBench.Contracts(20), ImportBench.Contract(21, "Vägras"), .. ImportBench.Contracts(20, 22), ImportBench.Contract(42, "Noll \0 tecken"),
            ImportBench.Supplier(40, "Vägras också")]);
        var second = await _bench.QueueAsync(ImportBench.Contracts(5, 100));
        await _bench.Database.ScalarAsync("UPDATE catalogue_import_rows SET data = '{' WHERE import_id = $1 AND line = 10", first);
        await _bench.ServeAsync(options: SmallParts);

        var import = await _bench.FindAsync(first);
        Assert.That((import.State, import.Rows), Is.EqualTo((ImportState.Finished, new ImportedRows(43, 4, 0, 39, 0, 0))));
        Assert.That((await _bench.RejectsAsync(first)).Select(r => (r.Line, r.Rule)), Is.EqualTo(new[] { (10L, "unreadable"), (21L, "notWritten"), (42L, "notWritten"), (43L, "notWritten") }));
        Assert.That((await _bench.FindAsync(second)).State, Is.EqualTo(ImportState.Finished));
        await _bench.AssertVerifiedAsync();
    }

    /// <summary>A statement that takes too long, as the server ends it; a host that gives the others their turn after each part comes to the end all the same.</summary>
    [Test]
    public async Task A_row_that_takes_too_long_is_found_by_halving_and_rejected_alone_and_holds_nothing_up()
    {
        await _bench.Database.ScalarAsync(
            """
            CREATE FUNCTION too_long() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'canceling statement due to statement timeout' USING ERRCODE = '57014'; END $$;
            CREATE TRIGGER too_long BEFORE INSERT ON mt_doc_contract FOR EACH ROW WHEN (NEW.title = 'Drar ut på tiden') EXECUTE FUNCTION too_long();
            """);
        var first = await _bench.QueueAsync([.. ImportBench.Contracts(20), ImportBench.Contract(21, "Drar ut på tiden"), .. ImportBench.Contracts(20, 22)]);
        var second = await _bench.QueueAsync(ImportBench.Contracts(5, 100));
        using var worker = new ImportWorker(_bench.Store, new ImportSignal(), new ImportOptions(), new HastyClock(), NullLogger<ImportWorker>.Instance);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await worker.ServeAsync("08", patience.Token);

        var import = await _bench.FindAsync(first);
        Assert.That((import.State, import.Rows), Is.EqualTo((ImportState.Finished, new ImportedRows(41, 1, 0, 40, 0, 0))));
        Assert.That(await _bench.Database.ScalarAsync("SELECT string_agg(concat_ws(' ', line, rule, key), ',') FROM catalogue_import_rejects WHERE import_id = $1", first), Is.EqualTo("21 notWritten RK-00021"));
        Assert.That((await _bench.FindAsync(second)).State, Is.EqualTo(ImportState.Finished));
        await _bench.AssertVerifiedAsync();
    }

    [Test]
    public async Task What_cannot_be_read_of_the_region_stands_in_the_way_of_its_own_row_only()
    {
        await _bench.ImportAsync(ImportBench.Contracts(20));
        await _bench.Database.ScalarAsync("UPDATE mt_doc_contract SET data = '{}' WHERE number = 'RK-00007'");
        var import = await _bench.ImportAsync([.. Enumerable.Range(1, 20).Select(n => ImportBench.Contract(n, "Ny titel"))], options: SmallParts);

        Assert.That((import.State, import.Rows.Changed, import.Rows.Rejected), Is.EqualTo((ImportState.Finished, 19L, 1L)));
        Assert.That((await _bench.RejectsAsync(import.Id)).Single().Key, Is.EqualTo("RK-00007"));
    }

    [Test]
    public async Task Imports_of_a_region_are_applied_in_the_order_of_the_queue_and_say_their_place()
    {
        Guid[] ids = [await _bench.QueueAsync([ImportBench.Contract(1, "Första")]), await _bench.QueueAsync([ImportBench.Contract(1, "Andra")]), await _bench.QueueAsync([ImportBench.Contract(1, "Tredje")])];
        var places = new List<long?>();
        foreach (var id in ids)
            places.Add((await _bench.FindAsync(id)).Before);
        await _bench.CancelAsync(ids[1], ImportState.Queued);
        await _bench.ServeAsync();

        Assert.That(places, Is.EqualTo(new long?[] { 0, 1, 2 }));
        Assert.That(await _bench.Database.ScalarAsync("SELECT string_agg(data -> 'content' ->> 'title', ' ' ORDER BY version) FROM mt_events WHERE type = 'contract-synchronised.v1'"), Is.EqualTo("Första Tredje"));
        Assert.That(((await _bench.FindAsync(ids[1])).State, (await _bench.FindAsync(ids[1])).Rows.Applied), Is.EqualTo((ImportState.Cancelled, 0L)));
        await Assert.ThatAsync(() => _bench.CancelAsync(ids[0], ImportState.Queued), Throws.TypeOf<StreamConflictException>(), "it is queued no longer");
    }

    [Test]
    public async Task Two_hosts_apply_the_imports_of_two_regions_each_once()
    {
        var kalmar = await _bench.QueueAsync(ImportBench.Contracts(200));
        var halland = await _bench.QueueAsync(ImportBench.Contracts(200), scope: Given.Halland);
        await using var store = new EscalationStore(_bench.Database.Application);
        using var first = _bench.Worker(SmallParts);
        using var second = _bench.Worker(SmallParts, store);
        await Task.WhenAll(first.StartAsync(CancellationToken.None), second.StartAsync(CancellationToken.None));
        var done = (await _bench.UntilAsync(kalmar, i => i.State == ImportState.Finished), await _bench.UntilAsync(halland, i => i.State == ImportState.Finished, Given.Halland));
        await Task.WhenAll(first.StopAsync(CancellationToken.None), second.StopAsync(CancellationToken.None));

        Assert.That((done.Item1.Rows.Added, done.Item2.Rows.Added), Is.EqualTo((200L, 200L)));
        Assert.That(await _bench.CountAsync("SELECT max(version) FROM mt_events"), Is.EqualTo(1));
        Assert.That((await _bench.EndStateAsync()).Replace("\"08\"", "", StringComparison.Ordinal), Is.EqualTo((await _bench.EndStateAsync("13")).Replace("\"13\"", "", StringComparison.Ordinal)));
        await _bench.AssertVerifiedAsync();
        await _bench.AssertVerifiedAsync("13");
    }

    [Test]
    public async Task Many_hosts_competing_for_one_import_apply_every_row_once()
    {
        var id = await _bench.QueueAsync(ImportBench.Contracts(300));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            await using var store = new EscalationStore(_bench.Database.Application);
            using var worker = _bench.Worker(SmallParts with { ImportLease = TimeSpan.FromMilliseconds(1) }, store);
            for (var import = await _bench.FindAsync(id); import.State != ImportState.Finished; import = await _bench.FindAsync(id))
                await worker.ServeAsync("08", CancellationToken.None);
        }));

        Assert.That((await _bench.FindAsync(id)).Rows, Is.EqualTo(new ImportedRows(300, 0, 0, 300, 0, 0)));
        Assert.That(await _bench.CountAsync("SELECT count(*) FROM mt_events"), Is.EqualTo(307));
        await _bench.AssertVerifiedAsync();
    }

    [Test]
    public async Task A_host_that_another_has_taken_over_from_writes_nothing_more()
    {
        var id = await _bench.QueueAsync(ImportBench.Contracts(3));
        var slow = new ImportQueue(_bench.Store, Given.Kalmar, Guid.NewGuid(), TimeSpan.FromMilliseconds(1));
        var quick = new ImportQueue(_bench.Store, Given.Kalmar, Guid.NewGuid(), TimeSpan.FromMinutes(1));
        Assert.That((await slow.ClaimAsync(_bench.Clock.Now(), CancellationToken.None))!.Id, Is.EqualTo(id));
        await Task.Delay(20);
        Assert.That((await quick.ClaimAsync(_bench.Clock.Now(), CancellationToken.None))!.Id, Is.EqualTo(id));

        var session = _bench.Store.OpenSession(Given.Kalmar);
        session.Append(null, Given.Known());
        session.Store(slow.Hold(id));
        session.Store(slow.Applied(id, 3, 3, 0, 0));
        await Assert.ThatAsync(() => session.SaveChangesAsync(Given.Writer), Throws.TypeOf<StreamConflictException>());
        Assert.That(await slow.RenewAsync(id, CancellationToken.None), Is.Null);
        Assert.That((await slow.ClaimAsync(_bench.Clock.Now(), CancellationToken.None), await slow.IsReadyAsync(CancellationToken.None), await quick.IsReadyAsync(CancellationToken.None)), Is.EqualTo(((CatalogueImport?)null, false, true)));
        Assert.That(((await _bench.FindAsync(id)).AppliedLine, await _bench.CountAsync("SELECT count(*) FROM mt_events")), Is.EqualTo((0L, 0L)));
    }

    [Test]
    public async Task Contracts_that_others_keep_putting_while_they_are_imported_lose_nothing()
    {
        await _bench.ImportAsync(ImportBench.Contracts(60));
        var id = await _bench.QueueAsync([.. Enumerable.Range(1, 60).Select(n => ImportBench.Contract(n, "Ur filen"))]);
        using var stop = new CancellationTokenSource();
        var putting = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
                await _bench.PutAsync(ImportBench.Contract((i % 60) + 1, $"Singel {i}"));
        });
        await _bench.ServeAsync(options: SmallParts);
        await stop.CancelAsync();
        await putting;

        Assert.That((await _bench.FindAsync(id)).Rows, Is.EqualTo(new ImportedRows(60, 0, 0, 0, 60, 0)));
        Assert.That(await _bench.CountAsync("SELECT count(*) FROM mt_events WHERE correlation_id = $1", id.ToString()), Is.EqualTo(60));
        await _bench.AssertVerifiedAsync();
    }

    [Test]
    public async Task Connections_that_keep_breaking_leave_the_import_where_it_is_and_it_goes_on()
    {
        var undisturbed = await UndisturbedAsync(ImportBench.Contracts(400));
        var id = await _bench.QueueAsync(ImportBench.Contracts(400));
        var settings = new NpgsqlConnectionStringBuilder(_bench.Database.Application) { ApplicationName = "broken" };
        await using var store = new EscalationStore(settings.ConnectionString);
        using var worker = _bench.Worker(SmallParts, store);
        await worker.StartAsync(CancellationToken.None);
        var broken = 0;
        for (; broken < 3 && (await _bench.FindAsync(id)).State != ImportState.Finished; await Task.Delay(100))
        {
            if (await _bench.CountAsync("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'broken'") > 0)
                broken++;
        }
        await _bench.UntilAsync(id, i => i.State == ImportState.Finished);
        await worker.StopAsync(CancellationToken.None);

        Assert.That(broken, Is.Positive);
        Assert.That(await _bench.EndStateAsync(), Is.EqualTo(undisturbed));
        await _bench.AssertVerifiedAsync();
    }

    [Test]
    public async Task An_open_case_follows_what_an_import_changes_of_its_contract_and_of_no_other()
    {
        await _bench.ImportAsync(ImportBench.Contracts(3));
        var session = _bench.Store.OpenSession(Given.Kalmar);
        var query = session.CreateBatchQuery();
        var contract = query.Contract(ImportBench.Number(2));
        await query.ExecuteAsync(CancellationToken.None);
        var c = session.Append(null, [Given.Opened(ImportBench.Number(2), 3, contract.Value!.Content.Supplier)]);
        await session.SaveChangesAsync(Given.Writer);
        await _bench.ImportAsync([ImportBench.Contract(1, owner: "ny@regionkalmar.example"), ImportBench.Contract(2, owner: "ny@regionkalmar.example"), ImportBench.Contract(3)]);

        Assert.That(await _bench.Database.ScalarAsync("SELECT string_agg(type, ',' ORDER BY version) FROM mt_events WHERE stream_id = $1", c.Id), Is.EqualTo("case-opened.v1,contract-of-case-changed.v1"));
        Assert.That(await _bench.Database.ScalarAsync("SELECT responsible_address FROM national_cases WHERE case_id = $1", c.Id), Is.EqualTo("ny@regionkalmar.example"));
        await _bench.AssertVerifiedAsync();
    }

    [Test]
    public async Task What_was_put_singly_after_an_import_came_stands_and_the_row_is_rejected()
    {
        await _bench.ImportAsync(ImportBench.Contracts(4));
        var id = await _bench.QueueAsync([ImportBench.Contract(1, "Katalogens"), ImportBench.Contract(2, "Katalogens"), ImportBench.Contract(3, "Singel"), ImportBench.Contract(4)]);
        _bench.Clock.Move(TimeSpan.FromMinutes(1));
        await _bench.PutAsync(ImportBench.Contract(1, "Singel"), noted: true);
        await _bench.PutAsync(ImportBench.Contract(3, "Singel"), noted: true);
        await _bench.ServeAsync();

        var import = await _bench.FindAsync(id);
        var reject = (await _bench.RejectsAsync(id)).Single();
        Assert.Multiple(async () =>
        {
            Assert.That(import.Rows, Is.EqualTo(new ImportedRows(4, 1, 0, 0, 1, 2)), "a row that says the same is no matter");
            Assert.That((reject.Line, reject.Field, reject.Rule, reject.Kind, reject.Key), Is.EqualTo((1L, "$", "superseded", "contract", ImportBench.Number(1))));
            Assert.That(reject.Sv, Does.Match("^Ändrades för sig 20[0-9-]+T[0-9:.]+Z, efter"));
            Assert.That(await _bench.Database.ScalarAsync("SELECT string_agg(title, ',' ORDER BY number) FROM mt_doc_contract WHERE number <= $1", ImportBench.Number(3)), Is.EqualTo("Singel,Katalogens,Singel"));
        });
        Assert.That((await _bench.ImportAsync([ImportBench.Contract(1, "Katalogens")])).Rows.Changed, Is.EqualTo(1), "what comes later stands");
        await _bench.AssertVerifiedAsync();
    }

    [Test]
    public async Task All_or_nothing_is_nothing_where_something_was_put_singly_since()
    {
        await _bench.ImportAsync([.. ImportBench.Contracts(2), ImportBench.Supplier(1)]);
        var id = await _bench.QueueAsync([ImportBench.Contract(1, "Katalogens"), ImportBench.Contract(2, "Katalogens")], ImportMode.AllOrNothing);
        _bench.Clock.Move(TimeSpan.FromMinutes(1));
        await _bench.PutAsync(ImportBench.Contract(1, "Singel"), noted: true);
        await _bench.ServeAsync();

        Assert.That(((await _bench.FindAsync(id)).State, (await _bench.RejectsAsync(id)).Single().Rule), Is.EqualTo((ImportState.Refused, "superseded")));
        Assert.That(await _bench.CountAsync("SELECT count(*) FROM mt_doc_contract WHERE title = 'Katalogens'"), Is.Zero);
    }

    [Test]
    public async Task What_another_import_wrote_meanwhile_stands_in_no_imports_way()
    {
        await _bench.ImportAsync(ImportBench.Contracts(2));
        await _bench.QueueAsync([ImportBench.Contract(1, "Den första")]);
        var id = await _bench.QueueAsync([ImportBench.Contract(1, "Den andra")]);
        _bench.Clock.Move(TimeSpan.FromMinutes(1));
        await _bench.ServeAsync();

        Assert.That((await _bench.FindAsync(id)).Rows.Changed, Is.EqualTo(1));
        Assert.That(await _bench.Database.ScalarAsync("SELECT title FROM mt_doc_contract WHERE number = $1", ImportBench.Number(1)), Is.EqualTo("Den andra"));
    }

    [Test]
    public async Task A_contract_that_a_snapshot_only_marks_is_left_out_by_it_all_the_same()
    {
        await _bench.ImportAsync([Of(1, null), Of(2, null), Of(3, null)]);
        _bench.Clock.Move(TimeSpan.FromMinutes(1));
        var import = await _bench.ImportAsync([Of(1, null), Of(2, null), new SupplierRow(Foreign, true, new SupplierContent("Kari Nordmann"))], extent: ImportExtent.Snapshot);

        Assert.That((import.State, import.Contracts.Ended, await _bench.NumbersAsync(ended: true)), Is.EqualTo((ImportState.Finished, 1L, ImportBench.Number(3))));
        await _bench.AssertVerifiedAsync();
    }

    /// <summary>A mark in a supplier's own row, or with the last contract of the part, reaches every contract of the region.</summary>
    [TestCase(1, false)]
    [TestCase(500, false)]
    [TestCase(500, true)]
    public async Task A_mark_that_comes_late_reaches_the_contracts_before_it(int rowsPerPart, bool byContract)
    {
        await _bench.ImportAsync([Of(1, null)]);
        var session = _bench.Store.OpenSession(Given.Kalmar);
        var query = session.CreateBatchQuery();
        var contract = query.Contract(ImportBench.Number(1));
        await query.ExecuteAsync(CancellationToken.None);
        var c = session.Append(null, [Given.Opened(ImportBench.Number(1), 3, contract.Value!.Content.Supplier)]);
        await session.SaveChangesAsync(Given.Writer);
        Assert.That(await _bench.CountAsync("SELECT count(*) FROM national_contracts"), Is.EqualTo(1));

        CatalogueRow marking = byContract ? Of(4, true) : new SupplierRow(Foreign, true, new SupplierContent("Kari Nordmann"));
        var import = await _bench.ImportAsync([Of(2, null), Of(3, null), marking], options: new ImportOptions { RowsPerPart = rowsPerPart });

        Assert.That((import.State, import.Rows.Rejected), Is.EqualTo((ImportState.Finished, 0L)));
        Assert.That(await _bench.CountAsync("SELECT count(*) FROM national_contracts"), Is.Zero);
        Assert.That(await _bench.CountAsync("SELECT count(*) FROM mt_doc_contract WHERE data #>> '{content,supplier,soleTrader}' IS DISTINCT FROM 'true'"), Is.Zero);
        Assert.That(await _bench.Database.ScalarAsync("SELECT concat_ws(' ', supplier_number, left(supplier_name, 7)) FROM national_cases WHERE case_id = $1", c.Id), Is.EqualTo("Enskild"));
        await _bench.AssertVerifiedAsync();
    }

    [Test]
    public async Task The_same_import_in_another_region_is_that_regions_own()
    {
        var id = await _bench.QueueAsync(ImportBench.Contracts(10));
        await _bench.ServeAsync("13");

        Assert.That(((await _bench.FindAsync(id)).State, await _bench.CountAsync("SELECT count(*) FROM mt_streams")), Is.EqualTo((ImportState.Queued, 0L)));
        await Assert.ThatAsync(() => _bench.FindAsync(id, Given.Halland), Throws.InvalidOperationException, "nothing of it is seen there");
    }

    private const string Foreign = "NO:0192:987654325";

    private static ContractRow Of(int n, bool? soleTrader)
    {
        var row = ImportBench.Contract(n);
        return row with { Content = row.Content with { Supplier = new Supplier(Guid.Empty, Foreign, "Kari Nordmann", soleTrader) } };
    }

    private static async Task<string> UndisturbedAsync(ContractRow[] rows)
    {
        await using var bench = await ImportBench.StartAsync();
        await bench.ImportAsync(rows);
        return await bench.EndStateAsync();
    }

    /// <summary>On which every turn is over after its first part.</summary>
    private sealed class HastyClock : TimeProvider
    {
        private long _asked;

        public override long GetTimestamp() => Interlocked.Add(ref _asked, TimestampFrequency * 6);
    }
}
