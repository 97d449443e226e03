using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.National;

namespace RegionEscalation.Domain.Tests.Walks;

/// <summary>The next thing to do about each kind of record, and about the plan.</summary>
internal sealed class RecordCommands(Draw draw, Walker walker)
{
    private EscalationCase State => draw.State;

    /// <summary>What meets a rule by a POST to the resource below the case.</summary>
    public CaseCommand? For(string? resource) => resource switch
    {
        "blocks" => Block(),
        "business-holds" => Hold(),
        "crisis-groups" => CrisisGroup(),
        "comment-requests" => Comment(),
        "continuity-assessments" => Continuity(),
        "cost-entries" => Cost(),
        "dialogue-partners" => Partner(),
        "exclusion-evidence" => EvidenceFile(),
        "notices" => Notice(),
        "disclosures" => Disclosure(),
        "reviews" => Review(),
        "sanctions" => Sanction(),
        "serious-aggregates" => Aggregate(),
        "terminations" => Termination(),
        _ => null,
    };

    /// <summary>What comes next for something that is there, or something new.</summary>
    public CaseCommand Any() => State.Records.Count > 0 && draw.Chance(0.6) ? Next(draw.One(State.Records)) : draw.One<Func<CaseCommand>>(
        Block, Hold, CrisisGroup, Comment, Continuity, Cost, Partner, EvidenceFile, EvidenceFile, Review, Sanction, Sanction, Aggregate, Termination, Letter, Refusal, Notice, Notice, Notice, Disclosure, Disclosure,
        () => new ConfirmRiskAssessment(draw.New(), Risk()), () => Meeting(draw.Of<MeetingKind>()), () => Meeting(draw.Of<MeetingKind>()))();

    private CaseCommand Next(CaseRecord record) => record switch
    {
        Block _ => Block(),
        BusinessHold _ => Hold(),
        CrisisGroup _ => CrisisGroup(),
        CommentRequest _ => Comment(),
        CostEntry _ => Cost(),
        ExclusionEvidence _ => EvidenceFile(),
        Meeting m => Meeting(m.Content.Kind),
        Notice _ => Notice(),
        DisclosureDecision _ => Disclosure(),
        Review _ => Review(),
        Sanction _ => Sanction(),
        Termination _ => Termination(),
        _ => Continuity(),
    };

    /// <summary>One of the activities that are outstanding: by its record where it has one.</summary>
    public CaseCommand Outstanding()
    {
        var codes = CaseActivities.Outstanding(State, draw.Context.Ladder.Step(State.Step)).Select(a => a.Code).ToArray();
        var code = codes.Length == 0 ? "unknown" : draw.One(codes);
        if (draw.Chance(0.25))
            return new DispenseWithActivity(code, null, "Behövs inte", "Avtalsansvarig");
        return code switch
        {
            "riskAssessment" => new ConfirmRiskAssessment(draw.New(), Risk()),
            "letterToSalesManager" => Letter(LetterRecipient.SalesManager),
            "letterToCeo" => Letter(LetterRecipient.Ceo),
            "regularMeetings" => Meeting(MeetingKind.Regular),
            "businessMeeting" => Meeting(MeetingKind.Business),
            "executiveBusinessMeeting" => Meeting(MeetingKind.ExecutiveBusiness),
            "jointRegionalMeeting" => draw.Chance(0.5) ? JointMeeting() : Meeting(MeetingKind.JointRegional),
            CaseActivities.EstablishActionPlanCode => Plan(failing: true),
            "sanctions" => Sanction(),
            "block" => Block(),
            "crisisGroup" => CrisisGroup(),
            "endContract" => Termination(),
            Obligations.InformRegionsCode => Notice(),
            _ => new CompleteActivity(code, null, draw.Past(), "Avtalsansvarig", "Genomfört"),
        };
    }

    /// <param name="failing">Whether it is to turn out not to help.</param>
    public CaseCommand Plan(bool failing)
    {
        if (State.LatestPlan() is not { } plan)
            return draw.Chance(0.15) ? Refusal() : new EstablishActionPlan(draw.New(), draw.Plan());
        var id = draw.Wrong() ? draw.New() : plan.Id;
        if (plan.Latest().Evaluation is not null || draw.Chance(0.05))
            return draw.Wrong() ? new EstablishActionPlan(draw.New(), draw.Plan()) : new ReviseActionPlan(id, draw.Plan());
        if (plan.Latest().Agreement is null || draw.Wrong())
            return new AgreeActionPlan(id, draw.Of<Agreement>(), "Avtalsansvarig");
        if (draw.Chance(0.3))
            return Measure(plan);
        if (draw.Chance(0.6))
            walker.WaitUntil(SwedishTime.EndOf(plan.Latest().Content.EvaluationDate.AddDays(-1)));
        var outcome = draw.Chance(0.1) ? draw.Of<PlanOutcome>()
            : failing ? draw.One(PlanOutcome.WithoutEffect, PlanOutcome.NotFollowed) : draw.One(PlanOutcome.Effective, PlanOutcome.Effective, PlanOutcome.PartlyEffective);
        return new EvaluateActionPlan(id, draw.New(), outcome, Some.Motivation, draw.Maybe("Bekräftat"), draw.Wrong() ? null : Some.Motivation, "Avtalsansvarig");
    }

