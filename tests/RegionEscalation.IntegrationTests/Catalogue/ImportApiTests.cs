using System.Net;
using System.Text;
using RegionEscalation.IntegrationTests.Api;
using RegionEscalation.IntegrationTests.Storage;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Catalogue;

/// <summary>The imports of a region over HTTP, applied by the host itself.</summary>
public sealed class ImportApiTests
{
    private static readonly object Confirmation = new { confirmedBy = "Avtalscontroller", motivation = "Katalogen har rensats; avtalen löpte ut vid årsskiftet." };
    private static readonly object Cancellation = new { cancelledBy = "Avtalscontroller", motivation = "Fel fil." };

    private ImportBench _bench = null!;
    private TestHost _host = null!;
    private RegionAtWork _kalmar = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _bench = await ImportBench.StartAsync();
        _host = await TestHost.StartAsync(database: _bench.Database);
        _kalmar = new RegionAtWork(_host);
        await FinishedAsync(await _bench.QueueAsync(ImportBench.Contracts(30)));
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _kalmar.Dispose();
        await _host.DisposeAsync();
        await _bench.DisposeAsync();
    }

    [Test]
    public async Task A_finished_import_says_what_became_of_its_rows_and_leads_to_the_rejected_ones()
    {
        var id = await _bench.QueueAsync(ImportBench.Contracts(5), rejects: [ImportBench.Reject(6, "RK-7")]);
        await FinishedAsync(id);
        var import = await _kalmar.GetAsync($"catalogue-imports/{id}");
        var listed = await _kalmar.GetAsync("catalogue-imports?state=finished&origin=push&limit=1", "integrator");

        Assert.Multiple(() =>
        {
            Assert.That(import.Body!["rows"]!.ToJsonString(), Is.EqualTo("""{"received":6,"rejected":1,"duplicate":0,"applied":5,"added":0,"changed":0,"unchanged":5}"""));
            Assert.That(((string?)import.Body["state"], (int)import.Body["progress"]!, import.Body["contracts"], import.Body["place"]), Is.EqualTo(("finished", 100, (object?)null, (object?)null)));
            Assert.That((string?)import.Body["_links"]!["self"]!["href"], Does.EndWith($"/escalation/v1/regions/08/catalogue-imports/{id}"));
            Assert.That((string?)import.Body["_links"]!["rejectsCsv"]!["href"], Does.EndWith($"{id}/rejects.csv"));
            Assert.That(import.Body["_links"]!.AsObject().ContainsKey("confirm"), Is.False);
            Assert.That((string?)listed.Body!["items"]![0]!["id"], Is.EqualTo(id.ToString()), "newest first");
            Assert.That(listed.Body["_meta"]!["totalItems"]!.GetValue<int>(), Is.GreaterThanOrEqualTo(2));
        });
        Assert.That((await _kalmar.GetAsync("catalogue-imports?origin=pull")).Body!["items"]!.AsArray(), Is.Empty);
        Assert.That((await _kalmar.GetAsync("catalogue-imports?state=unheardOf")).Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity).Or.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await _kalmar.GetAsync($"catalogue-imports/{Guid.NewGuid()}")).Status, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Rejected_rows_come_page_by_page_and_never_with_a_natural_persons_number()
    {
        var intake = await _bench.ReceiveAsync([], rejects:
        [
            ImportBench.Reject(1, "RK-7", value: "x"), ImportBench.Reject(2, "8112189876", "supplier"), ImportBench.Reject(3, "5560160680", "supplier"), ImportBench.Reject(4, "19811218-9876", null),
            ImportBench.Reject(5, "NO:0192:923609016", "supplier"), ImportBench.Reject(6, "A-8112189876"),
        ]);
        var page = await _kalmar.GetAsync($"catalogue-imports/{intake.Id}/rejects?limit=4");
        var rest = await _kalmar.GetAsync($"catalogue-imports/{intake.Id}/rejects?limit=4&page=2", "integrator");
        var csv = await _kalmar.GetAsync($"catalogue-imports/{intake.Id}/rejects.csv");

        Assert.That(page.Text, Does.Contain(
            """{"line":1,"field":"contract.title","rule":"length","message":{"sv":"Ska vara 1–300 tecken.","en":"Must be 1–300 characters."},"kind":"contract","number":"RK-7","value":"x"}"""));
        Assert.That(page.Body!["items"]!.AsArray().Concat(rest.Body!["items"]!.AsArray()).Select(r => (string?)r!["number"]),
            Is.EqualTo(new[] { "RK-7", null, "5560160680", null, "NO:0192:923609016", null }));
        Assert.That(page.Body["_meta"]!["totalItems"]!.GetValue<int>(), Is.EqualTo(6));
        Assert.That(page.Text + rest.Text + csv.Text, Does.Not.Contain("8112189876").And.Not.Contain("19811218"));
    }

    [Test]
    public async Task The_file_of_rejected_rows_opens_in_a_spreadsheet_and_runs_nothing()
    {
        string[] cells = ["=cmd|' /C calc'!A0", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "a;b \"c\"\nd", "åäö", "'quoted"];
        var intake = await _bench.ReceiveAsync([], rejects: [.. cells.Select((cell, i) => ImportBench.Reject(i + 1, cell, value: cell, field: cell))]);
        using var http = _host.ClientOf("kalmar-reader");
        using var answer = await http.GetAsync(new Uri($"{_kalmar.Path}/catalogue-imports/{intake.Id}/rejects.csv", UriKind.Relative));
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        var text = Encoding.UTF8.GetString(bytes);

        Assert.Multiple(() =>
        {
            Assert.That(answer.Content.Headers.ContentType!.ToString(), Is.EqualTo("text/csv; charset=utf-8"));
            Assert.That(answer.Content.Headers.ContentDisposition!.FileName, Is.EqualTo($"rejects-{intake.Id}.csv"));
            Assert.That(bytes[..3], Is.EqualTo(new byte[] { 0xEF, 0xBB, 0xBF }));
            Assert.That(text, Does.Contain("line;field;rule;messageSv;messageEn;kind;number;value\r\n"));
            Assert.That(text, Does.Contain("\"'=cmd|' /C calc'!A0\"").And.Contain("'+1").And.Contain("'-1+2").And.Contain("'@SUM(A1)").And.Contain("'\t=1").And.Contain("'\r=1"));
            Assert.That(text, Does.Contain("\"a;b \"\"c\"\"\nd\"").And.Contain("åäö"));
            Assert.That(text, Does.Not.Match("(^|;)\"?[=+@\\-\t\r]"), "no cell begins like a formula");
        });
    }

    [Test]
    public async Task As_many_rejects_as_there_are_are_in_the_file()
    {
        var intake = await _bench.ReceiveAsync([], rejects: [.. Enumerable.Range(1, 2500).Select(n => ImportBench.Reject(n, $"RK-{n}"))]);
        var csv = await _kalmar.GetAsync($"catalogue-imports/{intake.Id}/rejects.csv");

        Assert.That(csv.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.Split(';')[0]), Is.EqualTo(Enumerable.Range(1, 2500).Select(n => $"{n}")));
    }

    [Test]
    [NonParallelizable]
    public async Task A_snapshot_that_waits_is_confirmed_once_and_goes_on()
    {
        var id = await _bench.QueueAsync(ImportBench.Contracts(10), extent: ImportExtent.Snapshot);
        await _bench.UntilAsync(id, i => i.State == ImportState.AwaitingConfirmation);
        var waiting = await _kalmar.GetAsync($"catalogue-imports/{id}");
        var path = $"catalogue-imports/{id}/confirmations";
        var tooShort = await _kalmar.PostAsync(path, new { confirmedBy = "Avtalscontroller", motivation = "Ja." });
        var dry = await _kalmar.SendAsync("handler", HttpMethod.Post, path + "?validateOnly=true", Confirmation);
        var stillWaiting = (await _bench.FindAsync(id)).State;
        var confirmed = await _kalmar.PostAsync(path, Confirmation, "integrator", ("Idempotency-Key", "bekräfta-1".Replace('ä', 'a')));
        var replayed = await _kalmar.PostAsync(path, Confirmation, "integrator", ("Idempotency-Key", "bekräfta-1".Replace('ä', 'a')));
        await FinishedAsync(id);
        var late = await _kalmar.PostAsync(path, Confirmation);
        var finished = await _kalmar.GetAsync($"catalogue-imports/{id}");

        Assert.Multiple(() =>
        {
            Assert.That(((string?)waiting.Body!["reason"], (int)waiting.Body["contracts"]!["missing"]!, (int)waiting.Body["contracts"]!["known"]!), Is.EqualTo(("share", 20, 30)));
            Assert.That((string?)waiting.Body["contracts"]!["missingNumbers"]![0], Is.EqualTo("RK-00011"));
            Assert.That((string?)waiting.Body["_links"]!["confirm"]!["href"], Does.EndWith(path));
            Assert.That((tooShort.Status, (string?)tooShort.Body!["errors"]!["motivation"]![0]!["rule"]), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "motivationTooShort")));
            Assert.That((dry.Status, stillWaiting), Is.EqualTo((HttpStatusCode.OK, ImportState.AwaitingConfirmation)));
            Assert.That((confirmed.Status, (string?)confirmed.Body!["state"], (string?)confirmed.Body["confirmation"]!["by"]), Is.EqualTo((HttpStatusCode.OK, "queued", "Avtalscontroller")));
            Assert.That(replayed.Text, Is.EqualTo(confirmed.Text));
            Assert.That((late.Status, late.Code, late.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "catalogueImport", "notWaiting")));
            Assert.That(((int)finished.Body!["contracts"]!["ended"]!, (int)finished.Body["progress"]!), Is.EqualTo((20, 100)));
        });
        await FinishedAsync(await _bench.QueueAsync(ImportBench.Contracts(30)));
    }

    [Test]
    [NonParallelizable]
    public async Task A_snapshot_that_waits_is_cancelled_and_one_that_has_ended_is_not()
    {
        var id = await _bench.QueueAsync(ImportBench.Contracts(10), extent: ImportExtent.Snapshot);
        await _bench.UntilAsync(id, i => i.State == ImportState.AwaitingConfirmation);
        var receiving = await _bench.ReceiveAsync([]);
        var cancelled = await _kalmar.PostAsync($"catalogue-imports/{id}/cancellations", Cancellation);
        var again = await _kalmar.PostAsync($"catalogue-imports/{id}/cancellations", Cancellation);
        var underWay = await _kalmar.PostAsync($"catalogue-imports/{receiving.Id}/cancellations", Cancellation);
        var absent = await _kalmar.PostAsync($"catalogue-imports/{Guid.NewGuid()}/cancellations", Cancellation);

        Assert.That((cancelled.Status, (string?)cancelled.Body!["state"], (string?)cancelled.Body["reason"], (string?)cancelled.Body["cancellation"]!["motivation"]),
            Is.EqualTo((HttpStatusCode.OK, "cancelled", "onRequest", "Fel fil.")));
        Assert.That((again.Reason, underWay.Reason, absent.Status), Is.EqualTo(("ended", "underWay", HttpStatusCode.NotFound)));
        Assert.That((await _kalmar.GetAsync($"catalogue-imports/{id}")).Body!["cancellation"]!["by"]!.ToString(), Is.EqualTo("Avtalscontroller"));
        Assert.That(await _bench.NumbersAsync(ended: true), Is.Empty);
    }

    [Test]
    public async Task Another_regions_imports_are_absent()
    {
        var id = await _bench.QueueAsync(ImportBench.Contracts(3), scope: Given.Halland, rejects: [ImportBench.Reject(4, "RK-7")]);

        foreach (var path in new[] { "", "/rejects", "/rejects.csv" })
            Assert.That((await _kalmar.GetAsync($"catalogue-imports/{id}{path}")).Status, Is.EqualTo(HttpStatusCode.NotFound), path);
        foreach (var (path, body) in new[] { ("confirmations", Confirmation), ("cancellations", Cancellation) })
            Assert.That((await _kalmar.PostAsync($"catalogue-imports/{id}/{path}", body)).Status, Is.EqualTo(HttpStatusCode.NotFound), path);
    }

    private Task FinishedAsync(Guid id) => _bench.UntilAsync(id, i => i.State == ImportState.Finished);
}
