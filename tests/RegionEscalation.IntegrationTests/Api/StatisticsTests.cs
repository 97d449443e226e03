using System.Net;
using System.Text.Json.Nodes;
using RegionEscalation.Domain;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.IntegrationTests.Storage;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>The figures of what the register holds of all regions.</summary>
public sealed class StatisticsTests
{
    private RegisterAtWork _register = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _register = await RegisterAtWork.StartAsync();
        // Far from midnight, so that what lies so many days back does in Sweden too.
        _register.Host.Clock.Move(TimeSpan.FromHours(36) - _register.Now.TimeOfDay);
        for (var i = 0; i < 6; i++)
        {
            var id = await _register.CaseAsync("08", 3, daysAgo: 100);
            await _register.StepDownAsync("08", id, 3, 2);
        }
        for (var i = 0; i < 7; i++)
            await _register.CaseAsync("13", 3, daysAgo: 10);
        for (var i = 0; i < 5; i++)
        {
            var id = await _register.CaseAsync("12", 5, daysAgo: 50, supplier: RegisterAtWork.Other, trigger: Trigger.SeriousDeviation);
            await _register.AfterwardsAsync("12", id, Closed(CaseOutcome.Terminated));
        }
        for (var i = 0; i < 4; i++)
            await _register.CaseAsync("14", 4, daysAgo: 10, category: "Tvätt", trigger: Trigger.NoSolution);
        for (var i = 0; i < 9; i++)
        {
            // What was unfounded, and what stands below 3, is in no figure.
            var id = await _register.CaseAsync("14", 4, daysAgo: 10, category: "Bemanning");
            await _register.AfterwardsAsync("14", id, Closed(CaseOutcome.Unfounded));
            await _register.CaseAsync("14", 2, daysAgo: 10, category: "Bemanning");
        }
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _register.DisposeAsync();

    [Test]
    public async Task The_figures_are_of_all_regions_and_of_steps_3_to_5()
    {
        var answer = RegionAtWork.Succeeded(await _register.GetAsync("statistics", "halland-reader"));
        var figures = answer.Body!["figures"]!;

        Assert.That((answer.Body["from"]!.ToString(), answer.Body["to"]!.ToString()), Is.EqualTo((Day(Today.AddMonths(-12).AddDays(1)), Day(Today))));
        Assert.That(figures["casesNow"]!.AsArray().Select(Number), Is.EqualTo(new[] { "3: 7", "4: -", "5: -" }));
        Assert.That(Rows(figures["byCategory"], "category", "entered"), Is.EqualTo(new[] { "Sjukvårdsmaterial 3: 13 4: - 5: 5" }));
        Assert.That(Rows(figures["byRegion"], "region", "entered"), Is.EqualTo(new[] { "08 3: 6 4: - 5: -", "12 3: - 4: - 5: 5", "13 3: 7 4: - 5: -" }));
        Assert.That(figures["timeInStep"]!.AsArray().Select(t => $"{t!["step"]}: {Value(t["left"])} {Value(t["medianDays"])}"), Is.EqualTo(new[] { "3: 6 100", "4: - -", "5: 5 50" }));
        Assert.That((Value(figures["wayBack"]!["leftForGood"]), Value(figures["wayBack"]!["share"])), Is.EqualTo(("11", "0.55")));
        Assert.That(figures["equalTreatment"]!.AsArray().Where(t => Value(t!["entered"]) != "-").Select(t => $"{t!["trigger"]} {t["step"]}: {Value(t["entered"])} {Value(t["medianDays"])}"),
            Is.EqualTo(new[] { "planWithoutEffect 3: 13 100", "seriousDeviation 5: 5 50" }));
        Assert.That(answer.Text, Does.Not.Contain("Tvätt").And.Not.Contain("Bemanning").And.Not.Contain("noSolution").And.Not.Contain("\"14\""));
    }

