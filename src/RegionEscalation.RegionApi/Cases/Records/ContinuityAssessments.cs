using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Cases.Records;

/// <param name="Impact">What a block or a termination would mean for care and operations.</param>
/// <param name="Supply">Whether the supply is there from elsewhere.</param>
/// <param name="Assessor">The function that assessed it.</param>
/// <param name="Alternative">Where the supply would come from instead; required unless <c>supply</c> is <c>none</c> (R-B1).</param>
/// <param name="RiskAcceptedBy">Who accepts the risk, on the ladder's highest decision level; required when <c>supply</c> is <c>none</c> (R-B1).</param>
public sealed record ContinuityAssessmentRequest(
    [TextLength(1, 4000)] string Impact,
    AlternativeSupply Supply,
    [TextLength(1, 200)] string Assessor,
    [TextLength(1, 4000)] string? Alternative = null,
    DecisionMakerRequest? RiskAcceptedBy = null);

internal static class ContinuityAssessments
{
    public static void Map(RouteGroupBuilder cases) => cases
        .MapRecord<ContinuityAssessmentRequest>("continuity-assessments", (id, body) => new AssessContinuity(id,
            new ContinuityContent(body.Impact, body.Supply, body.Alternative, body.RiskAcceptedBy?.Decider(), body.Assessor)))
        .WithName("assessContinuity")
        .Describe("Bedöm konsekvensen för försörjningen / Assess the consequence for supply",
            "En spärr eller ett avslut vilar på en bedömning som inte är äldre än regionens antal dagar, 30 om den inte satt ett annat; utan alternativ försörjning accepterar inköpschefen eller motsvarande risken (R-B1, R-E5). "
            + "A block or a termination rests on an assessment no older than the region's number of days, 30 unless it has set another; without an alternative supply the head of purchasing or the equivalent accepts the risk (R-B1, R-E5).")
        .WithRequestExample(new ContinuityAssessmentRequest("Operationer kan flyttas inom två dagar; dialysen har material för tre veckor.", AlternativeSupply.Partial,
            "Kategoriledare", "Reservavtal RK-2024-0098 täcker sterila handskar; operationsset lånas av Region Jönköpings län."));
}
