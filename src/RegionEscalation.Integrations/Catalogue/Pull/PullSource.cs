using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using RegionEscalation.Storage;

namespace RegionEscalation.Integrations.Catalogue.Pull;

/// <summary>A region's source whose settings are as they must be.</summary>
public sealed class PullSource
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromDays(7);

    private PullSource(string region, PullOptions options, Uri url, Uri? tokenUrl, TimeOnly? dailyAt, RowMapping mapping)
    {
        (Region, Options, Url, TokenUrl, DailyAt, Mapping) = (region, options, url, tokenUrl, dailyAt, mapping);
        Items = JsonPlace.Parse(options.ItemsPath)!;
        NextLink = Place(options.NextLinkPath);
        NextCursor = Place(options.NextCursorPath);
        ChangedSince = Place(options.ChangedSincePath);
        Setting = Digest(options);
    }

    public string Region { get; }

    public PullOptions Options { get; }

    /// <summary>Where the catalogue is; it may hold what is secret.</summary>
    public Uri Url { get; }

    public Uri? TokenUrl { get; }

    /// <summary>Swedish time.</summary>
    public TimeOnly? DailyAt { get; }

    public RowMapping Mapping { get; }

    /// <summary>A digest of all but the secrets: what is remembered of the catalogue holds as long as this is the same.</summary>
    public string Setting { get; }

    internal JsonPlace Items { get; }

    internal JsonPlace? NextLink { get; }

    internal JsonPlace? NextCursor { get; }

    internal JsonPlace? ChangedSince { get; }

    /// <summary>The address of the first page.</summary>
    /// <param name="since">What has changed since is asked for; everything without.</param>
    public Uri FirstPage(string? since)
    {
        var address = Url.AbsoluteUri;
        if (Options.PageSizeParameter is { } size)
            address = QueryHelpers.AddQueryString(address, size, Options.PageSize.ToString(CultureInfo.InvariantCulture));
        if (Options.ChangedSinceParameter is { } parameter && since is not null)
            address = QueryHelpers.AddQueryString(address, parameter, since);
        return new Uri(address);
    }

    /// <summary>The credentials go to nowhere else.</summary>
    public bool IsOwn(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.IsAbsoluteUri && address.UserInfo.Length == 0 && Uri.Compare(address, Url, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;
    }

    /// <param name="problems">What is wrong is added, a sentence each; no value of a setting stands in it.</param>
    /// <returns>Null where something is wrong.</returns>
    public static PullSource? Of(string region, PullOptions options, bool development, List<string> problems)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(problems);
        var section = $"{PullSettings.Section}:{region}";
        var found = problems.Count;
        if (Domain.Regions.Region.Find(region)?.Code != region)
            problems.Add($"{PullSettings.Section} names a region by a code that the platform does not know: {region}.");
        var url = Address(options.Url);
        if (url is null)
            problems.Add($"{section}:{nameof(options.Url)} must be an absolute https address without user, password and fragment (http in Development only).");
        var dailyAt = TimeOnly.TryParseExact(options.DailyAt, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : (TimeOnly?)null;
        if (options.DailyAt is not null && dailyAt is null)
            problems.Add($"{section}:{nameof(options.DailyAt)} must be a Swedish time such as 03:15.");
        if (options.Interval is null == options.DailyAt is null || options.Interval < ShortestInterval || options.Interval > LongestInterval)
            problems.Add($"{section} needs either {nameof(options.Interval)}, from a minute to seven days, or {nameof(options.DailyAt)}.");
        var tokenUrl = Address(options.Authentication.TokenUrl);
        problems.AddRange(Of(options.Authentication, tokenUrl).Select(p => $"{section}:{nameof(options.Authentication)} {p}"));
        problems.AddRange(Paging(options).Concat(Bounds(options)).Select(p => $"{section}:{p}"));
        var mapping = RowMapping.Of(options.Mapping, $"{section}:{nameof(options.Mapping)}", problems);
        return problems.Count == found && url is not null && mapping is not null ? new PullSource(region, options, url, tokenUrl, dailyAt, mapping) : null;

        Uri? Address(string? text) =>
            Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Host.Length > 0 && address.UserInfo.Length == 0 && address.Fragment.Length == 0
            && (address.Scheme == Uri.UriSchemeHttps || (development && address.Scheme == Uri.UriSchemeHttp)) ? address : null;
    }

    private static IEnumerable<string> Of(PullAuthenticationOptions options, Uri? tokenUrl)
    {
        if (options.Kind == PullAuthentication.ApiKey)
        {
            if (string.IsNullOrEmpty(options.Key) || !options.Key.All(c => c is >= ' ' and <= '~'))
                yield return $"needs a {nameof(options.Key)} of visible ASCII characters.";
            if (options.Header.Length == 0 || !options.Header.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                yield return $"needs the name of a {nameof(options.Header)}.";
        }
        else if (options.Kind == PullAuthentication.ClientCredentials)
        {
            if (tokenUrl is null)
                yield return $"needs a {nameof(options.TokenUrl)} that is an absolute https address (http in Development only).";
            if (string.IsNullOrEmpty(options.ClientId) || string.IsNullOrEmpty(options.ClientSecret))
                yield return $"needs {nameof(options.ClientId)} and {nameof(options.ClientSecret)}.";
        }
        else if (options.Key is not null || options.ClientSecret is not null)
            yield return $"has credentials, and no {nameof(options.Kind)} says how they are used.";
    }

    private static IEnumerable<string> Paging(PullOptions options)
    {
        foreach (var (name, path) in new[]
        {
            (nameof(options.ItemsPath), options.ItemsPath), (nameof(options.NextLinkPath), options.NextLinkPath),
            (nameof(options.NextCursorPath), options.NextCursorPath), (nameof(options.ChangedSincePath), options.ChangedSincePath),
        })
        {
            if (path is not null && JsonPlace.Parse(path) is null)
                yield return $"{name} must be names joined by dots, with [n] for the n-th of a list, or $.";
        }
        if (options.NextLinkPath is not null && options.NextCursorPath is not null)
            yield return $"{nameof(options.NextLinkPath)} and {nameof(options.NextCursorPath)} exclude each other.";
        if (options.NextCursorPath is null != options.CursorParameter is null)
            yield return $"{nameof(options.NextCursorPath)} and {nameof(options.CursorParameter)} need each other.";
        if (options.ChangedSincePath is not null && options.ChangedSinceParameter is null)
            yield return $"{nameof(options.ChangedSincePath)} needs {nameof(options.ChangedSinceParameter)}.";
        if (options.ChangedSinceParameter is not null && options.Extent == ImportExtent.Snapshot)
            yield return $"{nameof(options.Extent)} cannot be snapshot with {nameof(options.ChangedSinceParameter)}: what has changed is not the whole catalogue.";
    }

    private static IEnumerable<string> Bounds(PullOptions options)
    {
        if (options.PageSize is < 1 or > 10_000)
            yield return $"{nameof(options.PageSize)} must be 1–10000.";
        if (options.RequestsPerSecond is not (>= 0.1 and <= 1000))
            yield return $"{nameof(options.RequestsPerSecond)} must be 0.1–1000.";
        if (options.Timeout <= TimeSpan.Zero || options.Timeout > TimeSpan.FromMinutes(5))
            yield return $"{nameof(options.Timeout)} must be at most five minutes, and longer than nothing.";
        if (options.RetryDelay <= TimeSpan.Zero || options.RetryDelay > TimeSpan.FromSeconds(10))
            yield return $"{nameof(options.RetryDelay)} must be at most ten seconds, and longer than nothing.";
        if (options.Overlap < TimeSpan.Zero || options.Overlap > TimeSpan.FromDays(1))
            yield return $"{nameof(options.Overlap)} must be at most a day.";
        if (options.WholeEvery < TimeSpan.Zero || options.WholeEvery > TimeSpan.FromDays(31))
            yield return $"{nameof(options.WholeEvery)} must be at most 31 days.";
        if (options.MostPages is < 1 or > 100_000)
            yield return $"{nameof(options.MostPages)} must be 1–100000.";
        if (options.MostBytes is < 1 or > 1L << 34)
            yield return $"{nameof(options.MostBytes)} must be at most 16 GiB.";
    }

    private static JsonPlace? Place(string? path) => path is null ? null : JsonPlace.Parse(path);

    private static string Digest(PullOptions options) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        JsonSerializer.Serialize(options with { Authentication = options.Authentication with { Key = null, ClientSecret = null } }))));
}
