using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;
using RegionEscalation.Domain.Regions;

namespace RegionEscalation.Domain.Cases.Records;

public sealed record PrepareNotice(Guid RecordId, NoticeKind Kind) : RecordCommand(RecordId)
{
    internal override bool WhenClosed => true;

    internal override Decision<CaseEvent> Decide(EscalationCase s, CaseContext context) => Notices.AgainstKind(Kind, s) is { } rejection
        ? Decision<CaseEvent>.Reject(rejection)
        : Decision<CaseEvent>.Accept(new NoticePrepared(context.Now, RecordId, Kind, NationalAccessPolicy.PayloadOf(Kind, s)));
}

/// <summary>The supplier has been sent the exact payload; its time to comment runs from now on the platform's clock (R-N2).</summary>
public sealed record NotifySupplierOfNotice(Guid RecordId, NoticeNotification Notification) : RecordChange<Notice>(RecordId)
{
    internal override bool WhenClosed => true;

    internal override Decision<CaseEvent> Decide(Notice record, EscalationCase s, CaseContext context) => Decision<CaseEvent>.Unless(
    [
        .. Notices.AgainstDraft(record, NoticeState.Prepared),
        .. Notices.AgainstOutdated(record, s),
        .. Notices.AgainstNotification(Notification, context, ""),
    ], () => [Notices.Notified(record, Notification, context)]);
}

/// <param name="Provisional">Why it is issued before the supplier's time to comment has passed; null when it has.</param>
/// <param name="OwnRegion">The code of the region whose case it is.</param>
/// <param name="ReadBy">Who has read the case or an earlier notice of it, by key.</param>
public sealed record IssueNotice(Guid RecordId, DecisionMaker DecidedBy, ProvisionalIssue? Provisional, string OwnRegion, IReadOnlyList<string> ReadBy)
    : RecordChange<Notice>(RecordId)
{
    internal override bool WhenClosed => true;

    internal override Decision<CaseEvent> Decide(Notice record, EscalationCase s, CaseContext context)
    {
        var heard = !record.TellsOfACase() || Notices.IsHeard(record, s, context.Now);
        var notifiesNow = record.State == NoticeState.Prepared && Provisional?.Notification is not null;
        return Decision<CaseEvent>.Unless(
        [
            .. record.IsDraft() ? [] : Notices.AgainstDraft(record, NoticeState.SupplierNotified),
            .. Notices.AgainstOutdated(record, s),
            .. record.State != NoticeState.Prepared || notifiesNow ? [] : new[] { Notices.SupplierNotNotified(record) },
            .. record.State != NoticeState.SupplierNotified || heard || Provisional is not null ? [] : new[] { Notices.CommentTimeRunning(record) },
            .. Provisional is null ? [] : Notices.AgainstProvisional(record, Provisional, heard, s, context),
            .. Notices.AgainstAge(record, s, context.Now),
            .. RecordRules.AgainstDecider(DecidedBy, "decidedBy", record.Step, context),
        ], () =>
        [
            .. notifiesNow ? new[] { Notices.Notified(record, Provisional!.Notification!, context) } : [],
            new NoticeIssued(context.Now, RecordId, record.Kind, Notices.Told(record.Payload, s, record.TellsOfACase()), new NoticeIssue(
                s.Of<Notice>().Count(n => n.Issue is not null) + 1, context.Now, context.Settings.After(context.Now, context.Settings.Deadlines.Acknowledgement),
                Notices.ExpiryOf(record, s, context.Now), Notices.RecipientsOf(s, OwnRegion, ReadBy), [.. s.Of<SupplierStatement>().Select(x => x.Id)],
                Provisional is null ? null : new Provisional(Provisional.Reason, context.Settings.After(context.Now, context.Settings.Deadlines.ProvisionalNotice)),
                DecidedBy)),
        ]);
    }
}

