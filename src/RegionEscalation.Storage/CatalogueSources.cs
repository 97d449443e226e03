using Npgsql;

namespace RegionEscalation.Storage;

public enum PullOutcome
{
    /// <summary>What the catalogue has is queued as an import.</summary>
    Imported,

    /// <summary>The same, but the listing never stood still while it was read: nothing ends for not being in it.</summary>
    ImportedAsPartial,

    /// <summary>There is nothing new.</summary>
    NotModified,
    Failed,

    /// <summary>The host stopped or fell before the end; the pull is begun anew.</summary>
    Interrupted,
}

/// <summary>What the catalogue is asked with, so that it answers only with what is new.</summary>
/// <param name="ETag">Of the first page, as it was received.</param>
/// <param name="LastModified">Of the first page, as it was received.</param>
/// <param name="Cursor">Of a catalogue that tells what has changed since.</param>
public sealed record PullPlace(string? ETag, string? LastModified, string? Cursor)
{
    /// <summary>Everything is asked for.</summary>
    public static readonly PullPlace None = new(null, null, null);
}

/// <param name="Place">Null where nothing is remembered, or what is remembered rests on an import that was cancelled.</param>
/// <param name="WholeAt">When the latest run began that asked for everything, UTC.</param>
/// <param name="Failures">How many runs in a row have failed before this one.</param>
public sealed record PullClaim(PullPlace? Place, DateTimeOffset? WholeAt, int Failures);

/// <summary>A run that came to its end and did not fail.</summary>
/// <param name="Place">What the next run asks with.</param>
/// <param name="Whole">Whether everything was asked for, and all of it read.</param>
/// <param name="NextRunAt">UTC.</param>
public sealed record PullEnd(PullOutcome Outcome, int Pages, PullPlace Place, bool Whole, DateTimeOffset NextRunAt);

/// <summary>How the region's catalogue was last pulled.</summary>
/// <param name="IsRunning">Whether a host has the pull under way, by the database's clock.</param>
/// <param name="Outcome">Null while it runs; interrupted where the host that ran it has fallen.</param>
/// <param name="Failure">A stable word.</param>
/// <param name="Failures">How many runs in a row have failed.</param>
public sealed record PulledSource(
    bool IsRunning, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, PullOutcome? Outcome, string? Failure, int? Pages, Guid? ImportId,
    DateTimeOffset? SucceededAt, DateTimeOffset NextRunAt, int Failures);

/// <summary>
/// How the regions' own catalogues are pulled, one host at a time for a region: it holds a lease by the database's clock, and what it writes is refused once the
/// lease is another's. What was read is remembered in the transaction that queues it, so that whoever falls repeats and never skips.
/// </summary>
/// <param name="holder">This host.</param>
/// <param name="lease">After this long without a sign of life another host may begin anew.</param>
public sealed class CatalogueSources(EscalationStore store, Guid holder, TimeSpan lease)
{
    private const string RegisterText =
        """
        INSERT INTO catalogue_sources AS s (tenant_id, setting, next_run_at) VALUES ($1, $2, $3)
        ON CONFLICT (tenant_id) DO UPDATE SET setting = excluded.setting, etag = NULL, last_modified = NULL, cursor = NULL, whole_at = NULL, whole_import_id = NULL,
            failures = 0, next_run_at = least(s.next_run_at, excluded.next_run_at)
        WHERE s.setting <> excluded.setting
        """;

    private const string ClaimText =
        """
        UPDATE catalogue_sources s SET lease_holder = $2, lease_until = clock_timestamp() + $3, started_at = $4, finished_at = NULL, outcome = NULL, failure = NULL,
            pages = NULL, import_id = NULL
        WHERE s.tenant_id = $1 AND s.next_run_at <= $4 AND (s.lease_until IS NULL OR s.lease_until <= clock_timestamp())
        RETURNING s.setting = $5 AND NOT EXISTS (SELECT FROM catalogue_imports i WHERE i.tenant_id = $1 AND i.id >= s.whole_import_id AND i.origin = 'pull'
                AND (i.state = 'cancelled' OR i.state = 'refused' AND i.started_at IS NOT NULL)),
            s.etag, s.last_modified, s.cursor, s.whole_at, s.failures
        """;

    /// <summary>What the host before has left half taken in.</summary>
    private const string ClearText =
        """
        WITH left_behind AS (
            UPDATE catalogue_imports i SET state = 'abandoned', reason = 'interrupted', finished_at = $3, updated_at = $3, lease_holder = NULL, lease_until = NULL
            FROM catalogue_sources s
            WHERE s.tenant_id = $1 AND s.lease_holder = $2 AND s.started_at = $3 AND s.finished_at IS NULL AND i.tenant_id = $1 AND i.origin = 'pull' AND i.state = 'receiving'
            RETURNING i.id
        )
        DELETE FROM catalogue_import_rows r USING left_behind l WHERE r.tenant_id = $1 AND r.import_id = l.id
        """;

    private const string HoldText = "SELECT hold_catalogue_source($1, $2, $3)";

