using Npgsql;
using RegionEscalation.Http;

namespace RegionEscalation.Feeds;

/// <summary>An entry of a feed.</summary>
/// <param name="Position">The place right after it.</param>
/// <param name="StreamId">What it is about; entries about one stream are delivered in its order.</param>
/// <param name="Event">A <see cref="CloudEvent{T}"/>.</param>
public sealed record Change(FeedPosition Position, Guid StreamId, string Type, object Event);

/// <summary>A part of a feed.</summary>
/// <param name="Read">How far the feed was read, beyond the last entry where a filter left out what came after it; null where there was nothing.</param>
/// <param name="CursorIsGone">The place that was to be read from is of another database.</param>
/// <param name="IsStandby">A standby was asked, which does not know yet what there is; nothing was read.</param>
/// <param name="IsToTheEnd">The feed was certainly read to where it ended then.</param>
/// <param name="IsAhead">The feed goes on with an entry that a newer build wrote: only one that knows it can give it out, and nothing goes past it.</param>
public sealed record ChangePage(
    IReadOnlyList<Change> Changes, FeedPosition? Read, bool CursorIsGone = false, bool IsStandby = false, bool IsToTheEnd = false, bool IsAhead = false)
{
    public static ChangePage Gone { get; } = new([], null, CursorIsGone: true);

    public static ChangePage OfStandby { get; } = new([], null, IsStandby: true);
}

/// <summary>For whom webhooks read a feed, and as whom.</summary>
/// <param name="Owner">The region's code; nationally the reader's key, such as <c>coordination</c>.</param>
/// <param name="ClientId">The client that subscribed, which the access log names.</param>
/// <param name="Purpose">Why; null in a region's own feed.</param>
public sealed record FeedReader(string Owner, string ClientId, string? Directory, string? Purpose);

/// <summary>One of the two feeds, as webhooks read it: the regions' own, or the national one.</summary>
public interface IChangeFeed
{
    /// <summary>The API that it belongs to: <c>escalation</c> or <c>national</c>.</summary>
    string Api { get; }

    /// <summary>Everybody who may have subscriptions: region codes, or reader keys. Each is served by itself; there is no query across them.</summary>
    IReadOnlyList<string> Owners { get; }

    WebhookTables Tables { get; }

    /// <summary>A batch whose first command says for whom it is; the database lets it see and write nothing else.</summary>
    NpgsqlBatch CreateBatch(string owner);

    /// <summary>A condition on the subscription <c>s</c>: whether the feed goes on beyond its position. It gives nothing out.</summary>
    string GoesOn { get; }

    /// <summary>At most <paramref name="limit"/> entries after the position, of the types or of every type; nationally logged as a reading.</summary>
    Task<ChangePage> ReadAsync(FeedReader reader, FeedPosition after, IReadOnlyList<string> types, int limit, CancellationToken cancellationToken);

    /// <summary>How long after it was recorded an entry is given out; null for ever. Nothing is removed from a feed, so what is younger can always be found.</summary>
    TimeSpan? GivenOutFor { get; }

    /// <summary>Entries by their ids, as they are to be given out now; null when a standby was asked.</summary>
    Task<IReadOnlyList<Change>?> FindAsync(FeedReader reader, IReadOnlyList<Guid> ids, CancellationToken cancellationToken);

    /// <summary>Whether the client is still configured for what the subscription reads.</summary>
    bool MayStillRead(FeedReader reader);
}
