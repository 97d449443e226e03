using System.Net;
using System.Text.Json.Nodes;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>A region's own part of the ladder over HTTP, and what it changes for the region's cases and for no other's.</summary>
public sealed class LadderSettingsTests : KalmarFixture
{
    private const string Resource = "ladder-settings";
    private const string Motivation = "Regionens riktlinjer för leverantörsuppföljning ställer högre krav.";

    /// <summary>Every test finds a region that has set nothing.</summary>
    [SetUp]
    public Task ForgetAsync() => Host.Database.ScalarAsync(
        """
        DELETE FROM mt_doc_laddersettings;
        DELETE FROM mt_events WHERE type = 'ladder-settings-changed.v1';
        DELETE FROM mt_streams WHERE type = 'ladder_settings';
        """);

    [Test]
    public async Task Before_anything_is_set_the_defaults_are_served_as_version_zero()
    {
        var found = await Kalmar.GetAsync(Resource);

        Assert.Multiple(() =>
        {
            Assert.That((found.Status, found.ETag, found.Body!["updatedAt"], found.Body["version"]!.GetValue<long>()), Is.EqualTo((HttpStatusCode.OK, "\"0\"", (JsonNode?)null, 0)));
            Assert.That((found.Body["ladder"]!.GetValue<string>(), found.Body["recurrenceCount"]!.GetValue<int>(), found.Body["deadlines"]!["comment"]!.GetValue<int>()), Is.EqualTo(("2026", 2, 5)));
        });
    }

    [Test]
    public async Task What_is_left_out_of_a_request_is_the_default_and_the_defaults_are_no_change()
    {
        var put = await PutAsync(new { });

        Assert.That((put.Status, put.ETag, put.Body!["updatedAt"]), Is.EqualTo((HttpStatusCode.OK, "\"0\"", (JsonNode?)null)), put.Text);
        Assert.That(await EventsAsync(), Is.Zero);
    }

    [Test]
    public async Task A_change_is_stored_once_and_served_whole()
    {
        var first = await PutAsync(Full);
        var again = await PutAsync(Full);
        var found = await Kalmar.GetAsync(Resource);

        Assert.Multiple(() =>
        {
            Assert.That((first.Status, first.ETag, again.Status, again.ETag), Is.EqualTo((HttpStatusCode.OK, "\"1\"", HttpStatusCode.OK, "\"1\"")), first.Text);
            Assert.That(JsonNode.DeepEquals(found.Body, first.Body));
            foreach (var (name, value) in Full)
            {
                if (name != "freeDays")
                    Assert.That(JsonNode.DeepEquals(found.Body![name], value), $"{name}: {found.Body[name]}");
            }
            Assert.That(found.Body!["freeDays"]!.AsArray().Select(d => (string?)d), Is.EqualTo(new[] { "2026-01-05", "2026-05-15" }));
            Assert.That(found.Body["steps"]![1]!["specificActivities"]!.AsArray().Select(a => (string?)a!["code"]), Does.Contain("informBoard"));
            Assert.That((string?)found.Body["steps"]![1]!["dialoguePartners"]!.AsArray().Single(p => (string?)p!["code"] == "contractOwner")!["label"]!["sv"], Is.EqualTo("Avtalsförvaltare"));
        });
        Assert.That(await EventsAsync(), Is.EqualTo(1), "the same content is no event");
        Assert.That(await Host.Database.ScalarAsync("SELECT data->>'changedBy' || ': ' || (data->>'motivation') FROM mt_events WHERE type = 'ladder-settings-changed.v1' AND user_name = 'kalmar-decider'"),
            Is.EqualTo("Inköpschef: " + Motivation), "who and why is part of the record");
    }

    [Test]
    public async Task A_change_needs_the_version_that_was_seen()
    {
        await PutAsync(Full);

        Assert.That((await PutAsync(new { recurrenceCount = 4 }, ifMatch: null)).Status, Is.EqualTo(HttpStatusCode.PreconditionRequired));
        Assert.That((await PutAsync(new { recurrenceCount = 4 }, ifMatch: "\"0\"")).Status, Is.EqualTo(HttpStatusCode.PreconditionFailed));
        Assert.That((await PutAsync(new { recurrenceCount = 4 }, ifMatch: "\"1\"")).ETag, Is.EqualTo("\"2\""));
    }

