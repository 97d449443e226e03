using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.Cases;

internal static class ReadCases
{
    private const string Orders = "openedAt|-openedAt|updatedAt|-updatedAt";

    public static void Map(RouteGroupBuilder cases)
    {
        cases.MapGet("", List)
            .AllowRoles(Role.Reader)
            .WithName("listCases")
            .Describe("Lista ärenden / List cases",
                "Filter `step`, `state`, `supplier`, `contract`, `category`, `updatedSince`, `overdue`; `sort` är `openedAt` eller `updatedAt`, med `-` för fallande, annars `-openedAt`. "
                + "Filters `step`, `state`, `supplier`, `contract`, `category`, `updatedSince`, `overdue`; `sort` is `openedAt` or `updatedAt`, with `-` for descending, otherwise `-openedAt`.")
            .WithResponseExample(200, Examples.Page(Examples.Summary));
        cases.MapGet("/{id:guid}", Get)
            .AllowRoles(Role.Reader)
            .ReturnsETag()
            .WithName("getCase")
            .Describe("Hämta ett ärende / Get a case",
                "Ärendet som det står nu, eller som det var vid tidpunkten `at` eller i versionen `version`; ETag följer bara med nuläget. "
                + "The case as it stands now, or as it was at the instant `at` or at `version`; the ETag comes with the present state only.")
            .WithResponseExample(200, Examples.Case);
    }

    private static async Task<IResult> List(
        PageRequest page, RegionSession session, HttpContext http, TimeProvider time, [Between(0, 5)] int? step = null, Code<CaseState>? state = null, SupplierKey? supplier = null,
        [TextLength(1, 64)] string? contract = null, [TextLength(1, 100)] string? category = null, Instant? updatedSince = null, bool? overdue = null,
        [Matches(Orders, "Ska vara openedAt eller updatedAt, med - för fallande.", "Must be openedAt or updatedAt, with - for descending.")] string sort = "-openedAt")
    {
        var query = session.CreateBatchQuery();
        var order = sort switch
        {
            "openedAt" => CaseOrder.Opened,
            "updatedAt" => CaseOrder.Updated,
            "-updatedAt" => CaseOrder.UpdatedDescending,
            _ => CaseOrder.OpenedDescending,
        };
        var cases = query.Cases(new CaseFilter(step, state?.Value, supplier, contract, category, updatedSince?.Value,
            overdue is { } due ? new Overdue(due, time.Now()) : null, order), page.Limit, page.Offset);
        await query.ExecuteAsync(http.RequestAborted);
        return Results.Ok(page.Response(http, [.. cases.Value.Items.Select(c => CaseSummary.From(c, http))], cases.Value.Total));
    }

    private static async Task<IResult> Get(Guid id, RegionSession session, HttpContext http, TimeProvider time, Instant? at = null, [Between(1, long.MaxValue)] long? version = null)
    {
        var query = session.CreateBatchQuery();
        var asItWas = at is not null || version is not null;
        var found = asItWas ? query.AggregateCase(id, version, at?.Value) : query.Case(id);
        var settings = query.LadderSettings();
        var natural = asItWas ? query.NaturalPersons() : null;
        await query.ExecuteAsync(http.RequestAborted);
        if (found.Value is not { } escalationCase || (version is not null && at is null && escalationCase.Version != version))
            return Problems.NotFound(http);
        if (!asItWas)
            http.SetETag(escalationCase.Version);
        if (natural is not null)
            escalationCase = escalationCase.Marked(natural.Value);
        // What was overdue is told as it was then.
        var now = time.Now();
        var seen = at?.Value is { } then && then < now ? then : version is not null ? escalationCase.UpdatedAt : now;
        return Results.Ok(CaseResponse.From(escalationCase, Commands.ContextOf(escalationCase, settings, seen), http));
    }
}
