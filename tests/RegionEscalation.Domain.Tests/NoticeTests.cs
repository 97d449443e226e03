using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;
using RegionEscalation.Domain.Regions;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-N1…R-N7: Information till Sveriges Regioner, from its preparation to its end.</summary>
public class NoticeTests
{
    private const string NotNeeded = "field notNeeded";

    [TestCase(NoticeKind.Initial, "R-N2 stepTooLow")]
    [TestCase(NoticeKind.Update, "R-N2 stepTooLow")]
    [TestCase(NoticeKind.AllClear, "R-N4 notInformed")]
    [TestCase(NoticeKind.Retraction, "R-N4 notInformed")]
    public void Below_step_three_there_is_nothing_to_tell(NoticeKind kind, string rejection)
    {
        for (var step = 0; step < LadderDefinition.FirstNationalStep; step++)
            GivenCase.AtStep(step).When(Preparing(kind)).ThenRejected(rejection);
    }

    [TestCase(NoticeKind.Initial, null)]
    [TestCase(NoticeKind.Update, "R-N4 notInformed")]
    [TestCase(NoticeKind.AllClear, "R-N4 notInformed")]
    [TestCase(NoticeKind.Retraction, "R-N4 notInformed")]
    public void What_nobody_was_told_is_told_first(NoticeKind kind, string? rejection) => Put(GivenCase.AtStep(3), kind, rejection);

    [TestCase(NoticeKind.Initial, "R-N4 alreadyInformed")]
    [TestCase(NoticeKind.Update, null)]
    [TestCase(NoticeKind.AllClear, "R-N4 stillVisible")]
    [TestCase(NoticeKind.Retraction, "R-N4 nothingToRetract")]
    public void What_was_told_is_updated(NoticeKind kind, string? rejection) => Put(GivenCase.AtStep(3).Informed(), kind, rejection);

    [TestCase(NoticeKind.Initial, "R-N2 stepTooLow")]
    [TestCase(NoticeKind.Update, "R-N2 stepTooLow")]
    [TestCase(NoticeKind.AllClear, null)]
    [TestCase(NoticeKind.Retraction, "R-N4 nothingToRetract")]
    public void Once_the_case_is_below_three_it_is_all_clear(NoticeKind kind, string? rejection) => Put(Left(), kind, rejection);

    [TestCase(NoticeKind.Initial, "R-N4 retractionDue")]
    [TestCase(NoticeKind.Update, "R-N4 retractionDue")]
    [TestCase(NoticeKind.AllClear, "R-N4 retractionDue")]
    [TestCase(NoticeKind.GoesOnElsewhere, "R-N4 retractionDue")]
    [TestCase(NoticeKind.Retraction, null)]
    public void What_was_unfounded_is_retracted(NoticeKind kind, string? rejection) => Put(GivenCase.AtStep(3).Informed().Closed(), kind, rejection);

    [Test]
    public void After_an_all_clear_there_is_nothing_to_take_back() =>
        Left().Informed(NoticeKind.AllClear).When(Preparing(NoticeKind.AllClear)).ThenRejected("R-N4 notInformed");

    [Test]
    public void A_notice_says_the_T0_fields_and_nothing_else()
    {
        var given = GivenCase.AtStep(3).Prepared();

        Assert.That(given.LatestNotice.Payload, Is.EqualTo(new NoticePayload(
            Some.Supplier.Id, "5560360793", "Leverantören AB", "Förbrukningsmaterial", "2026", 3, given.State.StepEnteredAt, Trigger.PlanWithoutEffect, null, false, false,
            "avtal@example.org")));
    }

    [TestCase(NoticeKind.AllClear)]
    [TestCase(NoticeKind.Retraction)]
    public void What_takes_a_notice_back_says_nothing_of_the_step(NoticeKind kind)
    {
        var given = (kind == NoticeKind.AllClear ? Left() : GivenCase.AtStep(3).Informed().Closed()).Heard().Prepared(kind);

        Assert.That(given.LatestNotice.Payload, Is.EqualTo(new NoticePayload(
            Some.Supplier.Id, "5560360793", "Leverantören AB", "Förbrukningsmaterial", "2026", null, null, null, null, false, false, "avtal@example.org")));
    }

