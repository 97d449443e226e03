using System.Data;
using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.National;

namespace RegionEscalation.Storage;

/// <summary>A stream whose replay says something else than what is stored of it.</summary>
/// <param name="Problem">What differs: <c>version</c>, <c>snapshot</c>, <c>columns</c>, <c>nationalRow</c>, <c>nationalPart</c> or <c>orphan</c>.</param>
public sealed record StreamMismatch(string Region, Guid StreamId, string StreamType, string Problem);

public sealed record VerificationReport(string Region, long Streams, long Events, IReadOnlyList<StreamMismatch> Mismatches);

/// <summary>Replays every stream of a region and compares it with its snapshot and its national row, on one snapshot of the database.</summary>
public sealed class StreamVerifier(string connectionString)
{
    private const int StreamsPerRound = 200;

    public async Task<VerificationReport> VerifyAsync(RegionScope scope, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using (var set = new NpgsqlCommand("SELECT set_config('app.region', $1, true), set_config('TimeZone', 'UTC', true)", connection) { Parameters = { Sql.Text(scope.Region) } })
            await set.ExecuteNonQueryAsync(cancellationToken);

        var mismatches = await OrphansAsync(connection, scope, cancellationToken);
        long streams = 0, events = 0;
        var after = Guid.Empty;
        while (true)
        {
            var round = await StreamsAsync(connection, scope, after, cancellationToken);
            if (round.Count == 0)
                return new VerificationReport(scope.Region, streams, events, mismatches);
            var replayed = await EventsAsync(connection, scope, [.. round.Select(s => s.Id)], cancellationToken);
            var register = await RegisterAsync(connection, scope, [.. round.Select(s => s.Id)], cancellationToken);
            foreach (var stream in round)
            {
                var own = replayed.GetValueOrDefault(stream.Id) ?? [];
                mismatches.AddRange(Compare(stream, own, register[stream.Id], scope.Region).Select(problem => new StreamMismatch(scope.Region, stream.Id, stream.Type, problem)));
                events += own.Count;
            }
            streams += round.Count;
            after = round[^1].Id;
        }
    }

    private static IEnumerable<string> Compare(Stream stream, List<StreamEvent> events, IEnumerable<(string Table, string Row)> register, string region)
    {
        if (!events.Select(e => e.Version).SequenceEqual(events.Select((_, i) => i + 1L)) || events.Count != stream.Version || stream.SnapshotVersion != stream.Version)
            yield return "version";
        var (snapshot, columns, signal, rows) = Replay(stream.Type, events);
        if (snapshot is null || stream.Snapshot is null || !SameJson(snapshot, stream.Snapshot))
            yield return "snapshot";
        // Without either side there is nothing to compare, and the snapshot has been reported.
        if (snapshot is not null && stream.Snapshot is not null && !stream.Columns.AsSpan().SequenceEqual(columns))
            yield return "columns";
        if (stream.National != signal)
            yield return "nationalRow";
        if (!SameRows([.. rows.Select(r => (r.Table, r.ToJson(region)))], [.. register.Select(r => (r.Table, JsonNode.Parse(r.Row)!.AsObject()))]))
            yield return "nationalPart";
    }

    /// <summary>In any order, and compared by what they say.</summary>
    private static bool SameRows((string Table, JsonObject Row)[] expected, (string Table, JsonObject Row)[] stored) =>
        expected.Length == stored.Length && expected.All(e => stored.Count(s => s.Table == e.Table && JsonNode.DeepEquals(s.Row, e.Row)) == 1);

    /// <returns>What the events make of the stream; nothing when they make no sense.</returns>
    private static (string? Snapshot, string?[] Columns, NationalSignal? Signal, NationalRow[] Rows) Replay(string type, List<StreamEvent> events)
    {
        try
        {
            var state = Streams.Replay(type, events.Select(e => (e.Type, e.Data)));
            return (state is null ? null : StoreJson.Write(state), Snapshots.Columns(state), NationalAccessPolicy.SignalOf(state as EscalationCase),
                NationalRegister.RowsOf(state));
        }
        // Damaged events fail in as many ways as there is code that reads them; one such stream must not hide the others.
        catch (Exception)
        {
            return (null, [], null, []);
        }
    }

    private static bool SameJson(string a, string b)
    {
        using var x = JsonDocument.Parse(a);
        using var y = JsonDocument.Parse(b);
        return JsonElement.DeepEquals(x.RootElement, y.RootElement);
    }

