using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using RegionEscalation.Domain;
using RegionEscalation.Host.Development;
using RegionEscalation.Http;
using RegionEscalation.IntegrationTests.Pulls;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>An endpoint of the running host with one of its methods.</summary>
internal sealed record Operation(string Method, RouteEndpoint Endpoint)
{
    public string Pattern => Endpoint.RoutePattern.RawText!;

    public AllowedRoles? Roles => Endpoint.Metadata.GetMetadata<AllowedRoles>();

    public bool IsOfRegion => Pattern.Contains("/regions/{region}", StringComparison.Ordinal);

    public bool IsNational => Pattern.StartsWith("/national/v1/", StringComparison.Ordinal) && !IsOpen;

    /// <summary>Nationally too it gives out nothing but what is the caller's own.</summary>
    public bool IsOfWebhooks => Pattern.Contains("/webhook-subscriptions", StringComparison.Ordinal) || Pattern.EndsWith("/inbox/messages", StringComparison.Ordinal);

    /// <summary>Of Kalmar: one that may do what the operation does.</summary>
    public string Client => Roles?.Roles.SequenceEqual([Role.Integrator]) == true ? "kalmar-integrator" : IsNational && IsOfWebhooks ? "kalmar-handler" : "kalmar-decider";

    public bool NeedsPurpose => Endpoint.Metadata.GetMetadata<RequiresPurpose>() is not null;

    public bool IsOpen => Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    public override string ToString() => $"{Method} {Pattern}";
}

/// <summary>Every endpoint of the running host, with a request for each: real ids of region 08 in its route, its own example as its body.</summary>
internal sealed partial class EndpointWalk(TestHost host) : IDisposable
{
    private readonly HttpClient _http = host.CreateClient();
    private readonly Dictionary<string, string> _values = [];
    private readonly Dictionary<string, JsonNode> _documents = [];

