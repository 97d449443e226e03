using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.Regions;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-D5, R-D6, R-Z4, R-Z5, R-G4: what a review changes, relapse, merging and transfer, reopening, another edition.</summary>
public class AfterwardsTests
{
    [Test]
    public void A_review_that_changed_the_step_leads_there_without_the_conditions_of_the_way_back()
    {
        var given = GivenCase.AtStep(3).ReviewChanged(to: 1);
        DeEscalate Down(int to, params EvidenceReference[] evidence) => new(to, Some.Basis(Trigger.ReviewChanged, evidence));

        given.When(Down(2, given.LatestRecord<Review>())).ThenRejected("R-D5 reviewMissing");
        given.When(Down(1, Some.Document())).ThenRejected("R-D5 reviewMissing");
        Assert.That(given.When(Down(1, given.LatestRecord<Review>())).Then().Step, Is.EqualTo(1));
    }

    [Test]
    public void A_review_of_an_earlier_visit_changes_nothing_now()
    {
        var given = GivenCase.AtStep(3).ReviewChanged(to: 2).Later(days: 1).SeriousDeviationLeadsToStepFour();

        given.When(new DeEscalate(2, Some.Basis(Trigger.ReviewChanged, given.LatestRecord<Review>()))).ThenRejected("R-D5 reviewMissing");
    }

    [Test]
    public void Until_it_is_carried_out_a_changed_step_is_disputed_due_and_leads_nowhere_up()
    {
        var given = GivenCase.AtStep(2).ActivitiesDone().PlanEvaluated(PlanOutcome.WithoutEffect).ReviewChanged(to: 1);
        Assert.That((given.State.IsDisputed(), Obligations.Of(given.State).Any(o => o.Code == "reviewChanged")), Is.EqualTo((true, true)));

        given.When(c => new Escalate(3, Some.Basis(Trigger.PlanWithoutEffect, c.LatestEvaluation))).ThenRejected("R-D5 reviewNotCarriedOut");
        given.Later(days: 1);
        given.Attached(Some.Serious(given.Now));
        Assert.That(given.When(c => new Escalate(4, Some.Basis(Trigger.SeriousDeviation, c.DeviationEvidence[^1]))).Then().Step, Is.EqualTo(4), "something new and serious is another matter");
        var down = given.When(c => new DeEscalate(1, Some.Basis(Trigger.ReviewChanged, c.LatestRecord<Review>()))).Then();
        Assert.That((down.IsDisputed(), Obligations.Of(down).Any(o => o.Code == "reviewChanged")), Is.EqualTo((false, false)));
    }

    [Test]
    public void A_step_that_a_review_found_wrong_is_no_step_to_relapse_to()
    {
        var given = GivenCase.AtStep(4).ReviewChanged(to: 1);
        given.And(new DeEscalate(1, Some.Basis(Trigger.ReviewChanged, given.LatestRecord<Review>()))).Later(days: 3);
        given.Attached(Some.Deviation(given.Now));

        given.When(c => new Escalate(4, Some.Basis(Trigger.Relapse, c.DeviationEvidence[^1]))).ThenRejected("R-D6 noRelapse");
    }

    [Test]
    public void What_was_jumped_over_is_to_be_done_once_the_case_stands_there()
    {
        var given = GivenCase.OpenedBy(Some.Opening(4, Trigger.SeriousDeviation, Some.Serious(Some.Start))).WayBackOpen().SteppedDown();

        Assert.That(CaseActivities.Outstanding(given.State, Some.Ladder.Step(3)).Select(a => a.Code), Is.EqualTo(new[] { "informRegions", "letterToCeo", "businessMeeting" }));
        Assert.That(CaseActivities.Outstanding(given.State, Some.Ladder.Step(2)), Is.Empty, "not where the case does not stand");
    }

