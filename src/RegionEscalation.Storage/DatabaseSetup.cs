using Npgsql;

namespace RegionEscalation.Storage;

/// <summary>What is done once per cluster or database by a superuser: the three logins, the database, and the rights nobody needs.</summary>
public static class DatabaseSetup
{
    public const string Owner = "escalation_owner";
    public const string Application = "escalation_app";
    public const string National = "escalation_national";

    /// <summary>Makes the logins where they are missing and sets their passwords. Safe to repeat.</summary>
    public static async Task EnsureRolesAsync(string superuser, IReadOnlyDictionary<string, string> passwords, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(superuser, cancellationToken);
        using var reader = new StreamReader(typeof(DatabaseSetup).Assembly.GetManifestResourceStream("Roles.sql")!);
        await ExecuteAsync(connection, await reader.ReadToEndAsync(cancellationToken), cancellationToken);
        foreach (var (role, password) in passwords)
        {
            // ALTER ROLE takes no parameters, so the server itself quotes them.
            await using var quote = new NpgsqlCommand("SELECT format('ALTER ROLE %I PASSWORD %L', $1, $2)", connection)
            {
                Parameters = { Sql.Text(role), Sql.Text(password) },
            };
            await ExecuteAsync(connection, (string)(await quote.ExecuteScalarAsync(cancellationToken))!, cancellationToken);
        }
    }

    /// <summary>Makes the database, owned by the owner's login, and takes away what no login needs. Safe to repeat.</summary>
    public static async Task EnsureDatabaseAsync(string superuser, string database, CancellationToken cancellationToken)
    {
        await using (var connection = await OpenAsync(superuser, cancellationToken))
        {
            await using var exists = new NpgsqlCommand(
                "SELECT format('CREATE DATABASE %I OWNER %I', $1, $2) WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = $1)", connection)
            {
                Parameters = { Sql.Text(database), Sql.Text(Owner) },
            };
            if (await exists.ExecuteScalarAsync(cancellationToken) is string create)
                await ExecuteAsync(connection, create, cancellationToken);
        }

        var settings = new NpgsqlConnectionStringBuilder(superuser) { Database = database };
        await using var inside = await OpenAsync(settings.ConnectionString, cancellationToken);
        await ExecuteAsync(inside,
            """
            REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea), lo_put(oid, bigint, bytea), lo_open(oid, integer)
            FROM PUBLIC
            """, cancellationToken);
    }

    /// <summary>
    /// Why the login must not be used for the platform's work, or null when it is as it should be: one that is superuser, bypasses
    /// row level security or owns a table would make the second lock void.
    /// </summary>
    public static async Task<string?> WhyUnsafeAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(connectionString, cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            SELECT CASE
                WHEN r.rolsuper THEN 'is a superuser'
                WHEN r.rolbypassrls THEN 'bypasses row level security'
                WHEN r.rolcreaterole THEN 'may make roles'
                WHEN EXISTS (SELECT FROM pg_roles o WHERE o.oid <> r.oid AND (o.rolsuper OR o.rolbypassrls OR o.rolcreaterole)
                             AND pg_has_role(r.oid, o.oid, 'MEMBER')) THEN 'may act as a role that is not bound'
                WHEN pg_has_role(r.oid, 'escalation_app', 'MEMBER') AND pg_has_role(r.oid, 'escalation_national', 'MEMBER') THEN 'may act as both logins'
                WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                             WHERE n.nspname = 'public' AND pg_has_role(r.oid, c.relowner, 'MEMBER')) THEN 'owns tables or may act as their owner'
            END
            FROM pg_roles r WHERE r.rolname = current_user
            """, connection);
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    /// <summary>The tables with a region's rows whose row level security is not in force for everybody; none in a sound database.</summary>
    public static async Task<IReadOnlyList<string>> UnguardedTablesAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(connectionString, cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            SELECT DISTINCT c.relname::text FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname IN ('tenant_id', 'region')
            WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
                AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
            ORDER BY 1
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var tables = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            tables.Add(reader.GetString(0));
        return tables;
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
