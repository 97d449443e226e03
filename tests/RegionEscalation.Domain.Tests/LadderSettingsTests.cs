using System.Globalization;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.Regions;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-A3 and L26-004: a region adds to the ladder, and never takes away from what is common.</summary>
public class LadderSettingsTests
{
    private static readonly Label Named = new("Informera läkemedelskommittén", "Inform the pharmaceutical board");
    private static readonly OwnActivity Own = new(0, "informBoard", Named, Required: true);

    [Test]
    public void What_is_accepted_is_recorded_whole_with_who_changed_it_and_why()
    {
        var wanted = new LadderSettings { RecurrenceCount = 3, OwnActivities = [Own], FreeDays = [new(2026, 5, 15)] };

        var changed = Decide(wanted).Events.Single();

        Assert.Multiple(() =>
        {
            Assert.That((changed.At, changed.SettingsId, changed.ChangedBy, changed.Motivation), Is.EqualTo((Some.Start, LadderSettingsState.StreamId, "Inköpschef", Some.Motivation)));
            Assert.That(changed.Settings.SaysTheSameAs(wanted));
            Assert.That((LadderSettingsState.Evolve(null, changed).Version, LadderSettingsState.Evolve(LadderSettingsState.Evolve(null, changed), changed).Version), Is.EqualTo((1, 2)));
        });
    }

    [Test]
    public void The_same_content_is_no_change()
    {
        var settings = Full();
        var state = LadderSettingsState.Evolve(null, Decide(settings).Events.Single());

        Assert.Multiple(() =>
        {
            Assert.That(Decide(Full(), state), Is.EqualTo(Decision<LadderSettingsChanged>.Accept()).UsingPropertiesComparer());
            Assert.That(Decide(LadderSettings.Default).Events, Is.Empty, "the defaults are in force before anything is set");
        });
    }

    /// <summary>Every member by itself, those of the deadlines too.</summary>
    [TestCaseSource(nameof(OneMemberOther))]
    public void Whatever_says_something_else_is_a_change(object other) => Assert.That(Full().SaysTheSameAs((LadderSettings)other), Is.False);

    [Test]
    public void Free_days_are_kept_once_and_in_order() => Assert.That(
        Decide(new LadderSettings { FreeDays = [new(2026, 5, 15), new(2026, 1, 5), new(2026, 5, 15)] }).Events.Single().Settings.FreeDays,
        Is.EqualTo(new DateOnly[] { new(2026, 1, 5), new(2026, 5, 15) }));

    [Test]
    public void An_edition_that_does_not_exist_is_refused() => Rejected(new LadderSettings { Ladder = "1999" }, "field unknownLadder", "ladder");

    [Test]
    public void An_edition_of_another_regions_own_is_refused() => Assert.Multiple(() =>
    {
        Rejected(new LadderSettings { Ladder = "2024-kalmar" }, "field ladderOfAnotherRegion", "ladder", Region.Find("13"));
        Assert.That(Decide(new LadderSettings { Ladder = "2024-kalmar" }).IsRejected, Is.False, "it is Region Kalmar län's own");
    });

    [Test]
    public void A_change_has_a_motivation() => Assert.That(
        LadderSettingsDecider.Decide(new ChangeLadderSettings(Full(), Some.Ladder, Region.Find("08")!, "Inköpschef", Some.TooShort), null, Some.Start)
            .Rejections.Select(r => $"{r.Code} {r.Reason}"), Is.EqualTo(new[] { "field motivationTooShort" }));

    [TestCase("block")]
    [TestCase("establishActionPlan")]
    public void An_own_activity_is_not_named_as_what_a_record_does(string code) =>
        Rejected(new LadderSettings { OwnActivities = [new(0, code, Named, Required: true)] }, "R-A3 activityOfRecord", "ownActivities[0].code");

    [TestCase("supplierDialogue", Description = "A common one.")]
    [TestCase("watchList", Description = "A specific one.")]
    public void An_own_activity_cannot_take_the_place_of_the_editions(string code) => Assert.Multiple(() =>
    {
        Rejected(new LadderSettings { OwnActivities = [Own, new(0, code, Named, Required: false)] }, "R-A3 commonActivity", "ownActivities[1].code");
        Assert.That(Decide(new LadderSettings { OwnActivities = [new(5, code, Named, Required: false)] }).IsRejected, Is.False, "step 5 has no such activity");
    });

