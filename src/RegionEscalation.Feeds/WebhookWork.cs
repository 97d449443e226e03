using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using RegionEscalation.Http;

namespace RegionEscalation.Feeds;

/// <summary>A delivery that waits and may be tried.</summary>
/// <param name="Failures">How many attempts in a row have failed.</param>
internal sealed record Waiting(FeedPosition Position, Guid StreamId, string Type, int Failures);

/// <summary>A subscription that this host has for itself for a while.</summary>
/// <param name="Place">How far the feed was taken over.</param>
/// <param name="Due">What waits and may be tried, in the order of the feed; not all where there is much.</param>
/// <param name="Pending">How many wait, by what they are about.</param>
internal sealed record Claimed(Subscription Subscription, FeedPosition Place, IReadOnlyList<Waiting> Due, IReadOnlyDictionary<Guid, int> Pending);

/// <summary>An entry that was taken over from the feed.</summary>
/// <param name="Attempt">Null where it was put behind what waits.</param>
/// <param name="NextAttemptAt">UTC; null for as soon as it is the first of its stream.</param>
internal sealed record Dealt(FeedPosition Position, Guid StreamId, string Type, bool Delivered, DeliveryAttempt? Attempt, DateTimeOffset? NextAttemptAt);

/// <summary>What a cycle leaves behind.</summary>
/// <param name="Vanished">What waited and the feed no longer has for this reader.</param>
/// <param name="NextAttemptAt">Before then nothing is sent to the endpoint, UTC.</param>
internal sealed record Settlement(
    FeedPosition Place, IReadOnlyList<Dealt> Dealt, IReadOnlyList<Guid> Vanished, DateTimeOffset? FailingSince, DateTimeOffset? DeliveredAt,
    DateTimeOffset? NextAttemptAt, DisabledReason? Disabled);

/// <summary>What the dispatcher does in the database, on behalf of one host.</summary>
/// <param name="holder">The host, as leases name it.</param>
internal sealed class WebhookWork(IChangeFeed feed, Guid holder, TimeSpan lease)
{
    /// <summary>How many waiting deliveries one cycle takes.</summary>
    public const int MostDue = 100;

    /// <summary>With more than this waiting, the feed is not read on.</summary>
    public const int MostPending = 1000;

    /// <summary>Delivered entries stay in the log this long.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private const string OfSubscription = "d.OWNER = s.OWNER AND d.subscription_id = s.id AND d.state = 'pending'";

    /// <summary>
    /// Whether this host may have the subscription: $2 is now, by the hosts' clocks, $3 the host. Leases are by the database's. One that was verified at $5
    /// or before has lapsed, which is to be written down also where nothing is to be delivered.
    /// </summary>
    private static readonly string IsReady = string.Join('\n',
        "(s.lease_until IS NULL OR s.lease_until < clock_timestamp() OR s.lease_holder = $3)",
        "AND (s.next_attempt_at IS NULL OR s.next_attempt_at <= $2)",
        "AND (s.verified_at <= $5 OR (GOES_ON) AND (SELECT count(*) FROM DELIVERIES d WHERE", OfSubscription, ") <= $4 OR EXISTS (",
        "SELECT FROM (SELECT DISTINCT ON (d.stream_id) d.next_attempt_at FROM DELIVERIES d WHERE", OfSubscription,
        "ORDER BY d.stream_id, d.transaction_id, d.sequence) AS first WHERE first.next_attempt_at IS NULL OR first.next_attempt_at <= $2))");

    private static readonly string FindText = string.Join('\n', "SELECT s.id,", IsReady, "FROM SUBSCRIPTIONS s WHERE s.OWNER = $1 AND s.state = 'active' ORDER BY s.id");

    private static readonly string ClaimText = string.Join('\n',
        "UPDATE SUBSCRIPTIONS AS s SET lease_holder = $3, lease_until = clock_timestamp() + $7",
        "WHERE s.OWNER = $1 AND s.id = $6 AND s.state = 'active' AND", IsReady,
        "RETURNING", WebhookTables.Columns, ", s.position_transaction, s.position_sequence");

    private const string DueText =
        """
        SELECT d.event_id, d.transaction_id, d.sequence, d.event_at, d.stream_id, d.type, (
            SELECT count(*)::int FROM jsonb_array_elements(d.log) WITH ORDINALITY AS a (attempt, n)
            WHERE n > coalesce((SELECT max(o.n) FROM jsonb_array_elements(d.log) WITH ORDINALITY AS o (attempt, n) WHERE o.attempt->>'error' IS NULL), 0))
        FROM DELIVERIES d JOIN (
            SELECT DISTINCT ON (stream_id) stream_id, next_attempt_at FROM DELIVERIES
            WHERE OWNER = $1 AND subscription_id = $2 AND state = 'pending' ORDER BY stream_id, transaction_id, sequence
        ) AS first ON first.stream_id = d.stream_id AND (first.next_attempt_at IS NULL OR first.next_attempt_at <= $3)
        WHERE d.OWNER = $1 AND d.subscription_id = $2 AND d.state = 'pending'
        ORDER BY d.transaction_id, d.sequence LIMIT $4
        """;

