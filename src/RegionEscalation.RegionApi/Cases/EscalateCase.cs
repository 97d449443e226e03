using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Cases;

/// <param name="ToStep">The step to enter; the trigger leads to the lowest step above the current one (R-E11).</param>
/// <param name="Evidence">At least one piece of the case's own evidence; an evaluation or deviation triggers one transition only (R-E8).</param>
/// <param name="Motivation">At least 30 characters.</param>
/// <param name="Termination">What the end of the business rests on; for step 5, and for no other (R-E5).</param>
/// <param name="Departures">Rules departed from in this single case, such as R-E7 for outstanding activities.</param>
public sealed record EscalationRequest(
    [Between(1, 5)] int ToStep,
    Trigger Trigger,
    [Items(0, 100)] IReadOnlyList<EvidenceRequest> Evidence,
    [TextLength(1, 4000)] string Motivation,
    DecisionMakerRequest DecidedBy,
    [Items(0, 20)] IReadOnlyList<DepartureRequest>? Departures = null,
    TerminationGroundRequest? Termination = null);

/// <param name="Kind">A clause of the contract, or LOU 17:17.</param>
/// <param name="ClauseReference">Where in the contract the clause stands; needed for a clause.</param>
/// <param name="SecondApprover">Another function than the one that decides.</param>
/// <param name="Immediate">True when it allows ending at once, which is what leads to step 5 from below 4.</param>
/// <param name="Deferral">Why the supplier is heard only afterwards.</param>
public sealed record TerminationGroundRequest(
    TerminationGroundKind Kind,
    DecisionMakerRequest SecondApprover,
    [TextLength(1, 100)] string? ClauseReference = null,
    bool Immediate = false,
    HearingDeferralRequest? Deferral = null)
{
    internal TerminationGround Ground() => new(Kind, Kind == TerminationGroundKind.Lou1717 ? null : ClauseReference, Immediate,
        Deferral is { } d ? new HearingDeferral(d.Reason, d.Motivation) : null, SecondApprover.Decider());
}

/// <param name="Motivation">At least 30 characters.</param>
public sealed record HearingDeferralRequest(DeferralReason Reason, [TextLength(1, 4000)] string Motivation);

internal static class EscalateCase
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id:guid}/escalations", Handle)
        .ChangesWhatHasAVersion(Role.Decider)
        .WithName("escalateCase")
        .Describe("Eskalera ärendet / Escalate the case",
            "Ett steg i taget, utom vid en allvarlig avvikelse eller ett återfall (R-E1…R-E11, R-D6); till steg 5 med grunden för avslut (R-E5). Från steg 3 syns ärendet nationellt i samma transaktion. "
            + "One step at a time, except for a serious deviation or a relapse (R-E1…R-E11, R-D6); to step 5 with the ground for termination (R-E5). From step 3 the case is visible nationally in the same transaction.")
        .WithRequestExample(Examples.EscalationRequest)
        .WithResponseExample(200, Examples.Case);

    private static Task<IResult> Handle(Guid id, EscalationRequest body, Commands commands) => commands.OnCaseAsync(id, query =>
    {
        // The clause that a termination rests on must stand in the contract; nothing else asks for it.
        var contract = body.Termination is null ? null : query.ContractOfCase(id);
        return () => new CaseChange(new Escalate(
            body.ToStep, TransitionRequests.Basis(body.Trigger, body.Evidence, body.Motivation, body.DecidedBy, body.Departures), body.Termination?.Ground(), contract?.Value));
    });
}
