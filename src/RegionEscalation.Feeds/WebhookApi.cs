using Microsoft.AspNetCore.Http;
using Npgsql;
using RegionEscalation.Domain;

namespace RegionEscalation.Feeds;

/// <summary>What a decided command on a subscription is answered with, before anything is written.</summary>
public abstract record WebhookOutcome
{
    public sealed record Absent : WebhookOutcome;

    public sealed record Problem(IResult Answer) : WebhookOutcome;

    public sealed record Rejected(IReadOnlyList<Rejection> Rejections) : WebhookOutcome;

    /// <param name="Version">Of the subscription; null where the answer is something else.</param>
    /// <param name="Writes">In one transaction and in this order; none where nothing has changed.</param>
    public sealed record Accepted(int Status, string? Location, long? Version, object Body, IReadOnlyList<NpgsqlBatchCommand> Writes) : WebhookOutcome;

    /// <summary>Everything here lets it pass; somebody outside is to be asked.</summary>
    public sealed record Asking(Func<Task<WebhookOutcome>> Ask) : WebhookOutcome;
}

/// <summary>Adds a query to a round trip; each row is read when it is executed.</summary>
public delegate void AddQuery(NpgsqlBatchCommand command, Action<NpgsqlDataReader> row);

/// <summary>One of the two APIs, as the endpoints of subscriptions use it for the request at hand.</summary>
public interface IWebhookApi
{
    /// <summary>The API: <c>escalation</c> or <c>national</c>.</summary>
    string Name { get; }

    /// <summary>The path below which the subscriptions are, which is also the source of the feed's entries.</summary>
    string Root { get; }

    WebhookTables Tables { get; }

    /// <summary>The types that the feed has.</summary>
    IReadOnlyList<string> Types { get; }

    /// <summary>Whose subscriptions the caller may see: the region's, or those of each reader for whom it may write.</summary>
    IReadOnlyList<string> Owners { get; }

    /// <summary>
    /// A SELECT of <c>transaction_id</c> and <c>seq_id</c>: of the entries of owner $1 recorded at or after $2, the first in the feed's order.
    /// </summary>
    string FirstEntrySince { get; }

    /// <summary>What is asked for, in one round trip.</summary>
    Task ReadAsync(Action<AddQuery> prepare);

    /// <summary>The API's own way of every command: replay, one round trip to fetch, decision, one round trip to write.</summary>
    Task<IResult> RunAsync(Func<AddQuery, Func<DateTimeOffset, WebhookOutcome>> prepare);
}

/// <summary>Which implementation of <see cref="IWebhookApi"/> an endpoint is served by.</summary>
internal sealed record WebhooksOf(Type Type);
