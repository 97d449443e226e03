namespace RegionEscalation.Domain.Tests;

/// <summary>R-G9: a Swedish number is ten digits with a check digit, a foreign one says its country and register.</summary>
public class SupplierNumberTests
{
    [TestCase("5560160680", "5560160680")]
    [TestCase("556016-0680", "5560160680")]
    [TestCase("165560160680", "5560160680")]
    [TestCase("NO:0192:923609016", "NO:0192:923609016")]
    [TestCase("no:0192:923 609 016", "NO:0192:923609016")]
    [TestCase(" dk : vat : 1234 5678 ", "DK:VAT:12345678")]
    [TestCase("FI:0212:1234567-8", "FI:0212:1234567-8")]
    [TestCase("DE:LEI:529900T8BM49AURSDO55", "DE:LEI:529900T8BM49AURSDO55")]
    public void A_number_is_kept_in_one_form(string text, string kept)
    {
        Assert.That(SupplierNumber.Normalise(text), Is.EqualTo(kept));
        Assert.That(SupplierNumber.Normalise(kept), Is.EqualTo(kept));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("5560160681", Description = "the check digit")]
    [TestCase("SE:0007:5560160680", Description = "a Swedish number is written as one")]
    [TestCase("N:0192:923609016")]
    [TestCase("NOR:0192:923609016")]
    [TestCase("NO:192:923609016", Description = "a code of ISO 6523 has four digits")]
    [TestCase("NO:0192:9")]
    [TestCase("NO:0192:")]
    [TestCase("NO::923609016")]
    [TestCase("NO:0192:923609016:1")]
    [TestCase("NO:0192:-923609016")]
    [TestCase("NO:0192:923,609")]
    [TestCase("NO:0192:9236/09016")]
    [TestCase("NO:0192:１２３４")]
    [TestCase("NO:0192:1234567890123456789012345678", Description = "28 characters")]
    [TestCase("ÅL:0192:923609016")]
    public void What_is_no_number_is_refused(string? text) => Assert.That(SupplierNumber.Normalise(text), Is.Null);

    [TestCase("556016-0680", "5560160680")]
    [TestCase("5560", "5560")]
    [TestCase("556 016-06", "55601606")]
    [TestCase("no:01", "NO:01")]
    [TestCase("FI:0212:1234567-", "FI:0212:1234567-")]
    public void The_beginning_of_a_number_is_as_the_number_is_kept(string text, string beginning) => Assert.That(SupplierNumber.Beginning(text), Is.EqualTo(beginning));

    [Test]
    public void A_key_of_a_reader_with_the_longest_number_fits_where_keys_are_asked_for() =>
        Assert.That($"supplier:{SupplierNumber.Normalise("NO:A123456789:" + new string('1', 27))}", Has.Length.EqualTo(50));
}
