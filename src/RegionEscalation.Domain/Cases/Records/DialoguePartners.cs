using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Cases.Records;

/// <param name="Level">The code of a supplier-side dialogue partner of the ladder, such as <c>companyManagement</c>.</param>
/// <param name="Function">The supplier's function, never a person's name.</param>
/// <param name="Address">A function address.</param>
public sealed record PartnerContent(string Level, string Function, string Address);

/// <summary>Whom to talk to at the supplier at a level (dialogpart, R-A4).</summary>
public sealed record NamedPartner(PartnerContent Content) : CaseRecord;

public sealed record DialoguePartnerNamed(DateTimeOffset At, Guid RecordId, PartnerContent Content) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new NamedPartner(Content);
}

public sealed record NamePartner(Guid RecordId, PartnerContent Content) : RecordCommand(RecordId)
{
    internal override Decision<CaseEvent> Decide(EscalationCase s, CaseContext context) =>
        context.Ladder.Steps.Any(x => context.Ladder.SupplierPartner(x.Step) == Content.Level)
            ? Decision<CaseEvent>.Accept(new DialoguePartnerNamed(context.Now, RecordId, Content))
            : Decision<CaseEvent>.Reject(Rejection.InField("level", "unknownPartner",
                "Trappan känner ingen sådan dialogpart hos leverantören.", "The ladder knows no such dialogue partner at the supplier."));
}

/// <summary>R-A4.</summary>
public static class DialoguePartners
{
    /// <summary>True when the ladder wants the dialogue at a level of the supplier for which nobody is named. The case is flagged; it may stand where it stands.</summary>
    public static bool IsMissing(EscalationCase s, LadderDefinition ladder)
    {
        var levels = Enumerable.Range(0, LadderDefinition.HighestStep + 1).Select(ladder.SupplierPartner).Distinct().ToList();
        var wanted = levels.IndexOf(ladder.SupplierPartner(s.Step));
        // The supplier as such, as at step 0, is always there to talk to; whoever stands higher than asked for will do.
        return levels[wanted] != "supplier" && !s.Of<NamedPartner>().Any(p => levels.IndexOf(p.Content.Level) >= wanted);
    }

    internal static IEnumerable<Rejection> AgainstTalking(EscalationCase s, CaseContext context)
    {
        if (IsMissing(s, context.Ladder))
            yield return new Rejection("R-A4", "partnerMissing", new Label(
                $"Ingen dialogpart hos leverantören är angiven på den nivå som steg {s.Step} kräver: {context.Ladder.SupplierPartner(s.Step)}.",
                $"No dialogue partner at the supplier is named at the level that step {s.Step} wants: {context.Ladder.SupplierPartner(s.Step)}."), "dialogue-partners");
    }
}
