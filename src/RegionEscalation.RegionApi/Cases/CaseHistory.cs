using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.Cases;

/// <param name="Version">Its place in the case's stream, from 1.</param>
/// <param name="Type">Its explicit, versioned name.</param>
/// <param name="At">When it was recorded, UTC.</param>
/// <param name="ClientId">The client that caused it.</param>
/// <param name="TraceId">The trace it belongs to.</param>
public sealed record CaseEventResponse(Guid Id, long Version, string Type, DateTimeOffset At, string? ClientId, string? TraceId, JsonElement Data);

/// <summary>What happened to a case, in order; nothing of it ever changes.</summary>
internal static class CaseHistory
{
    public static void Map(RouteGroupBuilder cases) => cases.MapGet("/{id:guid}/events", Handle)
        .AllowRoles(Role.Reader)
        .WithName("listCaseEvents")
        .Describe("Hämta ärendets historik / Get the case's history",
            "Alla händelser i ordning, äldst först. Every event in order, oldest first.")
        .WithResponseExample(200, Examples.Page(Examples.CaseEvent));

    private static async Task<IResult> Handle(Guid id, PageRequest page, RegionSession session, HttpContext http)
    {
        var query = session.CreateBatchQuery();
        var escalationCase = query.Case(id);
        var events = query.Events(id, page.Offset, page.Limit);
        await query.ExecuteAsync(http.RequestAborted);
        return escalationCase.Value is { } found
            ? Results.Ok(page.Response(http, [.. events.Value.Select(From)], found.Version))
            : Problems.NotFound(http);
    }

    internal static CaseEventResponse From(StoredEvent e)
    {
        var data = JsonSerializer.SerializeToNode(e.Event, e.Event.GetType(), Json.Options)!;
        // As everywhere else in the API: a sole trader's number is a personal identity number.
        if (e.Event is CaseOpened opened && opened.Supplier.IsNaturalPerson())
            data["supplier"]!["organisationNumber"] = null;
        return new(e.Id, e.Version, e.Type, e.At, e.ClientId, e.CorrelationId, JsonSerializer.SerializeToElement(data));
    }
}