    private CaseCommand Measure(ActionPlan plan)
    {
        var reported = plan.Latest().Progress.FirstOrDefault(p => p.VerifiedAt is null);
        return (reported is not null) != draw.Wrong()
            ? new VerifyMeasure(plan.Id, reported?.Measure ?? 1, "Kontrollerat", "Avtalsansvarig")
            : new ReportMeasure(plan.Id, draw.Int(draw.Wrong() ? 0 : 1, 2), "Genomfört", "Leverantören");
    }

    public RiskAssessmentContent Risk() => new(draw.Of<RiskKind>(), draw.Int(1, 4), draw.Int(1, 4), draw.Wrong() ? [] : [draw.Of<ConsequenceArea>()], "Leveranserna kan utebli", "Kategoriledare", draw.Day(0, 200));

    private RecordPlanRefusal Refusal()
    {
        walker.Wait(TimeSpan.FromDays(draw.Int(0, 15)));
        var reminded = draw.Past(State.StepEnteredAt);
        return new RecordPlanRefusal(draw.New(), new PlanRefusalContent("Vägrar", reminded, "RS 2026-0117-3", SwedishTime.DateOf(reminded).AddDays(draw.Int(draw.Wrong() ? 0 : 1, 7)), "Avtalsansvarig"));
    }

    private NamePartner Partner() => new(draw.New(), new PartnerContent(
        draw.Wrong() ? "unknown" : draw.Context.Ladder.SupplierPartner(draw.Chance(0.7) ? State.Step : draw.Int(0, 5)), "Kundansvarig", "kund@leverantor.example"));

    private CaseCommand Letter() => Letter(draw.Of<LetterRecipient>());

    private CaseCommand Letter(LetterRecipient to) => PartnerFirst(() =>
        new SendLetter(draw.New(), new LetterContent(to, "Mottagande funktion", "Leveranser", "RS 2026-0117-7", draw.Past(), "Avtalsansvarig")));

    private CaseCommand PartnerFirst(Func<CaseCommand> then) => !draw.Wrong() && DialoguePartners.IsMissing(State, draw.Context.Ladder) ? Partner() : then();

    /// <summary>One that was called nationally.</summary>
    private TakeUpJointMeeting JointMeeting()
    {
        var taken = draw.Last<JointMeetingAttendance>(_ => true);
        return new(draw.New(), draw.Wrong() ? null : new KnownJointMeeting(
            taken is not null && draw.Wrong() ? taken.Content.MeetingId : draw.New(),
            draw.Wrong() ? new JointMeetingSupplier("2021005489", null) : new JointMeetingSupplier(State.Supplier.OrganisationNumber, null), "region:13", draw.Past(),
            draw.Wrong() ? draw.Of<JointMeetingState>() : JointMeetingState.MinutesSent, draw.Wrong() ? ["region:13"] : ["region:13", "region:08"]), "08");
    }

    private CaseCommand Meeting(MeetingKind kind)
    {
        var open = draw.Last<Meeting>(m => m.Content.Kind == kind && m.State is not (MeetingState.MinutesSent or MeetingState.Cancelled));
        if (open is null || draw.Chance(0.05))
            return PartnerFirst(() => new PlanMeeting(draw.New(), new MeetingContent(kind, "Avtalsansvarig", draw.Now.AddHours(draw.Wrong() ? -1 : draw.Int(1, 400)), "Digitalt",
                kind == MeetingKind.JointRegional != draw.Wrong() ? [draw.Wrong() ? "99" : "13"] : []), "08"));
        if (draw.Chance(0.07))
            return new CancelMeeting(open.Id, "Flyttas");
        var id = draw.Record<Meeting>(m => m.Id == open.Id);
        switch (open.State)
        {
            case MeetingState.Planned:
                return new PublishAgenda(id, new Agenda(["Leveransläget"], draw.Wrong() ? ["C-3"] : ["A-1", "B-2"]), Draw.Contracts);
            case MeetingState.AgendaPublished:
                if (!draw.Wrong())
                    walker.WaitUntil(open.Content.StartsAt);
                return new HoldMeeting(id, ["Avtalsansvarig", "Försäljningschef"]);
            default:
                return new SendMinutes(id, new Minutes("Överenskommet", "RS 2026-0117-9", []));
        }
    }

