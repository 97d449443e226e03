using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.Regions;
using RegionEscalation.Domain.WatchList;
using static RegionEscalation.Domain.Cases.Telling;

namespace RegionEscalation.Domain.Cases;

/// <summary>A case's history in plain words: every event as a sentence, with who, why and by which rule.</summary>
public static class CaseNarrative
{
    /// <param name="e">An event of the case.</param>
    /// <param name="version">The case's version that the event made.</param>
    /// <param name="c">The case as it stands now, or any time after the event.</param>
    /// <param name="ladder">Every edition by its version, as it is in the region.</param>
    public static Narration Tell(CaseEvent e, long version, EscalationCase c, Func<string, LadderDefinition?> ladder)
    {
        var t = new Telling(c, ladder(c.LadderAt(version))!, ladder);
        return e switch
        {
            RecordEvent r => RecordNarrative.Tell(r, t),
            CaseOpened or CaseEscalated or CaseDeEscalated or CaseClosed or CaseReopened => Moved(e, t),
            ActivityCompleted or ActivityDispensedWith or ActivitiesSkipped or ActivityPlanned or ActivitiesNotNeeded => OfActivities(e, t),
            ActionPlanEstablished or ActionPlanRevised or ActionPlanAgreed or ActionPlanEvaluated or MeasureReportedDone or MeasureVerified => OfPlan(e, t),
            _ => Beside(e, t),
        };
    }

    private static Narration Moved(CaseEvent e, Telling t) => e switch
    {
        CaseOpened x => Decided(x.Basis, Escalation.RuleOf(x.Step, x.Basis.Trigger), t, Say(
            "Eskaleringsärendet {0}om leverantören {1} och avtalet {2} ({3}) öppnades på {4} i {5}{6}, eftersom {7}.",
            "The escalation case {0}about the supplier {1} and the contract {2} ({3}) was opened at {4} of {5}{6}, because {7}.",
            SayIf(x.RegistrationNumber is not null, "{0} ", "{0} ", x.RegistrationNumber), x.Supplier.Name, x.Contract.Number, x.Contract.Title,
            t.Step(x.Step), Quoted(t.Ladder.Title), JumpedOver(x.SkippedSteps), Because(x.Basis, t))),
        CaseEscalated x => Decided(x.Basis, Escalation.RuleOf(x.ToStep, x.Basis.Trigger), t, Say(
            "Ärendet eskalerade från steg {0} till {1}{2}, eftersom {3}.", "The case escalated from step {0} to {1}{2}, because {3}.",
            x.FromStep, t.Step(x.ToStep), JumpedOver(x.SkippedSteps), Because(x.Basis, t))),
        CaseDeEscalated x => Decided(x.Basis, x.Basis.Trigger == Trigger.ReviewChanged ? "R-D5" : "R-D2", t, Say(
            "Väg tillbaka: ärendet trappades ned från steg {0} till {1}, eftersom {2}.",
            "The way back: the case was de-escalated from step {0} to {1}, because {2}.", x.FromStep, t.Step(x.ToStep), Because(x.Basis, t))),
        CaseClosed x => Decided(x.Basis, Closing.RuleOf(x.Outcome), t, Adding(
            Say("Ärendet avslutades på {0} som {1}, eftersom {2}{3}.", "The case was closed at {0} as {1}, because {2}{3}.",
                t.Step(x.Step), CaseWords.ClosedAs[x.Outcome], Because(x.Basis, t),
                SayIf(x.LessonsLearned == true, "; det finns lärdomar att ta vara på", "; there are lessons to be learned")),
            new Label("Grundorsak", "Root cause"), x.RootCause)),
        CaseReopened x => Decided(x.Basis, x.Basis.Trigger == Trigger.Relapse ? "R-Z5, R-D6" : "R-Z5", t, Say(
            "Ärendet återöppnades på {0}, eftersom {1}.", "The case was reopened at {0}, because {1}.", t.Step(x.Step), Because(x.Basis, t))),
        _ => throw Untold(e),
    };

