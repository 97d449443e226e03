using System.Reflection;
using Npgsql;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.WatchList;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Storage;

/// <summary>Row level security under everything: the tables are found in the catalogue, so that a new one is covered by itself.</summary>
public sealed class IsolationTests : StoreFixture
{
    private const string Regional =
        """
        SELECT c.oid::regclass::text, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname IN ('tenant_id', 'region') ORDER BY 1
        """;

    /// <summary>Written by the national login, and read by the region whose notice it was.</summary>
    private const string Acknowledgements = "national_acknowledgements";

    private const string Successor = "5560160680";
    private const string NaturalPerson = "NO:0192:987654325";

    private readonly List<(string Table, string Column)> _tables = [];
    private EscalationCase _case = null!;
    private EscalationCase _closed = null!;
    private EscalationCase _expired = null!;
    private EscalationCase _told = null!;
    private Guid _deviation;
    private WatchEntry _watch = null!;
    private Guid[] _events = [];
    private readonly Guid _meeting = Guid.CreateVersion7();

    protected override async Task SeedAsync()
    {
        var session = Store.OpenSession(Given.Kalmar);
        session.Append(null, Given.Known());
        session.Append(null, Given.Known(Guid.CreateVersion7()) with
        {
            OrganisationNumber = Successor,
            Content = new("Efterföljaren AB") { SuccessorOf = new(Given.Supplier.OrganisationNumber, new DateOnly(2025, 7, 1), true, "Verksamheten övergick oförändrad.") },
        });
        session.Append(null, Given.Known(Guid.CreateVersion7()) with { OrganisationNumber = NaturalPerson, SoleTrader = true });
        session.Append(null, Given.Contract("AVT-1"));
        _case = session.Append(null, [Given.Opened("AVT-1", 3)]);
        _expired = session.Append(null, [Given.Opened("AVT-3", 4), Given.Blocked(new DateOnly(2026, 3, 31))]);
        session.Append(null, Given.Settings());
        _closed = session.Append(null, [Given.Opened("AVT-1"), new Domain.Cases.CaseClosed(Given.Day, 0, Domain.Cases.CaseOutcome.Unfounded, Given.Basis(Trigger.Unfounded), null, null, 0)]);
        _deviation = session.Append(null, [Given.Reported("AVT-1"), new Domain.Deviations.DeviationJoinedCase(Given.Day, _case.Id), Given.Registered("ST-1")]).Id;
        _watch = session.Append(null, [Given.Watched("AVT-1")]);
        await session.SaveChangesAsync(Given.Writer, ("nyckel", Given.Answer(), false));

        await Database.ScalarAsync(
            """
            INSERT INTO national_meetings (id, version, convener, invited, participants, supplier_number, starts_at, state, data, updated_at)
            VALUES ($1, 1, 'region:12', '{region:08}', '{}', '5560360793', now(), 'called', '{}', now())
            """, _meeting);
        _told = session.Append(null, Given.Told([Given.Opened("AVT-4", 3)]));
        await session.SaveChangesAsync(Given.Writer);
        await Database.ScalarAsync(
            "INSERT INTO national_acknowledgements VALUES ('08', $1, $2, 'region:13', now(), 'Kategoriledare', 'halland-handler')", _told.Id, _told.Of<Domain.Cases.Records.Notice>().Single().Id);
        await Database.ScalarAsync(
            """
            INSERT INTO national_access_log (read_id, at, client_id, readers, roles, purpose, operation, target, object_region, object_kind, object_id, tier)
            VALUES ($1, now(), 'halland-reader', '{region:13}', '{Reader}', 'contractFollowUp', 'getCase', '', '08', 'case', $1, 'T0')
            """, _told.Id);

        await Database.ScalarAsync(
            """
            INSERT INTO webhook_subscriptions (tenant_id, id, version, url, types, state, client_id, secret_generation, created_at, updated_at, position_transaction, position_sequence, position_at)
            VALUES ('08', $1, 1, 'https://system.example/hook', '{}', 'active', 'kalmar-integrator', 1, now(), now(), '1', 0, now());
            """, _told.Id);
        await Database.ScalarAsync(
            """
            INSERT INTO webhook_deliveries (tenant_id, subscription_id, event_id, transaction_id, sequence, stream_id, type, event_at, state, attempts, log)
            VALUES ('08', $1, $1, '1', 1, $1, 'case-opened.v1', now(), 'pending', 0, '[]')
            """, _told.Id);
        await Database.ScalarAsync("INSERT INTO catalogue_sources (tenant_id, setting, next_run_at) VALUES ('08', 'digest', now())");
        await Database.ScalarAsync(
            """
            INSERT INTO catalogue_imports (tenant_id, id, origin, format, mode, extent, state, client_id, created_at, updated_at)
            VALUES ('08', $1, 'push', 'csv', 'perRow', 'partial', 'queued', 'kalmar-integrator', now(), now())
            """, _told.Id);
        await Database.ScalarAsync("INSERT INTO catalogue_import_rows VALUES ('08', $1, 1, 'contract', 'AVT-9', '{}')", _told.Id);
        await Database.ScalarAsync("INSERT INTO catalogue_import_rejects VALUES ('08', $1, 2, 1, 'title', 'required', 'Värdet saknas.', 'The value is missing.')", _told.Id);
        await Database.ScalarAsync(
            "INSERT INTO national_changes (id, region, kind, object_id, type, audience, at) VALUES ($1, '08', 'case', $1, 'national-case-appeared.v1', '{regions}', now())", _told.Id);
        _events = (Guid[])(await Database.ScalarAsync("SELECT array_agg(id) FROM mt_events"))!;
        await using var source = NpgsqlDataSource.Create(Database.Superuser);
        await using var command = source.CreateCommand(Regional);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            _tables.Add((reader.GetString(0), reader.GetString(1)));
    }