    private CaseCommand Sanction()
    {
        if (draw.Last<Sanction>(s => s.State == SanctionState.Imposed) is { } imposed && !draw.Chance(0.2))
        {
            var id = draw.Record<Sanction>(s => s.Id == imposed.Id);
            return (imposed.Disputed ^ draw.Wrong()) ? new AnswerObjection(id, "Kvarstår", "Avtalsansvarig") : draw.One<CaseCommand>(
                new ObjectToSanction(id, "Bestrids"), new SettleSanction(id, "Betald", "Avtalsansvarig"), new SettleSanction(id, "Betald", "Avtalsansvarig"),
                new WithdrawSanction(id, "Rättad", draw.Decider()));
        }
        return draw.Chance(0.5) || State.Step < 2 && draw.Chance(0.5)
            ? new DecideSanction(draw.New(), null, new WaiverContent(draw.Of<WaiverReason>(), draw.Motivation(), draw.Decider()), Draw.Contracts[0])
            : new DecideSanction(draw.New(), new SanctionContent(draw.Of<SanctionKind>(), draw.Wrong() ? "99" : "7.3", "Två procent per vecka", new Amount(draw.Wrong() ? 0 : 20000.50m, "SEK"),
                draw.Past(), draw.Chance(0.3), draw.Decider()), null, Draw.Contracts[0]);
    }

    private CaseCommand Cost()
    {
        if (draw.Last<CostEntry>(c => c.State is not (CostState.Recovered or CostState.WrittenOff)) is not { } cost || draw.Chance(0.1))
            return new BookCost(draw.New(), new CostContent(new Amount(draw.Wrong() ? 0.001m : 12000m, "SEK"), "Ersättningsköp", "V 4711", draw.Of<CostBearer>(), "Avtalsansvarig"));
        var id = draw.Record<CostEntry>(c => c.Id == cost.Id);
        var bearer = draw.Of<CostBearer>();
        return draw.Chance(0.5)
            ? new SettleCostBearer(id, bearer, bearer == CostBearer.Split != draw.Wrong() ? 50 : null, draw.Chance(0.5), "Överenskommet", "Avtalsansvarig")
            : new ConcludeCost(id, draw.Of<CostConclusion>(), "Fakturerad", "Avtalsansvarig");
    }

    private AssessContinuity Continuity()
    {
        var supply = draw.Of<AlternativeSupply>();
        return new AssessContinuity(draw.New(), new ContinuityContent("Operationer flyttas", supply, supply == AlternativeSupply.None != draw.Wrong() ? null : "Reservavtal",
            supply == AlternativeSupply.None ? draw.Decider() : null, "Kategoriledare"));
    }

    private bool IsCurrent(ContinuityAssessment a) => a.IsCurrent(draw.Context);

    /// <summary>What comes next for what the regions are told: prepared, sent to the supplier, issued, and confirmed where it was provisional.</summary>
    private CaseCommand Notice()
    {
        var standing = Notices.Standing(State);
        if (draw.Last<Notice>(n => n.IsDraft()) is not { } draft || draw.Chance(0.05))
        {
            if (standing?.IsProvisional() == true && !draw.Chance(0.2))
            {
                if (draw.Chance(0.7))
                    walker.WaitUntil(standing.CommentUntil!.Value);
                return new ConfirmNotice(draw.Record<Notice>(n => n.Id == standing.Id), draw.Decider());
            }
            return new PrepareNotice(draw.New(), draw.Wrong() ? draw.Of<NoticeKind>()
                : State.DueNotice?.Kind ?? (standing is null ? NoticeKind.Initial : NationalAccessPolicy.SignalOf(State) is null ? NoticeKind.AllClear : NoticeKind.Update));
        }
        var id = draw.Record<Notice>(n => n.Id == draft.Id);
        if (draft.State == NoticeState.Prepared && !draw.Wrong() && !draw.Chance(0.25))
            return new NotifySupplierOfNotice(id, Notification());
        if (draft.CommentUntil > draw.Now && draw.Chance(0.2))
            return new ReceiveStatement(draw.New(), new StatementContent("Brand i lagret", "Vd", draw.Now, null, null, null, id));
        var provisional = draw.Chance(draft.State == NoticeState.Prepared ? 0.9 : 0.2)
            ? new ProvisionalIssue(draw.Motivation(), draft.State == NoticeState.Prepared != draw.Wrong() ? Notification() : null)
            : null;
        if (provisional is null && draft.CommentUntil is { } until && draw.Chance(0.8))
            walker.WaitUntil(until);
        return new IssueNotice(id, draw.Decider(), provisional, "08", [.. new[] { "partner:adda", "supplier", "region:08" }.Where(_ => draw.Chance(0.2))]);
    }

