using Npgsql;
using NpgsqlTypes;

namespace RegionEscalation.Storage;

/// <summary>A place in a region's log: right after an entry.</summary>
/// <param name="Transaction">The transaction that wrote the entry, with its epoch.</param>
/// <param name="EventId">The entry itself; empty where no entry is meant.</param>
/// <param name="At">When the entry was recorded, UTC.</param>
public readonly record struct LogPlace(ulong Transaction, long Sequence, Guid EventId, DateTimeOffset At);

/// <summary>An event at its place in the region's log.</summary>
public sealed record LoggedEvent(LogPlace Place, Guid StreamId, StoredEvent Event);

/// <summary>A part of a region's log.</summary>
/// <param name="IsStandby">A standby answered, which does not know what the primary has not told it yet.</param>
/// <param name="PlaceIsThere">False where the entry after which was read is not at its place, so that this is not the database that gave the place out.</param>
/// <param name="ReadUntil">The last entry that was looked at, beyond the last event where those after it are of other types; null where there was nothing.</param>
/// <param name="IsAhead">What comes next is of a type that this build does not know: a newer one wrote it, and only such a one can read past it.</param>
public sealed record LogPart(bool IsStandby, bool PlaceIsThere, IReadOnlyList<LoggedEvent> Events, LogPlace? ReadUntil, bool IsAhead = false);

/// <summary>In place of an event that cannot be read although its type is known.</summary>
public sealed record DamagedEvent(Type Type)
{
    public bool Is<T>() => Type.IsAssignableTo(typeof(T));
}

/// <summary>
/// A region's events in the order of the transactions that wrote them, up to the oldest transaction that still runs: whatever is committed later
/// comes after. A stream's version is known to be its last before the writing transaction has its id, so within a stream this is the order of versions.
/// </summary>
public static class RegionLog
{
    /// <summary>
    /// A condition on a webhook subscription <c>s</c>: whether the log goes on after its position.
    /// </summary>
    public const string GoesOn =
        """
        EXISTS (SELECT FROM mt_events e WHERE e.tenant_id = s.tenant_id
            AND (e.transaction_id, e.seq_id) > (s.position_transaction, s.position_sequence) AND e.transaction_id < pg_snapshot_xmin(pg_current_snapshot()))
        """;

    /// <summary>Of what was recorded in region $1 within <see cref="Margin"/> of the earliest entry at or after $2, the first place.</summary>
    public const string FirstSince =
        """
        SELECT e.transaction_id, e.seq_id FROM mt_events e
        WHERE e.tenant_id = $1 AND e.timestamp >= $2
            AND e.timestamp <= (SELECT min(f.timestamp) FROM mt_events f WHERE f.tenant_id = $1 AND f.timestamp >= $2) + INTERVAL '1 hour'
        ORDER BY e.transaction_id, e.seq_id LIMIT 1
        """;

    /// <summary>How many entries are looked at in one round trip when some types are asked for.</summary>
    public const int Window = 1000;

    /// <summary>
    /// What was recorded this much later than an entry may still stand before it: transactions overtake each other, and hosts' clocks differ.
    /// </summary>
    public static readonly TimeSpan Margin = TimeSpan.FromHours(1);

    internal static NpgsqlBatchCommand After(RegionScope scope, LogPlace place, IReadOnlyList<string> types, int limit) => new(
        """
        WITH scanned AS MATERIALIZED (
            SELECT * FROM mt_events
            WHERE tenant_id = $1 AND (transaction_id, seq_id) > ($5, $6) AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())
            ORDER BY transaction_id, seq_id LIMIT $4
        )
        SELECT e.id, e.version, e.type, e.timestamp, e.user_name, e.correlation_id, e.data, e.stream_id, e.transaction_id, e.seq_id, e.wanted, pg_is_in_recovery(),
            $7::uuid IS NULL OR EXISTS (SELECT FROM mt_events WHERE tenant_id = $1 AND transaction_id = $5 AND seq_id = $6 AND id = $7)
        FROM (VALUES (1)) AS always LEFT JOIN (
            SELECT *, cardinality($2) = 0 OR type = ANY ($2) AS wanted FROM scanned
            WHERE cardinality($2) = 0 OR type = ANY ($2) OR id = (SELECT id FROM scanned ORDER BY transaction_id DESC, seq_id DESC LIMIT 1)
            ORDER BY transaction_id, seq_id LIMIT $3
        ) AS e ON true
        ORDER BY e.transaction_id, e.seq_id
        """)
    {
        Parameters =
        {
            Sql.Text(scope.Region),
            Sql.Array(types, NpgsqlDbType.Varchar),
            Sql.Integer(limit),
            Sql.Integer(types.Count == 0 ? limit : Window),
            Sql.Transaction(place.Transaction),
            Sql.Bigint(place.Sequence),
            Sql.Uuid(place.EventId == Guid.Empty ? null : place.EventId),
        },
    };