    [Test]
    public void An_own_code_stands_once_at_a_step() => Assert.Multiple(() =>
    {
        Rejected(new LadderSettings { OwnActivities = [Own, Own with { Required = false }] }, "R-A3 activityTwice", "ownActivities[1].code");
        Assert.That(Decide(new LadderSettings { OwnActivities = [Own, Own with { Step = 1 }] }).IsRejected, Is.False);
    });

    [TestCase("noSuchActivity")]
    [TestCase("informSupplierHost", Description = "Of step 1, not of step 0.")]
    [TestCase("informBoard", Description = "An own activity says itself whether it is required.")]
    public void Only_what_the_edition_has_at_the_step_can_be_raised(string code) =>
        Rejected(new LadderSettings { OwnActivities = [Own], RaisedActivities = [new(0, code)] }, "R-A3 unknownActivity", "raisedActivities[0].code");

    [Test]
    public void What_is_required_already_cannot_be_raised() => Assert.Multiple(() =>
    {
        Rejected(new LadderSettings { RaisedActivities = [new(0, "supplierDialogue")] }, "R-A3 alreadyRequired", "raisedActivities[0].code");
        Rejected(new LadderSettings { RaisedActivities = [new(0, "watchList"), new(0, "watchList")] }, "R-A3 alreadyRequired", "raisedActivities[1].code");
    });

    [TestCase(-1)]
    [TestCase(6)]
    public void There_are_the_steps_zero_to_five(int step) => Assert.Multiple(() =>
    {
        Rejected(new LadderSettings { OwnActivities = [Own with { Step = step }] }, "field noSuchStep", "ownActivities[0].step");
        Rejected(new LadderSettings { RaisedActivities = [new(step, "watchList")] }, "field noSuchStep", "raisedActivities[0].step");
    });

    [Test]
    public void Only_dialogue_partners_of_the_edition_have_names_and_each_has_one() => Assert.Multiple(() =>
    {
        Rejected(new LadderSettings { RoleNames = [new("kejsare", Named)] }, "field unknownPartner", "roleNames[0].code");
        Rejected(new LadderSettings { RoleNames = [new("contractOwner", Named), new("contractOwner", Named)] }, "field partnerTwice", "roleNames[1].code");
    });

    [Test]
    public void Everything_against_the_settings_is_told_at_once() => Assert.That(
        Decide(new LadderSettings { OwnActivities = [Own, Own], RaisedActivities = [new(9, "x")], RoleNames = [new("x", Named)] }).Rejections.Select(r => r.Reason),
        Is.EqualTo(new[] { "activityTwice", "noSuchStep", "unknownPartner" }));

    /// <summary>Settings at random, most of them with something that is refused: whatever is accepted leaves what is common as it is.</summary>
    [Test]
    public void Nothing_that_is_accepted_removes_or_lowers_what_is_common()
    {
        var random = new Random(20260302);
        var accepted = Enumerable.Range(0, 4000).Select(_ => AtRandom(random)).Where(s => !Decide(s).IsRejected && s != LadderSettings.Default).ToArray();

        Assert.That(accepted, Has.Length.GreaterThan(300));
        foreach (var (settings, edition) in accepted.SelectMany(_ => Ladders.All, (s, e) => (s, e)))
        {
            var applied = settings.Applied(edition);
            foreach (var step in edition.Steps)
            {
                Assert.That(step.Required.Select(a => a.Code).Except(applied.Step(step.Step).Required.Select(a => a.Code)), Is.Empty, "still required");
                Assert.That(step.Activities.Concat(step.SpecificActivities), Is.SubsetOf(
                    applied.Step(step.Step).Activities.Concat(applied.Step(step.Step).SpecificActivities).Select(a => a with { Raised = false })), "unchanged but for being raised");
                Assert.That(applied.Step(step.Step).Activities.Concat(applied.Step(step.Step).SpecificActivities).Select(a => a.Code), Is.Unique, "the edition's own stands");
                Assert.That((applied.Step(step.Step).Event, applied.Step(step.Step).Triggers, applied.Step(step.Step).DecisionLevel), Is.EqualTo((step.Event, step.Triggers, step.DecisionLevel)));
                Assert.That(applied.Step(step.Step).DialoguePartners.Select(p => (p.Side, p.Code)), Is.EqualTo(step.DialoguePartners.Select(p => (p.Side, p.Code))));
            }
        }
    }

    [Test]
    public void An_own_activity_that_is_required_keeps_the_case_from_leaving_the_step_until_it_is_done()
    {
        var given = GivenCase.AtStep(0).ActivitiesDone().Attached(Some.Deviation(Some.Start.AddDays(-1))).With(new LadderSettings { OwnActivities = [Own] });

        given.When(ToOne).ThenRejected("R-E7 activityOutstanding");
        given.Done("informBoard").When(ToOne).Then<CaseEscalated>();
    }

