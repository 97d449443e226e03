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
