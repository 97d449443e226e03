using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Cases;

/// <summary>Why a deviation does not count towards recurrence (R-E1).</summary>
public enum NotRecurring
{
    /// <summary>It came with a merged case from another contract of the supplier.</summary>
    OtherContract,

    /// <summary>It concerns another supplier than the contract has now.</summary>
    OtherSupplier,

    /// <summary>It belongs to another case, and no deviation belongs to two (R-E8).</summary>
    OtherCase,
    NotAssessed,

    /// <summary>There was no ground for it (R-Z3).</summary>
    Unfounded,

    /// <summary>R-G6.</summary>
    CausedByRegion,

    /// <summary>The cause is shared or unknown, and the assessment does not say what the supplier's part is (R-G6).</summary>
    SupplierPartNotStated,

    /// <summary>It has triggered a transition of the case already (R-E8).</summary>
    AlreadyUsed,
    OutsideWindow,

    /// <summary>Another requirement was not met, and the region counts those of one requirement only.</summary>
    OtherRequirement,
}

/// <param name="RequirementReference">The requirement that was not met; null where the case's copy is older than the member.</param>
/// <param name="WhyNot">Null when it counts.</param>
public sealed record ConsideredDeviation(Guid Id, DateTimeOffset OccurredAt, string? RequirementReference, NotRecurring? WhyNot);

/// <summary>The rule of recurring deviations (R-E1), and how every deviation fares under it.</summary>
/// <param name="Count">How many must count.</param>
/// <param name="Months">Within how many months, by the time they occurred.</param>
/// <param name="SameRequirement">Whether only deviations from one and the same requirement count together.</param>
/// <param name="From">Where the window begins, UTC, itself included.</param>
/// <param name="To">Where it ends, UTC: the time of asking.</param>
/// <param name="Considered">Latest first.</param>
public sealed record Recurrence(
    int Count, int Months, bool SameRequirement, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<ConsideredDeviation> Considered)
{
    public IReadOnlyList<ConsideredDeviation> Counting { get; } = [.. Considered.Where(d => d.WhyNot is null)];

    public bool IsMet => Counting.Count >= Count;

    /// <summary>Whether some would count if the region's numbers or its filter were departed from.</summary>
    internal bool IsNearly => Considered.Any(d => d.WhyNot is null or NotRecurring.OutsideWindow or NotRecurring.OtherRequirement);

    /// <summary>Of the deviations that a case holds.</summary>
    /// <param name="used">What has triggered a transition already.</param>
    /// <param name="absorbed">What came from another contract.</param>
    public static Recurrence Of(
        IEnumerable<AttachedDeviation> deviations, IReadOnlyList<Guid> used, IReadOnlyList<Guid> absorbed, LadderSettings settings, DateTimeOffset now) =>
        Explain(deviations.Select(d => Attached(d, absorbed.Contains(d.Id) ? NotRecurring.OtherContract : null, used.Contains(d.Id))), settings, now);

    /// <summary>Of a contract's deviations, attached or not: what a case about the contract could rest on.</summary>
    /// <param name="supplierId">The supplier that the case is, or would be, about.</param>
    /// <param name="open">The open case about the contract; null where there is none.</param>
    public static Recurrence OfContract(
        IEnumerable<Deviation> deviations, Guid supplierId, EscalationCase? open, LadderSettings settings, DateTimeOffset now)
    {
        var absorbed = open?.Deviations.Where(d => open.Absorbed.Contains(d.Id))
            .Select(d => Attached(d, NotRecurring.OtherContract, isUsed: false)) ?? [];
        var attached = open?.Deviations.ToDictionary(d => d.Id) ?? [];
        // Of what is attached the case's own copy decides, also where it is older than the member.
        return Explain(deviations.Select(d => new Candidate(
            d.Id, d.OccurredAt, attached.TryGetValue(d.Id, out var copy) ? copy.RequirementReference : d.RequirementReference, d.Assessment, d.IsUnfounded(),
            d.Supplier.Id != supplierId ? NotRecurring.OtherSupplier : d.CaseId is { } other && other != open?.Id ? NotRecurring.OtherCase : null,
            open?.UsedEvidence.Contains(d.Id) == true)).Concat(absorbed), settings, now);
    }

    /// <summary>
    /// What a case at step 0 is told when its contract's deviations have come to recur, once for every set of them, or have ceased to: advice,
    /// which moves nothing (R-E9). To be asked whenever a deviation of the contract was changed or attached.
    /// </summary>
    /// <param name="ofContract">The contract's deviations, each as it stands now.</param>
    public static IReadOnlyList<CaseEvent> Advise(EscalationCase s, IEnumerable<Deviation> ofContract, CaseContext context)
    {
        if (!s.IsOpen() || s.Step != 0 || context.Ladder.LowestStepAbove(s.Step, Trigger.RecurringDeviation) is null)
            return [];
        var now = OfContract(ofContract, s.Supplier.Id, s, context.Settings, context.Now);
        Guid[] counting = [.. now.Counting.Select(d => d.Id)];
        if (!now.IsMet)
            return s.Recurrence is { } ended ? [new RecurrenceCeased(context.Now, ended.Deviations)] : [];
        return s.Recurrence is { } told && counting.All(told.Deviations.Contains)
            ? []
            : [new RecurrenceDetected(context.Now, now.Count, now.Months, now.SameRequirement, now.From, now.To, counting)];
    }

    private static Candidate Attached(AttachedDeviation d, NotRecurring? elsewhere, bool isUsed) =>
        new(d.Id, d.OccurredAt, d.RequirementReference, d.Assessment, d.UnfoundedAt is not null, elsewhere, isUsed);

    private static Recurrence Explain(IEnumerable<Candidate> candidates, LadderSettings settings, DateTimeOffset now)
    {
        var from = now.AddMonths(-settings.RecurrenceMonths);
        (Candidate Of, NotRecurring? WhyNot)[] considered =
            [.. candidates.OrderByDescending(c => c.OccurredAt).ThenBy(c => c.Id).Select(c => (c, WhyNot(c, from)))];
        var requirement = settings.RecurrenceSameRequirement
            ? considered.Where(c => c.WhyNot is null).GroupBy(c => RequirementOf(c.Of)).MaxBy(g => g.Count())?.Key
            : null;
        return new Recurrence(settings.RecurrenceCount, settings.RecurrenceMonths, settings.RecurrenceSameRequirement, from, now,
        [
            .. considered.Select(c => new ConsideredDeviation(c.Of.Id, c.Of.OccurredAt, c.Of.RequirementReference,
                c.WhyNot ?? (requirement is not null && RequirementOf(c.Of) != requirement ? NotRecurring.OtherRequirement : null))),
        ]);
    }

    private static NotRecurring? WhyNot(Candidate c, DateTimeOffset from) => c switch
    {
        { Elsewhere: { } elsewhere } => elsewhere,
        { IsUnfounded: true } => NotRecurring.Unfounded,
        { Assessment: null } => NotRecurring.NotAssessed,
        { Assessment.CausedBy: CausedBy.Region } => NotRecurring.CausedByRegion,
        { Assessment: var a } when !a.Counts() => NotRecurring.SupplierPartNotStated,
        { IsUsed: true } => NotRecurring.AlreadyUsed,
        _ => c.OccurredAt < from ? NotRecurring.OutsideWindow : null,
    };

    /// <summary>Compared without regard to case or surrounding white space; one that nobody knows is like no other.</summary>
    private static string RequirementOf(Candidate c) => c.RequirementReference?.Trim().ToUpperInvariant() ?? c.Id.ToString();

    private sealed record Candidate(
        Guid Id, DateTimeOffset OccurredAt, string? RequirementReference, Assessment? Assessment, bool IsUnfounded, NotRecurring? Elsewhere, bool IsUsed);
}

