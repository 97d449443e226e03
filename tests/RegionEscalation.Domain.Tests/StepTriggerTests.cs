using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-V1: a step whose trigger no longer holds is looked at again; nothing moves it by itself (R-E9).</summary>
public class StepTriggerTests
{
    private static readonly DateTimeOffset Now = Some.Start;

    [Test]
    public void A_serious_deviation_that_is_downgraded_makes_the_step_worth_another_look_and_moves_nothing()
    {
        var serious = Some.Serious(Now);
        var given = Escalated(serious);

        var after = After(given, serious, Some.Assessed(serious, Some.Assessment() with { Motivation = Some.Motivation }, given.Now), out var events);

        Assert.That(events, Has.Length.EqualTo(2));
        Assert.That(events[1], Is.EqualTo(new StepTriggerLapsed(given.Now, 4, Trigger.SeriousDeviation, serious.Id, TriggerLapse.Downgraded, given.Settings.After(given.Now, 15))));
        Assert.That(after.Step, Is.EqualTo(4));
        var obligation = Obligations.Of(after).Single(o => o.Code == "stepTrigger");
        Assert.That((obligation.Rule, obligation.MetBy, obligation.Due), Is.EqualTo(("R-V1", "trigger-reviews", ((StepTriggerLapsed)events[1]).Due)));
    }

    [Test]
    public void So_does_what_is_unfounded_and_what_is_not_the_suppliers()
    {
        var serious = Some.Serious(Now);
        var given = Escalated(serious);

        After(given, serious, Unfounded(serious, given.Now), out var unfounded);
        After(given, serious, Some.Assessed(serious, Some.Assessment(Severity.Serious, CausedBy.Region), given.Now), out var regions);
        After(given, serious, Some.Assessed(serious, Some.Assessment(Severity.Serious, CausedBy.Shared), given.Now), out var shared);

        Assert.That(new[] { unfounded, regions, shared }.Select(e => e.OfType<StepTriggerLapsed>().Single().Lapse),
            Is.EqualTo(new[] { TriggerLapse.Unfounded, TriggerLapse.NotTheSuppliersPart, TriggerLapse.NotTheSuppliersPart }));
    }

    [Test]
    public void While_another_deviation_bears_the_step_it_holds()
    {
        var (one, other) = (Some.Serious(Now), Some.Serious(Now));
        var given = Escalated(one, other);

        var after = After(given, one, Unfounded(one, given.Now), out var events);
        CaseDecider.Follow(after, other, Unfounded(other, given.Now), given.Now);

        Assert.That(events.OfType<StepTriggerLapsed>(), Is.Empty);
        Assert.That(StepTriggers.Judge(after, CaseDecider.Follow(after, other, Unfounded(other, given.Now), given.Now), Unfounded(other, given.Now), given.Context), Has.Count.EqualTo(1));
    }

    [TestCase(2, true)]
    [TestCase(3, false)]
    public void Recurring_means_as_many_as_the_region_says(int cited, bool lapses)
    {
        Deviation[] recurring = [.. Enumerable.Range(0, cited).Select(_ => Some.Deviation(Now))];
        var given = GivenCase.AtStep(0).ActivitiesDone();
        foreach (var deviation in recurring)
            given = given.Attached(deviation);
        given = given.And(new Escalate(1, Some.Basis(Trigger.RecurringDeviation, [.. recurring.Select(Some.Evidence)])));

        After(given, recurring[0], Unfounded(recurring[0], given.Now), out var events);

        Assert.That(events.OfType<StepTriggerLapsed>().Any(), Is.EqualTo(lapses));
    }

    [TestCase(CausedBy.Region, true)]
    [TestCase(CausedBy.Unknown, false)]
    public void A_case_at_step_0_starts_from_what_may_be_the_suppliers(CausedBy causedBy, bool lapses)
    {
        var reported = Some.Reported(Now);
        var state = Opened(reported);
        var assessed = Some.Assessed(reported, Some.Assessment(causedBy: causedBy), Now);

        Assert.That(StepTriggers.Judge(state, CaseDecider.Follow(state, reported, assessed, Now), assessed, Some.Context(Now)).Count > 0, Is.EqualTo(lapses));
    }

