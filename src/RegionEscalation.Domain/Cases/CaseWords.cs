using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Cases;

/// <summary>The codes of the domain in words, as they stand inside a sentence.</summary>
internal static class CaseWords
{
    /// <summary>After "eftersom" and "because".</summary>
    public static IReadOnlyDictionary<Trigger, Label> Because { get; } = new Dictionary<Trigger, Label>
    {
        [Trigger.Risk] = new("en risk har identifierats", "a risk has been identified"),
        [Trigger.Incident] = new("en incident har inträffat", "an incident has occurred"),
        [Trigger.SingleDeviation] = new("enstaka avvikelser har rapporterats", "isolated deviations have been reported"),
        [Trigger.RecurringDeviation] = new("återkommande avvikelser har konstaterats", "recurring deviations have been established"),
        [Trigger.PlanWithoutEffect] = new("handlingsplanen inte har haft avsedd effekt", "the action plan has not had the intended effect"),
        [Trigger.PlanNotFollowed] = new("handlingsplanen inte har följts", "the action plan has not been followed"),
        [Trigger.NoSolution] = new("avvikelserna fortsätter utan någon lösning på problemet", "the deviations continue without any solution to the problem"),
        [Trigger.SeriousDeviation] = new("en allvarlig avvikelse har konstaterats", "a serious deviation has been established"),
        [Trigger.PersistentFailure] = new(
            "handlingsplanen inte har haft avsedd effekt och bristerna sammantagna har klassats som allvarliga",
            "the action plan has not had the intended effect and the failures have been classified as serious as a whole"),
        [Trigger.Relapse] = new(
            "en ny avvikelse har inträffat sedan ärendet trappades ned", "a new deviation has occurred since the case was de-escalated"),
        [Trigger.ReturnCriteriaMet] = new("villkoren för väg tillbaka är uppfyllda", "the criteria for the way back are met"),
        [Trigger.ReviewChanged] = new(
            "en omprövning har kommit fram till att ärendet hör hemma på det lägre steget", "a review has found that the case belongs at the lower step"),
        [Trigger.Resolved] = new("allt löper på enligt överenskommet avtal", "everything runs as the agreed contract says"),
        [Trigger.Unfounded] = new("det saknade grund", "there was no ground for it"),
        [Trigger.Terminated] = new("avtalet eller samarbetet har upphört", "the contract or the cooperation has ended"),
        [Trigger.Merged] = new(
            "det går vidare i ett annat av regionens ärenden om leverantören", "it goes on as another of the region's cases about the supplier"),
        [Trigger.Transferred] = new("en annan region eller gemensam nämnd har tagit över det", "another region or joint board has taken it over"),
    };

    /// <summary>In place of the above: a refusal to plan counts as a plan that was not followed (R-E2).</summary>
    public static Label BecauseRefused { get; } = new(
        "leverantören trots skriftlig påminnelse inte har upprättat någon handlingsplan",
        "the supplier has not established any action plan in spite of a written reminder");

    public static IReadOnlyDictionary<CaseOutcome, Label> ClosedAs { get; } = new Dictionary<CaseOutcome, Label>
    {
        [CaseOutcome.Resolved] = new("löst", "resolved"),
        [CaseOutcome.Unfounded] = new("ogrundat", "unfounded"),
        [CaseOutcome.Terminated] = new("avslutat samarbete", "terminated"),
        [CaseOutcome.Merged] = new("sammanfört", "merged"),
        [CaseOutcome.Transferred] = new("överlämnat", "transferred"),
    };

    /// <summary>Beginning a sentence.</summary>
    public static IReadOnlyDictionary<NoticeKind, Label> NoticeAsSubject { get; } = new Dictionary<NoticeKind, Label>
    {
        [NoticeKind.Initial] = new("Information till Sveriges Regioner", "Information to Sweden's regions"),
        [NoticeKind.Update] = new("En uppdatering av informationen till Sveriges Regioner", "An update of the information to Sweden's regions"),
        [NoticeKind.AllClear] = new("Besked till Sveriges Regioner om att faran är över", "Word to Sweden's regions that it is all clear"),
        [NoticeKind.GoesOnElsewhere] = new("Besked till Sveriges Regioner om att ärendet går vidare på annat håll", "Word to Sweden's regions that the case goes on elsewhere"),
        [NoticeKind.Retraction] = new("En rättelse av informationen till Sveriges Regioner", "A retraction of the information to Sweden's regions"),
    };

    public static IReadOnlyDictionary<DisclosureBasis, Label> Basis { get; } = new Dictionary<DisclosureBasis, Label>
    {
        [DisclosureBasis.NotSecret] = new("att ingen sekretess gäller", "no secrecy applying"),
        [DisclosureBasis.Osl1015a5] = new("10 kap. 15 a § 5 OSL", "chapter 10 section 15 a (5) of the Public Access to Information and Secrecy Act (OSL)"),
        [DisclosureBasis.Osl1027] = new("10 kap. 27 § OSL", "chapter 10 section 27 of the Public Access to Information and Secrecy Act (OSL)"),
        [DisclosureBasis.Consent] = new("leverantörens samtycke (12 kap. 2 § OSL)", "the supplier's consent (OSL 12:2)"),
        [DisclosureBasis.SupplierItself] = new("att mottagaren är leverantören själv (12 kap. 1 § OSL)", "the recipient being the supplier itself (OSL 12:1)"),
    };

