using RegionEscalation.Domain;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Http;

namespace RegionEscalation.Integrations.Catalogue;

/// <summary>
/// Makes of what was put, imported or pulled the row that is compared with what the region has. What each field may hold was checked by then; here are the
/// checks that need more than one field or a calculation.
/// </summary>
public static class CatalogueRows
{
    private static readonly Text NumberInvalid = new(
        "Organisationsnumret ska ha tio siffror och en riktig kontrollsiffra, eller land, register och nummer för en utländsk leverantör.",
        "The organisation number has ten digits and a valid check digit, or country, register and number for a foreign supplier.");
    private static readonly Text CpvInvalid = new("En CPV-kod har åtta siffror, eventuellt med kontrollsiffra.", "A CPV code has eight digits, with or without its check digit.");
    private static readonly Text BodyInvalid = new("Ska vara 1–200 tecken.", "Must be 1–200 characters.");
    private static readonly Text NameInvalid = new("Ska vara 1–200 tecken.", "Must be 1–200 characters.");
    private static readonly Text Order = new("Kan inte vara före första dagen.", "Cannot be before the first day.");
    private static readonly Text ExerciseLate = new("En option utnyttjas senast sista dagen den ger.", "An option is exercised by the last day that it gives.");
    private static readonly Text TooFine = new("Högst två decimaler.", "At most two decimals.");
    private static readonly Text Missing = new("Värdet saknas.", "The value is missing.");
    private static readonly Text OneOf = new("En rad har antingen contractNumber och contract, eller supplier.", "A line has either contractNumber and contract, or supplier.");

    /// <returns>The row and no fault, or no row and at least one.</returns>
    public static (CatalogueRow? Row, IReadOnlyList<JsonFault> Faults) Of(CatalogueLine line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line switch
        {
            { ContractNumber: { } number, Contract: { } contract, Supplier: null } => Of(number, contract, "contract."),
            { ContractNumber: null, Contract: null, Supplier: { } supplier } => Of(supplier, null, "supplier."),
            { ContractNumber: null, Contract: not null, Supplier: null } => (null, [new("contractNumber", "required", Missing)]),
            _ => (null, [new("$", "oneOf", OneOf)]),
        };
    }

    /// <param name="path">Where in the text the contract stands.</param>
    public static (CatalogueRow? Row, IReadOnlyList<JsonFault> Faults) Of(string number, ContractRequest body, string path = "")
    {
        ArgumentNullException.ThrowIfNull(body);
        var faults = new List<JsonFault>();
        var supplierNumber = NumberOf(body.Supplier.OrganisationNumber, body.Supplier.Country, body.Supplier.Scheme);
        if (supplierNumber is null)
            faults.Add(new(path + "supplier.organisationNumber", "R-G9", NumberInvalid));
        if (body.ValidUntil < body.ValidFrom)
            faults.Add(new(path + "validUntil", "order", Order));
        var options = body.Options ?? [];
        for (var i = 0; i < options.Count; i++)
        {
            if (options[i].Until < body.ValidFrom)
                faults.Add(new($"{path}options[{i}].until", "order", Order));
            if (options[i].ExerciseBy > options[i].Until)
                faults.Add(new($"{path}options[{i}].exerciseBy", "order", ExerciseLate));
        }
        var cpv = (body.Cpv ?? []).Select(CpvOf).ToArray();
        for (var i = 0; i < cpv.Length; i++)
        {
            if (cpv[i] is null)
                faults.Add(new($"{path}cpv[{i}]", "format", CpvInvalid));
        }
        faults.AddRange(Lengths(body.ParticipatingBodies, path + "participatingBodies", BodyInvalid));
        if (body.Value is { } value && decimal.Round(value.Amount, 2) != value.Amount)
            faults.Add(new(path + "value.amount", "decimals", TooFine));
        if (faults.Count > 0)
            return (null, faults);

        var supplier = new Supplier(Guid.Empty, supplierNumber!, body.Supplier.Name, SoleTrader(supplierNumber, body.Supplier.SoleTrader) == true ? true : null);
        return (new ContractRow(number, new ContractContent(
            body.Title, supplier, body.Category, body.OwnerAddress, [.. body.Clauses.Select(c => new ContractClause(c.Type, c.Reference))], body.ValidUntil)
        {
            ValidFrom = body.ValidFrom,
            Options = options.Count == 0 ? null : [.. options.Select(o => new ExtensionOption(o.Until, o.ExerciseBy, o.Exercised))],
            Cpv = cpv.Length == 0 ? null : [.. cpv.Distinct().Select(c => c!)],
            OwnerFunction = body.OwnerFunction,
            OwnerRole = body.OwnerRole,
            ParticipatingBodies = body.ParticipatingBodies is { Count: > 0 } bodies ? [.. bodies.Distinct()] : null,
            SocialClause = body.SocialClause,
            Value = body.Value is { } v ? new ContractValue(v.Amount, v.Currency) : null,
        }), []);
    }

