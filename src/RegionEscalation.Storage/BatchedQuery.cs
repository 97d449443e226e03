using Npgsql;
using NpgsqlTypes;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;

namespace RegionEscalation.Storage;

/// <summary>What a query of the batch will have found once the batch is executed.</summary>
public sealed class Fetched<T>
{
    public T Value { get; internal set; } = default!;
}

/// <summary>A page of a list, and how many there are in all.</summary>
public sealed record PageOf<T>(IReadOnlyList<T> Items, long Total);

/// <summary>An event as it is stored.</summary>
/// <param name="Type">Its explicit, versioned name.</param>
/// <param name="At">UTC.</param>
/// <param name="Event">The event itself.</param>
public sealed record StoredEvent(Guid Id, long Version, string Type, DateTimeOffset At, string? ClientId, string? CorrelationId, object Event);

/// <param name="Recipient">The recipient's key.</param>
/// <param name="At">UTC.</param>
/// <param name="By">The function that acknowledged it.</param>
public sealed record NoticeAcknowledgement(Guid NoticeId, string Recipient, DateTimeOffset At, string By);

/// <summary>Several queries in one round trip, all for the session's region.</summary>
public sealed partial class BatchedQuery(NpgsqlDataSource dataSource, RegionScope scope)
{
    private readonly List<(NpgsqlBatchCommand Command, Func<NpgsqlDataReader, CancellationToken, Task> Read)> _queries = [];
    private (NpgsqlBatchCommand Command, Func<NpgsqlDataReader, CancellationToken, Task> Read)? _answer;
    private Fetched<LadderSettingsState?>? _settings;

    /// <summary>
    /// When what was fetched last changed, UTC. What is decided on it happens no earlier, even on a host whose clock runs behind
    /// another's: time never runs backwards within a stream.
    /// </summary>
    public DateTimeOffset LatestChange { get; private set; }

    /// <summary>What is no stream, such as webhook subscriptions: the statement names the region itself.</summary>
    public Fetched<IReadOnlyList<T>> Rows<T>(NpgsqlBatchCommand command, Func<NpgsqlDataReader, T> row)
    {
        var fetched = new Fetched<IReadOnlyList<T>>();
        _queries.Add((command, async (reader, ct) =>
        {
            var rows = new List<T>();
            while (await reader.ReadAsync(ct))
                rows.Add(row(reader));
            fetched.Value = rows;
        }));
        return fetched;
    }

    public Fetched<EscalationCase?> Case(Guid id) => Document<EscalationCase>(
        "SELECT data, mt_last_modified FROM mt_doc_escalationcase WHERE tenant_id = $1 AND id = $2", Sql.Uuid(id));

    /// <summary>The case that the deviation is attached to.</summary>
    public Fetched<EscalationCase?> CaseOf(Guid deviationId) => Document<EscalationCase>(
        """
        SELECT c.data, c.mt_last_modified FROM mt_doc_deviation d JOIN mt_doc_escalationcase c ON c.tenant_id = d.tenant_id AND c.id = d.case_id
        WHERE d.tenant_id = $1 AND d.id = $2
        """, Sql.Uuid(deviationId));

    /// <summary>The open case about the contract and its present supplier (R-G2).</summary>
    public Fetched<EscalationCase?> OpenCaseAbout(string contractNumber) => Document<EscalationCase>(
        """
        SELECT c.data, c.mt_last_modified FROM mt_doc_contract k
        JOIN mt_doc_escalationcase c ON c.tenant_id = k.tenant_id AND c.supplier_id = k.supplier_id AND c.contract_number = k.number
        WHERE k.tenant_id = $1 AND k.number = $2 AND c.state = 'open'
        """, Sql.Text(contractNumber));

    /// <summary>Another open case about the same supplier and contract as the case (R-G2).</summary>
    public Fetched<EscalationCase?> OpenCaseBeside(Guid caseId) => Document<EscalationCase>(
        """
        SELECT c.data, c.mt_last_modified FROM mt_doc_escalationcase own
        JOIN mt_doc_escalationcase c ON c.tenant_id = own.tenant_id AND c.supplier_id = own.supplier_id AND c.contract_number = own.contract_number
        WHERE own.tenant_id = $1 AND own.id = $2 AND c.state = 'open' AND c.id <> own.id
        """, Sql.Uuid(caseId));

