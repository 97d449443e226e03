namespace RegionEscalation.Domain.Cases.Records;

public enum MeetingKind
{
    /// <summary>Regelbundna möten.</summary>
    Regular,

    /// <summary>Affärsmöte: about all contract areas of the supplier (L26-040).</summary>
    Business,

    /// <summary>Affärsmöte företagsledning.</summary>
    ExecutiveBusiness,

    /// <summary>Regiongemensamt möte.</summary>
    JointRegional,

    /// <summary>Internt avstämningsmöte; never shown to the supplier (K24-007).</summary>
    Internal,
}

public enum MeetingState
{
    Planned,
    AgendaPublished,
    Held,
    MinutesSent,
    Cancelled,
}

/// <param name="Convener">The function that calls it and draws up the minutes (SSC-006).</param>
/// <param name="StartsAt">UTC.</param>
/// <param name="InvitedRegions">The codes of the other regions invited; for a joint meeting only.</param>
public sealed record MeetingContent(MeetingKind Kind, string Convener, DateTimeOffset StartsAt, string Place, IReadOnlyList<string> InvitedRegions);

/// <param name="Contracts">The contracts that the meeting is about; all of the supplier's in the region for a business meeting (R-M2).</param>
public sealed record Agenda(IReadOnlyList<string> Items, IReadOnlyList<string> Contracts);

/// <param name="Reference">The minutes in the region's own records.</param>
public sealed record Minutes(string Summary, string Reference, IReadOnlyList<string> Decisions);

/// <param name="Participants">Functions on both sides, never persons' names.</param>
/// <param name="MinutesDue">The instant from which the minutes are overdue, UTC (R-M1).</param>
public sealed record Meeting(
    MeetingContent Content, MeetingState State, Agenda? Agenda, DateTimeOffset? AgendaPublishedAt, IReadOnlyList<string> Participants, DateTimeOffset? MinutesDue,
    Minutes? Minutes, string? CancelledBecause) : CaseRecord
{
    public override bool Does(string activityCode) => State == MeetingState.MinutesSent && activityCode == Content.Kind switch
    {
        MeetingKind.Regular => "regularMeetings",
        MeetingKind.Business => "businessMeeting",
        MeetingKind.ExecutiveBusiness => "executiveBusinessMeeting",
        MeetingKind.JointRegional => "jointRegionalMeeting",
        _ => "internalMeetings",
    };

    public override IEnumerable<Obligation> Obligations()
    {
        if (State == MeetingState.Held && MinutesDue is { } due)
            yield return new Obligation("minutes", "R-M1", due, new Label(
                "Minnesanteckningar från mötet ska skickas.", "The minutes of the meeting are to be sent."), $"meetings/{Id}/minutes");
    }
}

public sealed record MeetingPlanned(DateTimeOffset At, Guid RecordId, MeetingContent Content) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new Meeting(Content, MeetingState.Planned, null, null, [], null, null, null);
}

public sealed record MeetingAgendaPublished(DateTimeOffset At, Guid RecordId, Agenda Agenda) : RecordChanged<Meeting>(At, RecordId)
{
    protected override Meeting Change(Meeting record) => record with { State = MeetingState.AgendaPublished, Agenda = Agenda, AgendaPublishedAt = At };
}

public sealed record MeetingHeld(DateTimeOffset At, Guid RecordId, IReadOnlyList<string> Participants, DateTimeOffset MinutesDue) : RecordChanged<Meeting>(At, RecordId)
{
    protected override Meeting Change(Meeting record) => record with { State = MeetingState.Held, Participants = Participants, MinutesDue = MinutesDue };
}

public sealed record MeetingMinutesSent(DateTimeOffset At, Guid RecordId, Minutes Minutes) : RecordChanged<Meeting>(At, RecordId)
{
    protected override Meeting Change(Meeting record) => record with { State = MeetingState.MinutesSent, Minutes = Minutes };
}

public sealed record MeetingCancelled(DateTimeOffset At, Guid RecordId, string Reason) : RecordChanged<Meeting>(At, RecordId)
{
    protected override Meeting Change(Meeting record) => record with { State = MeetingState.Cancelled, CancelledBecause = Reason };
}
