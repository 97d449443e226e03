using System.Text.Json.Serialization;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Http;

namespace RegionEscalation.Integrations.Catalogue;

/// <param name="OrganisationNumber">
/// Ten digits; a hyphen or the prefix 16 is accepted and left out. Of a foreign supplier the number in its own register, with country and scheme beside it, or all
/// three as one text such as <c>NO:0192:923609016</c>.
/// </param>
/// <param name="Country">ISO 3166-1 alpha-2, for a foreign supplier.</param>
/// <param name="Scheme">The foreign register: its code in ISO 6523 (four digits), or a short name such as VAT, LEI, DUNS or GLN.</param>
/// <param name="SoleTrader">True for a foreign supplier that is a natural person: its number is then never shown nor told to anybody else.</param>
public sealed record ContractSupplierRequest(
    [TextLength(1, 50)] string OrganisationNumber,
    [TextLength(1, 200)] string Name,
    [TextLength(2, 2)] string? Country = null,
    [TextLength(2, 10)] string? Scheme = null,
    bool? SoleTrader = null);

public sealed record ContractClauseRequest(ClauseType Type, [TextLength(1, 100)] string Reference);

/// <param name="Until">Last day of the contract once it is exercised, Swedish calendar date.</param>
/// <param name="ExerciseBy">By when it is to be exercised, Swedish calendar date.</param>
public sealed record ExtensionOptionRequest(DateOnly Until, DateOnly? ExerciseBy = null, bool Exercised = false);

/// <param name="Amount">At most two decimals.</param>
/// <param name="Currency">ISO 4217.</param>
public sealed record ContractValueRequest(
    [Between(0, 1_000_000_000_000)] decimal Amount,
    [Matches("[A-Z]{3}", "Tre versaler enligt ISO 4217.", "Three capitals as in ISO 4217.")] string Currency = "SEK");

/// <param name="Category">LfU's category.</param>
/// <param name="OwnerAddress">The contract owner's (avtalsansvarig) function address, never a personal one.</param>
/// <param name="Clauses">The clauses that decisions on the ladder may rest on.</param>
/// <param name="ValidUntil">Last day of the contract, Swedish calendar date; until then the region counts as concerned by the supplier.</param>
/// <param name="ValidFrom">First day of the contract, Swedish calendar date.</param>
/// <param name="Options">Rights to prolong the contract.</param>
/// <param name="Cpv">Codes of the EU's common procurement vocabulary, the main one first; eight digits each, the check digit is accepted and left out.</param>
/// <param name="OwnerFunction">The contract owner's function, such as avtalscontroller; never a person's name.</param>
/// <param name="OwnerRole">The contract owner's role in the region's organisation.</param>
/// <param name="ParticipatingBodies">The bodies that may call off under it beside the region: a region's code, or a name.</param>
/// <param name="SocialClause">Whether social contract terms are part of it.</param>
/// <param name="Value">The value of the contract as it was awarded.</param>
public sealed record ContractRequest(
    [TextLength(1, 300)] string Title,
    ContractSupplierRequest Supplier,
    [TextLength(1, 100)] string Category,
    [TextLength(3, 254), Matches("[^@\\s]+@[^@\\s]+", "Ska vara en e-postadress.", "Must be an e-mail address.")] string OwnerAddress,
    [Items(0, 100)] IReadOnlyList<ContractClauseRequest> Clauses,
    DateOnly? ValidUntil = null,
    DateOnly? ValidFrom = null,
    [Items(0, 20)] IReadOnlyList<ExtensionOptionRequest>? Options = null,
    [Items(0, 20)] IReadOnlyList<string>? Cpv = null,
    [TextLength(1, 200)] string? OwnerFunction = null,
    [TextLength(1, 200)] string? OwnerRole = null,
    [Items(0, 50)] IReadOnlyList<string>? ParticipatingBodies = null,
    bool? SocialClause = null,
    ContractValueRequest? Value = null)
{
    /// <summary>What a contract number may hold, so that it stands in a URL as it is.</summary>
    public const string NumberPattern = "[A-Za-z0-9][A-Za-z0-9._~-]{0,63}";
}

/// <param name="OrganisationNumber">Whose contracts the supplier has taken over.</param>
/// <param name="From">Since when, Swedish calendar date.</param>
/// <param name="CarriesHistory">Whether the predecessor's deviations and cases are shown as the successor's history; there is no default.</param>
/// <param name="Motivation">Why it does or does not; at least 30 characters.</param>
/// <param name="SoleTrader">True for a foreign predecessor that is a natural person: its number is then never shown.</param>
public sealed record SuccessionRequest(
    [TextLength(1, 50)] string OrganisationNumber, DateOnly From, bool CarriesHistory, [TextLength(30, 2000)] string Motivation, bool? SoleTrader = null);

/// <param name="OrganisationNumber">As the supplier's own, where it is known.</param>
/// <param name="Tier">1 supplies the supplier itself, 2 supplies tier 1, and so on.</param>
/// <param name="Delivers">What it is known to deliver.</param>
/// <param name="SoleTrader">True for a foreign one that is a natural person: its number is then never shown.</param>
public sealed record SubSupplierRequest(
    [TextLength(1, 200)] string Name,
    [TextLength(1, 50)] string? OrganisationNumber = null,
    [Between(1, 9)] int Tier = 1,
    [TextLength(1, 300)] string? Delivers = null,
    bool? SoleTrader = null);

/// <param name="OrganisationNumber">As of a contract's supplier; where the address holds it already, it may be left out.</param>
/// <param name="SoleTrader">Whether a foreign supplier is a natural person; where it is left out, what is known stands.</param>
/// <param name="Group">The group of companies (koncern) it belongs to.</param>
/// <param name="SuccessorOf">The supplier whose contracts it has taken over (LOU 17 kap. 13 §).</param>
/// <param name="Ceased">Whether it has ceased to exist.</param>
public sealed record SupplierRequest(
    [TextLength(1, 200)] string Name,
    [TextLength(1, 50)] string? OrganisationNumber = null,
    [TextLength(2, 2)] string? Country = null,
    [TextLength(2, 10)] string? Scheme = null,
    bool? SoleTrader = null,
    [Items(0, 20)] IReadOnlyList<string>? OtherNames = null,
    [TextLength(1, 200)] string? Group = null,
    SuccessionRequest? SuccessorOf = null,
    [Items(0, 200)] IReadOnlyList<SubSupplierRequest>? SubSuppliers = null,
    bool Ceased = false);

/// <summary>A line of a bulk import: a contract as it is put singly with its number beside it, or a supplier.</summary>
public sealed record CatalogueLine(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull),
     Matches(ContractRequest.NumberPattern, "Bokstäver a–z, siffror och . _ ~ -; högst 64.", "Letters a–z, digits and . _ ~ -; at most 64.")] string? ContractNumber = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ContractRequest? Contract = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SupplierRequest? Supplier = null);
