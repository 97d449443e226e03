using System.Text.Json;
using Npgsql;
using RegionEscalation.Http;

namespace RegionEscalation.Feeds;

/// <summary>A subscription and what waits for it.</summary>
/// <param name="Pending">How many deliveries wait.</param>
/// <param name="OldestPending">When the oldest of what they deliver was recorded, UTC.</param>
public sealed record SubscriptionHealth(Subscription Subscription, long Pending = 0, DateTimeOffset? OldestPending = null);

/// <summary>What is delivered, and how it went.</summary>
/// <param name="StreamId">What it is about.</param>
/// <param name="RecordedAt">UTC.</param>
/// <param name="Attempts">How many there have been.</param>
/// <param name="Log">The latest of them.</param>
public sealed record Delivery(
    Guid EventId, Guid StreamId, string Type, DateTimeOffset RecordedAt, DeliveryState State, int Attempts, DateTimeOffset? NextAttemptAt, DateTimeOffset? LastAttemptAt,
    IReadOnlyList<DeliveryAttempt> Log);

public enum DeliveryState
{
    Pending,
    Delivered,
}

/// <summary>
/// The statements behind the subscriptions' endpoints. A change frees the lease in the statement that makes it: whichever host is delivering then
/// cannot write down what it did by what was true before, and does it again.
/// </summary>
internal static class WebhookStatements
{
    private const string FreesTheLease = "lease_holder = NULL, lease_until = clock_timestamp() - INTERVAL '1 second', next_attempt_at = NULL";

    private static readonly string SelectHealth = string.Join('\n',
        "SELECT", WebhookTables.Columns, ", p.pending, p.oldest FROM SUBSCRIPTIONS s CROSS JOIN LATERAL (",
        "SELECT count(*) AS pending, min(d.event_at) AS oldest FROM DELIVERIES d WHERE d.OWNER = s.OWNER AND d.subscription_id = s.id AND d.state = 'pending') AS p",
        "WHERE s.OWNER = ANY($1)");

    private static readonly string SelectOne = string.Join('\n', SelectHealth, "AND s.id = $2");

    private static readonly string SelectPage = string.Join('\n', SelectHealth, "AND s.state = ANY($2) ORDER BY s.id DESC LIMIT $3 OFFSET $4");

    private const string CountAll = "SELECT count(*) FROM SUBSCRIPTIONS s WHERE s.OWNER = ANY($1) AND s.state = ANY($2)";

    private const string Ailing =
        """
        FROM SUBSCRIPTIONS s CROSS JOIN LATERAL (
            SELECT min(d.event_at) AS oldest FROM DELIVERIES d WHERE d.OWNER = s.OWNER AND d.subscription_id = s.id AND d.state = 'pending' AND d.event_at <= $2) AS p
        WHERE s.OWNER = ANY($1) AND (s.state = 'disabled' OR s.state = 'active' AND (s.failing_since <= $2 OR s.verified_at <= $3 OR p.oldest IS NOT NULL))
        """;

    private static readonly string SelectAiling = string.Join('\n',
        "SELECT", WebhookTables.Columns, ", p.oldest", Ailing,
        "ORDER BY coalesce(s.disabled_at, CASE WHEN s.failing_since <= $2 THEN s.failing_since WHEN s.verified_at <= $3 THEN s.verified_at + $6 ELSE p.oldest END) DESC,",
        "s.id LIMIT $4 OFFSET $5");

    private static readonly string CountAiling = string.Join('\n', "SELECT count(*)", Ailing);

    private const string OfSubscription = "FROM DELIVERIES d WHERE d.OWNER = ANY($1) AND d.subscription_id = $2";

    private static readonly string SelectDeliveries = string.Join('\n',
        "SELECT d.event_id, d.stream_id, d.type, d.event_at, d.state, d.attempts, d.next_attempt_at, d.last_attempt_at, d.log::text", OfSubscription);

    private static readonly string SelectDelivery = string.Join('\n', SelectDeliveries, "AND d.event_id = $3");

    private const string Filtered = "AND ($3::varchar IS NULL OR d.state = $3) AND ($4::varchar IS NULL OR d.type = $4)";

