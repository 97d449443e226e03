using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-D1…R-D4: return criteria and the way back.</summary>
public class WayBackTests
{
    [TestCase(1, 1)]
    [TestCase(2, 3)]
    [TestCase(4, 3)]
    public void Criteria_are_observed_for_the_months_of_the_step(int step, int months)
    {
        var given = GivenCase.AtStep(step);

        var criterion = given.When(new SetReturnCriteria([(Guid.NewGuid(), "Inga restnoteringar")])).Then().CurrentCriteria().Single();

        Assert.That((criterion.Criterion.ObservedUntil, criterion.MetAt), Is.EqualTo((given.Now.AddMonths(months), (DateTimeOffset?)null)));
    }

    [Test]
    public void Step_zero_has_no_way_back() =>
        GivenCase.AtStep(0).When(new SetReturnCriteria([(Guid.NewGuid(), "Inga restnoteringar")])).ThenRejected("R-D1 stepZero");

    [Test]
    public void A_criterion_is_confirmed_when_its_observation_has_ended()
    {
        var given = GivenCase.AtStep(1).CriteriaSet().Later(months: 1);

        var met = given.When(c => Confirming(c, "Den här motiveringen behövs inte alls.")).Then<ReturnCriterionMet>();

        Assert.That(met.ShortenedObservationMotivation, Is.Null);
    }

    [TestCase(null)]
    [TestCase(Some.TooShort)]
    public void Shortening_the_observation_needs_a_motivation(string? motivation) =>
        GivenCase.AtStep(1).CriteriaSet().Later(days: 27).When(c => Confirming(c, motivation)).ThenRejected("R-D2 observationPeriod");

    [Test]
    public void The_motivation_for_a_shortened_observation_is_recorded()
    {
        var given = GivenCase.AtStep(1).CriteriaSet().Later(days: 5);

        var outcome = given.When(c => Confirming(c, Some.Motivation));

        Assert.Multiple(() =>
        {
            Assert.That(outcome.Then<ReturnCriterionMet>().ShortenedObservationMotivation, Is.EqualTo(Some.Motivation));
            Assert.That(outcome.Then().CurrentCriteria().Single().MetAt, Is.EqualTo(given.Now));
        });
    }

    [Test]
    public void A_criterion_is_met_once() =>
        GivenCase.AtStep(1).CriteriaSet().CriteriaMet().When(c => Confirming(c, null)).ThenRejected("R-D1 alreadyMet");

    [Test]
    public void A_criterion_that_the_case_does_not_have_is_unknown() =>
        GivenCase.AtStep(1).When(new ConfirmReturnCriterion(Guid.NewGuid(), "Kontrollerat", null, "Avtalsansvarig")).ThenRejected("field unknownCriterion");

    [Test]
    public void A_criterion_of_an_earlier_visit_is_confirmed_no_more()
    {
        var given = GivenCase.AtStep(1).CriteriaSet();
        var earlier = given.State.CurrentCriteria().Single().Criterion.Id;
        given.ActivitiesDone().PlanEvaluated(PlanOutcome.WithoutEffect).PlanFailureLeadsTo(2);

        given.When(new ConfirmReturnCriterion(earlier, "Kontrollerat", Some.Motivation, "Avtalsansvarig")).ThenRejected("field unknownCriterion");
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(4)]
    public void A_case_steps_down_when_its_criteria_are_met_and_its_plan_works(int step)
    {
        var given = GivenCase.AtStep(step).WayBackOpen();

        var down = given.When(c => new DeEscalate(step - 1, c.WayBackBasis())).Then();

        Assert.Multiple(() =>
        {
            Assert.That((down.Step, down.HighestStep, down.Trigger), Is.EqualTo((step - 1, step, Trigger.ReturnCriteriaMet)));
            Assert.That(down.StepEnteredAt, Is.EqualTo(given.Now));
            Assert.That(down.CurrentCriteria(), Is.Empty);
        });
    }

    [Test]
    public void Every_missing_condition_is_told_at_once() =>
        GivenCase.AtStep(4).When(c => new DeEscalate(3, c.WayBackBasis()))
            .ThenRejected("R-D2 returnCriteriaMissing", "R-D2 planNotEffective", "R-D2 seriousDeviationOpen");

