using RegionEscalation.Host.Development;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests;

/// <summary>The main scenario, the same code as the demo: a region runs a case up and down the ladder, and the nation sees it from step 3.</summary>
public sealed class ScenarioTests
{
    private readonly List<string> _lines = [];
    private TestHost _host = null!;
    private Demo _demo = null!;
    private HttpClient _http = null!;

    [OneTimeSetUp]
    public async Task PlayAsync()
    {
        _host = await TestHost.StartAsync();
        _http = _host.CreateClient();
        _demo = new Demo(_http, _lines.Add);
        await _demo.PlayAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
    }

    [Test]
    public async Task The_history_tells_the_whole_way_up_and_back()
    {
        using var reader = _host.ClientOf("kalmar-reader");
        var (_, history) = await reader.SendAsync(HttpMethod.Get, _demo.CasePath + "/events?limit=100");
        var steps = history!["items"]!.AsArray()
            .Where(e => e!["type"]!.ToString() is "case-opened.v1" or "case-escalated.v1" or "case-de-escalated.v1" or "case-closed.v1")
            .Select(e => $"{e!["type"]} {e["data"]!["toStep"] ?? e["data"]!["step"]}");

        Assert.That(steps, Is.EqualTo(new[]
        {
            "case-opened.v1 0", "case-escalated.v1 1", "case-escalated.v1 2", "case-escalated.v1 3", "case-escalated.v1 4",
            "case-de-escalated.v1 3", "case-de-escalated.v1 2", "case-closed.v1 2",
        }));
    }

    [Test]
    public async Task One_idempotency_key_used_twice_at_the_same_time_made_one_event()
    {
        var events = await _host.Database.ScalarAsync(
            "SELECT count(*) FROM mt_events WHERE stream_id = $1 AND type = 'activity-completed.v1' AND data->>'code' = 'supplierDialogue'", _demo.CaseId);

        Assert.That(events, Is.EqualTo(1L));
    }

    [Test]
    public async Task The_case_can_be_seen_as_it_was_at_any_version()
    {
        using var reader = _host.ClientOf("kalmar-reader");
        var (_, then) = await reader.SendAsync(HttpMethod.Get, _demo.CasePath + "?version=9");
        var (_, now) = await reader.SendAsync(HttpMethod.Get, _demo.CasePath);

        Assert.Multiple(() =>
        {
            Assert.That((then!["step"]!.GetValue<int>(), then["version"]!.GetValue<int>()), Is.EqualTo((1, 9)));
            Assert.That((now!["step"]!.GetValue<int>(), now["outcome"]!.ToString()), Is.EqualTo((2, "resolved")));
        });
    }

    [Test]
    public async Task Every_national_read_is_in_the_access_log_with_its_purpose_and_what_it_gave_out()
    {
        var given = await _host.Database.ScalarAsync(
            """
            SELECT string_agg(concat_ws(':', client_id, purpose, objects), ' ' ORDER BY at)
            FROM (SELECT client_id, purpose, min(at) AS at, count(DISTINCT object_id) AS objects FROM national_access_log GROUP BY read_id, client_id, purpose) AS reads
            """);

        Assert.That(given, Is.EqualTo(
            "national-coordinator:nationalCoordination:0 national-coordinator:nationalCoordination:1 halland-reader:nationalCoordination:1 halland-reader:nationalCoordination:1 "
            + "halland-reader:nationalCoordination:1 national-coordinator:nationalCoordination:1 halland-reader:nationalCoordination:1 "
            + "national-coordinator:nationalCoordination:1 national-coordinator:nationalCoordination:0 halland-reader:nationalCoordination:1"));
    }

    [Test]
    public async Task Replaying_every_stream_gives_its_snapshot_and_its_national_row()
    {
        var report = await new StreamVerifier(_host.Database.Application).VerifyAsync(RegionScope.For("08"), CancellationToken.None);

        Assert.Multiple(() =>
        {
            Assert.That(report.Mismatches, Is.Empty);
            Assert.That(report.Streams, Is.EqualTo(7), "a supplier, a contract, four deviations and a case");
        });
    }

    [Test]
    public async Task The_regions_were_told_of_the_case_at_3_and_at_4_and_that_it_is_all_clear()
    {
        using var reader = _host.ClientOf("kalmar-reader");
        var (_, found) = await reader.SendAsync(HttpMethod.Get, _demo.CasePath + "/notices");

        Assert.That(found!["notices"]!.AsArray().Select(n => $"{n!["issue"]!["number"]} {n["kind"]} {n["payload"]!["step"]} {n["state"]}"),
            Is.EqualTo(new[] { "3 allClear  issued", "2 update 4 withdrawn", "1 initial 3 superseded" }));
    }

    [Test]
    public void Every_request_got_the_answer_that_the_scenario_expects() => Assert.That(_lines.Count(l => l.StartsWith("  ", StringComparison.Ordinal)), Is.GreaterThan(60));
}