    [Test]
    public void The_regions_are_informed_anew_at_every_entry_and_can_be()
    {
        var given = GivenCase.AtStep(3).Informed().WayBackOpen().SteppedDown().ActivitiesDone().Later(days: 1);
        given.Attached(Some.Deviation(given.Now));
        given.And(new Escalate(3, Some.Basis(Trigger.Relapse, given.DeviationEvidence[^1])));
        bool Due() => Obligations.Of(given.State).Any(o => o.Code == Obligations.InformRegionsCode);

        Assert.That(Due(), Is.True);
        given.When(c => new CompleteActivity("informRegions", null, c.Now, "Kategoriledare", "Per telefon")).ThenRejected("R-A2 completedByRecord");
        given.When(new DispenseWithActivity("informRegions", null, "De vet redan", "Inköpschef")).ThenRejected("R-N1 informedByNoticeOnly");
        given.Informed();
        Assert.That((Due(), given.LatestNotice.Kind), Is.EqualTo((false, NoticeKind.Update)));
    }

    [Test]
    public void What_was_planned_under_another_edition_can_still_be_brought_to_an_end()
    {
        var given = GivenCase.AtStep(1).And(new PlanActivity("factFinding", null, SwedishTime.DateOf(Some.Start).AddDays(90), "Avtalsansvarig", "Intervjuer")).And(Migrating());

        Assert.That(given.When(new DispenseWithActivity("factFinding", null, "Utgåvan har den inte", "Avtalsansvarig")).Decision.IsRejected, Is.False);
    }

    [Test]
    public void A_mapping_counts_also_where_the_activity_was_only_planned()
    {
        var given = GivenCase.AtStep(1).ActivitiesDone().And(new PlanActivity("supplierFollowUpForum", null, SwedishTime.DateOf(Some.Start).AddDays(90), "Avtalsansvarig", "Möte"));
        var plan = new ActivityPlanned(given.Now, 1, "documentation", SwedishTime.DateOf(given.Now), "Avtalsansvarig", "Skrivs samman");

        var migrated = given.Happened(_ => plan).And(Migrating(new ActivityMapping("factFinding", "documentation")));

        Assert.That(migrated.State.Activities.Single(a => a is { Step: 1, Code: "documentation" }).Outcome, Is.EqualTo(ActivityOutcome.Completed));
    }

    [Test]
    public void A_plan_agreed_after_a_refusal_is_no_refusal_any_more()
    {
        var given = GivenCase.AtStep(1).ActivitiesDone().Happened(c => new ActionPlanRefused(c.Now, Guid.NewGuid(), new PlanRefusalContent("Nekar", c.Now, "RS 4", SwedishTime.DateOf(c.Now), "Avtalsansvarig")));
        Escalate Up() => new(2, Some.Basis(Trigger.PlanWithoutEffect, given.LatestRecord<PlanRefusal>()).DepartingFrom("R-E7"));
        Assert.That(given.When(Up()).Then().Step, Is.EqualTo(2));

        given.Later(days: 1).PlanAgreed().When(Up()).ThenRejected("R-E2 evaluationMissing");
    }

    [Test]
    public void What_worked_before_a_case_was_reopened_does_not_resolve_it()
    {
        var given = GivenCase.AtStep(1).ActivitiesDone().WayBackOpen().Closed(CaseOutcome.Resolved).Later(months: 1);
        Deviation[] again = [Some.Deviation(given.Now), Some.Deviation(given.Now)];
        given.And(new ReopenCase(1, again, Some.Basis(Trigger.RecurringDeviation, [.. again.Select(Some.Evidence)]), null)).AllDeviationsResolved();

        given.When(GivenCase.Closing(CaseOutcome.Resolved)).ThenRejected("R-Z1 planNotEffective");
    }

    [Test]
    public void A_pending_review_makes_the_case_disputed_and_moves_nothing()
    {
        var given = GivenCase.AtStep(3).Happened(c => new ReviewRequested(c.Now, Guid.NewGuid(), new ReviewContent("Steget", "I tid", "Kvalitetschef", c.Now), c.Now.AddDays(21)));

        Assert.That((given.State.IsDisputed(), given.State.Step), Is.EqualTo((true, 3)));
        Assert.That(given.ReviewChanged(to: 1).State.IsDisputed(), Is.True, "the other one is still pending");
    }

