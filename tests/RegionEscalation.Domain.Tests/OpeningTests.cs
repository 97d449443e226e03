using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-E0, and opening directly at 1 (R-E1) or 4 (R-E4a); R-G1, R-G2, R-G6, R-E8 where a case begins.</summary>
public class OpeningTests
{
    private static readonly DateTimeOffset Yesterday = Some.Start.AddDays(-1);

    [Test]
    public void A_single_deviation_opens_a_case_at_step_zero()
    {
        var deviation = Some.Reported(Yesterday);

        var opened = GivenCase.WhenOpened(Some.Opening(0, Trigger.SingleDeviation, deviation)).Then();

        Assert.Multiple(() =>
        {
            Assert.That(opened.Step, Is.Zero);
            Assert.That(opened.State, Is.EqualTo(CaseState.Open));
            Assert.That(opened.Supplier, Is.EqualTo(Some.Supplier));
            Assert.That(opened.LadderVersion, Is.EqualTo("2026"));
            Assert.That(opened.Deviations.Single().Id, Is.EqualTo(deviation.Id));
            Assert.That(opened.UsedEvidence, Is.Empty, "a deviation that opened a case at 0 may still make deviations recurring");
        });
    }

    [TestCase(Trigger.Risk)]
    [TestCase(Trigger.Incident)]
    public void Risks_and_incidents_lead_to_step_zero_too(Trigger trigger)
    {
        var opened = GivenCase.WhenOpened(Some.Opening(0, trigger, Some.Reported(Yesterday))).Then();

        Assert.That((opened.Step, opened.Trigger), Is.EqualTo((0, trigger)));
    }

    [Test]
    public void A_case_starts_from_something() =>
        GivenCase.WhenOpened(Some.Opening(0, Trigger.SingleDeviation) with { Basis = Some.Basis(Trigger.SingleDeviation, Some.Document()) })
            .ThenRejected("R-E0 nothingToStartFrom");

    [Test]
    public void An_unknown_contract_opens_nothing() =>
        GivenCase.WhenOpened(Some.Opening(0, Trigger.SingleDeviation, Some.Reported(Yesterday)) with { Contract = null })
            .ThenRejected("field unknownContract");

    [Test]
    public void A_second_open_case_about_the_same_contract_is_refused() =>
        GivenCase.WhenOpened(Some.Opening(0, Trigger.SingleDeviation, Some.Reported(Yesterday)) with { OtherOpenCase = Guid.NewGuid() })
            .ThenRejected("R-G2 openCaseExists");

    [Test]
    public void A_deviation_of_another_contract_opens_nothing() =>
        GivenCase.WhenOpened(Some.Opening(0, Trigger.SingleDeviation, Some.Reported(Yesterday, contract: Some.Contract("B-2"))))
            .ThenRejected("R-G1 otherContract");

    [Test]
    public void A_deviation_of_another_supplier_opens_nothing()
    {
        var subSupplier = new Supplier(Guid.NewGuid(), "2120000142", "Underleverantören AB");

        GivenCase.WhenOpened(Some.Opening(0, Trigger.SingleDeviation, Some.Reported(Yesterday, contract: Some.Contract(supplier: subSupplier))))
            .ThenRejected("R-G1 otherContract");
    }

    [Test]
    public void A_deviation_that_belongs_to_a_case_opens_no_second_one()
    {
        var taken = Some.Reported(Yesterday);
        taken = Deviation.Evolve(taken, new DeviationJoinedCase(Some.Start, Guid.NewGuid()));

        GivenCase.WhenOpened(Some.Opening(0, Trigger.SingleDeviation, taken)).ThenRejected("R-E8 alreadyAttached");
    }

    [Test]
    public void A_deviation_that_the_region_does_not_have_is_no_evidence() =>
        GivenCase
            .WhenOpened(Some.Opening(0, Trigger.SingleDeviation) with { Basis = Some.Basis(Trigger.SingleDeviation, Some.Evidence(Guid.NewGuid())) })
            .ThenRejected("R-E0 nothingToStartFrom", "R-G7 evidenceUnknown");

    [Test]
    public void A_trigger_opens_only_where_it_leads() =>
        GivenCase.WhenOpened(Some.Opening(0, Trigger.RecurringDeviation, Some.Deviation(Yesterday), Some.Deviation(Yesterday)))
            .ThenRejected("R-E0 triggerNotOfStep");

    [Test]
    public void Recurring_deviations_open_a_case_directly_at_step_one()
    {
        var deviations = new[] { Some.Deviation(Yesterday), Some.Deviation(Yesterday) };

        var outcome = GivenCase.WhenOpened(Some.Opening(1, Trigger.RecurringDeviation, deviations));

        Assert.Multiple(() =>
        {
            Assert.That(outcome.Then<CaseOpened>().SkippedSteps, Is.EqualTo(new[] { 0 }));
            Assert.That(outcome.Then().Step, Is.EqualTo(1));
            Assert.That(outcome.Then().UsedEvidence, Is.EquivalentTo(deviations.Select(d => d.Id)));
        });
    }