    private static readonly string SelectDeliveryPage = string.Join('\n', SelectDeliveries, Filtered, "ORDER BY d.transaction_id DESC, d.sequence DESC LIMIT $5 OFFSET $6");

    private static readonly string CountDeliveries = string.Join('\n', "SELECT count(*)", OfSubscription, Filtered);

    /// <summary>Of those who subscribe at the same time the second waits here for the first, and is then counted with it.</summary>
    private const string QueueUp = "SELECT s.id FROM SUBSCRIPTIONS s WHERE s.OWNER = $1 AND s.state <> 'ended' ORDER BY s.id LIMIT 1 FOR UPDATE";

    /// <summary>No subscription has the version that is asked for, so this raises.</summary>
    private const string RaiseAboveTheLimit = "SELECT MOVE($1, $2, -1) WHERE (SELECT count(*) FROM SUBSCRIPTIONS s WHERE s.OWNER = $1 AND s.state <> 'ended') > $3";

    /// <summary>What is not committed yet belongs to no older transaction than this one.</summary>
    private const string FromNowOn = "SELECT pg_snapshot_xmin(pg_current_snapshot()), 0::bigint";

    private const string Insert =
        """
        INSERT INTO SUBSCRIPTIONS (OWNER, id, version, url, description, types, state, client_id, directory, purpose, secret_generation, created_at, updated_at,
            position_at, position_transaction, position_sequence)
        SELECT $1, $3, 1, $4, $5, $6, 'pending', $7, $8, $9, 1, $10, $10, coalesce($2, $10), place.transaction_id, place.seq_id FROM place
        """;

    private static readonly string InsertFromNowOn = string.Join('\n', "WITH place (transaction_id, seq_id) AS (", FromNowOn, ")", Insert);

    private const string MoveVersion = "SELECT MOVE($1, $2, $3)";

    private static readonly string UpdateContent = string.Join('\n',
        "UPDATE SUBSCRIPTIONS SET url = $3, description = $4, types = $5, updated_at = $6,", FreesTheLease, "WHERE OWNER = $1 AND id = $2");

    private static readonly string UpdateState = string.Join('\n',
        "UPDATE SUBSCRIPTIONS SET state = $3, updated_at = $4, verified_at = $5, reason = NULL, disabled_at = NULL, failing_since = NULL,", FreesTheLease,
        "WHERE OWNER = $1 AND id = $2");

    private static readonly string UpdateEnded = string.Join('\n', "UPDATE SUBSCRIPTIONS SET state = 'ended', updated_at = $3,", FreesTheLease, "WHERE OWNER = $1 AND id = $2");

    private const string DropPending = "DELETE FROM DELIVERIES WHERE OWNER = $1 AND subscription_id = $2 AND state = 'pending'";

    private const string UpdateSecret = "UPDATE SUBSCRIPTIONS SET secret_generation = $3, previous_until = $4, updated_at = $5 WHERE OWNER = $1 AND id = $2";

    private const string PendingAreDue = "UPDATE DELIVERIES SET next_attempt_at = $3 WHERE OWNER = $1 AND subscription_id = $2 AND state = 'pending' AND next_attempt_at > $3";

    private static readonly string UpdateRedelivered = string.Join('\n',
        "WITH freed AS (UPDATE SUBSCRIPTIONS SET", FreesTheLease, "WHERE OWNER = $1 AND id = $2 AND state <> 'ended' RETURNING id)",
        "UPDATE DELIVERIES d SET state = 'pending', next_attempt_at = $4 FROM freed WHERE d.OWNER = $1 AND d.subscription_id = freed.id AND d.event_id = $3");

    private static readonly string UpdatePlace = string.Join('\n',
        "UPDATE SUBSCRIPTIONS s SET position_transaction = place.transaction_id, position_sequence = place.seq_id, position_at = $2,", FreesTheLease,
        "FROM place WHERE s.OWNER = $1 AND s.id = $3 AND s.state <> 'ended' AND (place.transaction_id, place.seq_id) < (s.position_transaction, s.position_sequence)");

    public static NpgsqlBatchCommand Find(IWebhookApi api, Guid id) => api.Tables.Command(SelectOne, Parameter.Of(api.Owners), Parameter.Of(id));

