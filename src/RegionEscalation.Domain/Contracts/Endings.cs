namespace RegionEscalation.Domain.Contracts;

/// <summary>When a complete catalogue is believed that leaves contracts out, and when somebody is asked first: a catalogue may have been cut off on its way.</summary>
public static class Endings
{
    /// <summary>So many are ended unasked whatever part of the region's contracts they are, unless they are all of them.</summary>
    public const int AlwaysUnasked = 5;

    /// <summary>More than the set part of the region's contracts would be ended.</summary>
    public const string TooMany = "share";

    /// <summary>The number of a rejected row could not be read, so that it may be one of those that seem to be left out.</summary>
    public const string NumberNotRead = "numberNotRead";

    /// <param name="missing">How many contracts the catalogue leaves out.</param>
    /// <param name="known">How many contracts that had not ended the region had before.</param>
    /// <param name="share">The part of them that is ended unasked, 0–1.</param>
    /// <param name="everyNumberRead">Whether it is known of every rejected row which contract it is about.</param>
    /// <returns>Why somebody is to be asked, a stable word; null where nobody is.</returns>
    public static string? WhyAsk(long missing, long known, decimal share, bool everyNumberRead) =>
        missing == 0 ? null
        : !everyNumberRead ? NumberNotRead
        : missing >= known || (missing > AlwaysUnasked && missing > share * known) ? TooMany
        : null;
}
