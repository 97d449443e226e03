using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;
using RegionEscalation.Http;

namespace RegionEscalation.Feeds;

/// <summary>What became of an attempt to deliver.</summary>
public abstract record DeliveryOutcome
{
    /// <summary>The endpoint answered 2xx.</summary>
    public sealed record Accepted(int Status) : DeliveryOutcome;

    /// <summary>The endpoint answered, and not with 2xx, a redirect or 410.</summary>
    /// <param name="RetryAfter">How long it asked to be left alone.</param>
    public sealed record Refused(int Status, TimeSpan? RetryAfter) : DeliveryOutcome;

    /// <summary>The endpoint answered 410: it wants no more.</summary>
    public sealed record Gone : DeliveryOutcome;

    /// <summary>There was no answer, or one that sends elsewhere.</summary>
    /// <param name="Error">A stable word: <c>timeout</c>, <c>unreachable</c>, <c>connection</c>, <c>tls</c>, <c>answer</c>, <c>redirect</c>, <c>internal</c>, and those of <see cref="WebhookSender.WhyNot"/>.</param>
    public sealed record Failed(string Error, int? Status = null) : DeliveryOutcome;

    /// <summary>Nothing was sent: too much failed of late.</summary>
    /// <param name="Until">Until when nothing will be, UTC.</param>
    public sealed record BreakerOpen(DateTimeOffset Until) : DeliveryOutcome;

    /// <summary>The attempt as it is kept.</summary>
    public DeliveryAttempt At(DateTimeOffset at, TimeSpan duration) => this switch
    {
        Accepted accepted => new(at, accepted.Status, null, (int)duration.TotalMilliseconds),
        Refused refused => new(at, refused.Status, "refused", (int)duration.TotalMilliseconds),
        Gone => new(at, 410, "gone", (int)duration.TotalMilliseconds),
        Failed failed => new(at, failed.Status, failed.Error, (int)duration.TotalMilliseconds),
        _ => throw new InvalidOperationException("Nothing was attempted."),
    };
}

