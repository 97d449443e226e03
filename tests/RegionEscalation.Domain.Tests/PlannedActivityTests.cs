using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-A2: an activity may be planned for a day; it is outstanding until it is done.</summary>
public class PlannedActivityTests
{
    private static readonly DateOnly Today = SwedishTime.DateOf(Some.Start);

    [Test]
    public void A_planned_activity_says_for_when_and_who_is_to_do_it() =>
        Assert.That(Standing.At(1).When(Planning("factFinding", Today.AddDays(7))).Then().Activity(1, "factFinding"), Is.EqualTo(
            new ActivityRecord(1, "factFinding", ActivityOutcome.Planned, Some.Start, "Avtalsansvarig", "Genomgång av orderloggen", Today.AddDays(7), 2)));

    [Test]
    public void An_activity_is_planned_for_today_at_the_earliest()
    {
        Assert.That(Standing.At(1).When(Planning("factFinding", Today)).Decision.IsRejected, Is.False);
        Standing.At(1).When(Planning("factFinding", Today.AddDays(-1))).ThenRejected("R-A2 plannedInPast");
    }

    [Test]
    public void A_planned_activity_is_still_outstanding()
    {
        var given = Standing.At(1).And(Planning("factFinding", Today.AddDays(7))).And(Planning("establishActionPlan", Today.AddDays(7)));

        Assert.That(CaseActivities.Outstanding(given.State, Some.Ladder.Step(1)).Select(a => a.Code), Does.Contain("factFinding").And.Contain("establishActionPlan"));
        Assert.That(CaseActivities.Outstanding(given.PlanAgreed().State, Some.Ladder.Step(1)).Select(a => a.Code), Does.Not.Contain("establishActionPlan"), "its record does it");
    }

    [Test]
    public void Completing_or_dispensing_with_it_takes_the_place_of_the_plan()
    {
        var given = Standing.At(1).And(Planning("factFinding", Today.AddDays(7)));

        Assert.That(given.When(c => new CompleteActivity("factFinding", null, c.Now, "Avtalsansvarig", "Genomfört")).Then().Activities.Select(a => a.Outcome),
            Is.EqualTo(new[] { ActivityOutcome.Completed }));
        Assert.That(given.When(new DispenseWithActivity("factFinding", null, "Redan känt", "Avtalsansvarig")).Then().Activities.Select(a => a.Outcome),
            Is.EqualTo(new[] { ActivityOutcome.DispensedWith }));
    }

    [Test]
    public void A_day_can_be_moved_and_what_is_done_is_not_planned()
    {
        var given = Standing.At(1).And(Planning("factFinding", Today.AddDays(7))).And(Planning("factFinding", Today.AddDays(14)));
        Assert.That(given.State.Activities.Select(a => a.PlannedFor), Is.EqualTo(new DateOnly?[] { Today.AddDays(14) }));

        given.And(new CompleteActivity("factFinding", null, given.Now, "Avtalsansvarig", "Genomfört"));
        given.When(Planning("factFinding", Today.AddDays(14))).ThenRejected("R-A2 alreadyCompleted");
    }

    [Test]
    public void It_is_planned_at_a_step_that_has_it_and_that_the_case_has_reached()
    {
        Standing.At(1).When(Planning("letterToCeo", Today)).ThenRejected("R-A2 activityNotOfStep");
        Standing.At(1).When(Planning("letterToCeo", Today) with { Step = 3 }).ThenRejected("R-A2 stepNotReached");
    }

    [Test]
    public void A_planned_activity_is_overdue_when_its_day_is_over_and_no_more_once_it_is_done()
    {
        var given = Standing.At(1).And(Planning("factFinding", Today.AddDays(7)));

        Assert.That(Due(given), Is.EqualTo(new DateTimeOffset?[] { SwedishTime.EndOf(Today.AddDays(7)) }));
        Assert.That(Due(given.And(new CompleteActivity("factFinding", null, given.Now, "Avtalsansvarig", "Genomfört"))), Is.Empty);

        var planned = Standing.At(1).And(Planning("establishActionPlan", Today.AddDays(7)));
        Assert.That(Due(planned), Has.Length.EqualTo(1));
        Assert.That(Due(planned.PlanAgreed()), Is.Empty, "its record does it");

        static DateTimeOffset?[] Due(GivenCase c) => [.. Obligations.Of(c.State).Where(o => o.Code == "activity").Select(o => (DateTimeOffset?)o.Due)];
    }

    [Test]
    public void Vid_behov_that_is_planned_was_not_found_unneeded_when_the_step_is_left()
    {
        var given = Standing.At(3).And(Planning("siteVisit", Today.AddDays(7))).Attached(Some.Serious(Some.Start));
        var left = given.When(c => new Escalate(4, Some.Basis(Trigger.SeriousDeviation, c.DeviationEvidence[^1])));

        Assert.That(left.Then<ActivitiesNotNeeded>().Codes, Is.EqualTo(new[] { "audit" }), "nothing at all was recorded of it");
        Assert.That(left.Then().Activity(3, "siteVisit")!.Outcome, Is.EqualTo(ActivityOutcome.Planned));
    }

    private static PlanActivity Planning(string code, DateOnly day) => new(code, null, day, "Avtalsansvarig", "Genomgång av orderloggen");
}
