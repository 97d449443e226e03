using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Cases;

/// <summary>Closing as resolved (R-Z1) or as unfounded (R-Z3).</summary>
internal static class Closing
{
    public static Decision<CaseEvent> Decide(CloseCase c, EscalationCase s, CaseContext context)
    {
        var form = TransitionRules.Form(c.Basis, toStep: 0, s.Deviations, s.Holds, context.Ladder).ToList();
        if (c.Basis.Trigger != TriggerOf(c.Outcome))
            form.Add(new Rejection(RuleOf(c.Outcome), "triggerNotOfOutcome", new Label(
                "Händelsen stämmer inte med utfallet.", "The trigger does not match the outcome."), Field: "trigger"));
        if (c.Outcome == CaseOutcome.Resolved && string.IsNullOrWhiteSpace(c.RootCause))
            form.Add(new Rejection("R-Z1", "rootCauseMissing", new Label(
                "Grundorsaken ska anges.", "The root cause is stated."), Field: "rootCause"));
        if (c.Outcome == CaseOutcome.Resolved && c.LessonsLearned is null)
            form.Add(new Rejection("R-Z1", "lessonsMissing", new Label(
                "Ange om det finns lärdomar att ta vara på.", "State whether there are lessons to be learned."), Field: "lessonsLearned"));
        var (rejections, basis) = TransitionRules.Apply([.. Against(s, c.Outcome, context.Ladder)], form, c.Basis);
        return Decision<CaseEvent>.Unless(rejections, () =>
            [new CaseClosed(context.Now, s.Step, c.Outcome, basis, c.RootCause, c.LessonsLearned, s.HighestStep)]);
    }

    public static Trigger TriggerOf(CaseOutcome outcome) => outcome == CaseOutcome.Resolved ? Trigger.Resolved : Trigger.Unfounded;

    public static string RuleOf(CaseOutcome outcome) => outcome == CaseOutcome.Resolved ? "R-Z1" : "R-Z3";

    /// <summary>Every rule that stands against the closure; the same for the command and for what is possible.</summary>
    public static IEnumerable<Rejection> Against(EscalationCase s, CaseOutcome outcome, LadderDefinition ladder)
    {
        if (outcome == CaseOutcome.Unfounded)
            yield break;

        if (s.Step > LadderDefinition.FirstNationalStep)
            yield return new Rejection("R-Z1", "stepTooHigh", new Label(
                "Ett ärende avslutas som löst från steg 0–2, eller från 3 när vägen tillbaka till 2 är öppen.",
                "A case is closed as resolved from steps 0–2, or from 3 when the way back to 2 is open."), "de-escalations");
        if (s.Step == LadderDefinition.FirstNationalStep)
        {
            foreach (var rejection in WayBack.Against(s, LadderDefinition.FirstNationalStep - 1))
                yield return rejection with { Departable = false };
        }
        foreach (var open in s.Deviations.Where(d => d.ResolvedAt is null))
            yield return new Rejection("R-Z1", "deviationOpen", new Label(
                $"Avvikelsen {open.Id} är inte hanterad och återkopplad.", $"The deviation {open.Id} is not handled and fed back."));
        if (s.LatestPlan() is { } plan && plan.Latest().Evaluation?.Outcome != PlanOutcome.Effective)
            yield return new Rejection("R-Z1", "planNotEffective", new Label(
                "Handlingsplanen är inte utvärderad med avsedd effekt.", "The action plan is not evaluated as effective."),
                $"action-plans/{plan.Id}/evaluations");
        foreach (var rejection in CaseActivities.AgainstLeaving(s, ladder, "R-Z1", departable: false))
            yield return rejection;
    }
}
