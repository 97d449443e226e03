using System.Net;
using RegionEscalation.Domain;

namespace RegionEscalation.Feeds;

/// <summary>What a subscription is to be.</summary>
/// <param name="Types">Empty for every type.</param>
public sealed record SubscriptionContent(string Url, string? Description, IReadOnlyList<string> Types);

/// <summary>What the rules must know beside the subscription.</summary>
/// <param name="Types">The types that the feed has.</param>
/// <param name="AllowLoopback">Plain http and the own machine too, for trying things out.</param>
public sealed record SubscriptionContext(IReadOnlyList<string> Types, bool AllowLoopback, DateTimeOffset Now);

/// <summary>The subscription as it is to be, or everything that stands against it.</summary>
public sealed record SubscriptionDecision(Subscription? After, IReadOnlyList<Rejection> Rejections)
{
    internal static SubscriptionDecision Unless(IReadOnlyList<Rejection> rejections, Func<Subscription> after) => rejections.Count > 0 ? new(null, rejections) : new(after(), []);
}

/// <summary>What may be done with a subscription, and what becomes of it. Pure.</summary>
public static class SubscriptionRules
{
    public const string Code = "webhook";

    /// <summary>How many subscriptions an owner has at most, those that have ended not counted.</summary>
    public const int MaxLive = 20;

    public const int MaxUrlLength = 2000;

    /// <summary>For how long an endpoint that fails is not worth a word.</summary>
    public static readonly TimeSpan ToldAfter = TimeSpan.FromHours(24);

    /// <summary>
    /// How long a verification holds. It is asked for with a token, and only tokens show whether a client still has its role; renewing it needs another.
    /// </summary>
    public static readonly TimeSpan VerificationHolds = TimeSpan.FromDays(90);

    /// <summary>How long before a verification lapses somebody is told.</summary>
    public static readonly TimeSpan RenewalToldBefore = TimeSpan.FromDays(14);

    /// <param name="content">As it is asked for.</param>
    /// <param name="since">From when on the feed is to be delivered, UTC; null for from now on.</param>
    /// <param name="live">How many the owner has already.</param>
    public static SubscriptionDecision Subscribe(
        Guid id, FeedReader reader, SubscriptionContent content, DateTimeOffset? since, long live, SubscriptionContext context)
    {
        var rejections = Of(content, context);
        if (since > context.Now)
            rejections.Add(Rejection.InField("since", "inTheFuture", "Ska ha passerat.", "Must have passed."));
        if (live >= MaxLive)
            rejections.Add(new Rejection(Code, "tooMany", new Label(
                $"Det finns redan {MaxLive} prenumerationer; avsluta en först.", $"There are {MaxLive} subscriptions already; end one first.")));
        return SubscriptionDecision.Unless(rejections, () => new Subscription(
            id, reader.Owner, 1, content.Url, content.Description, content.Types, SubscriptionState.Pending, null, reader.ClientId, reader.Directory, reader.Purpose,
            1, null, context.Now, context.Now, null, null, null, null, since ?? context.Now));
    }

    /// <summary>Another endpoint has to be verified anew; what comes meanwhile waits in the feed.</summary>
    public static SubscriptionDecision Change(Subscription before, SubscriptionContent content, SubscriptionContext context) =>
        SubscriptionDecision.Unless([.. Ended(before), .. Of(content, context)], () =>
        {
            if (content.Url == before.Url && content.Description == before.Description && content.Types.SequenceEqual(before.Types))
                return before;
            var after = Moved(before, context.Now) with { Url = content.Url, Description = content.Description, Types = content.Types };
            return after.Url == before.Url
                ? after
                : after with { State = SubscriptionState.Pending, Reason = null, VerifiedAt = null, DisabledAt = null, FailingSince = null };
        });

    public static SubscriptionDecision End(Subscription before, DateTimeOffset now) =>
        SubscriptionDecision.Unless([.. Ended(before)], () => Moved(before, now) with { State = SubscriptionState.Ended });

    /// <summary>A third secret would leave what the endpoint was told of the second without effect; but one that has leaked is to be got rid of at once.</summary>
    /// <param name="overlap">For how long the one before signs too; with none, whatever signed until now signs no more.</param>
    public static SubscriptionDecision Rotate(Subscription before, TimeSpan overlap, DateTimeOffset now) => SubscriptionDecision.Unless(
        [
            .. Ended(before),
            .. before.PreviousUntil > now && overlap > TimeSpan.Zero
                ? [new Rejection(Code, "previousStillSigns", new Label(
                    "Den förra hemligheten signerar ännu; byt igen när dess tid är ute, eller genast med overlapHours 0.",
                    "The secret before this one still signs; rotate again when its time is up, or at once with overlapHours 0."))]
                : Array.Empty<Rejection>(),
        ],
        () => Moved(before, now) with { SecretGeneration = before.SecretGeneration + 1, PreviousUntil = now + overlap });

    /// <summary>The endpoint has answered the verification request as it should.</summary>
    public static SubscriptionDecision Activate(Subscription before, DateTimeOffset now) => SubscriptionDecision.Unless([.. Ended(before)], () => Moved(before, now) with
    {
        State = SubscriptionState.Active,
        Reason = null,
        VerifiedAt = now,
        DisabledAt = null,
        FailingSince = null,
    });

    /// <summary>Whether something may be delivered again.</summary>
    public static IReadOnlyList<Rejection> Redeliver(Subscription before, DateTimeOffset? since, DateTimeOffset now) =>
    [
        .. Ended(before),
        .. since > now ? [Rejection.InField("since", "inTheFuture", "Ska ha passerat.", "Must have passed.")] : Array.Empty<Rejection>(),
    ];

