using System.Text.Json.Nodes;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>Test data that is well-formed unless a test says otherwise.</summary>
internal static class Some
{
    public const string Motivation = "Leveranserna har brustit på ett sätt som påverkar vården.";
    public const string TooShort = "För kort motivering.";
    public const string Reporter = "Vårdenhet 12";
    public const string Assessor = "Avtalsansvarig";
    public const string OwnRegion = "08";

    public static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    public static readonly LadderDefinition Ladder = Ladders.Find("2026")!;

    private static readonly string EditionText = File.ReadAllText(Path.Combine(Repository.Root, "src/RegionEscalation.Domain/Ladder/Editions/2026.json"));

    public static readonly Supplier Supplier = new(Guid.Parse("0195a000-0000-7000-8000-000000000001"), "5560360793", "Leverantören AB");

    public static readonly DecisionMaker HeadOfPurchasing = new("Inköpschef", "headOfPurchasing", "RD 2025:14");

    /// <summary>The text of the edition 2026, changed.</summary>
    public static string Edition(params Action<JsonNode>[] changes)
    {
        var edition = JsonNode.Parse(EditionText)!;
        foreach (var change in changes)
            change(edition);
        return edition.ToJsonString();
    }

    public static CaseContext Context(DateTimeOffset now) => new(Ladder, LadderSettings.Default, now);

    public static Contract Contract(string number = "A-1", Supplier? supplier = null) =>
        Domain.Contracts.Contract.Evolve(null, new ContractSynchronised(Start, Guid.NewGuid(), number,
            new ContractContent("Förbrukningsmaterial", supplier ?? Supplier, "Förbrukningsmaterial", "avtal@example.org",
                [new ContractClause(ClauseType.Rescission, "12.1"), new ContractClause(ClauseType.CallOffStop, "9.2"), new ContractClause(ClauseType.Penalty, "7.3")])));

    public static Deviation Reported(DateTimeOffset occurredAt, string reportedBy = Reporter, Contract? contract = null)
    {
        var report = new ReportDeviation(Guid.NewGuid(), contract ?? Contract(), "Krav 4.2", "Utebliven leverans", null, occurredAt, reportedBy);
        return After(null, DeviationDecider.Decide(report, null, occurredAt));
    }

    /// <summary>A deviation that counts: assessed, and caused by the supplier.</summary>
    public static Deviation Deviation(DateTimeOffset occurredAt, CausedBy causedBy = CausedBy.Supplier, string? supplierPart = null, Contract? contract = null) =>
        Assessed(Reported(occurredAt, contract: contract), Assessment(causedBy: causedBy, supplierPart: supplierPart), occurredAt);

    public static Deviation Serious(
        DateTimeOffset occurredAt, CausedBy causedBy = CausedBy.Supplier, string? supplierPart = null, string reportedBy = Reporter) =>
        Assessed(Reported(occurredAt, reportedBy), Assessment(Severity.Serious, causedBy, supplierPart), occurredAt);

    public static Deviation Assessed(Deviation deviation, Assessment assessment, DateTimeOffset now) =>
        After(deviation, DeviationDecider.Decide(new AssessDeviation(assessment), deviation, now));

    public static Deviation Resolved(Deviation deviation, DateTimeOffset now)
    {
        var handled = After(deviation, DeviationDecider.Decide(new HandleDeviation("Ersättningsleverans", "Avtalsansvarig"), deviation, now));
        return After(handled, DeviationDecider.Decide(new FeedBackDeviation("Åtgärdat", Reporter), handled, now));
    }

    public static Assessment Assessment(
        Severity severity = Severity.Deviation, CausedBy causedBy = CausedBy.Supplier, string? supplierPart = null) =>
        new(severity, severity == Severity.Serious ? [ConsequenceArea.Patient] : [], causedBy, supplierPart,
            severity == Severity.Serious ? "Operationer ställdes in när sterilt material uteblev." : null, Assessor);

    public static Deviation After(Deviation? deviation, Decision<DeviationEvent> decision) =>
        decision.Rejections.Count == 0
            ? decision.Events.Aggregate(deviation, (d, e) => Domain.Deviations.Deviation.Evolve(d, e))!
            : throw new InvalidOperationException($"The test's own deviation was rejected: {decision.Rejections[0].Reason}.");

    public static EvidenceReference Evidence(Deviation deviation) => new(EvidenceKind.Deviation, deviation.Id);

    public static EvidenceReference Evidence(Guid deviationId) => new(EvidenceKind.Deviation, deviationId);

    public static EvidenceReference Document(string reference = "RS 2026-0117") => new(EvidenceKind.Document, Reference: reference);

    public static TransitionBasis Basis(Trigger trigger, params EvidenceReference[] evidence) => new(trigger, evidence, Motivation, HeadOfPurchasing, []);

    public static TransitionBasis DepartingFrom(this TransitionBasis basis, string rule, string motivation = Motivation) =>
        basis with { Departures = [.. basis.Departures, new Departure(rule, motivation)] };

    public static PlanContent Plan(DateTimeOffset now, int days = 30) =>
        new([new PlanMeasure("Extra säkerhetslager", "Leverantören", SwedishTime.DateOf(now).AddDays(days))], "Inga restnoteringar på fyra veckor",
            SwedishTime.DateOf(now).AddDays(days), "Leverantören");

    public static RiskAssessmentContent Risk(DateTimeOffset now) => new(
        RiskKind.Ongoing, 3, 2, [ConsequenceArea.Operations], "Leveranserna kan utebli helt", "Kategoriledare", SwedishTime.DateOf(now).AddMonths(6));

    public static SendLetter Letter(LetterRecipient recipient, DateTimeOffset now) => new(Guid.NewGuid(),
        new LetterContent(recipient, "Mottagande funktion", "Bristande leveranser", "RS 2026-0117-7", now, "Avtalsansvarig"));

    /// <param name="commentDays">Working days, where other than the region's number.</param>
    public static NoticeNotification Notification(int? commentDays = null, string? motivation = Motivation) =>
        new("Kvalitetschef", "RS 2026-0117-40", commentDays, commentDays is null ? null : motivation);

    public static DisclosureContent Disclosure(
        DateTimeOffset now, string recipient = "region:13", DisclosureBasis basis = DisclosureBasis.Osl1015a5, params ConsideredSecrecy[] rules) =>
        new(DisclosureOutcome.Granted, recipient, basis, rules.Length == 0 ? [new ConsideredSecrecy(31, 16, basis != DisclosureBasis.NotSecret)] : rules, Motivation,
            SwedishTime.DateOf(now).AddMonths(6), HeadOfPurchasing);

    /// <summary>Rescission by a clause of <see cref="Contract"/>, approved by a second function.</summary>
    public static TerminationGround Ground(bool immediate = false) =>
        new(TerminationGroundKind.Rescission, "12.1", immediate, null, new DecisionMaker("Regionjurist", "headOfPurchasing"));

    public static OpenCase Opening(int toStep, Trigger trigger, params Deviation[] deviations) =>
        new(Guid.NewGuid(), "RS 2026-0117", Contract(), toStep, deviations, Basis(trigger, [.. deviations.Select(Evidence)]), OtherOpenCase: null);
}
