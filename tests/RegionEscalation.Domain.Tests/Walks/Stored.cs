using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RegionEscalation.Domain.Tests.Walks;

/// <summary>Written and read back as the store does it, and compared member by member.</summary>
internal static class Stored
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,
        AllowOutOfOrderMetadataProperties = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Members = [];

    public static string Write(object value) => JsonSerializer.Serialize(value, value.GetType(), Options);

    public static T ReadBack<T>(T value)
        where T : notnull => (T)JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), Options), value.GetType(), Options)!;

    /// <summary>Equal in every public member, and lists in every element.</summary>
    public static bool Same(object? a, object? b)
    {
        if (ReferenceEquals(a, b))
            return true;
        if (a is null || b is null || a.GetType() is var type && type != b.GetType() && (a is not IEnumerable || b is not IEnumerable))
            return false;
        if (type.IsPrimitive || type.IsEnum || a is string or Guid or DateTimeOffset or DateOnly or decimal)
            return a.Equals(b);
        if (a is IEnumerable left && b is IEnumerable right)
            return left.Cast<object?>().Zip(right.Cast<object?>(), Same).All(same => same) && left.Cast<object?>().Count() == right.Cast<object?>().Count();
        return Array.TrueForAll(
            Members.GetOrAdd(type, t => [.. t.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0)]),
            p => Same(p.GetValue(a), p.GetValue(b)));
    }
}
