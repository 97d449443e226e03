using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using RegionEscalation.Domain.Cases;
using RegionEscalation.IntegrationTests.Storage;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>A region's change feed as a consumer meets it: everything once, in order, and nothing of anybody else's.</summary>
public sealed class ChangeFeedTests : KalmarFixture
{
    private const string SoleTrader = "8112189876";
    private const string Beginning = "/escalation/v1/regions/08/changes";

    private const string OfHalland = "/escalation/v1/regions/13/changes";

    private Guid _case;

    private protected override async Task SeedAsync()
    {
        _case = await Kalmar.CaseAtAsync(3);
        await Kalmar.InformAsync(_case);
        await Kalmar.SendAsync("decider", HttpMethod.Put, "ladder-settings",
            new { recurrenceCount = 3, changedBy = "Inköpschef", motivation = "Regionens riktlinjer för leverantörsuppföljning ställer högre krav." }, ("If-Match", "\"0\""));
        using var halland = new RegionAtWork(Host, "13", "halland");
        await halland.CaseAtAsync(1);
        // More than is looked at in one round trip, and of a type that nobody asks for.
        await SaveAsync(Given.Halland, [Given.Opened(Given.NewNumber()), .. Enumerable.Range(0, RegionLog.Window + 200).Select(_ => Given.Completed())]);
        await SaveAsync(Given.Halland, [Given.Opened(Given.NewNumber())]);
    }

    [Test]
    public async Task Parts_of_every_size_give_everything_once_and_in_the_order_of_the_log([Values(1, 7, 100)] int limit)
    {
        var order = await OrderAsync("08");

        var followed = await Follow($"{Beginning}?limit={limit}").UntilAsync(order.Length);

        Assert.That(order, Has.Length.GreaterThan(20));
        Assert.That(followed.Ids, Is.EqualTo(order));
    }

    [Test]
    public async Task Each_stream_comes_in_the_order_of_its_versions()
    {
        var followed = await Follow(Beginning).UntilAsync((await OrderAsync("08")).Length);

        var streams = followed.Entries.GroupBy(e => (string)e["data"]!["id"]!).ToArray();
        Assert.That(streams, Has.Length.GreaterThan(3));
        foreach (var stream in streams)
            Assert.That(stream.Select(e => (int)e["data"]!["version"]!), Is.EqualTo(Enumerable.Range(1, stream.Count())), stream.Key);
    }

    [Test]
    public async Task An_entry_is_a_CloudEvent_that_says_what_the_history_of_the_case_says()
    {
        var history = (await Kalmar.GetAsync($"cases/{_case}/events?limit=100")).Body!["items"]!.AsArray();
        var told = (await Follow(Beginning).UntilAsync((await OrderAsync("08")).Length)).Entries.Where(e => (string)e["data"]!["id"]! == _case.ToString()).ToArray();

        Assert.That(told, Has.Length.EqualTo(history.Count).And.Length.GreaterThan(10));
        foreach (var (entry, stored) in told.Zip(history))
        {
            var expected = new JsonObject
            {
                ["specversion"] = "1.0",
                ["id"] = stored!["id"]!.DeepClone(),
                ["source"] = "/escalation/v1/regions/08",
                ["type"] = stored["type"]!.DeepClone(),
                ["subject"] = $"cases/{_case}",
                ["time"] = stored["at"]!.DeepClone(),
                ["datacontenttype"] = "application/json",
                ["data"] = new JsonObject { ["kind"] = "case", ["id"] = _case.ToString(), ["version"] = stored["version"]!.DeepClone(), ["event"] = stored["data"]!.DeepClone() },
            };
            Assert.That(JsonNode.DeepEquals(entry, expected), entry.ToJsonString());
        }
    }

    [Test]
    public async Task A_subject_is_a_path_below_the_source_that_can_be_read()
    {
        var entries = (await Follow(Beginning).UntilAsync((await OrderAsync("08")).Length)).Entries;
        var subjects = entries.Select(e => (Kind: (string)e["data"]!["kind"]!, Path: $"{e["source"]}/{e["subject"]}")).Distinct().ToArray();

        Assert.That(subjects.Select(s => s.Kind).Distinct(), Is.EquivalentTo(new[] { "case", "deviation", "contract", "supplier", "ladderSettings" }));
        foreach (var (_, path) in subjects)
            Assert.That((await Kalmar.GetAsync(path)).Status, Is.EqualTo(HttpStatusCode.OK), path);
    }