    [Test]
    public void Criteria_of_an_earlier_visit_do_not_lead_out_of_this_one()
    {
        var given = GivenCase.AtStep(1).WayBackOpen().SteppedDown()
            .Attached(Some.Deviation(Some.Start.AddMonths(3))).Attached(Some.Deviation(Some.Start.AddMonths(3)));
        given.And(new Escalate(1, Some.Basis(Trigger.RecurringDeviation, given.DeviationEvidence[^2..]))).PlanEvaluated(PlanOutcome.Effective);

        given.When(new DeEscalate(0, Some.Basis(Trigger.ReturnCriteriaMet, Some.Document()))).ThenRejected("R-D2 returnCriteriaMissing");
    }

    [Test]
    public void Every_criterion_is_met_before_the_case_steps_down()
    {
        var given = GivenCase.AtStep(2).PlanEvaluated(PlanOutcome.Effective).CriteriaSet("Inga restnoteringar", "Två möten hållna", "Vite betalt").Later(months: 3);
        given.And(Confirming(given, null));

        given.When(c => new DeEscalate(1, c.WayBackBasis())).ThenRejected("R-D2 returnCriterionUnmet", "R-D2 returnCriterionUnmet");
    }

    [Test]
    public void Without_a_plan_there_is_no_way_back() =>
        GivenCase.AtStep(1).CriteriaSet().CriteriaMet().When(c => new DeEscalate(0, c.WayBackBasis())).ThenRejected("R-D2 planMissing");

    [Test]
    public void A_plan_that_worked_before_the_case_escalated_is_no_way_back() =>
        GivenCase.AtStep(3).PlanEvaluated(PlanOutcome.Effective).Later(days: 1).SeriousDeviationLeadsToStepFour().AllDeviationsResolved().Later(days: 1).CriteriaSet().CriteriaMet()
            .When(c => new DeEscalate(3, c.WayBackBasis())).ThenRejected("R-D2 evaluatedBeforeEscalation");

    [TestCase(PlanOutcome.WithoutEffect)]
    [TestCase(PlanOutcome.NotFollowed)]
    public void A_failed_plan_is_no_way_back(PlanOutcome outcome) =>
        GivenCase.AtStep(1).PlanEvaluated(outcome).CriteriaSet().CriteriaMet()
            .When(c => new DeEscalate(0, c.WayBackBasis())).ThenRejected("R-D2 planNotEffective");

    [Test]
    public void A_revision_that_is_not_evaluated_takes_the_place_of_an_effective_one() =>
        GivenCase.AtStep(1).WayBackOpen().PlanAgreed().When(c => new DeEscalate(0, c.WayBackBasis())).ThenRejected("R-D2 planNotEffective");