/// <param name="Reason">At least 30 characters.</param>
/// <param name="Notification">When the supplier is notified at the same time; null when it has been already.</param>
public sealed record ProvisionalIssue(string Reason, NoticeNotification? Notification);

public sealed record ConfirmNotice(Guid RecordId, DecisionMaker DecidedBy) : RecordChange<Notice>(RecordId)
{
    internal override Decision<CaseEvent> Decide(Notice record, EscalationCase s, CaseContext context) => record.IsProvisional() && record.ExpiresAt() > context.Now
        ? Decision<CaseEvent>.Unless(
        [
            .. Notices.AgainstOutdated(record, s),
            .. Notices.IsHeard(record, s, context.Now) ? [] : new[] { Notices.CommentTimeRunning(record) },
            .. RecordRules.AgainstDecider(DecidedBy, "decidedBy", record.Step, context),
        ], () => [new NoticeConfirmed(context.Now, RecordId, DecidedBy)])
        : Decision<CaseEvent>.Reject(new Rejection("noticeLifecycle", "notProvisional", new Label(
            "Bara en gällande preliminär information bekräftas.", "Only a provisional notice that stands is confirmed.")));
}

/// <summary>R-N1…R-N7.</summary>
public static class Notices
{
    /// <summary>A notice lasts this long after the case has left steps 3–5 (R-N7), as does an all-clear or a retraction after it was issued.</summary>
    private const int MonthsAfterwards = 12;

    /// <summary>And no longer than this after what last triggered a transition (R-N7).</summary>
    private const int YearsAfterTrigger = 3;

    /// <summary>What the regions have been told and not yet otherwise; null when nothing.</summary>
    public static Notice? Standing(EscalationCase c) => c.Of<Notice>().LastOrDefault(n => n.TellsOfACase() && n.IsCurrent());

    /// <summary>
    /// Whether they were told of the step: of this visit, where the case stands there. The last notice of a visit counts, since one that lapsed
    /// has replaced the others (R-N1, R-N2).
    /// </summary>
    internal static bool HaveToldOf(EscalationCase c, int step) => c.Of<Notice>()
        .Where(n => n.Step == step && n.TellsOfACase() && n.Issue is not null && (step != c.Step || n.Visit == c.Visit))
        .GroupBy(n => n.Visit).Any(visit => visit.Last().Does(Obligations.InformRegionsCode));

    /// <summary>What the regions were told last: a standing notice, an all-clear or a retraction.</summary>
    public static Notice? Current(EscalationCase c) => c.Of<Notice>().LastOrDefault(n => n.IsCurrent());

    /// <summary>
    /// Told finally of the step where the case stands: what stands needs no confirming or updating any more, or its time has passed (R-N7), or
    /// there was nothing to tell any more.
    /// </summary>
    internal static bool HaveFinallyTold(EscalationCase c) =>
        c.Of<Notice>().LastOrDefault(n => n.Visit == c.Visit && n.TellsOfACase() && n.Issue is not null) is { } last
            && !last.IsProvisional() && (last.State == NoticeState.Expired || (last.IsCurrent() && c.DueNotice is null))
        || c.Activity(c.Step, Obligations.InformRegionsCode) is { Outcome: ActivityOutcome.DispensedWith } done && done.Visit == c.Visit;

    /// <summary>What triggered the step is so old that no notice may tell of it (R-N7).</summary>
    internal static bool IsTooOldToTell(EscalationCase c, DateTimeOffset now) => LastsUntil(c) <= now;

