using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using RegionEscalation.Domain;
using RegionEscalation.Http;

namespace RegionEscalation.Feeds;

/// <summary>The subscriptions of both APIs: the same operations on different tables, for different callers.</summary>
public static class WebhookEndpoints
{
    public const string Collection = "webhook-subscriptions";

    private const string BySubscriberSv = " Bara för den klient som prenumererar; andra får 403.";
    private const string BySubscriberEn = " For the client that subscribed only; others get 403.";

    /// <summary>How an API has them.</summary>
    /// <param name="Readers">Who reads them, secrets apart.</param>
    /// <param name="Writers">Who manages them.</param>
    /// <param name="Suffix">What the names of the operations end with, since no two endpoints of a host have the same.</param>
    /// <param name="Notice">What every description says besides.</param>
    /// <param name="DeliveriesToSubscriber">Whether only the client that subscribed sees what was delivered, because it is of others and was logged as read by it.</param>
    internal sealed record Mapping(Role[] Readers, Role[] Writers, string Suffix, string Notice, WebhookExamples.Example Example, bool DeliveriesToSubscriber = false)
    {
        public string Named(string operation) => operation + Suffix;
    }

    /// <summary>A region's subscriptions and the messages about them, below the region.</summary>
    public static void MapWebhooks<TApi>(this RouteGroupBuilder region) where TApi : class, IWebhookApi
    {
        ArgumentNullException.ThrowIfNull(region);
        var mapping = new Mapping([Role.Reader, Role.Integrator], [Role.Integrator], "", "",
            WebhookExamples.Of("/escalation/v1/regions/08", "08", "kalmar-integrator", null, "case-escalated.v1"));
        Map(region.MapGroup("").WithMetadata(new WebhooksOf(typeof(TApi))), mapping)
            .MapPost("", (SubscriptionRequest body, IWebhookApi api, WebhookOptions options, HttpContext http) =>
                SubscribeAsync(new(body.Url, body.Description, body.Types ?? []), body.Since, null, null, api, options, http))
            .IsSubscription(mapping)
            .WithRequestExample(WebhookExamples.Subscribe);
    }

    /// <summary>The subscriptions of those who write nationally, and the messages about them.</summary>
    /// <param name="purposes">Why one may read across regions.</param>
    public static void MapNationalWebhooks<TApi>(this RouteGroupBuilder register, params string[] purposes) where TApi : class, IWebhookApi
    {
        ArgumentNullException.ThrowIfNull(register);
        ArgumentNullException.ThrowIfNull(purposes);
        Role[] writers = [Role.Handler, Role.Coordinator, Role.NationalOffice, Role.Partner];
        var mapping = new Mapping(writers, writers, "Nationally",
            " Bara för de läsare som anroparen skriver för. Prenumerationer och meddelanden lämnar inte ut något om andra regioner, och leveranser lämnas bara ut till den klient som prenumererar, "
            + "som den läsning de loggades som när flödet lästes; andra får 403. Därför inget ändamål och ingen ny rad i åtkomstloggen."
            + " For those readers only for whom the caller writes. Subscriptions and messages give nothing of other regions out, and deliveries are given out only to the client that subscribed, "
            + "as whose reading they were logged when the feed was read; others get 403. So there is no purpose and no new row in the access log.",
            WebhookExamples.Of("/national/v1", "coordination", "national-coordinator", purposes[0], "national-case-appeared.v1"), DeliveriesToSubscriber: true);
        Map(register.MapGroup("").WithMetadata(new WebhooksOf(typeof(TApi))), mapping)
            .MapPost("", (NationalSubscriptionRequest body, IWebhookApi api, WebhookOptions options, HttpContext http) =>
                SubscribeAsync(new(body.Url, body.Description, body.Types ?? []), body.Since, body.Reader, http.Purpose(), api, options, http))
            .RequiresPurpose(purposes)
            .IsSubscription(mapping)
            .WithRequestExample(WebhookExamples.SubscribeNationally);
    }

    internal static string PathOf(IWebhookApi api, Guid id) => $"{api.Root}/{Collection}/{id}";

    /// <summary>The subscription, where it is one of the caller's.</summary>
    internal static Func<SubscriptionHealth?> Find(IWebhookApi api, AddQuery add, Guid id)
    {
        SubscriptionHealth? found = null;
        add(WebhookStatements.Find(api, id), r => found = WebhookStatements.ReadHealth(r));
        return () => found;
    }

    /// <summary>Whether the caller is the client that subscribed; one client id may be known to several directories.</summary>
    internal static bool IsSubscriber(HttpContext http, Subscription s) => (s.ClientId, s.Directory) == (http.Caller().ClientId, http.Caller().TenantId);

