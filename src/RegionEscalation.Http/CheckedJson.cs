using System.Text.Json;
using System.Text.Unicode;

namespace RegionEscalation.Http;

/// <summary>One thing that is wrong with a JSON text.</summary>
/// <param name="Field">Its path; <c>$</c> for the text itself.</param>
/// <param name="Rule">A stable word such as <c>required</c>, or a rule's id such as <c>R-G8</c>.</param>
public sealed record JsonFault(string Field, string Rule, Text Message);

/// <summary>
/// Reads a JSON text that is no request of its own, such as a line of a file, by the same checks as a request's body: what may not be kept, what the
/// contract does not know, what is missing, and every bound.
/// </summary>
public static class CheckedJson
{
    private static readonly Text NotUtf8 = new("Texten är inte UTF-8.", "The text is not UTF-8.");
    private static readonly Text NotJson = new("Texten är inte giltig JSON.", "The text is not valid JSON.");

    /// <param name="containsPersonalNumber">Tells whether a text holds a Swedish personal identity number (R-G8).</param>
    /// <returns>The value and no fault, or no value and at least one.</returns>
    public static (T? Value, IReadOnlyList<JsonFault> Faults) Read<T>(ReadOnlySpan<byte> utf8, Func<string, bool> containsPersonalNumber)
        where T : class
    {
        if (!Utf8.IsValid(utf8))
            return (null, [new(FieldPath.Root, "encoding", NotUtf8)]);
        try
        {
            var check = new JsonBodyCheck(containsPersonalNumber);
            check.Run(utf8);
            if (check.Errors.Count > 0 || check.Violations.Count > 0)
                return (null, [.. Faults(check.Errors), .. check.Violations.Select(v => new JsonFault(v.Field ?? FieldPath.Root, v.Code, v.Message))]);
        }
        catch (JsonException)
        {
            return (null, [new(FieldPath.Root, "json", NotJson)]);
        }
        try
        {
            if (JsonSerializer.Deserialize<T>(utf8, Json.Options) is not { } value)
                return (null, [new(FieldPath.Root, "required", ProblemHandling.Required)]);
            var errors = RequestValidation.Check(value);
            return errors.Count > 0 ? (null, [.. Faults(errors)]) : (value, []);
        }
        catch (JsonException e)
        {
            return (null, [.. Faults(ProblemHandling.Binding(e.Message, e.Path ?? FieldPath.Root))]);
        }
    }

    private static IEnumerable<JsonFault> Faults(IReadOnlyDictionary<string, IReadOnlyList<FieldError>> errors) =>
        errors.SelectMany(e => e.Value.Select(x => new JsonFault(e.Key, x.Rule, x.Message)));
}
