using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Pulls;

/// <summary>What a pull takes in, and what it asks for the next time (K24-003).</summary>
public sealed class PullTests : PullFixture
{
    [TestCase("ByLink")]
    [TestCase("ByCursor")]
    [TestCase("ByHeader")]
    public async Task Every_page_is_read_and_queued_as_one_import(string paged)
    {
        Server.Paged = Enum.Parse<Paged>(paged);
        Server.PageSize = 3;
        Server.Add(1, 2, 3, 4, 5, 6, 7);
        Bench.Options = Bench.Options with
        {
            NextLinkPath = Server.Paged == Paged.ByLink ? "links.next" : null,
            NextCursorPath = Server.Paged == Paged.ByCursor ? "cursor" : null,
            CursorParameter = Server.Paged == Paged.ByCursor ? "offset" : null,
            PageSizeParameter = "antal",
            PageSize = 3,
            Extent = ImportExtent.Snapshot,
        };

        var run = await Bench.RunAsync();

        Assert.Multiple(async () =>
        {
            Assert.That((run.Outcome, run.Pages, run.Failure, run.Failures, run.IsRunning), Is.EqualTo((PullOutcome.Imported, 3, (string?)null, 0, false)));
            Assert.That(await Bench.ImportsAsync(), Is.EqualTo("queued snapshot 7 0 0"));
            Assert.That(await Bench.RowsAsync(), Is.EqualTo("1 AVT-1, 2 AVT-2, 3 AVT-3, 4 AVT-4, 5 AVT-5, 6 AVT-6, 7 AVT-7"));
            Assert.That(await Bench.Database.ScalarAsync("SELECT concat_ws(' ', id = $1, origin, format, mode, client_id, lease_holder IS NULL) FROM catalogue_imports", run.ImportId!.Value),
                Is.EqualTo("t pull pages perRow region-escalation t"));
            Assert.That(run.NextRunAt, Is.EqualTo(run.FinishedAt!.Value.AddMinutes(63)).Within(TimeSpan.FromMinutes(3.1)));
            Assert.That(Server.Requests.First().Query, Is.EqualTo("?antal=3"));
            Assert.That(Server.Requests.Select(r => r.Page), Is.EqualTo(new[] { 1, 2, 3, 1, 2, 3 }), "and all of them again, to see that nothing has moved");
        });
    }

    [Test]
    public async Task An_item_becomes_what_a_put_of_the_same_contract_would_be()
    {
        Server.Add(1);

        await Bench.RunAsync();

        var row = JsonNode.Parse((string)(await Bench.Database.ScalarAsync("SELECT data FROM catalogue_import_rows"))!)!;
        var content = row["content"]!;
        Assert.Multiple(() =>
        {
            Assert.That((string?)content["title"], Is.EqualTo("Infusionspumpar"));
            Assert.That((string?)content["supplier"]!["organisationNumber"], Is.EqualTo("5560360793"));
            Assert.That((string?)content["validUntil"], Is.EqualTo("2028-12-31"));
            Assert.That((bool?)content["socialClause"], Is.True);
            Assert.That((decimal?)content["value"]!["amount"], Is.EqualTo(1250000.50m));
            Assert.That((string?)content["ownerFunction"], Is.EqualTo("Avtalscontroller"));
            Assert.That(content["cpv"]!.ToJsonString(), Is.EqualTo("""["33194110","33194000"]"""));
            Assert.That(content["clauses"]!.ToJsonString(), Is.EqualTo("""[{"type":"penalty","reference":"7.3"}]"""), "a clause that decides nothing is left out");
        });
    }

    [Test]
    public async Task A_catalogue_of_suppliers_becomes_rows_of_suppliers()
    {
        Bench.Options = Bench.Options with
        {
            Mapping = new()
            {
                ["supplier.organisationNumber"] = new() { Path = "leverantor.orgnr" },
                ["supplier.name"] = new() { Path = "leverantor.namn" },
                ["supplier.group"] = new() { Path = "koncern" },
                ["supplier.ceased"] = new() { Path = "social", Values = new() { ["Ja"] = "false", ["*"] = "true" } },
            },
        };
        Server.Add(1);
        Server.Items.Add(CatalogueServer.Contract(2, organisationNumber: "556036-0794"));

        await Bench.RunAsync();

        Assert.That(await Bench.Database.ScalarAsync("SELECT kind || ' ' || key || ' ' || (data::json->'content'->>'ceased') FROM catalogue_import_rows"), Is.EqualTo("supplier 5560360793 false"));
        Assert.That(await Bench.RejectsAsync(), Is.EqualTo("2 supplier.organisationNumber R-G9 - 556036-0794"));
    }

