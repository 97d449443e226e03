using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Cases.Records;

/// <param name="Chair">The function that chairs it, never a person's name.</param>
/// <param name="Members">Functions; at least two different ones (R-K1).</param>
/// <param name="SupplyImpact">What it means for the supply.</param>
/// <param name="SpecialManagement">Reference to the region's special health care management (särskild sjukvårdsledning, LSSL) or crisis organisation, where there is one.</param>
public sealed record CrisisGroupRequest(
    [TextLength(1, 200)] string Chair,
    [Items(0, 50)] IReadOnlyList<CrisisGroupMemberRequest> Members,
    [TextLength(1, 4000)] string Mandate,
    [TextLength(1, 4000)] string SupplyImpact,
    DecisionMakerRequest DecidedBy,
    [TextLength(1, 200)] string? SpecialManagement = null);

/// <param name="Function">Never a person's name.</param>
public sealed record CrisisGroupMemberRequest([TextLength(1, 200)] string Function);

public sealed record CrisisGroupDissolutionRequest([TextLength(1, 4000)] string Summary);

/// <summary>Krishanteringsgrupp (R-K1).</summary>
internal static class CrisisGroups
{
    public static void Map(RouteGroupBuilder cases)
    {
        cases.MapRecord<CrisisGroupRequest>("crisis-groups", (id, body) => new AppointCrisisGroup(id, new CrisisGroupContent(
                body.Chair, [.. body.Members.Select(m => m.Function)], body.Mandate, body.SupplyImpact, body.SpecialManagement, body.DecidedBy.Decider())), Role.Decider)
            .WithName("appointCrisisGroup")
            .Describe("Tillsätt en krishanteringsgrupp / Appoint a crisis management group",
                "Från steg 4; gör aktiviteten utförd, och löses upp innan ärendet avslutas (R-K1). From step 4; it does the activity, and is dissolved before the case is closed (R-K1).")
            .WithRequestExample(new CrisisGroupRequest("Inköpschef",
                [new CrisisGroupMemberRequest("Kategoriledare"), new CrisisGroupMemberRequest("Chefläkare"), new CrisisGroupMemberRequest("Försörjningschef")],
                "Leda den dagliga fördelningen av operationsmaterial och besluta om ersättningsköp.", "Material för tre veckor; två sjukhus är utan buffert.",
                new DecisionMakerRequest("Inköpschef", "headOfPurchasing", "Delegationsordning 2026, punkt 4.5"), "LSSL 2026-05, stabsläge"));
        cases.MapRecordChange<CrisisGroupDissolutionRequest>("crisis-groups", "dissolutions", (id, body) => new DissolveCrisisGroup(id, body.Summary), Role.Decider)
            .WithName("dissolveCrisisGroup")
            .Describe("Lös upp krishanteringsgruppen / Dissolve the crisis management group",
                "Med en sammanfattning av dess arbete. With a summary of its work.")
            .WithRequestExample(new CrisisGroupDissolutionRequest("Försörjningen är säkrad genom reservavtalet; inga operationer ställdes in efter 14 april."));
    }
}
