using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.National;

/// <summary>How much of a case leaves its region: the signal and the notice (T0), and the summary (T1). Files (T2) and the rest (T3) never do here.</summary>
public enum AccessTier
{
    T0,
    T1,
}

/// <summary>A field of the national register. What is not here leaves no region.</summary>
public enum NationalField
{
    Region,
    CaseId,
    Supplier,
    Category,
    Ladder,
    Step,
    StepSince,
    Trigger,
    Block,
    Disputed,
    SupplierStatementAttached,
    Preliminary,
    ResponsibleAddress,
    NoticeExpiresAt,
    Notice,
    Course,

    /// <summary>Which regions have a contract with the supplier, so that they can be invited (R-M2).</summary>
    RegionsConcerned,

    /// <summary>Whom the notice went to.</summary>
    Recipients,

    /// <summary>Who has acknowledged the notice, beside the reader itself (R-N6).</summary>
    Acknowledgements,

    ConsequenceAreas,
    Deviations,
    PlanStatus,
    Sanctions,
    ReturnCriteria,
    SupplierStatements,
}

/// <summary>What a reader may see of a field.</summary>
public enum FieldAccess
{
    Never,

    /// <summary>Under a decision to disclose that is in force for the reader (R-N5).</summary>
    ByDecision,
    Always,
}

/// <summary>The one place that decides what of a case leaves its region, and who reads it. Fails closed: what is not said here nobody sees.</summary>
public static class NationalAccessPolicy
{
    public static AccessTier TierOf(NationalField field) => field >= NationalField.ConsequenceAreas ? AccessTier.T1 : AccessTier.T0;

    /// <summary>What the reader may see of a field of a case that stands at the step; of a case closed as terminated, at the step where it was closed.</summary>
    public static FieldAccess Of(ReaderKind reader, NationalField field, int step) =>
        step is < LadderDefinition.FirstNationalStep or > LadderDefinition.HighestStep ? FieldAccess.Never : Of(reader, field);

    /// <summary>The same for what is told of the case beyond its steps, such as an all-clear.</summary>
    public static FieldAccess Of(ReaderKind reader, NationalField field) => (reader, field, TierOf(field)) switch
    {
        (ReaderKind.Coordination or ReaderKind.Supplier, NationalField.Recipients, _) => FieldAccess.Always,
        (ReaderKind.Coordination or ReaderKind.IssuingRegion, NationalField.Acknowledgements, _) => FieldAccess.Always,
        (_, NationalField.Recipients or NationalField.Acknowledgements, _) or (ReaderKind.Supplier or ReaderKind.Partner, NationalField.RegionsConcerned, _) => FieldAccess.Never,
        (ReaderKind.Region or ReaderKind.ConcernedRegion or ReaderKind.IssuingRegion or ReaderKind.Coordination or ReaderKind.NationalOffice, _, AccessTier.T0) => FieldAccess.Always,
        (ReaderKind.Supplier, _, AccessTier.T0) => FieldAccess.Always,
        (ReaderKind.Partner, _, AccessTier.T0) => FieldAccess.ByDecision,
        // A region that has nothing to do with the supplier has no need of more than T0, whatever was decided.
        (ReaderKind.ConcernedRegion or ReaderKind.IssuingRegion or ReaderKind.Coordination or ReaderKind.NationalOffice or ReaderKind.Partner or ReaderKind.Supplier, _, AccessTier.T1) => FieldAccess.ByDecision,
        _ => FieldAccess.Never,
    };

    public static bool Reads(FieldAccess access, bool byDecision) => access == FieldAccess.Always || (access == FieldAccess.ByDecision && byDecision);

