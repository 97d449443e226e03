namespace RegionEscalation.Storage;

/// <summary>
/// The region that a session works for. There is no default: only the access code makes one, after it compared the route's
/// region with the token's (and background work, which makes one per region in turn).
/// </summary>
public sealed class RegionScope
{
    private RegionScope(string region) => Region = region;

    /// <summary>The region's code, known to the platform.</summary>
    public string Region { get; }

    /// <exception cref="ArgumentException">The platform knows no such region.</exception>
    public static RegionScope For(string region) => Domain.Regions.Region.Find(region) is { } known
        ? new RegionScope(known.Code)
        : throw new ArgumentException("The platform knows no such region.", nameof(region));
}
