using RegionEscalation.Domain.Contracts;

namespace RegionEscalation.Domain.Deviations;

public abstract record DeviationCommand;

/// <param name="Contract">The contract as the region's catalogue has it now; null when the number is unknown.</param>
/// <param name="Registration">Where it was registered first, when another system reports it (K24-003).</param>
public sealed record ReportDeviation(
    Guid DeviationId,
    Contract? Contract,
    string RequirementReference,
    string Description,
    string? SubSupplier,
    DateTimeOffset OccurredAt,
    string ReportedBy,
    DeviationDetails? Details = null,
    ExternalRegistration? Registration = null) : DeviationCommand;

public sealed record AssessDeviation(Assessment Assessment) : DeviationCommand;

public sealed record HandleDeviation(string Handling, string HandledBy) : DeviationCommand;

public sealed record AnalyseDeviation(Analysis Analysis) : DeviationCommand;

public sealed record FeedBackDeviation(string Feedback, string FedBackTo) : DeviationCommand;

/// <param name="Motivation">Why; at least 30 characters when unfounded (R-Z3).</param>
/// <param name="DecidedBy">The function that decides.</param>
/// <param name="OtherAssessorReason">Why another function than the one that found it serious finds it unfounded (R-V1).</param>
public sealed record CloseDeviation(ClosureOutcome Outcome, string? Motivation, string DecidedBy, string? OtherAssessorReason = null) : DeviationCommand;

public sealed record AddAttachments(IReadOnlyList<Attachment> Attachments, string AddedBy) : DeviationCommand;

/// <param name="Registration">One that no deviation of the region has yet.</param>
public sealed record LinkExternalRegistration(ExternalRegistration Registration) : DeviationCommand;

/// <summary>Decides what a command on a deviation leads to. Pure: no clock, no I/O, no exception for a rule.</summary>
public static class DeviationDecider
{
    /// <summary>No contract of today reaches further back; a date before it is a mistake.</summary>
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How far another system's clock may go ahead.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    public static Decision<DeviationEvent> Decide(DeviationCommand command, Deviation? deviation, DateTimeOffset now) => (command, deviation) switch
    {
        (ReportDeviation c, null) => Report(c, now),
        (AddAttachments c, { } d) => Attach(c, d, now),
        (LinkExternalRegistration c, { } d) => Link(c.Registration, d, now),
        // What was handled and closed may still turn out to have been unfounded, or the region's own doing; what is unfounded stays so.
        (CloseDeviation { Outcome: ClosureOutcome.Unfounded } c, { Closure.Outcome: ClosureOutcome.Closed } d) => Close(c, d, now),
        (AssessDeviation { Assessment.CausedBy: CausedBy.Region } c, { Closure.Outcome: ClosureOutcome.Closed } d) => Assess(c.Assessment, d, now),
        (_, { Closure: not null }) => Decision<DeviationEvent>.Reject(Lifecycle("closed",
            "Avvikelsen är avslutad.", "The deviation is closed.")),
        (AssessDeviation c, { } d) => Assess(c.Assessment, d, now),
        (HandleDeviation c, { } d) => Handle(c, d, now),
        (AnalyseDeviation c, { } d) => Analyse(c.Analysis, d, now),
        (FeedBackDeviation c, { } d) => FeedBack(c, d, now),
        (CloseDeviation c, { } d) => Close(c, d, now),
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
        if (c.Details?.DiscoveredAt < c.OccurredAt)
            rejections.Add(Rejection.InField("discoveredAt", "beforeOccurred",
                "En avvikelse kan inte upptäckas innan den har inträffat.", "A deviation cannot be discovered before it has occurred."));
        if (c.Details?.DiscoveredAt > now)
            rejections.Add(Rejection.InField("discoveredAt", "inFuture",
                "En avvikelse kan inte ha upptäckts i framtiden.", "A deviation cannot have been discovered in the future."));
        if (c.Registration is { } registration)
            rejections.AddRange(AgainstFuture(registration, now));
        return Decision<DeviationEvent>.Unless(rejections, () =>
        [
            new DeviationReported(now, c.DeviationId, c.Contract!.Content.Supplier, c.Contract.Reference(), c.RequirementReference, c.Description,
                c.SubSupplier, c.OccurredAt, c.ReportedBy, c.Details == DeviationDetails.None ? null : c.Details),
            .. c.Registration is { } registered ? new[] { new ExternalRegistrationLinked(now, registered) } : [],
        ]);
    }

