using RegionEscalation.Domain.National;

namespace RegionEscalation.Domain.Cases.Records;

/// <summary>A joint regional meeting as a region that was invited to it, or that called it, may know it.</summary>
/// <param name="CalledBy">By key.</param>
/// <param name="StartsAt">UTC.</param>
/// <param name="Participants">The bodies that took part, by key.</param>
public sealed record KnownJointMeeting(
    Guid Id, JointMeetingSupplier Supplier, string CalledBy, DateTimeOffset StartsAt, JointMeetingState State, IReadOnlyList<string> Participants);

/// <param name="CalledBy">Who called the meeting; see <see cref="NationalReader.Key"/>.</param>
/// <param name="StartsAt">When the meeting began, UTC.</param>
/// <param name="Participants">The bodies that took part, by key.</param>
public sealed record JointMeetingAttendanceContent(Guid MeetingId, string CalledBy, DateTimeOffset StartsAt, IReadOnlyList<string> Participants);

/// <summary>That the case has taken up a joint regional meeting (regiongemensamt möte) about its supplier in which the region took part (R-M2).</summary>
public sealed record JointMeetingAttendance(JointMeetingAttendanceContent Content) : CaseRecord
{
    public override bool Does(string activityCode) => activityCode == "jointRegionalMeeting";
}

public sealed record JointMeetingAttended(DateTimeOffset At, Guid RecordId, JointMeetingAttendanceContent Content) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new JointMeetingAttendance(Content);
}

/// <param name="Meeting">Null where there is none, or none that the region may know.</param>
/// <param name="OwnRegion">The code of the region whose case it is.</param>
public sealed record TakeUpJointMeeting(Guid RecordId, KnownJointMeeting? Meeting, string OwnRegion) : RecordCommand(RecordId)
{
    internal override Decision<CaseEvent> Decide(EscalationCase s, CaseContext context) => Meeting is null
        ? Decision<CaseEvent>.Reject(Rejection.InField("meetingId", "unknownMeeting", "Det finns inget sådant möte.", "There is no such meeting."))
        : Decision<CaseEvent>.Unless([.. JointMeetingAttendances.Against(Meeting, OwnRegion, s)],
            () => [new JointMeetingAttended(context.Now, RecordId, new JointMeetingAttendanceContent(Meeting.Id, Meeting.CalledBy, Meeting.StartsAt, Meeting.Participants))]);
}

internal static class JointMeetingAttendances
{
    public static IEnumerable<Rejection> Against(KnownJointMeeting meeting, string ownRegion, EscalationCase s)
    {
        if (meeting.Supplier.Id != s.Supplier.Id && meeting.Supplier.OrganisationNumber != s.Supplier.OrganisationNumber)
            yield return new Rejection("R-M2", "otherSupplier", new Label(
                "Mötet gällde en annan leverantör än ärendet.", "The meeting was about another supplier than the case."), Field: "meetingId");
        if (meeting.State != JointMeetingState.MinutesSent)
            yield return new Rejection("R-M1", "minutesMissing", new Label(
                "Mötets minnesanteckningar är inte skickade.", "The minutes of the meeting have not been sent."), Field: "meetingId");
        else if (!meeting.Participants.Contains(NationalReader.OfRegion(ownRegion).Key))
            yield return new Rejection("R-M2", "notParticipant", new Label(
                "Regionen deltog inte i mötet.", "The region did not take part in the meeting."), Field: "meetingId");
        foreach (var rejection in RecordRules.AgainstBeforeCase(meeting.StartsAt, "meetingId", s))
            yield return rejection;
        // At a new visit to the step the same meeting is no new one; at another step it may be what that step asks for.
        if (s.Of<JointMeetingAttendance>().Any(a => a.Content.MeetingId == meeting.Id && a.Step == s.Step))
            yield return new Rejection("jointMeetingLifecycle", "alreadyTakenUp", new Label(
                "Ärendet har redan tagit upp mötet.", "The case has already taken up the meeting."), Field: "meetingId");
    }
}
