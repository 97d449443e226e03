using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.Cases;

/// <param name="ToStep">The step to go back to; more than one step down needs a departure from R-D3.</param>
/// <param name="Evidence">At least one piece of the case's own evidence, such as the return criteria that are met.</param>
/// <param name="Motivation">At least 30 characters.</param>
/// <param name="Trigger"><c>returnCriteriaMet</c>, or <c>reviewChanged</c> with the review as evidence (R-D5).</param>
public sealed record DeEscalationRequest(
    [Between(0, 4)] int ToStep,
    [Items(0, 100)] IReadOnlyList<EvidenceRequest> Evidence,
    [TextLength(1, 4000)] string Motivation,
    DecisionMakerRequest DecidedBy,
    [Items(0, 20)] IReadOnlyList<DepartureRequest>? Departures = null,
    Trigger Trigger = Trigger.ReturnCriteriaMet);

internal static class DeEscalateCase
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id:guid}/de-escalations", Handle)
        .ChangesWhatHasAVersion(Role.Decider)
        .WithName("deEscalateCase")
        .Describe("Trappa ned ärendet / De-escalate the case",
            "Vägen tillbaka: villkoren uppfyllda, planen med avsedd effekt, ingen öppen allvarlig avvikelse (R-D2…R-D4). Under steg 3 upphör ärendet att synas nationellt i samma transaktion. "
            + "The way back: criteria met, plan effective, no serious deviation open (R-D2…R-D4). Below step 3 the case ceases to be visible nationally in the same transaction.")
        .WithRequestExample(Examples.DeEscalationRequest)
        .WithResponseExample(200, Examples.Case);

    private static Task<IResult> Handle(Guid id, DeEscalationRequest body, Commands commands) => commands.OnCaseAsync(id, query =>
    {
        var before = query.Case(id);
        var ofContract = query.DeviationsUnder(ContractKey.OfCase(id));
        return () => new CaseChange(
            new DeEscalate(body.ToStep, TransitionRequests.Basis(body.Trigger, body.Evidence, body.Motivation, body.DecidedBy, body.Departures)),
            (after, _) =>
            {
                if (after.Step == 0)
                    commands.Session.Hold(ofContract.Value!, after.Supplier.Id, before.Value);
            },
            (after, context) => Recurrence.Advise(after, ofContract.Value!.Deviations, context));
    });
}
