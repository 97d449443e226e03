using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-E1, L26-011: which deviations recur, why the others do not count, and what a case is told of it.</summary>
public class RecurrenceTests
{
    private static readonly DateTimeOffset Now = Some.Start;
    private static readonly DateTimeOffset WindowStart = Now.AddMonths(-12);

    private static readonly Dictionary<NotRecurring, Func<EscalationCase, Deviation>> Excluded = new()
    {
        [NotRecurring.NotAssessed] = _ => Some.Reported(Now.AddDays(-2)),
        [NotRecurring.Unfounded] = _ => Some.Deviation(Now.AddDays(-2)) with { Closure = new DeviationClosure(ClosureOutcome.Unfounded, Now, Some.Motivation, Some.Assessor) },
        [NotRecurring.CausedByRegion] = _ => Some.Deviation(Now.AddDays(-2), CausedBy.Region, "Leverantörens del"),
        [NotRecurring.SupplierPartNotStated] = _ => Some.Deviation(Now.AddDays(-2), CausedBy.Shared),
        [NotRecurring.OutsideWindow] = _ => Some.Deviation(WindowStart.AddTicks(-10)),
        [NotRecurring.AlreadyUsed] = c => Some.Deviation(Now.AddDays(-2)) with { Id = c.UsedEvidence[0], CaseId = c.Id },
        [NotRecurring.OtherCase] = _ => Some.Deviation(Now.AddDays(-2)) with { CaseId = Guid.NewGuid() },
        [NotRecurring.OtherSupplier] = _ => Some.Deviation(Now.AddDays(-2)) with { Supplier = Some.Supplier with { Id = Guid.NewGuid() } },
    };

    public static IEnumerable<NotRecurring> Reasons => Excluded.Keys;

    [TestCaseSource(nameof(Reasons))]
    public void What_does_not_count_is_told_with_its_reason(NotRecurring reason)
    {
        var open = Case() with { UsedEvidence = [Guid.NewGuid()] };
        Deviation[] deviations = [Some.Deviation(Now.AddDays(-1)), Excluded[reason](open)];

        var explained = Explain(deviations, open);

        Assert.That((explained.IsMet, explained.Counting.Single().Id), Is.EqualTo((false, deviations[0].Id)));
        Assert.That(explained.Considered.Single(d => d.Id == deviations[1].Id).WhyNot, Is.EqualTo(reason));
    }

    [Test]
    public void Every_reason_is_told_in_both_languages() => Assert.Multiple(() =>
    {
        foreach (var reason in Enum.GetValues<NotRecurring>().Cast<NotRecurring?>().Append(null))
        {
            var told = RecurrenceWords.Of(reason);
            Assert.That(told.Sv, Does.Match(reason is null ? "^Räknas\\.$" : "^Räknas inte: .{10,}\\.$"));
            Assert.That(told.En, Does.Match(reason is null ? "^Counts\\.$" : "^Does not count: .{10,}\\.$"));
        }
        Assert.That(Enum.GetValues<NotRecurring>().Select(r => RecurrenceWords.Of(r).Sv), Is.Unique);
    });

    [Test]
    public void What_came_with_a_merged_case_from_another_contract_does_not_recur_under_this_one()
    {
        var own = Some.Deviation(Now.AddDays(-1));
        var absorbed = AttachedDeviation.CopyOf(Some.Deviation(Now.AddDays(-2), contract: Some.Contract("B-2")), Now);
        var open = Case() with { Deviations = [absorbed], Absorbed = [absorbed.Id] };

        var explained = Explain([own], open);

        Assert.That(explained.Considered.Select(d => (d.Id, d.WhyNot)),
            Is.EqualTo(new (Guid, NotRecurring?)[] { (own.Id, null), (absorbed.Id, NotRecurring.OtherContract) }));
    }

    [Test]
    public void The_window_begins_so_many_months_before_and_what_occurred_at_that_instant_counts()
    {
        var explained = Explain([Some.Deviation(WindowStart), Some.Deviation(Now)], null, new LadderSettings { RecurrenceMonths = 12 });

        Assert.That((explained.From, explained.To, explained.Count, explained.Months, explained.IsMet), Is.EqualTo((WindowStart, Now, 2, 12, true)));
    }

