using System.Globalization;
using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.National;

namespace RegionEscalation.Storage;

/// <summary>A row of the register as it should be, without its region.</summary>
internal sealed record NationalRow(string Table, params (string Column, object? Value, NpgsqlDbType Type)[] Columns)
{
    /// <summary>As <c>to_jsonb</c> writes it.</summary>
    public JsonObject ToJson(string region)
    {
        var json = new JsonObject { ["region"] = region };
        foreach (var (column, value, _) in Columns)
        {
            json[column] = value switch
            {
                null => null,
                string[] texts => new JsonArray([.. texts.Select(t => (JsonNode)t)]),
                DateTimeOffset instant => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'+00:00'", CultureInfo.InvariantCulture),
                DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                Guid id => id.ToString(),
                bool flag => flag,
                int number => number,
                SignalledBlock block => JsonNode.Parse(StoreJson.Write(block)),
                _ => value.ToString(),
            };
        }
        return json;
    }
}

/// <summary>
/// The owning region's side of the national register: filled and emptied in the transaction of the event, which also tells the national change feed of it.
/// </summary>
internal static class NationalRegister
{
    public const string Cases = "national_cases";
    public const string Contracts = "national_contracts";

    /// <summary>The tables that hold the parts of a case's record.</summary>
    public static IReadOnlyList<string> Parts { get; } =
        ["national_notices", "national_recipients", "national_disclosures", "national_summaries", "national_course"];

    /// <summary>The changes to write: none when nothing that the others see has changed.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Changes(RegionScope scope, EscalationCase? before, EscalationCase after)
    {
        var (was, becomes) = (NationalAccessPolicy.RecordOf(before), NationalAccessPolicy.RecordOf(after));
        if (was.Signal != becomes.Signal)
            yield return Signal(scope, becomes.Signal, after.Id, after.UpdatedAt);
        var (rowsBefore, rowsAfter) = (before is null ? [] : RowsOf(before, was), RowsOf(after, becomes));
        foreach (var table in Parts)
        {
            var (old, rows) = (InTable(rowsBefore, table), InTable(rowsAfter, table));
            if (old.Select(r => r.ToJson(scope.Region)).Zip(rows.Select(r => r.ToJson(scope.Region)), JsonNode.DeepEquals).All(same => same) && old.Length == rows.Length)
                continue;
            foreach (var command in Replace(scope, table, "case_id", after.Id, old.Length > 0, rows))
                yield return command;
        }
        foreach (var command in Tell(scope, before is null ? was : NationalChanges.InForce(was, before.UpdatedAt), becomes, after.Id, after.UpdatedAt))
            yield return command;
    }

    /// <summary>The changes to write of many contracts at once: none of those of which the others see what they saw.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Changes(RegionScope scope, IReadOnlyCollection<(Contract? Before, Contract After)> contracts)
    {
        var changed = contracts.Select(k => (k.After.Id, Was: k.Before is null ? null : ConcernOf(k.Before), Becomes: ConcernOf(k.After))).Where(k => k.Was != k.Becomes).ToArray();
        var gone = changed.Where(k => k.Was is not null).Select(k => k.Id).ToArray();
        if (gone.Length > 0)
            yield return new NpgsqlBatchCommand("DELETE FROM national_contracts WHERE region = $1 AND contract_id = ANY ($2)")
            {
                Parameters = { Sql.Text(scope.Region), Sql.Array(gone, NpgsqlDbType.Uuid) },
            };
        var there = changed.Where(k => k.Becomes is not null).ToArray();
        if (there.Length > 0)
            yield return new NpgsqlBatchCommand(
                """
                INSERT INTO national_contracts (region, contract_id, supplier_number, valid_until)
                SELECT $1, k.id, k.supplier_number, k.valid_until FROM unnest($2, $3, $4) AS k (id, supplier_number, valid_until)
                """)
            {
                Parameters =
                {
                    Sql.Text(scope.Region),
                    Sql.Array(there.Select(k => k.Id), NpgsqlDbType.Uuid),
                    Sql.Array(there.Select(k => k.Becomes!.SupplierNumber), NpgsqlDbType.Varchar),
                    Sql.Array(there.Select(k => k.Becomes!.ValidUntil), NpgsqlDbType.Date),
                },
            };
    }

