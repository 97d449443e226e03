namespace RegionEscalation.Domain.Cases.Records;

/// <param name="ReminderSentAt">When the supplier was reminded in writing, UTC.</param>
/// <param name="ReminderReference">The reminder in the region's own records.</param>
/// <param name="Deadline">Last day that the reminder gave, Swedish calendar date.</param>
public sealed record PlanRefusalContent(string Account, DateTimeOffset ReminderSentAt, string ReminderReference, DateOnly Deadline, string RecordedBy);

/// <summary>The supplier refuses to make a plan, in spite of a written reminder with a deadline: as good as one not followed (R-E2).</summary>
public sealed record PlanRefusal(PlanRefusalContent Content) : CaseRecord;

public sealed record ActionPlanRefused(DateTimeOffset At, Guid RecordId, PlanRefusalContent Content) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new PlanRefusal(Content);
}

public sealed record RecordPlanRefusal(Guid RecordId, PlanRefusalContent Content) : RecordCommand(RecordId)
{
    internal override Decision<CaseEvent> Decide(EscalationCase s, CaseContext context) =>
        Decision<CaseEvent>.Unless([.. Against(s, context)], () => [new ActionPlanRefused(context.Now, RecordId, Content)]);

    private IEnumerable<Rejection> Against(EscalationCase s, CaseContext context)
    {
        foreach (var rejection in RecordRules.AgainstFuture(Content.ReminderSentAt, "reminderSentAt", context))
            yield return rejection;
        // One reminder leads one step up, as one evaluation does (R-E3, R-E8).
        if (Content.ReminderSentAt < s.StepEnteredAt)
            yield return E2("reminderBeforeStep", $"Påminnelsen är äldre än ärendets tid på steg {s.Step}.",
                $"The reminder is older than the case's time at step {s.Step}.", "reminderSentAt");
        if (Content.Deadline <= SwedishTime.DateOf(Content.ReminderSentAt))
            yield return Rejection.InField("deadline", "notAfterReminder", "Tiden som påminnelsen gav går ut efter påminnelsen.", "The time that the reminder gave ends after the reminder.");
        else if (SwedishTime.EndOf(Content.Deadline) > context.Now)
            yield return E2("deadlineNotPassed", "Tiden som påminnelsen gav har inte gått ut.", "The time that the reminder gave has not passed.", "deadline");
        if (s.LatestPlan() is { } plan && plan.Latest().IsInForce())
            yield return E2("planInForce", "En handlingsplan gäller; det är den som utvärderas.", "An action plan is in force; that one is evaluated.",
                metBy: $"action-plans/{plan.Id}/evaluations");
    }

    private static Rejection E2(string reason, string sv, string en, string? field = null, string? metBy = null) => new("R-E2", reason, new Label(sv, en), metBy, field);
}
