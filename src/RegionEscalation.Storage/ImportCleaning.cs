namespace RegionEscalation.Storage;

/// <summary>
/// Removes what imports are made of once it serves no longer, some at a time. The imports themselves stay: the events that they caused name them.
/// </summary>
public sealed class ImportCleaning(EscalationStore store, RegionScope scope)
{
    private const int RowsAtOnce = 5000;

    /// <summary>Where the host that took an import in has fallen, it is never received to its end.</summary>
    public Task AbandonAsync(DateTimeOffset now, CancellationToken cancellationToken) => ExecuteAsync(
        """
        UPDATE catalogue_imports SET state = 'abandoned', reason = 'brokenOff', finished_at = $2, updated_at = $2, lease_holder = NULL, lease_until = NULL
        WHERE tenant_id = $1 AND state = 'receiving' AND lease_until < clock_timestamp()
        """, cancellationToken, Sql.Instant(now));

    /// <summary>A snapshot on which nobody has decided for so long says nothing any more of what there is.</summary>
    /// <param name="since">Those that came before, UTC.</param>
    public Task LapseAsync(DateTimeOffset since, DateTimeOffset now, CancellationToken cancellationToken) => ExecuteAsync(
        """
        UPDATE catalogue_imports SET state = 'cancelled', reason = 'notConfirmed', finished_at = $3, updated_at = $3
        WHERE tenant_id = $1 AND state = 'awaitingConfirmation' AND queued_at < $2
        """, cancellationToken, Sql.Instant(since), Sql.Instant(now));

    /// <summary>The rows of imports that have ended; not while an earlier snapshot may still end what they name.</summary>
    public Task RemoveRowsAsync(DateTimeOffset now, CancellationToken cancellationToken) => RemoveAsync(
        """
        SELECT i.id FROM catalogue_imports i WHERE i.tenant_id = $1 AND i.finished_at <= $2 AND i.rows_removed_at IS NULL AND NOT EXISTS (
            SELECT FROM catalogue_imports w WHERE w.tenant_id = $1 AND w.extent = 'snapshot' AND w.state IN ('queued', 'applying', 'awaitingConfirmation')
                AND (w.queued_at, w.id) < (i.queued_at, i.id))
        """,
        """
        DELETE FROM catalogue_import_rows WHERE tenant_id = $1 AND import_id = $2
            AND line <= (SELECT max(p.line) FROM (SELECT line FROM catalogue_import_rows WHERE tenant_id = $1 AND import_id = $2 ORDER BY line LIMIT $3) AS p)
        """,
        "UPDATE catalogue_imports SET rows_removed_at = $3 WHERE tenant_id = $1 AND id = $2", now, now, cancellationToken);

    /// <summary>The rejected rows of imports that ended before; how many they were stays.</summary>
    /// <param name="before">UTC.</param>
    public Task RemoveRejectsAsync(DateTimeOffset before, DateTimeOffset now, CancellationToken cancellationToken) => RemoveAsync(
        "SELECT i.id FROM catalogue_imports i WHERE i.tenant_id = $1 AND i.finished_at < $2 AND i.rejects_removed_at IS NULL",
        """
        DELETE FROM catalogue_import_rejects WHERE tenant_id = $1 AND import_id = $2
            AND line <= (SELECT max(p.line) FROM (SELECT line FROM catalogue_import_rejects WHERE tenant_id = $1 AND import_id = $2 ORDER BY line, place LIMIT $3) AS p)
        """,
        "UPDATE catalogue_imports SET rejects_removed_at = $3 WHERE tenant_id = $1 AND id = $2", before, now, cancellationToken);

    private async Task RemoveAsync(string find, string remove, string mark, DateTimeOffset before, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var id in await FindAsync(find, before, cancellationToken))
        {
            while (await ExecuteAsync(remove, cancellationToken, Sql.Uuid(id), Sql.Integer(RowsAtOnce)) > 0)
            {
            }
            await ExecuteAsync(mark, cancellationToken, Sql.Uuid(id), Sql.Instant(now));
        }
    }

    private async Task<List<Guid>> FindAsync(string sql, DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var batch = store.CreateBatch(scope);
        batch.BatchCommands.Add(CatalogueImports.Of(scope, sql, Sql.Instant(before)));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var found = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken))
            found.Add(reader.GetGuid(0));
        return found;
    }

    private async Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params Npgsql.NpgsqlParameter[] parameters)
    {
        await using var batch = store.CreateBatch(scope);
        batch.BatchCommands.Add(CatalogueImports.Of(scope, sql, parameters));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return (int)batch.BatchCommands[1].RecordsAffected;
    }
}
