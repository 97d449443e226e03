using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using RegionEscalation.Domain;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>A region's figures against ones counted by hand, and the days that they are about.</summary>
public sealed class DeviationStatisticsTests : KalmarFixture
{
    private string _contract = null!;

    private DateOnly Today => SwedishTime.DateOf(Host.Clock.GetUtcNow());

    private protected override async Task SeedAsync()
    {
        // Far from midnight, so that what takes some hours stays within the day in Sweden too.
        Host.Clock.Move(TimeSpan.FromHours(24 + 6) - Host.Clock.GetUtcNow().TimeOfDay);
        _contract = await Kalmar.ContractAsync();
        var late = await ReportAsync("Ögonkliniken", "labour");
        var closed = await ReportAsync("Ålderskliniken", "labour", "environment");
        var own = await ReportAsync("Ålderskliniken");
        var unfounded = await ReportAsync("Ånglab");
        await ReportAsync(null);
        Host.Clock.Move(TimeSpan.FromHours(2));
        await OnAsync(closed, "assessments", Bodies.Assessment("serious"));
        await OnAsync(own, "assessments", Bodies.Assessment("deviation", "region"));
        Host.Clock.Move(TimeSpan.FromHours(4));
        await OnAsync(late, "assessments", Bodies.Assessment("deviation"));
        await OnAsync(closed, "handlings", Bodies.Handling);
        await OnAsync(closed, "analyses", new { cause = "capacity", text = "Lagret saknade säkerhetsnivå.", pattern = false, analysedBy = "Avtalsansvarig" });
        await OnAsync(closed, "feedbacks", Bodies.Feedback);
        await OnAsync(unfounded, "closures", new { outcome = "unfounded", decidedBy = "Avtalsansvarig", motivation = RegionAtWork.Motivation });
        Host.Clock.Move(TimeSpan.FromHours(2));
        await OnAsync(closed, "closures", new { outcome = "closed", decidedBy = "Avtalsansvarig" });
    }

    [Test]
    public async Task The_figures_of_the_region_and_of_its_units()
    {
        var answer = RegionAtWork.Succeeded(await Kalmar.GetAsync("statistics")).Body!;
        var (region, all) = (answer["region"]!, answer["region"]!["all"]!);

        Assert.That((answer["from"]!.ToString(), answer["to"]!.ToString()), Is.EqualTo((Day(Today.AddYears(-1).AddDays(1)), Day(Today))));
        Assert.That((Number(all["number"]), Number(all["unfounded"]), Number(all["shareUnfounded"])), Is.EqualTo(("5", "1", "0.2")));
        Assert.That(Codes(all["byStatus"]), Is.EqualTo("reported 1, assessed 2, closed 1, unfounded 1"));
        Assert.That(Codes(all["bySeverity"]), Is.EqualTo("deviation 2, serious 1, - 1"));
        Assert.That(Codes(all["byCause"]), Is.EqualTo("capacity 1, - 3"));
        Assert.That(Codes(all["byTopic"]), Is.EqualTo("labour 2, environment 1"));
        Assert.That((Number(all["shareAnalysed"]), Number(all["shareNotNeedingAnalysis"]), Number(all["shareFedBack"])), Is.EqualTo(("0.25", "0", "0.25")));
        Assert.That(Times(all), Is.EqualTo("firstAction 3 2.0 6.0, handled 1 6.0 6.0, fedBack 1 6.0 6.0, closed 1 8.0 8.0"));
        Assert.That((Number(region["ofSupplier"]!["number"]), Number(region["ofRegion"]!["number"])), Is.EqualTo(("2", "1")));
        Assert.That(answer["units"]!.AsArray().Select(u => $"{u!["unit"]?.ToString() ?? "-"} {Number(u["all"]!["number"])}"),
            Is.EqualTo(new[] { "Ålderskliniken 2", "Ånglab 1", "Ögonkliniken 1", "- 1" }));
    }

    /// <summary>HU-010: of the contracts that stand, those with social terms; one that has ended counts no more.</summary>
    [Test]
    public async Task The_share_of_contracts_with_social_terms()
    {
        using var other = new RegionAtWork(Host, "12", "skane");
        var before = (await other.GetAsync("statistics")).Body!["contracts"]!;
        await PutAsync("ST-1", true, null);
        await PutAsync("ST-2", false, null);
        await PutAsync("ST-3", null, Day(Today));
        await PutAsync("ST-4", true, Day(Today.AddDays(-1)));

        var after = (await other.GetAsync("statistics")).Body!["contracts"]!;

        Assert.That((Number(before["contracts"]), before["share"]), Is.EqualTo(("0", (object?)null)));
        Assert.That((Number(after["contracts"]), Number(after["with"]), Number(after["without"]), Number(after["share"])), Is.EqualTo(("3", "1", "1", "0.33")));

        async Task PutAsync(string number, bool? social, string? until) => RegionAtWork.Succeeded(await other.SendAsync("handler", HttpMethod.Put, $"contracts/{number}", new
        {
            title = "Städning",
            supplier = new { organisationNumber = "5560160680", name = "Exempel AB" },
            category = "Lokalvård",
            ownerAddress = "avtal@region.example",
            clauses = Array.Empty<object>(),
            validUntil = until,
            socialClause = social,
        }));
    }

