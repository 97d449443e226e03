using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-E1…R-E11: what leads upwards.</summary>
public class EscalationTests
{
    [Test]
    public void Recurring_deviations_lead_from_zero_to_one()
    {
        var given = GivenCase.AtStep(0).ActivitiesDone().Attached(Some.Deviation(Some.Start));

        var escalated = given.When(c => new Escalate(1, Some.Basis(Trigger.RecurringDeviation, c.DeviationEvidence))).Then();

        Assert.Multiple(() =>
        {
            Assert.That((escalated.Step, escalated.Visit, escalated.HighestStep), Is.EqualTo((1, 2, 1)));
            Assert.That(escalated.UsedEvidence, Is.EquivalentTo(given.State.Deviations.Select(d => d.Id)));
        });
    }

    [Test]
    public void A_single_deviation_does_not_lead_to_one() =>
        GivenCase.AtStep(0).ActivitiesDone()
            .When(c => new Escalate(1, Some.Basis(Trigger.RecurringDeviation, c.DeviationEvidence)))
            .ThenRejected("R-E1 tooFewDeviations");

    [Test]
    public void Deviations_that_are_not_cited_do_not_make_the_cited_one_recurring() =>
        GivenCase.AtStep(0).ActivitiesDone().Attached(Some.Deviation(Some.Start))
            .When(c => new Escalate(1, Some.Basis(Trigger.RecurringDeviation, c.DeviationEvidence[0])))
            .ThenRejected("R-E1 tooFewDeviations");

    [Test]
    public void A_deviation_on_the_last_day_of_the_window_recurs_and_a_day_later_no_more()
    {
        static Outcome Escalating(int days) => GivenCase.AtStep(0).ActivitiesDone().Attached(Some.Deviation(Some.Start))
            .Later(months: 12, days: days).When(c => new Escalate(1, Some.Basis(Trigger.RecurringDeviation, c.DeviationEvidence)));

        Escalating(days: 0).ThenRejected("R-E1 tooFewDeviations");
        Assert.That(Escalating(days: -3).Then().Step, Is.EqualTo(1));
    }

    [TestCase(CausedBy.Region, "Sen beställning")]
    [TestCase(CausedBy.Shared, null)]
    [TestCase(CausedBy.Unknown, null)]
    public void A_deviation_without_a_part_of_the_suppliers_does_not_count(CausedBy causedBy, string? part) =>
        GivenCase.AtStep(0).ActivitiesDone().Attached(Some.Deviation(Some.Start, causedBy, part))
            .When(c => new Escalate(1, Some.Basis(Trigger.RecurringDeviation, c.DeviationEvidence)))
            .ThenRejected("R-E1 tooFewDeviations");

    [TestCase(CausedBy.Shared)]
    [TestCase(CausedBy.Unknown)]
    public void A_shared_or_unknown_cause_counts_once_the_suppliers_part_is_stated(CausedBy causedBy)
    {
        var given = GivenCase.AtStep(0).ActivitiesDone().Attached(Some.Deviation(Some.Start, causedBy, "Fel artikel packades"));

        Assert.That(given.When(c => new Escalate(1, Some.Basis(Trigger.RecurringDeviation, c.DeviationEvidence))).Then().Step, Is.EqualTo(1));
    }

    [Test]
    public void A_deviation_that_nobody_assessed_does_not_count() =>
        GivenCase.AtStep(0).ActivitiesDone().Attached(Some.Reported(Some.Start))
            .When(c => new Escalate(1, Some.Basis(Trigger.RecurringDeviation, c.DeviationEvidence)))
            .ThenRejected("R-E1 tooFewDeviations");

    [Test]
    public void A_deviation_triggers_one_transition_only()
    {
        var given = GivenCase.AtStep(1).WayBackOpen().SteppedDown();

        given.When(c => new Escalate(1, Some.Basis(Trigger.RecurringDeviation, c.DeviationEvidence)))
            .ThenRejected("R-E8 alreadyUsed", "R-E8 alreadyUsed", "R-E1 tooFewDeviations");
    }

