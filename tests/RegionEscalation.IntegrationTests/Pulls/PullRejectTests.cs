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
}
