namespace RegionEscalation.Feeds;

/// <summary>The section <c>Webhooks</c>.</summary>
public sealed record WebhookOptions
{
    public const string Section = "Webhooks";

    /// <summary>Endpoints may be plain http and on this machine. In Development only; any other environment does not start with it.</summary>
    public bool AllowLoopback { get; init; }

    /// <summary>How long a host has a subscription for itself, by the database's clock; when it falls, another takes over after this.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>After this long no new post begins under the same lease.</summary>
    public TimeSpan Cycle { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an endpoint has to answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>What is wrong with the settings, a sentence each.</summary>
    /// <param name="development">Whether the environment is Development.</param>
    public IEnumerable<string> Problems(bool development)
    {
        if (AllowLoopback && !development)
            yield return $"{Section}:{nameof(AllowLoopback)} is for the environment Development alone: elsewhere webhooks go to public addresses only.";
        if (Cycle <= TimeSpan.Zero || Timeout <= TimeSpan.Zero || Lease <= Cycle + Timeout)
            yield return $"{Section}:{nameof(Lease)} must be longer than {nameof(Cycle)} and {nameof(Timeout)} together, and these longer than nothing.";
    }
}