/// <summary>
/// Posts signed CloudEvents to endpoints that somebody else has named: over https, to a public address, which is checked when the connection to it is
/// made, so that no name can mean another one by then; no redirect is followed and nothing of an answer but its head is read.
/// </summary>
/// <param name="resolve">The addresses of a host name; the system's resolver unless given.</param>
public sealed class WebhookSender(
    WebhookSecrets secrets, WebhookOptions options, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null) : IDisposable
{
    public const string VerificationType = "webhook-verification.v1";

    private const int MostOfABody = 4096;
    private static readonly TimeSpan FirstBreak = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestBreak = TimeSpan.FromMinutes(5);

    /// <summary>Before a probe of an open breaker has its answer.</summary>
    private static readonly TimeSpan WhileProbing = TimeSpan.FromSeconds(1);

    private readonly HttpClient _client = Client(options, resolve ?? Dns.GetHostAddressesAsync);
    private readonly ConcurrentDictionary<Guid, (string Url, DateTimeOffset? VerifiedAt, ResiliencePipeline<DeliveryOutcome> Pipeline)> _pipelines = [];

    /// <summary>Why nothing can be sent to such an address, whatever a name in it means, as a stable word: <c>address</c>, <c>scheme</c>, <c>notPublic</c>; null when it can.</summary>
    public string? WhyNot(string url) =>
        !Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Host.Length == 0 || address.UserInfo.Length > 0 || address.Fragment.Length > 0 ? "address"
        : address.Scheme != Uri.UriSchemeHttps && !(options.AllowLoopback && address.Scheme == Uri.UriSchemeHttp) ? "scheme"
        : IPAddress.TryParse(address.IdnHost, out var ip) && !MayReach(ip, options) ? "notPublic"
        : null;

    /// <summary>
    /// Posts one message, unless the subscription's breaker is open.
    /// </summary>
    /// <param name="api">Which feed it is of, for the secret.</param>
    /// <param name="id">The same for every attempt.</param>
    /// <param name="body">A CloudEvent in JSON.</param>
    public async Task<DeliveryOutcome> PostAsync(string api, Subscription subscription, Guid id, byte[] body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        // An endpoint that was verified since is judged anew.
        var (_, _, pipeline) = _pipelines.AddOrUpdate(subscription.Id, _ => Fresh(), (_, kept) => (kept.Url, kept.VerifiedAt) == (subscription.Url, subscription.VerifiedAt) ? kept : Fresh());
        return (await SendAsync(pipeline, api, subscription, id, body, (_, _) => Task.FromResult(true), cancellationToken)).Outcome;

        (string, DateTimeOffset?, ResiliencePipeline<DeliveryOutcome>) Fresh() => (subscription.Url, subscription.VerifiedAt, Pipeline(breaks: true));
    }

    /// <summary>
    /// Asks the endpoint whether it wants what the subscription would send: it answers 2xx with the challenge in its body, as the JSON member
    /// <c>challenge</c> or alone.
    /// </summary>
    /// <param name="source">The CloudEvent's source, as the feed's entries have it.</param>
    /// <returns>The attempt; verified when it has no error. Beside those of a delivery there is <c>challenge</c>: the answer did not hold it.</returns>
    public async Task<DeliveryAttempt> VerifyAsync(string api, string source, Subscription subscription, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        var challenge = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var at = time.GetUtcNow();
        var started = time.GetTimestamp();
        var message = new CloudEvent<WebhookChallenge>(
            Guid.CreateVersion7(at), source, VerificationType, "webhook-subscriptions/" + subscription.Id.ToString("D"), at, new WebhookChallenge(challenge));
        var (outcome, held) = await SendAsync(
            Pipeline(breaks: false), api, subscription, message.Id, JsonSerializer.SerializeToUtf8Bytes(message, Json.Options),
            async (answer, ct) => Holds(challenge, await HeadOfBodyAsync(answer, ct)), cancellationToken);
        var attempt = outcome.At(at, time.GetElapsedTime(started));
        return attempt.Error is null && !held ? attempt with { Error = "challenge" } : attempt;
    }

    public void Dispose() => _client.Dispose();

    private async Task<(DeliveryOutcome Outcome, bool Read)> SendAsync(
        ResiliencePipeline<DeliveryOutcome> pipeline, string api, Subscription subscription, Guid id, byte[] body,
        Func<HttpResponseMessage, CancellationToken, Task<bool>> read, CancellationToken cancellationToken)
    {
        if (WhyNot(subscription.Url) is { } why)
            return (new DeliveryOutcome.Failed(why), false);
        var wasRead = false;
        try
        {
            return (await pipeline.ExecuteAsync(async ct =>
            {
                using var request = Request(api, subscription, id, body);
                try
                {
                    using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
                    wasRead = answer.IsSuccessStatusCode && await read(answer, ct);
                    return Outcome(answer);
                }
                catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
                {
                    return new DeliveryOutcome.Failed(Word(e));
                }
            }, cancellationToken), wasRead);
        }
        catch (BrokenCircuitException broken)
        {
            return (new DeliveryOutcome.BreakerOpen(time.GetUtcNow() + (broken.RetryAfter is { } wait && wait > TimeSpan.Zero ? wait : WhileProbing)), false);
        }
        // The client's own time to connect ends as a cancellation too.
        catch (Exception e) when (e is TimeoutRejectedException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return (new DeliveryOutcome.Failed("timeout"), false);
        }
    }

    private HttpRequestMessage Request(string api, Subscription subscription, Guid id, byte[] body)
    {
        // By the system's clock, as tokens are: the receiver compares it with its own.
        var now = TimeProvider.System.GetUtcNow();
        var keys = subscription.SigningGenerations(time.GetUtcNow()).Select(g => secrets.Key(api, subscription.Owner, subscription.Id, g));
        var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/cloudevents+json", "utf-8") } };
        return new HttpRequestMessage(HttpMethod.Post, subscription.Url)
        {
            Content = content,
            Headers =
            {
                { WebhookSignature.IdHeader, id.ToString("D") },
                { WebhookSignature.TimestampHeader, WebhookSignature.Seconds(now) },
                { WebhookSignature.SignatureHeader, WebhookSignature.Of(id.ToString("D"), now, body, keys) },
            },
        };
    }

    private DeliveryOutcome Outcome(HttpResponseMessage answer) => (int)answer.StatusCode switch
    {
        >= 200 and < 300 and var status => new DeliveryOutcome.Accepted(status),
        >= 300 and < 400 and var status => new DeliveryOutcome.Failed("redirect", status),
        410 => new DeliveryOutcome.Gone(),
        var status => new DeliveryOutcome.Refused(status, answer.Headers.RetryAfter is { } after ? after.Delta ?? (after.Date - time.GetUtcNow()) : null),
    };

    private static string Word(Exception e) => e switch
    {
        // One word for a name that does not exist and for one that means nothing public: nobody is to learn from us which names there are inside.
        NotPublicException => "unreachable",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery } => "unreachable",
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "unreachable",
        AuthenticationException or HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "tls",
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded } => "answer",
        { InnerException: { } inner } => Word(inner),
        _ => "connection",
    };

    private static async Task<byte[]> HeadOfBodyAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var head = new byte[MostOfABody];
        var length = await body.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        return head[..length];
    }

    private static bool Holds(string challenge, byte[] body)
    {
        if (Encoding.UTF8.GetString(body).Trim() == challenge)
            return true;
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("challenge", out var member) && member.ValueKind == JsonValueKind.String && member.GetString() == challenge;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The breaker outside, so that an attempt that takes too long counts as one that failed.</summary>
    private ResiliencePipeline<DeliveryOutcome> Pipeline(bool breaks)
    {
        var builder = new ResiliencePipelineBuilder<DeliveryOutcome> { TimeProvider = time };
        if (breaks)
        {
            builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions<DeliveryOutcome>
            {
                FailureRatio = 0.5,
                MinimumThroughput = 5,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDurationGenerator = broken => ValueTask.FromResult(BreakOf(broken.HalfOpenAttempts)),
                ShouldHandle = ended => ValueTask.FromResult(ended.Outcome.Exception is { } e ? e is not OperationCanceledException || !ended.Context.CancellationToken.IsCancellationRequested
                    : SaysThatItIsUnwell(ended.Outcome.Result)),
            });
        }
        return builder.AddTimeout(options.Timeout).Build();
    }

    /// <summary>An endpoint that refuses a message is well; the message is not.</summary>
    private static bool SaysThatItIsUnwell(DeliveryOutcome? outcome) => outcome is DeliveryOutcome.Failed or DeliveryOutcome.Refused { Status: 408 or 429 or >= 500 };

    private static TimeSpan BreakOf(int probes) => FirstBreak * Math.Pow(2, Math.Min(probes, 10)) is var wait && wait < LongestBreak ? wait : LongestBreak;

    private static HttpClient Client(WebhookOptions options, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ConnectTimeout = TimeSpan.FromSeconds(5),
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = MostOfABody,
            // What we trace is not for the endpoints of others.
            ActivityHeadersPropagator = null,
            ConnectCallback = (context, ct) => ConnectAsync(context.DnsEndPoint, resolve, options, ct),
        };
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, DefaultRequestHeaders = { UserAgent = { new("RegionEscalation", "1.0") } } };
    }

    /// <summary>Resolves the name itself and connects to the addresses that it has checked, so that there is no second question with another answer.</summary>
    private static async ValueTask<Stream> ConnectAsync(
        DnsEndPoint endpoint, Func<string, CancellationToken, Task<IPAddress[]>> resolve, WebhookOptions options, CancellationToken cancellationToken)
    {
        var found = IPAddress.TryParse(endpoint.Host, out var literal) ? [literal] : await resolve(endpoint.Host, cancellationToken);
        IPAddress[] reachable = [.. found.Where(a => MayReach(a, options))];
        if (reachable.Length == 0)
            throw found.Length == 0 ? new SocketException((int)SocketError.HostNotFound) : new NotPublicException();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(reachable, endpoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool MayReach(IPAddress address, WebhookOptions options) => PublicAddress.IsPublic(address) || (options.AllowLoopback && IPAddress.IsLoopback(address));

    private sealed class NotPublicException() : IOException("The address is not public.");
}

/// <param name="Challenge">What the endpoint answers with.</param>
public sealed record WebhookChallenge(string Challenge);
