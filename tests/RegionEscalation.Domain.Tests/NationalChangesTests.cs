using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.National;

namespace RegionEscalation.Domain.Tests;

/// <summary>What the national change feed tells of a case, and to whom; that it holds for every walk is among the walks' invariants.</summary>
public class NationalChangesTests
{
    private const string Everybody = "regions coordination nationalOffice supplier:5560360793";

    private static readonly NationalRecord Nothing = NationalRecord.Nothing;

    [Test]
    public void A_case_appears_changes_and_is_removed()
    {
        var at3 = Record(GivenCase.AtStep(3));
        var otherStep = at3 with { Signal = at3.Signal! with { Step = 4 } };

        Assert.That(Between(Nothing, at3), Is.EqualTo(new[] { $"case-appeared {Everybody}" }));
        Assert.That(Between(at3, otherStep), Is.EqualTo(new[] { $"case-changed {Everybody}" }));
        Assert.That(Between(otherStep, Nothing), Is.EqualTo(new[] { $"case-removed {Everybody}" }));
        Assert.That(Between(at3, at3 with { Signal = at3.Signal! with { } }), Is.Empty, "the same");
        Assert.That(Between(Nothing, Nothing), Is.Empty);
    }

    [Test]
    public void A_notice_is_sent_confirmed_and_replaced()
    {
        var first = Record(GivenCase.AtStep(3).Informed());
        var confirmed = first with { Notice = first.Notice! with { ExpiresAt = first.Notice.ExpiresAt.AddDays(1) } };
        var second = first with { Notice = first.Notice! with { NoticeId = Guid.NewGuid(), Number = 2 } };

        Assert.That(Between(first with { Notice = null, Recipients = [] }, first), Is.EqualTo(new[] { $"notice-appeared {Everybody}" }));
        Assert.That(Between(first, confirmed), Is.EqualTo(new[] { $"notice-changed {Everybody}" }));
        Assert.That(NationalChanges.Between(first, second, default).Select(c => (c.Type, c.NoticeId)), Is.EqualTo(new[]
        {
            (NationalChanges.NoticeRemoved, (Guid?)first.Notice!.NoticeId), (NationalChanges.NoticeAppeared, second.Notice!.NoticeId),
        }));
    }

    [Test]
    public void A_partner_is_told_from_the_decision_to_its_end_and_nobody_else_is()
    {
        var told = Record(GivenCase.AtStep(3).Informed());
        var disclosed = Disclosed(told, "partner:adda");

        Assert.That(Between(told, disclosed), Is.EqualTo(new[] { "case-appeared partner:adda", "notice-appeared partner:adda" }));
        Assert.That(Between(disclosed, told), Is.EqualTo(new[] { "case-removed partner:adda", "notice-removed partner:adda" }));
        Assert.That(Between(disclosed, Disclosed(disclosed, "partner:adda")), Is.Empty, "a second decision for the same partner");
        Assert.That(Between(Nothing, Disclosed(disclosed, "partner:zeta")),
            Is.EqualTo(new[] { $"case-appeared {Everybody} partner:adda partner:zeta", $"notice-appeared {Everybody} partner:adda partner:zeta" }));
    }

    [Test]
    public void A_partner_that_was_sent_the_notice_is_told_what_became_of_it()
    {
        var told = Record(GivenCase.AtStep(3).Informed());
        var sent = told with { Recipients = [.. told.Recipients, "partner:adda"] };

        Assert.That(Between(Nothing, sent), Is.EqualTo(new[] { $"case-appeared {Everybody}", $"notice-appeared {Everybody} partner:adda" }));
        Assert.That(Between(Disclosed(sent, "partner:adda"), sent), Is.EqualTo(new[] { "case-removed partner:adda" }), "it was sent the notice");
        Assert.That(Between(sent, Nothing)[^1], Is.EqualTo($"notice-removed {Everybody} partner:adda"));
    }

    [Test]
    public void Whom_a_disclosure_has_run_out_for_is_told_that_it_is_gone_and_of_nothing_that_happens_then()
    {
        var told = Record(GivenCase.AtStep(3).Informed());
        var disclosed = Disclosed(told, "partner:adda");
        var otherStep = disclosed with { Signal = disclosed.Signal! with { Step = 4 } };
        var end = disclosed.Disclosures[^1].ExpiresAt;

        Assert.That(Between(disclosed, otherStep, end.AddTicks(-1)), Is.EqualTo(new[] { $"case-changed {Everybody} partner:adda" }));
        Assert.That(Between(disclosed, otherStep, end), Is.EqualTo(new[] { "case-removed partner:adda", $"case-changed {Everybody}", "notice-removed partner:adda" }));
        Assert.That(Between(NationalChanges.InForce(otherStep, end), otherStep, end.AddDays(1)), Is.Empty, "once");
    }

    [TestCase("region:13")]
    [TestCase(Disclosures.RegionsConcerned)]
    [TestCase("coordination")]
    [TestCase("nationalOffice")]
    [TestCase("supplier:5560360793")]
    public void A_summary_is_no_change_to_those_who_see_the_case_anyway(string recipient)
    {
        var told = Record(GivenCase.AtStep(3).Informed());
        var disclosed = Disclosed(told, recipient) with { Summary = new NationalSummary([], 1, 0, null, [], ["T1"], []) };

        Assert.That(Between(told, disclosed), Is.Empty);
        Assert.That(Between(disclosed, disclosed with { Summary = disclosed.Summary! with { Deviations = 2 } }), Is.Empty);
    }

    [Test]
    public void When_the_supplier_becomes_another_the_old_one_is_told_that_the_case_is_gone_before_anything_else()
    {
        var before = Record(GivenCase.AtStep(3));
        var after = before with { Signal = before.Signal! with { SupplierNumber = "5560160680" } };

        Assert.That(Between(before, after), Is.EqualTo(new[]
        {
            "case-removed supplier:5560360793", "case-changed regions coordination nationalOffice", "case-appeared supplier:5560160680",
        }));
    }

    [Test]
    public void A_sole_trader_has_no_key_to_be_told_by()
    {
        var told = Record(GivenCase.AtStep(3).Informed());
        var alone = told with { Signal = told.Signal! with { SupplierNumber = null }, Notice = told.Notice! with { Payload = told.Notice.Payload with { SupplierNumber = null } } };

        Assert.That(NationalChanges.Between(Nothing, alone, default).Select(c => string.Join(' ', c.Audience)).Distinct(), Is.EqualTo(new[] { "regions coordination nationalOffice" }));
    }

    private static NationalRecord Record(GivenCase given) => NationalAccessPolicy.RecordOf(given.State);

    private static NationalRecord Disclosed(NationalRecord record, string recipient) =>
        record with { Disclosures = [.. record.Disclosures, new Disclosed(Guid.NewGuid(), recipient, DisclosureBasis.Consent, record.Notice!.ExpiresAt)] };

    private static string[] Between(NationalRecord before, NationalRecord after, DateTimeOffset at = default) =>
        [.. NationalChanges.Between(before, after, at).Select(c => $"{c.Type["national-".Length..^".v1".Length]} {string.Join(' ', c.Audience)}")];
}
