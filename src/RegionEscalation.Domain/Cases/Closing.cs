using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.Regions;

namespace RegionEscalation.Domain.Cases;

/// <summary>Closing: resolved (R-Z1), terminated (R-Z2), unfounded (R-Z3), merged or transferred (R-Z4).</summary>
public static class Closing
{
    internal static Decision<CaseEvent> Decide(CloseCase c, EscalationCase s, CaseContext context)
    {
        var form = TransitionRules.Form(c.Basis, toStep: 0, s.Deviations, s.Holds, LevelOf(c.Outcome, s, context.Ladder), context).ToList();
        if (c.Basis.Trigger != TriggerOf(c.Outcome))
            form.Add(new Rejection(RuleOf(c.Outcome), "triggerNotOfOutcome", new Label(
                "Händelsen stämmer inte med utfallet.", "The trigger does not match the outcome."), Field: "trigger"));
        if (c.Outcome == CaseOutcome.Resolved && string.IsNullOrWhiteSpace(c.RootCause))
            form.Add(new Rejection("R-Z1", "rootCauseMissing", new Label(
                "Grundorsaken ska anges.", "The root cause is stated."), Field: "rootCause"));
        if (c.Outcome == CaseOutcome.Resolved && c.LessonsLearned is null)
            form.Add(new Rejection("R-Z1", "lessonsMissing", new Label(
                "Ange om det finns lärdomar att ta vara på.", "State whether there are lessons to be learned."), Field: "lessonsLearned"));
        form.AddRange(AgainstTerms(c, s));
        var (rejections, basis) = TransitionRules.Apply([.. Against(s, c.Outcome, context)], form, c.Basis);
        return Decision<CaseEvent>.Unless(rejections, () =>
        [
            // What has ended before is not told as standing when the case was closed.
            .. s.Records.Select(r => r.Expired(context.Now)).OfType<CaseEvent>(),
            .. Terms(c, context.Now),
            new CaseClosed(context.Now, s.Step, c.Outcome, basis, c.RootCause, c.LessonsLearned, s.HighestStep),
        ]);
    }

    /// <summary>The other half of a merger, on the case that goes on (R-Z4).</summary>
    internal static Decision<CaseEvent> Absorb(AbsorbCase c, CaseContext context) =>
        Decision<CaseEvent>.Accept(new CaseAbsorbed(context.Now, c.Other.Id, c.Other.Deviations, c.Other.UsedEvidence));

    /// <summary>What a closure is recorded as being triggered by.</summary>
    public static Trigger TriggerOf(CaseOutcome outcome) => outcome switch
    {
        CaseOutcome.Resolved => Trigger.Resolved,
        CaseOutcome.Terminated => Trigger.Terminated,
        CaseOutcome.Merged => Trigger.Merged,
        CaseOutcome.Transferred => Trigger.Transferred,
        _ => Trigger.Unfounded,
    };

    public static string RuleOf(CaseOutcome outcome) => outcome switch
    {
        CaseOutcome.Resolved => "R-Z1",
        CaseOutcome.Terminated => "R-Z2",
        CaseOutcome.Unfounded => "R-Z3",
        _ => "R-Z4",
    };

    /// <summary>The decision level that belongs to the closure: of the highest step reached when unfounded (R-Z3), of the current one otherwise.</summary>
    public static string LevelOf(CaseOutcome outcome, EscalationCase s, LadderDefinition ladder) =>
        ladder.Step(outcome == CaseOutcome.Unfounded ? s.HighestStep : s.Step).DecisionLevel;

    /// <summary>Every rule that stands against the closure; the same for the command and for what is possible.</summary>
    public static IEnumerable<Rejection> Against(EscalationCase s, CaseOutcome outcome, CaseContext context) => outcome switch
    {
        CaseOutcome.Resolved => AgainstResolved(s, context),
        CaseOutcome.Terminated => AgainstTerminated(s, context),
        // A case that goes on elsewhere, or should never have been, leaves no measure behind that nobody answers for.
        _ => [.. AgainstMeasuresInForce(RuleOf(outcome), s, context.Now), .. AgainstTerminations(RuleOf(outcome), s, context), .. outcome == CaseOutcome.Unfounded ? AgainstUnfounded(s, context) : []],
    };

    private static IEnumerable<Rejection> AgainstTerminations(string rule, EscalationCase s, CaseContext context) =>
        from termination in s.Of<Termination>()
        where termination.Stands() && !termination.HasTakenEffect(context.Now)
        select new Rejection(rule, "terminationStands", new Label(
            "Ett avslut är beslutat och inte återkallat.", "A termination is decided and not withdrawn."), $"terminations/{termination.Id}/withdrawals");

    private static IEnumerable<Rejection> AgainstUnfounded(EscalationCase s, CaseContext context) => [.. AgainstDeviations(s), .. AgainstEvidence(s, context)];

