using System.Text.Json.Serialization;

namespace RegionEscalation.Domain.Cases.Records;

/// <summary>
/// A record on a case: something that was done, found, said or decided there and has a life of its own, such as a letter, a meeting
/// or a block. One mechanism for all of them: an event makes it, later events change it, and the case keeps it in one list.
/// </summary>
/// <remarks>A new kind is one file here (content, record, events, commands), its discriminator below and its event names in the store.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(RiskAssessment), "riskAssessment")]
[JsonDerivedType(typeof(Incident), "incident")]
[JsonDerivedType(typeof(ContinuityAssessment), "continuityAssessment")]
[JsonDerivedType(typeof(NamedPartner), "namedPartner")]
[JsonDerivedType(typeof(Letter), "letter")]
[JsonDerivedType(typeof(Meeting), "meeting")]
[JsonDerivedType(typeof(Sanction), "sanction")]
[JsonDerivedType(typeof(CostEntry), "costEntry")]
[JsonDerivedType(typeof(Block), "block")]
[JsonDerivedType(typeof(BusinessHold), "businessHold")]
[JsonDerivedType(typeof(CrisisGroup), "crisisGroup")]
[JsonDerivedType(typeof(Termination), "termination")]
[JsonDerivedType(typeof(CommentRequest), "commentRequest")]
[JsonDerivedType(typeof(SupplierStatement), "supplierStatement")]
[JsonDerivedType(typeof(Review), "review")]
[JsonDerivedType(typeof(SeriousAggregate), "seriousAggregate")]
[JsonDerivedType(typeof(PlanRefusal), "planRefusal")]
[JsonDerivedType(typeof(ExclusionEvidence), "exclusionEvidence")]
[JsonDerivedType(typeof(Notice), "notice")]
[JsonDerivedType(typeof(DisclosureDecision), "disclosureDecision")]
[JsonDerivedType(typeof(JointMeetingAttendance), "jointMeetingAttendance")]
public abstract record CaseRecord
{
    public Guid Id { get; init; }

    /// <summary>The step at which the case stood when it was made.</summary>
    public int Step { get; init; }

    /// <summary>Which entry into a step that was.</summary>
    public int Visit { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public DateTimeOffset RecordedAt { get; init; }

    /// <summary>Whether it is what the ladder's activity asks for at the step where it was made; such an activity is never done by hand.</summary>
    public virtual bool Does(string activityCode) => false;

    /// <summary>What is still to be done about it, and by when.</summary>
    public virtual IEnumerable<Obligation> Obligations() => [];

    /// <summary>When time alone changes what it is, UTC; null when it never does, or has done so.</summary>
    public virtual DateTimeOffset? ExpiresAt() => null;

    /// <summary>What time alone has made of it; nothing of that ever moves a case (R-E9).</summary>
    internal virtual RecordEvent? Expired(DateTimeOffset now) => null;
}

/// <summary>Something happened to a record of a case.</summary>
public abstract record RecordEvent(DateTimeOffset At, Guid RecordId) : CaseEvent(At)
{
    /// <param name="before">The record as it was; null when the event makes it.</param>
    internal abstract CaseRecord Apply(CaseRecord? before, EscalationCase c);

    /// <summary>What it makes of another record of the case; nothing, as a rule.</summary>
    internal virtual CaseRecord AlsoChanges(CaseRecord other) => other;
}

/// <summary>An event that makes a record.</summary>
public abstract record RecordMade(DateTimeOffset At, Guid RecordId) : RecordEvent(At, RecordId)
{
    internal sealed override CaseRecord Apply(CaseRecord? before, EscalationCase c) => before is null
        ? Make() with { Id = RecordId, Step = c.Step, Visit = c.Visit, RecordedAt = At }
        : throw new InvalidOperationException($"The record {RecordId} is there already.");

    protected abstract CaseRecord Make();
}

/// <summary>An event that changes a record.</summary>
public abstract record RecordChanged<T>(DateTimeOffset At, Guid RecordId) : RecordEvent(At, RecordId)
    where T : CaseRecord
{
    internal sealed override CaseRecord Apply(CaseRecord? before, EscalationCase c) => Change((T)before!);

    protected abstract T Change(T record);
}

/// <summary>A command that makes a record.</summary>
public abstract record RecordCommand(Guid RecordId) : CaseCommand
{
    /// <summary>Whether it goes on after the case is closed: the supplier's voice, the money, and the evidence do.</summary>
    internal virtual bool WhenClosed => false;

    internal abstract Decision<CaseEvent> Decide(EscalationCase s, CaseContext context);
}

/// <summary>A command that changes a record.</summary>
public abstract record RecordChange<T>(Guid RecordId) : RecordCommand(RecordId)
    where T : CaseRecord
{
    internal sealed override Decision<CaseEvent> Decide(EscalationCase s, CaseContext context) => s.Find<T>(RecordId) is { } record
        ? Decide(record, s, context)
        : Decision<CaseEvent>.Reject(Rejection.InField("recordId", "unknownRecord", "Ärendet har ingen sådan post.", "The case has no such record."));

    internal abstract Decision<CaseEvent> Decide(T record, EscalationCase s, CaseContext context);
}

/// <summary>Something that is to be done by a time. Being late reminds; it never moves a case (R-E9).</summary>
/// <param name="Code">What is to be done, such as <c>returnCriteria</c>.</param>
/// <param name="Rule">The rule that asks for it.</param>
/// <param name="Due">The instant from which it is overdue, UTC: the end of the last Swedish calendar day, or an hour where hours count.</param>
/// <param name="MetBy">The resource below the case that would meet it.</param>
public sealed record Obligation(string Code, string Rule, DateTimeOffset Due, Label Text, string? MetBy);
