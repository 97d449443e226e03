using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Npgsql;
using NpgsqlTypes;
using RegionEscalation.Domain;
using RegionEscalation.Domain.National;
using RegionEscalation.Feeds;
using RegionEscalation.Http;

namespace RegionEscalation.NationalApi;

/// <summary>What a decided national command is answered with, before anything is written.</summary>
internal abstract record NationalOutcome
{
    public sealed record Absent : NationalOutcome;

    public sealed record Problem(IResult Answer) : NationalOutcome;

    public sealed record Rejected(IReadOnlyList<Rejection> Rejections) : NationalOutcome;

    /// <param name="Version">Of what has a version.</param>
    /// <param name="Writes">In one transaction and in this order; none where nothing has changed.</param>
    public sealed record Accepted(int Status, string? Location, long? Version, object Body, params IReadOnlyList<NpgsqlBatchCommand> Writes) : NationalOutcome;

    /// <summary>Everything here lets it pass; somebody outside is to be asked.</summary>
    public sealed record Asking(Func<Task<NationalOutcome>> Ask) : NationalOutcome;
}

/// <summary>Several queries in one round trip, for the readers of the request.</summary>
internal sealed class NationalQuery
{
    private readonly List<(NpgsqlBatchCommand Command, Func<NpgsqlDataReader, CancellationToken, Task> Read)> _queries = [];

    /// <returns>The rows, once the query is executed.</returns>
    public Func<IReadOnlyList<T>> Rows<T>(string sql, Func<NpgsqlDataReader, T> row, params NpgsqlParameter[] parameters)
    {
        var rows = new List<T>();
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        _queries.Add((command, async (reader, ct) =>
        {
            while (await reader.ReadAsync(ct))
                rows.Add(row(reader));
        }));
        return () => rows;
    }

    /// <inheritdoc cref="Rows{T}(string, Func{NpgsqlDataReader, T}, NpgsqlParameter[])"/>
    public Func<IReadOnlyList<T>> Rows<T>(string sql, Func<NpgsqlDataReader, T> row, RegisterQuery query)
    {
        var rows = Rows(sql, row);
        query.AddTo(_queries[^1].Command);
        return rows;
    }

    public void Add(NpgsqlBatchCommand command, Action<NpgsqlDataReader> row) => _queries.Add((command, async (reader, ct) =>
    {
        while (await reader.ReadAsync(ct))
            row(reader);
    }));

    public async Task ExecuteAsync(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        var settings = batch.BatchCommands.Count;
        foreach (var (command, _) in _queries)
            batch.BatchCommands.Add(command);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        for (var i = 1; i < settings; i++)
            await reader.NextResultAsync(cancellationToken);
        foreach (var (_, read) in _queries)
        {
            await reader.NextResultAsync(cancellationToken);
            await read(reader, cancellationToken);
        }
    }
}

/// <summary>
/// The way of every national command, which is that of a region's: one round trip to fetch (facts and the idempotency key's first answer), replay,
/// version, decision, one round trip to write. A lost race is decided anew on what is there then.
/// </summary>
internal sealed class NationalCommands(RegisterReader register, ChangeSignal signal, TimeProvider time)
{
    /// <summary>A conflict that the caller's ETag does not cover is nobody's fault; it is tried again this often.</summary>
    private const int Attempts = 12;

    /// <summary>The longest pause before the second attempt; it grows with every further one.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>How long a key replays its answer.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>428 or 412 unless <c>If-Match</c> names the version.</summary>
    public static IResult? Against(HttpContext http, long version) =>
        !http.TryGetExpectedVersion(out var expected, out var problem) ? problem
        : expected != version ? Problems.PreconditionFailed(http)
        : null;

