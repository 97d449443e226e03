using System.Globalization;
using CsvHelper;
using RegionEscalation.Storage;

namespace RegionEscalation.Integrations.Catalogue;

/// <summary>Rejected rows for a spreadsheet: UTF-8 with a byte order mark, semicolons, and no cell that it would take for a formula.</summary>
public static class RejectsCsv
{
    public const string MediaType = "text/csv";

    private static readonly CsvWriterOptions Options = CsvWriterOptions.Default with { Separator = ';', WriteByteOrderMark = true, Injection = CsvInjection.Escape };

    /// <summary>Row by row, however many there are.</summary>
    public static async Task WriteAsync(Stream body, IAsyncEnumerable<RowReject> rejects, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rejects);
        await using var csv = CsvWriter.Create(body, Options, leaveOpen: true);
        await csv.WriteRecordAsync(["line", "field", "rule", "messageSv", "messageEn", "kind", "number", "value"], cancellationToken);
        await foreach (var r in rejects.WithCancellation(cancellationToken))
            await csv.WriteRecordAsync([r.Line.ToString(CultureInfo.InvariantCulture), r.Field, r.Rule, r.Sv, r.En, r.Kind ?? "", r.Key ?? "", r.Value ?? ""], cancellationToken);
        await csv.FlushAsync(cancellationToken);
    }
}
