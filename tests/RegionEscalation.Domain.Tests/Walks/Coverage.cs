using System.Collections.Concurrent;
using RegionEscalation.Domain.Cases;

namespace RegionEscalation.Domain.Tests.Walks;

/// <summary>How often the walks came where.</summary>
internal sealed class Coverage
{
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);

    public void Count(CaseCommand command, Decision<CaseEvent> decision)
    {
        Add($"command {command.GetType().Name} {(decision.IsRejected ? "refused" : "accepted")}");
        foreach (var r in decision.Rejections.DistinctBy(r => (r.Code, r.Reason)))
            Add($"reason {r.Code} {r.Reason}");
    }

    public void Count(IReadOnlyList<CaseEvent> events, EscalationCase? state)
    {
        foreach (var e in events)
        {
            Add($"event {e.GetType().Name}");
            if (e is CaseEscalated up)
                Add($"up {up.Basis.Trigger} {up.FromStep} {up.ToStep}");
        }
        if (state is null)
            return;
        Add($"step {state.LadderVersion} {state.Step}");
        if (state.Outcome is { } outcome)
            Add($"outcome {outcome}");
    }

    /// <summary>What begins so, without its beginning.</summary>
    public IReadOnlyDictionary<string, int> Of(string kind) =>
        _counts.Where(c => c.Key.StartsWith(kind + " ", StringComparison.Ordinal)).ToDictionary(c => c.Key[(kind.Length + 1)..], c => c.Value);

    public override string ToString() => string.Join('\n', _counts.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Value,9} {c.Key}"));

    private void Add(string what) => _counts.AddOrUpdate(what, 1, (_, n) => n + 1);
}
