using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;
using static RegionEscalation.Domain.Tests.NoticeSteps;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-N1…R-N3, R-N5: Information till Sveriges Regioner, from its preparation until it is issued and confirmed.</summary>
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
    public void Whoever_issues_or_confirms_has_the_level_of_the_step()
    {
        var given = GivenCase.AtStep(4).With(LadderSettings.Default with { EnforceDecisionLevels = true }).Prepared().Notified(0);
        var tooLow = new DecisionMaker("Avtalsansvarig", "contractOwner");

        given.When(c => c.Issuing() with { DecidedBy = tooLow }).ThenRejected("R-G7 decisionLevelTooLow");
        given.When(c => c.Issuing() with { DecidedBy = new DecisionMaker("Kejsare", "kejsare") }).ThenRejected("R-G7 decisionLevelUnknown");
        given.Prepared().Issued(Unheard).Later(days: 8).When(c => new ConfirmNotice(c.LatestNotice.Id, tooLow)).ThenRejected("R-G7 decisionLevelTooLow");
    }
}