    /// <summary>What the decided events leave the regions owed, beyond what entering a step asks for by itself (R-N1, R-N4).</summary>
    internal static IReadOnlyList<CaseEvent> FallenDue(EscalationCase before, IReadOnlyList<CaseEvent> events, CaseContext context)
    {
        var after = events.Aggregate(before, EscalationCase.Evolve);
        if (KindDue(NationalAccessPolicy.SignalOf(before), NationalAccessPolicy.SignalOf(after), before, after) is not { } kind || after.DueNotice?.Kind == kind
            || !(kind switch { NoticeKind.Retraction => IsToBeRetracted(after), NoticeKind.Update => Standing(after) is not null, _ => TellsOfACaseLast(after) }))
            return [];
        return [new NoticeFellDue(context.Now, kind, context.Settings.After(context.Now, context.Settings.Deadlines.InformRegionsAboveThree))];
    }

    /// <summary>What was wrong is retracted, and what lapsed is ended, although it has expired; only what stands is updated.</summary>
    internal static bool OutlivesExpiry(EscalationCase c, Guid expired) => c.DueNotice?.Kind switch
    {
        NoticeKind.Retraction => true,
        NoticeKind.Update => false,
        _ => c.Find<Notice>(expired)?.IsProvisional() == true,
    };

    private static Notice? LastIssued(EscalationCase c) => c.Of<Notice>().Where(n => n.Issue is not null).MaxBy(n => n.Issue!.Number);

    /// <summary>Something was told and never taken back as wrong; an all-clear, or that it lapsed, has not done that.</summary>
    internal static bool IsToBeRetracted(EscalationCase c) => LastIssued(c) is { Kind: not NoticeKind.Retraction };

    /// <summary>The regions were told of a case, and not yet what became of it. That it lapsed has told them nothing; after its full time they need no word.</summary>
    internal static bool TellsOfACaseLast(EscalationCase c) => LastIssued(c) is { } last && last.TellsOfACase() && (last.IsCurrent() || last.IsProvisional());

    private static NoticeKind? KindDue(NationalSignal? seenBefore, NationalSignal? seen, EscalationCase before, EscalationCase after)
    {
        if (after is { State: CaseState.Closed, Outcome: CaseOutcome.Unfounded } && before.IsOpen())
            return NoticeKind.Retraction;
        if (after.IsFoundWrongAfterClosing() && !before.IsFoundWrongAfterClosing())
            return NoticeKind.Retraction;
        return (seenBefore, seen) switch
        {
            // A terminated case that is opened again, or whose notice has expired, is no all-clear: its business has ended.
            ({ }, null) when !before.IsOpen() => null,
            ({ }, null) when before.ChangedStep() is not null => NoticeKind.Retraction,
            ({ }, null) when after.Outcome is CaseOutcome.Merged or CaseOutcome.Transferred => NoticeKind.GoesOnElsewhere,
            ({ }, null) => NoticeKind.AllClear,
            ({ } was, { } now) when was.Block != now.Block && before.Visit == after.Visit && after.IsOpen() => NoticeKind.Update,
            _ => null,
        };
    }

    /// <summary>On leaving steps 3–5 a notice gets an end, whether or not an all-clear follows (R-N7).</summary>
    internal static IReadOnlyList<CaseRecord> WhenLeft(IReadOnlyList<CaseRecord> records, DateTimeOffset at)
    {
        var end = at.AddMonths(MonthsAfterwards);
        return [.. records.Select(r => r is Notice { Issue: { } issue } n && n.IsCurrent() && n.TellsOfACase() && issue.ExpiresAt > end ? n with { Issue = issue with { ExpiresAt = end } } : r)];
    }

