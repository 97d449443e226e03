using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-B1, R-E5: the consequence for supply.</summary>
public class ContinuityTests
{
    private static readonly ContinuityContent Content = new("Operationer flyttas", AlternativeSupply.Partial, "Reservavtal", null, "Kategoriledare");

    [Test]
    public void It_is_assessed_at_any_step([Values(0, 1, 2, 3, 4, 5)] int step)
    {
        var id = Guid.NewGuid();

        var after = GivenCase.AtStep(step).When(new AssessContinuity(id, Content)).Then();

        Assert.That(after.Find<ContinuityAssessment>(id)!.Content, Is.EqualTo(Content));
    }

    [TestCase(AlternativeSupply.Available, null)]
    [TestCase(AlternativeSupply.Partial, " ")]
    public void Where_the_supply_comes_from_instead_is_stated(AlternativeSupply supply, string? alternative) =>
        When(Content with { Supply = supply, Alternative = alternative }).ThenRejected("R-B1 alternativeMissing");

    [Test]
    public void Without_an_alternative_the_risk_is_accepted() =>
        When(Content with { Supply = AlternativeSupply.None, Alternative = null }).ThenRejected("R-B1 riskNotAccepted");

    [TestCase("unitManager")]
    [TestCase("kejsare")]
    public void The_risk_is_accepted_at_the_highest_decision_level(string level)
    {
        var outcome = When(Content with { Supply = AlternativeSupply.None, Alternative = null, RiskAcceptedBy = new DecisionMaker("Enhetschef", level) });

        outcome.ThenRejected("R-B1 riskAcceptanceLevel");
        Assert.That(outcome.Decision.Rejections[0].Field, Is.EqualTo("riskAcceptedBy.level"));
    }

    [Test]
    public void Who_accepts_the_risk_is_recorded() => Assert.That(
        When(Content with { Supply = AlternativeSupply.None, Alternative = null, RiskAcceptedBy = Some.HeadOfPurchasing }).Then<ContinuityAssessed>().Content.RiskAcceptedBy,
        Is.EqualTo(Some.HeadOfPurchasing));

    [Test]
    public void The_highest_level_is_the_editions_own() => Assert.That(Ladders.Find("2024-kalmar")!.DecisionLevels().Last(), Is.EqualTo("baseUnitManager"));

    [TestCase(30, true)]
    [TestCase(31, false)]
    public void It_is_current_for_the_regions_number_of_days(int days, bool current)
    {
        var given = GivenCase.AtStep(0).ContinuityIsAssessed().Later(days: days);

        Assert.That(given.State.Of<ContinuityAssessment>().Single().IsCurrent(given.Context), Is.EqualTo(current));
    }

    private static Outcome When(ContinuityContent content) => GivenCase.AtStep(0).When(new AssessContinuity(Guid.NewGuid(), content));
}
