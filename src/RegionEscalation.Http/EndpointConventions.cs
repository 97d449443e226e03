using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace RegionEscalation.Http;

/// <summary>The operation changes a resource that has an ETag, and takes <c>If-Match</c>.</summary>
public sealed record RequiresIfMatch;

/// <summary>The operation takes <c>If-Match</c> where the caller has seen a version, and does without.</summary>
public sealed record AcceptsIfMatch;

/// <summary>The operation honours <c>Idempotency-Key</c>.</summary>
public sealed record AcceptsIdempotencyKey;

/// <summary>The operation decides by rules and honours <c>validateOnly</c>.</summary>
public sealed record IsCommand;

/// <summary>Success carries the ETag of the resource.</summary>
public sealed record ReturnsETag;

/// <summary>The operation takes <c>limit</c> and <c>page</c>.</summary>
public sealed record IsPaged;

/// <summary>The operation reads across regions and takes a declared purpose.</summary>
public sealed record RequiresPurpose(IReadOnlyList<string> Codes);

internal sealed record RequestExample(object Value, string MediaType);

internal sealed record ResponseExample(int Status, object Value);

/// <summary>What an operation promises, said once where it is mapped: the document follows, and the checks that belong to it.</summary>
public static class EndpointConventions
{
    public const string PurposeHeader = "Purpose";

    /// <summary>The group of an API, <c>/{name}/v1</c>; requests are validated, and the document of that name describes it.</summary>
    public static RouteGroupBuilder MapApi(this IEndpointRouteBuilder app, string name) =>
        app.MapGroup($"/{name}/v1").WithGroupName(name).ValidateRequests();

    public static T Describe<T>(this T endpoint, string summary, string description) where T : IEndpointConventionBuilder =>
        endpoint.WithSummary(summary).WithDescription(description);

    public static T RequiresIfMatch<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.WithMetadata(new RequiresIfMatch());

    public static T AcceptsIfMatch<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.WithMetadata(new AcceptsIfMatch());

    public static T AcceptsIdempotencyKey<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.WithMetadata(new AcceptsIdempotencyKey());

    /// <summary>Honours <c>validateOnly</c> and <c>Idempotency-Key</c>; rules may reject it.</summary>
    public static T IsCommand<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.WithMetadata(new IsCommand(), new AcceptsIdempotencyKey());

    public static T ReturnsETag<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.WithMetadata(new ReturnsETag());

    /// <summary>Answers 422 unless the header <c>Purpose</c> is one of the codes; what was read for it is logged by the endpoint.</summary>
    public static T RequiresPurpose<T>(this T endpoint, params string[] codes) where T : IEndpointConventionBuilder => endpoint
        .WithMetadata(new RequiresPurpose(codes))
        .AddEndpointFilter(async (invocation, next) => codes.Contains(invocation.HttpContext.Purpose())
            ? await next(invocation)
            : Problems.Field(invocation.HttpContext, PurposeHeader, "purpose", new(
                $"Ange ändamålet med läsningen: {string.Join(", ", codes)}.", $"State the purpose of the reading: {string.Join(", ", codes)}.")));

    /// <summary>The declared purpose; on an endpoint that requires one it is one of its codes.</summary>
    public static string? Purpose(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Request.Headers[PurposeHeader] is [{ } purpose] ? purpose : null;
    }

    public static T WithRequestExample<T>(this T endpoint, object example, string mediaType = "application/json") where T : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new RequestExample(example, mediaType));

    /// <summary>Also declares the answer: its type is the example's.</summary>
    public static T WithResponseExample<T>(this T endpoint, int status, object example) where T : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(example);
        return endpoint.WithMetadata(new ResponseExample(status, example), new ProducesResponseTypeMetadata(status, example.GetType(), ["application/json"]));
    }
}
