using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;

namespace RegionEscalation.Domain.Cases;

/// <summary>What happened to a case. Events carry outcomes: replaying them never asks a ladder or a clock.</summary>
/// <param name="At">When it was recorded, UTC, whole microseconds.</param>
public abstract record CaseEvent(DateTimeOffset At);

/// <param name="Recurrence">How R-E1 was judged; null where something else led there, and where it was written before the event said so.</param>
public sealed record CaseOpened(
    DateTimeOffset At,
    Guid CaseId,
    string? RegistrationNumber,
    Supplier Supplier,
    ContractReference Contract,
    string LadderVersion,
    int Step,
    TransitionBasis Basis,
    IReadOnlyList<int> SkippedSteps,
    AppliedRecurrence? Recurrence = null) : CaseEvent(At);

/// <summary>The catalogue says something else of the case's contract: who is responsible for it, or when it ends.</summary>
/// <param name="OwnerAddress">The contract owner's function address now.</param>
/// <param name="ValidUntilBefore">Last day as it was, Swedish calendar date.</param>
/// <param name="ValidUntil">Last day now, Swedish calendar date.</param>
/// <param name="EndedAt">When the catalogue was found not to have it any more, UTC.</param>
public sealed record ContractOfCaseChanged(
    DateTimeOffset At, string OwnerAddress, string? OwnerFunction, string? OwnerRole, DateOnly? ValidUntilBefore, DateOnly? ValidUntil, DateTimeOffset? EndedAt) : CaseEvent(At);

/// <summary>The case's supplier is marked as a natural person, or no longer, since the case was opened; in the same transaction as the supplier's own event.</summary>
public sealed record SupplierOfCaseMarked(DateTimeOffset At, bool SoleTrader) : CaseEvent(At);

public sealed record DeviationAttached(DateTimeOffset At, AttachedDeviation Deviation) : CaseEvent(At);

/// <summary>An attached deviation was assessed or assessed anew; in the same transaction as the deviation's own event.</summary>
public sealed record AttachedDeviationReassessed(DateTimeOffset At, Guid DeviationId, Assessment Assessment) : CaseEvent(At);

public sealed record AttachedDeviationResolved(DateTimeOffset At, Guid DeviationId) : CaseEvent(At);

/// <summary>An attached deviation was found unfounded; it counts for nothing any more (R-Z3, R-G6). A step that it led to stands until somebody decides otherwise.</summary>
public sealed record AttachedDeviationFoundUnfounded(DateTimeOffset At, Guid DeviationId, string Motivation, string DecidedBy) : CaseEvent(At);

public sealed record ActivityCompleted(
    DateTimeOffset At, int Step, string Code, DateTimeOffset PerformedAt, string PerformedBy, string Note) : CaseEvent(At);

public sealed record ActivityDispensedWith(DateTimeOffset At, int Step, string Code, string Reason, string DecidedBy) : CaseEvent(At);

/// <summary>The required activities of steps that a serious deviation jumped over or cut short (C4 in the domain description).</summary>
public sealed record ActivitiesSkipped(DateTimeOffset At, int Step, IReadOnlyList<string> Codes) : CaseEvent(At);

/// <param name="PlannedFor">Swedish calendar date.</param>
public sealed record ActivityPlanned(DateTimeOffset At, int Step, string Code, DateOnly PlannedFor, string AssignedTo, string Note) : CaseEvent(At);

/// <summary>The activities "vid behov" that nobody had recorded when the case left the step: chosen not to be needed (R-A1).</summary>
public sealed record ActivitiesNotNeeded(DateTimeOffset At, int Step, IReadOnlyList<string> Codes) : CaseEvent(At);

/// <summary>What is to be done at the step the case has entered, and by when; later settings change none of it.</summary>
public sealed record StepDeadlinesSet(DateTimeOffset At, int Step, IReadOnlyList<StepDeadline> Deadlines) : CaseEvent(At);

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

/// <param name="Measure">Its place in the revision, from 1.</param>
public sealed record MeasureReportedDone(DateTimeOffset At, Guid PlanId, int Revision, int Measure, string Account, string ReportedBy) : CaseEvent(At);

public sealed record MeasureVerified(DateTimeOffset At, Guid PlanId, int Revision, int Measure, string Verification, string VerifiedBy) : CaseEvent(At);

public sealed record ReturnCriteriaSet(DateTimeOffset At, int Step, IReadOnlyList<ReturnCriterion> Criteria) : CaseEvent(At);

public sealed record ReturnCriterionMet(
    DateTimeOffset At, Guid CriterionId, string Verification, string? ShortenedObservationMotivation, string VerifiedBy) : CaseEvent(At);

/// <summary>What the end of the business rests on (R-E5); in the same transaction as the step it leads to.</summary>
public sealed record TerminationGroundStated(DateTimeOffset At, TerminationGround Ground) : CaseEvent(At);

/// <param name="Recurrence">How R-E1 was judged; null where something else led there, and where it was written before the event said so.</param>
public sealed record CaseEscalated(
    DateTimeOffset At, int FromStep, int ToStep, TransitionBasis Basis, IReadOnlyList<int> SkippedSteps, AppliedRecurrence? Recurrence = null) : CaseEvent(At);

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

/// <summary>What the closing of a terminated case settles (R-Z2).</summary>
/// <param name="RetentionClass">The region's class in its records schedule (dokumenthanteringsplan).</param>
public sealed record TerminationConcluded(DateTimeOffset At, string RetentionClass) : CaseEvent(At);

/// <summary>The case goes on as another one of the region's (R-Z4); its own stream stays readable.</summary>
public sealed record CaseMergedInto(DateTimeOffset At, Guid CaseId) : CaseEvent(At);

/// <summary>Another case of the region has gone on as this one, with its deviations; what had triggered there triggers nothing here.</summary>
public sealed record CaseAbsorbed(DateTimeOffset At, Guid CaseId, IReadOnlyList<AttachedDeviation> Deviations, IReadOnlyList<Guid> UsedEvidence) : CaseEvent(At);

/// <summary>Another body has taken the case over (R-Z4).</summary>
/// <param name="Region">Its code.</param>
/// <param name="AcceptanceReference">Its acceptance, in the region's own records.</param>
/// <param name="DisclosureReference">The decision to disclose, in the region's own records.</param>
public sealed record CaseTransferred(DateTimeOffset At, string Region, string AcceptanceReference, string DisclosureReference) : CaseEvent(At);

/// <summary>A closed case was opened again by something new (R-Z5).</summary>
/// <param name="Recurrence">How R-E1 was judged; null where something else led there, and where it was written before the event said so.</param>
public sealed record CaseReopened(DateTimeOffset At, int Step, TransitionBasis Basis, AppliedRecurrence? Recurrence = null) : CaseEvent(At);

/// <summary>The case goes on under another edition (R-G4). What was done stays done; what it counts as is said activity by activity.</summary>
public sealed record CaseMigratedToLadder(
    DateTimeOffset At, string From, string To, int Step, IReadOnlyList<ActivityMapping> Activities, string Motivation, DecisionMaker DecidedBy) : CaseEvent(At);