    [TestCase(6, true)]
    [TestCase(7, false)]
    public void A_relapse_leads_straight_back_for_six_months(int months, bool leads)
    {
        var given = GivenCase.AtStep(3).WayBackOpen().SteppedDown().ActivitiesDone().Later(months: months);
        given.Attached(Some.Deviation(given.Now));

        var outcome = given.When(c => new Escalate(3, Some.Basis(Trigger.Relapse, c.DeviationEvidence[^1])));

        if (leads)
            Assert.That(outcome.Then().Step, Is.EqualTo(3));
        else
            outcome.ThenRejected("R-D6 noRelapse");
    }

    [Test]
    public void A_relapse_leads_over_several_steps_at_once_and_never_above_the_step_left()
    {
        var given = GivenCase.AtStep(3).WayBackOpen();
        given.And(new DeEscalate(1, given.WayBackBasis().DepartingFrom("R-D3"))).ActivitiesDone().Later(days: 3);
        given.Attached(Some.Deviation(given.Now));
        Escalate To(int step) => new(step, Some.Basis(Trigger.Relapse, given.DeviationEvidence[^1]));

        given.When(To(4)).ThenRejected("R-D6 noRelapse");
        Assert.That(given.When(To(3)).Then().Step, Is.EqualTo(3));
    }

    [Test]
    public void A_relapse_is_something_new()
    {
        var given = GivenCase.AtStep(2).WayBackOpen().SteppedDown().Later(days: 3);

        given.When(c => new Escalate(2, Some.Basis(Trigger.Relapse, c.DeviationEvidence))).ThenRejected("R-D6 noNewDeviation");
        GivenCase.AtStep(2).When(c => new Escalate(3, Some.Basis(Trigger.Relapse, c.DeviationEvidence))).ThenRejected("R-D6 noRelapse");
    }

    [Test]
    public void A_closed_case_opens_again_at_the_step_the_new_trigger_leads_to()
    {
        var given = GivenCase.AtStep(3).Closed().Later(months: 2);
        var (again, serious) = (Some.Deviation(given.Now), Some.Serious(given.Now));
        ReopenCase Reopening(int step, Trigger trigger, Deviation deviation) => new(step, [deviation], Some.Basis(trigger, Some.Evidence(deviation)), null);

        Assert.That(given.When(Reopening(0, Trigger.SingleDeviation, again)).Then(), Has.Property("Step").EqualTo(0).And.Property("State").EqualTo(CaseState.Open));
        Assert.That(given.When(Reopening(4, Trigger.SeriousDeviation, serious)).Then().Step, Is.EqualTo(4));
        given.When(Reopening(3, Trigger.PlanWithoutEffect, again)).ThenRejected("R-E6 oneStepAtATime");
        given.When(Reopening(0, Trigger.SingleDeviation, again) with { Deviations = [] }).ThenRejected("R-Z5 nothingNew", "R-G7 evidenceUnknown");
        given.When(Reopening(0, Trigger.SingleDeviation, again) with { OtherOpenCase = Guid.NewGuid() }).ThenRejected("R-G2 openCaseExists");
    }

    [Test]
    public void A_case_that_relapses_after_closing_opens_at_the_step_it_had_left()
    {
        var given = GivenCase.AtStep(2).WayBackOpen().SteppedDown().Closed().Later(months: 1);
        var again = Some.Deviation(given.Now);

        Assert.That(given.When(new ReopenCase(2, [again], Some.Basis(Trigger.Relapse, Some.Evidence(again)), null)).Then().Step, Is.EqualTo(2));
    }