    private NoticeNotification Notification() => new("Kvalitetschef", "RS 2026-0117-40", draw.Chance(0.3) ? draw.Int(0, 12) : null, draw.Wrong() ? null : Some.Motivation);

    private CaseCommand Disclosure()
    {
        if (draw.Last<DisclosureDecision>(d => d.IsInForce()) is { } standing && draw.Chance(0.7))
            return new RevokeDisclosure(draw.Record<DisclosureDecision>(d => d.Id == standing.Id), draw.Motivation(), draw.Decider());
        var granted = draw.Chance(0.8);
        var basis = draw.Of<DisclosureBasis>();
        return new DecideDisclosure(draw.New(), new DisclosureContent(
            granted ? DisclosureOutcome.Granted : DisclosureOutcome.Refused,
            draw.One<string>(draw.Wrong() ? ["region:08", "region:99", "auditor"] : ["region:13", Disclosures.RegionsConcerned, "coordination", "nationalOffice", "partner:adda", "supplier"]),
            basis,
            draw.Wrong() ? [] : [new ConsideredSecrecy(draw.One(19, 25, 31, draw.Wrong() ? 41 : 31), draw.Int(1, 16), basis != DisclosureBasis.NotSecret && draw.Chance(0.5))],
            draw.Motivation(), granted != draw.Wrong() ? draw.Day(0, draw.Wrong() ? 500 : 300) : null, draw.Decider()), "08");
    }

    /// <summary>What may be in force at the highest steps only.</summary>
    public CaseCommand Measure() => draw.One<Func<CaseCommand>>(Imposing, Imposing, Hold, CrisisGroup)();

    private CaseCommand Block()
    {
        if (draw.Last<Block>(b => b.IsImposed()) is { } block && !draw.Wrong())
            return draw.Chance(0.3) && draw.Last<ContinuityAssessment>(IsCurrent) is not null
                ? new ExtendBlock(block.Id, block.Until.AddDays(draw.Int(draw.Wrong() ? 0 : 1, 60)), draw.Motivation(), draw.Motivation(), draw.Record<ContinuityAssessment>(IsCurrent), draw.Decider())
                : new LiftBlock(block.Id, "Leveranserna är åter i tid", draw.Decider());
        return Imposing();
    }

    private CaseCommand Imposing()
    {
        if (draw.Last<ContinuityAssessment>(IsCurrent) is null && !draw.Wrong())
            return Continuity();
        var scope = draw.Of<BlockScope>();
        var from = draw.Day(0, 5);
        return new ImposeBlock(draw.New(), new BlockContent(scope, scope == BlockScope.ContractPart != draw.Wrong() ? "Handskar" : null,
            [.. Draw.Contracts.Where(c => scope == BlockScope.SupplierAllOwnContracts || c.Number == "A-1").Select(c => new BlockedContract(c.Number, draw.Wrong() ? "99" : "9.2"))],
            draw.Motivation(), from, from.AddDays(draw.Int(draw.Wrong() ? -1 : 0, 400)), draw.Record<ContinuityAssessment>(IsCurrent), draw.Past(), draw.Motivation(), draw.Decider()), Draw.Contracts);
    }

    private CaseCommand Hold() => draw.Last<BusinessHold>(h => h.Holds()) is { } hold && !draw.Wrong()
        ? new ResumeBusiness(hold.Id, "Leveranserna är åter i tid")
        : draw.Wrong() ? new ResumeBusiness(draw.Record<BusinessHold>(), "Igen") : new PutBusinessOnHold(draw.New(), new BusinessHoldContent(draw.Motivation(), draw.Decider()));

    private CaseCommand CrisisGroup() => draw.Last<CrisisGroup>(g => g.IsActive()) is { } group && !draw.Wrong()
        ? new DissolveCrisisGroup(group.Id, "Försörjningen är säkrad")
        : draw.Wrong() ? new DissolveCrisisGroup(draw.Record<CrisisGroup>(), "Igen")
        : new AppointCrisisGroup(draw.New(), new CrisisGroupContent("Inköpschef", draw.Wrong() ? ["Vd"] : ["Avtalsansvarig", "Verksamhetschef"], "Försörjning", "Operationer", null, draw.Decider()));

