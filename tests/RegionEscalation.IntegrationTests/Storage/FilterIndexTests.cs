using System.Text.RegularExpressions;
using Npgsql;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.WatchList;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Storage;

/// <summary>
/// Every filter of every list finds its rows through an index, under row level security and with the application's login. The
/// server itself writes the plans of what the store really sent into its log.
/// </summary>
public sealed partial class FilterIndexTests : StoreFixture
{
    private const int Rows = 6000;
    private static readonly LogPlace Place = new(1, 1, Guid.NewGuid(), Given.Day);
    private static readonly Guid Supplier = Guid.Parse("00000000-0000-0000-0000-000000000007");

    private static readonly Dictionary<string, (string Column, Func<BatchedQuery, object> Ask)> Filters = new()
    {
        ["cases by Step"] = ("step", q => q.Cases(new CaseFilter(Step: 5), 20, 0)),
        ["cases by State"] = ("state", q => q.Cases(new CaseFilter(State: CaseState.Closed), 20, 0)),
        ["cases by Supplier"] = ("supplier_id", q => q.Cases(new CaseFilter(Supplier: new SupplierKey(Supplier, null)), 20, 0)),
        ["cases by ContractNumber"] = ("contract_number", q => q.Cases(new CaseFilter(ContractNumber: "AVT-7"), 20, 0)),
        ["cases by Category"] = ("category", q => q.Cases(new CaseFilter(Category: "K7"), 20, 0)),
        ["cases by UpdatedSince"] = ("mt_last_modified", q => q.Cases(new CaseFilter(UpdatedSince: Given.Day.AddDays(-5), Order: CaseOrder.Updated), 20, 0)),
        ["cases by Overdue"] = ("next_due", q => q.Cases(new CaseFilter(Overdue: new Overdue(true, Given.Day)), 20, 0)),
        ["expired cases"] = ("next_expiry", q => q.ExpiredCases(Given.Day, 20)),
        ["a joint meeting by id"] = ("id", q => q.JointMeeting(Supplier)),
        ["ladder settings"] = ("id", q => q.LadderSettings()),
        ["who has read a case"] = ("object_id", q => q.ReadersOf(Supplier)),
        ["acknowledgements of a case"] = ("case_id", q => q.AcknowledgementsOf(Supplier)),
        ["deviations by Status"] = ("status", q => q.Deviations(new DeviationFilter(Status: DeviationStatus.Closed), 20, 0)),
        ["deviations by Severity"] = ("severity", q => q.Deviations(new DeviationFilter(Severity: Severity.Serious), 20, 0)),
        ["deviations by Supplier"] = ("supplier_id", q => q.Deviations(new DeviationFilter(Supplier: new SupplierKey(Supplier, null)), 20, 0)),
        ["deviations by ContractNumber"] = ("contract_number", q => q.Deviations(new DeviationFilter(ContractNumber: "AVT-7"), 20, 0)),
        ["deviations by CaseId"] = ("case_id", q => q.Deviations(new DeviationFilter(CaseId: Supplier), 20, 0)),
        ["contracts by Supplier"] = ("supplier_id", q => q.Contracts(new ContractFilter(new SupplierKey(Supplier, null)), 20, 0)),
        ["contracts by Category"] = ("category", q => q.Contracts(new ContractFilter(Category: "K7"), 20, 0)),
        ["contracts by Cpv"] = ("word", q => q.Contracts(new ContractFilter(Cpv: "3314"), 20, 0)),
        ["contracts by Number"] = ("number", q => q.Contracts(new ContractFilter(Number: "AVT-77"), 20, 0)),
        ["contracts by Name"] = ("word", q => q.Contracts(new ContractFilter(Name: "avtal7"), 20, 0)),
        ["contracts by ValidOn"] = ("valid_until", q => q.Contracts(new ContractFilter(ValidOn: new DateOnly(2039, 12, 1)), 20, 0)),
        ["contracts by Ended"] = ("ended", q => q.Contracts(new ContractFilter(Ended: true), 20, 0)),
        ["contracts by SocialClause"] = ("social_clause", q => q.Contracts(new ContractFilter(SocialClause: true), 20, 0)),
        ["suppliers by Name"] = ("word", q => q.Suppliers(new SupplierFilter("leverantör7"), 20, 0)),
        ["suppliers by Number"] = ("word", q => q.Suppliers(new SupplierFilter(Number: "77"), 20, 0)),
        ["suppliers by Group"] = ("word", q => q.Suppliers(new SupplierFilter(Group: "grupp7"), 20, 0)),
        ["a supplier by its key"] = ("id", q => q.Supplier(new SupplierKey(null, "7"))),
        ["the predecessor of a supplier"] = ("organisation_number", q => q.PredecessorOf(new SupplierKey(null, "7"))),
        ["what a region has to do with a supplier"] = ("supplier_id", q => q.RecordOf(new SupplierKey(null, "7"), (20, 100))),
        ["what a region had to do with a predecessor"] = ("supplier_id", q => q.RecordOfPredecessorOf(new SupplierKey(Supplier, null), (20, 100))),
        ["deviations by Unit"] = ("unit", q => q.Deviations(new DeviationFilter(Unit: "E7"), 20, 0)),
        ["deviations by Topic"] = ("topics", q => q.Deviations(new DeviationFilter(Topic: Topic.Corruption), 20, 0)),
        ["deviations by Cause"] = ("cause", q => q.Deviations(new DeviationFilter(Cause: RootCause.Capacity), 20, 0)),
        ["deviations by ReportedSince"] = ("reported_at", q => q.Deviations(new DeviationFilter(ReportedSince: Given.Day.AddDays(-5)), 20, 0)),
        ["deviations by External"] = ("external_id", q => q.Deviations(new DeviationFilter(External: new ExternalKey(ExternalSystem.Stella, "7")), 20, 0)),
        ["a deviation by registration"] = ("external_id", q => q.Registered(new ExternalKey(ExternalSystem.Stella, "7"))),
        ["deviations of a period"] = ("reported_at", q => q.ReportedDeviations(Given.Day.AddDays(-20), Given.Day.AddDays(-10))),
        ["deviations under a contract"] = ("contract_number", q => q.DeviationsUnder(ContractKey.OfNumber("AVT-7"))),
        ["deviations under a deviation's contract"] = ("contract_number", q => q.DeviationsUnder(ContractKey.OfDeviation(Supplier))),
        ["deviations under a case's contract"] = ("contract_number", q => q.DeviationsUnder(ContractKey.OfCase(Supplier))),
        ["the open case on a deviation"] = ("contract_number", q => q.OpenCaseOn(Supplier)),
        ["a watch entry by id"] = ("id", q => q.WatchEntry(Supplier)),
        ["the standing watch"] = ("contract_number", q => q.StandingWatch(Supplier, null, "AVT-7")),
        ["lapsed watches"] = ("lapses_at", q => q.LapsedWatches(Given.Day, 20)),
        ["watch entries by State"] = ("state", q => q.WatchEntries(new WatchFilter(Given.Day, WatchState.Promoted), 20, 0)),
        ["watch entries by State, lapsed"] = ("lapses_at", q => q.WatchEntries(new WatchFilter(Given.Day, WatchState.Expired), 20, 0)),
        ["watch entries by State, watching"] = ("lapses_at", q => q.WatchEntries(new WatchFilter(Given.Day.AddDays(2990), WatchState.Watching), 20, 0)),
        ["watch entries by Supplier"] = ("supplier_id", q => q.WatchEntries(new WatchFilter(Given.Day, Supplier: new SupplierKey(Supplier, null)), 20, 0)),
        ["watch entries by ContractNumber"] = ("contract_number", q => q.WatchEntries(new WatchFilter(Given.Day, ContractNumber: "AVT-7"), 20, 0)),
        ["watch entries by ReviewBefore"] = ("review_by", q => q.WatchEntries(new WatchFilter(Given.Day, ReviewBefore: new DateOnly(2026, 3, 12)), 20, 0)),
        ["a contract by number"] = ("number", q => q.Contract("AVT-7")),
        ["contracts of a case's supplier"] = ("supplier_id", q => q.ContractsOfCaseSupplier(Supplier)),
        ["a supplier by number"] = ("organisation_number", q => q.Supplier("7")),
        ["a supplier by id"] = ("id", q => q.Supplier(Supplier)),
        ["suppliers by numbers"] = ("organisation_number", q => q.Suppliers(["7"])),
        ["natural persons"] = ("sole_trader", q => q.NaturalPersons()),
        ["contracts marked otherwise"] = ("supplier_id", q => q.ContractsMarkedOtherwise([new SupplierMark(Supplier, null, true)])),
        ["cases marked otherwise"] = ("supplier_id", q => q.CasesMarkedOtherwise([new SupplierMark(null, "7", true)])),
        ["contracts by numbers"] = ("number", q => q.Contracts(["AVT-7"])),
        ["open cases about contracts"] = ("contract_number", q => q.OpenCasesAbout(["AVT-7"])),
        ["deviations by ids"] = ("id", q => q.Deviations([Supplier])),
        ["events of a stream"] = ("stream_id", q => q.Events(Supplier, 0, 20)),
        ["a region's log after a place"] = ("transaction_id", q => q.LogAfter(Place, [], 100)),
        ["a region's log after a place, by type"] = ("transaction_id", q => q.LogAfter(Place, ["case-opened.v1"], 100)),
        ["a region's log since an instant"] = ("timestamp", q => q.LogSince(Given.Day, [], 100)),
        ["logged events by id"] = ("id", q => q.LoggedEvents([Supplier])),
        ["a case at a version"] = ("version", q => q.AggregateCase(Supplier, version: 3)),
        ["a catalogue import by id"] = (@"id = \$2", q => q.Rows(CatalogueImports.Find(Given.Kalmar, Supplier), CatalogueImports.Read)),
        ["rejected rows of an import"] = ("import_id", q => q.Rows(CatalogueImports.Rejects(Given.Kalmar, Supplier, 20, 0), CatalogueImports.ReadReject)),
        ["rejected rows of an import after a place"] = ("line", q => q.Rows(CatalogueImports.RejectsAfter(Given.Kalmar, Supplier, 500, 1, 20), CatalogueImports.ReadReject)),
        ["an answer by key"] = ("key", q => q.Answer("client", "7")),
    };