    public IReadOnlyList<Operation> Operations { get; } =
    [
        .. host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().SelectMany(
            e => e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"], (e, method) => new Operation(method, e)),
    ];

    /// <summary>A case at step 5, so that it is in the national register too, with everything that a route can name.</summary>
    public async Task SeedAsync()
    {
        using var kalmar = new RegionAtWork(host);
        using var story = new AcceptanceStory(host);
        var (id, records) = await story.CaseWithEverythingAsync();
        await story.SettingsAsync(13);
        await story.SettingsAsync(12);
        foreach (var (resource, record) in records)
            _values[$"{resource}/{{recordId}}"] = record.ToString();
        var found = (await kalmar.GetAsync($"cases/{id}")).Body!;
        var contract = found["contract"]!["number"]!.ToString();
        await kalmar.EvaluatedPlanAsync(id, "effective");
        _values["regions/{region}"] = _values["regions/{code}"] = "08";
        _values["cases/{id}"] = _values["{region}/{id}"] = id.ToString();
        _values["cases/{region}"] = "08";
        _values["deviations/{id}"] = (await kalmar.DeviationAsync(contract)).ToString();
        _values["external-registrations/{system}"] = "stella";
        _values["{system}/{externalId}"] = "ST-2026-1";
        _values["contracts/{contractNumber}"] = contract;
        _values["action-plans/{planId}"] = (await kalmar.PlanAsync(id)).ToString()!;
        _values["return-criteria/{criterionId}"] = (await kalmar.CriterionAsync(id)).ToString();
        _values["suppliers/{supplier}"] = found["supplier"]!["organisationNumber"]!.ToString();
        _values["ladders/{version}"] = "2026";
        _values["?to"] = "2024-kalmar";
        _values["joint-meetings/{id}"] = (await JointMeetingAsync()).ToString();
        _values["follow-ups/{number}"] = "1";
        _values["watch-list/{id}"] = RegionAtWork.Succeeded(await kalmar.PostAsync("watch-list", Bodies.Watch(contract, host.Clock.GetUtcNow()))).Id.ToString();
        // At a version that nobody begins with, so that the first one is stale.
        RegionAtWork.Succeeded(await kalmar.PostAsync($"watch-list/{_values["watch-list/{id}"]}/risk-assessments", Bodies.Risk(host.Clock.GetUtcNow()), headers: ("If-Match", "\"1\"")));
        await WebhooksAsync();
        _values["catalogue-imports/{id}"] = (await CatalogueImportAsync()).ToString();
        foreach (var api in new[] { "escalation", "national" })
            _documents[api] = JsonNode.Parse(await _http.GetStringAsync(new Uri($"/{api}/v1/openapi.json", UriKind.Relative)))!;
    }

    /// <summary>A catalogue of region 08 that nobody pulls while the walk lasts, for a host that is walked.</summary>
    public static Dictionary<string, string> Settings() => PullConfiguration.Of("08", PullBench.OptionsOf("http://127.0.0.1:9/avtal") with
    {
        Interval = null,
        DailyAt = SwedishTime.TimeOf(TimeProvider.System.GetUtcNow().AddHours(12)).ToString("HH:mm", CultureInfo.InvariantCulture),
    });

    /// <summary>The host makes its source known in its own time; from then on nothing is written that no request asks for.</summary>
    public async Task UntilTheSourceIsKnownAsync()
    {
        for (var i = 0; await host.Database.ScalarAsync("SELECT count(*) FROM catalogue_sources") is 0L; i++)
        {
            Assert.That(i, Is.LessThan(600));
            await Task.Delay(50);
        }
    }

    /// <summary>What stands in a place of routes, where a test has rows of its own.</summary>
    public void Know(string place, string value) => _values[place] = value;

    /// <summary>A subscription of region 08 in each API, with the same ids.</summary>
    private async Task WebhooksAsync()
    {
        var (id, eventId) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        foreach (var (national, owner, client) in new[] { (false, "08", "kalmar-integrator"), (true, "region:08", "kalmar-handler") })
        {
            var rows = new WebhookRows(host.Database, national);
            await rows.SubscriptionAsync(owner, client, host.Identity.Clients.Single(c => c.ClientId == "kalmar-handler").TenantId!, id: id, version: 2);
            await rows.DeliveryAsync(owner, id, eventId: eventId);
        }
        _values["webhook-subscriptions/{id}"] = id.ToString();
        _values["deliveries/{eventId}"] = eventId.ToString();
    }

    /// <summary>A snapshot that waits for somebody to confirm what it ends.</summary>
    private async Task<Guid> CatalogueImportAsync()
    {
        var id = Guid.CreateVersion7();
        await host.Database.ScalarAsync(
            """
            INSERT INTO catalogue_imports (tenant_id, id, origin, format, mode, extent, state, reason, client_id, created_at, updated_at, queued_at)
            VALUES ('08', $1, 'push', 'ndjson', 'perRow', 'snapshot', 'awaitingConfirmation', 'share', 'kalmar-integrator', now(), now(), now())
            """, id);
        return id;
    }

    /// <summary>Called by region 08, with an agenda; Halland is invited, and has no row of its own.</summary>
    private async Task<Guid> JointMeetingAsync()
    {
        using var story = new JointMeetingStory(host);
        await host.Database.ScalarAsync("INSERT INTO national_contracts VALUES ('13', gen_random_uuid(), $1, NULL)", JointMeetingStory.Supplier);
        var meeting = await story.CalledAsync("kalmar-handler", "13");
        await story.DoneAsync(meeting, "agendas", JointMeetingStory.Agenda);
        return meeting;
    }

    public void Dispose() => _http.Dispose();

    /// <param name="absent">With ids that no row has, in place of the real ones.</param>
    public string PathOf(Operation operation, bool absent = false)
    {
        var segments = operation.Endpoint.RoutePattern.PathSegments.Select(s => string.Concat(s.Parts.Select(p => p switch
        {
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
            _ => throw new InvalidOperationException($"The walk does not know the parts of {operation}."),
        }))).ToArray();
        for (var i = segments.Length - 1; i >= 0; i--)
        {
            if (!segments[i].StartsWith('{'))
                continue;
            var key = $"{segments[i - 1]}/{segments[i]}";
            if (!_values.TryGetValue(key, out var value))
                throw new InvalidOperationException($"The walk does not know what stands in \"{key}\" of {operation}: give it a row of region 08 in SeedAsync.");
            segments[i] = !absent || key is "regions/{region}" or "cases/{region}" or "external-registrations/{system}" ? value : Guid.TryParse(value, out _) ? Guid.NewGuid().ToString() : "ABSENT";
        }
        return "/" + string.Join('/', segments);
    }

    public async Task<Answer> SendAsync(Operation operation, string? token, string? path = null, string query = "", string? purpose = "nationalCoordination", string? ifMatch = "\"1\"")
    {
        using var request = new HttpRequestMessage(HttpMethod.Parse(operation.Method), (path ?? PathOf(operation)) + (query.Length > 0 ? query : RequiredQueryOf(operation)));
        if (operation.Endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is { } accepts)
            request.Content = new StringContent(BodyOf(operation, accepts), Encoding.UTF8, MediaTypeOf(accepts));
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (operation.Method is not "GET")
        {
            request.Headers.Add(Idempotency.Header, Guid.NewGuid().ToString());
            if (ifMatch is not null)
                request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }
        if (purpose is not null)
            request.Headers.Add(EndpointConventions.PurposeHeader, purpose);
        using var response = await _http.SendAsync(request);
        return await Answer.OfAsync(response);
    }

    public string TokenOf(string client) => host.Identity.Issue(host.Identity.Clients.Single(c => c.ClientId == client));

    public string TokenOf(DevelopmentClient client, TimeSpan? lifetime = null) => host.Identity.Issue(client, lifetime);

    /// <summary>What the operation cannot do without in its query.</summary>
    private string RequiredQueryOf(Operation operation)
    {
        var required = from parameter in DocumentOf(operation)?["parameters"]?.AsArray() ?? []
                       where (string?)parameter!["in"] == "query" && parameter["required"]?.GetValue<bool>() == true
                       let key = $"?{parameter["name"]}"
                       select _values.TryGetValue(key, out var value) ? $"{key[1..]}={value}"
                           : throw new InvalidOperationException($"The walk does not know what \"{key}\" of {operation} is: give it a value in SeedAsync.");
        return string.Join('&', required) is { Length: > 0 } query ? $"?{query}" : "";
    }

    private JsonNode? DocumentOf(Operation operation)
    {
        var parts = operation.Pattern.Split('/', 4);
        return parts.Length == 4 && _documents.TryGetValue(parts[1], out var document)
            ? document["paths"]![$"/{Constraint().Replace(parts[3].TrimEnd('/'), "}")}"]?[operation.Method.ToLowerInvariant()]
            : null;
    }

    /// <summary>The example of the operation in its OpenAPI document.</summary>
    private string BodyOf(Operation operation, IAcceptsMetadata accepts)
    {
        var example = DocumentOf(operation)!["requestBody"]!["content"]?[MediaTypeOf(accepts)]?["example"]
            ?? throw new InvalidOperationException($"The walk has no body for {operation}, which accepts {string.Join(", ", accepts.ContentTypes)}.");
        // What is no JSON is shown as the text that it is.
        return example is JsonValue value && value.TryGetValue<string>(out var text) ? text : example.ToJsonString();
    }

    private static string MediaTypeOf(IAcceptsMetadata accepts) =>
        accepts.ContentTypes.Contains(MediaTypeNames.Application.Json) ? MediaTypeNames.Application.Json : accepts.ContentTypes[0];

    [GeneratedRegex(":[^}]*}")]
    private static partial Regex Constraint();
}