    [Test]
    public void A_reopened_case_learns_what_has_become_of_its_deviations_while_it_was_closed()
    {
        var (downgraded, resolved) = (Some.Serious(Some.Start), Some.Serious(Some.Start));
        var given = GivenCase.AtStep(3).Attached(downgraded).Attached(resolved).ClosedAsTerminated().Later(months: 1);
        var again = Some.Deviation(given.Now);
        Deviation[] now = [again, Some.Assessed(downgraded, Some.Assessment() with { Motivation = Some.Motivation }, given.Now), Some.Resolved(resolved, given.Now)];

        var reopened = given.When(new ReopenCase(0, now, Some.Basis(Trigger.SingleDeviation, Some.Evidence(again)), null));

        Assert.That(reopened.Decision.Events.Skip(1).Select(e => e.GetType()),
            Is.EqualTo(new[] { typeof(AttachedDeviationReassessed), typeof(AttachedDeviationResolved), typeof(DeviationAttached) }));
        Assert.That(reopened.Then().Deviations.Where(d => d.IsOpenAndSerious()), Is.Empty);
    }

    [Test]
    public void A_case_is_reopened_within_twelve_months_or_with_a_motivation()
    {
        var given = GivenCase.AtStep(1).Closed().Later(months: 12).Later(days: 1);
        var again = Some.Deviation(given.Now);
        var late = new ReopenCase(0, [again], Some.Basis(Trigger.SingleDeviation, Some.Evidence(again)), null);

        given.When(late).ThenRejected("R-Z5 closedTooLongAgo");
        Assert.That(given.When(late with { Basis = late.Basis.DepartingFrom("R-Z5") }).Then().IsOpen(), Is.True);
    }

    [Test]
    public void Neither_an_open_case_nor_one_that_went_elsewhere_is_reopened()
    {
        var again = Some.Deviation(Some.Start);
        var reopen = new ReopenCase(0, [again], Some.Basis(Trigger.SingleDeviation, Some.Evidence(again)), null);

        GivenCase.AtStep(1).When(reopen).ThenRejected("R-Z5 notClosed");
        GivenCase.AtStep(1).Closed(CaseOutcome.Transferred).When(reopen).ThenRejected("R-Z4 goneElsewhere");
    }

    [Test]
    public void A_case_is_merged_into_an_open_one_about_the_same_supplier()
    {
        var given = GivenCase.AtStep(1);
        var other = GivenCase.AtStep(1).State with { Id = Guid.NewGuid() };
        CloseCase Into(EscalationCase? target) => GivenCase.Closing(CaseOutcome.Merged) with { MergeInto = target };

        given.When(Into(null)).ThenRejected("R-Z4 mergeTargetUnfit");
        given.When(Into(given.State)).ThenRejected("R-Z4 mergeTargetUnfit");
        given.When(Into(other with { State = CaseState.Closed })).ThenRejected("R-Z4 mergeTargetUnfit");
        given.When(Into(other with { Step = 0 })).ThenRejected("R-Z4 mergeTargetUnfit");
        given.When(Into(other with { Supplier = other.Supplier with { Id = Guid.NewGuid() } })).ThenRejected("R-Z4 mergeTargetUnfit");
        Assert.That(given.When(Into(other)).Then().MergedInto, Is.EqualTo(other.Id));
    }

    [Test]
    public void What_had_triggered_in_a_merged_case_triggers_nothing_where_it_goes_on()
    {
        var merged = GivenCase.AtStep(1);
        var given = GivenCase.AtStep(0).And(new AbsorbCase(merged.State));

        Assert.That(given.State.Deviations, Is.SupersetOf(merged.State.Deviations));
        given.ActivitiesDone().When(new Escalate(1, Some.Basis(Trigger.RecurringDeviation, merged.DeviationEvidence)))
            .ThenRejected("R-E8 alreadyUsed", "R-E8 alreadyUsed", "R-E1 tooFewDeviations");
        given.Attached(Some.Deviation(Some.Start)).When(c => new Escalate(1, Some.Basis(Trigger.RecurringDeviation, c.DeviationEvidence)))
            .ThenRejected("R-E8 alreadyUsed", "R-E8 alreadyUsed");
    }

