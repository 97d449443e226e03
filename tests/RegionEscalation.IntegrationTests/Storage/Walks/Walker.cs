using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.IntegrationTests.Storage;
using RegionEscalation.Storage;

namespace RegionEscalation.Domain.Tests.Walks;

/// <summary>Where a walk goes.</summary>
/// <param name="Top">The step that it climbs to before it turns to its end.</param>
internal sealed record Walk(string Edition, int Top, CaseOutcome End);

/// <summary>
/// Takes the random walks of the domain's own tests through the store, as a client would: what is decided is appended and saved, and where saving
/// fails, what is there is fetched and the command decided again. Ids repeat from region to region, so that nothing but the region keeps them apart.
/// </summary>
internal sealed class Walker(Walk walk, string region, int number, Supplier supplier, Random random, EscalationStore store, Mishaps mishaps)
{
    private readonly Dictionary<Guid, Deviation> _deviations = [];
    private readonly List<Written> _written = [];
    private readonly Dictionary<string, LadderDefinition> _applied = [];
    private EscalationCase? _elsewhere;
    private Contract? _contract;
    private int _ids;

    public Walk Walk { get; } = walk;

    public EscalationCase? State { get; private set; }

    public DateTimeOffset Now { get; private set; } = Some.Start;

    public LadderSettings Settings { get; } = LadderSettings.Default;

    public CaseContext Context => new(Applied(State?.LadderVersion ?? Walk.Edition), Settings, Now);

    public IReadOnlyDictionary<Guid, Deviation> Deviations => _deviations;

    /// <summary>What happened, as the store was given it.</summary>
    public List<CaseEvent> Happened { get; } = [];

    private RegionScope Scope => RegionScope.For(region);

    public Guid NewId() => new(++_ids, (short)number, 0, [0, 0, 0, 0, 0, 0, 0, 0]);

    public void Wait(TimeSpan time) => Now += time;

    public void WaitUntil(DateTimeOffset time) => Now = time > Now ? time : Now;

    public async Task GoAsync(int moves)
    {
        for (var i = 0; i < moves; i++)
        {
            Wait(TimeSpan.FromHours(random.Next(19) switch { < 8 => 0, < 14 => random.Next(1, 48), < 18 => random.Next(48, 24 * 40), _ => random.Next(24 * 40, 24 * 400) }));
            var kind = random.Next(38);
            var draw = new Draw(random, this, wild: kind is >= 30 and < 34);
            var commands = new Commands(draw, this);
            if (kind >= 35)
            {
                if (kind == 37 && random.Next(2) == 0)
                    commands.ChangeContract();
                else
                    commands.ChangeDeviation();
                await WriteAsync();
                continue;
            }
            var command = State is null ? commands.Open() : National(kind, draw) ?? (kind < 24 || (kind < 34 && random.Next(2) == 0) ? commands.Toward() : kind == 34 ? new NoteExpiries() : commands.Any());
            await WriteAsync();
            await ExecuteAsync(OfRegion(command));
        }
    }

    /// <summary>What the others are told of the case comes more often than its share.</summary>
    private CaseCommand? National(int kind, Draw draw) => kind switch
    {
        < 30 when State is { DueNotice: not null, State: CaseState.Closed } => new RecordCommands(draw, this).For("notices"),
        < 15 when Notices.Standing(State!)?.IsProvisional() == true => new RecordCommands(draw, this).For("notices"),
        < 18 when State!.DueNotice is not null => new RecordCommands(draw, this).For("notices"),
        < 3 when Notices.Standing(State!) is not null => new RecordCommands(draw, this).For("disclosures"),
        _ => null,
    };

    /// <summary>A deviation is reported, and assessed where there is an assessment; both take place now.</summary>
    public Deviation Report(DateTimeOffset occurredAt, string by, Contract contract, Assessment? assessment)
    {
        var report = new ReportDeviation(NewId(), Own(contract), "Krav 4.2", "Utebliven leverans", null, occurredAt, by);
        var events = DeviationDecider.Decide(report, null, Now).Events;
        var deviation = events.Aggregate((Deviation?)null, Deviation.Evolve)!;
        if (assessment is not null)
            events = [.. events, .. DeviationDecider.Decide(new AssessDeviation(assessment), deviation, Now).Events];
        return Write(null, events);
    }

    /// <summary>Another open case of the region's, which this one may go on as.</summary>
    public EscalationCase Elsewhere(Draw draw) => _elsewhere ??= draw.OtherCase(supplier, LadderDefinition.HighestStep);

    /// <summary>The deviation goes with another case.</summary>
    public Deviation Taken(Deviation deviation, Guid caseId) => Write(deviation, [new DeviationJoinedCase(Now, caseId)]);

    /// <summary>What a command on a deviation does to it and to the case that it is attached to.</summary>
    public void Change(Deviation before, DeviationCommand command)
    {
        var decision = DeviationDecider.Decide(command, before, Now);
        if (!decision.IsRejected)
            Write(before, decision.Events);
    }

    /// <summary>What the catalogue says of the contract now, and what that does to the case.</summary>
    public void Change(ContractContent content)
    {
        var before = _contract ?? Own(Draw.Contracts[0]);
        _contract = Own(Contract.Evolve(before, new ContractSynchronised(Now, before.Id, before.Number, content)));
        if (State is not { } stated || Synchronisation.Follow(stated, before, _contract, Now) is not { Count: > 0 } followed)
            return;
        _written.Add(new Written(null, [], null, stated, followed));
        State = followed.Aggregate(State, EscalationCase.Evolve);
    }

