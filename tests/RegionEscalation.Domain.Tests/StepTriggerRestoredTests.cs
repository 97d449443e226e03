using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using static RegionEscalation.Domain.Tests.StepTriggerTests;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-V1: what has lapsed and holds again, or is borne by something else of the case, need not be looked at any more.</summary>
public class StepTriggerRestoredTests
{
    private static readonly DateTimeOffset Now = Some.Start;

    [Test]
    public void What_holds_again_by_a_new_assessment_is_no_longer_to_be_looked_at()
    {
        var serious = Some.Serious(Now);
        var given = Escalated(serious);
        var less = Some.Assessed(serious, Some.Assessment() with { Motivation = Some.Motivation }, given.Now);
        After(given, serious, less, out var lapsed);
        given = lapsed.Aggregate(given, (g, e) => g.Happened(_ => e));
        Assert.That(given.State.LapsedTrigger, Is.Not.Null);

        var after = After(given, less, Some.Assessed(less, Some.Assessment(Severity.Serious), given.Now), out var events);

        var restored = events.OfType<StepTriggerRestored>().Single();
        Assert.That((restored.Step, restored.Trigger), Is.EqualTo((4, Trigger.SeriousDeviation)));
        Assert.That(restored.RestsOn, Is.EqualTo(new[] { serious.Id }));
        Assert.That((after.LapsedTrigger, after.Step, Obligations.Of(after).Any(o => o.Code == "stepTrigger")), Is.EqualTo(((LapsedTrigger?)null, 4, false)));
    }

    [Test]
    public void Another_deviation_that_leads_there_bears_the_step_from_then_on()
    {
        var another = Some.Serious(Now);

        var given = Lapsed().Attached(another);

        Assert.That((given.State.LapsedTrigger, given.State.Step), Is.EqualTo(((LapsedTrigger?)null, 4)));
        Assert.That(((StepTriggerRestored)given.History[^1]).RestsOn, Is.EqualTo(new[] { another.Id }));
        Assert.That(given.State.UsedEvidence, Has.No.Member(another.Id), "it has triggered nothing (R-E8)");
        Assert.That(Lapses(given, another), Is.True);
    }

    [Test]
    public void What_leads_nowhere_of_itself_bears_no_step()
    {
        var old = Lapsed().Attached(Some.Serious(Now.AddMonths(-13)));

        Assert.That(Lapsed().Attached(Some.Deviation(Now)).State.LapsedTrigger, Is.Not.Null, "not serious");
        Assert.That(Lapsed().Attached(Some.Serious(Now, CausedBy.Region)).State.LapsedTrigger, Is.Not.Null, "not the supplier's");
        Assert.That(old.State.LapsedTrigger, Is.Not.Null, "too long ago");
    }

    [Test]
    public void What_else_the_case_has_takes_the_place_of_what_lapses_and_both_are_told()
    {
        var (serious, beside) = (Some.Serious(Now), Some.Serious(Now));
        var given = Escalated(serious).Attached(beside);

        var after = After(given, serious, Unfounded(serious, given.Now), out var events);

        Assert.That(events.Skip(1).Select(e => e.GetType()), Is.EqualTo(new[] { typeof(StepTriggerLapsed), typeof(StepTriggerRestored) }));
        Assert.That(((StepTriggerRestored)events[^1]).RestsOn, Is.EqualTo(new[] { beside.Id }));
        Assert.That(after.RestsOn, Is.EqualTo(new[] { serious.Id, beside.Id }), "what it rested on before is not forgotten");
    }

    [Test]
    public void The_first_to_bear_the_step_bears_it_again_when_it_comes_to_count_again()
    {
        var (first, second) = (Some.Serious(Now), Some.Serious(Now));
        var less = Some.Assessed(first, Some.Assessment() with { Motivation = Some.Motivation }, Now);
        var borneBySecond = Happening(Escalated(first), first, less).Attached(second);
        Assert.That(borneBySecond.State.LapsedTrigger, Is.Null);

        var again = Some.Assessed(less, Some.Assessment(Severity.Serious), Now);
        After(borneBySecond.Copy(), second, Unfounded(second, Now), out var without);
        var both = Happening(borneBySecond, less, again);

        Assert.That(without.OfType<StepTriggerLapsed>().Single().DeviationId, Is.EqualTo(second.Id), "as long as the first is not serious, nothing else bears it");
        Assert.That(Lapses(both, second), Is.False, "the first does");
        Assert.That(Lapses(Happening(both, second, Unfounded(second, Now)), again), Is.True);
    }

