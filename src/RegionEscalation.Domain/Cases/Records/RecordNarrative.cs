using RegionEscalation.Domain.Regions;
using static RegionEscalation.Domain.Cases.Telling;

namespace RegionEscalation.Domain.Cases.Records;

/// <summary>What happened to the records of a case, in plain words.</summary>
internal static class RecordNarrative
{
    public static Narration Tell(RecordEvent e, Telling t) => e switch
    {
        MeetingPlanned or MeetingAgendaPublished or MeetingHeld or MeetingMinutesSent or MeetingCancelled => OfMeetings(e, t),
        SanctionImposed or SanctionWaived or SanctionObjectedTo or SanctionObjectionAnswered or SanctionWithdrawn or SanctionSettled => OfSanctions(e, t),
        CostBooked or CostBearerSettled or CostConcluded => OfCosts(e, t),
        BlockImposed or BlockExtended or BlockLifted or BlockExpired => OfBlocks(e, t),
        BusinessPutOnHold or BusinessResumed or CrisisGroupAppointed or CrisisGroupDissolved or TerminationDecided or TerminationWithdrawn => OfMeasures(e, t),
        SupplierAskedToComment or SupplierStatementReceived or ReviewRequested or ReviewDecided => SupplierNarrative.OfVoice(e, t),
        ExclusionEvidenceOpened or ExclusionEvidenceStated or ExclusionEvidenceCompleted or ExclusionEvidenceWithdrawn or ExclusionEvidenceExpired
            or SelfCleaningRecorded => SupplierNarrative.OfEvidence(e, t),
        NoticePrepared or SupplierNotifiedOfNotice or NoticeIssued or NoticeConfirmed or NoticeExpired or DisclosureDecided or DisclosureRevoked or DisclosureExpired
            or JointMeetingAttended => NationalNarrative.Tell(e, t),
        _ => OfFindings(e, t),
    };

    private static Narration OfFindings(RecordEvent e, Telling t) => e switch
    {
        RiskAssessmentConfirmed { Content: var c } x => new(Say(
            "Risk- och konsekvensanalys fastställdes{5} för {0}{1}: sannolikhet {2} av 4 och konsekvens {3} av 4; den gäller till och med {4}.",
            "A risk and consequence analysis was confirmed{5} for {0}{1}: probability {2} of 4 and consequence {3} of 4; it is valid until {4}.",
            CaseWords.Risk[c.Kind], CaseNarrative.Consequences(c.Areas), c.Probability, c.Consequence, c.ValidUntil,
            SayIf(x.AssessedAt is not null, " {0} på bevakningslistan", " on {0} on the watch list", x.AssessedAt)), c.Assessor, c.Description, "R-E0"),
        IncidentRecorded { Content: var c } => new(
            Say("En incident som inträffade {0} upptäcktes.",
                "An incident that occurred on {0} was discovered.", c.OccurredAt), c.DiscoveredBy, c.Description, "R-E0"),
        ContinuityAssessed { Content: var c } => new(Say(
            "Försörjningskonsekvensen bedömdes: {0}{1}{2}.", "The consequence for supply was assessed: {0}{1}{2}.", CaseWords.Supply[c.Supply],
            SayIf(c.Alternative is not null, ", {0}", ", {0}", Quoted(c.Alternative ?? "")),
            c.RiskAcceptedBy is { } by ? Say(", och risken accepterades av {0}", ", and the risk was accepted by {0}", by.Function) : Nothing),
            c.Assessor, c.Impact, "R-B1, R-E5"),
        DialoguePartnerNamed { Content: var c } => new(Say(
            "Dialogpart hos leverantören är {0}{1}.", "The dialogue partner at the supplier is {0}{1}.", c.Function,
            t.Level(c.Level) is { } level ? Say(" på nivån {0}", " at the level {0}", Quoted(level)) : Nothing), Rule: "R-A4"),
        LetterSent { Content: var c } => new(Say(
            "Brev om {0} skickades {1} till {2} ({3}), referens {4}.", "A letter about {0} was sent on {1} to {2} ({3}), reference {4}.",
            Quoted(c.Subject), c.SentAt, CaseWords.Recipient[c.Recipient], c.RecipientFunction, c.Reference), c.SentBy, Rule: "R-A2, R-A4"),
        AggregateClassifiedSerious { Content: var c } => new(Say(
            "Bristerna klassades sammantagna som en allvarlig avvikelse{0}.", "The failures were classified as a serious deviation as a whole{0}.",
            CaseNarrative.Consequences(c.ConsequenceAreas)), t.Who(c.DecidedBy), c.Motivation, "R-E4b"),
        ActionPlanRefused { Content: var c } => new(Say(
            "Leverantören upprättade ingen handlingsplan trots skriftlig påminnelse {0} (referens {1}) med frist {2}; det räknas som att planen inte följs.",
            "The supplier established no action plan in spite of a written reminder on {0} (reference {1}) giving until {2}; that counts as one not followed.",
            c.ReminderSentAt, c.ReminderReference, c.Deadline), c.RecordedBy, c.Account, "R-E2"),
        _ => throw CaseNarrative.Untold(e),
    };

