using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Mime;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>
/// Puts a marker of its own behind every free text that is sent, remembers where it went, and takes the markers out of the answers to it again.
/// What is free text the served document says: a text without format, codes or pattern.
/// </summary>
/// <param name="documents">The OpenAPI documents by the names of their APIs.</param>
internal sealed partial class FreeTextMarkers(IReadOnlyDictionary<string, JsonNode> documents) : DelegatingHandler(new SocketsHttpHandler())
{
    /// <summary>Texts that are codes, numbers or references to something that the platform knows; and the supplier's name and the category, which are T0.</summary>
    private static readonly HashSet<string> NoFreeText =
    [
        "AddToWatchListRequest.contractNumber", "AddToWatchListRequest.organisationNumber", "PromotionRequest.contractNumber",
        "ActivityMappingRequest.from", "ActivityMappingRequest.to", "ActivityRequest.code", "AgendaContractRequest.number", "BlockedContractRequest.clauseReference",
        "BlockedContractRequest.number", "ContractClauseRequest.reference", "ContractRequest.category", "ContractSupplierRequest.name",
        "ContractSupplierRequest.organisationNumber", "DecisionMakerRequest.level", "DepartureRequest.rule", "DialoguePartnerRequest.level",
        "DisclosureRecipientRequest.code", "ImposedSanctionRequest.clauseReference", "InvitedRegionRequest.code", "LadderMigrationRequest.ladder",
        "LadderSettingsRequest.ladder", "FollowUpRequest.responsible", "JointMeetingRequest.calledBy", "JointParticipantRequest.reader",
        "MeetingSupplierRequest.organisationNumber", "OpenCaseRequest.contractNumber", "RegisterDeviationRequest.contractNumber", "ReportDeviationRequest.contractNumber", "TerminationGroundRequest.clauseReference",
        "TransferRequest.region",
    ];

    private readonly ConcurrentDictionary<string, string> _placed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _cameBack = new(StringComparer.Ordinal);

    /// <summary>The property that each marker went into, with the name of its API.</summary>
    public IReadOnlyDictionary<string, string> Placed => _placed;

    /// <summary>The properties of which a marker stood in an answer of the API that it was sent to.</summary>
    public IEnumerable<string> CameBack => _cameBack.Keys.Select(m => _placed[m]).Distinct();

    /// <summary>Is given every answer to something that was sent, without markers.</summary>
    public Func<Answer, Task> Answered { get; set; } = _ => Task.CompletedTask;

    public static IEnumerable<string> In(string text) => Marker().Matches(text).Select(m => m.Value[..8].ToUpperInvariant());

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var api = request.RequestUri!.AbsolutePath.Split('/')[1];
        if (request.Content is null && api != "escalation")
            return await base.SendAsync(request, cancellationToken);
        if (request.Content?.Headers.ContentType?.MediaType == MediaTypeNames.Application.Json)
        {
            var body = JsonNode.Parse(await request.Content.ReadAsStringAsync(cancellationToken));
            var schema = OperationOf(documents[api], request)["requestBody"]!["content"]![MediaTypeNames.Application.Json]!["schema"]!;
            request.Content = new StringContent(Marked(api, schema, body, "body")!.ToJsonString(), Encoding.UTF8, MediaTypeNames.Application.Json);
        }

        var response = await base.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        foreach (var marker in In(text))
            _cameBack.TryAdd(marker, 0);
        var type = response.Content.Headers.ContentType;
        response.Content = new StringContent(Marker().Replace(text, ""), Encoding.UTF8) { Headers = { ContentType = type } };
        if (request.Content is not null)
            await Answered(await Answer.OfAsync(response));
        return response;
    }

    private static JsonNode OperationOf(JsonNode document, HttpRequestMessage request)
    {
        var segments = request.RequestUri!.AbsolutePath.Split('/')[3..];
        var path = document["paths"]!.AsObject().Select(p => (Segments: p.Key.Trim('/').Split('/'), Operations: p.Value!))
            .Where(p => p.Segments.Length == segments.Length && p.Segments.Zip(segments, (t, s) => t.StartsWith('{') || t == s).All(same => same))
            .MinBy(p => p.Segments.Count(s => s.StartsWith('{')));
        return path.Operations[request.Method.Method.ToLowerInvariant()]!;
    }

    private JsonNode? Marked(string api, JsonNode schema, JsonNode? value, string property)
    {
        while ((string?)schema["$ref"] is { } reference)
            (schema, property) = (SchemaCheck.Resolve(documents[api], reference)!, reference.Split('/')[^1]);
        if ((schema["oneOf"] ?? schema["anyOf"]) is JsonArray options)
            return value is null ? null : Marked(api, options.Single(o => (string?)o!["type"] != "null")!, value, property);
        return value switch
        {
            JsonObject o => new JsonObject(o.Select(p => KeyValuePair.Create(p.Key, Marked(api, schema["properties"]![p.Key]!, p.Value, $"{property}.{p.Key}")))),
            JsonArray a => new JsonArray([.. a.Select(item => Marked(api, schema["items"]!, item, property))]),
            JsonValue v when v.TryGetValue<string>(out var text) && IsFreeText(schema) && !NoFreeText.Contains(property) => text + New($"{api} {property}"),
            _ => value?.DeepClone(),
        };
    }

    private static bool IsFreeText(JsonNode schema) => schema["format"] is null && schema["enum"] is null && schema["pattern"] is null;

    private string New(string property)
    {
        lock (_placed)
        {
            var marker = string.Create(CultureInfo.InvariantCulture, $"ZQX{_placed.Count:00000}");
            _placed[marker] = property;
            return marker + "Ω";
        }
    }

    [GeneratedRegex("ZQX[0-9]{5}Ω?", RegexOptions.IgnoreCase)]
    private static partial Regex Marker();
}
