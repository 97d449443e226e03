using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Contracts;

namespace RegionEscalation.Domain.WatchList;

public enum WatchState
{
    Watching,
    Cleared,

    /// <summary>A case was opened from it.</summary>
    Promoted,

    /// <summary>It was not renewed in time (R-W1).</summary>
    Expired,
}

/// <param name="ReviewBy">The new last day, Swedish calendar date.</param>
/// <param name="RenewedBy">The function that renewed it.</param>
public sealed record WatchRenewal(DateTimeOffset At, DateOnly ReviewBy, string Reason, string RenewedBy);

/// <param name="At">When it was confirmed, UTC.</param>
public sealed record WatchRiskAssessment(Guid Id, DateTimeOffset At, RiskAssessmentContent Content);

/// <summary>What a case knows of the watch that it was opened from.</summary>
/// <param name="Since">UTC.</param>
/// <param name="Source">Where the reason to watch came from.</param>
/// <param name="Owner">The function that watched.</param>
public sealed record WatchHistory(Guid EntryId, DateTimeOffset Since, string Reason, string Source, string Owner, IReadOnlyList<WatchRenewal> Renewals);

/// <summary>A supplier on the region's watch list (bevakningspost), as its stream tells it. Internal to the region, and no step (R-W1).</summary>
public sealed record WatchEntry
{
    public required Guid Id { get; init; }
    public required long Version { get; init; }
    public required Supplier Supplier { get; init; }

    /// <summary>Null where the supplier is watched as a whole.</summary>
    public ContractReference? Contract { get; init; }
    public required string Reason { get; init; }
    public required string Source { get; init; }

    /// <summary>The function that watches.</summary>
    public required string Owner { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Last day, Swedish calendar date.</summary>
    public required DateOnly ReviewBy { get; init; }
    public IReadOnlyList<WatchRenewal> Renewals { get; init; } = [];

    /// <summary>In the order they were made; a later one supersedes an earlier.</summary>
    public IReadOnlyList<WatchRiskAssessment> RiskAssessments { get; init; } = [];

    /// <summary>As its events tell it; <see cref="StateAt"/> also knows what time has done to it.</summary>
    public WatchState State { get; init; }

    /// <summary>When it ended, UTC; of what lapsed, the instant at which its last day was over.</summary>
    public DateTimeOffset? EndedAt { get; init; }
    public string? EndReason { get; init; }

    /// <summary>The function that cleared it.</summary>
    public string? ClearedBy { get; init; }

    /// <summary>The case that was opened from it.</summary>
    public Guid? CaseId { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>It has lapsed from the end of its last day, whenever that is noted.</summary>
    public WatchState StateAt(DateTimeOffset now) => State == WatchState.Watching && LapsesAt() <= now ? WatchState.Expired : State;

    /// <summary>When it lapses or has lapsed, UTC; null once it has ended otherwise.</summary>
    public DateTimeOffset? LapsesAt() => State is WatchState.Watching or WatchState.Expired ? SwedishTime.EndOf(ReviewBy) : null;

    /// <summary>Whether an assessment holds that is valid today (R-E0): the latest stands.</summary>
    public bool HasValidRisk(DateTimeOffset now) => RiskAssessments.Count > 0 && RiskAssessments[^1].Content.ValidUntil >= SwedishTime.DateOf(now);

    public WatchHistory History() => new(Id, Since, Reason, Source, Owner, Renewals);

    public static WatchEntry Evolve(WatchEntry? entry, WatchEvent e) => (entry, e) switch
    {
        (null, SupplierPlacedUnderWatch p) => new WatchEntry
        {
            Id = p.EntryId,
            Version = 1,
            Supplier = p.Supplier,
            Contract = p.Contract,
            Reason = p.Reason,
            Source = p.Source,
            Owner = p.Owner,
            Since = p.At,
            ReviewBy = p.ReviewBy,
            UpdatedAt = p.At,
        },
        ({ } w, _) => Next(w, e) with { Version = w.Version + 1, UpdatedAt = e.At },
        _ => throw new InvalidOperationException($"An entry's stream cannot begin with {e.GetType().Name}."),
    };

    private static WatchEntry Next(WatchEntry w, WatchEvent e) => e switch
    {
        WatchRenewed r => w with { ReviewBy = r.ReviewBy, Renewals = [.. w.Renewals, new WatchRenewal(r.At, r.ReviewBy, r.Reason, r.RenewedBy)] },
        WatchRiskAssessed a => w with { RiskAssessments = [.. w.RiskAssessments, new WatchRiskAssessment(a.AssessmentId, a.At, a.Content)] },
        WatchCleared c => w with { State = WatchState.Cleared, EndedAt = c.At, EndReason = c.Reason, ClearedBy = c.ClearedBy },
        WatchPromoted p => w with { State = WatchState.Promoted, EndedAt = p.At, CaseId = p.CaseId },
        WatchLapsed l => w with { State = WatchState.Expired, EndedAt = SwedishTime.EndOf(l.ReviewBy) },
        _ => throw new InvalidOperationException($"{e.GetType().Name} cannot follow in an entry's stream."),
    };
}
