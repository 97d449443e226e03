using Microsoft.AspNetCore.Http;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi;

/// <summary>What is wrong with a catalogue's row, as a problem: a rule of the domain leads, a bound of a field otherwise.</summary>
internal static class Faults
{
    public static IResult Answer(HttpContext http, IReadOnlyList<JsonFault> faults)
    {
        var rules = faults.Where(f => f.Rule.StartsWith("R-", StringComparison.Ordinal)).ToArray();
        return rules.Length > 0
            ? Problems.Rules(http, [.. rules.Select(f => new RuleViolation(f.Rule, "organisationNumberInvalid", f.Message, f.Field))])
            : Problems.Fields(http, faults.GroupBy(f => f.Field).ToDictionary(g => g.Key, IReadOnlyList<FieldError> (g) => [.. g.Select(f => new FieldError(f.Rule, f.Message))]));
    }
}
