using System.Net;
using System.Text.Json.Nodes;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>Reads a feed as it is meant to be read: from link to link, keeping what it is given.</summary>
/// <param name="get">Asks for a path with its query.</param>
/// <param name="first">The path that it begins with.</param>
internal sealed class FeedFollower(Func<string, Task<Answer>> get, string first)
{
    /// <summary>Beyond this a wait is a failure; nothing is told of how long it took.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    /// <summary>The next link, as a path with its query.</summary>
    public string Next { get; private set; } = first;

    public List<JsonNode> Entries { get; } = [];

    public Guid[] Ids => [.. Entries.Select(e => e["id"]!.GetValue<Guid>())];

    /// <returns>The entries of the next part.</returns>
    public Task<JsonNode[]> ReadAsync() => ReadAsync(Next);

    /// <summary>Waits for the next part where there is nothing yet.</summary>
    public async Task<JsonNode[]> WaitAsync()
    {
        var entries = await ReadAsync(Next + "&wait=30");
        Next = Next.Replace("wait=30&", "", StringComparison.Ordinal);
        return entries;
    }

    /// <summary>Goes on until there are so many entries, and then to the end of what there is.</summary>
    public async Task<FeedFollower> UntilAsync(int count)
    {
        var deadline = DateTime.UtcNow + Deadline;
        while ((await ReadAsync()).Length > 0 || Entries.Count < count)
        {
            if (DateTime.UtcNow > deadline)
                throw new TimeoutException($"{Entries.Count} of {count} entries came.");
        }
        return this;
    }

    /// <summary>Goes on to the end of what is committed in the region, once nothing holds it back any more.</summary>
    public async Task<FeedFollower> ToTheEndAsync(TestDatabase database, string region)
    {
        var deadline = DateTime.UtcNow + Deadline;
        while (!0L.Equals(await database.ScalarAsync(
            "SELECT count(*) FROM mt_events WHERE tenant_id = $1 AND transaction_id >= pg_snapshot_xmin(pg_current_snapshot())", region)))
        {
            if (DateTime.UtcNow > deadline)
                throw new TimeoutException("What was committed is held back.");
            await Task.Delay(20);
        }
        for (var before = ""; before != Next;)
        {
            before = Next;
            await ReadAsync();
        }
        return this;
    }

    private async Task<JsonNode[]> ReadAsync(string link)
    {
        var answer = await get(link);
        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.OK), answer.Text);
        JsonNode[] entries = [.. answer.Body!["items"]!.AsArray().Select(e => e!)];
        Entries.AddRange(entries);
        Next = new Uri((string)answer.Body["_links"]!["next"]!["href"]!).PathAndQuery;
        return entries;
    }
}
