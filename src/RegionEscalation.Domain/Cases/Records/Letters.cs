namespace RegionEscalation.Domain.Cases.Records;

public enum LetterRecipient
{
    ContactPerson,

    /// <summary>Försäljningschef eller motsvarande.</summary>
    SalesManager,

    /// <summary>VD eller motsvarande.</summary>
    Ceo,
}

/// <param name="RecipientFunction">The function it went to, never a person's name.</param>
/// <param name="Reference">The letter in the region's own records.</param>
/// <param name="SentAt">UTC.</param>
/// <param name="SentBy">The function that sent it.</param>
public sealed record LetterContent(
    LetterRecipient Recipient, string RecipientFunction, string Subject, string Reference, DateTimeOffset SentAt, string SentBy);

public sealed record Letter(LetterContent Content) : CaseRecord
{
    public override bool Does(string activityCode) => (activityCode, Content.Recipient) is
        ("letterToSalesManager", LetterRecipient.SalesManager) or ("letterToCeo", LetterRecipient.Ceo);
}

public sealed record LetterSent(DateTimeOffset At, Guid RecordId, LetterContent Content) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new Letter(Content);
}

public sealed record SendLetter(Guid RecordId, LetterContent Content) : RecordCommand(RecordId)
{
    internal override Decision<CaseEvent> Decide(EscalationCase s, CaseContext context) => Decision<CaseEvent>.Unless(
    [
        .. DialoguePartners.AgainstTalking(s, context),
        .. RecordRules.AgainstFuture(Content.SentAt, "sentAt", context),
        .. RecordRules.AgainstBeforeCase(Content.SentAt, "sentAt", s),
    ], () => [new LetterSent(context.Now, RecordId, Content)]);
}