    /// <summary>The case as the store has it; null where it has none.</summary>
    public Task<EscalationCase?> StoredAsync() => State is null ? Task.FromResult<EscalationCase?>(null) : FetchAsync(q => q.Case(State.Id));

    /// <summary>It happens at once for whoever draws the next command; the store is given it before that command.</summary>
    private Deviation Write(Deviation? before, IReadOnlyList<DeviationEvent> events)
    {
        var after = events.Aggregate(before, Deviation.Evolve)!;
        var stated = State;
        var followed = stated is not null && before?.CaseId == stated.Id ? CaseDecider.Follow(stated, before, after, Now) : [];
        if (followed.Count > 0)
            followed = [.. followed, .. StepTriggers.Judge(stated!, followed, after, Context)];
        _written.Add(new Written(before, events, after, followed.Count > 0 ? stated : null, followed));
        State = followed.Aggregate(State, EscalationCase.Evolve);
        return _deviations[after.Id] = after;
    }

    private async Task WriteAsync()
    {
        foreach (var (before, events, after, stated, followed) in _written)
        {
            var key = NewKey();
            while (!await SavedAsync(key, session =>
            {
                if (after is not null)
                    session.Append(before, events);
                if (stated is not null)
                    session.Append(stated, followed);
            }))
            {
                if (after is null)
                    continue;
                var stored = await FetchAsync(q => q.Deviation(after.Id));
                Assert.That(stored?.Version ?? 0, Is.EqualTo(before?.Version ?? 0).Or.EqualTo(after.Version), "all of it is there, or nothing");
            }
            Happened.AddRange(followed);
        }
        _written.Clear();
    }

    private async Task ExecuteAsync(CaseCommand command)
    {
        var key = NewKey();
        while (true)
        {
            var decision = CaseDecider.Decide(command, State, Context);
            if (decision.IsRejected || decision.Events.Count == 0)
                return;
            var (before, after) = (State, decision.Events.Aggregate(State, EscalationCase.Evolve)!);
            Deviation[] joining =
            [
                .. decision.Events.OfType<DeviationAttached>().Select(e => e.Deviation.Id)
                    .Concat(decision.Events.OfType<CaseAbsorbed>().SelectMany(e => e.Deviations.Select(d => d.Id))).Select(id => _deviations[id]),
            ];
            if (before is not null && mishaps.IsOvertaken())
                await OvertakeAsync(before);
            var saved = await SavedAsync(key, session =>
            {
                session.Append(before, decision.Events);
                foreach (var deviation in joining)
                    session.Append(deviation, [new DeviationJoinedCase(Now, after.Id)]);
            });
            State = await FetchAsync(q => q.Case(after.Id));
            foreach (var stored in await FetchAsync(q => q.Deviations(joining.Select(d => d.Id))))
                _deviations[stored.Id] = stored;
            if (!saved)
                continue;
            Assert.That(Stored.Same(State, after), "what was saved is what was decided");
            Happened.AddRange(decision.Events);
            if (State is { Outcome: CaseOutcome.Merged or CaseOutcome.Transferred, DueNotice: null } && random.Next(2) == 0)
                State = null;
            return;
        }
    }

    /// <summary>Somebody else is told something by the supplier meanwhile, and saves it first.</summary>
    private async Task OvertakeAsync(EscalationCase before)
    {
        var statement = new ReceiveStatement(NewId(), new StatementContent("Brand i lagret", "Vd", Now, null, null, random.Next(3) == 0 ? "Lagrets läge" : null, null));
        var decision = CaseDecider.Decide(statement, before, Context);
        if (!await SavedAsync(NewKey(), session => session.Append(before, decision.Events)))
            return;
        Happened.AddRange(decision.Events);
        mishaps.Overtaken();
    }

    /// <returns>False when it must be decided again; what the key tells of was saved before the connection broke.</returns>
    private async Task<bool> SavedAsync(string key, Action<RegionSession> append)
    {
        var session = store.OpenSession(Scope);
        append(session);
        await mishaps.PrepareAsync();
        try
        {
            await session.SaveChangesAsync(Given.Writer, (key, Given.Answer(), false));
            return true;
        }
        catch (IdempotencyTwinException)
        {
            return true;
        }
        catch (Exception e) when (mishaps.Happened(e))
        {
            return false;
        }
    }

    private async Task<T> FetchAsync<T>(Func<BatchedQuery, Fetched<T>> ask)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await StoreFixture.FetchAsync(store, Scope, ask);
            }
            catch (Npgsql.NpgsqlException) when (attempt < 10)
            {
            }
        }
    }

    /// <summary>The command as a client of this region and about this supplier gives it.</summary>
    private CaseCommand OfRegion(CaseCommand command) => command switch
    {
        OpenCase { Contract: { } contract } c => c with { Contract = Own(contract) },
        IssueNotice c => c with { OwnRegion = region },
        DecideDisclosure c => c with { OwnRegion = region },
        PlanMeeting c => c with { OwnRegion = region },
        _ => command,
    };

    private Contract Own(Contract contract) => contract with { Content = contract.Content with { Supplier = supplier } };

    private string NewKey() => $"{number}-{++_ids}";

    private LadderDefinition Applied(string edition)
    {
        if (!_applied.TryGetValue(edition, out var applied))
            _applied[edition] = applied = Settings.Applied(Ladders.Find(edition)!);
        return applied;
    }

    /// <param name="After">Null when it is the contract that the case follows.</param>
    private sealed record Written(Deviation? Before, IReadOnlyList<DeviationEvent> Events, Deviation? After, EscalationCase? Stated, IReadOnlyList<CaseEvent> Followed);
}
