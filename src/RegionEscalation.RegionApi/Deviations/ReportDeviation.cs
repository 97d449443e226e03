using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.Deviations;

/// <param name="ContractNumber">A contract of the region; its party is the supplier that answers (R-G1).</param>
/// <param name="RequirementReference">The requirement (krav) that was not met, such as a clause or an annex.</param>
/// <param name="SubSupplier">Where in the supply chain it began, when not at the contract party.</param>
/// <param name="OccurredAt">When it occurred; not in the future, and not before the year 2000.</param>
/// <param name="ReportedBy">The function that reports it, never a person's name.</param>
public sealed record ReportDeviationRequest(
    [TextLength(1, 64)] string ContractNumber,
    [TextLength(1, 200)] string RequirementReference,
    [TextLength(1, 4000)] string Description,
    DateTimeOffset OccurredAt,
    [TextLength(1, 200)] string ReportedBy,
    [TextLength(1, 200)] string? SubSupplier = null);

internal static class ReportDeviation
{
    public static void Map(RouteGroupBuilder deviations) => deviations.MapPost("", Handle)
        .AllowRoles(Role.Handler, Role.Integrator)
        .IsCommand()
        .ReturnsETag()
        .WithName("reportDeviation")
        .Describe("Rapportera en avvikelse / Report a deviation",
            "Ett krav i ett avtal har inte uppfyllts. A requirement of a contract was not met.")
        .WithRequestExample(Examples.ReportDeviationRequest)
        .WithResponseExample(201, Examples.Deviation);

    private static Task<IResult> Handle(ReportDeviationRequest body, Commands commands, HttpContext http) => commands.RunAsync(query =>
    {
        var contract = query.Contract(body.ContractNumber);
        return now =>
        {
            var decision = DeviationDecider.Decide(
                new Domain.Deviations.ReportDeviation(Guid.CreateVersion7(now), contract.Value, body.RequirementReference, body.Description,
                    body.SubSupplier, Clock.Truncate(body.OccurredAt), body.ReportedBy),
                null, now);
            if (decision.IsRejected)
                return new Outcome.Rejected(decision.Rejections);
            var deviation = commands.Session.Append(null, decision.Events);
            return new Outcome.Accepted(StatusCodes.Status201Created,
                Link.Absolute(http, Paths.Deviation(commands.Session.Scope.Region, deviation.Id)),
                deviation.Version, DeviationResponse.From(deviation, http), decision.Events.Count);
        };
    });
}
