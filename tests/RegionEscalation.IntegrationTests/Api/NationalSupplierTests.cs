using System.Net;
using RegionEscalation.Domain.Cases.Records;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>How a supplier stands across regions: facts side by side, and nothing of what lies beneath step 3 (R-N8, R-N9).</summary>
public sealed class NationalSupplierTests
{
    private RegisterAtWork _register = null!;

    [SetUp]
    public async Task StartAsync() => _register = await RegisterAtWork.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _register.DisposeAsync();

    [Test]
    public async Task The_list_counts_what_every_region_has_of_a_supplier()
    {
        var kalmar = await _register.CaseAsync("08", 3);
        var halland = await _register.CaseAsync("13", 5);
        var second = await _register.CaseAsync("13", 3);
        await _register.CaseAsync("12", 2);
        await _register.InformAsync("08", kalmar);
        await _register.BlockAsync("13", halland, new DateOnly(2027, 3, 31));
        var other = await _register.CaseAsync("12", 4, supplier: RegisterAtWork.Other);
        var trader = await _register.CaseAsync("08", 4, supplier: RegisterAtWork.SoleTrader);
        await _register.CaseAsync("12", 1, supplier: RegisterAtWork.SoleTrader);

        var items = await _register.ItemsAsync("suppliers", "skane-reader");

        Assert.That(items.Select(i => $"{i["organisationNumber"]} {i["name"]}: {i["highestStep"]} {i["numberOfRegions"]} {i["numberOfCases"]} {i["blocks"]} {i["noticesStanding"]}"), Is.EqualTo(new[]
        {
            "5560160680 Exempel Sjukvårdsmaterial AB: 5 2 3 1 1", " Enskild näringsidkare 00000079: 4 1 1 0 0", "5560360793 Ångtvätten Syd AB: 4 1 1 0 0",
        }), "the highest step first, then by name in Swedish order");
        Assert.That(items[0].AsObject().Select(m => m.Key), Is.EqualTo(new[]
        {
            "id", "organisationNumber", "name", "highestStep", "numberOfRegions", "numberOfCases", "blocks", "noticesStanding", "_links",
        }), "no score, no advice");
        Assert.That(items.Select(i => i["_links"]!["self"]!["href"]!.ToString().Split('/')[^1]), Is.EqualTo(new[] { "5560160680", $"{RegisterAtWork.SoleTrader.Id}", "5560360793" }));
        Assert.That(($"{items[0]["id"]}", $"{items[1]["id"]}"), Is.EqualTo(("", $"{RegisterAtWork.SoleTrader.Id}")));
        Assert.That((await _register.LoggedAsync("listSuppliers")).Order(StringComparer.Ordinal), Is.EqualTo(new[] { $"08/{kalmar}", $"13/{halland}", $"13/{second}", $"12/{other}", $"08/{trader}" }
            .Select(o => $"region:12 nationalCoordination  -> {o} case T0").Order(StringComparer.Ordinal)), "each case once, though of one there is a notice too");
    }

