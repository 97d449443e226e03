using RegionEscalation.Domain.National;
using RegionEscalation.Http;

namespace RegionEscalation.NationalApi;

/// <summary>What the national feed gives, for the document of all events.</summary>
public static class NationalEvents
{
    private static readonly NationalChange OfCase = new(
        Examples.Change.Data.Region, Examples.Change.Data.CaseId, null, null, Examples.Change.Data.Case! with { Block = new SignalledBlock("contract", new DateOnly(2026, 8, 31)) },
        null, null, null);

    private static readonly NationalChange OfNotice = new(OfCase.Region, OfCase.CaseId, Examples.Notice.NoticeId, null, null, new ChangedNotice(
        Examples.Notice.Number, Examples.Notice.Kind, Examples.Notice.IssuedAt, Examples.Notice.Provisional, Examples.Notice.ExpiresAt, Examples.Notice.Payload, ["region:13"]), null, null);

    private static readonly NationalChange OfAcknowledgement = new(OfCase.Region, OfCase.CaseId, Examples.Notice.NoticeId, null, null, null, new GivenAcknowledgement(
        Examples.Acknowledgement.Recipient, Examples.Acknowledgement.AcknowledgedAt, Examples.Acknowledgement.AcknowledgedBy), null);

    public static IReadOnlyList<string> Types => NationalChangeTypes.All;

    /// <summary>An entry of the type, as the feed gives it.</summary>
    public static CloudEvent<NationalChange> Example(string type) => type switch
    {
        NationalChanges.CaseAppeared or NationalChanges.CaseChanged => Of(type, OfCase),
        NationalChanges.CaseRemoved => Of(type, OfCase with { Case = null }),
        NationalChanges.NoticeAppeared or NationalChanges.NoticeChanged => Of(type, OfNotice),
        NationalChanges.NoticeRemoved => Of(type, OfNotice with { Notice = null }),
        NationalChangeTypes.NoticeAcknowledged => Of(type, OfAcknowledgement),
        _ => Of(type, new NationalChange(null, null, null, Examples.JointMeeting.Id, null, null, null, new ChangedMeeting(
            StateAfter(type), new JointMeetingSupplier("5560160680", null), Examples.JointMeeting.StartsAt, "region:08", [new NotifyingRegion("13", "Region Halland")]))),
    };

    private static CloudEvent<NationalChange> Of(string type, NationalChange change) => Examples.Change with
    {
        Type = type,
        Subject = change.MeetingId is { } meeting ? $"joint-meetings/{meeting}" : Examples.Change.Subject,
        Data = change,
    };

    private static JointMeetingState StateAfter(string type) => type switch
    {
        "joint-meeting-called.v1" or "joint-meeting-regions-invited.v1" => JointMeetingState.Called,
        "joint-meeting-agenda-published.v1" => JointMeetingState.AgendaPublished,
        "joint-meeting-held.v1" => JointMeetingState.Held,
        "joint-meeting-cancelled.v1" => JointMeetingState.Cancelled,
        _ => JointMeetingState.MinutesSent,
    };
}
