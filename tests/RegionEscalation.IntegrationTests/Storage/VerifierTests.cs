using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Storage;

/// <summary>Whatever a superuser's hand or a wrong restore changes, the verification tells. Each tampering is undone by the next seeding.</summary>
public sealed class VerifierTests
{
    private const string CopyNational = "INSERT INTO national_cases SELECT region, $1, supplier_id, supplier_number, supplier_name, category, ladder_version, step, step_since, "
        + "trigger_code, block, disputed, supplier_statement_attached, preliminary, responsible_address, notice_expires_at, changed_at FROM national_cases";

    private TestDatabase _database = null!;
    private EscalationStore _store = null!;

    /// <summary>At step 3 and at step 0.</summary>
    private EscalationCase _high = null!, _low = null!;

    [SetUp]
    public async Task SeedAsync()
    {
        _database = await TestCluster.CreateAsync();
        _store = new EscalationStore(_database.Application);
        var session = _store.OpenSession(Given.Kalmar);
        session.Append(null, Given.Known());
        session.Append(null, Given.Contract("AVT-1"));
        session.Append(null, [Given.Reported("AVT-1") with { Details = Given.Details }, Given.Registered("ST-1"), Given.Registered("AK-1", ExternalSystem.ContractCatalogue)]);
        session.Append(null, Given.Settings());
        session.Append(null, [Given.Watched("AVT-1")]);
        _high = session.Append(null, [Given.Opened("AVT-1"), Given.Completed(), Given.Escalated(0, 3), Given.Blocked(new DateOnly(2026, 5, 31), Given.Day.AddHours(3))]);
        _low = session.Append(null, [Given.Opened("AVT-2")]);
        await session.SaveChangesAsync(Given.Writer);
    }

    [TearDown]
    public async Task CloseAsync() => await _store.DisposeAsync();

    [Test]
    public async Task A_healthy_database_has_no_mismatch()
    {
        var report = await VerifyAsync();

        Assert.That(report.Mismatches, Is.Empty);
        Assert.That((report.Region, report.Streams, report.Events), Is.EqualTo(("08", 7, 12)));
    }

    [Test]
    public async Task Another_region_is_not_looked_into() => Assert.That((await VerifyAsync(Given.Halland)).Streams, Is.Zero);

    [Test]
    public async Task More_streams_than_one_round_takes_are_all_replayed()
    {
        var session = _store.OpenSession(Given.Kalmar);
        for (var i = 0; i < 450; i++)
            session.Append(null, Given.Contract("MÅNGA-" + i));
        await session.SaveChangesAsync(Given.Writer);
        await _database.ScalarAsync("UPDATE mt_doc_contract SET data = jsonb_set(data, '{number}', '\"x\"') WHERE number = 'MÅNGA-449'");
        var report = await VerifyAsync();

        Assert.That((report.Streams, report.Mismatches.Select(m => m.Problem).Single()), Is.EqualTo((457, "snapshot")));
    }

