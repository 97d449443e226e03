using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-G7, what every transition rests on, and departures from single rules.</summary>
public class TransitionBasisTests
{
    private static readonly TransitionBasis WellFormed = Some.Basis(Trigger.Unfounded, Some.Document());

    [TestCase(null)]
    [TestCase("")]
    [TestCase("Tjugonio tecken är för lite..")]
    [TestCase("  Tjugonio tecken är för lite..  ")]
    public void A_motivation_has_thirty_characters(string? motivation) =>
        Closing(WellFormed with { Motivation = motivation! }).ThenRejected("R-G7 motivationTooShort");

    [Test]
    public void Thirty_characters_are_enough() =>
        Assert.That(Closing(WellFormed with { Motivation = "Trettio tecken är precis nog.." }).Then().State, Is.EqualTo(CaseState.Closed));

    [Test]
    public void A_decision_refers_to_evidence() => Closing(WellFormed with { Evidence = [] }).ThenRejected("R-G7 evidenceMissing");

    [TestCase(EvidenceKind.Deviation)]
    [TestCase(EvidenceKind.Evaluation)]
    [TestCase(EvidenceKind.ReturnCriterion)]
    public void Evidence_is_the_cases_own(EvidenceKind kind) =>
        Closing(WellFormed with { Evidence = [new EvidenceReference(kind, Guid.NewGuid())] }).ThenRejected("R-G7 evidenceUnknown");

    [TestCase(EvidenceKind.Deviation)]
    [TestCase(EvidenceKind.Document)]
    public void Evidence_without_an_address_is_unknown(EvidenceKind kind) =>
        Closing(WellFormed with { Evidence = [new EvidenceReference(kind)] }).ThenRejected("R-G7 evidenceUnknown");

    [Test]
    public void Each_unknown_piece_of_evidence_is_named()
    {
        var outcome = Closing(WellFormed with { Evidence = [Some.Document(), Some.Evidence(Guid.NewGuid()), Some.Document(" ")] });

        Assert.That(outcome.Decision.Rejections.Select(r => r.Field), Is.EqualTo(new[] { "evidence[1]", "evidence[2]" }));
    }

    [Test]
    public void The_ladder_knows_the_decision_level() =>
        Closing(WellFormed with { DecidedBy = new DecisionMaker("Inköpschef", "kejsare") }).ThenRejected("R-G7 decisionLevelUnknown");

    [Test]
    public void A_level_lower_than_the_steps_is_recorded_and_not_refused()
    {
        var orderer = new DecisionMaker("Beställare", "orderer");
        var given = GivenCase.AtStep(2).ActivitiesDone().PlanEvaluated(PlanOutcome.WithoutEffect);

        var escalated = given.When(c => new Escalate(3, Some.Basis(Trigger.PlanWithoutEffect, c.LatestEvaluation) with { DecidedBy = orderer }));

        Assert.That(escalated.Then<CaseEscalated>().Basis.DecidedBy, Is.EqualTo(orderer));
    }

    [TestCase("Inköpschef")]
    [TestCase(" INKÖPSCHEF ")]
    public void Who_alone_reported_the_deviation_does_not_decide_on_step_three_or_higher(string reporter)
    {
        var serious = Some.Serious(Some.Start, reportedBy: reporter);

        GivenCase.AtStep(1).Attached(serious)
            .When(new Escalate(4, Some.Basis(Trigger.SeriousDeviation, Some.Evidence(serious))))
            .ThenRejected("R-G7 fourEyes");
    }

    [Test]
    public void Two_serious_deviations_of_two_reporters_are_seen_by_four_eyes()
    {
        var own = Some.Serious(Some.Start, reportedBy: "Inköpschef");
        var others = Some.Serious(Some.Start);

        var outcome = GivenCase.AtStep(1).Attached(own).Attached(others)
            .When(new Escalate(4, Some.Basis(Trigger.SeriousDeviation, Some.Evidence(own), Some.Evidence(others))));

        Assert.That(outcome.Then().Step, Is.EqualTo(4));
    }

    [Test]
    public void Below_step_three_the_reporter_may_decide()
    {
        var decider = new DecisionMaker(Some.Reporter, "orderer");
        var given = GivenCase.AtStep(0).ActivitiesDone().Attached(Some.Deviation(Some.Start));

        var outcome = given.When(c => new Escalate(1, Some.Basis(Trigger.RecurringDeviation, c.DeviationEvidence) with { DecidedBy = decider }));

        Assert.That(outcome.Then().Step, Is.EqualTo(1));
    }

    [Test]
    public void A_departure_that_is_not_needed_is_not_recorded()
    {
        var given = GivenCase.AtStep(2).ActivitiesDone().PlanEvaluated(PlanOutcome.WithoutEffect);

        var escalated = given.When(c => new Escalate(3, Some.Basis(Trigger.PlanWithoutEffect, c.LatestEvaluation).DepartingFrom("R-E7").DepartingFrom("R-E1")));

        Assert.That(escalated.Then<CaseEscalated>().Basis.Departures, Is.Empty);
    }

