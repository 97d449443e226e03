namespace RegionEscalation.Domain.Cases.Records;

public enum SanctionKind
{
    /// <summary>Vite.</summary>
    Penalty,

    /// <summary>Skadestånd.</summary>
    Damages,

    /// <summary>Prisavdrag.</summary>
    PriceReduction,
    Other,
}

public enum WaiverReason
{
    /// <summary>The contract has no clause to rest on.</summary>
    NoClause,
    Disproportionate,
    Settled,
    Other,
}

public enum SanctionState
{
    Imposed,

    /// <summary>Assessed, and not imposed.</summary>
    Waived,
    Withdrawn,

    /// <summary>Paid, set off or executed.</summary>
    Settled,
}

/// <param name="Currency">ISO 4217.</param>
public sealed record Amount(decimal Value, string Currency);

/// <param name="ClauseReference">Where in the contract it stands (R-S1).</param>
/// <param name="Basis">How it is calculated.</param>
/// <param name="NoticeSentAt">When the supplier was told, UTC.</param>
/// <param name="Automatic">True when the contract itself prescribes it, which is allowed before step 2 (R-S1).</param>
public sealed record SanctionContent(
    SanctionKind Kind, string ClauseReference, string Basis, Amount? Amount, DateTimeOffset NoticeSentAt, bool Automatic, DecisionMaker DecidedBy);

public sealed record WaiverContent(WaiverReason Reason, string Motivation, DecisionMaker DecidedBy);

/// <param name="Imposed">What was imposed; null when waived from the beginning.</param>
/// <param name="Disputed">True while an objection of the supplier is unanswered (R-S2).</param>
/// <param name="Ended">How it was withdrawn or settled.</param>
public sealed record Sanction(SanctionContent? Imposed, WaiverContent? Waiver, SanctionState State, bool Disputed, string? Objection, string? Answer, string? Ended) : CaseRecord
{
    /// <summary>Nothing more is to come of it (R-Z1).</summary>
    public bool IsFinal() => State != SanctionState.Imposed;

    /// <summary>Damages or a comparable sanction that stands: settled, or never objected to (R-X1).</summary>
    public bool Stands() => State is SanctionState.Imposed or SanctionState.Settled && !Disputed;

    public override bool Does(string activityCode) => activityCode == "sanctions" && State != SanctionState.Withdrawn;
}

public sealed record SanctionImposed(DateTimeOffset At, Guid RecordId, SanctionContent Content) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new Sanction(Content, null, SanctionState.Imposed, false, null, null, null);
}

public sealed record SanctionWaived(DateTimeOffset At, Guid RecordId, WaiverContent Content) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new Sanction(null, Content, SanctionState.Waived, false, null, null, null);
}

public sealed record SanctionObjectedTo(DateTimeOffset At, Guid RecordId, string Objection) : RecordChanged<Sanction>(At, RecordId)
{
    protected override Sanction Change(Sanction record) => record with { Disputed = true, Objection = Objection, Answer = null };
}

public sealed record SanctionObjectionAnswered(DateTimeOffset At, Guid RecordId, string Answer, string AnsweredBy) : RecordChanged<Sanction>(At, RecordId)
{
    protected override Sanction Change(Sanction record) => record with { Disputed = false, Answer = Answer };
}

public sealed record SanctionWithdrawn(DateTimeOffset At, Guid RecordId, string Reason, DecisionMaker DecidedBy) : RecordChanged<Sanction>(At, RecordId)
{
    protected override Sanction Change(Sanction record) => record with { State = SanctionState.Withdrawn, Disputed = false, Ended = Reason };
}

public sealed record SanctionSettled(DateTimeOffset At, Guid RecordId, string How, string SettledBy) : RecordChanged<Sanction>(At, RecordId)
{
    protected override Sanction Change(Sanction record) => record with { State = SanctionState.Settled, Disputed = false, Ended = How };
}