    [TestCase("UPDATE mt_doc_escalationcase SET data = jsonb_set(data, '{step}', '2') WHERE id = $1", "snapshot", TestName = "A_changed_snapshot")]
    [TestCase("UPDATE mt_doc_escalationcase SET data = data - 'registrationNumber' WHERE id = $1", "snapshot", TestName = "A_snapshot_that_lacks_a_field")]
    [TestCase("UPDATE mt_doc_escalationcase SET data = jsonb_set(data, '{version}', '9') WHERE id = $1", "snapshot", TestName = "A_snapshot_whose_JSON_tells_another_version")]
    [TestCase("DELETE FROM mt_doc_escalationcase WHERE id = $1", "version snapshot", TestName = "A_missing_snapshot")]
    [TestCase("UPDATE mt_doc_escalationcase SET mt_version = 9 WHERE id = $1", "version", TestName = "A_snapshot_of_another_version")]
    [TestCase("UPDATE mt_streams SET version = 5 WHERE id = $1", "version", TestName = "A_stream_ahead_of_its_events")]
    [TestCase("DELETE FROM mt_events WHERE stream_id = $1 AND version = 2", "version snapshot", TestName = "A_missing_event_in_between")]
    [TestCase("DELETE FROM mt_events WHERE stream_id = $1 AND version = 4", "version snapshot columns nationalRow", TestName = "A_missing_last_event")]
    [TestCase("DELETE FROM mt_events WHERE stream_id = $1 AND version = 1", "version snapshot nationalRow nationalPart", TestName = "A_missing_first_event")]
    [TestCase("DELETE FROM mt_events WHERE stream_id = $1", "version snapshot nationalRow nationalPart", TestName = "A_stream_without_events")]
    [TestCase("UPDATE mt_events SET data = jsonb_set(data, '{toStep}', '4') WHERE stream_id = $1 AND version = 3", "snapshot columns nationalRow nationalPart", TestName = "A_changed_event")]
    [TestCase("UPDATE mt_events SET version = version + 1 WHERE stream_id = $1 AND version = 4", "version", TestName = "A_gap_in_the_versions")]
    [TestCase("UPDATE mt_events SET type = 'case-forgotten.v1' WHERE stream_id = $1 AND version = 2", "snapshot nationalRow nationalPart", TestName = "An_event_of_an_unknown_type")]
    [TestCase("UPDATE mt_events SET data = '{\"at\": 7}' WHERE stream_id = $1 AND version = 2", "snapshot nationalRow nationalPart", TestName = "An_event_that_cannot_be_read")]
    [TestCase("UPDATE mt_events SET type = 'deviation-handled.v1' WHERE stream_id = $1 AND version = 2", "snapshot nationalRow nationalPart", TestName = "An_event_of_another_kind_of_stream")]
    [TestCase("UPDATE mt_streams SET type = 'forgotten' WHERE id = $1", "snapshot nationalRow nationalPart", TestName = "A_stream_of_an_unknown_type")]
    [TestCase("UPDATE mt_doc_escalationcase SET step = 5 WHERE id = $1", "columns", TestName = "A_column_that_a_filter_rests_on")]
    [TestCase("UPDATE mt_doc_escalationcase SET next_due = NULL WHERE id = $1", "columns", TestName = "A_lost_deadline")]
    [TestCase("UPDATE mt_doc_escalationcase SET next_expiry = next_expiry + INTERVAL '1 microsecond' WHERE id = $1", "columns", TestName = "An_expiry_at_another_instant")]
    [TestCase("UPDATE mt_doc_escalationcase SET state = 'closed' WHERE id = $1", "columns", TestName = "The_column_that_one_open_case_rests_on")]
    [TestCase("UPDATE national_cases SET step = 4 WHERE case_id = $1", "nationalRow", TestName = "A_changed_national_row")]
    [TestCase("UPDATE national_cases SET supplier_number = '1' WHERE case_id = $1", "nationalRow", TestName = "A_national_row_about_another_supplier")]
    [TestCase("UPDATE national_cases SET trigger_code = 'nonsense' WHERE case_id = $1", "nationalRow", TestName = "A_national_row_with_an_unknown_trigger")]
    [TestCase("DELETE FROM national_cases WHERE case_id = $1", "nationalRow", TestName = "A_missing_national_row")]
    [TestCase("UPDATE national_course SET left_at = now() WHERE case_id = $1", "nationalPart", TestName = "A_changed_course")]
    [TestCase("DELETE FROM national_course WHERE case_id = $1", "nationalPart", TestName = "A_missing_course")]
    public async Task What_does_not_agree_with_the_events_is_reported(string tampering, string problems)
    {
        await _database.ScalarAsync(tampering, _high.Id);
        var report = await VerifyAsync();

        Assert.That(report.Mismatches.Select(m => m.StreamId).Distinct(), Is.EqualTo(new[] { _high.Id }));
        Assert.That(report.Mismatches.Select(m => m.Problem), Is.EquivalentTo(problems.Split(' ')));
        Assert.That(report.Streams, Is.EqualTo(7), "one broken stream does not hide the others");
    }

    [TestCase("UPDATE external_registrations SET external_id = 'ST-2' WHERE system = 'stella'", "deviation columns")]
    [TestCase("INSERT INTO external_registrations VALUES ('08', 'stella', 'ST-9', gen_random_uuid())", "external_registration orphan")]
    public async Task An_id_of_another_system_that_does_not_agree_with_the_events_is_reported(string tampering, string problem)
    {
        await _database.ScalarAsync(tampering);

        Assert.That((await VerifyAsync()).Mismatches.Select(m => $"{m.StreamType} {m.Problem}"), Is.EqualTo(new[] { problem }));
    }