    [Test]
    public async Task A_filter_gives_its_types_and_a_part_in_which_there_is_none_leads_on()
    {
        var order = await OrderAsync("13");
        var all = await Follow(OfHalland).UntilAsync(order.Length);
        var opened = all.Entries.Where(e => (string)e["type"]! is "case-opened.v1").Select(e => e["id"]!.GetValue<Guid>()).ToArray();
        var filtered = Follow($"{OfHalland}?type=case-opened.v1&type=case-closed.v1&limit=2");
        var parts = new List<int>();
        for (var links = new List<string>(); links.LastOrDefault() != filtered.Next;)
        {
            links.Add(filtered.Next);
            parts.Add((await filtered.ReadAsync()).Length);
        }

        Assert.That(opened, Has.Length.EqualTo(3));
        Assert.That(filtered.Ids, Is.EqualTo(opened));
        Assert.That(parts, Is.EqualTo(new[] { 2, 0, 1, 0 }));
        Assert.That(filtered.Next, Does.Contain("type=case-opened.v1&type=case-closed.v1&limit=2&cursor="));
    }

    [Test]
    public async Task The_same_link_gives_the_same_part_and_there_is_always_a_next_one()
    {
        var order = await OrderAsync("08");
        var follower = Follow($"{Beginning}?limit=5");
        await follower.ReadAsync();
        var link = follower.Next;

        var (first, second) = (await Kalmar.GetAsync(link), await Kalmar.GetAsync(link));
        var end = await follower.UntilAsync(order.Length);
        var beyond = await Kalmar.GetAsync(end.Next);

        Assert.That(second.Text, Is.EqualTo(first.Text));
        Assert.That(beyond.Body!["items"]!.AsArray(), Is.Empty);
        Assert.That((string?)beyond.Body["_links"]!["next"]!["href"], Does.EndWith(end.Next).And.EqualTo((string?)beyond.Body["_links"]!["self"]!["href"]));
    }

    [Test]
    public async Task A_cursor_of_the_first_day_goes_on_with_all_that_came_since()
    {
        var order = await OrderAsync("08");
        var follower = Follow($"{Beginning}?limit=1");
        await follower.ReadAsync();
        await SaveAsync(Given.Kalmar, [Given.Opened(Given.NewNumber())]);

        var later = await Follow(follower.Next).UntilAsync(order.Length);

        Assert.That(later.Ids, Is.EqualTo((await OrderAsync("08"))[1..]));
    }