    [Test]
    public void A_departure_that_is_not_needed_needs_no_motivation_either() =>
        Assert.That(Closing(WellFormed.DepartingFrom("R-E7", "")).Then<CaseClosed>().Basis.Departures, Is.Empty);

    [Test]
    public void A_departure_that_is_needed_is_motivated() =>
        GivenCase.AtStep(2).PlanEvaluated(PlanOutcome.WithoutEffect)
            .When(c => new Escalate(3, Some.Basis(Trigger.PlanWithoutEffect, c.LatestEvaluation).DepartingFrom("R-E7", Some.TooShort)))
            .ThenRejected("R-G7 departureMotivationTooShort");

    [Test]
    public void One_departure_from_a_rule_is_recorded_once() =>
        Assert.That(
            GivenCase.AtStep(2).PlanEvaluated(PlanOutcome.WithoutEffect)
                .When(c => new Escalate(3, Some.Basis(Trigger.PlanWithoutEffect, c.LatestEvaluation).DepartingFrom("R-E7").DepartingFrom("R-E7")))
                .Then<CaseEscalated>().Basis.Departures,
            Has.Count.EqualTo(1));

    [TestCase("R-E8")]
    [TestCase("R-E6")]
    [TestCase("R-E11")]
    [TestCase("R-E3")]
    public void Rules_that_are_no_numbers_cannot_be_departed_from(string rule)
    {
        var given = GivenCase.AtStep(2).ActivitiesDone();

        given.When(c => new Escalate(3, Some.Basis(Trigger.PlanWithoutEffect, c.LatestEvaluation).DepartingFrom(rule)))
            .ThenRejected("R-E3 evaluationReused");
    }

    [Test]
    public void The_recurrence_count_can_be_departed_from()
    {
        var given = GivenCase.AtStep(0).ActivitiesDone();

        var escalated = given.When(c => new Escalate(1, Some.Basis(Trigger.RecurringDeviation, c.DeviationEvidence).DepartingFrom("R-E1")));

        Assert.That(escalated.Then<CaseEscalated>().Basis.Departures, Is.EqualTo(new[] { new Departure("R-E1", Some.Motivation) }));
    }

    [Test]
    public void The_recurrence_count_can_be_departed_from_when_the_case_is_opened()
    {
        var opening = Some.Opening(1, Trigger.RecurringDeviation, Some.Deviation(Some.Start));

        var opened = GivenCase.WhenOpened(opening with { Basis = opening.Basis.DepartingFrom("R-E1") });

        Assert.That(opened.Then<CaseOpened>().Basis.Departures, Has.Count.EqualTo(1));
    }

    [Test]
    public void Nothing_at_all_is_not_recurring_by_departure() =>
        GivenCase.AtStep(0).ActivitiesDone()
            .When(new Escalate(1, Some.Basis(Trigger.RecurringDeviation, Some.Document()).DepartingFrom("R-E1")))
            .ThenRejected("R-E1 tooFewDeviations");

    [Test]
    public void The_recurrence_window_can_be_departed_from()
    {
        var given = GivenCase.AtStep(0).ActivitiesDone().Attached(Some.Deviation(Some.Start)).Later(months: 13);
        var basis = Some.Basis(Trigger.RecurringDeviation, given.DeviationEvidence);

        given.When(new Escalate(1, basis)).ThenRejected("R-E1 tooFewDeviations");
        Assert.That(given.When(new Escalate(1, basis.DepartingFrom("R-E1"))).Then<CaseEscalated>().Basis.Departures, Has.Count.EqualTo(1));
    }

    [Test]
    public void What_does_not_count_is_not_recurring_by_departure() =>
        GivenCase.OpenedBy(Some.Opening(0, Trigger.SingleDeviation, Some.Reported(Some.Start))).ActivitiesDone()
            .When(c => new Escalate(1, Some.Basis(Trigger.RecurringDeviation, c.DeviationEvidence).DepartingFrom("R-E1")))
            .ThenRejected("R-E1 tooFewDeviations");

    [Test]
    public void An_ordinary_deviation_beside_it_does_not_open_the_fourth_eye()
    {
        var own = Some.Serious(Some.Start, reportedBy: "Inköpschef");

        GivenCase.AtStep(1).Attached(own)
            .When(c => new Escalate(4, Some.Basis(Trigger.SeriousDeviation, Some.Evidence(own), c.DeviationEvidence[0])))
            .ThenRejected("R-E8 alreadyUsed", "R-G7 fourEyes");
        GivenCase.AtStep(0).Attached(own)
            .When(c => new Escalate(4, Some.Basis(Trigger.SeriousDeviation, Some.Evidence(own), c.DeviationEvidence[0])))
            .ThenRejected("R-G7 fourEyes");
    }

    private static Outcome Closing(TransitionBasis basis) =>
        GivenCase.AtStep(0).AllDeviationsUnfounded().When(new CloseCase(CaseOutcome.Unfounded, basis, null, null));
}
