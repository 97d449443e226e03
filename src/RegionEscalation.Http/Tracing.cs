using System.Diagnostics;
using Microsoft.AspNetCore.Builder;

namespace RegionEscalation.Http;

public static class Tracing
{
    /// <summary>Returns <c>traceparent</c> (SPA.04B); the server accepts and continues the caller's by itself.</summary>
    public static IApplicationBuilder UseTraceparent(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        // As late as possible: the exception handler clears the headers that were set before it.
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id })
            context.Response.OnStarting(() =>
            {
                context.Response.Headers["traceparent"] = id;
                return Task.CompletedTask;
            });
        return next(context);
    });
}
