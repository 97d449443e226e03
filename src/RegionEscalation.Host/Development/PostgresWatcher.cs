using System.Diagnostics;

namespace RegionEscalation.Host.Development;

/// <summary>
/// A small shell that runs the server and reads a pipe whose other end only this process holds. However this process ends,
/// the pipe ends with it, and the shell then shuts the server down.
/// </summary>
internal sealed class PostgresWatcher : IDisposable
{
    // $0 is the log, "$@" the server. A server that has just been forked does not hear the signal yet, so it is repeated.
    // Signals to the whole service or session are left to the host, which ends the pipe when it is done with the database.
    private const string Script =
        """
        umask 077
        trap '' HUP INT TERM
        exec 3<&0 </dev/null >"$0" 2>&1
        "$@" 3<&- &
        server=$!
        { read -r _; while kill -INT $server 2>/dev/null; do sleep 0.2; done; } <&3 &
        reader=$!
        exec 3<&-
        wait $server
        kill -KILL $reader 2>/dev/null
        """;

    private readonly Process shell;

    private PostgresWatcher(Process shell) => this.shell = shell;

    public bool HasEnded => shell.HasExited;

    // A session of its own: Ctrl-C in a terminal reaches every process of the terminal's session.
    public static PostgresWatcher Start(string workingFolder, string log, string[] server) =>
        new(PostgresCommand.Start(new ProcessStartInfo("setsid", ["sh", "-c", Script, log, .. server])
        {
            WorkingDirectory = workingFolder,
            RedirectStandardInput = true,
        }));

    /// <summary>Has the server shut down and waits for it; false when it is not gone within <paramref name="deadline"/>.</summary>
    public async Task<bool> CloseAsync(TimeSpan deadline)
    {
        shell.StandardInput.Close();
        using var patience = new CancellationTokenSource(deadline);
        try
        {
            await shell.WaitForExitAsync(patience.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose() => shell.Dispose();
}
