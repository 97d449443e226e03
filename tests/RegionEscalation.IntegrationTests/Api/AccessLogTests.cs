using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Routing.Patterns;
using Npgsql;
using RegionEscalation.Domain;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.IntegrationTests.Storage;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>What is kept of every reading, who may see it, and that nobody can change it or do without it.</summary>
public sealed class AccessLogTests
{
    private RegisterAtWork _register = null!;
    private Guid _kalmar;
    private Guid _halland;

    [SetUp]
    public async Task StartAsync()
    {
        _register = await RegisterAtWork.StartAsync();
        _kalmar = await _register.CaseAsync("08");
        _halland = await _register.CaseAsync("13", 4);
    }

    [TearDown]
    public async Task StopAsync() => await _register.DisposeAsync();

    [Test]
    public async Task The_log_tells_who_read_what_when_for_whom_and_why()
    {
        var before = _register.Now;
        await _register.GetAsync("cases?step=4", "skane-decider", "supplyPreparedness");
        await _register.GetAsync($"cases/08/{Guid.Empty}", "national-office");

        var items = await _register.ItemsAsync("access-log", "national-auditor");

        Assert.That(items.Select(i => i["operation"]!.ToString()), Is.EqualTo(new[] { "getCase", "listCases" }), "latest first");
        Assert.That(items[1].AsObject().Where(m => m.Key is not ("readId" or "at")).Select(m => $"{m.Key} {m.Value?.ToJsonString()}"), Is.EqualTo(new[]
        {
            "client \"skane-decider\"", "directory \"91b6c7d8-44e0-4a39-9d15-6f0e2b8c0012\"", "readers [\"region:12\"]", "functions [\"Decider\",\"Handler\",\"Reader\"]",
            "purpose \"supplyPreparedness\"", "operation \"listCases\"", "target \"step=4\"", $$"""object {"region":"13","kind":"case","id":"{{_halland}}"}""", "tier \"T0\"", "basis ",
        }));
        Assert.That(DateTimeOffset.Parse(items[1]["at"]!.ToString(), CultureInfo.InvariantCulture), Is.InRange(before, _register.Now));
        Assert.That((items[0]["object"], items[0]["tier"]), Is.EqualTo(((object?)null, (object?)null)), "nothing was given out");
    }

    [Test]
    public async Task A_region_sees_who_has_read_its_own_cases_and_no_other_reading()
    {
        await _register.GetAsync("cases", "skane-reader");
        await _register.GetAsync("cases?step=5", "halland-reader");
        await _register.GetAsync($"cases/13/{_halland}", "national-coordinator");
        async Task<string> SeenAsync(string client, string query = "") => string.Join('\n', (await _register.ItemsAsync($"access-log{query}", client))
            .Where(i => i["operation"]!.ToString() != "readAccessLog").Select(i => $"{i["client"]} {i["object"]?["region"]}"));

        Assert.That(await SeenAsync("kalmar-reader"), Is.EqualTo("national-coordinator 08\nskane-reader 08"), "the coordinator was told that it is concerned too");
        Assert.That(await SeenAsync("halland-handler"), Is.EqualTo("national-coordinator 13\nskane-reader 13"));
        Assert.That(await SeenAsync("halland-reader", "?region=08"), Is.Empty);
        Assert.That(await SeenAsync("halland-reader", $"?case={_kalmar}"), Is.Empty);
        Assert.That(await SeenAsync("skane-reader"), Is.Empty, "what it read itself is not its own");
        var everything = (await SeenAsync("national-coordinator")).Split('\n');
        Assert.That(everything.Order(StringComparer.Ordinal), Is.EqualTo(new[] { "halland-reader ", "national-coordinator 08", "national-coordinator 13", "skane-reader 08", "skane-reader 13" }));
        foreach (var client in new[] { "national-office", "partner-reader", "supplier-reader", "kalmar-integrator" })
            Assert.That((await _register.GetAsync("access-log", client)).Status, Is.EqualTo(HttpStatusCode.Forbidden), client);
    }

