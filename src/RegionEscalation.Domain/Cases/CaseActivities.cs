using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Cases;

/// <summary>The activities of a step: what is outstanding, and recording them (R-A2, R-E7).</summary>
public static class CaseActivities
{
    /// <summary>Done by an agreed or imposed plan, never by hand.</summary>
    public const string EstablishActionPlanCode = "establishActionPlan";

    /// <summary>Facts and contacts may be older than the case (R-A2).</summary>
    private static readonly string[] MayPrecedeTheCase = ["factFinding", "supplierDialogue"];

    /// <summary>The step's required activities that are neither done, dispensed with nor skipped.</summary>
    public static IEnumerable<LadderActivity> Outstanding(EscalationCase s, LadderStep step) =>
        step.Required.Where(a => s.Activity(step.Step, a.Code) is null && !IsDoneByPlan(s, a.Code));

    public static bool IsDoneByPlan(EscalationCase s, string code) =>
        code == EstablishActionPlanCode && s.ActionPlans.SelectMany(p => p.Revisions).Any(r => r.Agreement is not null);

    internal static IEnumerable<Rejection> AgainstLeaving(EscalationCase s, LadderDefinition ladder, string rule, bool departable) =>
        from activity in Outstanding(s, ladder.Step(s.Step))
        select new Rejection(rule, "activityOutstanding", new Label(
            $"Aktiviteten ”{activity.Label.Sv}” på steg {s.Step} är varken utförd eller avstådd med skäl.",
            $"The activity “{activity.Label.En}” of step {s.Step} is neither done nor dispensed with."),
            MetBy: activity.Code == EstablishActionPlanCode ? "action-plans" : "activities", Departable: departable);

    internal static Decision<CaseEvent> Complete(CompleteActivity c, EscalationCase s, CaseContext context)
    {
        var step = c.Step ?? s.Step;
        var rejections = AgainstRecording(c.Code, step, s, context.Ladder).ToList();
        if (c.Code == EstablishActionPlanCode)
            rejections.Add(A2("completedByActionPlan", "code",
                "Aktiviteten blir utförd när en handlingsplan överenskoms eller beslutas.",
                "The activity is done when an action plan is agreed or imposed.", "action-plans"));
        if (c.PerformedAt > context.Now)
            rejections.Add(A2("inFuture", "performedAt",
                "En utförd aktivitet kan inte ligga i framtiden.", "A completed activity cannot lie in the future."));
        if (c.PerformedAt < s.OpenedAt && !MayPrecedeTheCase.Contains(c.Code))
            rejections.Add(A2("beforeCase", "performedAt",
                "Bara faktainsamling och dialog med leverantör kan vara äldre än ärendet.",
                "Only fact finding and dialogue with the supplier may be older than the case."));
        return Decision<CaseEvent>.Unless(rejections, () =>
            [new ActivityCompleted(context.Now, step, c.Code, c.PerformedAt, c.PerformedBy, c.Note)]);
    }

    internal static Decision<CaseEvent> DispenseWith(DispenseWithActivity c, EscalationCase s, CaseContext context)
    {
        var step = c.Step ?? s.Step;
        return Decision<CaseEvent>.Unless([.. AgainstRecording(c.Code, step, s, context.Ladder)], () =>
            [new ActivityDispensedWith(context.Now, step, c.Code, c.Reason, c.DecidedBy)]);
    }

    private static IEnumerable<Rejection> AgainstRecording(string code, int step, EscalationCase s, LadderDefinition ladder)
    {
        if (step < 0 || step > s.HighestStep)
            yield return A2("stepNotReached", "step", "Ärendet har inte stått på det steget.", "The case has not stood at that step.");
        else if (ladder.Step(step).Find(code) is null)
            yield return A2("activityNotOfStep", "code", $"Aktiviteten hör inte till steg {step}.", $"The activity does not belong to step {step}.");
        else if (s.Activity(step, code) is { Outcome: ActivityOutcome.Completed })
            yield return A2("alreadyCompleted", "code", "Aktiviteten är redan utförd.", "The activity is already completed.");
    }

    private static Rejection A2(string reason, string field, string sv, string en, string? metBy = null) =>
        new("R-A2", reason, new Label(sv, en), metBy, field);
}
