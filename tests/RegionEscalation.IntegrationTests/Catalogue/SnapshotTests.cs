using RegionEscalation.Domain.Contracts;
using RegionEscalation.Integrations.Catalogue;
using RegionEscalation.IntegrationTests.Storage;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Catalogue;

/// <summary>A complete catalogue ends what it leaves out: a few contracts unasked, many only once somebody has said so, and none that somebody has put since.</summary>
public sealed class SnapshotTests
{
    private static readonly ImportOptions SmallParts = new() { RowsPerPart = 4 };

    private ImportBench _bench = null!;

    [SetUp]
    public async Task StartAsync() => _bench = await ImportBench.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _bench.DisposeAsync();

    [Test]
    public async Task What_it_leaves_out_is_ended_once_and_what_it_names_again_lives_again()
    {
        await _bench.ImportAsync(ImportBench.Contracts(100));
        var first = await SnapshotAsync(ImportBench.Contracts(90));
        var again = await SnapshotAsync(ImportBench.Contracts(90));
        var ended = await _bench.NumbersAsync(ended: true);
        var back = await SnapshotAsync(ImportBench.Contracts(95));

        Assert.Multiple(async () =>
        {
            Assert.That((first.State, first.Reason, first.Progress), Is.EqualTo((ImportState.Finished, (string?)null, 100)));
            Assert.That((first.Contracts.Known, first.Contracts.Missing, first.Contracts.Ended), Is.EqualTo((100L, 10L, 10L)));
            Assert.That(ended, Is.EqualTo(string.Join(' ', Enumerable.Range(91, 10).Select(ImportBench.Number))));
            Assert.That(first.Contracts.Numbers, Is.EqualTo(ended.Split(' ')));
            Assert.That((again.Contracts.Known, again.Contracts.Missing, again.Contracts.Ended), Is.EqualTo((90L, 0L, 0L)));
            Assert.That(back.Rows.Changed, Is.EqualTo(5));
            Assert.That(await _bench.Database.ScalarAsync("SELECT string_agg(type, ',' ORDER BY version) FROM mt_events e JOIN mt_doc_contract k ON k.id = e.stream_id WHERE k.number = 'RK-00091'"),
                Is.EqualTo("contract-synchronised.v1,contract-ended.v1,contract-synchronised.v1"));
            Assert.That(await _bench.CountAsync("SELECT count(*) FROM mt_events WHERE type = 'contract-ended.v1' AND (data ->> 'import')::uuid = $1 AND correlation_id = $1::text", first.Id), Is.EqualTo(10));
            Assert.That(await _bench.CountAsync("SELECT count(*) FROM national_contracts WHERE region = '08'"), Is.EqualTo(95));
        });
        await _bench.AssertVerifiedAsync();
    }

    /// <summary>Of 100 known contracts; five are ended unasked whatever their share, but never all.</summary>
    [TestCase(100, 10, null, ImportState.Finished)]
    [TestCase(100, 11, null, ImportState.AwaitingConfirmation)]
    [TestCase(100, 11, "0.11", ImportState.Finished)]
    [TestCase(100, 5, "0", ImportState.Finished)]
    [TestCase(100, 6, "0", ImportState.AwaitingConfirmation)]
    [TestCase(10, 5, null, ImportState.Finished)]
    [TestCase(10, 6, null, ImportState.AwaitingConfirmation)]
    [TestCase(4, 4, null, ImportState.AwaitingConfirmation)]
    public async Task It_waits_where_it_would_end_more_than_the_regions_share(int known, int missing, string? share, ImportState state)
    {
        await _bench.ImportAsync(ImportBench.Contracts(known));
        var options = SmallParts with
        {
            EndingShare = 0.10m,
            Regions = share is null ? new() { ["13"] = new(1) } : new() { ["08"] = new(decimal.Parse(share, System.Globalization.CultureInfo.InvariantCulture)) },
        };
        var import = await SnapshotAsync([.. ImportBench.Contracts(known - missing), .. ImportBench.Contracts(50, 1000)], options);

        Assert.That((import.State, import.Reason), Is.EqualTo((state, state == ImportState.Finished ? null : "share")));
        Assert.That((import.Contracts.Known, import.Contracts.Missing, import.Contracts.Ended), Is.EqualTo(((long?)known, (long?)missing, state == ImportState.Finished ? missing : 0L)));
        Assert.That(import.Rows.Added, Is.EqualTo(50), "what it has is applied");
    }

