using System.Net;

namespace RegionEscalation.IntegrationTests.Identity;

public class TelemetryTests
{
    [Test]
    public async Task Spans_and_metrics_arrive_with_the_route()
    {
        await using var receiver = await TelemetryReceiver.StartAsync();
        var builder = TestApp.Builder("Development", [.. receiver.Settings.Select(s => (s.Key, (string?)s.Value))]);
        await using (var app = await TestApp.StartAsync(builder))
        {
            Assert.That(await app.GetAsync("/escalation/v1/regions/08/cases?secret=1", app.TokenOf("kalmar-reader")), Is.EqualTo(HttpStatusCode.OK));
        }

        Assert.That(receiver.Received.Select(r => r.Path).Distinct(), Is.EquivalentTo(new[] { "/v1/traces", "/v1/metrics" }));
        Assert.Multiple(() =>
        {
            Assert.That(receiver.All("/v1/traces"), Does.Contain("region-escalation"));
            Assert.That(receiver.All("/v1/traces"), Does.Contain("http.route"));
            Assert.That(receiver.All("/v1/traces"), Does.Contain("http.response.status_code"));
            Assert.That(receiver.All("/v1/traces"), Does.Contain("GET /escalation/v1/regions/{region}/cases"));
            Assert.That(receiver.All("/v1/traces"), Does.Not.Contain("secret=1"));
            Assert.That(receiver.All("/v1/metrics"), Does.Contain("http.server.request.duration"));
        });
    }

    [Test]
    public void Nothing_is_exported_without_an_endpoint() =>
        Assert.That(TestApp.Builder("Development").Services.Select(s => s.ServiceType), Has.None.EqualTo(typeof(OpenTelemetry.OpenTelemetrySdk)));
}
