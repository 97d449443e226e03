using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-E5, L26-051: the supplier is asked to comment, and is heard.</summary>
public class SupplierVoiceTests
{
    private static readonly Guid Id = Guid.NewGuid();

    [Test]
    public void The_supplier_is_asked_with_the_regions_number_of_working_days()
    {
        var given = GivenCase.AtStep(0);

        var asked = given.When(Asking(given.Now, new DateOnly(2026, 3, 9))).Then<SupplierAskedToComment>();

        Assert.That(asked.Content, Is.EqualTo(Asking(given.Now, new DateOnly(2026, 3, 9)).Content));
        given.When(Asking(given.Now, new DateOnly(2026, 3, 6))).ThenRejected("R-E5 commentTimeTooShort");
    }

    [Test]
    public void The_days_count_from_when_it_was_sent_not_from_when_it_was_recorded()
    {
        var given = GivenCase.AtStep(0).Later(days: 20);

        given.When(Asking(Some.Start, new DateOnly(2026, 3, 9))).Then<SupplierAskedToComment>();
    }

    [Test]
    public void A_shorter_time_is_motivated()
    {
        var given = GivenCase.AtStep(0);
        var asking = Asking(given.Now, new DateOnly(2026, 3, 3));

        var tooShort = given.When(asking with { Content = asking.Content with { ShortenedMotivation = Some.TooShort } });
        tooShort.ThenRejected("R-E5 commentTimeTooShort");
        Assert.That(tooShort.Decision.Rejections[0].Field, Is.EqualTo("shortenedMotivation"));
        Assert.That(given.When(asking with { Content = asking.Content with { ShortenedMotivation = Some.Motivation } }).Then<SupplierAskedToComment>().Content.ShortenedMotivation,
            Is.EqualTo(Some.Motivation));
    }

    [Test]
    public void A_motivation_that_was_not_needed_is_not_recorded()
    {
        var given = GivenCase.AtStep(0);
        var asking = Asking(given.Now, new DateOnly(2026, 3, 9));

        Assert.That(given.When(asking with { Content = asking.Content with { ShortenedMotivation = Some.Motivation } }).Then<SupplierAskedToComment>().Content.ShortenedMotivation,
            Is.Null);
    }

    [Test]
    public void A_region_may_set_no_time_at_all_but_the_day_itself()
    {
        var given = GivenCase.AtStep(0).With(LadderSettings.Default with { Deadlines = new Deadlines(Comment: 0) });

        given.When(Asking(given.Now, new DateOnly(2026, 3, 2))).Then<SupplierAskedToComment>();
        given.When(Asking(given.Now, new DateOnly(2026, 3, 1))).ThenRejected("field beforeSent");
    }

    [Test]
    public void No_motivation_lets_the_time_end_before_it_began()
    {
        var given = GivenCase.AtStep(0);
        var asking = Asking(given.Now, new DateOnly(2026, 3, 1));

        given.When(asking with { Content = asking.Content with { ShortenedMotivation = Some.Motivation } }).ThenRejected("field beforeSent");
    }

    [Test]
    public void The_request_was_sent_while_the_case_stood()
    {
        var given = GivenCase.AtStep(0).Later(days: 1);

        given.When(Asking(given.Now.AddSeconds(1), new DateOnly(2026, 3, 20))).ThenRejected("field inFuture");
        given.When(Asking(Some.Start.AddSeconds(-1), new DateOnly(2026, 3, 20))).ThenRejected("R-A2 beforeCase");
        given.Closed().When(Asking(given.Now, new DateOnly(2026, 3, 20))).ThenRejected("R-G3 caseClosed");
    }

    [Test]
    public void The_time_passes_at_the_end_of_the_last_day()
    {
        var request = GivenCase.AtStep(0).And(Asking(Some.Start, new DateOnly(2026, 3, 9))).State.Find<CommentRequest>(Id)!;
        var end = new DateTimeOffset(2026, 3, 9, 23, 0, 0, TimeSpan.Zero);

        Assert.That((request.HasPassed(end.AddTicks(-1)), request.HasPassed(end)), Is.EqualTo((false, true)));
    }

    [Test]
    public void A_supplier_that_has_answered_is_heard_before_its_time_has_passed()
    {
        var given = GivenCase.AtStep(4).ContinuityIsAssessed();
        given.And(Asking(given.Now, SwedishTime.DateOf(given.Now).AddDays(30)));

        given.When(given.Ending()).ThenRejected("R-E5 supplierNotHeard");
        given.And(Statement(given.Now, Id)).When(given.Ending()).Then<CaseEscalated>();
    }

    [TestCase(0)]
    [TestCase(3)]
    public void A_statement_is_received_at_every_step_asked_for_or_not(int step)
    {
        var given = GivenCase.AtStep(step);
        var statement = Statement(given.Now, null);

        Assert.That(given.When(statement).Then().Of<SupplierStatement>().Single().Content, Is.EqualTo(statement.Content));
    }

    [Test]
    public void A_statement_is_received_when_the_case_is_closed() =>
        GivenCase.AtStep(1).Closed().When(c => Statement(c.Now, null)).Then<SupplierStatementReceived>();

    [Test]
    public void A_statement_may_answer_a_request_of_the_case_and_no_other()
    {
        var given = GivenCase.AtStep(0).And(Asking(Some.Start, new DateOnly(2026, 3, 9)));

        Assert.That(given.When(Statement(given.Now, Id)).Then<SupplierStatementReceived>().Content.CommentRequestId, Is.EqualTo(Id));
        given.When(Statement(given.Now, Guid.NewGuid())).ThenRejected("field unknownCommentRequest");
    }

    [Test]
    public void A_statement_is_not_received_in_the_future() =>
        GivenCase.AtStep(0).When(Statement(Some.Start.AddSeconds(1), null)).ThenRejected("field inFuture");

    private static AskToComment Asking(DateTimeOffset sentAt, DateOnly deadline) =>
        new(Id, new CommentRequestContent("Avslut av avtalet", "Företagsledning", "RS 2026-0117-12", sentAt, deadline, null));

    private static ReceiveStatement Statement(DateTimeOffset receivedAt, Guid? answering) =>
        new(Guid.NewGuid(), new StatementContent("Felen berodde på regionens beställningar.", "Försäljningschef", receivedAt, answering, "RS 2026-0117-13", null));
}
