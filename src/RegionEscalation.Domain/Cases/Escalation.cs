using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Cases;

/// <summary>Upwards: what leads into a step (R-E1…R-E11, R-D6). Time alone never does (R-E9): nothing here runs by itself.</summary>
internal static class Escalation
{
    /// <summary>The rule that guards the entry into a step by a trigger.</summary>
    public static string RuleOf(int toStep, Trigger trigger) => (toStep, trigger) switch
    {
        (_, Trigger.Relapse) => "R-D6",
        (4, Trigger.PersistentFailure) => "R-E4b",
        (4, Trigger.SeriousDeviation) => "R-E4a",
        (4, _) => "R-E10",
        _ => $"R-E{toStep}",
    };

    public static Decision<CaseEvent> Decide(Escalate c, EscalationCase s, CaseContext context)
    {
        var rules = Against(s, c.ToStep, c.Basis.Trigger, c.Basis.Evidence, context, c.Termination);
        var level = context.Ladder.Step(Math.Clamp(c.ToStep, 0, LadderDefinition.HighestStep)).DecisionLevel;
        var (rejections, basis) = TransitionRules.Apply(rules,
            [.. TransitionRules.Form(c.Basis, c.ToStep, s.Deviations, s.Holds, level, context), .. TerminationGrounds.Against(c, level, context)], c.Basis);
        return Decision<CaseEvent>.Unless(rejections, () =>
        {
            var jumpedOver = Enumerable.Range(s.Step + 1, c.ToStep - s.Step - 1).ToArray();
            var cutShort = c.Basis.Trigger == Trigger.SeriousDeviation ? Enumerable.Range(s.Step, c.ToStep - s.Step) : [];
            return
            [
                .. CaseActivities.NotNeeded(s, context),
                .. Skipped(s, cutShort, context),
                .. c.Termination is { } ground ? new[] { new TerminationGroundStated(context.Now, ground) } : [],
                new CaseEscalated(context.Now, s.Step, c.ToStep, basis, jumpedOver, AppliedRecurrence.By(basis, s.Deviations, s.UsedEvidence, s.Absorbed, context)),
                .. Obligations.OnEntering(c.ToStep, s.Deviations, context),
            ];
        });
    }

    /// <summary>Every rule that stands against entering the step from where the case stands; the same for the command and for what is possible.</summary>
    public static IReadOnlyList<Rejection> Against(
        EscalationCase s, int toStep, Trigger trigger, IReadOnlyList<EvidenceReference> evidence, CaseContext context, TerminationGround? termination = null)
    {
        if (TransitionRules.AgainstStep(toStep) is { } noStep)
            return [noStep];
        var rule = RuleOf(toStep, trigger);
        if (toStep <= s.Step)
            return [new Rejection("R-E6", "notAbove", new Label(
                $"Steg {toStep} ligger inte över ärendets steg {s.Step}.", $"Step {toStep} is not above the case's step {s.Step}."), Field: "toStep")];
        if (trigger == Trigger.Relapse && toStep > RelapseLimit(s, context))
            return [new Rejection(rule, "noRelapse", new Label(
                $"Ärendet har inte lämnat steg {toStep} eller högre nedåt de senaste {context.Settings.RelapseMonths} månaderna.",
                $"The case has not stepped down from step {toStep} or higher within the last {context.Settings.RelapseMonths} months."), Field: "trigger")];
        if (!LeadsInto(context.Ladder.Step(toStep), trigger))
            return [TriggerNotOfStep(toStep, trigger, context)];

        var rejections = new List<Rejection>();
        if (trigger is not (Trigger.SeriousDeviation or Trigger.Relapse) && toStep > s.Step + 1)
            rejections.Add(new Rejection("R-E6", "oneStepAtATime", new Label(
                "Ärendet eskaleras ett steg i taget; bara en allvarlig avvikelse hoppar över steg.",
                "A case escalates one step at a time; only a serious deviation jumps over steps."), Field: "toStep"));
        if (AgainstHigherStep(s.Step, toStep, trigger, termination, context.Ladder) is { } lowerFirst)
            rejections.Add(lowerFirst);

        if (s.ChangedStep() is { } review && !(trigger == Trigger.SeriousDeviation && s.Deviations.Any(d => d.OccurredAt >= review.DecidedAt && evidence.Any(e => e.Cites(EvidenceKind.Deviation, d.Id)))))
            rejections.Add(new Rejection("R-D5", "reviewNotCarriedOut", new Label(
                "En omprövning har ändrat steget; ärendet trappas ned dit innan det kan eskalera av annat än en ny allvarlig avvikelse.",
                "A review has changed the step; the case is de-escalated there before it can escalate by anything but a new serious deviation."), "de-escalations"));
        rejections.AddRange(AgainstTrigger(rule, toStep, trigger, s, evidence, context));
        if (toStep == LadderDefinition.HighestStep)
            rejections.AddRange(TerminationGrounds.Against(s, termination, context));
        if (trigger != Trigger.SeriousDeviation)
            rejections.AddRange(CaseActivities.AgainstLeaving(s, context.Ladder, "R-E7", departable: true));
        return rejections;
    }

