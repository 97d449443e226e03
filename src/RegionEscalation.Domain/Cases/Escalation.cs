using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Cases;

/// <summary>Upwards: what leads into a step (R-E1…R-E11). Time alone never does (R-E9): nothing here runs by itself.</summary>
internal static class Escalation
{
    /// <summary>The rule that guards the entry into a step.</summary>
    public static string RuleOf(int toStep) => toStep == 4 ? "R-E4a" : $"R-E{toStep}";

    public static Decision<CaseEvent> Decide(Escalate c, EscalationCase s, CaseContext context)
    {
        var rules = Against(s, c.ToStep, c.Basis.Trigger, c.Basis.Evidence, context);
        var form = TransitionRules.Form(c.Basis, c.ToStep, s.Deviations, s.Holds, context.Ladder);
        var (rejections, basis) = TransitionRules.Apply(rules, [.. form], c.Basis);
        return Decision<CaseEvent>.Unless(rejections, () =>
        {
            var jumpedOver = Enumerable.Range(s.Step + 1, c.ToStep - s.Step - 1).ToArray();
            var cutShort = c.Basis.Trigger == Trigger.SeriousDeviation ? Enumerable.Range(s.Step, c.ToStep - s.Step) : [];
            return [.. Skipped(s, cutShort, context), new CaseEscalated(context.Now, s.Step, c.ToStep, basis, jumpedOver)];
        });
    }

    /// <summary>Every rule that stands against entering the step from where the case stands; the same for the command and for what is possible.</summary>
    public static IReadOnlyList<Rejection> Against(
        EscalationCase s, int toStep, Trigger trigger, IReadOnlyList<EvidenceReference> evidence, CaseContext context)
    {
        if (TransitionRules.AgainstStep(toStep) is { } noStep)
            return [noStep];
        var rule = RuleOf(toStep);
        if (toStep <= s.Step)
            return [new Rejection("R-E6", "notAbove", new Label(
                $"Steg {toStep} ligger inte över ärendets steg {s.Step}.", $"Step {toStep} is not above the case's step {s.Step}."), Field: "toStep")];
        if (!context.Ladder.Step(toStep).Triggers.Contains(trigger))
            return [new Rejection(rule, "triggerNotOfStep", new Label(
                $"Händelsen leder inte till steg {toStep} i trappan {context.Ladder.Version}.",
                $"The trigger does not lead to step {toStep} of the ladder {context.Ladder.Version}."), Field: "trigger")];

        var rejections = new List<Rejection>();
        if (trigger != Trigger.SeriousDeviation && toStep > s.Step + 1)
            rejections.Add(new Rejection("R-E6", "oneStepAtATime", new Label(
                "Ärendet eskaleras ett steg i taget; bara en allvarlig avvikelse hoppar över steg.",
                "A case escalates one step at a time; only a serious deviation jumps over steps."), Field: "toStep"));
        if (context.Ladder.LowestStepAbove(s.Step, trigger) is { } lowest && lowest != toStep)
            rejections.Add(new Rejection("R-E11", "lowerStepFirst", new Label(
                $"Händelsen leder till det lägsta steget över det nuvarande: {lowest}.",
                $"The trigger leads to the lowest step above the current one: {lowest}."), Field: "toStep"));

        rejections.AddRange(AgainstTrigger(rule, trigger, s, evidence, context));
        if (toStep == LadderDefinition.HighestStep)
            rejections.AddRange(AgainstTermination(rule));
        if (trigger != Trigger.SeriousDeviation)
            rejections.AddRange(CaseActivities.AgainstLeaving(s, context.Ladder, "R-E7", departable: true));
        return rejections;
    }

    /// <summary>The evidence in the case that best supports the trigger now.</summary>
    public static IReadOnlyList<EvidenceReference> Suggest(EscalationCase s, Trigger trigger, CaseContext context) => trigger switch
    {
        Trigger.PlanWithoutEffect or Trigger.PlanNotFollowed =>
            [.. s.Evaluations().Select(e => e.Evaluation).TakeLast(1).Select(e => new EvidenceReference(EvidenceKind.Evaluation, e.Id))],
        Trigger.SeriousDeviation => OfDeviations(s.Deviations.Where(d => d.IsOpenAndSerious() && !s.UsedEvidence.Contains(d.Id))),
        _ => OfDeviations(Recurring(s.Deviations, s.UsedEvidence, context)),
    };

