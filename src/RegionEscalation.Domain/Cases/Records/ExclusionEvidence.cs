namespace RegionEscalation.Domain.Cases.Records;

/// <summary>The grounds of LOU 13 kap. 3 § that the ladder has to do with (L26-052).</summary>
public enum ExclusionGround
{
    /// <summary>First paragraph point 1: environmental, social or labour obligations set aside.</summary>
    P1,

    /// <summary>First paragraph point 5: serious or persistent deficiencies in a material requirement of an earlier contract.</summary>
    P5,
}

public enum ContractAct
{
    Lou,
    Luf,
    Luk,
    Lufs,
}

public enum ContractConsequence
{
    EarlyTermination,
    Damages,

    /// <summary>A sanction comparable to the two.</summary>
    Comparable,
}

public enum EvidenceFileState
{
    Open,
    Complete,
    Withdrawn,

    /// <summary>The last day of use has passed (LOU 13:3 a).</summary>
    Expired,
}

/// <summary>What LOU 13:3 first paragraph point 5 asks for, each element for itself (R-X2); null while it is not stated.</summary>
/// <param name="Act">The act that the earlier contract was procured under.</param>
/// <param name="Requirement">The material requirement of the contract.</param>
/// <param name="Deficiencies">The serious or persistent deficiencies: dates, number, duration.</param>
/// <param name="CausalLink">How they led to the consequence.</param>
public sealed record PointFiveElements(
    ContractAct? Act, string? Requirement, string? Deficiencies, ContractConsequence? Consequence, string? CausalLink);

/// <summary>What LOU 13:3 first paragraph point 1 asks for; null while it is not stated.</summary>
public sealed record PointOneElements(string? Obligation, string? Evidence);

/// <summary>The file's contents so far; whatever is null is not stated yet.</summary>
/// <param name="EventDate">When the deficiency or breach occurred, Swedish calendar date.</param>
/// <param name="ConsequenceDate">When it led to the consequence, Swedish calendar date; for point 5 only.</param>
/// <param name="SupplierStatementId">The supplier's statement on the case.</param>
/// <param name="NoStatementReason">Why there is none, although it was asked for.</param>
public sealed record EvidenceElements(
    PointFiveElements? PointFive, PointOneElements? PointOne, DateOnly? EventDate, DateOnly? ConsequenceDate, Guid? SupplierStatementId, string? NoStatementReason,
    string? Proportionality);

/// <summary>The three limbs of LOU 13:5.</summary>
public enum SelfCleaningLimb
{
    /// <summary>Compensated, or undertaken to compensate, the damage.</summary>
    Compensation,

    /// <summary>Clarified what happened by actively cooperating.</summary>
    Clarification,

    /// <summary>Concrete technical, organisational and personnel measures.</summary>
    Measures,
}

/// <param name="ReceivedAt">UTC.</param>
public sealed record SelfCleaningEntry(SelfCleaningLimb Limb, string Text, string SubmittedBy, DateTimeOffset ReceivedAt);

/// <param name="CreatedBy">The function: a lawyer or the contract owner (R-X1).</param>
public sealed record EvidenceFileContent(ExclusionGround Ground, string CreatedBy, string Reason);

