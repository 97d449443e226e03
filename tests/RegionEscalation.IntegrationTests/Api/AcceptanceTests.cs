using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>The acceptance story in its main line and variants; each checks itself on its way, and the streams say the same afterwards.</summary>
public sealed class AcceptanceTests
{
    [Test]
    public Task A_crisis_goes_up_to_four_and_all_the_way_back() => PlayAsync(s => s.MainLineAsync(),
        "opened 0, escalated 1, escalated 2, escalated 4, deEscalated 3, deEscalated 2, closed resolved, reopened 0, migrated 2024-kalmar");

    [Test]
    public Task A_business_ends_and_its_evidence_lives_for_three_years() => PlayAsync(s => s.EndOfBusinessAsync(), "opened 4, escalated 5, closed terminated");

    [Test]
    public Task What_was_the_regions_own_doing_is_taken_back() => PlayAsync(s => s.UnfoundedAsync(), "opened 4, deEscalated 0, closed unfounded");

    [Test]
    public Task A_refused_plan_and_a_persistent_failure_lead_upwards() =>
        PlayAsync(s => s.RefusedAndPersistentAsync(), "opened 1, escalated 2, escalated 3, escalated 4");

    private static async Task PlayAsync(Func<AcceptanceStory, Task<Guid>> play, string expected)
    {
        await using var host = await TestHost.StartAsync();
        using var story = new AcceptanceStory(host);
        var id = await play(story);

        using var kalmar = new RegionAtWork(host);
        var first = await kalmar.GetAsync($"cases/{id}/events?limit=100");
        var second = await kalmar.GetAsync($"cases/{id}/events?limit=100&page=2");
        var ways = first.Body!["items"]!.AsArray().Concat(second.Body!["items"]!.AsArray()).Select(e => ((string?)e!["type"], e["data"]!) switch
        {
            ("case-opened.v1", var d) => $"opened {d["step"]}",
            ("case-escalated.v1", var d) => $"escalated {d["toStep"]}",
            ("case-de-escalated.v1", var d) => $"deEscalated {d["toStep"]}",
            ("case-closed.v1", var d) => $"closed {d["outcome"]}",
            ("case-reopened.v1", var d) => $"reopened {d["step"]}",
            ("case-migrated-to-ladder.v1", var d) => $"migrated {d["to"]}",
            _ => null,
        }).Where(w => w is not null);
        Assert.That(string.Join(", ", ways), Is.EqualTo(expected));

        foreach (var region in new[] { "08", "13" })
            Assert.That((await new StreamVerifier(host.Database.Application).VerifyAsync(RegionScope.For(region), CancellationToken.None)).Mismatches, Is.Empty);
    }
}
