using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Cases;

/// <summary>
/// What is still to be done on a case, and by when. Reminders only: time alone never escalates (R-E9). Every time was fixed by an event, so
/// that the same case has the same obligations whenever it is asked and whatever its region sets later.
/// </summary>
public static class Obligations
{
    public const string InformRegionsCode = "informRegions";
    public const string ReturnCriteriaCode = "returnCriteria";

    /// <summary>R-N1: where patients are concerned.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromHours(24);

    /// <summary>Of an open case its plans, its step and its records; of a closed one what goes on after it.</summary>
    public static IEnumerable<Obligation> Of(EscalationCase c) =>
        (c.IsOpen() ? OfStep(c).Concat(OfReview(c)).Concat(OfTrigger(c)).Concat(OfExpiredBlock(c)).Concat(OfPlan(c)).Concat(OfActivities(c)) : []).Concat(OfNotice(c)).Concat(c.Records.SelectMany(r => r.Obligations())).OrderBy(o => o.Due);

    /// <summary>The instant from which the case is overdue, UTC; null when nothing is to be done.</summary>
    public static DateTimeOffset? NextDue(EscalationCase c) => Of(c).Select(o => (DateTimeOffset?)o.Due).FirstOrDefault();

    /// <summary>The deadlines of entering a step (R-D1, R-N1).</summary>
    internal static IEnumerable<CaseEvent> OnEntering(int step, IEnumerable<AttachedDeviation> deviations, CaseContext context)
    {
        if (step == 0)
            yield break;
        var days = context.Settings.Deadlines;
        var deadlines = new List<StepDeadline> { new(ReturnCriteriaCode, context.Settings.After(context.Now, days.ReturnCriteria)) };
        if (step >= LadderDefinition.FirstNationalStep)
        {
            var patients = deviations.Any(d => d.ResolvedAt is null && d.Assessment?.ConsequenceAreas.Contains(ConsequenceArea.Patient) == true);
            deadlines.Add(new StepDeadline(InformRegionsCode, patients
                ? context.Now + AtOnce
                : context.Settings.After(context.Now, step == LadderDefinition.FirstNationalStep ? days.InformRegionsAtThree : days.InformRegionsAboveThree)));
        }
        yield return new StepDeadlinesSet(context.Now, step, deadlines);
    }

    private static IEnumerable<Obligation> OfStep(EscalationCase c)
    {
        foreach (var deadline in c.Deadlines)
        {
            if (deadline.Code == ReturnCriteriaCode && !c.CurrentCriteria().Any())
                yield return new Obligation(deadline.Code, "R-D1", deadline.Due, new Label(
                    $"Villkor för vägen tillbaka från steg {c.Step} ska sättas.", $"Criteria for the way back from step {c.Step} are to be set."), "return-criteria");
            if (deadline.Code == InformRegionsCode && !IsInformed(c))
                yield return new Obligation(deadline.Code, "R-N1", deadline.Due, new Label(
                    "Sveriges Regioner ska informeras.", "Sweden's regions are to be informed."), "notices");
        }
    }

    /// <summary>By a notice; before there were any, by hand.</summary>
    private static bool IsInformed(EscalationCase c) => Notices.HaveToldOf(c, c.Step)
        || (c.Activity(c.Step, InformRegionsCode) is { Outcome: not ActivityOutcome.Planned } done && done.Visit == c.Visit);

    /// <summary>R-N4: what has changed is told, also when the case is closed; what was told provisionally is confirmed while the case can be told of (R-N2).</summary>
    private static IEnumerable<Obligation> OfNotice(EscalationCase c)
    {
        if (c is { State: CaseState.Open, Step: >= LadderDefinition.FirstNationalStep } && Notices.Standing(c) is { } standing && standing.IsProvisional())
            yield return new Obligation("confirmNotice", "R-N2", standing.Issue!.Provisional!.ConfirmBy, new Label(
                "Den preliminära informationen ska bekräftas eller uppdateras; annars upphör den.",
                "The provisional notice is to be confirmed or updated; otherwise it expires."), $"notices/{standing.Id}/confirmations");
        if (c.DueNotice is { } due)
            yield return new Obligation(due.Kind switch { NoticeKind.AllClear => "allClear", NoticeKind.Retraction => "retraction", NoticeKind.GoesOnElsewhere => "goesOnElsewhere", _ => "noticeUpdate" }, "R-N4", due.Due, due.Kind switch
            {
                NoticeKind.AllClear => new Label("Sveriges Regioner ska få veta att faran är över.", "Sweden's regions are to be told that it is all clear."),
                NoticeKind.Retraction => new Label("Informationen till Sveriges Regioner ska rättas.", "The notice to Sweden's regions is to be retracted."),
                NoticeKind.GoesOnElsewhere => new Label("Sveriges Regioner ska få veta att ärendet går vidare på annat håll.", "Sweden's regions are to be told that the case goes on elsewhere."),
                _ => new Label("Informationen till Sveriges Regioner ska uppdateras.", "The notice to Sweden's regions is to be updated."),
            }, "notices");
    }