    internal static NpgsqlBatchCommand Since(RegionScope scope, DateTimeOffset since, IReadOnlyList<string> types, int limit) => new(
        """
        WITH earliest AS MATERIALIZED (
            SELECT timestamp FROM mt_events
            WHERE tenant_id = $1 AND timestamp >= $5 AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())
            ORDER BY timestamp LIMIT 1
        ), near AS MATERIALIZED (
            SELECT transaction_id, seq_id FROM mt_events
            WHERE tenant_id = $1 AND timestamp >= (SELECT timestamp FROM earliest) AND timestamp <= (SELECT timestamp FROM earliest) + $6
                AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())
        ), first AS MATERIALIZED (
            SELECT transaction_id, seq_id FROM near ORDER BY transaction_id, seq_id LIMIT 1
        ), scanned AS MATERIALIZED (
            SELECT * FROM mt_events
            WHERE tenant_id = $1 AND (transaction_id, seq_id) >= ((SELECT transaction_id FROM first), (SELECT seq_id FROM first))
                AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())
            ORDER BY transaction_id, seq_id LIMIT $4
        )
        SELECT e.id, e.version, e.type, e.timestamp, e.user_name, e.correlation_id, e.data, e.stream_id, e.transaction_id, e.seq_id, e.wanted, pg_is_in_recovery(), true
        FROM (VALUES (1)) AS always LEFT JOIN (
            SELECT *, cardinality($2) = 0 OR type = ANY ($2) AS wanted FROM scanned
            WHERE cardinality($2) = 0 OR type = ANY ($2) OR id = (SELECT id FROM scanned ORDER BY transaction_id DESC, seq_id DESC LIMIT 1)
            ORDER BY transaction_id, seq_id LIMIT $3
        ) AS e ON true
        ORDER BY e.transaction_id, e.seq_id
        """)
    {
        Parameters =
        {
            Sql.Text(scope.Region),
            Sql.Array(types, NpgsqlDbType.Varchar),
            Sql.Integer(limit),
            Sql.Integer(types.Count == 0 ? limit : Window),
            Sql.Instant(since),
            Sql.Of(Margin, NpgsqlDbType.Interval),
        },
    };

    internal static NpgsqlBatchCommand ByIds(RegionScope scope, IEnumerable<Guid> ids) => new(
        """
        SELECT e.id, e.version, e.type, e.timestamp, e.user_name, e.correlation_id, e.data, e.stream_id, e.transaction_id, e.seq_id, true, pg_is_in_recovery(), true
        FROM (VALUES (1)) AS always LEFT JOIN (SELECT * FROM mt_events WHERE tenant_id = $1 AND id = ANY ($2)) AS e ON true
        ORDER BY e.transaction_id, e.seq_id
        """)
    {
        Parameters = { Sql.Text(scope.Region), Sql.Array(ids, NpgsqlDbType.Uuid) },
    };

    internal static async Task<LogPart> ReadPartAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var (isStandby, placeIsThere) = (false, false);
        var events = new List<LoggedEvent>();
        LogPlace? readUntil = null;
        while (await reader.ReadAsync(cancellationToken))
        {
            (isStandby, placeIsThere) = (reader.GetBoolean(11), reader.GetBoolean(12));
            if (await reader.IsDBNullAsync(0, cancellationToken))
                continue;
            var isWanted = reader.GetBoolean(10);
            if (isWanted && !EventTypes.Names.Contains(reader.GetString(2)))
                return new LogPart(isStandby, placeIsThere, events, readUntil, IsAhead: true);
            readUntil = PlaceOf(reader);
            if (isWanted)
                events.Add(new LoggedEvent(PlaceOf(reader), reader.GetGuid(7), BatchedQuery.StoredEventOf(reader, EventTypes.ReadOrDamaged)));
        }
        return new LogPart(isStandby, placeIsThere, events, readUntil);
    }

    private static LogPlace PlaceOf(NpgsqlDataReader r) => new(r.GetFieldValue<ulong>(8), r.GetInt64(9), r.GetGuid(0), r.GetFieldValue<DateTimeOffset>(3));
}
