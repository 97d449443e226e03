using RegionEscalation.Domain.Cases;

namespace RegionEscalation.Domain.Tests;

/// <summary>What is told as possible is what would be decided.</summary>
public class PossibleTransitionsTests
{
    [TestCaseSource(typeof(States), nameof(States.Named))]
    public void Exactly_what_is_told_as_allowed_is_accepted(object state)
    {
        var given = (GivenCase)state;

        foreach (var possible in PossibleTransitions.From(given.State, given.Context))
        {
            var decision = given.When(CommandFor(possible)).Decision;

            Assert.That(decision.Rejections.Select(r => (r.Code, r.Reason)), Is.EquivalentTo(possible.Unmet.Select(r => (r.Code, r.Reason))),
                $"{possible.Kind} to {possible.ToStep} by {possible.Trigger}");
            Assert.That(possible.IsAllowed, Is.EqualTo(decision.Events.Count > 0));
        }
    }

    [Test]
    public void The_range_of_states_allows_every_kind_of_transition_there_is()
    {
        var allowed = States.All().Select(s => s.Make()).SelectMany(g => PossibleTransitions.From(g.State, g.Context))
            .Where(t => t.IsAllowed).Select(t => (t.Rule, t.ToStep)).Distinct();

        Assert.That(allowed, Is.EquivalentTo(new (string, int?)[]
        {
            ("R-E1", 1), ("R-E2", 2), ("R-E3", 3), ("R-E4a", 4), ("R-E4b", 4), ("R-E5", 5), ("R-D6", 1), ("R-D6", 2), ("R-D6", 3), ("R-D6", 4),
            ("R-D2", 0), ("R-D2", 1), ("R-D2", 2), ("R-D2", 3), ("R-D2", 4), ("R-D5", 1), ("R-Z1", null), ("R-Z2", null), ("R-Z3", null), ("R-Z4", null),
        }));
    }

    [TestCase(0, "orderer")]
    [TestCase(2, "categoryLead")]
    [TestCase(4, "headOfPurchasing")]
    public void Each_way_up_from_a_step_is_told_with_the_level_of_the_step_it_enters(int step, string levelOfTheStep)
    {
        var given = GivenCase.AtStep(step);

        var possible = PossibleTransitions.From(given.State, given.Context);

        Assert.Multiple(() =>
        {
            Assert.That(possible.Where(t => t.Kind == TransitionKind.Escalation).Select(t => t.ToStep!.Value), Is.EqualTo(Enumerable.Range(step + 1, 5 - step)));
            Assert.That(possible.Where(t => t.Kind == TransitionKind.Escalation).Select(t => t.DecisionLevel),
                Is.EqualTo(Enumerable.Range(step + 1, 5 - step).Select(s => Some.Ladder.Step(s).DecisionLevel)));
            Assert.That(possible.Where(t => t.Kind == TransitionKind.DeEscalation).Select(t => t.ToStep!.Value), Is.EqualTo(Enumerable.Range(0, step).Reverse()));
            Assert.That(possible.Where(t => t.Kind != TransitionKind.Escalation).Select(t => t.DecisionLevel), Is.All.EqualTo(levelOfTheStep));
        });
    }

    [Test]
    public void Closing_as_unfounded_takes_the_level_of_the_highest_step_reached()
    {
        var given = GivenCase.AtStep(3).WayBackOpen().SteppedDown();

        var closures = PossibleTransitions.From(given.State, given.Context).Where(t => t.Kind == TransitionKind.Closure);

        Assert.That(closures.Select(t => (t.Outcome, t.DecisionLevel)),
            Is.EquivalentTo(Enum.GetValues<CaseOutcome>().Select(o => ((CaseOutcome?)o, o == CaseOutcome.Unfounded ? "unitManager" : "categoryLead"))));
    }

    [Test]
    public void Nothing_is_possible_for_a_closed_case()
    {
        var given = GivenCase.AtStep(2).Closed();

        Assert.That(PossibleTransitions.From(given.State, given.Context), Is.Empty);
    }

    [Test]
    public void The_evaluation_made_last_is_suggested_for_a_failed_plan()
    {
        var given = GivenCase.AtStep(2).ActivitiesDone().PlanEvaluated(PlanOutcome.WithoutEffect);

        var toThree = PossibleTransitions.From(given.State, given.Context).Single(t => t.Rule == "R-E3");

        Assert.That(toThree.SuggestedEvidence, Is.EqualTo(new[] { given.LatestEvaluation }));
    }

    [Test]
    public void Deviations_that_have_triggered_something_are_not_suggested_again()
    {
        var given = GivenCase.AtStep(1).WayBackOpen().SteppedDown().Attached(Some.Deviation(Some.Start));

        var toOne = PossibleTransitions.From(given.State, given.Context).Single(t => t.Rule == "R-E1");

        Assert.That(toOne.SuggestedEvidence, Is.EqualTo(given.DeviationEvidence[^1..]));
    }

    /// <summary>The command for what is told, well-formed: a document beside the suggested evidence.</summary>
    private static CaseCommand CommandFor(PossibleTransition t)
    {
        var basis = Some.Basis(t.Trigger, [.. t.SuggestedEvidence, Some.Document()]);
        return t.Kind switch
        {
            TransitionKind.Escalation when t.ToStep == 5 => new Escalate(5, basis, Some.Ground(), Some.Contract()),
            TransitionKind.Escalation => new Escalate(t.ToStep!.Value, basis),
            TransitionKind.DeEscalation => new DeEscalate(t.ToStep!.Value, basis),
            _ => GivenCase.Closing(t.Outcome!.Value, basis),
        };
    }
}
