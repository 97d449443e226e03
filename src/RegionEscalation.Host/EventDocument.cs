using System.Text.Json.Nodes;
using RegionEscalation.Http;
using RegionEscalation.NationalApi;
using RegionEscalation.RegionApi;

namespace RegionEscalation.Host;

/// <summary>The AsyncAPI 3.0 document of every event that the two feeds and their webhooks give, at <c>/events/v1/asyncapi.json</c>.</summary>
public static class EventDocument
{
    public const string Path = "/events/v1/asyncapi.json";
    private const string Version = "1.0.0";
    private const string HttpBinding = "0.3.0";

    // The public host of the OpenAPI documents, whoever serves this one: what is served is compared with what is committed.
    private static readonly Uri Site = new("https://region-escalation.example");
    private static readonly Lazy<string> Document = new(() => Build().ToJsonString(Json.Options));

    /// <summary>Serves the document to anyone, as those of the two APIs.</summary>
    public static void MapEventDocument(this WebApplication app) =>
        app.MapGet(Path, () => Results.Text(Document.Value, "application/json")).AllowAnonymous().ExcludeFromDescription();

    private static JsonObject Build()
    {
        var messages = new EventMessages();
        return new()
        {
            ["asyncapi"] = "3.0.0",
            ["info"] = Info(),
            ["defaultContentType"] = EventMessages.ContentType,
            ["servers"] = Servers(),
            ["channels"] = new JsonObject
            {
                ["regionFeed"] = Feed("/escalation/v1/regions/{region}/changes", new(
                    "En regions alla ändringar, hela, för regionens egna system. De hämtas sidvis; varje post i svarets items är ett meddelande.",
                    "All of a region's changes, whole, for the region's own systems. They are fetched in parts; every entry in the answer's items is a message."),
                    RegionEvents.Types),
                ["regionWebhooks"] = Webhooks(new(
                    "En regions ändringar till adresserna i dess prenumerationer (/escalation/v1/regions/{region}/webhook-subscriptions), ett meddelande per anrop.",
                    "A region's changes to the addresses in its subscriptions (/escalation/v1/regions/{region}/webhook-subscriptions), one message a request."),
                    RegionEvents.Types),
                ["nationalFeed"] = Feed("/national/v1/changes", new(
                    "Det som blev, ändrades eller upphörde att vara synligt nationellt för den som läser: T0 och aldrig mer. Läsningen anger sitt ändamål i huvudet Purpose och loggas.",
                    "What became, changed or ceased to be visible nationally to whoever reads: T0 and never more. A reading states its purpose in the Purpose header and is logged."),
                    NationalEvents.Types),
                ["nationalWebhooks"] = Webhooks(new(
                    "Det nationella flödet till adresserna i prenumerationerna (/national/v1/webhook-subscriptions), ett meddelande per anrop; varje leverans loggas som en läsning.",
                    "The national feed to the addresses in the subscriptions (/national/v1/webhook-subscriptions), one message a request; every delivery is logged as a reading."),
                    NationalEvents.Types),
            },
            ["operations"] = new JsonObject
            {
                ["sendRegionChanges"] = Fetched("regionFeed"),
                ["sendRegionWebhooks"] = Posted("regionWebhooks"),
                ["sendNationalChanges"] = Fetched("nationalFeed"),
                ["sendNationalWebhooks"] = Posted("nationalWebhooks"),
            },
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    ["bearer"] = new JsonObject
                    {
                        ["type"] = "http",
                        ["scheme"] = "bearer",
                        ["bearerFormat"] = "JWT",
                        ["description"] = "Åtkomsttoken från OpenID Connect, som i API:erna. Access token from OpenID Connect, as in the APIs.",
                    },
                },
                ["messages"] = messages.Messages,
                ["schemas"] = messages.Schemas,
            },
        };
    }

    private static JsonObject Info() => new()
    {
        ["title"] = "RegionEscalation – Events",
        ["version"] = Version,
        ["description"] =
            """
            Vad som händer på plattformen, som CloudEvents 1.0: i en regions eget ändringsflöde, i det nationella, och från båda som webhooks. Flöden och webhooks är samma
            ordnade logg. Varje händelse finns i flödet exakt en gång; en webhook levereras minst en gång, i ordning per ärende, och har samma `id` vid varje försök. Typernas
            namn har version: ett namn får aldrig en annan form, men fält kan tillkomma. Webhooks signeras enligt Standard Webhooks 1.0 över
            `webhook-id.webhook-timestamp.kroppen`; under ett byte av hemlighet finns två signaturer, och det räcker att känna den ena. Svara 2xx inom 15 sekunder.
            Före den första leveransen kommer `webhook-verification.v1`, som besvaras med 2xx och `challenge` i kroppen.

            ---

            What happens on the platform, as CloudEvents 1.0: in a region's own change feed, in the national one, and from both as webhooks. Feeds and webhooks are the same
            ordered log. Every event is in the feed exactly once; a webhook is delivered at least once, in order per case, and has the same `id` in every attempt. The names
            of types are versioned: a name never gets another shape, but fields may be added. Webhooks are signed by Standard Webhooks 1.0 over
            `webhook-id.webhook-timestamp.body`; while a secret is rotated there are two signatures, of which knowing one is enough. Answer 2xx within 15 seconds.
            Before the first delivery comes `webhook-verification.v1`, which is answered with 2xx and the `challenge` in the body.
            """,
        ["termsOfService"] = new Uri(Site, "/villkor").ToString(),
        ["contact"] = new JsonObject
        {
            ["name"] = "RegionEscalation, förvaltning / maintenance",
            ["url"] = new Uri(Site, "/kontakt").ToString(),
            ["email"] = $"forvaltning@{Site.Host}",
        },
        ["license"] = new JsonObject { ["name"] = "EUPL-1.2", ["url"] = "https://eupl.eu/1.2/en/" },
    };

    private static JsonObject Servers() => new()
    {
        ["platform"] = new JsonObject
        {
            ["host"] = Site.Host,
            ["protocol"] = "https",
            ["description"] = "Plattformen. The platform.",
            ["security"] = new JsonArray(Reference("components", "securitySchemes", "bearer")),
        },
        ["subscriber"] = new JsonObject
        {
            ["host"] = "{host}",
            ["protocol"] = "https",
            ["description"] = "Prenumerantens egen mottagare, på en publik adress. The subscriber's own endpoint, on a public address.",
            ["variables"] = new JsonObject
            {
                ["host"] = new JsonObject
                {
                    ["description"] = "Värdnamnet i prenumerationens url. The host name in the subscription's url.",
                    ["examples"] = new JsonArray("webhooks.region.example"),
                },
            },
        },
    };

    private static JsonObject Feed(string address, Text description, IEnumerable<string> types)
    {
        var feed = Channel(address, "platform", description, types);
        if (address.Contains("{region}", StringComparison.Ordinal))
            feed["parameters"] = new JsonObject
            {
                ["region"] = new JsonObject
                {
                    ["description"] = "Regionens kod enligt SCB, två siffror. The region's code of Statistics Sweden, two digits.",
                    ["examples"] = new JsonArray("08"),
                },
            };
        return feed;
    }

    private static JsonObject Webhooks(Text description, IEnumerable<string> types) =>
        Channel(null, "subscriber", description, types.Append(EventMessages.Verification));

    /// <param name="address">Null where the subscription says it.</param>
    private static JsonObject Channel(string? address, string server, Text description, IEnumerable<string> types) => new()
    {
        ["address"] = address,
        ["description"] = EventMessages.InBoth(description),
        ["servers"] = new JsonArray(Reference("servers", server)),
        ["messages"] = new JsonObject(types.Select(type => KeyValuePair.Create(type, (JsonNode?)Reference("components", "messages", type)))),
    };

    private static JsonObject Fetched(string channel)
    {
        var query = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["cursor"] = new JsonObject { ["type"] = "string", ["maxLength"] = FeedRequest.MaxCursorLength },
                ["since"] = new JsonObject { ["type"] = "string", ["format"] = "date-time" },
                ["limit"] = new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = FeedRequest.MaxLimit, ["default"] = FeedRequest.MaxLimit },
                ["wait"] = new JsonObject { ["type"] = "integer", ["minimum"] = 0, ["maximum"] = FeedRequest.MaxWaitSeconds, ["default"] = 0 },
                ["type"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } },
            },
        };
        return Sent(channel, new JsonObject { ["method"] = "GET", ["query"] = query, ["bindingVersion"] = HttpBinding },
            new("Följ _links.next; den finns alltid.", "Follow _links.next; it is always there."));
    }

    private static JsonObject Posted(string channel) => Sent(channel, new JsonObject { ["method"] = "POST", ["bindingVersion"] = HttpBinding },
        new("Det som inte tas emot skickas igen, allt glesare, tills det tas emot.", "What is not accepted is sent again, ever less often, until it is."));

    private static JsonObject Sent(string channel, JsonObject http, Text summary) => new()
    {
        ["action"] = "send",
        ["channel"] = Reference("channels", channel),
        ["summary"] = EventMessages.InBoth(summary),
        ["bindings"] = new JsonObject { ["http"] = http },
    };

    private static JsonObject Reference(params string[] path) => new() { ["$ref"] = "#/" + string.Join('/', path) };
}
