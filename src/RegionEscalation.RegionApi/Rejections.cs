using Microsoft.AspNetCore.Http;
using RegionEscalation.Domain;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi;

/// <summary>From the domain's rejections to RFC 9457 problems.</summary>
internal static class Rejections
{
    /// <summary>What there is one of at a time; it answers 409.</summary>
    private static readonly string[] Uniqueness = ["openCaseExists", "alreadyWatched"];

    /// <summary>The ids below a case that stand in the route: what they name is absent, not wrong.</summary>
    private static readonly string[] RouteIds = ["planId", "criterionId", "recordId"];

    public static IResult Answer(HttpContext http, IReadOnlyList<Rejection> rejections, string region, Guid? caseId) =>
        Answer(http, rejections, caseId is { } id ? resource => Paths.Case(region, id, resource) : null);

    /// <param name="pathOf">Where the resource is that would meet a rule.</param>
    public static IResult Answer(HttpContext http, IReadOnlyList<Rejection> rejections, Func<string, string>? pathOf)
    {
        if (rejections.Any(r => RouteIds.Contains(r.Field)))
            return Problems.NotFound(http);
        var rules = rejections.Where(r => r.Code != Rejection.FieldCode).ToArray();
        if (rules.Length == 0)
            return Problems.Fields(http, rejections
                .GroupBy(r => r.Field!)
                .ToDictionary(g => g.Key, g => (IReadOnlyList<FieldError>)[.. g.Select(r => new FieldError(r.Reason, TextOf(r.Message)))]));
        var fields = rejections.Where(r => r.Code == Rejection.FieldCode);
        return Problems.Rules(http, [.. rules.Concat(fields).Select(r => Violation(r, pathOf))],
            Uniqueness.Contains(rules[0].Reason) ? StatusCodes.Status409Conflict : StatusCodes.Status422UnprocessableEntity);
    }

    public static RuleViolation Violation(Rejection r, string region, Guid caseId) => Violation(r, resource => Paths.Case(region, caseId, resource));

    private static RuleViolation Violation(Rejection r, Func<string, string>? pathOf) => new(
        r.Code, r.Reason, TextOf(r.Message), r.Field, r.MetBy is { } resource ? pathOf?.Invoke(resource) : null);

    public static Text TextOf(Label label) => new(label.Sv, label.En);
}

/// <summary>Where resources are, from the root.</summary>
internal static class Paths
{
    public static string Region(string region) => $"/{EscalationApi.Name}/v1/regions/{region}";

    public static string Case(string region, Guid id) => $"{Region(region)}/cases/{id}";

    /// <param name="resource">Below the case; below the region where it is a deviation's own.</param>
    public static string Case(string region, Guid id, string resource) =>
        resource.StartsWith("deviations/", StringComparison.Ordinal) ? $"{Region(region)}/{resource}" : $"{Case(region, id)}/{resource}";

    public static string Deviation(string region, Guid id) => $"{Region(region)}/deviations/{id}";

    public static string Deviation(string region, Guid id, string resource) => $"{Deviation(region, id)}/{resource}";

    public static string Supplier(string region, Guid id) => $"{Region(region)}/suppliers/{id}";

    public static string CatalogueSource(string region) => $"{Region(region)}/catalogue-source";

    public static string CatalogueImport(string region, Guid id) => $"{Region(region)}/catalogue-imports/{id}";

    public static string WatchEntry(string region, Guid id) => $"{Region(region)}/watch-list/{id}";

    public static string Contract(string region, string number) => $"{Region(region)}/contracts/{Uri.EscapeDataString(number)}";
}
