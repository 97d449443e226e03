using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using RegionEscalation.Domain;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.Integrations.Catalogue.Pull;

/// <summary>
/// Makes of a catalogue's item the line that a bulk import would have of it, as the settings say, and checks that as such a line is checked. Which fields there
/// are is known from the line's own type.
/// </summary>
public sealed partial class RowMapping
{
    private const string NumberField = "contractNumber";
    private const int MostFaults = 50;
    private const int MostWords = 1000;
    private static readonly Text NotStorable = new("Texten innehåller NUL eller en ensam surrogat.", "The text contains NUL or a lone surrogate.");

    private readonly MappingRule.Entry _line;
    private readonly string _kind;

    private RowMapping(MappingRule.Entry line, string kind) => (_line, _kind) = (line, kind);

    /// <param name="section">Where the settings stand.</param>
    /// <param name="problems">What is wrong is added, a sentence each.</param>
    /// <returns>Null where something is wrong.</returns>
    public static RowMapping? Of(IReadOnlyDictionary<string, FieldOptions> fields, string section, List<string> problems)
    {
        ArgumentNullException.ThrowIfNull(fields);
        ArgumentNullException.ThrowIfNull(problems);
        var found = problems.Count;
        var contracts = fields.Keys.Any(k => k == NumberField || k.StartsWith("contract.", StringComparison.Ordinal));
        if (contracts == fields.Keys.Any(k => k.StartsWith("supplier.", StringComparison.Ordinal)))
        {
            problems.Add($"{section} must fill either contractNumber and contract.…, or supplier.….");
            return null;
        }
        string[] needed = contracts ? [NumberField, "contract"] : ["supplier"];
        var line = EntryOf(Json.Options.GetTypeInfo(typeof(CatalogueLine)), fields, section + ":", problems, p => needed.Contains(p.Name));
        if (!contracts && !fields.ContainsKey("supplier.organisationNumber"))
            problems.Add($"{section}:supplier.organisationNumber is missing: a line cannot do without.");
        return problems.Count == found ? new RowMapping(line, contracts ? "contract" : "supplier") : null;
    }

    /// <param name="line">The item's running number over all pages, from 1.</param>
    public ReadRow Read(long line, JsonElement item)
    {
        var reading = new MappingReading();
        JsonObject? json;
        try
        {
            json = _line.Read(item, "", reading).Node as JsonObject;
        }
        catch (InvalidOperationException)
        {
            // The reader's way to say that an escape is half of a surrogate pair.
            return new ReadRow.Bad(line, null, null, [new RowFault("$", "characters", NotStorable)]);
        }
        var key = KeyOf(json);
        if (reading.Faults.Count > 0)
            return new ReadRow.Bad(line, _kind, key, [.. reading.Faults.Take(MostFaults)]);
        var (mapped, faults) = CheckedJson.Read<CatalogueLine>(JsonSerializer.SerializeToUtf8Bytes(json), PersonalIdentityNumber.AppearsIn);
        if (mapped is null)
            return new ReadRow.Bad(line, _kind, key, Of(faults, reading));
        var (row, wrong) = CatalogueRows.Of(mapped);
        return row is null ? new ReadRow.Bad(line, _kind, key, Of(wrong, reading)) : new ReadRow.Good(line, row);
    }

    private static RowFault[] Of(IReadOnlyList<JsonFault> faults, MappingReading reading) =>
        [.. faults.Take(MostFaults).Select(f => new RowFault(f.Field, f.Rule, f.Message, reading.Shown(f.Field)))];

    private string? KeyOf(JsonObject? json)
    {
        var text = (_kind == "contract" ? json?[NumberField] : json?["supplier"]?["organisationNumber"]) is JsonValue value && value.TryGetValue<string>(out var said) ? said : null;
        return text is null ? null : _kind == "contract" ? (Number().IsMatch(text) && !PersonalIdentityNumber.AppearsIn(text) ? text : null) : CatalogueIntake.KeyShown("supplier", SupplierNumber.Normalise(text));
    }

