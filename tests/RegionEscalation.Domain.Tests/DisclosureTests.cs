using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-N5: the decisions to disclose what goes beyond a notice.</summary>
public class DisclosureTests
{
    private const string RuledOut = "R-N5 basisRuledOut";

    private static readonly string[] Authorities = ["region:13", Disclosures.RegionsConcerned];
    private static readonly string[] Others = ["coordination", "nationalOffice", "partner:adda"];

    /// <summary>Which kinds of secrecy that apply the basis lifts, and towards whom.</summary>
    public static IEnumerable<TestCaseData> Bases()
    {
        foreach (var recipient in (string[])[.. Authorities, .. Others, "supplier"])
        {
            var authority = Authorities.Contains(recipient);
            foreach (var (chapter, section) in new[] { (15, 1), (19, 3), (20, 1), (21, 7), (24, 8), (25, 1), (26, 1), (29, 1), (31, 1), (31, 12), (31, 16), (33, 2), (36, 3), (40, 2), (40, 5), (40, 6) })
            {
                var supplierOwn = chapter >= 21;
                var excepted = chapter is 24 or 25 or 26 || (chapter, section) is (29, 1) or (31, 1) or (31, 12) or (33, 2) or (36, 3) or (40, 2) or (40, 5);
                yield return Case(DisclosureBasis.NotSecret, false);
                yield return Case(DisclosureBasis.Osl1015a5, authority && supplierOwn && !excepted);
                yield return Case(DisclosureBasis.Osl1027, authority && !excepted);
                yield return Case(DisclosureBasis.Consent, supplierOwn);
                yield return Case(DisclosureBasis.SupplierItself, supplierOwn && recipient == "supplier");

                TestCaseData Case(DisclosureBasis basis, bool allowed) =>
                    new TestCaseData(recipient, basis, chapter, section, allowed).SetArgDisplayNames(recipient, $"{basis}", $"{chapter}:{section}", allowed ? "lifts" : "does not");
            }
        }
    }

    [TestCaseSource(nameof(Bases))]
    public void A_basis_lifts_what_the_law_lets_it_lift(string recipient, DisclosureBasis basis, int chapter, int section, bool allowed)
    {
        var outcome = Decide(recipient, basis, new ConsideredSecrecy(chapter, section, Applies: true));

        if (allowed)
            outcome.Then<DisclosureDecided>();
        else
            outcome.ThenRejected(RuledOut);
    }

    /// <summary>What was considered and does not apply stands against no basis; only the recipient does.</summary>
    [Test]
    public void Where_no_secrecy_applies_it_is_not_secret(
        [Values("region:13", Disclosures.RegionsConcerned, "coordination", "nationalOffice", "partner:adda", "supplier")] string recipient, [Values] DisclosureBasis basis)
    {
        var outcome = Decide(recipient, basis, new ConsideredSecrecy(19, 3, Applies: false), new ConsideredSecrecy(25, 1, Applies: false), new ConsideredSecrecy(31, 16, Applies: false));

        if (basis switch
        {
            DisclosureBasis.Osl1015a5 or DisclosureBasis.Osl1027 => Authorities.Contains(recipient),
            DisclosureBasis.SupplierItself => recipient == "supplier",
            _ => true,
        })
            outcome.Then<DisclosureDecided>();
        else
            outcome.ThenRejected(RuledOut);
    }

    [Test]
    public void One_rule_that_the_basis_does_not_lift_is_enough() =>
        Decide("region:13", DisclosureBasis.Osl1015a5, new ConsideredSecrecy(31, 16, true), new ConsideredSecrecy(19, 9, true)).ThenRejected(RuledOut);

    [Test]
    public void Secrecy_has_been_considered()
    {
        var given = Told();

        given.When(Deciding(Some.Disclosure(given.Now) with { SecrecyRules = [] })).ThenRejected("R-N5 secrecyNotConsidered");
    }