    /// <param name="error">What went wrong, as the attempt has it.</param>
    public static Rejection NotVerified(string error) => new(Code, error == "challenge" ? "challengeNotEchoed" : error, error switch
    {
        "challenge" => new Label("Mottagaren svarade inte med det som skulle upprepas.", "The endpoint did not answer with what it was to echo."),
        "notPublic" => new Label("Mottagarens adress är inte publik.", "The endpoint's address is not a public one."),
        "unreachable" => new Label(
            "Mottagaren kunde inte nås: dess namn finns inte, eller leder inte till någon publik adress.",
            "The endpoint could not be reached: its name does not exist, or leads to no public address."),
        "timeout" => new Label("Mottagaren svarade inte i tid.", "The endpoint did not answer in time."),
        "redirect" => new Label("Mottagaren hänvisade vidare; sådant följs inte.", "The endpoint redirected, which is not followed."),
        _ => new Label("Mottagaren kunde inte bekräftas; skälet anges i reason.", "The endpoint could not be verified; reason says why."),
    });

    /// <summary>Whether what is delivered is no longer known to be the client's to read.</summary>
    public static bool HasLapsed(Subscription s, DateTimeOffset now) => s.RenewBefore <= now;

    /// <summary>What somebody has to see to about the subscription, and since when, UTC; null where there is nothing.</summary>
    /// <param name="oldestPending">When the oldest that waits was recorded, UTC.</param>
    public static (InboxMessageKind Kind, DateTimeOffset Since)? ToSeeTo(Subscription s, DateTimeOffset now, DateTimeOffset? oldestPending = null) => s switch
    {
        { State: SubscriptionState.Disabled, DisabledAt: { } since } => (InboxMessageKind.WebhookDisabled, since),
        { State: SubscriptionState.Active, FailingSince: { } since } when now - since >= ToldAfter => (InboxMessageKind.WebhookFailing, since),
        { State: SubscriptionState.Active, RenewBefore: { } lapses } when lapses - RenewalToldBefore <= now => (InboxMessageKind.WebhookLapsing, lapses - RenewalToldBefore),
        { State: SubscriptionState.Active } when oldestPending is { } since && now - since >= ToldAfter => (InboxMessageKind.WebhookHeldUp, since),
        _ => null,
    };

    private static IEnumerable<Rejection> Ended(Subscription before) => before.State == SubscriptionState.Ended
        ? [new Rejection(Code, "ended", new Label("Prenumerationen har avslutats.", "The subscription has ended."))]
        : [];

    /// <summary>Time never runs backwards within a subscription, even on a host whose clock runs behind another's.</summary>
    private static Subscription Moved(Subscription before, DateTimeOffset now) =>
        before with { Version = before.Version + 1, UpdatedAt = now > before.UpdatedAt ? now : before.UpdatedAt };

    private static List<Rejection> Of(SubscriptionContent content, SubscriptionContext context)
    {
        List<Rejection> rejections = [];
        if (WrongWith(content.Url, context.AllowLoopback) is { } wrong)
            rejections.Add(wrong);
        if (content.Types.FirstOrDefault(t => !context.Types.Contains(t)) is not null)
            rejections.Add(new Rejection(Code, "unknownType", new Label("Flödet har ingen sådan typ.", "The feed has no such type."), Field: "types"));
        if (content.Types.Distinct().Count() < content.Types.Count)
            rejections.Add(new Rejection(Code, "typeTwice", new Label("En typ anges en gång.", "A type is named once."), Field: "types"));
        return rejections;
    }

    private static Rejection? WrongWith(string url, bool allowLoopback)
    {
        // What a name leads to is looked at when connecting; here is only what the address itself says.
        if (url.Length > MaxUrlLength || url.Any(c => c is <= ' ' or > '~' or '\\') || !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            return Url("notAbsolute", $"Ska vara en absolut adress i ASCII, högst {MaxUrlLength} tecken.", $"Must be an absolute address in ASCII, at most {MaxUrlLength} characters.");
        if (uri.Scheme != Uri.UriSchemeHttps && !(allowLoopback && uri.Scheme == Uri.UriSchemeHttp))
            return Url("notHttps", "Ska börja med https://.", "Must begin with https://.");
        if (uri.UserInfo.Length > 0 || url.Split('/', 4)[2].Contains('@', StringComparison.Ordinal))
            return Url("userInfo", "Får inte ha användarnamn eller lösenord.", "Must not have a user name or password.");
        if (url.Contains('#', StringComparison.Ordinal))
            return Url("fragment", "Får inte ha något efter #.", "Must not have anything after #.");
        if (!IsPublic(uri, allowLoopback))
            return Url("notPublic", "Ska vara en publik adress, eller ett namn med punkt i.", "Must be a public address, or a name with a dot in it.");
        return null;
    }

    private static bool IsPublic(Uri uri, bool allowLoopback) =>
        IPAddress.TryParse(uri.IdnHost, out var address)
            ? PublicAddress.IsPublic(address) || (allowLoopback && IPAddress.IsLoopback(address))
            // Without a dot it is at most a name inside our own network.
            : allowLoopback || uri.IdnHost.TrimEnd('.').Contains('.', StringComparison.Ordinal);

    private static Rejection Url(string reason, string sv, string en) => new(Code, reason, new Label(sv, en), Field: "url");
}