    [TestCase("UPDATE mt_doc_escalationcase SET data = data - 'visit', step = 5, state = 'closed'")]
    [TestCase("UPDATE mt_doc_deviation SET data = '{}', status = 'resolved', case_id = NULL, occurred_at = now()")]
    [TestCase("UPDATE mt_doc_deviation SET unit = 'Annan', topics = NULL, fault = 'region', reported_at = now()")]
    [TestCase("DELETE FROM external_registrations")]
    [TestCase("UPDATE national_cases SET step = 5, supplier_number = NULL, preliminary = false")]
    [TestCase("UPDATE mt_doc_escalationcase SET next_due = NULL, next_expiry = NULL")]
    [TestCase("UPDATE mt_doc_laddersettings SET data = '{}'")]
    [TestCase("DELETE FROM mt_doc_laddersettings")]
    [TestCase("UPDATE mt_doc_watchentry SET data = '{}', state = 'cleared', contract_number = '', review_by = review_by + 1, lapses_at = NULL")]
    [TestCase("UPDATE mt_doc_watchentry SET review_by = review_by + 1")]
    [TestCase("DELETE FROM mt_doc_watchentry")]
    [TestCase("DELETE FROM mt_doc_escalationcase")]
    [TestCase("DELETE FROM national_cases")]
    public async Task A_rebuild_mends_what_the_verification_reports(string tampering)
    {
        await _database.ScalarAsync(tampering);
        var before = await VerifyAsync();

        await StreamRebuilder.RebuildAsync(_database.Application, Given.Kalmar, CancellationToken.None);

        Assert.That((before.Mismatches.Count > 0, (await VerifyAsync()).Mismatches.Count), Is.EqualTo((true, 0)));
    }

    [Test]
    public async Task A_damaged_stream_keeps_no_host_from_starting_and_stays_reported()
    {
        await _database.ScalarAsync("UPDATE mt_events SET type = 'case-forgotten.v1' WHERE stream_id = $1 AND version = 2", _high.Id);
        await _database.ScalarAsync("UPDATE mt_doc_deviation SET data = '{}'");
        await _database.ScalarAsync("UPDATE snapshot_shapes SET shape = 'an earlier one'");

        await Migrator.MigrateAsync(_database.Owner, CancellationToken.None);

        Assert.That((await VerifyAsync()).Mismatches.Select(m => m.StreamId).Distinct(), Is.EqualTo(new[] { _high.Id }), "the others were mended");
    }

    [Test]
    public async Task A_rebuild_that_changes_nothing_that_others_see_does_not_tell_them_so()
    {
        var before = await _database.ScalarAsync("SELECT string_agg(changed_at::text, ' ' ORDER BY case_id) FROM national_cases");
        await StreamRebuilder.RebuildAsync(_database.Application, Given.Kalmar, CancellationToken.None);
        var same = await _database.ScalarAsync("SELECT string_agg(changed_at::text, ' ' ORDER BY case_id) FROM national_cases");
        await _database.ScalarAsync("UPDATE national_cases SET preliminary = false");
        await StreamRebuilder.RebuildAsync(_database.Application, Given.Kalmar, CancellationToken.None);
        var mended = await _database.ScalarAsync("SELECT string_agg(changed_at::text, ' ' ORDER BY case_id) FROM national_cases");

        Assert.That((same, Equals(mended, before)), Is.EqualTo((before, false)));
    }

