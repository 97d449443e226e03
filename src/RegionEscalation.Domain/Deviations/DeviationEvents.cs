using RegionEscalation.Domain.Contracts;

namespace RegionEscalation.Domain.Deviations;

/// <param name="At">When it was recorded, UTC, whole microseconds.</param>
public abstract record DeviationEvent(DateTimeOffset At);

public sealed record DeviationReported(
    DateTimeOffset At,
    Guid DeviationId,
    Supplier Supplier,
    ContractReference Contract,
    string RequirementReference,
    string Description,
    string? SubSupplier,
    DateTimeOffset OccurredAt,
    string ReportedBy,
    DeviationDetails? Details = null) : DeviationEvent(At);

/// <summary>The first assessment.</summary>
public sealed record DeviationAssessed(DateTimeOffset At, Assessment Assessment) : DeviationEvent(At);

/// <summary>Any later assessment; it replaces the earlier one.</summary>
public sealed record DeviationReclassified(DateTimeOffset At, Assessment Assessment) : DeviationEvent(At);

public sealed record DeviationHandled(DateTimeOffset At, string Handling, string HandledBy) : DeviationEvent(At);

/// <summary>A later analysis replaces the earlier one.</summary>
public sealed record DeviationAnalysed(DateTimeOffset At, Analysis Analysis) : DeviationEvent(At);

public sealed record DeviationFedBack(DateTimeOffset At, string Feedback, string FedBackTo) : DeviationEvent(At);

public sealed record DeviationJoinedCase(DateTimeOffset At, Guid CaseId) : DeviationEvent(At);

public sealed record DeviationClosed(DateTimeOffset At, string? Motivation, string DecidedBy) : DeviationEvent(At);

/// <param name="OtherAssessorReason">Why another function than the one that found it serious decides so (R-V1).</param>
public sealed record DeviationFoundUnfounded(DateTimeOffset At, string Motivation, string DecidedBy, string? OtherAssessorReason = null) : DeviationEvent(At);

public sealed record DeviationAttachmentsAdded(DateTimeOffset At, IReadOnlyList<Attachment> Attachments, string AddedBy) : DeviationEvent(At);

/// <summary>Registrerad i Stella/avtalskatalogen.</summary>
public sealed record ExternalRegistrationLinked(DateTimeOffset At, ExternalRegistration Registration) : DeviationEvent(At);
