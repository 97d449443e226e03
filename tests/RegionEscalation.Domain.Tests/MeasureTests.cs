using RegionEscalation.Domain.Cases;

namespace RegionEscalation.Domain.Tests;

/// <summary>The measures of a plan in force: reported as done, and verified after that.</summary>
public class MeasureTests
{
    [Test]
    public void A_measure_is_reported_and_then_verified()
    {
        var given = Standing.At(1).PlanAgreed();

        given.Later(days: 3).And(Reporting(given)).Later(days: 2).And(Verifying(given));

        Assert.That(given.State.LatestPlan()!.Latest().Progress, Is.EqualTo(new[] { new MeasureProgress(1, Some.Start.AddDays(3), Some.Start.AddDays(5)) }));
    }

    [Test]
    public void A_measure_is_not_verified_before_it_is_reported()
    {
        var given = Standing.At(1).PlanAgreed();

        given.When(Verifying(given)).ThenRejected("actionPlanLifecycle measureNotReported");
    }

    [Test]
    public void A_measure_is_reported_once_and_verified_once()
    {
        var given = Standing.At(1).PlanAgreed();
        given.And(Reporting(given));
        given.When(Reporting(given)).ThenRejected("actionPlanLifecycle measureAlreadyReported");

        given.And(Verifying(given));
        given.When(Verifying(given)).ThenRejected("actionPlanLifecycle measureAlreadyVerified");
        given.When(Reporting(given)).ThenRejected("actionPlanLifecycle measureAlreadyReported");
    }

    [TestCase(0)]
    [TestCase(2)]
    public void A_measure_that_the_revision_does_not_have_is_unknown(int measure)
    {
        var given = Standing.At(1).PlanAgreed();

        given.When(Reporting(given) with { Measure = measure }).ThenRejected("field unknownMeasure");
        given.When(Verifying(given) with { Measure = measure }).ThenRejected("field unknownMeasure");
    }

    [Test]
    public void A_draft_has_no_measures_to_report()
    {
        var given = Standing.At(1).PlanEstablished();

        given.When(Reporting(given)).ThenRejected("actionPlanLifecycle notAgreed");
    }

    [Test]
    public void A_plan_that_the_case_does_not_have_is_unknown()
    {
        var given = Standing.At(1).PlanAgreed();

        given.When(Reporting(given) with { PlanId = Guid.NewGuid() }).ThenRejected("field unknownPlan");
    }

    [Test]
    public void A_revision_begins_anew_and_the_earlier_one_keeps_what_was_done()
    {
        var given = Standing.At(1).PlanAgreed();
        given.And(Reporting(given)).PlanAgreed();

        Assert.That(given.State.LatestPlan()!.Revisions.Select(r => r.Progress.Count), Is.EqualTo(new[] { 1, 0 }));
        Assert.That(given.When(Reporting(given)).Then<MeasureReportedDone>().Revision, Is.EqualTo(2));
    }

    private static ReportMeasure Reporting(GivenCase c) => new(c.PlanId, 1, "Lagret är på plats.", "Leverantören");

    private static VerifyMeasure Verifying(GivenCase c) => new(c.PlanId, 1, "Besökt den 12 mars.", "Avtalsansvarig");
}
