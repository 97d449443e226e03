using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests.Behaviour;

/// <summary>Something that can be asked of a case, and what is decided about it in each situation.</summary>
/// <param name="Command">The type of the command.</param>
/// <param name="Label">What tells it from the other rows.</param>
/// <param name="Verdict">What is decided under the edition, about a case at the step, in the situation; of an opening, at the step it asks for.</param>
internal sealed record Row(Type Command, string Label, Func<LadderDefinition, int, Situation, string> Verdict)
{
    public const string Allowed = "✓";

    /// <param name="arrange">Makes what the command changes, where the case may have it.</param>
    /// <param name="of">What tells the row from others of the same command.</param>
    /// <param name="start">Another case than the situation's own.</param>
    public static Row Of<TCommand>(
        Func<GivenCase, TCommand> command, Func<GivenCase, GivenCase>? arrange = null, string? of = null,
        Func<LadderDefinition, int, Situation, GivenCase>? start = null, bool named = true)
        where TCommand : CaseCommand
    {
        start ??= Situations.At;
        var label = !named ? of! : of is null ? typeof(TCommand).Name : $"{typeof(TCommand).Name}, {of}";
        return new Row(typeof(TCommand), label, (edition, step, situation) =>
        {
            var given = situation == Situation.Closed && arrange is not null
                ? arrange(Situations.At(edition, step, Situation.Arrived)).ClosedAsUnfounded() ?? arrange(Situations.At(edition, step, Situation.Closed))
                : (arrange ?? (c => c))(start(edition, step, situation));
            return Text(given.When(command(given)).Decision);
        });
    }

    /// <summary>The rules and reasons that stand against it, each once, in the order in which they are told.</summary>
    public static string Text(Decision<CaseEvent> decision) => decision.IsRejected
        ? string.Join(", ", decision.Rejections.Select(r => $"`{r.Code} {r.Reason}`{(r.Departable ? "†" : "")}").Distinct())
        : Allowed;
}
