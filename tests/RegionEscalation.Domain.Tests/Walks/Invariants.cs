using System.Reflection;
using System.Text.RegularExpressions;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;

namespace RegionEscalation.Domain.Tests.Walks;

internal sealed class InvariantBrokenException(string message) : Exception(message);

/// <summary>What holds of every case after every command, said without asking the code that decides.</summary>
internal sealed partial class Invariants
{
    public const int Blocking = 4;

    private static readonly PropertyInfo WhenClosed = typeof(RecordCommand).GetProperty("WhenClosed", BindingFlags.NonPublic | BindingFlags.Instance)!;

    /// <summary>Everything that has triggered a transition, as the transitions' own events tell.</summary>
    private readonly HashSet<Guid> _triggered = [];

    /// <summary>What everybody who has followed the national change feed knows, by reader: the case, and its notices by id.</summary>
    private readonly Dictionary<(string Reader, Guid? NoticeId), object?> _known = [];
    private int _checks;

    /// <param name="command">Null when the case follows a deviation of its own, or its contract.</param>
    public void Check(
        EscalationCase? before, CaseCommand? command, Decision<CaseEvent> decision, EscalationCase? after, CaseContext context, IReadOnlyDictionary<Guid, Deviation> deviations)
    {
        foreach (var r in decision.Rejections)
            Holds(Code().IsMatch(r.Code) && Reason().IsMatch(r.Reason) && Sentence().IsMatch(r.Message.Sv) && Sentence().IsMatch(r.Message.En), $"a rejection says why in both languages: {r}");
        Holds(decision.Rejections.Count == 0 || decision.Events.Count == 0, "a rejection emits no event");
        Holds(decision.Rejections.Count > 0 || decision.Events.Count > 0 || command is NoteExpiries or null, "what is accepted happens");
        if (after is null)
            return;
        if (decision.IsRejected)
        {
            Holds(ReferenceEquals(before, after), "a rejection changes nothing");
            return;
        }

        CheckMoves(before, decision.Events, after);
        CheckClosed(before, command, decision.Events, after);
        foreach (var e in decision.Events)
        {
            CheckTransition(before, e, decision.Events, after, context);
            Holds(e.At == context.Now, "an event is recorded when it happens");
            Holds(Stored.Same(e, Stored.ReadBack(e)), $"{e.GetType().Name} is read back as it was written");
        }
        CheckTimes(before, command, decision.Events, after, context);
        CheckStepTrigger(before, decision.Events, after, context);
        CheckMeasures(after, context.Now);
        CheckAdvice(decision.Events, after, deviations);
        CheckNational(after);
        CheckFeed(before, after);
        Holds(after.UsedEvidence.Distinct().Count() == after.UsedEvidence.Count, "no evidence is used twice");
        Holds(_triggered.IsSubsetOf(after.UsedEvidence), "what has triggered a transition is remembered");
        if (after.IsOpen())
            Holds(after.Deviations.All(d => Follows(d, deviations[d.Id])), "the copy of a deviation in an open case is as the deviation is");
        if (_checks++ % 8 == 0)
            Holds(Stored.Same(after, Stored.ReadBack(after)), "the case is read back as it was written");
    }

    /// <summary>What is told as possible is what is accepted, for the same reasons.</summary>
    public static void CheckPossible(EscalationCase state, CaseContext context, Func<PossibleTransition, CaseCommand> command)
    {
        foreach (var possible in PossibleTransitions.From(state, context))
        {
            var decision = CaseDecider.Decide(command(possible), state, context);
            Holds(decision.IsRejected != possible.IsAllowed && Reasons(decision.Rejections).SetEquals(Reasons(possible.Unmet)),
                $"what is told as possible is what is accepted: {possible.Trigger} to {possible.ToStep} {possible.Outcome} told {string.Join(", ", Reasons(possible.Unmet))}, answered {string.Join(", ", Reasons(decision.Rejections))}");
        }
    }