    [Test]
    public void Only_those_that_bear_the_step_are_named_when_it_holds_again()
    {
        var (first, second) = (Some.Serious(Now), Some.Serious(Now));
        var less = Some.Assessed(first, Some.Assessment() with { Motivation = Some.Motivation }, Now);
        var given = Happening(Happening(Escalated(first), first, less).Attached(second), second, Unfounded(second, Now));
        Assert.That(given.State.LapsedTrigger, Is.Not.Null);

        After(given, less, Some.Assessed(less, Some.Assessment(Severity.Serious), Now), out var events);

        Assert.That(events.OfType<StepTriggerRestored>().Single().RestsOn, Is.EqualTo(new[] { first.Id }));
    }

    /// <summary>R-E1: the window of the decision, also when others have borne the step by a later one since.</summary>
    [Test]
    public void What_recurred_first_recurs_again_in_its_own_window_and_not_together_with_what_came_later()
    {
        Deviation[] first = [Some.Deviation(Now.AddDays(-1)), Some.Deviation(Now.AddDays(-2))];
        var regions = Some.Assessed(first[0], Some.Assessment(causedBy: CausedBy.Region), Now);
        var given = Happening(Recurring(first), first[0], regions).Later(months: 14);
        Deviation[] later = [Some.Deviation(given.Now), Some.Deviation(given.Now)];
        given.Attached(later[0]).Attached(later[1]);
        Assert.That(given.State.LapsedTrigger, Is.Null);

        Assert.That(Lapses(given.Copy(), later[0]), Is.True, "one of then and one of now are fourteen months apart");
        var both = Happening(given, regions, Some.Assessed(regions, Some.Assessment(), given.Now));

        Assert.That(Lapses(both, later[0]), Is.False, "the two that led there do again");
        var withoutLater = Happening(both, later[0], Unfounded(later[0], given.Now));
        Assert.That(Lapses(withoutLater, first[1]), Is.True);
    }

    /// <summary>R-E10: whatever has come since the case entered the step before would have led there, cited or not.</summary>
    [TestCase(0, true)]
    [TestCase(-1, false)]
    public void No_solution_is_borne_by_what_else_had_come_at_the_step_before(int hours, bool restored)
    {
        var given = GivenCase.AtStep(4, Ladders.Find("2024-kalmar")!).AllDeviationsUnfounded().ActivitiesDone();
        var entered = given.State.StepEnteredAt;
        given.Later(days: 1).ReadyToEnd();
        var (cited, beside) = (Some.Deviation(given.Now), Some.Deviation(entered.AddHours(hours)));
        given.Attached(cited).Attached(beside).And(given.Ending(basis: given.Basis(Trigger.NoSolution, Some.Evidence(cited)))).Later(days: 1);

        After(given, cited, Unfounded(cited, given.Now), out var events);

        Assert.That(events.OfType<StepTriggerLapsed>(), Has.Exactly(1).Items);
        Assert.That(events.OfType<StepTriggerRestored>().SelectMany(e => e.RestsOn), Is.EqualTo(restored ? new[] { beside.Id } : []));
    }

    [Test]
    public void What_recurs_again_is_judged_by_the_numbers_of_the_day_it_recurs()
    {
        Deviation[] recurring = [Some.Deviation(Now.AddDays(-1)), Some.Deviation(Now.AddDays(-2))];
        var given = Recurring(recurring);
        After(given, recurring[0], Unfounded(recurring[0], given.Now), out var events);
        given = events.Aggregate(given, (g, e) => g.Happened(_ => e)).Later(months: 14);
        var later = Some.Deviation(given.Now);

        Assert.That(given.Attached(later).State.LapsedTrigger, Is.Not.Null, "fourteen months apart two do not recur");
        var again = Some.Deviation(given.Now);
        given.Attached(again);

        Assert.That(((StepTriggerRestored)given.History[^1]).RestsOn, Is.EquivalentTo(new[] { later.Id, again.Id }));
        Assert.That(given.State.DecidedRecurrences[^1], Is.EqualTo(new AppliedRecurrence(2, 12, false, given.Now, 2)));
        Assert.That(Lapses(given, again), Is.True);
    }

    [Test]
    public void What_comes_with_a_merged_case_bears_the_step_too()
    {
        var reported = Some.Reported(Now);
        var given = GivenCase.OpenedBy(Some.Opening(0, Trigger.SingleDeviation, reported));
        After(given, reported, Unfounded(reported, given.Now), out var events);
        given = events.Aggregate(given, (g, e) => g.Happened(_ => e));
        Assert.That(given.State.LapsedTrigger, Is.Not.Null);

        Assert.That(given.And(new AbsorbCase(GivenCase.AtStep(0).State)).State.LapsedTrigger, Is.Null);
    }
}
