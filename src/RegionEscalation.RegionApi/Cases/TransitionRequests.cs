using RegionEscalation.Domain;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Cases;

/// <param name="Id">The evidence's id within the case; for every kind but documents.</param>
/// <param name="Reference">A document's reference in the region's own records; for documents only.</param>
public sealed record EvidenceRequest(EvidenceKind Kind, Guid? Id = null, [TextLength(1, 200)] string? Reference = null);

/// <param name="Function">The function that decides, never a person's name.</param>
/// <param name="Level">The decision level: the code of a region-side dialogue partner of the ladder, such as <c>headOfPurchasing</c>.</param>
/// <param name="DelegationReference">The delegation that the decision rests on, where there is one.</param>
public sealed record DecisionMakerRequest(
    [TextLength(1, 200)] string Function, [TextLength(1, 60)] string Level, [TextLength(1, 200)] string? DelegationReference = null)
{
    internal DecisionMaker Decider() => new(Function, Level, DelegationReference);
}

/// <param name="Rule">The id of a rule that may be departed from in a single case, such as <c>R-E7</c>.</param>
/// <param name="Motivation">Why, in at least 30 characters; it is recorded with the decision.</param>
public sealed record DepartureRequest([TextLength(1, 20)] string Rule, [TextLength(1, 4000)] string Motivation);

/// <summary>What every transition of a case is decided with (R-G7).</summary>
internal static class TransitionRequests
{
    public static TransitionBasis Basis(
        Trigger trigger, IReadOnlyList<EvidenceRequest> evidence, string motivation, DecisionMakerRequest decidedBy, IReadOnlyList<DepartureRequest>? departures) =>
        new(trigger,
            [.. evidence.Select(e => new EvidenceReference(e.Kind, e.Kind == EvidenceKind.Document ? null : e.Id, e.Kind == EvidenceKind.Document ? e.Reference : null))],
            motivation,
            decidedBy.Decider(),
            [.. (departures ?? []).Select(d => new Departure(d.Rule, d.Motivation))]);
}
