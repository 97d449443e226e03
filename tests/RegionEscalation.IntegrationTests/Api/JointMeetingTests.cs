using System.Globalization;
using System.Net;
using Npgsql;
using RegionEscalation.Domain.National;
using RegionEscalation.Http;
using RegionEscalation.NationalApi;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>Regiongemensamma möten over HTTP (R-M1, R-M2): the whole course, who takes part in it, and who sees nothing.</summary>
public sealed class JointMeetingTests : KalmarFixture
{
    private static readonly string[] Invisible = ["skane-reader", "skane-handler", "national-office", "partner-reader", "supplier-reader"];

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

    [Test]
    public async Task The_whole_course_of_a_meeting()
    {
        var called = RegionAtWork.Succeeded(await _story.PostAsync("kalmar-handler", "", _story.Calling("13")));
        var meeting = called.Id;
        Assert.That((called.Status, called.ETag, (string?)called.Body!["state"], (string?)called.Body["calledBy"], (string?)called.Body["supplier"]!["organisationNumber"]),
            Is.EqualTo((HttpStatusCode.Created, "\"1\"", "called", "region:08", JointMeetingStory.Supplier)));
        Assert.That(called.Location, Does.EndWith($"/national/v1/joint-meetings/{meeting}"));
        Assert.That((await _story.GetAsync("halland-reader", meeting)).Text, Is.EqualTo(called.Text), "the region invited reads the same");

        var again = await _story.OnMeetingAsync(meeting, "invitations", JointMeetingStory.Inviting("13"));
        Assert.That((string?)again.Body!["errors"]!["invitedRegions[0].code"]![0]!["rule"], Is.EqualTo("alreadyInvited"));
        var early = await _story.OnMeetingAsync(meeting, "holdings", JointMeetingStory.Holding);
        Assert.That((early.Code, early.Reason, (string?)early.Body!["unmet"]![0]!["href"]), Is.EqualTo(("R-M1", "agendaMissing", called.Location + "/agendas")));

        await _story.HeldAsync(meeting);
        Assert.That((await _story.OnMeetingAsync(meeting, "agendas", JointMeetingStory.Agenda)).Reason, Is.EqualTo("alreadyHeld"));
        var held = await _story.GetAsync("kalmar-reader", meeting);
        Assert.That(((string?)held.Body!["state"], (bool?)held.Body["minutesOverdue"]), Is.EqualTo(("held", (bool?)false)));

        var sent = await _story.DoneAsync(meeting, "minutes", _story.Minutes);
        var reported = await _story.DoneAsync(meeting, "follow-ups/1/reports", JointMeetingStory.Report);
        Assert.That((await _story.OnMeetingAsync(meeting, "follow-ups/1/reports", JointMeetingStory.Report)).Reason, Is.EqualTo("alreadyReported"));
        foreach (var number in new[] { "0", "3", "-1" })
            Assert.That((await _story.OnMeetingAsync(meeting, $"follow-ups/{number}/reports", JointMeetingStory.Report)).Status, Is.EqualTo(HttpStatusCode.NotFound), number);
        Assert.That(reported.Body!["minutes"]!["followUps"]!.AsArray().Select(f => $"{f!["number"]} {f["responsible"]} {(string?)f["reportedBy"] ?? "-"}"),
            Is.EqualTo(new[] { "1 region:13 Avtalsansvarig", "2 supplier -" }));
        Assert.That((sent.ETag, reported.ETag), Is.EqualTo(("\"4\"", "\"5\"")));
        Assert.That((await _story.GetAsync("halland-reader", meeting)).Text, Is.EqualTo(reported.Text));

        Host.Clock.Move(TimeSpan.FromDays(15));
        var later = (await _story.GetAsync("halland-reader", meeting)).Body!["minutes"]!["followUps"]!.AsArray();
        Assert.That(later.Select(f => (bool)f!["overdue"]!), Is.EqualTo(new[] { false, true }), "what is reported is not overdue");
        await AssertReplayAsync(meeting, 5);
    }

    [Test]
    public async Task Minutes_that_are_late_are_flagged()
    {
        var meeting = await _story.CalledAsync("kalmar-handler", "13");
        await _story.HeldAsync(meeting);

        var due = (await _story.GetAsync("kalmar-reader", meeting)).Body!["minutesDue"]!.GetValue<DateTimeOffset>();
        Host.Clock.Move(due - Host.Clock.GetUtcNow() + TimeSpan.FromSeconds(1));

        Assert.That((bool)(await _story.GetAsync("kalmar-reader", meeting)).Body!["minutesOverdue"]!, Is.True);
        await _story.DoneAsync(meeting, "minutes", _story.Minutes);
        Assert.That((bool)(await _story.GetAsync("kalmar-reader", meeting)).Body!["minutesOverdue"]!, Is.False);
    }