    /// <summary>The case's contract as the catalogue has it now.</summary>
    public Fetched<Contract?> ContractOfCase(Guid caseId) => Document<Contract>(
        """
        SELECT k.data, k.mt_last_modified FROM mt_doc_escalationcase c JOIN mt_doc_contract k ON k.tenant_id = c.tenant_id AND k.number = c.contract_number
        WHERE c.tenant_id = $1 AND c.id = $2
        """, Sql.Uuid(caseId));

    /// <summary>The deviations attached to the case.</summary>
    public Fetched<IReadOnlyList<Deviation>> DeviationsOf(Guid caseId) => Documents<Deviation>(
        "SELECT data, mt_last_modified FROM mt_doc_deviation WHERE tenant_id = $1 AND case_id = $2 ORDER BY id", Sql.Uuid(caseId));

    public Fetched<Deviation?> Deviation(Guid id) => Document<Deviation>(
        "SELECT data, mt_last_modified FROM mt_doc_deviation WHERE tenant_id = $1 AND id = $2", Sql.Uuid(id));

    public Fetched<IReadOnlyList<Deviation>> Deviations(IEnumerable<Guid> ids) => Documents<Deviation>(
        "SELECT data, mt_last_modified FROM mt_doc_deviation WHERE tenant_id = $1 AND id = ANY($2) ORDER BY id", Sql.Array(ids, NpgsqlDbType.Uuid));

    public Fetched<Contract?> Contract(string number) => Document<Contract>(
        "SELECT data, mt_last_modified FROM mt_doc_contract WHERE tenant_id = $1 AND number = $2", Sql.Text(number));

    /// <summary>The region's contracts with the case's supplier, by number.</summary>
    public Fetched<IReadOnlyList<Contract>> ContractsOfCaseSupplier(Guid caseId) => Documents<Contract>(
        """
        SELECT k.data, k.mt_last_modified FROM mt_doc_escalationcase c
        JOIN mt_doc_contract k ON k.tenant_id = c.tenant_id AND k.supplier_id = c.supplier_id
        WHERE c.tenant_id = $1 AND c.id = $2 ORDER BY k.number
        """, Sql.Uuid(caseId));

    public Fetched<IReadOnlyList<Contract>> Contracts(IEnumerable<string> numbers) => Documents<Contract>(
        "SELECT data, mt_last_modified FROM mt_doc_contract WHERE tenant_id = $1 AND number = ANY($2)", Sql.Array(numbers, NpgsqlDbType.Varchar));

    /// <summary>The open cases about the contracts.</summary>
    public Fetched<IReadOnlyList<EscalationCase>> OpenCasesAbout(IEnumerable<string> contractNumbers) => Documents<EscalationCase>(
        "SELECT data, mt_last_modified FROM mt_doc_escalationcase WHERE tenant_id = $1 AND contract_number = ANY($2) AND state = 'open'",
        Sql.Array(contractNumbers, NpgsqlDbType.Varchar));

    /// <summary>Also a sole trader: for what is written, never for an answer to a number.</summary>
    public Fetched<KnownSupplier?> Supplier(string number) => Document<KnownSupplier>(
        "SELECT data, mt_last_modified FROM mt_doc_supplier WHERE tenant_id = $1 AND organisation_number = $2", Sql.Text(number));

    public Fetched<KnownSupplier?> Supplier(Guid id) => Document<KnownSupplier>(
        "SELECT data, mt_last_modified FROM mt_doc_supplier WHERE tenant_id = $1 AND id = $2", Sql.Uuid(id));

    public Fetched<IReadOnlyList<KnownSupplier>> Suppliers(IEnumerable<string> numbers) => Documents<KnownSupplier>(
        "SELECT data, mt_last_modified FROM mt_doc_supplier WHERE tenant_id = $1 AND organisation_number = ANY($2)", Sql.Array(numbers, NpgsqlDbType.Varchar));

    /// <summary>The region's own part of the ladder; asked once however often it is called for.</summary>
    public Fetched<LadderSettingsState?> LadderSettings() => _settings ??= Document<LadderSettingsState>(
        "SELECT data, mt_last_modified FROM mt_doc_laddersettings WHERE tenant_id = $1 AND id = $2", Sql.Uuid(LadderSettingsState.StreamId));

