using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>
/// A case as a test finds it, made by nothing but accepted commands and their events: <c>given.When(command).ThenRejected(…)</c>.
/// </summary>
internal sealed class GivenCase
{
    private readonly List<CaseEvent> history = [];

    private GivenCase()
    {
    }

    public DateTimeOffset Now { get; private set; } = Some.Start;

    public EscalationCase State { get; private set; } = null!;

    public IReadOnlyList<CaseEvent> History => history;

    public CaseContext Context => Some.Context(Now);

    public EvidenceReference LatestEvaluation => new(EvidenceKind.Evaluation, State.Evaluations().Last().Evaluation.Id);

    public Guid PlanId => State.LatestPlan()!.Id;

    public EvidenceReference[] DeviationEvidence => [.. State.Deviations.Select(d => Some.Evidence(d.Id))];

    public static GivenCase OpenedBy(OpenCase command) => new GivenCase().And(command);

    /// <summary>A case that climbed the ladder step by step, with every required activity done; at step 5 by its event, since no command leads there yet.</summary>
    public static GivenCase AtStep(int step) => step switch
    {
        0 => OpenedBy(Some.Opening(0, Trigger.SingleDeviation, Some.Deviation(Some.Start.AddDays(-3)))),
        1 => AtStep(0).ActivitiesDone().Attached(Some.Deviation(Some.Start.AddDays(-1))).RecurringLeadsToStepOne(),
        2 => AtStep(1).ActivitiesDone().PlanEvaluated(PlanOutcome.WithoutEffect).PlanFailureLeadsTo(2),
        3 => AtStep(2).ActivitiesDone().PlanEvaluated(PlanOutcome.WithoutEffect).PlanFailureLeadsTo(3),
        4 => AtStep(3).ActivitiesDone().SeriousDeviationLeadsToStepFour(),
        _ => AtStep(4).Happened(c => new CaseEscalated(c.Now, 4, 5, Some.Basis(Trigger.SeriousDeviation, Some.Document()), [])),
    };

    public GivenCase And(CaseCommand command)
    {
        var decision = CaseDecider.Decide(command, State, Context);
        return decision.Rejections.Count == 0
            ? Fold(decision.Events)
            : throw new InvalidOperationException($"What was given is rejected: {string.Join(", ", decision.Rejections.Select(r => $"{r.Code} {r.Reason}"))}.");
    }

    public GivenCase Happened(Func<GivenCase, CaseEvent> e) => Fold([e(this)]);

    public GivenCase Later(int days = 0, int months = 0)
    {
        Now = Now.AddMonths(months).AddDays(days);
        return this;
    }

    public GivenCase Attached(Deviation deviation) => And(new AttachDeviation(deviation));

    public GivenCase Resolved(Deviation deviation) => Fold(CaseDecider.Follow(State, deviation, Some.Resolved(deviation, Now), Now));

    /// <summary>Every deviation of the case is handled and fed back.</summary>
    public GivenCase AllDeviationsResolved() =>
        Fold([.. State.Deviations.Where(d => d.ResolvedAt is null).Select(d => new AttachedDeviationResolved(Now, d.Id))]);

    /// <summary>What is outstanding at the current step is done, but for the plan, which is no activity by hand.</summary>
    public GivenCase ActivitiesDone()
    {
        foreach (var activity in CaseActivities.Outstanding(State, Some.Ladder.Step(State.Step)).Where(a => a.Code != CaseActivities.EstablishActionPlanCode).ToArray())
            And(new CompleteActivity(activity.Code, null, Now, "Avtalsansvarig", "Genomfört"));
        return this;
    }

    public GivenCase PlanEstablished() => State.LatestPlan() is { } plan
        ? And(new ReviseActionPlan(plan.Id, Some.Plan(Now)))
        : And(new EstablishActionPlan(Guid.NewGuid(), Some.Plan(Now)));

    public GivenCase PlanAgreed() => PlanEstablished().And(new AgreeActionPlan(PlanId, Agreement.Agreed, "Avtalsansvarig"));

