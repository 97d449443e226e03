using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;
using RegionEscalation.Domain.WatchList;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Cases;

/// <param name="Step">0–5.</param>
/// <param name="StepEvent">The step's triggering event (händelse) in the edition's own words.</param>
/// <param name="Headline">The step's state, where the edition names one.</param>
/// <param name="NationallyVisible">True while the other regions can see the case's T0 fields.</param>
/// <param name="Disputed">True while a review that the supplier asked for is pending (R-D5).</param>
/// <param name="NextDue">The instant from which the case is overdue, UTC; null when nothing is to be done by a time. Being late moves nothing (R-E9).</param>
/// <param name="EscalationAdvised">True when the contract's deviations are found to recur (R-E1). Advice only: it moves nothing (R-E9).</param>
/// <param name="MergedInto">The case it went on as, when merged (R-Z4).</param>
/// <param name="TransferredTo">The code of the body that took it over, when transferred (R-Z4).</param>
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
    bool Disputed,
    DateTimeOffset? NextDue,
    bool EscalationAdvised,
    DateTimeOffset OpenedAt,
    DateTimeOffset? ClosedAt,
    Guid? MergedInto,
    string? TransferredTo,
    DateTimeOffset UpdatedAt,
    long Version,
    [property: JsonPropertyName("_links")] CaseLinks Links)
{
    internal static CaseSummary From(EscalationCase c, HttpContext http)
    {
        var region = http.GrantedRegion().Code;
        return From(c, region, LinksOf(c, http));
    }

    private protected static Func<string?, Link> LinksOf(EscalationCase c, HttpContext http) => resource =>
        Link.To(http, resource is null ? Paths.Case(http.GrantedRegion().Code, c.Id) : Paths.Case(http.GrantedRegion().Code, c.Id, resource));

    internal static CaseSummary From(EscalationCase c, string region, Func<string?, Link> link)
    {
        var step = Ladders.Find(c.LadderVersion)!.Step(c.Step);
        return new CaseSummary(c.Id, region, c.RegistrationNumber, SupplierResponse.From(c.Supplier), c.Contract, c.LadderVersion, c.Step,
            Rejections.TextOf(step.Event.Label), step.Headline is { } headline ? Rejections.TextOf(headline) : null, c.StepEnteredAt, c.Trigger,
            c.State, c.Outcome, NationalAccessPolicy.SignalOf(c) is not null, c.IsDisputed(), Obligations.NextDue(c), c.Recurrence is not null, c.OpenedAt, c.ClosedAt, c.MergedInto,
            c.TransferredTo, c.UpdatedAt, c.Version,
            new CaseLinks(link(null), link("transitions"), link("events")));
    }
}

public sealed record CaseLinks(Link Self, Link Transitions, Link Events);

/// <param name="Required">True when the activity must be done or dispensed with before the case escalates (R-E7).</param>
/// <param name="Outcome">Null while it is outstanding.</param>
/// <param name="By">The function that performed it or dispensed with it.</param>
/// <param name="Text">The note or the reason.</param>
/// <param name="PlannedFor">Swedish calendar date, where it is planned.</param>
public sealed record ActivityResponse(
    int Step, string Code, Text Label, bool Required, bool IfNeeded, ActivityOutcome? Outcome, DateTimeOffset? At, string? By, string? Text,
    DateOnly? PlannedFor);

/// <param name="Code">What is to be done, such as <c>returnCriteria</c>.</param>
/// <param name="Rule">The rule that asks for it.</param>
/// <param name="Due">The instant from which it is overdue, UTC.</param>
/// <param name="Href">The resource that would meet it.</param>
public sealed record ObligationResponse(string Code, string Rule, DateTimeOffset Due, bool Overdue, Text Text, string? Href)
{
    internal static ObligationResponse From(Obligation o, DateTimeOffset now, Func<string?, Link> link) =>
        new(o.Code, o.Rule, o.Due, o.Due <= now, Rejections.TextOf(o.Text), o.MetBy is { } resource ? link(resource).Href : null);
}

