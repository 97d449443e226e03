using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using RegionEscalation.Domain;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.Integrations.Catalogue.Reading;

/// <summary>The rows of a file with one JSON object a line.</summary>
internal sealed partial class NdjsonRows(CatalogueFileLimits limits, Func<string, bool> containsPersonalNumber)
{
    /// <returns>Null for a blank line.</returns>
    public ReadRow? Of(RecordReader file)
    {
        var text = file.Record;
        if (file.TooLong)
            return Unread(file.Line, text.Span, [new("$", "length", Faulted.TooLong(limits.RecordBytes))], cut: true);
        if (text.Span.IndexOfAnyExcept(" \t\r"u8) < 0)
            return null;
        var (line, faults) = CheckedJson.Read<CatalogueLine>(text.Span, containsPersonalNumber);
        if (line is not null)
        {
            var (row, rowFaults) = CatalogueRows.Of(line);
            if (row is not null)
                return new ReadRow.Good(file.Line, row);
            faults = rowFaults;
        }
        return Bad(file.Line, text, faults);
    }

    private ReadRow Bad(long line, ReadOnlyMemory<byte> text, IReadOnlyList<JsonFault> faults)
    {
        if (!Utf8.IsValid(text.Span))
            return Unread(line, text.Span, faults);
        try
        {
            using var parsed = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = RequestBody.MaxDepth });
            var root = parsed.RootElement;
            var (kind, key) = KeyOf(root);
            return Faulted.Row(line, kind, key, faults, field => ValueAt(root, field));
        }
        catch (JsonException)
        {
            return Unread(line, text.Span, faults);
        }
    }

    /// <summary>A contract's number can often be read all the same; a snapshot must not end a contract whose line is only spoilt.</summary>
    private ReadRow.Bad Unread(long line, ReadOnlySpan<byte> text, IReadOnlyList<JsonFault> faults, bool cut = false)
    {
        var beginning = (Utf8.IsValid(text) || cut ? Encoding.UTF8 : Encoding.Latin1).GetString(text);
        // Two lines may have become one, and a snapshot must not end the other line's contract: then no number was read.
        return !cut && ContractNumber().Matches(beginning) is [var only] && only.Groups["number"].Value is var key && !containsPersonalNumber(key)
            ? Faulted.Row(line, "contract", key, faults, _ => beginning)
            : Faulted.Row(line, null, null, faults, _ => beginning);
    }

    private (string? Kind, string? Key) KeyOf(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return (null, null);
        if (root.TryGetProperty("contractNumber", out var number))
            return ("contract", TextOf(number) is { } text && WholeNumber().IsMatch(text) && !containsPersonalNumber(text) ? text : null);
        if (root.TryGetProperty("supplier", out var supplier) && supplier.ValueKind == JsonValueKind.Object)
            return ("supplier", supplier.TryGetProperty("organisationNumber", out var own) ? CatalogueIntake.KeyShown("supplier", SupplierNumber.Normalise(TextOf(own))) : null);
        return (root.TryGetProperty("contract", out _) ? "contract" : null, null);
    }

    /// <param name="field">A path such as <c>contract.clauses[0].type</c>.</param>
    private static string? ValueAt(JsonElement element, string field)
    {
        foreach (Match step in Step().Matches(field == "$" ? "" : field))
        {
            if (step.Groups["index"] is { Success: true } index)
            {
                if (element.ValueKind != JsonValueKind.Array || !int.TryParse(index.Value, out var i) || i >= element.GetArrayLength())
                    return null;
                element = element[i];
            }
            else if (element.ValueKind != JsonValueKind.Object || (step.Value == "organisationNumber" && IsPerson(element)) || !element.TryGetProperty(step.Value, out element))
                return null;
        }
        return element.ValueKind == JsonValueKind.Null ? null : TextOf(element) ?? element.GetRawText();
    }

    private static bool IsPerson(JsonElement supplier) => supplier.TryGetProperty("soleTrader", out var said) && said.ValueKind == JsonValueKind.True;

    private static string? TextOf(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair.
            return null;
        }
    }

    [GeneratedRegex("""
        "contractNumber"\s*:\s*"(?<number>[A-Za-z0-9][A-Za-z0-9._~-]{0,63})"
        """, RegexOptions.CultureInvariant)]
    private static partial Regex ContractNumber();

    [GeneratedRegex(@"\A" + ContractRequest.NumberPattern + @"\z", RegexOptions.CultureInvariant)]
    private static partial Regex WholeNumber();

    [GeneratedRegex(@"\[(?<index>\d{1,6})\]|[^.\[\]]+", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Step();
}