    [Test]
    public void Every_regional_table_is_found() => Assert.That(_tables.Select(t => t.Table), Is.SupersetOf(new[]
    {
        "external_registrations", "idempotency_keys", "mt_doc_contract", "mt_doc_deviation", "mt_doc_escalationcase", "mt_doc_laddersettings", "mt_doc_supplier", "mt_doc_watchentry", "mt_events", "mt_streams", "national_acknowledgements", "national_cases",
        "national_contracts", "national_course", "national_disclosures", "national_notices", "national_recipients", "national_summaries",
    }));

    [Test]
    public async Task Row_level_security_is_on_and_forced_for_every_table_but_the_migrators()
    {
        var open = await Database.ScalarAsync(
            """
            SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity)
            """);

        Assert.That(open, Is.EqualTo("schema_migrations,snapshot_shapes"));
    }

    [TestCase(null)]
    [TestCase("13")]
    public async Task Without_the_region_nothing_of_it_is_seen_written_changed_or_removed(string? region)
    {
        foreach (var (table, column) in _tables)
        {
            var seeded = await Database.ScalarAsync($"SELECT to_jsonb(t)::text FROM {table} t WHERE {column} = '08' LIMIT 1") as string;
            Assert.That(seeded, Is.Not.Null, $"{table} has no row of 08 to hide: seed one above");
            var before = await Database.FingerprintAsync();

            Assert.That(await AsApplicationAsync(region, $"SELECT count(*) FROM {table}"), Is.EqualTo(0L), table);
            Assert.That(await RefusalOfAsync(region, $"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, $1::jsonb)).*", seeded!),
                Is.EqualTo(table == Acknowledgements ? $"42501: permission denied for table {table}" : $"42501: new row violates row-level security policy for table \"{table}\""));
            if (await Database.ScalarAsync(
                $"SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0 AND has_column_privilege('escalation_app', attrelid, attnum, 'UPDATE') LIMIT 1")
                is string updatable)
                Assert.That(await AsApplicationAsync(region, $"WITH u AS (UPDATE {table} SET {updatable} = {updatable} RETURNING 1) SELECT count(*) FROM u"), Is.EqualTo(0L), table);
            if ((bool)(await Database.ScalarAsync($"SELECT has_table_privilege('escalation_app', '{table}', 'DELETE')"))!)
                Assert.That(await AsApplicationAsync(region, $"WITH d AS (DELETE FROM {table} RETURNING 1) SELECT count(*) FROM d"), Is.EqualTo(0L), table);
            Assert.That(await Database.FingerprintAsync(), Is.EqualTo(before), table);
        }
    }

    [Test]
    public async Task A_row_cannot_be_moved_to_another_region()
    {
        foreach (var (table, column) in _tables)
        {
            if ((bool)(await Database.ScalarAsync($"SELECT has_column_privilege('escalation_app', '{table}', '{column}', 'UPDATE')"))!)
                Assert.That(await RefusalOfAsync("08", $"UPDATE {table} SET {column} = '13'"), Does.StartWith("42501: new row violates row-level security policy"), table);
        }
    }

