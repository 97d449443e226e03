using System.Net;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Host.Development;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>What was sent to whom, and whether it has been acknowledged.</summary>
public sealed class InboxTests
{
    private const string National = "c47f0e19-93a5-4b2d-8f60-1e5d7a3b0000";
    private RegisterAtWork _register = null!;

    [SetUp]
    public async Task StartAsync() => _register = await RegisterAtWork.StartAsync(new()
    {
        ["Access:Clients:halland-and-coordination:TenantId"] = National,
        ["Access:Clients:halland-and-coordination:Regions:0"] = "13",
    });

    [TearDown]
    public async Task StopAsync() => await _register.DisposeAsync();

    [Test]
    public async Task A_notice_is_in_the_inbox_of_every_recipient_and_of_nobody_else()
    {
        var id = await _register.CaseAsync("08", 4, daysAgo: 2);
        var unsaid = await _register.CaseAsync("08");
        var notice = await _register.InformAsync("08", id);

        foreach (var (client, key) in new[] { ("halland-reader", "region:13"), ("skane-handler", "region:12"), ("national-coordinator", "coordination"), ("national-office", "nationalOffice") })
        {
            var items = await _register.ItemsAsync("inbox", client);
            Assert.That(items.Select(i => $"{i["recipient"]} {i["region"]!["code"]} {i["region"]!["name"]} {i["caseId"]} {i["noticeId"]} {i["number"]} {i["kind"]} {i["provisional"]} {i["reminded"]}"),
                Is.EqualTo(new[] { $"{key} 08 Region Kalmar län {id} {notice} 1 initial false false" }), client);
            Assert.That((items[0]["acknowledgedAt"], items[0]["acknowledgedBy"]), Is.EqualTo(((object?)null, (object?)null)));
        }
        foreach (var client in new[] { "kalmar-reader", "partner-reader", "supplier-reader" })
            Assert.That(await _register.ItemsAsync("inbox", client), Is.Empty, client);
        Assert.That((await _register.GetAsync("inbox", "national-auditor")).Status, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That((await _register.LoggedAsync("listInbox")).Order(StringComparer.Ordinal), Is.EqualTo(new[]
        {
            $"coordination nationalCoordination  -> 08/{id} notice T0", $"nationalOffice nationalCoordination  -> 08/{id} notice T0", "partner:adda nationalCoordination  ->",
            $"region:08 nationalCoordination  ->", $"region:12 nationalCoordination  -> 08/{id} notice T0", $"region:13 nationalCoordination  -> 08/{id} notice T0",
            "supplier:5560160680 nationalCoordination  ->",
        }), $"{unsaid} was told of to nobody");
    }

    [Test]
    public async Task The_payload_is_what_the_supplier_was_told()
    {
        var id = await _register.CaseAsync("08", 4);
        await _register.BlockAsync("08", id, new DateOnly(2027, 3, 31));
        await _register.InformAsync("08", id);

        var payload = (await _register.ItemsAsync("inbox", "halland-reader"))[0]["payload"]!.AsObject();

        Assert.That(payload.Select(m => m.Key), Is.EqualTo(new[]
        {
            "supplier", "category", "ladder", "step", "stepEvent", "stepSince", "trigger", "block", "disputed", "supplierStatementAttached", "responsibleAddress",
        }));
        Assert.That((payload["supplier"]!["organisationNumber"]!.ToString(), payload["step"]!.GetValue<int>(), payload["stepEvent"]!["sv"]!.ToString(), payload["trigger"]!.ToString()),
            Is.EqualTo((RegisterAtWork.Number, 4, "Allvarlig avvikelse", "planWithoutEffect")));
        Assert.That((payload["block"]!["scope"]!.ToString(), payload["block"]!["until"]!.ToString()), Is.EqualTo(("contract", "2027-03-31")));
    }

    [Test]
    public async Task A_later_notice_takes_the_place_of_an_earlier_one_until_it_expires()
    {
        var id = await _register.CaseAsync("08", 4);
        await _register.InformAsync("08", id);
        await _register.BlockAsync("08", id, new DateOnly(2027, 3, 31));
        var update = await _register.InformAsync("08", id, NoticeKind.Update);
        Assert.That(await ToldAsync(), Is.EqualTo(new[] { $"2 update {update} 4" }));

        await _register.StepDownAsync("08", id, 4, 2);
        Assert.That(await ToldAsync(), Is.EqualTo(new[] { $"2 update {update} 4" }), "it stands until it is taken back");
        var allClear = await _register.InformAsync("08", id, NoticeKind.AllClear);
        Assert.That(await ToldAsync(), Is.EqualTo(new[] { $"3 allClear {allClear} " }));

        _register.Host.Clock.Move(TimeSpan.FromDays(367));
        Assert.That(await ToldAsync(), Is.Empty, "an all-clear lasts twelve months");

        async Task<IEnumerable<string>> ToldAsync() =>
            (await _register.ItemsAsync("inbox", "halland-reader")).Select(i => $"{i["number"]} {i["kind"]} {i["noticeId"]} {i["payload"]!["step"]}");
    }

    [Test]
    public async Task Whoever_has_not_acknowledged_in_time_is_reminded()
    {
        var id = await _register.CaseAsync("08");
        var notice = await _register.InformAsync("08", id);
        await _register.AcknowledgeAsync("08", id, notice, "region:13");
        Assert.That((await StateAsync("halland-reader"), await StateAsync("skane-reader")), Is.EqualTo(("Inköpsjour false", " false")));

        _register.Host.Clock.Move(TimeSpan.FromDays(10));

        Assert.That((await StateAsync("halland-reader"), await StateAsync("skane-reader")), Is.EqualTo(("Inköpsjour false", " true")));
        foreach (var (client, query, number) in new[]
        {
            ("halland-reader", "acknowledged=true", 1), ("halland-reader", "acknowledged=false", 0), ("halland-reader", "reminded=false", 1), ("halland-reader", "reminded=true", 0),
            ("skane-reader", "acknowledged=true", 0), ("skane-reader", "acknowledged=false", 1), ("skane-reader", "reminded=false", 0), ("skane-reader", "reminded=true", 1),
        })
            Assert.That(await _register.ItemsAsync($"inbox?{query}", client), Has.Length.EqualTo(number), $"{client} {query}");

        async Task<string> StateAsync(string client)
        {
            var item = (await _register.ItemsAsync("inbox", client))[0];
            Assert.That(item["acknowledgedAt"] is null, Is.EqualTo(item["acknowledgedBy"] is null));
            return $"{item["acknowledgedBy"]} {item["reminded"]}";
        }
    }

    [Test]
    public async Task The_list_is_filtered_and_the_latest_issued_stands_first()
    {
        var kalmar = await _register.CaseAsync("08");
        await _register.InformAsync("08", kalmar);
        _register.Host.Clock.Move(TimeSpan.FromHours(1));
        var skane = await _register.CaseAsync("12", 4, supplier: RegisterAtWork.Other);
        await _register.InformAsync("12", skane);
        await _register.StepDownAsync("12", skane, 4, 2);
        await _register.InformAsync("12", skane, NoticeKind.AllClear);
        async Task<string> ListAsync(string query) => string.Join(' ', (await _register.GetAsync($"inbox?{query}", "halland-reader")).Body!["items"]!.AsArray()
            .Select(i => i!["caseId"]!.GetValue<Guid>() == kalmar ? "kalmar" : i["caseId"]!.GetValue<Guid>() == skane ? "skane" : "?"));

        foreach (var (query, expected) in new[]
        {
            ("", "skane kalmar"), ("kind=initial", "kalmar"), ("kind=allClear", "skane"), ("kind=update", ""), ("region=12", "skane"), ("region=99", ""),
            ("supplier=556016-0680", "kalmar"), ("supplier=2021005489", ""), ($"supplier={RegisterAtWork.Other.Id}", "skane"), ("recipient=region:13", "skane kalmar"),
            ("recipient=region:12", ""), ("recipient=coordination", ""), ("limit=1&page=2", "kalmar"),
        })
            Assert.That(await ListAsync(query), Is.EqualTo(expected), query);
        foreach (var query in new[] { "kind=Initial", "kind=1", "acknowledged=perhaps", "reminded=", "region=", "recipient=" + new string('x', 51), "supplier=" + new string('5', 51) })
            Assert.That((await _register.GetAsync($"inbox?{query}", "halland-reader")).Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity), query);
    }

