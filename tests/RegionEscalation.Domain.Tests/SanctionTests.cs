using System.Globalization;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-S1, R-S2: sanctions.</summary>
public class SanctionTests
{
    [Test]
    public void It_is_imposed_from_step_two([Values(2, 3, 4, 5)] int step)
    {
        var given = GivenCase.AtStep(step);
        var content = Content(given);

        var sanction = given.When(Imposing(content)).Then().Of<Sanction>().Last();

        Assert.That((sanction.Imposed, sanction.State, sanction.Disputed), Is.EqualTo((content, SanctionState.Imposed, false)));
    }

    [Test]
    public void Before_step_two_only_what_the_contract_itself_prescribes([Values(0, 1)] int step)
    {
        var given = GivenCase.AtStep(step);

        given.When(Imposing(Content(given))).ThenRejected("R-S1 tooEarly");
        Assert.That(given.When(Imposing(Content(given) with { Automatic = true })).Then<SanctionImposed>().Content.Automatic, Is.True);
    }

    [Test]
    public void Either_imposing_or_waiving_does_the_activity()
    {
        var imposed = GivenCase.AtStep(2);
        imposed.And(Imposing(Content(imposed)));
        var waived = GivenCase.AtStep(2).And(Waiving(Some.Motivation));

        Assert.That(new[] { imposed, waived }.Select(g => CaseActivities.IsDoneByRecord(g.State, 2, "sanctions")), Is.All.True);
    }

    [Test]
    public void A_withdrawn_sanction_does_the_activity_no_longer()
    {
        var given = Imposed().And(c => new WithdrawSanction(Id(c), "Förseningen var regionens egen", Some.HeadOfPurchasing));

        Assert.That(CaseActivities.IsDoneByRecord(given.State, 2, "sanctions"), Is.False);
    }

    [TestCase("7.4")]
    [TestCase("")]
    public void The_clause_is_one_of_the_contracts(string clause)
    {
        var given = GivenCase.AtStep(2);
        var outcome = given.When(Imposing(Content(given) with { ClauseReference = clause }));

        outcome.ThenRejected("R-S1 clauseUnknown");
        Assert.That(outcome.Decision.Rejections[0].Field, Is.EqualTo("imposed.clauseReference"));
    }

    [Test]
    public void A_contract_that_is_gone_has_no_clause()
    {
        var given = GivenCase.AtStep(2);

        given.When(new DecideSanction(Guid.NewGuid(), Content(given), null, Contract: null)).ThenRejected("R-S1 clauseUnknown");
    }

    [Test]
    public void The_notice_is_sent_after_the_case_was_opened_and_not_in_the_future()
    {
        var given = GivenCase.AtStep(2);

        given.When(Imposing(Content(given) with { NoticeSentAt = given.Now.AddMinutes(1) })).ThenRejected("field inFuture");
        given.When(Imposing(Content(given) with { NoticeSentAt = given.State.OpenedAt.AddMinutes(-1) })).ThenRejected("R-A2 beforeCase");
    }

    [TestCase("0", "field notPositive")]
    [TestCase("-20000", "field notPositive")]
    [TestCase("0.001", "field tooManyDecimals")]
    [TestCase("-0.001", "field notPositive", "field tooManyDecimals")]
    public void The_amount_is_money(string value, params string[] rejections) => WhenOf(value).ThenRejected(rejections);

    [TestCase("0.01")]
    [TestCase("20000.50")]
    [TestCase("20000.5000")]
    public void Two_decimals_are_money(string value) => Assert.That(WhenOf(value).Decision.IsRejected, Is.False);

    [Test]
    public void A_sanction_may_be_without_an_amount()
    {
        var given = GivenCase.AtStep(2);

        Assert.That(given.When(Imposing(Content(given) with { Kind = SanctionKind.Other, Amount = null })).Then<SanctionImposed>().Content.Amount, Is.Null);
    }

