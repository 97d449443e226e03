using System.Text.Json;
using RegionEscalation.Domain;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Http;
using RegionEscalation.Integrations.Catalogue;
using RegionEscalation.RegionApi.Cases;
using RegionEscalation.RegionApi.Deviations;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi;

/// <summary>The examples in the OpenAPI document: made by the domain itself, so that they cannot show what it would not answer.</summary>
internal static class Examples
{
    private const string Site = "https://region-escalation.example";
    private const string Region = "08";
    internal static readonly DateTimeOffset Opened = new(2026, 3, 2, 9, 15, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = Opened.AddDays(14);
    private static readonly Guid CaseId = Guid.Parse("019cadb4-2f20-7000-8000-000000000001");
    private static readonly Guid PlanId = Guid.Parse("019cadb4-2f20-7000-8000-000000000002");
    private static readonly Guid EvaluationId = Guid.Parse("019cadb4-2f20-7000-8000-000000000003");
    private static readonly Guid CriterionId = Guid.Parse("019cadb4-2f20-7000-8000-000000000004");
    private static readonly Supplier Supplier = new(Guid.Parse("019cadb4-2f20-7000-8000-000000000005"), "5560160680", "Exempel Sjukvårdsmaterial AB");
    private static readonly ContractReference Reference = new("RK-2025-0142", "Förbrukningsmaterial för operation", "Sjukvårdsmaterial", "avtal@region.example");
    internal static readonly DecisionMakerRequest DecidedBy = new("Avtalsansvarig", "contractOwner", "Delegationsordning 2026, punkt 4.2");

    public static Guid DeviationId { get; } = Guid.Parse("019cadb4-2f20-7000-8000-000000000006");

    public static ContractRequest ContractRequest { get; } = new(
        Reference.Title, new ContractSupplierRequest("556016-0680", Supplier.Name), Reference.Category, Reference.OwnerAddress,
        [new ContractClauseRequest(ClauseType.Penalty, "7.3"), new ContractClauseRequest(ClauseType.Rescission, "12.1")], new DateOnly(2028, 12, 31), new DateOnly(2025, 1, 1),
        [new ExtensionOptionRequest(new DateOnly(2030, 12, 31), new DateOnly(2028, 6, 30))], ["33140000-3"], "Avtalscontroller", "Avtalsansvarig", ["13"], true, new ContractValueRequest(12_500_000m));

    private static Contract KnownContract { get; } = Domain.Contracts.Contract.Evolve(null, new ContractSynchronised(
        Opened.AddDays(-30), Guid.Parse("019cadb4-2f20-7000-8000-000000000009"), Reference.Number, ((ContractRow)CatalogueRows.Of(Reference.Number, ContractRequest).Row!).Content with { Supplier = Supplier }));

    public static ContractResponse Contract { get; } = ContractResponse.From(
        KnownContract, new ContractLinks(new Link(Site + Paths.Contract(Region, Reference.Number)), new Link(Site + Paths.Supplier(Region, Supplier.Id))));

    public static SupplierRequest SupplierRequest { get; } = new(
        Supplier.Name, "556016-0680", OtherNames: ["Exempel Medtech"], Group: "Exempelkoncernen",
        SuccessorOf: new SuccessionRequest("556036-0793", new DateOnly(2025, 7, 1), true, "Verksamheten övergick oförändrad, med samma personal och samma produktion."),
        SubSuppliers: [new SubSupplierRequest("Fjordhandske AS", "NO:0192:923609016", 1, "Sterila handskar")]);

    private static KnownSupplier KnownSupplier { get; } = Domain.Contracts.KnownSupplier.Evolve(null, new SupplierSynchronised(
        Opened.AddDays(-30), Supplier.Id, Supplier.OrganisationNumber, null, ((SupplierRow)CatalogueRows.Of(SupplierRequest, null).Row!).Content));

    public static SupplierSummary SupplierSummary { get; } = RegionApi.SupplierSummary.From(KnownSupplier, path => new Link(Site + path), Region);

    public static SupplierEntry SupplierEntry { get; } = RegionApi.SupplierEntry.From(KnownSupplier, path => new Link(Site + path), Region);

    public static string CatalogueLines { get; } = string.Join('\n', new[]
    {
        new CatalogueLine(Reference.Number, ContractRequest), new CatalogueLine(Supplier: new SupplierRequest(Supplier.Name, "556016-0680", Group: "Exempelkoncernen")),
    }.Select(line => JsonSerializer.Serialize(line, Json.Options))) + "\n";

    public static string CatalogueCsv { get; } =
        "avtalsnummer;benämning;organisationsnummer;leverantör;kategori;avtalsansvarigs e-post;avtalsslut;klausuler;kontraktsvärde\n"
        + "RK-2025-0142;Förbrukningsmaterial för operation;556016-0680;Exempel Sjukvårdsmaterial AB;Sjukvårdsmaterial;avtal@region.example;2028-12-31;vite=7.3|hävning=12.1;1 250 000,50\n";

    public static CatalogueUploadResponse CatalogueImport { get; } = new(
        Guid.Parse("019cadb4-2f20-7000-8000-000000000009"), ImportState.Queued, [],
        new CatalogueUploadLinks(new Link(Site + Paths.CatalogueImport(Region, Guid.Parse("019cadb4-2f20-7000-8000-000000000009")))));

    public static CatalogueDryRunResponse CatalogueDryRun { get; } = new(
        false, 1240, 1238, 1, 1,
        [new CatalogueDryRunReject(17, "organisationsnummer", "R-G9", new Text(
            "Organisationsnumret ska ha tio siffror och en riktig kontrollsiffra, eller land, register och nummer för en utländsk leverantör.",
            "The organisation number has ten digits and a valid check digit, or country, register and number for a foreign supplier."), "556016-0681")],
        ["Upphandlande organisation"]);

    public static AttachmentRequest AttachmentRequest { get; } = new(
        "Följesedel", "26RK1024-7", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "application/pdf", 48213);

    public static ReportDeviationRequest ReportDeviationRequest { get; } = new()
    {
        ContractNumber = Reference.Number,
        RequirementReference = "Bilaga 2, krav 4.1: leverans inom två arbetsdagar",
        Description = "Leveransen av sterila handskar kom fyra arbetsdagar för sent.",
        OccurredAt = Opened.AddDays(-3),
        ReportedBy = "Operationsavdelning",
        Unit = "Operationskliniken",
        ArticleOrService = "Sterila handskar, storlek 7",
        DiscoveredAt = Opened.AddDays(-3).AddHours(2),
        Topics = [Topic.Labour],
        Attachments = [AttachmentRequest],
    };

    public static RegisterDeviationRequest RegisterDeviationRequest { get; } = new()
    {
        ContractNumber = ReportDeviationRequest.ContractNumber,
        RequirementReference = ReportDeviationRequest.RequirementReference,
        Description = ReportDeviationRequest.Description,
        OccurredAt = ReportDeviationRequest.OccurredAt,
        ReportedBy = ReportDeviationRequest.ReportedBy,
        Unit = ReportDeviationRequest.Unit,
        RegisteredAt = Opened.AddDays(-2).AddHours(-4),
    };

    public static AssessDeviationRequest AssessDeviationRequest { get; } = new(
        Severity.Serious, [ConsequenceArea.Patient, ConsequenceArea.Operations], CausedBy.Supplier, "Inköpsstrateg",
        Motivation: "Planerade operationer ställdes in två dagar i rad eftersom materialet saknades.");

    public static DeviationResponse Deviation { get; } = DeviationResponse.From(
        new DeviationEvent[]
        {
            new DeviationReported(Opened.AddDays(-2), DeviationId, Supplier, Reference, ReportDeviationRequest.RequirementReference,
                ReportDeviationRequest.Description, null, ReportDeviationRequest.OccurredAt, ReportDeviationRequest.ReportedBy,
                new DeviationDetails(ReportDeviationRequest.Unit, ReportDeviationRequest.ArticleOrService, ReportDeviationRequest.DiscoveredAt, ReportDeviationRequest.Topics,
                    [AttachmentRequest.Attachment()])),
            new ExternalRegistrationLinked(Opened.AddDays(-2), new ExternalRegistration(ExternalSystem.Stella, "ST-2026-004711", RegisterDeviationRequest.RegisteredAt)),
            new DeviationAssessed(Opened.AddDays(-1), new Assessment(Severity.Deviation, [], CausedBy.Supplier, null, null, "Avtalsansvarig")),
            new DeviationJoinedCase(Opened, CaseId),
        }.Aggregate((Deviation?)null, Domain.Deviations.Deviation.Evolve)!,
        new Link(Site + Paths.Deviation(Region, DeviationId)), new Link(Site + Paths.Case(Region, CaseId)));

    public static OpenCaseRequest OpenCaseRequest { get; } = new(
        Reference.Number, Trigger.SingleDeviation, [new EvidenceRequest(EvidenceKind.Deviation, DeviationId)],
        "En sen leverans av sterilt material; risken för verksamheten behöver bedömas.", DecidedBy, RegistrationNumber: "26RK1024");

    public static ActivityRequest ActivityRequest { get; } = new(
        "supplierDialogue", RecordedOutcome.Completed, "Avtalsansvarig", "Telefonmöte med kontaktpersonen, se 26RK1024-3.", Opened.AddHours(4));

    public static ActionPlanRequest ActionPlanRequest { get; } = new(
        [new MeasureRequest("Buffertlager för operationsmaterial i Kalmar.", "Leverantören", new DateOnly(2026, 3, 20))],
        "Minst 97 procent av leveranserna inom två arbetsdagar.", new DateOnly(2026, 4, 15), "Leverantören");

    public static EvaluationRequest EvaluationRequest { get; } = new(
        PlanOutcome.WithoutEffect, "Leveransprecisionen är 81 procent, oförändrad sedan planen började gälla.", "Avtalsansvarig",
        "Operationsavdelningen ser ingen förbättring.");

    public static EscalationRequest EscalationRequest { get; } = new(
        2, Trigger.PlanWithoutEffect, [new EvidenceRequest(EvidenceKind.Evaluation, EvaluationId)],
        "Handlingsplanen har inte haft avsedd effekt; leveransprecisionen är oförändrad.",
        new DecisionMakerRequest("Kategoriledare", "categoryLead"));

    public static DeEscalationRequest DeEscalationRequest { get; } = new(
        2, [new EvidenceRequest(EvidenceKind.ReturnCriterion, CriterionId)],
        "Villkoren för vägen tillbaka är uppfyllda och verifierade av verksamheten.",
        new DecisionMakerRequest("Enhetschef", "unitManager"));

    public static ClosureRequest ClosureRequest { get; } = new(
        CaseOutcome.Resolved, [new EvidenceRequest(EvidenceKind.Deviation, DeviationId)],
        "Avvikelserna är åtgärdade och leveranserna löper enligt avtalet igen.",
        new DecisionMakerRequest("Kategoriledare", "categoryLead"), "Leverantörens lager saknade säkerhetsnivå.", true);

    public static EscalationCase State { get; } = new CaseEvent[]
    {
        new CaseOpened(Opened, CaseId, "26RK1024", Supplier, Reference, Ladders.Current, 0,
            new TransitionBasis(Trigger.SingleDeviation, [new EvidenceReference(EvidenceKind.Deviation, DeviationId)],
                OpenCaseRequest.Motivation, new DecisionMaker(DecidedBy.Function, DecidedBy.Level, DecidedBy.DelegationReference), []), []),
        new DeviationAttached(Opened, new AttachedDeviation(DeviationId, ReportDeviationRequest.OccurredAt, ReportDeviationRequest.ReportedBy, Opened,
            new Assessment(Severity.Deviation, [], CausedBy.Supplier, null, null, "Avtalsansvarig"), null)),
        new ActivityCompleted(Opened.AddHours(5), 0, "supplierDialogue", Opened.AddHours(4), "Avtalsansvarig", ActivityRequest.Text),
        new ActionPlanEstablished(Opened.AddDays(1), PlanId, ActionPlanRequest.Content()),
    }.Aggregate((EscalationCase?)null, EscalationCase.Evolve)!;

    private static CaseContext Context { get; } = new(Ladders.Find(Ladders.Current)!, LadderSettings.Default, Now);

    public static CaseResponse Case { get; } = CaseResponse.From(State, Context, Region,
        resource => new Link(Site + (resource is null ? Paths.Case(Region, CaseId) : Paths.Case(Region, CaseId, resource))));

    public static SupplierStatus SupplierStatus { get; } = RegionApi.SupplierStatus.From(
        KnownSupplier, new SupplierRecord(new PageOf<Contract>([KnownContract], 1), new PageOf<EscalationCase>([State], 1), new Dictionary<DeviationStatus, long> { [DeviationStatus.Assessed] = 2 }),
        Domain.Contracts.KnownSupplier.Evolve(null, new SupplierSynchronised(
            Opened.AddYears(-1), Guid.Parse("019cadb4-2f20-7000-8000-00000000000a"), "5560360793", null, new SupplierContent("Exempel Förband AB"))),
        new SupplierRecord(new PageOf<Contract>([], 0), new PageOf<EscalationCase>([], 0), new Dictionary<DeviationStatus, long> { [DeviationStatus.Closed] = 3 }),
        NaturalPersons.None, path => new Link(Site + path), Region);

    public static CaseSummary Summary { get; } = CaseSummary.From(State, Region,
        resource => new Link(Site + (resource is null ? Paths.Case(Region, CaseId) : Paths.Case(Region, CaseId, resource))));

    public static TransitionsResponse Transitions { get; } =
        CaseTransitions.From(State, Context, Region, path => Site + path);

    public static CaseEventResponse CaseEvent { get; } = CaseHistory.From(new StoredEvent(
        Guid.Parse("019cadb4-2f20-7000-8000-000000000007"), 3, "activity-completed.v1", Opened.AddHours(5), "kalmar-handler",
        "4bf92f3577b34da6a3ce929d0e0e4736",
        new ActivityCompleted(Opened.AddHours(5), 0, "supplierDialogue", Opened.AddHours(4), "Avtalsansvarig", ActivityRequest.Text)), State, LadderSettings.Default, NaturalPersons.None);

    public static CloudEvent<RegionChange> Change { get; } = RegionFeed.Envelope(CaseId, new StoredEvent(
        Guid.Parse("019cadb4-2f20-7000-8000-000000000008"), 5, "case-escalated.v1", Now, "kalmar-decider", "4bf92f3577b34da6a3ce929d0e0e4736",
        new CaseEscalated(Now, 1, 2, new TransitionBasis(EscalationRequest.Trigger, [new EvidenceReference(EvidenceKind.Evaluation, EvaluationId)], EscalationRequest.Motivation,
            new DecisionMaker(EscalationRequest.DecidedBy.Function, EscalationRequest.DecidedBy.Level), []), [])), Region, NaturalPersons.None);

    public static FeedLinks FeedLinks { get; } = new(
        new Link(Site + Paths.Region(Region) + "/changes?limit=100"),
        new Link(Site + Paths.Region(Region) + "/changes?limit=100&cursor=…"));

    public static PagedResponse<T> Page<T>(T item)
    {
        var self = new Link(Site + "/…?limit=20&page=1");
        return new PagedResponse<T>([item], new PageMeta(1, 20, 1, 1), new PageLinks(self, self, self));
    }
}
