using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Cases.Records;

/// <param name="Kind">Of a deviation that could come, or of one that is there.</param>
/// <param name="Probability">1 unlikely – 4 almost certain.</param>
/// <param name="Consequence">1 slight – 4 disastrous.</param>
/// <param name="Assessor">The function that confirms it.</param>
/// <param name="ValidUntil">Last day, Swedish calendar date; not in the past.</param>
public sealed record RiskAssessmentRequest(
    RiskKind Kind,
    [Between(1, 4)] int Probability,
    [Between(1, 4)] int Consequence,
    [Items(0, 5)] IReadOnlyList<ConsequenceArea> Areas,
    [TextLength(1, 4000)] string Description,
    [TextLength(1, 200)] string Assessor,
    DateOnly ValidUntil)
{
    internal RiskAssessmentContent Content() => new(Kind, Probability, Consequence, [.. Areas.Distinct()], Description, Assessor, ValidUntil);

    internal static RiskAssessmentRequest Example { get; } = new(RiskKind.Ongoing, 3, 3, [ConsequenceArea.Operations],
        "Leveranserna försenas när leverantörens enda lager står stilla; operationer kan behöva flyttas.", "Kategoriledare", new DateOnly(2026, 9, 30));
}

internal static class RiskAssessments
{
    public static void Map(RouteGroupBuilder cases) => cases
        .MapRecord<RiskAssessmentRequest>("risk-assessments", (id, body) => new ConfirmRiskAssessment(id, body.Content()))
        .WithName("confirmRiskAssessment")
        .Describe("Fastställ en riskbedömning / Confirm a risk assessment",
            "Risk- och konsekvensanalys av en potentiell eller pågående avvikelse; gör aktiviteten Riskbedömning utförd, och en senare ersätter den. "
            + "Risk and consequence analysis of a potential or ongoing deviation; it does the activity Riskbedömning, and a later one supersedes it.")
        .WithRequestExample(RiskAssessmentRequest.Example);
}
