using System.Globalization;
using Npgsql;
using RegionEscalation.Http;
using RegionEscalation.NationalApi;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>What the database itself refuses of joint meetings, and what a verification of them finds.</summary>
public sealed class JointMeetingDatabaseTests : KalmarFixture
{
    private JointMeetingStory _story = null!;

    private protected override async Task SeedAsync()
    {
        using var halland = new RegionAtWork(Host, "13", "halland");
        await Kalmar.CaseAtAsync(4);
        await halland.ContractAsync();
    }

    [SetUp]
    public void Start() => _story = new JointMeetingStory(Host);

    [TearDown]
    public void Stop() => _story.Dispose();

    /// <summary>The database alone, under the national login.</summary>
    [Test]
    public async Task The_login_reads_and_writes_meetings_for_its_readers_only_and_never_removes_what_happened()
    {
        var meeting = await _story.CalledAsync("kalmar-handler", "13");
        const string Insert =
            """
            INSERT INTO national_meetings (id, version, convener, invited, participants, supplier_number, starts_at, state, data, updated_at)
            VALUES (gen_random_uuid(), 1, 'region:08', '{}', '{}', '1', now(), 'called', '{}', now())
            """;
        const string Event = "INSERT INTO national_meeting_events (meeting_id, version, type, data, at, reader, client_id) VALUES ($1, 99, 'x', '{}', now(), 'region:13', 'x')";

        foreach (var (readers, seen) in new[] { ("region:08", 1L), ("region:13", 1L), ("coordination", 1L), ("region:12,region:13", 1L), ("region:12", 0L), ("nationalOffice", 0L), ("", 0L), (null, 0L) })
        {
            Assert.That(await AskAsync(readers, "SELECT count(*) FROM national_meetings WHERE id = $1", meeting), Is.EqualTo(seen), readers);
            Assert.That(await AskAsync(readers, "SELECT count(*) FROM national_meeting_events WHERE meeting_id = $1", meeting), Is.EqualTo(seen), readers);
        }
        foreach (var readers in new[] { "region:13", "coordination", "", null })
        {
            Assert.That(await AskAsync(readers, Insert), Is.EqualTo("42501"), readers);
            Assert.That(await AskAsync(readers, "WITH u AS (UPDATE national_meetings SET state = 'x' WHERE id = $1 RETURNING 1) SELECT count(*) FROM u", meeting), Is.EqualTo(0L), readers);
            Assert.That(await AskAsync(readers, "SELECT move_national_meeting($1, 1, 2)", meeting), Is.EqualTo("RE412"), readers);
            Assert.That(await AskAsync(readers, Event, meeting), Is.EqualTo("42501"), "nobody but who called it tells what happened");
        }
        foreach (var statement in new[]
        {
            "DELETE FROM national_meetings", "UPDATE national_meetings SET convener = 'region:08'", "UPDATE national_meetings SET supplier_number = '1'",
            "DELETE FROM national_meeting_events", "UPDATE national_meeting_events SET at = now()", "SELECT count(*) FROM mt_events",
        })
            Assert.That(await AskAsync("region:08", statement), Is.EqualTo("42501"), statement);
        Assert.That(await AskAsync("region:08", "SELECT move_national_meeting($1, 7, 8)", meeting), Is.EqualTo("RE412"), "no version but the one that stands");
        Assert.That(await AskAsync("region:08", "SELECT move_national_meeting($1, 1, 2)", meeting), Is.Null, "nothing is refused");
    }