    /// <summary>A new plan or revision is agreed, and evaluated on its evaluation date.</summary>
    public GivenCase PlanEvaluated(PlanOutcome outcome)
    {
        PlanAgreed().Later(days: 30);
        return And(new EvaluateActionPlan(PlanId, Guid.NewGuid(), outcome, Some.Motivation, null, null, "Avtalsansvarig"));
    }

    public GivenCase CriteriaSet(params string[] texts) =>
        And(new SetReturnCriteria([.. texts.DefaultIfEmpty("Inga restnoteringar").Select(t => (Guid.NewGuid(), t))]));

    /// <summary>The observation period passes and every criterion of the current step is confirmed.</summary>
    public GivenCase CriteriaMet()
    {
        Now = State.CurrentCriteria().Max(c => c.Criterion.ObservedUntil);
        foreach (var criterion in State.CurrentCriteria().Where(c => c.MetAt is null).ToArray())
            And(new ConfirmReturnCriterion(criterion.Criterion.Id, "Kontrollerat mot leveransstatistik", null, "Avtalsansvarig"));
        return this;
    }

    /// <summary>Everything that R-D2 asks for.</summary>
    public GivenCase WayBackOpen() => AllDeviationsResolved().PlanEvaluated(PlanOutcome.Effective).CriteriaSet().CriteriaMet();

    public GivenCase SteppedDown() => And(new DeEscalate(State.Step - 1, WayBackBasis()));

    public TransitionBasis WayBackBasis() => Some.Basis(Trigger.ReturnCriteriaMet,
        [.. State.CurrentCriteria().Select(c => new EvidenceReference(EvidenceKind.ReturnCriterion, c.Criterion.Id)).DefaultIfEmpty(Some.Document())]);

    public GivenCase RecurringLeadsToStepOne() => And(new Escalate(1, Some.Basis(Trigger.RecurringDeviation, DeviationEvidence)));

    public GivenCase PlanFailureLeadsTo(int step) => And(new Escalate(step, Some.Basis(Trigger.PlanWithoutEffect, LatestEvaluation)));

    public GivenCase SeriousDeviationLeadsToStepFour()
    {
        var serious = Some.Serious(Now);
        return Attached(serious).And(new Escalate(4, Some.Basis(Trigger.SeriousDeviation, Some.Evidence(serious))));
    }

    public GivenCase Closed(CaseOutcome outcome = CaseOutcome.Unfounded) => And(Closing(outcome));

    public static CloseCase Closing(CaseOutcome outcome) =>
        new(outcome, Some.Basis(outcome == CaseOutcome.Resolved ? Trigger.Resolved : Trigger.Unfounded, Some.Document()), "Bristande lagerstyrning", true);

    public Outcome When(CaseCommand command) => new(State, CaseDecider.Decide(command, State, Context));

    public Outcome When(Func<GivenCase, CaseCommand> command) => When(command(this));

    public static Outcome WhenOpened(OpenCase command) => new(null, CaseDecider.Decide(command, null, Some.Context(Some.Start)));

    private GivenCase Fold(IReadOnlyList<CaseEvent> events)
    {
        history.AddRange(events);
        State = events.Aggregate((EscalationCase?)State, EscalationCase.Evolve)!;
        return this;
    }
}

internal sealed record Outcome(EscalationCase? Before, Decision<CaseEvent> Decision)
{
    /// <summary>The case as it is once the events have been folded into it.</summary>
    public EscalationCase Then()
    {
        Assert.That(Decision.Rejections, Is.Empty);
        return Decision.Events.Aggregate(Before, EscalationCase.Evolve)!;
    }

    /// <summary>The one event of the type among those that happened.</summary>
    public TEvent Then<TEvent>()
        where TEvent : CaseEvent
    {
        Assert.That(Decision.Rejections, Is.Empty);
        return Decision.Events.OfType<TEvent>().Single();
    }

    /// <summary>Exactly these rejections, each as <c>code reason</c>, and nothing happened.</summary>
    public void ThenRejected(params string[] rejections)
    {
        Assert.That(Decision.Rejections.Select(r => $"{r.Code} {r.Reason}"), Is.EquivalentTo(rejections));
        Assert.That(Decision.Events, Is.Empty);
    }
}
