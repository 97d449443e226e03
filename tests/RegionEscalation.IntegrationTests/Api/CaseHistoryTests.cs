using System.Net;
using System.Text.Json.Nodes;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>The history as people read it, of a case that began under one edition and goes on under another.</summary>
public sealed class CaseHistoryTests : KalmarFixture
{
    private Guid _case;
    private JsonArray _events = [];

    private protected override async Task SeedAsync()
    {
        _case = await Kalmar.CaseAtAsync(1);
        await Kalmar.DoneAsync(_case, "ladder-migrations", new
        {
            ladder = "2024-kalmar",
            step = 1,
            activities = Array.Empty<object>(),
            motivation = RegionAtWork.Motivation,
            decidedBy = Bodies.By("contractOwner"),
        }, "decider");
        await Kalmar.DoneAsync(_case, "activities", Bodies.DispensedWith("documentation"));
        _events = (await Kalmar.GetAsync($"cases/{_case}/events?limit=100")).Body!["items"]!.AsArray();
    }

    [Test]
    public void Every_event_says_what_happened_in_both_languages() => Assert.That(
        _events.Where(e => string.IsNullOrEmpty((string?)e!["text"]!["sv"]) || string.IsNullOrEmpty((string?)e["text"]!["en"]) || string.IsNullOrEmpty((string?)e["rule"])), Is.Empty);

    [Test]
    public void A_decision_says_who_why_and_by_which_rule()
    {
        var opened = _events[0]!;

        Assert.That(((string?)opened["who"], (string?)opened["why"], (string?)opened["rule"]), Is.EqualTo(
            ("Inköpsavdelningens chef (beslutsnivå Avtalsansvarig)", RegionAtWork.Motivation, "R-E1")));
        Assert.That((string?)opened["text"]!["sv"], Does.EndWith("eftersom återkommande avvikelser har konstaterats."));
    }

    [Test]
    public void Each_event_is_told_in_the_words_of_its_edition_on_whatever_page_it_stands()
    {
        Assert.Multiple(async () =>
        {
            Assert.That((string?)_events[0]!["text"]!["sv"], Does.Contain("på steg 1 (Återkommande avvikelser) i ”Regionernas gemensamma eskaleringstrappa 2026”"));
            Assert.That((string?)_events[^2]!["text"]!["sv"], Does.StartWith(
                "Ärendet bytte trappversion från ”Regionernas gemensamma eskaleringstrappa 2026” till ”Region Kalmar läns eskaleringstrappa 2024”"));
            Assert.That((string?)_events[^1]!["text"]!["sv"], Is.EqualTo(
                "Aktiviteten ”Dokumentation” på steg 1 (Återkommande avvikelser/allvarlig avvikelse) är ej tillämplig i ärendet."));
            var page = (await Kalmar.GetAsync($"cases/{_case}/events?limit=1&page={_events.Count}")).Body!["items"]!.AsArray();
            Assert.That(JsonNode.DeepEquals(page[0], _events[^1]), page.ToJsonString());
        });
    }

    [Test]
    public async Task A_migrated_case_is_shown_as_it_was_under_the_edition_it_left()
    {
        var migrated = _events.Single(e => (string?)e!["type"] == "case-migrated-to-ladder.v1")!["version"]!.GetValue<long>();

        var before = await Kalmar.GetAsync($"cases/{_case}?version={migrated - 1}");
        var after = await Kalmar.GetAsync($"cases/{_case}?version={migrated}");

        Assert.That((before.Status, after.Status), Is.EqualTo((HttpStatusCode.OK, HttpStatusCode.OK)));
        Assert.That(((string?)before.Body!["ladder"], (string?)before.Body["stepEvent"]!["sv"], (string?)after.Body!["ladder"], (string?)after.Body["stepEvent"]!["sv"]), Is.EqualTo(
            ("2026", "Återkommande avvikelser", "2024-kalmar", "Återkommande avvikelser/allvarlig avvikelse")));
    }
}
