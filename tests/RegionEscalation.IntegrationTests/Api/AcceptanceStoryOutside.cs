using System.Net;
using System.Text;

namespace RegionEscalation.IntegrationTests.Api;

internal sealed partial class AcceptanceStory
{
    /// <summary>A supplier is watched, renewed and assessed; one watch becomes a case, another is cleared.</summary>
    public async Task WatchListAsync()
    {
        var contract = await _kalmar.ContractAsync(name: "Exempel Lager AB");
        var watched = RegionAtWork.Succeeded(await _kalmar.PostAsync("watch-list", Bodies.Watch(contract, Now))).Id;
        await OnWatchAsync(watched, HttpMethod.Post, "/renewals", new { reviewBy = Now.AddDays(120).ToString("yyyy-MM-dd"), reason = "Flytten är senarelagd.", renewedBy = "Avtalsansvarig" });
        await OnWatchAsync(watched, HttpMethod.Post, "/risk-assessments", Bodies.Risk(Now));
        await OnWatchAsync(watched, HttpMethod.Post, "/promotions", new { contractNumber = contract, motivation = RegionAtWork.Motivation, decidedBy = new { function = "Avtalsansvarig", level = "contractOwner" } });
        var other = RegionAtWork.Succeeded(await _kalmar.PostAsync("watch-list", Bodies.Watch(await _kalmar.ContractAsync(name: "Exempel Frakt AB"), Now))).Id;
        await OnWatchAsync(other, HttpMethod.Delete, "", new { reason = "Flytten är genomförd.", clearedBy = "Avtalsansvarig" });
    }

    /// <summary>A supplier is put, decisions on imports come too late, and a file is imported to its end.</summary>
    public async Task CatalogueAsync()
    {
        RegionAtWork.Succeeded(await _kalmar.SendAsync("integrator", HttpMethod.Put, "suppliers/5560160680", new { name = "Exempel Sjukvårdsmaterial AB", group = "Exempelkoncernen" }));
        foreach (var (path, body) in new (string, object?)[]
        {
            ($"catalogue-imports/{Guid.NewGuid()}/confirmations", new { confirmedBy = "Avtalsansvarig", motivation = RegionAtWork.Motivation }),
            ($"catalogue-imports/{Guid.NewGuid()}/cancellations", new { cancelledBy = "Avtalsansvarig" }),
            ("catalogue-source/runs", null),
        })
            Assert.That((await _kalmar.SendAsync("integrator", HttpMethod.Post, path, body)).Status, Is.EqualTo(HttpStatusCode.NotFound), path);

        const string Line = """{"contractNumber":"INLÄST","contract":{}}""";
        using var file = new StringContent(Line, Encoding.UTF8);
        file.Headers.ContentType = new("application/x-ndjson");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_kalmar.Path}/catalogue-imports") { Content = file };
        request.Headers.Authorization = new("Bearer", host.Identity.Issue(host.Identity.Clients.Single(c => c.ClientId == "kalmar-integrator")));
        using var answer = await (http ?? host.CreateClient()).SendAsync(request);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Accepted), await answer.Content.ReadAsStringAsync());
        await Finished.OfAsync(host.Database);
    }

    private async Task OnWatchAsync(Guid id, HttpMethod method, string resource, object body) => RegionAtWork.Succeeded(
        await _kalmar.SendAsync("handler", method, $"watch-list/{id}{resource}", body, ("If-Match", (await _kalmar.GetAsync($"watch-list/{id}")).ETag)));
}