    [Test]
    public async Task Confirmed_it_ends_what_it_leaves_out_and_an_open_case_follows()
    {
        await _bench.ImportAsync(ImportBench.Contracts(20));
        var session = _bench.Store.OpenSession(Given.Kalmar);
        var query = session.CreateBatchQuery();
        var contract = query.Contract(ImportBench.Number(15));
        await query.ExecuteAsync(CancellationToken.None);
        var c = session.Append(null, [Given.Opened(ImportBench.Number(15), 3, contract.Value!.Content.Supplier)]);
        await session.SaveChangesAsync(Given.Writer);
        var waiting = await SnapshotAsync(ImportBench.Contracts(10));
        var none = await _bench.NumbersAsync(ended: true);
        await _bench.ConfirmAsync(waiting.Id);
        await _bench.ServeAsync(options: SmallParts);
        var import = await _bench.FindAsync(waiting.Id);

        Assert.Multiple(async () =>
        {
            Assert.That((waiting.State, waiting.Contracts.Numbers, none), Is.EqualTo((ImportState.AwaitingConfirmation, Enumerable.Range(11, 10).Select(ImportBench.Number).ToArray(), "")));
            Assert.That(waiting.FinishedAt, Is.Null);
            Assert.That((import.State, import.Reason, import.Contracts.Ended, import.Progress), Is.EqualTo((ImportState.Finished, (string?)null, 10L, 100)));
            Assert.That((import.Confirmation!.By, import.Confirmation.Motivation, import.Confirmation.ClientId), Is.EqualTo(("Avtalscontroller", "Avtalen löpte ut vid årsskiftet och är ersatta av andra.", ImportBench.Client)));
            Assert.That(await _bench.Database.ScalarAsync("SELECT string_agg(type, ',' ORDER BY version) FROM mt_events WHERE stream_id = $1", c.Id), Is.EqualTo("case-opened.v1,contract-of-case-changed.v1"));
            Assert.That(await _bench.Database.ScalarAsync("SELECT data ? 'endedAt' FROM mt_events WHERE stream_id = $1 AND version = 2", c.Id), Is.True);
        });
        await Assert.ThatAsync(() => _bench.ConfirmAsync(waiting.Id), Throws.TypeOf<StreamConflictException>(), "it waits no longer");
        await _bench.AssertVerifiedAsync();
    }

    [Test]
    public async Task Cancelled_it_ends_nothing_and_one_that_waits_keeps_no_other_waiting()
    {
        await _bench.ImportAsync(ImportBench.Contracts(20));
        var waiting = await SnapshotAsync(ImportBench.Contracts(5));
        var other = await _bench.ImportAsync(ImportBench.Contracts(3, 100));
        await _bench.CancelAsync(waiting.Id, ImportState.AwaitingConfirmation);
        await _bench.ServeAsync(options: SmallParts);

        Assert.That((waiting.State, other.State, (await _bench.FindAsync(waiting.Id)).State), Is.EqualTo((ImportState.AwaitingConfirmation, ImportState.Finished, ImportState.Cancelled)));
        Assert.That(await _bench.NumbersAsync(ended: true), Is.Empty);
    }

