using System.Text;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Integrations.Catalogue;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Catalogue;

public sealed class CsvFileTests
{
    private const long Megabyte = 1024 * 1024;

    [Test]
    public async Task Every_column_is_read_in_Swedish()
    {
        var rows = await Files.CsvAsync(
            "\uFEFFKontraktsvärde;AVTALSNUMMER;Benämning;Leverantörens organisationsnummer;Leverantör;Land;Register;Enskild firma;Kategori;CPV;Avtalsansvarigs e-post;Avtalsansvarigs funktion;"
            + "Avtalsansvarigs roll;Avtalsstart;Avtalsslut;Option till;Option utnyttjas senast;Option utnyttjad;Avropsberättigade;Klausuler;Sociala villkor;Valuta\r\n"
            + "\"1 250 000,50\";RK-1;\"Handskar; \"\"sterila\"\"\r\noch andra\";923609016;Ängens Ull AS;no;0192;nej;Sjukvårdsmaterial;33141420-0 33000000;avtal@region.example;Avtalscontroller;"
            + "Inköp;2026-01-01;2027-12-31;2028-12-31|2029-12-31;2028-06-30;ja|nej;08|Kommunalförbundet;vite=7.3|Hävning = 9.1 | callOffStop=9.2;JA;EUR\r\n");

        var content = rows.Single().Contract().Content;
        Assert.That((rows[0].Line, rows[0].Contract().Number, content.Title), Is.EqualTo((2, "RK-1", "Handskar; \"sterila\"\r\noch andra")));
        Assert.That((content.Supplier.OrganisationNumber, content.Supplier.Name, content.Supplier.SoleTrader), Is.EqualTo(("NO:0192:923609016", "Ängens Ull AS", (bool?)null)));
        Assert.That((content.Category, content.OwnerAddress, content.OwnerFunction, content.OwnerRole), Is.EqualTo(("Sjukvårdsmaterial", "avtal@region.example", "Avtalscontroller", "Inköp")));
        Assert.That((content.ValidFrom, content.ValidUntil), Is.EqualTo((new DateOnly(2026, 1, 1), new DateOnly(2027, 12, 31))));
        Assert.That(content.Options, Is.EqualTo(new[] { new ExtensionOption(new(2028, 12, 31), new(2028, 6, 30), true), new ExtensionOption(new(2029, 12, 31), null, false) }));
        Assert.That(content.Cpv, Is.EqualTo(new[] { "33141420", "33000000" }));
        Assert.That(content.ParticipatingBodies, Is.EqualTo(new[] { "08", "Kommunalförbundet" }));
        Assert.That(content.Clauses, Is.EqualTo(new[] { new ContractClause(ClauseType.Penalty, "7.3"), new ContractClause(ClauseType.Rescission, "9.1"), new ContractClause(ClauseType.CallOffStop, "9.2") }));
        Assert.That((content.SocialClause, content.Value), Is.EqualTo((true, new ContractValue(1250000.50m, "EUR"))));
    }

    [TestCase(';')]
    [TestCase(',')]
    [TestCase('\t')]
    public async Task The_separator_is_found_out_and_columns_stand_in_any_order_and_case(char separator)
    {
        var rows = await Files.CsvAsync($"OWNERADDRESS;category;SupplierName;organisation_number;Title;\"contract number\";value\navtal@region.example;K;Exempel AB;5560160680;T;A-1;\"12,5\"".Replace(';', separator));

        Assert.That((rows.Single().Contract().Number, rows[0].Contract().Content.Value), Is.EqualTo(("A-1", new ContractValue(12.5m, "SEK"))));
    }

    [Test]
    public async Task The_award_statistics_columns_are_mapped_where_the_region_has_none_of_its_own()
    {
        IReadOnlyList<string> ignored = [];
        var rows = await Files.ReadAsync(new MemoryStream(Files.Utf8(
            "Annons-ID;Upphandlande organisation;Organisationsnummer;Rubrik;Leverantör;Leverantörens organisationsnummer;Huvud-CPV;CPV-benämning;Kontraktsvärde;Avtalsdatum;E-post\n"
            + "2026-118;Region Kalmar län;232100-0073;Handskar;Exempel AB;556016-0680;33141420-0;Operationshandskar;1.250.000,00;2026-03-02;avtal@region.example\n")),
            ImportFormat.Csv, after: f => ignored = f.IgnoredColumns);

        var contract = rows.Single().Contract();
        Assert.That((contract.Number, contract.Content.Supplier.OrganisationNumber, contract.Content.Category, contract.Content.ValidFrom, contract.Content.Value),
            Is.EqualTo(("2026-118", "5560160680", "Operationshandskar", (DateOnly?)new DateOnly(2026, 3, 2), new ContractValue(1250000m, "SEK"))));
        Assert.That(ignored, Is.EqualTo(new[] { "Upphandlande organisation", "Organisationsnummer" }));
    }

