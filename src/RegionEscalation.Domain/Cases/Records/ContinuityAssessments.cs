namespace RegionEscalation.Domain.Cases.Records;

public enum AlternativeSupply
{
    Available,
    Partial,

    /// <summary>There is none; the head of purchasing accepts the risk (R-B1).</summary>
    None,
}

/// <param name="Impact">What a block or a termination would mean for care and operations.</param>
/// <param name="Alternative">Where the supply would come from instead; always stated unless there is none.</param>
/// <param name="RiskAcceptedBy">Who accepts the risk, on the ladder's highest decision level; always stated when there is no alternative.</param>
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

/// <summary>At any step: it is there before the measure that rests on it.</summary>
public sealed record AssessContinuity(Guid RecordId, ContinuityContent Content) : RecordCommand(RecordId)
{
    internal override Decision<CaseEvent> Decide(EscalationCase s, CaseContext context) => Decision<CaseEvent>.Unless(
        [.. Against(context)], () => [new ContinuityAssessed(context.Now, RecordId, Content)]);

    private IEnumerable<Rejection> Against(CaseContext context)
    {
        var highest = context.Ladder.DecisionLevels().Last();
        if (Content.Supply != AlternativeSupply.None && string.IsNullOrWhiteSpace(Content.Alternative))
            yield return new Rejection("R-B1", "alternativeMissing", new Label(
                "Ange varifrån försörjningen kommer i stället.", "State where the supply comes from instead."), Field: "alternative");
        if (Content is { Supply: AlternativeSupply.None, RiskAcceptedBy: null })
            yield return new Rejection("R-B1", "riskNotAccepted", new Label(
                "Utan alternativ försörjning ska någon ha accepterat risken.", "Without an alternative supply somebody has to have accepted the risk."),
                Field: "riskAcceptedBy");
        if (Content.RiskAcceptedBy is { } by && by.Level != highest)
            yield return new Rejection("R-B1", "riskAcceptanceLevel", new Label(
                $"Risken accepteras på trappans högsta beslutsnivå: {highest}.", $"The risk is accepted at the ladder's highest decision level: {highest}."),
                Field: "riskAcceptedBy.level");
    }
}
