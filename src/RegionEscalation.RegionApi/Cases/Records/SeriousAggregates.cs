using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Cases.Records;

/// <param name="ConsequenceAreas">At least one.</param>
/// <param name="Motivation">Why the consequences are great together, although no single deviation is serious; at least 30 characters.</param>
public sealed record SeriousAggregateRequest(
    [Items(0, 5)] IReadOnlyList<ConsequenceArea> ConsequenceAreas, [TextLength(1, 4000)] string Motivation, DecisionMakerRequest DecidedBy);

internal static class SeriousAggregates
{
    public static void Map(RouteGroupBuilder cases) => cases
        .MapRecord<SeriousAggregateRequest>("serious-aggregates", (id, body) => new ClassifyAggregate(id, new SeriousAggregateContent(
            [.. body.ConsequenceAreas.Distinct()], body.Motivation, body.DecidedBy.Decider())), Role.Decider)
        .WithName("classifyAggregate")
        .Describe("Klassa bristerna som allvarliga sammantaget / Classify the failures as serious as a whole",
            "Ett särskilt beslut på steg 3: tillsammans med en plan som där utvärderats utan avsedd effekt leder det till steg 4 (R-E4b, plattformens regel). "
            + "A separate decision at step 3: together with a plan evaluated without the intended effect there it leads to step 4 (R-E4b, a rule of this platform).")
        .WithRequestExample(new SeriousAggregateRequest([ConsequenceArea.Operations, ConsequenceArea.Economy],
            "Fyra månader av sena leveranser har sammantaget lett till ställtider och kostnader som verksamheten inte kan bära.",
            new DecisionMakerRequest("Inköpschef", "headOfPurchasing", "Delegationsordning 2026, punkt 4.7")));
}