    private static async Task<List<Stream>> StreamsAsync(NpgsqlConnection connection, RegionScope scope, Guid after, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT s.id, s.type, s.version,
                CASE
                    WHEN c.id IS NOT NULL THEN ARRAY[c.step::text, c.state, c.supplier_id::text, c.contract_number, c.category,
                        extract(epoch FROM c.next_due)::text, extract(epoch FROM c.next_expiry)::text]
                    WHEN d.id IS NOT NULL THEN ARRAY[d.status, d.severity, d.supplier_id::text, d.contract_number, d.case_id::text, extract(epoch FROM d.occurred_at)::text,
                        d.unit, d.cause, d.topics, d.fault, extract(epoch FROM d.reported_at)::text, extract(epoch FROM d.assessed_at)::text, extract(epoch FROM d.handled_at)::text,
                        extract(epoch FROM d.analysed_at)::text, extract(epoch FROM d.fed_back_at)::text, extract(epoch FROM d.closed_at)::text,
                        (SELECT string_agg(x.system || '/' || x.external_id, ' ' ORDER BY (x.system || '/' || x.external_id) COLLATE "C")
                            FROM external_registrations x WHERE x.tenant_id = s.tenant_id AND x.deviation_id = s.id)]
                    WHEN k.id IS NOT NULL THEN ARRAY[k.number, k.supplier_id::text, k.category, k.title, k.valid_from::text, k.valid_until::text, k.ended::text, k.social_clause::text, x.words]
                    WHEN u.id IS NOT NULL THEN ARRAY[u.organisation_number, u.name, u.sole_trader::text, x.words]
                    WHEN w.id IS NOT NULL THEN ARRAY[w.state, w.supplier_id::text, w.contract_number, to_char(w.review_by, 'YYYY-MM-DD'), extract(epoch FROM w.lapses_at)::text]
                    ELSE ARRAY[]::text[]
                END,
                coalesce(c.data, d.data, k.data, u.data, l.data, w.data)::text, coalesce(c.mt_version, d.mt_version, k.mt_version, u.mt_version, l.mt_version, w.mt_version),
                n.case_id, n.supplier_id, n.supplier_number, n.supplier_name, n.category, n.ladder_version, n.step, n.step_since, n.trigger_code,
                n.block::text, n.disputed, n.supplier_statement_attached, n.preliminary, n.responsible_address, n.notice_expires_at
            FROM mt_streams s
            LEFT JOIN mt_doc_escalationcase c ON c.tenant_id = s.tenant_id AND c.id = s.id
            LEFT JOIN mt_doc_deviation d ON d.tenant_id = s.tenant_id AND d.id = s.id
            LEFT JOIN mt_doc_contract k ON k.tenant_id = s.tenant_id AND k.id = s.id
            LEFT JOIN mt_doc_supplier u ON u.tenant_id = s.tenant_id AND u.id = s.id
            LEFT JOIN LATERAL (SELECT string_agg(v.kind || ' ' || v.word, ',' ORDER BY v.kind, v.word) AS words FROM catalogue_words v
                WHERE v.tenant_id = s.tenant_id AND v.object_id = s.id) x ON true
            LEFT JOIN mt_doc_laddersettings l ON l.tenant_id = s.tenant_id AND l.id = s.id
            LEFT JOIN mt_doc_watchentry w ON w.tenant_id = s.tenant_id AND w.id = s.id
            LEFT JOIN national_cases n ON n.region = s.tenant_id AND n.case_id = s.id
            WHERE s.tenant_id = $1 AND s.id > $2 ORDER BY s.id LIMIT $3
            """, connection)
        {
            Parameters = { Sql.Text(scope.Region), Sql.Uuid(after), Sql.Integer(StreamsPerRound) },
        };
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        var streams = new List<Stream>();
        while (await r.ReadAsync(cancellationToken))
        {
            streams.Add(new Stream(r.GetGuid(0), r.GetString(1), r.GetInt64(2), r.GetFieldValue<string?[]>(3),
                r.IsDBNull(4) ? null : r.GetString(4), r.IsDBNull(5) ? null : r.GetInt64(5), r.IsDBNull(6) ? null : StoredRecord.SignalOf(r, 6)));
        }
        return streams;
    }

    private static async Task<Dictionary<Guid, List<StreamEvent>>> EventsAsync(
        NpgsqlConnection connection, RegionScope scope, Guid[] streams, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT stream_id, version, type, data FROM mt_events WHERE tenant_id = $1 AND stream_id = ANY($2) ORDER BY stream_id, version", connection)
        {
            Parameters = { Sql.Text(scope.Region), Sql.Array(streams, NpgsqlDbType.Uuid) },
        };
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        var events = new Dictionary<Guid, List<StreamEvent>>();
        while (await r.ReadAsync(cancellationToken))
        {
            if (!events.TryGetValue(r.GetGuid(0), out var own))
                events.Add(r.GetGuid(0), own = []);
            own.Add(new StreamEvent(r.GetInt64(1), r.GetString(2), r.GetString(3)));
        }
        return events;
    }

    /// <summary>The register's rows beside the signal, by stream.</summary>
    private static async Task<ILookup<Guid, (string Table, string Row)>> RegisterAsync(
        NpgsqlConnection connection, RegionScope scope, Guid[] streams, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT x.id, x.name, x.row FROM (
                SELECT 'national_notices', case_id, to_jsonb(t)::text FROM national_notices t WHERE region = $1 AND case_id = ANY($2)
                UNION ALL SELECT 'national_recipients', case_id, to_jsonb(t)::text FROM national_recipients t WHERE region = $1 AND case_id = ANY($2)
                UNION ALL SELECT 'national_disclosures', case_id, to_jsonb(t)::text FROM national_disclosures t WHERE region = $1 AND case_id = ANY($2)
                UNION ALL SELECT 'national_summaries', case_id, to_jsonb(t)::text FROM national_summaries t WHERE region = $1 AND case_id = ANY($2)
                UNION ALL SELECT 'national_course', case_id, to_jsonb(t)::text FROM national_course t WHERE region = $1 AND case_id = ANY($2)
                UNION ALL SELECT 'national_contracts', contract_id, to_jsonb(t)::text FROM national_contracts t WHERE region = $1 AND contract_id = ANY($2)
            ) AS x (name, id, row)
            """, connection)
        {
            Parameters = { Sql.Text(scope.Region), Sql.Array(streams, NpgsqlDbType.Uuid) },
        };
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<(Guid Id, string Table, string Row)>();
        while (await r.ReadAsync(cancellationToken))
            rows.Add((r.GetGuid(0), r.GetString(1), r.GetString(2)));
        return rows.ToLookup(x => x.Id, x => (x.Table, x.Row));
    }

    private static async Task<List<StreamMismatch>> OrphansAsync(NpgsqlConnection connection, RegionScope scope, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT x.id, x.type FROM (
                SELECT id, 'escalation_case' AS type FROM mt_doc_escalationcase WHERE tenant_id = $1
                UNION ALL SELECT id, 'deviation' FROM mt_doc_deviation WHERE tenant_id = $1
                UNION SELECT deviation_id, 'external_registration' FROM external_registrations WHERE tenant_id = $1
                UNION ALL SELECT id, 'contract' FROM mt_doc_contract WHERE tenant_id = $1
                UNION ALL SELECT id, 'supplier' FROM mt_doc_supplier WHERE tenant_id = $1
                UNION SELECT object_id, 'catalogue_words' FROM catalogue_words WHERE tenant_id = $1
                UNION ALL SELECT id, 'ladder_settings' FROM mt_doc_laddersettings WHERE tenant_id = $1
                UNION ALL SELECT id, 'watch_entry' FROM mt_doc_watchentry WHERE tenant_id = $1
                UNION ALL SELECT case_id, 'national_case' FROM national_cases WHERE region = $1
                UNION SELECT case_id, 'national_notice' FROM national_notices WHERE region = $1
                UNION SELECT case_id, 'national_recipient' FROM national_recipients WHERE region = $1
                UNION SELECT case_id, 'national_disclosure' FROM national_disclosures WHERE region = $1
                UNION SELECT case_id, 'national_summary' FROM national_summaries WHERE region = $1
                UNION SELECT case_id, 'national_course' FROM national_course WHERE region = $1
                UNION SELECT contract_id, 'national_contract' FROM national_contracts WHERE region = $1
            ) x
            WHERE NOT EXISTS (SELECT FROM mt_streams s WHERE s.tenant_id = $1 AND s.id = x.id)
            """, connection)
        {
            Parameters = { Sql.Text(scope.Region) },
        };
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        var orphans = new List<StreamMismatch>();
        while (await r.ReadAsync(cancellationToken))
            orphans.Add(new StreamMismatch(scope.Region, r.GetGuid(0), r.GetString(1), "orphan"));
        return orphans;
    }

    private sealed record StreamEvent(long Version, string Type, string Data);

    private sealed record Stream(Guid Id, string Type, long Version, string?[] Columns, string? Snapshot, long? SnapshotVersion, NationalSignal? National);
}
