using System.Text.RegularExpressions;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.Regions;

namespace RegionEscalation.Domain.Tests;

/// <summary>Every command, well-formed and not, against a range of cases: what holds whatever is decided.</summary>
public partial class RejectionSurfaceTests
{
    private static readonly Outcome[] Everything = [.. States.All().SelectMany(s => Walk(s.Make()))];

    [Test]
    public void A_decision_is_events_or_rejections_and_never_both() =>
        Assert.That(Everything.Where(o => o.Command is not NoteExpiries).Select(o => o.Decision).Where(d => d.Events.Count > 0 == d.Rejections.Count > 0), Is.Empty);

    [Test]
    public void Every_rejection_has_a_code_and_a_reason() =>
        Assert.That(Rejections().Where(r => !Code().IsMatch(r.Code) || !Reason().IsMatch(r.Reason)), Is.Empty);

    [Test]
    public void Every_rejection_has_a_text_in_both_languages() =>
        Assert.That(Rejections().Where(r => !Sentence().IsMatch(r.Message.Sv) || !Sentence().IsMatch(r.Message.En) || r.Message.Sv == r.Message.En), Is.Empty);

    [Test]
    public void Whatever_is_accepted_can_be_folded_and_moves_the_step_only_where_a_transition_says_so()
    {
        var moves = Everything.Where(o => o.Before is not null && !o.Decision.IsRejected)
            .Select(o => (Before: o.Before!, o.Decision.Events, After: o.Decision.Events.Aggregate(o.Before!, EscalationCase.Evolve)));

        Assert.That(moves.Where(m => m.After.Step != Told(m.Events, m.Before.Step) || m.After.Step is < 0 or > LadderDefinition.HighestStep
            || m.After.Version != m.Before.Version + m.Events.Count), Is.Empty);

        static int Told(IReadOnlyList<CaseEvent> events, int otherwise) =>
            events.Select(e => e switch { CaseEscalated x => x.ToStep, CaseDeEscalated x => x.ToStep, CaseReopened x => x.Step, _ => (int?)null }).SingleOrDefault(s => s is not null) ?? otherwise;
    }

    /// <summary>By the walk, or by a test that names the rule and the reason.</summary>
    [Test]
    public void Every_reason_that_the_domain_can_give_is_met()
    {
        var given = Repository.Sources("src/RegionEscalation.Domain")
            .SelectMany(f => Reasons().Matches(f.Text)).Select(m => m.Groups["reason"].Value).Distinct();

        var met = Rejections().Select(r => r.Reason).Concat(DeviationsOwn())
            .Concat(Repository.Sources("tests/RegionEscalation.Domain.Tests").SelectMany(f => Named().Matches(f.Text)).Select(m => m.Groups["reason"].Value));

        Assert.That(given.Except(met), Is.Empty);
    }

    [GeneratedRegex(@"""(?:R-[A-Z][0-9]+[ab]?|field|[a-z]\w+Lifecycle) (?<reason>[a-z]\w+)""")]
    private static partial Regex Named();

    /// <summary>Where the sources make a rejection, its reason is the first literal after the code or the field.</summary>
    [GeneratedRegex(@"(?:new Rejection\([^""]*(?:""[^""]*"")?[^""]*,\s*|InField\((?:""[^""]*""|\w+),\s*|\bnew\(rule,\s*|\b(?:[A-Z][0-9]|Lifecycle)\()\s*""(?<reason>[a-z]\w+)""|\bnew\(""R-\w+"", ""(?<reason>\w+)""")]
    private static partial Regex Reasons();

    [GeneratedRegex("^(R-[A-Z][0-9]+[ab]?|field|[a-z]+[A-Za-z]*Lifecycle)$")]
    private static partial Regex Code();

    [GeneratedRegex("^[a-z][A-Za-z]+$")]
    private static partial Regex Reason();

    [GeneratedRegex("^[A-ZÅÄÖ].{10,}[.]$")]
    private static partial Regex Sentence();

    private static IEnumerable<Rejection> Rejections() => Everything.SelectMany(o => o.Decision.Rejections);

    private static IEnumerable<Outcome> Walk(GivenCase given) =>
        Commands(given).Select(c => given.When(c)).Concat(Openings(given.Now).Select(GivenCase.WhenOpened));