    [TestCase(PlanOutcome.WithoutEffect)]
    [TestCase(PlanOutcome.NotFollowed)]
    public void A_failed_plan_leads_from_one_to_two(PlanOutcome outcome)
    {
        var given = GivenCase.AtStep(1).ActivitiesDone().PlanEvaluated(outcome);

        var escalated = given.When(c => new Escalate(2, Some.Basis(Trigger.PlanWithoutEffect, c.LatestEvaluation))).Then();

        Assert.Multiple(() =>
        {
            Assert.That(escalated.Step, Is.EqualTo(2));
            Assert.That(escalated.UsedEvidence, Does.Contain(given.LatestEvaluation.Id));
        });
    }

    [Test]
    public void Without_a_plan_there_is_no_failed_plan() =>
        GivenCase.AtStep(1).ActivitiesDone()
            .When(new Escalate(2, Some.Basis(Trigger.PlanWithoutEffect, Some.Document())))
            .ThenRejected("R-E2 planMissing", "R-E7 activityOutstanding");

    [Test]
    public void A_plan_that_is_long_overdue_does_not_escalate_by_itself() =>
        GivenCase.AtStep(1).ActivitiesDone().PlanAgreed().Later(months: 24)
            .When(new Escalate(2, Some.Basis(Trigger.PlanWithoutEffect, Some.Document())))
            .ThenRejected("R-E2 evaluationMissing");

    [TestCase(PlanOutcome.Effective)]
    [TestCase(PlanOutcome.PartlyEffective)]
    public void A_plan_with_some_effect_leads_nowhere_upwards(PlanOutcome outcome) =>
        GivenCase.AtStep(1).ActivitiesDone().PlanEvaluated(outcome)
            .When(c => new Escalate(2, Some.Basis(Trigger.PlanWithoutEffect, c.LatestEvaluation)))
            .ThenRejected("R-E2 evaluationNotWithoutEffect");

    [Test]
    public void A_failed_plan_whose_revision_works_leads_nowhere_upwards()
    {
        var given = GivenCase.AtStep(1).ActivitiesDone().PlanEvaluated(PlanOutcome.WithoutEffect);
        var failed = given.LatestEvaluation;
        given.PlanEvaluated(PlanOutcome.Effective);

        given.When(new Escalate(2, Some.Basis(Trigger.PlanWithoutEffect, failed))).ThenRejected("R-E2 notLatestEvaluation");
    }

    [Test]
    public void An_evaluation_from_before_the_step_does_not_lead_out_of_it()
    {
        var given = GivenCase.AtStep(0).ActivitiesDone().PlanEvaluated(PlanOutcome.WithoutEffect)
            .Attached(Some.Deviation(Some.Start)).RecurringLeadsToStepOne().ActivitiesDone();

        given.When(c => new Escalate(2, Some.Basis(Trigger.PlanWithoutEffect, c.LatestEvaluation))).ThenRejected("R-E2 evaluatedBeforeStep");
    }

    [Test]
    public void An_evaluation_from_an_earlier_visit_to_the_step_does_not_lead_out_of_it()
    {
        var given = GivenCase.AtStep(1).ActivitiesDone().PlanEvaluated(PlanOutcome.WithoutEffect);
        var old = given.LatestEvaluation;
        given.WayBackOpen().SteppedDown()
            .Attached(Some.Deviation(given.Now)).Attached(Some.Deviation(given.Now));
        given.And(new Escalate(1, Some.Basis(Trigger.RecurringDeviation, given.DeviationEvidence[^2..])));

        given.When(new Escalate(2, Some.Basis(Trigger.PlanWithoutEffect, old))).ThenRejected("R-E2 evaluatedBeforeStep");
    }

    [Test]
    public void A_revision_evaluated_at_step_two_leads_to_three()
    {
        var given = GivenCase.AtStep(2).ActivitiesDone().PlanEvaluated(PlanOutcome.WithoutEffect);

        Assert.That(given.When(c => new Escalate(3, Some.Basis(Trigger.PlanWithoutEffect, c.LatestEvaluation))).Then().Step, Is.EqualTo(3));
    }

    [Test]
    public void The_evaluation_that_led_to_two_cannot_lead_to_three() =>
        GivenCase.AtStep(2).ActivitiesDone()
            .When(c => new Escalate(3, Some.Basis(Trigger.PlanWithoutEffect, c.LatestEvaluation)))
            .ThenRejected("R-E3 evaluationReused");

