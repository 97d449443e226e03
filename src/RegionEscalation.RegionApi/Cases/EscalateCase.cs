using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Cases;

/// <param name="ToStep">The step to enter; the trigger leads to the lowest step above the current one (R-E11).</param>
/// <param name="Evidence">At least one piece of the case's own evidence; an evaluation or deviation triggers one transition only (R-E8).</param>
/// <param name="Motivation">At least 30 characters.</param>
/// <param name="Departures">Rules departed from in this single case, such as R-E7 for outstanding activities.</param>
public sealed record EscalationRequest(
    [Between(1, 5)] int ToStep,
    Trigger Trigger,
    [Items(0, 100)] IReadOnlyList<EvidenceRequest> Evidence,
    [TextLength(1, 4000)] string Motivation,
    DecisionMakerRequest DecidedBy,
    [Items(0, 20)] IReadOnlyList<DepartureRequest>? Departures = null);

internal static class EscalateCase
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id:guid}/escalations", Handle)
        .ChangesWhatHasAVersion(Role.Decider)
        .WithName("escalateCase")
        .Describe("Eskalera ärendet / Escalate the case",
            "Ett steg i taget, utom vid en allvarlig avvikelse (R-E1…R-E11). Från steg 3 syns ärendet nationellt i samma transaktion. "
            + "One step at a time, except for a serious deviation (R-E1…R-E11). From step 3 the case is visible nationally in the same transaction.")
        .WithRequestExample(Examples.EscalationRequest)
        .WithResponseExample(200, Examples.Case);

    private static Task<IResult> Handle(Guid id, EscalationRequest body, Commands commands) => commands.OnCaseAsync(id, () =>
        new Escalate(body.ToStep, TransitionRequests.Basis(body.Trigger, body.Evidence, body.Motivation, body.DecidedBy, body.Departures)));
}
