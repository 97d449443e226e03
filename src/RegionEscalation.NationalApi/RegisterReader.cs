using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using RegionEscalation.Domain;
using RegionEscalation.Domain.National;
using RegionEscalation.Http;

namespace RegionEscalation.NationalApi;

/// <summary>Who reads, why and when; written with every read.</summary>
/// <param name="At">UTC.</param>
internal sealed record Reading(Caller Caller, IReadOnlyList<NationalReader> Readers, string Purpose, string Operation, DateTimeOffset At);

/// <summary>
/// A query of the register, put together from fixed texts and parameter numbers only; every value is a parameter. What was asked for is kept for
/// the access log as it was understood, so nothing there is what a caller merely wrote.
/// </summary>
internal sealed class RegisterQuery
{
    private readonly List<NpgsqlParameter> _parameters = [];
    private readonly List<string> _conditions = ["true"];
    private readonly List<string> _asked = [];

    public string Conditions => string.Join(" AND ", _conditions);

    public string Asked => string.Join('&', _asked);

    /// <summary>
    /// A SELECT of what the access log says was given out, from the rows <c>told</c>: those of the page, or of the first where the page lies beyond
    /// the last. Where <c>object_kind</c> is null nothing was that belongs to a single case, and one row says that there was a reading.
    /// </summary>
    public string GivenOut { get; init; } = "SELECT object_region, object_kind, object_id, tier, basis FROM told";

    /// <returns>The parameter's place in the text.</returns>
    public string Parameter(object? value, NpgsqlDbType type)
    {
        _parameters.Add(new NpgsqlParameter { Value = value is DateTimeOffset instant ? instant.UtcDateTime : value ?? DBNull.Value, NpgsqlDbType = type });
        return "$" + _parameters.Count;
    }

    /// <summary>A condition, where something is asked for.</summary>
    /// <param name="comparison">A fixed text up to the value, such as <c>c.step =</c>.</param>
    public RegisterQuery Where(string name, string comparison, object? value, NpgsqlDbType type, string end = "")
    {
        if (value is not null)
        {
            _conditions.Add(string.Join(' ', comparison, Parameter(value, type), end));
            Note(name, value);
        }
        return this;
    }

    /// <summary>A condition that is a fixed text.</summary>
    public RegisterQuery Where(string name, object? value, string condition)
    {
        if (value is not null)
        {
            _conditions.Add(condition);
            Note(name, value);
        }
        return this;
    }

    /// <summary>By organisation number, or by the platform's id; what is neither matches nothing.</summary>
    public RegisterQuery Where(SupplierKey key, string table) => Where("supplier", string.Join('.', table, "supplier_number ="), key.Number, NpgsqlDbType.Varchar)
        .Where("supplier", string.Join('.', table, "supplier_id ="), key.Id, NpgsqlDbType.Uuid);

    /// <summary>What is asked for without being a condition.</summary>
    public RegisterQuery Noting(string name, object? value)
    {
        if (value is not null)
            Note(name, value);
        return this;
    }

    internal void AddTo(NpgsqlBatchCommand command)
    {
        foreach (var parameter in _parameters)
            command.Parameters.Add(parameter);
    }

    private void Note(string name, object value) => _asked.Add(name + "=" + Uri.EscapeDataString(value switch
    {
        DateTimeOffset instant => instant.ToString("O", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    }));
}

/// <summary>
/// The register as the national login may see it for the readers of a request. Reading and logging are one statement: no read without its rows in
/// the access log.
/// </summary>
public sealed class RegisterReader : IAsyncDisposable
{
    private readonly NpgsqlDataSource _dataSource;

