namespace RegionEscalation.Domain.Contracts;

/// <summary>
/// The region's foreign suppliers that are marked as natural persons just now; of a Swedish one the number tells. What was written before the mark was set
/// carries the number unmarked, and is shown by this.
/// </summary>
/// <param name="numbers">As <see cref="SupplierNumber"/> writes them.</param>
public sealed class NaturalPersons(IEnumerable<string> numbers)
{
    private readonly HashSet<string> _numbers = new(numbers, StringComparer.Ordinal);

    public static NaturalPersons None { get; } = new([]);

    public bool Include(string? number) => number is not null && _numbers.Contains(number);

    /// <summary>A supplier of the region with its mark as it is now, whatever it was when it was kept.</summary>
    public Supplier Marked(Supplier kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        return kept with { SoleTrader = Include(kept.OrganisationNumber) ? true : null };
    }
}
