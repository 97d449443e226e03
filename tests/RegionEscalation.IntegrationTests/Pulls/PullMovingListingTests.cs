using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Pulls;

/// <summary>A listing that changes while it is paged must not end a contract because it moved from one page to another.</summary>
public sealed class PullMovingListingTests : PullFixture
{
    [TestCase(true)]
    [TestCase(false)]
    public async Task A_contract_that_moved_to_a_page_read_before_is_found_by_reading_again(bool etags)
    {
        Bench.Options = Bench.Options with { Extent = ImportExtent.Snapshot };
        Server.HasETag = etags;
        Server.PageSize = 2;
        Server.Add(1, 2, 3, 4);
        // The first is removed while the second page is asked for: the third moves to the first page, and would be missed.
        Change(times: 1, () => Server.Items.RemoveAt(0));

        var run = await Bench.RunAsync();

        Assert.That((run.Outcome, run.Pages), Is.EqualTo((PullOutcome.Imported, (int?)2)));
        Assert.That(await Bench.ImportsAsync(), Is.EqualTo("abandoned listingChanged snapshot 3 0 0 | queued snapshot 3 0 0"));
        Assert.That(await Bench.RowsAsync(), Is.EqualTo("1 AVT-2, 2 AVT-3, 3 AVT-4"));
        Assert.That(await Bench.PlaceAsync(), Does.StartWith(etags ? Server.ETag() : "-"));
    }

    /// <summary>The first page stays what it was, by its ETag too.</summary>
    [TestCase("moved", "1 AVT-1, 2 AVT-2, 3 AVT-4, 4 AVT-5, 5 AVT-6")]
    [TestCase("changed", "1 AVT-1, 2 AVT-2, 3 AVT-7, 4 AVT-4, 5 AVT-5, 6 AVT-6")]
    [TestCase("longer", "1 AVT-1, 2 AVT-2, 3 AVT-3, 4 AVT-4, 5 AVT-5, 6 AVT-6, 7 AVT-7")]
    [TestCase("shorter", "1 AVT-1, 2 AVT-2, 3 AVT-3, 4 AVT-4")]
    public async Task Of_a_snapshot_every_page_is_read_again_to_see_whether_it_moved(string what, string rows)
    {
        Bench.Options = Bench.Options with { Extent = ImportExtent.Snapshot };
        Server.HasETag = false;
        Server.PageSize = 2;
        Server.Add(1, 2, 3, 4, 5, 6);
        var asked = 0;
        Server.Instead = (request, http) =>
        {
            // "moved" and "changed" while the last page is read the first time; the others once it has been.
            if (what is "moved" or "changed" ? request.Page == 3 && asked++ == 0 : request.Page == 1 && asked++ == 1)
            {
                if (what == "moved")
                    Server.Items.RemoveAt(2);
                else if (what == "changed")
                    Server.Items[2] = CatalogueServer.Contract(7);
                else if (what == "longer")
                    Server.Add(7);
                else
                    Server.Items.RemoveRange(4, 2);
            }
            if (request.Page == 1)
                http.Response.Headers.ETag = "\"alltid\"";
            return Task.FromResult(false);
        };

        var run = await Bench.RunAsync();

        Assert.That(run.Outcome, Is.EqualTo(PullOutcome.Imported));
        Assert.That(await Bench.RowsAsync(), Is.EqualTo(rows));
        Assert.That(await Bench.ImportsAsync(), Does.StartWith("abandoned listingChanged snapshot "));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Of_a_part_the_first_page_tells_whether_it_moved(bool etags)
    {
        Server.HasETag = etags;
        Server.PageSize = 2;
        Server.Add(1, 2, 3, 4);
        Change(times: 1, () => Server.Items.RemoveAt(0));

        await Bench.RunAsync();

        Assert.That(await Bench.RowsAsync(), Is.EqualTo("1 AVT-2, 2 AVT-3, 3 AVT-4"));
    }

    [Test]
    public async Task A_listing_that_never_stands_still_ends_nothing_and_is_read_again_the_next_time()
    {
        Bench.Options = Bench.Options with { Extent = ImportExtent.Snapshot };
        Server.PageSize = 2;
        Server.Add(1, 2, 3, 4);
        var number = 10;
        Change(times: int.MaxValue, () => Server.Items.Insert(0, CatalogueServer.Contract(number++)));

        var run = await Bench.RunAsync();
        var place = await Bench.PlaceAsync();
        Server.Instead = (_, _) => Task.FromResult(false);
        var still = await Bench.RunAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(run.Outcome, Is.EqualTo(PullOutcome.ImportedAsPartial));
            Assert.That(place, Is.EqualTo("- - -"));
            Assert.That(still.Outcome, Is.EqualTo(PullOutcome.Imported));
            Assert.That(await Bench.Database.ScalarAsync("SELECT string_agg(state || ' ' || extent, ', ' ORDER BY id) FROM catalogue_imports"),
                Is.EqualTo("abandoned snapshot, abandoned snapshot, abandoned snapshot, queued partial, queued snapshot"));
            Assert.That(await Bench.Database.ScalarAsync("SELECT count(*) FROM catalogue_import_rows r JOIN catalogue_imports i ON i.id = r.import_id WHERE i.state = 'abandoned'"), Is.EqualTo(0L));
        });
    }

    [Test]
    public async Task What_has_changed_since_is_asked_for_from_the_same_place_while_the_listing_moves()
    {
        Bench.Options = Bench.Options with { ChangedSinceParameter = "sedan", ChangedSincePath = "delta" };
        (Server.PageSize, Server.Delta) = (2, "ett");
        Server.Add(1, 2, 3, 4);
        await Bench.RunAsync();
        Server.Delta = "två";
        var number = 10;
        Change(times: int.MaxValue, () => Server.Items.Insert(0, CatalogueServer.Contract(number++)));

        var run = await Bench.RunAsync();

        Assert.That((run.Outcome, await Bench.PlaceAsync()), Is.EqualTo((PullOutcome.ImportedAsPartial, "- - ett")));
    }

    [Test]
    public async Task What_is_put_singly_while_the_listing_is_read_is_newer_than_the_listing()
    {
        Server.Add(1, 2);
        Server.Instead = (_, _) =>
        {
            Bench.Clock.Move(TimeSpan.FromMinutes(10));
            return Task.FromResult(false);
        };
        var begun = Bench.Clock.GetUtcNow();

        await Bench.RunAsync();

        Assert.That((DateTime)(await Bench.Database.ScalarAsync("SELECT created_at FROM catalogue_imports"))!, Is.LessThan(begun.UtcDateTime.AddMinutes(10)));
    }

    /// <summary>Changes the catalogue when its second page is asked for.</summary>
    private void Change(int times, Action change)
    {
        var done = 0;
        Server.Instead = (asked, _) =>
        {
            if (asked.Page == 2 && done++ < times)
                change();
            return Task.FromResult(false);
        };
    }
}
