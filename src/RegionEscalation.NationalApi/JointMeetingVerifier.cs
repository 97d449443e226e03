using System.Text.Json.Nodes;
using Npgsql;
using RegionEscalation.Domain.National;

namespace RegionEscalation.NationalApi;

/// <param name="Mismatches">What differs: <c>version</c>, <c>snapshot</c> or <c>columns</c>.</param>
public sealed record JointMeetingReport(long Meetings, long Events, IReadOnlyList<(Guid Meeting, string Problem)> Mismatches);

/// <summary>Replays every joint regional meeting and compares it with what is stored of it, in one statement and so on one snapshot of the database.</summary>
public static class JointMeetingVerifier
{
    /// <param name="connectionString">The national login, which sees every meeting as the coordination group does; no other login reads their events.</param>
    public static async Task<JointMeetingReport> VerifyAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT set_config('app.readers', 'coordination', true)"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            SELECT m.*, m.data::text AS snapshot,
                ARRAY(SELECT e.version FROM national_meeting_events e WHERE e.meeting_id = m.id ORDER BY e.version) AS versions,
                ARRAY(SELECT e.type FROM national_meeting_events e WHERE e.meeting_id = m.id ORDER BY e.version) AS types,
                ARRAY(SELECT e.data::text FROM national_meeting_events e WHERE e.meeting_id = m.id ORDER BY e.version) AS events
            FROM national_meetings m ORDER BY m.id
            """));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var (meetings, events, mismatches) = (0L, 0L, new List<(Guid, string)>());
        while (await reader.ReadAsync(cancellationToken))
        {
            (meetings, events) = (meetings + 1, events + reader.Get<long[]>("versions").Length);
            mismatches.AddRange(Compare(reader).Select(problem => (reader.Get<Guid>("id"), problem)));
        }
        return new JointMeetingReport(meetings, events, mismatches);
    }

    private static IEnumerable<string> Compare(NpgsqlDataReader r)
    {
        var versions = r.Get<long[]>("versions");
        if (!versions.SequenceEqual(versions.Select((_, i) => i + 1L)) || versions.Length != r.Get<long>("version"))
            yield return "version";
        var replayed = Replay(r.Get<string[]>("types"), r.Get<string[]>("events"));
        if (replayed is null || !JsonNode.DeepEquals(JsonNode.Parse(JointMeetingEvents.Write(replayed)), JsonNode.Parse(r.Get<string>("snapshot"))))
            yield return "snapshot";
        if (replayed is not null && !JointMeetingStore.IsStored(replayed, r))
            yield return "columns";
    }

    /// <returns>Null when there are no events, or they cannot be read or replayed.</returns>
    private static JointMeeting? Replay(string[] types, string[] events)
    {
        try
        {
            return types.Zip(events, JointMeetingEvents.Read).Aggregate((JointMeeting?)null, JointMeeting.Evolve);
        }
        catch (Exception)
        {
            return null;
        }
    }
}
