using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Cases;

/// <param name="Who">The function or company that carries it out.</param>
/// <param name="Due">Swedish calendar date.</param>
public sealed record MeasureRequest([TextLength(1, 2000)] string What, [TextLength(1, 200)] string Who, DateOnly Due);

/// <param name="ExpectedEffect">What is to be seen when the plan works, so that it can be measured.</param>
/// <param name="EvaluationDate">Swedish calendar date, not in the past.</param>
/// <param name="AuthoredBy">Who wrote the plan, the region's function or the supplier.</param>
public sealed record ActionPlanRequest(
    [Items(1, 100)] IReadOnlyList<MeasureRequest> Measures,
    [TextLength(1, 2000)] string ExpectedEffect,
    DateOnly EvaluationDate,
    [TextLength(1, 200)] string AuthoredBy)
{
    internal PlanContent Content() => new([.. Measures.Select(m => new PlanMeasure(m.What, m.Who, m.Due))], ExpectedEffect, EvaluationDate, AuthoredBy);
}

/// <param name="Agreement"><c>agreed</c> with the supplier, or <c>imposed</c> by the region without its consent.</param>
public sealed record AgreementRequest(Agreement Agreement, [TextLength(1, 200)] string AgreedBy);

/// <param name="Motivation">What the outcome rests on.</param>
/// <param name="EvaluatedBy">The function that evaluates.</param>
/// <param name="OperationsConfirmation">What the operations concerned (verksamheten) say of the effect.</param>
/// <param name="EarlyMotivation">Why the plan is evaluated before its evaluation date; at least 30 characters.</param>
public sealed record EvaluationRequest(
    PlanOutcome Outcome,
    [TextLength(1, 4000)] string Motivation,
    [TextLength(1, 200)] string EvaluatedBy,
    [TextLength(1, 4000)] string? OperationsConfirmation = null,
    [TextLength(1, 4000)] string? EarlyMotivation = null);

public enum MeasureOutcome
{
    /// <summary>Who was to carry it out says that it is done.</summary>
    ReportedDone,

    /// <summary>The region has seen that it is.</summary>
    Verified,
}

/// <param name="Measure">Its place in the plan's latest revision, from 1.</param>
/// <param name="Text">What was done, or how it was verified.</param>
/// <param name="By">The function, or company, that reports or verifies.</param>
public sealed record MeasureProgressRequest(
    [Between(1, 100)] int Measure, MeasureOutcome Outcome, [TextLength(1, 4000)] string Text, [TextLength(1, 200)] string By)
{
    internal CaseCommand On(Guid planId) => Outcome == MeasureOutcome.Verified
        ? new VerifyMeasure(planId, Measure, Text, By)
        : new ReportMeasure(planId, Measure, Text, By);
}

/// <summary>The case's action plan (handlingsplan) and its revisions.</summary>
internal static class ActionPlans
{
    public static void Map(RouteGroupBuilder cases)
    {
        var plans = cases.MapGroup("/{id:guid}/action-plans");
        Command(plans.MapPost("", (Guid id, ActionPlanRequest body, Commands commands, TimeProvider time) =>
                commands.OnCaseAsync(id, () => new EstablishActionPlan(Guid.CreateVersion7(time.GetUtcNow()), body.Content()))))
            .WithName("establishActionPlan")
            .Describe("Upprätta en handlingsplan / Establish an action plan",
                "Åtgärder, avsedd effekt och utvärderingsdatum; den gäller när den är överenskommen eller beslutad. Measures, intended effect and evaluation date; it is in force once agreed or imposed.")
            .WithRequestExample(Examples.ActionPlanRequest);
        Command(plans.MapPost("/{planId:guid}/revisions", (Guid id, Guid planId, ActionPlanRequest body, Commands commands) =>
                commands.OnCaseAsync(id, () => new ReviseActionPlan(planId, body.Content()))))
            .WithName("reviseActionPlan")
            .Describe("Revidera handlingsplanen / Revise the action plan",
                "En ny revision ersätter den föregående och ska överenskommas och utvärderas för sig. A new revision replaces the previous one and is agreed and evaluated on its own.")
            .WithRequestExample(Examples.ActionPlanRequest);
        Command(plans.MapPost("/{planId:guid}/agreements", (Guid id, Guid planId, AgreementRequest body, Commands commands) =>
                commands.OnCaseAsync(id, () => new AgreeActionPlan(planId, body.Agreement, body.AgreedBy))))
            .WithName("agreeActionPlan")
            .Describe("Överenskom eller besluta planen / Agree or impose the plan",
                "Gäller den senaste revisionen. Concerns the latest revision.")
            .WithRequestExample(new AgreementRequest(Agreement.Agreed, "Avtalsansvarig och leverantörens kontaktperson"));
        Command(plans.MapPost("/{planId:guid}/measures", (Guid id, Guid planId, MeasureProgressRequest body, Commands commands) =>
                commands.OnCaseAsync(id, () => body.On(planId))))
            .WithName("recordMeasure")
            .Describe("Rapportera eller verifiera en åtgärd / Report or verify a measure",
                "En åtgärd i den senaste revisionen är genomförd, eller verifierad därefter. A measure of the latest revision is done, or verified after that.")
            .WithRequestExample(new MeasureProgressRequest(1, MeasureOutcome.ReportedDone, "Buffertlagret är på plats sedan den 18 mars.", "Leverantörens logistikchef"));
        Command(plans.MapPost("/{planId:guid}/evaluations", (Guid id, Guid planId, EvaluationRequest body, Commands commands, TimeProvider time) =>
                commands.OnCaseAsync(id, () => new EvaluateActionPlan(planId, Guid.CreateVersion7(time.GetUtcNow()), body.Outcome, body.Motivation,
                    body.OperationsConfirmation, body.EarlyMotivation, body.EvaluatedBy))))
            .WithName("evaluateActionPlan")
            .Describe("Utvärdera handlingsplanen / Evaluate the action plan",
                "En utvärdering per revision; före utvärderingsdatum bara med motivering (R-E2). One evaluation per revision; before the evaluation date only with a motivation (R-E2).")
            .WithRequestExample(Examples.EvaluationRequest);
    }

    private static RouteHandlerBuilder Command(RouteHandlerBuilder endpoint) => endpoint
        .ChangesWhatHasAVersion(Role.Handler)
        .WithResponseExample(200, Examples.Case);
}