    private static Narration OfActivities(CaseEvent e, Telling t) => e switch
    {
        ActivityCompleted x => new(
            Say("{0} på {1} utfördes {2}.", "{0} of {1} was performed on {2}.", t.Activities(x.Step, [x.Code]), t.Step(x.Step), x.PerformedAt),
            x.PerformedBy, x.Note, "R-A2"),
        ActivityDispensedWith x => new(
            Say("{0} på {1} är ej tillämplig i ärendet.", "{0} of {1} is not applicable in the case.", t.Activities(x.Step, [x.Code]), t.Step(x.Step)),
            x.DecidedBy, x.Reason, "R-E7"),
        ActivitiesSkipped x => new(Say(
            "{0} på {1} hoppades över på grund av en allvarlig avvikelse.", "{0} of {1} {2} skipped because of a serious deviation.",
            t.Activities(x.Step, x.Codes), t.Step(x.Step), WereOrWas(x.Codes)), Rule: "R-E4a"),
        ActivityPlanned x => new(Say(
            "{0} på {1} planerades till {2} och ska utföras av {3}.", "{0} of {1} was planned for {2}, to be performed by {3}.",
            t.Activities(x.Step, [x.Code]), t.Step(x.Step), x.PlannedFor, x.AssignedTo), Why: x.Note, Rule: "R-A2"),
        ActivitiesNotNeeded x => new(Say(
            "{0} på {1}, som görs vid behov, behövdes inte.", "{0} of {1}, done if needed, {2} not needed.",
            t.Activities(x.Step, x.Codes), t.Step(x.Step), WereOrWas(x.Codes)), Rule: "R-A1"),
        _ => throw Untold(e),
    };

    private static Narration OfPlan(CaseEvent e, Telling t) => e switch
    {
        ActionPlanEstablished x => new(Planned("Handlingsplan upprättades", "An action plan was established", x.Content), x.Content.AuthoredBy, Rule: "R-E2"),
        ActionPlanRevised x => new(
            Planned($"Handlingsplanen reviderades (revision {x.Revision})", $"The action plan was revised (revision {x.Revision})", x.Content),
            x.Content.AuthoredBy, Rule: "R-E3"),
        ActionPlanAgreed x => new(Say(
            "Handlingsplanen (revision {0}) {1} och gäller.", "The action plan (revision {0}) {1} and is in force.", x.Revision, CaseWords.Agreed[x.Agreement]),
            x.AgreedBy, Rule: "R-E2"),
        ActionPlanEvaluated x => new(
            Departing(Adding(
                Say("Handlingsplanen (revision {0}) utvärderades: den {1}.",
                    "The action plan (revision {0}) was evaluated: it {1}.", x.Revision, CaseWords.Plan[x.Outcome]),
                new Label("Verksamheten uppger", "The operations say"), x.OperationsConfirmation), "R-E2", x.EarlyMotivation),
            x.EvaluatedBy, x.Motivation, x.Outcome is PlanOutcome.Effective or PlanOutcome.PartlyEffective ? "R-D2" : "R-E2, R-E3"),
        MeasureReportedDone x => new(
            Say("{0} rapporterades som genomförd.", "{0} was reported as done.", Measure(x.PlanId, x.Revision, x.Measure, t)), x.ReportedBy, x.Account, "R-E2"),
        MeasureVerified x => new(
            Say("{0} verifierades.", "{0} was verified.", Measure(x.PlanId, x.Revision, x.Measure, t)), x.VerifiedBy, x.Verification, "R-E2"),
        _ => throw Untold(e),
    };

