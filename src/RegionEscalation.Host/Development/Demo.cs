using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting.Server;
using RegionEscalation.Http;

namespace RegionEscalation.Host.Development;

/// <summary>An answer as the demo needs it.</summary>
/// <param name="ETag">With its quotes; null when the answer has none.</param>
public sealed record DemoAnswer(HttpStatusCode Status, JsonNode? Body, string? ETag)
{
    public string Text(string name) => Body![name]!.ToString();
}

/// <summary>
/// <c>--demo</c>: the main scenario over HTTP, one line per request. Region Kalmar län runs a case up the ladder and back, and the
/// nation sees it from step 3 until it is below again. The same code is the scenario's test.
/// </summary>
public sealed class Demo(HttpClient http, Action<string> print)
{
    public const string Switch = "--demo";
    private const string Region = "/escalation/v1/regions/08/";
    private const string Coordination = "nationalCoordination";
    private static readonly string[] ConsequenceAreas = ["patient", "operations"];
    private readonly Dictionary<string, string> _tokens = [];
    private readonly string _contract = "DEMO-" + Guid.NewGuid().ToString("N")[..8];

    public Guid CaseId { get; private set; }

    public string CasePath => $"{Region}cases/{CaseId}";

    public string NationalPath => $"/national/v1/cases/08/{CaseId}";

    /// <exception cref="StartupProblem">An answer was not the expected one.</exception>
    internal static async Task PlayAsync(WebApplication app)
    {
        using var http = new HttpClient { BaseAddress = new Uri(Identity.OwnAddress(app.Services.GetRequiredService<IServer>())) };
        await new Demo(http, Console.WriteLine).PlayAsync();
    }

    public async Task PlayAsync()
    {
        print("Region Kalmar län puts a contract and registers three deviations.");
        await SendAsync("kalmar-integrator", HttpMethod.Put, $"{Region}contracts/{_contract}", new
        {
            title = "Förbrukningsmaterial för operation",
            supplier = new { organisationNumber = "556016-0680", name = "Exempel Sjukvårdsmaterial AB" },
            category = "Sjukvårdsmaterial",
            ownerAddress = "avtal@region.example",
            clauses = new[] { new { type = "penalty", reference = "7.3" }, new { type = "rescission", reference = "12.1" } },
        }, HttpStatusCode.Created);
        var deviations = new List<string>();
        for (var i = 0; i < 3; i++)
            deviations.Add(await ReportAsync($"Sen leverans av sterila handskar, {i + 1} arbetsdagar.", daysAgo: 30 - i, "deviation"));

        await FromZeroToTwoAsync(deviations);
        await ToThreeAsync();
        var serious = await ToFourAsync();
        await BackToTwoAsync(serious);
        await CloseAsync(deviations);
    }