    [Test]
    public void What_the_supplier_was_told_is_what_the_regions_are_told()
    {
        var prepared = GivenCase.AtStep(4).Prepared();
        var notified = prepared.Copy().Notified(commentDays: 0);

        notified.Copy().When(c => c.Issuing()).Then<NoticeIssued>();
        foreach (var given in new[] { prepared, notified })
            given.BlockInForce();
        notified.When(c => c.Issuing()).ThenRejected("R-N2 payloadOutdated");
        prepared.When(c => new NotifySupplierOfNotice(c.LatestNotice.Id, Some.Notification())).ThenRejected("R-N2 payloadOutdated");
        notified.Happened(c => new BlockLifted(c.Now, c.State.Of<Block>().Single().Id, "Säkrat", c.Decider)).When(c => c.Issuing()).Then<NoticeIssued>();
    }

    [Test]
    public void A_notice_of_another_step_is_prepared_anew()
    {
        GivenCase.AtStep(3).Prepared().Notified(commentDays: 0).MovedTo(4).When(c => c.Issuing()).ThenRejected("R-N2 payloadOutdated");
        GivenCase.AtStep(3).Prepared().Notified(commentDays: 0).WayBackOpen().SteppedDown().When(c => c.Issuing()).ThenRejected("R-N2 payloadOutdated");
        GivenCase.AtStep(3).Prepared().Notified(commentDays: 0).Closed().When(c => c.Issuing()).ThenRejected("R-N2 payloadOutdated");
    }

    [Test]
    public void An_all_clear_is_outdated_once_the_case_stands_there_again_or_was_unfounded()
    {
        var given = Left().Prepared(NoticeKind.AllClear).Notified();

        given.Copy().MovedTo(3).When(c => c.Issuing()).ThenRejected("R-N2 payloadOutdated");
        given.Copy().Closed().When(c => c.Issuing()).ThenRejected("R-N2 payloadOutdated");
        given.When(c => c.Issuing()).Then<NoticeIssued>();
    }

    [Test]
    public void That_the_supplier_has_answered_or_disputes_the_case_is_attached_and_outdates_nothing()
    {
        var given = GivenCase.AtStep(3).Prepared().Notified(commentDays: 0).Heard();
        given.And(new RequestReview(Guid.NewGuid(), new ReviewContent("Steget", "Leveranserna var i tid", "Kvalitetschef", given.Now)));

        var issued = given.When(c => c.Issuing()).Then<NoticeIssued>();

        Assert.That((issued.Payload.Disputed, issued.Payload.SupplierStatementAttached, issued.Issue.Statements.Single()),
            Is.EqualTo((true, true, given.State.Of<SupplierStatement>().Single().Id)));
    }

    [TestCase(0)]
    [TestCase(3)]
    [TestCase(5)]
    public void The_supplier_has_the_regions_working_days_to_comment(int days)
    {
        var given = GivenCase.AtStep(3).With(LadderSettings.Default with { Deadlines = new Deadlines(Comment: days) }).Prepared().Notified();
        var until = given.LatestNotice.CommentUntil!.Value;

        Assert.That(until, Is.EqualTo(days == 0 ? given.Now : given.Context.Settings.After(given.Now, days)));
        if (days > 0)
            At(given, until.AddTicks(-1)).When(c => c.Issuing()).ThenRejected("R-N2 commentTimeRunning");
        At(given, until).When(c => c.Issuing()).Then<NoticeIssued>();
    }

    [Test]
    public void A_shorter_time_is_motivated_and_a_longer_one_is_not()
    {
        var given = GivenCase.AtStep(3).Prepared();
        NotifySupplierOfNotice Notifying(int days, string? motivation) => new(given.LatestNotice.Id, Some.Notification(days, motivation));

        given.When(Notifying(4, null)).ThenRejected("R-N2 commentTimeTooShort");
        given.When(Notifying(4, Some.TooShort)).ThenRejected("R-N2 commentTimeTooShort");
        var shorter = given.When(Notifying(4, Some.Motivation)).Then<SupplierNotifiedOfNotice>();
        var longer = given.When(Notifying(10, Some.Motivation)).Then<SupplierNotifiedOfNotice>();

        Assert.Multiple(() =>
        {
            Assert.That((shorter.CommentUntil, shorter.Notification.ShortenedMotivation), Is.EqualTo((given.Context.Settings.After(given.Now, 4), Some.Motivation)));
            Assert.That((longer.CommentUntil, longer.Notification.ShortenedMotivation), Is.EqualTo((given.Context.Settings.After(given.Now, 10), (string?)null)));
        });
    }

