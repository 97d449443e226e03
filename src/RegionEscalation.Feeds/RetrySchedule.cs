namespace RegionEscalation.Feeds;

/// <summary>When a delivery that failed is tried again, and when a subscription is given up. Pure, and the same on every host.</summary>
public static class RetrySchedule
{
    /// <summary>Five days without a single delivery.</summary>
    public static readonly TimeSpan DisabledAfter = TimeSpan.FromDays(5);

    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(4);

    /// <summary>
    /// Twice as long after every failure, from 5 s to 4 h, of which between half and all is waited, so that what failed together is not tried again
    /// together. Ten retries come within an hour and a half, and then about eight a day.
    /// </summary>
    /// <param name="failures">How many attempts in a row have failed, from 1.</param>
    /// <param name="random">From 0 up to 1.</param>
    /// <param name="retryAfter">What the endpoint asked for; it is waited where it is longer, up to 4 h.</param>
    public static TimeSpan Wait(int failures, double random, TimeSpan? retryAfter = null)
    {
        // Doubled more often than this it is beyond the longest, and soon beyond any number.
        var doubled = First * Math.Pow(2, Math.Clamp(failures - 1, 0, 20));
        var wait = Shorter(doubled, Longest) * (0.5 + (random / 2));
        return retryAfter is { } asked && Honoured(asked) is var honoured && honoured > wait ? honoured : wait;
    }

    /// <summary>For how long an endpoint is left alone that asks for it: at most 4 h.</summary>
    public static TimeSpan Honoured(TimeSpan asked) => Shorter(asked, Longest);

    /// <summary>Whether nothing could be delivered for so long that the subscription is given up.</summary>
    /// <param name="failingSince">When the first attempt failed since the last that did not, UTC; null while the last succeeded.</param>
    public static bool IsGivenUp(DateTimeOffset? failingSince, DateTimeOffset now) => now - failingSince >= DisabledAfter;

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
