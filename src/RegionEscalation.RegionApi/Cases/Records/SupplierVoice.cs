using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.Cases.Records;

/// <param name="Subject">What the supplier is asked to comment on.</param>
/// <param name="SentTo">The supplier's function, never a person's name.</param>
/// <param name="Reference">The request in the region's own records.</param>
/// <param name="SentAt">UTC; not in the future, and not before the case was opened (R-A2).</param>
/// <param name="Deadline">Last day to comment, Swedish calendar date.</param>
/// <param name="ShortenedMotivation">Why the supplier has fewer working days than the region's number, five unless set otherwise; at least 30 characters.</param>
public sealed record HearingRequest(
    [TextLength(1, 2000)] string Subject,
    [TextLength(1, 200)] string SentTo,
    [TextLength(1, 200)] string Reference,
    DateTimeOffset SentAt,
    DateOnly Deadline,
    [TextLength(1, 4000)] string? ShortenedMotivation = null);

/// <param name="Text">The supplier's own words.</param>
/// <param name="SubmittedBy">The supplier's function, never a person's name.</param>
/// <param name="ReceivedAt">UTC; not in the future.</param>
/// <param name="CommentRequestId">The request to comment that it answers, where there is one.</param>
/// <param name="Reference">The statement in the region's own records.</param>
/// <param name="SecrecyClaim">What the supplier asks to be kept secret, and why.</param>
/// <param name="NoticeId">The notice to Sweden's regions that it comments on, where there is one; it ends the supplier's time to comment (R-N2, R-N3).</param>
public sealed record StatementRequest(
    [TextLength(1, 20000)] string Text,
    [TextLength(1, 200)] string SubmittedBy,
    DateTimeOffset ReceivedAt,
    Guid? CommentRequestId = null,
    [TextLength(1, 200)] string? Reference = null,
    [TextLength(1, 4000)] string? SecrecyClaim = null,
    Guid? NoticeId = null);

/// <param name="Contested">What the supplier contests.</param>
/// <param name="Grounds">Why, in the supplier's own words.</param>
/// <param name="RequestedBy">The supplier's function, never a person's name.</param>
/// <param name="RequestedAt">When the region received it, UTC; not in the future, and not before the case was opened.</param>
public sealed record ReviewRequest(
    [TextLength(1, 2000)] string Contested, [TextLength(1, 20000)] string Grounds, [TextLength(1, 200)] string RequestedBy, DateTimeOffset RequestedAt);

/// <param name="Motivation">At least 30 characters.</param>
/// <param name="DecidedBy">At least one level above the one that decides on the current step; at the highest level with a delegation to refer to.</param>
/// <param name="ToStep">The step below the current one that the case belongs at; when changed only.</param>
public sealed record ReviewDecisionRequest(
    ReviewOutcome Outcome, [TextLength(1, 4000)] string Motivation, DecisionMakerRequest DecidedBy, [Between(0, 5)] int? ToStep = null);

internal static class SupplierVoice
{
    public static void Map(RouteGroupBuilder cases)
    {
        cases.MapRecord<HearingRequest>("comment-requests", (id, body) => new AskToComment(id, new CommentRequestContent(
                body.Subject, body.SentTo, body.Reference, Clock.Truncate(body.SentAt), body.Deadline, body.ShortenedMotivation)))
            .WithName("askSupplierToComment")
            .Describe("Be leverantören yttra sig / Ask the supplier to comment",
                "Leverantören får tillfälle att yttra sig; krävs före ett avslut (R-E5). Kortare tid än regionens antal arbetsdagar kräver en motivering; att tiden finns är projektets juridiska förslag och inte LfU:s text. "
                + "The supplier is given the opportunity to comment; needed before the business ends (R-E5). A shorter time than the region's number of working days needs a motivation; that there is such a time is this project's legal proposal and not LfU's text.")
            .WithRequestExample(new HearingRequest("Avslut av avtal RK-2025-0142", "Företagsledning", "26RK1024-15", Examples.Opened.AddDays(7), new DateOnly(2026, 3, 20)));
        cases.MapRecord<StatementRequest>("supplier-statements", (id, body) => new ReceiveStatement(id, new StatementContent(
                body.Text, body.SubmittedBy, Clock.Truncate(body.ReceivedAt), body.CommentRequestId, body.Reference, body.SecrecyClaim, body.NoticeId)))
            .WithName("receiveSupplierStatement")
            .Describe("Registrera leverantörens yttrande / Record the supplier's statement",
                "Tas alltid emot: på varje steg, begärt eller inte, och även när ärendet är avslutat. Ett yttrande över information till Sveriges Regioner avslutar tiden för det (R-N3); att tiden finns är projektets juridiska förslag och inte LfU:s text. "
                + "Always received: at every step, asked for or not, and also when the case is closed. A statement on a notice to Sweden's regions ends the time for it (R-N3); that there is such a time is this project's legal proposal and not LfU's text.")
            .WithRequestExample(new StatementRequest("Förseningarna beror på en brand i vårt centrallager; leveranserna är normala från vecka 14.", "Försäljningschef",
                Examples.Opened.AddDays(10), Reference: "26RK1024-17"));
        cases.MapRecord<ReviewRequest>("reviews", (id, body) => new RequestReview(id, new ReviewContent(
                body.Contested, body.Grounds, body.RequestedBy, Clock.Truncate(body.RequestedAt))))
            .WithName("requestReview")
            .Describe("Registrera en begäran om omprövning / Record a request for review",
                "Leverantören vill få sitt steg omprövat (R-D5). Ärendet är omtvistat tills begäran är besvarad, men steget gäller. "
                + "The supplier wants its step reviewed (R-D5). The case is disputed until the request is answered, but the step stands.")
            .WithRequestExample(new ReviewRequest("Att ärendet står på steg 1", "Två av avvikelserna berodde på felaktiga beställningar från regionen.", "Försäljningschef",
                Examples.Opened.AddDays(12)));
        cases.MapRecordChange<ReviewDecisionRequest>("reviews", "decisions", (id, body) => new DecideReview(id, new ReviewDecision(
                body.Outcome, body.Motivation, body.ToStep, body.DecidedBy.Decider())), Role.Decider)
            .WithName("decideReview")
            .Describe("Besvara en begäran om omprövning / Answer a request for review",
                "Beslutas minst en nivå över den som beslutat steget (R-D5). Ett ändrat steg tar ärendet dit först när det deeskaleras med omprövningen som underlag. "
                + "Decided at least one level above the one that decided the step (R-D5). A changed step takes the case there only when it is de-escalated with the review as evidence.")
            .WithRequestExample(new ReviewDecisionRequest(ReviewOutcome.Upheld, "Avvikelserna är leverantörens även om två beställningar räknas bort.",
                new DecisionMakerRequest("Inköpschef", "headOfPurchasing", "RD 2025:14")));
    }
}
