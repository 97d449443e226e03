using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Cases;

/// <param name="Evidence">At least one piece of the case's own evidence.</param>
/// <param name="Motivation">At least 30 characters.</param>
/// <param name="RootCause">What lay behind it; required when resolved (R-Z1).</param>
/// <param name="LessonsLearned">Whether there are lessons to be learned; required when resolved (R-Z1).</param>
public sealed record ClosureRequest(
    CaseOutcome Outcome,
    [Items(0, 100)] IReadOnlyList<EvidenceRequest> Evidence,
    [TextLength(1, 4000)] string Motivation,
    DecisionMakerRequest DecidedBy,
    [TextLength(1, 4000)] string? RootCause = null,
    bool? LessonsLearned = null);

internal static class CloseCase
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id:guid}/closures", Handle)
        .ChangesWhatHasAVersion(Role.Decider)
        .WithName("closeCase")
        .Describe("Avsluta ärendet / Close the case",
            "Som löst (R-Z1) eller ogrundat (R-Z3). As resolved (R-Z1) or unfounded (R-Z3).")
        .WithRequestExample(Examples.ClosureRequest)
        .WithResponseExample(200, Examples.Case);

    private static Task<IResult> Handle(Guid id, ClosureRequest body, Commands commands) => commands.OnCaseAsync(id, () =>
        new Domain.Cases.CloseCase(
            body.Outcome,
            TransitionRequests.Basis(body.Outcome == CaseOutcome.Resolved ? Trigger.Resolved : Trigger.Unfounded,
                body.Evidence, body.Motivation, body.DecidedBy, departures: null),
            body.RootCause, body.LessonsLearned));
}
