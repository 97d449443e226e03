using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Http;
using RegionEscalation.Storage;
using EvidenceFile = RegionEscalation.Domain.Cases.Records.ExclusionEvidence;

namespace RegionEscalation.RegionApi.Cases.Records;

/// <param name="Ground">LOU 13:3 first paragraph point 1 or point 5.</param>
/// <param name="CreatedBy">The function: a lawyer or the contract owner (R-X1).</param>
/// <param name="Reason">Why the file is opened.</param>
public sealed record EvidenceFileRequest(ExclusionGround Ground, [TextLength(1, 200)] string CreatedBy, [TextLength(1, 4000)] string Reason);

/// <param name="Act">The act that the earlier contract was procured under.</param>
/// <param name="Requirement">The material requirement of the contract.</param>
/// <param name="Deficiencies">The serious or persistent deficiencies: dates, number, duration.</param>
/// <param name="CausalLink">How they led to the consequence.</param>
public sealed record PointFiveRequest(
    ContractAct? Act = null,
    [TextLength(1, 4000)] string? Requirement = null,
    [TextLength(1, 10000)] string? Deficiencies = null,
    ContractConsequence? Consequence = null,
    [TextLength(1, 4000)] string? CausalLink = null);

/// <param name="Obligation">The applicable environmental, social or labour obligation.</param>
/// <param name="Evidence">What shows that it was set aside.</param>
public sealed record PointOneRequest([TextLength(1, 4000)] string? Obligation = null, [TextLength(1, 10000)] string? Evidence = null);

/// <summary>All that is known so far; it replaces what was stated before.</summary>
/// <param name="StatedBy">The function that states it.</param>
/// <param name="PointFive">For a file under point 5 only.</param>
/// <param name="PointOne">For a file under point 1 only.</param>
/// <param name="EventDate">When the deficiency or breach occurred, Swedish calendar date; not in the future.</param>
/// <param name="ConsequenceDate">When it led to the consequence, Swedish calendar date; not in the future, and for point 5 only.</param>
/// <param name="SupplierStatementId">The supplier's statement on the case.</param>
/// <param name="NoStatementReason">Why there is none, although the supplier was asked and its time has passed; at least 30 characters.</param>
/// <param name="Proportionality">What speaks of the deficiencies' weight, in both directions.</param>
public sealed record EvidenceElementsRequest(
    [TextLength(1, 200)] string StatedBy,
    PointFiveRequest? PointFive = null,
    PointOneRequest? PointOne = null,
    DateOnly? EventDate = null,
    DateOnly? ConsequenceDate = null,
    Guid? SupplierStatementId = null,
    [TextLength(1, 4000)] string? NoStatementReason = null,
    [TextLength(1, 4000)] string? Proportionality = null)
{
    internal EvidenceElements Elements() => new(
        PointFive is { } five ? new PointFiveElements(five.Act, five.Requirement, five.Deficiencies, five.Consequence, five.CausalLink) : null,
        PointOne is { } one ? new PointOneElements(one.Obligation, one.Evidence) : null,
        EventDate, ConsequenceDate, SupplierStatementId, NoStatementReason, Proportionality);
}

/// <param name="CompletedBy">The function that finds that nothing is missing.</param>
public sealed record EvidenceCompletionRequest([TextLength(1, 200)] string CompletedBy);

/// <param name="WithdrawnBy">The function that withdraws it.</param>
public sealed record EvidenceWithdrawalRequest([TextLength(1, 4000)] string Reason, [TextLength(1, 200)] string WithdrawnBy);

/// <param name="Limb">What it shows of LOU 13:5.</param>
/// <param name="Text">The supplier's own words.</param>
/// <param name="SubmittedBy">The supplier's function.</param>
/// <param name="ReceivedAt">UTC; not in the future.</param>
public sealed record SelfCleaningRequest(
    SelfCleaningLimb Limb, [TextLength(1, 10000)] string Text, [TextLength(1, 200)] string SubmittedBy, DateTimeOffset ReceivedAt);

