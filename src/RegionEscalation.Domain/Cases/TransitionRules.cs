using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Cases;

/// <summary>What every transition needs, whichever way it goes (R-G7), and how single rules are departed from.</summary>
internal static class TransitionRules
{
    /// <summary>
    /// Everything that stands against the transition once the departures are taken into account, and the basis to record:
    /// with the departures that were needed and no others.
    /// </summary>
    public static (IReadOnlyList<Rejection> Rejections, TransitionBasis Basis) Apply(
        IReadOnlyList<Rejection> rules, IReadOnlyList<Rejection> form, TransitionBasis basis)
    {
        var needed = basis.Departures
            .Where(d => rules.Any(r => r.Departable && r.Code == d.Rule))
            .DistinctBy(d => d.Rule)
            .ToArray();
        var remaining = rules.Where(r => !r.Departable || needed.All(d => d.Rule != r.Code));
        var unmotivated = needed.Where(d => !Motivation.IsGiven(d.Motivation)).Select(d => G7("departureMotivationTooShort", "departures",
            $"Avsteget från {d.Rule} ska motiveras med minst {Motivation.MinLength} tecken.", $"The departure from {d.Rule} is motivated with at least {Motivation.MinLength} characters."));
        return ([.. remaining, .. unmotivated, .. form], basis with { Departures = needed });
    }

    /// <summary>R-G7: motivation, evidence that is the case's own, a known decision level, and four eyes from step 3.</summary>
    /// <param name="level">The decision level that belongs to the transition, which a region may enforce.</param>
    public static IEnumerable<Rejection> Form(
        TransitionBasis basis, int toStep, IReadOnlyList<AttachedDeviation> deviations, Func<EvidenceReference, bool> holds, string level, CaseContext context)
    {
        var ladder = context.Ladder;
        if (!Motivation.IsGiven(basis.Motivation))
            yield return G7("motivationTooShort", "motivation",
                $"Beslutet ska motiveras med minst {Motivation.MinLength} tecken.", $"The decision is motivated with at least {Motivation.MinLength} characters.");
        if (basis.Evidence.Count == 0)
            yield return G7("evidenceMissing", "evidence",
                "Beslutet ska hänvisa till minst ett underlag.", "The decision refers to at least one piece of evidence.");
        for (var i = 0; i < basis.Evidence.Count; i++)
        {
            if (!holds(basis.Evidence[i]))
                yield return G7("evidenceUnknown", $"evidence[{i}]",
                    "Underlaget finns inte i ärendet.", "The evidence is not the case's.");
        }
        if (!ladder.DecisionLevels().Contains(basis.DecidedBy.Level))
            yield return G7("decisionLevelUnknown", "decidedBy.level",
                $"Trappan känner beslutsnivåerna {string.Join(", ", ladder.DecisionLevels())}.",
                $"The ladder knows the decision levels {string.Join(", ", ladder.DecisionLevels())}.");
        else if (AgainstLevel(basis.DecidedBy, level, context) is { } tooLow)
            yield return tooLow;
        var reporters = deviations
            .Where(d => basis.Evidence.Any(e => e.Cites(EvidenceKind.Deviation, d.Id)))
            .Where(d => basis.Trigger != Trigger.SeriousDeviation || d.IsOpenAndSerious())
            .Select(d => d.ReportedBy).ToArray();
        if (toStep >= LadderDefinition.FirstNationalStep && reporters.Length > 0
            && reporters.All(r => DecisionMaker.SameFunction(r, basis.DecidedBy.Function)))
            yield return G7("fourEyes", "decidedBy.function",
                "Den som ensam rapporterat den utlösande avvikelsen kan inte besluta om steg 3 eller högre.",
                "The sole reporter of the triggering deviation cannot decide on step 3 or higher.");
    }

    /// <summary>A region may have the levels enforced; recorded they are in any case.</summary>
    public static Rejection? AgainstLevel(DecisionMaker by, string level, CaseContext context) =>
        context.Settings.EnforceDecisionLevels && context.Ladder.RankOf(by.Level) < context.Ladder.RankOf(level)
            ? G7("decisionLevelTooLow", "decidedBy.level",
                $"Regionen kräver beslutsnivån {level} eller högre.", $"The region requires the decision level {level} or higher.")
            : null;

    /// <summary>Every ladder has the steps 0–5 and no others.</summary>
    public static Rejection? AgainstStep(int toStep) => toStep is >= 0 and <= LadderDefinition.HighestStep
        ? null
        : Rejection.InField("toStep", "noSuchStep",
            $"Trappan har stegen 0 till {LadderDefinition.HighestStep}.", $"The ladder has the steps 0 to {LadderDefinition.HighestStep}.");

    private static Rejection G7(string reason, string field, string sv, string en) => new("R-G7", reason, new Label(sv, en), Field: field);
}
