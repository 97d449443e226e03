using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.WatchList;

namespace RegionEscalation.Storage;

/// <summary>The kinds of stream, as <c>mt_streams.type</c> names them, and what their events make of them.</summary>
internal static class Streams
{
    public const string Case = "escalation_case";
    public const string Deviation = "deviation";
    public const string Contract = "contract";
    public const string Supplier = "supplier";
    public const string LadderSettings = "ladder_settings";
    public const string WatchEntry = "watch_entry";

    /// <returns>The state; null without events.</returns>
    /// <exception cref="InvalidDataException">The stream's or an event's type is unknown to this build.</exception>
    /// <exception cref="InvalidCastException">An event belongs to another kind of stream.</exception>
    public static object? Replay(string type, IEnumerable<(string Type, string Data)> events)
    {
        var read = events.Select(e => EventTypes.Read(e.Type, e.Data));
        return type switch
        {
            Case => read.Cast<CaseEvent>().Aggregate((EscalationCase?)null, EscalationCase.Evolve),
            Deviation => read.Cast<DeviationEvent>().Aggregate((Deviation?)null, Domain.Deviations.Deviation.Evolve),
            Contract => read.Cast<ContractEvent>().Aggregate((Contract?)null, Domain.Contracts.Contract.Evolve),
            Supplier => read.Cast<SupplierEvent>().Aggregate((KnownSupplier?)null, KnownSupplier.Evolve),
            LadderSettings => read.Cast<LadderSettingsChanged>().Aggregate((LadderSettingsState?)null, LadderSettingsState.Evolve),
            WatchEntry => read.Cast<WatchEvent>().Aggregate((WatchEntry?)null, Domain.WatchList.WatchEntry.Evolve),
            _ => throw new InvalidDataException($"The stream type {type} is unknown to this build."),
        };
    }
}
