namespace RegionEscalation.Storage;

/// <param name="Received">As many as were read, rejected ones and duplicates included.</param>
/// <param name="Duplicate">Those that say what another row of the import says already.</param>
/// <param name="Added">What the region did not know before.</param>
/// <param name="Unchanged">What says what the region knew already.</param>
public sealed record ImportedRows(long Received, long Rejected, long Duplicate, long Added, long Changed, long Unchanged)
{
    public long Applied => Added + Changed + Unchanged;

    public long ToApply => Received - Rejected - Duplicate;
}

/// <summary>Of a snapshot: what it leaves out.</summary>
/// <param name="Known">How many contracts that had not ended the region had when the import began to be applied; null before, and of a partial import.</param>
/// <param name="Missing">How many of the region's contracts it leaves out; null until every row is applied.</param>
/// <param name="Ended">How many of these are ended by now.</param>
/// <param name="Numbers">The first of those it leaves out, at most 100.</param>
public sealed record LeftOut(long? Known, long? Missing, long Ended, IReadOnlyList<string> Numbers);

/// <param name="By">The function that decided, never a person's name.</param>
/// <param name="At">UTC.</param>
/// <param name="ClientId">The client of the token.</param>
public sealed record ImportDecision(string By, DateTimeOffset At, string? Motivation, string ClientId);

/// <summary>An import of contracts and suppliers, as it stands. Times are UTC.</summary>
/// <param name="Reason">A stable word on why it waits, or ended otherwise than by being applied whole.</param>
/// <param name="AppliedLine">Everything up to this line is applied.</param>
/// <param name="EndedNumber">Of what a snapshot leaves out, everything up to this contract number is ended.</param>
/// <param name="Confirmation">That what a snapshot leaves out is ended although somebody was to be asked.</param>
/// <param name="RejectsRemoved">Whether the rejected rows are kept no longer; how many they were stays.</param>
/// <param name="Before">How many imports of the region have their turn first; null unless it is queued.</param>
public sealed record CatalogueImport(
    Guid Id,
    ImportTerms Terms,
    ImportState State,
    string? Reason,
    DateTimeOffset CreatedAt,
    DateTimeOffset? QueuedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    ImportedRows Rows,
    long AppliedLine,
    LeftOut Contracts,
    string EndedNumber,
    ImportDecision? Confirmation,
    ImportDecision? Cancellation,
    bool RejectsRemoved,
    long? Before)
{
    /// <summary>How far it is applied, whole per cent; what a snapshot leaves out counts like a row once it is known.</summary>
    public int Progress => State switch
    {
        ImportState.Finished => 100,
        ImportState.Receiving => 0,
        _ when Rows.ToApply + (Contracts.Missing ?? 0) is > 0 and var all => (int)Math.Clamp(100 * (Rows.Applied + Contracts.Ended) / all, 0, 100),
        _ => 0,
    };
}
