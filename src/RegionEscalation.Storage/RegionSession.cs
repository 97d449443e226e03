using Npgsql;
using NpgsqlTypes;
using RegionEscalation.Domain;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.WatchList;

namespace RegionEscalation.Storage;

/// <summary>Who and what caused a write; kept with every event.</summary>
/// <param name="ClientId">The client of the token.</param>
/// <param name="CorrelationId">The trace it belongs to.</param>
/// <param name="CausationId">The idempotency key of the command, where it has one.</param>
public sealed record WriteMetadata(string ClientId, string? CorrelationId, string? CausationId);

/// <summary>The first answer to a command with an idempotency key.</summary>
/// <param name="RequestHash">SHA-256 of the request, 32 bytes.</param>
public sealed record StoredAnswer(byte[] RequestHash, int Status, string? Location, string? ETag, string Body, DateTimeOffset CreatedAt)
{
    /// <summary>How long a key replays its answer.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);
}

/// <summary>
/// A unit of work for one region: one round trip to fetch, one to write. What is appended is written by
/// <see cref="SaveChangesAsync"/> together or not at all.
/// </summary>
public sealed class RegionSession(NpgsqlDataSource dataSource, RegionScope scope, Action? written = null)
{
    private readonly List<PendingStream> _streams = [];
    private readonly List<(Guid Id, NpgsqlBatchCommand Command)> _held = [];
    private readonly List<NpgsqlBatchCommand> _expected = [];
    private readonly List<NpgsqlBatchCommand> _documents = [];
    private readonly CatalogueDocuments _catalogue = new(scope);

    public RegionScope Scope => scope;

    public BatchedQuery CreateBatchQuery() => new(dataSource, scope);

    /// <returns>The case as the events leave it.</returns>
    public EscalationCase Append(EscalationCase? before, IReadOnlyList<CaseEvent> events)
    {
        var after = events.Aggregate(before, EscalationCase.Evolve)!;
        _streams.Add(new PendingStream(Streams.Case, after.Id, before?.Version ?? 0, events.Select(e => (e.At, (object)e)), after.UpdatedAt));
        _documents.Add(Snapshots.Upsert(scope, after));
        _documents.AddRange(NationalRegister.Changes(scope, before, after));
        return after;
    }

    /// <returns>The deviation as the events leave it.</returns>
    public Deviation Append(Deviation? before, IReadOnlyList<DeviationEvent> events)
    {
        var after = events.Aggregate(before, Deviation.Evolve)!;
        _streams.Add(new PendingStream(Streams.Deviation, after.Id, before?.Version ?? 0, events.Select(e => (e.At, (object)e)), after.UpdatedAt));
        _documents.Add(Snapshots.Upsert(scope, after));
        _documents.AddRange(ExternalRegistrationRows.Insert(scope, before, after));
        return after;
    }

    /// <returns>The contract as the event leaves it.</returns>
    public Contract Append(Contract? before, ContractEvent e)
    {
        var after = Contract.Evolve(before, e);
        _streams.Add(new PendingStream(Streams.Contract, after.Id, before?.Version ?? 0, [(e.At, e)], after.UpdatedAt));
        _catalogue.Add(before, after);
        return after;
    }

    /// <returns>The supplier as the event leaves it; a second new one with the same number at the same time is a conflict.</returns>
    public KnownSupplier Append(KnownSupplier? before, SupplierEvent e)
    {
        var after = KnownSupplier.Evolve(before, e);
        _streams.Add(new PendingStream(Streams.Supplier, after.Id, before?.Version ?? 0, [(e.At, e)], after.UpdatedAt));
        _catalogue.Add(before, after);
        return after;
    }

    /// <returns>The settings as the event leaves them.</returns>
    public LadderSettingsState Append(LadderSettingsState? before, LadderSettingsChanged e)
    {
        var after = LadderSettingsState.Evolve(before, e);
        _streams.Add(new PendingStream(Streams.LadderSettings, after.Id, before?.Version ?? 0, [(e.At, e)], after.UpdatedAt));
        _documents.Add(Snapshots.Upsert(scope, after));
        return after;
    }

    /// <returns>The entry as the events leave it.</returns>
    public WatchEntry Append(WatchEntry? before, IReadOnlyList<WatchEvent> events)
    {
        var after = events.Aggregate(before, WatchEntry.Evolve)!;
        _streams.Add(new PendingStream(Streams.WatchEntry, after.Id, before?.Version ?? 0, events.Select(e => (e.At, (object)e)), after.UpdatedAt));
        _documents.Add(Snapshots.Upsert(scope, after));
        return after;
    }

