using System.Data.Common;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RegionEscalation.Http;
using DescriptionAttribute = System.ComponentModel.DescriptionAttribute;

namespace RegionEscalation.IntegrationTests.Http;

public enum Severity
{
    Deviation,
    SeriousDeviation,
}

/// <summary>A clause of a contract.</summary>
public sealed record Clause([TextLength(2, 10)] string Type, [Between(1, 5)] int Level);

/// <param name="Motivation">Why it is done.</param>
/// <param name="Severity">How serious it is.</param>
/// <param name="Clauses">What was broken.</param>
/// <param name="OccurredAt">When it occurred.</param>
/// <param name="DueOn">When it is due.</param>
/// <param name="Count">How often it occurred.</param>
/// <param name="OrganisationNumber">The supplier.</param>
/// <param name="ByLabel">Clauses by label.</param>
public sealed record ThingRequest(
    [TextLength(3, 20)] string Motivation,
    Severity Severity,
    [Items(1, 2)] IReadOnlyList<Clause> Clauses,
    DateTimeOffset OccurredAt,
    DateOnly? DueOn = null,
    long Count = 0,
    [Matches("[0-9]{10}", "Ska vara tio siffror.", "Must be ten digits.")] string? OrganisationNumber = null,
    IReadOnlyDictionary<string, Clause>? ByLabel = null);

/// <summary>A small API on a real server, with every part of the Http library in the order that the host has.</summary>
internal sealed class TestApi : IAsyncDisposable
{
    public static readonly ThingRequest Example =
        new("Försenad åäö", Severity.SeriousDeviation, [new("delay", 2)], new(2026, 3, 2, 9, 15, 0, TimeSpan.Zero));

    private static readonly ApiDocument Document = new(
        "escalation", "Escalation", "1.0.0",
        new("API för en regions eskaleringar.", "An API for the escalations of a region."),
        new("99,9 %", "300 ms", "07–17"),
        [new("Listor har högst 100 poster per sida.", "Lists have at most 100 items per page.")],
        new Dictionary<string, Text>
        {
            ["ApiInfo"] = new("Om API:et.", "About the API."),
            ["Things"] = new("Saker.", "Things."),
        },
        new Dictionary<string, Text>());

    private readonly WebApplication _app;

    private TestApi(WebApplication app, HttpClient client) => (_app, Client) = (app, client);

    public HttpClient Client { get; }

    public static async Task<TestApi> StartAsync(params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(s => s.Key, string? (s) => s.Value));
        builder.Services.AddApiJson().AddProblems().AddRequestRateLimit(builder.Configuration);
        builder.Services.Configure<RequestBodyOptions>(o => o.ContainsPersonalNumber = t => t.Contains("19121212-1212", StringComparison.Ordinal));
        builder.Services.AddOpenApi("escalation", o => o.Describe(Document));
        builder.Services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, TestIdentity>("test", null);
        builder.Services.AddAuthorization();

        var app = builder.Build();
        app.UseTraceparent();
        app.UseProblems();
        app.UseAuthentication();
        app.UseRequestRateLimit();
        app.UseAuthorization();
        app.UseRequestBody();
        app.UseIdempotency();
        app.MapApiDocuments();
        Map(app);
        await app.StartAsync();
        return new(app, new() { BaseAddress = new(app.Urls.Single()) });
    }

    public async Task<(HttpResponseMessage Response, JsonNode Body)> SendAsync(
        HttpMethod method, string path, string? body = null, string mediaType = "application/json", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, "/escalation/v1" + path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, mediaType);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response, text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!);
    }

    public Task<(HttpResponseMessage Response, JsonNode Body)> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<(HttpResponseMessage Response, JsonNode Body)> PostAsync(string body, string path = "/things") => SendAsync(HttpMethod.Post, path, body);

    public async Task<JsonNode> DocumentAsync() => (await Client.GetFromJsonAsync<JsonNode>("/escalation/v1/openapi.json"))!;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    private static void Map(WebApplication app)
    {
        var api = app.MapApi("escalation").WithTags("Things");
        api.MapApiInfo("escalation", "1.0.0", new(2026, 10, 1), "/escalation/v1/openapi.json", "active");
        api.MapPost("/things", (ThingRequest thing) => Results.Ok(thing))
            .IsCommand().Describe("Skapa / Create", "Skapar. Creates.").WithRequestExample(Example).WithResponseExample(200, Example);
        api.MapGet("/things", (HttpContext context, PageRequest page, [Between(1, 5), Description("A step.")] int? step, [Description("From when.")] Instant? since) =>
                Results.Ok(page.Response(context, new[] { $"{step} {since}" }, 45)))
            .Describe("Lista / List", "Listar. Lists.")
            .WithResponseExample(200, new PagedResponse<string>(["a"], new(1, 20, 1, 1), new(new("https://h/1"), new("https://h/1"), new("https://h/1"), null, null)));
        api.MapPut("/things/{id:guid}", ([Description("The id.")] Guid id, HttpContext context, ThingRequest thing) =>
            {
                if (!context.TryGetExpectedVersion(out var version, out var problem))
                    return problem;
                context.SetETag(version + 1);
                return Results.Ok(thing);
            })
            .RequiresIfMatch().ReturnsETag().Describe("Ändra / Change", "Ändrar. Changes.").WithRequestExample(Example).WithResponseExample(200, Example);
        api.MapPost("/hashes", (HttpContext context) => Results.Ok(context.IdempotencyRequest() is { } r ? Convert.ToHexString(r.RequestHash) : "none"))
            .AcceptsIdempotencyKey().Describe("Hash", "Hash.").WithResponseExample(200, "00");
        api.MapGet("/purposes", (HttpContext context) => Results.Ok(context.Purpose()))
            .RequiresPurpose("coordination", "procurement").Describe("Läs / Read", "Läser. Reads.").WithResponseExample(200, "coordination");
        api.MapGet("/absent", (HttpContext c) => Problems.NotFound(c)).ExcludeFromDescription();
        api.MapGet("/broken", IResult (HttpContext _) => throw new InvalidOperationException("secret")).ExcludeFromDescription();
        api.MapGet("/overloaded", IResult (HttpContext _) => throw new TransientException()).ExcludeFromDescription();
        api.MapPost("/imports", async (HttpContext context) =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                return Results.Ok(Convert.ToHexString(context.IdempotencyRequest(body.ToArray())!.RequestHash));
            })
            .Accepts<string>("application/x-ndjson").ExcludeFromDescription();
        api.MapGet("/rules", (HttpContext c) => Problems.Rules(c, [
            new("R-E3", "evaluationReused", new("Redan använd.", "Already used."), "evaluationId", "/escalation/v1/things"),
            new("R-G7", "motivationMissing", new("Motivering saknas.", "No motivation.")),
        ])).ExcludeFromDescription();
        api.MapGet("/taken", (HttpContext c) => Problems.Rules(c, [new RuleViolation("R-G2", "openCaseExists", new("Redan öppet.", "Already open."))], 409)).ExcludeFromDescription();
        api.MapGet("/closed", () => Results.Ok()).RequireAuthorization().ExcludeFromDescription();
    }

    private sealed class TransientException : DbException
    {
        public override bool IsTransient => true;
    }

    /// <summary>Nobody, unless a header names a client.</summary>
    private sealed class TestIdentity(
        Microsoft.Extensions.Options.IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, System.Text.Encodings.Web.UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Request.Headers["X-Client"] is [{ } client]
            ? AuthenticateResult.Success(new(new(new ClaimsIdentity([new("azp", client)], "test")), "test"))
            : AuthenticateResult.NoResult());
    }
}
