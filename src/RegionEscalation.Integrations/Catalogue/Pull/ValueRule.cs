using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using RegionEscalation.Domain;
using RegionEscalation.Http;

namespace RegionEscalation.Integrations.Catalogue.Pull;

internal enum ValueKind
{
    Text,
    Number,
    Flag,
    Date,
}

/// <summary>
/// How a single value is read. What cannot be made into what the field wants is left as it is: the check of the line then says what is wrong with it.
/// </summary>
/// <param name="Place">Null for a constant.</param>
/// <param name="Words">The catalogue's words and ours.</param>
/// <param name="Format">Of a date.</param>
internal sealed record ValueRule(ValueKind Kind, JsonPlace? Place, string? Constant, string? Default, IReadOnlyDictionary<string, string>? Words, string? Format)
{
    private const string EveryOther = "*";
    private static readonly Text NotUtf8 = new("Texten är inte UTF-8.", "The text is not UTF-8.");
    private static readonly Text NotSingle = new("Ska vara ett enda värde.", "Must be a single value.");
    private static readonly Text NoSuchWord = new("Ordet saknas i regionens inställning för katalogen.", "The region's setting for the catalogue lacks the word.");
    private static readonly string[] DateFormats = ["yyyy-MM-dd", "yyyyMMdd", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm:ss"];

    public static ValueRule Of(Type type, FieldOptions field) => new(
        KindOf(Nullable.GetUnderlyingType(type) ?? type), field.Path is null ? null : JsonPlace.Parse(field.Path), field.Constant, field.Default,
        field.Values is null ? null : new Dictionary<string, string>(field.Values, StringComparer.OrdinalIgnoreCase), field.Format);

    public MappedField Read(JsonElement item, string path, MappingReading reading)
    {
        if (Constant is not null)
            return new MappedField(Made(Constant));
        var found = Place!.Find(item);
        if (found is { ValueKind: JsonValueKind.Object or JsonValueKind.Array })
            return Faulty(reading, path, "format", NotSingle);
        if (found is { } element && !IsReadable(element))
            return Faulty(reading, path, "encoding", NotUtf8);
        var text = found is not { } single ? "" : (single.ValueKind == JsonValueKind.String ? single.GetString()! : single.GetRawText()).Trim();
        if (text.Length == 0)
            return new MappedField(Default is null ? null : Made(Default));

        reading.Said(path, text);
        if (Words is null)
            return new MappedField(Made(text), Found: true);
        if (!Words.TryGetValue(text, out var word) && !Words.TryGetValue(EveryOther, out word))
            return Faulty(reading, path, "value", NoSuchWord);
        return word.Length == 0 ? new MappedField(null, Dropped: true) : new MappedField(Made(word), Found: true);
    }

    /// <summary>Whether it is UTF-8, of which the parser sees to the structure only.</summary>
    public static bool IsReadable(JsonElement element) => Utf8.IsValid(JsonMarshal.GetRawUtf8Value(element));

    private JsonNode Made(string text) => Kind switch
    {
        ValueKind.Number when NumberOf(text) is { } number => JsonValue.Create(number),
        ValueKind.Flag when FlagOf(text) is { } flag => JsonValue.Create(flag),
        ValueKind.Date when DateOf(text) is { } date => JsonValue.Create(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        _ => JsonValue.Create(text),
    };

    /// <summary>Thousands by spaces, or by points before a decimal comma, or by commas before a decimal point.</summary>
    private static decimal? NumberOf(string text)
    {
        var digits = string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
        var (comma, point) = (digits.LastIndexOf(','), digits.LastIndexOf('.'));
        digits = comma > point
            ? digits.Replace(".", "", StringComparison.Ordinal).Replace(',', '.')
            : comma >= 0 ? digits.Replace(",", "", StringComparison.Ordinal) : digits;
        return decimal.TryParse(digits, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static bool? FlagOf(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "JA" or "J" or "YES" or "Y" or "1" => true,
        "FALSE" or "NEJ" or "N" or "NO" or "0" => false,
        _ => null,
    };

    /// <summary>An instant with its zone means the Swedish day that it falls on.</summary>
    private DateOnly? DateOf(string text) =>
        DateTime.TryParseExact(text, Format is null ? DateFormats : [Format], CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? DateOnly.FromDateTime(date)
        : Format is null && Instant.TryParse(text, out var instant) ? SwedishTime.DateOf(instant.Value)
        : null;

    private static MappedField Faulty(MappingReading reading, string path, string rule, Text message)
    {
        reading.Faults.Add(new RowFault(path, rule, message, reading.Shown(path)));
        return new MappedField(null, Found: true);
    }

    private static ValueKind KindOf(Type type) =>
        type == typeof(bool) ? ValueKind.Flag
        : type == typeof(DateOnly) ? ValueKind.Date
        : type == typeof(decimal) || type == typeof(int) || type == typeof(long) ? ValueKind.Number
        : ValueKind.Text;
}
