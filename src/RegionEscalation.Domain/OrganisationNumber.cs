namespace RegionEscalation.Domain;

/// <summary>
/// A Swedish organisation number as ten digits with a valid check digit (R-G9). A sole trader's number is a personal
/// identity number: its third digit is below 2, since it stands for a month.
/// </summary>
public static class OrganisationNumber
{
    /// <summary>Accepts ten digits, with or without hyphen, or twelve with the prefix 16 (19 and 20 for sole traders).</summary>
    /// <returns>The ten digits, or null when the text is no valid number.</returns>
    public static string? Normalise(string? text)
    {
        if (text is null || text.Length > 13)
            return null;
        var trimmed = text.Trim();
        var hyphen = trimmed.IndexOf('-', StringComparison.Ordinal);
        if (hyphen >= 0 && (hyphen != trimmed.Length - 5 || trimmed.LastIndexOf('-') != hyphen))
            return null;
        var digits = trimmed.Replace("-", "", StringComparison.Ordinal);
        if (digits.Length == 12 && (digits.StartsWith("16", StringComparison.Ordinal) || (digits[..2] is "19" or "20" && IsNaturalPerson(digits[2..]))))
            digits = digits[2..];
        return digits.Length == 10 && digits.All(char.IsAsciiDigit) && HasCheckDigit(digits) && (!IsNaturalPerson(digits) || IsDateOfBirth(digits)) ? digits : null;
    }

    /// <summary>True when the ten digits belong to a sole trader, so that they must not leave the region; of a foreign number it is not known.</summary>
    public static bool IsNaturalPerson(string number) => !SupplierNumber.IsForeign(number) && number[2] < '2';

    /// <summary>Whether the first six digits can be a date of birth; the day of a coordination number is raised by 60.</summary>
    internal static bool IsDateOfBirth(string tenDigits) =>
        int.Parse(tenDigits.AsSpan(2, 2), provider: null) is >= 1 and <= 12 && int.Parse(tenDigits.AsSpan(4, 2), provider: null) % 60 is >= 1 and <= 31;

    /// <summary>The Luhn check over ten digits.</summary>
    internal static bool HasCheckDigit(ReadOnlySpan<char> tenDigits)
    {
        var sum = 0;
        for (var i = 0; i < tenDigits.Length; i++)
        {
            var product = (tenDigits[i] - '0') * (i % 2 == 0 ? 2 : 1);
            sum += product > 9 ? product - 9 : product;
        }
        return sum % 10 == 0;
    }
}
