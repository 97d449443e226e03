using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>The host as those who run it meet it: what it cannot start with is one line and exit code 1.</summary>
public sealed class ProcessTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private TestDatabase _database = null!;

    [OneTimeSetUp]
    public async Task CreateAsync() => _database = await TestCluster.CreateAsync();

    [Test]
    public async Task Production_with_the_development_issuer_does_not_start() =>
        await RefusesAsync("DevelopmentIdentity:Enabled is set in the environment Production",
            [("ASPNETCORE_ENVIRONMENT", "Production"), ("DevelopmentIdentity__Enabled", "true"), .. Connections()]);

    [Test]
    public async Task Production_without_a_database_does_not_start() =>
        await RefusesAsync("The environment Production needs ConnectionStrings__Escalation", [("ASPNETCORE_ENVIRONMENT", "Production")]);

    [TestCase("Escalation", "ConnectionStrings__EscalationNational, ConnectionStrings__EscalationOwner")]
    [TestCase("EscalationNational", "ConnectionStrings__Escalation, ConnectionStrings__EscalationOwner")]
    [TestCase("EscalationOwner", "ConnectionStrings__Escalation, ConnectionStrings__EscalationNational")]
    public async Task With_one_of_three_connection_strings_it_names_those_that_are_missing(string given, string missing) =>
        await RefusesAsync($"missing: {missing}.", [("ASPNETCORE_ENVIRONMENT", "Development"), .. Connections().Where(c => c.Name == $"ConnectionStrings__{given}")]);

    [TestCase("rebulid")]
    [TestCase("--help")]
    public async Task A_verb_that_is_none_starts_no_server(string verb)
    {
        var (exitCode, output, errors) = await RunAsync([("ASPNETCORE_ENVIRONMENT", "Development"), .. Connections()], verb);

        Assert.That((exitCode, output, errors.Trim()), Is.EqualTo((1, "", "Usage: infra/run.sh [--demo | verify | rebuild]")));
    }

    [Test]
    public async Task A_port_in_use_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        await RefusesAsync($"Port {port} is already in use",
            [("ASPNETCORE_ENVIRONMENT", "Development"), ("ASPNETCORE_URLS", $"http://127.0.0.1:{port}"), .. Connections()]);
    }

    [TestCase("ConnectionStrings__Escalation")]
    [TestCase("ConnectionStrings__EscalationNational")]
    public async Task A_login_that_row_level_security_does_not_bind_is_refused(string which) =>
        await RefusesAsync("row level security would not bind it",
            [("ASPNETCORE_ENVIRONMENT", "Development"), .. Connections().Select(c => c.Name == which ? (c.Name, _database.Superuser) : c)]);

    [Test]
    public async Task The_owner_of_the_tables_is_refused_as_the_applications_login() =>
        await RefusesAsync("row level security would not bind it",
            [("ASPNETCORE_ENVIRONMENT", "Development"), .. Connections().Select(c => c.Name == "ConnectionStrings__Escalation" ? (c.Name, _database.Owner) : c)]);

    [Test]
    public async Task A_server_that_cannot_be_reached_is_one_line()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        await RefusesAsync("PostgreSQL: ",
            [("ASPNETCORE_ENVIRONMENT", "Development"), .. Connections().Select(c => (c.Name, $"Host=127.0.0.1;Port={port};Username=nobody;Password=x;Database=x;Timeout=5"))]);
    }

    [Test]
    public async Task Verify_tells_a_healthy_database_from_one_that_was_tampered_with()
    {
        await using var host = await TestHost.StartAsync();
        using var kalmar = new RegionAtWork(host);
        var id = await kalmar.CaseAtAsync(4);
        (string, string)[] settings = [("ASPNETCORE_ENVIRONMENT", "Production"), .. Connections(host.Database)];

        var healthy = await RunAsync(settings, "verify");
        var meeting = Guid.NewGuid();
        await host.Database.ScalarAsync(
            "INSERT INTO national_meetings VALUES ($1, 1, 'region:08', '{}', '{}', '5560160680', NULL, now(), 'called', '{}', now())", meeting);
        var withoutEvents = await RunAsync(settings, "verify");
        await host.Database.ScalarAsync("DELETE FROM national_meetings");
        await host.Database.ScalarAsync("UPDATE national_cases SET step = 3");
        var tampered = await RunAsync(settings, "verify");

        Assert.That((healthy.ExitCode, healthy.Errors), Is.EqualTo((0, "")), healthy.Output);
        Assert.That(healthy.Output, Does.Contain("08 Region Kalmar län: 4 streams").And.Contain("0 mismatches"));
        Assert.That(healthy.Output, Does.Contain("Joint regional meetings: 0 streams, 0 events, 0 mismatches"));
        Assert.That(withoutEvents.ExitCode, Is.EqualTo(1), withoutEvents.Output);
        Assert.That(withoutEvents.Output, Does.Contain($"   {meeting}: version").And.Contain($"   {meeting}: snapshot"));
        Assert.That(tampered.ExitCode, Is.EqualTo(1));
        Assert.That(tampered.Output, Does.Contain($"{id}"));
    }

    private IEnumerable<(string Name, string Value)> Connections(TestDatabase? database = null) =>
    [
        ("ConnectionStrings__Escalation", (database ?? _database).Application),
        ("ConnectionStrings__EscalationNational", (database ?? _database).National),
        ("ConnectionStrings__EscalationOwner", (database ?? _database).Owner),
    ];

    private static async Task RefusesAsync(string reason, IEnumerable<(string, string)> settings)
    {
        var (exitCode, output, errors) = await RunAsync(settings);

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.EqualTo(1), output + errors);
            Assert.That(errors.TrimEnd('\n'), Does.Contain(reason).And.Not.Contain("\n"), "one line says what is wrong");
            Assert.That(errors + output, Does.Not.Contain("   at ").And.Not.Contain("Unhandled exception").And.Not.Contain("Password="));
        });
    }

    /// <summary>Runs the built host until it ends by itself; past the deadline it is ended, and its exit code is not 0 or 1.</summary>
    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(IEnumerable<(string Name, string Value)> settings, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(Program).Assembly.Location, .. arguments])
        {
            WorkingDirectory = Path.Combine(Repository.Root, "src", "RegionEscalation.Host"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsSetting).ToArray())
            start.Environment.Remove(name);
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        foreach (var (name, value) in settings)
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>What whoever runs the tests may have set for a host of their own.</summary>
    internal static bool IsSetting(string name) => new[] { "ASPNETCORE_", "DOTNET_ENVIRONMENT", "DOTNET_STARTUP_HOOKS", "ConnectionStrings__", "DevelopmentIdentity__", "AzureAd__", "Access__", "Logging__" }
        .Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
