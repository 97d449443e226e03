namespace RegionEscalation.Integrations.Catalogue.Reading;

/// <summary>Cuts a file into its records, and never holds more than one: what is longer than it may be is skipped without being kept.</summary>
/// <param name="longest">Bytes of a record.</param>
/// <param name="separators">Behind them a quote begins what may hold line ends; none where a record is a line.</param>
internal sealed class RecordReader(Stream file, int longest, byte[] separators)
{
    private const int HeadLength = 4096;

    private readonly byte[] _buffer = new byte[longest + 64 * 1024];
    private byte[] _separators = separators;
    private int _next;
    private int _end;
    private long _line = 1;
    private bool _begun;

    private enum Place
    {
        AtStart,
        Within,
        Quoted,

        /// <summary>Behind a quote within quotes: the next byte tells whether it ends them.</summary>
        AtQuote,
    }

    /// <summary>Without its line end; the beginning of one that is too long. Valid until the next is read.</summary>
    public ReadOnlyMemory<byte> Record { get; private set; }

    /// <summary>Where it begins, from 1.</summary>
    public long Line { get; private set; }

    public bool TooLong { get; private set; }

    /// <summary>The file ended within its quotes.</summary>
    public bool Unclosed { get; private set; }

    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>From the next record on.</summary>
    public void SeparateBy(byte separator) => _separators = [separator];

    /// <returns>False behind the last record.</returns>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (!_begun)
            await BeginAsync(cancellationToken);
        (Line, TooLong, Unclosed) = (_line, false, false);
        var (start, scanned, place) = (_next, _next, Place.AtStart);
        byte[]? head = null;
        while (!ScanToEnd(ref scanned, ref place))
        {
            if (scanned - start > longest)
            {
                TooLong = true;
                head ??= HeadFrom(start);
            }
            if (TooLong)
                (start, scanned, _end) = (0, 0, 0);
            else if (start > 0)
            {
                _buffer.AsSpan(start, _end - start).CopyTo(_buffer);
                (start, scanned, _end) = (0, scanned - start, _end - start);
            }
            if (await FillAsync(cancellationToken))
                continue;
            Unclosed = place == Place.Quoted;
            _next = _end;
            Record = head ?? WithoutReturn(start, scanned);
            return TooLong || scanned > start;
        }

        TooLong |= scanned - start > longest;
        Record = TooLong ? head ?? HeadFrom(start) : WithoutReturn(start, scanned);
        _next = scanned + 1;
        return true;
    }

    /// <summary>Scans what is in the buffer; counts the line ends that it passes.</summary>
    /// <returns>Whether the record ends there.</returns>
    private bool ScanToEnd(ref int scanned, ref Place place)
    {
        if (_separators.Length == 0)
        {
            var found = _buffer.AsSpan(scanned, _end - scanned).IndexOf((byte)'\n');
            scanned = found < 0 ? _end : scanned + found;
            _line += found < 0 ? 0 : 1;
            return found >= 0;
        }
        for (; scanned < _end; scanned++)
        {
            var b = _buffer[scanned];
            if (b == '\n')
                _line++;
            if (place == Place.Quoted)
                place = b == '"' ? Place.AtQuote : Place.Quoted;
            else if (b == '"' && place is (Place.AtStart or Place.AtQuote))
                place = Place.Quoted;
            else if (b == '\n')
                return true;
            else
                place = _separators.AsSpan().Contains(b) ? Place.AtStart : Place.Within;
        }
        return false;
    }

    private async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        _begun = true;
        while (_end < Utf8Mark.Length && await FillAsync(cancellationToken))
        {
        }
        _next = _buffer.AsSpan(0, _end).StartsWith(Utf8Mark) ? Utf8Mark.Length : 0;
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        var read = await file.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        return read > 0;
    }

    private byte[] HeadFrom(int start) => _buffer.AsSpan(start, Math.Min(HeadLength, longest)).ToArray();

    private ReadOnlyMemory<byte> WithoutReturn(int start, int end) => _buffer.AsMemory(start, end - start - (end > start && _buffer[end - 1] == '\r' ? 1 : 0));
}
