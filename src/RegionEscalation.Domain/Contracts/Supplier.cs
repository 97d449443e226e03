namespace RegionEscalation.Domain.Contracts;

/// <summary>
/// The region's contract party (leverantör), which answers for its sub-suppliers too (R-G1), as everything that refers to it keeps it.
/// </summary>
/// <param name="Id">The platform's id of the supplier within the region; the address of a sole trader.</param>
/// <param name="OrganisationNumber">As <see cref="SupplierNumber"/> writes it; a sole trader's is or stands for a personal identity number and never leaves the region.</param>
/// <param name="SoleTrader">True for a foreign supplier that is a natural person; of a Swedish one the number tells.</param>
public sealed record Supplier(Guid Id, string OrganisationNumber, string Name, bool? SoleTrader = null)
{
    public bool IsNaturalPerson() => SoleTrader == true || Domain.OrganisationNumber.IsNaturalPerson(OrganisationNumber);
}

/// <summary>The supplier has taken over another one's contracts (LOU 17 kap. 13 §).</summary>
/// <param name="OrganisationNumber">Whose.</param>
/// <param name="From">Since when, Swedish calendar date.</param>
/// <param name="CarriesHistory">Whether the predecessor's deviations and cases are shown as the successor's history; a decision, never assumed.</param>
/// <param name="Motivation">Why it does or does not.</param>
/// <param name="SoleTrader">True for a foreign predecessor that is a natural person.</param>
public sealed record Succession(string OrganisationNumber, DateOnly From, bool CarriesHistory, string Motivation, bool? SoleTrader = null)
{
    public bool IsOfNaturalPerson() => SoleTrader == true || Domain.OrganisationNumber.IsNaturalPerson(OrganisationNumber);
}

/// <param name="Tier">1 supplies the supplier itself, 2 supplies tier 1, and so on.</param>
/// <param name="Delivers">What it is known to deliver.</param>
/// <param name="SoleTrader">True for a foreign one that is a natural person.</param>
public sealed record SubSupplier(string Name, string? OrganisationNumber, int Tier, string? Delivers, bool? SoleTrader = null)
{
    public bool IsNaturalPerson() => SoleTrader == true || (OrganisationNumber is { } number && Domain.OrganisationNumber.IsNaturalPerson(number));
}

public sealed record SupplierContent(string Name)
{
    public IReadOnlyList<string>? OtherNames { get; init; }

    /// <summary>The group of companies (koncern) it belongs to.</summary>
    public string? Group { get; init; }
    public Succession? SuccessorOf { get; init; }
    public IReadOnlyList<SubSupplier>? SubSuppliers { get; init; }

    /// <summary>Whether it has ceased to exist.</summary>
    public bool Ceased { get; init; }

    public bool SaysTheSameAs(SupplierContent other) =>
        this with { OtherNames = other.OtherNames, SubSuppliers = other.SubSuppliers } == other
        && (OtherNames ?? []).SequenceEqual(other.OtherNames ?? []) && (SubSuppliers ?? []).SequenceEqual(other.SubSuppliers ?? []);
}

/// <summary>A supplier as the region's catalogue knows it, and as its stream tells it.</summary>
public sealed record KnownSupplier
{
    public required Guid Id { get; init; }
    public required long Version { get; init; }

    /// <summary>As <see cref="SupplierNumber"/> writes it, unique within the region.</summary>
    public required string OrganisationNumber { get; init; }
    public bool? SoleTrader { get; init; }
    public required SupplierContent Content { get; init; }

    /// <summary>When it was last put singly, UTC; null while only imports and contracts have told of it.</summary>
    public DateTimeOffset? PutAt { get; init; }

    /// <summary>When it was last said singly, by its own put or by one of its contracts', whether it is a natural person, UTC; null while only imports have.</summary>
    public DateTimeOffset? MarkSaidAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public Supplier Reference() => new(Id, OrganisationNumber, Content.Name, SoleTrader);

    public static KnownSupplier Evolve(KnownSupplier? supplier, SupplierEvent e) => (supplier, e) switch
    {
        (null, SupplierSynchronised s) => new KnownSupplier
        {
            Id = s.SupplierId,
            Version = 1,
            OrganisationNumber = s.OrganisationNumber,
            SoleTrader = s.SoleTrader,
            Content = s.Content,
            PutAt = s.PutSingly == true ? s.At : null,
            MarkSaidAt = s.MarkSaidSingly == true ? s.At : null,
            UpdatedAt = s.At,
        },
        ({ } k, SupplierSynchronised s) => k with
        {
            Version = k.Version + 1,
            SoleTrader = s.SoleTrader,
            Content = s.Content,
            PutAt = s.PutSingly == true ? s.At : k.PutAt,
            MarkSaidAt = s.MarkSaidSingly == true ? s.At : k.MarkSaidAt,
            UpdatedAt = s.At,
        },
        _ => throw new InvalidOperationException($"A supplier's stream cannot hold {e.GetType().Name}."),
    };
}

/// <param name="At">When it was recorded, UTC, whole microseconds.</param>
public abstract record SupplierEvent(DateTimeOffset At);

/// <summary>The catalogue's state of the supplier was taken over, whole.</summary>
/// <param name="PutSingly">True where it was put by itself; null where an import or a contract told of it, and before that was noted.</param>
/// <param name="MarkSaidSingly">True where it was said singly, by itself or by a contract that was put, whether it is a natural person.</param>
public sealed record SupplierSynchronised(
    DateTimeOffset At, Guid SupplierId, string OrganisationNumber, bool? SoleTrader, SupplierContent Content, bool? PutSingly = null, bool? MarkSaidSingly = null) : SupplierEvent(At);
