using Npgsql;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.National;

namespace RegionEscalation.Storage;

/// <summary>The owning region's side of the national register: filled and emptied in the transaction of the event.</summary>
internal static class NationalRegister
{
    /// <returns>The change to write, or null when the case is and was invisible, or nothing the others see has changed.</returns>
    public static NpgsqlBatchCommand? Change(RegionScope scope, NationalSignal? before, NationalSignal? after, EscalationCase c) => (before, after) switch
    {
        (_, { } signal) when signal != before => Upsert(scope, signal, c.UpdatedAt),
        ({ } signal, null) => Delete(scope, signal.CaseId),
        _ => null,
    };

    /// <summary>The row as it should be, or its absence, whatever is there; it counts as changed only if it was another.</summary>
    public static NpgsqlBatchCommand Write(RegionScope scope, NationalSignal? signal, Guid caseId, DateTimeOffset now) =>
        signal is null ? Delete(scope, caseId) : Upsert(scope, signal, now);

    private static NpgsqlBatchCommand Upsert(RegionScope scope, NationalSignal s, DateTimeOffset changedAt) => new(
        """
        INSERT INTO national_cases (region, case_id, supplier_id, supplier_number, supplier_name, category, ladder_version, step, step_since,
            trigger_code, block, disputed, supplier_statement_attached, preliminary, responsible_address, notice_expires_at, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        ON CONFLICT (region, case_id) DO UPDATE SET supplier_id = excluded.supplier_id, supplier_number = excluded.supplier_number,
            supplier_name = excluded.supplier_name, category = excluded.category,
            ladder_version = excluded.ladder_version, step = excluded.step, step_since = excluded.step_since,
            trigger_code = excluded.trigger_code, block = excluded.block, disputed = excluded.disputed,
            supplier_statement_attached = excluded.supplier_statement_attached, preliminary = excluded.preliminary,
            responsible_address = excluded.responsible_address, notice_expires_at = excluded.notice_expires_at,
            changed_at = CASE WHEN to_jsonb(national_cases) - 'changed_at' = to_jsonb(excluded) - 'changed_at' THEN national_cases.changed_at ELSE excluded.changed_at END
        """)
    {
        Parameters =
        {
            Sql.Text(scope.Region),
            Sql.Uuid(s.CaseId),
            Sql.Uuid(s.SupplierId),
            Sql.Text(s.SupplierNumber),
            Sql.Text(s.SupplierName),
            Sql.Text(s.Category),
            Sql.Text(s.LadderVersion),
            Sql.Smallint(s.Step),
            Sql.Instant(s.StepSince),
            Sql.Text(StoreJson.Code(s.Trigger)),
            Sql.Json(s.Block),
            Sql.Boolean(s.Disputed),
            Sql.Boolean(s.SupplierStatementAttached),
            Sql.Boolean(s.Preliminary),
            Sql.Text(s.ResponsibleAddress),
            Sql.Instant(s.NoticeExpiresAt),
            Sql.Instant(changedAt),
        },
    };

    private static NpgsqlBatchCommand Delete(RegionScope scope, Guid caseId) => new("DELETE FROM national_cases WHERE region = $1 AND case_id = $2")
    {
        Parameters = { Sql.Text(scope.Region), Sql.Uuid(caseId) },
    };
}