    [Test]
    public async Task A_rejected_row_ends_nothing_and_one_whose_number_could_not_be_read_asks()
    {
        await _bench.ImportAsync(ImportBench.Contracts(20));
        var named = await SnapshotAsync(ImportBench.Contracts(18), null, ImportBench.Reject(19, "RK-00019"), ImportBench.Reject(20, ImportBench.SupplierNumber(1), "supplier"), ImportBench.Reject(21, null, "supplier"));
        var ended = await _bench.NumbersAsync(ended: true);
        var unread = await SnapshotAsync(ImportBench.Contracts(17), null, ImportBench.Reject(18, null, null));
        var nothingMissing = await SnapshotAsync(ImportBench.Contracts(19), null, ImportBench.Reject(20, null));

        Assert.That((named.State, named.Contracts.Ended, ended), Is.EqualTo((ImportState.Finished, 1L, "RK-00020")));
        Assert.That((unread.State, unread.Reason, unread.Contracts.Missing), Is.EqualTo((ImportState.AwaitingConfirmation, "numberNotRead", (long?)2)));
        Assert.That(nothingMissing.State, Is.EqualTo(ImportState.Finished), "there is nothing to ask about");
        Assert.That(((await _bench.FindAsync(unread.Id)).State, (await _bench.FindAsync(unread.Id)).Reason), Is.EqualTo((ImportState.Cancelled, "superseded")), "by a later one");
    }

    [Test]
    public async Task What_was_put_singly_or_is_in_a_later_import_is_not_ended_and_what_an_earlier_one_said_is()
    {
        await _bench.ImportAsync(ImportBench.Contracts(20));
        var earlier = await _bench.QueueAsync([ImportBench.Contract(18, "Ur en tidigare fil")]);
        var snapshot = await _bench.QueueAsync(ImportBench.Contracts(10), extent: ImportExtent.Snapshot);
        await _bench.PutAsync(ImportBench.Contract(15, "Singel"));
        await _bench.PutAsync(ImportBench.Contract(500));
        await _bench.ServeAsync(options: SmallParts);
        var waiting = await _bench.FindAsync(snapshot);
        var later = await _bench.ImportAsync([ImportBench.Contract(12), ImportBench.Contract(13, "Ur en senare fil")]);
        using (var worker = _bench.Worker())
            await worker.CleanAsync(CancellationToken.None);
        await _bench.ConfirmAsync(snapshot);
        await _bench.ServeAsync(options: SmallParts);

        Assert.That(((await _bench.FindAsync(earlier)).State, later.Rows.Unchanged), Is.EqualTo((ImportState.Finished, 1L)));
        Assert.That((waiting.State, waiting.Contracts.Missing), Is.EqualTo((ImportState.AwaitingConfirmation, (long?)9)));
        Assert.That(await _bench.NumbersAsync(ended: true), Is.EqualTo("RK-00011 RK-00014 RK-00016 RK-00017 RK-00018 RK-00019 RK-00020"), "worked out again once it was confirmed");
        await _bench.AssertVerifiedAsync();
    }

    [Test]
    public async Task A_contract_that_is_put_while_it_is_being_ended_stays_as_it_was_put()
    {
        await _bench.ImportAsync(ImportBench.Contracts(60));
        var snapshot = await _bench.QueueAsync(ImportBench.Contracts(30), extent: ImportExtent.Snapshot);
        await _bench.ServeAsync(options: SmallParts);
        await _bench.ConfirmAsync(snapshot);
        var putting = Task.WhenAll(Enumerable.Range(31, 30).Select(n => _bench.PutAsync(ImportBench.Contract(n, "Singel"))));
        await _bench.ServeAsync(options: new ImportOptions { RowsPerPart = 1 });
        await putting;

        Assert.That(await _bench.NumbersAsync(ended: true), Is.Empty, "whichever came first, the catalogue's later word stands");
        Assert.That((await _bench.FindAsync(snapshot)).State, Is.EqualTo(ImportState.Finished));
        await _bench.AssertVerifiedAsync();
    }

