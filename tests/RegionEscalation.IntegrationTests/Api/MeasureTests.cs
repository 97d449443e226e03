using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using RegionEscalation.Domain;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>The region's measures over HTTP: what the commands are decided on is fetched, and what they lead to stands on the case.</summary>
public sealed class MeasureTests : KalmarFixture
{
    private static readonly object HeadOfPurchasing = new { function = "Inköpschef", level = "headOfPurchasing", delegationReference = "Delegationsordning 2026 § 14" };

    [Test]
    public async Task A_block_covers_the_regions_own_contracts_with_the_supplier_as_they_are_now()
    {
        var id = await Kalmar.CaseAtAsync(4, "559000-0005", "Spärrade AB");
        var own = await ContractOfAsync(id);
        var second = await Kalmar.ContractAsync("559000-0005", "Spärrade AB");
        var anothers = await Kalmar.ContractAsync("556016-0680");
        var assessment = await AssessedAsync(id);

        var absent = await Kalmar.OnCaseAsync(id, "blocks", Block(assessment, "contract", (own, "7.3"), (anothers, "7.3"), ("T-ABSENT", "7.3")), "decider");
        var partly = await Kalmar.OnCaseAsync(id, "blocks", Block(assessment, "supplierAllOwnContracts", (own, "7.3")), "decider");
        var unfounded = await Kalmar.OnCaseAsync(id, "blocks", Block(assessment, "contract", (own, "9.9")), "decider");
        var imposed = await Kalmar.DoneAsync(id, "blocks", Block(assessment, "supplierAllOwnContracts", (own, "7.3"), (second, "7.3")), "decider");

        Assert.That(Unmet(absent), Is.EqualTo(new[] { ("R-B2", "notOwnContract", "contracts[1].number"), ("R-B2", "notOwnContract", "contracts[2].number") }));
        Assert.That(Unmet(partly), Is.EqualTo(new[] { ("R-B1", "contractsMissing", "contracts") }));
        Assert.That(((string?)partly.Body!["unmet"]![0]!["message"]!["en"]), Does.EndWith($"missing: {second}."));
        Assert.That(Unmet(unfounded), Is.EqualTo(new[] { ("R-B1", "clauseUnknown", "contracts[0].clauseReference") }));
        var block = imposed.Body!["blocks"]![0]!;
        Assert.That(((string?)block["state"], block["content"]!["contracts"]!.AsArray().Count), Is.EqualTo(("imposed", 2)));
        Assert.That(imposed.Body["obligations"]!.AsArray().Select(o => (string?)o!["code"]), Has.Member("blockEnds"));
    }

    [Test]
    public async Task What_the_other_regions_see_of_a_block_is_its_scope_and_its_last_day()
    {
        var id = await Kalmar.CaseAtAsync(4);
        var imposed = await Kalmar.DoneAsync(id, "blocks", Block(await AssessedAsync(id), "contract", (await ContractOfAsync(id), "7.3")), "decider");
        var block = imposed.Body!["blocks"]![0]!["id"]!.GetValue<Guid>();
        var seen = await Kalmar.NationalAsync($"cases/08/{id}");
        var extended = await Kalmar.DoneAsync(id, $"blocks/{block}/extensions", new
        {
            until = Day(60),
            motivation = RegionAtWork.Motivation,
            continuityAssessmentId = imposed.Body["continuityAssessments"]![0]!["id"]!.GetValue<Guid>(),
            decidedBy = HeadOfPurchasing,
        }, "decider");
        var lifted = await Kalmar.DoneAsync(id, $"blocks/{block}/liftings", new { reason = "Leveranserna är verifierade.", decidedBy = HeadOfPurchasing }, "decider");

        Assert.That(seen.Body!["block"]!.ToJsonString(), Is.EqualTo(new JsonObject { ["scope"] = "contract", ["until"] = Day(30) }.ToJsonString()));
        Assert.That((string?)extended.Body!["blocks"]![0]!["until"], Is.EqualTo(Day(60)));
        Assert.That((string?)lifted.Body!["blocks"]![0]!["state"], Is.EqualTo("lifted"));
        Assert.That((await Kalmar.NationalAsync($"cases/08/{id}")).Body!["block"], Is.Null);
    }

