using RegionEscalation.Domain.Contracts;

namespace RegionEscalation.Domain.Cases.Records;

/// <summary>What several kinds of record are asked.</summary>
internal static class RecordRules
{
    public static IEnumerable<Rejection> AgainstFuture(DateTimeOffset at, string field, CaseContext context)
    {
        if (at > context.Now)
            yield return Rejection.InField(field, "inFuture", "Det som har gjorts kan inte ligga i framtiden.", "What has been done cannot lie in the future.");
    }

    /// <summary>R-A2: only facts and contacts may be older than the case.</summary>
    public static IEnumerable<Rejection> AgainstBeforeCase(DateTimeOffset at, string field, EscalationCase s)
    {
        if (at < s.OpenedAt)
            yield return new Rejection("R-A2", "beforeCase", new Label(
                "Det som görs i ärendet kan inte vara äldre än ärendet.", "What is done in the case cannot be older than the case."), Field: field);
    }

    public static IEnumerable<Rejection> AgainstMotivation(string? text, string field, string rule)
    {
        if (!Motivation.IsGiven(text))
            yield return new Rejection(rule, "motivationTooShort", new Label(
                $"Beslutet ska motiveras med minst {Motivation.MinLength} tecken.", $"The decision is motivated with at least {Motivation.MinLength} characters."), Field: field);
    }

    /// <summary>What is for a case at a step where contracts may be blocked, and no lower (R-B1, R-B4, R-K1).</summary>
    public static IEnumerable<Rejection> AgainstStepTooLow(string rule, EscalationCase s)
    {
        if (s.Step < WayBack.BlockingStep)
            yield return new Rejection(rule, "tooLow", new Label(
                $"Ärendet står på steg {s.Step}; åtgärden hör till steg {WayBack.BlockingStep} och högre.",
                $"The case stands at step {s.Step}; the measure belongs to step {WayBack.BlockingStep} and above."), "escalations");
    }

    /// <summary>R-G7: a decision level that the ladder knows; high enough for the step where the region enforces it.</summary>
    public static IEnumerable<Rejection> AgainstDecider(DecisionMaker by, string field, int step, CaseContext context)
    {
        if (AgainstUnknownLevel(by, field, context) is { } unknown)
            yield return unknown;
        else if (TransitionRules.AgainstLevel(by, context.Ladder.Step(step).DecisionLevel, context) is { } tooLow)
            yield return tooLow with { Field = field + ".level" };
    }

    /// <summary>R-G7: a decision level that the ladder knows.</summary>
    public static Rejection? AgainstUnknownLevel(DecisionMaker by, string field, CaseContext context) => context.Ladder.DecisionLevels().Contains(by.Level)
        ? null
        : new Rejection("R-G7", "decisionLevelUnknown", new Label(
            $"Trappan känner beslutsnivåerna {string.Join(", ", context.Ladder.DecisionLevels())}.",
            $"The ladder knows the decision levels {string.Join(", ", context.Ladder.DecisionLevels())}."), Field: field + ".level");

    /// <summary>Whether the contract has the clause, of one of the types where types are given.</summary>
    public static bool HasClause(Contract? contract, string reference, params ReadOnlySpan<ClauseType> types)
    {
        foreach (var clause in contract?.Content.Clauses ?? [])
        {
            if (clause.Reference == reference.Trim() && (types.IsEmpty || types.Contains(clause.Type)))
                return true;
        }
        return false;
    }
}
