using System.Net;
using Npgsql;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Http;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>Who acknowledges a notice, once, and who sees that (R-N6).</summary>
public sealed class AcknowledgementTests : KalmarFixture
{
    private JointMeetingStory _story = null!;
    private Guid _case;
    private Guid _notice;

    [SetUp]
    public async Task InformAsync()
    {
        _story = new JointMeetingStory(Host);
        _case = await Kalmar.CaseAtAsync(4);
        _notice = await JointMeetingStory.InformAsync(Host, "08", _case);
    }

    [TearDown]
    public void Stop() => _story.Dispose();

    [TestCase("halland-handler", "region:13")]
    [TestCase("halland-decider", "region:13")]
    [TestCase("national-coordinator", "coordination")]
    [TestCase("national-office", "nationalOffice")]
    [TestCase("partner-reader", "partner:adda")]
    public async Task A_recipient_acknowledges_and_the_first_acknowledgement_stands(string client, string recipient)
    {
        var first = await AcknowledgeAsync(client);
        Host.Clock.Move(TimeSpan.FromMinutes(1));
        var again = await AcknowledgeAsync(client, recipient);

        Assert.That((first.Status, again.Status), Is.EqualTo((HttpStatusCode.Created, HttpStatusCode.OK)), first.Text + again.Text);
        Assert.That(first.Location, Does.EndWith($"/national/v1/cases/08/{_case}/acknowledgements"));
        Assert.That(again.Text, Is.EqualTo(first.Text), "the first one");
        Assert.That(((string?)first.Body!["recipient"], first.Body["noticeId"]!.GetValue<Guid>(), (string?)first.Body["acknowledgedBy"]),
            Is.EqualTo((recipient, _notice, "Upphandlingschef")));
        Assert.That(await RowsAsync(), Is.EqualTo($"{recipient} {client}"));
        var seen = (await Kalmar.NationalAsync($"cases/08/{_case}", client)).Body!["notice"];
        Assert.That((bool?)seen?["acknowledged"], Is.EqualTo(client == "partner-reader" ? null : true), "a partner sees the case by a decision only");
    }

    [TestCase("halland-reader")]
    [TestCase("supplier-reader")]
    [TestCase("kalmar-integrator")]
    [TestCase("national-auditor")]
    public async Task Nobody_else_acknowledges(string client)
    {
        Assert.That((await AcknowledgeAsync(client)).Status, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(await RowsAsync(), Is.Null);
    }

    [Test]
    public async Task Whoever_issued_it_does_not_acknowledge_it()
    {
        var answer = await AcknowledgeAsync("kalmar-handler");

        Assert.That((answer.Status, answer.Code, answer.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "R-N6", "ownNotice")));
        Assert.That(await RowsAsync(), Is.Null);
    }

