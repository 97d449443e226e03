namespace RegionEscalation.Integrations.Catalogue.Reading;

/// <summary>How much of a file is read before it is refused.</summary>
/// <param name="CompressedBytes">Of a compressed file as it is sent.</param>
/// <param name="Bytes">Of a file as it is, or once it is decompressed.</param>
/// <param name="Ratio">How many times its compressed size it may have; ordinary text stays far below.</param>
/// <param name="RatioFrom">From how many decompressed bytes on the ratio counts.</param>
/// <param name="RecordBytes">Of a row; a longer one is rejected.</param>
/// <param name="Rows">Of the file.</param>
public sealed record CatalogueFileLimits(
    long CompressedBytes = 256L * 1024 * 1024,
    long Bytes = 1024L * 1024 * 1024,
    int Ratio = 200,
    long RatioFrom = 10L * 1024 * 1024,
    int RecordBytes = 64 * 1024,
    int Rows = 1_000_000);
