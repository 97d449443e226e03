using Microsoft.AspNetCore.Http;
using RegionEscalation.Feeds;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi;

/// <summary>A region's webhook subscriptions, by the way of the region's commands.</summary>
internal sealed class Webhooks(Commands commands, IHttpContextAccessor accessor) : IWebhookApi
{
    public string Name => EscalationApi.Name;

    public string Root => Paths.Region(commands.Session.Scope.Region);

    public WebhookTables Tables => WebhookTables.OfRegions;

    public IReadOnlyList<string> Types => RegionFeed.Types;

    public IReadOnlyList<string> Owners => [commands.Session.Scope.Region];

    public string FirstEntrySince => RegionLog.FirstSince;

    public Task ReadAsync(Action<AddQuery> prepare)
    {
        var query = commands.Session.CreateBatchQuery();
        prepare(Adding(query));
        return query.ExecuteAsync(accessor.HttpContext!.RequestAborted);
    }

    public Task<IResult> RunAsync(Func<AddQuery, Func<DateTimeOffset, WebhookOutcome>> prepare) => commands.RunAsync(query =>
    {
        var decide = prepare(Adding(query));
        return now => Of(decide(now));
    });

    private Outcome Of(WebhookOutcome outcome)
    {
        switch (outcome)
        {
            case WebhookOutcome.Problem problem:
                return new Outcome.Problem(problem.Answer);
            case WebhookOutcome.Rejected rejected:
                return new Outcome.Rejected(rejected.Rejections);
            case WebhookOutcome.Asking asking:
                return new Outcome.Asking(async () => Of(await asking.Ask()));
            case WebhookOutcome.Accepted accepted:
                foreach (var write in accepted.Writes)
                    commands.Session.Store(write);
                return new Outcome.Accepted(accepted.Status, accepted.Location, accepted.Version, accepted.Body, accepted.Writes.Count);
            default:
                return new Outcome.Absent();
        }
    }

    private static AddQuery Adding(BatchedQuery query) => (command, row) => query.Rows(command, r =>
    {
        row(r);
        return true;
    });
}
