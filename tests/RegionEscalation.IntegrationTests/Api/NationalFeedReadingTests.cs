using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RegionEscalation.Feeds;
using RegionEscalation.Http;
using RegionEscalation.IntegrationTests.Storage;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>How the national change feed is followed: part by part, from a time, waiting, after a restore; and how webhooks read it.</summary>
public sealed class NationalFeedReadingTests
{
    private RegisterAtWork _register = null!;

    [SetUp]
    public async Task StartAsync() => _register = await RegisterAtWork.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _register.DisposeAsync();

    private IChangeFeed Feed => _register.Host.Services.GetServices<IChangeFeed>().Single(f => f.Api == "national");

    [Test]
    public async Task Part_by_part_everything_comes_once_and_in_order_whatever_the_size_of_the_parts()
    {
        await SomethingAsync();
        var whole = await _register.ChangesAsync("skane-reader");

        Assert.That(whole.Select(e => e["id"]!.ToString()).Distinct().ToArray(), Has.Length.EqualTo(7));
        foreach (var limit in new[] { 1, 2, 3, 7, 100 })
            Assert.That((await _register.ChangesAsync("skane-reader", $"?limit={limit}")).Select(e => e.ToJsonString()), Is.EqualTo(whole.Select(e => e.ToJsonString())), $"{limit} at a time");
        var first = (await _register.GetAsync("changes?limit=4", "skane-reader")).Body!;
        var rest = (await _register.GetAsync(FeedOnRegister.NextOf(first), "skane-reader")).Body!;
        var end = FeedOnRegister.NextOf(rest);
        Assert.That((first["items"]!.AsArray().Count, rest["items"]!.AsArray().Count), Is.EqualTo((4, 3)));
        Assert.That((await _register.GetAsync(end, "skane-reader")).Body!["items"]!.AsArray(), Is.Empty);
        await _register.CaseAsync("13");
        await _register.Host.SettledAsync();
        Assert.That((await _register.GetAsync(end, "skane-reader")).Body!["items"]!.AsArray(), Has.Count.EqualTo(1), "the same link goes on");
        Assert.That((await _register.GetAsync(FeedOnRegister.NextOf(first), "skane-reader")).Body!["items"]!.AsArray(), Has.Count.EqualTo(4), "and an old one too");
    }

