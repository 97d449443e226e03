using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>From the report to the closure: analysis (R-V2), downgrade (R-V1), unfounded (R-Z3), what belongs to it, and what its case makes of that.</summary>
public class DeviationClosureTests
{
    private const string Reason = "Kvalitetssamordnaren har lämnat sin tjänst i regionen.";
    private static readonly DateTimeOffset Now = Some.Start;
    private static readonly Analysis Found = new(RootCause.Capacity, "Lagret saknade säkerhetsnivå.", true, null, Some.Assessor);
    private static readonly Analysis NotNeeded = new(null, null, null, "Enstaka fel som leverantören själv har utrett.", Some.Assessor);
    private static readonly Attachment Slip = new("Följesedel", "26RK1024-7", new string('a', 64), "application/pdf", 4711);

    [Test]
    public void The_status_is_the_furthest_that_it_has_come()
    {
        var reported = Some.Reported(Now);
        var assessed = Some.Deviation(Now);
        var handled = After(assessed, new HandleDeviation("Ersatt", Some.Assessor));
        var analysed = After(handled, new AnalyseDeviation(Found));
        var fedBack = After(analysed, new FeedBackDeviation("Åtgärdat", Some.Reporter));
        var closed = After(fedBack, Closing());

        Assert.That(new[] { reported, assessed, handled, analysed, fedBack, closed }.Select(d => d.Status()), Is.EqualTo(new[]
        {
            DeviationStatus.Reported, DeviationStatus.Assessed, DeviationStatus.Handled, DeviationStatus.Analysed, DeviationStatus.FedBack, DeviationStatus.Closed,
        }));
        Assert.That(After(After(handled, new FeedBackDeviation("Åtgärdat", Some.Reporter)), new AnalyseDeviation(Found)).Status(), Is.EqualTo(DeviationStatus.FedBack),
            "feeding back needs no analysis, and an analysis after it goes no further");
        Assert.That(closed.ResolvedAt(), Is.EqualTo(fedBack.ResolvedAt()));
    }

    [Test]
    public void What_is_missing_for_closing_is_each_a_reason_of_its_own_with_the_resource_that_meets_it()
    {
        var decision = Deciding(Closing(), Some.Deviation(Now));

        Rejected(decision, "R-V2 notHandled", "R-V2 notAnalysed", "R-V2 notFedBack");
        Assert.That(decision.Rejections.Select(r => r.MetBy), Is.EqualTo(new[] { "handlings", "analyses", "feedbacks" }));
        Assert.That(Deciding(Closing(), Some.Reported(Now)).Rejections[0].MetBy, Is.EqualTo("assessments"), "nothing is handled before it is assessed");
        Rejected(Deciding(Closing(), Some.Resolved(Some.Deviation(Now), Now)), "R-V2 notAnalysed");
    }

    [Test]
    public void Not_needing_an_analysis_closes_as_an_analysis_does() =>
        Assert.That(After(After(Some.Resolved(Some.Deviation(Now), Now), new AnalyseDeviation(NotNeeded)), Closing()).Status(), Is.EqualTo(DeviationStatus.Closed));

    [Test]
    public void An_analysis_has_a_cause_a_text_and_a_word_on_patterns_or_a_reason_for_none()
    {
        var assessed = Some.Deviation(Now);

        Rejected(Deciding(new AnalyseDeviation(new Analysis(null, " ", null, null, Some.Assessor)), assessed), "R-V2 causeMissing", "R-V2 analysisTextMissing", "R-V2 patternMissing");
        Rejected(Deciding(new AnalyseDeviation(Found with { NoAnalysisNeeded = Reason }), assessed), "R-V2 eitherAnalysisOrNone");
        Rejected(Deciding(new AnalyseDeviation(Found with { Cause = RootCause.Other, Text = null }), assessed), "R-V2 analysisTextMissing");
        Rejected(Deciding(new AnalyseDeviation(Found), Some.Reported(Now)), "deviationLifecycle notAssessed");
    }

    [Test]
    public void A_later_analysis_replaces_the_earlier_one()
    {
        var again = After(After(Some.Deviation(Now), new AnalyseDeviation(NotNeeded)), new AnalyseDeviation(Found));

        Assert.That(again.Analysis, Is.EqualTo(Found));
    }

