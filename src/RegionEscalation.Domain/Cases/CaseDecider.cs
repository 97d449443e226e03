using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Deviations;

namespace RegionEscalation.Domain.Cases;

/// <summary>
/// Decides what a command on a case leads to. Pure: no clock, no I/O, and a rule that is not met is a rejection, never an exception.
/// </summary>
public static class CaseDecider
{
    public static Decision<CaseEvent> Decide(CaseCommand command, EscalationCase? state, CaseContext context)
    {
        var decision = DecideAlone(command, state, context);
        if (state is null || decision.Events.Count == 0)
            return decision;
        IReadOnlyList<CaseEvent> restored = decision.Events.Any(e => e is DeviationAttached or CaseAbsorbed)
            ? StepTriggers.Restored(decision.Events.Aggregate(state, EscalationCase.Evolve), context)
            : [];
        return Decision<CaseEvent>.Accept([.. decision.Events, .. restored, .. Notices.FallenDue(state, decision.Events, context)]);
    }

    private static Decision<CaseEvent> DecideAlone(CaseCommand command, EscalationCase? state, CaseContext context) => (command, state) switch
    {
        (OpenCase c, null) => Opening.Decide(c, context),
        (NoteExpiries, { } s) => Decision<CaseEvent>.Accept([.. s.Records.Select(r => r.Expired(context.Now)).OfType<CaseEvent>()]),
        (ReopenCase c, { } s) => Reopening.Decide(c, s, context),
        (RecordCommand c, { } s) when (s.IsOpen() || c.WhenClosed) && s.Records.Count >= MostRecords && s.Records.All(r => r.Id != c.RecordId) => Decision<CaseEvent>.Reject(TooMany()),
        (RecordCommand { WhenClosed: true } c, { } s) => c.Decide(s, context),
        (_, { State: CaseState.Closed }) => Decision<CaseEvent>.Reject(Closed()),
        (RecordCommand c, { } s) => c.Decide(s, context),
        (AttachDeviation c, { } s) => Attach(c.Deviation, s, context.Now),
        (CompleteActivity c, { } s) => CaseActivities.Complete(c, s, context),
        (DispenseWithActivity c, { } s) => CaseActivities.DispenseWith(c, s, context),
        (PlanActivity c, { } s) => CaseActivities.Plan(c, s, context),
        (EstablishActionPlan c, { } s) => ActionPlans.Establish(c, s, context.Now),
        (ReviseActionPlan c, { } s) => ActionPlans.Revise(c, s, context.Now),
        (AgreeActionPlan c, { } s) => ActionPlans.Agree(c, s, context.Now),
        (EvaluateActionPlan c, { } s) => ActionPlans.Evaluate(c, s, context.Now),
        (ReportMeasure c, { } s) => ActionPlans.Report(c, s, context.Now),
        (VerifyMeasure c, { } s) => ActionPlans.Verify(c, s, context.Now),
        (SetReturnCriteria c, { } s) => WayBack.SetCriteria(c, s, context),
        (ConfirmReturnCriterion c, { } s) => WayBack.ConfirmCriterion(c, s, context.Now),
        (Escalate c, { } s) => Escalation.Decide(c, s, context),
        (DeEscalate c, { } s) => WayBack.Decide(c, s, context),
        (CloseCase c, { } s) => Closing.Decide(c, s, context),
        (AbsorbCase c, { }) => Closing.Absorb(c, context),
        (ReviewStepTrigger c, { } s) => StepTriggers.Review(c, s, context),
        (MigrateCaseToLadder c, { } s) => Migration.Decide(c, s, context),
        _ => throw new InvalidOperationException($"{command.GetType().Name} does not apply to {(state is null ? "nothing" : "a case")}."),
    };

    /// <summary>
    /// What an attached deviation's own change means for its case: the copy that decides follows it. A closed case stays as it was (R-G3).
    /// </summary>
    public static IReadOnlyList<CaseEvent> Follow(EscalationCase state, Deviation before, Deviation after, DateTimeOffset now)
    {
        if (!state.IsOpen())
            return [];
        var events = new List<CaseEvent>();
        if (after.Assessment is { } assessment && !ReferenceEquals(before.Assessment, assessment))
            events.Add(new AttachedDeviationReassessed(now, after.Id, assessment));
        if (after.IsUnfounded() && !before.IsUnfounded())
            events.Add(new AttachedDeviationFoundUnfounded(now, after.Id, after.Closure!.Motivation!, after.Closure.DecidedBy));
        else if (before.ResolvedAt() is null && after.ResolvedAt() is not null)
            events.Add(new AttachedDeviationResolved(now, after.Id));
        return events;
    }

    /// <summary>What stands against attaching the deviation to a case about the given supplier and contract.</summary>
    internal static IEnumerable<Rejection> AgainstAttaching(Deviation d, Guid supplierId, string contractNumber, string field)
    {
        if (d.Supplier.Id != supplierId || d.Contract.Number != contractNumber)
            yield return new Rejection("R-G1", "otherContract", new Label(
                "Avvikelsen gäller ett annat avtal eller en annan leverantör än ärendet.",
                "The deviation concerns another contract or supplier than the case."), Field: field);
        if (d.IsUnfounded())
            yield return new Rejection("R-Z3", "unfounded", new Label(
                "Avvikelsen är ogrundad och räknas inte.", "The deviation is unfounded and counts for nothing."), Field: field);
        if (d.CaseId is not null)
            yield return new Rejection("R-E8", "alreadyAttached", new Label(
                "Avvikelsen är redan kopplad till ett ärende.", "The deviation is already attached to a case."), Field: field);
    }

    internal static Rejection UnknownDeviation(string field) => Rejection.InField(field, "unknownDeviation",
        "Regionen har ingen sådan avvikelse.", "The region has no such deviation.");

    private static Decision<CaseEvent> Attach(Deviation? deviation, EscalationCase s, DateTimeOffset now) => deviation is null
        ? Decision<CaseEvent>.Reject(UnknownDeviation("deviationId"))
        : Decision<CaseEvent>.Unless([.. AgainstAttaching(deviation, s.Supplier.Id, s.Contract.Number, "deviationId")],
            () => [new DeviationAttached(now, AttachedDeviation.CopyOf(deviation, now))]);

    /// <summary>A case is read and written whole; what holds more than this is no case any more.</summary>
    private const int MostRecords = 1000;

    private static Rejection TooMany() => new("recordLifecycle", "tooMany", new Label(
        $"Ett ärende har högst {MostRecords} poster.", $"A case has at most {MostRecords} records."));

    internal static Rejection Closed() => new("R-G3", "caseClosed", new Label("Ärendet är avslutat.", "The case is closed."));
}
