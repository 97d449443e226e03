using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;
using RegionEscalation.Domain.Regions;
using static RegionEscalation.Domain.Tests.NoticeSteps;

namespace RegionEscalation.Domain.Tests;

/// <summary>What follows on a notice, and how long it lasts (R-N4, R-N7; R-Z1…R-Z3 where they rest on it).</summary>
public class NoticeAfterlifeTests
{
    [Test]
    public void Whatever_changes_about_a_block_is_told_within_two_working_days()
    {
        var given = GivenCase.AtStep(4).Informed().ContinuityIsAssessed();

        FallsDue(given.And(c => new ImposeBlock(Guid.NewGuid(), BlockOf(c), [Some.Contract()])), NoticeKind.Update, "noticeUpdate");
        FallsDue(given.Informed().And(c => new ExtendBlock(
            Block(c).Id, SwedishTime.DateOf(c.Now).AddDays(40), Some.Motivation, null, c.State.Of<ContinuityAssessment>().Last().Id, c.Decider)), NoticeKind.Update, "noticeUpdate");
        FallsDue(given.Copy().Informed().And(c => new LiftBlock(Block(c).Id, "Leveranserna är säkrade", c.Decider)), NoticeKind.Update, "noticeUpdate");
        FallsDue(given.Informed().Later(days: 41).ExpiriesNoted(), NoticeKind.Update, "noticeUpdate");
        Assert.That(Signal(given).Block, Is.Null);
    }

    [Test]
    public void What_is_due_already_does_not_fall_due_again()
    {
        var given = GivenCase.AtStep(4).Informed().ContinuityIsAssessed().And(c => new ImposeBlock(Guid.NewGuid(), BlockOf(c), [Some.Contract()]));
        var due = given.State.DueNotice;

        given.Later(days: 7).And(c => new LiftBlock(Block(c).Id, "Leveranserna är säkrade", c.Decider));

        Assert.That(given.State.DueNotice, Is.EqualTo(due));
    }

    [Test]
    public void Where_nobody_was_told_nothing_falls_due()
    {
        var blocked = Standing.At(4).ContinuityIsAssessed().And(c => new ImposeBlock(Guid.NewGuid(), BlockOf(c), [Some.Contract()]));
        var left = GivenCase.AtStep(3).WayBackOpen().SteppedDown();
        var unfounded = GivenCase.AtStep(3).Closed();

        Assert.That(new[] { blocked, left, unfounded }.Select(g => g.State.DueNotice), Is.All.Null);
    }

    [Test]
    public void A_step_between_three_and_five_is_told_by_the_deadline_of_the_step()
    {
        var up = GivenCase.AtStep(3).Informed().SeriousDeviationOfOperationsLeadsToStepFour();
        var down = GivenCase.AtStep(4).Informed().WayBackOpen().SteppedDown();

        foreach (var given in new[] { up, down })
        {
            Assert.That(given.State.DueNotice, Is.Null);
            Assert.That((Codes(given).Contains(Obligations.InformRegionsCode), Signal(given).Preliminary), Is.EqualTo((true, true)));
            Assert.That(Codes(given.Informed()), Does.Not.Contain(Obligations.InformRegionsCode));
            Assert.That(Signal(given).Preliminary, Is.False);
        }
    }

    [Test]
    public void What_was_due_at_the_step_left_is_told_with_the_step_entered()
    {
        var given = GivenCase.AtStep(4).Informed().ContinuityIsAssessed().And(c => new ImposeBlock(Guid.NewGuid(), BlockOf(c), [Some.Contract()]));
        Assert.That(given.State.DueNotice, Is.Not.Null);

        given.SupplierHeard().ContinuityIsAssessed().EndedAtStepFive();

        Assert.That(given.State.DueNotice, Is.Null);
    }

    [Test]
    public void Leaving_steps_three_to_five_is_followed_by_an_all_clear()
    {
        FallsDue(Left(), NoticeKind.AllClear, "allClear");
        FallsDue(Resolvable().Closed(CaseOutcome.Resolved), NoticeKind.AllClear, "allClear");
        FallsDue(GivenCase.AtStep(3).Informed().Closed(CaseOutcome.Merged), NoticeKind.GoesOnElsewhere, "goesOnElsewhere");
        FallsDue(GivenCase.AtStep(3).Informed().Closed(CaseOutcome.Transferred), NoticeKind.GoesOnElsewhere, "goesOnElsewhere");
    }

