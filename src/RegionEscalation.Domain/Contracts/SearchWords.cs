using System.Text;

namespace RegionEscalation.Domain.Contracts;

/// <summary>
/// The words by which a name is found: in lower case, å, ä and ö as letters of their own as in Swedish, æ as ä and ø as ö, other letters without their
/// accents. Whoever types <c>malmo</c> does not find Malmö, as in a Swedish directory; <c>andre</c> does find André.
/// </summary>
public static class SearchWords
{
    /// <summary>Of a long name the first ones; every name counts by itself.</summary>
    public const int Most = 12;
    public const int LongestWord = 40;

    /// <summary>Every word once, in the order of the text.</summary>
    public static IReadOnlyList<string> Of(params IEnumerable<string?> texts)
    {
        var words = new List<string>();
        foreach (var text in texts)
        {
            if (text is null)
                continue;
            var before = words.Count;
            var word = new StringBuilder();
            foreach (var c in text)
            {
                // A letter that was written as two characters: the second one changes the first.
                if (c is >= '\u0300' and <= '\u036F')
                {
                    if (word.Length > 0)
                        word[^1] = (word[^1], c) switch { ('a', '\u030A') => 'å', ('a', '\u0308') => 'ä', ('o', '\u0308') => 'ö', (var letter, _) => letter };
                    continue;
                }
                var folded = Fold(char.ToLowerInvariant(c));
                if (folded != '\0')
                    word.Append(folded);
                else
                    End(words, word, before + Most);
            }
            End(words, word, before + Most);
        }
        return words;
    }

    private static void End(List<string> words, StringBuilder word, int most)
    {
        var text = word.Length > LongestWord ? word.ToString(0, LongestWord) : word.ToString();
        if (text.Length > 0 && words.Count < most && !words.Contains(text))
            words.Add(text);
        word.Clear();
    }

    private static char Fold(char c) => c switch
    {
        >= 'a' and <= 'z' or >= '0' and <= '9' or 'å' or 'ä' or 'ö' => c,
        'æ' => 'ä',
        'ø' => 'ö',
        'à' or 'á' or 'â' or 'ã' => 'a',
        'ç' => 'c',
        'è' or 'é' or 'ê' or 'ë' => 'e',
        'ì' or 'í' or 'î' or 'ï' => 'i',
        'ñ' => 'n',
        'ò' or 'ó' or 'ô' or 'õ' => 'o',
        'ù' or 'ú' or 'û' or 'ü' => 'u',
        'ý' or 'ÿ' => 'y',
        'š' => 's',
        'ž' => 'z',
        _ => char.IsLetterOrDigit(c) ? c : '\0',
    };
}