    [Test]
    public void The_catalogue_names_every_cause_once_and_in_both_languages()
    {
        Assert.That(RootCauses.All.Select(c => c.Code), Is.EqualTo(Enum.GetValues<RootCause>()));
        Assert.That(RootCauses.All.Select(c => c.Label.Sv).Concat(RootCauses.All.Select(c => c.Label.En)), Is.Unique);
    }

    [TestCase(ClosureOutcome.Closed)]
    [TestCase(ClosureOutcome.Unfounded)]
    public void What_is_closed_stays_as_it_was_but_for_what_belongs_to_it(ClosureOutcome outcome)
    {
        var ready = After(Some.Resolved(Some.Deviation(Now), Now), new AnalyseDeviation(Found));
        var closed = After(ready, Closing(outcome));

        foreach (var command in new DeviationCommand[]
        {
            new AssessDeviation(Some.Assessment()), new HandleDeviation("Ersatt", Some.Assessor), new AnalyseDeviation(Found),
            new FeedBackDeviation("Åtgärdat", Some.Reporter), Closing(),
        })
            Rejected(Deciding(command, closed), "deviationLifecycle closed");
        if (outcome == ClosureOutcome.Unfounded)
            Rejected(Deciding(Closing(ClosureOutcome.Unfounded), closed), "deviationLifecycle closed");
        Assert.That(After(closed, new AddAttachments([Slip], Some.Assessor)).Attachments, Is.EqualTo(new[] { Slip }));
        Assert.That(After(closed, new LinkExternalRegistration(Stella("1"))).ExternalRegistrations, Has.Count.EqualTo(1));
    }

    [Test]
    public void What_was_serious_is_made_less_so_with_a_motivation_by_who_found_it_or_another_with_a_reason()
    {
        var serious = Some.Serious(Now);
        var less = Some.Assessment() with { Motivation = Some.Motivation };

        Assert.That(After(serious, new AssessDeviation(less)).Assessment?.Severity, Is.EqualTo(Severity.Deviation));
        Assert.That(After(serious, new AssessDeviation(less with { Assessor = "Kategoriledare", OtherAssessorReason = Reason })).Assessment?.Assessor, Is.EqualTo("Kategoriledare"));
        Rejected(Deciding(new AssessDeviation(less with { Motivation = Some.TooShort }), serious), "R-V1 downgradeMotivationTooShort");
        Rejected(Deciding(new AssessDeviation(less with { Assessor = "Kategoriledare" }), serious), "R-V1 otherAssessor");
        Rejected(Deciding(new AssessDeviation(less with { Assessor = "Kategoriledare", OtherAssessorReason = Some.TooShort }), serious), "R-V1 otherAssessor");
        Rejected(Deciding(new AssessDeviation(less with { Assessor = Some.Reporter, OtherAssessorReason = Reason }), serious), "R-V1 downgradedByReporter");
        Assert.That(Deciding(new AssessDeviation(Some.Assessment() with { Assessor = Some.Reporter }), Some.Deviation(Now)).IsRejected, Is.False, "what was never serious needs none of that");
    }

    [Test]
    public void Who_owns_an_assessment_as_serious_is_changed_with_a_reason_only()
    {
        var serious = Some.Serious(Now);
        var again = Some.Assessment(Severity.Serious) with { ConsequenceAreas = [ConsequenceArea.Economy] };
        var byAnother = again with { Assessor = "Kategoriledare" };

        Assert.That(After(serious, new AssessDeviation(again)).Assessment!.ConsequenceAreas, Is.EqualTo(new[] { ConsequenceArea.Economy }), "the same function needs none");
        Rejected(Deciding(new AssessDeviation(byAnother), serious), "R-V1 otherAssessor");
        Rejected(Deciding(new AssessDeviation(byAnother with { OtherAssessorReason = Some.TooShort }), serious), "R-V1 otherAssessor");
        Rejected(Deciding(new AssessDeviation(byAnother with { CausedBy = CausedBy.Region }), serious), "R-V1 otherAssessor");
        Rejected(Deciding(new AssessDeviation(again with { Assessor = Some.Reporter, OtherAssessorReason = Reason }), serious), "R-V1 assessorIsReporter");
        var taken = After(serious, new AssessDeviation(byAnother with { OtherAssessorReason = Reason }));
        Assert.That(Deciding(new AssessDeviation(Some.Assessment() with { Assessor = "Kategoriledare", Motivation = Some.Motivation }), taken).IsRejected, Is.False, "it is theirs now");
        Rejected(Deciding(new AssessDeviation(Some.Assessment() with { Motivation = Some.Motivation }), taken), "R-V1 otherAssessor");
        Assert.That(Deciding(new AssessDeviation(byAnother), Some.Deviation(Now)).IsRejected, Is.False, "what was not serious is nobody's");
    }

