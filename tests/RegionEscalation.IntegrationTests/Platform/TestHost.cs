using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using RegionEscalation.Host.Development;

namespace RegionEscalation.IntegrationTests;

/// <summary>The whole host on real Kestrel and a database of its own, with a clock that a test can move.</summary>
internal sealed class TestHost : WebApplicationFactory<Program>
{
    private readonly TestDatabase _database;
    private readonly Dictionary<string, string> _settings;
    private readonly CapturedLog? _log;

    private TestHost(TestDatabase database, Dictionary<string, string> settings, CapturedLog? log)
    {
        _database = database;
        _settings = settings;
        _log = log;
        UseKestrel(0);
    }

    public TestDatabase Database => _database;

    public MovableClock Clock { get; } = new();

    public DevelopmentIdentity Identity => Services.GetRequiredService<DevelopmentIdentity>();

    public static async Task<TestHost> StartAsync(Dictionary<string, string>? settings = null, TestDatabase? database = null, CapturedLog? log = null)
    {
        var host = new TestHost(database ?? await TestCluster.CreateAsync(), settings ?? [], log);
        host.StartServer();
        return host;
    }

    /// <summary>A client with the token of a development client; without one when <paramref name="clientId"/> is null.</summary>
    public HttpClient ClientOf(string? clientId)
    {
        var client = CreateClient();
        if (clientId is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Identity.Issue(Identity.Clients.Single(c => c.ClientId == clientId)));
        return client;
    }

    public HttpClient ClientWith(string token)
    {
        var client = CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Development");
        builder.UseSetting("ConnectionStrings:Escalation", _database.Application);
        builder.UseSetting("ConnectionStrings:EscalationNational", _database.National);
        builder.UseSetting("ConnectionStrings:EscalationOwner", _database.Owner);
        builder.UseSetting("RateLimit:Burst", "100000");
        builder.UseSetting("RateLimit:PerSecond", "100000");
        builder.UseSetting("Logging:LogLevel:Default", "Warning");
        foreach (var (key, value) in _settings)
            builder.UseSetting(key, value);
        builder.ConfigureServices(services =>
        {
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
            if (_log is not null)
                services.AddSingleton<ILoggerProvider>(_log);
        });
    }
}

/// <summary>The system's time plus what a test has moved it by; timers follow the system.</summary>
internal sealed class MovableClock : TimeProvider
{
    private TimeSpan _moved;

    public void Move(TimeSpan by) => _moved += by;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _moved;
}

internal static class HttpHelpers
{
    /// <summary>Sends a JSON body with the headers given as pairs of name and value.</summary>
    public static async Task<(HttpResponseMessage Response, JsonNode? Body)> SendAsync(
        this HttpClient client, HttpMethod method, string path, object? body = null, params (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        foreach (var (name, value) in headers)
        {
            if (value is not null)
                request.Headers.TryAddWithoutValidation(name, value);
        }
        var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response, text.Length == 0 ? null : JsonNode.Parse(text));
    }
}
