using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.WatchList;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi;

/// <summary>What a region's feed gives, for the document of all events.</summary>
public static class RegionEvents
{
    private static readonly Guid SettingsId = Guid.Parse("0195f0a0-1111-7000-8000-000000000003");
    private static readonly Guid EventId = Guid.Parse("019cadb4-2f20-7000-8000-000000000008");

    public static IReadOnlyList<string> Types => RegionFeed.Types;

    /// <summary>What the event of the type is, within the change.</summary>
    public static Type RecordOf(string type) => EventSamples.Of(type).GetType();

    /// <summary>An event of the type, as the feed gives it.</summary>
    public static CloudEvent<RegionChange> Example(string type)
    {
        var e = EventSamples.Of(type);
        var (id, at) = e switch
        {
            CaseEvent x => (((CaseOpened)EventSamples.Of("case-opened.v1")).CaseId, x.At),
            DeviationEvent x => (((DeviationReported)EventSamples.Of("deviation-reported.v1")).DeviationId, x.At),
            ContractSynchronised x => (x.ContractId, x.At),
            ContractEnded x => (x.ContractId, x.At),
            SupplierOfContractMarked x => (x.ContractId, x.At),
            SupplierSynchronised x => (x.SupplierId, x.At),
            LadderSettingsChanged x => (SettingsId, x.At),
            WatchEvent x => (((SupplierPlacedUnderWatch)EventSamples.Of("supplier-placed-under-watch.v1")).EntryId, x.At),
            _ => throw new InvalidDataException($"There is no example of {type}."),
        };
        var version = e is CaseOpened or DeviationReported or ContractSynchronised or SupplierSynchronised or LadderSettingsChanged or SupplierPlacedUnderWatch ? 1 : 7;
        return RegionFeed.Envelope(id, new StoredEvent(EventId, version, type, at, "kalmar-decider", null, e), "08", NaturalPersons.None);
    }
}
