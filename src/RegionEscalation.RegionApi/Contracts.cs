using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Http;
using RegionEscalation.Integrations.Catalogue;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi;

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
        [Matches(ContractRequest.NumberPattern, "Bokstäver a–z, siffror och . _ ~ -; högst 64.", "Letters a–z, digits and . _ ~ -; at most 64.")] string contractNumber,
        ContractRequest body, Commands commands, HttpContext http)
    {
        var (checkedRow, faults) = CatalogueRows.Of(contractNumber, body);
        if (checkedRow is not ContractRow row)
            return Task.FromResult(Faults.Answer(http, faults));

        return commands.RunAsync(query =>
        {
            var fetched = query.Contract(contractNumber);
            var knownSupplier = query.Supplier(row.Content.Supplier.OrganisationNumber);
            var openCases = query.OpenCasesAbout([contractNumber]);
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

                var session = commands.Session;
                var supplier = knownSupplier.Value;
                if (Catalogue.SupplierOf(row, supplier, Guid.CreateVersion7(now), now) is { } newSupplier)
                    supplier = session.Append(supplier, newSupplier);
                if (Catalogue.Synchronise(row, before, supplier!.Id, Guid.CreateVersion7(now), now) is not { } e)
                    return new Outcome.Accepted(StatusCodes.Status200OK, null, before!.Version, ContractResponse.From(before), 0);
                var after = session.Append(before, e);
                if (before is not null)
                    foreach (var c in openCases.Value)
                    {
                        if (Catalogue.Follow(c, before, after, now) is { Count: > 0 } followed)
                            session.Append(c, followed);
                    }
                return before is null
                    ? new Outcome.Accepted(StatusCodes.Status201Created,
                        Link.Absolute(http, Paths.Contract(session.Scope.Region, contractNumber)), after.Version, ContractResponse.From(after), 1)
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