    private CaseCommand Termination()
    {
        if (draw.Last<Termination>(t => t.Stands()) is { } standing && !draw.Wrong())
        {
            if (walker.Walk.End != CaseOutcome.Terminated || draw.Chance(0.1))
                return new WithdrawTermination(standing.Id, "Förlikning", draw.Decider());
            walker.WaitUntil(SwedishTime.EndOf(standing.Content.EndsOn));
            return new NoteExpiries();
        }
        return draw.Wrong()
            ? new WithdrawTermination(draw.Record<Termination>(), "Förlikning", draw.Decider())
            : new DecideTermination(draw.New(), new TerminationContent(draw.Of<TerminationScope>(), draw.Motivation(), draw.Day(0, 90), draw.Chance(0.7), draw.Past(), "RS 2026-0117-20", draw.Decider()));
    }

    private CaseCommand Comment()
    {
        var request = draw.Last<CommentRequest>(r => r.Visit == State.Visit);
        if (request is null && !draw.Chance(0.2))
            return new AskToComment(draw.New(), new CommentRequestContent("Steget", "Företagsledning", "RS 2026-0117-12", draw.Past(), draw.Day(0, 30), draw.Maybe(Some.Motivation)));
        if (request is not null && draw.Chance(0.4))
            walker.WaitUntil(SwedishTime.EndOf(request.Content.Deadline));
        return new ReceiveStatement(draw.New(), new StatementContent("Brand i lagret", "Vd", draw.Past(),
            request is null ? null : draw.Record<CommentRequest>(r => r.Id == request.Id), draw.Maybe("RS 2026-0117-13"), draw.Maybe("Priser")));
    }

    private CaseCommand Review()
    {
        if (draw.Last<Review>(r => r.IsPending()) is not { } pending || draw.Wrong())
            return new RequestReview(draw.New(), new ReviewContent("Steget", "Leveranserna var i tid", "Kvalitetschef", draw.Past()));
        var outcome = draw.Of<ReviewOutcome>();
        return new DecideReview(draw.Record<Review>(r => r.Id == pending.Id), new ReviewDecision(outcome, draw.Motivation(),
            outcome == ReviewOutcome.Changed != draw.Wrong() ? draw.Int(0, Math.Max(0, State.Step - 1)) : null,
            draw.Wrong() ? draw.Decider() : draw.Decider() with { Function = "Regionråd" }));
    }

    private ClassifyAggregate Aggregate() =>
        new(draw.New(), new SeriousAggregateContent(draw.Wrong() ? [] : [draw.Of<ConsequenceArea>()], draw.Motivation(), draw.Decider()));

    private CaseCommand EvidenceFile()
    {
        if (draw.Last<ExclusionEvidence>(e => !e.HasEnded(draw.Now)) is not { } file || draw.Chance(0.05))
            return draw.Last<ExclusionEvidence>(_ => true) is not null && draw.Chance(0.3) ? SelfCleaning() : new OpenEvidenceFile(draw.New(), new EvidenceFileContent(draw.Of<ExclusionGround>(), "Regionjurist", "Brister"));
        var id = draw.Record<ExclusionEvidence>(e => e.Id == file.Id);
        if (draw.Chance(0.1))
            return SelfCleaning();
        if (draw.Chance(0.05))
            return Withdrawal();
        return file.Elements is null || draw.Chance(0.1) ? new StateElements(id, Elements(file.Content.Ground), "Regionjurist") : new CompleteEvidenceFile(id, "Regionjurist");
    }

    public WithdrawEvidenceFile Withdrawal() => new(draw.Record<ExclusionEvidence>(e => !e.HasEnded(draw.Now)), "Av misstag", "Regionjurist");

    private RecordSelfCleaning SelfCleaning() => new(draw.Record<ExclusionEvidence>(),
        new SelfCleaningEntry(draw.Of<SelfCleaningLimb>(), "Ny lagerstyrning", "Vd", draw.Past()));

    private EvidenceElements Elements(ExclusionGround ground)
    {
        var statement = draw.Last<SupplierStatement>(_ => true)?.Id;
        var five = ground == ExclusionGround.P5 != draw.Wrong();
        return new EvidenceElements(
            five ? new PointFiveElements(ContractAct.Lou, "Krav 4.2", "Fem uteblivna leveranser", draw.Of<ContractConsequence>(), "Bristerna ledde till hävningen") : null,
            five ? null : new PointOneElements("Arbetsmiljölagen", "Inspektion"), draw.Day(-1094, 0), five ? draw.Day(-30, 0) : null, statement,
            statement is null ? Some.Motivation : null, draw.Wrong() ? null : "Proportionerligt");
    }
}
