using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.Cases;

/// <summary>How an activity is recorded: done, not applicable in this case, or still to be done on a day.</summary>
public enum RecordedOutcome
{
    Completed,
    DispensedWith,
    Planned,
}

/// <param name="Code">The activity's code in the ladder, such as <c>riskAssessment</c>.</param>
/// <param name="By">The function that performed it, decided to dispense with it, or is to do it.</param>
/// <param name="Text">A note of what was done and where the evidence is, the reason for dispensing with it, or what is planned.</param>
/// <param name="PerformedAt">When it was done; required when completed, not in the future (R-A2).</param>
/// <param name="Step">A step that the case has stood at; the current one when left out.</param>
/// <param name="PlannedFor">Swedish calendar date, not in the past; required when planned, and only then.</param>
public sealed record ActivityRequest(
    [TextLength(1, 60)] string Code,
    RecordedOutcome Outcome,
    [TextLength(1, 200)] string By,
    [TextLength(3, 4000)] string Text,
    DateTimeOffset? PerformedAt = null,
    [Between(0, 5)] int? Step = null,
    DateOnly? PlannedFor = null);

/// <summary>The ladder's activities on the case.</summary>
internal static class Activities
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id:guid}/activities", Handle)
        .ChangesWhatHasAVersion(Role.Handler)
        .WithName("recordActivity")
        .Describe("Registrera en aktivitet / Record an activity",
            "Utförd, avstådd med skäl, eller planerad till en dag; nödvändiga aktiviteter ska vara utförda eller avstådda innan ärendet eskalerar (R-E7). "
            + "Completed, dispensed with for a reason, or planned for a day; required activities are completed or dispensed with before the case escalates (R-E7).")
        .WithRequestExample(Examples.ActivityRequest)
        .WithResponseExample(200, Examples.Case);

    private static Task<IResult> Handle(Guid id, ActivityRequest body, Commands commands, HttpContext http) => body switch
    {
        { Outcome: RecordedOutcome.Planned, PlannedFor: { } day } =>
            commands.OnCaseAsync(id, () => new PlanActivity(body.Code, body.Step, day, body.By, body.Text)),
        { Outcome: RecordedOutcome.Planned } => Task.FromResult(Problems.Field(http, "plannedFor", "required", new Text(
            "En planerad aktivitet ska ange sin dag.", "A planned activity states its day."))),
        { PlannedFor: not null } => Task.FromResult(Problems.Field(http, "plannedFor", "onlyWhenPlanned", new Text(
            "Bara en planerad aktivitet har en dag framför sig.", "Only a planned activity has a day ahead of it."))),
        { Outcome: RecordedOutcome.DispensedWith } =>
            commands.OnCaseAsync(id, () => new DispenseWithActivity(body.Code, body.Step, body.Text, body.By)),
        { PerformedAt: { } performedAt } =>
            commands.OnCaseAsync(id, () => new CompleteActivity(body.Code, body.Step, Clock.Truncate(performedAt), body.By, body.Text)),
        _ => Task.FromResult(Problems.Field(http, "performedAt", "required", new Text(
            "En utförd aktivitet ska ange när den utfördes.", "A completed activity states when it was performed."))),
    };
}
