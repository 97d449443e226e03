using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;
using RegionEscalation.Domain.Regions;

namespace RegionEscalation.Domain.Tests.Behaviour;

/// <summary>
/// One well-formed command of each kind, beside the transitions. What a command changes (a plan, a meeting, a block) is made first wherever the
/// case may have it; where it may not, the command is about something that is not there.
/// </summary>
internal static class CanonicalCommands
{
    private const string By = "Avtalsansvarig";
    private const string Own = "08";

    public static IEnumerable<Row> All =>
    [
        Row.Of(c => new AttachDeviation(Some.Deviation(c.Now))),
        Row.Of(c => new PlanActivity(Common(c), null, Today(c).AddDays(7), By, "Genomgång"), of: "first common activity"),
        Row.Of(c => new CompleteActivity(Common(c), null, c.Now, By, "Genomfört"), of: "first common activity"),
        Row.Of(c => new CompleteActivity(Specific(c), null, c.Now, By, "Genomfört"), of: "first specific activity"),
        Row.Of(c => new DispenseWithActivity(Common(c), null, "Behövs inte i ärendet", By), of: "first common activity"),
        .. Plans, .. Meetings, .. Money, .. Measures, .. SupplierVoice, .. EvidenceFile, .. Nationally,
        Row.Of(c => new SetReturnCriteria([(Guid.NewGuid(), "Inga restnoteringar")])),
        Row.Of(c => new ConfirmReturnCriterion(c.State.CurrentCriteria().LastOrDefault()?.Criterion.Id ?? Guid.NewGuid(), "Kontrollerat", null, By),
            c => c.Try(new SetReturnCriteria([(Guid.NewGuid(), "Inga restnoteringar")])).Later(months: 4)),
        Row.Of(c => new ConfirmRiskAssessment(Guid.NewGuid(), Some.Risk(c.Now))),
        Row.Of(Classification),
        Row.Of(c => new AbsorbCase(GivenCase.AtStep(0).State with { Id = Guid.NewGuid() })),
        Row.Of(c => new MigrateCaseToLadder(
            Ladders.All.First(l => l.Version != c.State.LadderVersion), Region.Find(Own)!, c.State.Step, [], Some.Motivation, c.Decider), of: "the other edition"),
        Row.Of(c => new ReviewStepTrigger(Some.Motivation, c.Decider), c => c.Happened(x =>
            new StepTriggerLapsed(x.Now, x.State.Step, x.State.Trigger, Guid.NewGuid(), TriggerLapse.Unfounded, x.Now.AddDays(21)))),
        Row.Of(c => new NoteExpiries(), c => c.Try(Continuity).Try(Block).Later(days: 31)),
    ];

    public static ClassifyAggregate Classification(GivenCase c) => new(Guid.NewGuid(),
        new SeriousAggregateContent([Domain.Deviations.ConsequenceArea.Operations], Some.Motivation, c.Decider));

    private static IEnumerable<Row> Plans =>
    [
        Row.Of(c => new EstablishActionPlan(Guid.NewGuid(), Some.Plan(c.Now))),
        Row.Of(c => new ReviseActionPlan(c.PlanId, Some.Plan(c.Now)), c => c.State.LatestPlan() is null ? c.PlanEstablished() : c),
        Row.Of(c => new AgreeActionPlan(c.PlanId, Agreement.Agreed, By), c => c.PlanEstablished()),
        Row.Of(c => new EvaluateActionPlan(c.PlanId, Guid.NewGuid(), PlanOutcome.WithoutEffect, Some.Motivation, null, null, By), c => c.PlanAgreed().Later(days: 30)),
        Row.Of(c => new ReportMeasure(c.PlanId, 1, "Genomfört", "Leverantören"), c => c.PlanAgreed()),
        Row.Of(c => new VerifyMeasure(c.PlanId, 1, "Kontrollerat", By), c => c.PlanAgreed().And(x => new ReportMeasure(x.PlanId, 1, "Genomfört", "Leverantören"))),
        Row.Of(c => new RecordPlanRefusal(Guid.NewGuid(), new PlanRefusalContent("Vägrar", c.Now.AddDays(-14), "RS 2026-0117-3", Today(c).AddDays(-1), By)), c => c.Later(days: 15)),
    ];

