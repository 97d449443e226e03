using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.National;

/// <summary>A stay of a case at steps 3–5, as figures are made of it.</summary>
/// <param name="EnteredAt">UTC.</param>
/// <param name="LeftAt">UTC; null while it stands there.</param>
/// <param name="IsLast">The case has none after it.</param>
public sealed record NationalStay(
    string Region, string Category, int Step, Trigger Trigger, DateTimeOffset EnteredAt, DateTimeOffset? LeftAt, WayLeft? LeftBy, bool IsLast);

/// <summary>A number, unless it could tell of single cases.</summary>
/// <param name="Value">Null when it is suppressed.</param>
public sealed record Figure(decimal? Value, bool Suppressed)
{
    public static Figure Of(decimal value) => new(value, false);

    public static Figure None { get; } = new(null, true);
}

/// <param name="Step">3–5.</param>
public sealed record StepFigure(int Step, Figure Number);

/// <param name="Category">LfU's category.</param>
public sealed record CategoryFigures(string Category, IReadOnlyList<StepFigure> Entered);

/// <param name="Region">The region's code.</param>
public sealed record RegionFigures(string Region, IReadOnlyList<StepFigure> Entered);

/// <param name="Step">3–5.</param>
/// <param name="Left">How many stays at the step ended in the period.</param>
/// <param name="MedianDays">Their median length in Swedish calendar days.</param>
public sealed record TimeInStep(int Step, Figure Left, Figure MedianDays);

/// <param name="LeftForGood">How many cases left steps 3–5 in the period and have not come back: by the way back, resolved or terminated.</param>
/// <param name="Share">The share of them, 0–1, that found the way back: that were not terminated.</param>
public sealed record WayBackFigures(Figure LeftForGood, Figure Share);

/// <summary>Whether the same trigger leads to the same step, and for how long.</summary>
/// <param name="Step">3–5.</param>
/// <param name="Entered">How many stays the trigger led to in the period.</param>
/// <param name="MedianDays">The median length, in Swedish calendar days, of those of them that have ended.</param>
public sealed record TreatmentFigures(Trigger Trigger, int Step, Figure Entered, Figure MedianDays);

/// <summary>The figures of steps 3–5; steps 0–2 are in no register.</summary>
/// <param name="CasesNow">How many cases stand at each step, whatever the period.</param>
/// <param name="ByCategory">How many stays began in the period; a category without any number to show is left out.</param>
/// <param name="ByRegion">The same by region.</param>
/// <param name="EqualTreatment">The same by what triggered the step.</param>
public sealed record NationalStatistics(
    IReadOnlyList<StepFigure> CasesNow,
    IReadOnlyList<CategoryFigures> ByCategory,
    IReadOnlyList<RegionFigures> ByRegion,
    IReadOnlyList<TimeInStep> TimeInStep,
    WayBackFigures WayBack,
    IReadOnlyList<TreatmentFigures> EqualTreatment);

/// <summary>
/// Makes figures of stays, and none that tells of fewer than five. There are no totals, and what no number is shown of is left out without
/// a word; but the three tables of what began in the period count the same stays, so that one of them may give away the total of another.
/// Therefore a table hides, beside its small numbers, so many others of the same step that they cannot be told apart by a total.
/// </summary>
public static class Statistics
{
    /// <summary>The smallest number that is shown.</summary>
    public const int Smallest = 5;

    private static readonly int[] Steps = [.. Enumerable.Range(LadderDefinition.FirstNationalStep, LadderDefinition.HighestStep - LadderDefinition.FirstNationalStep + 1)];