    [Test]
    public async Task What_the_catalogue_leaves_out_gets_its_default_and_an_amount_that_is_not_there_no_currency_alone()
    {
        var item = CatalogueServer.Contract(1);
        foreach (var name in new[] { "kategori", "varde", "villkor", "cpv", "social" })
            item.Remove(name);
        item["slut"] = "";
        Server.Items.Add(item);

        await Bench.RunAsync();

        Assert.That(await Bench.RejectsAsync(), Is.Empty);
        Assert.That(await Bench.Database.ScalarAsync("SELECT concat_ws(' ', data::json->'content'->>'category', data::json->'content'->'value', data::json->'content'->'clauses') FROM catalogue_import_rows"),
            Is.EqualTo("Övrigt []"));
    }

    [Test]
    public async Task A_catalogue_that_has_not_changed_is_not_read_again_and_once_it_has_it_is()
    {
        Server.Add(1, 2);
        var first = await Bench.RunAsync();
        var second = await Bench.RunAsync();
        Server.Add(3);
        var third = await Bench.RunAsync();

        Assert.Multiple(async () =>
        {
            Assert.That((first.Outcome, second.Outcome, third.Outcome), Is.EqualTo((PullOutcome.Imported, PullOutcome.NotModified, PullOutcome.Imported)));
            Assert.That((second.Pages, second.ImportId, second.SucceededAt), Is.EqualTo(((int?)0, (Guid?)null, second.FinishedAt)));
            Assert.That(await Bench.ImportsAsync(), Is.EqualTo("queued partial 2 0 0 | queued partial 3 0 0"));
            Assert.That(Server.Requests.Count(r => r.Headers.ContainsKey("if-none-match")), Is.EqualTo(2));
        });
    }

    [Test]
    public async Task Without_an_ETag_the_time_of_the_last_change_does()
    {
        Server.HasETag = false;
        Server.LastModified = new DateTimeOffset(2026, 3, 2, 8, 15, 0, TimeSpan.Zero);
        Server.Add(1);
        await Bench.RunAsync();

        var second = await Bench.RunAsync();

        Assert.That(second.Outcome, Is.EqualTo(PullOutcome.NotModified));
        Assert.That(Server.Requests.Last().Headers["if-modified-since"], Is.EqualTo("Mon, 02 Mar 2026 08:15:00 GMT"));
    }

    [Test]
    public async Task After_a_day_everything_is_asked_for_whatever_is_remembered()
    {
        Server.Add(1);
        await Bench.RunAsync();
        Bench.Clock.Move(TimeSpan.FromHours(25));

        var later = await Bench.RunAsync();

        Assert.That(later.Outcome, Is.EqualTo(PullOutcome.Imported));
        Assert.That(Server.Requests.Any(r => r.Headers.ContainsKey("if-none-match")), Is.False);
    }

    [Test]
    public async Task Other_settings_are_another_catalogue()
    {
        Server.Add(1);
        await Bench.RunAsync();
        Bench.Options = Bench.Options with { Mode = ImportMode.AllOrNothing };

        var run = await Bench.RunAsync();

        Assert.That((run.Outcome, Server.Requests.Any(r => r.Headers.ContainsKey("if-none-match"))), Is.EqualTo((PullOutcome.Imported, false)));
    }

