using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-E5 and R-Z2: step 5, the way back from it, and closing as terminated.</summary>
public class EndOfBusinessTests
{
    [Test]
    public void What_led_to_four_and_is_still_open_leads_to_five_and_is_used_once()
    {
        var given = GivenCase.AtStep(4).ReadyToEnd();

        var outcome = given.When(given.Ending());

        Assert.Multiple(() =>
        {
            Assert.That(outcome.Then().Step, Is.EqualTo(5));
            Assert.That(outcome.Then().UsedEvidence, Is.Unique);
            Assert.That(outcome.Then<TerminationGroundStated>().Ground, Is.EqualTo(Some.Ground()));
        });
    }

    [Test]
    public void What_has_been_handled_does_not_lead_to_five()
    {
        var given = GivenCase.AtStep(4).AllDeviationsResolved().ReadyToEnd();

        given.When(given.Ending(basis: Some.Basis(Trigger.SeriousDeviation, given.DeviationEvidence))).ThenRejected("R-E5 noSeriousDeviation");
    }

    [Test]
    public void Without_hearing_the_supplier_and_assessing_continuity_no_business_ends()
    {
        var given = GivenCase.AtStep(4);

        given.When(given.Ending()).ThenRejected("R-E5 continuityNotAssessed", "R-E5 supplierNotHeard");
    }

    [TestCase(30, true)]
    [TestCase(31, false)]
    public void A_continuity_assessment_is_current_for_thirty_days(int days, bool current)
    {
        var given = GivenCase.AtStep(4).SupplierHeard().ContinuityIsAssessed().Later(days: days);

        Assert.That(given.When(given.Ending()).Decision.Rejections.Select(r => r.Reason), current ? Is.Empty : Is.EqualTo(new[] { "continuityNotAssessed" }));
    }

    [Test]
    public void Before_its_time_has_passed_the_supplier_is_heard_when_it_has_spoken()
    {
        var given = GivenCase.AtStep(4).ContinuityIsAssessed().Happened(c => new SupplierAskedToComment(c.Now, Guid.NewGuid(),
            new CommentRequestContent("Avslut", "Företagsledning", "RS 2026-0117-12", c.Now, SwedishTime.DateOf(c.Now).AddDays(7), null)));

        given.When(given.Ending()).ThenRejected("R-E5 supplierNotHeard");
        given.Happened(c => new SupplierStatementReceived(c.Now, Guid.NewGuid(), new StatementContent("Vi bestrider", "VD", c.Now, null, null, null)));

        Assert.That(given.When(given.Ending()).Then().Step, Is.EqualTo(5));
    }

    [Test]
    public void Being_heard_at_an_earlier_step_is_not_being_heard_about_the_end()
    {
        var given = GivenCase.AtStep(3).SupplierHeard().SeriousDeviationLeadsToStepFour().ContinuityIsAssessed();

        given.When(given.Ending()).ThenRejected("R-E5 supplierNotHeard");
    }

    [Test]
    public void Hearing_the_supplier_is_put_off_for_a_stated_reason_only()
    {
        var given = GivenCase.AtStep(4).ContinuityIsAssessed();
        var deferred = Some.Ground() with { Deferral = new HearingDeferral(DeferralReason.PatientSafety, Some.Motivation) };

        Assert.That(given.When(given.Ending(deferred)).Then().Step, Is.EqualTo(5));
        given.When(given.Ending(deferred with { Deferral = new HearingDeferral(DeferralReason.PatientSafety, Some.TooShort) }))
            .ThenRejected("R-E5 deferralMotivationTooShort");
    }

    [Test]
    public void The_ground_is_a_clause_of_the_contract_or_the_statute()
    {
        var given = GivenCase.AtStep(4).ReadyToEnd();

        given.When(given.Ending() with { Termination = null }).ThenRejected("R-E5 terminationGroundMissing");
        given.When(given.Ending(Some.Ground() with { ClauseReference = "9.2" })).ThenRejected("R-E5 clauseUnknown");
        given.When(given.Ending() with { Contract = null }).ThenRejected("R-E5 clauseUnknown");
        Assert.That(given.When(given.Ending(Some.Ground() with { Kind = TerminationGroundKind.Lou1717, ClauseReference = null })).Then().Step, Is.EqualTo(5));
    }