    /// <summary>R-B3: a block that ran out leaves a task, until another is imposed or the activity is dispensed with.</summary>
    private static IEnumerable<Obligation> OfExpiredBlock(EscalationCase c)
    {
        if (c.Of<Block>().LastOrDefault(b => b.Visit == c.Visit) is { State: BlockState.Expired } block && CaseActivities.IsOpen(c, c.Step, "block"))
            yield return new Obligation("blockExpired", "R-B3", SwedishTime.EndOf(block.Until), new Label(
                "Spärren har löpt ut; besluta om en ny, eller avstå med skäl.", "The block has expired; decide on a new one, or dispense with it for a reason."), "blocks");
    }

    /// <summary>What a review has decided is carried out the same day (R-D5).</summary>
    private static IEnumerable<Obligation> OfReview(EscalationCase c)
    {
        if (c.ChangedStep() is { DecidedAt: { } at, Decision.ToStep: { } step })
            yield return new Obligation("reviewChanged", "R-D5", SwedishTime.EndOf(SwedishTime.DateOf(at)), new Label(
                $"Omprövningen har ändrat steget till {step}; ärendet ska trappas ned dit.", $"The review has changed the step to {step}; the case is to be de-escalated there."), "de-escalations");
    }

    /// <summary>R-V1: the step stands until somebody decides otherwise, but is looked at again (R-E9).</summary>
    private static IEnumerable<Obligation> OfTrigger(EscalationCase c)
    {
        if (c.LapsedTrigger is { } lapsed)
            yield return new Obligation("stepTrigger", "R-V1", lapsed.Due, new Label(
                $"Det som ledde till steg {c.Step} håller inte längre; avgör om ärendet ska stå kvar där.",
                $"What led into step {c.Step} no longer holds; decide whether the case is to stand there."), "trigger-reviews");
    }

    private static IEnumerable<Obligation> OfPlan(EscalationCase c)
    {
        if (c.LatestPlan() is not { } plan || !plan.Latest().IsInForce())
            yield break;
        var revision = plan.Latest();
        yield return new Obligation("evaluation", "R-E2", SwedishTime.EndOf(revision.Content.EvaluationDate), new Label(
            "Handlingsplanen ska utvärderas.", "The action plan is to be evaluated."), $"action-plans/{plan.Id}/evaluations");
        for (var i = 1; i <= revision.Content.Measures.Count; i++)
        {
            if (revision.Progress.FirstOrDefault(p => p.Measure == i)?.ReportedDoneAt is null)
                yield return new Obligation("measure", "R-E2", SwedishTime.EndOf(revision.Content.Measures[i - 1].Due), new Label(
                    $"Åtgärd {i} i handlingsplanen ska vara genomförd.", $"Measure {i} of the action plan is to be done."), $"action-plans/{plan.Id}/measures");
        }
    }

    private static IEnumerable<Obligation> OfActivities(EscalationCase c) =>
        from activity in c.Activities
        where activity is { Outcome: ActivityOutcome.Planned, PlannedFor: not null } && !CaseActivities.IsDoneByRecord(c, activity.Step, activity.Code)
            // Of a step that was left the regions can be told no more.
            && (activity.Code != InformRegionsCode || activity.Step == c.Step)
        select new Obligation("activity", "R-A2", SwedishTime.EndOf(activity.PlannedFor!.Value), new Label(
            $"Den planerade aktiviteten {activity.Code} på steg {activity.Step} ska utföras.",
            $"The planned activity {activity.Code} of step {activity.Step} is to be done."), "activities");
}
