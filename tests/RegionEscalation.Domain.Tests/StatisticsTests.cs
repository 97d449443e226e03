using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;

namespace RegionEscalation.Domain.Tests;

/// <summary>The figures of steps 3–5, and that none of them tells of fewer than five.</summary>
public class StatisticsTests
{
    private static readonly DateOnly From = new(2026, 1, 1);
    private static readonly DateOnly To = new(2026, 12, 31);
    private static readonly DateTimeOffset Noon = new(2026, 6, 1, 10, 0, 0, TimeSpan.Zero);

    [Test]
    public void Cases_now_are_the_stays_that_have_not_ended_whenever_they_began()
    {
        var figures = Of([.. Stays(3, 3), .. Stays(3, 2, began: Noon.AddYears(-3)), .. Stays(4, 4), .. Stays(5, 9, days: 10)]);

        Assert.That(figures.CasesNow.Select(Written), Is.EqualTo(new[] { "3: 5", "4: -", "5: -" }));
    }

    [TestCase("2025-12-31T22:59:59Z", 0)]
    [TestCase("2025-12-31T23:00:00Z", 5)]
    [TestCase("2026-12-31T22:59:59Z", 5)]
    [TestCase("2026-12-31T23:00:00Z", 0)]
    public void The_period_is_of_Swedish_calendar_dates(string began, int counted)
    {
        var at = DateTimeOffset.Parse(began, System.Globalization.CultureInfo.InvariantCulture);

        Assert.That(Of(Stays(3, 5, began: at)).ByRegion.Sum(r => r.Entered[0].Number.Value ?? 0), Is.EqualTo(counted));
        Assert.That(Of(Stays(3, 5, began: at.AddDays(-30), days: 30)).TimeInStep[0].Left, Is.EqualTo(counted == 0 ? Figure.None : Figure.Of(5)));
    }

    [Test]
    public void What_began_is_counted_by_category_by_region_and_by_trigger()
    {
        var figures = Of(
        [
            .. Stays(3, 6, region: "08", category: "Tvätt"), .. Stays(3, 7, region: "13"), .. Stays(4, 8, region: "13", trigger: Trigger.SeriousDeviation, days: 20),
            .. Stays(4, 5, region: "13", trigger: Trigger.SeriousDeviation),
        ]);

        Assert.That(figures.ByCategory.Select(c => $"{c.Category} {string.Join(' ', c.Entered.Select(Written))}"), Is.EqualTo(new[] { "Medicinteknik 3: 7 4: 13 5: -", "Tvätt 3: 6 4: - 5: -" }));
        Assert.That(figures.ByRegion.Select(c => $"{c.Region} {string.Join(' ', c.Entered.Select(Written))}"), Is.EqualTo(new[] { "08 3: 6 4: - 5: -", "13 3: 7 4: 13 5: -" }));
        Assert.That(figures.EqualTreatment.Select(t => $"{t.Trigger} {t.Step}: {Written(t.Entered)}, {Written(t.MedianDays)} days"), Is.EqualTo(new[]
        {
            "PlanWithoutEffect 3: 13, - days", "PlanWithoutEffect 4: -, - days", "PlanWithoutEffect 5: -, - days",
            "SeriousDeviation 3: -, - days", "SeriousDeviation 4: 13, 20 days", "SeriousDeviation 5: -, - days",
        }));
    }

    [Test]
    public void What_has_no_number_to_show_is_left_out_without_a_word()
    {
        var figures = Of([.. Stays(3, 12), .. Stays(3, 4, region: "13", category: "Tvätt", trigger: Trigger.NoSolution), .. Stays(3, 4, region: "12", category: "Bemanning", trigger: Trigger.Relapse)]);

        Assert.That(figures.ByCategory.Select(c => c.Category), Is.EqualTo(new[] { "Medicinteknik" }));
        Assert.That(figures.ByRegion.Select(c => c.Region), Is.EqualTo(new[] { "08" }));
        Assert.That(figures.EqualTreatment.Select(c => c.Trigger).Distinct(), Is.EqualTo(new[] { Trigger.PlanWithoutEffect }));
    }