/// <summary>
/// Underlag enligt 13 kap. 3 § LOU: what was found, never a verdict. Whoever procures assesses for itself (13:3–13:5); the supplier's
/// self-cleaning is part of the file and goes wherever it goes (R-X5).
/// </summary>
public sealed record ExclusionEvidence(
    EvidenceFileContent Content, EvidenceFileState State, EvidenceElements? Elements, IReadOnlyList<SelfCleaningEntry> SelfCleaning, string? WithdrawnBecause)
    : CaseRecord
{
    /// <summary>LOU 13:3 a: three years from the earlier of the two dates, Swedish calendar date; null while no date is stated (R-X3).</summary>
    public DateOnly? LastDayOfUse() => new[] { Elements?.EventDate, Elements?.ConsequenceDate }.Min()?.AddYears(3);

    /// <summary>What it is at the instant: its use ends with its last day, even before that is noted.</summary>
    public EvidenceFileState StateAt(DateTimeOffset now) => ExpiresAt() <= now ? EvidenceFileState.Expired : State;

    public bool HasEnded(DateTimeOffset now) => StateAt(now) is EvidenceFileState.Withdrawn or EvidenceFileState.Expired;

    /// <summary>True while no termination or sanction of the case stands that the consequence stated under point 5 could be (R-X1).</summary>
    public bool IsPreliminary(EscalationCase c) => c.Outcome == CaseOutcome.Unfounded || (Content.Ground == ExclusionGround.P5 && Elements?.PointFive?.Consequence switch
    {
        ContractConsequence.EarlyTermination => !c.Of<Termination>().Any(t => t.Stands() && t.Content.Early),
        ContractConsequence.Damages => !c.Of<Sanction>().Any(x => x.Stands() && x.Imposed?.Kind == SanctionKind.Damages),
        ContractConsequence.Comparable => !c.Of<Sanction>().Any(x => x.Stands()),
        _ => true,
    });

    /// <summary>When it was completed, UTC; null while it is not, or has been stated anew.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    public override DateTimeOffset? ExpiresAt() =>
        State is EvidenceFileState.Open or EvidenceFileState.Complete && LastDayOfUse() is { } last ? SwedishTime.EndOf(last) : null;

    internal override RecordEvent? Expired(DateTimeOffset now) => ExpiresAt() <= now ? new ExclusionEvidenceExpired(now, Id) : null;
}

public sealed record ExclusionEvidenceOpened(DateTimeOffset At, Guid RecordId, EvidenceFileContent Content) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new ExclusionEvidence(Content, EvidenceFileState.Open, null, [], null);
}

/// <summary>The elements were stated, or stated anew; what was complete is to be completed again.</summary>
public sealed record ExclusionEvidenceStated(DateTimeOffset At, Guid RecordId, EvidenceElements Elements, string StatedBy) : RecordChanged<ExclusionEvidence>(At, RecordId)
{
    protected override ExclusionEvidence Change(ExclusionEvidence record) => record with { Elements = Elements, State = EvidenceFileState.Open, CompletedAt = null };
}

/// <param name="Preliminary">Whether it was then: what stands on the case may change later.</param>
public sealed record ExclusionEvidenceCompleted(DateTimeOffset At, Guid RecordId, bool Preliminary, string CompletedBy) : RecordChanged<ExclusionEvidence>(At, RecordId)
{
    protected override ExclusionEvidence Change(ExclusionEvidence record) => record with { State = EvidenceFileState.Complete, CompletedAt = At };
}

public sealed record ExclusionEvidenceWithdrawn(DateTimeOffset At, Guid RecordId, string Reason, string WithdrawnBy) : RecordChanged<ExclusionEvidence>(At, RecordId)
{
    protected override ExclusionEvidence Change(ExclusionEvidence record) => record with { State = EvidenceFileState.Withdrawn, WithdrawnBecause = Reason };
}

public sealed record ExclusionEvidenceExpired(DateTimeOffset At, Guid RecordId) : RecordChanged<ExclusionEvidence>(At, RecordId)
{
    protected override ExclusionEvidence Change(ExclusionEvidence record) => record with { State = EvidenceFileState.Expired };
}

public sealed record SelfCleaningRecorded(DateTimeOffset At, Guid RecordId, SelfCleaningEntry Entry) : RecordChanged<ExclusionEvidence>(At, RecordId)
{
    protected override ExclusionEvidence Change(ExclusionEvidence record) => record with { SelfCleaning = [.. record.SelfCleaning, Entry] };
}

public sealed record OpenEvidenceFile(Guid RecordId, EvidenceFileContent Content) : RecordCommand(RecordId)
{
    internal override bool WhenClosed => true;

    internal override Decision<CaseEvent> Decide(EscalationCase s, CaseContext context) =>
        Decision<CaseEvent>.Accept(new ExclusionEvidenceOpened(context.Now, RecordId, Content));
}

/// <summary>A change of a file that has not ended.</summary>
public abstract record EvidenceFileChange(Guid RecordId) : RecordChange<ExclusionEvidence>(RecordId)
{
    internal sealed override bool WhenClosed => true;

