using System.Net;
using System.Text.Json.Nodes;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>The main rules as a client meets them.</summary>
public sealed class CommandTests : KalmarFixture
{
    [Test]
    public async Task A_rejection_says_what_is_missing_in_both_languages_and_where_it_would_be_met()
    {
        var id = await Kalmar.CaseAtAsync(1);
        var deviation = (await Kalmar.GetAsync($"cases/{id}")).Body!["deviations"]![0]!["id"]!.GetValue<Guid>();
        var rejected = await Kalmar.OnCaseAsync(id, "escalations", Bodies.Escalation(2, "planWithoutEffect", "deviation", [deviation], "categoryLead"), "decider");

        var unmet = rejected.Body!["unmet"]!.AsArray();
        Assert.Multiple(() =>
        {
            Assert.That((rejected.Status, rejected.Code, rejected.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "R-E2", "planMissing")));
            Assert.That(unmet.Select(u => (string?)u!["code"]), Is.EqualTo(new[] { "R-E2", "R-E7", "R-E7", "R-E7" }));
            Assert.That(unmet.Select(u => (string?)u!["message"]!["sv"]), Is.All.Not.Empty);
            Assert.That(unmet.Select(u => (string?)u!["message"]!["en"]), Is.All.Not.Empty);
            Assert.That((string?)unmet[0]!["message"]!["sv"], Is.EqualTo("Ärendet har ingen handlingsplan som kan ha varit utan avsedd effekt."));
            Assert.That((string?)rejected.Body["detail"], Is.EqualTo((string?)unmet[0]!["message"]!["sv"]));
            Assert.That((string?)unmet[0]!["href"], Does.StartWith("http://").And.EndsWith($"{Kalmar.Path}/cases/{id}/action-plans"));
            Assert.That((string?)unmet[0]!["field"], Is.EqualTo("evidence"));
        });