    [Test]
    public async Task Of_some_types_only_those_come_and_an_empty_part_leads_on()
    {
        await SomethingAsync();

        Assert.That(await _register.ToldAsync("skane-reader", "?type=national-case-removed.v1&type=national-notice-appeared.v1"), Is.EqualTo(new[] { "notice-appeared: 1 initial", "case-removed: -" }));
        var empty = (await _register.GetAsync("changes?type=joint-meeting-held.v1", "skane-reader")).Body!;
        Assert.That((empty["items"]!.AsArray().Count, FeedOnRegister.NextOf(empty)), Is.EqualTo((0, FeedOnRegister.NextOf(empty))));
        var next = FeedOnRegister.NextOf(empty);
        Assert.That(next, Does.Contain("cursor=").And.Contain("type=joint-meeting-held.v1"));
        Assert.That((await _register.GetAsync(next.Replace("type=joint-meeting-held.v1&", "", StringComparison.Ordinal), "skane-reader")).Body!["items"]!.AsArray(), Is.Empty, "what was left out is behind");
        Assert.That(await _register.ToldAsync("skane-reader", "?limit=1&type=national-case-removed.v1"), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task From_a_time_on_comes_what_was_recorded_then_or_later()
    {
        await _register.CaseAsync("08");
        _register.Host.Clock.Move(TimeSpan.FromHours(1));
        var then = new Instant(_register.Now).ToString();
        await _register.CaseAsync("13", 4);

        Assert.That(await _register.ToldAsync("skane-reader", $"?since={Uri.EscapeDataString(then)}"), Is.EqualTo(new[] { "case-appeared: at 4, preliminary" }));
        _register.Host.Clock.Move(TimeSpan.FromHours(1));
        var nothing = (await _register.GetAsync($"changes?since={Uri.EscapeDataString(new Instant(_register.Now).ToString())}", "skane-reader")).Body!;
        await _register.CaseAsync("12", 5);
        await _register.Host.SettledAsync();
        Assert.That((nothing["items"]!.AsArray().Count, (await _register.GetAsync(FeedOnRegister.NextOf(nothing), "skane-reader")).Body!["items"]!.AsArray().Count), Is.EqualTo((0, 1)));
    }

    /// <summary>What an older transaction may still write would come before it.</summary>
    [Test]
    public async Task Nothing_is_told_past_a_transaction_that_still_runs()
    {
        await using var connection = new NpgsqlConnection(_register.Host.Database.Superuser);
        await connection.OpenAsync();
        await using var older = await connection.BeginTransactionAsync();
        await using (var begin = new NpgsqlCommand("SELECT pg_current_xact_id()", connection, older))
            await begin.ExecuteNonQueryAsync();
        await _register.CaseAsync("08");
        var meanwhile = RegionAtWork.Succeeded(await _register.GetAsync("changes", "skane-reader"));
        await older.CommitAsync();

        Assert.That(meanwhile.Body!["items"]!.AsArray(), Is.Empty);
        Assert.That(await _register.ToldAsync("skane-reader"), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Whoever_waits_is_told_when_something_has_come_and_nothing_in_between_is_a_reading()
    {
        await _register.CaseAsync("08");
        var next = FeedOnRegister.NextOf((await AllAsync("changes?wait=30")).Body!);
        var waiting = _register.GetAsync(next, "supplier-reader");
        await UntilAsync(async () => (await _register.LoggedAsync("listChanges")).Length >= 2);
        await _register.CaseAsync("13", supplier: RegisterAtWork.Other);
        await _register.Host.SettledAsync();
        await Task.Delay(200);
        var logged = await _register.LoggedAsync("listChanges");
        await _register.CaseAsync("13", 4);
        var answer = RegionAtWork.Succeeded(await waiting);

        Assert.That(answer.Body!["items"]!.AsArray().Select(e => FeedOnRegister.Brief(e!)), Is.EqualTo(new[] { "case-appeared: at 4, preliminary" }));
        Assert.That(logged, Has.Length.EqualTo(2), "the reading before and the one that found nothing; another supplier's case is none");
        Assert.That(await _register.LoggedAsync("listChanges"), Has.Length.EqualTo(3));

        async Task<Answer> AllAsync(string path)
        {
            await _register.Host.SettledAsync();
            return RegionAtWork.Succeeded(await _register.GetAsync(path, "supplier-reader"));
        }
    }

    [Test]
    public async Task Waiting_ends_when_nothing_comes() =>
        Assert.That((await _register.GetAsync("changes?wait=1", "skane-reader")).Body!["items"]!.AsArray(), Is.Empty);

    [Test]
    public async Task A_cursor_whose_entry_is_not_there_or_not_for_the_reader_is_gone_and_says_where_to_read_again()
    {
        using var story = new JointMeetingStory(_register.Host);
        var id = await _register.CaseAsync("08", 4);
        RegionAtWork.Succeeded(await story.AcknowledgeAsync("national-coordinator", "08", id, await _register.InformAsync("08", id)));
        await _register.Host.SettledAsync();
        var next = FeedOnRegister.NextOf((await _register.GetAsync("changes?type=notice-acknowledged.v1", "national-coordinator")).Body!);

        var foreign = await _register.GetAsync(next, "skane-reader");
        Assert.That((await _register.GetAsync(next, "national-coordinator")).Status, Is.EqualTo(HttpStatusCode.OK));
        await _register.Host.Database.ScalarAsync("UPDATE national_changes SET id = gen_random_uuid() WHERE type = 'notice-acknowledged.v1'");
        var restored = await _register.GetAsync(next, "national-coordinator");
        var sealedElsewhere = await _register.GetAsync($"changes?limit=7&cursor={Other(next)}", "national-coordinator");

        foreach (var gone in new[] { foreign, restored })
        {
            Assert.That((gone.Status, gone.Code), Is.EqualTo((HttpStatusCode.Gone, "cursorGone")), gone.Text);
            Assert.That((string?)gone.Body!["restart"], Does.Contain("/national/v1/changes?type=notice-acknowledged.v1&limit=100&since="));
        }
        Assert.That((sealedElsewhere.Status, (string?)sealedElsewhere.Body!["restart"]), Is.EqualTo((HttpStatusCode.Gone, _register.Host.CreateClient().BaseAddress + "national/v1/changes?limit=7")));
        var again = (await _register.GetAsync(((string)restored.Body!["restart"]!).Split("/national/v1/")[1], "national-coordinator")).Body!;
        Assert.That(again["items"]!.AsArray(), Has.Count.EqualTo(1), "nothing is skipped");

        // A letter of it is another.
        static string Other(string link) => link.Split("cursor=")[1] is var cursor && cursor[30] == 'a' ? cursor[..30] + "b" + cursor[31..] : cursor[..30] + "a" + cursor[31..];
    }

    [Test]
    public async Task Whoever_follows_is_told_of_each_removal_and_whoever_comes_later_of_nothing_that_is_gone()
    {
        var id = await _register.CaseAsync("08");
        await _register.CaseAsync("13", 4);
        var (_, next) = await FollowAsync("changes");
        _register.Host.Clock.Move(TimeSpan.FromDays(89));
        (var nothing, next) = await FollowAsync(next);
        await _register.StepDownAsync("08", id, 3, 2);
        _register.Host.Clock.Move(TimeSpan.FromDays(89));
        var late = await _register.ToldAsync("skane-reader");
        (var removed, next) = await FollowAsync(next);
        _register.Host.Clock.Move(TimeSpan.FromDays(2));
        (var afterwards, next) = await FollowAsync(next);
        var later = await _register.ToldAsync("skane-reader");
        await _register.CaseAsync("12", 5);
        (var appeared, next) = await FollowAsync(next);

        Assert.That((nothing, afterwards), Is.EqualTo((Array.Empty<string>(), Array.Empty<string>())), "the cursor holds, though its entry is told no more");
        Assert.That(removed, Is.EqualTo(new[] { "case-removed: -" }));
        Assert.That(late, Is.EqualTo(new[] { "case-appeared: at 4, preliminary", "case-removed: -" }));
        Assert.That(later, Is.EqualTo(new[] { "case-appeared: at 4, preliminary" }));
        Assert.That(appeared, Is.EqualTo(new[] { "case-appeared: at 5, preliminary" }));

        _register.Host.Clock.Move(TimeSpan.FromDays(90));
        var tooOld = await _register.GetAsync(next, "skane-reader");
        Assert.That((tooOld.Status, (string?)tooOld.Body!["restart"]), Is.EqualTo((HttpStatusCode.Gone, _register.Host.CreateClient().BaseAddress + "national/v1/changes?limit=100")), tooOld.Text);
    }

    /// <summary>What it has not read yet may cease to be told, so that its cursor is no younger than its beginning.</summary>
    [Test]
    public async Task Whoever_never_comes_to_the_end_begins_anew_after_90_days()
    {
        await SomethingAsync();
        var (_, next) = await FollowAsync("changes?limit=1");
        _register.Host.Clock.Move(TimeSpan.FromDays(60));
        (_, next) = await FollowAsync(next);
        _register.Host.Clock.Move(TimeSpan.FromDays(31));

        Assert.That((await _register.GetAsync(next, "skane-reader")).Status, Is.EqualTo(HttpStatusCode.Gone));
    }

    [Test]
    public async Task Webhooks_are_told_of_nothing_that_has_been_gone_for_long_either()
    {
        var id = await _register.CaseAsync("08");
        await _register.StepDownAsync("08", id, 3, 2);
        await _register.Host.SettledAsync();
        var reader = new FeedReader("region:12", "skane-reader", "d", "nationalCoordination");
        var read = await Feed.ReadAsync(reader, FeedPosition.Beginning, [], 9, CancellationToken.None);
        await _register.Host.Database.ScalarAsync(
            """
            INSERT INTO national_webhook_subscriptions (reader, id, version, url, types, state, client_id, purpose, secret_generation, created_at, updated_at, position_transaction, position_sequence, position_at)
            VALUES ('region:12', gen_random_uuid(), 1, 'https://example.org', '{}', 'pending', 'x', 'x', 1, now(), now(), '0', 0, now())
            """);
        var before = await GoesOnAsync("region:12");
        _register.Host.Clock.Move(TimeSpan.FromDays(91));

        Assert.That((read.Changes.Count, before, await GoesOnAsync("region:12")), Is.EqualTo((2, true, false)));
        Assert.That((await Feed.ReadAsync(reader, FeedPosition.Beginning, [], 9, CancellationToken.None)).Changes, Is.Empty);
        Assert.That(await Feed.FindAsync(reader, [.. read.Changes.Select(c => c.Position.EventId)], CancellationToken.None), Is.Empty);
        Assert.That((await Feed.ReadAsync(reader, read.Read!.Value, [], 9, CancellationToken.None)).CursorIsGone, Is.False);
    }

    [TestCase("?cursor=x", "cursor")]
    [TestCase("?limit=101", "limit")]
    [TestCase("?wait=31", "wait")]
    [TestCase("?since=yesterday", "since")]
    [TestCase("?type=case-opened.v1", "type")]
    public async Task What_cannot_be_read_is_refused_with_its_field(string query, string field)
    {
        var answer = await _register.GetAsync("changes" + query, "skane-reader");

        Assert.That((answer.Status, answer.Body!["errors"]!.AsObject().Single().Key), Is.EqualTo((HttpStatusCode.UnprocessableEntity, field)), answer.Text);
    }

    [Test]
    public async Task Without_a_purpose_and_for_an_auditor_there_is_no_feed()
    {
        Assert.That((await _register.GetAsync("changes", "skane-reader", "curiosity")).Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That((await _register.GetAsync("changes", "national-auditor")).Status, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That((await _register.GetAsync("changes", "kalmar-integrator")).Status, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    /// <summary>As on a standby, nothing can be written here, so nothing can be read without being logged either.</summary>
    [Test]
    public async Task Where_no_reading_can_be_logged_the_feed_is_unavailable()
    {
        var database = _register.Host.Database;
        await _register.CaseAsync("08");
        await using var standby = await TestHost.StartAsync(
            new() { ["ConnectionStrings:EscalationNational"] = new NpgsqlConnectionStringBuilder(database.National) { Options = "-c default_transaction_read_only=on" }.ConnectionString }, database);
        using var http = standby.ClientOf("skane-reader");
        http.DefaultRequestHeaders.Add(EndpointConventions.PurposeHeader, "contractFollowUp");

        using var answer = await http.GetAsync(new Uri("/national/v1/changes?wait=5", UriKind.Relative));

        Assert.That((answer.StatusCode, answer.Headers.RetryAfter?.Delta), Is.EqualTo((HttpStatusCode.ServiceUnavailable, (TimeSpan?)TimeSpan.FromSeconds(5))));
    }

    [Test]
    public async Task Webhooks_read_the_same_as_their_owner_and_only_what_they_take_is_logged()
    {
        await SomethingAsync();
        var told = await _register.ChangesAsync("national-coordinator");
        var reader = new FeedReader("coordination", "national-coordinator", "c47f0e19-93a5-4b2d-8f60-1e5d7a3b0000", "nationalCoordination");
        var read = await Feed.ReadAsync(reader, FeedPosition.Beginning, [], 4, CancellationToken.None);
        var rest = await Feed.ReadAsync(reader, read.Read!.Value, [], 100, CancellationToken.None);
        var logged = await _register.LoggedAsync("deliverWebhook");
        var nothing = await Feed.ReadAsync(reader, rest.Read!.Value, [], 100, CancellationToken.None);
        var filtered = await Feed.ReadAsync(reader, FeedPosition.Before(read.Changes[^1].Position.Transaction, default), ["joint-meeting-held.v1"], 100, CancellationToken.None);

        Assert.That(read.Changes.Concat(rest.Changes).Select(Json), Is.EqualTo(told.Select(t => t.ToJsonString())));
        Assert.That((read.Changes.Count, read.Read, rest.Read), Is.EqualTo((4, (FeedPosition?)read.Changes[^1].Position, (FeedPosition?)rest.Changes[^1].Position)));
        Assert.That((nothing.Changes.Count, nothing.Read, filtered.Changes.Count, filtered.Read), Is.EqualTo((0, (FeedPosition?)null, 0, rest.Read)));
        Assert.That(logged.Select(l => l.Split(' ')[0]).Distinct(), Is.EqualTo(new[] { "coordination" }));
        Assert.That(await _register.LoggedAsync("deliverWebhook"), Is.EqualTo(logged), "looking in vain is no reading");
        var found = await Feed.FindAsync(reader, [rest.Changes[0].Position.EventId, read.Changes[1].Position.EventId, Guid.NewGuid()], CancellationToken.None);
        Assert.That(found!.Select(Json), Is.EqualTo(new[] { Json(read.Changes[1]), Json(rest.Changes[0]) }));
        Assert.That(await Feed.FindAsync(reader with { Owner = "partner:adda" }, [read.Changes[0].Position.EventId], CancellationToken.None), Is.Empty);
        Assert.That((await Feed.ReadAsync(reader with { Owner = "partner:adda" }, read.Read.Value, [], 9, CancellationToken.None)).CursorIsGone, Is.True);

        static string Json(Change change) => JsonSerializer.SerializeToNode(change.Event, RegionEscalation.Http.Json.Options)!.ToJsonString();
    }

    [Test]
    public async Task A_subscription_knows_whether_the_feed_goes_on_for_it()
    {
        await _register.CaseAsync("08");
        await _register.Host.SettledAsync();
        await _register.Host.Database.ScalarAsync(
            """
            INSERT INTO national_webhook_subscriptions (reader, id, version, url, types, state, client_id, purpose, secret_generation, created_at, updated_at, position_transaction, position_sequence, position_at)
            SELECT reader, gen_random_uuid(), 1, 'https://example.org', '{}', 'active', 'x', 'x', 1, now(), now(), place, 0, now()
            FROM (VALUES ('region:12', '0'::xid8), ('partner:adda', '0'), ('coordination', pg_current_xact_id())) AS v (reader, place)
            """);

        Assert.That((await GoesOnAsync("region:12"), await GoesOnAsync("partner:adda"), await GoesOnAsync("coordination")), Is.EqualTo((true, false, false)));
    }

    [Test]
    public void Everybody_who_may_subscribe_is_served_and_nobody_whose_access_has_ended()
    {
        const string National = "c47f0e19-93a5-4b2d-8f60-1e5d7a3b0000", Kalmar = "0a8c1f52-6d0b-4e6f-9a51-3b1f7c2d0008";

        Assert.That(Feed.Owners, Does.Contain("region:08").And.Contain("region:13").And.Contain("coordination").And.Contain("nationalOffice").And.Contain("partner:adda").And.Contain("supplier:5560160680"));
        Assert.That(Feed.Owners, Is.Unique.And.Count.EqualTo(Domain.Regions.Region.All.Count + 4));
        foreach (var (owner, client, directory, may) in new (string, string, string?, bool)[]
        {
            ("region:08", "kalmar-reader", Kalmar, true), ("region:13", "kalmar-reader", Kalmar, false), ("region:08", "kalmar-reader", National, false), ("region:08", "kalmar-reader", null, false),
            ("coordination", "national-coordinator", National, true), ("coordination", "national-coordinator", Kalmar, false), ("nationalOffice", "national-office", National, true),
            ("nationalOffice", "national-office", null, false), ("partner:adda", "partner-reader", National, true), ("partner:adda", "partner-reader", Kalmar, false),
            ("partner:beta", "partner-reader", National, false), ("partner:adda", "national-coordinator", National, false), ("supplier:5560160680", "supplier-reader", National, true),
            ("supplier:5560360793", "supplier-reader", National, false),
        })
            Assert.That(Feed.MayStillRead(new FeedReader(owner, client, directory, "nationalCoordination")), Is.EqualTo(may), $"{client} of {directory} for {owner}");
    }

    /// <summary>A case from 3 up, told of, and gone; another one that stays: seven entries.</summary>
    private async Task SomethingAsync()
    {
        var id = await _register.CaseAsync("08");
        await _register.AfterwardsAsync("08", id, Given.Escalated(3, 4, _register.Now));
        await _register.InformAsync("08", id);
        await _register.StepDownAsync("08", id, 4, 2);
        await _register.CaseAsync("13");
    }

    private async Task<(string[] Told, string Next)> FollowAsync(string path)
    {
        await _register.Host.SettledAsync();
        var part = RegionAtWork.Succeeded(await _register.GetAsync(path, "skane-reader")).Body!;
        return ([.. part["items"]!.AsArray().Select(e => FeedOnRegister.Brief(e!))], FeedOnRegister.NextOf(part));
    }

    private async Task<bool> GoesOnAsync(string owner)
    {
        await using var batch = Feed.CreateBatch(owner);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT " + Feed.GoesOn + " FROM national_webhook_subscriptions s"));
        await using var reader = await batch.ExecuteReaderAsync();
        await reader.NextResultAsync();
        Assert.That(await reader.ReadAsync(), Is.True, "its own subscription and no other");
        var goesOn = reader.GetBoolean(0);
        Assert.That(await reader.ReadAsync(), Is.False);
        return goesOn;
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var attempt = 0; attempt < 1500; attempt++)
        {
            if (await holds())
                return;
            await Task.Delay(20);
        }
        throw new TimeoutException("It never came to that.");
    }
}