    [Test]
    public void Waiving_is_motivated()
    {
        var outcome = GivenCase.AtStep(2).When(Waiving(Some.TooShort));

        outcome.ThenRejected("R-S1 motivationTooShort");
        Assert.That(outcome.Decision.Rejections[0].Field, Is.EqualTo("waived.motivation"));
    }

    [Test]
    public void It_is_imposed_or_waived_and_not_both_nor_neither()
    {
        var given = GivenCase.AtStep(2);

        given.When(new DecideSanction(Guid.NewGuid(), null, null, Some.Contract())).ThenRejected("field imposedOrWaived");
        given.When(new DecideSanction(Guid.NewGuid(), Content(given), Waiver(Some.Motivation), Some.Contract())).ThenRejected("field imposedOrWaived");
    }

    [Test]
    public void The_decision_level_is_known_and_high_enough_where_the_region_says_so()
    {
        var given = Imposed().With(LadderSettings.Default with { EnforceDecisionLevels = true });
        var unknown = new DecisionMaker("Kejsare", "kejsare");
        var low = new DecisionMaker("Beställare", "orderer");

        given.When(Imposing(Content(given) with { DecidedBy = unknown })).ThenRejected("R-G7 decisionLevelUnknown");
        given.When(Imposing(Content(given) with { DecidedBy = low })).ThenRejected("R-G7 decisionLevelTooLow");
        given.When(new DecideSanction(Guid.NewGuid(), null, Waiver(Some.Motivation) with { DecidedBy = low }, null)).ThenRejected("R-G7 decisionLevelTooLow");
        given.When(c => new WithdrawSanction(Id(c), "Förseningen var regionens egen", low)).ThenRejected("R-G7 decisionLevelTooLow");
    }

    [Test]
    public void It_is_disputed_until_the_objection_is_answered()
    {
        var given = Imposed().And(c => new ObjectToSanction(Id(c), "Force majeure"));
        Assert.That((Only(given).Disputed, Only(given).Objection, Only(given).Stands()), Is.EqualTo((true, "Force majeure", false)));

        given.And(c => new AnswerObjection(Id(c), "Nej", "Avtalsansvarig"));
        Assert.That((Only(given).Disputed, Only(given).Answer, Only(given).Stands()), Is.EqualTo((false, "Nej", true)));

        given.And(c => new ObjectToSanction(Id(c), "Beloppet är fel räknat"));
        Assert.That((Only(given).Disputed, Only(given).Answer), Is.EqualTo((true, (string?)null)));
    }

    [Test]
    public void One_objection_waits_for_its_answer_at_a_time()
    {
        Imposed().When(c => new AnswerObjection(Id(c), "Nej", "Avtalsansvarig")).ThenRejected("sanctionLifecycle notDisputed");
        Imposed().And(c => new ObjectToSanction(Id(c), "Force majeure"))
            .When(c => new ObjectToSanction(Id(c), "Beloppet")).ThenRejected("sanctionLifecycle alreadyDisputed");
    }

    [Test]
    public void It_is_not_settled_while_disputed()
    {
        var given = Imposed().And(c => new ObjectToSanction(Id(c), "Force majeure"));

        var outcome = given.When(c => new SettleSanction(Id(c), "Kvittad", "Ekonom"));

        outcome.ThenRejected("R-S2 disputed");
        Assert.That(outcome.Decision.Rejections[0].MetBy, Is.EqualTo($"sanctions/{Id(given)}/answers"));
    }

