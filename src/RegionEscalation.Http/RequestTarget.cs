using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace RegionEscalation.Http;

/// <summary>
/// Refuses what an address must not hold, before any value of it is read: U+0000, which PostgreSQL cannot take and which would
/// break a pooled connection; a personal identity number, since addresses end up in logs (R-G8); and a query parameter that
/// the operation does not know, since a filter that is silently ignored answers another question (SAK.28B).
/// </summary>
public static class RequestTarget
{
    private static readonly ConditionalWeakTable<Endpoint, HashSet<string>> Known = [];
    private static readonly Text Null = new("Tecknet U+0000 kan inte användas.", "The character U+0000 cannot be used.");
    private static readonly Text Unknown = new("Operationen har ingen sådan parameter.", "The operation has no such parameter.");
    private static readonly Text PersonalNumber = new(
        "Ett personnummer kan inte stå i en adress; en enskild näringsidkare adresseras med plattformens id.",
        "A personal identity number cannot stand in an address; a sole trader is addressed by the platform's id.");

    /// <summary>To be put after authorization, so that a caller without access learns nothing from it.</summary>
    public static IApplicationBuilder UseRequestTarget(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var containsPersonalNumber = app.ApplicationServices.GetRequiredService<IOptions<RequestBodyOptions>>().Value.ContainsPersonalNumber;
        return app.Use((context, next) => Refuse(context, containsPersonalNumber) is { } problem ? problem.ExecuteAsync(context) : next(context));
    }

    private static IResult? Refuse(HttpContext context, Func<string, bool> containsPersonalNumber)
    {
        if (context.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<IEndpointGroupNameMetadata>() is null)
            return null;
        foreach (var (name, value) in context.Request.RouteValues)
        {
            if (value is string text && Against(text, containsPersonalNumber) is { } error)
                return Problem(context, name, error);
        }
        if (context.Request.Query.Count == 0)
            return null;
        var known = Known.GetValue(endpoint, KnownParameters);
        foreach (var (name, values) in context.Request.Query)
        {
            if (Against(name, containsPersonalNumber) is { } nameError)
                return Problem(context, "query", nameError);
            if (!known.Contains(name))
                return Problems.Field(context, name, "unknown", Unknown);
            foreach (var value in values)
            {
                if (value is not null && Against(value, containsPersonalNumber) is { } error)
                    return Problem(context, name, error);
            }
        }
        return null;
    }

    private static Text? Against(string text, Func<string, bool> containsPersonalNumber) =>
        text.Contains('\0', StringComparison.Ordinal) ? Null : containsPersonalNumber(text) ? PersonalNumber : null;

    private static IResult Problem(HttpContext context, string name, Text error) => error == PersonalNumber
        ? Problems.Rules(context, [new RuleViolation("R-G8", "personalNumber", error, name)])
        : Problems.Field(context, name, "characters", error);

    private static HashSet<string> KnownParameters(Endpoint endpoint)
    {
        // Services and what the route holds are parameters of the handler too, but none of the query.
        var route = (endpoint as RouteEndpoint)?.RoutePattern.Parameters.Select(p => p.Name) ?? [];
        var names = endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>()
            .Where(p => p.HasTryParse || p.ParameterInfo.ParameterType == typeof(string))
            .Select(p => p.Name)
            .Except(route, StringComparer.OrdinalIgnoreCase)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (endpoint.Metadata.GetMetadata<IsPaged>() is not null)
            names.UnionWith(["limit", "page"]);
        if (endpoint.Metadata.GetMetadata<IsFeed>() is not null)
            names.UnionWith(FeedRequest.Names);
        // Known everywhere, and refused where there is no dry run.
        names.Add(Idempotency.ValidateOnlyName);
        return names;
    }
}
