using RegionEscalation.Domain.Deviations;

namespace RegionEscalation.Domain.Cases.Records;

/// <param name="Motivation">Why the consequences are great together, although no single deviation is serious.</param>
public sealed record SeriousAggregateContent(IReadOnlyList<ConsequenceArea> ConsequenceAreas, string Motivation, DecisionMaker DecidedBy);

/// <summary>The separate decision that a persistent failure is serious as a whole (R-E4b).</summary>
public sealed record SeriousAggregate(SeriousAggregateContent Content) : CaseRecord;

public sealed record AggregateClassifiedSerious(DateTimeOffset At, Guid RecordId, SeriousAggregateContent Content) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new SeriousAggregate(Content);
}