    private static Narration Beside(CaseEvent e, Telling t) => e switch
    {
        ContractOfCaseChanged x => new(Say(
            "Avtalskatalogen ändrade uppgifterna om ärendets avtal: avtalsansvarig nås på {0}{1}{2}; {3}{4}.",
            "The contract catalogue changed what it says of the case's contract: the contract owner is reached at {0}{1}{2}; {3}{4}.",
            x.OwnerAddress, SayIf(x.OwnerFunction is not null, ", {0}", ", {0}", x.OwnerFunction), SayIf(x.OwnerRole is not null, ", {0}", ", {0}", x.OwnerRole),
            x.ValidUntil is { } until ? Say("avtalet gäller till och med {0}", "the contract is valid until {0}", until)
                : Say("avtalet har ingen slutdag", "the contract has no last day"),
            SayIf(x.EndedAt is not null, ", och katalogen har det inte längre", ", and the catalogue has it no more")), Rule: "R-G1"),
        SupplierOfCaseMarked { SoleTrader: true } => new(new Label(
            "Leverantören märktes som en fysisk person (enskild näringsidkare): dess nummer visas inte längre, och utanför regionen inte heller dess namn.",
            "The supplier was marked as a natural person (sole trader): its number is no longer shown, and outside the region neither is its name."), Rule: "R-G8"),
        SupplierOfCaseMarked => new(new Label(
            "Leverantören är inte längre märkt som en fysisk person; dess nummer och namn visas igen.",
            "The supplier is no longer marked as a natural person; its number and name are shown again."), Rule: "R-G8"),
        DeviationAttached { Deviation: var d } => new(Say(
            "En {0} som inträffade {1} och rapporterades av {2} kopplades till ärendet.",
            "A {0} that occurred on {1} and was reported by {2} was attached to the case.",
            CaseWords.Deviation[d.Assessment?.Severity ?? Severity.Deviation], d.OccurredAt, d.ReportedBy), Rule: "R-G1"),
        AttachedDeviationReassessed { Assessment: var a } x => new(
            Adding(
                Say("{0} bedömdes som {1}{2}; {3}.", "{0} was assessed as {1}{2}; {3}.",
                    Deviation(x.DeviationId, t), CaseWords.Assessed[a.Severity], Consequences(a.ConsequenceAreas), CaseWords.Cause[a.CausedBy]),
                new Label("Leverantörens del", "The supplier's part"), a.SupplierPart),
            a.Assessor, a.Motivation, a.Severity == Severity.Serious ? "R-V1, R-G6" : "R-G6"),
        AttachedDeviationResolved x => new(
            Say("{0} är hanterad och återkopplad.", "{0} is handled and fed back.", Deviation(x.DeviationId, t)), Rule: "R-V2"),
        AttachedDeviationFoundUnfounded x => new(
            Say("{0} är ogrundad och räknas inte längre.", "{0} is unfounded and no longer counts.", Deviation(x.DeviationId, t)), x.DecidedBy, x.Motivation, "R-Z3, R-G6"),
        StepTriggerLapsed x => new(Say(
            "Det som ledde till {0} håller inte längre: {1} {2}. Steget står kvar, men ska prövas på nytt senast {3}.",
            "What led into {0} no longer holds: {1} {2}. The step stands, but is to be looked at again by {3}.",
            t.Step(x.Step), OfDeviation(x.DeviationId, t), CaseWords.Lapsed[x.Lapse], By(x.Due)), Rule: "R-V1, R-E9"),
        StepTriggerRestored x => new(Say(
            "Det som bär {0} håller igen{1}. Steget behöver inte längre prövas på nytt.",
            "What bears {0} holds again{1}. The step need not be looked at again any more.",
            t.Step(x.Step), SayIf(x.RestsOn.Count > 0, ": {0}", ": {0}", All(x.RestsOn.Select(id => OfDeviation(id, t)).Distinct()))), Rule: "R-V1"),
        StepTriggerReviewed x => new(Say(
            "Ärendet står kvar på {0}, trots att det som ledde dit inte längre håller.",
            "The case stands at {0} although what led there no longer holds.", t.Step(x.Step)), t.Who(x.DecidedBy), x.Motivation, "R-V1"),
        StepDeadlinesSet x => new(Say("Tidsfrister sattes på {0}: {1}.", "Deadlines were set at {0}: {1}.", t.Step(x.Step), All(x.Deadlines.Select(d =>
                Say("{0} senast {1}", "{0} by {1}", Deadline(x.Step, d.Code, t), By(d.Due))))),
            Rule: x.Deadlines.Any(d => d.Code == Obligations.InformRegionsCode) ? "R-D1, R-N1" : "R-D1"),
        ReturnCriteriaSet x => new(Say("Villkor för väg tillbaka från {0} sattes: {1}.", "Criteria for the way back from {0} were set: {1}.", t.Step(x.Step),
            All(x.Criteria.Select(r => Say("{0} (observeras till {1})", "{0} (observed until {1})", Quoted(r.Text), r.ObservedUntil)))), Rule: "R-D1"),
        ReturnCriterionMet x => new(
            Departing(Say("Villkoret för väg tillbaka{0} är uppfyllt.", "The criterion for the way back{0} is met.", Criterion(x.CriterionId, t)),
                "R-D2", x.ShortenedObservationMotivation),
            x.VerifiedBy, x.Verification, "R-D2"),
        TerminationGroundStated { Ground: var g } => new(Say(
            "Som grund för avslut angavs {0}{1}{2}{3}{4}.", "The ground stated for ending the business is {0}{1}{2}{3}{4}.",
            CaseWords.Ground[g.Kind], SayIf(g.ClauseReference is not null, " enligt avtalets klausul {0}",
                " under the contract's clause {0}", g.ClauseReference),
            SayIf(g.Immediate, ", vilket tillåter omedelbart avslut", ", which allows ending it at once"),
            SayIf(g.SecondApprover is not null, ", med godkännande av ännu en funktion", ", with the approval of a second function"),
            g.Deferral is { } later
                ? Say("; leverantören hörs först efteråt med hänsyn till {0}",
                    "; the supplier is heard only afterwards with regard to {0}", CaseWords.Deferred[later.Reason])
                : Nothing), g.SecondApprover is { } second ? t.Who(second) : null, g.Deferral?.Motivation, "R-E5"),
        TerminationConcluded x => new(Say(
            "Ärendets handlingar hör till klass {0} i dokumenthanteringsplanen.", "The documents of the case belong to class {0} of the records schedule.",
            Quoted(x.RetentionClass)), Rule: "R-Z2"),
        CaseMergedInto => new(new Label(
            "Ärendet sammanfördes med ett annat av regionens ärenden om leverantören och går vidare där.",
            "The case was merged into another of the region's cases about the supplier and goes on there."), Rule: "R-Z4"),
        CaseAbsorbed x => new(Say(
            "Ett annat av regionens ärenden om leverantören sammanfördes med detta{0}.",
            "Another of the region's cases about the supplier was merged into this one{0}.",
            SayIf(x.Deviations.Count > 0, ", med avvikelserna från {0}", ", with the deviations of {0}", Dates(x.Deviations))), Rule: "R-Z4"),
        CaseTransferred x => new(Say(
            "Ärendet överlämnades till {0}, som har accepterat det ({1}), efter beslut om utlämnande ({2}).",
            "The case was transferred to {0}, which has accepted it ({1}), after a decision to disclose ({2}).",
            Region.Find(x.Region)?.Name as object ?? new Label("en annan region eller gemensam nämnd", "another region or joint board"),
            x.AcceptanceReference, x.DisclosureReference), Rule: "R-Z4"),
        RecurrenceDetected x => new(Say(
            "Återkommande avvikelse konstaterad: {0} avvikelser som räknas{1} har inträffat från {2} till {3}, där minst {4} inom {5} månader är återkommande. Det är ett råd och flyttar inte ärendet.",
            "Recurring deviation detected: {0} deviations that count{1} have occurred from {2} to {3}, where at least {4} within {5} months are recurring. It is advice and does not move the case.",
            x.Deviations.Count, SayIf(x.SameRequirement, " mot samma krav", " from the same requirement"), x.From, x.To, x.Count, x.Months), Rule: "R-E1, R-E9"),
        RecurrenceCeased => new(new Label(
            "Återkommande avvikelse konstateras inte längre, sedan avvikelser har bedömts på nytt eller fallit utanför tiden; rådet gäller inte.",
            "Recurring deviation is no longer established, as deviations were assessed anew or have fallen outside the time; the advice stands no longer."), Rule: "R-E1"),
        CameFromWatchList { Watch: var w } => new(Say(
            "Ärendet kom från bevakningslistan, där leverantören hade bevakats sedan {0} av {1} med {2} som källa{3}.",
            "The case came from the watch list, where the supplier had been watched since {0} by {1} with {2} as the source{3}.",
            w.Since, w.Owner, Quoted(w.Source), SayIf(w.Renewals.Count > 0, "; bevakningen förnyades {0}", "; the watch was renewed on {0}",
                All(w.Renewals.Select(r => (object)r.At)))), w.Owner, w.Reason, "R-W1, R-E0"),
        NoticeFellDue x => new(Say("{0} ska lämnas till Sveriges Regioner senast {1}.", "{0} is due to Sweden's regions by {1}.",
            CaseWords.NoticeAsSubject[x.Kind], By(x.Due)), Rule: "R-N4"),
        CaseMigratedToLadder x => Migrated(x, t.Editions(x.From)!, t.Editions(x.To)!),
        _ => throw Untold(e),
    };

