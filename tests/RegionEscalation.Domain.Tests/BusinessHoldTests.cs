using RegionEscalation.Domain.Cases.Records;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-B4: business on hold.</summary>
public class BusinessHoldTests
{
    private static readonly BusinessHoldContent Content = new(Some.Motivation, Some.HeadOfPurchasing);

    [Test]
    public void Business_is_put_on_hold_at_four_and_five_with_or_without_a_block([Values(4, 5)] int step)
    {
        var hold = GivenCase.AtStep(step).When(Holding()).Then().Of<BusinessHold>().Single();

        Assert.That((hold.Content, hold.Holds()), Is.EqualTo((Content, true)));
    }

    [Test]
    public void Below_four_it_is_not([Values(0, 1, 2, 3)] int step) => GivenCase.AtStep(step).When(Holding()).ThenRejected("R-B4 tooLow");

    [Test]
    public void The_decision_is_motivated_and_made_at_a_known_level()
    {
        var given = GivenCase.AtStep(4);

        given.When(Holding(Content with { Reasons = Some.TooShort })).ThenRejected("R-B4 motivationTooShort");
        given.When(Holding(Content with { DecidedBy = new DecisionMaker("Kejsare", "kejsare") })).ThenRejected("R-G7 decisionLevelUnknown");
    }

    [Test]
    public void It_is_on_hold_once_at_a_time()
    {
        var given = GivenCase.AtStep(4).And(Holding());
        given.When(Holding()).ThenRejected("businessHoldLifecycle alreadyOnHold");

        Assert.That(given.And(Resuming).When(Holding()).Decision.IsRejected, Is.False);
    }

    [Test]
    public void Business_is_resumed_once()
    {
        var given = GivenCase.AtStep(4).And(Holding()).Later(days: 1).And(Resuming);
        var hold = given.State.Of<BusinessHold>().Single();

        Assert.That((hold.Holds(), hold.ResumedAt, hold.ResumedBecause), Is.EqualTo((false, (DateTimeOffset?)given.Now, "Leveranserna är säkrade")));
        given.When(Resuming).ThenRejected("businessHoldLifecycle alreadyResumed");
    }

    [Test]
    public void It_ends_with_the_way_below_four()
    {
        var given = GivenCase.AtStep(4).And(Holding()).WayBackOpen().SteppedDown();

        Assert.That(given.State.Of<BusinessHold>().Single().Holds(), Is.False);
    }

    private static PutBusinessOnHold Holding(BusinessHoldContent? content = null) => new(Guid.NewGuid(), content ?? Content);

    private static ResumeBusiness Resuming(GivenCase given) => new(given.State.Of<BusinessHold>().Last().Id, "Leveranserna är säkrade");
}
