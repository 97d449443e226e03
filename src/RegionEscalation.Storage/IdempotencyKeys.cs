using Npgsql;

namespace RegionEscalation.Storage;

/// <summary>The stored answers: scoped by region and client, replayed for 24 hours.</summary>
internal static class IdempotencyKeys
{
    /// <summary>A plain INSERT: a twin waits here for the first to commit and then fails, instead of doing the work twice.</summary>
    public static NpgsqlBatchCommand Insert(RegionScope scope, string clientId, string key, StoredAnswer answer) => new(
        """
        INSERT INTO idempotency_keys (tenant_id, client_id, key, request_hash, status, location, etag, body, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """)
    {
        Parameters =
        {
            Sql.Text(scope.Region),
            Sql.Text(clientId),
            Sql.Text(key),
            Sql.Bytes(answer.RequestHash),
            Sql.Smallint(answer.Status),
            Sql.Text(answer.Location),
            Sql.Text(answer.ETag),
            Sql.Text(answer.Body),
            Sql.Instant(answer.CreatedAt),
        },
    };

    public static NpgsqlBatchCommand Select(RegionScope scope, string clientId, string key) => new(
        """
        SELECT request_hash, status, location, etag, body, created_at FROM idempotency_keys
        WHERE tenant_id = $1 AND client_id = $2 AND key = $3
        """)
    {
        Parameters = { Sql.Text(scope.Region), Sql.Text(clientId), Sql.Text(key) },
    };

    public static NpgsqlBatchCommand DeleteExpired(RegionScope scope, string clientId, string key, DateTimeOffset now) => new(
        "DELETE FROM idempotency_keys WHERE tenant_id = $1 AND client_id = $2 AND key = $3 AND created_at < $4")
    {
        Parameters = { Sql.Text(scope.Region), Sql.Text(clientId), Sql.Text(key), Sql.Instant(now - StoredAnswer.Lifetime) },
    };

    public static NpgsqlBatchCommand DeleteAllExpired(RegionScope scope, DateTimeOffset now) => new(
        "DELETE FROM idempotency_keys WHERE tenant_id = $1 AND created_at < $2")
    {
        Parameters = { Sql.Text(scope.Region), Sql.Instant(now - StoredAnswer.Lifetime) },
    };

    public static StoredAnswer Read(NpgsqlDataReader reader) => new(
        reader.GetFieldValue<byte[]>(0),
        reader.GetInt16(1),
        reader.IsDBNull(2) ? null : reader.GetString(2),
        reader.IsDBNull(3) ? null : reader.GetString(3),
        reader.GetString(4),
        reader.GetFieldValue<DateTimeOffset>(5));
}