    private static Narration Migrated(CaseMigratedToLadder x, LadderDefinition from, LadderDefinition to) => new(
        Say("Ärendet bytte trappversion från {0} till {1} och står kvar på {2}{3}.", "The case changed editions from {0} to {1} and stays at {2}{3}.",
            Quoted(from.Title), Quoted(to.Title), Step(to.Step(x.Step)), SayIf(x.Activities.Count > 0, "; {0}", "; {0}", All(x.Activities.Select(a =>
                Say("aktiviteten {0} räknas som {1}",
                    "the activity {0} counts as {1}", Activity(from.Step(x.Step), a.From), Activity(to.Step(x.Step), a.To)))))),
        Who(x.DecidedBy, from, to), x.Motivation, "R-G4");

    /// <summary>A transition: the same function, motivation and departures, whichever way it goes.</summary>
    private static Narration Decided(TransitionBasis basis, string rule, Telling t, Label text) =>
        new(Departing(text, basis), t.Who(basis.DecidedBy), basis.Motivation, rule);

    private static Label Because(TransitionBasis basis, Telling t) =>
        basis.Trigger is Trigger.PlanWithoutEffect or Trigger.PlanNotFollowed
        && t.Case.Of<PlanRefusal>().Any(r => basis.Evidence.Any(x => x.Cites(EvidenceKind.Record, r.Id)))
            ? CaseWords.BecauseRefused
            : CaseWords.Because[basis.Trigger];