    private static IEnumerable<CaseCommand> Commands(GivenCase given)
    {
        foreach (var basis in Bases(given))
        {
            for (var step = -1; step <= 6; step++)
            {
                yield return new Escalate(step, basis);
                yield return new DeEscalate(step, basis);
            }
            yield return new CloseCase(CaseOutcome.Resolved, basis, null, null);
            yield return new CloseCase(CaseOutcome.Unfounded, basis, null, null);
            foreach (var outcome in Enum.GetValues<CaseOutcome>())
            {
                yield return new CloseCase(outcome, basis, null, null);
                yield return GivenCase.Closing(outcome, basis);
            }
            yield return new Escalate(5, basis, Some.Ground(immediate: true), Some.Contract());
            yield return new Escalate(5, basis, Some.Ground() with { ClauseReference = "99", SecondApprover = null, Deferral = new HearingDeferral(DeferralReason.Crime, Some.TooShort) }, null);
            yield return new Escalate(3, basis, Some.Ground());
            for (var step = -1; step <= 6; step++)
                yield return new ReopenCase(step, [Some.Reported(given.Now), Some.Deviation(given.Now)], basis, null);
            yield return new ReopenCase(0, [], basis, Guid.NewGuid());
        }

        yield return new AttachDeviation(null);
        yield return new AttachDeviation(Some.Reported(given.Now));
        yield return new AttachDeviation(Some.Reported(given.Now, contract: Some.Contract("B-2")));
        yield return new AttachDeviation(Deviation.Evolve(Some.Reported(given.Now), new DeviationJoinedCase(given.Now, Guid.NewGuid())));

        foreach (var code in Some.Ladder.Steps.SelectMany(s => s.Activities.Concat(s.SpecificActivities)).Select(a => a.Code).Distinct().Append("unknown"))
        {
            foreach (var step in new int?[] { null, -1, 0, 6 })
            {
                yield return new CompleteActivity(code, step, given.Now, "Avtalsansvarig", "Genomfört");
                yield return new CompleteActivity(code, step, given.Now.AddDays(1), "Avtalsansvarig", "Genomfört");
                yield return new CompleteActivity(code, step, given.State.OpenedAt.AddDays(-1), "Avtalsansvarig", "Genomfört");
                yield return new DispenseWithActivity(code, step, "Behövs inte", "Avtalsansvarig");
            }
        }

        yield return new EstablishActionPlan(Guid.NewGuid(), Some.Plan(given.Now));
        yield return new EstablishActionPlan(Guid.NewGuid(), Some.Plan(given.Now, days: -1));
        foreach (var plan in given.State.ActionPlans.Select(p => p.Id).Append(Guid.NewGuid()))
        {
            yield return new ReviseActionPlan(plan, Some.Plan(given.Now));
            yield return new AgreeActionPlan(plan, Agreement.Imposed, "Avtalsansvarig");
            yield return new EvaluateActionPlan(plan, Guid.NewGuid(), PlanOutcome.Effective, Some.Motivation, null, null, "Avtalsansvarig");
            yield return new EvaluateActionPlan(plan, Guid.NewGuid(), PlanOutcome.Effective, Some.Motivation, null, Some.Motivation, "Avtalsansvarig");
        }

        foreach (var ladder in new[] { null, Ladders.Find("2026"), Ladders.Find("2024-kalmar") })
        {
            yield return new MigrateCaseToLadder(ladder, Region.Find("08")!, given.State.Step, [], Some.Motivation, Some.HeadOfPurchasing);
            yield return new MigrateCaseToLadder(ladder, Region.Find("13")!, given.State.Step + 1, [new ActivityMapping("audit", "unknown")], Some.TooShort, new DecisionMaker("Kejsare", "kejsare"));
        }
        foreach (var plan in given.State.ActionPlans.Select(p => p.Id).Append(Guid.NewGuid()))
        {
            for (var measure = 0; measure <= 2; measure++)
            {
                yield return new ReportMeasure(plan, measure, "Genomfört", "Leverantören");
                yield return new VerifyMeasure(plan, measure, "Kontrollerat", "Avtalsansvarig");
            }
        }
        foreach (var code in new[] { "supplierDialogue", "audit", "unknown" })
        {
            yield return new PlanActivity(code, null, SwedishTime.DateOf(given.Now), "Avtalsansvarig", "Genomgång");
            yield return new PlanActivity(code, 0, SwedishTime.DateOf(given.Now).AddDays(-1), "Avtalsansvarig", "Genomgång");
        }
        yield return new NoteExpiries();
        yield return new ReviewStepTrigger(Some.TooShort, new DecisionMaker("Kejsare", "kejsare"));

        foreach (var kind in Enum.GetValues<NoticeKind>())
            yield return new PrepareNotice(Guid.NewGuid(), kind);
        foreach (var notice in given.State.Of<Notice>().Select(n => n.Id).Append(Guid.NewGuid()))
        {
            foreach (var notification in new[] { Some.Notification(), Some.Notification(0, null), Some.Notification(0) })
            {
                yield return new NotifySupplierOfNotice(notice, notification);
                yield return new IssueNotice(notice, Some.HeadOfPurchasing, new ProvisionalIssue(Some.TooShort, notification), Some.OwnRegion, []);
            }
            yield return new IssueNotice(notice, Some.HeadOfPurchasing, null, Some.OwnRegion, []);
            yield return new ConfirmNotice(notice, new DecisionMaker("Kejsare", "kejsare"));
            yield return new ConfirmNotice(notice, Some.HeadOfPurchasing);
        }
        foreach (var recipient in new[] { "region:13", "region:08", "partner:adda", "supplier", "auditor" })
        {
            foreach (var basis in Enum.GetValues<DisclosureBasis>())
            {
                foreach (var chapter in new[] { 19, 25, 31, 41 })
                    yield return new DecideDisclosure(Guid.NewGuid(), Some.Disclosure(given.Now, recipient, basis, new ConsideredSecrecy(chapter, 1, Applies: true)), Some.OwnRegion);
            }
        }
        foreach (var decision in given.State.Of<DisclosureDecision>().Select(d => d.Id).Append(Guid.NewGuid()))
            yield return new RevokeDisclosure(decision, Some.TooShort, Some.HeadOfPurchasing);

        yield return new SetReturnCriteria([]);
        yield return new SetReturnCriteria([(Guid.NewGuid(), "Inga restnoteringar")]);
        foreach (var criterion in given.State.ReturnCriteria.Select(c => c.Criterion.Id).Append(Guid.NewGuid()))
        {
            yield return new ConfirmReturnCriterion(criterion, "Kontrollerat", null, "Avtalsansvarig");
            yield return new ConfirmReturnCriterion(criterion, "Kontrollerat", Some.Motivation, "Avtalsansvarig");
        }
    }

