using System.Text.Json.Nodes;
using Npgsql;
using RegionEscalation.Domain;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Host.Development;
using RegionEscalation.IntegrationTests.Storage;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>What each reader is told of when something becomes, changes or ceases to be visible, and nobody else.</summary>
public sealed class NationalChangeFeedTests
{
    private const string National = "c47f0e19-93a5-4b2d-8f60-1e5d7a3b0000";

    /// <summary>Those who see every region's cases; the supplier sees its own.</summary>
    private static readonly string[] Everybody = ["skane-reader", "halland-handler", "kalmar-reader", "national-coordinator", "national-office", "supplier-reader"];

    private RegisterAtWork _register = null!;

    [SetUp]
    public async Task StartAsync() => _register = await RegisterAtWork.StartAsync(new()
    {
        ["Access:Clients:skane-and-partner:TenantId"] = National,
        ["Access:Clients:skane-and-partner:Regions:0"] = "12",
        ["Access:Clients:skane-and-partner:Partner"] = "adda",
    });

    [TearDown]
    public async Task StopAsync() => await _register.DisposeAsync();

    [Test]
    public async Task A_case_is_told_of_from_step_3_to_its_end_and_so_are_its_notices()
    {
        var id = await _register.CaseAsync("08");
        await AllAreToldAsync("case-appeared: at 3, preliminary");

        await _register.AfterwardsAsync("08", id, Given.Escalated(3, 4, _register.Now));
        await AllAreToldAsync("case-appeared: at 4, preliminary", "case-changed: at 4, preliminary");

        await _register.InformAsync("08", id);
        await AllAreToldAsync("case-appeared: at 4", "case-changed: at 4", "case-changed: at 4", "notice-appeared: 1 initial");

        await _register.InformAsync("08", id, NoticeKind.Update);
        await AllAreToldAsync(
            "case-appeared: at 4", "case-changed: at 4", "case-changed: at 4", "notice-appeared: -", "notice-removed: -", "notice-appeared: 2 update");

        await _register.StepDownAsync("08", id, 4, 2);
        await AllAreToldAsync(
            "case-appeared: -", "case-changed: -", "case-changed: -", "notice-appeared: -", "notice-removed: -", "notice-appeared: 2 update", "case-removed: -",
            // What stands of a case that has gone stands for a shorter time.
            "notice-changed: 2 update");

        await _register.InformAsync("08", id, NoticeKind.AllClear);
        await AllAreToldAsync(
            "case-appeared: -", "case-changed: -", "case-changed: -", "notice-appeared: -", "notice-removed: -", "notice-appeared: -", "case-removed: -",
            "notice-changed: -", "notice-removed: -", "notice-appeared: 3 allClear");
        Assert.That(await _register.ToldAsync("partner-reader"), Is.Empty, "nothing was disclosed to it");
        Assert.That(await RowsAsync(id), Has.Length.EqualTo(10), "a row for each");
    }

    [Test]
    public async Task What_was_removed_has_no_content_also_when_the_case_has_come_back()
    {
        var id = await _register.CaseAsync("08");
        await _register.StepDownAsync("08", id, 3, 2);
        await _register.AfterwardsAsync("08", id, Given.Escalated(2, 3, _register.Now));

        await AllAreToldAsync("case-appeared: at 3, preliminary", "case-removed: -", "case-appeared: at 3, preliminary");
    }

