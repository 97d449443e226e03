using Npgsql;
using NpgsqlTypes;
using RegionEscalation.Domain.National;

namespace RegionEscalation.NationalApi;

/// <summary>The types of entry in the national change feed.</summary>
public static class NationalChangeTypes
{
    public const string NoticeAcknowledged = "notice-acknowledged.v1";

    public static IReadOnlyList<string> All { get; } =
    [
        NationalChanges.CaseAppeared, NationalChanges.CaseChanged, NationalChanges.CaseRemoved,
        NationalChanges.NoticeAppeared, NationalChanges.NoticeChanged, NationalChanges.NoticeRemoved,
        NoticeAcknowledged, .. JointMeetingEvents.Names,
    ];
}

/// <summary>What is written nationally is told of in the national change feed by the same transaction; the regions' cases and notices the regions tell of.</summary>
internal static class NationalChangeLog
{
    /// <summary>What belongs to no single region.</summary>
    private const string NoRegion = "national";

    /// <summary>For whoever acknowledged it, which comes first, the coordination group and the region that issued it (R-N6).</summary>
    public static NpgsqlBatchCommand Acknowledged(string region, Guid caseId, Guid noticeId, string recipient, DateTimeOffset at) => Insert(
        region, "acknowledgement", caseId, noticeId, NationalChangeTypes.NoticeAcknowledged, [recipient, NationalReader.Coordination.Key, NationalReader.OfRegion(region).Key], at);

    /// <summary>For whoever called it, the regions invited and the coordination group (R-M2).</summary>
    public static NpgsqlBatchCommand Told(JointMeeting meeting, JointMeetingEvent e) => Insert(
        NoRegion, "meeting", meeting.Id, null, JointMeetingEvents.NameOf(e), [meeting.CalledBy, NationalReader.Coordination.Key, .. JointMeetingStore.Invited(meeting)], e.At);

    private static NpgsqlBatchCommand Insert(string region, string kind, Guid objectId, Guid? noticeId, string type, IEnumerable<string> audience, DateTimeOffset at) => new(
        "INSERT INTO national_changes (id, region, kind, object_id, notice_id, type, audience, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
    {
        Parameters =
        {
            NationalCommands.Value(Guid.CreateVersion7()), NationalCommands.Value(region), NationalCommands.Value(kind), NationalCommands.Value(objectId),
            NationalCommands.Value(noticeId), NationalCommands.Value(type),
            new NpgsqlParameter { Value = audience.Distinct().ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar }, NationalCommands.Value(at),
        },
    };
}