    /// <summary>A region's directory may assign what it likes: the token reads as its region.</summary>
    [Test]
    public async Task A_regions_token_that_calls_itself_national_reads_as_its_region_only()
    {
        await _register.InformAsync("13", _halland);
        await _register.GetAsync("cases?region=13", "skane-reader");
        var kalmar = _register.Host.Identity.Clients.Single(c => c.ClientId == "kalmar-reader");
        var both = kalmar with { Roles = ["reader", "coordinator", "national-office", "auditor"] };
        var found = RegionAtWork.Succeeded(await _register.GetAsync($"cases/13/{_halland}", both));

        Assert.That(found.Body!["recipients"], Is.Null, "who was told is the coordination group's to see");
        Assert.That(await _register.ItemsAsync("access-log?operation=listCases", "national-auditor"), Has.Length.EqualTo(1));
        Assert.That((await _register.GetAsync("access-log?operation=listCases", both)).Body!["items"]!.AsArray(), Is.Empty, "Skåne's reading was of Halland's case");
        Assert.That((await _register.GetAsync("access-log", kalmar with { Roles = ["auditor"] })).Status, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That((await _register.GetAsync("cases", kalmar with { Roles = ["coordinator"] })).Status, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(await _register.Host.Database.ScalarAsync("SELECT array_to_string(readers, ',') || ' ' || array_to_string(roles, ',') FROM national_access_log WHERE client_id = 'kalmar-reader' AND operation = 'getCase' LIMIT 1"),
            Is.EqualTo("region:08 Reader"));
    }

    /// <summary>The query and the database each keep a region to its own; here the one without the other.</summary>
    [Test]
    public async Task A_region_is_kept_to_its_own_by_the_database_and_by_the_query()
    {
        await _register.GetAsync("cases", "skane-reader");
        await using var source = NpgsqlDataSource.Create(_register.Host.Database.National);
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT set_config('app.readers', 'region:13', true)"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT string_agg(object_region, ' ') FROM national_access_log"));
        await using (var reader = await batch.ExecuteReaderAsync())
        {
            await reader.NextResultAsync();
            await reader.ReadAsync();
            Assert.That(reader.GetString(0), Is.EqualTo("13"));
        }

        await _register.Host.Database.ScalarAsync("CREATE POLICY everything ON national_access_log FOR SELECT TO escalation_national USING (true)");
        Assert.That((await _register.ItemsAsync("access-log", "halland-reader")).Select(i => i["object"]!["region"]!.ToString()), Is.EqualTo(new[] { "13" }));
    }

    [Test]
    public async Task Reading_the_log_is_logged_once_and_of_no_case()
    {
        await _register.GetAsync("cases", "skane-reader");
        Assert.That(await _register.ItemsAsync("access-log?operation=listCases", "national-auditor"), Has.Length.EqualTo(2));
        await _register.GetAsync("access-log?case=" + _kalmar, "kalmar-reader", "internalControl");

        Assert.That(await _register.LoggedAsync("readAccessLog"), Is.EqualTo(new[]
        {
            "auditor nationalCoordination operation=listCases ->", $"region:08 internalControl case={_kalmar} ->",
        }));
    }

