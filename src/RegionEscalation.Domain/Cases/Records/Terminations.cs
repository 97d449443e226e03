namespace RegionEscalation.Domain.Cases.Records;

public enum TerminationScope
{
    /// <summary>Avslut avtal.</summary>
    Contract,

    /// <summary>Avslut samarbete: the business with the supplier as a whole.</summary>
    Cooperation,
}

/// <param name="EndsOn">Last day, Swedish calendar date.</param>
/// <param name="Early">True when it ends before the contract's own term: a consequence that LOU 13:3 first paragraph point 5 names.</param>
/// <param name="NoticeSentAt">When the supplier was told, with reasons, UTC.</param>
public sealed record TerminationContent(
    TerminationScope Scope, string Reasons, DateOnly EndsOn, bool Early, DateTimeOffset NoticeSentAt, string NoticeReference, DecisionMaker DecidedBy);

/// <param name="WithdrawnBecause">Why it was withdrawn, or how it was settled; null while it stands.</param>
public sealed record Termination(TerminationContent Content, string? WithdrawnBecause) : CaseRecord
{
    public bool Stands() => WithdrawnBecause is null;

    public bool HasTakenEffect(DateTimeOffset now) => Stands() && SwedishTime.DateOf(now) > Content.EndsOn;

    public override bool Does(string activityCode) => activityCode == "endContract" && Stands();
}

public sealed record TerminationDecided(DateTimeOffset At, Guid RecordId, TerminationContent Content) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new Termination(Content, null);
}

public sealed record TerminationWithdrawn(DateTimeOffset At, Guid RecordId, string Reason, DecisionMaker DecidedBy) : RecordChanged<Termination>(At, RecordId)
{
    protected override Termination Change(Termination record) => record with { WithdrawnBecause = Reason };
}
