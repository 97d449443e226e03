using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Http;

namespace RegionEscalation.Feeds;

/// <summary>
/// What somebody has to see to: subscriptions that are disabled, have been failing for long, of which something waits for long, or that are about to lapse.
/// Told of the subscriptions as they are, and nowhere kept.
/// </summary>
public static class WebhookInbox
{
    internal static void Map(RouteGroupBuilder parent, WebhookEndpoints.Mapping mapping) => parent
        .MapGet("/inbox/messages", (PageRequest page, IWebhookApi api, TimeProvider time, HttpContext http) => ListAsync(page, api, time, http))
        .AllowRoles(mapping.Readers)
        .WithTags("Inbox")
        .WithName(mapping.Named("listInboxMessages"))
        .Describe("Lista meddelanden om webhookar / List messages about webhooks",
            "Prenumerationer som är avstängda, där inget har kunnat levereras på mer än 24 timmar, där en post har väntat så länge medan andra levereras, eller vars verifiering upphör att gälla inom 14 dagar: sedan när, varför och vad som kan göras. Senast först; ett meddelande försvinner när det som det gäller är åtgärdat. "
            + "Subscriptions that are disabled, to which nothing could be delivered for more than 24 hours, of which an entry has waited that long while others are delivered, or whose verification lapses within 14 days: since when, why, and what to do. Latest first; a message goes when what it is about is mended."
            + mapping.Notice)
        .WithResponseExample(200, mapping.Example.Messages);

    internal static Text MessageOf(InboxMessageKind kind, DisabledReason? reason) => (kind, reason) switch
    {
        (InboxMessageKind.WebhookHeldUp, _) => new(
            "Minst en post har inte kunnat levereras på mer än 24 timmar, och det som hör till samma ärende väntar bakom den; annat levereras. Försöken fortsätter. Se leveransloggen och rätta mottagaren.",
            "At least one entry could not be delivered for more than 24 hours, and what is about the same case waits behind it; others are delivered. It is tried on. See the delivery log and mend the endpoint."),
        (InboxMessageKind.WebhookDisabled, DisabledReason.Gone) => new(
            "Mottagaren svarade 410 och vill inte ha mer. Ange en annan adress eller rätta mottagaren, och begär verifiering; det som har hänt sedan dess levereras då.",
            "The endpoint answered 410 and wants no more. Change the address or mend the endpoint, and ask for verification; what has happened since is delivered then."),
        (InboxMessageKind.WebhookDisabled, DisabledReason.AccessWithdrawn) => new(
            "Klienten som prenumererar har inte längre tillgång till det som levereras. Återställ behörigheten och begär verifiering, eller avsluta prenumerationen.",
            "The client that subscribes no longer has access to what is delivered. Restore its access and ask for verification, or end the subscription."),
        (InboxMessageKind.WebhookDisabled, DisabledReason.NotRenewed) => new(
            "Verifieringen gällde i 90 dagar och förnyades inte. Låt klienten som prenumererar begära verifiering; det som har hänt sedan dess levereras då. Finns den inte längre: avsluta prenumerationen och låt en annan klient prenumerera.",
            "The verification held for 90 days and was not renewed. Let the client that subscribes ask for verification; what has happened since is delivered then. If it is no more: end the subscription and let another client subscribe."),
        (InboxMessageKind.WebhookLapsing, _) => new(
            "Verifieringen upphör att gälla 90 dagar efter att den gjordes, och då stängs prenumerationen av. Låt klienten som prenumererar begära verifiering före `renewBefore`.",
            "The verification lapses 90 days after it was made, and the subscription is then disabled. Let the client that subscribes ask for verification before `renewBefore`."),
        (InboxMessageKind.WebhookDisabled, _) => new(
            "Inget kunde levereras på fem dagar och försöken har upphört. Rätta mottagaren och begär verifiering; det som har hänt sedan dess levereras då.",
            "Nothing could be delivered for five days, and it is no longer tried. Mend the endpoint and ask for verification; what has happened since is delivered then."),
        _ => new(
            "Inget har kunnat levereras på mer än 24 timmar. Försöken fortsätter; efter fem dagar stängs prenumerationen av. Se leveransloggen och rätta mottagaren.",
            "Nothing could be delivered for more than 24 hours. It is tried on; after five days the subscription is disabled. See the delivery log and mend the endpoint."),
    };

    private static async Task<IResult> ListAsync(PageRequest page, IWebhookApi api, TimeProvider time, HttpContext http)
    {
        var ailing = new List<(Subscription Subscription, DateTimeOffset? Oldest)>();
        long total = 0;
        var now = time.GetUtcNow();
        await api.ReadAsync(add =>
        {
            var (rows, count) = WebhookStatements.ListAiling(api, now, page);
            add(rows, r => ailing.Add((WebhookTables.Read(r), r.IsDBNull(20) ? null : r.GetFieldValue<DateTimeOffset>(20))));
            add(count, r => total = r.GetInt64(0));
        });
        return Results.Ok(page.Response(http, [.. ailing.Select(a => MessageAbout(a.Subscription, now, a.Oldest, Link.To(http, WebhookEndpoints.PathOf(api, a.Subscription.Id)))).OfType<InboxMessage>()], total));
    }

    private static InboxMessage? MessageAbout(Subscription s, DateTimeOffset now, DateTimeOffset? oldestPending, Link subscription) => SubscriptionRules.ToSeeTo(s, now, oldestPending) is var (kind, since)
        ? new InboxMessage(kind, since, s.Reason, s.Owner, s.Id, s.Url, MessageOf(kind, s.Reason), new InboxMessageLinks(subscription))
        : null;
}
