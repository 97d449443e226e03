using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;

namespace RegionEscalation.Domain.Tests;

/// <summary>What leaves a region: the signal exactly while the case is open at 3–5, and beside it what the regions were told and what was disclosed.</summary>
public class NationalAccessPolicyTests
{
    [Test]
    public void There_is_a_signal_exactly_while_the_case_is_open_at_three_to_five(
        [Values(0, 1, 2, 3, 4, 5)] int step, [Values] CaseState state)
    {
        var given = GivenCase.AtStep(step);
        if (state == CaseState.Closed)
            given.Closed();

        Assert.That(NationalAccessPolicy.SignalOf(given.State), state == CaseState.Open && step >= 3 ? Is.Not.Null : Is.Null);
    }

    [TestCase(-1)]
    [TestCase(6)]
    public void It_fails_closed_for_a_step_that_no_ladder_has(int step) =>
        Assert.That(NationalAccessPolicy.SignalOf(GivenCase.AtStep(4).State with { Step = step }), Is.Null);

    [Test]
    public void No_case_has_no_signal() => Assert.That(NationalAccessPolicy.SignalOf(null), Is.Null);

    [Test]
    public void The_signal_is_the_T0_fields_of_the_case()
    {
        var given = GivenCase.AtStep(3);

        Assert.That(NationalAccessPolicy.SignalOf(given.State), Is.EqualTo(new NationalSignal(
            given.State.Id, Some.Supplier.Id, "5560360793", "Leverantören AB", "Förbrukningsmaterial", "2026", 3, given.State.StepEnteredAt,
            Trigger.PlanWithoutEffect, Block: null, Disputed: false, SupplierStatementAttached: false, Preliminary: true, "avtal@example.org",
            NoticeExpiresAt: null)));
    }

    [Test]
    public void The_signal_has_the_T0_fields_and_nothing_else() =>
        Assert.That(typeof(NationalSignal).GetProperties().Select(p => p.Name), Is.EquivalentTo(new[]
        {
            "CaseId", "SupplierId", "SupplierNumber", "SupplierName", "Category", "LadderVersion", "Step", "StepSince", "Trigger", "Block", "Disputed",
            "SupplierStatementAttached", "Preliminary", "ResponsibleAddress", "NoticeExpiresAt",
        }));

    [Test]
    public void Stepping_down_below_three_takes_the_signal_back()
    {
        var given = GivenCase.AtStep(3).WayBackOpen();
        Assert.That(NationalAccessPolicy.SignalOf(given.State)?.Step, Is.EqualTo(3));

        Assert.That(NationalAccessPolicy.SignalOf(given.SteppedDown().State), Is.Null);
    }

    [Test]
    public void Stepping_down_from_four_to_three_is_signalled()
    {
        var given = GivenCase.AtStep(4).WayBackOpen().SteppedDown();

        var signal = NationalAccessPolicy.SignalOf(given.State)!;

        Assert.That((signal.Step, signal.StepSince, signal.Trigger), Is.EqualTo((3, given.Now, Trigger.ReturnCriteriaMet)));
    }

    [Test]
    public void A_sole_traders_number_never_leaves_the_region([Values(3, 4, 5)] int step)
    {
        var soleTrader = new Supplier(Guid.NewGuid(), "1212121212", "Tolvans Transport");
        var state = GivenCase.AtStep(step).State with { Supplier = soleTrader };

        var signal = NationalAccessPolicy.SignalOf(state)!;

        var pseudonym = $"Enskild näringsidkare {soleTrader.Id.ToString("N")[^8..]}";
        Assert.Multiple(() =>
        {
            Assert.That((signal.SupplierId, signal.SupplierNumber, signal.SupplierName), Is.EqualTo((soleTrader.Id, (string?)null, pseudonym)));
            foreach (var kind in Enum.GetValues<NoticeKind>())
            {
                var payload = NationalAccessPolicy.PayloadOf(kind, state);
                Assert.That((payload.SupplierId, payload.SupplierNumber, payload.SupplierName), Is.EqualTo((soleTrader.Id, (string?)null, pseudonym)));
            }
        });
    }

