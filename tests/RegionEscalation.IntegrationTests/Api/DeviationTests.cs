using System.Net;
using System.Text.Json.Nodes;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>Deviations from report to closure over HTTP, and what their case makes of it.</summary>
public sealed class DeviationTests : KalmarFixture
{
    private static readonly object Analysis = new { cause = "capacity", text = "Lagret saknade säkerhetsnivå.", pattern = true, analysedBy = "Avtalsansvarig" };
    private static readonly object Attachment = new { title = "Följesedel", reference = "26RK1024-7", sha256 = new string('A', 64), mediaType = "application/pdf", size = 4711 };

    [Test]
    public async Task From_the_report_to_the_closure()
    {
        var id = await Kalmar.DeviationAsync(await Kalmar.ContractAsync());
        await DoneAsync(id, "handlings", Bodies.Handling);
        await DoneAsync(id, "analyses", new { noAnalysisNeeded = "Enstaka fel.", analysedBy = "Avtalsansvarig" });
        await DoneAsync(id, "analyses", Analysis);
        await DoneAsync(id, "feedbacks", Bodies.Feedback);
        var closed = await DoneAsync(id, "closures", new { outcome = "closed", decidedBy = "Avtalsansvarig" });
        var late = await OnAsync(id, "analyses", Analysis);
        var added = await DoneAsync(id, "attachments", new { attachments = new[] { Attachment }, addedBy = "Avtalsansvarig" });

        Assert.That((closed.Body!["status"]!.ToString(), closed.Body["analysis"]!["cause"]!.ToString(), closed.Body["closure"]!["outcome"]!.ToString()), Is.EqualTo(("closed", "capacity", "closed")));
        Assert.That((late.Status, late.Code, late.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "deviationLifecycle", "closed")));
        Assert.That(added.Body!["attachments"]![0]!["sha256"]!.ToString(), Is.EqualTo(new string('a', 64)));
    }

    [Test]
    public async Task Closing_too_early_names_each_thing_that_is_missing_with_its_address()
    {
        var id = await Kalmar.DeviationAsync(await Kalmar.ContractAsync());

        var refused = await OnAsync(id, "closures", new { outcome = "closed", decidedBy = "Avtalsansvarig" });

        Assert.That((refused.Status, refused.Code), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "R-V2")));
        Assert.That(refused.Body!["unmet"]!.AsArray().Select(u => $"{u!["reason"]} {new Uri(u["href"]!.ToString()).AbsolutePath}"), Is.EqualTo(new[]
        {
            $"notHandled {Kalmar.Path}/deviations/{id}/handlings", $"notAnalysed {Kalmar.Path}/deviations/{id}/analyses", $"notFedBack {Kalmar.Path}/deviations/{id}/feedbacks",
        }));
    }

    [Test]
    public async Task An_unfounded_deviation_leaves_its_case_where_it_is_with_something_to_look_at()
    {
        var id = await Kalmar.CaseAtAsync(4);
        var before = (await Kalmar.GetAsync($"cases/{id}")).Body!;
        var deviation = before["deviations"]![0]!["id"]!.GetValue<Guid>();

        await DoneAsync(deviation, "closures", new { outcome = "unfounded", decidedBy = "Inköpsstrateg", motivation = RegionAtWork.Motivation });
        var after = (await Kalmar.GetAsync($"cases/{id}")).Body!;
        var history = (await Kalmar.GetAsync($"cases/{id}/events?limit=100")).Body!["items"]!.AsArray();
        var reviewed = await Kalmar.DoneAsync(id, "trigger-reviews", new { motivation = RegionAtWork.Motivation, decidedBy = Bodies.By("headOfPurchasing") }, "decider");
        var again = await Kalmar.OnCaseAsync(id, "trigger-reviews", new { motivation = RegionAtWork.Motivation, decidedBy = Bodies.By("headOfPurchasing") }, "decider");

        Assert.That(after["step"]!.GetValue<int>(), Is.EqualTo(4));
        Assert.That(after["deviations"]![0]!["unfoundedAt"], Is.Not.Null);
        var obligation = Trigger(after).Single();
        Assert.That((obligation["rule"]!.ToString(), new Uri(obligation["href"]!.ToString()).AbsolutePath), Is.EqualTo(("R-V1", $"{Kalmar.Path}/cases/{id}/trigger-reviews")));
        Assert.That(history.Select(e => e!["type"]!.ToString()).TakeLast(2), Is.EqualTo(new[] { "attached-deviation-found-unfounded.v1", "step-trigger-lapsed.v1" }));
        Assert.That(Trigger(reviewed.Body!), Is.Empty);
        Assert.That((again.Status, again.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "triggerHolds")));
        var transitions = (await Kalmar.GetAsync($"cases/{id}/transitions")).Text;
        Assert.That(transitions, Does.Contain("noSeriousDeviation"), "it leads no further");
    }

    [Test]
    public async Task A_downgrade_by_another_function_says_why_and_the_case_follows()
    {
        var id = await Kalmar.CaseAtAsync(4);
        var deviation = (await Kalmar.GetAsync($"cases/{id}")).Body!["deviations"]![0]!["id"]!.GetValue<Guid>();
        object Less(string? reason) => new
        {
            severity = "deviation", consequenceAreas = Array.Empty<string>(), causedBy = "supplier", assessor = "Kategoriledare", motivation = RegionAtWork.Motivation, otherAssessorReason = reason,
        };

        var refused = await OnAsync(deviation, "assessments", Less(null));
        await DoneAsync(deviation, "assessments", Less("Inköpsstrategen har lämnat sin tjänst i regionen."));

        Assert.That((refused.Status, refused.Code, refused.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "R-V1", "otherAssessor")));
        Assert.That(Trigger((await Kalmar.GetAsync($"cases/{id}")).Body!), Has.Length.EqualTo(1));
    }

    /// <summary>R-G6, R-Z3: it may come out when everything is done, and the case that should never have been is closed without calling it unfounded.</summary>
    [Test]
    public async Task What_proves_to_be_the_regions_own_after_it_was_closed_is_followed_by_the_case_and_stays_as_handled_as_it_was()
    {
        var id = await Kalmar.CaseAtAsync(4);
        var deviation = (await Kalmar.GetAsync($"cases/{id}")).Body!["deviations"]![0]!["id"]!.GetValue<Guid>();
        await DoneAsync(deviation, "handlings", Bodies.Handling);
        await DoneAsync(deviation, "analyses", Analysis);
        await DoneAsync(deviation, "feedbacks", Bodies.Feedback);
        await DoneAsync(deviation, "closures", new { outcome = "closed", decidedBy = "Avtalsansvarig" });
        var closure = Bodies.Closure("unfounded", "deviation", deviation, "headOfPurchasing");
        var (columns, figures) = (await ColumnsAsync(), await FiguresAsync());
        var standing = await Kalmar.OnCaseAsync(id, "closures", closure, "decider");

        var refused = await OnAsync(deviation, "assessments", Bodies.Assessment("serious", "shared"));
        var assessed = await DoneAsync(deviation, "assessments", Bodies.Assessment("serious", "region"));
        var case_ = (await Kalmar.GetAsync($"cases/{id}")).Body!;
        var (columnsAfter, figuresAfter) = (await ColumnsAsync(), await FiguresAsync());
        var closed = await Kalmar.DoneAsync(id, "closures", closure, "decider");

        Assert.Multiple(() =>
        {
            Assert.That((standing.Reason, refused.Status, refused.Reason), Is.EqualTo(("deviationNotUnfounded", HttpStatusCode.UnprocessableEntity, "closed")));
            Assert.That((assessed.Body!["status"]!.ToString(), assessed.Body["closure"]!["outcome"]!.ToString()), Is.EqualTo(("closed", "closed")));
            Assert.That(case_["deviations"]![0]!["assessment"]!["causedBy"]!.ToString(), Is.EqualTo("region"));
            Assert.That(Trigger(case_), Has.Length.EqualTo(1), "nothing of the supplier's bears step 4 any more");
            Assert.That((columns, columnsAfter), Is.EqualTo(("closed serious supplier t", "closed serious region t")));
            Assert.That(figuresAfter, Is.EqualTo((figures.All, figures.Closed, figures.OfSupplier - 1, figures.OfRegion + 1)));
            Assert.That(closed.Body!["outcome"]!.ToString(), Is.EqualTo("unfounded"));
        });

        async Task<string> ColumnsAsync() => (string)(await Host.Database.ScalarAsync(
            "SELECT status || ' ' || severity || ' ' || fault || ' ' || left((closed_at IS NOT NULL)::text, 1) FROM mt_doc_deviation WHERE id = $1", deviation))!;

        async Task<(int All, int Closed, int OfSupplier, int OfRegion)> FiguresAsync()
        {
            var region = (await Kalmar.GetAsync("statistics")).Body!["region"]!;
            int Number(string who) => region[who]!["number"]!.GetValue<int>();
            return (Number("all"), region["all"]!["leadTimes"]!["closed"]!["number"]!.GetValue<int>(), Number("ofSupplier"), Number("ofRegion"));
        }
    }

    [Test]
    public async Task What_the_region_caused_does_not_recur()
    {
        var contract = await Kalmar.ContractAsync();
        Guid[] deviations = [await Kalmar.DeviationAsync(contract), await Kalmar.DeviationAsync(contract, null)];
        await DoneAsync(deviations[1], "assessments", Bodies.Assessment("deviation", "region"));

        var refused = await Kalmar.PostAsync("cases", Bodies.Case(contract, deviations, "recurringDeviation", 1), "decider");

        Assert.That((refused.Status, refused.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "tooFewDeviations")));
    }

    [Test]
    public async Task The_list_is_filtered_by_what_was_reported_and_found()
    {
        var contract = await Kalmar.ContractAsync();
        var now = Host.Clock.GetUtcNow();
        await Kalmar.DeviationAsync(contract);
        var since = Host.Clock.GetUtcNow().ToString("O");
        var found = RegionAtWork.Succeeded(await Kalmar.PostAsync("deviations", Report(contract, now, "  Öron, näsa, hals ", ["corruption", "labour", "labour"])));
        RegionAtWork.Succeeded(await Kalmar.PostAsync("deviations", Report(contract, now, "Barnkliniken", ["labour"])));
        RegionAtWork.Succeeded(await Kalmar.PostAsync("deviations", Report(contract, now, "Barnkliniken", [])));
        await DoneAsync(found.Id, "assessments", Bodies.Assessment("deviation"));
        await DoneAsync(found.Id, "analyses", Analysis);

        async Task<int> CountAsync(string query) => (await Kalmar.GetAsync($"deviations?contract={contract}&{query}")).Body!["_meta"]!["totalItems"]!.GetValue<int>();

        Assert.That((found.Body!["unit"]!.ToString(), found.Body["topics"]!.ToJsonString()), Is.EqualTo(("Öron, näsa, hals", """["labour","corruption"]""")));
        Assert.That(await CountAsync("unit=Barnkliniken"), Is.EqualTo(2));
        Assert.That(await CountAsync("unit=" + Uri.EscapeDataString("Öron, näsa, hals")), Is.EqualTo(1));
        Assert.That((await CountAsync("topic=labour"), await CountAsync("topic=corruption"), await CountAsync("topic=environment")), Is.EqualTo((2, 1, 0)));
        Assert.That((await CountAsync("cause=capacity"), await CountAsync("status=analysed"), await CountAsync("cause=other")), Is.EqualTo((1, 1, 0)));
        Assert.That(await CountAsync("reportedSince=" + Uri.EscapeDataString(since)), Is.EqualTo(3));
    }

    [TestCase("""{"unit": ""}""", "unit")]
    [TestCase("""{"topics": ["weather"]}""", "topics[0]")]
    [TestCase("""{"discoveredAt": "2001-01-01T00:00:00Z"}""", "discoveredAt")]
    [TestCase("""{"discoveredAt": "2999-01-01T00:00:00Z"}""", "discoveredAt")]
    [TestCase("""{"attachments": [{"title": "x", "reference": "x", "sha256": "abc", "mediaType": "application/pdf"}]}""", "attachments[0].sha256")]
    [TestCase("""{"attachments": [{"title": "x", "reference": "x", "sha256": "#", "mediaType": "pdf"}]}""", "attachments[0].mediaType")]
    [TestCase("""{"attachments": [{"title": "x", "reference": "x", "sha256": "#", "mediaType": "a/b", "size": -1}]}""", "attachments[0].size")]
    public async Task What_is_out_of_bounds_is_named(string part, string field)
    {
        var body = (JsonObject)JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(Bodies.Deviation(await Kalmar.ContractAsync(), 3, Host.Clock.GetUtcNow())))!;
        foreach (var (name, value) in (JsonObject)JsonNode.Parse(part.Replace("#", new string('b', 64), StringComparison.Ordinal))!)
            body[name] = value!.DeepClone();

        var refused = await Kalmar.PostAsync("deviations", body);

        Assert.That(refused.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity), refused.Text);
        Assert.That(refused.Body!["errors"]!.AsObject().Select(e => e.Key), Is.EqualTo(new[] { field }));
    }

    [Test]
    public async Task The_hash_of_a_document_is_no_personal_number_and_a_text_with_one_is_refused()
    {
        var contract = await Kalmar.ContractAsync();
        // Ten digits in a row with a date of birth and a check digit, between letters, as a hash holds them now and then.
        var hash = new string('a', 27) + "8112189876" + new string('f', 27);
        JsonNode With(string sha256, string title)
        {
            var body = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(Bodies.Deviation(contract, 3, Host.Clock.GetUtcNow())))!;
            body["attachments"] = new JsonArray(new JsonObject { ["title"] = title, ["reference"] = "26RK1024-7", ["sha256"] = sha256, ["mediaType"] = "application/pdf" });
            return body;
        }

        Assert.That((await Kalmar.PostAsync("deviations", With(hash, "Följesedel"))).Status, Is.EqualTo(HttpStatusCode.Created));
        Assert.That((await Kalmar.PostAsync("deviations", With(hash, "Journal 811218-9876"))).Code, Is.EqualTo("R-G8"));
    }

    [Test]
    public async Task The_catalogue_of_causes_is_the_same_for_all()
    {
        var causes = (await Kalmar.GetAsync("/escalation/v1/deviation-causes")).Body!["causes"]!.AsArray();

        Assert.That(causes, Has.Count.EqualTo(15));
        Assert.That(causes.Select(c => c!["code"]!.ToString()), Does.Contain("orderingErrorOfRegion").And.Contain("other"));
        Assert.That(causes[0]!["label"]!["sv"]!.ToString(), Is.EqualTo("Sen eller utebliven leverans"));
    }

    private static object Report(string contractNumber, DateTimeOffset now, string unit, string[] topics) => new
    {
        contractNumber,
        requirementReference = "Krav 4.1",
        description = "Sen leverans.",
        occurredAt = now.AddDays(-1),
        reportedBy = "Operationsavdelning",
        unit,
        topics,
    };

    private static JsonNode[] Trigger(JsonNode c) => [.. c["obligations"]!.AsArray().Where(o => o!["code"]!.ToString() == "stepTrigger").Select(o => o!)];

    private async Task<Answer> OnAsync(Guid id, string resource, object body) =>
        await Kalmar.PostAsync($"deviations/{id}/{resource}", body, headers: ("If-Match", (await Kalmar.GetAsync($"deviations/{id}")).ETag));

    private async Task<Answer> DoneAsync(Guid id, string resource, object body) => RegionAtWork.Succeeded(await OnAsync(id, resource, body));
}
