using System.Text;
using System.Text.Json.Nodes;

namespace RegionEscalation.IntegrationTests.Pulls;

/// <summary>What is wrong with an item is told by its running number and our field; the others are taken in.</summary>
public sealed class PullRejectTests : PullFixture
{
    [TestCase("leverantor.orgnr", "556036-0794", "contract.supplier.organisationNumber R-G9 AVT-3 556036-0794")]
    [TestCase("benamning", null, "contract.title required AVT-3 -")]
    [TestCase("benamning", "Pump till Anna 811218-9876", "contract.title R-G8 AVT-3 -")]
    [TestCase("social", "kanske", "contract.socialClause format AVT-3 kanske")]
    [TestCase("slut", "2028-02-30", "contract.validUntil format AVT-3 2028-02-30")]
    [TestCase("varde", "en miljon", "contract.value.amount format AVT-3 en miljon")]
    [TestCase("varde", "1,505", "contract.value.amount decimals AVT-3 1,505")]
    [TestCase("cpv", "33194110;331", "contract.cpv[1] format AVT-3 331")]
    [TestCase("villkor", "[{\"typ\":\"Okänt\",\"punkt\":\"1\"}]", "contract.clauses[0].type value AVT-3 Okänt")]
    [TestCase("kategori", "[\"a\",\"b\"]", "contract.category format AVT-3 -")]
    [TestCase("avtalsnummer", "AVT 3", "contractNumber pattern - AVT 3")]
    [TestCase("avtalsnummer", null, "contractNumber required - -")]
    [TestCase("avtalsnummer", "811218-9876", "contractNumber R-G8 - -")]
    [TestCase("leverantor.orgnr", "811218-9877", "contract.supplier.organisationNumber R-G9 AVT-3 -")]
    [TestCase("varde", "till 811218-9877", "contract.value.amount format AVT-3 -")]
    public async Task A_fault_names_item_and_field_and_keeps_no_other_item_out(string field, string? value, string reject)
    {
        Server.PageSize = 2;
        Server.Add(1, 2, 3, 4);
        var parent = field.StartsWith("leverantor.", StringComparison.Ordinal) ? Server.Items[2]["leverantor"]! : Server.Items[2];
        parent[field.Split('.')[^1]] = value is null ? null : value.StartsWith('[') ? JsonNode.Parse(value) : JsonValue.Create(value);

        await Bench.RunAsync();

        Assert.That(await Bench.RejectsAsync(), Is.EqualTo("3 " + reject));
        Assert.That(await Bench.RowsAsync(), Is.EqualTo("1 AVT-1, 2 AVT-2, 4 AVT-4"));
        Assert.That(await Bench.ImportsAsync(), Is.EqualTo("queued partial 4 1 0"));
    }