    /// <summary>Replaying what the store would hand back gives the same case.</summary>
    public static void CheckReplay(EscalationCase state, IReadOnlyList<CaseEvent> history)
    {
        Holds(Stored.Same(state, history.Select(Stored.ReadBack).Aggregate((EscalationCase?)null, EscalationCase.Evolve)), "replaying the events gives the same case");
        Holds(Stored.Same(state, Stored.ReadBack(state)), "the case is read back as it was written");
    }

    private static void CheckMoves(EscalationCase? before, IReadOnlyList<CaseEvent> events, EscalationCase after)
    {
        var moves = events.Where(e => e is CaseOpened or CaseEscalated or CaseDeEscalated or CaseReopened).ToArray();
        Holds(moves.Length <= 1, "one command moves a case once");
        switch (moves.FirstOrDefault())
        {
            case CaseOpened e:
                Holds(before is null && after.Step == e.Step && after.Visit == 1, "a case is opened once, at the step said");
                break;
            case CaseEscalated e:
                Holds(e.FromStep == before!.Step && e.ToStep > e.FromStep && after.Step == e.ToStep, "an escalation leads up from where the case stood to where it says");
                break;
            case CaseDeEscalated e:
                Holds(e.FromStep == before!.Step && e.ToStep < e.FromStep && after.Step == e.ToStep, "a de-escalation leads down from where the case stood to where it says");
                break;
            case CaseReopened e:
                Holds(!before!.IsOpen() && after.IsOpen() && after.Step == e.Step, "a reopening opens a closed case at the step said");
                break;
            default:
                Holds((before?.Step, before?.Visit, before?.StepEnteredAt) == (after.Step, after.Visit, after.StepEnteredAt), "nothing but a transition moves a case");
                break;
        }
        Holds(after.Step is >= 0 and <= LadderDefinition.HighestStep && after.HighestStep == Math.Max(before?.HighestStep ?? 0, after.Step), "the highest step is remembered");
        Holds(moves.Length == 0 || moves[0] is CaseOpened || after.Visit == before!.Visit + 1, "every entry into a step is a visit of its own");
        var edition = events.OfType<CaseMigratedToLadder>().SingleOrDefault()?.To ?? before?.LadderVersion ?? after.LadderVersion;
        Holds(after.LadderVersion == edition, "the edition changes by a migration only, to what it says");
    }

    private static void CheckClosed(EscalationCase? before, CaseCommand? command, IReadOnlyList<CaseEvent> events, EscalationCase after)
    {
        var closes = events.OfType<CaseClosed>().SingleOrDefault();
        Holds(after.IsOpen() == (closes is null && (before?.IsOpen() ?? true) || events.Any(e => e is CaseReopened)), "a case is closed by its closure and opened by its reopening only");
        Holds(closes is null || after.Outcome == closes.Outcome && after.ClosedAt == closes.At, "a closed case has the outcome said");
        Holds(closes is not { Outcome: CaseOutcome.Resolved } || after.Deviations.All(d => d.ResolvedAt is not null), "a resolved case has no open deviation");
        Holds(closes is not { Outcome: CaseOutcome.Terminated } || after.Step == LadderDefinition.HighestStep, "business is ended at the highest step only");
        Holds(closes is not { Outcome: CaseOutcome.Unfounded } || after.Deviations.All(d => d.UnfoundedAt is not null || d.Assessment is { CausedBy: CausedBy.Region }),
            "an unfounded case leaves nothing behind that counts against the supplier");
        if (before is not { State: CaseState.Closed })
            return;
        Holds(command is ReopenCase or NoteExpiries || (command is RecordCommand && (bool)WhenClosed.GetValue(command)!)
            || events.All(e => e is SupplierOfCaseMarked), "a closed case takes only what goes on after it");
    }