    [Test]
    public async Task A_sanction_rests_on_a_clause_of_the_contract_as_it_is_now()
    {
        var id = await Kalmar.CaseAtAsync(4);
        var unfounded = await Kalmar.OnCaseAsync(id, "sanctions", Sanction("11.4"), "decider");
        var contract = await ContractOfAsync(id);
        var catalogued = await Kalmar.GetAsync($"contracts/{contract}");
        RegionAtWork.Succeeded(await Kalmar.SendAsync("handler", HttpMethod.Put, $"contracts/{contract}", new
        {
            title = "Förbrukningsmaterial",
            supplier = new { organisationNumber = "556016-0680", name = "Exempel Sjukvårdsmaterial AB" },
            category = "Sjukvårdsmaterial",
            ownerAddress = "avtal@region.example",
            clauses = new[] { new { type = "penalty", reference = "11.4" } },
        }, ("If-Match", catalogued.ETag)));
        var imposed = await Kalmar.DoneAsync(id, "sanctions", Sanction("11.4"), "decider");

        Assert.That(Unmet(unfounded), Is.EqualTo(new[] { ("R-S1", "clauseUnknown", "imposed.clauseReference") }));
        Assert.That(imposed.Body!["sanctions"]![0]!["imposed"]!["amount"]!["value"]!.GetValue<decimal>(), Is.EqualTo(48600.5m));
        var sanction = imposed.Body["sanctions"]![0]!["id"]!.GetValue<Guid>();

        await Kalmar.DoneAsync(id, $"sanctions/{sanction}/objections", new { objection = "Force majeure." });
        var disputed = await Kalmar.OnCaseAsync(id, $"sanctions/{sanction}/settlements", new { how = "Kvittad.", settledBy = "Ekonom" });
        await Kalmar.DoneAsync(id, $"sanctions/{sanction}/answers", new { answer = "Det är det inte.", answeredBy = "Avtalsansvarig" });
        await Kalmar.ClosedAsUnfoundedAsync(id, "headOfPurchasing");
        var settled = await Kalmar.DoneAsync(id, $"sanctions/{sanction}/settlements", new { how = "Kvittad.", settledBy = "Ekonom" });

        Assert.That((disputed.Code, disputed.Reason), Is.EqualTo(("R-S2", "disputed")));
        Assert.That((string?)disputed.Body!["unmet"]![0]!["href"], Does.EndWith($"/cases/{id}/sanctions/{sanction}/answers"));
        Assert.That(((string?)settled.Body!["sanctions"]![0]!["state"], (string?)settled.Body["state"]), Is.EqualTo(("settled", "closed")));
    }