    [Test]
    public async Task Of_two_first_changes_at_once_one_is_stored_and_the_other_told_to_look_again()
    {
        var both = await Task.WhenAll(PutAsync(new { recurrenceCount = 4 }, ifMatch: "\"0\""), PutAsync(new { recurrenceCount = 5 }, ifMatch: "\"0\""));

        Assert.That(both.Select(a => a.Status).Order(), Is.EqualTo(new[] { HttpStatusCode.OK, HttpStatusCode.PreconditionFailed }));
        Assert.That(await EventsAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_dry_run_stores_nothing()
    {
        var dry = await PutAsync(Full, "?validateOnly=true");

        Assert.That((dry.Status, dry.Body!["valid"]!.GetValue<bool>(), dry.Body["result"]!["recurrenceCount"]!.GetValue<int>()), Is.EqualTo((HttpStatusCode.OK, true, 3)), dry.Text);
        Assert.That((await Kalmar.GetAsync(Resource)).ETag, Is.EqualTo("\"0\""));
    }

    [TestCase("""{ "ownActivities": [{ "step": 0, "code": "supplierDialogue", "label": { "sv": "Vår", "en": "Ours" }, "required": false }] }""", "R-A3", "commonActivity", "ownActivities[0].code")]
    [TestCase("""{ "raisedActivities": [{ "step": 0, "code": "riskAssessment" }] }""", "R-A3", "alreadyRequired", "raisedActivities[0].code")]
    [TestCase("""{ "raisedActivities": [{ "step": 0, "code": "bookCosts" }] }""", "R-A3", "unknownActivity", "raisedActivities[0].code")]
    [TestCase("""{ "roleNames": [{ "code": "kejsare", "name": { "sv": "Kejsare", "en": "Emperor" } }] }""", null, null, "roleNames[0].code")]
    [TestCase("""{ "ladder": "1999" }""", null, null, "ladder")]
    [TestCase("""{ "recurrenceCount": 1 }""", null, null, "recurrenceCount")]
    [TestCase("""{ "recurrenceMonths": 37 }""", null, null, "recurrenceMonths")]
    [TestCase("""{ "blockDays": 366 }""", null, null, "blockDays")]
    [TestCase("""{ "continuityDays": 181 }""", null, null, "continuityDays")]
    [TestCase("""{ "deadlines": { "returnCriteria": 0, "review": 1, "minutes": 1, "comment": 0, "informRegionsAtThree": 1, "informRegionsAboveThree": 1 } }""", null, null, "deadlines.returnCriteria")]
    [TestCase("""{ "deadlines": { "returnCriteria": 1, "review": 1, "minutes": 1, "comment": 0, "informRegionsAtThree": 1, "informRegionsAboveThree": 1, "provisionalNotice": 0 } }""", null, null, "deadlines.provisionalNotice")]
    [TestCase("""{ "deadlines": { "returnCriteria": 1, "review": 1, "minutes": 1, "comment": 0, "informRegionsAtThree": 1, "informRegionsAboveThree": 1, "acknowledgement": 61 } }""", null, null, "deadlines.acknowledgement")]
    public async Task What_a_region_may_not_set_is_refused_with_its_field(string json, string? rule, string? reason, string field)
    {
        var answer = await PutAsync(JsonNode.Parse(json)!);

        Assert.That((answer.Status, answer.Code, answer.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, rule, reason)), answer.Text);
        Assert.That(answer.Body!["errors"]!.AsObject().Select(e => e.Key), Is.EqualTo(new[] { field }));
        Assert.That((await Kalmar.GetAsync(Resource)).ETag, Is.EqualTo("\"0\""));
    }

    [Test]
    public async Task The_deadlines_of_notices_came_later_and_may_be_left_out_alone()
    {
        var answer = await PutAsync(JsonNode.Parse(
            """{ "deadlines": { "returnCriteria": 11, "review": 16, "minutes": 6, "comment": 0, "informRegionsAtThree": 4, "informRegionsAboveThree": 1 } }""")!);

        var deadlines = RegionAtWork.Succeeded(answer).Body!["deadlines"]!;
        Assert.That((deadlines["review"]!.GetValue<int>(), deadlines["provisionalNotice"]!.GetValue<int>(), deadlines["acknowledgement"]!.GetValue<int>()), Is.EqualTo((16, 10, 3)));
    }

    [Test]
    public async Task Only_a_decider_changes_them()
    {
        var answer = await Kalmar.SendAsync("handler", HttpMethod.Put, Resource, Body(Full), ("If-Match", "\"0\""));

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task Another_regions_own_edition_is_refused_and_another_regions_settings_stay_as_they_were()
    {
        using var halland = new RegionAtWork(Host, "13", "halland");
        await PutAsync(Full);
        var own = await PutAsync(new { ladder = "2024-kalmar" });
        var answer = await halland.SendAsync("decider", HttpMethod.Put, Resource, Body(new { ladder = "2024-kalmar" }), ("If-Match", "\"0\""));

        Assert.That((own.Status, own.ETag, (await halland.GetAsync(Resource)).ETag), Is.EqualTo((HttpStatusCode.OK, "\"2\"", "\"0\"")), own.Text);
        Assert.That((answer.Status, answer.Body!["errors"]!.AsObject().Single().Key), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "ladder")));
        Assert.That((await halland.GetAsync($"cases/{await halland.CaseAtAsync(0)}")).Body!["activities"]!.AsArray().Select(a => (string?)a!["code"]), Does.Not.Contain("informBoard"));
    }