    [Test]
    public void A_used_evaluation_beside_a_fresh_one_does_no_harm()
    {
        var given = GivenCase.AtStep(2);
        var used = given.LatestEvaluation;
        given.ActivitiesDone().PlanEvaluated(PlanOutcome.NotFollowed);

        Assert.That(given.When(c => new Escalate(3, Some.Basis(Trigger.PlanWithoutEffect, used, c.LatestEvaluation))).Then().Step, Is.EqualTo(3));
    }

    [Test]
    public void The_same_trigger_of_two_and_three_is_resolved_by_the_current_step()
    {
        var given = GivenCase.AtStep(1).ActivitiesDone().PlanEvaluated(PlanOutcome.WithoutEffect);

        given.When(c => new Escalate(3, Some.Basis(Trigger.PlanWithoutEffect, c.LatestEvaluation)))
            .ThenRejected("R-E6 oneStepAtATime", "R-E11 lowerStepFirst");
        Assert.That(Some.Ladder.LowestStepAbove(1, Trigger.PlanWithoutEffect), Is.EqualTo(2));
        Assert.That(Some.Ladder.LowestStepAbove(2, Trigger.PlanWithoutEffect), Is.EqualTo(3));
        Assert.That(Some.Ladder.LowestStepAbove(3, Trigger.PlanWithoutEffect), Is.Null);
    }

    [Test]
    public void A_failed_plan_does_not_jump_from_zero_to_two() =>
        GivenCase.AtStep(0).ActivitiesDone().PlanEvaluated(PlanOutcome.WithoutEffect)
            .When(c => new Escalate(2, Some.Basis(Trigger.PlanWithoutEffect, c.LatestEvaluation)))
            .ThenRejected("R-E6 oneStepAtATime");

    [Test]
    public void A_failed_plan_at_step_three_does_not_lead_to_four() =>
        GivenCase.AtStep(3).ActivitiesDone().PlanEvaluated(PlanOutcome.WithoutEffect)
            .When(c => new Escalate(4, Some.Basis(Trigger.PlanWithoutEffect, c.LatestEvaluation)))
            .ThenRejected("R-E10 triggerNotOfStep");

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void A_serious_deviation_jumps_to_four_and_what_was_not_done_is_skipped(int from)
    {
        var serious = Some.Serious(Some.Start);
        var given = GivenCase.AtStep(from).Attached(serious);

        var outcome = given.When(new Escalate(4, Some.Basis(Trigger.SeriousDeviation, Some.Evidence(serious))));

        var escalated = outcome.Then();
        Assert.Multiple(() =>
        {
            Assert.That((escalated.Step, escalated.HighestStep), Is.EqualTo((4, 4)));
            Assert.That(outcome.Then<CaseEscalated>().SkippedSteps, Is.EqualTo(Enumerable.Range(from + 1, 3 - from)));
            for (var step = from; step < 4; step++)
            {
                var required = Some.Ladder.Step(step).Required.Select(a => a.Code).ToArray();
                var skipped = escalated.Activities.Where(a => a.Step == step && a.Outcome == ActivityOutcome.Skipped).Select(a => a.Code);
                Assert.That(skipped, Is.EquivalentTo(required), $"step {step}");
            }
        });
    }

    [Test]
    public void What_was_done_before_a_serious_deviation_stays_done()
    {
        var given = GivenCase.AtStep(0).And(new CompleteActivity("reportToMonitoring", null, Some.Start, "Avtalsansvarig", "Hög risk"));

        var escalated = given.SeriousDeviationLeadsToStepFour().State;

        Assert.Multiple(() =>
        {
            Assert.That(escalated.Activity(0, "reportToMonitoring")?.Outcome, Is.EqualTo(ActivityOutcome.Completed));
            Assert.That(escalated.Activity(0, "supplierDialogue")?.Outcome, Is.EqualTo(ActivityOutcome.Skipped));
        });
    }

    [Test]
    public void Only_a_serious_deviation_leads_to_four() =>
        GivenCase.AtStep(0)
            .When(c => new Escalate(4, Some.Basis(Trigger.SeriousDeviation, c.DeviationEvidence)))
            .ThenRejected("R-E4a noSeriousDeviation");

