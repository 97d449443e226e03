using System.Runtime.CompilerServices;
using System.Text;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.Integrations.Catalogue.Reading;

/// <summary>A file of contracts and suppliers, read row by row: whatever comes, no more than a row of it is held.</summary>
/// <param name="sent">As it was sent.</param>
/// <param name="format">One JSON object a line (<see cref="CatalogueLine"/>), or CSV with a header line and a contract a row.</param>
/// <param name="encoding">One of <see cref="EncodingOf"/>.</param>
/// <param name="gzip">Whether it was sent compressed.</param>
/// <param name="containsPersonalNumber">Tells whether a text holds a Swedish personal identity number (R-G8).</param>
public sealed class CatalogueFile(Stream sent, ImportFormat format, Encoding encoding, bool gzip, CatalogueFileLimits limits, Func<string, bool> containsPersonalNumber) : IDisposable
{
    private static readonly Text Empty = new("Filen har inga rader.", "The file has no rows.");
    private static readonly Text Unclosed = new(
        "Ett citattecken öppnas på raden och stängs inte före filens slut.", "A quote is opened in the row and not closed before the end of the file.");

    private readonly BoundedFile _file = new(sent, gzip, limits);

    /// <summary>How much was read, decompressed.</summary>
    public long BytesRead => _file.Count;

    /// <summary>Columns of a CSV file that mean nothing here, by the file's own names; known once its first row is read.</summary>
    public IReadOnlyList<string> IgnoredColumns { get; private set; } = [];

    /// <param name="charset">As a media type declares it; null for UTF-8.</param>
    /// <returns>Null where the format is not read in it. What is called Latin-1 is read as Windows-1252, which has the same letters and more signs.</returns>
    public static Encoding? EncodingOf(ImportFormat format, string? charset) => (format, charset?.ToUpperInvariant()) switch
    {
        (_, null or "UTF-8") => Encoding.UTF8,
        (ImportFormat.Csv, "ISO-8859-1" or "WINDOWS-1252") => CodePagesEncodingProvider.Instance.GetEncoding(1252),
        _ => null,
    };

    /// <summary>Every row but blank ones, in the order of the file. To be read once.</summary>
    /// <exception cref="UnreadableFileException">The file as a whole cannot be read any further.</exception>
    public async IAsyncEnumerable<ReadRow> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var records = new RecordReader(_file, limits.RecordBytes, format == ImportFormat.Csv ? CsvRows.Separators : []);
        var rowOf = await BeginAsync(records, cancellationToken);
        var rows = 0;
        while (await records.ReadAsync(cancellationToken))
        {
            // Everything behind the quote is lost; as a complete catalogue the rest would end what it does not name.
            if (records.Unclosed)
                throw new UnreadableFileException(422, "quotes", Unclosed, records.Line);
            if (rowOf(records) is not { } row)
                continue;
            if (++rows > limits.Rows)
                throw new UnreadableFileException(413, "rows", new($"Filen har fler än {limits.Rows} rader.", $"The file has more than {limits.Rows} rows."));
            yield return row;
        }
        if (rows == 0)
            throw new UnreadableFileException(422, "empty", Empty);
    }

    /// <summary>Reads to the end without looking at it.</summary>
    /// <exception cref="UnreadableFileException">A limit is passed, or it is no gzip.</exception>
    public async Task SkipAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        while (await _file.ReadAsync(buffer, cancellationToken) > 0)
        {
        }
    }

    public void Dispose() => _file.Dispose();

    private async Task<Func<RecordReader, ReadRow?>> BeginAsync(RecordReader records, CancellationToken cancellationToken)
    {
        if (format == ImportFormat.Ndjson)
            return new NdjsonRows(limits, containsPersonalNumber).Of;
        if (!await records.ReadAsync(cancellationToken))
            throw new UnreadableFileException(422, "empty", Empty);
        if (records.Unclosed)
            throw new UnreadableFileException(422, "quotes", Unclosed, records.Line);
        var rows = new CsvRows(records, encoding, limits, containsPersonalNumber);
        IgnoredColumns = rows.Ignored;
        return rows.Of;
    }
}
