using System.Net;
using System.Text.Json.Nodes;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>A region's suppliers: put, and shown with what the region has to do with them.</summary>
public sealed class SupplierTests : KalmarFixture
{
    private const string Ours = "556016-0680";
    private const string Predecessor = "5560360793";

    [Test]
    public async Task A_supplier_is_put_once_and_changed_only_by_another_word()
    {
        var path = $"suppliers/{CatalogueBodies.LuhnOf("5590004127")}";
        var given = new { name = "Kustens Städ AB", otherNames = new[] { "Kuststäd" } };

        var first = await Kalmar.PutAsync(path, given);
        var again = await Kalmar.PutAsync(path.Insert("suppliers/".Length, "16"), given);
        var changed = await Kalmar.PutAsync(path, new { name = "Kustens Städ AB" }, headers: ("If-Match", first.ETag));
        var stale = await Kalmar.PutAsync(path, given, headers: ("If-Match", first.ETag));
        var byId = await Kalmar.PutAsync(new Uri(first.Location!).AbsolutePath, given, headers: ("If-Match", changed.ETag));
        var new_ = await Kalmar.PutAsync(path, given, headers: ("If-None-Match", "*"));
        var absent = await Kalmar.PutAsync($"suppliers/{CatalogueBodies.LuhnOf("5590004135")}", given, headers: ("If-Match", "\"1\""));

        Assert.Multiple(() =>
        {
            Assert.That((first.Status, first.ETag, first.Location), Is.EqualTo((HttpStatusCode.Created, "\"1\"", (string?)first.Body!["_links"]!["self"]!["href"])));
            Assert.That((again.Status, again.ETag, again.Text), Is.EqualTo((HttpStatusCode.OK, "\"1\"", first.Text)));
            Assert.That((changed.Status, changed.ETag, changed.Body!["otherNames"]!.AsArray().Count), Is.EqualTo((HttpStatusCode.OK, "\"2\"", 0)));
            Assert.That(stale.Status, Is.EqualTo(HttpStatusCode.PreconditionFailed));
            Assert.That((byId.Status, byId.ETag), Is.EqualTo((HttpStatusCode.OK, "\"3\"")));
            Assert.That((new_.Status, absent.Status), Is.EqualTo((HttpStatusCode.PreconditionFailed, HttpStatusCode.PreconditionFailed)));
        });
    }