    /// <summary>The database alone, under the application's login.</summary>
    [Test]
    public async Task A_regions_own_login_sees_the_meetings_that_it_is_invited_to_and_writes_none()
    {
        var meeting = await _story.CalledAsync("kalmar-handler", "13");

        foreach (var (region, seen) in new[] { ("08", 1L), ("13", 1L), ("12", 0L), ("", 0L), (null, 0L) })
            Assert.That(await AskAsync(null, "SELECT count(*) FROM national_meetings WHERE id = $1", meeting, region: region), Is.EqualTo(seen), region);
        foreach (var statement in new[]
        {
            "DELETE FROM national_meetings", "UPDATE national_meetings SET state = 'x'", "SELECT move_national_meeting(gen_random_uuid(), 1, 2)",
            "SELECT count(*) FROM national_meeting_events", "SELECT count(*) FROM national_idempotency_keys",
        })
            Assert.That(await AskAsync(null, statement, region: "08"), Is.EqualTo("42501"), statement);
    }

    [Test]
    public async Task The_login_sees_and_removes_no_other_clients_keys()
    {
        RegionAtWork.Succeeded(await _story.PostAsync("kalmar-handler", "", _story.Calling("13"), (Idempotency.Header, Guid.NewGuid().ToString())));

        foreach (var client in new[] { "halland-handler", "", null })
        {
            Assert.That(await AskAsync("region:08", "SELECT count(*) FROM national_idempotency_keys", client: client), Is.EqualTo(0L), client);
            Assert.That(await AskAsync("region:08", "WITH d AS (DELETE FROM national_idempotency_keys RETURNING 1) SELECT count(*) FROM d", client: client), Is.EqualTo(0L), client);
            Assert.That(await AskAsync("region:08", "INSERT INTO national_idempotency_keys VALUES ('0a8c1f52-6d0b-4e6f-9a51-3b1f7c2d0008/kalmar-handler', 'x', '', 200, NULL, NULL, '', now())", client: client), Is.EqualTo("42501"), client);
        }
        Assert.That(await AskAsync("region:08", "SELECT count(*) > 0 FROM national_idempotency_keys", client: "0a8c1f52-6d0b-4e6f-9a51-3b1f7c2d0008/kalmar-handler"), Is.EqualTo(true));

        // Only what has expired is anybody's to remove, and nothing is anybody's to write.
        const string Remove = "WITH d AS (DELETE FROM national_idempotency_keys WHERE created_at <= $1 RETURNING 1) SELECT count(*) > 0 FROM d";
        var created = (DateTime)(await Host.Database.ScalarAsync("SELECT max(created_at) FROM national_idempotency_keys WHERE client_id LIKE '%/kalmar-handler'"))!;
        var newest = "SELECT count(*) FROM national_idempotency_keys WHERE created_at = $1";
        Assert.That(await AskAsync("region:13", newest, created, "halland-handler", at: created.AddHours(24).AddMilliseconds(-1)), Is.EqualTo(0L));
        Assert.That(await AskAsync("region:13", newest, created, "halland-handler", at: created.AddHours(24)), Is.EqualTo(1L));
        Assert.That(await AskAsync("region:13", Remove, created, "halland-handler", at: created.AddHours(24)), Is.EqualTo(true));
        foreach (var at in new DateTime?[] { created.AddHours(24), created.AddYears(1), null })
            Assert.That(await AskAsync("region:13", "INSERT INTO national_idempotency_keys VALUES ('0a8c1f52-6d0b-4e6f-9a51-3b1f7c2d0008/kalmar-handler', 'x', '', 200, NULL, NULL, '', '2020-01-01')", client: "halland-handler", at: at),
                Is.EqualTo("42501"), $"{at}");
    }