    /// <summary>What stays the supplier's, or may come to be, would go on counting against it (R-Z3); what the region has caused never does (R-G6).</summary>
    private static IEnumerable<Rejection> AgainstDeviations(EscalationCase s) =>
        from deviation in s.Deviations
        where deviation.UnfoundedAt is null && deviation.Assessment?.CausedBy != CausedBy.Region
        select new Rejection("R-Z3", "deviationNotUnfounded", new Label(
            $"Avvikelsen {deviation.Id} är varken avslutad som ogrundad eller bedömd som orsakad av regionen; båda går också när den är hanterad eller avslutad.",
            $"The deviation {deviation.Id} is neither closed as unfounded nor assessed as caused by the region; either can be done after it was handled or closed, too."),
            $"deviations/{deviation.Id}/closures");

    /// <summary>What was unfounded is no evidence either (R-Z3, R-X1).</summary>
    private static IEnumerable<Rejection> AgainstEvidence(EscalationCase s, CaseContext context) =>
        from file in s.Of<ExclusionEvidence>()
        where !file.HasEnded(context.Now)
        select new Rejection("R-Z3", "evidenceFileStands", new Label(
            "Ett underlag enligt 13 kap. 3 § LOU är inte återkallat.", "A file under LOU 13:3 is not withdrawn."), $"exclusion-evidence/{file.Id}/withdrawals");

    private static IEnumerable<Rejection> AgainstTerms(CloseCase c, EscalationCase s)
    {
        if (c.Outcome == CaseOutcome.Terminated && string.IsNullOrWhiteSpace(c.RetentionClass))
            yield return new Rejection("R-Z2", "retentionClassMissing", new Label(
                "Ange klass i dokumenthanteringsplanen.", "State the class in the records schedule."), Field: "retentionClass");
        if (c.Outcome == CaseOutcome.Merged && (c.MergeInto is not { } other || other.Id == s.Id || !other.IsOpen() || other.Supplier.Id != s.Supplier.Id
            // Going on at a lower step would be a way back without its conditions (R-G3, R-D2).
            || other.Step < s.Step))
            yield return new Rejection("R-Z4", "mergeTargetUnfit", new Label(
                "Ärendet går upp i ett annat öppet ärende om samma leverantör i regionen, på samma steg eller ett högre.",
                "The case goes on as another open case of the region about the same supplier, at the same step or a higher one."), Field: "mergeInto");
        if (c.Outcome == CaseOutcome.Transferred)
        {
            if (c.TransferTo is not { } to || Region.Find(to.Region) is null)
                yield return new Rejection("R-Z4", "receiverUnknown", new Label(
                    "Ange den region eller gemensamma nämnd som tar över.", "State the region or joint board that takes over."), Field: "transferTo.region");
            if (string.IsNullOrWhiteSpace(c.TransferTo?.AcceptanceReference))
                yield return new Rejection("R-Z4", "acceptanceMissing", new Label(
                    "Överlämning kräver att mottagaren har accepterat.", "A transfer needs the receiver's acceptance."), Field: "transferTo.acceptanceReference");
            if (string.IsNullOrWhiteSpace(c.TransferTo?.DisclosureReference))
                yield return new Rejection("R-Z4", "disclosureDecisionMissing", new Label(
                    "Överlämning kräver ett beslut om utlämnande.", "A transfer needs a decision to disclose."), Field: "transferTo.disclosureReference");
        }
    }

    private static IEnumerable<CaseEvent> Terms(CloseCase c, DateTimeOffset now) => c.Outcome switch
    {
        CaseOutcome.Terminated => [new TerminationConcluded(now, c.RetentionClass!)],
        CaseOutcome.Merged => [new CaseMergedInto(now, c.MergeInto!.Id)],
        CaseOutcome.Transferred => [new CaseTransferred(now, c.TransferTo!.Region, c.TransferTo.AcceptanceReference!, c.TransferTo.DisclosureReference!)],
        _ => [],
    };

    private static IEnumerable<Rejection> AgainstTerminated(EscalationCase s, CaseContext context)
    {
        if (s.Step != LadderDefinition.HighestStep)
            yield return new Rejection("R-Z2", "notAtFive", new Label(
                "Ett ärende avslutas som avslutat samarbete från steg 5.", "A case is closed as terminated from step 5."), "escalations");
        if (!s.Of<Termination>().Any(t => t.Visit == s.Visit && t.HasTakenEffect(context.Now)))
            yield return new Rejection("R-Z2", "notEnded", new Label(
                "Avtalet eller samarbetet har inte upphört ännu.", "The contract or the cooperation has not ended yet."), "terminations");
        // Nothing is confirmed or updated afterwards, so that what stands is the last word.
        if (s.Step == LadderDefinition.HighestStep && !Notices.HaveFinallyTold(s))
            yield return new Rejection("R-Z2", "finalNoticeMissing", new Label(
                "Sveriges Regioner är inte slutligt informerade om steg 5 som det står.", "Sweden's regions are not finally informed of step 5 as it stands."), "notices");
        // R-K1: at 5 it is decided whether a group is appointed.
        if (s.Step == LadderDefinition.HighestStep && CaseActivities.Outstanding(s, context.Ladder.Step(s.Step)).Any(a => a.Code == "crisisGroup"))
            yield return new Rejection("R-K1", "crisisGroupUndecided", new Label(
                "Vid steg 5 ska en krishanteringsgrupp tillsättas, eller avstås från med skäl.",
                "At step 5 a crisis management group is appointed, or dispensed with for a reason."), "crisis-groups");
        // What the termination, the notice and the decision on a crisis group do is asked for above, by rules of their own.
        foreach (var outstanding in s.Step == LadderDefinition.HighestStep ? CaseActivities.AgainstLeaving(s, context.Ladder, "R-Z2", departable: false, "endContract", "crisisGroup", Obligations.InformRegionsCode) : [])
            yield return outstanding;
        if (!s.Of<ExclusionEvidence>().Any(e => e.CompletedAt is not null && e.State != EvidenceFileState.Withdrawn))
            yield return new Rejection("R-Z2", "evidenceFileMissing", new Label(
                "Underlag enligt 13 kap. 3 § LOU är inte fullständigt; att avstå från det motiveras.",
                "The file under LOU 13:3 is not complete; doing without it is motivated."), "exclusion-evidence", Departable: true);
        foreach (var rejection in AgainstMeasuresInForce("R-Z2", s, context.Now))
            yield return rejection;
    }