    [TestCase(BlockScope.Contract, "contract")]
    [TestCase(BlockScope.ContractPart, "contractPart")]
    [TestCase(BlockScope.SupplierAllOwnContracts, "supplierAllOwnContracts")]
    public void Of_a_block_the_scope_and_the_last_day_leave_the_region_and_nothing_else(BlockScope scope, string code)
    {
        var given = GivenCase.AtStep(4);
        given.Happened(c => Imposed(c, scope, 30));

        var signal = NationalAccessPolicy.SignalOf(given.State)!;

        Assert.That(signal.Block, Is.EqualTo(new SignalledBlock(code, SwedishTime.DateOf(given.Now).AddDays(30))));
        Assert.That(typeof(SignalledBlock).GetProperties().Select(p => p.Name), Is.EquivalentTo(new[] { "Scope", "Until" }));
        Assert.That(signal.ToString(), Does.Not.Contain("Operationsset").And.Not.Contain("A-1").And.Not.Contain(Some.Motivation));
    }

    [Test]
    public void An_extension_is_signalled()
    {
        var given = GivenCase.AtStep(4).BlockInForce();
        var until = SwedishTime.DateOf(given.Now).AddDays(60);

        given.Happened(c => new BlockExtended(c.Now, BlockOf(c), until, Some.Motivation, null, Guid.NewGuid(), Some.HeadOfPurchasing));

        Assert.That(NationalAccessPolicy.SignalOf(given.State)!.Block!.Until, Is.EqualTo(until));
    }

    [Test]
    public void Of_several_blocks_the_one_that_ends_last_is_signalled()
    {
        var given = GivenCase.AtStep(4);
        given.Happened(c => Imposed(c, BlockScope.SupplierAllOwnContracts, 60)).Happened(c => Imposed(c, BlockScope.Contract, 30));

        Assert.That(NationalAccessPolicy.SignalOf(given.State)!.Block, Is.EqualTo(new SignalledBlock("supplierAllOwnContracts", SwedishTime.DateOf(given.Now).AddDays(60))));
    }

    [Test]
    public void A_block_that_is_lifted_or_has_expired_is_signalled_no_longer()
    {
        var lifted = GivenCase.AtStep(4).BlockInForce().Happened(c => new BlockLifted(c.Now, BlockOf(c), "Säkrat", Some.HeadOfPurchasing));
        var expired = GivenCase.AtStep(4).BlockInForce().Later(days: 31).And(new NoteExpiries());

        Assert.That(new[] { lifted, expired }.Select(g => NationalAccessPolicy.SignalOf(g.State)!.Block), Is.All.Null);
    }

    [Test]
    public void While_a_review_is_pending_the_signal_says_that_the_case_is_disputed()
    {
        var id = Guid.NewGuid();
        var given = GivenCase.AtStep(4).Happened(c => new ReviewRequested(c.Now, id, new ReviewContent("Steget", "Leveranserna var i tid", "Kvalitetschef", c.Now), c.Now.AddDays(21)));
        Assert.That(NationalAccessPolicy.SignalOf(given.State)!.Disputed, Is.True);

        given.Happened(c => new ReviewDecided(c.Now, id, new ReviewDecision(ReviewOutcome.Upheld, Some.Motivation, null, Some.HeadOfPurchasing)));
        Assert.That(NationalAccessPolicy.SignalOf(given.State)!.Disputed, Is.False);
    }

    [Test]
    public void That_the_supplier_has_made_a_statement_is_signalled_and_none_of_its_words()
    {
        var given = GivenCase.AtStep(3).Happened(c => new SupplierStatementReceived(c.Now, Guid.NewGuid(),
            new StatementContent("Underleverantören gick i konkurs", "Kvalitetschef", c.Now, null, null, null)));

        var signal = NationalAccessPolicy.SignalOf(given.State)!;

        Assert.That(signal.SupplierStatementAttached, Is.True);
        Assert.That(signal.ToString(), Does.Not.Contain("konkurs").And.Not.Contain("Kvalitetschef"));
    }

    private static Guid BlockOf(GivenCase given) => given.State.Of<Block>().Single().Id;

    private static BlockImposed Imposed(GivenCase given, BlockScope scope, int days) => new(given.Now, Guid.NewGuid(), new BlockContent(
        scope, "Operationsset", [new BlockedContract("A-1", "9.2")], Some.Motivation, SwedishTime.DateOf(given.Now), SwedishTime.DateOf(given.Now).AddDays(days),
        Guid.NewGuid(), given.Now, null, Some.HeadOfPurchasing));
}
