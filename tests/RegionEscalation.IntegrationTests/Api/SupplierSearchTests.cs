using System.Net;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>Suppliers are listed in Swedish order and found by the beginnings of the words of their names.</summary>
public sealed class SupplierSearchTests : KalmarFixture
{
    private static readonly (string Number, string Name, string[] OtherNames, string? Group)[] Known =
    [
        ("2120000829", "Zetterlund & Söner AB", [], null), ("5565200028", "Ålems Tvätt AB", [], null), ("5560125790", "Öresunds Medicinteknik AB", [], "Öresundskoncernen"),
        ("5562010024", "Aberg Förband AB", [], null), ("5560747569", "Åberg Förband AB", [], "Öresundskoncernen"), ("5590001234", "Wallin Teknik AB", [], null),
        ("5590011233", "Vallin Teknik AB", [], null), ("5590021232", "André Sjukvård AB", ["Handskar i Norr"], null), ("5590031231", "A\u0308lmhults Möbler AB", [], null),
    ];

    private protected override async Task SeedAsync()
    {
        foreach (var (number, name, otherNames, group) in Known)
            await Kalmar.KnowsAsync($"suppliers/{CatalogueBodies.LuhnOf(number)}", new { name, otherNames, group });
    }

    [Test]
    public async Task Suppliers_are_listed_in_swedish_order() => Assert.That(await Kalmar.ListedAsync("suppliers"), Is.EqualTo(
        "Aberg Förband AB | André Sjukvård AB | Vallin Teknik AB | Wallin Teknik AB | Zetterlund & Söner AB | Åberg Förband AB | Ålems Tvätt AB | A\u0308lmhults Möbler AB | Öresunds Medicinteknik AB"));

    [TestCase("name=åberg", "Åberg Förband AB")]
    [TestCase("name=ÅBERG", "Åberg Förband AB")]
    [TestCase("name=a%CC%8Aberg", "Åberg Förband AB", TestName = "Å_written_as_two_characters_finds_the_one")]
    [TestCase("name=aberg", "Aberg Förband AB")]
    [TestCase("name=älmhult", "A\u0308lmhults Möbler AB", TestName = "Ä_finds_the_one_written_as_two_characters")]
    [TestCase("name=almhult", "")]
    [TestCase("name=andre", "André Sjukvård AB")]
    [TestCase("name=andré", "André Sjukvård AB")]
    [TestCase("name=wallin", "Wallin Teknik AB")]
    [TestCase("name=vallin", "Vallin Teknik AB")]
    [TestCase("name=tek", "Vallin Teknik AB | Wallin Teknik AB")]
    [TestCase("name=ab tek val", "Vallin Teknik AB")]
    [TestCase("name=tek förband", "")]
    [TestCase("name=eknik", "")]
    [TestCase("name=norr handsk", "André Sjukvård AB", TestName = "By_another_name")]
    [TestCase("name=söner", "Zetterlund & Söner AB")]
    [TestCase("name=soner", "")]
    [TestCase("group=öresund", "Åberg Förband AB | Öresunds Medicinteknik AB")]
    [TestCase("group=öresund&name=medicin", "Öresunds Medicinteknik AB")]
    [TestCase("group=norr", "")]
    [TestCase("number=21", "Zetterlund & Söner AB")]
    [TestCase("number=556520", "Ålems Tvätt AB")]
    [TestCase("number=556520-00", "Ålems Tvätt AB")]
    [TestCase("number=%25", "")]
    [TestCase("name=_b", "")]
    public async Task They_are_found_by_the_beginnings_of_words(string query, string expected) => Assert.That(await Kalmar.ListedAsync($"suppliers?{query}"), Is.EqualTo(expected));

    [TestCase("name=", "name", "length")]
    [TestCase("name=--", "name", "word")]
    [TestCase("name=%25", "name", "word")]
    [TestCase("group=%26", "group", "word")]
    [TestCase("number=", "number", "length")]
    [TestCase("city=Kalmar", "city", "unknown")]
    public async Task A_filter_that_asks_nothing_is_refused(string query, string field, string rule)
    {
        var answer = await Kalmar.GetAsync($"suppliers?{query}");

        Assert.That((answer.Status, (string?)answer.Body!["errors"]?[field]?[0]?["rule"]), Is.EqualTo((HttpStatusCode.UnprocessableEntity, rule)), answer.Text);
    }
}