    [TestCase(14, 1, false)]
    [TestCase(15, 1, true)]
    [TestCase(40, 99, true)]
    [TestCase(41, 1, false)]
    [TestCase(31, 0, false)]
    [TestCase(31, 100, false)]
    public void Secrecy_is_under_chapters_15_to_40(int chapter, int section, bool exists)
    {
        var outcome = Decide("region:13", DisclosureBasis.NotSecret, new ConsideredSecrecy(31, 16, false), new ConsideredSecrecy(chapter, section, false));

        if (exists)
        {
            outcome.Then<DisclosureDecided>();
            return;
        }
        outcome.ThenRejected("field noSecrecyRule");
        Assert.That(outcome.Decision.Rejections.Single().Field, Is.EqualTo("secrecyRules[1]"));
    }

    [TestCase("region:99", "field unknownRecipient")]
    [TestCase("auditor", "field unknownRecipient")]
    [TestCase("supplier:5560360793", "field unknownRecipient")]
    [TestCase("partner:X", "field unknownRecipient")]
    [TestCase("", "field unknownRecipient")]
    [TestCase("region:08", "field ownRegion")]
    public void A_decision_is_for_somebody_that_there_is(string recipient, string rejection)
    {
        var given = Told();

        Assert.That(given.When(Deciding(Some.Disclosure(given.Now, recipient, DisclosureBasis.NotSecret))).Decision.Rejections.Select(r => $"{r.Code} {r.Reason}"), Does.Contain(rejection));
        given.When(Deciding(Refused(given.Now) with { Recipient = recipient })).ThenRejected(rejection);
    }

    [Test]
    public void It_lasts_from_today_and_for_twelve_months_at_most()
    {
        var given = Told();
        var today = SwedishTime.DateOf(given.Now);
        Outcome Until(DateOnly? end) => given.When(Deciding(Some.Disclosure(given.Now) with { ExpiresOn = end }));

        Until(null).ThenRejected("R-N5 endMissing");
        Until(today.AddDays(-1)).ThenRejected("R-N5 endOutOfBounds");
        Until(today).Then<DisclosureDecided>();
        Until(today.AddMonths(12)).Then<DisclosureDecided>();
        Until(today.AddMonths(12).AddDays(1)).ThenRejected("R-N5 endOutOfBounds");
    }

    [Test]
    public void It_is_balanced_in_words_and_decided_by_somebody_who_may()
    {
        var given = Told().With(LadderSettings.Default with { EnforceDecisionLevels = true });

        given.When(Deciding(Some.Disclosure(given.Now) with { InterestBalance = Some.TooShort })).ThenRejected("R-N5 motivationTooShort");
        given.When(Deciding(Some.Disclosure(given.Now) with { DecidedBy = new DecisionMaker("Beställare", "orderer") })).ThenRejected("R-G7 decisionLevelTooLow");
    }

    [Test]
    public void A_refusal_needs_no_notice_and_has_no_end()
    {
        var given = GivenCase.AtStep(1);

        given.When(Deciding(Refused(given.Now) with { ExpiresOn = SwedishTime.DateOf(given.Now) })).ThenRejected("field onlyWhenGranted");
        given.And(Deciding(Refused(given.Now)));

        Assert.That((Only(given).IsInForce(), Only(given).ExpiresAt()), Is.EqualTo((false, (DateTimeOffset?)null)));
        given.When(Revoking).ThenRejected("disclosureLifecycle notInForce");
    }

    [Test]
    public void A_summary_goes_with_a_notice()
    {
        GivenCase[] untold =
        [
            GivenCase.AtStep(1), GivenCase.AtStep(3), GivenCase.AtStep(3).Prepared().Notified(0), Told().WayBackOpen().SteppedDown(), Told().Closed(CaseOutcome.Transferred),
        ];
        foreach (var given in untold)
            given.When(Deciding(Some.Disclosure(given.Now))).ThenRejected("R-N5 noNotice");
        Told().When(c => Deciding(Some.Disclosure(c.Now))).Then<DisclosureDecided>();
    }

