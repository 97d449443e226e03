using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-K1: the crisis management group.</summary>
public class CrisisGroupTests
{
    private static readonly CrisisGroupContent Content = new(
        "Inköpschef", ["Kategoriledare", "Chefläkare"], "Fördela materialet", "Tre veckors material", "LSSL 2026-05", Some.HeadOfPurchasing);

    [Test]
    public void It_is_appointed_at_four_and_five_and_does_the_activity([Values(4, 5)] int step)
    {
        var after = GivenCase.AtStep(step).When(Appointing()).Then();
        var group = after.Of<CrisisGroup>().Single();

        Assert.That((group.Content, group.IsActive(), CaseActivities.IsDoneByRecord(after, step, "crisisGroup")), Is.EqualTo((Content, true, true)));
    }

    [Test]
    public void Below_four_it_is_not([Values(0, 1, 2, 3)] int step) => GivenCase.AtStep(step).When(Appointing()).ThenRejected("R-K1 tooLow");

    [TestCase]
    [TestCase("Kategoriledare")]
    [TestCase("Kategoriledare", " kategoriledare")]
    public void It_has_two_different_members(params string[] members) =>
        GivenCase.AtStep(4).When(Appointing(Content with { Members = members })).ThenRejected("R-K1 tooFewMembers");

    [Test]
    public void The_decision_is_made_at_a_known_level() =>
        GivenCase.AtStep(4).When(Appointing(Content with { DecidedBy = new DecisionMaker("Kejsare", "kejsare") })).ThenRejected("R-G7 decisionLevelUnknown");

    [Test]
    public void One_is_active_at_a_time()
    {
        var given = GivenCase.AtStep(4).And(Appointing());
        given.When(Appointing()).ThenRejected("crisisGroupLifecycle alreadyAppointed");

        Assert.That(given.And(Dissolving).When(Appointing()).Decision.IsRejected, Is.False);
    }

    [Test]
    public void It_is_dissolved_once()
    {
        var given = GivenCase.AtStep(4).And(Appointing()).Later(days: 9).And(Dissolving);
        var group = given.State.Of<CrisisGroup>().Single();

        Assert.That((group.IsActive(), group.DissolvedAt, group.Summary), Is.EqualTo((false, (DateTimeOffset?)given.Now, "Försörjningen är säkrad")));
        given.When(Dissolving).ThenRejected("crisisGroupLifecycle alreadyDissolved");
    }

    private static AppointCrisisGroup Appointing(CrisisGroupContent? content = null) => new(Guid.NewGuid(), content ?? Content);

    private static DissolveCrisisGroup Dissolving(GivenCase given) => new(given.State.Of<CrisisGroup>().Last().Id, "Försörjningen är säkrad");
}
