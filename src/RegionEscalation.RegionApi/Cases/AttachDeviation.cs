using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.Cases;

public sealed record AttachDeviationRequest(Guid DeviationId);

internal static class AttachDeviation
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id:guid}/deviations", Handle)
        .ChangesWhatHasAVersion(Role.Handler)
        .WithName("attachDeviation")
        .Describe("Koppla en avvikelse till ärendet / Attach a deviation to the case",
            "Det som avgör kopieras till ärendets egen ström; senare bedömningar följer med. What decides is copied into the case's own stream; later assessments follow.")
        .WithRequestExample(new AttachDeviationRequest(Examples.DeviationId))
        .WithResponseExample(200, Examples.Case);

    private static Task<IResult> Handle(Guid id, AttachDeviationRequest body, Commands commands) => commands.OnCaseAsync(id, query =>
    {
        var deviation = query.Deviation(body.DeviationId);
        var ofContract = query.DeviationsUnder(ContractKey.OfCase(id));
        return () => new CaseChange(
            new Domain.Cases.AttachDeviation(deviation.Value),
            (_, now) => commands.Session.Append(deviation.Value, [new DeviationJoinedCase(now, id)]),
            (after, context) => Recurrence.Advise(after, ofContract.Value!.Deviations, context));
    });
}