    private async Task FromZeroToTwoAsync(List<string> deviations)
    {
        print("A case at step 0, with the activities of the step.");
        var opened = await SendAsync("kalmar-handler", HttpMethod.Post, Region + "cases", new
        {
            contractNumber = _contract,
            trigger = "singleDeviation",
            evidence = new[] { new { kind = "deviation", id = deviations[0] } },
            motivation = "En sen leverans av sterilt material; risken för verksamheten behöver bedömas.",
            decidedBy = By("Avtalsansvarig", "contractOwner"),
            registrationNumber = "26RK1024",
        }, HttpStatusCode.Created);
        CaseId = opened.Body!["id"]!.GetValue<Guid>();
        foreach (var deviation in deviations.Skip(1))
            await CommandAsync("deviations", new { deviationId = deviation });
        print("Region Halland asks for it and learns nothing.");
        await SendAsync("halland-reader", HttpMethod.Get, CasePath, null, HttpStatusCode.NotFound);
        await SendAsync("halland-reader", HttpMethod.Get, CasePath.Replace("/08/", "/13/", StringComparison.Ordinal), null, HttpStatusCode.NotFound);
        await DoneAsync("reportToMonitoring");
        await CommandAsync("risk-assessments", new
        {
            kind = "ongoing",
            probability = 3,
            consequence = 3,
            areas = ConsequenceAreas[1..],
            description = "Leveranserna försenas när leverantörens enda lager står stilla.",
            assessor = "Kategoriledare",
            validUntil = Day(180),
        });
        print("A stale version is refused, and one key makes one event, also at the same time.");
        await SendAsync("kalmar-handler", HttpMethod.Post, CasePath + "/activities", Activity("supplierDialogue"), HttpStatusCode.PreconditionFailed, ifMatch: "\"1\"");
        await TwiceAtTheSameTimeAsync();

        print("Recurrence leads to step 1; without an evaluation step 2 is refused with what is missing.");
        await EscalateAsync(1, "recurringDeviation", "deviation", deviations, "Avtalsansvarig", "contractOwner");
        var refused = await TransitionAsync("escalations", Escalation(2, "planWithoutEffect", "deviation", deviations[..1], "Kategoriledare", "categoryLead"),
            HttpStatusCode.UnprocessableEntity);
        if (refused.Text("code") != "R-E2")
            throw new StartupProblem($"The demo expected R-E2 and got {refused.Text("code")}.");
        await DoneAsync("increasedDialogue");
        await DoneAsync("factFinding");
        await PlanAsync("action-plans");
        await AgreeAsync();
        print("The plan is evaluated without effect, before its date and with a motivation: step 2.");
        await EscalateAsync(2, "planWithoutEffect", "evaluation", [await EvaluateAsync("withoutEffect")], "Kategoriledare", "categoryLead");
    }

    private async Task ToThreeAsync()
    {
        await CommandAsync("dialogue-partners", new { level = "aboveContactPerson", function = "Försäljningschef", address = "forsaljning@leverantor.example" });
        await CommandAsync("letters", new
        {
            recipient = "salesManager",
            recipientFunction = "Försäljningschef",
            subject = "Bristande leveransprecision",
            reference = "26RK1024-7",
            sentAt = DateTimeOffset.UtcNow,
            sentBy = "Kategoriledare",
        });
        await CommandAsync("activities", new { code = "regularMeetings", outcome = "dispensedWith", by = "Avtalsansvarig", text = "Möten hålls inom ramen för ett annat ärende." });
        await CommandAsync("activities", new
        {
            code = "sanctions",
            outcome = "dispensedWith",
            by = "Avtalsansvarig",
            text = "Vitesklausulen 7.3 träder in först vid tionde avvikelsen.",
        });
        await PlanAsync($"action-plans/{await PlanIdAsync()}/revisions");
        await AgreeAsync();
        var evaluation = await EvaluateAsync("withoutEffect");
        print("Nobody else sees the case yet; a revision without effect leads to step 3, and now they do, T0 fields only.");
        await NationalAsync("national-coordinator", HttpStatusCode.NotFound);
        await EscalateAsync(3, "planWithoutEffect", "evaluation", [evaluation], "Enhetschef", "unitManager");
        await NationalAsync("national-coordinator", HttpStatusCode.OK);
        await NationalAsync("halland-reader", HttpStatusCode.OK);
        print("The supplier is notified of exactly what the regions are told; its statement ends its time to comment, and the notice is issued.");
        await InformAsync("initial");
        await NationalAsync("halland-reader", HttpStatusCode.OK);
    }

    private async Task<string> ToFourAsync()
    {
        print("A serious deviation leads to step 4.");
        var serious = await ReportAsync("Planerade operationer ställdes in eftersom materialet saknades.", daysAgo: 1, "serious");
        await CommandAsync("deviations", new { deviationId = serious });
        await EscalateAsync(4, "seriousDeviation", "deviation", [serious], "Inköpschef", "headOfPurchasing");
        await NationalAsync("national-coordinator", HttpStatusCode.OK);
        await InformAsync("update");
        return serious;
    }

