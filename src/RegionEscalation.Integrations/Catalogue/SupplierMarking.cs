using RegionEscalation.Domain;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Storage;

namespace RegionEscalation.Integrations.Catalogue;

/// <summary>Contracts and cases as they are once their suppliers' marks have reached them.</summary>
/// <param name="Contracts">Those that changed, by number.</param>
/// <param name="Cases">Those that changed, by id.</param>
public sealed record MarkedSuppliers(IReadOnlyDictionary<string, Contract> Contracts, IReadOnlyDictionary<Guid, EscalationCase> Cases)
{
    /// <summary>How many events that took.</summary>
    public int Events => Contracts.Count + Cases.Count;
}

/// <summary>A supplier that turns out to be a natural person after contracts and cases have taken its number (R-G8): its mark reaches them in its own transaction.</summary>
public static class SupplierMarking
{
    /// <summary>What rows say of foreign suppliers; of a Swedish one the number tells. A contract can only say that its supplier is a natural person.</summary>
    public static IReadOnlyCollection<SupplierMark> SaidBy(IEnumerable<CatalogueRow> rows) =>
    [
        .. rows.Select(row => row switch
        {
            SupplierRow { SoleTrader: { } said } s => new SupplierMark(null, s.OrganisationNumber, said),
            ContractRow { Content.Supplier: { SoleTrader: true } named } => new SupplierMark(null, named.OrganisationNumber, true),
            _ => null,
        }).OfType<SupplierMark>().Where(m => SupplierNumber.IsForeign(m.Number!)).Distinct(),
    ];

    /// <param name="suppliers">As they are from now on.</param>
    /// <param name="contracts">Those that may carry another mark.</param>
    /// <param name="cases">Those that may carry another mark.</param>
    public static MarkedSuppliers Apply(
        RegionSession session, IEnumerable<KnownSupplier> suppliers, IReadOnlyList<Contract> contracts, IReadOnlyList<EscalationCase> cases, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(contracts);
        ArgumentNullException.ThrowIfNull(cases);
        var byId = contracts.Count + cases.Count == 0 ? [] : suppliers.ToDictionary(s => s.Id);
        var markedContracts = new Dictionary<string, Contract>(StringComparer.Ordinal);
        foreach (var contract in contracts)
        {
            if (byId.TryGetValue(contract.Content.Supplier.Id, out var supplier) && Synchronisation.Mark(contract, supplier, now) is { } e)
                markedContracts[contract.Number] = session.Append(contract, e);
        }
        var markedCases = new Dictionary<Guid, EscalationCase>();
        foreach (var c in cases)
        {
            if (byId.TryGetValue(c.Supplier.Id, out var supplier) && Synchronisation.Mark(c, supplier, now) is { Count: > 0 } events)
                markedCases[c.Id] = session.Append(c, events);
        }
        return new MarkedSuppliers(markedContracts, markedCases);
    }
}
