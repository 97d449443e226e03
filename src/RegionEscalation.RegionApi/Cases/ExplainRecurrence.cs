using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.Cases;

/// <param name="RequirementReference">The requirement that was not met; null where the case does not know.</param>
/// <param name="Counts">Whether it counts towards recurrence.</param>
/// <param name="WhyNot">Why it does not; null when it does.</param>
/// <param name="Text">The same in words.</param>
public sealed record ConsideredDeviationResponse(
    Guid Id, DateTimeOffset OccurredAt, string? RequirementReference, bool Counts, NotRecurring? WhyNot, Text Text,
    [property: JsonPropertyName("_links")] ConsideredDeviationLinks Links);

public sealed record ConsideredDeviationLinks(Link Self);

/// <summary>The rule of recurring deviations (R-E1) as it stands for a contract now, and every deviation that was considered.</summary>
/// <param name="CaseId">The case that it is explained for: the open one about the contract, or the one asked for.</param>
/// <param name="Met">Whether the rule is met. What escalates is a decision with its evidence; time and advice move nothing (R-E9).</param>
/// <param name="Count">How many must count, by the region's settings.</param>
/// <param name="Months">Within how many months, by the time they occurred.</param>
/// <param name="SameRequirement">Whether only deviations from one and the same requirement count together.</param>
/// <param name="From">Where the window begins, UTC.</param>
/// <param name="To">Where it ends, UTC: now.</param>
/// <param name="Counting">How many count.</param>
/// <param name="Total">How many deviations the contract has; at most 500 are considered, those that are assessed first and of them those that occurred last.</param>
/// <param name="Deviations">Those considered, latest first.</param>
public sealed record RecurrenceResponse(
    string ContractNumber,
    Guid? CaseId,
    string Rule,
    bool Met,
    int Count,
    int Months,
    bool SameRequirement,
    DateTimeOffset From,
    DateTimeOffset To,
    int Counting,
    long Total,
    Text Text,
    IReadOnlyList<ConsideredDeviationResponse> Deviations,
    [property: JsonPropertyName("_links")] RecurrenceLinks Links)
{
    internal static RecurrenceResponse Of(string contractNumber, Guid? caseId, Recurrence r, long total, string region, Func<string, Link> link) => new(
        contractNumber, caseId, "R-E1", r.IsMet, r.Count, r.Months, r.SameRequirement, r.From, r.To, r.Counting.Count, total, Rejections.TextOf(RecurrenceWords.Of(r)),
        [
            .. r.Considered.Select(d => new ConsideredDeviationResponse(d.Id, d.OccurredAt, d.RequirementReference, d.WhyNot is null, d.WhyNot,
                Rejections.TextOf(RecurrenceWords.Of(d.WhyNot)), new ConsideredDeviationLinks(link(Paths.Deviation(region, d.Id))))),
        ],
        new RecurrenceLinks(link(Paths.Contract(region, contractNumber)), caseId is { } id ? link(Paths.Case(region, id)) : null));
}

/// <param name="Case">The case that it is explained for.</param>
public sealed record RecurrenceLinks(Link Contract, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Link? Case);

/// <summary>Why the deviations of a contract are recurring, or are not.</summary>
internal static class ExplainRecurrence
{
    public static void MapOfContracts(RouteGroupBuilder region) => region.MapGet("/contracts/{contractNumber}/recurrence", OfContractAsync)
        .WithTags("Contracts")
        .AllowRoles(Role.Reader)
        .WithName("explainContractRecurrence")
        .Describe("Förklara återkommande avvikelser för ett avtal / Explain the recurring deviations of a contract",
            "Fönsterregeln (R-E1) som den står just nu: vad regionen kräver, fönstrets början och slut, och varje avvikelse med om den räknas och annars varför inte. Inget flyttas av detta. "
            + "The window rule (R-E1) as it stands now: what the region asks for, where the window begins and ends, and every deviation with whether it counts and otherwise why not. Nothing is moved by this.")
        .WithResponseExample(200, Example);

    public static void MapOfCases(RouteGroupBuilder cases) => cases.MapGet("/{id:guid}/recurrence", OfCaseAsync)
        .AllowRoles(Role.Reader)
        .WithName("explainCaseRecurrence")
        .Describe("Förklara återkommande avvikelser för ett ärende / Explain the recurring deviations of a case",
            "Samma förklaring för ärendets avtal och leverantör, också av det som redan har utlöst en förflyttning (R-E8) eller kom från ett annat avtal. "
            + "The same explanation for the case's contract and supplier, also of what has triggered a transition already (R-E8) or came from another contract.")
        .WithResponseExample(200, Example);

    private static RecurrenceResponse Example { get; } = RecurrenceResponse.Of(
        Examples.State.Contract.Number, Examples.State.Id,
        Recurrence.Of(Examples.State.Deviations, [], [], LadderSettings.Default, Examples.Opened.AddDays(14)), 1, "08",
        path => new Link("https://region-escalation.example" + path));

    private static async Task<IResult> OfContractAsync(string contractNumber, RegionSession session, HttpContext http, TimeProvider time)
    {
        var query = session.CreateBatchQuery();
        var deviations = query.DeviationsUnder(ContractKey.OfNumber(contractNumber));
        var open = query.OpenCaseAbout(contractNumber);
        var settings = query.LadderSettings();
        await query.ExecuteAsync(http.RequestAborted);
        return deviations.Value is { } read
            ? Explained(read, read.SupplierId, open.Value, settings.Value.OrDefault(), http, time)
            : Problems.NotFound(http);
    }

    private static async Task<IResult> OfCaseAsync(Guid id, RegionSession session, HttpContext http, TimeProvider time)
    {
        var query = session.CreateBatchQuery();
        var found = query.Case(id);
        var deviations = query.DeviationsUnder(ContractKey.OfCase(id));
        var settings = query.LadderSettings();
        await query.ExecuteAsync(http.RequestAborted);
        return found.Value is { } c && deviations.Value is { } read
            ? Explained(read, c.Supplier.Id, c, settings.Value.OrDefault(), http, time)
            : Problems.NotFound(http);
    }

    private static IResult Explained(ContractDeviations read, Guid supplierId, EscalationCase? c, LadderSettings settings, HttpContext http, TimeProvider time) =>
        Results.Ok(RecurrenceResponse.Of(read.ContractNumber, c?.Id, Recurrence.OfContract(read.Deviations, supplierId, c, settings, time.Now()), read.Total,
            http.GrantedRegion().Code, path => Link.To(http, path)));
}
