using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-B1…R-B3: blocks.</summary>
public class BlockTests
{
    /// <summary>The region's own contracts with the supplier.</summary>
    private static readonly Contract[] Own = [Some.Contract(), Some.Contract("A-2")];

    [Test]
    public void It_is_imposed_at_four_and_five([Values(4, 5)] int step)
    {
        var given = Assessed(step);
        var content = Content(given);

        var block = given.When(Imposing(content)).Then().Of<Block>().Single();

        Assert.That((block.Content, block.Until, block.IsImposed(), block.IsInForce(given.Now), block.Does("block")), Is.EqualTo((content, content.Until, true, true, true)));
    }

    [Test]
    public void Below_four_nothing_is_blocked([Values(0, 1, 2, 3)] int step)
    {
        var given = Assessed(step);

        given.When(Imposing(Content(given))).ThenRejected("R-B1 tooLow");
    }

    [Test]
    public void It_names_at_least_one_contract([Values] BlockScope scope)
    {
        var given = Assessed();

        given.When(Imposing(Content(given) with { Scope = scope, Part = scope == BlockScope.ContractPart ? "Operationsset" : null, Contracts = [] }))
            .ThenRejected("R-B1 contractsMissing");
    }

    [Test]
    public void It_never_covers_anothers_contracts()
    {
        var given = Assessed();
        var outcome = given.When(Imposing(Content(given) with { Contracts = [new("A-1", "9.2"), new("B-1", "9.2")] }));

        outcome.ThenRejected("R-B2 notOwnContract");
        Assert.That(outcome.Decision.Rejections[0].Field, Is.EqualTo("contracts[1].number"));
    }

    [Test]
    public void Each_contract_has_its_clause()
    {
        var given = Assessed();
        var outcome = given.When(Imposing(Content(given) with { Contracts = [new("A-1", "9.2"), new("A-2", "9.9")] }));

        outcome.ThenRejected("R-B1 clauseUnknown");
        Assert.That(outcome.Decision.Rejections[0].Field, Is.EqualTo("contracts[1].clauseReference"));
    }

    [Test]
    public void A_block_of_all_own_contracts_names_all_of_them()
    {
        var given = Assessed();
        var all = Content(given) with { Scope = BlockScope.SupplierAllOwnContracts };

        given.When(Imposing(all)).ThenRejected("R-B1 contractsMissing");
        Assert.That(given.When(Imposing(all with { Contracts = [new("A-1", "9.2"), new("A-2", "12.1")] })).Then<BlockImposed>().Content.Contracts, Has.Count.EqualTo(2));
    }

    [Test]
    public void A_part_is_named_when_the_block_is_of_a_part_and_only_then()
    {
        var given = Assessed();
        var part = Content(given) with { Scope = BlockScope.ContractPart, Part = "Operationsset" };

        Assert.That(given.When(Imposing(part)).Then<BlockImposed>().Content.Part, Is.EqualTo("Operationsset"));
        given.When(Imposing(part with { Part = " " })).ThenRejected("R-B1 partMissing");
        given.When(Imposing(part with { Scope = BlockScope.Contract })).ThenRejected("field onlyForPart");
    }

    [Test]
    public void It_lasts_from_today_at_the_earliest_and_ends_no_earlier_than_it_begins()
    {
        var given = Assessed();
        var today = Today(given);

        given.When(Imposing(Content(given) with { From = today.AddDays(-1) })).ThenRejected("field inPast");
        given.When(Imposing(Content(given) with { From = today.AddDays(2), Until = today.AddDays(1) })).ThenRejected("field beforeFrom");
        Assert.That(given.When(Imposing(Content(given) with { Until = today })).Then<BlockImposed>().Content.Until, Is.EqualTo(today));
    }

    [Test]
    public void Ninety_days_need_no_motivation_of_their_own()
    {
        var given = Assessed();

        var imposed = given.When(Imposing(Content(given) with { Until = Today(given).AddDays(89), LengthMotivation = Some.Motivation })).Then<BlockImposed>();

        Assert.That(imposed.Content.LengthMotivation, Is.Null, "a motivation that was not needed is not recorded");
    }

