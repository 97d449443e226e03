using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.WatchList;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.WatchList;

/// <param name="State">An entry that has passed its last day is <c>expired</c>, noted or not (R-W1).</param>
/// <param name="Contract">Null where the supplier is watched as a whole.</param>
/// <param name="Source">Where the reason to watch came from.</param>
/// <param name="Owner">The function that watches.</param>
/// <param name="Since">UTC.</param>
/// <param name="ReviewBy">Last day, Swedish calendar date; then it lapses unless renewed (R-W1).</param>
/// <param name="RiskAssessments">In the order they were made; the last one stands.</param>
/// <param name="EndedAt">UTC; of an expired entry the end of its last day.</param>
/// <param name="EndReason">Why it was cleared.</param>
/// <param name="ClearedBy">The function that cleared it.</param>
/// <param name="CaseId">The case that was opened from it.</param>
public sealed record WatchEntryResponse(
    Guid Id,
    WatchState State,
    SupplierResponse Supplier,
    ContractReference? Contract,
    string Reason,
    string Source,
    string Owner,
    DateTimeOffset Since,
    DateOnly ReviewBy,
    IReadOnlyList<WatchRenewal> Renewals,
    IReadOnlyList<WatchRiskAssessment> RiskAssessments,
    DateTimeOffset? EndedAt,
    string? EndReason,
    string? ClearedBy,
    Guid? CaseId,
    DateTimeOffset UpdatedAt,
    long Version,
    [property: JsonPropertyName("_links")] WatchEntryLinks Links)
{
    /// <param name="natural">Who is a natural person by now: the entry may be older than the mark.</param>
    internal static WatchEntryResponse From(WatchEntry w, DateTimeOffset now, HttpContext http, NaturalPersons natural) =>
        From(w with { Supplier = natural.Marked(w.Supplier) }, now, http);

    internal static WatchEntryResponse From(WatchEntry w, DateTimeOffset now, HttpContext http) => From(w, now, http.GrantedRegion().Code, path => Link.To(http, path));

    private static WatchEntryResponse From(WatchEntry w, DateTimeOffset now, string region, Func<string, Link> link)
    {
        var state = w.StateAt(now);
        return new WatchEntryResponse(w.Id, state, SupplierResponse.From(w.Supplier), w.Contract, w.Reason, w.Source, w.Owner, w.Since, w.ReviewBy, w.Renewals,
            w.RiskAssessments, state == WatchState.Expired ? w.LapsesAt() : w.EndedAt, w.EndReason, w.ClearedBy, w.CaseId, w.UpdatedAt, w.Version,
            new WatchEntryLinks(link(Paths.WatchEntry(region, w.Id)), w.CaseId is { } id ? link(Paths.Case(region, id)) : null));
    }

    internal static WatchEntryResponse Example { get; } = From(
        new WatchEvent[]
        {
            new SupplierPlacedUnderWatch(Examples.Opened, Guid.Parse("019cadb4-2f20-7000-8000-000000000031"), Examples.State.Supplier, Examples.State.Contract,
                "Leverantören har aviserat att lagret flyttas under sommaren.", "Leverantörsuppföljning, kvartal 1", "Avtalsansvarig", new DateOnly(2026, 6, 30)),
            new WatchRiskAssessed(Examples.Opened.AddDays(1), Guid.Parse("019cadb4-2f20-7000-8000-000000000032"), new RiskAssessmentContent(RiskKind.Potential, 2, 3,
                [Domain.Deviations.ConsequenceArea.Operations], "Leveranserna kan försenas när lagret flyttas.", "Kategoriledare", new DateOnly(2026, 9, 30))),
            new WatchRenewed(Examples.Opened.AddDays(10), new DateOnly(2026, 8, 31), "Flytten är senarelagd till augusti.", "Avtalsansvarig"),
        }.Aggregate((WatchEntry?)null, WatchEntry.Evolve)!,
        Examples.Opened.AddDays(14), "08", path => new Link("https://region-escalation.example" + path));
}

/// <param name="Case">The case that was opened from it.</param>
public sealed record WatchEntryLinks(Link Self, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Link? Case = null);
