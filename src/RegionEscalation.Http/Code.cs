using System.Text.Json;

namespace RegionEscalation.Http;

/// <summary>
/// A code of an enumeration as a query parameter's type, written as in JSON (<c>seriousDeviation</c>). The framework would bind the
/// names of the source code, numbers, and lists of both.
/// </summary>
public readonly record struct Code<T>(T Value)
    where T : struct, Enum
{
    private static readonly Dictionary<string, T> Codes =
        Enum.GetValues<T>().ToDictionary(value => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()), StringComparer.Ordinal);

    public static bool TryParse(string? text, out Code<T> code)
    {
        var found = Codes.TryGetValue(text ?? "", out var value);
        code = new(value);
        return found;
    }

    public override string ToString() => JsonNamingPolicy.CamelCase.ConvertName(Value.ToString());
}
