using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Deviations;

/// <param name="Handling">What was done about it.</param>
/// <param name="HandledBy">The function that did it.</param>
public sealed record HandleDeviationRequest([TextLength(1, 4000)] string Handling, [TextLength(1, 200)] string HandledBy);

/// <param name="Feedback">What those concerned were told.</param>
/// <param name="FedBackTo">The function that was told.</param>
public sealed record FeedBackDeviationRequest([TextLength(1, 4000)] string Feedback, [TextLength(1, 200)] string FedBackTo);

/// <summary>Handling and feedback; with both of them a deviation is resolved for the case that it is attached to (R-Z1).</summary>
internal static class ResolveDeviation
{
    public static void Map(RouteGroupBuilder deviations)
    {
        deviations.MapPost("/{id:guid}/handlings", (Guid id, HandleDeviationRequest body, Commands commands) =>
                commands.OnDeviationAsync(id, new HandleDeviation(body.Handling, body.HandledBy)))
            .ChangesWhatHasAVersion(Role.Handler)
            .WithName("recordHandling")
            .Describe("Registrera hantering / Record the handling", "Vad som gjorts åt avvikelsen. What was done about the deviation.")
            .WithRequestExample(new HandleDeviationRequest("Leverantören har ersatt partiet och ändrat sin utgångskontroll.", "Avtalsansvarig"))
            .WithResponseExample(200, Examples.Deviation);
        deviations.MapPost("/{id:guid}/feedbacks", (Guid id, FeedBackDeviationRequest body, Commands commands) =>
                commands.OnDeviationAsync(id, new FeedBackDeviation(body.Feedback, body.FedBackTo)))
            .ChangesWhatHasAVersion(Role.Handler)
            .WithName("recordFeedback")
            .Describe("Registrera återkoppling / Record the feedback",
                "De som rapporterade avvikelsen har fått veta vad som gjorts. Those who reported the deviation were told what was done.")
            .WithRequestExample(new FeedBackDeviationRequest("Verksamheten är informerad om att felet är avhjälpt.", "Verksamhetschef"))
            .WithResponseExample(200, Examples.Deviation);
    }
}
