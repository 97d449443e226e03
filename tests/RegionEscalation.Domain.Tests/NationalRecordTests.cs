using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;
using RegionEscalation.Domain.Tests.Walks;

namespace RegionEscalation.Domain.Tests;

/// <summary>Everything that the national register holds of a case: signal, notice, recipients, disclosures, summary and course.</summary>
public class NationalRecordTests
{
    [Test]
    public void Of_no_case_and_of_one_that_never_was_above_two_it_holds_nothing()
    {
        Assert.That(NationalAccessPolicy.RecordOf(null), Is.EqualTo(NationalRecord.Nothing));
        for (var step = 0; step < LadderDefinition.FirstNationalStep; step++)
        {
            foreach (var given in new[] { GivenCase.AtStep(step).ActivitiesDone(), GivenCase.AtStep(step).Heard(), GivenCase.AtStep(step).Closed() })
                IsNothing(given);
        }
    }

    [TestCase(3)]
    [TestCase(4)]
    [TestCase(5)]
    public void At_three_to_five_it_holds_the_signal_the_notice_and_whom_it_went_to(int step)
    {
        var given = GivenCase.AtStep(step).Informed();
        var (notice, record) = (given.LatestNotice, NationalAccessPolicy.RecordOf(given.State));

        Assert.Multiple(() =>
        {
            Assert.That(record.Signal!.Step, Is.EqualTo(step));
            Assert.That(record.Notice, Is.EqualTo(new SentNotice(notice.Id, notice.Issue!.Number, notice.Kind, given.Now, notice.Issue.RemindAt, notice.Issue.ExpiresAt, false, notice.Payload)));
            Assert.That(record.Recipients, Is.EqualTo(notice.Issue.Recipients));
            Assert.That((record.Disclosures.Count, record.Summary), Is.EqualTo((0, (NationalSummary?)null)), "nothing beyond T0 without a decision");
            Assert.That(record.Course.Select(v => (v.Step, v.LeftBy)), Is.EqualTo(Enumerable.Range(3, step - 2).Select(s => (s, s == step ? (WayLeft?)null : WayLeft.Upwards))));
        });
    }

    [Test]
    public void A_draft_is_the_regions_own()
    {
        var given = GivenCase.AtStep(3).Prepared().Notified(0);

        Assert.That(NationalAccessPolicy.RecordOf(given.State) is { Notice: null, Recipients.Count: 0, Signal.Preliminary: true }, Is.True);
    }

    [Test]
    public void What_was_told_lives_on_below_three_until_it_expires()
    {
        var given = GivenCase.AtStep(3).Informed().WayBackOpen().SteppedDown();
        Holds(given, NoticeKind.Initial);

        given.Informed(NoticeKind.AllClear);
        Holds(given, NoticeKind.AllClear);
        Assert.That(NationalAccessPolicy.RecordOf(given.State).Course.Single() is { Step: 3, LeftBy: WayLeft.WayBack }, Is.True);

        given.Later(months: 12).ExpiriesNoted();
        Assert.That(NationalAccessPolicy.RecordOf(given.State) is { Signal: null, Notice: null, Recipients.Count: 0, Course.Count: 1 }, Is.True);

        static void Holds(GivenCase given, NoticeKind kind)
        {
            var record = NationalAccessPolicy.RecordOf(given.State);
            Assert.That((record.Signal, record.Notice!.Kind, record.Summary, record.Disclosures.Count), Is.EqualTo(((NationalSignal?)null, kind, (NationalSummary?)null, 0)));
        }
    }

    [TestCase(CaseOutcome.Resolved, WayLeft.Resolved)]
    [TestCase(CaseOutcome.Merged, WayLeft.Merged)]
    [TestCase(CaseOutcome.Transferred, WayLeft.Transferred)]
    [TestCase(CaseOutcome.Terminated, WayLeft.Terminated)]
    public void Every_way_out_is_in_the_course(CaseOutcome outcome, WayLeft way)
    {
        var given = outcome switch
        {
            CaseOutcome.Terminated => GivenCase.AtStep(5).ActivitiesDone().Ended().EvidenceComplete(),
            CaseOutcome.Resolved => GivenCase.AtStep(3).ActivitiesDone().WayBackOpen(),
            _ => GivenCase.AtStep(3).ActivitiesDone(),
        };
        given.And(GivenCase.Closing(outcome));

        var record = NationalAccessPolicy.RecordOf(given.State);

        Assert.That((record.Course[^1].LeftAt, record.Course[^1].LeftBy, record.Signal is not null), Is.EqualTo((given.Now, way, outcome == CaseOutcome.Terminated)));
    }

    [Test]
    public void What_a_review_found_wrong_is_in_no_course()
    {
        var given = GivenCase.AtStep(4).Informed().ReviewedTo(3);

        Assert.That(NationalAccessPolicy.RecordOf(given.State).Course.Select(v => (v.Step, v.LeftBy)), Is.EqualTo(new[] { (3, (WayLeft?)WayLeft.Upwards), (3, null) }));
    }

    [Test]
    public void What_was_unfounded_is_in_no_course_also_when_the_case_is_opened_again()
    {
        var given = GivenCase.AtStep(4).Informed().Closed();
        Assert.That(NationalAccessPolicy.RecordOf(given.State) is { Signal: null, Course.Count: 0, Notice.Kind: NoticeKind.Update }, Is.True);

        var serious = Some.Serious(given.Now);
        given.And(new ReopenCase(4, [serious], Some.Basis(Trigger.SeriousDeviation, Some.Evidence(serious)), null));

        Assert.That(NationalAccessPolicy.RecordOf(given.State).Course.Select(v => (v.Step, v.EnteredAt)), Is.EqualTo(new[] { (4, given.Now) }));
    }

