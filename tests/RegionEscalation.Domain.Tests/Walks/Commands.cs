using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.Regions;
using RegionEscalation.Domain.WatchList;

namespace RegionEscalation.Domain.Tests.Walks;

/// <summary>Which command comes next: what is possible and what it still lacks, or just any.</summary>
internal sealed class Commands(Draw draw, Walker walker)
{
    private readonly RecordCommands _records = new(draw, walker);

    private EscalationCase State => draw.State;

    public CaseCommand Open()
    {
        var trigger = draw.One(Trigger.Risk, Trigger.Incident, Trigger.SingleDeviation, Trigger.SingleDeviation, Trigger.RecurringDeviation, Trigger.SeriousDeviation);
        var number = trigger switch
        {
            Trigger.Risk or Trigger.Incident => draw.Int(0, 1),
            Trigger.RecurringDeviation => walker.Settings.RecurrenceCount,
            _ => 1,
        };
        var deviations = Deviations(number, trigger == Trigger.SeriousDeviation);
        var step = draw.Context.Ladder.LowestStepAbove(-1, trigger) ?? 0;
        return new OpenCase(draw.New(), draw.Maybe("RS 2026-0117"), draw.Wrong() ? null : Draw.Contracts[0], draw.Wrong() ? draw.Int(-1, 6) : step, deviations,
            draw.Basis(trigger, [.. deviations.Select(Some.Evidence)]), draw.Wrong() ? draw.New() : null,
            trigger == Trigger.Risk ? new OpeningRisk(draw.New(), _records.Risk()) : null,
            trigger == Trigger.Incident ? new OpeningIncident(draw.New(), new IncidentContent("Brand i lagret", draw.Past(draw.Now.AddDays(-20)), "Vd")) : null,
            trigger == Trigger.Risk && draw.Chance(0.5) ? Watched() : null);
    }

    /// <summary>An entry of the watch list about the supplier, assessed a while ago and perhaps renewed since.</summary>
    private WatchEntry Watched()
    {
        var since = draw.Now.AddDays(-draw.Int(1, 400));
        var supplier = draw.Wrong() ? Some.Supplier with { Id = draw.New() } : Some.Supplier;
        return new WatchEvent[]
        {
            new SupplierPlacedUnderWatch(since, draw.New(), supplier, draw.Chance(0.5) ? Draw.Contracts[0].Reference() : null, "Lagret flyttas", "Uppföljning", "Avtalsansvarig",
                SwedishTime.DateOf(draw.Now)),
            new WatchRiskAssessed(since, draw.New(), _records.Risk()),
            new WatchRenewed(draw.Now, SwedishTime.DateOf(draw.Now).AddDays(30), "Flytten dröjer", "Avtalsansvarig"),
        }.Aggregate((WatchEntry?)null, WatchEntry.Evolve)!;
    }

    /// <summary>What the walk wants next, or something that it lacks for that.</summary>
    public CaseCommand Toward()
    {
        if (!State.IsOpen())
            return draw.Chance(0.5) ? Reopen() : State.DueNotice is not null && draw.Chance(0.5) ? _records.For("notices")! : Any();
        if ((State.DueNotice is not null && draw.Chance(0.4)) || (State.Step >= LadderDefinition.FirstNationalStep && draw.Chance(0.15)))
            return _records.For("notices")!;
        if (Notices.Standing(State) is not null && draw.Chance(0.08))
            return _records.For("disclosures")!;
        if (State.LapsedTrigger is not null && draw.Chance(0.5))
            return draw.Chance(0.5) ? ReviewTrigger() : Attach();
        if (State.Step >= Invariants.Blocking && draw.Chance(0.15))
            return _records.Measure();
        if (State.Step < Invariants.Blocking && draw.Chance(0.1) && State.Deviations.Any(d => d.IsOpenAndSerious()))
            return EndingAtOnce();
        var possible = PossibleTransitions.From(State, draw.Context).ToArray();
        draw.Shuffle(possible);
        possible = State.ChangedStep() is not null && draw.Chance(0.5) ? [.. possible.Where(p => p.Trigger == Trigger.ReviewChanged)]
            : State.LeftSteps.Count > 0 && draw.Chance(0.4) ? [.. possible.Where(p => p.Trigger == Trigger.Relapse)]
            : draw.Chance(0.15) ? [.. possible.Where(p => p.Kind != TransitionKind.Closure)]
            : [.. possible.Where(Wanted)];
        // Serious deviations lead straight up; the other ways are taken more often than their share.
        if (draw.Chance(0.75))
            possible = [.. possible.OrderBy(p => p.Trigger == Trigger.SeriousDeviation && p.ToStep < LadderDefinition.HighestStep)];
        var next = possible.FirstOrDefault(p => p.Unmet.All(r => r.Departable || IsMeetable(r)));
        if (next is null)
            return Any();
        var unmet = next.Unmet.Where(r => !r.Departable || draw.Chance(0.5)).ToArray();
        return unmet.Length == 0 ? Asked(next, departing: true) : Meeting(draw.One(unmet), next);
    }

