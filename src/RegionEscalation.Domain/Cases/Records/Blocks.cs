using RegionEscalation.Domain.Contracts;

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

    /// <summary>In force, or decided to be from a day to come: what has to be lifted before the case leaves step 4 downwards or is closed.</summary>
    public bool Stands(DateTimeOffset now) => IsImposed() && SwedishTime.DateOf(now) <= Until;

    public bool IsInForce(DateTimeOffset now) => Stands(now) && SwedishTime.DateOf(now) >= Content.From;

    /// <summary>What has run out by itself was no decision: the activity is open again until a new block, or a reason for doing without (R-B3).</summary>
    public override bool Does(string activityCode) => activityCode == "block" && State != BlockState.Expired;

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

/// <param name="Until">The new last day, Swedish calendar date.</param>
/// <param name="LengthMotivation">Why it goes on for longer than the region's number of days from the decision; null when it does not.</param>
/// <param name="ContinuityAssessmentId">The record that the new decision rests on.</param>
public sealed record BlockExtended(
    DateTimeOffset At, Guid RecordId, DateOnly Until, string Motivation, string? LengthMotivation, Guid ContinuityAssessmentId, DecisionMaker DecidedBy)
    : RecordChanged<Block>(At, RecordId)
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

/// <param name="Own">All of the region's own contracts with the case's supplier, as the catalogue has them now.</param>
public sealed record ImposeBlock(Guid RecordId, BlockContent Content, IReadOnlyList<Contract> Own) : RecordCommand(RecordId)
{
    internal override Decision<CaseEvent> Decide(EscalationCase s, CaseContext context) => Decision<CaseEvent>.Unless(
    [
        .. RecordRules.AgainstStepTooLow("R-B1", s),
        .. AgainstScope(),
        .. Content.Contracts.SelectMany((c, i) => Against(c, $"contracts[{i}]", s, context.Now)),
        .. AgainstPeriod(context),
        .. BlockRules.AgainstContinuity(Content.ContinuityAssessmentId, s, context),
        .. RecordRules.AgainstFuture(Content.SupplierNotifiedAt, "supplierNotifiedAt", context),
        .. RecordRules.AgainstBeforeCase(Content.SupplierNotifiedAt, "supplierNotifiedAt", s),
        .. RecordRules.AgainstMotivation(Content.Reasons, "reasons", "R-B1"),
        .. RecordRules.AgainstDecider(Content.DecidedBy, "decidedBy", s.Step, context),
    ], () =>
    [
        new BlockImposed(context.Now, RecordId, Content with
        {
            LengthMotivation = BlockRules.IsTooLong(Content.From, Content.Until, context) ? Content.LengthMotivation : null,
        }),
    ]);

    private IEnumerable<Rejection> AgainstScope()
    {
        if (Content.Contracts.Count == 0)
            yield return new Rejection("R-B1", "contractsMissing", new Label(
                "Spärren anger minst ett avtal.", "The block names at least one contract."), Field: "contracts");
        var left = Own.Select(o => o.Number).Except(Content.Contracts.Select(c => c.Number)).Order(StringComparer.Ordinal).ToArray();
        if (Content is { Scope: BlockScope.SupplierAllOwnContracts, Contracts.Count: > 0 } && left.Length > 0)
            yield return new Rejection("R-B1", "contractsMissing", new Label(
                $"En spärr för alla egna avtal anger vart och ett; det saknas: {string.Join(", ", left)}.",
                $"A block of all the region's own contracts names each of them; missing: {string.Join(", ", left)}."), Field: "contracts");
        var part = !string.IsNullOrWhiteSpace(Content.Part);
        if (Content.Scope == BlockScope.ContractPart && !part)
            yield return new Rejection("R-B1", "partMissing", new Label(
                "En spärr för en del av avtalet anger delen.", "A block of a part of the contract names the part."), Field: "part");
        if (Content.Scope != BlockScope.ContractPart && part)
            yield return Rejection.InField("part", "onlyForPart",
                "En del anges bara när spärren gäller en del av avtalet.", "A part is named only when the block is of a part of the contract.");
    }

    private IEnumerable<Rejection> Against(BlockedContract contract, string field, EscalationCase s, DateTimeOffset now)
    {
        if (Own.FirstOrDefault(o => o.Number == contract.Number) is not { } own)
            yield return new Rejection("R-B2", "notOwnContract", new Label(
                "Avtalet är inte ett av regionens egna med leverantören.", "The contract is not one of the region's own with the supplier."), Field: field + ".number");
        else if (!RecordRules.HasClause(own, contract.ClauseReference))
            yield return new Rejection("R-B1", "clauseUnknown", new Label(
                "Avtalet har ingen sådan klausul.", "The contract has no such clause."), Field: field + ".clauseReference");
        if (s.Of<Block>().FirstOrDefault(b => b.Stands(now) && b.Content.Contracts.Any(c => c.Number == contract.Number)) is { } other)
            yield return new Rejection("blockLifecycle", "alreadyBlocked", new Label(
                "Avtalet är redan spärrat.", "The contract is already blocked."), $"blocks/{other.Id}/extensions", field + ".number");
    }