    [Test]
    public void Time_in_step_is_the_median_in_Swedish_days_of_what_ended_in_the_period()
    {
        var figures = Of(
        [
            .. new[] { 1, 2, 40, 50, 60 }.SelectMany(days => Stays(3, 1, days: days)), .. new[] { 1, 2, 3, 10, 20, 30 }.SelectMany(days => Stays(4, 1, days: days)),
            .. Stays(5, 4, days: 10), .. Stays(3, 3, began: Noon.AddYears(-2), days: 10), .. Stays(3, 9),
        ]);

        Assert.That(figures.TimeInStep.Select(t => $"{t.Step}: {Written(t.Left)}, {Written(t.MedianDays)} days"), Is.EqualTo(new[] { "3: 5, 40 days", "4: 6, 6.5 days", "5: -, - days" }));
        Assert.That(Of(Stays(3, 5, began: new DateTimeOffset(2026, 6, 1, 21, 30, 0, TimeSpan.Zero), hours: 1)).TimeInStep[0].MedianDays, Is.EqualTo(Figure.Of(1)), "over midnight in Sweden");
    }

    [TestCase(6, 5, 5, 16, 0.69)]
    [TestCase(5, 0, 5, 10, 0.5)]
    [TestCase(3, 3, 4, 10, null)]
    [TestCase(9, 0, 0, 9, null)]
    [TestCase(2, 2, 5, 9, null)]
    [TestCase(2, 1, 1, null, null)]
    public void The_way_back_is_the_share_that_was_not_terminated_and_neither_part_is_small(int wayBack, int resolved, int terminated, int? leftForGood, double? share)
    {
        var figures = Of([.. Stays(3, wayBack, days: 5, leftBy: WayLeft.WayBack), .. Stays(3, resolved, days: 5, leftBy: WayLeft.Resolved), .. Stays(5, terminated, days: 5, leftBy: WayLeft.Terminated)]);

        Assert.That((figures.WayBack.LeftForGood.Value, figures.WayBack.Share.Value), Is.EqualTo(((decimal?)leftForGood, (decimal?)share)));
    }

    [TestCase(WayLeft.Upwards)]
    [TestCase(WayLeft.Review)]
    [TestCase(WayLeft.Unfounded)]
    [TestCase(WayLeft.Merged)]
    [TestCase(WayLeft.Transferred)]
    public void What_is_no_end_of_the_suppliers_own_is_no_way_back(WayLeft leftBy) =>
        Assert.That(Of(Stays(3, 9, days: 5, leftBy: leftBy)).WayBack.LeftForGood.Suppressed, Is.True);

    [Test]
    public void A_case_that_came_back_has_not_left_for_good() =>
        Assert.That(Of(Stays(4, 9, days: 5, leftBy: WayLeft.WayBack, last: false)).WayBack.LeftForGood.Suppressed, Is.True);

    [TestCase("9 7 6", "9 7 6")]
    [TestCase("9 5 0", "9 5 -")]
    [TestCase("9 0 0", "9 - -")]
    [TestCase("9 7 3", "9 - -", Description = "one alone is the total less the others")]
    [TestCase("7 9 3", "- 9 -")]
    [TestCase("9 4 3", "9 - -")]
    [TestCase("9 1 2", "- - -", Description = "together they are fewer than five")]
    [TestCase("8 1 2 9", "- - - 9")]
    [TestCase("9 2", "- -")]
    [TestCase("2", "-")]
    [TestCase("4 4 4", "- - -")]
    public void A_small_number_is_hidden_with_so_many_others_that_no_total_gives_it_away(string column, string shown) =>
        Assert.That(string.Join(' ', Statistics.Protected([.. column.Split(' ').Select(n => int.Parse(n, System.Globalization.CultureInfo.InvariantCulture))]).Select(Written)), Is.EqualTo(shown));

