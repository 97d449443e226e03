using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Cases;

/// <param name="Evidence">At least one piece of the case's own evidence.</param>
/// <param name="Motivation">At least 30 characters.</param>
/// <param name="RootCause">What lay behind it; required when resolved (R-Z1).</param>
/// <param name="LessonsLearned">Whether there are lessons to be learned; required when resolved (R-Z1).</param>
/// <param name="RetentionClass">The class in the region's records schedule (dokumenthanteringsplan); required when terminated (R-Z2).</param>
/// <param name="MergeInto">The open case about the same supplier that it goes on as; required when merged (R-Z4).</param>
/// <param name="TransferTo">The body that takes it over; required when transferred (R-Z4).</param>
/// <param name="Departures">R-Z2 for doing without a file under LOU 13:3.</param>
public sealed record ClosureRequest(
    CaseOutcome Outcome,
    [Items(0, 100)] IReadOnlyList<EvidenceRequest> Evidence,
    [TextLength(1, 4000)] string Motivation,
    DecisionMakerRequest DecidedBy,
    [TextLength(1, 4000)] string? RootCause = null,
    bool? LessonsLearned = null,
    [TextLength(1, 200)] string? RetentionClass = null,
    Guid? MergeInto = null,
    TransferRequest? TransferTo = null,
    [Items(0, 20)] IReadOnlyList<DepartureRequest>? Departures = null);

/// <param name="Region">The code of the region or joint board.</param>
/// <param name="AcceptanceReference">Its acceptance, in the region's own records.</param>
/// <param name="DisclosureReference">The decision to disclose, in the region's own records.</param>
public sealed record TransferRequest([TextLength(1, 20)] string Region, [TextLength(1, 200)] string AcceptanceReference, [TextLength(1, 200)] string DisclosureReference);

internal static class CloseCase
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id:guid}/closures", Handle)
        .ChangesWhatHasAVersion(Role.Decider)
        .WithName("closeCase")
        .Describe("Avsluta ärendet / Close the case",
            "Som löst (R-Z1), avslutat samarbete (R-Z2), ogrundat (R-Z3), sammanfört eller överlämnat (R-Z4). Ett sammanfört eller överlämnat ärende går fortfarande att läsa. "
            + "As resolved (R-Z1), terminated (R-Z2), unfounded (R-Z3), merged or transferred (R-Z4). A merged or transferred case can still be read.")
        .WithRequestExample(Examples.ClosureRequest)
        .WithResponseExample(200, Examples.Case);

    private static Task<IResult> Handle(Guid id, ClosureRequest body, Commands commands) => commands.OnCaseAsync(id, query =>
    {
        var merging = body is { Outcome: CaseOutcome.Merged, MergeInto: not null };
        var target = merging ? query.Case(body.MergeInto!.Value) : null;
        var deviations = merging ? query.DeviationsOf(id) : null;
        var settings = query.LadderSettings();
        return () => new CaseChange(
            new Domain.Cases.CloseCase(
                body.Outcome, TransitionRequests.Basis(Closing.TriggerOf(body.Outcome), body.Evidence, body.Motivation, body.DecidedBy, body.Departures),
                body.RootCause, body.LessonsLearned, body.RetentionClass, target?.Value,
                // Its own region is nobody to hand the case over to.
                body.TransferTo is { } to ? new CaseTransfer(to.Region == commands.Session.Scope.Region ? "" : to.Region, to.AcceptanceReference, to.DisclosureReference) : null),
            (closed, now) =>
            {
                if (target?.Value is not { } other)
                    return;
                commands.Session.Append(other, CaseDecider.Decide(new AbsorbCase(closed), other, Commands.ContextOf(other, settings, now)).Events);
                foreach (var deviation in deviations!.Value)
                    commands.Session.Append(deviation, [new DeviationJoinedCase(now, other.Id)]);
            });
    });
}
