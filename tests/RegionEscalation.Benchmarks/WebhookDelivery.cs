using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace RegionEscalation.Benchmarks;

/// <summary>An endpoint on loopback that accepts everything at once, and answers what asks for a challenge with it.</summary>
internal sealed class Receiver(WebApplication app) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, byte[]> _bodies = [];
    private Arrivals _arrivals = new(0);

    public Uri Address => new(app.Urls.Single());

    /// <summary>Everything that was ever delivered, once each.</summary>
    public IReadOnlyCollection<byte[]> Bodies => [.. _bodies.Values];

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new Receiver(app);
        app.MapPost("/", receiver.ReceiveAsync);
        await app.StartAsync();
        return receiver;
    }

    /// <summary>From now on counts what comes, repetitions left out.</summary>
    public Arrivals Expect(int events) => _arrivals = new Arrivals(events);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task<IResult> ReceiveAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        if (request.Headers["webhook-id"] is not [{ } id])
            return Results.NoContent();
        if (!_bodies.ContainsKey(id))
        {
            var message = JsonNode.Parse(body.ToArray())!;
            if ((string?)message["type"] == "webhook-verification.v1")
                return Results.Json(new { challenge = (string?)message["data"]!["challenge"] });
            _bodies.TryAdd(id, body.ToArray());
        }
        _arrivals.Add(id);
        return Results.NoContent();
    }
}

/// <summary>The first and the last of the events that are expected.</summary>
internal sealed class Arrivals(int events)
{
    private readonly ConcurrentDictionary<string, bool> _seen = [];
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _first;
    private long _last;

    public Task All => _all.Task;

    /// <summary>Per second, between the first and the last that came.</summary>
    public double Rate => (_seen.Count - 1) / Stopwatch.GetElapsedTime(_first, _last).TotalSeconds;

    public void Add(string id)
    {
        var now = Stopwatch.GetTimestamp();
        if (!_seen.TryAdd(id, true))
            return;
        Interlocked.CompareExchange(ref _first, now, 0);
        Interlocked.Exchange(ref _last, now);
        if (_seen.Count >= events)
            _all.TrySetResult();
    }
}

/// <summary>
/// Webhooks against a bare loop: a subscription from before the first event, whose whole feed is delivered; and the same bodies posted to the same endpoint
/// by an HttpClient that knows no order, no log and no signature.
/// </summary>
internal sealed class WebhookDelivery(Uri platform, string token, string region, Receiver receiver)
{
    private static readonly TimeSpan AtTheLongest = TimeSpan.FromSeconds(60);

    public async Task CompareAsync(int events, int turns)
    {
        using var http = new HttpClient { BaseAddress = platform, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var bare = new HttpClient { BaseAddress = receiver.Address };
        await DeliverAsync(http, events);
        await PostAsync(bare, 1);
        var (one, eight) = (new List<double>(), new List<double>());
        for (var turn = 0; turn < turns; turn++)
        {
            var delivered = await DeliverAsync(http, events);
            one.Add(delivered / await PostAsync(bare, 1));
            eight.Add(delivered / await PostAsync(bare, 8));
        }
        Print("one by one", one, events);
        Print("8 at once", eight, events);
    }

    private static void Print(string name, List<double> ratios, int events)
    {
        ratios.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"webhook delivery: throughput / bare HttpClient loop, {name}: median {ratios[ratios.Count / 2]:0.00}, min {ratios[0]:0.00}, max {ratios[^1]:0.00} ({ratios.Count} turns of {events} events)"));
    }

    /// <returns>Deliveries per second.</returns>
    private async Task<double> DeliverAsync(HttpClient http, int events)
    {
        var collection = $"/escalation/v1/regions/{region}/webhook-subscriptions";
        var (id, made) = await SendAsync(http, HttpMethod.Post, collection, null, new { url = receiver.Address, since = DateTimeOffset.UtcNow.AddDays(-1) });
        var arrivals = receiver.Expect(events);
        var (_, active) = await SendAsync(http, HttpMethod.Post, $"{collection}/{id}/verifications", made, null);
        // What has come by then is the rate all the same.
        await Task.WhenAny(arrivals.All, Task.Delay(AtTheLongest));
        await SendAsync(http, HttpMethod.Delete, $"{collection}/{id}", active, null);
        return arrivals.Rate;
    }

    /// <returns>Posts per second.</returns>
    private async Task<double> PostAsync(HttpClient bare, int atOnce)
    {
        var bodies = receiver.Bodies;
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(bodies, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (body, cancellationToken) =>
        {
            using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/cloudevents+json") } };
            using var answer = await bare.PostAsync(new Uri("/", UriKind.Relative), content, cancellationToken);
            answer.EnsureSuccessStatusCode();
        });
        return bodies.Count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<(string? Id, string? ETag)> SendAsync(HttpClient http, HttpMethod method, string path, string? version, object? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (version is not null)
            request.Headers.TryAddWithoutValidation("If-Match", version);
        using var answer = await http.SendAsync(request);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{method} {path} was answered {answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        var text = await answer.Content.ReadAsStringAsync();
        return (text.Length == 0 ? null : (string?)JsonNode.Parse(text)!["id"], answer.Headers.ETag?.ToString());
    }
}
