using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Http;

namespace RegionEscalation.Feeds;

/// <summary>What a subscription has delivered or tries to, and how it is delivered again.</summary>
internal static class WebhookDeliveries
{
    public static void Map(RouteGroupBuilder subscriptions, WebhookEndpoints.Mapping mapping)
    {
        subscriptions.MapGet("/{id:guid}/deliveries", (Guid id, PageRequest page, IWebhookApi api, HttpContext http, Code<DeliveryState>? state = null, [TextLength(1, 200)] string? type = null) =>
                ListAsync(id, page, state?.Value, type, mapping, api, http))
            .AllowRoles(mapping.Readers)
            .WithName(mapping.Named("listWebhookDeliveries"))
            .Describe("Lista leveranser / List deliveries",
                "Senaste först i flödets ordning, med de senaste försöken; det som levererats finns i 30 dagar. Filter `state`, `type`. "
                + "Latest first in the feed's order, with the latest attempts; what was delivered is here for 30 days. Filters `state`, `type`." + mapping.Notice)
            .WithResponseExample(200, mapping.Example.Deliveries);
        subscriptions.MapGet("/{id:guid}/deliveries/{eventId:guid}", (Guid id, Guid eventId, IWebhookApi api, HttpContext http) => GetAsync(id, eventId, mapping, api, http))
            .AllowRoles(mapping.Readers)
            .WithName(mapping.Named("getWebhookDelivery"))
            .Describe("Hämta en leverans / Get a delivery", "Med de senaste försöken: när, svarets status eller vad som gick fel, och hur lång tid det tog. With the latest attempts: when, the answer's status or what went wrong, and how long it took." + mapping.Notice)
            .WithResponseExample(200, mapping.Example.Delivery);
        subscriptions.MapPost("/{id:guid}/deliveries/{eventId:guid}/redeliveries", (Guid id, Guid eventId, IWebhookApi api, HttpContext http) => RedeliverAsync(id, eventId, mapping, api, http))
            .AllowRoles(mapping.Writers)
            .IsCommand()
            .WithName(mapping.Named("redeliverWebhook"))
            .Describe("Leverera en post igen / Deliver one entry again",
                "Genast, med samma `webhook-id`; senare poster om samma ärende väntar tills den är levererad. At once, with the same `webhook-id`; later entries about the same case wait until it is delivered.")
            .WithResponseExample(200, mapping.Example.Delivery);
        subscriptions.MapPost("/{id:guid}/redeliveries", (Guid id, RedeliveryRequest body, IWebhookApi api, HttpContext http) => RedeliverSinceAsync(id, body.Since, api, http))
            .AllowRoles(mapping.Writers)
            .IsCommand()
            .WithName(mapping.Named("redeliverWebhooksSince"))
            .Describe("Leverera allt igen från en tidpunkt / Deliver everything again from an instant",
                "Flödet levereras igen från strax före det första som registrerades då; det som redan levererats kommer igen med samma `webhook-id`. "
                + "The feed is delivered again from right before what was recorded first then; what was delivered already comes again with the same `webhook-id`.")
            .WithRequestExample(WebhookExamples.Redelivery)
            .WithResponseExample(200, mapping.Example.Subscription);
    }

    private static async Task<IResult> ListAsync(Guid id, PageRequest page, DeliveryState? state, string? type, WebhookEndpoints.Mapping mapping, IWebhookApi api, HttpContext http)
    {
        Func<SubscriptionHealth?> subscription = () => null;
        var found = new List<Delivery>();
        long total = 0;
        await api.ReadAsync(add =>
        {
            subscription = WebhookEndpoints.Find(api, add, id);
            var (rows, count) = WebhookStatements.ListDeliveries(api, id, state, type, page);
            add(rows, r => found.Add(WebhookStatements.ReadDelivery(r)));
            add(count, r => total = r.GetInt64(0));
        });
        return subscription() is not { Subscription: var s } ? Problems.NotFound(http)
            : !MaySee(mapping, s, http) ? Problems.Forbidden(http)
            : Results.Ok(page.Response(http, [.. found.Select(d => DeliveryResponse.From(d, api, id, http))], total));
    }

    private static async Task<IResult> GetAsync(Guid id, Guid eventId, WebhookEndpoints.Mapping mapping, IWebhookApi api, HttpContext http)
    {
        Func<SubscriptionHealth?> subscription = () => null;
        Delivery? found = null;
        await api.ReadAsync(add =>
        {
            subscription = WebhookEndpoints.Find(api, add, id);
            add(WebhookStatements.FindDelivery(api, id, eventId), r => found = WebhookStatements.ReadDelivery(r));
        });
        return subscription() is not { Subscription: var s } ? Problems.NotFound(http)
            : !MaySee(mapping, s, http) ? Problems.Forbidden(http)
            : found is null ? Problems.NotFound(http)
            : Results.Ok(DeliveryResponse.From(found, api, id, http));
    }

    private static Task<IResult> RedeliverAsync(Guid id, Guid eventId, WebhookEndpoints.Mapping mapping, IWebhookApi api, HttpContext http) => api.RunAsync(add =>
    {
        var subscription = WebhookEndpoints.Find(api, add, id);
        Delivery? found = null;
        add(WebhookStatements.FindDelivery(api, id, eventId), r => found = WebhookStatements.ReadDelivery(r));
        return now =>
            subscription() is not { Subscription: var s } ? new WebhookOutcome.Absent()
            : !MaySee(mapping, s, http) ? new WebhookOutcome.Problem(Problems.Forbidden(http))
            : found is null ? new WebhookOutcome.Absent()
            : SubscriptionRules.Redeliver(s, null, now) is { Count: > 0 } rejections ? new WebhookOutcome.Rejected(rejections)
            : new WebhookOutcome.Accepted(StatusCodes.Status200OK, null, null,
                DeliveryResponse.From(found with { State = DeliveryState.Pending, NextAttemptAt = now }, api, id, http), [WebhookStatements.Redeliver(api, s, eventId, now)]);
    });

    private static Task<IResult> RedeliverSinceAsync(Guid id, DateTimeOffset since, IWebhookApi api, HttpContext http) => api.RunAsync(add =>
    {
        var subscription = WebhookEndpoints.Find(api, add, id);
        return now =>
            subscription() is not { Subscription: var s } health ? new WebhookOutcome.Absent()
            : SubscriptionRules.Redeliver(s, since, now) is { Count: > 0 } rejections ? new WebhookOutcome.Rejected(rejections)
            : new WebhookOutcome.Accepted(StatusCodes.Status200OK, null, null,
                WebhookEndpoints.Response(api, http, health with { Subscription = s with { ReadUntil = since < s.ReadUntil ? since : s.ReadUntil } }),
                [WebhookStatements.RedeliverSince(api, s, since)]);
    });

    private static bool MaySee(WebhookEndpoints.Mapping mapping, Subscription s, HttpContext http) => !mapping.DeliveriesToSubscriber || WebhookEndpoints.IsSubscriber(http, s);
}