    /// <param name="writers">For whom the caller may write; the database lets nothing else be written.</param>
    /// <param name="prepare">Adds what must be known to the one query; what it returns decides once that is fetched.</param>
    public async Task<IResult> RunAsync(HttpContext http, IReadOnlyList<NationalReader> writers, Func<NationalQuery, Func<DateTimeOffset, NationalOutcome>> prepare)
    {
        var client = KeysOf(http.Caller());
        var idempotency = http.IsValidateOnly() ? null : http.IdempotencyRequest();
        for (var attempt = 1; ; attempt++)
        {
            var query = new NationalQuery();
            var decide = prepare(query);
            // Last: each query sees what was committed before it began, so whoever sees the first request's change also sees its answer.
            var answer = idempotency is null ? () => [] : query.Rows(SelectAnswer, StoredAnswer.Read, Value(client), Value(idempotency.Key));
            await using (var batch = register.CreateBatch())
            {
                batch.BatchCommands.Add(RegisterReader.Identify(Readers.Of(http.Caller()), Readers.Now(time)));
                batch.BatchCommands.Add(SetClient(client));
                await query.ExecuteAsync(batch, http.RequestAborted);
            }

            var now = Readers.Now(time);
            if (answer() is [var stored] && stored.CreatedAt > now - Lifetime)
                return stored.RequestHash.AsSpan().SequenceEqual(idempotency!.RequestHash)
                    ? new TextAnswer(stored.Status, stored.Location, stored.ETag, stored.Body)
                    : Problems.IdempotencyKeyReused(http);

            var outcome = decide(now);
            if (outcome is NationalOutcome.Asking asking)
                outcome = await asking.Ask();
            switch (outcome)
            {
                case NationalOutcome.Absent:
                    return Problems.NotFound(http);
                case NationalOutcome.Problem problem:
                    return problem.Answer;
                case NationalOutcome.Rejected rejected:
                    return Answer(http, rejected.Rejections);
                case NationalOutcome.Accepted accepted when http.IsValidateOnly():
                    return Results.Json(new DryRunResponse(true, accepted.Status == StatusCodes.Status200OK ? accepted.Body : null), Json.Options);
                case NationalOutcome.Accepted accepted:
                    var first = new StoredAnswer(
                        idempotency?.RequestHash ?? [], accepted.Status, accepted.Location, accepted.Version is { } version ? $"\"{version}\"" : null,
                        JsonSerializer.Serialize(accepted.Body, Json.Options), now);
                    switch (await WriteAsync(client, writers, idempotency?.Key, first, accepted.Writes))
                    {
                        case Written.Yes:
                            return new TextAnswer(first.Status, first.Location, first.ETag, first.Body);
                        case Written.Unknown:
                            return Problems.OutcomeUnknown(http, retryWithTheSameKey: idempotency is not null);
                        // The other one of the race is committed by now: what is fetched next shows it, and the decision follows from that.
                        case Written.LostRace when attempt < Attempts:
                            await Task.Delay(Pause * attempt * Random.Shared.NextDouble(), http.RequestAborted);
                            continue;
                        default:
                            return Problems.Unavailable(http, TimeSpan.FromSeconds(1));
                    }
                default:
                    throw new UnreachableException();
            }
        }
    }

    /// <summary>Whose keys they are: one client id may be known to several directories.</summary>
    private static string KeysOf(Caller caller) => caller.TenantId is { } directory ? string.Join('/', directory, caller.ClientId) : caller.ClientId;

