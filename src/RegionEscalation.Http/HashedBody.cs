using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace RegionEscalation.Http;

/// <summary>The body of a request that is too large to be kept, hashed as it is read, so that a retry is told from another request nevertheless.</summary>
public sealed class HashedBody : OneWayStream
{
    private readonly HttpContext _context;
    private readonly IncrementalHash _hash;

    /// <param name="context">The request, its key checked by <see cref="Idempotency.UseIdempotency"/>; its body not read yet.</param>
    public HashedBody(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        _hash = Idempotency.HashOfHead(context);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await _context.Request.Body.ReadAsync(buffer, cancellationToken);
        _hash.AppendData(buffer.Span[..read]);
        return read;
    }

    /// <summary>The key and the hash of the request, its body read to the end; null without a key.</summary>
    public IdempotencyRequest? IdempotencyRequest() =>
        _context.Request.Headers[Idempotency.Header] is [{ } key] ? new(key, _hash.GetCurrentHash()) : null;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _hash.Dispose();
        base.Dispose(disposing);
    }
}
