using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RegionEscalation.Integrations.Catalogue.Pull;
using RegionEscalation.IntegrationTests.Storage;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Pulls;

/// <summary>A database, a catalogue, and as many hosts that pull it for Kalmar as a test starts; their clock can be moved. Nothing applies what is queued.</summary>
internal sealed class PullBench : IAsyncDisposable
{
    private readonly List<CataloguePull> _pulls = [];
    private readonly HttpClient _http = PullHttp.Create();

    private PullBench(TestDatabase database, CatalogueServer server)
    {
        Database = database;
        Server = server;
        Store = new EscalationStore(database.Application);
        Options = OptionsOf(server.Url);
    }

    public TestDatabase Database { get; }

    public CatalogueServer Server { get; }

    public EscalationStore Store { get; }

    public MovableClock Clock { get; } = new();

    public PullOptions Options { get; set; }

    public static async Task<PullBench> StartAsync() => new(await TestCluster.CreateAsync(), await CatalogueServer.StartAsync());

    /// <summary>The settings of the catalogue as it is, with nothing to wait for.</summary>
    public static PullOptions OptionsOf(string url) => new()
    {
        Url = url,
        Interval = TimeSpan.FromHours(1),
        ItemsPath = "data",
        NextLinkPath = "links.next",
        RequestsPerSecond = 1000,
        RetryDelay = TimeSpan.FromMilliseconds(10),
        Mapping = new()
        {
            ["contractNumber"] = new() { Path = "avtalsnummer" },
            ["contract.title"] = new() { Path = "benamning" },
            ["contract.supplier.organisationNumber"] = new() { Path = "leverantor.orgnr" },
            ["contract.supplier.name"] = new() { Path = "leverantor.namn" },
            ["contract.category"] = new() { Path = "kategori", Default = "Övrigt" },
            ["contract.ownerAddress"] = new() { Path = "agare" },
            ["contract.ownerFunction"] = new() { Constant = "Avtalscontroller" },
            ["contract.validUntil"] = new() { Path = "slut" },
            ["contract.socialClause"] = new() { Path = "social" },
            ["contract.value.amount"] = new() { Path = "varde" },
            ["contract.value.currency"] = new() { Constant = "SEK" },
            ["contract.cpv"] = new() { Path = "cpv", Separator = ";" },
            ["contract.clauses"] = new()
            {
                Path = "villkor",
                Items = new()
                {
                    ["type"] = new() { Path = "typ", Values = new() { ["vite"] = "penalty", ["Hävning"] = "rescission", ["Tvist"] = "" } },
                    ["reference"] = new() { Path = "punkt" },
                },
            },
        },
    };

    public PullSource Source()
    {
        var problems = new List<string>();
        return PullSource.Of("08", Options, development: true, problems) ?? throw new InvalidOperationException(string.Join(' ', problems));
    }

    /// <summary>A host, with a breaker, tokens and a name of its own.</summary>
    public CataloguePull Host(TimeSpan? lease = null)
    {
        var pull = new CataloguePull(Source(), Store, Sources(lease), _http, Clock, NullLogger.Instance);
        _pulls.Add(pull);
        return pull;
    }

    public CatalogueSources Sources(TimeSpan? lease = null) => new(Store, Guid.CreateVersion7(), lease ?? TimeSpan.FromSeconds(60));

    /// <summary>Makes a run due and lets a host have it.</summary>
    public async Task<PulledSource> RunAsync(CataloguePull? host = null, CancellationToken cancellationToken = default)
    {
        host ??= Host();
        await DueAsync(host);
        Assert.That(await host.RunIfDueAsync(cancellationToken).WaitAsync(TimeSpan.FromMinutes(3), CancellationToken.None), Is.True, "a run was due");
        return (await StatusAsync())!;
    }

    public async Task DueAsync(CataloguePull host)
    {
        await host.RegisterAsync(CancellationToken.None);
        await Database.ScalarAsync("UPDATE catalogue_sources SET next_run_at = now() - interval '1 minute'");
    }

    public async Task<PulledSource?> StatusAsync(RegionScope? scope = null)
    {
        scope ??= Given.Kalmar;
        var query = Store.OpenSession(scope).CreateBatchQuery();
        var found = query.Rows(CatalogueSources.Find(scope), CatalogueSources.Read);
        await query.ExecuteAsync(CancellationToken.None);
        return found.Value is [var status] ? status : null;
    }

    /// <summary>The imports, oldest first: state, extent, rows received, rejected and duplicate.</summary>
    public Task<string> ImportsAsync() => TextAsync(
        "SELECT string_agg(concat_ws(' ', state, reason, extent, rows_received, rows_rejected, rows_duplicate), ' | ' ORDER BY id) FROM catalogue_imports");

    /// <summary>The rows that wait, of every import together.</summary>
    public Task<string> RowsAsync() => TextAsync("SELECT string_agg(line || ' ' || key, ', ' ORDER BY import_id, line) FROM catalogue_import_rows");

    public Task<string> RejectsAsync() => TextAsync(
        "SELECT string_agg(concat_ws(' ', line, field, rule, coalesce(key, '-'), coalesce(value, '-')), ' | ' ORDER BY import_id, line, place) FROM catalogue_import_rejects");

    /// <summary>What the catalogue is asked with next.</summary>
    public Task<string> PlaceAsync() => TextAsync("SELECT concat_ws(' ', coalesce(etag, '-'), coalesce(last_modified, '-'), coalesce(cursor, '-')) FROM catalogue_sources");

    public async ValueTask DisposeAsync()
    {
        foreach (var pull in _pulls)
            pull.Dispose();
        _http.Dispose();
        await Store.DisposeAsync();
        await Server.DisposeAsync();
        await using var connection = new NpgsqlConnection(Database.Application);
        NpgsqlConnection.ClearPool(connection);
    }

    private async Task<string> TextAsync(string sql) => await Database.ScalarAsync(sql) as string ?? "";
}

/// <summary>A bench for each test.</summary>
public abstract class PullFixture
{
    private protected PullBench Bench { get; private set; } = null!;

    private protected CatalogueServer Server => Bench.Server;

    [SetUp]
    public async Task StartAsync() => Bench = await PullBench.StartAsync();

    [TearDown]
    public async Task StopAsync() => await Bench.DisposeAsync();
}