    [Test]
    public void Nothing_is_issued_before_the_supplier_knows_and_nothing_twice()
    {
        var given = GivenCase.AtStep(3).Prepared();
        NotifySupplierOfNotice Notifying(GivenCase c) => new(c.LatestNotice.Id, Some.Notification(0));

        given.When(c => c.Issuing()).ThenRejected("R-N2 supplierNotNotified");
        given.Notified(commentDays: 0).When(Notifying).ThenRejected("noticeLifecycle alreadyNotified");
        given.Issued().When(c => c.Issuing()).ThenRejected("noticeLifecycle notADraft");
        given.When(Notifying).ThenRejected("noticeLifecycle notADraft");
    }

    [Test]
    public void The_supplier_knows_of_an_all_clear_too_and_has_nothing_to_comment_on()
    {
        var given = Left().Prepared(NoticeKind.AllClear);

        given.When(c => c.Issuing()).ThenRejected("R-N2 supplierNotNotified");
        Assert.That(given.Notified().LatestNotice.CommentUntil, Is.Null);
        given.When(c => c.Issuing()).Then<NoticeIssued>();
        given.When(c => c.Issuing(new ProvisionalIssue(Some.Motivation, null))).ThenRejected(NotNeeded);
    }

    [Test]
    public void A_statement_on_it_ends_the_time_to_comment()
    {
        var given = GivenCase.AtStep(3).Prepared().Notified();

        given.Copy().Heard().When(c => c.Issuing()).ThenRejected("R-N2 commentTimeRunning");
        Assert.That(given.CommentedOn().When(c => c.Issuing()).Then<NoticeIssued>().Payload.SupplierStatementAttached, Is.True);
    }

    [Test]
    public void A_statement_is_on_a_notice_that_the_supplier_knows_of()
    {
        var given = GivenCase.AtStep(3).Prepared();
        ReceiveStatement On(Guid notice) => new(Guid.NewGuid(), new StatementContent("En brand", "Vd", given.Now, null, null, null, notice));

        given.When(On(given.LatestNotice.Id)).ThenRejected("field unknownNotice");
        given.When(On(Guid.NewGuid())).ThenRejected("field unknownNotice");
        given.Notified().When(On(given.LatestNotice.Id)).Then<SupplierStatementReceived>();
    }

    [Test]
    public void What_the_supplier_says_later_goes_with_the_next_update()
    {
        var given = GivenCase.AtStep(3).Informed().Heard();
        Assert.That(given.LatestNotice.Issue!.Statements, Is.Empty);

        given.Informed();

        Assert.That(given.LatestNotice.Issue!.Statements, Is.EqualTo(given.State.Of<SupplierStatement>().Select(s => s.Id)));
    }

    [TestCase(3, false)]
    [TestCase(4, true)]
    [TestCase(5, true)]
    public void Where_patients_are_at_risk_from_step_four_it_is_issued_provisionally(int step, bool allowed)
    {
        var given = GivenCase.AtStep(step).Attached(Some.Serious(Some.Start)).Prepared();
        var outcome = given.When(c => c.Issuing(new ProvisionalIssue(Some.Motivation, Some.Notification())));
        if (!allowed)
        {
            outcome.ThenRejected("R-N2 provisionalNotAllowed");
            return;
        }

        var notified = outcome.Then<SupplierNotifiedOfNotice>();
        var issue = outcome.Then<NoticeIssued>().Issue;

        Assert.That((notified.CommentUntil, issue.Provisional, issue.RemindAt), Is.EqualTo((
            given.Context.Settings.After(given.Now, 5), new Provisional(Some.Motivation, given.Context.Settings.After(given.Now, 10)), given.Context.Settings.After(given.Now, 3))));
    }

