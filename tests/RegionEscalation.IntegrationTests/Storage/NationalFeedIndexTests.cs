using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RegionEscalation.Feeds;

namespace RegionEscalation.IntegrationTests.Storage;

/// <summary>
/// The national feed is read through indexes, under row level security and with the national login. The server itself writes the plans of what was
/// really sent into its log.
/// </summary>
public sealed partial class NationalFeedIndexTests
{
    private const int Rows = 30_000;
    private TestHost _host = null!;

    private static string Log => Path.Combine(TestCluster.Folder, "postgres.log");

    private IChangeFeed Feed => _host.Services.GetServices<IChangeFeed>().Single(f => f.Api == "national");

    [OneTimeSetUp]
    public async Task SeedAsync()
    {
        var database = await TestCluster.CreateAsync();
        await database.ScalarAsync(
            $"""
            INSERT INTO national_changes (seq_id, id, region, kind, object_id, type, audience, at, transaction_id)
                SELECT n, lpad(to_hex(n), 32, '0')::uuid, CASE WHEN n % 2 = 0 THEN '08' ELSE '13' END, 'case', lpad(to_hex(n), 32, '0')::uuid, 'national-case-appeared.v1',
                    ARRAY['regions', 'coordination', 'nationalOffice'], now() - ({Rows} - n) * INTERVAL '1 minute', (n / 3 + 1)::text::xid8 FROM generate_series(1, {Rows}) n;
            INSERT INTO national_cases SELECT region, object_id, object_id, n::text, 'Ett bolag', 'K', '2026', 3, now(), 'planWithoutEffect', NULL, false, false, true, 'a@region.example', NULL, now()
                FROM national_changes, LATERAL (SELECT seq_id AS n) AS s;
            """);
        await database.ScalarAsync("VACUUM ANALYZE");
        foreach (var setting in new[] { "session_preload_libraries = 'auto_explain'", "auto_explain.log_min_duration = 0", "auto_explain.log_verbose = off" })
            await database.ScalarAsync($"ALTER DATABASE {database.Name} SET {setting}");
        _host = await TestHost.StartAsync(
            new() { ["ConnectionStrings:EscalationNational"] = new NpgsqlConnectionStringBuilder(database.National) { MaxPoolSize = 1 }.ConnectionString }, database);
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [Test]
    public async Task A_part_is_read_from_its_place_on()
    {
        var plan = await PlanAsync(() => Feed.ReadAsync(Coordination, new FeedPosition(9000, 26999, new Guid("00000000-0000-0000-0000-000000006977"), default), [], 20, CancellationToken.None));

        Assert.That(plan, Does.Match(@"Index Scan using national_changes_position on national_changes \w+ .*\n\s*Index Cond: \(\(ROW\(transaction_id, seq_id\) > ROW\(\$\d+, \$\d+\)\) AND \(transaction_id < pg_snapshot_xmin"));
        Assert.That(plan, Does.Not.Contain("Seq Scan on national_changes").And.Not.Contain("Seq Scan on national_cases"));
        Assert.That(plan, Does.Match(@"national_cases_pkey on national_cases c\b"));
    }

    [Test]
    public async Task Entries_are_found_by_their_ids()
    {
        var plan = await PlanAsync(() => Feed.FindAsync(Coordination, [new Guid("00000000-0000-0000-0000-000000006977")], CancellationToken.None));

        Assert.That(plan, Does.Contain("national_changes_id").And.Not.Contain("Seq Scan on national_changes"));
    }

    [Test]
    public async Task Whether_the_feed_goes_on_is_asked_of_the_index()
    {
        await _host.Database.ScalarAsync(
            """
            INSERT INTO national_webhook_subscriptions (reader, id, version, url, types, state, client_id, purpose, secret_generation, created_at, updated_at, position_transaction, position_sequence, position_at)
            SELECT 'coordination', gen_random_uuid(), 1, 'https://example.org', '{}', 'active', 'x', 'x', 1, now(), now(), '9990', 29990, now()
            """);
        var plan = await PlanAsync(async () =>
        {
            await using var batch = Feed.CreateBatch("coordination");
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT " + Feed.GoesOn + " FROM national_webhook_subscriptions s"));
            await batch.ExecuteNonQueryAsync();
            return true;
        });

        Assert.That(plan, Does.Match("(using|on) national_changes_position").And.Not.Contain("Seq Scan on national_changes"));
    }

    private static FeedReader Coordination { get; } = new("coordination", "national-coordinator", "d", "nationalCoordination");

    /// <summary>The plan of the last of so many that it is of a prepared statement.</summary>
    private static async Task<string> PlanAsync<T>(Func<Task<T>> read)
    {
        var parts = new List<string[]>();
        for (var use = 0; use < 8; use++)
        {
            var from = new FileInfo(Log).Length;
            await read();
            await using var log = new FileStream(Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            log.Seek(from, SeekOrigin.Begin);
            using var reader = new StreamReader(log);
            parts.Add([.. Plan().Matches(await reader.ReadToEndAsync()).Select(m => m.Value).Where(p => p.Contains("national_changes", StringComparison.Ordinal))]);
        }
        // What the host asks by itself meanwhile is in one part or another, and what is read here is in each.
        return parts[^1].Last(plan => parts.TrueForAll(part => part.Any(p => QueryOf(p) == QueryOf(plan))));
    }

    private static string QueryOf(string plan) => plan[..plan.LastIndexOf('\n', plan.IndexOf("(cost=", StringComparison.Ordinal))];

    [GeneratedRegex(@"Query Text: [\s\S]*?(?=\n[^\t]|\z)")]
    private static partial Regex Plan();
}
