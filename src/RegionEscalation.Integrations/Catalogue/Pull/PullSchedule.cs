using RegionEscalation.Domain;

namespace RegionEscalation.Integrations.Catalogue.Pull;

/// <summary>When a source is pulled. Pure; what is left to chance keeps the regions from being pulled all at once.</summary>
public static class PullSchedule
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestAsked = TimeSpan.FromHours(6);
    private static readonly TimeSpan LongestJitter = TimeSpan.FromMinutes(5);

    /// <summary>The first run of a source that was never pulled: soon where it has an interval, otherwise at its time.</summary>
    /// <param name="now">UTC.</param>
    /// <param name="random">From 0 up to 1.</param>
    public static DateTimeOffset First(PullSource source, DateTimeOffset now, double random)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Options.Interval is { } interval ? now + (Jitter(interval) * random) : Next(source, now, random);
    }

    /// <summary>The run after one that ended well.</summary>
    /// <param name="now">UTC.</param>
    /// <param name="random">From 0 up to 1.</param>
    public static DateTimeOffset Next(PullSource source, DateTimeOffset now, double random)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Options.Interval is { } interval)
            return now + interval + (Jitter(interval) * random);
        var today = SwedishTime.DateOf(now);
        var at = SwedishTime.At(today, source.DailyAt!.Value);
        if (at <= now)
            at = SwedishTime.At(today.AddDays(1), source.DailyAt.Value);
        return at + (LongestJitter * random);
    }

    /// <summary>
    /// The run after one that failed: twice as long after every failure, from a minute to an hour, of which between half and all is waited; no later than the
    /// schedule has it. What the catalogue asked for is waited where it is longer, up to six hours.
    /// </summary>
    /// <param name="failures">How many runs in a row have failed, from 1.</param>
    /// <param name="random">From 0 up to 1.</param>
    /// <param name="retryAfter">For how long the catalogue asked to be left alone.</param>
    public static DateTimeOffset AfterFailure(PullSource source, int failures, DateTimeOffset now, double random, TimeSpan? retryAfter = null)
    {
        // Doubled more often than this it is beyond the longest, and soon beyond any number.
        var doubled = FirstBackoff * Math.Pow(2, Math.Clamp(failures - 1, 0, 20));
        var backoff = now + (Shorter(doubled, LongestBackoff) * (0.5 + (random / 2)));
        var scheduled = Next(source, now, random);
        var next = backoff < scheduled ? backoff : scheduled;
        return retryAfter is { } asked && now + Shorter(asked, LongestAsked) is var until && until > next ? until : next;
    }

    private static TimeSpan Jitter(TimeSpan interval) => Shorter(interval / 10, LongestJitter);

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
