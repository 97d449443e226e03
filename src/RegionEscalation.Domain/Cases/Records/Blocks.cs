namespace RegionEscalation.Domain.Cases.Records;

public enum BlockScope
{
    Contract,
    ContractPart,

    /// <summary>All of the region's own contracts with the supplier; never another body's (R-B2).</summary>
    SupplierAllOwnContracts,
}

public enum BlockState
{
    /// <summary>Decided, and in force from its first day to its last.</summary>
    Imposed,
    Lifted,
    Expired,
}

/// <param name="ClauseReference">Where in that contract the right to block stands (R-B1).</param>
public sealed record BlockedContract(string Number, string ClauseReference);

/// <param name="Part">The articles or services blocked, when a part only.</param>
/// <param name="From">First day, Swedish calendar date.</param>
/// <param name="Until">Last day, Swedish calendar date.</param>
/// <param name="ContinuityAssessmentId">The record that it rests on.</param>
/// <param name="SupplierNotifiedAt">UTC.</param>
/// <param name="LengthMotivation">Why it is longer than the region's number of days; null when it is not.</param>
public sealed record BlockContent(
    BlockScope Scope, string? Part, IReadOnlyList<BlockedContract> Contracts, string Reasons, DateOnly From, DateOnly Until, Guid ContinuityAssessmentId,
    DateTimeOffset SupplierNotifiedAt, string? LengthMotivation, DecisionMaker DecidedBy);

/// <summary>
/// Spärr: no call-offs under the region's own contracts for a time. A measure within the contract and never an exclusion: it cannot stop a
/// bidder, and no other region inherits it.
/// </summary>
/// <param name="Until">Last day, Swedish calendar date, with every extension.</param>
public sealed record Block(BlockContent Content, DateOnly Until, BlockState State, string? EndedBecause) : CaseRecord
{
    /// <summary>Neither lifted nor noted as expired. It stops applying after its last day even before that is noted.</summary>
    public bool IsImposed() => State == BlockState.Imposed;

    public bool IsInForce(DateTimeOffset now) => IsImposed() && SwedishTime.DateOf(now) is var today && today >= Content.From && today <= Until;

    public override bool Does(string activityCode) => activityCode == "block";

    public override IEnumerable<Obligation> Obligations()
    {
        if (IsImposed())
            yield return new Obligation("blockEnds", "R-B3", SwedishTime.EndOf(Until), new Label(
                "Spärren ska hävas eller förlängas innan den löper ut.", "The block is to be lifted or extended before it expires."), $"blocks/{Id}/extensions");
    }

    public override DateTimeOffset? ExpiresAt() => IsImposed() ? SwedishTime.EndOf(Until) : null;

    internal override RecordEvent? Expired(DateTimeOffset now) => ExpiresAt() <= now ? new BlockExpired(now, Id) : null;
}

public sealed record BlockImposed(DateTimeOffset At, Guid RecordId, BlockContent Content) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new Block(Content, Content.Until, BlockState.Imposed, null);
}

public sealed record BlockExtended(DateTimeOffset At, Guid RecordId, DateOnly Until, string Motivation, DecisionMaker DecidedBy) : RecordChanged<Block>(At, RecordId)
{
    protected override Block Change(Block record) => record with { Until = Until };
}

public sealed record BlockLifted(DateTimeOffset At, Guid RecordId, string Reason, DecisionMaker DecidedBy) : RecordChanged<Block>(At, RecordId)
{
    protected override Block Change(Block record) => record with { State = BlockState.Lifted, EndedBecause = Reason };
}

/// <summary>The block's last day has passed without an extension (R-B3).</summary>
public sealed record BlockExpired(DateTimeOffset At, Guid RecordId) : RecordChanged<Block>(At, RecordId)
{
    protected override Block Change(Block record) => record with { State = BlockState.Expired };
}
