using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>
/// The acceptance story over HTTP (domain description §5.9): a logistics supplier fails, in the main line and its variants. The region stands
/// in for the joint board that owns the contract.
/// </summary>
internal sealed partial class AcceptanceStory(TestHost host, HttpClient? http = null) : IDisposable
{
    private readonly RegionAtWork _kalmar = new(host, http: http);
    private readonly RegionAtWork _halland = new(host, "13", "halland", http);

    public void Dispose()
    {
        _kalmar.Dispose();
        _halland.Dispose();
    }

    private DateTimeOffset Now => host.Clock.GetUtcNow();

    /// <summary>Up to 4 and all the way back, with everything that a case can hold; opened again later, under another edition.</summary>
    public async Task<Guid> MainLineAsync()
    {
        await SettingsAsync(18);
        var contract = await _kalmar.ContractAsync(name: "Exempel Apotekslogistik AB");
        Guid[] hospitals = [await _kalmar.DeviationAsync(contract), await _kalmar.DeviationAsync(contract), await _kalmar.DeviationAsync(contract, daysAgo: 2)];
        var id = RegionAtWork.Succeeded(await _kalmar.PostAsync("cases", Bodies.Case(contract, hospitals[..1]))).Id;
        foreach (var deviation in hospitals[1..])
            await DoAsync(id, "deviations", new { deviationId = deviation });
        await StepZeroAsync(id);
        await EscalateAsync(id, Bodies.Escalation(1, "recurringDeviation", "deviation", hospitals, "contractOwner"));

        await StepOneAsync(id);
        await EscalateAsync(id, Bodies.Escalation(2, "planWithoutEffect", "evaluation", [await _kalmar.EvaluatedPlanAsync(id, "notFollowed")], "categoryLead"));
        await StepTwoAsync(id);

        var serious = await _kalmar.DeviationAsync(contract, "serious", 1);
        await DoAsync(id, "deviations", new { deviationId = serious });
        await SeesAsync(id, HttpStatusCode.NotFound);
        var atFour = await EscalateAsync(id, Bodies.Escalation(4, "seriousDeviation", "deviation", [serious], "headOfPurchasing"));
        Assert.That(Skipped(atFour, 3), Is.EqualTo(new[] { "informRegions", "letterToCeo", "businessMeeting" }), "jumped over, and said so");
        Assert.That(Due(atFour, "informRegions") - Now, Is.LessThanOrEqualTo(TimeSpan.FromHours(24)), "patients are concerned");
        await StepFourAsync(id, contract);
        await TheOtherRegionAsync(id);

        await WayBackAsync(id, serious);
        foreach (var deviation in hospitals)
            await _kalmar.ResolveAsync(deviation);
        await DoAsync(id, "closures", Bodies.Closure("resolved", "deviation", hospitals[0], "categoryLead"), "decider");
        await SeesAsync(id, HttpStatusCode.NotFound);
        await AgainAsync(id, contract);
        return id;
    }

