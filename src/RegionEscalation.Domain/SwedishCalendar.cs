namespace RegionEscalation.Domain;

/// <summary>
/// Swedish working days: not Saturdays and Sundays, not public holidays (lag 1989:253 om allmänna helgdagar), and not the three eves that
/// lag (1930:173) om beräkning av lagstadgad tid puts beside them: Midsummer's, Christmas and New Year's.
/// </summary>
public static class SwedishCalendar
{
    /// <param name="freeDays">Further days that the region does not work on.</param>
    public static bool IsWorkingDay(DateOnly date, IReadOnlyCollection<DateOnly> freeDays) =>
        date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !IsHoliday(date) && !freeDays.Contains(date);

    /// <summary>The last of so many working days after the day itself, which does not count.</summary>
    /// <param name="days">Working days, from 0; with 0 it is the day itself.</param>
    public static DateOnly AddWorkingDays(DateOnly date, int days, IReadOnlyCollection<DateOnly> freeDays)
    {
        while (days > 0 && date < DateOnly.MaxValue)
        {
            date = date.AddDays(1);
            if (IsWorkingDay(date, freeDays))
                days--;
        }
        return date;
    }

    /// <summary>Public holidays and the three eves.</summary>
    public static bool IsHoliday(DateOnly date)
    {
        var easter = EasterSunday(date.Year);
        return (date.Month, date.Day) is (1, 1) or (1, 6) or (5, 1) or (6, 6) or (12, 24) or (12, 25) or (12, 26) or (12, 31)
            || (date.DayNumber - easter.DayNumber) is -2 or 0 or 1 or 39 or 49
            // Midsummer's Day is the Saturday of 20–26 June, its eve the day before; All Saints' Day the Saturday of 31 October – 6 November.
            || (date.DayOfWeek, date.Month, date.Day) is (DayOfWeek.Friday, 6, >= 19 and <= 25) or (DayOfWeek.Saturday, 6, >= 20 and <= 26)
                or (DayOfWeek.Saturday, 10, 31) or (DayOfWeek.Saturday, 11, <= 6);
    }

    /// <summary>Easter Sunday in the Gregorian calendar, by the method of Meeus, Jones and Butcher.</summary>
    public static DateOnly EasterSunday(int year)
    {
        var (a, b, c) = (year % 19, year / 100, year % 100);
        var h = ((19 * a) + b - (b / 4) - ((b - ((b + 8) / 25) + 1) / 3) + 15) % 30;
        var l = (32 + (2 * (b % 4)) + (2 * (c / 4)) - h - (c % 4)) % 7;
        var n = h + l - (7 * ((a + (11 * h) + (22 * l)) / 451)) + 114;
        return new DateOnly(year, n / 31, (n % 31) + 1);
    }
}
