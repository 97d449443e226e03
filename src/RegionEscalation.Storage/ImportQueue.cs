using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using RegionEscalation.Domain.Contracts;

namespace RegionEscalation.Storage;

/// <summary>A row that waits to be applied.</summary>
/// <param name="Row">Null where what is kept of it cannot be read.</param>
public sealed record QueuedRow(long Line, string Kind, string Key, CatalogueRow? Row);

/// <summary>What a snapshot leaves out just now.</summary>
/// <param name="First">The first numbers, at most <see cref="CatalogueImports.NumbersNamed"/>.</param>
/// <param name="EveryNumberRead">Whether it is known of every rejected row which contract it is about.</param>
public sealed record LeftOutNow(long Count, IReadOnlyList<string> First, bool EveryNumberRead);

/// <summary>
/// The queue of a region's imports for one host: one import of a region is applied at a time, by the host that has its lease by the database's clock. What is
/// written with <see cref="Hold"/> is written by that host or not at all.
/// </summary>
/// <param name="holder">The host, as leases name it.</param>
public sealed class ImportQueue(EscalationStore store, RegionScope scope, Guid holder, TimeSpan lease)
{
    private const string OneAtATime = "catalogue_imports_one_at_a_time";

    private static readonly string ClaimText = string.Join('\n',
        """
        UPDATE catalogue_imports AS i SET state = 'applying', started_at = coalesce(i.started_at, $3), updated_at = $3, lease_holder = $2, lease_until = clock_timestamp() + $4,
            known_contracts = CASE WHEN i.extent = 'snapshot' AND i.known_contracts IS NULL
                THEN (SELECT count(*) FROM mt_doc_contract k WHERE k.tenant_id = $1 AND NOT k.ended) ELSE i.known_contracts END
        WHERE i.tenant_id = $1
            AND i.id = (SELECT f.id FROM catalogue_imports f WHERE f.tenant_id = $1 AND f.state IN ('applying', 'queued') ORDER BY f.state = 'applying' DESC, f.queued_at, f.id LIMIT 1)
            AND (i.state = 'queued' OR (i.state = 'applying' AND (i.lease_until IS NULL OR i.lease_until < clock_timestamp() OR i.lease_holder = $2)))
        RETURNING
        """, CatalogueImports.Columns);

    /// <summary>
    /// Of the contracts that have not ended those that are neither among the rows nor among the rejects. What was said of them since the import came counts too:
    /// one that was changed since is left out only if an import did it that came before, and one that a later import names is there. A mark of its supplier says
    /// nothing of the contract, whoever set it.
    /// </summary>
    private const string LeftOut =
        """
        FROM mt_doc_contract k JOIN catalogue_imports i ON i.tenant_id = $1 AND i.id = $2
        WHERE k.tenant_id = $1 AND NOT k.ended AND k.number > $3
            AND NOT EXISTS (SELECT FROM catalogue_import_rows r WHERE r.tenant_id = $1 AND r.kind = 'contract' AND r.key = k.number
                AND r.import_id = ANY (ARRAY(SELECT o.id FROM catalogue_imports own JOIN catalogue_imports o ON o.tenant_id = $1
                    AND (o.id = $2 OR ((o.queued_at, o.id) > (own.queued_at, own.id) AND o.applied_line > 0)) WHERE own.tenant_id = $1 AND own.id = $2)))
            AND NOT EXISTS (SELECT FROM catalogue_import_rejects x WHERE x.tenant_id = $1 AND x.import_id = $2 AND x.kind = 'contract' AND x.key = k.number)
            AND (k.mt_last_modified < i.created_at OR EXISTS (SELECT FROM (SELECT v.timestamp, v.correlation_id FROM mt_events v
                    WHERE v.tenant_id = $1 AND v.stream_id = k.id AND v.type <> 'supplier-of-contract-marked.v1' ORDER BY v.version DESC LIMIT 1) AS e
                WHERE e.timestamp < i.created_at OR e.correlation_id = ANY (ARRAY(SELECT o.id::varchar FROM catalogue_imports own JOIN catalogue_imports o ON o.tenant_id = $1
                    AND (o.queued_at, o.id) <= (own.queued_at, own.id) AND coalesce(o.finished_at, 'infinity') >= own.created_at WHERE own.tenant_id = $1 AND own.id = $2))))
        """;

    private static readonly string CountLeftOutText = string.Join('\n', "SELECT count(*)", LeftOut);
    private static readonly string NumbersLeftOutText = string.Join('\n', "SELECT k.number", LeftOut, "ORDER BY k.number LIMIT $4");
    private static readonly string LeftOutText = string.Join('\n', "SELECT k.number, k.data", LeftOut, "ORDER BY k.number LIMIT $4");

    public RegionScope Scope => scope;