    internal static Rejection? AgainstKind(NoticeKind kind, EscalationCase s)
    {
        var seen = s.IsOpen() && NationalAccessPolicy.SignalOf(s) is not null;
        var standing = Standing(s) is not null;
        return kind switch
        {
            not NoticeKind.Retraction when s.DueNotice?.Kind == NoticeKind.Retraction => new Rejection("R-N4", "retractionDue", new Label(
                "Informationen var fel; det sägs först, med en rättelse.", "The notice was wrong; that is said first, by a retraction."), Field: "kind"),
            NoticeKind.Initial or NoticeKind.Update when !s.IsOpen() => CaseDecider.Closed(),
            NoticeKind.Initial or NoticeKind.Update when !seen => new Rejection("R-N2", "stepTooLow", new Label(
                $"Ärendet står på steg {s.Step}; Sveriges Regioner informeras från steg {LadderDefinition.FirstNationalStep}.",
                $"The case stands at step {s.Step}; Sweden's regions are informed from step {LadderDefinition.FirstNationalStep}."), "escalations", "kind"),
            NoticeKind.Initial when standing => new Rejection("R-N4", "alreadyInformed", new Label(
                "Sveriges Regioner är redan informerade; det som har ändrats lämnas som en uppdatering.",
                "Sweden's regions are informed already; what has changed is an update."), Field: "kind"),
            NoticeKind.Update when !standing => new Rejection("R-N4", "notInformed", new Label(
                "Det finns ingen information att uppdatera.", "There is no notice to update."), Field: "kind"),
            NoticeKind.AllClear or NoticeKind.GoesOnElsewhere when !TellsOfACaseLast(s) => NothingTold(),
            NoticeKind.GoesOnElsewhere when s.Outcome is not (CaseOutcome.Merged or CaseOutcome.Transferred) => new Rejection("R-N4", "staysHere", new Label(
                "Ärendet har varken gått upp i ett annat eller lämnats över.", "The case has neither gone on as another nor been handed over."), Field: "kind"),
            NoticeKind.AllClear when NationalAccessPolicy.SignalOf(s) is not null => new Rejection("R-N4", "stillVisible", new Label(
                $"Faran är inte över: ärendet står på steg {s.Step}.", $"It is not all clear: the case stands at step {s.Step}."), Field: "kind"),
            NoticeKind.AllClear when !s.IsOpen() && s.Outcome != CaseOutcome.Resolved && s.DueNotice?.Kind != NoticeKind.AllClear => new Rejection("R-N4", "notResolved", new Label(
                "Faran är över när ärendet har gått under steg 3 eller avslutats som löst.",
                "It is all clear when the case has gone below step 3 or was closed as resolved."), Field: "kind"),
            NoticeKind.Retraction when !IsToBeRetracted(s) => NothingTold(),
            NoticeKind.Retraction when s.DueNotice?.Kind != NoticeKind.Retraction => new Rejection("R-N4", "nothingToRetract", new Label(
                "En rättelse följer på att ärendet avslutats som ogrundat eller att en omprövning har tagit det under steg 3.",
                "A retraction follows when the case was closed as unfounded or a review has taken it below step 3."), Field: "kind"),
            _ => null,
        };
    }

    private static Rejection NothingTold() => new("R-N4", "notInformed", new Label(
        "Det finns ingen information att återta.", "There is no notice to take back."), Field: "kind");

    internal static IEnumerable<Rejection> AgainstDraft(Notice record, NoticeState expected)
    {
        if (record.State != expected)
            yield return new Rejection("noticeLifecycle", record.IsDraft() ? "alreadyNotified" : "notADraft", record.IsDraft()
                ? new Label("Leverantören är redan underrättad.", "The supplier has already been notified.")
                : new Label("Informationen är redan lämnad, ersatt eller upphörd.", "The notice is already issued, replaced or ended."), "notices");
    }

    /// <summary>What the supplier was told is what the regions are told (R-N2).</summary>
    internal static IEnumerable<Rejection> AgainstOutdated(Notice record, EscalationCase s)
    {
        // An all-clear that was prepared is wrong by the time the case stands at 3–5 again, and a retraction comes in its place when due.
        var fits = record.TellsOfACase() ? s.IsOpen() && NationalAccessPolicy.SignalOf(s) is not null : AgainstKind(record.Kind, s) is null;
        if (!fits || !record.Payload.TellsTheSameAs(NationalAccessPolicy.PayloadOf(record.Kind, s)))
            yield return new Rejection("R-N2", "payloadOutdated", new Label(
                "Ärendet har ändrats sedan informationen förbereddes; förbered den på nytt, så att leverantören och regionerna får veta detsamma.",
                "The case has changed since the notice was prepared; prepare it anew, so that the supplier and the regions are told the same."), "notices");
    }

