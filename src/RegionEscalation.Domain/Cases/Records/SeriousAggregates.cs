using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Cases.Records;

/// <param name="Motivation">Why the consequences are great together, although no single deviation is serious.</param>
public sealed record SeriousAggregateContent(IReadOnlyList<ConsequenceArea> ConsequenceAreas, string Motivation, DecisionMaker DecidedBy);

/// <summary>The separate decision that a persistent failure is serious as a whole (R-E4b).</summary>
public sealed record SeriousAggregate(SeriousAggregateContent Content) : CaseRecord;

public sealed record AggregateClassifiedSerious(DateTimeOffset At, Guid RecordId, SeriousAggregateContent Content) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new SeriousAggregate(Content);
}

public sealed record ClassifyAggregate(Guid RecordId, SeriousAggregateContent Content) : RecordCommand(RecordId)
{
    internal override Decision<CaseEvent> Decide(EscalationCase s, CaseContext context) =>
        Decision<CaseEvent>.Unless([.. Against(s, context)], () => [new AggregateClassifiedSerious(context.Now, RecordId, Content)]);

    private IEnumerable<Rejection> Against(EscalationCase s, CaseContext context)
    {
        if (s.Step != LadderDefinition.FirstNationalStep)
            yield return new Rejection("R-E4b", "notAtThree", new Label(
                "Bristerna klassas som allvarliga sammantaget på steg 3, där en plan utan effekt annars inte leder vidare.",
                "The failures are classified as serious as a whole at step 3, where a plan without effect otherwise leads nowhere."));
        if (Content.ConsequenceAreas.Count == 0)
            yield return Rejection.InField("consequenceAreas", "consequenceAreaMissing",
                "Det som är allvarligt har minst ett konsekvensområde.", "What is serious has at least one consequence area.");
        foreach (var rejection in RecordRules.AgainstMotivation(Content.Motivation, "motivation", "R-E4b"))
            yield return rejection;
        foreach (var rejection in RecordRules.AgainstDecider(Content.DecidedBy, "decidedBy", WayBack.BlockingStep, context))
            yield return rejection;
    }
}
