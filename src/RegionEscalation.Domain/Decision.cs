namespace RegionEscalation.Domain;

/// <summary>
/// Why a command is refused: a rule of the domain that is not met, or a field that the rule looks at.
/// </summary>
/// <param name="Code">The rule's id (<c>R-E3</c>), <see cref="FieldCode"/> for a single field's bounds, or a lifecycle code (<c>actionPlanLifecycle</c>).</param>
/// <param name="Reason">The case within the rule, a stable camelCase code such as <c>evaluationReused</c>.</param>
/// <param name="Message">What is missing, in both languages.</param>
/// <param name="MetBy">
/// The resource below the case whose POST would meet the rule, such as <c>activities</c>, or below the region where it begins with a deviation,
/// such as <c>deviations/ID/closures</c>; null when nothing would.
/// </param>
/// <param name="Field">The request field the rejection is about, as a camelCase path.</param>
/// <param name="Departable">True when the rule may be departed from in a single case with a recorded motivation.</param>
public sealed record Rejection(
    string Code, string Reason, Label Message, string? MetBy = null, string? Field = null, bool Departable = false)
{
    public const string FieldCode = "field";

    public static Rejection InField(string field, string reason, string sv, string en) =>
        new(FieldCode, reason, new Label(sv, en), Field: field);
}

/// <summary>What a command leads to: the events that happened, or every rejection that stands against it, never both.</summary>
public sealed record Decision<TEvent>(IReadOnlyList<TEvent> Events, IReadOnlyList<Rejection> Rejections)
{
    public bool IsRejected => Rejections.Count > 0;

    public static Decision<TEvent> Accept(params IReadOnlyList<TEvent> events) => new(events, []);

    public static Decision<TEvent> Reject(params IReadOnlyList<Rejection> rejections) => new([], rejections);

    /// <summary>Rejected when anything stands against it; the events are not even made then.</summary>
    public static Decision<TEvent> Unless(IReadOnlyList<Rejection> rejections, Func<IReadOnlyList<TEvent>> events) =>
        rejections.Count > 0 ? new([], rejections) : new(events(), []);
}