    [Test]
    public void Settled_or_withdrawn_it_is_final()
    {
        var settled = Imposed().And(c => new SettleSanction(Id(c), "Kvittad", "Ekonom"));
        var withdrawn = Imposed().And(c => new ObjectToSanction(Id(c), "Force majeure")).And(c => new WithdrawSanction(Id(c), "Riktig invändning", Some.HeadOfPurchasing));

        Assert.That(Imposed().State.Of<Sanction>().Single().IsFinal(), Is.False);
        Assert.That((Only(settled).State, Only(settled).IsFinal(), Only(settled).Ended, Only(settled).Stands()), Is.EqualTo((SanctionState.Settled, true, "Kvittad", true)));
        Assert.That((Only(withdrawn).State, Only(withdrawn).IsFinal(), Only(withdrawn).Disputed, Only(withdrawn).Stands()), Is.EqualTo((SanctionState.Withdrawn, true, false, false)));
    }

    [TestCaseSource(nameof(Ended))]
    public void What_is_not_imposed_changes_no_more(object given)
    {
        var ended = (GivenCase)given;

        foreach (var change in new SanctionChange[]
        {
            new ObjectToSanction(Id(ended), "Force majeure"), new AnswerObjection(Id(ended), "Nej", "Avtalsansvarig"),
            new WithdrawSanction(Id(ended), "Fel", Some.HeadOfPurchasing), new SettleSanction(Id(ended), "Kvittad", "Ekonom"),
        })
            ended.When(change).ThenRejected("sanctionLifecycle notImposed");
    }

    [Test]
    public void The_suppliers_objection_and_the_money_go_on_after_the_case_is_closed()
    {
        var given = Imposed().Closed().And(c => new ObjectToSanction(Id(c), "Force majeure")).And(c => new AnswerObjection(Id(c), "Nej", "Avtalsansvarig"));

        Assert.That(given.When(c => new SettleSanction(Id(c), "Kvittad", "Ekonom")).Then().Of<Sanction>().Single().State, Is.EqualTo(SanctionState.Settled));
        Assert.That(given.When(c => new WithdrawSanction(Id(c), "Fel", Some.HeadOfPurchasing)).Then().Of<Sanction>().Single().State, Is.EqualTo(SanctionState.Withdrawn));
        given.When(Imposing(Content(given))).ThenRejected("R-G3 caseClosed");
    }

    [Test]
    public void A_sanction_that_the_case_does_not_have_is_unknown() =>
        GivenCase.AtStep(2).When(new ObjectToSanction(Guid.NewGuid(), "Force majeure")).ThenRejected("field unknownRecord");

    private static IEnumerable<TestCaseData> Ended() =>
    [
        new TestCaseData(GivenCase.AtStep(2).And(Waiving(Some.Motivation))).SetArgDisplayNames("waived"),
        new TestCaseData(Imposed().And(c => new SettleSanction(Id(c), "Kvittad", "Ekonom"))).SetArgDisplayNames("settled"),
        new TestCaseData(Imposed().And(c => new WithdrawSanction(Id(c), "Fel", Some.HeadOfPurchasing))).SetArgDisplayNames("withdrawn"),
    ];

    private static SanctionContent Content(GivenCase given) => new(
        SanctionKind.Penalty, "7.3", "Två procent per påbörjad vecka", new Amount(20000.50m, "SEK"), given.Now, false, Some.HeadOfPurchasing);

    private static WaiverContent Waiver(string motivation) => new(WaiverReason.Disproportionate, motivation, Some.HeadOfPurchasing);

    private static DecideSanction Imposing(SanctionContent content) => new(Guid.NewGuid(), content, null, Some.Contract());

    private static DecideSanction Waiving(string motivation) => new(Guid.NewGuid(), null, Waiver(motivation), Some.Contract());

    private static Outcome WhenOf(string amount)
    {
        var given = GivenCase.AtStep(2);
        return given.When(Imposing(Content(given) with { Amount = new Amount(decimal.Parse(amount, CultureInfo.InvariantCulture), "SEK") }));
    }

    private static GivenCase Imposed()
    {
        var given = GivenCase.AtStep(2);
        return given.And(Imposing(Content(given)));
    }

    private static Sanction Only(GivenCase given) => given.State.Of<Sanction>().Single();

    private static Guid Id(GivenCase given) => Only(given).Id;
}