    /// <summary>
    /// All in one transaction. It cannot be cancelled and has no timeout on this side: once the batch is sent, giving up would leave its outcome
    /// unknown. The server bounds the statements instead.
    /// </summary>
    private async Task<Written> WriteAsync(
        string client, IReadOnlyList<NationalReader> writers, string? key, StoredAnswer answer, IReadOnlyList<NpgsqlBatchCommand> writes)
    {
        if (writes.Count == 0 && key is null)
            return Written.Yes;
        await using var batch = register.CreateBatch();
        batch.Timeout = 0;
        batch.BatchCommands.Add(RegisterReader.Identify(writers, answer.CreatedAt));
        batch.BatchCommands.Add(SetClient(client));
        if (key is not null)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("DELETE FROM national_idempotency_keys WHERE created_at <= $1")
            {
                Parameters = { Value(answer.CreatedAt - Lifetime) },
            });
            // A plain INSERT: a twin waits here for the first to commit and then fails, instead of doing the work twice.
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                """
                INSERT INTO national_idempotency_keys (client_id, key, request_hash, status, location, etag, body, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                """)
            {
                Parameters =
                {
                    Value(client), Value(key), new NpgsqlParameter { Value = answer.RequestHash, NpgsqlDbType = NpgsqlDbType.Bytea },
                    new NpgsqlParameter { Value = (short)answer.Status, NpgsqlDbType = NpgsqlDbType.Smallint },
                    Value(answer.Location), Value(answer.ETag), Value(answer.Body), Value(answer.CreatedAt),
                },
            });
        }
        foreach (var write in writes)
            batch.BatchCommands.Add(write);
        try
        {
            await batch.ExecuteNonQueryAsync(CancellationToken.None);
            signal.Written();
            return Written.Yes;
        }
        catch (Exception e) when (MeaningOf(e) is { } meaning)
        {
            return meaning;
        }
    }

    /// <summary>What a failed write means; null for what is a fault and not an answer.</summary>
    private static Written? MeaningOf(Exception e) => e switch
    {
        PostgresException
        {
            SqlState: "RE412" or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure,
        } => Written.LostRace,
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.QueryCanceled } => Written.Unknown,
        PostgresException => null,
        // Whatever else breaks between sending and the answer leaves it open what the server did.
        _ => Written.Unknown,
    };

    /// <summary>From the domain's rejections to RFC 9457 problems; what is named by the address and not there is absent, not wrong.</summary>
    private static IResult Answer(HttpContext http, IReadOnlyList<Rejection> rejections) =>
        rejections.Any(r => r is { Code: Rejection.FieldCode, Field: "number" }) ? Problems.NotFound(http)
        : rejections.All(r => r.Code == Rejection.FieldCode) ? Problems.Fields(http, rejections
            .GroupBy(r => r.Field!)
            .ToDictionary(g => g.Key, g => (IReadOnlyList<FieldError>)[.. g.Select(r => new FieldError(r.Reason, NationalCases.TextOf(r.Message)))]))
        : Problems.Rules(http, [.. rejections.OrderBy(r => r.Code == Rejection.FieldCode).Select(r => new RuleViolation(
            r.Code, r.Reason, NationalCases.TextOf(r.Message), r.Field, r.MetBy is { } resource ? $"/{CoordinationApi.Name}/v1/{resource}" : null))]);

    private static NpgsqlBatchCommand SetClient(string client) => new("SELECT set_config('app.client', $1, true)") { Parameters = { Value(client) } };

    public static NpgsqlParameter Value(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar };

    public static NpgsqlParameter Value(DateTimeOffset at) => new() { Value = at.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    public static NpgsqlParameter Value(Guid? id) => new() { Value = (object?)id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };

    private const string SelectAnswer = "SELECT request_hash, status, location, etag, body, created_at FROM national_idempotency_keys WHERE client_id = $1 AND key = $2";

    private enum Written
    {
        Yes,

        /// <summary>Somebody else was first; nothing was written.</summary>
        LostRace,

        /// <summary>It may or may not have been committed. A retry with the same idempotency key resolves it.</summary>
        Unknown,
    }

    private sealed record StoredAnswer(byte[] RequestHash, int Status, string? Location, string? ETag, string Body, DateTimeOffset CreatedAt)
    {
        public static StoredAnswer Read(NpgsqlDataReader r) => new(
            r.Get<byte[]>("request_hash"), r.Get<short>("status"), r.FindText("location"), r.FindText("etag"), r.Get<string>("body"), r.Get<DateTimeOffset>("created_at"));
    }
}

internal static class NationalCommandEndpoints
{
    /// <summary>Everything that a command on something with a version promises, so that none of it can be forgotten singly.</summary>
    public static RouteHandlerBuilder ChangesWhatHasAVersion(this RouteHandlerBuilder endpoint, params Role[] roles) =>
        endpoint.AllowRoles(roles).IsCommand().RequiresIfMatch().ReturnsETag();
}
