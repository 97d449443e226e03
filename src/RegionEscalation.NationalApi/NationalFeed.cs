using System.Security.Claims;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using RegionEscalation.Domain.National;
using RegionEscalation.Domain.Regions;
using RegionEscalation.Feeds;
using RegionEscalation.Http;

namespace RegionEscalation.NationalApi;

/// <summary>
/// The national feed: in the order of the transactions that wrote its entries, up to the oldest one that still runs. Its entries have no content; that is
/// joined from the register at the reading, under what the readers may see then. Reading and logging are one statement, which a standby refuses.
/// </summary>
internal sealed class NationalFeed(RegisterReader register, IOptions<AccessOptions> access, TimeProvider time) : IChangeFeed
{
    /// <summary>How many entries are looked at in one round trip when some types are asked for.</summary>
    private const int Window = 1000;

    /// <summary>
    /// How long a cursor holds after the end of the feed was read, and so how long the feed tells of a case of which the register tells nothing any more:
    /// whoever follows it is told of each removal, and whoever comes later of nothing that is gone. As in <see cref="StillTold"/>.
    /// </summary>
    public static readonly TimeSpan CursorsHold = TimeSpan.FromDays(90);

    private static readonly string[] ReadingRoles = ["reader", "coordinator", "national-office", "partner", "supplier"];

    /// <summary>The place of the entry <c>n</c>, after which and up to which there is nothing to skip.</summary>
    private const string Beyond =
        """
        (n.transaction_id, n.seq_id) > ((SELECT transaction_id FROM start), (SELECT sequence FROM start))
        AND n.transaction_id < pg_snapshot_xmin(pg_current_snapshot())
        """;

    /// <summary>
    /// Whether the entry <c>n</c> is to be told at all: of what has left the register for 90 days after it was recorded, and an hour more since it may be
    /// readable only a while later. Subqueries rather than EXISTS, which the planner would answer by reading the whole register.
    /// </summary>
    private const string StillTold =
        """
        (n.kind = 'meeting' OR n.at > nullif(current_setting('app.at', true), '')::timestamptz - INTERVAL '2161 hours'
            OR (SELECT true FROM national_cases x WHERE x.region = n.region AND x.case_id = n.object_id)
            OR (SELECT true FROM national_notices x WHERE x.region = n.region AND x.case_id = n.object_id))
        """;

    public string Api => CoordinationApi.Name;

    /// <summary>Every region's readers, the national group, the office, and the partners and suppliers that are configured.</summary>
    public IReadOnlyList<string> Owners { get; } =
    [
        .. Region.All.Select(r => NationalReader.OfRegion(r.Code)).Append(NationalReader.Coordination).Append(NationalReader.Office)
            .Concat(access.Value.Clients.Values.Where(c => c.Partner is not null).Select(c => new NationalReader(ReaderKind.Partner, c.Partner!)))
            .Concat(access.Value.Clients.Values.SelectMany(c => c.Suppliers ?? []).Select(number => new NationalReader(ReaderKind.Supplier, number)))
            .Select(r => r.Key).Where(key => NationalReader.Parse(key) is not null).Distinct(),
    ];

    public WebhookTables Tables => WebhookTables.OfReaders;

    public string GoesOn { get; } = string.Join('\n',
        """
        EXISTS (SELECT FROM national_changes n WHERE (n.transaction_id, n.seq_id) > (s.position_transaction, s.position_sequence)
            AND n.transaction_id < pg_snapshot_xmin(pg_current_snapshot()) AND
        """, StillTold, ")");

    public NpgsqlBatch CreateBatch(string owner) => CreateBatch([ReaderOf(owner)], Readers.Now(time));

    public Task<ChangePage> ReadAsync(FeedReader reader, FeedPosition after, IReadOnlyList<string> types, int limit, CancellationToken cancellationToken) =>
        ReadAsync(ReadingOf(reader), after, null, types, limit, asked: false, cancellationToken);

    public TimeSpan? GivenOutFor => CursorsHold;

    public async Task<IReadOnlyList<Change>?> FindAsync(FeedReader reader, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        var (reading, query) = (ReadingOf(reader), new RegisterQuery());
        var page = string.Join('\n',
            "start AS (SELECT),",
            "scanned AS (SELECT n.* FROM national_changes n WHERE n.id = ANY(", query.Parameter(ids.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Uuid), ") AND", Visible(query, reading), "),",
            "page AS (SELECT * FROM scanned),");
        var found = await ReadAsync(reading, query, page, FeedPosition.Beginning, ids.Count, ids.Count, asked: false, cancellationToken);
        return found.IsStandby ? null : found.Changes;
    }

