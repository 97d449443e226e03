using System.Net;
using System.Net.Http.Headers;
using Npgsql;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>
/// Whoever opens a case and whoever changes its contract at the same time: both have read before either has written, and whoever comes second sees the first.
/// </summary>
public sealed class ContractRaceTests
{
    private const string Foreign = "NO:0192:987654325";
    private const string NewOwner = "ny@region.example";
    private TestHost _host = null!;
    private RegionAtWork _kalmar = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _host = await TestHost.StartAsync();
        _kalmar = new RegionAtWork(_host);
    }

    [TearDown]
    public async Task StopAsync()
    {
        _kalmar.Dispose();
        await _host.DisposeAsync();
    }

    [Test]
    public async Task A_case_is_opened_while_its_contract_changes(
        [Values("put", "import")] string writer, [Values("step 0", "step 4", "watch list")] string opening, [Values] bool writerFirst)
    {
        var contract = await _kalmar.ContractAsync();
        var open = await OpeningAsync(contract, opening);
        var changed = CatalogueBodies.Contract(CatalogueBodies.By("556016-0680", "Exempel Sjukvårdsmaterial AB"), ownerAddress: NewOwner);
        Func<Task<Answer>> write = writer == "put"
            ? () => _kalmar.PutAsync($"contracts/{contract}", changed)
            : () => _kalmar.PostAsync("catalogue-imports?mode=perRow&extent=partial", File(new { contractNumber = contract, contract = changed }), "integrator");

        var answers = await InTurnAsync(writerFirst ? [write, open] : [open, write]);
        await Finished.OfAsync(_host.Database);

        var id = answers[writerFirst ? 1 : 0].Id;
        var after = (await _kalmar.GetAsync($"cases/{id}")).Body!;
        var told = await _host.Database.ScalarAsync("SELECT count(*) FROM mt_events WHERE stream_id = $1 AND type = 'contract-of-case-changed.v1'", id);
        Assert.That(((string?)after["contract"]!["ownerAddress"], told), Is.EqualTo((NewOwner, writerFirst ? 0L : 1L)), "it was opened on the contract as it is, or was told of the change");
        await VerifiedAsync();
    }

    [Test]
    public async Task A_supplier_is_marked_while_a_contract_with_it_is_written([Values] bool writerFirst)
    {
        await _kalmar.KnowsAsync("contracts/M-1", CatalogueBodies.Contract(CatalogueBodies.By(Foreign, "Kari Nordmann")));
        var supplier = (await _kalmar.GetAsync("contracts/M-1")).Body!["supplier"]!["id"]!.GetValue<Guid>();
        Func<Task<Answer>> write = () => _kalmar.PutAsync("contracts/M-2", CatalogueBodies.Contract(CatalogueBodies.By(Foreign, "Kari Nordmann")));
        Func<Task<Answer>> mark = () => _kalmar.PutAsync($"suppliers/{supplier}", new { name = "Kari Nordmann", soleTrader = true });

        await InTurnAsync(writerFirst ? [write, mark] : [mark, write]);

        foreach (var number in new[] { "M-1", "M-2" })
            Assert.That((await _kalmar.GetAsync($"contracts/{number}")).Body!["supplier"]!["organisationNumber"], Is.Null, number);
        Assert.That(await _host.Database.ScalarAsync("SELECT count(*) FROM national_contracts"), Is.Zero);
        await VerifiedAsync();
    }

    /// <summary>What opens the case; what it needs is there.</summary>
    private async Task<Func<Task<Answer>>> OpeningAsync(string contract, string opening)
    {
        if (opening == "watch list")
        {
            var entry = RegionAtWork.Succeeded(await _kalmar.PostAsync("watch-list", Bodies.Watch(contract, _host.Clock.GetUtcNow())));
            var assessed = RegionAtWork.Succeeded(await _kalmar.PostAsync($"watch-list/{entry.Id}/risk-assessments", Bodies.Risk(_host.Clock.GetUtcNow()), headers: ("If-Match", entry.ETag)));
            return () => _kalmar.PostAsync($"watch-list/{entry.Id}/promotions",
                new { contractNumber = contract, motivation = RegionAtWork.Motivation, decidedBy = Bodies.By("contractOwner") }, headers: ("If-Match", assessed.ETag));
        }
        var deviation = await _kalmar.DeviationAsync(contract, opening == "step 4" ? "serious" : "deviation");
        return opening == "step 4"
            ? () => _kalmar.PostAsync("cases", Bodies.Case(contract, [deviation], "seriousDeviation", 4, "headOfPurchasing"), "decider")
            : () => _kalmar.PostAsync("cases", Bodies.Case(contract, [deviation]));
    }

    private static ByteArrayContent File(object row)
    {
        var content = new ByteArrayContent(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(row));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        return content;
    }

    /// <summary>The first has its locks and has written nothing that others see when the second has read and decided; then both are let go.</summary>
    private async Task<Answer[]> InTurnAsync(Func<Task<Answer>>[] requests)
    {
        await using var connection = new NpgsqlConnection(_host.Database.Superuser);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        // Reads pass; a write has locked its streams once it comes to its events.
        await using (var hold = new NpgsqlCommand("LOCK TABLE mt_events IN EXCLUSIVE MODE", connection, transaction))
            await hold.ExecuteNonQueryAsync();
        var answers = new List<Task<Answer>>();
        foreach (var request in requests)
        {
            answers.Add(request());
            for (var attempt = 0; attempt < 1200 && (long)(await _host.Database.ScalarAsync(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"))! < answers.Count; attempt++)
                await Task.Delay(25);
        }
        await transaction.RollbackAsync();
        var all = await Task.WhenAll(answers);
        foreach (var answer in all)
            Assert.That(answer.Status, Is.AnyOf(HttpStatusCode.OK, HttpStatusCode.Created, HttpStatusCode.Accepted), answer.Text);
        return all;
    }

    private async Task VerifiedAsync() =>
        Assert.That((await new StreamVerifier(_host.Database.Application).VerifyAsync(RegionScope.For("08"), CancellationToken.None)).Mismatches, Is.Empty);
}
