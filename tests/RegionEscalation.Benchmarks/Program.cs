using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using RegionEscalation.Benchmarks;
using RegionEscalation.Host.Development;
using RegionEscalation.Storage;

// The cost of the platform as a ratio against its floor: the same rows written and read by hand-written, prepared SQL on the
// same server in the same run, in turns, so that a busy machine slows both. Bounded in time; loopback only.
// Usage: dotnet run -c Release --project tests/RegionEscalation.Benchmarks [seconds per turn, default 3] [turns, default 5; 0 for the import only]
// [contracts to import, default 100000; 0 for none]
var seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 3;
var turns = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
var contracts = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 100_000;
const int Workers = 4;
const string Region = "08";
const int Events = 1000;
const int FeedPage = 100;
var feedPath = $"/escalation/v1/regions/{Region}/changes?limit={FeedPage}";

var folder = Path.Combine(Path.GetTempPath(), "region-escalation-benchmark-" + Guid.NewGuid().ToString("N")[..12]);
await using var postgres = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { Folder = folder }, CancellationToken.None);
var passwords = new Dictionary<string, string>
{
    [DatabaseSetup.Owner] = postgres.Credentials.OwnerPassword,
    [DatabaseSetup.Application] = postgres.Credentials.AppPassword,
    [DatabaseSetup.National] = postgres.Credentials.NationalPassword,
};
string Connection(string login) => postgres.ConnectionString("benchmark", login, passwords[login]);
await DatabaseSetup.EnsureRolesAsync(postgres.SuperuserConnectionString("postgres"), passwords, CancellationToken.None);
await DatabaseSetup.EnsureDatabaseAsync(postgres.SuperuserConnectionString("postgres"), "benchmark", CancellationToken.None);

using var host = Process.Start(new ProcessStartInfo("dotnet", [typeof(EmbeddedPostgres).Assembly.Location])
{
    RedirectStandardOutput = true,
    Environment =
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Development",
        ["ASPNETCORE_URLS"] = "http://127.0.0.1:5097",
        ["ASPNETCORE_CONTENTROOT"] = AppContext.BaseDirectory,
        ["ConnectionStrings__Escalation"] = Connection(DatabaseSetup.Application),
        ["ConnectionStrings__EscalationNational"] = Connection(DatabaseSetup.National),
        ["ConnectionStrings__EscalationOwner"] = Connection(DatabaseSetup.Owner),
        ["RateLimit__Burst"] = "1000000",
        ["RateLimit__PerSecond"] = "1000000",
        ["Webhooks__AllowLoopback"] = "true",
    },
})!;
_ = host.StandardOutput.ReadToEndAsync();
try
{
    using var http = new HttpClient { BaseAddress = new Uri("http://127.0.0.1:5097") };
    await ReadyAsync(http);
    if (contracts > 0)
        await new RegionEscalation.Benchmarks.CatalogueImport(http.BaseAddress, host.Id, postgres.SuperuserConnectionString("benchmark"), client => TokenAsync(http, client)).CompareAsync(contracts);
    if (turns == 0)
        return 0;
    http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(http, "kalmar-decider"));
    await http.PutAsJsonAsync($"/escalation/v1/regions/{Region}/contracts/B-1", new
    {
        title = "Förbrukningsmaterial",
        supplier = new { organisationNumber = "5560160680", name = "Exempel AB" },
        category = "Sjukvårdsmaterial",
        ownerAddress = "avtal@region.example",
        clauses = Array.Empty<object>(),
    });
    var reported = await ReportAsync(http);
    var id = Guid.Parse((string)reported["id"]!);

    var settings = new NpgsqlConnectionStringBuilder(Connection(DatabaseSetup.Application)) { MaxAutoPrepare = 50, AutoPrepareMinUsages = 2, NoResetOnClose = true };
    await using var floor = NpgsqlDataSource.Create(settings);
    var snapshot = (string)(await ReadRawAsync(floor, id))!;

    // Before the writes by hand, which leave events in the log that no feed knows.
    for (var i = 2; i < Events; i++)
        await ReportAsync(http);
    if (!(await FeedAsync(http)).SequenceEqual(await ReadFeedRawAsync(floor)))
        throw new InvalidOperationException("The feed and the floor did not read the same page.");
    await CompareAsync($"a feed's page of {FeedPage}", () => http.GetStringAsync(feedPath), () => ReadFeedRawAsync(floor));
    await using (var receiver = await Receiver.StartAsync())
        await new WebhookDelivery(http.BaseAddress, await TokenAsync(http, "kalmar-integrator"), Region, receiver).CompareAsync(Events, turns);

    await CompareAsync("report a deviation (fetch + append)", () => ReportAsync(http), () => WriteRawAsync(floor, snapshot));
    await CompareAsync("get a deviation", () => http.GetStringAsync($"/escalation/v1/regions/{Region}/deviations/{id}"), () => ReadRawAsync(floor, id));
    return 0;
}
finally
{
    host.Kill();
    await host.WaitForExitAsync();
    await postgres.DisposeAsync();
    Directory.Delete(folder, recursive: true);
}