    [Test]
    public void Two_functions_and_a_delegation_stand_behind_the_end()
    {
        var given = GivenCase.AtStep(4).ReadyToEnd();
        var basis = given.Ending().Basis;

        given.When(given.Ending(Some.Ground() with { SecondApprover = null })).ThenRejected("R-E5 secondApproverMissing");
        given.When(given.Ending(Some.Ground() with { SecondApprover = Some.HeadOfPurchasing with { Function = " inköpschef " } })).ThenRejected("R-E5 secondApproverMissing");
        given.When(given.Ending(Some.Ground() with { SecondApprover = new DecisionMaker("Regionjurist", "kejsare") })).ThenRejected("R-E5 secondApproverLevel");
        given.When(given.Ending(basis: basis with { DecidedBy = Some.HeadOfPurchasing with { DelegationReference = null } })).ThenRejected("R-E5 delegationMissing");
    }

    [Test]
    public void From_below_four_only_a_ground_that_allows_ending_at_once_leads_to_five()
    {
        var given = GivenCase.AtStep(2).ReadyToEnd();
        given.Attached(Some.Serious(given.Now));

        given.When(given.Ending()).ThenRejected("R-E11 lowerStepFirst");
        var ended = given.When(given.Ending(Some.Ground(immediate: true)));

        Assert.That((ended.Then().Step, ended.Then<CaseEscalated>().SkippedSteps), Is.EqualTo((5, new[] { 3, 4 })).Using<(int, IReadOnlyList<int>)>(
            (a, b) => a.Item1 == b.Item1 && a.Item2.SequenceEqual(b.Item2)));
    }

    [Test]
    public void A_ground_for_ending_belongs_to_step_five() =>
        GivenCase.AtStep(0).Attached(Some.Serious(Some.Start)).When(c => new Escalate(4, Some.Basis(Trigger.SeriousDeviation, c.DeviationEvidence), Some.Ground()))
            .ThenRejected("field onlyForStepFive");

    [Test]
    public void From_five_the_way_back_leads_to_four_or_three_once_the_termination_is_withdrawn()
    {
        var given = GivenCase.AtStep(5).Ended().WayBackOpen();
        DeEscalate Down(int to) => new(to, given.WayBackBasis().DepartingFrom("R-D3"));

        given.When(Down(4)).ThenRejected("R-D3 terminationStands");
        given.Happened(c => new TerminationWithdrawn(c.Now, c.State.Of<Termination>().Single().Id, "Förlikning", Some.HeadOfPurchasing));

        given.When(Down(2)).ThenRejected("R-D3 notBelowThree");
        Assert.That(given.When(Down(3)).Then().Step, Is.EqualTo(3));
        Assert.That(given.When(Down(4)).Then().Step, Is.EqualTo(4));
    }

    [Test]
    public void A_file_that_was_never_complete_does_not_count_when_it_expires()
    {
        var given = GivenCase.AtStep(5).ActivitiesDone().Ended().Happened(c => new ExclusionEvidenceOpened(c.Now, Guid.NewGuid(), new EvidenceFileContent(ExclusionGround.P1, "Regionjurist", "Villkor")));
        given.Happened(c => new ExclusionEvidenceExpired(c.Now, c.State.Of<ExclusionEvidence>().Single().Id));

        given.When(GivenCase.Closing(CaseOutcome.Terminated)).ThenRejected("R-Z2 evidenceFileMissing");
    }

    [Test]
    public void An_unfounded_case_leaves_neither_a_termination_nor_evidence_behind()
    {
        var given = GivenCase.AtStep(5).EvidenceComplete().Happened(c => new TerminationDecided(c.Now, Guid.NewGuid(), new TerminationContent(
            TerminationScope.Contract, Some.Motivation, SwedishTime.DateOf(c.Now).AddDays(30), true, c.Now, "RS 2026-0117-20", Some.HeadOfPurchasing)));

        given.AllDeviationsUnfounded().When(GivenCase.Closing(CaseOutcome.Unfounded)).ThenRejected("R-Z3 terminationStands", "R-Z3 evidenceFileStands");
        given.When(GivenCase.Closing(CaseOutcome.Transferred)).ThenRejected("R-Z4 terminationStands");
        Assert.That(given.State.Of<ExclusionEvidence>().Single().IsPreliminary(given.State with { Outcome = CaseOutcome.Unfounded }), Is.True);
    }

