using System.Globalization;

namespace RegionEscalation.Feeds;

/// <summary>
/// The secrets with which webhooks are signed: derived from what every host knows, so that they are nowhere stored and a new generation is a new number.
/// </summary>
public sealed class WebhookSecrets(PlatformKey platformKey)
{
    private const string Prefix = "whsec_";

    /// <param name="api">Which feed: <c>escalation</c> or <c>national</c>.</param>
    /// <param name="owner">The region's code; nationally the reader's key.</param>
    /// <param name="generation">From 1.</param>
    /// <returns>The 32 bytes that sign.</returns>
    public byte[] Key(string api, string owner, Guid subscriptionId, int generation) =>
        platformKey.Derive(string.Create(CultureInfo.InvariantCulture, $"webhook {api}/{owner}/{subscriptionId:D}/{generation}"));

    /// <summary>The secret as the subscriber is told it: <c>whsec_</c> and the bytes in base64.</summary>
    public string Shown(string api, string owner, Guid subscriptionId, int generation) => Prefix + Convert.ToBase64String(Key(api, owner, subscriptionId, generation));
}
