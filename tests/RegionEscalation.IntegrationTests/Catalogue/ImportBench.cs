using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Integrations.Catalogue;
using RegionEscalation.IntegrationTests.Storage;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Catalogue;

/// <summary>A database of its own with imports in its queue, and what it is like in the end.</summary>
internal sealed class ImportBench : IAsyncDisposable
{
    public const string Client = "kalmar-integrator";

    /// <summary>Everything that an import writes, by number and name instead of by id and instant.</summary>
    private const string EndState =
        """
        SELECT jsonb_build_object(
            'contracts', (SELECT jsonb_object_agg(k.number, jsonb_build_object(
                'data', k.data #- '{id}' #- '{updatedAt}' #- '{endedAt}' #- '{content,supplier,id}', 'row', jsonb_build_array(k.mt_version, k.category, k.title, k.valid_until, k.ended, k.social_clause),
                'supplier', s.organisation_number, 'ended', k.data ? 'endedAt',
                'words', (SELECT jsonb_agg(w.kind || ' ' || w.word ORDER BY w.kind, w.word) FROM catalogue_words w WHERE w.tenant_id = k.tenant_id AND w.object_id = k.id),
                'events', (SELECT jsonb_agg(e.type || ' ' || e.user_name ORDER BY e.version) FROM mt_events e WHERE e.tenant_id = k.tenant_id AND e.stream_id = k.id),
                'stream', (SELECT t.version FROM mt_streams t WHERE t.tenant_id = k.tenant_id AND t.id = k.id),
                'national', (SELECT to_jsonb(n) - 'contract_id' FROM national_contracts n WHERE n.region = k.tenant_id AND n.contract_id = k.id)))
                FROM mt_doc_contract k JOIN mt_doc_supplier s ON s.tenant_id = k.tenant_id AND s.id = k.supplier_id WHERE k.tenant_id = $1),
            'suppliers', (SELECT jsonb_object_agg(s.organisation_number, jsonb_build_object(
                'data', s.data #- '{id}' #- '{updatedAt}', 'version', s.mt_version, 'name', s.name,
                'words', (SELECT jsonb_agg(w.word ORDER BY w.word) FROM catalogue_words w WHERE w.tenant_id = s.tenant_id AND w.object_id = s.id),
                'events', (SELECT jsonb_agg(e.type ORDER BY e.version) FROM mt_events e WHERE e.tenant_id = s.tenant_id AND e.stream_id = s.id)))
                FROM mt_doc_supplier s WHERE s.tenant_id = $1),
            'imports', (SELECT jsonb_agg(jsonb_build_array(i.state, i.reason, i.rows_received, i.rows_rejected, i.rows_duplicate, i.rows_added, i.rows_changed, i.rows_unchanged, i.applied_line,
                i.known_contracts, i.missing_contracts, i.contracts_ended) ORDER BY i.queued_at, i.id) FROM catalogue_imports i WHERE i.tenant_id = $1),
            'all', (SELECT jsonb_build_array((SELECT count(*) FROM mt_events WHERE tenant_id = $1), (SELECT count(*) FROM catalogue_words WHERE tenant_id = $1),
                (SELECT count(*) FROM national_contracts WHERE region = $1), (SELECT count(*) FROM mt_streams WHERE tenant_id = $1))))::text
        """;

    private ImportBench(TestDatabase database) => (Database, Store) = (database, new EscalationStore(database.Application));

    public TestDatabase Database { get; }

    public EscalationStore Store { get; }

    public MovableClock Clock { get; } = new();

    public static async Task<ImportBench> StartAsync() => new(await TestCluster.CreateAsync());

    public ValueTask DisposeAsync() => Store.DisposeAsync();

    public static ContractRow Contract(int n, string? title = null, string owner = "avtal@regionkalmar.example", int? supplier = null, DateOnly? until = null) =>
        new(Number(n), new ContractContent(title ?? $"Infusionspumpar nr {n} för Östra vården", new Supplier(Guid.Empty, SupplierNumber(supplier ?? n % 7), $"Leverantör {supplier ?? n % 7} AB"),
            "Medicinteknik", owner, [new ContractClause(ClauseType.Penalty, "7.3")], until ?? new DateOnly(2028, 12, 31)) { Cpv = ["33194110"], SocialClause = n % 2 == 0 });

    public static SupplierRow Supplier(int n, string? name = null) => new(SupplierNumber(n), null, new SupplierContent(name ?? $"Leverantör {n} AB") { Group = "Koncernen" });

    public static ContractRow[] Contracts(int count, int from = 1) => [.. Enumerable.Range(from, count).Select(n => Contract(n))];

    public static string Number(int n) => string.Create(CultureInfo.InvariantCulture, $"RK-{n:00000}");

    public static string SupplierNumber(int n) => string.Create(CultureInfo.InvariantCulture, $"556{n:0000000}");

    /// <summary>An import whose rows are taken in and that waits its turn; a line for each row, then one for each reject.</summary>
    public async Task<Guid> QueueAsync(
        IEnumerable<CatalogueRow> rows, ImportMode mode = ImportMode.PerRow, ImportExtent extent = ImportExtent.Partial, RegionScope? scope = null, params RowReject[] rejects)
    {
        var intake = await ReceiveAsync(rows, mode, extent, scope, rejects);
        await intake.QueueAsync(Client, Clock.Now());
        return intake.Id;
    }