    /// <summary>Whether the client's tokens, with whichever role, would still read as the subscription does; which roles they carry is only in the tokens.</summary>
    public bool MayStillRead(FeedReader reader)
    {
        var claims = ReadingRoles.Select(role => new Claim(AccessRules.RoleClaim, role)).Append(new Claim(AccessRules.ClientIdClaims[0], reader.ClientId));
        if (reader.Directory is { } directory)
            claims = claims.Append(new Claim(AccessRules.TenantClaim, directory));
        return AccessRules.CallerFrom(new ClaimsPrincipal(new ClaimsIdentity(claims, "subscription")), access.Value) is { } caller
            && Readers.Of(caller).Any(r => r.Key == reader.Owner);
    }

    /// <param name="since">In place of a position: from the first entry on that was recorded then or later, UTC.</param>
    /// <param name="asked">Whether somebody asks, whose reading is logged also where there is nothing.</param>
    public Task<ChangePage> ReadAsync(
        Reading reading, FeedPosition after, DateTimeOffset? since, IReadOnlyList<string> types, int limit, bool asked, CancellationToken cancellationToken)
    {
        var query = new RegisterQuery().Noting("after", after.IsAnEntry ? after.EventId : null).Noting("since", since);
        foreach (var type in types)
            query.Noting("type", type);
        var window = types.Count == 0 ? limit : Window;
        var page = string.Join('\n',
            "start AS (", Start(query, after, since, Audience(query, reading)), "),",
            "scanned AS (SELECT n.* FROM national_changes n WHERE", Beyond, "AND", Visible(query, reading), "ORDER BY n.transaction_id, n.seq_id LIMIT",
            query.Parameter((long)window, NpgsqlDbType.Bigint), "),",
            "page AS (SELECT n.* FROM scanned n WHERE", OfTypes(query, types), "ORDER BY n.transaction_id, n.seq_id LIMIT", query.Parameter((long)limit, NpgsqlDbType.Bigint), "),");
        return ReadAsync(reading, query, page, after, limit, window, asked, cancellationToken);
    }

    /// <summary>Whether there is something to read; it gives nothing out, and is no reading.</summary>
    public async Task<bool> GoesOnAsync(Reading reading, FeedPosition after, DateTimeOffset? since, IReadOnlyList<string> types, CancellationToken cancellationToken)
    {
        var query = new RegisterQuery();
        await using var batch = CreateBatch(reading.Readers, reading.At);
        var command = new NpgsqlBatchCommand(string.Join('\n',
            "WITH start AS (", Start(query, after, since, Audience(query, reading)), ")",
            "SELECT EXISTS (SELECT FROM national_changes n WHERE", Beyond, "AND", Visible(query, reading), "AND", OfTypes(query, types), ")"));
        query.AddTo(command);
        batch.BatchCommands.Add(command);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetBoolean(0);
    }

    /// <summary>Where to begin, whether or not that is still told; no row where the entry is not at its place, or nothing was recorded since.</summary>
    private static string Start(RegisterQuery query, FeedPosition after, DateTimeOffset? since, string audience)
    {
        if (since is not null)
            return string.Join(' ',
                "SELECT n.transaction_id, n.seq_id - 1 AS sequence FROM national_changes n WHERE n.at >=", query.Parameter(since, NpgsqlDbType.TimestampTz), "AND", audience,
                "ORDER BY n.transaction_id, n.seq_id LIMIT 1");
        var (transaction, sequence) = (query.Parameter(after.Transaction, NpgsqlDbType.Xid8), query.Parameter(after.Sequence, NpgsqlDbType.Bigint));
        return after.IsAnEntry
            ? string.Join(' ',
                "SELECT n.transaction_id, n.seq_id AS sequence FROM national_changes n WHERE n.transaction_id =", transaction, "AND n.seq_id =", sequence,
                "AND n.id =", query.Parameter(after.EventId, NpgsqlDbType.Uuid), "AND", audience)
            : string.Join(' ', "SELECT", transaction, "AS transaction_id,", sequence, "AS sequence");
    }

    private static string Visible(RegisterQuery query, Reading reading) => string.Join('\n', Audience(query, reading), "AND", StillTold);