    [Test]
    public async Task Latin_1_by_mistake_rejects_the_items_that_cannot_be_read_and_no_other()
    {
        Server.Add(1, 2);
        Server.Items[1]["leverantor"]!["namn"] = "Nordsund AB";
        Server.Instead = async (_, http) =>
        {
            http.Response.ContentType = "application/json; charset=utf-8";
            await http.Response.Body.WriteAsync(Encoding.Latin1.GetBytes(Server.PageOf(http, 0).ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })));
            return true;
        };

        await Bench.RunAsync();

        Assert.That(await Bench.RejectsAsync(), Is.EqualTo("1 contract.supplier.name encoding AVT-1 -"));
        Assert.That(await Bench.RowsAsync(), Is.EqualTo("2 AVT-2"));
    }

    [TestCase("7")]
    [TestCase("null")]
    [TestCase("\"text\"")]
    [TestCase("[]")]
    public async Task What_is_no_object_is_rejected_too(string item)
    {
        Server.Add(1);
        Server.Instead = async (_, http) =>
        {
            await CatalogueServer.WriteAsync(http, $$"""{"data":[{{item}},{{Server.Items[0].ToJsonString()}}]}""");
            return true;
        };

        await Bench.RunAsync();

        Assert.That(await Bench.RejectsAsync(), Does.StartWith("1 "));
        Assert.That(await Bench.RowsAsync(), Is.EqualTo("2 AVT-1"));
    }

    [Test]
    public async Task Half_a_character_and_a_NUL_are_rejected_and_never_reach_the_database()
    {
        Server.Add(1);
        Server.Instead = async (_, http) =>
        {
            var good = Server.Items[0].ToJsonString();
            await CatalogueServer.WriteAsync(http, $$"""{"data":[{{good.Replace("Infusionspumpar", "\\ud800", StringComparison.Ordinal)}},{{good.Replace("Infusionspumpar", "a\\u0000b", StringComparison.Ordinal)}},{{good}}]}""");
            return true;
        };

        await Bench.RunAsync();

        Assert.That(await Bench.RejectsAsync(), Is.EqualTo("1 $ characters - - | 2 contract.title characters AVT-1 -"));
        Assert.That(await Bench.RowsAsync(), Is.EqualTo("3 AVT-1"));
    }

    [TestCase("villkor", 1000, "contract.clauses items")]
    [TestCase("villkor", 1001, "contract.clauses items AVT-3 -")]
    [TestCase("cpv", 1000, "contract.cpv items")]
    [TestCase("cpv", 1001, "contract.cpv items AVT-3 -")]
    [TestCase("cpv", 400_000, "contract.cpv items AVT-3 -")]
    public async Task A_list_longer_than_any_could_be_is_not_read_and_rejects_its_item(string list, int entries, string reject)
    {
        Server.Add(1, 2, 3, 4);
        if (list == "cpv")
            Server.Items[2]["cpv"] = string.Join(';', Enumerable.Repeat("x", entries));
        else
            Server.Items[2]["villkor"] = new JsonArray([.. Enumerable.Range(0, entries).Select(_ => (JsonNode)new JsonObject { ["typ"] = "Vite", ["punkt"] = "1" })]);

        await Bench.RunAsync();

        // As many as may be are read, and are more than a contract may have.
        Assert.That(await Bench.RejectsAsync(), entries == 1000 ? Is.EqualTo($"3 {reject} AVT-3 -") : Is.EqualTo($"3 {reject}"));
        Assert.That(await Bench.Database.ScalarAsync("SELECT bool_and(en = $1) FROM catalogue_import_rejects", "The catalogue's list has more than 1000 entries."), Is.EqualTo(entries > 1000));
        Assert.That(await Bench.RowsAsync(), Is.EqualTo("1 AVT-1, 2 AVT-2, 4 AVT-4"));
    }

    [Test]
    public async Task A_supplier_is_known_by_its_number_only_where_it_is_a_company()
    {
        Bench.Options = Bench.Options with
        {
            Mapping = new() { ["supplier.organisationNumber"] = new() { Path = "orgnr" }, ["supplier.name"] = new() { Path = "namn" }, ["supplier.soleTrader"] = new() { Path = "person" } },
        };
        foreach (var number in new[] { "556036-0793", "811218-9876", "NO:0192:923609016", "X1" })
            Server.Items.Add(new JsonObject { ["orgnr"] = number, ["namn"] = new string('x', 201), ["person"] = number == "X1" ? "ja" : null });

        await Bench.RunAsync();

        Assert.That((await Bench.RejectsAsync()).Replace(new string('x', 200), "…", StringComparison.Ordinal), Is.EqualTo(
            "1 supplier.name length 5560360793 … | 2 supplier.name length - … | 3 supplier.name length - … | 4 supplier.name length - …"));
    }

    [Test]
    public async Task A_number_beside_which_a_natural_person_is_spoken_of_is_not_shown_and_no_character_is_halved()
    {
        Bench.Options = Bench.Options with { Mapping = new(Bench.Options.Mapping) { ["contract.supplier.soleTrader"] = new() { Path = "person" } } };
        Server.Items.Add(CatalogueServer.Contract(1, organisationNumber: "X1"));
        Server.Items[0]["person"] = "ja";
        Server.Items.Add(CatalogueServer.Contract(2, title: new string('x', 199) + "\U0001D11E" + new string('x', 200)));

        await Bench.RunAsync();

        Assert.That(await Bench.RejectsAsync(), Is.EqualTo($"1 contract.supplier.organisationNumber R-G9 AVT-1 - | 2 contract.title length AVT-2 {new string('x', 199)}"));
    }
}
