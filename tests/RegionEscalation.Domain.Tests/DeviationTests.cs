using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;

namespace RegionEscalation.Domain.Tests;

/// <summary>A deviation's own life (R-V1, R-G6), and what of it a case follows.</summary>
public class DeviationTests
{
    private static readonly DateTimeOffset Now = Some.Start;

    [Test]
    public void A_reported_deviation_carries_its_requirement_and_its_contracts_supplier()
    {
        var reported = Some.After(null, Reporting(Some.Contract(), Now));

        Assert.Multiple(() =>
        {
            Assert.That((reported.Supplier, reported.Contract.Number, reported.RequirementReference), Is.EqualTo((Some.Supplier, "A-1", "Krav 4.2")));
            Assert.That(reported.SubSupplier, Is.EqualTo("Underleverantören"), "where it began; the contract party answers all the same");
            Assert.That(reported.Status(), Is.EqualTo(DeviationStatus.Reported));
            Assert.That(reported.Version, Is.EqualTo(1));
        });
    }

    [Test]
    public void A_deviation_concerns_a_contract_of_the_region() => Rejected(Reporting(null, Now), "field unknownContract");

    [Test]
    public void A_deviation_before_the_year_2000_is_a_mistake() =>
        Rejected(Reporting(Some.Contract(), new DateTimeOffset(1999, 12, 31, 23, 59, 59, TimeSpan.Zero)), "field tooLongAgo");

    [Test]
    public void A_deviation_has_not_occurred_in_the_future() => Rejected(Reporting(Some.Contract(), Now.AddSeconds(1)), "field inFuture");

    [Test]
    public void Assessing_anew_replaces_the_assessment()
    {
        var assessed = Some.Deviation(Now);

        var decision = Assessing(assessed, Some.Assessment(causedBy: CausedBy.Region));

        Assert.Multiple(() =>
        {
            Assert.That(decision.Events.Single(), Is.InstanceOf<DeviationReclassified>());
            Assert.That(Some.After(assessed, decision).Assessment?.CausedBy, Is.EqualTo(CausedBy.Region));
        });
    }

    [Test]
    public void A_serious_deviation_has_a_consequence_a_motivation_and_another_assessor_than_reporter()
    {
        var serious = Some.Serious(Now);

        Assert.That((serious.Assessment?.Severity, serious.Status()), Is.EqualTo(((Severity?)Severity.Serious, DeviationStatus.Assessed)));
    }

    [Test]
    public void A_serious_deviation_without_a_consequence_is_refused() =>
        Rejected(Assessing(Some.Reported(Now), Some.Assessment(Severity.Serious) with { ConsequenceAreas = [] }), "R-V1 consequenceAreaMissing");

    [TestCase(null)]
    [TestCase(Some.TooShort)]
    public void A_serious_deviation_without_a_motivation_is_refused(string? motivation) =>
        Rejected(Assessing(Some.Reported(Now), Some.Assessment(Severity.Serious) with { Motivation = motivation }), "R-V1 motivationTooShort");

    [TestCase(Some.Reporter)]
    [TestCase(" VÅRDENHET 12 ")]
    public void The_reporter_does_not_assess_a_deviation_as_serious(string assessor) =>
        Rejected(Assessing(Some.Reported(Now), Some.Assessment(Severity.Serious) with { Assessor = assessor }), "R-V1 assessorIsReporter");

    [Test]
    public void An_ordinary_deviation_needs_none_of_that() =>
        Assert.That(Some.Assessed(Some.Reported(Now), Some.Assessment() with { Assessor = Some.Reporter }, Now).Status(), Is.EqualTo(DeviationStatus.Assessed));

    [Test]
    public void A_deviation_is_resolved_when_it_is_handled_and_fed_back()
    {
        var resolved = Some.Resolved(Some.Deviation(Now), Now.AddDays(2));

        Assert.That((resolved.Status(), resolved.ResolvedAt()), Is.EqualTo((DeviationStatus.FedBack, (DateTimeOffset?)Now.AddDays(2))));
    }

    [Test]
    public void Handling_comes_after_assessing_and_feedback_after_handling()
    {
        var reported = Some.Reported(Now);

        Rejected(Deciding(new HandleDeviation("Ersatt", "Avtalsansvarig"), reported), "deviationLifecycle notAssessed");
        Rejected(Deciding(new FeedBackDeviation("Åtgärdat", Some.Reporter), Some.Deviation(Now)), "deviationLifecycle notHandled");
    }

    [Test]
    public void Each_is_done_once()
    {
        var resolved = Some.Resolved(Some.Deviation(Now), Now);

        Rejected(Deciding(new HandleDeviation("Ersatt", "Avtalsansvarig"), resolved), "deviationLifecycle alreadyHandled");
        Rejected(Deciding(new FeedBackDeviation("Åtgärdat", Some.Reporter), resolved), "deviationLifecycle alreadyFedBack");
        Rejected(Assessing(resolved, Some.Assessment()), "deviationLifecycle alreadyResolved");
    }

