using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;

namespace RegionEscalation.Benchmarks;

/// <summary>
/// A catalogue sent to the platform as NDJSON, from its first byte until the job is finished, against what PostgreSQL needs at least: the rows that it has become,
/// copied out beforehand, by COPY into staging tables and one INSERT … SELECT … ON CONFLICT a table, in one transaction, into another region of the same tables.
/// Then once more while people of another region work, whose requests must not feel it.
/// </summary>
/// <param name="platform">Where the host answers.</param>
/// <param name="process">The host's process.</param>
/// <param name="database">A login that row level security does not hold; COPY cannot be had with it.</param>
/// <param name="tokenOf">A token of a development client.</param>
internal sealed class CatalogueImport(Uri platform, int process, string database, Func<string, Task<string>> tokenOf)
{
    private const int ContractsPerSupplier = 20;
    private static readonly TimeSpan AtTheLongest = TimeSpan.FromMinutes(20);

    /// <summary>What an import writes and keeps; the region of the rows is 13 where they are copied from and 14 where they are put.</summary>
    private static readonly Table[] Tables =
    [
        new(
            "COPY (SELECT id, type, version, timestamp, created FROM mt_streams WHERE tenant_id = '13' AND type IN ('supplier', 'contract')) TO STDOUT (FORMAT binary)",
            "CREATE TEMP TABLE s_streams ON COMMIT DROP AS SELECT id, type, version, timestamp, created FROM mt_streams WITH NO DATA",
            "COPY s_streams FROM STDIN (FORMAT binary)",
            "INSERT INTO mt_streams (tenant_id, id, type, version, timestamp, created) SELECT '14', s.* FROM s_streams s ON CONFLICT DO NOTHING"),
        new(
            """
            COPY (SELECT e.id, e.stream_id, e.version, e.data, e.type, e.timestamp, e.correlation_id, e.causation_id, e.user_name FROM mt_events e
                JOIN mt_streams s ON s.tenant_id = e.tenant_id AND s.id = e.stream_id WHERE e.tenant_id = '13' AND s.type IN ('supplier', 'contract')) TO STDOUT (FORMAT binary)
            """,
            "CREATE TEMP TABLE s_events ON COMMIT DROP AS SELECT id, stream_id, version, data, type, timestamp, correlation_id, causation_id, user_name FROM mt_events WITH NO DATA",
            "COPY s_events FROM STDIN (FORMAT binary)",
            """
            INSERT INTO mt_events (tenant_id, seq_id, id, stream_id, version, data, type, timestamp, correlation_id, causation_id, user_name)
            SELECT '14', nextval('mt_events_sequence'), s.* FROM s_events s ON CONFLICT DO NOTHING
            """),
        new(
            "COPY (SELECT id, data, mt_last_modified, mt_version, organisation_number, name FROM mt_doc_supplier WHERE tenant_id = '13') TO STDOUT (FORMAT binary)",
            "CREATE TEMP TABLE s_suppliers ON COMMIT DROP AS SELECT id, data, mt_last_modified, mt_version, organisation_number, name FROM mt_doc_supplier WITH NO DATA",
            "COPY s_suppliers FROM STDIN (FORMAT binary)",
            """
            INSERT INTO mt_doc_supplier (tenant_id, id, data, mt_last_modified, mt_version, organisation_number, name) SELECT '14', s.* FROM s_suppliers s
            ON CONFLICT (tenant_id, id) DO UPDATE SET data = excluded.data, mt_last_modified = excluded.mt_last_modified, mt_version = excluded.mt_version,
                organisation_number = excluded.organisation_number, name = excluded.name
            """),
        new(
            """
            COPY (SELECT id, data, mt_last_modified, mt_version, number, supplier_id, category, title, valid_until, ended, social_clause FROM mt_doc_contract
                WHERE tenant_id = '13') TO STDOUT (FORMAT binary)
            """,
            """
            CREATE TEMP TABLE s_contracts ON COMMIT DROP AS SELECT id, data, mt_last_modified, mt_version, number, supplier_id, category, title, valid_until, ended, social_clause
            FROM mt_doc_contract WITH NO DATA
            """,
            "COPY s_contracts FROM STDIN (FORMAT binary)",
            """
            INSERT INTO mt_doc_contract (tenant_id, id, data, mt_last_modified, mt_version, number, supplier_id, category, title, valid_until, ended, social_clause)
            SELECT '14', s.* FROM s_contracts s
            ON CONFLICT (tenant_id, id) DO UPDATE SET data = excluded.data, mt_last_modified = excluded.mt_last_modified, mt_version = excluded.mt_version,
                number = excluded.number, supplier_id = excluded.supplier_id, category = excluded.category, title = excluded.title,
                valid_until = excluded.valid_until, ended = excluded.ended, social_clause = excluded.social_clause
            """),
        new(
            "COPY (SELECT kind, word, object_id FROM catalogue_words WHERE tenant_id = '13') TO STDOUT (FORMAT binary)",
            "CREATE TEMP TABLE s_words ON COMMIT DROP AS SELECT kind, word, object_id FROM catalogue_words WITH NO DATA",
            "COPY s_words FROM STDIN (FORMAT binary)",
            "INSERT INTO catalogue_words (tenant_id, kind, word, object_id) SELECT '14', s.* FROM s_words s ON CONFLICT DO NOTHING"),
        new(
            "COPY (SELECT contract_id, supplier_number, valid_until FROM national_contracts WHERE region = '13') TO STDOUT (FORMAT binary)",
            "CREATE TEMP TABLE s_national ON COMMIT DROP AS SELECT contract_id, supplier_number, valid_until FROM national_contracts WITH NO DATA",
            "COPY s_national FROM STDIN (FORMAT binary)",
            "INSERT INTO national_contracts (region, contract_id, supplier_number, valid_until) SELECT '14', s.* FROM s_national s ON CONFLICT DO NOTHING"),
    ];