    [TestCase("1250000,5", 1250000.5)]
    [TestCase("1250000.50", 1250000.5)]
    [TestCase("1 250 000", 1250000)]
    [TestCase("1\u00A0250\u00A0000,50", 1250000.5)]
    [TestCase("1\u202F250", 1250)]
    [TestCase("1.250.000,50", 1250000.5)]
    [TestCase("1,250,000.50", 1250000.5)]
    [TestCase("1.250.000", 1250000)]
    public async Task Amounts_are_read_as_they_are_written_here(string text, double amount)
    {
        var rows = await Files.CsvAsync($"{Files.Header};kontraktsvärde\n{Files.Row};{text}");

        Assert.That(rows.Single().Contract().Content.Value!.Amount, Is.EqualTo((decimal)amount));
    }

    [TestCase("1.250", "format")]
    [TestCase("1,250", "format")]
    [TestCase("tolv", "format")]
    [TestCase("-1", "format")]
    [TestCase("1e9", "format")]
    [TestCase("9999999999999", "range")]
    public async Task An_amount_that_could_mean_two_things_or_none_is_rejected(string text, string rule)
    {
        var rows = await Files.CsvAsync($"{Files.Header};Kontraktsvärde\n{Files.Row};{text}");

        Assert.That(rows.Faults(), Is.EqualTo(new[] { $"2 Kontraktsvärde {rule}" }));
        Assert.That(((ReadRow.Bad)rows[0]).Faults[0].Value, Is.EqualTo(text));
    }

    [Test]
    public async Task Every_wrong_row_is_rejected_by_line_column_and_rule_and_the_others_are_read()
    {
        var rows = await Files.CsvAsync(Files.Header + ";Avtalsslut;klausuler;sociala villkor\n" + string.Join('\n',
            "A-2;Handskar;556016-0681;Exempel AB;K;avtal@region.example;;;",
            "A-3;;5560160680;Exempel AB;K;ingen;;;",
            "A-4;Handskar;5560160680;Exempel AB;K;avtal@region.example;2026-02-30;;",
            "A-5;Handskar;5560160680;Exempel AB;K;avtal@region.example;;straff=1;",
            "A-6;Handskar;5560160680;Exempel AB;K;avtal@region.example;;vite;",
            "A-7;Handskar;5560160680;Exempel AB;K;avtal@region.example;;;kanske",
            "A-8;Handskar till 850709-9805;5560160680;Exempel AB;K;avtal@region.example;;;",
            "A-9;Handskar",
            "A-10;Handskar;5560160680;Exempel AB;K;avtal@region.example;;;;mer",
            "A-11;Slang 5\" röd;5560160680;Exempel AB;K;avtal@region.example;;;",
            "A-12;\"Slang\" röd;5560160680;Exempel AB;K;avtal@region.example;;;",
            "A-13;Hand\0skar;5560160680;Exempel AB;K;avtal@region.example;;;",
            "a b;Handskar;5560160680;Exempel AB;K;avtal@region.example;;;",
            ";Handskar;5560160680;Exempel AB;K;avtal@region.example;;;",
            ";;;;;;;;",
            "",
            "A-18;Handskar;5560160680;Exempel AB;K;avtal@region.example;;;;;"));

        Assert.That(rows.Faults(), Is.EqualTo(new[]
        {
            "2 organisationsnummer R-G9", "3 benämning required", "4 Avtalsslut format", "5 klausuler format", "6 klausuler required", "7 sociala villkor format", "8 benämning R-G8",
            "9 $ cells", "10 $ cells", "11 $ quotes", "12 $ quotes", "13 benämning characters", "14 avtalsnummer pattern", "15 avtalsnummer required",
        }));
        Assert.That(rows.OfType<ReadRow.Good>().Select(r => r.Line), Is.EqualTo(new[] { 18 }));
        var bad = rows.OfType<ReadRow.Bad>().ToArray();
        Assert.That(bad.Take(9).Select(b => b.Key), Is.EqualTo(new[] { "A-2", "A-3", "A-4", "A-5", "A-6", "A-7", "A-8", "A-9", "A-10" }));
        Assert.That((bad[0].Faults[0].Value, bad[6].Faults[0].Value), Is.EqualTo(("556016-0681", (string?)null)));
    }

    [TestCase("iso-8859-1")]
    [TestCase("windows-1252")]
    [TestCase("WINDOWS-1252")]
    public async Task Declared_Latin_1_is_read(string charset)
    {
        byte[] file = [.. Encoding.Latin1.GetBytes($"{Files.Header}\n{Files.Row.Replace("Handskar", "Läkemedel ?", StringComparison.Ordinal)}").Select(b => b == '?' ? (byte)0x80 : b)];
        var rows = await Files.CsvAsync(file, charset);

        Assert.That(rows.Single().Contract().Content.Title, Is.EqualTo("Läkemedel €"));
    }

