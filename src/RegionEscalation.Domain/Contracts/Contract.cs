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

/// <summary>A right to prolong the contract.</summary>
/// <param name="Until">Last day of the contract once it is exercised, Swedish calendar date.</param>
/// <param name="ExerciseBy">By when it is to be exercised, Swedish calendar date.</param>
/// <param name="Exercised">Whether it has been.</param>
public sealed record ExtensionOption(DateOnly Until, DateOnly? ExerciseBy, bool Exercised);

/// <param name="Amount">At most two decimals.</param>
/// <param name="Currency">ISO 4217.</param>
public sealed record ContractValue(decimal Amount, string Currency);

/// <summary>A contract as the region's contract catalogue knows it, and as its stream tells it.</summary>
public sealed record Contract
{
    public required Guid Id { get; init; }
    public required long Version { get; init; }

    /// <summary>The catalogue's number, unique within the region.</summary>
    public required string Number { get; init; }
    public required ContractContent Content { get; init; }

    /// <summary>When the catalogue was found not to have it any more, UTC; null while it has. What refers to it goes on referring to it.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When it was last put singly, UTC; null while only imports have told of it.</summary>
    public DateTimeOffset? PutAt { get; init; }

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
            PutAt = s.PutSingly == true ? s.At : null,
            UpdatedAt = s.At,
        },
        ({ } c, ContractSynchronised s) => c with
        {
            Version = c.Version + 1, Content = s.Content, EndedAt = null, PutAt = s.PutSingly == true ? s.At : c.PutAt, UpdatedAt = s.At,
        },
        ({ } c, SupplierOfContractMarked m) => c with
        {
            Version = c.Version + 1, Content = c.Content with { Supplier = c.Content.Supplier with { SoleTrader = m.SoleTrader ? true : null } }, UpdatedAt = m.At,
        },
        ({ } c, ContractEnded x) => c with { Version = c.Version + 1, EndedAt = x.At, UpdatedAt = x.At },
        _ => throw new InvalidOperationException($"A contract's stream cannot hold {e.GetType().Name}."),
    };
}

/// <param name="Category">LfU's category of goods or services.</param>
/// <param name="OwnerAddress">The contract owner's (avtalsansvarig) function address, never a personal one.</param>
/// <param name="ValidUntil">Last day, Swedish calendar date; null while none is set.</param>
public sealed record ContractContent(
    string Title, Supplier Supplier, string Category, string OwnerAddress, IReadOnlyList<ContractClause> Clauses, DateOnly? ValidUntil = null)
{
    /// <summary>First day, Swedish calendar date.</summary>
    public DateOnly? ValidFrom { get; init; }
    public IReadOnlyList<ExtensionOption>? Options { get; init; }

    /// <summary>Codes of the EU's common procurement vocabulary, eight digits each, the main one first.</summary>
    public IReadOnlyList<string>? Cpv { get; init; }

    /// <summary>The function of the contract owner, such as avtalscontroller, and the role it has in the region's organisation.</summary>
    public string? OwnerFunction { get; init; }
    public string? OwnerRole { get; init; }

    /// <summary>The bodies that may call off under it beside the region: a region's code, or a name.</summary>
    public IReadOnlyList<string>? ParticipatingBodies { get; init; }

    /// <summary>Whether social contract terms are part of it (HU-010); null when the catalogue does not say.</summary>
    public bool? SocialClause { get; init; }
    public ContractValue? Value { get; init; }

    public bool SaysTheSameAs(ContractContent other) =>
        // Lists are compared item by item, and what is not said is the same as what is said to be nothing.
        this with { Clauses = other.Clauses, Options = other.Options, Cpv = other.Cpv, ParticipatingBodies = other.ParticipatingBodies } == other
        && Clauses.SequenceEqual(other.Clauses) && Same(Options, other.Options) && Same(Cpv, other.Cpv) && Same(ParticipatingBodies, other.ParticipatingBodies);

    private static bool Same<T>(IReadOnlyList<T>? a, IReadOnlyList<T>? b) => (a ?? []).SequenceEqual(b ?? []);
}

/// <param name="At">When it was recorded, UTC, whole microseconds.</param>
public abstract record ContractEvent(DateTimeOffset At);

/// <summary>The catalogue's state of the contract was taken over, whole.</summary>
/// <param name="PutSingly">True where it was put by itself; null where an import told of it, and before that was noted.</param>
public sealed record ContractSynchronised(DateTimeOffset At, Guid ContractId, string Number, ContractContent Content, bool? PutSingly = null) : ContractEvent(At);

/// <summary>The contract's supplier is marked as a natural person, or no longer, since its contracts were written; in the same transaction as the supplier's own event.</summary>
public sealed record SupplierOfContractMarked(DateTimeOffset At, Guid ContractId, string Number, bool SoleTrader) : ContractEvent(At);

/// <summary>The catalogue has the contract no more.</summary>
/// <param name="Import">The import that found it gone.</param>
public sealed record ContractEnded(DateTimeOffset At, Guid ContractId, string Number, Guid? Import) : ContractEvent(At);

/// <summary>What a deviation or a case keeps of its contract, as it was when it was made.</summary>
public sealed record ContractReference(string Number, string Title, string Category, string OwnerAddress);
