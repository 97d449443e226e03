using Npgsql;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.WatchList;

namespace RegionEscalation.Storage;

/// <summary>A contract's deviations, and what it takes to hold them still.</summary>
/// <param name="SupplierId">The supplier that the contract has now.</param>
/// <param name="Deviations">At most <see cref="Most"/>: those that are assessed first, and of them those that occurred last.</param>
/// <param name="Total">How many there are.</param>
/// <param name="Versions">The versions of all of them together, which tells whether any has changed or come.</param>
public sealed record ContractDeviations(
    Guid ContractId, string ContractNumber, Guid SupplierId, IReadOnlyList<Deviation> Deviations, long Total, long Versions)
{
    public const int Most = 500;
}

/// <summary>What is asked of recurring deviations and of the watch list.</summary>
public sealed partial class BatchedQuery
{
    /// <summary>What recurrence may rest on (R-E1); null where there is no such contract.</summary>
    public Fetched<ContractDeviations?> DeviationsUnder(ContractKey key)
    {
        var where = new Where(scope)
            .And("number =", key.Number, Sql.Text)
            .And("number = (SELECT x.contract_number FROM mt_doc_deviation x WHERE x.tenant_id = $1 AND x.id =", key.Deviation, v => Sql.Uuid(v), ")")
            .And("number = (SELECT x.contract_number FROM mt_doc_escalationcase x WHERE x.tenant_id = $1 AND x.id =", key.Case, v => Sql.Uuid(v), ")");
        return Add(where.Page(
            """
            SELECT d.data, d.mt_last_modified, k.id, k.number, k.supplier_id, coalesce(d.total, 0), coalesce(d.versions, 0)
            FROM mt_doc_contract k LEFT JOIN LATERAL (
                SELECT x.data, x.mt_last_modified, x.occurred_at, x.severity, x.id AS deviation, count(*) OVER () AS total, (sum(x.mt_version) OVER ())::bigint AS versions
                FROM mt_doc_deviation x WHERE x.tenant_id = $1 AND x.contract_number = k.number
            ) AS d ON true
            """, "ORDER BY d.severity IS NULL, d.occurred_at DESC, d.deviation", ContractDeviations.Most, 0), async (reader, ct) =>
        {
            ContractDeviations? read = null;
            var deviations = new List<Deviation>();
            while (await reader.ReadAsync(ct))
            {
                read ??= new ContractDeviations(reader.GetGuid(2), reader.GetString(3), reader.GetGuid(4), deviations, reader.GetInt64(5), reader.GetInt64(6));
                if (!await reader.IsDBNullAsync(0, ct))
                    deviations.Add(Read<Deviation>(reader));
            }
            return read;
        });
    }

    /// <summary>The open case about the deviation's contract and supplier, whether the deviation is attached to it or not.</summary>
    public Fetched<EscalationCase?> OpenCaseOn(Guid deviationId) => Document<EscalationCase>(
        """
        SELECT c.data, c.mt_last_modified FROM mt_doc_deviation d
        JOIN mt_doc_escalationcase c ON c.tenant_id = d.tenant_id AND c.supplier_id = d.supplier_id AND c.contract_number = d.contract_number
        WHERE d.tenant_id = $1 AND d.id = $2 AND c.state = 'open'
        """, Sql.Uuid(deviationId));

    public Fetched<WatchEntry?> WatchEntry(Guid id) => Document<WatchEntry>(
        "SELECT data, mt_last_modified FROM mt_doc_watchentry WHERE tenant_id = $1 AND id = $2", Sql.Uuid(id));

    /// <summary>The entry about the supplier and the contract that has not ended; it may have passed its last day (R-W1).</summary>
    /// <param name="contractNumber">Null for the supplier as a whole.</param>
    public Fetched<WatchEntry?> StandingWatch(Guid? supplierId, string? supplierNumber, string? contractNumber) => Add(
        new NpgsqlBatchCommand(
            """
            SELECT w.data, w.mt_last_modified FROM mt_doc_watchentry w
            WHERE w.tenant_id = $1 AND w.state = 'watching' AND w.contract_number = $4
                AND w.supplier_id = coalesce($2, (SELECT s.id FROM mt_doc_supplier s WHERE s.tenant_id = $1 AND s.organisation_number = $3))
            """)
        {
            Parameters = { Sql.Text(scope.Region), Sql.Uuid(supplierId), Sql.Text(supplierNumber), Sql.Text(contractNumber ?? "") },
        },
        async (reader, ct) => await reader.ReadAsync(ct) ? Read<WatchEntry>(reader) : null);

    /// <summary>The entries that have passed their last day without that being noted, those first that have waited longest.</summary>
    public Fetched<IReadOnlyList<Guid>> LapsedWatches(DateTimeOffset now, int limit) => Add(
        new NpgsqlBatchCommand("SELECT id FROM mt_doc_watchentry WHERE tenant_id = $1 AND state = 'watching' AND lapses_at <= $2 ORDER BY lapses_at, id LIMIT $3")
        {
            Parameters = { Sql.Text(scope.Region), Sql.Instant(now), Sql.Integer(limit) },
        },
        async (reader, ct) => (IReadOnlyList<Guid>)await RowsAsync(reader, r => r.GetGuid(0), ct));

    public Fetched<PageOf<WatchEntry>> WatchEntries(WatchFilter filter, int limit, long offset)
    {
        DateTimeOffset? now = filter.Now;
        var where = new Where(scope)
            .And("state =", filter.State is WatchState.Cleared or WatchState.Promoted ? filter.State : null, v => Sql.Text(StoreJson.Code(v)))
            .And("lapses_at >", filter.State == WatchState.Watching ? now : null, v => Sql.Instant(v))
            .And("lapses_at <=", filter.State == WatchState.Expired ? now : null, v => Sql.Instant(v))
            .And(filter.Supplier)
            .And("contract_number =", filter.ContractNumber, Sql.Text)
            .And("review_by <", filter.ReviewBefore, v => Sql.Date(v));
        return Page<WatchEntry>(where, "FROM mt_doc_watchentry", "ORDER BY id DESC", limit, offset);
    }
}
