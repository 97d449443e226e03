using static RegionEscalation.Domain.Cases.Telling;

namespace RegionEscalation.Domain.Cases.Records;

/// <summary>The supplier's voice and the file of evidence in plain words. The file says what was found; no sentence of it is a verdict (R-X4).</summary>
internal static class SupplierNarrative
{
    public static Narration OfVoice(RecordEvent e, Telling t) => e switch
    {
        SupplierAskedToComment { Content: var c } => new(Departing(Say(
            "Leverantören ({0}) fick {1} tillfälle att yttra sig över {2} senast {3} (referens {4}).",
            "The supplier ({0}) was given the opportunity on {1} to comment on {2} by {3} (reference {4}).",
            c.SentTo, c.SentAt, Quoted(c.Subject), c.Deadline, c.Reference), "R-E5", c.ShortenedMotivation), Rule: "R-E5"),
        SupplierStatementReceived { Content: var c } => new(Say(
            "Leverantörens yttrande inlämnades {0}{1}{2}.", "The supplier's statement was submitted on {0}{1}{2}.", c.ReceivedAt,
            SayIf(c.Reference is not null, " (referens {0})", " (reference {0})", c.Reference),
            SayIf(c.SecrecyClaim is not null, "; leverantören begär sekretess", "; the supplier asks for secrecy")), c.SubmittedBy, c.Text, "R-E5"),
        ReviewRequested { Content: var c } x => new(Say(
            "Leverantören begärde {0} omprövning av {1}; begäran ska besvaras senast {2}.",
            "The supplier requested on {0} a review of {1}; the request is to be answered by {2}.", c.RequestedAt, Quoted(c.Contested), By(x.AnswerDue)),
            c.RequestedBy, c.Grounds, "R-D5"),
        ReviewDecided { Decision: var d } => new(Say(
            "Omprövningen avgjordes: {0}{1}.", "The review was decided: {0}{1}.", CaseWords.Review[d.Outcome],
            d.ToStep is { } step ? Say(", {0}", ", {0}", t.Step(step)) : Nothing), t.Who(d.DecidedBy), d.Motivation, "R-D5"),
        _ => throw CaseNarrative.Untold(e),
    };

    public static Narration OfEvidence(RecordEvent e, Telling t)
    {
        var content = (e as ExclusionEvidenceOpened)?.Content ?? t.Find<ExclusionEvidence>(e.RecordId)?.Content;
        var point = content is null ? Nothing : CaseWords.Point[content.Ground];
        Narration File(string sv, string en, string? who, string? why, string rule, params object?[] parts) => new(Say(
            "{0} enligt 13 kap. 3 §{1} LOU {2}; egen bedömning krävs (13 kap. 3–5 §§ LOU).",
            "{0} under chapter 13 section 3{1} of the Swedish Public Procurement Act (LOU) {2}; whoever procures makes its own assessment (chapter 13 sections 3–5).",
            e is ExclusionEvidenceOpened ? new Label("Underlag", "A file") : new Label("Underlaget", "The file"), point, Say(sv, en, parts)), who, why, rule);
        return e switch
        {
            ExclusionEvidenceOpened { Content: var c } => File(
                "upprättades för att samla det som regionen har funnit", "was opened to gather what the region has found", c.CreatedBy, c.Reason, "R-X1, R-X4"),
            ExclusionEvidenceStated x => File(
                "har fått uppgifter{0}", "has been given particulars{0}", x.StatedBy, x.Elements.Proportionality, "R-X2, R-X3", Stated(x.Elements)),
            ExclusionEvidenceCompleted x => File(
                "är fullständigt{0}", "is complete{0}", x.CompletedBy, null, "R-X2, R-X4", Preliminary(x.Preliminary)),
            ExclusionEvidenceWithdrawn x => File("är återkallat och ska inte användas", "is withdrawn and not to be used", x.WithdrawnBy, x.Reason, "R-X1"),
            ExclusionEvidenceExpired => File(
                "är utgånget, eftersom tiden enligt 13 kap. 3 a § LOU har löpt ut", "has expired, because the time of chapter 13 section 3 a has passed",
                null, null, "R-X3"),
            SelfCleaningRecorded { Entry: var x } => File(
                "har fått ett tillägg om självsanering från leverantören {0}: {1}", "has got an addition about self-cleaning by the supplier on {0}: {1}",
                x.SubmittedBy, x.Text, "R-X5", x.ReceivedAt, CaseWords.SelfCleaning[x.Limb]),
            _ => throw CaseNarrative.Untold(e),
        };
    }

    /// <summary>As stated, and no more: nothing of it has been judged.</summary>
    private static Label Stated(EvidenceElements x)
    {
        Label?[] stated =
        [
            x.EventDate is { } day ? Say("angiven händelsedag är {0}", "the day stated for the event is {0}", day) : null,
            x.PointFive?.Consequence is { } consequence ? Say("angiven påföljd är {0}", "the consequence stated is {0}", CaseWords.Consequence[consequence]) : null,
            x.ConsequenceDate is { } later ? Say("angiven dag för påföljden är {0}", "the day stated for the consequence is {0}", later) : null,
        ];
        return SayIf(stated.Any(s => s is not null), ": {0}", ": {0}", All(stated.OfType<Label>()));
    }

    private static Label Preliminary(bool preliminary) => SayIf(preliminary,
        "; det är preliminärt så länge varken ett avslut eller en påföljd står fast",
        "; it is preliminary as long as neither a termination nor a sanction stands");
}
