using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
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

    /// <summary>The region's own part, when a test sets one.</summary>
    public LadderSettings Settings { get; private set; } = LadderSettings.Default;

    public CaseContext Context => new(Settings.Applied(State is null ? Edition ?? Some.Ladder : Ladders.Find(State.LadderVersion) ?? Edition!), Settings, Now);

    /// <summary>An edition that is not published.</summary>
    public LadderDefinition? Edition { get; private init; }

    public EvidenceReference LatestEvaluation => new(EvidenceKind.Evaluation, State.Evaluations().Last().Evaluation.Id);

    public Guid PlanId => State.LatestPlan()!.Id;

    public EvidenceReference[] DeviationEvidence => [.. State.Deviations.Select(d => Some.Evidence(d.Id))];

    public static GivenCase OpenedBy(OpenCase command) => new GivenCase().And(command);

    /// <summary>Under another edition than the current one.</summary>
    public static GivenCase OpenedBy(OpenCase command, LadderDefinition edition) => new GivenCase { Edition = edition }.And(command);

    private static GivenCase OpenedAtZero(LadderDefinition edition)
    {
        var given = new GivenCase { Edition = edition };
        var deviation = Some.Deviation(Some.Start.AddDays(-3));
        return given.And(Some.Opening(0, Trigger.SingleDeviation, deviation) with { Basis = given.Basis(Trigger.SingleDeviation, Some.Evidence(deviation)) });
    }

    /// <summary>Somebody on the edition's highest decision level.</summary>
    public DecisionMaker Decider => Some.HeadOfPurchasing with { Level = Context.Ladder.DecisionLevels().Last() };

    public TransitionBasis Basis(Trigger trigger, params EvidenceReference[] evidence) => Some.Basis(trigger, evidence) with { DecidedBy = Decider };

    /// <summary>The deviations that have triggered nothing yet.</summary>
    public EvidenceReference[] UnusedDeviations => [.. DeviationEvidence.Where(e => !State.UsedEvidence.Contains(e.Id!.Value))];

    /// <summary>
    /// A case that climbed the edition's ladder step by step, with every required activity done: by recurring deviations where they lead up,
    /// else by a plan without effect, else by a serious deviation, which is still open and leads on to step 5.
    /// </summary>
    public static GivenCase AtStep(int step, LadderDefinition? edition = null) => step == 0
        ? OpenedAtZero(edition ?? Some.Ladder)
        : AtStep(step - 1, edition).ActivitiesDone().LedTo(step);

    public GivenCase With(LadderSettings settings)
    {
        Settings = settings;
        return this;
    }

    public GivenCase And(CaseCommand command)
    {
        var decision = CaseDecider.Decide(command, State, Context);
        return decision.Rejections.Count == 0
            ? Fold(decision.Events)
            : throw new InvalidOperationException($"What was given is rejected: {string.Join(", ", decision.Rejections.Select(r => $"{r.Code} {r.Reason}"))}.");
    }

    public GivenCase And(Func<GivenCase, CaseCommand> command) => And(command(this));

    /// <summary>The command's events where it is accepted; the same case where it is not.</summary>
    public GivenCase Try(CaseCommand command) => Fold(CaseDecider.Decide(command, State, Context).Events);

    public GivenCase Try(Func<GivenCase, CaseCommand> command) => Try(command(this));

    /// <summary>The same case for a test of its own.</summary>
    public GivenCase Copy()
    {
        var copy = new GivenCase { Edition = Edition, Settings = Settings, Now = Now, State = State };
        copy.history.AddRange(history);
        return copy;
    }

    public GivenCase Happened(Func<GivenCase, CaseEvent> e) => Fold([e(this)]);

    /// <summary>The step was decided by the level that it asks for and no higher one.</summary>
    public GivenCase DecidedAtItsOwnLevel()
    {
        State = State with { StepDecidedBy = new DecisionMaker("Handläggande chef", Context.Ladder.Step(State.Step).DecisionLevel) };
        return this;
    }

    public GivenCase ClosedAsTerminated() =>
        Happened(c => new CaseClosed(c.Now, c.State.Step, CaseOutcome.Terminated, Some.Basis(Trigger.Terminated, Some.Document()), null, null, c.State.HighestStep));

    public GivenCase Later(int days = 0, int months = 0)
    {
        Now = Now.AddMonths(months).AddDays(days);
        return this;
    }

    /// <summary>At the instant, or now where it has passed.</summary>
    public GivenCase Until(DateTimeOffset instant)
    {
        Now = instant > Now ? instant : Now;
        return this;
    }

    public GivenCase Attached(Deviation deviation) => And(new AttachDeviation(deviation));

    public GivenCase Resolved(Deviation deviation) => Fold(CaseDecider.Follow(State, deviation, Some.Resolved(deviation, Now), Now));

    /// <summary>Every deviation of the case is handled and fed back.</summary>
    public GivenCase AllDeviationsResolved() =>
        Fold([.. State.Deviations.Where(d => d.ResolvedAt is null).Select(d => new AttachedDeviationResolved(Now, d.Id))]);

    /// <summary>None of the case's deviations had any ground (R-Z3).</summary>
    public GivenCase AllDeviationsUnfounded() =>
        Fold([.. State.Deviations.Where(d => d.UnfoundedAt is null).Select(d => new AttachedDeviationFoundUnfounded(Now, d.Id, Some.Motivation, Some.Assessor))]);

    /// <summary>What is outstanding at the current step is done, but for the plan, which is no activity by hand.</summary>
    public GivenCase ActivitiesDone()
    {
        foreach (var activity in CaseActivities.Outstanding(State, Context.Ladder.Step(State.Step)).Where(a => a.Code != CaseActivities.EstablishActionPlanCode).ToArray())
            Done(activity.Code);
        return this;
    }

    /// <summary>The activity is done, by its record where it has one; the measures that change what is possible later are dispensed with.</summary>
    public GivenCase Done(string code) => code switch
    {
        "riskAssessment" => And(new ConfirmRiskAssessment(Guid.NewGuid(), Some.Risk(Now))),
        "letterToSalesManager" => PartnerNamed().And(Some.Letter(LetterRecipient.SalesManager, Now)),
        "letterToCeo" => PartnerNamed().And(Some.Letter(LetterRecipient.Ceo, Now)),
        "regularMeetings" => MeetingDone(MeetingKind.Regular),
        "businessMeeting" => MeetingDone(MeetingKind.Business),
        "executiveBusinessMeeting" => MeetingDone(MeetingKind.ExecutiveBusiness),
        "jointRegionalMeeting" => MeetingDone(MeetingKind.JointRegional),
        "sanctions" => Happened(c => new SanctionWaived(c.Now, Guid.NewGuid(), new WaiverContent(WaiverReason.NoClause, Some.Motivation, c.Decider))),
        Obligations.InformRegionsCode => Informed(),
        "block" or "endContract" or "crisisGroup" => And(new DispenseWithActivity(code, null, "Behövs inte i ärendet", "Inköpschef")),
        _ => And(new CompleteActivity(code, null, Now, "Avtalsansvarig", "Genomfört")),
    };

    /// <summary>The regions are told of the case as it stands, or that it is no longer so; the supplier had no time to comment, for a reason.</summary>
    public GivenCase Informed(NoticeKind? kind = null) => Prepared(kind).Notified(commentDays: 0).Issued();

    /// <summary>Of a case that the regions know an update, of any other the first notice.</summary>
    public GivenCase Prepared(NoticeKind? kind = null) =>
        And(new PrepareNotice(Guid.NewGuid(), kind ?? (Notices.Standing(State) is null ? NoticeKind.Initial : NoticeKind.Update)));

    /// <summary>The supplier is sent what the notice says.</summary>
    public GivenCase Notified(int? commentDays = null) => And(new NotifySupplierOfNotice(LatestNotice.Id, Some.Notification(commentDays)));

    public GivenCase Issued(ProvisionalIssue? provisional = null, params string[] readBy) => And(Issuing(provisional, readBy));

    public IssueNotice Issuing(ProvisionalIssue? provisional = null, params string[] readBy) => new(LatestNotice.Id, Decider, provisional, Some.OwnRegion, readBy);

    /// <summary>A notice that patients could not wait for, with the supplier notified at the same time.</summary>
    public GivenCase InformedProvisionally() => Prepared().Issued(new ProvisionalIssue(Some.Motivation, Some.Notification()));

    public Notice LatestNotice => State.Of<Notice>().Last();

    /// <summary>What time alone has ended is noted.</summary>
    public GivenCase ExpiriesNoted() => And(new NoteExpiries());

    /// <summary>The supplier's words on the latest notice.</summary>
    public GivenCase CommentedOn() => And(new ReceiveStatement(Guid.NewGuid(),
        new StatementContent("En brand i lagret", "Vd", Now, null, null, null, LatestNotice.Id)));

    /// <summary>Somebody at the supplier is named at the level that the step wants (R-A4).</summary>
    public GivenCase PartnerNamed() => DialoguePartners.IsMissing(State, Context.Ladder)
        ? And(new NamePartner(Guid.NewGuid(), new PartnerContent(Context.Ladder.SupplierPartner(State.Step), "Försäljningschef", "forsaljning@leverantor.example")))
        : this;

    public GivenCase MeetingDone(MeetingKind kind)
    {
        var id = Guid.NewGuid();
        return Happened(c => new MeetingPlanned(c.Now, id, new MeetingContent(kind, "Avtalsansvarig", c.Now, "Digitalt", kind == MeetingKind.JointRegional ? ["13"] : [])))
            .Happened(c => new MeetingAgendaPublished(c.Now, id, new Agenda(["Leveransläget"], ["A-1"])))
            .Happened(c => new MeetingHeld(c.Now, id, ["Avtalsansvarig", "Försäljningschef"], c.Now.AddDays(7)))
            .Happened(c => new MeetingMinutesSent(c.Now, id, new Minutes("Åtgärder överenskomna", "RS 2026-0117-9", [])));
    }

    public GivenCase ContinuityIsAssessed() =>
        Happened(c => new ContinuityAssessed(c.Now, Guid.NewGuid(), new ContinuityContent("Operationer flyttas", AlternativeSupply.Available, "Reservavtal", null, "Kategoriledare")));

    /// <summary>The supplier was asked to comment, and its time has passed.</summary>
    public GivenCase SupplierHeard() => Happened(c => new SupplierAskedToComment(c.Now, Guid.NewGuid(),
        new CommentRequestContent("Avslut av avtalet", "Företagsledning", "RS 2026-0117-12", c.Now, SwedishTime.DateOf(c.Now).AddDays(7), null))).Later(days: 8);

    /// <summary>What R-E5 wants to be on the case.</summary>
    public GivenCase ReadyToEnd() => SupplierHeard().ContinuityIsAssessed();

    public Escalate Ending(TerminationGround? ground = null, TransitionBasis? basis = null) => new(5,
        basis ?? (Context.Ladder.Step(5).IsEnteredBy(Trigger.SeriousDeviation)
            ? Basis(Trigger.SeriousDeviation, [.. State.Deviations.Where(d => d.IsOpenAndSerious()).Select(d => Some.Evidence(d.Id))])
            : Basis(Trigger.NoSolution, UnusedDeviations)),
        ground ?? Ground(), Some.Contract());

    /// <summary>Rescission by a clause of the contract, approved by a second function.</summary>
    public TerminationGround Ground(bool immediate = false) =>
        Some.Ground(immediate) with { SecondApprover = Decider with { Function = "Regionjurist", DelegationReference = null } };

    public GivenCase EndedAtStepFive() => And(Ending());

    private GivenCase LedTo(int step)
    {
        var entered = Context.Ladder.Step(step);
        if (entered.IsEnteredBy(Trigger.RecurringDeviation))
        {
            PlanAgreedWhereAsked();
            while (UnusedDeviations.Length < Settings.RecurrenceCount)
                Attached(Some.Deviation(Now.AddDays(-1)));
            return And(new Escalate(step, Basis(Trigger.RecurringDeviation, UnusedDeviations)));
        }
        if (entered.IsEnteredBy(Trigger.PlanWithoutEffect))
            return PlanEvaluated(PlanOutcome.WithoutEffect).PlanFailureLeadsTo(step);
        if (step < LadderDefinition.HighestStep)
            return SeriousDeviationLeadsToStepFour();
        ReadyToEnd();
        return (entered.IsEnteredBy(Trigger.SeriousDeviation) ? this : Attached(Some.Deviation(Now))).EndedAtStepFive();
    }

    /// <summary>The contract is terminated, and the day it ends on has passed.</summary>
    public GivenCase Ended() => Happened(c => new TerminationDecided(c.Now, Guid.NewGuid(), new TerminationContent(
        TerminationScope.Contract, Some.Motivation, SwedishTime.DateOf(c.Now).AddDays(30), true, c.Now, "RS 2026-0117-20", c.Decider))).Later(days: 32);

    public GivenCase EvidenceComplete()
    {
        var id = Guid.NewGuid();
        return Happened(c => new ExclusionEvidenceOpened(c.Now, id, new EvidenceFileContent(ExclusionGround.P5, "Regionjurist", "Avtalet är hävt")))
            .Happened(c => new ExclusionEvidenceStated(c.Now, id, new EvidenceElements(
                new PointFiveElements(ContractAct.Lou, "Krav 4.2", "Fem uteblivna leveranser", ContractConsequence.EarlyTermination, "Bristerna ledde till hävningen"),
                null, SwedishTime.DateOf(c.Now).AddDays(-60), SwedishTime.DateOf(c.Now), null, "Tiden har gått ut", "Proportionerligt"), "Regionjurist"))
            .Happened(c => new ExclusionEvidenceCompleted(c.Now, id, false, "Regionjurist"));
    }

    public GivenCase ClassifiedSerious() => Happened(c => new AggregateClassifiedSerious(c.Now, Guid.NewGuid(),
        new SeriousAggregateContent([Domain.Deviations.ConsequenceArea.Operations], Some.Motivation, c.Decider)));

    public EvidenceReference LatestRecord<T>() where T : CaseRecord => new(EvidenceKind.Record, State.Of<T>().Last().Id);

    /// <summary>A review that the supplier asked for found that the case belongs at a lower step.</summary>
    public GivenCase ReviewChanged(int to)
    {
        var id = Guid.NewGuid();
        return Happened(c => new ReviewRequested(c.Now, id, new ReviewContent("Steget", "Leveranserna var i tid", "Kvalitetschef", c.Now), c.Now.AddDays(21)))
            .Happened(c => new ReviewDecided(c.Now, id, new ReviewDecision(ReviewOutcome.Changed, Some.Motivation, to, c.Decider)));
    }

    /// <summary>A sanction and a cost unsettled, business on hold, a block, and a crisis group at work.</summary>
    public GivenCase MeasuresInForce() => BlockInForce()
        .Happened(c => new SanctionImposed(c.Now, Guid.NewGuid(),
            new SanctionContent(SanctionKind.Penalty, "7.3", "Två procent per vecka", new Amount(20000, "SEK"), c.Now, false, c.Decider)))
        .Happened(c => new CostBooked(c.Now, Guid.NewGuid(), new CostContent(new Amount(12000, "SEK"), "Ersättningsköp", "V 4711", CostBearer.Supplier, "Avtalsansvarig")))
        .Happened(c => new BusinessPutOnHold(c.Now, Guid.NewGuid(), new BusinessHoldContent(Some.Motivation, c.Decider)))
        .Happened(c => new CrisisGroupAppointed(c.Now, Guid.NewGuid(),
            new CrisisGroupContent("Inköpschef", ["Avtalsansvarig", "Verksamhetschef"], "Säkra försörjningen", "Operationer", null, c.Decider)));

    public GivenCase BlockInForce(int days = 30) => Happened(c => new BlockImposed(c.Now, Guid.NewGuid(), new BlockContent(
        BlockScope.Contract, null, [new BlockedContract("A-1", "9.2")], Some.Motivation, SwedishTime.DateOf(c.Now), SwedishTime.DateOf(c.Now).AddDays(days), Guid.NewGuid(), c.Now,
        null, c.Decider)));

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

    public TransitionBasis WayBackBasis() => Basis(Trigger.ReturnCriteriaMet,
        [.. State.CurrentCriteria().Select(c => new EvidenceReference(EvidenceKind.ReturnCriterion, c.Criterion.Id)).DefaultIfEmpty(Some.Document())]);

    public GivenCase RecurringLeadsToStepOne() => And(new Escalate(1, Basis(Trigger.RecurringDeviation, DeviationEvidence)));

    public GivenCase PlanFailureLeadsTo(int step) => And(new Escalate(step, Basis(Trigger.PlanWithoutEffect, LatestEvaluation)));

    public GivenCase SeriousDeviationLeadsToStepFour()
    {
        var serious = Some.Serious(Now);
        return Attached(serious).And(new Escalate(4, Basis(Trigger.SeriousDeviation, Some.Evidence(serious))));
    }

    /// <summary>As unfounded once its deviations are.</summary>
    public GivenCase Closed(CaseOutcome outcome = CaseOutcome.Unfounded) => (outcome == CaseOutcome.Unfounded ? AllDeviationsUnfounded() : this).And(Closing(outcome));

    /// <summary>With everything that any outcome wants to be stated.</summary>
    public static CloseCase Closing(CaseOutcome outcome, TransitionBasis? basis = null) => new(
        outcome, basis ?? Some.Basis(Enum.Parse<Trigger>($"{outcome}"), Some.Document()), "Bristande lagerstyrning", true, "4.2 bevaras",
        outcome == CaseOutcome.Merged ? AtStep(0).State with { Id = Guid.NewGuid(), Step = 5 } : null,
        outcome == CaseOutcome.Transferred ? new CaseTransfer("13", "RH 2026-0044", "RS 2026-0117-30") : null);

    public Outcome When(CaseCommand command) => new(State, command, CaseDecider.Decide(command, State, Context));

    public Outcome When(Func<GivenCase, CaseCommand> command) => When(command(this));

    /// <summary>The step's plan is agreed, where it asks for one and there is none.</summary>
    public GivenCase PlanAgreedWhereAsked() =>
        State.Step == 1 && State.LatestPlan() is null ? PlanAgreed() : this;

    public static Outcome WhenOpened(OpenCase command, CaseContext context) => new(null, command, CaseDecider.Decide(command, null, context));

    public static Outcome WhenOpened(OpenCase command) => new(null, command, CaseDecider.Decide(command, null, Some.Context(Some.Start)));

    private GivenCase Fold(IReadOnlyList<CaseEvent> events)
    {
        history.AddRange(events);
        State = events.Aggregate((EscalationCase?)State, EscalationCase.Evolve)!;
        return this;
    }
}

internal sealed record Outcome(EscalationCase? Before, CaseCommand Command, Decision<CaseEvent> Decision)
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

    public void ThenContains(string rejection) => Assert.That(Decision.Rejections.Select(r => $"{r.Code} {r.Reason}"), Does.Contain(rejection));

    /// <summary>Exactly these rejections, each as <c>code reason</c>, and nothing happened.</summary>
    public void ThenRejected(params string[] rejections)
    {
        Assert.That(Decision.Rejections.Select(r => $"{r.Code} {r.Reason}"), Is.EquivalentTo(rejections));
        Assert.That(Decision.Events, Is.Empty);
    }
}
