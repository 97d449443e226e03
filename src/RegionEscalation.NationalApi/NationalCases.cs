using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;
using RegionEscalation.Http;

namespace RegionEscalation.NationalApi;

public sealed record NotifyingRegion(string Code, string Name);

/// <param name="Id">The platform's id of the supplier within the notifying region.</param>
/// <param name="OrganisationNumber">Ten digits; null for a sole trader.</param>
public sealed record NationalSupplier(Guid Id, string? OrganisationNumber, string Name);

/// <summary>What the others may know of a case (T0).</summary>
/// <param name="Category">LfU's category.</param>
/// <param name="Step">3–5.</param>
/// <param name="StepEvent">The step's triggering event in the edition's own words.</param>
/// <param name="StepSince">When the case entered the step, UTC.</param>
/// <param name="Block">A block that is decided or in force: scope and last day.</param>
/// <param name="Preliminary">True until the supplier has been informed and its time to comment has passed.</param>
/// <param name="ResponsibleAddress">The contract owner's function address; questions go there.</param>
/// <param name="NoticeExpiresAt">When the issued notice expires, UTC; null while none is issued.</param>
public sealed record NationalCase(
    NotifyingRegion Region,
    Guid CaseId,
    NationalSupplier Supplier,
    string Category,
    string Ladder,
    int Step,
    Text StepEvent,
    DateTimeOffset StepSince,
    Trigger Trigger,
    SignalledBlock? Block,
    bool Disputed,
    bool SupplierStatementAttached,
    bool Preliminary,
    string ResponsibleAddress,
    DateTimeOffset? NoticeExpiresAt,
    [property: JsonPropertyName("_links")] NationalCaseLinks Links)
{
    internal static NationalCase From(RegisterRow row, HttpContext http) => new(
        new NotifyingRegion(row.Region, Domain.Regions.Region.Find(row.Region)!.Name),
        row.CaseId,
        new NationalSupplier(row.SupplierId, row.SupplierNumber, row.SupplierName),
        row.Category,
        row.LadderVersion,
        row.Step,
        TextOf(Ladders.Find(row.LadderVersion)!.Step(row.Step).Event.Label),
        row.StepSince,
        Enum.Parse<Trigger>(row.Trigger, ignoreCase: true),
        row.Block is { } block ? JsonSerializer.Deserialize<SignalledBlock>(block, JsonSerializerOptions.Web) : null,
        row.Disputed,
        row.SupplierStatementAttached,
        row.Preliminary,
        row.ResponsibleAddress,
        row.NoticeExpiresAt,
        new NationalCaseLinks(
            Link.To(http, $"/national/v1/cases/{row.Region}/{row.CaseId}"),
            Link.To(http, $"/national/v1/suppliers/{row.SupplierNumber ?? row.SupplierId.ToString()}")));

    private static Text TextOf(Label label) => new(label.Sv, label.En);
}

public sealed record NationalCaseLinks(Link Self, Link Supplier);

/// <summary>The cases at steps 3–5 of all regions.</summary>
internal static class NationalCases
{
    public static void Map(RouteGroupBuilder register)
    {
        var cases = register.MapGroup("/cases").WithTags("Cases");
        cases.MapGet("", List)
            .RequiresPurpose(Purposes.Codes)
            .WithName("listNationalCases")
            .Describe("Lista ärenden på steg 3–5 / List the cases at steps 3–5",
                "Högsta steget först; filter `step`, `region`, `supplier`, `category`, `since`, `changedSince`. Highest step first; filters `step`, `region`, `supplier`, `category`, `since`, `changedSince`.")
            .WithResponseExample(200, Examples.CasePage);
        cases.MapGet("/{region}/{id:guid}", Get)
            .RequiresPurpose(Purposes.Codes)
            .WithName("getNationalCase")
            .Describe("Hämta ett ärende på steg 3–5 / Get a case at steps 3–5",
                "Ett ärende som inte står på steg 3–5 finns inte här. A case that does not stand at steps 3–5 does not exist here.")
            .WithResponseExample(200, Examples.Case);
    }

    private static async Task<IResult> List(
        PageRequest page, RegisterReader register, HttpContext http, TimeProvider time, [Between(3, 5)] int? step = null,
        [TextLength(1, 20)] string? region = null, [TextLength(1, 36)] string? supplier = null, [TextLength(1, 100)] string? category = null,
        Instant? since = null, Instant? changedSince = null)
    {
        var key = SupplierKey.Parse(supplier);
        var (rows, total) = await register.ReadAsync(
            new RegisterFilter(region, null, step, key.Number, key.Id, category, since?.Value, changedSince?.Value),
            page.Limit, page.Offset, ReadingOf(http, time, "listCases"), http.RequestAborted);
        return Results.Ok(page.Response(http, [.. rows.Select(r => NationalCase.From(r, http))], total));
    }

    private static async Task<IResult> Get(
        [TextLength(1, 20)] string region, Guid id, RegisterReader register, HttpContext http, TimeProvider time)
    {
        var (rows, _) = await register.ReadAsync(
            new RegisterFilter(Region: region, CaseId: id), 1, 0, ReadingOf(http, time, "getCase"), http.RequestAborted);
        return rows is [var row] ? Results.Ok(NationalCase.From(row, http)) : Problems.NotFound(http);
    }

    internal static Reading ReadingOf(HttpContext http, TimeProvider time, string operation) =>
        new(http.Caller(), http.Purpose()!, operation, time.GetUtcNow());
}
