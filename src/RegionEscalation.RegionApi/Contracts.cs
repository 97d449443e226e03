using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi;

/// <param name="OrganisationNumber">Ten digits; a hyphen or the prefix 16 is accepted and left out.</param>
public sealed record ContractSupplierRequest(
    [TextLength(1, 13)] string OrganisationNumber,
    [TextLength(1, 200)] string Name);

public sealed record ContractClauseRequest(ClauseType Type, [TextLength(1, 100)] string Reference);

/// <param name="Category">LfU's category.</param>
/// <param name="OwnerAddress">The contract owner's (avtalsansvarig) function address, never a personal one.</param>
/// <param name="Clauses">The clauses that decisions on the ladder may rest on.</param>
/// <param name="ValidUntil">Last day of the contract, Swedish calendar date; until then the region counts as concerned by the supplier.</param>
public sealed record ContractRequest(
    [TextLength(1, 300)] string Title,
    ContractSupplierRequest Supplier,
    [TextLength(1, 100)] string Category,
    [TextLength(3, 254), Matches("[^@\\s]+@[^@\\s]+", "Ska vara en e-postadress.", "Must be an e-mail address.")] string OwnerAddress,
    [Items(0, 100)] IReadOnlyList<ContractClauseRequest> Clauses,
    DateOnly? ValidUntil = null);

/// <param name="Id">The platform's id of the supplier within the region.</param>
/// <param name="OrganisationNumber">Ten digits; null for a sole trader, whose number is a personal identity number.</param>
public sealed record SupplierResponse(Guid Id, string? OrganisationNumber, string Name)
{
    internal static SupplierResponse From(Supplier s) => new(s.Id, s.IsNaturalPerson() ? null : s.OrganisationNumber, s.Name);
}

public sealed record ContractResponse(
    string Number,
    string Title,
    SupplierResponse Supplier,
    string Category,
    string OwnerAddress,
    IReadOnlyList<ContractClause> Clauses,
    DateOnly? ValidUntil,
    DateTimeOffset UpdatedAt,
    long Version)
{
    internal static ContractResponse From(Contract c) => new(c.Number, c.Content.Title, SupplierResponse.From(c.Content.Supplier),
        c.Content.Category, c.Content.OwnerAddress, c.Content.Clauses, c.Content.ValidUntil, c.UpdatedAt, c.Version);
}

/// <summary>The region's contracts, as its catalogue puts them here.</summary>
internal static class Contracts
{
    /// <summary>What a contract number may hold, so that it stands in a URL as it is.</summary>
    private const string NumberPattern = "[A-Za-z0-9][A-Za-z0-9._~-]{0,63}";

    public static void Map(RouteGroupBuilder region)
    {
        var contracts = region.MapGroup("/contracts").WithTags("Contracts");
        contracts.MapPut("/{contractNumber}", Put)
            .AllowRoles(Role.Handler, Role.Integrator)
            .IsCommand()
            .AcceptsIfMatch()
            .ReturnsETag()
            .WithName("putContract")
            .Describe("Lägg upp eller uppdatera ett avtal / Put a contract",
                "Idempotent: samma innehåll två gånger är en ändring. Utan If-Match gäller avtalskatalogens uppgift; med If-Match bara om avtalet är oförändrat. "
                + "Idempotent: the same content twice is one change. Without If-Match the catalogue's word stands; with If-Match only if the contract is unchanged.")
            .WithRequestExample(Examples.ContractRequest)
            .WithResponseExample(200, Examples.Contract)
            .WithResponseExample(201, Examples.Contract);
        contracts.MapGet("/{contractNumber}", Get)
            .AllowRoles(Role.Reader, Role.Integrator)
            .ReturnsETag()
            .WithName("getContract")
            .Describe("Hämta ett avtal / Get a contract", "Ett avtal efter sitt nummer. A contract by its number.")
            .WithResponseExample(200, Examples.Contract);
        contracts.MapGet("", List)
            .AllowRoles(Role.Reader, Role.Integrator)
            .WithName("listContracts")
            .Describe("Lista avtal / List contracts",
                "Sorterade efter nummer; filter `supplier` och `category`. By number; filters `supplier` and `category`.")
            .WithResponseExample(200, Examples.Page(Examples.Contract));
    }

    private static Task<IResult> Put(
        [Matches(NumberPattern, "Bokstäver a–z, siffror och . _ ~ -; högst 64.", "Letters a–z, digits and . _ ~ -; at most 64.")] string contractNumber,
        ContractRequest body, Commands commands, HttpContext http)
    {
        if (OrganisationNumber.Normalise(body.Supplier.OrganisationNumber) is not { } organisationNumber)
            return Task.FromResult(Problems.Rules(http, [new RuleViolation("R-G9", "organisationNumberInvalid", new Text(
                "Organisationsnumret ska ha tio siffror och en riktig kontrollsiffra.",
                "The organisation number has ten digits and a valid check digit."), "supplier.organisationNumber")]));

        return commands.RunAsync(query =>
        {
            var fetched = query.Contract(contractNumber);
            var knownSupplier = query.Supplier(organisationNumber);
            return now =>
            {
                var before = fetched.Value;
                if (before is not null && http.Request.Headers.IfNoneMatch is ["*"])
                    return new Outcome.Problem(Problems.PreconditionFailed(http));
                if (http.Request.Headers.IfMatch.Count > 0)
                {
                    var stale = before is null ? Problems.PreconditionFailed(http) : commands.Against(before.Version);
                    if (stale is not null)
                        return new Outcome.Problem(stale);
                }

                var supplier = new Supplier(knownSupplier.Value?.Id ?? Guid.CreateVersion7(now), organisationNumber, body.Supplier.Name);
                var content = new ContractContent(body.Title, supplier, body.Category, body.OwnerAddress,
                    [.. body.Clauses.Select(c => new ContractClause(c.Type, c.Reference))], body.ValidUntil);
                if (before is not null && content.SaysTheSameAs(before.Content))
                    return new Outcome.Accepted(StatusCodes.Status200OK, null, before.Version, ContractResponse.From(before), 0);

                if (supplier != knownSupplier.Value)
                    commands.Session.Store(supplier, isNew: knownSupplier.Value is null, now);
                var after = commands.Session.Append(before, new ContractSynchronised(now, before?.Id ?? Guid.CreateVersion7(now), contractNumber, content));
                return before is null
                    ? new Outcome.Accepted(StatusCodes.Status201Created,
                        Link.Absolute(http, Paths.Contract(commands.Session.Scope.Region, contractNumber)), after.Version, ContractResponse.From(after), 1)
                    : new Outcome.Accepted(StatusCodes.Status200OK, null, after.Version, ContractResponse.From(after), 1);
            };
        });
    }

    private static async Task<IResult> Get(string contractNumber, RegionSession session, HttpContext http)
    {
        var query = session.CreateBatchQuery();
        var contract = query.Contract(contractNumber);
        await query.ExecuteAsync(http.RequestAborted);
        if (contract.Value is not { } found)
            return Problems.NotFound(http);
        http.SetETag(found.Version);
        return Results.Ok(ContractResponse.From(found));
    }

    private static async Task<IResult> List(
        PageRequest page, RegionSession session, HttpContext http, SupplierKey? supplier = null, [TextLength(1, 100)] string? category = null)
    {
        var query = session.CreateBatchQuery();
        var contracts = query.Contracts(supplier, category, page.Limit, page.Offset);
        await query.ExecuteAsync(http.RequestAborted);
        return Results.Ok(page.Response(http, [.. contracts.Value.Items.Select(ContractResponse.From)], contracts.Value.Total));
    }
}
