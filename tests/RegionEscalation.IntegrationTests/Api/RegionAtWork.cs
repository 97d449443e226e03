using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using RegionEscalation.Http;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>An answer as a client sees it.</summary>
/// <param name="ETag">As it was written, quotes included.</param>
internal sealed record Answer(HttpStatusCode Status, JsonNode? Body, string Text, string? MediaType, string? ETag, string? Location, string[] Allow, string[] Headers)
{
    public string? Code => (string?)Body?["code"];

    public string? Reason => (string?)Body?["reason"];

    public Guid Id => Body!["id"]!.GetValue<Guid>();

    public static async Task<Answer> OfAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        var json = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true;
        return new Answer(
            response.StatusCode, json ? JsonNode.Parse(text) : null, text, response.Content.Headers.ContentType?.MediaType,
            response.Headers.NonValidated.TryGetValues("ETag", out var tag) ? tag.ToString() : null, response.Headers.Location?.OriginalString,
            [.. response.Content.Headers.Allow], [.. response.Headers.Concat(response.Content.Headers).Select(h => h.Key).Order(StringComparer.Ordinal)]);
    }
}

/// <summary>A region's people and systems at work over HTTP, each with a token of the role; it arranges what a test needs.</summary>
/// <param name="http">What the requests go through, when a test wants to see them.</param>
internal sealed class RegionAtWork(TestHost host, string code = "08", string who = "kalmar", HttpClient? http = null) : IDisposable
{
    public const string Motivation = "Underlaget visar att leveranserna inte blivit bättre; verksamheten påverkas fortfarande.";

    private static int _number;
    private readonly HttpClient _http = http ?? host.CreateClient();

    public string Path => $"/escalation/v1/regions/{code}";

    public void Dispose() => _http.Dispose();

