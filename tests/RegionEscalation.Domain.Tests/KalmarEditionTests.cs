using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-E10, R-E11: how a case moves under the edition of 2024.</summary>
public class KalmarEditionTests
{
    [TestCase(1, 0)]
    [TestCase(2, 1)]
    [TestCase(3, 2)]
    [TestCase(4, 3)]
    public void A_recurring_deviation_leads_one_step_up_at_a_time(int to, int from)
    {
        var given = At(from).ActivitiesDone().Attached(Some.Deviation(Some.Start)).Attached(Some.Deviation(Some.Start));

        Assert.That(given.When(Up(given, to, Trigger.RecurringDeviation)).Then().Step, Is.EqualTo(to));
        if (to < 4)
            given.When(Up(given, to + 1, Trigger.RecurringDeviation)).ThenRejected("R-E6 oneStepAtATime", "R-E11 lowerStepFirst");
    }

    [Test]
    public void A_serious_deviation_leads_into_any_step_above_up_to_four()
    {
        for (var from = 0; from < 4; from++)
        {
            for (var to = from + 1; to <= 4; to++)
            {
                var given = At(from).Attached(Some.Serious(Some.Start));
                Assert.That(given.When(Up(given, to, Trigger.SeriousDeviation)).Then().Step, Is.EqualTo(to), $"{from} to {to}");
            }
        }
        var four = At(4).Attached(Some.Serious(Some.Start));
        four.When(Up(four, 5, Trigger.SeriousDeviation) with { Termination = four.Ground(immediate: true), Contract = Some.Contract() }).ThenRejected("R-E5 triggerNotOfStep");
    }

    [TestCase(PlanOutcome.NotFollowed, Trigger.PlanNotFollowed)]
    [TestCase(PlanOutcome.WithoutEffect, Trigger.PlanWithoutEffect)]
    public void A_plan_that_is_not_followed_or_without_effect_leads_from_one_to_two(PlanOutcome outcome, Trigger trigger)
    {
        var given = At(1).ActivitiesDone().PlanEvaluated(outcome);

        Assert.That(given.When(c => new Escalate(2, c.Basis(trigger, c.LatestEvaluation))).Then().Step, Is.EqualTo(2));
    }

    [Test]
    public void A_plan_that_is_not_followed_leads_into_two_only()
    {
        var given = At(2).ActivitiesDone().PlanEvaluated(PlanOutcome.NotFollowed);

        given.When(c => new Escalate(3, c.Basis(Trigger.PlanNotFollowed, c.LatestEvaluation))).ThenRejected("R-E3 triggerNotOfStep");
    }

    [Test]
    public void A_plan_without_effect_leads_from_three_to_four_without_any_serious_deviation()
    {
        var given = At(3).ActivitiesDone().PlanEvaluated(PlanOutcome.WithoutEffect);

        Assert.That(given.When(c => new Escalate(4, c.Basis(Trigger.PlanWithoutEffect, c.LatestEvaluation))).Then().Step, Is.EqualTo(4));
        given.When(c => new Escalate(4, c.Basis(Trigger.PersistentFailure, c.LatestEvaluation))).ThenRejected("R-E4b triggerNotOfStep");
    }

    [Test]
    public void No_solution_leads_from_four_to_five_on_what_has_come_since()
    {
        var given = At(4).ActivitiesDone().ReadyToEnd();
        Escalate Ending(params EvidenceReference[] evidence) => given.Ending(basis: given.Basis(Trigger.NoSolution, evidence));

        given.When(Ending(given.DeviationEvidence)).ThenRejected("R-E10 noSolutionUnsupported");
        given.Attached(Some.Deviation(given.Now));
        Assert.That(given.When(Ending(given.DeviationEvidence[^1])).Then().Step, Is.EqualTo(5));
        At(3).When(c => new Escalate(5, c.Basis(Trigger.NoSolution, c.DeviationEvidence))).ThenContains("R-E6 oneStepAtATime");
    }

    [Test]
    public void A_risk_alone_opens_no_case_there()
    {
        var risk = Some.Opening(0, Trigger.Risk) with { Basis = Some.Basis(Trigger.Risk) with { DecidedBy = new DecisionMaker("Avtalsansvarig", "contractOwner") }, Risk = new OpeningRisk(Guid.NewGuid(), Some.Risk(Some.Start)) };

        GivenCase.WhenOpened(risk, Some.Context(Some.Start) with { Ladder = Kalmar }).ThenRejected("R-E0 triggerNotOfStep");
        Assert.That(GivenCase.WhenOpened(risk).Then().Step, Is.Zero);
    }

    private static LadderDefinition Kalmar => Ladders.Find("2024-kalmar")!;

    private static GivenCase At(int step) => GivenCase.AtStep(step, Kalmar);

    /// <summary>On everything in the case that has triggered nothing yet.</summary>
    private static Escalate Up(GivenCase given, int to, Trigger trigger) => new(to, given.Basis(trigger, given.UnusedDeviations).DepartingFrom("R-E7"));
}
