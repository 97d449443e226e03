using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.Regions;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi;

/// <param name="Code">SCB's code, two digits; a joint board has a code of its own.</param>
/// <param name="OrganisationNumber">Ten digits.</param>
/// <param name="Ladder">The common edition of the ladder; a region that opens its new cases under another one says so in its ladder settings.</param>
public sealed record RegionResponse(string Code, string Name, string OrganisationNumber, RegionKind Kind, string Ladder);

/// <summary>The regions that the platform knows; no secret, and the same for every caller.</summary>
internal static class Regions
{
    public static void Map(RouteGroupBuilder shared)
    {
        var regions = shared.MapGroup("/regions").WithTags("Regions");
        regions.MapGet("", (PageRequest page, HttpContext http) => page.Response(http,
                [.. Region.All.Skip((int)Math.Min(page.Offset, int.MaxValue)).Take(page.Limit).Select(From)], Region.All.Count))
            .WithName("listRegions")
            .Describe("Lista regioner / List the regions",
                "Alla regioner som plattformen känner, sorterade efter kod. Every region that the platform knows, by code.")
            .WithResponseExample(200, Examples.Page(From(Region.Find("08")!)));
        regions.MapGet("/{code}", (string code, HttpContext http) =>
                Region.Find(code) is { } region ? Results.Ok(From(region)) : Problems.NotFound(http))
            .WithName("getRegion")
            .Describe("Hämta en region / Get a region", "En region efter sin kod. A region by its code.")
            .WithResponseExample(200, From(Region.Find("08")!));
    }

    private static RegionResponse From(Region r) => new(r.Code, r.Name, r.OrganisationNumber, r.Kind, Ladders.Current);
}
