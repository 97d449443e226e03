using System.Text.Json;
using System.Text.Json.Nodes;
using RegionEscalation.Feeds;
using RegionEscalation.Http;
using RegionEscalation.NationalApi;
using RegionEscalation.RegionApi;

namespace RegionEscalation.Host;

/// <summary>What is sent: a message for every type of event, with what it holds and an example.</summary>
internal sealed class EventMessages
{
    public const string ContentType = "application/cloudevents+json";
    public const string Verification = WebhookSender.VerificationType;

    private static readonly Guid SubscriptionId = Guid.Parse("0195f0a0-1111-7000-8000-000000000095");
    private static readonly Guid VerificationId = Guid.Parse("019cadb4-2f20-7000-8000-000000000009");
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 8, 15, 30, TimeSpan.Zero);

    private readonly EventSchemas _schemas = new();

    public EventMessages()
    {
        foreach (var type in RegionEvents.Types)
            Add(type, EventSummaries.OfRegions[type], RegionData(type), RegionEvents.Example(type));
        foreach (var type in NationalEvents.Types)
            Add(type, EventSummaries.National[type], _schemas.Of(typeof(NationalChange)), NationalEvents.Example(type));
        Add(Verification, EventSummaries.Verification, _schemas.Of(typeof(WebhookChallenge)), new CloudEvent<WebhookChallenge>(
            VerificationId, "/escalation/v1/regions/08", Verification, $"webhook-subscriptions/{SubscriptionId}", Now,
            new("5f1c9d4be0a7286f3b9a1d07c4e8f2650b7d3a91ce46f80d2a5b1e97c3f6048d")));
        Schemas = _schemas.Components;
        Schemas["WebhookHeaders"] = Headers();
    }

    public JsonObject Messages { get; } = [];

    public JsonObject Schemas { get; }

    public static string InBoth(Text text) => $"{text.Sv} {text.En}";

    private void Add<T>(string type, Text summary, JsonNode data, CloudEvent<T> example) => Messages.Add(type, new JsonObject
    {
        ["name"] = type,
        ["summary"] = InBoth(summary),
        ["contentType"] = ContentType,
        ["headers"] = Reference("WebhookHeaders"),
        ["payload"] = Envelope(type, data),
        ["examples"] = new JsonArray(new JsonObject { ["payload"] = JsonSerializer.SerializeToNode(example, Json.Options) }),
    });

    /// <summary>The change with the event's own record, where the API's type has any JSON.</summary>
    private JsonNode RegionData(string type)
    {
        var members = _schemas.MembersOf(typeof(RegionChange));
        members["event"] = _schemas.Of(RegionEvents.RecordOf(type));
        return Object(members);
    }

    private static JsonObject Envelope(string type, JsonNode data) => Object(new JsonObject
    {
        ["specversion"] = new JsonObject { ["type"] = "string", ["const"] = "1.0" },
        ["id"] = Of("string", "Samma vid varje leverans; känner mottagaren den redan ska händelsen inte behandlas igen. "
            + "The same in every delivery; what a receiver has seen already is not to be dealt with again.", "uuid"),
        ["source"] = Of("string", "Vems flöde. Whose feed.", "uri-reference"),
        ["type"] = new JsonObject { ["type"] = "string", ["const"] = type },
        ["subject"] = Of("string", "Vad det gäller, en sökväg under source. What it happened to, a path below source."),
        ["time"] = Of("string", "När det registrerades, UTC. When it was recorded, UTC.", "date-time"),
        ["datacontenttype"] = new JsonObject { ["type"] = "string", ["const"] = "application/json" },
        ["data"] = data,
    });

    /// <summary>Not required, since the feed's entries are the same messages without them.</summary>
    private static JsonObject Headers() => new()
    {
        ["type"] = "object",
        ["description"] = "Det som en webhook har utöver ett flödes poster; enligt Standard Webhooks 1.0. What a webhook has beyond a feed's entries; by Standard Webhooks 1.0.",
        ["properties"] = new JsonObject
        {
            [WebhookSignature.IdHeader] = Of("string", "Händelsens id. The event's id.", "uuid"),
            [WebhookSignature.TimestampHeader] = Of("string", "När försöket gjordes, sekunder sedan 1970. When the attempt was made, seconds since 1970."),
            [WebhookSignature.SignatureHeader] = Of("string",
                "En eller två signaturer, med blanksteg emellan: v1, och HMAC-SHA256 i base64. One or two signatures, separated by a space: v1, and HMAC-SHA256 in base64."),
            ["content-type"] = new JsonObject { ["type"] = "string", ["const"] = $"{ContentType}; charset=utf-8" },
        },
    };

    private static JsonObject Object(JsonObject members) => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray([.. members.Select(m => JsonValue.Create(m.Key))]),
        ["properties"] = members,
    };

    private static JsonObject Of(string type, string description, string? format = null)
    {
        var schema = new JsonObject { ["type"] = type, ["description"] = description };
        if (format is not null)
            schema["format"] = format;
        return schema;
    }

    private static JsonObject Reference(string schema) => new() { ["$ref"] = $"#/components/schemas/{schema}" };
}
