using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.National;

/// <summary>A block as the other regions may know it (T0): that it is, its scope and its end.</summary>
/// <param name="Until">Last day, Swedish calendar date.</param>
public sealed record SignalledBlock(string Scope, DateOnly Until);

/// <summary>
/// What the other regions and the national group may know of a case at steps 3–5: the T0 fields of the access policy and nothing else.
/// </summary>
/// <param name="SupplierId">The platform's id of the supplier within the notifying region.</param>
/// <param name="SupplierNumber">Organisation number, ten digits; null for a sole trader, whose number never leaves the region.</param>
/// <param name="SupplierName">A pseudonym for a sole trader.</param>
/// <param name="StepSince">When the case entered the step, UTC.</param>
/// <param name="ResponsibleAddress">The contract owner's function address.</param>
/// <param name="Preliminary">True until a notice of the step stands that the supplier was informed of and had its time to comment on.</param>
/// <param name="NoticeExpiresAt">When the standing notice expires, UTC; null while none stands.</param>
public sealed record NationalSignal(
    Guid CaseId,
    Guid SupplierId,
    string? SupplierNumber,
    string SupplierName,
    string Category,
    string LadderVersion,
    int Step,
    DateTimeOffset StepSince,
    Trigger Trigger,
    SignalledBlock? Block,
    bool Disputed,
    bool SupplierStatementAttached,
    bool Preliminary,
    string ResponsibleAddress,
    DateTimeOffset? NoticeExpiresAt);

/// <summary>What the regions were told last of a case, for as long as it lasts (T0).</summary>
/// <param name="RemindAt">The instant from which a recipient that has not acknowledged is reminded, UTC (R-N6).</param>
public sealed record SentNotice(
    Guid NoticeId, int Number, NoticeKind Kind, DateTimeOffset IssuedAt, DateTimeOffset RemindAt, DateTimeOffset ExpiresAt, bool Provisional, NoticePayload Payload);

/// <summary>Whom the case's summary is disclosed to, and on which basis.</summary>
/// <param name="ExpiresAt">UTC.</param>
public sealed record Disclosed(Guid DecisionId, string Recipient, DisclosureBasis Basis, DateTimeOffset ExpiresAt);

/// <summary>The case's summary (T1): codes, and of words those that are meant for others: the way back, and the supplier's own.</summary>
/// <param name="ConsequenceAreas">Of the deviations that count.</param>
/// <param name="Deviations">How many count.</param>
/// <param name="SeriousDeviations">How many of them are serious.</param>
/// <param name="PlanStatus">Null without an action plan.</param>
/// <param name="Sanctions">By kind alone: no amount, no clause.</param>
/// <param name="SupplierStatements">As released: those of which the supplier claims nothing to be secret.</param>
public sealed record NationalSummary(
    IReadOnlyList<ConsequenceArea> ConsequenceAreas, int Deviations, int SeriousDeviations, NationalPlanStatus? PlanStatus, IReadOnlyList<SanctionKind> Sanctions,
    IReadOnlyList<string> ReturnCriteria, IReadOnlyList<string> SupplierStatements);

public enum NationalPlanStatus
{
    Drafted,
    InForce,
    Effective,
    PartlyEffective,
    WithoutEffect,
    NotFollowed,
}

/// <summary>Everything that the national register holds of a case.</summary>
/// <param name="Recipients">Of the notice, by <see cref="NationalReader.Key"/>.</param>
/// <param name="Course">The case's stays at steps 3–5.</param>
public sealed record NationalRecord(
    NationalSignal? Signal, SentNotice? Notice, IReadOnlyList<string> Recipients, IReadOnlyList<Disclosed> Disclosures, NationalSummary? Summary,
    IReadOnlyList<NationalVisit> Course)
{
    public static NationalRecord Nothing { get; } = new(null, null, [], [], null, []);
}