    /// <summary>R-M2: T1 is what was shown, and nobody is shown what is not logged as such.</summary>
    [Test]
    public async Task The_minutes_are_shown_to_whoever_called_it_and_to_those_who_took_part()
    {
        var kalmars = await _story.CalledAsync("kalmar-handler", "13");
        await _story.HeldAsync(kalmars, holding: new { participants = new[] { new { reader = "region:08", function = "Kategoriledare" } } });
        var groups = await _story.CalledAsync("national-coordinator", "08", "13");
        await _story.HeldAsync(groups, "national-coordinator", new { participants = new[] { new { reader = "region:13", function = "Avtalsansvarig" } } });
        Assert.That(await SeenAsync("kalmar-reader", kalmars), Is.EqualTo("held - T0"), "there are none yet");
        await _story.DoneAsync(kalmars, "minutes", _story.Minutes);
        await _story.DoneAsync(kalmars, "follow-ups/1/reports", JointMeetingStory.Report);
        await _story.DoneAsync(groups, "minutes", _story.Minutes, "national-coordinator");

        foreach (var (client, meeting, expected) in new[]
        {
            ("kalmar-reader", kalmars, "minutes T1"), ("halland-reader", kalmars, "- T0"), ("national-coordinator", kalmars, "- T0"),
            ("national-coordinator", groups, "minutes T1"), ("halland-handler", groups, "minutes T1"), ("kalmar-decider", groups, "- T0"),
        })
            Assert.That(await SeenAsync(client, meeting), Is.EqualTo($"minutesSent {expected}"), client);

        // What the answer about one and the log have in common is the clients and the tiers; the list shows the same.
        async Task<string> SeenAsync(string client, Guid meeting)
        {
            var one = RegionAtWork.Succeeded(await _story.GetAsync(client, meeting));
            var tier = await TierAsync("getJointMeeting");
            var listed = (await Kalmar.NationalAsync("joint-meetings?limit=100", client)).Body!["items"]!.AsArray().Single(m => (Guid)m!["id"]! == meeting);
            Assert.That((listed!.ToJsonString(), await TierAsync("listJointMeetings")), Is.EqualTo((one.Body!.ToJsonString(), tier)), client);
            Assert.That(one.Text.Contains("samma brister", StringComparison.Ordinal) || one.Text.Contains("Sammanställ", StringComparison.Ordinal), Is.EqualTo(one.Body["minutes"] is not null), client);
            Assert.That(one.Body["agenda"]!["items"]!.AsArray(), Has.Count.EqualTo(1), "all who see the meeting see its agenda");
            return $"{one.Body["state"]} {(one.Body["minutes"] is null ? "-" : "minutes")} {tier}";

            async Task<object?> TierAsync(string operation) => await Host.Database.ScalarAsync(
                "SELECT tier FROM national_access_log WHERE operation = $1 AND client_id = $2 AND object_id = $3 ORDER BY at DESC LIMIT 1", operation, client, meeting);
        }
    }

    [Test]
    public async Task Who_is_invited_sees_it_and_to_everybody_else_it_does_not_exist()
    {
        var meeting = await _story.CalledAsync("kalmar-handler", "13");
        var absent = await _story.GetAsync("skane-reader", Guid.NewGuid());

        foreach (var client in new[] { "kalmar-reader", "kalmar-handler", "halland-reader", "halland-decider", "national-coordinator" })
            Assert.That((await _story.GetAsync(client, meeting)).Status, Is.EqualTo(HttpStatusCode.OK), client);
        foreach (var client in Invisible)
        {
            var answer = await _story.GetAsync(client, meeting);
            Assert.That((answer.Status, Essence(answer)), Is.EqualTo((HttpStatusCode.NotFound, Essence(absent))), client);
            Assert.That((await Kalmar.NationalAsync("joint-meetings", client)).Body!["_meta"]!["totalItems"]!.GetValue<int>(), Is.Zero, client);
        }
        Assert.That((await Kalmar.NationalAsync($"joint-meetings/{meeting}", "national-auditor")).Status, Is.EqualTo(HttpStatusCode.Forbidden));

        // A region invited later sees it from then on.
        await Host.Database.ScalarAsync("INSERT INTO national_contracts VALUES ('12', gen_random_uuid(), $1, NULL)", JointMeetingStory.Supplier);
        await _story.DoneAsync(meeting, "invitations", JointMeetingStory.Inviting("12"));
        Assert.That((await _story.GetAsync("skane-reader", meeting)).Status, Is.EqualTo(HttpStatusCode.OK));
        await Host.Database.ScalarAsync("DELETE FROM national_contracts WHERE region = '12'");
    }

