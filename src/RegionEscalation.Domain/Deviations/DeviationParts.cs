namespace RegionEscalation.Domain.Deviations;

/// <summary>What in the value chain it touches (HU-001).</summary>
public enum Topic
{
    HumanRights,
    Labour,
    Environment,
    Corruption,
}

/// <summary>A document in the region's own archive; the platform keeps where it is and what it was, never the document.</summary>
/// <param name="Reference">Where it is: a registration number or an address in the region's own systems.</param>
/// <param name="Sha256">Of its bytes, 64 hexadecimal digits in lower case.</param>
/// <param name="MediaType">Such as <c>application/pdf</c>.</param>
/// <param name="Size">Bytes.</param>
public sealed record Attachment(string Title, string Reference, string Sha256, string MediaType, long? Size = null)
{
    /// <summary>A deviation that needs more is a case file of its own.</summary>
    public const int Most = 20;
}

/// <summary>What is known of a deviation beyond what went wrong, and when.</summary>
/// <param name="Unit">The organisational unit where it was noticed (HAL-007).</param>
/// <param name="ArticleOrService">Which article or service it concerns.</param>
/// <param name="DiscoveredAt">UTC; not before it occurred.</param>
/// <param name="Topics">Each once and in order; null for none.</param>
/// <param name="Attachments">Those that came with the report; null for none.</param>
public sealed record DeviationDetails(
    string? Unit = null, string? ArticleOrService = null, DateTimeOffset? DiscoveredAt = null, IReadOnlyList<Topic>? Topics = null, IReadOnlyList<Attachment>? Attachments = null)
{
    public static DeviationDetails None { get; } = new();
}

/// <summary>What was found to lie behind it, or why nobody needs to look (R-V2).</summary>
/// <param name="Cause">Out of the catalogue; null when no analysis is needed.</param>
/// <param name="Pattern">Whether it is part of a pattern; null when no analysis is needed.</param>
/// <param name="NoAnalysisNeeded">Why not; null when there is an analysis.</param>
/// <param name="AnalysedBy">The function that analysed, or decided that there is no need.</param>
public sealed record Analysis(RootCause? Cause, string? Text, bool? Pattern, string? NoAnalysisNeeded, string AnalysedBy);

public enum ClosureOutcome
{
    /// <summary>Handled, analysed and fed back (R-V2).</summary>
    Closed,

    /// <summary>There was no ground for it; it counts for nothing (R-Z3).</summary>
    Unfounded,
}

/// <param name="At">UTC.</param>
/// <param name="Motivation">Why; always there when unfounded.</param>
/// <param name="DecidedBy">The function that decided.</param>
public sealed record DeviationClosure(ClosureOutcome Outcome, DateTimeOffset At, string? Motivation, string DecidedBy);

/// <summary>The systems in which a deviation may be registered beside the platform (K24-003).</summary>
public enum ExternalSystem
{
    Stella,
    ContractCatalogue,
}

/// <summary>Where a deviation is registered too.</summary>
/// <param name="ExternalId">The system's own id, which it gives to one thing only (R-V3).</param>
/// <param name="RegisteredAt">When it was registered there, UTC.</param>
public sealed record ExternalRegistration(ExternalSystem System, string ExternalId, DateTimeOffset RegisteredAt)
{
    /// <summary>Of one deviation.</summary>
    public const int Most = 20;

    public bool Is(ExternalSystem system, string externalId) => System == system && ExternalId == externalId;
}

/// <summary>Whose part a deviation is (R-G6).</summary>
public enum Fault
{
    Supplier,
    Region,

    /// <summary>Not assessed, or shared or unknown without the supplier's part.</summary>
    Undetermined,
}
