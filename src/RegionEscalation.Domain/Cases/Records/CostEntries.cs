namespace RegionEscalation.Domain.Cases.Records;

public enum CostBearer
{
    Supplier,
    Region,
    Split,
}

public enum CostState
{
    /// <summary>Booked; who bears it is a proposal (R-C1).</summary>
    Proposed,

    /// <summary>Who bears it is agreed with the supplier.</summary>
    Agreed,

    /// <summary>Who bears it is decided by the region.</summary>
    Decided,
    Claimed,
    Recovered,
    WrittenOff,
}

/// <summary>What becomes of a cost once it is booked.</summary>
public enum CostConclusion
{
    /// <summary>Krävd av leverantören.</summary>
    Claimed,
    Recovered,
    WrittenOff,
}

/// <param name="Reference">The posting in the region's accounts.</param>
/// <param name="Bearer">Defaults to the party that failed (SSC-013).</param>
public sealed record CostContent(Amount Amount, string Kind, string Reference, CostBearer Bearer, string BookedBy);

/// <param name="SupplierShare">Per cent, 1–99, when split; null otherwise.</param>
public sealed record CostEntry(CostContent Content, CostBearer Bearer, int? SupplierShare, CostState State, string? Note) : CaseRecord
{
    /// <summary>R-Z1: agreed, claimed or written off.</summary>
    public bool IsSettled() => State != CostState.Proposed;
}

public sealed record CostBooked(DateTimeOffset At, Guid RecordId, CostContent Content) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new CostEntry(Content, Content.Bearer, null, CostState.Proposed, null);
}

/// <param name="Agreed">True when agreed with the supplier, false when decided by the region.</param>
public sealed record CostBearerSettled(DateTimeOffset At, Guid RecordId, CostBearer Bearer, int? SupplierShare, bool Agreed, string Motivation, string SettledBy)
    : RecordChanged<CostEntry>(At, RecordId)
{
    protected override CostEntry Change(CostEntry record) => record with
    {
        Bearer = Bearer, SupplierShare = SupplierShare, State = Agreed ? CostState.Agreed : CostState.Decided, Note = Motivation,
    };
}

public sealed record CostConcluded(DateTimeOffset At, Guid RecordId, CostConclusion Conclusion, string Note, string ConcludedBy) : RecordChanged<CostEntry>(At, RecordId)
{
    protected override CostEntry Change(CostEntry record) => record with
    {
        State = Conclusion switch
        {
            CostConclusion.Claimed => CostState.Claimed,
            CostConclusion.Recovered => CostState.Recovered,
            _ => CostState.WrittenOff,
        },
        Note = Note,
    };
}

public sealed record BookCost(Guid RecordId, CostContent Content) : RecordCommand(RecordId)
{
    internal override Decision<CaseEvent> Decide(EscalationCase s, CaseContext context) => Decision<CaseEvent>.Unless(
        [.. Content.Amount.Against("amount"), .. Against(s)], () => [new CostBooked(context.Now, RecordId, Content)]);

    private static IEnumerable<Rejection> Against(EscalationCase s)
    {
        if (s.HighestStep < 1)
            yield return new Rejection("R-C1", "tooEarly", new Label(
                "Kostnader bokförs i ärendet från steg 1.", "Costs are booked on the case from step 1."), "escalations");
    }
}

/// <summary>A change of a cost. The money goes on after the case is closed.</summary>
public abstract record CostChange(Guid RecordId) : RecordChange<CostEntry>(RecordId)
{
    internal override bool WhenClosed => true;

    private protected static Rejection Lifecycle(string reason, string sv, string en, string? metBy = null) =>
        new("costLifecycle", reason, new Label(sv, en), metBy);

    private protected static Rejection Concluded() =>
        Lifecycle("alreadyConcluded", "Kostnaden är redan ersatt eller avskriven.", "The cost is already recovered or written off.");
}

/// <summary>Who bears the cost is agreed with the supplier, or decided by the region; that may change, also once it is claimed, until it has ended.</summary>
/// <param name="SupplierShare">Per cent, 1–99; when split only.</param>
public sealed record SettleCostBearer(Guid RecordId, CostBearer Bearer, int? SupplierShare, bool Agreed, string Motivation, string SettledBy) : CostChange(RecordId)
{
    internal override Decision<CaseEvent> Decide(CostEntry record, EscalationCase s, CaseContext context) => Decision<CaseEvent>.Unless(
        [.. Against(record)], () => [new CostBearerSettled(context.Now, RecordId, Bearer, SupplierShare, Agreed, Motivation, SettledBy)]);

    private IEnumerable<Rejection> Against(CostEntry record)
    {
        if (record.State is CostState.Recovered or CostState.WrittenOff)
            yield return Concluded();
        if (Bearer == CostBearer.Split && SupplierShare is not (>= 1 and <= 99))
            yield return new Rejection("R-C1", "shareMissing", new Label(
                "En delad kostnad anger leverantörens andel, 1–99 procent.", "A split cost states the supplier's share, 1–99 per cent."), Field: "supplierShare");
        if (Bearer != CostBearer.Split && SupplierShare is not null)
            yield return Rejection.InField("supplierShare", "onlyWhenSplit",
                "En andel hör till en delad kostnad.", "A share belongs to a split cost.");
    }
}

public sealed record ConcludeCost(Guid RecordId, CostConclusion Conclusion, string Note, string ConcludedBy) : CostChange(RecordId)
{
    internal override Decision<CaseEvent> Decide(CostEntry record, EscalationCase s, CaseContext context) => Decision<CaseEvent>.Unless(
        [.. Against(record)], () => [new CostConcluded(context.Now, RecordId, Conclusion, Note, ConcludedBy)]);

    private IEnumerable<Rejection> Against(CostEntry record)
    {
        if (record.State is CostState.Recovered or CostState.WrittenOff)
            yield return Concluded();
        else if (record.State == CostState.Claimed && Conclusion == CostConclusion.Claimed)
            yield return Lifecycle("alreadyClaimed", "Kostnaden är redan krävd av leverantören.", "The cost is already claimed from the supplier.");
        else if (Conclusion != CostConclusion.WrittenOff && record.Bearer == CostBearer.Region)
            yield return Lifecycle("regionBears", "Regionen bär kostnaden; av leverantören finns inget att kräva.",
                "The region bears the cost; there is nothing to claim from the supplier.", $"cost-entries/{RecordId}/bearers");
        else if (Conclusion == CostConclusion.Recovered && record.State == CostState.Proposed)
            yield return Lifecycle("bearerNotSettled", "Vem som bär kostnaden är bara föreslaget; den är inte krävd, överenskommen eller beslutad.",
                "Who bears the cost is only proposed; it is neither claimed, agreed nor decided.", $"cost-entries/{RecordId}/bearers");
    }
}
