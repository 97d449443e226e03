using System.Net;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>Many at once, clocks that disagree, and a connection that breaks: nobody with the right version is turned away, and nothing is told that is not known.</summary>
public sealed class ContentionTests
{
    private TestHost _host = null!;
    private RegionAtWork _kalmar = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _host = await TestHost.StartAsync();
        _kalmar = new RegionAtWork(_host);
    }

    [TearDown]
    public async Task StopAsync()
    {
        _kalmar.Dispose();
        await _host.DisposeAsync();
    }

    [Test]
    public async Task Twelve_deviations_of_one_case_are_assessed_at_the_same_time()
    {
        var contract = await _kalmar.ContractAsync();
        var deviations = new List<Guid>();
        for (var i = 0; i < 12; i++)
            deviations.Add(await _kalmar.DeviationAsync(contract));
        var id = RegionAtWork.Succeeded(await _kalmar.PostAsync("cases", Bodies.Case(contract, [.. deviations]))).Id;
        var etags = await Task.WhenAll(deviations.Select(async d => (await _kalmar.GetAsync($"deviations/{d}")).ETag));

        var answers = await Task.WhenAll(deviations.Select((d, i) =>
            _kalmar.PostAsync($"deviations/{d}/assessments", Bodies.Assessment("serious"), headers: ("If-Match", etags[i]))));
        var after = await _kalmar.GetAsync($"cases/{id}");

        Assert.Multiple(() =>
        {
            Assert.That(answers.Select(a => a.Status).Distinct(), Is.EqualTo(new[] { HttpStatusCode.OK }));
            Assert.That(after.Body!["deviations"]!.AsArray().Select(d => d!["assessment"]!["severity"]!.ToString()).Distinct(), Is.EqualTo(new[] { "serious" }));
        });
    }

    [Test]
    public async Task Time_never_runs_backwards_in_a_stream_even_when_a_hosts_clock_does()
    {
        _host.Clock.Move(TimeSpan.FromHours(1));
        var id = await _kalmar.CaseAtAsync(0);
        _host.Clock.Move(TimeSpan.FromHours(-1));
        await _kalmar.DoneAsync(id, "activities", Bodies.Activity("supplierDialogue", DateTimeOffset.UtcNow.AddMinutes(-1)));

        var backwards = await _host.Database.ScalarAsync(
            """
            SELECT count(*) FROM mt_events a JOIN mt_events b ON b.stream_id = a.stream_id AND b.version = a.version + 1 WHERE b.timestamp < a.timestamp
            """);
        var now = await _kalmar.GetAsync($"cases/{id}");
        var then = await _kalmar.GetAsync($"cases/{id}?at={now.Body!["updatedAt"]}");
        Assert.Multiple(() =>
        {
            Assert.That(backwards, Is.Zero);
            Assert.That((int)then.Body!["version"]!, Is.EqualTo((int)now.Body["version"]!));
        });
    }

    [Test]
    public async Task A_broken_connection_is_answered_as_unknown_and_the_key_makes_it_certain()
    {
        var contract = await _kalmar.ContractAsync();
        var deviation = Bodies.Deviation(contract, 1, _host.Clock.GetUtcNow());
        var key = Guid.NewGuid().ToString();
        var waiting = await BreakWhileWritingAsync(() => _kalmar.PostAsync("deviations", deviation, headers: ("Idempotency-Key", key)));
        var withoutKey = await BreakWhileWritingAsync(() => _kalmar.PostAsync("deviations", deviation));

        var first = RegionAtWork.Succeeded(await _kalmar.PostAsync("deviations", deviation, headers: ("Idempotency-Key", key)));
        var again = RegionAtWork.Succeeded(await _kalmar.PostAsync("deviations", deviation, headers: ("Idempotency-Key", key)));

        Assert.Multiple(() =>
        {
            Assert.That((waiting.Status, waiting.Body!["code"]!.ToString()), Is.EqualTo((HttpStatusCode.ServiceUnavailable, "outcomeUnknown")));
            Assert.That(waiting.Body["message"]!["en"]!.ToString(), Does.Contain("same Idempotency-Key"));
            Assert.That(withoutKey.Body!["message"]!["en"]!.ToString(), Does.Contain("Read the resource"));
            Assert.That(again.Text, Is.EqualTo(first.Text));
        });
    }

    /// <summary>Holds the write at its lock, ends its server process, and lets go.</summary>
    private async Task<Answer> BreakWhileWritingAsync(Func<Task<Answer>> write)
    {
        await using var connection = new Npgsql.NpgsqlConnection(_host.Database.Superuser);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var hold = new Npgsql.NpgsqlCommand("LOCK TABLE mt_streams IN ACCESS EXCLUSIVE MODE", connection, transaction))
            await hold.ExecuteNonQueryAsync();
        var answer = write();
        // On a connection of its own: within a transaction the view shows what it showed first.
        for (var attempt = 0; attempt < 200 && 0L.Equals(await _host.Database.ScalarAsync(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = $1 AND datname = current_database() AND wait_event_type = 'Lock'",
            DatabaseSetup.Application)); attempt++)
            await Task.Delay(25);
        await transaction.RollbackAsync();
        return await answer;
    }
}
