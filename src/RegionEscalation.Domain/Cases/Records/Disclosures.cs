using RegionEscalation.Domain.National;

namespace RegionEscalation.Domain.Cases.Records;

/// <summary>What a disclosure beyond T0 rests on (R-N5).</summary>
public enum DisclosureBasis
{
    /// <summary>No secrecy rule applies to what is disclosed.</summary>
    NotSecret,

    /// <summary>OSL 10 kap. 15 a § 5 (lag 2025:934): between authorities, against breaches of the terms of contracts.</summary>
    Osl1015a5,

    /// <summary>OSL 10 kap. 27 §, the general clause.</summary>
    Osl1027,

    /// <summary>OSL 12 kap. 2 §: the supplier consents.</summary>
    Consent,

    /// <summary>OSL 12 kap. 1 §: secrecy for the supplier's own sake does not apply against it.</summary>
    SupplierItself,
}

public enum DisclosureOutcome
{
    Granted,
    Refused,
}

/// <summary>A secrecy rule of OSL that was considered, and whether it applies to what is disclosed.</summary>
public sealed record ConsideredSecrecy(int Chapter, int Section, bool Applies);

/// <param name="Recipient">The key of the reader, see <see cref="NationalReader.Key"/>, or <see cref="Disclosures.RegionsConcerned"/>.</param>
/// <param name="SecrecyRules">The rules of OSL considered.</param>
/// <param name="InterestBalance">The balance of interests in words, at least 30 characters.</param>
/// <param name="ExpiresOn">Last day, Swedish calendar date, at most twelve months ahead; when granted only.</param>
public sealed record DisclosureContent(
    DisclosureOutcome Outcome, string Recipient, DisclosureBasis Basis, IReadOnlyList<ConsideredSecrecy> SecrecyRules, string InterestBalance, DateOnly? ExpiresOn,
    DecisionMaker DecidedBy);

/// <summary>Utlämnandebeslut for the case's summary (T1), for one recipient (R-N5).</summary>
/// <param name="RevokedBecause">Null while it stands.</param>
public sealed record DisclosureDecision(DisclosureContent Content, string? RevokedBecause, bool HasExpired) : CaseRecord
{
    public bool IsInForce() => Content.Outcome == DisclosureOutcome.Granted && RevokedBecause is null && !HasExpired;

    public override DateTimeOffset? ExpiresAt() => IsInForce() ? SwedishTime.EndOf(Content.ExpiresOn!.Value) : null;

    internal override RecordEvent? Expired(DateTimeOffset now) => ExpiresAt() <= now ? new DisclosureExpired(now, Id) : null;
}

public sealed record DisclosureDecided(DateTimeOffset At, Guid RecordId, DisclosureContent Content) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new DisclosureDecision(Content, null, false);
}

public sealed record DisclosureRevoked(DateTimeOffset At, Guid RecordId, string Reason, DecisionMaker DecidedBy) : RecordChanged<DisclosureDecision>(At, RecordId)
{
    protected override DisclosureDecision Change(DisclosureDecision record) => record with { RevokedBecause = Reason };
}

public sealed record DisclosureExpired(DateTimeOffset At, Guid RecordId) : RecordChanged<DisclosureDecision>(At, RecordId)
{
    protected override DisclosureDecision Change(DisclosureDecision record) => record with { HasExpired = true };
}

/// <param name="OwnRegion">The code of the region whose case it is; it needs no decision to read it.</param>
public sealed record DecideDisclosure(Guid RecordId, DisclosureContent Content, string OwnRegion) : RecordCommand(RecordId)
{
    /// <summary>A terminated case is told of for as long as its notice stands.</summary>
    internal override bool WhenClosed => true;

    internal override Decision<CaseEvent> Decide(EscalationCase s, CaseContext context) => Decision<CaseEvent>.Unless(
    [
        .. Disclosures.AgainstRecipient(Content.Recipient, OwnRegion),
        .. Content.Outcome == DisclosureOutcome.Granted
            ? [.. Disclosures.AgainstUntold(s), .. Disclosures.AgainstSoleTrader(Content.Recipient, s), .. Disclosures.AgainstBasis(Content), .. Disclosures.AgainstEnd(Content.ExpiresOn, context)]
            : Disclosures.AgainstEndOfNothing(Content.ExpiresOn),
        .. RecordRules.AgainstMotivation(Content.InterestBalance, "interestBalance", "R-N5"),
        .. RecordRules.AgainstDecider(Content.DecidedBy, "decidedBy", s.Step, context),
    ], () => [new DisclosureDecided(context.Now, RecordId, Content)]);
}