/// <param name="State">As it is now: the use of a file ends with its last day.</param>
/// <param name="Preliminary">True while no termination or sanction stands that the consequence stated under point 5 could be (R-X1).</param>
/// <param name="Elements">Null while nothing is stated.</param>
/// <param name="LastDayOfUse">LOU 13:3 a: three years from the earlier of the two dates, Swedish calendar date; null while no date is stated (R-X3).</param>
/// <param name="SelfCleaning">What the supplier has shown under LOU 13:5; it goes wherever the file goes (R-X5).</param>
/// <param name="RecordedAt">When the file was opened, UTC.</param>
public sealed record ExclusionEvidenceResponse(
    Guid Id,
    ExclusionGround Ground,
    EvidenceFileState State,
    bool Preliminary,
    string CreatedBy,
    string Reason,
    EvidenceElements? Elements,
    DateOnly? LastDayOfUse,
    IReadOnlyList<SelfCleaningEntry> SelfCleaning,
    string? WithdrawnBecause,
    DateTimeOffset RecordedAt)
{
    internal static ExclusionEvidenceResponse From(EvidenceFile f, EscalationCase c, DateTimeOffset now) => new(
        f.Id, f.Content.Ground, f.StateAt(now), f.IsPreliminary(c), f.Content.CreatedBy, f.Content.Reason, f.Elements, f.LastDayOfUse(), f.SelfCleaning,
        f.WithdrawnBecause, f.RecordedAt);
}

/// <param name="Notice">Whoever procures assesses for itself; no file says what the assessment comes to.</param>
/// <param name="Files">In the order they were opened.</param>
public sealed record ExclusionEvidenceFilesResponse(Text Notice, IReadOnlyList<ExclusionEvidenceResponse> Files);

/// <summary>Underlag enligt 13 kap. 3 § LOU: elements and dates, never a verdict.</summary>
internal static class ExclusionEvidence
{
    private const string Resource = "exclusion-evidence";

    private static readonly Text Notice = new("Egen bedömning krävs (13 kap. 3–5 §§ LOU).", "An assessment of one's own is required (LOU 13:3–13:5).");

    public static void Map(RouteGroupBuilder cases)
    {
        cases.MapGet($"/{{id:guid}}/{Resource}", List)
            .AllowRoles(Role.Reader)
            .ReturnsETag()
            .WithName("listExclusionEvidence")
            .Describe("Hämta ärendets underlag enligt 13 kap. 3 § LOU / Get the case's files under LOU 13:3",
                $"{Notice.Sv} Återkallade och utgångna underlag visas bara med `includeEnded=true` (R-X3). "
                + $"{Notice.En} Withdrawn and expired files are shown with `includeEnded=true` only (R-X3).")
            .WithResponseExample(200, Example());
        cases.MapRecord<EvidenceFileRequest>(Resource, (id, body) => new OpenEvidenceFile(id, new EvidenceFileContent(body.Ground, body.CreatedBy, body.Reason)))
            .WithName("openExclusionEvidence")
            .Describe("Upprätta ett underlag / Open a file",
                "Upprättas aldrig automatiskt; av jurist eller avtalsansvarig, även när ärendet är avslutat (R-X1). "
                + "Never opened automatically; by a lawyer or the contract owner, also when the case is closed (R-X1).")
            .WithRequestExample(new EvidenceFileRequest(ExclusionGround.P5, "Jurist", "Avtalet är uppsagt i förtid efter ihållande leveransbrister."));
        cases.MapRecordChange<EvidenceElementsRequest>(Resource, "elements", (id, body) => new StateElements(id, body.Elements(), body.StatedBy))
            .WithName("stateExclusionEvidence")
            .Describe("Ange underlagets uppgifter / State the file's elements",
                "Ersätter det som angetts tidigare; en händelse äldre än tre år tas inte emot (R-X3). Replaces what was stated before; an event older than three years is refused (R-X3).")
            .WithRequestExample(ElementsExample);
        cases.MapRecordChange<EvidenceCompletionRequest>(Resource, "completions", (id, body) => new CompleteEvidenceFile(id, body.CompletedBy))
            .WithName("completeExclusionEvidence")
            .Describe("Fastställ att underlaget är fullständigt / Establish that the file is complete",
                "Alla uppgifter som grunden kräver finns, med leverantörens yttrande (R-X2). Every element that the ground asks for is there, with the supplier's statement (R-X2).")
            .WithRequestExample(new EvidenceCompletionRequest("Jurist"));
        cases.MapRecordChange<SelfCleaningRequest>(Resource, "self-cleanings", (id, body) => new RecordSelfCleaning(id,
                new SelfCleaningEntry(body.Limb, body.Text, body.SubmittedBy, Clock.Truncate(body.ReceivedAt))))
            .WithName("recordSelfCleaning")
            .Describe("Registrera leverantörens självsanering / Record the supplier's self-cleaning",
                "När som helst, också efter att underlaget har återkallats eller gått ut (R-X5). At any time, also after the file is withdrawn or has expired (R-X5).")
            .WithRequestExample(new SelfCleaningRequest(SelfCleaningLimb.Measures, "Ett andra lager är i drift och leveranserna följs upp dagligen.",
                "Leverantörens VD", Examples.Opened.AddDays(13)));
        cases.MapRecordChange<EvidenceWithdrawalRequest>(Resource, "withdrawals", (id, body) => new WithdrawEvidenceFile(id, body.Reason, body.WithdrawnBy))
            .WithName("withdrawExclusionEvidence")
            .Describe("Återkalla underlaget / Withdraw the file",
                "Det finns kvar i ärendet, men ändras inte mer. It stays on the case, but changes no more.")
            .WithRequestExample(new EvidenceWithdrawalRequest("Bristerna visade sig bero på regionens egna beställningar.", "Jurist"));
    }