    private static string Log => Path.Combine(TestCluster.Folder, "postgres.log");

    /// <summary>Rows of two regions, as many as make an index worth its while; of the documents, only the size counts here.</summary>
    protected override async Task SeedAsync()
    {
        const string Common = "region, lpad(to_hex(n), 32, '0')::uuid, jsonb_build_object('x', repeat('x', 900)), TIMESTAMPTZ '2026-03-02' - n * INTERVAL '1 day', NULL, 1";
        const string Regions = "unnest(ARRAY['08', '13']) region";
        const string SupplierOf = "lpad(to_hex(n % 500), 32, '0')::uuid";
        await Database.ScalarAsync(
            $"""
            INSERT INTO mt_doc_escalationcase SELECT {Common}, CASE WHEN n % 300 = 0 THEN 5 ELSE n % 3 END, CASE WHEN n % 200 = 0 THEN 'closed' ELSE 'open' END,
                {SupplierOf}, 'AVT-' || n, 'K' || n % 400, CASE WHEN n % 2 = 0 THEN TIMESTAMPTZ '2026-03-02' + (n - 100) * INTERVAL '1 hour' END,
                CASE WHEN n % 50 = 0 THEN TIMESTAMPTZ '2026-03-02' + (n - 500) * INTERVAL '1 hour' END FROM generate_series(1, {Rows}) n, {Regions};
            INSERT INTO mt_doc_deviation SELECT {Common}, CASE WHEN n % 300 = 0 THEN 'closed' ELSE 'reported' END, CASE WHEN n % 300 = 0 THEN 'serious' END,
                {SupplierOf}, 'AVT-' || n % 700, {SupplierOf}, now(), 'E' || n % 400, CASE WHEN n % 300 = 0 THEN 'capacity' END, CASE WHEN n % 300 = 0 THEN 'labour+corruption' END,
                'supplier', TIMESTAMPTZ '2026-03-02' - n * INTERVAL '1 day' FROM generate_series(1, {Rows}) n, {Regions};
            INSERT INTO external_registrations SELECT region, 'stella', n::text, lpad(to_hex(n), 32, '0')::uuid FROM generate_series(1, {Rows}) n, {Regions};
            INSERT INTO mt_doc_contract SELECT {Common}, 'AVT-' || n, {SupplierOf}, 'K' || n % 400, 'Avtal ' || n, NULL, DATE '2023-07-01' + n, n % 300 = 0, n % 300 = 1
                FROM generate_series(1, {Rows}) n, {Regions};
            INSERT INTO catalogue_words SELECT region, kind, CASE kind WHEN 'number' THEN n::text WHEN 'cpv' THEN lpad(n::text, 8, '3') ELSE word || n END, lpad(to_hex(n), 32, '0')::uuid
                FROM generate_series(1, {Rows}) n, {Regions}, (VALUES ('contract', 'avtal'), ('cpv', ''), ('supplier', 'leverantör'), ('group', 'grupp'), ('number', '')) k (kind, word);
            INSERT INTO mt_doc_supplier SELECT {Common}, n::text, 'Leverantör ' || n, n % 300 = 0 FROM generate_series(1, {Rows}) n, {Regions};
            INSERT INTO mt_doc_laddersettings SELECT {Common} FROM generate_series(1, {Rows}) n, {Regions};
            INSERT INTO mt_doc_watchentry SELECT {Common}, CASE WHEN n % 300 = 0 THEN 'promoted' ELSE 'watching' END, lpad(to_hex(n), 32, '0')::uuid, 'AVT-' || n % 700,
                DATE '2026-03-02' + n % 3000, CASE WHEN n % 300 <> 0 THEN TIMESTAMPTZ '2026-03-02' + (n % 3000 - 20) * INTERVAL '1 day' END FROM generate_series(1, {Rows}) n, {Regions};
            INSERT INTO mt_streams SELECT region, lpad(to_hex(n), 32, '0')::uuid, 'escalation_case', 3, now(), now() FROM generate_series(1, {Rows}) n, {Regions};
            INSERT INTO mt_events SELECT n * 100 + v * 10 + region::int % 10, gen_random_uuid(), lpad(to_hex(n), 32, '0')::uuid, v, '{"{}"}', NULL, 'x', now(), region
                FROM generate_series(1, {Rows}) n, {Regions}, generate_series(1, 3) v;
            INSERT INTO national_meetings SELECT lpad(to_hex(n), 32, '0')::uuid, 1, 'region:08', '{"{}"}', '{"{}"}', n::text, NULL, now(), 'called',
                jsonb_build_object('x', repeat('x', 900)), now() FROM generate_series(1, {Rows}) n;
            INSERT INTO national_access_log (read_id, at, client_id, readers, roles, purpose, operation, target, object_region, object_kind, object_id, tier)
                SELECT gen_random_uuid(), now(), 'client', '{"{region:12}"}', '{"{Reader}"}', 'x', 'x', '', region, 'case', lpad(to_hex(n), 32, '0')::uuid, 'T0' FROM generate_series(1, {Rows}) n, {Regions};
            INSERT INTO national_acknowledgements SELECT region, lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(n), 32, '0')::uuid, 'region:12', now(), 'x', 'x' FROM generate_series(1, {Rows}) n, {Regions};
            INSERT INTO catalogue_imports (tenant_id, id, origin, format, mode, extent, state, client_id, created_at, updated_at)
                SELECT region, lpad(to_hex(n), 32, '0')::uuid, 'push', 'ndjson', 'perRow', 'partial', 'finished', 'client', now(), now() FROM generate_series(1, {Rows}) n, {Regions};
            INSERT INTO catalogue_import_rejects SELECT region, lpad(to_hex(n % 7), 32, '0')::uuid, n, 1, 'x', 'x', 'x', 'x', 'contract', 'AVT-' || n, NULL FROM generate_series(1, {Rows}) n, {Regions} WHERE n % 7 <> 0;
            INSERT INTO idempotency_keys SELECT region, 'client', n::text, '', 200, NULL, NULL, '', now() FROM generate_series(1, {Rows}) n, {Regions};
            """);
        await Database.ScalarAsync("VACUUM ANALYZE");
        foreach (var setting in new[] { "session_preload_libraries = 'auto_explain'", "auto_explain.log_min_duration = 0", "auto_explain.log_verbose = off" })
            await Database.ScalarAsync($"ALTER DATABASE {Database.Name} SET {setting}");
    }

