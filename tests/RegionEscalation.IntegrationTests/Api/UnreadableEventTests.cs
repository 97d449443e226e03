using System.Net;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>Events that this build cannot read, in a region's feed.</summary>
public sealed class UnreadableEventTests
{
    [Test]
    public async Task The_feed_stops_before_what_a_newer_build_wrote_and_goes_past_what_is_damaged()
    {
        await using var host = await TestHost.StartAsync();
        using var kalmar = new RegionAtWork(host);
        // The first one brings its supplier with it.
        for (var i = 0; i < 5; i++)
            await kalmar.ContractAsync();
        await new FeedFollower(p => kalmar.GetAsync(p), $"{kalmar.Path}/changes").UntilAsync(6);
        const string Nth = "seq_id = (SELECT seq_id FROM mt_events ORDER BY transaction_id, seq_id OFFSET $1 LIMIT 1)";
        await host.Database.ScalarAsync($"UPDATE mt_events SET data = '[]' WHERE {Nth}", 3);
        await host.Database.ScalarAsync($"UPDATE mt_events SET type = 'contract-dreamt-of.v1' WHERE {Nth}", 4);

        var before = RegionAtWork.Succeeded(await kalmar.GetAsync("changes"));
        var next = before.Body!["_links"]!["next"]!["href"]!.ToString().Split("/regions/08/")[1];
        var stopped = await kalmar.GetAsync(next);
        await host.Database.ScalarAsync($"UPDATE mt_events SET type = 'contract-synchronised.v1' WHERE {Nth}", 4);
        var after = RegionAtWork.Succeeded(await kalmar.GetAsync(next));

        var items = before.Body["items"]!.AsArray();
        Assert.That(items.Select(e => e!["data"]!["event"] is null), Is.EqualTo(new[] { false, false, false, true }));
        Assert.That($"{items[3]!["type"]} {items[3]!["data"]!["kind"]} {items[3]!["subject"]}", Is.EqualTo($"contract-synchronised.v1 contract events/{items[3]!["id"]}"));
        Assert.That(stopped.Status, Is.EqualTo(HttpStatusCode.ServiceUnavailable), stopped.Text);
        Assert.That(stopped.Headers, Does.Contain("Retry-After"));
        Assert.That(after.Body!["items"]!.AsArray(), Has.Count.EqualTo(2));
    }
}