    private async Task BackToTwoAsync(string serious)
    {
        print("The way back: resolved, a revision with effect, criteria met; 4, 3, 2. The national API answers 404 again.");
        await ResolveAsync(serious);
        await PlanAsync($"action-plans/{await PlanIdAsync()}/revisions");
        await AgreeAsync();
        await EvaluateAsync("effective");
        await StepDownAsync(3, "Inköpschef", "headOfPurchasing");
        await NationalAsync("national-coordinator", HttpStatusCode.OK);
        await StepDownAsync(2, "Enhetschef", "unitManager");
        await NationalAsync("national-coordinator", HttpStatusCode.NotFound);
    }

    private async Task CloseAsync(List<string> deviations)
    {
        print("The regions are told that it is all clear.");
        await InformAsync("allClear");
        print("Everything runs as the contract says: closed as resolved.");
        foreach (var deviation in deviations)
            await ResolveAsync(deviation);
        await TransitionAsync("closures", new
        {
            outcome = "resolved",
            evidence = new[] { new { kind = "deviation", id = deviations[0] } },
            motivation = "Avvikelserna är åtgärdade och leveranserna löper enligt avtalet igen.",
            decidedBy = By("Kategoriledare", "categoryLead"),
            rootCause = "Leverantörens lager saknade säkerhetsnivå.",
            lessonsLearned = true,
        }, HttpStatusCode.OK);
        await SendAsync("kalmar-reader", HttpMethod.Get, CasePath + "/events?limit=100", null, HttpStatusCode.OK);
    }

    private async Task<string> ReportAsync(string description, int daysAgo, string severity)
    {
        var reported = await SendAsync("kalmar-handler", HttpMethod.Post, Region + "deviations", new
        {
            contractNumber = _contract,
            requirementReference = "Bilaga 2, krav 4.1: leverans inom två arbetsdagar",
            description,
            occurredAt = DateTimeOffset.UtcNow.AddDays(-daysAgo),
            reportedBy = "Operationsavdelning",
        }, HttpStatusCode.Created);
        var id = reported.Text("id");
        await SendAsync("kalmar-handler", HttpMethod.Post, $"{Region}deviations/{id}/assessments", new
        {
            severity,
            consequenceAreas = severity == "serious" ? ConsequenceAreas : [],
            causedBy = "supplier",
            assessor = "Inköpsstrateg",
            motivation = "Patienter fick vänta på planerade operationer och vårdplatser stod tomma.",
        }, HttpStatusCode.OK, ifMatch: reported.ETag);
        return id;
    }

    private async Task ResolveAsync(string deviation)
    {
        var path = $"{Region}deviations/{deviation}";
        var now = await SendAsync("kalmar-handler", HttpMethod.Get, path, null, HttpStatusCode.OK, quiet: true);
        var handled = await SendAsync("kalmar-handler", HttpMethod.Post, path + "/handlings",
            new { handling = "Leverantören har ersatt partiet och ändrat sin utgångskontroll.", handledBy = "Avtalsansvarig" }, HttpStatusCode.OK, ifMatch: now.ETag);
        await SendAsync("kalmar-handler", HttpMethod.Post, path + "/feedbacks",
            new { feedback = "Verksamheten är informerad om att felet är avhjälpt.", fedBackTo = "Verksamhetschef" }, HttpStatusCode.OK, ifMatch: handled.ETag);
    }

    private async Task InformAsync(string kind)
    {
        var prepared = await CommandAsync("notices", new { kind });
        var notice = prepared.Body!["notices"]!.AsArray()[^1]!["id"]!.ToString();
        await CommandAsync($"notices/{notice}/supplier-notifications", new { sentTo = "Företagsledning", reference = "26RK1024-14" });
        if (kind != "allClear")
            await CommandAsync("supplier-statements", new
            {
                text = "Förseningarna beror på en brand i vårt centrallager; ett andra lager öppnas i april.",
                submittedBy = "Företagsledning",
                receivedAt = DateTimeOffset.UtcNow,
                noticeId = notice,
            });
        await TransitionAsync($"notices/{notice}/issues", new { decidedBy = By("Inköpschef", "headOfPurchasing") }, HttpStatusCode.OK);
        await SendAsync("halland-reader", HttpMethod.Get, "/national/v1/inbox?acknowledged=false", null, HttpStatusCode.OK, purpose: Coordination);
        await SendAsync("halland-handler", HttpMethod.Post, NationalPath + "/acknowledgements", new { noticeId = notice, acknowledgedBy = "Upphandlingschef" }, HttpStatusCode.Created);
        await SendAsync("kalmar-reader", HttpMethod.Get, $"{CasePath}/notices/{notice}", null, HttpStatusCode.OK);
    }