    [TestCase(AlternativeSupply.Available, false)]
    [TestCase(AlternativeSupply.Partial, true)]
    [TestCase(AlternativeSupply.None, true)]
    public void So_it_is_where_the_supply_is(AlternativeSupply supply, bool allowed)
    {
        var given = GivenCase.AtStep(4).AllDeviationsResolved().Prepared();
        given.When(c => c.Issuing(Unheard)).ThenRejected("R-N2 provisionalNotAllowed");
        given.Happened(c => new ContinuityAssessed(c.Now, Guid.NewGuid(), new ContinuityContent("Operationer flyttas", supply, "Reservavtal", c.Decider, "Kategoriledare")));

        Assert.That(given.When(c => c.Issuing(Unheard)).Decision.IsRejected, Is.Not.EqualTo(allowed));
        given.Later(months: 6).When(c => c.Issuing(Unheard)).ThenRejected("R-N2 provisionalNotAllowed");
    }

    [Test]
    public void It_is_provisional_for_a_reason_and_only_while_the_supplier_may_comment()
    {
        var given = GivenCase.AtStep(4).Prepared();

        given.When(c => c.Issuing(Unheard with { Reason = Some.TooShort })).ThenRejected("R-N2 motivationTooShort");
        given.When(c => c.Issuing(Unheard with { Notification = null })).ThenRejected("R-N2 supplierNotNotified");
        given.When(c => c.Issuing(Unheard with { Notification = Some.Notification(2, null) })).ThenRejected("R-N2 commentTimeTooShort");
        given.Notified().When(c => c.Issuing(Unheard)).ThenRejected("field alreadyNotified");
        given.Copy().CommentedOn().When(c => c.Issuing(Unheard with { Notification = null })).ThenRejected(NotNeeded);
        Assert.That(given.When(c => c.Issuing(Unheard with { Notification = null })).Decision.Events.Single(), Is.InstanceOf<NoticeIssued>());
    }

    [Test]
    public void A_provisional_notice_is_confirmed_once_the_supplier_has_had_its_time()
    {
        var given = GivenCase.AtStep(4).InformedProvisionally();
        Assert.That(Signal(given).Preliminary, Is.True);
        Assert.That(Codes(given), Is.EqualTo(new[] { "returnCriteria", "confirmNotice" }));
        given.When(Confirming).ThenRejected("R-N2 commentTimeRunning");
        given.Copy().CommentedOn().When(Confirming).Then<NoticeConfirmed>();

        given.Later(days: 8).And(Confirming);

        Assert.That((Signal(given).Preliminary, given.LatestNotice.ConfirmedAt, given.LatestNotice.ExpiresAt()), Is.EqualTo((false, given.Now, given.LatestNotice.Issue!.ExpiresAt)));
        Assert.That(Codes(given), Does.Not.Contain("confirmNotice"));
        given.When(Confirming).ThenRejected("noticeLifecycle notProvisional");
    }

    [Test]
    public void What_is_confirmed_is_what_was_told()
    {
        var given = GivenCase.AtStep(4).InformedProvisionally().Later(days: 8).BlockInForce();

        given.When(Confirming).ThenRejected("R-N2 payloadOutdated");
        Assert.That(Signal(given.Informed()).Preliminary, Is.False, "an update says so instead");
    }

    [Test]
    public void A_provisional_notice_that_is_not_confirmed_in_time_lapses()
    {
        var given = GivenCase.AtStep(4).InformedProvisionally();
        var notice = given.LatestNotice;
        Assert.That(given.State.NextExpiry(), Is.EqualTo(notice.Issue!.Provisional!.ConfirmBy));
        Assert.That(At(given, notice.Issue.Provisional.ConfirmBy.AddTicks(-1)).When(new NoteExpiries()).Decision.Events, Is.Empty);
        var late = At(given, notice.Issue.Provisional.ConfirmBy);
        late.When(Confirming).ThenRejected("noticeLifecycle notProvisional");

        late.ExpiriesNoted();

        Assert.Multiple(() =>
        {
            Assert.That((late.LatestNotice.State, Signal(late).Preliminary, Signal(late).NoticeExpiresAt), Is.EqualTo((NoticeState.Expired, true, (DateTimeOffset?)null)));
            Assert.That(Codes(late), Does.Contain(Obligations.InformRegionsCode).And.Not.Contain("confirmNotice"));
            Assert.That(CaseActivities.Outstanding(late.State, Some.Ladder.Step(4)).Select(a => a.Code), Does.Contain(Obligations.InformRegionsCode));
            Assert.That(NationalAccessPolicy.RecordOf(late.State).Notice, Is.Null);
        });
        Assert.That(Codes(late.Informed(NoticeKind.Initial)), Does.Not.Contain(Obligations.InformRegionsCode));
    }

