using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using Npgsql;
using RegionEscalation.Host;
using RegionEscalation.Host.Development;

namespace RegionEscalation.IntegrationTests;

/// <summary>The server that development and these tests run on: it keeps what was committed and leaves nothing behind.</summary>
[UnsupportedOSPlatform("windows")]
public class EmbeddedPostgresTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Closed = OwnerOnly | UnixFileMode.UserExecute | UnixFileMode.GroupExecute;
    private const UnixFileMode Open = Closed | UnixFileMode.OtherExecute;

    private string folder = "";

    private string Data => Path.Combine(folder, "data");

    [SetUp]
    public void ChooseOwnFolder() => folder = Path.Combine(Path.GetTempPath(), $"region-escalation-test-{Guid.NewGuid():N}");

    [TearDown]
    public void RemoveFolder()
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    [Test]
    public async Task A_started_server_answers_on_the_loopback_address_only_and_asks_for_a_password()
    {
        await using var postgres = await StartAsync(durable: false);
        var connection = postgres.SuperuserConnectionString("postgres");
        var stranger = new NpgsqlConnectionStringBuilder(connection) { Password = "guessed" }.ConnectionString;

        Assert.That(await AnswerAsync(connection, "select current_setting('listen_addresses') || current_setting('unix_socket_directories')"), Is.EqualTo("127.0.0.1"));
        Assert.That(await AnswerAsync(connection, "select current_setting('server_encoding') || ' ' || current_setting('lc_collate')"), Is.EqualTo("UTF8 C.UTF-8"));
        Assert.That(() => AnswerAsync(stranger, "select 1"), Throws.InstanceOf<PostgresException>().With.Property("SqlState").EqualTo("28P01"));
    }

    [Test]
    public async Task What_was_committed_survives_a_stop_and_a_second_start()
    {
        int first;
        await using (var postgres = await StartAsync())
        {
            first = ServerId();
            await AnswerAsync(postgres.SuperuserConnectionString("postgres"), "create table kept as select 'committed' as what");
        }
        Assert.That(Runs(first), Is.False);

        await using var again = await StartAsync();

        Assert.That(await AnswerAsync(again.SuperuserConnectionString("postgres"), "select what from kept"), Is.EqualTo("committed"));
        Assert.That(await AnswerAsync(again.SuperuserConnectionString("postgres"), "show fsync"), Is.EqualTo("on"));
    }

    [Test]
    public async Task A_killed_host_leaves_no_server_and_loses_nothing_committed()
    {
        using var host = StartHost();
        var connection = await host.StandardOutput.ReadLineAsync();
        await AnswerAsync(connection!, "create table kept as select 'committed' as what");
        var server = ServerId();

        host.Kill();

        Assert.That(() => Runs(server), Is.False.After(10_000, 50));
        await using var again = await StartAsync();
        Assert.That(await AnswerAsync(again.SuperuserConnectionString("postgres"), "select what from kept"), Is.EqualTo("committed"));
    }

    [Test]
    public async Task A_start_takes_over_from_a_server_whose_host_and_watcher_were_killed()
    {
        using var host = StartHost();
        var connection = await host.StandardOutput.ReadLineAsync();
        await AnswerAsync(connection!, "create table kept as select 'committed' as what");
        var server = ServerId();

        foreach (var watcher in WatchersOf(server))
            Kill(watcher);
        host.Kill();
        await host.WaitForExitAsync();
        Assert.That(Runs(server), Is.True, "with nobody watching, the server stays");

        await using var again = await StartAsync();

        Assert.That(Runs(server), Is.False);
        Assert.That(await AnswerAsync(again.SuperuserConnectionString("postgres"), "select what from kept"), Is.EqualTo("committed"));
    }

    [Test]
    public async Task A_second_instance_on_the_same_folder_is_refused_and_the_first_goes_on()
    {
        await using var postgres = await StartAsync(durable: false);

        Assert.That(() => StartAsync(durable: false), Throws.InstanceOf<StartupProblem>().With.Message.Contains("already in use by another running instance"));
        Assert.That(await AnswerAsync(postgres.SuperuserConnectionString("postgres"), "select 'here'"), Is.EqualTo("here"));
    }

    [Test]
    public void Data_of_another_version_are_refused_in_one_line_and_left_alone()
    {
        Directory.CreateDirectory(Data);
        File.WriteAllText(Path.Combine(Data, "PG_VERSION"), "9\n");

        Assert.That(() => StartAsync(), Throws.InstanceOf<StartupProblem>().With.Message.Contains("written by PostgreSQL 9").And.Message.Not.Contains("\n"));
        Assert.That(Directory.GetFileSystemEntries(Data), Has.Length.EqualTo(1));
    }

    [Test]
    public void A_machine_without_PostgreSQL_is_told_so_in_one_line()
    {
        var options = new EmbeddedPostgresOptions { Folder = folder, Binaries = Path.GetTempPath() };

        Assert.That(() => EmbeddedPostgres.StartAsync(options, CancellationToken.None),
            Throws.InstanceOf<StartupProblem>().With.Message.Contains("EmbeddedPostgres__Binaries").And.Message.Not.Contains("\n"));
    }

    [Test]
    public async Task A_start_that_was_cut_short_while_making_the_data_is_made_anew()
    {
        var halfDone = Path.Combine(folder, "unfinished-by-a-crash");
        Directory.CreateDirectory(halfDone);
        File.WriteAllText(Path.Combine(halfDone, "PG_VERSION"), "15\n");

        await using var postgres = await StartAsync(durable: false);

        Assert.That(await AnswerAsync(postgres.SuperuserConnectionString("postgres"), "show fsync"), Is.EqualTo("off"));
        Assert.That(Directory.Exists(halfDone), Is.False);
    }

    [Test]
    public void A_fixed_port_that_is_taken_is_reported_with_the_reason_of_the_server()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var options = new EmbeddedPostgresOptions { Folder = folder, Durable = false, Port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port };

        Assert.That(() => EmbeddedPostgres.StartAsync(options, CancellationToken.None), Throws.InstanceOf<StartupProblem>().With.Message.Contains("TCP/IP"));
    }

    [Test]
    public async Task The_passwords_differ_stay_the_same_and_are_readable_by_their_owner_only()
    {
        string[] Passwords(EmbeddedPostgres p) =>
            [p.Credentials.SuperuserPassword, p.Credentials.OwnerPassword, p.Credentials.AppPassword, p.Credentials.NationalPassword];

        string[] first;
        await using (var postgres = await StartAsync(durable: false))
            first = Passwords(postgres);
        await using var again = await StartAsync(durable: false);

        Assert.That(first, Is.Unique);
        Assert.That(Passwords(again), Is.EqualTo(first));
        Assert.That(File.GetUnixFileMode(Path.Combine(folder, "credentials.json")), Is.EqualTo(OwnerOnly));
        Assert.That(File.GetUnixFileMode(Path.Combine(folder, "postgres.log")), Is.EqualTo(OwnerOnly));
    }

    [Test]
    public void Data_lie_in_the_repository_when_the_server_can_get_there()
    {
        Assert.That(Choose(serverHasItsOwnUser: true, closed: null), Is.EqualTo("/home/someone/clone/.data/postgres"));
        Assert.That(Choose(serverHasItsOwnUser: false, closed: "/home/someone"), Is.EqualTo("/home/someone/clone/.data/postgres"));
    }

    [TestCase("/home/someone")]
    [TestCase("/home/someone/clone")]
    [TestCase("/home/someone/clone/.data")]
    public void Data_lie_in_one_stable_temporary_folder_when_a_parent_is_closed_to_the_server(string closed)
    {
        var chosen = Choose(serverHasItsOwnUser: true, closed);

        Assert.That(chosen, Does.StartWith(Path.GetTempPath()));
        Assert.That(Choose(serverHasItsOwnUser: true, closed, root: "/home/someone/clone/"), Is.EqualTo(chosen));
        Assert.That(Choose(serverHasItsOwnUser: true, closed, root: "/home/someone/clone/other"), Is.Not.EqualTo(chosen));
    }

    private static string Choose(bool serverHasItsOwnUser, string? closed, string root = "/home/someone/clone") =>
        EmbeddedPostgres.ChooseFolder(root, serverHasItsOwnUser, path => path == closed ? Closed : path == "/home/someone/clone/.data/postgres" ? null : Open);

    private Task<EmbeddedPostgres> StartAsync(bool durable = true) =>
        EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { Folder = folder, Durable = durable }, CancellationToken.None);

    private Process StartHost()
    {
        var tests = typeof(EmbeddedPostgresTests).Assembly.Location;
        return Process.Start(new ProcessStartInfo("dotnet", ["exec", tests])
        {
            Environment = { ["DOTNET_STARTUP_HOOKS"] = tests, [StartupHook.FolderVariable] = folder },
            RedirectStandardOutput = true,
        })!;
    }

    private static async Task<object?> AnswerAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private int ServerId() => int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    private static bool Runs(int id)
    {
        try
        {
            // A zombie does not run: it only waits for an init process to take note of its end, and a container may have none that does.
            return !File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The shell that started the server, and its other child, which reads the pipe.</summary>
    private static int[] WatchersOf(int server)
    {
        var shell = int.Parse(File.ReadAllText($"/proc/{server}/stat").Split(' ')[3], CultureInfo.InvariantCulture);
        var children = File.ReadAllText($"/proc/{shell}/task/{shell}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return [shell, .. children.Select(c => int.Parse(c, CultureInfo.InvariantCulture)).Where(c => c != server)];
    }

    private static void Kill(int id)
    {
        using var process = Process.GetProcessById(id);
        process.Kill();
    }
}
