using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi;

/// <summary>The editions of the ladder as data, and what their words mean.</summary>
internal static class LaddersAndGlossary
{
    public static void Map(RouteGroupBuilder shared)
    {
        shared.MapGet("/ladders", (PageRequest page, HttpContext http) => page.Response(http,
                [.. Ladders.All.Skip((int)Math.Min(page.Offset, int.MaxValue)).Take(page.Limit)], Ladders.All.Count))
            .WithTags("Ladders")
            .WithName("listLadders")
            .Describe("Lista trappans utgåvor / List the editions of the ladder",
                "Publicerade utgåvor; en utgåva ändras aldrig. Published editions; an edition never changes.")
            .WithResponseExample(200, Examples.Page(Ladders.Find(Ladders.Current)!));
        shared.MapGet("/ladders/{version}", (string version, HttpContext http) =>
                Ladders.Find(version) is { } ladder ? Results.Ok(ladder) : Problems.NotFound(http))
            .WithTags("Ladders")
            .WithName("getLadder")
            .Describe("Hämta en utgåva / Get an edition",
                "Steg, händelser, aktiviteter och dialogparter med källans exakta svenska ordalydelse. Steps, events, activities and dialogue partners with the source's exact Swedish wording.")
            .WithResponseExample(200, Ladders.Find(Ladders.Current)!);
        shared.MapGet("/glossary", (HttpContext http, string ladder = Ladders.Current) =>
                Ladders.FindGlossary(ladder) is { } glossary ? Results.Ok(glossary) : Problems.NotFound(http))
            .WithTags("Ladders")
            .WithName("getGlossary")
            .Describe("Hämta ordlistan / Get the glossary",
                "Trappans begrepp för utgåvan `ladder`, med källa och vem som definierat dem: LfU, eller plattformen där trappan använder ordet utan att förklara det. The terms of the edition `ladder`, with source and who defined them.")
            .WithResponseExample(200, Ladders.FindGlossary(Ladders.Current)! with { Terms = [.. Ladders.FindGlossary(Ladders.Current)!.Terms.Take(2)] });
    }
}
