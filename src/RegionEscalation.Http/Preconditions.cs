using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace RegionEscalation.Http;

/// <summary>Optimistic concurrency: a strong ETag is the version of the stream, in quotes (RFC 9110, 8.8 and 13.1.1).</summary>
public static class Preconditions
{
    public static void SetETag(this HttpContext context, long version)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");
    }

    /// <summary>The version that the caller has seen. To be asked after the replay of an idempotency key, so that a retry is not stale.</summary>
    /// <param name="context">The request.</param>
    /// <param name="version">Zero or more.</param>
    /// <param name="problem">
    /// 428 without <c>If-Match</c>; 412 for a weak tag, a list, <c>*</c> or anything else that never was the current ETag.
    /// </param>
    public static bool TryGetExpectedVersion(this HttpContext context, out long version, [NotNullWhen(false)] out IResult? problem)
    {
        ArgumentNullException.ThrowIfNull(context);
        var header = context.Request.Headers.IfMatch;
        version = 0;
        problem = header switch
        {
            { Count: 0 } => Problems.PreconditionRequired(context),
            [['"', .. var tag, '"']] when IsVersion(tag, out version) => null,
            _ => Problems.PreconditionFailed(context),
        };
        return problem is null;
    }

    // "07" and "7" would be the same number but are different tags.
    private static bool IsVersion(string tag, out long version) =>
        long.TryParse(tag, NumberStyles.None, CultureInfo.InvariantCulture, out version)
        && version.ToString(CultureInfo.InvariantCulture) == tag;
}
