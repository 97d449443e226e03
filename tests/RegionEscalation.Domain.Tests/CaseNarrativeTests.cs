using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>The words that a procurement officer, the supplier and a court read.</summary>
public class CaseNarrativeTests
{
    private const string Decider = "Inköpschef (delegation RD 2025:14)";
    private static readonly Guid Id = Guid.Parse("0195a000-0000-7000-8000-0000000000aa");
    private static readonly DateOnly Today = SwedishTime.DateOf(Some.Start);
    private static readonly DecisionMaker UnitManager = new("Enhetschef Medicinteknik", "unitManager");

    /// <summary>An event on a case that was opened at step 0, and what it says.</summary>
    public static IEnumerable<TestCaseData> Sentences =>
    [
        Of("opened", Opened(0, Trigger.SingleDeviation), "Eskaleringsärendet RS 2026-0117 om leverantören Leverantören AB och avtalet A-1 (Förbrukningsmaterial) "
            + "öppnades på steg 0 (Risk/Enstaka avvikelser) i ”Regionernas gemensamma eskaleringstrappa 2026”, eftersom enstaka avvikelser har rapporterats.", Decider, "R-E0"),
        Of("escalated", new CaseEscalated(Some.Start, 1, 2, Some.Basis(Trigger.PlanWithoutEffect), []),
            "Ärendet eskalerade från steg 1 till steg 2 (Handlingsplan utan avsedd effekt), eftersom handlingsplanen inte har haft avsedd effekt.", Decider, "R-E2"),
        Of("serious jump", new CaseEscalated(Some.Start, 1, 4, Some.Basis(Trigger.SeriousDeviation), [2, 3]),
            "Ärendet eskalerade från steg 1 till steg 4 (Allvarlig avvikelse – Business on hold), varvid steg 2 och 3 hoppades över, "
            + "eftersom en allvarlig avvikelse har konstaterats.", Decider, "R-E4a"),
        Of("skipped", new ActivitiesSkipped(Some.Start, 1, ["factFinding", "increasedDialogue", "establishActionPlan"]),
            "Aktiviteterna ”Faktainsamling”, ”Dialog ökad frekvens med leverantör” och ”Upprätta Handlingsplan” på steg 1 (Återkommande avvikelser) "
            + "hoppades över på grund av en allvarlig avvikelse.", null, "R-E4a"),
        Of("departure", new CaseEscalated(Some.Start, 2, 3, Some.Basis(Trigger.PlanWithoutEffect).DepartingFrom("R-E7", "Mötena hålls av en annan region"), []),
            "Ärendet eskalerade från steg 2 till steg 3 (Handlingsplan utan avsedd effekt), eftersom handlingsplanen inte har haft avsedd effekt. "
            + "Avsteg från R-E7: Mötena hålls av en annan region.", Decider, "R-E3"),
        Of("persistent failure", new CaseEscalated(Some.Start, 3, 4, Some.Basis(Trigger.PersistentFailure), []),
            "Ärendet eskalerade från steg 3 till steg 4 (Allvarlig avvikelse – Business on hold), eftersom handlingsplanen inte har haft avsedd effekt "
            + "och bristerna sammantagna har klassats som allvarliga.", Decider, "R-E4b"),
        Of("activity", new ActivityCompleted(Some.Start, 0, "supplierDialogue", Some.Start.AddDays(-1), "Avtalsansvarig", "Avstämning"),
            "Aktiviteten ”Dialog med leverantör” på steg 0 (Risk/Enstaka avvikelser) utfördes 2026-03-01.", "Avtalsansvarig", "R-A2"),
        Of("not needed", new ActivitiesNotNeeded(Some.Start, 3, ["siteVisit", "audit"]),
            "Aktiviteterna ”På-plats-besök” och ”Revision” på steg 3 (Handlingsplan utan avsedd effekt), som görs vid behov, behövdes inte.", null, "R-A1"),
        Of("deadlines", new StepDeadlinesSet(Some.Start, 3,
                [new StepDeadline("returnCriteria", SwedishTime.EndOf(Today.AddDays(14))), new StepDeadline("informRegions", Some.Start.AddHours(24))]),
            "Tidsfrister sattes på steg 3 (Handlingsplan utan avsedd effekt): villkor för väg tillbaka senast 2026-03-16 och "
            + "”Information till Sveriges Regioner” senast 2026-03-03 kl. 09.00.", null, "R-D1, R-N1"),
        Of("assessed", new AttachedDeviationReassessed(Some.Start, Id,
                new Assessment(Severity.Serious, [ConsequenceArea.Patient, ConsequenceArea.Economy], CausedBy.Shared, "Fel etikett", Some.Motivation, "Avtalsansvarig")),
            "Avvikelsen bedömdes som allvarlig med konsekvenser för patient och ekonomi; orsaken är delad mellan leverantören och regionen. "
            + "Leverantörens del: Fel etikett.", "Avtalsansvarig", "R-V1, R-G6"),
        Of("evaluated early", new ActionPlanEvaluated(Some.Start, Id, 2, Id, PlanOutcome.NotFollowed, Some.Motivation, null, "Den följs uppenbart inte.", "Avtalsansvarig"),
            "Handlingsplanen (revision 2) utvärderades: den följs inte. Avsteg från R-E2: Den följs uppenbart inte.", "Avtalsansvarig", "R-E2, R-E3"),
        Of("de-escalated", new CaseDeEscalated(Some.Start, 3, 2, Some.Basis(Trigger.ReturnCriteriaMet)),
            "Väg tillbaka: ärendet trappades ned från steg 3 till steg 2 (Handlingsplan utan avsedd effekt), eftersom villkoren för väg tillbaka är uppfyllda.",
            Decider, "R-D2"),
        Of("ground", new TerminationGroundStated(Some.Start, new TerminationGround(TerminationGroundKind.Rescission, "12.1", true,
                new HearingDeferral(DeferralReason.PatientSafety, Some.Motivation), UnitManager)),
            "Som grund för avslut angavs hävning enligt avtalets klausul 12.1, vilket tillåter omedelbart avslut, med godkännande av ännu en funktion; "
            + "leverantören hörs först efteråt med hänsyn till patientsäkerheten.", "Enhetschef Medicinteknik (beslutsnivå Enhetschef)", "R-E5"),
        Of("block", new BlockImposed(Some.Start, Id, new BlockContent(BlockScope.ContractPart, "Kateterset", [new BlockedContract("A-1", "9.4")], "Bristande sterilitet",
                Today, Today.AddDays(120), Id, Some.Start, "Ersättaren kan leverera först i juli.", Some.HeadOfPurchasing)),
            "En del av avtalet A-1 (klausul 9.4), ”Kateterset”, spärrades för avrop från och med 2026-03-02 till och med 2026-06-30; "
            + "leverantören underrättades 2026-03-02. Avsteg från R-B1: Ersättaren kan leverera först i juli.", Decider, "R-B1, R-B2"),
        Of("block of all", new BlockImposed(Some.Start, Id, new BlockContent(BlockScope.SupplierAllOwnContracts, null,
                [new BlockedContract("A-1", "9.4"), new BlockedContract("A-2", "11")], "Bristande sterilitet", Today, Today.AddDays(30), Id, Some.Start, null, Some.HeadOfPurchasing)),
            "Regionens alla egna avtal med leverantören, A-1 (klausul 9.4) och A-2 (klausul 11), spärrades för avrop från och med 2026-03-02 till och med 2026-04-01; "
            + "leverantören underrättades 2026-03-02.", Decider, "R-B1, R-B2"),
        Of("sanction", new SanctionImposed(Some.Start, Id,
                new SanctionContent(SanctionKind.Penalty, "7.3", "Fem försenade dagar", new Amount(125000.5m, "SEK"), Some.Start, false, Some.HeadOfPurchasing)),
            "Sanktion beslutades: vite om 125 000,5 SEK enligt avtalets klausul 7.3; leverantören underrättades 2026-03-02.", Decider, "R-S1"),
        Of("statement", new SupplierStatementReceived(Some.Start, Id, new StatementContent("Vi har bytt underleverantör.", "Kvalitetschef", Some.Start, null, "RS 2026-0120", null)),
            "Leverantörens yttrande inlämnades 2026-03-02 (referens RS 2026-0120).", "Kvalitetschef", "R-E5"),
        Of("review asked for", new ReviewRequested(Some.Start, Id, new ReviewContent("Steg 3", Some.Motivation, "VD", Some.Start), SwedishTime.EndOf(Today.AddDays(21))),
            "Leverantören begärde 2026-03-02 omprövning av ”Steg 3”; begäran ska besvaras senast 2026-03-23.", "VD", "R-D5"),
        Of("review decided", new ReviewDecided(Some.Start, Id, new ReviewDecision(ReviewOutcome.Changed, Some.Motivation, 2, Some.HeadOfPurchasing)),
            "Omprövningen avgjordes: ärendet hör hemma på ett lägre steg, steg 2 (Handlingsplan utan avsedd effekt).", Decider, "R-D5"),
        Of("closed", new CaseClosed(Some.Start, 0, CaseOutcome.Resolved, Some.Basis(Trigger.Resolved), "Bristande lagerstyrning", true, 2),
            "Ärendet avslutades på steg 0 (Risk/Enstaka avvikelser) som löst, eftersom allt löper på enligt överenskommet avtal; det finns lärdomar att ta vara på. "
            + "Grundorsak: Bristande lagerstyrning.", Decider, "R-Z1"),
        Of("reopened", new CaseReopened(Some.Start, 1, Some.Basis(Trigger.Relapse)),
            "Ärendet återöppnades på steg 1 (Återkommande avvikelser), eftersom en ny avvikelse har inträffat sedan ärendet trappades ned.", Decider, "R-Z5, R-D6"),
        Of("transferred", new CaseTransferred(Some.Start, "12", "RS 2026-0201", "RS 2026-0202"),
            "Ärendet överlämnades till Region Skåne, som har accepterat det (RS 2026-0201), efter beslut om utlämnande (RS 2026-0202).", null, "R-Z4"),
        Of("migrated", new CaseMigratedToLadder(Some.Start, "2024-kalmar", "2026", 1, [new ActivityMapping("increasedDialogue", "increasedDialogue")], Some.Motivation, UnitManager),
            "Ärendet bytte trappversion från ”Region Kalmar läns eskaleringstrappa 2024” till ”Regionernas gemensamma eskaleringstrappa 2026” och står kvar på "
            + "steg 1 (Återkommande avvikelser); aktiviteten ”Dialog ökad frekvens” räknas som ”Dialog ökad frekvens med leverantör”.",
            "Enhetschef Medicinteknik (beslutsnivå Enhetschef)", "R-G4"),
        Of("evidence file", new ExclusionEvidenceOpened(Some.Start, Id, new EvidenceFileContent(ExclusionGround.P5, "Jurist", "Uppsägningen i förtid")),
            "Underlag enligt 13 kap. 3 § första stycket 5 LOU upprättades för att samla det som regionen har funnit; egen bedömning krävs (13 kap. 3–5 §§ LOU).",
            "Jurist", "R-X1, R-X4"),
        Of("evidence stated", new ExclusionEvidenceStated(Some.Start, Id, new EvidenceElements(
                new PointFiveElements(null, null, null, ContractConsequence.EarlyTermination, null), null, Today.AddDays(-60), Today.AddDays(-20), null, null, null), "Jurist"),
            "Underlaget enligt 13 kap. 3 § LOU har fått uppgifter: angiven händelsedag är 2026-01-01, angiven påföljd är uppsägning i förtid "
            + "och angiven dag för påföljden är 2026-02-10; egen bedömning krävs (13 kap. 3–5 §§ LOU).", "Jurist", "R-X2, R-X3"),
    ];

