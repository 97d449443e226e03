using System.Text.Json;
using System.Text.Json.Serialization;

namespace RegionEscalation.Domain.Ladder;

/// <param name="DefinedBy">
/// The edition's owner (such as <c>LfU</c>) where the edition defines the term itself, <c>platform</c> where it only uses it, so that nobody takes
/// our words for theirs.
/// </param>
/// <param name="Source">Where the definition stands.</param>
/// <param name="SourceText">The source's own wording where the definition corrects a slip in it.</param>
public sealed record GlossaryTerm(string Code, Label Term, Label Definition, string DefinedBy, string Source, string? SourceText = null);

public sealed record Glossary(string Ladder, IReadOnlyList<GlossaryTerm> Terms);

/// <summary>The published editions and their glossaries. An edition is published by adding its files; no code knows an edition's name but the default.</summary>
public static class Ladders
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>The edition that new cases are opened under.</summary>
    public const string Current = "2026";

    public static IReadOnlyList<LadderDefinition> All { get; } =
        [.. Load("Editions/", ParseLadder).OrderBy(l => l.Version, StringComparer.Ordinal)];

    public static IReadOnlyList<Glossary> Glossaries { get; } = [.. Load("Glossaries/", ParseGlossary)];

    public static LadderDefinition? Find(string version) => All.FirstOrDefault(l => l.Version == version);

    public static Glossary? FindGlossary(string ladder) => Glossaries.FirstOrDefault(g => g.Ladder == ladder);

    /// <exception cref="FormatException">
    /// The text is no ladder, or its steps are not exactly 0–5 in order, each of one of the ladder's kinds, with a region-side dialogue partner,
    /// and with nothing twice; or no step is of one of the kinds.
    /// </exception>
    public static LadderDefinition ParseLadder(string json)
    {
        var ladder = Parse<LadderDefinition>(json);
        var steps = ladder.Steps.Select(s => s.Step);
        if (!steps.SequenceEqual(Enumerable.Range(0, LadderDefinition.HighestStep + 1)))
            throw new FormatException($"The ladder {ladder.Version} must have the steps 0 to {LadderDefinition.HighestStep} in order.");
        if (ladder.Kinds.Values.Any(k => k is null))
            throw new FormatException($"A kind of step of the ladder {ladder.Version} has no label.");
        if (!ladder.Kinds.Keys.ToHashSet(StringComparer.Ordinal).SetEquals(ladder.Steps.Select(s => s.Kind)))
            throw new FormatException($"The kinds of the ladder {ladder.Version} must be those of its steps.");
        var twice = ladder.Steps.FirstOrDefault(s =>
            HasTwice(s.Activities.Concat(s.SpecificActivities).Select(a => a.Code)) || HasTwice(s.DialoguePartners.Select(p => p.Code)) || HasTwice(s.Triggers));
        if (twice is not null)
            throw new FormatException($"Step {twice.Step} of the ladder {ladder.Version} has an activity, a dialogue partner or a trigger twice.");
        var voiceless = ladder.Steps.FirstOrDefault(s => s.DialoguePartners.All(p => p.Side != DialogueSide.Region));
        return voiceless is null
            ? ladder
            : throw new FormatException($"Step {voiceless.Step} of the ladder {ladder.Version} has no dialogue partner in the region.");
    }

    private static bool HasTwice<T>(IEnumerable<T> items) => items.GroupBy(i => i).Any(g => g.Count() > 1);

    /// <exception cref="FormatException">The text is no glossary.</exception>
    public static Glossary ParseGlossary(string json) => Parse<Glossary>(json);

    private static T Parse<T>(string json)
    {
        try
        {
            var parsed = JsonSerializer.Deserialize<T>(json, Options) ?? throw new FormatException("The file is empty.");
            // Nullable annotations hold for members, not for what stands in a list.
            using var document = JsonDocument.Parse(json);
            return HoldsNull(document.RootElement) ? throw new FormatException("A list holds null.") : parsed;
        }
        catch (JsonException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    private static bool HoldsNull(JsonElement e) => e.ValueKind switch
    {
        JsonValueKind.Array => e.EnumerateArray().Any(x => x.ValueKind == JsonValueKind.Null || HoldsNull(x)),
        JsonValueKind.Object => e.EnumerateObject().Any(p => HoldsNull(p.Value)),
        _ => false,
    };

    private static IEnumerable<T> Load<T>(string folder, Func<string, T> parse)
    {
        var assembly = typeof(Ladders).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(folder, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return parse(reader.ReadToEnd());
        }
    }
}
