using System.ComponentModel;
using System.Diagnostics;

namespace RegionEscalation.Host.Development;

/// <summary>Runs the short programs that make and stop a server.</summary>
internal static class PostgresCommand
{
    /// <summary>The user that PostgreSQL's packages make, and that the server runs as when this process is root's.</summary>
    public const string ServerUser = "postgres";

    // PostgreSQL refuses to run as root.
    public static string[] AsServerUser(string[] command) =>
        Environment.IsPrivilegedProcess
            ? ["setpriv", "--reuid", ServerUser, "--regid", ServerUser, "--clear-groups", .. command]
            : command;

    /// <returns>Null when it went well, otherwise the last line that the program wrote.</returns>
    /// <exception cref="StartupProblem">The program is not installed.</exception>
    public static async Task<string?> RunAsync(string[] command, CancellationToken ct, string input = "")
    {
        using var process = Start(new ProcessStartInfo(command[0], command[1..])
        {
            // The server's user may not be able to enter the folder we are in.
            WorkingDirectory = "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(ct);
            var error = process.StandardError.ReadToEndAsync(ct);
            try
            {
                await process.StandardInput.WriteAsync(input.AsMemory(), ct);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It ended without reading; its own message says why.
            }
            await process.WaitForExitAsync(ct);
            var lines = (await output + await error).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return process.ExitCode == 0 ? null : lines.LastOrDefault() ?? $"{command[0]} ended with {process.ExitCode}";
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    public static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new StartupProblem($"The program {start.FileName} is needed and cannot be run: {e.Message}", e);
        }
    }
}