/// <param name="InForce">True when the latest revision is agreed or imposed and not yet evaluated.</param>
public sealed record ActionPlanResponse(Guid Id, bool InForce, IReadOnlyList<PlanRevision> Revisions);

/// <param name="ObservedUntil">End of the observation period, UTC.</param>
/// <param name="Current">True when it leads out of the step that the case stands at now.</param>
public sealed record ReturnCriterionResponse(
    Guid Id, int Step, string Text, DateTimeOffset SetAt, DateTimeOffset ObservedUntil, DateTimeOffset? MetAt, bool Current);

/// <summary>Advice to the region: the deviations of the case's contract recur (R-E1). It moves nothing (R-E9).</summary>
/// <param name="DetectedAt">UTC.</param>
/// <param name="Count">How many had to count.</param>
/// <param name="From">Where the window began, UTC.</param>
/// <param name="To">Where it ended, UTC.</param>
/// <param name="Deviations">Those that made it up, latest first, attached to the case or not.</param>
/// <param name="Href">The explanation as it stands now.</param>
public sealed record RecurrenceAdviceResponse(
    string Rule, DateTimeOffset DetectedAt, Text Text, int Count, int Months, bool SameRequirement, DateTimeOffset From, DateTimeOffset To,
    IReadOnlyList<Guid> Deviations, string Href)
{
    internal static RecurrenceAdviceResponse Of(RecurrenceAdvice a, Func<string?, Link> link) => new(
        "R-E1", a.DetectedAt, Rejections.TextOf(RecurrenceWords.Of(a)), a.Count, a.Months, a.SameRequirement, a.From, a.To, a.Deviations, link("recurrence").Href);
}

/// <summary>A case in full.</summary>
public sealed record CaseResponse : CaseSummary
{
    private CaseResponse(CaseSummary summary, EscalationCase c, CaseContext context, Func<string?, Link> link) : base(summary)
    {
        var ladder = context.Ladder;
        PartnerMissing = c.IsOpen() && Domain.Cases.Records.DialoguePartners.IsMissing(c, ladder);
        Obligations = [.. Domain.Cases.Obligations.Of(c).Select(o => ObligationResponse.From(o, context.Now, link))];
        RecurrenceAdvice = c.Recurrence is { } advice ? RecurrenceAdviceResponse.Of(advice, link) : null;
        Watched = c.Watched;
        Deviations = c.Deviations;
        Activities = [.. ladder.Steps.Where(s => s.Step <= c.HighestStep).SelectMany(s => ActivitiesOf(c, s))];
        ActionPlans = [.. c.ActionPlans.Select(p => new ActionPlanResponse(p.Id, p.Latest().IsInForce(), p.Revisions))];
        ReturnCriteria =
        [
            .. c.ReturnCriteria.Select(r => new ReturnCriterionResponse(
                r.Criterion.Id, r.Step, r.Criterion.Text, r.SetAt, r.Criterion.ObservedUntil, r.MetAt, r.Visit == c.Visit)),
        ];
        RiskAssessments = [.. c.Of<RiskAssessment>()];
        Incidents = [.. c.Of<Incident>()];
        ContinuityAssessments = [.. c.Of<ContinuityAssessment>()];
        DialoguePartners = [.. c.Of<NamedPartner>()];
        Letters = [.. c.Of<Letter>()];
        Meetings = [.. c.Of<Meeting>()];
        JointMeetings = [.. c.Of<JointMeetingAttendance>()];
        Sanctions = [.. c.Of<Sanction>()];
        CostEntries = [.. c.Of<CostEntry>()];
        Blocks = [.. c.Of<Block>()];
        BusinessHolds = [.. c.Of<BusinessHold>()];
        CrisisGroups = [.. c.Of<CrisisGroup>()];
        Terminations = [.. c.Of<Termination>()];
        CommentRequests = [.. c.Of<CommentRequest>()];
        SupplierStatements = [.. c.Of<SupplierStatement>()];
        Reviews = [.. c.Of<Review>()];
        SeriousAggregates = [.. c.Of<SeriousAggregate>()];
        PlanRefusals = [.. c.Of<PlanRefusal>()];
        Notices = [.. c.Of<Notice>()];
        DisclosureDecisions = [.. c.Of<DisclosureDecision>()];
    }

