using System.Globalization;
using System.Net;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>
/// National coordination from end to end: Kalmar tells the regions of a case, Halland has one of its own about the same supplier, Skåne has nothing to
/// do with it, and in the end what Kalmar said was wrong.
/// </summary>
public sealed class NationalScenarioTests
{
    private const string Supplier = "5560160680";
    private static readonly string[] Received = ["halland-reader", "skane-reader", "national-coordinator", "national-office"];
    private static readonly string[] Everybody = [.. Received, "partner-reader", "supplier-reader", "kalmar-reader"];

    private TestHost _host = null!;
    private RegionAtWork _kalmar = null!;
    private RegionAtWork _halland = null!;
    private Guid _id;

    [SetUp]
    public async Task StartAsync()
    {
        _host = await TestHost.StartAsync();
        _kalmar = new RegionAtWork(_host);
        _halland = new RegionAtWork(_host, "13", "halland");
        await _halland.ContractAsync();
    }

    [TearDown]
    public async Task StopAsync()
    {
        _kalmar.Dispose();
        _halland.Dispose();
        await _host.DisposeAsync();
    }

    [Test]
    public async Task What_one_region_tells_the_others_is_read_acknowledged_updated_and_taken_back_and_binds_nobody()
    {
        _id = await _kalmar.CaseAtAsync(4);
        var first = await _kalmar.NoticeAsync(_id);
        await _kalmar.DoneAsync(_id, $"notices/{first}/issues", new
        {
            decidedBy = Bodies.By("headOfPurchasing"),
            provisional = new { reason = "Patienter riskerar att bli utan vätskor; de andra regionerna behöver veta det i dag.", notification = Bodies.Notification },
        }, "decider");
        foreach (var client in Received)
            Assert.That(await InboxAsync(client), Is.EqualTo($"1 initial {first} step 4 provisional, not acknowledged"), client);

        // Halland has a case of its own, and a block.
        var kalmarsBefore = await _kalmar.GetAsync($"cases/{_id}");
        var own = await _halland.CaseAtAsync(4);
        await BlockAsync(_halland, own);
        var hallandsBefore = await _halland.GetAsync($"cases/{own}");
        Assert.That((await _kalmar.GetAsync($"cases/{_id}")).Text, Is.EqualTo(kalmarsBefore.Text), "Halland's case is nothing to Kalmar's");

        await _kalmar.DoneAsync(_id, "supplier-statements", Bodies.Statement(_host.Clock.GetUtcNow(), first));
        await _kalmar.DoneAsync(_id, $"notices/{first}/confirmations", Bodies.Issue, "decider");
        await AcknowledgeAsync("halland-handler", first, HttpStatusCode.Created);
        await AcknowledgeAsync("national-coordinator", first, HttpStatusCode.Created);
        Assert.That(await InboxAsync("halland-reader"), Is.EqualTo($"1 initial {first} step 4, acknowledged"));
        Assert.That(await InboxAsync("skane-reader"), Is.EqualTo($"1 initial {first} step 4, not acknowledged"));
        Assert.That(await AcknowledgedAsync(first), Is.EquivalentTo(new[] { "region:13", "coordination" }));

        await DiscloseAsync("regionsConcerned", null, "osl1015a5");
        await DiscloseAsync("partner", "adda", "consent");
        foreach (var (client, reads) in new[] { ("halland-reader", true), ("partner-reader", true), ("skane-reader", false), ("national-coordinator", false) })
        {
            var found = await _kalmar.NationalAsync($"cases/08/{_id}", client);
            Assert.That((found.Status, found.Body!["summary"] is not null), Is.EqualTo((HttpStatusCode.OK, reads)), client);
        }

        // The block makes an update due, which everybody has unread; the partner too, since it has read the case.
        var block = await BlockAsync(_kalmar, _id);
        var update = await _kalmar.InformAsync(_id, "update");
        foreach (var client in Received.Append("partner-reader"))
            Assert.That(await InboxAsync(client), Is.EqualTo($"2 update {update} step 4, not acknowledged"), client);
        Assert.That(await AcknowledgedAsync(update), Is.Empty);
        await AcknowledgeAsync("halland-handler", first, HttpStatusCode.UnprocessableEntity, "noticeSuperseded");
        await AcknowledgeAsync("skane-handler", update, HttpStatusCode.Created);

        // There was no ground for it.
        await _kalmar.DoneAsync(_id, $"blocks/{block}/liftings", new { reason = "Leverantören har levererat.", decidedBy = Bodies.By("headOfPurchasing") }, "decider");
        await _kalmar.ClosedAsUnfoundedAsync(_id, "headOfPurchasing");
        var retraction = await _kalmar.InformAsync(_id, "retraction");

        foreach (var client in Received.Append("partner-reader"))
            Assert.That(await InboxAsync(client), Is.EqualTo($"3 retraction {retraction} no step, not acknowledged"), client);
        await NobodyReadsAsync(first, update);
        Assert.That((await _halland.GetAsync($"cases/{own}")).Text, Is.EqualTo(hallandsBefore.Text), "nothing that Kalmar did has moved Halland's case, its block or what it has to do");
        await TheLogTellsAsync();
        foreach (var region in new[] { "08", "12", "13" })
            Assert.That((await new StreamVerifier(_host.Database.Application).VerifyAsync(RegionScope.For(region), CancellationToken.None)).Mismatches, Is.Empty, region);
    }