    /// <summary>Whether the reader sees that the recipient has acknowledged a notice of the region (R-N6): its own always.</summary>
    /// <param name="recipient">By key.</param>
    /// <param name="issuedBy">The region's code.</param>
    public static bool SeesAcknowledgement(NationalReader reader, string recipient, string issuedBy)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return reader.Key == recipient
            || Of(reader == NationalReader.OfRegion(issuedBy) ? ReaderKind.IssuingRegion : reader.Kind, NationalField.Acknowledgements) == FieldAccess.Always;
    }

    /// <summary>Stands exactly while the case is at steps 3–5, and after it was closed as terminated at 5 until its notice expires.</summary>
    public static NationalSignal? SignalOf(EscalationCase? c)
    {
        if (c is not { Step: >= LadderDefinition.FirstNationalStep and <= LadderDefinition.HighestStep })
            return null;
        var notice = Notices.Standing(c);
        if (c.State != CaseState.Open && !(c is { State: CaseState.Closed, Outcome: CaseOutcome.Terminated, Step: LadderDefinition.HighestStep } && notice is not null && !c.IsFoundWrongAfterClosing()))
            return null;
        return new NationalSignal(
            c.Id,
            c.Supplier.Id,
            NumberOf(c.Supplier),
            NameOf(c.Supplier),
            c.Contract.Category,
            c.LadderVersion,
            c.Step,
            c.StepEnteredAt,
            c.Trigger,
            BlockOf(c),
            c.IsDisputed(),
            c.Of<SupplierStatement>().Any(),
            notice?.Visit != c.Visit || notice.IsProvisional(),
            c.Contract.OwnerAddress,
            notice?.ExpiresAt());
    }

    /// <summary>What a notice of the kind says of the case as it stands.</summary>
    public static NoticePayload PayloadOf(NoticeKind kind, EscalationCase c)
    {
        var signal = kind is NoticeKind.Initial or NoticeKind.Update ? SignalOf(c) : null;
        return new NoticePayload(c.Supplier.Id, NumberOf(c.Supplier), NameOf(c.Supplier), c.Contract.Category, c.LadderVersion, signal?.Step, signal?.StepSince,
            signal?.Trigger, signal?.Block, signal?.Disputed == true, signal?.SupplierStatementAttached == true, c.Contract.OwnerAddress);
    }

    /// <summary>The payload with the supplier as it may be named outside its region.</summary>
    internal static NoticePayload Named(NoticePayload payload, Supplier supplier) => payload with { SupplierNumber = NumberOf(supplier), SupplierName = NameOf(supplier) };

    /// <summary>Everything that the register holds of the case.</summary>
    public static NationalRecord RecordOf(EscalationCase? c)
    {
        if (c is null)
            return NationalRecord.Nothing;
        var signal = SignalOf(c);
        var notice = Notices.Current(c);
        Disclosed[] disclosures = signal is null || Notices.Standing(c) is null ? [] :
        [
            .. from decision in c.Of<DisclosureDecision>()
               where decision.IsInForce() && KeyOf(decision.Content.Recipient, c.Supplier) is not null
               select new Disclosed(decision.Id, KeyOf(decision.Content.Recipient, c.Supplier)!, decision.Content.Basis, decision.ExpiresAt()!.Value),
        ];
        return new NationalRecord(
            signal,
            notice is { Issue: { } issue } ? new SentNotice(notice.Id, issue.Number, notice.Kind, issue.At, issue.RemindAt, notice.ExpiresAt()!.Value, notice.IsProvisional(), notice.Payload) : null,
            notice?.Issue?.Recipients ?? [],
            disclosures,
            disclosures.Length == 0 ? null : SummaryOf(c),
            // What was unfounded, or found wrong by a review, is told of nobody.
            [.. c.NationalVisits.Where(v => v.LeftBy is not (WayLeft.Unfounded or WayLeft.Review))]);
    }

    private static NationalSummary SummaryOf(EscalationCase c)
    {
        AttachedDeviation[] counting = [.. c.Deviations.Where(d => d.Counts())];
        return new NationalSummary(
            [.. counting.SelectMany(d => d.Assessment!.ConsequenceAreas).Distinct().Order()],
            counting.Length,
            counting.Count(d => d.Assessment!.Severity == Severity.Serious),
            c.LatestPlan()?.Latest() switch
            {
                null => null,
                { Evaluation.Outcome: var outcome } => Enum.Parse<NationalPlanStatus>(outcome.ToString()),
                { Agreement: null } => NationalPlanStatus.Drafted,
                _ => NationalPlanStatus.InForce,
            },
            [.. c.Of<Sanction>().Where(s => s.State is SanctionState.Imposed or SanctionState.Settled).Select(s => s.Imposed!.Kind).Distinct().Order()],
            // In words about a sole trader, or its own, stands who it is.
            c.Supplier.IsNaturalPerson() ? [] : [.. c.CurrentCriteria().Select(x => x.Criterion.Text)],
            c.Supplier.IsNaturalPerson() ? [] : [.. c.Of<SupplierStatement>().Where(s => s.Content.SecrecyClaim is null).Select(s => s.Content.Text)]);
    }

    private static string? NumberOf(Supplier supplier) => supplier.IsNaturalPerson() ? null : supplier.OrganisationNumber;

    /// <summary>A sole trader's name is a person's: the last digits of the platform's id, which are random, stand for it.</summary>
    private static string NameOf(Supplier supplier) => supplier.IsNaturalPerson() ? $"Enskild näringsidkare {supplier.Id.ToString("N")[^8..]}" : supplier.Name;

    /// <summary>The reader that a decision names; the supplier by its number, and a sole trader by nothing, since its number is in no register.</summary>
    private static string? KeyOf(string recipient, Supplier supplier) =>
        recipient != NationalReader.Parse("supplier")!.Key ? recipient
        : NumberOf(supplier) is { } number ? new NationalReader(ReaderKind.Supplier, number).Key
        : null;

    /// <summary>Of several the widest scope and the last day of all.</summary>
    private static SignalledBlock? BlockOf(EscalationCase c)
    {
        Block[] imposed = [.. c.Of<Block>().Where(b => b.IsImposed())];
        return imposed.Length == 0 ? null : new SignalledBlock(imposed.MaxBy(b => Width(b.Content.Scope))!.Content.Scope switch
        {
            BlockScope.ContractPart => "contractPart",
            BlockScope.Contract => "contract",
            _ => "supplierAllOwnContracts",
        }, imposed.Max(b => b.Until));
    }

    private static int Width(BlockScope scope) => scope switch { BlockScope.ContractPart => 0, BlockScope.Contract => 1, _ => 2 };
}