    /// <summary>A path that begins with a slash is the whole path, any other stands below the region.</summary>
    public async Task<Answer> SendAsync(string role, HttpMethod method, string path, object? body = null, params (string Name, string? Value)[] headers)
    {
        var client = role.Contains('-', StringComparison.Ordinal) ? role : $"{who}-{role}";
        using var request = new HttpRequestMessage(method, path.StartsWith('/') ? path : $"{Path}/{path}")
        {
            Content = body switch { null => null, HttpContent content => content, _ => JsonContent.Create(body) },
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", host.Identity.Issue(host.Identity.Clients.Single(c => c.ClientId == client)));
        foreach (var (name, value) in headers)
        {
            if (value is not null)
                request.Headers.TryAddWithoutValidation(name, value);
        }
        using var response = await _http.SendAsync(request);
        return await Answer.OfAsync(response);
    }

    public Task<Answer> GetAsync(string path, string role = "reader") => SendAsync(role, HttpMethod.Get, path);

    public Task<Answer> PostAsync(string path, object? body, string role = "handler", params (string Name, string? Value)[] headers) =>
        SendAsync(role, HttpMethod.Post, path, body, headers);

    public Task<Answer> NationalAsync(string path, string client = "national-coordinator", string? purpose = "nationalCoordination") =>
        SendAsync(client, HttpMethod.Get, $"/national/v1/{path}", null, (EndpointConventions.PurposeHeader, purpose));

    /// <summary>A command on a case with its present version.</summary>
    public async Task<Answer> OnCaseAsync(Guid id, string resource, object body, string role = "handler") =>
        await PostAsync($"cases/{id}/{resource}", body, role, ("If-Match", (await GetAsync($"cases/{id}")).ETag));

    /// <summary>As <see cref="OnCaseAsync"/>, where the test is about something else.</summary>
    public async Task<Answer> DoneAsync(Guid id, string resource, object body, string role = "handler") =>
        Succeeded(await OnCaseAsync(id, resource, body, role));

    public async Task<string> ContractAsync(string organisationNumber = "556016-0680", string name = "Exempel Sjukvårdsmaterial AB")
    {
        var number = $"T-{Interlocked.Increment(ref _number)}";
        Succeeded(await SendAsync("handler", HttpMethod.Put, $"contracts/{number}", Bodies.Contract(organisationNumber, name)));
        return number;
    }

    /// <summary>A reported deviation; assessed too unless <paramref name="severity"/> is null.</summary>
    public async Task<Guid> DeviationAsync(string contract, string? severity = "deviation", int daysAgo = 3)
    {
        var reported = Succeeded(await PostAsync("deviations", Bodies.Deviation(contract, daysAgo, host.Clock.GetUtcNow())));
        if (severity is not null)
            Succeeded(await PostAsync($"deviations/{reported.Id}/assessments", Bodies.Assessment(severity), headers: ("If-Match", reported.ETag)));
        return reported.Id;
    }

    public async Task ResolveAsync(Guid deviation)
    {
        var now = await GetAsync($"deviations/{deviation}");
        var handled = Succeeded(await PostAsync($"deviations/{deviation}/handlings", Bodies.Handling, headers: ("If-Match", now.ETag)));
        Succeeded(await PostAsync($"deviations/{deviation}/feedbacks", Bodies.Feedback, headers: ("If-Match", handled.ETag)));
    }

    /// <summary>Every deviation of the case is found unfounded (R-Z3).</summary>
    /// <returns>The first of them.</returns>
    public async Task<Guid> NothingFoundedAsync(Guid id)
    {
        Guid[] deviations = [.. (await GetAsync($"cases/{id}")).Body!["deviations"]!.AsArray().Select(d => d!["id"]!.GetValue<Guid>())];
        foreach (var deviation in deviations)
            Succeeded(await PostAsync($"deviations/{deviation}/closures", Bodies.Unfounded, headers: ("If-Match", (await GetAsync($"deviations/{deviation}")).ETag)));
        return deviations[0];
    }

    /// <summary>The case is closed as unfounded, once its deviations are.</summary>
    public async Task<Answer> ClosedAsUnfoundedAsync(Guid id, string level) =>
        await DoneAsync(id, "closures", Bodies.Closure("unfounded", "deviation", await NothingFoundedAsync(id), level), "decider");

    /// <summary>A case on a contract of its own, at the step, brought there by what the ladder asks for; with every required activity of step 1 and 2 done.</summary>
    public async Task<Guid> CaseAtAsync(int step, string organisationNumber = "556016-0680", string name = "Exempel Sjukvårdsmaterial AB")
    {
        var contract = await ContractAsync(organisationNumber, name);
        if (step == 4)
            return Succeeded(await PostAsync("cases", Bodies.Case(contract, [await DeviationAsync(contract, "serious")], "seriousDeviation", 4, "headOfPurchasing"), "decider")).Id;
        if (step == 0)
            return Succeeded(await PostAsync("cases", Bodies.Case(contract, [await DeviationAsync(contract)]))).Id;
        Guid[] deviations = [await DeviationAsync(contract), await DeviationAsync(contract, daysAgo: 2)];
        var id = Succeeded(await PostAsync("cases", Bodies.Case(contract, deviations, "recurringDeviation", 1), "decider")).Id;
        if (step >= 2)
        {
            foreach (var activity in new[] { "increasedDialogue", "factFinding" })
                await DoneAsync(id, "activities", Bodies.Activity(activity, host.Clock.GetUtcNow()));
            await EscalateAsync(id, 2, "categoryLead", await EvaluatedPlanAsync(id, "withoutEffect"));
        }
        if (step >= 3)
        {
            foreach (var activity in new[] { "regularMeetings", "letterToSalesManager", "sanctions" })
                await DoneAsync(id, "activities", Bodies.DispensedWith(activity));
            await EscalateAsync(id, 3, "unitManager", await EvaluatedPlanAsync(id, "withoutEffect"));
        }
        return id;
    }

    /// <summary>A plan, or a revision of the one there is, agreed and evaluated.</summary>
    /// <returns>The evaluation.</returns>
    public async Task<Guid> EvaluatedPlanAsync(Guid id, string outcome)
    {
        var plan = await PlanAsync(id) is { } existing ? $"action-plans/{existing}/revisions" : "action-plans";
        await DoneAsync(id, plan, Bodies.Plan(host.Clock.GetUtcNow()));
        await DoneAsync(id, $"action-plans/{await PlanAsync(id)}/agreements", Bodies.Agreement);
        var evaluated = await DoneAsync(id, $"action-plans/{await PlanAsync(id)}/evaluations", Bodies.Evaluation(outcome));
        return evaluated.Body!["actionPlans"]![0]!["revisions"]!.AsArray()[^1]!["evaluation"]!["id"]!.GetValue<Guid>();
    }

    public async Task<Guid?> PlanAsync(Guid id) =>
        (await GetAsync($"cases/{id}")).Body!["actionPlans"]!.AsArray().FirstOrDefault()?["id"]?.GetValue<Guid>();

    /// <returns>The criterion.</returns>
    public async Task<Guid> CriterionAsync(Guid id) =>
        (await DoneAsync(id, "return-criteria", Bodies.Criteria)).Body!["returnCriteria"]!.AsArray()[^1]!["id"]!.GetValue<Guid>();

    public async Task StepDownAsync(Guid id, int toStep, string level)
    {
        var criterion = await CriterionAsync(id);
        await DoneAsync(id, $"return-criteria/{criterion}/confirmations", Bodies.Confirmation);
        await DoneAsync(id, "de-escalations", Bodies.StepDown(toStep, criterion, level), "decider");
    }

    /// <summary>A notice of the kind, prepared.</summary>
    public async Task<Guid> NoticeAsync(Guid id, string kind = "initial") =>
        (await DoneAsync(id, "notices", new { kind })).Body!["notices"]!.AsArray()[^1]!["id"]!.GetValue<Guid>();

    /// <summary>Sweden's regions are told of the case as it stands; where the supplier may comment it has done so.</summary>
    /// <returns>The notice.</returns>
    public async Task<Guid> InformAsync(Guid id, string kind = "initial")
    {
        var notice = await NoticeAsync(id, kind);
        await DoneAsync(id, $"notices/{notice}/supplier-notifications", Bodies.Notification);
        if (kind is "initial" or "update")
            await DoneAsync(id, "supplier-statements", Bodies.Statement(host.Clock.GetUtcNow(), notice));
        await DoneAsync(id, $"notices/{notice}/issues", Bodies.Issue, "decider");
        return notice;
    }

    public static Answer Succeeded(Answer answer)
    {
        Assert.That((int)answer.Status, Is.InRange(200, 299), answer.Text);
        return answer;
    }

    private Task<Answer> EscalateAsync(Guid id, int toStep, string level, Guid evaluation) =>
        DoneAsync(id, "escalations", Bodies.Escalation(toStep, "planWithoutEffect", "evaluation", [evaluation], level), "decider");
}

/// <summary>The bodies that arrange what a test needs; a test that is about a body writes its own.</summary>
internal static class Bodies
{
    public static object Handling { get; } = new { handling = "Leverantören har ersatt partiet.", handledBy = "Avtalsansvarig" };

