using RegionEscalation.Domain.National;
using RegionEscalation.Domain.Regions;
using static RegionEscalation.Domain.Cases.Telling;

namespace RegionEscalation.Domain.Cases.Records;

/// <summary>What was told beyond the region, and to whom, in plain words.</summary>
internal static class NationalNarrative
{
    public static Narration Tell(RecordEvent e, Telling t) => e switch
    {
        NoticePrepared x => new(Say("{0} förbereddes.", "{0} was prepared.", CaseWords.NoticeAsSubject[x.Kind]), Rule: "R-N2, R-N5"),
        SupplierNotifiedOfNotice { Notification: var n } x => new(Departing(Say(
            "Leverantören ({0}) underrättades om exakt vad Sveriges Regioner får veta (referens {1}){2}.",
            "The supplier ({0}) was notified of exactly what Sweden's regions are told (reference {1}){2}.", n.SentTo, n.Reference,
            x.CommentUntil is { } until ? Say(", med tillfälle att yttra sig senast {0}", ", with the opportunity to comment by {0}", By(until)) : Nothing),
            "R-N2", n.ShortenedMotivation), Rule: "R-N2"),
        NoticeIssued { Issue: var i } x => new(Say(
            "{0} lämnades till {1} mottagare{2}{3}; mottagarna ska ha kvitterat senast {4}.",
            "{0} was issued to {1} recipients{2}{3}; the recipients are to have acknowledged by {4}.", CaseWords.NoticeAsSubject[x.Kind], i.Recipients.Count,
            i.Provisional is { } p
                ? Say(", preliminärt: den ska bekräftas eller uppdateras senast {0}", ", provisionally: it is to be confirmed or updated by {0}", By(p.ConfirmBy))
                : Nothing,
            SayIf(i.Statements.Count > 0, ", med leverantörens yttrande", ", with the supplier's statement"), By(i.RemindAt)),
            t.Who(i.DecidedBy), i.Provisional?.Reason, "R-N2, R-N4"),
        NoticeConfirmed x => new(new Label(
            "Den preliminära informationen till Sveriges Regioner bekräftades.", "The provisional information to Sweden's regions was confirmed."),
            t.Who(x.DecidedBy), Rule: "R-N2"),
        NoticeExpired => new(new Label("Informationen till Sveriges Regioner upphörde att gälla.", "The information to Sweden's regions expired."), Rule: "R-N2, R-N7"),
        DisclosureDecided { Content: { Outcome: DisclosureOutcome.Granted } c } => new(Say(
            "Utlämnande av ärendets sammanfattning till {0} beslutades med stöd av {1}{2}; beslutet gäller till och med {3}.",
            "Disclosure of the case's summary to {0} was granted on the basis of {1}{2}; the decision is in force until {3}.",
            Recipient(c.Recipient), CaseWords.Basis[c.Basis], Considered(c), c.ExpiresOn), t.Who(c.DecidedBy), c.InterestBalance, "R-N5"),
        DisclosureDecided { Content: var c } => new(Say(
            "Utlämnande av ärendets sammanfattning till {0} nekades{1}.", "Disclosure of the case's summary to {0} was refused{1}.",
            Recipient(c.Recipient), Considered(c)), t.Who(c.DecidedBy), c.InterestBalance, "R-N5"),
        DisclosureRevoked x => new(Say("Beslutet om utlämnande till {0} återkallades.", "The decision to disclose to {0} was revoked.",
            Recipient(t.Find<DisclosureDecision>(x.RecordId)?.Content.Recipient ?? "")), t.Who(x.DecidedBy), x.Reason, "R-N5"),
        DisclosureExpired x => new(Say("Beslutet om utlämnande till {0} upphörde att gälla.", "The decision to disclose to {0} expired.",
            Recipient(t.Find<DisclosureDecision>(x.RecordId)?.Content.Recipient ?? "")), Rule: "R-N5"),
        JointMeetingAttended { Content: var c } => new(Say(
            "Ärendet tog upp det regiongemensamma mötet {0}, som {1} kallade till och där {2} deltog.",
            "The case took up the joint regional meeting of {0}, called by {1} and attended by {2}.",
            c.StartsAt, Recipient(c.CalledBy), All(c.Participants.Select(Recipient))), Rule: "R-M1, R-M2"),
        _ => throw CaseNarrative.Untold(e),
    };

    private static object Recipient(string key) => NationalReader.Parse(key) switch
    {
        { Kind: ReaderKind.Region, Code: var code } => Region.Find(code)!.Name,
        { Kind: ReaderKind.Coordination } => new Label("den nationella samordningsgruppen", "the national coordination group"),
        { Kind: ReaderKind.NationalOffice } => new Label("Regionernas kansli för hållbar upphandling", "the regions' office for sustainable procurement"),
        { Kind: ReaderKind.Partner, Code: var code } => Say("partnern {0}", "the partner {0}", code),
        { Kind: ReaderKind.Supplier } => new Label("leverantören", "the supplier"),
        _ => new Label("de regioner som har avtal med leverantören", "the regions that have a contract with the supplier"),
    };

    private static Label Considered(DisclosureContent c) => SayIf(c.SecrecyRules.Count > 0, ", efter prövning av {0} OSL", ", having considered {0} of OSL",
        All(c.SecrecyRules.Select(r => Say("{0} kap. {1} §", "chapter {0} section {1}", r.Chapter, r.Section))));
}
