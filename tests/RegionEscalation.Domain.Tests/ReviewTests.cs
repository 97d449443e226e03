using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-D5: the supplier has its step reviewed.</summary>
public class ReviewTests
{
    private static readonly Guid Id = Guid.NewGuid();

    [TestCase(1, "categoryLead")]
    [TestCase(2, "unitManager")]
    [TestCase(3, "headOfPurchasing")]
    public void A_review_is_decided_at_least_one_level_above_the_step(int step, string level)
    {
        var given = Requested(step);
        var ladder = given.Context.Ladder;
        var below = ladder.Step(step).DecisionLevel;

        given.When(Deciding(by: new DecisionMaker("Chef", below))).ThenRejected("R-D5 levelTooLow");
        given.When(Deciding(by: new DecisionMaker("Chef", "orderer"))).ThenRejected("R-D5 levelTooLow");
        given.When(Deciding(by: new DecisionMaker("Chef", level))).Then<ReviewDecided>();
        given.When(Deciding(by: new DecisionMaker("Inköpschef", "headOfPurchasing"))).Then<ReviewDecided>();
    }

    [Test]
    public void The_level_is_asked_for_whether_or_not_the_region_enforces_levels()
    {
        var given = Requested(1).With(LadderSettings.Default with { EnforceDecisionLevels = true });

        given.When(Deciding(by: new DecisionMaker("Avtalsansvarig", "contractOwner"))).ThenRejected("R-D5 levelTooLow");
    }

    [TestCase(4)]
    [TestCase(5)]
    public void Where_no_level_is_above_a_delegation_is_referred_to(int step)
    {
        var given = Requested(step);

        given.When(Deciding(by: new DecisionMaker("Regiondirektör", "headOfPurchasing"))).ThenRejected("R-D5 delegationMissing");
        given.When(Deciding(by: new DecisionMaker("Regiondirektör", "headOfPurchasing", " "))).ThenRejected("R-D5 delegationMissing");
        given.When(Deciding(by: new DecisionMaker("Enhetschef", "unitManager", "RD 2025:14"))).ThenRejected("R-D5 levelTooLow");
        given.When(Deciding(by: new DecisionMaker("Regiondirektör", "headOfPurchasing", "RD 2025:14"))).Then<ReviewDecided>();
    }

    [Test]
    public void The_level_is_one_that_the_ladder_knows() =>
        Requested(1).When(Deciding(by: new DecisionMaker("Kejsare", "kejsare", "RD 2025:14"))).ThenRejected("R-G7 decisionLevelUnknown");

    [Test]
    public void A_review_is_motivated()
    {
        var decision = Deciding().Decision with { Motivation = Some.TooShort };

        Requested(1).When(new DecideReview(Id, decision)).ThenRejected("R-D5 motivationTooShort");
    }

    [Test]
    public void The_case_is_disputed_until_the_review_is_decided_and_then_not()
    {
        var given = Requested(1);

        Assert.That((given.State.IsDisputed(), given.State.Step), Is.EqualTo((true, 1)), "it suspends nothing");
        given.Later(days: 1).And(Deciding());
        Assert.That((given.State.IsDisputed(), given.State.Find<Review>(Id)!.DecidedAt), Is.EqualTo((false, given.Now)));
    }

    [Test]
    public void A_review_is_decided_once() => Requested(1).And(Deciding()).When(Deciding()).ThenRejected("R-D5 alreadyDecided");

    [Test]
    public void One_review_is_pending_at_a_time()
    {
        var given = Requested(1);

        var second = given.When(Requesting(given.Now, Guid.NewGuid()));
        second.ThenRejected("R-D5 reviewPending");
        Assert.That(second.Decision.Rejections[0].MetBy, Is.EqualTo($"reviews/{Id}/decisions"));
        given.And(Deciding()).When(Requesting(given.Now, Guid.NewGuid())).Then<ReviewRequested>();
    }

    [Test]
    public void A_request_was_received_while_the_case_was_there()
    {
        var given = GivenCase.AtStep(0);

        given.When(Requesting(given.Now.AddSeconds(1))).ThenRejected("field inFuture");
        given.When(Requesting(Some.Start.AddSeconds(-1))).ThenRejected("R-A2 beforeCase");
    }

    [Test]
    public void The_answer_is_due_after_the_regions_number_of_working_days_from_the_request()
    {
        var given = GivenCase.AtStep(0).Later(days: 3).And(Requesting(Some.Start));

        var obligation = Obligations.Of(given.State).Single(o => o.Code == "review");

        // Fifteen working days after Monday 2 March: Monday 23 March, in normal time.
        Assert.That((obligation.Rule, obligation.Due, obligation.MetBy),
            Is.EqualTo(("R-D5", new DateTimeOffset(2026, 3, 23, 23, 0, 0, TimeSpan.Zero), $"reviews/{Id}/decisions")));
        Assert.That(Obligations.Of(given.And(Deciding()).State).Select(o => o.Code), Has.None.EqualTo("review"));
    }