    internal static IEnumerable<Rejection> AgainstNotification(NoticeNotification n, CaseContext context, string prefix)
    {
        var days = context.Settings.Deadlines.Comment;
        if (n.CommentDays < days && !Motivation.IsGiven(n.ShortenedMotivation))
            yield return new Rejection("R-N2", "commentTimeTooShort", new Label(
                $"Leverantören ska ha minst {days} arbetsdagar att yttra sig; kortare tid motiveras med minst {Motivation.MinLength} tecken.",
                $"The supplier has at least {days} working days to comment; a shorter time is motivated with at least {Motivation.MinLength} characters."),
                Field: prefix + "shortenedMotivation");
    }

    internal static IEnumerable<Rejection> AgainstProvisional(Notice record, ProvisionalIssue provisional, bool heard, EscalationCase s, CaseContext context)
    {
        if (!record.TellsOfACase() || heard)
        {
            yield return Rejection.InField("provisional", "notNeeded", "Informationen kan lämnas utan förbehåll.", "The notice can be issued without reservation.");
            yield break;
        }
        var patients = s.Deviations.Any(d => d.ResolvedAt is null && d.Assessment?.ConsequenceAreas.Contains(ConsequenceArea.Patient) == true);
        var supply = s.Of<ContinuityAssessment>().LastOrDefault(a => a.IsCurrent(context)) is { Content.Supply: not AlternativeSupply.Available };
        if (s.Step <= LadderDefinition.FirstNationalStep || !(patients || supply))
            yield return new Rejection("R-N2", "provisionalNotAllowed", new Label(
                "Preliminär information lämnas från steg 4, när patienter eller försörjningen är i fara.",
                "A provisional notice is issued from step 4, where patients or the supply are at risk."), "continuity-assessments", "provisional");
        if (Standing(s) is { } standing && standing.IsProvisional() && record.Payload.TellsTheSameAs(standing.Payload))
            yield return new Rejection("R-N2", "alreadyProvisional", new Label(
                "Samma sak är redan lämnad preliminärt; den bekräftas när leverantörens tid har gått.",
                "The same is issued provisionally already; it is confirmed when the supplier's time has passed."), $"notices/{standing.Id}/confirmations", "provisional");
        var until = record.CommentUntil ?? (provisional.Notification is { } n ? Notified(record, n, context).CommentUntil : null);
        if (until >= context.Settings.After(context.Now, context.Settings.Deadlines.ProvisionalNotice))
            yield return new Rejection("R-N2", "commentTimeTooLong", new Label(
                $"Leverantörens tid att yttra sig ska vara slut inom de {context.Settings.Deadlines.ProvisionalNotice} arbetsdagar som preliminär information gäller.",
                $"The supplier's time to comment is to end within the {context.Settings.Deadlines.ProvisionalNotice} working days that a provisional notice lasts."), Field: "provisional");
        if (!Motivation.IsGiven(provisional.Reason))
            yield return new Rejection("R-N2", "motivationTooShort", new Label(
                $"Skälet anges med minst {Motivation.MinLength} tecken.", $"The reason has at least {Motivation.MinLength} characters."), Field: "provisional.reason");
        if (provisional.Notification is { } notification)
        {
            foreach (var rejection in record.State == NoticeState.Prepared
                ? AgainstNotification(notification, context, "provisional.notification.")
                : [Rejection.InField("provisional.notification", "alreadyNotified", "Leverantören är redan underrättad.", "The supplier has already been notified.")])
                yield return rejection;
        }
    }

