namespace RegionEscalation.IntegrationTests.Api;

/// <summary>What a region's catalogue says, and what is asked of it.</summary>
internal static class CatalogueBodies
{
    public const string Motivation = "Verksamheten övergick oförändrad, med samma personal och samma produktion.";

    public static object Contract(object supplier, string title = "Förbrukningsmaterial", object? further = null, string ownerAddress = "avtal@region.example")
    {
        var body = new Dictionary<string, object?>
        {
            ["title"] = title,
            ["supplier"] = supplier,
            ["category"] = "Sjukvårdsmaterial",
            ["ownerAddress"] = ownerAddress,
            ["clauses"] = new[]
            {
                new { type = "penalty", reference = "7.3" }, new { type = "callOffStop", reference = "9.2" }, new { type = "rescission", reference = "12.1" },
            },
        };
        foreach (var member in further?.GetType().GetProperties() ?? [])
            body[member.Name] = member.GetValue(further);
        return body;
    }

    public static object By(string organisationNumber, string name, bool? soleTrader = null) => new { organisationNumber, name, soleTrader };

    public static async Task<Answer> PutAsync(this RegionAtWork region, string path, object body, string role = "integrator", params (string Name, string? Value)[] headers) =>
        await region.SendAsync(role, HttpMethod.Put, path, body, headers);

    public static async Task<Answer> KnowsAsync(this RegionAtWork region, string path, object body) => RegionAtWork.Succeeded(await region.PutAsync(path, body));

    /// <summary>What a list has, in its order, all on one page.</summary>
    public static async Task<string> ListedAsync(this RegionAtWork region, string path, string member = "name")
    {
        var answer = RegionAtWork.Succeeded(await region.GetAsync(path + (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "limit=100"));
        return string.Join(" | ", answer.Body!["items"]!.AsArray().Select(i => (string?)i![member]));
    }

    /// <summary>The number with the check digit that it should have.</summary>
    public static string LuhnOf(string number) => Enumerable.Range(0, 10).Select(d => number[..9] + d).Single(n => Domain.OrganisationNumber.Normalise(n) is not null);
}