    [Test]
    public async Task A_contract_that_cannot_be_ended_is_passed_over_and_the_import_says_so()
    {
        await _bench.ImportAsync(ImportBench.Contracts(20));
        await _bench.Database.ScalarAsync("ALTER TABLE mt_doc_contract ADD CHECK (number <> 'RK-00017' OR NOT ended)");
        await _bench.Database.ScalarAsync("UPDATE mt_doc_contract SET data = '{}' WHERE number = 'RK-00019'");
        var import = await SnapshotAsync(ImportBench.Contracts(16), new ImportOptions { RowsPerPart = 4, EndingShare = 1 });

        Assert.That((import.State, import.Reason, import.Contracts.Missing, import.Contracts.Ended), Is.EqualTo((ImportState.Finished, "notAllEnded", (long?)4, 2L)));
        Assert.That(await _bench.NumbersAsync(ended: true), Is.EqualTo("RK-00018 RK-00020"));
    }

    [Test]
    public async Task What_was_never_received_or_never_confirmed_lapses_and_what_serves_no_longer_is_removed()
    {
        await _bench.ImportAsync(ImportBench.Contracts(20));
        var broken = await _bench.ReceiveAsync(ImportBench.Contracts(3));
        var underWay = await _bench.ReceiveAsync(ImportBench.Contracts(3));
        await _bench.Database.ScalarAsync("UPDATE catalogue_imports SET lease_until = now() - INTERVAL '1 second' WHERE id = $1", broken.Id);
        var waiting = await SnapshotAsync(ImportBench.Contracts(3), null, ImportBench.Reject(4, "RK-00020"));
        using var worker = _bench.Worker();

        await worker.CleanAsync(CancellationToken.None);
        var abandoned = await _bench.FindAsync(broken.Id);
        var stillWaiting = (await _bench.FindAsync(waiting.Id)).State;
        var rows = await RowsAsync();
        _bench.Clock.Move(TimeSpan.FromDays(15));
        await worker.CleanAsync(CancellationToken.None);
        var lapsed = await _bench.FindAsync(waiting.Id);
        var rejects = (await _bench.RejectsAsync(waiting.Id)).Count;
        _bench.Clock.Move(TimeSpan.FromDays(91));
        await worker.CleanAsync(CancellationToken.None);
        var old = await _bench.FindAsync(waiting.Id);

        Assert.Multiple(async () =>
        {
            Assert.That((abandoned.State, abandoned.Reason, abandoned.FinishedAt is null), Is.EqualTo((ImportState.Abandoned, "brokenOff", false)));
            Assert.That((await _bench.FindAsync(underWay.Id)).State, Is.EqualTo(ImportState.Receiving), "its lease runs");
            Assert.That((stillWaiting, lapsed.State, lapsed.Reason), Is.EqualTo((ImportState.AwaitingConfirmation, ImportState.Cancelled, "notConfirmed")));
            Assert.That(rows, Is.EqualTo($"{underWay.Id} 3,{waiting.Id} 3"), "what ended has none");
            Assert.That(await RowsAsync(), Is.EqualTo($"{underWay.Id} 3"));
            Assert.That((rejects, (await _bench.RejectsAsync(waiting.Id)).Count, lapsed.RejectsRemoved, old.RejectsRemoved, old.Rows.Rejected), Is.EqualTo((1, 0, false, true, 1L)));
        });
        await Assert.ThatAsync(() => broken.QueueAsync(ImportBench.Client, _bench.Clock.Now()), Throws.TypeOf<StreamConflictException>(), "whoever comes back too late begins anew");
    }

    private Task<CatalogueImport> SnapshotAsync(IEnumerable<CatalogueRow> rows, ImportOptions? options = null, params RowReject[] rejects) =>
        _bench.ImportAsync(rows, ImportMode.PerRow, ImportExtent.Snapshot, options ?? SmallParts, rejects);

    private async Task<object?> RowsAsync() => await _bench.Database.ScalarAsync(
        "SELECT string_agg(import_id || ' ' || n, ',' ORDER BY import_id) FROM (SELECT import_id, count(*) AS n FROM catalogue_import_rows GROUP BY 1) AS x");
}
