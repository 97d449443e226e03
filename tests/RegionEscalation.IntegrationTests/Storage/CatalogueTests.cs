using Npgsql;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Storage;

/// <summary>What the migrations may contain, read from PostgreSQL's own catalogue; every question is answered by the list of what offends.</summary>
public sealed class CatalogueTests
{
    private TestDatabase _database = null!;

    /// <summary>Migrated by itself and not cloned: a clone would not have the database's own rights.</summary>
    [OneTimeSetUp]
    public async Task MigrateAsync()
    {
        _database = await TestCluster.CreateAsync(migrated: false);
        await Migrator.MigrateAsync(_database.Owner, CancellationToken.None);
    }

    [Test]
    public Task Events_get_the_id_of_their_transaction_by_default() => NothingAsync(
        """
        SELECT 'mt_events.transaction_id' WHERE NOT EXISTS (
            SELECT FROM information_schema.columns WHERE table_name = 'mt_events' AND column_name = 'transaction_id' AND is_nullable = 'NO'
                AND data_type = 'xid8' AND column_default = 'pg_current_xact_id()')
        """);

    [Test]
    public Task No_tenant_column_may_be_empty_or_null() => NothingAsync(
        """
        SELECT a.attrelid::regclass::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname IN ('tenant_id', 'region') AND NOT (a.attnotnull AND EXISTS (
            SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum]
                AND pg_get_constraintdef(k.oid) ~ ('^CHECK \(\(\(' || a.attname || '\)::text <> ''''::text\)\)$')))
        """);

    [Test]
    public Task Policies_call_nothing_but_what_reads_the_settings_and_takes_them_apart() => NothingAsync(
        """
        SELECT p.tablename || ': ' || call[1] FROM pg_policies p,
            regexp_matches(lower(coalesce(p.qual, '') || ' ' || coalesce(p.with_check, '')), '([a-z_][a-z0-9_.]*)\s*\(', 'g') AS call
        WHERE call[1] NOT IN ('nullif', 'current_setting')
            -- Words of the language, and on the national login's policies what takes a list of readers and an instant apart.
            -- A region reads the meetings that it is invited to, which is said by a list.
            AND NOT (p.tablename = 'national_meetings' AND p.policyname = 'region_reads' AND call[1] = 'any')
            AND NOT (p.roles = ARRAY['escalation_national'::name] AND call[1] IN ('any', 'or', 'and', 'exists', 'in', 'on', 'join', 'where', 'from', 'then', 'coalesce',
                'when', 'else', 'string_to_array', 'unnest', 'reader', 'timezone'))
        """);

    [Test]
    public Task Policies_for_the_application_compare_the_tenant_with_the_setting_and_apply_to_reading_and_writing() => NothingAsync(
        """
        SELECT tablename || ' ' || policyname FROM pg_policies
        WHERE NOT (cmd = 'ALL' AND permissive = 'PERMISSIVE' AND qual = with_check
                AND qual ~ '^\(\((tenant_id|region)\)::text = NULLIF\(current_setting\(''app.region''::text, true\), ''''::text\)\)$')
            -- What the national login writes, the region whose it is only reads.
            AND NOT (tablename IN ('national_acknowledgements', 'national_access_log') AND cmd = 'SELECT' AND permissive = 'PERMISSIVE'
                AND qual ~ '^\(\((region|object_region)\)::text = NULLIF\(current_setting\(''app.region''::text, true\), ''''::text\)\)$')
            AND NOT (tablename = 'national_meetings' AND cmd = 'SELECT' AND permissive = 'PERMISSIVE'
                AND qual ~ '^\(\(''region:''::text \|\| NULLIF\(current_setting\(''app.region''::text, true\), ''''::text\)\) = ANY \(+invited\)::text\[\] \|\| \(convener\)::text\)+$')
            AND roles <> ARRAY['escalation_national'::name]
            -- After a restore the owner, whom nothing but migrations use, puts the subscriptions' places right, and the order of what waits.
            AND NOT (tablename IN ('national_webhook_subscriptions', 'national_webhook_deliveries') AND policyname = 'restored' AND roles = ARRAY['escalation_owner'::name])
        """);

    [Test]
    public Task Every_regional_table_has_exactly_one_policy_for_the_application() => NothingAsync(
        """
        SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname IN ('tenant_id', 'region')
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND 1 <> (
            SELECT count(*) FROM pg_policies p WHERE p.tablename = c.relname AND p.roles && ARRAY['public'::name, 'escalation_app'])
        """);