    [Test]
    public async Task Only_whoever_called_it_changes_it()
    {
        var kalmars = await _story.CalledAsync("kalmar-handler", "13");
        var groups = await _story.CalledAsync("national-coordinator", "08", "13");
        var before = await Host.Database.FingerprintAsync(but: "national_access_log");
        (string Change, object Body)[] changes =
        [
            ("invitations", JointMeetingStory.Inviting("12")), ("agendas", JointMeetingStory.Agenda), ("holdings", JointMeetingStory.Holding), ("minutes", _story.Minutes),
            ("follow-ups/1/reports", JointMeetingStory.Report), ("cancellations", JointMeetingStory.Cancellation),
        ];

        foreach (var (change, body) in changes)
        {
            Assert.That((await ChangeAsync("halland-handler", kalmars, change, body)).Status, Is.EqualTo(HttpStatusCode.Forbidden), change);
            Assert.That((await ChangeAsync("national-coordinator", kalmars, change, body)).Status, Is.EqualTo(HttpStatusCode.Forbidden), change);
            Assert.That((await ChangeAsync("kalmar-handler", groups, change, body)).Status, Is.EqualTo(HttpStatusCode.Forbidden), change);
            Assert.That((await ChangeAsync("kalmar-reader", kalmars, change, body)).Status, Is.EqualTo(HttpStatusCode.Forbidden), change);
            Assert.That((await ChangeAsync("skane-handler", kalmars, change, body)).Status, Is.EqualTo(HttpStatusCode.NotFound), change);
            Assert.That((await ChangeAsync("skane-handler", Guid.NewGuid(), change, body)).Status, Is.EqualTo(HttpStatusCode.NotFound), change);
        }
        Assert.That(await Host.Database.FingerprintAsync(but: "national_access_log"), Is.EqualTo(before));

        Task<Answer> ChangeAsync(string client, Guid meeting, string change, object body) => _story.PostAsync(client, $"{meeting}/{change}", body, ("If-Match", "\"1\""));
    }

