using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Cases;

/// <param name="Motivation">Why the case stands where it stands all the same; at least 30 characters.</param>
public sealed record TriggerReviewRequest([TextLength(1, 4000)] string Motivation, DecisionMakerRequest DecidedBy);

internal static class TriggerReviews
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id:guid}/trigger-reviews", (Guid id, TriggerReviewRequest body, Commands commands) =>
            commands.OnCaseAsync(id, () => new ReviewStepTrigger(body.Motivation, body.DecidedBy.Decider())))
        .ChangesWhatHasAVersion(Role.Decider)
        .WithName("reviewStepTrigger")
        .Describe("Avgör att steget står kvar / Decide that the step stands",
            "När avvikelsen som ledde till steget har fallit bort ska steget prövas på nytt (R-V1); inget flyttar ärendet av sig självt (R-E9). Här avgörs att det står kvar; annars trappas det ned eller avslutas. "
            + "When the deviation that led into the step has lapsed, the step is looked at again (R-V1); nothing moves the case by itself (R-E9). Here it is decided that it stands; otherwise it is de-escalated or closed.")
        .WithRequestExample(new TriggerReviewRequest("Leveranserna brister fortfarande, och planen följs inte som avtalat.", Examples.DecidedBy))
        .WithResponseExample(200, Examples.Case);
}