    /// <summary>
    /// What is written rests on what was read of the contract's deviations and its open case: whoever else decides on them waits until this is
    /// committed, and where they are others by now nothing is written.
    /// </summary>
    /// <param name="supplierId">The supplier that the case is, or would be, about.</param>
    /// <param name="openCase">The open case about both, as it was read; null where none was there.</param>
    /// <param name="contractVersion">The contract as it was read, where what is written copies it; null where it does not.</param>
    public void Hold(ContractDeviations read, Guid supplierId, EscalationCase? openCase, long? contractVersion = null) => _held.Add((read.ContractId, new NpgsqlBatchCommand(
        "SELECT mt_hold_contract($1, $2, $3, $4, $5, $6, $7, $8)")
    {
        Parameters =
        {
            Sql.Text(scope.Region),
            Sql.Uuid(read.ContractId),
            Sql.Text(read.ContractNumber),
            Sql.Uuid(supplierId),
            Sql.Bigint(read.Versions),
            Sql.Uuid(openCase?.Id),
            Sql.Of(openCase?.Version, NpgsqlDbType.Bigint),
            Sql.Of(contractVersion, NpgsqlDbType.Bigint),
        },
    }));

    /// <summary>
    /// What is written copies the supplier's mark as it was read: where it has another by now nothing is written. Only a foreign supplier can be marked, and one that
    /// changes in this very session is held by that.
    /// </summary>
    public void HoldMark(KnownSupplier read)
    {
        if (SupplierNumber.IsForeign(read.OrganisationNumber) && !_streams.Exists(s => s.Id == read.Id) && !_held.Exists(h => h.Id == read.Id))
            _held.Add((read.Id, new NpgsqlBatchCommand("SELECT mt_hold_stream($1, $2, $3)")
            {
                Parameters = { Sql.Text(scope.Region), Sql.Uuid(read.Id), Sql.Bigint(read.Version) },
            }));
    }

    /// <summary>The open cases about contracts that are changed: where there are more by now nothing is written, since they would not be told.</summary>
    /// <param name="read">The open cases as they were read; further ones do not matter.</param>
    public void Expect(IReadOnlyCollection<string> contractNumbers, IEnumerable<EscalationCase> read)
    {
        if (contractNumbers.Count > 0)
            _expected.Add(new NpgsqlBatchCommand("SELECT mt_expect_open_cases($1, $2, $3)")
            {
                Parameters = { Sql.Text(scope.Region), Sql.Array(contractNumbers, NpgsqlDbType.Varchar), Sql.Array(read.Select(c => c.Id), NpgsqlDbType.Uuid) },
            });
    }

    /// <summary>Writes what is no stream, in the same transaction.</summary>
    public void Store(NpgsqlBatchCommand document) => _documents.Add(document);

    /// <summary>
    /// Writes all that was appended, with the idempotency key's answer, in one round trip and one transaction. It cannot be
    /// cancelled: once the batch is sent, giving up would leave its outcome unknown.
    /// </summary>
    /// <exception cref="StreamConflictException">A stream was not at its expected version; nothing was written.</exception>
    /// <exception cref="IdempotencyTwinException">The key's first request came before; nothing was written.</exception>
    /// <exception cref="OpenCaseExistsException">Another open case about the supplier and contract came before (R-G2); nothing was written.</exception>
    /// <exception cref="OutcomeUnknownException">The connection failed; a retry with the same key resolves it.</exception>
    public async Task SaveChangesAsync(WriteMetadata metadata, (string Key, StoredAnswer Answer, bool ReplacesExpired)? idempotency = null)
    {
        await using var batch = dataSource.CreateBatch();
        // A client-side timeout cancels, and a cancelled wait for the standby is answered as a commit. The server bounds the
        // statements instead: its timeout does not reach the commit.
        batch.Timeout = 0;
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT set_config('app.region', $1, true), set_config('statement_timeout', '30s', true)")
        {
            Parameters = { Sql.Text(scope.Region) },
        });
        if (idempotency is { } i)
        {
            if (i.ReplacesExpired)
                batch.BatchCommands.Add(IdempotencyKeys.DeleteExpired(scope, metadata.ClientId, i.Key, i.Answer.CreatedAt));
            batch.BatchCommands.Add(IdempotencyKeys.Insert(scope, metadata.ClientId, i.Key, i.Answer));
        }
        // Always in the same order, so that two writers of the same streams cannot wait for each other; all of them moved
        // before the first sequence number is drawn, so that a conflict leaves no gap.
        var streams = _streams.OrderBy(s => s.Id).ToArray();
        if (streams.Where(s => s.Expected == 0).ToArray() is { Length: > 0 } begun)
            batch.BatchCommands.Add(PendingStream.Begin(scope, begun));
        var moved = streams.Where(s => s.Expected > 0).ToArray();
        var next = 0;
        foreach (var (id, hold) in _held.OrderBy(h => h.Id))
        {
            var run = moved.Skip(next).TakeWhile(s => s.Id.CompareTo(id) <= 0).ToArray();
            if (run.Length > 0)
                batch.BatchCommands.Add(PendingStream.Move(scope, run));
            batch.BatchCommands.Add(hold);
            next += run.Length;
        }
        if (next < moved.Length)
            batch.BatchCommands.Add(PendingStream.Move(scope, moved[next..]));
        // Once the streams are locked, and before a sequence number is drawn.
        foreach (var expected in _expected)
            batch.BatchCommands.Add(expected);
        if (streams.Length > 0)
            batch.BatchCommands.Add(PendingStream.InsertEvents(scope, metadata, streams));
        foreach (var document in _documents.Concat(_catalogue.Write()))
            batch.BatchCommands.Add(document);

