namespace RegionEscalation.Feeds;

/// <summary>When a delivery that failed is tried again, and when a subscription is given up. Pure, and the same on every host.</summary>
public static class RetrySchedule
{
    /// <summary>Five days without a single delivery.</summary>
    public static readonly TimeSpan DisabledAfter = TimeSpan.FromDays(5);
}
