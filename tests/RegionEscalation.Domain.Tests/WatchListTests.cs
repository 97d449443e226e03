using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.WatchList;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-W1, L26-055: suppliers that are watched without a case, and the cases that are opened from there.</summary>
public class WatchListTests
{
    private static readonly DateTimeOffset Now = Some.Start;
    private static readonly DateOnly Today = SwedishTime.DateOf(Now);
    private static readonly DateTimeOffset LastDay = SwedishTime.EndOf(Today.AddDays(30));

    [Test]
    public void A_supplier_is_watched_under_a_contract_or_as_a_whole()
    {
        var ofContract = Watching(Adding());
        var ofAll = Watching(Adding() with { ContractNumber = null, Contract = null });

        Assert.That((ofContract.Supplier, ofContract.Contract!.Number, ofContract.Since, ofContract.State), Is.EqualTo((Some.Supplier, "A-1", Now, WatchState.Watching)));
        Assert.That((ofAll.Contract, ofAll.ReviewBy), Is.EqualTo(((Domain.Contracts.ContractReference?)null, Today.AddDays(30))));
    }

    [Test]
    public void The_review_is_today_at_the_earliest_and_six_months_ahead_at_most() => Assert.Multiple(() =>
    {
        Assert.That(Reasons(Adding() with { ReviewBy = Today }), Is.Empty);
        Assert.That(Reasons(Adding() with { ReviewBy = Today.AddMonths(6) }), Is.Empty);
        Assert.That(Reasons(Adding() with { ReviewBy = Today.AddDays(-1) }), Is.EqualTo(new[] { "R-W1 reviewInPast" }));
        Assert.That(Reasons(Adding() with { ReviewBy = Today.AddMonths(6).AddDays(1) }), Is.EqualTo(new[] { "R-W1 reviewTooFarAhead" }));
    });

    [Test]
    public void Supplier_and_contract_are_the_regions_and_belong_together() => Assert.Multiple(() =>
    {
        Assert.That(Reasons(Adding() with { Supplier = null }), Is.EqualTo(new[] { "field unknownSupplier" }));
        Assert.That(Reasons(Adding() with { Contract = null }), Is.EqualTo(new[] { "field unknownContract" }));
        Assert.That(Reasons(Adding() with { Supplier = Some.Supplier with { Id = Guid.NewGuid() } }), Is.EqualTo(new[] { "R-G1 otherSupplier" }));
    });

    [Test]
    public void The_same_is_watched_once_at_a_time_and_again_when_it_has_lapsed()
    {
        var standing = Watching(Adding());

        Assert.That(Reasons(Adding() with { Standing = standing }), Is.EqualTo(new[] { "R-W1 alreadyWatched" }));
        Assert.That(WatchDecider.Decide(Adding() with { Standing = standing, ReviewBy = Today.AddMonths(2) }, null, LastDay).Rejections, Is.Empty);
    }

    [Test]
    public void It_begins_with_a_risk_assessment_where_one_is_given_by_the_rules_of_a_case()
    {
        var risk = new OpeningRisk(Guid.NewGuid(), Some.Risk(Now));

        Assert.That(Watching(Adding() with { Risk = risk }).RiskAssessments, Is.EqualTo(new[] { new WatchRiskAssessment(risk.RecordId, Now, risk.Content) }));
        var rejected = WatchDecider.Decide(Adding() with { Risk = risk with { Content = Some.Risk(Now) with { Areas = [], ValidUntil = Today.AddDays(-1) } } }, null, Now);
        Assert.That(rejected.Rejections.Select(r => (r.Reason, r.Field)),
            Is.EqualTo(new[] { ("consequenceAreaMissing", "riskAssessment.areas"), ("inPast", "riskAssessment.validUntil") }));
    }

    [Test]
    public void A_later_assessment_stands_beside_the_one_that_it_supersedes_and_is_the_one_that_is_valid()
    {
        var entry = After(Watching(Adding()), new AssessWatchedRisk(Guid.NewGuid(), Some.Risk(Now)));
        var later = After(entry, new AssessWatchedRisk(Guid.NewGuid(), Some.Risk(Now) with { ValidUntil = Today }));

        Assert.That((entry.HasValidRisk(Now), later.RiskAssessments.Count, later.HasValidRisk(Now), later.HasValidRisk(Now.AddDays(1))), Is.EqualTo((true, 2, true, false)));
        Assert.That(Reasons(new AssessWatchedRisk(Guid.NewGuid(), Some.Risk(Now) with { Areas = [] }), entry), Is.EqualTo(new[] { "field consequenceAreaMissing" }));
    }