    private static IEnumerable<Row> Meetings =>
    [
        Row.Of(c => new NamePartner(Guid.NewGuid(), new PartnerContent(c.Context.Ladder.SupplierPartner(c.State.Step), "Kundansvarig", "kund@leverantor.example"))),
        Row.Of(c => Some.Letter(LetterRecipient.Ceo, c.Now)),
        Row.Of(Meeting),
        Row.Of(Agenda, c => c.PartnerNamed().Try(Meeting)),
        Row.Of(Holding, c => c.PartnerNamed().Try(Meeting).Try(Agenda).Later(days: 7)),
        Row.Of(c => new SendMinutes(Id<Meeting>(c), new Minutes("Åtgärder överenskomna", "RS 2026-0117-9", [])),
            c => c.PartnerNamed().Try(Meeting).Try(Agenda).Later(days: 7).Try(Holding)),
        Row.Of(c => new CancelMeeting(Id<Meeting>(c), "Flyttas"), c => c.PartnerNamed().Try(Meeting)),
        Row.Of(c => new TakeUpJointMeeting(Guid.NewGuid(), new KnownJointMeeting(Guid.NewGuid(), new JointMeetingSupplier(c.State.Supplier.OrganisationNumber, null),
            "region:13", c.Now, JointMeetingState.MinutesSent, ["region:13", "region:08"]), Own)),
    ];

    private static IEnumerable<Row> Money =>
    [
        Row.Of(c => Sanction(c, automatic: false), of: "imposed"),
        Row.Of(c => Sanction(c, automatic: true), of: "imposed by the contract itself"),
        Row.Of(c => new DecideSanction(Guid.NewGuid(), null, new WaiverContent(WaiverReason.NoClause, Some.Motivation, c.Decider), Some.Contract()), of: "waived"),
        Row.Of(Objection, Sanctioned),
        Row.Of(c => new AnswerObjection(Id<Sanction>(c), "Kvarstår", By), c => Sanctioned(c).Try(Objection)),
        Row.Of(c => new WithdrawSanction(Id<Sanction>(c), "Rättad", c.Decider), Sanctioned),
        Row.Of(c => new SettleSanction(Id<Sanction>(c), "Betald", By), Sanctioned),
        Row.Of(Cost),
        Row.Of(c => new SettleCostBearer(Id<CostEntry>(c), CostBearer.Supplier, null, true, "Överenskommet", By), c => c.Try(Cost)),
        Row.Of(c => new ConcludeCost(Id<CostEntry>(c), CostConclusion.Claimed, "Fakturerad", By), c => c.Try(Cost)),
    ];

    private static IEnumerable<Row> Measures =>
    [
        Row.Of(Continuity),
        Row.Of(Block),
        Row.Of(c => new ExtendBlock(Id<Block>(c), Today(c).AddDays(60), Some.Motivation, null, Id<ContinuityAssessment>(c), c.Decider), c => c.Try(Continuity).Try(Block)),
        Row.Of(c => new LiftBlock(Id<Block>(c), "Leveranserna är åter i tid", c.Decider), c => c.Try(Continuity).Try(Block)),
        Row.Of(Hold),
        Row.Of(c => new ResumeBusiness(Id<BusinessHold>(c), "Leveranserna är åter i tid"), c => c.Try(Hold)),
        Row.Of(CrisisGroup),
        Row.Of(c => new DissolveCrisisGroup(Id<CrisisGroup>(c), "Försörjningen är säkrad"), c => c.Try(CrisisGroup)),
        Row.Of(Termination),
        Row.Of(c => new WithdrawTermination(Id<Termination>(c), "Förlikning", c.Decider), c => c.Try(Termination)),
    ];

