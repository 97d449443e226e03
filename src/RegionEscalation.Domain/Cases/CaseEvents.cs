using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;

namespace RegionEscalation.Domain.Cases;

/// <summary>What happened to a case. Events carry outcomes: replaying them never asks a ladder or a clock.</summary>
/// <param name="At">When it was recorded, UTC, whole microseconds.</param>
public abstract record CaseEvent(DateTimeOffset At);

public sealed record CaseOpened(
    DateTimeOffset At,
    Guid CaseId,
    string? RegistrationNumber,
    Supplier Supplier,
    ContractReference Contract,
    string LadderVersion,
    int Step,
    TransitionBasis Basis,
    IReadOnlyList<int> SkippedSteps) : CaseEvent(At);

public sealed record DeviationAttached(DateTimeOffset At, AttachedDeviation Deviation) : CaseEvent(At);

/// <summary>An attached deviation was assessed or assessed anew; in the same transaction as the deviation's own event.</summary>
public sealed record AttachedDeviationReassessed(DateTimeOffset At, Guid DeviationId, Assessment Assessment) : CaseEvent(At);

public sealed record AttachedDeviationResolved(DateTimeOffset At, Guid DeviationId) : CaseEvent(At);

public sealed record ActivityCompleted(
    DateTimeOffset At, int Step, string Code, DateTimeOffset PerformedAt, string PerformedBy, string Note) : CaseEvent(At);

public sealed record ActivityDispensedWith(DateTimeOffset At, int Step, string Code, string Reason, string DecidedBy) : CaseEvent(At);

/// <summary>The required activities of steps that a serious deviation jumped over or cut short (C4 in the domain description).</summary>
public sealed record ActivitiesSkipped(DateTimeOffset At, int Step, IReadOnlyList<string> Codes) : CaseEvent(At);

public sealed record ActionPlanEstablished(DateTimeOffset At, Guid PlanId, PlanContent Content) : CaseEvent(At);

public sealed record ActionPlanRevised(DateTimeOffset At, Guid PlanId, int Revision, PlanContent Content) : CaseEvent(At);

public sealed record ActionPlanAgreed(DateTimeOffset At, Guid PlanId, int Revision, Agreement Agreement, string AgreedBy) : CaseEvent(At);

public sealed record ActionPlanEvaluated(
    DateTimeOffset At,
    Guid PlanId,
    int Revision,
    Guid EvaluationId,
    PlanOutcome Outcome,
    string Motivation,
    string? OperationsConfirmation,
    string? EarlyMotivation,
    string EvaluatedBy) : CaseEvent(At);

public sealed record ReturnCriteriaSet(DateTimeOffset At, int Step, IReadOnlyList<ReturnCriterion> Criteria) : CaseEvent(At);

public sealed record ReturnCriterionMet(
    DateTimeOffset At, Guid CriterionId, string Verification, string? ShortenedObservationMotivation, string VerifiedBy) : CaseEvent(At);

public sealed record CaseEscalated(DateTimeOffset At, int FromStep, int ToStep, TransitionBasis Basis, IReadOnlyList<int> SkippedSteps) : CaseEvent(At);

public sealed record CaseDeEscalated(DateTimeOffset At, int FromStep, int ToStep, TransitionBasis Basis) : CaseEvent(At);

/// <param name="RootCause">What lay behind it; recorded when resolved (R-Z1).</param>
/// <param name="HighestStep">The highest step the case has stood at; its decision level closes as unfounded (R-Z3).</param>
public sealed record CaseClosed(
    DateTimeOffset At,
    int Step,
    CaseOutcome Outcome,
    TransitionBasis Basis,
    string? RootCause,
    bool? LessonsLearned,
    int HighestStep) : CaseEvent(At);
