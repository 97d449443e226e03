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

public enum DeviationStatus
{
    Reported,
    Assessed,

    /// <summary>Handled and fed back to those who reported it.</summary>
    Resolved,
}

/// <summary>What has been found out about a deviation.</summary>
/// <param name="SupplierPart">What the supplier's part is, where the cause is shared or unknown; without it such a deviation does not count (R-G6).</param>
/// <param name="Motivation">Why the consequences are great; required when serious (R-V1).</param>
public sealed record Assessment(
    Severity Severity, IReadOnlyList<ConsequenceArea> ConsequenceAreas, CausedBy CausedBy, string? SupplierPart, string? Motivation, string Assessor)
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
    public Assessment? Assessment { get; init; }
    public DateTimeOffset? HandledAt { get; init; }
    public DateTimeOffset? FedBackAt { get; init; }
    public Guid? CaseId { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public DeviationStatus Status() =>
        ResolvedAt() is not null ? DeviationStatus.Resolved
        : Assessment is not null ? DeviationStatus.Assessed
        : DeviationStatus.Reported;

    /// <summary>When the later of handling and feedback was recorded; null while either is missing.</summary>
    public DateTimeOffset? ResolvedAt() =>
        HandledAt is { } handled && FedBackAt is { } fedBack ? (handled > fedBack ? handled : fedBack) : null;

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
            UpdatedAt = r.At,
        },
        ({ } d, _) => Next(d, e) with { Version = d.Version + 1, UpdatedAt = e.At },
        _ => throw new InvalidOperationException($"A deviation's stream cannot begin with {e.GetType().Name}."),
    };

    private static Deviation Next(Deviation d, DeviationEvent e) => e switch
    {
        DeviationAssessed a => d with { Assessment = a.Assessment },
        DeviationReclassified r => d with { Assessment = r.Assessment },
        DeviationHandled h => d with { HandledAt = h.At },
        DeviationFedBack f => d with { FedBackAt = f.At },
        DeviationJoinedCase j => d with { CaseId = j.CaseId },
        _ => throw new InvalidOperationException($"{e.GetType().Name} cannot follow in a deviation's stream."),
    };
}