    [Test]
    public async Task Every_command_on_a_case_and_every_view_of_it_follows_the_regions_settings()
    {
        var id = await Kalmar.CaseAtAsync(0);
        await PutAsync(new { ownActivities = new[] { Own(0) }, recurrenceCount = 3 });

        var seen = await Kalmar.GetAsync($"cases/{id}");
        var unmet = (await Kalmar.GetAsync($"cases/{id}/transitions")).Body!["transitions"]!.AsArray().Single(t => (string?)t!["rule"] == "R-E1")!["unmet"]!.AsArray();
        var done = await Kalmar.DoneAsync(id, "activities", Bodies.Activity("informBoard", Host.Clock.GetUtcNow()));

        Assert.Multiple(() =>
        {
            Assert.That(seen.Body!["activities"]!.AsArray().Single(a => (string?)a!["code"] == "informBoard")!["required"]!.GetValue<bool>(), "the case as it is read");
            Assert.That(unmet.Select(u => (string?)u!["message"]!["sv"]), Has.Some.Contains("Informera läkemedelskommittén").And.Some.StartsWith("Återkommande är minst 3"), "what is possible");
            Assert.That((string?)done.Body!["activities"]!.AsArray().Single(a => (string?)a!["code"] == "informBoard")!["outcome"], Is.EqualTo("completed"), "a command's answer");
        });
    }

    [Test]
    public async Task The_regions_numbers_decide_already_when_a_case_is_opened()
    {
        await PutAsync(new { recurrenceCount = 3 });
        var contract = await Kalmar.ContractAsync();
        Guid[] deviations = [await Kalmar.DeviationAsync(contract), await Kalmar.DeviationAsync(contract, daysAgo: 2)];

        var two = await Kalmar.PostAsync("cases", Bodies.Case(contract, deviations, "recurringDeviation", 1), "decider");
        var three = await Kalmar.PostAsync("cases", Bodies.Case(contract, [.. deviations, await Kalmar.DeviationAsync(contract)], "recurringDeviation", 1), "decider");

        Assert.That((two.Code, two.Reason, three.Status), Is.EqualTo(("R-E1", "tooFewDeviations", HttpStatusCode.Created)), three.Text);
    }

    [Test]
    public async Task The_next_case_is_opened_under_the_edition_chosen_and_an_older_one_keeps_its_own()
    {
        var before = await Kalmar.CaseAtAsync(0);
        await PutAsync(new { ladder = "2024-kalmar" });
        var after = await Kalmar.CaseAtAsync(0);

        Assert.That(((string?)(await Kalmar.GetAsync($"cases/{before}")).Body!["ladder"], (string?)(await Kalmar.GetAsync($"cases/{after}")).Body!["ladder"]),
            Is.EqualTo(("2026", "2024-kalmar")));
    }

