using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using RegionEscalation.Http;

namespace RegionEscalation.Host;

/// <summary>JSON Schemas of what is sent, as the APIs write it; each record once, under its own name.</summary>
internal sealed class EventSchemas
{
    private readonly SortedDictionary<string, (Type Type, JsonNode Schema)> _records = new(StringComparer.Ordinal);
    private readonly JsonSchemaExporterOptions _options;

    public EventSchemas() => _options = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Complete };

    /// <summary>Every record that was asked for, and what they are made of, by name.</summary>
    public JsonObject Components => new(_records.Select(r => KeyValuePair.Create(r.Key, (JsonNode?)r.Value.Schema.DeepClone())));

    /// <returns>A reference to the record's schema.</returns>
    public JsonNode Of(Type type) => Json.Options.GetJsonSchemaAsNode(type, _options);

    /// <summary>The members of a record that is written out where it stands, and is no component.</summary>
    public JsonObject MembersOf(Type type)
    {
        Of(type);
        _records.Remove(type.Name, out var record);
        return record.Schema["properties"]!.DeepClone().AsObject();
    }

    private JsonNode Complete(JsonSchemaExporterContext context, JsonNode schema)
    {
        // What is sent is always there, so there is no default.
        (schema as JsonObject)?.Remove("default");
        if (Hidden(context.TypeInfo.Type) is { } hidden)
            return hidden;
        if (context.TypeInfo is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } element } && Hidden(element) is { } item)
            schema["items"] = item;
        // A sole trader's number is left out, whatever the record says (see EventJson).
        if (context.PropertyInfo is { Name: "organisationNumber" })
            return OrNull(schema.AsObject());
        return context.TypeInfo.Kind == JsonTypeInfoKind.Object ? Named(context, schema.AsObject()) : schema;
    }

    /// <summary>What the converters of codes and instants write, which the exporter does not see; null for anything else.</summary>
    private static JsonObject? Hidden(Type type)
    {
        var optional = Nullable.GetUnderlyingType(type);
        JsonObject? schema = (optional ?? type) switch
        {
            { IsEnum: true } codes => new() { ["type"] = "string", ["enum"] = new JsonArray([.. Enum.GetNames(codes).Select(n => JsonValue.Create(JsonNamingPolicy.CamelCase.ConvertName(n)))]) },
            var instant when instant == typeof(DateTimeOffset) => new() { ["type"] = "string", ["format"] = "date-time" },
            _ => null,
        };
        return optional is null || schema is null ? schema : OrNull(schema);
    }

    private JsonNode Named(JsonSchemaExporterContext context, JsonObject schema)
    {
        var type = context.TypeInfo.Type;
        // A reader is to take fields that come later.
        schema.Remove("additionalProperties");
        // Of an optional member that a converter hides the exporter tells its default, and asks nobody for more.
        foreach (var member in context.TypeInfo.Properties.Where(p => (schema["properties"]?[p.Name] as JsonObject)?.All(s => s.Key == "default") == true))
            schema["properties"]![member.Name] = Hidden(member.PropertyType);
        schema["type"] = "object";
        // What is sent is always written, null or not, unless it says otherwise; a constructor tells only what must be read.
        schema["required"] = new JsonArray([.. context.TypeInfo.Properties.Where(p => p.Get is not null && p.ShouldSerialize is null).Select(p => JsonValue.Create(p.Name))]);
        if (_records.TryGetValue(type.Name, out var known) && known.Type != type)
            throw new InvalidOperationException($"Two records are named {type.Name}.");
        _records[type.Name] = (type, schema);
        var reference = new JsonObject { ["$ref"] = $"#/components/schemas/{type.Name}" };
        return context.PropertyInfo is { IsGetNullable: true } ? new JsonObject { ["oneOf"] = new JsonArray(reference, new JsonObject { ["type"] = "null" }) } : reference;
    }

    private static JsonObject OrNull(JsonObject schema)
    {
        if (schema["type"] is JsonValue type)
            schema["type"] = new JsonArray((string?)type, "null");
        if (schema["enum"] is JsonArray codes)
            codes.Add(null);
        return schema;
    }
}
