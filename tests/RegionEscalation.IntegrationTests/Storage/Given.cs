using RegionEscalation.Domain;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;
using RegionEscalation.Domain.WatchList;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Storage;

/// <summary>Events as the domain would decide them, without its rules: the store does not know them.</summary>
internal static class Given
{
    public static readonly DateTimeOffset Day = new(2026, 3, 2, 8, 15, 0, TimeSpan.Zero);

    public static readonly RegionScope Kalmar = RegionScope.For("08");

    public static readonly RegionScope Halland = RegionScope.For("13");

    public static readonly WriteMetadata Writer = new("kalmar-handler", "4bf92f3577b34da6a3ce929d0e0e4736", null);

    public static readonly Supplier Supplier = new(Guid.Parse("0195f0a0-0000-7000-8000-000000000001"), "5560360793", "Norrsjö Medicinteknik AB");

    /// <summary>The supplier as the catalogue names it; of another id where one is given.</summary>
    public static SupplierSynchronised Known(Guid? id = null) => new(Day, id ?? Supplier.Id, Supplier.OrganisationNumber, null, new SupplierContent(Supplier.Name));

    public static readonly DecisionMaker DecidedBy = new("Inköpschef", "headOfPurchasing", "KL-2026-14");

    public static readonly Assessment Serious =
        new(Severity.Serious, [ConsequenceArea.Patient], CausedBy.Supplier, null, "Inställda operationer.", "Kvalitetssamordnare");

    public static ContractReference Reference(string number) => new(number, "Infusionspumpar", "Medicinteknik", "avtal@regionkalmar.example");

    public static TransitionBasis Basis(Trigger trigger) =>
        new(trigger, [new EvidenceReference(EvidenceKind.Document, Reference: "RK 2026/117")], "Leveranserna uteblir.", DecidedBy, []);

    public static ContractSynchronised Contract(string number, Supplier? supplier = null, string category = "Medicinteknik", Guid? id = null) =>
        new(Day, id ?? Guid.CreateVersion7(), number, new ContractContent(
            "Infusionspumpar", supplier ?? Supplier, category, "avtal@regionkalmar.example", [new ContractClause(ClauseType.Penalty, "7.3")]));

    public static DeviationReported Reported(string contractNumber, Supplier? supplier = null, Guid? id = null) =>
        new(Day, id ?? Guid.CreateVersion7(), supplier ?? Supplier, Reference(contractNumber), "4.2", "Pumparna levererades utan batterier.", null, Day.AddDays(-1), "Medicinteknik");

    public static readonly DeviationDetails Details = new("Intensiven", "Pump IP-4", Day.AddHours(-12), [Topic.Labour, Topic.Corruption],
        [new Attachment("Följesedel", "26RK1024-7", new string('a', 64), "application/pdf", 4711)]);

    public static ExternalRegistrationLinked Registered(string externalId, ExternalSystem system = ExternalSystem.Stella) =>
        new(Day, new ExternalRegistration(system, externalId, Day.AddHours(-2)));

    public static CaseOpened Opened(
        string contractNumber, int step = 0, Supplier? supplier = null, Guid? id = null, string category = "Medicinteknik", DateTimeOffset? at = null) =>
        new(at ?? Day, id ?? Guid.CreateVersion7(), "RK 2026/117", supplier ?? Supplier, Reference(contractNumber) with { Category = category }, "2026",
            step, Basis(Trigger.SingleDeviation), []);

    public static ActivityCompleted Completed(string note = "Dialog förd.", DateTimeOffset? at = null) =>
        new(at ?? Day.AddHours(1), 0, "supplierDialogue", Day, "Beställare", note);

    public static CaseEscalated Escalated(int from, int to, DateTimeOffset? at = null) =>
        new(at ?? Day.AddHours(2), from, to, Basis(Trigger.PlanWithoutEffect), []);

    public static LadderSettingsChanged Settings(int recurrenceCount = 3) => new(Day, LadderSettingsState.StreamId,
        new LadderSettings { RecurrenceCount = recurrenceCount, FreeDays = [new(2026, 5, 15)] }, "Inköpschef", "Regionens riktlinjer ställer högre krav.");

    /// <summary>A block of the case's contract until and with a day.</summary>
    public static BlockImposed Blocked(DateOnly until, DateTimeOffset? at = null) => new(at ?? Day, Guid.CreateVersion7(), new BlockContent(
        BlockScope.Contract, null, [new BlockedContract("AVT-1", "7.3")], "Leveranserna uteblir.", new DateOnly(2026, 3, 2), until, Guid.CreateVersion7(), Day, null, DecidedBy));

    /// <summary>What the regions are told of the case as the events leave it, and a decision to disclose its summary to those concerned.</summary>
    public static CaseEvent[] Told(IReadOnlyList<CaseEvent> events, DateOnly? disclosedUntil = null)
    {
        var c = events.Aggregate((EscalationCase?)null, EscalationCase.Evolve)!;
        var id = Guid.CreateVersion7();
        var payload = NationalAccessPolicy.PayloadOf(NoticeKind.Initial, c);
        return
        [
            .. events,
            new NoticePrepared(Day.AddHours(3), id, NoticeKind.Initial, payload),
            new SupplierNotifiedOfNotice(Day.AddHours(4), id, new NoticeNotification("Försäljningschef", "RK 2026/119", null, null), Day.AddHours(5)),
            new NoticeIssued(Day.AddHours(6), id, NoticeKind.Initial, payload, new NoticeIssue(1, Day.AddHours(6), Day.AddDays(3), Day.AddYears(3),
                ["coordination", "nationalOffice", "region:12", "region:13"], [], null, DecidedBy)),
            new DisclosureDecided(Day.AddHours(7), Guid.CreateVersion7(), new DisclosureContent(DisclosureOutcome.Granted, Disclosures.RegionsConcerned,
                DisclosureBasis.NotSecret, [new ConsideredSecrecy(31, 16, false)], "Uppgifterna är inte känsliga för leverantören.", disclosedUntil ?? new DateOnly(2026, 12, 31), DecidedBy)),
        ];
    }

    public static StoredAnswer Answer(string body = "{}") => new(new byte[32], 200, null, "\"1\"", body, Day);

    public static SupplierPlacedUnderWatch Watched(string? contractNumber = null, DateOnly? reviewBy = null, Supplier? supplier = null) => new(
        Day, Guid.CreateVersion7(), supplier ?? Supplier, contractNumber is null ? null : Reference(contractNumber), "Leverantören flyttar sitt lager.", "Leverantörsuppföljning",
        "Avtalsansvarig", reviewBy ?? new DateOnly(2026, 6, 30));

    public static string NewNumber() => "AVT-" + Guid.NewGuid().ToString("N")[..12];
}
