using System.Globalization;
using System.Reflection;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.WebUtilities;

namespace RegionEscalation.Http;

/// <summary>An absolute link (HYP.07B).</summary>
public sealed record Link(string Href)
{
    /// <summary>Scheme and host are those of the request, after forwarded headers.</summary>
    /// <param name="context">The request.</param>
    /// <param name="path">From the root, escaped; what is absolute already stays as it is.</param>
    public static string Absolute(HttpContext context, string path)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(path);
        return path.StartsWith('/')
            ? UriHelper.BuildAbsolute(context.Request.Scheme, context.Request.Host, context.Request.PathBase) + path[(context.Request.PathBase.HasValue ? 0 : 1)..]
            : path;
    }

    public static Link To(HttpContext context, string path) => new(Absolute(context, path));
}

/// <summary>
/// Which part of a list is asked for: <c>limit</c> (1–100, default 20) and <c>page</c> (from 1). As a parameter of a handler it
/// binds from the query, answers 422 for anything else, and documents both parameters.
/// </summary>
public sealed record PageRequest(int Limit, int Page) : IEndpointParameterMetadataProvider
{
    public const int DefaultLimit = 20;
    public const int MaxLimit = 100;

    /// <summary>How many items come before the page; a long, since the last page of the largest limit lies beyond an int.</summary>
    public long Offset => (Page - 1L) * Limit;

    public static ValueTask<PageRequest> BindAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ValueTask.FromResult(new PageRequest(Read(context, "limit", DefaultLimit, MaxLimit), Read(context, "page", 1, int.MaxValue)));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Metadata.Add(new IsPaged());
    }

    private static int Read(HttpContext context, string name, int otherwise, int max)
    {
        var values = context.Request.Query[name];
        if (values.Count == 0)
            return otherwise;
        if (values.Count == 1 && int.TryParse(values[0], NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1 && value <= max)
            return value;
        throw new RefusedException(Problems.Field(context, name, "range", new($"Ska vara ett heltal 1–{max}.", $"Must be an integer 1–{max}.")));
    }
}

/// <summary>One page of a list; a page beyond the last is empty (FNS.14B).</summary>
public sealed record PagedResponse<T>(
    IReadOnlyList<T> Items,
    [property: JsonPropertyName("_meta")] PageMeta Meta,
    [property: JsonPropertyName("_links")] PageLinks Links);

public sealed record PageMeta(int Page, int Limit, long TotalItems, long TotalPages);

/// <summary>Links with the other query parameters kept (FNS.12S); there is no next after the last page and no prev before the first.</summary>
public sealed record PageLinks(
    Link Self,
    Link First,
    Link Last,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Link? Next = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Link? Prev = null);

public static class Paging
{
    /// <param name="page">What was asked for.</param>
    /// <param name="context">The request; the links follow its path and query.</param>
    /// <param name="items">The items of this page, at most <see cref="PageRequest.Limit"/>.</param>
    /// <param name="totalItems">Of all pages, as the caller may see them.</param>
    public static PagedResponse<T> Response<T>(this PageRequest page, HttpContext context, IReadOnlyList<T> items, long totalItems)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(context);
        var pages = (totalItems + page.Limit - 1) / page.Limit;
        var last = Math.Max(1, pages);
        return new(
            items,
            new(page.Page, page.Limit, totalItems, pages),
            new(
                To(page.Page),
                To(1),
                To(last),
                page.Page < last ? To(page.Page + 1) : null,
                page.Page > 1 ? To(Math.Min(page.Page - 1, last)) : null));

        Link To(long number)
        {
            var query = QueryHelpers.ParseQuery(context.Request.QueryString.Value)
                .Where(p => p.Key is not ("page" or "limit"))
                .SelectMany(p => p.Value, (p, value) => KeyValuePair.Create(p.Key, value ?? ""));
            var builder = new QueryBuilder(query)
            {
                { "limit", page.Limit.ToString(CultureInfo.InvariantCulture) },
                { "page", number.ToString(CultureInfo.InvariantCulture) },
            };
            return Link.To(context, context.Request.Path.ToUriComponent() + builder.ToQueryString());
        }
    }
}