    /// <summary>The rows as they should be, whatever is there; the signal counts as changed only if it was another, and what agrees is not told of.</summary>
    /// <param name="stored">What is there.</param>
    public static IEnumerable<NpgsqlBatchCommand> Write(RegionScope scope, EscalationCase c, NationalRecord stored, DateTimeOffset now)
    {
        var record = NationalAccessPolicy.RecordOf(c);
        var rows = RowsOf(c, record);
        return
        [
            Signal(scope, record.Signal, c.Id, now), .. Parts.SelectMany(table => Replace(scope, table, "case_id", c.Id, true, InTable(rows, table))),
            .. Tell(scope, stored, record, c.Id, now),
        ];
    }

    /// <inheritdoc cref="Write(RegionScope, EscalationCase, NationalRecord, DateTimeOffset)"/>
    public static IEnumerable<NpgsqlBatchCommand> Write(RegionScope scope, Contract contract) => Replace(scope, Contracts, "contract_id", contract.Id, true, RowsOf(contract));

    /// <summary>What the register should hold of the state beside the signal, in the order of <see cref="Parts"/>.</summary>
    public static NationalRow[] RowsOf(object? state) => state switch
    {
        EscalationCase c => RowsOf(c, NationalAccessPolicy.RecordOf(c)),
        Contract k => RowsOf(k),
        _ => [],
    };

    private static NationalRow[] RowsOf(Contract contract) => ConcernOf(contract) is not { } concern ? [] :
    [
        new(Contracts,
            ("contract_id", contract.Id, NpgsqlDbType.Uuid),
            ("supplier_number", concern.SupplierNumber, NpgsqlDbType.Varchar),
            ("valid_until", concern.ValidUntil, NpgsqlDbType.Date)),
    ];

    /// <summary>By what a contract makes its region one that is concerned by the supplier; nothing of a sole trader's, and of one that has ended.</summary>
    private static Concern? ConcernOf(Contract contract) => contract.EndedAt is not null || contract.Content.Supplier.IsNaturalPerson()
        ? null
        : new(contract.Content.Supplier.OrganisationNumber, contract.Content.ValidUntil);

    private sealed record Concern(string SupplierNumber, DateOnly? ValidUntil);

    private static NationalRow[] RowsOf(EscalationCase c, NationalRecord record) =>
    [
        .. record.Notice is { } n ? new[] { NoticeRow(c, n) } : [],
        .. record.Recipients.Select(recipient => new NationalRow("national_recipients",
            ("case_id", c.Id, NpgsqlDbType.Uuid),
            ("recipient", recipient, NpgsqlDbType.Varchar),
            ("notice_id", record.Notice!.NoticeId, NpgsqlDbType.Uuid),
            ("supplier_number", record.Notice.Payload.SupplierNumber, NpgsqlDbType.Varchar))),
        .. record.Disclosures.Select(d => new NationalRow("national_disclosures",
            ("case_id", c.Id, NpgsqlDbType.Uuid),
            ("decision_id", d.DecisionId, NpgsqlDbType.Uuid),
            ("recipient", d.Recipient, NpgsqlDbType.Varchar),
            ("basis", StoreJson.Code(d.Basis), NpgsqlDbType.Varchar),
            ("expires_at", d.ExpiresAt, NpgsqlDbType.TimestampTz))),
        .. record.Summary is { } s ? new[] { SummaryRow(c, s) } : [],
        .. record.Course.Select(v => new NationalRow("national_course",
            ("case_id", c.Id, NpgsqlDbType.Uuid),
            ("visit", v.Visit, NpgsqlDbType.Integer),
            ("step", v.Step, NpgsqlDbType.Smallint),
            ("entered_at", v.EnteredAt, NpgsqlDbType.TimestampTz),
            ("trigger_code", StoreJson.Code(v.Trigger), NpgsqlDbType.Varchar),
            ("left_at", v.LeftAt, NpgsqlDbType.TimestampTz),
            ("left_by", v.LeftBy is { } by ? StoreJson.Code(by) : null, NpgsqlDbType.Varchar),
            ("category", c.Contract.Category, NpgsqlDbType.Varchar))),
    ];