    [Test]
    public void It_is_revoked_once_and_for_a_reason()
    {
        var given = Decided();
        Assert.That(Only(given).IsInForce(), Is.True);

        given.When(c => Revoking(c) with { Reason = Some.TooShort }).ThenRejected("R-N5 motivationTooShort");
        given.When(c => Revoking(c) with { DecidedBy = new DecisionMaker("Kejsare", "kejsare") }).ThenRejected("R-G7 decisionLevelUnknown");
        given.And(Revoking);

        Assert.That((Only(given).IsInForce(), Only(given).ExpiresAt(), Only(given).RevokedBecause), Is.EqualTo((false, (DateTimeOffset?)null, Some.Motivation)));
        Assert.That(NationalAccessPolicy.RecordOf(given.State).Disclosures, Is.Empty);
        given.When(Revoking).ThenRejected("disclosureLifecycle notInForce");
    }

    [Test]
    public void It_is_revoked_also_once_the_case_is_closed() => Decided().Closed(CaseOutcome.Transferred).When(Revoking).Then<DisclosureRevoked>();

    [Test]
    public void It_expires_with_its_last_day_which_is_noted_once()
    {
        var given = Decided();
        var end = SwedishTime.EndOf(SwedishTime.DateOf(given.Now).AddMonths(6));
        Assert.That((Only(given).ExpiresAt(), given.State.NextExpiry()), Is.EqualTo((end, end)));
        Assert.That(given.Until(end.AddTicks(-1)).When(new NoteExpiries()).Decision.Events, Is.Empty);

        given.Until(end).ExpiriesNoted();

        Assert.That((Only(given).HasExpired, Only(given).IsInForce()), Is.EqualTo((true, false)));
        Assert.That(NationalAccessPolicy.RecordOf(given.State) is { Disclosures.Count: 0, Summary: null, Notice: not null }, Is.True);
        Assert.That(given.When(new NoteExpiries()).Decision.Events, Is.Empty);
        given.When(Revoking).ThenRejected("disclosureLifecycle notInForce");
    }

    [Test]
    public void It_works_while_a_notice_stands_and_again_with_the_next()
    {
        var given = Decided();
        Assert.That(Read(given), Is.EqualTo(new[] { "region:13" }));

        given.WayBackOpen().SteppedDown();
        Assert.That(Read(given), Is.Empty);
        given.Informed(NoticeKind.AllClear).MovedTo(3);
        Assert.That(Read(given), Is.Empty, "nothing is told of this stay yet");

        Assert.That(Read(given.Informed()), Is.EqualTo(new[] { "region:13" }));
    }

    private static string[] Read(GivenCase given) => [.. NationalAccessPolicy.RecordOf(given.State).Disclosures.Select(d => d.Recipient)];

    private static GivenCase Told() => GivenCase.AtStep(3).Informed();

    private static GivenCase Decided() => Told().And(c => Deciding(Some.Disclosure(c.Now)));

    private static DecideDisclosure Deciding(DisclosureContent content) => new(Guid.NewGuid(), content, Some.OwnRegion);

    private static DisclosureContent Refused(DateTimeOffset now) => Some.Disclosure(now) with { Outcome = DisclosureOutcome.Refused, ExpiresOn = null };

    private static RevokeDisclosure Revoking(GivenCase c) => new(Only(c).Id, Some.Motivation, c.Decider);

    private static DisclosureDecision Only(GivenCase c) => c.State.Of<DisclosureDecision>().Single();

    private static Outcome Decide(string recipient, DisclosureBasis basis, params ConsideredSecrecy[] rules)
    {
        var given = Told();
        return given.When(Deciding(Some.Disclosure(given.Now, recipient, basis, rules)));
    }
}