    /// <summary>True when the ladder wants the dialogue at a level of the supplier for which nobody is named (R-A4).</summary>
    public bool PartnerMissing { get; }

    /// <summary>What is to be done and by when, earliest first. Reminders only (R-E9).</summary>
    public IReadOnlyList<ObligationResponse> Obligations { get; }

    /// <summary>What speaks for escalating to the next step by recurring deviations; null where nothing does.</summary>
    public RecurrenceAdviceResponse? RecurrenceAdvice { get; init; }

    /// <summary>Since when and why the supplier was watched, where the case was opened from the watch list (R-W1).</summary>
    public WatchHistory? Watched { get; init; }

    public IReadOnlyList<AttachedDeviation> Deviations { get; }

    /// <summary>The common and specific activities of every step the case has stood at.</summary>
    public IReadOnlyList<ActivityResponse> Activities { get; }
    public IReadOnlyList<ActionPlanResponse> ActionPlans { get; }
    public IReadOnlyList<ReturnCriterionResponse> ReturnCriteria { get; }
    public IReadOnlyList<RiskAssessment> RiskAssessments { get; }
    public IReadOnlyList<Incident> Incidents { get; }
    public IReadOnlyList<ContinuityAssessment> ContinuityAssessments { get; }
    public IReadOnlyList<NamedPartner> DialoguePartners { get; }
    public IReadOnlyList<Letter> Letters { get; }
    public IReadOnlyList<Meeting> Meetings { get; }
    public IReadOnlyList<JointMeetingAttendance> JointMeetings { get; }
    public IReadOnlyList<Sanction> Sanctions { get; }
    public IReadOnlyList<CostEntry> CostEntries { get; }
    public IReadOnlyList<Block> Blocks { get; }
    public IReadOnlyList<BusinessHold> BusinessHolds { get; }
    public IReadOnlyList<CrisisGroup> CrisisGroups { get; }
    public IReadOnlyList<Termination> Terminations { get; }
    public IReadOnlyList<CommentRequest> CommentRequests { get; }
    public IReadOnlyList<SupplierStatement> SupplierStatements { get; }
    public IReadOnlyList<Review> Reviews { get; }
    public IReadOnlyList<SeriousAggregate> SeriousAggregates { get; }
    public IReadOnlyList<PlanRefusal> PlanRefusals { get; }
    public IReadOnlyList<Notice> Notices { get; }
    public IReadOnlyList<DisclosureDecision> DisclosureDecisions { get; }

    internal static CaseResponse From(EscalationCase c, CaseContext context, HttpContext http) => From(c, context, http.GrantedRegion().Code, LinksOf(c, http));

    internal static CaseResponse From(EscalationCase c, CaseContext context, string region, Func<string?, Link> link) =>
        new(CaseSummary.From(c, region, link), c, context, link);

    private static IEnumerable<ActivityResponse> ActivitiesOf(EscalationCase c, LadderStep step) =>
        from activity in step.Activities.Concat(step.SpecificActivities)
        let record = c.Activity(step.Step, activity.Code)
        let done = record is null or { Outcome: ActivityOutcome.Planned } && CaseActivities.IsDoneByRecord(c, step.Step, activity.Code)
        select new ActivityResponse(step.Step, activity.Code, Rejections.TextOf(activity.Label), step.Required.Contains(activity), activity.IfNeeded,
            done ? ActivityOutcome.Completed : record?.Outcome, record?.At, record?.By, record?.Text, record?.PlannedFor);
}