    private static RouteGroupBuilder Map(RouteGroupBuilder parent, Mapping mapping)
    {
        WebhookInbox.Map(parent, mapping);
        var group = parent.MapGroup("/" + Collection).WithTags("WebhookSubscriptions");
        group.MapGet("", (PageRequest page, IWebhookApi api, HttpContext http, Code<SubscriptionState>? state = null) => ListAsync(page, state?.ToString(), api, http))
            .AllowRoles(mapping.Readers)
            .WithName(mapping.Named("listWebhookSubscriptions"))
            .Describe("Lista prenumerationer / List subscriptions",
                "Senaste först, med hur leveranserna går. Avslutade bara med `state=ended`. Latest first, with how the deliveries go. Ended ones only with `state=ended`." + mapping.Notice)
            .WithResponseExample(200, mapping.Example.Page);
        group.MapGet("/{id:guid}", (Guid id, IWebhookApi api, HttpContext http) => GetAsync(id, api, http))
            .AllowRoles(mapping.Readers)
            .ReturnsETag()
            .WithName(mapping.Named("getWebhookSubscription"))
            .Describe("Hämta en prenumeration / Get a subscription",
                "Prenumerationen, hur långt flödet är levererat och vad som väntar. The subscription, how far the feed is delivered, and what waits." + mapping.Notice)
            .WithResponseExample(200, mapping.Example.Subscription);
        group.MapPut("/{id:guid}", (Guid id, SubscriptionContentRequest body, IWebhookApi api, WebhookOptions options, HttpContext http) => OnSubscriptionAsync(id, bySubscriberOnly: true, api, http,
                (before, now) => Outcome(api, http, before, WebhookStatements.Change,
                    SubscriptionRules.Change(before.Subscription, new(body.Url, body.Description, body.Types ?? []), new(api.Types, options.AllowLoopback, now)))))
            .IsChange(mapping, "changeWebhookSubscription", "Ändra en prenumeration / Change a subscription",
                "Ersätter adress, beskrivning och typer. En annan adress verifieras på nytt; det som händer under tiden levereras därefter. Det som sänds just då kan ännu komma till den förra adressen, upp till en halv minut." + BySubscriberSv
                + " Replaces address, description and types. Another address is verified anew; what happens meanwhile is delivered afterwards. What is being sent at that moment may still arrive at the previous address, for up to half a minute." + BySubscriberEn)
            .WithRequestExample(WebhookExamples.Content);
        group.MapDelete("/{id:guid}", (Guid id, IWebhookApi api, HttpContext http) => OnSubscriptionAsync(id, bySubscriberOnly: false, api, http,
                (before, now) => Outcome(api, http, before with { Pending = 0, OldestPending = null }, WebhookStatements.End, SubscriptionRules.End(before.Subscription, now))))
            .IsChange(mapping, "endWebhookSubscription", "Avsluta en prenumeration / End a subscription",
                "För gott; det som väntar på att levereras tas bort. Det som sänds just då kan ännu komma fram, upp till en halv minut. Leveransloggen kan läsas i 30 dagar. Också för andra klienter än den som prenumererar. "
                + "For good; what waits to be delivered is dropped. What is being sent at that moment may still arrive, for up to half a minute. The delivery log can be read for 30 days. For other clients than the one that subscribed too.");
        group.MapPost("/{id:guid}/verifications", (Guid id, IWebhookApi api, WebhookSender sender, HttpContext http) => OnSubscriptionAsync(id, bySubscriberOnly: true, api, http,
                (before, now) => Verification(api, http, sender, before, now)))
            .IsChange(mapping, "verifyWebhookSubscription", "Verifiera mottagaren / Verify the endpoint",
                "Skickar en signerad `webhook-verification.v1` med en `challenge` i data. Mottagaren svarar 2xx med den i svaret, som JSON-fältet `challenge` eller för sig; då blir prenumerationen aktiv, "
                + "och det som har hänt sedan den började eller stängdes av levereras. Annars 422 med skälet, som `timeout`, `unreachable`, `redirect` eller `challengeNotEchoed`. Verifieringen gäller i 90 dagar (`renewBefore`) och förnyas genom en ny, när som helst; annars stängs prenumerationen av. En torrkörning skickar inget." + BySubscriberSv
                + " Sends a signed `webhook-verification.v1` with a `challenge` in its data. The endpoint answers 2xx with it in the answer, as the JSON member `challenge` or alone; the subscription then becomes active, "
                + "and what has happened since it began or was disabled is delivered. Otherwise 422 with the reason, such as `timeout`, `unreachable`, `redirect` or `challengeNotEchoed`. A verification holds for 90 days (`renewBefore`) and is renewed by another at any time; otherwise the subscription is disabled. A dry run sends nothing." + BySubscriberEn);
        MapSecrets(group, mapping);
        WebhookDeliveries.Map(group, mapping);
        return group;
    }

