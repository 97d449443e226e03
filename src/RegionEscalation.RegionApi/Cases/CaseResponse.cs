using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Cases;

/// <param name="Step">0–5.</param>
/// <param name="StepEvent">The step's triggering event (händelse) in the edition's own words.</param>
/// <param name="Headline">The step's state, where the edition names one.</param>
/// <param name="NationallyVisible">True while the other regions can see the case's T0 fields.</param>
public record CaseSummary(
    Guid Id,
    string Region,
    string? RegistrationNumber,
    SupplierResponse Supplier,
    ContractReference Contract,
    string Ladder,
    int Step,
    Text StepEvent,
    Text? Headline,
    DateTimeOffset StepEnteredAt,
    Trigger Trigger,
    CaseState State,
    CaseOutcome? Outcome,
    bool NationallyVisible,
    DateTimeOffset OpenedAt,
    DateTimeOffset? ClosedAt,
    DateTimeOffset UpdatedAt,
    long Version,
    [property: JsonPropertyName("_links")] CaseLinks Links)
{
    internal static CaseSummary From(EscalationCase c, HttpContext http)
    {
        var region = http.GrantedRegion().Code;
        return From(c, region, resource => Link.To(http, resource is null ? Paths.Case(region, c.Id) : Paths.Case(region, c.Id, resource)));
    }

    internal static CaseSummary From(EscalationCase c, string region, Func<string?, Link> link)
    {
        var step = Ladders.Find(c.LadderVersion)!.Step(c.Step);
        return new CaseSummary(c.Id, region, c.RegistrationNumber, SupplierResponse.From(c.Supplier), c.Contract, c.LadderVersion, c.Step,
            Rejections.TextOf(step.Event.Label), step.Headline is { } headline ? Rejections.TextOf(headline) : null, c.StepEnteredAt, c.Trigger,
            c.State, c.Outcome, NationalAccessPolicy.SignalOf(c) is not null, c.OpenedAt, c.ClosedAt, c.UpdatedAt, c.Version,
            new CaseLinks(link(null), link("transitions"), link("events")));
    }
}

public sealed record CaseLinks(Link Self, Link Transitions, Link Events);

/// <param name="Required">True when the activity must be done or dispensed with before the case escalates (R-E7).</param>
/// <param name="Outcome">Null while it is outstanding.</param>
/// <param name="By">The function that performed it or dispensed with it.</param>
/// <param name="Text">The note or the reason.</param>
public sealed record ActivityResponse(
    int Step, string Code, Text Label, bool Required, bool IfNeeded, ActivityOutcome? Outcome, DateTimeOffset? At, string? By, string? Text);

/// <param name="InForce">True when the latest revision is agreed or imposed and not yet evaluated.</param>
public sealed record ActionPlanResponse(Guid Id, bool InForce, IReadOnlyList<PlanRevision> Revisions);

/// <param name="ObservedUntil">End of the observation period, UTC.</param>
/// <param name="Current">True when it leads out of the step that the case stands at now.</param>
public sealed record ReturnCriterionResponse(
    Guid Id, int Step, string Text, DateTimeOffset SetAt, DateTimeOffset ObservedUntil, DateTimeOffset? MetAt, bool Current);

/// <summary>A case in full.</summary>
public sealed record CaseResponse : CaseSummary
{
    private CaseResponse(CaseSummary summary, EscalationCase c) : base(summary)
    {
        var ladder = Ladders.Find(c.LadderVersion)!;
        Deviations = c.Deviations;
        Activities = [.. ladder.Steps.Where(s => s.Step <= c.HighestStep).SelectMany(s => ActivitiesOf(c, s))];
        ActionPlans = [.. c.ActionPlans.Select(p => new ActionPlanResponse(p.Id, p.Latest() is { Agreement: not null, Evaluation: null }, p.Revisions))];
        ReturnCriteria =
        [
            .. c.ReturnCriteria.Select(r => new ReturnCriterionResponse(
                r.Criterion.Id, r.Step, r.Criterion.Text, r.SetAt, r.Criterion.ObservedUntil, r.MetAt, r.Visit == c.Visit)),
        ];
    }

    public IReadOnlyList<AttachedDeviation> Deviations { get; }

    /// <summary>The common and specific activities of every step the case has stood at.</summary>
    public IReadOnlyList<ActivityResponse> Activities { get; }
    public IReadOnlyList<ActionPlanResponse> ActionPlans { get; }
    public IReadOnlyList<ReturnCriterionResponse> ReturnCriteria { get; }

    internal static new CaseResponse From(EscalationCase c, HttpContext http) => new(CaseSummary.From(c, http), c);

    internal static CaseResponse From(EscalationCase c, CaseSummary summary) => new(summary, c);

    private static IEnumerable<ActivityResponse> ActivitiesOf(EscalationCase c, LadderStep step) =>
        from activity in step.Activities.Concat(step.SpecificActivities)
        let record = c.Activity(step.Step, activity.Code)
        let byPlan = record is null && CaseActivities.IsDoneByPlan(c, activity.Code)
        select new ActivityResponse(step.Step, activity.Code, Rejections.TextOf(activity.Label),
            step.Required.Contains(activity), activity.IfNeeded, byPlan ? ActivityOutcome.Completed : record?.Outcome, record?.At, record?.By, record?.Text);
}
