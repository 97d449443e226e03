using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace RegionEscalation.Http;

/// <summary>What tells a retry from another request.</summary>
/// <param name="Key">1–128 visible ASCII characters; to be scoped by client and region.</param>
/// <param name="RequestHash">SHA-256 of method, path, query, the purpose where one is given, and body.</param>
public sealed record IdempotencyRequest(string Key, byte[] RequestHash);

public static class Idempotency
{
    public const string Header = "Idempotency-Key";
    public const int MaxKeyLength = 128;
    internal const string ValidateOnlyName = "validateOnly";

    /// <summary>
    /// Answers 422 for a key that cannot be kept, and for a dry run that would not be one: <c>validateOnly=true</c> on a change that
    /// does not know it would be carried out. To be put after authorization.
    /// </summary>
    public static IApplicationBuilder UseIdempotency(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var key = context.Request.Headers[Header];
        if (key.Count > 0 && (key.Count > 1 || !IsKey(key[0]!)))
            return Problems.Field(context, Header, "format", new(
                $"Ska vara en nyckel av 1–{MaxKeyLength} synliga ASCII-tecken.", $"Must be one key of 1–{MaxKeyLength} visible ASCII characters.")).ExecuteAsync(context);

        var dryRun = context.Request.Query[ValidateOnlyName];
        if (dryRun.Count > 0 && dryRun is not ["true" or "false"])
            return Problems.Field(context, ValidateOnlyName, "format", new("Ska vara true eller false.", "Must be true or false.")).ExecuteAsync(context);
        if (context.IsValidateOnly() && context.GetEndpoint() is { } endpoint && !IsRead(context) && endpoint.Metadata.GetMetadata<IsCommand>() is null)
            return Problems.Field(context, ValidateOnlyName, "unsupported", new(
                "Torrkörning finns inte för denna operation; inget har utförts.", "There is no dry run of this operation; nothing was done.")).ExecuteAsync(context);
        return next(context);
    });

    /// <summary>The key and the hash of the request; null without a key.</summary>
    /// <param name="context">The request, its key checked by <see cref="UseIdempotency"/>.</param>
    /// <param name="body">Only for bodies other than JSON, which are not buffered: what the endpoint has read.</param>
    public static IdempotencyRequest? IdempotencyRequest(this HttpContext context, ReadOnlySpan<byte> body = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Request.Headers[Header] is not [{ } key])
            return null;
        using var hash = HashOfHead(context);
        hash.AppendData(context.Features.Get<BufferedBody>() is { } buffered ? buffered.Bytes : body);
        return new(key, hash.GetHashAndReset());
    }

    /// <summary>Of everything that is in front of the body.</summary>
    internal static IncrementalHash HashOfHead(HttpContext context)
    {
        var request = context.Request;
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method}\n{(request.PathBase + request.Path).ToUriComponent()}\n{request.QueryString.Value}\n"));
        if (request.Headers[EndpointConventions.PurposeHeader] is { Count: > 0 } purpose)
            hash.AppendData(Encoding.UTF8.GetBytes($"{EndpointConventions.PurposeHeader}: {purpose}\n"));
        return hash;
    }

    /// <summary>Whether every check is to be made and nothing stored.</summary>
    public static bool IsValidateOnly(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Request.Query[ValidateOnlyName] is ["true"];
    }

    private static bool IsKey(string key) => key.Length is >= 1 and <= MaxKeyLength && key.All(c => c is >= '!' and <= '~');

    private static bool IsRead(HttpContext context) => HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
}