    private static Narration OfMeetings(RecordEvent e, Telling t)
    {
        var meeting = t.Find<Meeting>(e.RecordId)?.Content;
        var rule = meeting?.Kind is MeetingKind.Business or MeetingKind.ExecutiveBusiness or MeetingKind.JointRegional ? "R-M1, R-M2" : "R-M1";
        // The day tells one meeting of a kind from the next.
        var which = meeting is null ? Nothing : Say(" {0} ({1})", " of {0} ({1})", meeting.StartsAt, CaseWords.Meeting[meeting.Kind]);
        return e switch
        {
            MeetingPlanned { Content: var c } => new(Say(
                c.Kind == MeetingKind.JointRegional ? "Kallelse gick ut till ett {0} {1} ({2}){3}." : "Ett {0} planerades till {1} ({2}){3}.",
                c.Kind == MeetingKind.JointRegional ? "A meeting ({0}) was called for {1} ({2}){3}." : "A meeting ({0}) was planned for {1} ({2}){3}.",
                CaseWords.Meeting[c.Kind], c.StartsAt, c.Place, SayIf(c.InvitedRegions.Count > 0, ", med inbjudan till {0}", ", inviting {0}",
                    All(c.InvitedRegions.Select(r => Region.Find(r)?.Name ?? r)))), c.Convener,
                Rule: c.Kind is MeetingKind.Regular or MeetingKind.Internal ? "R-M1" : "R-M1, R-M2"),
            MeetingAgendaPublished { Agenda: var a } => new(Say(
                "Dagordningen för mötet{0} publicerades: {1}{2}.", "The agenda of the meeting{0} was published: {1}{2}.", which, All(a.Items.Select(Quoted)),
                SayIf(a.Contracts.Count > 0, ", om {0}", ", about {0}", Contracts(a.Contracts))), Rule: rule),
            MeetingHeld x => new(Say(
                "Mötet{0} hölls{1}; minnesanteckningar ska skickas senast {2}.", "The meeting{0} was held{1}; its minutes are to be sent by {2}.", which,
                SayIf(x.Participants.Count > 0, " med deltagarna {0}", " with the participants {0}", All(x.Participants)), By(x.MinutesDue)), Rule: rule),
            MeetingMinutesSent { Minutes: var m } => new(Say(
                "Minnesanteckningar från mötet{0} skickades (referens {1}){2}.",
                "The minutes of the meeting{0} were sent (reference {1}){2}.", which, m.Reference,
                SayIf(m.Decisions.Count > 0, ", med besluten {0}", ", with the decisions {0}", All(m.Decisions.Select(Quoted)))), Why: m.Summary, Rule: rule),
            MeetingCancelled x => new(Say("Mötet{0} ställdes in.", "The meeting{0} was cancelled.", which), Why: x.Reason, Rule: rule),
            _ => throw CaseNarrative.Untold(e),
        };
    }