    [TestCaseSource(nameof(Sentences))]
    public void An_event_is_told_in_these_words(object e, string sv, string? who, string rule)
    {
        var told = CaseNarrative.Tell((CaseEvent)e, 2, EscalationCase.Evolve(null, Opened(0, Trigger.SingleDeviation)), Ladders.Find);

        Assert.That((told.Text.Sv, told.Who, told.Rule), Is.EqualTo((sv, who, rule)));
    }

    [Test]
    public void English_says_the_same()
    {
        var given = GivenCase.AtStep(1).ActivitiesDone().PlanEvaluated(PlanOutcome.WithoutEffect).PlanFailureLeadsTo(2);

        Assert.That(given.History.OfType<CaseEscalated>().Select(e => Tell(given, e).Text.En), Is.EqualTo(new[]
        {
            "The case escalated from step 0 to step 1 (Recurring deviations), because recurring deviations have been established.",
            "The case escalated from step 1 to step 2 (Action plan without the intended effect), because the action plan has not had the intended effect.",
        }));
    }

    [Test]
    public void The_motivation_is_given_as_it_was_written() =>
        Assert.That(CaseNarrative.Tell(Opened(0, Trigger.Risk), 1, GivenCase.AtStep(0).State, Ladders.Find).Why, Is.EqualTo(Some.Motivation));