    [Test]
    public async Task The_number_in_the_address_and_in_the_content_agree()
    {
        var path = $"suppliers/{CatalogueBodies.LuhnOf("5590005124")}";
        var first = await Kalmar.KnowsAsync(path, new { name = "Nya Namnet AB" });

        var other = await Kalmar.PutAsync(path, new { name = "Nya Namnet AB", organisationNumber = Ours });
        var byId = await Kalmar.PutAsync(new Uri(first.Location!).AbsolutePath, new { name = "Nya Namnet AB", organisationNumber = Ours });
        var invalid = await Kalmar.PutAsync(path, new { name = "Nya Namnet AB", organisationNumber = "5560160681" });
        var unknown = await Kalmar.PutAsync($"suppliers/{Guid.NewGuid()}", new { name = "Nya Namnet AB" });
        var none = await Kalmar.PutAsync("suppliers/5560160681", new { name = "Nya Namnet AB" });
        var itself = await Kalmar.PutAsync(path, new { name = "Nya Namnet AB", successorOf = Succession(path.Split('/')[1], true) });

        Assert.Multiple(() =>
        {
            Assert.That((other.Status, (string?)other.Body!["errors"]!["organisationNumber"]![0]!["rule"]), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "address")));
            Assert.That((byId.Status, (string?)byId.Body!["errors"]!["organisationNumber"]![0]!["rule"]), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "address")));
            Assert.That((invalid.Status, invalid.Code), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "R-G9")));
            Assert.That(unknown.Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((none.Status, none.Code), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "R-G9")));
            Assert.That((itself.Status, itself.Code), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "R-G9")));
        });
    }

    [TestCase("{}", "name")]
    [TestCase("""{ "name": "" }""", "name")]
    [TestCase("""{ "name": "x", "group": "" }""", "group")]
    [TestCase("""{ "name": "x", "country": "NOR", "scheme": "0192", "organisationNumber": "923609016" }""", "country")]
    [TestCase("""{ "name": "x", "otherNames": [""] }""", "otherNames[0]")]
    [TestCase("""{ "name": "x", "subSuppliers": [{ "name": "y", "tier": 10 }] }""", "subSuppliers[0].tier")]
    [TestCase("""{ "name": "x", "successorOf": { "organisationNumber": "5560360793", "from": "2025-07-01", "carriesHistory": true, "motivation": "Kort." } }""", "successorOf.motivation")]
    [TestCase("""{ "name": "x", "successorOf": { "organisationNumber": "5560360793", "from": "2025-07-01", "motivation": "Verksamheten övergick oförändrad, med all personal." } }""", "successorOf.carriesHistory")]
    public async Task Every_field_has_its_bounds(string body, string field)
    {
        var answer = await Kalmar.PutAsync($"suppliers/{Ours}", JsonNode.Parse(body)!);

        Assert.That((answer.Status, answer.Body!["errors"]?.AsObject().Select(e => e.Key).SingleOrDefault()), Is.EqualTo((HttpStatusCode.UnprocessableEntity, field)), answer.Text);
    }

    [Test]
    public async Task A_supplier_is_shown_with_what_the_region_has_to_do_with_it_and_its_predecessors_apart()
    {
        await Kalmar.CaseAtAsync(0, Predecessor, "Gamla Förband AB");
        var (high, low) = (await Kalmar.CaseAtAsync(4), await Kalmar.CaseAtAsync(1));
        await Kalmar.KnowsAsync($"suppliers/{Ours}", new
        {
            name = "Exempel Sjukvårdsmaterial AB",
            group = "Exempelkoncernen",
            successorOf = Succession(Predecessor, true),
            subSuppliers = new[] { new { name = "Fjordhandske AS", organisationNumber = "NO:0192:923609016", tier = 1, delivers = "Sterila handskar" } },
        });

        var found = await Kalmar.GetAsync($"suppliers/{Ours}");
        var body = found.Body!;
        var (own, theirs) = (body["figures"]!, body["predecessor"]!["figures"]!);

        Assert.Multiple(() =>
        {
            Assert.That(own["openCases"]!.AsArray().Select(c => $"{c!["id"]} {c["step"]}"), Is.EqualTo(new[] { $"{high} 4", $"{low} 1" }), "the highest step first");
            Assert.That((own["highestStep"]!.GetValue<int>(), own["numberOfOpenCases"]!.GetValue<int>(), own["numberOfContracts"]!.GetValue<int>()), Is.EqualTo((4, 2, 2)));
            Assert.That(CountsOf(own), Is.EqualTo("assessed 3"));
            Assert.That(((string?)body["successorOf"]!["organisationNumber"], (string?)body["subSuppliers"]![0]!["organisationNumber"]), Is.EqualTo((Predecessor, "NO:0192:923609016")));
            Assert.That(((string?)body["predecessor"]!["supplier"]!["organisationNumber"], (string?)body["predecessor"]!["supplier"]!["name"], (string?)body["predecessor"]!["from"]),
                Is.EqualTo((Predecessor, "Gamla Förband AB", "2025-07-01")));
            Assert.That((theirs["highestStep"]!.GetValue<int>(), theirs["numberOfOpenCases"]!.GetValue<int>(), theirs["numberOfContracts"]!.GetValue<int>(), CountsOf(theirs)),
                Is.EqualTo((0, 1, 1, "assessed 1")));
            Assert.That(found.ETag, Is.EqualTo($"\"{body["version"]}\""));
        });
        foreach (var link in new[] { body["_links"]!["self"]!, own["openCases"]![0]!["_links"]!["self"]!, own["contracts"]![0]!["_links"]!["self"]!, body["predecessor"]!["_links"]!["self"]! })
            Assert.That((await Kalmar.GetAsync(new Uri((string)link["href"]!).AbsolutePath)).Status, Is.EqualTo(HttpStatusCode.OK), $"{link}");
        foreach (var (list, number) in new[] { ("contracts", 2), ("cases", 2), ("deviations", 3) })
            Assert.That((await Kalmar.GetAsync(new Uri((string)body["_links"]![list]!["href"]!).PathAndQuery)).Body!["_meta"]!["totalItems"]!.GetValue<int>(), Is.EqualTo(number), list);
        foreach (var form in new[] { "5560160680", "165560160680", "16556016-0680", (string)body["id"]! })
            Assert.That((await Kalmar.GetAsync($"suppliers/{form}")).Text, Is.EqualTo(found.Text), form);

        await Kalmar.KnowsAsync($"suppliers/{Ours}", new { name = "Exempel Sjukvårdsmaterial AB", successorOf = Succession(Predecessor, false) });
        var apart = (await Kalmar.GetAsync($"suppliers/{Ours}")).Body!;
        Assert.That((apart["predecessor"], apart["successorOf"]!["carriesHistory"]!.GetValue<bool>(), apart["figures"]!.ToJsonString()), Is.EqualTo(((JsonNode?)null, false, own.ToJsonString())),
            "whether history is carried on is a decision");
    }

    [Test]
    public async Task An_empty_supplier_has_empty_figures_and_an_unknown_one_is_404()
    {
        var path = $"suppliers/{CatalogueBodies.LuhnOf("5590006122")}";
        await Kalmar.KnowsAsync(path, new { name = "Ny Leverantör AB", ceased = true });

        var figures = (await Kalmar.GetAsync(path)).Body!["figures"]!;

        Assert.That((figures["highestStep"], figures["numberOfOpenCases"]!.GetValue<int>(), figures["numberOfContracts"]!.GetValue<int>(), CountsOf(figures)), Is.EqualTo(((JsonNode?)null, 0, 0, "")));
        foreach (var unknown in new[] { CatalogueBodies.LuhnOf("5590007120"), $"{Guid.NewGuid()}", "NO:0192:999999999", "nobody", "5560160681", "SE:0007:5560160680" })
            Assert.That((await Kalmar.GetAsync($"suppliers/{unknown}")).Status, Is.EqualTo(HttpStatusCode.NotFound), unknown);
        Assert.That((await Kalmar.SendAsync("integrator", HttpMethod.Get, path)).Status, Is.EqualTo(HttpStatusCode.Forbidden), "cases and deviations are no integrator's to read");
    }

    [Test]
    public async Task A_contract_registers_an_unknown_supplier_and_renames_no_known_one()
    {
        var number = CatalogueBodies.LuhnOf("5590008128");
        await Kalmar.KnowsAsync("contracts/NAMN-1", Bodies.Contract(number, "Namnet AB"));
        var again = await Kalmar.KnowsAsync("contracts/NAMN-2", Bodies.Contract(number, "NAMNET AB (publ)"));
        await Kalmar.KnowsAsync($"suppliers/{number}", new { name = "Namnet i Kalmar AB" });
        var same = await Kalmar.KnowsAsync("contracts/NAMN-2", Bodies.Contract(number, "NAMNET AB (publ)"));

        Assert.That((same.Text, same.ETag), Is.EqualTo((again.Text, "\"1\"")), "the same word of the contract is no change when its supplier has another name");
        Assert.That((string?)same.Body!["supplier"]!["name"], Is.EqualTo("NAMNET AB (publ)"), "the contract keeps the name that it is written with");
        Assert.That((string?)(await Kalmar.GetAsync(new Uri((string)same.Body["_links"]!["supplier"]!["href"]!).AbsolutePath)).Body!["name"], Is.EqualTo("Namnet i Kalmar AB"));
        Assert.That(await Kalmar.ListedAsync("suppliers?name=namnet"), Is.EqualTo("Namnet i Kalmar AB"));
    }

    private static object Succession(string organisationNumber, bool carriesHistory) =>
        new { organisationNumber, from = "2025-07-01", carriesHistory, motivation = CatalogueBodies.Motivation };

    private static string CountsOf(JsonNode figures) => string.Join(' ', figures["deviations"]!.AsArray().Where(d => d!["number"]!.GetValue<int>() > 0).Select(d => $"{d!["status"]} {d["number"]}"));
}