    /// <summary>Who has read the case, or a notice of it, across regions, by key (R-N4).</summary>
    public Fetched<IReadOnlyList<string>> ReadersOf(Guid caseId) => Add(
        new NpgsqlBatchCommand("SELECT DISTINCT unnest(readers) FROM national_access_log WHERE object_region = $1 AND object_id = $2 AND tier IS NOT NULL")
        {
            Parameters = { Sql.Text(scope.Region), Sql.Uuid(caseId) },
        },
        async (reader, ct) => (IReadOnlyList<string>)await RowsAsync(reader, r => r.GetString(0), ct));

    /// <summary>Who has acknowledged which of the case's notices, in the order of time.</summary>
    public Fetched<IReadOnlyList<NoticeAcknowledgement>> AcknowledgementsOf(Guid caseId) => Add(
        new NpgsqlBatchCommand("SELECT notice_id, recipient, at, acknowledged_by FROM national_acknowledgements WHERE region = $1 AND case_id = $2 ORDER BY at, recipient")
        {
            Parameters = { Sql.Text(scope.Region), Sql.Uuid(caseId) },
        },
        async (reader, ct) => (IReadOnlyList<NoticeAcknowledgement>)await RowsAsync(reader,
            r => new NoticeAcknowledgement(r.GetGuid(0), r.GetString(1), r.GetFieldValue<DateTimeOffset>(2), r.GetString(3)), ct));

    /// <summary>A joint regional meeting that the region called or is invited to.</summary>
    public Fetched<KnownJointMeeting?> JointMeeting(Guid id) => Add(
        new NpgsqlBatchCommand(
            """
            SELECT supplier_number, supplier_id, convener, starts_at, state, participants FROM national_meetings
            WHERE id = $1 AND 'region:' || $2 = ANY (invited::text[] || convener::text)
            """)
        {
            Parameters = { Sql.Uuid(id), Sql.Text(scope.Region) },
        },
        async (reader, ct) => (await RowsAsync(reader, r => new KnownJointMeeting(
            id, new JointMeetingSupplier(r.IsDBNull(0) ? null : r.GetString(0), r.IsDBNull(1) ? null : r.GetGuid(1)), r.GetString(2), r.GetFieldValue<DateTimeOffset>(3),
            Enum.Parse<JointMeetingState>(r.GetString(4), ignoreCase: true), r.GetFieldValue<string[]>(5)), ct)).SingleOrDefault());

    /// <summary>The cases of which time has changed something that is not noted yet, those first that have waited longest.</summary>
    public Fetched<IReadOnlyList<Guid>> ExpiredCases(DateTimeOffset now, int limit) => Add(
        new NpgsqlBatchCommand("SELECT id FROM mt_doc_escalationcase WHERE tenant_id = $1 AND next_expiry <= $2 ORDER BY next_expiry, id LIMIT $3")
        {
            Parameters = { Sql.Text(scope.Region), Sql.Instant(now), Sql.Integer(limit) },
        },
        async (reader, ct) => (IReadOnlyList<Guid>)await RowsAsync(reader, r => r.GetGuid(0), ct));

    public Fetched<PageOf<EscalationCase>> Cases(CaseFilter filter, int limit, long offset)
    {
        var where = new Where(scope)
            .And("step =", filter.Step, v => Sql.Smallint(v))
            .And("state =", filter.State, v => Sql.Text(StoreJson.Code(v)))
            .And(filter.Supplier)
            .And("contract_number =", filter.ContractNumber, Sql.Text)
            .And("category =", filter.Category, Sql.Text)
            .And("mt_last_modified >=", filter.UpdatedSince, v => Sql.Instant(v))
            .And(filter.Overdue);
        return Page<EscalationCase>(where, "FROM mt_doc_escalationcase", filter.Order switch
        {
            CaseOrder.Opened => "ORDER BY id",
            CaseOrder.OpenedDescending => "ORDER BY id DESC",
            CaseOrder.Updated => "ORDER BY mt_last_modified, id",
            _ => "ORDER BY mt_last_modified DESC, id DESC",
        }, limit, offset);
    }


