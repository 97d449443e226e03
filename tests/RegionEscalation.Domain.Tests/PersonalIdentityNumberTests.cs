using RegionEscalation.Domain.Regions;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-G8: numbers of persons are found in free text, and other numbers are left in peace.</summary>
public class PersonalIdentityNumberTests
{
    [TestCase("121212-1212")]
    [TestCase("19121212-1212")]
    [TestCase("191212121212")]
    [TestCase("1212121212")]
    [TestCase("121212+1212")]
    [TestCase("121212 1212")]
    [TestCase("121212 - 1212")]
    [TestCase("121212–1212", Description = "en dash")]
    [TestCase("121212\u20111212", Description = "non-breaking hyphen")]
    [TestCase("121212\u22121212", Description = "minus sign")]
    [TestCase("121212\u00A01212", Description = "non-breaking space")]
    [TestCase("20121212-1212")]
    [TestCase("811218-9876")]
    [TestCase("Patient 811218-9876 fick vänta.")]
    [TestCase("(811218-9876)")]
    [TestCase("pnr:8112189876;")]
    [TestCase("Avtal A-1, 556036-0793, gäller 811218-9876.")]
    public void A_personal_identity_number_is_found(string text) => Assert.That(PersonalIdentityNumber.AppearsIn(text), Is.True);

    [TestCase("701063-2391")]
    [TestCase("19701063-2391")]
    [TestCase("197010632391")]
    public void A_coordination_number_is_found(string text) => Assert.That(PersonalIdentityNumber.AppearsIn(text), Is.True);

    [TestCase("")]
    [TestCase("Leveransen uteblev.")]
    [TestCase("0b811218-9876-7abc-8def-0123456789ab", Description = "a UUID that holds one by chance")]
    [TestCase("811218-9875", Description = "check digit")]
    [TestCase("811318-9875", Description = "month")]
    [TestCase("811200-9876", Description = "day")]
    [TestCase("556036-0793", Description = "organisation number")]
    [TestCase("165560360793", Description = "organisation number with prefix")]
    [TestCase("08-123 456 78", Description = "telephone")]
    [TestCase("070-174 06 05", Description = "telephone")]
    [TestCase("+46701740605", Description = "telephone")]
    [TestCase("+46 70 174 06 05", Description = "telephone")]
    [TestCase("0480-810 00", Description = "telephone")]
    [TestCase("2026-01-15", Description = "date")]
    [TestCase("20260115", Description = "date")]
    [TestCase("2026-01-15T09:30:00Z", Description = "instant")]
    [TestCase("20260115T093000Z", Description = "instant")]
    [TestCase("2026-01-01/2026-12-31", Description = "interval")]
    [TestCase("RS 2024-0123", Description = "registration number")]
    [TestCase("VGR-2023-00456-1", Description = "contract")]
    [TestCase("UPP2024-00123", Description = "contract")]
    [TestCase("12121212121212", Description = "too long a run of digits")]
    [TestCase("7350053850019", Description = "GTIN")]
    public void Other_numbers_are_left_in_peace(string text) => Assert.That(PersonalIdentityNumber.AppearsIn(text), Is.False);

    [Test]
    public void No_date_and_no_region_is_taken_for_a_person()
    {
        var dates = Enumerable.Range(0, 3653).Select(i => new DateOnly(2020, 1, 1).AddDays(i)).SelectMany(d => new[]
        {
            $"{d:yyyy-MM-dd}", $"{d:yyyyMMdd}", $"{d:yyMMdd}", $"{d:yyyy-MM-dd} {d.AddDays(90):yyyy-MM-dd}", $"{d:yyyy-MM-dd}T10:30:00.000000Z",
        });
        var regions = Region.All.SelectMany(r => new[] { r.OrganisationNumber, r.OrganisationNumber.Insert(6, "-"), $"16{r.OrganisationNumber}" });

        Assert.That(dates.Concat(regions).Where(PersonalIdentityNumber.AppearsIn), Is.Empty);
    }

    [Test]
    public void A_number_of_a_company_is_never_taken_for_a_persons()
    {
        var numbers = Enumerable.Range(0, 2000).Select(i => 5_020_000_000L + i * 4_021_337L % 4_970_000_000L).Select(n => $"{n:D10}").Where(n => n[2] >= '2');

        Assert.That(numbers.SelectMany(n => new[] { n, n.Insert(6, "-"), $"16{n}" }).Where(PersonalIdentityNumber.AppearsIn), Is.Empty);
    }
}
