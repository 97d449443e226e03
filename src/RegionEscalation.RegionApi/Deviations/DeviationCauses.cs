using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Deviations;

/// <param name="Code">Stable.</param>
public sealed record DeviationCauseResponse(RootCause Code, Text Label);

/// <param name="Causes">In the order in which they are shown.</param>
public sealed record DeviationCausesResponse(IReadOnlyList<DeviationCauseResponse> Causes);

/// <summary>The catalogue of root causes, the same for all regions.</summary>
internal static class DeviationCauses
{
    private static readonly DeviationCausesResponse Catalogue = new([.. RootCauses.All.Select(c => new DeviationCauseResponse(c.Code, Rejections.TextOf(c.Label)))]);

    public static void Map(RouteGroupBuilder shared) => shared.MapGet("/deviation-causes", () => Catalogue)
        .WithTags("Deviations")
        .WithName("listDeviationCauses")
        .Describe("Hämta katalogen över grundorsaker / Get the catalogue of root causes",
            "Koderna som en analys väljer bland, med svensk och engelsk benämning. En kod ändrar aldrig betydelse. The codes that an analysis chooses from, with their Swedish and English names. A code never changes its meaning.")
        .WithResponseExample(200, Catalogue with { Causes = [.. Catalogue.Causes.Take(2)] });
}
