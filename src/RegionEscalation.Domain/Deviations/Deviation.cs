using RegionEscalation.Domain.Contracts;

namespace RegionEscalation.Domain.Deviations;

/// <summary>L26 knows two grades: a requirement not met, and one not met with great consequences.</summary>
public enum Severity
{
    Deviation,
    Serious,
}

/// <summary>Where a serious deviation has its consequences (L26: verksamhet, patient, ekonomi, miljö eller liknande).</summary>
public enum ConsequenceArea
{
    Operations,
    Patient,
    Economy,
    Environment,
    Other,
}

public enum CausedBy
{
    Supplier,
    Region,
    Shared,
    Unknown,
}

/// <summary>The furthest that a deviation has come: report, assess, handle, analyse, feed back, close (HAL-001).</summary>
public enum DeviationStatus
{
    Reported,
    Assessed,
    Handled,

    /// <summary>Also when it was found that no analysis is needed.</summary>
    Analysed,
    FedBack,
    Closed,

    /// <summary>There was no ground for it (R-Z3).</summary>
    Unfounded,
}

/// <summary>What has been found out about a deviation.</summary>
/// <param name="SupplierPart">What the supplier's part is, where the cause is shared or unknown; without it such a deviation does not count (R-G6).</param>
/// <param name="Motivation">Why the consequences are great, or no longer are; required when serious, and when it was serious before (R-V1).</param>
/// <param name="OtherAssessorReason">Why another function than the one that found it serious assesses it anew, whatever it finds (R-V1).</param>
public sealed record Assessment(
    Severity Severity, IReadOnlyList<ConsequenceArea> ConsequenceAreas, CausedBy CausedBy, string? SupplierPart, string? Motivation, string Assessor,
    string? OtherAssessorReason = null)
{
    /// <summary>R-G6: what the region caused never triggers anything; a shared or unknown cause counts once the supplier's part is stated.</summary>
    public bool Counts() => CausedBy switch
    {
        CausedBy.Supplier => true,
        CausedBy.Region => false,
        _ => !string.IsNullOrWhiteSpace(SupplierPart),
    };

    public bool SaysTheSameAs(Assessment? other) => other is not null && this == other with { ConsequenceAreas = ConsequenceAreas } && ConsequenceAreas.SequenceEqual(other.ConsequenceAreas);
}

/// <summary>A requirement that a supplier has not met (avvikelse), as its stream tells it.</summary>
public sealed record Deviation
{
    public required Guid Id { get; init; }
    public required long Version { get; init; }
    public required Supplier Supplier { get; init; }
    public required ContractReference Contract { get; init; }

    /// <summary>The requirement (krav) of the contract that was not met (L26-041).</summary>
    public required string RequirementReference { get; init; }
    public required string Description { get; init; }

    /// <summary>Where in the supply chain it began; the contract party answers all the same (L26-043).</summary>
    public string? SubSupplier { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>The function that reported it.</summary>
    public required string ReportedBy { get; init; }
    public required DateTimeOffset ReportedAt { get; init; }
    public DeviationDetails Details { get; init; } = DeviationDetails.None;
    public Assessment? Assessment { get; init; }

    /// <summary>When it was first assessed, UTC; nothing is done about it before that.</summary>
    public DateTimeOffset? AssessedAt { get; init; }
    public DateTimeOffset? HandledAt { get; init; }
    public Analysis? Analysis { get; init; }
    public DateTimeOffset? AnalysedAt { get; init; }
    public DateTimeOffset? FedBackAt { get; init; }
    public DeviationClosure? Closure { get; init; }

    /// <summary>Those that came with the report first.</summary>
    public IReadOnlyList<Attachment> Attachments { get; init; } = [];

    /// <summary>Where it is registered too (K24-003).</summary>
    public IReadOnlyList<ExternalRegistration> ExternalRegistrations { get; init; } = [];
    public Guid? CaseId { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public DeviationStatus Status() => this switch
    {
        { Closure.Outcome: ClosureOutcome.Closed } => DeviationStatus.Closed,
        { Closure.Outcome: ClosureOutcome.Unfounded } => DeviationStatus.Unfounded,
        { FedBackAt: not null } => DeviationStatus.FedBack,
        { Analysis: not null } => DeviationStatus.Analysed,
        { HandledAt: not null } => DeviationStatus.Handled,
        { Assessment: not null } => DeviationStatus.Assessed,
        _ => DeviationStatus.Reported,
    };

    /// <summary>When it was handled and fed back, or found unfounded, as a case asks it (R-Z1); null until then.</summary>
    public DateTimeOffset? ResolvedAt() =>
        HandledAt is { } handled && FedBackAt is { } fedBack ? (handled > fedBack ? handled : fedBack)
        : IsUnfounded() ? Closure!.At
        : null;

    public bool IsUnfounded() => Closure is { Outcome: ClosureOutcome.Unfounded };

    /// <summary>Whose part it is (R-G6); of what is unfounded nobody asks.</summary>
    public Fault Fault() => Assessment switch
    {
        { CausedBy: CausedBy.Region } => Deviations.Fault.Region,
        { } assessment when assessment.Counts() => Deviations.Fault.Supplier,
        _ => Deviations.Fault.Undetermined,
    };

    public static Deviation Evolve(Deviation? deviation, DeviationEvent e) => (deviation, e) switch
    {
        (null, DeviationReported r) => new Deviation
        {
            Id = r.DeviationId,
            Version = 1,
            Supplier = r.Supplier,
            Contract = r.Contract,
            RequirementReference = r.RequirementReference,
            Description = r.Description,
            SubSupplier = r.SubSupplier,
            OccurredAt = r.OccurredAt,
            ReportedBy = r.ReportedBy,
            ReportedAt = r.At,
            Details = r.Details ?? DeviationDetails.None,
            Attachments = r.Details?.Attachments ?? [],
            UpdatedAt = r.At,
        },
        ({ } d, _) => Next(d, e) with { Version = d.Version + 1, UpdatedAt = e.At },
        _ => throw new InvalidOperationException($"A deviation's stream cannot begin with {e.GetType().Name}."),
    };

    private static Deviation Next(Deviation d, DeviationEvent e) => e switch
    {
        DeviationAssessed a => d with { Assessment = a.Assessment, AssessedAt = a.At },
        DeviationReclassified r => d with { Assessment = r.Assessment },
        DeviationHandled h => d with { HandledAt = h.At },
        DeviationAnalysed a => d with { Analysis = a.Analysis, AnalysedAt = a.At },
        DeviationFedBack f => d with { FedBackAt = f.At },
        DeviationClosed c => d with { Closure = new DeviationClosure(ClosureOutcome.Closed, c.At, c.Motivation, c.DecidedBy) },
        DeviationFoundUnfounded u => d with { Closure = new DeviationClosure(ClosureOutcome.Unfounded, u.At, u.Motivation, u.DecidedBy) },
        DeviationAttachmentsAdded a => d with { Attachments = [.. d.Attachments, .. a.Attachments] },
        ExternalRegistrationLinked l => d with { ExternalRegistrations = [.. d.ExternalRegistrations, l.Registration] },
        DeviationJoinedCase j => d with { CaseId = j.CaseId },
        _ => throw new InvalidOperationException($"{e.GetType().Name} cannot follow in a deviation's stream."),
    };
}