    [TestCase(CausedBy.Supplier, null, true)]
    [TestCase(CausedBy.Shared, "Fel artikel packades", true)]
    [TestCase(CausedBy.Unknown, "Fel artikel packades", true)]
    [TestCase(CausedBy.Shared, "", false)]
    [TestCase(CausedBy.Unknown, "  ", false)]
    [TestCase(CausedBy.Shared, null, false)]
    [TestCase(CausedBy.Unknown, null, false)]
    [TestCase(CausedBy.Region, null, false)]
    [TestCase(CausedBy.Region, "Fel artikel packades", false)]
    public void What_counts_is_the_suppliers_part(CausedBy causedBy, string? part, bool counts) =>
        Assert.That(Some.Assessment(causedBy: causedBy, supplierPart: part).Counts(), Is.EqualTo(counts));

    [Test]
    public void An_attached_deviation_is_copied_into_the_case()
    {
        var serious = Some.Serious(Now.AddDays(-1));

        var copy = GivenCase.AtStep(0).When(new AttachDeviation(serious)).Then().Deviations[^1];

        Assert.That(copy, Is.EqualTo(new AttachedDeviation(serious.Id, serious.OccurredAt, Some.Reporter, Now, serious.Assessment, null, RequirementReference: serious.RequirementReference)));
    }

    [Test]
    public void Only_deviations_of_the_same_contract_and_supplier_are_attached()
    {
        var otherSupplier = Some.Contract(supplier: new Supplier(Guid.NewGuid(), "2120000142", "Underleverantören AB"));

        GivenCase.AtStep(0).When(new AttachDeviation(Some.Reported(Now, contract: Some.Contract("B-2")))).ThenRejected("R-G1 otherContract");
        GivenCase.AtStep(0).When(new AttachDeviation(Some.Reported(Now, contract: otherSupplier))).ThenRejected("R-G1 otherContract");
    }

    [Test]
    public void A_deviation_is_attached_to_one_case()
    {
        var joined = Deviation.Evolve(Some.Reported(Now), new DeviationJoinedCase(Now, Guid.NewGuid()));

        GivenCase.AtStep(0).When(new AttachDeviation(joined)).ThenRejected("R-E8 alreadyAttached");
    }

    [Test]
    public void A_deviation_that_the_region_does_not_have_is_not_attached() =>
        GivenCase.AtStep(0).When(new AttachDeviation(null)).ThenRejected("field unknownDeviation");

    [Test]
    public void A_case_follows_a_reassessment_of_its_deviation()
    {
        var before = Some.Deviation(Now);
        var given = GivenCase.AtStep(0).Attached(before);
        var after = Some.Assessed(before, Some.Assessment(Severity.Serious), Now);

        var followed = CaseDecider.Follow(given.State, before, after, Now).Aggregate(given.State, EscalationCase.Evolve);

        Assert.That(followed.Deviations[^1].IsOpenAndSerious(), Is.True);
    }

    [Test]
    public void A_case_follows_its_deviation_being_resolved()
    {
        var before = Some.Serious(Now);
        var given = GivenCase.AtStep(0).Attached(before);

        var followed = CaseDecider.Follow(given.State, before, Some.Resolved(before, Now), Now).Aggregate(given.State, EscalationCase.Evolve);

        Assert.That((followed.Deviations[^1].ResolvedAt, followed.Deviations[^1].IsOpenAndSerious()), Is.EqualTo(((DateTimeOffset?)Now, false)));
    }

    [Test]
    public void What_decides_nothing_is_not_followed()
    {
        var before = Some.Deviation(Now);
        var handled = Some.After(before, Deciding(new HandleDeviation("Ersatt", "Avtalsansvarig"), before));

        Assert.That(CaseDecider.Follow(GivenCase.AtStep(0).Attached(before).State, before, handled, Now), Is.Empty);
    }

    [Test]
    public void Reclassifying_a_deviation_does_not_change_the_step()
    {
        var before = Some.Serious(Now);
        var given = GivenCase.AtStep(0).Attached(before).And(new Escalate(4, Some.Basis(Domain.Ladder.Trigger.SeriousDeviation, Some.Evidence(before))));
        var after = Some.Assessed(before, Some.Assessment(causedBy: CausedBy.Region) with { Motivation = Some.Motivation }, Now);

        var followed = CaseDecider.Follow(given.State, before, after, Now).Aggregate(given.State, EscalationCase.Evolve);

        Assert.That((followed.Step, followed.Deviations[^1].Counts()), Is.EqualTo((4, false)));
    }

    private static Decision<DeviationEvent> Reporting(Contract? contract, DateTimeOffset occurredAt) =>
        Deciding(new ReportDeviation(Guid.NewGuid(), contract, "Krav 4.2", "Utebliven leverans", "Underleverantören", occurredAt, Some.Reporter), null);

    private static Decision<DeviationEvent> Assessing(Deviation deviation, Assessment assessment) => Deciding(new AssessDeviation(assessment), deviation);

    private static Decision<DeviationEvent> Deciding(DeviationCommand command, Deviation? deviation) => DeviationDecider.Decide(command, deviation, Now);

    private static void Rejected(Decision<DeviationEvent> decision, params string[] expected)
    {
        Assert.That(decision.Rejections.Select(r => $"{r.Code} {r.Reason}"), Is.EquivalentTo(expected));
        Assert.That(decision.Events, Is.Empty);
        Assert.That(decision.Rejections.Where(r => r.Message.Sv.Length == 0 || r.Message.En.Length == 0 || r.Message.Sv == r.Message.En), Is.Empty);
    }
}