    [Test]
    public void A_renewal_is_later_than_before_and_no_further_ahead_than_at_first()
    {
        var entry = Watching(Adding());
        var renewed = After(entry, Renewing(Today.AddDays(60)));

        Assert.That((renewed.ReviewBy, renewed.Renewals.Single()), Is.EqualTo((Today.AddDays(60), new WatchRenewal(Now, Today.AddDays(60), "Flytten dröjer", "Avtalsansvarig"))));
        Assert.That(Reasons(Renewing(Today.AddDays(30)), entry), Is.EqualTo(new[] { "R-W1 reviewNotLater" }));
        Assert.That(Reasons(Renewing(Today.AddMonths(7)), entry), Is.EqualTo(new[] { "R-W1 reviewTooFarAhead" }));
    }

    [Test]
    public void It_lapses_with_its_last_day_whether_that_is_noted_or_not()
    {
        var entry = Watching(Adding());

        Assert.That((entry.StateAt(LastDay.AddTicks(-10)), entry.StateAt(LastDay)), Is.EqualTo((WatchState.Watching, WatchState.Expired)));
        Assert.That(WatchDecider.Decide(new NoteLapse(), entry, LastDay.AddTicks(-10)).Events, Is.Empty, "not before");
        var noted = After(entry, new NoteLapse(), LastDay.AddHours(3));
        Assert.That((noted.State, noted.EndedAt, noted.LapsesAt()), Is.EqualTo((WatchState.Expired, (DateTimeOffset?)LastDay, (DateTimeOffset?)LastDay)));
        Assert.That(WatchDecider.Decide(new NoteLapse(), noted, LastDay.AddDays(1)).Events, Is.Empty, "once");
    }

    [Test]
    public void Nothing_more_happens_to_what_has_ended()
    {
        var entry = Watching(Adding());
        var ended = new[]
        {
            After(entry, new ClearFromWatchList("Flytten är klar", "Avtalsansvarig")), After(entry, new PromoteWatch(Guid.NewGuid())), After(entry, new NoteLapse(), LastDay),
        };
        WatchCommand[] commands = [Renewing(Today.AddDays(60)), new AssessWatchedRisk(Guid.NewGuid(), Some.Risk(Now)), new ClearFromWatchList("Åter", "Avtalsansvarig"), new PromoteWatch(Guid.NewGuid())];

        Assert.That(ended.Select(e => e.State), Is.EqualTo(new[] { WatchState.Cleared, WatchState.Promoted, WatchState.Expired }));
        foreach (var command in commands)
        {
            Assert.That(ended.Select(e => Reasons(command, e).Single()), Is.All.EqualTo("watchLifecycle notWatching"), command.GetType().Name);
            Assert.That(Reasons(command, entry, LastDay), Is.EqualTo(new[] { "watchLifecycle notWatching" }), "lapsed, and not noted yet");
        }
        Assert.That((ended[0].EndReason, ended[0].ClearedBy, ended[0].EndedAt, ended[0].LapsesAt()), Is.EqualTo(("Flytten är klar", "Avtalsansvarig", (DateTimeOffset?)Now, (DateTimeOffset?)null)));
    }

    [Test]
    public void An_entry_holds_so_much_and_no_more()
    {
        var full = Watching(Adding()) with { RiskAssessments = [.. Enumerable.Range(0, 200).Select(_ => new WatchRiskAssessment(Guid.NewGuid(), Now, Some.Risk(Now)))] };

        Assert.That(Reasons(new AssessWatchedRisk(Guid.NewGuid(), Some.Risk(Now)), full), Is.EqualTo(new[] { "watchLifecycle tooMany" }));
        Assert.That(Reasons(Renewing(Today.AddDays(60)), full), Is.EqualTo(new[] { "watchLifecycle tooMany" }));
    }

    [Test]
    public void Every_rejection_has_a_text_in_both_languages()
    {
        var entry = Watching(Adding());
        var rejections = new[]
        {
            WatchDecider.Decide(Adding() with { Supplier = null, Contract = null, ReviewBy = Today.AddYears(1), Standing = entry }, null, Now),
            WatchDecider.Decide(Adding() with { Supplier = Some.Supplier with { Id = Guid.NewGuid() }, ReviewBy = Today.AddDays(-1) }, null, Now),
            WatchDecider.Decide(Renewing(Today), entry, Now), WatchDecider.Decide(Renewing(Today), entry, LastDay),
        }.SelectMany(d => d.Rejections);

        Assert.That(rejections.Where(r => r.Message.Sv == r.Message.En || !r.Message.Sv.EndsWith('.') || !r.Message.En.EndsWith('.')), Is.Empty);
    }