    [Test]
    public void What_should_not_have_been_said_is_followed_by_a_retraction()
    {
        FallsDue(GivenCase.AtStep(3).Informed().Closed(), NoticeKind.Retraction, "retraction");
        FallsDue(Left().Closed(), NoticeKind.Retraction, "retraction");
        FallsDue(GivenCase.AtStep(3).Informed().ReviewedTo(1), NoticeKind.Retraction, "retraction");
        Assert.That(GivenCase.AtStep(5).Informed().ReviewedTo(3).State.DueNotice, Is.Null, "a step between three and five");
    }

    [Test]
    public void What_was_said_for_a_time_is_retracted_too_and_only_once()
    {
        var allClear = Left().Informed(NoticeKind.AllClear).Closed();
        var lapsed = GivenCase.AtStep(4).InformedProvisionally().Later(months: 1).ExpiriesNoted().Closed();
        var expired = GivenCase.AtStep(3).Informed().Closed().Later(months: 13).ExpiriesNoted();
        foreach (var given in new[] { allClear, lapsed, expired })
        {
            Assert.That(given.State.DueNotice?.Kind, Is.EqualTo(NoticeKind.Retraction));
            given.Informed(NoticeKind.Retraction);
            Assert.That((given.State.DueNotice, Notices.Current(given.State)!.Kind), Is.EqualTo(((DueNotice?)null, NoticeKind.Retraction)));
            given.When(_ => new PrepareNotice(Guid.NewGuid(), NoticeKind.Retraction)).ThenRejected("R-N4 notInformed");
        }
    }

    [TestCase(NoticeKind.Update, NoticeState.Superseded)]
    [TestCase(NoticeKind.AllClear, NoticeState.Withdrawn)]
    [TestCase(NoticeKind.Retraction, NoticeState.Retracted)]
    public void A_later_notice_says_what_becomes_of_the_one_before(NoticeKind kind, NoticeState state)
    {
        var given = kind switch
        {
            NoticeKind.AllClear => Left(),
            NoticeKind.Retraction => GivenCase.AtStep(3).Informed().Closed(),
            _ => GivenCase.AtStep(3).Informed(),
        };
        var before = given.LatestNotice.Id;

        given.Informed(kind);

        Assert.That((given.State.Find<Notice>(before)!.State, given.LatestNotice.State, given.State.DueNotice), Is.EqualTo((state, NoticeState.Issued, (DueNotice?)null)));
        Assert.That(Notices.Current(given.State), Is.EqualTo(given.LatestNotice));
    }

    [Test]
    public void After_an_all_clear_the_next_is_a_first_notice_again_and_the_numbers_go_on()
    {
        var given = Left().Informed(NoticeKind.AllClear).MovedTo(3).Informed();

        Assert.That(given.State.Of<Notice>().Select(n => (n.Kind, n.State, n.Issue!.Number)), Is.EqualTo(new[]
        {
            (NoticeKind.Initial, NoticeState.Withdrawn, 1), (NoticeKind.AllClear, NoticeState.Superseded, 2), (NoticeKind.Initial, NoticeState.Issued, 3),
        }));
    }

    [Test]
    public void A_new_draft_takes_the_place_of_another()
    {
        var given = GivenCase.AtStep(3).Prepared().Notified();
        var first = given.LatestNotice.Id;

        given.Prepared();

        Assert.That(given.State.Of<Notice>().Select(n => n.State), Is.EqualTo(new[] { NoticeState.Superseded, NoticeState.Prepared }));
        given.When(new IssueNotice(first, given.Decider, null, Some.OwnRegion, [])).ThenRejected("noticeLifecycle notADraft");
        Assert.That(given.Notified(0).Issued().LatestNotice.Issue!.Number, Is.EqualTo(1), "drafts have no number");
    }

