using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;

namespace RegionEscalation.Http;

/// <summary>What the document of an API says about the API as a whole.</summary>
/// <param name="Name">As in the URL; also the group name of its endpoints.</param>
/// <param name="Title">For people.</param>
/// <param name="Version">SemVer.</param>
/// <param name="Description">Intent, overview, data model, lifecycle (DOK.03S, 07B, 11S).</param>
/// <param name="ServiceLevel">What is promised (DOK.08S).</param>
/// <param name="Limitations">What is known not to work or to be limited (DOK.09S).</param>
/// <param name="Tags">What the groups of operations are about (DOK.12S), by tag.</param>
/// <param name="Parameters">What the parameters of routes and queries mean, wherever they stand.</param>
/// <param name="PublicUrl">
/// Scheme <c>https</c> and host, neither port nor path (UFN.02S). Fixed by configuration, not taken from a request: the documents are compared.
/// </param>
public sealed record ApiDocument(
    string Name,
    string Title,
    string Version,
    Text Description,
    ServiceLevel ServiceLevel,
    IReadOnlyList<Text> Limitations,
    IReadOnlyDictionary<string, Text> Tags,
    IReadOnlyDictionary<string, Text> Parameters,
    string PublicUrl = "https://region-escalation.example");

public sealed record ServiceLevel(string Availability, string ResponseTime, string Support);

/// <summary>OpenAPI 3.1 documents as the national REST API profile and its linter want them.</summary>
public static class OpenApiConventions
{
    internal const string Traceparent = "traceparent";
    internal const string Bearer = "bearer";

    /// <summary>
    /// To be called as <c>services.AddOpenApi(name, o => o.Describe(api))</c> in the library of the API: the XML comments that become
    /// descriptions are those that the project with the call to <c>AddOpenApi</c> sees.
    /// </summary>
    public static void Describe(this OpenApiOptions options, ApiDocument api)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(api);
        options.ShouldInclude = description => description.GroupName == api.Name;
        options.AddSchemaTransformer((schema, context, _) =>
        {
            Complete(schema, context);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            OpenApiOperations.Complete(operation, context);
            foreach (var parameter in operation.Parameters ?? [])
            {
                if (parameter.Name is { } name && api.Parameters.TryGetValue(name, out var meaning))
                    parameter.Description ??= $"{meaning.Sv} {meaning.En}";
            }
            return Task.CompletedTask;
        });
        options.AddDocumentTransformer((document, _, _) =>
        {
            Complete(document, api);
            return Task.CompletedTask;
        });
    }

    /// <summary>Serves every document at <c>/{api}/v1/openapi.json</c> (DOK.23S, 24S), to anyone (DOK.01B).</summary>
    public static IEndpointConventionBuilder MapApiDocuments(this IEndpointRouteBuilder app) =>
        app.MapOpenApi("/{documentName}/v1/openapi.json").AllowAnonymous();

    internal static IEnumerable<string> RouteNames(string path) =>
        path.Split('/').Where(s => s.StartsWith('{')).Select(s => s.Trim('{', '}').Split(':')[0]);

    // A positional record has its attributes on the constructor's parameters, where the generator does not look.
    private static void Complete(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        var declared = context.JsonPropertyInfo is { } property ? RequestValidation.BoundsOf(property)
            : (context.ParameterDescription?.ParameterDescriptor as IParameterInfoParameterDescriptor)?.ParameterInfo
                .GetCustomAttributes(typeof(BoundAttribute), true).Cast<BoundAttribute>();
        foreach (var bound in declared ?? [])
            bound.Describe(schema);

        var parameter = context.ParameterDescription?.ParameterDescriptor?.ParameterType;
        if (parameter == typeof(Instant) || parameter == typeof(Instant?))
            (schema.Type, schema.Format) = (JsonSchemaType.String, "date-time");
        if (parameter == typeof(Day) || parameter == typeof(Day?))
            (schema.Type, schema.Format) = (JsonSchemaType.String, "date");
        if ((CodesOf(context.JsonTypeInfo.Type) ?? CodesOf(parameter)) is { } codes)
            (schema.Type, schema.Enum) = (JsonSchemaType.String, [.. codes]);
        if (context.JsonTypeInfo is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } element } && CodesOf(element) is { } listed)
            schema.Items ??= new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. listed] };
        // The converter of instants hides their type from the generator.
        var optional = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type);
        if ((optional ?? context.JsonTypeInfo.Type) == typeof(DateTimeOffset))
            (schema.Type, schema.Format) = (optional is null ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null, "date-time");
        if (context.JsonPropertyInfo is { Set: null, AssociatedParameter: null, IsGetNullable: false } && schema.Type is { } settable)
            schema.Type = settable & ~JsonSchemaType.Null;
        // What is answered is always written, null or not, unless it says otherwise; a constructor tells only what must be sent.
        if (schema.Properties is { Count: > 0 } && context.JsonTypeInfo is { Kind: JsonTypeInfoKind.Object } type && !type.Type.Name.EndsWith("Request", StringComparison.Ordinal))
            schema.Required = type.Properties.Where(p => p.Get is not null && p.ShouldSerialize is null).Select(p => p.Name).ToHashSet();
        // Not of a parameter: the API page fills it in, and a list would be filtered without anybody asking.
        if (schema.Format is "date" or "date-time" && context.ParameterDescription?.Source != BindingSource.Query)
