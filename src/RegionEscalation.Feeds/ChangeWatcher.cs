using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace RegionEscalation.Feeds;

/// <summary>
/// Tells the other hosts that something was written, and hears it from them, by NOTIFY without a payload. Outside the transactions that write: a
/// NOTIFY within would make every commit of the cluster wait for every other. Many writes make one; a host that falls before it tells is made good by
/// the waiting ones looking now and then by themselves.
/// </summary>
/// <param name="connectionString">Of a login that may connect; a notification needs no right.</param>
[SuppressMessage("Reliability", "CA2100", Justification = "The texts are constants.")]
public sealed partial class ChangeWatcher(string connectionString, ChangeSignal signal, ILogger<ChangeWatcher> logger) : BackgroundService
{
    private const string Channel = "region_escalation_changes";

    /// <summary>The longest that a change of another host stays unnoticed when its notification got lost.</summary>
    private static readonly TimeSpan AtTheLatest = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan BetweenTellings = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BeforeReconnecting = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        ForeverAsync(TellAsync, stoppingToken),
        ForeverAsync(HearAsync, stoppingToken));

    private async Task TellAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var notify = new NpgsqlCommand("NOTIFY " + Channel, connection);
        while (true)
        {
            await signal.WrittenHere.WaitAsync(cancellationToken);
            signal.Told();
            await notify.ExecuteNonQueryAsync(cancellationToken);
            await Task.Delay(BetweenTellings, cancellationToken);
        }
    }

    /// <summary>
    /// What is committed can be read once no older transaction runs, so after a notification the oldest one is watched until it has passed what was
    /// there then.
    /// </summary>
    private async Task HearAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using (var listen = new NpgsqlCommand("LISTEN " + Channel, connection))
            await listen.ExecuteNonQueryAsync(cancellationToken);
        await using var look = new NpgsqlCommand("SELECT pg_snapshot_xmin(s), pg_snapshot_xmax(s) FROM pg_current_snapshot() AS s", connection);
        // What was told before this was listened to was not heard.
        var heard = true;
        connection.Notification += (_, _) => heard = true;
        ulong? horizon = null;
        while (true)
        {
            if (!heard)
                await connection.WaitAsync(horizon is null ? AtTheLatest : BetweenLooks, cancellationToken);
            // Before the look: what is heard during it may have been written after it.
            var wasHeard = heard;
            heard = false;
            var (oldest, next) = await LookAsync(look, cancellationToken);
            if (wasHeard || horizon is null || oldest >= horizon)
                signal.Raise();
            if (wasHeard)
                horizon = next;
            else if (oldest >= horizon)
                horizon = null;
        }
    }

    private static async Task<(ulong Oldest, ulong Next)> LookAsync(NpgsqlCommand look, CancellationToken cancellationToken)
    {
        await using var reader = await look.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetFieldValue<ulong>(0), reader.GetFieldValue<ulong>(1));
    }

    private async Task ForeverAsync(Func<NpgsqlConnection, CancellationToken, Task> work, CancellationToken stoppingToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, KeepAlive = 10, MaxAutoPrepare = 2, AutoPrepareMinUsages = 2 };
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = new NpgsqlConnection(settings.ConnectionString);
                await connection.OpenAsync(stoppingToken);
                await work(connection, stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Broken(logger, (e as NpgsqlException)?.SqlState ?? e.GetType().Name);
                await Task.Delay(BeforeReconnecting, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                // What was told meanwhile was not heard.
                signal.Raise();
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The line on which hosts tell each other of changes broke ({Cause}); connecting again")]
    private static partial void Broken(ILogger logger, string cause);
}