async Task<Guid[]> FeedAsync(HttpClient http)
{
    var page = await http.GetFromJsonAsync<JsonNode>(feedPath);
    return [.. page!["items"]!.AsArray().Select(e => (Guid)e!["id"]!)];
}

async Task CompareAsync<TPlatform, TFloor>(string name, Func<Task<TPlatform>> platform, Func<Task<TFloor>> byHand)
{
    await RateAsync(platform, 1);
    await RateAsync(byHand, 1);
    var ratios = new List<double>();
    for (var turn = 0; turn < turns; turn++)
        ratios.Add(await RateAsync(platform, seconds) / await RateAsync(byHand, seconds));
    ratios.Sort();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{name}: throughput over HTTP / by hand: median {ratios[turns / 2]:0.00}, min {ratios[0]:0.00}, max {ratios[^1]:0.00} ({turns} turns of {seconds} s, {Workers} workers)"));
}

async Task<double> RateAsync<T>(Func<Task<T>> operation, double duration)
{
    var watch = Stopwatch.StartNew();
    var counts = await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
    {
        var count = 0;
        for (; watch.Elapsed.TotalSeconds < duration; count++)
            await operation();
        return count;
    })));
    return counts.Sum() / watch.Elapsed.TotalSeconds;
}

static async Task<JsonNode> ReportAsync(HttpClient http)
{
    using var request = new HttpRequestMessage(HttpMethod.Post, $"/escalation/v1/regions/{Region}/deviations")
    {
        Content = JsonContent.Create(new
        {
            contractNumber = "B-1",
            requirementReference = "Bilaga 2, krav 4.1",
            description = "Sen leverans av sterila handskar.",
            occurredAt = "2026-03-02T09:15:00Z",
            reportedBy = "Operationsavdelning",
        }),
    };
    request.Headers.TryAddWithoutValidation("Idempotency-Key", Guid.NewGuid().ToString());
    using var response = await http.SendAsync(request);
    response.EnsureSuccessStatusCode();
    return (await response.Content.ReadFromJsonAsync<JsonNode>())!;
}

// What the platform's one fetch and one write come to, as SQL.
static async Task<int> WriteRawAsync(NpgsqlDataSource floor, string snapshot)
{
    var id = Guid.CreateVersion7();
    var now = DateTime.UtcNow;
    await using (var fetch = floor.CreateBatch())
    {
        Add(fetch, "SELECT set_config('app.region', $1, true)", Text(Region));
        Add(fetch, "SELECT data FROM mt_doc_contract WHERE tenant_id = $1 AND number = $2", Text(Region), Text("B-1"));
        Add(fetch, "SELECT body FROM idempotency_keys WHERE tenant_id = $1 AND client_id = $2 AND key = $3", Text(Region), Text("floor"), Text(id.ToString()));
        await using var reader = await fetch.ExecuteReaderAsync();
        do
        {
            while (await reader.ReadAsync())
                _ = reader.GetString(0);
        }
        while (await reader.NextResultAsync());
    }
    await using var write = floor.CreateBatch();
    Add(write, "SELECT set_config('app.region', $1, true)", Text(Region));
    Add(write, "INSERT INTO idempotency_keys (tenant_id, client_id, key, request_hash, status, body, created_at) VALUES ($1, $2, $3, $4, 201, $5, $6)",
        Text(Region), Text("floor"), Text(id.ToString()), Of(new byte[32], NpgsqlDbType.Bytea), Text(snapshot), Of(now, NpgsqlDbType.TimestampTz));
    Add(write, "INSERT INTO mt_streams (tenant_id, id, type, version, timestamp, created) VALUES ($1, $2, 'deviation', 1, $3, $3)",
        Text(Region), Of(id, NpgsqlDbType.Uuid), Of(now, NpgsqlDbType.TimestampTz));
    Add(write, "INSERT INTO mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id) VALUES (nextval('mt_events_sequence'), $1, $1, 1, $2, 'floor.v1', $3, $4)",
        Of(id, NpgsqlDbType.Uuid), Of(snapshot, NpgsqlDbType.Jsonb), Of(now, NpgsqlDbType.TimestampTz), Text(Region));
    Add(write,
        """
        INSERT INTO mt_doc_deviation (tenant_id, id, data, mt_last_modified, mt_version, status, supplier_id, contract_number, occurred_at)
        VALUES ($1, $2, $3, $4, 1, 'reported', $2, 'B-1', $4)
        """, Text(Region), Of(id, NpgsqlDbType.Uuid), Of(snapshot, NpgsqlDbType.Jsonb), Of(now, NpgsqlDbType.TimestampTz));
    return await write.ExecuteNonQueryAsync();
}