    [Test]
    public async Task The_log_is_filtered()
    {
        var other = await _register.CaseAsync("13", 4, supplier: RegisterAtWork.Other);
        await _register.GetAsync("cases?step=3", "skane-reader", "supplyPreparedness");
        _register.Host.Clock.Move(TimeSpan.FromMinutes(5));
        var between = _register.Now.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        await _register.GetAsync($"cases/13/{other}", "national-office");
        async Task<string> ListAsync(string query) => string.Join(' ', (await _register.GetAsync($"access-log?{query}", "national-auditor")).Body!["items"]!.AsArray()
            .Select(i => i!["operation"]!.ToString()).Where(o => o != "readAccessLog"));

        foreach (var (query, expected) in new[]
        {
            ("", "getCase listCases"), ("region=08", "listCases"), ("region=99", ""), ($"case={other}", "getCase"), ("reader=region:12", "listCases"), ("reader=nationalOffice", "getCase"),
            ("reader=region:1", ""), ("purpose=supplyPreparedness", "listCases"), ("purpose=contractFollowUp", ""), ("operation=getCase", "getCase"), ("operation=get", ""),
            ($"from={between}", "getCase"), ($"to={between}", "listCases"), ($"from={between}&to={between}", ""),
        })
            Assert.That(await ListAsync(query), Is.EqualTo(expected), query);
        foreach (var query in new[] { "case=7", "from=2026-01-01", "to=now", "region=", "reader=" + new string('x', 51), "limit=0" })
            Assert.That((await _register.GetAsync($"access-log?{query}", "national-auditor")).Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity), query);
    }

    [Test]
    public async Task The_log_is_read_page_by_page()
    {
        for (var i = 0; i < 3; i++)
            await _register.GetAsync("cases?region=08", "skane-reader");

        var page = (await _register.GetAsync("access-log?operation=listCases&limit=2&page=2", "national-auditor")).Body!;

        Assert.That((page["items"]!.AsArray().Count, page["_meta"]!["totalItems"]!.GetValue<int>()), Is.EqualTo((1, 3)));
    }

    [Test]
    public async Task A_page_beyond_the_last_tells_how_much_matches_and_is_logged_with_it()
    {
        var beyond = await _register.GetAsync("cases?region=08&limit=1&page=2", "skane-reader");
        await _register.GetAsync("cases?limit=1&page=9", "skane-reader");
        await _register.GetAsync("suppliers?limit=1&page=2", "skane-reader");
        await _register.GetAsync("cases?step=5&limit=1&page=2", "skane-reader");

        Assert.That((beyond.Body!["items"]!.AsArray().Count, beyond.Body["_meta"]!["totalItems"]!.GetValue<int>()), Is.EqualTo((0, 1)));
        Assert.That(await _register.LoggedAsync("listCases"), Is.EqualTo(new[]
        {
            $"region:12 nationalCoordination region=08 -> 08/{_kalmar} case T0", $"region:12 nationalCoordination  -> 13/{_halland} case T0", "region:12 nationalCoordination step=5 ->",
        }));
        Assert.That(await _register.LoggedAsync("listSuppliers"), Is.EqualTo(new[]
        {
            $"region:12 nationalCoordination  -> 08/{_kalmar} case T0", $"region:12 nationalCoordination  -> 13/{_halland} case T0",
        }), "the figure rests on both");
    }

    [Test]
    public async Task Which_other_regions_are_concerned_is_logged_with_them_and_they_see_it()
    {
        await _register.ContractAsync("14");
        var answer = RegionAtWork.Succeeded(await _register.GetAsync($"cases/08/{_kalmar}", "national-office"));
        await _register.GetAsync($"cases/08/{_kalmar}", "supplier-reader");
        await _register.GetAsync($"suppliers/{RegisterAtWork.Number}", "supplier-reader");

        Assert.That(answer.Body!["regionsConcerned"]!.AsArray().Select(r => $"{r}"), Is.EqualTo(new[] { "08", "13", "14" }));
        Assert.That(await _register.LoggedAsync("getCase"), Is.EqualTo(new[]
        {
            $"nationalOffice nationalCoordination region=08&case={_kalmar} -> 08/{_kalmar} case T0", $"nationalOffice nationalCoordination region=08&case={_kalmar} -> 13 contract T0",
            $"nationalOffice nationalCoordination region=08&case={_kalmar} -> 14 contract T0", $"supplier:5560160680 nationalCoordination region=08&case={_kalmar} -> 08/{_kalmar} case T0",
        }), "the supplier is not told");
        Assert.That((await _register.LoggedAsync("getSupplier")).Select(l => l.Split(" -> ")[1]), Is.EqualTo(new[] { $"08/{_kalmar} case T0", $"13/{_halland} case T0" }));
        Assert.That((await _register.ItemsAsync("access-log?operation=getCase", "halland-reader")).Select(i => $"{i["client"]} {i["object"]!.ToJsonString()}"),
            Is.EqualTo(new[] { """national-office {"region":"13","kind":"contract","id":null}""" }));
    }

    [Test]
    public async Task Every_basis_that_the_reader_has_is_logged()
    {
        await _register.InformAsync("08", _kalmar);
        await DiscloseAsync("region:13", DisclosureBasis.Osl1015a5);
        await DiscloseAsync("regionsConcerned", DisclosureBasis.NotSecret);
        await DiscloseAsync("regionsConcerned", DisclosureBasis.Osl1015a5);
        await DiscloseAsync("coordination", DisclosureBasis.Consent);

        await _register.GetAsync($"cases/08/{_kalmar}", "halland-reader");

        Assert.That((await _register.ItemsAsync("access-log?operation=getCase", "kalmar-reader")).Select(i => $"{i["tier"]} {i["basis"]}"),
            Is.EqualTo(new[] { "T1 notSecret osl1015a5" }), "each once, and none that others have");

        Task DiscloseAsync(string recipient, DisclosureBasis basis) => _register.AfterwardsAsync("08", _kalmar, new DisclosureDecided(_register.Now, Guid.CreateVersion7(), new DisclosureContent(
            DisclosureOutcome.Granted, recipient, basis, [new ConsideredSecrecy(31, 16, false)], "Uppgifterna är inte känsliga för leverantören.",
            SwedishTime.DateOf(_register.Now).AddDays(90), Given.DecidedBy)));
    }

    [TestCase("UPDATE national_access_log SET client_id = 'nobody'")]
    [TestCase("DELETE FROM national_access_log")]
    [TestCase("TRUNCATE national_access_log")]
    public async Task The_log_is_changed_by_no_login_of_the_platform(string statement)
    {
        await _register.GetAsync("cases", "skane-reader");
        var before = await RowsAsync();
        foreach (var login in new[] { _register.Host.Database.National, _register.Host.Database.Application })
            Assert.That(await RefusalOfAsync(login, "region:12,coordination,auditor", statement), Is.EqualTo("42501: permission denied for table national_access_log"));

        Assert.That(await RowsAsync(), Is.EqualTo(before));
    }

    [TestCase("region:12", "region:12", null)]
    [TestCase("region:12", "region:13", "42501: new row violates row-level security policy for table \"national_access_log\"")]
    [TestCase("region:12,coordination", "region:12", "42501: new row violates row-level security policy for table \"national_access_log\"")]
    [TestCase("region:12", "region:12,coordination", "42501: new row violates row-level security policy for table \"national_access_log\"")]
    [TestCase("", "region:12", "42501: new row violates row-level security policy for table \"national_access_log\"")]
    public async Task Nobody_logs_for_another(string readers, string logged, string? refusal)
    {
        var insert = $"INSERT INTO national_access_log (read_id, at, client_id, readers, roles, purpose, operation, target) SELECT gen_random_uuid(), now(), 'test', '{{{logged}}}', '{{}}', 'p', 'o', ''";

        Assert.That(await RefusalOfAsync(_register.Host.Database.National, readers, insert), Is.EqualTo(refusal));
        Assert.That(await RefusalOfAsync(_register.Host.Database.Application, readers, insert), Is.EqualTo("42501: permission denied for table national_access_log"), "what reads no other region has nothing to log");
    }

    [Test]
    public async Task No_endpoint_gives_out_what_cannot_be_logged()
    {
        await _register.InformAsync("13", _halland);
        using var walk = new EndpointWalk(_register.Host);
        string[] paths = [.. walk.Operations.Where(o => o is { IsNational: true, Method: "GET", IsOfWebhooks: false }).Select(PathOf)];
        Assert.That(paths, Is.SupersetOf(new[] { "cases", $"cases/13/{_halland}", "inbox", "suppliers", $"suppliers/{RegisterAtWork.Number}", "statistics", "access-log" }));
        foreach (var path in paths.Where(p => !p.StartsWith("joint-meetings", StringComparison.Ordinal)))
            Assert.That((await _register.GetAsync(path)).Status, Is.EqualTo(HttpStatusCode.OK), path);
        await _register.Host.Database.ScalarAsync("REVOKE INSERT ON national_access_log FROM escalation_national");

        foreach (var path in paths)
        {
            var answer = await _register.GetAsync(path);
            Assert.That((int)answer.Status, Is.GreaterThanOrEqualTo(500), path);
            Assert.That(answer.Text, Does.Not.Contain("Exempel Sjukvårdsmaterial").And.Not.Contain("figures").And.Not.Contain("national_access_log"), path);
        }

        string PathOf(Operation operation) => string.Join('/', operation.Endpoint.RoutePattern.PathSegments.Skip(2).Select(s => s.Parts[0] switch
        {
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternParameterPart { Name: "region" } => "13",
            RoutePatternParameterPart { Name: "supplier" } => RegisterAtWork.Number,
            _ => $"{_halland}",
        }));
    }

    private async Task<string> RowsAsync() => (string)(await _register.Host.Database.ScalarAsync("SELECT string_agg(l::text, ' ' ORDER BY l.id) FROM national_access_log l"))!;

    /// <summary>What PostgreSQL says to the statement of a login that reads for the readers; null when it has done it.</summary>
    private static async Task<string?> RefusalOfAsync(string login, string readers, string statement)
    {
        await using var source = NpgsqlDataSource.Create(login);
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT set_config('app.readers', $1, true), set_config('app.region', '13', true)") { Parameters = { new NpgsqlParameter<string> { TypedValue = readers } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        try
        {
            await batch.ExecuteNonQueryAsync();
            return null;
        }
        catch (PostgresException refused)
        {
            return $"{refused.SqlState}: {refused.MessageText}";
        }
    }
}
