using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Cases;

/// <summary>R-E5: what ending the business needs beside its trigger.</summary>
internal static class TerminationGrounds
{
    /// <summary>What must be on the case: a current continuity assessment, and the supplier heard.</summary>
    public static IEnumerable<Rejection> Against(EscalationCase s, TerminationGround? ground, CaseContext context)
    {
        if (!s.Of<ContinuityAssessment>().Any(a => a.IsCurrent(context)))
            yield return new Rejection("R-E5", "continuityNotAssessed", new Label(
                $"Konsekvensen för försörjningen är inte bedömd de senaste {context.Settings.ContinuityDays} dagarna.",
                $"The consequence for supply is not assessed within the last {context.Settings.ContinuityDays} days."), "continuity-assessments");
        if (ground?.Deferral is null && !IsHeard(s, context.Now))
            yield return new Rejection("R-E5", "supplierNotHeard", new Label(
                "Leverantören har inte fått yttra sig på det steg där ärendet står, eller tiden för det har inte gått ut.",
                "The supplier has not been given the opportunity to comment at the step where the case stands, or its time has not passed."), "comment-requests");
    }

    /// <summary>What the command must state: the ground, the delegation, and a second function that approves.</summary>
    public static IEnumerable<Rejection> Against(Escalate c, string level, CaseContext context)
    {
        if (c.ToStep != LadderDefinition.HighestStep)
        {
            if (c.Termination is not null)
                yield return Rejection.InField("termination", "onlyForStepFive", "En grund för avslut hör till steg 5.", "A ground for termination belongs to step 5.");
            yield break;
        }
        if (string.IsNullOrWhiteSpace(c.Basis.DecidedBy.DelegationReference))
            yield return E5("delegationMissing", "decidedBy.delegationReference", "Avslut kräver en delegation att hänvisa till.", "Termination needs a delegation to refer to.");
        if (c.Termination is not { } ground)
        {
            yield return E5("terminationGroundMissing", "termination",
                "Avslut kräver en grund i avtalet eller i 17 kap. 17 § LOU.", "Termination needs a ground in the contract or in LOU 17:17.");
            yield break;
        }
        var type = ground.Kind == TerminationGroundKind.Rescission ? ClauseType.Rescission : ClauseType.Termination;
        if (ground.Kind != TerminationGroundKind.Lou1717
            && c.Contract?.Content.Clauses.Any(x => x.Type == type && x.Reference == ground.ClauseReference?.Trim()) != true)
            yield return E5("clauseUnknown", "termination.clauseReference",
                "Avtalet har ingen sådan klausul om hävning eller uppsägning.", "The contract has no such clause of rescission or termination.");
        if (ground.Deferral is { } deferral && !Motivation.IsGiven(deferral.Motivation))
            yield return E5("deferralMotivationTooShort", "termination.deferral.motivation",
                $"Att höra leverantören först efteråt motiveras med minst {Motivation.MinLength} tecken.",
                $"Hearing the supplier only afterwards is motivated with at least {Motivation.MinLength} characters.");
        if (ground.SecondApprover is not { } second || DecisionMaker.SameFunction(second.Function, c.Basis.DecidedBy.Function))
            yield return E5("secondApproverMissing", "termination.secondApprover",
                "Avslut godkänns av ännu en funktion.", "Termination is approved by a second function.");
        else if (!context.Ladder.DecisionLevels().Contains(second.Level) || TransitionRules.AgainstLevel(second, level, context) is not null)
            yield return E5("secondApproverLevel", "termination.secondApprover.level",
                "Den som godkänner ska ha en beslutsnivå som trappan känner och regionen kräver.",
                "Who approves has a decision level that the ladder knows and the region requires.");
    }

    private static bool IsHeard(EscalationCase s, DateTimeOffset now) => s.Of<CommentRequest>().Any(r => r.Content.SentAt >= s.StepEnteredAt
        && (r.HasPassed(now) || s.Of<SupplierStatement>().Any(x => x.Content.CommentRequestId == r.Id || x.Content.ReceivedAt >= r.Content.SentAt)));

    private static Rejection E5(string reason, string field, string sv, string en) => new("R-E5", reason, new Label(sv, en), Field: field);
}