    [Test]
    public void A_region_may_set_another_number()
    {
        var settings = LadderSettings.Default with { Deadlines = new Deadlines(Review: 3) };

        Assert.That(GivenCase.AtStep(0).With(settings).When(Requesting(Some.Start)).Then<ReviewRequested>().AnswerDue, Is.EqualTo(settings.After(Some.Start, 3)));
    }

    [Test]
    public void A_changed_step_is_named_and_lies_below()
    {
        var given = Requested(2);

        given.When(Changing(null)).ThenRejected("R-D5 toStepMissing");
        given.When(Changing(2)).ThenRejected("R-D5 toStepNotBelow");
        given.When(Changing(3)).ThenRejected("R-D5 toStepNotBelow");
        given.When(Changing(-1)).ThenRejected("field noSuchStep");
        Assert.That(given.When(Changing(0)).Then<ReviewDecided>().Decision.ToStep, Is.Zero);
    }

    [TestCase(ReviewOutcome.Upheld)]
    [TestCase(ReviewOutcome.Rejected)]
    public void Another_outcome_names_no_step(ReviewOutcome outcome) =>
        Requested(2).When(new DecideReview(Id, Changing(1).Decision with { Outcome = outcome })).ThenRejected("field onlyWhenChanged");

    [Test]
    public void A_changed_step_moves_the_case_only_by_the_de_escalation_that_cites_it()
    {
        var given = Requested(2).And(Changing(0));

        Assert.That(given.State.Step, Is.EqualTo(2));
        Assert.That(given.When(new DeEscalate(0, Some.Basis(Trigger.ReviewChanged, new EvidenceReference(EvidenceKind.Record, Id)))).Then<CaseDeEscalated>().ToStep, Is.Zero);
    }

    [Test]
    public void A_closed_cases_step_is_reviewed_but_no_longer_changed()
    {
        var given = GivenCase.AtStep(1).Closed();
        given.And(Requesting(given.Now));

        given.When(Changing(0)).ThenRejected("R-G3 caseClosed");
        Assert.That(given.When(Deciding()).Then<ReviewDecided>().Decision.Outcome, Is.EqualTo(ReviewOutcome.Upheld));
    }

    [Test]
    public void Only_a_review_of_the_case_is_decided() => GivenCase.AtStep(0).When(Deciding()).ThenRejected("field unknownRecord");

    private static RequestReview Requesting(DateTimeOffset at, Guid? id = null) =>
        new(id ?? Id, new ReviewContent("Att ärendet står på steget", "Avvikelserna var regionens egna.", "Försäljningschef", at));

    private static DecideReview Deciding(DecisionMaker? by = null) =>
        new(Id, new ReviewDecision(ReviewOutcome.Upheld, Some.Motivation, null, by ?? Some.HeadOfPurchasing with { Function = "Regiondirektör" }));

    private static DecideReview Changing(int? toStep) => new(Id, new ReviewDecision(ReviewOutcome.Changed, Some.Motivation, toStep, Some.HeadOfPurchasing with { Function = "Regiondirektör" }));

    private static GivenCase Requested(int step)
    {
        var given = GivenCase.AtStep(step).DecidedAtItsOwnLevel();
        return given.And(Requesting(given.Now));
    }

    [Test]
    public void Who_decided_on_the_step_does_not_review_it() => GivenCase.AtStep(4)
        .Happened(c => new ReviewRequested(c.Now, Guid.NewGuid(), new ReviewContent("Steget", "I tid", "Kvalitetschef", c.Now), c.Now.AddDays(21)))
        .When(c => new DecideReview(c.State.Of<Review>().Last().Id, new ReviewDecision(ReviewOutcome.Upheld, Some.Motivation, null, Some.HeadOfPurchasing)))
        .ThenRejected("R-D5 sameDecider");

    [Test]
    public void A_review_at_five_leads_to_four_or_three() => GivenCase.AtStep(5)
        .Happened(c => new ReviewRequested(c.Now, Guid.NewGuid(), new ReviewContent("Steget", "I tid", "Kvalitetschef", c.Now), c.Now.AddDays(21)))
        .When(c => new DecideReview(c.State.Of<Review>().Last().Id,
            new ReviewDecision(ReviewOutcome.Changed, Some.Motivation, 1, Some.HeadOfPurchasing with { Function = "Regiondirektör" })))
        .ThenRejected("R-D3 notBelowThree");
}