    private static Decision<DeviationEvent> Assess(Assessment a, Deviation d, DateTimeOffset now)
    {
        var rejections = new List<Rejection>();
        var resolved = d.ResolvedAt() is not null;
        if (resolved && !OnlyFindsTheRegionsOwn(a, d.Assessment!))
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
            // Who owns the assessment as serious is who may take it away again.
            if (d.Assessment is { Severity: Severity.Serious } earlier)
                rejections.AddRange(AgainstOtherAssessor(earlier, a.Assessor, a.OtherAssessorReason));
        }
        else if (d.Assessment is { Severity: Severity.Serious } serious)
        {
            if (!Motivation.IsGiven(a.Motivation))
                rejections.Add(V1("downgradeMotivationTooShort", "motivation",
                    $"Att avvikelsen inte längre bedöms som allvarlig ska motiveras med minst {Motivation.MinLength} tecken.",
                    $"That the deviation is no longer assessed as serious is motivated with at least {Motivation.MinLength} characters."));
            rejections.AddRange(AgainstTakingSeriousnessAway(serious, d, a.Assessor, a.OtherAssessorReason, "assessor"));
        }
        else if (resolved && a.CausedBy == CausedBy.Region && !Motivation.IsGiven(a.Motivation))
            rejections.Add(V1("regionsOwnMotivationTooShort", "motivation",
                $"Att regionen orsakade en avvikelse som redan är hanterad ska motiveras med minst {Motivation.MinLength} tecken.",
                $"That the region caused a deviation that is handled already is motivated with at least {Motivation.MinLength} characters."));
        return Decision<DeviationEvent>.Unless(rejections, () =>
            [d.Assessment is null ? new DeviationAssessed(now, a) : new DeviationReclassified(now, a)]);
    }

    /// <summary>R-G6: that it was the region's own doing may come out late; nothing else of what is resolved is assessed anew, and nothing as worse than before.</summary>
    private static bool OnlyFindsTheRegionsOwn(Assessment a, Assessment earlier) =>
        a.CausedBy == CausedBy.Region && earlier.CausedBy != CausedBy.Region && a.Severity <= earlier.Severity && !a.ConsequenceAreas.Except(earlier.ConsequenceAreas).Any();

    private static Decision<DeviationEvent> Handle(HandleDeviation c, Deviation d, DateTimeOffset now) =>
        d.Assessment is null
            ? Decision<DeviationEvent>.Reject(Lifecycle("notAssessed",
                "Avvikelsen ska bedömas innan den hanteras.", "The deviation is assessed before it is handled."))
            : d.HandledAt is not null
                ? Decision<DeviationEvent>.Reject(Lifecycle("alreadyHandled", "Avvikelsen är redan hanterad.", "The deviation is already handled."))
                : Decision<DeviationEvent>.Accept(new DeviationHandled(now, c.Handling, c.HandledBy));

    private static Decision<DeviationEvent> Analyse(Analysis a, Deviation d, DateTimeOffset now)
    {
        var rejections = new List<Rejection>();
        if (d.Assessment is null)
            rejections.Add(Lifecycle("notAssessed", "Avvikelsen ska bedömas innan den analyseras.", "The deviation is assessed before it is analysed."));
        if (a.NoAnalysisNeeded is not null)
        {
            if (a.Cause is not null || a.Text is not null || a.Pattern is not null)
                rejections.Add(V2("eitherAnalysisOrNone", "Ange antingen en analys eller varför ingen behövs.", "State either an analysis or why none is needed.", field: "noAnalysisNeeded"));
        }
        else
        {
            if (a.Cause is null)
                rejections.Add(V2("causeMissing", "Ange grundorsaken ur katalogen, eller varför ingen analys behövs.",
                    "State the root cause out of the catalogue, or why no analysis is needed.", field: "cause"));
            if (string.IsNullOrWhiteSpace(a.Text))
                rejections.Add(V2("analysisTextMissing", "Beskriv vad analysen kom fram till.", "Describe what the analysis has found.", field: "text"));
            if (a.Pattern is null)
                rejections.Add(V2("patternMissing", "Ange om avvikelsen ingår i ett mönster.", "State whether the deviation is part of a pattern.", field: "pattern"));
        }
        return Decision<DeviationEvent>.Unless(rejections, () => [new DeviationAnalysed(now, a)]);
    }

    private static Decision<DeviationEvent> FeedBack(FeedBackDeviation c, Deviation d, DateTimeOffset now) =>
        d.HandledAt is null
            ? Decision<DeviationEvent>.Reject(Lifecycle("notHandled",
                "Avvikelsen ska hanteras innan den återkopplas.", "The deviation is handled before it is fed back."))
            : d.FedBackAt is not null
                ? Decision<DeviationEvent>.Reject(Lifecycle("alreadyFedBack", "Avvikelsen är redan återkopplad.", "The deviation is already fed back."))
                : Decision<DeviationEvent>.Accept(new DeviationFedBack(now, c.Feedback, c.FedBackTo));

    private static Decision<DeviationEvent> Close(CloseDeviation c, Deviation d, DateTimeOffset now) => c.Outcome == ClosureOutcome.Closed
        ? Decision<DeviationEvent>.Unless([.. AgainstClosing(d)], () => [new DeviationClosed(now, c.Motivation, c.DecidedBy)])
        : Decision<DeviationEvent>.Unless([.. AgainstUnfounded(c, d)], () => [new DeviationFoundUnfounded(now, c.Motivation!, c.DecidedBy, c.OtherAssessorReason)]);

    private static IEnumerable<Rejection> AgainstClosing(Deviation d)
    {
        if (d.HandledAt is null)
            yield return V2("notHandled", "Avvikelsen är inte hanterad.", "The deviation is not handled.", d.Assessment is null ? "assessments" : "handlings");
        if (d.Analysis is null)
            yield return V2("notAnalysed", "Avvikelsen är varken analyserad eller bedömd att inte behöva analyseras.",
                "The deviation is neither analysed nor found not to need it.", "analyses");
        if (d.FedBackAt is null)
            yield return V2("notFedBack", "Avvikelsen är inte återkopplad.", "The deviation is not fed back.", "feedbacks");
    }

    private static IEnumerable<Rejection> AgainstUnfounded(CloseDeviation c, Deviation d)
    {
        if (!Motivation.IsGiven(c.Motivation))
            yield return Z3("unfoundedMotivationTooShort", $"Att avvikelsen är ogrundad ska motiveras med minst {Motivation.MinLength} tecken.",
                $"That the deviation is unfounded is motivated with at least {Motivation.MinLength} characters.", "motivation");
        if (d.Assessment is { Severity: Severity.Serious } serious)
        {
            foreach (var rejection in AgainstTakingSeriousnessAway(serious, d, c.DecidedBy, c.OtherAssessorReason, "decidedBy"))
                yield return rejection;
        }
    }

    /// <summary>R-V1: by the function that found it serious, or by another with a reason; never by the one that reported it.</summary>
    private static IEnumerable<Rejection> AgainstTakingSeriousnessAway(Assessment serious, Deviation d, string by, string? otherAssessorReason, string field)
    {
        if (DecisionMaker.SameFunction(by, d.ReportedBy))
            yield return V1("downgradedByReporter", field,
                "Den som rapporterade avvikelsen kan inte själv ta bort bedömningen som allvarlig.",
                "The function that reported the deviation cannot itself take away the assessment as serious.");
        foreach (var rejection in AgainstOtherAssessor(serious, by, otherAssessorReason))
            yield return rejection;
    }

    /// <summary>R-V1: what one function found serious another assesses anew with a reason only.</summary>
    private static IEnumerable<Rejection> AgainstOtherAssessor(Assessment serious, string by, string? otherAssessorReason)
    {
        if (!DecisionMaker.SameFunction(by, serious.Assessor) && !Motivation.IsGiven(otherAssessorReason))
            yield return V1("otherAssessor", "otherAssessorReason",
                $"Det var en annan funktion ({serious.Assessor}) som bedömde avvikelsen som allvarlig; ange med minst {Motivation.MinLength} tecken varför den inte beslutar nu.",
                $"Another function ({serious.Assessor}) assessed the deviation as serious; state in at least {Motivation.MinLength} characters why it does not decide now.");
    }

    private static Decision<DeviationEvent> Attach(AddAttachments c, Deviation d, DateTimeOffset now) =>
        d.Attachments.Count + c.Attachments.Count > Attachment.Most
            ? Decision<DeviationEvent>.Reject(Lifecycle("tooManyAttachments",
                $"En avvikelse har högst {Attachment.Most} bilagor.", $"A deviation has at most {Attachment.Most} attachments."))
            : Decision<DeviationEvent>.Accept(new DeviationAttachmentsAdded(now, c.Attachments, c.AddedBy));

    private static Decision<DeviationEvent> Link(ExternalRegistration registration, Deviation d, DateTimeOffset now)
    {
        var rejections = AgainstFuture(registration, now).ToList();
        if (d.ExternalRegistrations.Count >= ExternalRegistration.Most)
            rejections.Add(Lifecycle("tooManyRegistrations",
                $"En avvikelse är registrerad på högst {ExternalRegistration.Most} ställen.", $"A deviation is registered in at most {ExternalRegistration.Most} places."));
        return Decision<DeviationEvent>.Unless(rejections, () => [new ExternalRegistrationLinked(now, registration)]);
    }

    private static IEnumerable<Rejection> AgainstFuture(ExternalRegistration registration, DateTimeOffset now)
    {
        if (registration.RegisteredAt > now + Skew)
            yield return Rejection.InField("registeredAt", "inFuture",
                "En avvikelse kan inte ha registrerats i framtiden.", "A deviation cannot have been registered in the future.");
    }

    private static Rejection V1(string reason, string field, string sv, string en) => new("R-V1", reason, new Label(sv, en), Field: field);

    private static Rejection V2(string reason, string sv, string en, string? metBy = null, string? field = null) => new("R-V2", reason, new Label(sv, en), metBy, field);

    private static Rejection Z3(string reason, string sv, string en, string field) => new("R-Z3", reason, new Label(sv, en), Field: field);

    private static Rejection Resolved() => Lifecycle("alreadyResolved",
        "Avvikelsen är redan hanterad och återkopplad; den kan bara bedömas om till att regionen orsakade den, och inte som värre än förut.",
        "The deviation is already handled and fed back; it can only be assessed anew as caused by the region, and as no worse than before.");

    private static Rejection Lifecycle(string reason, string sv, string en) => new("deviationLifecycle", reason, new Label(sv, en));
}
