using System.Text.Json.Nodes;

namespace RegionEscalation.Http;

/// <summary>What the profile wants of every operation, checked on a finished document; for tests.</summary>
public static class OpenApiCompleteness
{
    private static readonly string[] Verbs = ["get", "put", "post", "delete", "patch"];

    /// <returns>One line per omission; empty for a complete document.</returns>
    public static IReadOnlyList<string> Check(JsonNode document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return
        [
            .. from path in document["paths"]!.AsObject()
               from operation in path.Value!.AsObject()
               where Verbs.Contains(operation.Key)
               from omission in Operation(operation.Value!.AsObject(), operation.Key, path.Key)
               select $"{operation.Key.ToUpperInvariant()} {path.Key}: {omission}",
            .. from tag in document["tags"]?.AsArray() ?? []
               where string.IsNullOrWhiteSpace((string?)tag!["description"])
               select $"tag {tag["name"]}: description",
            .. from schema in document["components"]?["schemas"]?.AsObject() ?? []
               from property in schema.Value?["properties"]?.AsObject() ?? []
               where (string?)property.Value?["format"] is "date" or "date-time" && property.Value["example"] is null
               select $"{schema.Key}.{property.Key}: example",
        ];
    }

    private static IEnumerable<string> Operation(JsonObject operation, string verb, string path)
    {
        foreach (var text in new[] { "summary", "description", "operationId" })
            if (string.IsNullOrWhiteSpace((string?)operation[text]))
                yield return text;

        var parameters = operation["parameters"]?.AsArray().Select(p => (string?)p!["name"]).ToHashSet() ?? [];
        if (!parameters.Contains("traceparent"))
            yield return "traceparent";
        if (verb == "post" && !parameters.Contains(Idempotency.Header))
            yield return Idempotency.Header;

        foreach (var name in OpenApiConventions.RouteNames(path).Where(n => !parameters.Contains(n)))
            yield return $"parameter {name}";
        foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
            if (string.IsNullOrWhiteSpace((string?)parameter!["description"]))
                yield return $"description of {parameter["name"]}";

        if (Json(operation["requestBody"]) is { } request && request["example"] is null)
            yield return "request example";
        var responses = operation["responses"]!.AsObject();
        foreach (var (status, response) in responses)
            if (Json(response) is { } answer && answer["example"] is null)
                yield return $"example of {status}";

        var needed = new List<string> { "429", "500" };
        if (operation["security"] is not JsonArray { Count: 0 })
            needed.AddRange(["401", "403", "404"]);
        if (operation["requestBody"] is not null)
            needed.AddRange(["400", "413", "415", "422"]);
        foreach (var status in needed.Where(s => !responses.ContainsKey(s)))
            yield return status;
        if (!responses.Any(r => r.Key.StartsWith('2')))
            yield return "success";
    }

    private static JsonNode? Json(JsonNode? carrier) => carrier?["content"]?["application/json"];
}