    [TestCase("DELETE FROM national_cases", "case-appeared regions coordination nationalOffice supplier:5560360793 partner:adda")]
    [TestCase("UPDATE national_cases SET step = 5, trigger_code = 'nonsense'", "case-changed regions coordination nationalOffice supplier:5560360793 partner:adda")]
    [TestCase("UPDATE national_cases SET supplier_number = '5560160680'",
        "case-removed supplier:5560160680|case-changed regions coordination nationalOffice partner:adda|case-appeared supplier:5560360793")]
    [TestCase("DELETE FROM national_disclosures", "case-appeared partner:adda")]
    [TestCase("DELETE FROM national_notices", "notice-appeared regions coordination nationalOffice supplier:5560360793 partner:adda")]
    [TestCase("UPDATE national_notices SET expires_at = expires_at - INTERVAL '1 day', block = '7'", "notice-changed regions coordination nationalOffice supplier:5560360793 partner:adda")]
    [TestCase("UPDATE national_recipients SET recipient = 'partner:beta' WHERE recipient = 'partner:adda'", "notice-removed partner:beta")]
    [TestCase("DELETE FROM national_course; UPDATE national_summaries SET deviations = 7", "")]
    public async Task What_a_rebuild_shows_or_hides_it_tells_the_change_feed(string tampering, string told)
    {
        var session = _store.OpenSession(Given.Kalmar);
        var c = session.Append(null, ToldToAPartner("AVT-3"));
        await session.SaveChangesAsync(Given.Writer);
        var last = await _database.ScalarAsync("SELECT max(seq_id) FROM national_changes");
        foreach (var statement in tampering.Split("; "))
            await _database.ScalarAsync($"{statement}{(statement.Contains("WHERE", StringComparison.Ordinal) ? " AND" : " WHERE")} case_id = $1", c.Id);

        await StreamRebuilder.RebuildAsync(_database.Application, Given.Kalmar, CancellationToken.None);

        Assert.That(await _database.ScalarAsync(
            "SELECT coalesce(string_agg(replace(replace(type, 'national-', ''), '.v1', '') || ' ' || array_to_string(audience, ' '), '|' ORDER BY seq_id), '') FROM national_changes WHERE seq_id > $1", last!),
            Is.EqualTo(told));
        Assert.That((await VerifyAsync()).Mismatches, Is.Empty);
    }

    /// <summary>The tables as the build before them left them, with what was visible then.</summary>
    [Test]
    public async Task What_became_visible_before_there_was_a_feed_is_in_it()
    {
        var session = _store.OpenSession(Given.Kalmar);
        var c = session.Append(null, ToldToAPartner("AVT-3"));
        await session.SaveChangesAsync(Given.Writer);
        const string Rows = "SELECT string_agg(concat_ws(' ', region, kind, object_id, notice_id, type, audience::text, CASE WHEN object_id = $1 THEN at END), '|' ORDER BY object_id, kind, type) FROM national_changes WHERE type LIKE '%appeared%'";
        await _database.ScalarAsync("UPDATE national_changes SET at = (SELECT changed_at FROM national_cases WHERE case_id = object_id) WHERE kind = 'case'");
        await _database.ScalarAsync("UPDATE national_changes SET at = (SELECT issued_at FROM national_notices WHERE case_id = object_id) WHERE kind = 'notice'");
        var before = await _database.ScalarAsync(Rows, c.Id);
        await _database.ScalarAsync(
            """
            DROP TABLE catalogue_words, catalogue_imports, catalogue_import_rows, catalogue_import_rejects, catalogue_sources CASCADE;
            DROP FUNCTION hold_catalogue_import, move_catalogue_import, hold_catalogue_source;
            DROP TABLE external_registrations;
            ALTER TABLE mt_doc_deviation DROP COLUMN unit, DROP COLUMN cause, DROP COLUMN topics, DROP COLUMN fault, DROP COLUMN reported_at, DROP COLUMN assessed_at,
                DROP COLUMN handled_at, DROP COLUMN analysed_at, DROP COLUMN fed_back_at, DROP COLUMN closed_at;
            ALTER TABLE mt_doc_supplier DROP COLUMN name, DROP COLUMN sole_trader;
            UPDATE mt_doc_supplier SET data = jsonb_build_object('id', id, 'organisationNumber', organisation_number, 'name', data #> '{content,name}');
            ALTER TABLE mt_doc_contract DROP COLUMN title, DROP COLUMN valid_from, DROP COLUMN valid_until, DROP COLUMN ended, DROP COLUMN social_clause;
            DELETE FROM mt_events WHERE stream_id IN (SELECT id FROM mt_streams WHERE type = 'supplier');
            DELETE FROM mt_streams WHERE type = 'supplier';
            DROP TABLE webhook_subscriptions, webhook_deliveries, national_webhook_subscriptions, national_webhook_deliveries, national_changes CASCADE;
            DROP TABLE mt_doc_watchentry;
            DROP FUNCTION move_webhook_subscription, move_national_webhook_subscription, mt_hold_contract, mt_hold_stream, mt_expect_open_cases, mt_expect_marked;
            DROP INDEX mt_events_position, mt_events_at, mt_events_id;
            DELETE FROM schema_migrations WHERE name >= '0009';
            UPDATE snapshot_shapes SET shape = 'an earlier one';
            """);

        await Migrator.MigrateAsync(_database.Owner, CancellationToken.None);

        Assert.That(before, Does.Contain("partner:adda"));
        Assert.That(await _database.ScalarAsync(Rows, c.Id), Is.EqualTo(before));
    }