    [Test]
    public void A_provisional_update_that_lapses_takes_with_it_what_it_replaced()
    {
        var given = GivenCase.AtStep(4).Informed().BlockInForce().InformedProvisionally();
        given = At(given, given.LatestNotice.ExpiresAt()!.Value).ExpiriesNoted();

        Assert.That((Notices.Standing(given.State), Signal(given).Preliminary), Is.EqualTo(((Notice?)null, true)));
        Assert.That(Codes(given), Does.Contain(Obligations.InformRegionsCode));
    }

    [Test]
    public void A_case_that_has_left_leaves_nothing_to_confirm()
    {
        var given = GivenCase.AtStep(4).InformedProvisionally().ReviewedTo(2);

        Assert.That(Codes(given), Does.Contain("retraction").And.Not.Contain("confirmNotice"));
    }

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
    public void The_time_to_comment_ends_before_a_provisional_notice_does()
    {
        var slow = GivenCase.AtStep(4).With(LadderSettings.Default with { Deadlines = new Deadlines(Comment: 10) });
        var longer = GivenCase.AtStep(4).Prepared().Notified(commentDays: 20);

        slow.Prepared().When(c => c.Issuing(new ProvisionalIssue(Some.Motivation, Some.Notification()))).ThenRejected("R-N2 commentTimeTooLong");
        longer.When(c => c.Issuing(new ProvisionalIssue(Some.Motivation, null))).ThenRejected("R-N2 commentTimeTooLong");
    }

    [Test]
    public void The_same_is_not_told_provisionally_twice() => GivenCase.AtStep(4).InformedProvisionally().Later(days: 6).Prepared()
        .When(c => c.Issuing(new ProvisionalIssue(Some.Motivation, Some.Notification()))).ThenRejected("R-N2 alreadyProvisional");

    [Test]
    public void A_statement_older_than_the_notification_is_none_on_the_notice() => GivenCase.AtStep(3).Prepared().Later(days: 2).Notified()
        .When(c => new ReceiveStatement(Guid.NewGuid(), new StatementContent("En brand i lagret", "Vd", c.Now.AddDays(-1), null, null, null, c.LatestNotice.Id)))
        .ThenRejected("field beforeNotification");

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
        var given = GivenCase.AtStep(4).BlockInForce(days: 5).Later(days: 8);