    private static Narration OfSanctions(RecordEvent e, Telling t)
    {
        var which = t.Find<Sanction>(e.RecordId)?.Imposed is { } s
            ? Say("Sanktionen ({0} enligt klausul {1})", "The sanction ({0} under clause {1})", CaseWords.Sanction[s.Kind], s.ClauseReference)
            : new Label("Sanktionen", "The sanction");
        return e switch
        {
            SanctionImposed { Content: var c } => new(Say(
                "Sanktion beslutades: {0}{1} enligt avtalets klausul {2}{3}; leverantören underrättades {4}{5}.",
                "A sanction was decided: {0}{1} under the contract's clause {2}{3}; the supplier was told on {4}{5}.", CaseWords.Sanction[c.Kind],
                SayIf(c.Amount is not null, " om {0}", " of {0}", c.Amount), c.ClauseReference,
                SayIf(c.Automatic, ", som avtalet självt föreskriver", ", as the contract itself prescribes"), c.NoticeSentAt,
                // R-S2: wherever it appears, so also where the objection came later.
                SayIf(t.Find<Sanction>(e.RecordId)?.Disputed == true, "; den är omtvistad", "; it is disputed")), t.Who(c.DecidedBy), c.Basis, "R-S1"),
            SanctionWaived { Content: var c } => new(
                Say("Regionen avstod från sanktion: {0}.", "The region waived a sanction: {0}.", CaseWords.Waived[c.Reason]),
                t.Who(c.DecidedBy), c.Motivation, "R-S1"),
            SanctionObjectedTo x => new(
                Say("{0} är omtvistad: leverantören har invänt mot den.",
                    "{0} is disputed: the supplier has objected to it.", which), Why: x.Objection, Rule: "R-S2"),
            SanctionObjectionAnswered x => new(Say(
                "{0} är inte längre omtvistad: leverantörens invändning är besvarad.",
                "{0} is no longer disputed: the supplier's objection is answered.", which),
                x.AnsweredBy, x.Answer, "R-S2"),
            SanctionWithdrawn x => new(Say("{0} återkallades.", "{0} was withdrawn.", which), t.Who(x.DecidedBy), x.Reason, "R-S1"),
            SanctionSettled x => new(Say("{0} är reglerad.", "{0} is settled.", which), x.SettledBy, x.How, "R-S1"),
            _ => throw CaseNarrative.Untold(e),
        };
    }

    private static Narration OfCosts(RecordEvent e, Telling t)
    {
        var which = t.Find<CostEntry>(e.RecordId)?.Content is { } cost
            ? Say(" {0} på {1}", " {0} of {1}", Quoted(cost.Kind), cost.Amount)
            : Nothing;
        return e switch
        {
            CostBooked { Content: var c } => new(Say(
                "Kostnad bokförd: {0}, {1} (verifikation {2}); förslaget är att {3}.", "A cost was booked: {0}, {1} (posting {2}); the proposal is that {3}.",
                Quoted(c.Kind), c.Amount, c.Reference, CaseWords.Bearer[c.Bearer]), c.BookedBy, Rule: "R-C1"),
            CostBearerSettled x => new(Say(
                x.Agreed ? "Det är överenskommet med leverantören om kostnaden{0} att {1}{2}." : "Regionen har beslutat om kostnaden{0} att {1}{2}.",
                x.Agreed ? "It is agreed with the supplier about the cost{0} that {1}{2}." : "The region has decided about the cost{0} that {1}{2}.",
                which, CaseWords.Bearer[x.Bearer],
                SayIf(x.SupplierShare is not null, ", leverantören med {0} procent",
                    ", the supplier by {0} per cent", x.SupplierShare)), x.SettledBy, x.Motivation, "R-C1"),
            CostConcluded x => new(Say("Kostnaden{0} {1}.", "The cost{0} {1}.", which, CaseWords.Concluded[x.Conclusion]), x.ConcludedBy, x.Note, "R-C1"),
            _ => throw CaseNarrative.Untold(e),
        };
    }

    private static Narration OfBlocks(RecordEvent e, Telling t)
    {
        var which = t.Find<Block>(e.RecordId)?.Content is { } block
            ? Say("Spärren av {0}", "The block of {0}", Contracts(block.Contracts.Select(c => c.Number)))
            : new Label("Spärren", "The block");
        return e switch
        {
            // For call-offs: a block is a measure within the contract and must not read as an exclusion.
            BlockImposed { Content: var c } => new(
                Departing(Say(
                    "{0} spärrades för avrop från och med {1} till och med {2}; leverantören underrättades {3}.",
                    "{0} blocked for call-offs from {1} until {2}; the supplier was told on {3}.", Blocked(c), c.From, c.Until, c.SupplierNotifiedAt),
                    "R-B1", c.LengthMotivation),
                t.Who(c.DecidedBy), c.Reasons, "R-B1, R-B2"),
            BlockExtended x => new(
                Departing(Say("{0} förlängdes till och med {1}.", "{0} was extended until {1}.", which, x.Until), "R-B1", x.LengthMotivation), t.Who(x.DecidedBy), x.Motivation, "R-B1, R-B3"),
            BlockLifted x => new(Say("{0} hävdes.", "{0} was lifted.", which), t.Who(x.DecidedBy), x.Reason, "R-B3"),
            BlockExpired => new(Say("{0} löpte ut utan att förlängas.", "{0} expired without being extended.", which), Rule: "R-B3"),
            _ => throw CaseNarrative.Untold(e),
        };
    }