    [Test]
    public void More_than_ninety_days_are_motivated()
    {
        var given = Assessed();
        var longer = Content(given) with { Until = Today(given).AddDays(90) };

        given.When(Imposing(longer)).ThenRejected("R-B1 tooLong");
        given.When(Imposing(longer with { LengthMotivation = Some.TooShort })).ThenRejected("R-B1 tooLong");
        Assert.That(given.When(Imposing(longer with { LengthMotivation = Some.Motivation })).Then<BlockImposed>().Content.LengthMotivation, Is.EqualTo(Some.Motivation));
    }

    [Test]
    public void The_number_of_days_is_the_regions()
    {
        var given = Assessed().With(LadderSettings.Default with { BlockDays = 7 });

        given.When(Imposing(Content(given) with { Until = Today(given).AddDays(7) })).ThenRejected("R-B1 tooLong");
        Assert.That(given.When(Imposing(Content(given) with { Until = Today(given).AddDays(6) })).Decision.IsRejected, Is.False);
    }

    [Test]
    public void The_last_day_there_is_breaks_nothing()
    {
        var given = Assessed();
        given.And(Imposing(Content(given) with { Until = DateOnly.MaxValue, LengthMotivation = Some.Motivation }));

        Assert.That((Only(given).ExpiresAt(), Obligations.Of(given.State).Last().Due), Is.EqualTo((SwedishTime.EndOf(DateOnly.MaxValue), SwedishTime.EndOf(DateOnly.MaxValue))));
    }

    [Test]
    public void It_rests_on_a_current_assessment_of_the_cases_own()
    {
        var given = Assessed();
        var outcome = given.When(Imposing(Content(given) with { ContinuityAssessmentId = Guid.NewGuid() }));

        outcome.ThenRejected("R-B1 continuityNotAssessed");
        Assert.That((outcome.Decision.Rejections[0].MetBy, outcome.Decision.Rejections[0].Field), Is.EqualTo(("continuity-assessments", "continuityAssessmentId")));
        given.Later(days: 30);
        Assert.That(given.When(Imposing(Content(given))).Decision.IsRejected, Is.False);
        given.Later(days: 1);
        given.When(Imposing(Content(given))).ThenRejected("R-B1 continuityNotAssessed");
    }

    [Test]
    public void The_supplier_is_told_first()
    {
        var given = Assessed();

        given.When(Imposing(Content(given) with { SupplierNotifiedAt = given.Now.AddMinutes(1) })).ThenRejected("field inFuture");
        given.When(Imposing(Content(given) with { SupplierNotifiedAt = given.State.OpenedAt.AddMinutes(-1) })).ThenRejected("R-A2 beforeCase");
    }

    [Test]
    public void It_has_reasons()
    {
        var given = Assessed();

        given.When(Imposing(Content(given) with { Reasons = Some.TooShort })).ThenRejected("R-B1 motivationTooShort");
    }

    [Test]
    public void The_decision_level_is_known_and_high_enough_where_the_region_says_so()
    {
        var given = Blocked().With(LadderSettings.Default with { EnforceDecisionLevels = true });
        var low = new DecisionMaker("Enhetschef", "unitManager");

        Assessed().When(c => Imposing(Content(c) with { DecidedBy = new DecisionMaker("Kejsare", "kejsare") })).ThenRejected("R-G7 decisionLevelUnknown");
        given.When(c => Imposing(Content(c) with { Contracts = [new("A-2", "9.2")], DecidedBy = low })).ThenRejected("R-G7 decisionLevelTooLow");
        given.When(c => Extending(c, 40) with { DecidedBy = low }).ThenRejected("R-G7 decisionLevelTooLow");
        given.When(c => new LiftBlock(Only(c).Id, "Leveranserna är säkrade", low)).ThenRejected("R-G7 decisionLevelTooLow");
    }

