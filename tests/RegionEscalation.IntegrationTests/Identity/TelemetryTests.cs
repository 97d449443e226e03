using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace RegionEscalation.IntegrationTests.Identity;

public class TelemetryTests
{
    [Test]
    public async Task Spans_and_metrics_arrive_with_the_route()
    {
        var received = new ConcurrentDictionary<string, string>();
        await using var receiver = await ReceiverAsync(received);
        var builder = TestApp.Builder("Development", ("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.Urls.Single()), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"));
        await using (var app = await TestApp.StartAsync(builder))
        {
            Assert.That(await app.GetAsync("/escalation/v1/regions/08/cases?secret=1", app.TokenOf("kalmar-reader")), Is.EqualTo(HttpStatusCode.OK));
        }

        Assert.That(received.Keys, Is.EquivalentTo(new[] { "/v1/traces", "/v1/metrics" }));
        Assert.Multiple(() =>
        {
            Assert.That(received["/v1/traces"], Does.Contain("region-escalation"));
            Assert.That(received["/v1/traces"], Does.Contain("http.route"));
            Assert.That(received["/v1/traces"], Does.Contain("http.response.status_code"));
            Assert.That(received["/v1/traces"], Does.Contain("GET /escalation/v1/regions/{region}/cases"));
            Assert.That(received["/v1/traces"], Does.Not.Contain("secret=1"));
            Assert.That(received["/v1/metrics"], Does.Contain("http.server.request.duration"));
        });
    }

    [Test]
    public void Nothing_is_exported_without_an_endpoint() =>
        Assert.That(TestApp.Builder("Development").Services.Select(s => s.ServiceType), Has.None.EqualTo(typeof(OpenTelemetry.OpenTelemetrySdk)));

    private static async Task<WebApplication> ReceiverAsync(ConcurrentDictionary<string, string> received)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var receiver = builder.Build();
        receiver.Run(async http =>
        {
            // Protobuf writes strings as they are; reading them needs no schema.
            using var reader = new StreamReader(http.Request.Body, Encoding.Latin1);
            var text = await reader.ReadToEndAsync();
            received.AddOrUpdate(http.Request.Path, text, (_, before) => before + text);
        });
        await receiver.StartAsync();
        return receiver;
    }
}