    /// <summary>
    /// Whoever reads the answer takes the largest sum that one of the three tables shows for the total of the step, which it is where that table hides
    /// nothing, and subtracts what another table shows.
    /// </summary>
    [Test]
    public void Nothing_under_five_can_be_derived_from_one_table_by_another()
    {
        var tried = 0;
        for (var seed = 0; seed < 1500; seed++)
        {
            var random = new Random(seed);
            NationalStay[] stays =
            [
                .. Enumerable.Range(0, random.Next(5, 90)).SelectMany(_ => Stays(random.Next(3, 6), 1,
                    region: $"{Math.Min(random.Next(1, 6), random.Next(1, 6)):00}", category: $"K{Math.Min(random.Next(5), random.Next(5))}",
                    trigger: (Trigger)Math.Min(random.Next(2, 6), random.Next(2, 9)))),
            ];
            var figures = Of(stays);
            for (var step = 3; step <= 5; step++)
            {
                NationalStay[] began = [.. stays.Where(s => s.Step == step)];
                (string Table, decimal Shown, int[] Hidden)[] tables =
                [
                    Read("category", began, s => s.Category, figures.ByCategory.ToDictionary(c => c.Category, c => c.Entered[step - 3].Number)),
                    Read("region", began, s => s.Region, figures.ByRegion.ToDictionary(c => c.Region, c => c.Entered[step - 3].Number)),
                    Read("trigger", began, s => s.Trigger, figures.EqualTreatment.Where(t => t.Step == step).ToDictionary(t => t.Trigger, t => t.Entered)),
                ];
                var total = tables.Max(t => t.Shown);
                if (total < began.Length)
                    continue;
                foreach (var (table, shown, hidden) in tables.Where(t => t.Shown < total))
                {
                    tried++;
                    Assert.That(total - shown, Is.GreaterThanOrEqualTo(Statistics.Smallest), $"{seed}: {table} at {step} leaves so few");
                    Assert.That(hidden.Count(n => n > 0), Is.GreaterThan(1), $"{seed}: {table} at {step} leaves one number alone");
                }
            }
        }
        Assert.That(tried, Is.GreaterThan(500), "there was something to derive");

        static (string, decimal, int[]) Read<T>(string table, NationalStay[] began, Func<NationalStay, T> keyOf, Dictionary<T, Figure> shown) where T : notnull
        {
            Assert.That(shown.Values.Where(f => f.Suppressed != f.Value is null || f.Value < Statistics.Smallest), Is.Empty);
            Assert.That(shown.Where(f => !f.Value.Suppressed).Select(f => f.Value.Value), Is.EqualTo(shown.Where(f => !f.Value.Suppressed).Select(f => (decimal?)began.Count(s => keyOf(s).Equals(f.Key)))));
            return (table, shown.Values.Sum(f => f.Value ?? 0), [.. began.GroupBy(keyOf).Where(g => !shown.TryGetValue(g.Key, out var figure) || figure.Suppressed).Select(g => g.Count())]);
        }
    }

    private static NationalStatistics Of(IEnumerable<NationalStay> stays) => Statistics.Of([.. stays], From, To);

    private static IEnumerable<NationalStay> Stays(
        int step, int number, string region = "08", string category = "Medicinteknik", Trigger trigger = Trigger.PlanWithoutEffect, DateTimeOffset? began = null,
        int? days = null, int? hours = null, WayLeft leftBy = WayLeft.Upwards, bool last = true)
    {
        var at = began ?? Noon;
        var left = days is null && hours is null ? (DateTimeOffset?)null : at.AddDays(days ?? 0).AddHours(hours ?? 0);
        return Enumerable.Repeat(new NationalStay(region, category, step, trigger, at, left, left is null ? null : leftBy, last), number);
    }

    private static string Written(StepFigure figure) => $"{figure.Step}: {Written(figure.Number)}";

    private static string Written(Figure figure) => figure.Suppressed ? "-" : figure.Value!.Value.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture);
}
