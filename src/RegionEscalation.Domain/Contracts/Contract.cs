namespace RegionEscalation.Domain.Contracts;

/// <summary>The types of contract clause that decisions on the ladder rest on.</summary>
public enum ClauseType
{
    /// <summary>Vite.</summary>
    Penalty,

    /// <summary>Hävning.</summary>
    Rescission,

    /// <summary>Uppsägning.</summary>
    Termination,

    /// <summary>Avropsstopp.</summary>
    CallOffStop,

    /// <summary>Skadestånd.</summary>
    Damages,

    /// <summary>Revision.</summary>
    Audit,
}

/// <param name="Reference">Where in the contract the clause stands, such as <c>7.3</c>.</param>
public sealed record ContractClause(ClauseType Type, string Reference);

/// <summary>
/// The region's contract party (leverantör), which answers for its sub-suppliers too (R-G1).
/// </summary>
/// <param name="Id">The platform's id of the supplier within the region; the address of a sole trader.</param>
/// <param name="OrganisationNumber">Ten digits; a sole trader's is a personal identity number and never leaves the region.</param>
public sealed record Supplier(Guid Id, string OrganisationNumber, string Name)
{
    public bool IsNaturalPerson() => Domain.OrganisationNumber.IsNaturalPerson(OrganisationNumber);
}

/// <summary>A contract as the region's contract catalogue knows it.</summary>
/// <param name="Category">LfU's category of goods or services.</param>
/// <param name="OwnerAddress">The contract owner's (avtalsansvarig) function address, never a personal one.</param>
/// <param name="Version">Counts the changes, from 1.</param>
public sealed record Contract(
    string Number, string Title, Supplier Supplier, string Category, string OwnerAddress, IReadOnlyList<ContractClause> Clauses, long Version)
{
    public ContractReference Reference() => new(Number, Title, Category, OwnerAddress);
}

/// <summary>What a deviation or a case keeps of its contract, as it was when it was made.</summary>
public sealed record ContractReference(string Number, string Title, string Category, string OwnerAddress);
