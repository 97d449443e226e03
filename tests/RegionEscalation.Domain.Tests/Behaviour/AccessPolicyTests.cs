using RegionEscalation.Domain.National;

namespace RegionEscalation.Domain.Tests.Behaviour;

/// <summary>The document about who may read what says what the policy decides, for every reader, field and step.</summary>
public class AccessPolicyTests
{
    private string _committed = null!;
    private IReadOnlyDictionary<(ReaderKind Reader, NationalField Field), FieldAccess> _said = null!;

    [OneTimeSetUp]
    public void ReadTheDocument()
    {
        var file = Path.Combine(Repository.Root, AccessPolicy.FileName);
        if (Environment.GetEnvironmentVariable(AccessPolicy.Switch) == "1")
            File.WriteAllText(file, AccessPolicy.Document());
        _committed = File.Exists(file) ? File.ReadAllText(file) : "";
        _said = AccessPolicy.Read(_committed);
    }

    [Test]
    public void What_a_reader_may_see_is_what_the_document_says([Values] ReaderKind reader, [Range(-1, 6)] int step)
    {
        Assert.Multiple(() =>
        {
            foreach (var field in Enum.GetValues<NationalField>())
            {
                var said = step is >= 3 and <= 5 ? _said[(reader, field)] : FieldAccess.Never;
                Assert.That(NationalAccessPolicy.Of(reader, field, step), Is.EqualTo(said), $"{field}");
                Assert.That(NationalAccessPolicy.Of(reader, field), Is.EqualTo(_said[(reader, field)]), $"{field} of what was told");
            }
        });
    }

    [Test]
    public void The_document_is_the_one_that_the_code_writes() => Assert.That(_committed, Is.EqualTo(AccessPolicy.Document()),
        $"What somebody may read has changed. If that is intended, run the domain tests once with {AccessPolicy.Switch}=1: it rewrites {AccessPolicy.FileName}; commit it with the change.");

    /// <summary>Said without asking the policy, so that a mistake in both the code and its document is seen.</summary>
    [Test]
    public void Nobody_sees_more_than_the_tiers_allow()
    {
        Assert.Multiple(() =>
        {
            foreach (var ((reader, field), access) in _said)
            {
                var summary = field is NationalField.ConsequenceAreas or NationalField.Deviations or NationalField.PlanStatus or NationalField.Sanctions
                    or NationalField.ReturnCriteria or NationalField.SupplierStatements;
                Assert.That(NationalAccessPolicy.TierOf(field), Is.EqualTo(summary ? AccessTier.T1 : AccessTier.T0), $"{field}");
                if (summary)
                    Assert.That(access, Is.Not.EqualTo(FieldAccess.Always), $"{field} needs a decision for {reader}");
                if (reader == ReaderKind.Auditor || (reader == ReaderKind.Region && summary))
                    Assert.That(access, Is.EqualTo(FieldAccess.Never), $"{field} for {reader}");
                if (reader == ReaderKind.Partner)
                    Assert.That(access, Is.Not.EqualTo(FieldAccess.Always), $"{field} for a partner, which is no authority");
                if (field == NationalField.RegionsConcerned)
                    Assert.That(access, Is.EqualTo(reader is ReaderKind.Partner or ReaderKind.Supplier or ReaderKind.Auditor ? FieldAccess.Never : FieldAccess.Always), $"{field} for {reader}");
                if (field == NationalField.Recipients)
                    Assert.That(access, Is.EqualTo(reader is ReaderKind.Coordination or ReaderKind.Supplier ? FieldAccess.Always : FieldAccess.Never), $"{field} for {reader}");
            }
        });
    }

    [TestCase(FieldAccess.Never, false, false)]
    [TestCase(FieldAccess.Never, true, false)]
    [TestCase(FieldAccess.ByDecision, false, false)]
    [TestCase(FieldAccess.ByDecision, true, true)]
    [TestCase(FieldAccess.Always, false, true)]
    [TestCase(FieldAccess.Always, true, true)]
    public void A_field_is_read_always_or_by_decision(FieldAccess access, bool decided, bool reads) =>
        Assert.That(NationalAccessPolicy.Reads(access, decided), Is.EqualTo(reads));
}
