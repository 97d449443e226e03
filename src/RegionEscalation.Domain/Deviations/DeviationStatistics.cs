namespace RegionEscalation.Domain.Deviations;

/// <summary>A deviation as figures are made of it.</summary>
/// <param name="Unit">The organisational unit; null where none was stated.</param>
/// <param name="Cause">Null without an analysis, and where none is needed.</param>
/// <param name="ReportedAt">UTC, like every other instant here.</param>
/// <param name="AssessedAt">The first thing that is done about a deviation.</param>
/// <param name="AnalysedAt">Also where it was found that no analysis is needed.</param>
public sealed record DeviationRow(
    string? Unit, Severity? Severity, DeviationStatus Status, RootCause? Cause, IReadOnlyList<Topic> Topics, Fault Fault,
    DateTimeOffset ReportedAt, DateTimeOffset? AssessedAt, DateTimeOffset? HandledAt, DateTimeOffset? AnalysedAt, DateTimeOffset? FedBackAt, DateTimeOffset? ClosedAt);

/// <param name="Number">How many deviations have got that far.</param>
/// <param name="MedianHours">From the report; null when none has. One decimal.</param>
/// <param name="Percentile90Hours">Nine of ten took no longer: the shortest time that holds for at least nine of ten. One decimal.</param>
public sealed record LeadTime(int Number, decimal? MedianHours, decimal? Percentile90Hours);

/// <param name="FirstAction">Until the deviation was first assessed, which comes before everything else.</param>
/// <param name="Closed">Until it was closed as handled, analysed and fed back.</param>
public sealed record LeadTimes(LeadTime FirstAction, LeadTime Handled, LeadTime FedBack, LeadTime Closed);

/// <param name="Code">Null for those without one: not assessed, or not analysed.</param>
public sealed record CodeFigure<T>(T? Code, int Number) where T : struct, Enum;

/// <summary>What is unfounded is in <paramref name="Number"/>, <paramref name="ByStatus"/>, <paramref name="Unfounded"/> and its share, and in nothing else (R-Z3).</summary>
/// <param name="Number">How many were reported in the period.</param>
/// <param name="ShareUnfounded">Of those reported, 0–1; null when there are none. Shares have two decimals.</param>
/// <param name="ByTopic">A deviation may have several topics, or none.</param>
/// <param name="ShareAnalysed">The share of what is not unfounded whose root cause was analysed, 0–1.</param>
/// <param name="ShareNotNeedingAnalysis">The share of it that was found not to need an analysis, 0–1.</param>
/// <param name="ShareFedBack">The share of it that was fed back, 0–1.</param>
public sealed record DeviationFigures(
    int Number,
    int Unfounded,
    decimal? ShareUnfounded,
    IReadOnlyList<CodeFigure<DeviationStatus>> ByStatus,
    IReadOnlyList<CodeFigure<Severity>> BySeverity,
    IReadOnlyList<CodeFigure<RootCause>> ByCause,
    IReadOnlyList<CodeFigure<Topic>> ByTopic,
    decimal? ShareAnalysed,
    decimal? ShareNotNeedingAnalysis,
    decimal? ShareFedBack,
    LeadTimes LeadTimes);

/// <param name="Unit">Null for the deviations without a unit, and for the whole region.</param>
/// <param name="All">Whoever's part they are, also those of which it is not known.</param>
/// <param name="OfSupplier">Those that count against a supplier (R-G6); never what is unfounded.</param>
/// <param name="OfRegion">Those that the region has caused itself; never what is unfounded.</param>
public sealed record UnitFigures(string? Unit, DeviationFigures All, DeviationFigures OfSupplier, DeviationFigures OfRegion);

/// <summary>How a region and its units deal with deviations (HAL-003).</summary>
/// <param name="Units">In the order of the rows; only those with a deviation in the period.</param>
public sealed record DeviationStatistics(UnitFigures Region, IReadOnlyList<UnitFigures> Units)
{
    /// <param name="rows">Every deviation that was reported in the period.</param>
    public static DeviationStatistics Of(IReadOnlyCollection<DeviationRow> rows) => new(
        Figures(null, rows),
        [.. rows.GroupBy(r => r.Unit).Select(g => Figures(g.Key, [.. g]))]);

    /// <summary>The middle one, or halfway between the two middle ones.</summary>
    public static TimeSpan? Median(IReadOnlyList<TimeSpan> ordered) =>
        ordered.Count == 0 ? null : (ordered[(ordered.Count - 1) / 2] + ordered[ordered.Count / 2]) / 2;

    /// <summary>The shortest that at least nine of ten do not exceed (nearest rank).</summary>
    public static TimeSpan? Percentile90(IReadOnlyList<TimeSpan> ordered) => ordered.Count == 0 ? null : ordered[(((ordered.Count * 9) + 9) / 10) - 1];

    private static UnitFigures Figures(string? unit, IReadOnlyCollection<DeviationRow> rows)
    {
        DeviationRow[] founded = [.. rows.Where(r => r.Status != DeviationStatus.Unfounded)];
        return new UnitFigures(unit, Figures(rows), Figures([.. founded.Where(r => r.Fault == Fault.Supplier)]), Figures([.. founded.Where(r => r.Fault == Fault.Region)]));
    }

    private static DeviationFigures Figures(IReadOnlyCollection<DeviationRow> rows)
    {
        DeviationRow[] founded = [.. rows.Where(r => r.Status != DeviationStatus.Unfounded)];
        decimal? Share(Func<DeviationRow, bool> which) => ShareOf(founded.Count(which), founded.Length);
        var unfounded = rows.Count - founded.Length;
        return new DeviationFigures(
            rows.Count,
            unfounded,
            ShareOf(unfounded, rows.Count),
            Counted(rows.Select(r => (DeviationStatus?)r.Status)),
            Counted(founded.Select(r => r.Severity)),
            Counted(founded.Select(r => r.Cause)),
            Counted(founded.SelectMany(r => r.Topics, (_, topic) => (Topic?)topic)),
            Share(r => r.Cause is not null),
            Share(r => r.AnalysedAt is not null && r.Cause is null),
            Share(r => r.FedBackAt is not null),
            new LeadTimes(Until(founded, r => r.AssessedAt), Until(founded, r => r.HandledAt), Until(founded, r => r.FedBackAt), Until(founded, r => r.ClosedAt)));
    }

    private static CodeFigure<T>[] Counted<T>(IEnumerable<T?> codes) where T : struct, Enum =>
        [.. codes.GroupBy(c => c).OrderBy(g => g.Key is null).ThenBy(g => g.Key).Select(g => new CodeFigure<T>(g.Key, g.Count()))];

    private static LeadTime Until(DeviationRow[] rows, Func<DeviationRow, DateTimeOffset?> at)
    {
        TimeSpan[] times = [.. rows.Where(r => at(r) is not null).Select(r => at(r)!.Value - r.ReportedAt).Order()];
        return new LeadTime(times.Length, Hours(Median(times)), Hours(Percentile90(times)));
    }

    private static decimal? Hours(TimeSpan? time) => time is { } t ? Math.Round(t.Ticks / (decimal)TimeSpan.TicksPerHour, 1, MidpointRounding.AwayFromZero) : null;

    private static decimal? ShareOf(int part, int whole) => whole == 0 ? null : Math.Round((decimal)part / whole, 2, MidpointRounding.AwayFromZero);
}
