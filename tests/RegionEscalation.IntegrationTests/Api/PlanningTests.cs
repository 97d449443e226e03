using System.Globalization;
using System.Net;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>Planned activities, measures, and a supplier that refuses to plan, as a client meets them.</summary>
public sealed class PlanningTests : KalmarFixture
{
    [Test]
    public async Task A_planned_activity_has_its_day_and_nothing_else_has_one()
    {
        var id = await Kalmar.CaseAtAsync(1);
        var now = Host.Clock.GetUtcNow();
        var day = now.AddDays(7).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

        var planned = await Kalmar.DoneAsync(id, "activities", new { code = "factFinding", outcome = "planned", by = "Avtalsansvarig", text = "Orderloggen gås igenom.", plannedFor = day });
        var without = await Kalmar.OnCaseAsync(id, "activities", new { code = "factFinding", outcome = "planned", by = "Avtalsansvarig", text = "Orderloggen gås igenom." });
        var done = await Kalmar.OnCaseAsync(id, "activities",
            new { code = "factFinding", outcome = "completed", by = "Avtalsansvarig", text = "Gjort.", performedAt = now, plannedFor = day });

        var activity = planned.Body!["activities"]!.AsArray().Single(a => (string?)a!["code"] == "factFinding")!;
        Assert.That(((string?)activity["outcome"], (string?)activity["plannedFor"], (string?)activity["text"]), Is.EqualTo(("planned", day, "Orderloggen gås igenom.")));
        Assert.That(planned.Body["obligations"]!.AsArray().Select(o => (string?)o!["code"]), Does.Contain("activity"));
        foreach (var answer in new[] { without, done })
            Assert.That((answer.Status, answer.Body!["errors"]!.AsObject().Single().Key), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "plannedFor")), answer.Text);
    }

    [Test]
    public async Task A_measure_is_reported_and_verified()
    {
        var id = await Kalmar.CaseAtAsync(1);
        await Kalmar.DoneAsync(id, "action-plans", Bodies.Plan(Host.Clock.GetUtcNow()));
        var plan = await Kalmar.PlanAsync(id);
        await Kalmar.DoneAsync(id, $"action-plans/{plan}/agreements", Bodies.Agreement);

        var early = await Kalmar.OnCaseAsync(id, $"action-plans/{plan}/measures", Measure("verified"));
        await Kalmar.DoneAsync(id, $"action-plans/{plan}/measures", Measure("reportedDone"));
        var verified = await Kalmar.DoneAsync(id, $"action-plans/{plan}/measures", Measure("verified"));
        var absent = await Kalmar.OnCaseAsync(id, $"action-plans/{Guid.NewGuid()}/measures", Measure("reportedDone"));

        var progress = verified.Body!["actionPlans"]![0]!["revisions"]![0]!["progress"]!.AsArray().Single()!;
        Assert.That(early.Reason, Is.EqualTo("measureNotReported"));
        Assert.That((progress["measure"]!.GetValue<int>(), progress["reportedDoneAt"] is null, progress["verifiedAt"] is null), Is.EqualTo((1, false, false)));
        Assert.That(absent.Status, Is.EqualTo(HttpStatusCode.NotFound));

        static object Measure(string outcome) => new { measure = 1, outcome, text = "Buffertlagret är på plats.", by = "Leverantören" };
    }

    [Test]
    public async Task A_refusal_to_plan_leads_to_step_two()
    {
        var id = await Kalmar.CaseAtAsync(1);
        var reminded = Host.Clock.GetUtcNow();
        Host.Clock.Move(TimeSpan.FromDays(4));
        var refusal = new
        {
            account = "Leverantören avböjer att ta fram en plan.",
            reminderSentAt = reminded,
            reminderReference = "26RK1024-9",
            deadline = reminded.AddDays(2).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            recordedBy = "Avtalsansvarig",
        };
        var refused = await Kalmar.DoneAsync(id, "plan-refusals", refusal);
        foreach (var code in new[] { "increasedDialogue", "factFinding", "establishActionPlan" })
            await Kalmar.DoneAsync(id, "activities", new { code, outcome = "dispensedWith", by = "Avtalsansvarig", text = "Leverantören deltar inte." });

        var escalated = await Kalmar.DoneAsync(id, "escalations", Bodies.Escalation(2, "planWithoutEffect", "record",
            [refused.Body!["planRefusals"]![0]!["id"]!.GetValue<Guid>()], "categoryLead"), "decider");

        Assert.That(escalated.Body!["step"]!.GetValue<int>(), Is.EqualTo(2));
    }

    [Test]
    public async Task Classifying_failures_as_serious_as_a_whole_is_for_deciders_at_step_three()
    {
        var id = await Kalmar.CaseAtAsync(1);
        var body = new { consequenceAreas = new[] { "operations" }, motivation = RegionAtWork.Motivation, decidedBy = Bodies.By("headOfPurchasing") };

        Assert.That((await Kalmar.OnCaseAsync(id, "serious-aggregates", body)).Status, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That((await Kalmar.OnCaseAsync(id, "serious-aggregates", body, "decider")).Reason, Is.EqualTo("notAtThree"));
    }
}
