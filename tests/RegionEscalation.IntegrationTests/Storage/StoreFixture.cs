using Npgsql;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Storage;

/// <summary>A database of its own and the real store on it.</summary>
public abstract class StoreFixture
{
    internal TestDatabase Database { get; private set; } = null!;

    internal EscalationStore Store { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task OpenStoreAsync()
    {
        Database = await TestCluster.CreateAsync();
        Store = new EscalationStore(Database.Application);
        await SeedAsync();
    }

    [OneTimeTearDown]
    public async Task CloseStoreAsync() => await Store.DisposeAsync();

    protected virtual Task SeedAsync() => Task.CompletedTask;

    /// <summary>Saves a case's further events in a session of its own.</summary>
    internal async Task<EscalationCase> SaveAsync(EscalationCase? before, IReadOnlyList<CaseEvent> events, RegionScope? scope = null)
    {
        var session = Store.OpenSession(scope ?? Given.Kalmar);
        var after = session.Append(before, events);
        await session.SaveChangesAsync(Given.Writer);
        return after;
    }

    internal Task<EscalationCase> OpenCaseAsync(int step = 0) => SaveAsync(null, [Given.Opened(Given.NewNumber(), step)]);

    internal Task<T> FetchAsync<T>(Func<BatchedQuery, Fetched<T>> ask, RegionScope? scope = null) => FetchAsync(Store, scope ?? Given.Kalmar, ask);

    internal static async Task<T> FetchAsync<T>(EscalationStore store, RegionScope scope, Func<BatchedQuery, Fetched<T>> ask)
    {
        var query = store.OpenSession(scope).CreateBatchQuery();
        var fetched = ask(query);
        await query.ExecuteAsync(CancellationToken.None);
        return fetched.Value;
    }

    internal async Task<long> SequenceAsync() => (long)(await Database.ScalarAsync("SELECT last_value FROM mt_events_sequence"))!;

    /// <summary>The server process of the one statement that waits for a lock in this database.</summary>
    internal async Task<int> WaitingProcessAsync()
    {
        for (var attempt = 0; attempt < 500; attempt++)
        {
            if (await Database.ScalarAsync(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND usename = 'escalation_app'") is int pid)
                return pid;
            await Task.Delay(20);
        }
        throw new TimeoutException("Nothing waits for a lock.");
    }

    /// <summary>A transaction of the superuser that stays open until it is disposed of (rolled back) or committed.</summary>
    internal async Task<Held> HoldAsync(params string[] statements)
    {
        var connection = new NpgsqlConnection(Database.Superuser);
        await connection.OpenAsync();
        var held = new Held(connection, await connection.BeginTransactionAsync());
        foreach (var statement in statements)
            await held.ExecuteAsync(statement);
        return held;
    }

    internal sealed class Held(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
    {
        public async Task ExecuteAsync(string statement)
        {
            await using var command = new NpgsqlCommand(statement, connection, transaction);
            await command.ExecuteNonQueryAsync();
        }

        public Task CommitAsync() => transaction.CommitAsync();

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