    public static IEnumerable<string> Names => Filters.Keys;

    [TestCaseSource(nameof(Names))]
    public async Task The_filter_is_a_condition_on_an_index_and_nothing_is_read_in_vain(string name)
    {
        var plans = await PlansAsync(Filters[name].Ask);

        Assert.That(plans, Is.Not.Empty);
        foreach (var plan in plans)
        {
            Assert.That(plan, Does.Match($@"Index Cond: .*\b{Filters[name].Column}\b"));
            Assert.That(plan, Does.Not.Contain("Seq Scan"));
            Assert.That(Regex.Matches(plan, "Filter: .*").Select(f => f.Value), Has.None.Match($@"\b{Filters[name].Column}\b"));
        }
    }

    [Test]
    public void Every_filter_of_the_lists_is_looked_at() => Assert.That(
        typeof(CaseFilter).GetProperties().Where(p => p.PropertyType != typeof(CaseOrder)).Select(p => "cases by " + p.Name)
            .Concat(typeof(DeviationFilter).GetProperties().Select(p => "deviations by " + p.Name))
            .Concat(typeof(ContractFilter).GetProperties().Select(p => "contracts by " + p.Name))
            .Concat(typeof(SupplierFilter).GetProperties().Select(p => "suppliers by " + p.Name))
            .Concat(typeof(WatchFilter).GetProperties().Where(p => p.Name != nameof(WatchFilter.Now)).Select(p => "watch entries by " + p.Name)), Is.SubsetOf(Filters.Keys));

