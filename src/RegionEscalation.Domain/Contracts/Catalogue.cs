using RegionEscalation.Domain.Cases;

namespace RegionEscalation.Domain.Contracts;

/// <summary>What a contract catalogue says of one contract or supplier, checked field by field and not yet compared with what the region has.</summary>
public abstract record CatalogueRow;

/// <param name="Content">Its supplier as the row names it; the id is the region's, and empty until it is known.</param>
public sealed record ContractRow(string Number, ContractContent Content) : CatalogueRow;

/// <param name="OrganisationNumber">As <see cref="SupplierNumber"/> writes it.</param>
public sealed record SupplierRow(string OrganisationNumber, bool? SoleTrader, SupplierContent Content) : CatalogueRow;

/// <summary>
/// What a catalogue's word makes of what the region has: the same for a contract that is put singly, imported or pulled. The same word twice is one change.
/// </summary>
public static class Catalogue
{
    /// <summary>A supplier that the region does not know is taken over from the contract that names it; how a known one is named is its own row's to say.</summary>
    /// <param name="newId">The id of the supplier, if it is new.</param>
    public static SupplierEvent? SupplierOf(ContractRow row, KnownSupplier? known, Guid newId, DateTimeOffset now) => known is null
        ? new SupplierSynchronised(now, newId, row.Content.Supplier.OrganisationNumber, row.Content.Supplier.SoleTrader, new SupplierContent(row.Content.Supplier.Name))
        : null;

    /// <returns>The event; null when it says what is known already.</returns>
    public static SupplierEvent? Synchronise(SupplierRow row, KnownSupplier? before, Guid newId, DateTimeOffset now) =>
        before is not null && before.SoleTrader == row.SoleTrader && before.Content.SaysTheSameAs(row.Content)
            ? null
            : new SupplierSynchronised(now, before?.Id ?? newId, row.OrganisationNumber, row.SoleTrader, row.Content);

    /// <param name="supplierId">The region's id of the supplier.</param>
    /// <param name="newId">The id of the contract, if it is new.</param>
    /// <returns>The event; null when it says what is known already.</returns>
    public static ContractEvent? Synchronise(ContractRow row, Contract? before, Guid supplierId, Guid newId, DateTimeOffset now)
    {
        var content = row.Content with { Supplier = row.Content.Supplier with { Id = supplierId } };
        return before is { EndedAt: null } && content.SaysTheSameAs(before.Content) ? null : new ContractSynchronised(now, before?.Id ?? newId, row.Number, content);
    }

    /// <summary>The contract is no longer in a complete catalogue.</summary>
    public static ContractEvent? End(Contract before, Guid? import, DateTimeOffset now) =>
        before.EndedAt is null ? new ContractEnded(now, before.Id, before.Number, import) : null;

    /// <summary>What a change of the contract means for the open case about it: who is responsible and when the contract ends concern whoever works there.</summary>
    /// <returns>Nothing for a closed case, and for other changes.</returns>
    public static IReadOnlyList<CaseEvent> Follow(EscalationCase c, Contract before, Contract after, DateTimeOffset now) =>
        c.IsOpen() && c.Contract.Number == after.Number && c.Supplier.Id == before.Content.Supplier.Id
        && ((before.Content.OwnerAddress, before.Content.OwnerFunction, before.Content.OwnerRole) != (after.Content.OwnerAddress, after.Content.OwnerFunction, after.Content.OwnerRole)
            || (before.Content.ValidUntil, before.EndedAt) != (after.Content.ValidUntil, after.EndedAt))
            ? [new ContractOfCaseChanged(now, after.Content.OwnerAddress, after.Content.OwnerFunction, after.Content.OwnerRole, before.Content.ValidUntil, after.Content.ValidUntil, after.EndedAt)]
            : [];
}
