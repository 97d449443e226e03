namespace RegionEscalation.Domain.Contracts;

/// <summary>How many contracts have the social contract terms (HU-010).</summary>
/// <param name="Contracts">Those that stand.</param>
/// <param name="With">Those of them that have the terms.</param>
/// <param name="Without">Those of them that are said to have none; of the others the catalogue does not say.</param>
public sealed record SocialTerms(long Contracts, long With, long Without)
{
    /// <summary>The part of all that stand which has them, 0–1 with two decimals; null where none stands.</summary>
    public decimal? Share => Contracts == 0 ? null : decimal.Round((decimal)With / Contracts, 2);
}