    private void CheckTransition(EscalationCase? before, CaseEvent e, IReadOnlyList<CaseEvent> events, EscalationCase after, CaseContext context)
    {
        var (basis, level) = e switch
        {
            CaseOpened x => (x.Basis, x.Step),
            CaseEscalated x => (x.Basis, x.ToStep),
            CaseDeEscalated x => (x.Basis, x.FromStep),
            CaseReopened x => (x.Basis, x.Step),
            CaseClosed { Outcome: CaseOutcome.Unfounded } x => (x.Basis, x.HighestStep),
            CaseClosed x => (x.Basis, x.Step),
            _ => (null, 0),
        };
        if (e is CaseAbsorbed absorbed)
            _triggered.UnionWith(absorbed.UsedEvidence);
        if (basis is null)
            return;
        Holds(Motivation.IsGiven(basis.Motivation) && basis.Evidence.Count > 0, "a transition is motivated and rests on evidence");
        Holds(!context.Settings.EnforceDecisionLevels || context.Ladder.RankOf(basis.DecidedBy.Level) >= context.Ladder.RankOf(context.Ladder.Step(level).DecisionLevel),
            "where levels are enforced a transition has that of its step");
        if (e is CaseEscalated up)
        {
            Holds(up.ToStep == up.FromStep + 1 || basis.Trigger is Trigger.SeriousDeviation or Trigger.Relapse, "only a serious deviation or a relapse jumps over steps");
            Holds(context.Ladder.Step(up.ToStep).IsEnteredBy(basis.Trigger) || basis.Trigger is Trigger.PersistentFailure or Trigger.Relapse, "the edition names the event for the step");
            Holds(before!.ChangedStep() is null || basis.Trigger == Trigger.SeriousDeviation, "what a review has changed is carried out first");
            Holds(up.ToStep < LadderDefinition.HighestStep || events.Any(x => x is TerminationGroundStated), "business ends on a ground that is stated");
        }
        if (e is CaseDeEscalated { Basis.Trigger: Trigger.ReturnCriteriaMet })
            Holds(!before!.Deviations.Any(d => d.IsOpenAndSerious()), "no way back past an open serious deviation");
        if (e is CaseEscalated or CaseOpened { Step: > 0 } or CaseReopened { Step: > 0 })
            CheckTriggered(basis, e is CaseEscalated { FromStep: LadderDefinition.HighestStep - 1 }, after);
    }

    /// <summary>R-E1, R-E9: advice stands at step 0 only, and rests on as many deviations of the window as the region asks for.</summary>
    private static void CheckAdvice(IReadOnlyList<CaseEvent> events, EscalationCase after, IReadOnlyDictionary<Guid, Deviation> deviations)
    {
        Holds(after.Recurrence is null || (after.IsOpen() && after.Step == 0), "advice stands at step 0 only");
        foreach (var told in events.OfType<RecurrenceDetected>())
        {
            var those = told.Deviations.Select(id => deviations[id]).ToArray();
            Holds(those.Length >= told.Count && those.DistinctBy(d => d.Id).Count() == those.Length, "as many recur as are asked for");
            Holds(those.All(d => d.OccurredAt >= told.From && d.Contract.Number == after.Contract.Number && !after.UsedEvidence.Contains(d.Id)
                && d.Assessment is { } a && (a.CausedBy == CausedBy.Supplier || (a.CausedBy != CausedBy.Region && a.SupplierPart?.Trim().Length > 0))),
                "what recurs is the supplier's, of the contract, within the window and new");
        }
    }

