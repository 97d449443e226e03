using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;
using RegionEscalation.Domain.Regions;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.Cases.Records;

/// <param name="Kind">The first information, an update of it, all clear once the case has left steps 3–5, or a retraction of what was wrong (R-N4).</param>
public sealed record NoticeRequest(NoticeKind Kind);

/// <param name="SentTo">The supplier's function, never a person's name.</param>
/// <param name="Reference">The letter in the region's own records.</param>
/// <param name="CommentDays">Working days to comment from now on; the region's number, five unless set otherwise, when left out (R-N2).</param>
/// <param name="ShortenedMotivation">Why the supplier has fewer working days than the region's number; at least 30 characters.</param>
public sealed record NoticeNotificationRequest(
    [TextLength(1, 200)] string SentTo,
    [TextLength(1, 200)] string Reference,
    [Between(0, 60)] int? CommentDays = null,
    [TextLength(1, 4000)] string? ShortenedMotivation = null)
{
    internal NoticeNotification Notification() => new(SentTo, Reference, CommentDays, ShortenedMotivation);
}

/// <param name="Reason">Why it cannot wait until the supplier's time to comment has passed; at least 30 characters.</param>
/// <param name="Notification">When the supplier is notified at the same time; left out when it has been already.</param>
public sealed record ProvisionalIssueRequest([TextLength(1, 4000)] string Reason, NoticeNotificationRequest? Notification = null);

/// <param name="Provisional">Left out when the supplier has commented or its time to comment has passed (R-N2).</param>
public sealed record NoticeIssueRequest(DecisionMakerRequest DecidedBy, ProvisionalIssueRequest? Provisional = null);

public sealed record NoticeConfirmationRequest(DecisionMakerRequest DecidedBy);

/// <param name="Recipient">Its key, such as <c>region:13</c>, <c>coordination</c>, <c>nationalOffice</c> or <c>partner:adda</c>.</param>
/// <param name="RegionName">Null for a recipient that is no region.</param>
/// <param name="AcknowledgedAt">UTC; null while it has not acknowledged the notice (R-N6).</param>
/// <param name="AcknowledgedBy">The function that acknowledged it.</param>
/// <param name="Reminded">True when it has not acknowledged the notice although the time to do so has passed (R-N6).</param>
public sealed record NoticeRecipientResponse(string Recipient, string? RegionName, DateTimeOffset? AcknowledgedAt, string? AcknowledgedBy, bool Reminded);

/// <param name="Number">Its place among the case's issued notices, from 1.</param>
/// <param name="At">UTC.</param>
/// <param name="RemindAt">The instant from which a recipient that has not acknowledged is reminded, UTC (R-N6).</param>
/// <param name="ExpiresAt">UTC (R-N7).</param>
/// <param name="Statements">The ids of the supplier's statements attached (R-N3).</param>
/// <param name="Provisional">Why it was issued before the supplier's time to comment had passed, and by when it is confirmed or updated; null otherwise (R-N2).</param>
public sealed record NoticeIssueResponse(
    int Number, DateTimeOffset At, DateTimeOffset RemindAt, DateTimeOffset ExpiresAt, IReadOnlyList<Guid> Statements, Provisional? Provisional, DecisionMaker DecidedBy);

/// <param name="Payload">What the supplier and the regions are told, letter for letter: the T0 fields and nothing else (R-N5).</param>
/// <param name="Notification">How the supplier was notified of it; null while it is not.</param>
/// <param name="NotifiedAt">UTC.</param>
/// <param name="CommentUntil">End of the supplier's time to comment, UTC; null before it is notified, and where nothing is to be commented on.</param>
/// <param name="Issue">Null while it is not issued.</param>
/// <param name="ConfirmedAt">When a provisional notice was confirmed, UTC.</param>
/// <param name="Recipients">Whom it was issued to, and who has acknowledged it; empty while it is not issued.</param>
/// <param name="RecordedAt">When it was prepared, UTC.</param>
public sealed record NoticeResponse(
    Guid Id,
    NoticeKind Kind,
    NoticeState State,
    NoticePayload Payload,
    NoticeNotification? Notification,
    DateTimeOffset? NotifiedAt,
    DateTimeOffset? CommentUntil,
    NoticeIssueResponse? Issue,
    DateTimeOffset? ConfirmedAt,
    IReadOnlyList<NoticeRecipientResponse> Recipients,
    DateTimeOffset RecordedAt)
{
    internal static NoticeResponse From(Notice n, IReadOnlyList<NoticeAcknowledgement> acknowledgements, DateTimeOffset now) => new(
        n.Id, n.Kind, n.State, n.Payload, n.Notification, n.NotifiedAt, n.CommentUntil,
        n.Issue is { } i ? new NoticeIssueResponse(i.Number, i.At, i.RemindAt, i.ExpiresAt, i.Statements, i.Provisional, i.DecidedBy) : null,
        n.ConfirmedAt,
        [
            .. from recipient in n.Issue?.Recipients ?? []
               let acknowledged = acknowledgements.FirstOrDefault(a => a.NoticeId == n.Id && a.Recipient == recipient)
               select new NoticeRecipientResponse(recipient, RegionNameOf(recipient), acknowledged?.At, acknowledged?.By, acknowledged is null && n.IsCurrent() && n.Issue!.RemindAt <= now),
        ],
        n.RecordedAt);

    private static string? RegionNameOf(string recipient) =>
        NationalReader.Parse(recipient) is { Kind: ReaderKind.Region, Code: var code } ? Region.Find(code)!.Name : null;
}

