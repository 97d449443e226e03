using RegionEscalation.Domain.Contracts;

namespace RegionEscalation.Domain.Deviations;

public abstract record DeviationCommand;

/// <param name="Contract">The contract as the region's catalogue has it now; null when the number is unknown.</param>
public sealed record ReportDeviation(
    Guid DeviationId,
    Contract? Contract,
    string RequirementReference,
    string Description,
    string? SubSupplier,
    DateTimeOffset OccurredAt,
    string ReportedBy) : DeviationCommand;

public sealed record AssessDeviation(Assessment Assessment) : DeviationCommand;

public sealed record HandleDeviation(string Handling, string HandledBy) : DeviationCommand;

public sealed record FeedBackDeviation(string Feedback, string FedBackTo) : DeviationCommand;

/// <summary>Decides what a command on a deviation leads to. Pure: no clock, no I/O, no exception for a rule.</summary>
public static class DeviationDecider
{
    /// <summary>No contract of today reaches further back; a date before it is a mistake.</summary>
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Decision<DeviationEvent> Decide(DeviationCommand command, Deviation? deviation, DateTimeOffset now) => (command, deviation) switch
    {
        (ReportDeviation c, null) => Report(c, now),
        (AssessDeviation c, { } d) => Assess(c.Assessment, d, now),
        (HandleDeviation c, { } d) => Handle(c, d, now),
        (FeedBackDeviation c, { } d) => FeedBack(c, d, now),
        _ => throw new InvalidOperationException($"{command.GetType().Name} does not apply to {(deviation is null ? "nothing" : "a deviation")}."),
    };

    private static Decision<DeviationEvent> Report(ReportDeviation c, DateTimeOffset now)
    {
        var rejections = new List<Rejection>();
        if (c.Contract is null)
            rejections.Add(Rejection.InField("contractNumber", "unknownContract",
                "Regionen har inget avtal med det numret.", "The region has no contract with that number."));
        if (c.OccurredAt > now)
            rejections.Add(Rejection.InField("occurredAt", "inFuture",
                "En avvikelse kan inte ha inträffat i framtiden.", "A deviation cannot have occurred in the future."));
        if (c.OccurredAt < Earliest)
            rejections.Add(Rejection.InField("occurredAt", "tooLongAgo",
                "En avvikelse före år 2000 hör inte hit.", "A deviation before the year 2000 does not belong here."));
        return Decision<DeviationEvent>.Unless(rejections, () =>
        [
            new DeviationReported(now, c.DeviationId, c.Contract!.Content.Supplier, c.Contract.Reference(), c.RequirementReference, c.Description,
                c.SubSupplier, c.OccurredAt, c.ReportedBy),
        ]);
    }

    private static Decision<DeviationEvent> Assess(Assessment a, Deviation d, DateTimeOffset now)
    {
        var rejections = new List<Rejection>();
        if (d.ResolvedAt() is not null)
            rejections.Add(Resolved());
        if (a.Severity == Severity.Serious)
        {
            if (a.ConsequenceAreas.Count == 0)
                rejections.Add(V1("consequenceAreaMissing", "consequenceAreas",
                    "En allvarlig avvikelse ska ange minst ett konsekvensområde.", "A serious deviation names at least one consequence area."));
            if (!Motivation.IsGiven(a.Motivation))
                rejections.Add(V1("motivationTooShort", "motivation",
                    $"En allvarlig avvikelse ska motiveras med minst {Motivation.MinLength} tecken.",
                    $"A serious deviation is motivated with at least {Motivation.MinLength} characters."));
            if (DecisionMaker.SameFunction(a.Assessor, d.ReportedBy))
                rejections.Add(V1("assessorIsReporter", "assessor",
                    "Den som rapporterade avvikelsen kan inte själv bedöma den som allvarlig.",
                    "The function that reported the deviation cannot itself assess it as serious."));
        }
        return Decision<DeviationEvent>.Unless(rejections, () =>
            [d.Assessment is null ? new DeviationAssessed(now, a) : new DeviationReclassified(now, a)]);
    }

    private static Decision<DeviationEvent> Handle(HandleDeviation c, Deviation d, DateTimeOffset now) =>
        d.Assessment is null
            ? Decision<DeviationEvent>.Reject(Lifecycle("notAssessed",
                "Avvikelsen ska bedömas innan den hanteras.", "The deviation is assessed before it is handled."))
            : d.HandledAt is not null
                ? Decision<DeviationEvent>.Reject(Lifecycle("alreadyHandled", "Avvikelsen är redan hanterad.", "The deviation is already handled."))
                : Decision<DeviationEvent>.Accept(new DeviationHandled(now, c.Handling, c.HandledBy));

    private static Decision<DeviationEvent> FeedBack(FeedBackDeviation c, Deviation d, DateTimeOffset now) =>
        d.HandledAt is null
            ? Decision<DeviationEvent>.Reject(Lifecycle("notHandled",
                "Avvikelsen ska hanteras innan den återkopplas.", "The deviation is handled before it is fed back."))
            : d.FedBackAt is not null
                ? Decision<DeviationEvent>.Reject(Lifecycle("alreadyFedBack", "Avvikelsen är redan återkopplad.", "The deviation is already fed back."))
                : Decision<DeviationEvent>.Accept(new DeviationFedBack(now, c.Feedback, c.FedBackTo));

    private static Rejection V1(string reason, string field, string sv, string en) => new("R-V1", reason, new Label(sv, en), Field: field);

    private static Rejection Resolved() => Lifecycle("alreadyResolved", "Avvikelsen är redan hanterad och återkopplad.",
        "The deviation is already handled and fed back.");

    private static Rejection Lifecycle(string reason, string sv, string en) => new("deviationLifecycle", reason, new Label(sv, en));
}
