using System.Net.Http.Json;
using RegionEscalation.Domain;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>
/// What the regions write nationally, over HTTP: Kalmar has a case at 4 and the regions are informed of it, Halland and Skåne have a contract with
/// the supplier; they acknowledge, meet, and take the meeting up in the case.
/// </summary>
/// <param name="http">What the requests go through, when a test wants to see them.</param>
internal sealed class JointMeetingStory(TestHost host, HttpClient? http = null) : IDisposable
{
    public const string Supplier = "5560160680";
    private const string Collection = "/national/v1/joint-meetings";

    public RegionAtWork Kalmar { get; } = new(host, http: http);

    public RegionAtWork Halland { get; } = new(host, "13", "halland", http);

    public RegionAtWork Skane { get; } = new(host, "12", "skane", http);

    public static object Agenda { get; } = new { items = new[] { new { text = "Leveransläget per region" } } };

    public static object Holding { get; } = new
    {
        participants = new[] { new { reader = "region:08", function = "Kategoriledare" }, new { reader = "region:13", function = "Avtalsansvarig" } },
    };

    public static object Cancellation { get; } = new { reason = "Leveranserna är återställda." };

    public static object Report { get; } = new { account = "Sammanställningen är skickad.", reportedBy = "Avtalsansvarig" };

    public object Minutes => new
    {
        summary = "Leverantören har samma brister i båda regionerna.",
        reference = "26RK1024-31",
        decisions = new[] { new { text = "Gemensam uppföljning varje månad." } },
        followUps = new[]
        {
            new { what = "Sammanställ leveransprecisionen.", responsible = "region:13", due = $"{SwedishTime.DateOf(host.Clock.GetUtcNow().AddDays(30)):yyyy-MM-dd}" },
            new { what = "Redovisa lagernivåerna.", responsible = "supplier", due = $"{SwedishTime.DateOf(host.Clock.GetUtcNow().AddDays(14)):yyyy-MM-dd}" },
        },
    };

    public void Dispose()
    {
        Kalmar.Dispose();
        Halland.Dispose();
        Skane.Dispose();
    }

    /// <summary>Everything in its order.</summary>
    public async Task PlayAsync()
    {
        var id = await Kalmar.CaseAtAsync(4);
        await Halland.ContractAsync();
        await Skane.ContractAsync();
        var notice = await InformAsync(host, "08", id);
        RegionAtWork.Succeeded(await AcknowledgeAsync("halland-handler", "08", id, notice));

        var meeting = await CalledAsync("kalmar-handler", "13");
        await DoneAsync(meeting, "invitations", Inviting("12"));
        await HeldAsync(meeting);
        await DoneAsync(meeting, "minutes", Minutes);
        await DoneAsync(meeting, "follow-ups/1/reports", Report);
        await Kalmar.DoneAsync(id, "joint-meetings", new { meetingId = meeting });
        await DoneAsync(await CalledAsync("kalmar-handler", "12"), "cancellations", Cancellation);
    }

    public object Calling(params string[] regions) => new
    {
        supplier = new { organisationNumber = "556016-0680" },
        convener = "Kategoriledare",
        startsAt = host.Clock.GetUtcNow().AddHours(1),
        place = "Digitalt",
        invitedRegions = regions.Select(code => new { code }),
    };

    public static object Inviting(params string[] regions) => new { invitedRegions = regions.Select(code => new { code }) };

    public async Task<Guid> CalledAsync(string client, params string[] regions) => RegionAtWork.Succeeded(await PostAsync(client, "", Calling(regions))).Id;

    /// <summary>With an agenda, and its time passed.</summary>
    public async Task HeldAsync(Guid meeting, string client = "kalmar-handler", object? holding = null)
    {
        await DoneAsync(meeting, "agendas", Agenda, client);
        host.Clock.Move(TimeSpan.FromHours(2));
        await DoneAsync(meeting, "holdings", holding ?? Holding, client);
    }

    public Task<Answer> PostAsync(string client, string path, object body, params (string Name, string? Value)[] headers) =>
        Kalmar.SendAsync(client, HttpMethod.Post, path.Length == 0 ? Collection : $"{Collection}/{path}", body, headers);

    /// <summary>A command on a meeting with its present version.</summary>
    public async Task<Answer> OnMeetingAsync(Guid meeting, string change, object body, string client = "kalmar-handler") =>
        await PostAsync(client, $"{meeting}/{change}", body, ("If-Match", $"\"{await VersionAsync(meeting)}\""));

    public async Task<Answer> DoneAsync(Guid meeting, string change, object body, string client = "kalmar-handler") =>
        RegionAtWork.Succeeded(await OnMeetingAsync(meeting, change, body, client));

    public Task<Answer> GetAsync(string client, Guid meeting) => Kalmar.NationalAsync($"joint-meetings/{meeting}", client);

    public async Task<long> VersionAsync(Guid meeting) => (long)(await host.Database.ScalarAsync("SELECT version FROM national_meetings WHERE id = $1", meeting))!;

    public Task<Answer> AcknowledgeAsync(string client, string region, Guid caseId, Guid noticeId, string? recipient = null, params (string Name, string? Value)[] headers) =>
        Kalmar.SendAsync(client, HttpMethod.Post, $"/national/v1/cases/{region}/{caseId}/acknowledgements",
            JsonContent.Create(new AcknowledgementBody(noticeId, "Upphandlingschef", recipient), options: Json.Options), headers);

    /// <summary>The regions are informed of the case, by the domain's own decisions on the store: prepared, the supplier told, issued.</summary>
    /// <returns>The notice.</returns>
    public static async Task<Guid> InformAsync(TestHost host, string region, Guid caseId, NoticeKind kind = NoticeKind.Initial)
    {
        await using var store = new EscalationStore(host.Database.Application);
        var session = store.OpenSession(RegionScope.For(region));
        var query = session.CreateBatchQuery();
        var fetched = query.Case(caseId);
        await query.ExecuteAsync(CancellationToken.None);
        var before = fetched.Value!;
        var now = Clock.Truncate(host.Clock.GetUtcNow());
        var (context, notice) = (new CaseContext(Ladders.Find(before.LadderVersion)!, LadderSettings.Default, now), Guid.CreateVersion7());
        var after = before;
        var events = new List<CaseEvent>();
        foreach (var command in new CaseCommand[]
        {
            new PrepareNotice(notice, kind),
            new NotifySupplierOfNotice(notice, new NoticeNotification("Försäljningschef", "26RK1024-9", 0, "Leverantören har redan yttrat sig muntligen i frågan.")),
            new IssueNotice(notice, new DecisionMaker("Inköpschef", "headOfPurchasing", "Delegationsordning 2026, punkt 4.5"), null, region, ["partner:adda"]),
        })
        {
            var decision = CaseDecider.Decide(command, after, context);
            Assert.That(decision.Rejections, Is.Empty);
            events.AddRange(decision.Events);
            after = decision.Events.Aggregate(after, EscalationCase.Evolve);
        }
        session.Append(before, events);
        await session.SaveChangesAsync(new WriteMetadata("kalmar-decider", null, null));
        return notice;
    }

    private sealed record AcknowledgementBody(Guid NoticeId, string AcknowledgedBy, string? Recipient);
}
