using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.Regions;
using RegionEscalation.Domain.WatchList;
using RegionEscalation.Feeds;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi;

/// <summary>What changed.</summary>
public enum ChangedKind
{
    Case,
    Deviation,
    Contract,
    Supplier,
    LadderSettings,
    WatchEntry,
}

/// <summary>A change in a region.</summary>
/// <param name="Id">The platform's id of what changed.</param>
/// <param name="Version">Its version since, from 1: every change of it is one.</param>
/// <param name="Event">The event itself, by its codes, as in the history of a case; null where what the platform has of it is damaged.</param>
public sealed record RegionChange(ChangedKind Kind, Guid Id, long Version, JsonElement Event);

/// <summary>A region's own feed: every event of the region, whole.</summary>
internal sealed class RegionFeed(EscalationStore store, IOptions<AccessOptions> access) : IChangeFeed
{
    private static readonly JsonElement Nothing = JsonSerializer.SerializeToElement<object?>(null);

    public static IReadOnlyList<string> Types { get; } = [.. EventTypes.Names.Order(StringComparer.Ordinal)];

    public string Api => EscalationApi.Name;

    public IReadOnlyList<string> Owners { get; } = [.. Region.All.Select(r => r.Code)];

    public WebhookTables Tables => WebhookTables.OfRegions;

    public string GoesOn => RegionLog.GoesOn;

    public NpgsqlBatch CreateBatch(string owner) => store.CreateBatch(RegionScope.For(owner));

    public Task<ChangePage> ReadAsync(FeedReader reader, FeedPosition after, IReadOnlyList<string> types, int limit, CancellationToken cancellationToken) =>
        ReadAsync(store.OpenSession(RegionScope.For(reader.Owner)), after, types, limit, cancellationToken);

    public TimeSpan? GivenOutFor => null;

    /// <exception cref="InvalidDataException">One of them was written by a newer build.</exception>
    public async Task<IReadOnlyList<Change>?> FindAsync(FeedReader reader, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        var session = store.OpenSession(RegionScope.For(reader.Owner));
        var query = session.CreateBatchQuery();
        var events = query.LoggedEvents(ids);
        var natural = query.NaturalPersons();
        await query.ExecuteAsync(cancellationToken);
        if (events.Value.IsStandby)
            return null;
        return events.Value.IsAhead
            ? throw new InvalidDataException("What waits is of a newer build.")
            : [.. events.Value.Events.Select(e => From(e, session.Scope.Region, natural.Value))];
    }

    public bool MayStillRead(FeedReader reader) => AccessRules.MayUse(access.Value, reader.ClientId, reader.Directory, reader.Owner);

    public static Task<ChangePage> ReadAsync(RegionSession session, FeedPosition after, IReadOnlyList<string> types, int limit, CancellationToken cancellationToken) =>
        ReadAsync(session, query => query.LogAfter(new LogPlace(after.Transaction, after.Sequence, after.EventId, after.At), types, limit), cancellationToken);

    public static Task<ChangePage> ReadAsync(RegionSession session, DateTimeOffset since, IReadOnlyList<string> types, int limit, CancellationToken cancellationToken) =>
        ReadAsync(session, query => query.LogSince(since, types, limit), cancellationToken);

    private static async Task<ChangePage> ReadAsync(RegionSession session, Func<BatchedQuery, Fetched<LogPart>> ask, CancellationToken cancellationToken)
    {
        var query = session.CreateBatchQuery();
        var part = ask(query);
        var natural = query.NaturalPersons();
        await query.ExecuteAsync(cancellationToken);
        return part.Value switch
        {
            { IsStandby: true } => ChangePage.OfStandby,
            { PlaceIsThere: false } => ChangePage.Gone,
            var read => new ChangePage([.. read.Events.Select(e => From(e, session.Scope.Region, natural.Value))], read.ReadUntil is { } place ? PositionOf(place) : null, IsAhead: read.IsAhead),
        };
    }

    private static FeedPosition PositionOf(LogPlace place) => new(place.Transaction, place.Sequence, place.EventId, place.At);

    private static Change From(LoggedEvent logged, string region, NaturalPersons natural) =>
        new(PositionOf(logged.Place), logged.StreamId, logged.Event.Type, Envelope(logged.StreamId, logged.Event, region, natural));

    internal static CloudEvent<RegionChange> Envelope(Guid id, StoredEvent e, string region, NaturalPersons natural)
    {
        var (kind, subject) = e.Event switch
        {
            CaseEvent => (ChangedKind.Case, $"cases/{id}"),
            DeviationEvent => (ChangedKind.Deviation, $"deviations/{id}"),
            ContractSynchronised { Number: { } number } => (ChangedKind.Contract, $"contracts/{Uri.EscapeDataString(number)}"),
            ContractEnded { Number: { } number } => (ChangedKind.Contract, $"contracts/{Uri.EscapeDataString(number)}"),
            SupplierOfContractMarked { Number: { } number } => (ChangedKind.Contract, $"contracts/{Uri.EscapeDataString(number)}"),
            // By the platform's id: a number may be a person's.
            SupplierEvent => (ChangedKind.Supplier, $"suppliers/{id}"),
            LadderSettingsChanged => (ChangedKind.LadderSettings, "ladder-settings"),
            WatchEvent => (ChangedKind.WatchEntry, $"watch-list/{id}"),
            DamagedEvent damaged when damaged.Is<CaseEvent>() => (ChangedKind.Case, $"cases/{id}"),
            DamagedEvent damaged when damaged.Is<DeviationEvent>() => (ChangedKind.Deviation, $"deviations/{id}"),
            DamagedEvent damaged when damaged.Is<SupplierEvent>() => (ChangedKind.Supplier, $"suppliers/{id}"),
            DamagedEvent damaged when damaged.Is<LadderSettingsChanged>() => (ChangedKind.LadderSettings, "ladder-settings"),
            DamagedEvent damaged when damaged.Is<WatchEvent>() => (ChangedKind.WatchEntry, $"watch-list/{id}"),
            // Which number it has stands in what is damaged.
            DamagedEvent or ContractEvent => (ChangedKind.Contract, $"events/{e.Id}"),
            _ => throw new InvalidDataException($"The feed knows no subject of {e.Type}."),
        };
        return new(e.Id, Paths.Region(region), e.Type, subject, e.At, new RegionChange(kind, id, e.Version, e.Event is DamagedEvent ? Nothing : EventJson.Of(e.Event, natural)));
    }
}
