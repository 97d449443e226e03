using System.Globalization;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests.Walks;

/// <summary>Takes a walk: a clock that only goes forward, a region's deviations, and one case that is opened, moved and closed.</summary>
internal sealed class Walker
{
    private readonly List<CaseEvent> _history = [];
    private readonly List<Func<string>> _log = [];
    private readonly Dictionary<string, LadderDefinition> _applied = [];
    private readonly Dictionary<Guid, Deviation> _deviations = [];
    private readonly Coverage? _coverage;
    private Invariants _invariants = new();
    private EscalationCase? _elsewhere;
    private Contract _contract = Draw.Contracts[0];
    private int _ids;

    public Walker(Walk walk, Coverage? coverage = null)
    {
        (Walk, _coverage) = (walk, coverage);
        Settings = walk.Settings == 0 ? LadderSettings.Default : new Draw(Seeded(walk.Settings), this, wild: false).Settings();
    }

    public Walk Walk { get; }

    public EscalationCase? State { get; private set; }

    public DateTimeOffset Now { get; private set; } = Some.Start;

    public LadderSettings Settings { get; } = LadderSettings.Default;

    public CaseContext Context => new(Applied(State?.LadderVersion ?? Walk.Edition), Settings, Now);

    public IReadOnlyDictionary<Guid, Deviation> Deviations => _deviations;

    public IEnumerable<string> Log => _log.Select(line => line());

    public Guid NewId() => new(++_ids, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);

    public void Wait(TimeSpan time) => Now += time;

    public void WaitUntil(DateTimeOffset time) => Now = time > Now ? time : Now;

    public void Go()
    {
        foreach (var move in Walk.Moves)
        {
            Wait(TimeSpan.FromHours(move.Hours));
            if (State is { Outcome: CaseOutcome.Merged or CaseOutcome.Transferred } && move.Seed % 2 == 0)
                BeginAnew();
            var commands = new Commands(new Draw(Seeded(move.Seed), this, move.Kind == MoveKind.Wild), this);
            if (move.Kind == MoveKind.Deviation)
                commands.ChangeDeviation();
            else if (move.Kind == MoveKind.Time && move.Seed % 2 == 0)
                commands.ChangeContract();
            else
                Execute(State is null ? commands.Open() : Chosen(move, commands));
            if (State is not null && move.Seed % 4 == 0)
                Invariants.CheckPossible(State, Context, new Commands(new Draw(Seeded(move.Seed), this, wild: false), this).Asked);
        }
        BeginAnew();
    }

    /// <summary>Where a case has gone elsewhere, another begins.</summary>
    private void BeginAnew()
    {
        if (State is not null)
            Invariants.CheckReplay(State, _history);
        State = null;
        _history.Clear();
        _invariants = new Invariants();
    }

    /// <summary>A deviation is reported, and assessed where there is an assessment; both take place now.</summary>
    public Deviation Report(DateTimeOffset occurredAt, string by, Contract contract, Assessment? assessment)
    {
        var report = new ReportDeviation(NewId(), contract, "Krav 4.2", "Utebliven leverans", null, occurredAt, by);
        var deviation = Some.After(null, DeviationDecider.Decide(report, null, Now));
        if (assessment is not null)
            deviation = Some.Assessed(deviation, assessment, Now);
        Note(() => $"deviation {deviation.Id:N} of {occurredAt:yyyy-MM-dd}: {(assessment is null ? "not assessed" : Brief(assessment))}");
        return _deviations[deviation.Id] = deviation;
    }

    /// <summary>Another open case of the region's, which this one may go on as.</summary>
    public EscalationCase Elsewhere(Draw draw) => _elsewhere ??= draw.OtherCase(step: LadderDefinition.HighestStep);

    /// <summary>The deviation goes with another case.</summary>
    public Deviation Taken(Deviation deviation, Guid caseId) => _deviations[deviation.Id] = Deviation.Evolve(deviation, new DeviationJoinedCase(Now, caseId));