    /// <summary>R-G6, R-V1: what the region has caused never counts, however late it comes out; nothing else of what is resolved is assessed anew.</summary>
    [TestCase(false)]
    [TestCase(true)]
    public void What_was_handled_or_closed_may_still_prove_to_be_the_regions_own_doing(bool closed)
    {
        Deviation Done(Deviation deviation)
        {
            var analysed = After(Some.Resolved(deviation, Now), new AnalyseDeviation(Found));
            return closed ? After(analysed, Closing()) : analysed;
        }

        var (ordinary, serious) = (Done(Some.Deviation(Now)), Done(Some.Serious(Now)));
        var own = Some.Assessment(causedBy: CausedBy.Region) with { Motivation = Some.Motivation };
        var seriousOwn = Some.Assessment(Severity.Serious, CausedBy.Region);
        void Refused(Deviation deviation, Assessment assessment, params string[] rejections) => Rejected(Deciding(new AssessDeviation(assessment), deviation), rejections);

        foreach (var (deviation, assessment) in new[] { (ordinary, own), (serious, own), (serious, seriousOwn) })
        {
            var after = After(deviation, new AssessDeviation(assessment));
            Assert.That((after.Status(), after.Fault(), after.ResolvedAt(), after.AssessedAt, after.Closure),
                Is.EqualTo((deviation.Status(), Fault.Region, deviation.ResolvedAt(), deviation.AssessedAt, deviation.Closure)), "it stays as handled as it was");
            Refused(after, assessment, "deviationLifecycle alreadyResolved");
        }
        Refused(ordinary, own with { Motivation = Some.TooShort }, "R-V1 regionsOwnMotivationTooShort");
        Refused(Done(Some.Assessed(Some.Reported(Now), Some.Assessment() with { ConsequenceAreas = seriousOwn.ConsequenceAreas }, Now)), seriousOwn, "deviationLifecycle alreadyResolved");
        Refused(serious, seriousOwn with { ConsequenceAreas = [ConsequenceArea.Patient, ConsequenceArea.Economy] }, "deviationLifecycle alreadyResolved");
        Refused(serious, own with { Motivation = null }, "R-V1 downgradeMotivationTooShort");
        Refused(serious, own with { Assessor = Some.Reporter, OtherAssessorReason = Reason }, "R-V1 downgradedByReporter");
        Refused(serious, own with { Assessor = "Kategoriledare" }, "R-V1 otherAssessor");
        Refused(serious, seriousOwn with { Assessor = "Kategoriledare" }, "R-V1 otherAssessor");
        foreach (var causedBy in new[] { CausedBy.Supplier, CausedBy.Shared, CausedBy.Unknown })
            Refused(ordinary, own with { CausedBy = causedBy }, closed ? "deviationLifecycle closed" : "deviationLifecycle alreadyResolved");
        Refused(After(ordinary, Closing(ClosureOutcome.Unfounded)), own, "deviationLifecycle closed");
    }

