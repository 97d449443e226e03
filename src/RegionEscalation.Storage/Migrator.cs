using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace RegionEscalation.Storage;

/// <summary>A numbered SQL file.</summary>
/// <param name="Name">Such as <c>0001_event_store.sql</c>; the four digits are its number.</param>
public sealed record Migration(string Name, string Sql)
{
    /// <summary>SHA-256 over the text with line feeds, as hexadecimal digits.</summary>
    public string Checksum() =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.Replace("\r\n", "\n", StringComparison.Ordinal))));
}

/// <summary>An applied migration was changed afterwards; the database and the build no longer tell the same story.</summary>
public sealed class ChangedMigrationException(string name)
    : Exception($"The migration {name} was applied to this database with another content. Applied migrations are never changed; add a new one.");

/// <summary>The database was migrated by a newer build, whose tables this one may write wrongly.</summary>
public sealed class NewerDatabaseException(string name)
    : Exception($"The migration {name} was applied to this database and is unknown to this build. Start the newer build.");

/// <summary>
/// Brings a database up to this build with the owner's login: each file once, in order, in a transaction of its own, under an
/// advisory lock on a connection outside every pool, so that any number of hosts may start at once.
/// </summary>
public static class Migrator
{
    /// <summary>Held by the session while migrating; any constant of our own.</summary>
    private const long AdvisoryLock = 7_306_081_320_260_001;

    public static IReadOnlyList<Migration> Embedded { get; } = [.. ReadEmbedded()];

    /// <returns>The names of the migrations applied now.</returns>
    /// <exception cref="ChangedMigrationException">An applied file has changed.</exception>
    public static Task<IReadOnlyList<string>> MigrateAsync(string ownerConnectionString, CancellationToken cancellationToken) =>
        MigrateAsync(ownerConnectionString, Embedded, async (connection, ct) =>
        {
            await StreamRebuilder.RebuildAfterChangeAsync(connection, ct);
            await FeedRebase.RebaseAfterRestoreAsync(connection, ct);
        }, cancellationToken);

    /// <inheritdoc cref="MigrateAsync(string, CancellationToken)"/>
    public static Task<IReadOnlyList<string>> MigrateAsync(
        string ownerConnectionString, IReadOnlyList<Migration> migrations, CancellationToken cancellationToken) =>
        MigrateAsync(ownerConnectionString, migrations, (_, _) => Task.CompletedTask, cancellationToken);

    private static async Task<IReadOnlyList<string>> MigrateAsync(
        string ownerConnectionString, IReadOnlyList<Migration> migrations, Func<NpgsqlConnection, CancellationToken, Task> afterwards,
        CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(ownerConnectionString) { Pooling = false, CommandTimeout = 0 };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using (var acquire = new NpgsqlCommand("SELECT pg_advisory_lock($1)", connection) { Parameters = { Sql.Bigint(AdvisoryLock) } })
            await acquire.ExecuteNonQueryAsync(cancellationToken);

        await ExecuteAsync(connection,
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                name       varchar     NOT NULL PRIMARY KEY,
                checksum   varchar     NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """, cancellationToken);
        var applied = await AppliedAsync(connection, cancellationToken);
        if (applied.Keys.Except(migrations.Select(m => m.Name)).Order(StringComparer.Ordinal).LastOrDefault() is { } newer)
            throw new NewerDatabaseException(newer);
        var appliedNow = new List<string>();
        foreach (var migration in migrations)
        {
            if (applied.TryGetValue(migration.Name, out var checksum))
            {
                if (checksum != migration.Checksum())
                    throw new ChangedMigrationException(migration.Name);
                continue;
            }
            await ApplyAsync(connection, migration, cancellationToken);
            appliedNow.Add(migration.Name);
        }
        await afterwards(connection, cancellationToken);
        return appliedNow;
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, migration.Sql, cancellationToken);
        await using var record = new NpgsqlCommand("INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)", connection, transaction)
        {
            Parameters = { Sql.Text(migration.Name), Sql.Text(migration.Checksum()) },
        };
        await record.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private static async Task<Dictionary<string, string>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT name, checksum FROM schema_migrations", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var applied = new Dictionary<string, string>();
        while (await reader.ReadAsync(cancellationToken))
            applied.Add(reader.GetString(0), reader.GetString(1));
        return applied;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static IEnumerable<Migration> ReadEmbedded()
    {
        var assembly = typeof(Migrator).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith("Migrations/", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            yield return new Migration(Path.GetFileName(resource), reader.ReadToEnd());
        }
    }
}