    /// <summary>Whether there is an import that this host may apply.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        await using var batch = store.CreateBatch(scope);
        batch.BatchCommands.Add(CatalogueImports.Of(scope,
            """
            SELECT i.state = 'queued' OR i.lease_until IS NULL OR i.lease_until < clock_timestamp() OR i.lease_holder = $2 FROM catalogue_imports i
            WHERE i.tenant_id = $1 AND i.state IN ('applying', 'queued') ORDER BY i.state = 'applying' DESC, i.queued_at, i.id LIMIT 1
            """, Sql.Uuid(holder)));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) && reader.GetBoolean(0);
    }

    /// <summary>Takes the import whose turn it is for this host, for as long as the lease.</summary>
    /// <returns>Null when there is none, or another host has it.</returns>
    public async Task<CatalogueImport?> ClaimAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = store.CreateBatch(scope);
        batch.BatchCommands.Add(CatalogueImports.Of(scope, ClaimText, Sql.Uuid(holder), Sql.Instant(now), Sql.Interval(lease)));
        try
        {
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            await reader.NextResultAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken) ? CatalogueImports.Read(reader) : null;
        }
        catch (PostgresException e) when (e is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: OneAtATime })
        {
            return null;
        }
    }

    /// <summary>The import as it stands now, its lease renewed.</summary>
    /// <returns>Null when it is this host's no longer.</returns>
    public async Task<CatalogueImport?> RenewAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var batch = store.CreateBatch(scope);
        batch.BatchCommands.Add(Hold(id));
        batch.BatchCommands.Add(CatalogueImports.Find(scope, id));
        try
        {
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            await reader.NextResultAsync(cancellationToken);
            await reader.NextResultAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken) ? CatalogueImports.Read(reader) : null;
        }
        catch (PostgresException e) when (StoreErrors.Translate(e) is StreamConflictException)
        {
            return null;
        }
    }

    /// <summary>Gives back what this host has, so that another can go on at once.</summary>
    public async Task ReleaseAsync()
    {
        await using var batch = store.CreateBatch(scope);
        batch.BatchCommands.Add(CatalogueImports.Of(scope,
            "UPDATE catalogue_imports SET lease_holder = NULL, lease_until = NULL WHERE tenant_id = $1 AND state = 'applying' AND lease_holder = $2", Sql.Uuid(holder)));
        await batch.ExecuteNonQueryAsync(CancellationToken.None);
    }

    /// <summary>The next rows after a line, in their order.</summary>
    /// <param name="asDocuments">Fails for a text that the database would not take as a document.</param>
    public async Task<IReadOnlyList<QueuedRow>> RowsAsync(Guid id, long after, int limit, bool asDocuments, CancellationToken cancellationToken)
    {
        await using var batch = store.CreateBatch(scope);
        batch.BatchCommands.Add(CatalogueImports.Of(scope, asDocuments
            ? "SELECT line, kind, key, data, data::jsonb IS NULL FROM catalogue_import_rows WHERE tenant_id = $1 AND import_id = $2 AND line > $3 ORDER BY line LIMIT $4"
            : "SELECT line, kind, key, data FROM catalogue_import_rows WHERE tenant_id = $1 AND import_id = $2 AND line > $3 ORDER BY line LIMIT $4",
            Sql.Uuid(id), Sql.Bigint(after), Sql.Integer(limit)));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var rows = new List<QueuedRow>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(new QueuedRow(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), RowOf(reader.GetString(1), reader.GetString(3))));
        return rows;
    }

    public async Task<LeftOutNow> CountLeftOutAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var batch = store.CreateBatch(scope);
        batch.BatchCommands.Add(CatalogueImports.Of(scope, CountLeftOutText, Sql.Uuid(id), Sql.Text("")));
        batch.BatchCommands.Add(CatalogueImports.Of(scope, NumbersLeftOutText, Sql.Uuid(id), Sql.Text(""), Sql.Integer(CatalogueImports.NumbersNamed)));
        batch.BatchCommands.Add(CatalogueImports.Of(scope,
            "SELECT NOT EXISTS (SELECT FROM catalogue_import_rejects WHERE tenant_id = $1 AND import_id = $2 AND key IS NULL AND coalesce(kind, 'contract') = 'contract')", Sql.Uuid(id)));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var count = reader.GetInt64(0);
        await reader.NextResultAsync(cancellationToken);
        var numbers = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            numbers.Add(reader.GetString(0));
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new LeftOutNow(count, numbers, reader.GetBoolean(0));
    }

    /// <summary>The next contracts that a snapshot leaves out, as they are at that very instant; null for one that cannot be read.</summary>
    /// <param name="after">A contract number.</param>
    public async Task<IReadOnlyList<(string Number, Contract? Contract)>> LeftOutAsync(Guid id, string after, int limit, CancellationToken cancellationToken)
    {
        await using var batch = store.CreateBatch(scope);
        batch.BatchCommands.Add(CatalogueImports.Of(scope, LeftOutText, Sql.Uuid(id), Sql.Text(after), Sql.Integer(limit)));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var contracts = new List<(string, Contract?)>();
        while (await reader.ReadAsync(cancellationToken))
            contracts.Add((reader.GetString(0), Read<Contract>(reader.GetString(1))));
        return contracts;
    }

    /// <summary>Renews the lease, or keeps everything that is saved with it from being written where the import is this host's no longer.</summary>
    public NpgsqlBatchCommand Hold(Guid id) => CatalogueImports.Of(scope, "SELECT hold_catalogue_import($1, $2, 'applying', $3, $4)", Sql.Uuid(id), Sql.Uuid(holder), Sql.Interval(lease));

    /// <summary>Everything up to the line is applied.</summary>
    public NpgsqlBatchCommand Applied(Guid id, long line, long added, long changed, long unchanged) => CatalogueImports.Of(scope,
        """
        UPDATE catalogue_imports SET applied_line = $3, rows_added = rows_added + $4, rows_changed = rows_changed + $5, rows_unchanged = rows_unchanged + $6
        WHERE tenant_id = $1 AND id = $2
        """, Sql.Uuid(id), Sql.Bigint(line), Sql.Bigint(added), Sql.Bigint(changed), Sql.Bigint(unchanged));

    /// <summary>The rows are rejected although every check had let them pass.</summary>
    public IEnumerable<NpgsqlBatchCommand> Rejected(Guid id, IReadOnlyList<RowReject> rejects) => CatalogueIntake.Rejected(scope, id, rejects);

    /// <summary>What the snapshot leaves out, beside what it has ended already.</summary>
    public NpgsqlBatchCommand LeavesOut(Guid id, LeftOutNow leftOut)
    {
        ArgumentNullException.ThrowIfNull(leftOut);
        return CatalogueImports.Of(scope,
            """
            UPDATE catalogue_imports SET missing_contracts = contracts_ended + $3, missing_numbers = CASE WHEN contracts_ended = 0 THEN $4 ELSE missing_numbers END
            WHERE tenant_id = $1 AND id = $2
            """, Sql.Uuid(id), Sql.Bigint(leftOut.Count), Sql.Array(leftOut.First, NpgsqlDbType.Varchar));
    }

    /// <summary>Of what the snapshot leaves out, everything up to the number is ended.</summary>
    public NpgsqlBatchCommand Ended(Guid id, string number, long ended) => CatalogueImports.Of(scope,
        "UPDATE catalogue_imports SET ended_number = $3, contracts_ended = contracts_ended + $4 WHERE tenant_id = $1 AND id = $2", Sql.Uuid(id), Sql.Text(number), Sql.Bigint(ended));

    /// <summary>It is no longer applied, by this host or any other.</summary>
    /// <param name="state">What it is from now on.</param>
    /// <param name="reason">A stable word, where there is one.</param>
    public NpgsqlBatchCommand Leave(Guid id, ImportState state, string? reason, DateTimeOffset now) => CatalogueImports.Of(scope,
        """
        UPDATE catalogue_imports SET state = $3, reason = $4, finished_at = CASE WHEN $3 <> 'awaitingConfirmation' THEN $5 END, lease_holder = NULL, lease_until = NULL
        WHERE tenant_id = $1 AND id = $2
        """, Sql.Uuid(id), Sql.Text(StoreJson.Code(state)), Sql.Text(reason), Sql.Instant(now));

    /// <summary>A complete catalogue takes the place of every earlier one that still waits to end contracts.</summary>
    public NpgsqlBatchCommand Supersede(Guid id, DateTimeOffset now) => CatalogueImports.Of(scope,
        """
        UPDATE catalogue_imports o SET state = 'cancelled', reason = 'superseded', finished_at = $3, updated_at = $3 FROM catalogue_imports i
        WHERE i.tenant_id = $1 AND i.id = $2 AND o.tenant_id = $1 AND o.extent = 'snapshot' AND (o.queued_at, o.id) < (i.queued_at, i.id)
            AND (o.state = 'awaitingConfirmation' OR (o.state = 'queued' AND o.confirmed_at IS NOT NULL))
        """, Sql.Uuid(id), Sql.Instant(now));

    private static CatalogueRow? RowOf(string kind, string data) => kind == "contract" ? Read<ContractRow>(data) : Read<SupplierRow>(data);

    private static T? Read<T>(string data) where T : class
    {
        try
        {
            return StoreJson.Read<T>(data);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidDataException)
        {
            return null;
        }
    }
}
