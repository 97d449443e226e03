using System.Net;
using System.Text.Json.Nodes;
using Npgsql;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>R-E1 over HTTP: the rule explained, and the advice that a case gets from it; nothing of that moves a case (R-E9).</summary>
public sealed class RecurrenceTests
{
    private TestHost _host = null!;
    private RegionAtWork _kalmar = null!;
    private RegionAtWork _halland = null!;
    private string _contract = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _host = await TestHost.StartAsync();
        (_kalmar, _halland) = (new RegionAtWork(_host), new RegionAtWork(_host, "13", "halland"));
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _kalmar.Dispose();
        _halland.Dispose();
        await _host.DisposeAsync();
    }

    [SetUp]
    public async Task AgreeAsync() => _contract = await _kalmar.ContractAsync();

    [Test]
    public async Task The_rule_is_explained_for_a_contract_with_every_deviation_and_why_it_does_not_count()
    {
        var counts = await _kalmar.DeviationAsync(_contract);
        var reported = await _kalmar.DeviationAsync(_contract, severity: null);
        var old = await _kalmar.DeviationAsync(_contract, daysAgo: 400);
        var own = await _kalmar.DeviationAsync(_contract, severity: null);
        await AssessAsync(own, Bodies.Assessment("deviation", "region"));
        var shared = await _kalmar.DeviationAsync(_contract, severity: null);
        await AssessAsync(shared, Bodies.Assessment("deviation", "shared"));

        var explained = (await _kalmar.GetAsync($"contracts/{_contract}/recurrence")).Body!;

        Assert.Multiple(() =>
        {
            Assert.That((explained["rule"]!.ToString(), (bool)explained["met"]!, (int)explained["count"]!, (int)explained["months"]!, (int)explained["counting"]!, (int)explained["total"]!),
                Is.EqualTo(("R-E1", false, 2, 12, 1, 5)));
            Assert.That(explained["deviations"]!.AsArray().ToDictionary(d => d!["id"]!.GetValue<Guid>(), d => d!["whyNot"]?.ToString()), Is.EquivalentTo(new Dictionary<Guid, string?>
            {
                [counts] = null, [reported] = "notAssessed", [old] = "outsideWindow", [own] = "causedByRegion", [shared] = "supplierPartNotStated",
            }));
            Assert.That(explained["deviations"]!.AsArray().All(d => d!["text"]!["sv"] is not null && d["text"]!["en"] is not null));
            Assert.That(explained["from"]!.GetValue<DateTimeOffset>(), Is.EqualTo(explained["to"]!.GetValue<DateTimeOffset>().AddMonths(-12)));
            Assert.That(explained["text"]!["sv"]!.ToString(), Does.StartWith("Avvikelserna är inte återkommande"));
            Assert.That((explained["caseId"], explained["_links"]!["case"]), Is.EqualTo(((JsonNode?)null, (JsonNode?)null)));
        });
        var link = explained["deviations"]![0]!["_links"]!["self"]!["href"]!.ToString();
        Assert.That((await _kalmar.GetAsync(new Uri(link).AbsolutePath)).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task For_a_case_what_has_triggered_already_and_what_belongs_elsewhere_is_told()
    {
        Guid[] first = [await _kalmar.DeviationAsync(_contract), await _kalmar.DeviationAsync(_contract)];
        var closed = await OpenAsync(first, "recurringDeviation", 1);
        await _kalmar.ClosedAsUnfoundedAsync(closed, "headOfPurchasing");
        Guid[] second = [await _kalmar.DeviationAsync(_contract), await _kalmar.DeviationAsync(_contract)];
        var open = await OpenAsync(second, "recurringDeviation", 1);

        var ofClosed = (await _kalmar.GetAsync($"cases/{closed}/recurrence")).Body!;
        var ofOpen = (await _kalmar.GetAsync($"cases/{open}/recurrence")).Body!;
        var ofContract = (await _kalmar.GetAsync($"contracts/{_contract}/recurrence")).Body!;

        Assert.Multiple(() =>
        {
            Assert.That(first.Concat(second).Select(d => WhyNot(ofClosed, d)), Is.EqualTo(new[] { "unfounded", "unfounded", "otherCase", "otherCase" }));
            Assert.That(first.Concat(second).Select(d => WhyNot(ofOpen, d)), Is.EqualTo(new[] { "otherCase", "otherCase", "alreadyUsed", "alreadyUsed" }));
            Assert.That((ofContract["caseId"]!.GetValue<Guid>(), WhyNot(ofContract, second[0])), Is.EqualTo((open, "alreadyUsed")));
        });
    }

    [Test]
    public async Task The_region_may_count_what_breaks_the_same_requirement_only()
    {
        Answer[] reported =
        [
            await ReportAsync(_halland, await HallandContractAsync(), "Krav 4.2"), await ReportAsync(_halland, _hallandContract!, "Krav 5.1"), await ReportAsync(_halland, _hallandContract!, "krav 4.2 "),
        ];
        var settings = await _halland.GetAsync("ladder-settings");
        RegionAtWork.Succeeded(await _halland.SendAsync("decider", HttpMethod.Put, "ladder-settings",
            new { recurrenceSameRequirement = true, changedBy = "Inköpschef", motivation = RegionAtWork.Motivation }, ("If-Match", settings.ETag)));
        foreach (var deviation in reported)
            RegionAtWork.Succeeded(await _halland.PostAsync($"deviations/{deviation.Id}/assessments", Bodies.Assessment("deviation"), headers: ("If-Match", deviation.ETag)));

        var explained = (await _halland.GetAsync($"contracts/{_hallandContract}/recurrence")).Body!;

        Assert.That(((bool)explained["met"]!, (bool)explained["sameRequirement"]!, WhyNot(explained, reported[1].Id)), Is.EqualTo((true, true, "otherRequirement")));
        Assert.That((bool)(await _halland.GetAsync("ladder-settings")).Body!["recurrenceSameRequirement"]!);
    }

    [Test]
    public async Task An_assessment_that_makes_the_rule_true_advises_the_open_case_in_the_same_transaction_and_moves_nothing()
    {
        var attached = await _kalmar.DeviationAsync(_contract);
        var id = await OpenAsync([attached]);
        var beside = await _kalmar.DeviationAsync(_contract, severity: null);
        var before = await _kalmar.GetAsync($"cases/{id}");

        await AssessAsync(beside, Bodies.Assessment("deviation"));
        var after = await _kalmar.GetAsync($"cases/{id}");
        var advice = after.Body!["recurrenceAdvice"]!;

        Assert.Multiple(async () =>
        {
            Assert.That((before.Body!["recurrenceAdvice"], (bool)before.Body["escalationAdvised"]!), Is.EqualTo(((JsonNode?)null, false)));
            Assert.That((advice["rule"]!.ToString(), (int)advice["count"]!, (bool)after.Body["escalationAdvised"]!, (int)after.Body["step"]!), Is.EqualTo(("R-E1", 2, true, 0)));
            Assert.That(advice["deviations"]!.AsArray().Select(d => d!.GetValue<Guid>()), Is.EquivalentTo(new[] { attached, beside }));
            Assert.That((await _kalmar.GetAsync(new Uri(advice["href"]!.ToString()).AbsolutePath)).Status, Is.EqualTo(HttpStatusCode.OK));
            var transitions = (await _kalmar.GetAsync($"cases/{id}/transitions")).Body!["transitions"]!.AsArray();
            Assert.That(transitions.Where(t => (bool)t!["advised"]!).Select(t => ((int?)t!["toStep"], t["trigger"]!.ToString(), (bool)t["allowed"]!)), Is.EqualTo(new[] { ((int?)1, "recurringDeviation", false) }));
            var told = (await _kalmar.GetAsync($"cases/{id}/events?limit=100")).Body!["items"]!.AsArray()[^1]!;
            Assert.That((told["type"]!.ToString(), told["rule"]!.ToString()), Is.EqualTo(("recurrence-detected.v1", "R-E1, R-E9")));
            Assert.That(told["text"]!["sv"]!.ToString(), Does.StartWith("Återkommande avvikelse konstaterad: 2 avvikelser"));
            Assert.That(await _host.Database.ScalarAsync(
                "SELECT count(DISTINCT transaction_id) FROM mt_events WHERE (stream_id = $1 AND type = 'deviation-assessed.v1') OR (stream_id = $2 AND type = 'recurrence-detected.v1')", beside, id), Is.EqualTo(1L));
        });

        var escalation = await _kalmar.OnCaseAsync(id, "escalations", Bodies.Escalation(1, "recurringDeviation", "deviation", [attached], "contractOwner"), "decider");
        Assert.That(escalation.Body!.ToJsonString(), Does.Contain("tooFewDeviations"), "advice is no evidence");
    }

    [Test]
    public async Task The_same_set_is_told_once_and_another_or_none_is_told_anew()
    {
        Guid[] deviations = [await _kalmar.DeviationAsync(_contract), await _kalmar.DeviationAsync(_contract, severity: null)];
        var id = await OpenAsync([deviations[0]]);
        await AssessAsync(deviations[1], Bodies.Assessment("deviation"));
        await AssessAsync(deviations[1], Bodies.Assessment("serious"));
        Assert.That(await ToldAsync(id), Is.EqualTo("detected"), "the same two, assessed anew");

        await AssessAsync(deviations[1], Bodies.Assessment("deviation", "region"));
        Assert.That((await ToldAsync(id), (await _kalmar.GetAsync($"cases/{id}")).Body!["recurrenceAdvice"]), Is.EqualTo(("detected ceased", (JsonNode?)null)));

        await AssessAsync(deviations[1], Bodies.Assessment("deviation"));
        var third = await _kalmar.DeviationAsync(_contract);
        Assert.That(await ToldAsync(id), Is.EqualTo("detected ceased detected detected"));
        await _kalmar.DoneAsync(id, "deviations", new { deviationId = third });
        Assert.That(await ToldAsync(id), Is.EqualTo("detected ceased detected detected"), "attaching what was told is nothing new");
    }

    [Test]
    public async Task A_case_that_opens_where_deviations_recur_already_is_told_at_once()
    {
        var assessedBefore = await _kalmar.DeviationAsync(_contract);

        var id = await OpenAsync([await _kalmar.DeviationAsync(_contract)]);

        Assert.That(await ToldAsync(id), Is.EqualTo("detected"));
        Assert.That((await _kalmar.GetAsync($"cases/{id}")).Body!["recurrenceAdvice"]!["deviations"]!.ToJsonString(), Does.Contain(assessedBefore.ToString()));
    }

    /// <summary>Neither sees the other when it is decided, so that neither alone makes the rule true.</summary>
    [Test]
    public async Task Two_assessments_at_the_same_instant_do_not_miss_each_other([Range(1, 3)] int round)
    {
        var id = RegionAtWork.Succeeded(await _kalmar.PostAsync("cases", RiskCase(_contract))).Id;
        Answer[] reported = [await ReportAsync(_kalmar, _contract, $"Krav {round}"), await ReportAsync(_kalmar, _contract, $"Krav {round}")];

        await AtOnceAsync(reported.Select<Answer, Func<Task<Answer>>>(r => () => _kalmar.PostAsync($"deviations/{r.Id}/assessments", Bodies.Assessment("deviation"), headers: ("If-Match", r.ETag))));

        Assert.That(await ToldAsync(id), Is.EqualTo("detected"));
    }

    [Test]
    public async Task An_opening_and_an_assessment_at_the_same_instant_do_not_miss_each_other([Range(1, 3)] int round)
    {
        var first = await _kalmar.DeviationAsync(_contract);
        var second = await ReportAsync(_kalmar, _contract, $"Krav {round}");
        Guid? id = null;

        await AtOnceAsync(
        [
            async () =>
            {
                var opened = await _kalmar.PostAsync("cases", round == 1 ? RiskCase(_contract) : Bodies.Case(_contract, [first]));
                id = opened.Id;
                return opened;
            },
            () => _kalmar.PostAsync($"deviations/{second.Id}/assessments", Bodies.Assessment("deviation"), headers: ("If-Match", second.ETag)),
        ]);

        Assert.That(await ToldAsync(id!.Value), Is.EqualTo("detected"));
    }

    [Test]
    public async Task A_case_that_comes_down_to_step_zero_is_told_what_has_come_to_recur_meanwhile()
    {
        var id = await AtStepOneAsync();
        await _kalmar.DeviationAsync(_contract);
        await _kalmar.DeviationAsync(_contract);
        Assert.That(await ToldAsync(id), Is.Empty, "at step 1 nothing is advised");

        await _kalmar.StepDownAsync(id, 0, "contractOwner");

        Assert.That(await ToldAsync(id), Is.EqualTo("detected"));
    }

    [Test]
    public async Task A_way_back_and_an_assessment_at_the_same_instant_do_not_miss_each_other()
    {
        var id = await AtStepOneAsync();
        await _kalmar.DeviationAsync(_contract);
        var second = await ReportAsync(_kalmar, _contract, "Krav 4.1");
        var criterion = await _kalmar.CriterionAsync(id);
        await _kalmar.DoneAsync(id, $"return-criteria/{criterion}/confirmations", Bodies.Confirmation);
        var version = (await _kalmar.GetAsync($"cases/{id}")).ETag;

        await AtOnceAsync(
        [
            () => _kalmar.PostAsync($"cases/{id}/de-escalations", Bodies.StepDown(0, criterion, "contractOwner"), "decider", ("If-Match", version)),
            () => _kalmar.PostAsync($"deviations/{second.Id}/assessments", Bodies.Assessment("deviation"), headers: ("If-Match", second.ETag)),
        ]);

        Assert.That(await ToldAsync(id), Is.EqualTo("detected"));
    }

    [Test]
    public async Task Nothing_is_told_of_another_regions_contract_or_case()
    {
        var id = await OpenAsync([await _kalmar.DeviationAsync(_contract)]);

        Assert.That((await _halland.GetAsync($"contracts/{_contract}/recurrence")).Status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await _halland.GetAsync($"cases/{id}/recurrence")).Status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await _halland.GetAsync($"{_kalmar.Path}/cases/{id}/recurrence")).Status, Is.EqualTo(HttpStatusCode.NotFound));
    }

    private string? _hallandContract;

    /// <summary>With a plan that has had its effect, so that the way back is open.</summary>
    private async Task<Guid> AtStepOneAsync()
    {
        var id = await OpenAsync([await _kalmar.DeviationAsync(_contract), await _kalmar.DeviationAsync(_contract)], "recurringDeviation", 1);
        await _kalmar.EvaluatedPlanAsync(id, "effective");
        return id;
    }

    private async Task<string> HallandContractAsync() => _hallandContract = await _halland.ContractAsync();

    /// <summary>All of them have fetched and decided before any of them may write; then they are let go.</summary>
    private async Task AtOnceAsync(IEnumerable<Func<Task<Answer>>> requests)
    {
        await using var connection = new NpgsqlConnection(_host.Database.Superuser);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        // Holds the writes and lets the reads pass: what is fetched is no stream, and what is written begins with one.
        await using (var hold = new NpgsqlCommand("LOCK TABLE mt_streams IN EXCLUSIVE MODE", connection, transaction))
            await hold.ExecuteNonQueryAsync();
        Task<Answer>[] answers = [.. requests.Select(r => r())];
        for (var attempt = 0; attempt < 400 && (long)(await _host.Database.ScalarAsync(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"))! < answers.Length; attempt++)
            await Task.Delay(25);
        await transaction.RollbackAsync();
        foreach (var answer in await Task.WhenAll(answers))
            RegionAtWork.Succeeded(answer);
    }

    private async Task<Guid> OpenAsync(Guid[] deviations, string trigger = "singleDeviation", int toStep = 0) =>
        RegionAtWork.Succeeded(await _kalmar.PostAsync("cases", Bodies.Case(_contract, deviations, trigger, toStep), toStep > 0 ? "decider" : "handler")).Id;

    private object RiskCase(string contract) => new
    {
        contractNumber = contract,
        trigger = "risk",
        evidence = Array.Empty<object>(),
        motivation = RegionAtWork.Motivation,
        decidedBy = Bodies.By("contractOwner"),
        riskAssessment = Bodies.Risk(_host.Clock.GetUtcNow()),
    };

    private async Task<Answer> ReportAsync(RegionAtWork region, string contract, string requirement)
    {
        var body = System.Text.Json.JsonSerializer.SerializeToNode(Bodies.Deviation(contract, 2, _host.Clock.GetUtcNow()))!;
        body["requirementReference"] = requirement;
        return RegionAtWork.Succeeded(await region.PostAsync("deviations", body));
    }

    private async Task AssessAsync(Guid deviation, object assessment) => RegionAtWork.Succeeded(
        await _kalmar.PostAsync($"deviations/{deviation}/assessments", assessment, headers: ("If-Match", (await _kalmar.GetAsync($"deviations/{deviation}")).ETag)));

    /// <summary>What the case was told of recurrence, in order.</summary>
    private async Task<string> ToldAsync(Guid id) => (string)(await _host.Database.ScalarAsync(
        "SELECT coalesce(string_agg(replace(replace(type, 'recurrence-', ''), '.v1', ''), ' ' ORDER BY version), '') FROM mt_events WHERE stream_id = $1 AND type LIKE 'recurrence-%'", id))!;

    private static string? WhyNot(JsonNode explained, Guid deviation) =>
        explained["deviations"]!.AsArray().Single(d => d!["id"]!.GetValue<Guid>() == deviation)!["whyNot"]?.ToString();
}
