using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace RegionEscalation.IntegrationTests.Webhooks;

/// <summary>A message as an endpoint got it.</summary>
internal sealed record Received(string Path, Dictionary<string, string> Headers, string Body)
{
    public Guid Id => Guid.Parse(Headers["webhook-id"]);

    public JsonNode Event { get; } = JsonNode.Parse(Body)!;

    public Guid Stream => Event["data"]!["id"]!.GetValue<Guid>();

    public long Version => Event["data"]!["version"]!.GetValue<long>();
}

/// <summary>An endpoint on real Kestrel that does what a test wants.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebhookReceiver(WebApplication app) => _app = app;

    /// <summary>How it answers; 204 unless a test says otherwise.</summary>
    public Func<Received, HttpContext, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>All that came, in its order.</summary>
    public ConcurrentQueue<Received> Posts { get; } = [];

    /// <summary>What it answered with 2xx.</summary>
    public ConcurrentQueue<Received> Accepted { get; } = [];

    public int Port => new Uri(_app.Urls.Single()).Port;

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var receiver = new WebhookReceiver(builder.Build());
        receiver._app.Run(receiver.ReceiveAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    public string Url(string path = "/hook") => _app.Urls.Single() + path;

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task ReceiveAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var received = new Received(http.Request.Path, http.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString()), await reader.ReadToEndAsync());
        Posts.Enqueue(received);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        await Answer(received, http);
        if (http.Response.StatusCode is >= 200 and < 300 && !http.RequestAborted.IsCancellationRequested)
            Accepted.Enqueue(received);
    }
}

/// <summary>The npm package of the authors of Standard Webhooks, which knows nothing of the code here.</summary>
internal static class IndependentReceiver
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "webhook-receiver");
    private static readonly SemaphoreSlim Installing = new(1, 1);

    /// <returns>For each message <c>ok</c>, or why it is not.</returns>
    public static async Task<string[]> JudgeAsync(IEnumerable<(string Secret, Received Message)> messages)
    {
        await Installing.WaitAsync();
        try
        {
            if (!Directory.Exists(Path.Combine(Folder, "node_modules")))
                await RunAsync("npm", ["ci", "--no-audit", "--no-fund"], []);
        }
        finally
        {
            Installing.Release();
        }
        return await RunAsync("node", ["accepts.js"], messages.Select(m => JsonSerializer.Serialize(new { secret = m.Secret, headers = m.Message.Headers, body = m.Message.Body })));
    }

    private static async Task<string[]> RunAsync(string program, string[] arguments, IEnumerable<string> lines)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        foreach (var line in lines)
            await process.StandardInput.WriteLineAsync(line);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero, await errors);
        return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
