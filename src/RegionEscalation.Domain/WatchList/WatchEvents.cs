using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Contracts;

namespace RegionEscalation.Domain.WatchList;

/// <param name="At">When it was recorded, UTC, whole microseconds.</param>
public abstract record WatchEvent(DateTimeOffset At);

/// <summary>Uppförd på bevakningslistan.</summary>
/// <param name="Contract">Null where the supplier is watched as a whole.</param>
/// <param name="Owner">The function that watches, never a person's name.</param>
/// <param name="ReviewBy">Last day, Swedish calendar date.</param>
public sealed record SupplierPlacedUnderWatch(
    DateTimeOffset At, Guid EntryId, Supplier Supplier, ContractReference? Contract, string Reason, string Source, string Owner, DateOnly ReviewBy) : WatchEvent(At);

/// <param name="ReviewBy">The new last day, Swedish calendar date.</param>
/// <param name="RenewedBy">The function that renewed it.</param>
public sealed record WatchRenewed(DateTimeOffset At, DateOnly ReviewBy, string Reason, string RenewedBy) : WatchEvent(At);

/// <summary>A risk and consequence analysis without a case (L26-045, L26-055).</summary>
public sealed record WatchRiskAssessed(DateTimeOffset At, Guid AssessmentId, RiskAssessmentContent Content) : WatchEvent(At);

/// <summary>Avförd från bevakningslistan.</summary>
public sealed record WatchCleared(DateTimeOffset At, string Reason, string ClearedBy) : WatchEvent(At);

/// <summary>A case was opened from it; in the same transaction as the case.</summary>
public sealed record WatchPromoted(DateTimeOffset At, Guid CaseId) : WatchEvent(At);

/// <summary>It was not renewed in time (R-W1).</summary>
/// <param name="ReviewBy">What was its last day, Swedish calendar date.</param>
public sealed record WatchLapsed(DateTimeOffset At, DateOnly ReviewBy) : WatchEvent(At);

/// <summary>A case was opened from the watch list, in the case's own stream.</summary>
public sealed record CameFromWatchList(DateTimeOffset At, WatchHistory Watch) : CaseEvent(At);
