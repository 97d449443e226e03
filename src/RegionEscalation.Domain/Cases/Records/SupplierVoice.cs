namespace RegionEscalation.Domain.Cases.Records;

/// <param name="Subject">What the supplier is asked to comment on.</param>
/// <param name="Reference">The request in the region's own records.</param>
/// <param name="SentAt">UTC.</param>
/// <param name="Deadline">Last day, Swedish calendar date.</param>
/// <param name="ShortenedMotivation">Why the time is shorter than the region's number of working days; null when it is not.</param>
public sealed record CommentRequestContent(
    string Subject, string SentTo, string Reference, DateTimeOffset SentAt, DateOnly Deadline, string? ShortenedMotivation);

/// <summary>The supplier has been given the opportunity to comment (R-E5; FL 25 §).</summary>
public sealed record CommentRequest(CommentRequestContent Content) : CaseRecord
{
    public bool HasPassed(DateTimeOffset now) => SwedishTime.EndOf(Content.Deadline) <= now;
}

public sealed record SupplierAskedToComment(DateTimeOffset At, Guid RecordId, CommentRequestContent Content) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new CommentRequest(Content);
}

/// <param name="Text">The supplier's own words.</param>
/// <param name="SubmittedBy">The supplier's function.</param>
/// <param name="ReceivedAt">UTC.</param>
/// <param name="CommentRequestId">The request that it answers, where there is one.</param>
/// <param name="Reference">The statement in the region's own records.</param>
/// <param name="SecrecyClaim">What the supplier asks to be kept secret, and why; null when nothing.</param>
public sealed record StatementContent(
    string Text, string SubmittedBy, DateTimeOffset ReceivedAt, Guid? CommentRequestId, string? Reference, string? SecrecyClaim);

/// <summary>Leverantörens yttrande.</summary>
public sealed record SupplierStatement(StatementContent Content) : CaseRecord;

public sealed record SupplierStatementReceived(DateTimeOffset At, Guid RecordId, StatementContent Content) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new SupplierStatement(Content);
}

public enum ReviewOutcome
{
    /// <summary>The step stands.</summary>
    Upheld,

    /// <summary>The case belongs at a lower step; the review names it, and a de-escalation takes the case there.</summary>
    Changed,

    /// <summary>The request was not one that can be reviewed.</summary>
    Rejected,
}

/// <param name="Contested">What is contested.</param>
/// <param name="RequestedBy">The supplier's function.</param>
/// <param name="RequestedAt">When the region received it, UTC.</param>
public sealed record ReviewContent(string Contested, string Grounds, string RequestedBy, DateTimeOffset RequestedAt);

/// <param name="ToStep">The step that the case belongs at; when changed only.</param>
public sealed record ReviewDecision(ReviewOutcome Outcome, string Motivation, int? ToStep, DecisionMaker DecidedBy);

/// <summary>Begäran om omprövning: the supplier wants its step reviewed, one level above the one that decided it (R-D5).</summary>
/// <param name="AnswerDue">The instant from which the answer is overdue, UTC.</param>
public sealed record Review(ReviewContent Content, DateTimeOffset AnswerDue, ReviewDecision? Decision, DateTimeOffset? DecidedAt) : CaseRecord
{
    /// <summary>A pending review suspends nothing, but the case is disputed meanwhile.</summary>
    public bool IsPending() => Decision is null;

    public override IEnumerable<Obligation> Obligations()
    {
        if (IsPending())
            yield return new Obligation("review", "R-D5", AnswerDue, new Label(
                "Leverantörens begäran om omprövning ska besvaras.", "The supplier's request for review is to be answered."), $"reviews/{Id}/decisions");
    }
}

public sealed record ReviewRequested(DateTimeOffset At, Guid RecordId, ReviewContent Content, DateTimeOffset AnswerDue) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new Review(Content, AnswerDue, null, null);
}

public sealed record ReviewDecided(DateTimeOffset At, Guid RecordId, ReviewDecision Decision) : RecordChanged<Review>(At, RecordId)
{
    protected override Review Change(Review record) => record with { Decision = Decision, DecidedAt = At };
}