    public RegisterReader(string connectionString)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString) { Name = "escalation-national" };
        builder.ConnectionStringBuilder.MaxAutoPrepare = 50;
        builder.ConnectionStringBuilder.AutoPrepareMinUsages = 2;
        builder.ConnectionStringBuilder.NoResetOnClose = true;
        // A write waits without a timeout of its own: the operating system notices when the server is gone.
        builder.ConnectionStringBuilder.TcpKeepAlive = true;
        builder.ConnectionStringBuilder.TcpKeepAliveTime = 10;
        builder.ConnectionStringBuilder.TcpKeepAliveInterval = 5;
        _dataSource = builder.Build();
    }

    public ValueTask DisposeAsync() => _dataSource.DisposeAsync();

    /// <summary>
    /// Reads a page of what matches, and how much does in all.
    /// </summary>
    /// <param name="matching">
    /// A SELECT that names, beside what it is for, what <see cref="RegisterQuery.GivenOut"/> takes from it: unless said otherwise
    /// <c>object_region</c>, <c>object_kind</c>, <c>object_id</c> (of a notice too that of its case), <c>tier</c> and <c>basis</c>.
    /// </param>
    /// <param name="order">The order by column names of <paramref name="matching"/>.</param>
    internal async Task<(IReadOnlyList<T> Rows, long Total)> ReadAsync<T>(
        Reading reading, RegisterQuery query, string matching, string order, long limit, long offset, Func<NpgsqlDataReader, T> row, CancellationToken cancellationToken)
    {
        await using var batch = _dataSource.CreateBatch();
        batch.BatchCommands.Add(Identify(reading));
        var command = new NpgsqlBatchCommand(string.Join('\n',
            "WITH matching AS (", matching, "),",
            "page AS (SELECT *, true AS found FROM matching ORDER BY", order, "LIMIT", query.Parameter(limit, NpgsqlDbType.Bigint), "OFFSET", query.Parameter(offset, NpgsqlDbType.Bigint), "),",
            // A page beyond the last is empty, and its total still tells what matches.
            "told AS (SELECT * FROM page UNION ALL SELECT * FROM (SELECT *, true AS found FROM matching ORDER BY", order, "LIMIT", query.Parameter(limit, NpgsqlDbType.Bigint), ") AS first WHERE NOT EXISTS (SELECT FROM page)),",
            "objects AS (SELECT DISTINCT object_region::varchar, object_kind::varchar, object_id::uuid, tier::varchar, basis::varchar FROM (", query.GivenOut, ") AS o WHERE object_kind IS NOT NULL),",
            Log(reading, query),
            "SELECT (SELECT count(*) FROM matching) AS total, page.* FROM (SELECT) AS one LEFT JOIN page ON true ORDER BY", order));
        query.AddTo(command);
        batch.BatchCommands.Add(command);

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var found = reader.GetOrdinal("found");
        var rows = new List<T>();
        long total = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            total = reader.GetInt64(0);
            if (!reader.IsDBNull(found))
                rows.Add(row(reader));
        }
        return (rows, total);
    }

    /// <summary>The part of a statement that logs the reading: a row for each of its <c>objects</c>, and one for a reading that has none.</summary>
    /// <param name="alsoOfNothing">False where nobody asked: a webhook's look at a feed that holds nothing for it is no reading.</param>
    internal static string Log(Reading reading, RegisterQuery query, bool alsoOfNothing = true) => string.Join('\n',
        "given AS (SELECT * FROM objects UNION ALL SELECT NULL, NULL, NULL, NULL, NULL WHERE NOT EXISTS (SELECT FROM objects) AND",
        query.Parameter(alsoOfNothing, NpgsqlDbType.Boolean), "),",
        "log AS (INSERT INTO national_access_log (read_id, at, client_id, directory, readers, roles, purpose, operation, target, object_region, object_kind, object_id, tier, basis) SELECT",
        string.Join(", ",
            query.Parameter(Guid.CreateVersion7(reading.At), NpgsqlDbType.Uuid),
            query.Parameter(reading.At, NpgsqlDbType.TimestampTz),
            query.Parameter(reading.Caller.ClientId, NpgsqlDbType.Varchar),
            query.Parameter(reading.Caller.TenantId, NpgsqlDbType.Varchar),
            query.Parameter(reading.Readers.Select(r => r.Key).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Varchar),
            query.Parameter(reading.Caller.Roles.Select(r => r.ToString()).Order(StringComparer.Ordinal).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Varchar),
            query.Parameter(reading.Purpose, NpgsqlDbType.Varchar),
            query.Parameter(reading.Operation, NpgsqlDbType.Varchar),
            query.Parameter(query.Asked, NpgsqlDbType.Varchar)),
        ", given.* FROM given)");

    /// <summary>
    /// Says who reads or writes, transaction-locally: without it the database lets nothing be read. No key holds a comma. The policies make a plan look
    /// so dear that PostgreSQL would compile it, which takes a hundred times as long as running it.
    /// </summary>
    internal static NpgsqlBatchCommand Identify(Reading reading) => Identify(reading.Readers, reading.At);

    /// <inheritdoc cref="Identify(Reading)"/>
    /// <param name="at">UTC.</param>
    internal static NpgsqlBatchCommand Identify(IEnumerable<NationalReader> readers, DateTimeOffset at) => new(
        "SELECT set_config('app.readers', $1, true), set_config('app.at', $2, true), set_config('statement_timeout', '30s', true), set_config('jit', 'off', true)")
    {
        Parameters =
        {
            new NpgsqlParameter { Value = string.Join(',', readers.Select(r => r.Key)), NpgsqlDbType = NpgsqlDbType.Varchar },
            new NpgsqlParameter { Value = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture), NpgsqlDbType = NpgsqlDbType.Varchar },
        },
    };

    /// <summary>A batch on the same login, for what is written beside the reading.</summary>
    internal NpgsqlBatch CreateBatch() => _dataSource.CreateBatch();
}

/// <summary>What a column holds, by its name.</summary>
internal static class Columns
{
    public static T Get<T>(this NpgsqlDataReader r, string column) => r.GetFieldValue<T>(r.GetOrdinal(column));

    public static T? Find<T>(this NpgsqlDataReader r, string column) where T : struct => r.IsDBNull(r.GetOrdinal(column)) ? null : r.GetFieldValue<T>(r.GetOrdinal(column));

    public static string? FindText(this NpgsqlDataReader r, string column) => r.IsDBNull(r.GetOrdinal(column)) ? null : r.GetString(r.GetOrdinal(column));

    /// <summary>Empty where the column is null.</summary>
    public static string[] FindTexts(this NpgsqlDataReader r, string column) => r.IsDBNull(r.GetOrdinal(column)) ? [] : r.GetFieldValue<string[]>(r.GetOrdinal(column));
}

/// <summary>How a supplier is named in a request: by organisation number, or by the platform's id.</summary>
internal sealed record SupplierKey(string? Number, Guid? Id)
{
    /// <summary>What is neither matches no supplier, and no sole trader is found by its number: the register does not have it.</summary>
    public static SupplierKey Parse(string? text) =>
        text is null ? new(null, null)
        : Guid.TryParse(text, out var id) ? new(null, id)
        : new(SupplierNumber.Normalise(text) is { } number && !OrganisationNumber.IsNaturalPerson(number) ? number : "-", null);
}
