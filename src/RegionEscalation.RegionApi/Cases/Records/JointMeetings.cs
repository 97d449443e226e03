using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Cases.Records;

/// <param name="MeetingId">The id of the meeting in the national API; one that the region called or was invited to.</param>
public sealed record JointMeetingAttendanceRequest(Guid MeetingId);

/// <summary>What a joint regional meeting (R-M2) means for a case of a region that took part in it.</summary>
internal static class JointMeetings
{
    public static void Map(RouteGroupBuilder cases) =>
        cases.MapPost("/{id:guid}/joint-meetings", (Guid id, JointMeetingAttendanceRequest body, Commands commands, TimeProvider time) =>
                commands.OnCaseAsync(id, query =>
                {
                    var meeting = query.JointMeeting(body.MeetingId);
                    return () => new CaseChange(new TakeUpJointMeeting(Guid.CreateVersion7(time.GetUtcNow()), meeting.Value, commands.Session.Scope.Region));
                }))
            .ChangesWhatHasAVersion(Role.Handler)
            .WithName("takeUpJointMeeting")
            .Describe("Ta upp ett regiongemensamt möte i ärendet / Take up a joint regional meeting in the case",
                "Ett nationellt utlyst möte om ärendets leverantör som regionen deltog i och vars minnesanteckningar är skickade; det gör aktiviteten regiongemensamt möte utförd (R-M2). "
                + "A meeting called nationally about the case's supplier that the region took part in and whose minutes are sent; that does the activity joint regional meeting (R-M2).")
            .WithRequestExample(new JointMeetingAttendanceRequest(Guid.Parse("019cadb4-2f20-7000-8000-000000000021")))
            .WithResponseExample(200, Examples.Case);
}
