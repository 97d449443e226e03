using RegionEscalation.Domain.Cases;

namespace RegionEscalation.Domain.Contracts;

/// <summary>What a contract catalogue says of one contract or supplier, checked field by field and not yet compared with what the region has.</summary>
public abstract record CatalogueRow;

/// <param name="Content">Its supplier as the row names it; the id is the region's, and empty until it is known.</param>
public sealed record ContractRow(string Number, ContractContent Content) : CatalogueRow;

/// <param name="OrganisationNumber">As <see cref="SupplierNumber"/> writes it.</param>
/// <param name="SoleTrader">Null where the row does not say.</param>
public sealed record SupplierRow(string OrganisationNumber, bool? SoleTrader, SupplierContent Content) : CatalogueRow;

/// <summary>
/// What a catalogue's word makes of what the region has: the same for a contract that is put singly, imported or pulled. The same word twice is one change.
/// </summary>
public static class Synchronisation
{
    /// <summary>
    /// A supplier that the region does not know is taken over from the contract that names it. How a known one is named is its own row's to say, or two contracts
    /// that write its name differently would rename it in turn for ever; the contract keeps the name that it is written with. Only that it is a natural person is
    /// taken from a contract too, since its number is not shown from then on.
    /// </summary>
    /// <param name="newId">The id of the supplier, if it is new.</param>
    /// <param name="putSingly">Whether the row was put by itself, and not with an import: it says nothing of the supplier then but the mark.</param>
    public static SupplierEvent? SupplierOf(ContractRow row, KnownSupplier? known, Guid newId, DateTimeOffset now, bool putSingly = false) => (known, row.Content.Supplier) switch
    {
        (null, var named) => new SupplierSynchronised(
            now, newId, named.OrganisationNumber, named.SoleTrader, new SupplierContent(named.Name), MarkSaidSingly: putSingly && named.SoleTrader == true ? true : null),
        ({ SoleTrader: not true }, { SoleTrader: true }) => new SupplierSynchronised(
            now, known.Id, known.OrganisationNumber, true, known.Content, MarkSaidSingly: putSingly ? true : null),
        _ => null,
    };

    /// <summary>As <see cref="SupplierOf"/> of an import's row, which marks nobody against what was said singly since it came.</summary>
    /// <param name="before">The contract as the region knows it, if it does.</param>
    /// <param name="receivedAt">When the import began to be received, or its listing to be read, UTC.</param>
    public static SupplierEvent? SupplierOfImported(ContractRow row, KnownSupplier? known, Contract? before, DateTimeOffset receivedAt, Guid newId, DateTimeOffset now) =>
        known is not null && (IsSuperseded(known.MarkSaidAt, receivedAt) || IsSuperseded(before?.PutAt, receivedAt)) ? null : SupplierOf(row, known, newId, now);

    /// <summary>Whoever is known to be a natural person stays one while nothing is said of it: a catalogue that has no such column would show the number.</summary>
    /// <param name="putSingly">Whether the row was put by itself, and not with an import.</param>
    /// <returns>The event; null when it says what is known already.</returns>
    public static SupplierEvent? Synchronise(SupplierRow row, KnownSupplier? before, Guid newId, DateTimeOffset now, bool putSingly = false)
    {
        bool? soleTrader = (row.SoleTrader ?? before?.SoleTrader) == true ? true : null;
        return before is not null && before.SoleTrader == soleTrader && before.Content.SaysTheSameAs(row.Content)
            ? null
            : new SupplierSynchronised(now, before?.Id ?? newId, row.OrganisationNumber, soleTrader, row.Content, putSingly ? true : null, putSingly && row.SoleTrader is not null ? true : null);
    }

