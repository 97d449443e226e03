using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.WatchList;

namespace RegionEscalation.Storage;

/// <summary>
/// The names under which events are stored: explicit and versioned, so that no CLR type can be renamed into a lost event.
/// A name once used is never given to another shape; a changed shape gets the next version beside the old one.
/// </summary>
public static class EventTypes
{
    private static readonly Dictionary<string, Type> ByName = new()
    {
        ["contract-synchronised.v1"] = typeof(ContractSynchronised),
        ["contract-ended.v1"] = typeof(ContractEnded),
        ["supplier-of-contract-marked.v1"] = typeof(SupplierOfContractMarked),
        ["supplier-synchronised.v1"] = typeof(SupplierSynchronised),

        ["ladder-settings-changed.v1"] = typeof(LadderSettingsChanged),

        ["deviation-reported.v1"] = typeof(DeviationReported),
        ["deviation-assessed.v1"] = typeof(DeviationAssessed),
        ["deviation-reclassified.v1"] = typeof(DeviationReclassified),
        ["deviation-handled.v1"] = typeof(DeviationHandled),
        ["deviation-analysed.v1"] = typeof(DeviationAnalysed),
        ["deviation-fed-back.v1"] = typeof(DeviationFedBack),
        ["deviation-closed.v1"] = typeof(DeviationClosed),
        ["deviation-found-unfounded.v1"] = typeof(DeviationFoundUnfounded),
        ["deviation-attachments-added.v1"] = typeof(DeviationAttachmentsAdded),
        ["external-registration-linked.v1"] = typeof(ExternalRegistrationLinked),
        ["deviation-joined-case.v1"] = typeof(DeviationJoinedCase),

        ["supplier-placed-under-watch.v1"] = typeof(SupplierPlacedUnderWatch),
        ["watch-renewed.v1"] = typeof(WatchRenewed),
        ["watch-risk-assessed.v1"] = typeof(WatchRiskAssessed),
        ["watch-cleared.v1"] = typeof(WatchCleared),
        ["watch-promoted.v1"] = typeof(WatchPromoted),
        ["watch-lapsed.v1"] = typeof(WatchLapsed),

        ["case-opened.v1"] = typeof(CaseOpened),
        ["contract-of-case-changed.v1"] = typeof(ContractOfCaseChanged),
        ["supplier-of-case-marked.v1"] = typeof(SupplierOfCaseMarked),
        ["deviation-attached.v1"] = typeof(DeviationAttached),
        ["attached-deviation-reassessed.v1"] = typeof(AttachedDeviationReassessed),
        ["attached-deviation-resolved.v1"] = typeof(AttachedDeviationResolved),
        ["attached-deviation-found-unfounded.v1"] = typeof(AttachedDeviationFoundUnfounded),
        ["step-trigger-lapsed.v1"] = typeof(StepTriggerLapsed),
        ["step-trigger-restored.v1"] = typeof(StepTriggerRestored),
        ["step-trigger-reviewed.v1"] = typeof(StepTriggerReviewed),
        ["recurrence-detected.v1"] = typeof(RecurrenceDetected),
        ["recurrence-ceased.v1"] = typeof(RecurrenceCeased),
        ["case-came-from-watch-list.v1"] = typeof(CameFromWatchList),
        ["activity-completed.v1"] = typeof(ActivityCompleted),
        ["activity-dispensed-with.v1"] = typeof(ActivityDispensedWith),
        ["activities-skipped.v1"] = typeof(ActivitiesSkipped),
        ["action-plan-established.v1"] = typeof(ActionPlanEstablished),
        ["action-plan-revised.v1"] = typeof(ActionPlanRevised),
        ["action-plan-agreed.v1"] = typeof(ActionPlanAgreed),
        ["action-plan-evaluated.v1"] = typeof(ActionPlanEvaluated),
        ["return-criteria-set.v1"] = typeof(ReturnCriteriaSet),
        ["return-criterion-met.v1"] = typeof(ReturnCriterionMet),
        ["case-escalated.v1"] = typeof(CaseEscalated),
        ["case-de-escalated.v1"] = typeof(CaseDeEscalated),
        ["case-closed.v1"] = typeof(CaseClosed),
        ["activity-planned.v1"] = typeof(ActivityPlanned),
        ["activities-not-needed.v1"] = typeof(ActivitiesNotNeeded),
        ["step-deadlines-set.v1"] = typeof(StepDeadlinesSet),
        ["measure-reported-done.v1"] = typeof(MeasureReportedDone),
        ["measure-verified.v1"] = typeof(MeasureVerified),
        ["termination-ground-stated.v1"] = typeof(TerminationGroundStated),
        ["termination-concluded.v1"] = typeof(TerminationConcluded),
        ["case-merged-into.v1"] = typeof(CaseMergedInto),
        ["case-absorbed.v1"] = typeof(CaseAbsorbed),
        ["case-transferred.v1"] = typeof(CaseTransferred),
        ["case-reopened.v1"] = typeof(CaseReopened),
        ["case-migrated-to-ladder.v1"] = typeof(CaseMigratedToLadder),

        ["risk-assessment-confirmed.v1"] = typeof(RiskAssessmentConfirmed),
        ["incident-recorded.v1"] = typeof(IncidentRecorded),
        ["continuity-assessed.v1"] = typeof(ContinuityAssessed),
        ["dialogue-partner-named.v1"] = typeof(DialoguePartnerNamed),
        ["letter-sent.v1"] = typeof(LetterSent),
        ["meeting-planned.v1"] = typeof(MeetingPlanned),
        ["meeting-agenda-published.v1"] = typeof(MeetingAgendaPublished),
        ["meeting-held.v1"] = typeof(MeetingHeld),
        ["meeting-minutes-sent.v1"] = typeof(MeetingMinutesSent),
        ["meeting-cancelled.v1"] = typeof(MeetingCancelled),
        ["sanction-imposed.v1"] = typeof(SanctionImposed),
        ["sanction-waived.v1"] = typeof(SanctionWaived),
        ["sanction-objected-to.v1"] = typeof(SanctionObjectedTo),
        ["sanction-objection-answered.v1"] = typeof(SanctionObjectionAnswered),
        ["sanction-withdrawn.v1"] = typeof(SanctionWithdrawn),
        ["sanction-settled.v1"] = typeof(SanctionSettled),
        ["cost-booked.v1"] = typeof(CostBooked),
        ["cost-bearer-settled.v1"] = typeof(CostBearerSettled),
        ["cost-concluded.v1"] = typeof(CostConcluded),
        ["block-imposed.v1"] = typeof(BlockImposed),
        ["block-extended.v1"] = typeof(BlockExtended),
        ["block-lifted.v1"] = typeof(BlockLifted),
        ["block-expired.v1"] = typeof(BlockExpired),
        ["business-put-on-hold.v1"] = typeof(BusinessPutOnHold),
        ["business-resumed.v1"] = typeof(BusinessResumed),
        ["crisis-group-appointed.v1"] = typeof(CrisisGroupAppointed),
        ["crisis-group-dissolved.v1"] = typeof(CrisisGroupDissolved),
        ["termination-decided.v1"] = typeof(TerminationDecided),
        ["termination-withdrawn.v1"] = typeof(TerminationWithdrawn),
        ["supplier-asked-to-comment.v1"] = typeof(SupplierAskedToComment),
        ["supplier-statement-received.v1"] = typeof(SupplierStatementReceived),
        ["review-requested.v1"] = typeof(ReviewRequested),
        ["review-decided.v1"] = typeof(ReviewDecided),
        ["aggregate-classified-serious.v1"] = typeof(AggregateClassifiedSerious),
        ["action-plan-refused.v1"] = typeof(ActionPlanRefused),
        ["notice-prepared.v1"] = typeof(NoticePrepared),
        ["supplier-notified-of-notice.v1"] = typeof(SupplierNotifiedOfNotice),
        ["notice-issued.v1"] = typeof(NoticeIssued),
        ["notice-confirmed.v1"] = typeof(NoticeConfirmed),
        ["notice-expired.v1"] = typeof(NoticeExpired),
        ["notice-fell-due.v1"] = typeof(NoticeFellDue),
        ["disclosure-decided.v1"] = typeof(DisclosureDecided),
        ["disclosure-revoked.v1"] = typeof(DisclosureRevoked),
        ["disclosure-expired.v1"] = typeof(DisclosureExpired),
        ["joint-meeting-attended.v1"] = typeof(JointMeetingAttended),
        ["exclusion-evidence-opened.v1"] = typeof(ExclusionEvidenceOpened),
        ["exclusion-evidence-stated.v1"] = typeof(ExclusionEvidenceStated),
        ["exclusion-evidence-completed.v1"] = typeof(ExclusionEvidenceCompleted),
        ["exclusion-evidence-withdrawn.v1"] = typeof(ExclusionEvidenceWithdrawn),
        ["exclusion-evidence-expired.v1"] = typeof(ExclusionEvidenceExpired),
        ["self-cleaning-recorded.v1"] = typeof(SelfCleaningRecorded),
    };

    private static readonly Dictionary<Type, string> ByType = ByName.ToDictionary(p => p.Value, p => p.Key);

    public static IReadOnlyCollection<string> Names => ByName.Keys;

    public static string NameOf(object e) => ByType[e.GetType()];

    /// <exception cref="InvalidDataException">No event of this build has that name.</exception>
    public static object Read(string name, string json) => ByName.TryGetValue(name, out var type)
        ? StoreJson.Read(json, type)
        : throw new InvalidDataException($"The event type {name} is unknown to this build.");

    /// <summary>The same for whoever must not stop at one row: a <see cref="DamagedEvent"/> where what is stored is none of the type.</summary>
    /// <exception cref="InvalidDataException">No event of this build has that name.</exception>
    internal static object ReadOrDamaged(string name, string json)
    {
        try
        {
            return Read(name, json);
        }
        catch (Exception e) when (e is not OutOfMemoryException && ByName.ContainsKey(name))
        {
            return new DamagedEvent(ByName[name]);
        }
    }

    public static string Write(object e) => StoreJson.Write(e);
}
