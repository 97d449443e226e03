namespace RegionEscalation.Domain.Cases.Records;

public sealed record BusinessHoldContent(string Reasons, DecisionMaker DecidedBy);

/// <summary>Business on hold: no new business, with or without a block (R-B4).</summary>
/// <param name="ResumedBecause">Null while it holds.</param>
public sealed record BusinessHold(BusinessHoldContent Content, DateTimeOffset? ResumedAt, string? ResumedBecause) : CaseRecord
{
    public bool Holds() => ResumedAt is null;
}

public sealed record BusinessPutOnHold(DateTimeOffset At, Guid RecordId, BusinessHoldContent Content) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new BusinessHold(Content, null, null);
}

/// <param name="Reason">Why; null when it ended with the case's way below step 4.</param>
public sealed record BusinessResumed(DateTimeOffset At, Guid RecordId, string? Reason) : RecordChanged<BusinessHold>(At, RecordId)
{
    protected override BusinessHold Change(BusinessHold record) => record with { ResumedAt = At, ResumedBecause = Reason };
}