        try
        {
            await batch.ExecuteNonQueryAsync(CancellationToken.None);
            written?.Invoke();
        }
        catch (Exception e) when (StoreErrors.Translate(e) is { } translated)
        {
            throw translated;
        }
        finally
        {
            _streams.Clear();
            _held.Clear();
            _expected.Clear();
            _documents.Clear();
            _catalogue.Clear();
        }
    }

    /// <summary>Removes answers that can no longer be replayed.</summary>
    /// <returns>How many were removed.</returns>
    public async Task<int> RemoveExpiredAnswersAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(SetRegion(scope));
        batch.BatchCommands.Add(IdempotencyKeys.DeleteAllExpired(scope, now));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return (int)batch.BatchCommands[1].RecordsAffected;
    }

    /// <summary>Transaction-local, so that it is gone when the connection goes back to the pool.</summary>
    internal static NpgsqlBatchCommand SetRegion(RegionScope scope) => new("SELECT set_config('app.region', $1, true)")
    {
        Parameters = { Sql.Text(scope.Region) },
    };

    /// <param name="Expected">The version it was read at; 0 when it begins.</param>
    /// <param name="At">When it last changed, UTC.</param>
    private sealed record PendingStream(string Type, Guid Id, long Expected, (DateTimeOffset At, object Event)[] Events, DateTimeOffset At)
    {
        public PendingStream(string type, Guid id, long expected, IEnumerable<(DateTimeOffset At, object Event)> events, DateTimeOffset at)
            : this(type, id, expected, events.ToArray(), at)
        {
        }

        private long Version => Expected + Events.Length;

        public static NpgsqlBatchCommand Begin(RegionScope scope, PendingStream[] streams) => new(
            """
            INSERT INTO mt_streams (tenant_id, id, type, version, timestamp, created)
            SELECT $1, s.id, s.type, s.version, s.at, s.at FROM unnest($2, $3, $4, $5) AS s (id, type, version, at)
            """)
        {
            Parameters =
            {
                Sql.Text(scope.Region),
                Sql.Array(streams.Select(s => s.Id), NpgsqlDbType.Uuid),
                Sql.Array(streams.Select(s => s.Type), NpgsqlDbType.Varchar),
                Sql.Array(streams.Select(s => s.Version), NpgsqlDbType.Bigint),
                Sql.Array(streams.Select(s => s.At), NpgsqlDbType.TimestampTz),
            },
        };

        public static NpgsqlBatchCommand Move(RegionScope scope, PendingStream[] streams) => new(
            "SELECT mt_move_stream($1, s.id, s.expected, s.version, s.at) FROM unnest($2, $3, $4, $5) AS s (id, expected, version, at)")
        {
            Parameters =
            {
                Sql.Text(scope.Region),
                Sql.Array(streams.Select(s => s.Id), NpgsqlDbType.Uuid),
                Sql.Array(streams.Select(s => s.Expected), NpgsqlDbType.Bigint),
                Sql.Array(streams.Select(s => s.Version), NpgsqlDbType.Bigint),
                Sql.Array(streams.Select(s => s.At), NpgsqlDbType.TimestampTz),
            },
        };

        public static NpgsqlBatchCommand InsertEvents(RegionScope scope, WriteMetadata metadata, PendingStream[] streams)
        {
            var events = streams.SelectMany(s => s.Events.Select((e, i) => (s.Id, Version: s.Expected + 1 + i, e.At, e.Event))).ToArray();
            return new NpgsqlBatchCommand(
                """
                INSERT INTO mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, correlation_id, causation_id, user_name)
                SELECT nextval('mt_events_sequence'), e.id, e.stream_id, e.version, e.data, e.type, e.at, $1, $2, $3, $4
                FROM unnest($5, $6, $7, $8, $9, $10) WITH ORDINALITY AS e (id, stream_id, version, data, type, at, n)
                ORDER BY e.n
                """)
            {
                Parameters =
                {
                    Sql.Text(scope.Region),
                    Sql.Text(metadata.CorrelationId),
                    Sql.Text(metadata.CausationId),
                    Sql.Text(metadata.ClientId),
                    Sql.Array(events.Select(_ => Guid.CreateVersion7()), NpgsqlDbType.Uuid),
                    Sql.Array(events.Select(e => e.Id), NpgsqlDbType.Uuid),
                    Sql.Array(events.Select(e => e.Version), NpgsqlDbType.Bigint),
                    Sql.Array(events.Select(e => EventTypes.Write(e.Event)), NpgsqlDbType.Jsonb),
                    Sql.Array(events.Select(e => EventTypes.NameOf(e.Event)), NpgsqlDbType.Varchar),
                    Sql.Array(events.Select(e => e.At), NpgsqlDbType.TimestampTz),
                },
            };
        }
    }
}