    private const string PendingText =
        "SELECT d.stream_id, count(*)::int FROM DELIVERIES d WHERE d.OWNER = $1 AND d.subscription_id = $2 AND d.state = 'pending' GROUP BY d.stream_id";

    /// <summary>Raises where the lease is no longer this host's: MOVE finds no subscription at version -1. Otherwise the row is locked from here on.</summary>
    private const string SettleText =
        """
        WITH held AS (
            UPDATE SUBSCRIPTIONS s SET position_transaction = $4, position_sequence = $5, position_at = $6, failing_since = $7, delivered_at = $8,
                next_attempt_at = $9, lease_holder = NULL, lease_until = NULL
            WHERE s.OWNER = $1 AND s.id = $2 AND s.lease_holder = $3 AND s.lease_until > clock_timestamp() RETURNING s.id
        )
        SELECT MOVE($1, $2, -1) WHERE NOT EXISTS (SELECT FROM held)
        """;

    private const string DisableText =
        "UPDATE SUBSCRIPTIONS SET state = 'disabled', reason = $3, disabled_at = $4, updated_at = $4, version = version + 1 WHERE OWNER = $1 AND id = $2";

    /// <summary>What is put behind others and waits already keeps its time; of the log the latest 50 attempts stay.</summary>
    private const string DealText =
        """
        INSERT INTO DELIVERIES AS d (OWNER, subscription_id, event_id, transaction_id, sequence, stream_id, type, event_at, state, attempts, next_attempt_at, last_attempt_at, log)
        SELECT $1, $2, e.* FROM unnest($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) AS e
        ON CONFLICT (OWNER, subscription_id, event_id) DO UPDATE SET
            transaction_id = excluded.transaction_id, sequence = excluded.sequence, state = excluded.state, attempts = d.attempts + excluded.attempts,
            next_attempt_at = CASE WHEN excluded.attempts = 0 AND d.state = 'pending' THEN d.next_attempt_at ELSE excluded.next_attempt_at END,
            last_attempt_at = coalesce(excluded.last_attempt_at, d.last_attempt_at),
            log = CASE WHEN jsonb_array_length(d.log) + jsonb_array_length(excluded.log) > 50 THEN d.log - 0 ELSE d.log END || excluded.log
        """;

    private const string VanishText = "DELETE FROM DELIVERIES WHERE OWNER = $1 AND subscription_id = $2 AND event_id = ANY ($3) AND state = 'pending'";

    private const string RemoveText = "DELETE FROM DELIVERIES WHERE OWNER = $1 AND state = 'delivered' AND last_attempt_at < $2";

    private readonly string _find = FindText.Replace("GOES_ON", feed.GoesOn, StringComparison.Ordinal);
    private readonly string _claim = ClaimText.Replace("GOES_ON", feed.GoesOn, StringComparison.Ordinal);

    /// <summary>The owner's active subscriptions, and whether there is something to do for them that this host may do.</summary>
    public async Task<IReadOnlyList<(Guid Id, bool IsReady)>> FindAsync(string owner, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = feed.CreateBatch(owner);
        batch.BatchCommands.Add(feed.Tables.Command(_find, Parameter.Of(owner), Parameter.Of(now), Parameter.Of(holder), Parameter.Of((long)MostPending),
            Parameter.Of(now - SubscriptionRules.VerificationHolds)));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var found = new List<(Guid, bool)>();
        while (await reader.ReadAsync(cancellationToken))
            found.Add((reader.GetGuid(0), reader.GetBoolean(1)));
        return found;
    }

