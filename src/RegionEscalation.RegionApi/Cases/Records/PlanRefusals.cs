using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.Cases.Records;

/// <param name="Account">What the supplier was asked for, and how it refused.</param>
/// <param name="ReminderSentAt">When the supplier was reminded in writing, UTC; not in the future, and since the case entered its step.</param>
/// <param name="ReminderReference">The reminder in the region's own records.</param>
/// <param name="Deadline">Last day that the reminder gave, Swedish calendar date; after the reminder, and passed.</param>
/// <param name="RecordedBy">The function that records it.</param>
public sealed record PlanRefusalRequest(
    [TextLength(1, 4000)] string Account,
    DateTimeOffset ReminderSentAt,
    [TextLength(1, 200)] string ReminderReference,
    DateOnly Deadline,
    [TextLength(1, 200)] string RecordedBy);

internal static class PlanRefusals
{
    public static void Map(RouteGroupBuilder cases) => cases
        .MapRecord<PlanRefusalRequest>("plan-refusals", (id, body) => new RecordPlanRefusal(id, new PlanRefusalContent(
            body.Account, Clock.Truncate(body.ReminderSentAt), body.ReminderReference, body.Deadline, body.RecordedBy)))
        .WithName("recordPlanRefusal")
        .Describe("Registrera att leverantören vägrar en handlingsplan / Record that the supplier refuses an action plan",
            "Efter en skriftlig påminnelse vars tid har gått ut; gäller som underlag i stället för en utvärdering (R-E2). "
            + "After a written reminder whose time has passed; it is evidence in place of an evaluation (R-E2).")
        .WithRequestExample(new PlanRefusalRequest("Leverantören har två gånger avböjt att ta fram en handlingsplan och ser inget skäl till en.",
            Examples.Opened.AddDays(1), "26RK1024-9", new DateOnly(2026, 3, 13), "Avtalsansvarig"));
}
