using static RegionEscalation.Domain.Cases.Telling;

namespace RegionEscalation.Domain.Cases;

/// <summary>The rule of recurring deviations (R-E1) in plain words.</summary>
public static class RecurrenceWords
{
    public static Label Of(Recurrence r) => Say(
        r.IsMet
            ? "Avvikelserna är återkommande: {0} räknas{1}, och det behövs minst {2} inom {3} månader ({4}–{5})."
            : "Avvikelserna är inte återkommande: {0} räknas{1}, och det behövs minst {2} inom {3} månader ({4}–{5}).",
        r.IsMet
            ? "The deviations are recurring: {0} count{1}, and at least {2} within {3} months are needed ({4}–{5})."
            : "The deviations are not recurring: {0} count{1}, and at least {2} within {3} months are needed ({4}–{5}).",
        r.Counting.Count, SayIf(r.SameRequirement, " mot samma krav", " from the same requirement"), r.Count, r.Months, r.From, r.To);

    /// <summary>The advice that stands on a case.</summary>
    public static Label Of(RecurrenceAdvice a) => Say(
        "Återkommande avvikelse är konstaterad: {0} avvikelser räknas{1} inom {2} månader ({3}–{4}). Regionen råds att pröva en eskalering; ärendet flyttas bara genom beslut.",
        "Recurring deviation is detected: {0} deviations count{1} within {2} months ({3}–{4}). The region is advised to consider an escalation; the case moves by decision only.",
        a.Deviations.Count, SayIf(a.SameRequirement, " mot samma krav", " from the same requirement"), a.Months, a.From, a.To);

    public static Label Of(NotRecurring? whyNot) => whyNot switch
    {
        null => new("Räknas.", "Counts."),
        NotRecurring.OtherContract => new("Räknas inte: den gäller ett annat avtal, och kom med ett ärende som sammanfördes.",
            "Does not count: it concerns another contract, and came with a case that was merged."),
        NotRecurring.OtherSupplier => new("Räknas inte: den gäller en annan leverantör.", "Does not count: it concerns another supplier."),
        NotRecurring.OtherCase => new("Räknas inte: den hör till ett annat ärende.", "Does not count: it belongs to another case."),
        NotRecurring.NotAssessed => new("Räknas inte: den är inte bedömd.", "Does not count: it is not assessed."),
        NotRecurring.Unfounded => new("Räknas inte: det saknades grund för den.", "Does not count: there was no ground for it."),
        NotRecurring.CausedByRegion => new("Räknas inte: regionen orsakade den.", "Does not count: the region caused it."),
        NotRecurring.SupplierPartNotStated => new("Räknas inte: orsaken är delad eller okänd, och leverantörens del är inte angiven.",
            "Does not count: the cause is shared or unknown, and the supplier's part is not stated."),
        NotRecurring.AlreadyUsed => new("Räknas inte: den har redan utlöst en förflyttning.", "Does not count: it has already triggered a transition."),
        NotRecurring.OutsideWindow => new("Räknas inte: den inträffade före tidsfönstret.", "Does not count: it occurred before the window."),
        NotRecurring.OtherRequirement => new("Räknas inte: regionen räknar bara avvikelser mot samma krav.",
            "Does not count: the region counts deviations from the same requirement only."),
        _ => throw new ArgumentOutOfRangeException(nameof(whyNot), whyNot, null),
    };
}
