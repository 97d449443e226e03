using System.Text.Json;
using System.Text.Json.Nodes;
using RegionEscalation.Domain;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi;

/// <summary>An event as it is served: by its codes, in histories, feeds and webhooks alike.</summary>
internal static class EventJson
{
    public static JsonElement Of(object e)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(e, e.GetType(), Json.Options);
        // Few events name anybody's number; the others are not taken apart.
        if (bytes.AsSpan().IndexOf("\"organisationNumber\":\""u8) < 0)
            return JsonElement.Parse(bytes);
        var json = JsonNode.Parse(bytes);
        WithoutPersonalNumbers(json);
        return JsonSerializer.SerializeToElement(json);
    }

    /// <summary>As everywhere else in the API: a sole trader's number is a personal identity number, wherever in an event it stands.</summary>
    private static void WithoutPersonalNumbers(JsonNode? node)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items)
                WithoutPersonalNumbers(item);
        }
        else if (node is JsonObject members)
        {
            if ((string?)members["organisationNumber"] is { Length: > 2 } number && (OrganisationNumber.IsNaturalPerson(number) || (bool?)members["soleTrader"] == true))
                members["organisationNumber"] = null;
            foreach (var (_, value) in members)
                WithoutPersonalNumbers(value);
        }
    }
}