/// <summary>R-E1 as a decision has judged by it; what the region's settings become later changes nothing of that.</summary>
/// <param name="Count">How many had to count.</param>
/// <param name="Months">Within how many months.</param>
/// <param name="To">Where the window ended, UTC.</param>
/// <param name="Counting">How many did count; fewer than had to where the region departed from its numbers.</param>
public sealed record AppliedRecurrence(int Count, int Months, bool SameRequirement, DateTimeOffset To, int Counting)
{
    internal static AppliedRecurrence Of(Recurrence r) => new(r.Count, r.Months, r.SameRequirement, r.To, r.Counting.Count);

    /// <summary>Of what a transition cites; null where it is triggered by something else.</summary>
    internal static AppliedRecurrence? By(
        TransitionBasis basis, IEnumerable<AttachedDeviation> deviations, IReadOnlyList<Guid> used, IReadOnlyList<Guid> absorbed, CaseContext context) =>
        basis.Trigger != Trigger.RecurringDeviation ? null : Of(Recurrence.Of(
            deviations.Where(d => basis.Evidence.Any(e => e.Cites(EvidenceKind.Deviation, d.Id))), used, absorbed, context.Settings, context.Now));

    internal Recurrence Again(IEnumerable<AttachedDeviation> deviations, IReadOnlyList<Guid> absorbed, LadderSettings settings) => Recurrence.Of(
        deviations, [], absorbed, settings with { RecurrenceCount = Count, RecurrenceMonths = Months, RecurrenceSameRequirement = SameRequirement }, To);
}

/// <summary>Återkommande avvikelse konstaterad: the contract's deviations recur (R-E1). Advice to the region, which moves nothing (R-E9).</summary>
/// <param name="Count">How many had to count.</param>
/// <param name="Months">Within how many months.</param>
/// <param name="From">Where the window began, UTC.</param>
/// <param name="To">Where it ended, UTC.</param>
/// <param name="Deviations">Those that count, latest first, attached to the case or not.</param>
public sealed record RecurrenceDetected(
    DateTimeOffset At, int Count, int Months, bool SameRequirement, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<Guid> Deviations) : CaseEvent(At);

/// <summary>What had been told as recurring does so no longer: a deviation was assessed anew, or the window has gone on.</summary>
/// <param name="Deviations">Those that made it up when it was told.</param>
public sealed record RecurrenceCeased(DateTimeOffset At, IReadOnlyList<Guid> Deviations) : CaseEvent(At);

/// <summary>The advice that stands on a case at step 0 (R-E1).</summary>
public sealed record RecurrenceAdvice(
    DateTimeOffset DetectedAt, int Count, int Months, bool SameRequirement, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<Guid> Deviations);
