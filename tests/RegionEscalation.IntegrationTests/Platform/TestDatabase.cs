using Npgsql;
using RegionEscalation.Host.Development;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests;

/// <summary>One PostgreSQL for the whole run, with a migrated template; every fixture gets a database cloned from it.</summary>
[SetUpFixture]
public sealed class TestCluster
{
    private const string Template = "escalation_template";
    private static readonly SemaphoreSlim Cloning = new(1, 1);
    private static string _folder = "";

    /// <summary>The server's own folder, where its log is.</summary>
    internal static string Folder => _folder;

    internal static EmbeddedPostgres Postgres { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _folder = Path.Combine(Path.GetTempPath(), "region-escalation-tests-" + Guid.NewGuid().ToString("N")[..12]);
        Postgres = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { Folder = _folder, Durable = false }, CancellationToken.None);
        await DatabaseSetup.EnsureRolesAsync(Postgres.SuperuserConnectionString("postgres"), new Dictionary<string, string>
        {
            [DatabaseSetup.Owner] = Postgres.Credentials.OwnerPassword,
            [DatabaseSetup.Application] = Postgres.Credentials.AppPassword,
            [DatabaseSetup.National] = Postgres.Credentials.NationalPassword,
        }, CancellationToken.None);
        await DatabaseSetup.EnsureDatabaseAsync(Postgres.SuperuserConnectionString("postgres"), Template, CancellationToken.None);
        await Migrator.MigrateAsync(Postgres.ConnectionString(Template, DatabaseSetup.Owner, Postgres.Credentials.OwnerPassword), CancellationToken.None);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await Postgres.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A new, migrated database; an empty one when <paramref name="migrated"/> is false.</summary>
    internal static async Task<TestDatabase> CreateAsync(bool migrated = true)
    {
        var name = "test_" + Guid.NewGuid().ToString("N");
        if (!migrated)
        {
            await DatabaseSetup.EnsureDatabaseAsync(Postgres.SuperuserConnectionString("postgres"), name, CancellationToken.None);
            return new TestDatabase(name);
        }
        // A template must have no other connection while it is copied, and another copy is one.
        await Cloning.WaitAsync();
        try
        {
            await using var connection = new NpgsqlConnection(Postgres.SuperuserConnectionString("postgres"));
            await connection.OpenAsync();
            await using var clone = new NpgsqlCommand($"CREATE DATABASE {name} TEMPLATE {Template} OWNER {DatabaseSetup.Owner}", connection);
            await clone.ExecuteNonQueryAsync();
            await using var rights = new NpgsqlCommand(
                $"REVOKE ALL ON DATABASE {name} FROM PUBLIC; GRANT CONNECT ON DATABASE {name} TO {DatabaseSetup.Application}, {DatabaseSetup.National}", connection);
            await rights.ExecuteNonQueryAsync();
            return new TestDatabase(name);
        }
        finally
        {
            Cloning.Release();
        }
    }
}

/// <summary>A database of its own, with its logins. A clone's database-level rights are made anew, as PostgreSQL does not copy them.</summary>
internal sealed class TestDatabase(string name)
{
    /// <summary>The pools of hundreds of databases that nobody uses any more would take every connection that the server has.</summary>
    private const string Brief = ";Connection Idle Lifetime=10;Connection Pruning Interval=5";

    public string Name => name;

    public string Superuser => TestCluster.Postgres.SuperuserConnectionString(name) + Brief;

    public string Owner => TestCluster.Postgres.ConnectionString(name, DatabaseSetup.Owner, TestCluster.Postgres.Credentials.OwnerPassword) + Brief;

    public string Application => TestCluster.Postgres.ConnectionString(name, DatabaseSetup.Application, TestCluster.Postgres.Credentials.AppPassword) + Brief;

    public string National => TestCluster.Postgres.ConnectionString(name, DatabaseSetup.National, TestCluster.Postgres.Credentials.NationalPassword) + Brief;

    /// <summary>Runs as superuser, whom row level security does not bind: for arranging and for counting everything.</summary>
    public async Task<object?> ScalarAsync(string sql, params object[] parameters)
    {
        await using var connection = new NpgsqlConnection(Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        return await command.ExecuteScalarAsync();
    }

    /// <summary>A digest over every row of every table, so that a test can say that nothing at all was written.</summary>
    /// <param name="but">A table that is left out, for what is written there whatever becomes of the request.</param>
    public async Task<string> FingerprintAsync(string? but = null)
    {
        await using var connection = new NpgsqlConnection(Superuser);
        await connection.OpenAsync();
        var tables = new List<string>();
        await using (var list = new NpgsqlCommand("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1", connection))
        await using (var reader = await list.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                tables.Add(reader.GetString(0));
        }
        var digests = new List<string>();
        foreach (var table in tables.Where(t => t != but))
        {
            await using var digest = new NpgsqlCommand($"SELECT count(*) || ':' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t", connection);
            digests.Add($"{table}={await digest.ExecuteScalarAsync()}");
        }
        return string.Join('\n', digests);
    }
}
