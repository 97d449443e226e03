using System.Text.Json;

namespace RegionEscalation.Integrations.Catalogue.Pull;

/// <summary>The access token of one source by client credentials (RFC 6749, 4.4), kept until shortly before it expires.</summary>
internal sealed class CatalogueTokens(PullSource source, HttpClient http, TimeProvider time)
{
    private const long MostOfAnAnswer = 64 * 1024;
    private static readonly TimeSpan WithoutExpiry = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan BeforeExpiry = TimeSpan.FromSeconds(30);

    private (string Token, DateTimeOffset Until)? _known;

    /// <returns>The token, or why there is none.</returns>
    public async Task<(string? Token, PageOutcome.Failed? Failed)> GetAsync(CancellationToken cancellationToken)
    {
        if (_known is { } known && time.GetUtcNow() < known.Until)
            return (known.Token, null);
        _known = null;
        var options = source.Options.Authentication;
        var form = new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = options.ClientId!, ["client_secret"] = options.ClientSecret! };
        if (options.Scope is { Length: > 0 } scope)
            form["scope"] = scope;
        using var content = new FormUrlEncodedContent(form);
        using var request = new HttpRequestMessage(HttpMethod.Post, source.TokenUrl) { Content = content, Headers = { Accept = { new("application/json") } } };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return (int)answer.StatusCode switch
        {
            >= 200 and < 300 => await ReadAsync(answer, cancellationToken),
            >= 300 and < 400 => (null, new PageOutcome.Failed(PullFailures.Redirect)),
            408 or 429 or >= 500 => (null, new PageOutcome.Failed(PullFailures.ServerError, MayPass: true, CatalogueClient.RetryAfterOf(answer, time))),
            _ => (null, new PageOutcome.Failed(PullFailures.Credentials)),
        };
    }

    /// <returns>Whether there was one to forget.</returns>
    public bool Forget()
    {
        var had = _known is not null;
        _known = null;
        return had;
    }

    private async Task<(string? Token, PageOutcome.Failed? Failed)> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            await using var body = new BoundedStream(await answer.Content.ReadAsStreamAsync(cancellationToken), MostOfAnAnswer);
            using var json = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("access_token", out var token) || token.ValueKind != JsonValueKind.String
                || token.GetString() is not { Length: > 0 } text || !text.All(c => c is > ' ' and <= '~'))
                return (null, new PageOutcome.Failed(PullFailures.Credentials));
            var lifetime = json.RootElement.TryGetProperty("expires_in", out var seconds) && seconds.ValueKind == JsonValueKind.Number && seconds.TryGetInt32(out var s)
                ? TimeSpan.FromSeconds(Math.Max(0, s)) : WithoutExpiry;
            var shorter = lifetime / 10;
            _known = (text, time.GetUtcNow() + lifetime - (shorter < BeforeExpiry ? shorter : BeforeExpiry));
            return (text, null);
        }
        catch (Exception e) when (e is JsonException or PageTooLargeException)
        {
            return (null, new PageOutcome.Failed(PullFailures.Credentials));
        }
    }
}