    [Test]
    public void The_regions_number_and_months_are_what_is_asked_for()
    {
        Deviation[] deviations = [Some.Deviation(Now.AddDays(-1)), Some.Deviation(Now.AddDays(-2)), Some.Deviation(Now.AddDays(-40))];

        Assert.Multiple(() =>
        {
            Assert.That(Explain(deviations, null, new LadderSettings { RecurrenceCount = 3 }).IsMet, Is.True);
            Assert.That(Explain(deviations, null, new LadderSettings { RecurrenceCount = 3, RecurrenceMonths = 1 }).IsMet, Is.False);
            Assert.That(Explain(deviations, null, new LadderSettings { RecurrenceCount = 4 }).IsMet, Is.False);
        });
    }

    [Test]
    public void Where_the_region_asks_for_the_same_requirement_the_largest_group_counts()
    {
        Deviation[] deviations =
        [
            Against("Krav 4.2", 1), Against(" krav 4.2 ", 2), Against("Krav 5.1", 3), Against("Krav 6", 4),
        ];
        var settings = new LadderSettings { RecurrenceSameRequirement = true };

        var explained = Explain(deviations, null, settings);

        Assert.That(explained.IsMet);
        Assert.That(explained.Considered.Select(d => d.WhyNot), Is.EqualTo(new NotRecurring?[] { null, null, NotRecurring.OtherRequirement, NotRecurring.OtherRequirement }));
        Assert.That(Explain(deviations[1..], null, settings).IsMet, Is.False);
        Assert.That(Explain(deviations[1..], null).IsMet, Is.True, "without the filter any two recur");
    }

    [Test]
    public void A_requirement_that_nobody_knows_is_like_no_other()
    {
        AttachedDeviation[] before = [.. new[] { 1, 2 }.Select(i => AttachedDeviation.CopyOf(Against("Krav 4.2", i), Now) with { RequirementReference = null })];

        Assert.That(Recurrence.Of(before, [], [], new LadderSettings { RecurrenceSameRequirement = true }, Now).IsMet, Is.False);
        Assert.That(Recurrence.Of(before, [], [], LadderSettings.Default, Now).IsMet, Is.True);
    }

    /// <summary>What is explained is what decides, also of a case older than the member.</summary>
    [Test]
    public void Of_what_is_attached_the_cases_copy_says_which_requirement_it_was()
    {
        Deviation[] deviations = [Against("Krav 4.2", 1), Against("Krav 4.2", 2)];
        var open = Case() with { Deviations = [.. deviations.Select(d => AttachedDeviation.CopyOf(d, Now) with { RequirementReference = null })] };
        deviations = [.. deviations.Select(d => d with { CaseId = open.Id })];
        var settings = new LadderSettings { RecurrenceSameRequirement = true };

        Assert.That((Explain(deviations, open, settings).IsMet, Recurrence.Of(open.Deviations, [], [], settings, Now).IsMet), Is.EqualTo((false, false)));
    }

    [Test]
    public void The_escalation_is_judged_by_the_same_rule()
    {
        var settings = new LadderSettings { RecurrenceSameRequirement = true };
        var given = GivenCase.AtStep(0).With(settings).ActivitiesDone().Attached(Against("Krav 9", 1));

        given.When(c => new Escalate(1, c.Basis(Trigger.RecurringDeviation, c.DeviationEvidence))).ThenRejected("R-E1 tooFewDeviations");
        given.Copy().With(settings with { RecurrenceSameRequirement = false }).When(c => new Escalate(1, c.Basis(Trigger.RecurringDeviation, c.DeviationEvidence))).Then<CaseEscalated>();
        given.When(c => new Escalate(1, c.Basis(Trigger.RecurringDeviation, c.DeviationEvidence).DepartingFrom("R-E1"))).Then<CaseEscalated>();
    }

    [Test]
    public void A_case_at_step_zero_is_told_when_its_contracts_deviations_recur_attached_or_not()
    {
        var open = Case();
        Deviation[] deviations = [Some.Deviation(Now.AddDays(-1)) with { CaseId = open.Id }, Some.Deviation(Now.AddDays(-2))];

        var told = (RecurrenceDetected)Advise(open, deviations).Single();

        Assert.That((told.At, told.Count, told.Months, told.From, told.To), Is.EqualTo((Now, 2, 12, WindowStart, Now)));
        Assert.That(told.Deviations, Is.EqualTo(deviations.Select(d => d.Id)));
        Assert.That(Advise(open, deviations[..1]), Is.Empty);
    }