    /// <summary>A part of a stream's events, in order.</summary>
    public Fetched<IReadOnlyList<StoredEvent>> Events(Guid streamId, long afterVersion, int limit) => Add(
        new NpgsqlBatchCommand(
            """
            SELECT id, version, type, timestamp, user_name, correlation_id, data FROM mt_events
            WHERE tenant_id = $1 AND stream_id = $2 AND version > $3 ORDER BY version LIMIT $4
            """)
        {
            Parameters = { Sql.Text(scope.Region), Sql.Uuid(streamId), Sql.Bigint(afterVersion), Sql.Integer(limit) },
        },
        async (reader, ct) => (IReadOnlyList<StoredEvent>)await RowsAsync(reader, r => StoredEventOf(r, EventTypes.Read), ct));

    /// <summary>A part of the region's log: at most <paramref name="limit"/> events after the place, of the types or of every type.</summary>
    public Fetched<LogPart> LogAfter(LogPlace place, IReadOnlyList<string> types, int limit) => Add(RegionLog.After(scope, place, types, limit), RegionLog.ReadPartAsync);

    /// <summary>The same from the first place on after which everything stands that was recorded at or after the instant.</summary>
    public Fetched<LogPart> LogSince(DateTimeOffset since, IReadOnlyList<string> types, int limit) => Add(RegionLog.Since(scope, since, types, limit), RegionLog.ReadPartAsync);

    /// <summary>Events of the region's log, in its order.</summary>
    public Fetched<LogPart> LoggedEvents(IEnumerable<Guid> ids) => Add(RegionLog.ByIds(scope, ids), RegionLog.ReadPartAsync);

    /// <summary>Live aggregation: the case folded from its events, as it was at a version or an instant; null when it did not exist.</summary>
    public Fetched<EscalationCase?> AggregateCase(Guid id, long? version = null, DateTimeOffset? at = null)
    {
        var fetched = new Fetched<EscalationCase?>();
        var where = new Where(scope)
            .And("stream_id =", (Guid?)id, v => Sql.Uuid(v))
            .And("version <=", version, v => Sql.Bigint(v))
            .And("timestamp <=", at, v => Sql.Instant(v));
        _queries.Add((where.Select("SELECT type, data FROM mt_events", "ORDER BY version"), async (reader, ct) =>
        {
            var events = await RowsAsync(reader, r => EventTypes.Read(r.GetString(0), r.GetString(1)), ct);
            fetched.Value = events.OfType<CaseEvent>().Aggregate((EscalationCase?)null, EscalationCase.Evolve);
        }));
        return fetched;
    }

    /// <summary>
    /// The first answer to the key, if it is stored. It is always the batch's last query: each query sees what was committed
    /// before it began, so whoever sees the first request's change also sees its answer.
    /// </summary>
    public Fetched<StoredAnswer?> Answer(string clientId, string key)
    {
        var fetched = new Fetched<StoredAnswer?>();
        _answer = (IdempotencyKeys.Select(scope, clientId, key), async (reader, ct) =>
            fetched.Value = await reader.ReadAsync(ct) ? IdempotencyKeys.Read(reader) : null);
        return fetched;
    }