    [Test]
    public void A_case_follows_what_proves_to_be_the_regions_own_and_a_closed_one_learns_it_when_it_opens_again()
    {
        var resolved = Some.Resolved(Some.Deviation(Now), Now);
        var given = GivenCase.AtStep(0).AllDeviationsUnfounded().Attached(resolved).Later(days: 3);
        var own = Some.Assessed(resolved, Some.Assessment(causedBy: CausedBy.Region) with { Motivation = Some.Motivation }, given.Now);
        var again = Some.Deviation(given.Now);
        var closing = GivenCase.Closing(CaseOutcome.Unfounded);

        given.Copy().When(closing).ThenRejected("R-Z3 deviationNotUnfounded");
        var reopened = given.Copy().ClosedAsTerminated().When(new ReopenCase(0, [again, own], Some.Basis(Trigger.SingleDeviation, Some.Evidence(again)), null)).Then();
        var followed = CaseDecider.Follow(given.State, resolved, own, given.Now);

        Assert.That(reopened.Deviations.Single(d => d.Id == own.Id).Assessment, Is.EqualTo(own.Assessment));
        Assert.That(followed, Is.EqualTo(new[] { new AttachedDeviationReassessed(given.Now, own.Id, own.Assessment!) }));
        given = followed.Aggregate(given, (g, e) => g.Happened(_ => e));
        Assert.That((given.State.Deviations[^1].Counts(), given.State.Deviations[^1].ResolvedAt), Is.EqualTo((false, (DateTimeOffset?)Now)));
        Assert.That(given.When(closing).Then().Outcome, Is.EqualTo(CaseOutcome.Unfounded));
    }

    [Test]
    public void What_was_handled_and_closed_may_still_turn_out_to_have_been_unfounded()
    {
        var closed = After(After(Some.Resolved(Some.Deviation(Now), Now), new AnalyseDeviation(Found)), Closing());

        Assert.That(After(closed, Closing(ClosureOutcome.Unfounded)).Status(), Is.EqualTo(DeviationStatus.Unfounded));
        Rejected(Deciding(Closing(ClosureOutcome.Unfounded) with { Motivation = Some.TooShort }, closed), "R-Z3 unfoundedMotivationTooShort");
    }

    [Test]
    public void Unfounded_is_said_at_any_time_with_a_motivation_and_of_what_is_serious_as_a_downgrade_is()
    {
        foreach (var open in new[] { Some.Reported(Now), Some.Deviation(Now), Some.Resolved(Some.Deviation(Now), Now) })
        {
            var unfounded = After(open, Closing(ClosureOutcome.Unfounded) with { DecidedBy = Some.Reporter });
            Assert.That((unfounded.Status(), unfounded.ResolvedAt() is not null), Is.EqualTo((DeviationStatus.Unfounded, true)));
        }
        Rejected(Deciding(Closing(ClosureOutcome.Unfounded) with { Motivation = Some.TooShort }, Some.Deviation(Now)), "R-Z3 unfoundedMotivationTooShort");
        Rejected(Deciding(Closing(ClosureOutcome.Unfounded) with { DecidedBy = Some.Reporter, OtherAssessorReason = Reason }, Some.Serious(Now)), "R-V1 downgradedByReporter");
        Rejected(Deciding(Closing(ClosureOutcome.Unfounded) with { DecidedBy = "Kategoriledare" }, Some.Serious(Now)), "R-V1 otherAssessor");
        Assert.That(Deciding(Closing(ClosureOutcome.Unfounded) with { DecidedBy = "Kategoriledare", OtherAssessorReason = Reason }, Some.Serious(Now)).IsRejected, Is.False);
    }

    [Test]
    public void It_was_discovered_after_it_occurred_and_not_in_the_future()
    {
        Rejected(Reporting(new DeviationDetails(DiscoveredAt: Now.AddHours(-3))), "field beforeOccurred");
        Rejected(Reporting(new DeviationDetails(DiscoveredAt: Now.AddSeconds(1))), "field inFuture");
        Assert.That(Reporting(new DeviationDetails(DiscoveredAt: Now)).IsRejected, Is.False);
        Rejected(Reporting(null, Stella("1") with { RegisteredAt = Now.AddMinutes(6) }), "field inFuture");
        Assert.That(Reporting(null, Stella("1") with { RegisteredAt = Now.AddMinutes(5) }).IsRejected, Is.False, "clocks differ a little");
    }