    [Test]
    public void A_contract_is_blocked_once_at_a_time()
    {
        var given = Blocked();
        var outcome = given.When(Imposing(Content(given) with { Contracts = [new("A-2", "9.2"), new("A-1", "12.1")] }));

        outcome.ThenRejected("blockLifecycle alreadyBlocked");
        Assert.That((outcome.Decision.Rejections[0].Field, outcome.Decision.Rejections[0].MetBy), Is.EqualTo(("contracts[1].number", $"blocks/{Only(given).Id}/extensions")));
        Assert.That(given.When(Imposing(Content(given) with { Contracts = [new("A-2", "9.2")] })).Decision.IsRejected, Is.False);
    }

    [Test]
    public void A_block_that_is_to_begin_counts_like_one_in_force()
    {
        var given = Assessed();
        given.And(Imposing(Content(given) with { From = Today(given).AddDays(5) }));

        Assert.That((Only(given).IsInForce(given.Now), Only(given).Stands(given.Now)), Is.EqualTo((false, true)));
        given.When(Imposing(Content(given))).ThenRejected("blockLifecycle alreadyBlocked");
        Assert.That(given.When(new DeEscalate(3, given.WayBackBasis())).Decision.Rejections.Select(r => r.Reason), Has.Member("blockInForce"));
        given.AllDeviationsUnfounded().When(GivenCase.Closing(CaseOutcome.Unfounded)).ThenRejected("R-Z3 blockInForce");
    }

    [Test]
    public void After_its_last_day_the_contract_may_be_blocked_anew()
    {
        var given = Blocked().Later(days: 31).ContinuityIsAssessed();

        Assert.That(given.When(Imposing(Content(given))).Decision.IsRejected, Is.False);
    }

    [Test]
    public void An_extension_is_a_new_decision_with_a_later_last_day()
    {
        var given = Blocked().Later(days: 20);

        var extended = given.When(c => Extending(c, 60)).Then<BlockExtended>();
        var block = given.When(c => Extending(c, 60)).Then().Of<Block>().Single();

        Assert.That((extended.Until, extended.LengthMotivation, block.Until, block.Content.Until), Is.EqualTo((Today(given).AddDays(60), (string?)null, Today(given).AddDays(60), Today(given).AddDays(10))));
        given.When(c => Extending(c, 10)).ThenRejected("field notLater");
        given.When(c => Extending(c, 60) with { Motivation = Some.TooShort }).ThenRejected("R-B1 motivationTooShort");
    }

    [Test]
    public void An_extension_is_no_longer_than_a_block_unless_motivated()
    {
        var given = Blocked().Later(days: 20);

        Assert.That(given.When(c => Extending(c, 89) with { LengthMotivation = Some.Motivation }).Then<BlockExtended>().LengthMotivation, Is.Null);
        given.When(c => Extending(c, 90)).ThenRejected("R-B1 tooLong");
        Assert.That(given.When(c => Extending(c, 90) with { LengthMotivation = Some.Motivation }).Then<BlockExtended>().LengthMotivation, Is.EqualTo(Some.Motivation));
    }

    [Test]
    public void An_extension_rests_on_a_current_assessment()
    {
        var given = Blocked(days: 80).Later(days: 31);
        given.When(c => Extending(c, 89)).ThenRejected("R-B1 continuityNotAssessed");

        Assert.That(given.ContinuityIsAssessed().When(c => Extending(c, 89)).Decision.IsRejected, Is.False);
    }

    [Test]
    public void An_extension_needs_the_case_at_four() => Blocked()
        .Happened(c => new CaseDeEscalated(c.Now, 4, 3, Some.Basis(Trigger.ReturnCriteriaMet, Some.Document())))
        .When(c => Extending(c, 60)).ThenRejected("R-B1 tooLow");

    [Test]
    public void On_its_last_day_it_is_in_force_and_may_be_extended_and_after_it_not_even_before_that_is_noted()
    {
        var given = Blocked().Later(days: 30).ContinuityIsAssessed();
        Assert.That(Only(given).IsInForce(given.Now), Is.True);
        Assert.That(given.When(c => Extending(c, 60)).Decision.IsRejected, Is.False);

        given.Later(days: 1);
        Assert.That((Only(given).IsImposed(), Only(given).IsInForce(given.Now)), Is.EqualTo((true, false)));
        given.When(c => Extending(c, 60)).ThenRejected("R-B3 blockEnded");
        given.When(Lifting).ThenRejected("R-B3 blockEnded");
    }