    [Test]
    public void Everybody_else_receives_it()
    {
        var given = GivenCase.AtStep(3).Prepared().Notified(0).Issued(null, "partner:adda", "region:13", "region:08", "supplier", "supplier:5560360793", "auditor", "nobody");

        string[] others = [.. Region.All.Where(r => r.Code != Some.OwnRegion).Select(r => $"region:{r.Code}"), "coordination", "nationalOffice", "partner:adda"];
        Assert.That(given.LatestNotice.Issue!.Recipients, Is.EquivalentTo(others));
        Assert.That(given.LatestNotice.Issue.Recipients, Is.Ordered.Using((IComparer<string>)StringComparer.Ordinal));
        Assert.That(given.Informed().LatestNotice.Issue!.Recipients, Is.EquivalentTo(others), "whoever received an earlier one receives the next");
    }

    [Test]
    public void It_expires_three_years_after_what_last_triggered()
    {
        var plan = GivenCase.AtStep(3).Informed();
        var serious = GivenCase.OpenedBy(Some.Opening(4, Trigger.SeriousDeviation, Some.Serious(Some.Start.AddDays(-9)))).Informed();

        Assert.That(plan.LatestNotice.ExpiresAt(), Is.EqualTo(plan.State.Evaluations().Last().Evaluation.At.AddYears(3)));
        Assert.That(serious.LatestNotice.ExpiresAt(), Is.EqualTo(Some.Start.AddDays(-9).AddYears(3)));
        Assert.That(Signal(serious).NoticeExpiresAt, Is.EqualTo(serious.LatestNotice.ExpiresAt()));

        At(serious, serious.LatestNotice.ExpiresAt()!.Value).ExpiriesNoted();
        plan.Later(months: 36).ExpiriesNoted();
        Assert.That((plan.LatestNotice.State, Notices.Current(plan.State), NationalAccessPolicy.RecordOf(plan.State).Notice), Is.EqualTo((NoticeState.Expired, (Notice?)null, (SentNotice?)null)));
        Assert.That(Codes(plan), Does.Not.Contain(Obligations.InformRegionsCode), "they were told");
    }

    [Test]
    public void Nothing_tells_of_what_is_older_than_three_years()
    {
        var given = GivenCase.AtStep(3).Prepared().Notified(0);
        var end = given.State.Evaluations().Last().Evaluation.At.AddYears(3);

        At(given, end.AddTicks(-1)).When(c => c.Issuing()).Then<NoticeIssued>();
        At(given, end).When(c => c.Issuing()).ThenRejected("R-N7 eventTooOld");
    }

    [Test]
    public void It_expires_twelve_months_after_the_case_has_left_all_clear_or_not()
    {
        var given = Left();
        Assert.That(given.LatestNotice.ExpiresAt(), Is.EqualTo(given.Now.AddMonths(12)));
        var left = given.Now;

        given.Later(days: 3).Closed(CaseOutcome.Transferred);
        Assert.That(given.LatestNotice.ExpiresAt(), Is.EqualTo(left.AddMonths(12)), "closing it later gives no new time");

        var late = At(given, left.AddMonths(12)).ExpiriesNoted();
        Assert.That((late.LatestNotice.State, late.State.DueNotice, Codes(late).Length), Is.EqualTo((NoticeState.Expired, (DueNotice?)null, 0)));
        Assert.That(given.Informed(NoticeKind.AllClear).LatestNotice.ExpiresAt(), Is.EqualTo(given.Now.AddMonths(12)));
    }

    [Test]
    public void A_case_resolved_below_three_has_told_that_it_is_all_clear()
    {
        var given = Left().ActivitiesDone().Later(days: 1).PlanEvaluated(PlanOutcome.Effective);
        given.When(GivenCase.Closing(CaseOutcome.Resolved)).ThenRejected("R-Z1 allClearMissing");

        given.Informed(NoticeKind.AllClear).When(GivenCase.Closing(CaseOutcome.Resolved)).Then<CaseClosed>();
    }

