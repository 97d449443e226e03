using System.Net;
using System.Text.Json.Nodes;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>A region's contracts: what the catalogue says of one is answered whole, found again by any of it, and followed by an open case about it.</summary>
public sealed class ContractTests : KalmarFixture
{
    private const string Zeta = "5560360793";
    private static readonly object Supplier = CatalogueBodies.By("556016-0680", "Exempel Sjukvårdsmaterial AB");

    private static readonly object Everything = new
    {
        validFrom = "2025-01-01",
        validUntil = "2028-12-31",
        options = new[] { new { until = "2030-12-31", exerciseBy = (string?)"2028-06-30", exercised = true }, new { until = "2032-12-31", exerciseBy = (string?)null, exercised = false } },
        cpv = new[] { "33140000-3", "33141000" },
        ownerFunction = "Avtalscontroller",
        ownerRole = "Avtalsansvarig medicinteknik",
        participatingBodies = new[] { "13", "Kalmar läns folkhögskolor" },
        socialClause = true,
        value = new { amount = 12500000.5, currency = "SEK" },
    };

    private protected override async Task SeedAsync()
    {
        await Kalmar.KnowsAsync("contracts/F-100", CatalogueBodies.Contract(Supplier, "Handskar och förband", Everything));
        await Kalmar.KnowsAsync("contracts/F-101", CatalogueBodies.Contract(Supplier, "Åkbårar", new { cpv = new[] { "34114121" }, validUntil = "2020-12-31", socialClause = false }));
        await Kalmar.KnowsAsync("contracts/F-2", CatalogueBodies.Contract(CatalogueBodies.By(Zeta, "Zetterlund AB"), "Zinkbehandlade förband", new { cpv = new[] { "33000000" }, validFrom = "2027-01-01" }));
        await Kalmar.KnowsAsync("contracts/G.1", CatalogueBodies.Contract(CatalogueBodies.By(Zeta, "Zetterlund AB"), "Örontermometrar"));
        await Kalmar.KnowsAsync("contracts/G.2", CatalogueBodies.Contract(CatalogueBodies.By(Zeta, "Zetterlund AB"), "Andra förband"));
    }