    private static Narration OfMeasures(RecordEvent e, Telling t) => e switch
    {
        BusinessPutOnHold { Content: var c } => new(new Label(
            "Business on hold: inga nya affärer görs med leverantören.", "Business on hold: no new business is done with the supplier."),
            t.Who(c.DecidedBy), c.Reasons, "R-B4"),
        BusinessResumed x => new(Say(
            "Affärerna med leverantören är återupptagna{0}.", "Business with the supplier is resumed{0}.",
            SayIf(x.Reason is null, " i och med att ärendet trappas ned under steg 4",
                " as the case is de-escalated below step 4")), Why: x.Reason, Rule: "R-B4"),
        CrisisGroupAppointed { Content: var c } => new(Say(
            "Krishanteringsgrupp tillsattes med {0} som ordförande och {1} som ledamöter, med uppdraget {2}{3}.",
            "A crisis management group was appointed with {0} as chair and {1} as members, with the mandate {2}{3}.", c.Chair, All(c.Members),
            Quoted(c.Mandate),
            SayIf(c.SpecialManagement is not null, ", knuten till {0}", ", linked to {0}", c.SpecialManagement)), t.Who(c.DecidedBy), c.SupplyImpact, "R-K1"),
        CrisisGroupDissolved x => new(new Label("Krishanteringsgruppen upplöstes.",
            "The crisis management group was dissolved."), Why: x.Summary, Rule: "R-K1"),
        TerminationDecided { Content: var c } => new(Say(
            "Beslut fattades om att avsluta {0} med {1} som sista dag{2}; leverantören underrättades {3} (referens {4}).",
            "It was decided to end {0} with {1} as the last day{2}; the supplier was told on {3} (reference {4}).", CaseWords.Ending[c.Scope], c.EndsOn,
            SayIf(c.Early, ", i förtid", ", early"), c.NoticeSentAt, c.NoticeReference), t.Who(c.DecidedBy), c.Reasons, "R-E5"),
        TerminationWithdrawn x => new(Say(
            "Beslutet om att avsluta {0} gäller inte längre.", "The decision to end {0} no longer stands.",
            t.Find<Termination>(x.RecordId) is { } ended ? CaseWords.Ending[ended.Content.Scope] : new Label("affärssamarbetet", "the business cooperation")),
            t.Who(x.DecidedBy), x.Reason, "R-D3"),
        _ => throw CaseNarrative.Untold(e),
    };

    private static Label Contracts(IEnumerable<string> numbers)
    {
        object[] all = [.. numbers];
        return Say(all.Length == 1 ? "avtalet {0}" : "avtalen {0}", all.Length == 1 ? "the contract {0}" : "the contracts {0}", All(all));
    }

    private static Label Blocked(BlockContent c)
    {
        var contracts = All(c.Contracts.Select(k => Say("{0} (klausul {1})", "{0} (clause {1})", k.Number, k.ClauseReference)));
        var one = c.Contracts.Count == 1;
        return c.Scope switch
        {
            BlockScope.ContractPart => Say(one ? "En del av avtalet {0}{1}" : "Delar av avtalen {0}{1}",
                one ? "A part of the contract {0}{1} was" : "Parts of the contracts {0}{1} were", contracts,
                SayIf(c.Part is not null, ", {0},", ", {0},", Quoted(c.Part ?? ""))),
            BlockScope.SupplierAllOwnContracts => Say(
                "Regionens alla egna avtal med leverantören, {0},", "All of the region's own contracts with the supplier, {0}, were", contracts),
            _ => Say(one ? "Avtalet {0}" : "Avtalen {0}", one ? "The contract {0} was" : "The contracts {0} were", contracts),
        };
    }
}
