using System.Text.Json.Nodes;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>An edition that nobody has written code for is published as a file only: compared, told about and decided under by what the file says.</summary>
public class ThirdEditionTests
{
    /// <summary>Kinds, triggers, activities and decision levels that no other edition has.</summary>
    private static readonly LadderDefinition Third = Ladders.ParseLadder(Some.Edition(
        l => l["version"] = "2027",
        l => l["kinds"] = new JsonObject { ["watch"] = Label("Bevaka"), ["act"] = Label("Agera") },
        l =>
        {
            foreach (var step in l["steps"]!.AsArray())
                step!["kind"] = step["step"]!.GetValue<int>() < 2 ? "watch" : "act";
        },
        l => l["steps"]![1]!["triggers"] = new JsonArray("recurringDeviation", "seriousDeviation"),
        l => l["steps"]![2]!["triggers"] = new JsonArray("planNotFollowed"),
        l => l["steps"]![1]!["activities"]!.AsArray().Add(new JsonObject { ["code"] = "independentReview", ["label"] = Label("Oberoende granskning"), ["ifNeeded"] = false }),
        l => l["steps"]![2]!["dialoguePartners"]!.AsArray().Add(new JsonObject { ["side"] = "region", ["code"] = "chiefPhysician", ["label"] = Label("Chefläkare") })));

    [Test]
    public void It_is_compared_by_what_its_file_says()
    {
        var rows = LadderDifferences.Between(Some.Ladder, Third).Rows;

        Assert.That(rows.Select(r => $"{r.Step} {r.Aspect} +{string.Join(',', r.Added)} -{string.Join(',', r.Removed)}"), Is.EqualTo(new[]
        {
            " Kinds +watch,act -activities,activitiesAndNationalCooperation",
            "0 Kind +watch -activities",
            "1 Kind +watch -activities", "1 Triggers +seriousDeviation -", "1 Activities +independentReview -",
            "2 Kind +act -activities", "2 Triggers +planNotFollowed -planWithoutEffect", "2 DialoguePartners +chiefPhysician -",
            "3 Kind +act -activitiesAndNationalCooperation", "4 Kind +act -activitiesAndNationalCooperation", "5 Kind +act -activitiesAndNationalCooperation",
        }));
    }

    [Test]
    public void It_says_where_a_serious_deviation_leads()
    {
        var given = GivenCase.AtStep(0).Attached(Some.Serious(Some.Start));
        var serious = Some.Basis(Trigger.SeriousDeviation, [.. given.DeviationEvidence]);

        Assert.Multiple(() =>
        {
            Assert.That(Allowed(given, Some.Ladder, Trigger.SeriousDeviation), Is.EqualTo(new[] { (4, "headOfPurchasing") }));
            Assert.That(Allowed(given, Third, Trigger.SeriousDeviation), Is.EqualTo(new[] { (1, "contractOwner"), (4, "headOfPurchasing") }), "a serious deviation may jump");
            Assert.That(Rejected(new Escalate(1, serious), given, Some.Ladder), Is.EqualTo(new[] { "triggerNotOfStep" }));
            Assert.That(Rejected(new Escalate(1, serious), given, Third), Is.Empty);
            Assert.That(Rejected(new Escalate(4, serious), given, Third), Is.Empty);
        });
    }

    [Test]
    public void It_says_which_events_activities_and_decision_levels_there_are()
    {
        var given = GivenCase.AtStep(1).ActivitiesDone().PlanEvaluated(PlanOutcome.NotFollowed);
        var basis = Some.Basis(Trigger.PlanNotFollowed, given.LatestEvaluation) with { DecidedBy = new DecisionMaker("Chefläkare", "chiefPhysician", null) };
        var review = new CompleteActivity("independentReview", null, given.Now, "Revisionsenheten", "Genomförd");

        Assert.Multiple(() =>
        {
            Assert.That(Rejected(new Escalate(2, basis), given, Some.Ladder), Is.EqualTo(new[] { "triggerNotOfStep", "decisionLevelUnknown" }));
            Assert.That(Rejected(review, given, Some.Ladder), Is.EqualTo(new[] { "activityNotOfStep" }));
            Assert.That(Rejected(new Escalate(2, basis), given, Third), Is.EqualTo(new[] { "activityOutstanding" }));
        });

        var reviewed = CaseDecider.Decide(review, given.State, Under(given, Third));
        given.Happened(_ => reviewed.Events.Single());

        Assert.Multiple(() =>
        {
            Assert.That(Rejected(new Escalate(2, basis), given, Third), Is.Empty);
            Assert.That(Allowed(given, Third, Trigger.PlanNotFollowed), Is.EqualTo(new[] { (2, "chiefPhysician") }));
        });
    }

    [Test]
    public void A_case_opened_under_it_keeps_it()
    {
        var command = Some.Opening(1, Trigger.SeriousDeviation, Some.Serious(Some.Start));

        var decision = CaseDecider.Decide(command, null, Some.Context(Some.Start) with { Ladder = Third });

        Assert.That(decision.Rejections, Is.Empty);
        Assert.That(decision.Events.Aggregate((EscalationCase?)null, EscalationCase.Evolve)!.LadderVersion, Is.EqualTo("2027"));
    }

    private static IEnumerable<(int, string)> Allowed(GivenCase given, LadderDefinition ladder, Trigger trigger) =>
        PossibleTransitions.From(given.State, Under(given, ladder))
            .Where(t => t.Kind == TransitionKind.Escalation && t.Trigger == trigger && t.IsAllowed).Select(t => (t.ToStep!.Value, t.DecisionLevel));

    private static IEnumerable<string> Rejected(CaseCommand command, GivenCase given, LadderDefinition ladder) =>
        CaseDecider.Decide(command, given.State, Under(given, ladder)).Rejections.Select(r => r.Reason);

    private static CaseContext Under(GivenCase given, LadderDefinition ladder) => given.Context with { Ladder = ladder };

    private static JsonObject Label(string text) => new() { ["sv"] = text, ["en"] = text };
}
