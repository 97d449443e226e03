using RegionEscalation.Domain.Ladder;

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
/// <param name="NoticeId">The notice to the regions that it comments on, where there is one (R-N3).</param>
public sealed record StatementContent(
    string Text, string SubmittedBy, DateTimeOffset ReceivedAt, Guid? CommentRequestId, string? Reference, string? SecrecyClaim, Guid? NoticeId = null);

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

public sealed record AskToComment(Guid RecordId, CommentRequestContent Content) : RecordCommand(RecordId)
{
    internal override Decision<CaseEvent> Decide(EscalationCase s, CaseContext context)
    {
        var days = context.Settings.Deadlines.Comment;
        var shortened = Content.SentAt <= context.Now && SwedishTime.EndOf(Content.Deadline) < context.Settings.After(Content.SentAt, days);
        var rejections = new List<Rejection>
        ([
            .. RecordRules.AgainstFuture(Content.SentAt, "sentAt", context),
            .. RecordRules.AgainstBeforeCase(Content.SentAt, "sentAt", s),
        ]);
        if (Content.Deadline < SwedishTime.DateOf(Content.SentAt))
            rejections.Add(Rejection.InField("deadline", "beforeSent",
                "Sista dagen att yttra sig kan inte ligga före begäran.", "The last day to comment cannot lie before the request."));
        else if (shortened && !Motivation.IsGiven(Content.ShortenedMotivation))
            rejections.Add(new Rejection("R-E5", "commentTimeTooShort", new Label(
                $"Leverantören ska ha minst {days} arbetsdagar att yttra sig; kortare tid motiveras med minst {Motivation.MinLength} tecken.",
                $"The supplier has at least {days} working days to comment; a shorter time is motivated with at least {Motivation.MinLength} characters."),
                Field: "shortenedMotivation"));
        return Decision<CaseEvent>.Unless(rejections, () =>
            [new SupplierAskedToComment(context.Now, RecordId, Content with { ShortenedMotivation = shortened ? Content.ShortenedMotivation : null })]);
    }
}

/// <summary>The supplier is heard whenever it speaks: at every step, asked or not, also once the case is closed.</summary>
public sealed record ReceiveStatement(Guid RecordId, StatementContent Content) : RecordCommand(RecordId)
{
    internal override bool WhenClosed => true;

    internal override Decision<CaseEvent> Decide(EscalationCase s, CaseContext context)
    {
        var rejections = RecordRules.AgainstFuture(Content.ReceivedAt, "receivedAt", context).ToList();
        if (Content.CommentRequestId is { } request && s.Find<CommentRequest>(request) is null)
            rejections.Add(Rejection.InField("commentRequestId", "unknownCommentRequest",
                "Ärendet har ingen sådan begäran om yttrande.", "The case has no such request to comment."));
        if (Content.NoticeId is { } notice && s.Find<Notice>(notice)?.NotifiedAt is null)
            rejections.Add(Rejection.InField("noticeId", "unknownNotice",
                "Leverantören har inte underrättats om någon sådan information.", "The supplier has not been notified of any such notice."));
        else if (Content.NoticeId is { } commented && Content.ReceivedAt < s.Find<Notice>(commented)!.NotifiedAt)
            rejections.Add(Rejection.InField("receivedAt", "beforeNotification",
                "Ett yttrande över informationen kan inte vara äldre än underrättelsen.", "A statement on the notice cannot be older than the notification."));
        return Decision<CaseEvent>.Unless(rejections, () => [new SupplierStatementReceived(context.Now, RecordId, Content)]);
    }
}

public sealed record RequestReview(Guid RecordId, ReviewContent Content) : RecordCommand(RecordId)
{
    internal override bool WhenClosed => true;

    internal override Decision<CaseEvent> Decide(EscalationCase s, CaseContext context)
    {
        var rejections = new List<Rejection>
        ([
            .. RecordRules.AgainstFuture(Content.RequestedAt, "requestedAt", context),
            .. RecordRules.AgainstBeforeCase(Content.RequestedAt, "requestedAt", s),
        ]);
        if (s.Of<Review>().FirstOrDefault(r => r.IsPending()) is { } pending)
            rejections.Add(new Rejection("R-D5", "reviewPending", new Label(
                "En begäran om omprövning är redan under behandling.", "A request for review is already pending."), $"reviews/{pending.Id}/decisions"));
        return Decision<CaseEvent>.Unless(rejections, () =>
            [new ReviewRequested(context.Now, RecordId, Content, context.Settings.After(Content.RequestedAt, context.Settings.Deadlines.Review))]);
    }
}

