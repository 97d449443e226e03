using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>A range of cases, from every step and with something of everything that a case can hold.</summary>
internal static class States
{
    public static IEnumerable<TestCaseData> Named() => All().Select(s => new TestCaseData(s.Make()).SetArgDisplayNames(s.Name));

    public static IEnumerable<(string Name, Func<GivenCase> Make)> All()
    {
        for (var step = 0; step <= 5; step++)
        {
            var at = step;
            yield return ($"step {at}", () => GivenCase.AtStep(at));
            yield return ($"step {at}, activities done", () => GivenCase.AtStep(at).ActivitiesDone());
            yield return ($"step {at}, draft plan", () => GivenCase.AtStep(at).PlanEstablished());
            yield return ($"step {at}, plan agreed and due", () => GivenCase.AtStep(at).ActivitiesDone().PlanAgreed().Later(days: 30));
            foreach (var outcome in Enum.GetValues<PlanOutcome>())
                yield return ($"step {at}, plan {outcome}", () => GivenCase.AtStep(at).ActivitiesDone().PlanEvaluated(outcome));
            yield return ($"step {at}, serious deviation", () => GivenCase.AtStep(at).Attached(Some.Serious(Some.Start)));
            yield return ($"step {at}, serious deviation of the region's", () => GivenCase.AtStep(at).Attached(Some.Serious(Some.Start, CausedBy.Region)));
            yield return ($"step {at}, old serious deviation", () => GivenCase.AtStep(at).Attached(Some.Serious(Some.Start)).Later(months: 13));
            yield return ($"step {at}, two new deviations, activities done",
                () => GivenCase.AtStep(at).ActivitiesDone().Attached(Some.Deviation(Some.Start)).Attached(Some.Deviation(Some.Start)));
            yield return ($"step {at}, all resolved", () => GivenCase.AtStep(at).ActivitiesDone().AllDeviationsResolved());
            yield return ($"step {at}, closed", () => GivenCase.AtStep(at).Closed());
            yield return ($"step {at}, every deviation unfounded", () => GivenCase.AtStep(at).AllDeviationsUnfounded());
            if (at == 0)
                continue;
            yield return ($"step {at}, criteria set", () => GivenCase.AtStep(at).CriteriaSet("Inga restnoteringar", "Två möten hållna"));
            yield return ($"step {at}, way back open", () => GivenCase.AtStep(at).ActivitiesDone().WayBackOpen());
            yield return ($"step {at}, stepped down", () => GivenCase.AtStep(at).WayBackOpen().SteppedDown().ActivitiesDone());
            yield return ($"step {at}, way back open for a partly effective plan",
                () => GivenCase.AtStep(at).AllDeviationsResolved().PlanEvaluated(PlanOutcome.PartlyEffective).CriteriaSet().CriteriaMet());
            yield return ($"step {at}, new deviation while observed", () =>
            {
                var given = GivenCase.AtStep(at).AllDeviationsResolved().PlanEvaluated(PlanOutcome.Effective).CriteriaSet();
                return given.Attached(Some.Deviation(given.Now.AddDays(1))).CriteriaMet();
            });
        }
        yield return ("step 4, a plan that worked at step 3",
            () => GivenCase.AtStep(3).PlanEvaluated(PlanOutcome.Effective).Later(days: 1).SeriousDeviationLeadsToStepFour());
        yield return ("step 1, a failed plan whose revision works",
            () => GivenCase.AtStep(1).ActivitiesDone().PlanEvaluated(PlanOutcome.WithoutEffect).PlanEvaluated(PlanOutcome.Effective));
        yield return ("step 3, a failed plan that is serious as a whole", () => GivenCase.AtStep(3).ActivitiesDone().PlanEvaluated(PlanOutcome.WithoutEffect).ClassifiedSerious());
        yield return ("step 4, ready to end", () => GivenCase.AtStep(4).ReadyToEnd());
        yield return ("step 5, ended and settled", () => GivenCase.AtStep(5).ActivitiesDone().Ended().EvidenceComplete());
        yield return ("step 3, review changed to 1", () => GivenCase.AtStep(3).ReviewChanged(to: 1));
        yield return ("step 2, sanction, cost, hold, block and crisis group", () => GivenCase.AtStep(2).MeasuresInForce());
        for (var step = 3; step <= 5; step++)
        {
            var at = step;
            yield return ($"step {at}, notice prepared", () => GivenCase.AtStep(at).Prepared());
            yield return ($"step {at}, supplier notified of a notice", () => GivenCase.AtStep(at).Prepared().Notified());
            yield return ($"step {at}, informed, disclosed and closed", () => GivenCase.AtStep(at).Informed()
                .And(c => new DecideDisclosure(Guid.NewGuid(), Some.Disclosure(c.Now), Some.OwnRegion)).Closed());
        }
        yield return ("step 4, informed provisionally", () => GivenCase.AtStep(4).InformedProvisionally());
        yield return ("step 2, informed of step 3", () => GivenCase.AtStep(3).Informed().WayBackOpen().SteppedDown());
        for (var step = 1; step <= 4; step++)
        {
            var at = step;
            yield return ($"relapse after step {at}", () =>
            {
                var given = GivenCase.AtStep(at).WayBackOpen().SteppedDown().ActivitiesDone().Later(days: 5);
                return given.Attached(Some.Deviation(given.Now));
            });
        }
        yield return ("opened at 1", () => GivenCase.OpenedBy(Some.Opening(1, Trigger.RecurringDeviation, Some.Deviation(Some.Start), Some.Deviation(Some.Start))));
        yield return ("opened at 4", () => GivenCase.OpenedBy(Some.Opening(4, Trigger.SeriousDeviation, Some.Serious(Some.Start))));
        yield return ("opened at 4 and stepped down",
            () => GivenCase.OpenedBy(Some.Opening(4, Trigger.SeriousDeviation, Some.Serious(Some.Start))).WayBackOpen().SteppedDown());
    }
}