    private static async Task<IResult> List(Guid id, RegionSession session, HttpContext http, TimeProvider time, bool includeEnded = false)
    {
        var query = session.CreateBatchQuery();
        var found = query.Case(id);
        await query.ExecuteAsync(http.RequestAborted);
        if (found.Value is not { } escalationCase)
            return Problems.NotFound(http);
        http.SetETag(escalationCase.Version);
        var now = time.Now();
        return Results.Ok(new ExclusionEvidenceFilesResponse(Notice,
            [.. escalationCase.Of<EvidenceFile>().Where(f => includeEnded || !f.HasEnded(now)).Select(f => ExclusionEvidenceResponse.From(f, escalationCase, now))]));
    }

    private static EvidenceElementsRequest ElementsExample { get; } = new(
        "Jurist",
        PointFive: new PointFiveRequest(ContractAct.Lou, "Bilaga 2, krav 4.1: leverans inom två arbetsdagar",
            "Fjorton sena leveranser mellan oktober 2025 och februari 2026.", ContractConsequence.EarlyTermination,
            "Leveransbristerna är skälet till att avtalet sagts upp enligt punkt 12.1."),
        EventDate: new DateOnly(2026, 2, 27),
        ConsequenceDate: new DateOnly(2026, 3, 9),
        NoStatementReason: "Leverantören har inte svarat inom den tid som begäran om yttrande gav.",
        Proportionality: "Bristerna pågick i fem månader och påverkade planerad vård; leverantören har själv påtalat dem.");

    private static ExclusionEvidenceFilesResponse Example()
    {
        var file = new EvidenceFile(new EvidenceFileContent(ExclusionGround.P5, "Jurist", "Avtalet är uppsagt i förtid efter ihållande leveransbrister."),
            EvidenceFileState.Open, ElementsExample.Elements(),
            [new SelfCleaningEntry(SelfCleaningLimb.Measures, "Ett andra lager är i drift och leveranserna följs upp dagligen.", "Leverantörens VD", Examples.Opened.AddDays(13))],
            WithdrawnBecause: null)
        {
            Id = Guid.Parse("019cadb4-2f20-7000-8000-000000000008"),
            RecordedAt = Examples.Opened.AddDays(10),
        };
        return new ExclusionEvidenceFilesResponse(Notice, [ExclusionEvidenceResponse.From(file, Examples.State, Examples.Opened.AddDays(14))]);
    }
}
