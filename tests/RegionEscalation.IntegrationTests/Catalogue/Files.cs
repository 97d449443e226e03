using System.IO.Compression;
using System.Text;
using RegionEscalation.Domain;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Http;
using RegionEscalation.Integrations.Catalogue;
using RegionEscalation.Integrations.Catalogue.Reading;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Catalogue;

/// <summary>Files as catalogues send them, and what is read from them.</summary>
internal static class Files
{
    public const string Header = "avtalsnummer;benämning;organisationsnummer;leverantör;kategori;avtalsansvarigs e-post";
    public const string Row = "A-1;Handskar;556016-0680;Exempel AB;Sjukvårdsmaterial;avtal@region.example";

    public static string Line(string number = "A-1", string title = "Handskar", string organisationNumber = "5560160680") =>
        $$$"""{"contractNumber":"{{{number}}}","contract":{"title":"{{{title}}}","supplier":{"organisationNumber":"{{{organisationNumber}}}","name":"Exempel AB"},"category":"Sjukvårdsmaterial","ownerAddress":"avtal@region.example","clauses":[]}}""";

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static byte[] Gzip(byte[] file)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(file);
        return packed.ToArray();
    }

    public static Task<List<ReadRow>> NdjsonAsync(string text) => ReadAsync(new MemoryStream(Utf8(text)), ImportFormat.Ndjson);

    public static Task<List<ReadRow>> CsvAsync(string text) => ReadAsync(new MemoryStream(Utf8(text)), ImportFormat.Csv);

    public static Task<List<ReadRow>> CsvAsync(byte[] file, string? charset = null) => ReadAsync(new MemoryStream(file), ImportFormat.Csv, charset);

    public static async Task<List<ReadRow>> ReadAsync(
        Stream file, ImportFormat format, string? charset = null, bool gzip = false, CatalogueFileLimits? limits = null, Action<CatalogueFile>? after = null)
    {
        using var read = new CatalogueFile(file, format, CatalogueFile.EncodingOf(format, charset)!, gzip, limits ?? new CatalogueFileLimits(), PersonalIdentityNumber.AppearsIn);
        var rows = new List<ReadRow>();
        await foreach (var row in read.ReadAsync(CancellationToken.None))
            rows.Add(row);
        after?.Invoke(read);
        return rows;
    }

    public static ContractRow Contract(this ReadRow row) => (ContractRow)((ReadRow.Good)row).Row;

    /// <summary>The line, field and rule of every fault, one text each.</summary>
    public static string[] Faults(this IEnumerable<ReadRow> rows) =>
        [.. rows.OfType<ReadRow.Bad>().SelectMany(b => b.Faults.Select(f => $"{b.Line} {f.Field} {f.Rule}"))];

    public static async Task<UnreadableFileException> RefusedAsync(Func<Task> read) => (await Assert.ThrowsAsync<UnreadableFileException>(async () => await read()))!;
}

/// <summary>Gives out what it is asked for piece by piece, and notes how much memory is in use meanwhile.</summary>
internal sealed class Trickle(IEnumerable<byte[]> pieces) : OneWayStream
{
    private readonly IEnumerator<byte[]> _pieces = pieces.GetEnumerator();
    private readonly long _before = GC.GetTotalMemory(forceFullCollection: true);
    private ReadOnlyMemory<byte> _piece;
    private int _reads;

    /// <summary>How many bytes more than before were in use at the most.</summary>
    public long Most { get; private set; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_reads++ % 256 == 0)
            Most = Math.Max(Most, GC.GetTotalMemory(forceFullCollection: false) - _before);
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