    [Test]
    public async Task Only_what_has_changed_since_is_asked_for_by_the_catalogues_own_mark()
    {
        Bench.Options = Bench.Options with { ChangedSinceParameter = "sedan", ChangedSincePath = "delta" };
        (Server.HasETag, Server.Delta) = (false, "märke 1");
        Server.Add(1);
        await Bench.RunAsync();
        Server.Delta = "märke 2";
        await Bench.RunAsync();
        Server.Items.Clear();
        var nothing = await Bench.RunAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(Server.Requests.Select(r => Uri.UnescapeDataString(r.Query)), Is.EqualTo(new[] { "", "?sedan=märke 1", "?sedan=märke 2" }));
            Assert.That((nothing.Outcome, nothing.Pages), Is.EqualTo((PullOutcome.NotModified, (int?)1)));
            Assert.That(await Bench.ImportsAsync(), Is.EqualTo("queued partial 1 0 0 | queued partial 1 0 0"), "nothing is no import");
        });
    }

    [Test]
    public async Task Only_what_has_changed_since_is_asked_for_by_the_catalogues_clock_less_a_little()
    {
        Bench.Options = Bench.Options with { ChangedSinceParameter = "sedan" };
        Server.Instead = (_, http) =>
        {
            http.Response.Headers.Date = "Mon, 02 Mar 2026 08:15:00 GMT";
            return Task.FromResult(false);
        };
        Server.Add(1);
        await Bench.RunAsync();
        await Bench.RunAsync();

        Assert.That(Uri.UnescapeDataString(Server.Requests.Last().Query), Is.EqualTo("?sedan=2026-03-02T08:10:00Z"));
        Assert.That(Server.Requests.Last().Headers.ContainsKey("if-none-match"), Is.False, "an ETag of another question");
    }

    /// <summary>Refused when it was applied: what the database would not take was found only then.</summary>
    [TestCase("cancelled")]
    [TestCase("refused")]
    public async Task What_rests_on_an_import_that_was_cancelled_or_refused_is_not_built_upon(string state)
    {
        Server.Add(1);
        await Bench.RunAsync();
        await Bench.Database.ScalarAsync("UPDATE catalogue_imports SET state = $1, started_at = now()", state);

        var again = await Bench.RunAsync();

        Assert.That(again.Outcome, Is.EqualTo(PullOutcome.Imported));
        Assert.That(await Bench.ImportsAsync(), Is.EqualTo($"{state} partial 1 0 0 | queued partial 1 0 0"));
        Assert.That(Server.Requests.Any(r => r.Headers.ContainsKey("if-none-match")), Is.False);
    }

    [Test]
    public async Task An_answer_that_nothing_is_new_leaves_everything_as_it_was_and_postpones_the_day_of_the_whole_by_nothing()
    {
        Server.Add(1, 2);
        await Bench.RunAsync();
        var before = (await Bench.PlaceAsync(), await Bench.RowsAsync(), await Bench.ImportsAsync());
        Bench.Clock.Move(TimeSpan.FromHours(13));
        var nothingNew = await Bench.RunAsync();
        var after = (await Bench.PlaceAsync(), await Bench.RowsAsync(), await Bench.ImportsAsync());
        Bench.Clock.Move(TimeSpan.FromHours(13));
        var whole = await Bench.RunAsync();

        Assert.That((nothingNew.Outcome, after), Is.EqualTo((PullOutcome.NotModified, before)));
        Assert.That((whole.Outcome, Server.Requests.Last().Headers.ContainsKey("if-none-match")), Is.EqualTo((PullOutcome.Imported, false)));
    }

    [Test]
    public async Task The_same_contract_twice_is_settled_by_the_intake()
    {
        Server.PageSize = 2;
        Server.Add(1, 2, 1);
        Server.Items.Add(CatalogueServer.Contract(2, title: "Sprutpumpar"));

        await Bench.RunAsync();

        Assert.That(await Bench.ImportsAsync(), Is.EqualTo("queued partial 4 1 1"));
        Assert.That(await Bench.RowsAsync(), Is.EqualTo("1 AVT-1, 2 AVT-2"));
        Assert.That(await Bench.RejectsAsync(), Is.EqualTo("4 contractNumber duplicate AVT-2 -"));
    }

    [Test]
    public async Task An_empty_catalogue_is_a_snapshot_without_rows_and_no_part_of_one()
    {
        var part = await Bench.RunAsync();
        Bench.Options = Bench.Options with { Extent = ImportExtent.Snapshot };

        var snapshot = await Bench.RunAsync();

        Assert.That((part.Outcome, snapshot.Outcome), Is.EqualTo((PullOutcome.NotModified, PullOutcome.Imported)));
        Assert.That(await Bench.ImportsAsync(), Is.EqualTo("queued snapshot 0 0 0"), "whether that ends anything is asked when it is applied");
    }

    [Test]
    public async Task All_or_nothing_with_a_row_rejected_takes_nothing_in_and_remembers_nothing()
    {
        Bench.Options = Bench.Options with { Mode = ImportMode.AllOrNothing };
        Server.Add(1);
        Server.Items.Add(CatalogueServer.Contract(2, organisationNumber: "556036-0794"));

        var refused = await Bench.RunAsync();
        var place = await Bench.PlaceAsync();
        Server.Items.RemoveAt(1);
        var taken = await Bench.RunAsync();

        Assert.Multiple(async () =>
        {
            Assert.That((refused.Outcome, refused.Failure, refused.Failures, refused.ImportId is null), Is.EqualTo((PullOutcome.Failed, "rowsRejected", 1, false)));
            Assert.That(place, Is.EqualTo("- - -"));
            Assert.That((taken.Outcome, taken.Failures), Is.EqualTo((PullOutcome.Imported, 0)));
            Assert.That(await Bench.ImportsAsync(), Is.EqualTo("refused rejectedRows partial 2 1 0 | queued partial 1 0 0"));
            Assert.That(await Bench.RowsAsync(), Is.EqualTo("1 AVT-1"));
        });
    }

    [TestCase("bom")]
    [TestCase("gzip")]
    public async Task A_page_may_begin_with_a_BOM_or_be_packed(string how)
    {
        Server.Add(1, 2);
        Server.Instead = async (_, http) =>
        {
            var page = Encoding.UTF8.GetBytes(Server.PageOf(http, 0).ToJsonString());
            http.Response.ContentType = "application/json";
            if (how == "bom")
                page = [.. Encoding.UTF8.Preamble, .. page];
            else
            {
                using var packed = new MemoryStream();
                await using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
                    await gzip.WriteAsync(page);
                page = packed.ToArray();
                http.Response.Headers.ContentEncoding = "gzip";
            }
            await http.Response.Body.WriteAsync(page);
            return true;
        };

        Assert.That((await Bench.RunAsync()).Outcome, Is.EqualTo(PullOutcome.Imported));
        Assert.That(await Bench.RowsAsync(), Is.EqualTo("1 AVT-1, 2 AVT-2"));
    }
}
