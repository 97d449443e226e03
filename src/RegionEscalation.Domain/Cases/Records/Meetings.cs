using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Regions;

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

/// <param name="OwnRegion">The code of the region whose case it is; it needs no invitation to its own meeting.</param>
public sealed record PlanMeeting(Guid RecordId, MeetingContent Content, string OwnRegion) : RecordCommand(RecordId)
{
    internal override Decision<CaseEvent> Decide(EscalationCase s, CaseContext context) => Decision<CaseEvent>.Unless(
    [
        .. Content.Kind == MeetingKind.Internal ? [] : DialoguePartners.AgainstTalking(s, context),
        .. Meetings.AgainstStart(Content, context),
        .. Meetings.AgainstInvited(Content, OwnRegion),
    ], () => [new MeetingPlanned(context.Now, RecordId, Content)]);
}

/// <summary>Publishes the agenda, or a new one in place of it, for as long as the meeting has not started.</summary>
/// <param name="SupplierContracts">The supplier's contracts as the region's catalogue has them now.</param>
public sealed record PublishAgenda(Guid RecordId, Agenda Agenda, IReadOnlyList<Contract> SupplierContracts) : RecordChange<Meeting>(RecordId)
{
    internal override Decision<CaseEvent> Decide(Meeting record, EscalationCase s, CaseContext context) => Meetings.AgainstPreparing(record) is { } over
        ? Decision<CaseEvent>.Reject(over)
        : Decision<CaseEvent>.Unless([.. Meetings.AgainstAgenda(record, Agenda, SupplierContracts, context)],
            () => [new MeetingAgendaPublished(context.Now, RecordId, Agenda)]);
}

/// <param name="Participants">Functions on both sides, never persons' names.</param>
public sealed record HoldMeeting(Guid RecordId, IReadOnlyList<string> Participants) : RecordChange<Meeting>(RecordId)
{
    internal override Decision<CaseEvent> Decide(Meeting record, EscalationCase s, CaseContext context) => Meetings.AgainstPreparing(record) is { } over
        ? Decision<CaseEvent>.Reject(over)
        : Decision<CaseEvent>.Unless([.. Meetings.AgainstHolding(record, context)],
            () => [new MeetingHeld(context.Now, RecordId, Participants, context.Settings.After(record.Content.StartsAt, context.Settings.Deadlines.Minutes))]);
}

public sealed record SendMinutes(Guid RecordId, Minutes Minutes) : RecordChange<Meeting>(RecordId)
{
    /// <summary>What was held before the case was closed still has its minutes due.</summary>
    internal override bool WhenClosed => true;

    internal override Decision<CaseEvent> Decide(Meeting record, EscalationCase s, CaseContext context) => Meetings.AgainstMinutes(record) is { } rejection
        ? Decision<CaseEvent>.Reject(rejection)
        : Decision<CaseEvent>.Accept(new MeetingMinutesSent(context.Now, RecordId, Minutes));
}

public sealed record CancelMeeting(Guid RecordId, string Reason) : RecordChange<Meeting>(RecordId)
{
    internal override Decision<CaseEvent> Decide(Meeting record, EscalationCase s, CaseContext context) => Meetings.AgainstPreparing(record) is { } over
        ? Decision<CaseEvent>.Reject(over)
        : Decision<CaseEvent>.Accept(new MeetingCancelled(context.Now, RecordId, Reason));
}

/// <summary>R-M1, R-M2.</summary>
internal static class Meetings
{
    public static IEnumerable<Rejection> AgainstStart(MeetingContent content, CaseContext context)
    {
        // Its agenda could never be published before its start.
        if (content.StartsAt <= context.Now)
            yield return Rejection.InField("startsAt", "inPast", "Ett möte planeras innan det börjar.", "A meeting is planned before it starts.");
    }

