using System.Text.Json.Serialization;
using RegionEscalation.Domain.Regions;

namespace RegionEscalation.Domain.Ladder;

/// <summary>What an edition of the ladder names as the triggering event of a step, and what ends or reverses an escalation.</summary>
public enum Trigger
{
    Risk,
    Incident,
    SingleDeviation,
    RecurringDeviation,
    PlanWithoutEffect,
    PlanNotFollowed,
    NoSolution,
    SeriousDeviation,

    /// <summary>A plan that fails at step 3 without any single serious deviation, serious as a whole: a rule of this platform (R-E4b).</summary>
    PersistentFailure,

    /// <summary>A new deviation soon after stepping down leads straight back (R-D6).</summary>
    Relapse,

    /// <summary>The way back: the return criteria of the step are met.</summary>
    ReturnCriteriaMet,

    /// <summary>A review has found that the case belongs at a lower step (R-D5).</summary>
    ReviewChanged,

    /// <summary>Everything runs as the contract says again.</summary>
    Resolved,

    /// <summary>There was nothing in it.</summary>
    Unfounded,

    /// <summary>The contract or the cooperation has ended (R-Z2).</summary>
    Terminated,

    /// <summary>The case goes on as another of the region's cases about the supplier (R-Z4).</summary>
    Merged,

    /// <summary>Another body takes the case over (R-Z4).</summary>
    Transferred,
}

public enum DialogueSide
{
    Supplier,
    Region,
}

/// <param name="SourceText">The source's own wording where the label corrects it or leaves a prefix out.</param>
public sealed record StepEvent(Label Label, string? SourceText = null);

/// <param name="IfNeeded">The edition says "vid behov": such an activity is never required (R-A1).</param>
public sealed record LadderActivity(string Code, Label Label, bool IfNeeded, string? SourceText = null)
{
    /// <summary>True when a region requires what the edition leaves optional (R-A3); no edition says so of itself.</summary>
    [JsonIgnore]
    public bool Raised { get; init; }
}

public sealed record DialoguePartner(DialogueSide Side, string Code, Label Label);

/// <param name="Kind">A key of the edition's kinds: the heading that stands over the step's activities. Each edition has its own.</param>
public sealed record LadderStep(
    int Step,
    string Kind,
    StepEvent Event,
    Label? Headline,
    IReadOnlyList<Trigger> Triggers,
    IReadOnlyList<LadderActivity> Activities,
    IReadOnlyList<LadderActivity> SpecificActivities,
    IReadOnlyList<DialoguePartner> DialoguePartners)
{
    /// <summary>
    /// The activities that must be done or dispensed with to leave the step upwards (R-E7): the common ones, and those that the region
    /// has raised. "Vid behov" never is by itself (R-A1).
    /// </summary>
    [JsonIgnore]
    public IEnumerable<LadderActivity> Required => Activities.Where(a => !a.IfNeeded || a.Raised).Concat(SpecificActivities.Where(a => a.Raised));

    /// <summary>The activities that the edition wants only where needed.</summary>
    [JsonIgnore]
    public IEnumerable<LadderActivity> IfNeeded => Activities.Concat(SpecificActivities).Where(a => a.IfNeeded && !a.Raised);

    /// <summary>
    /// The decision level for entering the step: the highest region-side dialogue partner, which every edition lists last.
    /// </summary>
    [JsonIgnore]
    public string DecisionLevel => DialoguePartners.Last(p => p.Side == DialogueSide.Region).Code;

    /// <summary>
    /// Whether the event leads into the step. Where an edition has an event for a plan that is not followed and none for one that is
    /// followed without effect, the latter leads there too (a gap in the 2024 edition at step 2).
    /// </summary>
    public bool IsEnteredBy(Trigger trigger) =>
        Triggers.Contains(trigger) || (trigger == Trigger.PlanWithoutEffect && Triggers.Contains(Trigger.PlanNotFollowed));

    public LadderActivity? Find(string activityCode) =>
        Activities.Concat(SpecificActivities).FirstOrDefault(a => a.Code == activityCode);
}

/// <summary>
/// One edition of the escalation ladder, immutable once published (L26-002). A case keeps the edition it was opened under (R-G4).
/// </summary>
/// <param name="Version">The edition's name in URLs and events, such as <c>2026</c>.</param>
/// <param name="Owner">Who publishes it.</param>
/// <param name="Kinds">The headings that stand over the steps' activities, by code.</param>
public sealed record LadderDefinition(
    string Version,
    Label Title,
    Label Subtitle,
    Label? Motto,
    string Owner,
    string Scope,
    DateOnly? ValidFrom,
    IReadOnlyDictionary<string, Label> Kinds,
    IReadOnlyList<LadderStep> Steps)
{
    /// <summary>The first step from which the other regions are told ("Information till Sveriges Regioner").</summary>
    public const int FirstNationalStep = 3;

    public const int HighestStep = 5;

    /// <summary>The scope of an edition that is one region's own.</summary>
    private const string RegionScope = "region";

    public LadderStep Step(int step) => Steps[step];

    /// <summary>Whether the region may use the edition: the common ones all may, a region's own only its owner.</summary>
    public bool IsFor(Region region) => Scope != RegionScope || Owner == region.Name;

    /// <summary>Every decision level the edition knows, from the lowest step up.</summary>
    public IEnumerable<string> DecisionLevels() =>
        Steps.SelectMany(s => s.DialoguePartners).Where(p => p.Side == DialogueSide.Region).Select(p => p.Code).Distinct();

    /// <summary>The lowest step above <paramref name="current"/> that the trigger leads into (R-E11); null when there is none.</summary>
    public int? LowestStepAbove(int current, Trigger trigger) =>
        Steps.FirstOrDefault(s => s.Step > current && s.IsEnteredBy(trigger))?.Step;

    /// <summary>Where the level stands among the edition's decision levels, from 0; -1 when it is none of them.</summary>
    public int RankOf(string decisionLevel) => DecisionLevels().ToList().IndexOf(decisionLevel);

    /// <summary>The supplier-side dialogue partner of a step, by its code.</summary>
    public string SupplierPartner(int step) => Step(step).DialoguePartners.First(p => p.Side == DialogueSide.Supplier).Code;
}
