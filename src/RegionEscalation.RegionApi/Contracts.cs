using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Http;
using RegionEscalation.Integrations.Catalogue;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi;

/// <param name="Id">The platform's id of the supplier within the region.</param>
/// <param name="OrganisationNumber">Ten digits, or country, register and number such as <c>NO:0192:923609016</c>; null for a sole trader, whose number is a person's.</param>
public sealed record SupplierResponse(Guid Id, string? OrganisationNumber, string Name)
{
    internal static SupplierResponse From(Supplier s) => new(s.Id, s.IsNaturalPerson() ? null : s.OrganisationNumber, s.Name);
}

/// <param name="Supplier">As the contract names it; how the region knows it stands under the link.</param>
/// <param name="Category">LfU's category.</param>
/// <param name="OwnerAddress">The contract owner's (avtalsansvarig) function address.</param>
/// <param name="ValidFrom">First day, Swedish calendar date; null while none is set.</param>
/// <param name="ValidUntil">Last day, Swedish calendar date; null while none is set.</param>
/// <param name="Options">Rights to prolong the contract.</param>
/// <param name="Cpv">Codes of the EU's common procurement vocabulary, eight digits each, the main one first.</param>
/// <param name="SocialClause">Whether social contract terms are part of it; null when the catalogue does not say.</param>
/// <param name="EndedAt">When the catalogue was found not to have it any more, UTC; null while it has.</param>
public sealed record ContractResponse(
    string Number,
    string Title,
    SupplierResponse Supplier,
    string Category,
    string OwnerAddress,
    string? OwnerFunction,
    string? OwnerRole,
    IReadOnlyList<ContractClause> Clauses,
    DateOnly? ValidFrom,
    DateOnly? ValidUntil,
    IReadOnlyList<ExtensionOption> Options,
    IReadOnlyList<string> Cpv,
    IReadOnlyList<string> ParticipatingBodies,
    bool? SocialClause,
    ContractValue? Value,
    DateTimeOffset? EndedAt,
    DateTimeOffset UpdatedAt,
    long Version,
    [property: JsonPropertyName("_links")] ContractLinks Links)
{
    internal static ContractResponse From(Contract c, HttpContext http)
    {
        var region = http.GrantedRegion().Code;
        return From(c, new ContractLinks(Link.To(http, Paths.Contract(region, c.Number)), Link.To(http, Paths.Supplier(region, c.Content.Supplier.Id))));
    }

    internal static ContractResponse From(Contract c, ContractLinks links) => new(
        c.Number, c.Content.Title, SupplierResponse.From(c.Content.Supplier), c.Content.Category, c.Content.OwnerAddress, c.Content.OwnerFunction, c.Content.OwnerRole,
        c.Content.Clauses, c.Content.ValidFrom, c.Content.ValidUntil, c.Content.Options ?? [], c.Content.Cpv ?? [], c.Content.ParticipatingBodies ?? [],
        c.Content.SocialClause, c.Content.Value, c.EndedAt, c.UpdatedAt, c.Version, links);
}

public sealed record ContractLinks(Link Self, Link Supplier);

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
                + "Idempotent: the same content twice is one change. Without If-Match the catalogue's word stands; with If-Match only if the contract is unchanged. "
                + "En leverantör som regionen inte känner läggs upp; en känd behåller sitt namn. Ett öppet ärende om avtalet följer det, när avtalsansvarig eller slutdag ändras. "
                + "A supplier that the region does not know is registered; a known one keeps its name. An open case about the contract follows it when its owner or its last day changes.")
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
                "Sorterade efter nummer, eller efter titel i svensk ordning när `name` är givet. Filter `supplier`, `category`, `cpv` (en huvudgrupp finner sina koder), `number` (början), "
                + "`name` (titelns ord, vart och ett efter sin början), `validOn`, `ended`, `socialClause`. "
                + "By number, or by title in Swedish order where `name` is given. Filters `supplier`, `category`, `cpv` (a division finds its codes), `number` (its beginning), "
                + "`name` (words of the title, each by its beginning), `validOn`, `ended`, `socialClause`.")
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
            var said = SupplierMarking.SaidBy([row]);
            var others = query.ContractsMarkedOtherwise(said);
            var cases = query.CasesMarkedOtherwise(said);
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
                var newSupplier = Synchronisation.SupplierOf(row, supplier, Guid.CreateVersion7(now), now, putSingly: true);
                if (newSupplier is not null)
                    supplier = session.Append(supplier, newSupplier);
                var marked = SupplierMarking.Apply(session, [supplier!], others.Value, cases.Value, now);
                var known = before is null ? null : marked.Contracts.GetValueOrDefault(before.Number, before);
                if (Synchronisation.Synchronise(row, known, supplier!, Guid.CreateVersion7(now), now, putSingly: true) is not { } e)
                    return new Outcome.Accepted(StatusCodes.Status200OK, null, known!.Version, ContractResponse.From(known, http), marked.Events + (newSupplier is null ? 0 : 1));
                session.HoldMark(supplier!);
                var after = session.Append(known, e);
                session.Expect([contractNumber], openCases.Value);
                if (known is not null)
                    foreach (var c in openCases.Value.Select(c => marked.Cases.GetValueOrDefault(c.Id, c)))
                    {
                        if (Synchronisation.Follow(c, known, after, now) is { Count: > 0 } followed)
                            session.Append(c, followed);
                    }
                return before is null
                    ? new Outcome.Accepted(StatusCodes.Status201Created,
                        Link.Absolute(http, Paths.Contract(session.Scope.Region, contractNumber)), after.Version, ContractResponse.From(after, http), 1)
                    : new Outcome.Accepted(StatusCodes.Status200OK, null, after.Version, ContractResponse.From(after, http), 1);
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
        return Results.Ok(ContractResponse.From(found, http));
    }

    private static async Task<IResult> List(
        PageRequest page, RegionSession session, HttpContext http, SupplierKey? supplier = null, [TextLength(1, 100)] string? category = null,
        [Matches("[0-9]{2,8}|[0-9]{8}-[0-9]", "Två till åtta siffror, eventuellt med kontrollsiffra.", "Two to eight digits, with or without the check digit.")] string? cpv = null,
        [Matches(ContractRequest.NumberPattern, "Bokstäver a–z, siffror och . _ ~ -; högst 64.", "Letters a–z, digits and . _ ~ -; at most 64.")] string? number = null,
        [TextLength(1, 200), HoldsAWord] string? name = null, Day? validOn = null, bool? ended = null, bool? socialClause = null)
    {
        var query = session.CreateBatchQuery();
        var contracts = query.Contracts(
            new ContractFilter(supplier, category, cpv is null ? null : CpvCodes.Beginning(cpv), number, name, validOn?.Value, ended, socialClause), page.Limit, page.Offset);
        await query.ExecuteAsync(http.RequestAborted);
        return Results.Ok(page.Response(http, [.. contracts.Value.Items.Select(c => ContractResponse.From(c, http))], contracts.Value.Total));
    }
}
