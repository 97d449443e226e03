using System.Text.Json;
using System.Text.Json.Nodes;
using RegionEscalation.Http;
using RegionEscalation.Integrations.Catalogue.Reading;

namespace RegionEscalation.Integrations.Catalogue.Pull;

/// <summary>What was found while an item was read.</summary>
internal sealed class MappingReading
{
    private const int LongestShown = 200;

    private readonly Dictionary<string, string> _said = [];

    public List<RowFault> Faults { get; } = [];

    public void Said(string path, string text) => _said[path] = text;

    /// <summary>The beginning of what stood in the field, never a personal identity number.</summary>
    public string? Shown(string path) =>
        _said.TryGetValue(path, out var text) && !Faulted.MayHoldPersonalNumber(text) && !MayBeAPersons(path) && !text.Contains('\0', StringComparison.Ordinal)
            ? text.Length <= LongestShown ? text : text[..(char.IsHighSurrogate(text[LongestShown - 1]) ? LongestShown - 1 : LongestShown)]
            : null;

    /// <summary>A number in a foreign register beside which something is said of a natural person.</summary>
    private bool MayBeAPersons(string path) =>
        path.EndsWith("organisationNumber", StringComparison.Ordinal) && _said.Keys.Any(k => k.EndsWith("soleTrader", StringComparison.Ordinal));
}

/// <summary>What an item says of a field.</summary>
/// <param name="Node">Null where the field is left out.</param>
/// <param name="Found">Whether the item itself says something.</param>
/// <param name="Dropped">The settings leave out the entry of the list that it belongs to.</param>
internal readonly record struct MappedField(JsonNode? Node, bool Found = false, bool Dropped = false);

/// <summary>How a part of a line is made of an item.</summary>
internal abstract record MappingRule
{
    public abstract MappedField Read(JsonElement item, string path, MappingReading reading);

    /// <summary>An object; one that is not needed is left out where the item says nothing of it.</summary>
    public sealed record Entry(IReadOnlyList<(string Name, MappingRule Rule, bool Needed)> Members) : MappingRule
    {
        public override MappedField Read(JsonElement item, string path, MappingReading reading)
        {
            var entry = new JsonObject();
            var (found, dropped) = (false, false);
            foreach (var (name, rule, needed) in Members)
            {
                var member = rule.Read(item, path.Length == 0 ? name : $"{path}.{name}", reading);
                if (member.Node is not null && (needed || member.Found || rule is not Entry))
                    entry[name] = member.Node;
                found |= member.Found;
                dropped |= member.Dropped;
            }
            return new MappedField(entry, found, dropped);
        }
    }

    /// <summary>A list; what stands there alone is a list of one. One that is longer than any of ours could be is not read.</summary>
    public sealed record List(JsonPlace Place, string? Separator, MappingRule Of) : MappingRule
    {
        private const int MostEntries = 1000;

        private static readonly Text TooMany = new($"Katalogens lista har fler än {MostEntries} poster.", $"The catalogue's list has more than {MostEntries} entries.");

        public override MappedField Read(JsonElement item, string path, MappingReading reading)
        {
            if (Place.Find(item) is not { } found)
                return new MappedField(new JsonArray());
            var entries = Entries(found).Take(MostEntries + 1).ToList();
            if (entries.Count > MostEntries)
            {
                reading.Faults.Add(new RowFault(path, "items", TooMany));
                return new MappedField(null, Found: true);
            }
            var list = new JsonArray();
            foreach (var entry in entries)
            {
                if (Of.Read(entry, $"{path}[{list.Count}]", reading) is { Dropped: false, Node: { } node })
                    list.Add(node);
            }
            return new MappedField(list, Found: true);
        }

        private IEnumerable<JsonElement> Entries(JsonElement found) =>
            found.ValueKind == JsonValueKind.Array ? found.EnumerateArray().Where(e => e.ValueKind != JsonValueKind.Null)
            : Separator is not null && found.ValueKind == JsonValueKind.String && ValueRule.IsReadable(found)
                ? found.GetString()!.Split(Separator, MostEntries + 1, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(e => JsonSerializer.SerializeToElement(e))
            : [found];
    }

    public sealed record Value(ValueRule Rule) : MappingRule
    {
        public override MappedField Read(JsonElement item, string path, MappingReading reading) => Rule.Read(item, path, reading);
    }

    /// <summary>A list that the catalogue does not have and a line cannot do without.</summary>
    public sealed record Nothing : MappingRule
    {
        public override MappedField Read(JsonElement item, string path, MappingReading reading) => new(new JsonArray());
    }
}