    [Test]
    public async Task For_another_body_nobody_acknowledges()
    {
        foreach (var recipient in new[] { "region:12", "region:08", "coordination", "region:99", "nobody" })
        {
            var answer = await AcknowledgeAsync("halland-handler", recipient);
            Assert.That((answer.Status, (string?)answer.Body!["errors"]!["recipient"]![0]!["rule"]), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "notYours")), recipient);
        }
        Assert.That(await RowsAsync(), Is.Null);
    }

    [Test]
    public async Task Only_a_body_that_it_was_sent_to()
    {
        await Host.Database.ScalarAsync("DELETE FROM national_recipients WHERE case_id = $1 AND recipient = 'region:13'", _case);

        var answer = await AcknowledgeAsync("halland-handler");

        Assert.That((answer.Status, answer.Code, answer.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "R-N6", "notRecipient")), answer.Text);
        Assert.That(await RowsAsync(), Is.Null);
    }

    [Test]
    public async Task A_notice_that_no_longer_stands_is_not_acknowledged_and_the_answer_leads_to_the_one_that_does()
    {
        RegionAtWork.Succeeded(await AcknowledgeAsync("halland-handler"));
        var later = await JointMeetingStory.InformAsync(Host, "08", _case, NoticeKind.Update);

        var superseded = await AcknowledgeAsync("halland-handler");
        var standing = await _story.AcknowledgeAsync("halland-handler", "08", _case, later);

        Assert.That((superseded.Status, superseded.Code, superseded.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "R-N6", "noticeSuperseded")));
        Assert.That((string?)superseded.Body!["unmet"]![0]!["href"], Does.EndWith($"/national/v1/cases/08/{_case}"));
        Assert.That(superseded.Body["errors"]!["noticeId"], Is.Not.Null);
        Assert.That(standing.Status, Is.EqualTo(HttpStatusCode.Created), "each notice is acknowledged for itself");
    }

    [Test]
    public async Task Of_a_case_without_a_notice_and_of_one_that_is_not_there_the_answer_is_the_same()
    {
        var untold = await Kalmar.CaseAtAsync(4);
        var below = await Kalmar.CaseAtAsync(2);

        foreach (var (region, id) in new[] { ("08", untold), ("08", below), ("08", Guid.NewGuid()), ("13", _case), ("99", _case) })
        {
            Assert.That((await _story.AcknowledgeAsync("halland-handler", region, id, _notice)).Status, Is.EqualTo(HttpStatusCode.NotFound), region);
            Assert.That((await Kalmar.NationalAsync($"cases/{region}/{id}/acknowledgements", "halland-reader")).Status, Is.EqualTo(HttpStatusCode.NotFound), region);
        }
    }

    [Test]
    public async Task The_national_group_sees_who_has_acknowledged_and_everybody_else_their_own()
    {
        await AcknowledgeAsync("halland-handler");
        await AcknowledgeAsync("skane-handler");

        var all = (await SeenAsync("national-coordinator"))!;

        Assert.That(all, Does.Contain("region:13 Upphandlingschef").And.Contain("region:12 Upphandlingschef").And.Contain("region:01 -").And.Contain("coordination -"));
        Assert.That(all, Has.Length.EqualTo(23), "twenty other regions, the group, the office, and a partner that had read it");
        Assert.That(await SeenAsync("halland-reader"), Is.EqualTo(new[] { "region:13 Upphandlingschef" }));
        Assert.That(await SeenAsync("national-office"), Is.EqualTo(new[] { "nationalOffice -" }));
        Assert.That(await SeenAsync("partner-reader"), Is.EqualTo(new[] { "partner:adda -" }));
        Assert.That(await SeenAsync("kalmar-reader"), Is.Empty, "it sees them in its own case");
        Assert.That((await SeenAsync("supplier-reader"))!.Select(r => r.Split(' ')[1]), Is.All.EqualTo("-"), "the supplier sees whom it went to");
        Assert.That(await SeenAsync("national-auditor"), Is.Null);
        Assert.That(await Host.Database.ScalarAsync(
            "SELECT string_agg(DISTINCT concat_ws(' ', object_region, object_kind, object_id, tier), ',') FROM national_access_log WHERE operation = 'getAcknowledgements' AND object_id = $1", _case),
            Is.EqualTo($"08 notice {_case} T0"));
        Assert.That((await Kalmar.NationalAsync($"cases/08/{_case}/acknowledgements", purpose: null)).Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
    }

    [Test]
    public async Task The_same_at_the_same_time_is_acknowledged_once([Values] bool withKey)
    {
        var key = (Idempotency.Header, withKey ? Guid.NewGuid().ToString() : null);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => AcknowledgeAsync("halland-handler", null, key)));

        Assert.That(answers.Select(a => a.Text).Distinct().ToArray(), Has.Length.EqualTo(1));
        Assert.That(answers.Count(a => a.Status == HttpStatusCode.Created), Is.EqualTo(withKey ? 10 : 1), "a key gives the first answer, and without one it is the first acknowledgement");
        Assert.That(await RowsAsync(), Is.EqualTo("region:13 halland-handler"));
    }

    [Test]
    public async Task A_dry_run_acknowledges_nothing()
    {
        var before = await Host.Database.FingerprintAsync();

        var dry = await Kalmar.SendAsync("halland-handler", HttpMethod.Post, $"/national/v1/cases/08/{_case}/acknowledgements?validateOnly=true",
            new { noticeId = _notice, acknowledgedBy = "Upphandlingschef" }, (Idempotency.Header, "dry"));

        Assert.That((dry.Status, (bool?)dry.Body!["valid"]), Is.EqualTo((HttpStatusCode.OK, (bool?)true)));
        Assert.That(await Host.Database.FingerprintAsync(), Is.EqualTo(before));
    }

    /// <summary>The database alone: the national login acknowledges for the readers of the request and changes nothing afterwards.</summary>
    [Test]
    public async Task The_login_writes_for_its_readers_only_and_never_again()
    {
        await using var national = NpgsqlDataSource.Create(Host.Database.National);
        const string Insert = "INSERT INTO national_acknowledgements VALUES ('08', $1, $2, 'region:13', now(), 'x', 'x')";

        Assert.That(await RefusedAsync("region:12", Insert), Is.EqualTo("42501"));
        Assert.That(await RefusedAsync("", Insert), Is.EqualTo("42501"));
        Assert.That(await RefusedAsync("region:13", Insert), Is.Null);
        Assert.That(await RefusedAsync("region:13", "UPDATE national_acknowledgements SET at = now() WHERE case_id = $1 OR notice_id = $2"), Is.EqualTo("42501"));
        Assert.That(await RefusedAsync("region:13", "DELETE FROM national_acknowledgements WHERE case_id = $1 OR notice_id = $2"), Is.EqualTo("42501"));

        async Task<string?> RefusedAsync(string readers, string sql)
        {
            await using var batch = national.CreateBatch();
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT set_config('app.readers', $1, true)") { Parameters = { new() { Value = readers } } });
            batch.BatchCommands.Add(new NpgsqlBatchCommand(sql) { Parameters = { new() { Value = _case }, new() { Value = _notice } } });
            try
            {
                await batch.ExecuteNonQueryAsync();
                return null;
            }
            catch (PostgresException e)
            {
                return e.SqlState;
            }
        }
    }

    private Task<Answer> AcknowledgeAsync(string client, string? recipient = null, params (string Name, string? Value)[] headers) =>
        _story.AcknowledgeAsync(client, "08", _case, _notice, recipient, headers);

    /// <summary>Each recipient with who acknowledged; null where there is no answer.</summary>
    private async Task<string[]?> SeenAsync(string client) => (await Kalmar.NationalAsync($"cases/08/{_case}/acknowledgements", client)) is { Status: HttpStatusCode.OK, Body: { } body }
        ? [.. body["recipients"]!.AsArray().Select(r => $"{r!["recipient"]} {(string?)r["acknowledgedBy"] ?? "-"}")]
        : null;

    private async Task<string?> RowsAsync() => await Host.Database.ScalarAsync(
        "SELECT string_agg(recipient || ' ' || client_id, ',' ORDER BY at, recipient) FROM national_acknowledgements WHERE notice_id = $1", _notice) as string;
}