    [Test]
    public void The_termination_of_an_earlier_life_decides_nothing_in_a_later_one()
    {
        var given = GivenCase.AtStep(5).ActivitiesDone().Ended().EvidenceComplete().Closed(CaseOutcome.Terminated).Later(months: 1);
        var again = Some.Serious(given.Now);
        given.And(new ReopenCase(4, [again], Some.Basis(Trigger.SeriousDeviation, Some.Evidence(again)), null)).ReadyToEnd().EndedAtStepFive().Done("crisisGroup");

        given.When(GivenCase.Closing(CaseOutcome.Terminated)).ThenContains("R-Z2 notEnded");
        Assert.That(given.AllDeviationsResolved().WayBackOpen().When(c => new DeEscalate(4, c.WayBackBasis())).Then().Step, Is.EqualTo(4));
    }

    [Test]
    public void A_contract_does_not_end_before_the_supplier_was_told() => GivenCase.AtStep(5).When(c => new DecideTermination(Guid.NewGuid(), new TerminationContent(
        TerminationScope.Contract, Some.Motivation, SwedishTime.DateOf(c.Now).AddDays(-1), true, c.Now, "RS 2026-0117-20", Some.HeadOfPurchasing)))
        .ThenRejected("field beforeNotice");

    [Test]
    public void Hearing_is_about_what_is_asked_at_the_step_and_not_about_older_letters()
    {
        var given = GivenCase.AtStep(4).ContinuityIsAssessed().Later(days: 10);
        given.Happened(c => new SupplierAskedToComment(c.Now, Guid.NewGuid(),
            new CommentRequestContent("Avslut", "Företagsledning", "RS 2026-0117-12", c.State.StepEnteredAt.AddDays(-1), SwedishTime.DateOf(c.State.StepEnteredAt), null)));
        given.When(given.Ending()).ThenRejected("R-E5 supplierNotHeard");

        given.Happened(c => new SupplierAskedToComment(c.Now, Guid.NewGuid(),
            new CommentRequestContent("Avslut", "Företagsledning", "RS 2026-0117-13", c.Now, SwedishTime.DateOf(c.Now).AddDays(7), null)));
        given.Happened(c => new SupplierStatementReceived(c.Now, Guid.NewGuid(), new StatementContent("Gammalt brev", "VD", c.Now.AddDays(-9), null, null, null)));
        given.When(given.Ending()).ThenRejected("R-E5 supplierNotHeard");
    }

    [Test]
    public void From_below_four_what_has_triggered_once_does_not_end_the_business()
    {
        var given = GivenCase.AtStep(4).ReviewChanged(to: 1);
        given.And(new DeEscalate(1, Some.Basis(Trigger.ReviewChanged, given.LatestRecord<Review>()))).ReadyToEnd();

        given.When(given.Ending(Some.Ground(immediate: true))).ThenRejected("R-E8 alreadyUsed", "R-E5 noSeriousDeviation");
    }

    [Test]
    public void What_has_taken_effect_is_not_withdrawn()
    {
        var given = GivenCase.AtStep(5).Ended();

        given.When(new WithdrawTermination(given.State.Of<Termination>().Single().Id, "Förlikning", Some.HeadOfPurchasing)).ThenRejected("R-D3 hasTakenEffect");
    }

    [Test]
    public void A_case_whose_contract_has_ended_is_closed_as_terminated()
    {
        var given = GivenCase.AtStep(5).ActivitiesDone().Ended().EvidenceComplete();

        var outcome = given.When(GivenCase.Closing(CaseOutcome.Terminated));

        Assert.That((outcome.Then().Outcome, outcome.Then<TerminationConcluded>().RetentionClass), Is.EqualTo((CaseOutcome.Terminated, "4.2 bevaras")));
    }

    [Test]
    public void Closing_as_terminated_waits_for_the_end_the_group_the_file_and_the_class()
    {
        GivenCase.AtStep(5).When(GivenCase.Closing(CaseOutcome.Terminated) with { RetentionClass = " " })
            .ThenRejected("R-Z2 notEnded", "R-Z2 finalNoticeMissing", "R-K1 crisisGroupUndecided", "R-Z2 evidenceFileMissing", "R-Z2 retentionClassMissing");
        GivenCase.AtStep(2).Ended().EvidenceComplete().When(GivenCase.Closing(CaseOutcome.Terminated)).ThenRejected("R-Z2 notAtFive");
    }