        Assert.That(given.When(_ => GivenCase.Closing(CaseOutcome.Unfounded)).Decision.Events.Select(e => e.GetType().Name), Does.Contain(nameof(BlockExpired)));
    }

    [Test]
    public void Whoever_issues_or_confirms_has_the_level_of_the_step()
    {
        var given = GivenCase.AtStep(4).With(LadderSettings.Default with { EnforceDecisionLevels = true }).Prepared().Notified(0);
        var tooLow = new DecisionMaker("Avtalsansvarig", "contractOwner");

        given.When(c => c.Issuing() with { DecidedBy = tooLow }).ThenRejected("R-G7 decisionLevelTooLow");
        given.When(c => c.Issuing() with { DecidedBy = new DecisionMaker("Kejsare", "kejsare") }).ThenRejected("R-G7 decisionLevelUnknown");
        given.Prepared().Issued(Unheard).Later(days: 8).When(c => new ConfirmNotice(c.LatestNotice.Id, tooLow)).ThenRejected("R-G7 decisionLevelTooLow");
    }

    private static ProvisionalIssue Unheard => new(Some.Motivation, Some.Notification());

    private static PrepareNotice Preparing(NoticeKind kind) => new(Guid.NewGuid(), kind);

    private static ConfirmNotice Confirming(GivenCase c) => new(c.LatestNotice.Id, c.Decider);

    private static void Put(GivenCase given, NoticeKind kind, string? rejection)
    {
        var outcome = given.When(Preparing(kind));
        if (rejection is not null)
            outcome.ThenRejected(rejection);
        else
            Assert.That(outcome.Then<NoticePrepared>().Kind, Is.EqualTo(kind));
    }

    /// <summary>The regions were told of step 3, and the case has come down to 2.</summary>
    private static GivenCase Left() => GivenCase.AtStep(3).Informed().WayBackOpen().SteppedDown();

    private static GivenCase Resolvable() => GivenCase.AtStep(3).ActivitiesDone().WayBackOpen();

    /// <summary>Everything that R-Z2 asks for but the notice.</summary>
    private static GivenCase Ending()
    {
        var given = GivenCase.AtStep(5);
        foreach (var activity in CaseActivities.Outstanding(given.State, given.Context.Ladder.Step(5)).Where(a => a.Code != Obligations.InformRegionsCode).ToArray())
            given.Done(activity.Code);
        return given.Ended().EvidenceComplete();
    }

    private static CloseCase Terminating(GivenCase c) => GivenCase.Closing(CaseOutcome.Terminated) with { RetentionClass = "4.2 bevaras" };

    private static GivenCase Review(GivenCase given, int toStep) => given.And(Requesting).And(c => Deciding(c, toStep));

    private static RequestReview Requesting(GivenCase c) => new(Guid.NewGuid(), new ReviewContent("Steget", "Leveranserna var i tid", "Kvalitetschef", c.Now));

    private static DecideReview Deciding(GivenCase c, int toStep) => new(c.State.Of<Review>().Last().Id, new ReviewDecision(
        ReviewOutcome.Changed, Some.Motivation, toStep, new DecisionMaker("Regionstyrelsens ordförande", c.Context.Ladder.DecisionLevels().Last(), "RS 2026-0117-9")));

    private static BlockContent BlockOf(GivenCase c) => new(BlockScope.Contract, null, [new BlockedContract("A-1", "9.2")], Some.Motivation, SwedishTime.DateOf(c.Now),
        SwedishTime.DateOf(c.Now).AddDays(20), c.State.Of<ContinuityAssessment>().Last().Id, c.Now, null, c.Decider);

    private static Block Block(GivenCase c) => c.State.Of<Block>().Last();

    private static GivenCase At(GivenCase given, DateTimeOffset instant) => given.Copy().Until(instant);

    private static NationalSignal Signal(GivenCase given) => NationalAccessPolicy.SignalOf(given.State)!;

    private static string[] Codes(GivenCase given) => [.. Obligations.Of(given.State).Select(o => o.Code)];

    private static void FallsDue(GivenCase given, NoticeKind kind, string code)
    {
        var due = given.Context.Settings.After(given.Now, 2);
        Assert.That(given.State.DueNotice, Is.EqualTo(new DueNotice(kind, due)));
        Assert.That(Obligations.Of(given.State).Where(o => o.Rule == "R-N4").Select(o => (o.Code, o.Due, o.MetBy)), Is.EqualTo(new[] { (code, due, "notices") }));
        Assert.That(given.History.OfType<NoticeFellDue>().Last().At, Is.EqualTo(given.Now), "in the same decision");
    }
}

internal static class NoticeSteps
{
    public static void ShouldNotHold(this IReadOnlyList<Rejection> rejections, string reason) => Assert.That(rejections.Select(r => r.Reason), Does.Not.Contain(reason));

    /// <summary>A review has found that the case belongs at the step, and it was taken there.</summary>
    public static GivenCase ReviewedTo(this GivenCase given, int step) => given.ReviewChanged(step)
        .And(c => new DeEscalate(step, c.Basis(Trigger.ReviewChanged, c.LatestRecord<Review>())));

    public static GivenCase SeriousDeviationOfOperationsLeadsToStepFour(this GivenCase given)
    {
        var serious = Some.Assessed(Some.Reported(given.Now), Some.Assessment(Domain.Deviations.Severity.Serious) with { ConsequenceAreas = [Domain.Deviations.ConsequenceArea.Operations] }, given.Now);
        return given.ActivitiesDone().Attached(serious).And(new Escalate(4, given.Basis(Trigger.SeriousDeviation, Some.Evidence(serious))));
    }
}