    /// <summary>Every event that may lead into the step from where the case stands: the edition's, and this platform's own (R-E4b, R-D6).</summary>
    public static IEnumerable<Trigger> TriggersInto(LadderStep step, EscalationCase s, CaseContext context) =>
        Enum.GetValues<Trigger>().Where(t => LeadsInto(step, t) && t switch
        {
            Trigger.PersistentFailure => s.Step == step.Step - 1,
            Trigger.Relapse => step.Step <= RelapseLimit(s, context),
            _ => true,
        });

    /// <summary>The evidence in the case that best supports the trigger now.</summary>
    public static IReadOnlyList<EvidenceReference> Suggest(EscalationCase s, int toStep, Trigger trigger, CaseContext context) => trigger switch
    {
        Trigger.PlanWithoutEffect or Trigger.PlanNotFollowed => Refusal(s) is { } refusal ? [OfRecord(refusal)] : LatestEvaluation(s),
        Trigger.PersistentFailure => [.. LatestEvaluation(s), .. Classification(s) is { } c ? [OfRecord(c)] : Array.Empty<EvidenceReference>()],
        Trigger.SeriousDeviation => OfDeviations(s.Deviations.Where(d => d.IsOpenAndSerious() && (StillOpenIsEnough(s, toStep) || !s.UsedEvidence.Contains(d.Id)))),
        Trigger.NoSolution => [.. OfDeviations(NewSince(s, s.StepEnteredAt)), .. LatestEvaluation(s)],
        Trigger.Relapse => OfDeviations(NewSince(s, LastLeft(s))),
        _ => [.. Recurrence.Of(s.Deviations, s.UsedEvidence, s.Absorbed, context.Settings, context.Now).Counting.Select(d => new EvidenceReference(EvidenceKind.Deviation, d.Id))],
    };

    /// <summary>Whether the deviations, which may have triggered nothing yet, support the trigger (R-E1, R-E4a, R-E8).</summary>
    /// <param name="absorbed">Another contract's deviations, which do not recur under this one.</param>
    public static IEnumerable<Rejection> AgainstDeviations(
        string rule, Trigger trigger, IReadOnlyList<AttachedDeviation> deviations, IReadOnlyList<Guid> used, IReadOnlyList<Guid> absorbed, CaseContext context)
    {
        foreach (var reused in deviations.Where(d => used.Contains(d.Id)))
            yield return new Rejection("R-E8", "alreadyUsed", new Label(
                $"Avvikelsen {reused.Id} har redan utlöst en förflyttning i ärendet.",
                $"The deviation {reused.Id} has already triggered a transition of the case."), MetBy: "deviations", Field: "evidence");

        if (trigger == Trigger.RecurringDeviation)
        {
            var recurrence = Recurrence.Of(deviations, used, absorbed, context.Settings, context.Now);
            if (!recurrence.IsMet)
                yield return new Rejection(rule, "tooFewDeviations", new Label(
                    $"Återkommande är minst {recurrence.Count} bedömda avvikelser som räknas{(recurrence.SameRequirement ? " mot samma krav" : "")} inom {recurrence.Months} månader; här är {recurrence.Counting.Count}.",
                    $"Recurring means at least {recurrence.Count} assessed deviations that count{(recurrence.SameRequirement ? " from the same requirement" : "")} within {recurrence.Months} months; here there are {recurrence.Counting.Count}."),
                    MetBy: "deviations", Field: "evidence", Departable: recurrence.IsNearly);
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
            else if (!serious.Any(d => d.Counts() && IsRecent(d, context)))
                yield return new Rejection(rule, "seriousDeviationTooOld", new Label(
                    $"Den allvarliga avvikelsen inträffade för mer än {context.Settings.SeriousMonths} månader sedan.",
                    $"The serious deviation occurred more than {context.Settings.SeriousMonths} months ago."),
                    MetBy: "deviations", Field: "evidence", Departable: true);
        }
    }