        var plan = await Kalmar.DoneAsync(id, "action-plans", Bodies.Plan(Host.Clock.GetUtcNow()));
        var then = await Kalmar.OnCaseAsync(id, "escalations", Bodies.Escalation(2, "planWithoutEffect", "deviation", [deviation], "categoryLead"), "decider");
        Assert.That((then.Reason, (string?)then.Body!["unmet"]![0]!["href"]), Is.EqualTo(("evaluationMissing",
            $"{new Uri((string)unmet[0]!["href"]!)}/{plan.Body!["actionPlans"]![0]!["id"]}/evaluations")));
    }

    [Test]
    public async Task A_second_open_case_about_the_contract_is_a_conflict()
    {
        var contract = await Kalmar.ContractAsync();
        var opened = await Kalmar.PostAsync("cases", Bodies.Case(contract, [await Kalmar.DeviationAsync(contract)]));
        var second = await Kalmar.PostAsync("cases", Bodies.Case(contract, [await Kalmar.DeviationAsync(contract)]));

        Assert.That((opened.Status, second.Status, second.Code, second.Reason), Is.EqualTo((HttpStatusCode.Created, HttpStatusCode.Conflict, "R-G2", "openCaseExists")));
        Assert.That(opened.Location, Does.EndWith($"{Kalmar.Path}/cases/{opened.Id}"));
    }

    [Test]
    public async Task Of_several_openings_about_one_contract_at_the_same_time_one_succeeds()
    {
        for (var round = 0; round < 5; round++)
        {
            var contract = await Kalmar.ContractAsync();
            var deviations = new[] { await Kalmar.DeviationAsync(contract), await Kalmar.DeviationAsync(contract), await Kalmar.DeviationAsync(contract) };
            var answers = await Task.WhenAll(deviations.Select(d => Kalmar.PostAsync("cases", Bodies.Case(contract, [d]))));

            Assert.That(answers.Select(a => (a.Status, a.Code)), Is.EquivalentTo(new[]
            {
                (HttpStatusCode.Created, null), (HttpStatusCode.Conflict, "R-G2"), (HttpStatusCode.Conflict, "R-G2"),
            }));
            var joined = await Task.WhenAll(deviations.Select(d => Kalmar.GetAsync($"deviations/{d}")));
            Assert.That(joined.Count(d => d.Body!["caseId"] is not null), Is.EqualTo(1), "the losers' deviations stay free");
        }
    }

    /// <summary>R-Z3, with the address at which each deviation is found unfounded.</summary>
    [Test]
    public async Task A_case_is_unfounded_once_its_deviations_are()
    {
        var id = await Kalmar.CaseAtAsync(1);
        var deviations = (await Kalmar.GetAsync($"cases/{id}")).Body!["deviations"]!.AsArray().Select(d => d!["id"]!.GetValue<Guid>()).ToArray();
        var closure = Bodies.Closure("unfounded", "deviation", deviations[0], "contractOwner");

        var refused = await Kalmar.OnCaseAsync(id, "closures", closure, "decider");
        await Kalmar.NothingFoundedAsync(id);
        var closed = await Kalmar.DoneAsync(id, "closures", closure, "decider");

        Assert.That((refused.Status, refused.Code, refused.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "R-Z3", "deviationNotUnfounded")));
        Assert.That(refused.Body!["unmet"]!.AsArray().Select(u => new Uri(u!["href"]!.ToString()).AbsolutePath), Is.EqualTo(deviations.Select(d => $"{Kalmar.Path}/deviations/{d}/closures")));
        Assert.That((string?)closed.Body!["outcome"], Is.EqualTo("unfounded"));
    }

    [Test]
    public async Task One_deviation_cannot_open_two_cases()
    {
        var contract = await Kalmar.ContractAsync();
        var deviation = await Kalmar.DeviationAsync(contract);
        var first = await Kalmar.PostAsync("cases", Bodies.Case(contract, [deviation]));
        await Kalmar.ClosedAsUnfoundedAsync(first.Id, "contractOwner");

        var second = await Kalmar.PostAsync("cases", Bodies.Case(contract, [deviation]));

        Assert.That(second.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity), second.Text);
    }

    [Test]
    public async Task A_new_assessment_of_an_attached_deviation_changes_the_case_in_the_same_transaction()
    {
        var id = await Kalmar.CaseAtAsync(0);
        var before = await Kalmar.GetAsync($"cases/{id}");
        var deviation = before.Body!["deviations"]![0]!["id"]!.GetValue<Guid>();

        var assessed = await Kalmar.PostAsync($"deviations/{deviation}/assessments", Bodies.Assessment("serious"),
            headers: ("If-Match", (await Kalmar.GetAsync($"deviations/{deviation}")).ETag));
        var after = await Kalmar.GetAsync($"cases/{id}");
        var outdated = await Kalmar.PostAsync($"cases/{id}/activities", Bodies.Activity("supplierDialogue", Host.Clock.GetUtcNow()), headers: ("If-Match", before.ETag));

        Assert.That(assessed.Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((string?)after.Body!["deviations"]![0]!["assessment"]!["severity"], Is.EqualTo("serious"));
        Assert.That(after.Body["version"]!.GetValue<long>(), Is.EqualTo(before.Body["version"]!.GetValue<long>() + 1));
        Assert.That(outdated.Status, Is.EqualTo(HttpStatusCode.PreconditionFailed), "who has not seen the assessment decides on nothing");
        Assert.That(await Host.Database.ScalarAsync(
            "SELECT count(DISTINCT transaction_id) FROM mt_events WHERE tenant_id = '08' AND (stream_id, version) IN (($1, $2), ($3, $4))",
            id, after.Body["version"]!.GetValue<long>(), deviation, assessed.Body!["version"]!.GetValue<long>()), Is.EqualTo(1L));
    }

    [Test]
    public async Task A_reopened_case_learns_what_was_done_about_its_deviations_while_it_was_closed()
    {
        var id = await Kalmar.CaseAtAsync(0);
        var found = (await Kalmar.GetAsync($"cases/{id}")).Body!;
        var deviation = found["deviations"]![0]!["id"]!.GetValue<Guid>();
        var reported = await Kalmar.GetAsync($"deviations/{deviation}");
        RegionAtWork.Succeeded(await Kalmar.PostAsync($"deviations/{deviation}/assessments", Bodies.Assessment("deviation", "region"), headers: ("If-Match", reported.ETag)));
        await Kalmar.DoneAsync(id, "closures", Bodies.Closure("unfounded", "deviation", deviation, "contractOwner"), "decider");
        await Kalmar.ResolveAsync(deviation);
        var again = await Kalmar.DeviationAsync((string)found["contract"]!["number"]!);

        var reopened = await Kalmar.DoneAsync(id, "reopenings", new
        {
            toStep = 0, trigger = "singleDeviation", evidence = new[] { new { kind = "deviation", id = again } }, motivation = RegionAtWork.Motivation, decidedBy = Bodies.By("contractOwner"),
        }, "decider");

        Assert.That(reopened.Body!["deviations"]!.AsArray().Select(d => (d!["id"]!.GetValue<Guid>(), d["resolvedAt"] is not null)),
            Is.EqualTo(new[] { (deviation, true), (again, false) }));
    }

    [Test]
    public async Task A_closed_case_takes_no_command()
    {
        var id = await Kalmar.CaseAtAsync(1);
        var found = (await Kalmar.GetAsync($"cases/{id}")).Body!;
        var deviation = found["deviations"]![0]!["id"]!.GetValue<Guid>();
        var free = await Kalmar.DeviationAsync((string)found["contract"]!["number"]!);
        await Kalmar.ClosedAsUnfoundedAsync(id, "contractOwner");
        var now = Host.Clock.GetUtcNow();

        foreach (var (resource, body) in new[]
        {
            ("activities", Bodies.Activity("factFinding", now)), ("action-plans", Bodies.Plan(now)), ("return-criteria", Bodies.Criteria), ("deviations", new { deviationId = free }),
            ("escalations", Bodies.Escalation(2, "planWithoutEffect", "deviation", [deviation], "categoryLead")),
            ("de-escalations", Bodies.StepDown(0, Guid.NewGuid(), "contractOwner")), ("closures", Bodies.Closure("unfounded", "deviation", deviation, "contractOwner")),
        })
        {
            var answer = await Kalmar.OnCaseAsync(id, resource, body, "decider");
            Assert.That((answer.Status, answer.Code), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "R-G3")), $"{resource}: {answer.Text}");
        }
        Assert.That((await Kalmar.GetAsync($"cases/{id}/transitions")).Body!["transitions"]!.AsArray(), Is.Empty);
    }

    /// <summary>States at which every kind of transition is open or barred for different reasons.</summary>
    [TestCase("0")]
    [TestCase("0, with a serious deviation")]
    [TestCase("1")]
    [TestCase("1, with a plan without effect")]
    [TestCase("2")]
    [TestCase("3")]
    [TestCase("3, with the way back open")]
    [TestCase("4")]
    [TestCase("1, with everything in order")]
    public async Task What_is_said_to_be_possible_is_what_the_commands_then_do(string state)
    {
        var id = await ArrangeAsync(state);
        var found = await Kalmar.GetAsync($"cases/{id}/transitions");
        var allowed = 0;
        var elsewhere = await Kalmar.CaseAtAsync(4);
        foreach (var transition in found.Body!["transitions"]!.AsArray())
        {
            var kind = (string)transition!["kind"]!;
            var evidence = transition["suggestedEvidence"]!.DeepClone().AsArray();
            // What the region holds outside the platform can always be cited (R-G7); the rule itself asks for none.
            if (evidence.Count == 0)
                evidence.Add(new JsonObject { ["kind"] = "document", ["reference"] = "26RK1024-7" });
            var body = new JsonObject
            {
                ["evidence"] = evidence,
                ["motivation"] = RegionAtWork.Motivation,
                ["decidedBy"] = new JsonObject { ["function"] = "Inköpsavdelningens chef", ["level"] = (string?)transition["decisionLevel"] },
            };
            var members = kind switch { "escalation" => new[] { "toStep", "trigger" }, "deEscalation" => ["toStep"], _ => ["outcome"] };
            foreach (var name in members)
                body[name] = transition[name]!.DeepClone();
            if (kind == "closure")
            {
                (body["rootCause"], body["lessonsLearned"], body["retentionClass"]) = ("Leverantörens lager saknade säkerhetsnivå.", true, "4.2 bevaras");
                body["mergeInto"] = elsewhere;
                body["transferTo"] = new JsonObject { ["region"] = "13", ["acceptanceReference"] = "RH 2026-0044", ["disclosureReference"] = "26RK1024-30" };
            }

            var path = new Uri((string)transition["href"]!).AbsolutePath;
            var answer = await Kalmar.PostAsync($"{path}?validateOnly=true", body, "decider", ("If-Match", found.ETag));
            var what = $"{kind} {transition["toStep"]}{transition["outcome"]} by {transition["trigger"]} at {state}: {answer.Text}";
            if (transition["allowed"]!.GetValue<bool>())
            {
                allowed++;
                Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.OK), what);
            }
            else
            {
                var unmet = transition["unmet"]!.AsArray();
                Assert.That((answer.Code, answer.Reason), Is.EqualTo(((string?)unmet[0]!["code"], (string?)unmet[0]!["reason"])), what);
                Assert.That(answer.Body!["unmet"]!.AsArray().Take(unmet.Count).Select(u => (string?)u!["reason"]), Is.EqualTo(unmet.Select(u => (string?)u!["reason"])), what);
            }
        }
        Assert.That(allowed, Is.GreaterThanOrEqualTo(state.Contains(',', StringComparison.Ordinal) ? 2 : 1), "transferring is always possible, and what the state is about");
    }

    private async Task<Guid> ArrangeAsync(string state)
    {
        var id = await Kalmar.CaseAtAsync(state[0] - '0');
        var now = Host.Clock.GetUtcNow();
        switch (state)
        {
            case "0, with a serious deviation":
                var contract = (string)(await Kalmar.GetAsync($"cases/{id}")).Body!["contract"]!["number"]!;
                await Kalmar.DoneAsync(id, "deviations", new { deviationId = await Kalmar.DeviationAsync(contract, "serious", 1) });
                break;
            case "1, with a plan without effect":
                foreach (var activity in new[] { "increasedDialogue", "factFinding" })
                    await Kalmar.DoneAsync(id, "activities", Bodies.Activity(activity, now));
                await Kalmar.EvaluatedPlanAsync(id, "withoutEffect");
                break;
            case "3, with the way back open":
                await Kalmar.EvaluatedPlanAsync(id, "effective");
                await Kalmar.DoneAsync(id, $"return-criteria/{await Kalmar.CriterionAsync(id)}/confirmations", Bodies.Confirmation);
                break;
            case "1, with everything in order":
                foreach (var activity in new[] { "increasedDialogue", "factFinding" })
                    await Kalmar.DoneAsync(id, "activities", Bodies.Activity(activity, now));
                await Kalmar.EvaluatedPlanAsync(id, "effective");
                foreach (var deviation in (await Kalmar.GetAsync($"cases/{id}")).Body!["deviations"]!.AsArray())
                    await Kalmar.ResolveAsync(deviation!["id"]!.GetValue<Guid>());
                break;
        }
        return id;
    }
}
