using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>What is to be done by when (R-D1, R-N1, R-E2), and that being late moves nothing (R-E9).</summary>
public class ObligationTests
{
    [Test]
    public void At_step_zero_nothing_is_due() => Assert.That(Obligations.Of(Entering(0).State), Is.Empty);

    [Test]
    public void The_way_back_is_set_within_ten_working_days_of_entering_a_step()
    {
        var given = Entering(1);

        Assert.That(Obligations.Of(given.State), Is.EqualTo(new[]
        {
            new Obligation("returnCriteria", "R-D1", SwedishTime.EndOf(new DateOnly(2026, 3, 16)), new Label(
                "Villkor för vägen tillbaka från steg 1 ska sättas.", "Criteria for the way back from step 1 are to be set."), "return-criteria"),
        }));
        Assert.That(Obligations.Of(given.CriteriaSet().State), Is.Empty);
    }

    [Test]
    public void Criteria_of_an_earlier_step_are_not_those_of_this_one() =>
        Assert.That(Codes(Entering(1).CriteriaSet().Attached(Harmless).SeriousLeadsTo(4)), Is.EqualTo(new[] { "informRegions", "returnCriteria" }));

    /// <summary>Step 3 is entered on Wednesday 1 April 2026, before Easter; 4 and 5 on Monday 2 March.</summary>
    [TestCase(3, "2026-04-10")]
    [TestCase(4, "2026-03-04")]
    [TestCase(5, "2026-03-04")]
    public void The_regions_are_informed_within_working_days_that_the_step_decides(int step, string lastDay) =>
        Assert.That(DueOf(Entering(step), Obligations.InformRegionsCode),
            Is.EqualTo(SwedishTime.EndOf(DateOnly.Parse(lastDay, System.Globalization.CultureInfo.InvariantCulture))));

    [TestCase(3)]
    [TestCase(4)]
    [TestCase(5)]
    public void Where_patients_are_concerned_the_regions_are_informed_within_24_hours(int step)
    {
        var given = Entering(step, Some.Serious(Some.Start.AddDays(-1)));

        Assert.That(DueOf(given, Obligations.InformRegionsCode), Is.EqualTo(given.Now.AddHours(24)));
    }

    [Test]
    public void Patients_of_a_deviation_that_is_resolved_are_concerned_no_more() =>
        Assert.That(DueOf(Entering(4, Some.Resolved(Some.Serious(Some.Start.AddDays(-1)), Some.Start)), Obligations.InformRegionsCode),
            Is.GreaterThan(Some.Start.AddHours(24)));

    [Test]
    public void Entering_a_step_leaves_the_deadlines_of_the_one_before()
    {
        var given = Entering(1).Later(days: 1).Attached(Harmless).SeriousLeadsTo(4);

        Assert.That(given.State.Deadlines, Is.EqualTo(new[]
        {
            new StepDeadline("returnCriteria", SwedishTime.EndOf(new DateOnly(2026, 3, 17))), new StepDeadline("informRegions", SwedishTime.EndOf(new DateOnly(2026, 3, 5))),
        }));
    }

    [Test]
    public void Working_days_are_the_regions_own()
    {
        var settings = LadderSettings.Default with { Deadlines = new Deadlines(ReturnCriteria: 1), FreeDays = [new DateOnly(2026, 3, 3)] };
        var given = Standing.At(1).With(settings).Attached(Harmless);

        Assert.That(given.When(given.ToFourBySerious()).Then().Deadlines[0].Due, Is.EqualTo(SwedishTime.EndOf(new DateOnly(2026, 3, 4))));
    }

    [Test]
    public void Informing_the_regions_is_done_anew_at_every_entry()
    {
        var given = Entering(4);
        given.And(new PlanActivity("informRegions", null, SwedishTime.DateOf(given.Now), "Avtalsansvarig", "Utkast finns"));
        Assert.That(Codes(given), Does.Contain(Obligations.InformRegionsCode), "planned is not done");

        given.Informed();
        Assert.That(Codes(given), Does.Not.Contain(Obligations.InformRegionsCode));

        given.Later(days: 1).Happened(c => new CaseDeEscalated(c.Now, 4, 3, Some.Basis(Trigger.ReturnCriteriaMet, Some.Document()))).Attached(Harmless).SeriousLeadsTo(4);
        Assert.That(Codes(given), Does.Contain(Obligations.InformRegionsCode));
    }

    [Test]
    public void A_plan_in_force_is_evaluated_and_its_measures_are_done_on_their_days()
    {
        Assert.That(Obligations.Of(Standing.At(1).PlanEstablished().State), Is.Empty, "a draft binds nobody");

        var given = Standing.At(1).PlanAgreed();
        var end = SwedishTime.EndOf(SwedishTime.DateOf(Some.Start).AddDays(30));
        Assert.That(Obligations.Of(given.State).Select(o => (o.Code, o.Rule, o.Due, o.MetBy)), Is.EquivalentTo(new[]
        {
            ("evaluation", "R-E2", end, $"action-plans/{given.PlanId}/evaluations"), ("measure", "R-E2", end, $"action-plans/{given.PlanId}/measures"),
        }));

        given.And(new ReportMeasure(given.PlanId, 1, "Lagret är på plats.", "Leverantören"));
        Assert.That(Codes(given), Is.EqualTo(new[] { "evaluation" }));
    }