    /// <summary>Variant B: the end of the business, the file under LOU 13:3, self-cleaning after a year, and its last day of use after three.</summary>
    public async Task<Guid> EndOfBusinessAsync()
    {
        var id = await _kalmar.CaseAtAsync(4, name: "Exempel Transport AB");
        await DoAsync(id, "continuity-assessments", Continuity);
        var early = await OnCaseAsync(id, "escalations", Ending(await OpenDeviationAsync(id)), "decider");
        Assert.That((early.Code, early.Reason), Is.EqualTo(("R-E5", "supplierNotHeard")));
        await DoAsync(id, "comment-requests", new { subject = "Avslut av avtalet", sentTo = "Företagsledning", reference = "26RK1024-12", sentAt = Now, deadline = Day(12) });
        host.Clock.Move(TimeSpan.FromDays(14));
        await DoAsync(id, "supplier-statements", new { text = "Vi bestrider att avtalet kan hävas.", submittedBy = "VD", receivedAt = Now, reference = "26RK1024-13" });
        var atFive = await EscalateAsync(id, Ending(await OpenDeviationAsync(id)));
        Assert.That(atFive.Body!["step"]!.GetValue<int>(), Is.EqualTo(5));

        var mistaken = await RecordAsync(id, "terminations", Termination(days: 10), "decider");
        await DoAsync(id, $"terminations/{mistaken}/withdrawals", new { reason = "Fel slutdatum.", decidedBy = HeadOfPurchasing }, "decider");
        await DoAsync(id, "terminations", Termination(days: 30), "decider");
        await DoAsync(id, "activities", Bodies.DispensedWith("crisisGroup"));
        var unmet = (await _kalmar.GetAsync($"cases/{id}/transitions")).Body!["transitions"]!.AsArray().Single(t => (string?)t!["outcome"] == "terminated")!["unmet"]!.AsArray();
        Assert.That(unmet.Select(u => $"{u!["code"]} {u["reason"]}"), Does.Contain("R-Z2 finalNoticeMissing"));
        await _kalmar.InformAsync(id);
        var file = await EvidenceFileAsync(id);
        var unfit = await EvidenceIdAsync(id, new { ground = "p1", createdBy = "Regionjurist", reason = "Arbetsrättsliga villkor kan ha åsidosatts." });
        await DoAsync(id, $"exclusion-evidence/{unfit}/withdrawals", new { reason = "Uppgiften höll inte.", withdrawnBy = "Regionjurist" });

        host.Clock.Move(TimeSpan.FromDays(31));
        var closed = await DoAsync(id, "closures", new
        {
            outcome = "terminated", evidence = Document, motivation = RegionAtWork.Motivation, decidedBy = HeadOfPurchasing, retentionClass = "4.2 bevaras",
        }, "decider");
        Assert.That((string?)closed.Body!["outcome"], Is.EqualTo("terminated"));
        await SeesAsync(id, HttpStatusCode.OK);

        host.Clock.Move(TimeSpan.FromDays(365));
        await DoAsync(id, $"exclusion-evidence/{file}/self-cleanings",
            new { limb = "measures", text = "Nytt affärssystem, ny ledning och extern revision.", submittedBy = "VD", receivedAt = Now });
        var usable = await FilesAsync(id);
        Assert.That(usable.Select(f => ((string?)f!["state"], f["selfCleaning"]!.AsArray().Count)), Is.EqualTo(new[] { ("complete", 1) }));

        host.Clock.Move(TimeSpan.FromDays(3 * 365));
        Assert.That(await FilesAsync(id), Is.Empty, "the last day of use has passed");
        Assert.That(await FilesAsync(id, "?includeEnded=true"), Has.Count.EqualTo(2), "and the record remains");
        return id;
    }

    /// <summary>Variant C: the serious deviation turns out to be the region's own doing.</summary>
    public async Task<Guid> UnfoundedAsync()
    {
        var id = await _kalmar.CaseAtAsync(4, name: "Exempel Kyltransport AB");
        var deviation = await OpenDeviationAsync(id);
        await SeesAsync(id, HttpStatusCode.OK);
        await _kalmar.InformAsync(id);
        var review = await RecordAsync(id, "reviews",
            new { contested = "Steg 4", grounds = "Beställningen gick till fel adress; vi levererade i tid.", requestedBy = "Kvalitetschef", requestedAt = Now });
        Assert.That(await DisputedAsync(id), Is.EqualTo((true, true, true)), "in the case, in the list and nationally");

        var found = await _kalmar.GetAsync($"deviations/{deviation}");
        RegionAtWork.Succeeded(await _kalmar.PostAsync($"deviations/{deviation}/assessments", Bodies.Assessment("deviation", "region"), headers: ("If-Match", found.ETag)));
        await DoAsync(id, $"reviews/{review}/decisions", new
        {
            outcome = "changed", motivation = "Avvikelsen berodde på regionens egen beställning; steget var fel.", toStep = 0,
            decidedBy = new { function = "Regiondirektör", level = "headOfPurchasing", delegationReference = "Delegationsordning 2026, punkt 1.1" },
        }, "decider");
        await DoAsync(id, "de-escalations", new
        {
            toStep = 0, trigger = "reviewChanged", evidence = new[] { new { kind = "record", id = review } }, motivation = RegionAtWork.Motivation, decidedBy = HeadOfPurchasing,
        }, "decider");
        await SeesAsync(id, HttpStatusCode.NotFound);
        Assert.That(await OwedAsync(id), Is.EqualTo(new[] { "retraction" }));
        await _kalmar.InformAsync(id, "retraction");
        await DoAsync(id, "closures", Bodies.Closure("unfounded", "deviation", deviation, "headOfPurchasing"), "decider");
        return id;
    }