    [Test]
    public void What_a_later_event_is_about_is_named()
    {
        var given = GivenCase.AtStep(3);
        given = given.Resolved(Some.Deviation(Some.Start)).CriteriaSet("Inga restnoteringar på fyra veckor").CriteriaMet().PartnerNamed().MeetingDone(MeetingKind.Business).BlockInForce();
        var block = given.State.Of<Block>().Single();
        given = given.Happened(c => new BlockLifted(c.Now, block.Id, "Leveranserna är säkrade", Some.HeadOfPurchasing));

        Assert.Multiple(() =>
        {
            Assert.That(Tell(given, given.History.OfType<ReturnCriterionMet>().Single()).Text.Sv, Is.EqualTo(
                "Villkoret för väg tillbaka ”Inga restnoteringar på fyra veckor” från steg 3 (Handlingsplan utan avsedd effekt) är uppfyllt."));
            Assert.That(Tell(given, given.History.OfType<MeetingMinutesSent>().Last()).Text.Sv, Does.Contain("(affärsmöte med leverantören) skickades"));
            Assert.That(Tell(given, given.History.OfType<BlockLifted>().Single()).Text.Sv, Is.EqualTo("Spärren av avtalet A-1 hävdes."));
        });
    }

    [Test]
    public void A_refusal_to_plan_is_told_as_what_it_is()
    {
        var given = GivenCase.AtStep(1).Happened(c => new ActionPlanRefused(c.Now, Id, new PlanRefusalContent("Ingen plan", c.Now, "RS 2026-0119", Today, "Avtalsansvarig")));
        var escalated = new CaseEscalated(given.Now, 1, 2, Some.Basis(Trigger.PlanNotFollowed, new EvidenceReference(EvidenceKind.Record, Id)), []);

        Assert.That(Tell(given.Happened(_ => escalated), escalated).Text.Sv, Does.EndWith(
            ", eftersom leverantören trots skriftlig påminnelse inte har upprättat någon handlingsplan."));
    }