    [Test]
    public async Task Another_regions_cursor_is_gone_and_what_it_restarts_is_the_own_feed()
    {
        var foreign = Follow($"{OfHalland}?limit=3");
        await foreign.ReadAsync();

        var gone = await Kalmar.GetAsync(foreign.Next.Replace("/13/", "/08/", StringComparison.Ordinal));
        var invisible = await Kalmar.GetAsync(foreign.Next);
        var restarted = await Follow(new Uri((string)gone.Body!["restart"]!).PathAndQuery).UntilAsync((await OrderAsync("08")).Length);

        Assert.That((gone.Status, gone.Code, gone.MediaType), Is.EqualTo((HttpStatusCode.Gone, "cursorGone", "application/problem+json")));
        Assert.That(invisible.Status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(restarted.Ids, Is.EqualTo(await OrderAsync("08")));
    }

    [Test]
    public async Task A_cursor_that_was_tampered_with_is_gone()
    {
        var follower = Follow($"{Beginning}?limit=1");
        await follower.ReadAsync();
        var flipped = follower.Next[..^1] + (follower.Next[^1] == 'a' ? 'b' : 'a');

        Assert.That((await Kalmar.GetAsync(flipped)).Status, Is.EqualTo(HttpStatusCode.Gone));
    }

    [TestCase("cursor=x", "cursor")]
    [TestCase("cursor=", "cursor")]
    [TestCase("cursor=1&cursor=2", "cursor")]
    [TestCase("since=2026-11-22", "since")]
    [TestCase("since=2026-11-22T08:00:00Z&cursor=x", "since")]
    [TestCase("limit=0", "limit")]
    [TestCase("limit=101", "limit")]
    [TestCase("wait=31", "wait")]
    [TestCase("wait=-1", "wait")]
    [TestCase("type=case-opened", "type")]
    [TestCase("page=2", "page")]
    public async Task What_cannot_be_asked_is_a_field_of_the_query(string query, string field)
    {
        var answer = await Kalmar.GetAsync($"{Beginning}?{query}");

        Assert.That((answer.Status, answer.Body!["errors"]?[field] is not null), Is.EqualTo((HttpStatusCode.UnprocessableEntity, true)), answer.Text);
    }

    [Test]
    public async Task A_cursor_holds_nothing_that_an_address_must_not_hold()
    {
        var follower = Follow($"{Beginning}?limit=1");
        var cursors = new List<string>();
        while ((await follower.ReadAsync()).Length > 0)
            cursors.Add(follower.Next[(follower.Next.IndexOf("cursor=", StringComparison.Ordinal) + 7)..]);

        Assert.That(cursors, Has.Count.GreaterThan(20).And.All.Match("^[a-z]+$"));
    }

    /// <summary>Recorded in the opposite order of the log, as hosts whose clocks differ would.</summary>
    [Test]
    public async Task Since_gives_everything_recorded_from_then_on_however_it_is_placed()
    {
        var cases = new List<string>();
        foreach (var minutes in new[] { 50, 20, 0, 180 })
            cases.Add((await SaveAsync(RegionScope.For("12"), [Given.Opened(Given.NewNumber(), at: Given.Day.AddMinutes(minutes))])).Id.ToString());

        Assert.That(await OpenedSinceAsync(Given.Day), Is.EqualTo(cases));
        Assert.That(await OpenedSinceAsync(Given.Day.AddMinutes(20)), Is.EqualTo(cases), "what stands behind comes along");
        Assert.That(await OpenedSinceAsync(Given.Day.AddMinutes(50)), Is.EqualTo(cases));
        Assert.That(await OpenedSinceAsync(Given.Day.AddMinutes(51)), Is.EqualTo(cases[3..]));
        Assert.That(await OpenedSinceAsync(Given.Day.AddMinutes(181)), Is.Empty);
    }

    [Test]
    public async Task Since_a_time_to_come_gives_nothing_and_waits_for_it()
    {
        var since = Host.Clock.GetUtcNow().AddDays(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var follower = Follow($"{Beginning}?since={Uri.EscapeDataString(since)}");

        Assert.That(await follower.ReadAsync(), Is.Empty);
        Assert.That(follower.Next, Does.Contain($"since={Uri.EscapeDataString(since)}"));
    }

    [Test]
    public async Task A_sole_traders_number_is_in_no_entry()
    {
        var id = await Kalmar.CaseAtAsync(4, SoleTrader, "Enskild firma Norrsken");
        await Kalmar.InformAsync(id);
        var entries = (await Follow(Beginning).UntilAsync((await OrderAsync("08")).Length)).Entries;
        var suppliers = entries.Select(e => e["data"]!["event"]!).SelectMany(e => new[] { e["supplier"], e["content"]?["supplier"] }).OfType<JsonObject>().ToArray();

        Assert.That(entries.Select(e => e.ToJsonString()), Has.None.Contain(SoleTrader).And.None.Contain("811218-9876"));
        Assert.That(suppliers.Count(s => s["organisationNumber"] is null), Is.GreaterThanOrEqualTo(3), "the contract, the deviation and the case say whose they are all the same");
        Assert.That(suppliers.Select(s => (string?)s["organisationNumber"]), Has.Some.EqualTo("5560160680"));
        Assert.That((await Kalmar.GetAsync($"cases/{id}/events?limit=100")).Text, Does.Not.Contain(SoleTrader));
    }

    [Test]
    public async Task No_region_is_told_of_another()
    {
        var kalmar = await Follow(Beginning).UntilAsync((await OrderAsync("08")).Length);
        var halland = await Follow(OfHalland).UntilAsync((await OrderAsync("13")).Length);

        Assert.That(kalmar.Ids.Intersect(halland.Ids), Is.Empty);
        Assert.That(await OrderAsync("08"), Is.SupersetOf(kalmar.Ids));
        Assert.That(await OrderAsync("13"), Is.SupersetOf(halland.Ids));
    }

    [TestCase("kalmar-reader", HttpStatusCode.OK)]
    [TestCase("kalmar-decider", HttpStatusCode.OK)]
    [TestCase("kalmar-integrator", HttpStatusCode.OK)]
    [TestCase("halland-reader", HttpStatusCode.NotFound)]
    [TestCase("national-coordinator", HttpStatusCode.NotFound)]
    public async Task The_feed_is_for_the_regions_readers_and_its_systems(string client, HttpStatusCode status) =>
        Assert.That((await Kalmar.GetAsync(Beginning, client)).Status, Is.EqualTo(status));

    [Test]
    public async Task The_feed_is_kept_by_no_cache()
    {
        using var client = Host.ClientOf("kalmar-reader");
        using var response = await client.GetAsync(new Uri(Beginning, UriKind.Relative));

        Assert.That(response.Headers.CacheControl?.ToString(), Is.EqualTo("no-store"));
    }

    [Test]
    public async Task Who_waits_is_woken_by_what_another_host_commits()
    {
        await using var other = await TestHost.StartAsync(database: Host.Database);
        using var elsewhere = new RegionAtWork(other);
        var follower = Follow($"{Beginning}?type=contract-synchronised.v1", elsewhere);
        await follower.ToTheEndAsync(Host.Database, "08");

        var waiting = follower.WaitAsync();
        var number = await Kalmar.ContractAsync();

        Assert.That((await waiting).Select(e => (string?)e["subject"]), Is.EqualTo(new[] { $"contracts/{number}" }));
    }

    [Test]
    public async Task What_an_older_transaction_holds_back_is_not_given_out_before_it_ends_and_then_wakes_who_waits()
    {
        await using var older = new Npgsql.NpgsqlConnection(Host.Database.Superuser);
        await older.OpenAsync();
        var follower = Follow($"{Beginning}?type=contract-synchronised.v1");
        await follower.ToTheEndAsync(Host.Database, "08");
        await using var transaction = await older.BeginTransactionAsync();
        await using (var begin = new Npgsql.NpgsqlCommand("SELECT pg_current_xact_id()", older, transaction))
            await begin.ExecuteScalarAsync();
        var number = await Kalmar.ContractAsync();

        var tooEarly = await Kalmar.GetAsync(follower.Next);
        var waiting = follower.WaitAsync();
        await transaction.RollbackAsync();

        Assert.That(tooEarly.Body!["items"]!.AsArray(), Is.Empty);
        Assert.That((await waiting).Select(e => (string?)e["subject"]), Is.EqualTo(new[] { $"contracts/{number}" }));
    }

    private FeedFollower Follow(string path, RegionAtWork? who = null) => 
        new(p => (who ?? Kalmar).GetAsync(p, p.Split('/')[4] switch { "12" => "skane-reader", "13" => "halland-reader", _ => "kalmar-reader" }), path);

    private async Task<string[]> OpenedSinceAsync(DateTimeOffset since)
    {
        var follower = Follow($"/escalation/v1/regions/12/changes?type=case-opened.v1&since={since.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}");
        return [.. (await follower.ToTheEndAsync(Host.Database, "12")).Entries.Select(e => (string)e["data"]!["id"]!)];
    }

    private async Task<EscalationCase> SaveAsync(RegionScope scope, IReadOnlyList<CaseEvent> events)
    {
        await using var store = new EscalationStore(Host.Database.Application);
        var session = store.OpenSession(scope);
        var saved = session.Append(null, events);
        await session.SaveChangesAsync(Given.Writer);
        return saved;
    }

    private async Task<Guid[]> OrderAsync(string region) => (Guid[])(await Host.Database.ScalarAsync(
        "SELECT array_agg(id ORDER BY transaction_id, seq_id) FROM mt_events WHERE tenant_id = $1", region))!;
}
