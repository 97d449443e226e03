using System.Text.RegularExpressions;

namespace RegionEscalation.Domain;

/// <summary>
/// What tells one supplier from another, as one text (R-G9): a Swedish organisation number as ten digits, or for a foreign supplier the country, the
/// scheme and the number in it, such as <c>NO:0192:923609016</c>.
/// </summary>
public static partial class SupplierNumber
{
    /// <summary>Accepts every form that <see cref="OrganisationNumber.Normalise"/> does, and a foreign number as it is written here.</summary>
    /// <returns>The text that is kept; null when it is no valid number.</returns>
    public static string? Normalise(string? text) =>
        OrganisationNumber.Normalise(text) ?? (text?.Split(':', StringSplitOptions.TrimEntries) is [var country, var scheme, var number] ? Foreign(country, scheme, number) : null);

    /// <param name="country">ISO 3166-1 alpha-2; another than SE.</param>
    /// <param name="scheme">The register: its code in ISO 6523 (four digits), or a short name such as VAT, LEI, DUNS or GLN.</param>
    /// <param name="number">The number in the register, 2–27 letters, digits, points and hyphens; blanks within are left out.</param>
    /// <returns>The text that is kept; null when one of the parts is not as it must be.</returns>
    public static string? Foreign(string country, string scheme, string number)
    {
        var text = string.Join(':', country, scheme, number.Replace(" ", "", StringComparison.Ordinal)).ToUpperInvariant();
        return ForeignPattern().IsMatch(text) && !text.StartsWith("SE:", StringComparison.Ordinal) ? text : null;
    }

    /// <summary>What a number that begins with the text begins with as it is kept: a whole number in any accepted form, or the beginning of one.</summary>
    public static string Beginning(string text) =>
        Normalise(text) ?? (text.All(c => char.IsAsciiDigit(c) || c is '-' or ' ') ? text.Replace("-", "", StringComparison.Ordinal) : text)
            .Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();

    public static bool IsForeign(string number) => number.Contains(':', StringComparison.Ordinal);

    [GeneratedRegex(@"\A[A-Z]{2}:(?:[0-9]{4}|[A-Z][A-Z0-9]{1,9}):[A-Z0-9](?:[A-Z0-9.-]{0,25}[A-Z0-9])\z", RegexOptions.CultureInvariant)]
    private static partial Regex ForeignPattern();
}