    /// <summary>An import that is refused for its rows is none: what was read counts as never read.</summary>
    private const string EndText =
        """
        UPDATE catalogue_sources s SET finished_at = $3, outcome = $4, failure = NULL, pages = $5, import_id = $6, etag = $7, last_modified = $8, cursor = $9, setting = $10,
            whole_at = CASE WHEN $11 THEN s.started_at ELSE s.whole_at END, whole_import_id = CASE WHEN $11 THEN $6 ELSE s.whole_import_id END,
            succeeded_at = $3, next_run_at = $12, failures = 0, lease_holder = NULL, lease_until = NULL
        WHERE s.tenant_id = $1 AND s.lease_holder = $2
            AND NOT EXISTS (SELECT FROM catalogue_imports i WHERE i.tenant_id = $1 AND i.id = $6 AND i.mode = 'allOrNothing' AND i.rows_rejected > 0)
        """;

    private const string RefusedText =
        """
        UPDATE catalogue_sources s SET finished_at = $3, outcome = 'failed', failure = 'rowsRejected', pages = $4, import_id = $5, next_run_at = $6, failures = s.failures + 1,
            lease_holder = NULL, lease_until = NULL
        WHERE s.tenant_id = $1 AND s.lease_holder = $2
        """;

    private const string FailText =
        """
        UPDATE catalogue_sources s SET finished_at = $3, outcome = 'failed', failure = $4, pages = $5, next_run_at = $6, failures = s.failures + 1,
            lease_holder = NULL, lease_until = NULL
        WHERE s.tenant_id = $1 AND s.lease_holder = $2
        """;

    private const string ReleaseText =
        """
        UPDATE catalogue_sources SET finished_at = $3, outcome = 'interrupted', lease_holder = NULL, lease_until = NULL WHERE tenant_id = $1 AND lease_holder = $2
        """;

    private const string FindText =
        """
        SELECT coalesce(lease_until > clock_timestamp(), false), started_at, finished_at, outcome, failure, pages, import_id, succeeded_at, next_run_at, failures
        FROM catalogue_sources WHERE tenant_id = $1
        """;

    private const string RunNowText =
        """
        INSERT INTO catalogue_sources AS s (tenant_id, setting, next_run_at) VALUES ($1, $2, $3)
        ON CONFLICT (tenant_id) DO UPDATE SET next_run_at = least(s.next_run_at, excluded.next_run_at)
        """;

    public Guid Holder => holder;

    public TimeSpan Lease => lease;

