using RegionEscalation.Domain.Ladder;

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

public sealed record DecideTermination(Guid RecordId, TerminationContent Content) : RecordCommand(RecordId)
{
    internal override Decision<CaseEvent> Decide(EscalationCase s, CaseContext context) => Decision<CaseEvent>.Unless(
    [
        .. Against(s),
        .. RecordRules.AgainstFuture(Content.NoticeSentAt, "noticeSentAt", context),
        .. RecordRules.AgainstBeforeCase(Content.NoticeSentAt, "noticeSentAt", s),
        .. RecordRules.AgainstMotivation(Content.Reasons, "reasons", "R-E5"),
        .. RecordRules.AgainstDecider(Content.DecidedBy, "decidedBy", s.Step, context),
    ], () => [new TerminationDecided(context.Now, RecordId, Content)]);

    private IEnumerable<Rejection> Against(EscalationCase s)
    {
        if (s.Step != LadderDefinition.HighestStep)
            yield return new Rejection("R-E5", "notAtFive", new Label(
                $"Avslut beslutas på steg {LadderDefinition.HighestStep}.", $"Termination is decided at step {LadderDefinition.HighestStep}."), "escalations");
        if (Content.EndsOn < SwedishTime.DateOf(Content.NoticeSentAt))
            yield return Rejection.InField("endsOn", "beforeNotice",
                "Avtalet kan inte upphöra innan leverantören fått besked.", "The contract cannot end before the supplier was told.");
        if (string.IsNullOrWhiteSpace(Content.DecidedBy.DelegationReference))
            yield return new Rejection("R-E5", "delegationMissing", new Label(
                "Avslut kräver en delegation att hänvisa till.", "Termination needs a delegation to refer to."), Field: "decidedBy.delegationReference");
        if (s.Of<Termination>().FirstOrDefault(t => t.Visit == s.Visit && t.Stands() && t.Content.Scope == Content.Scope) is { } other)
            yield return new Rejection("terminationLifecycle", "alreadyDecided", new Label(
                "Ett sådant avslut är redan beslutat.", "Such a termination is already decided."), $"terminations/{other.Id}/withdrawals", "scope");
    }
}

public sealed record WithdrawTermination(Guid RecordId, string Reason, DecisionMaker DecidedBy) : RecordChange<Termination>(RecordId)
{
    internal override Decision<CaseEvent> Decide(Termination record, EscalationCase s, CaseContext context) => Decision<CaseEvent>.Unless(
        [.. Against(record, context), .. RecordRules.AgainstDecider(DecidedBy, "decidedBy", s.Step, context)],
        () => [new TerminationWithdrawn(context.Now, RecordId, Reason, DecidedBy)]);

    private static IEnumerable<Rejection> Against(Termination record, CaseContext context)
    {
        if (!record.Stands())
            yield return new Rejection("terminationLifecycle", "alreadyWithdrawn", new Label(
                "Avslutet är redan återkallat eller förlikt.", "The termination is already withdrawn or settled."));
        if (record.HasTakenEffect(context.Now))
            yield return new Rejection("R-D3", "hasTakenEffect", new Label(
                "Avtalet eller samarbetet har redan upphört.", "The contract or the cooperation has already ended."));
    }
}