    [Test]
    public async Task A_region_calls_a_meeting_when_it_is_concerned_and_the_group_always_does()
    {
        var skanes = await _story.PostAsync("skane-handler", "", _story.Calling("13", "14"));
        var uninvolved = await _story.PostAsync("kalmar-handler", "", _story.Calling("13", "12", "99", "08"));
        var forAnother = await _story.PostAsync("kalmar-handler", "", new
        {
            supplier = new { organisationNumber = JointMeetingStory.Supplier }, convener = "A", startsAt = Host.Clock.GetUtcNow().AddDays(1), place = "B",
            invitedRegions = new[] { new { code = "13" } }, calledBy = "coordination",
        });

        Assert.That((skanes.Status, skanes.Code, skanes.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "R-M2", "convenerNotConcerned")), skanes.Text);
        Assert.That((skanes.Body!["unmet"]!.AsArray().Count, skanes.Body["errors"]), Is.EqualTo((1, (object?)null)), "it is not told who is concerned");
        Assert.That((uninvolved.Code, uninvolved.Reason), Is.EqualTo(("R-M2", "notConcerned")));
        Assert.That(uninvolved.Body!["errors"]!.AsObject().Select(e => e.Key), Is.EquivalentTo(new[] { "invitedRegions[1].code", "invitedRegions[2].code", "invitedRegions[3].code" }));
        Assert.That((string?)forAnother.Body!["errors"]!["calledBy"]![0]!["rule"], Is.EqualTo("notYours"));
        Assert.That((await _story.PostAsync("halland-reader", "", _story.Calling("08"))).Status, Is.EqualTo(HttpStatusCode.Forbidden));
        foreach (var (client, calledBy, invited) in new[] { ("halland-handler", "region:13", "08"), ("national-coordinator", "coordination", "13") })
            Assert.That((string?)RegionAtWork.Succeeded(await _story.PostAsync(client, "", _story.Calling(invited))).Body!["calledBy"], Is.EqualTo(calledBy));
    }

    [Test]
    public async Task Who_is_concerned_is_logged_whatever_becomes_of_the_request()
    {
        Host.Clock.Move(TimeSpan.FromSeconds(1));
        var since = Host.Clock.GetUtcNow().UtcDateTime;
        await _story.PostAsync("kalmar-handler", "?validateOnly=true", _story.Calling("13"));
        await _story.PostAsync("kalmar-handler", "", _story.Calling("12", "13", "99"));
        await _story.PostAsync("skane-handler", "", _story.Calling("14"));
        var meeting = await _story.CalledAsync("national-coordinator", "08", "13");
        await _story.OnMeetingAsync(meeting, "invitations", JointMeetingStory.Inviting("12", "13"), "national-coordinator");
        await _story.OnMeetingAsync(meeting, "invitations", JointMeetingStory.Inviting("13"), "halland-handler");
        await _story.OnMeetingAsync(meeting, "invitations", JointMeetingStory.Inviting("13"), "skane-handler");
        await _story.PostAsync("kalmar-handler", "", new
        {
            supplier = new { organisationNumber = "811218-9876" }, convener = "A", startsAt = Host.Clock.GetUtcNow().AddDays(1), place = "B", invitedRegions = new[] { new { code = "13" } },
        });

        var rows = (string)(await Host.Database.ScalarAsync(
            """
            SELECT string_agg(concat_ws(' ', client_id, array_to_string(readers, ','), purpose, operation, target, '->', object_region, object_kind, object_id::text, tier, basis), E'\n' ORDER BY at, object_region)
            FROM national_access_log WHERE at >= $1
            """, since))!;
        Assert.That(rows.Split('\n'), Is.EqualTo(new[]
        {
            "kalmar-handler region:08 jointMeeting callJointMeeting supplier=5560160680&invited=13 -> 13 contract T0",
            "kalmar-handler region:08 jointMeeting callJointMeeting supplier=5560160680&invited=12&invited=13 -> 13 contract T0",
            "skane-handler region:12 jointMeeting callJointMeeting supplier=5560160680&invited=14 ->",
            "national-coordinator coordination jointMeeting callJointMeeting supplier=5560160680&invited=08&invited=13 -> 08 contract T0",
            "national-coordinator coordination jointMeeting callJointMeeting supplier=5560160680&invited=08&invited=13 -> 13 contract T0",
            $"national-coordinator coordination jointMeeting inviteRegions meeting={meeting}&invited=12&invited=13 -> 13 contract T0",
            $"halland-handler region:13 jointMeeting inviteRegions meeting={meeting}&invited=13 ->",
            $"skane-handler region:12 jointMeeting inviteRegions meeting={meeting}&invited=13 ->",
            "kalmar-handler region:08 jointMeeting callJointMeeting supplier=-&invited=13 ->",
        }));
        Assert.That((await Kalmar.NationalAsync("access-log?operation=inviteRegions&purpose=jointMeeting", "halland-reader")).Text, Does.Contain("\"client\":\"national-coordinator\""));
    }

    [Test]
    public async Task Who_is_concerned_is_told_to_nobody_when_it_cannot_be_logged()
    {
        var meeting = await _story.CalledAsync("kalmar-handler", "13");
        var before = await Host.Database.FingerprintAsync();
        await Host.Database.ScalarAsync("REVOKE INSERT ON national_access_log FROM escalation_national");
        try
        {
            foreach (var answer in new[]
            {
                await _story.PostAsync("kalmar-handler", "", _story.Calling("13")),
                await _story.PostAsync("kalmar-handler", "?validateOnly=true", _story.Calling("12")),
                await _story.PostAsync("kalmar-handler", $"{meeting}/invitations", JointMeetingStory.Inviting("12"), ("If-Match", "\"1\"")),
            })
                Assert.That(((int)answer.Status, answer.Text.Contains("oncerned", StringComparison.Ordinal)), Is.EqualTo((500, false)), answer.Text);
        }
        finally
        {
            await Host.Database.ScalarAsync("GRANT INSERT ON national_access_log TO escalation_national");
        }
        Assert.That(await Host.Database.FingerprintAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task A_contract_that_has_ended_concerns_nobody()
    {
        await Host.Database.ScalarAsync("INSERT INTO national_contracts VALUES ('12', gen_random_uuid(), $1, $2)", JointMeetingStory.Supplier,
            Domain.SwedishTime.DateOf(Host.Clock.GetUtcNow()).AddDays(-1));
        var ended = await _story.PostAsync("kalmar-handler", "", _story.Calling("12"));
        await Host.Database.ScalarAsync("UPDATE national_contracts SET valid_until = valid_until + 1 WHERE region = '12'");
        var lastDay = await _story.PostAsync("kalmar-handler", "?validateOnly=true", _story.Calling("12"));
        await Host.Database.ScalarAsync("DELETE FROM national_contracts WHERE region = '12'");

        Assert.That((ended.Reason, lastDay.Status), Is.EqualTo(("notConcerned", HttpStatusCode.OK)), ended.Text + lastDay.Text);
    }

    [Test]
    public async Task A_sole_traders_meeting_is_called_by_the_platforms_id()
    {
        var id = await _story.Halland.CaseAtAsync(4, "811218-9876", "Exempel Konsult");
        var supplier = (Guid)(await Kalmar.NationalAsync($"cases/13/{id}")).Body!["supplier"]!["id"]!;
        object Calling(object about) => new { supplier = about, convener = "A", startsAt = Host.Clock.GetUtcNow().AddDays(1), place = "B", invitedRegions = new[] { new { code = "13" } } };

        var byNumber = await _story.PostAsync("national-coordinator", "", Calling(new { organisationNumber = "8112189876" }));
        var byId = await _story.PostAsync("national-coordinator", "", Calling(new { id = supplier }));
        var both = await _story.PostAsync("national-coordinator", "", Calling(new { id = supplier, organisationNumber = JointMeetingStory.Supplier }));

        Assert.That((string?)byNumber.Body!["errors"]!["supplier.organisationNumber"]![0]!["rule"], Is.EqualTo("soleTrader"), byNumber.Text);
        Assert.That((string?)both.Body!["errors"]!["supplier"]![0]!["rule"], Is.EqualTo("oneOfTwo"));
        Assert.That(byId.Status, Is.EqualTo(HttpStatusCode.Created), byId.Text);
        Assert.That((await Kalmar.NationalAsync($"joint-meetings?supplier={supplier}")).Body!["items"]!.AsArray().Select(m => m!["id"]!.GetValue<Guid>()), Is.EqualTo(new[] { byId.Id }));
    }

    [Test]
    public async Task What_is_wrong_in_a_meeting_is_told_by_its_field()
    {
        var past = await _story.PostAsync("kalmar-handler", "", new
        {
            supplier = new { organisationNumber = "5560160681" }, convener = "A", startsAt = Host.Clock.GetUtcNow().AddMinutes(-1), place = "B",
            invitedRegions = new[] { new { code = "13" } },
        });
        var none = await _story.PostAsync("kalmar-handler", "", _story.Calling());
        var meeting = await _story.CalledAsync("kalmar-handler", "13");
        await _story.DoneAsync(meeting, "agendas", JointMeetingStory.Agenda);
        Host.Clock.Move(TimeSpan.FromHours(2));
        var stranger = await _story.OnMeetingAsync(meeting, "holdings", new { participants = new[] { new { reader = "region:12", function = "A" } } });
        await _story.DoneAsync(meeting, "holdings", JointMeetingStory.Holding);
        var followUps = await _story.OnMeetingAsync(meeting, "minutes", new
        {
            summary = "A", reference = "B", decisions = Array.Empty<object>(),
            followUps = new[] { new { what = "C", responsible = "region:12", due = "2020-01-01" } },
        });

        Assert.That(Fields(past), Is.EquivalentTo(new[] { "supplier.organisationNumber", "startsAt" }));
        Assert.That(Fields(none), Is.EquivalentTo(new[] { "invitedRegions" }));
        Assert.That((stranger.Code, stranger.Reason, Fields(stranger).Single()), Is.EqualTo(("R-M2", "notInvited", "participants[0].reader")));
        Assert.That(Fields(followUps), Is.EquivalentTo(new[] { "followUps[0].responsible", "followUps[0].due" }));
    }

    [Test]
    public async Task A_change_takes_the_version_that_stands()
    {
        var meeting = await _story.CalledAsync("kalmar-handler", "13");

        var without = await _story.PostAsync("kalmar-handler", $"{meeting}/agendas", JointMeetingStory.Agenda);
        var stale = await _story.PostAsync("kalmar-handler", $"{meeting}/agendas", JointMeetingStory.Agenda, ("If-Match", "\"2\""));
        var current = await _story.PostAsync("kalmar-handler", $"{meeting}/agendas", JointMeetingStory.Agenda, ("If-Match", (await _story.GetAsync("kalmar-reader", meeting)).ETag));

        Assert.That((without.Status, stale.Status, current.Status, current.ETag),
            Is.EqualTo((HttpStatusCode.PreconditionRequired, HttpStatusCode.PreconditionFailed, HttpStatusCode.OK, "\"2\"")));
    }

    [Test]
    public async Task Of_two_changes_at_the_same_time_with_one_version_one_is_made()
    {
        var meeting = await _story.CalledAsync("kalmar-handler", "13");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            _story.PostAsync("kalmar-handler", $"{meeting}/agendas", JointMeetingStory.Agenda, ("If-Match", "\"1\""))));

        Assert.That(answers.Count(a => a.Status == HttpStatusCode.OK), Is.EqualTo(1));
        Assert.That(answers.Count(a => a.Status == HttpStatusCode.PreconditionFailed), Is.EqualTo(7));
        await AssertReplayAsync(meeting, 2);
    }

    [Test]
    public async Task The_same_key_gives_the_first_answer_and_another_body_none()
    {
        var key = (Idempotency.Header, Guid.NewGuid().ToString());
        var body = _story.Calling("13");
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _story.PostAsync("kalmar-handler", "", body, key)));
        var before = await Host.Database.FingerprintAsync(but: "national_access_log");

        Assert.That(answers.Select(a => (a.Status, a.Text, a.ETag, a.Location)).Distinct().Single().Status, Is.EqualTo(HttpStatusCode.Created));
        Assert.That((await _story.PostAsync("kalmar-handler", "", _story.Calling("12"), key)).Code, Is.EqualTo("idempotencyKeyReused"));
        Assert.That((await _story.PostAsync("kalmar-decider", "?validateOnly=true", body, key)).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await Host.Database.FingerprintAsync(but: "national_access_log"), Is.EqualTo(before));
        Assert.That((await _story.PostAsync("halland-handler", "", _story.Calling("08"), key)).Status, Is.EqualTo(HttpStatusCode.Created), "another client's key is another key");

        var agenda = (Idempotency.Header, Guid.NewGuid().ToString());
        var first = await _story.PostAsync("kalmar-handler", $"{answers[0].Id}/agendas", JointMeetingStory.Agenda, agenda, ("If-Match", "\"1\""));
        var again = await _story.PostAsync("kalmar-handler", $"{answers[0].Id}/agendas", JointMeetingStory.Agenda, agenda, ("If-Match", "\"1\""));
        Assert.That((again.Status, again.Text), Is.EqualTo((HttpStatusCode.OK, first.Text)), "a retry gets its answer and not 412");
    }

    [Test]
    public async Task A_key_is_kept_for_a_day()
    {
        var key = (Idempotency.Header, Guid.NewGuid().ToString());
        var body = _story.Calling("13");
        var first = await _story.PostAsync("kalmar-handler", "", body, key);
        Host.Clock.Move(TimeSpan.FromHours(25));

        var after = await _story.PostAsync("kalmar-handler", "", _story.Calling("13"), key);

        Assert.That((first.Status, after.Status), Is.EqualTo((HttpStatusCode.Created, HttpStatusCode.Created)), after.Text);
        Assert.That(await ExpiredAsync(), Is.Zero, "what has expired is removed");

        Host.Clock.Move(TimeSpan.FromHours(25));
        Assert.That(await ExpiredAsync(), Is.Positive);
        RegionAtWork.Succeeded(await _story.PostAsync("halland-handler", "", _story.Calling("08"), (Idempotency.Header, Guid.NewGuid().ToString())));
        Assert.That(await ExpiredAsync(), Is.Zero, "with anybody's next write, or those of a client that never comes back would stay");

        async Task<long> ExpiredAsync() => (long)(await Host.Database.ScalarAsync(
            "SELECT count(*) FROM national_idempotency_keys WHERE client_id LIKE '%/kalmar-handler' AND created_at < $1", Host.Clock.GetUtcNow().UtcDateTime.AddHours(-24)))!;
    }

    [Test]
    public async Task A_broken_connection_is_answered_as_unknown_and_the_key_makes_it_certain()
    {
        var key = (Idempotency.Header, Guid.NewGuid().ToString());
        var body = _story.Calling("13");

        var waiting = await BreakWhileWritingAsync(() => _story.PostAsync("kalmar-handler", "", body, key));
        var withoutKey = await BreakWhileWritingAsync(() => _story.PostAsync("kalmar-handler", "", body));
        var first = RegionAtWork.Succeeded(await _story.PostAsync("kalmar-handler", "", body, key));

        Assert.That((waiting.Status, waiting.Code), Is.EqualTo((HttpStatusCode.ServiceUnavailable, "outcomeUnknown")));
        Assert.That((string?)waiting.Body!["message"]!["en"], Does.Contain("same Idempotency-Key"));
        Assert.That((string?)withoutKey.Body!["message"]!["en"], Does.Contain("Read the resource"));
        Assert.That((await _story.PostAsync("kalmar-handler", "", body, key)).Text, Is.EqualTo(first.Text));
    }

    [Test]
    public async Task The_list_is_filtered_and_read_for_a_purpose()
    {
        var cancelled = await _story.CalledAsync("kalmar-handler", "13");
        await _story.DoneAsync(cancelled, "cancellations", JointMeetingStory.Cancellation);
        Host.Clock.Move(TimeSpan.FromDays(1));
        var from = Host.Clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        var latest = await _story.CalledAsync("kalmar-handler", "13");
        async Task<Guid[]> ListAsync(string query) => [.. (await Kalmar.NationalAsync($"joint-meetings?limit=100&{query}", "halland-reader")).Body!["items"]!.AsArray().Select(m => m!["id"]!.GetValue<Guid>())];

        Assert.That((await ListAsync(""))[0], Is.EqualTo(latest), "the latest first");
        Assert.That(await ListAsync("state=cancelled"), Does.Contain(cancelled).And.Not.Contain(latest));
        Assert.That(await ListAsync($"from={from}"), Is.EqualTo(new[] { latest }));
        Assert.That(await ListAsync($"supplier=556016-0680&state=called"), Does.Contain(latest).And.Not.Contain(cancelled));
        Assert.That(await ListAsync("supplier=2021005489"), Is.Empty);
        foreach (var query in new[] { "state=Called", "state=unknown", "from=yesterday", "supplier=" })
            Assert.That((await Kalmar.NationalAsync($"joint-meetings?{query}")).Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity), query);
        foreach (var path in new[] { "joint-meetings", $"joint-meetings/{latest}" })
            Assert.That((await Kalmar.NationalAsync(path, purpose: null)).Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity), path);
    }

    [Test]
    public async Task A_read_is_logged_with_the_region_that_called_the_meeting()
    {
        var kalmars = await _story.CalledAsync("kalmar-handler", "13");
        var groups = await _story.CalledAsync("national-coordinator", "13");
        await _story.GetAsync("halland-reader", kalmars);
        await _story.GetAsync("halland-reader", groups);
        await _story.GetAsync("skane-reader", kalmars);

        var rows = (string)(await Host.Database.ScalarAsync(
            """
            SELECT string_agg(concat_ws(' ', client_id, operation, coalesce(object_region, '-'), coalesce(object_kind, '-'), coalesce(tier, '-')), ',' ORDER BY at)
            FROM national_access_log WHERE target IN ('meeting=' || $1::text, 'meeting=' || $2::text)
            """, kalmars, groups))!;
        Assert.That(rows.Split(','), Is.EqualTo(new[]
        {
            "halland-reader getJointMeeting 08 meeting T0", "halland-reader getJointMeeting - meeting T0", "skane-reader getJointMeeting - - -",
        }));
    }

    [Test]
    public async Task A_case_takes_up_the_meeting_and_its_activity_is_done()
    {
        var hallands = await _story.Halland.CaseAtAsync(4);
        var other = await Kalmar.CaseAtAsync(4, "202100-5489", "En annan AB");
        var meeting = await _story.CalledAsync("kalmar-handler", "13");
        await _story.HeldAsync(meeting);
        var early = await _story.Halland.OnCaseAsync(hallands, "joint-meetings", new { meetingId = meeting });
        await _story.DoneAsync(meeting, "minutes", _story.Minutes);

        var taken = await _story.Halland.DoneAsync(hallands, "joint-meetings", new { meetingId = meeting });
        var twice = await _story.Halland.OnCaseAsync(hallands, "joint-meetings", new { meetingId = meeting });
        var otherSupplier = await Kalmar.OnCaseAsync(other, "joint-meetings", new { meetingId = meeting });
        var skanes = await _story.Skane.CaseAtAsync(4, "202100-5489", "En annan AB");
        var notInvited = await _story.Skane.OnCaseAsync(skanes, "joint-meetings", new { meetingId = meeting });
        var unknown = await _story.Skane.OnCaseAsync(skanes, "joint-meetings", new { meetingId = Guid.NewGuid() });

        Assert.That((early.Code, early.Reason), Is.EqualTo(("R-M1", "minutesMissing")), early.Text);
        Assert.That(taken.Body!["activities"]!.AsArray().Where(a => (string?)a!["code"] == "jointRegionalMeeting" && (int)a["step"]! == 4).Select(a => (string?)a!["outcome"]), Is.EqualTo(new[] { "completed" }));
        Assert.That(taken.Body["jointMeetings"]!.AsArray().Select(m => (string?)m!["content"]!["calledBy"]), Is.EqualTo(new[] { "region:08" }));
        Assert.That((twice.Reason, otherSupplier.Reason), Is.EqualTo(("alreadyTakenUp", "otherSupplier")));
        Assert.That((Fields(notInvited).Single(), notInvited.Status), Is.EqualTo((Fields(unknown).Single(), unknown.Status)), "a meeting that one is not invited to is no meeting");
        Assert.That((string?)notInvited.Body!["errors"]!["meetingId"]![0]!["rule"], Is.EqualTo("unknownMeeting"));
        var told = (await _story.Halland.GetAsync($"cases/{hallands}/events?limit=100")).Text;
        Assert.That(told, Does.Contain("tog upp det regiongemensamma mötet").And.Contain("Region Kalmar län"));
    }

    /// <summary>What the events make of the meeting is what is stored of it, columns too.</summary>
    private async Task AssertReplayAsync(Guid id, int events)
    {
        await using var source = NpgsqlDataSource.Create(Host.Database.Superuser);
        JointMeeting? replayed = null;
        var count = 0;
        await using (var command = source.CreateCommand("SELECT version, type, data::text, reader FROM national_meeting_events WHERE meeting_id = $1 ORDER BY version"))
        {
            command.Parameters.Add(new() { Value = id });
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                Assert.That((reader.GetInt64(0), reader.GetString(3)), Is.EqualTo((++count, "region:08")));
                replayed = JointMeeting.Evolve(replayed, JointMeetingEvents.Read(reader.GetString(1), reader.GetString(2)));
            }
        }
        Assert.That(count, Is.EqualTo(events));
        var stored = (string)(await Host.Database.ScalarAsync("SELECT data::text FROM national_meetings WHERE id = $1", id))!;
        Assert.That(JointMeetingEvents.Write(JointMeetingEvents.ReadSnapshot(stored)), Is.EqualTo(JointMeetingEvents.Write(replayed!)));
        var columns = (string)(await Host.Database.ScalarAsync(
            "SELECT concat_ws(' ', version, convener, invited, participants, supplier_number, supplier_id, extract(epoch FROM starts_at)::bigint, state) FROM national_meetings WHERE id = $1", id))!;
        Assert.That(columns, Is.EqualTo(string.Join(' ', replayed!.Version, replayed.CalledBy, $"{{{string.Join(',', replayed.InvitedRegions.Select(c => "region:" + c))}}}",
            $"{{{string.Join(',', replayed.Participants.Select(p => p.Reader))}}}", replayed.Content.Supplier.OrganisationNumber,
            (long)Math.Round((replayed.Content.StartsAt - DateTimeOffset.UnixEpoch).TotalSeconds), System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName($"{replayed.State}"))));
    }

    /// <summary>Holds the write at its lock, ends its server process, and lets go.</summary>
    private async Task<Answer> BreakWhileWritingAsync(Func<Task<Answer>> write)
    {
        await using var connection = new NpgsqlConnection(Host.Database.Superuser);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand("LOCK TABLE national_meetings IN EXCLUSIVE MODE", connection, transaction))
            await hold.ExecuteNonQueryAsync();
        var answer = write();
        for (var attempt = 0; attempt < 500; attempt++)
        {
            if (await Host.Database.ScalarAsync(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock' AND usename = 'escalation_national'
                """) is true)
                break;
            await Task.Delay(20);
        }
        await transaction.RollbackAsync();
        return await answer;
    }

    private static string[] Fields(Answer answer) => [.. answer.Body!["errors"]!.AsObject().Select(e => e.Key)];

    /// <summary>The body without what names this very request.</summary>
    private static string Essence(Answer answer) =>
        string.Concat(answer.Body!.AsObject().Where(m => m.Key is not ("instance" or "traceId")).Select(m => m.Value!.ToJsonString()));
}
