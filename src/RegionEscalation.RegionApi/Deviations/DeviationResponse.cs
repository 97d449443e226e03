using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Deviations;

/// <param name="OccurredAt">When it occurred, UTC.</param>
/// <param name="ReportedBy">The function that reported it.</param>
/// <param name="CaseId">The case it is attached to.</param>
public sealed record DeviationResponse(
    Guid Id,
    SupplierResponse Supplier,
    ContractReference Contract,
    string RequirementReference,
    string Description,
    string? SubSupplier,
    DateTimeOffset OccurredAt,
    string ReportedBy,
    DateTimeOffset ReportedAt,
    DeviationStatus Status,
    Assessment? Assessment,
    DateTimeOffset? HandledAt,
    DateTimeOffset? FedBackAt,
    Guid? CaseId,
    DateTimeOffset UpdatedAt,
    long Version,
    [property: JsonPropertyName("_links")] DeviationLinks Links)
{
    internal static DeviationResponse From(Deviation d, HttpContext http)
    {
        var region = http.GrantedRegion().Code;
        return From(d, Link.To(http, Paths.Deviation(region, d.Id)), d.CaseId is { } id ? Link.To(http, Paths.Case(region, id)) : null);
    }

    internal static DeviationResponse From(Deviation d, Link self, Link? escalationCase) => new(
        d.Id, SupplierResponse.From(d.Supplier), d.Contract, d.RequirementReference, d.Description, d.SubSupplier, d.OccurredAt, d.ReportedBy,
        d.ReportedAt, d.Status(), d.Assessment, d.HandledAt, d.FedBackAt, d.CaseId, d.UpdatedAt, d.Version, new DeviationLinks(self, escalationCase));
}

/// <param name="Case">The case it is attached to.</param>
public sealed record DeviationLinks(Link Self, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Link? Case = null);
