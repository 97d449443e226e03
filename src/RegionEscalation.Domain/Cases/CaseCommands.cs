using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Cases;

public abstract record CaseCommand;

/// <param name="Contract">The contract as the region's catalogue has it now; null when the number is unknown.</param>
/// <param name="Deviations">What the case starts from (R-E0), each as it stands now; ids that the region does not have are left out.</param>
/// <param name="OtherOpenCase">An open case about the same supplier and contract, if there is one (R-G2).</param>
public sealed record OpenCase(
    Guid CaseId,
    string? RegistrationNumber,
    Contract? Contract,
    int ToStep,
    IReadOnlyList<Deviation> Deviations,
    TransitionBasis Basis,
    Guid? OtherOpenCase) : CaseCommand;

/// <param name="Deviation">As it stands now; null when the region has no such deviation.</param>
public sealed record AttachDeviation(Deviation? Deviation) : CaseCommand;

/// <param name="Step">A step that the case stands at or has stood at; null for the current one.</param>
public sealed record CompleteActivity(string Code, int? Step, DateTimeOffset PerformedAt, string PerformedBy, string Note) : CaseCommand;

public sealed record DispenseWithActivity(string Code, int? Step, string Reason, string DecidedBy) : CaseCommand;

public sealed record EstablishActionPlan(Guid PlanId, PlanContent Content) : CaseCommand;

public sealed record ReviseActionPlan(Guid PlanId, PlanContent Content) : CaseCommand;

public sealed record AgreeActionPlan(Guid PlanId, Agreement Agreement, string AgreedBy) : CaseCommand;

/// <param name="OperationsConfirmation">What the operations concerned say of the effect (C18 in the domain description).</param>
/// <param name="EarlyMotivation">Why the plan is evaluated before its evaluation date.</param>
public sealed record EvaluateActionPlan(
    Guid PlanId, Guid EvaluationId, PlanOutcome Outcome, string Motivation, string? OperationsConfirmation, string? EarlyMotivation, string EvaluatedBy)
    : CaseCommand;

public sealed record SetReturnCriteria(IReadOnlyList<(Guid Id, string Text)> Criteria) : CaseCommand;

/// <param name="ShortenedObservationMotivation">Why the criterion counts as met before its observation period has ended.</param>
public sealed record ConfirmReturnCriterion(
    Guid CriterionId, string Verification, string? ShortenedObservationMotivation, string VerifiedBy) : CaseCommand;

public sealed record Escalate(int ToStep, TransitionBasis Basis) : CaseCommand;

public sealed record DeEscalate(int ToStep, TransitionBasis Basis) : CaseCommand;

public sealed record CloseCase(CaseOutcome Outcome, TransitionBasis Basis, string? RootCause, bool? LessonsLearned) : CaseCommand;

/// <summary>What a case's decisions rest on besides the case: its edition, its region's numbers and the time.</summary>
/// <param name="Now">UTC, whole microseconds.</param>
public sealed record CaseContext(LadderDefinition Ladder, LadderSettings Settings, DateTimeOffset Now);
