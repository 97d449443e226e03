using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests.Behaviour;

internal enum Situation
{
    /// <summary>The case climbed the ladder step by step and has just entered the step.</summary>
    Arrived,

    /// <summary>Everything that the step asks for is done, and it has not helped.</summary>
    DoneWithoutEffect,

    /// <summary>Everything that the step asks for is done, and it has helped.</summary>
    DoneWithEffect,

    /// <summary>The case was closed as unfounded at the step.</summary>
    Closed,
}

/// <summary>The canonical cases that every command is put to.</summary>
internal static class Situations
{
    private static readonly Dictionary<(string Edition, int Step, Situation), GivenCase> Made = [];

    /// <summary>A case of the test's own, under the edition, at the step.</summary>
    public static GivenCase At(LadderDefinition edition, int step, Situation situation)
    {
        if (!Made.TryGetValue((edition.Version, step, situation), out var given))
            Made[(edition.Version, step, situation)] = given = Make(edition, step, situation);
        return given.Copy();
    }

    /// <summary>A case at the step that has gone down there from a higher one, and on which something new has happened.</summary>
    public static GivenCase LeftFrom(LadderDefinition edition, int from, int step)
    {
        var given = GivenCase.AtStep(from, edition).WayBackOpen();
        given.And(c => new DeEscalate(step, c.WayBackBasis().DepartingFrom("R-D3"))).ActivitiesDone().PlanAgreedWhereAsked().Later(days: 1);
        return given.Attached(Some.Deviation(given.Now));
    }

    /// <summary>Closed as unfounded; null where something in force stands against that.</summary>
    public static GivenCase? ClosedAsUnfounded(this GivenCase given)
    {
        given.AllDeviationsUnfounded().Try(c => GivenCase.Closing(CaseOutcome.Unfounded, c.Basis(Trigger.Unfounded, Some.Document()))).Later(days: 1);
        return given.State.IsOpen() ? null : given;
    }

    public static GivenCase Failed(this GivenCase given, PlanOutcome outcome)
    {
        given.PartnerNamed().ActivitiesDone().PlanEvaluated(outcome);
        given.Attached(Some.Deviation(given.Now)).Attached(Some.Deviation(given.Now)).Attached(Some.Serious(given.Now));
        return given.Try(c => CanonicalCommands.Classification(c)).ReadyToEnd();
    }

    private static GivenCase Make(LadderDefinition edition, int step, Situation situation)
    {
        var given = GivenCase.AtStep(step, edition);
        return situation switch
        {
            Situation.DoneWithoutEffect => given.Failed(PlanOutcome.WithoutEffect),
            Situation.DoneWithEffect when step == 0 => given.PartnerNamed().ActivitiesDone().AllDeviationsResolved().PlanEvaluated(PlanOutcome.Effective),
            Situation.DoneWithEffect => given.PartnerNamed().ActivitiesDone().WayBackOpen(),
            Situation.Closed => given.ClosedAsUnfounded()!,
            _ => given,
        };
    }
}
