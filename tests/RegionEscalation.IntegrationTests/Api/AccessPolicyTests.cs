using System.Net;
using System.Text.Json.Nodes;
using Npgsql;
using RegionEscalation.Domain;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;
using RegionEscalation.IntegrationTests.Storage;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>
/// The policy's function, the database's own policies under the national login, and the answer over HTTP say the same: for every reader, field, step
/// and decision to disclose.
/// </summary>
public sealed class AccessPolicyTests
{
    private const string Number = "5560160680";

    /// <summary>Where each field stands in the answer about one case; the members that only a filled field shows.</summary>
    private static readonly Dictionary<NationalField, string> Places = new()
    {
        [NationalField.Region] = "region.code",
        [NationalField.CaseId] = "caseId",
        [NationalField.Supplier] = "supplier.organisationNumber",
        [NationalField.Category] = "category",
        [NationalField.Ladder] = "ladder",
        [NationalField.Step] = "step",
        [NationalField.StepSince] = "stepSince",
        [NationalField.Trigger] = "trigger",
        [NationalField.Block] = "block.scope",
        [NationalField.Disputed] = "disputed",
        [NationalField.SupplierStatementAttached] = "supplierStatementAttached",
        [NationalField.Preliminary] = "preliminary",
        [NationalField.ResponsibleAddress] = "responsibleAddress",
        [NationalField.NoticeExpiresAt] = "noticeExpiresAt",
        [NationalField.Notice] = "notice.id",
        [NationalField.Course] = "course",
        [NationalField.RegionsConcerned] = "regionsConcerned",
        [NationalField.Recipients] = "recipients",
        [NationalField.ConsequenceAreas] = "summary.consequenceAreas",
        [NationalField.Deviations] = "summary.deviations",
        [NationalField.PlanStatus] = "summary.planStatus",
        [NationalField.Sanctions] = "summary.sanctions",
        [NationalField.ReturnCriteria] = "summary.returnCriteria",
        [NationalField.SupplierStatements] = "summary.supplierStatements",
    };

    private static readonly (string Client, NationalReader Reader)[] Clients =
    [
        ("halland-reader", new NationalReader(ReaderKind.ConcernedRegion, "13")),
        ("skane-reader", NationalReader.OfRegion("12")),
        ("national-coordinator", NationalReader.Coordination),
        ("national-office", NationalReader.Office),
        ("partner-reader", new NationalReader(ReaderKind.Partner, "adda")),
        ("supplier-reader", new NationalReader(ReaderKind.Supplier, Number)),
        ("national-auditor", NationalReader.Auditor),
    ];

    private static readonly string[][] Decisions =
    [
        [], ["regionsConcerned"], ["region:13"], ["region:12"], ["coordination"], ["nationalOffice"], ["partner:adda"], ["supplier"],
        ["regionsConcerned", "region:12", "coordination", "nationalOffice", "partner:adda", "supplier"],
    ];