    /// <summary>R-E8, R-G6: what triggers is new and counts; what led to 4 and is still open supports 5 as well (ADR 0009).</summary>
    private void CheckTriggered(TransitionBasis basis, bool fromFour, EscalationCase after)
    {
        EvidenceKind[] kinds = basis.Trigger switch
        {
            Trigger.PlanWithoutEffect or Trigger.PlanNotFollowed or Trigger.PersistentFailure => [EvidenceKind.Evaluation, EvidenceKind.Record],
            Trigger.NoSolution => [EvidenceKind.Evaluation, EvidenceKind.Deviation],
            _ => [EvidenceKind.Deviation],
        };
        var cited = basis.Evidence.Where(e => kinds.Contains(e.Kind)).Select(e => e.Id!.Value).ToHashSet();
        var attached = after.Deviations.Where(d => cited.Contains(d.Id)).ToArray();
        var mayBeOld = basis.Trigger == Trigger.SeriousDeviation && fromFour;
        if (basis.Trigger is Trigger.RecurringDeviation or Trigger.SeriousDeviation)
            Holds(mayBeOld || !cited.Overlaps(_triggered), "no evidence triggers twice");
        var fresh = cited.Where(id => mayBeOld || !_triggered.Contains(id)).ToHashSet();
        Holds(fresh.Count > 0, "something new triggers");
        Holds(basis.Trigger != Trigger.SeriousDeviation || attached.Any(d => d.IsOpenAndSerious() && IsTheSuppliers(d)), "an open serious deviation of the supplier's triggers as one");
        Holds(!kinds.Contains(EvidenceKind.Deviation) || basis.Trigger == Trigger.NoSolution || attached.Any(d => fresh.Contains(d.Id) && IsTheSuppliers(d)), "what the region has caused triggers nothing");
        var evaluations = after.Evaluations().Where(e => fresh.Contains(e.Evaluation.Id)).ToArray();
        Holds(basis.Trigger is not Trigger.PersistentFailure || evaluations.Any(e => e.Evaluation.Outcome is PlanOutcome.WithoutEffect or PlanOutcome.NotFollowed), "a plan that failed triggers");
        _triggered.UnionWith(cited);
    }

    /// <summary>R-V1: what has lapsed is to be looked at exactly until something bears the step again, somebody has looked, or the case has left it.</summary>
    private static void CheckStepTrigger(EscalationCase? before, IReadOnlyList<CaseEvent> events, EscalationCase after, CaseContext context)
    {
        var obliged = Obligations.Of(after).Any(o => o.Code == "stepTrigger");
        Holds(obliged == (after.IsOpen() && after.LapsedTrigger is not null), "a step is looked at again exactly while its trigger has lapsed");
        Holds(before?.LapsedTrigger is null || after.LapsedTrigger is not null || events.Any(e => e is StepTriggerReviewed or StepTriggerRestored) || after.Visit != before.Visit,
            "what has lapsed is gone by a review, by holding again, or with the step");
        foreach (var restored in events.OfType<StepTriggerRestored>())
        {
            var bearing = after.Deviations.Where(d => restored.RestsOn.Contains(d.Id)).ToArray();
            Holds(bearing.Length == restored.RestsOn.Count && restored.Step == after.Step && restored.Trigger == after.Trigger, "what bears the step again is the case's");
            Holds(bearing.Any(d => restored.Trigger == Trigger.SingleDeviation ? d.UnfoundedAt is null && d.Assessment?.CausedBy != CausedBy.Region : IsTheSuppliers(d)), "what bears the step again counts");
        }
        if (after is not { LapsedTrigger: not null } || !after.IsOpen())
            return;
        var free = after.Deviations.Where(d => IsTheSuppliers(d) && (after.RestsOn.Contains(d.Id) || !after.UsedEvidence.Contains(d.Id))).ToArray();
        Holds(after.Trigger != Trigger.SingleDeviation || free.Length == 0, "a case that any deviation could begin from is not to be looked at while there is one");
        Holds(after.Trigger != Trigger.SeriousDeviation || !free.Any(d => d.IsOpenAndSerious() && d.OccurredAt >= context.Now.AddMonths(-context.Settings.SeriousMonths)),
            "a step that a serious deviation leads into is not to be looked at while there is one");
    }

    private static void CheckTimes(EscalationCase? before, CaseCommand? command, IReadOnlyList<CaseEvent> events, EscalationCase after, CaseContext context)
    {
        Holds(before is null || after.UpdatedAt >= before.UpdatedAt, "a case is never changed before it was");
        Holds(after.Version == (before?.Version ?? 0) + events.Count && (events.Count == 0 || after.UpdatedAt == context.Now), "the version counts the events");
        Holds(command is not NoteExpiries || events.All(e => e is BlockExpired or ExclusionEvidenceExpired or NoticeExpired or DisclosureExpired or NoticeFellDue), "time alone ends things and moves nothing");
        var obligations = Obligations.Of(after).Select(o => o.Due).ToArray();
        Holds(obligations.SequenceEqual(obligations.Order()) && Obligations.NextDue(after) == (obligations.Length == 0 ? null : obligations[0]), "the next thing due is the first of what is to be done");
    }

