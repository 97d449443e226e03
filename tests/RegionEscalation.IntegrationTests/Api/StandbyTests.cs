using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Npgsql;
using RegionEscalation.Host.Development;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>A server of its own, which goes on as a standby under a running host.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class StandbyTests
{
    private const string Name = "escalation";
    private string _folder = "";

    [SetUp]
    public void ChooseFolder() => _folder = Path.Combine(Path.GetTempPath(), $"region-escalation-test-{Guid.NewGuid():N}");

    [TearDown]
    public void RemoveFolder()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task A_standby_gives_out_no_changes_for_it_does_not_know_what_there_is()
    {
        var options = new EmbeddedPostgresOptions { Folder = _folder, Durable = false, Port = FreePort() };
        TestHost host;
        Dictionary<string, string> settings;
        await using (var primary = await EmbeddedPostgres.StartAsync(options, CancellationToken.None))
        {
            var superuser = primary.SuperuserConnectionString("postgres");
            await DatabaseSetup.EnsureRolesAsync(superuser, new Dictionary<string, string>
            {
                [DatabaseSetup.Owner] = primary.Credentials.OwnerPassword,
                [DatabaseSetup.Application] = primary.Credentials.AppPassword,
                [DatabaseSetup.National] = primary.Credentials.NationalPassword,
            }, CancellationToken.None);
            await DatabaseSetup.EnsureDatabaseAsync(superuser, Name, CancellationToken.None);
            settings = new()
            {
                ["ConnectionStrings:Escalation"] = primary.ConnectionString(Name, DatabaseSetup.Application, primary.Credentials.AppPassword),
                ["ConnectionStrings:EscalationNational"] = primary.ConnectionString(Name, DatabaseSetup.National, primary.Credentials.NationalPassword),
                ["ConnectionStrings:EscalationOwner"] = primary.ConnectionString(Name, DatabaseSetup.Owner, primary.Credentials.OwnerPassword),
            };
            host = await TestHost.StartAsync(settings);
            using var before = new RegionAtWork(host);
            await before.ContractAsync();
            await new FeedFollower(p => before.GetAsync(p), $"{before.Path}/changes").UntilAsync(1);
        }
        var signal = Path.Combine(_folder, "data", "standby.signal");
        await File.WriteAllTextAsync(signal, "");
        File.SetUnixFileMode(signal, (UnixFileMode)0b110_110_110);

        await using (await EmbeddedPostgres.StartAsync(options, CancellationToken.None))
        await using (host)
        {
            using var kalmar = new RegionAtWork(host);
            Answer contracts;
            var deadline = DateTime.UtcNow + FeedFollower.Deadline;
            while ((contracts = await kalmar.GetAsync("contracts")).Status is not HttpStatusCode.OK)
                Assert.That(DateTime.UtcNow, Is.LessThan(deadline), contracts.Text);

            var changes = await kalmar.GetAsync("changes?wait=30");

            Assert.That(contracts.Body!["items"]!.AsArray(), Has.Count.EqualTo(1), "whatever else is there can be read");
            Assert.That(changes.Status, Is.EqualTo(HttpStatusCode.ServiceUnavailable), changes.Text);
            Assert.That(changes.Headers, Does.Contain("Retry-After"));
        }
        NpgsqlConnection.ClearAllPools();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