    private TestHost _host = null!;
    private RegionAtWork _kalmar = null!;
    private EscalationStore _store = null!;
    private NpgsqlDataSource _national = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _host = await TestHost.StartAsync();
        _kalmar = new RegionAtWork(_host);
        _store = new EscalationStore(_host.Database.Application);
        _national = NpgsqlDataSource.Create(_host.Database.National);
        var session = _store.OpenSession(Given.Halland);
        session.Append(null, Given.Contract("H-1", Supplier));
        await session.SaveChangesAsync(Given.Writer);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _kalmar.Dispose();
        await _store.DisposeAsync();
        await _national.DisposeAsync();
        await _host.DisposeAsync();
    }

    private static Supplier Supplier => new(Guid.Parse("0195f0a0-0000-7000-8000-000000000077"), Number, "Exempel Sjukvårdsmaterial AB");

    public static IEnumerable<TestCaseData> Everything =>
        from step in Enumerable.Range(0, 6)
        from decisions in Decisions
        select new TestCaseData(step, decisions).SetArgDisplayNames($"step {step}", decisions.Length == 0 ? "nothing disclosed" : string.Join(' ', decisions));

    [TestCaseSource(nameof(Everything))]
    public async Task The_function_the_database_and_the_answer_agree(int step, string[] decisions)
    {
        var id = await CaseAsync(step, decisions);
        foreach (var (client, reader) in Clients)
        {
            var allowed = AllowedTo(reader, step, decisions);

            var answer = await _kalmar.NationalAsync($"cases/08/{id}", client);
            Assert.That(answer.Status, Is.EqualTo(
                reader.Kind == ReaderKind.Auditor ? HttpStatusCode.Forbidden : allowed.Count > 0 ? HttpStatusCode.OK : HttpStatusCode.NotFound), client);
            Assert.That(Places.Where(p => answer.Status == HttpStatusCode.OK && At(answer.Body, p.Value) is not null).Select(p => p.Key), Is.EquivalentTo(allowed), client);
            var listed = await _kalmar.NationalAsync($"cases?region=08&supplier={Number}&limit=100", client);
            Assert.That(listed.Body?["items"]?.AsArray().Any(c => c!["caseId"]!.GetValue<Guid>() == id) == true, Is.EqualTo(allowed.Count > 0), client);

            var key = reader.Kind == ReaderKind.ConcernedRegion ? NationalReader.OfRegion(reader.Code).Key : reader.Key;
            var rows = await AsNationalAsync(key, id);
            // Contracts are no part of a case, and are seen whatever its step.
            Assert.That((rows["contracts"], rows["cases"], rows["summaries"], rows["course"], rows["notices"]), Is.EqualTo((
                NationalAccessPolicy.Of(reader.Kind, NationalField.RegionsConcerned) == FieldAccess.Always,
                allowed.Count > 0,
                allowed.Any(f => NationalAccessPolicy.TierOf(f) == AccessTier.T1),
                allowed.Contains(NationalField.Course),
                allowed.Contains(NationalField.Notice))), $"{client} by SQL");
        }
    }

    [Test]
    public async Task A_summary_is_read_only_while_a_notice_stands_though_nobody_has_noted_its_expiry()
    {
        var id = await CaseAsync(4, Decisions[^1]);
        (string Client, string Key)[] readers = [("halland-reader", "region:13"), ("national-coordinator", "coordination"), ("partner-reader", "partner:adda"), ("supplier-reader", $"supplier:{Number}")];
        foreach (var (client, key) in readers)
            Assert.That((await HasSummaryAsync(client), (await AsNationalAsync(key, id))["summaries"]), Is.EqualTo((true, true)), client);

        await _host.Database.ScalarAsync("UPDATE national_notices SET expires_at = $2 WHERE case_id = $1", id, _host.Clock.GetUtcNow().UtcDateTime);

        foreach (var (client, key) in readers)
            Assert.That((await HasSummaryAsync(client), (await AsNationalAsync(key, id))["summaries"]), Is.EqualTo((false, false)), client);
        Assert.That(await _host.Database.ScalarAsync("SELECT count(*) FROM national_summaries WHERE case_id = $1", id), Is.EqualTo(1L), "it is there still");
        Assert.That(await _host.Database.ScalarAsync("SELECT tier FROM national_access_log WHERE object_id = $1 AND client_id = 'halland-reader' ORDER BY at DESC LIMIT 1", id), Is.EqualTo("T0"));

        async Task<bool> HasSummaryAsync(string client) => RegionAtWork.Succeeded(await _kalmar.NationalAsync($"cases/08/{id}", client)).Body!["summary"] is not null;
    }

    [Test]
    public async Task A_decision_that_has_ended_discloses_nothing_though_nobody_has_noted_it()
    {
        var id = await CaseAsync(4, Decisions[^1]);
        await _host.Database.ScalarAsync("UPDATE national_disclosures SET expires_at = $2 WHERE case_id = $1", id, _host.Clock.GetUtcNow().UtcDateTime);

        foreach (var (client, key) in new[] { ("halland-reader", "region:13"), ("national-coordinator", "coordination"), ("partner-reader", "partner:adda") })
        {
            Assert.That((await AsNationalAsync(key, id))["summaries"], Is.False, key);
            Assert.That((await _kalmar.NationalAsync($"cases/08/{id}", client)).Body?["summary"], Is.Null, client);
        }
        Assert.That((await _kalmar.NationalAsync($"cases/08/{id}", "partner-reader")).Status, Is.EqualTo(HttpStatusCode.NotFound), "nothing else let it see the case");
    }

    /// <summary>The other lock by itself: with every policy of the database open, the function alone keeps each reader to what it may see.</summary>
    [Test]
    public async Task The_function_holds_where_the_database_would_let_everything_through()
    {
        const string Policies = "FROM pg_policies WHERE policyname = 'national_reads' AND tablename ~ '^national_(cases|notices|summaries|course|recipients|disclosures)$'";
        var restore = (string)(await _host.Database.ScalarAsync($"SELECT string_agg(format('ALTER POLICY national_reads ON %I USING (%s)', tablename, qual), ';') {Policies}"))!;
        var open = (string)(await _host.Database.ScalarAsync($"SELECT string_agg(format('ALTER POLICY national_reads ON %I USING (true)', tablename), ';') {Policies}"))!;
        string[][] decided = [[], ["region:12"], ["partner:adda"], Decisions[^1]];
        var cases = new List<(string[] Decisions, Guid Id)>();
        foreach (var decisions in decided)
            cases.Add((decisions, await CaseAsync(4, decisions)));
        await _host.Database.ScalarAsync(open);
        try
        {
            foreach (var (decisions, id) in cases)
            {
                foreach (var (client, reader) in Clients.Where(c => c.Reader.Kind != ReaderKind.Auditor))
                {
                    var answer = await _kalmar.NationalAsync($"cases/08/{id}", client);
                    Assert.That(Places.Where(p => answer.Status == HttpStatusCode.OK && At(answer.Body, p.Value) is not null).Select(p => p.Key),
                        Is.EquivalentTo(AllowedTo(reader, 4, decisions)), $"{client}, disclosed to {string.Join(' ', decisions)}");
                }
            }
        }
        finally
        {
            await _host.Database.ScalarAsync(restore);
        }
    }

    [TestCase("")]
    [TestCase("reader")]
    [TestCase("region")]
    [TestCase("aregion:13")]
    [TestCase("auditor")]
    [TestCase("supplier:5560360793")]
    [TestCase("partner:other")]
    public async Task Whoever_says_nothing_that_the_policy_knows_reads_nothing(string readers)
    {
        var id = await CaseAsync(4, Decisions[^1]);
        Assert.That((await AsNationalAsync(readers, id)).Where(t => t.Value), Is.Empty);
    }

    [Test]
    public async Task A_read_that_does_not_say_who_reads_or_when_reads_nothing_that_has_an_end()
    {
        var id = await CaseAsync(4, Decisions[^1]);
        foreach (var table in new[] { "cases", "notices", "summaries", "course", "recipients", "disclosures", "contracts", "acknowledgements", "access_log" })
        {
            await using var command = _national.CreateCommand($"SELECT count(*) FROM national_{table}");
            Assert.That(await command.ExecuteScalarAsync(), Is.EqualTo(0L), table);
        }
        await using var batch = _national.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT set_config('app.readers', 'region:13,coordination', true)"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT (SELECT count(*) FROM national_notices) + (SELECT count(*) FROM national_summaries)"));
        await using var reader = await batch.ExecuteReaderAsync();
        await reader.NextResultAsync();
        await reader.ReadAsync();
        Assert.That(reader.GetInt64(0), Is.Zero, $"{id}");
    }

    /// <summary>A column is a field that somebody may see, the key of a row, or when a row was written.</summary>
    [Test]
    public async Task No_column_of_the_register_is_one_that_nobody_may_see()
    {
        var columns = (string)(await _host.Database.ScalarAsync(
            """
            SELECT string_agg(table_name || '.' || column_name, ' ' ORDER BY table_name, column_name) FROM information_schema.columns
            WHERE table_name IN ('national_cases', 'national_notices', 'national_recipients', 'national_disclosures', 'national_summaries', 'national_course', 'national_contracts')
            """))!;
        var fields = new Dictionary<string, NationalField[]>
        {
            ["national_cases"] =
            [
                NationalField.Block, NationalField.CaseId, NationalField.Category, NationalField.Disputed, NationalField.Ladder, NationalField.NoticeExpiresAt, NationalField.Preliminary,
                NationalField.Region, NationalField.ResponsibleAddress, NationalField.Step, NationalField.StepSince, NationalField.Supplier, NationalField.SupplierStatementAttached, NationalField.Trigger,
            ],
            ["national_notices"] = [NationalField.Notice],
            ["national_recipients"] = [NationalField.Recipients],
            // By which right the summary is read, and until when: it decides, and the access log tells the basis.
            ["national_disclosures"] = [NationalField.Sanctions],
            ["national_summaries"] =
                [NationalField.ConsequenceAreas, NationalField.Deviations, NationalField.PlanStatus, NationalField.ReturnCriteria, NationalField.Sanctions, NationalField.SupplierStatements],
            ["national_course"] = [NationalField.Course],
            ["national_contracts"] = [NationalField.RegionsConcerned],
        };

        Assert.That(fields.Values.SelectMany(f => f), Is.All.Matches<NationalField>(f =>
            Enum.GetValues<ReaderKind>().Any(r => NationalAccessPolicy.Of(r, f, 4) != FieldAccess.Never)), "somebody may see each of them");
        Assert.That(columns.Split(' '), Is.EquivalentTo(new[]
        {
            "national_cases.block", "national_cases.case_id", "national_cases.category", "national_cases.changed_at", "national_cases.disputed", "national_cases.ladder_version",
            "national_cases.notice_expires_at", "national_cases.preliminary", "national_cases.region", "national_cases.responsible_address", "national_cases.step",
            "national_cases.step_since", "national_cases.supplier_id", "national_cases.supplier_name", "national_cases.supplier_number", "national_cases.supplier_statement_attached",
            "national_cases.trigger_code",
            "national_contracts.contract_id", "national_contracts.region", "national_contracts.supplier_number", "national_contracts.valid_until",
            "national_course.case_id", "national_course.category", "national_course.entered_at", "national_course.left_at", "national_course.left_by", "national_course.region",
            "national_course.step", "national_course.trigger_code", "national_course.visit",
            "national_disclosures.basis", "national_disclosures.case_id", "national_disclosures.decision_id", "national_disclosures.expires_at", "national_disclosures.recipient",
            "national_disclosures.region",
            "national_notices.block", "national_notices.case_id", "national_notices.category", "national_notices.disputed", "national_notices.expires_at", "national_notices.issued_at",
            "national_notices.kind", "national_notices.ladder_version", "national_notices.notice_id", "national_notices.number", "national_notices.provisional", "national_notices.region",
            "national_notices.remind_at", "national_notices.responsible_address", "national_notices.step", "national_notices.step_since", "national_notices.supplier_id",
            "national_notices.supplier_name", "national_notices.supplier_number", "national_notices.supplier_statement_attached", "national_notices.trigger_code",
            "national_recipients.case_id", "national_recipients.notice_id", "national_recipients.recipient", "national_recipients.region", "national_recipients.supplier_number",
            "national_summaries.case_id", "national_summaries.consequence_areas", "national_summaries.deviations", "national_summaries.plan_status", "national_summaries.region",
            "national_summaries.return_criteria", "national_summaries.sanctions", "national_summaries.serious_deviations", "national_summaries.supplier_statements",
        }));
    }

    /// <summary>A case of Kalmar with every field filled, told to all and disclosed to some; below 3 there is nothing to tell, whatever its stream says.</summary>
    private async Task<Guid> CaseAsync(int step, string[] decisions)
    {
        var now = _host.Clock.GetUtcNow();
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        var id = Guid.CreateVersion7();
        var deviation = Guid.CreateVersion7();
        var plan = Guid.CreateVersion7();
        CaseEvent[] events =
        [
            Given.Opened(Given.NewNumber(), step, Supplier, id, at: now.AddDays(-40)),
            new DeviationAttached(now.AddDays(-39), new AttachedDeviation(deviation, now.AddDays(-41), "Operationsavdelning", now.AddDays(-39), Given.Serious, null)),
            new ActionPlanEstablished(now.AddDays(-30), plan, new PlanContent([new PlanMeasure("Lager", "Leverantören", SwedishTime.DateOf(now))], "Bättre", SwedishTime.DateOf(now), "Leverantören")),
            new ActionPlanAgreed(now.AddDays(-29), plan, 1, Agreement.Agreed, "Avtalsansvarig"),
            new ReturnCriteriaSet(now.AddDays(-28), step, [new ReturnCriterion(Guid.CreateVersion7(), "Minst 97 procent i tid", now.AddDays(60))]),
            new SanctionImposed(now.AddDays(-27), Guid.CreateVersion7(),
                new SanctionContent(SanctionKind.Penalty, "7.3", "Tio förseningar", new Amount(1000, "SEK"), now.AddDays(-27), false, Given.DecidedBy)),
            new SupplierStatementReceived(now.AddDays(-26), Guid.CreateVersion7(), new StatementContent("Lagret brann", "Försäljningschef", now.AddDays(-26), null, null, null)),
            Given.Blocked(SwedishTime.DateOf(now).AddDays(30), now.AddDays(-25)),
        ];
        var notice = Guid.CreateVersion7();
        var payload = NationalAccessPolicy.PayloadOf(NoticeKind.Initial, events.Aggregate((EscalationCase?)null, EscalationCase.Evolve)!);
        CaseEvent[] told = step < LadderDefinition.FirstNationalStep ? [] :
        [
            new NoticePrepared(now.AddDays(-20), notice, NoticeKind.Initial, payload),
            new SupplierNotifiedOfNotice(now.AddDays(-19), notice, new NoticeNotification("Försäljningschef", "RK 2026/119", null, null), now.AddDays(-12)),
            new NoticeIssued(now.AddDays(-10), notice, NoticeKind.Initial, payload, new NoticeIssue(1, now.AddDays(-10), now.AddDays(-5), now.AddYears(2),
                ["coordination", "nationalOffice", "region:12", "region:13"], [], null, Given.DecidedBy)),
        ];
        var disclosed = decisions.Select(recipient => new DisclosureDecided(now.AddDays(-9), Guid.CreateVersion7(), new DisclosureContent(
            DisclosureOutcome.Granted, recipient, DisclosureBasis.NotSecret, [new ConsideredSecrecy(31, 16, false)], "Uppgifterna är inte känsliga för leverantören.",
            SwedishTime.DateOf(now).AddDays(90), Given.DecidedBy)));
        var session = _store.OpenSession(Given.Kalmar);
        session.Append(null, [.. events, .. told, .. disclosed]);
        await session.SaveChangesAsync(Given.Writer);
        return id;
    }

    private static HashSet<NationalField> AllowedTo(NationalReader reader, int step, string[] decisions)
    {
        var disclosed = decisions.Contains(reader.Kind == ReaderKind.Supplier ? "supplier" : reader.Key)
            || (reader.Kind == ReaderKind.ConcernedRegion && decisions.Contains(Disclosures.RegionsConcerned));
        var allowed = Enum.GetValues<NationalField>().Where(f => NationalAccessPolicy.Reads(NationalAccessPolicy.Of(reader.Kind, f, step), disclosed)).ToHashSet();
        // Beside whom the notice went to, or in the feed.
        allowed.Remove(NationalField.Acknowledgements);
        // Whom it went to is nothing to a reader that sees no case.
        return allowed.Contains(NationalField.CaseId) ? allowed : [];
    }

    /// <summary>In which tables the national login sees something of the case for those readers.</summary>
    private async Task<Dictionary<string, bool>> AsNationalAsync(string readers, Guid id)
    {
        string[] tables = ["cases", "notices", "summaries", "course", "recipients", "disclosures"];
        await using var batch = _national.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT set_config('app.readers', $1, true), set_config('app.at', $2, true)")
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = readers }, new NpgsqlParameter<string> { TypedValue = _host.Clock.GetUtcNow().ToString("O") } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "SELECT EXISTS (SELECT FROM national_contracts), " + string.Join(", ", tables.Select(t => $"EXISTS (SELECT FROM national_{t} WHERE case_id = $1)")))
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = id } },
        });
        await using var reader = await batch.ExecuteReaderAsync();
        await reader.NextResultAsync();
        await reader.ReadAsync();
        return tables.Prepend("contracts").Select((table, i) => (table, Seen: reader.GetBoolean(i))).ToDictionary(t => t.table, t => t.Seen);
    }

    private static JsonNode? At(JsonNode? node, string path) => path.Split('.').Aggregate(node, (n, member) => n is JsonObject o ? o[member] : null);
}
