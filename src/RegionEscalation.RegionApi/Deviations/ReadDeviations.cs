using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.Deviations;

internal static class ReadDeviations
{
    public static void Map(RouteGroupBuilder deviations)
    {
        deviations.MapGet("", List)
            .AllowRoles(Role.Reader)
            .WithName("listDeviations")
            .Describe("Lista avvikelser / List deviations",
                "Senast rapporterade först; filter `status`, `severity`, `supplier`, `contract`, `case`, `unit`, `topic`, `cause`, `reportedSince`, och `externalSystem` med `externalId` tillsammans. "
                + "Latest reported first; filters `status`, `severity`, `supplier`, `contract`, `case`, `unit`, `topic`, `cause`, `reportedSince`, and `externalSystem` and `externalId` together.")
            .WithResponseExample(200, Examples.Page(Examples.Deviation));
        deviations.MapGet("/{id:guid}", Get)
            .AllowRoles(Role.Reader)
            .ReturnsETag()
            .WithName("getDeviation")
            .Describe("Hämta en avvikelse / Get a deviation", "En avvikelse som den står nu. A deviation as it stands now.")
            .WithResponseExample(200, Examples.Deviation);
    }

    private static async Task<IResult> List(
        PageRequest page, RegionSession session, HttpContext http, Code<DeviationStatus>? status = null, Code<Severity>? severity = null,
        SupplierKey? supplier = null, [TextLength(1, 64)] string? contract = null, Guid? @case = null, [TextLength(1, 100)] string? unit = null,
        Code<Topic>? topic = null, Code<RootCause>? cause = null, Instant? reportedSince = null, Code<ExternalSystem>? externalSystem = null,
        [TextLength(1, 100)] string? externalId = null)
    {
        if (externalSystem is null != externalId is null)
            return Problems.Field(http, externalId is null ? "externalId" : "externalSystem", "required", new(
                "Ange både externalSystem och externalId.", "State both externalSystem and externalId."));
        var query = session.CreateBatchQuery();
        var deviations = query.Deviations(
            new DeviationFilter(status?.Value, severity?.Value, supplier, contract, @case, unit, topic?.Value, cause?.Value, reportedSince?.Value,
                externalSystem is { } system ? new ExternalKey(system.Value, externalId!) : null), page.Limit, page.Offset);
        var natural = query.NaturalPersons();
        await query.ExecuteAsync(http.RequestAborted);
        return Results.Ok(page.Response(http, [.. deviations.Value.Items.Select(d => DeviationResponse.From(d, http, natural.Value))], deviations.Value.Total));
    }

    private static async Task<IResult> Get(Guid id, RegionSession session, HttpContext http)
    {
        var query = session.CreateBatchQuery();
        var deviation = query.Deviation(id);
        var natural = query.NaturalPersons();
        await query.ExecuteAsync(http.RequestAborted);
        if (deviation.Value is not { } found)
            return Problems.NotFound(http);
        http.SetETag(found.Version);
        return Results.Ok(DeviationResponse.From(found, http, natural.Value));
    }
}