    [Test]
    public void A_report_carries_its_details_and_another_systems_id()
    {
        var details = new DeviationDetails("Operation", "Handskar", Now, [Topic.Labour, Topic.Corruption], [Slip]);
        var reported = Some.After(null, Reporting(details, Stella("ST-1")));

        Assert.That((reported.Details, reported.Attachments[0], reported.ExternalRegistrations[0]), Is.EqualTo((details, Slip, Stella("ST-1"))));
        Assert.That(reported.Version, Is.EqualTo(2));
        Assert.That(((DeviationReported)Reporting(DeviationDetails.None).Events[0]).Details, Is.Null, "nothing is written down of nothing");
    }

    [Test]
    public void A_deviation_has_at_most_twenty_attachments_and_registrations()
    {
        var full = After(Some.Reported(Now), new AddAttachments([.. Enumerable.Repeat(Slip, 20)], Some.Assessor));
        var everywhere = Enumerable.Range(1, 20).Aggregate(Some.Reported(Now), (d, n) => After(d, new LinkExternalRegistration(Stella($"{n}"))));

        Rejected(Deciding(new AddAttachments([Slip], Some.Assessor), full), "deviationLifecycle tooManyAttachments");
        Rejected(Deciding(new LinkExternalRegistration(Stella("21")), everywhere), "deviationLifecycle tooManyRegistrations");
        Rejected(Deciding(new LinkExternalRegistration(Stella("1") with { RegisteredAt = Now.AddDays(1) }), Some.Reported(Now)), "field inFuture");
    }

    [Test]
    public void The_same_registration_says_the_same_whatever_has_become_of_the_deviation()
    {
        var received = Received(new DeviationDetails("Operation", null, Now, [Topic.Labour], [Slip]));
        var known = Some.Resolved(After(Some.After(null, DeviationDecider.Decide(received, null, Now)), new AssessDeviation(Some.Assessment())), Now);
        known = After(known, new AddAttachments([Slip with { Title = "Foto" }], Some.Assessor));

        Assert.That(ExternalRegistrations.Between(known, "A-1", received with { DeviationId = Guid.NewGuid() }), Is.Empty);
    }

    [Test]
    public void Another_content_shows_every_field_that_differs_with_both_sides()
    {
        var known = Some.After(null, DeviationDecider.Decide(Received(new DeviationDetails("Operation", null, Now, [Topic.Labour], [Slip])), null, Now));
        var received = new ReportDeviation(Guid.NewGuid(), null, "Krav 5", "Annat", "Underleverantören", Now.AddHours(-2), "Intensivvården",
            new DeviationDetails("Intensiv", "Handskar", Now.AddHours(-1), [Topic.Labour, Topic.Corruption], [Slip with { Size = null }]), Stella("ST-1") with { RegisteredAt = Now });

        var differences = ExternalRegistrations.Between(known, "B-2", received);

        Assert.That(differences.Select(d => d.Field), Is.EqualTo(new[]
        {
            "contractNumber", "requirementReference", "description", "subSupplier", "occurredAt", "reportedBy", "unit", "articleOrService", "discoveredAt", "topics", "attachments", "registeredAt",
        }));
        Assert.That((differences[0].Registered, differences[0].Received, differences[7].Registered), Is.EqualTo(((object?)"A-1", (object?)"B-2", (object?)null)));
    }

    [Test]
    public void A_case_takes_no_unfounded_deviation()
    {
        var unfounded = After(Some.Deviation(Now), Closing(ClosureOutcome.Unfounded));

        GivenCase.AtStep(0).When(new AttachDeviation(unfounded)).ThenRejected("R-Z3 unfounded");
        Assert.That(GivenCase.WhenOpened(Some.Opening(0, Trigger.SingleDeviation, unfounded)).Decision.Rejections.Select(r => r.Reason), Does.Contain("unfounded"));
    }

