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

    public static Decision<CaseEvent> Report(ReportMeasure c, EscalationCase s, DateTimeOffset now) => OnMeasure(c.PlanId, c.Measure, s, (revision, progress) =>
        progress?.ReportedDoneAt is not null
            ? Decision<CaseEvent>.Reject(Lifecycle("measureAlreadyReported", "Åtgärden är redan rapporterad som genomförd.", "The measure is already reported as done."))
            : Decision<CaseEvent>.Accept(new MeasureReportedDone(now, c.PlanId, revision.Revision, c.Measure, c.Account, c.ReportedBy)));

    public static Decision<CaseEvent> Verify(VerifyMeasure c, EscalationCase s, DateTimeOffset now) => OnMeasure(c.PlanId, c.Measure, s, (revision, progress) => progress switch
    {
        { VerifiedAt: not null } => Decision<CaseEvent>.Reject(Lifecycle("measureAlreadyVerified",
            "Åtgärden är redan verifierad.", "The measure is already verified.")),
        { ReportedDoneAt: not null } => Decision<CaseEvent>.Accept(new MeasureVerified(now, c.PlanId, revision.Revision, c.Measure, c.Verification, c.VerifiedBy)),
        _ => Decision<CaseEvent>.Reject(Lifecycle("measureNotReported",
            "Åtgärden ska rapporteras som genomförd innan den verifieras.", "The measure is reported as done before it is verified.", $"action-plans/{c.PlanId}/measures")),
    });

    private static Decision<CaseEvent> OnMeasure(
        Guid planId, int measure, EscalationCase s, Func<PlanRevision, MeasureProgress?, Decision<CaseEvent>> decide) => Find(s, planId)?.Latest() switch
    {
        null => Decision<CaseEvent>.Reject(Unknown()),
        { } r when measure < 1 || measure > r.Content.Measures.Count => Decision<CaseEvent>.Reject(Rejection.InField("measure", "unknownMeasure",
            $"Planens senaste revision har åtgärderna 1–{r.Content.Measures.Count}.", $"The plan's latest revision has the measures 1–{r.Content.Measures.Count}.")),
        { Agreement: null } => Decision<CaseEvent>.Reject(Lifecycle("notAgreed",
            "En plan som varken är överenskommen eller beslutad gäller inte.", "A plan that is neither agreed nor imposed is not in force.",
            $"action-plans/{planId}/agreements")),
        var revision => decide(revision, revision.Progress.FirstOrDefault(p => p.Measure == measure)),
    };

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
