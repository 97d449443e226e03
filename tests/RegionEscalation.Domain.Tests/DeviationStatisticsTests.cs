using RegionEscalation.Domain.Deviations;

namespace RegionEscalation.Domain.Tests;

/// <summary>The figures of HAL-003 against ones counted by hand.</summary>
public class DeviationStatisticsTests
{
    private static readonly DateTimeOffset At = Some.Start;

    /// <summary>Two of the supplier's, one of the region's, one that nobody has assessed and one without ground.</summary>
    private static readonly DeviationRow[] Rows =
    [
        Row("Operation", Severity.Serious, DeviationStatus.Closed, RootCause.Capacity, Fault.Supplier, [Topic.Labour, Topic.Environment], 2, 10, 20, 30, 40),
        Row("Operation", Severity.Deviation, DeviationStatus.FedBack, null, Fault.Supplier, [Topic.Labour], 4, 20, 25, 50),
        Row("Operation", Severity.Deviation, DeviationStatus.Assessed, null, Fault.Region, [], 9),
        Row("Intensiv", null, DeviationStatus.Reported, null, Fault.Undetermined, []),
        Row(null, Severity.Serious, DeviationStatus.Unfounded, RootCause.Staffing, Fault.Supplier, [Topic.Corruption], 1, 2, 3, 4),
    ];

    [Test]
    public void The_region_as_a_whole()
    {
        var all = DeviationStatistics.Of(Rows).Region.All;

        Assert.That((all.Number, all.Unfounded, all.ShareUnfounded), Is.EqualTo((5, 1, (decimal?)0.2m)));
        Assert.That(Codes(all.ByStatus), Is.EqualTo("Reported 1, Assessed 1, FedBack 1, Closed 1, Unfounded 1"));
        Assert.That(Codes(all.BySeverity), Is.EqualTo("Deviation 2, Serious 1, - 1"));
        Assert.That(Codes(all.ByCause), Is.EqualTo("Capacity 1, - 3"));
        Assert.That(Codes(all.ByTopic), Is.EqualTo("Labour 2, Environment 1"));
        Assert.That((all.ShareAnalysed, all.ShareNotNeedingAnalysis, all.ShareFedBack), Is.EqualTo(((decimal?)0.25m, (decimal?)0.25m, (decimal?)0.5m)));
        Assert.That(all.LeadTimes, Is.EqualTo(new LeadTimes(new(3, 4m, 9m), new(2, 15m, 20m), new(2, 40m, 50m), new(1, 40m, 40m))));
    }

    [Test]
    public void What_the_region_caused_stands_apart_and_never_counts_against_the_supplier()
    {
        var region = DeviationStatistics.Of(Rows).Region;

        Assert.That((region.OfSupplier.Number, region.OfRegion.Number), Is.EqualTo((2, 1)), "the unfounded one counts against nobody");
        Assert.That(Codes(region.OfSupplier.BySeverity), Is.EqualTo("Deviation 1, Serious 1"));
        Assert.That(region.OfRegion.LeadTimes.FirstAction, Is.EqualTo(new LeadTime(1, 9m, 9m)));
        Assert.That((region.OfSupplier.Unfounded, region.OfRegion.ShareFedBack), Is.EqualTo((0, (decimal?)0m)));
    }

    [Test]
    public void Unit_by_unit_in_the_order_of_the_rows()
    {
        var units = DeviationStatistics.Of(Rows).Units;

        Assert.That(units.Select(u => (u.Unit, u.All.Number)), Is.EqualTo(new (string?, int)[] { ("Operation", 3), ("Intensiv", 1), (null, 1) }));
        Assert.That((units[2].All.ShareUnfounded, units[2].All.ShareAnalysed, units[2].All.BySeverity.Count), Is.EqualTo(((decimal?)1m, (decimal?)null, 0)), "of nothing there is no share");
    }

    [Test]
    public void Nothing_is_no_number_but_none()
    {
        var none = DeviationStatistics.Of([]);

        Assert.That((none.Units.Count, none.Region.All.Number, none.Region.All.ShareUnfounded, none.Region.All.LeadTimes.Closed), Is.EqualTo((0, 0, (decimal?)null, new LeadTime(0, null, null))));
    }

    [TestCase("1", 1, 1)]
    [TestCase("1 2", 1.5, 2)]
    [TestCase("1 2 3 4 5 6", 3.5, 6)]
    [TestCase("1 2 3 4 5 6 7 8 9 10", 5.5, 9)]
    [TestCase("1 2 3 4 5 6 7 8 9 10 11", 6, 10)]
    [TestCase("1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 7 8", 1, 1)]
    public void The_median_is_the_middle_and_nine_of_ten_take_no_longer_than_the_percentile(string hours, double median, double percentile)
    {
        TimeSpan[] ordered = [.. hours.Split(' ').Select(h => TimeSpan.FromHours(int.Parse(h, System.Globalization.CultureInfo.InvariantCulture)))];

        Assert.That((DeviationStatistics.Median(ordered)?.TotalHours, DeviationStatistics.Percentile90(ordered)?.TotalHours), Is.EqualTo(((double?)median, (double?)percentile)));
    }

    private static DeviationRow Row(
        string? unit, Severity? severity, DeviationStatus status, RootCause? cause, Fault fault, Topic[] topics,
        int? assessed = null, int? handled = null, int? analysed = null, int? fedBack = null, int? closed = null)
    {
        static DateTimeOffset? After(int? hours) => hours is { } h ? At.AddHours(h) : null;
        return new DeviationRow(unit, severity, status, cause, topics, fault, At, After(assessed), After(handled), After(analysed), After(fedBack), After(closed));
    }

    private static string Codes<T>(IEnumerable<CodeFigure<T>> figures) where T : struct, Enum => string.Join(", ", figures.Select(f => $"{f.Code?.ToString() ?? "-"} {f.Number}"));
}