    [Test]
    public async Task A_sanction_is_imposed_or_waived()
    {
        var id = await Kalmar.CaseAtAsync(4);
        var waived = new { reason = "disproportionate", motivation = RegionAtWork.Motivation };

        var neither = await Kalmar.OnCaseAsync(id, "sanctions", new { decidedBy = HeadOfPurchasing }, "decider");
        var done = await Kalmar.DoneAsync(id, "sanctions", new { decidedBy = HeadOfPurchasing, waived }, "decider");

        Assert.That((neither.Status, (string?)neither.Body!["errors"]!["imposed"]![0]!["rule"]), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "imposedOrWaived")), neither.Text);
        Assert.That((string?)done.Body!["sanctions"]![0]!["state"], Is.EqualTo("waived"));
    }

    [TestCase("0")]
    [TestCase("-1")]
    [TestCase("0.001")]
    [TestCase("1e30")]
    [TestCase("1000000000000.001")]
    [TestCase("\"100\"")]
    public async Task An_amount_is_money(string value)
    {
        var id = await Kalmar.CaseAtAsync(1);

        var answer = await Kalmar.OnCaseAsync(id, "cost-entries", Cost(JsonNode.Parse(value)!, "SEK"));

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity), answer.Text);
        Assert.That(answer.Body!["errors"]!.AsObject().Select(e => e.Key), Is.EqualTo(new[] { "amount.value" }));
    }

    [TestCase("kr")]
    [TestCase("sek")]
    [TestCase("SEKK")]
    public async Task A_currency_is_a_code(string currency)
    {
        var id = await Kalmar.CaseAtAsync(1);

        var answer = await Kalmar.OnCaseAsync(id, "cost-entries", Cost(1, currency));

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity), answer.Text);
        Assert.That(answer.Body!["errors"]!.AsObject().Select(e => e.Key), Is.EqualTo(new[] { "amount.currency" }));
    }

    [Test]
    public async Task A_cost_is_the_suppliers_unless_otherwise_said_until_it_is_settled()
    {
        var id = await Kalmar.CaseAtAsync(1);
        var booked = await Kalmar.DoneAsync(id, "cost-entries", Cost(18250.75, "SEK"));
        var cost = booked.Body!["costEntries"]![0]!;
        var path = $"cost-entries/{cost["id"]}";
        await Kalmar.DoneAsync(id, $"{path}/bearers", new { bearer = "split", supplierShare = 70, agreed = true, motivation = "Båda borde ha förutsett det.", settledBy = "Avtalsansvarig" });
        var concluded = await Kalmar.DoneAsync(id, $"{path}/conclusions", new { conclusion = "recovered", note = "Betald.", concludedBy = "Ekonom" });
        var again = await Kalmar.OnCaseAsync(id, $"{path}/conclusions", new { conclusion = "claimed", note = "Igen.", concludedBy = "Ekonom" });

        Assert.That(((string?)cost["bearer"], (string?)cost["state"]), Is.EqualTo(("supplier", "proposed")));
        Assert.That(((string?)concluded.Body!["costEntries"]![0]!["state"], concluded.Body["costEntries"]![0]!["supplierShare"]!.GetValue<int>()), Is.EqualTo(("recovered", 70)));
        Assert.That((again.Code, again.Reason), Is.EqualTo(("costLifecycle", "alreadyConcluded")));
    }

    [Test]
    public async Task Business_is_put_on_hold_and_resumed_and_a_crisis_group_appointed_and_dissolved()
    {
        var id = await Kalmar.CaseAtAsync(4);
        var held = await Kalmar.DoneAsync(id, "business-holds", new { reasons = RegionAtWork.Motivation, decidedBy = HeadOfPurchasing }, "decider");
        var resumed = await Kalmar.DoneAsync(id, $"business-holds/{held.Body!["businessHolds"]![0]!["id"]}/resumptions", new { reason = "Säkrat." }, "decider");
        var appointed = await Kalmar.DoneAsync(id, "crisis-groups", new
        {
            chair = "Inköpschef",
            members = new[] { new { function = "Kategoriledare" }, new { function = "Chefläkare" } },
            mandate = "Fördela materialet.",
            supplyImpact = "Tre veckors material.",
            decidedBy = HeadOfPurchasing,
        }, "decider");
        var dissolved = await Kalmar.DoneAsync(id, $"crisis-groups/{appointed.Body!["crisisGroups"]![0]!["id"]}/dissolutions", new { summary = "Försörjningen är säkrad." }, "decider");

        Assert.That((held.Body["businessHolds"]![0]!["resumedAt"], (string?)resumed.Body!["businessHolds"]![0]!["resumedBecause"]), Is.EqualTo(((JsonNode?)null, "Säkrat.")));
        Assert.That((string?)dissolved.Body!["crisisGroups"]![0]!["summary"], Is.EqualTo("Försörjningen är säkrad."));
    }

    [TestCase("sanctions")]
    [TestCase("blocks")]
    [TestCase("business-holds")]
    [TestCase("crisis-groups")]
    [TestCase("terminations")]
    public async Task A_handler_decides_on_no_measure(string resource)
    {
        var id = await Kalmar.CaseAtAsync(4);

        Assert.That((await Kalmar.OnCaseAsync(id, resource, new { }, "handler")).Status, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task A_termination_below_step_five_is_refused()
    {
        var id = await Kalmar.CaseAtAsync(4);

        var answer = await Kalmar.OnCaseAsync(id, "terminations", new
        {
            scope = "contract",
            reasons = RegionAtWork.Motivation,
            endsOn = Day(90),
            early = true,
            noticeSentAt = Host.Clock.GetUtcNow(),
            noticeReference = "26RK1024-31",
            decidedBy = HeadOfPurchasing,
        }, "decider");

        Assert.That((answer.Status, Unmet(answer)), Is.EqualTo((HttpStatusCode.UnprocessableEntity, new[] { ("R-E5", "notAtFive", (string?)null) })));
    }

    private async Task<Guid> AssessedAsync(Guid id) =>
        (await Kalmar.DoneAsync(id, "continuity-assessments", new
        {
            impact = "Operationer flyttas.",
            supply = "none",
            assessor = "Kategoriledare",
            riskAcceptedBy = HeadOfPurchasing,
        })).Body!["continuityAssessments"]![0]!["id"]!.GetValue<Guid>();

    private async Task<string> ContractOfAsync(Guid id) => (string)(await Kalmar.GetAsync($"cases/{id}")).Body!["contract"]!["number"]!;

    private object Block(Guid assessment, string scope, params (string Number, string Clause)[] contracts) => new
    {
        scope,
        contracts = contracts.Select(c => new { number = c.Number, clauseReference = c.Clause }),
        reasons = RegionAtWork.Motivation,
        from = Day(0),
        until = Day(30),
        continuityAssessmentId = assessment,
        supplierNotifiedAt = Host.Clock.GetUtcNow(),
        decidedBy = HeadOfPurchasing,
    };

    private object Sanction(string clause) => new
    {
        imposed = new
        {
            kind = "penalty",
            clauseReference = clause,
            basis = "Två procent per vecka.",
            noticeSentAt = Host.Clock.GetUtcNow(),
            amount = new { value = 48600.5, currency = "SEK" },
        },
        decidedBy = HeadOfPurchasing,
    };

    private static object Cost(object value, string currency) => new { amount = new { value, currency }, kind = "Ersättningsköp", reference = "V 4471", bookedBy = "Ekonom" };

    private string Day(int days) => SwedishTime.DateOf(Host.Clock.GetUtcNow()).AddDays(days).ToString("O", CultureInfo.InvariantCulture);

    private static (string?, string?, string?)[] Unmet(Answer answer) =>
        [.. answer.Body!["unmet"]!.AsArray().Select(u => ((string?)u!["code"], (string?)u["reason"], (string?)u["field"]))];
}
