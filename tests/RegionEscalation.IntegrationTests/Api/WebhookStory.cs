using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using RegionEscalation.IntegrationTests.Webhooks;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>Every command on a webhook subscription over HTTP, on both APIs. It comes after whatever writes: an endpoint that is verified is delivered to.</summary>
internal sealed class WebhookStory : IAsyncDisposable
{
    private readonly TestHost _host;
    private readonly RegionAtWork _kalmar;
    private readonly WebhookReceiver _receiver;

    private WebhookStory(TestHost host, HttpClient? http, WebhookReceiver receiver)
    {
        _host = host;
        _kalmar = new RegionAtWork(host, http: http);
        _receiver = receiver;
        receiver.Answer = EchoAsync;
    }

    /// <param name="http">What the requests go through, when a test wants to see them.</param>
    public static async Task<WebhookStory> StartAsync(TestHost host, HttpClient? http = null) => new(host, http, await WebhookReceiver.StartAsync());

    public async ValueTask DisposeAsync()
    {
        _kalmar.Dispose();
        await _receiver.DisposeAsync();
    }

    public async Task PlayAsync()
    {
        foreach (var (collection, client, owner) in new[] { ("webhook-subscriptions", "kalmar-integrator", "08"), ("/national/v1/webhook-subscriptions", "kalmar-handler", "region:08") })
        {
            var rows = new WebhookRows(_host.Database, collection.StartsWith('/'));
            var made = await DoneAsync(client, HttpMethod.Post, collection, new { url = "https://integration.region.example/webhooks" });
            var path = $"{collection}/{made.Id}";
            await DoneAsync(client, HttpMethod.Put, path, new { url = _receiver.Url() }, 1);
            await DoneAsync(client, HttpMethod.Post, path + "/secrets", new { overlapHours = 1 }, 2);
            var delivery = await rows.DeliveryAsync(owner, made.Id);
            await DoneAsync(client, HttpMethod.Post, $"{path}/deliveries/{delivery}/redeliveries", null);
            await DoneAsync(client, HttpMethod.Post, path + "/redeliveries", new { since = _host.Clock.GetUtcNow().AddDays(-1) });
            await DoneAsync(client, HttpMethod.Delete, path, null, 3);

            var verified = await DoneAsync(client, HttpMethod.Post, collection, new { url = _receiver.Url() });
            await DoneAsync(client, HttpMethod.Post, $"{collection}/{verified.Id}/verifications", null, 1);
            // From here on it would be delivered to, which is another story.
            await rows.SetAsync(verified.Id, "state = 'ended', lease_holder = NULL");
        }
    }

    private async Task<Answer> DoneAsync(string client, HttpMethod method, string path, object? body, int? version = null) => RegionAtWork.Succeeded(await _kalmar.SendAsync(
        client, method, path, body, ("Purpose", "nationalCoordination"), ("If-Match", version is { } v ? $"\"{v}\"" : null)));

    private static async Task EchoAsync(Received received, HttpContext http)
    {
        if (received.Event["data"]?["challenge"] is not { } challenge)
            return;
        http.Response.StatusCode = StatusCodes.Status200OK;
        await http.Response.WriteAsJsonAsync(new JsonObject { ["challenge"] = challenge.DeepClone() });
    }
}
