using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.Regions;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-Z1, R-Z3, and R-G3: nothing happens to a closed case.</summary>
public class ClosingTests
{
    private static readonly CloseCase Resolving = GivenCase.Closing(CaseOutcome.Resolved);

    private static readonly CloseCase Unfounding = GivenCase.Closing(CaseOutcome.Unfounded);

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public void A_case_is_closed_as_resolved_when_everything_runs_as_the_contract_says(int step)
    {
        var given = GivenCase.AtStep(step).ActivitiesDone().AllDeviationsResolved().PlanEvaluated(PlanOutcome.Effective);

        var outcome = given.When(Resolving);

        Assert.Multiple(() =>
        {
            Assert.That((outcome.Then().State, outcome.Then().Outcome, outcome.Then().ClosedAt, outcome.Then().Step),
                Is.EqualTo((CaseState.Closed, (CaseOutcome?)CaseOutcome.Resolved, (DateTimeOffset?)given.Now, step)));
            Assert.That((outcome.Then<CaseClosed>().RootCause, outcome.Then<CaseClosed>().LessonsLearned), Is.EqualTo(("Bristande lagerstyrning", (bool?)true)));
        });
    }

    [Test]
    public void A_case_that_never_had_a_plan_is_closed_without_one() =>
        Assert.That(GivenCase.AtStep(0).ActivitiesDone().AllDeviationsResolved().When(Resolving).Then().State, Is.EqualTo(CaseState.Closed));

    [Test]
    public void A_case_is_closed_as_resolved_from_three_when_the_way_back_to_two_is_open() =>
        Assert.That(GivenCase.AtStep(3).ActivitiesDone().WayBackOpen().When(Resolving).Then().State, Is.EqualTo(CaseState.Closed));

    [Test]
    public void From_three_the_way_back_to_two_must_be_open() =>
        GivenCase.AtStep(3).ActivitiesDone().AllDeviationsResolved().PlanEvaluated(PlanOutcome.Effective).When(Resolving)
            .ThenRejected("R-D2 returnCriteriaMissing");

    [Test]
    public void A_partly_effective_plan_does_not_close_a_case_even_with_a_departure() =>
        GivenCase.AtStep(3).ActivitiesDone().AllDeviationsResolved().PlanEvaluated(PlanOutcome.PartlyEffective).CriteriaSet().CriteriaMet()
            .When(Resolving with { Basis = Resolving.Basis.DepartingFrom("R-D2").DepartingFrom("R-Z1") })
            .ThenRejected("R-D2 planPartlyEffective", "R-Z1 planNotEffective");

    [Test]
    public void From_four_a_case_is_not_closed_as_resolved() =>
        GivenCase.AtStep(4).ActivitiesDone().WayBackOpen().When(Resolving).ThenRejected("R-Z1 stepTooHigh");

    [Test]
    public void An_open_deviation_stands_against_closing_as_resolved() =>
        GivenCase.AtStep(0).ActivitiesDone().When(Resolving).ThenRejected("R-Z1 deviationOpen");

    [Test]
    public void A_plan_without_effect_stands_against_closing_as_resolved() =>
        GivenCase.AtStep(1).ActivitiesDone().AllDeviationsResolved().PlanEvaluated(PlanOutcome.WithoutEffect).When(Resolving)
            .ThenRejected("R-Z1 planNotEffective");

    [Test]
    public void Outstanding_activities_stand_against_closing_as_resolved_and_are_not_departed_from() =>
        GivenCase.AtStep(0).AllDeviationsResolved().When(Resolving with { Basis = Resolving.Basis.DepartingFrom("R-Z1").DepartingFrom("R-E7") })
            .ThenRejected("R-Z1 activityOutstanding", "R-Z1 activityOutstanding", "R-Z1 activityOutstanding");

    [TestCase(null)]
    [TestCase(" ")]
    public void The_root_cause_is_stated(string? rootCause) =>
        GivenCase.AtStep(0).ActivitiesDone().AllDeviationsResolved().When(Resolving with { RootCause = rootCause }).ThenRejected("R-Z1 rootCauseMissing");

    [Test]
    public void Lessons_are_a_yes_or_a_no() =>
        GivenCase.AtStep(0).ActivitiesDone().AllDeviationsResolved().When(Resolving with { LessonsLearned = null }).ThenRejected("R-Z1 lessonsMissing");

    [Test]
    public void The_trigger_of_a_closure_is_its_outcome()
    {
        var given = GivenCase.AtStep(0).ActivitiesDone().AllDeviationsResolved();

        given.When(Resolving with { Basis = Unfounding.Basis }).ThenRejected("R-Z1 triggerNotOfOutcome");
        given.AllDeviationsUnfounded().When(Unfounding with { Basis = Resolving.Basis }).ThenRejected("R-Z3 triggerNotOfOutcome");
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(4)]
    [TestCase(5)]
    public void A_case_is_closed_as_unfounded_from_every_step(int step)
    {
        var outcome = GivenCase.AtStep(step).AllDeviationsUnfounded().When(Unfounding with { RootCause = null, LessonsLearned = null });

        Assert.Multiple(() =>
        {
            Assert.That(outcome.Then().Outcome, Is.EqualTo(CaseOutcome.Unfounded));
            Assert.That(outcome.Then<CaseClosed>().HighestStep, Is.EqualTo(step));
        });
    }