    [Test]
    public Task No_function_is_immutable_or_runs_with_its_owners_rights() => NothingAsync(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND (prosecdef OR provolatile <> 'v')");

    [Test]
    public Task Nothing_sends_or_listens() => NothingAsync(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosrc ~* 'notify|listen'");

    [Test]
    public Task There_are_no_views_rules_partitions_or_foreign_tables() => NothingAsync(
        """
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND (relkind NOT IN ('r', 'i', 'S') OR relispartition OR relhasrules)
        """);

    [Test]
    public Task There_are_no_other_schemas_and_no_further_extensions() => NothingAsync(
        """
        SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('public', 'information_schema')
        UNION ALL SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'
        """);

    [Test]
    public Task Foreign_keys_of_regional_tables_carry_the_tenant() => NothingAsync(
        """
        SELECT k.conname FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attname IN ('tenant_id', 'region')
        WHERE k.contype = 'f' AND NOT (a.attnum = ANY (k.conkey) AND EXISTS (
            SELECT FROM unnest(k.conkey, k.confkey) AS pair (own, other) JOIN pg_attribute r ON r.attrelid = k.confrelid AND r.attnum = pair.other
            WHERE pair.own = a.attnum AND r.attname IN ('tenant_id', 'region')))
        """);

    /// <summary>Rule 3 and its two exceptions: Marten's key of the events, and the register's indexes that are read across regions.</summary>
    [Test]
    public Task Every_index_of_a_regional_table_starts_with_the_tenant() => NothingAsync(
        """
        SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname IN ('tenant_id', 'region')
        JOIN pg_class c ON c.oid = i.indrelid
        WHERE c.relnamespace = 'public'::regnamespace AND i.indkey[0] <> a.attnum
            AND i.indexrelid <> 'mt_events_pkey'::regclass AND (i.indisunique OR c.relname !~ '^national_')
        """);

    [Test]
    public Task The_logins_can_make_nothing_of_their_own() => NothingAsync(
        """
        SELECT r.rolname || ' ' || p.what FROM pg_roles r, LATERAL (VALUES
            ('TEMP', has_database_privilege(r.oid, current_database(), 'TEMP')),
            ('CREATE in the database', has_database_privilege(r.oid, current_database(), 'CREATE')),
            ('CREATE in the schema', has_schema_privilege(r.oid, 'public', 'CREATE'))) AS p (what, has)
        WHERE r.rolname IN ('escalation_app', 'escalation_national') AND p.has
        """);

    [Test]
    public Task Nobody_else_may_connect() => NothingAsync(
        "SELECT acl.privilege_type FROM pg_database d, aclexplode(d.datacl) AS acl WHERE d.datname = current_database() AND acl.grantee = 0");

    [Test]
    public async Task The_logins_can_make_no_large_object()
    {
        foreach (var login in new[] { _database.Application, _database.National })
        {
            foreach (var call in new[] { "lo_creat(-1)", "lo_create(0)", "lo_from_bytea(0, ''::bytea)", "lo_open(1, 131072)", "lo_put(1, 0, ''::bytea)", "lo_import('/dev/null')" })
                Assert.That(await SqlStateAsync(login, "SELECT " + call), Is.EqualTo("42501"), call);
        }
    }

    [Test]
    public Task The_national_login_has_rights_on_national_tables_only() => NothingAsync(
        """
        SELECT c.relname || ' ' || p FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS p
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND (has_table_privilege('escalation_national', c.oid, p)
                OR (p IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') AND has_any_column_privilege('escalation_national', c.oid, p)))
            AND (c.relname, p) NOT IN (('national_cases', 'SELECT'), ('national_notices', 'SELECT'), ('national_recipients', 'SELECT'), ('national_disclosures', 'SELECT'),
                ('national_summaries', 'SELECT'), ('national_course', 'SELECT'), ('national_contracts', 'SELECT'), ('national_acknowledgements', 'SELECT'),
                ('national_acknowledgements', 'INSERT'), ('national_access_log', 'SELECT'), ('national_access_log', 'INSERT'),
                ('national_meetings', 'SELECT'), ('national_meetings', 'INSERT'), ('national_meetings', 'UPDATE'), ('national_meeting_events', 'SELECT'),
                ('national_meeting_events', 'INSERT'), ('national_idempotency_keys', 'SELECT'), ('national_idempotency_keys', 'INSERT'), ('national_idempotency_keys', 'DELETE'),
                ('national_changes', 'SELECT'), ('national_changes', 'INSERT'), ('national_webhook_subscriptions', 'SELECT'), ('national_webhook_subscriptions', 'INSERT'),
                ('national_webhook_subscriptions', 'UPDATE'), ('national_webhook_deliveries', 'SELECT'), ('national_webhook_deliveries', 'INSERT'),
                ('national_webhook_deliveries', 'UPDATE'), ('national_webhook_deliveries', 'DELETE'))
        UNION ALL SELECT 'national_meetings ' || attname FROM pg_attribute WHERE attrelid = 'national_meetings'::regclass AND attnum > 0
            AND has_column_privilege('escalation_national', attrelid, attnum, 'UPDATE') AND attname NOT IN ('version', 'invited', 'participants', 'state', 'data', 'updated_at')
        UNION ALL SELECT relname FROM pg_class WHERE relname <> 'national_changes_sequence' AND CASE WHEN relkind = 'S' AND relnamespace = 'public'::regnamespace
            THEN has_sequence_privilege('escalation_national', oid, 'USAGE, SELECT, UPDATE') END
        UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND has_function_privilege('escalation_national', oid, 'EXECUTE') 
            AND proname NOT IN ('move_national_meeting', 'move_national_webhook_subscription')
        """);

    [Test]
    public Task The_application_login_can_truncate_refer_to_or_trigger_on_nothing_and_never_changes_events() => NothingAsync(
        """
        SELECT c.relname || ' ' || p FROM pg_class c, unnest(ARRAY['TRUNCATE', 'REFERENCES', 'TRIGGER']) AS p
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND has_table_privilege('escalation_app', c.oid, p)
        UNION ALL SELECT 'mt_events ' || p FROM unnest(ARRAY['UPDATE', 'DELETE']) AS p
        WHERE has_table_privilege('escalation_app', 'mt_events', p) OR (p = 'UPDATE' AND has_any_column_privilege('escalation_app', 'mt_events', p))
        UNION ALL SELECT 'mt_streams ' || attname FROM pg_attribute WHERE attrelid = 'mt_streams'::regclass AND attnum > 0
            AND has_column_privilege('escalation_app', attrelid, attnum, 'UPDATE') AND attname NOT IN ('version', 'timestamp')
        UNION ALL SELECT t || ' ' || p FROM unnest(ARRAY['mt_streams', 'mt_doc_escalationcase', 'mt_doc_deviation', 'mt_doc_contract', 'mt_doc_supplier', 'mt_doc_laddersettings', 'mt_doc_watchentry']) AS t, (VALUES ('DELETE')) AS v (p)
        WHERE has_table_privilege('escalation_app', t, p)
        UNION ALL SELECT 'external_registrations ' || p FROM unnest(ARRAY['UPDATE', 'DELETE']) AS p
        WHERE has_table_privilege('escalation_app', 'external_registrations', p) OR (p = 'UPDATE' AND has_any_column_privilege('escalation_app', 'external_registrations', p))
        UNION ALL SELECT t || ' ' || p FROM unnest(ARRAY['schema_migrations', 'national_access_log', 'national_acknowledgements', 'national_webhook_subscriptions', 'national_webhook_deliveries']) AS t, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS p
        WHERE has_table_privilege('escalation_app', t, p) AND NOT (t IN ('national_access_log', 'national_acknowledgements') AND p = 'SELECT')
        UNION ALL SELECT 'national_changes ' || p FROM unnest(ARRAY['UPDATE', 'DELETE']) AS p WHERE has_table_privilege('escalation_app', 'national_changes', p)
        """);

    [Test]
    public async Task What_was_logged_or_acknowledged_is_never_changed_or_removed_by_the_login_that_writes_it()
    {
        foreach (var table in new[] { "national_access_log", "national_acknowledgements", "national_meeting_events", "national_changes" })
        {
            foreach (var statement in new[] { $"UPDATE {table} SET {(table == "national_changes" ? "type" : "client_id")} = ''", $"DELETE FROM {table}", $"TRUNCATE {table}" })
                Assert.That(await SqlStateAsync(_database.National, statement), Is.EqualTo("42501"), statement);
        }
    }

    private async Task NothingAsync(string offenders)
    {
        await using var source = NpgsqlDataSource.Create(_database.Superuser);
        await using var command = source.CreateCommand(offenders);
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<string>();
        while (await reader.ReadAsync())
            found.Add(reader.GetString(0));

        Assert.That(found, Is.Empty);
    }

    private static async Task<string?> SqlStateAsync(string login, string sql)
    {
        await using var source = NpgsqlDataSource.Create(login);
        await using var command = source.CreateCommand(sql);
        try
        {
            await command.ExecuteNonQueryAsync();
            return null;
        }
        catch (PostgresException e)
        {
            return e.SqlState;
        }
    }
}