    [Test]
    public void Another_contracts_deviations_do_not_recur_under_this_one()
    {
        var merged = GivenCase.AtStep(0).Attached(Some.Deviation(Some.Start)).Attached(Some.Deviation(Some.Start));
        var given = GivenCase.AtStep(0).And(new AbsorbCase(merged.State)).ActivitiesDone();

        given.When(c => new Escalate(1, Some.Basis(Trigger.RecurringDeviation, c.DeviationEvidence))).ThenRejected("R-E1 tooFewDeviations");
        Assert.That(PossibleTransitions.From(given.State, given.Context).Single(t => t.Rule == "R-E1").SuggestedEvidence, Has.Count.EqualTo(1));
        given.ClosedAsTerminated().Later(months: 1);
        var again = Some.Deviation(given.Now);
        ReopenCase Reopening(params EvidenceReference[] evidence) => new(1, [again], Some.Basis(Trigger.RecurringDeviation, [Some.Evidence(again), .. evidence]), null);
        given.When(Reopening([.. given.State.Absorbed.Select(Some.Evidence)])).ThenRejected("R-E1 tooFewDeviations");
        Assert.That(given.When(Reopening(given.DeviationEvidence[0])).Then().Step, Is.EqualTo(1));
    }

    [Test]
    public void A_transfer_names_the_receiver_its_acceptance_and_the_decision_to_disclose()
    {
        var given = GivenCase.AtStep(1);

        given.When(GivenCase.Closing(CaseOutcome.Transferred) with { TransferTo = null })
            .ThenRejected("R-Z4 receiverUnknown", "R-Z4 acceptanceMissing", "R-Z4 disclosureDecisionMissing");
        Assert.That(given.When(GivenCase.Closing(CaseOutcome.Transferred)).Then().TransferredTo, Is.EqualTo("13"));
    }

    [Test]
    public void A_case_goes_on_under_another_edition_at_the_same_step_with_what_is_done()
    {
        var given = GivenCase.AtStep(1).ActivitiesDone();

        var migrated = given.And(Migrating(new ActivityMapping("factFinding", "documentation")));

        Assert.Multiple(() =>
        {
            Assert.That((migrated.State.LadderVersion, migrated.State.Step), Is.EqualTo(("2024-kalmar", 1)));
            Assert.That(migrated.State.Activity(1, "factFinding")?.Outcome, Is.EqualTo(ActivityOutcome.Completed), "nothing done is deleted");
            Assert.That(CaseActivities.Outstanding(migrated.State, migrated.Context.Ladder.Step(1)).Select(a => a.Code), Is.EqualTo(new[] { "establishActionPlan" }));
        });
    }

    [Test]
    public void Changing_the_edition_changes_no_step_and_uses_no_edition_of_another_regions()
    {
        var given = GivenCase.AtStep(1);
        var migration = Migrating();

        given.When(migration with { Ladder = null }).ThenRejected("field unknownLadder");
        given.When(migration with { Ladder = Some.Ladder }).ThenRejected("R-G4 sameLadder");
        given.When(migration with { Step = 2 }).ThenRejected("R-G4 stepMoves");
        given.When(migration with { Region = Region.Find("13")! }).ThenRejected("R-G4 ladderOfAnotherRegion");
        given.When(migration with { Motivation = Some.TooShort, DecidedBy = new DecisionMaker("Kejsare", "kejsare") })
            .ThenRejected("R-G4 motivationTooShort", "R-G4 decisionLevelUnknown");
        given.When(migration with { Activities = [new ActivityMapping("factFinding", "letterToCeo")] }).ThenRejected("R-G4 activityNotDone", "R-G4 activityNotOfStep");
    }

    private static MigrateCaseToLadder Migrating(params ActivityMapping[] activities) =>
        new(Ladders.Find("2024-kalmar"), Region.Find("08")!, 1, activities, Some.Motivation, Some.HeadOfPurchasing);
}