/// <summary>Answers a request for review (R-D5). The answer moves nothing: a changed step is entered by a de-escalation that cites it.</summary>
public sealed record DecideReview(Guid RecordId, ReviewDecision Decision) : RecordChange<Review>(RecordId)
{
    internal override bool WhenClosed => true;

    internal override Decision<CaseEvent> Decide(Review record, EscalationCase s, CaseContext context) => record.IsPending()
        ? Decision<CaseEvent>.Unless(
        [
            .. RecordRules.AgainstMotivation(Decision.Motivation, "motivation", "R-D5"),
            .. Reviews.AgainstLevel(Decision.DecidedBy, s, context),
            .. Reviews.AgainstStep(Decision, s),
        ], () => [new ReviewDecided(context.Now, RecordId, Decision)])
        : Decision<CaseEvent>.Reject(new Rejection("R-D5", "alreadyDecided", new Label(
            "Begäran om omprövning är redan besvarad.", "The request for review has already been answered.")));
}

/// <summary>R-D5.</summary>
internal static class Reviews
{
    /// <summary>
    /// One level above the one that decides on the current step, whether or not the region enforces levels elsewhere: a review by the same
    /// level is none. At the highest level nobody stands above; another of that level decides then, and states by which delegation.
    /// </summary>
    public static IEnumerable<Rejection> AgainstLevel(DecisionMaker by, EscalationCase s, CaseContext context)
    {
        if (RecordRules.AgainstUnknownLevel(by, "decidedBy", context) is { } unknown)
        {
            yield return unknown;
            yield break;
        }
        var ladder = context.Ladder;
        var levels = ladder.DecisionLevels().ToArray();
        // The step may have been decided by a higher level than it asks for.
        var above = Math.Max(ladder.RankOf(ladder.Step(s.Step).DecisionLevel), ladder.RankOf(s.StepDecidedBy.Level)) + 1;
        var wanted = Math.Min(above, levels.Length - 1);
        if (ladder.RankOf(by.Level) < wanted)
            yield return new Rejection("R-D5", "levelTooLow", new Label(
                $"Steg {s.Step} omprövas minst en nivå över den som beslutat det: av {levels[wanted]} eller högre.",
                $"Step {s.Step} is reviewed at least one level above the one that decided it: by {levels[wanted]} or higher."), Field: "decidedBy.level");
        else if (DecisionMaker.SameFunction(by.Function, s.StepDecidedBy.Function))
            yield return new Rejection("R-D5", "sameDecider", new Label(
                "Den som beslutade om steget omprövar det inte.", "Who decided on the step does not review it."), Field: "decidedBy.function");
        else if (above > wanted && string.IsNullOrWhiteSpace(by.DelegationReference))
            yield return new Rejection("R-D5", "delegationMissing", new Label(
                "Ingen nivå ligger över den som beslutat steget; omprövningen ska hänvisa till en delegation.",
                "No level is above the one that decided the step; the review refers to a delegation."), Field: "decidedBy.delegationReference");
    }

    public static IEnumerable<Rejection> AgainstStep(ReviewDecision decision, EscalationCase s)
    {
        if (decision.Outcome != ReviewOutcome.Changed)
        {
            if (decision.ToStep is not null)
                yield return Rejection.InField("toStep", "onlyWhenChanged",
                    "Ett steg anges bara när omprövningen ändrar steget.", "A step is named only when the review changes it.");
            yield break;
        }
        // Of a closed case nothing moves any more, but what the regions were told of it can be found wrong (R-N4).
        if (!s.IsOpen() && !Notices.IsToBeRetracted(s))
            yield return CaseDecider.Closed() with { Field = "outcome" };
        if (decision.ToStep is not { } toStep)
            yield return new Rejection("R-D5", "toStepMissing", new Label(
                "En omprövning som ändrar steget anger vilket steg ärendet hör till.", "A review that changes the step names the step that the case belongs at."),
                Field: "toStep");
        else if (TransitionRules.AgainstStep(toStep) is { } noStep)
            yield return noStep;
        else if (s.IsOpen() && s.Step == LadderDefinition.HighestStep && toStep < LadderDefinition.FirstNationalStep)
            yield return new Rejection("R-D3", "notBelowThree", new Label(
                "Från steg 5 går vägen tillbaka till 4 eller 3.", "From step 5 the way back leads to 4 or 3."), Field: "toStep");
        else if (toStep >= s.Step)
            yield return new Rejection("R-D5", "toStepNotBelow", new Label(
                $"Steg {toStep} ligger inte under ärendets steg {s.Step}.", $"Step {toStep} is not below the case's step {s.Step}."), Field: "toStep");
    }
}
