using Npgsql;
using RegionEscalation.Host.Development;
using RegionEscalation.Storage;

namespace RegionEscalation.Host;

/// <summary>
/// The database, ready for use: the server that the three connection strings name, or in Development one of the host's own.
/// Either way migrated, and with logins that row level security binds.
/// </summary>
internal sealed class Databases : IAsyncDisposable
{
    private const string EmbeddedDatabase = "escalation";
    private readonly EmbeddedPostgres? _embedded;

    private Databases(string application, string national, string owner, EmbeddedPostgres? embedded) =>
        (Application, National, Owner, _embedded) = (application, national, owner, embedded);

    /// <summary>The application's login; row level security applies.</summary>
    public string Application { get; }

    /// <summary>The login that reads the national register and nothing regional.</summary>
    public string National { get; }

    /// <summary>The owner's login, for migrations only.</summary>
    private string Owner { get; }

    /// <exception cref="StartupProblem">Some connection strings are missing, or a login is not bound by row level security.</exception>
    public static async Task<Databases> PrepareAsync(WebApplicationBuilder builder, bool migrate = true, CancellationToken cancellationToken = default)
    {
        var databases = Given(builder.Configuration) ?? await EmbedAsync(builder, cancellationToken);
        try
        {
            if (migrate)
                await Migrator.MigrateAsync(databases.Owner, cancellationToken);
            foreach (var login in new[] { databases.Application, databases.National })
            {
                if (await DatabaseSetup.WhyUnsafeAsync(login, cancellationToken) is { } why)
                    throw new StartupProblem($"The database login {new NpgsqlConnectionStringBuilder(login).Username} {why}; row level security would not bind it.");
            }
            if (await DatabaseSetup.UnguardedTablesAsync(databases.Owner, cancellationToken) is { Count: > 0 } unguarded)
                throw new StartupProblem($"Row level security is not forced on {string.Join(", ", unguarded)}; regions would not be kept apart.");
            return databases;
        }
        catch
        {
            await databases.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _embedded?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static Databases? Given(ConfigurationManager configuration)
    {
        string[] names = ["Escalation", "EscalationNational", "EscalationOwner"];
        var missing = names.Where(n => string.IsNullOrWhiteSpace(configuration.GetConnectionString(n))).ToArray();
        if (missing.Length == names.Length)
            return null;
        if (missing.Length > 0)
            throw new StartupProblem($"All three connection strings are needed or none; missing: {string.Join(", ", missing.Select(n => $"ConnectionStrings__{n}"))}.");
        var given = names.Select(n => configuration.GetConnectionString(n)!).ToArray();
        return new Databases(given[0], given[1], given[2], null);
    }

    private static async Task<Databases> EmbedAsync(WebApplicationBuilder builder, CancellationToken cancellationToken)
    {
        if (!builder.Environment.IsDevelopment())
            throw new StartupProblem(
                $"The environment {builder.Environment.EnvironmentName} needs ConnectionStrings__Escalation, ConnectionStrings__EscalationNational and ConnectionStrings__EscalationOwner.");
        var embedded = await EmbeddedPostgres.StartAsync(
            EmbeddedPostgresOptions.From(builder.Configuration, builder.Environment.ContentRootPath), cancellationToken);
        try
        {
            var passwords = new Dictionary<string, string>
            {
                [DatabaseSetup.Owner] = embedded.Credentials.OwnerPassword,
                [DatabaseSetup.Application] = embedded.Credentials.AppPassword,
                [DatabaseSetup.National] = embedded.Credentials.NationalPassword,
            };
            await DatabaseSetup.EnsureRolesAsync(embedded.SuperuserConnectionString("postgres"), passwords, cancellationToken);
            await DatabaseSetup.EnsureDatabaseAsync(embedded.SuperuserConnectionString("postgres"), EmbeddedDatabase, cancellationToken);
            return new Databases(
                embedded.ConnectionString(EmbeddedDatabase, DatabaseSetup.Application, passwords[DatabaseSetup.Application]),
                embedded.ConnectionString(EmbeddedDatabase, DatabaseSetup.National, passwords[DatabaseSetup.National]),
                embedded.ConnectionString(EmbeddedDatabase, DatabaseSetup.Owner, passwords[DatabaseSetup.Owner]),
                embedded);
        }
        catch
        {
            await embedded.DisposeAsync();
            throw;
        }
    }
}
