using RegionEscalation.Domain.Deviations;

namespace RegionEscalation.Storage;

/// <summary>A deviation's topics in one column: no operator on a list is leakproof, and so none would use an index under row level security.</summary>
internal static class DeviationTopics
{
    private const char Separator = '+';

    /// <summary>Every combination of topics that a deviation can have, as it stands in the column.</summary>
    private static readonly (Topic[] Topics, string Column)[] Combinations =
    [
        .. from chosen in Enumerable.Range(1, (1 << Enum.GetValues<Topic>().Length) - 1)
           let topics = Enum.GetValues<Topic>().Where(t => (chosen & (1 << (int)t)) != 0).ToArray()
           select (topics, string.Join(Separator, topics.Select(t => StoreJson.Code(t)))),
    ];

    /// <summary>Null without topics.</summary>
    public static string? Column(Deviation d) => d.Details.Topics is { Count: > 0 } topics ? string.Join(Separator, topics.Select(t => StoreJson.Code(t))) : null;

    /// <summary>The combinations with the topic among them.</summary>
    public static IEnumerable<string> With(Topic topic) => Combinations.Where(c => c.Topics.Contains(topic)).Select(c => c.Column);

    public static IReadOnlyList<Topic> Read(string? column) => column is null ? [] : Combinations.First(c => c.Column == column).Topics;
}