    [Test]
    public async Task A_build_with_another_shape_of_snapshots_writes_them_anew_at_its_start()
    {
        await _database.ScalarAsync("UPDATE mt_doc_escalationcase SET data = data - 'lastEscalatedAt'");
        await Migrator.MigrateAsync(_database.Owner, CancellationToken.None);
        var untouched = await VerifyAsync();

        await _database.ScalarAsync("UPDATE snapshot_shapes SET shape = 'an earlier one'");
        await Migrator.MigrateAsync(_database.Owner, CancellationToken.None);

        Assert.That((untouched.Mismatches.Count > 0, (await VerifyAsync()).Mismatches.Count), Is.EqualTo((true, 0)), "only a changed shape is worth the work");
    }

    /// <summary>The tables as the build before them left them.</summary>
    [Test]
    public async Task Rows_of_a_build_before_the_deadlines_get_theirs_at_the_first_start_of_this_one()
    {
        await _database.ScalarAsync("ALTER TABLE mt_doc_escalationcase DROP COLUMN next_due, DROP COLUMN next_expiry");
        await _database.ScalarAsync("DROP TABLE mt_doc_laddersettings");
        await _database.ScalarAsync("DELETE FROM mt_events WHERE type IN ('ladder-settings-changed.v1', 'supplier-placed-under-watch.v1'); DELETE FROM mt_streams WHERE type IN ('ladder_settings', 'watch_entry')");
        await _database.ScalarAsync(
            """
            DROP TABLE catalogue_words, catalogue_imports, catalogue_import_rows, catalogue_import_rejects, catalogue_sources CASCADE;
            DROP FUNCTION hold_catalogue_import, move_catalogue_import, hold_catalogue_source;
            DROP TABLE external_registrations;
            ALTER TABLE mt_doc_deviation DROP COLUMN unit, DROP COLUMN cause, DROP COLUMN topics, DROP COLUMN fault, DROP COLUMN reported_at, DROP COLUMN assessed_at,
                DROP COLUMN handled_at, DROP COLUMN analysed_at, DROP COLUMN fed_back_at, DROP COLUMN closed_at;
            ALTER TABLE mt_doc_supplier DROP COLUMN name, DROP COLUMN sole_trader;
            UPDATE mt_doc_supplier SET data = jsonb_build_object('id', id, 'organisationNumber', organisation_number, 'name', data #> '{content,name}');
            ALTER TABLE mt_doc_contract DROP COLUMN title, DROP COLUMN valid_from, DROP COLUMN valid_until, DROP COLUMN ended, DROP COLUMN social_clause;
            DELETE FROM mt_events WHERE stream_id IN (SELECT id FROM mt_streams WHERE type = 'supplier');
            DELETE FROM mt_streams WHERE type = 'supplier';
            DROP TABLE webhook_subscriptions, webhook_deliveries, national_webhook_subscriptions, national_webhook_deliveries, national_changes CASCADE;
            DROP TABLE mt_doc_watchentry;
            DROP FUNCTION move_webhook_subscription, move_national_webhook_subscription, mt_hold_contract, mt_hold_stream, mt_expect_open_cases, mt_expect_marked;
            DROP INDEX mt_events_position, mt_events_at, mt_events_id;
            DROP TABLE national_meetings, national_meeting_events, national_idempotency_keys CASCADE;
            DROP FUNCTION move_national_meeting;
            DROP TABLE national_summaries, national_course, national_contracts, national_acknowledgements, national_access_log CASCADE;
            DROP TABLE national_notices, national_recipients, national_disclosures CASCADE;
            DROP POLICY IF EXISTS national_reads ON national_cases;
            CREATE POLICY national_reads ON national_cases FOR SELECT TO escalation_national USING (true);
            CREATE TABLE national_access_log (id uuid PRIMARY KEY, at timestamptz NOT NULL, client_id varchar NOT NULL, tenant varchar, regions varchar[] NOT NULL,
                roles varchar[] NOT NULL, purpose varchar NOT NULL, operation varchar NOT NULL, target varchar NOT NULL, cases varchar[] NOT NULL);
            CREATE INDEX national_access_log_at ON national_access_log (at);
            ALTER TABLE national_access_log OWNER TO escalation_owner;
            ALTER TABLE national_access_log ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
            INSERT INTO national_access_log VALUES
                ('00000000-0000-7000-8000-000000000001', '2026-03-02T08:15:00Z', 'kalmar-decider', 'd', '{08,13}', '{Coordinator,Reader}', 'contractFollowUp', 'getCase', 'region=08', '{08/00000000-0000-7000-8000-000000000009,13/00000000-0000-7000-8000-000000000008}'),
                ('00000000-0000-7000-8000-000000000002', '2026-03-02T08:16:00Z', 'halland-reader', NULL, '{13}', '{Reader}', 'internalControl', 'listCases', '', '{}');
            """);
        await _database.ScalarAsync("DELETE FROM schema_migrations WHERE name >= '0006'; UPDATE snapshot_shapes SET shape = 'an earlier one'");

        await Migrator.MigrateAsync(_database.Owner, CancellationToken.None);

        Assert.That((await VerifyAsync()).Mismatches, Is.Empty);
        Assert.That(await _database.ScalarAsync("SELECT next_due = next_expiry AND next_expiry = '2026-05-31T22:00:00Z' FROM mt_doc_escalationcase WHERE id = $1", _high.Id), Is.True);
        Assert.That(await _database.ScalarAsync(
            "SELECT string_agg(concat_ws(' ', client_id, directory, readers::text, purpose, operation, object_region, right(object_id::text, 1), object_kind, tier), ' | ' ORDER BY at, object_region) FROM national_access_log"),
            Is.EqualTo("kalmar-decider d {region:08,region:13,coordination} contractFollowUp getCase 08 9 case T0 | kalmar-decider d {region:08,region:13,coordination} contractFollowUp getCase 13 8 case T0 | halland-reader {region:13} internalControl listCases"),
            "what was logged stays logged");
    }

