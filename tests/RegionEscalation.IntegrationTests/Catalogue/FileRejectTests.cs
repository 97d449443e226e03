using System.Text;
using RegionEscalation.Integrations.Catalogue;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Catalogue;

/// <summary>What a reject says of a spoilt row: enough to find it, no contract that may not be its own, and nobody's number.</summary>
public sealed class FileRejectTests
{
    [TestCase("{\"contractNumber\":\"A-1\",\"contract\":{", "A-1", TestName = "A_line_cut_off_is_known_by_its_contract")]
    [TestCase("{\"contractNumber\":\"A-1\",\"contract\":{\"title\":\"{\"contractNumber\":\"A-2\",\"contract\":{}}", null, TestName = "Two_lines_that_have_become_one_are_known_by_neither")]
    [TestCase("{\"contractNumber\":\"850709-9805\",\"contract\":{", null, TestName = "A_line_cut_off_is_not_known_by_a_personal_number")]
    [TestCase("{\"contractNumber\":\"850709-9805\"}", null, TestName = "Nor_is_one_that_is_whole")]
    [TestCase("{\"contractNumber\":\"2024-0112-0001\"}", "2024-0112-0001", TestName = "A_number_of_a_year_and_a_serial_is_a_contracts")]
    [TestCase("{\"contractNumber\":\"RK-2024001234\"}", "RK-2024001234", TestName = "So_is_one_of_ten_digits_with_what_could_be_a_month")]
    [TestCase("{\"contractNumber\":\"850101-1235\"}", "850101-1235", TestName = "And_what_has_another_check_digit_than_a_person_s")]
    [TestCase("{\"supplier\":{\"name\":\"\",\"organisationNumber\":\"556016-0680\"}}", "5560160680", TestName = "A_company_is_known_by_its_number")]
    [TestCase("{\"supplier\":{\"name\":\"\",\"organisationNumber\":\"NO:0192:923609016\",\"soleTrader\":true}}", null, TestName = "A_foreign_sole_trader_is_not_known_by_its_number")]
    [TestCase("{\"supplier\":{\"name\":\"\",\"organisationNumber\":\"NO:0192:923609016\"}}", null, TestName = "Nor_is_a_foreign_supplier_of_which_it_is_not_said")]
    public async Task The_number_that_a_spoilt_line_is_known_by(string line, string? number)
    {
        var row = (ReadRow.Bad)(await Files.NdjsonAsync(line)).Single();

        Assert.That(row.Key, Is.EqualTo(number));
    }

    [TestCase("A-1;\"Handskar\" röda;5560160680;Exempel AB;K;avtal@region.example", "quotes", null)]
    [TestCase("A-1;Handskar", "cells", "A-1")]
    [TestCase("A-1;\"Handskar;5560160680;Exempel AB;K;avtal@region.example\nA-2;Slang\";5560160680", "cells", null)]
    [TestCase("A-1;\"Handskar\r5560160680\";Exempel AB", "cells", null)]
    [TestCase("850709-9805;Handskar", "cells", null)]
    public async Task A_row_that_a_quote_may_have_made_of_several_is_known_by_no_contract(string row, string rule, string? number)
    {
        var rows = await Files.CsvAsync($"{Files.Header}\n{row}\n{Files.Row}");

        var bad = (ReadRow.Bad)rows[0];
        Assert.That((rows.Count, bad.Faults.Single().Rule, bad.Key, bad.Kind), Is.EqualTo((2, rule, number, number is null ? null : "contract")));
    }

    [Test]
    public async Task A_row_too_long_is_known_by_no_contract_and_little_of_it_is_kept([Values(ImportFormat.Ndjson, ImportFormat.Csv)] ImportFormat format, [Values(70_000, 300_000)] int length)
    {
        var row = format == ImportFormat.Csv ? $"A-1;{new string('x', length)};\"\nA-2;y\";z" : Files.Line(title: new string('x', length));
        var file = Files.Utf8((format == ImportFormat.Csv ? Files.Header + "\n" : "") + row + "\n" + (format == ImportFormat.Csv ? Files.Row : Files.Line()));
        var bad = (ReadRow.Bad)(await Files.ReadAsync(new MemoryStream(file), format))[0];

        Assert.That((bad.Faults.Single().Rule, bad.Key, bad.Kind), Is.EqualTo(("length", (string?)null, (string?)null)));
        Assert.That(bad.Faults[0].Value, Is.EqualTo(row[..200]));
    }

