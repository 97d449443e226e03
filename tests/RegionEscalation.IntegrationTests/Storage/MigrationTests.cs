using Npgsql;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Storage;

public sealed class MigrationTests
{
    private static readonly Migration Slow = new("0001_slow.sql", "SELECT pg_sleep(0.3); CREATE TABLE slow (id uuid)");

    [Test]
    public async Task Hosts_that_start_at_once_apply_each_migration_once()
    {
        var database = await TestCluster.CreateAsync(migrated: false);
        var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Migrator.MigrateAsync(database.Owner, CancellationToken.None)));

        Assert.That(applied.SelectMany(a => a), Is.EqualTo(Migrator.Embedded.Select(m => m.Name)));
        Assert.That(await database.ScalarAsync("SELECT string_agg(name, ',' ORDER BY name) FROM schema_migrations"),
            Is.EqualTo(string.Join(',', Migrator.Embedded.Select(m => m.Name))));
    }

    [Test]
    public async Task A_host_waits_for_the_migration_that_another_is_applying()
    {
        var database = await TestCluster.CreateAsync(migrated: false);
        var applied = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Migrator.MigrateAsync(database.Owner, [Slow], CancellationToken.None)));

        Assert.That(applied.Select(a => a.Count).Order(), Is.EqualTo(new[] { 0, 0, 1 }));
    }

    [Test]
    public async Task The_lock_goes_with_the_connection_also_after_a_failure()
    {
        var database = await TestCluster.CreateAsync(migrated: false);
        await Assert.ThatAsync(() => Migrator.MigrateAsync(database.Owner, [new Migration("0001_wrong.sql", "SELECT 1/0")], CancellationToken.None), Throws.TypeOf<PostgresException>());

        await Assert.ThatAsync(() => Migrator.MigrateAsync(database.Owner, [Slow], new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token), Throws.Nothing);
        Assert.That(() => database.ScalarAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").Result, Is.EqualTo(0L).After(5000, 50));
    }

    [Test]
    public async Task A_second_run_applies_nothing_and_changes_nothing()
    {
        var database = await TestCluster.CreateAsync();
        var before = await database.FingerprintAsync();

        Assert.That(await Migrator.MigrateAsync(database.Owner, CancellationToken.None), Is.Empty);
        Assert.That(await database.FingerprintAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task An_applied_migration_that_was_changed_is_refused_before_any_other_is_applied()
    {
        var database = await TestCluster.CreateAsync(migrated: false);
        await Migrator.MigrateAsync(database.Owner, [Slow], CancellationToken.None);
        var before = await database.FingerprintAsync();
        var changed = Slow with { Sql = Slow.Sql + ";" };

        await Assert.ThatAsync(() => Migrator.MigrateAsync(database.Owner, [changed, new Migration("0002_next.sql", "CREATE TABLE next ()")], CancellationToken.None),
            Throws.TypeOf<ChangedMigrationException>().With.Message.Contains(Slow.Name));
        Assert.That(await database.FingerprintAsync(), Is.EqualTo(before));
    }

    [Test]
    public void A_migrations_checksum_does_not_depend_on_the_line_ends_of_a_checkout() =>
        Assert.That(new Migration("a", "SELECT\r\n1").Checksum(), Is.EqualTo(new Migration("b", "SELECT\n1").Checksum()).And.Not.EqualTo(new Migration("a", "SELECT 1").Checksum()));

    [TestCase("CREATE TABLE next (id uuid); INSERT INTO slow VALUES (gen_random_uuid()); SELECT 1/0")]
    [TestCase("CREATE TABLE next (id uuid); DROP TABLE schema_migrations", Description = "The migration itself succeeds, and cannot be recorded.")]
    public async Task A_migration_that_fails_leaves_nothing_behind_and_is_applied_once_it_is_right(string sql)
    {
        var database = await TestCluster.CreateAsync(migrated: false);
        await Migrator.MigrateAsync(database.Owner, [Slow], CancellationToken.None);
        var before = await database.FingerprintAsync();
        var failing = new Migration("0002_next.sql", sql);

        await Assert.ThatAsync(() => Migrator.MigrateAsync(database.Owner, [Slow, failing], CancellationToken.None), Throws.TypeOf<PostgresException>());
        Assert.That(await database.FingerprintAsync(), Is.EqualTo(before));
        Assert.That(await Migrator.MigrateAsync(database.Owner, [Slow, failing with { Sql = "CREATE TABLE next (id uuid)" }], CancellationToken.None), Is.EqualTo(new[] { failing.Name }));
    }

    /// <summary>The national feed begins with what is there, as if it had been told from the first day.</summary>
    [Test]
    public async Task The_national_feed_begins_with_what_was_there_before_it()
    {
        var database = await TestCluster.CreateAsync(migrated: false);
        await Migrator.MigrateAsync(database.Owner, [.. Migrator.Embedded.TakeWhile(m => !m.Name.StartsWith("0009", StringComparison.Ordinal))], CancellationToken.None);
        await database.ScalarAsync(
            """
            INSERT INTO national_cases (region, case_id, supplier_id, supplier_number, supplier_name, category, ladder_version, step, step_since, trigger_code, disputed, supplier_statement_attached, preliminary, responsible_address, changed_at)
                VALUES ('08', gen_random_uuid(), gen_random_uuid(), '5560160680', 'Ett bolag', 'K', '2026', 3, now(), 'planWithoutEffect', false, false, true, 'a@region.example', now());
            INSERT INTO national_disclosures SELECT region, case_id, gen_random_uuid(), recipient, 'consent', now() + days * INTERVAL '1 day' FROM national_cases, (VALUES ('partner:adda', 1), ('partner:beta', -1)) AS v (recipient, days);
            INSERT INTO national_meetings VALUES ('0195f0a0-0000-7000-8000-000000000001', 2, 'region:08', '{region:13,region:12}', '{}', '5560160680', NULL, now(), 'agendaPublished', '{}', now());
            INSERT INTO national_meeting_events SELECT id, n, 'joint-meeting-' || n || '.v1', '{}', now() - (10 - n) * INTERVAL '1 day', convener, 'x' FROM national_meetings, generate_series(1, 2) n;
            INSERT INTO national_acknowledgements SELECT region, case_id, gen_random_uuid(), recipient, now() - days * INTERVAL '1 day', 'Inköpsjour', 'x' FROM national_cases, (VALUES ('region:13', 20), ('coordination', 1)) AS v (recipient, days);
            """);

        await Migrator.MigrateAsync(database.Owner, CancellationToken.None);

        Assert.That(((string)(await database.ScalarAsync(
            "SELECT string_agg(concat_ws(' ', region, kind, type, array_to_string(audience, ',')), E'\n' ORDER BY transaction_id, seq_id) FROM national_changes"))!).Split('\n'), Is.EqualTo(new[]
        {
            "08 case national-case-appeared.v1 regions,coordination,nationalOffice,supplier:5560160680,partner:adda",
            "08 acknowledgement notice-acknowledged.v1 region:13,coordination,region:08",
            "national meeting joint-meeting-1.v1 coordination,region:08,region:12,region:13",
            "national meeting joint-meeting-2.v1 coordination,region:08,region:12,region:13",
            "08 acknowledgement notice-acknowledged.v1 coordination,region:08",
        }));
        Assert.That(await database.ScalarAsync("SELECT bool_and(relforcerowsecurity) FROM pg_class WHERE relname LIKE 'national\\_%' AND relkind = 'r' AND relrowsecurity"), Is.True);
    }

    [Test]
    public void The_migrations_are_numbered_without_a_gap() => Assert.That(
        Migrator.Embedded.Select(m => m.Name[..5]), Is.EqualTo(Migrator.Embedded.Select((_, i) => $"{i + 1:0000}_")));

    private const string Document = "tenant_id varchar!,id uuid!,data jsonb!,mt_last_modified timestamptz!,mt_dotnet_type varchar,mt_version int8!";

    [TestCase("mt_streams", "tenant_id varchar!,id uuid!,type varchar!,version int8!,timestamp timestamptz!,created timestamptz!,is_archived bool!")]
    [TestCase("mt_events",
        "seq_id int8!,id uuid!,stream_id uuid!,version int8!,data jsonb!,bdata bytea,type varchar(500)!,timestamp timestamptz!,tenant_id varchar!,mt_dotnet_type varchar,"
        + "correlation_id varchar,causation_id varchar,headers jsonb,user_name varchar,is_archived bool!,transaction_id xid8!")]
    [TestCase("mt_doc_escalationcase", Document)]
    [TestCase("mt_doc_deviation", Document)]
    [TestCase("mt_doc_contract", Document)]
    [TestCase("mt_doc_supplier", Document)]
    [TestCase("mt_doc_laddersettings", Document)]
    public async Task Martens_columns_stand_in_martens_order(string table, string columns)
    {
        var database = await TestCluster.CreateAsync();
        var actual = (string)(await database.ScalarAsync(
            """
            SELECT string_agg(column_name || ' ' || udt_name || coalesce('(' || character_maximum_length || ')', '') || CASE is_nullable WHEN 'NO' THEN '!' ELSE '' END,
                ',' ORDER BY ordinal_position)
            FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1
            """, table))!;

        Assert.That(columns == Document ? actual[..Math.Min(actual.Length, columns.Length)] : actual, Is.EqualTo(columns));
    }

    [Test]
    public async Task Martens_keys_are_there()
    {
        var database = await TestCluster.CreateAsync();
        var keys = (string)(await database.ScalarAsync(
            """
            SELECT string_agg(definition, E'\n' ORDER BY definition) FROM (
                SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE contype IN ('p', 'f') AND conrelid::regclass::text LIKE 'mt\_%'
                UNION ALL SELECT 'mt_events UNIQUE ' || split_part(indexdef, 'btree ', 2) FROM pg_indexes WHERE tablename = 'mt_events' AND indexdef LIKE '%UNIQUE%stream_id%'
                UNION ALL SELECT 'sequence of ' || pg_get_serial_sequence('mt_events', 'seq_id')) AS x
            """))!;

        Assert.That(keys.Split('\n').Order(StringComparer.Ordinal), Is.EqualTo(new[]
        {
            "mt_doc_contract PRIMARY KEY (tenant_id, id)",
            "mt_doc_deviation PRIMARY KEY (tenant_id, id)",
            "mt_doc_escalationcase PRIMARY KEY (tenant_id, id)",
            "mt_doc_laddersettings PRIMARY KEY (tenant_id, id)",
            "mt_doc_supplier PRIMARY KEY (tenant_id, id)",
            "mt_doc_watchentry PRIMARY KEY (tenant_id, id)",
            "mt_events FOREIGN KEY (tenant_id, stream_id) REFERENCES mt_streams(tenant_id, id)",
            "mt_events PRIMARY KEY (seq_id)",
            "mt_events UNIQUE (tenant_id, stream_id, version)",
            "mt_streams PRIMARY KEY (tenant_id, id)",
            "sequence of public.mt_events_sequence",
        }));
    }
}