    [Test]
    public void A_set_is_told_once_and_again_when_something_new_is_in_it()
    {
        Deviation[] deviations = [Some.Deviation(Now.AddDays(-1)), Some.Deviation(Now.AddDays(-2)), Some.Deviation(Now.AddDays(-3))];
        var told = After(Case(), deviations[1..]);

        Assert.Multiple(() =>
        {
            Assert.That(Advise(told, deviations[1..]), Is.Empty, "the same set");
            Assert.That(Advise(told, deviations), Has.Exactly(1).InstanceOf<RecurrenceDetected>(), "a third one");
            Assert.That(Advise(After(told, deviations), deviations[1..]), Is.Empty, "fewer of the same are nothing new");
        });
    }

    [Test]
    public void What_recurs_no_longer_is_told_too_and_may_be_told_again()
    {
        Deviation[] deviations = [Some.Deviation(Now.AddDays(-1)), Some.Deviation(Now.AddDays(-2))];
        var told = After(Case(), deviations);

        var ceased = (RecurrenceCeased)Advise(told, deviations[1..]).Single();
        var since = EscalationCase.Evolve(told, ceased);

        Assert.That(ceased.Deviations, Is.EqualTo(told.Recurrence!.Deviations));
        Assert.That((since.Recurrence, Advise(since, deviations[1..]).Count), Is.EqualTo(((RecurrenceAdvice?)null, 0)), "once");
        Assert.That(Advise(since, deviations), Has.Exactly(1).InstanceOf<RecurrenceDetected>());
    }

    [Test]
    public void Advice_is_for_an_open_case_at_step_zero_and_gone_once_it_has_left_it()
    {
        Deviation[] deviations = [Some.Deviation(Now), Some.Deviation(Now)];
        var given = GivenCase.AtStep(0).ActivitiesDone().Attached(Some.Deviation(Now));
        given.Happened(c => Recurrence.Advise(c.State, deviations, c.Context).Single());

        Assert.That(given.State.Recurrence, Is.Not.Null);
        Assert.That(given.Copy().RecurringLeadsToStepOne().State.Recurrence, Is.Null);
        Assert.That(given.Copy().Closed().State.Recurrence, Is.Null);
        Assert.That(Recurrence.Advise(given.Copy().RecurringLeadsToStepOne().State, deviations, given.Context), Is.Empty);
        Assert.That(Recurrence.Advise(given.Copy().Closed().State, deviations, given.Context), Is.Empty);
    }

    /// <summary>R-E9: it still takes a decision with its evidence.</summary>
    [Test]
    public void Advice_moves_nothing_and_replaces_no_evidence()
    {
        var given = GivenCase.AtStep(0).ActivitiesDone();
        given.Happened(c => Recurrence.Advise(c.State, [Some.Deviation(Now), Some.Deviation(Now)], c.Context).Single());

        Assert.That(given.State.Step, Is.Zero);
        given.When(c => new Escalate(1, c.Basis(Trigger.RecurringDeviation, c.DeviationEvidence))).ThenRejected("R-E1 tooFewDeviations");
        var advised = PossibleTransitions.From(given.State, given.Context).Where(t => t.IsAdvised).Single();
        Assert.That((advised.ToStep, advised.Trigger, advised.IsAllowed), Is.EqualTo(((int?)1, Trigger.RecurringDeviation, false)));
    }

    [Test]
    public void Without_advice_no_transition_is_advised() =>
        Assert.That(PossibleTransitions.From(GivenCase.AtStep(0).State, Some.Context(Now)).Where(t => t.IsAdvised), Is.Empty);

    private static EscalationCase Case() => GivenCase.OpenedBy(Some.Opening(0, Trigger.Risk) with { Risk = new OpeningRisk(Guid.NewGuid(), Some.Risk(Now)) }).State;

    private static Deviation Against(string requirement, int daysAgo) => Some.Deviation(Now.AddDays(-daysAgo)) with { RequirementReference = requirement };

    private static Recurrence Explain(IEnumerable<Deviation> deviations, EscalationCase? open, LadderSettings? settings = null) =>
        Recurrence.OfContract(deviations, Some.Supplier.Id, open, settings ?? LadderSettings.Default, Now);

    private static IReadOnlyList<CaseEvent> Advise(EscalationCase c, IReadOnlyList<Deviation> deviations) => Recurrence.Advise(c, deviations, Some.Context(Now));

    private static EscalationCase After(EscalationCase c, IReadOnlyList<Deviation> deviations) => Advise(c, deviations).Aggregate(c, EscalationCase.Evolve);
}
