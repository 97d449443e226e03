using System.Globalization;
using Npgsql;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.WatchList;

namespace RegionEscalation.Storage;

/// <summary>
/// One snapshot document per stream, with a real column for every filter. The stream's row is locked by then, so an upsert
/// cannot overwrite a newer snapshot.
/// </summary>
internal static class Snapshots
{
    private const string UpsertCase =
        """
        INSERT INTO mt_doc_escalationcase
            (tenant_id, id, data, mt_last_modified, mt_version, step, state, supplier_id, contract_number, category, next_due, next_expiry)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (tenant_id, id) DO UPDATE SET data = excluded.data, mt_last_modified = excluded.mt_last_modified,
            mt_version = excluded.mt_version, step = excluded.step, state = excluded.state, supplier_id = excluded.supplier_id,
            contract_number = excluded.contract_number, category = excluded.category, next_due = excluded.next_due, next_expiry = excluded.next_expiry
        """;

    private const string UpsertDeviation =
        """
        INSERT INTO mt_doc_deviation
            (tenant_id, id, data, mt_last_modified, mt_version, status, severity, supplier_id, contract_number, case_id, occurred_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (tenant_id, id) DO UPDATE SET data = excluded.data, mt_last_modified = excluded.mt_last_modified,
            mt_version = excluded.mt_version, status = excluded.status, severity = excluded.severity, supplier_id = excluded.supplier_id,
            contract_number = excluded.contract_number, case_id = excluded.case_id, occurred_at = excluded.occurred_at
        """;

    private const string UpsertContract =
        """
        INSERT INTO mt_doc_contract (tenant_id, id, data, mt_last_modified, mt_version, number, supplier_id, category)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (tenant_id, id) DO UPDATE SET data = excluded.data, mt_last_modified = excluded.mt_last_modified,
            mt_version = excluded.mt_version, number = excluded.number, supplier_id = excluded.supplier_id, category = excluded.category
        """;

    private const string UpsertSettings =
        """
        INSERT INTO mt_doc_laddersettings (tenant_id, id, data, mt_last_modified, mt_version) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tenant_id, id) DO UPDATE SET data = excluded.data, mt_last_modified = excluded.mt_last_modified, mt_version = excluded.mt_version
        """;

    private const string UpsertWatchEntry =
        """
        INSERT INTO mt_doc_watchentry (tenant_id, id, data, mt_last_modified, mt_version, state, supplier_id, contract_number, review_by, lapses_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (tenant_id, id) DO UPDATE SET data = excluded.data, mt_last_modified = excluded.mt_last_modified,
            mt_version = excluded.mt_version, state = excluded.state, supplier_id = excluded.supplier_id,
            contract_number = excluded.contract_number, review_by = excluded.review_by, lapses_at = excluded.lapses_at
        """;

    /// <summary>Which columns are written, and so must be written anew when a build adds one.</summary>
    public const string Statements = UpsertCase + UpsertDeviation + UpsertContract + UpsertSettings + UpsertWatchEntry;

    /// <summary>The state's filter columns as texts, in the order in which <see cref="StreamVerifier"/> reads them.</summary>
    public static string?[] Columns(object? state) => state switch
    {
        EscalationCase c =>
        [
            c.Step.ToString(CultureInfo.InvariantCulture), StoreJson.Code(c.State), c.Supplier.Id.ToString(), c.Contract.Number, c.Contract.Category,
            Epoch(Obligations.NextDue(c)), Epoch(c.NextExpiry()),
        ],
        Deviation d =>
        [
            StoreJson.Code(d.Status()), d.Assessment is { } a ? StoreJson.Code(a.Severity) : null, d.Supplier.Id.ToString(), d.Contract.Number,
            d.CaseId?.ToString(), Epoch(d.OccurredAt),
        ],
        WatchEntry w =>
        [
            StoreJson.Code(w.State), w.Supplier.Id.ToString(), w.Contract?.Number ?? "", w.ReviewBy.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Epoch(w.LapsesAt()),
        ],
        Contract k => [k.Number, k.Content.Supplier.Id.ToString(), k.Content.Category],
        _ => [],
    };

