using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace RegionEscalation.Host.Development;

/// <summary>A PostgreSQL server of the machine's own binaries that lives exactly as long as this process, for development and tests.</summary>
/// <remarks>
/// It listens on 127.0.0.1 only and lets nobody in without a password. Below its folder: <c>data</c>, <c>credentials.json</c>
/// (readable by the owner only), <c>lock</c> and <c>postgres.log</c>, which is emptied at every start.
/// </remarks>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private const UnixFileMode EnteredByAll =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static readonly TimeSpan LeftoversDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AnswerDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(30);

    private static readonly string[] LeftoverSigns =
    [
        "lock file \"postmaster.pid\" already exists",
        "pre-existing shared memory block",
    ];

    private readonly string folder;
    private readonly FileStream lockFile;
    private readonly PostgresBinaries binaries;
    private PostgresWatcher? watcher;
    private bool disposed;

    private EmbeddedPostgres(string folder, FileStream lockFile, PostgresBinaries binaries, EmbeddedPostgresCredentials credentials)
    {
        this.folder = folder;
        this.lockFile = lockFile;
        this.binaries = binaries;
        Credentials = credentials;
    }

    public EmbeddedPostgresCredentials Credentials { get; }

    /// <summary>The port on 127.0.0.1 that the server answers on.</summary>
    public int Port { get; private set; }

    private string Data => DataOf(folder);

    private string ServerIdFile => Path.Combine(Data, "postmaster.pid");

    private string Log => Path.Combine(folder, "postgres.log");

    /// <summary>Returns when the server answers; a second start takes a fraction of a second, the first also makes the data folder.</summary>
    /// <exception cref="StartupProblem">
    /// No usable PostgreSQL is installed, the data are of another version, another instance uses the folder, or the server does not come up.
    /// </exception>
    public static async Task<EmbeddedPostgres> StartAsync(EmbeddedPostgresOptions options, CancellationToken ct)
    {
        if (OperatingSystem.IsWindows())
            throw new StartupProblem("The embedded PostgreSQL needs Linux or macOS: set ConnectionStrings__Escalation instead.");

        var folder = Path.GetFullPath(options.Folder);
        await PrepareFolderAsync(folder, ct);
        var lockFile = Lock(folder);
        try
        {
            var binaries = PostgresBinaries.Find(options.Binaries, DataOf(folder));
            var postgres = new EmbeddedPostgres(folder, lockFile, binaries, LoadOrMakeCredentials(folder));
            await postgres.MakeDataAsync(options.Durable, ct);
            await postgres.StartServerAsync(options, ct);
            return postgres;
        }
        catch
        {
            await lockFile.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// <c>.data/postgres</c> below <paramref name="root"/>; when root starts the server and the server's own user cannot get there,
    /// a folder of the system's temporary folder that stays the same for the same <paramref name="root"/>.
    /// </summary>
    public static string ChooseFolder(string root) => ChooseFolder(root, Environment.IsPrivilegedProcess, ModeOf);

    /// <summary>The same decision from given facts; <paramref name="modeOf"/> answers null for a folder that does not exist yet.</summary>
    public static string ChooseFolder(string root, bool serverHasItsOwnUser, Func<string, UnixFileMode?> modeOf)
    {
        root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        var preferred = Path.Combine(root, ".data", "postgres");
        if (!serverHasItsOwnUser || FirstClosedParent(preferred, modeOf) is null)
            return preferred;
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(root)))[..16];
        return Path.Combine(Path.GetTempPath(), $"region-escalation-{name}");
    }

    public string ConnectionString(string database, string user, string password) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = Port,
            Database = database,
            Username = user,
            Password = password,
            // Both would only be asked for and refused, a round trip each, at every new connection.
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
        }.ConnectionString;

    public string SuperuserConnectionString(string database) =>
        ConnectionString(database, EmbeddedPostgresCredentials.SuperuserLogin, Credentials.SuperuserPassword);

    /// <summary>Shuts the server down, which ends every open connection, and waits until it is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        disposed = true;
        await StopServerAsync();
        await lockFile.DisposeAsync();
    }

    private static string DataOf(string folder) => Path.Combine(folder, "data");

    private static UnixFileMode? ModeOf(string path) =>
        !OperatingSystem.IsWindows() && Directory.Exists(path) ? File.GetUnixFileMode(path) : null;

    private static string? FirstClosedParent(string path, Func<string, UnixFileMode?> modeOf)
    {
        for (var parent = Path.GetDirectoryName(path); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            if (modeOf(parent) is { } mode && !mode.HasFlag(UnixFileMode.OtherExecute))
                return parent;
        }
        return null;
    }

    [UnsupportedOSPlatform("windows")]
    private static async Task PrepareFolderAsync(string folder, CancellationToken ct)
    {
        if (Environment.IsPrivilegedProcess && FirstClosedParent(folder, ModeOf) is { } closed)
            throw new StartupProblem($"The user that PostgreSQL runs as cannot enter {closed}: set EmbeddedPostgres__Folder to another place.");
        try
        {
            Make(folder);
            // A predictable name in a shared temporary folder may have been taken by somebody else, who could then read the passwords.
            if (await PostgresCommand.RunAsync(["test", "-O", folder], ct) is not null)
                throw new StartupProblem($"{folder} belongs to another user: remove it, or set EmbeddedPostgres__Folder.");
            File.SetUnixFileMode(folder, Environment.IsPrivilegedProcess ? EnteredByAll : EnteredByAll & ~(UnixFileMode.GroupExecute | UnixFileMode.OtherExecute));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupProblem($"The folder {folder} cannot be made or entered: {e.Message}", e);
        }

        // Not left to the umask, which may close new parents to the server's user.
        static void Make(string path)
        {
            if (Directory.Exists(path))
                return;
            Make(Path.GetDirectoryName(path)!);
            Directory.CreateDirectory(path);
            File.SetUnixFileMode(path, EnteredByAll | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }
    }

    private static FileStream Lock(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new StartupProblem($"The database in {folder} is already in use by another running instance: stop that one first.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartupProblem($"The database in {folder} was made by another user: {e.Message}", e);
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static EmbeddedPostgresCredentials LoadOrMakeCredentials(string folder)
    {
        var file = Path.Combine(folder, "credentials.json");
        if (EmbeddedPostgresCredentials.Load(file) is { } known)
            return known;
        if (Directory.Exists(DataOf(folder)))
            throw new StartupProblem($"{file} is missing, and nobody gets into the data without it: restore it, or move {folder} away to start empty.");
        var made = new EmbeddedPostgresCredentials();
        made.Save(file);
        return made;
    }

    /// <summary>A data folder exists complete or not at all: it is made under another name, and what a crash left half done is removed.</summary>
    private async Task MakeDataAsync(bool durable, CancellationToken ct)
    {
        foreach (var unfinished in Directory.EnumerateDirectories(folder, "unfinished-*"))
            DeleteIfPossible(unfinished);
        if (Directory.Exists(Data))
            return;

        var fresh = Path.Combine(folder, $"unfinished-{Guid.NewGuid():N}");
        string[] make = Environment.IsPrivilegedProcess
            ? ["install", "-d", "-m", "700", "-o", PostgresCommand.ServerUser, "-g", PostgresCommand.ServerUser, fresh]
            : ["install", "-d", "-m", "700", fresh];
        if (await PostgresCommand.RunAsync(make, ct) is { } notMade)
            throw new StartupProblem($"The data folder could not be made: {notMade}");

        // Only its owner can reopen a pipe as /dev/stdin, so that cat makes one that belongs to the server's user.
        // Durable data are synced here: the server itself later syncs only what it changes.
        string[] initdb =
        [
            "sh", "-c", "cat | \"$0\" \"$@\" --pwfile=/dev/stdin",
            binaries["initdb"], "-D", fresh, "-U", EmbeddedPostgresCredentials.SuperuserLogin,
            "--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256", .. durable ? Array.Empty<string>() : ["--no-sync"],
        ];
        if (await PostgresCommand.RunAsync(PostgresCommand.AsServerUser(initdb), ct, input: Credentials.SuperuserPassword) is { } failure)
        {
            DeleteIfPossible(fresh);
            throw new StartupProblem($"The database could not be initialised: {failure}");
        }
        Directory.Move(fresh, Data);

        // An initdb whose host was killed may still be writing; whatever it leaves is removed at the next start.
        static void DeleteIfPossible(string path)
        {
            try
            {
                Directory.Delete(path, recursive: true);
            }
            catch (IOException)
            {
            }
        }
    }

    private async Task StartServerAsync(EmbeddedPostgresOptions options, CancellationToken ct)
    {
        for (var waited = Stopwatch.StartNew(); ;)
        {
            await StopLeftoverServerAsync(ct);
            Port = options.Port == 0 ? FreePort() : options.Port;
            watcher = PostgresWatcher.Start(folder, Log, PostgresCommand.AsServerUser([binaries["postgres"], "-D", Data, .. Settings(options)]));
            try
            {
                if (await AnswersAsync(ct))
                    return;
            }
            catch
            {
                await StopServerAsync();
                throw;
            }

            var failure = LogText();
            await StopServerAsync();
            // Another process can take a port between the look and the start; a killed server's processes outlive it for a moment.
            var passes = LeftoverSigns.Any(s => failure.Contains(s, StringComparison.Ordinal))
                || (options.Port == 0 && failure.Contains("could not create any TCP/IP sockets", StringComparison.Ordinal));
            if (!passes || waited.Elapsed > LeftoversDeadline)
                throw new StartupProblem($"The database server did not start: {Reason(failure)} (more in {Log})");
            await Task.Delay(100, ct);
        }
    }

    private IEnumerable<string> Settings(EmbeddedPostgresOptions options)
    {
        string[] settings =
        [
            "listen_addresses=127.0.0.1",
            $"port={Port.ToString(CultureInfo.InvariantCulture)}",
            "unix_socket_directories=",
            // The pools of three logins at Npgsql's default bound of 100 each, and room to look in.
            "max_connections=320",
            // A refused statement reaches the caller as an exception; here it would fill the log and quote patients' data.
            "log_min_messages=log",
            "log_checkpoints=off",
            .. options.Durable ? Array.Empty<string>() : ["fsync=off", "synchronous_commit=off", "full_page_writes=off"],
        ];
        return settings.SelectMany(s => new[] { "-c", s });
    }

    /// <summary>False when the server ended instead.</summary>
    private async Task<bool> AnswersAsync(CancellationToken ct)
    {
        var probe = new NpgsqlConnectionStringBuilder(SuperuserConnectionString("postgres")) { Pooling = false, Timeout = 3 }.ConnectionString;
        for (var waited = Stopwatch.StartNew(); !watcher!.HasEnded; await Task.Delay(20, ct))
        {
            if (waited.Elapsed > AnswerDeadline)
                throw new StartupProblem($"The database server did not answer within {AnswerDeadline.TotalSeconds} s: see {Log}");
            // Before that, somebody else may be listening on the port, who answers wrongly or not at all.
            if (!SaysReady())
                continue;
            try
            {
                await using var connection = new NpgsqlConnection(probe);
                await connection.OpenAsync(ct);
                return true;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidPassword)
            {
                throw new StartupProblem($"The passwords in {folder} are not those of its data: restore credentials.json, or move the folder away to start empty.", e);
            }
            catch (NpgsqlException)
            {
            }
        }
        return false;
    }

    private bool SaysReady()
    {
        try
        {
            return File.ReadLines(ServerIdFile).Any(l => l.TrimEnd() == "ready");
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task StopServerAsync()
    {
        if (watcher is null)
            return;
        if (!await watcher.CloseAsync(StopDeadline))
            await PgCtlStopAsync("immediate", CancellationToken.None);
        watcher.Dispose();
        watcher = null;
    }

    /// <summary>
    /// Stops a server that a killed host left behind: its watcher is still at it, or was killed too. The lock is ours, so that
    /// no living host needs the server.
    /// </summary>
    private async Task StopLeftoverServerAsync(CancellationToken ct)
    {
        if (!LeftoverServerRuns())
            return;
        await PgCtlStopAsync("fast", ct);
        if (LeftoverServerRuns())
            await PgCtlStopAsync("immediate", ct);
        if (LeftoverServerRuns())
            throw new StartupProblem($"A server left over from a killed instance still runs on {Data} and cannot be stopped: its process id is in postmaster.pid there.");
    }

    private Task<string?> PgCtlStopAsync(string mode, CancellationToken ct)
    {
        var seconds = LeftoversDeadline.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        return PostgresCommand.RunAsync(PostgresCommand.AsServerUser([binaries["pg_ctl"], "stop", "-D", Data, "-m", mode, "-w", "-t", seconds]), ct);
    }

    private bool LeftoverServerRuns()
    {
        try
        {
            var id = File.ReadLines(ServerIdFile).First();
            var command = File.ReadAllText($"/proc/{id}/cmdline").Split('\0');
            if (Path.GetFileName(command[0]) is "postgres")
                return command.Contains(Data);
            // The id went to another program, as it does in a restarted container; PostgreSQL would take that for its predecessor.
            if (command[0].Length > 0)
                File.Delete(ServerIdFile);
            return false;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return false;
        }
    }

    private string LogText() => File.Exists(Log) ? File.ReadAllText(Log) : "";

    private static string Reason(string log)
    {
        var lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var line = lines.LastOrDefault(l => l.Contains("FATAL:", StringComparison.Ordinal)) ?? lines.LastOrDefault() ?? "it left no message";
        return line[Math.Max(0, line.IndexOf("FATAL:", StringComparison.Ordinal))..];
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
