using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.Integrations.Catalogue.Pull;

/// <summary>One reading of the catalogue's listing from its first page to its last.</summary>
/// <param name="place">What has changed since is asked for, where it says so.</param>
internal sealed class Listing(PullSource source, CatalogueClient client, PullPlace place, TimeProvider time)
{
    private const int LongestText = 4096;

    /// <summary>Of one page; every item becomes a row in memory.</summary>
    private const int MostItems = 20_000;

    private readonly Uri _firstPage = source.FirstPage(place.Cursor);
    private readonly HashSet<string> _asked = [];
    private readonly DateTimeOffset _begun = time.Now();
    private PageOutcome.Page? _first;
    private DateTimeOffset? _at;
    private string? _changedSince;
    private long _bytes;
    private long _items;
    private readonly List<byte[]> _digests = [];

    /// <summary>How many pages were read.</summary>
    public int Pages { get; private set; }

    /// <summary>The items, page by page, each with its running number from 1.</summary>
    /// <param name="conditionally">Whether to ask by what is remembered; then nothing comes where nothing is new, and <see cref="Pages"/> stays 0.</param>
    /// <exception cref="PullFailedException">It cannot be read to its end.</exception>
    public async IAsyncEnumerable<IReadOnlyList<ReadRow>> ReadAsync(bool conditionally, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var next = (Uri?)_firstPage; next is not null;)
        {
            if (!_asked.Add(next.AbsoluteUri))
                throw new PullFailedException(PullFailures.EndlessPaging);
            if (Pages >= source.Options.MostPages)
                throw new PullFailedException(PullFailures.TooManyPages);
            var conditional = conditionally && Pages == 0;
            var answer = await client.GetAsync(next, conditional ? place.ETag : null, conditional ? place.LastModified : null, cancellationToken);
            if (answer is not PageOutcome.Page page)
                yield break;
            using var json = page.Json;
            _bytes += page.Bytes;
            if (_bytes > source.Options.MostBytes)
                throw new PullFailedException(PullFailures.TooLarge);
            var items = ItemsOf(json);
            if (items.GetArrayLength() > MostItems)
                throw new PullFailedException(PullFailures.TooLarge);
            if (Pages++ == 0)
                (_first, _at) = (page, page.At);
            _digests.Add(Digest(items));
            _changedSince = Text(source.ChangedSince, json.RootElement) ?? _changedSince;
            next = Next(page, next);
            yield return [.. items.EnumerateArray().Select(i => source.Mapping.Read(++_items, i))];
        }
    }

    /// <summary>
    /// Whether the listing is still what it was while it was read. If it is not, something may have moved from a page that was not read yet to one that was. Of a part it
    /// is enough that the first page is the same, by its ETag where it has one, otherwise by its items; a snapshot ends what it leaves out, so all of it is read again.
    /// </summary>
    public async Task<bool> HasStoodStillAsync(CancellationToken cancellationToken)
    {
        if (Pages < 2)
            return true;
        if (source.Options.Extent == ImportExtent.Snapshot)
            return await IsTheSameAgainAsync(cancellationToken);
        if (await client.GetAsync(_firstPage, _first!.ETag, null, cancellationToken) is not PageOutcome.Page again)
            return true;
        using var json = again.Json;
        return _first.ETag is { } etag ? again.ETag == etag : Digest(ItemsOf(json)).AsSpan().SequenceEqual(_digests[0]);
    }

    private async Task<bool> IsTheSameAgainAsync(CancellationToken cancellationToken)
    {
        var pages = 0;
        for (var next = (Uri?)_firstPage; next is not null;)
        {
            if (pages == _digests.Count || await client.GetAsync(next, null, null, cancellationToken) is not PageOutcome.Page page)
                return false;
            using var json = page.Json;
            if (!Digest(ItemsOf(json)).AsSpan().SequenceEqual(_digests[pages++]))
                return false;
            next = Next(page, next);
        }
        return pages == _digests.Count;
    }

    /// <summary>What the next run asks with.</summary>
    public PullPlace NextPlace()
    {
        var cursor = source.Options.ChangedSinceParameter is null ? null
            : source.ChangedSince is not null ? _changedSince ?? place.Cursor
            : new Instant((_at ?? _begun) - source.Options.Overlap).ToString();
        return new PullPlace(_first?.ETag, _first?.LastModified, cursor);
    }

    private Uri? Next(PageOutcome.Page page, Uri current)
    {
        if (source.NextCursor is { } cursorPlace)
            return Text(cursorPlace, page.Json.RootElement) is { } cursor
                ? new Uri(QueryHelpers.AddQueryString(_firstPage.AbsoluteUri, source.Options.CursorParameter!, cursor))
                : null;
        var link = source.NextLink is { } linkPlace ? Text(linkPlace, page.Json.RootElement) : page.NextLink;
        if (string.IsNullOrEmpty(link))
            return null;
        return Uri.TryCreate(current, link, out var next) && source.IsOwn(next) ? next : throw new PullFailedException(PullFailures.ForeignLink);
    }

    /// <summary>Null where the page says that there is none; what is no text must not look like the end of the listing.</summary>
    private static string? Text(JsonPlace? place, JsonElement page)
    {
        var found = place?.Find(page);
        return found?.ValueKind switch
        {
            null or JsonValueKind.False => null,
            JsonValueKind.String when ValueRule.IsReadable(found.Value) => Bounded(found.Value.GetString()!),
            JsonValueKind.Number => found.Value.GetRawText(),
            _ => throw new PullFailedException(PullFailures.UnexpectedShape),
        };
    }

    private static string? Bounded(string text) =>
        text.Length == 0 ? null : text.Length <= LongestText ? text : throw new PullFailedException(PullFailures.UnexpectedShape);

    private JsonElement ItemsOf(JsonDocument json) =>
        source.Items.Find(json.RootElement) is { ValueKind: JsonValueKind.Array } items ? items : throw new PullFailedException(PullFailures.UnexpectedShape);

    private static byte[] Digest(JsonElement items) => SHA256.HashData(JsonMarshal.GetRawUtf8Value(items));
}
