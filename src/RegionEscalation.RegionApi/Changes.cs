using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Feeds;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi;

/// <summary>The region's own change feed.</summary>
internal static class Changes
{
    private static readonly TimeSpan UntilThePrimaryAnswers = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan UntilAPlaceIsFree = TimeSpan.FromSeconds(1);

    public static void Map(RouteGroupBuilder region) => region.MapGroup("/changes").WithTags("Changes").MapGet("", Handle)
        .AllowRoles(Role.Reader, Role.Integrator)
        .IsFeedOf(RegionFeed.Types)
        .WithName("listChanges")
        .Describe("Följ regionens ändringar / Follow the region's changes",
            "Varje ändring i regionen exakt en gång, äldst först, som CloudEvents 1.0. Följ `_links.next`, som alltid finns: den leder vidare också när det ännu inte finns något mer, "
            + "och samma länk ger samma fortsättning varje gång. En del kan vara tom och ändå leda vidare när `type` utelämnar det som fanns. Det som ändras i ett ärende kommer i ärendets ordning. "
            + "En ändring syns när inga äldre skrivningar längre pågår, oftast inom millisekunder. Efter en återställning av databasen kan en cursor ge 410 med `restart`, varifrån inget hoppas över; "
            + "det som kommer igen har samma `id`. Med `since` kan också något komma med som registrerades strax före tidpunkten. "
            + "Every change in the region exactly once, oldest first, as CloudEvents 1.0. Follow `_links.next`, which is always there: it leads on even when there is nothing more yet, "
            + "and the same link gives the same continuation every time. A part may be empty and yet lead on where `type` leaves out what there was. What changes in a case comes in the case's order. "
            + "A change shows once no older write is under way, usually within milliseconds. After a restore of the database a cursor may be answered with 410 and `restart`, from where nothing is skipped; "
            + "what comes again has the same `id`. With `since`, something recorded shortly before the instant may come too.")
        .WithResponseExample(200, new FeedResponse<RegionChange>([Examples.Change], Examples.FeedLinks));

    private static async Task<IResult> Handle(FeedRequest feed, RegionSession session, FeedCursors cursors, LongPoll poll, HttpContext http)
    {
        var name = $"region/{session.Scope.Region}";
        if (feed.Cursor is { } text && !FeedCursors.IsCursor(text))
            return Problems.Field(http, "cursor", "format", new("Ska vara en cursor ur ett tidigare svar.", "Must be a cursor of an earlier answer."));
        var from = feed.Cursor is { } cursor ? cursors.Open(name, cursor)?.Position : FeedPosition.Beginning;
        if (from is not { } start)
            return FeedAnswers.CursorGone(http, feed, null);

        using var place = poll.PlaceFor(http.Caller().ClientId, feed.Wait);
        if (place is null)
            return Problems.TooManyRequests(http, UntilAPlaceIsFree);
        var page = await poll.ReadAsync(
            feed.Wait,
            (after, cancellationToken) => after is null && feed.Since is { } since
                ? RegionFeed.ReadAsync(session, since, feed.Types, feed.Limit, cancellationToken)
                : RegionFeed.ReadAsync(session, after ?? start, feed.Types, feed.Limit, cancellationToken),
            goesOn: null,
            http.RequestAborted);
        if (page is { IsStandby: true } or { IsAhead: true, Changes.Count: 0 })
            return Problems.Unavailable(http, UntilThePrimaryAnswers);
        if (page.CursorIsGone)
            return FeedAnswers.CursorGone(http, feed, start.At - FeedPosition.Margin);
        http.Response.Headers.CacheControl = "no-store";
        // However old, it holds: nothing leaves the feed.
        return Results.Ok(feed.Response(
            http, [.. page.Changes.Select(c => (CloudEvent<RegionChange>)c.Event)], page.Read is { } read ? cursors.Seal(name, read, read.At) : null));
    }
}
