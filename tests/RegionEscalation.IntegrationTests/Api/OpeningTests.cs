using System.Net;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>Opening above step 0 is an escalation by another name, and asks for the same role.</summary>
public sealed class OpeningTests
{
    private const string Region = "/escalation/v1/regions/08/";
    private TestHost _host = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _host = await TestHost.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [Test]
    public async Task A_handler_opens_at_zero_only_and_a_decider_opens_at_four_and_the_nation_sees_it()
    {
        using var handler = _host.ClientOf("kalmar-handler");
        using var decider = _host.ClientOf("kalmar-decider");
        using var coordinator = _host.ClientOf("national-coordinator");
        await handler.SendAsync(HttpMethod.Put, Region + "contracts/OPEN-1", new
        {
            title = "Ambulansflyg",
            supplier = new { organisationNumber = "5560160680", name = "Exempel AB" },
            category = "Transporter",
            ownerAddress = "avtal@region.example",
            clauses = Array.Empty<object>(),
        });
        var (reported, deviation) = await handler.SendAsync(HttpMethod.Post, Region + "deviations", new
        {
            contractNumber = "OPEN-1",
            requirementReference = "Krav 1",
            description = "Flygplanet stod på marken.",
            occurredAt = DateTimeOffset.UtcNow.AddHours(-2),
            reportedBy = "Ambulanssjukvården",
        });
        await handler.SendAsync(HttpMethod.Post, $"{Region}deviations/{deviation!["id"]}/assessments", new
        {
            severity = "serious",
            consequenceAreas = new[] { "patient" },
            causedBy = "supplier",
            assessor = "Inköpsstrateg",
            motivation = "En patient kunde inte flyttas till högspecialiserad vård i tid.",
        }, ("If-Match", reported.Headers.ETag!.ToString()));
        var opening = new
        {
            contractNumber = "OPEN-1",
            toStep = 4,
            trigger = "seriousDeviation",
            evidence = new[] { new { kind = "deviation", id = deviation["id"]!.ToString() } },
            motivation = "Patientsäkerheten kan inte upprätthållas med nuvarande leverans.",
            decidedBy = new { function = "Inköpschef", level = "headOfPurchasing" },
        };

        var before = await _host.Database.FingerprintAsync();
        var (refused, _) = await handler.SendAsync(HttpMethod.Post, Region + "cases", opening);
        var after = await _host.Database.FingerprintAsync();
        var (opened, body) = await decider.SendAsync(HttpMethod.Post, Region + "cases", opening);
        var (seen, signal) = await coordinator.SendAsync(HttpMethod.Get, $"/national/v1/cases/08/{body!["id"]}", null, ("Purpose", "nationalCoordination"));

        Assert.Multiple(() =>
        {
            Assert.That((refused.StatusCode, after), Is.EqualTo((HttpStatusCode.Forbidden, before)));
            Assert.That(opened.StatusCode, Is.EqualTo(HttpStatusCode.Created));
            Assert.That((seen.StatusCode, (int)signal!["step"]!), Is.EqualTo((HttpStatusCode.OK, 4)));
            Assert.That(body["activities"]!.AsArray().Count(a => a!["outcome"]?.ToString() == "skipped"), Is.GreaterThan(9), "the steps jumped over");
        });
    }
}
