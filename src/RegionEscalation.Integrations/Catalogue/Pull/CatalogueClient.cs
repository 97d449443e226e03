using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.RateLimiting;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace RegionEscalation.Integrations.Catalogue.Pull;

/// <summary>
/// Asks one region's catalogue for its pages: no faster than it may be asked, again where it may help, and not at all for a while where too much failed. No redirect
/// is followed, and the credentials go nowhere but to the catalogue.
/// </summary>
internal sealed partial class CatalogueClient : IDisposable
{
    public const long MostOfAPage = 10 * 1024 * 1024;

    private const int MostOfAHeader = 1024;
    private const int Retries = 4;
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);

    /// <summary>Longer than this nobody waits within a run; it ends, and the next one begins no sooner.</summary>
    private static readonly TimeSpan LongestAsked = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Break = TimeSpan.FromSeconds(30);

    private readonly PullSource _source;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly CatalogueTokens? _tokens;
    private readonly TokenBucketRateLimiter _limiter;
    private readonly ResiliencePipeline<PageOutcome> _retry;
    private readonly ResiliencePipeline<PageOutcome> _attempt;

    public CatalogueClient(PullSource source, HttpClient http, TimeProvider time)
    {
        (_source, _http, _time) = (source, http, time);
        _tokens = source.Options.Authentication.Kind == PullAuthentication.ClientCredentials ? new CatalogueTokens(source, http, time) : null;
        _limiter = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = 1,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1 / source.Options.RequestsPerSecond),
            QueueLimit = 16,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
        _retry = RetryPipeline(source.Options.RetryDelay, time);
        _attempt = AttemptPipeline(source.Options.Timeout, time);
    }

    /// <param name="etag">Answered with <see cref="PageOutcome.NotModified"/> where the page still has it.</param>
    /// <param name="lastModified">The same of a page without an ETag.</param>
    /// <exception cref="PullFailedException">There is no such page to be had.</exception>
    public async Task<PageOutcome> GetAsync(Uri address, string? etag, string? lastModified, CancellationToken cancellationToken)
    {
        PageOutcome outcome;
        try
        {
            outcome = await _retry.ExecuteAsync(async ct =>
            {
                using var may = await _limiter.AcquireAsync(1, ct);
                return await AttemptAsync(address, etag, lastModified, ct);
            }, cancellationToken);
        }
        catch (BrokenCircuitException)
        {
            throw new PullFailedException(PullFailures.Resting);
        }
        return outcome is PageOutcome.Failed failed ? throw new PullFailedException(failed.Failure, failed.RetryAfter) : outcome;
    }

    public void Dispose() => _limiter.Dispose();

    internal static TimeSpan? RetryAfterOf(HttpResponseMessage answer, TimeProvider time) =>
        answer.Headers.RetryAfter is { } after && (after.Delta ?? (after.Date - time.GetUtcNow())) is { } wait && wait > TimeSpan.Zero ? wait : null;

    internal static string Word(Exception e) => e switch
    {
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery or SocketError.ConnectionRefused } => PullFailures.Unreachable,
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => PullFailures.Unreachable,
        AuthenticationException or HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => PullFailures.Tls,
        { InnerException: { } inner } => Word(inner),
        _ => PullFailures.Connection,
    };

    private async Task<PageOutcome> AttemptAsync(Uri address, string? etag, string? lastModified, CancellationToken cancellationToken)
    {
        try
        {
            return await _attempt.ExecuteAsync(async ct =>
            {
                var outcome = await SendAsync(address, etag, lastModified, ct);
                // A token may be withdrawn before its time; once, since a new one that is not taken will never be.
                return outcome is PageOutcome.Failed { Unauthorised: true } && _tokens is { } tokens && tokens.Forget() ? await SendAsync(address, etag, lastModified, ct) : outcome;
            }, cancellationToken);
        }
        // The client's own time to connect ends as a cancellation too.
        catch (Exception e) when (e is TimeoutRejectedException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new PageOutcome.Failed(PullFailures.Timeout, MayPass: true);
        }
    }

    private async Task<PageOutcome> SendAsync(Uri address, string? etag, string? lastModified, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Accept = { new("application/json") } } };
            if (etag is not null)
                request.Headers.TryAddWithoutValidation("If-None-Match", etag);
            else if (lastModified is not null)
                request.Headers.TryAddWithoutValidation("If-Modified-Since", lastModified);
            if (_source.Options.Authentication is { Kind: PullAuthentication.ApiKey } byKey)
                request.Headers.TryAddWithoutValidation(byKey.Header, byKey.Key);
            if (_tokens is not null)
            {
                var (token, failed) = await _tokens.GetAsync(cancellationToken);
                if (failed is not null)
                    return failed;
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return (int)answer.StatusCode switch
            {
                >= 200 and < 300 => await PageOfAsync(answer, cancellationToken),
                304 when etag is not null || lastModified is not null => new PageOutcome.NotModified(),
                304 => new PageOutcome.Failed(PullFailures.Status),
                >= 300 and < 400 => new PageOutcome.Failed(PullFailures.Redirect),
                401 => new PageOutcome.Failed(PullFailures.Credentials, Unauthorised: true),
                403 => new PageOutcome.Failed(PullFailures.Credentials),
                408 => new PageOutcome.Failed(PullFailures.Timeout, MayPass: true),
                429 => new PageOutcome.Failed(PullFailures.Busy, MayPass: true, RetryAfterOf(answer, _time)),
                >= 500 => new PageOutcome.Failed(PullFailures.ServerError, MayPass: true, RetryAfterOf(answer, _time)),
                _ => new PageOutcome.Failed(PullFailures.Status),
            };
        }
        // A packed answer that is cut off or is none ends as invalid data.
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or InvalidDataException)
        {
            return new PageOutcome.Failed(Word(e), MayPass: true);
        }
    }

    private static async Task<PageOutcome> PageOfAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        await using var body = new BoundedStream(await answer.Content.ReadAsStreamAsync(cancellationToken), MostOfAPage);
        try
        {
            var json = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
            return new PageOutcome.Page(
                json, body.BytesRead, Header(answer, "ETag"), answer.Content.Headers.NonValidated.TryGetValues("Last-Modified", out var modified) ? Short(modified.ToString()) : null,
                NextOf(answer), answer.Headers.Date);
        }
        catch (JsonException)
        {
            return new PageOutcome.Failed(PullFailures.NotJson);
        }
        catch (PageTooLargeException)
        {
            return new PageOutcome.Failed(PullFailures.PageTooLarge);
        }
    }

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.NonValidated.TryGetValues(name, out var values) ? Short(values.ToString()) : null;

    /// <summary>What cannot be sent back as it was received is not remembered.</summary>
    private static string? Short(string value) => value.Length is > 0 and <= MostOfAHeader && value.All(c => c is >= ' ' and <= '~') ? value : null;

    private static string? NextOf(HttpResponseMessage answer) =>
        answer.Headers.NonValidated.TryGetValues("Link", out var values)
            ? values.SelectMany(v => Links().Matches(v)).FirstOrDefault(l => RelNext().IsMatch(l.Groups["parameters"].Value))?.Groups["target"].Value
            : null;

    private static ResiliencePipeline<PageOutcome> RetryPipeline(TimeSpan delay, TimeProvider time) =>
        new ResiliencePipelineBuilder<PageOutcome> { TimeProvider = time }.AddRetry(new RetryStrategyOptions<PageOutcome>
        {
            MaxRetryAttempts = Retries,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = delay,
            MaxDelay = LongestDelay,
            ShouldHandle = ended => ValueTask.FromResult(ended.Outcome.Result is PageOutcome.Failed { MayPass: true } failed && !(failed.RetryAfter > LongestAsked)),
            DelayGenerator = ended => ValueTask.FromResult((ended.Outcome.Result as PageOutcome.Failed)?.RetryAfter),
        }).Build();

    /// <summary>The breaker outside, so that an attempt that takes too long counts as one that failed.</summary>
    private static ResiliencePipeline<PageOutcome> AttemptPipeline(TimeSpan timeout, TimeProvider time) =>
        new ResiliencePipelineBuilder<PageOutcome> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<PageOutcome>
            {
                FailureRatio = 0.9,
                MinimumThroughput = Retries + 1,
                SamplingDuration = TimeSpan.FromMinutes(2),
                BreakDuration = Break,
                ShouldHandle = ended => ValueTask.FromResult(ended.Outcome.Exception is { } e
                    ? e is not OperationCanceledException || !ended.Context.CancellationToken.IsCancellationRequested
                    : ended.Outcome.Result is PageOutcome.Failed { MayPass: true }),
            })
            .AddTimeout(timeout)
            .Build();

    [GeneratedRegex("<(?<target>[^>]*)>(?<parameters>[^,<]*)", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Links();

    [GeneratedRegex(@";\s*rel\s*=\s*""?next\b", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex RelNext();
}
