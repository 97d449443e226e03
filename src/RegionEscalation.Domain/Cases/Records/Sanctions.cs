using RegionEscalation.Domain.Contracts;

namespace RegionEscalation.Domain.Cases.Records;

public enum SanctionKind
{
    /// <summary>Vite.</summary>
    Penalty,

    /// <summary>Skadestånd.</summary>
    Damages,

    /// <summary>Prisavdrag.</summary>
    PriceReduction,
    Other,
}

public enum WaiverReason
{
    /// <summary>The contract has no clause to rest on.</summary>
    NoClause,
    Disproportionate,
    Settled,
    Other,
}

public enum SanctionState
{
    Imposed,

    /// <summary>Assessed, and not imposed.</summary>
    Waived,
    Withdrawn,

    /// <summary>Paid, set off or executed.</summary>
    Settled,
}

/// <param name="Value">Above 0, with at most two decimals.</param>
/// <param name="Currency">ISO 4217.</param>
public sealed record Amount(decimal Value, string Currency)
{
    internal IEnumerable<Rejection> Against(string field)
    {
        if (Value <= 0)
            yield return Rejection.InField(field + ".value", "notPositive", "Beloppet ska vara större än noll.", "The amount is greater than zero.");
        if (decimal.Round(Value, 2) != Value)
            yield return Rejection.InField(field + ".value", "tooManyDecimals", "Beloppet har högst två decimaler.", "The amount has at most two decimals.");
    }
}

/// <param name="ClauseReference">Where in the contract it stands (R-S1).</param>
/// <param name="Basis">How it is calculated.</param>
/// <param name="NoticeSentAt">When the supplier was told, UTC.</param>
/// <param name="Automatic">True when the contract itself prescribes it, which is allowed before step 2 (R-S1).</param>
public sealed record SanctionContent(
    SanctionKind Kind, string ClauseReference, string Basis, Amount? Amount, DateTimeOffset NoticeSentAt, bool Automatic, DecisionMaker DecidedBy);

public sealed record WaiverContent(WaiverReason Reason, string Motivation, DecisionMaker DecidedBy);

/// <param name="Imposed">What was imposed; null when waived from the beginning.</param>
/// <param name="Disputed">True while an objection of the supplier is unanswered (R-S2).</param>
/// <param name="Ended">How it was withdrawn or settled.</param>
public sealed record Sanction(SanctionContent? Imposed, WaiverContent? Waiver, SanctionState State, bool Disputed, string? Objection, string? Answer, string? Ended) : CaseRecord
{
    /// <summary>Nothing more is to come of it (R-Z1).</summary>
    public bool IsFinal() => State != SanctionState.Imposed;

    /// <summary>Damages or a comparable sanction that stands: settled, or under no objection (R-X1).</summary>
    public bool Stands() => State is SanctionState.Imposed or SanctionState.Settled && !Disputed;

    public override bool Does(string activityCode) => activityCode == "sanctions" && State != SanctionState.Withdrawn;
}

public sealed record SanctionImposed(DateTimeOffset At, Guid RecordId, SanctionContent Content) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new Sanction(Content, null, SanctionState.Imposed, false, null, null, null);
}

public sealed record SanctionWaived(DateTimeOffset At, Guid RecordId, WaiverContent Content) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new Sanction(null, Content, SanctionState.Waived, false, null, null, null);
}

public sealed record SanctionObjectedTo(DateTimeOffset At, Guid RecordId, string Objection) : RecordChanged<Sanction>(At, RecordId)
{
    protected override Sanction Change(Sanction record) => record with { Disputed = true, Objection = Objection, Answer = null };
}

public sealed record SanctionObjectionAnswered(DateTimeOffset At, Guid RecordId, string Answer, string AnsweredBy) : RecordChanged<Sanction>(At, RecordId)
{
    protected override Sanction Change(Sanction record) => record with { Disputed = false, Answer = Answer };
}

public sealed record SanctionWithdrawn(DateTimeOffset At, Guid RecordId, string Reason, DecisionMaker DecidedBy) : RecordChanged<Sanction>(At, RecordId)
{
    protected override Sanction Change(Sanction record) => record with { State = SanctionState.Withdrawn, Disputed = false, Ended = Reason };
}

public sealed record SanctionSettled(DateTimeOffset At, Guid RecordId, string How, string SettledBy) : RecordChanged<Sanction>(At, RecordId)
{
    protected override Sanction Change(Sanction record) => record with { State = SanctionState.Settled, Disputed = false, Ended = How };
}

/// <summary>A sanction is imposed, or assessed and waived; either is what the ladder's activity asks for (R-S1).</summary>
/// <param name="Imposed">Null when waived.</param>
/// <param name="Waived">Null when imposed.</param>
/// <param name="Contract">The case's contract as the region's catalogue has it now; null when it is gone from there.</param>
public sealed record DecideSanction(Guid RecordId, SanctionContent? Imposed, WaiverContent? Waived, Contract? Contract) : RecordCommand(RecordId)
{
    /// <summary>The step from which sanctions are the region's to impose; before it they come of the contract itself (R-S1).</summary>
    private const int FirstStep = 2;

