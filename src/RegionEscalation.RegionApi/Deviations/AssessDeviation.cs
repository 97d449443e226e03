using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Deviations;

/// <param name="ConsequenceAreas">Where the consequences are; at least one when serious (R-V1).</param>
/// <param name="SupplierPart">The supplier's part, where the cause is shared or unknown; without it the deviation does not count (R-G6).</param>
/// <param name="Motivation">Why the consequences are great, at least 30 characters when serious; or why they no longer are, when it was serious before (R-V1); or why it was the region's own doing, when it is handled and fed back already.</param>
/// <param name="Assessor">The function that assesses; another than the reporter when serious, or when it was serious before (R-V1).</param>
/// <param name="OtherAssessorReason">Why another function than the one that assessed it as serious assesses it anew, whatever it finds; at least 30 characters (R-V1).</param>
public sealed record AssessDeviationRequest(
    Severity Severity,
    [Items(0, 5)] IReadOnlyList<ConsequenceArea> ConsequenceAreas,
    CausedBy CausedBy,
    [TextLength(1, 200)] string Assessor,
    [TextLength(1, 2000)] string? SupplierPart = null,
    [TextLength(1, 4000)] string? Motivation = null,
    [TextLength(1, 2000)] string? OtherAssessorReason = null);

internal static class AssessDeviation
{
    public static void Map(RouteGroupBuilder deviations) => deviations.MapPost("/{id:guid}/assessments", Handle)
        .ChangesWhatHasAVersion(Role.Handler)
        .WithName("assessDeviation")
        .Describe("Bedöm en avvikelse / Assess a deviation",
            "Allvarlighetsgrad, konsekvensområden och vem som orsakat den. En senare bedömning ersätter den tidigare, och ärendet som avvikelsen är kopplad till följer med i samma transaktion; faller det som ledde till ärendets steg bort ska steget prövas på nytt. En avvikelse som är hanterad och återkopplad, eller avslutad, kan bara bedömas om till att regionen orsakade den, med motivering och inte som värre än förut. "
            + "Severity, consequence areas and who caused it. A later assessment replaces the earlier one, and the case that the deviation is attached to follows in the same transaction; where that takes away what led into its step, the case is to be looked at again. A deviation that is handled and fed back, or closed, can only be assessed anew as caused by the region, with a motivation and as no worse than before.")
        .WithRequestExample(Examples.AssessDeviationRequest)
        .WithResponseExample(200, Examples.Deviation);

    private static Task<IResult> Handle(Guid id, AssessDeviationRequest body, Commands commands) =>
        commands.OnDeviationAsync(id, new Domain.Deviations.AssessDeviation(new Assessment(
            body.Severity, [.. body.ConsequenceAreas.Distinct()], body.CausedBy, body.SupplierPart, body.Motivation, body.Assessor, body.OtherAssessorReason)));
}