    /// <summary>What a command on a deviation does to it and to the case that it is attached to.</summary>
    public void Change(Deviation before, DeviationCommand command)
    {
        var decision = DeviationDecider.Decide(command, before, Now);
        Note(() => $"{Brief(command)} on {before.Id:N} → {string.Join(", ", decision.Rejections.Select(r => r.Reason))}");
        if (decision.IsRejected)
            return;
        var after = _deviations[before.Id] = decision.Events.Aggregate(before, Deviation.Evolve);
        if (State is not { } stated)
            return;
        var followed = before.CaseId == stated.Id ? CaseDecider.Follow(stated, before, after, Now) : [];
        followed = [.. followed, .. StepTriggers.Judge(stated, followed, after, Context)];
        var ofContract = _deviations.Values.Where(d => d.Contract.Number == stated.Contract.Number);
        Fold(null, Decision<CaseEvent>.Accept([.. followed, .. Recurrence.Advise(followed.Aggregate(stated, EscalationCase.Evolve), ofContract, Context)]));
    }

    /// <summary>What the catalogue says of the contract now, and what that does to the case; where it ends on an even day, its supplier is a natural person.</summary>
    public void Change(ContractContent content)
    {
        var (before, after) = (_contract, Contract.Evolve(_contract, new ContractSynchronised(Now, _contract.Id, _contract.Number, content)));
        _contract = after;
        Note(() => $"the contract is {content.OwnerAddress}'s until {content.ValidUntil:yyyy-MM-dd}");
        if (State is null)
            return;
        Fold(null, Decision<CaseEvent>.Accept(Synchronisation.Follow(State, before, after, Now)));
        var supplier = new KnownSupplier
        {
            Id = State.Supplier.Id, Version = 1, OrganisationNumber = State.Supplier.OrganisationNumber, Content = new SupplierContent(State.Supplier.Name),
            SoleTrader = content.ValidUntil?.Day % 2 == 0, UpdatedAt = Now,
        };
        Fold(null, Decision<CaseEvent>.Accept(Synchronisation.Mark(State, supplier, Now)));
    }

    private static CaseCommand Chosen(Move move, Commands commands) => move.Kind switch
    {
        MoveKind.Toward => commands.Toward(),
        MoveKind.Wild when move.Seed % 2 == 0 => commands.Toward(),
        MoveKind.Time => new NoteExpiries(),
        _ => commands.Any(),
    };

    private void Execute(CaseCommand command)
    {
        var decision = CaseDecider.Decide(command, State, Context);
        Note(() => $"{Brief(command)} → {(decision.IsRejected
            ? string.Join(", ", decision.Rejections.Select(r => $"{r.Code} {r.Reason}").Distinct())
            : string.Join(", ", decision.Events.Select(e => e.GetType().Name)))}");
        _coverage?.Count(command, decision);
        Fold(command, decision);
    }

    private void Fold(CaseCommand? command, Decision<CaseEvent> decision)
    {
        var before = State;
        var context = Context;
        State = decision.Events.Aggregate(before, EscalationCase.Evolve);
        _history.AddRange(decision.Events);
        foreach (var e in decision.Events)
        {
            if (e is DeviationAttached attached)
                Taken(_deviations[attached.Deviation.Id], State!.Id);
            if (e is CaseAbsorbed absorbed)
            {
                foreach (var deviation in absorbed.Deviations)
                    Taken(_deviations[deviation.Id], State!.Id);
            }
        }
        _coverage?.Count(decision.Events, State);
        _invariants.Check(before, command, decision, State, context, _deviations);
    }

    /// <summary>Written down only where somebody reads it.</summary>
    private void Note(Func<string> what)
    {
        var (now, state) = (Now, State);
        _log.Add(() => string.Create(CultureInfo.InvariantCulture, $"{now:yyyy-MM-dd HH:mm} at {(state is null ? "-" : state.IsOpen() ? $"{state.Step}" : "closed")}: {what()}"));
    }

    private LadderDefinition Applied(string edition)
    {
        if (!_applied.TryGetValue(edition, out var applied))
            _applied[edition] = applied = Settings.Applied(Ladders.Find(edition)!);
        return applied;
    }

    private static Random Seeded(int seed) => new(seed);

    private static string Brief(object value)
    {
        var text = value is AbsorbCase ? "{…}" : Stored.Write(value is CloseCase { MergeInto: not null } c ? c with { MergeInto = null } : value);
        return $"{value.GetType().Name} {(text.Length > 600 ? text[..600] + "…" : text)}";
    }
}
