using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;

namespace RegionEscalation.Domain.Tests;

/// <summary>What leaves a region: the T0 fields, exactly while the case is open at 3–5.</summary>
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

        Assert.Multiple(() =>
        {
            Assert.That((signal.SupplierId, signal.SupplierNumber, signal.SupplierName), Is.EqualTo((soleTrader.Id, (string?)null, "Tolvans Transport")));
            Assert.That(signal.ToString(), Does.Not.Contain("1212121212"));
        });
    }
}