    public async Task CompareAsync(int contracts)
    {
        using var halland = await ClientAsync("halland-handler");
        using var skane = await ClientAsync("skane-handler");
        using var kalmar = await ClientAsync("kalmar-decider");
        var work = await WorkAsync(kalmar, "08");
        // Code is compiled and pools are filled before anything is measured.
        await ImportAsync(kalmar, "08", FileOf("W", Math.Min(contracts, 2000)));
        await LatenciesAsync(work, Task.Delay(TimeSpan.FromSeconds(2)));

        var file = FileOf("RK", contracts);
        var rows = contracts + (contracts / ContractsPerSupplier);
        var before = WorkingSet();
        using var ended = new CancellationTokenSource();
        var most = MostWorkingSetAsync(ended.Token);
        var (taken, finished) = await ImportAsync(halland, "13", file);
        await ended.CancelAsync();
        var atMost = await most;
        var floor = await FloorAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"catalogue import of {contracts} contracts and {contracts / ContractsPerSupplier} suppliers ({file.Length / rows} bytes a row): rate / COPY and INSERT … SELECT: {floor / finished.TotalSeconds:0.00} "
            + $"({rows / finished.TotalSeconds:0} rows/s, of {finished.TotalSeconds:0.0} s the file took {taken.TotalSeconds:0.0}; the floor {rows / floor:0} rows/s)"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"catalogue import: working set of the host {before / 1024 / 1024} MB before, {atMost / 1024 / 1024} MB at the most: {(atMost - before) / 1024 / 1024} MB more"));

        var quiet = await LatenciesAsync(work, Task.Delay(finished > TimeSpan.FromSeconds(10) ? finished : TimeSpan.FromSeconds(10)));
        var busy = await LatenciesAsync(work, ImportAsync(skane, "12", file));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"catalogue import: p99 of another region's requests {quiet.P99.TotalMilliseconds:0.0} ms before ({quiet.Count} requests), {busy.P99.TotalMilliseconds:0.0} ms during ({busy.Count} requests): "
            + $"{busy.P99 / quiet.P99:0.00} times"));
    }

    /// <returns>Until the file was taken in, and until its job was finished.</returns>
    private static async Task<(TimeSpan Taken, TimeSpan Finished)> ImportAsync(HttpClient http, string region, byte[] file)
    {
        using var content = new ByteArrayContent(file) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-ndjson") } };
        var started = Stopwatch.GetTimestamp();
        using var answer = await http.PostAsync($"/escalation/v1/regions/{region}/catalogue-imports", content);
        var taken = Stopwatch.GetElapsedTime(started);
        var job = await BodyAsync(answer);
        while ((string?)job["state"] is "queued" or "applying")
        {
            if (Stopwatch.GetElapsedTime(started) > AtTheLongest)
                throw new TimeoutException($"The import is {job["state"]} after {AtTheLongest}.");
            await Task.Delay(50);
            using var state = await http.GetAsync(new Uri((string)job["_links"]!["self"]!["href"]!));
            job = await BodyAsync(state);
        }
        return (string?)job["state"] == "finished" ? (taken, Stopwatch.GetElapsedTime(started)) : throw new InvalidOperationException($"The import did not finish: {job.ToJsonString()}");
    }

    /// <returns>Seconds.</returns>
    private async Task<double> FloorAsync()
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        var copies = new List<byte[]>();
        foreach (var table in Tables)
        {
            using var copy = new MemoryStream();
            await using (var from = await connection.BeginRawBinaryCopyAsync(table.CopyOut))
                await from.CopyToAsync(copy);
            copies.Add(copy.ToArray());
        }

        var started = Stopwatch.GetTimestamp();
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var (table, copy) in Tables.Zip(copies))
        {
            await ExecuteAsync(connection, table.Stage);
            await using (var into = await connection.BeginRawBinaryCopyAsync(table.CopyIn))
                await into.WriteAsync(copy);
            await ExecuteAsync(connection, table.Insert);
        }
        await transaction.CommitAsync();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;

        await using var count = new NpgsqlCommand(
            "SELECT count(*) FILTER (WHERE tenant_id = '13') = count(*) FILTER (WHERE tenant_id = '14') AND count(*) FILTER (WHERE tenant_id = '14') > 0 FROM mt_doc_contract", connection);
        return await count.ExecuteScalarAsync() is true ? seconds : throw new InvalidOperationException("The floor did not load what the platform did.");
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>What people do meanwhile: they report a deviation, and they look at a case.</summary>
    private static async Task<Func<Task>[]> WorkAsync(HttpClient http, string region)
    {
        var path = $"/escalation/v1/regions/{region}";
        using var put = await http.PutAsJsonAsync($"{path}/contracts/B-2", new
        {
            title = "Förbrukningsmaterial",
            supplier = new { organisationNumber = "5560160680", name = "Exempel AB" },
            category = "Sjukvårdsmaterial",
            ownerAddress = "avtal@region.example",
            clauses = Array.Empty<object>(),
        });
        await BodyAsync(put);
        var deviation = await ReportAsync();
        await PostAsync($"deviations/{deviation["id"]}/assessments", new
        {
            severity = "deviation",
            consequenceAreas = Array.Empty<string>(),
            causedBy = "supplier",
            assessor = "Inköpsstrateg",
            motivation = "Patienter fick vänta på planerade operationer och vårdplatser stod tomma.",
        }, "\"1\"");
        var opened = await PostAsync("cases", new
        {
            contractNumber = "B-2",
            trigger = "singleDeviation",
            toStep = 0,
            evidence = new[] { new { kind = "deviation", id = (string)deviation["id"]! } },
            motivation = "Underlaget visar att leveranserna inte blivit bättre; verksamheten påverkas fortfarande.",
            decidedBy = new { function = "Inköpsavdelningens chef", level = "contractOwner" },
        });
        var address = $"{path}/cases/{opened["id"]}";
        return [ReportAsync, () => http.GetStringAsync(address)];

        Task<JsonNode> ReportAsync() => PostAsync("deviations", new
        {
            contractNumber = "B-2",
            requirementReference = "Bilaga 2, krav 4.1",
            description = "Sen leverans av sterila handskar.",
            occurredAt = "2026-03-02T09:15:00Z",
            reportedBy = "Operationsavdelning",
        });

        async Task<JsonNode> PostAsync(string resource, object body, string? version = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{path}/{resource}") { Content = JsonContent.Create(body) };
            request.Headers.TryAddWithoutValidation("Idempotency-Key", Guid.NewGuid().ToString());
            request.Headers.TryAddWithoutValidation("If-Match", version);
            using var answer = await http.SendAsync(request);
            return await BodyAsync(answer);
        }
    }

    /// <summary>Two people who pause between their requests, until the task is done.</summary>
    private static async Task<(TimeSpan P99, int Count)> LatenciesAsync(Func<Task>[] work, Task until)
    {
        var latencies = new ConcurrentBag<TimeSpan>();
        await Task.WhenAll(Enumerable.Range(0, 2).Select(worker => Task.Run(async () =>
        {
            for (var i = worker; !until.IsCompleted; i++)
            {
                var started = Stopwatch.GetTimestamp();
                await work[i % work.Length]();
                latencies.Add(Stopwatch.GetElapsedTime(started));
                await Task.Delay(10);
            }
        })));
        await until;
        var sorted = latencies.Order().ToArray();
        return (sorted[(int)(sorted.Length * 0.99)], sorted.Length);
    }

    private async Task<long> MostWorkingSetAsync(CancellationToken ended)
    {
        var most = 0L;
        while (!ended.IsCancellationRequested)
        {
            most = Math.Max(most, WorkingSet());
            await Task.Delay(50, CancellationToken.None);
        }
        return most;
    }

    /// <returns>Bytes of the host in memory.</returns>
    private long WorkingSet() => 1024 * long.Parse(
        File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    private async Task<HttpClient> ClientAsync(string client) => new()
    {
        BaseAddress = platform,
        Timeout = AtTheLongest,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", await tokenOf(client)) },
    };

    private static async Task<JsonNode> BodyAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new InvalidOperationException($"{answer.RequestMessage!.RequestUri} was answered {answer.StatusCode}: {text}");
    }

    /// <summary>Suppliers first, then contracts, of whom each supplier has its share.</summary>
    private static byte[] FileOf(string prefix, int contracts)
    {
        using var file = new MemoryStream();
        var suppliers = Math.Max(1, contracts / ContractsPerSupplier);
        for (var i = 0; i < suppliers; i++)
            Write(new { supplier = new { name = SupplierOf(i), organisationNumber = NumberOf(i), group = $"Exempelkoncernen {i / 10}" } });
        for (var i = 0; i < contracts; i++)
            Write(new
            {
                contractNumber = $"{prefix}-2026-{i:000000}",
                contract = new
                {
                    title = $"Förbrukningsmaterial för operation, område {i % 100}, del {i % 7}",
                    supplier = new { organisationNumber = NumberOf(i % suppliers), name = SupplierOf(i % suppliers) },
                    category = $"Sjukvårdsmaterial {i % 40}",
                    ownerAddress = $"avtal{i % 50}@region.example",
                    clauses = new[] { new { type = "penalty", reference = "7.3" }, new { type = "rescission", reference = "12.1" } },
                    validFrom = "2026-01-01",
                    validUntil = "2028-12-31",
                    cpv = new[] { $"33{i % 1_000_000:000000}" },
                    ownerFunction = "Avtalscontroller",
                    socialClause = i % 3 == 0,
                    value = new { amount = 125_000.50m + i, currency = "SEK" },
                },
            });
        return file.ToArray();

        void Write(object line)
        {
            JsonSerializer.Serialize(file, line);
            file.WriteByte((byte)'\n');
        }
    }

    private static string SupplierOf(int i) => $"Exempel Sjukvårdsmaterial nr {i} AB";

    /// <summary>Ten digits, the last of which is the check digit.</summary>
    private static string NumberOf(int i)
    {
        var digits = $"556{i:000000}";
        var sum = digits.Select((c, at) => (c - '0') * (at % 2 == 0 ? 2 : 1)).Sum(product => product > 9 ? product - 9 : product);
        return digits + ((10 - (sum % 10)) % 10).ToString(CultureInfo.InvariantCulture);
    }

    private sealed record Table(string CopyOut, string Stage, string CopyIn, string Insert);
}