    /// <summary>Takes the subscription for this host, for as long as the lease.</summary>
    /// <returns>Null when another host was first or there is nothing to do.</returns>
    public async Task<Claimed?> ClaimAsync(string owner, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = feed.CreateBatch(owner);
        batch.BatchCommands.Add(feed.Tables.Command(_claim,
            Parameter.Of(owner), Parameter.Of(now), Parameter.Of(holder), Parameter.Of((long)MostPending),
            Parameter.Of(now - SubscriptionRules.VerificationHolds), Parameter.Of(id), Parameter.Of(lease)));
        batch.BatchCommands.Add(feed.Tables.Command(DueText, Parameter.Of(owner), Parameter.Of(id), Parameter.Of(now), Parameter.Of((long)MostDue)));
        batch.BatchCommands.Add(feed.Tables.Command(PendingText, Parameter.Of(owner), Parameter.Of(id)));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return null;
        var subscription = WebhookTables.Read(reader);
        var place = new FeedPosition(reader.GetFieldValue<ulong>(20), reader.GetInt64(21), Guid.Empty, subscription.ReadUntil);
        await reader.NextResultAsync(cancellationToken);
        var due = new List<Waiting>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var position = new FeedPosition(reader.GetFieldValue<ulong>(1), reader.GetInt64(2), reader.GetGuid(0), reader.GetFieldValue<DateTimeOffset>(3));
            due.Add(new Waiting(position, reader.GetGuid(4), reader.GetString(5), reader.GetInt32(6)));
        }
        await reader.NextResultAsync(cancellationToken);
        var pending = new Dictionary<Guid, int>();
        while (await reader.ReadAsync(cancellationToken))
            pending.Add(reader.GetGuid(0), reader.GetInt32(1));
        return new Claimed(subscription, place, due, pending);
    }

    /// <summary>Writes what a cycle did, all of it or nothing, and gives the subscription back.</summary>
    /// <returns>False when it was no longer this host's: then nothing was written, and what was sent is sent again.</returns>
    public async Task<bool> SettleAsync(Subscription subscription, Settlement settled, DateTimeOffset now)
    {
        var (owner, id) = (Parameter.Of(subscription.Owner), Parameter.Of(subscription.Id));
        await using var batch = feed.CreateBatch(subscription.Owner);
        batch.BatchCommands.Add(feed.Tables.Command(SettleText,
            owner, id, Parameter.Of(holder), Parameter.Of(settled.Place.Transaction), Parameter.Of(settled.Place.Sequence), Parameter.Of(settled.Place.At),
            Parameter.Of(settled.FailingSince), Parameter.Of(settled.DeliveredAt), Parameter.Of(settled.NextAttemptAt)));
        if (settled.Disabled is { } reason)
            batch.BatchCommands.Add(feed.Tables.Command(DisableText, owner.Clone(), id.Clone(), Parameter.Of<DisabledReason>(reason), Parameter.Of(now)));
        if (settled.Dealt.Count > 0)
            batch.BatchCommands.Add(Deal(owner.Clone(), id.Clone(), settled.Dealt));
        if (settled.Vanished.Count > 0)
            batch.BatchCommands.Add(feed.Tables.Command(VanishText, owner.Clone(), id.Clone(), Parameter.ArrayOf(settled.Vanished, NpgsqlDbType.Uuid)));
        try
        {
            await batch.ExecuteNonQueryAsync(CancellationToken.None);
            return true;
        }
        catch (PostgresException e) when (e.SqlState == "RE412")
        {
            return false;
        }
    }

    /// <summary>Removes from the log what was delivered long ago.</summary>
    public async Task RemoveOldAsync(string owner, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = feed.CreateBatch(owner);
        batch.BatchCommands.Add(feed.Tables.Command(RemoveText, Parameter.Of(owner), Parameter.Of(now - Kept)));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlBatchCommand Deal(NpgsqlParameter owner, NpgsqlParameter id, IReadOnlyList<Dealt> dealt) => feed.Tables.Command(DealText,
        owner,
        id,
        Parameter.ArrayOf(dealt.Select(d => d.Position.EventId), NpgsqlDbType.Uuid),
        Parameter.ArrayOf(dealt.Select(d => d.Position.Transaction), NpgsqlDbType.Xid8),
        Parameter.ArrayOf(dealt.Select(d => d.Position.Sequence), NpgsqlDbType.Bigint),
        Parameter.ArrayOf(dealt.Select(d => d.StreamId), NpgsqlDbType.Uuid),
        Parameter.ArrayOf(dealt.Select(d => d.Type), NpgsqlDbType.Varchar),
        Parameter.ArrayOf(dealt.Select(d => d.Position.At.UtcDateTime), NpgsqlDbType.TimestampTz),
        Parameter.ArrayOf(dealt.Select(d => d.Delivered ? "delivered" : "pending"), NpgsqlDbType.Varchar),
        Parameter.ArrayOf(dealt.Select(d => d.Attempt is null ? 0 : 1), NpgsqlDbType.Integer),
        Parameter.ArrayOf(dealt.Select(d => d.NextAttemptAt?.UtcDateTime), NpgsqlDbType.TimestampTz),
        Parameter.ArrayOf(dealt.Select(d => d.Attempt?.At.UtcDateTime), NpgsqlDbType.TimestampTz),
        Parameter.ArrayOf(dealt.Select(d => JsonSerializer.Serialize(d.Attempt is { } attempt ? [attempt] : Array.Empty<DeliveryAttempt>(), Json.Options)), NpgsqlDbType.Jsonb));
}