/// <param name="Notices">Newest first.</param>
public sealed record NoticesResponse(IReadOnlyList<NoticeResponse> Notices);

/// <summary>Information till Sveriges Regioner (R-N1…R-N7).</summary>
internal static class Notices
{
    private const string Resource = "notices";

    private const string CommentTimeIsAProposal =
        "att leverantören har en tid att yttra sig är projektets juridiska förslag och inte LfU:s text";

    private const string CommentTimeIsAProposalInEnglish =
        "that the supplier has a time to comment is this project's legal proposal and not LfU's text";

    public static void Map(RouteGroupBuilder cases)
    {
        var decidedBy = new DecisionMakerRequest("Inköpschef", "headOfPurchasing", "Delegationsordning 2026, punkt 4.6");
        cases.MapGet($"/{{id:guid}}/{Resource}", List)
            .AllowRoles(Role.Reader)
            .ReturnsETag()
            .WithName("listNotices")
            .Describe("Hämta ärendets information till Sveriges Regioner / Get the case's notices to Sweden's regions",
                "Alla, nyast först, med exakt innehåll, vad leverantören har underrättats om, mottagare och kvittenser (R-N6). "
                + "All of them, newest first, with the exact content, what the supplier was notified of, recipients and acknowledgements (R-N6).")
            .WithResponseExample(200, new NoticesResponse([Example]));
        cases.MapGet($"/{{id:guid}}/{Resource}/{{recordId:guid}}", Get)
            .AllowRoles(Role.Reader)
            .ReturnsETag()
            .WithName("getNotice")
            .Describe("Hämta en information till Sveriges Regioner / Get a notice to Sweden's regions",
                "Med exakt innehåll, mottagare och kvittenser (R-N6). With the exact content, recipients and acknowledgements (R-N6).")
            .WithResponseExample(200, Example);
        cases.MapRecord<NoticeRequest>(Resource, (id, body) => new PrepareNotice(id, body.Kind))
            .WithName("prepareNotice")
            .Describe("Förbered information till Sveriges Regioner / Prepare a notice to Sweden's regions",
                "Innehållet är T0-fälten som de står nu, och ingenting annat (R-N5). En ny information ersätter en förberedd som inte är lämnad. Faran över och rättelse förbereds även när ärendet är avslutat (R-N4). "
                + "The content is the T0 fields as they stand now, and nothing else (R-N5). It replaces one that is prepared and not issued. All clear and retraction are prepared also when the case is closed (R-N4).")
            .WithRequestExample(new NoticeRequest(NoticeKind.Initial));
        cases.MapRecordChange<NoticeNotificationRequest>(Resource, "supplier-notifications", (id, body) => new NotifySupplierOfNotice(id, body.Notification()))
            .WithName("notifySupplierOfNotice")
            .Describe("Underrätta leverantören om informationen / Notify the supplier of the notice",
                $"Leverantören har fått veta exakt det som regionerna får veta; dess tid att yttra sig löper från nu (R-N2). Kortare tid än regionens antal arbetsdagar kräver en motivering; {CommentTimeIsAProposal}. "
                + $"The supplier was told exactly what the regions are told; its time to comment runs from now on (R-N2). A shorter time than the region's number of working days needs a motivation; {CommentTimeIsAProposalInEnglish}.")
            .WithRequestExample(new NoticeNotificationRequest("Företagsledning", "26RK1024-14"));
        cases.MapPost($"/{{id:guid}}/{Resource}/{{recordId:guid}}/issues", (Guid id, Guid recordId, NoticeIssueRequest body, Commands commands) =>
                commands.OnCaseAsync(id, query =>
                {
                    var readBy = query.ReadersOf(id);
                    return () => new CaseChange(new IssueNotice(recordId, body.DecidedBy.Decider(),
                        body.Provisional is { } p ? new ProvisionalIssue(p.Reason, p.Notification?.Notification()) : null, commands.Session.Scope.Region, readBy.Value));
                }))
            .ChangesWhatHasAVersion(Role.Decider)
            .WithName("issueNotice")
            .Describe("Lämna informationen till Sveriges Regioner / Issue the notice to Sweden's regions",
                $"När leverantören har yttrat sig eller dess tid har gått ut (R-N2, R-N3); {CommentTimeIsAProposal}. Från steg 4 kan den lämnas preliminärt när patienter eller försörjningen är i fara; den upphör om den inte bekräftas eller uppdateras i tid. "
                + "Den går till alla andra regioner, den nationella samordningsgruppen och kansliet, och till alla som fått eller läst en tidigare (R-N4). "
                + $"When the supplier has commented or its time has passed (R-N2, R-N3); {CommentTimeIsAProposalInEnglish}. From step 4 it can be issued provisionally where patients or the supply are at risk; it expires unless it is confirmed or updated in time. "
                + "It goes to every other region, the national coordination group and the office, and to everybody that received or read an earlier one (R-N4).")
            .WithRequestExample(new NoticeIssueRequest(decidedBy, new ProvisionalIssueRequest(
                "Patienter riskerar att bli utan vätskor; de andra regionerna behöver veta det i dag.", new NoticeNotificationRequest("Företagsledning", "26RK1024-14"))))
            .WithResponseExample(200, Examples.Case);
        cases.MapRecordChange<NoticeConfirmationRequest>(Resource, "confirmations", (id, body) => new ConfirmNotice(id, body.DecidedBy.Decider()), Role.Decider)
            .WithName("confirmNotice")
            .Describe("Bekräfta en preliminär information / Confirm a provisional notice",
                $"När leverantören har yttrat sig eller dess tid har gått ut, och informationen står sig (R-N2); {CommentTimeIsAProposal}. "
                + $"When the supplier has commented or its time has passed, and the notice stands (R-N2); {CommentTimeIsAProposalInEnglish}.")
            .WithRequestExample(new NoticeConfirmationRequest(decidedBy));
    }