    private static void MapSecrets(RouteGroupBuilder group, Mapping mapping)
    {
        group.MapGet("/{id:guid}/secrets", (Guid id, IWebhookApi api, WebhookSecrets secrets, TimeProvider time, HttpContext http) => GetSecretsAsync(id, api, secrets, time, http))
            .AllowRoles(mapping.Writers)
            .WithName(mapping.Named("getWebhookSecrets"))
            .Describe("Hämta hemligheterna / Get the secrets",
                "Det som signerar leveranserna enligt Standard Webhooks: två medan de byts. Bara för den klient som prenumererar; andra får 403. De sparas ingenstans och finns i inget annat svar. "
                + "What signs the deliveries by Standard Webhooks: two while they are rotated. For the client that subscribed only; others get 403. They are kept nowhere and are in no other answer." + mapping.Notice)
            .WithResponseExample(200, WebhookExamples.Secrets);
        group.MapPost("/{id:guid}/secrets", (Guid id, SecretRotationRequest body, IWebhookApi api, HttpContext http) => OnSubscriptionAsync(id, bySubscriberOnly: true, api, http,
                (before, now) => Outcome(api, http, before, WebhookStatements.Rotate, SubscriptionRules.Rotate(before.Subscription, TimeSpan.FromHours(body.OverlapHours), now))))
            .IsChange(mapping, "rotateWebhookSecret", "Byt hemlighet / Rotate the secret",
                "En ny hemlighet signerar från nu; den förra signerar också under `overlapHours`. Hämta den nya med GET. Vägras medan den förra ännu signerar, utom med `overlapHours` 0: då signerar bara den nya, som när en hemlighet har läckt; det som sänds just då kan ha den förras signatur." + BySubscriberSv
                + " A new secret signs from now on; the one before it signs too for `overlapHours`. Fetch the new one with GET. Refused while the previous one still signs, unless `overlapHours` is 0: then only the new one signs, as when a secret has leaked; what is being sent at that moment may have the previous one's signature." + BySubscriberEn)
            .WithRequestExample(WebhookExamples.Rotation);
    }

    private static RouteHandlerBuilder IsSubscription(this RouteHandlerBuilder endpoint, Mapping mapping) => endpoint
        .AllowRoles(mapping.Writers)
        .IsCommand()
        .ReturnsETag()
        .WithName(mapping.Named("subscribeWebhook"))
        .Describe("Prenumerera på ändringsflödet / Subscribe to the change feed",
            "Flödets poster postas till adressen som signerade CloudEvents (Standard Webhooks), var och en minst en gång och i ordning per ärende, när mottagaren har verifierats. Det börjar med det som "
            + "registreras från nu, eller från `since`. Adressen ska vara publik och börja med https; hänvisningar följs inte. Högst 20 prenumerationer. "
            + "The entries of the feed are posted to the address as signed CloudEvents (Standard Webhooks), each at least once and in order per case, once the endpoint is verified. It begins with what is "
            + "recorded from now on, or from `since`. The address is a public one with https; redirects are not followed. At most 20 subscriptions.")
        .WithResponseExample(201, mapping.Example.Subscription);

    /// <summary>Everything that a change of a subscription promises, so that none of it can be forgotten singly.</summary>
    private static RouteHandlerBuilder IsChange(this RouteHandlerBuilder endpoint, Mapping mapping, string name, string summary, string description) => endpoint
        .AllowRoles(mapping.Writers)
        .IsCommand()
        .RequiresIfMatch()
        .ReturnsETag()
        .WithName(mapping.Named(name))
        .Describe(summary, description)
        .WithResponseExample(200, mapping.Example.Subscription);

    private static Task<IResult> SubscribeAsync(SubscriptionContent content, DateTimeOffset? since, string? reader, string? purpose, IWebhookApi api, WebhookOptions options, HttpContext http)
    {
        var owner = reader ?? (api.Owners is [var only] ? only : "");
        return api.RunAsync(add =>
        {
            long live = 0;
            add(WebhookStatements.CountLive(api, owner), r => live = r.GetInt64(0));
            return now =>
            {
                if (!api.Owners.Contains(owner))
                    return new WebhookOutcome.Rejected([Rejection.InField("reader", reader is null ? "required" : "notYours",
                        $"Ange för vem: {string.Join(", ", api.Owners)}.", $"State for whom: {string.Join(", ", api.Owners)}.")]);
                var caller = http.Caller();
                var decision = SubscriptionRules.Subscribe(
                    Guid.CreateVersion7(now), new FeedReader(owner, caller.ClientId, caller.TenantId, purpose), content, since, live,
                    new(api.Types, options.AllowLoopback, now));
                return decision.After is { } subscription
                    ? new WebhookOutcome.Accepted(StatusCodes.Status201Created, Link.Absolute(http, PathOf(api, subscription.Id)), 1,
                        Response(api, http, new(subscription)), WebhookStatements.Subscribe(api, subscription, since))
                    : new WebhookOutcome.Rejected(decision.Rejections);
            };
        });
    }

