using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;

namespace RegionEscalation.Domain.Tests;

/// <summary>What holds for every record on a case.</summary>
public class RecordTests
{
    [Test]
    public void Every_kind_of_record_has_its_discriminator()
    {
        var declared = typeof(CaseRecord).GetCustomAttributes(typeof(System.Text.Json.Serialization.JsonDerivedTypeAttribute), false)
            .Cast<System.Text.Json.Serialization.JsonDerivedTypeAttribute>().Select(a => (a.DerivedType, $"{a.TypeDiscriminator}"));

        Assert.That(declared, Is.EquivalentTo(typeof(CaseRecord).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(CaseRecord)))
            .Select(t => (t, char.ToLowerInvariant(t.Name[0]) + t.Name[1..]))));
    }

    [Test]
    public void A_record_is_made_at_the_step_and_visit_where_the_case_stands()
    {
        var given = GivenCase.AtStep(2).Done("letterToSalesManager");

        var letter = given.State.Of<Letter>().Single();

        Assert.That((letter.Step, letter.Visit, letter.RecordedAt), Is.EqualTo((2, given.State.Visit, given.Now)));
    }

    [Test]
    public void A_record_is_made_once()
    {
        var given = GivenCase.AtStep(2).Done("letterToSalesManager");

        Assert.That(() => EscalationCase.Evolve(given.State, given.History.OfType<LetterSent>().Single()), Throws.InvalidOperationException);
    }

    [Test]
    public void Records_are_evidence_like_any_other()
    {
        var given = GivenCase.AtStep(2).Done("letterToSalesManager");

        Assert.That(given.State.Holds(given.LatestRecord<Letter>()), Is.True);
        Assert.That(given.State.Holds(new EvidenceReference(EvidenceKind.Record, Guid.NewGuid())), Is.False);
    }

    [Test]
    public void A_case_has_at_most_a_thousand_records()
    {
        var given = GivenCase.AtStep(0);
        for (var i = 0; i < 999; i++)
            given.Done("riskAssessment");
        given.Happened(c => new SupplierStatementReceived(c.Now, Guid.NewGuid(), new StatementContent("Vi bestrider", "VD", c.Now, null, null, null)));

        given.When(c => new ConfirmRiskAssessment(Guid.NewGuid(), Some.Risk(c.Now))).ThenRejected("recordLifecycle tooMany");
    }
}
