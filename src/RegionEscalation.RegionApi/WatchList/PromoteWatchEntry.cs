using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.WatchList;
using RegionEscalation.Http;
using RegionEscalation.RegionApi.Cases;
using RegionEscalation.RegionApi.Cases.Records;

namespace RegionEscalation.RegionApi.WatchList;

/// <param name="ContractNumber">The contract that the case is about: the watched one, or any with the watched supplier where it is watched as a whole (R-G1).</param>
/// <param name="Motivation">At least 30 characters.</param>
/// <param name="Evidence">Deviations of the supplier, which are attached to the case, and documents; none is needed beside the risk assessments.</param>
/// <param name="RegistrationNumber">The region's own registration number (diarienummer).</param>
/// <param name="RiskAssessment">A risk assessment of today; needed where the entry's last one is valid no longer (R-E0).</param>
public sealed record PromotionRequest(
    [TextLength(1, 64)] string ContractNumber,
    [TextLength(1, 4000)] string Motivation,
    DecisionMakerRequest DecidedBy,
    [Items(0, 100)] IReadOnlyList<EvidenceRequest>? Evidence = null,
    [TextLength(1, 60)] string? RegistrationNumber = null,
    RiskAssessmentRequest? RiskAssessment = null);

internal static class PromoteWatchEntry
{
    public static void Map(RouteGroupBuilder watchList) => watchList.MapPost("/{id:guid}/promotions", Handle)
        .ChangesWhatHasAVersion(Role.Handler)
        .WithName("promoteWatchEntry")
        .Describe("Öppna ett ärende ur en bevakning / Open a case from the watch list",
            "Ett eskaleringsärende öppnas på steg 0 av risken (R-E0), med bevakningens riskbedömningar och deras datum, sedan när och varför den bevakades och dess förnyelser; i samma transaktion upphör bevakningen och anger ärendet. "
            + "`If-Match` tar bevakningens ETag; svaret är ärendet med dess ETag. "
            + "An escalation case is opened at step 0 by the risk (R-E0), with the entry's risk assessments and their dates, since when and why it was watched and its renewals; in the same transaction the watch ends and names the case. "
            + "`If-Match` takes the entry's ETag; the answer is the case with its own.")
        .WithRequestExample(new PromotionRequest("RK-2025-0142", "Flytten av lagret har lett till att leveranser uteblir; risken behöver hanteras.", Examples.DecidedBy,
            RegistrationNumber: "26RK1024"))
        .WithResponseExample(201, Examples.Case);

    private static Task<IResult> Handle(Guid id, PromotionRequest body, Commands commands, HttpContext http) => commands.RunAsync(query =>
    {
        var fetched = query.WatchEntry(id);
        var opening = new CaseOpening(query, body.ContractNumber, TransitionRequests.Basis(Trigger.Risk, body.Evidence ?? [], body.Motivation, body.DecidedBy, null));
        return now =>
        {
            if (fetched.Value is not { } entry)
                return new Outcome.Absent();
            if (commands.Against(entry.Version) is { } stale)
                return new Outcome.Problem(stale);
            var command = opening.Command(Guid.CreateVersion7(now), body.RegistrationNumber, 0,
                body.RiskAssessment is { } r ? new OpeningRisk(Guid.CreateVersion7(now), r.Content()) : null, watch: entry);
            var promoted = WatchDecider.Decide(new PromoteWatch(command.CaseId), entry, now);
            var context = opening.Context(now);
            var decision = CaseDecider.Decide(command, null, context);
            if (promoted.IsRejected || decision.IsRejected)
                return new Outcome.Rejected(promoted.IsRejected ? promoted.Rejections : decision.Rejections);
            commands.Session.Append(entry, promoted.Events);
            var (opened, events) = opening.Append(commands.Session, decision.Events, context);
            return new Outcome.Accepted(StatusCodes.Status201Created, Link.Absolute(http, Paths.Case(commands.Session.Scope.Region, opened.Id)),
                opened.Version, CaseResponse.From(opened, context, http), events);
        };
    });
}