    [Test]
    public void What_is_disclosed_is_the_summary_and_to_whom()
    {
        var given = GivenCase.AtStep(3).Informed();
        foreach (var recipient in new[] { "region:13", Disclosures.RegionsConcerned, "coordination", "partner:adda", "supplier" })
            Disclose(given, recipient);

        var record = NationalAccessPolicy.RecordOf(given.State);

        Assert.That(record.Disclosures.Select(d => d.Recipient), Is.EqualTo(new[] { "region:13", "regionsConcerned", "coordination", "partner:adda", "supplier:5560360793" }));
        Assert.That(record.Disclosures.Select(d => d.ExpiresAt).Distinct(), Is.EqualTo(new[] { SwedishTime.EndOf(SwedishTime.DateOf(given.Now).AddMonths(6)) }));
        Assert.That(record.Summary, Is.Not.Null);
    }

    [Test]
    public void To_a_sole_trader_nothing_is_disclosed_by_the_register()
    {
        var state = Disclose(GivenCase.AtStep(3).Informed(), "supplier").State with { Supplier = new Supplier(Guid.NewGuid(), "1212121212", "Tolvans Transport") };

        Assert.That(NationalAccessPolicy.RecordOf(state) is { Disclosures.Count: 0, Summary: null }, Is.True);
    }

    [Test]
    public void The_summary_holds_codes_and_of_words_what_is_meant_for_others()
    {
        var given = GivenCase.AtStep(4).Informed().CriteriaSet("Inga restnoteringar på fyra veckor").MeasuresInForce()
            .Attached(Some.Serious(Some.Start, CausedBy.Region));
        given.Happened(c => Said(c, "Vi har byggt ut lagret", null)).Happened(c => Said(c, "Priset var 4711 kronor", "Priser"));
        given.PlanAgreed();
        var summary = NationalAccessPolicy.RecordOf(Disclose(given, "region:13").State).Summary!;

        Assert.Multiple(() =>
        {
            Assert.That(summary.ConsequenceAreas, Is.EqualTo(new[] { ConsequenceArea.Patient }));
            Assert.That((summary.Deviations, summary.SeriousDeviations), Is.EqualTo((given.State.Deviations.Count(d => d.Counts()), 1)), "what the region has caused does not count");
            Assert.That(summary.PlanStatus, Is.EqualTo(NationalPlanStatus.InForce));
            Assert.That(summary.Sanctions, Is.EqualTo(new[] { SanctionKind.Penalty }));
            Assert.That(summary.ReturnCriteria, Is.EqualTo(new[] { "Inga restnoteringar på fyra veckor" }));
            Assert.That(summary.SupplierStatements, Is.EqualTo(new[] { "Vi har byggt ut lagret" }));
            Assert.That(typeof(NationalSummary).GetProperties().Where(p => p.PropertyType == typeof(IReadOnlyList<string>)).Select(p => p.Name),
                Is.EquivalentTo(new[] { "ReturnCriteria", "SupplierStatements" }), "no other words");
            Assert.That(typeof(NationalSummary).GetProperties().Select(p => p.PropertyType), Has.None.EqualTo(typeof(string)));
        });
    }

    [Test]
    public void Nothing_that_is_the_regions_own_is_anywhere_in_the_register()
    {
        var given = Disclose(GivenCase.AtStep(4).Informed().MeasuresInForce().ContinuityIsAssessed(), "region:13");
        var written = Stored.Write(NationalAccessPolicy.RecordOf(given.State));

        foreach (var own in new[] { Some.Motivation, Some.Reporter, "RS 2026", "20000", "12000", "7.3", "A-1", "Utebliven leverans", "Operationer flyttas", "Ersättningsköp", "Inköpschef" })
            Assert.That(written, Does.Not.Contain(own));
    }

    [TestCase(PlanOutcome.Effective, NationalPlanStatus.Effective)]
    [TestCase(PlanOutcome.PartlyEffective, NationalPlanStatus.PartlyEffective)]
    [TestCase(PlanOutcome.WithoutEffect, NationalPlanStatus.WithoutEffect)]
    [TestCase(PlanOutcome.NotFollowed, NationalPlanStatus.NotFollowed)]
    public void Of_a_plan_its_status_is_told(PlanOutcome outcome, NationalPlanStatus status)
    {
        var given = Disclose(GivenCase.AtStep(3).Informed(), "region:13").PlanEstablished();
        Assert.That(Status(given), Is.EqualTo(NationalPlanStatus.Drafted));
        Assert.That(Status(given.PlanEvaluated(outcome)), Is.EqualTo(status));
        Assert.That(Status(Disclose(GivenCase.OpenedBy(Some.Opening(4, Trigger.SeriousDeviation, Some.Serious(Some.Start))).Informed(), "region:13")), Is.Null);

        static NationalPlanStatus? Status(GivenCase given) => NationalAccessPolicy.RecordOf(given.State).Summary!.PlanStatus;
    }

    private static GivenCase Disclose(GivenCase given, string recipient) => given.And(new DecideDisclosure(
        Guid.NewGuid(), Some.Disclosure(given.Now, recipient, DisclosureBasis.NotSecret), Some.OwnRegion));

    private static SupplierStatementReceived Said(GivenCase c, string text, string? secrecyClaim) =>
        new(c.Now, Guid.NewGuid(), new StatementContent(text, "Kvalitetschef", c.Now, null, null, secrecyClaim));

    private static void IsNothing(GivenCase given) =>
        Assert.That(Stored.Same(NationalAccessPolicy.RecordOf(given.State), NationalRecord.Nothing), Is.True);
}
