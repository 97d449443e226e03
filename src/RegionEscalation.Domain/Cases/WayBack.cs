using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Cases;

/// <summary>"Den gemensamma nämnaren är att hitta en väg tillbaka": return criteria and de-escalation (R-D1…R-D4).</summary>
internal static class WayBack
{
    public static Decision<CaseEvent> SetCriteria(SetReturnCriteria c, EscalationCase s, CaseContext context)
    {
        if (s.Step == 0)
            return Decision<CaseEvent>.Reject(new Rejection("R-D1", "stepZero", new Label(
                "Från steg 0 finns ingen väg tillbaka att sätta villkor för.", "There is no way back from step 0 to set criteria for.")));
        if (c.Criteria.Count == 0)
            return Decision<CaseEvent>.Reject(new Rejection("R-D1", "noCriteria", new Label(
                "Vägen tillbaka har minst ett villkor.", "The way back has at least one criterion."), Field: "criteria"));
        var until = context.Now.AddMonths(context.Settings.ObservationMonthsAt(s.Step));
        return Decision<CaseEvent>.Accept(new ReturnCriteriaSet(context.Now, s.Step,
            [.. c.Criteria.Select(x => new ReturnCriterion(x.Id, x.Text, until))]));
    }

    public static Decision<CaseEvent> ConfirmCriterion(ConfirmReturnCriterion c, EscalationCase s, DateTimeOffset now)
    {
        if (s.CurrentCriteria().FirstOrDefault(x => x.Criterion.Id == c.CriterionId) is not { } criterion)
            return Decision<CaseEvent>.Reject(Rejection.InField("criterionId", "unknownCriterion",
                "Villkoret hör inte till ärendets nuvarande steg.", "The criterion does not belong to the case's current step."));
        if (criterion.MetAt is not null)
            return Decision<CaseEvent>.Reject(new Rejection("R-D1", "alreadyMet", new Label(
                "Villkoret är redan uppfyllt.", "The criterion is already met.")));
        var shortened = now < criterion.Criterion.ObservedUntil;
        if (shortened && !Motivation.IsGiven(c.ShortenedObservationMotivation))
            return Decision<CaseEvent>.Reject(new Rejection("R-D2", "observationPeriod", new Label(
                $"Observationstiden löper till {SwedishTime.DateOf(criterion.Criterion.ObservedUntil):yyyy-MM-dd}; att förkorta den kräver en motivering om minst {Motivation.MinLength} tecken.",
                $"The observation period runs until {SwedishTime.DateOf(criterion.Criterion.ObservedUntil):yyyy-MM-dd}; shortening it needs a motivation of at least {Motivation.MinLength} characters."),
                Field: "shortenedObservationMotivation"));
        return Decision<CaseEvent>.Accept(new ReturnCriterionMet(now, c.CriterionId, c.Verification,
            shortened ? c.ShortenedObservationMotivation : null, c.VerifiedBy));
    }

    public static Decision<CaseEvent> Decide(DeEscalate c, EscalationCase s, CaseContext context)
    {
        var form = TransitionRules.Form(c.Basis, c.ToStep, s.Deviations, s.Holds, context.Ladder.Step(s.Step).DecisionLevel, context).ToList();
        if (c.Basis.Trigger is not (Trigger.ReturnCriteriaMet or Trigger.ReviewChanged))
            form.Add(new Rejection("R-D2", "triggerNotOfWayBack", new Label(
                "Vägen tillbaka utlöses av att villkoren är uppfyllda, eller av en omprövning.",
                "The way back is triggered by its criteria being met, or by a review."), Field: "trigger"));
        var (rejections, basis) = TransitionRules.Apply([.. Against(s, c.ToStep, c.Basis.Trigger, c.Basis.Evidence, context)], form, c.Basis);
        return Decision<CaseEvent>.Unless(rejections, () =>
        [
            .. CaseActivities.NotNeeded(s, context),
            // R-B4: business is on hold at 4 and above only.
            .. s.Of<BusinessHold>().Where(h => h.Holds() && c.ToStep < BlockingStep).Select(h => new BusinessResumed(context.Now, h.Id, null)),
            new CaseDeEscalated(context.Now, s.Step, c.ToStep, basis),
            .. Obligations.OnEntering(c.ToStep, s.Deviations, context),
        ]);
    }

    /// <summary>The step from which business may be put on hold and contracts blocked (R-B1, R-B4).</summary>
    public const int BlockingStep = 4;

