using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;

namespace RegionEscalation.Domain.Tests;

/// <summary>What the tests of notices have in common.</summary>
internal static class NoticeSteps
{
    public static ProvisionalIssue Unheard => new(Some.Motivation, Some.Notification());

    public static PrepareNotice Preparing(NoticeKind kind) => new(Guid.NewGuid(), kind);

    public static ConfirmNotice Confirming(GivenCase c) => new(c.LatestNotice.Id, c.Decider);

    public static void Put(GivenCase given, NoticeKind kind, string? rejection)
    {
        var outcome = given.When(Preparing(kind));
        if (rejection is not null)
            outcome.ThenRejected(rejection);
        else
            Assert.That(outcome.Then<NoticePrepared>().Kind, Is.EqualTo(kind));
    }

    /// <summary>The regions were told of step 3, and the case has come down to 2.</summary>
    public static GivenCase Left() => GivenCase.AtStep(3).Informed().WayBackOpen().SteppedDown();

    public static GivenCase Resolvable() => GivenCase.AtStep(3).ActivitiesDone().WayBackOpen();

    /// <summary>Everything that R-Z2 asks for but the notice.</summary>
    public static GivenCase Ending()
    {
        var given = GivenCase.AtStep(5);
        foreach (var activity in CaseActivities.Outstanding(given.State, given.Context.Ladder.Step(5)).Where(a => a.Code != Obligations.InformRegionsCode).ToArray())
            given.Done(activity.Code);
        return given.Ended().EvidenceComplete();
    }

    public static CloseCase Terminating(GivenCase _) => GivenCase.Closing(CaseOutcome.Terminated) with { RetentionClass = "4.2 bevaras" };

    public static GivenCase Review(GivenCase given, int toStep) => given.And(Requesting).And(c => Deciding(c, toStep));

    public static RequestReview Requesting(GivenCase c) => new(Guid.NewGuid(), new ReviewContent("Steget", "Leveranserna var i tid", "Kvalitetschef", c.Now));

    public static DecideReview Deciding(GivenCase c, int toStep) => new(c.State.Of<Review>().Last().Id, new ReviewDecision(
        ReviewOutcome.Changed, Some.Motivation, toStep, new DecisionMaker("Regionstyrelsens ordförande", c.Context.Ladder.DecisionLevels().Last(), "RS 2026-0117-9")));

    public static BlockContent BlockOf(GivenCase c) => new(BlockScope.Contract, null, [new BlockedContract("A-1", "9.2")], Some.Motivation, SwedishTime.DateOf(c.Now),
        SwedishTime.DateOf(c.Now).AddDays(20), c.State.Of<ContinuityAssessment>().Last().Id, c.Now, null, c.Decider);

    public static Block Block(GivenCase c) => c.State.Of<Block>().Last();

    public static GivenCase At(GivenCase given, DateTimeOffset instant) => given.Copy().Until(instant);

    public static NationalSignal Signal(GivenCase given) => NationalAccessPolicy.SignalOf(given.State)!;

    public static string[] Codes(GivenCase given) => [.. Obligations.Of(given.State).Select(o => o.Code)];

    public static void FallsDue(GivenCase given, NoticeKind kind, string code)
    {
        var due = given.Context.Settings.After(given.Now, 2);
        Assert.That(given.State.DueNotice, Is.EqualTo(new DueNotice(kind, due)));
        Assert.That(Obligations.Of(given.State).Where(o => o.Rule == "R-N4").Select(o => (o.Code, o.Due, o.MetBy)), Is.EqualTo(new[] { (code, due, "notices") }));
        Assert.That(given.History.OfType<NoticeFellDue>().Last().At, Is.EqualTo(given.Now), "in the same decision");
    }

    public static void ShouldNotHold(this IReadOnlyList<Rejection> rejections, string reason) => Assert.That(rejections.Select(r => r.Reason), Does.Not.Contain(reason));

    /// <summary>A review has found that the case belongs at the step, and it was taken there.</summary>
    public static GivenCase ReviewedTo(this GivenCase given, int step) => given.ReviewChanged(step)
        .And(c => new DeEscalate(step, c.Basis(Trigger.ReviewChanged, c.LatestRecord<Review>())));

    public static GivenCase SeriousDeviationOfOperationsLeadsToStepFour(this GivenCase given)
    {
        var serious = Some.Assessed(Some.Reported(given.Now), Some.Assessment(Domain.Deviations.Severity.Serious) with { ConsequenceAreas = [Domain.Deviations.ConsequenceArea.Operations] }, given.Now);
        return given.ActivitiesDone().Attached(serious).And(new Escalate(4, given.Basis(Trigger.SeriousDeviation, Some.Evidence(serious))));
    }
}
