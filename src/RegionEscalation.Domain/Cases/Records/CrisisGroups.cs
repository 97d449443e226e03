namespace RegionEscalation.Domain.Cases.Records;

/// <param name="Chair">A function.</param>
/// <param name="Members">Functions; at least two (R-K1).</param>
/// <param name="SpecialManagement">Reference to the region's special health care management (LSSL) or crisis organisation, where there is one (HAL-013).</param>
public sealed record CrisisGroupContent(string Chair, IReadOnlyList<string> Members, string Mandate, string SupplyImpact, string? SpecialManagement, DecisionMaker DecidedBy);

public sealed record CrisisGroup(CrisisGroupContent Content, DateTimeOffset? DissolvedAt, string? Summary) : CaseRecord
{
    public bool IsActive() => DissolvedAt is null;

    public override bool Does(string activityCode) => activityCode == "crisisGroup";
}

public sealed record CrisisGroupAppointed(DateTimeOffset At, Guid RecordId, CrisisGroupContent Content) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new CrisisGroup(Content, null, null);
}

public sealed record CrisisGroupDissolved(DateTimeOffset At, Guid RecordId, string Summary) : RecordChanged<CrisisGroup>(At, RecordId)
{
    protected override CrisisGroup Change(CrisisGroup record) => record with { DissolvedAt = At, Summary = Summary };
}
