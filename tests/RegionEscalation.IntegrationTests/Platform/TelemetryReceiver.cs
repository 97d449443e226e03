using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace RegionEscalation.IntegrationTests;

/// <summary>Takes what a host exports over OTLP.</summary>
internal sealed class TelemetryReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TelemetryReceiver(WebApplication app) => _app = app;

    /// <summary>What was posted, in its order; protobuf writes strings as they are, so reading them needs no schema.</summary>
    public ConcurrentQueue<(string Path, string Text)> Received { get; } = [];

    /// <summary>The settings of a host that exports to it.</summary>
    public Dictionary<string, string> Settings => new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _app.Urls.Single(), ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" };

    public static async Task<TelemetryReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var receiver = new TelemetryReceiver(builder.Build());
        receiver._app.Run(async http =>
        {
            using var reader = new StreamReader(http.Request.Body, Encoding.Latin1);
            receiver.Received.Enqueue((http.Request.Path, await reader.ReadToEndAsync()));
        });
        await receiver._app.StartAsync();
        return receiver;
    }

    public string All(string path) => string.Concat(Received.Where(r => r.Path == path).Select(r => r.Text));

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