    public static (NpgsqlBatchCommand Page, NpgsqlBatchCommand Count) List(IWebhookApi api, IReadOnlyList<string> states, PageRequest page) => (
        api.Tables.Command(SelectPage, Parameter.Of(api.Owners), Parameter.Of(states), Parameter.Of((long)page.Limit), Parameter.Of(page.Offset)),
        api.Tables.Command(CountAll, Parameter.Of(api.Owners), Parameter.Of(states)));

    /// <summary>Those of which <see cref="SubscriptionRules.ToSeeTo"/> says something, the latest first.</summary>
    public static (NpgsqlBatchCommand Page, NpgsqlBatchCommand Count) ListAiling(IWebhookApi api, DateTimeOffset now, PageRequest page)
    {
        var told = SubscriptionRules.VerificationHolds - SubscriptionRules.RenewalToldBefore;
        NpgsqlParameter[] Since() => [Parameter.Of(api.Owners), Parameter.Of(now - SubscriptionRules.ToldAfter), Parameter.Of(now - told)];
        return (
            api.Tables.Command(SelectAiling, [.. Since(), Parameter.Of((long)page.Limit), Parameter.Of(page.Offset), Parameter.Of(told)]),
            api.Tables.Command(CountAiling, Since()));
    }

    /// <summary>How many an owner has that have not ended.</summary>
    public static NpgsqlBatchCommand CountLive(IWebhookApi api, string owner) =>
        api.Tables.Command(CountAll, Parameter.Of([owner]), Parameter.Of(Live));

    public static NpgsqlBatchCommand FindDelivery(IWebhookApi api, Guid id, Guid eventId) =>
        api.Tables.Command(SelectDelivery, Parameter.Of(api.Owners), Parameter.Of(id), Parameter.Of(eventId));

    public static (NpgsqlBatchCommand Page, NpgsqlBatchCommand Count) ListDeliveries(IWebhookApi api, Guid id, DeliveryState? state, string? type, PageRequest page) => (
        api.Tables.Command(SelectDeliveryPage, Parameter.Of(api.Owners), Parameter.Of(id), Parameter.Of(state), Parameter.Of(type), Parameter.Of((long)page.Limit), Parameter.Of(page.Offset)),
        api.Tables.Command(CountDeliveries, Parameter.Of(api.Owners), Parameter.Of(id), Parameter.Of(state), Parameter.Of(type)));

    /// <param name="since">From when on the feed is delivered, UTC; null for what is committed from now on.</param>
    public static NpgsqlBatchCommand[] Subscribe(IWebhookApi api, Subscription s, DateTimeOffset? since) =>
    [
        api.Tables.Command(QueueUp, Parameter.Of(s.Owner)),
        api.Tables.Command(since is null ? InsertFromNowOn : Since(api, Insert),
            Parameter.Of(s.Owner), Parameter.Of(since), Parameter.Of(s.Id), Parameter.Of(s.Url), Parameter.Of(s.Description), Parameter.Of(s.Types),
            Parameter.Of(s.ClientId), Parameter.Of(s.Directory), Parameter.Of(s.Purpose), Parameter.Of(s.CreatedAt)),
        api.Tables.Command(RaiseAboveTheLimit, Parameter.Of(s.Owner), Parameter.Of(s.Id), Parameter.Of((long)SubscriptionRules.MaxLive)),
    ];

    /// <summary>Of the row only what was decided on: how the deliveries go is written by whoever delivers.</summary>
    public static NpgsqlBatchCommand[] Change(IWebhookApi api, Subscription before, Subscription after) =>
    [
        Move(api, before),
        api.Tables.Command(UpdateContent, Parameter.Of(after.Owner), Parameter.Of(after.Id), Parameter.Of(after.Url), Parameter.Of(after.Description), Parameter.Of(after.Types),
            Parameter.Of(after.UpdatedAt)),
        .. after.Url == before.Url ? Array.Empty<NpgsqlBatchCommand>() : [SetState(api, after)],
    ];

