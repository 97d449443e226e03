using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace RegionEscalation.Http;

/// <summary>The problem schema and one response per status, shared by all operations of a document.</summary>
internal static class OpenApiProblems
{
    private const string Instance = "/escalation/v1/regions/14/cases/01953b4e-6f00-7000-8000-000000000001";
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    public static string NameOf(int status) => $"Problem{status}";

    public static OpenApiHeader TraceHeader() => new()
    {
        Description = "W3C Trace Context.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        Example = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    };

    public static void AddTo(OpenApiDocument document)
    {
        var components = document.Components!;
        components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        components.Schemas["Problem"] = Schema();
        var used = document.Paths.Values.SelectMany(p => p.Operations ?? []).SelectMany(o => o.Value.Responses ?? [])
            .Select(r => (r.Value as OpenApiResponseReference)?.Reference.Id).ToHashSet();
        components.Responses = Problems.Kinds.Where(k => used.Contains(NameOf(k.Status))).ToDictionary(k => NameOf(k.Status), IOpenApiResponse (k) => Response(k, document));
    }

    private static OpenApiResponse Response(Problems.Kind kind, OpenApiDocument document)
    {
        var headers = new Dictionary<string, IOpenApiHeader> { [OpenApiConventions.Traceparent] = TraceHeader() };
        if (kind.Status is 429 or 503)
            headers["Retry-After"] = new OpenApiHeader
            {
                Description = "Sekunder att vänta. Seconds to wait.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1" },
                Example = 1,
            };
        var content = new OpenApiMediaType { Schema = new OpenApiSchemaReference("Problem", document) };
        if (kind.Status == 422)
            content.Examples = new Dictionary<string, IOpenApiExample>
            {
                ["field"] = new OpenApiExample { Summary = "Ett fält / a field", Value = Field() },
                ["rule"] = new OpenApiExample { Summary = "En regel / a rule", Value = Rule() },
            };
        else
            content.Example = Node(Problems.Of(kind, Instance, TraceId));
        return new()
        {
            Description = $"{kind.Message.Sv} {kind.Message.En}",
            Headers = headers,
            Content = new Dictionary<string, OpenApiMediaType> { [Problems.MediaType] = content },
        };
    }

    private static JsonNode Field() => Node(Problems.Fields(
        new Dictionary<string, IReadOnlyList<FieldError>>
        {
            ["motivation"] = [new("length", new("Ska vara 30–4000 tecken.", "Must be 30–4000 characters."))],
        },
        Instance,
        TraceId));

    private static JsonNode Rule() => Node(Problems.Rules(
        [new("R-E3", "evaluationReused", new("Utvärderingen har redan använts.", "The evaluation was already used."), null, $"{Instance}/action-plans")],
        422,
        Instance,
        TraceId,
        href => $"https://region-escalation.example{href}"));

    private static JsonNode Node(Problem problem) => JsonSerializer.SerializeToNode(problem, Json.Options)!;

    private static OpenApiSchema Schema() => Object(
        "RFC 9457.",
        ["type", "title", "status", "detail", "instance", "traceId", "message"],
        ("type", Of(JsonSchemaType.String, "URN av felets slag. URN of the kind of problem.")),
        ("title", Of(JsonSchemaType.String, "Felets slag på engelska. The kind of problem in English.")),
        ("status", Of(JsonSchemaType.Integer, "HTTP-status.")),
        ("detail", Of(JsonSchemaType.String, "Vad som är fel, på svenska; båda språken finns i message. What is wrong, in Swedish; message has both languages.")),
        ("instance", Of(JsonSchemaType.String, "Anropets sökväg. The path of the request.")),
        ("traceId", Of(JsonSchemaType.String, "Uppges vid felanmälan. To be quoted in a report.")),
        ("message", BilingualText()),
        ("code", Of(JsonSchemaType.String, "Regelns beteckning, såsom R-E3. The rule's id.")),
        ("reason", Of(JsonSchemaType.String, "Fallet inom regeln. The case within the rule.")),
        ("registered", Of(JsonSchemaType.Object, "Vad som redan är känt, i de fält som skiljer. What is known already, of the fields that differ.")),
        ("received", Of(JsonSchemaType.Object, "Vad som kom i stället, i samma fält. What came instead, of the same fields.")),
        ("restart", Of(JsonSchemaType.String, "Var ett flöde kan läsas om, när dess cursor inte längre gäller. Where a feed can be read again whose cursor is no longer valid.")),
        ("errors", new()
        {
            Type = JsonSchemaType.Object,
            Description = "Fel per fält, nyckeln är JSON-sökvägen. Errors per field, the key is the JSON path.",
            AdditionalProperties = Array(Object(null, ["rule", "message"], ("rule", Of(JsonSchemaType.String, null)), ("message", BilingualText()))),
        }),
        ("unmet", Array(Object(
            "En regel som inte är uppfylld, med länk till det som skulle uppfylla den. A rule that is not met, with a link to what would meet it.",
            ["code", "reason", "message", "field", "href"],
            ("code", Of(JsonSchemaType.String, null)),
            ("reason", Of(JsonSchemaType.String, null)),
            ("message", BilingualText()),
            ("field", Of(JsonSchemaType.String | JsonSchemaType.Null, null)),
            ("href", Of(JsonSchemaType.String | JsonSchemaType.Null, null))))));

    private static OpenApiSchema BilingualText() =>
        Object(null, ["sv", "en"], ("sv", Of(JsonSchemaType.String, null)), ("en", Of(JsonSchemaType.String, null)));

    private static OpenApiSchema Of(JsonSchemaType type, string? description) => new() { Type = type, Description = description };

    private static OpenApiSchema Array(OpenApiSchema items) => new() { Type = JsonSchemaType.Array, Items = items };

    private static OpenApiSchema Object(string? description, string[] required, params (string Name, OpenApiSchema Schema)[] properties) => new()
    {
        Type = JsonSchemaType.Object,
        Description = description,
        Required = new HashSet<string>(required),
        Properties = properties.ToDictionary(p => p.Name, IOpenApiSchema (p) => p.Schema),
    };
}
