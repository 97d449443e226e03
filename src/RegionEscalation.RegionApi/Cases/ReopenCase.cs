using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.Cases;

/// <param name="ToStep">The step that the new trigger leads to; for a relapse any up to the one left (R-D6).</param>
/// <param name="Evidence">At least one deviation that is not attached to any case yet; every such deviation named is attached.</param>
/// <param name="Motivation">At least 30 characters.</param>
/// <param name="Departures">R-Z5 for a case closed longer ago than the region's months.</param>
public sealed record ReopeningRequest(
    [Between(0, 4)] int ToStep,
    Trigger Trigger,
    [Items(0, 100)] IReadOnlyList<EvidenceRequest> Evidence,
    [TextLength(1, 4000)] string Motivation,
    DecisionMakerRequest DecidedBy,
    [Items(0, 20)] IReadOnlyList<DepartureRequest>? Departures = null);

internal static class ReopenCase
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id:guid}/reopenings", Handle)
        .ChangesWhatHasAVersion(Role.Decider)
        .WithName("reopenCase")
        .Describe("Återöppna ett avslutat ärende / Reopen a closed case",
            "Inom tolv månader, av något nytt och på det steg som det leder till (R-Z5); vid återfall på det steg som lämnats (R-D6). "
            + "Within twelve months, by something new and at the step it leads to (R-Z5); after a relapse at the step left (R-D6).")
        .WithRequestExample(new ReopeningRequest(0, Trigger.SingleDeviation, [new EvidenceRequest(EvidenceKind.Deviation, Examples.DeviationId)],
            "Samma brist har visat sig igen två månader efter att ärendet avslutades.", Examples.DecidedBy))
        .WithResponseExample(200, Examples.Case);

    private static Task<IResult> Handle(Guid id, ReopeningRequest body, Commands commands) => commands.OnCaseAsync(id, query =>
    {
        var basis = TransitionRequests.Basis(body.Trigger, body.Evidence, body.Motivation, body.DecidedBy, body.Departures);
        var deviations = query.Deviations(basis.Evidence.Where(e => e is { Kind: EvidenceKind.Deviation, Id: not null }).Select(e => e.Id!.Value).Distinct());
        var own = query.DeviationsOf(id);
        var other = query.OpenCaseBeside(id);
        var ofContract = query.DeviationsUnder(ContractKey.OfCase(id));
        return () => new CaseChange(
            new Domain.Cases.ReopenCase(body.ToStep, [.. deviations.Value.UnionBy(own.Value, d => d.Id)], basis, other.Value?.Id),
            (reopened, now) =>
            {
                foreach (var deviation in deviations.Value.Where(d => d.CaseId is null))
                    commands.Session.Append(deviation, [new DeviationJoinedCase(now, reopened.Id)]);
                // At every step: what the catalogue says of the contract from here on is to reach the case.
                commands.Session.Hold(ofContract.Value!, reopened.Supplier.Id, openCase: null);
            },
            (reopened, context) => Recurrence.Advise(reopened, ofContract.Value!.Deviations, context));
    });
}