    [Test]
    public void Its_end_is_noted_after_the_last_day_and_once()
    {
        var given = Blocked().Later(days: 30);
        Assert.That(given.When(new NoteExpiries()).Decision.Events, Is.Empty);
        Assert.That(given.State.NextExpiry(), Is.EqualTo(SwedishTime.EndOf(Today(given))));

        var expired = given.Later(days: 1).When(new NoteExpiries()).Then<BlockExpired>();
        given.And(new NoteExpiries());

        Assert.That((expired.RecordId, Only(given).State, given.State.Step, Only(given).ExpiresAt()), Is.EqualTo((Only(given).Id, BlockState.Expired, 4, (DateTimeOffset?)null)));
        Assert.That(Obligations.Of(given.State).Select(o => o.Code), Has.No.Member("blockEnds"));
        Assert.That(given.When(new NoteExpiries()).Decision.Events, Is.Empty);
        given.When(c => Extending(c, 60)).ThenRejected("R-B3 blockEnded", "R-B1 continuityNotAssessed");
    }

    [Test]
    public void An_extended_block_expires_with_its_extension()
    {
        var given = Blocked().And(c => Extending(c, 60)).Later(days: 31);
        Assert.That((given.When(new NoteExpiries()).Decision.Events.Count, Only(given).IsInForce(given.Now)), Is.EqualTo((0, true)));

        Assert.That(given.Later(days: 30).When(new NoteExpiries()).Decision.Events, Has.Count.EqualTo(1));
    }

    [Test]
    public void That_it_ends_is_to_be_dealt_with_before_it_does()
    {
        var given = Blocked();

        var obligation = Obligations.Of(given.State).Single(o => o.Code == "blockEnds");

        Assert.That((obligation.Rule, obligation.Due, obligation.MetBy), Is.EqualTo(("R-B3", SwedishTime.EndOf(Only(given).Until), $"blocks/{Only(given).Id}/extensions")));
    }

    [Test]
    public void It_is_lifted_once()
    {
        var given = Blocked().And(Lifting);

        Assert.That((Only(given).State, Only(given).EndedBecause, Only(given).IsInForce(given.Now), Only(given).ExpiresAt()),
            Is.EqualTo((BlockState.Lifted, "Leveranserna är säkrade", false, (DateTimeOffset?)null)));
        given.When(Lifting).ThenRejected("R-B3 blockEnded");
        given.When(c => Extending(c, 60)).ThenRejected("R-B3 blockEnded");
        Assert.That(given.When(Imposing(Content(given))).Decision.IsRejected, Is.False);
    }

    [Test]
    public void A_closed_case_takes_no_block() =>
        Assessed().Closed().When(c => Imposing(Content(c))).ThenRejected("R-G3 caseClosed");

    private static DateOnly Today(GivenCase given) => SwedishTime.DateOf(given.Now);

    private static GivenCase Assessed(int step = 4) => GivenCase.AtStep(step).ContinuityIsAssessed();

    private static BlockContent Content(GivenCase given, int days = 30) => new(
        BlockScope.Contract, null, [new("A-1", "9.2")], Some.Motivation, Today(given), Today(given).AddDays(days),
        given.State.Of<ContinuityAssessment>().Last().Id, given.Now, null, Some.HeadOfPurchasing);

    private static ImposeBlock Imposing(BlockContent content) => new(Guid.NewGuid(), content, Own);

    private static GivenCase Blocked(int days = 30)
    {
        var given = Assessed();
        return given.And(Imposing(Content(given, days)));
    }

    private static ExtendBlock Extending(GivenCase given, int days) => new(
        Only(given).Id, Today(given).AddDays(days), Some.Motivation, null, given.State.Of<ContinuityAssessment>().Last().Id, Some.HeadOfPurchasing);

    private static LiftBlock Lifting(GivenCase given) => new(Only(given).Id, "Leveranserna är säkrade", Some.HeadOfPurchasing);

    private static Block Only(GivenCase given) => given.State.Of<Block>().Single();
}