    private static void CheckMeasures(EscalationCase after, DateTimeOffset now)
    {
        var mayBe = after.IsOpen() && after.Step >= Blocking;
        Holds(mayBe || !after.Of<Block>().Any(b => b.Stands(now)), "no block below step 4 or on a closed case");
        Holds(mayBe || !after.Of<BusinessHold>().Any(h => h.Holds()), "no business on hold below step 4 or on a closed case");
        Holds(after.IsOpen() || !after.Of<CrisisGroup>().Any(g => g.IsActive()), "no crisis group on a closed case");
        Holds(after.Of<BusinessHold>().Count(h => h.Holds()) <= 1 && after.Of<CrisisGroup>().Count(g => g.IsActive()) <= 1 && after.Of<Review>().Count(r => r.IsPending()) <= 1, "one hold, one group and one review at a time");
        Holds(after.Records.Select(r => r.Id).Distinct().Count() == after.Records.Count && after.Deviations.Select(d => d.Id).Distinct().Count() == after.Deviations.Count, "nothing is in a case twice");
    }

    /// <summary>What the others may know, and for how long (R-N2, R-N4, R-N5, R-N7, R-N8).</summary>
    private static void CheckNational(EscalationCase after)
    {
        var told = after.Of<Notice>().Where(n => n.State == NoticeState.Issued).ToArray();
        var stands = told.Any(n => n.Kind is NoticeKind.Initial or NoticeKind.Update);
        var foundWrong = after.Of<Review>().Any(r => r.Decision?.Outcome == ReviewOutcome.Changed && r.DecidedAt >= after.ClosedAt);
        var visible = after.Step is >= 3 and <= 5 && (after.IsOpen() || (after is { Outcome: CaseOutcome.Terminated, Step: 5 } && stands && !foundWrong));
        var record = NationalAccessPolicy.RecordOf(after);
        Holds(record.Signal is not null == visible, "the signal is there exactly while the case is open at 3–5, or was terminated at 5 and a notice stands that no review has found wrong");
        Holds(told.Length <= 1 && (record.Notice is not null) == (told.Length == 1), "the regions were told one thing last");
        Holds(visible || (record.Disclosures.Count == 0 && record.Summary is null), "of a case that is not at 3–5 there is the notice's afterlife and the course, and nothing else");
        Holds(record.Notice is not null || (record.Recipients.Count == 0 && record.Disclosures.Count == 0 && record.Summary is null), "without a notice there is no recipient and no disclosure");
        Holds(after.HighestStep >= 3 || Stored.Same(record, NationalRecord.Nothing), "of what never was at 3 nothing is there");
        Holds(after.DueNotice is null || after.Of<Notice>().Any(n => n.Issue is not null), "a notice is due only to those who were told");
        Holds(after.DueNotice is null || after.DueNotice.Kind == NoticeKind.Retraction || after.DueNotice.Kind == NoticeKind.Update == visible, "what is visible is updated, and what is not is ended");
        Holds(after.DueNotice is not { Kind: NoticeKind.Update } || stands, "what stands is updated");
        Holds(after.DueNotice is not { Kind: NoticeKind.Update } || after.IsOpen(), "a closed case leaves no update due, since none can be prepared");
        Holds(after.NationalVisits.Count(v => v.LeftAt is null) == (after.IsOpen() && after.Step >= 3 ? 1 : 0), "one stay at 3–5 is open while the case is there");
        Holds(record.Signal is not { Preliminary: false } || told[0].Visit == after.Visit && (told[0].Issue!.Provisional is null || told[0].ConfirmedAt is not null), "what is not preliminary was told of this step");
        Holds(after.Of<Notice>().Count(n => n.State is NoticeState.Prepared or NoticeState.SupplierNotified) <= 1, "one draft at a time");
        var numbers = after.Of<Notice>().Where(n => n.Issue is not null).Select(n => n.Issue!.Number).ToArray();
        Holds(numbers.SequenceEqual(Enumerable.Range(1, numbers.Length)), "what was issued is numbered in order");
    }