    /// <summary>The ways up that the main line does not take: a supplier that refuses to plan, and a failure that is serious as a whole.</summary>
    public async Task<Guid> RefusedAndPersistentAsync()
    {
        var id = await _kalmar.CaseAtAsync(1, name: "Exempel Lagerdrift AB");
        foreach (var activity in new[] { "increasedDialogue", "factFinding" })
            await DoAsync(id, "activities", Bodies.Activity(activity, Now));
        await DoAsync(id, "activities", Bodies.DispensedWith("establishActionPlan"));
        var reminded = Now;
        host.Clock.Move(TimeSpan.FromDays(15));
        var refusal = await RecordAsync(id, "plan-refusals", new
        {
            account = "Leverantören anser att bristerna inte är dess ansvar.", reminderSentAt = reminded, reminderReference = "26RK1024-5", deadline = Day(-2), recordedBy = "Avtalsansvarig",
        });
        await EscalateAsync(id, Bodies.Escalation(2, "planWithoutEffect", "record", [refusal], "categoryLead"));
        foreach (var activity in new[] { "regularMeetings", "letterToSalesManager", "sanctions" })
            await DoAsync(id, "activities", Bodies.DispensedWith(activity));
        await EscalateAsync(id, Bodies.Escalation(3, "planWithoutEffect", "evaluation", [await _kalmar.EvaluatedPlanAsync(id, "withoutEffect")], "unitManager"));

        foreach (var activity in new[] { "letterToCeo", "businessMeeting" })
            await DoAsync(id, "activities", Bodies.DispensedWith(activity));
        await _kalmar.InformAsync(id);
        var evaluation = await _kalmar.EvaluatedPlanAsync(id, "withoutEffect");
        var refused = await OnCaseAsync(id, "escalations", Bodies.Escalation(4, "persistentFailure", "evaluation", [evaluation], "headOfPurchasing"), "decider");
        Assert.That((refused.Code, refused.Reason), Is.EqualTo(("R-E4b", "notClassifiedSerious")));
        var classified = await RecordAsync(id, "serious-aggregates",
            new { consequenceAreas = new[] { "operations", "economy" }, motivation = "Bristerna har tillsammans stängt två mottagningar under en månad.", decidedBy = HeadOfPurchasing }, "decider");
        await EscalateAsync(id, new
        {
            toStep = 4, trigger = "persistentFailure", motivation = RegionAtWork.Motivation, decidedBy = HeadOfPurchasing,
            evidence = new object[] { new { kind = "evaluation", id = evaluation }, new { kind = "record", id = classified } },
        });
        return id;
    }

    /// <summary>The region changes how long a deviation counts towards recurrence.</summary>
    public async Task SettingsAsync(int recurrenceMonths) => RegionAtWork.Succeeded(await _kalmar.SendAsync("decider", HttpMethod.Put, "ladder-settings",
        new { recurrenceMonths, changedBy = "Inköpschef", motivation = "Regionen räknar avvikelser över en hel avtalsperiod." }, ("If-Match", (await _kalmar.GetAsync("ladder-settings")).ETag)));

