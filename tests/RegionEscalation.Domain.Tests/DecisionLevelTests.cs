using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-G7: decision levels are recorded with every decision, and enforced where the region wants it.</summary>
public class DecisionLevelTests
{
    private static readonly LadderSettings Enforced = new() { EnforceDecisionLevels = true };

    /// <summary>Each transition with the level that belongs to it and the one just below.</summary>
    public static IEnumerable<TestCaseData> Transitions()
    {
        yield return Case("up to 3", () => ReadyForThree, (g, by) => new Escalate(3, Basis(Trigger.PlanWithoutEffect, by, g.LatestEvaluation)), "unitManager", "categoryLead");
        yield return Case("down from 3", () => GivenCase.AtStep(3).WayBackOpen(), (g, by) => new DeEscalate(2, g.WayBackBasis() with { DecidedBy = by }), "unitManager", "categoryLead");
        yield return Case("closed as unfounded at 1 after 2", () => GivenCase.AtStep(2).WayBackOpen().SteppedDown().AllDeviationsUnfounded(),
            (_, by) => new CloseCase(CaseOutcome.Unfounded, Basis(Trigger.Unfounded, by, Some.Document()), null, null), "categoryLead", "contractOwner");
    }

    [TestCaseSource(nameof(Transitions))]
    public void A_level_too_low_is_rejected_where_the_region_enforces_it(object transition)
    {
        var (given, command, level, below) = (Transition)transition;

        given().With(Enforced).When(g => command(g, By(below))).ThenRejected("R-G7 decisionLevelTooLow");
        Assert.That(given().With(Enforced).When(g => command(g, By(level))).Decision.IsRejected, Is.False);
        Assert.That(given().With(Enforced).When(g => command(g, By("headOfPurchasing"))).Decision.IsRejected, Is.False, "a higher one does too");
    }

    [TestCaseSource(nameof(Transitions))]
    public void By_default_any_level_of_the_ladder_will_do_and_is_recorded(object transition)
    {
        var (given, command, _, below) = (Transition)transition;

        var basis = given().When(g => command(g, By(below))).Decision.Events.Select(e => e switch
        {
            CaseEscalated x => x.Basis,
            CaseDeEscalated x => x.Basis,
            CaseClosed x => x.Basis,
            _ => null,
        }).Single(b => b is not null);

        Assert.That(basis!.DecidedBy, Is.EqualTo(By(below)));
    }

    [Test]
    public void An_opening_is_decided_at_the_level_of_the_step_it_enters()
    {
        var opening = Some.Opening(4, Trigger.SeriousDeviation, Some.Serious(Some.Start));
        var context = new CaseContext(Some.Ladder, Enforced, Some.Start);

        Assert.That(CaseDecider.Decide(opening with { Basis = opening.Basis with { DecidedBy = By("unitManager") } }, null, context).Rejections.Select(r => (r.Code, r.Reason, r.Field)),
            Is.EqualTo(new[] { ("R-G7", "decisionLevelTooLow", "decidedBy.level") }));
        Assert.That(CaseDecider.Decide(opening with { Basis = opening.Basis with { DecidedBy = By("headOfPurchasing") } }, null, context).IsRejected, Is.False);
    }

    private static GivenCase ReadyForThree => GivenCase.AtStep(2).ActivitiesDone().PlanEvaluated(PlanOutcome.WithoutEffect);

    private static DecisionMaker By(string level) => new("Regionens funktion", level);

    private static TransitionBasis Basis(Trigger trigger, DecisionMaker by, params EvidenceReference[] evidence) => Some.Basis(trigger, evidence) with { DecidedBy = by };

    private static TestCaseData Case(string name, Func<GivenCase> given, Func<GivenCase, DecisionMaker, CaseCommand> command, string level, string below) =>
        new TestCaseData(new Transition(given, command, level, below)).SetArgDisplayNames(name);

    private sealed record Transition(Func<GivenCase> Given, Func<GivenCase, DecisionMaker, CaseCommand> Command, string Level, string Below);
}