    [Test]
    public void A_case_ended_at_five_has_said_its_last_word()
    {
        var told = Ending().Informed();
        var provisional = Ending().Attached(Some.Serious(Some.Start)).InformedProvisionally();
        var changed = Ending().Informed().ContinuityIsAssessed().And(c => new ImposeBlock(Guid.NewGuid(), BlockOf(c), [Some.Contract()]))
            .And(c => new LiftBlock(Block(c).Id, "Avtalet har upphört", c.Decider));

        told.When(Terminating).Then<CaseClosed>();
        Ending().When(Terminating).ThenRejected("R-Z2 finalNoticeMissing");
        provisional.When(Terminating).ThenRejected("R-Z2 finalNoticeMissing");
        changed.When(Terminating).ThenRejected("R-Z2 finalNoticeMissing");
        changed.Informed().When(Terminating).Then<CaseClosed>();
    }

    [Test]
    public void A_terminated_case_is_visible_until_its_notice_expires_and_no_longer()
    {
        var given = Ending().Informed().Prepared(NoticeKind.Update).Notified(0).And(Terminating);
        var closed = given.Now;

        Assert.That((Signal(given).Step, Signal(given).NoticeExpiresAt, given.State.DueNotice), Is.EqualTo((5, closed.AddMonths(12), (DueNotice?)null)));
        given.When(c => c.Issuing()).ThenRejected("R-N2 payloadOutdated");
        given.When(Preparing(NoticeKind.AllClear)).ThenRejected("R-N4 stillVisible");

        given = At(given, closed.AddMonths(12)).ExpiriesNoted();
        Assert.That((NationalAccessPolicy.SignalOf(given.State), given.State.DueNotice), Is.EqualTo(((NationalSignal?)null, (DueNotice?)null)));
    }

    [Test]
    public void A_terminated_case_that_is_opened_again_is_no_all_clear_since_its_business_has_ended()
    {
        var given = Ending().Informed().And(Terminating).Later(days: 5);
        given.When(Preparing(NoticeKind.AllClear)).ThenRejected("R-N4 stillVisible");
        var deviation = Some.Deviation(given.Now);

        given.And(new ReopenCase(0, [deviation], Some.Basis(Trigger.SingleDeviation, Some.Evidence(deviation)), null));

        Assert.That((given.State.DueNotice, NationalAccessPolicy.SignalOf(given.State)), Is.EqualTo(((DueNotice?)null, (NationalSignal?)null)));
    }

    [Test]
    public void After_the_notice_of_a_terminated_case_has_expired_nothing_is_all_clear() =>
        Ending().Informed().And(Terminating).Later(months: 13).ExpiriesNoted().When(Preparing(NoticeKind.AllClear)).ThenRejected("R-N4 notInformed");

    [Test]
    public void What_lapsed_is_ended_all_the_same()
    {
        var lapsedBefore = GivenCase.AtStep(4).InformedProvisionally().Later(months: 1).ExpiriesNoted().ReviewedTo(3).WayBackOpen().SteppedDown();
        var lapsedAfter = GivenCase.AtStep(4).InformedProvisionally().Closed(CaseOutcome.Transferred).Later(months: 1).ExpiriesNoted();

        Assert.That((lapsedBefore.State.DueNotice?.Kind, lapsedAfter.State.DueNotice?.Kind), Is.EqualTo((NoticeKind.AllClear, NoticeKind.GoesOnElsewhere)));
        lapsedBefore.Informed(NoticeKind.AllClear);
        lapsedAfter.When(Preparing(NoticeKind.AllClear)).ThenRejected("R-N4 notResolved");
        lapsedAfter.Informed(NoticeKind.GoesOnElsewhere);
        Assert.That((lapsedBefore.State.DueNotice, lapsedAfter.State.DueNotice), Is.EqualTo(((DueNotice?)null, (DueNotice?)null)));
    }

    [Test]
    public void Only_what_goes_on_elsewhere_is_said_to() => Left().When(Preparing(NoticeKind.GoesOnElsewhere)).ThenRejected("R-N4 staysHere");

