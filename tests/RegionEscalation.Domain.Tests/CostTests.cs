using RegionEscalation.Domain.Cases.Records;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-C1: what the deviations cost, and who bears it.</summary>
public class CostTests
{
    private static readonly CostContent Content = new(new Amount(18250, "SEK"), "Ersättningsköp", "V 4471", CostBearer.Supplier, "Ekonom");

    [Test]
    public void Costs_are_booked_from_step_one_and_their_bearer_is_proposed([Values(1, 2, 3, 4, 5)] int step)
    {
        var cost = GivenCase.AtStep(step).When(new BookCost(Guid.NewGuid(), Content)).Then().Of<CostEntry>().Single();

        Assert.That((cost.Content, cost.Bearer, cost.State, cost.IsSettled()), Is.EqualTo((Content, CostBearer.Supplier, CostState.Proposed, false)));
    }

    [Test]
    public void At_step_zero_no_cost_is_booked() => GivenCase.AtStep(0).When(new BookCost(Guid.NewGuid(), Content)).ThenRejected("R-C1 tooEarly");

    [Test]
    public void Having_stood_at_step_one_is_enough()
    {
        var given = GivenCase.AtStep(1).WayBackOpen().SteppedDown();

        Assert.That((given.State.Step, given.When(new BookCost(Guid.NewGuid(), Content)).Then().Of<CostEntry>().Count()), Is.EqualTo((0, 1)));
    }

    [Test]
    public void The_amount_is_money() => GivenCase.AtStep(1)
        .When(new BookCost(Guid.NewGuid(), Content with { Amount = new Amount(-0.005m, "SEK") })).ThenRejected("field notPositive", "field tooManyDecimals");

    [TestCase(true, CostState.Agreed)]
    [TestCase(false, CostState.Decided)]
    public void The_bearer_is_agreed_or_decided(bool agreed, CostState state)
    {
        var cost = Only(Booked().And(c => Settling(c) with { Agreed = agreed }));

        Assert.That((cost.Bearer, cost.SupplierShare, cost.State, cost.Note, cost.IsSettled()), Is.EqualTo((CostBearer.Split, 70, state, "Båda borde ha förutsett det", true)));
    }

    [TestCase(null)]
    [TestCase(0)]
    [TestCase(100)]
    public void A_split_cost_states_the_suppliers_share(int? share) =>
        Booked().When(c => Settling(c) with { SupplierShare = share }).ThenRejected("R-C1 shareMissing");

    [Test]
    public void A_cost_that_one_party_bears_has_no_share([Values(CostBearer.Supplier, CostBearer.Region)] CostBearer bearer) =>
        Booked().When(c => Settling(c) with { Bearer = bearer }).ThenRejected("field onlyWhenSplit");

    [Test]
    public void The_bearer_may_be_settled_anew_until_the_cost_has_ended()
    {
        var given = Booked().And(c => Settling(c) with { Agreed = false }).And(c => Concluding(c, CostConclusion.Claimed)).And(Settling);

        Assert.That(Only(given).State, Is.EqualTo(CostState.Agreed));
    }

    [TestCase(CostConclusion.Claimed, CostState.Claimed)]
    [TestCase(CostConclusion.Recovered, CostState.Recovered)]
    [TestCase(CostConclusion.WrittenOff, CostState.WrittenOff)]
    public void It_is_claimed_recovered_or_written_off(CostConclusion conclusion, CostState state)
    {
        var cost = Only(Booked().And(Settling).And(c => Concluding(c, conclusion)));

        Assert.That((cost.State, cost.Note, cost.IsSettled()), Is.EqualTo((state, "Se faktura 118", true)));
    }

    [Test]
    public void A_claim_may_come_first_and_what_was_claimed_is_recovered() => Assert.That(
        Only(Booked().And(c => Concluding(c, CostConclusion.Claimed)).And(c => Concluding(c, CostConclusion.Recovered))).State, Is.EqualTo(CostState.Recovered));

    [Test]
    public void What_is_only_proposed_is_not_recovered() =>
        Booked().When(c => Concluding(c, CostConclusion.Recovered)).ThenRejected("costLifecycle bearerNotSettled");

    [Test]
    public void It_is_claimed_once() => Booked().And(c => Concluding(c, CostConclusion.Claimed))
        .When(c => Concluding(c, CostConclusion.Claimed)).ThenRejected("costLifecycle alreadyClaimed");

    [Test]
    public void Of_what_the_region_bears_nothing_is_claimed([Values(CostConclusion.Claimed, CostConclusion.Recovered)] CostConclusion conclusion)
    {
        var given = Booked().And(c => Settling(c) with { Bearer = CostBearer.Region, SupplierShare = null });

        given.When(c => Concluding(c, conclusion)).ThenRejected("costLifecycle regionBears");
        Assert.That(Only(given.And(c => Concluding(c, CostConclusion.WrittenOff))).State, Is.EqualTo(CostState.WrittenOff));
    }

    [Test]
    public void What_is_recovered_or_written_off_has_ended([Values(CostConclusion.Recovered, CostConclusion.WrittenOff)] CostConclusion conclusion)
    {
        var given = Booked().And(Settling).And(c => Concluding(c, conclusion));

        given.When(Settling).ThenRejected("costLifecycle alreadyConcluded");
        foreach (var another in Enum.GetValues<CostConclusion>())
            given.When(c => Concluding(c, another)).ThenRejected("costLifecycle alreadyConcluded");
    }

    [Test]
    public void The_money_goes_on_after_the_case_is_closed()
    {
        var given = Booked().Closed().And(Settling).And(c => Concluding(c, CostConclusion.Recovered));

        Assert.That(Only(given).State, Is.EqualTo(CostState.Recovered));
        given.When(new BookCost(Guid.NewGuid(), Content)).ThenRejected("R-G3 caseClosed");
    }

    private static GivenCase Booked() => GivenCase.AtStep(1).And(new BookCost(Guid.NewGuid(), Content));

    private static SettleCostBearer Settling(GivenCase given) => new(Only(given).Id, CostBearer.Split, 70, true, "Båda borde ha förutsett det", "Avtalsansvarig");

    private static ConcludeCost Concluding(GivenCase given, CostConclusion conclusion) => new(Only(given).Id, conclusion, "Se faktura 118", "Ekonom");

    private static CostEntry Only(GivenCase given) => given.State.Of<CostEntry>().Single();
}