    private static Label JumpedOver(IReadOnlyList<int> steps) => SayIf(steps.Count > 0,
        ", varvid steg {0} hoppades över", steps.Count == 1 ? ", jumping over step {0}" : ", jumping over the steps {0}", All(steps.Select(s => (object)s)));

    private static string WereOrWas(IReadOnlyCollection<string> codes) => codes.Count == 1 ? "was" : "were";

    private static Label Planned(string sv, string en, PlanContent content) => Say(
        "{0} med {1}; den ska utvärderas {2} mot den förväntade effekten {3}.", "{0} with {1}; it is to be evaluated on {2} against the expected effect {3}.",
        new Label(sv, en), content.Measures.Count == 1 ? new Label("1 åtgärd", "1 measure") : Say("{0} åtgärder", "{0} measures", content.Measures.Count),
        content.EvaluationDate, Quoted(content.ExpectedEffect));

    private static Label Measure(Guid planId, int revision, int measure, Telling t)
    {
        var plan = t.Case.ActionPlans.FirstOrDefault(p => p.Id == planId)?.Revisions.FirstOrDefault(r => r.Revision == revision)?.Content;
        var what = plan?.Measures.ElementAtOrDefault(measure - 1)?.What;
        return Say("Åtgärd {0}{1} i handlingsplanen (revision {2})", "Measure {0}{1} of the action plan (revision {2})",
            measure, SayIf(what is not null, " {0}", " {0}", Quoted(what ?? "")), revision);
    }

    private static Label Criterion(Guid id, Telling t) => t.Case.ReturnCriteria.FirstOrDefault(c => c.Criterion.Id == id) is { } c
        ? Say(" {0} från {1}", " {0} from {1}", Quoted(c.Criterion.Text), t.Step(c.Step))
        : Nothing;

    private static Label Deviation(Guid id, Telling t) => t.Case.Deviations.FirstOrDefault(d => d.Id == id) is { } d
        ? Say("Avvikelsen som inträffade {0}", "The deviation that occurred on {0}", d.OccurredAt)
        : new Label("Avvikelsen", "The deviation");

    private static Label OfDeviation(Guid id, Telling t) => t.Case.Deviations.FirstOrDefault(d => d.Id == id) is { } d
        ? Say("avvikelsen som inträffade {0}", "the deviation that occurred on {0}", d.OccurredAt)
        : new Label("avvikelsen", "the deviation");

    private static Label Deadline(int step, string code, Telling t) => code == Obligations.ReturnCriteriaCode
        ? new Label("villkor för väg tillbaka", "criteria for the way back")
        : Activity(t.Ladder.Step(step), code);

    private static Label Dates(IEnumerable<AttachedDeviation> deviations) => All(deviations.Select(d => (object)d.OccurredAt));

    internal static Label Consequences(IReadOnlyList<ConsequenceArea> areas) =>
        SayIf(areas.Count > 0, " med konsekvenser för {0}", " with consequences for {0}", All(areas.Select(a => CaseWords.Area[a])));

    internal static InvalidOperationException Untold(CaseEvent e) => new($"{e.GetType().Name} has no words.");
}
