namespace RegionEscalation.Domain.Cases.Records;

/// <summary>The grounds of LOU 13 kap. 3 § that the ladder has to do with (L26-052).</summary>
public enum ExclusionGround
{
    /// <summary>First paragraph point 1: environmental, social or labour obligations set aside.</summary>
    P1,

    /// <summary>First paragraph point 5: serious or persistent deficiencies in a material requirement of an earlier contract.</summary>
    P5,
}

public enum ContractAct
{
    Lou,
    Luf,
    Luk,
    Lufs,
}

public enum ContractConsequence
{
    EarlyTermination,
    Damages,

    /// <summary>A sanction comparable to the two.</summary>
    Comparable,
}

public enum EvidenceFileState
{
    Open,
    Complete,
    Withdrawn,

    /// <summary>The last day of use has passed (LOU 13:3 a).</summary>
    Expired,
}

/// <summary>What LOU 13:3 first paragraph point 5 asks for, each element for itself (R-X2).</summary>
/// <param name="Requirement">The material requirement of the contract.</param>
/// <param name="Deficiencies">The serious or persistent deficiencies: dates, number, duration.</param>
/// <param name="CausalLink">How they led to the consequence.</param>
public sealed record PointFiveElements(
    ContractAct Act, string Requirement, string Deficiencies, ContractConsequence Consequence, string CausalLink);

/// <summary>What LOU 13:3 first paragraph point 1 asks for.</summary>
public sealed record PointOneElements(string Obligation, string Evidence);

/// <param name="EventDate">When the deficiency or breach occurred, Swedish calendar date.</param>
/// <param name="ConsequenceDate">When it led to the consequence, Swedish calendar date; for point 5 only.</param>
/// <param name="SupplierStatementId">The supplier's statement on the case.</param>
/// <param name="NoStatementReason">Why there is none, although it was asked for.</param>
public sealed record EvidenceElements(
    PointFiveElements? PointFive, PointOneElements? PointOne, DateOnly EventDate, DateOnly? ConsequenceDate, Guid? SupplierStatementId, string? NoStatementReason,
    string Proportionality);

/// <summary>The three limbs of LOU 13:5.</summary>
public enum SelfCleaningLimb
{
    /// <summary>Compensated, or undertaken to compensate, the damage.</summary>
    Compensation,

    /// <summary>Clarified what happened by actively cooperating.</summary>
    Clarification,

    /// <summary>Concrete technical, organisational and personnel measures.</summary>
    Measures,
}

/// <param name="ReceivedAt">UTC.</param>
public sealed record SelfCleaningEntry(SelfCleaningLimb Limb, string Text, string SubmittedBy, DateTimeOffset ReceivedAt);

/// <param name="CreatedBy">The function: a lawyer or the contract owner (R-X1).</param>
public sealed record EvidenceFileContent(ExclusionGround Ground, string CreatedBy, string Reason);

/// <summary>
/// Underlag enligt 13 kap. 3 § LOU: what was found, never a verdict. Whoever procures assesses for itself (13:3–13:5); the supplier's
/// self-cleaning is part of the file and goes wherever it goes (R-X5).
/// </summary>
/// <param name="Preliminary">True while no termination or sanction stands that point 5 could rest on (R-X1).</param>
public sealed record ExclusionEvidence(
    EvidenceFileContent Content, EvidenceFileState State, EvidenceElements? Elements, bool Preliminary, IReadOnlyList<SelfCleaningEntry> SelfCleaning,
    string? WithdrawnBecause) : CaseRecord
{
    /// <summary>LOU 13:3 a: three years from the earlier of the two dates, Swedish calendar date; null while the dates are not stated (R-X3).</summary>
    public DateOnly? LastDayOfUse() => Elements is { } e
        ? (e.ConsequenceDate is { } consequence && consequence < e.EventDate ? consequence : e.EventDate).AddYears(3)
        : null;

    public override DateTimeOffset? ExpiresAt() =>
        State is EvidenceFileState.Open or EvidenceFileState.Complete && LastDayOfUse() is { } last ? SwedishTime.EndOf(last) : null;

    internal override RecordEvent? Expired(DateTimeOffset now) => ExpiresAt() <= now ? new ExclusionEvidenceExpired(now, Id) : null;
}

public sealed record ExclusionEvidenceOpened(DateTimeOffset At, Guid RecordId, EvidenceFileContent Content) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new ExclusionEvidence(Content, EvidenceFileState.Open, null, true, [], null);
}

/// <summary>The elements were stated, or stated anew.</summary>
public sealed record ExclusionEvidenceStated(DateTimeOffset At, Guid RecordId, EvidenceElements Elements, bool Preliminary) : RecordChanged<ExclusionEvidence>(At, RecordId)
{
    protected override ExclusionEvidence Change(ExclusionEvidence record) => record with { Elements = Elements, Preliminary = Preliminary };
}

public sealed record ExclusionEvidenceCompleted(DateTimeOffset At, Guid RecordId, bool Preliminary, string CompletedBy) : RecordChanged<ExclusionEvidence>(At, RecordId)
{
    protected override ExclusionEvidence Change(ExclusionEvidence record) => record with { State = EvidenceFileState.Complete, Preliminary = Preliminary };
}

public sealed record ExclusionEvidenceWithdrawn(DateTimeOffset At, Guid RecordId, string Reason, string WithdrawnBy) : RecordChanged<ExclusionEvidence>(At, RecordId)
{
    protected override ExclusionEvidence Change(ExclusionEvidence record) => record with { State = EvidenceFileState.Withdrawn, WithdrawnBecause = Reason };
}

public sealed record ExclusionEvidenceExpired(DateTimeOffset At, Guid RecordId) : RecordChanged<ExclusionEvidence>(At, RecordId)
{
    protected override ExclusionEvidence Change(ExclusionEvidence record) => record with { State = EvidenceFileState.Expired };
}

public sealed record SelfCleaningRecorded(DateTimeOffset At, Guid RecordId, SelfCleaningEntry Entry) : RecordChanged<ExclusionEvidence>(At, RecordId)
{
    protected override ExclusionEvidence Change(ExclusionEvidence record) => record with { SelfCleaning = [.. record.SelfCleaning, Entry] };
}
