using System.Text;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Integrations.Catalogue;
using RegionEscalation.Integrations.Catalogue.Reading;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Catalogue;

public sealed class NdjsonFileTests
{
    private const long Megabyte = 1024 * 1024;

    [Test]
    public async Task Contracts_and_suppliers_are_read_with_their_lines_and_blank_lines_count_as_lines_only()
    {
        var rows = await Files.NdjsonAsync("\uFEFF" + Files.Line() + "\r\n\n  \t\r\n" + """{"supplier":{"name":"Ängens Ull AB","organisationNumber":"NO:0192:923609016"}}""" + "\n" + Files.Line("A-2"));

        Assert.That(rows.Select(r => r.Line), Is.EqualTo(new[] { 1, 4, 5 }));
        Assert.That(((ReadRow.Good)rows[1]).Row, Is.EqualTo(new SupplierRow("NO:0192:923609016", null, new SupplierContent("Ängens Ull AB"))));
        Assert.That((rows[0].Contract().Number, rows[2].Contract().Number), Is.EqualTo(("A-1", "A-2")));
        Assert.That(rows[0].Contract().Content.Supplier.OrganisationNumber, Is.EqualTo("5560160680"));
    }

    [Test]
    public async Task Every_wrong_line_is_rejected_by_line_field_and_rule_and_the_others_are_read()
    {
        var rows = await Files.NdjsonAsync(string.Join('\n',
            Files.Line(title: ""),
            Files.Line(organisationNumber: "5560160681"),
            "{",
            "[]",
            "{} {}",
            """{"contractNumber":"A-1","contractNumber":"A-2"}""",
            """{"contractNumber":"A-7","contract":{"title":"a\u0000b"}}""",
            """{"contractNumber":"A-8","contract":{"title":"\ud800"}}""",
            "{\"contractNumber\":\"A-9\",\"contract\":\"a\0b\"}",
            """{"number":"A-10"}""",
            """{"contract":{"title":"Handskar"},"contractNumber":"A-11"}""",
            "{}",
            Files.Line("A-13").Replace("\"clauses\":[]", "\"clauses\":[],\"validUntil\":\"2026-13-01\"", StringComparison.Ordinal),
            Files.Line("A-14")));

        Assert.That(rows.Faults(), Is.EqualTo(new[]
        {
            "1 contract.title length", "2 contract.supplier.organisationNumber R-G9", "3 $ json", "4 $ format", "5 $ json", "6 contractNumber duplicate",
            "7 contract.title characters", "8 contract.title characters", "9 $ json", "10 number unknown", "11 contract.supplier required", "11 contract.category required",
            "11 contract.ownerAddress required", "11 contract.clauses required", "12 $ oneOf", "13 contract.validUntil format",
        }));
        Assert.That(rows.OfType<ReadRow.Good>().Select(g => g.Line), Is.EqualTo(new[] { 14 }));
        Assert.That(rows.OfType<ReadRow.Bad>().SelectMany(b => b.Faults).Select(f => f.Message), Has.All.Matches<RegionEscalation.Http.Text>(t => t is { Sv.Length: > 0, En.Length: > 0 } && t.Sv != t.En));
    }

    [Test]
    public async Task A_line_in_Latin_1_is_rejected_by_its_number_and_still_known_by_its_contract()
    {
        byte[] file = [.. Files.Utf8(Files.Line() + "\n"), .. Encoding.Latin1.GetBytes(Files.Line("A-2", "Läkemedel") + "\n"), .. Files.Utf8(Files.Line("A-3", "Läkemedel"))];
        var rows = await Files.ReadAsync(new MemoryStream(file), ImportFormat.Ndjson);

        Assert.That(rows.Faults(), Is.EqualTo(new[] { "2 $ encoding" }));
        var bad = rows.OfType<ReadRow.Bad>().Single();
        Assert.That((bad.Kind, bad.Key, bad.Faults[0].Value), Is.EqualTo(("contract", "A-2", Files.Line("A-2", "Läkemedel")[..200])));
        Assert.That(rows[2].Contract().Content.Title, Is.EqualTo("Läkemedel"));
    }

