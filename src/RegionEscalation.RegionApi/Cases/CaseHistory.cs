using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.Cases;

/// <param name="Version">Its place in the case's stream, from 1.</param>
/// <param name="Type">Its explicit, versioned name.</param>
/// <param name="At">When it was recorded, UTC.</param>
/// <param name="ClientId">The client that caused it.</param>
/// <param name="TraceId">The trace it belongs to.</param>
/// <param name="Text">What happened, told in a full sentence with dates as Swedish calendar dates, and one more for every departure from a rule.</param>
/// <param name="Who">The function that decided or did it, in Swedish, with its decision level and delegation where there are any; null where none is recorded.</param>
/// <param name="Why">The motivation, reason or note as it was given; null where none was.</param>
/// <param name="Rule">The rules that it answers to, by their ids, such as <c>R-E2, R-E3</c>.</param>
/// <param name="Data">The event itself, by its codes.</param>
public sealed record CaseEventResponse(
    Guid Id, long Version, string Type, DateTimeOffset At, string? ClientId, string? TraceId, Text Text, string? Who, string? Why, string? Rule, JsonElement Data);

/// <summary>What happened to a case, in order; nothing of it ever changes.</summary>
internal static class CaseHistory
{
    public static void Map(RouteGroupBuilder cases) => cases.MapGet("/{id:guid}/events", Handle)
        .AllowRoles(Role.Reader)
        .WithName("listCaseEvents")
        .Describe("Hämta ärendets historik / Get the case's history",
            "Alla händelser i ordning, äldst först, var och en berättad i klartext på båda språken: vad som hände, vem som beslutade, varför och enligt vilken regel. "
            + "Every event in order, oldest first, each told in plain words in both languages: what happened, who decided, why and by which rule.")
        .WithResponseExample(200, Examples.Page(Examples.CaseEvent));

    private static async Task<IResult> Handle(Guid id, PageRequest page, RegionSession session, HttpContext http)
    {
        var query = session.CreateBatchQuery();
        var escalationCase = query.Case(id);
        var events = query.Events(id, page.Offset, page.Limit);
        var settings = query.LadderSettings();
        var natural = query.NaturalPersons();
        await query.ExecuteAsync(http.RequestAborted);
        return escalationCase.Value is { } found
            ? Results.Ok(page.Response(http, [.. events.Value.Select(e => From(e, found, settings.Value.OrDefault(), natural.Value))], found.Version))
            : Problems.NotFound(http);
    }

    /// <param name="c">The case as it stands now.</param>
    /// <param name="settings">The region's own names of what it added.</param>
    /// <param name="natural">Who is a natural person by now.</param>
    internal static CaseEventResponse From(StoredEvent e, EscalationCase c, LadderSettings settings, NaturalPersons natural)
    {
        var told = CaseNarrative.Tell((CaseEvent)e.Event, e.Version, c, v => Ladders.Find(v) is { } ladder ? settings.Applied(ladder) : null);
        return new(e.Id, e.Version, e.Type, e.At, e.ClientId, e.CorrelationId, Rejections.TextOf(told.Text), told.Who, told.Why, told.Rule,
            EventJson.Of(e.Event, natural));
    }
}
