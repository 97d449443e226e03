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

public sealed record AppointCrisisGroup(Guid RecordId, CrisisGroupContent Content) : RecordCommand(RecordId)
{
    private const int FewestMembers = 2;

    internal override Decision<CaseEvent> Decide(EscalationCase s, CaseContext context) => Decision<CaseEvent>.Unless(
    [
        .. RecordRules.AgainstStepTooLow("R-K1", s),
        .. Against(s),
        .. RecordRules.AgainstDecider(Content.DecidedBy, "decidedBy", s.Step, context),
    ], () => [new CrisisGroupAppointed(context.Now, RecordId, Content)]);

    private IEnumerable<Rejection> Against(EscalationCase s)
    {
        var members = Content.Members.Where((m, i) => !Content.Members.Take(i).Any(x => DecisionMaker.SameFunction(x, m)));
        if (members.Count() < FewestMembers)
            yield return new Rejection("R-K1", "tooFewMembers", new Label(
                $"Krishanteringsgruppen har minst {FewestMembers} olika funktioner.", $"The crisis management group has at least {FewestMembers} different functions."),
                Field: "members");
        if (s.Of<CrisisGroup>().Any(g => g.IsActive()))
            yield return new Rejection("crisisGroupLifecycle", "alreadyAppointed", new Label(
                "En krishanteringsgrupp är redan tillsatt.", "A crisis management group is already appointed."));
    }
}

public sealed record DissolveCrisisGroup(Guid RecordId, string Summary) : RecordChange<CrisisGroup>(RecordId)
{
    internal override Decision<CaseEvent> Decide(CrisisGroup record, EscalationCase s, CaseContext context) => record.IsActive()
        ? Decision<CaseEvent>.Accept(new CrisisGroupDissolved(context.Now, RecordId, Summary))
        : Decision<CaseEvent>.Reject(new Rejection("crisisGroupLifecycle", "alreadyDissolved", new Label(
            "Krishanteringsgruppen är redan upplöst.", "The crisis management group is already dissolved.")));
}
