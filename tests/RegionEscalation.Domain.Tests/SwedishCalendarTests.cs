using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>Working days and the ends of days, as deadlines count them.</summary>
public class SwedishCalendarTests
{
    [TestCase(1961, "1961-04-02")]
    [TestCase(2000, "2000-04-23")]
    [TestCase(2008, "2008-03-23")]
    [TestCase(2024, "2024-03-31")]
    [TestCase(2025, "2025-04-20")]
    [TestCase(2026, "2026-04-05")]
    [TestCase(2027, "2027-03-28")]
    [TestCase(2038, "2038-04-25")]
    [TestCase(2049, "2049-04-18")]
    [TestCase(2285, "2285-03-22")]
    public void Easter_sunday(int year, string date) => Assert.That(SwedishCalendar.EasterSunday(year), Is.EqualTo(DateOnly.ParseExact(date, "yyyy-MM-dd")));

    /// <summary>Whole years, so that no day too many is free either. In 2026 Midsummer and All Saints' Day come as early as they can, in 2027 as late.</summary>
    [TestCase(2025, "01-01 01-06 04-18 04-20 04-21 05-01 05-29 06-06 06-08 06-20 06-21 11-01 12-24 12-25 12-26 12-31")]
    [TestCase(2026, "01-01 01-06 04-03 04-05 04-06 05-01 05-14 05-24 06-06 06-19 06-20 10-31 12-24 12-25 12-26 12-31")]
    [TestCase(2027, "01-01 01-06 03-26 03-28 03-29 05-01 05-06 05-16 06-06 06-25 06-26 11-06 12-24 12-25 12-26 12-31")]
    public void The_holidays_and_the_three_eves_of_a_year(int year, string days)
    {
        var first = new DateOnly(year, 1, 1);

        var holidays = Enumerable.Range(0, 365).Select(first.AddDays).Where(SwedishCalendar.IsHoliday);

        Assert.That(string.Join(' ', holidays.Select(d => d.ToString("MM-dd"))), Is.EqualTo(days));
    }

    [TestCase("2026-03-02", true, TestName = "A Monday is a working day")]
    [TestCase("2026-03-07", false, TestName = "A Saturday is none")]
    [TestCase("2026-03-08", false, TestName = "A Sunday is none")]
    [TestCase("2025-06-06", false, TestName = "The national day is none, on a Friday")]
    [TestCase("2026-04-02", true, TestName = "Maundy Thursday is a working day")]
    [TestCase("2026-06-18", true, TestName = "The day before Midsummer's Eve is a working day")]
    [TestCase("2026-06-19", false, TestName = "Midsummer's Eve is none")]
    [TestCase("2025-12-24", false, TestName = "Christmas Eve is none")]
    [TestCase("2025-12-23", true, TestName = "The day before Christmas Eve is a working day")]
    public void Working_days(string date, bool working) =>
        Assert.That(SwedishCalendar.IsWorkingDay(DateOnly.ParseExact(date, "yyyy-MM-dd"), []), Is.EqualTo(working));

    [TestCase("2026-03-02", 5, "2026-03-09", TestName = "Five working days are a week")]
    [TestCase("2026-03-06", 1, "2026-03-09", TestName = "Over a weekend")]
    [TestCase("2026-04-01", 5, "2026-04-10", TestName = "Over Easter")]
    [TestCase("2025-12-22", 5, "2026-01-05", TestName = "Over Christmas and New Year")]
    [TestCase("2026-06-18", 1, "2026-06-22", TestName = "Over Midsummer")]
    [TestCase("2026-04-03", 0, "2026-04-03", TestName = "No working day after a holiday is the day itself")]
    public void Working_days_are_counted_after_the_day_itself(string from, int days, string to) => Assert.That(
        SwedishCalendar.AddWorkingDays(DateOnly.ParseExact(from, "yyyy-MM-dd"), days, []), Is.EqualTo(DateOnly.ParseExact(to, "yyyy-MM-dd")));

    [Test]
    public void A_regions_free_days_are_no_working_days_of_its_own()
    {
        DateOnly[] free = [new(2026, 4, 2), new(2026, 4, 10)];

        Assert.That(SwedishCalendar.IsWorkingDay(free[0], free), Is.False);
        Assert.That(SwedishCalendar.AddWorkingDays(new DateOnly(2026, 4, 1), 5, free), Is.EqualTo(new DateOnly(2026, 4, 14)));
        Assert.That((LadderSettings.Default with { FreeDays = free }).After(new DateTimeOffset(2026, 4, 1, 8, 0, 0, TimeSpan.Zero), 5),
            Is.EqualTo(new DateTimeOffset(2026, 4, 14, 22, 0, 0, TimeSpan.Zero)));
    }

    [TestCase("2026-03-28", "2026-03-28T23:00:00Z", TestName = "The day before summer time begins at midnight of normal time")]
    [TestCase("2026-03-29", "2026-03-29T22:00:00Z", TestName = "The day on which summer time begins has 23 hours")]
    [TestCase("2026-10-24", "2026-10-24T22:00:00Z", TestName = "The day before summer time ends at midnight of summer time")]
    [TestCase("2026-10-25", "2026-10-25T23:00:00Z", TestName = "The day on which summer time ends has 25 hours")]
    [TestCase("2026-12-31", "2026-12-31T23:00:00Z", TestName = "The last day of a year")]
    public void A_day_ends_at_swedish_midnight(string date, string end)
    {
        var day = DateOnly.ParseExact(date, "yyyy-MM-dd");
        var instant = DateTimeOffset.Parse(end, System.Globalization.CultureInfo.InvariantCulture);

        Assert.That(SwedishTime.EndOf(day), Is.EqualTo(instant));
        Assert.That(SwedishTime.EndOf(day).Offset, Is.EqualTo(TimeSpan.Zero));
        Assert.That((SwedishTime.DateOf(instant.AddTicks(-1)), SwedishTime.DateOf(instant)), Is.EqualTo((day, day.AddDays(1))));
    }
}