    public async Task<CatalogueIntake> ReceiveAsync(
        IEnumerable<CatalogueRow> rows, ImportMode mode = ImportMode.PerRow, ImportExtent extent = ImportExtent.Partial, RegionScope? scope = null, params RowReject[] rejects)
    {
        var terms = new ImportTerms(ImportOrigin.Push, ImportFormat.Ndjson, mode, extent, Client);
        var now = Clock.Now();
        var intake = await CatalogueIntake.BeginAsync(Store, scope ?? Given.Kalmar, Guid.CreateVersion7(now), Guid.CreateVersion7(), terms, now, CancellationToken.None);
        foreach (var part in rows.Select((row, i) => new StagedRow(i + 1, row)).Chunk(500))
            await intake.AddAsync(part, [], CancellationToken.None);
        if (rejects.Length > 0)
            await intake.AddAsync([], rejects, CancellationToken.None);
        return intake;
    }

    public static RowReject Reject(long line, string? key, string? kind = "contract", string? value = null, string field = "contract.title") =>
        new(line, 1, field, "length", "Ska vara 1–300 tecken.", "Must be 1–300 characters.", kind, key, value);

    public ImportWorker Worker(ImportOptions? options = null, EscalationStore? store = null) =>
        new(store ?? Store, new ImportSignal(), options ?? new ImportOptions(), Clock, NullLogger<ImportWorker>.Instance);

    /// <summary>Applies what the region has queued, on a host of its own.</summary>
    public async Task ServeAsync(string region = "08", ImportOptions? options = null)
    {
        using var worker = Worker(options);
        await worker.ServeAsync(region, CancellationToken.None);
    }

    /// <summary>Rows that are queued and applied.</summary>
    public async Task<CatalogueImport> ImportAsync(
        IEnumerable<CatalogueRow> rows, ImportMode mode = ImportMode.PerRow, ImportExtent extent = ImportExtent.Partial, ImportOptions? options = null, params RowReject[] rejects)
    {
        var id = await QueueAsync(rows, mode, extent, null, rejects);
        await ServeAsync(options: options);
        return await FindAsync(id);
    }

    public async Task<CatalogueImport> FindAsync(Guid id, RegionScope? scope = null)
    {
        var query = Store.OpenSession(scope ?? Given.Kalmar).CreateBatchQuery();
        var found = query.Rows(CatalogueImports.Find(scope ?? Given.Kalmar, id), CatalogueImports.Read);
        await query.ExecuteAsync(CancellationToken.None);
        return found.Value.Single();
    }

    public async Task<IReadOnlyList<RowReject>> RejectsAsync(Guid id)
    {
        var query = Store.OpenSession(Given.Kalmar).CreateBatchQuery();
        var found = query.Rows(CatalogueImports.Rejects(Given.Kalmar, id, 1000, 0), CatalogueImports.ReadReject);
        await query.ExecuteAsync(CancellationToken.None);
        return found.Value;
    }

    public async Task<CatalogueImport> UntilAsync(Guid id, Func<CatalogueImport, bool> reached, RegionScope? scope = null)
    {
        for (var deadline = DateTimeOffset.UtcNow.AddMinutes(3); DateTimeOffset.UtcNow < deadline; await Task.Delay(30))
        {
            if (await FindAsync(id, scope) is var import && reached(import))
                return import;
        }
        throw new TimeoutException($"The import stays {await FindAsync(id, scope)}.");
    }

    public async Task DecideAsync(Func<ImportDecision, IEnumerable<NpgsqlBatchCommand>> decide)
    {
        var session = Store.OpenSession(Given.Kalmar);
        foreach (var command in decide(new ImportDecision("Avtalscontroller", Clock.Now(), "Avtalen löpte ut vid årsskiftet och är ersatta av andra.", Client)))
            session.Store(command);
        await session.SaveChangesAsync(Given.Writer);
    }

    public Task ConfirmAsync(Guid id) => DecideAsync(d => CatalogueImports.Confirm(Given.Kalmar, id, d));

    public Task CancelAsync(Guid id, ImportState from) => DecideAsync(d => CatalogueImports.Cancel(Given.Kalmar, id, from, d));

    /// <summary>A contract put singly, as the endpoint does it.</summary>
    /// <param name="noted">Whether that it was put singly is noted, so that it stands against an import that came before.</param>
    public async Task PutAsync(ContractRow row, bool noted = false)
    {
        while (true)
        {
            var session = Store.OpenSession(Given.Kalmar);
            var query = session.CreateBatchQuery();
            var (before, supplier) = (query.Contract(row.Number), query.Supplier(row.Content.Supplier.OrganisationNumber));
            await query.ExecuteAsync(CancellationToken.None);
            var now = Clock.Now();
            now = now > query.LatestChange ? now : query.LatestChange;
            var known = supplier.Value;
            if (Synchronisation.SupplierOf(row, known, Guid.CreateVersion7(), now) is { } newSupplier)
                known = session.Append(known, newSupplier);
            if (Synchronisation.Synchronise(row, before.Value, known!, Guid.CreateVersion7(), now, noted) is not { } e)
                return;
            session.Append(before.Value, e);
            try
            {
                await session.SaveChangesAsync(Given.Writer);
                return;
            }
            catch (StreamConflictException)
            {
                // Somebody else was first.
            }
        }
    }

    /// <summary>The numbers of the contracts that have ended, or have not.</summary>
    public async Task<string> NumbersAsync(bool ended, string region = "08") =>
        await Database.ScalarAsync("SELECT coalesce(string_agg(number, ' ' ORDER BY number), '') FROM mt_doc_contract WHERE tenant_id = $1 AND ended = $2", region, ended) as string ?? "";

    public async Task<long> CountAsync(string sql, params object[] parameters) => (long)(await Database.ScalarAsync(sql, parameters))!;

    public async Task<string> EndStateAsync(string region = "08") => (string)(await Database.ScalarAsync(EndState, region))!;

    public async Task AssertVerifiedAsync(string region = "08") =>
        Assert.That((await new StreamVerifier(Database.Application).VerifyAsync(RegionScope.For(region), CancellationToken.None)).Mismatches, Is.Empty);
}
