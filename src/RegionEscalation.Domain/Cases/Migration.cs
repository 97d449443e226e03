namespace RegionEscalation.Domain.Cases;

/// <summary>
/// R-G4: a live case goes on under another edition. Its step keeps its number, since nothing but a transition moves a case (R-G3); what was
/// done stays done, and what is outstanding is what the new edition asks for.
/// </summary>
internal static class Migration
{
    public static Decision<CaseEvent> Decide(MigrateCaseToLadder c, EscalationCase s, CaseContext context)
    {
        if (c.Ladder is not { } to)
            return Decision<CaseEvent>.Reject(Rejection.InField("ladder", "unknownLadder", "Det finns ingen sådan utgåva.", "There is no such edition."));
        return Decision<CaseEvent>.Unless([.. Against(c, to, s, context)], () =>
            [new CaseMigratedToLadder(context.Now, s.LadderVersion, to.Version, s.Step, c.Activities, c.Motivation, c.DecidedBy)]);
    }

    private static IEnumerable<Rejection> Against(MigrateCaseToLadder c, Ladder.LadderDefinition to, EscalationCase s, CaseContext context)
    {
        if (to.Version == s.LadderVersion)
            yield return G4("sameLadder", "ladder", "Ärendet följer redan den utgåvan.", "The case already follows that edition.");
        if (!to.IsFor(c.Region))
            yield return G4("ladderOfAnotherRegion", "ladder", "Utgåvan är en annan regions egen.", "The edition is another region's own.");
        if (c.Step != s.Step)
            yield return G4("stepMoves", "step",
                $"Ärendet står på steg {s.Step} och gör det även under den nya utgåvan; bara en förflyttning ändrar steget.",
                $"The case stands at step {s.Step} and does so under the new edition too; nothing but a transition changes the step.");
        if (!Motivation.IsGiven(c.Motivation))
            yield return G4("motivationTooShort", "motivation",
                $"Bytet ska motiveras med minst {Motivation.MinLength} tecken.", $"The change is motivated with at least {Motivation.MinLength} characters.");
        if (!context.Ladder.DecisionLevels().Concat(to.DecisionLevels()).Contains(c.DecidedBy.Level))
            yield return G4("decisionLevelUnknown", "decidedBy.level", "Ingen av utgåvorna känner beslutsnivån.", "Neither edition knows the decision level.");
        for (var i = 0; i < c.Activities.Count; i++)
        {
            var mapping = c.Activities[i];
            if (s.Activity(s.Step, mapping.From) is not { Outcome: ActivityOutcome.Completed or ActivityOutcome.DispensedWith })
                yield return G4("activityNotDone", $"activities[{i}].from",
                    "Aktiviteten är inte utförd på ärendets steg.", "The activity is not done at the case's step.");
            if (to.Step(s.Step).Find(mapping.To) is null)
                yield return G4("activityNotOfStep", $"activities[{i}].to",
                    $"Aktiviteten hör inte till steg {s.Step} i den nya utgåvan.", $"The activity does not belong to step {s.Step} of the new edition.");
        }
    }

    private static Rejection G4(string reason, string field, string sv, string en) => new("R-G4", reason, new Label(sv, en), Field: field);
}
