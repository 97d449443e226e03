using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Deviations;

/// <param name="OccurredAt">When it occurred, UTC.</param>
/// <param name="ReportedBy">The function that reported it.</param>
/// <param name="Unit">The organisational unit where it was noticed.</param>
/// <param name="DiscoveredAt">When it was discovered, UTC.</param>
/// <param name="Topics">What in the value chain it touches (HU-001).</param>
/// <param name="Attachments">References to documents in the region's own archive.</param>
/// <param name="ExternalRegistrations">Where it is registered too (K24-003).</param>
/// <param name="Status">The furthest that it has come.</param>
/// <param name="Analysis">The latest; null without one.</param>
/// <param name="Closure">Null while it is open.</param>
/// <param name="CaseId">The case it is attached to.</param>
public sealed record DeviationResponse(
    Guid Id,
    SupplierResponse Supplier,
    ContractReference Contract,
    string RequirementReference,
    string Description,
    string? SubSupplier,
    DateTimeOffset OccurredAt,
    DateTimeOffset? DiscoveredAt,
    string? Unit,
    string? ArticleOrService,
    IReadOnlyList<Topic> Topics,
    string ReportedBy,
    DateTimeOffset ReportedAt,
    IReadOnlyList<ExternalRegistration> ExternalRegistrations,
    IReadOnlyList<Attachment> Attachments,
    DeviationStatus Status,
    Assessment? Assessment,
    DateTimeOffset? HandledAt,
    Analysis? Analysis,
    DateTimeOffset? AnalysedAt,
    DateTimeOffset? FedBackAt,
    DeviationClosure? Closure,
    Guid? CaseId,
    DateTimeOffset UpdatedAt,
    long Version,
    [property: JsonPropertyName("_links")] DeviationLinks Links)
{
    /// <param name="natural">Who is a natural person by now: the deviation may be older than the mark.</param>
    internal static DeviationResponse From(Deviation d, HttpContext http, NaturalPersons natural) => From(d with { Supplier = natural.Marked(d.Supplier) }, http);

    internal static DeviationResponse From(Deviation d, HttpContext http)
    {
        var region = http.GrantedRegion().Code;
        return From(d, Link.To(http, Paths.Deviation(region, d.Id)), d.CaseId is { } id ? Link.To(http, Paths.Case(region, id)) : null);
    }

    internal static DeviationResponse From(Deviation d, Link self, Link? escalationCase) => new(
        d.Id, SupplierResponse.From(d.Supplier), d.Contract, d.RequirementReference, d.Description, d.SubSupplier, d.OccurredAt,
        d.Details.DiscoveredAt, d.Details.Unit, d.Details.ArticleOrService, d.Details.Topics ?? [], d.ReportedBy, d.ReportedAt, d.ExternalRegistrations, d.Attachments,
        d.Status(), d.Assessment, d.HandledAt, d.Analysis, d.AnalysedAt, d.FedBackAt, d.Closure, d.CaseId, d.UpdatedAt, d.Version, new DeviationLinks(self, escalationCase));
}

/// <param name="Case">The case it is attached to.</param>
public sealed record DeviationLinks(Link Self, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Link? Case = null);