    /// <summary>Whoever follows the feed knows exactly what it may see, and is told of nothing else.</summary>
    private void CheckFeed(EscalationCase? before, EscalationCase after)
    {
        var record = NationalChanges.InForce(NationalAccessPolicy.RecordOf(after), after.UpdatedAt);
        var was = before is null ? NationalRecord.Nothing : NationalChanges.InForce(NationalAccessPolicy.RecordOf(before), before.UpdatedAt);
        foreach (var change in NationalChanges.Between(was, NationalAccessPolicy.RecordOf(after), after.UpdatedAt))
        {
            foreach (var key in change.Audience.Select(reader => (reader, change.NoticeId)))
            {
                object? content = change.NoticeId is null ? record.Signal : record.Notice;
                Holds(_known.ContainsKey(key) == !change.Type.EndsWith("appeared.v1", StringComparison.Ordinal), $"what is not known appears, and what is known does not: {change}");
                Holds(!change.Type.EndsWith("changed.v1", StringComparison.Ordinal) || !Equals(_known[key], content), $"what has changed says something else: {change}");
                if (change.Type.EndsWith("removed.v1", StringComparison.Ordinal))
                    _known.Remove(key);
                else
                    _known[key] = content;
            }
        }
        Holds(_known.Count == Visible(record).Count() && Visible(record).All(v => _known.TryGetValue(v.Key, out var known) && Equals(known, v.Content)),
            "whoever follows the feed knows what there is to be seen");
    }

    private static IEnumerable<((string Reader, Guid? NoticeId) Key, object Content)> Visible(NationalRecord record)
    {
        var partners = record.Disclosures.Select(d => d.Recipient).Where(key => key.StartsWith("partner:", StringComparison.Ordinal)).ToArray();
        if (record.Signal is { } signal)
        {
            foreach (var reader in Readers(signal.SupplierNumber, partners))
                yield return ((reader, null), signal);
        }
        if (record.Notice is { } notice)
        {
            foreach (var reader in Readers(notice.Payload.SupplierNumber, [.. partners, .. record.Recipients.Where(key => key.StartsWith("partner:", StringComparison.Ordinal))]))
                yield return ((reader, notice.NoticeId), notice);
        }

        static IEnumerable<string> Readers(string? supplier, string[] partners) =>
            new[] { "regions", "coordination", "nationalOffice", supplier is null ? null : $"supplier:{supplier}" }.OfType<string>().Concat(partners).Distinct();
    }

    /// <summary>R-G6, in words of its own.</summary>
    private static bool IsTheSuppliers(AttachedDeviation d) => d.UnfoundedAt is null && d.Assessment is { } a
        && (a.CausedBy == CausedBy.Supplier || (a.CausedBy != CausedBy.Region && a.SupplierPart?.Trim().Length > 0));

    private static bool Follows(AttachedDeviation copy, Deviation deviation) =>
        Stored.Same(copy.Assessment, deviation.Assessment) && copy.ResolvedAt is null == (deviation.ResolvedAt() is null) && copy.UnfoundedAt is null == !deviation.IsUnfounded();

    private static HashSet<string> Reasons(IEnumerable<Rejection> rejections) => [.. rejections.Select(r => $"{r.Code} {r.Reason}")];

    private static void Holds(bool condition, string what)
    {
        if (!condition)
            throw new InvariantBrokenException(what);
    }

    [GeneratedRegex("^(R-[A-Z][0-9]+[ab]?|field|[a-z]+[A-Za-z]*Lifecycle)$")]
    private static partial Regex Code();

    [GeneratedRegex("^[a-z][A-Za-z]+$")]
    private static partial Regex Reason();

    [GeneratedRegex("^[A-ZÅÄÖ].{10,}[.]$")]
    private static partial Regex Sentence();
}