    internal override Decision<CaseEvent> Decide(EscalationCase s, CaseContext context) => (Imposed, Waived) switch
    {
        ({ } imposed, null) => Decision<CaseEvent>.Unless(
            [.. Against(imposed, s, context)], () => [new SanctionImposed(context.Now, RecordId, imposed)]),
        (null, { } waived) => Decision<CaseEvent>.Unless(
        [
            .. RecordRules.AgainstMotivation(waived.Motivation, "waived.motivation", "R-S1"),
            .. RecordRules.AgainstDecider(waived.DecidedBy, "decidedBy", s.Step, context),
        ], () => [new SanctionWaived(context.Now, RecordId, waived)]),
        _ => Decision<CaseEvent>.Reject(Rejection.InField("imposed", "imposedOrWaived",
            "Sanktionen antingen beslutas eller avstås.", "The sanction is either imposed or waived.")),
    };

    private IEnumerable<Rejection> Against(SanctionContent content, EscalationCase s, CaseContext context)
    {
        if (s.Step < FirstStep && !content.Automatic)
            yield return new Rejection("R-S1", "tooEarly", new Label(
                $"Före steg {FirstStep} utgår en sanktion bara när avtalet självt föreskriver den.",
                $"Before step {FirstStep} a sanction is due only where the contract itself prescribes it."), "escalations", "imposed.automatic");
        if (!RecordRules.HasClause(Contract, content.ClauseReference))
            yield return new Rejection("R-S1", "clauseUnknown", new Label(
                "Avtalet har ingen sådan klausul.", "The contract has no such clause."), Field: "imposed.clauseReference");
        Rejection[] rest =
        [
            .. content.Amount?.Against("imposed.amount") ?? [],
            .. RecordRules.AgainstFuture(content.NoticeSentAt, "imposed.noticeSentAt", context),
            .. RecordRules.AgainstBeforeCase(content.NoticeSentAt, "imposed.noticeSentAt", s),
            .. RecordRules.AgainstDecider(content.DecidedBy, "decidedBy", s.Step, context),
        ];
        foreach (var rejection in rest)
            yield return rejection;
    }
}

/// <summary>A change of a sanction that was imposed. The supplier's objection and the money go on after the case is closed.</summary>
public abstract record SanctionChange(Guid RecordId) : RecordChange<Sanction>(RecordId)
{
    internal override bool WhenClosed => true;

    internal sealed override Decision<CaseEvent> Decide(Sanction record, EscalationCase s, CaseContext context) => record.State == SanctionState.Imposed
        ? Decision<CaseEvent>.Unless([.. Against(record, s, context)], () => [Event(context.Now)])
        : Decision<CaseEvent>.Reject(Lifecycle("notImposed",
            "Sanktionen är avstådd, återkallad eller reglerad.", "The sanction is waived, withdrawn or settled."));

    private protected abstract IEnumerable<Rejection> Against(Sanction record, EscalationCase s, CaseContext context);

    private protected abstract CaseEvent Event(DateTimeOffset now);

    private protected static Rejection Lifecycle(string reason, string sv, string en) => new("sanctionLifecycle", reason, new Label(sv, en));
}

/// <summary>The supplier objects; the sanction is disputed until it has an answer (R-S2).</summary>
public sealed record ObjectToSanction(Guid RecordId, string Objection) : SanctionChange(RecordId)
{
    private protected override IEnumerable<Rejection> Against(Sanction record, EscalationCase s, CaseContext context)
    {
        if (record.Disputed)
            yield return Lifecycle("alreadyDisputed", "En invändning är redan obesvarad.", "An objection is unanswered already.");
    }

    private protected override CaseEvent Event(DateTimeOffset now) => new SanctionObjectedTo(now, RecordId, Objection);
}

public sealed record AnswerObjection(Guid RecordId, string Answer, string AnsweredBy) : SanctionChange(RecordId)
{
    private protected override IEnumerable<Rejection> Against(Sanction record, EscalationCase s, CaseContext context)
    {
        if (!record.Disputed)
            yield return Lifecycle("notDisputed", "Ingen invändning är obesvarad.", "No objection is unanswered.");
    }

    private protected override CaseEvent Event(DateTimeOffset now) => new SanctionObjectionAnswered(now, RecordId, Answer, AnsweredBy);
}

public sealed record WithdrawSanction(Guid RecordId, string Reason, DecisionMaker DecidedBy) : SanctionChange(RecordId)
{
    private protected override IEnumerable<Rejection> Against(Sanction record, EscalationCase s, CaseContext context) =>
        RecordRules.AgainstDecider(DecidedBy, "decidedBy", s.Step, context);

    private protected override CaseEvent Event(DateTimeOffset now) => new SanctionWithdrawn(now, RecordId, Reason, DecidedBy);
}

public sealed record SettleSanction(Guid RecordId, string How, string SettledBy) : SanctionChange(RecordId)
{
    private protected override IEnumerable<Rejection> Against(Sanction record, EscalationCase s, CaseContext context)
    {
        if (record.Disputed)
            yield return new Rejection("R-S2", "disputed", new Label(
                "Leverantörens invändning är inte besvarad.", "The supplier's objection is not answered."), $"sanctions/{RecordId}/answers");
    }

    private protected override CaseEvent Event(DateTimeOffset now) => new SanctionSettled(now, RecordId, How, SettledBy);
}
