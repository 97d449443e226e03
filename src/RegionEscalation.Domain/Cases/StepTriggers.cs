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

/// <summary>What led into the step holds after all, or something else of the case does in its place: nobody need look at it again.</summary>
/// <param name="RestsOn">The deviations that bear the step now; what it rested on before may still come to bear it again.</param>
/// <param name="Recurrence">How it was judged that they recur (R-E1); null where they bear it by something else.</param>
public sealed record StepTriggerRestored(
    DateTimeOffset At, int Step, Trigger Trigger, IReadOnlyList<Guid> RestsOn, AppliedRecurrence? Recurrence = null) : CaseEvent(At);

/// <summary>Somebody has looked at it, and the step stands.</summary>
public sealed record StepTriggerReviewed(DateTimeOffset At, int Step, string Motivation, DecisionMaker DecidedBy) : CaseEvent(At);

/// <summary>The step stands although what led into it no longer holds.</summary>
public sealed record ReviewStepTrigger(string Motivation, DecisionMaker DecidedBy) : CaseCommand;

/// <summary>R-V1: what becomes of a deviation makes the step that rests on it worth another look, and never moves it (R-E9).</summary>
public static class StepTriggers
{
    private static readonly Assessment TheSuppliers = new(Severity.Deviation, [], CausedBy.Supplier, null, null, "");

    /// <param name="before">The case as it was.</param>
    /// <param name="followed">What a deviation's own change means for its copy.</param>
    /// <param name="deviation">The deviation as it stands now.</param>
    /// <param name="context">The region's numbers and the time.</param>
    public static IReadOnlyList<CaseEvent> Judge(EscalationCase before, IReadOnlyList<CaseEvent> followed, Deviation deviation, CaseContext context)
    {
        if (followed.Count == 0)
            return [];
        var after = followed.Aggregate(before, EscalationCase.Evolve);
        IReadOnlyList<CaseEvent> lapsed =
            before.LapsedTrigger is null && before.RestsOn.Contains(deviation.Id) && Holds(before, context.Settings) && !Holds(after, context.Settings)
                ?
                [
                    new StepTriggerLapsed(context.Now, before.Step, before.Trigger, deviation.Id,
                        deviation.IsUnfounded() ? TriggerLapse.Unfounded
                        : deviation.Assessment?.Counts() != true ? TriggerLapse.NotTheSuppliersPart
                        : TriggerLapse.Downgraded,
                        context.Settings.After(context.Now, context.Settings.Deadlines.Review)),
                ]
                : [];
        return [.. lapsed, .. Restored(lapsed.Aggregate(after, EscalationCase.Evolve), context)];
    }

    /// <summary>Whether what had lapsed holds after all, once the case's deviations have changed or become more.</summary>
    internal static IReadOnlyList<CaseEvent> Restored(EscalationCase s, CaseContext context)
    {
        if (!s.IsOpen() || s.LapsedTrigger is null)
            return [];
        if (StillBearing(s, context.Settings) is { } still && still.Deviations.Count > 0)
            return [new StepTriggerRestored(context.Now, s.Step, s.Trigger, still.Deviations, still.Recurrence)];
        // What bears a step in another's place triggers nothing by that, and may still do so (R-E8, R-E9).
        AttachedDeviation[] free = [.. s.Deviations.Where(d => s.RestsOn.Contains(d.Id) || !s.UsedEvidence.Contains(d.Id))];
        var recurrence = s.Trigger == Trigger.RecurringDeviation ? Recurrence.Of(free, [], s.Absorbed, context.Settings, context.Now) : null;
        Guid[] bearing = s.Trigger switch
        {
            Trigger.RecurringDeviation => recurrence!.IsMet ? [.. recurrence.Counting.Select(d => d.Id)] : [],
            Trigger.SeriousDeviation => Ids(free, d => d.IsOpenAndSerious() && d.Counts() && Escalation.IsRecent(d, context)),
            Trigger.Relapse => Ids(free, d => d.Counts() && d.OccurredAt >= Escalation.LastLeft(s)),
            Trigger.NoSolution => Ids(free, d => d.Counts() && d.OccurredAt >= EnteredBefore(s)),
            _ => Ids(free, MayBeTheSuppliers),
        };
        return bearing.Length == 0
            ? []
            : [new StepTriggerRestored(context.Now, s.Step, s.Trigger, bearing, recurrence is null ? null : AppliedRecurrence.Of(recurrence))];
    }

