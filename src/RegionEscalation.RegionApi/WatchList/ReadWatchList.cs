using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.WatchList;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.WatchList;

internal static class ReadWatchList
{
    public static void Map(RouteGroupBuilder watchList)
    {
        watchList.MapGet("", List)
            .AllowRoles(Role.Reader)
            .WithName("listWatchList")
            .Describe("Visa bevakningslistan / List the watch list",
                "Senast uppförda först; filter `state`, `supplier`, `contract`, `reviewBefore`. Latest added first; filters `state`, `supplier`, `contract`, `reviewBefore`.")
            .WithResponseExample(200, Examples.Page(WatchEntryResponse.Example));
        watchList.MapGet("/{id:guid}", Get)
            .AllowRoles(Role.Reader)
            .ReturnsETag()
            .WithName("getWatchEntry")
            .Describe("Hämta en bevakning / Get an entry of the watch list", "Bevakningen som den står nu. The entry as it stands now.")
            .WithResponseExample(200, WatchEntryResponse.Example);
    }

    private static async Task<IResult> List(
        PageRequest page, RegionSession session, HttpContext http, TimeProvider time, Code<WatchState>? state = null, SupplierKey? supplier = null,
        [TextLength(1, 64)] string? contract = null, DateOnly? reviewBefore = null)
    {
        var now = time.Now();
        var query = session.CreateBatchQuery();
        var entries = query.WatchEntries(new WatchFilter(now, state?.Value, supplier, contract, reviewBefore), page.Limit, page.Offset);
        var natural = query.NaturalPersons();
        await query.ExecuteAsync(http.RequestAborted);
        return Results.Ok(page.Response(http, [.. entries.Value.Items.Select(w => WatchEntryResponse.From(w, now, http, natural.Value))], entries.Value.Total));
    }

    private static async Task<IResult> Get(Guid id, RegionSession session, HttpContext http, TimeProvider time)
    {
        var query = session.CreateBatchQuery();
        var entry = query.WatchEntry(id);
        var natural = query.NaturalPersons();
        await query.ExecuteAsync(http.RequestAborted);
        if (entry.Value is not { } found)
            return Problems.NotFound(http);
        http.SetETag(found.Version);
        return Results.Ok(WatchEntryResponse.From(found, time.Now(), http, natural.Value));
    }
}