    public static Rejection TriggerNotOfStep(int toStep, Trigger trigger, CaseContext context) => new(RuleOf(toStep, trigger), "triggerNotOfStep", new Label(
        $"Händelsen leder inte till steg {toStep} i trappan {context.Ladder.Version}.",
        $"The trigger does not lead to step {toStep} of the ladder {context.Ladder.Version}."), Field: "trigger");

    /// <summary>
    /// R-E11: what leads into several steps leads into the lowest above the current one. A serious deviation may jump, but over step 4 only
    /// where the ground for ending the business allows ending it at once (R-E5).
    /// </summary>
    public static Rejection? AgainstHigherStep(int step, int toStep, Trigger trigger, TerminationGround? termination, LadderDefinition ladder)
    {
        var mayJump = trigger == Trigger.SeriousDeviation && (toStep < LadderDefinition.HighestStep || termination is { Immediate: true });
        return !mayJump && ladder.LowestStepAbove(step, trigger) is { } lowest && lowest != toStep
            ? new Rejection("R-E11", "lowerStepFirst", new Label(
                $"Händelsen leder till det lägsta steget över det nuvarande: {lowest}.",
                $"The trigger leads to the lowest step above the current one: {lowest}."), Field: "toStep")
            : null;
    }

    /// <summary>R-G6.</summary>
    public static Rejection NotTheSuppliersPart() => new("R-G6", "notTheSuppliersPart", new Label(
        "En avvikelse som regionen orsakat räknas inte; vid delad eller okänd orsak ska leverantörens del anges i bedömningen.",
        "A deviation caused by the region does not count; where the cause is shared or unknown the assessment states the supplier's part."),
        MetBy: "deviations", Field: "evidence");

    /// <summary>R-D6: a deviation that counts, has triggered nothing, and occurred after the case last stepped down.</summary>
    public static IEnumerable<Rejection> AgainstRelapse(
        EscalationCase s, IEnumerable<AttachedDeviation> deviations, IReadOnlyList<EvidenceReference> evidence)
    {
        if (!NewSince(s with { Deviations = [.. deviations] }, LastLeft(s)).Any(d => evidence.Any(e => e.Cites(EvidenceKind.Deviation, d.Id))))
            yield return new Rejection("R-D6", "noNewDeviation", new Label(
                "Underlaget ska innehålla en avvikelse som räknas och har inträffat efter att ärendet gick nedåt.",
                "The evidence includes a deviation that counts and occurred after the case stepped down."), MetBy: "deviations", Field: "evidence");
    }

    /// <summary>The highest step that the case has left downwards within the region's months; -1 when none (R-D6). Step 5 is entered by R-E5 only.</summary>
    public static int RelapseLimit(EscalationCase s, CaseContext context) =>
        Math.Min(LadderDefinition.HighestStep - 1, s.LeftSteps.Where(l => l.At >= context.Now.AddMonths(-context.Settings.RelapseMonths)).Max(l => (int?)l.Step) ?? -1);

    /// <summary>The required activities of the steps that nobody has recorded, as skipped (C4).</summary>
    public static IEnumerable<CaseEvent> Skipped(EscalationCase? s, IEnumerable<int> steps, CaseContext context) =>
        from step in steps
        let definition = context.Ladder.Step(step)
        let codes = (s is null ? definition.Required : CaseActivities.Outstanding(s, definition)).Select(a => a.Code).ToArray()
        where codes.Length > 0
        select new ActivitiesSkipped(context.Now, step, codes);

    /// <summary>R-E4a: a serious deviation that occurred within the region's months.</summary>
    public static bool IsRecent(AttachedDeviation d, CaseContext context) => d.OccurredAt >= context.Now.AddMonths(-context.Settings.SeriousMonths);

    /// <summary>When the case last stepped down; the end of time where it never has (R-D6).</summary>
    public static DateTimeOffset LastLeft(EscalationCase s) => s.LeftSteps.Max(l => (DateTimeOffset?)l.At) ?? DateTimeOffset.MaxValue;

    private static bool LeadsInto(LadderStep step, Trigger trigger) => trigger switch
    {
        // Only where the edition has no way up for a plan that fails at step 3 (C3).
        Trigger.PersistentFailure => step.Step == WayBack.BlockingStep && !step.IsEnteredBy(Trigger.PlanWithoutEffect),
        Trigger.Relapse => step.Step < LadderDefinition.HighestStep,
        _ => step.IsEnteredBy(trigger),
    };