    [Test]
    public async Task A_national_row_of_a_case_that_stands_too_low_is_reported()
    {
        await _database.ScalarAsync(CopyNational, _low.Id);

        Assert.That((await VerifyAsync()).Mismatches, Is.EqualTo(new[] { new StreamMismatch("08", _low.Id, "escalation_case", "nationalRow") }));
    }

    [Test]
    public async Task A_national_row_without_any_case_is_reported()
    {
        var nothing = Guid.CreateVersion7();
        await _database.ScalarAsync(CopyNational, nothing);

        Assert.That((await VerifyAsync()).Mismatches, Is.EqualTo(new[] { new StreamMismatch("08", nothing, "national_case", "orphan") }));
    }

    [Test]
    public async Task A_lost_stream_leaves_orphans_that_are_reported()
    {
        await _database.ScalarAsync("WITH e AS (DELETE FROM mt_events WHERE stream_id = $1) DELETE FROM mt_streams WHERE id = $1", _high.Id);

        Assert.That((await VerifyAsync()).Mismatches.Select(m => m.StreamType + " " + m.Problem), Is.EquivalentTo(new[] { "escalation_case orphan", "national_case orphan", "national_course orphan" }));
    }

    [Test]
    public async Task A_lost_stream_of_the_watch_list_leaves_an_orphan_that_is_reported()
    {
        await _database.ScalarAsync(
            "WITH e AS (DELETE FROM mt_events WHERE type = 'supplier-placed-under-watch.v1') DELETE FROM mt_streams WHERE type = 'watch_entry'");

        Assert.That((await VerifyAsync()).Mismatches.Select(m => m.StreamType + " " + m.Problem), Is.EqualTo(new[] { "watch_entry orphan" }));
    }

    /// <summary>A case at 3 that the regions are told of, disclosed to a partner that was sent the notice too.</summary>
    private static CaseEvent[] ToldToAPartner(string contract) =>
    [
        .. Given.Told([Given.Opened(contract), Given.Escalated(0, 3)]).Select(e => e switch
        {
            NoticeIssued issued => issued with { Issue = issued.Issue with { Recipients = [.. issued.Issue.Recipients, "partner:adda"] } },
            DisclosureDecided decided => decided with { Content = decided.Content with { Recipient = "partner:adda" } },
            _ => e,
        }),
    ];

    private Task<VerificationReport> VerifyAsync(RegionScope? scope = null) =>
        new StreamVerifier(_database.Application).VerifyAsync(scope ?? Given.Kalmar, CancellationToken.None);
}