    /// <summary>Up to the walk's top, then down or out.</summary>
    private bool Wanted(PossibleTransition p) => State.HighestStep < walker.Walk.Top ? p.Kind == TransitionKind.Escalation : walker.Walk.End switch
    {
        CaseOutcome.Resolved when State.Step >= LadderDefinition.FirstNationalStep => p.Kind == TransitionKind.DeEscalation,
        CaseOutcome.Terminated when State.Step < LadderDefinition.HighestStep => p.Kind == TransitionKind.Escalation,
        _ => p.Outcome == walker.Walk.End,
    };

    private static bool IsMeetable(Rejection r) => r.MetBy is not (null or "escalations" or "de-escalations") || r.Reason is "deviationOpen" or "seriousDeviationOpen";

    /// <summary>The command for what is told as possible, with the evidence suggested and a document beside it.</summary>
    public CaseCommand Asked(PossibleTransition p) => Asked(p, departing: false);

    private CaseCommand Asked(PossibleTransition p, bool departing)
    {
        var basis = draw.Basis(p.Trigger, [.. p.SuggestedEvidence, Some.Document()], departing ? 1 : 0);
        return p.Kind switch
        {
            TransitionKind.Escalation when p.ToStep == LadderDefinition.HighestStep => new Escalate(5, basis, draw.Wrong() ? null : draw.Ground() with { Immediate = false, Deferral = null }, Draw.Contracts[0]),
            TransitionKind.Escalation => new Escalate(p.ToStep!.Value, basis),
            TransitionKind.DeEscalation => new DeEscalate(p.ToStep!.Value, basis),
            _ => Close(p.Outcome!.Value, basis),
        };
    }

    /// <summary>What no possible transition tells of, since it is the ground that allows it (R-E5).</summary>
    private CaseCommand EndingAtOnce() => State.Of<ContinuityAssessment>().Any(a => a.IsCurrent(draw.Context)) || draw.Wrong()
        ? new Escalate(5, draw.Basis(Trigger.SeriousDeviation, [.. State.Deviations.Where(d => d.IsOpenAndSerious()).Select(d => Some.Evidence(d.Id))]),
            draw.Ground() with { Immediate = !draw.Wrong(), Deferral = new HearingDeferral(DeferralReason.PatientSafety, draw.Motivation()) }, Draw.Contracts[0])
        : _records.For("continuity-assessments")!;

    private CaseCommand Meeting(Rejection r, PossibleTransition next) => (r.MetBy?.Split('/')[0], r.Reason) switch
    {
        (null, _) => Resolving(),
        (_, "deviationNotUnfounded") => Unfounding(),
        ("deviations", _) => new AttachDeviation(draw.Unattached(serious: r.Reason.Contains("erious", StringComparison.Ordinal) ? true : null)),
        ("action-plans", _) => _records.Plan(next.Kind == TransitionKind.Escalation),
        ("return-criteria", _) => Criteria(),
        (_, "evidenceFileStands") => _records.Withdrawal(),
        ("activities" or "letters" or "meetings" or "sanctions" or "terminations" or "risk-assessments" or "crisis-groups" or "blocks", "activityOutstanding" or "crisisGroupUndecided")
            => _records.Outstanding(),
        (var resource, _) => _records.For(resource) ?? Any(),
    };

    /// <summary>Handles and feeds back what stands against it, and looks at the case meanwhile.</summary>
    private NoteExpiries Resolving()
    {
        foreach (var open in State.Deviations.Where(d => d.ResolvedAt is null).Select(d => walker.Deviations[d.Id]).ToArray())
        {
            if (open.Assessment is null)
                walker.Change(open, new AssessDeviation(draw.Assessment()));
            walker.Change(walker.Deviations[open.Id], new HandleDeviation("Ersättning", "Avtalsansvarig"));
            walker.Change(walker.Deviations[open.Id], new FeedBackDeviation("Åtgärdat", "Vårdenhet 12"));
        }
        return new NoteExpiries();
    }

