using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>The file under LOU 13:3 as a client meets it: elements and dates, never a verdict.</summary>
public sealed class ExclusionEvidenceTests : KalmarFixture
{
    private const string Resource = "exclusion-evidence";

    [Test]
    public async Task A_file_shows_its_elements_its_last_day_and_the_suppliers_self_cleaning()
    {
        var id = await Kalmar.CaseAtAsync(0);
        var file = await OpenedAsync(id);
        await Kalmar.DoneAsync(id, $"{Resource}/{file}/elements", Elements(Host.Clock.GetUtcNow()));
        var changed = await Kalmar.DoneAsync(id, $"{Resource}/{file}/self-cleanings", Cleaning(Host.Clock.GetUtcNow()));

        var answer = await Kalmar.GetAsync($"cases/{id}/{Resource}");
        var found = answer.Body!["files"]!.AsArray().Single()!;

        Assert.Multiple(() =>
        {
            Assert.That(answer.ETag, Is.EqualTo(changed.ETag));
            Assert.That((string?)answer.Body["notice"]!["sv"], Is.EqualTo("Egen bedömning krävs (13 kap. 3–5 §§ LOU)."));
            Assert.That((string?)answer.Body["notice"]!["en"], Is.EqualTo("An assessment of one's own is required (LOU 13:3–13:5)."));
            Assert.That(((string?)found["ground"], (string?)found["state"], found["preliminary"]!.GetValue<bool>()), Is.EqualTo(("p5", "open", true)));
            Assert.That((string?)found["elements"]!["pointFive"]!["consequence"], Is.EqualTo("damages"));
            Assert.That((string?)found["lastDayOfUse"], Is.EqualTo(Day(Host.Clock.GetUtcNow().AddDays(-20).AddYears(3))));
            Assert.That((string?)found["selfCleaning"]![0]!["limb"], Is.EqualTo("compensation"));
            Assert.That(answer.Text, Does.Not.Contain("xcluded").And.Not.Contain("ligible"));
            Assert.That(changed.Body!.AsObject().Select(p => p.Key), Has.None.Contains("xclusion"), "the case itself does not show it");
        });
    }

    [Test]
    public async Task What_is_missing_is_said_with_where_it_is_stated()
    {
        var id = await Kalmar.CaseAtAsync(0);
        var file = await OpenedAsync(id);

        var rejected = await Kalmar.OnCaseAsync(id, $"{Resource}/{file}/completions", new { completedBy = "Jurist" });

        Assert.That((rejected.Status, rejected.Code, rejected.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "R-X2", "elementMissing")));
        Assert.That((string?)rejected.Body!["unmet"]![0]!["href"], Does.EndWith($"{Kalmar.Path}/cases/{id}/{Resource}/{file}/elements"));
        Assert.That((await Kalmar.OnCaseAsync(id, $"{Resource}/{Guid.NewGuid()}/completions", new { completedBy = "Jurist" })).Status, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task A_withdrawn_file_and_one_whose_last_day_is_over_are_left_out_unless_asked_for()
    {
        var id = await Kalmar.CaseAtAsync(0);
        var withdrawn = await OpenedAsync(id);
        await Kalmar.DoneAsync(id, $"{Resource}/{withdrawn}/withdrawals", new { reason = "Bristerna var regionens egna.", withdrawnBy = "Jurist" });
        var expiring = await OpenedAsync(id);
        await Kalmar.DoneAsync(id, $"{Resource}/{expiring}/elements", Elements(Host.Clock.GetUtcNow()));
        Assert.That(await StatesAsync(id, ""), Is.EqualTo(new[] { (expiring, "open") }));

        Host.Clock.Move(TimeSpan.FromDays(3 * 366));

        Assert.That(await StatesAsync(id, ""), Is.Empty, "though nothing was noted");
        Assert.That(await StatesAsync(id, "?includeEnded=true"), Is.EqualTo(new[] { (withdrawn, "withdrawn"), (expiring, "expired") }));
        Assert.That((await Kalmar.OnCaseAsync(id, $"{Resource}/{expiring}/completions", new { completedBy = "Jurist" })).Reason, Is.EqualTo("ended"));

        await Kalmar.DoneAsync(id, $"{Resource}/{expiring}/self-cleanings", Cleaning(Host.Clock.GetUtcNow()));
        var ended = (await Kalmar.GetAsync($"cases/{id}/{Resource}?includeEnded=true")).Body!["files"]![1]!;
        Assert.That(ended["selfCleaning"]!.AsArray(), Has.Count.EqualTo(1), "it goes wherever the file goes");
    }

    [Test]
    public async Task A_choice_that_is_none_is_refused_with_its_name()
    {
        var answer = await Kalmar.GetAsync($"cases/{await Kalmar.CaseAtAsync(0)}/{Resource}?includeEnded=perhaps");

        Assert.That((answer.Status, answer.Body!["errors"]!.AsObject().Single().Key), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "includeEnded")));
        Assert.That((await Kalmar.GetAsync($"cases/{Guid.NewGuid()}/{Resource}")).Status, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task The_list_is_as_the_document_says()
    {
        var id = await Kalmar.CaseAtAsync(0);
        await OpenedAsync(id);
        var file = await OpenedAsync(id);
        await Kalmar.DoneAsync(id, $"{Resource}/{file}/elements", Elements(Host.Clock.GetUtcNow()));
        var document = (await Kalmar.GetAsync("/escalation/v1/openapi.json")).Body!;

        var answer = await Kalmar.GetAsync($"cases/{id}/{Resource}");

        var schema = document["paths"]![$"/regions/{{region}}/cases/{{id}}/{Resource}"]!["get"]!["responses"]!["200"]!["content"]!["application/json"]!["schema"]!;
        Assert.That(SchemaCheck.Against(document, schema, answer.Body), Is.Empty);
    }

    private async Task<Guid> OpenedAsync(Guid id)
    {
        await Kalmar.DoneAsync(id, Resource, new { ground = "p5", createdBy = "Jurist", reason = "Ihållande leveransbrister." });
        return (await Kalmar.GetAsync($"cases/{id}/{Resource}")).Body!["files"]!.AsArray()[^1]!["id"]!.GetValue<Guid>();
    }

    private async Task<(Guid, string)[]> StatesAsync(Guid id, string query) =>
        [.. (await Kalmar.GetAsync($"cases/{id}/{Resource}{query}")).Body!["files"]!.AsArray().Select(f => (f!["id"]!.GetValue<Guid>(), (string)f["state"]!))];

    private static JsonObject Elements(DateTimeOffset now) => new()
    {
        ["statedBy"] = "Jurist",
        ["pointFive"] = new JsonObject { ["act"] = "lou", ["requirement"] = "Krav 4.1", ["consequence"] = "damages" },
        ["eventDate"] = Day(now.AddDays(-20)),
        ["consequenceDate"] = Day(now.AddDays(-5)),
    };

    private static object Cleaning(DateTimeOffset now) =>
        new { limb = "compensation", text = "Merkostnaderna är ersatta.", submittedBy = "VD", receivedAt = now.AddMinutes(-1) };

    private static string Day(DateTimeOffset at) => at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