    [Test]
    public async Task Whoever_reads_for_several_has_the_notice_once_for_each_of_them()
    {
        var id = await _register.CaseAsync("08");
        var notice = await _register.InformAsync("08", id);
        await _register.AcknowledgeAsync("08", id, notice, "region:13");
        var both = new DevelopmentClient("halland-and-coordination", TenantId: National, Roles: ["reader", "coordinator"]);

        var items = (await _register.GetAsync("inbox", both)).Body!["items"]!.AsArray();

        Assert.That(items.Select(i => $"{i!["recipient"]} {i["acknowledgedBy"]}"), Is.EqualTo(new[] { "coordination ", "region:13 Inköpsjour" }));
        Assert.That((await _register.GetAsync("inbox?recipient=coordination", both)).Body!["items"]!.AsArray(), Has.Count.EqualTo(1));
        Assert.That((await _register.GetAsync("inbox?recipient=region:12", both)).Body!["items"]!.AsArray(), Is.Empty, "the coordination group may know it, but it is another's");
        Assert.That((await _register.LoggedAsync("listInbox"))[0], Is.EqualTo($"region:13,coordination nationalCoordination  -> 08/{id} notice T0"), "one thing was given out");
    }

    [Test]
    public async Task A_partner_has_what_it_was_sent_since_it_had_read_an_earlier_one()
    {
        var id = await _register.CaseAsync("08");
        await _register.InformAsync("08", id, NoticeKind.Initial, "partner:adda", "auditor", "supplier:5560160680");

        Assert.That((await _register.ItemsAsync("inbox", "partner-reader")).Select(i => i["recipient"]!.ToString()), Is.EqualTo(new[] { "partner:adda" }));
        Assert.That(await _register.ItemsAsync("inbox", "supplier-reader"), Is.Empty, "its own region tells the supplier");
    }
}
