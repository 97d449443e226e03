using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace RegionEscalation.Feeds;

/// <summary>
/// A place in a feed: right after an entry. Feeds are in the order of the transactions that wrote them, and within one in the order in which it wrote;
/// they are read only up to the oldest transaction that still runs, so nothing ever comes before a place that was given out.
/// </summary>
/// <param name="Transaction">The transaction of the entry, with its epoch; 0 for the beginning.</param>
/// <param name="Sequence">Its number in the log.</param>
/// <param name="EventId">The entry itself: where it is not at its place, the database is not the one that gave the place out. Empty where no entry is meant.</param>
/// <param name="At">When the entry was recorded, UTC.</param>
public readonly record struct FeedPosition(ulong Transaction, long Sequence, Guid EventId, DateTimeOffset At)
{
    /// <summary>
    /// From when on a feed is to be read again after a restore: what was read before the entry is there from this long before it, whichever
    /// transactions overtook each other and whichever hosts' clocks differ.
    /// </summary>
    public static readonly TimeSpan Margin = TimeSpan.FromHours(1);

    public static FeedPosition Beginning => default;

    /// <summary>Before everything that is written from a transaction on.</summary>
    public static FeedPosition Before(ulong transaction, DateTimeOffset at) => new(transaction, 0, Guid.Empty, at);

    public bool IsAnEntry => EventId != Guid.Empty;
}

/// <summary>What a cursor says.</summary>
/// <param name="GivenOut">From when on it counts how old it is, UTC.</param>
public readonly record struct FeedCursor(FeedPosition Position, DateTimeOffset GivenOut);

/// <summary>What every host of the platform knows and nobody else: 32 bytes from which the keys of cursors and of webhooks are derived.</summary>
public sealed class PlatformKey(byte[] key)
{
    /// <summary>The setting: at least 32 bytes in base64.</summary>
    public const string Setting = "Secrets:PlatformKey";

    /// <summary>Public: the Development environment has it so that cursors and webhooks outlive a restart and hold on every host.</summary>
    private const string OfDevelopment = "ZGV2ZWxvcG1lbnQga2V5LCBwdWJsaWMsIG5ldmVyIGluIHByb2R1Y3Rpb24=";

    /// <returns>32 bytes, different for every purpose and the same on every host.</returns>
    public byte[] Derive(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: Encoding.UTF8.GetBytes(purpose));

    /// <param name="development">Whether the environment is Development, which needs none and alone may have its own.</param>
    /// <returns>Null where the text is no such key, or one that anybody could guess.</returns>
    public static PlatformKey? Parse(string? text, bool development)
    {
        text ??= development ? OfDevelopment : "";
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length) || length < 32)
            return null;
        bytes = bytes[..length];
        return bytes.Distinct().Count() == 1 || (!development && bytes.SequenceEqual(Convert.FromBase64String(OfDevelopment))) ? null : new PlatformKey(bytes);
    }
}

/// <summary>
/// Cursors as they are given out: sealed, because the numbers in them are counted across all regions and would tell one of another's doings; and
/// bound to the feed that they are of. A cursor of another feed, or sealed with another key, opens to nothing.
/// </summary>
public sealed class FeedCursors(PlatformKey platformKey)
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int Size = 8 + 8 + 16 + 8 + 8;

    private readonly byte[] _key = platformKey.Derive("feed cursors");
    private readonly byte[] _nonceKey = platformKey.Derive("feed cursor nonces");

    /// <param name="feed">Such as <c>region/08</c>, <c>national</c>.</param>
    /// <param name="givenOut">From when on it counts how old it is, UTC; a feed whose cursors always hold says always the same of the same place.</param>
    public string Seal(string feed, FeedPosition position, DateTimeOffset givenOut)
    {
        Span<byte> plain = stackalloc byte[Size];
        BinaryPrimitives.WriteUInt64BigEndian(plain, position.Transaction);
        BinaryPrimitives.WriteInt64BigEndian(plain[8..], position.Sequence);
        position.EventId.TryWriteBytes(plain[16..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(plain[32..], position.At.UtcTicks);
        BinaryPrimitives.WriteInt64BigEndian(plain[40..], givenOut.UtcTicks);

        var sealedBytes = new byte[NonceSize + Size + TagSize];
        // Of what is sealed, so that the same always has the same cursor and no nonce serves two.
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_nonceKey, [.. Encoding.UTF8.GetBytes(feed), 0, .. plain], mac);
        mac[..NonceSize].CopyTo(sealedBytes);
        using var aes = new AesGcm(_key, TagSize);
        aes.Encrypt(sealedBytes.AsSpan(0, NonceSize), plain, sealedBytes.AsSpan(NonceSize, Size), sealedBytes.AsSpan(NonceSize + Size), Encoding.UTF8.GetBytes(feed));
        return InLetters(sealedBytes);
    }

    /// <returns>Null for what was not sealed so; what is not even of the form is <see cref="IsCursor"/>'s to say.</returns>
    public FeedCursor? Open(string feed, string cursor)
    {
        if (!IsCursor(cursor))
            return null;
        var sealedBytes = FromLetters(cursor);
        Span<byte> plain = stackalloc byte[Size];
        using var aes = new AesGcm(_key, TagSize);
        try
        {
            aes.Decrypt(sealedBytes.AsSpan(0, NonceSize), sealedBytes.AsSpan(NonceSize, Size), sealedBytes.AsSpan(NonceSize + Size), plain, Encoding.UTF8.GetBytes(feed));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
        return new FeedCursor(
            new FeedPosition(BinaryPrimitives.ReadUInt64BigEndian(plain), BinaryPrimitives.ReadInt64BigEndian(plain[8..]), new Guid(plain[16..32], bigEndian: true), InstantOf(plain[32..])),
            InstantOf(plain[40..]));

        static DateTimeOffset InstantOf(ReadOnlySpan<byte> ticks) => new(BinaryPrimitives.ReadInt64BigEndian(ticks), TimeSpan.Zero);
    }

    /// <summary>Whether the text has the form of a cursor.</summary>
    public static bool IsCursor(string text) => text.Length == 2 * (NonceSize + Size + TagSize) && text.All(c => c is >= 'a' and <= 'p');

    /// <summary>Without digits: among so many cursors one would hold what is refused in an address as a personal identity number, and could never be used.</summary>
    private static string InLetters(byte[] bytes) => string.Concat(bytes.SelectMany(b => new[] { (char)('a' + (b >> 4)), (char)('a' + (b & 15)) }));

    private static byte[] FromLetters(string text) => [.. text.Chunk(2).Select(pair => (byte)(((pair[0] - 'a') << 4) | (pair[1] - 'a')))];
}