    [Test]
    public void A_partly_effective_plan_is_enough_for_one_step_down_with_a_motivation()
    {
        var given = GivenCase.AtStep(2).PlanEvaluated(PlanOutcome.PartlyEffective).CriteriaSet().CriteriaMet();

        given.When(c => new DeEscalate(1, c.WayBackBasis())).ThenRejected("R-D2 planPartlyEffective");
        Assert.That(given.When(c => new DeEscalate(1, c.WayBackBasis().DepartingFrom("R-D2"))).Then<CaseDeEscalated>().Basis.Departures, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_partly_effective_plan_is_not_enough_for_two_steps_down() =>
        GivenCase.AtStep(2).PlanEvaluated(PlanOutcome.PartlyEffective).CriteriaSet().CriteriaMet()
            .When(c => new DeEscalate(0, c.WayBackBasis().DepartingFrom("R-D2").DepartingFrom("R-D3")))
            .ThenRejected("R-D2 planPartlyEffective");

    [Test]
    public void A_departure_for_the_plan_does_not_cover_the_other_conditions_of_the_rule() =>
        GivenCase.AtStep(2).PlanEvaluated(PlanOutcome.PartlyEffective).CriteriaSet()
            .When(c => new DeEscalate(1, c.WayBackBasis().DepartingFrom("R-D2")))
            .ThenRejected("R-D2 returnCriterionUnmet");

    [Test]
    public void More_than_one_step_down_needs_a_motivation()
    {
        var given = GivenCase.AtStep(3).WayBackOpen();

        given.When(c => new DeEscalate(1, c.WayBackBasis())).ThenRejected("R-D3 oneStepAtATime");
        Assert.That(given.When(c => new DeEscalate(1, c.WayBackBasis().DepartingFrom("R-D3"))).Then().Step, Is.EqualTo(1));
    }

    [TestCase(2)]
    [TestCase(3)]
    public void The_way_back_goes_down(int toStep) =>
        GivenCase.AtStep(2).WayBackOpen().When(c => new DeEscalate(toStep, c.WayBackBasis())).ThenRejected("R-D2 notBelow");

    [Test]
    public void An_open_serious_deviation_stands_against_the_way_back() =>
        GivenCase.AtStep(2).Attached(Some.Serious(Some.Start)).PlanEvaluated(PlanOutcome.Effective).CriteriaSet().CriteriaMet()
            .When(c => new DeEscalate(1, c.WayBackBasis())).ThenRejected("R-D2 seriousDeviationOpen");

    [Test]
    public void An_open_ordinary_deviation_does_not() =>
        Assert.That(
            GivenCase.AtStep(2).PlanEvaluated(PlanOutcome.Effective).CriteriaSet().CriteriaMet().When(c => new DeEscalate(1, c.WayBackBasis())).Then().Step,
            Is.EqualTo(1));

    [Test]
    public void A_new_deviation_in_the_observation_period_stands_against_the_way_back()
    {
        var given = GivenCase.AtStep(1).PlanEvaluated(PlanOutcome.Effective).CriteriaSet();

        given.Attached(Some.Deviation(given.Now.AddDays(10))).CriteriaMet()
            .When(c => new DeEscalate(0, c.WayBackBasis())).ThenRejected("R-D2 newDeviation");
    }

    [Test]
    public void A_new_deviation_that_does_not_count_does_not()
    {
        var given = GivenCase.AtStep(1).PlanEvaluated(PlanOutcome.Effective).CriteriaSet();

        given.Attached(Some.Deviation(given.Now.AddDays(10), CausedBy.Region)).CriteriaMet();

        Assert.That(given.When(c => new DeEscalate(0, c.WayBackBasis())).Then().Step, Is.Zero);
    }

    [Test]
    public void An_older_deviation_that_is_attached_late_does_not()
    {
        var given = GivenCase.AtStep(1).PlanEvaluated(PlanOutcome.Effective).CriteriaSet();

        given.Attached(Some.Deviation(given.Now.AddDays(-1))).CriteriaMet();

        Assert.That(given.When(c => new DeEscalate(0, c.WayBackBasis())).Then().Step, Is.Zero);
    }

    [TestCase(Trigger.Resolved)]
    [TestCase(Trigger.SeriousDeviation)]
    public void The_way_back_is_triggered_by_its_criteria(Trigger trigger) =>
        GivenCase.AtStep(1).WayBackOpen().When(c => new DeEscalate(0, c.WayBackBasis() with { Trigger = trigger }))
            .ThenRejected("R-D2 triggerNotOfWayBack");

    [Test]
    public void The_way_back_rests_on_a_basis_like_every_transition() =>
        GivenCase.AtStep(1).WayBackOpen().When(c => new DeEscalate(0, c.WayBackBasis() with { Motivation = Some.TooShort, Evidence = [] }))
            .ThenRejected("R-G7 motivationTooShort", "R-G7 evidenceMissing");

    [Test]
    public void Criteria_are_at_least_one() => GivenCase.AtStep(1).When(new SetReturnCriteria([])).ThenRejected("R-D1 noCriteria");

    [Test]
    public void Criteria_set_after_a_new_deviation_begin_a_new_observation()
    {
        var given = GivenCase.AtStep(1).PlanEvaluated(PlanOutcome.Effective).CriteriaSet();
        given.Attached(Some.Deviation(given.Now.AddDays(10))).CriteriaMet();

        given.CriteriaSet("En månad till utan restnoteringar").CriteriaMet();

        Assert.That(given.When(c => new DeEscalate(0, c.WayBackBasis())).Then().Step, Is.Zero);
    }

    [Test]
    public void Criteria_set_later_stand_beside_the_earlier_ones()
    {
        var given = GivenCase.AtStep(1).PlanEvaluated(PlanOutcome.Effective).CriteriaSet().CriteriaMet().CriteriaSet("En månad till utan restnoteringar");

        given.When(c => new DeEscalate(0, c.WayBackBasis())).ThenRejected("R-D2 returnCriterionUnmet");
    }

    private static ConfirmReturnCriterion Confirming(GivenCase c, string? shortened) =>
        new(c.State.CurrentCriteria().First().Criterion.Id, "Kontrollerat mot leveransstatistik", shortened, "Avtalsansvarig");
}