    /// <summary>Finds unfounded, or the region's own doing, what stands against closing as unfounded, and looks at the case meanwhile.</summary>
    private NoteExpiries Unfounding()
    {
        foreach (var open in State.Deviations.Where(d => d.UnfoundedAt is null && d.Assessment?.CausedBy != CausedBy.Region).Select(d => walker.Deviations[d.Id]).ToArray())
            walker.Change(open, open.Assessment is not null && draw.Chance(0.3)
                ? new AssessDeviation(draw.Assessment(serious: false) with { CausedBy = CausedBy.Region, Motivation = Some.Motivation })
                : new CloseDeviation(ClosureOutcome.Unfounded, Some.Motivation, "Kategoriledare"));
        return new NoteExpiries();
    }

    private ReviewStepTrigger ReviewTrigger() => new(draw.Wrong() ? Some.TooShort : Some.Motivation, Some.HeadOfPurchasing);

    public CaseCommand Any() => draw.One<Func<CaseCommand>>(
        Attach, Attach, Complete, Dispense, Plan, Criteria, Criteria, () => _records.Plan(draw.Chance(0.6)), () => _records.Plan(draw.Chance(0.6)),
        Escalate, Escalate, DeEscalate, () => Close(draw.Of<CaseOutcome>(), draw.Basis(draw.Of<Trigger>(), draw.Evidence())), Absorb, Reopen, Migrate, ReviewTrigger, () => new NoteExpiries(),
        _records.Any, _records.Any, _records.Any, _records.Any, _records.Any, _records.Any, _records.Any, _records.Any, _records.Any, _records.Any)();

    /// <summary>Something happens to one of the region's deviations; those of the case first.</summary>
    public void ChangeDeviation()
    {
        var deviations = walker.Deviations.Values.Where(d => draw.Chance(0.3) || d.CaseId is not null).ToArray();
        if (deviations.Length == 0)
        {
            draw.Unattached(fresh: true);
            return;
        }
        var deviation = draw.One(deviations);
        walker.Change(deviation, draw.One<DeviationCommand>(new AssessDeviation(draw.Assessment()), new AssessDeviation(draw.Assessment()),
            deviation.HandledAt is null ? new HandleDeviation("Ersättning", "Avtalsansvarig") : new FeedBackDeviation("Åtgärdat", "Vårdenhet 12"),
            new AnalyseDeviation(new Analysis(RootCause.Capacity, "Lagret saknade säkerhetsnivå", draw.Chance(0.5), null, "Avtalsansvarig")),
            new CloseDeviation(draw.Chance(0.7) ? ClosureOutcome.Closed : ClosureOutcome.Unfounded, Some.Motivation, "Avtalsansvarig", Some.Motivation)));
    }

    /// <summary>The catalogue says something else of the contract, or the same once more.</summary>
    public void ChangeContract() => walker.Change(Draw.Contracts[0].Content with
    {
        OwnerAddress = draw.One("avtal@example.org", "inkop@example.org"),
        OwnerFunction = draw.Maybe("Avtalscontroller"),
        ValidUntil = draw.Chance(0.5) ? draw.Day(100, 200) : null,
    });

    private Deviation[] Deviations(int number, bool serious) =>
        [.. Enumerable.Range(0, number).Select(_ => draw.Unattached(serious ? true : null)).DistinctBy(d => d.Id)];

    private AttachDeviation Attach() => new(draw.Wrong() ? draw.One([null, .. walker.Deviations.Values]) : draw.Unattached());

    private string Code(int? step) => draw.Wrong() ? "unknown" : draw.One([.. Step(step).Activities.Concat(Step(step).SpecificActivities).Select(a => a.Code)]);

    private LadderStep Step(int? step) => draw.Context.Ladder.Step(step ?? State.Step);

    private int? AnyStep() => draw.Chance(0.6) ? null : draw.Int(0, State.HighestStep);

    private CompleteActivity Complete()
    {
        var step = AnyStep();
        return new CompleteActivity(Code(step), draw.Wrong() ? 7 : step, draw.Past(), "Avtalsansvarig", "Genomfört");
    }