    [Test]
    public async Task The_list_is_filtered_by_what_the_suppliers_cases_are()
    {
        await _register.CaseAsync("08", 3);
        await _register.CaseAsync("13", 4, category: "Medicinteknik");
        await _register.CaseAsync("13", 3, supplier: RegisterAtWork.Other, category: "Tvätt");
        async Task<string> ListAsync(string query) => string.Join(' ', (await _register.GetAsync($"suppliers?{query}")).Body!["items"]!.AsArray().Select(i => $"{i!["name"]!.ToString()[..2]}{i["numberOfCases"]}"));

        foreach (var (query, expected) in new[]
        {
            ("", "Ex2 Ån1"), ("step=4", "Ex2"), ("step=3", "Ån1"), ("step=5", ""), ("region=08", "Ex2"), ("region=13", "Ex2 Ån1"), ("region=99", ""),
            ("category=Medicinteknik", "Ex2"), ("category=Tv%C3%A4tt", "Ån1"), ("region=08&category=Medicinteknik", "Ex2"), ("limit=1&page=2", "Ån1"),
        })
            Assert.That(await ListAsync(query), Is.EqualTo(expected), query);
        foreach (var query in new[] { "step=2", "step=6", "region=", "category=" + new string('x', 101) })
            Assert.That((await _register.GetAsync($"suppliers?{query}")).Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity), query);
    }

    [Test]
    public async Task A_suppliers_notices_blocks_and_course_stand_side_by_side()
    {
        var kalmar = await _register.CaseAsync("08", 5, daysAgo: 3);
        await _register.StepDownAsync("08", kalmar, 5, 4);
        await _register.BlockAsync("08", kalmar, new DateOnly(2027, 3, 31));
        var halland = await _register.CaseAsync("13", 3, daysAgo: 9);
        var gone = await _register.CaseAsync("12", 4, daysAgo: 8);
        var told = await _register.InformAsync("08", kalmar);
        await _register.InformAsync("12", gone);
        await _register.StepDownAsync("12", gone, 4, 1);
        var allClear = await _register.InformAsync("12", gone, NoticeKind.AllClear);
        await _register.ContractAsync("14");
        await _register.CaseAsync("12", 2);
        await _register.CaseAsync("12", 5, supplier: RegisterAtWork.Other);

        var status = (await _register.GetAsync($"suppliers/{RegisterAtWork.Number}")).Body!;

        Assert.That((status["highestStep"]!.GetValue<int>(), status["numberOfRegions"]!.GetValue<int>()), Is.EqualTo((4, 2)));
        Assert.That(status["cases"]!.AsArray().Select(c => $"{c!["region"]!["code"]} {c["step"]}"), Is.EqualTo(new[] { "08 4", "13 3" }));
        Assert.That(status["notices"]!.AsArray().Select(n => $"{n!["region"]!["code"]} {n["kind"]} {n["noticeId"]} {n["payload"]!["step"]}"),
            Is.EquivalentTo(new[] { $"08 initial {told} 4", $"12 allClear {allClear} " }));
        Assert.That(status["blocks"]!.AsArray().Select(b => $"{b!["region"]!["code"]} {b["caseId"]} {b["scope"]} {b["until"]}"), Is.EqualTo(new[] { $"08 {kalmar} contract 2027-03-31" }));
        Assert.That(status["course"]!.AsArray().Select(v => $"{v!["region"]} {v["caseId"]} {v["step"]} {v["leftBy"]}"), Is.EqualTo(new[]
        {
            $"08 {kalmar} 5 wayBack", $"08 {kalmar} 4 ", $"12 {gone} 4 wayBack", $"13 {halland} 3 ",
        }));
        Assert.That(status["regionsConcerned"]!.AsArray().Select(r => r!.ToString()), Is.EqualTo(new[] { "08", "13", "14" }));
        Assert.That((await _register.LoggedAsync("getSupplier")).Order(StringComparer.Ordinal), Is.EqualTo(new[]
        {
            $"coordination nationalCoordination supplier=5560160680 -> 08/{kalmar} case T0", $"coordination nationalCoordination supplier=5560160680 -> 12/{gone} case T0",
            $"coordination nationalCoordination supplier=5560160680 -> 13/{halland} case T0", "coordination nationalCoordination supplier=5560160680 -> 08 contract T0",
            "coordination nationalCoordination supplier=5560160680 -> 13 contract T0", "coordination nationalCoordination supplier=5560160680 -> 14 contract T0",
        }.Order(StringComparer.Ordinal)), "the cases, and which regions are concerned beside that of each");
        foreach (var (client, knows) in new[] { ("halland-reader", true), ("skane-reader", true), ("national-office", true), ("supplier-reader", false) })
            Assert.That((await _register.GetAsync($"suppliers/{RegisterAtWork.Number}", client)).Body!.AsObject().Select(m => m.Key), Is.EqualTo(new[]
            {
                "organisationNumber", "name", "highestStep", "numberOfRegions", "cases", "notices", "blocks", "course", "regionsConcerned",
            }.Take(knows ? 9 : 8)), $"{client}: no score, no advice");
    }

    [Test]
    public async Task A_notice_that_is_not_taken_back_keeps_the_supplier_listed_and_an_all_clear_only_findable()
    {
        var id = await _register.CaseAsync("08", 4);
        await _register.InformAsync("08", id);
        await _register.StepDownAsync("08", id, 4, 2);
        Assert.That((await ListedAsync(), await FoundAsync()), Is.EqualTo((" 1 0 1", "200  1 0 1")));
        Assert.That(await _register.ItemsAsync("suppliers?step=4"), Is.Empty, "nothing stands at 4 any longer");

        await _register.InformAsync("08", id, NoticeKind.AllClear);
        Assert.That((await ListedAsync(), await FoundAsync()), Is.EqualTo(("", "200  0 0 1")));

        _register.Host.Clock.Move(TimeSpan.FromDays(367));
        Assert.That((await ListedAsync(), await FoundAsync()), Is.EqualTo(("", "404")));

        async Task<string> ListedAsync() => string.Join('\n', (await _register.ItemsAsync("suppliers", "halland-reader"))
            .Select(i => $"{i["highestStep"]} {i["numberOfRegions"]} {i["numberOfCases"]} {i["noticesStanding"]}"));
        async Task<string> FoundAsync() => await _register.GetAsync($"suppliers/{RegisterAtWork.Number}", "halland-reader") is { Status: HttpStatusCode.OK, Body: var s }
            ? $"200 {s!["highestStep"]} {s["numberOfRegions"]} {s["cases"]!.AsArray().Count} {s["notices"]!.AsArray().Count}"
            : "404";
    }

    [Test]
    public async Task A_supplier_sees_itself_and_a_partner_what_it_was_sent()
    {
        var id = await _register.CaseAsync("08", 4);
        await _register.CaseAsync("13", 4, supplier: RegisterAtWork.Other);
        Assert.That((await NamesAsync("supplier-reader"), await NamesAsync("partner-reader")), Is.EqualTo(("Exempel Sjukvårdsmaterial AB", "")));
        Assert.That((await _register.GetAsync("suppliers/5560360793", "supplier-reader")).Status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await _register.GetAsync("suppliers", "national-auditor")).Status, Is.EqualTo(HttpStatusCode.Forbidden));

        await _register.InformAsync("08", id, NoticeKind.Initial, "partner:adda");

        Assert.That(await NamesAsync("partner-reader"), Is.EqualTo("Exempel Sjukvårdsmaterial AB"));
        var found = (await _register.GetAsync($"suppliers/{RegisterAtWork.Number}", "partner-reader")).Body!;
        Assert.That((found["cases"]!.AsArray().Count, found["notices"]!.AsArray().Count, found["course"]!.AsArray().Count, found["highestStep"]), Is.EqualTo((0, 1, 0, (object?)null)),
            "the notice that it was sent, and not the case");

        async Task<string> NamesAsync(string client) => string.Join(' ', (await _register.ItemsAsync("suppliers", client)).Select(i => i["name"]!.ToString()));
    }
}
