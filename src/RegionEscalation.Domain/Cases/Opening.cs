using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.WatchList;

namespace RegionEscalation.Domain.Cases;

/// <summary>Opening a case at 0 (R-E0), or directly where a recurring or a serious deviation leads (R-E1, R-E4a, R-E10).</summary>
internal static class Opening
{
    public static Decision<CaseEvent> Decide(OpenCase c, CaseContext context)
    {
        if (c.Contract is not { } contract)
            return Decision<CaseEvent>.Reject(Rejection.InField("contractNumber", "unknownContract",
                "Regionen har inget avtal med det numret.", "The region has no contract with that number."));

        var attached = c.Deviations.DistinctBy(d => d.Id).Select(d => AttachedDeviation.CopyOf(d, context.Now)).ToArray();
        Guid?[] records = [c.Risk?.RecordId, c.Incident?.RecordId, .. c.Watch?.RiskAssessments.Select(a => (Guid?)a.Id) ?? []];
        var evidence = records.OfType<Guid>().Select(id => new EvidenceReference(EvidenceKind.Record, id));
        var (rejections, basis) = TransitionRules.Apply(
            [.. Against(c, contract, attached, context)],
            [
                .. TransitionRules.Form(c.Basis with { Evidence = [.. c.Basis.Evidence, .. evidence] }, c.ToStep, attached, e => Holds(attached, records, e),
                    context.Ladder.Step(Math.Clamp(c.ToStep, 0, LadderDefinition.HighestStep)).DecisionLevel, context),
                .. c.Risk is { } r ? RiskAssessments.Against(r.Content, context.Now, "riskAssessment.") : [],
                .. c.Incident is { } i ? Incidents.Against(i.Content, context, "incident.") : [],
            ],
            c.Basis with { Evidence = [.. c.Basis.Evidence, .. evidence] });

        return Decision<CaseEvent>.Unless(rejections, () =>
        {
            var jumpedOver = Enumerable.Range(0, c.ToStep).ToArray();
            return
            [
                new CaseOpened(context.Now, c.CaseId, c.RegistrationNumber, contract.Content.Supplier, contract.Reference(), context.Ladder.Version,
                    c.ToStep, basis, jumpedOver, AppliedRecurrence.By(basis, attached, [], [], context)),
                .. c.Watch is { } watch ? Watched(watch, context.Now) : [],
                .. c.Risk is { } risk ? new[] { new RiskAssessmentConfirmed(context.Now, risk.RecordId, risk.Content) } : [],
                .. c.Incident is { } incident ? new[] { new IncidentRecorded(context.Now, incident.RecordId, incident.Content) } : [],
                .. attached.Select(d => new DeviationAttached(context.Now, d)),
                .. Escalation.Skipped(null, c.Basis.Trigger == Trigger.SeriousDeviation ? jumpedOver : [], context),
                .. Obligations.OnEntering(c.ToStep, attached, context),
            ];
        });
    }

    /// <summary>Since when and why the supplier was watched, and its risk assessments with the dates that they have.</summary>
    private static IEnumerable<CaseEvent> Watched(WatchEntry watch, DateTimeOffset now) =>
        [new CameFromWatchList(now, watch.History()), .. watch.RiskAssessments.Select(a => new RiskAssessmentConfirmed(now, a.Id, a.Content, a.At))];

    /// <summary>Whether a recurring or serious deviation leads straight to the step, where no case stands yet or a closed one opens again.</summary>
    public static IEnumerable<Rejection> AgainstEntry(int toStep, Trigger trigger, CaseContext context)
    {
        if (!context.Ladder.Step(toStep).IsEnteredBy(trigger))
            yield return Escalation.TriggerNotOfStep(toStep, trigger, context);
        else if (toStep > 0 && trigger is not (Trigger.RecurringDeviation or Trigger.SeriousDeviation))
            yield return new Rejection("R-E6", "oneStepAtATime", new Label(
                "Ett ärende öppnas på steg 0, eller där återkommande eller allvarliga avvikelser leder.",
                "A case is opened at step 0, or where recurring or serious deviations lead."), Field: "toStep");
        else if (toStep > 0 && Escalation.AgainstHigherStep(0, toStep, trigger, null, context.Ladder) is { } lowerFirst)
            yield return lowerFirst;
    }

    /// <summary>R-G2.</summary>
    public static Rejection OneOpenCase(Guid other) => new("R-G2", "openCaseExists", new Label(
        $"Det finns redan ett öppet ärende om leverantören och avtalet: {other}.",
        $"There already is an open case about the supplier and the contract: {other}."), Field: "contractNumber");

    /// <summary>Where the evidence names the deviation; the list as a whole when it does not.</summary>
    public static string FieldOf(Guid deviationId, IReadOnlyList<EvidenceReference> evidence)
    {
        for (var i = 0; i < evidence.Count; i++)
        {
            if (evidence[i].Cites(EvidenceKind.Deviation, deviationId))
                return $"evidence[{i}]";
        }
        return "evidence";
    }

    private static IEnumerable<Rejection> Against(
        OpenCase c, Contracts.Contract contract, IReadOnlyList<AttachedDeviation> attached, CaseContext context)
    {
        if (c.OtherOpenCase is { } other)
            yield return OneOpenCase(other);

        if (c.Watch is { } from && (from.Supplier.Id != contract.Content.Supplier.Id || (from.Contract is { } watched && watched.Number != contract.Number)))
            yield return new Rejection("R-G1", "otherThanWatched", new Label(
                "Ärendet gäller en annan leverantör eller ett annat avtal än bevakningen.",
                "The case concerns another supplier or contract than the watch."), Field: "contractNumber");

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
        foreach (var rejection in AgainstEntry(c.ToStep, c.Basis.Trigger, context))
            yield return rejection;

        if (c.ToStep > 0)
        {
            var cited = attached.Where(d => c.Basis.Evidence.Any(e => e.Cites(EvidenceKind.Deviation, d.Id))).ToArray();
            foreach (var rejection in Escalation.AgainstDeviations(Escalation.RuleOf(c.ToStep, c.Basis.Trigger), c.Basis.Trigger, cited, [], [], context))
                yield return rejection;
        }
        else if (c.Watch is not null)
        {
            if (c.Risk is null && !c.Watch.HasValidRisk(context.Now))
                yield return new Rejection("R-E0", "riskNotAssessed", new Label(
                    "Bevakningen har ingen riskbedömning som gäller; fastställ en där, eller lämna en nu.",
                    "The watch has no risk assessment that is valid; confirm one there, or give one now."), Field: "riskAssessment");
        }
        else if (c.Risk is null && c.Incident is null)
        {
            if (attached.Count == 0)
                yield return new Rejection("R-E0", "nothingToStartFrom", new Label(
                    "Ett ärende börjar i minst en avvikelse mot leverantören, en incident eller en fastställd riskbedömning.",
                    "A case starts from at least one deviation of the supplier, an incident or a confirmed risk assessment."), Field: "evidence");
            // A case may begin in what nobody has assessed yet, but not in what is known to be the region's own doing.
            else if (attached.All(d => d.Assessment?.CausedBy == CausedBy.Region))
                yield return Escalation.NotTheSuppliersPart();
        }
    }

    private static bool Holds(IReadOnlyList<AttachedDeviation> attached, IEnumerable<Guid?> records, EvidenceReference e) => e.Kind switch
    {
        EvidenceKind.Deviation => attached.Any(d => d.Id == e.Id),
        EvidenceKind.Record => e.Id is not null && records.Contains(e.Id),
        EvidenceKind.Document => !string.IsNullOrWhiteSpace(e.Reference),
        _ => false,
    };
}
