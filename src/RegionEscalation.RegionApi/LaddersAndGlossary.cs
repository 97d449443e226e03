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
        shared.MapGet("/ladders/{version}/differences", (string version, string to, HttpContext http) =>
                Ladders.Find(version) is { } from && Ladders.Find(to) is { } other
                    ? Results.Ok(LadderDifferences.Between(from, other))
                    : Problems.NotFound(http))
            .WithTags("Ladders")
            .WithName("getLadderDifferences")
            .Describe("Jämför två utgåvor / Compare two editions",
                "Rad för rad vad som skiljer utgåvan från utgåvan `to`: vad som tillkommit, utgått, omformulerats och bytt plats. Rader utan `step` gäller hela utgåvan; en rad som inte finns är lika i båda. "
                + "Row by row what differs from the edition to the edition `to`: what was added, removed, reworded and moved. Rows without `step` are about the whole edition; a row that is not there is the same in both.")
            .WithResponseExample(200, ExampleDifferences());
        shared.MapGet("/glossary", (HttpContext http, string ladder = Ladders.Current) =>
                Ladders.FindGlossary(ladder) is { } glossary ? Results.Ok(glossary) : Problems.NotFound(http))
            .WithTags("Ladders")
            .WithName("getGlossary")
            .Describe("Hämta ordlistan / Get the glossary",
                "Trappans begrepp för utgåvan `ladder`, med källa och vem som definierat dem: trappans utgivare, eller plattformen där trappan använder ordet utan att förklara det. The terms of the edition `ladder`, with source and who defined them: the ladder's owner, or the platform where the ladder uses the word without explaining it.")
            .WithResponseExample(200, Ladders.FindGlossary(Ladders.Current)! with { Terms = [.. Ladders.FindGlossary(Ladders.Current)!.Terms.Take(2)] });
    }

    /// <summary>A few rows of the real thing: a text, and lists with each kind of difference.</summary>
    private static LadderDifferences ExampleDifferences()
    {
        var all = LadderDifferences.Between(Ladders.All.First(l => l.Version != Ladders.Current), Ladders.Find(Ladders.Current)!);
        return all with { Rows = [.. all.Rows.Where(r => r is { Aspect: LadderAspect.Motto } or { Step: 3, Aspect: LadderAspect.Activities or LadderAspect.SpecificActivities })] };
    }
}
