using System.Text.Json.Serialization;

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

    /// <summary>The way back: the return criteria of the step are met.</summary>
    ReturnCriteriaMet,

    /// <summary>Everything runs as the contract says again.</summary>
    Resolved,

    /// <summary>There was nothing in it.</summary>
    Unfounded,
}

public enum DialogueSide
{
    Supplier,
    Region,
}

/// <param name="SourceText">The source's own wording where the label corrects it or leaves a prefix out.</param>
public sealed record StepEvent(Label Label, string? SourceText = null);

/// <param name="IfNeeded">The edition says "vid behov": such an activity is never required (R-A1).</param>
public sealed record LadderActivity(string Code, Label Label, bool IfNeeded, string? SourceText = null);

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
    /// <summary>The common activities that must be done or dispensed with to leave the step upwards (R-E7); "vid behov" never is.</summary>
    [JsonIgnore]
    public IEnumerable<LadderActivity> Required => Activities.Where(a => !a.IfNeeded);

    /// <summary>
    /// The decision level for entering the step: the highest region-side dialogue partner, which every edition lists last.
    /// </summary>
    [JsonIgnore]
    public string DecisionLevel => DialoguePartners.Last(p => p.Side == DialogueSide.Region).Code;

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

    public LadderStep Step(int step) => Steps[step];

    /// <summary>Every decision level the edition knows, from the lowest step up.</summary>
    public IEnumerable<string> DecisionLevels() =>
        Steps.SelectMany(s => s.DialoguePartners).Where(p => p.Side == DialogueSide.Region).Select(p => p.Code).Distinct();

    /// <summary>The lowest step above <paramref name="current"/> that the trigger leads into (R-E11); null when there is none.</summary>
    public int? LowestStepAbove(int current, Trigger trigger) =>
        Steps.FirstOrDefault(s => s.Step > current && s.Triggers.Contains(trigger))?.Step;
}
