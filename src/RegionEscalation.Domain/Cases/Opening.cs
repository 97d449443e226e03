using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Cases;

/// <summary>Opening a case at 0 (R-E0), or directly where a recurring or a serious deviation leads (R-E1, R-E4a).</summary>
internal static class Opening
{
    public static Decision<CaseEvent> Decide(OpenCase c, CaseContext context)
    {
        if (c.Contract is not { } contract)
            return Decision<CaseEvent>.Reject(Rejection.InField("contractNumber", "unknownContract",
                "Regionen har inget avtal med det numret.", "The region has no contract with that number."));

        var attached = c.Deviations.DistinctBy(d => d.Id).Select(d => AttachedDeviation.CopyOf(d, context.Now)).ToArray();
        var trigger = c.Basis.Trigger;
        var (rejections, basis) = TransitionRules.Apply(
            [.. Against(c, contract, attached, context)],
            [.. TransitionRules.Form(c.Basis, c.ToStep, attached, e => Holds(attached, e), context.Ladder)],
            c.Basis);

        return Decision<CaseEvent>.Unless(rejections, () =>
        {
            var jumpedOver = Enumerable.Range(0, c.ToStep).ToArray();
            return
            [
                new CaseOpened(context.Now, c.CaseId, c.RegistrationNumber, contract.Content.Supplier, contract.Reference(), context.Ladder.Version,
                    c.ToStep, basis, jumpedOver),
                .. attached.Select(d => new DeviationAttached(context.Now, d)),
                .. Escalation.Skipped(null, trigger == Trigger.SeriousDeviation ? jumpedOver : [], context),
            ];
        });
    }

    private static IEnumerable<Rejection> Against(
        OpenCase c, Contracts.Contract contract, IReadOnlyList<AttachedDeviation> attached, CaseContext context)
    {
        if (c.OtherOpenCase is { } other)
            yield return OneOpenCase(other);

        foreach (var deviation in c.Deviations.DistinctBy(d => d.Id))
        {
            foreach (var rejection in CaseDecider.AgainstAttaching(
                deviation, contract.Content.Supplier.Id, contract.Number, FieldOf(deviation.Id, c.Basis.Evidence)))
                yield return rejection;
        }

        if (TransitionRules.AgainstStep(c.ToStep) is { } noStep)
        {
            yield return noStep;
            yield break;
        }
        if (!context.Ladder.Step(c.ToStep).Triggers.Contains(c.Basis.Trigger))
            yield return new Rejection(Escalation.RuleOf(c.ToStep), "triggerNotOfStep", new Label(
                $"Händelsen leder inte till steg {c.ToStep} i trappan {context.Ladder.Version}.",
                $"The trigger does not lead to step {c.ToStep} of the ladder {context.Ladder.Version}."), Field: "trigger");
        else if (c.ToStep > 0 && c.Basis.Trigger is not (Trigger.RecurringDeviation or Trigger.SeriousDeviation))
            yield return new Rejection("R-E6", "oneStepAtATime", new Label(
                "Ett ärende öppnas på steg 0, eller där återkommande eller allvarliga avvikelser leder.",
                "A case is opened at step 0, or where recurring or serious deviations lead."), Field: "toStep");
        else if (c.ToStep > 0 && context.Ladder.LowestStepAbove(0, c.Basis.Trigger) is { } lowest && lowest != c.ToStep)
            yield return new Rejection("R-E11", "lowerStepFirst", new Label(
                $"Händelsen leder till steg {lowest}.", $"The trigger leads to step {lowest}."), Field: "toStep");

        if (attached.Count == 0)
            yield return new Rejection("R-E0", "nothingToStartFrom", new Label(
                "Ett ärende börjar i minst en avvikelse mot leverantören.", "A case starts from at least one deviation of the supplier."), Field: "evidence");
        else if (c.ToStep == 0)
        {
            // A case may begin in what nobody has assessed yet, but not in what is known to be the region's own doing.
            if (attached.All(d => d.Assessment?.CausedBy == CausedBy.Region))
                yield return Escalation.NotTheSuppliersPart();
        }
        else
        {
            var cited = attached.Where(d => c.Basis.Evidence.Any(e => e.Cites(EvidenceKind.Deviation, d.Id))).ToArray();
            foreach (var rejection in Escalation.AgainstDeviations(Escalation.RuleOf(c.ToStep), c.Basis.Trigger, cited, [], context))
                yield return rejection;
        }
    }

    private static Rejection OneOpenCase(Guid other) => new("R-G2", "openCaseExists", new Label(
        $"Det finns redan ett öppet ärende om leverantören och avtalet: {other}.",
        $"There already is an open case about the supplier and the contract: {other}."), Field: "contractNumber");

    /// <summary>Where the evidence names the deviation; the list as a whole when it does not.</summary>
    private static string FieldOf(Guid deviationId, IReadOnlyList<EvidenceReference> evidence)
    {
        for (var i = 0; i < evidence.Count; i++)
        {
            if (evidence[i].Cites(EvidenceKind.Deviation, deviationId))
                return $"evidence[{i}]";
        }
        return "evidence";
    }

    private static bool Holds(IReadOnlyList<AttachedDeviation> attached, EvidenceReference e) => e.Kind switch
    {
        EvidenceKind.Deviation => attached.Any(d => d.Id == e.Id),
        EvidenceKind.Document => !string.IsNullOrWhiteSpace(e.Reference),
        _ => false,
    };
}
