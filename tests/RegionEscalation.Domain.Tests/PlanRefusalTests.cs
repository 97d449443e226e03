using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-E2: a supplier that refuses to make a plan, in spite of a written reminder with a deadline, leads on as a plan not followed does.</summary>
public class PlanRefusalTests
{
    [Test]
    public void A_refusal_is_recorded_once_the_reminders_time_has_passed()
    {
        var given = Standing.At(1).Later(days: 10);
        var refusing = Refusing(given, remindedDaysAgo: 8, deadlineInDays: -1);

        Assert.That(given.When(refusing).Then().Find<PlanRefusal>(refusing.RecordId)!.Content, Is.EqualTo(refusing.Content));
    }

    [Test]
    public void On_the_last_day_of_the_reminder_the_supplier_may_still_answer() =>
        Standing.At(1).Later(days: 10).When(c => Refusing(c, remindedDaysAgo: 8, deadlineInDays: 0)).ThenRejected("R-E2 deadlineNotPassed");

    [TestCase(-8)]
    [TestCase(-9)]
    public void The_deadline_comes_after_the_reminder(int deadlineInDays) =>
        Standing.At(1).Later(days: 10).When(c => Refusing(c, remindedDaysAgo: 8, deadlineInDays)).ThenRejected("field notAfterReminder");

    [Test]
    public void The_supplier_has_been_reminded_already() =>
        Standing.At(1).When(c => Refusing(c, remindedDaysAgo: -1, deadlineInDays: 2)).ThenRejected("field inFuture", "R-E2 deadlineNotPassed");

    [Test]
    public void A_reminder_before_the_case_or_before_its_step_reminds_of_nothing()
    {
        Standing.At(1).Later(days: 10).When(c => Refusing(c, remindedDaysAgo: 11, deadlineInDays: -1)).ThenRejected("R-E2 reminderBeforeStep");
        Standing.At(1).Later(days: 10).MovedTo(2).Later(days: 2).When(c => Refusing(c, remindedDaysAgo: 5, deadlineInDays: -1)).ThenRejected("R-E2 reminderBeforeStep");
    }

    [Test]
    public void While_a_plan_is_in_force_that_one_is_evaluated()
    {
        Standing.At(1).PlanAgreed().Later(days: 10).When(c => Refusing(c, 8, -1)).ThenRejected("R-E2 planInForce");

        Assert.That(Standing.At(1).PlanEstablished().Later(days: 10).When(c => Refusing(c, 8, -1)).Decision.IsRejected, Is.False, "a draft is not in force");
        Assert.That(Standing.At(1).PlanEvaluated(PlanOutcome.WithoutEffect).When(c => Refusing(c, 8, -1)).Decision.IsRejected, Is.False, "the revision is refused");
    }

    [Test]
    public void A_refusal_leads_from_one_to_two_in_place_of_an_evaluation()
    {
        const Trigger trigger = Trigger.PlanWithoutEffect;
        var given = Refused(1);
        var evidence = new EvidenceReference(EvidenceKind.Record, given.State.Of<PlanRefusal>().Single().Id);
        given.When(new Escalate(2, Some.Basis(trigger, Some.Document()).DepartingFrom("R-E7"))).ThenRejected("R-E2 planMissing");

        var escalated = given.When(new Escalate(2, Some.Basis(trigger, evidence).DepartingFrom("R-E7"))).Then();

        Assert.That((escalated.Step, escalated.UsedEvidence), Is.EqualTo((2, new[] { evidence.Id })));
        Assert.That(PossibleTransitions.From(given.State, given.Context).Single(t => t.ToStep == 2 && t.Trigger == trigger).SuggestedEvidence, Is.EqualTo(new[] { evidence }));
    }

    [Test]
    public void One_refusal_leads_one_step_up()
    {
        var given = Refused(1);
        var evidence = new EvidenceReference(EvidenceKind.Record, given.State.Of<PlanRefusal>().Single().Id);
        given.And(new Escalate(2, Some.Basis(Trigger.PlanWithoutEffect, evidence).DepartingFrom("R-E7")));

        given.When(new Escalate(3, Some.Basis(Trigger.PlanWithoutEffect, evidence).DepartingFrom("R-E7"))).ThenRejected("R-E3 planMissing");

        given.Later(days: 10).And(Refusing(given, 8, -1));
        var second = new EvidenceReference(EvidenceKind.Record, given.State.Of<PlanRefusal>().Last().Id);
        Assert.That(given.When(new Escalate(3, Some.Basis(Trigger.PlanWithoutEffect, second).DepartingFrom("R-E7"))).Then().Step, Is.EqualTo(3));
    }

    private static GivenCase Refused(int step)
    {
        var given = Standing.At(step).Later(days: 10);
        return given.And(Refusing(given, remindedDaysAgo: 8, deadlineInDays: -1));
    }

    private static RecordPlanRefusal Refusing(GivenCase c, int remindedDaysAgo, int deadlineInDays) => new(Guid.NewGuid(), new PlanRefusalContent(
        "Leverantören avböjer att ta fram en plan.", c.Now.AddDays(-remindedDaysAgo), "26RK1024-9", SwedishTime.DateOf(c.Now).AddDays(deadlineInDays), "Avtalsansvarig"));
}
