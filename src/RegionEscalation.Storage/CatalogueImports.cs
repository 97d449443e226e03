using Npgsql;
using NpgsqlTypes;

namespace RegionEscalation.Storage;

/// <summary>The imports of a region, as they are read and decided on; how they are applied is <see cref="ImportQueue"/>'s.</summary>
public static class CatalogueImports
{
    /// <summary>How many of the contract numbers that a snapshot leaves out are named.</summary>
    public const int NumbersNamed = 100;

    internal const string Columns =
        """
        i.id, i.origin, i.format, i.mode, i.extent, i.client_id, i.state, i.reason, i.created_at, i.queued_at, i.started_at, i.finished_at,
        i.rows_received, i.rows_rejected, i.rows_duplicate, i.rows_added, i.rows_changed, i.rows_unchanged, i.applied_line,
        i.known_contracts, i.missing_contracts, i.contracts_ended, i.missing_numbers, i.ended_number,
        i.confirmed_by, i.confirmed_at, i.confirmed_motivation, i.confirmed_client, i.cancelled_by, i.cancelled_motivation, i.cancelled_client, i.rejects_removed_at IS NOT NULL,
        CASE WHEN i.state = 'queued' THEN (SELECT count(*) FROM catalogue_imports q WHERE q.tenant_id = i.tenant_id
            AND (q.state = 'applying' OR (q.state = 'queued' AND (q.queued_at, q.id) < (i.queued_at, i.id)))) END
        """;

    private static readonly string FindText = string.Join(' ', "SELECT", Columns, "FROM catalogue_imports i WHERE i.tenant_id = $1 AND i.id = $2");

    private static readonly string ListText = string.Join(' ',
        "SELECT", Columns, "FROM catalogue_imports i WHERE i.tenant_id = $1 AND i.state = ANY ($2) AND i.origin = ANY ($3) ORDER BY i.id DESC LIMIT $4 OFFSET $5");

    public static NpgsqlBatchCommand Find(RegionScope scope, Guid id) => Of(scope, FindText, Sql.Uuid(id));

    /// <summary>Newest first.</summary>
    /// <param name="state">Null for every state.</param>
    /// <param name="origin">Null for both.</param>
    public static NpgsqlBatchCommand List(RegionScope scope, ImportState? state, ImportOrigin? origin, int limit, long offset) =>
        Of(scope, ListText, Codes(state), Codes(origin), Sql.Integer(limit), Sql.Bigint(offset));

    public static NpgsqlBatchCommand Count(RegionScope scope, ImportState? state, ImportOrigin? origin) =>
        Of(scope, "SELECT count(*) FROM catalogue_imports WHERE tenant_id = $1 AND state = ANY ($2) AND origin = ANY ($3)", Codes(state), Codes(origin));

    public static CatalogueImport Read(NpgsqlDataReader r)
    {
        ArgumentNullException.ThrowIfNull(r);
        var finished = Instant(r, 11);
        return new CatalogueImport(
            r.GetGuid(0),
            new ImportTerms(Code<ImportOrigin>(r, 1), Code<ImportFormat>(r, 2), Code<ImportMode>(r, 3), Code<ImportExtent>(r, 4), r.GetString(5)),
            Code<ImportState>(r, 6),
            Text(r, 7),
            r.GetFieldValue<DateTimeOffset>(8),
            Instant(r, 9),
            Instant(r, 10),
            finished,
            new ImportedRows(r.GetInt64(12), r.GetInt64(13), r.GetInt64(14), r.GetInt64(15), r.GetInt64(16), r.GetInt64(17)),
            r.GetInt64(18),
            new LeftOut(Number(r, 19), Number(r, 20), r.GetInt64(21), r.GetFieldValue<string[]>(22)),
            r.GetString(23),
            Text(r, 24) is { } confirmedBy ? new ImportDecision(confirmedBy, r.GetFieldValue<DateTimeOffset>(25), Text(r, 26), r.GetString(27)) : null,
            Text(r, 28) is { } cancelledBy ? new ImportDecision(cancelledBy, finished!.Value, Text(r, 29), r.GetString(30)) : null,
            r.GetBoolean(31),
            Number(r, 32));
    }