    [Test]
    public void An_own_activity_that_is_not_required_can_be_recorded_and_keeps_nothing_back()
    {
        var given = GivenCase.AtStep(0).ActivitiesDone().Attached(Some.Deviation(Some.Start.AddDays(-1)))
            .With(new LadderSettings { OwnActivities = [Own with { Required = false }] });

        given.When(ToOne).Then<CaseEscalated>();
        given.When(new CompleteActivity("informBoard", null, given.Now, "Avtalsansvarig", "Genomfört")).Then<ActivityCompleted>();
    }

    [TestCase(0, "watchList")]
    [TestCase(2, "qualityTechnician", Description = "\"Vid behov\" in the edition, and so not chosen as not needed when the step is left.")]
    public void A_raised_activity_is_required(int step, string code)
    {
        var settings = new LadderSettings { RaisedActivities = [new(step, code)] };
        var applied = settings.Applied(Some.Ladder).Step(step);

        Assert.Multiple(() =>
        {
            Assert.That(Decide(settings).IsRejected, Is.False);
            Assert.That(applied.Required.Select(a => a.Code), Is.EqualTo(Some.Ladder.Step(step).Required.Select(a => a.Code).Append(code)));
            Assert.That(applied.IfNeeded.Select(a => a.Code), Does.Not.Contain(code));
            Assert.That(GivenCase.AtStep(step).ActivitiesDone().With(settings).When(GivenCase.Closing(CaseOutcome.Resolved)).Decision.Rejections.Count(r => r.Reason == "activityOutstanding"),
                Is.EqualTo(1));
        });
    }

    [Test]
    public void A_raised_activity_counts_as_done_once_it_is() => Assert.That(
        GivenCase.AtStep(0).ActivitiesDone().Done("watchList").Attached(Some.Deviation(Some.Start.AddDays(-1)))
            .With(new LadderSettings { RaisedActivities = [new(0, "watchList")] }).When(ToOne).Decision.IsRejected, Is.False);

    [Test]
    public void The_regions_names_stand_in_place_of_the_editions_and_decide_nothing()
    {
        var settings = new LadderSettings { RoleNames = [new("contractOwner", new("Avtalsförvaltare", "Contract manager"))] };
        var applied = settings.Applied(Some.Ladder);

        Assert.Multiple(() =>
        {
            Assert.That(applied.Steps.SelectMany(s => s.DialoguePartners).Where(p => p.Code == "contractOwner").Select(p => p.Label.Sv).Distinct(), Is.EqualTo(new[] { "Avtalsförvaltare" }));
            Assert.That(applied.Steps.SelectMany(s => s.DialoguePartners).Where(p => p.Code != "contractOwner"),
                Is.EqualTo(Some.Ladder.Steps.SelectMany(s => s.DialoguePartners).Where(p => p.Code != "contractOwner")));
            Assert.That(applied.DecisionLevels(), Is.EqualTo(Some.Ladder.DecisionLevels()));
        });
    }

    [TestCase(3, 2, true)]
    [TestCase(2, 2, false)]
    public void The_regions_count_says_what_recurring_is(int count, int deviations, bool rejected)
    {
        var given = GivenCase.AtStep(0).ActivitiesDone().With(new LadderSettings { RecurrenceCount = count });
        for (var i = 1; i < deviations; i++)
            given.Attached(Some.Deviation(Some.Start.AddDays(-i)));

        Assert.That(given.When(ToOne).Decision.Rejections.Select(r => r.Reason), Is.EqualTo(rejected ? new[] { "tooFewDeviations" } : []));
    }

    [TestCase(1, true)]
    [TestCase(3, false)]
    public void The_regions_months_say_how_far_back_it_counts(int months, bool rejected)
    {
        var given = GivenCase.AtStep(0).ActivitiesDone().Attached(Some.Deviation(Some.Start.AddMonths(-2))).With(new LadderSettings { RecurrenceMonths = months });

        Assert.That(given.When(ToOne).Decision.Rejections.Select(r => r.Reason), Is.EqualTo(rejected ? new[] { "tooFewDeviations" } : []));
    }