    public static IReadOnlyDictionary<Severity, Label> Deviation { get; } = new Dictionary<Severity, Label>
    {
        [Severity.Deviation] = new("avvikelse", "deviation"),
        [Severity.Serious] = new("allvarlig avvikelse", "serious deviation"),
    };

    public static IReadOnlyDictionary<Severity, Label> Assessed { get; } = new Dictionary<Severity, Label>
    {
        [Severity.Deviation] = new("inte allvarlig", "not serious"),
        [Severity.Serious] = new("allvarlig", "serious"),
    };

    public static IReadOnlyDictionary<ConsequenceArea, Label> Area { get; } = new Dictionary<ConsequenceArea, Label>
    {
        [ConsequenceArea.Operations] = new("verksamhet", "operations"),
        [ConsequenceArea.Patient] = new("patient", "patients"),
        [ConsequenceArea.Economy] = new("ekonomi", "economy"),
        [ConsequenceArea.Environment] = new("miljö", "environment"),
        [ConsequenceArea.Other] = new("annat", "something else"),
    };

    public static IReadOnlyDictionary<CausedBy, Label> Cause { get; } = new Dictionary<CausedBy, Label>
    {
        [CausedBy.Supplier] = new("orsaken ligger hos leverantören", "the cause lies with the supplier"),
        [CausedBy.Region] = new("orsaken ligger hos regionen", "the cause lies with the region"),
        [CausedBy.Shared] = new("orsaken är delad mellan leverantören och regionen", "the cause is shared between the supplier and the region"),
        [CausedBy.Unknown] = new("orsaken är okänd", "the cause is unknown"),
    };

    public static IReadOnlyDictionary<TriggerLapse, Label> Lapsed { get; } = new Dictionary<TriggerLapse, Label>
    {
        [TriggerLapse.Downgraded] = new("bedöms inte längre som allvarlig", "is no longer assessed as serious"),
        [TriggerLapse.Unfounded] = new("är ogrundad", "is unfounded"),
        [TriggerLapse.NotTheSuppliersPart] = new("räknas inte mot leverantören", "does not count against the supplier"),
    };

    public static IReadOnlyDictionary<PlanOutcome, Label> Plan { get; } = new Dictionary<PlanOutcome, Label>
    {
        [PlanOutcome.Effective] = new("har avsedd effekt", "has the intended effect"),
        [PlanOutcome.PartlyEffective] = new("har bara delvis avsedd effekt", "has the intended effect only in part"),
        [PlanOutcome.WithoutEffect] = new("är utan avsedd effekt", "is without the intended effect"),
        [PlanOutcome.NotFollowed] = new("följs inte", "is not followed"),
    };

    public static IReadOnlyDictionary<Agreement, Label> Agreed { get; } = new Dictionary<Agreement, Label>
    {
        [Agreement.Agreed] = new("är accepterad av båda parter", "is accepted by both parties"),
        [Agreement.Imposed] = new("är beslutad av regionen utan leverantörens samtycke", "is decided by the region without the supplier's consent"),
    };

    public static IReadOnlyDictionary<TerminationGroundKind, Label> Ground { get; } = new Dictionary<TerminationGroundKind, Label>
    {
        [TerminationGroundKind.Rescission] = new("hävning", "rescission"),
        [TerminationGroundKind.Termination] = new("uppsägning", "termination"),
        [TerminationGroundKind.Lou1717] = new("17 kap. 17 § LOU", "chapter 17 section 17 of the Swedish Public Procurement Act (LOU)"),
    };

    public static IReadOnlyDictionary<DeferralReason, Label> Deferred { get; } = new Dictionary<DeferralReason, Label>
    {
        [DeferralReason.PatientSafety] = new("patientsäkerheten", "patient safety"),
        [DeferralReason.Crime] = new("misstanke om brott", "a suspicion of crime"),
        [DeferralReason.Evidence] = new("bevisningen", "the evidence"),
    };

    public static IReadOnlyDictionary<RiskKind, Label> Risk { get; } = new Dictionary<RiskKind, Label>
    {
        [RiskKind.Potential] = new("en potentiell avvikelse", "a potential deviation"),
        [RiskKind.Ongoing] = new("en pågående avvikelse", "an ongoing deviation"),
    };

    public static IReadOnlyDictionary<AlternativeSupply, Label> Supply { get; } = new Dictionary<AlternativeSupply, Label>
    {
        [AlternativeSupply.Available] = new("alternativ försörjning finns", "an alternative supply is there"),
        [AlternativeSupply.Partial] = new("alternativ försörjning finns delvis", "an alternative supply is there in part"),
        [AlternativeSupply.None] = new("alternativ försörjning saknas", "there is no alternative supply"),
    };