    /// <summary>A case at step 5 with a record of every kind that something can be done about.</summary>
    /// <returns>The case, and its records by their resources.</returns>
    public async Task<(Guid Id, Dictionary<string, Guid> Records)> CaseWithEverythingAsync()
    {
        var id = await _kalmar.CaseAtAsync(4);
        var contract = (string)(await _kalmar.GetAsync($"cases/{id}")).Body!["contract"]!["number"]!;
        await DoAsync(id, "dialogue-partners", new { level = "companyManagement", function = "Verkställande direktör", address = "vd@leverantor.example" });
        var records = new Dictionary<string, Guid>
        {
            ["continuity-assessments"] = await RecordAsync(id, "continuity-assessments", Continuity),
            ["meetings"] = await RecordAsync(id, "meetings", Meeting("regular")),
            ["business-holds"] = await RecordAsync(id, "business-holds", new { reasons = "Inga nya avrop medan försörjningen är osäker.", decidedBy = HeadOfPurchasing }, "decider"),
            ["cost-entries"] = await RecordAsync(id, "cost-entries", Cost),
            ["sanctions"] = await RecordAsync(id, "sanctions", Penalty(), "decider"),
            ["crisis-groups"] = await RecordAsync(id, "crisis-groups", CrisisGroup, "decider"),
        };
        records["blocks"] = await RecordAsync(id, "blocks", Block(contract, records["continuity-assessments"]), "decider");
        await DoAsync(id, "comment-requests", new { subject = "Avslut av avtalet", sentTo = "Företagsledning", reference = "26RK1024-12", sentAt = Now, deadline = Day(12) });
        await DoAsync(id, "supplier-statements", new { text = "Vi bestrider.", submittedBy = "VD", receivedAt = Now });
        await EscalateAsync(id, Ending(await OpenDeviationAsync(id)));
        records["terminations"] = await RecordAsync(id, "terminations", Termination(days: 30), "decider");
        records["reviews"] = await RecordAsync(id, "reviews", new { contested = "Steg 5", grounds = "Vi levererade.", requestedBy = "VD", requestedAt = Now });
        records["exclusion-evidence"] = await EvidenceIdAsync(id, new { ground = "p5", createdBy = "Regionjurist", reason = "Avtalet hävs i förtid." });
        records["notices"] = await _kalmar.InformAsync(id);
        records["disclosure-decisions"] = await RecordAsync(id, "disclosure-decisions", Bodies.Disclosure(Now), "decider");
        return (id, records);
    }

    private async Task StepZeroAsync(Guid id)
    {
        await DoAsync(id, "activities", new { code = "supplierDialogue", outcome = "planned", by = "Avtalsansvarig", text = "Telefonmöte.", plannedFor = Day(2) });
        await DoAsync(id, "risk-assessments", new
        {
            kind = "ongoing", probability = 3, consequence = 4, areas = new[] { "patient" }, description = "Läkemedel når inte vårdenheterna i tid.",
            assessor = "Kategoriledare", validUntil = Day(90),
        });
        foreach (var activity in new[] { "supplierDialogue", "reportToMonitoring" })
            await DoAsync(id, "activities", Bodies.Activity(activity, Now));
    }

    private async Task StepOneAsync(Guid id)
    {
        foreach (var activity in new[] { "increasedDialogue", "factFinding" })
            await DoAsync(id, "activities", Bodies.Activity(activity, Now));
        var cost = await RecordAsync(id, "cost-entries", Cost);
        await DoAsync(id, $"cost-entries/{cost}/bearers", new { bearer = "supplier", agreed = true, motivation = "Den part som brast bär kostnaden.", settledBy = "Avtalsansvarig" });
        await DoAsync(id, $"cost-entries/{cost}/conclusions", new { conclusion = "claimed", note = "Faktura 2026-118.", concludedBy = "Ekonomi" });
    }

    private async Task StepTwoAsync(Guid id)
    {
        await DoAsync(id, "dialogue-partners", new { level = "aboveContactPerson", function = "Försäljningschef", address = "forsaljning@leverantor.example" });
        await DoAsync(id, "letters", new
        {
            recipient = "salesManager", recipientFunction = "Försäljningschef", subject = "Bristande leveransprecision", reference = "26RK1024-7", sentAt = Now, sentBy = "Kategoriledare",
        });
        var cancelled = await RecordAsync(id, "meetings", Meeting("regular"));
        await DoAsync(id, $"meetings/{cancelled}/cancellations", new { reason = "Flyttas en vecka." });
        await MeetAsync(id, "regular", []);
        var vite = await RecordAsync(id, "sanctions", Penalty(), "decider");
        var disputed = await DoAsync(id, $"sanctions/{vite}/objections", new { objection = "Förseningen berodde på väglaget." });
        Assert.That(disputed.Body!["sanctions"]![0]!["disputed"]!.GetValue<bool>(), Is.True);
        await DoAsync(id, $"sanctions/{vite}/answers", new { answer = "Avtalet räknar inte väglag som befrielsegrund.", answeredBy = "Kategoriledare" });
        await DoAsync(id, $"sanctions/{vite}/settlements", new { how = "Betald genom avdrag på faktura.", settledBy = "Ekonomi" });
        var second = await RecordAsync(id, "sanctions", new
        {
            decidedBy = HeadOfPurchasing, imposed = new { kind = "damages", clauseReference = "7.9", basis = "Merkostnad för akutköp.", noticeSentAt = Now },
        }, "decider");
        await DoAsync(id, $"sanctions/{second}/withdrawals", new { reason = "Regleras genom kostnadsposten.", decidedBy = HeadOfPurchasing }, "decider");
    }