    internal sealed override Decision<CaseEvent> Decide(ExclusionEvidence record, EscalationCase s, CaseContext context) => record.HasEnded(context.Now)
        ? Decision<CaseEvent>.Reject(Lifecycle("ended",
            "Underlaget är återkallat eller utgånget; bara leverantörens självsanering kan läggas till.",
            "The file is withdrawn or expired; only the supplier's self-cleaning can be added."))
        : Decision<CaseEvent>.Unless([.. Against(record, s, context)], () => [Event(record, s, context.Now)]);

    internal abstract IEnumerable<Rejection> Against(ExclusionEvidence record, EscalationCase s, CaseContext context);

    internal abstract CaseEvent Event(ExclusionEvidence record, EscalationCase s, DateTimeOffset now);

    private protected static Rejection Lifecycle(string reason, string sv, string en) => new("evidenceFileLifecycle", reason, new Label(sv, en));
}

/// <param name="Elements">All that is known so far; it replaces what was stated before.</param>
public sealed record StateElements(Guid RecordId, EvidenceElements Elements, string StatedBy) : EvidenceFileChange(RecordId)
{
    internal override IEnumerable<Rejection> Against(ExclusionEvidence record, EscalationCase s, CaseContext context) =>
        [.. AgainstGround(record.Content.Ground), .. AgainstDates(SwedishTime.DateOf(context.Now)), .. AgainstStatement(s)];

    internal override CaseEvent Event(ExclusionEvidence record, EscalationCase s, DateTimeOffset now) =>
        new ExclusionEvidenceStated(now, RecordId, Elements, StatedBy);

    private IEnumerable<Rejection> AgainstGround(ExclusionGround ground)
    {
        if (ground == ExclusionGround.P5 && Elements.PointOne is not null)
            yield return OtherGround("pointOne");
        if (ground == ExclusionGround.P1 && Elements.PointFive is not null)
            yield return OtherGround("pointFive");
        if (ground == ExclusionGround.P1 && Elements.ConsequenceDate is not null)
            yield return OtherGround("consequenceDate");
    }

    private IEnumerable<Rejection> AgainstDates(DateOnly today)
    {
        foreach (var (date, field) in new[] { (Elements.EventDate, "eventDate"), (Elements.ConsequenceDate, "consequenceDate") })
        {
            if (date > today)
                yield return Rejection.InField(field, "inFuture", "Det som har hänt kan inte ligga i framtiden.", "What has happened cannot lie in the future.");
            else if (date is not null && date.Value.AddYears(3) < today)
                yield return new Rejection("R-X3", "tooOld", new Label(
                    "En händelse som är äldre än tre år får inte läggas till grund (13 kap. 3 a § LOU).",
                    "An event that is older than three years may not be relied on (LOU 13:3 a)."), Field: field);
        }
    }

    private IEnumerable<Rejection> AgainstStatement(EscalationCase s)
    {
        if (Elements.SupplierStatementId is { } id && s.Find<SupplierStatement>(id) is null)
            yield return Rejection.InField("supplierStatementId", "unknownStatement",
                "Ärendet har inget sådant yttrande från leverantören.", "The case has no such statement of the supplier's.");
        if (Elements.NoStatementReason is not { } reason)
            yield break;
        if (Elements.SupplierStatementId is not null)
            yield return Rejection.InField("noStatementReason", "statementAndReason",
                "Antingen finns ett yttrande, eller ett skäl till att det saknas.", "Either there is a statement, or a reason why there is none.");
        foreach (var rejection in RecordRules.AgainstMotivation(reason, "noStatementReason", "R-X2"))
            yield return rejection;
    }

    private static Rejection OtherGround(string field) => Rejection.InField(field, "otherGround",
        "Uppgiften hör till den andra grunden i 13 kap. 3 § LOU.", "The element belongs to the other ground of LOU 13:3.");
}