    /// <param name="number">The supplier's number where the address holds it.</param>
    /// <param name="path">Where in the text the supplier stands.</param>
    public static (CatalogueRow? Row, IReadOnlyList<JsonFault> Faults) Of(SupplierRequest body, string? number, string path = "")
    {
        ArgumentNullException.ThrowIfNull(body);
        var faults = new List<JsonFault>();
        var own = body.OrganisationNumber is { } given ? NumberOf(given, body.Country, body.Scheme) : number;
        if (own is null)
            faults.Add(new(path + "organisationNumber", "R-G9", body.OrganisationNumber is null ? Missing : NumberInvalid));
        var predecessor = body.SuccessorOf is { } s ? SupplierNumber.Normalise(s.OrganisationNumber) : null;
        if (body.SuccessorOf is not null && (predecessor is null || predecessor == own))
            faults.Add(new(path + "successorOf.organisationNumber", "R-G9", NumberInvalid));
        var subSuppliers = body.SubSuppliers ?? [];
        for (var i = 0; i < subSuppliers.Count; i++)
        {
            if (subSuppliers[i].OrganisationNumber is { } theirs && SupplierNumber.Normalise(theirs) is null)
                faults.Add(new($"{path}subSuppliers[{i}].organisationNumber", "R-G9", NumberInvalid));
        }
        faults.AddRange(Lengths(body.OtherNames, path + "otherNames", NameInvalid));
        if (faults.Count > 0)
            return (null, faults);

        return (new SupplierRow(own!, SoleTrader(own, body.SoleTrader), new SupplierContent(body.Name)
        {
            OtherNames = body.OtherNames is { Count: > 0 } names ? [.. names.Distinct()] : null,
            Group = body.Group,
            SuccessorOf = body.SuccessorOf is { } x ? new Succession(predecessor!, x.From, x.CarriesHistory, x.Motivation, SoleTrader(predecessor, x.SoleTrader) == true ? true : null) : null,
            SubSuppliers = subSuppliers.Count == 0 ? null
                : [.. subSuppliers.Select(u => SubSupplierOf(u, SupplierNumber.Normalise(u.OrganisationNumber)))],
            Ceased = body.Ceased,
        }), []);
    }

    private static SubSupplier SubSupplierOf(SubSupplierRequest body, string? number) =>
        new(body.Name, number, body.Tier, body.Delivers, SoleTrader(number, body.SoleTrader) == true ? true : null);

    private static string? NumberOf(string number, string? country, string? scheme) =>
        country is null or "SE" && scheme is null ? SupplierNumber.Normalise(number)
        : country is not null && scheme is not null ? SupplierNumber.Foreign(country, scheme, number)
        : null;

    /// <summary>Of a Swedish number it is known; what is said beside it says nothing.</summary>
    private static bool? SoleTrader(string? number, bool? said) => number is not null && SupplierNumber.IsForeign(number) ? said : null;

    private static string? CpvOf(string? text) =>
        text?.Trim() is { } code && (code.Length == 8 || (code.Length == 10 && code[8] == '-' && char.IsAsciiDigit(code[9]))) && code[..8].All(char.IsAsciiDigit) ? code[..8] : null;

    private static IEnumerable<JsonFault> Lengths(IReadOnlyList<string>? texts, string path, Text message) =>
        (texts ?? []).Select((text, i) => text.Trim().Length is >= 1 and <= 200 ? null : new JsonFault($"{path}[{i}]", "length", message)).OfType<JsonFault>();
}