    public static object Feedback { get; } = new { feedback = "Verksamheten är informerad.", fedBackTo = "Verksamhetschef" };

    public static object Unfounded { get; } = new
    {
        outcome = "unfounded", decidedBy = "Inköpsstrateg", motivation = RegionAtWork.Motivation, otherAssessorReason = "Den funktion som bedömde avvikelsen först är omorganiserad.",
    };

    public static object Agreement { get; } = new { agreement = "agreed", agreedBy = "Avtalsansvarig" };

    public static object Criteria { get; } = new { criteria = new[] { new { text = "Leveransprecisionen är minst 97 procent." } } };

    public static object Confirmation { get; } = new
    {
        verification = "Leveransstatistiken visar 98,4 procent.",
        verifiedBy = "Avtalsansvarig",
        shortenedObservationMotivation = "Leveranserna har varit felfria sedan lagret byggdes ut; verksamheten är trygg.",
    };

    public static object Notification { get; } = new { sentTo = "Företagsledning", reference = "26RK1024-14" };

    public static object Issue { get; } = new { decidedBy = By("headOfPurchasing") };

    /// <summary>On one basis that holds for every region concerned.</summary>
    public static object Disclosure(DateTimeOffset now) => new
    {
        outcome = "granted",
        recipient = new { kind = "regionsConcerned" },
        basis = "osl1015a5",
        secrecyRules = new[] { new { chapter = 31, section = 16, applies = true } },
        interestBalance = "Regionerna har avtal med samma leverantör; intresset av att förebygga brister väger över.",
        expiresOn = Day(now.AddDays(90)),
        decidedBy = By("headOfPurchasing"),
    };

    public static object Statement(DateTimeOffset receivedAt, Guid noticeId) =>
        new { text = "Vi har byggt ut lagret och anställt transportledare.", submittedBy = "VD", receivedAt, noticeId };

    public static object Contract(string organisationNumber = "556016-0680", string name = "Exempel Sjukvårdsmaterial AB", string title = "Förbrukningsmaterial") => new
    {
        title,
        supplier = new { organisationNumber, name },
        category = "Sjukvårdsmaterial",
        ownerAddress = "avtal@region.example",
        clauses = new[]
        {
            new { type = "penalty", reference = "7.3" }, new { type = "callOffStop", reference = "9.2" }, new { type = "rescission", reference = "12.1" },
            new { type = "damages", reference = "7.9" },
        },
    };

