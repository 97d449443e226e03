using System.IO.Compression;
using System.Security.Cryptography;
using RegionEscalation.Http;

namespace RegionEscalation.Integrations.Catalogue.Reading;

/// <summary>A file within its limits, decompressed where it is gzip.</summary>
/// <remarks>
/// The framework's reader of gzip takes a truncated file and one with something behind it for whole ones. Here a member of the platform's own follows what was
/// sent: only behind whole members does it come out at the end.
/// </remarks>
internal sealed class BoundedFile : OneWayStream
{
    private static readonly Text NotGzip = new(
        "Filen är inte hel gzip: den är avbruten eller skadad, eller så följer något annat efter den.", "The file is no whole gzip: it is cut off or damaged, or something else follows it.");
    private static readonly Text TooDense = new("Filen blir orimligt mycket större när den packas upp.", "The file becomes unreasonably larger when it is decompressed.");

    private readonly CatalogueFileLimits _limits;
    private readonly Sent _sent;
    private readonly GZipStream? _gzip;
    private readonly byte[] _mark = RandomNumberGenerator.GetBytes(16);
    private readonly byte[] _buffer;
    private int _start;
    private int _end;
    private bool _ended;

    public BoundedFile(Stream sent, bool gzip, CatalogueFileLimits limits)
    {
        _limits = limits;
        _sent = new Sent(sent, gzip ? limits.CompressedBytes : limits.Bytes, gzip ? MemberOf(_mark) : []);
        _gzip = gzip ? new GZipStream(_sent, CompressionMode.Decompress) : null;
        _buffer = gzip ? new byte[64 * 1024] : [];
    }

    /// <summary>How many bytes were read, decompressed.</summary>
    public long Count { get; private set; }

    /// <exception cref="UnreadableFileException">A limit is passed, or it is no gzip.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = _gzip is null ? await _sent.ReadAsync(buffer, cancellationToken) : await DecompressAsync(buffer, cancellationToken);
        Count += read;
        if (Count > _limits.Bytes)
            throw TooLarge(_limits.Bytes);
        if (_gzip is not null && Count > _limits.RatioFrom && Count / _limits.Ratio > _sent.Count)
            throw new UnreadableFileException(413, "ratio", TooDense);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _gzip?.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask<int> DecompressAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            // What may be the mark is held back.
            while (_end - _start <= _mark.Length && !_ended)
            {
                if (_start > 0)
                {
                    _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                    (_start, _end) = (0, _end - _start);
                }
                var read = await _gzip!.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
                _end += read;
                _ended = read == 0;
            }
        }
        catch (InvalidDataException)
        {
            throw new UnreadableFileException(400, "gzip", NotGzip);
        }
        if (_ended && !_buffer.AsSpan(_start, _end - _start).SequenceEqual(_mark))
            throw new UnreadableFileException(400, "gzip", NotGzip);
        var given = Math.Min(buffer.Length, _end - _start - _mark.Length);
        _buffer.AsSpan(_start, given).CopyTo(buffer.Span);
        _start += given;
        return given;
    }

    private static byte[] MemberOf(byte[] mark)
    {
        using var member = new MemoryStream();
        using (var gzip = new GZipStream(member, CompressionLevel.Fastest))
            gzip.Write(mark);
        return member.ToArray();
    }

    private static UnreadableFileException TooLarge(long bytes) => new(413, "bytes", new(
        $"Filen är större än {bytes / 1024} KiB.", $"The file is larger than {bytes / 1024} KiB."));

    /// <summary>What was sent, within its limit, and what follows it.</summary>
    private sealed class Sent(Stream sent, long limit, ReadOnlyMemory<byte> behind) : OneWayStream
    {
        private ReadOnlyMemory<byte> _behind = behind;

        public long Count { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await sent.ReadAsync(buffer, cancellationToken);
            Count += read;
            if (Count > limit)
                throw TooLarge(limit);
            if (read > 0)
                return read;
            var follows = Math.Min(buffer.Length, _behind.Length);
            _behind[..follows].CopyTo(buffer);
            _behind = _behind[follows..];
            return follows;
        }
    }
}
