using System.Text;
using System.Text.RegularExpressions;
using RegionEscalation.Http;

namespace RegionEscalation.Integrations.Catalogue.Reading;

/// <summary>Makes of what is wrong with a row what its sender is told: enough to find it, and nobody's personal identity number.</summary>
internal static partial class Faulted
{
    public const int LongestValue = 200;

    /// <summary>Of one row; whoever has corrected these sees the others.</summary>
    private const int Most = 20;

    public static Text TooLong(int bytes) => new($"Raden är längre än {bytes} byte.", $"The row is longer than {bytes} bytes.");

    /// <param name="faults">At least one.</param>
    /// <param name="valueOf">What stands in the field, the root included.</param>
    public static ReadRow.Bad Row(long line, string? kind, string? key, IEnumerable<JsonFault> faults, Func<string, string?> valueOf) =>
        new(line, kind, key, [.. faults.Take(Most).Select(f => new RowFault(NameOf(f.Field), f.Rule, f.Message, Shown(valueOf(f.Field))))]);

    /// <summary>A name that the sender has chosen.</summary>
    public static string NameOf(string field) => Shown(field) ?? "*";

    private static string? Shown(string? value)
    {
        if (value is null || MayHoldPersonalNumber(value))
            return null;
        var shown = new StringBuilder();
        foreach (var rune in value.EnumerateRunes().Take(LongestValue))
            shown.Append(Rune.IsControl(rune) ? " " : rune.ToString());
        return shown.ToString();
    }

    /// <summary>A month in the place of the third digit, whatever the check digit is: a slip of the pen is still somebody's number (R-G8).</summary>
    public static bool MayHoldPersonalNumber(string value) => LikeAPersonalNumber().IsMatch(value);

    [GeneratedRegex(
        @"(?<![0-9])(?:[0-9]{2}[ -]?)?[0-9]{2}[ -]?[01][0-9][ -]?[0-9]{2}[ \u00A0\u202F]?[-+\u2010-\u2015\u2212]?[ \u00A0\u202F]?[0-9]{2} ?[0-9]{2}(?![0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex LikeAPersonalNumber();
}
