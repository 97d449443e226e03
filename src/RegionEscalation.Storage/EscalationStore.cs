using Npgsql;

namespace RegionEscalation.Storage;

/// <summary>
/// The event and document store on the application's login. It opens sessions, each for one region; there is no way to one without.
/// </summary>
public sealed class EscalationStore : IAsyncDisposable
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly Action? _written;

    /// <param name="written">Called after every commit of a change, to wake those who follow a feed.</param>
    public EscalationStore(string connectionString, Action? written = null) =>
        (_dataSource, _written) = (DataSource(connectionString, "escalation"), written);

    public RegionSession OpenSession(RegionScope scope) => new(_dataSource, scope, _written);

    /// <summary>A batch for the region whose first command says so; what else it does is the caller's.</summary>
    public NpgsqlBatch CreateBatch(RegionScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        var batch = _dataSource.CreateBatch();
        batch.BatchCommands.Add(RegionSession.SetRegion(scope));
        return batch;
    }

    /// <summary>True when the database answers; for the readiness probe.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = _dataSource.CreateCommand("SELECT 1");
            await command.ExecuteNonQueryAsync(cancellationToken);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    public ValueTask DisposeAsync() => _dataSource.DisposeAsync();

    /// <summary>
    /// A pool with statements prepared from their second use on and no reset between uses: safe because the region is set
    /// transaction-locally and nothing else is set at all.
    /// </summary>
    private static NpgsqlDataSource DataSource(string connectionString, string name)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString) { Name = name };
        builder.ConnectionStringBuilder.MaxAutoPrepare = 100;
        builder.ConnectionStringBuilder.AutoPrepareMinUsages = 2;
        builder.ConnectionStringBuilder.NoResetOnClose = true;
        // A write waits without a timeout of its own: the operating system notices when the server is gone.
        builder.ConnectionStringBuilder.TcpKeepAlive = true;
        builder.ConnectionStringBuilder.TcpKeepAliveTime = 10;
        builder.ConnectionStringBuilder.TcpKeepAliveInterval = 5;
        return builder.Build();
    }
}

/// <summary>PostgreSQL keeps microseconds, .NET 100 ns: every instant is cut before it decides or is stored.</summary>
public static class Clock
{
    /// <summary>The time now, UTC, whole microseconds.</summary>
    public static DateTimeOffset Now(this TimeProvider time) => Truncate(time.GetUtcNow());

    public static DateTimeOffset Truncate(DateTimeOffset instant) =>
        new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
