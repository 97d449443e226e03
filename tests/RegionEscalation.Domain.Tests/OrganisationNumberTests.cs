using RegionEscalation.Domain.Regions;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-G9.</summary>
public class OrganisationNumberTests
{
    [TestCase("5560360793")]
    [TestCase("556036-0793")]
    [TestCase("165560360793")]
    [TestCase("16556036-0793")]
    [TestCase(" 556036-0793 ")]
    public void A_valid_number_becomes_ten_digits(string text) => Assert.That(OrganisationNumber.Normalise(text), Is.EqualTo("5560360793"));

    [TestCase("191212121212")]
    [TestCase("19121212-1212")]
    [TestCase("121212-1212")]
    public void A_sole_traders_number_becomes_ten_digits(string text)
    {
        var number = OrganisationNumber.Normalise(text);

        Assert.That(number, Is.EqualTo("1212121212"));
        Assert.That(OrganisationNumber.IsNaturalPerson(number!), Is.True);
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("5560360794", Description = "check digit")]
    [TestCase("0000000000", Description = "the check digit holds, and it is nobody's date of birth")]
    [TestCase("556036079")]
    [TestCase("55603607930")]
    [TestCase("55603-60793")]
    [TestCase("5560360-793-")]
    [TestCase("195560360793", Description = "a century before a company's number")]
    [TestCase("5560360793-")]
    [TestCase("-5560360793")]
    [TestCase("556036 0793")]
    [TestCase("SE556036079301")]
    [TestCase("155560360793", Description = "prefix")]
    [TestCase("٥٥٦٠٣٦٠٧٩٣", Description = "digits of another script")]
    [TestCase("55603607931655603607931655603607931655603607")]
    public void Anything_else_is_no_number(string? text) => Assert.That(OrganisationNumber.Normalise(text), Is.Null);

    [Test]
    public void Any_single_wrong_digit_is_found()
    {
        const string valid = "5560360793";
        var wrong = from i in Enumerable.Range(0, 10)
                    from digit in "0123456789"
                    where digit != valid[i]
                    select string.Concat(valid.AsSpan(0, i), digit.ToString(), valid.AsSpan(i + 1));

        Assert.That(wrong.Where(n => OrganisationNumber.Normalise(n) is not null), Is.Empty);
    }

    [TestCase("5560360793")]
    [TestCase("2321000016")]
    [TestCase("8020028711")]
    public void A_company_an_authority_and_an_association_are_no_natural_persons(string number) =>
        Assert.That(OrganisationNumber.IsNaturalPerson(number), Is.False);

    [Test]
    public void Every_regions_own_number_is_valid()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Region.All.Where(r => OrganisationNumber.Normalise(r.OrganisationNumber) != r.OrganisationNumber), Is.Empty);
            Assert.That(Region.All.Where(r => r.Kind == RegionKind.Region).Select(r => r.Code).Distinct().Count(), Is.EqualTo(21));
        });
    }

    [TestCase("1")]
    [TestCase("001")]
    [TestCase(" 01")]
    [TestCase("99")]
    public void Anything_but_the_exact_code_is_no_region(string code) => Assert.That(Region.Find(code), Is.Null);

    [Test]
    public void The_exact_code_is_the_region() => Assert.That(Region.Find("01")?.Name, Is.EqualTo("Region Stockholm"));
}