    private static IEnumerable<Row> SupplierVoice =>
    [
        Row.Of(c => new AskToComment(Guid.NewGuid(), new CommentRequestContent("Steget", "Företagsledning", "RS 2026-0117-12", c.Now, Today(c).AddDays(14), null))),
        Row.Of(c => new ReceiveStatement(Guid.NewGuid(), new StatementContent("En brand i lagret", "Vd", c.Now, null, null, null))),
        Row.Of(Review),
        Row.Of(c => new DecideReview(Id<Review>(c), new ReviewDecision(ReviewOutcome.Upheld, Some.Motivation, null, Reviewer(c))), c => c.Try(Review)),
    ];

    private static IEnumerable<Row> EvidenceFile =>
    [
        Row.Of(File),
        Row.Of(Elements, c => c.Try(File)),
        Row.Of(c => new CompleteEvidenceFile(Id<ExclusionEvidence>(c), "Regionjurist"), c => c.SupplierHeard().Try(File).Try(Elements)),
        Row.Of(c => new WithdrawEvidenceFile(Id<ExclusionEvidence>(c), "Upprättad av misstag", "Regionjurist"), c => c.Try(File)),
        Row.Of(c => new RecordSelfCleaning(Id<ExclusionEvidence>(c), new SelfCleaningEntry(SelfCleaningLimb.Measures, "Ny lagerstyrning", "Vd", c.Now)), c => c.Try(File)),
    ];

    private static IEnumerable<Row> Nationally =>
    [
        .. Enum.GetValues<NoticeKind>().Select(kind => Row.Of(c => new PrepareNotice(Guid.NewGuid(), kind), of: kind switch
        {
            NoticeKind.AllClear => "all-clear",
            var k => k.ToString().ToLowerInvariant(),
        })),
        Row.Of(c => new NotifySupplierOfNotice(Id<Notice>(c), Some.Notification()), Draft),
        Row.Of(c => Issue(c), c => Draft(c).Try(Notifying(c)).Later(days: 15), of: "after the time to comment"),
        Row.Of(c => Issue(c), c => Draft(c).Try(Notifying(c)), of: "before"),
        Row.Of(c => Issue(c, Unheard), Draft, of: "provisionally"),
        Row.Of(c => new ConfirmNotice(Id<Notice>(c), c.Decider), c => Draft(c).Try(x => Issue(x, Unheard)).Later(days: 12)),
        Row.Of(c => Disclosure(c)),
        Row.Of(c => new DecideDisclosure(Guid.NewGuid(), Some.Disclosure(c.Now) with { Outcome = DisclosureOutcome.Refused, ExpiresOn = null, DecidedBy = c.Decider }, Own), of: "refused"),
        Row.Of(c => new RevokeDisclosure(Id<DisclosureDecision>(c), Some.Motivation, c.Decider), c => Told(c).Try(Disclosure)),
    ];

    /// <summary>What may be told next, if anything.</summary>
    private static GivenCase Draft(GivenCase c) =>
        Enum.GetValues<NoticeKind>().Aggregate(c, (x, kind) => x.State.Of<Notice>().LastOrDefault()?.IsDraft() == true ? x : x.Try(new PrepareNotice(Guid.NewGuid(), kind)));

    private static NotifySupplierOfNotice Notifying(GivenCase c) => new(Id<Notice>(c), Some.Notification());

    private static GivenCase Told(GivenCase c) => Draft(c).Try(x => new NotifySupplierOfNotice(Id<Notice>(x), Some.Notification(0))).Try(x => Issue(x));

    private static IssueNotice Issue(GivenCase c, ProvisionalIssue? provisional = null) => new(Id<Notice>(c), c.Decider, provisional, Own, []);

    private static ProvisionalIssue Unheard => new(Some.Motivation, Some.Notification());

    private static DecideDisclosure Disclosure(GivenCase c) => new(Guid.NewGuid(), Some.Disclosure(c.Now) with { DecidedBy = c.Decider }, Own);

