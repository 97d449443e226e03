using Npgsql;
using NpgsqlTypes;
using RegionEscalation.Domain;
using RegionEscalation.Domain.Contracts;

namespace RegionEscalation.Storage;

public enum ImportOrigin
{
    /// <summary>Sent to the platform.</summary>
    Push,

    /// <summary>Fetched by the platform from the region's catalogue.</summary>
    Pull,
}

public enum ImportFormat
{
    Ndjson,
    Csv,

    /// <summary>Pages of JSON, as a catalogue serves them.</summary>
    Pages,
}

public enum ImportMode
{
    /// <summary>Every row that is right is applied, whatever the others are.</summary>
    PerRow,

    /// <summary>Nothing is applied unless every row is right.</summary>
    AllOrNothing,
}

public enum ImportExtent
{
    /// <summary>What is not in it stays as it is.</summary>
    Partial,

    /// <summary>It is the whole catalogue: contracts that are not in it have ended.</summary>
    Snapshot,
}

public enum ImportState
{
    /// <summary>Its rows are being taken in.</summary>
    Receiving,
    Queued,
    Applying,

    /// <summary>The snapshot would end more contracts than may end unasked.</summary>
    AwaitingConfirmation,
    Finished,

    /// <summary>All or nothing, and a row was rejected: nothing was applied.</summary>
    Refused,
    Cancelled,

    /// <summary>It was never received to its end; nothing was applied.</summary>
    Abandoned,
}

public sealed record ImportTerms(ImportOrigin Origin, ImportFormat Format, ImportMode Mode, ImportExtent Extent, string ClientId);

/// <param name="Line">Where it stands, from 1; of pages the running number of the item.</param>
public sealed record StagedRow(long Line, CatalogueRow Row);

/// <summary>One fault of a row; a row may have several.</summary>
/// <param name="Place">Which of the row's faults, from 1.</param>
/// <param name="Kind"><c>contract</c> or <c>supplier</c>, where it could be read.</param>
/// <param name="Key">The number of the contract or supplier, where it could be read.</param>
/// <param name="Value">The beginning of what stood in the field, at most 200 characters, never a personal identity number.</param>
public sealed record RowReject(long Line, int Place, string Field, string Rule, string Sv, string En, string? Kind, string? Key, string? Value);

/// <summary>
/// Takes the rows of an import in, some at a time, each part in a short transaction of its own: a long one would keep every feed of the cluster waiting. Nothing of
/// it counts before the import is queued, so one that breaks off has changed nothing.
/// </summary>
/// <param name="holder">The host that takes it in.</param>
public sealed class CatalogueIntake(EscalationStore store, RegionScope scope, Guid id, Guid holder)
{
    /// <summary>How long an import may stand still before it counts as broken off.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    private const string Hold = "SELECT hold_catalogue_import($1, $2, 'receiving', $3, $4)";

    public Guid Id => id;

