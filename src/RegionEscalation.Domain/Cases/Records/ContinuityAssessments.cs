namespace RegionEscalation.Domain.Cases.Records;

public enum AlternativeSupply
{
    Available,
    Partial,

    /// <summary>There is none; the head of purchasing accepts the risk (R-B1).</summary>
    None,
}

/// <param name="Impact">What a block or a termination would mean for care and operations.</param>
/// <param name="Alternative">Where the supply would come from instead; null when there is none.</param>
/// <param name="RiskAcceptedBy">Who accepts the risk when there is no alternative; null otherwise.</param>
/// <param name="Assessor">The function that assessed it.</param>
public sealed record ContinuityContent(
    string Impact, AlternativeSupply Supply, string? Alternative, DecisionMaker? RiskAcceptedBy, string Assessor);

/// <summary>The consequence for supply (R-B1, R-E5).</summary>
public sealed record ContinuityAssessment(ContinuityContent Content) : CaseRecord
{
    /// <summary>A block or a termination rests on an assessment no older than the region's number of days.</summary>
    public bool IsCurrent(CaseContext context) => RecordedAt >= context.Now.AddDays(-context.Settings.ContinuityDays);
}

public sealed record ContinuityAssessed(DateTimeOffset At, Guid RecordId, ContinuityContent Content) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new ContinuityAssessment(Content);
}
