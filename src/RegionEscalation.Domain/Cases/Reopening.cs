using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Cases;

/// <summary>R-Z5: something new opens a closed case again, at the step that it leads to and not at the one where the case was left.</summary>
internal static class Reopening
{
    public static Decision<CaseEvent> Decide(ReopenCase c, EscalationCase s, CaseContext context)
    {
        var deviations = c.Deviations.DistinctBy(d => d.Id).ToLookup(d => s.Deviations.FirstOrDefault(x => x.Id == d.Id));
        var added = deviations[null].Select(d => AttachedDeviation.CopyOf(d, context.Now)).ToArray();
        // A closed case stays as it was (R-G3): what its deviations have come to meanwhile it learns when it opens again.
        var learned = deviations.Where(d => d.Key is not null).SelectMany(d => Learned(d.Key!, d.Single(), context.Now)).ToArray();
        AttachedDeviation[] all = [.. learned.Aggregate(s, EscalationCase.Evolve).Deviations, .. added];
        var (rejections, basis) = TransitionRules.Apply(
            [.. Against(c, s, all, added, context)],
            [
                .. TransitionRules.Form(c.Basis, c.ToStep, all, e => s.Holds(e) || added.Any(d => e.Cites(EvidenceKind.Deviation, d.Id)),
                    context.Ladder.Step(Math.Clamp(c.ToStep, 0, LadderDefinition.HighestStep)).DecisionLevel, context),
            ],
            c.Basis);
        return Decision<CaseEvent>.Unless(rejections, () =>
        [
            new CaseReopened(context.Now, c.ToStep, basis, AppliedRecurrence.By(basis, all, s.UsedEvidence, s.Absorbed, context)),
            .. learned,
            .. added.Select(d => new DeviationAttached(context.Now, d)),
            .. Obligations.OnEntering(c.ToStep, all, context),
        ]);
    }

    private static IEnumerable<CaseEvent> Learned(AttachedDeviation copy, Deviation now, DateTimeOffset at)
    {
        if (now.Assessment is { } assessment && !assessment.SaysTheSameAs(copy.Assessment))
            yield return new AttachedDeviationReassessed(at, copy.Id, assessment);
        if (now.IsUnfounded() && copy.UnfoundedAt is null)
            yield return new AttachedDeviationFoundUnfounded(at, copy.Id, now.Closure!.Motivation!, now.Closure.DecidedBy);
        else if (copy.ResolvedAt is null && now.ResolvedAt() is not null)
            yield return new AttachedDeviationResolved(at, copy.Id);
    }

    private static IEnumerable<Rejection> Against(
        ReopenCase c, EscalationCase s, IReadOnlyList<AttachedDeviation> all, IReadOnlyList<AttachedDeviation> added, CaseContext context)
    {
        if (s.IsOpen())
        {
            yield return new Rejection("R-Z5", "notClosed", new Label("Ärendet är inte avslutat.", "The case is not closed."));
            yield break;
        }
        if (s.Outcome is CaseOutcome.Merged or CaseOutcome.Transferred)
            yield return new Rejection("R-Z4", "goneElsewhere", new Label(
                "Ärendet har gått upp i ett annat eller lämnats över.", "The case has gone on as another or been handed over."));
        if (s.ClosedAt < context.Now.AddMonths(-context.Settings.ReopenMonths))
            yield return new Rejection("R-Z5", "closedTooLongAgo", new Label(
                $"Ärendet avslutades för mer än {context.Settings.ReopenMonths} månader sedan; öppna ett nytt.",
                $"The case was closed more than {context.Settings.ReopenMonths} months ago; open a new one."), Departable: true);
        if (c.OtherOpenCase is { } other)
            yield return Opening.OneOpenCase(other);
        foreach (var deviation in c.Deviations.Where(d => added.Any(a => a.Id == d.Id)).DistinctBy(d => d.Id))
        {
            foreach (var rejection in CaseDecider.AgainstAttaching(deviation, s.Supplier.Id, s.Contract.Number, Opening.FieldOf(deviation.Id, c.Basis.Evidence)))
                yield return rejection;
        }
        if (TransitionRules.AgainstStep(c.ToStep) is { } noStep)
        {
            yield return noStep;
            yield break;
        }
        if (added.Count == 0)
            yield return new Rejection("R-Z5", "nothingNew", new Label(
                "Ett avslutat ärende öppnas av en ny avvikelse.", "A closed case is opened by a new deviation."), Field: "evidence");
        if (c.Basis.Trigger == Trigger.Relapse && c.ToStep <= Escalation.RelapseLimit(s, context))
        {
            foreach (var rejection in Escalation.AgainstRelapse(s, all, c.Basis.Evidence))
                yield return rejection;
            yield break;
        }
        foreach (var rejection in Opening.AgainstEntry(c.ToStep, c.Basis.Trigger, context))
            yield return rejection;
        var cited = all.Where(d => c.Basis.Evidence.Any(e => e.Cites(EvidenceKind.Deviation, d.Id))).ToArray();
        if (c.ToStep > 0)
        {
            foreach (var rejection in Escalation.AgainstDeviations(Escalation.RuleOf(c.ToStep, c.Basis.Trigger), c.Basis.Trigger, cited, s.UsedEvidence, s.Absorbed, context))
                yield return rejection;
        }
        else if (added.Count > 0 && added.All(d => d.Assessment?.CausedBy == CausedBy.Region))
            yield return Escalation.NotTheSuppliersPart();
    }
}
