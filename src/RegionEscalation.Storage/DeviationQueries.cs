using Npgsql;
using RegionEscalation.Domain.Deviations;

namespace RegionEscalation.Storage;

/// <summary>What is asked about a region's deviations as a whole.</summary>
public sealed partial class BatchedQuery
{
    public Fetched<PageOf<Deviation>> Deviations(DeviationFilter filter, int limit, long offset)
    {
        var where = new Where(scope)
            .And("status =", filter.Status, v => Sql.Text(StoreJson.Code(v)))
            .And("severity =", filter.Severity, v => Sql.Text(StoreJson.Code(v)))
            .And(filter.Supplier)
            .And("contract_number =", filter.ContractNumber, Sql.Text)
            .And("case_id =", filter.CaseId, v => Sql.Uuid(v))
            .And("unit =", filter.Unit, Sql.Text)
            .And(filter.Topic)
            .And("cause =", filter.Cause, v => Sql.Text(StoreJson.Code(v)))
            .And("reported_at >=", filter.ReportedSince, v => Sql.Instant(v))
            .And(filter.External);
        return Page<Deviation>(where, "FROM mt_doc_deviation", "ORDER BY id DESC", limit, offset);
    }

    /// <summary>The deviation that has the other system's id (R-V3).</summary>
    public Fetched<Deviation?> Registered(ExternalKey key) => Add(
        new NpgsqlBatchCommand(
            """
            SELECT d.data, d.mt_last_modified FROM external_registrations e JOIN mt_doc_deviation d ON d.tenant_id = e.tenant_id AND d.id = e.deviation_id
            WHERE e.tenant_id = $1 AND e.system = $2 AND e.external_id = $3
            """)
        {
            Parameters = { Sql.Text(scope.Region), Sql.Text(StoreJson.Code(key.System)), Sql.Text(key.ExternalId) },
        },
        async (reader, ct) => await reader.ReadAsync(ct) ? Read<Deviation>(reader) : null);

    /// <summary>What figures are made of, of every deviation reported in the period, by unit in Swedish order.</summary>
    /// <param name="from">UTC, included.</param>
    /// <param name="before">UTC, not included.</param>
    public Fetched<IReadOnlyList<DeviationRow>> ReportedDeviations(DateTimeOffset from, DateTimeOffset before) => Add(
        new NpgsqlBatchCommand(
            """
            SELECT unit, severity, status, cause, topics, fault, reported_at, assessed_at, handled_at, analysed_at, fed_back_at, closed_at FROM mt_doc_deviation
            WHERE tenant_id = $1 AND reported_at >= $2 AND reported_at < $3 ORDER BY unit COLLATE "sv-x-icu"
            """)
        {
            Parameters = { Sql.Text(scope.Region), Sql.Instant(from), Sql.Instant(before) },
        },
        async (reader, ct) => (IReadOnlyList<DeviationRow>)await RowsAsync(reader, RowOf, ct));

    private static DeviationRow RowOf(NpgsqlDataReader r) => new(
        r.IsDBNull(0) ? null : r.GetString(0),
        r.IsDBNull(1) ? null : Code<Severity>(r, 1),
        Code<DeviationStatus>(r, 2),
        r.IsDBNull(3) ? null : Code<RootCause>(r, 3),
        DeviationTopics.Read(r.IsDBNull(4) ? null : r.GetString(4)),
        Code<Fault>(r, 5),
        r.GetFieldValue<DateTimeOffset>(6),
        InstantAt(r, 7),
        InstantAt(r, 8),
        InstantAt(r, 9),
        InstantAt(r, 10),
        InstantAt(r, 11));

    private static T Code<T>(NpgsqlDataReader r, int column) where T : struct, Enum => Enum.Parse<T>(r.GetString(column), ignoreCase: true);

    private static DateTimeOffset? InstantAt(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetFieldValue<DateTimeOffset>(column);
}