    private Task DoneAsync(string code) => CommandAsync("activities", Activity(code));

    private static object Activity(string code) =>
        new { code, outcome = "completed", by = "Avtalsansvarig", text = "Utförd; se 26RK1024.", performedAt = DateTimeOffset.UtcNow };

    private async Task TwiceAtTheSameTimeAsync()
    {
        var etag = (await CaseAsync()).ETag;
        var activity = Activity("supplierDialogue");
        var key = Guid.NewGuid().ToString();
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ =>
            SendAsync("kalmar-handler", HttpMethod.Post, CasePath + "/activities", activity, HttpStatusCode.OK, ifMatch: etag, idempotencyKey: key)));
        if (both[0].ETag != both[1].ETag || both[0].Body!.ToJsonString() != both[1].Body!.ToJsonString())
            throw new StartupProblem("The demo expected one answer for one idempotency key and got two.");
    }

    private Task PlanAsync(string resource) => CommandAsync(resource, new
    {
        measures = new[] { new { what = "Buffertlager för operationsmaterial i Kalmar.", who = "Leverantören", due = Day(20) } },
        expectedEffect = "Minst 97 procent av leveranserna inom två arbetsdagar.",
        evaluationDate = Day(45),
        authoredBy = "Leverantören",
    });

    private async Task AgreeAsync() => await CommandAsync($"action-plans/{await PlanIdAsync()}/agreements", new { agreement = "agreed", agreedBy = "Avtalsansvarig" });

    private async Task<string> EvaluateAsync(string outcome)
    {
        var evaluated = await CommandAsync($"action-plans/{await PlanIdAsync()}/evaluations", new
        {
            outcome,
            motivation = "Leveransprecisionen enligt leveransstatistiken för perioden.",
            evaluatedBy = "Avtalsansvarig",
            operationsConfirmation = "Operationsavdelningen delar bedömningen.",
            earlyMotivation = "Utfallet är redan entydigt; att vänta till utvärderingsdatum ger inget nytt.",
        });
        return evaluated.Body!["actionPlans"]![0]!["revisions"]!.AsArray()[^1]!["evaluation"]!["id"]!.ToString();
    }

    private async Task<string> PlanIdAsync() => (await CaseAsync()).Body!["actionPlans"]![0]!["id"]!.ToString();

    private async Task StepDownAsync(int toStep, string function, string level)
    {
        var set = await CommandAsync("return-criteria", new { criteria = new[] { new { text = "Leveransprecisionen är minst 97 procent." } } });
        var criterion = set.Body!["returnCriteria"]!.AsArray()[^1]!["id"]!.ToString();
        await CommandAsync($"return-criteria/{criterion}/confirmations", new
        {
            verification = "Leveransstatistiken visar 98,4 procent.",
            verifiedBy = "Avtalsansvarig",
            shortenedObservationMotivation = "Leveranserna har varit felfria sedan lagret byggdes ut; verksamheten är trygg.",
        });
        await TransitionAsync("de-escalations", new
        {
            toStep,
            evidence = new[] { new { kind = "returnCriterion", id = criterion } },
            motivation = "Villkoren för vägen tillbaka är uppfyllda och verifierade av verksamheten.",
            decidedBy = By(function, level),
        }, HttpStatusCode.OK);
    }

    private Task EscalateAsync(int toStep, string trigger, string kind, IEnumerable<string> evidence, string function, string level) =>
        TransitionAsync("escalations", Escalation(toStep, trigger, kind, evidence, function, level), HttpStatusCode.OK);

    private static object Escalation(int toStep, string trigger, string kind, IEnumerable<string> evidence, string function, string level) => new
    {
        toStep,
        trigger,
        evidence = evidence.Select(id => new { kind, id }),
        motivation = "Underlaget visar att leveranserna inte blivit bättre; verksamheten påverkas fortfarande.",
        decidedBy = By(function, level),
    };

    private async Task<DemoAnswer> TransitionAsync(string resource, object body, HttpStatusCode expected) =>
        await SendAsync("kalmar-decider", HttpMethod.Post, $"{CasePath}/{resource}", body, expected, ifMatch: (await CaseAsync()).ETag);

    private async Task<DemoAnswer> CommandAsync(string resource, object body) =>
        await SendAsync("kalmar-handler", HttpMethod.Post, $"{CasePath}/{resource}", body, HttpStatusCode.OK, ifMatch: (await CaseAsync()).ETag);

    private Task<DemoAnswer> CaseAsync() => SendAsync("kalmar-reader", HttpMethod.Get, CasePath, null, HttpStatusCode.OK, quiet: true);

    private Task NationalAsync(string client, HttpStatusCode expected) =>
        SendAsync(client, HttpMethod.Get, NationalPath, null, expected, purpose: Coordination);

    private static object By(string function, string level) => new { function, level, delegationReference = "Delegationsordning 2026, punkt 4.2" };

    private static string Day(int days) => DateTime.UtcNow.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private async Task<DemoAnswer> SendAsync(
        string client, HttpMethod method, string path, object? body, HttpStatusCode expected,
        string? ifMatch = null, string? idempotencyKey = null, string? purpose = null, bool quiet = false)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(client));
        foreach (var (name, value) in new[] { ("If-Match", ifMatch), (Idempotency.Header, idempotencyKey), (EndpointConventions.PurposeHeader, purpose) })
        {
            if (value is not null)
                request.Headers.TryAddWithoutValidation(name, value);
        }
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var answer = new DemoAnswer(response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), response.Headers.ETag?.ToString());
        if (!quiet)
            print($"  {client,-20} {method,-5} {Short(path),-58} {(int)answer.Status} {Essence(answer)}");
        return answer.Status == expected ? answer : throw new StartupProblem($"The demo expected {(int)expected} of {method} {path}: {text}");
    }

    private static string Short(string path) => path.Replace(Region, "", StringComparison.Ordinal).Replace("/national/v1/", "national: ", StringComparison.Ordinal);

    private static string Essence(DemoAnswer answer) => answer.Body switch
    {
        JsonObject problem when problem["unmet"] is JsonArray unmet => $"{problem["code"]} {problem["reason"]}: {unmet[0]!["message"]!["sv"]}",
        JsonObject problem when problem["title"] is { } title && problem["status"] is not null && problem["type"] is not null => title.ToString(),
        JsonObject escalationCase when escalationCase["stepEvent"] is { } label =>
            $"step {escalationCase["step"]} {label["sv"]}{(answer.ETag is { } tag ? $", version {tag.Trim('"')}" : "")} {escalationCase["outcome"]}",
        JsonObject list when list["_meta"] is { } meta => $"{meta["totalItems"]} items",
        JsonObject deviation when deviation["requirementReference"] is not null => $"{deviation["status"]} {deviation["assessment"]?["severity"]}",
        JsonObject notice when notice["payload"] is not null => $"{notice["kind"]} {notice["state"]}, {notice["recipients"]!.AsArray().Count} recipients, {notice["recipients"]!.AsArray().Count(r => r!["acknowledgedAt"] is not null)} acknowledged",
        JsonObject contract when contract["number"] is { } number => $"{number}",
        _ => "",
    };

    private async Task<string> TokenAsync(string client)
    {
        if (_tokens.TryGetValue(client, out var known))
            return known;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = client,
            ["client_secret"] = "development-only",
        });
        using var response = await http.PostAsync(new Uri(DevelopmentIdentity.Path + "/token", UriKind.Relative), form);
        response.EnsureSuccessStatusCode();
        return _tokens[client] = (await response.Content.ReadFromJsonAsync<JsonObject>())!["access_token"]!.ToString();
    }
}
