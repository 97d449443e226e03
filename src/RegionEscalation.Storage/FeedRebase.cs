using Npgsql;
using RegionEscalation.Domain.Regions;

namespace RegionEscalation.Storage;

/// <summary>
/// A feed is in the order of transaction ids, and those are a cluster's own: after a restore from a dump into another cluster they may be of
/// transactions that it has not begun, so that what is read would wait for them and what is written would come before. Then all of them become one
/// that was before every other, which leaves the order of the sequence; cursors given out before are answered with where to read again, and webhooks
/// go back to where the feed is sure to have been delivered.
/// </summary>
internal static class FeedRebase
{
    /// <summary>What belongs to no region is under this key in the national feed.</summary>
    private const string National = "national";

    /// <summary>To be called under the migrations' lock.</summary>
    public static async Task RebaseAfterRestoreAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        foreach (var region in Region.All)
            await RebaseAsync(connection, region.Code, cancellationToken);
        await RebaseNationalAsync(connection, [.. Region.All.Select(r => r.Code), National], cancellationToken);
    }

    private static async Task RebaseAsync(NpgsqlConnection connection, string region, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await SetRegionAsync(connection, region, cancellationToken);
        if (!await IsTrueAsync(connection,
            """
            SELECT EXISTS (SELECT FROM mt_events WHERE tenant_id = $1 AND transaction_id >= pg_snapshot_xmax(pg_current_snapshot()))
                OR EXISTS (SELECT FROM webhook_subscriptions WHERE tenant_id = $1 AND position_transaction > pg_snapshot_xmax(pg_current_snapshot()))
            """, region, cancellationToken))
            return;
        await ExecuteAsync(connection, "UPDATE mt_events SET transaction_id = '1' WHERE tenant_id = $1", region, cancellationToken);
        await ExecuteAsync(connection, "UPDATE webhook_deliveries SET transaction_id = '1' WHERE tenant_id = $1", region, cancellationToken);
        // Without its lease, a host that was just delivering cannot put the old position back.
        await ExecuteAsync(connection,
            """
            UPDATE webhook_subscriptions s SET lease_holder = NULL, lease_until = NULL, position_transaction = '1', position_sequence = coalesce((
                SELECT min(e.seq_id) - 1 FROM mt_events e WHERE e.tenant_id = $1 AND e.timestamp >= s.position_at - INTERVAL '1 hour'), 9223372036854775807)
            WHERE s.tenant_id = $1
            """, region, cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>The national feed is one across all regions, and so it is rebased as one.</summary>
    private static async Task RebaseNationalAsync(NpgsqlConnection connection, IReadOnlyList<string> regions, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var restored = false;
        foreach (var region in regions)
        {
            await SetRegionAsync(connection, region, cancellationToken);
            restored |= await IsTrueAsync(connection,
                """
                SELECT EXISTS (SELECT FROM national_changes WHERE region = $1 AND transaction_id >= pg_snapshot_xmax(pg_current_snapshot()))
                    OR EXISTS (SELECT FROM national_webhook_subscriptions WHERE position_transaction > pg_snapshot_xmax(pg_current_snapshot()))
                """, region, cancellationToken);
        }
        if (!restored)
            return;
        await ExecuteAsync(connection, "UPDATE national_webhook_deliveries SET transaction_id = '1'", null, cancellationToken);
        await ExecuteAsync(connection,
            """
            UPDATE national_webhook_subscriptions SET lease_holder = NULL, lease_until = NULL, position_transaction = '1', position_sequence = 9223372036854775807
            """, null, cancellationToken);
        foreach (var region in regions)
        {
            await SetRegionAsync(connection, region, cancellationToken);
            await ExecuteAsync(connection, "UPDATE national_changes SET transaction_id = '1' WHERE region = $1", region, cancellationToken);
            await ExecuteAsync(connection,
                """
                UPDATE national_webhook_subscriptions s SET position_sequence = least(s.position_sequence, (
                    SELECT min(c.seq_id) - 1 FROM national_changes c WHERE c.region = $1 AND c.at >= s.position_at - INTERVAL '1 hour'))
                """, region, cancellationToken);
        }
        await transaction.CommitAsync(CancellationToken.None);
    }

    private static async Task SetRegionAsync(NpgsqlConnection connection, string region, CancellationToken cancellationToken) =>
        await ExecuteAsync(connection, "SELECT set_config('app.region', $1, true)", region, cancellationToken);

    private static async Task<bool> IsTrueAsync(NpgsqlConnection connection, string sql, string region, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { Sql.Text(region) } };
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, string? region, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        if (region is not null)
            command.Parameters.Add(Sql.Text(region));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