public sealed record RevokeDisclosure(Guid RecordId, string Reason, DecisionMaker DecidedBy) : RecordChange<DisclosureDecision>(RecordId)
{
    internal override bool WhenClosed => true;

    internal override Decision<CaseEvent> Decide(DisclosureDecision record, EscalationCase s, CaseContext context) => Decision<CaseEvent>.Unless(
    [
        .. record.IsInForce() ? [] : new[]
        {
            new Rejection("disclosureLifecycle", "notInForce", new Label("Beslutet gäller inte.", "The decision is not in force.")),
        },
        .. RecordRules.AgainstMotivation(Reason, "reason", "R-N5"),
        .. RecordRules.AgainstDecider(DecidedBy, "decidedBy", s.Step, context),
    ], () => [new DisclosureRevoked(context.Now, RecordId, Reason, DecidedBy)]);
}

/// <summary>R-N5.</summary>
public static class Disclosures
{
    /// <summary>Every region that has a contract with the supplier, or a case at steps 3–5 about it.</summary>
    public const string RegionsConcerned = "regionsConcerned";

    private const int MonthsAtMost = 12;

    internal static IEnumerable<Rejection> AgainstRecipient(string recipient, string ownRegion)
    {
        if (recipient != RegionsConcerned && NationalReader.Parse(recipient) is null or { Kind: ReaderKind.Auditor } or { Kind: ReaderKind.Supplier, Code: not "" })
            yield return Rejection.InField("recipient", "unknownRecipient", "Det finns ingen sådan mottagare.", "There is no such recipient.");
        else if (recipient == NationalReader.OfRegion(ownRegion).Key)
            yield return Rejection.InField("recipient", "ownRegion", "Den egna regionen behöver inget beslut.", "The own region needs no decision.");
    }

    /// <summary>A summary goes with a notice, and the notice comes first (R-N5).</summary>
    internal static IEnumerable<Rejection> AgainstUntold(EscalationCase s)
    {
        if (NationalAccessPolicy.SignalOf(s) is null || Notices.Standing(s) is null)
            yield return new Rejection("R-N5", "noNotice", new Label(
                "En sammanfattning lämnas ut om ett ärende som Sveriges Regioner är informerade om.",
                "A summary is disclosed of a case that Sweden's regions are informed of."), "notices");
    }

    /// <summary>Without a number in the register nobody can tell which regions have to do with a sole trader, nor who speaks for it.</summary>
    internal static IEnumerable<Rejection> AgainstSoleTrader(string recipient, EscalationCase s)
    {
        if (s.Supplier.IsNaturalPerson() && (recipient == RegionsConcerned || NationalReader.Parse(recipient) is { Kind: ReaderKind.Region or ReaderKind.Supplier }))
            yield return new Rejection("R-N5", "soleTrader", new Label(
                "Leverantören är en enskild näringsidkare vars nummer inte lämnar regionen; det går inte att veta vilka som berörs.",
                "The supplier is a sole trader whose number does not leave the region; nobody can tell who is concerned."), Field: "recipient");
    }

    internal static IEnumerable<Rejection> AgainstEnd(DateOnly? expiresOn, CaseContext context)
    {
        var today = SwedishTime.DateOf(context.Now);
        if (expiresOn is not { } end)
            yield return new Rejection("R-N5", "endMissing", new Label("Ange beslutets sista dag.", "State the decision's last day."), Field: "expiresOn");
        else if (end < today || end > today.AddMonths(MonthsAtMost))
            yield return new Rejection("R-N5", "endOutOfBounds", new Label(
                $"Ett beslut gäller från i dag och i högst {MonthsAtMost} månader.", $"A decision is in force from today and for at most {MonthsAtMost} months."), Field: "expiresOn");
    }