    private async Task StepFourAsync(Guid id, string contract)
    {
        await DoAsync(id, "dialogue-partners", new { level = "companyManagement", function = "Verkställande direktör", address = "vd@leverantor.example" });
        var hold = await RecordAsync(id, "business-holds", new { reasons = "Inga nya avrop medan försörjningen är osäker.", decidedBy = HeadOfPurchasing }, "decider");
        var continuity = await RecordAsync(id, "continuity-assessments", Continuity);
        var block = await RecordAsync(id, "blocks", Block(contract, continuity), "decider");
        var national = (await _halland.NationalAsync($"cases/08/{id}", "halland-reader")).Body!;
        Assert.That(((string?)national["block"]!["scope"], (string?)national["block"]!["until"]), Is.EqualTo(("contractPart", Day(20))));
        await DoAsync(id, $"blocks/{block}/extensions",
            new { until = Day(40), motivation = "Försörjningen är ännu inte säkrad på de berörda enheterna.", continuityAssessmentId = continuity, decidedBy = HeadOfPurchasing }, "decider");
        var group = await RecordAsync(id, "crisis-groups", CrisisGroup, "decider");
        await MeetAsync(id, "executiveBusiness", await ContractsOfSupplierAsync(id));
        await MeetAsync(id, "jointRegional", [], "13");
        await InformProvisionallyAsync(id);

        var barred = await OnCaseAsync(id, "de-escalations", new { toStep = 3, evidence = Document, motivation = RegionAtWork.Motivation, decidedBy = HeadOfPurchasing }, "decider");
        Assert.That(barred.Body!["unmet"]!.AsArray().Select(u => (string?)u!["reason"]), Does.Contain("blockInForce"));
        await DoAsync(id, $"blocks/{block}/liftings", new { reason = "Försörjningen är säkrad.", decidedBy = HeadOfPurchasing }, "decider");
        await DoAsync(id, $"business-holds/{hold}/resumptions", new { reason = "Avrop kan ske igen." }, "decider");
        await DoAsync(id, $"crisis-groups/{group}/dissolutions", new { summary = "Försörjningen säkrad; lärdomar i 26RK1024-20." }, "decider");
        Assert.That(await OwedAsync(id), Is.EqualTo(new[] { "noticeUpdate" }), "the block is lifted");
        await _kalmar.InformAsync(id, "update");
    }

    /// <summary>Before the supplier has had its say, since patients are at risk; confirmed when it has, and the summary disclosed for a while.</summary>
    private async Task InformProvisionallyAsync(Guid id)
    {
        var notice = await _kalmar.NoticeAsync(id);
        await DoAsync(id, $"notices/{notice}/issues", new
        {
            decidedBy = HeadOfPurchasing,
            provisional = new { reason = "Patienter riskerar att bli utan vätskor; de andra regionerna behöver veta det i dag.", notification = Bodies.Notification },
        }, "decider");
        Assert.That(await NationalAsync("preliminary"), Is.True);
        await DoAsync(id, "supplier-statements", Bodies.Statement(Now, notice));
        Assert.That(await NationalAsync("supplierStatementAttached"), Is.True);
        await DoAsync(id, $"notices/{notice}/confirmations", Bodies.Issue, "decider");
        Assert.That(await NationalAsync("preliminary"), Is.False);
        var disclosure = await RecordAsync(id, "disclosure-decisions", Bodies.Disclosure(Now), "decider");
        await DoAsync(id, $"disclosure-decisions/{disclosure}/revocations", new { reason = "Försörjningen är säkrad; sammanfattningen behövs inte längre.", decidedBy = HeadOfPurchasing }, "decider");

        async Task<bool> NationalAsync(string flag) => (await _kalmar.NationalAsync($"cases/08/{id}")).Body![flag]!.GetValue<bool>();
    }

