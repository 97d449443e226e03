using RegionEscalation.Domain.Regions;

namespace RegionEscalation.Integrations.Catalogue;

/// <param name="EndingShare">As <see cref="ImportOptions.EndingShare"/>, for the region alone.</param>
public sealed record RegionImportOptions(decimal? EndingShare = null);

/// <summary>What the section <c>Catalogue</c> says of imports.</summary>
public sealed record ImportOptions
{
    public const string Section = "Catalogue";

    /// <summary>The part of a region's contracts that a snapshot may end unasked, 0–1.</summary>
    public decimal EndingShare { get; init; } = 0.10m;

    /// <summary>By the region's code.</summary>
    public Dictionary<string, RegionImportOptions> Regions { get; init; } = [];

    /// <summary>How many rows are applied in one transaction, 1–5000; every feed waits for as long as it lasts.</summary>
    public int RowsPerPart { get; init; } = 500;

    /// <summary>How long a host has an import for itself, by the database's clock; when it falls, another goes on after this.</summary>
    public TimeSpan ImportLease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a snapshot waits for somebody to confirm what it ends.</summary>
    public TimeSpan ConfirmWithin { get; init; } = TimeSpan.FromDays(14);

    /// <summary>How long the rejected rows of an import are kept.</summary>
    public TimeSpan RejectsKept { get; init; } = TimeSpan.FromDays(90);

    public decimal EndingShareOf(string region) => Regions.GetValueOrDefault(region)?.EndingShare ?? EndingShare;

    /// <summary>What is wrong with the settings, a sentence each.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (var region in Regions.Keys.Where(r => Region.Find(r) is null))
            yield return $"{Section}:{nameof(Regions)}:{region} is no region that the platform knows.";
        if (Regions.Values.Select(r => r.EndingShare ?? 0).Append(EndingShare).Any(s => s is < 0 or > 1))
            yield return $"{Section}:{nameof(EndingShare)} is a part of the whole, from 0 to 1.";
        if (RowsPerPart is < 1 or > 5000)
            yield return $"{Section}:{nameof(RowsPerPart)} must be from 1 to 5000.";
        if (ImportLease <= TimeSpan.Zero || ConfirmWithin <= TimeSpan.Zero || RejectsKept <= TimeSpan.Zero)
            yield return $"{Section}:{nameof(ImportLease)}, {nameof(ConfirmWithin)} and {nameof(RejectsKept)} must be longer than nothing.";
    }
}
