using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Http;

namespace RegionEscalation.Feeds;

/// <summary>What somebody has to see to: subscriptions that are disabled or have been failing for long, or of which something waits for long. Told of the subscriptions as they are, and nowhere kept.</summary>
public static class WebhookInbox
{
    internal static void Map(RouteGroupBuilder parent, WebhookEndpoints.Mapping mapping) => parent
        .MapGet("/inbox/messages", (PageRequest page, IWebhookApi api, TimeProvider time, HttpContext http) => ListAsync(page, api, time, http))
        .AllowRoles(mapping.Readers)
        .WithTags("Inbox")
        .WithName(mapping.Named("listInboxMessages"))
        .Describe("Lista meddelanden om webhookar / List messages about webhooks",
            "Prenumerationer som är avstängda, där inget har kunnat levereras på mer än 24 timmar, eller där en post har väntat så länge medan andra levereras: sedan när, varför och vad som kan göras. Senast först; ett meddelande försvinner när det som det gäller är åtgärdat. "
            + "Subscriptions that are disabled, to which nothing could be delivered for more than 24 hours, or of which an entry has waited that long while others are delivered: since when, why, and what to do. Latest first; a message goes when what it is about is mended."
            + mapping.Notice)
        .WithResponseExample(200, mapping.Example.Messages);

    internal static Text MessageOf(Subscription s, InboxMessageKind kind) => (kind, s.Reason) switch
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
        (InboxMessageKind.WebhookDisabled, _) => new(
            "Inget kunde levereras på fem dagar och försöken har upphört. Rätta mottagaren och begär verifiering; det som har hänt sedan dess levereras då.",
            "Nothing could be delivered for five days, and it is no longer tried. Mend the endpoint and ask for verification; what has happened since is delivered then."),
        _ => new(
            "Inget har kunnat levereras på mer än 24 timmar. Försöken fortsätter; efter fem dagar stängs prenumerationen av. Se leveransloggen och rätta mottagaren.",
            "Nothing could be delivered for more than 24 hours. It is tried on; after five days the subscription is disabled. See the delivery log and mend the endpoint."),
    };

    private static async Task<IResult> ListAsync(PageRequest page, IWebhookApi api, TimeProvider time, HttpContext http)
    {
        var ailing = new List<(Subscription Subscription, DateTimeOffset Since)>();
        long total = 0;
        var longAgo = time.GetUtcNow() - SubscriptionRules.ToldAfter;
        await api.ReadAsync(add =>
        {
            var (rows, count) = WebhookStatements.ListAiling(api, longAgo, page);
            add(rows, r => ailing.Add((WebhookTables.Read(r), r.GetFieldValue<DateTimeOffset>(20))));
            add(count, r => total = r.GetInt64(0));
        });
        return Results.Ok(page.Response(http, [.. ailing.Select(a => Message(a.Subscription, a.Since))], total));

        InboxMessage Message(Subscription s, DateTimeOffset since)
        {
            var kind = s.State == SubscriptionState.Disabled ? InboxMessageKind.WebhookDisabled
                : s.FailingSince <= longAgo ? InboxMessageKind.WebhookFailing
                : InboxMessageKind.WebhookHeldUp;
            return new(kind, since, s.Reason, s.Owner, s.Id, s.Url, MessageOf(s, kind), new InboxMessageLinks(Link.To(http, WebhookEndpoints.PathOf(api, s.Id))));
        }
    }
}