    [Test]
    public void An_unfounded_deviation_of_a_case_counts_for_nothing_any_more()
    {
        var serious = Some.Serious(Now);
        var given = GivenCase.AtStep(0).Attached(serious);
        var unfounded = After(serious, Closing(ClosureOutcome.Unfounded));

        var followed = CaseDecider.Follow(given.State, serious, unfounded, Now);
        var copy = followed.Aggregate(given.State, EscalationCase.Evolve).Deviations[^1];

        Assert.That(followed.Single(), Is.InstanceOf<AttachedDeviationFoundUnfounded>());
        Assert.That((copy.Counts(), copy.IsOpenAndSerious(), copy.ResolvedAt, copy.UnfoundedAt), Is.EqualTo((false, false, (DateTimeOffset?)Now, (DateTimeOffset?)Now)));
    }

    [Test]
    public void Found_unfounded_after_it_was_resolved_it_was_resolved_all_the_same()
    {
        var resolved = Some.Resolved(Some.Deviation(Now), Now);
        var given = GivenCase.AtStep(0).Attached(resolved).Later(days: 3);
        var unfounded = Some.After(resolved, DeviationDecider.Decide(Closing(ClosureOutcome.Unfounded), resolved, given.Now));

        var copy = CaseDecider.Follow(given.State, resolved, unfounded, given.Now).Aggregate(given.State, EscalationCase.Evolve).Deviations[^1];

        Assert.That((copy.ResolvedAt, copy.UnfoundedAt), Is.EqualTo(((DateTimeOffset?)Now, (DateTimeOffset?)given.Now)));
    }

    [Test]
    public void A_reopened_case_learns_that_its_deviation_was_unfounded()
    {
        var attached = Some.Deviation(Now);
        var given = GivenCase.AtStep(0).Attached(attached).ClosedAsTerminated().Later(months: 1);
        var again = Some.Deviation(given.Now);
        var unfounded = Some.After(attached, DeviationDecider.Decide(Closing(ClosureOutcome.Unfounded), attached, given.Now));

        var reopened = given.When(new ReopenCase(0, [again, unfounded], Some.Basis(Trigger.SingleDeviation, Some.Evidence(again)), null)).Then();

        Assert.That(reopened.Deviations.Single(d => d.Id == attached.Id).UnfoundedAt, Is.EqualTo(given.Now));
    }

    [TestCase(CausedBy.Supplier, null, Fault.Supplier)]
    [TestCase(CausedBy.Shared, "Fel artikel packades", Fault.Supplier)]
    [TestCase(CausedBy.Shared, null, Fault.Undetermined)]
    [TestCase(CausedBy.Unknown, null, Fault.Undetermined)]
    [TestCase(CausedBy.Region, "Fel artikel packades", Fault.Region)]
    public void Whose_part_it_is_follows_from_the_assessment(CausedBy causedBy, string? part, Fault fault) =>
        Assert.That(Some.Deviation(Now, causedBy, part).Fault(), Is.EqualTo(fault));

    private static CloseDeviation Closing(ClosureOutcome outcome = ClosureOutcome.Closed) => new(outcome, Some.Motivation, Some.Assessor);

    private static ExternalRegistration Stella(string id) => new(ExternalSystem.Stella, id, Now.AddHours(-1));

    private static ReportDeviation Received(DeviationDetails? details, ExternalRegistration? registration = null) =>
        new(Guid.NewGuid(), Some.Contract(), "Krav 4.2", "Utebliven leverans", null, Now.AddHours(-1), Some.Reporter, details, registration ?? Stella("ST-1"));

    private static Decision<DeviationEvent> Reporting(DeviationDetails? details, ExternalRegistration? registration = null) =>
        DeviationDecider.Decide(Received(details, registration), null, Now);

    private static Deviation After(Deviation deviation, DeviationCommand command) => Some.After(deviation, Deciding(command, deviation));

    private static Decision<DeviationEvent> Deciding(DeviationCommand command, Deviation deviation) => DeviationDecider.Decide(command, deviation, Now);

    private static void Rejected(Decision<DeviationEvent> decision, params string[] expected)
    {
        Assert.That(decision.Rejections.Select(r => $"{r.Code} {r.Reason}"), Is.EqualTo(expected));
        Assert.That(decision.Events, Is.Empty);
        Assert.That(decision.Rejections.Where(r => r.Message.Sv.Length == 0 || r.Message.En.Length == 0 || r.Message.Sv == r.Message.En), Is.Empty);
    }
}
