using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;

namespace RegionEscalation.Domain.Tests;

/// <summary>Letters to the supplier, which do the activities that ask for them.</summary>
public class LetterTests
{
    [TestCase(LetterRecipient.SalesManager, "letterToSalesManager")]
    [TestCase(LetterRecipient.Ceo, "letterToCeo")]
    [TestCase(LetterRecipient.ContactPerson, null)]
    public void A_letter_does_the_activity_of_its_recipient_and_no_other(LetterRecipient recipient, string? activity)
    {
        var after = GivenCase.AtStep(2).PartnerNamed().When(c => Some.Letter(recipient, c.Now)).Then();

        Assert.That(new[] { "letterToSalesManager", "letterToCeo", "regularMeetings" }.Where(a => CaseActivities.IsDoneByRecord(after, 2, a)),
            Is.EqualTo(activity is null ? [] : new[] { activity }));
    }

    [Test]
    public void A_letter_of_another_step_does_not_do_the_activity_of_this_one()
    {
        var given = GivenCase.AtStep(2).PartnerNamed();
        given.And(Some.Letter(LetterRecipient.Ceo, given.Now)).ActivitiesDone().PlanEvaluated(PlanOutcome.WithoutEffect).PlanFailureLeadsTo(3);

        Assert.That(CaseActivities.Outstanding(given.State, given.Context.Ladder.Step(3)).Select(a => a.Code), Does.Contain("letterToCeo"));
    }

    [Test]
    public void A_letter_is_kept_as_it_was_recorded()
    {
        var given = GivenCase.AtStep(0).Later(days: 3);
        var letter = Some.Letter(LetterRecipient.ContactPerson, given.Now.AddDays(-1));

        var kept = given.When(letter).Then().Of<Letter>().Single();

        Assert.That((kept.Id, kept.Content, kept.Step, kept.Visit, kept.RecordedAt), Is.EqualTo((letter.RecordId, letter.Content, 0, 1, given.Now)));
    }

    [Test]
    public void A_letter_needs_somebody_to_write_to_at_the_level_of_the_step() =>
        GivenCase.AtStep(2).When(c => Some.Letter(LetterRecipient.SalesManager, c.Now)).ThenRejected("R-A4 partnerMissing");

    [Test]
    public void A_letter_was_sent_while_the_case_stood()
    {
        var given = GivenCase.AtStep(0).Later(days: 1);

        given.When(Some.Letter(LetterRecipient.Ceo, given.Now.AddSeconds(1))).ThenRejected("field inFuture");
        given.When(Some.Letter(LetterRecipient.Ceo, Some.Start.AddSeconds(-1))).ThenRejected("R-A2 beforeCase");
        given.When(Some.Letter(LetterRecipient.Ceo, Some.Start)).Then<LetterSent>();
    }

    [Test]
    public void No_letter_is_recorded_on_a_closed_case() =>
        GivenCase.AtStep(0).Closed().When(c => Some.Letter(LetterRecipient.Ceo, c.Now)).ThenRejected("R-G3 caseClosed");
}
