using RegionEscalation.Domain.Cases;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-A1, R-A2: recording the activities of a step.</summary>
public class ActivityTests
{
    [Test]
    public void A_completed_activity_is_recorded_at_the_current_step()
    {
        var given = GivenCase.AtStep(0).Later(days: 2);

        var record = given.When(Completing("riskAssessment", given.Now.AddDays(-1))).Then().Activity(0, "riskAssessment");

        Assert.That(record, Is.EqualTo(new ActivityRecord(0, "riskAssessment", ActivityOutcome.Completed, given.Now.AddDays(-1), "Avtalsansvarig", "Genomfört")));
    }

    [Test]
    public void Dispensing_with_an_activity_is_recorded_with_its_reason()
    {
        var record = GivenCase.AtStep(0).When(new DispenseWithActivity("supplierDialogue", null, "Bara en risk", "Beställare")).Then().Activity(0, "supplierDialogue");

        Assert.That(record, Is.EqualTo(new ActivityRecord(0, "supplierDialogue", ActivityOutcome.DispensedWith, Some.Start, "Beställare", "Bara en risk")));
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
        GivenCase.AtStep(0).When(Completing("riskAssessment", Some.Start.AddSeconds(1))).ThenRejected("R-A2 inFuture");

    [Test]
    public void An_activity_is_not_older_than_the_case() =>
        GivenCase.AtStep(0).When(Completing("riskAssessment", Some.Start.AddSeconds(-1))).ThenRejected("R-A2 beforeCase");

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

        given.When(c => Completing("letterToCeo", c.Now) with { Step = step }).ThenRejected("R-A2 stepNotReached");
        given.When(new DispenseWithActivity("letterToCeo", step, "Behövs inte", "Enhetschef")).ThenRejected("R-A2 stepNotReached");
    }

    [Test]
    public void An_activity_belongs_to_its_step()
    {
        GivenCase.AtStep(0).When(Completing("letterToCeo", Some.Start)).ThenRejected("R-A2 activityNotOfStep");
        GivenCase.AtStep(0).When(new DispenseWithActivity("letterToCeo", null, "Behövs inte", "Beställare")).ThenRejected("R-A2 activityNotOfStep");
    }

    [Test]
    public void An_activity_is_completed_once()
    {
        var given = GivenCase.AtStep(0).And(Completing("riskAssessment", Some.Start));

        given.When(Completing("riskAssessment", Some.Start)).ThenRejected("R-A2 alreadyCompleted");
        given.When(new DispenseWithActivity("riskAssessment", null, "Behövs inte", "Beställare")).ThenRejected("R-A2 alreadyCompleted");
    }

    [Test]
    public void Establishing_a_plan_is_not_completed_by_hand() =>
        GivenCase.AtStep(1).When(Completing("establishActionPlan", Some.Start)).ThenRejected("R-A2 completedByActionPlan");

    private static CompleteActivity Completing(string code, DateTimeOffset performedAt) => new(code, null, performedAt, "Avtalsansvarig", "Genomfört");
}