    /// <summary>Of the deviations that a transition cites those that bear the step, and not what is cited beside them (R-D6, R-E10).</summary>
    /// <param name="before">The case as it was before the transition.</param>
    internal static IReadOnlyList<Guid> Bearing(EscalationCase before, TransitionBasis basis, IReadOnlyList<Guid> cited) => basis.Trigger switch
    {
        Trigger.Relapse => [.. cited.Except(before.UsedEvidence)],
        Trigger.NoSolution when LedByPlan(before, basis) => [],
        Trigger.NoSolution => [.. cited.Except(before.UsedEvidence).Intersect(Ids(before.Deviations, d => d.OccurredAt >= before.StepEnteredAt))],
        _ => cited,
    };

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

    /// <summary>Whether the step still has what it rests on; also where that is no deviation.</summary>
    private static bool Holds(EscalationCase s, LadderSettings settings) => StillBearing(s, settings) is not { Deviations.Count: 0 };

    /// <summary>Those that the step rests on which would still lead there; null where it does not rest on deviations. That they are handled meanwhile takes nothing away.</summary>
    private static Bearers? StillBearing(EscalationCase s, LadderSettings settings)
    {
        AttachedDeviation[] borne = [.. s.Deviations.Where(d => s.RestsOn.Contains(d.Id))];
        return s.Trigger switch
        {
            Trigger.SingleDeviation => new Bearers(Ids(borne, MayBeTheSuppliers)),
            Trigger.RecurringDeviation => StillRecurring(borne, s, settings),
            // What was handled before the step was entered did not lead there.
            Trigger.SeriousDeviation => new Bearers(Ids(borne, d => d.Counts() && d.Assessment!.Severity == Severity.Serious && !(d.ResolvedAt < s.StepEnteredAt))),
            Trigger.Relapse => new Bearers(Ids(borne, d => d.Counts() && d.OccurredAt >= Escalation.LastLeft(s))),
            Trigger.NoSolution when borne.Length > 0 => new Bearers(Ids(borne, d => d.Counts())),
            _ => null,
        };
    }

    /// <summary>By the rule and the window of a decision (R-E1), and with no more than counted then: the region may have departed from its numbers.</summary>
    private static Bearers StillRecurring(AttachedDeviation[] borne, EscalationCase s, LadderSettings settings)
    {
        // Where the decision does not say, all that it cites is taken to have counted, by the numbers of today.
        var decided = s.DecidedRecurrences.Count > 0 ? s.DecidedRecurrences : [AppliedRecurrence.Of(Recurrence.Of(
            borne.Select(d => d with { Assessment = TheSuppliers, UnfoundedAt = null }), [], s.Absorbed, settings, s.StepEnteredAt))];
        return decided.Select(r => new Bearers(Recurring(borne, r, s, settings), r)).FirstOrDefault(b => b.Deviations.Count > 0) ?? new Bearers([]);
    }

    private static Guid[] Recurring(AttachedDeviation[] borne, AppliedRecurrence decided, EscalationCase s, LadderSettings settings)
    {
        // What has come to bear the step later lies in the window of the later decision.
        AttachedDeviation[] then = [.. borne.Where(d => d.OccurredAt <= decided.To)];
        if (decided.Counting == 0)
            return Ids(then, d => d.Counts());
        var counting = decided.Again(then, s.Absorbed, settings).Counting;
        return counting.Count >= Math.Min(decided.Count, decided.Counting) ? [.. counting.Select(d => d.Id)] : [];
    }

    /// <summary>When the case entered the step that it came from, UTC; without that, when it entered the present one.</summary>
    private static DateTimeOffset EnteredBefore(EscalationCase s) => s.NationalVisits.FirstOrDefault(v => v.Visit == s.Visit - 1)?.EnteredAt ?? s.StepEnteredAt;

    /// <summary>A plan without effect at the step led further, whatever deviations are cited beside it (R-E10).</summary>
    private static bool LedByPlan(EscalationCase before, TransitionBasis basis) =>
        before.Evaluations().LastOrDefault().Evaluation is { Outcome: PlanOutcome.WithoutEffect or PlanOutcome.NotFollowed } e
        && e.Step == before.Step && e.At >= before.StepEnteredAt && !before.UsedEvidence.Contains(e.Id)
        && basis.Evidence.Any(x => x.Cites(EvidenceKind.Evaluation, e.Id));

    /// <summary>R-E0: a case may begin in what nobody has assessed yet.</summary>
    private static bool MayBeTheSuppliers(AttachedDeviation d) => d.UnfoundedAt is null && d.Assessment?.CausedBy != CausedBy.Region;

    private static Guid[] Ids(IEnumerable<AttachedDeviation> deviations, Func<AttachedDeviation, bool> which) => [.. deviations.Where(which).Select(d => d.Id)];

    private static Rejection V1(string reason, string field, string sv, string en) => new("R-V1", reason, new Label(sv, en), Field: field);

    /// <param name="Recurrence">The decision that they recur by (R-E1); null where they bear the step by something else.</param>
    private sealed record Bearers(IReadOnlyList<Guid> Deviations, AppliedRecurrence? Recurrence = null);
}
