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

/// <summary>A contract as the region's contract catalogue knows it, and as its stream tells it.</summary>
public sealed record Contract
{
    public required Guid Id { get; init; }
    public required long Version { get; init; }

    /// <summary>The catalogue's number, unique within the region.</summary>
    public required string Number { get; init; }
    public required ContractContent Content { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public ContractReference Reference() => new(Number, Content.Title, Content.Category, Content.OwnerAddress);

    public static Contract Evolve(Contract? contract, ContractEvent e) => (contract, e) switch
    {
        (null, ContractSynchronised s) => new Contract
        {
            Id = s.ContractId,
            Version = 1,
            Number = s.Number,
            Content = s.Content,
            UpdatedAt = s.At,
        },
        ({ } c, ContractSynchronised s) => c with { Version = c.Version + 1, Content = s.Content, UpdatedAt = s.At },
        _ => throw new InvalidOperationException($"A contract's stream cannot hold {e.GetType().Name}."),
    };
}

/// <param name="Category">LfU's category of goods or services.</param>
/// <param name="OwnerAddress">The contract owner's (avtalsansvarig) function address, never a personal one.</param>
/// <param name="ValidUntil">Last day, Swedish calendar date; null while none is set.</param>
public sealed record ContractContent(
    string Title, Supplier Supplier, string Category, string OwnerAddress, IReadOnlyList<ContractClause> Clauses, DateOnly? ValidUntil = null)
{
    public bool SaysTheSameAs(ContractContent other) =>
        (Title, Supplier, Category, OwnerAddress, ValidUntil) == (other.Title, other.Supplier, other.Category, other.OwnerAddress, other.ValidUntil)
        && Clauses.SequenceEqual(other.Clauses);
}

/// <param name="At">When it was recorded, UTC, whole microseconds.</param>
public abstract record ContractEvent(DateTimeOffset At);

/// <summary>The catalogue's state of the contract was taken over, whole.</summary>
public sealed record ContractSynchronised(DateTimeOffset At, Guid ContractId, string Number, ContractContent Content) : ContractEvent(At);

/// <summary>What a deviation or a case keeps of its contract, as it was when it was made.</summary>
public sealed record ContractReference(string Number, string Title, string Category, string OwnerAddress);