    public static NpgsqlBatchCommand Upsert(RegionScope scope, EscalationCase c) => new(UpsertCase)
    {
        Parameters =
        {
            Sql.Text(scope.Region),
            Sql.Uuid(c.Id),
            Sql.Json(c),
            Sql.Instant(c.UpdatedAt),
            Sql.Bigint(c.Version),
            Sql.Smallint(c.Step),
            Sql.Text(StoreJson.Code(c.State)),
            Sql.Uuid(c.Supplier.Id),
            Sql.Text(c.Contract.Number),
            Sql.Text(c.Contract.Category),
            Sql.Instant(Obligations.NextDue(c)),
            Sql.Instant(c.NextExpiry()),
        },
    };

    public static NpgsqlBatchCommand Upsert(RegionScope scope, Deviation d) => new(UpsertDeviation)
    {
        Parameters =
        {
            Sql.Text(scope.Region),
            Sql.Uuid(d.Id),
            Sql.Json(d),
            Sql.Instant(d.UpdatedAt),
            Sql.Bigint(d.Version),
            Sql.Text(StoreJson.Code(d.Status())),
            Sql.Text(d.Assessment is { } a ? StoreJson.Code(a.Severity) : null),
            Sql.Uuid(d.Supplier.Id),
            Sql.Text(d.Contract.Number),
            Sql.Uuid(d.CaseId),
            Sql.Instant(d.OccurredAt),
        },
    };

    public static NpgsqlBatchCommand Upsert(RegionScope scope, Contract c) => new(UpsertContract)
    {
        Parameters =
        {
            Sql.Text(scope.Region),
            Sql.Uuid(c.Id),
            Sql.Json(c),
            Sql.Instant(c.UpdatedAt),
            Sql.Bigint(c.Version),
            Sql.Text(c.Number),
            Sql.Uuid(c.Content.Supplier.Id),
            Sql.Text(c.Content.Category),
        },
    };

    public static NpgsqlBatchCommand Upsert(RegionScope scope, LadderSettingsState s) => new(UpsertSettings)
    {
        Parameters = { Sql.Text(scope.Region), Sql.Uuid(s.Id), Sql.Json(s), Sql.Instant(s.UpdatedAt), Sql.Bigint(s.Version) },
    };

    public static NpgsqlBatchCommand Upsert(RegionScope scope, WatchEntry w) => new(UpsertWatchEntry)
    {
        Parameters =
        {
            Sql.Text(scope.Region),
            Sql.Uuid(w.Id),
            Sql.Json(w),
            Sql.Instant(w.UpdatedAt),
            Sql.Bigint(w.Version),
            Sql.Text(StoreJson.Code(w.State)),
            Sql.Uuid(w.Supplier.Id),
            Sql.Text(w.Contract?.Number ?? ""),
            Sql.Date(w.ReviewBy),
            Sql.Instant(w.LapsesAt()),
        },
    };

    /// <summary>A new supplier is a plain INSERT, so that a second one with the same number fails instead of getting a second id.</summary>
    public static NpgsqlBatchCommand Upsert(RegionScope scope, Supplier s, bool isNew, DateTimeOffset now) => new(isNew
        ? """
          INSERT INTO mt_doc_supplier (tenant_id, id, organisation_number, data, mt_last_modified, mt_version)
          VALUES ($1, $2, $3, $4, $5, 1)
          """
        : """
          UPDATE mt_doc_supplier SET data = $4, mt_last_modified = $5, mt_version = mt_version + 1
          WHERE tenant_id = $1 AND id = $2 AND organisation_number = $3
          """)
    {
        Parameters = { Sql.Text(scope.Region), Sql.Uuid(s.Id), Sql.Text(s.OrganisationNumber), Sql.Json(s), Sql.Instant(now) },
    };

    /// <summary>An instant as <c>extract(epoch …)</c> writes it.</summary>
    private static string? Epoch(DateTimeOffset? instant) => instant is { } i
        ? ((i.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / (decimal)TimeSpan.TicksPerSecond).ToString("0.000000", CultureInfo.InvariantCulture)
        : null;
}
