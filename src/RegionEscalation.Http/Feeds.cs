using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace RegionEscalation.Http;

/// <summary>The operation is a feed: it takes <c>limit</c>, <c>cursor</c>, <c>since</c>, <c>wait</c> and <c>type</c>.</summary>
/// <param name="Types">The types of entry that there are.</param>
public sealed record IsFeed(IReadOnlyList<string> Types);

/// <summary>
/// Which part of a feed is asked for: after <c>cursor</c>, or from <c>since</c>, or from the beginning; at most <c>limit</c> entries (1–100,
/// default 100) of the types named by <c>type</c> (repeatable; every type unless given). Where there is nothing yet, <c>wait</c> seconds (0–30,
/// default 0) pass before the answer says so. As a parameter of a handler it binds from the query and answers 422 for anything else.
/// </summary>
/// <param name="Cursor">As it was given out; what it says is for the feed to read.</param>
/// <param name="Since">UTC.</param>
public sealed record FeedRequest(int Limit, string? Cursor, DateTimeOffset? Since, TimeSpan Wait, IReadOnlyList<string> Types)
{
    public const int MaxLimit = 100;
    public const int MaxWaitSeconds = 30;
    public const int MaxCursorLength = 200;
    internal static readonly string[] Names = ["limit", "cursor", "since", "wait", "type"];

    public static ValueTask<FeedRequest> BindAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var cursor = Single(context, "cursor", text => text.Length is >= 1 and <= MaxCursorLength ? text : null,
            new("Ska vara en cursor ur ett tidigare svar.", "Must be a cursor of an earlier answer."));
        DateTimeOffset? since = null;
        if (Single(context, "since", text => Instant.TryParse(text, out _) ? text : null, new("Ska vara en tidpunkt enligt RFC 3339 med tidszon.", "Must be an RFC 3339 time with its zone.")) is { } text
            && Instant.TryParse(text, out var instant))
            since = instant.Value;
        if (cursor is not null && since is not null)
            throw new RefusedException(Problems.Field(context, "since", "exclusive", new("Ange antingen cursor eller since.", "Give either cursor or since.")));
        return ValueTask.FromResult(new FeedRequest(
            Number(context, "limit", MaxLimit, 1, MaxLimit), cursor, since, TimeSpan.FromSeconds(Number(context, "wait", 0, 0, MaxWaitSeconds)), ReadTypes(context)));
    }

    private static string[] ReadTypes(HttpContext context)
    {
        var known = context.GetEndpoint()?.Metadata.GetMetadata<IsFeed>()?.Types ?? [];
        string[] types = [.. context.Request.Query["type"].Select(t => t ?? "").Distinct()];
        return types.FirstOrDefault(t => !known.Contains(t)) is { } unknown
            ? throw new RefusedException(Problems.Field(context, "type", "unknown", new("Flödet har ingen sådan typ.", "The feed has no such type.")))
            : types;
    }

    private static string? Single(HttpContext context, string name, Func<string, string?> read, Text problem)
    {
        var values = context.Request.Query[name];
        if (values.Count == 0)
            return null;
        return values is [{ } value] && read(value) is { } found ? found : throw new RefusedException(Problems.Field(context, name, "format", problem));
    }

    private static int Number(HttpContext context, string name, int otherwise, int min, int max)
    {
        var values = context.Request.Query[name];
        if (values.Count == 0)
            return otherwise;
        if (values is [{ } text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
            return value;
        throw new RefusedException(Problems.Field(context, name, "range", new($"Ska vara ett heltal {min}–{max}.", $"Must be an integer {min}–{max}.")));
    }
}

/// <summary>A CloudEvents 1.0 envelope.</summary>
/// <param name="Id">The same for every delivery of the event, here and in webhooks.</param>
/// <param name="Source">Whose feed it is in.</param>
/// <param name="Type">What happened, by its explicit, versioned name.</param>
/// <param name="Subject">What it happened to: a path below the source.</param>
/// <param name="Time">When it was recorded, UTC.</param>
public sealed record CloudEvent<T>(
    [property: JsonPropertyName("specversion")] string SpecVersion,
    Guid Id,
    string Source,
    string Type,
    string Subject,
    DateTimeOffset Time,
    [property: JsonPropertyName("datacontenttype")] string DataContentType,
    T Data)
{
    public CloudEvent(Guid id, string source, string type, string subject, DateTimeOffset time, T data)
        : this("1.0", id, source, type, subject, time, "application/json", data)
    {
    }
}

/// <summary>A part of a feed, oldest first. A part may be empty and yet lead on, where a filter left out what there was.</summary>
public sealed record FeedResponse<T>(IReadOnlyList<CloudEvent<T>> Items, [property: JsonPropertyName("_links")] FeedLinks Links);

/// <param name="Next">What comes after this part; always there, so that a consumer can go on asking.</param>
public sealed record FeedLinks(Link Self, Link Next);

public static class FeedAnswers
{
    /// <summary>States the feed's types and, below the group's conventions, its parameters.</summary>
    public static T IsFeedOf<T>(this T endpoint, IReadOnlyList<string> types) where T : IEndpointConventionBuilder => endpoint.WithMetadata(new IsFeed(types));

    /// <param name="cursor">Where the next part begins; null where there was nothing yet and what was asked for is asked for again.</param>
    public static FeedResponse<T> Response<T>(this FeedRequest feed, HttpContext context, IReadOnlyList<CloudEvent<T>> items, string? cursor)
    {
        ArgumentNullException.ThrowIfNull(feed);
        ArgumentNullException.ThrowIfNull(context);
        return new(items, new(To(feed.Cursor), To(cursor ?? feed.Cursor)));

        Link To(string? after)
        {
            var query = new QueryBuilder();
            foreach (var type in feed.Types)
                query.Add("type", type);
            query.Add("limit", feed.Limit.ToString(CultureInfo.InvariantCulture));
            if (feed.Wait > TimeSpan.Zero)
                query.Add("wait", ((int)feed.Wait.TotalSeconds).ToString(CultureInfo.InvariantCulture));
            if (after is not null)
                query.Add("cursor", after);
            else if (feed.Since is { } since)
                query.Add("since", new Instant(since).ToString());
            return Link.To(context, context.Request.Path.ToUriComponent() + query.ToQueryString());
        }
    }

    /// <summary>
    /// 410: the cursor is of a database that was restored since, of a key that was replaced, of another feed or for another caller, or too old. The feed
    /// can be read again from where it is sure to have been read; what was read before comes again with the same ids.
    /// </summary>
    /// <param name="since">UTC; null for the beginning.</param>
    public static IResult CursorGone(HttpContext context, FeedRequest feed, DateTimeOffset? since)
    {
        ArgumentNullException.ThrowIfNull(feed);
        return Problems.CursorGone(context, new FeedRequest(feed.Limit, null, since, feed.Wait, feed.Types).Response<object>(context, [], null).Links.Self.Href);
    }
}