    public static NpgsqlBatchCommand[] End(IWebhookApi api, Subscription before, Subscription after) =>
    [
        Move(api, before),
        api.Tables.Command(UpdateEnded, Parameter.Of(after.Owner), Parameter.Of(after.Id), Parameter.Of(after.UpdatedAt)),
        api.Tables.Command(DropPending, Parameter.Of(after.Owner), Parameter.Of(after.Id)),
    ];

    public static NpgsqlBatchCommand[] Rotate(IWebhookApi api, Subscription before, Subscription after) =>
    [
        Move(api, before),
        api.Tables.Command(UpdateSecret, Parameter.Of(after.Owner), Parameter.Of(after.Id), Parameter.Of((int?)after.SecretGeneration), Parameter.Of(after.PreviousUntil),
            Parameter.Of(after.UpdatedAt)),
    ];

    /// <summary>What waits is due at once: the endpoint answers again.</summary>
    public static NpgsqlBatchCommand[] Activate(IWebhookApi api, Subscription before, Subscription after) =>
    [
        Move(api, before),
        SetState(api, after),
        api.Tables.Command(PendingAreDue, Parameter.Of(after.Owner), Parameter.Of(after.Id), Parameter.Of(after.UpdatedAt)),
    ];

    public static NpgsqlBatchCommand Redeliver(IWebhookApi api, Subscription s, Guid eventId, DateTimeOffset now) =>
        api.Tables.Command(UpdateRedelivered, Parameter.Of(s.Owner), Parameter.Of(s.Id), Parameter.Of(eventId), Parameter.Of(now));

    /// <summary>The place goes back, never forward.</summary>
    public static NpgsqlBatchCommand RedeliverSince(IWebhookApi api, Subscription s, DateTimeOffset since) =>
        api.Tables.Command(Since(api, UpdatePlace), Parameter.Of(s.Owner), Parameter.Of(since), Parameter.Of(s.Id));

    public static IReadOnlyList<string> Live { get; } = [.. Enum.GetValues<SubscriptionState>().Where(s => s != SubscriptionState.Ended).Select(s => new Code<SubscriptionState>(s).ToString())];

    public static SubscriptionHealth ReadHealth(NpgsqlDataReader r) =>
        new(WebhookTables.Read(r), r.GetInt64(20), r.IsDBNull(21) ? null : r.GetFieldValue<DateTimeOffset>(21));

    public static Delivery ReadDelivery(NpgsqlDataReader r) => new(
        r.GetGuid(0), r.GetGuid(1), r.GetString(2), r.GetFieldValue<DateTimeOffset>(3), Enum.Parse<DeliveryState>(r.GetString(4), ignoreCase: true), r.GetInt32(5),
        r.IsDBNull(6) ? null : r.GetFieldValue<DateTimeOffset>(6), r.IsDBNull(7) ? null : r.GetFieldValue<DateTimeOffset>(7),
        JsonSerializer.Deserialize<IReadOnlyList<DeliveryAttempt>>(r.GetString(8), Json.Options)!);

    private static NpgsqlBatchCommand Move(IWebhookApi api, Subscription before) =>
        api.Tables.Command(MoveVersion, Parameter.Of(before.Owner), Parameter.Of(before.Id), Parameter.Of(before.Version));

    private static NpgsqlBatchCommand SetState(IWebhookApi api, Subscription after) => api.Tables.Command(
        UpdateState, Parameter.Of(after.Owner), Parameter.Of(after.Id), Parameter.Of((SubscriptionState?)after.State), Parameter.Of(after.UpdatedAt), Parameter.Of(after.VerifiedAt));

    /// <summary>
    /// The place right before everything that was recorded then or later: before the first entry, in the feed's order, of those within an hour of the
    /// earliest, and before everything that is not committed yet.
    /// </summary>
    private static string Since(IWebhookApi api, string statement) => string.Join('\n',
        "WITH first (transaction_id, seq_id) AS (", api.FirstEntrySince, "),",
        "place (transaction_id, seq_id) AS (SELECT * FROM (SELECT transaction_id, seq_id - 1 FROM first UNION ALL", FromNowOn, ") AS p (transaction_id, seq_id)",
        "ORDER BY transaction_id, seq_id LIMIT 1)", statement);
}
