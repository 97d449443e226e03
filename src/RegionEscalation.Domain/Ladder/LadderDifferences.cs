using System.Globalization;
using System.Text.Json;

namespace RegionEscalation.Domain.Ladder;

/// <summary>What a difference is about: everything that an edition says, but for its name in URLs and the slips of its source.</summary>
public enum LadderAspect
{
    Title,
    Subtitle,
    Motto,
    Owner,
    Scope,
    ValidFrom,

    /// <summary>The headings that the edition has over its steps' activities.</summary>
    Kinds,

    /// <summary>Which of the headings stands over the step.</summary>
    Kind,

    Event,
    Headline,
    Triggers,
    Activities,
    SpecificActivities,
    DialoguePartners,
}

/// <summary>What an edition says in one place of a row.</summary>
/// <param name="Code">Null where the edition has a text without a code.</param>
/// <param name="Label">Null where the edition has a code without a text.</param>
/// <param name="IfNeeded">Of activities.</param>
/// <param name="Side">Of dialogue partners.</param>
public sealed record LadderItem(string? Code, Label? Label, bool? IfNeeded, DialogueSide? Side);

/// <summary>A row in which two editions differ (L26-007). The lists of codes are empty where neither edition has codes.</summary>
/// <param name="Step">Null where the row is about the edition as a whole.</param>
/// <param name="From">All that the one edition says there, in its order.</param>
/// <param name="To">All that the other says.</param>
/// <param name="Added">Codes that only the other has.</param>
/// <param name="Removed">Codes that only the one has.</param>
/// <param name="Reworded">Codes that both have with different labels, or with "vid behov" or the side in one of them only.</param>
/// <param name="Reordered">Codes that both have, in another place among those that both have.</param>
public sealed record LadderDifference(
    int? Step,
    LadderAspect Aspect,
    IReadOnlyList<LadderItem> From,
    IReadOnlyList<LadderItem> To,
    IReadOnlyList<string> Added,
    IReadOnlyList<string> Removed,
    IReadOnlyList<string> Reworded,
    IReadOnlyList<string> Reordered);

/// <param name="From">The one edition.</param>
/// <param name="To">The other.</param>
/// <param name="Rows">What is about the edition as a whole first, then step by step; empty when they say the same.</param>
public sealed record LadderDifferences(string From, string To, IReadOnlyList<LadderDifference> Rows)
{
    public static LadderDifferences Between(LadderDefinition from, LadderDefinition to) => new(from.Version, to.Version,
    [
        .. from.Rows().Zip(to.Rows(), (a, b) => (a.Step, a.Aspect, From: a.Items, To: b.Items))
            .Where(r => !r.From.SequenceEqual(r.To))
            .Select(r => Difference(r.Step, r.Aspect, r.From, r.To)),
    ]);

    private static LadderDifference Difference(int? step, LadderAspect aspect, LadderItem[] from, LadderItem[] to)
    {
        string[] before = [.. from.Select(i => i.Code).OfType<string>()];
        string[] after = [.. to.Select(i => i.Code).OfType<string>()];
        string[] kept = [.. before.Intersect(after)];
        return new(step, aspect, from, to,
            Added: [.. after.Except(before)],
            Removed: [.. before.Except(after)],
            Reworded: [.. kept.Where(code => from.Single(i => i.Code == code) != to.Single(i => i.Code == code))],
            // Among what both have: what only one has moves nothing.
            Reordered: [.. kept.Zip(after.Intersect(before)).Where(p => p.First != p.Second).Select(p => p.First)]);
    }
}

/// <summary>An edition as rows: the same ones in the same order whatever it says, since every edition has the steps 0–5.</summary>
internal static class LadderRows
{
    public static IEnumerable<(int? Step, LadderAspect Aspect, LadderItem[] Items)> Rows(this LadderDefinition l) =>
    [
        (null, LadderAspect.Title, Text(l.Title)),
        (null, LadderAspect.Subtitle, Text(l.Subtitle)),
        (null, LadderAspect.Motto, Text(l.Motto)),
        (null, LadderAspect.Owner, Name(l.Owner)),
        (null, LadderAspect.Scope, Code(l.Scope, null)),
        (null, LadderAspect.ValidFrom, Name(l.ValidFrom?.ToString("O", CultureInfo.InvariantCulture))),
        // In the order in which the steps use them: a map has none of its own.
        (null, LadderAspect.Kinds, [.. l.Steps.Select(s => s.Kind).Distinct().SelectMany(k => Code(k, l.Kinds[k]))]),
        .. l.Steps.SelectMany(s => new (int?, LadderAspect, LadderItem[])[]
        {
            (s.Step, LadderAspect.Kind, Code(s.Kind, l.Kinds[s.Kind])),
            (s.Step, LadderAspect.Event, Text(s.Event.Label)),
            (s.Step, LadderAspect.Headline, Text(s.Headline)),
            (s.Step, LadderAspect.Triggers, [.. s.Triggers.SelectMany(t => Code(JsonNamingPolicy.CamelCase.ConvertName(t.ToString()), null))]),
            (s.Step, LadderAspect.Activities, [.. s.Activities.Select(Activity)]),
            (s.Step, LadderAspect.SpecificActivities, [.. s.SpecificActivities.Select(Activity)]),
            (s.Step, LadderAspect.DialoguePartners, [.. s.DialoguePartners.Select(p => new LadderItem(p.Code, p.Label, null, p.Side))]),
        }),
    ];

    private static LadderItem Activity(LadderActivity a) => new(a.Code, a.Label, a.IfNeeded, null);

    private static LadderItem[] Code(string code, Label? label) => [new(code, label, null, null)];

    private static LadderItem[] Text(Label? label) => label is null ? [] : [new(null, label, null, null)];

    /// <summary>The same in both languages.</summary>
    private static LadderItem[] Name(string? name) => Text(name is null ? null : new Label(name, name));
}
