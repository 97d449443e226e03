using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>L26-045 and L26-015: risk assessments, and the risks and incidents that a case starts from.</summary>
public class RiskAssessmentTests
{
    [Test]
    public void A_confirmed_assessment_does_the_activity_of_the_step_where_it_was_made()
    {
        var given = GivenCase.AtStep(0).Later(days: 1);
        var command = new ConfirmRiskAssessment(Guid.NewGuid(), Some.Risk(given.Now));

        var after = given.When(command).Then();

        Assert.That(after.Find<RiskAssessment>(command.RecordId)!.Content, Is.EqualTo(command.Content));
        Assert.That((CaseActivities.IsDoneByRecord(given.State, 0, "riskAssessment"), CaseActivities.IsDoneByRecord(after, 0, "riskAssessment")), Is.EqualTo((false, true)));
        Assert.That(CaseActivities.IsDoneByRecord(after, 0, "supplierDialogue"), Is.False);
    }

    [Test]
    public void A_later_assessment_stands_beside_the_one_that_it_supersedes()
    {
        var given = GivenCase.AtStep(0).And(Confirming(Some.Risk(Some.Start))).Later(days: 1);

        var after = given.When(Confirming(Some.Risk(given.Now) with { Probability = 1 })).Then();

        Assert.That(after.Of<RiskAssessment>().Select(r => r.Content.Probability), Is.EqualTo(new[] { 3, 1 }));
    }

    [Test]
    public void An_assessment_names_a_consequence_area() =>
        GivenCase.AtStep(0).When(Confirming(Some.Risk(Some.Start) with { Areas = [] })).ThenRejected("field consequenceAreaMissing");

    [Test]
    public void An_assessment_is_valid_today_at_least()
    {
        var today = SwedishTime.DateOf(Some.Start);

        GivenCase.AtStep(0).When(Confirming(Some.Risk(Some.Start) with { ValidUntil = today.AddDays(-1) })).ThenRejected("field inPast");
        GivenCase.AtStep(0).When(Confirming(Some.Risk(Some.Start) with { ValidUntil = today })).Then<RiskAssessmentConfirmed>();
    }

    [Test]
    public void A_case_may_start_from_a_risk_without_any_deviation()
    {
        var risk = new OpeningRisk(Guid.NewGuid(), Some.Risk(Some.Start));

        var opened = GivenCase.WhenOpened(Opening(Trigger.Risk) with { Risk = risk });

        Assert.That(opened.Then().Find<RiskAssessment>(risk.RecordId)!.Content, Is.EqualTo(risk.Content));
        Assert.That(opened.Then<CaseOpened>().Basis.Evidence, Does.Contain(new EvidenceReference(EvidenceKind.Record, risk.RecordId)));
    }

    [Test]
    public void A_risk_that_a_case_starts_from_is_one_that_is_valid()
    {
        var outcome = GivenCase.WhenOpened(Opening(Trigger.Risk) with
        {
            Risk = new OpeningRisk(Guid.NewGuid(), Some.Risk(Some.Start) with { Areas = [], ValidUntil = new DateOnly(2026, 3, 1) }),
        });

        outcome.ThenRejected("field consequenceAreaMissing", "field inPast");
        Assert.That(outcome.Decision.Rejections.Select(r => r.Field), Is.EqualTo(new[] { "riskAssessment.areas", "riskAssessment.validUntil" }));
    }

    [Test]
    public void A_case_may_start_from_an_incident_without_any_deviation()
    {
        var incident = Incident(Some.Start);

        var opened = GivenCase.WhenOpened(Opening(Trigger.Incident) with { Incident = incident });

        Assert.That(opened.Then().Find<Incident>(incident.RecordId)!.Content, Is.EqualTo(incident.Content));
        Assert.That(opened.Then<CaseOpened>().Basis.Evidence, Does.Contain(new EvidenceReference(EvidenceKind.Record, incident.RecordId)));
    }

    [Test]
    public void An_incident_has_occurred()
    {
        var outcome = GivenCase.WhenOpened(Opening(Trigger.Incident) with { Incident = Incident(Some.Start.AddSeconds(1)) });

        outcome.ThenRejected("field inFuture");
        Assert.That(outcome.Decision.Rejections[0].Field, Is.EqualTo("incident.occurredAt"));
    }

    private static ConfirmRiskAssessment Confirming(RiskAssessmentContent content) => new(Guid.NewGuid(), content);

    private static OpeningIncident Incident(DateTimeOffset occurredAt) => new(Guid.NewGuid(), new IncidentContent("Servicebilen stod utan tekniker", occurredAt, "Medicinteknisk jour"));

    private static OpenCase Opening(Trigger trigger) => Some.Opening(0, trigger);
}
