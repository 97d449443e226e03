using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;

namespace RegionEscalation.Domain.Cases.Records;

/// <summary>Information till Sveriges Regioner: what it says of the case.</summary>
public enum NoticeKind
{
    Initial,
    Update,

    /// <summary>Faran över: the case has left steps 3–5 (R-N4).</summary>
    AllClear,

    /// <summary>Rättelse: what was said should not have been (R-N4).</summary>
    Retraction,

    /// <summary>Neither: the case goes on as another or at another body, which informs of it (R-Z4).</summary>
    GoesOnElsewhere,
}

public enum NoticeState
{
    Prepared,
    SupplierNotified,
    Issued,

    /// <summary>A later notice says more.</summary>
    Superseded,

    /// <summary>An all-clear was issued, or that the case goes on elsewhere.</summary>
    Withdrawn,

    /// <summary>A retraction was issued.</summary>
    Retracted,

    /// <summary>Time has ended it (R-N2, R-N7); it stays in the owner's archive.</summary>
    Expired,
}

/// <summary>What a notice says: the T0 fields and nothing else, exactly as the supplier was told them (R-N2, R-N5).</summary>
/// <param name="SupplierNumber">Organisation number, ten digits; null for a sole trader, who appears under a pseudonym.</param>
/// <param name="Step">3–5; null in an all-clear and a retraction, as are the members that belong to the step.</param>
/// <param name="StepSince">UTC.</param>
public sealed record NoticePayload(
    Guid SupplierId, string? SupplierNumber, string SupplierName, string Category, string LadderVersion, int? Step, DateTimeOffset? StepSince, Trigger? Trigger,
    SignalledBlock? Block, bool Disputed, bool SupplierStatementAttached, string ResponsibleAddress)
{
    /// <summary>Whether it tells of the same measures; what the supplier has said meanwhile is attached without telling it again (R-N3).</summary>
    public bool TellsTheSameAs(NoticePayload? other) =>
        other is not null && this == other with { Disputed = Disputed, SupplierStatementAttached = SupplierStatementAttached };
}

/// <param name="SentTo">The supplier's function, never a person's name.</param>
/// <param name="Reference">The letter in the region's own records.</param>
/// <param name="CommentDays">Working days to comment, where fewer than the region's number; null otherwise.</param>
public sealed record NoticeNotification(string SentTo, string Reference, int? CommentDays, string? ShortenedMotivation);

/// <summary>That a notice is issued before the supplier's time to comment has passed (R-N2).</summary>
/// <param name="ConfirmBy">The instant at which it expires unless confirmed or updated, UTC.</param>
public sealed record Provisional(string Reason, DateTimeOffset ConfirmBy);

/// <param name="Number">Its place among the case's issued notices, from 1.</param>
/// <param name="RemindAt">The instant from which a recipient that has not acknowledged is reminded, UTC (R-N6).</param>
/// <param name="ExpiresAt">UTC (R-N7).</param>
/// <param name="Recipients">Whom it was sent to; see <see cref="NationalReader.Key"/>.</param>
/// <param name="Statements">The supplier's statements attached (R-N3).</param>
/// <param name="Provisional">Until it is confirmed.</param>
public sealed record NoticeIssue(
    int Number, DateTimeOffset At, DateTimeOffset RemindAt, DateTimeOffset ExpiresAt, IReadOnlyList<string> Recipients, IReadOnlyList<Guid> Statements,
    Provisional? Provisional, DecisionMaker DecidedBy);