    [Test]
    public async Task What_is_told_are_the_fields_of_T0_in_the_envelope_of_CloudEvents()
    {
        var id = await _register.CaseAsync("08", 4);
        await _register.BlockAsync("08", id, new DateOnly(2027, 3, 31));
        var notice = await _register.InformAsync("08", id);

        var entries = await _register.ChangesAsync("skane-reader");
        var (told, informed) = (entries[0], entries[^1]);

        Assert.That(told.AsObject().Select(m => m.Key), Is.EqualTo(new[] { "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data" }));
        Assert.That($"{told["specversion"]} {told["source"]} {told["type"]} {told["subject"]} {told["datacontenttype"]}",
            Is.EqualTo($"1.0 /national/v1 national-case-appeared.v1 cases/08/{id} application/json"));
        Assert.That($"{told["data"]!["region"]!["name"]} {told["data"]!["caseId"]} {told["data"]!["noticeId"]} {informed["data"]!["noticeId"]} {informed["subject"]}",
            Is.EqualTo($"Region Kalmar län {id}  {notice} cases/08/{id}"));
        var listed = (await _register.ItemsAsync("cases", "skane-reader"))[0];
        Assert.That(told["data"]!["case"]!.AsObject().Select(m => $"{m.Key} {m.Value?.ToJsonString()}"), Is.EquivalentTo(new[]
        {
            "supplier", "category", "ladder", "step", "stepEvent", "stepSince", "trigger", "block", "disputed", "supplierStatementAttached", "preliminary", "responsibleAddress", "noticeExpiresAt",
        }.Select(name => $"{name} {listed[name]?.ToJsonString()}")), "as in the list of cases");
        var received = (await _register.ItemsAsync("inbox", "skane-reader"))[0];
        Assert.That(informed["data"]!["notice"]!.AsObject().Where(m => m.Key != "recipients").Select(m => $"{m.Key} {m.Value?.ToJsonString()}"),
            Is.EqualTo(new[] { "number", "kind", "issuedAt", "provisional", "expiresAt", "payload" }.Select(name => $"{name} {received[name]?.ToJsonString()}")), "as in the inbox");
        Assert.That(informed["data"]!["notice"]!["recipients"]!.ToJsonString(), Is.EqualTo("[\"region:12\"]"), "its own alone");
        Assert.That((await _register.ChangesAsync("kalmar-reader"))[^1]["data"]!["notice"]!["recipients"]!.AsArray(), Is.Empty);
        Assert.That((await _register.ChangesAsync("national-coordinator"))[^1]["data"]!["notice"]!["recipients"]!.ToJsonString(), Is.EqualTo("[\"coordination\"]"));
    }

    [Test]
    public async Task A_partner_is_told_from_the_decision_to_disclose_until_it_is_revoked()
    {
        var id = await _register.CaseAsync("08");
        await _register.InformAsync("08", id);
        var before = await RowsAsync(id);
        var others = await _register.ToldAsync("skane-reader");

        var decision = await DiscloseAsync(id, "partner:adda");
        Assert.That(await _register.ToldAsync("partner-reader"), Is.EqualTo(new[] { "case-appeared: at 3", "notice-appeared: 1 initial" }));

        await _register.AfterwardsAsync("08", id, Given.Escalated(3, 4, _register.Now));
        await _register.AfterwardsAsync("08", id, new DisclosureRevoked(_register.Now, decision, RegionAtWork.Motivation, Given.DecidedBy));
        Assert.That(await _register.ToldAsync("partner-reader"), Is.EqualTo(new[]
        {
            "case-appeared: -", "notice-appeared: -", "case-changed: -", "case-removed: -", "notice-removed: -",
        }));
        Assert.That(await _register.ToldAsync("skane-reader"), Is.EqualTo(others.Select(o => o.Replace("at 3", "at 4, preliminary", StringComparison.Ordinal)).Append("case-changed: at 4, preliminary")),
            "whom nothing was disclosed to is told nothing of it");
        Assert.That((await RowsAsync(id)).Skip(before.Length), Is.EqualTo(new[]
        {
            "national-case-appeared.v1 partner:adda", "national-notice-appeared.v1 partner:adda", "national-case-changed.v1 regions coordination nationalOffice supplier:5560160680 partner:adda",
            "national-case-removed.v1 partner:adda", "national-notice-removed.v1 partner:adda",
        }));
    }

    [Test]
    public async Task Whoever_sees_the_case_anyway_is_not_told_that_it_has_ceased_to_be_visible_to_it_as_a_partner()
    {
        var id = await _register.CaseAsync("08");
        await _register.InformAsync("08", id);
        var both = new DevelopmentClient("skane-and-partner", TenantId: National, Roles: ["reader", "partner"]);
        var before = await _register.ChangesAsync(both);
        var decision = await DiscloseAsync(id, "partner:adda");
        await _register.AfterwardsAsync("08", id, new DisclosureRevoked(_register.Now, decision, RegionAtWork.Motivation, Given.DecidedBy));

        Assert.That((await _register.ChangesAsync(both)).Select(FeedOnRegister.Brief), Is.EqualTo(before.Select(FeedOnRegister.Brief)).And.EqualTo(await _register.ToldAsync("skane-reader")));
    }

