using System.Text.Json;
using RegionEscalation.Http;

namespace RegionEscalation.Integrations.Catalogue.Pull;

/// <summary>What became of asking for a page.</summary>
internal abstract record PageOutcome
{
    /// <param name="Json">To be disposed of.</param>
    /// <param name="Bytes">Of its body, unpacked.</param>
    /// <param name="NextLink">Of the header <c>Link</c>, as it stands there.</param>
    /// <param name="At">The catalogue's own time, UTC.</param>
    public sealed record Page(JsonDocument Json, long Bytes, string? ETag, string? LastModified, string? NextLink, DateTimeOffset? At) : PageOutcome;

    public sealed record NotModified : PageOutcome;

    /// <param name="Failure">A word of <see cref="PullFailures"/>.</param>
    /// <param name="MayPass">Whether it is worth while to ask again soon.</param>
    /// <param name="RetryAfter">How long the catalogue asked to be left alone.</param>
    /// <param name="Unauthorised">The token was not taken.</param>
    public sealed record Failed(string Failure, bool MayPass = false, TimeSpan? RetryAfter = null, bool Unauthorised = false) : PageOutcome;
}

/// <summary>The pull cannot go on; what was taken in so far is abandoned.</summary>
/// <param name="failure">A word of <see cref="PullFailures"/>.</param>
internal sealed class PullFailedException(string failure, TimeSpan? retryAfter = null) : Exception("The catalogue cannot be pulled.")
{
    public string Failure => failure;

    public TimeSpan? RetryAfter => retryAfter;
}

/// <summary>Why a pull failed, as stable words and in words for people.</summary>
public static class PullFailures
{
    public const string Timeout = "timeout";
    public const string Unreachable = "unreachable";
    public const string Connection = "connection";
    public const string Tls = "tls";
    public const string Status = "status";
    public const string Busy = "busy";
    public const string ServerError = "serverError";
    public const string Credentials = "credentials";
    public const string Redirect = "redirect";
    public const string ForeignLink = "foreignLink";
    public const string NotJson = "notJson";
    public const string UnexpectedShape = "unexpectedShape";
    public const string PageTooLarge = "pageTooLarge";
    public const string TooLarge = "tooLarge";
    public const string TooManyPages = "tooManyPages";
    public const string EndlessPaging = "endlessPaging";
    public const string Resting = "resting";
    public const string RowsRejected = "rowsRejected";
    public const string Internal = "internal";

    private static readonly Dictionary<string, Text> Texts = new()
    {
        [Timeout] = new("Katalogen svarade inte i tid.", "The catalogue did not answer in time."),
        [Unreachable] = new("Katalogen kan inte nås.", "The catalogue cannot be reached."),
        [Connection] = new("Förbindelsen till katalogen bröts.", "The connection to the catalogue broke."),
        [Tls] = new("En säker förbindelse till katalogen kunde inte upprättas.", "No secure connection to the catalogue could be made."),
        [Status] = new("Katalogen avvisade frågan.", "The catalogue refused the request."),
        [Busy] = new("Katalogen bad om att få vara i fred en stund.", "The catalogue asked to be left alone for a while."),
        [ServerError] = new("Katalogen har ett eget fel.", "The catalogue has a fault of its own."),
        [Credentials] = new("Katalogen eller dess tokentjänst godtog inte behörigheten.", "The catalogue or its token service did not accept the credentials."),
        [Redirect] = new("Katalogen hänvisade någon annanstans; det följs inte.", "The catalogue redirected elsewhere, which is not followed."),
        [ForeignLink] = new("Länken till nästa sida leder till en annan server; den följs inte.", "The link to the next page leads to another server and is not followed."),
        [NotJson] = new("Svaret är inte JSON, eller är avhugget.", "The answer is not JSON, or was cut off."),
        [UnexpectedShape] = new("Sidan har inte listan eller länken till nästa sida så som inställningarna säger.", "The page does not have its list or the link to the next page as the settings say."),
        [PageTooLarge] = new("En sida är större än 10 MiB.", "A page is larger than 10 MiB."),
        [TooLarge] = new("Katalogen är större än inställningarna tillåter.", "The catalogue is larger than the settings allow."),
        [TooManyPages] = new("Katalogen har fler sidor än inställningarna tillåter.", "The catalogue has more pages than the settings allow."),
        [EndlessPaging] = new("Länken till nästa sida leder tillbaka till en som redan är läst.", "The link to the next page leads back to one that was read before."),
        [Resting] = new("För mycket har misslyckats den senaste tiden; katalogen får vila en stund.", "Too much failed of late; the catalogue is left alone for a while."),
        [RowsRejected] = new("Minst en rad avvisades, och allt eller inget skulle läsas in.", "At least one row was rejected, and all or nothing was to be taken in."),
        [Internal] = new("Ett fel hos plattformen.", "A fault of the platform."),
    };

    /// <summary>Every word.</summary>
    public static IReadOnlyCollection<string> All => Texts.Keys;

    public static Text TextOf(string failure) => Texts.GetValueOrDefault(failure) ?? Texts[Internal];
}
