using RegionEscalation.Domain.Cases;

namespace RegionEscalation.Domain.Tests;

/// <summary>A plan is established, agreed or imposed, evaluated once per revision, and revised; evaluating early needs a motivation (R-E2).</summary>
public class ActionPlanTests
{
    [Test]
    public void A_plan_is_established_as_revision_one()
    {
        var planId = Guid.NewGuid();
        var content = Some.Plan(Some.Start);

        var plan = GivenCase.AtStep(1).When(new EstablishActionPlan(planId, content)).Then().LatestPlan()!;

        Assert.That((plan.Id, plan.Latest()), Is.EqualTo((planId, new PlanRevision(1, content, Some.Start, null, null))));
    }

    [Test]
    public void A_second_plan_is_a_revision_of_the_first() =>
        GivenCase.AtStep(1).PlanEstablished().When(new EstablishActionPlan(Guid.NewGuid(), Some.Plan(Some.Start)))
            .ThenRejected("actionPlanLifecycle planExists");

    [Test]
    public void A_plan_is_evaluated_in_the_future() =>
        GivenCase.AtStep(1).When(new EstablishActionPlan(Guid.NewGuid(), Some.Plan(Some.Start, days: -1))).ThenRejected("field inPast");

    [Test]
    public void A_plan_may_be_evaluated_the_day_it_is_made() =>
        Assert.That(GivenCase.AtStep(1).When(new EstablishActionPlan(Guid.NewGuid(), Some.Plan(Some.Start, days: 0))).Then().ActionPlans, Has.Count.EqualTo(1));

    [Test]
    public void A_revision_is_neither_agreed_nor_evaluated_yet()
    {
        var revised = GivenCase.AtStep(2).When(c => new ReviseActionPlan(c.PlanId, Some.Plan(c.Now))).Then().LatestPlan()!;

        Assert.Multiple(() =>
        {
            Assert.That(revised.Revisions.Select(r => r.Revision), Is.EqualTo(new[] { 1, 2 }));
            Assert.That((revised.Latest().Agreement, revised.Latest().Evaluation), Is.EqualTo(((Agreement?)null, (PlanEvaluation?)null)));
            Assert.That(revised.Revisions[0].Evaluation?.Outcome, Is.EqualTo(PlanOutcome.WithoutEffect));
        });
    }

    [Test]
    public void A_revision_is_evaluated_in_the_future_too() =>
        GivenCase.AtStep(2).When(c => new ReviseActionPlan(c.PlanId, Some.Plan(c.Now, days: -1))).ThenRejected("field inPast");

    [TestCase(Agreement.Agreed)]
    [TestCase(Agreement.Imposed)]
    public void A_plan_is_agreed_or_imposed(Agreement agreement) =>
        Assert.That(
            GivenCase.AtStep(1).PlanEstablished().When(c => new AgreeActionPlan(c.PlanId, agreement, "Avtalsansvarig")).Then().LatestPlan()!.Latest().Agreement,
            Is.EqualTo(agreement));

    [Test]
    public void A_revision_is_agreed_once() =>
        GivenCase.AtStep(1).PlanAgreed().When(c => new AgreeActionPlan(c.PlanId, Agreement.Imposed, "Avtalsansvarig"))
            .ThenRejected("actionPlanLifecycle alreadyAgreed");

    [Test]
    public void An_agreed_plan_does_the_activity_of_establishing_one()
    {
        var established = GivenCase.AtStep(1).PlanEstablished();
        Assert.That(Outstanding(established), Does.Contain("establishActionPlan"), "a draft is no plan yet");

        Assert.That(Outstanding(GivenCase.AtStep(1).PlanAgreed()), Does.Not.Contain("establishActionPlan"));

        static IEnumerable<string> Outstanding(GivenCase given) =>
            CaseActivities.Outstanding(given.State, Some.Ladder.Step(1)).Select(a => a.Code);
    }

    [Test]
    public void A_plan_is_evaluated_on_its_evaluation_date()
    {
        var evaluated = GivenCase.AtStep(1).PlanAgreed().Later(days: 30)
            .When(c => Evaluation(c, "Behövs inte, men här är en motivering.")).Then<ActionPlanEvaluated>();

        Assert.That((evaluated.Outcome, evaluated.Revision, evaluated.EarlyMotivation), Is.EqualTo((PlanOutcome.WithoutEffect, 1, (string?)null)));
    }

    [Test]
    public void An_evaluation_keeps_the_step_at_which_it_was_made() =>
        Assert.That(GivenCase.AtStep(2).PlanEvaluated(PlanOutcome.NotFollowed).State.Evaluations().Select(e => e.Evaluation.Step), Is.EqualTo(new[] { 1, 2 }));

    [TestCase(null)]
    [TestCase(Some.TooShort)]
    public void Evaluating_early_needs_a_motivation(string? motivation) =>
        GivenCase.AtStep(1).PlanAgreed().Later(days: 29).When(c => Evaluation(c, motivation)).ThenRejected("R-E2 beforeEvaluationDate");

    [Test]
    public void The_motivation_for_evaluating_early_is_recorded() =>
        Assert.That(
            GivenCase.AtStep(1).PlanAgreed().Later(days: 29).When(c => Evaluation(c, Some.Motivation)).Then<ActionPlanEvaluated>().EarlyMotivation,
            Is.EqualTo(Some.Motivation));

    [Test]
    public void The_evaluation_date_is_a_swedish_date()
    {
        var given = GivenCase.AtStep(1).PlanAgreed().Later(days: 29);
        var swedishMidnight = TimeSpan.FromHours(22) - given.Now.TimeOfDay;
        var command = Evaluation(given, null);

        Assert.Multiple(() =>
        {
            Assert.That(Deciding(swedishMidnight - TimeSpan.FromSeconds(1)).IsRejected, Is.True);
            Assert.That(Deciding(swedishMidnight).IsRejected, Is.False, "22:00 UTC is midnight in Swedish summer time");
        });

        Decision<CaseEvent> Deciding(TimeSpan later) => CaseDecider.Decide(command, given.State, Some.Context(given.Now + later));
    }

    [Test]
    public void A_draft_is_not_evaluated() =>
        GivenCase.AtStep(1).PlanEstablished().Later(days: 30).When(c => Evaluation(c, null)).ThenRejected("actionPlanLifecycle notAgreed");

    [Test]
    public void A_revision_is_evaluated_once() =>
        GivenCase.AtStep(1).PlanEvaluated(PlanOutcome.WithoutEffect).When(c => Evaluation(c, null)).ThenRejected("actionPlanLifecycle alreadyEvaluated");

    [Test]
    public void A_plan_that_the_case_does_not_have_is_unknown()
    {
        var given = GivenCase.AtStep(1);
        var other = Guid.NewGuid();

        given.When(new ReviseActionPlan(other, Some.Plan(given.Now))).ThenRejected("field unknownPlan");
        given.When(new AgreeActionPlan(other, Agreement.Agreed, "Avtalsansvarig")).ThenRejected("field unknownPlan");
        given.When(new EvaluateActionPlan(other, Guid.NewGuid(), PlanOutcome.Effective, Some.Motivation, null, null, "Avtalsansvarig"))
            .ThenRejected("field unknownPlan");
    }

    private static EvaluateActionPlan Evaluation(GivenCase c, string? earlyMotivation) =>
        new(c.PlanId, Guid.NewGuid(), PlanOutcome.WithoutEffect, Some.Motivation, "Verksamheten ser ingen skillnad", earlyMotivation, "Avtalsansvarig");
}