    /// <summary>Whatever a superuser's hand or a wrong restore changes of a meeting, the verification tells.</summary>
    [TestCase("UPDATE national_meetings SET data = jsonb_set(data, '{state}', '\"held\"') WHERE id = $1", "snapshot")]
    [TestCase("UPDATE national_meetings SET data = data - 'agenda' WHERE id = $1", "snapshot")]
    [TestCase("UPDATE national_meetings SET version = 9 WHERE id = $1", "version columns")]
    [TestCase("UPDATE national_meetings SET invited = '{}' WHERE id = $1", "columns")]
    [TestCase("UPDATE national_meetings SET convener = 'region:12' WHERE id = $1", "columns")]
    [TestCase("UPDATE national_meetings SET participants = '{region:12}' WHERE id = $1", "columns")]
    [TestCase("UPDATE national_meetings SET supplier_number = '5560360793' WHERE id = $1", "columns")]
    [TestCase("UPDATE national_meetings SET state = 'held' WHERE id = $1", "columns")]
    [TestCase("UPDATE national_meetings SET starts_at = starts_at + INTERVAL '1 microsecond' WHERE id = $1", "columns")]
    [TestCase("DELETE FROM national_meeting_events WHERE meeting_id = $1 AND version = 1", "version snapshot")]
    [TestCase("DELETE FROM national_meeting_events WHERE meeting_id = $1 AND version = 2", "version snapshot columns")]
    [TestCase("DELETE FROM national_meeting_events WHERE meeting_id = $1", "version snapshot")]
    [TestCase("UPDATE national_meeting_events SET version = 3 WHERE meeting_id = $1 AND version = 2", "version")]
    [TestCase("UPDATE national_meeting_events SET type = 'joint-meeting-forgotten.v1' WHERE meeting_id = $1 AND version = 2", "snapshot")]
    [TestCase("UPDATE national_meeting_events SET data = '{\"at\": 7}' WHERE meeting_id = $1 AND version = 2", "snapshot")]
    [TestCase("UPDATE national_meeting_events SET data = jsonb_set(data, '{items}', '[\"x\"]') WHERE meeting_id = $1 AND version = 2", "snapshot")]
    public async Task What_is_changed_of_a_meeting_is_found(string tampering, string problems)
    {
        var meeting = await _story.CalledAsync("kalmar-handler", "13");
        await _story.DoneAsync(meeting, "agendas", JointMeetingStory.Agenda);
        var healthy = await JointMeetingVerifier.VerifyAsync(Host.Database.National, CancellationToken.None);
        await Host.Database.ScalarAsync(tampering, meeting);
        var tampered = await JointMeetingVerifier.VerifyAsync(Host.Database.National, CancellationToken.None);
        await Host.Database.ScalarAsync("WITH e AS (DELETE FROM national_meeting_events WHERE meeting_id = $1) DELETE FROM national_meetings WHERE id = $1", meeting);

        Assert.That(healthy.Mismatches, Is.Empty);
        Assert.That((healthy.Meetings, healthy.Events), Is.EqualTo((tampered.Meetings, (long)(await Host.Database.ScalarAsync("SELECT count(*) + 2 FROM national_meeting_events"))!)), "every one is looked at");
        Assert.That(tampered.Mismatches.Select(m => m.Meeting).Distinct(), Is.EqualTo(new[] { meeting }));
        Assert.That(string.Join(' ', tampered.Mismatches.Select(m => m.Problem)), Is.EqualTo(problems));
    }

    /// <summary>On the national login, for the readers and as the client, or on the application's for a region; rolled back. A refusal is its SQLSTATE.</summary>
    private async Task<object?> AskAsync(string? readers, string sql, object? parameter = null, string? client = null, string? region = "none", DateTime? at = null)
    {
        await using var connection = new NpgsqlConnection(region == "none" ? Host.Database.National : Host.Database.Application);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var (setting, value) in new[] { ("app.readers", readers), ("app.client", client), ("app.region", region), ("app.at", at?.ToString("O", CultureInfo.InvariantCulture)) })
        {
            if (value is null)
                continue;
            await using var set = new NpgsqlCommand("SELECT set_config($1, $2, true)", connection, transaction) { Parameters = { new() { Value = setting }, new() { Value = value } } };
            await set.ExecuteNonQueryAsync();
        }
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        if (parameter is not null)
            command.Parameters.Add(new() { Value = parameter });
        try
        {
            return await command.ExecuteScalarAsync();
        }
        catch (PostgresException e)
        {
            return e.SqlState;
        }
    }
}
