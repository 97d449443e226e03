using RegionEscalation.Domain.Deviations;

namespace RegionEscalation.Domain.Cases.Records;

public enum RiskKind
{
    /// <summary>A deviation that could come (L26-045).</summary>
    Potential,

    /// <summary>A deviation that is there.</summary>
    Ongoing,
}

/// <param name="Probability">1 unlikely – 4 almost certain.</param>
/// <param name="Consequence">1 slight – 4 disastrous.</param>
/// <param name="Assessor">The function that confirmed it.</param>
/// <param name="ValidUntil">Last day, Swedish calendar date.</param>
public sealed record RiskAssessmentContent(
    RiskKind Kind, int Probability, int Consequence, IReadOnlyList<ConsequenceArea> Areas, string Description, string Assessor, DateOnly ValidUntil);

/// <summary>Risk- och konsekvensanalys; a later one supersedes it.</summary>
public sealed record RiskAssessment(RiskAssessmentContent Content) : CaseRecord
{
    /// <summary>When it was confirmed, UTC, where that was on the watch list before there was a case.</summary>
    public DateTimeOffset? AssessedAt { get; init; }

    public override bool Does(string activityCode) => activityCode == "riskAssessment";
}

/// <param name="AssessedAt">When it was confirmed on the watch list, UTC; null where it was confirmed in the case.</param>
public sealed record RiskAssessmentConfirmed(DateTimeOffset At, Guid RecordId, RiskAssessmentContent Content, DateTimeOffset? AssessedAt = null) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new RiskAssessment(Content) { AssessedAt = AssessedAt };
}

public sealed record ConfirmRiskAssessment(Guid RecordId, RiskAssessmentContent Content) : RecordCommand(RecordId)
{
    internal override Decision<CaseEvent> Decide(EscalationCase s, CaseContext context) => Decision<CaseEvent>.Unless(
        [.. RiskAssessments.Against(Content, context.Now)], () => [new RiskAssessmentConfirmed(context.Now, RecordId, Content)]);
}

internal static class RiskAssessments
{
    /// <param name="path">Where in the request the assessment stands.</param>
    public static IEnumerable<Rejection> Against(RiskAssessmentContent content, DateTimeOffset now, string path = "")
    {
        if (content.Areas.Count == 0)
            yield return Rejection.InField(path + "areas", "consequenceAreaMissing",
                "En riskbedömning anger minst ett konsekvensområde.", "A risk assessment names at least one consequence area.");
        if (content.ValidUntil < SwedishTime.DateOf(now))
            yield return Rejection.InField(path + "validUntil", "inPast",
                "En bedömning som gäller kan inte ha upphört att gälla.", "An assessment that is valid cannot have ceased to be.");
    }
}
