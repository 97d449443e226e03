using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using RegionEscalation.Http;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>What the others may know of a case, when, and what is kept of their reading.</summary>
public sealed class NationalTests
{
    private const string SoleTrader = "8112189876";
    private static readonly string[] Readers = ["national-coordinator", "halland-reader", "kalmar-reader"];

    /// <summary>The T0 fields of the access policy. What is not here leaves no region.</summary>
    private static readonly string[] T0 =
    [
        "region.code", "region.name", "caseId", "supplier.id", "supplier.organisationNumber", "supplier.name", "category", "ladder", "step",
        "stepEvent.sv", "stepEvent.en", "stepSince", "trigger", "block", "disputed", "supplierStatementAttached", "preliminary", "responsibleAddress",
        "noticeExpiresAt", "notice", "_links.self.href", "_links.supplier.href",
    ];

    private static readonly string[] T0OfOne =
        [.. T0, "course.step", "course.enteredAt", "course.trigger", "course.leftAt", "course.leftBy", "regionsConcerned", "recipients"];

    private TestHost _host = null!;
    private RegionAtWork _kalmar = null!;
    private RegionAtWork _halland = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _host = await TestHost.StartAsync();
        _kalmar = new RegionAtWork(_host);
        _halland = new RegionAtWork(_host, "13", "halland");
    }

    [TearDown]
    public async Task StopAsync()
    {
        _kalmar.Dispose();
        _halland.Dispose();
        await _host.DisposeAsync();
    }

    [Test]
    public async Task The_others_see_the_T0_fields_and_nothing_else_of_the_case()
    {
        var contract = await _kalmar.ContractAsync();
        var opening = JsonSerializer.SerializeToNode(
            Bodies.Case(contract, [await _kalmar.DeviationAsync(contract, "serious")], "seriousDeviation", 4, "headOfPurchasing"), Json.Options)!;
        opening["registrationNumber"] = "26RK1024-7";
        var id = RegionAtWork.Succeeded(await _kalmar.PostAsync("cases", opening, "decider")).Id;
        await _kalmar.EvaluatedPlanAsync(id, "effective");
        await _kalmar.CriterionAsync(id);
        var answers = new[] { await _kalmar.NationalAsync($"cases/08/{id}"), await _kalmar.NationalAsync("cases"), await _kalmar.NationalAsync("suppliers/5560160680") };

        Assert.That(Leaves(answers[0].Body, "").Select(l => l.Path), Is.EquivalentTo(T0OfOne.Except(["recipients"])));
        Assert.That(Leaves(answers[1].Body!["items"]![0], "").Select(l => l.Path), Is.EquivalentTo(T0));
        Assert.That(Leaves(answers[2].Body!["cases"]![0], "").Select(l => l.Path), Is.EquivalentTo(T0));

        var open = Leaves(answers[0].Body, "").Select(l => l.Value).ToHashSet();
        var own = Leaves((await _kalmar.GetAsync($"cases/{id}")).Body, "").Concat(Leaves((await _kalmar.GetAsync($"cases/{id}/events?limit=100")).Body, ""))
            .Where(l => !l.Path.Contains("_links", StringComparison.Ordinal)).Select(l => l.Value)
            // Single words are codes, some of which are names in any JSON.
            .Where(v => v.Length > 2 && !v.All(char.IsAsciiLetter) && !open.Contains(v)).Append("Operationsavdelning").Append("Förbrukningsmaterial").Distinct().ToArray();
        Assert.That(own, Does.Contain("26RK1024-7").And.Contain(contract).And.Contain(RegionAtWork.Motivation));
        foreach (var answer in answers)
        {
            // Short ones, such as a number, are in ids by chance: they are looked for as whole values.
            var given = Leaves(answer.Body, "").Select(l => l.Value).ToHashSet();
            Assert.That(own.Where(v => v.Length < 6 ? given.Contains(v) : answer.Text.Contains(v, StringComparison.Ordinal)), Is.Empty);
        }
        Assert.That(answers.Select(a => a.ETag), Is.All.Null, "a version would tell how much happens in the case");
    }

    [Test]
    public async Task A_case_is_visible_from_the_moment_it_enters_3_until_it_leaves_3_to_5()
    {
        var seen = new List<string>();
        var id = await _kalmar.CaseAtAsync(2);
        seen.Add(await SeenAsync(id));
        foreach (var activity in new[] { "regularMeetings", "letterToSalesManager", "sanctions" })
            await _kalmar.DoneAsync(id, "activities", Bodies.DispensedWith(activity));
        var evaluation = await _kalmar.EvaluatedPlanAsync(id, "withoutEffect");
        seen.Add(await SeenAsync(id));
        await _kalmar.DoneAsync(id, "escalations", Bodies.Escalation(3, "planWithoutEffect", "evaluation", [evaluation], "unitManager"), "decider");
        seen.Add(await SeenAsync(id));
        await _kalmar.EvaluatedPlanAsync(id, "effective");
        await _kalmar.StepDownAsync(id, 2, "unitManager");
        seen.Add(await SeenAsync(id));

        Assert.That(seen, Is.EqualTo(new[] { "404 404 404, listed 0", "404 404 404, listed 0", "200 200 200, listed 1", "404 404 404, listed 0" }));
    }

    [Test]
    public async Task A_serious_deviation_makes_a_case_visible_from_0_at_once()
    {
        var id = await _kalmar.CaseAtAsync(0);
        var contract = (string)(await _kalmar.GetAsync($"cases/{id}")).Body!["contract"]!["number"]!;
        var serious = await _kalmar.DeviationAsync(contract, "serious", 1);
        await _kalmar.DoneAsync(id, "deviations", new { deviationId = serious });
        var before = await SeenAsync(id);
        await _kalmar.DoneAsync(id, "escalations", Bodies.Escalation(4, "seriousDeviation", "deviation", [serious], "headOfPurchasing"), "decider");

        Assert.That((before, await SeenAsync(id)), Is.EqualTo(("404 404 404, listed 0", "200 200 200, listed 1")));
        var found = (await _kalmar.NationalAsync($"cases/08/{id}")).Body!;
        Assert.That((found["step"]!.GetValue<int>(), (string?)found["trigger"], found["preliminary"]!.GetValue<bool>()), Is.EqualTo((4, "seriousDeviation", true)));
    }

    [Test]
    public async Task Closing_as_unfounded_at_3_takes_the_case_away()
    {
        var id = await _kalmar.CaseAtAsync(3);
        var before = await SeenAsync(id);
        await _kalmar.ClosedAsUnfoundedAsync(id, "unitManager");

        Assert.That((before, await SeenAsync(id)), Is.EqualTo(("200 200 200, listed 1", "404 404 404, listed 0")));
        Assert.That((await _kalmar.NationalAsync("suppliers/5560160680")).Status, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task A_case_of_another_region_or_none_is_as_absent_as_one_below_3()
    {
        var below = await _kalmar.CaseAtAsync(2);
        var above = await _kalmar.CaseAtAsync(4);
        var paths = new[] { $"cases/08/{below}", $"cases/13/{above}", $"cases/99/{above}", $"cases/08/{Guid.NewGuid()}", "suppliers/2021005489", "suppliers/nobody", $"suppliers/{Guid.NewGuid()}" };

        var answers = await Task.WhenAll(paths.Select(p => _kalmar.NationalAsync(p, "halland-reader")));

        Assert.That(answers.Select(a => a.Status), Is.All.EqualTo(HttpStatusCode.NotFound));
        Assert.That(answers.Select(a => string.Concat(a.Body!.AsObject().Where(m => m.Key is not ("instance" or "traceId")).Select(m => m.Value!.ToJsonString()))).Distinct().ToArray(), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task A_sole_traders_number_leaves_the_region_in_no_answer_and_no_log()
    {
        var id = await _kalmar.CaseAtAsync(4, $"{SoleTrader[..6]}-{SoleTrader[6..]}", "Exempel Konsult");
        var found = await _kalmar.NationalAsync($"cases/08/{id}");
        var supplier = (string)found.Body!["supplier"]!["id"]!;

        Assert.That(found.Body["supplier"]!["organisationNumber"], Is.Null);
        Assert.That((string?)found.Body["_links"]!["supplier"]!["href"], Does.EndWith($"/national/v1/suppliers/{supplier}"));
        Assert.That((await _kalmar.NationalAsync($"suppliers/{supplier}")).Body!["name"]!.ToString(), Is.EqualTo($"Enskild näringsidkare {supplier.Replace("-", "", StringComparison.Ordinal)[^8..]}"), "a pseudonym");
        Assert.That((await _kalmar.NationalAsync($"cases?supplier={supplier}")).Body!["items"]!.AsArray(), Has.Count.EqualTo(1));

        var own = new[] { await _kalmar.GetAsync($"cases/{id}"), await _kalmar.GetAsync($"cases/{id}/events?limit=100"), await _kalmar.GetAsync("contracts"), await _kalmar.GetAsync("deviations") };
        var asked = new List<Answer>();
        foreach (var number in new[] { SoleTrader, $"{SoleTrader[..6]}-{SoleTrader[6..]}", $"19{SoleTrader}", $"19{SoleTrader[..6]}-{SoleTrader[6..]}", $"{SoleTrader[..6]}%2B{SoleTrader[6..]}" })
        {
            asked.Add(await _kalmar.NationalAsync($"suppliers/{number}"));
            asked.Add(await _kalmar.NationalAsync($"cases?supplier={number}"));
            Assert.That(asked[^2].Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity), "nobody is found by a personal identity number");
            Assert.That(asked[^1].Body!["items"]?.AsArray() ?? [], Is.Empty);
        }
        var all = asked.Concat(own).Append(found).Append(await _kalmar.NationalAsync("cases")).Append(await _kalmar.NationalAsync($"suppliers/{supplier}"));
        Assert.That(all.Where(a => Holds(a.Text)).Select(a => a.Text), Is.Empty);
        var log = (string)(await _host.Database.ScalarAsync("SELECT coalesce(string_agg(t::text, ' '), '') FROM national_access_log t"))!;
        var register = (string)(await _host.Database.ScalarAsync("SELECT string_agg(t::text, ' ') FROM national_cases t"))!;
        Assert.That((Holds(log), Holds(register)), Is.EqualTo((false, false)), log);

        static bool Holds(string text) => text.Contains(SoleTrader[6..], StringComparison.Ordinal) && text.Contains(SoleTrader[..6], StringComparison.Ordinal);
    }

    [Test]
    public async Task Every_read_is_logged_with_who_why_and_what_was_given_out()
    {
        var id = await _kalmar.CaseAtAsync(4);
        var absent = Guid.NewGuid();
        await _kalmar.NationalAsync("cases?step=4");
        await _kalmar.NationalAsync("cases?step=5", "halland-reader", "contractFollowUp");
        await _kalmar.NationalAsync($"cases/08/{id}", "kalmar-decider", "supplyPreparedness");
        await _kalmar.NationalAsync($"cases/08/{absent}", purpose: "internalControl");
        await _kalmar.NationalAsync("suppliers/556016-0680");
        await _kalmar.NationalAsync("suppliers/2021005489");

        var rows = (string)(await _host.Database.ScalarAsync(
            "SELECT string_agg(concat_ws(' ', client_id, array_to_string(readers, ','), array_to_string(roles, ','), purpose, operation, target, '->', object_region || '/' || object_id || ' ' || object_kind || ' ' || tier), E'\\n' ORDER BY at) FROM national_access_log"))!;
        Assert.That(rows.Split('\n'), Is.EqualTo(new[]
        {
            $"national-coordinator coordination Coordinator nationalCoordination listCases step=4 -> 08/{id} case T0",
            "halland-reader region:13 Reader contractFollowUp listCases step=5 ->",
            $"kalmar-decider region:08 Decider,Handler,Reader supplyPreparedness getCase region=08&case={id} -> 08/{id} case T0",
            $"national-coordinator coordination Coordinator internalControl getCase region=08&case={absent} ->",
            $"national-coordinator coordination Coordinator nationalCoordination getSupplier supplier=5560160680 -> 08/{id} case T0",
            "national-coordinator coordination Coordinator nationalCoordination getSupplier supplier=2021005489 ->",
        }));
    }

    [Test]
    public async Task What_cannot_be_logged_is_not_given_out()
    {
        var id = await _kalmar.CaseAtAsync(4);
        await _host.Database.ScalarAsync("REVOKE INSERT ON national_access_log FROM escalation_national");

        foreach (var path in new[] { "cases", $"cases/08/{id}", "suppliers/5560160680" })
        {
            var answer = await _kalmar.NationalAsync(path);
            Assert.That((int)answer.Status, Is.GreaterThanOrEqualTo(500), path);
            Assert.That(answer.Text, Does.Not.Contain("Exempel Sjukvårdsmaterial").And.Not.Contain("national_access_log"), path);
        }
    }

    [Test]
    public async Task A_suppliers_status_puts_the_regions_side_by_side()
    {
        await _kalmar.CaseAtAsync(3);
        await _halland.CaseAtAsync(4);
        await _halland.CaseAtAsync(3);
        await _halland.CaseAtAsync(2);

        var status = (await _kalmar.NationalAsync("suppliers/556016-0680")).Body!;

        Assert.That((status["highestStep"]!.GetValue<int>(), status["numberOfRegions"]!.GetValue<int>()), Is.EqualTo((4, 2)));
        Assert.That(status["cases"]!.AsArray().Select(c => $"{c!["region"]!["code"]} {c["step"]}"), Is.EqualTo(new[] { "13 4", "08 3", "13 3" }));
        Assert.That(status.AsObject().Select(m => m.Key), Is.EqualTo(new[] { "organisationNumber", "name", "highestStep", "numberOfRegions", "cases", "notices", "blocks", "course", "regionsConcerned" }), "no score, no advice");
        Assert.That((await _kalmar.NationalAsync("suppliers/165560160680")).Status, Is.EqualTo(HttpStatusCode.OK), "the prefix 16 is normalised");
    }

    [Test]
    public async Task The_list_is_filtered()
    {
        var kalmar = await _kalmar.CaseAtAsync(3);
        var between = _host.Clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        var halland = await _halland.CaseAtAsync(4, "202100-5489");
        async Task<string> ListAsync(string query) => string.Join(' ', (await _kalmar.NationalAsync($"cases?{query}")).Body!["items"]!.AsArray()
            .Select(c => c!["caseId"]!.GetValue<Guid>() == kalmar ? "kalmar" : c["caseId"]!.GetValue<Guid>() == halland ? "halland" : "?"));

        Assert.That(await ListAsync(""), Is.EqualTo("halland kalmar"), "the highest step first");
        foreach (var (query, expected) in new[]
        {
            ("step=3", "kalmar"), ("step=5", ""), ("region=13", "halland"), ("region=99", ""), ("supplier=2021005489", "halland"), ("supplier=202100-5489", "halland"),
            ("category=Sjukv%C3%A5rdsmaterial&region=08", "kalmar"), ("category=sjukv", ""), ($"since={between}", "halland"), ($"changedSince={between}", "halland"),
            ("limit=1&page=2", "kalmar"), ("limit=1&page=3", ""),
        })
            Assert.That(await ListAsync(query), Is.EqualTo(expected), query);
        foreach (var query in new[] { "step=2", "step=6", "since=yesterday", "supplier=" })
            Assert.That((await _kalmar.NationalAsync($"cases?{query}")).Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity), query);
    }

    /// <summary>What each reader is answered about the case, and whether the coordinator's list has it.</summary>
    private async Task<string> SeenAsync(Guid id)
    {
        var statuses = new List<int>();
        foreach (var reader in Readers)
            statuses.Add((int)(await _kalmar.NationalAsync($"cases/08/{id}", reader)).Status);
        var listed = (await _kalmar.NationalAsync("cases?region=08")).Body!;
        Assert.That(listed["items"]!.AsArray(), Has.Count.EqualTo(listed["_meta"]!["totalItems"]!.GetValue<int>()));
        return $"{string.Join(' ', statuses)}, listed {listed["_meta"]!["totalItems"]}";
    }

    private static IEnumerable<(string Path, string Value)> Leaves(JsonNode? node, string path) => node switch
    {
        JsonObject o => o.SelectMany(m => Leaves(m.Value, path.Length == 0 ? m.Key : $"{path}.{m.Key}")),
        JsonArray a => a.SelectMany(item => Leaves(item, path)),
        _ => [(path, node?.ToString() ?? "")],
    };
}
