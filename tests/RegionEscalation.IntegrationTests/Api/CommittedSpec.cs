using System.Text.Json;
using System.Text.Json.Nodes;
using RegionEscalation.Http;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>
/// A contract in the repository. <c>ACCEPT_API_CHANGES=1</c> in the environment rewrites it, so that a change of the contract is a change that
/// somebody reads.
/// </summary>
internal sealed class CommittedSpec(string fileName)
{
    private const string Switch = "ACCEPT_API_CHANGES";
    private static readonly JsonSerializerOptions Indented = new(Json.Options) { WriteIndented = true };

    private string File => Path.Combine(Repository.Root, "api-specs", fileName);

    public async Task AcceptAsync(JsonNode served)
    {
        if (Environment.GetEnvironmentVariable(Switch) != "1")
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        await System.IO.File.WriteAllTextAsync(File, Written(served));
    }

    public async Task AssertIsAsync(JsonNode served)
    {
        var text = System.IO.File.Exists(File) ? await System.IO.File.ReadAllTextAsync(File) : "{}";
        var differences = Differences(JsonNode.Parse(text), served, "").Take(20).ToArray();

        Assert.That(differences, Is.Empty,
            $"The contract has changed. If that is intended, run the tests once with {Switch}=1: it rewrites api-specs/{fileName}; commit it with the change.");
        Assert.That(text, Is.EqualTo(Written(JsonNode.Parse(text)!)), $"api-specs/{fileName} is not indented as {Switch}=1 writes it");
    }

    /// <summary>What the document refers to and does not have.</summary>
    public static IReadOnlyList<string> LeadsNowhere(JsonNode document)
    {
        var references = Descendants(document).OfType<JsonObject>().Select(o => o["$ref"]).OfType<JsonValue>().Select(v => v.GetValue<string>()).Distinct().ToArray();
        Assert.That(references, Is.Not.Empty);
        return [.. references.Where(r => SchemaCheck.Resolve(document, r) is null)];
    }

    private static string Written(JsonNode document) => document.ToJsonString(Indented).ReplaceLineEndings("\n") + "\n";

    private static IEnumerable<JsonNode?> Descendants(JsonNode? node) => node switch
    {
        JsonObject o => o.SelectMany(p => Descendants(p.Value)).Prepend(node),
        JsonArray a => a.SelectMany(Descendants).Prepend(node),
        _ => [node],
    };

    private static IEnumerable<string> Differences(JsonNode? committed, JsonNode? served, string path) => (committed, served) switch
    {
        (JsonObject a, JsonObject b) => a.Select(p => p.Key).Union(b.Select(p => p.Key)).SelectMany(key =>
            !a.ContainsKey(key) ? [$"{path}/{key}: new"] : !b.ContainsKey(key) ? [$"{path}/{key}: gone"] : Differences(a[key], b[key], $"{path}/{key}")),
        (JsonArray a, JsonArray b) when a.Count == b.Count => a.SelectMany((item, i) => Differences(item, b[i], $"{path}/{i}")),
        _ => JsonNode.DeepEquals(committed, served) ? [] : [$"{path}: {committed?.ToJsonString()} is now {served?.ToJsonString()}"],
    };
}