    [Test]
    public async Task A_period_has_what_began_and_what_ended_in_it()
    {
        var recent = (await _register.GetAsync($"statistics?from={Day(Today.AddDays(-30))}")).Body!["figures"]!;
        var before = (await _register.GetAsync($"statistics?to={Day(Today.AddDays(-1))}")).Body!["figures"]!;
        var single = (await _register.GetAsync($"statistics?from={Day(Today.AddDays(-10))}&to={Day(Today.AddDays(-10))}")).Body!["figures"]!;

        Assert.That(Rows(recent["byRegion"], "region", "entered"), Is.EqualTo(new[] { "13 3: 7 4: - 5: -" }));
        Assert.That(Value(recent["wayBack"]!["leftForGood"]), Is.EqualTo("11"));
        Assert.That(Value(before["wayBack"]!["leftForGood"]), Is.EqualTo("-"), "they left today");
        Assert.That(before["casesNow"]!.AsArray().Select(Number), Is.EqualTo(new[] { "3: 7", "4: -", "5: -" }), "now is now");
        Assert.That(Rows(single["byRegion"], "region", "entered"), Is.EqualTo(new[] { "13 3: 7 4: - 5: -" }));
    }

    [TestCase("from=2026-02-30")]
    [TestCase("from=02/03/2026")]
    [TestCase("from=20260302")]
    [TestCase("to=2026-03-02T10:00:00Z")]
    [TestCase("from=2026-03-02&to=2026-03-01")]
    [TestCase("from=9999-12-31")]
    [TestCase("to=0001-01-01")]
    [TestCase("from=1999-12-31")]
    public async Task A_period_that_is_none_is_refused(string query) =>
        Assert.That((await _register.GetAsync($"statistics?{query}")).Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));

    [Test]
    public async Task The_longest_period_is_answered() =>
        Assert.That((await _register.GetAsync("statistics?from=2000-01-01&to=9999-12-31")).Status, Is.EqualTo(HttpStatusCode.OK));

    [Test]
    public async Task Figures_are_for_the_regions_and_the_national_group()
    {
        foreach (var client in new[] { "partner-reader", "supplier-reader", "national-auditor", "kalmar-integrator" })
            Assert.That((await _register.GetAsync("statistics", client)).Status, Is.EqualTo(HttpStatusCode.Forbidden), client);
        foreach (var client in new[] { "skane-reader", "kalmar-decider", "national-coordinator", "national-office" })
            Assert.That((await _register.GetAsync("statistics", client)).Status, Is.EqualTo(HttpStatusCode.OK), client);
    }

    [Test]
    public async Task A_case_that_has_only_come_down_to_a_lower_step_has_not_left()
    {
        await using var register = await RegisterAtWork.StartAsync();
        for (var i = 0; i < 12; i++)
        {
            var id = await register.CaseAsync("08", 4);
            await register.StepDownAsync("08", id, 4, i < 7 ? 3 : 2);
        }

        var figures = (await register.GetAsync("statistics")).Body!["figures"]!;

        Assert.That((Value(figures["wayBack"]!["leftForGood"]), Value(figures["timeInStep"]![1]!["left"])), Is.EqualTo(("5", "12")));
    }

    [Test]
    public async Task A_reading_of_figures_is_logged_once_and_of_no_case()
    {
        var before = (await _register.LoggedAsync("getStatistics")).Length;
        await _register.GetAsync("statistics?from=2026-01-01&to=2026-06-30", "skane-reader", "internalControl");

        var logged = await _register.LoggedAsync("getStatistics");

        Assert.That(logged[before..], Is.EqualTo(new[] { "region:12 internalControl from=2025-12-31T23%3A00%3A00.0000000%2B00%3A00&to=2026-06-30T22%3A00%3A00.0000000%2B00%3A00 ->" }));
    }

    private DateOnly Today => SwedishTime.DateOf(_register.Now);

    private CaseClosed Closed(CaseOutcome outcome) => new(_register.Now, 5, outcome, Given.Basis(Trigger.Resolved), null, null, 5);

    private static string Day(DateOnly date) => date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static IEnumerable<string> Rows(JsonNode? rows, string key, string cells) =>
        rows!.AsArray().Select(r => $"{r![key]} {string.Join(' ', r[cells]!.AsArray().Select(Number))}");

    private static string Number(JsonNode? cell) => $"{cell!["step"]}: {Value(cell["number"])}";

    private static string Value(JsonNode? figure)
    {
        Assert.That(figure!["value"] is null, Is.EqualTo(figure["suppressed"]!.GetValue<bool>()));
        return figure["value"]?.ToString() ?? "-";
    }
}