    public static IReadOnlyDictionary<LetterRecipient, Label> Recipient { get; } = new Dictionary<LetterRecipient, Label>
    {
        [LetterRecipient.ContactPerson] = new("kontaktperson", "the contact person"),
        [LetterRecipient.SalesManager] = new("försäljningschef eller motsvarande", "the sales manager or equivalent"),
        [LetterRecipient.Ceo] = new("VD eller motsvarande", "the CEO or equivalent"),
    };

    public static IReadOnlyDictionary<MeetingKind, Label> Meeting { get; } = new Dictionary<MeetingKind, Label>
    {
        [MeetingKind.Regular] = new("regelbundet möte med leverantören", "regular meeting with the supplier"),
        [MeetingKind.Business] = new("affärsmöte med leverantören", "business meeting with the supplier"),
        [MeetingKind.ExecutiveBusiness] = new("affärsmöte med leverantörens företagsledning", "business meeting with the supplier's company management"),
        [MeetingKind.JointRegional] = new("regiongemensamt möte", "joint regional meeting"),
        [MeetingKind.Internal] = new("internt avstämningsmöte", "internal meeting"),
    };

    public static IReadOnlyDictionary<SanctionKind, Label> Sanction { get; } = new Dictionary<SanctionKind, Label>
    {
        [SanctionKind.Penalty] = new("vite", "a penalty"),
        [SanctionKind.Damages] = new("skadestånd", "damages"),
        [SanctionKind.PriceReduction] = new("prisavdrag", "a price reduction"),
        [SanctionKind.Other] = new("annan sanktion", "another sanction"),
    };

    public static IReadOnlyDictionary<WaiverReason, Label> Waived { get; } = new Dictionary<WaiverReason, Label>
    {
        [WaiverReason.NoClause] = new("avtalet saknar klausul att grunda den på", "the contract has no clause to rest on"),
        [WaiverReason.Disproportionate] = new("den vore oproportionerlig", "it would be disproportionate"),
        [WaiverReason.Settled] = new("saken är uppgjord", "the matter is settled"),
        [WaiverReason.Other] = new("det finns andra skäl", "there are other reasons"),
    };

    public static IReadOnlyDictionary<CostBearer, Label> Bearer { get; } = new Dictionary<CostBearer, Label>
    {
        [CostBearer.Supplier] = new("leverantören bär den", "the supplier bears it"),
        [CostBearer.Region] = new("regionen bär den", "the region bears it"),
        [CostBearer.Split] = new("leverantören och regionen delar på den", "the supplier and the region share it"),
    };

    public static IReadOnlyDictionary<CostConclusion, Label> Concluded { get; } = new Dictionary<CostConclusion, Label>
    {
        [CostConclusion.Claimed] = new("krävs av leverantören", "is claimed from the supplier"),
        [CostConclusion.Recovered] = new("är ersatt av leverantören", "is recovered from the supplier"),
        [CostConclusion.WrittenOff] = new("är avskriven", "is written off"),
    };

    public static IReadOnlyDictionary<TerminationScope, Label> Ending { get; } = new Dictionary<TerminationScope, Label>
    {
        [TerminationScope.Contract] = new("avtalet", "the contract"),
        [TerminationScope.Cooperation] = new("samarbetet med leverantören", "the cooperation with the supplier"),
    };

    public static IReadOnlyDictionary<ReviewOutcome, Label> Review { get; } = new Dictionary<ReviewOutcome, Label>
    {
        [ReviewOutcome.Upheld] = new("steget står fast", "the step stands"),
        [ReviewOutcome.Changed] = new("ärendet hör hemma på ett lägre steg", "the case belongs at a lower step"),
        [ReviewOutcome.Rejected] = new("begäran kan inte prövas och avvisas", "the request cannot be reviewed and is rejected"),
    };

    public static IReadOnlyDictionary<ExclusionGround, Label> Point { get; } = new Dictionary<ExclusionGround, Label>
    {
        [ExclusionGround.P1] = new(" första stycket 1", " first paragraph point 1"),
        [ExclusionGround.P5] = new(" första stycket 5", " first paragraph point 5"),
    };

    public static IReadOnlyDictionary<ContractConsequence, Label> Consequence { get; } = new Dictionary<ContractConsequence, Label>
    {
        [ContractConsequence.EarlyTermination] = new("uppsägning i förtid", "early termination"),
        [ContractConsequence.Damages] = new("skadestånd", "damages"),
        [ContractConsequence.Comparable] = new("en jämförbar påföljd", "a comparable sanction"),
    };

    public static IReadOnlyDictionary<SelfCleaningLimb, Label> SelfCleaning { get; } = new Dictionary<SelfCleaningLimb, Label>
    {
        [SelfCleaningLimb.Compensation] = new("ersättning för skadan", "compensation for the damage"),
        [SelfCleaningLimb.Clarification] = new("klarläggande av vad som har hänt", "clarification of what happened"),
        [SelfCleaningLimb.Measures] = new("åtgärder som har vidtagits", "measures that have been taken"),
    };
}
