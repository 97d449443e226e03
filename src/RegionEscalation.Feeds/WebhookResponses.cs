using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using RegionEscalation.Http;

namespace RegionEscalation.Feeds;

/// <param name="Url">Absolute, https, at a public address; without user name, password or fragment.</param>
/// <param name="Types">Which entries of the feed are delivered; every type unless given.</param>
/// <param name="Since">From when on the feed is delivered, UTC; what is committed from now on unless given.</param>
public sealed record SubscriptionRequest(
    [TextLength(1, SubscriptionRules.MaxUrlLength)] string Url,
    [TextLength(1, 500)] string? Description = null,
    [Items(0, 200)] IReadOnlyList<string>? Types = null,
    DateTimeOffset? Since = null);

/// <inheritdoc cref="SubscriptionRequest"/>
/// <param name="Reader">For whom it reads, by key, such as <c>region:13</c>; only where the caller writes for several.</param>
public sealed record NationalSubscriptionRequest(
    [TextLength(1, SubscriptionRules.MaxUrlLength)] string Url,
    [TextLength(1, 500)] string? Description = null,
    [Items(0, 200)] IReadOnlyList<string>? Types = null,
    DateTimeOffset? Since = null,
    [TextLength(1, 50)] string? Reader = null);

/// <summary>Replaces the content whole.</summary>
/// <param name="Url">Absolute, https, at a public address; without user name, password or fragment. Another one is verified anew.</param>
/// <param name="Types">Which entries of the feed are delivered from now on; every type unless given.</param>
public sealed record SubscriptionContentRequest(
    [TextLength(1, SubscriptionRules.MaxUrlLength)] string Url,
    [TextLength(1, 500)] string? Description = null,
    [Items(0, 200)] IReadOnlyList<string>? Types = null);

/// <param name="OverlapHours">For how long the secret before the new one signs too, hours; 24 unless given. With 0 no secret from before signs any more, which is for one that has leaked.</param>
public sealed record SecretRotationRequest([Between(0, 168)] int OverlapHours = 24);

/// <param name="Since">From when on the feed is delivered again, UTC; in the past.</param>
public sealed record RedeliveryRequest(DateTimeOffset Since);

/// <summary>A webhook subscription and how its deliveries go.</summary>
/// <param name="Owner">The region's code; nationally the reader's key, such as <c>coordination</c>.</param>
/// <param name="Types">Empty for every type.</param>
/// <param name="Reason">Why it is disabled; null unless it is.</param>
/// <param name="ClientId">The client that subscribed, which alone is told the secrets, and alone may change, verify and rotate.</param>
/// <param name="Purpose">Why it reads across regions; null in a region's own feed.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="UpdatedAt">When its content, state or secret last changed, UTC.</param>
/// <param name="VerifiedAt">When the endpoint last answered a verification request as it should, UTC; null while it has not.</param>
/// <param name="RenewBefore">When that verification lapses, 90 days after it, UTC: verify again before, which can be done at any time.</param>
/// <param name="DisabledAt">UTC; null unless it is disabled.</param>
/// <param name="FailingSince">When the first attempt failed since the last that did not, UTC.</param>
/// <param name="DeliveredAt">When something was last delivered, UTC.</param>
/// <param name="ReadUntil">When what was last taken over from the feed was recorded, UTC.</param>
/// <param name="Pending">How many deliveries wait to be tried again, or behind one that does.</param>
/// <param name="OldestPending">When the oldest of what they deliver was recorded, UTC; null while none wait.</param>
/// <param name="SecretGeneration">Which secret signs, from 1.</param>
/// <param name="PreviousUntil">Until when the secret before it signs too, UTC; null when there never was one.</param>
public sealed record SubscriptionResponse(
    Guid Id,
    string Owner,
    string Url,
    string? Description,
    IReadOnlyList<string> Types,
    SubscriptionState State,
    DisabledReason? Reason,
    string ClientId,
    string? Purpose,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? VerifiedAt,
    DateTimeOffset? RenewBefore,
    DateTimeOffset? DisabledAt,
    DateTimeOffset? FailingSince,
    DateTimeOffset? DeliveredAt,
    DateTimeOffset ReadUntil,
    long Pending,
    DateTimeOffset? OldestPending,
    int SecretGeneration,
    DateTimeOffset? PreviousUntil,
    long Version,
    [property: JsonPropertyName("_links")] SubscriptionLinks Links)
{
    internal static SubscriptionResponse From(SubscriptionHealth health, string collection, Func<string, Link> linkTo)
    {
        var s = health.Subscription;
        var self = $"{collection}/{s.Id}";
        return new(
            s.Id, s.Owner, s.Url, s.Description, s.Types, s.State, s.Reason, s.ClientId, s.Purpose, s.CreatedAt, s.UpdatedAt, s.VerifiedAt, s.RenewBefore, s.DisabledAt, s.FailingSince,
            s.DeliveredAt, s.ReadUntil, health.Pending, health.OldestPending, s.SecretGeneration, s.PreviousUntil, s.Version,
            new SubscriptionLinks(linkTo(self), linkTo(self + "/secrets"), linkTo(self + "/deliveries"), linkTo(self + "/verifications")));
    }
}

