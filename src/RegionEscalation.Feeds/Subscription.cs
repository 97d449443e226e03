namespace RegionEscalation.Feeds;

public enum SubscriptionState
{
    /// <summary>The endpoint has not answered a verification request yet; nothing is delivered, and nothing is lost meanwhile.</summary>
    Pending,
    Active,

    /// <summary>Deliveries have stopped; a new verification takes them up where they stopped.</summary>
    Disabled,

    /// <summary>For good.</summary>
    Ended,
}

public enum DisabledReason
{
    /// <summary>Nothing could be delivered for <see cref="RetrySchedule.DisabledAfter"/>.</summary>
    Failing,

    /// <summary>The endpoint answered 410.</summary>
    Gone,

    /// <summary>The client that subscribed is no longer configured for what it reads.</summary>
    AccessWithdrawn,

    /// <summary>The verification has lapsed after <see cref="SubscriptionRules.VerificationHolds"/>: nothing shows that the client that subscribed still has its role.</summary>
    NotRenewed,
}

/// <summary>A webhook subscription: what of a feed goes to which endpoint.</summary>
/// <param name="Owner">The region's code; nationally the reader's key, such as <c>coordination</c>.</param>
/// <param name="Types">Empty for every type.</param>
/// <param name="ClientId">The client that subscribed.</param>
/// <param name="Purpose">Why it reads across regions; null in a region's own feed.</param>
/// <param name="SecretGeneration">Which secret signs, from 1.</param>
/// <param name="PreviousUntil">Until when the secret before it signs too, UTC.</param>
/// <param name="FailingSince">When the first attempt failed since the last that did not, UTC.</param>
/// <param name="DeliveredAt">When something was last delivered, UTC.</param>
/// <param name="ReadUntil">When what was last taken over from the feed was recorded, UTC.</param>
public sealed record Subscription(
    Guid Id,
    string Owner,
    long Version,
    string Url,
    string? Description,
    IReadOnlyList<string> Types,
    SubscriptionState State,
    DisabledReason? Reason,
    string ClientId,
    string? Directory,
    string? Purpose,
    int SecretGeneration,
    DateTimeOffset? PreviousUntil,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? VerifiedAt,
    DateTimeOffset? DisabledAt,
    DateTimeOffset? FailingSince,
    DateTimeOffset? DeliveredAt,
    DateTimeOffset ReadUntil)
{
    /// <summary>When the verification lapses unless it is renewed before, UTC; null while there is none.</summary>
    public DateTimeOffset? RenewBefore => VerifiedAt + SubscriptionRules.VerificationHolds;

    public FeedReader Reader => new(Owner, ClientId, Directory, Purpose);

    /// <summary>The generations whose secrets sign at the time, the newest first: two while they are rotated.</summary>
    public IReadOnlyList<int> SigningGenerations(DateTimeOffset now) => PreviousUntil > now ? [SecretGeneration, SecretGeneration - 1] : [SecretGeneration];
}

/// <summary>An attempt to deliver.</summary>
/// <param name="At">UTC.</param>
/// <param name="Status">The answer's HTTP status; null where there was none.</param>
/// <param name="Error">What went wrong, as a stable word such as <c>timeout</c>; null where the endpoint accepted.</param>
/// <param name="DurationMs">How long it took, milliseconds.</param>
public sealed record DeliveryAttempt(DateTimeOffset At, int? Status, string? Error, int DurationMs);