    internal static IEnumerable<Rejection> AgainstAge(Notice record, EscalationCase s, DateTimeOffset now)
    {
        if (record.TellsOfACase() && IsTooOldToTell(s, now))
            yield return new Rejection("R-N7", "eventTooOld", new Label(
                $"Det som utlöste ärendets steg är äldre än {YearsAfterTrigger} år; det lämnas ingen information om det, och aktiviteten avstås från.",
                $"What triggered the case's step is older than {YearsAfterTrigger} years; no notice tells of it, and the activity is dispensed with."), "activities");
    }

    internal static Rejection SupplierNotNotified(Notice record) => new("R-N2", "supplierNotNotified", new Label(
        "Leverantören ska först underrättas om exakt det som regionerna får veta.", "The supplier is first notified of exactly what the regions are told."),
        $"notices/{record.Id}/supplier-notifications");

    internal static Rejection CommentTimeRunning(Notice record) => new("R-N2", "commentTimeRunning", new Label(
        $"Leverantören får yttra sig till och med {SwedishTime.DateOf(record.CommentUntil!.Value.AddTicks(-1)):yyyy-MM-dd}, och har inte gjort det ännu.",
        $"The supplier may comment until {SwedishTime.DateOf(record.CommentUntil!.Value.AddTicks(-1)):yyyy-MM-dd}, and has not done so yet."), "supplier-statements");

    internal static SupplierNotifiedOfNotice Notified(Notice record, NoticeNotification notification, CaseContext context)
    {
        var days = notification.CommentDays ?? context.Settings.Deadlines.Comment;
        return new SupplierNotifiedOfNotice(context.Now, record.Id,
            notification.CommentDays < context.Settings.Deadlines.Comment ? notification : notification with { ShortenedMotivation = null },
            !record.TellsOfACase() ? null : days == 0 ? context.Now : context.Settings.After(context.Now, days));
    }

    /// <summary>The time to comment has passed, or the supplier has commented (R-N2, R-N3).</summary>
    internal static bool IsHeard(Notice record, EscalationCase s, DateTimeOffset now) =>
        record.CommentUntil <= now || (record.NotifiedAt is not null && s.Of<SupplierStatement>().Any(x => x.Content.NoticeId == record.Id));

    internal static NoticePayload Told(NoticePayload payload, EscalationCase s, bool ofACase) =>
        ofACase ? payload with { Disputed = s.IsDisputed(), SupplierStatementAttached = s.Of<SupplierStatement>().Any() } : payload;

    /// <summary>Every other region and the national group, and whoever received or read an earlier one (R-N4).</summary>
    internal static IReadOnlyList<string> RecipientsOf(EscalationCase s, string ownRegion, IEnumerable<string> readBy) =>
    [
        .. Region.All.Where(r => r.Code != ownRegion).Select(r => NationalReader.OfRegion(r.Code).Key)
            .Concat([NationalReader.Coordination.Key, NationalReader.Office.Key])
            .Concat(s.Of<Notice>().SelectMany(n => n.Issue?.Recipients ?? []))
            .Concat(readBy)
            .Distinct().Where(k => NationalReader.Parse(k) is { } reader && reader.Receives() && k != NationalReader.OfRegion(ownRegion).Key).Order(StringComparer.Ordinal),
    ];

    internal static DateTimeOffset ExpiryOf(Notice record, EscalationCase s, DateTimeOffset now) => record.TellsOfACase() ? LastsUntil(s) : now.AddMonths(MonthsAfterwards);

    private static DateTimeOffset LastsUntil(EscalationCase s) => s.Deviations.Where(d => s.UsedEvidence.Contains(d.Id)).Select(d => d.OccurredAt)
        .Concat(s.Evaluations().Where(e => s.UsedEvidence.Contains(e.Evaluation.Id)).Select(e => e.Evaluation.At))
        .DefaultIfEmpty(s.LastEscalatedAt).Max().AddYears(YearsAfterTrigger);
}
