using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.WatchList;

namespace RegionEscalation.Storage;

/// <summary>How a supplier is named in a filter: by the platform's id, or by its number; a sole trader by its id only.</summary>
public readonly record struct SupplierKey(Guid? Id, string? OrganisationNumber)
{
    /// <summary>Reads an id or an organisation number in any of its accepted forms.</summary>
    public static bool TryParse(string? text, out SupplierKey key)
    {
        if (Guid.TryParse(text, out var id))
        {
            key = new(id, null);
            return true;
        }
        key = new(null, Domain.SupplierNumber.Normalise(text));
        return key.OrganisationNumber is { } number && !Domain.OrganisationNumber.IsNaturalPerson(number);
    }
}

public enum CaseOrder
{
    Opened,
    OpenedDescending,
    Updated,
    UpdatedDescending,
}

/// <summary>Whether something was to be done before an instant and is not.</summary>
/// <param name="Is">False for the cases that are not overdue.</param>
/// <param name="At">UTC.</param>
public readonly record struct Overdue(bool Is, DateTimeOffset At);

public sealed record CaseFilter(
    int? Step = null,
    CaseState? State = null,
    SupplierKey? Supplier = null,
    string? ContractNumber = null,
    string? Category = null,
    DateTimeOffset? UpdatedSince = null,
    Overdue? Overdue = null,
    CaseOrder Order = CaseOrder.OpenedDescending);

/// <param name="Cpv">What the codes begin with.</param>
/// <param name="Number">What the number begins with.</param>
/// <param name="Name">Words of the title, each by its beginning.</param>
/// <param name="ValidOn">Swedish calendar date.</param>
/// <param name="Ended">Whether the catalogue has it no more.</param>
public sealed record ContractFilter(
    SupplierKey? Supplier = null,
    string? Category = null,
    string? Cpv = null,
    string? Number = null,
    string? Name = null,
    DateOnly? ValidOn = null,
    bool? Ended = null,
    bool? SocialClause = null);

/// <param name="Name">Words of its names, each by its beginning.</param>
/// <param name="Number">What the number begins with; no sole trader is found by it.</param>
/// <param name="Group">Words of the group's name, each by its beginning.</param>
public sealed record SupplierFilter(string? Name = null, string? Number = null, string? Group = null);

/// <summary>A registration in another system, by that system's own id.</summary>
public readonly record struct ExternalKey(ExternalSystem System, string ExternalId);

public sealed record DeviationFilter(
    DeviationStatus? Status = null,
    Severity? Severity = null,
    SupplierKey? Supplier = null,
    string? ContractNumber = null,
    Guid? CaseId = null,
    string? Unit = null,
    Topic? Topic = null,
    RootCause? Cause = null,
    DateTimeOffset? ReportedSince = null,
    ExternalKey? External = null);

/// <param name="State">As it is at <paramref name="Now"/>: what has passed its last day counts as expired before anybody has noted it.</param>
/// <param name="Now">UTC.</param>
/// <param name="ReviewBefore">Swedish calendar date, itself not included.</param>
public sealed record WatchFilter(
    DateTimeOffset Now, WatchState? State = null, SupplierKey? Supplier = null, string? ContractNumber = null, DateOnly? ReviewBefore = null);

/// <summary>A contract, named by its number or by what belongs to it.</summary>
public readonly record struct ContractKey
{
    public string? Number { get; private init; }

    public Guid? Deviation { get; private init; }

    public Guid? Case { get; private init; }

    public static ContractKey OfNumber(string number) => new() { Number = number };

    public static ContractKey OfDeviation(Guid id) => new() { Deviation = id };

    public static ContractKey OfCase(Guid id) => new() { Case = id };
}