    [Test]
    public void Doing_without_the_evidence_file_is_motivated()
    {
        var given = GivenCase.AtStep(5).ActivitiesDone().Ended();

        var closed = given.When(GivenCase.Closing(CaseOutcome.Terminated, Some.Basis(Trigger.Terminated, Some.Document()).DepartingFrom("R-Z2")));

        Assert.That(closed.Then<CaseClosed>().Basis.Departures.Single().Rule, Is.EqualTo("R-Z2"));
    }

    [TestCase(CaseOutcome.Terminated, "R-Z2")]
    [TestCase(CaseOutcome.Unfounded, "R-Z3")]
    [TestCase(CaseOutcome.Merged, "R-Z4")]
    [TestCase(CaseOutcome.Transferred, "R-Z4")]
    public void No_measure_outlives_its_case(CaseOutcome outcome, string rule)
    {
        var given = GivenCase.AtStep(5).Ended().EvidenceComplete().ActivitiesDone().MeasuresInForce();
        if (outcome == CaseOutcome.Unfounded)
            given.AllDeviationsUnfounded().Happened(c => new ExclusionEvidenceWithdrawn(c.Now, c.State.Of<ExclusionEvidence>().Single().Id, "Ogrundat", "Regionjurist"));

        given.When(GivenCase.Closing(outcome)).ThenRejected($"{rule} blockInForce", $"{rule} businessOnHold", "R-K1 crisisGroupActive");
    }

    [Test]
    public void Money_is_settled_before_a_case_is_resolved()
    {
        var given = GivenCase.AtStep(1).ActivitiesDone().WayBackOpen().MeasuresInForce();

        given.When(GivenCase.Closing(CaseOutcome.Resolved)).ThenRejected(
            "R-Z1 sanctionNotFinal", "R-Z1 costUnsettled", "R-Z1 blockInForce", "R-Z1 businessOnHold", "R-K1 crisisGroupActive");
    }

    [Test]
    public void Below_four_no_block_is_in_force_and_business_is_resumed()
    {
        var given = GivenCase.AtStep(4).WayBackOpen().MeasuresInForce();
        given.When(new DeEscalate(3, given.WayBackBasis())).ThenRejected("R-B3 blockInForce");

        given.Happened(c => new BlockLifted(c.Now, c.State.Of<Block>().Single().Id, "Leveranserna fungerar", Some.HeadOfPurchasing));
        var down = given.When(new DeEscalate(3, given.WayBackBasis()));

        Assert.That((down.Then().Step, down.Then().Of<BusinessHold>().Single().Holds()), Is.EqualTo((3, false)));
    }

    [Test]
    public void A_block_stops_applying_after_its_last_day_and_that_is_noted_once()
    {
        var given = GivenCase.AtStep(4).BlockInForce(days: 10);
        var block = given.State.Of<Block>().Single();
        Assert.That(given.When(new NoteExpiries()).Decision.Events, Is.Empty);

        given.Later(days: 11);

        Assert.That((block.IsInForce(given.Now.AddDays(-1)), block.IsInForce(given.Now)), Is.EqualTo((true, false)));
        var noted = given.And(new NoteExpiries());
        Assert.That((noted.State.Of<Block>().Single().State, noted.State.Step, noted.State.Of<Block>().Single().ExpiresAt()), Is.EqualTo((BlockState.Expired, 4, (DateTimeOffset?)null)));
        Assert.That(noted.When(new NoteExpiries()).Decision.Events, Is.Empty);
    }

    [Test]
    public void A_block_that_ran_out_leaves_a_task_until_another_is_imposed_or_dispensed_with()
    {
        GivenCase Expired() => GivenCase.AtStep(4).BlockInForce(days: 10).Later(days: 11).And(new NoteExpiries());
        bool Due(GivenCase given) => Obligations.Of(given.State).Any(o => o is { Code: "blockExpired", Rule: "R-B3" });

        Assert.That(Due(Expired()), Is.True);
        Assert.That(Due(Expired().And(new DispenseWithActivity("block", null, "Leveranserna fungerar igen", "Inköpschef"))), Is.False);
        Assert.That(Due(Expired().BlockInForce()), Is.False);
        Assert.That(Due(GivenCase.AtStep(4).BlockInForce()), Is.False);
    }
}
