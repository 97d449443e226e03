using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using RegionEscalation.Http;

namespace RegionEscalation.NationalApi;

/// <summary>A row of the register: the T0 fields of a case at steps 3–5.</summary>
internal sealed record RegisterRow(
    string Region,
    Guid CaseId,
    Guid SupplierId,
    string? SupplierNumber,
    string SupplierName,
    string Category,
    string LadderVersion,
    int Step,
    DateTimeOffset StepSince,
    string Trigger,
    string? Block,
    bool Disputed,
    bool SupplierStatementAttached,
    bool Preliminary,
    string ResponsibleAddress,
    DateTimeOffset? NoticeExpiresAt);

/// <param name="SupplierNumber">Ten digits.</param>
/// <param name="ChangedSince">UTC; what the others see of the case has changed at or after it.</param>
internal sealed record RegisterFilter(
    string? Region = null,
    Guid? CaseId = null,
    int? Step = null,
    string? SupplierNumber = null,
    Guid? SupplierId = null,
    string? Category = null,
    DateTimeOffset? Since = null,
    DateTimeOffset? ChangedSince = null)
{
    /// <summary>What was asked for, as the access log keeps it: the values as they were understood, so nothing a caller merely wrote.</summary>
    public string Words() => string.Join('&', new (string Name, string? Value)[]
    {
        ("region", Region),
        ("case", CaseId?.ToString()),
        ("step", Step?.ToString(CultureInfo.InvariantCulture)),
        ("supplier", SupplierNumber ?? SupplierId?.ToString()),
        ("category", Category),
        ("since", Since?.ToString("O", CultureInfo.InvariantCulture)),
        ("changedSince", ChangedSince?.ToString("O", CultureInfo.InvariantCulture)),
    }.Where(f => f.Value is not null).Select(f => f.Name + "=" + Uri.EscapeDataString(f.Value!)));
}

/// <summary>Who reads and why; written with every read.</summary>
internal sealed record Reading(Caller Caller, string Purpose, string Operation, DateTimeOffset At);

/// <summary>
/// The register as the national login may see it. Reading and logging are one statement: no read without its row in the access log.
/// </summary>
public sealed class RegisterReader : IAsyncDisposable
{
    private const string Columns =
        """
        region, case_id, supplier_id, supplier_number, supplier_name, category, ladder_version, step, step_since, trigger_code, block::text,
        disputed, supplier_statement_attached, preliminary, responsible_address, notice_expires_at
        """;

    private readonly NpgsqlDataSource _dataSource;

    public RegisterReader(string connectionString)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString) { Name = "escalation-national" };
        builder.ConnectionStringBuilder.MaxAutoPrepare = 50;
        builder.ConnectionStringBuilder.AutoPrepareMinUsages = 2;
        builder.ConnectionStringBuilder.NoResetOnClose = true;
        _dataSource = builder.Build();
    }

    public ValueTask DisposeAsync() => _dataSource.DisposeAsync();

    internal async Task<(IReadOnlyList<RegisterRow> Rows, long Total)> ReadAsync(
        RegisterFilter filter, long limit, long offset, Reading reading, CancellationToken cancellationToken)
    {
        await using var command = _dataSource.CreateCommand(string.Empty);
        var conditions = new List<string> { "true" };
        Where("region =", filter.Region, NpgsqlDbType.Varchar);
        Where("case_id =", filter.CaseId, NpgsqlDbType.Uuid);
        Where("step =", (short?)filter.Step, NpgsqlDbType.Smallint);
        Where("supplier_number =", filter.SupplierNumber, NpgsqlDbType.Varchar);
        Where("supplier_id =", filter.SupplierId, NpgsqlDbType.Uuid);
        Where("category =", filter.Category, NpgsqlDbType.Varchar);
        Where("step_since >=", filter.Since?.UtcDateTime, NpgsqlDbType.TimestampTz);
        Where("changed_at >=", filter.ChangedSince?.UtcDateTime, NpgsqlDbType.TimestampTz);

        // Put together from fixed texts and parameter numbers only; every value is a parameter.
        command.CommandText = string.Join('\n',
            "WITH matching AS (SELECT", Columns, "FROM national_cases WHERE", string.Join(" AND ", conditions), "),",
            "page AS (SELECT * FROM matching ORDER BY step DESC, step_since, case_id LIMIT", Parameter(limit, NpgsqlDbType.Bigint),
            "OFFSET", Parameter(offset, NpgsqlDbType.Bigint), "),",
            "log AS (INSERT INTO national_access_log (id, at, client_id, tenant, regions, roles, purpose, operation, target, cases) SELECT",
            string.Join(", ",
                Parameter(Guid.CreateVersion7(reading.At), NpgsqlDbType.Uuid),
                Parameter(reading.At.UtcDateTime, NpgsqlDbType.TimestampTz),
                Parameter(reading.Caller.ClientId, NpgsqlDbType.Varchar),
                Parameter(reading.Caller.TenantId, NpgsqlDbType.Varchar),
                Parameter(reading.Caller.Regions.Order(StringComparer.Ordinal).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Varchar),
                Parameter(reading.Caller.Roles.Select(r => r.ToString()).Order(StringComparer.Ordinal).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Varchar),
                Parameter(reading.Purpose, NpgsqlDbType.Varchar),
                Parameter(reading.Operation, NpgsqlDbType.Varchar),
                Parameter(filter.Words(), NpgsqlDbType.Varchar)),
            ", ARRAY(SELECT region || '/' || case_id FROM page))",
            "SELECT (SELECT count(*) FROM matching), page.* FROM (SELECT) AS one LEFT JOIN page ON true ORDER BY step DESC, step_since, case_id");

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<RegisterRow>();
        long total = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            total = reader.GetInt64(0);
            if (!reader.IsDBNull(1))
                rows.Add(Row(reader));
        }
        return (rows, total);

        void Where<T>(string comparison, T? value, NpgsqlDbType type)
        {
            if (value is not null)
                conditions.Add(comparison + " " + Parameter(value, type));
        }

        string Parameter(object? value, NpgsqlDbType type)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });
            return "$" + command.Parameters.Count;
        }
    }

    private static RegisterRow Row(NpgsqlDataReader r) => new(
        r.GetString(1),
        r.GetGuid(2),
        r.GetGuid(3),
        r.IsDBNull(4) ? null : r.GetString(4),
        r.GetString(5),
        r.GetString(6),
        r.GetString(7),
        r.GetInt16(8),
        r.GetFieldValue<DateTimeOffset>(9),
        r.GetString(10),
        r.IsDBNull(11) ? null : r.GetString(11),
        r.GetBoolean(12),
        r.GetBoolean(13),
        r.GetBoolean(14),
        r.GetString(15),
        r.IsDBNull(16) ? null : r.GetFieldValue<DateTimeOffset>(16));
}