    /// <summary>The row with those marked as natural persons, among its predecessor and its sub-suppliers, that the region knows to be that.</summary>
    /// <param name="named">Suppliers of the region; those that the row does not name count for nothing.</param>
    public static SupplierRow Marked(SupplierRow row, IEnumerable<KnownSupplier> named)
    {
        var natural = named.Where(s => s.SoleTrader == true).Select(s => s.OrganisationNumber).ToHashSet(StringComparer.Ordinal);
        bool? Mark(string? number, bool? said) => number is not null && natural.Contains(number) ? true : said;
        return natural.Count == 0 ? row : row with
        {
            Content = row.Content with
            {
                SuccessorOf = row.Content.SuccessorOf is { } s ? s with { SoleTrader = Mark(s.OrganisationNumber, s.SoleTrader) } : null,
                SubSuppliers = row.Content.SubSuppliers is { } all ? [.. all.Select(u => u with { SoleTrader = Mark(u.OrganisationNumber, u.SoleTrader) })] : null,
            },
        };
    }

    /// <param name="supplier">The region's, after <see cref="SupplierOf"/>: whether it is a natural person is known from there.</param>
    /// <param name="newId">The id of the contract, if it is new.</param>
    /// <param name="putSingly">Whether the row was put by itself, and not with an import.</param>
    /// <returns>The event; null when it says what is known already.</returns>
    public static ContractEvent? Synchronise(ContractRow row, Contract? before, KnownSupplier supplier, Guid newId, DateTimeOffset now, bool putSingly = false)
    {
        var named = row.Content.Supplier with { Id = supplier.Id, SoleTrader = supplier.SoleTrader };
        var content = row.Content with { Supplier = named };
        return before is { EndedAt: null } && content.SaysTheSameAs(before.Content)
            ? null
            : new ContractSynchronised(now, before?.Id ?? newId, row.Number, content, putSingly ? true : null);
    }

    /// <summary>What was put singly after an import came is newer than what the import says: its row, if it says something else, is not applied.</summary>
    /// <param name="putAt">When the contract or supplier was last put singly, UTC.</param>
    /// <param name="receivedAt">When the import began to be received, or its listing to be read, UTC.</param>
    public static bool IsSuperseded(DateTimeOffset? putAt, DateTimeOffset receivedAt) => putAt > receivedAt;

    /// <summary>The single word that an import's row about a supplier says something else than, where there is one since the import came.</summary>
    /// <param name="receivedAt">When the import began to be received, or its listing to be read, UTC.</param>
    /// <returns>UTC; null where the row stands.</returns>
    public static DateTimeOffset? SupersededAt(SupplierRow row, KnownSupplier? before, DateTimeOffset receivedAt) => before switch
    {
        { PutAt: { } putAt } when IsSuperseded(putAt, receivedAt) => putAt,
        { MarkSaidAt: { } saidAt } when IsSuperseded(saidAt, receivedAt) && row.SoleTrader is { } says && says != (before.SoleTrader == true) => saidAt,
        _ => null,
    };

    /// <summary>A supplier that becomes known as a natural person, or as none, is that on its contracts too, ended ones included.</summary>
    /// <returns>The event; null for a contract with another supplier, and where the mark is the same.</returns>
    public static ContractEvent? Mark(Contract before, KnownSupplier supplier, DateTimeOffset now) =>
        before.Content.Supplier is var kept && kept.Id == supplier.Id && kept.SoleTrader == true != (supplier.SoleTrader == true)
            ? new SupplierOfContractMarked(now, before.Id, before.Number, supplier.SoleTrader == true)
            : null;

    /// <summary>The same on its cases, closed ones included: what the others are told of them changes with it.</summary>
    /// <returns>Nothing for a case about another supplier, and where the mark is the same.</returns>
    public static IReadOnlyList<CaseEvent> Mark(EscalationCase c, KnownSupplier supplier, DateTimeOffset now) =>
        c.Supplier.Id == supplier.Id && c.Supplier.SoleTrader == true != (supplier.SoleTrader == true)
            ? [new SupplierOfCaseMarked(now, supplier.SoleTrader == true)]
            : [];

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