    /// <summary>
    /// Whom the entry <c>n</c> is for: the second lock beside row level security. Whoever sees the whole register is told of that and not of what
    /// becomes or ceases to be visible to it as a partner or a supplier too.
    /// </summary>
    private static string Audience(RegisterQuery query, Reading reading)
    {
        string[] own = [.. reading.Readers.Select(r => r.Key), .. reading.Readers.Any(r => r.Kind == ReaderKind.Region) ? new[] { NationalChanges.Regions } : []];
        string[] everywhere = [.. own.Intersect(NationalChanges.Everywhere)];
        return string.Join(' ',
            "CASE WHEN n.kind IN ('case', 'notice') THEN n.audience &&", query.Parameter(everywhere.Length > 0 ? everywhere : own, NpgsqlDbType.Array | NpgsqlDbType.Varchar),
            "ELSE n.audience &&", query.Parameter(own, NpgsqlDbType.Array | NpgsqlDbType.Varchar), "END");
    }

    private static string OfTypes(RegisterQuery query, IReadOnlyList<string> types) =>
        types.Count == 0 ? "true" : string.Join(' ', "n.type = ANY(", query.Parameter(types.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Varchar), ")");

    /// <param name="window">How many entries <c>scanned</c> has where the feed goes on.</param>
    /// <param name="page">The parts <c>start</c>, <c>scanned</c> and, of that, <c>page</c> of a statement, of which this is the rest.</param>
    private async Task<ChangePage> ReadAsync(
        Reading reading, RegisterQuery query, string page, FeedPosition after, int limit, int window, bool asked, CancellationToken cancellationToken)
    {
        await using var batch = CreateBatch(reading.Readers, reading.At);
        var command = new NpgsqlBatchCommand(string.Join('\n',
            "WITH", page, "told AS (", ToldChanges.Columns, query.Parameter(reading.At, NpgsqlDbType.TimestampTz), ToldChanges.From, "),",
            // What was told of without its content is an object of the reading, of no tier.
            "objects AS (SELECT object_region::varchar, object_kind::varchar, object_id::uuid, max(tier)::varchar AS tier, NULL::varchar AS basis FROM told GROUP BY 1, 2, 3),",
            RegisterReader.Log(reading, query, alsoOfNothing: asked),
            "SELECT (SELECT count(*) FROM start) AS starts, (SELECT count(*) FROM scanned) AS scanned, last.transaction_id AS last_transaction, last.seq_id AS last_sequence, last.id AS last_id, last.at AS last_at, told.*",
            "FROM (SELECT) AS one LEFT JOIN (SELECT * FROM scanned ORDER BY transaction_id DESC, seq_id DESC LIMIT 1) AS last ON true LEFT JOIN told ON true",
            "ORDER BY told.transaction_id, told.seq_id"));
        query.AddTo(command);
        batch.BatchCommands.Add(command);
        try
        {
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            await reader.NextResultAsync(cancellationToken);
            var changes = new List<Change>();
            FeedPosition? last = null;
            var scanned = 0L;
            while (await reader.ReadAsync(cancellationToken))
            {
                if (after.IsAnEntry && reader.Get<long>("starts") == 0)
                    return ChangePage.Gone;
                scanned = reader.Get<long>("scanned");
                if (reader.Find<Guid>("last_id") is { } id)
                    last = new FeedPosition(reader.Get<ulong>("last_transaction"), reader.Get<long>("last_sequence"), id, reader.Get<DateTimeOffset>("last_at"));
                if (reader.Find<Guid>("id") is not null)
                    changes.Add(ToldChanges.Of(reader, reading));
            }
            return new ChangePage(changes, changes.Count == limit ? changes[^1].Position : last, IsToTheEnd: changes.Count < limit && scanned < window);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction)
        {
            return ChangePage.OfStandby;
        }
    }

    private NpgsqlBatch CreateBatch(IReadOnlyList<NationalReader> readers, DateTimeOffset at)
    {
        var batch = register.CreateBatch();
        batch.BatchCommands.Add(RegisterReader.Identify(readers, at));
        return batch;
    }

    private Reading ReadingOf(FeedReader reader) => new(
        new Caller(reader.ClientId, reader.Directory, new HashSet<Role>(), new HashSet<string>()), [ReaderOf(reader.Owner)], reader.Purpose!, "deliverWebhook", Readers.Now(time));

    /// <exception cref="InvalidOperationException">There is no such reader.</exception>
    private static NationalReader ReaderOf(string owner) => NationalReader.Parse(owner) ?? throw new InvalidOperationException("The owner of a subscription is no reader.");
}