    private static async Task<IResult> List(Guid id, RegionSession session, HttpContext http, TimeProvider time) =>
        await FetchAsync(id, session, http) is var (found, acknowledgements)
            ? Results.Ok(new NoticesResponse([.. found.Of<Notice>().Reverse().Select(n => NoticeResponse.From(n, acknowledgements, time.Now()))]))
            : Problems.NotFound(http);

    private static async Task<IResult> Get(Guid id, Guid recordId, RegionSession session, HttpContext http, TimeProvider time) =>
        await FetchAsync(id, session, http) is var (found, acknowledgements) && found.Find<Notice>(recordId) is { } notice
            ? Results.Ok(NoticeResponse.From(notice, acknowledgements, time.Now()))
            : Problems.NotFound(http);

    private static async Task<(EscalationCase Case, IReadOnlyList<NoticeAcknowledgement> Acknowledgements)?> FetchAsync(Guid id, RegionSession session, HttpContext http)
    {
        var query = session.CreateBatchQuery();
        var found = query.Case(id);
        var acknowledgements = query.AcknowledgementsOf(id);
        await query.ExecuteAsync(http.RequestAborted);
        if (found.Value is not { } escalationCase)
            return null;
        http.SetETag(escalationCase.Version);
        return (escalationCase, acknowledgements.Value);
    }

    private static NoticeResponse Example { get; } = NoticeResponse.From(
        new Notice(
            NoticeKind.Initial,
            new NoticePayload(Examples.State.Supplier.Id, Examples.State.Supplier.OrganisationNumber, Examples.State.Supplier.Name, Examples.State.Contract.Category,
                Examples.State.LadderVersion, 3, Examples.Opened.AddDays(10), Trigger.PlanWithoutEffect, Block: null, Disputed: false, SupplierStatementAttached: true,
                Examples.State.Contract.OwnerAddress),
            NoticeState.Issued,
            new NoticeNotification("Företagsledning", "26RK1024-14", null, null),
            Examples.Opened.AddDays(11),
            Examples.Opened.AddDays(18),
            new NoticeIssue(1, Examples.Opened.AddDays(13), Examples.Opened.AddDays(16), Examples.Opened.AddYears(3), ["coordination", "region:13"],
                [Guid.Parse("019cadb4-2f20-7000-8000-000000000013")], null, Examples.DecidedBy.Decider()),
            ConfirmedAt: null)
        {
            Id = Guid.Parse("019cadb4-2f20-7000-8000-000000000012"),
            RecordedAt = Examples.Opened.AddDays(11),
        },
        [new NoticeAcknowledgement(Guid.Parse("019cadb4-2f20-7000-8000-000000000012"), "region:13", Examples.Opened.AddDays(14), "Inköpschef")],
        Examples.Opened.AddDays(14));
}