    public static object Deviation(string contractNumber, int daysAgo, DateTimeOffset now) => new
    {
        contractNumber,
        requirementReference = "Krav 4.1: leverans inom två arbetsdagar",
        description = "Sen leverans av sterila handskar.",
        occurredAt = now.AddDays(-daysAgo),
        reportedBy = "Operationsavdelning",
    };

    public static object Assessment(string severity, string causedBy = "supplier") => new
    {
        severity,
        consequenceAreas = severity == "serious" ? new[] { "patient" } : [],
        causedBy,
        assessor = "Inköpsstrateg",
        motivation = "Patienter fick vänta på planerade operationer och vårdplatser stod tomma.",
        otherAssessorReason = "Den funktion som bedömde avvikelsen först är omorganiserad.",
    };

    public static object Watch(string? contractNumber, DateTimeOffset now, int days = 90, object? riskAssessment = null, string organisationNumber = "556016-0680") => new
    {
        organisationNumber,
        contractNumber,
        reason = "Leverantören har aviserat att lagret flyttas.",
        source = "Leverantörsuppföljning, kvartal 1",
        owner = "Avtalsansvarig",
        reviewBy = Day(now.AddDays(days)),
        riskAssessment,
    };

    public static object Risk(DateTimeOffset now, int days = 120, string kind = "potential") => new
    {
        kind,
        probability = 2,
        consequence = 3,
        areas = new[] { "operations" },
        description = "Leveranserna kan försenas när lagret flyttas.",
        assessor = "Kategoriledare",
        validUntil = Day(now.AddDays(days)),
    };

    public static object Promotion(string contractNumber, object? riskAssessment = null) => new
    {
        contractNumber,
        motivation = RegionAtWork.Motivation,
        decidedBy = By("contractOwner"),
        registrationNumber = "26RK1031",
        riskAssessment,
    };

    public static object Case(string contractNumber, Guid[] deviations, string trigger = "singleDeviation", int toStep = 0, string level = "contractOwner") => new
    {
        contractNumber,
        trigger,
        toStep,
        evidence = Evidence("deviation", deviations),
        motivation = RegionAtWork.Motivation,
        decidedBy = By(level),
    };

    public static object Activity(string code, DateTimeOffset performedAt) =>
        new { code, outcome = "completed", by = "Avtalsansvarig", text = "Utförd; se 26RK1024.", performedAt };

    public static object DispensedWith(string code) => new { code, outcome = "dispensedWith", by = "Avtalsansvarig", text = "Behövs inte i ärendet." };

    public static object Plan(DateTimeOffset now) => new
    {
        measures = new[] { new { what = "Buffertlager i Kalmar.", who = "Leverantören", due = Day(now.AddDays(20)) } },
        expectedEffect = "Minst 97 procent av leveranserna inom två arbetsdagar.",
        evaluationDate = Day(now.AddDays(45)),
        authoredBy = "Leverantören",
    };

    public static object Evaluation(string outcome) => new
    {
        outcome,
        motivation = "Leveransprecisionen enligt leveransstatistiken.",
        evaluatedBy = "Avtalsansvarig",
        operationsConfirmation = "Operationsavdelningen delar bedömningen.",
        earlyMotivation = "Utfallet är redan entydigt; att vänta till utvärderingsdatum ger inget nytt.",
    };

    public static object Escalation(int toStep, string trigger, string kind, Guid[] evidence, string level) =>
        new { toStep, trigger, evidence = Evidence(kind, evidence), motivation = RegionAtWork.Motivation, decidedBy = By(level) };

    public static object StepDown(int toStep, Guid criterion, string level) =>
        new { toStep, evidence = Evidence("returnCriterion", criterion), motivation = RegionAtWork.Motivation, decidedBy = By(level) };

    public static object Closure(string outcome, string kind, Guid evidence, string level) => new
    {
        outcome,
        evidence = Evidence(kind, evidence),
        motivation = RegionAtWork.Motivation,
        decidedBy = By(level),
        rootCause = "Leverantörens lager saknade säkerhetsnivå.",
        lessonsLearned = true,
    };

    public static object By(string level) => new { function = "Inköpsavdelningens chef", level };

    private static object[] Evidence(string kind, params Guid[] ids) => [.. ids.Select(id => new { kind, id })];

    private static string Day(DateTimeOffset at) => at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
