using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using RegionEscalation.Host.Development;
using RegionEscalation.IntegrationTests.Webhooks;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>A host, a receiver, and requests about webhook subscriptions of Kalmar over HTTP: the same on both APIs, of different owners.</summary>
public abstract class WebhookFixture(bool national)
{
    private protected const string Kalmar = "0a8c1f52-6d0b-4e6f-9a51-3b1f7c2d0008";
    private protected const string Halland = "5e2d9b74-1c83-4f0a-b6e7-8d4a2f9c0013";
    private protected const string Group = "c47f0e19-93a5-4b2d-8f60-1e5d7a3b0000";
    private protected const string Endpoint = "https://integration.region.example/webhooks";

    private protected bool National => national;

    private protected CapturedLog Log { get; } = new();

    private protected TestHost Host { get; private set; } = null!;

    private protected WebhookReceiver Receiver { get; private set; } = null!;

    private protected WebhookRows Rows { get; private set; } = null!;

    private HttpClient Http { get; set; } = null!;

    private protected string Collection => National ? "/national/v1/webhook-subscriptions" : "/escalation/v1/regions/08/webhook-subscriptions";

    private protected string Inbox => National ? "/national/v1/inbox/messages" : "/escalation/v1/regions/08/inbox/messages";

    private protected string Owner => National ? "region:08" : "08";

    private protected DevelopmentClient Subscriber => new("kalmar-system", TenantId: Kalmar, Roles: [National ? "handler" : "integrator"]);

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        Host = await TestHost.StartAsync(new()
        {
            ["Webhooks:AllowLoopback"] = "true",
            ["Webhooks:Timeout"] = "00:00:02",
            ["Logging:Captured:LogLevel:RegionEscalation"] = "Trace",
            ["Logging:Captured:LogLevel:Microsoft.AspNetCore"] = "Information",
            ["Access:Clients:kalmar-system:Regions:0"] = "08",
            ["Access:Clients:kalmar-and-group:TenantId"] = Group,
            ["Access:Clients:kalmar-and-group:Regions:0"] = "08",
        }, log: Log);
        Receiver = await WebhookReceiver.StartAsync();
        Rows = new WebhookRows(Host.Database, National);
        Http = Host.CreateClient();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await Receiver.DisposeAsync();
        Http.Dispose();
        await Host.DisposeAsync();
        Log.Dispose();
    }

    [SetUp]
    public Task ForgetAsync() => Host.Database.ScalarAsync(
        "DELETE FROM webhook_deliveries; DELETE FROM webhook_subscriptions; DELETE FROM national_webhook_deliveries; DELETE FROM national_webhook_subscriptions");

    private protected string Type => National ? "national-case-appeared.v1" : "case-opened.v1";

    private protected static string? Current(Answer secrets) => (string?)secrets.Body!["current"];

    private protected static string? State(Answer answer) => State(answer.Body);

    private protected static string? State(JsonNode? subscription) => (string?)subscription!["state"];

    private protected static Answer Succeeded(Answer answer) => RegionAtWork.Succeeded(answer);

    private protected Received[] Sent(string url) => [.. Receiver.Posts.Where(p => url.EndsWith(p.Path, StringComparison.Ordinal))];

    private protected static async Task EchoAsync(Received received, HttpContext http)
    {
        if (received.Event["data"]?["challenge"] is not { } challenge)
            return;
        http.Response.StatusCode = 200;
        await http.Response.WriteAsJsonAsync(new { challenge = challenge.ToString() });
    }

    /// <summary>Everything that can be done at an address of a subscription.</summary>
    private protected (HttpMethod Method, string Path, object? Body)[] Operations(Guid id, Guid delivery) =>
    [
        (HttpMethod.Get, $"{Collection}/{id}", null),
        (HttpMethod.Get, $"{Collection}/{id}/secrets", null),
        (HttpMethod.Get, $"{Collection}/{id}/deliveries", null),
        (HttpMethod.Get, $"{Collection}/{id}/deliveries/{delivery}", null),
        (HttpMethod.Put, $"{Collection}/{id}", new { url = Endpoint + "/changed" }),
        (HttpMethod.Post, $"{Collection}/{id}/secrets", new { }),
        (HttpMethod.Post, $"{Collection}/{id}/verifications", null),
        (HttpMethod.Post, $"{Collection}/{id}/deliveries/{delivery}/redeliveries", null),
        (HttpMethod.Post, $"{Collection}/{id}/redeliveries", new { since = "2026-01-01T00:00:00Z" }),
        (HttpMethod.Delete, $"{Collection}/{id}", null),
    ];

    private protected Task<Answer> SubscribeAsync(object body, params (string Name, string? Value)[] headers) =>
        SendAsync(HttpMethod.Post, Collection, body, [.. headers, .. National ? [("Purpose", (string?)"internalControl")] : Array.Empty<(string, string?)>()]);

    private protected Task<Answer> SendAsync(HttpMethod method, string path, object? body = null, params (string Name, string? Value)[] headers) => SendAsync(Subscriber, method, path, body, headers);

    private protected async Task<Answer> SendAsync(DevelopmentClient client, HttpMethod method, string path, object? body = null, params (string Name, string? Value)[] headers)
    {
        using var response = await RawAsync(client, method, path, body, headers);
        return await Answer.OfAsync(response);
    }

    private protected Task<HttpResponseMessage> RawAsync(HttpMethod method, string path) => RawAsync(Subscriber, method, path, null, []);

    private protected async Task<HttpResponseMessage> RawAsync(DevelopmentClient client, HttpMethod method, string path, object? body, (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new("Bearer", Host.Identity.Issue(client));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Http.SendAsync(request);
    }
}
