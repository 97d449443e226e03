using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace RegionEscalation.Http;

public sealed class RequestBodyOptions
{
    /// <summary>Tells whether a text holds a Swedish personal identity number; the domain knows how (R-G8).</summary>
    public Func<string, bool> ContainsPersonalNumber { get; set; } = _ => false;
}

/// <summary>The body as it was sent.</summary>
internal sealed record BufferedBody(byte[] Bytes);

/// <summary>
/// Reads a JSON body once, before binding, and refuses what would bind but cannot be kept or trusted: it must be known before any
/// code reads a value. An endpoint that declares other media types reads its own body.
/// </summary>
public static class RequestBody
{
    /// <summary>1 MiB.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Levels of objects and arrays.</summary>
    public const int MaxDepth = 32;

    /// <summary>To be put after authorization, so that a caller without access learns nothing from a body.</summary>
    public static IApplicationBuilder UseRequestBody(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var options = app.ApplicationServices.GetRequiredService<IOptions<RequestBodyOptions>>().Value;
        return app.Use(async (context, next) =>
        {
            if (context.GetEndpoint() is not { } endpoint || !HasBody(context) || ReadsItsOwnBody(endpoint))
                await next(context);
            else if (await RefuseAsync(context, options) is { } problem)
                await problem.ExecuteAsync(context);
            else
                await next(context);
        });
    }

    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    private static async Task<IResult?> RefuseAsync(HttpContext context, RequestBodyOptions options)
    {
        if (!IsJson(context.Request))
            return Problems.UnsupportedMediaType(context);
        if (await ReadAsync(context) is not { } body)
            return Problems.TooLarge(context);
        // Some clients begin with a byte order mark; RFC 8259 lets a reader ignore it.
        if (body.AsSpan().StartsWith(Utf8Mark))
            body = body[Utf8Mark.Length..];
        if (!Utf8.IsValid(body))
            return Problems.MalformedBody(context);

        var check = new JsonBodyCheck(options.ContainsPersonalNumber);
        try
        {
            check.Run(body);
        }
        catch (JsonException)
        {
            return Problems.MalformedBody(context);
        }

        context.Features.Set(new BufferedBody(body));
        context.Request.Body = new MemoryStream(body, writable: false);
        // The binder fails on a quoted charset; that the bytes are UTF-8 is known by now.
        context.Request.ContentType = "application/json";
        return check.Errors.Count > 0 ? Problems.Fields(context, check.Errors)
            : check.Violations.Count > 0 ? Problems.Rules(context, check.Violations)
            : null;
    }

    private static bool HasBody(HttpContext context) => context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true;

    private static bool ReadsItsOwnBody(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is { } accepts && !accepts.ContentTypes.Contains("application/json", StringComparer.OrdinalIgnoreCase);

    private static bool IsJson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        && request.Headers.ContentEncoding.Count == 0;

    private static async Task<byte[]?> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > MaxBytes)
            return null;
        using var body = new MemoryStream((int)(context.Request.ContentLength ?? 0));
        var chunk = new byte[16 * 1024];
        for (int read; (read = await context.Request.Body.ReadAsync(chunk, context.RequestAborted)) > 0;)
        {
            if (body.Length + read > MaxBytes)
                return null;
            body.Write(chunk, 0, read);
        }

        return body.ToArray();
    }
}
