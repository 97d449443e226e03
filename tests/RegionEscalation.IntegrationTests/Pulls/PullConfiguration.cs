using System.Collections;
using System.Globalization;
using System.Reflection;
using RegionEscalation.Integrations.Catalogue.Pull;

namespace RegionEscalation.IntegrationTests.Pulls;

/// <summary>Settings written as configuration has them.</summary>
internal static class PullConfiguration
{
    public static Dictionary<string, string> Of(string region, PullOptions options)
    {
        var settings = new Dictionary<string, string>();
        Write(options, $"Catalogue:Sources:{region}", settings);
        return settings;
    }

    private static void Write(object value, string path, Dictionary<string, string> settings)
    {
        if (value is IDictionary entries)
            foreach (DictionaryEntry entry in entries)
                Write(entry.Value!, $"{path}:{entry.Key}", settings);
        else if (value is string or IConvertible)
            settings[path] = Convert.ToString(value, CultureInfo.InvariantCulture)!;
        else if (value is TimeSpan duration)
            settings[path] = duration.ToString("c", CultureInfo.InvariantCulture);
        else
            foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite))
            {
                if (property.GetValue(value) is { } member)
                    Write(member, $"{path}:{property.Name}", settings);
            }
    }
}
