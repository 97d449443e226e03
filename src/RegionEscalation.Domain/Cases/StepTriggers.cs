using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Cases;

/// <summary>Why a deviation no longer bears the step that it led to.</summary>
public enum TriggerLapse
{
    /// <summary>It is no longer assessed as serious.</summary>
    Downgraded,

    /// <summary>There was no ground for it (R-Z3).</summary>
    Unfounded,

    /// <summary>It is not, or not in any stated part, the supplier's doing (R-G6).</summary>
    NotTheSuppliersPart,
}

/// <summary>What led into the step no longer holds, and nobody has said yet that the step stands all the same.</summary>
/// <param name="Due">The instant from which looking at it is overdue, UTC.</param>
public sealed record LapsedTrigger(Guid DeviationId, TriggerLapse Lapse, DateTimeOffset At, DateTimeOffset Due);

/// <summary>What led into the step no longer holds (R-V1). The step stands until somebody decides otherwise (R-E9).</summary>
/// <param name="Due">The instant from which looking at it is overdue, UTC; the region's working days for reviewing a step (R-D5).</param>
public sealed record StepTriggerLapsed(DateTimeOffset At, int Step, Trigger Trigger, Guid DeviationId, TriggerLapse Lapse, DateTimeOffset Due) : CaseEvent(At);

/// <summary>Somebody has looked at it, and the step stands.</summary>
public sealed record StepTriggerReviewed(DateTimeOffset At, int Step, string Motivation, DecisionMaker DecidedBy) : CaseEvent(At);

/// <summary>The step stands although what led into it no longer holds.</summary>
public sealed record ReviewStepTrigger(string Motivation, DecisionMaker DecidedBy) : CaseCommand;

/// <summary>R-V1: what becomes of a deviation makes the step that rests on it worth another look, and never moves it (R-E9).</summary>
public static class StepTriggers
{
    /// <param name="before">The case as it was.</param>
    /// <param name="followed">What a deviation's own change means for its copy.</param>
    /// <param name="deviation">The deviation as it stands now.</param>
    /// <param name="context">The region's numbers and the time.</param>
    public static IReadOnlyList<CaseEvent> Lapsed(EscalationCase before, IReadOnlyList<CaseEvent> followed, Deviation deviation, CaseContext context)
    {
        var after = followed.Aggregate(before, EscalationCase.Evolve);
        return before.LapsedTrigger is null && before.RestsOn.Contains(deviation.Id) && Holds(before, context.Settings) && !Holds(after, context.Settings)
            ?
            [
                new StepTriggerLapsed(context.Now, before.Step, before.Trigger, deviation.Id,
                    deviation.IsUnfounded() ? TriggerLapse.Unfounded
                    : deviation.Assessment?.Counts() != true ? TriggerLapse.NotTheSuppliersPart
                    : TriggerLapse.Downgraded,
                    context.Settings.After(context.Now, context.Settings.Deadlines.Review)),
            ]
            : [];
    }

    internal static Decision<CaseEvent> Review(ReviewStepTrigger c, EscalationCase s, CaseContext context) =>
        Decision<CaseEvent>.Unless([.. Against(c, s, context)], () => [new StepTriggerReviewed(context.Now, s.Step, c.Motivation, c.DecidedBy)]);

    private static IEnumerable<Rejection> Against(ReviewStepTrigger c, EscalationCase s, CaseContext context)
    {
        if (s.LapsedTrigger is null)
            yield return new Rejection("R-V1", "triggerHolds", new Label(
                "Inget av det som ledde till steget har fallit bort.", "Nothing of what led into the step has lapsed."));
        if (!Motivation.IsGiven(c.Motivation))
            yield return V1("motivationTooShort", "motivation",
                $"Att steget står kvar ska motiveras med minst {Motivation.MinLength} tecken.", $"That the step stands is motivated with at least {Motivation.MinLength} characters.");
        if (!context.Ladder.DecisionLevels().Contains(c.DecidedBy.Level))
            yield return V1("decisionLevelUnknown", "decidedBy.level",
                $"Trappan känner beslutsnivåerna {string.Join(", ", context.Ladder.DecisionLevels())}.",
                $"The ladder knows the decision levels {string.Join(", ", context.Ladder.DecisionLevels())}.");
        else if (TransitionRules.AgainstLevel(c.DecidedBy, context.Ladder.Step(s.Step).DecisionLevel, context) is { } tooLow)
            yield return tooLow;
    }

    /// <summary>Whether the deviations that led into the step still would. That they are handled meanwhile takes nothing away.</summary>
    private static bool Holds(EscalationCase s, LadderSettings settings)
    {
        AttachedDeviation[] borne = [.. s.Deviations.Where(d => s.RestsOn.Contains(d.Id))];
        return s.Trigger switch
        {
            Trigger.SingleDeviation => borne.Any(d => d.UnfoundedAt is null && d.Assessment?.CausedBy != CausedBy.Region),
            // A region may have departed from its number in this case.
            Trigger.RecurringDeviation => borne.Count(d => d.Counts()) >= Math.Min(settings.RecurrenceCount, borne.Length),
            Trigger.SeriousDeviation => borne.Any(d => d.Counts() && d.Assessment!.Severity == Severity.Serious),
            Trigger.Relapse => borne.Any(d => d.Counts()),
            _ => true,
        };
    }

    private static Rejection V1(string reason, string field, string sv, string en) => new("R-V1", reason, new Label(sv, en), Field: field);
}
