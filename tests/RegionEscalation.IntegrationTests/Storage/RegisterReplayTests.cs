using Npgsql;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.Tests.Walks;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Storage;

/// <summary>
/// Three regions walk many cases at random through their lives while writes are refused, overtaken and cut off: in the end the national register
/// is what a replay of all streams makes of it, and nothing of one region has changed by what another did.
/// </summary>
public sealed class RegisterReplayTests
{
    private const int Fixed = 20261122;
    private static readonly string[] Regions = ["08", "12", "13"];

    /// <summary>Two companies, each known to every region, and a sole trader.</summary>
    private static readonly (string Number, string Name)[] Suppliers =
        [("5560360793", "Norrsjö Medicinteknik AB"), ("5560160680", "Exempel Sjukvårdsmaterial AB"), ("8112189876", "Anna Exempel")];

    [Test]
    public async Task The_register_is_what_a_replay_of_all_streams_makes_of_it() => await WalkAsync(Fixed, fewest: 30, most: 210, toTheFull: true);

    [Test]
    public async Task It_is_for_other_walks_in_every_run()
    {
        var seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"Seed {seed}.");
        await WalkAsync(seed, fewest: 9, most: 9, toTheFull: false);
    }

    /// <param name="toTheFull">Whether it goes on until everything has happened that is to happen.</param>
    private static async Task WalkAsync(int seed, int fewest, int most, bool toTheFull)
    {
        var random = new Random(seed);
        var database = await TestCluster.CreateAsync();
        await using var store = new EscalationStore(database.Application);
        await using var mishaps = new Mishaps(database, random);
        await mishaps.InstallAsync();
        var contracts = Regions.ToDictionary(r => r, _ => new Dictionary<string, Contract>());
        var walkers = new List<Walker>();
        var missing = new List<string>();

        while (walkers.Count < fewest || (walkers.Count < most && missing.Count > 0))
        {
            foreach (var region in Regions)
            {
                var others = Regions.Where(r => r != region).ToArray();
                var before = await DigestAsync(database, others);
                var walker = New(region, walkers.Count / Regions.Length, random, store, mishaps);
                walkers.Add(walker);
                await walker.GoAsync(60);
                for (var i = 0; i < 3; i++)
                    await SynchroniseAsync(region, contracts[region], random, store, mishaps);
                Assert.That(await DigestAsync(database, others), Is.EqualTo(before), $"what {region} did is nothing to the others");
            }
            missing = await MissingAsync(database, mishaps, walkers);
        }
        await mishaps.EndAsync();

        TestContext.Out.WriteLine($"{walkers.Count} walks; {string.Join(", ", mishaps.Counts.Select(c => $"{c.Value} {c.Key}"))}; never happened: {string.Join(", ", missing)}.");
        foreach (var walker in walkers)
            Assert.That(Stored.Same(await walker.StoredAsync(), walker.State), "what was saved is still there");
        foreach (var region in Regions)
        {
            var report = await new StreamVerifier(database.Application).VerifyAsync(RegionScope.For(region), CancellationToken.None);
            Assert.That(report.Mismatches, Is.Empty, region);
            Assert.That(report.Events, Is.GreaterThan(100));
        }
        Assert.That(await UntoldAsync(database), Is.Empty, "whoever follows the national change feed knows what there is to be seen");
        var found = await database.FingerprintAsync();
        foreach (var region in Regions)
            await StreamRebuilder.RebuildAsync(database.Application, RegionScope.For(region), CancellationToken.None);
        Assert.That(await database.FingerprintAsync(), Is.EqualTo(found), "there is nothing to rebuild");
        if (toTheFull)
            Assert.That(missing, Is.Empty, "what should have happened");
    }

    private static Walker New(string region, int number, Random random, EscalationStore store, Mishaps mishaps)
    {
        var (organisationNumber, name) = Suppliers[number % Suppliers.Length];
        var end = random.Next(7) switch
        {
            < 2 => CaseOutcome.Resolved,
            2 => CaseOutcome.Terminated,
            3 => CaseOutcome.Transferred,
            4 => CaseOutcome.Merged,
            _ => CaseOutcome.Unfounded,
        };
        return new Walker(
            new Walk(Ladders.All[random.Next(Ladders.All.Count)].Version, end == CaseOutcome.Terminated ? 5 : random.Next(3, 5), end), region, number,
            // The same ids in every region.
            new Supplier(new Guid(0, (short)number, 1, new byte[8]), organisationNumber, name), random, store, mishaps);
    }

    /// <summary>The catalogue says something about a contract: of a company or a sole trader, with or without an end.</summary>
    private static async Task SynchroniseAsync(string region, Dictionary<string, Contract> contracts, Random random, EscalationStore store, Mishaps mishaps)
    {
        var number = $"K-{random.Next(6)}";
        var (organisationNumber, name) = Suppliers[random.Next(Suppliers.Length)];
        var synchronised = Given.Contract(number, new Supplier(Guid.CreateVersion7(), organisationNumber, name), id: contracts.GetValueOrDefault(number)?.Id);
        if (random.Next(2) == 0)
            synchronised = synchronised with { Content = synchronised.Content with { ValidUntil = new DateOnly(2026, 1, 1).AddDays(random.Next(1000)) } };
        while (true)
        {
            var session = store.OpenSession(RegionScope.For(region));
            var after = session.Append(contracts.GetValueOrDefault(number), synchronised);
            await mishaps.PrepareAsync();
            try
            {
                await session.SaveChangesAsync(Given.Writer, ($"{after.Id}-{after.Version}", Given.Answer(), false));
            }
            catch (Exception e) when (mishaps.Happened(e))
            {
                continue;
            }
            catch (IdempotencyTwinException)
            {
                // The connection broke after it was saved.
            }
            contracts[number] = after;
            return;
        }
    }

    private static async Task<List<string>> MissingAsync(TestDatabase database, Mishaps mishaps, List<Walker> walkers)
    {
        var happened = walkers.SelectMany(w => w.Happened).ToArray();
        var seen = happened.Select(e => e.GetType().Name)
            .Concat(happened.OfType<NoticeIssued>().Select(e => $"{e.Kind} issued"))
            .Concat(happened.OfType<CaseClosed>().Select(e => $"{e.Outcome}"))
            .Concat(walkers.SelectMany(w => w.State?.NationalVisits ?? []).Select(v => $"step {v.Step}"))
            .Concat(mishaps.Counts.Keys).ToHashSet();
        foreach (var table in Mishaps.Tables)
        {
            if ((bool)(await database.ScalarAsync($"SELECT EXISTS (SELECT FROM {table})"))!)
                seen.Add($"rows in {table}");
        }
        return
        [
            .. new[]
            {
                nameof(NoticeConfirmed), nameof(NoticeExpired), nameof(NoticeFellDue), nameof(DisclosureDecided), nameof(DisclosureRevoked), nameof(DisclosureExpired),
                nameof(BlockImposed), nameof(ReturnCriteriaSet), nameof(CaseDeEscalated), "Unfounded", "step 3", "step 4", "step 5",
            }.Concat(Enum.GetNames<NoticeKind>().Select(k => $"{k} issued")).Concat(Mishaps.Kinds).Concat(Mishaps.Tables.Select(t => $"rows in {t}")).Except(seen),
        ];
    }

    /// <summary>What somebody sees that the feed has not told of, or does not see though the feed told of it: region, case or notice, and reader.</summary>
    private static async Task<string> UntoldAsync(TestDatabase database) => (string)(await database.ScalarAsync(
        """
        WITH visible AS (
            SELECT region, case_id AS id, unnest(ARRAY['regions', 'coordination', 'nationalOffice'] || ('supplier:' || supplier_number)) AS reader, 'case' AS kind FROM national_cases
            UNION SELECT d.region, d.case_id, d.recipient, 'case' FROM national_disclosures d WHERE d.recipient LIKE 'partner:%'
            UNION SELECT region, notice_id, unnest(ARRAY['regions', 'coordination', 'nationalOffice'] || ('supplier:' || supplier_number)), 'notice' FROM national_notices
            UNION SELECT r.region, r.notice_id, r.recipient, 'notice' FROM national_recipients r WHERE r.recipient LIKE 'partner:%'
            UNION SELECT n.region, n.notice_id, d.recipient, 'notice' FROM national_notices n JOIN national_disclosures d USING (region, case_id) WHERE d.recipient LIKE 'partner:%'
        ), known AS (
            SELECT region, id, reader, kind FROM (
                SELECT DISTINCT ON (region, coalesce(notice_id, object_id), reader) region, coalesce(notice_id, object_id) AS id, reader::text, kind::text, type
                FROM national_changes, unnest(audience) AS reader ORDER BY region, coalesce(notice_id, object_id), reader, transaction_id DESC, seq_id DESC) AS latest
            WHERE type NOT LIKE '%-removed.v1'
        )
        SELECT coalesce(string_agg(x::text, ' '), '') FROM (
            (SELECT region, id, reader, kind FROM visible WHERE reader IS NOT NULL EXCEPT SELECT * FROM known)
            UNION ALL (SELECT * FROM known EXCEPT SELECT region, id, reader, kind FROM visible)) AS x
        """))!;

    /// <summary>Over every row of the regions, in every table that has a region.</summary>
    private static async Task<string> DigestAsync(TestDatabase database, string[] regions)
    {
        await using var connection = new NpgsqlConnection(database.Superuser);
        await connection.OpenAsync();
        await using var columns = new NpgsqlCommand(
            """
            SELECT string_agg(format('SELECT %L, count(*), sum(hashtextextended(t::text, 0)::numeric) FROM %I t WHERE %I = ANY ($1)', table_name, table_name, column_name), ' UNION ALL ' ORDER BY table_name)
            FROM information_schema.columns c JOIN pg_tables p ON p.schemaname = c.table_schema AND p.tablename = c.table_name
            WHERE table_schema = 'public' AND column_name IN ('tenant_id', 'region')
            """, connection);
        var sql = (string)(await columns.ExecuteScalarAsync())!;
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new NpgsqlParameter<string[]> { TypedValue = regions } } };
        await using var reader = await command.ExecuteReaderAsync();
        var digest = new List<string>();
        while (await reader.ReadAsync())
            digest.Add($"{reader.GetString(0)} {reader.GetInt64(1)} {(await reader.IsDBNullAsync(2) ? 0 : reader.GetDecimal(2))}");
        return string.Join('\n', digest);
    }
}