    [Test]
    public async Task Everything_that_the_catalogue_says_is_answered()
    {
        var found = (await Kalmar.GetAsync("contracts/F-100")).Body!.AsObject();
        var bare = (await Kalmar.GetAsync("contracts/G.1")).Body!.AsObject();

        var said = new JsonObject(found.Where(m => m.Key is "validFrom" or "validUntil" or "options" or "cpv" or "ownerFunction" or "ownerRole" or "participatingBodies" or "socialClause" or "value")
            .Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone())));
        Assert.That(JsonNode.DeepEquals(said, JsonNode.Parse(
            """
            {
                "ownerFunction": "Avtalscontroller", "ownerRole": "Avtalsansvarig medicinteknik", "validFrom": "2025-01-01", "validUntil": "2028-12-31",
                "options": [{ "until": "2030-12-31", "exerciseBy": "2028-06-30", "exercised": true }, { "until": "2032-12-31", "exerciseBy": null, "exercised": false }],
                "cpv": ["33140000", "33141000"], "participatingBodies": ["13", "Kalmar läns folkhögskolor"], "socialClause": true,
                "value": { "amount": 12500000.5, "currency": "SEK" }
            }
            """)), said.ToJsonString());
        Assert.That(found["endedAt"], Is.Null);
        Assert.That((await Kalmar.GetAsync(new Uri((string)found["_links"]!["supplier"]!["href"]!).AbsolutePath)).Body!["id"]!.ToString(), Is.EqualTo(found["supplier"]!["id"]!.ToString()));
        Assert.That((bare["validFrom"], bare["socialClause"], bare["value"], bare["options"]!.AsArray().Count, bare["cpv"]!.AsArray().Count), Is.EqualTo(((JsonNode?)null, (JsonNode?)null, (JsonNode?)null, 0, 0)));
    }

    [Test]
    public async Task The_same_content_twice_is_one_change_and_a_list_in_another_order_is_another()
    {
        await Kalmar.KnowsAsync("contracts/TWICE-1", CatalogueBodies.Contract(Supplier, further: Everything));
        var again = await Kalmar.KnowsAsync("contracts/TWICE-1", CatalogueBodies.Contract(Supplier, further: Everything));
        var turned = await Kalmar.KnowsAsync("contracts/TWICE-1", CatalogueBodies.Contract(Supplier, further: new { cpv = new[] { "33141000", "33140000-3" } }));

        Assert.That((again.Status, again.ETag, turned.ETag), Is.EqualTo((HttpStatusCode.OK, "\"1\"", "\"2\"")));
    }

    [TestCase("", "F-100 | F-101 | F-2 | G.1 | G.2")]
    [TestCase("number=F", "F-100 | F-101 | F-2")]
    [TestCase("number=F-10", "F-100 | F-101")]
    [TestCase("number=f", "")]
    [TestCase("cpv=33", "F-100 | F-2")]
    [TestCase("cpv=33000000", "F-100 | F-2", TestName = "A_division_finds_its_codes")]
    [TestCase("cpv=33000000-0", "F-100 | F-2")]
    [TestCase("cpv=3314", "F-100")]
    [TestCase("cpv=33141000", "F-100")]
    [TestCase("cpv=34114121", "F-101")]
    [TestCase("cpv=99", "")]
    [TestCase("name=förband", "G.2 | F-100 | F-2", TestName = "By_words_of_the_title_and_in_the_order_of_titles_where_one_is_asked_for")]
    [TestCase("name=förb hand", "F-100")]
    [TestCase("name=forband", "")]
    [TestCase("name=åkb", "F-101")]
    [TestCase("validOn=2026-06-01", "F-100 | G.1 | G.2")]
    [TestCase("validOn=2020-12-31", "F-101 | G.1 | G.2")]
    [TestCase("validOn=2025-01-01", "F-100 | G.1 | G.2")]
    [TestCase("validOn=2029-01-01", "F-2 | G.1 | G.2")]
    [TestCase("socialClause=true", "F-100")]
    [TestCase("socialClause=false", "F-101")]
    [TestCase("ended=false", "F-100 | F-101 | F-2 | G.1 | G.2")]
    [TestCase("ended=true", "")]
    [TestCase("supplier=5560360793", "F-2 | G.1 | G.2")]
    [TestCase("supplier=5560360793&name=förband&validOn=2028-01-01", "G.2 | F-2")]
    [TestCase("supplier=NO:0192:923609016", "")]
    [TestCase("category=Sjukvårdsmaterial&number=G", "G.1 | G.2")]
    public async Task Contracts_are_found_by_what_they_say(string query, string expected)
    {
        var listed = (await Kalmar.ListedAsync($"contracts?{query}", "number")).Split(" | ").Where(n => !n.StartsWith("TWICE", StringComparison.Ordinal) && !n.StartsWith("CASE", StringComparison.Ordinal)
            && !n.StartsWith("T-", StringComparison.Ordinal) && !n.StartsWith("PAST", StringComparison.Ordinal));

        Assert.That(string.Join(" | ", listed), Is.EqualTo(expected));
    }

    [TestCase("cpv=3")]
    [TestCase("cpv=331400003")]
    [TestCase("cpv=33%25")]
    [TestCase("number=")]
    [TestCase("number=%C3%A5")]
    [TestCase("number=-F")]
    [TestCase("name=")]
    [TestCase("name=...")]
    [TestCase("validOn=2026-6-1")]
    [TestCase("validOn=idag")]
    [TestCase("ended=ja")]
    [TestCase("socialClause=")]
    [TestCase("supplier=NO:192:923609016")]
    public async Task A_filter_that_is_none_is_refused_with_its_name(string query)
    {
        var answer = await Kalmar.GetAsync($"contracts?{query}");

        Assert.That((answer.Status, answer.Body!["errors"]?.AsObject().Select(e => e.Key).Single()), Is.EqualTo((HttpStatusCode.UnprocessableEntity, query.Split('=')[0])), answer.Text);
    }

    [TestCase("""{ "validFrom": "2026-01-01", "validUntil": "2025-12-31" }""", "validUntil")]
    [TestCase("""{ "options": [{ "until": "2025-12-31", "exerciseBy": "2026-01-01" }] }""", "options[0].exerciseBy")]
    [TestCase("""{ "cpv": ["3314"] }""", "cpv[0]")]
    [TestCase("""{ "participatingBodies": [" "] }""", "participatingBodies[0]")]
    [TestCase("""{ "ownerFunction": "" }""", "ownerFunction")]
    [TestCase("""{ "value": { "amount": -1 } }""", "value.amount")]
    [TestCase("""{ "value": { "amount": 1.005 } }""", "value.amount")]
    [TestCase("""{ "value": { "amount": 1, "currency": "kr" } }""", "value.currency")]
    public async Task Every_field_has_its_bounds(string further, string field)
    {
        var body = System.Text.Json.JsonSerializer.SerializeToNode(CatalogueBodies.Contract(Supplier))!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(further)!.AsObject())
            body[name] = value?.DeepClone();

        var answer = await Kalmar.PutAsync("contracts/BOUNDS-1", body);

        Assert.That((answer.Status, answer.Body!["errors"]?.AsObject().Select(e => e.Key).SingleOrDefault()), Is.EqualTo((HttpStatusCode.UnprocessableEntity, field)), answer.Text);
    }

    [Test]
    public async Task A_contract_may_have_ended_long_ago() =>
        Assert.That((await Kalmar.PutAsync("contracts/PAST-1", CatalogueBodies.Contract(Supplier, further: new { validFrom = "1999-01-01", validUntil = "2001-12-31" }))).Status, Is.EqualTo(HttpStatusCode.Created));

    [Test]
    public async Task An_open_case_follows_its_contract_and_so_do_those_who_see_it()
    {
        var id = await Kalmar.CaseAtAsync(4);
        var before = await Kalmar.GetAsync($"cases/{id}");
        var number = (string)before.Body!["contract"]!["number"]!;
        var signalled = (await Kalmar.NationalAsync($"cases/08/{id}")).Body!;
        var changed = CatalogueBodies.Contract(Supplier, ownerAddress: "inkop@region.example", further: new { ownerFunction = "Inköpschef", validUntil = "2027-06-30" });

        await Kalmar.KnowsAsync($"contracts/{number}", changed);
        await Kalmar.KnowsAsync($"contracts/{number}", changed);

        var after = await Kalmar.GetAsync($"cases/{id}");
        var history = (await Kalmar.GetAsync($"cases/{id}/events?limit=100")).Body!["items"]!.AsArray();
        var told = history.Where(e => (string?)e!["type"] == "contract-of-case-changed.v1").ToArray();
        var feed = (await Kalmar.GetAsync("changes?type=contract-of-case-changed.v1&since=2000-01-01T00:00:00Z&limit=100")).Body!["items"]!.AsArray().Where(e => (string?)e!["subject"] == $"cases/{id}").ToArray();
        Assert.Multiple(() =>
        {
            Assert.That(told, Has.Length.EqualTo(1), "the same word twice is one change");
            Assert.That(after.ETag, Is.EqualTo($"\"{before.Body["version"]!.GetValue<int>() + 1}\""), "whoever decides has seen it");
            Assert.That((string?)after.Body!["contract"]!["ownerAddress"], Is.EqualTo("inkop@region.example"));
            Assert.That((string?)told[0]!["text"]!["sv"], Is.EqualTo("Avtalskatalogen ändrade uppgifterna om ärendets avtal: avtalsansvarig nås på inkop@region.example, Inköpschef; avtalet gäller till och med 2027-06-30."));
            Assert.That((string?)told[0]!["data"]!["validUntil"], Is.EqualTo("2027-06-30"));
            Assert.That(feed, Has.Length.EqualTo(1));
        });
        var seen = (await Kalmar.NationalAsync($"cases/08/{id}")).Body!;
        Assert.That(((string?)signalled["responsibleAddress"], (string?)seen["responsibleAddress"]), Is.EqualTo(("avtal@region.example", "inkop@region.example")));
        var stale = await Kalmar.PostAsync($"cases/{id}/activities", Bodies.Activity("supplierDialogue", Host.Clock.GetUtcNow()), headers: ("If-Match", before.ETag));
        Assert.That(stale.Status, Is.EqualTo(HttpStatusCode.PreconditionFailed));

        await Kalmar.KnowsAsync($"contracts/{number}", CatalogueBodies.Contract(Supplier, "En annan titel", new { ownerFunction = "Inköpschef", validUntil = "2027-06-30" }, "inkop@region.example"));
        Assert.That((await Kalmar.GetAsync($"cases/{id}")).ETag, Is.EqualTo(after.ETag), "a new title is no matter of the case's");
    }
}