    /// <summary>The database, the query and the access policy each keep a reader to its own; here the one without the others.</summary>
    [Test]
    public async Task Each_lock_holds_by_itself()
    {
        using var story = new JointMeetingStory(_register.Host);
        var id = await _register.CaseAsync("08");
        RegionAtWork.Succeeded(await story.AcknowledgeAsync("national-coordinator", "08", id, await _register.InformAsync("08", id)));
        var decision = await DiscloseAsync(id, "partner:adda");
        await _register.AfterwardsAsync("08", id, new DisclosureRevoked(_register.Now, decision, RegionAtWork.Motivation, Given.DecidedBy));
        string[] clients = ["partner-reader", "skane-reader", "supplier-reader"];
        var told = await Task.WhenAll(clients.Select(c => _register.ToldAsync(c)));

        await using (var source = NpgsqlDataSource.Create(_register.Host.Database.National))
        {
            foreach (var (readers, seen) in new[] { ("partner:adda", 4L), ("region:12", 3), ("supplier:5560160680", 3), ("region:08", 4), ("coordination", 4), ("auditor", 0), ("", 0) })
            {
                await using var batch = source.CreateBatch();
                batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT set_config('app.readers', $1, true)") { Parameters = { new() { Value = readers } } });
                batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT count(*) FROM national_changes"));
                await using var reader = await batch.ExecuteReaderAsync();
                await reader.NextResultAsync();
                await reader.ReadAsync();
                Assert.That(reader.GetInt64(0), Is.EqualTo(seen), readers);
            }
        }

        foreach (var table in new[] { "national_changes", "national_cases", "national_notices", "national_acknowledgements" })
            await _register.Host.Database.ScalarAsync($"CREATE POLICY everything ON {table} FOR SELECT TO escalation_national USING (true)");
        Assert.That(await Task.WhenAll(clients.Select(c => _register.ToldAsync(c))), Is.EqualTo(told));
        Assert.That(told[0], Is.EqualTo(new[] { "case-appeared: -", "notice-appeared: -", "case-removed: -", "notice-removed: -" }));
    }

    [Test]
    public async Task A_supplier_is_told_of_its_own_cases_only()
    {
        await _register.CaseAsync("08", supplier: RegisterAtWork.Other);
        await _register.CaseAsync("13", 4);

        Assert.That(await _register.ToldAsync("supplier-reader"), Is.EqualTo(new[] { "case-appeared: at 4, preliminary" }));
        Assert.That(await _register.ToldAsync("skane-reader"), Has.Length.EqualTo(2));
    }

    [Test]
    public async Task What_happens_at_home_and_what_is_beyond_T0_is_told_to_nobody()
    {
        var low = await _register.CaseAsync("08", 2);
        var id = await _register.CaseAsync("08");
        await _register.InformAsync("08", id);
        await DiscloseAsync(id, Disclosures.RegionsConcerned);
        await _register.ContractAsync("08");
        var rows = await RowsAsync(id);
        await _register.AfterwardsAsync("08", id, Given.Completed(at: _register.Now));
        await _register.AfterwardsAsync("08", id, new ReturnCriteriaSet(_register.Now, 3, [new(Guid.NewGuid(), "Inga restnoteringar", _register.Now)]));

        Assert.That(await RowsAsync(id), Is.EqualTo(rows), "the summary has changed, and nothing else");
        Assert.That(rows, Has.None.Contains("regionsConcerned").And.Length.EqualTo(3));
        Assert.That(await RowsAsync(low), Is.Empty);
    }

    [Test]
    public async Task A_sole_trader_is_told_of_under_its_pseudonym_and_to_no_supplier()
    {
        var id = await _register.CaseAsync("08", 4, supplier: RegisterAtWork.SoleTrader);
        await _register.InformAsync("08", id);

        var entries = await _register.ChangesAsync("skane-reader");

        Assert.That(entries[0]["data"]!["case"]!["supplier"]!["name"]!.ToString(), Does.StartWith("Enskild näringsidkare "));
        Assert.That(string.Concat(entries.Select(e => e.ToJsonString())) + string.Concat(await RowsAsync(id)), Does.Not.Contain("811218").And.Not.Contain("Exempel Konsult").And.Not.Contain("supplier:"));
    }