    [Test]
    public void A_serious_deviation_that_is_handled_and_fed_back_leads_nowhere()
    {
        var serious = Some.Serious(Some.Start);

        GivenCase.AtStep(0).Attached(serious).Resolved(serious)
            .When(new Escalate(4, Some.Basis(Trigger.SeriousDeviation, Some.Evidence(serious))))
            .ThenRejected("R-E4a noSeriousDeviation");
    }

    [TestCase(CausedBy.Region)]
    [TestCase(CausedBy.Shared)]
    [TestCase(CausedBy.Unknown)]
    public void A_serious_deviation_without_a_part_of_the_suppliers_leads_nowhere(CausedBy causedBy)
    {
        var serious = Some.Serious(Some.Start, causedBy);

        GivenCase.AtStep(0).Attached(serious)
            .When(new Escalate(4, Some.Basis(Trigger.SeriousDeviation, Some.Evidence(serious))))
            .ThenRejected("R-G6 notTheSuppliersPart");
    }

    [Test]
    public void A_serious_deviation_of_more_than_a_year_ago_needs_a_departure()
    {
        var serious = Some.Serious(Some.Start);
        var given = GivenCase.AtStep(0).Attached(serious).Later(months: 12, days: 1);
        var basis = Some.Basis(Trigger.SeriousDeviation, Some.Evidence(serious));

        given.When(new Escalate(4, basis)).ThenRejected("R-E4a seriousDeviationTooOld");
        Assert.That(given.When(new Escalate(4, basis.DepartingFrom("R-E4a"))).Then<CaseEscalated>().Basis.Departures.Single().Rule, Is.EqualTo("R-E4a"));
    }

    [Test]
    public void A_serious_deviation_leads_to_four_before_five()
    {
        var serious = Some.Serious(Some.Start);

        GivenCase.AtStep(3).Attached(serious)
            .When(new Escalate(5, Some.Basis(Trigger.SeriousDeviation, Some.Evidence(serious))))
            .ThenRejected("R-E11 lowerStepFirst", "R-E5 terminationGroundMissing", "R-E5 continuityNotAssessed", "R-E5 supplierNotHeard");
    }

    [Test]
    public void Step_five_is_out_of_reach_as_long_as_what_it_rests_on_cannot_be_recorded()
    {
        var given = GivenCase.AtStep(4);
        var serious = Some.Serious(given.Now);

        given.Attached(serious)
            .When(new Escalate(5, Some.Basis(Trigger.SeriousDeviation, Some.Evidence(serious)).DepartingFrom("R-E5")))
            .ThenRejected("R-E5 terminationGroundMissing", "R-E5 continuityNotAssessed", "R-E5 supplierNotHeard");
    }

    [TestCase(2)]
    [TestCase(1)]
    [TestCase(0)]
    public void Escalating_goes_upwards(int toStep) =>
        GivenCase.AtStep(2).When(new Escalate(toStep, Some.Basis(Trigger.PlanWithoutEffect, Some.Document()))).ThenRejected("R-E6 notAbove");

    [Test]
    public void What_is_outstanding_at_the_step_stands_against_leaving_it() =>
        GivenCase.AtStep(2).PlanEvaluated(PlanOutcome.WithoutEffect)
            .When(c => new Escalate(3, Some.Basis(Trigger.PlanWithoutEffect, c.LatestEvaluation)))
            .ThenRejected("R-E7 activityOutstanding", "R-E7 activityOutstanding", "R-E7 activityOutstanding");

    [Test]
    public void A_step_is_left_with_something_outstanding_when_that_is_motivated()
    {
        var given = GivenCase.AtStep(2).PlanEvaluated(PlanOutcome.WithoutEffect);

        var escalated = given.When(c => new Escalate(3, Some.Basis(Trigger.PlanWithoutEffect, c.LatestEvaluation).DepartingFrom("R-E7")));

        Assert.Multiple(() =>
        {
            Assert.That(escalated.Then().Step, Is.EqualTo(3));
            Assert.That(escalated.Then<CaseEscalated>().Basis.Departures, Is.EqualTo(new[] { new Departure("R-E7", Some.Motivation) }));
            Assert.That(escalated.Then().Activities.Where(a => a is { Step: 2, Outcome: not ActivityOutcome.NotNeeded }), Is.Empty, "what is departed from is neither done nor skipped");
        });
    }