    /// <summary>Blocks, holds and crisis groups end before the case does (R-Z1, R-Z2, R-K1).</summary>
    private static IEnumerable<Rejection> AgainstMeasuresInForce(string rule, EscalationCase s, DateTimeOffset now)
    {
        foreach (var block in s.Of<Block>().Where(b => b.Stands(now)))
            yield return new Rejection(rule, "blockInForce", new Label("En spärr gäller eller är beslutad.", "A block is in force or decided."), $"blocks/{block.Id}/liftings");
        foreach (var hold in s.Of<BusinessHold>().Where(h => h.Holds()))
            yield return new Rejection(rule, "businessOnHold", new Label("Nya affärer är stoppade.", "New business is on hold."), $"business-holds/{hold.Id}/resumptions");
        foreach (var group in s.Of<CrisisGroup>().Where(g => g.IsActive()))
            yield return new Rejection("R-K1", "crisisGroupActive", new Label(
                "Krishanteringsgruppen är inte upplöst.", "The crisis management group is not dissolved."), $"crisis-groups/{group.Id}/dissolutions");
    }

    private static IEnumerable<Rejection> AgainstResolved(EscalationCase s, CaseContext context)
    {
        if (s.Step > LadderDefinition.FirstNationalStep)
            yield return new Rejection("R-Z1", "stepTooHigh", new Label(
                "Ett ärende avslutas som löst från steg 0–2, eller från 3 när vägen tillbaka till 2 är öppen.",
                "A case is closed as resolved from steps 0–2, or from 3 when the way back to 2 is open."), "de-escalations");
        if (s.Step == LadderDefinition.FirstNationalStep)
        {
            foreach (var rejection in WayBack.Against(s, LadderDefinition.FirstNationalStep - 1, Trigger.ReturnCriteriaMet, [], context))
                yield return rejection with { Departable = false };
        }
        if (s.Step < LadderDefinition.FirstNationalStep && Notices.TellsOfACaseLast(s))
            yield return new Rejection("R-Z1", "allClearMissing", new Label(
                "Sveriges Regioner har inte fått veta att faran är över.", "Sweden's regions have not been told that it is all clear."), "notices");
        foreach (var open in s.Deviations.Where(d => d.ResolvedAt is null))
            yield return new Rejection("R-Z1", "deviationOpen", new Label(
                $"Avvikelsen {open.Id} är inte hanterad och återkopplad.", $"The deviation {open.Id} is not handled and fed back."));
        if (s.LatestPlan() is { } plan && (plan.Latest().Evaluation is not { Outcome: PlanOutcome.Effective } evaluation || evaluation.At < s.LastEscalatedAt))
            yield return new Rejection("R-Z1", "planNotEffective", new Label(
                "Handlingsplanen är inte utvärderad med avsedd effekt sedan ärendet senast gick uppåt.",
                "The action plan is not evaluated as effective since the case last moved upwards."),
                $"action-plans/{plan.Id}/evaluations");
        foreach (var sanction in s.Of<Sanction>().Where(x => !x.IsFinal()))
            yield return new Rejection("R-Z1", "sanctionNotFinal", new Label(
                "En sanktion är varken reglerad eller återkallad.", "A sanction is neither settled nor withdrawn."), $"sanctions/{sanction.Id}/settlements");
        foreach (var cost in s.Of<CostEntry>().Where(x => !x.IsSettled()))
            yield return new Rejection("R-Z1", "costUnsettled", new Label(
                "En kostnads fördelning är varken överenskommen, krävd eller avskriven.", "Who bears a cost is neither agreed, claimed nor written off."),
                $"cost-entries/{cost.Id}/bearers");
        foreach (var rejection in AgainstMeasuresInForce("R-Z1", s, context.Now))
            yield return rejection;
        foreach (var rejection in CaseActivities.AgainstLeaving(s, context.Ladder, "R-Z1", departable: false))
            yield return rejection;
    }
}
