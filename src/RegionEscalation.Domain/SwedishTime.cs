namespace RegionEscalation.Domain;

/// <summary>Dates in decisions are Swedish calendar dates; instants are UTC.</summary>
public static class SwedishTime
{
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Stockholm");

    public static DateOnly DateOf(DateTimeOffset instant) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, Zone).DateTime);

    public static TimeOnly TimeOf(DateTimeOffset instant) => TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, Zone).DateTime);

    /// <summary>When clocks in Sweden show the time on the day, UTC; an hour later where they skip it.</summary>
    public static DateTimeOffset At(DateOnly date, TimeOnly time)
    {
        var shown = date.ToDateTime(time);
        if (Zone.IsInvalidTime(shown))
            shown = shown.AddHours(1);
        return new DateTimeOffset(shown, Zone.GetUtcOffset(shown)).ToUniversalTime();
    }

    /// <summary>The last instant in whole microseconds, as all that is stored; what lies behind it is infinity to a database.</summary>
    private static readonly DateTimeOffset Never = DateTimeOffset.MaxValue.AddTicks(-9);

    /// <summary>The instant at which the day is over, UTC; the last day that there is never ends.</summary>
    public static DateTimeOffset EndOf(DateOnly date)
    {
        if (date == DateOnly.MaxValue)
            return Never;
        var midnight = date.AddDays(1).ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, Zone.GetUtcOffset(midnight)).ToUniversalTime();
    }
}
