using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-E5: the decision that ends the contract or the cooperation.</summary>
public class TerminationTests
{
    [Test]
    public void It_is_decided_at_five_and_does_the_activity([Values] TerminationScope scope)
    {
        var given = GivenCase.AtStep(5);
        var content = Content(given) with { Scope = scope };

        var after = given.When(Deciding(content)).Then();
        var termination = after.Of<Termination>().Single();

        Assert.That((termination.Content, termination.Stands(), CaseActivities.IsDoneByRecord(after, 5, "endContract")), Is.EqualTo((content, true, true)));
    }

    [Test]
    public void Below_five_it_is_not([Values(0, 1, 2, 3, 4)] int step)
    {
        var given = GivenCase.AtStep(step);

        given.When(Deciding(Content(given))).ThenRejected("R-E5 notAtFive");
    }

    [TestCase(null)]
    [TestCase(" ")]
    public void It_rests_on_a_delegation(string? delegation)
    {
        var given = GivenCase.AtStep(5);
        var outcome = given.When(Deciding(Content(given) with { DecidedBy = Some.HeadOfPurchasing with { DelegationReference = delegation } }));

        outcome.ThenRejected("R-E5 delegationMissing");
        Assert.That(outcome.Decision.Rejections[0].Field, Is.EqualTo("decidedBy.delegationReference"));
    }

    [Test]
    public void The_supplier_has_been_told_after_the_case_was_opened_and_with_reasons()
    {
        var given = GivenCase.AtStep(5);

        given.When(Deciding(Content(given) with { NoticeSentAt = given.Now.AddMinutes(1) })).ThenRejected("field inFuture");
        given.When(Deciding(Content(given) with { NoticeSentAt = given.State.OpenedAt.AddMinutes(-1) })).ThenRejected("R-A2 beforeCase");
        given.When(Deciding(Content(given) with { Reasons = Some.TooShort })).ThenRejected("R-E5 motivationTooShort");
    }

    [Test]
    public void The_decision_level_is_one_that_the_ladder_knows()
    {
        var given = GivenCase.AtStep(5);
        var unknown = new DecisionMaker("Kejsare", "kejsare", "RD 2025:14");

        given.When(Deciding(Content(given) with { DecidedBy = unknown })).ThenRejected("R-G7 decisionLevelUnknown");
        given.And(Deciding(Content(given))).When(c => Withdrawing(c) with { DecidedBy = unknown }).ThenRejected("R-G7 decisionLevelUnknown");
    }

    [Test]
    public void One_of_each_scope_stands_at_a_time()
    {
        var given = GivenCase.AtStep(5);
        given.And(Deciding(Content(given)));

        given.When(Deciding(Content(given))).ThenRejected("terminationLifecycle alreadyDecided");
        Assert.That(given.When(Deciding(Content(given) with { Scope = TerminationScope.Cooperation })).Decision.IsRejected, Is.False);
        Assert.That(given.And(Withdrawing).When(Deciding(Content(given))).Decision.IsRejected, Is.False);
    }

    [Test]
    public void It_is_withdrawn_once_and_does_the_activity_no_longer()
    {
        var given = GivenCase.AtStep(5);
        given.And(Deciding(Content(given))).And(Withdrawing);
        var termination = given.State.Of<Termination>().Single();

        Assert.That((termination.Stands(), termination.WithdrawnBecause, CaseActivities.IsDoneByRecord(given.State, 5, "endContract")),
            Is.EqualTo((false, "Parterna har förlikts", false)));
        given.When(Withdrawing).ThenRejected("terminationLifecycle alreadyWithdrawn");
    }

    [Test]
    public void It_takes_effect_when_its_last_day_has_passed_unless_withdrawn()
    {
        var given = GivenCase.AtStep(5);
        given.And(Deciding(Content(given))).Later(days: 30);
        Assert.That(given.State.Of<Termination>().Single().HasTakenEffect(given.Now), Is.False);
        Assert.That(given.When(Withdrawing).Then().Of<Termination>().Single().HasTakenEffect(given.Now.AddDays(1)), Is.False);

        given.Later(days: 1);
        Assert.That(given.State.Of<Termination>().Single().HasTakenEffect(given.Now), Is.True);
    }

    private static TerminationContent Content(GivenCase given) => new(
        TerminationScope.Contract, Some.Motivation, SwedishTime.DateOf(given.Now).AddDays(30), true, given.Now, "RS 2026-0117-20", Some.HeadOfPurchasing);

    private static DecideTermination Deciding(TerminationContent content) => new(Guid.NewGuid(), content);

    private static WithdrawTermination Withdrawing(GivenCase given) => new(given.State.Of<Termination>().Last().Id, "Parterna har förlikts", Some.HeadOfPurchasing);
}
