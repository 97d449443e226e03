using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Deviations;

/// <param name="DecidedBy">The function that decides, never a person's name.</param>
/// <param name="Motivation">Why; at least 30 characters when unfounded (R-Z3).</param>
/// <param name="OtherAssessorReason">Why another function than the one that assessed it as serious finds it unfounded, at least 30 characters (R-V1).</param>
public sealed record CloseDeviationRequest(
    ClosureOutcome Outcome,
    [TextLength(1, 200)] string DecidedBy,
    [TextLength(1, 4000)] string? Motivation = null,
    [TextLength(1, 2000)] string? OtherAssessorReason = null);

internal static class CloseDeviation
{
    public static void Map(RouteGroupBuilder deviations) => deviations.MapPost("/{id:guid}/closures", (Guid id, CloseDeviationRequest body, Commands commands) =>
            commands.OnDeviationAsync(id, new Domain.Deviations.CloseDeviation(body.Outcome, body.Motivation, body.DecidedBy, body.OtherAssessorReason)))
        .ChangesWhatHasAVersion(Role.Handler)
        .WithName("closeDeviation")
        .Describe("Avsluta en avvikelse / Close a deviation",
            "`closed` när den är hanterad, analyserad eller befunnen att inte behöva det, och återkopplad (R-V2); `unfounded` när som helst, också därefter, med motivering (R-Z3). En ogrundad avvikelse räknas inte, och ärendet som den är kopplad till följer med i samma transaktion. "
            + "`closed` when it is handled, analysed or found not to need it, and fed back (R-V2); `unfounded` at any time, after that too, with a motivation (R-Z3). An unfounded deviation counts for nothing, and the case that it is attached to follows in the same transaction.")
        .WithRequestExample(new CloseDeviationRequest(ClosureOutcome.Unfounded, "Avtalsansvarig", "Leveransen hade tagits emot i tid på en annan godsmottagning."))
        .WithResponseExample(200, Examples.Deviation);
}
