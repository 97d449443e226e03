using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;

namespace RegionEscalation.Http;

/// <summary>
/// A bound on a member of a request record or a parameter of a handler, both checked and documented from this one place. Absent values
/// pass: whether a value is required is what its type says.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public abstract class BoundAttribute(string rule) : Attribute
{
    /// <summary>The stable word for it in <c>errors</c>.</summary>
    public string Rule => rule;

    /// <summary>The bound in words when it is not kept; null when it is.</summary>
    public abstract Text? Check(object value);

    public abstract void Describe(OpenApiSchema schema);
}

/// <summary>Length in Unicode characters; white space at both ends does not count towards the minimum.</summary>
public sealed class TextLengthAttribute(int min, int max) : BoundAttribute("length")
{
    public int Min => min;

    public int Max => max;

    public override Text? Check(object value)
    {
        var text = (string)value;
        return Characters(text.Trim()) >= min && Characters(text) <= max
            ? null
            : new($"Ska vara {min}–{max} tecken.", $"Must be {min}–{max} characters.");
    }

    public override void Describe(OpenApiSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        (schema.MinLength, schema.MaxLength) = (min, max);
    }

    private static int Characters(string text) => text.EnumerateRunes().Count();
}

/// <summary>How many items a list holds.</summary>
public sealed class ItemsAttribute(int min, int max) : BoundAttribute("items")
{
    public int Min => min;

    public int Max => max;

    public override Text? Check(object value)
    {
        var count = ((IEnumerable)value).Cast<object?>().Count();
        return count >= min && count <= max ? null : new($"Ska vara {min}–{max} poster.", $"Must be {min}–{max} items.");
    }

    public override void Describe(OpenApiSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        (schema.MinItems, schema.MaxItems) = (min, max);
    }
}

/// <summary>A number, both bounds included.</summary>
public sealed class BetweenAttribute(double min, double max) : BoundAttribute("range")
{
    public double Min => min;

    public double Max => max;

    public override Text? Check(object value)
    {
        var number = Convert.ToDecimal(value, CultureInfo.InvariantCulture);
        return number >= (decimal)min && number <= (decimal)max ? null : new($"Ska vara {Low}–{High}.", $"Must be {Low}–{High}.");
    }

    public override void Describe(OpenApiSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        (schema.Minimum, schema.Maximum) = (Low, High);
    }

    private string Low => ((decimal)min).ToString(CultureInfo.InvariantCulture);

    private string High => ((decimal)max).ToString(CultureInfo.InvariantCulture);
}

/// <summary>The whole text matches a pattern; it is written without anchors, and can not backtrack.</summary>
public sealed class MatchesAttribute(string pattern, string sv, string en) : BoundAttribute("pattern")
{
    // Not "$", which lets a line break follow.
    private readonly Regex _regex = new($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    public string Pattern => pattern;

    public string Sv => sv;

    public string En => en;

    public override Text? Check(object value) => _regex.IsMatch((string)value) ? null : new(sv, en);

    public override void Describe(OpenApiSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        schema.Pattern = $"^(?:{pattern})$";
    }
}

/// <summary>
/// Checks the bounds of what was bound, by the JSON contract of its type, so that a path in an error is the path in the request.
/// </summary>
/// <remarks>
/// The framework's <c>AddValidation</c> skips in silence internal records and endpoints of another assembly, lets null items of lists and
/// values of maps through, names fields after properties and knows one message only; a filter on the group can't be forgotten.
/// </remarks>
public static class RequestValidation
{
    private const int MaxErrors = 100;

    private static readonly ConcurrentDictionary<Type, Member[]> Members = new();

    internal static RouteGroupBuilder ValidateRequests(this RouteGroupBuilder group) => group.AddEndpointFilterFactory((factory, next) =>
    {
        var parameters = factory.MethodInfo.GetParameters()
            .Select(p => (Name: p.Name!, Bounds: p.GetCustomAttributes(true).OfType<BoundAttribute>().ToArray())).ToArray();
        return invocation =>
        {
            var context = invocation.HttpContext;
            var body = context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType;
            var errors = new Dictionary<string, IReadOnlyList<FieldError>>();
            for (var i = 0; i < parameters.Length; i++)
            {
                if (invocation.Arguments[i] is not { } argument)
                    continue;
                Check(parameters[i].Bounds, argument, parameters[i].Name, errors);
                if (body?.IsInstanceOfType(argument) == true)
                    Walk(argument, FieldPath.Root, errors);
            }

            return errors.Count > 0 ? ValueTask.FromResult<object?>(Problems.Fields(context, errors)) : next(invocation);
        };
    });

    /// <summary>The bounds that the value does not keep, by their paths; none when it is as its type declares.</summary>
    internal static Dictionary<string, IReadOnlyList<FieldError>> Check(object value)
    {
        var errors = new Dictionary<string, IReadOnlyList<FieldError>>();
        Walk(value, FieldPath.Root, errors);
        return errors;
    }

    /// <summary>The bounds declared on a member, wherever a record declares them.</summary>
    internal static IEnumerable<BoundAttribute> BoundsOf(JsonPropertyInfo property) =>
        new[] { property.AttributeProvider, property.AssociatedParameter?.AttributeProvider }
            .SelectMany(p => p?.GetCustomAttributes(typeof(BoundAttribute), true) ?? []).Cast<BoundAttribute>();

    private static void Walk(object value, string path, Dictionary<string, IReadOnlyList<FieldError>> errors)
    {
        if (errors.Count >= MaxErrors)
            return;
        var type = Json.Options.GetTypeInfo(value.GetType());
        if (type.Kind == JsonTypeInfoKind.Object)
            foreach (var member in Members.GetOrAdd(type.Type, _ => [.. type.Properties.Where(p => p.Get is not null).Select(Member.Of)]))
                if (member.Get(value) is { } inner)
                {
                    var innerPath = FieldPath.Member(path, member.Name);
                    if (Check(member.Bounds, inner, innerPath, errors))
                        Walk(inner, innerPath, errors);
                }

        if (type.Kind == JsonTypeInfoKind.Dictionary)
            foreach (DictionaryEntry entry in (IDictionary)value)
                WalkItem(entry.Value, FieldPath.Member(path, $"{entry.Key}"), errors);

        var index = 0;
        if (type.Kind == JsonTypeInfoKind.Enumerable)
            foreach (var item in (IEnumerable)value)
                WalkItem(item, FieldPath.Item(path, index++), errors);
    }

    // The serializer honours nullability of members, but knows nothing of it in lists and maps.
    private static void WalkItem(object? item, string path, Dictionary<string, IReadOnlyList<FieldError>> errors)
    {
        if (item is null)
            errors[path] = [new("required", ProblemHandling.Required)];
        else
            Walk(item, path, errors);
    }

    private static bool Check(BoundAttribute[] bounds, object value, string path, Dictionary<string, IReadOnlyList<FieldError>> errors)
    {
        FieldError[] broken = [.. bounds.Select(b => b.Check(value) is { } message ? new FieldError(b.Rule, message) : null).OfType<FieldError>()];
        if (broken.Length > 0)
            errors[path] = broken;
        return broken.Length == 0;
    }

    private sealed record Member(string Name, Func<object, object?> Get, BoundAttribute[] Bounds)
    {
        public static Member Of(JsonPropertyInfo property) => new(property.Name, property.Get!, [.. BoundsOf(property)]);
    }
}
