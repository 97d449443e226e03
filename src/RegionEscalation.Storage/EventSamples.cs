namespace RegionEscalation.Storage;

/// <summary>Every event type as it was once written: examples for those who read events, and what every later build must go on loading.</summary>
public static class EventSamples
{
    private const string Folder = "EventSamples/";

    public static IReadOnlyCollection<string> Names { get; } =
    [
        .. typeof(EventSamples).Assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(Folder, StringComparison.Ordinal)).Select(n => Path.GetFileNameWithoutExtension(n)).Order(StringComparer.Ordinal),
    ];

    /// <summary>The sample as it is stored.</summary>
    public static string Json(string name)
    {
        using var reader = new StreamReader(typeof(EventSamples).Assembly.GetManifestResourceStream(Folder + name + ".json")!);
        return reader.ReadToEnd();
    }

    public static object Of(string name) => EventTypes.Read(name, Json(name));
}
