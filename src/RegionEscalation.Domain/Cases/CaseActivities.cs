using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Cases;

/// <summary>The activities of a step: what is outstanding, and recording them (R-A2, R-E7).</summary>
public static class CaseActivities
{
    /// <summary>Done by an agreed or imposed plan, never by hand.</summary>
    public const string EstablishActionPlanCode = "establishActionPlan";

    /// <summary>Facts and contacts may be older than the case (R-A2).</summary>
    private static readonly string[] MayPrecedeTheCase = ["factFinding", "supplierDialogue"];

    /// <summary>The activities that a record of the case does, never a hand, and the resource that makes it.</summary>
    private static readonly Dictionary<string, string> DoneBy = new()
    {
        [EstablishActionPlanCode] = "action-plans",
        ["riskAssessment"] = "risk-assessments",
        ["letterToSalesManager"] = "letters",
        ["letterToCeo"] = "letters",
        ["regularMeetings"] = "meetings",
        ["businessMeeting"] = "meetings",
        ["executiveBusinessMeeting"] = "meetings",
        ["jointRegionalMeeting"] = "meetings",
        ["sanctions"] = "sanctions",
        ["block"] = "blocks",
        ["endContract"] = "terminations",
        ["crisisGroup"] = "crisis-groups",
        [Obligations.InformRegionsCode] = "notices",
    };

    /// <summary>The step's required activities that are neither done, dispensed with nor skipped.</summary>
    public static IEnumerable<LadderActivity> Outstanding(EscalationCase s, LadderStep step) => step.Required.Where(a => IsOpen(s, step.Step, a.Code));

    /// <summary>The activity is done by the plan or by a record of the case.</summary>
    public static bool IsDoneByRecord(EscalationCase s, int step, string code) => code switch
    {
        EstablishActionPlanCode => s.ActionPlans.SelectMany(p => p.Revisions).Any(r => r.Agreement is not null),
        Obligations.InformRegionsCode => Notices.HaveToldOf(s, step),
        _ => s.Records.Any(r => r.Step == step && r.Does(code)),
    };

    /// <summary>"Vid behov" and nothing recorded: chosen not to be needed when the step is left (R-A1).</summary>
    internal static IEnumerable<CaseEvent> NotNeeded(EscalationCase s, CaseContext context)
    {
        var codes = context.Ladder.Step(s.Step).IfNeeded.Select(a => a.Code)
            .Where(code => s.Activity(s.Step, code) is null && !IsDoneByRecord(s, s.Step, code)).ToArray();
        return codes.Length == 0 ? [] : [new ActivitiesNotNeeded(context.Now, s.Step, codes)];
    }

    /// <summary>Neither done, dispensed with nor skipped; the same whether or not the step requires it.</summary>
    internal static bool IsOpen(EscalationCase s, int step, string code) =>
        (s.Activity(step, code) is null or { Outcome: ActivityOutcome.Planned }
            // What was jumped over is to be done once the case comes to stand there.
            || (s.Activity(step, code)!.Outcome == ActivityOutcome.Skipped && step == s.Step))
        && !IsDoneByRecord(s, step, code);

    /// <summary>Whether a record does the activity, so that no hand can.</summary>
    public static bool IsOfRecords(string code) => DoneBy.ContainsKey(code);

    /// <param name="but">Activities that another rule asks for.</param>
    internal static IEnumerable<Rejection> AgainstLeaving(EscalationCase s, LadderDefinition ladder, string rule, bool departable, params string[] but) =>
        from activity in Outstanding(s, ladder.Step(s.Step))
        where !but.Contains(activity.Code)
        select new Rejection(rule, "activityOutstanding", new Label(
            $"Aktiviteten ”{activity.Label.Sv}” på steg {s.Step} är varken utförd eller avstådd med skäl.",
            $"The activity “{activity.Label.En}” of step {s.Step} is neither done nor dispensed with."),
            MetBy: DoneBy.GetValueOrDefault(activity.Code, "activities"), Departable: departable);

    internal static Decision<CaseEvent> Complete(CompleteActivity c, EscalationCase s, CaseContext context)
    {
        var step = c.Step ?? s.Step;
        var rejections = AgainstRecording(c.Code, step, s, context.Ladder).ToList();
        if (DoneBy.TryGetValue(c.Code, out var resource))
            rejections.Add(A2("completedByRecord", "code",
                "Aktiviteten blir utförd när det som den består i registreras: planen, brevet, mötet eller beslutet.",
                "The activity is done when what it consists in is recorded: the plan, the letter, the meeting or the decision.", resource));
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
        var rejections = AgainstRecording(c.Code, step, s, context.Ladder).ToList();
        if (c.Code == Obligations.InformRegionsCode && !Notices.IsTooOldToTell(s, context.Now))
            rejections.Add(new Rejection("R-N1", "informedByNoticeOnly", new Label(
                "Sveriges Regioner informeras från steg 3; det går inte att avstå från.", "Sweden's regions are informed from step 3; there is no doing without it."),
                "notices", "code"));
        return Decision<CaseEvent>.Unless(rejections, () =>
            [new ActivityDispensedWith(context.Now, step, c.Code, c.Reason, c.DecidedBy)]);
    }

    internal static Decision<CaseEvent> Plan(PlanActivity c, EscalationCase s, CaseContext context)
    {
        var step = c.Step ?? s.Step;
        var rejections = AgainstRecording(c.Code, step, s, context.Ladder).ToList();
        if (c.PlannedFor < SwedishTime.DateOf(context.Now))
            rejections.Add(A2("plannedInPast", "plannedFor",
                "En aktivitet kan inte planeras bakåt i tiden.", "An activity cannot be planned backwards in time."));
        return Decision<CaseEvent>.Unless(rejections, () => [new ActivityPlanned(context.Now, step, c.Code, c.PlannedFor, c.AssignedTo, c.Note)]);
    }

    private static IEnumerable<Rejection> AgainstRecording(string code, int step, EscalationCase s, LadderDefinition ladder)
    {
        if (step < 0 || step > s.HighestStep)
            yield return A2("stepNotReached", "step", "Ärendet har inte stått på det steget.", "The case has not stood at that step.");
        // What was planned may have left the edition or the region's own part since; it must still come to an end.
        else if (ladder.Step(step).Find(code) is null && s.Activity(step, code) is not { Outcome: ActivityOutcome.Planned })
            yield return A2("activityNotOfStep", "code", $"Aktiviteten hör inte till steg {step}.", $"The activity does not belong to step {step}.");
        // At a new visit to the step the same may be done again.
        else if ((s.Activity(step, code) is { Outcome: ActivityOutcome.Completed } done && (step != s.Step || done.Visit == s.Visit)) || IsDoneByRecord(s, step, code))
            yield return A2("alreadyCompleted", "code", "Aktiviteten är redan utförd.", "The activity is already completed.");
    }

    private static Rejection A2(string reason, string field, string sv, string en, string? metBy = null) =>
        new("R-A2", reason, new Label(sv, en), metBy, field);
}