    public static async Task<CatalogueIntake> BeginAsync(
        EscalationStore store, RegionScope scope, Guid id, Guid holder, ImportTerms terms, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(terms);
        await using var batch = store.CreateBatch(scope);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            INSERT INTO catalogue_imports (tenant_id, id, origin, format, mode, extent, state, client_id, created_at, updated_at, lease_holder, lease_until)
            VALUES ($1, $2, $3, $4, $5, $6, 'receiving', $7, $8, $8, $9, clock_timestamp() + $10)
            """)
        {
            Parameters =
            {
                Sql.Text(scope.Region), Sql.Uuid(id), Sql.Text(StoreJson.Code(terms.Origin)), Sql.Text(StoreJson.Code(terms.Format)), Sql.Text(StoreJson.Code(terms.Mode)),
                Sql.Text(StoreJson.Code(terms.Extent)), Sql.Text(terms.ClientId), Sql.Instant(now), Sql.Uuid(holder), Sql.Interval(Lease),
            },
        });
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return new CatalogueIntake(store, scope, id, holder);
    }

    /// <summary>Adds rows. A second row about the same contract or supplier is left out where it says the same, and rejected where it says something else.</summary>
    /// <returns>How many rows it has rejected so.</returns>
    /// <exception cref="StreamConflictException">The import is no longer this host's to take in.</exception>
    public async Task<int> AddAsync(IReadOnlyList<StagedRow> rows, IReadOnlyList<RowReject> rejects, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(rejects);
        var staged = rows.Select(r => (r.Line, Kind: KindOf(r.Row), Key: KeyOf(r.Row), Data: StoreJson.Write(r.Row))).ToArray();
        var duplicates = new List<(long Line, long First, bool Same, string Kind, string Key)>();
        await using (var batch = store.CreateBatch(scope))
        {
            batch.BatchCommands.Add(Held());
            batch.BatchCommands.Add(Parametrised(
                """
                INSERT INTO catalogue_import_rows (tenant_id, import_id, line, kind, key, data)
                SELECT $1, $2, r.line, r.kind, r.key, r.data FROM unnest($3, $4, $5, $6) AS r (line, kind, key, data) ORDER BY r.line
                ON CONFLICT (tenant_id, import_id, kind, key) DO NOTHING
                """));
            batch.BatchCommands.Add(Parametrised(
                """
                SELECT r.line, x.line, x.data = r.data, r.kind, r.key FROM unnest($3, $4, $5, $6) AS r (line, kind, key, data)
                JOIN catalogue_import_rows x ON x.tenant_id = $1 AND x.import_id = $2 AND x.kind = r.kind AND x.key = r.key WHERE x.line <> r.line ORDER BY r.line
                """));
            batch.BatchCommands.Add(new NpgsqlBatchCommand("UPDATE catalogue_imports SET rows_received = rows_received + $3 WHERE tenant_id = $1 AND id = $2")
            {
                Parameters = { Sql.Text(scope.Region), Sql.Uuid(id), Sql.Bigint(staged.Length + rejects.Select(r => r.Line).Distinct().Count()) },
            });
            foreach (var command in Rejected(scope, id, rejects))
                batch.BatchCommands.Add(command);
            try
            {
                await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
                await reader.NextResultAsync(cancellationToken);
                await reader.NextResultAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    duplicates.Add((reader.GetInt64(0), reader.GetInt64(1), reader.GetBoolean(2), reader.GetString(3), reader.GetString(4)));
                // To the end: what fails later in the batch is told only there.
                while (await reader.NextResultAsync(cancellationToken))
                {
                }
            }
            catch (PostgresException e) when (StoreErrors.Translate(e) is { } translated)
            {
                throw translated;
            }
        }
        if (duplicates.Count > 0)
            await DuplicatesAsync(duplicates, cancellationToken);
        return duplicates.Count(d => !d.Same);

        NpgsqlBatchCommand Parametrised(string sql) => new(sql)
        {
            Parameters =
            {
                Sql.Text(scope.Region),
                Sql.Uuid(id),
                Sql.Array(staged.Select(r => r.Line), NpgsqlDbType.Bigint),
                Sql.Array(staged.Select(r => r.Kind), NpgsqlDbType.Varchar),
                Sql.Array(staged.Select(r => r.Key), NpgsqlDbType.Varchar),
                Sql.Array(staged.Select(r => r.Data), NpgsqlDbType.Text),
            },
        };
    }

    /// <summary>
    /// All is taken in: the import waits its turn from here on, or is refused where it is all or nothing and a row was rejected. With the answer to an idempotency
    /// key, where the request has one, in the same transaction.
    /// </summary>
    /// <param name="beside">What else belongs into the transaction; it comes before the import changes its state.</param>
    /// <exception cref="StreamConflictException">The import is no longer this host's to take in.</exception>
    /// <exception cref="IdempotencyTwinException">The key's first request came before.</exception>
    /// <exception cref="OutcomeUnknownException">The connection failed; a retry with the same key resolves it.</exception>
    public async Task QueueAsync(
        string clientId, DateTimeOffset now, (string Key, StoredAnswer Answer, bool ReplacesExpired)? idempotency = null, IReadOnlyList<NpgsqlBatchCommand>? beside = null)
    {
        await using var batch = store.CreateBatch(scope);
        // As every write that is answered for: a client-side timeout would answer as a commit what a standby has not got.
        batch.Timeout = 0;
        if (idempotency is { } i)
        {
            if (i.ReplacesExpired)
                batch.BatchCommands.Add(IdempotencyKeys.DeleteExpired(scope, clientId, i.Key, i.Answer.CreatedAt));
            batch.BatchCommands.Add(IdempotencyKeys.Insert(scope, clientId, i.Key, i.Answer));
        }
        foreach (var command in beside ?? [])
            batch.BatchCommands.Add(command);
        batch.BatchCommands.Add(Held());
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            UPDATE catalogue_imports SET state = CASE WHEN mode = 'allOrNothing' AND rows_rejected > 0 THEN 'refused' ELSE 'queued' END, queued_at = $3,
                reason = CASE WHEN mode = 'allOrNothing' AND rows_rejected > 0 THEN 'rejectedRows' END,
                finished_at = CASE WHEN mode = 'allOrNothing' AND rows_rejected > 0 THEN $3 END, lease_holder = NULL, lease_until = NULL
            WHERE tenant_id = $1 AND id = $2
            """)
        {
            Parameters = { Sql.Text(scope.Region), Sql.Uuid(id), Sql.Instant(now) },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            DELETE FROM catalogue_import_rows r USING catalogue_imports i
            WHERE r.tenant_id = $1 AND r.import_id = $2 AND i.tenant_id = $1 AND i.id = $2 AND i.state = 'refused'
            """)
        {
            Parameters = { Sql.Text(scope.Region), Sql.Uuid(id) },
        });
        try
        {
            await batch.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception e) when (StoreErrors.Translate(e) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>It will never be received to its end. Safe to repeat, and to call for one that is no longer this host's.</summary>
    /// <param name="reason">A stable word.</param>
    public async Task AbandonAsync(string reason, DateTimeOffset now)
    {
        await using var batch = store.CreateBatch(scope);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            UPDATE catalogue_imports SET state = 'abandoned', reason = $4, finished_at = $5, updated_at = $5, lease_holder = NULL, lease_until = NULL
            WHERE tenant_id = $1 AND id = $2 AND state = 'receiving' AND lease_holder = $3
            """)
        {
            Parameters = { Sql.Text(scope.Region), Sql.Uuid(id), Sql.Uuid(holder), Sql.Text(reason), Sql.Instant(now) },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            DELETE FROM catalogue_import_rows r USING catalogue_imports i
            WHERE r.tenant_id = $1 AND r.import_id = $2 AND i.tenant_id = $1 AND i.id = $2 AND i.state = 'abandoned'
            """)
        {
            Parameters = { Sql.Text(scope.Region), Sql.Uuid(id) },
        });
        await batch.ExecuteNonQueryAsync(CancellationToken.None);
    }

    public static string KindOf(CatalogueRow row) => row is ContractRow ? "contract" : "supplier";

    public static string KeyOf(CatalogueRow row) => row switch
    {
        ContractRow contract => contract.Number,
        SupplierRow supplier => supplier.OrganisationNumber,
        _ => throw new ArgumentException("There is no such row.", nameof(row)),
    };

    /// <summary>Why a row is rejected that says something else than an earlier one about the same.</summary>
    public static (string Sv, string En) Duplicate(long first) =>
        ($"Samma nummer finns på rad {first} med annat innehåll.", $"Line {first} has the same number with another content.");

    private NpgsqlBatchCommand Held() => new(Hold)
    {
        Parameters = { Sql.Text(scope.Region), Sql.Uuid(id), Sql.Uuid(holder), Sql.Interval(Lease) },
    };

    private async Task DuplicatesAsync(List<(long Line, long First, bool Same, string Kind, string Key)> duplicates, CancellationToken cancellationToken)
    {
        await using var batch = store.CreateBatch(scope);
        batch.BatchCommands.Add(Held());
        batch.BatchCommands.Add(new NpgsqlBatchCommand("UPDATE catalogue_imports SET rows_duplicate = rows_duplicate + $3 WHERE tenant_id = $1 AND id = $2")
        {
            Parameters = { Sql.Text(scope.Region), Sql.Uuid(id), Sql.Bigint(duplicates.Count(d => d.Same)) },
        });
        foreach (var command in Rejected(scope, id, [.. duplicates.Where(d => !d.Same).Select(d => new RowReject(
            d.Line, 1, d.Kind == "contract" ? "contractNumber" : "supplier.organisationNumber", "duplicate",
            Duplicate(d.First).Sv, Duplicate(d.First).En, d.Kind, KeyShown(d.Kind, d.Key), null))]))
            batch.BatchCommands.Add(command);
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException e) when (StoreErrors.Translate(e) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>The number as a reject may keep it: of a foreign supplier it is not known whether it is a natural person, and a Swedish one's number tells.</summary>
    public static string? KeyShown(string? kind, string? key) =>
        kind == "supplier" && key is not null && (SupplierNumber.IsForeign(key) || OrganisationNumber.IsNaturalPerson(key)) ? null : key;

    internal static IEnumerable<NpgsqlBatchCommand> Rejected(RegionScope scope, Guid id, IReadOnlyList<RowReject> rejects) => rejects.Count == 0 ? [] :
    [
        new NpgsqlBatchCommand(
            """
            INSERT INTO catalogue_import_rejects (tenant_id, import_id, line, place, field, rule, sv, en, kind, key, value)
            SELECT $1, $2, r.line, r.place, r.field, r.rule, r.sv, r.en, r.kind, r.key, r.value
            FROM unnest($3, $4, $5, $6, $7, $8, $9, $10, $11) AS r (line, place, field, rule, sv, en, kind, key, value)
            """)
        {
            Parameters =
            {
                Sql.Text(scope.Region),
                Sql.Uuid(id),
                Sql.Array(rejects.Select(r => r.Line), NpgsqlDbType.Bigint),
                Sql.Array(rejects.Select(r => (short)r.Place), NpgsqlDbType.Smallint),
                Sql.Array(rejects.Select(r => r.Field), NpgsqlDbType.Varchar),
                Sql.Array(rejects.Select(r => r.Rule), NpgsqlDbType.Varchar),
                Sql.Array(rejects.Select(r => r.Sv), NpgsqlDbType.Varchar),
                Sql.Array(rejects.Select(r => r.En), NpgsqlDbType.Varchar),
                Sql.Array(rejects.Select(r => r.Kind), NpgsqlDbType.Varchar),
                Sql.Array(rejects.Select(r => r.Key), NpgsqlDbType.Varchar),
                Sql.Array(rejects.Select(r => r.Value), NpgsqlDbType.Varchar),
            },
        },
        new NpgsqlBatchCommand("UPDATE catalogue_imports SET rows_rejected = rows_rejected + $3 WHERE tenant_id = $1 AND id = $2")
        {
            Parameters = { Sql.Text(scope.Region), Sql.Uuid(id), Sql.Bigint(rejects.Select(r => r.Line).Distinct().Count()) },
        },
    ];
}