    /// <summary>The policy refuses it before the constraint does; each of the two is a lock of its own.</summary>
    [Test]
    public async Task An_empty_region_is_none_for_the_policies_and_for_a_constraint_of_every_table()
    {
        foreach (var (table, column) in _tables)
        {
            var row = $"SELECT (jsonb_populate_record(t, '{{\"{column}\": \"\"}}'::jsonb)).* FROM {table} t LIMIT 1";
            var seeded = (string)(await Database.ScalarAsync($"SELECT to_jsonb(r)::text FROM ({row}) r"))!;

            Assert.That(await RefusalOfAsync("", $"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, $1::jsonb)).*", seeded), Does.StartWith(table == Acknowledgements ? "42501: permission denied" : "42501: new row violates"), table);
            Assert.That(await AsApplicationAsync("", $"SELECT count(*) FROM {table}"), Is.EqualTo(0L), table);
            await Assert.ThatAsync(() => Database.ScalarAsync($"INSERT INTO {table} {row}"), Throws.TypeOf<PostgresException>().With.Property("SqlState").EqualTo("23514"), table);
        }
    }

    [Test]
    public async Task The_same_ids_and_numbers_in_two_regions_coexist()
    {
        var session = Store.OpenSession(Given.Halland);
        session.Append(null, Given.Known());
        session.Append(null, [Given.Opened("AVT-1", 3, id: _case.Id)]);
        session.Append(null, Given.Contract("AVT-1"));
        await session.SaveChangesAsync(Given.Writer, ("nyckel", Given.Answer("{\"region\":\"13\"}"), false));

        Assert.That((await FetchAsync(q => q.Case(_case.Id)))!.Id, Is.EqualTo((await FetchAsync(q => q.Case(_case.Id), Given.Halland))!.Id));
        Assert.That((await FetchAsync(q => q.Answer("kalmar-handler", "nyckel")))!.Body, Is.EqualTo("{}"));
        await Database.ScalarAsync(string.Join(';', ((string[])["mt_events", .. _tables.Select(t => t.Table).Where(t => t is not "mt_events")])
            .Select(t => $"DELETE FROM {t} WHERE {_tables.Single(x => x.Table == t).Column} = '13'")));
    }

