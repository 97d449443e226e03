using System.Net;
using System.Text.Json.Nodes;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>The editions and their glossaries side by side, and what differs between them.</summary>
public sealed class LadderTests : KalmarFixture
{
    private const string Root = "/escalation/v1";

    [Test]
    public async Task Both_editions_are_listed_and_each_has_its_own_glossary()
    {
        var listed = (await Kalmar.GetAsync($"{Root}/ladders")).Body!["items"]!.AsArray();
        var glossary = (await Kalmar.GetAsync($"{Root}/glossary?ladder=2024-kalmar")).Body!;

        Assert.Multiple(() =>
        {
            Assert.That(listed.Select(l => (string?)l!["version"]), Is.EqualTo(new[] { "2024-kalmar", "2026" }));
            Assert.That(listed.Select(l => (string?)l!["steps"]![4]!["kind"]), Is.EqualTo(new[] { "jointRegionalActivities", "activitiesAndNationalCooperation" }));
            Assert.That((string?)glossary["ladder"], Is.EqualTo("2024-kalmar"));
            Assert.That(glossary["terms"]!.AsArray().Select(t => (string?)t!["definedBy"]).Distinct(), Is.EquivalentTo(new[] { "Region Kalmar län", "platform" }));
        });
    }

    [Test]
    public async Task A_row_of_what_differs_tells_both_wordings_and_the_codes_in_either_direction()
    {
        var forth = await RowAsync("2024-kalmar", "2026");
        var back = await RowAsync("2026", "2024-kalmar");

        Assert.Multiple(() =>
        {
            Assert.That(forth["added"]!.ToJsonString() + forth["removed"]!.ToJsonString(), Is.EqualTo("""["factFinding"]["documentation"]"""));
            Assert.That(back["added"]!.ToJsonString() + back["removed"]!.ToJsonString(), Is.EqualTo("""["documentation"]["factFinding"]"""));
            Assert.That(forth["reworded"]!.ToJsonString() + forth["reordered"]!.ToJsonString(), Is.EqualTo("""["increasedDialogue"][]"""));
            Assert.That((forth["from"]!.ToJsonString(), forth["to"]!.ToJsonString()), Is.EqualTo((back["to"]!.ToJsonString(), back["from"]!.ToJsonString())));
            Assert.That((string?)forth["to"]![1]!["label"]!["sv"], Is.EqualTo("Faktainsamling"));
        });

        async Task<JsonNode> RowAsync(string from, string to) =>
            (await Kalmar.GetAsync($"{Root}/ladders/{from}/differences?to={to}")).Body!["rows"]!.AsArray()
                .Single(r => r!["step"]?.GetValue<int>() == 1 && (string?)r["aspect"] == "activities")!;
    }

    [Test]
    public async Task An_edition_does_not_differ_from_itself() =>
        Assert.That((await Kalmar.GetAsync($"{Root}/ladders/2026/differences?to=2026")).Text, Is.EqualTo("""{"from":"2026","to":"2026","rows":[]}"""));

    [TestCase("ladders/2025")]
    [TestCase("glossary?ladder=2025")]
    [TestCase("ladders/2025/differences?to=2026")]
    [TestCase("ladders/2026/differences?to=2025")]
    [TestCase("ladders/2026/differences?to=2024-KALMAR")]
    [TestCase("ladders/2026/differences?to=")]
    [TestCase("ladders/2026/differences?to=2026&to=2026")]
    public async Task An_edition_that_nobody_has_published_is_not_found_wherever_it_is_named(string path) =>
        Assert.That((await Kalmar.GetAsync($"{Root}/{path}")).Status, Is.EqualTo(HttpStatusCode.NotFound));

    [Test]
    public async Task A_comparison_says_with_what()
    {
        var answer = await Kalmar.GetAsync($"{Root}/ladders/2026/differences");

        Assert.That((answer.Status, (string?)answer.Body!["errors"]?["to"]?[0]?["rule"]), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "required")), answer.Text);
    }
}
