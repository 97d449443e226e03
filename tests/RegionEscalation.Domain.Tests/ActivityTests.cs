using RegionEscalation.Domain.Cases;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-A1, R-A2: recording the activities of a step.</summary>
public class ActivityTests
{
    [Test]
    public void A_completed_activity_is_recorded_at_the_current_step()
    {
        var given = GivenCase.AtStep(0).Later(days: 2);

        var record = given.When(Completing("reportToMonitoring", given.Now.AddDays(-1))).Then().Activity(0, "reportToMonitoring");

        Assert.That(record, Is.EqualTo(new ActivityRecord(0, "reportToMonitoring", ActivityOutcome.Completed, given.Now.AddDays(-1), "Avtalsansvarig", "Genomfört", null, 1)));
    }

    [Test]
    public void Dispensing_with_an_activity_is_recorded_with_its_reason()
    {
        var record = GivenCase.AtStep(0).When(new DispenseWithActivity("supplierDialogue", null, "Bara en risk", "Beställare")).Then().Activity(0, "supplierDialogue");

        Assert.That(record, Is.EqualTo(new ActivityRecord(0, "supplierDialogue", ActivityOutcome.DispensedWith, Some.Start, "Beställare", "Bara en risk", null, 1)));
    }

    [Test]
    public void Vid_behov_can_be_dispensed_with_and_completed_after_all()
    {
        var given = GivenCase.AtStep(3).And(new DispenseWithActivity("audit", null, "Behövs inte", "Enhetschef"));

        Assert.That(given.When(c => Completing("audit", c.Now)).Then().Activity(3, "audit")?.Outcome, Is.EqualTo(ActivityOutcome.Completed));
    }

    [Test]
    public void An_activity_of_an_earlier_step_may_be_completed_later()
    {
        var given = GivenCase.AtStep(2);

        Assert.That(given.When(c => Completing("bookCosts", c.Now) with { Step = 1 }).Then().Activity(1, "bookCosts")?.Outcome, Is.EqualTo(ActivityOutcome.Completed));
    }

    [Test]
    public void An_activity_is_not_completed_in_the_future() =>
        GivenCase.AtStep(0).When(Completing("reportToMonitoring", Some.Start.AddSeconds(1))).ThenRejected("R-A2 inFuture");

    [Test]
    public void An_activity_is_not_older_than_the_case() =>
        GivenCase.AtStep(0).When(Completing("reportToMonitoring", Some.Start.AddSeconds(-1))).ThenRejected("R-A2 beforeCase");

    [TestCase(0, "supplierDialogue")]
    [TestCase(1, "factFinding")]
    public void Facts_and_contacts_may_be_older_than_the_case(int step, string code) =>
        Assert.That(GivenCase.AtStep(step).When(Completing(code, Some.Start.AddDays(-10))).Then().Activity(step, code)?.Outcome, Is.EqualTo(ActivityOutcome.Completed));

    [TestCase(3)]
    [TestCase(-1)]
    [TestCase(6)]
    public void A_step_that_the_case_has_not_reached_has_no_activities_yet(int step)
    {
        var given = GivenCase.AtStep(2);

        given.When(c => Completing("siteVisit", c.Now) with { Step = step }).ThenRejected("R-A2 stepNotReached");
        given.When(new DispenseWithActivity("siteVisit", step, "Behövs inte", "Enhetschef")).ThenRejected("R-A2 stepNotReached");
    }

    [Test]
    public void An_activity_belongs_to_its_step()
    {
        GivenCase.AtStep(0).When(Completing("siteVisit", Some.Start)).ThenRejected("R-A2 activityNotOfStep");
        GivenCase.AtStep(0).When(new DispenseWithActivity("siteVisit", null, "Behövs inte", "Beställare")).ThenRejected("R-A2 activityNotOfStep");
    }

    [Test]
    public void An_activity_is_completed_once()
    {
        var given = GivenCase.AtStep(0).And(Completing("reportToMonitoring", Some.Start));

        given.When(Completing("reportToMonitoring", Some.Start)).ThenRejected("R-A2 alreadyCompleted");
        given.When(new DispenseWithActivity("reportToMonitoring", null, "Behövs inte", "Beställare")).ThenRejected("R-A2 alreadyCompleted");
    }

    [TestCase(0, "riskAssessment")]
    [TestCase(1, "establishActionPlan")]
    [TestCase(2, "letterToSalesManager")]
    [TestCase(2, "regularMeetings")]
    [TestCase(2, "sanctions")]
    [TestCase(3, "letterToCeo")]
    [TestCase(4, "block")]
    [TestCase(5, "crisisGroup")]
    public void What_consists_in_a_record_is_not_completed_by_hand(int step, string code)
    {
        var given = GivenCase.AtStep(step);

        given.When(c => Completing(code, c.Now)).ThenRejected("R-A2 completedByRecord");
    }

    [Test]
    public void A_record_does_its_activity_at_the_step_where_it_was_made()
    {
        var given = GivenCase.AtStep(2).Done("letterToSalesManager");

        Assert.That(CaseActivities.IsDoneByRecord(given.State, 2, "letterToSalesManager"), Is.True);
        Assert.That(CaseActivities.IsDoneByRecord(given.State, 3, "letterToSalesManager"), Is.False);
        given.When(new DispenseWithActivity("letterToSalesManager", null, "Behövs inte", "Enhetschef")).ThenRejected("R-A2 alreadyCompleted");
    }

    [Test]
    public void Vid_behov_that_nobody_recorded_is_chosen_not_to_be_needed_when_the_step_is_left()
    {
        var given = GivenCase.AtStep(2).And(Completing("supplierFollowUpForum", Some.Start.AddDays(90)) with { PerformedAt = Some.Start });

        var after = given.ActivitiesDone().PlanEvaluated(PlanOutcome.WithoutEffect).PlanFailureLeadsTo(3).State;

        Assert.That(after.Activity(2, "qualityTechnician")?.Outcome, Is.EqualTo(ActivityOutcome.NotNeeded));
        Assert.That(after.Activities.Count(a => a.Outcome == ActivityOutcome.NotNeeded), Is.EqualTo(1), "what is optional without being vid behov is no choice");
    }

    private static CompleteActivity Completing(string code, DateTimeOffset performedAt) => new(code, null, performedAt, "Avtalsansvarig", "Genomfört");
}
