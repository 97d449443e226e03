using System.Text.RegularExpressions;

namespace RegionEscalation.Domain;

/// <summary>
/// Finds Swedish personal identity numbers and coordination numbers in free text (R-G8, lag 2018:218 3 kap. 10 §).
/// </summary>
public static partial class PersonalIdentityNumber
{
    /// <summary>
    /// True when the text holds ten or twelve digits, with or without separator (any space, hyphen or dash that a word processor
    /// makes of it), that form a plausible date of birth (day + 60 for a coordination number) and a valid check digit.
    /// </summary>
    public static bool AppearsIn(string text)
    {
        foreach (Match match in Pattern().Matches(Identifier().Replace(text, " ")))
        {
            var digits = match.Groups["date"].Value + match.Groups["tail"].Value;
            if (OrganisationNumber.IsDateOfBirth(digits) && OrganisationNumber.HasCheckDigit(digits))
                return true;
        }
        return false;
    }

    // A UUID, or the hash of a document, holds such a number by chance now and then, and there are many of them.
    [GeneratedRegex("(?<![0-9a-fA-F])[0-9a-fA-F]{64}(?![0-9a-fA-F])|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}", RegexOptions.CultureInvariant)]
    private static partial Regex Identifier();

    [GeneratedRegex(@"(?<![0-9])(?:1[89]|20)?(?<date>[0-9]{6})[ \u00A0\u202F]?[-+\u2010-\u2015\u2212]?[ \u00A0\u202F]?(?<tail>[0-9]{4})(?![0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
