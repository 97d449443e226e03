using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Cases;

public enum CaseState
{
    Open,
    Closed,
}

public enum CaseOutcome
{
    Resolved,
    Unfounded,

    /// <summary>The contract or the cooperation has ended.</summary>
    Terminated,

    /// <summary>It goes on as another of the region's cases.</summary>
    Merged,

    /// <summary>Another body has taken it over.</summary>
    Transferred,
}

public enum EvidenceKind
{
    Deviation,

    /// <summary>An evaluation of an action plan of the case.</summary>
    Evaluation,
    ReturnCriterion,

    /// <summary>A record of the case: a letter, a meeting, a statement and so on.</summary>
    Record,

    /// <summary>A document in the region's own records, by its reference.</summary>
    Document,
}

/// <param name="Id">The evidence's id within the case; for every kind but documents.</param>
/// <param name="Reference">The document's reference, such as a registration number (diarienummer); for documents only.</param>
public sealed record EvidenceReference(EvidenceKind Kind, Guid? Id = null, string? Reference = null)
{
    /// <summary>An id counts only together with its kind: a document is no deviation, whatever id it carries.</summary>
    internal bool Cites(EvidenceKind kind, Guid id) => Kind == kind && Id == id;
}

/// <summary>A number or a demand of a rule that is departed from in this single case, and why.</summary>
/// <param name="Rule">The rule's id, such as <c>R-E7</c>.</param>
public sealed record Departure(string Rule, string Motivation);

/// <summary>What every transition rests on and is recorded with (R-G7).</summary>
public sealed record TransitionBasis(
    Trigger Trigger,
    IReadOnlyList<EvidenceReference> Evidence,
    string Motivation,
    DecisionMaker DecidedBy,
    IReadOnlyList<Departure> Departures);

/// <summary>What decides of a deviation, copied into the case's own stream.</summary>
/// <param name="ResolvedAt">When it was handled and fed back, or found unfounded, UTC.</param>
/// <param name="UnfoundedAt">When it was found unfounded, UTC.</param>
/// <param name="RequirementReference">The requirement that was not met; null where it was attached before the case knew.</param>
public sealed record AttachedDeviation(
    Guid Id, DateTimeOffset OccurredAt, string ReportedBy, DateTimeOffset AttachedAt, Assessment? Assessment, DateTimeOffset? ResolvedAt,
    DateTimeOffset? UnfoundedAt = null, string? RequirementReference = null)
{
    /// <summary>True when the deviation can trigger anything: assessed, counting under R-G6, and not unfounded (R-Z3).</summary>
    public bool Counts() => UnfoundedAt is null && Assessment?.Counts() == true;

    public bool IsOpenAndSerious() => ResolvedAt is null && Assessment?.Severity == Severity.Serious;

    public static AttachedDeviation CopyOf(Deviation d, DateTimeOffset now) =>
        new(d.Id, d.OccurredAt, d.ReportedBy, now, d.Assessment, d.ResolvedAt(), d.IsUnfounded() ? d.Closure!.At : null, d.RequirementReference);
}

public enum ActivityOutcome
{
    Completed,

    /// <summary>Not applicable in this case, with a reason.</summary>
    DispensedWith,

    /// <summary>Jumped over because of a serious deviation.</summary>
    Skipped,

    /// <summary>Still to be done, on a day.</summary>
    Planned,

    /// <summary>"Vid behov", and not needed (R-A1).</summary>
    NotNeeded,
}

/// <param name="At">When it was performed, or what it says was recorded, UTC.</param>
/// <param name="By">The function that performed it, dispensed with it, or is to do it; null when skipped or not needed.</param>
/// <param name="Text">The note, or the reason; null otherwise.</param>
/// <param name="PlannedFor">Swedish calendar date; when planned only.</param>
/// <param name="Visit">Which entry into a step the case stood at when it was recorded.</param>
public sealed record ActivityRecord(int Step, string Code, ActivityOutcome Outcome, DateTimeOffset At, string? By, string? Text, DateOnly? PlannedFor = null, int Visit = 0);

/// <param name="Code">What is to be done: <c>returnCriteria</c> or <c>informRegions</c>.</param>
/// <param name="Due">The instant from which it is overdue, UTC.</param>
public sealed record StepDeadline(string Code, DateTimeOffset Due);

/// <summary>How a case left one of the steps 3–5.</summary>
public enum WayLeft
{
    /// <summary>To a higher step.</summary>
    Upwards,

    /// <summary>Väg tillbaka: to a lower step.</summary>
    WayBack,

