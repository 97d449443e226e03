using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.Cases.Records;

/// <param name="Code">The region's code of Statistics Sweden, or a joint board's.</param>
public sealed record InvitedRegionRequest([TextLength(1, 20)] string Code);

/// <param name="Convener">The function that calls the meeting and draws up the minutes.</param>
/// <param name="StartsAt">UTC; in the future.</param>
/// <param name="InvitedRegions">The other regions invited: at least one to a joint regional meeting, none to any other (R-M2).</param>
public sealed record MeetingRequest(
    MeetingKind Kind,
    [TextLength(1, 200)] string Convener,
    DateTimeOffset StartsAt,
    [TextLength(1, 200)] string Place,
    [Items(0, 50)] IReadOnlyList<InvitedRegionRequest>? InvitedRegions = null);

public sealed record AgendaItemRequest([TextLength(1, 500)] string Text);

/// <param name="Number">The contract's number in the region's catalogue.</param>
public sealed record AgendaContractRequest([TextLength(1, 64)] string Number);

/// <param name="Contracts">The contracts that the meeting is about; all of the supplier's in the region for a business meeting (R-M2).</param>
public sealed record AgendaRequest(
    [Items(1, 100)] IReadOnlyList<AgendaItemRequest> Items, [Items(0, 1000)] IReadOnlyList<AgendaContractRequest> Contracts);

/// <param name="Function">A function on either side, never a person's name.</param>
public sealed record ParticipantRequest([TextLength(1, 200)] string Function);

public sealed record HoldingRequest([Items(1, 100)] IReadOnlyList<ParticipantRequest> Participants);

public sealed record MinutesDecisionRequest([TextLength(1, 2000)] string Text);

/// <param name="Reference">The minutes in the region's own records.</param>
/// <param name="Decisions">What was decided, if anything.</param>
public sealed record MinutesRequest(
    [TextLength(1, 4000)] string Summary, [TextLength(1, 200)] string Reference, [Items(0, 100)] IReadOnlyList<MinutesDecisionRequest> Decisions);

public sealed record MeetingCancellationRequest([TextLength(1, 2000)] string Reason);

internal static class Meetings
{
    public static void Map(RouteGroupBuilder cases)
    {
        cases.MapPost("/{id:guid}/meetings", (Guid id, MeetingRequest body, Commands commands, TimeProvider time) =>
                commands.OnCaseAsync(id, () => new PlanMeeting(Guid.CreateVersion7(time.GetUtcNow()), new MeetingContent(body.Kind, body.Convener,
                    Clock.Truncate(body.StartsAt), body.Place, [.. (body.InvitedRegions ?? []).Select(r => r.Code)]), commands.Session.Scope.Region)))
            .ChangesWhatHasAVersion(Role.Handler)
            .WithName("planMeeting")
            .Describe("Planera ett möte / Plan a meeting",
                "Regelbundet möte, affärsmöte, affärsmöte med företagsledningen, regiongemensamt möte eller internt avstämningsmöte. Möten med leverantören kräver en angiven dialogpart på stegets nivå (R-A4). "
                + "A regular, business, executive business, joint regional or internal meeting. Meetings with the supplier need a named dialogue partner at the step's level (R-A4).")
            .WithRequestExample(new MeetingRequest(MeetingKind.Business, "Kategoriledare", Examples.Opened.AddDays(21), "Regionens hus, Kalmar", []))
            .WithResponseExample(200, Examples.Case);
        cases.MapPost("/{id:guid}/meetings/{recordId:guid}/agendas", (Guid id, Guid recordId, AgendaRequest body, Commands commands) =>
                commands.OnCaseAsync(id, query =>
                {
                    var contracts = query.ContractsOfCaseSupplier(id);
                    return () => new CaseChange(new PublishAgenda(recordId,
                        new Agenda([.. body.Items.Select(i => i.Text)], [.. body.Contracts.Select(c => c.Number)]), contracts.Value));
                }))
            .ChangesWhatHasAVersion(Role.Handler)
            .WithName("publishMeetingAgenda")
            .Describe("Publicera mötets dagordning / Publish the agenda of the meeting",
                "Innan mötet börjar (R-M1); en ny ersätter den förra. Ett affärsmöte tar upp alla leverantörens avtal i regionen (R-M2). "
                + "Before the meeting starts (R-M1); a new one replaces it. A business meeting takes up all of the supplier's contracts in the region (R-M2).")
            .WithRequestExample(new AgendaRequest(
                [new AgendaItemRequest("Leveransprecision per avtal"), new AgendaItemRequest("Läget i handlingsplanen")], [new AgendaContractRequest("RK-2025-0142")]))
            .WithResponseExample(200, Examples.Case);
        cases.MapRecordChange<HoldingRequest>("meetings", "holdings", (id, body) => new HoldMeeting(id, [.. body.Participants.Select(p => p.Function)]))
            .WithName("holdMeeting")
            .Describe("Registrera att mötet är hållet / Record that the meeting was held",
                "Kräver en dagordning som publicerats före mötets början (R-M1). Minnesanteckningar ska skickas inom regionens antal arbetsdagar, fem om inget annat är satt. "
                + "Needs an agenda published before the start of the meeting (R-M1). The minutes are due within the region's number of working days, five unless set otherwise.")
            .WithRequestExample(new HoldingRequest([new ParticipantRequest("Kategoriledare"), new ParticipantRequest("Leverantörens försäljningschef")]));
        cases.MapRecordChange<MinutesRequest>("meetings", "minutes", (id, body) =>
                new SendMinutes(id, new Minutes(body.Summary, body.Reference, [.. body.Decisions.Select(d => d.Text)])))
            .WithName("sendMeetingMinutes")
            .Describe("Registrera minnesanteckningar / Record the minutes",
                "Minnesanteckningarna från ett hållet möte är skickade; det gör motsvarande aktivitet utförd. Går även när ärendet är avslutat. "
                + "The minutes of a meeting that was held are sent; that does the activity of that name. Also when the case is closed.")
            .WithRequestExample(new MinutesRequest("Genomgång av samtliga avtal; leverantören redovisade orsakerna till förseningarna.", "26RK1024-11",
                [new MinutesDecisionRequest("Leverantören redovisar leveransprecisionen varje vecka.")]));
        cases.MapRecordChange<MeetingCancellationRequest>("meetings", "cancellations", (id, body) => new CancelMeeting(id, body.Reason))
            .WithName("cancelMeeting")
            .Describe("Ställ in ett möte / Cancel a meeting",
                "Ett möte som inte är hållet ställs in, med skäl. A meeting that has not been held is cancelled, with a reason.")
            .WithRequestExample(new MeetingCancellationRequest("Leverantörens företagsledning har fått förhinder; ett nytt möte planeras."));
    }
}