    [Test]
    public async Task Acknowledgements_reach_the_recipient_the_coordination_group_and_the_region_that_issued()
    {
        using var story = new JointMeetingStory(_register.Host);
        var id = await _register.CaseAsync("08", 4);
        var notice = await _register.InformAsync("08", id);
        foreach (var client in new[] { "halland-handler", "national-coordinator", "national-office" })
            RegionAtWork.Succeeded(await story.AcknowledgeAsync(client, "08", id, notice));
        RegionAtWork.Succeeded(await story.AcknowledgeAsync("halland-handler", "08", id, notice));

        var all = new[] { "notice-acknowledged: by region:13", "notice-acknowledged: by coordination", "notice-acknowledged: by nationalOffice" };
        foreach (var (client, told) in new[] { ("kalmar-reader", all), ("national-coordinator", all), ("halland-reader", all[..1]), ("national-office", all[2..]), ("skane-reader", []), ("supplier-reader", []) })
            Assert.That(await _register.ToldAsync(client, "?type=notice-acknowledged.v1"), Is.EqualTo(told), client);
        var entry = (await _register.ChangesAsync("kalmar-reader", "?type=notice-acknowledged.v1"))[0];
        Assert.That($"{entry["subject"]} {entry["data"]!["noticeId"]} {entry["data"]!["acknowledgement"]!["acknowledgedBy"]} {entry["data"]!["notice"]}", Is.EqualTo($"cases/08/{id} {notice} Upphandlingschef "));
    }

    [Test]
    public async Task An_acknowledgement_is_told_without_its_content_when_its_notice_is_gone()
    {
        using var story = new JointMeetingStory(_register.Host);
        var id = await _register.CaseAsync("08", 4);
        RegionAtWork.Succeeded(await story.AcknowledgeAsync("halland-handler", "08", id, await _register.InformAsync("08", id)));
        await _register.InformAsync("08", id, NoticeKind.Update);

        foreach (var client in new[] { "kalmar-reader", "national-coordinator", "halland-reader" })
            Assert.That(await _register.ToldAsync(client, "?type=notice-acknowledged.v1"), Is.EqualTo(new[] { "notice-acknowledged: -" }), client);
    }

    [Test]
    public async Task A_partner_whose_disclosure_has_run_out_is_told_once_that_the_case_is_gone_and_nothing_after()
    {
        var id = await _register.CaseAsync("08");
        await _register.InformAsync("08", id);
        await DiscloseAsync(id, "partner:adda");
        var before = await RowsAsync(id);
        _register.Host.Clock.Move(TimeSpan.FromDays(32));
        await _register.AfterwardsAsync("08", id, Given.Escalated(3, 4, _register.Now));
        await _register.AfterwardsAsync("08", id, Given.Escalated(4, 5, _register.Now));

        Assert.That((await RowsAsync(id)).Skip(before.Length).Where(r => r.Contains("partner:adda", StringComparison.Ordinal)), Is.EqualTo(new[]
        {
            "national-case-removed.v1 partner:adda", "national-notice-removed.v1 partner:adda",
        }));
    }

