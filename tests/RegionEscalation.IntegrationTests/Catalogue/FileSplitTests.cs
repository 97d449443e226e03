using System.Text;
using RegionEscalation.Http;
using RegionEscalation.Integrations.Catalogue;
using RegionEscalation.Integrations.Catalogue.Reading;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Catalogue;

/// <summary>Where a network ends its pieces says nothing: drawn files, cut anywhere, are read as they were drawn.</summary>
public sealed class FileSplitTests
{
    private const int Longest = 400;

    private static readonly CatalogueFileLimits Limits = new(RecordBytes: Longest);
    private static readonly string[] Titles = ["Handskar", "Läkemedel på Åland", "漢字 och 𝄞", "e\u0301tui", "Ä", "€ 5"];

    [Test]
    public async Task Whatever_the_file_and_wherever_it_is_cut_it_is_read_as_it_was_drawn([Values(ImportFormat.Ndjson, ImportFormat.Csv)] ImportFormat format, [Values] bool gzip)
    {
        for (var seed = 1; seed <= 40; seed++)
        {
            var random = new Random(seed);
            var (file, drawn) = Drawn(random, format);
            var sent = gzip ? Files.Gzip(file) : file;
            var whole = Told(await Files.ReadAsync(new MemoryStream(sent), format, gzip: gzip, limits: Limits));

            Assert.That(whole.Select(r => r.Drawn), Is.EqualTo(drawn), $"{format}, seed {seed}, in one piece");
            for (var turn = 0; turn < 12; turn++)
            {
                var most = turn == 0 ? 1 : random.Next(1, turn < 8 ? 12 : 600);
                var cut = Told(await Files.ReadAsync(new Pieces(Cut(sent, () => random.Next(1, most + 1))), format, gzip: gzip, limits: Limits));
                Assert.That(cut.Select(r => r.Whole), Is.EqualTo(whole.Select(r => r.Whole)), $"{format}, seed {seed}, turn {turn}, pieces of at most {most}");
            }
        }
    }

    /// <summary>A file, and of every row what it is to be read as: its line, and its number or what is wrong with it.</summary>
    private static (byte[] File, string[] Rows) Drawn(Random random, ImportFormat format)
    {
        using var file = new MemoryStream();
        var (rows, line) = (new List<string>(), 1);
        if (random.Next(2) == 0)
            file.Write(Encoding.UTF8.Preamble);
        if (format == ImportFormat.Csv)
            Add(Files.Utf8(random.Next(2) == 0 ? Files.Header : "\"avtals\nnummer\";" + Files.Header[(Files.Header.IndexOf(';', StringComparison.Ordinal) + 1)..]), null);
        var count = random.Next(3, 15);
        for (var i = 0; i < count; i++)
        {
            var title = Titles[random.Next(Titles.Length)];
            switch (random.Next(8))
            {
                case 0:
                    Add(Files.Utf8(random.Next(2) == 0 ? "" : " \t"), null);
                    break;
                case 1:
                    // Around the bound, with what takes several bytes at it.
                    var bytes = Longest + random.Next(-2, 6);
                    var row = Row($"L-{i}", "");
                    row = Row($"L-{i}", new string('å', (bytes - row.Length) / 2) + new string('a', (bytes - row.Length) % 2));
                    Add(Files.Utf8(row), null, length: i);
                    break;
                case 2:
                    Add(Encoding.Latin1.GetBytes(Row($"E-{i}", "Läkemedel")), "$ encoding");
                    break;
                case 3:
                    Add(Files.Utf8(format == ImportFormat.Csv ? $"S-{i};\"Slang\" röd;5560160680;Exempel AB;K;avtal@region.example" : "{å"), format == ImportFormat.Csv ? "$ quotes" : "$ json");
                    break;
                case 4 when format == ImportFormat.Csv:
                    Add(Files.Utf8(Row($"Q-{i}", $"\"{title};\r\n\n\"\"{title}\"\"\"")), $"Q-{i}");
                    break;
                default:
                    Add(Files.Utf8(Row($"A-{i}", title)), $"A-{i}");
                    break;
            }
        }
        Add(Files.Utf8(Row("LAST", "Ö")), "LAST", last: random.Next(2) == 0);
        return (file.ToArray(), [.. rows]);

        string Row(string number, string title) => format == ImportFormat.Csv ? $"{number};{title};5560160680;Exempel AB;K;avtal@region.example" : Files.Line(number, title);

        void Add(byte[] row, string? readAs, bool last = false, int? length = null)
        {
            var end = last ? "" : random.Next(2) == 0 ? "\n" : "\r\n";
            if (length is { } number)
                readAs = row.Length + end.Length - 1 > Longest ? "$ length" : $"L-{number}";
            if (readAs is not null)
                rows.Add($"{line} {readAs}");
            file.Write(row);
            file.Write(Files.Utf8(end));
            line += row.Count(b => b == '\n') + 1;
        }
    }

    private static IEnumerable<byte[]> Cut(byte[] file, Func<int> next)
    {
        for (var at = 0; at < file.Length;)
        {
            var length = Math.Min(next(), file.Length - at);
            yield return file[at..(at + length)];
            at += length;
        }
    }

    private static (string Drawn, string Whole)[] Told(IEnumerable<ReadRow> rows) => [.. rows.Select(r => r switch
    {
        ReadRow.Good good => ($"{good.Line} {good.Contract().Number}", $"{good.Line} {good.Row}"),
        ReadRow.Bad bad => (string.Join('|', new ReadRow[] { bad }.Faults()), $"{string.Join('|', bad.Faults)} {bad.Line} {bad.Kind} {bad.Key}"),
        _ => throw new InvalidOperationException(),
    })];

    private sealed class Pieces(IEnumerable<byte[]> pieces) : OneWayStream
    {
        private readonly IEnumerator<byte[]> _pieces = pieces.GetEnumerator();
        private ReadOnlyMemory<byte> _piece;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (_piece.IsEmpty && _pieces.MoveNext())
                _piece = _pieces.Current;
            var given = Math.Min(buffer.Length, _piece.Length);
            _piece[..given].CopyTo(buffer);
            _piece = _piece[given..];
            return new(given);
        }

        protected override void Dispose(bool disposing)
        {
            _pieces.Dispose();
            base.Dispose(disposing);
        }
    }
}