    /// <summary>A command on a subscription that is there: it takes its ETag.</summary>
    /// <param name="bySubscriberOnly">
    /// Deliveries are made, logged and withdrawn in the name of the client that subscribed, so no other may say where they go.
    /// </param>
    private static Task<IResult> OnSubscriptionAsync(
        Guid id, bool bySubscriberOnly, IWebhookApi api, HttpContext http, Func<SubscriptionHealth, DateTimeOffset, WebhookOutcome> decide) => api.RunAsync(add =>
    {
        var found = Find(api, add, id);
        return now =>
            found() is not { } before ? new WebhookOutcome.Absent()
            : bySubscriberOnly && !IsSubscriber(http, before.Subscription) ? new WebhookOutcome.Problem(Problems.Forbidden(http))
            : !http.TryGetExpectedVersion(out var expected, out var problem) ? new WebhookOutcome.Problem(problem)
            : expected != before.Subscription.Version ? new WebhookOutcome.Problem(Problems.PreconditionFailed(http))
            : decide(before, now);
    });

    private static WebhookOutcome Outcome(
        IWebhookApi api, HttpContext http, SubscriptionHealth before, Func<IWebhookApi, Subscription, Subscription, NpgsqlBatchCommand[]> writes, SubscriptionDecision decision) =>
        decision.After is { } after
            ? new WebhookOutcome.Accepted(StatusCodes.Status200OK, null, after.Version, Response(api, http, before with { Subscription = after }),
                after.Version == before.Subscription.Version ? [] : writes(api, before.Subscription, after))
            : new WebhookOutcome.Rejected(decision.Rejections);

    private static WebhookOutcome Verification(IWebhookApi api, HttpContext http, WebhookSender sender, SubscriptionHealth before, DateTimeOffset now)
    {
        var verified = Outcome(api, http, before, WebhookStatements.Activate, SubscriptionRules.Activate(before.Subscription, now));
        return verified is WebhookOutcome.Accepted && !http.IsValidateOnly()
            ? new WebhookOutcome.Asking(async () => (await sender.VerifyAsync(api.Name, api.Root, before.Subscription, http.RequestAborted)).Error is { } error
                ? new WebhookOutcome.Rejected([SubscriptionRules.NotVerified(error)])
                : verified)
            : verified;
    }

    private static async Task<IResult> ListAsync(PageRequest page, string? state, IWebhookApi api, HttpContext http)
    {
        var found = new List<SubscriptionHealth>();
        long total = 0;
        await api.ReadAsync(add =>
        {
            var (rows, count) = WebhookStatements.List(api, state is null ? WebhookStatements.Live : [state], page);
            add(rows, r => found.Add(WebhookStatements.ReadHealth(r)));
            add(count, r => total = r.GetInt64(0));
        });
        return Results.Ok(page.Response(http, [.. found.Select(s => Response(api, http, s))], total));
    }

    private static async Task<IResult> GetAsync(Guid id, IWebhookApi api, HttpContext http)
    {
        if (await FindAsync(api, id) is not { } found)
            return Problems.NotFound(http);
        http.SetETag(found.Subscription.Version);
        return Results.Ok(Response(api, http, found));
    }

    private static async Task<IResult> GetSecretsAsync(Guid id, IWebhookApi api, WebhookSecrets secrets, TimeProvider time, HttpContext http)
    {
        if (await FindAsync(api, id) is not { Subscription: var s })
            return Problems.NotFound(http);
        if (!IsSubscriber(http, s))
            return Problems.Forbidden(http);
        http.Response.Headers.CacheControl = "no-store";
        string[] shown = [.. s.SigningGenerations(time.GetUtcNow()).Select(generation => secrets.Shown(api.Name, s.Owner, s.Id, generation))];
        return Results.Ok(new SecretsResponse(shown[0], shown.ElementAtOrDefault(1), shown.Length > 1 ? s.PreviousUntil : null));
    }

    private static async Task<SubscriptionHealth?> FindAsync(IWebhookApi api, Guid id)
    {
        Func<SubscriptionHealth?> found = () => null;
        await api.ReadAsync(add => found = Find(api, add, id));
        return found();
    }

    internal static SubscriptionResponse Response(IWebhookApi api, HttpContext http, SubscriptionHealth s) =>
        SubscriptionResponse.From(s, $"{api.Root}/{Collection}", path => Link.To(http, path));
}
