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
/// <param name="Due">What waits and may be tried, each stream's in its order and the streams that have failed least first; not all where there is much.</param>
/// <param name="Pending">How many wait, by what they are about.</param>
/// <param name="Untried">How many of them, up to the place, were never attempted.</param>
internal sealed record Claimed(Subscription Subscription, FeedPosition Place, IReadOnlyList<Waiting> Due, IReadOnlyDictionary<Guid, int> Pending, long Untried);

/// <summary>An entry that was taken over from the feed.</summary>
/// <param name="Attempt">Null where it was put behind what waits.</param>
/// <param name="NextAttemptAt">UTC; null for as soon as it is the first of its stream.</param>
internal sealed record Dealt(FeedPosition Position, Guid StreamId, string Type, bool Delivered, DeliveryAttempt? Attempt, DateTimeOffset? NextAttemptAt);

/// <summary>What a cycle leaves behind.</summary>
/// <param name="NextAttemptAt">Before then nothing is sent to the endpoint, UTC.</param>
internal sealed record Settlement(
    FeedPosition Place, IReadOnlyList<Dealt> Dealt, DateTimeOffset? FailingSince, DateTimeOffset? DeliveredAt,
    DateTimeOffset? NextAttemptAt, DisabledReason? Disabled);

/// <summary>What the dispatcher does in the database, on behalf of one host.</summary>
/// <param name="holder">The host, as leases name it.</param>
internal sealed class WebhookWork(IChangeFeed feed, Guid holder, TimeSpan lease)
{
    /// <summary>How many waiting deliveries one cycle takes.</summary>
    public const int MostDue = 100;

    /// <summary>With more than this waiting that was never attempted, the feed is not read on; what an endpoint refuses stops nothing else.</summary>
    public const int MostPending = 1000;

    /// <summary>Delivered entries stay in the log this long.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private const string OfSubscription = "d.OWNER = s.OWNER AND d.subscription_id = s.id AND d.state = 'pending'";

    /// <summary>Where the place was put back, what waits beyond it comes in its turn, when the feed is there again.</summary>
    private const string UpToThePlace = "(d.transaction_id, d.sequence) <= (s.position_transaction, s.position_sequence)";

    /// <summary>
    /// Whether this host may have the subscription: $2 is now, by the hosts' clocks, $3 the host. Leases are by the database's. One that was verified at $5
    /// or before has lapsed, which is to be written down also where nothing is to be delivered.
    /// </summary>
    private static readonly string IsReady = string.Join('\n',
        "(s.lease_until IS NULL OR s.lease_until < clock_timestamp() OR s.lease_holder = $3)",
        "AND (s.next_attempt_at IS NULL OR s.next_attempt_at <= $2)",
        "AND (s.verified_at <= $5 OR (GOES_ON) AND (SELECT count(*) FROM DELIVERIES d WHERE", OfSubscription, "AND d.attempts = 0 AND", UpToThePlace, ") <= $4 OR EXISTS (",
        "SELECT FROM (SELECT DISTINCT ON (d.stream_id) d.next_attempt_at FROM DELIVERIES d WHERE", OfSubscription, "AND", UpToThePlace,
        "ORDER BY d.stream_id, d.transaction_id, d.sequence) AS first WHERE first.next_attempt_at IS NULL OR first.next_attempt_at <= $2))");

    private static readonly string FindText = string.Join('\n', "SELECT s.id,", IsReady, "FROM SUBSCRIPTIONS s WHERE s.OWNER = $1 AND s.state = 'active' ORDER BY s.id");

    private static readonly string ClaimText = string.Join('\n',
        "UPDATE SUBSCRIPTIONS AS s SET lease_holder = $3, lease_until = clock_timestamp() + $7",
        "WHERE s.OWNER = $1 AND s.id = $6 AND s.state = 'active' AND", IsReady,
        "RETURNING", WebhookTables.Columns, ", s.position_transaction, s.position_sequence");

    /// <summary>How many attempts in a row have failed: LOG has the latest of them.</summary>
    private const string Failures =
        """
        (SELECT count(*)::int FROM jsonb_array_elements(LOG) WITH ORDINALITY AS a (attempt, n)
            WHERE n > coalesce((SELECT max(o.n) FROM jsonb_array_elements(LOG) WITH ORDINALITY AS o (attempt, n) WHERE o.attempt->>'error' IS NULL), 0))
        """;

