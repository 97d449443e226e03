using System.Text.Json.Nodes;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Host.Development;
using RegionEscalation.Http;
using RegionEscalation.IntegrationTests.Storage;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>A host, and cases of several regions in its store at the steps and instants that a test about the national API needs.</summary>
internal sealed class RegisterAtWork : IAsyncDisposable
{
    public const string Number = "5560160680";

    public static readonly Supplier Supplier = new(Guid.Parse("0195f0a0-0000-7000-8000-000000000077"), Number, "Exempel Sjukvårdsmaterial AB");

    public static readonly Supplier Other = new(Guid.Parse("0195f0a0-0000-7000-8000-000000000078"), "5560360793", "Ångtvätten Syd AB");

    public static readonly Supplier SoleTrader = new(Guid.Parse("0195f0a0-0000-7000-8000-000000000079"), "8112189876", "Exempel Konsult");

    private readonly EscalationStore _store;

    private RegisterAtWork(TestHost host)
    {
        Host = host;
        _store = new EscalationStore(host.Database.Application);
    }

    public TestHost Host { get; }

    /// <summary>In whole microseconds, as what is stored.</summary>
    public DateTimeOffset Now => new Instant(Host.Clock.GetUtcNow()).Value;

    public static async Task<RegisterAtWork> StartAsync(Dictionary<string, string>? settings = null) => new(await TestHost.StartAsync(settings));

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await Host.DisposeAsync();
    }

    /// <summary>A case that entered the step at once, a number of days ago.</summary>
    public async Task<Guid> CaseAsync(
        string region, int step = 3, int daysAgo = 0, Supplier? supplier = null, string category = "Sjukvårdsmaterial", Trigger trigger = Trigger.PlanWithoutEffect)
    {
        var opened = Given.Opened(Given.NewNumber(), step, supplier ?? Supplier, Guid.CreateVersion7(), category, Now.AddDays(-daysAgo)) with { Basis = Given.Basis(trigger) };
        var session = _store.OpenSession(RegionScope.For(region));
        session.Append(null, [opened]);
        await session.SaveChangesAsync(Given.Writer);
        return opened.CaseId;
    }

    /// <summary>What happens to a case, without the rules for it.</summary>
    public async Task AfterwardsAsync(string region, Guid id, params CaseEvent[] events)
    {
        var session = _store.OpenSession(RegionScope.For(region));
        session.Append((await FindAsync(region, id))!, events);
        await session.SaveChangesAsync(Given.Writer);
    }

    public Task StepDownAsync(string region, Guid id, int from, int to) =>
        AfterwardsAsync(region, id, new CaseDeEscalated(Now, from, to, Given.Basis(Trigger.ReturnCriteriaMet)));

    public Task BlockAsync(string region, Guid id, DateOnly until) => AfterwardsAsync(region, id, Given.Blocked(until, Now));

    public async Task ContractAsync(string region)
    {
        var session = _store.OpenSession(RegionScope.For(region));
        session.Append(null, Given.Contract(Given.NewNumber(), Supplier));
        await session.SaveChangesAsync(Given.Writer);
    }

    /// <summary>Prepares a notice, notifies the supplier, whom no time to comment is given, and issues it, by the rules.</summary>
    /// <returns>The notice.</returns>
    public async Task<Guid> InformAsync(string region, Guid id, NoticeKind kind = NoticeKind.Initial, params string[] readBy)
    {
        var notice = Guid.CreateVersion7();
        var context = new CaseContext(Ladders.Find(Ladders.Current)!, LadderSettings.Default, Now);
        var state = (await FindAsync(region, id))!;
        var session = _store.OpenSession(RegionScope.For(region));
        List<CaseEvent> events = [];
        foreach (var command in new CaseCommand[]
        {
            new PrepareNotice(notice, kind),
            new NotifySupplierOfNotice(notice, new NoticeNotification("Försäljningschef", "RK 2026/119", 0, RegionAtWork.Motivation)),
            new IssueNotice(notice, Given.DecidedBy, null, region, readBy),
        })
        {
            var decision = CaseDecider.Decide(command, events.Aggregate(state, EscalationCase.Evolve), context);
            Assert.That(decision.Rejections, Is.Empty, $"{command}");
            events.AddRange(decision.Events);
        }
        session.Append(state, events);
        await session.SaveChangesAsync(Given.Writer);
        return notice;
    }

    public async Task AcknowledgeAsync(string region, Guid id, Guid notice, string recipient) => await Host.Database.ScalarAsync(
        "INSERT INTO national_acknowledgements (region, case_id, notice_id, recipient, at, acknowledged_by, client_id) VALUES ($1, $2, $3, $4, $5, 'Inköpsjour', 'test')",
        region, id, notice, recipient, Now.UtcDateTime);

    public Task<Answer> GetAsync(string path, string client = "national-coordinator", string purpose = "nationalCoordination") =>
        GetAsync(path, Host.Identity.Clients.Single(c => c.ClientId == client), purpose);

    public async Task<Answer> GetAsync(string path, DevelopmentClient client, string purpose = "nationalCoordination")
    {
        using var http = Host.ClientWith(Host.Identity.Issue(client));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/national/v1/{path}", UriKind.Relative));
        request.Headers.Add(EndpointConventions.PurposeHeader, purpose);
        using var response = await http.SendAsync(request);
        return await Answer.OfAsync(response);
    }

    /// <summary>The items of a list, which is whole on one page.</summary>
    public async Task<JsonNode[]> ItemsAsync(string path, string client = "national-coordinator")
    {
        var answer = RegionAtWork.Succeeded(await GetAsync(path, client));
        JsonNode[] items = [.. answer.Body!["items"]!.AsArray().Select(i => i!)];
        Assert.That(items, Has.Length.EqualTo(answer.Body["_meta"]!["totalItems"]!.GetValue<int>()), path);
        return items;
    }

    /// <summary>What the access log has of the reads of an operation: the reader, what was asked, and the object in the order of regions.</summary>
    public async Task<string[]> LoggedAsync(string operation) => ((string)(await Host.Database.ScalarAsync(
        """
        SELECT coalesce(string_agg(concat_ws(' ', array_to_string(readers, ','), purpose, target, '->', object_region || coalesce('/' || object_id, '') || ' ' || object_kind || coalesce(' ' || tier, '')), E'\n' ORDER BY at, object_region, object_id), '')
        FROM national_access_log WHERE operation = $1
        """, operation))!).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private async Task<EscalationCase?> FindAsync(string region, Guid id) => await StoreFixture.FetchAsync(_store, RegionScope.For(region), q => q.Case(id));
}