    /// <summary>A review has found that it never belonged there (R-D5).</summary>
    Review,
    Resolved,
    Terminated,
    Unfounded,
    Merged,
    Transferred,
}

/// <summary>One of the case's stays at steps 3–5, which is what the others may know of its course.</summary>
/// <param name="Visit">Which entry into a step it was.</param>
/// <param name="EnteredAt">UTC.</param>
/// <param name="LeftAt">UTC; null while it stands there.</param>
public sealed record NationalVisit(int Visit, int Step, DateTimeOffset EnteredAt, Trigger Trigger, DateTimeOffset? LeftAt, WayLeft? LeftBy);

/// <summary>An activity done under the edition left, and the one that it counts as under the edition entered (R-G4).</summary>
public sealed record ActivityMapping(string From, string To);

/// <summary>A step that was left downwards (R-D6).</summary>
public sealed record LeftStep(int Step, DateTimeOffset At);

/// <summary>An edition that the case has left (R-G4).</summary>
/// <param name="Version">The case's version by which it left: up to there its events answer to this edition.</param>
public sealed record LeftLadder(string Ladder, long Version);

/// <summary>What ending the business may rest on (R-E5).</summary>
public enum TerminationGroundKind
{
    /// <summary>Hävning, by a clause of the contract.</summary>
    Rescission,

    /// <summary>Uppsägning, by a clause of the contract.</summary>
    Termination,

    /// <summary>LOU 17 kap. 17 §.</summary>
    Lou1717,
}

/// <summary>Why the supplier is heard only afterwards (R-E5).</summary>
public enum DeferralReason
{
    PatientSafety,
    Crime,
    Evidence,
}

public sealed record HearingDeferral(DeferralReason Reason, string Motivation);

/// <param name="ClauseReference">Where in the contract it stands; for a clause only.</param>
/// <param name="Immediate">True when it allows ending at once, which is what leads to step 5 from below 4.</param>
/// <param name="SecondApprover">Another function than the one that decides.</param>
public sealed record TerminationGround(
    TerminationGroundKind Kind, string? ClauseReference, bool Immediate, HearingDeferral? Deferral, DecisionMaker? SecondApprover);

/// <param name="Due">Swedish calendar date.</param>
public sealed record PlanMeasure(string What, string Who, DateOnly Due);

/// <param name="ExpectedEffect">What is to be seen when the plan works, so that it can be measured.</param>
/// <param name="EvaluationDate">Swedish calendar date; evaluating earlier needs a motivation (R-E2).</param>
public sealed record PlanContent(IReadOnlyList<PlanMeasure> Measures, string ExpectedEffect, DateOnly EvaluationDate, string AuthoredBy);

public enum Agreement
{
    Agreed,

    /// <summary>Decided by the region without the supplier's consent.</summary>
    Imposed,
}

public enum PlanOutcome
{
    Effective,
    PartlyEffective,
    WithoutEffect,
    NotFollowed,
}

/// <param name="Step">The step at which the case stood when the plan was evaluated.</param>
public sealed record PlanEvaluation(Guid Id, PlanOutcome Outcome, int Step, DateTimeOffset At);

/// <param name="Measure">Its place in the revision, from 1.</param>
public sealed record MeasureProgress(int Measure, DateTimeOffset? ReportedDoneAt, DateTimeOffset? VerifiedAt);

public sealed record PlanRevision(int Revision, PlanContent Content, DateTimeOffset EstablishedAt, Agreement? Agreement, PlanEvaluation? Evaluation)
{
    /// <summary>What has been reported and verified of its measures.</summary>
    public IReadOnlyList<MeasureProgress> Progress { get; init; } = [];

    public bool IsInForce() => Agreement is not null && Evaluation is null;
}

public sealed record ActionPlan(Guid Id, IReadOnlyList<PlanRevision> Revisions)
{
    public PlanRevision Latest() => Revisions[^1];
}

/// <summary>A measurable condition for the way back (R-D1), observed until a date unless shortened with a motivation.</summary>
/// <param name="ObservedUntil">End of the observation period, UTC.</param>
public sealed record ReturnCriterion(Guid Id, string Text, DateTimeOffset ObservedUntil);

/// <param name="Visit">Which entry into a step the criterion belongs to; criteria of an earlier visit do not lead out of this one.</param>
public sealed record ReturnCriterionStatus(ReturnCriterion Criterion, int Step, int Visit, DateTimeOffset SetAt, DateTimeOffset? MetAt);