    /// <summary>In the order of the file.</summary>
    public static NpgsqlBatchCommand Rejects(RegionScope scope, Guid id, int limit, long offset) => Of(scope,
        """
        SELECT line, place, field, rule, sv, en, kind, key, value FROM catalogue_import_rejects
        WHERE tenant_id = $1 AND import_id = $2 ORDER BY line, place LIMIT $3 OFFSET $4
        """, Sql.Uuid(id), Sql.Integer(limit), Sql.Bigint(offset));

    public static NpgsqlBatchCommand CountRejects(RegionScope scope, Guid id) =>
        Of(scope, "SELECT count(*) FROM catalogue_import_rejects WHERE tenant_id = $1 AND import_id = $2", Sql.Uuid(id));

    /// <summary>The next ones after a place, in the order of the file, however many there are.</summary>
    public static NpgsqlBatchCommand RejectsAfter(RegionScope scope, Guid id, long line, int place, int limit) => Of(scope,
        """
        SELECT line, place, field, rule, sv, en, kind, key, value FROM catalogue_import_rejects
        WHERE tenant_id = $1 AND import_id = $2 AND (line, place) > ($3, $4) ORDER BY line, place LIMIT $5
        """, Sql.Uuid(id), Sql.Bigint(line), Sql.Smallint(place), Sql.Integer(limit));

    public static RowReject ReadReject(NpgsqlDataReader r)
    {
        ArgumentNullException.ThrowIfNull(r);
        return new RowReject(r.GetInt64(0), r.GetInt16(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), Text(r, 6), Text(r, 7), Text(r, 8));
    }

    /// <summary>What a snapshot leaves out is ended: it has its turn again, before what came after it.</summary>
    /// <exception cref="StreamConflictException">On saving: it waits for this no longer.</exception>
    public static IEnumerable<NpgsqlBatchCommand> Confirm(RegionScope scope, Guid id, ImportDecision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        return
        [
            Move(scope, id, ImportState.AwaitingConfirmation, ImportState.Queued, decision.At),
            Of(scope,
                """
                UPDATE catalogue_imports SET reason = NULL, confirmed_by = $3, confirmed_at = $4, confirmed_motivation = $5, confirmed_client = $6
                WHERE tenant_id = $1 AND id = $2
                """, Sql.Uuid(id), Sql.Text(decision.By), Sql.Instant(decision.At), Sql.Text(decision.Motivation), Sql.Text(decision.ClientId)),
        ];
    }

    /// <summary>What it has applied stays; nothing more is.</summary>
    /// <param name="from">The state that was decided on.</param>
    /// <exception cref="StreamConflictException">On saving: it is in that state no longer.</exception>
    public static IEnumerable<NpgsqlBatchCommand> Cancel(RegionScope scope, Guid id, ImportState from, ImportDecision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        return
        [
            Move(scope, id, from, ImportState.Cancelled, decision.At),
            Of(scope,
                """
                UPDATE catalogue_imports SET reason = 'onRequest', finished_at = $4, cancelled_by = $3, cancelled_motivation = $5, cancelled_client = $6
                WHERE tenant_id = $1 AND id = $2
                """, Sql.Uuid(id), Sql.Text(decision.By), Sql.Instant(decision.At), Sql.Text(decision.Motivation), Sql.Text(decision.ClientId)),
        ];
    }

    internal static NpgsqlBatchCommand Of(RegionScope scope, string sql, params NpgsqlParameter[] parameters)
    {
        ArgumentNullException.ThrowIfNull(scope);
        var command = new NpgsqlBatchCommand(sql) { Parameters = { Sql.Text(scope.Region) } };
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        return command;
    }

    private static NpgsqlBatchCommand Move(RegionScope scope, Guid id, ImportState from, ImportState to, DateTimeOffset at) => Of(scope,
        "SELECT move_catalogue_import($1, $2, $3, $4, $5)", Sql.Uuid(id), Sql.Text(StoreJson.Code(from)), Sql.Text(StoreJson.Code(to)), Sql.Instant(at));

    private static NpgsqlParameter Codes<T>(T? only) where T : struct, Enum =>
        Sql.Array((only is { } value ? [value] : Enum.GetValues<T>()).Select(StoreJson.Code), NpgsqlDbType.Varchar);

    private static T Code<T>(NpgsqlDataReader r, int column) where T : struct, Enum => Enum.Parse<T>(r.GetString(column), ignoreCase: true);

    private static string? Text(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);

    private static long? Number(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetInt64(column);

    private static DateTimeOffset? Instant(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetFieldValue<DateTimeOffset>(column);
}