    private IEnumerable<Rejection> AgainstPeriod(CaseContext context)
    {
        if (Content.From < SwedishTime.DateOf(context.Now))
            yield return Rejection.InField("from", "inPast", "En spärr kan inte gälla bakåt i tiden.", "A block cannot apply backwards in time.");
        if (Content.Until < Content.From)
            yield return Rejection.InField("until", "beforeFrom", "Spärrens sista dag ligger före dess första.", "The block's last day is before its first.");
        if (BlockRules.AgainstLength(Content.From, Content.Until, Content.LengthMotivation, context) is { } tooLong)
            yield return tooLong;
    }
}

/// <summary>A new decision on a block that has not ended; one that has ended is never prolonged in silence (R-B3).</summary>
/// <param name="Until">The new last day, Swedish calendar date.</param>
public sealed record ExtendBlock(
    Guid RecordId, DateOnly Until, string Motivation, string? LengthMotivation, Guid ContinuityAssessmentId, DecisionMaker DecidedBy) : RecordChange<Block>(RecordId)
{
    internal override Decision<CaseEvent> Decide(Block record, EscalationCase s, CaseContext context)
    {
        var today = SwedishTime.DateOf(context.Now);
        return Decision<CaseEvent>.Unless(
        [
            .. BlockRules.AgainstEnded(record, context.Now),
            .. RecordRules.AgainstStepTooLow("R-B1", s),
            .. AgainstShortening(record),
            .. BlockRules.AgainstLength(today, Until, LengthMotivation, context) is { } tooLong ? new[] { tooLong } : [],
            .. BlockRules.AgainstContinuity(ContinuityAssessmentId, s, context),
            .. RecordRules.AgainstMotivation(Motivation, "motivation", "R-B1"),
            .. RecordRules.AgainstDecider(DecidedBy, "decidedBy", s.Step, context),
        ], () =>
        [
            new BlockExtended(context.Now, RecordId, Until, Motivation,
                BlockRules.IsTooLong(today, Until, context) ? LengthMotivation : null, ContinuityAssessmentId, DecidedBy),
        ]);
    }

    private IEnumerable<Rejection> AgainstShortening(Block record)
    {
        if (Until <= record.Until)
            yield return Rejection.InField("until", "notLater",
                "En förlängning slutar efter spärrens nuvarande sista dag.", "An extension ends after the block's present last day.");
    }
}

public sealed record LiftBlock(Guid RecordId, string Reason, DecisionMaker DecidedBy) : RecordChange<Block>(RecordId)
{
    internal override Decision<CaseEvent> Decide(Block record, EscalationCase s, CaseContext context) => Decision<CaseEvent>.Unless(
        [.. BlockRules.AgainstEnded(record, context.Now), .. RecordRules.AgainstDecider(DecidedBy, "decidedBy", s.Step, context)],
        () => [new BlockLifted(context.Now, RecordId, Reason, DecidedBy)]);
}

/// <summary>What imposing a block and extending it have in common.</summary>
internal static class BlockRules
{
    /// <summary>The first and the last day both count.</summary>
    public static bool IsTooLong(DateOnly from, DateOnly until, CaseContext context) => until.DayNumber - from.DayNumber + 1 > context.Settings.BlockDays;

    public static Rejection? AgainstLength(DateOnly from, DateOnly until, string? motivation, CaseContext context) =>
        IsTooLong(from, until, context) && !Motivation.IsGiven(motivation)
            ? new Rejection("R-B1", "tooLong", new Label(
                $"En spärr gäller högst {context.Settings.BlockDays} dagar per beslut; längre kräver en motivering om minst {Motivation.MinLength} tecken.",
                $"A block lasts at most {context.Settings.BlockDays} days per decision; longer needs a motivation of at least {Motivation.MinLength} characters."),
                Field: "lengthMotivation")
            : null;

    public static IEnumerable<Rejection> AgainstContinuity(Guid id, EscalationCase s, CaseContext context)
    {
        if (s.Find<ContinuityAssessment>(id)?.IsCurrent(context) != true)
            yield return new Rejection("R-B1", "continuityNotAssessed", new Label(
                $"Spärren ska vila på ärendets bedömning av försörjningen, högst {context.Settings.ContinuityDays} dagar gammal.",
                $"The block rests on the case's assessment of the supply, at most {context.Settings.ContinuityDays} days old."),
                "continuity-assessments", "continuityAssessmentId");
    }

    public static IEnumerable<Rejection> AgainstEnded(Block block, DateTimeOffset now)
    {
        if (!block.Stands(now))
            yield return new Rejection("R-B3", "blockEnded", new Label(
                "Spärren är hävd eller har löpt ut.", "The block is lifted or has expired."), "blocks");
    }
}