    [Test]
    public async Task A_page_in_the_order_of_opening_is_read_from_an_index_without_sorting([Values(CaseOrder.Opened, CaseOrder.OpenedDescending)] CaseOrder order)
    {
        var plans = await PlansAsync(q => q.Cases(new CaseFilter(Order: order), 20, 0));

        Assert.That(plans[^1], Does.Contain("using mt_doc_escalationcase_pkey").And.Not.Contain("Sort"));
    }

    [Test]
    public async Task Suppliers_in_swedish_order_are_read_from_an_index_without_sorting()
    {
        var plans = await PlansAsync(q => q.Suppliers(new SupplierFilter(), 20, 0));

        Assert.That(plans[^1], Does.Contain("using mt_doc_supplier_name").And.Not.Contain("Sort"));
    }

    [Test]
    public async Task A_page_in_the_order_of_change_sorts_no_more_than_what_changed_at_one_instant([Values(CaseOrder.Updated, CaseOrder.UpdatedDescending)] CaseOrder order)
    {
        var plans = await PlansAsync(q => q.Cases(new CaseFilter(Order: order), 20, 0));

        Assert.That(plans[^1], Does.Contain("mt_doc_escalationcase_modified").And.Not.Match("(?<!Incremental )Sort  "));
    }

    /// <summary>The plans of everything but the setting of the region; executed often enough to be a prepared statement.</summary>
    private async Task<string[]> PlansAsync(Func<BatchedQuery, object> ask)
    {
        await using var store = new EscalationStore(new NpgsqlConnectionStringBuilder(Database.Application) { MaxPoolSize = 1 }.ConnectionString);
        var from = 0L;
        for (var use = 0; use < 8; use++)
        {
            from = new FileInfo(Log).Length;
            var query = store.OpenSession(Given.Kalmar).CreateBatchQuery();
            ask(query);
            try
            {
                await query.ExecuteAsync(CancellationToken.None);
            }
            catch (Exception e) when (e is System.Text.Json.JsonException or InvalidDataException)
            {
                // The documents are none; the plan is in the log all the same.
            }
        }
        await using var log = new FileStream(Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        log.Seek(from, SeekOrigin.Begin);
        using var reader = new StreamReader(log);
        var text = await reader.ReadToEndAsync();
        return [.. Plan().Matches(text).Select(m => m.Value).Where(p => !p.Contains("set_config('app.region'", StringComparison.Ordinal))];
    }

    [GeneratedRegex(@"Query Text: [\s\S]*?(?=\n[^\t]|\z)")]
    private static partial Regex Plan();
}