public sealed record CompleteEvidenceFile(Guid RecordId, string CompletedBy) : EvidenceFileChange(RecordId)
{
    internal override IEnumerable<Rejection> Against(ExclusionEvidence record, EscalationCase s, CaseContext context)
    {
        if (record.State == EvidenceFileState.Complete)
        {
            yield return Lifecycle("alreadyComplete", "Underlaget är redan fullständigt.", "The file is already complete.");
            yield break;
        }
        var elements = record.Elements;
        foreach (var (_, sv, en) in Asked(record.Content.Ground, elements).Where(a => a.IsMissing))
            yield return new Rejection("R-X2", "elementMissing", new Label(
                $"Underlaget saknar en uppgift: {sv}.", $"The file lacks an element: {en}."), $"exclusion-evidence/{RecordId}/elements");
        if (record.Content.Ground != ExclusionGround.P5 || elements?.SupplierStatementId is not null)
            yield break;
        if (elements?.NoStatementReason is null || s.Of<SupplierStatement>().Any())
            yield return new Rejection("R-X2", "statementMissing", new Label(
                "Leverantörens yttrande ingår i underlaget; finns inget anges varför.",
                "The supplier's statement is part of the file; where there is none, it says why."), $"exclusion-evidence/{RecordId}/elements");
        else if (!s.Of<CommentRequest>().Any(r => r.HasPassed(context.Now)))
            yield return new Rejection("R-X2", "supplierNotAsked", new Label(
                "Leverantören har inte fått yttra sig, eller tiden för det har inte gått ut.",
                "The supplier has not been given the opportunity to comment, or its time has not passed."), "comment-requests");
    }

    internal override CaseEvent Event(ExclusionEvidence record, EscalationCase s, DateTimeOffset now) =>
        new ExclusionEvidenceCompleted(now, RecordId, record.IsPreliminary(s), CompletedBy);

    private static (bool IsMissing, string Sv, string En)[] Asked(ExclusionGround ground, EvidenceElements? e) => ground == ExclusionGround.P5
        ?
        [
            (e?.PointFive?.Act is null, "lagen som kontraktet upphandlades enligt", "the act that the contract was procured under"),
            (IsBlank(e?.PointFive?.Requirement), "det väsentliga kravet", "the material requirement"),
            (IsBlank(e?.PointFive?.Deficiencies), "de allvarliga eller ihållande bristerna", "the serious or persistent deficiencies"),
            (e?.PointFive?.Consequence is null, "vad bristerna har medfört", "what the deficiencies led to"),
            (IsBlank(e?.PointFive?.CausalLink), "orsakssambandet", "the causal link"),
            (IsBlank(e?.Proportionality), "proportionaliteten", "the proportionality"),
            (e?.EventDate is null, "händelsens datum", "the date of the event"),
            (e?.ConsequenceDate is null, "påföljdens datum", "the date of the consequence"),
        ]
        :
        [
            (IsBlank(e?.PointOne?.Obligation), "den tillämpliga skyldigheten", "the applicable obligation"),
            (IsBlank(e?.PointOne?.Evidence), "bevisningen", "the evidence"),
            (e?.EventDate is null, "händelsens datum", "the date of the event"),
        ];

    private static bool IsBlank(string? text) => string.IsNullOrWhiteSpace(text);
}

public sealed record WithdrawEvidenceFile(Guid RecordId, string Reason, string WithdrawnBy) : EvidenceFileChange(RecordId)
{
    internal override IEnumerable<Rejection> Against(ExclusionEvidence record, EscalationCase s, CaseContext context) => [];

    internal override CaseEvent Event(ExclusionEvidence record, EscalationCase s, DateTimeOffset now) =>
        new ExclusionEvidenceWithdrawn(now, RecordId, Reason, WithdrawnBy);
}

/// <summary>The supplier's own, at any time, whatever has become of the file (R-X5).</summary>
public sealed record RecordSelfCleaning(Guid RecordId, SelfCleaningEntry Entry) : RecordChange<ExclusionEvidence>(RecordId)
{
    internal override bool WhenClosed => true;

    internal override Decision<CaseEvent> Decide(ExclusionEvidence record, EscalationCase s, CaseContext context) => Decision<CaseEvent>.Unless(
        [.. RecordRules.AgainstFuture(Entry.ReceivedAt, "receivedAt", context)], () => [new SelfCleaningRecorded(context.Now, RecordId, Entry)]);
}
