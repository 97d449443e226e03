using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.Regions;
using RegionEscalation.Integrations;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>Information till Sveriges Regioner as the region meets it (R-N1…R-N7).</summary>
public sealed class NoticeTests : KalmarFixture
{
    private const string Reason = "Patienter riskerar att bli utan vätskor; de andra regionerna behöver veta det i dag.";

    [Test]
    public async Task A_notice_is_issued_when_the_supplier_was_told_the_same_and_its_time_to_comment_has_passed()
    {
        var id = await Kalmar.CaseAtAsync(3);
        var owed = (await Kalmar.GetAsync($"cases/{id}")).Body!["obligations"]!.AsArray().Single(o => (string?)o!["code"] == "informRegions")!;
        var notice = await Kalmar.NoticeAsync(id);
        var untold = await IssueAsync(id, notice);
        await Kalmar.DoneAsync(id, $"notices/{notice}/supplier-notifications", Bodies.Notification);
        var told = await NoticeAsync(id, notice);
        var until = At(told["commentUntil"]);
        var running = await IssueAsync(id, notice);
        MoveTo(until.AddMinutes(-1));
        var lastMinute = await IssueAsync(id, notice);
        MoveTo(until);
        var before = await PreliminaryAsync(id);
        var issued = RegionAtWork.Succeeded(await IssueAsync(id, notice));
        var found = await NoticeAsync(id, notice);

        Assert.Multiple(async () =>
        {
            Assert.That((string?)owed["href"], Does.EndWith($"/cases/{id}/notices"));
            Assert.That((untold.Status, untold.Code, untold.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "R-N2", "supplierNotNotified")));
            Assert.That((string?)untold.Body!["unmet"]![0]!["href"], Does.EndWith($"/cases/{id}/notices/{notice}/supplier-notifications"));
            Assert.That(((string?)told["state"], (string?)told["notification"]!["sentTo"], told["recipients"]!.AsArray().Count), Is.EqualTo(("supplierNotified", "Företagsledning", 0)));
            Assert.That(until, Is.EqualTo(LadderSettings.Default.After(At(told["notifiedAt"]), 5)), "five working days");
            Assert.That((running.Status, running.Code, running.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "R-N2", "commentTimeRunning")));
            Assert.That((string?)running.Body!["unmet"]![0]!["href"], Does.EndWith($"/cases/{id}/supplier-statements"));
            Assert.That(lastMinute.Reason, Is.EqualTo("commentTimeRunning"));
            Assert.That(((string?)found["state"], found["issue"]!["number"]!.GetValue<int>(), found["issue"]!["provisional"]), Is.EqualTo(("issued", 1, (JsonNode?)null)));
            Assert.That((found["payload"]!["step"]!.GetValue<int>(), (string?)found["payload"]!["trigger"]), Is.EqualTo((3, "planWithoutEffect")));
            Assert.That(Codes(issued), Does.Not.Contain("informRegions"));
            Assert.That((string?)issued.Body!["activities"]!.AsArray().Single(a => (string?)a!["code"] == "informRegions")!["outcome"], Is.EqualTo("completed"));
            Assert.That((before, await PreliminaryAsync(id)), Is.EqualTo((true, false)), "to the others");
        });
    }

    [Test]
    public async Task A_statement_on_the_notice_ends_the_time_to_comment_and_is_attached()
    {
        var id = await Kalmar.CaseAtAsync(3);
        var notice = await Kalmar.NoticeAsync(id);
        var early = await Kalmar.OnCaseAsync(id, "supplier-statements", Bodies.Statement(Now, notice));
        await Kalmar.DoneAsync(id, $"notices/{notice}/supplier-notifications", Bodies.Notification);
        await Kalmar.DoneAsync(id, "supplier-statements", new { text = "Om något annat.", submittedBy = "VD", receivedAt = Now });
        var other = await IssueAsync(id, notice);
        var stated = await Kalmar.DoneAsync(id, "supplier-statements", Bodies.Statement(Now, notice));
        RegionAtWork.Succeeded(await IssueAsync(id, notice));
        var found = await NoticeAsync(id, notice);

        Assert.That((early.Status, (string?)early.Body!["errors"]?["noticeId"]?[0]?["rule"]), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "unknownNotice")), early.Text);
        Assert.That(other.Reason, Is.EqualTo("commentTimeRunning"), "a statement about something else");
        Assert.That(found["payload"]!["supplierStatementAttached"]!.GetValue<bool>(), Is.True);
        Assert.That(found["issue"]!["statements"]!.AsArray().Select(s => s!.GetValue<Guid>()),
            Is.EqualTo(stated.Body!["supplierStatements"]!.AsArray().Select(s => s!["id"]!.GetValue<Guid>())));
    }

    [Test]
    public async Task A_provisional_notice_expires_unless_it_is_confirmed_and_the_regions_are_owed_it_again()
    {
        var id = await Kalmar.CaseAtAsync(4);
        var notice = await Kalmar.NoticeAsync(id);
        var issued = RegionAtWork.Succeeded(await IssueAsync(id, notice, Provisional()));
        var confirm = issued.Body!["obligations"]!.AsArray().Single(o => (string?)o!["code"] == "confirmNotice")!;
        var confirmBy = At((await NoticeAsync(id, notice))["issue"]!["provisional"]!["confirmBy"]);
        MoveTo(confirmBy.AddSeconds(-1));
        await NoteExpiriesAsync();
        var standing = (string?)(await NoticeAsync(id, notice))["state"];
        MoveTo(confirmBy);
        await NoteExpiriesAsync();
        var after = await Kalmar.GetAsync($"cases/{id}");

        Assert.Multiple(async () =>
        {
            Assert.That(((string?)confirm["rule"], At(confirm["due"])), Is.EqualTo(("R-N2", confirmBy)));
            Assert.That((string?)confirm["href"], Does.EndWith($"/cases/{id}/notices/{notice}/confirmations"));
            Assert.That(confirmBy, Is.EqualTo(LadderSettings.Default.After(At(issued.Body["notices"]![0]!["issue"]!["at"]), 10)), "ten working days");
            Assert.That((standing, (string?)(await NoticeAsync(id, notice))["state"]), Is.EqualTo(("issued", "expired")));
            Assert.That(Codes(after), Does.Contain("informRegions").And.Not.Contain("confirmNotice"));
            Assert.That(await PreliminaryAsync(id), Is.True);
            Assert.That(await Host.Database.ScalarAsync("SELECT count(*) FROM national_notices WHERE case_id = $1", id), Is.Zero, "the others see it no more");
        });
    }

    [Test]
    public async Task A_provisional_notice_is_confirmed_when_the_supplier_has_had_its_say()
    {
        var id = await Kalmar.CaseAtAsync(4);
        var notice = await Kalmar.NoticeAsync(id);
        RegionAtWork.Succeeded(await IssueAsync(id, notice, Provisional()));
        var preliminary = await PreliminaryAsync(id);
        var early = await ConfirmAsync(id, notice);
        await Kalmar.DoneAsync(id, "supplier-statements", Bodies.Statement(Now, notice));
        var confirmed = RegionAtWork.Succeeded(await ConfirmAsync(id, notice));
        var again = await ConfirmAsync(id, notice);

        Assert.Multiple(async () =>
        {
            Assert.That((early.Code, early.Reason), Is.EqualTo(("R-N2", "commentTimeRunning")));
            Assert.That((preliminary, await PreliminaryAsync(id)), Is.EqualTo((true, false)));
            Assert.That(Codes(confirmed), Does.Not.Contain("confirmNotice").And.Not.Contain("informRegions"));
            Assert.That((await NoticeAsync(id, notice))["confirmedAt"], Is.Not.Null);
            Assert.That((again.Code, again.Reason), Is.EqualTo(("noticeLifecycle", "notProvisional")));
        });
    }

    [Test]
    public async Task A_notice_is_provisional_only_where_it_cannot_wait_and_with_a_reason()
    {
        var three = await Kalmar.CaseAtAsync(3);
        var four = await Kalmar.CaseAtAsync(4);
        var (low, high) = (await Kalmar.NoticeAsync(three), await Kalmar.NoticeAsync(four));

        var tooLow = await IssueAsync(three, low, Provisional());
        var untold = await IssueAsync(four, high, new { reason = Reason });
        var terse = await IssueAsync(four, high, Provisional("Brådskar."));
        var shortened = await IssueAsync(four, high, new { reason = Reason, notification = new { sentTo = "VD", reference = "26RK1024-14", commentDays = 1 } });
        await Kalmar.DoneAsync(four, $"notices/{high}/supplier-notifications", Bodies.Notification);
        var twice = await IssueAsync(four, high, Provisional());
        await Kalmar.DoneAsync(four, "supplier-statements", Bodies.Statement(Now, high));
        var needless = await IssueAsync(four, high, new { reason = Reason });

        Assert.Multiple(() =>
        {
            Assert.That((tooLow.Code, tooLow.Reason), Is.EqualTo(("R-N2", "provisionalNotAllowed")));
            Assert.That((untold.Code, untold.Reason), Is.EqualTo(("R-N2", "supplierNotNotified")));
            Assert.That((terse.Reason, (string?)terse.Body!["unmet"]![0]!["field"]), Is.EqualTo(("motivationTooShort", "provisional.reason")));
            Assert.That((shortened.Reason, (string?)shortened.Body!["unmet"]![0]!["field"]), Is.EqualTo(("commentTimeTooShort", "provisional.notification.shortenedMotivation")));
            Assert.That((string?)twice.Body!["errors"]?["provisional.notification"]?[0]?["rule"], Is.EqualTo("alreadyNotified"), twice.Text);
            Assert.That((string?)needless.Body!["errors"]?["provisional"]?[0]?["rule"], Is.EqualTo("notNeeded"), needless.Text);
        });
    }

    [Test]
    public async Task A_shorter_time_to_comment_is_motivated()
    {
        var id = await Kalmar.CaseAtAsync(4);
        var notice = await Kalmar.NoticeAsync(id);
        var resource = $"notices/{notice}/supplier-notifications";

        var bare = await Kalmar.OnCaseAsync(id, resource, new { sentTo = "VD", reference = "26RK1024-14", commentDays = 0 });
        await Kalmar.DoneAsync(id, resource, new { sentTo = "VD", reference = "26RK1024-14", commentDays = 0, shortenedMotivation = Reason });
        var twice = await Kalmar.OnCaseAsync(id, resource, Bodies.Notification);

        Assert.That((bare.Code, bare.Reason, (string?)bare.Body!["unmet"]![0]!["field"]), Is.EqualTo(("R-N2", "commentTimeTooShort", "shortenedMotivation")));
        Assert.That((twice.Code, twice.Reason), Is.EqualTo(("noticeLifecycle", "alreadyNotified")));
        RegionAtWork.Succeeded(await IssueAsync(id, notice));
    }

    [Test]
    public async Task A_block_makes_an_update_due_and_what_was_prepared_before_it_outdated()
    {
        var id = await Kalmar.CaseAtAsync(4);
        var first = await Kalmar.InformAsync(id);
        var again = await Kalmar.OnCaseAsync(id, "notices", new { kind = "initial" });
        var draft = await Kalmar.NoticeAsync(id, "update");
        var blocked = await BlockAsync(id);
        var outdated = await Kalmar.OnCaseAsync(id, $"notices/{draft}/supplier-notifications", Bodies.Notification);
        var update = await Kalmar.InformAsync(id, "update");
        var owed = blocked.Body!["obligations"]!.AsArray().Single(o => (string?)o!["code"] == "noticeUpdate")!;
        var list = (await Kalmar.GetAsync($"cases/{id}/notices")).Body!["notices"]!.AsArray();

        Assert.Multiple(async () =>
        {
            Assert.That((again.Code, again.Reason), Is.EqualTo(("R-N4", "alreadyInformed")));
            Assert.That(((string?)owed["rule"], At(owed["due"])), Is.EqualTo(("R-N4", LadderSettings.Default.After(At(blocked.Body["updatedAt"]), 2))));
            Assert.That((string?)owed["href"], Does.EndWith($"/cases/{id}/notices"));
            Assert.That((outdated.Code, outdated.Reason), Is.EqualTo(("R-N2", "payloadOutdated")));
            Assert.That(list.Select(n => (n!["id"]!.GetValue<Guid>(), (string?)n["state"])), Is.EqualTo(new[] { (update, "issued"), (draft, "superseded"), (first, "superseded") }), "newest first");
            Assert.That((string?)list[0]!["payload"]!["block"]!["scope"], Is.EqualTo("contract"));
            Assert.That(list[0]!["issue"]!["number"]!.GetValue<int>(), Is.EqualTo(2));
            Assert.That(Codes(await Kalmar.GetAsync($"cases/{id}")), Does.Not.Contain("noticeUpdate"));
        });
    }

    [Test]
    public async Task Below_3_the_regions_are_owed_an_all_clear_without_which_the_case_is_not_resolved()
    {
        var id = await Kalmar.CaseAtAsync(3);
        var first = await Kalmar.InformAsync(id);
        var tooEarly = await Kalmar.OnCaseAsync(id, "notices", new { kind = "allClear" });
        await Kalmar.EvaluatedPlanAsync(id, "effective");
        await Kalmar.StepDownAsync(id, 2, "unitManager");
        var below = await Kalmar.GetAsync($"cases/{id}");
        var deviations = below.Body!["deviations"]!.AsArray().Select(d => d!["id"]!.GetValue<Guid>()).ToArray();
        foreach (var deviation in deviations)
            await Kalmar.ResolveAsync(deviation);
        var closing = Bodies.Closure("resolved", "deviation", deviations[0], "categoryLead");
        var refused = await Kalmar.OnCaseAsync(id, "closures", closing, "decider");
        var allClear = await Kalmar.InformAsync(id, "allClear");
        var closed = await Kalmar.OnCaseAsync(id, "closures", closing, "decider");
        var told = await NoticeAsync(id, allClear);

        Assert.Multiple(async () =>
        {
            Assert.That((tooEarly.Code, tooEarly.Reason), Is.EqualTo(("R-N4", "stillVisible")));
            Assert.That(Codes(below), Does.Contain("allClear"));
            Assert.That((refused.Code, refused.Reason), Is.EqualTo(("R-Z1", "allClearMissing")), refused.Text);
            Assert.That((string?)refused.Body!["unmet"]![0]!["href"], Does.EndWith($"/cases/{id}/notices"));
            Assert.That((closed.Status, Codes(closed)), Is.EqualTo((HttpStatusCode.OK, Array.Empty<string>())), closed.Text);
            Assert.That(((string?)(await NoticeAsync(id, first))["state"], (string?)told["state"], told["payload"]!["step"], told["commentUntil"]),
                Is.EqualTo(("withdrawn", "issued", (JsonNode?)null, (JsonNode?)null)));
        });
    }

    [Test]
    public async Task What_was_unfounded_is_retracted_also_after_the_case_is_closed()
    {
        var id = await Kalmar.CaseAtAsync(3);
        var first = await Kalmar.InformAsync(id);
        var nothing = await Kalmar.OnCaseAsync(id, "notices", new { kind = "retraction" });
        var closed = await Kalmar.ClosedAsUnfoundedAsync(id, "unitManager");
        var cleared = await Kalmar.OnCaseAsync(id, "notices", new { kind = "allClear" });
        await Kalmar.InformAsync(id, "retraction");

        Assert.Multiple(async () =>
        {
            Assert.That((nothing.Code, nothing.Reason), Is.EqualTo(("R-N4", "nothingToRetract")));
            Assert.That(Codes(closed), Is.EqualTo(new[] { "retraction" }));
            Assert.That((cleared.Code, cleared.Reason), Is.EqualTo(("R-N4", "retractionDue")));
            Assert.That((string?)(await NoticeAsync(id, first))["state"], Is.EqualTo("retracted"));
            Assert.That(Codes(await Kalmar.GetAsync($"cases/{id}")), Is.Empty);
            Assert.That(await Host.Database.ScalarAsync("SELECT kind FROM national_notices WHERE case_id = $1", id), Is.EqualTo("retraction"));
        });
    }

    [Test]
    public async Task The_regions_are_informed_by_a_notice_and_neither_by_hand_nor_not_at_all()
    {
        var id = await Kalmar.CaseAtAsync(3);

        var byHand = await Kalmar.OnCaseAsync(id, "activities", Bodies.Activity("informRegions", Now));
        var without = await Kalmar.OnCaseAsync(id, "activities", Bodies.DispensedWith("informRegions"));

        Assert.That((byHand.Code, byHand.Reason), Is.EqualTo(("R-A2", "completedByRecord")));
        Assert.That((without.Code, without.Reason), Is.EqualTo(("R-N1", "informedByNoticeOnly")));
        foreach (var answer in new[] { byHand, without })
            Assert.That((string?)answer.Body!["unmet"]![0]!["href"], Does.EndWith($"/cases/{id}/notices"));
    }

    [Test]
    public async Task Below_3_there_is_nothing_to_inform_of()
    {
        var id = await Kalmar.CaseAtAsync(2);

        foreach (var (kind, rule, reason) in new[] { ("initial", "R-N2", "stepTooLow"), ("update", "R-N2", "stepTooLow"), ("allClear", "R-N4", "notInformed"), ("retraction", "R-N4", "notInformed") })
        {
            var answer = await Kalmar.OnCaseAsync(id, "notices", new { kind });
            Assert.That((answer.Status, answer.Code, answer.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, rule, reason)), kind);
        }
    }

    [Test]
    public async Task The_issuer_sees_who_received_it_who_acknowledged_it_and_who_is_reminded()
    {
        var id = await Kalmar.CaseAtAsync(3);
        var first = await Kalmar.InformAsync(id);
        await AcknowledgeAsync(first, "region:13");
        var fresh = await NoticeAsync(id, first);
        var remindAt = At(fresh["issue"]!["remindAt"]);
        MoveTo(remindAt.AddSeconds(-1));
        var lastSecond = await NoticeAsync(id, first);
        MoveTo(remindAt);
        var late = await NoticeAsync(id, first);
        var update = await Kalmar.InformAsync(id, "update");

        Assert.Multiple(async () =>
        {
            var keys = late["recipients"]!.AsArray().Select(r => (string)r!["recipient"]!).ToArray();
            Assert.That(keys, Is.EquivalentTo(Region.All.Where(r => r.Code != "08").Select(r => $"region:{r.Code}").Append("coordination").Append("nationalOffice")), "everybody but the own region");
            Assert.That(remindAt, Is.EqualTo(LadderSettings.Default.After(At(fresh["issue"]!["at"]), 3)), "three working days");
            Assert.That(Reminded(fresh).Concat(Reminded(lastSecond)), Is.Empty);
            Assert.That(Reminded(late), Is.EquivalentTo(keys.Except(["region:13"])));
            var halland = Recipient(late, "region:13");
            Assert.That(((string?)halland["regionName"], (string?)halland["acknowledgedBy"], At(halland["acknowledgedAt"])), Is.EqualTo(("Region Halland", "Inköpschef", At(fresh["issue"]!["at"]).AddHours(1))));
            Assert.That(Recipient(late, "coordination")["regionName"], Is.Null);
            Assert.That((await NoticeAsync(id, update))["recipients"]!.AsArray().Where(r => r!["acknowledgedAt"] is not null), Is.Empty, "each notice is acknowledged by itself");
        });

        static IEnumerable<string> Reminded(JsonNode notice) => notice["recipients"]!.AsArray().Where(r => r!["reminded"]!.GetValue<bool>()).Select(r => (string)r!["recipient"]!);

        static JsonNode Recipient(JsonNode notice, string key) => notice["recipients"]!.AsArray().Single(r => (string?)r!["recipient"] == key)!;
    }

    [Test]
    public async Task Whoever_has_read_the_case_is_told_what_becomes_of_it()
    {
        var id = await Kalmar.CaseAtAsync(3);
        var elsewhere = await Kalmar.CaseAtAsync(3);
        await ReadAsync(id, "partner:adda", "region:13");
        await ReadAsync(id, "supplier:5560160680");
        await ReadAsync(id, "auditor");
        await ReadAsync(id, "region:08");
        await ReadAsync(elsewhere, "partner:other");

        var keys = (await NoticeAsync(id, await Kalmar.InformAsync(id)))["recipients"]!.AsArray().Select(r => (string)r!["recipient"]!).ToArray();

        Assert.That(keys, Does.Contain("partner:adda").And.Unique);
        Assert.That(keys.Where(k => k.StartsWith("supplier", StringComparison.Ordinal) || k is "auditor" or "region:08" or "partner:other"), Is.Empty);
    }

    [Test]
    public async Task A_notice_that_the_case_does_not_have_is_absent()
    {
        var id = await Kalmar.CaseAtAsync(3);
        var elsewhere = await Kalmar.CaseAtAsync(4);
        var other = await Kalmar.NoticeAsync(elsewhere);

        foreach (var notice in new[] { Guid.NewGuid(), other })
        {
            Assert.That((await Kalmar.GetAsync($"cases/{id}/notices/{notice}")).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await Kalmar.OnCaseAsync(id, $"notices/{notice}/supplier-notifications", Bodies.Notification)).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await IssueAsync(id, notice)).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await ConfirmAsync(id, notice)).Status, Is.EqualTo(HttpStatusCode.NotFound));
        }
        Assert.That((await Kalmar.GetAsync($"cases/{Guid.NewGuid()}/notices")).Status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await Kalmar.GetAsync($"cases/{id}/notices")).Body!["notices"]!.AsArray(), Is.Empty);
    }

    [TestCase("""{ "kind": "rumour" }""", "notices", "kind")]
    [TestCase("""{ "sentTo": "VD", "reference": "1", "commentDays": 61 }""", "notices/{0}/supplier-notifications", "commentDays")]
    [TestCase("""{ "sentTo": "VD", "reference": "1", "commentDays": -1 }""", "notices/{0}/supplier-notifications", "commentDays")]
    [TestCase("""{ "sentTo": " ", "reference": "1" }""", "notices/{0}/supplier-notifications", "sentTo")]
    [TestCase("""{ "sentTo": "VD" }""", "notices/{0}/supplier-notifications", "reference")]
    [TestCase("""{ "decidedBy": { "function": "Inköpschef" } }""", "notices/{0}/issues", "decidedBy.level")]
    [TestCase("""{ "decidedBy": { "function": "Inköpschef", "level": "emperor" } }""", "notices/{0}/issues", "decidedBy.level")]
    [TestCase("""{ "decidedBy": { "function": "Inköpschef", "level": "headOfPurchasing" }, "provisional": {} }""", "notices/{0}/issues", "provisional.reason")]
    [TestCase("""{ "decidedBy": { "function": "Inköpschef", "level": "headOfPurchasing" }, "provisional": { "reason": "x", "notification": { "sentTo": "VD" } } }""", "notices/{0}/issues", "provisional.notification.reference")]
    [TestCase("""{ }""", "notices/{0}/confirmations", "decidedBy")]
    public async Task Bad_input_is_refused_with_its_field(string json, string resource, string field)
    {
        var id = await Kalmar.CaseAtAsync(4);
        var notice = await Kalmar.NoticeAsync(id);

        var answer = await Kalmar.OnCaseAsync(id, string.Format(CultureInfo.InvariantCulture, resource, notice), JsonNode.Parse(json)!, "decider");

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity), answer.Text);
        Assert.That(answer.Body!["errors"]!.AsObject().Select(e => e.Key), Does.Contain(field), answer.Text);
        Assert.That((string?)(await NoticeAsync(id, notice))["state"], Is.EqualTo("prepared"));
    }

    [Test]
    public async Task Both_views_are_as_the_document_says()
    {
        var id = await Kalmar.CaseAtAsync(4);
        await BlockAsync(id);
        var notice = await Kalmar.NoticeAsync(id);
        await IssueAsync(id, notice, Provisional());
        await Kalmar.NoticeAsync(id, "update");
        var document = (await Kalmar.GetAsync("/escalation/v1/openapi.json")).Body!;

        foreach (var (path, address) in new[] { ("notices", $"cases/{id}/notices"), ("notices/{recordId}", $"cases/{id}/notices/{notice}") })
        {
            var answer = RegionAtWork.Succeeded(await Kalmar.GetAsync(address));
            var schema = document["paths"]![$"/regions/{{region}}/cases/{{id}}/{path}"]!["get"]!["responses"]!["200"]!["content"]!["application/json"]!["schema"]!;
            Assert.That(SchemaCheck.Against(document, schema, answer.Body), Is.Empty, path);
            Assert.That(answer.ETag, Is.EqualTo((await Kalmar.GetAsync($"cases/{id}")).ETag));
        }
    }

    private DateTimeOffset Now => Host.Clock.GetUtcNow();

    private static object Provisional(string reason = Reason) => new { reason, notification = Bodies.Notification };

    private Task<Answer> IssueAsync(Guid id, Guid notice, object? provisional = null) =>
        Kalmar.OnCaseAsync(id, $"notices/{notice}/issues", new { decidedBy = Bodies.By("headOfPurchasing"), provisional }, "decider");

    private Task<Answer> ConfirmAsync(Guid id, Guid notice) => Kalmar.OnCaseAsync(id, $"notices/{notice}/confirmations", Bodies.Issue, "decider");

    private async Task<JsonNode> NoticeAsync(Guid id, Guid notice) => RegionAtWork.Succeeded(await Kalmar.GetAsync($"cases/{id}/notices/{notice}")).Body!;

    private async Task<Answer> BlockAsync(Guid id)
    {
        var assessed = await Kalmar.DoneAsync(id, "continuity-assessments",
            new { impact = "Operationer flyttas till reservleverantör.", supply = "available", assessor = "Kategoriledare", alternative = "Reservavtal RK-2025-0150" });
        return await Kalmar.DoneAsync(id, "blocks", new
        {
            scope = "contract",
            contracts = new[] { new { number = (string?)assessed.Body!["contract"]!["number"], clauseReference = "9.2" } },
            from = Day(0),
            until = Day(20),
            reasons = "Leveranserna av vätskor är osäkra och patienter kan komma till skada.",
            continuityAssessmentId = assessed.Body["continuityAssessments"]![0]!["id"]!.GetValue<Guid>(),
            supplierNotifiedAt = Now,
            decidedBy = Bodies.By("headOfPurchasing"),
        }, "decider");
    }

    private string Day(int days) => Domain.SwedishTime.DateOf(Now).AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private async Task<bool> PreliminaryAsync(Guid id) => (bool)(await Host.Database.ScalarAsync("SELECT preliminary FROM national_cases WHERE case_id = $1", id))!;

    /// <summary>As the national API writes it, an hour after the notice was issued.</summary>
    private Task<object?> AcknowledgeAsync(Guid notice, string recipient) => Host.Database.ScalarAsync(
        """
        INSERT INTO national_acknowledgements (region, case_id, notice_id, recipient, at, acknowledged_by, client_id)
        SELECT region, case_id, notice_id, $2, issued_at + INTERVAL '1 hour', 'Inköpschef', 'halland-handler' FROM national_notices WHERE notice_id = $1
        """, notice, recipient);

    /// <summary>As the national API logs a read of the case.</summary>
    private Task<object?> ReadAsync(Guid id, params string[] readers) => Host.Database.ScalarAsync(
        """
        INSERT INTO national_access_log (read_id, at, client_id, readers, roles, purpose, operation, target, object_region, object_kind, object_id, tier)
        VALUES (gen_random_uuid(), now(), 'reader', $2, '{Reader}', 'nationalCoordination', 'getCase', '', '08', 'case', $1, 'T0')
        """, id, readers);

    private Task NoteExpiriesAsync() => Host.Services.GetServices<IHostedService>().OfType<ClockWorker>().Single().RunAsync(CancellationToken.None);

    private void MoveTo(DateTimeOffset at) => Host.Clock.Move(at - Now);

    private static string[] Codes(Answer answer) => [.. answer.Body!["obligations"]!.AsArray().Select(o => (string)o!["code"]!)];

    private static DateTimeOffset At(JsonNode? instant) => DateTimeOffset.Parse((string)instant!, CultureInfo.InvariantCulture);
}
