using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using NpgsqlTypes;
using RegionEscalation.Domain.National;

namespace RegionEscalation.NationalApi;

/// <summary>
/// The names under which the events of joint meetings are stored: explicit and versioned, so that no CLR type can be renamed into a lost event.
/// A name once used is never given to another shape; a changed shape gets the next version beside the old one.
/// </summary>
public static class JointMeetingEvents
{
    private static readonly Dictionary<string, Type> ByName = new()
    {
        ["joint-meeting-called.v1"] = typeof(JointMeetingCalled),
        ["joint-meeting-regions-invited.v1"] = typeof(JointMeetingRegionsInvited),
        ["joint-meeting-agenda-published.v1"] = typeof(JointMeetingAgendaPublished),
        ["joint-meeting-held.v1"] = typeof(JointMeetingHeld),
        ["joint-meeting-minutes-sent.v1"] = typeof(JointMeetingMinutesSent),
        ["joint-meeting-follow-up-reported.v1"] = typeof(JointMeetingFollowUpReported),
        ["joint-meeting-cancelled.v1"] = typeof(JointMeetingCancelled),
    };

    private static readonly Dictionary<Type, string> ByType = ByName.ToDictionary(p => p.Value, p => p.Key);

    /// <summary>Independent of the API's JSON: what is stored outlives what is served.</summary>
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    public static IReadOnlyCollection<string> Names => ByName.Keys;

    public static string NameOf(JointMeetingEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        return ByType[e.GetType()];
    }

    /// <exception cref="InvalidDataException">No event of this build has that name.</exception>
    public static JointMeetingEvent Read(string name, string json) => ByName.TryGetValue(name, out var type)
        ? (JointMeetingEvent)JsonSerializer.Deserialize(json, type, Options)!
        : throw new InvalidDataException($"The event type {name} is unknown to this build.");

    public static string Write(JointMeetingEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        return JsonSerializer.Serialize(e, e.GetType(), Options);
    }

    /// <summary>The snapshot as it is stored beside the events.</summary>
    public static string Write(JointMeeting meeting) => JsonSerializer.Serialize(meeting, Options);

    /// <inheritdoc cref="Write(JointMeeting)"/>
    public static JointMeeting ReadSnapshot(string json) => JsonSerializer.Deserialize<JointMeeting>(json, Options)!;
}

/// <summary>How a meeting is written: moved to its next version or refused, its events, its snapshot, and what the change feed tells.</summary>
internal static class JointMeetingStore
{
    /// <returns>The meeting as the events leave it, and what writes it, in order.</returns>
    public static (JointMeeting After, IReadOnlyList<NpgsqlBatchCommand> Writes) Append(
        JointMeeting? before, IReadOnlyList<JointMeetingEvent> events, string client)
    {
        var after = events.Aggregate(before, JointMeeting.Evolve)!;
        return (after,
        [
            .. before is null ? new[] { Insert(after) } : [Move(before.Version, after), Update(after)],
            .. events.Select((e, i) => InsertEvent(after, (before?.Version ?? 0) + i + 1, e, client)),
            .. events.Select(e => NationalChangeLog.Told(after, e)),
        ]);
    }

    /// <summary>Whether the columns of the row say what the meeting says; instants to the microsecond, as PostgreSQL keeps them.</summary>
    public static bool IsStored(JointMeeting m, NpgsqlDataReader row) =>
        row.Get<long>("version") == m.Version && row.Get<string>("convener") == m.CalledBy && row.Get<string>("state") == StateOf(m)
        && row.Get<string[]>("invited").SequenceEqual(Invited(m)) && row.Get<string[]>("participants").SequenceEqual(Participants(m))
        && row.FindText("supplier_number") == m.Content.Supplier.OrganisationNumber && row.Find<Guid>("supplier_id") == m.Content.Supplier.Id
        && IsAt(row.Get<DateTimeOffset>("starts_at"), m.Content.StartsAt) && IsAt(row.Get<DateTimeOffset>("updated_at"), m.UpdatedAt);

    private static bool IsAt(DateTimeOffset stored, DateTimeOffset at) => stored.UtcTicks / TimeSpan.TicksPerMicrosecond == at.UtcTicks / TimeSpan.TicksPerMicrosecond;

    private static NpgsqlBatchCommand Insert(JointMeeting m) => new(
        """
        INSERT INTO national_meetings (id, version, convener, invited, participants, supplier_number, supplier_id, starts_at, state, data, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """)
    {
        Parameters =
        {
            NationalCommands.Value(m.Id), Bigint(m.Version), NationalCommands.Value(m.CalledBy), Keys(Invited(m)), Keys(Participants(m)),
            NationalCommands.Value(m.Content.Supplier.OrganisationNumber), NationalCommands.Value(m.Content.Supplier.Id), NationalCommands.Value(m.Content.StartsAt),
            NationalCommands.Value(StateOf(m)), Json(JointMeetingEvents.Write(m)), NationalCommands.Value(m.UpdatedAt),
        },
    };

    private static NpgsqlBatchCommand Move(long expected, JointMeeting m) => new("SELECT move_national_meeting($1, $2, $3)")
    {
        Parameters = { NationalCommands.Value(m.Id), Bigint(expected), Bigint(m.Version) },
    };

    private static NpgsqlBatchCommand Update(JointMeeting m) => new(
        "UPDATE national_meetings SET invited = $2, participants = $3, state = $4, data = $5, updated_at = $6 WHERE id = $1")
    {
        Parameters =
        {
            NationalCommands.Value(m.Id), Keys(Invited(m)), Keys(Participants(m)), NationalCommands.Value(StateOf(m)), Json(JointMeetingEvents.Write(m)),
            NationalCommands.Value(m.UpdatedAt),
        },
    };

    private static NpgsqlBatchCommand InsertEvent(JointMeeting m, long version, JointMeetingEvent e, string client) => new(
        "INSERT INTO national_meeting_events (meeting_id, version, type, data, at, reader, client_id) VALUES ($1, $2, $3, $4, $5, $6, $7)")
    {
        Parameters =
        {
            NationalCommands.Value(m.Id), Bigint(version), NationalCommands.Value(JointMeetingEvents.NameOf(e)), Json(JointMeetingEvents.Write(e)),
            NationalCommands.Value(e.At), NationalCommands.Value(m.CalledBy), NationalCommands.Value(client),
        },
    };

    public static string StateOf(JointMeeting m) => JsonNamingPolicy.CamelCase.ConvertName(m.State.ToString());

    public static IEnumerable<string> Invited(JointMeeting m) => m.InvitedRegions.Select(code => NationalReader.OfRegion(code).Key);

    private static IEnumerable<string> Participants(JointMeeting m) => m.Participants.Select(p => p.Reader).Distinct();

    private static NpgsqlParameter Bigint(long value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Bigint };

    private static NpgsqlParameter Keys(IEnumerable<string> keys) => new() { Value = keys.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar };

    private static NpgsqlParameter Json(string json) => new() { Value = json, NpgsqlDbType = NpgsqlDbType.Jsonb };
}