    public async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var queries = _answer is { } answer ? [.. _queries, answer] : _queries;
        if (queries.Count == 0)
            return;
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(RegionSession.SetRegion(scope));
        foreach (var (command, _) in queries)
            batch.BatchCommands.Add(command);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        foreach (var (_, read) in queries)
        {
            await reader.NextResultAsync(cancellationToken);
            await read(reader, cancellationToken);
        }
    }

    internal static StoredEvent StoredEventOf(NpgsqlDataReader r, Func<string, string, object> read) => new(
        r.GetGuid(0),
        r.GetInt64(1),
        r.GetString(2),
        r.GetFieldValue<DateTimeOffset>(3),
        r.IsDBNull(4) ? null : r.GetString(4),
        r.IsDBNull(5) ? null : r.GetString(5),
        read(r.GetString(2), r.GetString(6)));

    private static async Task<List<T>> RowsAsync<T>(NpgsqlDataReader reader, Func<NpgsqlDataReader, T> row, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(row(reader));
        return rows;
    }

    private Fetched<T?> Document<T>(string sql, NpgsqlParameter key) where T : class => Add(
        new NpgsqlBatchCommand(sql) { Parameters = { Sql.Text(scope.Region), key } },
        async (reader, ct) => await reader.ReadAsync(ct) ? Read<T>(reader) : null);

    private Fetched<IReadOnlyList<T>> Documents<T>(string sql, NpgsqlParameter keys) => Add(
        new NpgsqlBatchCommand(sql) { Parameters = { Sql.Text(scope.Region), keys } },
        async (reader, ct) => (IReadOnlyList<T>)await RowsAsync(reader, Read<T>, ct));

    private T Read<T>(NpgsqlDataReader reader)
    {
        var changed = reader.GetFieldValue<DateTimeOffset>(1);
        LatestChange = changed > LatestChange ? changed : LatestChange;
        return StoreJson.Read<T>(reader.GetString(0));
    }

    private Fetched<PageOf<T>> Page<T>(Where where, string from, string order, int limit, long offset)
    {
        var total = Add(where.Select("SELECT count(*) " + from, ""), async (reader, ct) => await reader.ReadAsync(ct) ? reader.GetInt64(0) : 0);
        return Add(where.Page("SELECT data " + from, order, limit, offset),
            async (reader, ct) => new PageOf<T>(await RowsAsync(reader, r => StoreJson.Read<T>(r.GetString(0)), ct), total.Value));
    }

    private Fetched<T> Add<T>(NpgsqlBatchCommand command, Func<NpgsqlDataReader, CancellationToken, Task<T>> read)
    {
        var fetched = new Fetched<T>();
        _queries.Add((command, async (reader, ct) => fetched.Value = await read(reader, ct)));
        return fetched;
    }

    /// <summary>
    /// A condition put together from fixed texts and parameters. Only what is asked for stands in it: a condition that allows
    /// for absent filters would keep prepared statements from their indexes.
    /// </summary>
    private sealed partial class Where(RegionScope scope)
    {
        private readonly List<string> _conditions = ["tenant_id = $1"];
        private readonly List<Func<NpgsqlParameter>> _parameters = [() => Sql.Text(scope.Region)];

        public Where And<T>(string comparison, T? value, Func<T, NpgsqlParameter> parameter) where T : struct =>
            value is { } v ? Add(comparison, () => parameter(v)) : this;

        /// <param name="end">What closes the comparison behind its parameter.</param>
        public Where And<T>(string comparison, T? value, Func<T, NpgsqlParameter> parameter, string end) where T : struct =>
            value is { } v ? Add(comparison, () => parameter(v), end) : this;

        public Where And(string comparison, string? value, Func<string, NpgsqlParameter> parameter) =>
            value is { } v ? Add(comparison, () => parameter(v)) : this;

        /// <summary>The two halves stand beside each other, since a condition has one parameter.</summary>
        public Where And(ExternalKey? external) => external is { } e
            ? Add("id = (SELECT e.deviation_id FROM external_registrations e WHERE e.tenant_id = $1 AND e.system =", () => Sql.Text(StoreJson.Code(e.System)))
                .Add("e.external_id =", () => Sql.Text(e.ExternalId), ")")
            : this;

        public Where And(Topic? topic) => topic is { } t
            ? Add("topics = ANY(", () => Sql.Array(DeviationTopics.With(t), NpgsqlDbType.Varchar), ")")
            : this;

        /// <summary>Overdue cases are few and have an index; all the others are found as they stand.</summary>
        public Where And(Overdue? overdue) => overdue switch
        {
            { Is: true, At: var at } => Add("next_due <=", () => Sql.Instant(at)),
            { At: var at } => Add("coalesce(next_due, 'infinity') >", () => Sql.Instant(at)),
            _ => this,
        };

        public NpgsqlBatchCommand Select(string select, string order) =>
            Command(string.Join(' ', select, "WHERE", string.Join(" AND ", _conditions), order), []);

        public NpgsqlBatchCommand Page(string select, string order, int limit, long offset) => Command(
            string.Join(' ', select, "WHERE", string.Join(" AND ", _conditions), order, "LIMIT", Placeholder(1), "OFFSET", Placeholder(2)),
            [Sql.Integer(limit), Sql.Bigint(offset)]);

        private string Placeholder(int further) => "$" + (_parameters.Count + further);

        private Where Add(string comparison, Func<NpgsqlParameter> parameter, string end = "")
        {
            _conditions.Add(string.Join(' ', comparison, Placeholder(1), end));
            _parameters.Add(parameter);
            return this;
        }

        private NpgsqlBatchCommand Command(string sql, NpgsqlParameter[] further)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var parameter in _parameters)
                command.Parameters.Add(parameter());
            foreach (var parameter in further)
                command.Parameters.Add(parameter);
            return command;
        }
    }
}
