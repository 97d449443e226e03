using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.Regions;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Cases;

/// <param name="From">The code of an activity done, or dispensed with, at the case's step.</param>
/// <param name="To">The code of the activity that it counts as under the edition entered.</param>
public sealed record ActivityMappingRequest([TextLength(1, 60)] string From, [TextLength(1, 60)] string To);

/// <param name="Ladder">The edition to go on under.</param>
/// <param name="Step">The case's step, which keeps its number (R-G3).</param>
/// <param name="Activities">What the activities done at the step count as; what is not named stays in the record and counts as nothing else.</param>
/// <param name="Motivation">At least 30 characters.</param>
public sealed record LadderMigrationRequest(
    [TextLength(1, 60)] string Ladder,
    [Between(0, 5)] int Step,
    [Items(0, 50)] IReadOnlyList<ActivityMappingRequest> Activities,
    [TextLength(1, 4000)] string Motivation,
    DecisionMakerRequest DecidedBy);

internal static class MigrateCase
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id:guid}/ladder-migrations", Handle)
        .ChangesWhatHasAVersion(Role.Decider)
        .WithName("migrateCase")
        .Describe("Flytta ärendet till en annan utgåva / Move the case to another edition",
            "Steget består; det som är utfört är utfört, och det som återstår är vad den nya utgåvan kräver (R-G4). Med `validateOnly=true` visar `result` ärendet som det skulle bli. "
            + "The step stays; what is done is done, and what is outstanding is what the new edition asks for (R-G4). With `validateOnly=true` the `result` is the case as it would be.")
        .WithRequestExample(new LadderMigrationRequest(Ladders.All.First(l => l.Version != Ladders.Current).Version, 0, [new ActivityMappingRequest("supplierDialogue", "supplierDialogue")],
            "Regionen följer sin egen utgåva tills den gemensamma är införd.", Examples.DecidedBy))
        .WithResponseExample(200, Examples.Case);

    private static Task<IResult> Handle(Guid id, LadderMigrationRequest body, Commands commands, HttpContext http) => commands.OnCaseAsync(id, () =>
        new MigrateCaseToLadder(Ladders.Find(body.Ladder), Region.Find(http.GrantedRegion().Code)!, body.Step, [.. body.Activities.Select(a => new ActivityMapping(a.From, a.To))],
            body.Motivation, body.DecidedBy.Decider()));
}