    [Test]
    public async Task The_period_is_of_swedish_days()
    {
        Assert.That(await NumberAsync($"from={Day(Today)}&to={Day(Today)}"), Is.EqualTo(5));
        Assert.That(await NumberAsync($"to={Day(Today.AddDays(-1))}"), Is.Zero);
        await Host.Database.ScalarAsync("UPDATE mt_doc_deviation SET reported_at = $1 WHERE unit = 'Ånglab'", SwedishTime.EndOf(Today.AddDays(-10)).AddTicks(-10).UtcDateTime);
        try
        {
            Assert.That(await NumberAsync($"from={Day(Today.AddDays(-10))}&to={Day(Today.AddDays(-10))}"), Is.EqualTo(1), "the last microsecond of the day");
            Assert.That(await NumberAsync($"from={Day(Today.AddDays(-9))}&to={Day(Today.AddDays(-9))}"), Is.Zero);
            await Host.Database.ScalarAsync("UPDATE mt_doc_deviation SET reported_at = $1 WHERE unit = 'Ånglab'", SwedishTime.EndOf(Today.AddDays(-10)).UtcDateTime);
            Assert.That(await NumberAsync($"from={Day(Today.AddDays(-10))}&to={Day(Today.AddDays(-10))}"), Is.Zero);
            Assert.That(await NumberAsync($"from={Day(Today.AddDays(-9))}&to={Day(Today.AddDays(-9))}"), Is.EqualTo(1), "the first of the next");
        }
        finally
        {
            await Host.Database.ScalarAsync("UPDATE mt_doc_deviation SET reported_at = (data->>'reportedAt')::timestamptz WHERE unit = 'Ånglab'");
        }
    }

    [TestCase("from=2026-02-30")]
    [TestCase("from=1999-12-31&to=2000-06-01")]
    [TestCase("to=1999-12-31")]
    [TestCase("from=2026-03-02&to=2026-03-01")]
    [TestCase("from=2021-03-01&to=2026-03-01")]
    [TestCase("from=2020-03-01&to=2026-03-01")]
    [TestCase("unit=Ånglab")]
    public async Task A_period_that_is_none_is_refused(string query) =>
        Assert.That((await Kalmar.GetAsync($"statistics?{query}")).Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));

    [TestCase("from=2021-03-02&to=2026-03-01")]
    [TestCase("from=2000-01-01&to=2000-01-01")]
    [TestCase("to=9999-12-31")]
    public async Task The_longest_and_the_farthest_period_are_answered(string query) => RegionAtWork.Succeeded(await Kalmar.GetAsync($"statistics?{query}"));

    [Test]
    public async Task Another_region_has_figures_of_its_own()
    {
        using var halland = new RegionAtWork(Host, "13", "halland");

        Assert.That(Number((await halland.GetAsync("statistics")).Body!["region"]!["all"]!["number"]), Is.EqualTo("0"));
    }

    private async Task<int> NumberAsync(string query) => (await Kalmar.GetAsync($"statistics?{query}")).Body!["region"]!["all"]!["number"]!.GetValue<int>();

    private static string Number(JsonNode? node) => node?.ToJsonString() ?? "-";

    private static string Codes(JsonNode? figures) => string.Join(", ", figures!.AsArray().Select(f => $"{f!["code"]?.ToString() ?? "-"} {f["number"]}"));

    private static string Times(JsonNode figures) => string.Join(", ", figures["leadTimes"]!.AsObject().Select(t =>
        string.Create(CultureInfo.InvariantCulture, $"{t.Key} {t.Value!["number"]} {t.Value["medianHours"]!.GetValue<decimal>():0.0} {t.Value["percentile90Hours"]!.GetValue<decimal>():0.0}")));

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private async Task<Guid> ReportAsync(string? unit, params string[] topics) => RegionAtWork.Succeeded(await Kalmar.PostAsync("deviations", new
    {
        contractNumber = _contract,
        requirementReference = "Krav 4.1",
        description = "Sen leverans.",
        occurredAt = Host.Clock.GetUtcNow().AddHours(-1),
        reportedBy = "Operationsavdelning",
        unit,
        topics,
    })).Id;

    private async Task OnAsync(Guid id, string resource, object body) =>
        RegionAtWork.Succeeded(await Kalmar.PostAsync($"deviations/{id}/{resource}", body, headers: ("If-Match", (await Kalmar.GetAsync($"deviations/{id}")).ETag)));
}
