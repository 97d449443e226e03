using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Http;
using RegionEscalation.RegionApi.Cases.Records;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.Cases;

/// <param name="ContractNumber">The contract; one open case per supplier and contract (R-G2).</param>
/// <param name="Trigger">What it starts from: <c>singleDeviation</c>, <c>risk</c> or <c>incident</c> at 0, <c>recurringDeviation</c> at 1, <c>seriousDeviation</c> at 4.</param>
/// <param name="Evidence">At least one deviation of the supplier, which is attached to the case; none is needed beside a risk assessment or an incident.</param>
/// <param name="ToStep">The step it opens at.</param>
/// <param name="RiskAssessment">A risk that the case starts from, confirmed with its opening (R-E0).</param>
/// <param name="Incident">An incident that the case starts from (R-E0).</param>
/// <param name="RegistrationNumber">The region's own registration number (diarienummer).</param>
public sealed record OpenCaseRequest(
    [TextLength(1, 64)] string ContractNumber,
    Trigger Trigger,
    [Items(0, 100)] IReadOnlyList<EvidenceRequest> Evidence,
    [TextLength(1, 4000)] string Motivation,
    DecisionMakerRequest DecidedBy,
    [Between(0, 5)] int ToStep = 0,
    [TextLength(1, 60)] string? RegistrationNumber = null,
    [Items(0, 20)] IReadOnlyList<DepartureRequest>? Departures = null,
    RiskAssessmentRequest? RiskAssessment = null,
    IncidentRequest? Incident = null);

/// <param name="OccurredAt">UTC; not in the future.</param>
/// <param name="DiscoveredBy">The function that discovered it.</param>
public sealed record IncidentRequest([TextLength(1, 4000)] string Description, DateTimeOffset OccurredAt, [TextLength(1, 200)] string DiscoveredBy);

internal static class OpenCase
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("", Handle)
        .AllowRoles(Role.Handler)
        .IsCommand()
        .ReturnsETag()
        .WithName("openCase")
        .Describe("Öppna ett ärende / Open a case",
            "På steg 0 (R-E0), eller med rollen decider direkt på 1 vid återkommande avvikelser (R-E1) och på 4 vid en allvarlig avvikelse (R-E4a). "
            + "At step 0 (R-E0), or with the role decider directly at 1 for recurring deviations (R-E1) and at 4 for a serious deviation (R-E4a).")
        .WithRequestExample(Examples.OpenCaseRequest)
        .WithResponseExample(201, Examples.Case);

    // Opening above step 0 is an escalation by another name.
    private static Task<IResult> Handle(OpenCaseRequest body, Commands commands, HttpContext http) =>
        body.ToStep > 0 && !http.Caller().Roles.Contains(Role.Decider) ? Task.FromResult(Problems.Forbidden(http)) : OpenAsync(body, commands, http);

    private static Task<IResult> OpenAsync(OpenCaseRequest body, Commands commands, HttpContext http) => commands.RunAsync(query =>
    {
        var basis = TransitionRequests.Basis(body.Trigger, body.Evidence, body.Motivation, body.DecidedBy, body.Departures);
        var opening = new CaseOpening(query, body.ContractNumber, basis);
        return now =>
        {
            var context = opening.Context(now);
            var decision = CaseDecider.Decide(
                opening.Command(Guid.CreateVersion7(now), body.RegistrationNumber, body.ToStep,
                    body.RiskAssessment is { } r ? new OpeningRisk(Guid.CreateVersion7(now), r.Content()) : null,
                    body.Incident is { } i ? new OpeningIncident(Guid.CreateVersion7(now), new IncidentContent(i.Description, Clock.Truncate(i.OccurredAt), i.DiscoveredBy)) : null),
                null,
                context);
            if (decision.IsRejected)
                return new Outcome.Rejected(decision.Rejections);
            var (opened, events) = opening.Append(commands.Session, decision.Events, context);
            return new Outcome.Accepted(StatusCodes.Status201Created, Link.Absolute(http, Paths.Case(commands.Session.Scope.Region, opened.Id)),
                opened.Version, CaseResponse.From(opened, context, http), events);
        };
    });
}