public sealed record SubscriptionLinks(Link Self, Link Secrets, Link Deliveries, Link Verifications);

/// <summary>What signs, as Standard Webhooks writes it: <c>whsec_</c> and 32 bytes in base64.</summary>
/// <param name="Current">The secret of the first signature.</param>
/// <param name="Previous">The one before it, while it signs too.</param>
/// <param name="PreviousUntil">Until when it does, UTC.</param>
public sealed record SecretsResponse(string Current, string? Previous, DateTimeOffset? PreviousUntil);

/// <summary>An entry of the feed on its way to the endpoint.</summary>
/// <param name="EventId">The entry's id, which every attempt has as <c>webhook-id</c>.</param>
/// <param name="StreamId">What it is about; deliveries about one thing go out in its order.</param>
/// <param name="RecordedAt">When what it tells was recorded, UTC.</param>
/// <param name="Attempts">How many there have been.</param>
/// <param name="NextAttemptAt">Not before then is it tried, UTC; null when it is delivered, or waits behind another.</param>
/// <param name="LastAttemptAt">UTC; null before the first.</param>
/// <param name="Log">The latest attempts, oldest first.</param>
public sealed record DeliveryResponse(
    Guid EventId,
    Guid StreamId,
    string Type,
    DateTimeOffset RecordedAt,
    DeliveryState State,
    int Attempts,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset? LastAttemptAt,
    IReadOnlyList<DeliveryAttempt> Log,
    [property: JsonPropertyName("_links")] DeliveryLinks Links)
{
    internal static DeliveryResponse From(Delivery d, IWebhookApi api, Guid subscriptionId, HttpContext http)
    {
        var subscription = WebhookEndpoints.PathOf(api, subscriptionId);
        return new(d.EventId, d.StreamId, d.Type, d.RecordedAt, d.State, d.Attempts, d.NextAttemptAt, d.LastAttemptAt, d.Log,
            new DeliveryLinks(Link.To(http, $"{subscription}/deliveries/{d.EventId}"), Link.To(http, subscription)));
    }
}

public sealed record DeliveryLinks(Link Self, Link Subscription);

public enum InboxMessageKind
{
    /// <summary>Nothing is delivered any more until the endpoint is verified again.</summary>
    WebhookDisabled,

    /// <summary>Nothing could be delivered for more than 24 hours; it is still tried.</summary>
    WebhookFailing,

    /// <summary>An entry has waited for more than 24 hours, and what is about the same behind it, although others are delivered.</summary>
    WebhookHeldUp,

    /// <summary>The verification lapses within 14 days, and the subscription is then disabled; until then it is delivered to.</summary>
    WebhookLapsing,
}