    private static IEnumerable<OpenCase> Openings(DateTimeOffset now)
    {
        Deviation[][] starts = [[], [Some.Reported(now)], [Some.Deviation(now), Some.Deviation(now)], [Some.Serious(now)], [Some.Serious(now, CausedBy.Region)]];
        foreach (var deviations in starts)
        {
            foreach (var trigger in Enum.GetValues<Trigger>())
            {
                for (var step = -1; step <= 6; step++)
                    yield return Some.Opening(step, trigger, deviations);
            }
        }
        yield return Some.Opening(0, Trigger.Risk, Some.Reported(now)) with { Contract = null };
        yield return Some.Opening(0, Trigger.Risk, Some.Reported(now)) with { OtherOpenCase = Guid.NewGuid() };
        yield return Some.Opening(0, Trigger.Risk, Some.Reported(now, contract: Some.Contract("B-2")));
    }

    private static IEnumerable<TransitionBasis> Bases(GivenCase given)
    {
        var all = given.DeviationEvidence
            .Concat(given.State.Evaluations().Select(e => new EvidenceReference(EvidenceKind.Evaluation, e.Evaluation.Id)))
            .Concat(given.State.ReturnCriteria.Select(c => new EvidenceReference(EvidenceKind.ReturnCriterion, c.Criterion.Id)))
            .ToArray();
        foreach (var trigger in Enum.GetValues<Trigger>())
        {
            var basis = Some.Basis(trigger, all);
            yield return basis;
            yield return Some.Basis(trigger, Some.Document());
            yield return Some.Basis(trigger, [.. all.Where(e => e.Kind == EvidenceKind.Evaluation).Take(1)]);
            yield return Some.Basis(trigger, Some.Evidence(Guid.NewGuid())) with { Motivation = Some.TooShort };
            yield return basis with { Evidence = [], DecidedBy = new DecisionMaker(Some.Reporter, "kejsare") };
            yield return basis with { DecidedBy = new DecisionMaker(Some.Reporter, "headOfPurchasing") };
            yield return new[] { "R-E1", "R-E4a", "R-E7", "R-D2", "R-D3" }.Aggregate(basis, (b, rule) => b.DepartingFrom(rule));
            yield return new[] { "R-E1", "R-E4a", "R-E7", "R-D2", "R-D3" }.Aggregate(basis, (b, rule) => b.DepartingFrom(rule, Some.TooShort));
        }
    }

    /// <summary>The reasons of a deviation's own life, each of which <see cref="DeviationTests"/> meets.</summary>
    private static IEnumerable<string> DeviationsOwn() =>
    [
        "inFuture", "consequenceAreaMissing", "motivationTooShort", "assessorIsReporter", "notAssessed", "alreadyHandled", "notHandled", "alreadyFedBack",
        "alreadyResolved", "tooLongAgo",
    ];
}