    [Test]
    public void Deadlines_are_the_regions_and_leave_out_its_free_days()
    {
        // Monday 2 March 2026; two working days without the Tuesday end with the Thursday.
        var given = GivenCase.AtStep(0).ActivitiesDone().Attached(Some.Deviation(Some.Start.AddDays(-1)))
            .With(new LadderSettings { Deadlines = new Deadlines(ReturnCriteria: 2), FreeDays = [new(2026, 3, 3)] });

        var due = given.When(ToOne).Then<StepDeadlinesSet>().Deadlines.Single().Due;

        Assert.That(due, Is.EqualTo(SwedishTime.EndOf(new DateOnly(2026, 3, 5))));
    }

    private static CaseCommand ToOne(GivenCase given) => new Escalate(1, Some.Basis(Trigger.RecurringDeviation, given.DeviationEvidence));

    private static Decision<LadderSettingsChanged> Decide(LadderSettings settings, LadderSettingsState? state = null, Region? region = null) => LadderSettingsDecider.Decide(
        new ChangeLadderSettings(settings, Ladders.Find(settings.Ladder), region ?? Region.Find("08")!, "Inköpschef", Some.Motivation), state, Some.Start);

    private static void Rejected(LadderSettings settings, string rejection, string field, Region? region = null)
    {
        var decision = Decide(settings, region: region);

        Assert.That(decision.Rejections.Select(r => ($"{r.Code} {r.Reason}", r.Field)), Is.EqualTo(new[] { (rejection, field) }));
        Assert.That(decision.Rejections.All(r => r.Message.Sv != r.Message.En && r.Message.Sv.EndsWith('.') && r.Message.En.EndsWith('.')));
        Assert.That(decision.Events, Is.Empty);
    }

    private static LadderSettings Full() => new()
    {
        RecurrenceCount = 3,
        Deadlines = new Deadlines(Review: 20),
        OwnActivities = [Own],
        RaisedActivities = [new(0, "watchList")],
        RoleNames = [new("contractOwner", Named)],
        FreeDays = [new(2026, 5, 15)],
    };

    private static IEnumerable<TestCaseData> OneMemberOther()
    {
        foreach (var member in typeof(LadderSettings).GetProperties().Where(p => p.CanWrite && p.Name != nameof(LadderSettings.Deadlines)))
        {
            var other = Full();
            member.SetValue(other, Other(member.GetValue(other)!));
            yield return new TestCaseData(other).SetArgDisplayNames(member.Name);
        }
        foreach (var member in typeof(Deadlines).GetProperties().Where(p => p.CanWrite))
        {
            var other = Full() with { Deadlines = new Deadlines(Review: 20) };
            member.SetValue(other.Deadlines, Other(member.GetValue(other.Deadlines)!));
            yield return new TestCaseData(other).SetArgDisplayNames(member.Name);
        }
    }

    private static object Other(object value) => value switch
    {
        int i => i + 1,
        bool b => !b,
        string => "2024-kalmar",
        IReadOnlyList<OwnActivity> => new[] { Own with { Required = false } },
        IReadOnlyList<RaisedActivity> => new[] { new RaisedActivity(0, "steeringIn") },
        IReadOnlyList<RoleName> => new[] { new RoleName("contractOwner", Named with { En = "Pharmacy" }) },
        IReadOnlyList<DateOnly> => new[] { new DateOnly(2026, 5, 16) },
        _ => throw new NotSupportedException(value.GetType().Name),
    };

    private static LadderSettings AtRandom(Random random)
    {
        string[] codes = [.. Ladders.All.SelectMany(l => l.Steps).SelectMany(s => s.Activities.Concat(s.SpecificActivities)).Select(a => a.Code).Distinct(), "own", "ownToo"];
        string[] partners = [.. Ladders.All.SelectMany(l => l.Steps).SelectMany(s => s.DialoguePartners).Select(p => p.Code).Distinct(), "kejsare"];
        int Step() => random.Next(6);
        return new LadderSettings
        {
            Ladder = random.Next(2) == 0 ? "2026" : "2024-kalmar",
            OwnActivities = [.. Enumerable.Range(0, random.Next(3)).Select(i =>
                new OwnActivity(Step(), random.Next(3) == 0 ? codes[random.Next(codes.Length)] : "own" + i.ToString(CultureInfo.InvariantCulture), Named, random.Next(2) == 0))],
            RaisedActivities = [.. Enumerable.Range(0, random.Next(2)).Select(_ => new RaisedActivity(Step(), codes[random.Next(codes.Length)]))],
            RoleNames = [.. Enumerable.Range(0, random.Next(2)).Select(_ => new RoleName(partners[random.Next(partners.Length)], Named))],
        };
    }
}
