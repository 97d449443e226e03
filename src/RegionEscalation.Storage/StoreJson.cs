using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace RegionEscalation.Storage;

/// <summary>How events and snapshots are written. Independent of the APIs' JSON: what is stored outlives what is served.</summary>
internal static class StoreJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        // å, ä and ö stay readable to people who look into the tables; no HTML is made of this.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,
        // The database keeps members in an order of its own.
        AllowOutOfOrderMetadataProperties = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    public static string Write(object value) => JsonSerializer.Serialize(value, value.GetType(), Options);

    public static object Read(string json, Type type) => JsonSerializer.Deserialize(json, type, Options)
        ?? throw new InvalidDataException($"A stored {type.Name} is empty.");

    public static T Read<T>(string json) => (T)Read(json, typeof(T));

    public static string SchemaOf(Type type) => Options.GetJsonSchemaAsNode(type).ToJsonString();

    /// <summary>The code that an enumeration value has in columns, the same as in JSON.</summary>
    public static string Code<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