    /// <summary>Every rule that stands against stepping down to the step; the same for the command and for what is possible.</summary>
    public static IEnumerable<Rejection> Against(
        EscalationCase s, int toStep, Trigger trigger, IReadOnlyList<EvidenceReference> evidence, CaseContext context)
    {
        if (TransitionRules.AgainstStep(toStep) is { } noStep)
        {
            yield return noStep;
            yield break;
        }
        if (toStep >= s.Step)
        {
            yield return new Rejection("R-D2", "notBelow", new Label(
                $"Steg {toStep} ligger inte under ärendets steg {s.Step}.", $"Step {toStep} is not below the case's step {s.Step}."), Field: "toStep");
            yield break;
        }
        if (s.Step == LadderDefinition.HighestStep)
        {
            if (toStep < LadderDefinition.FirstNationalStep)
                yield return new Rejection("R-D3", "notBelowThree", new Label(
                    "Från steg 5 går vägen tillbaka till 4 eller 3.", "From step 5 the way back leads to 4 or 3."), Field: "toStep");
            if (s.Of<Termination>().FirstOrDefault(t => t.Visit == s.Visit && t.Stands()) is { } termination)
                yield return new Rejection("R-D3", "terminationStands", new Label(
                    "Avslutet är varken återkallat eller förlikt.", "The termination is neither withdrawn nor settled."),
                    termination.HasTakenEffect(context.Now) ? null : $"terminations/{termination.Id}/withdrawals");
        }
        foreach (var block in s.Of<Block>().Where(b => b.Stands(context.Now) && toStep < BlockingStep))
            yield return new Rejection("R-B3", "blockInForce", new Label(
                "En spärr gäller eller är beslutad; den ska hävas innan ärendet går under steg 4.",
                "A block is in force or decided; it is lifted before the case goes below step 4."),
                $"blocks/{block.Id}/liftings");
        if (trigger == Trigger.ReviewChanged)
        {
            if (!s.Of<Review>().Any(r => r.Decision is { Outcome: ReviewOutcome.Changed } d && d.ToStep == toStep && r.DecidedAt >= s.StepEnteredAt
                && evidence.Any(e => e.Cites(EvidenceKind.Record, r.Id))))
                yield return new Rejection("R-D5", "reviewMissing", new Label(
                    $"Underlaget ska innehålla den omprövning som ändrat till steg {toStep}.", $"The evidence includes the review that changed to step {toStep}."),
                    "reviews", "evidence");
            yield break;
        }
        if (toStep < s.Step - 1)
            yield return new Rejection("R-D3", "oneStepAtATime", new Label(
                "Vägen tillbaka går ett steg i taget; fler steg kräver en motivering.",
                "The way back goes one step at a time; more steps need a motivation."), Field: "toStep", Departable: true);

        var criteria = s.CurrentCriteria().ToArray();
        if (criteria.Length == 0)
            yield return new Rejection("R-D2", "returnCriteriaMissing", new Label(
                $"Inga villkor för vägen tillbaka är satta på steg {s.Step}.", $"No return criteria are set at step {s.Step}."), "return-criteria");
        foreach (var unmet in criteria.Where(x => x.MetAt is null))
            yield return new Rejection("R-D2", "returnCriterionUnmet", new Label(
                $"Villkoret ”{unmet.Criterion.Text}” är inte bekräftat uppfyllt.", $"The criterion “{unmet.Criterion.Text}” is not confirmed as met."),
                $"return-criteria/{unmet.Criterion.Id}/confirmations");

        if (AgainstPlan(s, partlyIsEnough: toStep == s.Step - 1) is { } plan)
            yield return plan;
        if (s.Deviations.Any(d => d.IsOpenAndSerious()))
            yield return new Rejection("R-D2", "seriousDeviationOpen", new Label(
                "En allvarlig avvikelse är inte hanterad och återkopplad.", "A serious deviation is not handled and fed back."));
        // From the criteria set last: setting criteria after a new deviation begins a new observation, or there would be no way back.
        if (criteria.Length > 0 && s.Deviations.Any(d => d.Counts() && d.OccurredAt >= criteria.Max(x => x.SetAt)))
            yield return new Rejection("R-D2", "newDeviation", new Label(
                "En ny avvikelse har inträffat under observationstiden.", "A new deviation has occurred in the observation period."), "return-criteria");
    }

    private static Rejection? AgainstPlan(EscalationCase s, bool partlyIsEnough) => s.LatestPlan() switch
    {
        null => new Rejection("R-D2", "planMissing", new Label(
            "Ärendet har ingen handlingsplan.", "The case has no action plan."), "action-plans"),
        { } plan when plan.Latest().Evaluation is { } evaluation && evaluation.At < s.LastEscalatedAt => new Rejection("R-D2", "evaluatedBeforeEscalation", new Label(
            "Planen utvärderades innan ärendet senast eskalerade; den ska revideras och utvärderas på nytt.",
            "The plan was evaluated before the case last escalated; it is revised and evaluated anew."), $"action-plans/{plan.Id}/revisions"),
        { } plan => plan.Latest().Evaluation?.Outcome switch
        {
            PlanOutcome.Effective => null,
            PlanOutcome.PartlyEffective => new Rejection("R-D2", "planPartlyEffective", new Label(
                "Planen är utvärderad med bara delvis effekt; det räcker ett steg ned och med en motivering.",
                "The plan is evaluated as only partly effective; that is enough for one step down and with a motivation."),
                $"action-plans/{plan.Id}/revisions", Departable: partlyIsEnough),
            _ => new Rejection("R-D2", "planNotEffective", new Label(
                "Den senaste revisionen av handlingsplanen är inte utvärderad med avsedd effekt.",
                "The latest revision of the action plan is not evaluated as effective."), $"action-plans/{plan.Id}/evaluations"),
        },
    };
}