    [Test]
    public void Of_a_plan_that_is_evaluated_nothing_is_due_any_more() => Assert.That(Codes(Standing.At(1).PlanEvaluated(PlanOutcome.WithoutEffect)), Is.Empty);

    [Test]
    public void The_earliest_comes_first_and_is_when_the_case_is_overdue()
    {
        var given = Entering(4).PlanAgreed();
        var due = Obligations.Of(given.State).Select(o => o.Due).ToArray();

        Assert.That(due, Is.Ordered.And.Length.EqualTo(4));
        Assert.That(Obligations.NextDue(given.State), Is.EqualTo(due[0]));
        Assert.That(Obligations.NextDue(Standing.At(1).State), Is.Null);
    }

    [Test]
    public void Of_a_closed_case_only_its_records_ask_for_anything()
    {
        var given = Entering(4).PlanAgreed();
        given.And(new PlanActivity("siteVisit", null, SwedishTime.DateOf(given.Now), "Avtalsansvarig", "Besök i lagret")).Closed();
        Assert.That(Obligations.Of(given.State), Is.Empty);

        given.Happened(c => new ReviewRequested(c.Now, Guid.NewGuid(), new ReviewContent("Steget", "Bristerna är åtgärdade", "VD", c.Now), c.Now.AddDays(21)));
        Assert.That(Codes(given), Is.EqualTo(new[] { "review" }));
    }

    [Test]
    public void Time_alone_moves_nothing([Values(0, 1, 3, 4, 5)] int step)
    {
        var given = Entering(step).PlanAgreed();
        var before = given.State;

        given.Later(months: 120);

        Assert.That(given.When(new NoteExpiries()).Then(), Is.SameAs(before));
        Assert.That(Obligations.Of(given.State).Where(o => o.Due > given.Now), Is.Empty, "everything is long overdue");
        Assert.That(Obligations.Of(given.State), Is.EqualTo(Obligations.Of(before)));
    }

    private static Deviation Harmless => EnteringSteps.SeriousFor(ConsequenceArea.Operations);

    /// <summary>A case that has entered the step by a command, with the deviation attached before.</summary>
    private static GivenCase Entering(int step, Deviation? deviation = null) => step switch
    {
        0 => Standing.At(0),
        1 => GivenCase.OpenedBy(Some.Opening(1, Trigger.RecurringDeviation, Some.Deviation(Some.Start.AddDays(-3)), Some.Deviation(Some.Start.AddDays(-1)))),
        3 => Attached(Standing.At(2), deviation).PlanEvaluated(PlanOutcome.WithoutEffect)
            .And(c => new Escalate(3, Some.Basis(Trigger.PlanWithoutEffect, c.LatestEvaluation).DepartingFrom("R-E7"))),
        4 => Attached(Standing.At(3).Attached(Harmless), deviation).SeriousLeadsTo(4),
        _ => Attached(Standing.At(4).Attached(Harmless), deviation).SeriousLeadsTo(5),
    };

    private static GivenCase Attached(GivenCase given, Deviation? deviation) => deviation is null ? given : given.Attached(deviation);

    private static string[] Codes(GivenCase c) => [.. Obligations.Of(c.State).Select(o => o.Code)];

    private static DateTimeOffset DueOf(GivenCase c, string code) => Obligations.Of(c.State).Single(o => o.Code == code).Due;
}

file static class EnteringSteps
{
    public static GivenCase And(this GivenCase given, Func<GivenCase, CaseCommand> command) => given.And(command(given));

    public static GivenCase SeriousLeadsTo(this GivenCase given, int step) => step == 4
        ? given.And(given.ToFourBySerious())
        : given.ContinuityIsAssessed().Asked(days: 5).Heard().And(c => c.Ending(basis: Some.Basis(Trigger.SeriousDeviation, c.Serious()).DepartingFrom("R-E7")));

    public static Escalate ToFourBySerious(this GivenCase given) => new(4, Some.Basis(Trigger.SeriousDeviation, given.Serious()).DepartingFrom("R-E7"));

    public static Deviation SeriousFor(ConsequenceArea area) =>
        Some.Assessed(Some.Reported(Some.Start), Some.Assessment(Severity.Serious) with { ConsequenceAreas = [area] }, Some.Start);

    private static EvidenceReference[] Serious(this GivenCase given) =>
        [.. given.State.Deviations.Where(d => d.IsOpenAndSerious() && !given.State.UsedEvidence.Contains(d.Id)).Select(d => Some.Evidence(d.Id))];
}