/// <summary>Information till Sveriges Regioner (R-N1…R-N7), from its preparation to its end.</summary>
/// <param name="CommentUntil">End of the supplier's time to comment, UTC; null before it is notified, and where nothing is to be commented on.</param>
/// <param name="ConfirmedAt">When a provisional notice was confirmed, UTC.</param>
public sealed record Notice(
    NoticeKind Kind, NoticePayload Payload, NoticeState State, NoticeNotification? Notification, DateTimeOffset? NotifiedAt, DateTimeOffset? CommentUntil,
    NoticeIssue? Issue, DateTimeOffset? ConfirmedAt) : CaseRecord
{
    public bool TellsOfACase() => Kind is NoticeKind.Initial or NoticeKind.Update;

    /// <summary>Issued, and neither followed nor ended.</summary>
    public bool IsCurrent() => State == NoticeState.Issued;

    public bool IsProvisional() => Issue?.Provisional is not null && ConfirmedAt is null;

    public bool IsDraft() => State is NoticeState.Prepared or NoticeState.SupplierNotified;

    /// <summary>A provisional notice that lapsed has informed nobody for good (R-N2).</summary>
    public override bool Does(string activityCode) =>
        activityCode == Cases.Obligations.InformRegionsCode && TellsOfACase() && Issue is not null && !(State == NoticeState.Expired && IsProvisional());

    public override DateTimeOffset? ExpiresAt() => !IsCurrent() ? null
        : IsProvisional() && Issue!.Provisional!.ConfirmBy < Issue.ExpiresAt ? Issue.Provisional.ConfirmBy
        : Issue!.ExpiresAt;

    internal override RecordEvent? Expired(DateTimeOffset now) => ExpiresAt() <= now ? new NoticeExpired(now, Id) : null;
}

/// <summary>A notice that the regions are owed since something has changed (R-N4).</summary>
/// <param name="Due">The instant from which it is overdue, UTC.</param>
public sealed record DueNotice(NoticeKind Kind, DateTimeOffset Due);

public sealed record NoticePrepared(DateTimeOffset At, Guid RecordId, NoticeKind Kind, NoticePayload Payload) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new Notice(Kind, Payload, NoticeState.Prepared, null, null, null, null, null);

    /// <summary>A new draft takes the place of another.</summary>
    internal override CaseRecord AlsoChanges(CaseRecord other) => other is Notice n && n.IsDraft() ? n with { State = NoticeState.Superseded } : other;
}

/// <param name="CommentUntil">UTC; null where nothing is to be commented on.</param>
public sealed record SupplierNotifiedOfNotice(DateTimeOffset At, Guid RecordId, NoticeNotification Notification, DateTimeOffset? CommentUntil)
    : RecordChanged<Notice>(At, RecordId)
{
    protected override Notice Change(Notice record) =>
        record with { State = NoticeState.SupplierNotified, Notification = Notification, NotifiedAt = At, CommentUntil = CommentUntil };
}

/// <param name="Payload">With the supplier's statements and a dispute as they stood then.</param>
public sealed record NoticeIssued(DateTimeOffset At, Guid RecordId, NoticeKind Kind, NoticePayload Payload, NoticeIssue Issue) : RecordChanged<Notice>(At, RecordId)
{
    protected override Notice Change(Notice record) => record with { State = NoticeState.Issued, Payload = Payload, Issue = Issue };

    internal override CaseRecord AlsoChanges(CaseRecord other) => other is Notice n && n.IsCurrent()
        ? n with
        {
            State = Kind switch
            {
                NoticeKind.AllClear or NoticeKind.GoesOnElsewhere => NoticeState.Withdrawn,
                NoticeKind.Retraction => NoticeState.Retracted,
                _ => NoticeState.Superseded,
            },
        }
        : other;
}

/// <summary>The supplier's time to comment has passed on a provisional notice, and it stands (R-N2).</summary>
public sealed record NoticeConfirmed(DateTimeOffset At, Guid RecordId, DecisionMaker DecidedBy) : RecordChanged<Notice>(At, RecordId)
{
    protected override Notice Change(Notice record) => record with { ConfirmedAt = At };
}

public sealed record NoticeExpired(DateTimeOffset At, Guid RecordId) : RecordChanged<Notice>(At, RecordId)
{
    protected override Notice Change(Notice record) => record with { State = NoticeState.Expired };
}

/// <summary>Something has changed of which the regions are owed a notice (R-N4); in the same transaction as the change.</summary>
public sealed record NoticeFellDue(DateTimeOffset At, NoticeKind Kind, DateTimeOffset Due) : CaseEvent(At);