    [Test]
    public async Task Meetings_reach_whoever_called_them_the_regions_invited_and_the_coordination_group()
    {
        using var story = new JointMeetingStory(_register.Host);
        await story.Halland.ContractAsync();
        await story.Skane.ContractAsync();
        await _register.CaseAsync("08", 4);
        var meeting = await story.CalledAsync("kalmar-handler", "13");
        await story.DoneAsync(meeting, "invitations", JointMeetingStory.Inviting("12"));
        await story.HeldAsync(meeting);
        await story.DoneAsync(meeting, "minutes", story.Minutes);
        await story.DoneAsync(meeting, "follow-ups/1/reports", JointMeetingStory.Report);

        string[] all = [.. new[] { "called", "regions-invited", "agenda-published", "held", "minutes-sent", "follow-up-reported" }.Select(what => $"joint-meeting-{what}: minutesSent")];
        foreach (var (client, told) in new[] { ("kalmar-reader", all), ("halland-reader", all), ("national-coordinator", all), ("skane-reader", all[1..]), ("national-office", []), ("supplier-reader", []) })
            Assert.That((await _register.ToldAsync(client)).Where(t => t.StartsWith("joint", StringComparison.Ordinal)), Is.EqualTo(told), client);
        var entry = (await _register.ChangesAsync("national-coordinator"))[^1];
        Assert.That((entry["subject"]!.ToString(), entry["data"]!["meetingId"]!.GetValue<Guid>(), entry["data"]!["region"], entry["data"]!["caseId"]), Is.EqualTo(($"joint-meetings/{meeting}", meeting, (JsonNode?)null, (JsonNode?)null)));
        Assert.That(entry["data"]!["meeting"]!.AsObject().Select(m => m.Key), Is.EqualTo(new[] { "state", "supplier", "startsAt", "calledBy", "invitedRegions" }), "neither an agenda nor minutes");
        Assert.That(entry["data"]!["meeting"]!["invitedRegions"]!.AsArray().Select(r => r!["code"]!.ToString()), Is.EqualTo(new[] { "13", "12" }));
    }

    [Test]
    public async Task Every_reading_is_logged_with_what_it_gave_out()
    {
        var gone = await _register.CaseAsync("08", 4);
        await _register.StepDownAsync("08", gone, 4, 2);
        var id = await _register.CaseAsync("13");
        await _register.InformAsync("13", id);
        await _register.Host.SettledAsync();

        await _register.GetAsync("changes", "skane-reader", "contractFollowUp");
        await _register.GetAsync("changes?type=national-notice-appeared.v1", "national-office");
        await _register.GetAsync("changes", "partner-reader");

        Assert.That((await _register.LoggedAsync("listChanges")).Order(StringComparer.Ordinal), Is.EqualTo(new[]
        {
            $"nationalOffice nationalCoordination type=national-notice-appeared.v1 -> 13/{id} notice T0",
            "partner:adda nationalCoordination  ->",
            $"region:12 contractFollowUp  -> 08/{gone} case",
            $"region:12 contractFollowUp  -> 13/{id} case T0",
            $"region:12 contractFollowUp  -> 13/{id} notice T0",
        }.Order(StringComparer.Ordinal)));
    }

    /// <summary>R-N4: whoever has read a case is told what becomes of it; whoever was only told that there had been something has read nothing.</summary>
    [Test]
    public async Task Entries_without_content_make_nobody_a_reader_of_the_case()
    {
        var id = await _register.CaseAsync("08");
        await _register.InformAsync("08", id);
        var decision = await DiscloseAsync(id, "partner:adda");
        await _register.AfterwardsAsync("08", id, new DisclosureRevoked(_register.Now, decision, RegionAtWork.Motivation, Given.DecidedBy));
        Assert.That(await _register.ChangesAsync("partner-reader"), Has.Length.EqualTo(4));
        await _register.ChangesAsync("skane-reader");
        await using var store = new EscalationStore(_register.Host.Database.Application);

        Assert.That(await StoreFixture.FetchAsync(store, Given.Kalmar, q => q.ReadersOf(id)), Is.EqualTo(new[] { "region:12" }));
    }

    private async Task AllAreToldAsync(params string[] told)
    {
        foreach (var client in Everybody)
            Assert.That(await _register.ToldAsync(client), Is.EqualTo(told), client);
    }

    /// <returns>The decision.</returns>
    private async Task<Guid> DiscloseAsync(Guid id, string recipient)
    {
        var decision = Guid.CreateVersion7();
        await _register.AfterwardsAsync("08", id, new DisclosureDecided(_register.Now, decision, new DisclosureContent(
            DisclosureOutcome.Granted, recipient, DisclosureBasis.Consent, [new ConsideredSecrecy(31, 16, true)], "Mottagaren behöver sammanfattningen.",
            SwedishTime.DateOf(_register.Now).AddDays(30), Given.DecidedBy)));
        return decision;
    }

    private async Task<string[]> RowsAsync(Guid id) => ((string)(await _register.Host.Database.ScalarAsync(
        "SELECT coalesce(string_agg(type || ' ' || array_to_string(audience, ' '), E'\\n' ORDER BY transaction_id, seq_id), '') FROM national_changes WHERE object_id = $1", id))!)
        .Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