    /// <summary>Makes the source known; where its settings have changed, what was remembered is forgotten.</summary>
    /// <param name="setting">A digest of the settings.</param>
    /// <param name="firstRun">When it is pulled where it never was under these settings, UTC.</param>
    public async Task RegisterAsync(RegionScope scope, string setting, DateTimeOffset firstRun, CancellationToken cancellationToken)
    {
        await using var batch = Batch(scope, new NpgsqlBatchCommand(RegisterText) { Parameters = { Sql.Text(scope.Region), Sql.Text(setting), Sql.Instant(firstRun) } });
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Takes the source for this host where a run is due and no other host has it, and clears away what a host that fell has left.</summary>
    /// <returns>Null when there is nothing to do.</returns>
    public async Task<PullClaim?> ClaimAsync(RegionScope scope, string setting, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = Batch(scope,
            new NpgsqlBatchCommand(ClaimText) { Parameters = { Sql.Text(scope.Region), Sql.Uuid(holder), Sql.Interval(lease), Sql.Instant(now), Sql.Text(setting) } },
            new NpgsqlBatchCommand(ClearText) { Parameters = { Sql.Text(scope.Region), Sql.Uuid(holder), Sql.Instant(now) } });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        PullClaim? claim = null;
        if (await reader.ReadAsync(cancellationToken))
            claim = new PullClaim(
                reader.GetBoolean(0) ? new PullPlace(TextOf(reader, 1), TextOf(reader, 2), TextOf(reader, 3)) : null,
                InstantOf(reader, 4), reader.GetInt32(5));
        // To the end: what fails later in the batch is told only there.
        while (await reader.NextResultAsync(cancellationToken))
        {
        }
        return claim;
    }

    /// <summary>A sign of life.</summary>
    /// <exception cref="StreamConflictException">The source is another host's by now.</exception>
    public Task RenewAsync(RegionScope scope, CancellationToken cancellationToken) => WriteAsync(Batch(scope, Held(scope)), cancellationToken);

    /// <summary>Queues what was taken in, remembers what the next run asks with and gives the source back, all in one transaction.</summary>
    /// <param name="asPartial">Nothing ends for not being in it, whatever the import was begun as.</param>
    /// <exception cref="StreamConflictException">The source or the import is no longer this host's; nothing was written.</exception>
    /// <exception cref="OutcomeUnknownException">The connection failed; if it was not queued, the next run takes everything in anew.</exception>
    public Task QueueAsync(RegionScope scope, CatalogueIntake intake, string setting, string clientId, PullEnd end, bool asPartial, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(intake);
        ArgumentNullException.ThrowIfNull(end);
        List<NpgsqlBatchCommand> beside =
        [
            Held(scope),
            End(scope, setting, intake.Id, end, now),
            // Hits nothing where the run ended well, since that has given the source back.
            new(RefusedText)
            {
                Parameters =
                {
                    Sql.Text(scope.Region), Sql.Uuid(holder), Sql.Instant(now), Sql.Integer(end.Pages), Sql.Uuid(intake.Id), Sql.Instant(end.NextRunAt),
                },
            },
        ];
        if (asPartial)
            beside.Add(new NpgsqlBatchCommand("UPDATE catalogue_imports SET extent = 'partial' WHERE tenant_id = $1 AND id = $2")
            {
                Parameters = { Sql.Text(scope.Region), Sql.Uuid(intake.Id) },
            });
        return intake.QueueAsync(clientId, now, beside: beside);
    }

    /// <summary>The same where there was nothing to take in.</summary>
    /// <exception cref="StreamConflictException">The source is another host's by now; nothing was written.</exception>
    public Task EndAsync(RegionScope scope, string setting, PullEnd end, DateTimeOffset now) =>
        WriteAsync(Batch(scope, Held(scope), End(scope, setting, null, end, now)), CancellationToken.None);

    /// <param name="failure">A stable word.</param>
    /// <exception cref="StreamConflictException">The source is another host's by now; nothing was written.</exception>
    public Task FailAsync(RegionScope scope, string failure, int pages, DateTimeOffset nextRunAt, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return WriteAsync(Batch(scope, Held(scope), new NpgsqlBatchCommand(FailText)
        {
            Parameters = { Sql.Text(scope.Region), Sql.Uuid(holder), Sql.Instant(now), Sql.Text(failure), Sql.Integer(pages), Sql.Instant(nextRunAt) },
        }), CancellationToken.None);
    }

    /// <summary>Gives the source back before the end, where it is still this host's; it stays due.</summary>
    public Task ReleaseAsync(RegionScope scope, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return WriteAsync(Batch(scope, new NpgsqlBatchCommand(ReleaseText) { Parameters = { Sql.Text(scope.Region), Sql.Uuid(holder), Sql.Instant(now) } }), CancellationToken.None);
    }

    public static NpgsqlBatchCommand Find(RegionScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return new NpgsqlBatchCommand(FindText) { Parameters = { Sql.Text(scope.Region) } };
    }

    /// <summary>A row of <see cref="Find"/>.</summary>
    public static PulledSource Read(NpgsqlDataReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var running = reader.GetBoolean(0);
        var (started, finished) = (InstantOf(reader, 1), InstantOf(reader, 2));
        var outcome = TextOf(reader, 3) is { } code ? Enum.Parse<PullOutcome>(code, ignoreCase: true)
            : started is not null && finished is null && !running ? PullOutcome.Interrupted
            : (PullOutcome?)null;
        return new PulledSource(
            running, started, finished, outcome, TextOf(reader, 4), reader.IsDBNull(5) ? null : reader.GetInt32(5), reader.IsDBNull(6) ? null : reader.GetGuid(6),
            InstantOf(reader, 7), reader.GetFieldValue<DateTimeOffset>(8), reader.GetInt32(9));
    }

    /// <summary>The source is due from now on.</summary>
    public static NpgsqlBatchCommand RunNow(RegionScope scope, string setting, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return new NpgsqlBatchCommand(RunNowText) { Parameters = { Sql.Text(scope.Region), Sql.Text(setting), Sql.Instant(now) } };
    }

    private NpgsqlBatchCommand Held(RegionScope scope) => new(HoldText) { Parameters = { Sql.Text(scope.Region), Sql.Uuid(holder), Sql.Interval(lease) } };

    private NpgsqlBatchCommand End(RegionScope scope, string setting, Guid? import, PullEnd end, DateTimeOffset now) => new(EndText)
    {
        Parameters =
        {
            Sql.Text(scope.Region),
            Sql.Uuid(holder),
            Sql.Instant(now),
            Sql.Text(StoreJson.Code(end.Outcome)),
            Sql.Integer(end.Pages),
            Sql.Uuid(import),
            Sql.Text(end.Place.ETag),
            Sql.Text(end.Place.LastModified),
            Sql.Text(end.Place.Cursor),
            Sql.Text(setting),
            Sql.Boolean(end.Whole),
            Sql.Instant(end.NextRunAt),
        },
    };

    private NpgsqlBatch Batch(RegionScope scope, params ReadOnlySpan<NpgsqlBatchCommand> commands)
    {
        var batch = store.CreateBatch(scope);
        foreach (var command in commands)
            batch.BatchCommands.Add(command);
        return batch;
    }

    private static async Task WriteAsync(NpgsqlBatch written, CancellationToken cancellationToken)
    {
        await using var batch = written;
        // A client-side timeout would answer as a commit what a standby has not got.
        batch.Timeout = 0;
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException e) when (StoreErrors.Translate(e) is { } translated)
        {
            throw translated;
        }
    }

    private static string? TextOf(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static DateTimeOffset? InstantOf(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
}
