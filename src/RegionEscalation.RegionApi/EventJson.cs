using System.Text.Json;
using System.Text.Json.Nodes;
using RegionEscalation.Domain;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi;

/// <summary>An event as it is served: by its codes, in histories, feeds and webhooks alike.</summary>
internal static class EventJson
{
    private static readonly string[] Numbers = ["organisationNumber", "supplierNumber"];

    /// <param name="natural">Who is a natural person by now: the event may be older than the mark.</param>
    public static JsonElement Of(object e, NaturalPersons natural)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(e, e.GetType(), Json.Options);
        // Few events name anybody's number; the others are not taken apart.
        if (bytes.AsSpan().IndexOf("\"organisationNumber\":\""u8) < 0 && bytes.AsSpan().IndexOf("\"supplierNumber\":\""u8) < 0)
            return JsonElement.Parse(bytes);
        var json = JsonNode.Parse(bytes);
        WithoutPersonalNumbers(json, natural);
        return JsonSerializer.SerializeToElement(json);
    }

    /// <summary>As everywhere else in the API: a sole trader's number is a personal identity number, wherever in an event it stands.</summary>
    private static void WithoutPersonalNumbers(JsonNode? node, NaturalPersons natural)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items)
                WithoutPersonalNumbers(item, natural);
        }
        else if (node is JsonObject members)
        {
            foreach (var name in Numbers)
            {
                if ((string?)members[name] is { Length: > 2 } number
                    && (OrganisationNumber.IsNaturalPerson(number) || (bool?)members["soleTrader"] == true || natural.Include(number)))
                    members[name] = null;
            }
            foreach (var (_, value) in members)
                WithoutPersonalNumbers(value, natural);
        }
    }
}
