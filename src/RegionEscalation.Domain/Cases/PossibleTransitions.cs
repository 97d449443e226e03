using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Cases;

public enum TransitionKind
{
    Escalation,
    DeEscalation,
    Closure,
}

/// <summary>A way the case can go from where it stands, and what is still missing for it.</summary>
/// <param name="Rule">The rule that guards it.</param>
/// <param name="Unmet">Every rule not met now; the form of the command itself (R-G7) is judged when it comes.</param>
/// <param name="DecisionLevel">The decision level that belongs to it.</param>
/// <param name="SuggestedEvidence">What the case holds that supports it best.</param>
/// <param name="IsAdvised">Whether what is known of the contract's deviations speaks for it (R-E1). Advice only (R-E9): it is decided like any other.</param>
public sealed record PossibleTransition(
    TransitionKind Kind,
    string Rule,
    int? ToStep,
    CaseOutcome? Outcome,
    Trigger Trigger,
    IReadOnlyList<Rejection> Unmet,
    string DecisionLevel,
    IReadOnlyList<EvidenceReference> SuggestedEvidence,
    bool IsAdvised = false)
{
    public bool IsAllowed => Unmet.Count == 0;
}

/// <summary>Tells what is possible now, by the very functions that decide.</summary>
public static class PossibleTransitions
{
    public static IReadOnlyList<PossibleTransition> From(EscalationCase s, CaseContext context) =>
        s.IsOpen() ? [.. Up(s, context), .. Down(s, context), .. Changed(s, context), .. Closures(s, context)] : [];

    private static IEnumerable<PossibleTransition> Up(EscalationCase s, CaseContext context) =>
        from step in context.Ladder.Steps
        where step.Step > s.Step
        from trigger in Escalation.TriggersInto(step, s, context)
        let evidence = Escalation.Suggest(s, step.Step, trigger, context)
        select new PossibleTransition(TransitionKind.Escalation, Escalation.RuleOf(step.Step, trigger), step.Step, null, trigger,
            Escalation.Against(s, step.Step, trigger, evidence, context), step.DecisionLevel, evidence,
            s.Recurrence is not null && trigger == Trigger.RecurringDeviation && step.Step == context.Ladder.LowestStepAbove(s.Step, trigger));

    private static IEnumerable<PossibleTransition> Down(EscalationCase s, CaseContext context) =>
        from toStep in Enumerable.Range(0, s.Step).Reverse()
        select new PossibleTransition(TransitionKind.DeEscalation, "R-D2", toStep, null, Trigger.ReturnCriteriaMet,
            [.. WayBack.Against(s, toStep, Trigger.ReturnCriteriaMet, [], context)], context.Ladder.Step(s.Step).DecisionLevel,
            [.. s.CurrentCriteria().Where(c => c.MetAt is not null).Select(c => new EvidenceReference(EvidenceKind.ReturnCriterion, c.Criterion.Id))]);

    /// <summary>What a review of this visit has changed the step to (R-D5).</summary>
    private static IEnumerable<PossibleTransition> Changed(EscalationCase s, CaseContext context) =>
        from review in new[] { s.ChangedStep() }.OfType<Review>()
        let evidence = new[] { new EvidenceReference(EvidenceKind.Record, review.Id) }
        select new PossibleTransition(TransitionKind.DeEscalation, "R-D5", review.Decision!.ToStep, null, Trigger.ReviewChanged,
            [.. WayBack.Against(s, review.Decision.ToStep!.Value, Trigger.ReviewChanged, evidence, context)], context.Ladder.Step(s.Step).DecisionLevel, evidence);

    private static IEnumerable<PossibleTransition> Closures(EscalationCase s, CaseContext context) =>
        from outcome in Enum.GetValues<CaseOutcome>()
        let level = Closing.LevelOf(outcome, s, context.Ladder)
        select new PossibleTransition(TransitionKind.Closure, Closing.RuleOf(outcome), null, outcome, Closing.TriggerOf(outcome),
            [.. Closing.Against(s, outcome, context)], level,
            [.. s.Deviations.Where(d => outcome != CaseOutcome.Resolved || d.ResolvedAt is not null).Select(d => new EvidenceReference(EvidenceKind.Deviation, d.Id))]);
}