/// <summary>What somebody has to see to.</summary>
/// <param name="Since">UTC; of what is held up, when the oldest of it was recorded.</param>
/// <param name="Reason">Why the subscription is disabled; null unless it is.</param>
/// <param name="Message">What has happened and what to do about it.</param>
public sealed record InboxMessage(
    InboxMessageKind Kind, DateTimeOffset Since, DisabledReason? Reason, string Owner, Guid SubscriptionId, string Url, Text Message,
    [property: JsonPropertyName("_links")] InboxMessageLinks Links);

public sealed record InboxMessageLinks(Link Subscription);

/// <summary>The examples in both OpenAPI documents.</summary>
internal static class WebhookExamples
{
    private static readonly DateTimeOffset At = new(2026, 11, 23, 8, 30, 0, TimeSpan.Zero);

    private static readonly Subscription Subscription = new(
        Guid.Parse("019cadb4-2f20-7000-8000-000000000041"), "08", 2, "https://integration.region.example/webhooks/eskalering", "Avtalssystemet", [],
        SubscriptionState.Active, null, "kalmar-integrator", null, null, 1, null, At, At.AddMinutes(2), At.AddMinutes(2), null, null, At.AddHours(3), At.AddHours(3));

    public static SubscriptionContentRequest Content { get; } = new(Subscription.Url, Subscription.Description);

    public static SecretRotationRequest Rotation { get; } = new(48);

    public static RedeliveryRequest Redelivery { get; } = new(At);

    public static SecretsResponse Secrets { get; } = new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=", null, null);

    public static SubscriptionRequest Subscribe { get; } = new(Subscription.Url, Subscription.Description);

    public static NationalSubscriptionRequest SubscribeNationally { get; } = new(Subscription.Url, Subscription.Description);

    public static Example Of(string root, string owner, string client, string? purpose, string type)
    {
        var collection = $"https://region-escalation.example{root}/{WebhookEndpoints.Collection}";
        var subscription = SubscriptionResponse.From(new SubscriptionHealth(Subscription with { Owner = owner, ClientId = client, Purpose = purpose }), collection, href => new Link(href));
        var eventId = Guid.Parse("019cadb4-2f20-7000-8000-000000000042");
        var delivery = new DeliveryResponse(
            eventId, Guid.Parse("019cadb4-2f20-7000-8000-000000000001"), type, At.AddHours(3), DeliveryState.Delivered, 2, null, At.AddHours(3).AddSeconds(6),
            [new DeliveryAttempt(At.AddHours(3), 503, "refused", 41), new DeliveryAttempt(At.AddHours(3).AddSeconds(6), 204, null, 38)],
            new DeliveryLinks(new Link($"{collection}/{Subscription.Id}/deliveries/{eventId}"), subscription.Links.Self));
        var message = new InboxMessage(
            InboxMessageKind.WebhookDisabled, At.AddDays(6), DisabledReason.Failing, owner, Subscription.Id, Subscription.Url,
            WebhookInbox.MessageOf(InboxMessageKind.WebhookDisabled, DisabledReason.Failing), new InboxMessageLinks(subscription.Links.Self));
        return new(
            subscription, PageOf(collection, subscription), delivery, PageOf($"{collection}/{Subscription.Id}/deliveries", delivery),
            PageOf($"https://region-escalation.example{root}/inbox/messages", message));
    }

    private static PagedResponse<T> PageOf<T>(string address, T item)
    {
        var link = new Link($"{address}?limit=20&page=1");
        return new([item], new PageMeta(1, 20, 1, 1), new PageLinks(link, link, link));
    }

    internal sealed record Example(
        SubscriptionResponse Subscription, PagedResponse<SubscriptionResponse> Page, DeliveryResponse Delivery, PagedResponse<DeliveryResponse> Deliveries,
        PagedResponse<InboxMessage> Messages);
}
