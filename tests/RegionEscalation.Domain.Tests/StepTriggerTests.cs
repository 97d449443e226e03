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

    /// <summary>R-E1 as it was when it was decided: what the region's numbers have become since is no matter.</summary>
    [TestCase(2, 1, 1, true)]
    [TestCase(2, 4, 12, true)]
    [TestCase(2, 2, 1, true)]
    [TestCase(3, 3, 12, false)]
    [TestCase(3, 2, 1, false)]
    public void A_later_change_of_the_settings_neither_makes_nor_saves_a_trigger(int cited, int count, int months, bool lapses)
    {
        Deviation[] recurring = [.. Enumerable.Range(0, cited).Select(i => Some.Deviation(Now.AddMonths(-8).AddDays(i)))];
        var given = Recurring(recurring).With(LadderSettings.Default with { RecurrenceCount = count, RecurrenceMonths = months });

        After(given, recurring[0], Unfounded(recurring[0], given.Now), out var events);

        Assert.That(events.OfType<StepTriggerLapsed>().Any(), Is.EqualTo(lapses));
    }

    [Test]
    public void What_lay_outside_the_window_neither_makes_nor_saves_a_trigger()
    {
        Deviation[] recurring = [Some.Deviation(Now.AddDays(-1)), Some.Deviation(Now.AddDays(-2)), Some.Deviation(Now.AddMonths(-13))];
        var three = Recurring(recurring);
        var departed = Recurring(recurring[1..], departing: true);

        Assert.Multiple(() =>
        {
            Assert.That(Lapses(three, recurring[0]), Is.True, "the old one is no second one");
            Assert.That(Lapses(three, recurring[2]), Is.False);
            Assert.That(Lapses(departed, recurring[1]), Is.True, "the region was content with one, and that has gone");
            Assert.That(Lapses(departed, recurring[2]), Is.False, "it never counted");
        });
    }

    [Test]
    public void Where_nothing_counted_by_the_regions_own_departure_one_must_still_be_the_suppliers()
    {
        Deviation[] old = [Some.Deviation(Now.AddMonths(-13)), Some.Deviation(Now.AddMonths(-14))];
        var given = Recurring(old, departing: true);

        Assert.That(Lapses(given, old[0]), Is.False);
        After(given, old[0], Unfounded(old[0], given.Now), out var events);
        Assert.That(Lapses(events.Aggregate(given, (g, e) => g.Happened(_ => e)), old[1]), Is.True);
    }

    /// <summary>An event from before does not say how it was judged.</summary>
    [TestCase(2, true)]
    [TestCase(3, false)]
    public void A_decision_that_does_not_say_is_taken_to_have_counted_all_that_it_cites(int cited, bool lapses)
    {
        Deviation[] recurring = [.. Enumerable.Range(0, cited).Select(_ => Some.Deviation(Now))];
        var given = GivenCase.AtStep(0).ActivitiesDone();
        foreach (var deviation in recurring)
            given = given.Attached(deviation);
        given.Happened(c => new CaseEscalated(c.Now, 0, 1, Some.Basis(Trigger.RecurringDeviation, [.. recurring.Select(Some.Evidence)]), []));

        Assert.That(Lapses(given, recurring[0]), Is.EqualTo(lapses));
    }

    /// <summary>R-D6: only what is new since the way back leads there, whatever is cited beside it.</summary>
    [Test]
    public void A_relapse_rests_on_what_has_happened_since_the_case_stepped_down()
    {
        var before = Some.Deviation(Now);
        var given = GivenCase.AtStep(2).Attached(before).WayBackOpen().SteppedDown().ActivitiesDone().Later(days: 5);
        var since = Some.Deviation(given.Now);
        given.Attached(since).And(new Escalate(2, Some.Basis(Trigger.Relapse, Some.Evidence(since), Some.Evidence(before))));

        Assert.That(Lapses(given, since), Is.True);
        Assert.That(Lapses(given, before), Is.False);
    }

    [TestCase(false, true)]
    [TestCase(true, false)]
    public void No_solution_rests_on_what_has_come_at_the_step_unless_a_plan_without_effect_led_there(bool plan, bool lapses)
    {
        var given = GivenCase.AtStep(4, Ladders.Find("2024-kalmar")!).ActivitiesDone();
        if (plan)
            given.PlanEvaluated(PlanOutcome.WithoutEffect);
        given.ReadyToEnd();
        var since = Some.Deviation(given.Now);
        given.Attached(since);
        var old = given.DeviationEvidence[0];
        given.And(given.Ending(basis: given.Basis(Trigger.NoSolution, [Some.Evidence(since), old, .. plan ? new[] { given.LatestEvaluation } : []])));

        Assert.That(Lapses(given, since), Is.EqualTo(lapses));
    }

    [Test]
    public void What_was_handled_before_the_step_was_entered_did_not_lead_there()
    {
        var (open, handled) = (Some.Serious(Now), Some.Serious(Now));
        var given = GivenCase.AtStep(0).Attached(handled).Attached(open).Resolved(handled).Later(days: 1);
        given.And(new Escalate(4, Some.Basis(Trigger.SeriousDeviation, Some.Evidence(open), Some.Evidence(handled))));

        Assert.That(Lapses(given, open), Is.True);
    }

    /// <summary>R-V1, ADR 0009: it comes out only when it was handled already.</summary>
    [Test]
    public void What_proves_to_be_the_regions_own_after_it_was_handled_makes_the_step_worth_another_look()
    {
        var serious = Some.Serious(Now);
        var given = Escalated(serious).Resolved(serious);
        var resolved = Some.Resolved(serious, given.Now);

        After(given, resolved, Some.Assessed(resolved, Some.Assessment(Severity.Serious, CausedBy.Region), given.Now), out var events);

        Assert.That(events.OfType<StepTriggerLapsed>().Single().Lapse, Is.EqualTo(TriggerLapse.NotTheSuppliersPart));
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

    internal static GivenCase Recurring(Deviation[] recurring, bool departing = false)
    {
        var given = GivenCase.AtStep(0).AllDeviationsUnfounded().ActivitiesDone();
        foreach (var deviation in recurring)
            given = given.Attached(deviation);
        var basis = Some.Basis(Trigger.RecurringDeviation, [.. recurring.Select(Some.Evidence)]);
        return given.And(new Escalate(1, departing ? basis.DepartingFrom("R-E1") : basis));
    }

    internal static bool Lapses(GivenCase given, Deviation deviation)
    {
        After(given, deviation, Unfounded(deviation, given.Now), out var events);
        return events.OfType<StepTriggerLapsed>().Any();
    }

    internal static GivenCase Lapsed()
    {
        var serious = Some.Serious(Now);
        var given = Escalated(serious);
        After(given, serious, Unfounded(serious, given.Now), out var events);
        return events.Aggregate(given, (g, e) => g.Happened(_ => e));
    }

    internal static GivenCase Happening(GivenCase given, Deviation before, Deviation after)
    {
        After(given, before, after, out var events);
        return events.Aggregate(given, (g, e) => g.Happened(_ => e));
    }

    internal static GivenCase Escalated(params Deviation[] serious)
    {
        var given = GivenCase.AtStep(0);
        foreach (var deviation in serious)
            given = given.Attached(deviation);
        return given.And(new Escalate(4, Some.Basis(Trigger.SeriousDeviation, [.. serious.Select(Some.Evidence)])));
    }

    private static EscalationCase Opened(Deviation deviation) =>
        CaseDecider.Decide(Some.Opening(0, Trigger.SingleDeviation, deviation), null, Some.Context(Now)).Events.Aggregate((EscalationCase?)null, EscalationCase.Evolve)!;

    internal static Deviation Unfounded(Deviation deviation, DateTimeOffset now) =>
        Some.After(deviation, DeviationDecider.Decide(new CloseDeviation(ClosureOutcome.Unfounded, Some.Motivation, Some.Assessor), deviation, now));

    internal static EscalationCase After(GivenCase given, Deviation before, Deviation after, out CaseEvent[] events)
    {
        var followed = CaseDecider.Follow(given.State, before, after, given.Now);
        events = [.. followed, .. StepTriggers.Judge(given.State, followed, after, given.Context)];
        return events.Aggregate(given.State, EscalationCase.Evolve);
    }
}