    [Test]
    public void A_case_that_is_opened_again_still_retracts_first_what_was_wrong()
    {
        var given = GivenCase.AtStep(3).Informed().Closed().Later(days: 3);
        var deviation = Some.Serious(given.Now);
        given.And(new ReopenCase(4, [deviation], Some.Basis(Trigger.SeriousDeviation, Some.Evidence(deviation)), null));

        Assert.That(given.State.DueNotice?.Kind, Is.EqualTo(NoticeKind.Retraction));
        given.When(Preparing(NoticeKind.Update)).ThenRejected("R-N4 retractionDue");
        given.Informed(NoticeKind.Retraction).Informed(NoticeKind.Initial);
        Assert.That((given.State.DueNotice, Notices.Standing(given.State)!.Payload.Step), Is.EqualTo(((DueNotice?)null, 4)));
    }

    [Test]
    public void A_review_is_not_walked_around_by_meeting_the_criteria()
    {
        var given = GivenCase.AtStep(3).Informed().WayBackOpen().ReviewChanged(2).SteppedDown();

        FallsDue(given, NoticeKind.Retraction, "retraction");
        Assert.That(NationalAccessPolicy.RecordOf(given.State).Course, Is.Empty);
    }

    [Test]
    public void What_is_found_wrong_after_closing_is_retracted_and_no_longer_seen()
    {
        var given = Ending().Informed().And(Terminating).Later(days: 5);
        Assert.That(NationalAccessPolicy.SignalOf(given.State), Is.Not.Null);

        Review(given, 4);

        FallsDue(given, NoticeKind.Retraction, "retraction");
        var record = NationalAccessPolicy.RecordOf(given.State);
        Assert.That((record.Signal, record.Course.Any(v => v.Step == 5), given.State.IsOpen()), Is.EqualTo(((NationalSignal?)null, false, false)));
        given.Informed(NoticeKind.Retraction);
    }

    [Test]
    public void Of_a_closed_case_that_nobody_was_told_of_nothing_is_reviewed_into_another_step()
    {
        var given = GivenCase.AtStep(2).Closed().And(Requesting);

        given.When(c => Deciding(c, 1)).ThenRejected("R-G3 caseClosed");
    }

    [Test]
    public void What_is_too_old_to_tell_is_dispensed_with()
    {
        var given = GivenCase.AtStep(3).Later(months: 37).Prepared().Notified(commentDays: 0);
        given.When(c => c.Issuing()).ThenRejected("R-N7 eventTooOld");

        given.And(new DispenseWithActivity(Obligations.InformRegionsCode, null, "Händelsen är äldre än tre år", "Enhetschef"));

        Assert.That(Codes(given), Does.Not.Contain(Obligations.InformRegionsCode));
    }

    [Test]
    public void A_case_at_five_whose_notice_has_had_its_time_can_be_closed() => Ending().Informed().Until(Ending().Informed().LatestNotice.Issue!.ExpiresAt.AddDays(1)).ExpiriesNoted()
        .When(Terminating).Decision.Rejections.ShouldNotHold("finalNoticeMissing");

    [Test]
    public void Of_several_blocks_the_widest_scope_and_the_last_day_are_told()
    {
        var given = GivenCase.AtStep(4).Informed().BlockInForce(days: 20);
        given.Happened(c => new BlockImposed(c.Now, Guid.NewGuid(), Block(c).Content with { Scope = BlockScope.ContractPart, Part = "Set", Until = SwedishTime.DateOf(c.Now).AddDays(60) }));

        Assert.That(Signal(given).Block, Is.EqualTo(new SignalledBlock("contract", SwedishTime.DateOf(given.Now).AddDays(60))));
    }

    [Test]
    public void What_was_planned_at_a_step_that_was_left_is_owed_no_longer()
    {
        var given = GivenCase.AtStep(3).And(c => new PlanActivity(Obligations.InformRegionsCode, null, SwedishTime.DateOf(c.Now), "Avtalsansvarig", "Utkast")).WayBackOpen().SteppedDown();

        Assert.That(Codes(given), Does.Not.Contain("activity"));
    }

    [Test]
    public void What_has_ended_is_noted_before_the_case_is_closed()
    {
        var given = GivenCase.AtStep(4).AllDeviationsUnfounded().BlockInForce(days: 5).Later(days: 8);

        Assert.That(given.When(_ => GivenCase.Closing(CaseOutcome.Unfounded)).Decision.Events.Select(e => e.GetType().Name), Does.Contain(nameof(BlockExpired)));
    }
}