    public static IEnumerable<Rejection> AgainstInvited(MeetingContent content, string ownRegion)
    {
        if (content.Kind != MeetingKind.JointRegional)
        {
            if (content.InvitedRegions.Count > 0)
                yield return Rejection.InField("invitedRegions", "onlyForJointMeeting",
                    "Bara till ett regiongemensamt möte bjuds andra regioner in.", "Other regions are invited to a joint regional meeting only.");
            yield break;
        }
        if (content.InvitedRegions.Count == 0)
            yield return new Rejection("R-M2", "invitedRegionMissing", new Label(
                "Till ett regiongemensamt möte bjuds minst en annan region in.", "At least one other region is invited to a joint regional meeting."),
                Field: "invitedRegions");
        for (var i = 0; i < content.InvitedRegions.Count; i++)
        {
            if (Region.Find(content.InvitedRegions[i]) is null)
                yield return Rejection.InField($"invitedRegions[{i}].code", "unknownRegion", "Det finns ingen region med den koden.", "There is no region with that code.");
            else if (content.InvitedRegions[i] == ownRegion)
                yield return Rejection.InField($"invitedRegions[{i}].code", "ownRegion",
                    "Den egna regionen bjuds inte in till sitt eget möte.", "The own region is not invited to its own meeting.");
        }
    }

    public static IEnumerable<Rejection> AgainstAgenda(Meeting record, Agenda agenda, IReadOnlyList<Contract> supplierContracts, CaseContext context)
    {
        if (context.Now >= record.Content.StartsAt)
            yield return new Rejection("R-M1", "agendaTooLate", new Label(
                "Dagordningen publiceras innan mötet börjar; ett möte utan dagordning ställs in och planeras på nytt.",
                "The agenda is published before the meeting starts; a meeting without one is cancelled and planned anew."), "meetings");
        var numbers = supplierContracts.Select(c => c.Number).ToArray();
        for (var i = 0; i < agenda.Contracts.Count; i++)
        {
            if (!numbers.Contains(agenda.Contracts[i]))
                yield return Rejection.InField($"contracts[{i}].number", "notTheSuppliersContract",
                    "Regionen har inget sådant avtal med leverantören.", "The region has no such contract with the supplier.");
        }
        var missing = string.Join(", ", numbers.Except(agenda.Contracts));
        if (record.Content.Kind is MeetingKind.Business or MeetingKind.ExecutiveBusiness && missing.Length > 0)
            yield return new Rejection("R-M2", "contractsMissing", new Label(
                $"Ett affärsmöte gäller alla leverantörens avtal i regionen; dessa saknas: {missing}.",
                $"A business meeting is about all of the supplier's contracts in the region; these are missing: {missing}."), Field: "contracts");
    }

    public static IEnumerable<Rejection> AgainstHolding(Meeting record, CaseContext context)
    {
        var started = context.Now >= record.Content.StartsAt;
        if (record.Agenda is null)
            yield return new Rejection("R-M1", "agendaMissing", new Label(
                "Ingen dagordning är publicerad före mötets början.", "No agenda has been published before the start of the meeting."),
                started ? "meetings" : $"meetings/{record.Id}/agendas");
        if (!started)
            yield return new Rejection("R-M1", "notStarted", new Label("Mötet har inte börjat.", "The meeting has not started."));
    }

    /// <summary>A meeting that is neither held nor cancelled is still to come.</summary>
    public static Rejection? AgainstPreparing(Meeting record) => record.State switch
    {
        MeetingState.Planned or MeetingState.AgendaPublished => null,
        MeetingState.Cancelled => Cancelled(),
        _ => Lifecycle("alreadyHeld", "Mötet är redan hållet.", "The meeting has already been held."),
    };

    public static Rejection? AgainstMinutes(Meeting record) => record.State switch
    {
        MeetingState.Held => null,
        MeetingState.Cancelled => Cancelled(),
        MeetingState.MinutesSent => Lifecycle("minutesAlreadySent", "Mötets minnesanteckningar är redan skickade.", "The minutes of the meeting have already been sent."),
        _ => Lifecycle("notHeld", "Mötet är inte hållet.", "The meeting has not been held.", $"meetings/{record.Id}/holdings"),
    };

    private static Rejection Cancelled() => Lifecycle("meetingCancelled", "Mötet är inställt.", "The meeting is cancelled.", "meetings");

    private static Rejection Lifecycle(string reason, string sv, string en, string? metBy = null) =>
        new("meetingLifecycle", reason, new Label(sv, en), metBy);
}