    [Test]
    public void A_disputed_sanction_is_called_so_where_it_was_decided_too()
    {
        var imposed = new SanctionImposed(Some.Start, Id, new SanctionContent(SanctionKind.Penalty, "7.3", "Fem dagar", null, Some.Start, false, Some.HeadOfPurchasing));
        var given = GivenCase.AtStep(2).Happened(_ => imposed);

        var before = Tell(given, imposed).Text.Sv;
        var after = Tell(given.Happened(c => new SanctionObjectedTo(c.Now, Id, "Beräkningen är fel")), imposed).Text.Sv;

        Assert.That((before, after), Is.EqualTo((
            "Sanktion beslutades: vite enligt avtalets klausul 7.3; leverantören underrättades 2026-03-02.",
            "Sanktion beslutades: vite enligt avtalets klausul 7.3; leverantören underrättades 2026-03-02; den är omtvistad.")));
    }

    /// <summary>The events carry codes and numbers of steps only; whose they are is what the case remembers of its migrations.</summary>
    [Test]
    public void An_event_is_told_in_the_words_of_the_edition_that_was_in_force()
    {
        var given = GivenCase.AtStep(2)
            .Happened(c => new CaseMigratedToLadder(c.Now, "2026", "2024-kalmar", 2, [], Some.Motivation, Some.HeadOfPurchasing))
            .Happened(c => new ActivityCompleted(c.Now, 2, "internalMeetings", c.Now, "Avtalsansvarig", "Avstämt"))
            .Happened(c => new CaseMigratedToLadder(c.Now, "2024-kalmar", "2026", 2, [], Some.Motivation, Some.HeadOfPurchasing))
            .Happened(c => new CaseDeEscalated(c.Now, 2, 1, Some.Basis(Trigger.ReturnCriteriaMet)));
        var told = given.History.Select(e => (Event: e, Tell(given, e).Text.Sv)).ToArray();

        Assert.Multiple(() =>
        {
            Assert.That(told.First(t => t.Event is CaseEscalated { ToStep: 2 }).Sv, Does.Contain("steg 2 (Handlingsplan utan avsedd effekt),"));
            Assert.That(told.Last(t => t.Event is ActivityCompleted).Sv, Does.StartWith(
                "Aktiviteten ”Interna avstämningsmöten” på steg 2 (Handlingsplan följs inte eller återkommande avvikelser/allvarlig avvikelse) utfördes"));
            Assert.That(told.First(t => t.Event is CaseMigratedToLadder).Sv, Does.EndWith("steg 2 (Handlingsplan följs inte eller återkommande avvikelser/allvarlig avvikelse)."));
            Assert.That(told.Last(t => t.Event is CaseMigratedToLadder).Sv, Does.EndWith("steg 2 (Handlingsplan utan avsedd effekt)."));
            Assert.That(told[^1].Sv, Does.Contain("steg 1 (Återkommande avvikelser),"));
        });
    }

