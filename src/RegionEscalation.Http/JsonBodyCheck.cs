using System.Text.Json;

namespace RegionEscalation.Http;

/// <summary>One pass over a JSON text: duplicate names, characters that PostgreSQL cannot keep, personal identity numbers (R-G8).</summary>
internal sealed class JsonBodyCheck(Func<string, bool> containsPersonalNumber)
{
    private const int MaxErrors = 100;
    private const string Exempt = "organisationNumber";

    private static readonly Text Duplicate = new("Fältet finns mer än en gång.", "The field is given more than once.");
    private static readonly Text Unstorable = new(
        "Texten innehåller NUL eller en ensam surrogat.", "The text contains NUL or a lone surrogate.");
    private static readonly Text PersonalNumber = new(
        "Personnummer får inte anges här.", "A personal identity number must not be given here.");

    private readonly Dictionary<string, IReadOnlyList<FieldError>> _errors = [];
    private readonly List<RuleViolation> _violations = [];
    private readonly Stack<Container> _containers = new();

    public IReadOnlyDictionary<string, IReadOnlyList<FieldError>> Errors => _errors;

    public IReadOnlyList<RuleViolation> Violations => _violations;

    /// <exception cref="JsonException">The text is no JSON or deeper than <see cref="RequestBody.MaxDepth"/>.</exception>
    public void Run(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = RequestBody.MaxDepth });
        // To the end even after the limit of errors: broken syntax comes before everything else.
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                _containers.Pop();
                continue;
            }

            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                EnterProperty(ref reader);
                continue;
            }

            if (_containers.TryPeek(out var parent))
                parent.Index++;
            if (reader.TokenType == JsonTokenType.String)
                CheckText(ref reader);
            else if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                _containers.Push(new(Path(), reader.TokenType == JsonTokenType.StartObject ? [] : null));
        }
    }

    private void EnterProperty(ref Utf8JsonReader reader)
    {
        var container = _containers.Peek();
        container.Property = Storable(ref reader);
        if (container.Property is null)
            Add(container.Path, "characters", Unstorable);
        else if (!container.Names!.Add(container.Property))
            Add(Path(), "duplicate", Duplicate);
    }

    private void CheckText(ref Utf8JsonReader reader)
    {
        if (Storable(ref reader) is not { } text)
            Add(Path(), "characters", Unstorable);
        else if (_violations.Count < MaxErrors && !IsExempt() && containsPersonalNumber(text))
            _violations.Add(new("R-G8", "personalNumber", PersonalNumber, Path()));
    }

    private bool IsExempt() => _containers.TryPeek(out var container) && container is { Names: not null, Property: Exempt };

    private string Path() => !_containers.TryPeek(out var container) ? FieldPath.Root
        : container.Names is null ? FieldPath.Item(container.Path, container.Index)
        : FieldPath.Member(container.Path, container.Property ?? "?");

    private void Add(string path, string rule, Text message)
    {
        if (_errors.Count < MaxErrors)
            _errors[path] = [new(rule, message)];
    }

    private static string? Storable(ref Utf8JsonReader reader)
    {
        try
        {
            var text = reader.GetString()!;
            return text.Contains('\0', StringComparison.Ordinal) ? null : text;
        }
        catch (InvalidOperationException)
        {
            // The reader's way to say that an escape is half of a surrogate pair; the bytes were valid UTF-8 before.
            return null;
        }
    }

    /// <summary>An object when it has names, otherwise an array.</summary>
    private sealed class Container(string path, HashSet<string>? names)
    {
        public string Path => path;

        public HashSet<string>? Names => names;

        public string? Property { get; set; }

        public int Index { get; set; } = -1;
    }
}