    internal static IEnumerable<Rejection> AgainstEndOfNothing(DateOnly? expiresOn)
    {
        if (expiresOn is not null)
            yield return Rejection.InField("expiresOn", "onlyWhenGranted", "Bara ett bifall har en sista dag.", "Only what is granted has a last day.");
    }

    /// <summary>
    /// A basis that the law rules out. 10:15 a lifts secrecy under chapters 21–40 only, and like 10:27 only between authorities; consent and
    /// being the supplier lift what protects the supplier, which no rule of chapters 15–20 does.
    /// </summary>
    internal static IEnumerable<Rejection> AgainstBasis(DisclosureContent c)
    {
        var authority = c.Recipient == RegionsConcerned || NationalReader.Parse(c.Recipient) is { Kind: ReaderKind.Region };
        var supplier = NationalReader.Parse(c.Recipient) is { Kind: ReaderKind.Supplier };
        for (var i = 0; i < c.SecrecyRules.Count; i++)
        {
            var rule = c.SecrecyRules[i];
            if (rule.Chapter is < 15 or > 40 || rule.Section is < 1 or > 99)
                yield return Rejection.InField($"secrecyRules[{i}]", "noSecrecyRule", "Sekretess gäller enligt 15–40 kap. OSL.", "Secrecy is under chapters 15–40 of OSL.");
        }
        var applying = c.SecrecyRules.Where(r => r.Applies).ToArray();
        var forThePublic = Array.Exists(applying, r => r.Chapter <= 20);
        if (c.SecrecyRules.Count == 0)
            yield return new Rejection("R-N5", "secrecyNotConsidered", new Label(
                "Ange de sekretessbestämmelser som har prövats.", "State the secrecy rules that were considered."), Field: "secrecyRules");
        if (c.Basis switch
        {
            DisclosureBasis.NotSecret when applying.Length > 0 => new Label(
                "En sekretessbestämmelse gäller; uppgifterna är då inte offentliga.", "A secrecy rule applies; so it is not public."),
            DisclosureBasis.Osl1015a5 or DisclosureBasis.Osl1027 when !authority => new Label(
                "Bestämmelserna i 10 kap. 15 a och 27 §§ OSL gäller mellan myndigheter, och mottagaren är ingen.",
                "OSL 10:15 a and 10:27 are between authorities, and the recipient is none."),
            DisclosureBasis.Osl1015a5 when forThePublic => new Label(
                "Bestämmelsen i 10 kap. 15 a § OSL bryter bara sekretess enligt 21–40 kap.", "OSL 10:15 a lifts secrecy under chapters 21–40 only."),
            DisclosureBasis.Osl1015a5 or DisclosureBasis.Osl1027 when Array.Exists(applying, IsExcepted) => new Label(
                "Bestämmelsen är undantagen från 10 kap. 15 a och 27 §§ OSL.", "The rule is excepted from OSL 10:15 a and 10:27."),
            DisclosureBasis.Consent or DisclosureBasis.SupplierItself when forThePublic => new Label(
                "Sekretess till skydd för det allmänna kan leverantören inte råda över.", "Secrecy for the public's sake is not the supplier's to lift."),
            DisclosureBasis.SupplierItself when !supplier => new Label(
                "Bestämmelsen i 12 kap. 1 § OSL gäller leverantören själv, och mottagaren är någon annan.",
                "OSL 12:1 is about the supplier itself, and the recipient is somebody else."),
            _ => null,
        } is { } why)
            yield return new Rejection("R-N5", "basisRuledOut", why, Field: "basis");
    }

    /// <summary>
    /// Patient data, social services and statistics, and the sections that the general clause excepts: never to be lifted by the general rules. Which
    /// sections 10:15 a and 10:27 except is not verified and is to be confirmed by a jurist; the wider of two readings is the careful side.
    /// </summary>
    private static bool IsExcepted(ConsideredSecrecy rule) => (rule.Chapter, rule.Section) is
        (24 or 25 or 26, _) or (29, 1 or 2) or (31, 1 or 2 or 12) or (33, 2) or (36, 3) or (40, 2 or 5);
}