    [Test]
    public void Dispensing_with_a_required_activity_is_enough_to_leave_the_step()
    {
        var given = GivenCase.AtStep(2).PlanEvaluated(PlanOutcome.WithoutEffect);
        foreach (var activity in Some.Ladder.Step(2).Required)
            given.And(new DispenseWithActivity(activity.Code, null, "Avtalet saknar sådan klausul", "Avtalsansvarig"));

        Assert.That(given.When(c => new Escalate(3, Some.Basis(Trigger.PlanWithoutEffect, c.LatestEvaluation))).Then().Step, Is.EqualTo(3));
    }

    [TestCase(2)]
    [TestCase(3)]
    public void Activities_of_vid_behov_are_never_outstanding(int step)
    {
        var given = GivenCase.AtStep(step);

        Assert.That(CaseActivities.Outstanding(given.State, Some.Ladder.Step(step)).Select(a => a.Code),
            Is.EquivalentTo(Some.Ladder.Step(step).Activities.Select(a => a.Code)));
    }

    [Test]
    public void The_step_changes_what_the_case_records()
    {
        var given = GivenCase.AtStep(1).ActivitiesDone().PlanEvaluated(PlanOutcome.WithoutEffect);

        var e = given.When(c => new Escalate(2, Some.Basis(Trigger.PlanWithoutEffect, c.LatestEvaluation))).Then<CaseEscalated>();

        Assert.Multiple(() =>
        {
            Assert.That((e.FromStep, e.ToStep, e.At), Is.EqualTo((1, 2, given.Now)));
            Assert.That((e.Basis.Trigger, e.Basis.Motivation, e.Basis.DecidedBy), Is.EqualTo((Trigger.PlanWithoutEffect, Some.Motivation, Some.HeadOfPurchasing)));
            Assert.That(e.Basis.Evidence, Is.EqualTo(new[] { given.LatestEvaluation }));
            Assert.That(e.SkippedSteps, Is.Empty);
        });
    }

    [TestCase(-1)]
    [TestCase(6)]
    public void The_ladder_ends_at_zero_and_five(int step)
    {
        GivenCase.AtStep(1).When(new Escalate(step, Some.Basis(Trigger.SeriousDeviation, Some.Document()))).ThenRejected("field noSuchStep");
        GivenCase.AtStep(1).WayBackOpen().When(c => new DeEscalate(step, c.WayBackBasis().DepartingFrom("R-D3"))).ThenRejected("field noSuchStep");
        GivenCase.WhenOpened(Some.Opening(step, Trigger.SeriousDeviation, Some.Serious(Some.Start))).ThenRejected("field noSuchStep");
    }

    [Test]
    public void A_document_is_no_deviation_and_no_evaluation_whatever_id_it_carries()
    {
        var recurring = GivenCase.AtStep(0).ActivitiesDone().Attached(Some.Deviation(Some.Start));
        var failed = GivenCase.AtStep(1).ActivitiesDone().PlanEvaluated(PlanOutcome.WithoutEffect);

        recurring.When(c => new Escalate(1, Some.Basis(Trigger.RecurringDeviation, [.. c.DeviationEvidence.Select(AsDocument)])))
            .ThenRejected("R-E1 tooFewDeviations");
        failed.When(c => new Escalate(2, Some.Basis(Trigger.PlanWithoutEffect, AsDocument(c.LatestEvaluation)))).ThenRejected("R-E2 evaluationMissing");

        static EvidenceReference AsDocument(EvidenceReference e) => new(EvidenceKind.Document, e.Id, "RS 2026-0117");
    }

    [Test]
    public void A_deviation_cited_beside_a_failed_plan_is_not_used_up()
    {
        var deviation = Some.Deviation(Some.Start);
        var given = GivenCase.AtStep(1).ActivitiesDone().Attached(deviation).PlanEvaluated(PlanOutcome.WithoutEffect);
        given.And(new Escalate(2, Some.Basis(Trigger.PlanWithoutEffect, given.LatestEvaluation, Some.Evidence(deviation))));
        given.Happened(c => new AttachedDeviationReassessed(c.Now, deviation.Id, Some.Assessment(Severity.Serious)));

        Assert.That(given.When(new Escalate(4, Some.Basis(Trigger.SeriousDeviation, Some.Evidence(deviation)))).Then().Step, Is.EqualTo(4));
    }

}
