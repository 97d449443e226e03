using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RegionEscalation.Domain;
using RegionEscalation.Integrations;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>Bevakningslistan over HTTP (R-W1): the whole life of an entry, and nothing of it beyond its region.</summary>
public sealed class WatchListTests
{
    private TestHost _host = null!;
    private RegionAtWork _kalmar = null!;
    private RegionAtWork _halland = null!;
    private string _contract = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _host = await TestHost.StartAsync();
        (_kalmar, _halland) = (new RegionAtWork(_host), new RegionAtWork(_host, "13", "halland"));
        _contract = await _kalmar.ContractAsync();
    }

    [TearDown]
    public async Task StopAsync()
    {
        _kalmar.Dispose();
        _halland.Dispose();
        await _host.DisposeAsync();
    }

    private DateTimeOffset Now => _host.Clock.GetUtcNow();

    [Test]
    public async Task A_supplier_is_added_read_renewed_assessed_and_cleared()
    {
        var added = RegionAtWork.Succeeded(await _kalmar.PostAsync("watch-list", Bodies.Watch(_contract, Now)));
        var entry = await _kalmar.GetAsync($"watch-list/{added.Id}");
        var renewed = await ChangeAsync(added.Id, "renewals", Renewal(120));
        var assessed = await ChangeAsync(added.Id, "risk-assessments", Bodies.Risk(Now));
        var cleared = RegionAtWork.Succeeded(await ClearAsync(added.Id));

        Assert.Multiple(async () =>
        {
            Assert.That((added.Status, added.ETag, new Uri(added.Location!).AbsolutePath), Is.EqualTo((HttpStatusCode.Created, "\"1\"", $"{_kalmar.Path}/watch-list/{added.Id}")));
            Assert.That((entry.Body!["state"]!.ToString(), entry.Body["contract"]!["number"]!.ToString(), entry.Body["owner"]!.ToString()), Is.EqualTo(("watching", _contract, "Avtalsansvarig")));
            Assert.That((renewed.Body!["reviewBy"]!.ToString(), renewed.Body["renewals"]!.AsArray().Count), Is.EqualTo((Day(120), 1)));
            Assert.That(((int)assessed.Body!["riskAssessments"]![0]!["content"]!["consequence"]!, assessed.ETag), Is.EqualTo((3, "\"3\"")));
            Assert.That((cleared.Body!["state"]!.ToString(), cleared.Body["endReason"]!.ToString(), cleared.Body["clearedBy"]!.ToString()), Is.EqualTo(("cleared", "Flytten är klar.", "Avtalsansvarig")));
            Assert.That((await _kalmar.GetAsync($"watch-list/{added.Id}")).Text, Is.EqualTo(cleared.Text), "nothing is erased");
            var again = await PostOnAsync(added.Id, "renewals", Renewal(150));
            Assert.That((again.Status, again.Code, again.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "watchLifecycle", "notWatching")));
        });
    }

    [Test]
    public async Task The_same_supplier_and_contract_are_watched_once_at_a_time_also_when_two_come_at_once()
    {
        var other = await _kalmar.ContractAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _kalmar.PostAsync("watch-list", Bodies.Watch(_contract, Now))));
        var refused = answers.Where(a => a.Status == HttpStatusCode.Conflict).ToArray();
        var id = answers.Single(a => a.Status == HttpStatusCode.Created).Id;

        Assert.That(refused.Select(a => (a.Code, a.Reason)), Is.EqualTo(Enumerable.Repeat(("R-W1", "alreadyWatched"), 3)));
        RegionAtWork.Succeeded(await _kalmar.PostAsync("watch-list", Bodies.Watch(other, Now)));
        RegionAtWork.Succeeded(await _kalmar.PostAsync("watch-list", Bodies.Watch(null, Now)));
        Assert.That((await _kalmar.PostAsync("watch-list", Bodies.Watch(null, Now))).Status, Is.EqualTo(HttpStatusCode.Conflict), "the supplier as a whole");
        RegionAtWork.Succeeded(await ClearAsync(id));
        RegionAtWork.Succeeded(await _kalmar.PostAsync("watch-list", Bodies.Watch(_contract, Now)));
    }

    [Test]
    public async Task What_breaks_a_rule_is_refused_with_its_reason()
    {
        async Task RefusedAsync(object body, string expected)
        {
            var answer = await _kalmar.PostAsync("watch-list", body);
            Assert.That(answer.Text, Does.Contain(expected), $"{body}");
            Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        }

        await RefusedAsync(Bodies.Watch(_contract, Now, days: 200), "reviewTooFarAhead");
        await RefusedAsync(Bodies.Watch(_contract, Now, days: -2), "reviewInPast");
        await RefusedAsync(Bodies.Watch("FINNS-EJ", Now), "unknownContract");
        await RefusedAsync(Bodies.Watch(null, Now, organisationNumber: "556036-0793"), "unknownSupplier");
        await RefusedAsync(Bodies.Watch(null, Now, organisationNumber: "556036-0794"), "organisationNumberInvalid");
        await RefusedAsync(Bodies.Watch(_contract, Now, riskAssessment: Bodies.Risk(Now, days: -1)), "riskAssessment.validUntil");
        await RefusedAsync(new { reason = "Flytt", source = "Tips", owner = "Avtalsansvarig", reviewBy = Day(30) }, "oneOf");
        await RefusedAsync(new { organisationNumber = "556016-0680", reason = "Tips från 19121212-1212", source = "Tips", owner = "Avtalsansvarig", reviewBy = Day(30) }, "R-G8");
        var third = await _kalmar.ContractAsync("556036-0793", "Norrsjö Medicinteknik AB");
        await RefusedAsync(Bodies.Watch(third, Now), "otherSupplier");
        var id = RegionAtWork.Succeeded(await _kalmar.PostAsync("watch-list", Bodies.Watch(_contract, Now))).Id;
        Assert.That((await PostOnAsync(id, "renewals", Renewal(90))).Reason, Is.EqualTo("reviewNotLater"));
        Assert.That((await ClearAsync(id, new { reason = "Gäller 19121212-1212", clearedBy = "Avtalsansvarig" })).Code, Is.EqualTo("R-G8"));
        Assert.That((await ClearAsync(id, new { clearedBy = "Avtalsansvarig" })).Text, Does.Contain("reason"));
    }

    /// <summary>A sole trader's number is a personal identity number; it is addressed by the platform's id.</summary>
    [Test]
    public async Task A_supplier_is_named_by_its_id_too()
    {
        var supplier = (await _kalmar.GetAsync($"contracts/{_contract}")).Body!["supplier"]!["id"]!.GetValue<Guid>();

        var added = await _kalmar.PostAsync("watch-list", new { supplierId = supplier, reason = "Flytt", source = "Tips", owner = "Avtalsansvarig", reviewBy = Day(30) });

        Assert.That((added.Status, added.Body!["supplier"]!["id"]!.GetValue<Guid>(), added.Body["contract"]), Is.EqualTo((HttpStatusCode.Created, supplier, (JsonNode?)null)));
    }

    [Test]
    public async Task A_sole_traders_number_is_answered_as_one_that_nobody_has()
    {
        const string Number = "811218-9876";
        var unknown = await _kalmar.PostAsync("watch-list", Bodies.Watch(null, Now, organisationNumber: Number));
        var supplier = (await _kalmar.GetAsync($"contracts/{await _kalmar.ContractAsync(Number, "Exempel Fotvård")}")).Body!["supplier"]!;
        var known = await _kalmar.PostAsync("watch-list", Bodies.Watch(null, Now, organisationNumber: Number));

        Assert.That(supplier["organisationNumber"], Is.Null, "a sole trader's");
        Assert.That((known.Status, known.Body!["errors"]!.ToJsonString()), Is.EqualTo((HttpStatusCode.UnprocessableEntity, unknown.Body!["errors"]!.ToJsonString())));
        RegionAtWork.Succeeded(await _kalmar.PostAsync("watch-list",
            new { supplierId = supplier["id"]!.GetValue<Guid>(), reason = "Flytt", source = "Tips", owner = "Avtalsansvarig", reviewBy = Day(30) }));
    }

    [Test]
    public async Task Versions_retries_and_dry_runs_work_as_everywhere()
    {
        var dry = await _kalmar.PostAsync("watch-list?validateOnly=true", Bodies.Watch(_contract, Now));
        var key = Guid.NewGuid().ToString();
        var first = await _kalmar.PostAsync("watch-list", Bodies.Watch(_contract, Now), headers: ("Idempotency-Key", key));
        var again = await _kalmar.PostAsync("watch-list", Bodies.Watch(_contract, Now), headers: ("Idempotency-Key", key));

        Assert.Multiple(async () =>
        {
            Assert.That((dry.Status, (bool)dry.Body!["valid"]!), Is.EqualTo((HttpStatusCode.OK, true)));
            Assert.That((again.Status, again.Text, again.Location), Is.EqualTo((HttpStatusCode.Created, first.Text, first.Location)));
            Assert.That((await _kalmar.PostAsync($"watch-list/{first.Id}/renewals", Renewal(120))).Status, Is.EqualTo((HttpStatusCode)428));
            Assert.That((await _kalmar.PostAsync($"watch-list/{first.Id}/renewals", Renewal(120), headers: ("If-Match", "\"9\""))).Status, Is.EqualTo(HttpStatusCode.PreconditionFailed));
            Assert.That((await _kalmar.SendAsync("handler", HttpMethod.Delete, $"watch-list/{first.Id}?validateOnly=true", Clearing, ("If-Match", "\"1\""))).Status, Is.EqualTo(HttpStatusCode.OK));
            Assert.That((await _kalmar.GetAsync($"watch-list/{first.Id}")).ETag, Is.EqualTo("\"1\""));
            Assert.That((await _kalmar.PostAsync("watch-list", Bodies.Watch(null, Now), role: "reader")).Status, Is.EqualTo(HttpStatusCode.Forbidden));
        });
    }

    [Test]
    public async Task The_list_is_filtered_by_state_supplier_contract_and_review()
    {
        var third = await _kalmar.ContractAsync("556036-0793", "Norrsjö Medicinteknik AB");
        var soon = RegionAtWork.Succeeded(await _kalmar.PostAsync("watch-list", Bodies.Watch(_contract, Now, days: 10))).Id;
        var late = RegionAtWork.Succeeded(await _kalmar.PostAsync("watch-list", Bodies.Watch(third, Now, organisationNumber: "556036-0793"))).Id;
        var cleared = RegionAtWork.Succeeded(await _kalmar.PostAsync("watch-list", Bodies.Watch(null, Now))).Id;
        RegionAtWork.Succeeded(await ClearAsync(cleared));

        Assert.Multiple(async () =>
        {
            Assert.That(await IdsAsync(""), Is.EqualTo(new[] { cleared, late, soon }), "latest first");
            Assert.That(await IdsAsync("?state=watching"), Is.EqualTo(new[] { late, soon }));
            Assert.That(await IdsAsync("?state=cleared"), Is.EqualTo(new[] { cleared }));
            Assert.That(await IdsAsync("?state=expired"), Is.Empty);
            Assert.That(await IdsAsync("?supplier=5560360793"), Is.EqualTo(new[] { late }));
            Assert.That(await IdsAsync($"?contract={_contract}"), Is.EqualTo(new[] { soon }));
            Assert.That(await IdsAsync($"?reviewBefore={Day(11)}&state=watching"), Is.EqualTo(new[] { soon }));
            Assert.That(await IdsAsync($"?reviewBefore={Day(10)}"), Is.Empty);
            Assert.That((int)(await _kalmar.GetAsync("watch-list?reviewBefore=i-morgon")).Status, Is.InRange(400, 422));
        });
    }

    [Test]
    public async Task What_is_not_renewed_lapses_with_its_last_day_before_anybody_notes_it_and_the_clock_notes_it_once()
    {
        var id = RegionAtWork.Succeeded(await _kalmar.PostAsync("watch-list", Bodies.Watch(_contract, Now, days: 5))).Id;
        await ChangeAsync(id, "renewals", Renewal(7));
        _host.Clock.Move(TimeSpan.FromDays(6));
        await WorkAsync();
        Assert.That((await _kalmar.GetAsync($"watch-list/{id}")).Body!["state"]!.ToString(), Is.EqualTo("watching"), "renewed");

        _host.Clock.Move(TimeSpan.FromDays(2));
        var unnoted = await _kalmar.GetAsync($"watch-list/{id}");
        var renewal = await PostOnAsync(id, "renewals", Renewal(30));
        Assert.That((await IdsAsync("?state=expired"), await IdsAsync("?state=watching")), Is.EqualTo((new[] { id }, Array.Empty<Guid>())));
        await WorkAsync();
        await WorkAsync();
        var noted = await _kalmar.GetAsync($"watch-list/{id}");

        Assert.Multiple(async () =>
        {
            Assert.That((unnoted.Body!["state"]!.ToString(), unnoted.ETag, renewal.Reason), Is.EqualTo(("expired", "\"2\"", "notWatching")));
            Assert.That((noted.Body!["state"]!.ToString(), noted.ETag, noted.Body["endedAt"]!.ToString()), Is.EqualTo(("expired", "\"3\"", unnoted.Body["endedAt"]!.ToString())));
            Assert.That(await IdsAsync("?state=expired"), Is.EqualTo(new[] { id }));
            Assert.That(await _host.Database.ScalarAsync("SELECT string_agg(type || ' ' || user_name, ',') FROM mt_events WHERE stream_id = $1 AND version > 2", id), Is.EqualTo("watch-lapsed.v1 region-escalation"));
        });
    }

    [Test]
    public async Task What_has_lapsed_unnoted_makes_room_for_a_new_watch_and_is_noted_by_that()
    {
        var id = RegionAtWork.Succeeded(await _kalmar.PostAsync("watch-list", Bodies.Watch(_contract, Now, days: 5))).Id;
        _host.Clock.Move(TimeSpan.FromDays(7));

        var anew = RegionAtWork.Succeeded(await _kalmar.PostAsync("watch-list", Bodies.Watch(_contract, Now)));

        Assert.That((await IdsAsync("?state=watching"), await IdsAsync("?state=expired")), Is.EqualTo((new[] { anew.Id }, new[] { id })));
        Assert.That(await _host.Database.ScalarAsync("SELECT state FROM mt_doc_watchentry WHERE id = $1", id), Is.EqualTo("expired"));
    }

    [Test]
    public async Task A_case_is_opened_from_the_risk_with_the_history_of_the_watch_in_one_transaction()
    {
        var added = RegionAtWork.Succeeded(await _kalmar.PostAsync("watch-list", Bodies.Watch(_contract, Now, riskAssessment: Bodies.Risk(Now))));
        _host.Clock.Move(TimeSpan.FromDays(20));
        await ChangeAsync(added.Id, "renewals", Renewal(120));
        await ChangeAsync(added.Id, "risk-assessments", Bodies.Risk(Now, kind: "ongoing"));
        _host.Clock.Move(TimeSpan.FromDays(10));
        var entry = (await _kalmar.GetAsync($"watch-list/{added.Id}")).Body!;

        var promoted = await PostOnAsync(added.Id, "promotions", Bodies.Promotion(_contract));
        var after = await _kalmar.GetAsync($"watch-list/{added.Id}");
        var again = await PostOnAsync(added.Id, "promotions", Bodies.Promotion(_contract));

        Assert.Multiple(async () =>
        {
            Assert.That((promoted.Status, new Uri(promoted.Location!).AbsolutePath), Is.EqualTo((HttpStatusCode.Created, $"{_kalmar.Path}/cases/{promoted.Id}")), promoted.Text);
            Assert.That((promoted.Body!["step"]!.GetValue<int>(), promoted.Body["trigger"]!.ToString(), promoted.ETag), Is.EqualTo((0, "risk", "\"4\"")));
            Assert.That(promoted.Body["riskAssessments"]!.AsArray().Select(r => (r!["id"]!.ToString(), r["assessedAt"]!.ToString())),
                Is.EqualTo(entry["riskAssessments"]!.AsArray().Select(r => (r!["id"]!.ToString(), r["at"]!.ToString()))));
            Assert.That((promoted.Body["watched"]!["since"]!.ToString(), promoted.Body["watched"]!["reason"]!.ToString(), promoted.Body["watched"]!["renewals"]!.ToJsonString()),
                Is.EqualTo((entry["since"]!.ToString(), entry["reason"]!.ToString(), entry["renewals"]!.ToJsonString())));
            Assert.That((after.Body!["state"]!.ToString(), after.Body["caseId"]!.GetValue<Guid>()), Is.EqualTo(("promoted", promoted.Id)));
            Assert.That(new Uri(after.Body["_links"]!["case"]!["href"]!.ToString()).AbsolutePath, Is.EqualTo($"{_kalmar.Path}/cases/{promoted.Id}"));
            Assert.That(again.Reason, Is.EqualTo("notWatching"));
            Assert.That(await _host.Database.ScalarAsync("SELECT count(DISTINCT transaction_id) FROM mt_events WHERE stream_id = $1 OR (stream_id = $2 AND type = 'watch-promoted.v1')", promoted.Id, added.Id), Is.EqualTo(1L));
            var told = (await _kalmar.GetAsync($"cases/{promoted.Id}/events")).Body!["items"]!.AsArray();
            Assert.That(told.Select(e => e!["type"]!.ToString()), Is.EqualTo(new[] { "case-opened.v1", "case-came-from-watch-list.v1", "risk-assessment-confirmed.v1", "risk-assessment-confirmed.v1" }));
            Assert.That(told[1]!["text"]!["sv"]!.ToString(), Does.Contain(SwedishTime.DateOf(Now.AddDays(-30)).ToString("yyyy-MM-dd")), "since when");
            Assert.That(told[2]!["text"]!["sv"]!.ToString(), Does.Contain("på bevakningslistan"));
        });
    }

    [Test]
    public async Task A_promotion_asks_for_a_valid_risk_and_for_room_and_leaves_all_as_it_was_when_refused()
    {
        var id = RegionAtWork.Succeeded(await _kalmar.PostAsync("watch-list", Bodies.Watch(null, Now))).Id;
        var elsewhere = await _kalmar.ContractAsync("556036-0793", "Norrsjö Medicinteknik AB");
        var withCase = await _kalmar.ContractAsync();
        RegionAtWork.Succeeded(await _kalmar.PostAsync("cases", Bodies.Case(withCase, [await _kalmar.DeviationAsync(withCase)])));

        var unassessed = await PostOnAsync(id, "promotions", Bodies.Promotion(_contract));
        var risk = Bodies.Risk(Now);
        var otherSupplier = await PostOnAsync(id, "promotions", Bodies.Promotion(elsewhere, risk));
        var taken = await PostOnAsync(id, "promotions", Bodies.Promotion(withCase, risk));
        var dry = await PostOnAsync(id, "promotions?validateOnly=true", Bodies.Promotion(_contract, risk));
        Assert.That((await _kalmar.GetAsync($"watch-list/{id}")).Body!["state"]!.ToString(), Is.EqualTo("watching"));
        var promoted = await PostOnAsync(id, "promotions", Bodies.Promotion(_contract, risk));

        Assert.Multiple(() =>
        {
            Assert.That((unassessed.Status, unassessed.Code, unassessed.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "R-E0", "riskNotAssessed")));
            Assert.That((otherSupplier.Code, otherSupplier.Reason), Is.EqualTo(("R-G1", "otherThanWatched")));
            Assert.That((taken.Status, taken.Code), Is.EqualTo((HttpStatusCode.Conflict, "R-G2")));
            Assert.That((dry.Status, promoted.Status), Is.EqualTo((HttpStatusCode.OK, HttpStatusCode.Created)));
        });
    }

    [Test]
    public async Task Another_region_and_the_nation_see_nothing_of_it()
    {
        var added = RegionAtWork.Succeeded(await _kalmar.PostAsync("watch-list", Bodies.Watch(_contract, Now, riskAssessment: Bodies.Risk(Now))));
        var promoted = RegionAtWork.Succeeded(await PostOnAsync(added.Id, "promotions", Bodies.Promotion(_contract)));
        var serious = await _kalmar.DeviationAsync(_contract, "serious", 1);
        await _kalmar.DoneAsync(promoted.Id, "deviations", new { deviationId = serious });
        await _kalmar.DoneAsync(promoted.Id, "escalations", Bodies.Escalation(4, "seriousDeviation", "deviation", [serious], "headOfPurchasing"), "decider");

        foreach (var path in new[] { "cases", $"cases/08/{promoted.Id}", "suppliers/5560160680", "changes?limit=100" })
        {
            var seen = await _kalmar.NationalAsync(path);
            Assert.That(seen.Status, Is.EqualTo(HttpStatusCode.OK), path);
            Assert.That(seen.Text, Does.Not.Contain(added.Id.ToString()).And.Not.Contain("lagret flyttas").And.Not.Contain("watch").IgnoreCase, path);
        }
        var rows = await _host.Database.ScalarAsync(
            "SELECT string_agg(t::text, ' ') FROM (SELECT row_to_json(c)::text AS t FROM national_cases c UNION ALL SELECT row_to_json(h)::text FROM national_changes h) x");
        Assert.That((string)rows!, Does.Not.Contain(added.Id.ToString()).And.Contain(promoted.Id.ToString()));
        Assert.That(await _host.Database.ScalarAsync("SELECT has_table_privilege('escalation_national', 'mt_doc_watchentry', 'SELECT')"), Is.False);

        Assert.That((await _halland.GetAsync($"watch-list/{added.Id}")).Status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((int)(await _halland.GetAsync("watch-list")).Body!["_meta"]!["totalItems"]!, Is.Zero);
        Assert.That((await _halland.PostAsync($"watch-list/{added.Id}/renewals", Renewal(120), headers: ("If-Match", "\"1\""))).Status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await _halland.GetAsync($"{_kalmar.Path}/watch-list")).Status, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task The_regions_feed_tells_what_happens_on_the_list()
    {
        var id = RegionAtWork.Succeeded(await _kalmar.PostAsync("watch-list", Bodies.Watch(_contract, Now))).Id;
        await ClearAsync(id);

        var told = (await _kalmar.GetAsync("changes?limit=100")).Body!["items"]!.AsArray().Where(c => c!["data"]!["kind"]!.ToString() == "watchEntry").ToArray();

        Assert.That(told.Select(c => (c!["type"]!.ToString(), c["subject"]!.ToString())),
            Is.EqualTo(new[] { ("supplier-placed-under-watch.v1", $"watch-list/{id}"), ("watch-cleared.v1", $"watch-list/{id}") }));
    }

    private static object Clearing { get; } = new { reason = "Flytten är klar.", clearedBy = "Avtalsansvarig" };

    private object Renewal(int days) => new { reviewBy = Day(days), reason = "Flytten är senarelagd.", renewedBy = "Avtalsansvarig" };

    private string Day(int days) => Now.AddDays(days).ToString("yyyy-MM-dd");

    private async Task<Answer> PostOnAsync(Guid id, string resource, object body) =>
        await _kalmar.PostAsync($"watch-list/{id}/{resource}", body, headers: ("If-Match", (await _kalmar.GetAsync($"watch-list/{id}")).ETag));

    private async Task<Answer> ChangeAsync(Guid id, string resource, object body) => RegionAtWork.Succeeded(await PostOnAsync(id, resource, body));

    private async Task<Answer> ClearAsync(Guid id, object? body = null) =>
        await _kalmar.SendAsync("handler", HttpMethod.Delete, $"watch-list/{id}", body ?? Clearing, ("If-Match", (await _kalmar.GetAsync($"watch-list/{id}")).ETag));

    private async Task<Guid[]> IdsAsync(string query) =>
        [.. RegionAtWork.Succeeded(await _kalmar.GetAsync($"watch-list{query}")).Body!["items"]!.AsArray().Select(w => w!["id"]!.GetValue<Guid>())];

    private Task WorkAsync() => _host.Services.GetServices<IHostedService>().OfType<ClockWorker>().Single().RunAsync(CancellationToken.None);
}