    /// <summary>Whether the deviations, which may have triggered nothing yet, support the trigger (R-E1, R-E4a, R-E8).</summary>
    public static IEnumerable<Rejection> AgainstDeviations(
        string rule, Trigger trigger, IReadOnlyList<AttachedDeviation> deviations, IReadOnlyList<Guid> used, CaseContext context)
    {
        foreach (var reused in deviations.Where(d => used.Contains(d.Id)))
            yield return new Rejection("R-E8", "alreadyUsed", new Label(
                $"Avvikelsen {reused.Id} har redan utlöst en förflyttning i ärendet.",
                $"The deviation {reused.Id} has already triggered a transition of the case."), MetBy: "deviations", Field: "evidence");

        if (trigger == Trigger.RecurringDeviation)
        {
            var count = Recurring(deviations, used, context).Count();
            if (count < context.Settings.RecurrenceCount)
                yield return new Rejection(rule, "tooFewDeviations", new Label(
                    $"Återkommande är minst {context.Settings.RecurrenceCount} bedömda avvikelser som räknas inom {context.Settings.RecurrenceMonths} månader; här är {count}.",
                    $"Recurring means at least {context.Settings.RecurrenceCount} assessed deviations that count within {context.Settings.RecurrenceMonths} months; here there are {count}."),
                    MetBy: "deviations", Field: "evidence", Departable: deviations.Any(d => d.Counts() && !used.Contains(d.Id)));
        }
        if (trigger == Trigger.SeriousDeviation)
        {
            var serious = deviations.Where(d => d.IsOpenAndSerious() && !used.Contains(d.Id)).ToArray();
            if (serious.Length == 0)
                yield return new Rejection(rule, "noSeriousDeviation", new Label(
                    "Underlaget ska innehålla minst en öppen avvikelse som bedömts som allvarlig.",
                    "The evidence includes at least one open deviation assessed as serious."), MetBy: "deviations", Field: "evidence");
            else if (!serious.Any(d => d.Counts()))
                yield return NotTheSuppliersPart();
            else if (!serious.Any(d => d.Counts() && d.OccurredAt >= context.Now.AddMonths(-context.Settings.SeriousMonths)))
                yield return new Rejection(rule, "seriousDeviationTooOld", new Label(
                    $"Den allvarliga avvikelsen inträffade för mer än {context.Settings.SeriousMonths} månader sedan.",
                    $"The serious deviation occurred more than {context.Settings.SeriousMonths} months ago."),
                    MetBy: "deviations", Field: "evidence", Departable: true);
        }
    }

    /// <summary>R-G6.</summary>
    public static Rejection NotTheSuppliersPart() => new("R-G6", "notTheSuppliersPart", new Label(
        "En avvikelse som regionen orsakat räknas inte; vid delad eller okänd orsak ska leverantörens del anges i bedömningen.",
        "A deviation caused by the region does not count; where the cause is shared or unknown the assessment states the supplier's part."),
        MetBy: "deviations", Field: "evidence");

    /// <summary>The required activities of the steps that nobody has recorded, as skipped (C4).</summary>
    public static IEnumerable<CaseEvent> Skipped(EscalationCase? s, IEnumerable<int> steps, CaseContext context) =>
        from step in steps
        let definition = context.Ladder.Step(step)
        let codes = (s is null ? definition.Required : CaseActivities.Outstanding(s, definition)).Select(a => a.Code).ToArray()
        where codes.Length > 0
        select new ActivitiesSkipped(context.Now, step, codes);

    private static IEnumerable<Rejection> AgainstTrigger(
        string rule, Trigger trigger, EscalationCase s, IReadOnlyList<EvidenceReference> evidence, CaseContext context) => trigger switch
    {
        Trigger.PlanWithoutEffect or Trigger.PlanNotFollowed => AgainstEvaluation(rule, trigger, s, evidence),
        _ => AgainstDeviations(rule, trigger, [.. s.Deviations.Where(d => evidence.Any(e => e.Cites(EvidenceKind.Deviation, d.Id)))], s.UsedEvidence, context),
    };