#pragma warning disable CS0618 // 3.1 prefers "examples", but the profile's linter reads the singular one only (DOT.02).
            schema.Example ??= schema.Format == "date" ? "2026-03-02" : "2026-03-02T09:15:00Z";
#pragma warning restore CS0618
        if (schema.Enum is { Count: > 0 } && schema.Type is null)
            schema.Type = JsonSchemaType.String;
    }

    /// <summary>The codes of an enumeration in a body, or of a <see cref="Code{T}"/> in an address; null for anything else.</summary>
    private static IEnumerable<JsonNode>? CodesOf(Type? type)
    {
        if (type is null)
            return null;
        var given = Nullable.GetUnderlyingType(type) ?? type;
        var enumeration = given.IsGenericType && given.GetGenericTypeDefinition() == typeof(Code<>) ? given.GetGenericArguments()[0] : given;
        return enumeration.IsEnum ? Enum.GetNames(enumeration).Select(name => JsonValue.Create(JsonNamingPolicy.CamelCase.ConvertName(name))) : null;
    }

    private static void Complete(OpenApiDocument document, ApiDocument api)
    {
        var site = new Uri(api.PublicUrl);
        document.Info = new()
        {
            Title = api.Title,
            Version = api.Version,
            Description = $"{api.Description.Sv}\n\n---\n\n{api.Description.En}",
            TermsOfService = new(site, "/villkor"),
            Contact = new() { Name = "RegionEscalation, förvaltning / maintenance", Url = new(site, "/kontakt"), Email = $"forvaltning@{site.Host}" },
            License = new() { Name = "EUPL-1.2", Url = new("https://eupl.eu/1.2/en/") },
            Extensions = new Dictionary<string, IOpenApiExtension>
            {
                ["x-limitations"] = new JsonNodeExtension(JsonSerializer.SerializeToNode(api.Limitations, Json.Options)!),
                ["x-sla"] = new JsonNodeExtension(JsonSerializer.SerializeToNode(api.ServiceLevel, Json.Options)!),
            },
        };
        document.Servers = [new() { Url = $"{api.PublicUrl}/{api.Name}/v1" }];

        var prefix = $"/{api.Name}/v1";
        var paths = new OpenApiPaths();
        foreach (var (path, item) in document.Paths.OrderBy(p => p.Key, StringComparer.Ordinal))
            paths.Add(path.StartsWith(prefix + "/", StringComparison.Ordinal) ? path[prefix.Length..] : path, item);
        document.Paths = paths;

        document.Components ??= new();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "Åtkomsttoken från OpenID Connect med client credentials; den anger klient, region och roll. "
                    + "Access token from OpenID Connect by client credentials; it states client, region and role.",
            },
        };
        document.Security = [new() { [new(Bearer, document)] = [] }];
        OpenApiProblems.AddTo(document);
        document.Components.Schemas = document.Components.Schemas!.OrderBy(s => s.Key, StringComparer.Ordinal).ToDictionary();
        foreach (var tag in document.Tags ?? new HashSet<OpenApiTag>())
            tag.Description = api.Tags.TryGetValue(tag.Name ?? "", out var text) ? $"{text.Sv} {text.En}" : null;
        document.Tags = document.Tags?.OrderBy(t => t.Name, StringComparer.Ordinal).ToHashSet();
    }
}