    /// <summary>The case is gone, and of its notices there is nowhere more than the retraction.</summary>
    private async Task NobodyReadsAsync(params Guid[] retracted)
    {
        foreach (var client in Everybody)
        {
            Assert.That((await _kalmar.NationalAsync($"cases/08/{_id}", client)).Status, Is.EqualTo(HttpStatusCode.NotFound), client);
            foreach (var path in new[] { "cases", "inbox", "suppliers", $"suppliers/{Supplier}", $"cases/08/{_id}/acknowledgements" })
            {
                var answer = await _kalmar.NationalAsync(path, client);
                Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.OK).Or.EqualTo(HttpStatusCode.NotFound), $"{path} as {client}");
                Assert.That(retracted.Where(n => answer.Text.Contains($"{n}", StringComparison.Ordinal)), Is.Empty, $"{path} as {client}");
            }
        }
        Assert.That(await _host.Database.ScalarAsync(
            """
            SELECT concat_ws(' ', (SELECT string_agg(kind || coalesce(step::text, ''), ' ') FROM national_notices WHERE case_id = $1), (SELECT count(*) FROM national_cases WHERE case_id = $1),
                (SELECT count(*) FROM national_summaries WHERE case_id = $1), (SELECT count(*) FROM national_disclosures WHERE case_id = $1), (SELECT count(*) FROM national_course WHERE case_id = $1))
            """, _id), Is.EqualTo("retraction 0 0 0 0"), "not even hidden");
    }

    /// <summary>Kalmar and the coordinator see the same: who read what of Kalmar's case; Halland sees nothing of it.</summary>
    private async Task TheLogTellsAsync()
    {
        var kalmars = await LogAsync("kalmar-reader");

        Assert.That(await LogAsync("national-coordinator"), Is.EquivalentTo(kalmars));
        Assert.That(kalmars.Where(l => l.EndsWith("T1", StringComparison.Ordinal)).Distinct(),
            Is.EquivalentTo(new[] { "region:13 getCase case osl1015a5 T1", "partner:adda getCase case consent T1" }), "and Skåne never saw more than T0");
        Assert.That(kalmars.Distinct(), Does.Contain("region:12 listInbox notice  T0").And.Contain("region:12 getCase case  T0").And.Contain("partner:adda listInbox notice  T0"));
        Assert.That(await LogAsync("halland-reader"), Is.Empty);
    }

    private async Task<string[]> LogAsync(string client)
    {
        var answer = RegionAtWork.Succeeded(await _kalmar.NationalAsync($"access-log?case={_id}&limit=100", client, "internalControl"));
        Assert.That(answer.Body!["_links"]!["next"], Is.Null, "one page");
        return [.. answer.Body["items"]!.AsArray().Select(i => $"{string.Join(' ', i!["readers"]!.AsArray())} {i["operation"]} {i["object"]!["kind"]} {i["basis"]} {i["tier"]}")];
    }

    /// <summary>What the inbox has of Kalmar's case.</summary>
    private async Task<string> InboxAsync(string client)
    {
        var items = RegionAtWork.Succeeded(await _kalmar.NationalAsync("inbox?region=08", client)).Body!["items"]!.AsArray();
        return string.Join(" | ", items.Where(i => i!["caseId"]!.GetValue<Guid>() == _id).Select(i => string.Create(CultureInfo.InvariantCulture,
            $"{i!["number"]} {i["kind"]} {i["noticeId"]} {(i["payload"]!["step"] is { } step ? $"step {step}" : "no step")}{(i["provisional"]!.GetValue<bool>() ? " provisional" : "")}, {(i["acknowledgedAt"] is null ? "not " : "")}acknowledged")));
    }

    private async Task AcknowledgeAsync(string client, Guid notice, HttpStatusCode expected, string? reason = null)
    {
        var answer = await _kalmar.SendAsync(client, HttpMethod.Post, $"/national/v1/cases/08/{_id}/acknowledgements", new { noticeId = notice, acknowledgedBy = "Inköpschef" });
        Assert.That((answer.Status, answer.Reason), Is.EqualTo((expected, reason)), answer.Text);
    }

    /// <summary>Who has, as Kalmar sees it.</summary>
    private async Task<IEnumerable<string>> AcknowledgedAsync(Guid notice) => (await _kalmar.GetAsync($"cases/{_id}/notices/{notice}")).Body!["recipients"]!.AsArray()
        .Where(r => r!["acknowledgedAt"] is not null).Select(r => (string)r!["recipient"]!);

    private Task DiscloseAsync(string kind, string? code, string basis) => _kalmar.DoneAsync(_id, "disclosure-decisions", new
    {
        outcome = "granted",
        recipient = new { kind, code },
        basis,
        secrecyRules = new[] { new { chapter = 31, section = 16, applies = true } },
        interestBalance = "Mottagaren behöver sammanfattningen för att säkra försörjningen; intresset väger över.",
        expiresOn = Day(30),
        decidedBy = Bodies.By("headOfPurchasing"),
    }, "decider");

    /// <returns>The block.</returns>
    private async Task<Guid> BlockAsync(RegionAtWork region, Guid id)
    {
        var assessed = await region.DoneAsync(id, "continuity-assessments",
            new { impact = "Operationer flyttas till reservleverantör.", supply = "available", assessor = "Kategoriledare", alternative = "Reservavtal RK-2025-0150" });
        var blocked = await region.DoneAsync(id, "blocks", new
        {
            scope = "contract",
            contracts = new[] { new { number = (string?)assessed.Body!["contract"]!["number"], clauseReference = "9.2" } },
            from = Day(0),
            until = Day(20),
            reasons = "Leveranserna av vätskor är osäkra och patienter kan komma till skada.",
            continuityAssessmentId = assessed.Body["continuityAssessments"]![0]!["id"]!.GetValue<Guid>(),
            supplierNotifiedAt = _host.Clock.GetUtcNow(),
            decidedBy = Bodies.By("headOfPurchasing"),
        }, "decider");
        return blocked.Body!["blocks"]![0]!["id"]!.GetValue<Guid>();
    }

    private string Day(int days) => Domain.SwedishTime.DateOf(_host.Clock.GetUtcNow()).AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
