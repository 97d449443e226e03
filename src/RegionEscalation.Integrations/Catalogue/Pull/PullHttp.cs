using System.Net;

namespace RegionEscalation.Integrations.Catalogue.Pull;

/// <summary>The one client for every source: it follows no redirect, keeps no cookie and tells nobody of our traces.</summary>
public static class PullHttp
{
    public static HttpClient Create() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate | DecompressionMethods.Brotli,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        ConnectTimeout = TimeSpan.FromSeconds(10),
        MaxResponseHeadersLength = 64,
        ActivityHeadersPropagator = null,
    })
    {
        // Each attempt has its own.
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { UserAgent = { new("RegionEscalation", "1.0") } },
    };
}
