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

/// <param name="Reference">The posting in the region's accounts.</param>
/// <param name="Bearer">Defaults to the party that failed (SSC-013).</param>
public sealed record CostContent(Amount Amount, string Kind, string Reference, CostBearer Bearer, string BookedBy);

/// <param name="SupplierShare">Per cent, when split.</param>
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

/// <param name="State">Claimed, recovered or written off.</param>
public sealed record CostConcluded(DateTimeOffset At, Guid RecordId, CostState State, string Note, string ConcludedBy) : RecordChanged<CostEntry>(At, RecordId)
{
    protected override CostEntry Change(CostEntry record) => record with { State = State, Note = Note };
}
