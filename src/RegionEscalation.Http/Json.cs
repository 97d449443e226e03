using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Microsoft.Extensions.DependencyInjection;

namespace RegionEscalation.Http;

/// <summary>How both APIs read and write JSON: what is not in the contract is refused, nulls are written so that shapes are stable.</summary>
public static class Json
{
    /// <summary>The same settings for what is written outside a request: problems, examples, stored first answers.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    public static IServiceCollection AddApiJson(this IServiceCollection services) =>
        services.ConfigureHttpJsonOptions(o => Configure(o.SerializerOptions));

    public static void Configure(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.Encoder = JavaScriptEncoder.Create(UnicodeRanges.All);
        options.Converters.Add(new CodeConverters());
        options.Converters.Add(new InstantConverter());
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions();
        Configure(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    /// <summary>Codes to the letter: the framework's converter reads them in any case, and lists of them as if they were flags.</summary>
    private sealed class CodeConverters : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(typeof(CodeConverter<>).MakeGenericType(typeToConvert))!;
    }

    private sealed class CodeConverter<T> : JsonConverter<T>
        where T : struct, Enum
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && Code<T>.TryParse(reader.GetString(), out var code) ? code.Value : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(new Code<T>(value).ToString());
    }

    private sealed class InstantConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && Instant.TryParse(reader.GetString(), out var instant)
                ? instant.Value
                : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(new Instant(value).ToString());
    }
}

/// <summary>
/// A time as RFC 3339 writes it (DOT.01–03): any zone is read, but one must be given; UTC is written, with at most six
/// fractional digits. Finer digits are cut, since the database keeps microseconds. Serves as a query parameter's type too.
/// </summary>
public readonly partial record struct Instant
{
    public Instant(DateTimeOffset value)
    {
        var utc = value.ToUniversalTime();
        Value = utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    /// <summary>UTC, whole microseconds.</summary>
    public DateTimeOffset Value { get; }

    public static bool TryParse(string? text, out Instant instant)
    {
        var match = Rfc3339().Match(text ?? "");
        var fraction = match.Groups["fraction"].Value;
        var readable = match.Success
            ? $"{match.Groups["seconds"].Value}.{(fraction.Length > 6 ? fraction[..6] : fraction).PadRight(6, '0')}{match.Groups["zone"].Value}"
            : "";
        var parsed = DateTimeOffset.TryParseExact(
            readable.ToUpperInvariant(), "yyyy-MM-dd'T'HH:mm:ss.ffffffK", CultureInfo.InvariantCulture, DateTimeStyles.None, out var value);
        instant = parsed ? new Instant(value) : default;
        return parsed;
    }

    public override string ToString() => Value.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^(?<seconds>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.(?<fraction>\d{1,20}))?(?<zone>Z|[+-]\d{2}:\d{2})\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Rfc3339();
}

/// <summary>A Swedish calendar date as a query parameter's type, <c>YYYY-MM-DD</c> and nothing else; the framework would read any way of writing one.</summary>
public readonly record struct Day(DateOnly Value)
{
    public static bool TryParse(string? text, out Day day)
    {
        var parsed = DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var value);
        day = new Day(value);
        return parsed;
    }

    public override string ToString() => Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
