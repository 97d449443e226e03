namespace RegionEscalation.IntegrationTests.Api;

/// <summary>The rows of a subscription and of what it has delivered, as a test needs them.</summary>
/// <param name="national">Of a reader, not of a region.</param>
internal sealed class WebhookRows(TestDatabase database, bool national)
{
    private readonly string _prefix = national ? "national_" : "";
    private readonly string _owner = national ? "reader" : "tenant_id";

    /// <summary>A subscription that begins at the feed's beginning, never verified unless a test says otherwise.</summary>
    public async Task<Guid> SubscriptionAsync(string owner, string client, string directory, string state = "pending", Guid? id = null, long version = 1)
    {
        var made = id ?? Guid.CreateVersion7();
        await database.ScalarAsync(
            $"""
            INSERT INTO {_prefix}webhook_subscriptions ({_owner}, id, version, url, types, state, client_id, directory, purpose, secret_generation, created_at, updated_at,
                position_transaction, position_sequence, position_at)
            VALUES ($1, $2, $6, 'https://integration.region.example/webhooks', '{"{}"}', $3, $4, $5, 'internalControl', 1, now(), now(), '0', 0, now())
            """, owner, made, state, client, directory, version);
        return made;
    }

    /// <param name="place">Its place in the feed.</param>
    public async Task<Guid> DeliveryAsync(string owner, Guid subscription, string state = "delivered", int place = 1, string type = "case-opened.v1", Guid? eventId = null)
    {
        var made = eventId ?? Guid.CreateVersion7();
        await database.ScalarAsync(
            $$"""
            INSERT INTO {{_prefix}}webhook_deliveries ({{_owner}}, subscription_id, event_id, transaction_id, sequence, stream_id, type, event_at, state, attempts, next_attempt_at, last_attempt_at, log)
            VALUES ($1, $2, $3, $4::text::xid8, $4, gen_random_uuid(), $5, TIMESTAMPTZ '2026-11-23 08:30Z' + $4 * INTERVAL '1 minute', $6, 2,
                CASE WHEN $6 = 'pending' THEN now() + INTERVAL '4 hours' END, now(),
                '[{"at":"2026-11-23T08:30:00Z","status":503,"error":"refused","durationMs":41},{"at":"2026-11-23T08:30:05Z","status":204,"error":null,"durationMs":38}]')
            """, owner, subscription, made, place, type, state);
        return made;
    }

    /// <summary>Of the subscription's row <c>s</c>.</summary>
    public Task<object?> OfAsync(Guid id, string expression) => database.ScalarAsync($"SELECT {expression} FROM {_prefix}webhook_subscriptions s WHERE s.id = $1", id);

    /// <summary>Of all subscriptions.</summary>
    public async Task<long> CountAsync(string condition) => (long)(await database.ScalarAsync($"SELECT count(*) FROM {_prefix}webhook_subscriptions s WHERE {condition}"))!;

    public Task SetAsync(Guid id, string assignments) => database.ScalarAsync($"UPDATE {_prefix}webhook_subscriptions SET {assignments} WHERE id = $1", id);

    /// <summary>The states of the subscription's deliveries in the feed's order; due is what is not hours away.</summary>
    public async Task<string> StatesAsync(Guid id) => (string)(await database.ScalarAsync(
        $"SELECT coalesce(string_agg(state || CASE WHEN next_attempt_at <= now() + INTERVAL '3 hours' THEN ' due' ELSE '' END, ', ' ORDER BY transaction_id), '') FROM {_prefix}webhook_deliveries WHERE subscription_id = $1", id))!;

    public Task<object?> OfDeliveryAsync(Guid eventId, string expression) => database.ScalarAsync($"SELECT {expression} FROM {_prefix}webhook_deliveries d WHERE d.event_id = $1", eventId);

    /// <summary>Everything that stands in any table, as text.</summary>
    public static async Task<string> EverythingAsync(TestDatabase database) => (string)(await database.ScalarAsync(
        """
        SELECT string_agg(query_to_xml(format('SELECT t::text FROM %I t', tablename), false, false, '')::text, '') FROM pg_tables WHERE schemaname = 'public'
        """))!;
}