    /// <param name="place">Where the settings of the object stand, up to its members' names.</param>
    /// <param name="isNeeded">Which members have to be filled.</param>
    private static MappingRule.Entry EntryOf(
        JsonTypeInfo type, IReadOnlyDictionary<string, FieldOptions> fields, string place, List<string> problems, Func<JsonPropertyInfo, bool>? isNeeded = null)
    {
        var members = new List<(string Name, MappingRule Rule, bool Needed)>();
        foreach (var property in type.Properties)
        {
            var needed = isNeeded?.Invoke(property) ?? property.IsRequired;
            var path = property.Name;
            var below = fields.Where(f => f.Key.StartsWith(path + ".", StringComparison.Ordinal)).ToDictionary(f => f.Key[(path.Length + 1)..], f => f.Value);
            if (RuleOf(Json.Options.GetTypeInfo(property.PropertyType), fields.GetValueOrDefault(path), below, path, needed, place, problems) is { } rule)
                members.Add((property.Name, rule, needed));
        }
        foreach (var unknown in fields.Keys.Where(k => !members.Any(m => m.Name == k || (m.Rule is MappingRule.Entry && k.StartsWith(m.Name + ".", StringComparison.Ordinal)))))
            problems.Add($"{place}{unknown} is no field.");
        return new MappingRule.Entry(members);
    }

    private static MappingRule? RuleOf(
        JsonTypeInfo type, FieldOptions? field, Dictionary<string, FieldOptions> below, string path, bool needed, string place, List<string> problems)
    {
        if (type.Kind == JsonTypeInfoKind.Object)
            return field is not null ? Problem("is no single field")
                : needed || below.Count > 0 ? EntryOf(type, below, place + path + ".", problems)
                : null;
        if (type.Kind == JsonTypeInfoKind.Enumerable)
        {
            if (field is null)
                return needed ? new MappingRule.Nothing() : null;
            var element = Json.Options.GetTypeInfo(type.ElementType!);
            if (Wrong(field) is { } wrong)
                return Problem(wrong);
            var entry = element.Kind == JsonTypeInfoKind.Object
                ? field.Items is { Count: > 0 } items ? EntryOf(element, items, $"{place}{path}:{nameof(field.Items)}:", problems) : null
                : (MappingRule?)new MappingRule.Value(ValueRule.Of(element.Type, field with { Path = "$", Default = null, Constant = null }));
            return entry is null ? Problem($"needs {nameof(field.Items)}, the fields of an entry")
                : field.Path is null ? Problem($"needs a {nameof(field.Path)}, since it is a list")
                : new MappingRule.List(JsonPlace.Parse(field.Path)!, field.Separator, entry);
        }
        if (field is null)
        {
            if (needed)
                problems.Add($"{place}{path} is missing: a line cannot do without.");
            return null;
        }
        return Wrong(field) is { } fault ? Problem(fault) : new MappingRule.Value(ValueRule.Of(type.Type, field));

        MappingRule Problem(string what)
        {
            problems.Add($"{place}{path} {what}.");
            return new MappingRule.Nothing();
        }
    }

    private static string? Wrong(FieldOptions field) =>
        field.Path is null == field.Constant is null ? $"needs either {nameof(field.Path)} or {nameof(field.Constant)}"
        : field.Path is { } path && JsonPlace.Parse(path) is null ? $"has a {nameof(field.Path)} that is none: names joined by dots, with [n] for the n-th of a list, or $"
        : field.Values is { Count: > MostWords } ? $"has more than {MostWords} {nameof(field.Values)}"
        : field.Separator is "" ? $"has an empty {nameof(field.Separator)}"
        : null;

    [GeneratedRegex(@"\A(?:" + ContractRequest.NumberPattern + @")\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Number();
}