    private static IEnumerable<Rejection> AgainstTrigger(
        string rule, int toStep, Trigger trigger, EscalationCase s, IReadOnlyList<EvidenceReference> evidence, CaseContext context)
    {
        AttachedDeviation[] Cited() => [.. s.Deviations.Where(d => evidence.Any(e => e.Cites(EvidenceKind.Deviation, d.Id)))];
        return trigger switch
        {
            Trigger.PlanWithoutEffect or Trigger.PlanNotFollowed =>
                Refusal(s) is { } refusal && evidence.Any(e => e.Cites(EvidenceKind.Record, refusal.Id)) ? [] : AgainstEvaluation(rule, trigger, s, evidence),
            Trigger.PersistentFailure => [.. AgainstEvaluation(rule, Trigger.PlanWithoutEffect, s, evidence), .. AgainstClassification(s, evidence)],
            Trigger.NoSolution => AgainstNoSolution(s, Cited(), evidence),
            Trigger.Relapse => AgainstRelapse(s, s.Deviations, evidence),
            _ => AgainstDeviations(rule, trigger, Cited(), trigger == Trigger.SeriousDeviation && StillOpenIsEnough(s, toStep) ? [] : s.UsedEvidence, s.Absorbed, context),
        };
    }

    /// <summary>R-E5: what is still open when the business ends from step 4 is the same failure that led there, not a second one.</summary>
    private static bool StillOpenIsEnough(EscalationCase s, int toStep) => toStep == LadderDefinition.HighestStep && s.Step == toStep - 1;

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

    /// <summary>R-E4b: without the separate decision that the failure is serious as a whole, a plan that fails at step 3 leads nowhere.</summary>
    private static IEnumerable<Rejection> AgainstClassification(EscalationCase s, IReadOnlyList<EvidenceReference> evidence)
    {
        if (Classification(s) is not { } classification || !evidence.Any(e => e.Cites(EvidenceKind.Record, classification.Id)))
            yield return new Rejection("R-E4b", "notClassifiedSerious", new Label(
                "Underlaget ska innehålla ett särskilt beslut om att bristerna sammantagna är allvarliga.",
                "The evidence includes a separate decision that the failures are serious as a whole."), "serious-aggregates", "evidence");
    }

    /// <summary>R-E10: continued deviations, or a plan without effect, at step 4.</summary>
    private static IEnumerable<Rejection> AgainstNoSolution(EscalationCase s, AttachedDeviation[] cited, IReadOnlyList<EvidenceReference> evidence)
    {
        if (!cited.Intersect(NewSince(s, s.StepEnteredAt)).Any() && AgainstEvaluation("R-E10", Trigger.PlanWithoutEffect, s, evidence).Any())
            yield return new Rejection("R-E10", "noSolutionUnsupported", new Label(
                "Underlaget ska innehålla en avvikelse som inträffat efter att ärendet kom till steget, eller en plan som utvärderats utan avsedd effekt där.",
                "The evidence includes a deviation that occurred after the case entered the step, or a plan evaluated without effect there."),
                "deviations", "evidence");
    }

    /// <summary>A refusal is over once a plan is agreed or imposed after it.</summary>
    private static PlanRefusal? Refusal(EscalationCase s) => s.Of<PlanRefusal>().LastOrDefault(r => r.Visit == s.Visit && !s.UsedEvidence.Contains(r.Id)
        && !s.ActionPlans.SelectMany(p => p.Revisions).Any(x => x.Agreement is not null && x.EstablishedAt >= r.RecordedAt));

    private static SeriousAggregate? Classification(EscalationCase s) =>
        s.Of<SeriousAggregate>().LastOrDefault(r => r.Visit == s.Visit && !s.UsedEvidence.Contains(r.Id));

    private static IEnumerable<AttachedDeviation> NewSince(EscalationCase s, DateTimeOffset since) =>
        s.Deviations.Where(d => d.Counts() && d.OccurredAt >= since && !s.UsedEvidence.Contains(d.Id));

    private static IReadOnlyList<EvidenceReference> LatestEvaluation(EscalationCase s) =>
        [.. s.Evaluations().Select(e => e.Evaluation).TakeLast(1).Select(e => new EvidenceReference(EvidenceKind.Evaluation, e.Id))];

    private static EvidenceReference OfRecord(CaseRecord record) => new(EvidenceKind.Record, record.Id);

    private static IReadOnlyList<EvidenceReference> OfDeviations(IEnumerable<AttachedDeviation> deviations) =>
        [.. deviations.Select(d => new EvidenceReference(EvidenceKind.Deviation, d.Id))];
}
