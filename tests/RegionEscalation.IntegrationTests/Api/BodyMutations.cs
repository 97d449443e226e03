using System.Text.Json;
using System.Text.Json.Nodes;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>A body with one thing wrong.</summary>
/// <param name="Field">Where, as it is to stand in <c>errors</c>.</param>
internal sealed record BadBody(string What, string Field, string Json);

/// <summary>Breaks an example of the OpenAPI document at one place at a time, as its schema says that it can be broken.</summary>
internal static class BodyMutations
{
    private const string Marker = "THE-PLACE";

    public static IEnumerable<BadBody> Of(JsonNode document, JsonNode schema, JsonNode example) =>
        Objects(document, schema, example, "").SelectMany(o => OfObject(example, o.Path, o.Schema, o.Value));

    /// <summary>Every object in the example with its schema.</summary>
    private static IEnumerable<(string Path, JsonObject Schema, JsonObject Value)> Objects(JsonNode document, JsonNode schema, JsonNode? value, string path)
    {
        schema = Resolved(document, schema);
        if (value is JsonArray items)
            return items.SelectMany((item, i) => Objects(document, schema["items"]!, item, $"{path}[{i}]"));
        if (value is not JsonObject o)
            return [];
        return o.Where(p => p.Value is JsonObject or JsonArray)
            .SelectMany(p => Objects(document, schema["properties"]![p.Key]!, p.Value, Member(path, p.Key)))
            .Prepend((path, Inlined(document, schema), o));
    }

    private static IEnumerable<BadBody> OfObject(JsonNode example, string path, JsonObject schema, JsonObject value)
    {
        yield return new("an unknown field", Member(path, "surplus"), With(example, path, o => o["surplus"] = 1));
        var (given, text) = value.Where(p => p.Value is not null).Select(p => (p.Key, p.Value!.ToJsonString())).First();
        yield return new("a field in other letters", Member(path, Upper(given)), With(example, path, o => o[Upper(given)] = 1));
        yield return new("a field twice", Member(path, given), Raw(example, path, given, $"{text},{JsonSerializer.Serialize(given)}:{text}"));

        var required = (schema["required"]?.AsArray() ?? []).Select(r => (string)r!).ToHashSet();
        foreach (var (name, property) in schema["properties"]!.AsObject())
        {
            var field = Member(path, name);
            if (required.Contains(name))
            {
                yield return new("nothing", field, With(example, path, o => o.Remove(name)));
                yield return new("null", field, With(example, path, o => o[name] = null));
            }
            foreach (var (what, json) in WrongValues(property!))
                yield return new(what, field, Raw(example, path, name, json));
        }
    }

    private static IEnumerable<(string What, string Json)> WrongValues(JsonNode property)
    {
        var type = property["type"] is JsonArray several ? several.Select(t => (string)t!).Single(t => t != "null") : (string?)property["type"];
        foreach (var (what, json, of) in new[] { ("a number", "17", "integer number"), ("a text", "\"x y\"", "string"), ("a truth value", "true", "boolean"), ("an object", "{}", "object"), ("a list", "[[]]", "array") })
        {
            if (type is not null && !of.Contains(type, StringComparison.Ordinal))
                yield return ($"{what} in place of a {type}", json);
        }
        if (type == "string" && property["enum"] is JsonArray codes)
        {
            yield return ("an unknown code", "\"noSuchCode\"");
            yield return ("a code in other letters", JsonSerializer.Serialize(Upper((string)codes[0]!)));
            yield return ("several codes", JsonSerializer.Serialize(string.Join(',', codes.Select(c => (string)c!))));
        }
        else if (type == "string" && property["format"] is { } format)
        {
            yield return ($"no {format}", "\"yesterday\"");
            yield return ($"an empty {format}", "\"\"");
            yield return ($"an impossible {format}", "\"2026-02-30T25:00:00Z\"");
        }
        else if (type == "string")
        {
            yield return ("NUL", "\"abc\\u0000def\"");
            yield return ("half a surrogate pair", "\"abc\\ud800def\"");
            if ((int?)property["maxLength"] is { } longest)
                yield return ("too long a text", JsonSerializer.Serialize(new string('x', longest + 1)));
            yield return ("blanks", "\"   \"");
        }
        if (type == "array" && (int?)property["minItems"] > 0)
            yield return ("no item", "[]");
        if (type == "array")
            yield return ("an item that is null", "[null]");
        if (property["minimum"] is { } minimum)
            yield return ("too small a number", $"{(decimal)minimum - 1}");
        if (property["maximum"] is { } maximum)
        {
            yield return ("too great a number", $"{(decimal)maximum + 1}");
            if (type == "integer")
                yield return ("a fraction", "1.5");
            yield return ("an enormous number", "1e400");
        }
    }

    /// <summary>Every text of the example in which anything may be written.</summary>
    public static IEnumerable<BadBody> WithPersonalNumber(JsonNode document, JsonNode schema, JsonNode example, string number) =>
        from o in Objects(document, schema, example, "")
        from property in o.Schema["properties"]!.AsObject()
        where property.Value!["type"]?.ToJsonString().Contains("\"string\"", StringComparison.Ordinal) == true
            && property.Value["format"] is null && property.Value["enum"] is null && property.Key != "organisationNumber"
        select new BadBody("a personal identity number", Member(o.Path, property.Key), Raw(example, o.Path, property.Key, JsonSerializer.Serialize($"Se {number}.")));

    private static string With(JsonNode example, string path, Action<JsonObject> change)
    {
        var copy = example.DeepClone();
        change(At(copy, path));
        return copy.ToJsonString();
    }

    /// <summary>With text that need not be JSON in the place of a property's value.</summary>
    private static string Raw(JsonNode example, string path, string name, string json) =>
        With(example, path, o => o[name] = Marker).Replace($"\"{Marker}\"", json, StringComparison.Ordinal);

    private static JsonObject At(JsonNode root, string path) => path.Split('.', '[', ']').Where(p => p.Length > 0)
        .Aggregate(root, (node, part) => int.TryParse(part, out var index) ? node[index]! : node[part]!).AsObject();

    private static JsonNode Resolved(JsonNode document, JsonNode schema) =>
        (string?)schema["$ref"] is { } reference ? Resolved(document, SchemaCheck.Resolve(document, reference)!)
        : schema["oneOf"] is JsonArray options ? Resolved(document, options.Single(o => (string?)o!["type"] != "null")!)
        : schema;

    /// <summary>The schema of an object with those of its properties in place of references.</summary>
    private static JsonObject Inlined(JsonNode document, JsonNode schema)
    {
        var copy = schema.DeepClone().AsObject();
        foreach (var (name, property) in schema["properties"]!.AsObject())
            copy["properties"]![name] = Resolved(document, property!).DeepClone();
        return copy;
    }

    private static string Member(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Upper(string name) => char.ToUpperInvariant(name[0]) + name[1..];
}
