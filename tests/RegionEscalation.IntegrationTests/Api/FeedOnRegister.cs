using System.Text.Json.Nodes;
using RegionEscalation.Host.Development;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>The national change feed as clients read it.</summary>
internal static class FeedOnRegister
{
    /// <summary>Waits until everything that is committed can be read: other tests write in the same cluster.</summary>
    public static async Task SettledAsync(this TestHost host)
    {
        for (var attempt = 0; attempt < 3000; attempt++)
        {
            if (await host.Database.ScalarAsync("SELECT coalesce(max(transaction_id) < pg_snapshot_xmin(pg_current_snapshot()), true) FROM national_changes") is true)
                return;
            await Task.Delay(20);
        }
        throw new TimeoutException("An older transaction does not end.");
    }

    /// <summary>Everything that the client is told of, part by part.</summary>
    public static async Task<JsonNode[]> ChangesAsync(this RegisterAtWork register, string client, string query = "") =>
        await register.ChangesAsync(register.Host.Identity.Clients.Single(c => c.ClientId == client), query);

    /// <inheritdoc cref="ChangesAsync(RegisterAtWork, string, string)"/>
    public static async Task<JsonNode[]> ChangesAsync(this RegisterAtWork register, DevelopmentClient client, string query = "")
    {
        await register.Host.SettledAsync();
        var entries = new List<JsonNode>();
        var path = $"changes{query}";
        while (true)
        {
            var part = RegionAtWork.Succeeded(await register.GetAsync(path, client)).Body!;
            var next = NextOf(part);
            if (next == path || part["items"]!.AsArray().Count == 0)
                return [.. entries];
            entries.AddRange(part["items"]!.AsArray().Select(e => e!));
            path = next;
        }
    }

    /// <summary>Each entry in short: what happened to what, and what is to be seen of it.</summary>
    public static async Task<string[]> ToldAsync(this RegisterAtWork register, string client, string query = "") => [.. (await register.ChangesAsync(client, query)).Select(Brief)];

    public static string Brief(JsonNode entry)
    {
        var data = entry["data"]!;
        var content = data["case"] is { } c ? $"at {c["step"]}{(c["preliminary"]!.GetValue<bool>() ? ", preliminary" : "")}"
            : data["notice"] is { } n ? $"{n["number"]} {n["kind"]}"
            : data["acknowledgement"] is { } a ? $"by {a["recipient"]}"
            : data["meeting"] is { } m ? $"{m["state"]}"
            : "-";
        return $"{entry["type"]!.ToString().Replace("national-", "", StringComparison.Ordinal).Replace(".v1", "", StringComparison.Ordinal)}: {content}";
    }

    /// <summary>Where the part leads, as a path below the API.</summary>
    public static string NextOf(JsonNode part) => part["_links"]!["next"]!["href"]!.ToString().Split("/national/v1/")[1];
}
