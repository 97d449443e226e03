using Npgsql;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Storage;

/// <summary>What goes wrong while the store writes: at random, and counted by kind.</summary>
internal sealed class Mishaps(TestDatabase database, Random random) : IAsyncDisposable
{
    public const string OvertakenKind = "overtaken";
    public const string DiedWriting = "died while writing";
    public const string DiedBetween = "died between";

    /// <summary>Where a write is made to fail.</summary>
    public static readonly string[] Tables =
    [
        "mt_events", "national_cases", "national_notices", "national_recipients", "national_disclosures", "national_summaries", "national_course", "national_contracts",
    ];

    private readonly NpgsqlConnection _superuser = new(database.Superuser);
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private bool _dies;
    private string? _hit;
    private int _overtaken;

    public IReadOnlyDictionary<string, int> Counts => _counts;

    public static IEnumerable<string> Kinds => [.. Tables.Select(Raised), OvertakenKind, DiedWriting, DiedBetween];

    public async Task InstallAsync()
    {
        await _superuser.OpenAsync();
        await RunAsync(
            """
            CREATE TABLE mishap (name text PRIMARY KEY, dies boolean NOT NULL);
            CREATE FUNCTION mishap() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
            DECLARE next boolean;
            BEGIN
                SELECT dies INTO next FROM mishap WHERE name = TG_TABLE_NAME;
                IF next THEN
                    PERFORM pg_terminate_backend(pg_backend_pid());
                    PERFORM pg_sleep(10);
                ELSIF NOT next THEN
                    RAISE EXCEPTION 'A mishap.' USING TABLE = TG_TABLE_NAME;
                END IF;
                RETURN coalesce(NEW, OLD);
            END
            $$;
            """);
        foreach (var table in Tables)
            await RunAsync($"CREATE TRIGGER mishap BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION mishap()");
    }

    /// <summary>Before a write: what was hit is over, and now and then something else is to go wrong, in this write or in a later one.</summary>
    public async Task PrepareAsync()
    {
        if (_hit is not null)
            await RunAsync($"DELETE FROM mishap WHERE {_hit}");
        (_hit, _dies) = (null, false);
        switch (random.NextDouble())
        {
            case < 0.06:
                // Where nothing has happened yet comes first now and then: some tables are seldom written.
                var spared = Tables.Where(t => !_counts.ContainsKey(Raised(t))).ToArray();
                var table = spared.Length > 0 && random.Next(3) == 0 ? spared[random.Next(spared.Length)] : Tables[random.Next(Tables.Length)];
                await RunAsync($"INSERT INTO mishap VALUES ('{table}', {(random.Next(4) == 0 ? "true" : "false")}) ON CONFLICT DO NOTHING");
                break;
            case < 0.08:
                _dies = true;
                await RunAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'escalation_app'");
                break;
        }
    }

    public bool IsOvertaken() => random.Next(40) == 0;

    public void Overtaken() => _overtaken++;

    /// <returns>Whether it is something that a client decides again after; anything else is a defect.</returns>
    public bool Happened(Exception e)
    {
        var kind = e switch
        {
            PostgresException { SqlState: PostgresErrorCodes.RaiseException, TableName: { } table } => Raised(table),
            OutcomeUnknownException when _dies => DiedBetween,
            OutcomeUnknownException => DiedWriting,
            StreamConflictException when _overtaken > 0 => OvertakenKind,
            _ => null,
        };
        if (kind is null)
            return false;
        _overtaken = kind == OvertakenKind ? _overtaken - 1 : _overtaken;
        _hit = kind == DiedWriting ? "dies" : e is PostgresException { TableName: { } refusing } ? $"name = '{refusing}'" : null;
        _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
        return true;
    }

    /// <summary>Nothing goes wrong any more.</summary>
    public Task EndAsync() => RunAsync("DROP FUNCTION mishap CASCADE; DROP TABLE mishap");

    public ValueTask DisposeAsync() => _superuser.DisposeAsync();

    private static string Raised(string table) => $"refused by {table}";

    private async Task RunAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, _superuser);
        await command.ExecuteNonQueryAsync();
    }
}
