using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;
using RegionEscalation.Domain.WatchList;

namespace RegionEscalation.Domain.Cases;

/// <summary>An escalation case (eskaleringsärende), as its stream tells it.</summary>
public sealed record EscalationCase
{
    public required Guid Id { get; init; }
    public required long Version { get; init; }

    /// <summary>The region's own registration number (diarienummer, OSL 5 kap.).</summary>
    public string? RegistrationNumber { get; init; }
    public required Supplier Supplier { get; init; }
    public required ContractReference Contract { get; init; }
    public required string LadderVersion { get; init; }
    public required int Step { get; init; }
    public required DateTimeOffset StepEnteredAt { get; init; }

    /// <summary>What led into the current step.</summary>
    public required Trigger Trigger { get; init; }

    /// <summary>Counts the entries into steps, from 1 when the case was opened.</summary>
    public required int Visit { get; init; }
    public required int HighestStep { get; init; }

    /// <summary>When the case last moved upwards; what was found to work before that does not lead back.</summary>
    public required DateTimeOffset LastEscalatedAt { get; init; }

    /// <summary>Who decided that the case stands where it stands; a review is another's (R-D5).</summary>
    public required DecisionMaker StepDecidedBy { get; init; }
    public CaseState State { get; init; }
    public CaseOutcome? Outcome { get; init; }
    public required DateTimeOffset OpenedAt { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public IReadOnlyList<AttachedDeviation> Deviations { get; init; } = [];
    public IReadOnlyList<ActivityRecord> Activities { get; init; } = [];
    public IReadOnlyList<ActionPlan> ActionPlans { get; init; } = [];
    public IReadOnlyList<ReturnCriterionStatus> ReturnCriteria { get; init; } = [];

    /// <summary>Deviations and evaluations that have triggered a transition; none triggers a second one (R-E8).</summary>
    public IReadOnlyList<Guid> UsedEvidence { get; init; } = [];

    /// <summary>The deviations that led into the current step, and those that have borne it in their place since; none where it was entered downwards or by something else.</summary>
    public IReadOnlyList<Guid> RestsOn { get; init; } = [];

    /// <summary>How it was judged that they recur (R-E1), each time in order; none where they led there by something else, or its event does not say.</summary>
    public IReadOnlyList<AppliedRecurrence> DecidedRecurrences { get; init; } = [];

    /// <summary>What has become of them meanwhile, until somebody has looked at it or the case has left the step (R-V1).</summary>
    public LapsedTrigger? LapsedTrigger { get; init; }

    /// <summary>Letters, meetings, sanctions, blocks and so on, in the order they were made.</summary>
    public IReadOnlyList<CaseRecord> Records { get; init; } = [];

    /// <summary>What the current step is to bring, and by when.</summary>
    public IReadOnlyList<StepDeadline> Deadlines { get; init; } = [];

    /// <summary>The steps left downwards.</summary>
    public IReadOnlyList<LeftStep> LeftSteps { get; init; } = [];

    /// <summary>The editions left, in order; the events only carry codes, and this says whose codes they are.</summary>
    public IReadOnlyList<LeftLadder> LeftLadders { get; init; } = [];

    /// <summary>Its stays at steps 3–5, in order.</summary>
    public IReadOnlyList<NationalVisit> NationalVisits { get; init; } = [];

    /// <summary>The notice that the regions are owed beyond what entering a step asks for (R-N4).</summary>
    public DueNotice? DueNotice { get; init; }

    /// <summary>The case it went on as, when merged.</summary>
    public Guid? MergedInto { get; init; }

    /// <summary>The body that took it over, when transferred; its code.</summary>
    public string? TransferredTo { get; init; }

    /// <summary>Deviations from another contract of the supplier, from a case that was merged into this one; they do not recur under this contract (R-E1).</summary>
    public IReadOnlyList<Guid> Absorbed { get; init; } = [];

    /// <summary>The advice that its contract's deviations recur, while it stands at step 0 and they do (R-E1).</summary>
    public RecurrenceAdvice? Recurrence { get; init; }

    /// <summary>How the supplier was watched before the case was opened from the watch list (R-W1); null where it was not.</summary>
    public WatchHistory? Watched { get; init; }

    public bool IsOpen() => State == CaseState.Open;

    /// <summary>True while a review that the supplier asked for is pending, or its changed step not yet entered (R-D5).</summary>
    public bool IsDisputed() => Of<Review>().Any(r => r.IsPending()) || (IsOpen() && ChangedStep() is not null);

    /// <summary>The review that has changed the step the case stands at, until the case is where it belongs.</summary>
    public Review? ChangedStep() =>
        Of<Review>().LastOrDefault(r => r.Decision is { Outcome: ReviewOutcome.Changed } d && d.ToStep < Step && r.DecidedAt >= StepEnteredAt);

    /// <summary>A review has changed the step that the case was closed at: what was told of it is wrong, and nothing moves it any more.</summary>
    public bool IsFoundWrongAfterClosing() => !IsOpen() && Of<Review>().Any(r => r.Decision is { Outcome: ReviewOutcome.Changed } && r.DecidedAt >= ClosedAt);

    /// <summary>The edition in force when the case's event of that version happened; of a migration, the one that it left.</summary>
    public string LadderAt(long version) => LeftLadders.FirstOrDefault(l => version <= l.Version)?.Ladder ?? LadderVersion;

    public IEnumerable<T> Of<T>() where T : CaseRecord => Records.OfType<T>();

    public T? Find<T>(Guid recordId) where T : CaseRecord => Of<T>().FirstOrDefault(r => r.Id == recordId);

    /// <summary>When time alone changes something of it next, UTC; null when nothing is to come.</summary>
    public DateTimeOffset? NextExpiry() => Records.Min(r => r.ExpiresAt());

    public ActionPlan? LatestPlan() => ActionPlans.Count == 0 ? null : ActionPlans[^1];

    public IEnumerable<(ActionPlan Plan, PlanRevision Revision, PlanEvaluation Evaluation)> Evaluations() =>
        from plan in ActionPlans
        from revision in plan.Revisions
        where revision.Evaluation is not null
        select (plan, revision, revision.Evaluation!);

    /// <summary>The criteria that lead out of the current step.</summary>
    public IEnumerable<ReturnCriterionStatus> CurrentCriteria() => ReturnCriteria.Where(c => c.Visit == Visit);

    public ActivityRecord? Activity(int step, string code) => Activities.FirstOrDefault(a => a.Step == step && a.Code == code);

    public bool Holds(EvidenceReference evidence) => evidence.Kind switch
    {
        EvidenceKind.Deviation => Deviations.Any(d => d.Id == evidence.Id),
        EvidenceKind.Evaluation => Evaluations().Any(e => e.Evaluation.Id == evidence.Id),
        EvidenceKind.ReturnCriterion => ReturnCriteria.Any(c => c.Criterion.Id == evidence.Id),
        EvidenceKind.Record => Records.Any(r => r.Id == evidence.Id),
        _ => !string.IsNullOrWhiteSpace(evidence.Reference),
    };

    public static EscalationCase Evolve(EscalationCase? state, CaseEvent e) => (state, e) switch
    {
        (null, CaseOpened o) => new EscalationCase
        {
            Id = o.CaseId,
            Version = 1,
            RegistrationNumber = o.RegistrationNumber,
            Supplier = o.Supplier,
            Contract = o.Contract,
            LadderVersion = o.LadderVersion,
            Step = o.Step,
            StepEnteredAt = o.At,
            Trigger = o.Basis.Trigger,
            Visit = 1,
            HighestStep = o.Step,
            LastEscalatedAt = o.At,
            StepDecidedBy = o.Basis.DecidedBy,
            OpenedAt = o.At,
            UpdatedAt = o.At,
            UsedEvidence = o.Step == 0 ? [] : Consumed(o.Basis),
            RestsOn = DeviationsOf(o.Basis),
            DecidedRecurrences = Judged(o.Recurrence),
            NationalVisits = o.Step < LadderDefinition.FirstNationalStep ? [] : [new NationalVisit(1, o.Step, o.At, o.Basis.Trigger, null, null)],
        },
        ({ } c, _) => Next(c, e) with { Version = c.Version + 1, UpdatedAt = e.At },
        _ => throw new InvalidOperationException($"A case's stream cannot begin with {e.GetType().Name}."),
    };

    private static EscalationCase Next(EscalationCase c, CaseEvent e) => e switch
    {
        ContractOfCaseChanged k => c with { Contract = c.Contract with { OwnerAddress = k.OwnerAddress } },
        SupplierOfCaseMarked m => WithSupplier(c, c.Supplier with { SoleTrader = m.SoleTrader ? true : null }),
        DeviationAttached a => c with { Deviations = [.. c.Deviations, a.Deviation] },
        AttachedDeviationReassessed r => c with { Deviations = Replace(c.Deviations, d => d.Id == r.DeviationId, d => d with { Assessment = r.Assessment }) },
        AttachedDeviationResolved r => c with { Deviations = Replace(c.Deviations, d => d.Id == r.DeviationId, d => d with { ResolvedAt = r.At }) },
        AttachedDeviationFoundUnfounded u => c with
        {
            Deviations = Replace(c.Deviations, d => d.Id == u.DeviationId, d => d with { ResolvedAt = d.ResolvedAt ?? u.At, UnfoundedAt = u.At }),
        },
        StepTriggerLapsed l => c with { LapsedTrigger = new LapsedTrigger(l.DeviationId, l.Lapse, l.At, l.Due) },
        StepTriggerReviewed => c with { LapsedTrigger = null },
        // What it rested on before is not forgotten: it bears the step again where it comes to count again.
        StepTriggerRestored r => c with
        {
            LapsedTrigger = null,
            RestsOn = [.. c.RestsOn.Union(r.RestsOn)],
            DecidedRecurrences = [.. c.DecidedRecurrences.Union(Judged(r.Recurrence))],
        },
        ActivityCompleted a => Record(c, new ActivityRecord(a.Step, a.Code, ActivityOutcome.Completed, a.PerformedAt, a.PerformedBy, a.Note)),
        ActivityDispensedWith a => Record(c, new ActivityRecord(a.Step, a.Code, ActivityOutcome.DispensedWith, a.At, a.DecidedBy, a.Reason)),
        ActivitiesSkipped a => a.Codes.Aggregate(c, (x, code) => Record(x, new ActivityRecord(a.Step, code, ActivityOutcome.Skipped, a.At, null, null))),
        ActivityPlanned a => Record(c, new ActivityRecord(a.Step, a.Code, ActivityOutcome.Planned, a.At, a.AssignedTo, a.Note, a.PlannedFor)),
        ActivitiesNotNeeded a => a.Codes.Aggregate(c, (x, code) => Record(x, new ActivityRecord(a.Step, code, ActivityOutcome.NotNeeded, a.At, null, null))),
        StepDeadlinesSet d => c with { Deadlines = d.Deadlines },
        RecordEvent r => c with
        {
            Records = Put([.. c.Records.Select(x => x.Id == r.RecordId ? x : r.AlsoChanges(x))], r.Apply(c.Records.FirstOrDefault(x => x.Id == r.RecordId), c)),
            DueNotice = r is NoticeIssued || (r is NoticeExpired && !Notices.OutlivesExpiry(c, r.RecordId)) ? null : c.DueNotice,
            NationalVisits = r is ReviewDecided { Decision.Outcome: ReviewOutcome.Changed } && !c.IsOpen()
                ? [.. c.NationalVisits.Select((v, i) => i == c.NationalVisits.Count - 1 ? v with { LeftBy = WayLeft.Review } : v)]
                : c.NationalVisits,
        },
        RecurrenceDetected r => c with { Recurrence = new RecurrenceAdvice(r.At, r.Count, r.Months, r.SameRequirement, r.From, r.To, r.Deviations) },
        RecurrenceCeased => c with { Recurrence = null },
        CameFromWatchList w => c with { Watched = w.Watch },
        NoticeFellDue n => c with { DueNotice = new DueNotice(n.Kind, n.Due) },
        ActionPlanEstablished p => c with
        {
            ActionPlans = [.. c.ActionPlans, new ActionPlan(p.PlanId, [new PlanRevision(1, p.Content, p.At, null, null)])],
        },
        ActionPlanRevised p => c with
        {
            ActionPlans = Replace(c.ActionPlans, x => x.Id == p.PlanId, x => x with
            {
                Revisions = [.. x.Revisions, new PlanRevision(p.Revision, p.Content, p.At, null, null)],
            }),
        },
        ActionPlanAgreed p => InRevision(c, p.PlanId, p.Revision, r => r with { Agreement = p.Agreement }),
        ActionPlanEvaluated p => InRevision(c, p.PlanId, p.Revision, r => r with
        {
            Evaluation = new PlanEvaluation(p.EvaluationId, p.Outcome, c.Step, p.At),
        }),
        MeasureReportedDone m => InMeasure(c, m.PlanId, m.Revision, m.Measure, p => p with { ReportedDoneAt = m.At }),
        MeasureVerified m => InMeasure(c, m.PlanId, m.Revision, m.Measure, p => p with { VerifiedAt = m.At }),
        ReturnCriteriaSet s => c with
        {
            ReturnCriteria = [.. c.ReturnCriteria, .. s.Criteria.Select(x => new ReturnCriterionStatus(x, s.Step, c.Visit, s.At, null))],
        },
        ReturnCriterionMet m => c with
        {
            ReturnCriteria = Replace(c.ReturnCriteria, x => x.Criterion.Id == m.CriterionId, x => x with { MetAt = m.At }),
        },
        CaseEscalated x => Enter(c, x.ToStep, x.Basis.Trigger, x.At) with
        {
            LastEscalatedAt = x.At,
            StepDecidedBy = x.Basis.DecidedBy,
            RestsOn = StepTriggers.Bearing(c, x.Basis, DeviationsOf(x.Basis)),
            DecidedRecurrences = Judged(x.Recurrence),
            // What is still open supports step 5 as it supported step 4; it is used once all the same.
            UsedEvidence = [.. c.UsedEvidence.Union(Consumed(x.Basis))],
        },
        CaseDeEscalated x => Enter(c, x.ToStep, x.Basis.Trigger, x.At) with
        {
            // A step that a review found wrong was never rightly left, and a relapse does not lead back to it.
            LeftSteps = x.Basis.Trigger == Trigger.ReviewChanged ? c.LeftSteps : [.. c.LeftSteps, new LeftStep(x.FromStep, x.At)],
            StepDecidedBy = x.Basis.DecidedBy,
        },
        // What the step rests on is in its event; nothing asks for it later.
        TerminationGroundStated or TerminationConcluded => c,
        CaseMergedInto m => c with { MergedInto = m.CaseId },
        CaseTransferred t => c with { TransferredTo = t.Region },
        CaseAbsorbed a => c with { Deviations = [.. c.Deviations, .. a.Deviations], Absorbed = [.. c.Absorbed, .. a.Deviations.Select(d => d.Id)], UsedEvidence = [.. c.UsedEvidence.Union(a.UsedEvidence)] },
        CaseReopened x => Enter(c, x.Step, x.Basis.Trigger, x.At) with
        {
            State = CaseState.Open,
            Outcome = null,
            ClosedAt = null,
            LastEscalatedAt = x.At,
            StepDecidedBy = x.Basis.DecidedBy,
            RestsOn = StepTriggers.Bearing(c, x.Basis, DeviationsOf(x.Basis)),
            DecidedRecurrences = Judged(x.Recurrence),
            UsedEvidence = x.Step == 0 ? c.UsedEvidence : [.. c.UsedEvidence.Union(Consumed(x.Basis))],
        },
        CaseMigratedToLadder m => m.Activities.Aggregate(
            c with { LadderVersion = m.To, LeftLadders = [.. c.LeftLadders, new LeftLadder(m.From, c.Version + 1)] },
            (x, mapping) => c.Activity(m.Step, mapping.From) is { } done
                && x.Activity(m.Step, mapping.To) is not { Outcome: ActivityOutcome.Completed or ActivityOutcome.DispensedWith }
                    ? Record(x, done with { Code = mapping.To })
                    : x),
        CaseClosed x => Left(x.Outcome == CaseOutcome.Unfounded ? FoundWrong(c) : c, x.At, x.Outcome switch
        {
            not CaseOutcome.Unfounded when c.ChangedStep() is not null => WayLeft.Review,
            CaseOutcome.Resolved => WayLeft.Resolved,
            CaseOutcome.Terminated => WayLeft.Terminated,
            CaseOutcome.Merged => WayLeft.Merged,
            CaseOutcome.Transferred => WayLeft.Transferred,
            _ => WayLeft.Unfounded,
        }) with { State = CaseState.Closed, Outcome = x.Outcome, ClosedAt = x.At, Records = Notices.WhenLeft(c.Records, x.At), Recurrence = null },
        _ => throw new InvalidOperationException($"{e.GetType().Name} cannot follow in a case's stream."),
    };

    /// <summary>The case as it was, with its supplier as it is known now: what was written before a mark shows no number (R-G8).</summary>
    public EscalationCase Marked(NaturalPersons natural)
    {
        ArgumentNullException.ThrowIfNull(natural);
        return natural.Marked(Supplier) is var supplier && supplier != Supplier ? WithSupplier(this, supplier) : this;
    }

    /// <summary>A notice goes on saying what it said, under the name that the supplier has from now on outside its region.</summary>
    private static EscalationCase WithSupplier(EscalationCase c, Supplier supplier) => c with
    {
        Supplier = supplier,
        Records = [.. c.Records.Select(r => r is Notice n ? n with { Payload = NationalAccessPolicy.Named(n.Payload, supplier) } : r)],
    };

    private static EscalationCase Enter(EscalationCase c, int step, Trigger trigger, DateTimeOffset at)
    {
        var isNational = step >= LadderDefinition.FirstNationalStep;
        var left = Left(c, at, step > c.Step ? WayLeft.Upwards : c.ChangedStep() is not null ? WayLeft.Review : WayLeft.WayBack);
        return left with
        {
            Step = step,
            StepEnteredAt = at,
            Trigger = trigger,
            Visit = c.Visit + 1,
            RestsOn = [],
            DecidedRecurrences = [],
            LapsedTrigger = null,
            Deadlines = [],
            Recurrence = null,
            HighestStep = Math.Max(c.HighestStep, step),
            NationalVisits = isNational ? [.. left.NationalVisits, new NationalVisit(c.Visit + 1, step, at, trigger, null, null)] : left.NationalVisits,
            Records = isNational ? c.Records : Notices.WhenLeft(c.Records, at),
            // What is told of the step entered tells of everything else too, but of what was wrong.
            DueNotice = isNational && c.DueNotice?.Kind != NoticeKind.Retraction ? null : c.DueNotice,
        };
    }

    private static EscalationCase Left(EscalationCase c, DateTimeOffset at, WayLeft by) => c with
    {
        NationalVisits = Replace(c.NationalVisits, v => v.LeftAt is null, v => v with { LeftAt = at, LeftBy = by }),
    };

    /// <summary>What was unfounded was so at every stay, and remains so when the case is opened again (R-Z3).</summary>
    private static EscalationCase FoundWrong(EscalationCase c) => c with { NationalVisits = Replace(c.NationalVisits, _ => true, v => v with { LeftBy = WayLeft.Unfounded }) };

    private static EscalationCase Record(EscalationCase c, ActivityRecord record) => c with
    {
        Activities = [.. c.Activities.Where(a => a.Step != record.Step || a.Code != record.Code), record with { Visit = c.Visit }],
    };

    private static EscalationCase InRevision(EscalationCase c, Guid planId, int revision, Func<PlanRevision, PlanRevision> change) => c with
    {
        ActionPlans = Replace(c.ActionPlans, p => p.Id == planId, p => p with
        {
            Revisions = Replace(p.Revisions, r => r.Revision == revision, change),
        }),
    };

    private static EscalationCase InMeasure(EscalationCase c, Guid planId, int revision, int measure, Func<MeasureProgress, MeasureProgress> change) =>
        InRevision(c, planId, revision, r => r with
        {
            Progress =
            [
                .. r.Progress.Where(p => p.Measure != measure),
                change(r.Progress.FirstOrDefault(p => p.Measure == measure) ?? new MeasureProgress(measure, null, null)),
            ],
        });

    private static IReadOnlyList<CaseRecord> Put(IReadOnlyList<CaseRecord> records, CaseRecord record) =>
        records.Any(r => r.Id == record.Id) ? Replace(records, r => r.Id == record.Id, _ => record) : [.. records, record];

    private static IReadOnlyList<T> Replace<T>(IReadOnlyList<T> list, Func<T, bool> which, Func<T, T> change) =>
        [.. list.Select(x => which(x) ? change(x) : x)];

    private static IReadOnlyList<AppliedRecurrence> Judged(AppliedRecurrence? recurrence) => recurrence is null ? [] : [recurrence];

    private static IReadOnlyList<Guid> DeviationsOf(TransitionBasis basis) => [.. basis.Evidence.Where(e => e.Kind == EvidenceKind.Deviation).Select(e => e.Id!.Value)];

    /// <summary>What triggered the transition; what is cited beside it may still trigger another.</summary>
    private static IReadOnlyList<Guid> Consumed(TransitionBasis basis)
    {
        EvidenceKind[] triggering = basis.Trigger switch
        {
            // A refusal to plan stands in for an evaluation, and the classification of a persistent failure beside one.
            Trigger.PlanWithoutEffect or Trigger.PlanNotFollowed or Trigger.PersistentFailure => [EvidenceKind.Evaluation, EvidenceKind.Record],
            Trigger.NoSolution => [EvidenceKind.Evaluation, EvidenceKind.Deviation],
            _ => [EvidenceKind.Deviation],
        };
        return [.. basis.Evidence.Where(e => triggering.Contains(e.Kind)).Select(e => e.Id!.Value)];
    }
}