    /// <summary>R-E2, R-E3: a revision that was evaluated without effect while the case stood at this step, in this visit, and has triggered nothing yet.</summary>
    private static IEnumerable<Rejection> AgainstEvaluation(string rule, Trigger trigger, EscalationCase s, IReadOnlyList<EvidenceReference> evidence)
    {
        var evaluations = s.Evaluations().Where(e => evidence.Any(r => r.Cites(EvidenceKind.Evaluation, e.Evaluation.Id))).ToArray();
        if (evaluations.Length == 0)
        {
            yield return s.LatestPlan() is { } plan
                ? new Rejection(rule, "evaluationMissing", new Label(
                    "Underlaget ska innehålla en utvärdering av handlingsplanen.",
                    "The evidence includes an evaluation of the action plan."), $"action-plans/{plan.Id}/evaluations", "evidence")
                : new Rejection(rule, "planMissing", new Label(
                    "Ärendet har ingen handlingsplan som kan ha varit utan avsedd effekt.",
                    "The case has no action plan that could have been without the intended effect."), "action-plans", "evidence");
            yield break;
        }

        var against = evaluations.Select(e => AgainstEvaluation(rule, trigger, s, e.Plan, e.Evaluation)).ToArray();
        if (against.All(r => r is not null))
            yield return against[^1]!;
    }

    private static Rejection? AgainstEvaluation(string rule, Trigger trigger, EscalationCase s, ActionPlan plan, PlanEvaluation e)
    {
        var metBy = $"action-plans/{plan.Id}/revisions";
        if (s.UsedEvidence.Contains(e.Id))
            return new Rejection(rule, "evaluationReused", new Label(
                "Utvärderingen har redan utlöst en förflyttning; planen ska revideras och utvärderas på nytt.",
                "The evaluation has already triggered a transition; the plan is revised and evaluated anew."), metBy, "evidence");
        if (e.Step != s.Step || e.At < s.StepEnteredAt)
            return new Rejection(rule, "evaluatedBeforeStep", new Label(
                $"Planen utvärderades innan ärendet kom till steg {s.Step}.",
                $"The plan was evaluated before the case entered step {s.Step}."), metBy, "evidence");
        if (s.Evaluations().Last().Evaluation.Id != e.Id)
            return new Rejection(rule, "notLatestEvaluation", new Label(
                "En senare revision av planen har utvärderats; det är den som gäller.",
                "A later revision of the plan has been evaluated; that is the one that counts."), metBy, "evidence");
        var failed = e.Outcome == PlanOutcome.NotFollowed || (e.Outcome == PlanOutcome.WithoutEffect && trigger == Trigger.PlanWithoutEffect);
        return failed ? null : new Rejection(rule, "evaluationNotWithoutEffect", new Label(
            "Planen är inte utvärderad som utan avsedd effekt.", "The plan is not evaluated as without the intended effect."), metBy, "evidence");
    }

    /// <summary>R-E5 rests on records that a case cannot hold yet, so they are always missing.</summary>
    private static IEnumerable<Rejection> AgainstTermination(string rule) =>
    [
        new(rule, "terminationGroundMissing", new Label(
            "Avslut kräver en grund i avtalet eller i 17 kap. 17 § LOU.", "Termination needs a ground in the contract or in LOU 17:17.")),
        new(rule, "continuityNotAssessed", new Label(
            "Konsekvensen för försörjningen är inte bedömd.", "The consequence for supply is not assessed.")),
        new(rule, "supplierNotHeard", new Label(
            "Leverantören har inte fått yttra sig.", "The supplier has not been given the opportunity to comment.")),
    ];

    private static IEnumerable<AttachedDeviation> Recurring(IEnumerable<AttachedDeviation> deviations, IReadOnlyList<Guid> used, CaseContext context) =>
        deviations.Where(d => d.Counts() && !used.Contains(d.Id) && d.OccurredAt >= context.Now.AddMonths(-context.Settings.RecurrenceMonths));

    private static IReadOnlyList<EvidenceReference> OfDeviations(IEnumerable<AttachedDeviation> deviations) =>
        [.. deviations.Select(d => new EvidenceReference(EvidenceKind.Deviation, d.Id))];
}