    /// <summary>Once with both locks, and once with the store's own conditions alone: no policy binds a superuser.</summary>
    [Test]
    public async Task A_session_of_another_region_sees_nothing_through_any_query([Values] bool withPolicies)
    {
        await using var store = new EscalationStore(withPolicies ? Database.Application : Database.Superuser);
        var asked = new Dictionary<string, Func<BatchedQuery, Func<object?>>>
        {
            ["Rows(NpgsqlBatchCommand,Func`2)"] = q => Later(q.Rows(
                new NpgsqlBatchCommand("SELECT tenant_id FROM webhook_subscriptions WHERE tenant_id = current_setting('app.region')"), r => r.GetString(0)), r => r.Count),
            ["Case(Guid)"] = q => Later(q.Case(_case.Id)),
            ["CaseOf(Guid)"] = q => Later(q.CaseOf(_deviation)),
            ["OpenCaseAbout(String)"] = q => Later(q.OpenCaseAbout("AVT-1")),
            ["OpenCaseBeside(Guid)"] = q => Later(q.OpenCaseBeside(_closed.Id)),
            ["ContractOfCase(Guid)"] = q => Later(q.ContractOfCase(_case.Id)),
            ["DeviationsOf(Guid)"] = q => Later(q.DeviationsOf(_case.Id), d => d.Count),
            ["Deviation(Guid)"] = q => Later(q.Deviation(_deviation)),
            ["Deviations(IEnumerable`1)"] = q => Later(q.Deviations([_deviation]), d => d.Count),
            ["Registered(ExternalKey)"] = q => Later(q.Registered(new ExternalKey(Domain.Deviations.ExternalSystem.Stella, "ST-1"))),
            ["ReportedDeviations(DateTimeOffset,DateTimeOffset)"] = q => Later(q.ReportedDeviations(Given.Day.AddDays(-1), Given.Day.AddDays(1)), r => r.Count),
            ["Contract(String)"] = q => Later(q.Contract("AVT-1")),
            ["ReadersOf(Guid)"] = q => Later(q.ReadersOf(_told.Id), r => r.Count),
            ["AcknowledgementsOf(Guid)"] = q => Later(q.AcknowledgementsOf(_told.Id), a => a.Count),
            ["ContractsOfCaseSupplier(Guid)"] = q => Later(q.ContractsOfCaseSupplier(_case.Id), c => c.Count),
            ["Supplier(String)"] = q => Later(q.Supplier(Given.Supplier.OrganisationNumber)),
            ["Supplier(Guid)"] = q => Later(q.Supplier(Given.Supplier.Id)),
            ["Suppliers(IEnumerable`1)"] = q => Later(q.Suppliers([Given.Supplier.OrganisationNumber]), s => s.Count),
            ["NaturalPersons()"] = q => Later(q.NaturalPersons(), n => n.Include(NaturalPerson) ? 1 : 0),
            ["ContractsMarkedOtherwise(IReadOnlyCollection`1)"] = q => Later(q.ContractsMarkedOtherwise([new SupplierMark(null, Given.Supplier.OrganisationNumber, true)]), c => c.Count),
            ["CasesMarkedOtherwise(IReadOnlyCollection`1)"] = q => Later(q.CasesMarkedOtherwise([new SupplierMark(Given.Supplier.Id, null, true)]), c => c.Count),
            ["Contracts(IEnumerable`1)"] = q => Later(q.Contracts(["AVT-1"]), c => c.Count),
            ["OpenCasesAbout(IEnumerable`1)"] = q => Later(q.OpenCasesAbout(["AVT-1"]), c => c.Count),
            ["SocialTermsOn(DateOnly)"] = q => Later(q.SocialTermsOn(new DateOnly(2026, 3, 2)), s => s.Contracts),
            ["LadderSettings()"] = q => Later(q.LadderSettings()),
            ["JointMeeting(Guid)"] = q => Later(q.JointMeeting(_meeting)),
            ["ExpiredCases(DateTimeOffset,Int32)"] = q => Later(q.ExpiredCases(_expired.NextExpiry()!.Value, 100), i => i.Count),
            ["DeviationsUnder(ContractKey)"] = q => Later(q.DeviationsUnder(ContractKey.OfNumber("AVT-1")), d => d is null ? 0 : d.Deviations.Count),
            ["OpenCaseOn(Guid)"] = q => Later(q.OpenCaseOn(_deviation)),
            ["WatchEntry(Guid)"] = q => Later(q.WatchEntry(_watch.Id)),
            ["StandingWatch(Nullable`1,String,String)"] = q => Later(q.StandingWatch(null, Given.Supplier.OrganisationNumber, "AVT-1")),
            ["LapsedWatches(DateTimeOffset,Int32)"] = q => Later(q.LapsedWatches(_watch.LapsesAt()!.Value, 100), i => i.Count),
            ["WatchEntries(WatchFilter,Int32,Int64)"] = q => Later(q.WatchEntries(new WatchFilter(Given.Day), 100, 0), p => p.Items.Count + p.Total),
            ["Cases(CaseFilter,Int32,Int64)"] = q => Later(q.Cases(new CaseFilter(), 100, 0), p => p.Items.Count + p.Total),
            ["Deviations(DeviationFilter,Int32,Int64)"] = q => Later(q.Deviations(new DeviationFilter(), 100, 0), p => p.Items.Count + p.Total),
            ["Contracts(ContractFilter,Int32,Int64)"] = q => Later(q.Contracts(new ContractFilter(Name: "infusion"), 100, 0), p => p.Items.Count + p.Total),
            ["Suppliers(SupplierFilter,Int32,Int64)"] = q => Later(q.Suppliers(new SupplierFilter("norr", "55"), 100, 0), p => p.Items.Count + p.Total),
            ["Supplier(SupplierKey)"] = q => Later(q.Supplier(new SupplierKey(null, Given.Supplier.OrganisationNumber))),
            ["PredecessorOf(SupplierKey)"] = q => Later(q.PredecessorOf(new SupplierKey(null, Successor))),
            ["RecordOf(SupplierKey,ValueTuple`2)"] = q => Later(q.RecordOf(new SupplierKey(null, Given.Supplier.OrganisationNumber), (9, 9)), Sum),
            ["RecordOfPredecessorOf(SupplierKey,ValueTuple`2)"] = q => Later(q.RecordOfPredecessorOf(new SupplierKey(null, Successor), (9, 9)), Sum),
            ["Events(Guid,Int64,Int32)"] = q => Later(q.Events(_case.Id, 0, 100), e => e.Count),
            ["LogAfter(LogPlace,IReadOnlyList`1,Int32)"] = q => Later(q.LogAfter(default, [], 100), p => p.Events.Count),
            ["LogSince(DateTimeOffset,IReadOnlyList`1,Int32)"] = q => Later(q.LogSince(Given.Day.AddDays(-1), [], 100), p => p.Events.Count),
            ["LoggedEvents(IEnumerable`1)"] = q => Later(q.LoggedEvents(_events), p => p.Events.Count),
            ["AggregateCase(Guid,Nullable`1,Nullable`1)"] = q => Later(q.AggregateCase(_case.Id)),
            ["Answer(String,String)"] = q => Later(q.Answer("kalmar-handler", "nyckel")),
        };
        Assert.That(typeof(BatchedQuery).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Where(m => m.ReturnType.IsGenericType && m.ReturnType.GetGenericTypeDefinition() == typeof(Fetched<>))
                .Select(m => $"{m.Name}({string.Join(',', m.GetParameters().Select(p => p.ParameterType.Name))})"),
            Is.EquivalentTo(asked.Keys), "every query is asked here");

        foreach (var (scope, seen) in new[] { (Given.Kalmar, true), (Given.Halland, false) })
        {
            var query = store.OpenSession(scope).CreateBatchQuery();
            var answers = asked.Select(a => (a.Key, Value: a.Value(query))).ToArray();
            await query.ExecuteAsync(CancellationToken.None);
            foreach (var (name, value) in answers)
                Assert.That(value() is not (null or 0 or 0L), Is.EqualTo(seen), $"{name} as {scope.Region}");
        }
    }

