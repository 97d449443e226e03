using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.Cases;

/// <summary>How an activity is recorded: done, or not applicable in this case.</summary>
public enum RecordedOutcome
{
    Completed,
    DispensedWith,
}

/// <param name="Code">The activity's code in the ladder, such as <c>riskAssessment</c>.</param>
/// <param name="By">The function that performed it or decided to dispense with it.</param>
/// <param name="Text">A note of what was done and where the evidence is, or the reason for dispensing with it.</param>
/// <param name="PerformedAt">When it was done; required when completed, not in the future (R-A2).</param>
/// <param name="Step">A step that the case has stood at; the current one when left out.</param>
public sealed record ActivityRequest(
    [TextLength(1, 60)] string Code,
    RecordedOutcome Outcome,
    [TextLength(1, 200)] string By,
    [TextLength(3, 4000)] string Text,
    DateTimeOffset? PerformedAt = null,
    [Between(0, 5)] int? Step = null);

/// <summary>The ladder's activities on the case.</summary>
internal static class Activities
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id:guid}/activities", Handle)
        .ChangesWhatHasAVersion(Role.Handler)
        .WithName("recordActivity")
        .Describe("Registrera en aktivitet / Record an activity",
            "Utförd, eller avstådd med skäl; nödvändiga aktiviteter ska vara det ena eller det andra innan ärendet eskalerar (R-E7). "
            + "Completed, or dispensed with for a reason; required activities are one or the other before the case escalates (R-E7).")
        .WithRequestExample(Examples.ActivityRequest)
        .WithResponseExample(200, Examples.Case);

    private static Task<IResult> Handle(Guid id, ActivityRequest body, Commands commands, HttpContext http) => body switch
    {
        { Outcome: RecordedOutcome.DispensedWith } =>
            commands.OnCaseAsync(id, () => new DispenseWithActivity(body.Code, body.Step, body.Text, body.By)),
        { PerformedAt: { } performedAt } =>
            commands.OnCaseAsync(id, () => new CompleteActivity(body.Code, body.Step, Clock.Truncate(performedAt), body.By, body.Text)),
        _ => Task.FromResult(Problems.Field(http, "performedAt", "required", new Text(
            "En utförd aktivitet ska ange när den utfördes.", "A completed activity states when it was performed."))),
    };
}