    /// <summary>Another region opens a case of its own about the same supplier; nothing happens to this one.</summary>
    private async Task TheOtherRegionAsync(Guid id)
    {
        var before = (await _kalmar.GetAsync($"cases/{id}")).Text;
        var contract = await _halland.ContractAsync(name: "Exempel Apotekslogistik AB");
        var own = RegionAtWork.Succeeded(await _halland.PostAsync("cases", Bodies.Case(contract, [await _halland.DeviationAsync(contract)])));

        Assert.That(own.Body!["step"]!.GetValue<int>(), Is.Zero);
        Assert.That((await _kalmar.GetAsync($"cases/{id}")).Text, Is.EqualTo(before));
    }

    private async Task WayBackAsync(Guid id, Guid serious)
    {
        await _kalmar.ResolveAsync(serious);
        var plan = await _kalmar.PlanAsync(id);
        await DoAsync(id, $"action-plans/{plan}/revisions", Bodies.Plan(Now));
        await DoAsync(id, $"action-plans/{plan}/agreements", Bodies.Agreement);
        foreach (var (outcome, by) in new[] { ("reportedDone", "Leverantören"), ("verified", "Avtalsansvarig") })
            await DoAsync(id, $"action-plans/{plan}/measures", new { measure = 1, outcome, text = "Buffertlagret är på plats.", by });
        await DoAsync(id, $"action-plans/{plan}/evaluations", Bodies.Evaluation("effective"));
        await _kalmar.StepDownAsync(id, 3, "headOfPurchasing");
        await SeesAsync(id, HttpStatusCode.OK);
        await _kalmar.InformAsync(id, "update");
        await _kalmar.StepDownAsync(id, 2, "unitManager");
        await SeesAsync(id, HttpStatusCode.NotFound);
        Assert.That(await OwedAsync(id), Is.EqualTo(new[] { "allClear" }));
        await _kalmar.InformAsync(id, "allClear");
    }

    private async Task AgainAsync(Guid id, string contract)
    {
        host.Clock.Move(TimeSpan.FromDays(60));
        var again = await _kalmar.DeviationAsync(contract);
        await DoAsync(id, "reopenings", new
        {
            toStep = 0, trigger = "singleDeviation", evidence = new[] { new { kind = "deviation", id = again } }, motivation = RegionAtWork.Motivation, decidedBy = Bodies.By("contractOwner"),
        }, "decider");
        var migration = new
        {
            ladder = "2024-kalmar", step = 0, activities = new[] { new { from = "supplierDialogue", to = "supplierDialogue" } },
            motivation = "Regionen följer sin egen utgåva tills den gemensamma är införd.", decidedBy = Bodies.By("contractOwner"),
        };
        var preview = await OnCaseAsync(id, "ladder-migrations?validateOnly=true", migration, "decider");
        var migrated = await DoAsync(id, "ladder-migrations", migration, "decider");
        Assert.That((string?)migrated.Body!["ladder"], Is.EqualTo("2024-kalmar"));
        Assert.That(Activities(preview.Body!["result"]!), Is.EqualTo(Activities(migrated.Body)), "the preview is what came of it");

        static IEnumerable<string> Activities(JsonNode found) => found["activities"]!.AsArray().Select(a => $"{a!["step"]} {a["code"]} {a["outcome"]}");
    }

    private async Task<Guid> EvidenceFileAsync(Guid id)
    {
        var file = await EvidenceIdAsync(id, new { ground = "p5", createdBy = "Regionjurist", reason = "Avtalet hävs i förtid på grund av upprepade brister." });
        var statement = (await _kalmar.GetAsync($"cases/{id}")).Body!["supplierStatements"]![0]!["id"]!.GetValue<Guid>();
        await DoAsync(id, $"exclusion-evidence/{file}/elements", new
        {
            statedBy = "Regionjurist",
            pointFive = new
            {
                act = "lou", requirement = "Krav 4.1: leverans inom två arbetsdagar", deficiencies = "Fjorton försenade leveranser under tre månader.",
                consequence = "earlyTermination", causalLink = "Bristerna ledde till att avtalet hävdes.",
            },
            eventDate = Day(-30), consequenceDate = Day(0), supplierStatementId = statement,
            proportionality = "Bristerna gällde ett väsentligt krav och pågick trots åtgärder.",
        });
        await DoAsync(id, $"exclusion-evidence/{file}/completions", new { completedBy = "Regionjurist" });
        return file;
    }