    private static PlanMeeting Meeting(GivenCase c) => new(Guid.NewGuid(), new MeetingContent(MeetingKind.Regular, By, c.Now.AddDays(7), "Digitalt", []), Own);

    private static PublishAgenda Agenda(GivenCase c) => new(Id<Meeting>(c), new Agenda(["Leveransläget"], ["A-1"]), [Some.Contract()]);

    private static HoldMeeting Holding(GivenCase c) => new(Id<Meeting>(c), [By, "Försäljningschef"]);

    private static DecideSanction Sanction(GivenCase c, bool automatic) => new(Guid.NewGuid(),
        new SanctionContent(SanctionKind.Penalty, "7.3", "Två procent per vecka", new Amount(20000, "SEK"), c.Now, automatic, c.Decider), null, Some.Contract());

    private static GivenCase Sanctioned(GivenCase c) => c.Try(Sanction(c, automatic: true));

    private static ObjectToSanction Objection(GivenCase c) => new(Id<Sanction>(c), "Beräkningen bestrids");

    private static BookCost Cost(GivenCase c) =>
        new(Guid.NewGuid(), new CostContent(new Amount(12000, "SEK"), "Ersättningsköp", "V 4711", CostBearer.Supplier, By));

    private static AssessContinuity Continuity(GivenCase c) =>
        new(Guid.NewGuid(), new ContinuityContent("Operationer flyttas", AlternativeSupply.Available, "Reservavtal", null, "Kategoriledare"));

    private static ImposeBlock Block(GivenCase c) => new(Guid.NewGuid(), new BlockContent(
        BlockScope.Contract, null, [new BlockedContract("A-1", "9.2")], Some.Motivation, Today(c), Today(c).AddDays(29), Id<ContinuityAssessment>(c), c.Now, null, c.Decider),
        [Some.Contract()]);

    private static PutBusinessOnHold Hold(GivenCase c) => new(Guid.NewGuid(), new BusinessHoldContent(Some.Motivation, c.Decider));

    private static AppointCrisisGroup CrisisGroup(GivenCase c) =>
        new(Guid.NewGuid(), new CrisisGroupContent("Inköpschef", [By, "Verksamhetschef"], "Säkra försörjningen", "Operationer", null, c.Decider));

    private static DecideTermination Termination(GivenCase c) => new(Guid.NewGuid(),
        new TerminationContent(TerminationScope.Contract, Some.Motivation, Today(c).AddDays(30), true, c.Now, "RS 2026-0117-20", c.Decider));

    private static RequestReview Review(GivenCase c) => new(Guid.NewGuid(), new ReviewContent("Steget", "Leveranserna var i tid", "Kvalitetschef", c.Now));

    private static OpenEvidenceFile File(GivenCase c) => new(Guid.NewGuid(), new EvidenceFileContent(ExclusionGround.P5, "Regionjurist", "Avtalet är hävt"));

    private static StateElements Elements(GivenCase c) => new(Id<ExclusionEvidence>(c), new EvidenceElements(
        new PointFiveElements(ContractAct.Lou, "Krav 4.2", "Fem uteblivna leveranser", ContractConsequence.EarlyTermination, "Bristerna ledde till hävningen"),
        null, Today(c).AddDays(-60), Today(c), null, "Leverantören har inte yttrat sig inom utsatt tid.", "Proportionerligt"), "Regionjurist");

    /// <summary>Another than the one who decides on the steps.</summary>
    public static DecisionMaker Reviewer(GivenCase c) => c.Decider with { Function = "Regiondirektör" };

    private static string Common(GivenCase c) => c.Context.Ladder.Step(c.State.Step).Activities[0].Code;

    private static string Specific(GivenCase c) => c.Context.Ladder.Step(c.State.Step).SpecificActivities[0].Code;

    private static DateOnly Today(GivenCase c) => SwedishTime.DateOf(c.Now);

    private static Guid Id<T>(GivenCase c) where T : CaseRecord => c.State.Of<T>().LastOrDefault()?.Id ?? Guid.NewGuid();
}