    [Test]
    public async Task A_region_that_enforces_decision_levels_refuses_one_that_is_too_low()
    {
        var id = await Kalmar.CaseAtAsync(2);
        var deviation = await Kalmar.NothingFoundedAsync(id);
        var recorded = await Kalmar.PostAsync($"cases/{id}/closures?validateOnly=true", Bodies.Closure("unfounded", "deviation", deviation, "contractOwner"), "decider",
            ("If-Match", (await Kalmar.GetAsync($"cases/{id}")).ETag));
        await PutAsync(new { enforceDecisionLevels = true });

        var tooLow = await Kalmar.OnCaseAsync(id, "closures", Bodies.Closure("unfounded", "deviation", deviation, "contractOwner"), "decider");
        var enough = await Kalmar.OnCaseAsync(id, "closures", Bodies.Closure("unfounded", "deviation", deviation, "categoryLead"), "decider");

        Assert.That((recorded.Status, tooLow.Code, tooLow.Reason, enough.Status), Is.EqualTo((HttpStatusCode.OK, "R-G7", "decisionLevelTooLow", HttpStatusCode.OK)), enough.Text);
    }

    [Test]
    public async Task Overdue_cases_are_found_once_their_time_has_passed_and_not_before()
    {
        var late = await Kalmar.CaseAtAsync(1);
        var idle = await Kalmar.CaseAtAsync(0);
        var due = (await Kalmar.GetAsync($"cases/{late}")).Body!["nextDue"]!.GetValue<DateTimeOffset>();

        Assert.That((await OfBothAsync("true"), await OfBothAsync("false")), Is.EqualTo((Array.Empty<Guid>(), new[] { idle, late })).UsingPropertiesComparer());
        Host.Clock.Move(due - Host.Clock.GetUtcNow() + TimeSpan.FromMilliseconds(1));
        Assert.That((await OfBothAsync("true"), await OfBothAsync("false")), Is.EqualTo((new[] { late }, new[] { idle })).UsingPropertiesComparer());
        Assert.That((await Kalmar.GetAsync("cases?overdue=maybe")).Status, Is.AnyOf(HttpStatusCode.BadRequest, HttpStatusCode.UnprocessableEntity));

        async Task<Guid[]> OfBothAsync(string overdue) =>
            [.. (await Kalmar.GetAsync($"cases?overdue={overdue}&limit=100")).Body!["items"]!.AsArray().Select(c => c!["id"]!.GetValue<Guid>()).Intersect([late, idle])];
    }

    private static JsonObject Full => JsonNode.Parse(
        """
        {
          "ladder": "2026", "recurrenceCount": 3, "recurrenceMonths": 18, "seriousMonths": 24, "observationMonths": 4, "observationMonthsAtStepOne": 2,
          "relapseMonths": 9, "reopenMonths": 15, "blockDays": 60, "continuityDays": 45, "enforceDecisionLevels": true,
          "deadlines": { "returnCriteria": 11, "review": 16, "minutes": 6, "comment": 0, "informRegionsAtThree": 4, "informRegionsAboveThree": 1, "provisionalNotice": 9, "acknowledgement": 4 },
          "ownActivities": [{ "step": 1, "code": "informBoard", "label": { "sv": "Informera läkemedelskommittén", "en": "Inform the pharmaceutical board" }, "required": true }],
          "raisedActivities": [{ "step": 1, "code": "informSupplierHost" }],
          "roleNames": [{ "code": "contractOwner", "name": { "sv": "Avtalsförvaltare", "en": "Contract manager" } }],
          "freeDays": ["2026-05-15", "2026-01-05", "2026-05-15"]
        }
        """)!.AsObject();

    private static object Own(int step) => new { step, code = "informBoard", label = new { sv = "Informera läkemedelskommittén", en = "Inform the pharmaceutical board" }, required = true };

    /// <summary>The settings with who changes them and why.</summary>
    private static JsonObject Body(object settings)
    {
        var body = System.Text.Json.JsonSerializer.SerializeToNode(settings)!.AsObject();
        (body["changedBy"], body["motivation"]) = ("Inköpschef", Motivation);
        return body;
    }

    /// <param name="ifMatch">The present version unless a test says otherwise; null for none.</param>
    private async Task<Answer> PutAsync(object settings, string query = "", string? ifMatch = "present") => await Kalmar.SendAsync(
        "decider", HttpMethod.Put, Resource + query, Body(settings), ("If-Match", ifMatch == "present" ? (await Kalmar.GetAsync(Resource)).ETag : ifMatch));

    private async Task<long> EventsAsync() => (long)(await Host.Database.ScalarAsync("SELECT count(*) FROM mt_events WHERE type = 'ladder-settings-changed.v1'"))!;
}