    private DispenseWithActivity Dispense()
    {
        var step = AnyStep();
        return new DispenseWithActivity(Code(step), draw.Wrong() ? -1 : step, "Behövs inte", "Avtalsansvarig");
    }

    private PlanActivity Plan()
    {
        var step = AnyStep();
        return new PlanActivity(Code(step), step, draw.Day(0, 30), "Avtalsansvarig", "Genomgång");
    }

    private CaseCommand Criteria()
    {
        var unmet = State.CurrentCriteria().Where(c => c.MetAt is null).ToArray();
        if (unmet.Length == 0 || draw.Chance(0.1))
            return new SetReturnCriteria(draw.Wrong() ? [] : [.. Enumerable.Range(0, draw.Int(1, 2)).Select(i => (draw.New(), $"Villkor {i}"))]);
        var criterion = draw.One(unmet).Criterion;
        if (draw.Chance(0.5))
            walker.WaitUntil(criterion.ObservedUntil);
        return new ConfirmReturnCriterion(draw.Wrong() ? draw.New() : criterion.Id, "Kontrollerat", draw.Motivation(), "Avtalsansvarig");
    }

    private Escalate Escalate()
    {
        var to = draw.Chance(0.5) ? draw.Int(-1, 6) : State.Step + 1;
        return new Escalate(to, draw.Basis(draw.Of<Trigger>(), draw.Evidence()), to == 5 || draw.Wrong() ? draw.Ground() : null, draw.Wrong() ? null : Draw.Contracts[0]);
    }

    private DeEscalate DeEscalate() =>
        new(draw.Int(-1, 5), draw.Basis(draw.Chance(0.5) ? Trigger.ReturnCriteriaMet : draw.Of<Trigger>(), draw.Evidence()));

    private CloseCase Close(CaseOutcome outcome, TransitionBasis basis) => new(outcome, draw.Chance(0.9) ? basis with { Trigger = Enum.Parse<Trigger>($"{outcome}") } : basis,
        draw.Wrong() ? null : "Lagerstyrning", draw.Wrong() ? null : draw.Chance(0.5), draw.Wrong() ? null : "4.2 bevaras",
        outcome != CaseOutcome.Merged ? null : !draw.Wrong() ? walker.Elsewhere(draw) : draw.Chance(0.5) ? null : draw.OtherCase(Some.Supplier with { Id = draw.New() }),
        outcome == CaseOutcome.Transferred ? draw.Wrong() ? new CaseTransfer("99", null, null) : new CaseTransfer("13", "RH 2026-0044", "RS 2026-0117-30") : null);

    private AbsorbCase Absorb() => new(draw.OtherCase());

    private ReopenCase Reopen()
    {
        var trigger = draw.One(Trigger.SingleDeviation, Trigger.RecurringDeviation, Trigger.SeriousDeviation, Trigger.Relapse);
        var deviations = Deviations(trigger == Trigger.RecurringDeviation ? walker.Settings.RecurrenceCount : 1, trigger == Trigger.SeriousDeviation);
        var step = trigger == Trigger.Relapse ? draw.Int(0, 4) : draw.Context.Ladder.LowestStepAbove(-1, trigger) ?? 0;
        return new ReopenCase(draw.Wrong() ? draw.Int(-1, 6) : step, [.. deviations, .. walker.Deviations.Values.Where(d => d.CaseId == State.Id || draw.Wrong())],
            draw.Basis(trigger, [.. deviations.Select(Some.Evidence), .. draw.Chance(0.2) ? draw.Evidence() : []]), draw.Wrong() ? draw.New() : null);
    }

    private MigrateCaseToLadder Migrate()
    {
        var to = draw.Wrong() ? null : draw.One([.. Ladders.All.Where(l => l.Version != State.LadderVersion || draw.Wrong())]);
        var done = State.Activities.Where(a => a.Step == State.Step && a.Outcome is ActivityOutcome.Completed or ActivityOutcome.DispensedWith).Select(a => a.Code).ToArray();
        ActivityMapping[] mappings = [.. done.Where(_ => draw.Chance(0.5)).Select(code => new ActivityMapping(code, draw.Wrong() || to is null ? code : draw.One(to.Step(State.Step).Activities).Code))];
        return new MigrateCaseToLadder(to, Region.Find(draw.Wrong() ? "13" : "08")!, draw.Wrong() ? draw.Int(0, 5) : State.Step, mappings, draw.Motivation(), draw.Decider());
    }
}