    /// <summary>
    /// First the first of every stream that is due, of which the ones that have failed least come first, so that an endpoint is not judged by one that it
    /// is known to refuse; then the second of them, and so on.
    /// </summary>
    private static readonly string DueText =
        """
        WITH first AS (
            SELECT DISTINCT ON (d.stream_id) d.stream_id, d.next_attempt_at, d.transaction_id, d.sequence, d.log
            FROM SUBSCRIPTIONS s JOIN DELIVERIES d ON OF_SUBSCRIPTION AND UP_TO_THE_PLACE
            WHERE s.OWNER = $1 AND s.id = $2 ORDER BY d.stream_id, d.transaction_id, d.sequence
        ), due AS MATERIALIZED (
            SELECT first.*, FAILURES_OF_FIRST AS failures FROM first WHERE first.next_attempt_at IS NULL OR first.next_attempt_at <= $3
        )
        SELECT d.event_id, d.transaction_id, d.sequence, d.event_at, d.stream_id, d.type, FAILURES_OF_EACH
        FROM SUBSCRIPTIONS s JOIN DELIVERIES d ON OF_SUBSCRIPTION AND UP_TO_THE_PLACE JOIN due ON due.stream_id = d.stream_id
        WHERE s.OWNER = $1 AND s.id = $2
        ORDER BY row_number() OVER (PARTITION BY d.stream_id ORDER BY d.transaction_id, d.sequence), due.failures, d.transaction_id, d.sequence LIMIT $4
        """
        .Replace("OF_SUBSCRIPTION", OfSubscription, StringComparison.Ordinal)
        .Replace("UP_TO_THE_PLACE", UpToThePlace, StringComparison.Ordinal)
        .Replace("FAILURES_OF_FIRST", Failures.Replace("LOG", "first.log", StringComparison.Ordinal), StringComparison.Ordinal)
        .Replace("FAILURES_OF_EACH", Failures.Replace("LOG", "d.log", StringComparison.Ordinal), StringComparison.Ordinal);

    private static readonly string PendingText = string.Join('\n',
        "SELECT d.stream_id, count(*)::int, count(*) FILTER (WHERE d.attempts = 0 AND", UpToThePlace, ")::int",
        "FROM SUBSCRIPTIONS s JOIN DELIVERIES d ON", OfSubscription, "WHERE s.OWNER = $1 AND s.id = $2 GROUP BY d.stream_id");

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

    private const string ReleaseText =
        "UPDATE SUBSCRIPTIONS SET lease_holder = NULL, lease_until = NULL, next_attempt_at = $4 WHERE OWNER = $1 AND id = $2 AND lease_holder = $3 AND lease_until > clock_timestamp()";

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
        long untried = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            pending.Add(reader.GetGuid(0), reader.GetInt32(1));
            untried += reader.GetInt32(2);
        }
        return new Claimed(subscription, place, due, pending, untried);
    }

    /// <summary>Writes what a cycle did, all of it or nothing, and gives the subscription back.</summary>
    /// <returns>False when it was no longer this host's: then nothing was written, and what was sent is sent again.</returns>
    public async Task<bool> SettleAsync(Subscription subscription, Settlement settled, DateTimeOffset now)
    {
        var (owner, id) = (Parameter.Of(subscription.Owner), Parameter.Of(subscription.Id));
        await using var batch = CreateBatchToCommit(subscription.Owner);
        batch.BatchCommands.Add(feed.Tables.Command(SettleText,
            owner, id, Parameter.Of(holder), Parameter.Of(settled.Place.Transaction), Parameter.Of(settled.Place.Sequence), Parameter.Of(settled.Place.At),
            Parameter.Of(settled.FailingSince), Parameter.Of(settled.DeliveredAt), Parameter.Of(settled.NextAttemptAt)));
        if (settled.Disabled is { } reason)
            batch.BatchCommands.Add(feed.Tables.Command(DisableText, owner.Clone(), id.Clone(), Parameter.Of<DisabledReason>(reason), Parameter.Of(now)));
        if (settled.Dealt.Count > 0)
            batch.BatchCommands.Add(Deal(owner.Clone(), id.Clone(), settled.Dealt));
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

    /// <summary>Gives the subscription back as it is, where it is still this host's.</summary>
    /// <param name="next">Before then nobody takes it, UTC; null for at once.</param>
    public async Task ReleaseAsync(Subscription subscription, DateTimeOffset? next)
    {
        await using var batch = CreateBatchToCommit(subscription.Owner);
        batch.BatchCommands.Add(feed.Tables.Command(ReleaseText, Parameter.Of(subscription.Owner), Parameter.Of(subscription.Id), Parameter.Of(holder), Parameter.Of(next)));
        await batch.ExecuteNonQueryAsync(CancellationToken.None);
    }

    /// <summary>Removes from the log what was delivered long ago.</summary>
    public async Task RemoveOldAsync(string owner, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = feed.CreateBatch(owner);
        batch.BatchCommands.Add(feed.Tables.Command(RemoveText, Parameter.Of(owner), Parameter.Of(now - Kept)));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// A client-side timeout cancels, and a cancelled wait for the standby is answered as a commit. The server bounds the statements instead: its timeout
    /// does not reach the commit.
    /// </summary>
    private NpgsqlBatch CreateBatchToCommit(string owner)
    {
        var batch = feed.CreateBatch(owner);
        batch.Timeout = 0;
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT set_config('statement_timeout', '30s', true)"));
        return batch;
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
