using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Deviations;

/// <param name="AnalysedBy">The function that analysed, or decided that there is no need.</param>
/// <param name="Cause">Out of <c>/deviation-causes</c>.</param>
/// <param name="Text">What was found.</param>
/// <param name="Pattern">Whether the deviation is part of a pattern.</param>
/// <param name="NoAnalysisNeeded">Why no analysis is needed; instead of cause, text and pattern.</param>
public sealed record AnalyseDeviationRequest(
    [TextLength(1, 200)] string AnalysedBy,
    RootCause? Cause = null,
    [TextLength(1, 4000)] string? Text = null,
    bool? Pattern = null,
    [TextLength(1, 2000)] string? NoAnalysisNeeded = null);

internal static class AnalyseDeviation
{
    public static void Map(RouteGroupBuilder deviations) => deviations.MapPost("/{id:guid}/analyses", (Guid id, AnalyseDeviationRequest body, Commands commands) =>
            commands.OnDeviationAsync(id, new Domain.Deviations.AnalyseDeviation(new Analysis(body.Cause, body.Text, body.Pattern, body.NoAnalysisNeeded, body.AnalysedBy))))
        .ChangesWhatHasAVersion(Role.Handler)
        .WithName("analyseDeviation")
        .Describe("Registrera analys / Record the analysis",
            "Grundorsak ur katalogen, vad analysen kom fram till och om avvikelsen ingår i ett mönster, eller varför ingen analys behövs (R-V2). En senare analys ersätter den tidigare. "
            + "The root cause out of the catalogue, what the analysis found and whether the deviation is part of a pattern, or why no analysis is needed (R-V2). A later analysis replaces the earlier one.")
        .WithRequestExample(new AnalyseDeviationRequest("Avtalsansvarig", RootCause.Capacity, "Leverantörens lager saknade säkerhetsnivå för operationsmaterial.", true))
        .WithResponseExample(200, Examples.Deviation);
}
