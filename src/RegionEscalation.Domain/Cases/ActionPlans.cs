namespace RegionEscalation.Domain.Cases;

/// <summary>A plan (handlingsplan) is established, agreed or imposed, evaluated once per revision, and revised.</summary>
internal static class ActionPlans
{
    public static Decision<CaseEvent> Establish(EstablishActionPlan c, EscalationCase s, DateTimeOffset now)
    {
        var rejections = AgainstContent(c.Content, now).ToList();
        if (s.LatestPlan() is { } plan)
            rejections.Add(Lifecycle("planExists", "Ärendet har redan en handlingsplan; revidera den.",
                "The case already has an action plan; revise it.", $"action-plans/{plan.Id}/revisions"));
        return Decision<CaseEvent>.Unless(rejections, () => [new ActionPlanEstablished(now, c.PlanId, c.Content)]);
    }

    public static Decision<CaseEvent> Revise(ReviseActionPlan c, EscalationCase s, DateTimeOffset now) =>
        Find(s, c.PlanId) is { } plan
            ? Decision<CaseEvent>.Unless([.. AgainstContent(c.Content, now)],
                () => [new ActionPlanRevised(now, plan.Id, plan.Latest().Revision + 1, c.Content)])
            : Decision<CaseEvent>.Reject(Unknown());

    public static Decision<CaseEvent> Agree(AgreeActionPlan c, EscalationCase s, DateTimeOffset now) => Find(s, c.PlanId)?.Latest() switch
    {
        null => Decision<CaseEvent>.Reject(Unknown()),
        { Agreement: not null } => Decision<CaseEvent>.Reject(Lifecycle("alreadyAgreed",
            "Revisionen är redan överenskommen eller beslutad.", "The revision is already agreed or imposed.")),
        var revision => Decision<CaseEvent>.Accept(new ActionPlanAgreed(now, c.PlanId, revision.Revision, c.Agreement, c.AgreedBy)),
    };

    public static Decision<CaseEvent> Evaluate(EvaluateActionPlan c, EscalationCase s, DateTimeOffset now)
    {
        if (Find(s, c.PlanId)?.Latest() is not { } revision)
            return Decision<CaseEvent>.Reject(Unknown());

        var rejections = new List<Rejection>();
        if (revision.Agreement is null)
            rejections.Add(Lifecycle("notAgreed", "En plan som varken är överenskommen eller beslutad gäller inte och kan inte utvärderas.",
                "A plan that is neither agreed nor imposed is not in force and cannot be evaluated.", $"action-plans/{c.PlanId}/agreements"));
        if (revision.Evaluation is not null)
            rejections.Add(Lifecycle("alreadyEvaluated", "Revisionen är redan utvärderad; revidera planen.",
                "The revision is already evaluated; revise the plan.", $"action-plans/{c.PlanId}/revisions"));
        var early = SwedishTime.DateOf(now) < revision.Content.EvaluationDate;
        if (early && !Motivation.IsGiven(c.EarlyMotivation))
            rejections.Add(new Rejection("R-E2", "beforeEvaluationDate", new Label(
                $"Planen ska utvärderas {revision.Content.EvaluationDate:yyyy-MM-dd}; tidigare bara med en motivering om minst {Motivation.MinLength} tecken.",
                $"The plan is to be evaluated on {revision.Content.EvaluationDate:yyyy-MM-dd}; earlier only with a motivation of at least {Motivation.MinLength} characters."),
                Field: "earlyMotivation"));
        return Decision<CaseEvent>.Unless(rejections, () =>
        [
            new ActionPlanEvaluated(now, c.PlanId, revision.Revision, c.EvaluationId, c.Outcome, c.Motivation, c.OperationsConfirmation,
                early ? c.EarlyMotivation : null, c.EvaluatedBy),
        ]);
    }

    private static ActionPlan? Find(EscalationCase s, Guid planId) => s.ActionPlans.FirstOrDefault(p => p.Id == planId);

    private static IEnumerable<Rejection> AgainstContent(PlanContent content, DateTimeOffset now)
    {
        if (content.EvaluationDate < SwedishTime.DateOf(now))
            yield return Rejection.InField("evaluationDate", "inPast",
                "Utvärderingsdatum kan inte ligga i det förflutna.", "The evaluation date cannot lie in the past.");
    }

    private static Rejection Unknown() => Rejection.InField("planId", "unknownPlan",
        "Ärendet har ingen sådan handlingsplan.", "The case has no such action plan.");

    private static Rejection Lifecycle(string reason, string sv, string en, string? metBy = null) =>
        new("actionPlanLifecycle", reason, new Label(sv, en), metBy);
}
