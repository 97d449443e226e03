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

public sealed record PutBusinessOnHold(Guid RecordId, BusinessHoldContent Content) : RecordCommand(RecordId)
{
    internal override Decision<CaseEvent> Decide(EscalationCase s, CaseContext context) => Decision<CaseEvent>.Unless(
    [
        .. RecordRules.AgainstStepTooLow("R-B4", s),
        .. AgainstAnother(s),
        .. RecordRules.AgainstMotivation(Content.Reasons, "reasons", "R-B4"),
        .. RecordRules.AgainstDecider(Content.DecidedBy, "decidedBy", s.Step, context),
    ], () => [new BusinessPutOnHold(context.Now, RecordId, Content)]);

    private static IEnumerable<Rejection> AgainstAnother(EscalationCase s)
    {
        if (s.Of<BusinessHold>().Any(h => h.Holds()))
            yield return new Rejection("businessHoldLifecycle", "alreadyOnHold", new Label(
                "Nya affärer är redan stoppade.", "New business is already on hold."));
    }
}

public sealed record ResumeBusiness(Guid RecordId, string Reason) : RecordChange<BusinessHold>(RecordId)
{
    internal override Decision<CaseEvent> Decide(BusinessHold record, EscalationCase s, CaseContext context) => record.Holds()
        ? Decision<CaseEvent>.Accept(new BusinessResumed(context.Now, RecordId, Reason))
        : Decision<CaseEvent>.Reject(new Rejection("businessHoldLifecycle", "alreadyResumed", new Label(
            "Affärerna är redan återupptagna.", "Business is already resumed.")));
}
