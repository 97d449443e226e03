using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RegionEscalation.Feeds;

/// <summary>
/// Signatures of Standard Webhooks 1.0: HMAC-SHA256 over <c>id.timestamp.body</c>, so that neither can be changed and an old message cannot pass as a new one.
/// </summary>
public static class WebhookSignature
{
    public const string IdHeader = "webhook-id";

    /// <summary>Seconds since 1970, UTC.</summary>
    public const string TimestampHeader = "webhook-timestamp";

    public const string SignatureHeader = "webhook-signature";

    private const string Version = "v1,";

    /// <param name="keys">While secrets are rotated two, the newest first; a receiver accepts a message of which it knows one.</param>
    /// <returns>The signatures as the header has them, separated by spaces.</returns>
    public static string Of(string id, DateTimeOffset timestamp, ReadOnlySpan<byte> body, IEnumerable<byte[]> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        byte[] signed = [.. Encoding.UTF8.GetBytes(id), (byte)'.', .. Encoding.ASCII.GetBytes(Seconds(timestamp)), (byte)'.', .. body];
        return string.Join(' ', keys.Select(key => Version + Convert.ToBase64String(HMACSHA256.HashData(key, signed))));
    }

    /// <summary>The timestamp as its header has it.</summary>
    public static string Seconds(DateTimeOffset timestamp) => timestamp.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