    [Test]
    public async Task A_reject_shows_what_stood_there_and_never_anybodys_number()
    {
        var rows = await Files.NdjsonAsync(string.Join('\n',
            Files.Line(title: new string('å', 301)),
            Files.Line(title: "Handskar till 850709-9805"),
            Files.Line(organisationNumber: "850709-9806"),
            Files.Line("850709-9805", ""),
            """{"contractNumber":"A-5","contract":{"850709-9805":1}}""",
            "{\"contractNumber\":\"A-6\",\"contract\":\"8507099805",
            """{"supplier":{"name":"","organisationNumber":"8507099805"}}""",
            Files.Line(organisationNumber: "X1").Replace("\"name\"", "\"country\":\"NO\",\"scheme\":\"1A\",\"soleTrader\":true,\"name\"", StringComparison.Ordinal)));

        var bad = rows.Cast<ReadRow.Bad>().ToArray();
        Assert.That(rows.Faults(), Is.EqualTo(new[]
        {
            "1 contract.title length", "2 contract.title R-G8", "3 contract.supplier.organisationNumber R-G9", "4 contractNumber R-G8", "5 * unknown", "6 $ json",
            "7 supplier.name length", "8 contract.supplier.organisationNumber R-G9",
        }));
        Assert.That(bad.Select(b => b.Faults[0].Value), Is.EqualTo(new[] { new string('å', 200), null, null, null, "1", null, "", null }));
        Assert.That(bad.Select(b => b.Key), Is.EqualTo(new[] { "A-1", "A-1", "A-1", null, "A-5", "A-6", null, "A-1" }));
    }

    [Test]
    public async Task However_the_bytes_come_the_rows_are_the_same()
    {
        var file = Files.Utf8("\uFEFF" + Files.Line() + "\r\n\r\n" + Files.Line("A-2", "Ångpanna") + "\n" + Files.Line("A-3", new string('ö', 400)) + "\n{\n" + Files.Line("A-4"));
        var limits = new CatalogueFileLimits(RecordBytes: 600);
        var expected = Told(await Files.ReadAsync(new MemoryStream(file), ImportFormat.Ndjson, limits: limits));

        Assert.That(expected, Has.Length.EqualTo(5).And.Some.Contains("4 $ length"));
        var random = new Random(7);
        for (var turn = 0; turn < 60; turn++)
        {
            var most = turn < 8 ? turn + 1 : random.Next(1, 700);
            var pieces = Pieces(file, () => turn < 8 ? most : random.Next(1, most + 1));
            Assert.That(Told(await Files.ReadAsync(new Trickle(pieces), ImportFormat.Ndjson, limits: limits)), Is.EqualTo(expected), $"turn {turn}");
        }
    }

    [Test]
    public async Task A_line_of_a_gigabyte_is_one_rejected_row_and_takes_no_memory()
    {
        var piece = new byte[Megabyte];
        Array.Fill(piece, (byte)'x');
        using var file = new Trickle([Files.Utf8("{\"contractNumber\":\"A-1\",\"contract\":\""), .. Enumerable.Repeat(piece, 1000), Files.Utf8("\"}\n" + Files.Line("A-2"))]);
        var rows = await Files.ReadAsync(file, ImportFormat.Ndjson);

        Assert.That(rows.Faults(), Is.EqualTo(new[] { "1 $ length" }));
        Assert.That(((ReadRow.Bad)rows[0]).Key, Is.Null, "what was not read may hold other rows too");
        Assert.That((rows[1].Line, rows[1].Contract().Number), Is.EqualTo((2, "A-2")));
        Assert.That(file.Most, Is.LessThan(32 * Megabyte));
    }

    [TestCase("", "empty")]
    [TestCase("\n \n\r\n", "empty")]
    [TestCase("\uFEFF", "empty")]
    public async Task A_file_without_rows_is_refused(string text, string rule)
    {
        var refused = await Files.RefusedAsync(() => Files.NdjsonAsync(text));

        Assert.That((refused.Status, refused.Rule), Is.EqualTo((422, rule)));
    }

    [Test]
    public async Task A_file_of_more_bytes_or_rows_than_may_be_is_refused()
    {
        var text = string.Join('\n', Enumerable.Range(0, 11).Select(i => Files.Line($"A-{i}")));
        var rows = await Files.RefusedAsync(() => Files.ReadAsync(new MemoryStream(Files.Utf8(text)), ImportFormat.Ndjson, limits: new CatalogueFileLimits(Rows: 10)));
        var bytes = await Files.RefusedAsync(() => Files.ReadAsync(new MemoryStream(Files.Utf8(text)), ImportFormat.Ndjson, limits: new CatalogueFileLimits(Bytes: text.Length - 1)));

        Assert.That(new[] { (rows.Status, rows.Rule), (bytes.Status, bytes.Rule) }, Is.EqualTo(new[] { (413, "rows"), (413, "bytes") }));
    }

    private static IEnumerable<byte[]> Pieces(byte[] file, Func<int> next)
    {
        for (var at = 0; at < file.Length;)
        {
            var length = Math.Min(next(), file.Length - at);
            yield return file[at..(at + length)];
            at += length;
        }
    }

    private static string[] Told(IEnumerable<ReadRow> rows) => [.. rows.Select(r => r switch
    {
        ReadRow.Good good => $"{good.Line} {good.Row}",
        ReadRow.Bad bad => $"{string.Join('|', new ReadRow[] { bad }.Faults())} {bad.Kind} {bad.Key} {bad.Faults[0].Value}",
        _ => throw new InvalidOperationException(),
    })];
}
