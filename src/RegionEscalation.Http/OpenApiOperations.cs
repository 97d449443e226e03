using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace RegionEscalation.Http;

/// <summary>Completes an operation from the metadata of its endpoint.</summary>
internal static class OpenApiOperations
{
    public static void Complete(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var open = metadata.OfType<IAllowAnonymous>().Any();
        if (open)
            operation.Security = [];
        operation.OperationId ??= IdOf(context.Description.HttpMethod!, context.Description.RelativePath!);
        AddRoute(operation, context.Description.RelativePath!);
        AddParameters(operation, metadata);
        AddExamples(operation, metadata);
        AddHeaders(operation, metadata);

        var body = operation.RequestBody is not null;
        var command = metadata.OfType<IsCommand>().Any();
        var versioned = metadata.OfType<RequiresIfMatch>().Any();
        var checkedValues = body || command || operation.Parameters!.Any(p => p.In is ParameterLocation.Query || p.Name is Idempotency.Header or EndpointConventions.PurposeHeader);
        foreach (var (status, applies) in new[]
        {
            (400, body), (401, !open), (403, !open), (404, !open), (409, command), (410, metadata.OfType<IsFeed>().Any()), (412, versioned || metadata.OfType<AcceptsIfMatch>().Any()), (413, body), (415, body),
            (422, checkedValues), (428, versioned), (429, true), (500, true), (503, !open),
        })
            if (applies)
                operation.Responses![status.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponseReference(OpenApiProblems.NameOf(status), context.Document);
    }

    // The generator knows what a handler takes; the region of a route is taken by the access rules, and no handler has it.
    private static void AddRoute(OpenApiOperation operation, string path)
    {
        var parameters = operation.Parameters ??= [];
        var taken = parameters.Where(p => p.In is ParameterLocation.Path).Select(p => p.Name).ToHashSet();
        foreach (var name in OpenApiConventions.RouteNames(path).Where(n => !taken.Contains(n)).Reverse())
            parameters.Insert(0, new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Path,
                Required = true,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
    }

    private static void AddParameters(OpenApiOperation operation, IList<object> metadata)
    {
        var parameters = operation.Parameters ??= [];
        if (metadata.OfType<IsPaged>().Any())
        {
            Add("limit", ParameterLocation.Query, false, "Poster per sida. Items per page.", 20,
                new() { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1", Maximum = "100", Default = PageRequest.DefaultLimit });
            Add("page", ParameterLocation.Query, false, "Sidan, från 1. The page, from 1.", 1,
                new() { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1", Maximum = "2147483647", Default = 1 });
        }

        if (metadata.OfType<IsFeed>().FirstOrDefault() is { } feed)
        {
            Add("limit", ParameterLocation.Query, false, "Poster per del. Entries per part.", 100,
                new() { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1", Maximum = "100", Default = FeedRequest.MaxLimit });
            Add("cursor", ParameterLocation.Query, false, "Fortsätt efter ett tidigare svar; ur dess _links.next. Go on after an earlier answer; from its _links.next.", null,
                new() { Type = JsonSchemaType.String, MinLength = 1, MaxLength = FeedRequest.MaxCursorLength, Pattern = "^[A-Za-z0-9_-]+$" });
            Add("since", ParameterLocation.Query, false, "Börja med det som registrerades då, i stället för från början. Begin with what was recorded then, instead of at the beginning.",
                "2026-11-02T08:30:00Z", new() { Type = JsonSchemaType.String, Format = "date-time" });
            Add("wait", ParameterLocation.Query, false, "Sekunder att vänta på nästa post när det inte finns någon; högst tio väntande anrop per klient. Seconds to wait for the next entry where there is none; at most ten waiting requests a client.", 30,
                new() { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "0", Maximum = "30", Default = 0 });
            Add("type", ParameterLocation.Query, false, "Bara poster av dessa typer. Only entries of these types.", null,
                new() { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. feed.Types.Select(t => JsonValue.Create(t))] } });
        }

        if (metadata.OfType<IsCommand>().Any())
            Add(Idempotency.ValidateOnlyName, ParameterLocation.Query, false, "Pröva allt men spara inget. Check everything but store nothing.", false,
                new() { Type = JsonSchemaType.Boolean, Default = false });
        if (metadata.Any(m => m is RequiresIfMatch or AcceptsIfMatch))
            Add("If-Match", ParameterLocation.Header, metadata.OfType<RequiresIfMatch>().Any(), "Resursens ETag, som \"7\". The ETag of the resource, such as \"7\".", null,
                new() { Type = JsonSchemaType.String, Pattern = "^\"[0-9]+\"$" });
        if (metadata.OfType<AcceptsIdempotencyKey>().Any())
            Add(Idempotency.Header, ParameterLocation.Header, false,
                "Samma nyckel och anrop inom 24 timmar ger det första svaret. The same key and request within 24 hours gives the first answer.",
                null,
                new() { Type = JsonSchemaType.String, MinLength = 1, MaxLength = Idempotency.MaxKeyLength, Pattern = "^[!-~]+$" });
        if (metadata.OfType<RequiresPurpose>().LastOrDefault() is { } purpose)
            Add(EndpointConventions.PurposeHeader, ParameterLocation.Header, true,
                "Ändamålet med läsningen, som loggas. The purpose of the reading, which is logged.", purpose.Codes[0],
                new() { Type = JsonSchemaType.String, Enum = [.. purpose.Codes.Select(c => JsonValue.Create(c))] });
        Add(OpenApiConventions.Traceparent, ParameterLocation.Header, false, "W3C Trace Context.", null,
            new() { Type = JsonSchemaType.String });

        // An example is what the API page fills in: none where every request has a value of its own.
        void Add(string name, ParameterLocation place, bool required, string description, JsonNode? example, OpenApiSchema schema) =>
            parameters.Add(new OpenApiParameter
            {
                Name = name,
                In = place,
                Required = required,
                Description = description,
                Example = example,
                Schema = schema,
            });
    }

    private static void AddExamples(OpenApiOperation operation, IList<object> metadata)
    {
        foreach (var request in metadata.OfType<RequestExample>())
            SetExample(operation.RequestBody?.Content, request.Value, request.MediaType);
        foreach (var response in metadata.OfType<ResponseExample>())
            if (operation.Responses!.TryGetValue(response.Status.ToString(CultureInfo.InvariantCulture), out var documented))
                SetExample(documented.Content, response.Value);
    }

    private static void SetExample(IDictionary<string, OpenApiMediaType>? content, object example, string mediaType = "application/json")
    {
        if (content?.TryGetValue(mediaType, out var media) == true)
            media.Example = JsonSerializer.SerializeToNode(example, Json.Options);
    }

    private static void AddHeaders(OpenApiOperation operation, IList<object> metadata)
    {
        foreach (var (status, response) in operation.Responses!)
        {
            if (response is not OpenApiResponse made)
                continue;
            made.Headers ??= new Dictionary<string, IOpenApiHeader>();
            made.Headers[OpenApiConventions.Traceparent] = OpenApiProblems.TraceHeader();
            if (status.StartsWith('2') && metadata.OfType<ReturnsETag>().Any())
                made.Headers["ETag"] = new OpenApiHeader
                {
                    Description = "Resursens version, för If-Match. The version of the resource, for If-Match.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                    Example = "\"7\"",
                };
            if (status is "201" or "202")
                made.Headers["Location"] = new OpenApiHeader
                {
                    Description = "Det som skapades. What was created.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uri" },
                };
        }
    }

    /// <summary>Method and path without the prefix of the API, such as <c>postRegionsByRegionCases</c>: unique, and stable as long as the URL is.</summary>
    private static string IdOf(string method, string path) =>
        method.ToLowerInvariant() + string.Concat(path.Split('/').Skip(2).Select(s => s.StartsWith('{')
            ? $"By{Pascal(s.Trim('{', '}').Split(':')[0])}"
            : Pascal(s)));

    private static string Pascal(string segment) =>
        string.Concat(segment.Split('-', '.').Where(w => w.Length > 0).Select(w => char.ToUpperInvariant(w[0]) + w[1..]));
}