    /// <param name="stays">Every stay that has not ended, or that began or ended in the period.</param>
    /// <param name="from">First day, Swedish calendar date.</param>
    /// <param name="to">Last day, Swedish calendar date.</param>
    public static NationalStatistics Of(IReadOnlyCollection<NationalStay> stays, DateOnly from, DateOnly to)
    {
        bool In(DateTimeOffset? at) => at is { } instant && SwedishTime.DateOf(instant) is var day && day >= from && day <= to;
        NationalStay[] began = [.. stays.Where(s => In(s.EnteredAt))];
        NationalStay[] ended = [.. stays.Where(s => In(s.LeftAt))];
        return new NationalStatistics(
            [.. Steps.Select(step => new StepFigure(step, Shown(stays.Count(s => s.LeftAt is null && s.Step == step))))],
            [.. Table(began, s => s.Category, StringComparer.Ordinal).Select(row => new CategoryFigures(row.Key, row.Cells))],
            [.. Table(began, s => s.Region, StringComparer.Ordinal).Select(row => new RegionFigures(row.Key, row.Cells))],
            [.. Steps.Select(step => TimeIn(step, [.. ended.Where(s => s.Step == step)]))],
            WayBackOf([.. ended.Where(s => s.IsLast && s.LeftBy is WayLeft.WayBack or WayLeft.Resolved or WayLeft.Terminated)]),
            [
                .. from row in Table(began, s => s.Trigger, Comparer<Trigger>.Default)
                   from cell in row.Cells
                   select new TreatmentFigures(row.Key, cell.Step, cell.Number, cell.Number.Suppressed ? Figure.None
                       : MedianDays([.. began.Where(s => s.Trigger == row.Key && s.Step == cell.Step && s.LeftAt is not null)])),
            ]);
    }

    /// <summary>How often each key occurs at each step, in the order of the keys, without what has no number to show.</summary>
    private static IEnumerable<(TKey Key, StepFigure[] Cells)> Table<TKey>(NationalStay[] stays, Func<NationalStay, TKey> keyOf, IComparer<TKey> order) where TKey : notnull
    {
        var keys = stays.Select(keyOf).Distinct().Order(order).ToArray();
        var columns = Steps.Select(step => Protected([.. keys.Select(key => stays.Count(s => s.Step == step && keyOf(s).Equals(key)))])).ToArray();
        return keys.Select((key, row) => (key, Steps.Select((step, column) => new StepFigure(step, columns[column][row])).ToArray()))
            .Where(row => row.Item2.Any(cell => !cell.Number.Suppressed));
    }

    /// <summary>
    /// The numbers of one column as they may be shown. Whoever knows the column's total knows what is hidden in it together: that must be no
    /// small number itself, nor the number of one cell alone, so the smallest numbers shown are hidden too until it is not.
    /// </summary>
    public static IReadOnlyList<Figure> Protected(IReadOnlyList<int> column)
    {
        ArgumentNullException.ThrowIfNull(column);
        var hidden = column.Select(n => n < Smallest).ToArray();
        while (GivesAway([.. column.Where((_, i) => hidden[i])]) && Array.IndexOf(hidden, false) >= 0)
            hidden[Enumerable.Range(0, column.Count).Where(i => !hidden[i]).MinBy(i => column[i])] = true;
        return [.. column.Select((n, i) => hidden[i] ? Figure.None : Figure.Of(n))];
    }

    /// <summary>What is not there tells of nobody.</summary>
    private static bool GivesAway(int[] hidden) => hidden.Sum() is > 0 and var sum && (sum < Smallest || hidden.Count(n => n > 0) < 2);

    private static TimeInStep TimeIn(int step, NationalStay[] ended) => new(step, Shown(ended.Length), MedianDays(ended));

    /// <summary>A share gives away both of its parts.</summary>
    private static WayBackFigures WayBackOf(NationalStay[] left)
    {
        var terminated = left.Count(s => s.LeftBy == WayLeft.Terminated);
        return new WayBackFigures(Shown(left.Length), Math.Min(terminated, left.Length - terminated) < Smallest
            ? Figure.None
            : Figure.Of(Math.Round((decimal)(left.Length - terminated) / left.Length, 2)));
    }

    private static Figure Shown(int number) => number < Smallest ? Figure.None : Figure.Of(number);

    private static Figure MedianDays(NationalStay[] ended)
    {
        if (ended.Length < Smallest)
            return Figure.None;
        decimal[] days = [.. ended.Select(s => SwedishTime.DateOf(s.LeftAt!.Value).DayNumber - SwedishTime.DateOf(s.EnteredAt).DayNumber).Order()];
        return Figure.Of((days[(days.Length - 1) / 2] + days[days.Length / 2]) / 2);
    }
}
