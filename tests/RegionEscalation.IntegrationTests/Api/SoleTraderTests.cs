using System.Net;
using System.Text.Json.Nodes;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>A sole trader's number is a person's: it is taken in and never given out, and nobody finds out with it whether somebody is a supplier here.</summary>
public sealed class SoleTraderTests
{
    private const string Swedish = "6408233234";
    private const string Foreign = "NO:0192:987654325";
    private const string Relative = "8112189876";
    private readonly CapturedLog _log = new();
    private readonly List<Answer> _answers = [];
    private TestHost _host = null!;
    private RegionAtWork _kalmar = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _host = await TestHost.StartAsync(log: _log);
        _kalmar = new RegionAtWork(_host);
    }

    [TearDown]
    public async Task StopAsync()
    {
        _kalmar.Dispose();
        await _host.DisposeAsync();
        _log.Dispose();
    }

    [Test]
    public async Task The_number_stands_in_no_answer_no_event_and_no_log()
    {
        foreach (var (contract, supplier) in new[]
        {
            ("S-1", CatalogueBodies.By($"{Swedish[..6]}-{Swedish[6..]}", "Exempel Konsult")), ("S-2", CatalogueBodies.By(Foreign, "Kari Nordmann", true)), ("S-3", CatalogueBodies.By(Foreign, "Kari Nordmann")),
        })
        {
            var put = Kept(RegionAtWork.Succeeded(await _kalmar.PutAsync($"contracts/{contract}", CatalogueBodies.Contract(supplier))));
            Assert.That(put.Body!["supplier"]!["organisationNumber"], Is.Null, contract);
            var path = new Uri((string)put.Body["_links"]!["supplier"]!["href"]!).AbsolutePath;
            var found = Kept(RegionAtWork.Succeeded(await _kalmar.GetAsync(path)));
            Assert.That((found.Body!["organisationNumber"], found.Body["soleTrader"]!.GetValue<bool>()), Is.EqualTo(((JsonNode?)null, true)), contract);
            // An integrator that does not say it again does not show the number.
            Kept(RegionAtWork.Succeeded(await _kalmar.PutAsync(path, new { name = "Ett nytt namn", group = "Gruppen" })));
            Assert.That(Kept(await _kalmar.GetAsync(path)).Body!["soleTrader"]!.GetValue<bool>(), Is.True, contract);
            var deviation = await _kalmar.DeviationAsync(contract, "serious");
            var id = Kept(RegionAtWork.Succeeded(await _kalmar.PostAsync("cases", Bodies.Case(contract, [deviation], "seriousDeviation", 4, "headOfPurchasing"), "decider"))).Id;
            foreach (var read in new[] { $"cases/{id}", $"cases/{id}/events?limit=100", $"deviations/{deviation}", $"contracts/{contract}", path })
                Kept(RegionAtWork.Succeeded(await _kalmar.GetAsync(read)));
            var national = Kept(RegionAtWork.Succeeded(await _kalmar.NationalAsync($"cases/08/{id}"))).Body!["supplier"]!;
            Assert.That((national["organisationNumber"], (string)national["name"]!), Is.EqualTo(((JsonNode?)null, $"Enskild näringsidkare {((string)national["id"]!).Replace("-", "", StringComparison.Ordinal)[^8..]}")), "a pseudonym");
            Kept(await _kalmar.NationalAsync($"suppliers/{national["id"]}"));
        }
        var subSuppliers = new object[] { new { name = "Sven", organisationNumber = Relative }, new { name = "Kari", organisationNumber = Foreign }, new { name = "Ola", organisationNumber = "NO:0192:912345678", soleTrader = true } };
        foreach (var predecessor in new[] { Swedish, Foreign })
        {
            var put = Kept(RegionAtWork.Succeeded(await _kalmar.PutAsync("suppliers/556016-0680", new
            {
                name = "Efterföljaren AB",
                subSuppliers,
                successorOf = new { organisationNumber = predecessor, from = "2025-07-01", carriesHistory = true, motivation = CatalogueBodies.Motivation },
            })));
            var found = Kept(RegionAtWork.Succeeded(await _kalmar.GetAsync("suppliers/556016-0680")));
            foreach (var body in new[] { put.Body!, found.Body! })
                Assert.That(body["subSuppliers"]!.AsArray().Select(s => s!["organisationNumber"]).Append(body["successorOf"]!["organisationNumber"]), Is.All.Null, body.ToJsonString());
            Assert.That((found.Body!["predecessor"]!["supplier"]!["organisationNumber"], found.Body["predecessor"]!["figures"]!["highestStep"]!.GetValue<int>()), Is.EqualTo(((JsonNode?)null, 4)));
        }
        foreach (var list in new[] { "suppliers", "contracts", "cases", "deviations", "changes?since=2000-01-01T00:00:00Z&limit=100" })
            Kept(RegionAtWork.Succeeded(await _kalmar.GetAsync(list)));
        foreach (var list in new[] { "cases", "suppliers", "changes?since=2000-01-01T00:00:00Z" })
            Kept(RegionAtWork.Succeeded(await _kalmar.NationalAsync(list)));

        Assert.That(_answers.Count(a => a.Text.Contains("supplier-synchronised.v1", StringComparison.Ordinal)), Is.GreaterThan(0), "the events of suppliers were looked at too");
        Assert.That(_answers.Select(a => $"{a.Text} {a.Location} {a.ETag}").Where(Holds), Is.Empty);
        Assert.That(_log.Written.Where(Holds), Is.Empty);
        foreach (var table in new[] { "national_cases", "national_contracts", "national_changes", "national_access_log", "catalogue_words" })
            Assert.That(Holds((string)(await _host.Database.ScalarAsync($"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t"))!), Is.False, table);
    }

    [Test]
    public async Task Nobody_finds_out_by_number_whether_somebody_is_a_supplier_here()
    {
        const string Unknown = "NO:0192:999888777";
        await _kalmar.KnowsAsync("contracts/S-1", CatalogueBodies.Contract(CatalogueBodies.By(Swedish, "Exempel Konsult")));
        await _kalmar.KnowsAsync("contracts/S-2", CatalogueBodies.Contract(CatalogueBodies.By(Foreign, "Kari Nordmann", true)));
        await _kalmar.CaseAtAsync(0, Swedish, "Exempel Konsult");

        foreach (var list in new[] { "contracts?supplier=", "cases?supplier=", "deviations?supplier=", "suppliers?number=" })
        {
            Assert.That((await _kalmar.GetAsync(list + Foreign)).Body!["_meta"]!.ToJsonString(), Is.EqualTo((await _kalmar.GetAsync(list + Unknown)).Body!["_meta"]!.ToJsonString()), list);
            Assert.That((await _kalmar.GetAsync(list + Swedish)).Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity), list);
        }
        foreach (var beginning in new[] { "6", "64082", "640823-323", "NO", "NO:0192:98765432", "19640823" })
            Assert.That(await _kalmar.ListedAsync($"suppliers?number={beginning}"), Is.Empty, beginning);
        Assert.That(Essence(await _kalmar.GetAsync($"suppliers/{Foreign}")), Is.EqualTo(Essence(await _kalmar.GetAsync($"suppliers/{Unknown}"))));
        Assert.That((await _kalmar.GetAsync($"suppliers/{Swedish}")).Code, Is.EqualTo("R-G8"));
        Assert.That(await _kalmar.ListedAsync("suppliers?name=konsult"), Is.EqualTo("Exempel Konsult"), "by name it is found as everybody else");

        static string Essence(Answer answer) => $"{answer.Status} {new JsonObject(answer.Body!.AsObject().Where(m => m.Key is not ("instance" or "traceId")).Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone()))).ToJsonString()}";
    }

    [Test]
    public async Task A_sole_trader_is_put_by_its_id_only()
    {
        var contract = await _kalmar.KnowsAsync("contracts/S-2", CatalogueBodies.Contract(CatalogueBodies.By(Foreign, "Kari Nordmann", true)));
        var path = $"suppliers/{contract.Body!["supplier"]!["id"]}";

        var said = await _kalmar.PutAsync("suppliers/NO:0192:999888777", new { name = "Ola Nordmann", soleTrader = true });
        var known = await _kalmar.PutAsync($"suppliers/{Foreign}", new { name = "Kari Nordmann" });
        var swedish = await _kalmar.PutAsync($"suppliers/{Swedish}", new { name = "Exempel Konsult" });
        var same = await _kalmar.PutAsync(path, new { name = "Kari Nordmann", organisationNumber = "987 654 325", country = "NO", scheme = "0192" });
        var company = await _kalmar.PutAsync(path, new { name = "Kari Nordmann AS", soleTrader = false });

        Assert.Multiple(() =>
        {
            foreach (var refused in new[] { said, known, swedish })
                Assert.That((refused.Status, refused.Code), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "R-G8")), refused.Text);
            Assert.That((same.Status, same.ETag, same.Body!["organisationNumber"]), Is.EqualTo((HttpStatusCode.OK, "\"1\"", (JsonNode?)null)));
            Assert.That((company.Status, (string?)company.Body!["organisationNumber"]), Is.EqualTo((HttpStatusCode.OK, Foreign)), "a mistake is corrected outright");
        });
        Assert.That((await _kalmar.GetAsync($"suppliers/{Foreign}")).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_mark_that_is_set_later_reaches_everything_that_was_written_before_and_goes_again()
    {
        await _kalmar.KnowsAsync("contracts/L-1", CatalogueBodies.Contract(CatalogueBodies.By(Foreign, "Kari Nordmann")));
        await _kalmar.KnowsAsync("contracts/L-2", CatalogueBodies.Contract(CatalogueBodies.By(Foreign, "Kari Nordmann")));
        await _kalmar.KnowsAsync("suppliers/556016-0680", new
        {
            name = "Efterföljaren AB",
            subSuppliers = new object[] { new { name = "Kari", organisationNumber = Foreign } },
            successorOf = new { organisationNumber = Foreign, from = "2025-07-01", carriesHistory = true, motivation = CatalogueBodies.Motivation },
        });
        var deviation = await _kalmar.DeviationAsync("L-1", "serious");
        var id = RegionAtWork.Succeeded(await _kalmar.PostAsync("cases", Bodies.Case("L-1", [deviation], "seriousDeviation", 4, "headOfPurchasing"), "decider")).Id;
        var notice = await _kalmar.InformAsync(id);
        var watch = RegionAtWork.Succeeded(await _kalmar.PostAsync("watch-list", Bodies.Watch("L-2", _host.Clock.GetUtcNow(), organisationNumber: Foreign))).Id;
        var closed = RegionAtWork.Succeeded(await _kalmar.PostAsync("cases", Bodies.Case("L-2", [await _kalmar.DeviationAsync("L-2")]))).Id;
        var supplier = (await _kalmar.GetAsync($"deviations/{deviation}")).Body!["supplier"]!["id"]!.GetValue<Guid>();
        var version = (await _kalmar.GetAsync($"cases/{id}")).Body!["version"]!.GetValue<long>();
        string[] reads =
        [
            $"cases/{id}?version={version}", $"cases/{id}?version=1", $"cases/{id}", $"cases/{id}/events?limit=100", $"cases/{closed}", $"deviations/{deviation}", $"watch-list/{watch}", "contracts/L-1", $"suppliers/{supplier}", "suppliers/556016-0680",
            "suppliers", "contracts", "cases", "deviations", "watch-list", "changes?since=2000-01-01T00:00:00Z&limit=100",
        ];
        string[] national = [$"cases/08/{id}", "cases", "suppliers", "changes?since=2000-01-01T00:00:00Z"];
        foreach (var read in reads)
            Assert.That((await _kalmar.GetAsync(read)).Text, Does.Contain(Foreign), read);

        var marked = RegionAtWork.Succeeded(await _kalmar.PutAsync($"suppliers/{supplier}", new { name = "Kari Nordmann", soleTrader = true }));

        Kept(marked);
        foreach (var read in reads)
            Kept(RegionAtWork.Succeeded(await _kalmar.GetAsync(read)));
        foreach (var read in national)
            Kept(RegionAtWork.Succeeded(await _kalmar.NationalAsync(read)));
        Kept(RegionAtWork.Succeeded(await _kalmar.SendAsync("handler", HttpMethod.Post, $"watch-list/{watch}/renewals", Renewal(), ("If-Match", "\"1\""))));
        Assert.Multiple(() =>
        {
            Assert.That(_answers.Select(a => a.Text).Where(Holds), Is.Empty);
            Assert.That(_answers[^5..^1].Select(a => a.Text).Where(t => t.Contains("Nordmann", StringComparison.Ordinal)), Is.Empty);
        });
        foreach (var table in new[] { "national_cases", "national_notices", "national_recipients", "national_contracts", "catalogue_words" })
            Assert.That(Holds((string)(await _host.Database.ScalarAsync($"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t"))!), Is.False, table);
        Assert.That(await _host.Database.ScalarAsync("SELECT supplier_name FROM national_notices WHERE notice_id = $1", notice), Does.StartWith("Enskild näringsidkare "));
        await VerifiedAsync();

        RegionAtWork.Succeeded(await _kalmar.PutAsync($"suppliers/{supplier}", new { name = "Kari Nordmann", soleTrader = false }));

        foreach (var read in new[] { $"cases/{id}", $"deviations/{deviation}", $"watch-list/{watch}", "contracts/L-1", $"suppliers/{supplier}" })
            Assert.That((await _kalmar.GetAsync(read)).Text, Does.Contain(Foreign), read);
        Assert.That((await _kalmar.NationalAsync($"cases/08/{id}")).Text, Does.Contain(Foreign).And.Contain("Nordmann"));
        Assert.That(await _host.Database.ScalarAsync("SELECT count(*) FROM national_contracts"), Is.EqualTo(2L));
        await VerifiedAsync();
    }

    private object Renewal() => new
    {
        reviewBy = DateOnly.FromDateTime(_host.Clock.GetUtcNow().UtcDateTime.AddDays(120)).ToString("O", System.Globalization.CultureInfo.InvariantCulture),
        reason = "Flytten är senarelagd.",
        renewedBy = "Avtalsansvarig",
    };

    private async Task VerifiedAsync() => Assert.That((await new RegionEscalation.Storage.StreamVerifier(_host.Database.Application)
        .VerifyAsync(RegionEscalation.Storage.RegionScope.For("08"), CancellationToken.None)).Mismatches, Is.Empty);

    private Answer Kept(Answer answer)
    {
        _answers.Add(answer);
        return answer;
    }

    private static bool Holds(string text) => new[] { Swedish[6..], Foreign[8..], Relative[6..], "912345678" }.Any(part => text.Contains(part, StringComparison.Ordinal)
        && (part.Length > 4 || text.Contains(Swedish[..6], StringComparison.Ordinal) || text.Contains(Relative[..6], StringComparison.Ordinal)));
}
