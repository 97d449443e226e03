using System.Text.Json;
using System.Text.RegularExpressions;

namespace RegionEscalation.Integrations.Catalogue.Pull;

/// <summary>A place in somebody else's JSON: names joined by dots, <c>[n]</c> for the n-th of a list from 0, <c>$</c> for the whole.</summary>
internal sealed partial class JsonPlace
{
    private readonly (string? Name, int Index)[] _steps;

    private JsonPlace((string? Name, int Index)[] steps) => _steps = steps;

    /// <returns>Null where the text is no such place.</returns>
    public static JsonPlace? Parse(string text)
    {
        if (text == "$")
            return new JsonPlace([]);
        var path = text.StartsWith("$.", StringComparison.Ordinal) ? text[2..] : text;
        return Whole().IsMatch(path)
            ? new JsonPlace([.. Step().Matches(path).Select(m => m.Groups["index"] is { Success: true } index
                ? ((string?)null, int.Parse(index.Value, System.Globalization.CultureInfo.InvariantCulture)) : (m.Groups["name"].Value, 0))])
            : null;
    }

    /// <returns>Null where there is nothing, or null.</returns>
    public JsonElement? Find(JsonElement from)
    {
        foreach (var (name, index) in _steps)
        {
            if (name is not null)
            {
                if (from.ValueKind != JsonValueKind.Object || !from.TryGetProperty(name, out from))
                    return null;
            }
            else if (from.ValueKind != JsonValueKind.Array || index >= from.GetArrayLength())
                return null;
            else
                from = from[index];
        }
        return from.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? null : from;
    }

    [GeneratedRegex(@"\A(?:[^.\[\]$]+|\[[0-9]{1,4}\])(?:\.[^.\[\]$]+|\[[0-9]{1,4}\])*\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Whole();

    [GeneratedRegex(@"\[(?<index>[0-9]{1,4})\]|(?<name>[^.\[\]$]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Step();
}