    [Test]
    public async Task Neither_login_is_more_than_it_should_be()
    {
        Assert.That(await DatabaseSetup.WhyUnsafeAsync(Database.Application, CancellationToken.None), Is.Null);
        Assert.That(await DatabaseSetup.WhyUnsafeAsync(Database.National, CancellationToken.None), Is.Null);
        Assert.That(await DatabaseSetup.WhyUnsafeAsync(Database.Owner, CancellationToken.None), Is.EqualTo("owns tables or may act as their owner"));
        Assert.That(await DatabaseSetup.WhyUnsafeAsync(Database.Superuser, CancellationToken.None), Is.EqualTo("is a superuser"));
        Assert.That(await Database.ScalarAsync("SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname LIKE 'escalation\\_%'"), Is.EqualTo(0L));
    }

    [TestCase("GRANT escalation_owner TO escalation_app", "REVOKE escalation_owner FROM escalation_app", "owns tables or may act as their owner")]
    [TestCase("ALTER ROLE escalation_app BYPASSRLS", "ALTER ROLE escalation_app NOBYPASSRLS", "bypasses row level security")]
    [TestCase("CREATE ROLE unbound BYPASSRLS; GRANT unbound TO escalation_app", "DROP ROLE unbound", "may act as a role that is not bound")]
    [TestCase("GRANT escalation_national TO escalation_app", "REVOKE escalation_national FROM escalation_app", "may act as both logins")]
    [NonParallelizable]
    public async Task A_login_that_became_more_is_found_out(string promote, string demote, string reason)
    {
        await Database.ScalarAsync(promote);
        try
        {
            Assert.That(await DatabaseSetup.WhyUnsafeAsync(Database.Application, CancellationToken.None), Is.EqualTo(reason));
        }
        finally
        {
            await Database.ScalarAsync(demote);
        }
    }

    [Test]
    public void There_is_no_scope_for_a_region_that_does_not_exist()
    {
        Assert.That(() => RegionScope.For(""), Throws.ArgumentException);
        Assert.That(() => RegionScope.For("8"), Throws.ArgumentException);
        Assert.That(typeof(RegionScope).GetConstructors(), Is.Empty);
    }

    private static object Sum(SupplierRecord r) => r.Contracts.Total + r.OpenCases.Total + r.Deviations.Values.Sum();

    private static Func<object?> Later<T>(Fetched<T> fetched, Func<T, object?>? count = null) => () => count is null ? fetched.Value : count(fetched.Value);

    /// <summary>On the application's login, as the store does it; rolled back.</summary>
    private async Task<object?> AsApplicationAsync(string? region, string sql, params string[] parameters)
    {
        await using var connection = new NpgsqlConnection(Database.Application);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        if (region is not null)
        {
            await using var set = new NpgsqlCommand("SELECT set_config('app.region', $1, true)", connection, transaction) { Parameters = { new() { Value = region } } };
            await set.ExecuteNonQueryAsync();
        }
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        return await command.ExecuteScalarAsync();
    }

    private async Task<string?> RefusalOfAsync(string? region, string sql, params string[] parameters)
    {
        try
        {
            await AsApplicationAsync(region, sql, parameters);
            return null;
        }
        catch (PostgresException e)
        {
            return $"{e.SqlState}: {e.MessageText}";
        }
    }
}
