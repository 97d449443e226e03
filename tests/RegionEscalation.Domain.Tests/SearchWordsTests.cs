using RegionEscalation.Domain.Contracts;

namespace RegionEscalation.Domain.Tests;

/// <summary>What a name is found by: å, ä and ö are letters of their own, and other accents are none.</summary>
public class SearchWordsTests
{
    [TestCase("Norrsjö Medicinteknik AB", "norrsjö medicinteknik ab")]
    [TestCase("Ålems Tvätt & Städ", "ålems tvätt städ")]
    [TestCase("A\u030Alems A\u0308lmhults O\u0308resunds", "ålems älmhults öresunds", TestName = "Letters_written_as_two_characters")]
    [TestCase("André Müller Niño Çelik Dvořa\u030C", "andre muller nino celik dvořa", TestName = "Accents_of_other_languages")]
    [TestCase("E\u0301lan", "elan", TestName = "An_accent_written_by_itself")]
    [TestCase("Ærø Sygehus", "ärö sygehus")]
    [TestCase("Wallin Vallin", "wallin vallin")]
    [TestCase("3M/Svenska-AB (publ)", "3m svenska ab publ")]
    [TestCase("AB ab Ab", "ab")]
    [TestCase(" \t-,. ", "")]
    [TestCase("", "")]
    [TestCase(null, "")]
    public void A_name_is_cut_into_words(string? name, string words) => Assert.That(string.Join(' ', SearchWords.Of(name)), Is.EqualTo(words));

    [Test]
    public void A_combining_mark_at_the_very_beginning_changes_nothing() => Assert.That(SearchWords.Of("\u030Aalm"), Is.EqualTo(new[] { "alm" }));

    [Test]
    public void Every_name_has_its_own_words_and_a_word_of_two_names_is_there_once() =>
        Assert.That(SearchWords.Of("Norrsjö AB", null, "Sjukvård AB"), Is.EqualTo(new[] { "norrsjö", "ab", "sjukvård" }));

    [Test]
    public void Of_a_long_name_the_first_words_count_and_another_name_has_its_own()
    {
        var @long = string.Join(' ', Enumerable.Range(1, 40).Select(n => $"ord{n}"));

        Assert.That(SearchWords.Of(@long, "Sist"), Is.EqualTo(Enumerable.Range(1, SearchWords.Most).Select(n => $"ord{n}").Append("sist")));
    }

    [Test]
    public void Of_a_long_word_the_beginning_counts_so_that_it_is_still_found() =>
        Assert.That(SearchWords.Of(new string('x', 100)), Is.EqualTo(new[] { new string('x', SearchWords.LongestWord) }));
}
