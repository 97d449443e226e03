using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.Regions;
using RegionEscalation.Domain.WatchList;

namespace RegionEscalation.Domain.Cases;

public abstract record CaseCommand;

/// <param name="Contract">The contract as the region's catalogue has it now; null when the number is unknown.</param>
/// <param name="Deviations">What the case starts from (R-E0), each as it stands now; ids that the region does not have are left out.</param>
/// <param name="OtherOpenCase">An open case about the same supplier and contract, if there is one (R-G2).</param>
/// <param name="Watch">The entry of the watch list that the case is opened from, with its risk assessments and its history (R-W1).</param>
public sealed record OpenCase(
    Guid CaseId,
    string? RegistrationNumber,
    Contract? Contract,
    int ToStep,
    IReadOnlyList<Deviation> Deviations,
    TransitionBasis Basis,
    Guid? OtherOpenCase,
    OpeningRisk? Risk = null,
    OpeningIncident? Incident = null,
    WatchEntry? Watch = null) : CaseCommand;

/// <summary>A risk assessment, or an incident, that a case starts from without any deviation (R-E0).</summary>
public sealed record OpeningRisk(Guid RecordId, RiskAssessmentContent Content);

/// <inheritdoc cref="OpeningRisk"/>
public sealed record OpeningIncident(Guid RecordId, IncidentContent Content);

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

/// <param name="Termination">What the end of the business rests on; for step 5 only.</param>
/// <param name="Contract">The contract as the region's catalogue has it now.</param>
public sealed record Escalate(int ToStep, TransitionBasis Basis, TerminationGround? Termination = null, Contract? Contract = null) : CaseCommand;

public sealed record DeEscalate(int ToStep, TransitionBasis Basis) : CaseCommand;

/// <param name="RetentionClass">The region's class in its records schedule; when terminated.</param>
/// <param name="MergeInto">The case it goes on as, as it stands now; when merged. Null when the region has no such case.</param>
/// <param name="TransferTo">The body that takes it over; when transferred.</param>
public sealed record CloseCase(
    CaseOutcome Outcome, TransitionBasis Basis, string? RootCause, bool? LessonsLearned, string? RetentionClass = null, EscalationCase? MergeInto = null,
    CaseTransfer? TransferTo = null) : CaseCommand;

/// <param name="Region">The code of the body that takes the case over.</param>
public sealed record CaseTransfer(string Region, string? AcceptanceReference, string? DisclosureReference);

/// <summary>Takes another case's deviations over, in the transaction that closes the other as merged.</summary>
public sealed record AbsorbCase(EscalationCase Other) : CaseCommand;

/// <param name="Deviations">Those of the evidence that are not attached yet, and the case's own, each as it stands now.</param>
/// <param name="OtherOpenCase">An open case about the same supplier and contract, if there is one (R-G2).</param>
public sealed record ReopenCase(int ToStep, IReadOnlyList<Deviation> Deviations, TransitionBasis Basis, Guid? OtherOpenCase) : CaseCommand;

/// <param name="Ladder">The edition to go on under; null when there is none of that name.</param>
/// <param name="Region">The region, which alone may use an edition of its own.</param>
/// <param name="Step">What the current step is under it; it says the same number, since nothing but a transition moves a case (R-G3).</param>
/// <param name="Activities">What the activities done at the current step count as.</param>
public sealed record MigrateCaseToLadder(
    LadderDefinition? Ladder, Region Region, int Step, IReadOnlyList<ActivityMapping> Activities, string Motivation, DecisionMaker DecidedBy) : CaseCommand;

/// <summary>Notes what time has ended: blocks and evidence files. No person or client asks for it, and it moves nothing (R-E9).</summary>
public sealed record NoteExpiries : CaseCommand;

/// <param name="PlannedFor">Swedish calendar date, not in the past.</param>
public sealed record PlanActivity(string Code, int? Step, DateOnly PlannedFor, string AssignedTo, string Note) : CaseCommand;

/// <param name="Measure">Its place in the plan's latest revision, from 1.</param>
public sealed record ReportMeasure(Guid PlanId, int Measure, string Account, string ReportedBy) : CaseCommand;

/// <inheritdoc cref="ReportMeasure"/>
public sealed record VerifyMeasure(Guid PlanId, int Measure, string Verification, string VerifiedBy) : CaseCommand;

/// <summary>What a case's decisions rest on besides the case: its edition as it is in its region, the region's numbers and the time.</summary>
/// <param name="Now">UTC, whole microseconds.</param>
public sealed record CaseContext(LadderDefinition Ladder, LadderSettings Settings, DateTimeOffset Now);