    [Test]
    public void What_is_handled_and_fed_back_bears_the_step_still()
    {
        var serious = Some.Serious(Now);
        var given = Escalated(serious);

        After(given, serious, Some.Resolved(serious, given.Now), out var events);

        Assert.That(events.Select(e => e.GetType()), Is.EqualTo(new[] { typeof(AttachedDeviationResolved) }));
    }

    [Test]
    public void A_deviation_that_the_step_does_not_rest_on_changes_nothing_of_it()
    {
        var (serious, beside) = (Some.Serious(Now), Some.Deviation(Now));
        var given = Escalated(serious).Attached(beside);

        After(given, beside, Unfounded(beside, given.Now), out var events);

        Assert.That(events.OfType<StepTriggerLapsed>(), Is.Empty);
    }

    [Test]
    public void Somebody_decides_that_the_step_stands_and_nothing_is_left_to_do()
    {
        var lapsed = Lapsed();

        var reviewed = lapsed.When(new ReviewStepTrigger(Some.Motivation, Some.HeadOfPurchasing)).Then();

        Assert.That((reviewed.Step, reviewed.LapsedTrigger, Obligations.Of(reviewed).Any(o => o.Code == "stepTrigger")), Is.EqualTo((4, (LapsedTrigger?)null, false)));
    }

    [Test]
    public void Leaving_the_step_leaves_it_behind()
    {
        var again = Some.Serious(Now);
        var lapsed = Lapsed();
        var left = lapsed.Attached(again).Happened(c => new CaseDeEscalated(c.Now, 4, 3, Some.Basis(Trigger.ReturnCriteriaMet, Some.Document())));

        Assert.That((left.State.LapsedTrigger, left.State.RestsOn.Count), Is.EqualTo(((LapsedTrigger?)null, 0)));
    }

    [Test]
    public void A_review_needs_something_to_review_a_motivation_and_a_level_that_the_ladder_knows()
    {
        GivenCase.AtStep(4).When(new ReviewStepTrigger(Some.Motivation, Some.HeadOfPurchasing)).ThenRejected("R-V1 triggerHolds");
        Lapsed().When(new ReviewStepTrigger(Some.TooShort, new DecisionMaker("Kejsare", "kejsare"))).ThenRejected("R-V1 motivationTooShort", "R-V1 decisionLevelUnknown");
        Lapsed().With(LadderSettings.Default with { EnforceDecisionLevels = true })
            .When(new ReviewStepTrigger(Some.Motivation, new DecisionMaker("Avtalsansvarig", "contractOwner"))).ThenRejected("R-G7 decisionLevelTooLow");
    }

    private static GivenCase Lapsed()
    {
        var serious = Some.Serious(Now);
        var given = Escalated(serious);
        After(given, serious, Unfounded(serious, given.Now), out var events);
        return events.Aggregate(given, (g, e) => g.Happened(_ => e));
    }

    private static GivenCase Escalated(params Deviation[] serious)
    {
        var given = GivenCase.AtStep(0);
        foreach (var deviation in serious)
            given = given.Attached(deviation);
        return given.And(new Escalate(4, Some.Basis(Trigger.SeriousDeviation, [.. serious.Select(Some.Evidence)])));
    }

    private static EscalationCase Opened(Deviation deviation) =>
        CaseDecider.Decide(Some.Opening(0, Trigger.SingleDeviation, deviation), null, Some.Context(Now)).Events.Aggregate((EscalationCase?)null, EscalationCase.Evolve)!;

    private static Deviation Unfounded(Deviation deviation, DateTimeOffset now) =>
        Some.After(deviation, DeviationDecider.Decide(new CloseDeviation(ClosureOutcome.Unfounded, Some.Motivation, Some.Assessor), deviation, now));

    private static EscalationCase After(GivenCase given, Deviation before, Deviation after, out CaseEvent[] events)
    {
        var followed = CaseDecider.Follow(given.State, before, after, given.Now);
        events = [.. followed, .. StepTriggers.Judge(given.State, followed, after, given.Context)];
        return events.Aggregate(given.State, EscalationCase.Evolve);
    }
}
