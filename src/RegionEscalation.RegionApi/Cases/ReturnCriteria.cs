using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Cases;

/// <param name="Text">A measurable condition.</param>
public sealed record CriterionRequest([TextLength(1, 2000)] string Text);

public sealed record ReturnCriteriaRequest([Items(1, 50)] IReadOnlyList<CriterionRequest> Criteria);

/// <param name="Verification">How the region has seen that the criterion is met.</param>
/// <param name="VerifiedBy">The function that verified it.</param>
/// <param name="ShortenedObservationMotivation">Why before the end of the observation period; at least 30 characters.</param>
public sealed record ConfirmationRequest(
    [TextLength(1, 4000)] string Verification,
    [TextLength(1, 200)] string VerifiedBy,
    [TextLength(1, 4000)] string? ShortenedObservationMotivation = null);

/// <summary>The way back: what must be seen for the case to step down.</summary>
internal static class ReturnCriteria
{
    public static void Map(RouteGroupBuilder cases)
    {
        cases.MapPost("/{id:guid}/return-criteria", (Guid id, ReturnCriteriaRequest body, Commands commands, TimeProvider time) =>
                commands.OnCaseAsync(id, () => new SetReturnCriteria([.. body.Criteria.Select(c => (Guid.CreateVersion7(time.GetUtcNow()), c.Text))])))
            .ChangesWhatHasAVersion(Role.Handler)
            .WithName("setReturnCriteria")
            .Describe("Sätt villkor för vägen tillbaka / Set return criteria",
                "Mätbara villkor för det steg där ärendet står, med observationstid (R-D1). Measurable criteria for the step the case stands at, with an observation period (R-D1).")
            .WithRequestExample(new ReturnCriteriaRequest([new CriterionRequest("Leveransprecisionen är minst 97 procent tre månader i följd.")]))
            .WithResponseExample(200, Examples.Case);
        cases.MapPost("/{id:guid}/return-criteria/{criterionId:guid}/confirmations", (Guid id, Guid criterionId, ConfirmationRequest body, Commands commands) =>
                commands.OnCaseAsync(id, () => new ConfirmReturnCriterion(criterionId, body.Verification, body.ShortenedObservationMotivation, body.VerifiedBy)))
            .ChangesWhatHasAVersion(Role.Handler)
            .WithName("confirmReturnCriterion")
            .Describe("Bekräfta ett villkor / Confirm a criterion",
                "Villkoret är uppfyllt och verifierat; före observationstidens slut bara med motivering (R-D2). The criterion is met and verified; before the end of the observation period only with a motivation (R-D2).")
            .WithRequestExample(new ConfirmationRequest("Leveransstatistik för mars till maj visar 98,4 procent.", "Avtalsansvarig"))
            .WithResponseExample(200, Examples.Case);
    }
}
