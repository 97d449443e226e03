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
            (tenant_id, id, data, mt_last_modified, mt_version, status, severity, supplier_id, contract_number, case_id, occurred_at,
            unit, cause, topics, fault, reported_at, assessed_at, handled_at, analysed_at, fed_back_at, closed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
        ON CONFLICT (tenant_id, id) DO UPDATE SET data = excluded.data, mt_last_modified = excluded.mt_last_modified,
            mt_version = excluded.mt_version, status = excluded.status, severity = excluded.severity, supplier_id = excluded.supplier_id,
            contract_number = excluded.contract_number, case_id = excluded.case_id, occurred_at = excluded.occurred_at, unit = excluded.unit,
            cause = excluded.cause, topics = excluded.topics, fault = excluded.fault, reported_at = excluded.reported_at, assessed_at = excluded.assessed_at,
            handled_at = excluded.handled_at, analysed_at = excluded.analysed_at, fed_back_at = excluded.fed_back_at, closed_at = excluded.closed_at
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
    public const string Statements = UpsertCase + UpsertDeviation + UpsertSettings + UpsertWatchEntry + CatalogueDocuments.Statements;

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
            d.CaseId?.ToString(), Epoch(d.OccurredAt), d.Details.Unit, d.Analysis?.Cause is { } cause ? StoreJson.Code(cause) : null, DeviationTopics.Column(d),
            StoreJson.Code(d.Fault()), Epoch(d.ReportedAt), Epoch(d.AssessedAt), Epoch(d.HandledAt), Epoch(d.AnalysedAt), Epoch(d.FedBackAt), Epoch(ClosedAt(d)),
            ExternalRegistrationRows.Column(d),
        ],
        WatchEntry w =>
        [
            StoreJson.Code(w.State), w.Supplier.Id.ToString(), w.Contract?.Number ?? "", Day(w.ReviewBy), Epoch(w.LapsesAt()),
        ],
        Contract k =>
        [
            k.Number, k.Content.Supplier.Id.ToString(), k.Content.Category, k.Content.Title, Day(k.Content.ValidFrom), Day(k.Content.ValidUntil),
            k.EndedAt is null ? "false" : "true", k.Content.SocialClause is { } social ? (social ? "true" : "false") : null, CatalogueDocuments.WordsOf(k),
        ],
        KnownSupplier s => [s.OrganisationNumber, s.Content.Name, s.SoleTrader == true ? "true" : "false", CatalogueDocuments.WordsOf(s)],
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
            Sql.Text(d.Details.Unit),
            Sql.Text(d.Analysis?.Cause is { } cause ? StoreJson.Code(cause) : null),
            Sql.Text(DeviationTopics.Column(d)),
            Sql.Text(StoreJson.Code(d.Fault())),
            Sql.Instant(d.ReportedAt),
            Sql.Instant(d.AssessedAt),
            Sql.Instant(d.HandledAt),
            Sql.Instant(d.AnalysedAt),
            Sql.Instant(d.FedBackAt),
            Sql.Instant(ClosedAt(d)),
        },
    };

    /// <summary>As handled, analysed and fed back; what is unfounded was never closed so.</summary>
    private static DateTimeOffset? ClosedAt(Deviation d) => d.Closure is { Outcome: ClosureOutcome.Closed } closure ? closure.At : null;

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

    private static string? Day(DateOnly? date) => date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>An instant as <c>extract(epoch …)</c> writes it.</summary>
    private static string? Epoch(DateTimeOffset? instant) => instant is { } i
        ? ((i.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / (decimal)TimeSpan.TicksPerSecond).ToString("0.000000", CultureInfo.InvariantCulture)
        : null;
}