    [Test]
    public async Task A_header_line_too_long_or_with_a_quote_left_open_refuses_the_file_and_says_which()
    {
        var tooLong = await Files.RefusedAsync(() => Files.CsvAsync($"{Files.Header};{new string('x', 70_000)}\n{Files.Row}"));
        var open = await Files.RefusedAsync(() => Files.CsvAsync($"{Files.Header};\"Beställare\n{Files.Row}"));

        Assert.That((tooLong.Status, tooLong.Rule, tooLong.Text.En), Is.EqualTo((422, "columns", "The row is longer than 65536 bytes.")));
        Assert.That((open.Status, open.Rule, open.Text.En, open.Line), Is.EqualTo((422, "quotes", "A quote is opened in the row and not closed before the end of the file.", 1)));
    }

    [TestCase("850709-9805")]
    [TestCase("850709-9806", Description = "the check digit")]
    [TestCase("8507099806")]
    [TestCase("19850709-9806")]
    [TestCase("1985-07-09-9806")]
    [TestCase("85 07 09 98 06")]
    [TestCase("850769-9806", Description = "a coordination number")]
    [TestCase("851309-9806", Description = "the month")]
    [TestCase("850709\u20139806", Description = "a word processor's dash")]
    public async Task A_personal_number_rightly_or_wrongly_written_is_never_kept_of_a_row_that_cannot_be_read(string number)
    {
        var ndjson = await Files.NdjsonAsync(string.Join('\n',
            $$"""{"contractNumber":"A-1","contract":{"title":"Till {{number}}","x":""", Files.Line("A-2", $"Till {number} {new string('x', 300)}"), $$"""{"contractNumber":"A-3","{{number}}":1}"""));
        var csv = await Files.CsvAsync($"{Files.Header}\nA-1;Handskar;{number}\nA-2;\"Till\" {number};5560160680;E;K;a@b.example\nA-3;Handskar;{number}X;Exempel AB;K;avtal@region.example");
        byte[] latin1 = [.. Files.Utf8(Files.Header + "\n"), .. Encoding.Latin1.GetBytes($"A-4;Läkemedel;{number.Replace('\u2013', '-')};E;K;a@b.example")];

        var bad = ndjson.Concat(csv).Concat(await Files.CsvAsync(latin1)).Cast<ReadRow.Bad>().ToArray();
        Assert.That(bad, Has.Length.EqualTo(7));
        Assert.That(string.Join('\n', bad.SelectMany(b => b.Faults.Select(f => $"{b.Key} {f.Field} {f.Value}"))), Does.Not.Contain(number[^4..].Trim()).And.Not.Contain(number[..6]));
    }

    [Test]
    public async Task A_foreign_sole_traders_number_is_not_shown_of_a_CSV_row_either()
    {
        var rows = await Files.CsvAsync($"{Files.Header};enskild firma;land;register\n{Files.Row.Replace("556016-0680", "X1", StringComparison.Ordinal)};ja;NO;1A\n{Files.Row.Replace("556016-0680", "X1", StringComparison.Ordinal)};nej;NO;1A");

        Assert.That(rows.Faults(), Is.EqualTo(new[] { "2 organisationsnummer R-G9", "3 organisationsnummer R-G9" }));
        Assert.That(rows.Cast<ReadRow.Bad>().Select(b => b.Faults[0].Value), Is.EqualTo(new[] { null, "X1" }));
    }

    [Test]
    public async Task Of_a_row_in_Latin_1_the_letters_are_shown_as_they_were_meant_and_control_characters_are_not()
    {
        byte[] latin1 = [.. Files.Utf8(Files.Header + "\n"), .. Encoding.Latin1.GetBytes("A-4;Läke\u0007medel;5560160680;E;K;a@b.example")];
        var row = (ReadRow.Bad)(await Files.CsvAsync(latin1)).Single();

        Assert.That((row.Key, row.Faults.Single().Value), Is.EqualTo(("A-4", "A-4;Läke medel;5560160680;E;K;a@b.example")));
    }

    [Test]
    public async Task Of_one_row_at_most_twenty_faults_are_told()
    {
        var clauses = string.Join(',', Enumerable.Repeat("{\"type\":\"penalty\",\"reference\":\"\"}", 60));
        var row = (ReadRow.Bad)(await Files.NdjsonAsync(Files.Line().Replace("\"clauses\":[]", $"\"clauses\":[{clauses}]", StringComparison.Ordinal))).Single();

        Assert.That(row.Faults, Has.Count.EqualTo(20));
    }
}
