using Microsoft.AspNetCore.Http;
using RegionEscalation.Domain.National;
using RegionEscalation.Feeds;
using RegionEscalation.Http;

namespace RegionEscalation.NationalApi;

/// <summary>The webhook subscriptions of those who write nationally, by the way of the national commands.</summary>
internal sealed class NationalWebhooks(NationalCommands commands, RegisterReader register, IHttpContextAccessor accessor, TimeProvider time) : IWebhookApi
{
    public string Name => CoordinationApi.Name;

    public string Root => $"/{CoordinationApi.Name}/v1";

    public WebhookTables Tables => WebhookTables.OfReaders;

    public IReadOnlyList<string> Types => NationalChangeTypes.All;

    public IReadOnlyList<string> Owners => [.. Writers.Select(w => w.Key)];

    /// <summary>
    /// Of those entries that the caller may know of; an earlier place than the owner's is no harm. However late: what was in the register before there
    /// was a feed stands in it in another order than that of its times.
    /// </summary>
    public string FirstEntrySince =>
        """
        SELECT n.transaction_id, n.seq_id FROM national_changes n WHERE n.at >= $2 ORDER BY n.transaction_id, n.seq_id LIMIT 1
        """;

    private HttpContext Http => accessor.HttpContext!;

    private IReadOnlyList<NationalReader> Writers => Readers.Writers(Http.Caller());

    public async Task ReadAsync(Action<AddQuery> prepare)
    {
        var query = new NationalQuery();
        prepare(query.Add);
        await using var batch = register.CreateBatch();
        batch.BatchCommands.Add(RegisterReader.Identify(Writers, Readers.Now(time)));
        await query.ExecuteAsync(batch, Http.RequestAborted);
    }

    public Task<IResult> RunAsync(Func<AddQuery, Func<DateTimeOffset, WebhookOutcome>> prepare) => commands.RunAsync(Http, Writers, query =>
    {
        var decide = prepare(query.Add);
        return now => Of(decide(now));
    });

    private static NationalOutcome Of(WebhookOutcome outcome) => outcome switch
    {
        WebhookOutcome.Problem problem => new NationalOutcome.Problem(problem.Answer),
        WebhookOutcome.Rejected rejected => new NationalOutcome.Rejected(rejected.Rejections),
        WebhookOutcome.Asking asking => new NationalOutcome.Asking(async () => Of(await asking.Ask())),
        WebhookOutcome.Accepted accepted => new NationalOutcome.Accepted(accepted.Status, accepted.Location, accepted.Version, accepted.Body, accepted.Writes),
        _ => new NationalOutcome.Absent(),
    };
}