static async Task<string?> ReadRawAsync(NpgsqlDataSource floor, Guid id)
{
    await using var batch = floor.CreateBatch();
    Add(batch, "SELECT set_config('app.region', $1, true)", Text(Region));
    Add(batch, "SELECT data FROM mt_doc_deviation WHERE tenant_id = $1 AND id = $2", Text(Region), Of(id, NpgsqlDbType.Uuid));
    await using var reader = await batch.ExecuteReaderAsync();
    await reader.NextResultAsync();
    return await reader.ReadAsync() ? reader.GetString(0) : null;
}

// The first page of the region's log, whole, in the order and up to the bound of the feed.
static async Task<List<Guid>> ReadFeedRawAsync(NpgsqlDataSource floor)
{
    await using var batch = floor.CreateBatch();
    Add(batch, "SELECT set_config('app.region', $1, true)", Text(Region));
    Add(batch,
        """
        SELECT * FROM mt_events WHERE tenant_id = $1 AND (transaction_id, seq_id) > ($2, $3) AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY transaction_id, seq_id LIMIT 100
        """, Text(Region), Of(0UL, NpgsqlDbType.Xid8), Of(0L, NpgsqlDbType.Bigint));
    await using var reader = await batch.ExecuteReaderAsync();
    await reader.NextResultAsync();
    var (ids, columns) = (new List<Guid>(FeedPage), new object[reader.FieldCount]);
    while (await reader.ReadAsync())
    {
        reader.GetValues(columns);
        ids.Add(reader.GetGuid(1));
    }
    return ids;
}

static void Add(NpgsqlBatch batch, string sql, params NpgsqlParameter[] parameters)
{
    var command = new NpgsqlBatchCommand(sql);
    foreach (var parameter in parameters)
        command.Parameters.Add(parameter);
    batch.BatchCommands.Add(command);
}

static NpgsqlParameter Text(string value) => Of(value, NpgsqlDbType.Varchar);

static NpgsqlParameter Of(object value, NpgsqlDbType type) => new() { Value = value, NpgsqlDbType = type };

static async Task ReadyAsync(HttpClient http)
{
    for (var attempt = 0; attempt < 200; attempt++)
    {
        try
        {
            if ((await http.GetAsync(new Uri("/health/ready", UriKind.Relative))).IsSuccessStatusCode)
                return;
        }
        catch (HttpRequestException)
        {
            // Not listening yet.
        }
        await Task.Delay(100);
    }
    throw new TimeoutException("The host did not become ready within 20 s.");
}

static async Task<string> TokenAsync(HttpClient http, string client)
{
    using var form = new FormUrlEncodedContent(new Dictionary<string, string>
    {
        ["grant_type"] = "client_credentials",
        ["client_id"] = client,
        ["client_secret"] = "development-only",
    });
    using var response = await http.PostAsync(new Uri("/development-identity/token", UriKind.Relative), form);
    response.EnsureSuccessStatusCode();
    return (string)(await response.Content.ReadFromJsonAsync<JsonNode>())!["access_token"]!;
}