    private static NationalRow NoticeRow(EscalationCase c, SentNotice n) => new("national_notices",
        ("case_id", c.Id, NpgsqlDbType.Uuid),
        ("notice_id", n.NoticeId, NpgsqlDbType.Uuid),
        ("number", n.Number, NpgsqlDbType.Integer),
        ("kind", StoreJson.Code(n.Kind), NpgsqlDbType.Varchar),
        ("issued_at", n.IssuedAt, NpgsqlDbType.TimestampTz),
        ("remind_at", n.RemindAt, NpgsqlDbType.TimestampTz),
        ("expires_at", n.ExpiresAt, NpgsqlDbType.TimestampTz),
        ("provisional", n.Provisional, NpgsqlDbType.Boolean),
        ("supplier_id", n.Payload.SupplierId, NpgsqlDbType.Uuid),
        ("supplier_number", n.Payload.SupplierNumber, NpgsqlDbType.Varchar),
        ("supplier_name", n.Payload.SupplierName, NpgsqlDbType.Varchar),
        ("category", n.Payload.Category, NpgsqlDbType.Varchar),
        ("ladder_version", n.Payload.LadderVersion, NpgsqlDbType.Varchar),
        ("step", n.Payload.Step, NpgsqlDbType.Smallint),
        ("step_since", n.Payload.StepSince, NpgsqlDbType.TimestampTz),
        ("trigger_code", n.Payload.Trigger is { } trigger ? StoreJson.Code(trigger) : null, NpgsqlDbType.Varchar),
        ("block", n.Payload.Block, NpgsqlDbType.Jsonb),
        ("disputed", n.Payload.Disputed, NpgsqlDbType.Boolean),
        ("supplier_statement_attached", n.Payload.SupplierStatementAttached, NpgsqlDbType.Boolean),
        ("responsible_address", n.Payload.ResponsibleAddress, NpgsqlDbType.Varchar));

    private static NationalRow SummaryRow(EscalationCase c, NationalSummary s) => new("national_summaries",
        ("case_id", c.Id, NpgsqlDbType.Uuid),
        ("consequence_areas", Codes(s.ConsequenceAreas), NpgsqlDbType.Array | NpgsqlDbType.Varchar),
        ("deviations", s.Deviations, NpgsqlDbType.Integer),
        ("serious_deviations", s.SeriousDeviations, NpgsqlDbType.Integer),
        ("plan_status", s.PlanStatus is { } status ? StoreJson.Code(status) : null, NpgsqlDbType.Varchar),
        ("sanctions", Codes(s.Sanctions), NpgsqlDbType.Array | NpgsqlDbType.Varchar),
        ("return_criteria", s.ReturnCriteria.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text),
        ("supplier_statements", s.SupplierStatements.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text));

    private static IEnumerable<NpgsqlBatchCommand> Tell(RegionScope scope, NationalRecord before, NationalRecord after, Guid caseId, DateTimeOffset at) =>
        NationalChanges.Between(before, after, at).Select(change => new NpgsqlBatchCommand(
            "INSERT INTO national_changes (id, region, kind, object_id, notice_id, type, audience, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        {
            Parameters =
            {
                Sql.Uuid(Guid.CreateVersion7()),
                Sql.Text(scope.Region),
                Sql.Text(change.NoticeId is null ? "case" : "notice"),
                Sql.Uuid(caseId),
                Sql.Uuid(change.NoticeId),
                Sql.Text(change.Type),
                Sql.Array(change.Audience, NpgsqlDbType.Varchar),
                Sql.Instant(at),
            },
        });

    private static string[] Codes<T>(IEnumerable<T> values) where T : struct, Enum => [.. values.Select(StoreJson.Code)];

    private static NationalRow[] InTable(NationalRow[] rows, string table) => [.. rows.Where(r => r.Table == table)];

    /// <summary>The texts are put together from the names above; every value is a parameter.</summary>
    private static IEnumerable<NpgsqlBatchCommand> Replace(RegionScope scope, string table, string key, Guid id, bool delete, NationalRow[] rows)
    {
        if (delete)
            yield return new NpgsqlBatchCommand(string.Join(' ', "DELETE FROM", table, "WHERE region = $1 AND", key, "= $2"))
            {
                Parameters = { Sql.Text(scope.Region), Sql.Uuid(id) },
            };
        foreach (var row in rows)
        {
            var insert = new NpgsqlBatchCommand(string.Join(' ', "INSERT INTO", table, "(region,", string.Join(", ", row.Columns.Select(c => c.Column)), ") VALUES ($1,",
                string.Join(", ", row.Columns.Select((_, i) => "$" + (i + 2))), ")"))
            {
                Parameters = { Sql.Text(scope.Region) },
            };
            foreach (var (_, value, type) in row.Columns)
                insert.Parameters.Add(Sql.Of(value, type));
            yield return insert;
        }
    }

    private static NpgsqlBatchCommand Signal(RegionScope scope, NationalSignal? signal, Guid caseId, DateTimeOffset now) =>
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
