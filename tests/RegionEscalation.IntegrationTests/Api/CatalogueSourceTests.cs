using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using RegionEscalation.Domain;
using RegionEscalation.Integrations.Catalogue.Pull;
using RegionEscalation.IntegrationTests.Pulls;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>How a region sees its own catalogue, and has it pulled now.</summary>
public sealed class CatalogueSourceTests
{
    private const string Source = "/escalation/v1/regions/08/catalogue-source";
    private const string Runs = Source + "/runs";

    /// <summary>So that it is pulled when a test asks for it, and not before.</summary>
    private readonly string _dailyAt = SwedishTime.TimeOf(TimeProvider.System.GetUtcNow().AddHours(12)).ToString("HH:mm", CultureInfo.InvariantCulture);

    private CatalogueServer _catalogue = null!;
    private CapturedLog _log = null!;
    private TestHost _host = null!;
    private HttpClient _reader = null!;
    private HttpClient _integrator = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _catalogue = await CatalogueServer.StartAsync();
        var settings = PullConfiguration.Of("08", PullBench.OptionsOf(_catalogue.Url + "?kod=hemligt") with
        {
            Interval = null,
            DailyAt = _dailyAt,
            Authentication = new() { Kind = PullAuthentication.ApiKey, Key = "hemligt" },
        });
        settings["Catalogue:Pull:Look"] = "00:00:00.1";
        settings["Logging:LogLevel:Default"] = "Trace";
        _log = new CapturedLog();
        _host = await TestHost.StartAsync(settings, log: _log);
        (_reader, _integrator) = (_host.ClientOf("kalmar-reader"), _host.ClientOf("kalmar-integrator"));
    }

    [TearDown]
    public async Task StopAsync()
    {
        _reader.Dispose();
        _integrator.Dispose();
        await _host.DisposeAsync();
        await _catalogue.DisposeAsync();
        _log.Dispose();
    }

    [Test]
    public async Task A_run_that_is_asked_for_begins_and_its_import_and_rejects_are_linked()
    {
        _catalogue.Add(1, 2);
        await UntilKnownAsync();
        var (before, idle) = await _reader.SendAsync(HttpMethod.Get, Source);
        var (asked, answer) = await _integrator.SendAsync(HttpMethod.Post, Runs);
        var done = await UntilAsync(s => s["lastRun"]?["finishedAt"] is not null);

        Assert.Multiple(() =>
        {
            Assert.That((before.StatusCode, (bool?)idle!["configured"], (string?)idle["state"], idle["lastRun"], (string?)idle["extent"]), Is.EqualTo((HttpStatusCode.OK, (bool?)true, "idle", (JsonNode?)null, "partial")));
            Assert.That((string?)idle["host"], Is.EqualTo(new Uri(_catalogue.Root).Authority));
            Assert.That(idle["schedule"]!.ToJsonString(), Is.EqualTo($$"""{"intervalSeconds":null,"dailyAt":"{{_dailyAt}}"}"""));
            Assert.That((asked.StatusCode, asked.Headers.Location!.AbsolutePath, (bool?)answer!["configured"]), Is.EqualTo((HttpStatusCode.Accepted, Source, (bool?)true)));
            Assert.That(((string?)done["state"], (string?)done["lastRun"]!["outcome"], (int?)done["lastRun"]!["pages"], done["lastRun"]!["failure"]), Is.EqualTo(("idle", "imported", (int?)1, (JsonNode?)null)));
            Assert.That((string?)done["lastRun"]!["_links"]!["import"]!["href"], Does.Contain("/regions/08/catalogue-imports/"));
            Assert.That((string?)done["lastRun"]!["_links"]!["rejects"]!["href"], Does.EndWith("/rejects"));
            Assert.That((string?)done["lastSuccessAt"], Is.EqualTo((string?)done["lastRun"]!["finishedAt"]));
            Assert.That(DateTimeOffset.Parse((string)done["nextRunAt"]!, null), Is.GreaterThan(_host.Clock.GetUtcNow().AddHours(3)));
        });
    }

    [Test]
    public async Task A_failure_is_told_in_words_and_no_secret_stands_in_an_answer_or_a_log()
    {
        _catalogue.Instead = (_, http) =>
        {
            http.Response.StatusCode = 403;
            return Task.FromResult(true);
        };
        await UntilKnownAsync();
        await _integrator.SendAsync(HttpMethod.Post, Runs);

        var failing = await UntilAsync(s => (string?)s["state"] == "failing");

        Assert.Multiple(() =>
        {
            Assert.That(((int?)failing["failures"], (string?)failing["lastRun"]!["failure"]!["code"], (string?)failing["lastRun"]!["outcome"]), Is.EqualTo(((int?)1, "credentials", "failed")));
            Assert.That((string?)failing["lastRun"]!["failure"]!["message"]!["sv"], Does.Contain("behörigheten"));
            Assert.That((string?)failing["lastRun"]!["failure"]!["message"]!["en"], Does.Contain("credentials"));
            Assert.That(failing["lastRun"]!["_links"], Is.Null);
            Assert.That(_catalogue.Requests.First().Query, Is.EqualTo("?kod=hemligt"));
            Assert.That(_catalogue.Requests.First().Headers["x-api-key"], Is.EqualTo("hemligt"));
            Assert.That(failing.ToJsonString(), Does.Not.Contain("hemligt").And.Not.Contain("/avtal"));
            Assert.That(_log.Written, Has.Some.Contains("Pulling the catalogue of region 08 failed (credentials)"));
            Assert.That(_log.Written.Where(l => l.Contains("hemligt", StringComparison.Ordinal)), Is.Empty);
        });
    }

    [Test]
    public async Task While_a_pull_is_under_way_another_is_refused()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _catalogue.Instead = async (_, _) =>
        {
            await goOn.Task;
            return false;
        };
        await UntilKnownAsync();
        await _integrator.SendAsync(HttpMethod.Post, Runs);
        var running = await UntilAsync(s => (string?)s["state"] == "running");

        var (refused, problem) = await _integrator.SendAsync(HttpMethod.Post, Runs);
        goOn.SetResult();
        await UntilAsync(s => (string?)s["state"] == "idle" && s["lastRun"]?["outcome"] is not null);

        Assert.That((refused.StatusCode, (string?)problem!["code"], (string?)problem["reason"]), Is.EqualTo((HttpStatusCode.Conflict, "K24-003", "pullUnderWay")));
        Assert.That((running["nextRunAt"], running["lastRun"]!["finishedAt"], running["lastRun"]!["outcome"]), Is.EqualTo(((JsonNode?)null, (JsonNode?)null, (JsonNode?)null)));
    }

    [Test]
    public async Task A_dry_run_and_a_reader_pull_nothing_and_a_region_without_a_catalogue_has_none()
    {
        await UntilKnownAsync();
        using var handler = _host.ClientOf("halland-handler");
        using var reader = _host.ClientOf("halland-reader");

        Assert.Multiple(async () =>
        {
            Assert.That((await _integrator.SendAsync(HttpMethod.Post, Runs + "?validateOnly=true")).Response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That((await _reader.SendAsync(HttpMethod.Post, Runs)).Response.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
            Assert.That((await _integrator.SendAsync(HttpMethod.Get, Source)).Response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That((await handler.SendAsync(HttpMethod.Post, Runs)).Response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await handler.SendAsync(HttpMethod.Post, Runs.Replace("/08/", "/13/", StringComparison.Ordinal))).Response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
            var (_, none) = await reader.SendAsync(HttpMethod.Get, Source.Replace("/08/", "/13/", StringComparison.Ordinal));
            Assert.That(none!.AsObject().Select(m => $"{m.Key}={m.Value}"), Is.EqualTo(new[]
            {
                "configured=false", "host=", "schedule=", "extent=", "state=", "failures=", "lastRun=", "lastSuccessAt=", "nextRunAt=",
            }));
            Assert.That(_catalogue.Requests, Is.Empty);
        });
    }

    private async Task UntilKnownAsync() => await UntilAsync(s => s["nextRunAt"] is not null);

    private async Task<JsonNode> UntilAsync(Func<JsonNode, bool> isSo)
    {
        for (var i = 0; i < 600; i++)
        {
            var (_, state) = await _reader.SendAsync(HttpMethod.Get, Source);
            if (isSo(state!))
                return state!;
            await Task.Delay(50);
        }
        throw new TimeoutException($"It never came to that; the log ends with {string.Join('\n', _log.Written.TakeLast(20))}");
    }
}