    [Test]
    public void A_case_is_opened_from_the_risk_with_the_whole_history_of_the_watch()
    {
        var entry = After(After(After(Watching(Adding() with { Risk = new OpeningRisk(Guid.NewGuid(), Some.Risk(Now) with { ValidUntil = Today }) }),
            Renewing(Today.AddDays(60)), Now.AddDays(5)), new AssessWatchedRisk(Guid.NewGuid(), Some.Risk(Now)), Now.AddDays(6)), Renewing(Today.AddDays(90)), Now.AddDays(7));

        var outcome = GivenCase.WhenOpened(Opening(entry), Some.Context(Now.AddDays(10)));
        var opened = outcome.Then();

        Assert.That((opened.Step, opened.Trigger, outcome.Then<CaseOpened>().Basis.Evidence.Select(e => e.Id!.Value)), Is.EqualTo((0, Trigger.Risk, entry.RiskAssessments.Select(a => a.Id))));
        Assert.That(opened.Of<RiskAssessment>().Select(r => (r.Id, r.AssessedAt, r.RecordedAt, r.Content)), Is.EqualTo(
            entry.RiskAssessments.Select(a => (a.Id, (DateTimeOffset?)a.At, Now.AddDays(10), a.Content))));
        Assert.That(opened.Watched, Is.EqualTo(entry.History()));
        Assert.That((opened.Watched!.Since, opened.Watched.Reason, opened.Watched.Renewals.Count), Is.EqualTo((Now, "Lagret flyttas", 2)));
        Assert.That(CaseActivities.IsDoneByRecord(opened, 0, "riskAssessment"));
        Assert.That(outcome.Decision.Events.Select(e => e.At).Distinct(), Is.EqualTo(new[] { Now.AddDays(10) }), "recorded now, whenever it was made");
    }

    [Test]
    public void A_case_is_opened_from_the_watch_by_a_risk_that_is_assessed_and_valid()
    {
        var without = Watching(Adding());
        var outdated = After(without, new AssessWatchedRisk(Guid.NewGuid(), Some.Risk(Now) with { ValidUntil = Today }));
        var later = Some.Context(Now.AddDays(2));

        GivenCase.WhenOpened(Opening(without), later).ThenContains("R-E0 riskNotAssessed");
        GivenCase.WhenOpened(Opening(outdated), later).ThenRejected("R-E0 riskNotAssessed");
        Assert.That(GivenCase.WhenOpened(Opening(outdated) with { Risk = new OpeningRisk(Guid.NewGuid(), Some.Risk(later.Now)) }, later).Then().Of<RiskAssessment>().Select(r => r.AssessedAt),
            Is.EqualTo(new DateTimeOffset?[] { Now, null }));
    }

    [Test]
    public void A_case_opened_from_the_watch_is_about_what_was_watched()
    {
        var risk = new AssessWatchedRisk(Guid.NewGuid(), Some.Risk(Now));
        var ofContract = After(Watching(Adding()), risk);
        var ofAll = After(Watching(Adding() with { ContractNumber = null, Contract = null }), risk);
        var another = Some.Contract("B-2");
        var anothers = Some.Contract("C-3", Some.Supplier with { Id = Guid.NewGuid() });

        GivenCase.WhenOpened(Opening(ofAll) with { Contract = another }).Then<CaseOpened>();
        GivenCase.WhenOpened(Opening(ofContract) with { Contract = another }).ThenRejected("R-G1 otherThanWatched");
        GivenCase.WhenOpened(Opening(ofAll) with { Contract = anothers }).ThenRejected("R-G1 otherThanWatched");
    }

    private static OpenCase Opening(WatchEntry entry) => Some.Opening(0, Trigger.Risk) with { Watch = entry };

    private static AddToWatchList Adding() => new(
        Guid.NewGuid(), Some.Supplier, "A-1", Some.Contract(), "Lagret flyttas", "Leverantörsuppföljning", "Avtalsansvarig", Today.AddDays(30), null, null);

    private static RenewWatch Renewing(DateOnly reviewBy) => new(reviewBy, "Flytten dröjer", "Avtalsansvarig");

    private static WatchEntry Watching(AddToWatchList command) => After(null, command);

    private static WatchEntry After(WatchEntry? entry, WatchCommand command, DateTimeOffset? at = null)
    {
        var decision = WatchDecider.Decide(command, entry, at ?? Now);
        Assert.That(decision.Rejections, Is.Empty);
        return decision.Events.Aggregate(entry, WatchEntry.Evolve)!;
    }

    private static string[] Reasons(WatchCommand command, WatchEntry? entry = null, DateTimeOffset? at = null) =>
        [.. WatchDecider.Decide(command, entry, at ?? Now).Rejections.Select(r => $"{r.Code} {r.Reason}")];
}
