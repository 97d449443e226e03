using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.WatchList;
using RegionEscalation.Http;
using RegionEscalation.RegionApi.Cases.Records;

namespace RegionEscalation.RegionApi.WatchList;

/// <param name="ReviewBy">The new last day, Swedish calendar date; later than before and at most six months ahead (R-W1).</param>
/// <param name="RenewedBy">The function that renews it.</param>
public sealed record WatchRenewalRequest(DateOnly ReviewBy, [TextLength(1, 4000)] string Reason, [TextLength(1, 200)] string RenewedBy);

/// <param name="Reason">Why it is watched no longer.</param>
/// <param name="ClearedBy">The function that clears it.</param>
public sealed record WatchClearingRequest([TextLength(1, 4000)] string Reason, [TextLength(1, 200)] string ClearedBy);

/// <summary>What happens to an entry while it is watched; each change takes its ETag.</summary>
internal static class ChangeWatchEntry
{
    public static void Map(RouteGroupBuilder watchList)
    {
        watchList.MapPost("/{id:guid}/renewals", (Guid id, WatchRenewalRequest body, Commands commands, HttpContext http) =>
                OnEntryAsync(id, _ => new RenewWatch(body.ReviewBy, body.Reason, body.RenewedBy), commands, http))
            .ChangesWhatHasAVersion(Role.Handler)
            .WithName("renewWatch")
            .Describe("Förnya en bevakning / Renew a watch",
                "En ny sista dag, högst sex månader fram, innan den förra har gått (R-W1). A new last day, at most six months ahead, before the previous one has passed (R-W1).")
            .WithRequestExample(new WatchRenewalRequest(new DateOnly(2026, 8, 31), "Flytten är senarelagd till augusti.", "Avtalsansvarig"))
            .WithResponseExample(200, WatchEntryResponse.Example);
        watchList.MapPost("/{id:guid}/risk-assessments", (Guid id, RiskAssessmentRequest body, Commands commands, HttpContext http) =>
                OnEntryAsync(id, now => new AssessWatchedRisk(Guid.CreateVersion7(now), body.Content()), commands, http))
            .ChangesWhatHasAVersion(Role.Handler)
            .WithName("assessWatchedRisk")
            .Describe("Fastställ en riskbedömning av det bevakade / Confirm a risk assessment of what is watched",
                "Risk- och konsekvensanalys utan ärende, med samma innehåll och regler som i ett ärende (L26-045); en senare ersätter den, och alla följer med till ärendet om ett öppnas. "
                + "Risk and consequence analysis without a case, with the same content and rules as on one (L26-045); a later one supersedes it, and all go with it to a case if one is opened.")
            .WithRequestExample(RiskAssessmentRequest.Example)
            .WithResponseExample(200, WatchEntryResponse.Example);
        // In the body: what stands in an address is logged on its way.
        watchList.MapDelete("/{id:guid}", (Guid id, [FromBody] WatchClearingRequest body, Commands commands, HttpContext http) =>
                OnEntryAsync(id, _ => new ClearFromWatchList(body.Reason, body.ClearedBy), commands, http))
            .ChangesWhatHasAVersion(Role.Handler)
            .WithName("clearFromWatchList")
            .Describe("För av från bevakningslistan / Clear from the watch list",
                "Med skäl, i kroppen. Posten finns kvar som avförd; inget raderas. With a reason, in the body. The entry remains as cleared; nothing is erased.")
            .WithRequestExample(new WatchClearingRequest("Flytten är genomförd utan störningar.", "Avtalsansvarig"))
            .WithResponseExample(200, WatchEntryResponse.Example);
    }

    private static Task<IResult> OnEntryAsync(Guid id, Func<DateTimeOffset, WatchCommand> command, Commands commands, HttpContext http) => commands.RunAsync(query =>
    {
        var fetched = query.WatchEntry(id);
        var natural = query.NaturalPersons();
        return now =>
        {
            if (fetched.Value is not { } before)
                return new Outcome.Absent();
            if (commands.Against(before.Version) is { } stale)
                return new Outcome.Problem(stale);
            var decision = WatchDecider.Decide(command(now), before, now);
            if (decision.IsRejected)
                return new Outcome.Rejected(decision.Rejections);
            var after = commands.Session.Append(before, decision.Events);
            return new Outcome.Accepted(StatusCodes.Status200OK, null, after.Version, WatchEntryResponse.From(after, now, http, natural.Value), decision.Events.Count);
        };
    });
}
