using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-E4b: a plan that fails at step 3 leads to 4 where a separate decision has found the failures serious as a whole.</summary>
public class SeriousAggregateTests
{
    [Test]
    public void The_classification_is_recorded_with_who_decided_it()
    {
        var classifying = Classifying();

        Assert.That(Standing.At(3).When(classifying).Then().Find<SeriousAggregate>(classifying.RecordId)!.Content, Is.EqualTo(classifying.Content));
    }

    [TestCase(2)]
    [TestCase(4)]
    public void Failures_are_classified_as_a_whole_at_step_three_only(int step) => Standing.At(step).When(Classifying()).ThenRejected("R-E4b notAtThree");

    [Test]
    public void What_is_serious_has_a_consequence_area_and_a_motivation()
    {
        var content = Classifying().Content;

        Standing.At(3).When(new ClassifyAggregate(Guid.NewGuid(), content with { ConsequenceAreas = [] })).ThenRejected("field consequenceAreaMissing");
        Standing.At(3).When(new ClassifyAggregate(Guid.NewGuid(), content with { Motivation = Some.TooShort })).ThenRejected("R-E4b motivationTooShort");
    }

    [Test]
    public void Who_decides_has_the_level_of_step_four_where_the_region_enforces_levels()
    {
        var enforcing = LadderSettings.Default with { EnforceDecisionLevels = true };

        Standing.At(3).When(By("kejsare")).ThenRejected("R-G7 decisionLevelUnknown");
        Standing.At(3).With(enforcing).When(By("unitManager")).ThenRejected("R-G7 decisionLevelTooLow");
        Assert.That(Standing.At(3).With(enforcing).When(By("headOfPurchasing")).Decision.IsRejected, Is.False);
        Assert.That(Standing.At(3).When(By("unitManager")).Decision.IsRejected, Is.False, "levels are recorded in any case");

        static ClassifyAggregate By(string level) => new(Guid.NewGuid(), Classifying().Content with { DecidedBy = new DecisionMaker("Enhetschef", level) });
    }

    [Test]
    public void The_failed_plan_and_the_classification_together_lead_to_four()
    {
        var given = Failed().And(Classifying());

        var escalated = given.When(c => Escalating(c, c.LatestEvaluation, Classification(c))).Then();

        Assert.That((escalated.Step, escalated.UsedEvidence), Is.EqualTo((4, new[] { given.LatestEvaluation.Id, Classification(given).Id })));
    }

    [Test]
    public void What_is_possible_cites_both()
    {
        var given = Failed().And(Classifying());

        var possible = PossibleTransitions.From(given.State, given.Context).Single(t => t.Trigger == Trigger.PersistentFailure);

        Assert.That((possible.ToStep, possible.Rule, possible.SuggestedEvidence), Is.EqualTo((4, "R-E4b", new[] { given.LatestEvaluation, Classification(given) })));
        Assert.That(possible.Unmet.Select(u => u.Code), Is.All.EqualTo("R-E7"));
    }

    [Test]
    public void Without_the_classification_the_failed_plan_leads_nowhere()
    {
        Failed().When(c => Escalating(c, c.LatestEvaluation)).ThenRejected("R-E4b notClassifiedSerious");
        Failed().And(Classifying()).When(c => Escalating(c, c.LatestEvaluation)).ThenRejected("R-E4b notClassifiedSerious");
        Failed().When(c => new Escalate(4, Some.Basis(Trigger.PlanWithoutEffect, c.LatestEvaluation).DepartingFrom("R-E7"))).ThenRejected("R-E10 triggerNotOfStep");

        var unmet = Failed().When(c => Escalating(c, c.LatestEvaluation)).Decision.Rejections.Single();
        Assert.That(unmet.MetBy, Is.EqualTo("serious-aggregates"));
    }

    [Test]
    public void Without_a_plan_that_failed_at_step_three_the_classification_leads_nowhere()
    {
        Standing.At(3).And(Classifying()).When(c => Escalating(c, Classification(c))).ThenRejected("R-E4b planMissing");
        Standing.At(3).PlanEvaluated(PlanOutcome.PartlyEffective).And(Classifying())
            .When(c => Escalating(c, c.LatestEvaluation, Classification(c))).ThenRejected("R-E4b evaluationNotWithoutEffect");
        Standing.At(2).PlanEvaluated(PlanOutcome.WithoutEffect).MovedTo(3).And(Classifying())
            .When(c => Escalating(c, c.LatestEvaluation, Classification(c))).ThenRejected("R-E4b evaluatedBeforeStep");
    }

    [Test]
    public void A_classification_of_an_earlier_time_at_step_three_leads_nowhere() =>
        Standing.At(3).And(Classifying()).Happened(c => new CaseDeEscalated(c.Now, 3, 2, Some.Basis(Trigger.ReturnCriteriaMet, Some.Document())))
            .MovedTo(3).PlanEvaluated(PlanOutcome.WithoutEffect)
            .When(c => Escalating(c, c.LatestEvaluation, Classification(c))).ThenRejected("R-E4b notClassifiedSerious");

    [Test]
    public void It_leads_to_four_and_no_further() =>
        Failed().And(Classifying()).When(c => Escalating(c, c.LatestEvaluation, Classification(c)) with { ToStep = 5 }).ThenRejected(
            "R-E5 triggerNotOfStep", "R-E5 terminationGroundMissing");

    /// <summary>Where an edition leads a plan without effect into 4, as that of 2024 does, there is no gap to fill.</summary>
    [Test]
    public void Under_the_edition_of_2024_there_is_no_persistent_failure()
    {
        var given = Failed().And(Classifying());
        var context = given.Context with { Ladder = Ladders.Find("2024-kalmar")! };
        var by = new DecisionMaker("Basenhetschef", "baseUnitManager");

        var persistent = CaseDecider.Decide(Decided(Escalating(given, given.LatestEvaluation, Classification(given))), given.State, context);
        var plan = CaseDecider.Decide(Decided(new Escalate(4, Some.Basis(Trigger.PlanWithoutEffect, given.LatestEvaluation).DepartingFrom("R-E7"))), given.State, context);

        Assert.Multiple(() =>
        {
            Assert.That(persistent.Rejections.Select(r => (r.Code, r.Reason)), Is.EqualTo(new[] { ("R-E4b", "triggerNotOfStep") }));
            Assert.That(plan.Rejections, Is.Empty);
            Assert.That(PossibleTransitions.From(given.State, context).Where(t => t.Trigger == Trigger.PersistentFailure), Is.Empty);
        });

        Escalate Decided(Escalate command) => command with { Basis = command.Basis with { DecidedBy = by } };
    }

    private static GivenCase Failed() => Standing.At(3).PlanEvaluated(PlanOutcome.WithoutEffect);

    private static ClassifyAggregate Classifying() => new(Guid.NewGuid(), new SeriousAggregateContent([ConsequenceArea.Operations], Some.Motivation, Some.HeadOfPurchasing));

    private static EvidenceReference Classification(GivenCase c) => new(EvidenceKind.Record, c.State.Of<SeriousAggregate>().Last().Id);

    private static Escalate Escalating(GivenCase c, params EvidenceReference[] evidence) =>
        new(c.State.Step + 1, Some.Basis(Trigger.PersistentFailure, evidence).DepartingFrom("R-E7"));
}
