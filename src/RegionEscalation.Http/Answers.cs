using System.Net.Mime;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace RegionEscalation.Http;

/// <summary>An answer whose text is fixed before it is stored, so that a retry gets it letter for letter.</summary>
public sealed class TextAnswer(int status, string? location, string? etag, string body) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        httpContext.Response.StatusCode = status;
        httpContext.Response.Headers.ETag = etag;
        httpContext.Response.Headers.Location = location;
        httpContext.Response.ContentType = MediaTypeNames.Application.Json + "; charset=utf-8";
        return httpContext.Response.WriteAsync(body, CancellationToken.None);
    }
}

/// <summary>The answer to a command with <c>validateOnly=true</c> that every check lets pass; nothing was stored.</summary>
/// <param name="Result">What the answer would be, as a preview; left out for what would be created, since its id is given only then.</param>
public sealed record DryRunResponse(bool Valid, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] object? Result);
