using System.Text.Json;
using System.Text.Json.Nodes;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>Compares JSON with a schema of an OpenAPI or AsyncAPI document: types, codes, and exactly the properties that the schema names.</summary>
internal static class SchemaCheck
{
    /// <returns>One line per departure.</returns>
    public static IReadOnlyList<string> Against(JsonNode document, JsonNode schema, JsonNode? value) => [.. Walk(document, schema, value, "$")];

    public static JsonNode? Resolve(JsonNode document, string reference) =>
        reference.Split('/').Skip(1).Aggregate((JsonNode?)document, (node, name) =>
            node?[name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)]);

    private static IEnumerable<string> Walk(JsonNode document, JsonNode schema, JsonNode? value, string path)
    {
        if ((string?)schema["$ref"] is { } reference)
            return Walk(document, Resolve(document, reference)!, value, path);
        if ((schema["oneOf"] ?? schema["anyOf"]) is JsonArray options)
            return options.Any(o => !Walk(document, o!, value, path).Any()) ? [] : options.SelectMany(o => Walk(document, o!, value, path));
        if (schema["allOf"] is JsonArray all)
            return all.SelectMany(o => Walk(document, o!, value, path));
        return TypeOf(schema, value, path).Concat(value switch
        {
            JsonObject o => Members(document, schema, o, path),
            JsonArray a => a.SelectMany((item, i) => Walk(document, schema["items"]!, item, $"{path}[{i}]")),
            _ => [],
        });
    }

    private static IEnumerable<string> TypeOf(JsonNode schema, JsonNode? value, string path)
    {
        var types = schema["type"] switch { null => [], JsonArray several => several.Select(t => (string)t!).ToArray(), var one => [(string)one!] };
        var actual = value?.GetValueKind() switch
        {
            null or JsonValueKind.Null => "null",
            JsonValueKind.String => "string",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            JsonValueKind.Number => value.ToJsonString().All(char.IsAsciiDigit) ? "integer" : "number",
            JsonValueKind.Array => "array",
            _ => "object",
        };
        // A whole number is a number.
        if (types.Length > 0 && !types.Contains(actual) && !(actual == "integer" && types.Contains("number")))
            yield return $"{path}: {actual} instead of {string.Join("|", types)}";
        if (schema["enum"] is JsonArray codes && !codes.Any(c => JsonNode.DeepEquals(c, value)))
            yield return $"{path}: {value?.ToJsonString()} is none of {codes.ToJsonString()}";
        if (schema["const"] is { } only && !JsonNode.DeepEquals(only, value))
            yield return $"{path}: {value?.ToJsonString()} is not {only.ToJsonString()}";
    }

    private static IEnumerable<string> Members(JsonNode document, JsonNode schema, JsonObject value, string path)
    {
        // A schema without properties says that anything may come, such as the data of an event.
        if (schema["properties"] is not JsonObject properties)
            return [];
        var required = schema["required"]?.AsArray().Select(r => (string)r!) ?? [];
        return
        [
            .. required.Where(r => !value.ContainsKey(r)).Select(r => $"{path}.{r}: missing"),
            .. value.Select(p => p.Key).Where(k => !properties.ContainsKey(k)).Select(k => $"{path}.{k}: not in the schema"),
            .. value.Where(p => properties.ContainsKey(p.Key)).SelectMany(p => Walk(document, properties[p.Key]!, p.Value, $"{path}.{p.Key}")),
        ];
    }
}