    [Test]
    public async Task Undeclared_Latin_1_is_rejected_row_by_row_and_still_known_by_its_contract()
    {
        byte[] file =
        [
            .. Files.Utf8("contractNumber;title;organisationNumber;supplierName;category;ownerAddress\n" + Files.Row + "\n"),
            .. Encoding.Latin1.GetBytes(Files.Row.Replace("A-1", "A-2", StringComparison.Ordinal) + "\n"), .. Files.Utf8(Files.Row.Replace("A-1", "A-3", StringComparison.Ordinal)),
        ];
        var rows = await Files.CsvAsync(file);

        Assert.That(rows.Faults(), Is.EqualTo(new[] { "3 $ encoding" }));
        Assert.That(((ReadRow.Bad)rows[1]).Key, Is.EqualTo("A-2"));
        Assert.That(rows[2].Contract().Content.Category, Is.EqualTo("Sjukvårdsmaterial"));
    }

    [TestCase("avtalsnummer;benämning", "columns")]
    [TestCase("", "empty")]
    [TestCase("\n\n", "columns")]
    [TestCase(Files.Header + "\n", "empty")]
    [TestCase(Files.Header + "\n;;;;;\n\n", "empty")]
    [TestCase(Files.Header + ";AVTALS-NUMMER\n" + Files.Row + ";A-2", "columns")]
    [TestCase(Files.Header + ";contractNumber\n" + Files.Row + ";A-2", "columns")]
    [TestCase("avtalsnummer|benämning|organisationsnummer|leverantör|kategori|e-post\nA", "columns")]
    [TestCase("avtalsnummer;\"benämning\nA", "quotes")]
    [TestCase("avtals\"nummer\";benämning\nA", "quotes")]
    [TestCase(Files.Header + "\n" + Files.Row + "\nA-2;\"Handskar;5560160680;Exempel AB;K;avtal@region.example\n" + Files.Row, "quotes")]
    public async Task A_file_that_does_not_say_what_its_columns_are_or_ends_within_quotes_is_refused(string text, string rule)
    {
        var refused = await Files.RefusedAsync(() => Files.CsvAsync(text));

        Assert.That((refused.Status, refused.Rule), Is.EqualTo((422, rule)), refused.Text.En);
    }

    [Test]
    public async Task A_header_line_that_is_not_UTF_8_is_refused()
    {
        var latin1 = await Files.RefusedAsync(() => Files.CsvAsync(Encoding.Latin1.GetBytes($"{Files.Header}\n{Files.Row}")));
        var utf16 = await Files.RefusedAsync(() => Files.CsvAsync([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes($"{Files.Header}\n{Files.Row}")]));

        Assert.That(new[] { (latin1.Status, latin1.Rule), (utf16.Status, utf16.Rule) }, Is.All.EqualTo((422, "encoding")));
    }

    [Test]
    public async Task A_quote_that_stays_open_for_a_gigabyte_takes_no_memory_and_refuses_the_file_by_its_line()
    {
        var piece = new byte[Megabyte];
        Array.Fill(piece, (byte)'\n');
        using var file = new Trickle([Files.Utf8($"{Files.Header}\n{Files.Row}\nA-2;\""), .. Enumerable.Repeat(piece, 1000)]);
        var refused = await Files.RefusedAsync(() => Files.ReadAsync(file, ImportFormat.Csv));

        Assert.That((refused.Status, refused.Rule, refused.Line), Is.EqualTo((422, "quotes", 3)));
        Assert.That(file.Most, Is.LessThan(32 * Megabyte));
    }

    [Test]
    public async Task A_row_that_is_too_long_is_rejected_and_the_next_one_read_by_its_line()
    {
        var rows = await Files.CsvAsync($"{Files.Header}\nA-2;\"{new string('\n', 70_000)}\";5560160680;Exempel AB;K;avtal@region.example\n{Files.Row}");

        Assert.That(rows.Faults(), Is.EqualTo(new[] { "2 $ length" }));
        Assert.That(rows[1].Line, Is.EqualTo(70_003));
    }

    [Test]
    public async Task However_the_bytes_come_the_rows_are_the_same()
    {
        var file = Files.Utf8($"\uFEFF\"avtalsnummer\";benämning;organisationsnummer;leverantör;kategori;e-post\r\nA-1;\"Å \"\"ä\"\"\r\nö\";5560160680;\"Exempel AB\";K;avtal@region.example\r\n\r\n{Files.Row}\nA;\"b\"c\n{Files.Row}");
        var expected = (await Files.CsvAsync(file)).Select(r => r is ReadRow.Good g ? $"{g.Line} {g.Row}" : string.Join('|', new[] { r }.Faults())).ToArray();

        Assert.That(expected, Has.Length.EqualTo(4));
        for (var size = 1; size <= 64; size++)
        {
            var rows = await Files.ReadAsync(new Trickle(file.Chunk(size)), ImportFormat.Csv);
            Assert.That(rows.Select(r => r is ReadRow.Good g ? $"{g.Line} {g.Row}" : string.Join('|', new[] { r }.Faults())), Is.EqualTo(expected), $"{size}");
        }
    }
}