    private async Task<Guid> EvidenceIdAsync(Guid id, object body)
    {
        await DoAsync(id, "exclusion-evidence", body);
        return (await FilesAsync(id))[^1]!["id"]!.GetValue<Guid>();
    }

    private async Task<JsonArray> FilesAsync(Guid id, string query = "") => (await _kalmar.GetAsync($"cases/{id}/exclusion-evidence{query}")).Body!["files"]!.AsArray();

    private async Task MeetAsync(Guid id, string kind, string[] contracts, params string[] invited)
    {
        var meeting = await RecordAsync(id, "meetings", Meeting(kind, invited));
        await DoAsync(id, $"meetings/{meeting}/agendas", new { items = new[] { new { text = "Leveransläget och handlingsplanen" } }, contracts = contracts.Select(number => new { number }) });
        host.Clock.Move(TimeSpan.FromHours(2));
        await DoAsync(id, $"meetings/{meeting}/holdings", new { participants = new[] { new { function = "Avtalsansvarig" }, new { function = "Försäljningschef" } } });
        await DoAsync(id, $"meetings/{meeting}/minutes", new { summary = "Åtgärderna gicks igenom.", reference = "26RK1024-9", decisions = new[] { new { text = "Ny avstämning om två veckor." } } });
    }

    private async Task<string[]> ContractsOfSupplierAsync(Guid id)
    {
        var supplier = (string)(await _kalmar.GetAsync($"cases/{id}")).Body!["supplier"]!["organisationNumber"]!;
        return [.. (await _kalmar.GetAsync($"contracts?supplier={supplier}&limit=100")).Body!["items"]!.AsArray().Select(c => (string)c!["number"]!)];
    }

    private async Task<Guid> OpenDeviationAsync(Guid id) => (await _kalmar.GetAsync($"cases/{id}")).Body!["deviations"]![0]!["id"]!.GetValue<Guid>();

    private async Task<(bool Case, bool List, bool National)> DisputedAsync(Guid id)
    {
        var contract = (string)(await _kalmar.GetAsync($"cases/{id}")).Body!["contract"]!["number"]!;
        return ((await _kalmar.GetAsync($"cases/{id}")).Body!["disputed"]!.GetValue<bool>(),
            (await _kalmar.GetAsync($"cases?contract={contract}")).Body!["items"]![0]!["disputed"]!.GetValue<bool>(),
            (await _kalmar.NationalAsync($"cases/08/{id}")).Body!["disputed"]!.GetValue<bool>());
    }

    private async Task SeesAsync(Guid id, HttpStatusCode expected) =>
        Assert.That((await _halland.NationalAsync($"cases/08/{id}", "halland-reader")).Status, Is.EqualTo(expected));

    /// <summary>What the regions are to be told.</summary>
    private async Task<string[]> OwedAsync(Guid id) =>
        [.. (await _kalmar.GetAsync($"cases/{id}")).Body!["obligations"]!.AsArray().Where(o => (string?)o!["rule"] == "R-N4").Select(o => (string)o!["code"]!)];

    private static IEnumerable<string?> Skipped(Answer answer, int step) => answer.Body!["activities"]!.AsArray()
        .Where(a => a!["step"]!.GetValue<int>() == step && (string?)a["outcome"] == "skipped").Select(a => (string?)a!["code"]);

    private static DateTimeOffset Due(Answer answer, string code) => DateTimeOffset.Parse(
        (string)answer.Body!["obligations"]!.AsArray().Single(o => (string?)o!["code"] == code)!["due"]!, CultureInfo.InvariantCulture);

    private Task<Answer> EscalateAsync(Guid id, object body) => DoAsync(id, "escalations", body, "decider");

    private Task<Answer> DoAsync(Guid id, string resource, object body, string role = "handler") => _kalmar.DoneAsync(id, resource, body, role);

    private Task<Answer> OnCaseAsync(Guid id, string resource, object body, string role) => _kalmar.OnCaseAsync(id, resource, body, role);

    /// <returns>The record made: the last of its list.</returns>
    private async Task<Guid> RecordAsync(Guid id, string resource, object body, string role = "handler")
    {
        var answer = await DoAsync(id, resource, body, role);
        var list = string.Concat(resource.Split('-').Select((word, i) => i == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));
        return answer.Body![list]!.AsArray()[^1]!["id"]!.GetValue<Guid>();
    }
}
