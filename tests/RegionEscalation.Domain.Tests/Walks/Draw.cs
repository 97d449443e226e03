using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests.Walks;

/// <summary>What a command is made of, drawn so that it fits the case; in a wild move some of it does not.</summary>
internal sealed class Draw(Random random, Walker walker, bool wild)
{
    public static readonly string[] Rules = ["R-E1", "R-E2", "R-E3", "R-E4a", "R-E7", "R-E10", "R-D2", "R-D3", "R-Z2", "R-Z5"];

    public static readonly Contract[] Contracts = [Some.Contract("A-1"), Some.Contract("B-2")];

    private static readonly string[] Reporters = ["Vårdenhet 12", "Vårdenhet 7", "Avtalsansvarig", "Inköpschef"];

    public EscalationCase State => walker.State!;

    public CaseContext Context => walker.Context;

    public DateTimeOffset Now => walker.Now;

    public DateOnly Today => SwedishTime.DateOf(walker.Now);

    public bool Chance(double probability) => random.NextDouble() < probability;

    public int Int(int min, int max) => random.Next(min, max + 1);

    public T One<T>(params IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    public T Of<T>()
        where T : struct, Enum => One(Enum.GetValues<T>());

    /// <summary>True where a wild move goes wrong.</summary>
    public bool Wrong() => wild && Chance(0.3);

    public void Shuffle<T>(T[] items) => random.Shuffle(items);

    public Guid New() => walker.NewId();

    public string Motivation() => Wrong() ? Some.TooShort : Some.Motivation;

    public string By() => One(Reporters);

    public string? Maybe(string text) => Chance(0.5) ? text : null;

    /// <summary>On the highest level, or on any where the region does not enforce them.</summary>
    public DecisionMaker Decider()
    {
        var levels = Context.Ladder.DecisionLevels().ToArray();
        return new DecisionMaker(Wrong() ? One(Reporters) : One("Regiondirektör", "Ekonomidirektör"),
            Wrong() ? One([.. levels, "kejsare"]) : !walker.Settings.EnforceDecisionLevels && Chance(0.1) ? One(levels) : levels[^1], Wrong() ? null : "RD 2025:14");
    }

    /// <summary>Something that has been done in the case.</summary>
    public DateTimeOffset Past(DateTimeOffset? since = null)
    {
        var from = since ?? State.OpenedAt;
        return Wrong() ? One(Now.AddHours(5), from.AddDays(-40)) : Now - TimeSpan.FromMinutes(Math.Floor((Now - from).TotalMinutes * (Chance(0.6) ? 0 : random.NextDouble())));
    }

    public DateOnly Day(int min, int max) => Today.AddDays(Wrong() ? -3 : Int(min, max));

    /// <summary>One of the case's records; of another kind or unknown where it goes wrong.</summary>
    public Guid Record<T>(Func<T, bool>? which = null)
        where T : CaseRecord
    {
        var fitting = State.Of<T>().Where(which ?? (_ => true)).ToArray();
        CaseRecord[] any = fitting.Length > 0 && !Wrong() ? [.. fitting] : [.. State.Records];
        return any.Length == 0 || Wrong() ? New() : One(any).Id;
    }

    public T? Last<T>(Func<T, bool> which)
        where T : CaseRecord => State.Of<T>().LastOrDefault(which);

    public Assessment Assessment(bool? serious = null)
    {
        var causedBy = Chance(0.7) ? CausedBy.Supplier : Of<CausedBy>();
        return (serious ?? Chance(0.3))
            ? new Assessment(Severity.Serious, [Of<ConsequenceArea>()], causedBy, Maybe("Leverantörens lager var tomt"), Some.Motivation, "Kategoriledare")
            : new Assessment(Severity.Deviation, [], causedBy, Maybe("Leverantörens lager var tomt"), null, "Kategoriledare");
    }

    /// <summary>A deviation of the region's that is attached to no case, mostly one that counts and is new; reported and assessed now where there is none.</summary>
    public Deviation Unattached(bool? serious = null, bool fresh = false)
    {
        var good = Chance(0.85);
        var there = walker.Deviations.Values.Where(d => d.CaseId is null && (serious is null || d.Assessment?.Severity == Severity.Serious == serious)
            && (!good || d.Assessment?.Counts() == true && d.OccurredAt > Now.AddDays(-20))).ToArray();
        return there.Length > 0 && !fresh && Chance(0.5) ? One(there) : walker.Report(
            good || Chance(0.5) ? Now.AddHours(-Int(0, 48)) : Now.AddDays(-Int(0, 500)), One(Reporters), wild ? One(Contracts) : Contracts[0],
            good ? Assessment(serious) with { CausedBy = CausedBy.Supplier } : Chance(0.5) ? Assessment(serious) : null);
    }

    /// <summary>Some of what the case could cite.</summary>
    public IReadOnlyList<EvidenceReference> Evidence()
    {
        if (walker.State is null)
            return [Some.Evidence(New())];
        EvidenceReference[] all =
        [
            .. State.Deviations.Select(d => Some.Evidence(d.Id)),
            .. State.Evaluations().Select(e => new EvidenceReference(EvidenceKind.Evaluation, e.Evaluation.Id)),
            .. State.ReturnCriteria.Select(c => new EvidenceReference(EvidenceKind.ReturnCriterion, c.Criterion.Id)),
            .. State.Records.Select(r => new EvidenceReference(EvidenceKind.Record, r.Id)),
            Some.Document(),
        ];
        var some = all.Where(_ => Chance(0.6)).ToList();
        if (Wrong())
            some.Add(new EvidenceReference(Of<EvidenceKind>(), Chance(0.5) ? New() : null));
        return some;
    }

    public TransitionBasis Basis(Trigger trigger, IReadOnlyList<EvidenceReference> evidence, double departing = 0.4) => new(
        Wrong() ? Of<Trigger>() : trigger, Wrong() ? Evidence() : evidence, Motivation(), Decider(),
        Chance(departing) ? [.. Rules.Select(r => new Departure(r, Motivation()))] : []);

    public PlanContent Plan() => new(
        [.. Enumerable.Range(0, Int(1, 2)).Select(_ => new PlanMeasure("Extra säkerhetslager", "Leverantören", Day(0, 60)))], "Inga restnoteringar", Day(0, 60), "Leverantören");

    public TerminationGround Ground()
    {
        var (kind, clause) = One((TerminationGroundKind.Rescission, "12.1"), (TerminationGroundKind.Lou1717, (string?)null));
        return new TerminationGround(kind, Wrong() ? "99" : clause, Chance(0.6), Chance(0.4) ? new HearingDeferral(Of<DeferralReason>(), Motivation()) : null,
            Wrong() ? null : Decider() with { Function = "Regionjurist" });
    }

    /// <summary>Another open case of the region's about the supplier, from deviations of its own.</summary>
    /// <param name="step">Where it stands; what it goes on as stands no lower (R-Z4).</param>
    public EscalationCase OtherCase(Supplier? supplier = null, int? step = null)
    {
        var deviations = Enumerable.Range(0, Int(1, 2)).Select(_ => Unattached(fresh: true)).Select(d => walker.Taken(d, New())).ToArray();
        var opened = new CaseOpened(Now, deviations[0].CaseId!.Value, null, supplier ?? Some.Supplier, Contracts[1].Reference(), walker.Walk.Edition,
            step ?? Int(0, 1), new TransitionBasis(Trigger.RecurringDeviation, [.. deviations.Select(Some.Evidence)], Some.Motivation, Decider(), []), []);
        return deviations.Aggregate(EscalationCase.Evolve(null, opened), (c, d) => EscalationCase.Evolve(c, new DeviationAttached(Now, AttachedDeviation.CopyOf(d, Now))));
    }

    public LadderSettings Settings() => new()
    {
        RecurrenceCount = Int(1, 4),
        RecurrenceMonths = Int(1, 24),
        RecurrenceSameRequirement = Chance(0.3),
        SeriousMonths = Int(1, 24),
        ObservationMonths = Int(0, 6),
        ObservationMonthsAtStepOne = Int(0, 2),
        RelapseMonths = Int(0, 12),
        ReopenMonths = Int(0, 24),
        BlockDays = Int(1, 180),
        ContinuityDays = Int(1, 60),
        EnforceDecisionLevels = Chance(0.5),
        Deadlines = new Deadlines(Int(0, 20), Int(0, 30), Int(0, 10), Int(0, 10), Int(0, 10), Int(0, 5), Int(1, 15), Int(0, 5)),
        OwnActivities = [.. Enumerable.Range(0, Int(0, 3)).Select(i => new OwnActivity(Int(0, 5), $"own{i}", new Label("Egen aktivitet", "Own activity"), Chance(0.5)))],
        RaisedActivities = Chance(0.3) ? [new RaisedActivity(Int(3, 4), "siteVisit")] : [],
        FreeDays = Chance(0.3) ? [Today.AddDays(Int(1, 30))] : [],
    };
}
