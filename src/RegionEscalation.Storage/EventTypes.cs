using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;

namespace RegionEscalation.Storage;

/// <summary>
/// The names under which events are stored: explicit and versioned, so that no CLR type can be renamed into a lost event.
/// A name once used is never given to another shape; a changed shape gets the next version beside the old one.
/// </summary>
public static class EventTypes
{
    private static readonly Dictionary<string, Type> ByName = new()
    {
        ["contract-synchronised.v1"] = typeof(ContractSynchronised),

        ["deviation-reported.v1"] = typeof(DeviationReported),
        ["deviation-assessed.v1"] = typeof(DeviationAssessed),
        ["deviation-reclassified.v1"] = typeof(DeviationReclassified),
        ["deviation-handled.v1"] = typeof(DeviationHandled),
        ["deviation-fed-back.v1"] = typeof(DeviationFedBack),
        ["deviation-joined-case.v1"] = typeof(DeviationJoinedCase),

        ["case-opened.v1"] = typeof(CaseOpened),
        ["deviation-attached.v1"] = typeof(DeviationAttached),
        ["attached-deviation-reassessed.v1"] = typeof(AttachedDeviationReassessed),
        ["attached-deviation-resolved.v1"] = typeof(AttachedDeviationResolved),
        ["activity-completed.v1"] = typeof(ActivityCompleted),
        ["activity-dispensed-with.v1"] = typeof(ActivityDispensedWith),
        ["activities-skipped.v1"] = typeof(ActivitiesSkipped),
        ["action-plan-established.v1"] = typeof(ActionPlanEstablished),
        ["action-plan-revised.v1"] = typeof(ActionPlanRevised),
        ["action-plan-agreed.v1"] = typeof(ActionPlanAgreed),
        ["action-plan-evaluated.v1"] = typeof(ActionPlanEvaluated),
        ["return-criteria-set.v1"] = typeof(ReturnCriteriaSet),
        ["return-criterion-met.v1"] = typeof(ReturnCriterionMet),
        ["case-escalated.v1"] = typeof(CaseEscalated),
        ["case-de-escalated.v1"] = typeof(CaseDeEscalated),
        ["case-closed.v1"] = typeof(CaseClosed),
    };

    private static readonly Dictionary<Type, string> ByType = ByName.ToDictionary(p => p.Value, p => p.Key);

    public static IReadOnlyCollection<string> Names => ByName.Keys;

    public static string NameOf(object e) => ByType[e.GetType()];

    /// <exception cref="InvalidDataException">No event of this build has that name.</exception>
    public static object Read(string name, string json) => ByName.TryGetValue(name, out var type)
        ? StoreJson.Read(json, type)
        : throw new InvalidDataException($"The event type {name} is unknown to this build.");

    public static string Write(object e) => StoreJson.Write(e);
}