    /// <summary>R-Z3: whatever would go on counting against the supplier, or may come to, is found unfounded first; the region's own never counts (R-G6).</summary>
    [TestCase(CausedBy.Supplier)]
    [TestCase(CausedBy.Shared)]
    [TestCase(CausedBy.Unknown)]
    [TestCase(null)]
    public void An_unfounded_case_leaves_nothing_behind_that_counts_against_the_supplier(CausedBy? causedBy)
    {
        var reported = Some.Reported(Some.Start);
        var standing = causedBy is { } cause ? Some.Assessed(reported, Some.Assessment(causedBy: cause), Some.Start) : reported;
        var given = GivenCase.AtStep(0).AllDeviationsUnfounded().Attached(Some.Deviation(Some.Start, CausedBy.Region));
        Assert.That(given.Copy().When(Unfounding).Then().Outcome, Is.EqualTo(CaseOutcome.Unfounded));

        var refused = given.Attached(standing).When(Unfounding with { Basis = Unfounding.Basis.DepartingFrom("R-Z3") });

        refused.ThenRejected("R-Z3 deviationNotUnfounded");
        Assert.That(refused.Decision.Rejections[0].MetBy, Is.EqualTo($"deviations/{standing.Id}/closures"));
        Assert.That(refused.Decision.Rejections[0].Message.En, Does.Contain("closed as unfounded").And.Contain("assessed as caused by the region"), "either way leads there");
        Assert.That(PossibleTransitions.From(given.State, given.Context).Single(t => t.Outcome == CaseOutcome.Unfounded).IsAllowed, Is.False);
    }

    [Test]
    public void A_closure_keeps_the_highest_step_and_not_only_the_last() =>
        Assert.That(GivenCase.AtStep(2).WayBackOpen().SteppedDown().AllDeviationsUnfounded().When(Unfounding).Then<CaseClosed>(),
            Has.Property(nameof(CaseClosed.HighestStep)).EqualTo(2).And.Property(nameof(CaseClosed.Step)).EqualTo(1));

    [Test]
    public void A_closure_rests_on_a_basis_like_every_transition() =>
        GivenCase.AtStep(0).AllDeviationsUnfounded().When(Unfounding with { Basis = Unfounding.Basis with { Motivation = "", Evidence = [] } })
            .ThenRejected("R-G7 motivationTooShort", "R-G7 evidenceMissing");

    [TestCaseSource(nameof(EveryCommand))]
    public void A_closed_case_refuses(CaseCommand command) => GivenCase.AtStep(1).Closed().When(command).ThenRejected("R-G3 caseClosed");

    [Test]
    public void Every_command_is_among_those_that_a_closed_case_refuses() =>
        Assert.That(EveryCommand().Select(c => c.GetType()).Concat([typeof(ReopenCase), typeof(NoteExpiries)]),
            Is.EquivalentTo(typeof(CaseCommand).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(CaseCommand)) && !t.IsAbstract && !t.IsSubclassOf(typeof(RecordCommand)))));

    [Test]
    public void A_closed_case_does_not_follow_its_deviations()
    {
        var deviation = Some.Deviation(Some.Start);
        var given = GivenCase.AtStep(0).Attached(deviation).Closed();

        Assert.That(CaseDecider.Follow(given.State, deviation, Some.Resolved(deviation, given.Now), given.Now), Is.Empty);
    }

    private static IEnumerable<CaseCommand> EveryCommand() =>
    [
        Some.Opening(0, Trigger.SingleDeviation, Some.Deviation(Some.Start)),
        new AttachDeviation(Some.Deviation(Some.Start)),
        new CompleteActivity("factFinding", null, Some.Start, "Avtalsansvarig", "Genomfört"),
        new DispenseWithActivity("factFinding", null, "Behövs inte", "Avtalsansvarig"),
        new PlanActivity("factFinding", null, SwedishTime.DateOf(Some.Start), "Avtalsansvarig", "Genomgång"),
        new ReportMeasure(Guid.NewGuid(), 1, "Genomfört", "Leverantören"),
        new VerifyMeasure(Guid.NewGuid(), 1, "Kontrollerat", "Avtalsansvarig"),
        new MigrateCaseToLadder(Ladders.Find("2024-kalmar"), Region.Find("08")!, 1, [], Some.Motivation, Some.HeadOfPurchasing),
        new AbsorbCase(GivenCase.AtStep(0).State),
        new ReviewStepTrigger(Some.Motivation, Some.HeadOfPurchasing),
        new EstablishActionPlan(Guid.NewGuid(), Some.Plan(Some.Start)),
        new ReviseActionPlan(Guid.NewGuid(), Some.Plan(Some.Start)),
        new AgreeActionPlan(Guid.NewGuid(), Agreement.Agreed, "Avtalsansvarig"),
        new EvaluateActionPlan(Guid.NewGuid(), Guid.NewGuid(), PlanOutcome.Effective, Some.Motivation, null, null, "Avtalsansvarig"),
        new SetReturnCriteria([(Guid.NewGuid(), "Inga restnoteringar")]),
        new ConfirmReturnCriterion(Guid.NewGuid(), "Kontrollerat", null, "Avtalsansvarig"),
        new Escalate(4, Some.Basis(Trigger.SeriousDeviation, Some.Document())),
        new DeEscalate(0, Some.Basis(Trigger.ReturnCriteriaMet, Some.Document())),
        GivenCase.Closing(CaseOutcome.Unfounded),
    ];
}