    /// <summary>Nothing in a free text is taken for a place to fill, and nothing of it is changed.</summary>
    [Test]
    public void Free_text_stands_as_it_was_written()
    {
        const string text = "{0} <b>&amp; 100 % \"klart\"!";
        var given = GivenCase.AtStep(1).CriteriaSet(text).CriteriaMet();

        Assert.That(Tell(given, given.History.OfType<ReturnCriterionMet>().Single()).Text.Sv, Does.Contain($"”{text}”"));
    }

    [Test]
    public void A_regions_own_activity_and_role_have_the_regions_names()
    {
        var settings = LadderSettings.Default with
        {
            OwnActivities = [new OwnActivity(0, "ownCheck", new Label("Lagerkontroll", "Stock check"), false)],
            RoleNames = [new RoleName("unitManager", new Label("Sektionschef", "Section manager"))],
        };
        var e = new ActivityDispensedWith(Some.Start, 0, "ownCheck", "Inget lager", "Avtalsansvarig");
        var by = new CaseClosed(Some.Start, 0, CaseOutcome.Unfounded, Some.Basis(Trigger.Unfounded) with { DecidedBy = UnitManager }, null, null, 0);
        Narration In(CaseEvent x, Func<string, LadderDefinition?> ladder) => CaseNarrative.Tell(x, 2, GivenCase.AtStep(0).State, ladder);

        Assert.Multiple(() =>
        {
            Assert.That(In(e, v => settings.Applied(Ladders.Find(v)!)).Text.Sv, Does.StartWith("Aktiviteten ”Lagerkontroll” på steg 0"));
            Assert.That(In(e, Ladders.Find).Text.Sv, Does.StartWith("Aktiviteten ur regionens egen del av trappan på steg 0"));
            Assert.That(In(by, v => settings.Applied(Ladders.Find(v)!)).Who, Is.EqualTo("Enhetschef Medicinteknik (beslutsnivå Sektionschef)"));
        });
    }

    private static CaseOpened Opened(int step, Trigger trigger) => new(
        Some.Start, Id, "RS 2026-0117", Some.Supplier, Some.Contract().Reference(), "2026", step, Some.Basis(trigger), []);

    private static Narration Tell(GivenCase given, CaseEvent e) =>
        CaseNarrative.Tell(e, given.History.Index().First(x => ReferenceEquals(x.Item, e)).Index + 1, given.State, Ladders.Find);

    private static TestCaseData Of(string name, CaseEvent e, string sv, string? who, string rule) => new TestCaseData(e, sv, who, rule).SetArgDisplayNames(name);
}
