using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.Cases;

/// <param name="Departable">True when the rule may be departed from in this single case with a motivation.</param>
/// <param name="Href">What would meet the rule.</param>
public sealed record UnmetResponse(string Code, string Reason, Text Message, bool Departable, string? Href);

/// <param name="Rule">The rule that guards it.</param>
/// <param name="Allowed">True when nothing stands against it but what the command itself must state (R-G7).</param>
/// <param name="DecisionLevel">The decision level that belongs to it in the ladder.</param>
/// <param name="SuggestedEvidence">What the case holds that supports it best.</param>
/// <param name="Advised">True when the contract's deviations are found to recur (R-E1). Advice only: it needs its decision and its evidence like any other (R-E9).</param>
public sealed record TransitionResponse(
    TransitionKind Kind,
    int? ToStep,
    CaseOutcome? Outcome,
    Trigger Trigger,
    string Rule,
    bool Allowed,
    IReadOnlyList<UnmetResponse> Unmet,
    string DecisionLevel,
    IReadOnlyList<EvidenceReference> SuggestedEvidence,
    bool Advised,
    string Href);

/// <param name="Step">Where the case stands.</param>
public sealed record TransitionsResponse(int Step, CaseState State, IReadOnlyList<TransitionResponse> Transitions);

/// <summary>What is possible now and what is missing, by the same code that decides.</summary>
internal static class CaseTransitions
{
    public static void Map(RouteGroupBuilder cases) => cases.MapGet("/{id:guid}/transitions", Handle)
        .AllowRoles(Role.Reader)
        .ReturnsETag()
        .WithName("getCaseTransitions")
        .Describe("Visa möjliga förflyttningar / Show the possible transitions",
            "Varje steg och avslut med det som ännu saknas, avgjort av samma kod som besluten. Every step and closure with what is still missing, judged by the same code as the decisions.")
        .WithResponseExample(200, Examples.Transitions);

    private static async Task<IResult> Handle(Guid id, RegionSession session, HttpContext http, TimeProvider time)
    {
        var query = session.CreateBatchQuery();
        var found = query.Case(id);
        var settings = query.LadderSettings();
        await query.ExecuteAsync(http.RequestAborted);
        if (found.Value is not { } escalationCase)
            return Problems.NotFound(http);
        http.SetETag(escalationCase.Version);
        return Results.Ok(From(escalationCase, Commands.ContextOf(escalationCase, settings, time.Now()), session.Scope.Region, path => Link.Absolute(http, path)));
    }

    internal static TransitionsResponse From(EscalationCase c, CaseContext context, string region, Func<string, string> absolute) => new(
        c.Step,
        c.State,
        [
            .. PossibleTransitions.From(c, context).Select(t => new TransitionResponse(
                t.Kind, t.ToStep, t.Outcome, t.Trigger, t.Rule, t.IsAllowed,
                [
                    .. t.Unmet.Select(r => new UnmetResponse(r.Code, r.Reason, Rejections.TextOf(r.Message), r.Departable,
                        r.MetBy is { } resource ? absolute(Paths.Case(region, c.Id, resource)) : null)),
                ],
                t.DecisionLevel, t.SuggestedEvidence, t.IsAdvised,
                absolute(Paths.Case(region, c.Id, t.Kind switch
                {
                    TransitionKind.Escalation => "escalations",
                    TransitionKind.DeEscalation => "de-escalations",
                    _ => "closures",
                })))),
        ]);
}
