using System.Text.Json;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests.Behaviour;

/// <summary>What opens a case, moves it, closes it and opens it again, each on the best evidence that the case has.</summary>
internal static class CanonicalTransitions
{
    private const int HighestByRelapse = LadderDefinition.HighestStep - 1;

    /// <summary>One row for each event and each step that it leads into in the edition, or by this platform's own rules (R-E4b, R-D6).</summary>
    public static IEnumerable<Row> Up(LadderDefinition edition)
    {
        foreach (var step in edition.Steps.Where(s => s.Step > 0))
        {
            foreach (var trigger in Enum.GetValues<Trigger>().Where(step.IsEnteredBy))
                yield return Up(trigger, step.Step);
            if (step.Step == 4)
                yield return Up(Trigger.PersistentFailure, step.Step);
            if (step.Step == LadderDefinition.HighestStep && step.IsEnteredBy(Trigger.SeriousDeviation))
                yield return Up(Trigger.SeriousDeviation, step.Step, immediate: true);
            if (step.Step <= HighestByRelapse)
                yield return Up(Trigger.Relapse, step.Step);
        }
    }

    public static IEnumerable<Row> Down =>
    [
        .. Enumerable.Range(0, 5).Select(to => Row.Of(c => new DeEscalate(to, c.WayBackBasis()), of: Name(Trigger.ReturnCriteriaMet, to), named: false)),
        .. Enumerable.Range(0, 5).Select(to => Row.Of(
            c => new DeEscalate(to, c.Basis(Trigger.ReviewChanged, c.State.Of<Review>().Any() ? c.LatestRecord<Review>() : Some.Document())),
            of: Name(Trigger.ReviewChanged, to), start: (edition, at, situation) => Reviewed(Situations.At(edition, at, situation), situation, to), named: false)),
    ];

    public static IEnumerable<Row> Closures => Enum.GetValues<CaseOutcome>().Select(outcome => Row.Of(
        c => GivenCase.Closing(outcome, c.Basis(Enum.Parse<Trigger>($"{outcome}"), Some.Document())), of: Code($"{outcome}"),
        start: (edition, at, situation) => Ended(Situations.At(edition, at, situation), situation, outcome), named: false));

    /// <summary>Each at the step that it opens the case at.</summary>
    public static IEnumerable<Row> Openings => new[] { Trigger.Risk, Trigger.Incident, Trigger.SingleDeviation, Trigger.RecurringDeviation, Trigger.SeriousDeviation }
        .Select(trigger => new Row(typeof(OpenCase), Code($"{trigger}"), (edition, step, _) =>
        {
            var deviations = New(trigger);
            var given = GivenCase.AtStep(0, edition);
            return Row.Text(GivenCase.WhenOpened(Some.Opening(step, trigger, deviations) with
            {
                Basis = given.Basis(trigger, [.. deviations.Select(Some.Evidence)]),
                Risk = trigger == Trigger.Risk ? new OpeningRisk(Guid.NewGuid(), Some.Risk(Some.Start)) : null,
                Incident = trigger == Trigger.Incident ? new OpeningIncident(Guid.NewGuid(), new IncidentContent("Brand i lagret", Some.Start, "Vd")) : null,
            }, new CaseContext(edition, LadderSettings.Default, Some.Start)).Decision);
        }));

    public static IEnumerable<Row> Reopenings(LadderDefinition edition) =>
        from step in edition.Steps
        from trigger in new[] { Trigger.SingleDeviation, Trigger.RecurringDeviation, Trigger.SeriousDeviation, Trigger.Relapse }
        where trigger == Trigger.Relapse ? step.Step is > 0 and <= HighestByRelapse : step.IsEnteredBy(trigger)
        where step.Step < LadderDefinition.HighestStep
        select Row.Of(
            c =>
            {
                var deviations = New(trigger, c.Now);
                return new ReopenCase(step.Step, deviations, c.Basis(trigger, [.. deviations.Select(Some.Evidence)]), null);
            },
            of: Name(trigger, step.Step),
            start: trigger != Trigger.Relapse ? null : (l, at, situation) => situation == Situation.Closed && at < step.Step
                ? Situations.LeftFrom(l, step.Step, at).ClosedAsUnfounded()!
                : Situations.At(l, at, situation));

    private static Row Up(Trigger trigger, int to, bool immediate = false) => Row.Of(
        c => to == LadderDefinition.HighestStep
            ? c.Ending(c.Ground(immediate), c.Basis(trigger, [.. Evidence(c, trigger, to), Some.Document()]))
            : new Escalate(to, c.Basis(trigger, [.. Evidence(c, trigger, to), Some.Document()])),
        of: Name(trigger, to) + (immediate ? ", at once" : ""),
        start: (edition, at, situation) => (trigger, situation) switch
        {
            (Trigger.Relapse, Situation.DoneWithoutEffect) when at < to => Situations.LeftFrom(edition, to, at),
            (Trigger.PlanNotFollowed, Situation.DoneWithoutEffect) => Situations.At(edition, at, Situation.Arrived).Failed(PlanOutcome.NotFollowed),
            _ => Situations.At(edition, at, situation),
        },
        named: false);

    private static IEnumerable<EvidenceReference> Evidence(GivenCase c, Trigger trigger, int to) => trigger switch
    {
        Trigger.RecurringDeviation or Trigger.Relapse => c.UnusedDeviations,
        Trigger.SeriousDeviation => c.State.Deviations.Where(d => d.IsOpenAndSerious() && (to == LadderDefinition.HighestStep || !c.State.UsedEvidence.Contains(d.Id)))
            .Select(d => Some.Evidence(d.Id)),
        Trigger.PersistentFailure => [.. Evaluation(c), .. c.State.Of<SeriousAggregate>().Select(r => new EvidenceReference(EvidenceKind.Record, r.Id))],
        Trigger.NoSolution => [.. c.UnusedDeviations, .. Evaluation(c)],
        _ => Evaluation(c),
    };

    private static IEnumerable<EvidenceReference> Evaluation(GivenCase c) => c.State.Evaluations().Any() ? [c.LatestEvaluation] : [];

    private static Deviation[] New(Trigger trigger, DateTimeOffset? at = null) => trigger switch
    {
        Trigger.Risk or Trigger.Incident => [],
        Trigger.RecurringDeviation => [Some.Deviation(at ?? Some.Start), Some.Deviation(at ?? Some.Start)],
        Trigger.SeriousDeviation => [Some.Serious(at ?? Some.Start)],
        _ => [Some.Deviation(at ?? Some.Start)],
    };

    private static GivenCase Reviewed(GivenCase given, Situation situation, int to)
    {
        if (situation != Situation.DoneWithEffect || to >= given.State.Step)
            return given;
        var id = Guid.NewGuid();
        return given.And(new RequestReview(id, new ReviewContent("Steget", "Leveranserna var i tid", "Kvalitetschef", given.Now)))
            .Try(c => new DecideReview(id, new ReviewDecision(ReviewOutcome.Changed, Some.Motivation, to, CanonicalCommands.Reviewer(c))));
    }

    private static GivenCase Ended(GivenCase given, Situation situation, CaseOutcome outcome) =>
        outcome == CaseOutcome.Terminated && situation == Situation.DoneWithEffect && given.State.Step == LadderDefinition.HighestStep
            ? given.Ended().EvidenceComplete()
            : given;

    private static string Name(Trigger trigger, int to) => $"{Code($"{trigger}")} → {to}";

    private static string Code(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}