    [Test]
    public void One_deviation_is_not_recurring() =>
        GivenCase.WhenOpened(Some.Opening(1, Trigger.RecurringDeviation, Some.Deviation(Yesterday))).ThenRejected("R-E1 tooFewDeviations");

    [Test]
    public void A_serious_deviation_opens_a_case_directly_at_step_four_and_skips_what_lies_below()
    {
        var outcome = GivenCase.WhenOpened(Some.Opening(4, Trigger.SeriousDeviation, Some.Serious(Yesterday)));

        var opened = outcome.Then();
        Assert.Multiple(() =>
        {
            Assert.That(opened.Step, Is.EqualTo(4));
            Assert.That(outcome.Then<CaseOpened>().SkippedSteps, Is.EqualTo(new[] { 0, 1, 2, 3 }));
            Assert.That(opened.Activities.Select(a => a.Outcome), Is.All.EqualTo(ActivityOutcome.Skipped));
            Assert.That(opened.Activities.Select(a => a.Step).Distinct(), Is.EqualTo(new[] { 0, 1, 2, 3 }));
        });
    }

    [Test]
    public void A_deviation_that_is_not_serious_opens_nothing_at_step_four() =>
        GivenCase.WhenOpened(Some.Opening(4, Trigger.SeriousDeviation, Some.Deviation(Yesterday))).ThenRejected("R-E4a noSeriousDeviation");

    [Test]
    public void A_serious_deviation_that_the_region_caused_opens_nothing_at_step_four() =>
        GivenCase.WhenOpened(Some.Opening(4, Trigger.SeriousDeviation, Some.Serious(Yesterday, CausedBy.Region)))
            .ThenRejected("R-G6 notTheSuppliersPart");

    [Test]
    public void A_serious_deviation_leads_to_four_before_five() =>
        GivenCase.WhenOpened(Some.Opening(5, Trigger.SeriousDeviation, Some.Serious(Yesterday))).ThenRejected("R-E11 lowerStepFirst");

    [Test]
    public void A_failed_plan_belongs_to_a_case_and_opens_none() =>
        GivenCase.WhenOpened(Some.Opening(2, Trigger.PlanWithoutEffect, Some.Deviation(Yesterday))).ThenRejected("R-E6 oneStepAtATime");

    [Test]
    public void Who_alone_reported_the_serious_deviation_cannot_open_at_step_four()
    {
        var serious = Some.Serious(Yesterday, reportedBy: " inköpschef ");

        GivenCase.WhenOpened(Some.Opening(4, Trigger.SeriousDeviation, serious)).ThenRejected("R-G7 fourEyes");
    }

    [Test]
    public void One_deviation_cited_twice_is_not_recurring()
    {
        var deviation = Some.Deviation(Yesterday);

        GivenCase.WhenOpened(Some.Opening(1, Trigger.RecurringDeviation, deviation, deviation)).ThenRejected("R-E1 tooFewDeviations");
        Assert.That(GivenCase.WhenOpened(Some.Opening(0, Trigger.SingleDeviation, deviation, deviation)).Then().Deviations, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_deviation_that_is_not_cited_triggers_nothing()
    {
        var cited = Some.Deviation(Yesterday);

        var opening = Some.Opening(1, Trigger.RecurringDeviation, cited, Some.Deviation(Yesterday));

        GivenCase.WhenOpened(opening with { Basis = Some.Basis(Trigger.RecurringDeviation, Some.Evidence(cited)) }).ThenRejected("R-E1 tooFewDeviations");
    }

    [Test]
    public void A_deviation_of_another_contract_is_not_attached_uncited_either()
    {
        var opening = Some.Opening(0, Trigger.Risk, Some.Reported(Yesterday, contract: Some.Contract("B-2")));

        GivenCase.WhenOpened(opening with { Basis = Some.Basis(Trigger.Risk, Some.Document()) }).ThenRejected("R-G1 otherContract");
    }

    [Test]
    public void What_the_region_caused_opens_nothing() =>
        GivenCase.WhenOpened(Some.Opening(0, Trigger.SingleDeviation, Some.Deviation(Yesterday, CausedBy.Region))).ThenRejected("R-G6 notTheSuppliersPart");

    [Test]
    public void What_the_region_caused_may_come_along_with_what_it_did_not() =>
        Assert.That(
            GivenCase.WhenOpened(Some.Opening(0, Trigger.SingleDeviation, Some.Deviation(Yesterday, CausedBy.Region), Some.Reported(Yesterday))).Then().Deviations,
            Has.Count.EqualTo(2));

}
