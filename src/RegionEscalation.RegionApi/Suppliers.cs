using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using RegionEscalation.Domain;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Http;
using RegionEscalation.Integrations.Catalogue;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi;

/// <summary>A supplier as the region's catalogue knows it.</summary>
/// <param name="Id">The platform's id of the supplier within the region.</param>
/// <param name="OrganisationNumber">Ten digits, or country, register and number such as <c>NO:0192:923609016</c>; null for a sole trader, whose number is a person's.</param>
/// <param name="Group">The group of companies (koncern) it belongs to.</param>
/// <param name="Ceased">Whether it has ceased to exist.</param>
public record SupplierSummary(
    Guid Id,
    string? OrganisationNumber,
    bool SoleTrader,
    string Name,
    IReadOnlyList<string> OtherNames,
    string? Group,
    bool Ceased,
    DateTimeOffset UpdatedAt,
    long Version,
    [property: JsonPropertyName("_links")] SupplierLinks Links)
{
    internal static SupplierSummary From(KnownSupplier s, HttpContext http) => From(s, path => Link.To(http, path), http.GrantedRegion().Code);

    internal static SupplierSummary From(KnownSupplier s, Func<string, Link> link, string region) => new(
        s.Id, SupplierResponse.From(s.Reference()).OrganisationNumber, s.Reference().IsNaturalPerson(), s.Content.Name, s.Content.OtherNames ?? [], s.Content.Group,
        s.Content.Ceased, s.UpdatedAt, s.Version, new SupplierLinks(
            link(Paths.Supplier(region, s.Id)), link($"{Paths.Region(region)}/contracts?supplier={s.Id}"),
            link($"{Paths.Region(region)}/cases?supplier={s.Id}"), link($"{Paths.Region(region)}/deviations?supplier={s.Id}")));
}

public sealed record SupplierLinks(Link Self, Link Contracts, Link Cases, Link Deviations);

/// <param name="OrganisationNumber">Whose contracts it has taken over; null for a sole trader.</param>
/// <param name="From">Since when, Swedish calendar date.</param>
/// <param name="CarriesHistory">Whether the predecessor's deviations and cases are shown as its history.</param>
public sealed record SuccessionResponse(string? OrganisationNumber, DateOnly From, bool CarriesHistory, string Motivation);

/// <param name="OrganisationNumber">Null where it is not known, and for a sole trader.</param>
/// <param name="Tier">1 supplies the supplier itself, 2 supplies tier 1, and so on.</param>
/// <param name="Delivers">What it is known to deliver.</param>
public sealed record SubSupplierResponse(string Name, string? OrganisationNumber, int Tier, string? Delivers);

/// <summary>A supplier as its row in the catalogue says, whole.</summary>
public record SupplierEntry : SupplierSummary
{
    /// <param name="natural">Who is a natural person by now: the supplier's row may be older than the mark of one that it names.</param>
    private protected SupplierEntry(SupplierSummary summary, KnownSupplier s, NaturalPersons natural) : base(summary)
    {
        SuccessorOf = s.Content.SuccessorOf is { } x ? new(x.IsOfNaturalPerson() || natural.Include(x.OrganisationNumber) ? null : x.OrganisationNumber, x.From, x.CarriesHistory, x.Motivation) : null;
        SubSuppliers = [.. (s.Content.SubSuppliers ?? []).Select(u => new SubSupplierResponse(u.Name, u.IsNaturalPerson() || natural.Include(u.OrganisationNumber) ? null : u.OrganisationNumber, u.Tier, u.Delivers))];
    }

    /// <summary>The supplier whose contracts it has taken over (LOU 17 kap. 13 §).</summary>
    public SuccessionResponse? SuccessorOf { get; init; }

    /// <summary>What it answers for too, in every tier that is known (R-G1).</summary>
    public IReadOnlyList<SubSupplierResponse> SubSuppliers { get; }

    internal static SupplierEntry From(KnownSupplier s, HttpContext http, NaturalPersons natural) => new(SupplierSummary.From(s, http), s, natural);

    internal static new SupplierEntry From(KnownSupplier s, Func<string, Link> link, string region) => new(SupplierSummary.From(s, link, region), s, NaturalPersons.None);
}

/// <param name="ValidUntil">Last day, Swedish calendar date; null while none is set.</param>
/// <param name="EndedAt">When the catalogue was found not to have it any more, UTC.</param>
public sealed record SupplierContract(string Number, string Title, DateOnly? ValidUntil, DateTimeOffset? EndedAt, [property: JsonPropertyName("_links")] SelfLink Links);

/// <param name="Step">0–5.</param>
/// <param name="StepEnteredAt">UTC.</param>
public sealed record SupplierCase(
    Guid Id, string? RegistrationNumber, string ContractNumber, int Step, DateTimeOffset StepEnteredAt, [property: JsonPropertyName("_links")] SelfLink Links);

public sealed record SelfLink(Link Self);

public sealed record DeviationCount(DeviationStatus Status, long Number);

/// <summary>What the region has to do with a supplier: facts beside each other, never a score.</summary>
/// <param name="HighestStep">0–5, of the open cases; null without any.</param>
/// <param name="NumberOfOpenCases">Of which the first hundred stand here.</param>
/// <param name="OpenCases">The highest step first.</param>
/// <param name="NumberOfContracts">Of which the first twenty stand here.</param>
/// <param name="Contracts">By number.</param>
/// <param name="Deviations">How many there are of each status.</param>
public sealed record SupplierFigures(
    int? HighestStep,
    long NumberOfOpenCases,
    IReadOnlyList<SupplierCase> OpenCases,
    long NumberOfContracts,
    IReadOnlyList<SupplierContract> Contracts,
    IReadOnlyList<DeviationCount> Deviations)
{
    internal static SupplierFigures From(SupplierRecord record, Func<string, Link> link, string region) => new(
        record.OpenCases.Items.Count == 0 ? null : record.OpenCases.Items[0].Step,
        record.OpenCases.Total,
        [.. record.OpenCases.Items.Select(c => new SupplierCase(
            c.Id, c.RegistrationNumber, c.Contract.Number, c.Step, c.StepEnteredAt, new SelfLink(link(Paths.Case(region, c.Id)))))],
        record.Contracts.Total,
        [.. record.Contracts.Items.Select(k => new SupplierContract(
            k.Number, k.Content.Title, k.Content.ValidUntil, k.EndedAt, new SelfLink(link(Paths.Contract(region, k.Number)))))],
        [.. Enum.GetValues<DeviationStatus>().Select(s => new DeviationCount(s, record.Deviations.GetValueOrDefault(s)))]);
}

/// <summary>The predecessor whose history the supplier carries on, with figures of its own: they are not the supplier's.</summary>
/// <param name="From">Since when the supplier has its contracts, Swedish calendar date.</param>
public sealed record PredecessorResponse(SupplierResponse Supplier, DateOnly From, SupplierFigures Figures, [property: JsonPropertyName("_links")] SelfLink Links);

/// <summary>How a supplier stands in the region.</summary>
public sealed record SupplierStatus : SupplierEntry
{
    private SupplierStatus(SupplierSummary summary, KnownSupplier s, SupplierFigures figures, PredecessorResponse? predecessor, NaturalPersons natural) : base(summary, s, natural) =>
        (Figures, Predecessor) = (figures, predecessor);

    public SupplierFigures Figures { get; }

    /// <summary>Null unless the supplier carries on the history of one that the region knows.</summary>
    public PredecessorResponse? Predecessor { get; init; }

    internal static SupplierStatus From(
        KnownSupplier s, SupplierRecord record, KnownSupplier? predecessor, SupplierRecord ofPredecessor, NaturalPersons natural, Func<string, Link> link, string region) => new(
        SupplierSummary.From(s, link, region), s, SupplierFigures.From(record, link, region),
        predecessor is not null && s.Content.SuccessorOf is { CarriesHistory: true } succession
            ? new PredecessorResponse(SupplierResponse.From(predecessor.Reference()), succession.From, SupplierFigures.From(ofPredecessor, link, region),
                new SelfLink(link(Paths.Supplier(region, predecessor.Id))))
            : null, natural);
}

/// <summary>A text to search by: it holds a letter or a digit at least, since everything else is no part of a word.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class HoldsAWordAttribute() : BoundAttribute("word")
{
    public override Text? Check(object value) =>
        SearchWords.Of((string)value).Count > 0 ? null : new("Ska innehålla minst en bokstav eller siffra.", "Must hold at least one letter or digit.");

    public override void Describe(OpenApiSchema schema)
    {
        // JSON Schema has no word for it; the length stands beside it.
    }
}

/// <summary>The region's suppliers, as its catalogue puts them here or a contract names them.</summary>
internal static class Suppliers
{
    private static readonly (int Contracts, int Cases) Most = (20, 100);
    private static readonly Text NumberInvalid = new(
        "Ska vara ett organisationsnummer, land, register och nummer för en utländsk leverantör, eller plattformens id.",
        "Must be an organisation number, country, register and number for a foreign supplier, or the platform's id.");
    private static readonly Text AnotherNumber = new("Ska vara samma nummer som i adressen.", "Must be the same number as in the address.");
    private static readonly Text ByIdOnly = new(
        "En enskild näringsidkares nummer kan inte stå i en adress; en sådan leverantör adresseras med plattformens id och läggs upp med ett avtal eller en import.",
        "A sole trader's number cannot stand in an address; such a supplier is addressed by the platform's id, and registered with a contract or an import.");

    public static void Map(RouteGroupBuilder region)
    {
        var suppliers = region.MapGroup("/suppliers").WithTags("Suppliers");
        suppliers.MapGet("", List)
            .AllowRoles(Role.Reader, Role.Integrator)
            .WithName("listSuppliers")
            .Describe("Lista leverantörer / List suppliers",
                "Sorterade efter namn i svensk ordning. Filter `name` (ord ur namnen, vart och ett efter sin början), `group` (likaså ur koncernens namn) och `number` (början av numret; "
                + "en enskild näringsidkare hittas aldrig på sitt). "
                + "By name in Swedish order. Filters `name` (words of the names, each by its beginning), `group` (likewise of the group's name) and `number` (its beginning; "
                + "a sole trader is never found by its own).")
            .WithResponseExample(200, Examples.Page(Examples.SupplierSummary));
        suppliers.MapGet("/{supplier}", Get)
            .AllowRoles(Role.Reader)
            .ReturnsETag()
            .WithName("getSupplier")
            .Describe("Hämta en leverantör / Get a supplier",
                "Leverantören med sina avtal, öppna ärenden och avvikelser i regionen; företrädarens står för sig, där dess historik följer med. ETag gäller leverantörens egen post. "
                + "The supplier with its contracts, open cases and deviations in the region; the predecessor's stand apart, where its history is carried on. The ETag is of the supplier's own row.")
            .WithResponseExample(200, Examples.SupplierStatus);
        suppliers.MapPut("/{supplier}", Put)
            .AllowRoles(Role.Handler, Role.Integrator)
            .IsCommand()
            .AcceptsIfMatch()
            .ReturnsETag()
            .WithName("putSupplier")
            .Describe("Lägg upp eller uppdatera en leverantör / Put a supplier",
                "Idempotent: samma innehåll två gånger är en ändring. Utan If-Match gäller avtalskatalogens uppgift; med If-Match bara om leverantören är oförändrad. "
                + "Numret i adressen och i innehållet ska vara detsamma. "
                + "Idempotent: the same content twice is one change. Without If-Match the catalogue's word stands; with If-Match only if the supplier is unchanged. "
                + "The number in the address and in the content must be the same. "
                + "Märks en utländsk leverantör som enskild näringsidkare, eller inte längre, gäller det i samma transaktion dess avtal och ärenden, även nationellt. "
                + "Where a foreign supplier is marked as a sole trader, or no longer, that holds for its contracts and cases in the same transaction, nationally too.")
            .WithRequestExample(Examples.SupplierRequest)
            .WithResponseExample(200, Examples.SupplierEntry)
            .WithResponseExample(201, Examples.SupplierEntry);
    }

    private static Task<IResult> Put([TextLength(1, 50)] string supplier, SupplierRequest body, Commands commands, HttpContext http)
    {
        var id = Guid.TryParse(supplier, out var parsed) ? parsed : (Guid?)null;
        var number = id is null ? SupplierNumber.Normalise(supplier) : null;
        if (id is null && number is null)
            return Task.FromResult(Problems.Rules(http, [new RuleViolation("R-G9", "organisationNumberInvalid", NumberInvalid, "supplier")]));

        return commands.RunAsync(query =>
        {
            var fetched = id is { } known ? query.Supplier(known) : query.Supplier(number!);
            var named = query.Suppliers(NumbersIn(body));
            var natural = query.NaturalPersons();
            SupplierMark[] said = body.SoleTrader is { } mark && (id is not null || SupplierNumber.IsForeign(number!)) ? [new SupplierMark(id, number, mark)] : [];
            var contracts = query.ContractsMarkedOtherwise(said);
            var cases = query.CasesMarkedOtherwise(said);
            return now =>
            {
                var before = fetched.Value;
                if (before is null && id is not null)
                    return new Outcome.Absent();
                var (checkedRow, faults) = CatalogueRows.Of(body, before?.OrganisationNumber ?? number);
                if (checkedRow is not SupplierRow row)
                    return new Outcome.Problem(Faults.Answer(http, faults));
                if (row.OrganisationNumber != (before?.OrganisationNumber ?? number))
                    return new Outcome.Problem(Problems.Field(http, "organisationNumber", "address", AnotherNumber));
                if (id is null && (row.SoleTrader == true || before?.Reference().IsNaturalPerson() == true || OrganisationNumber.IsNaturalPerson(number!)))
                    return new Outcome.Problem(Problems.Rules(http, [new RuleViolation("R-G8", "personalNumber", ByIdOnly, "supplier")]));
                if (before is not null && http.Request.Headers.IfNoneMatch is ["*"])
                    return new Outcome.Problem(Problems.PreconditionFailed(http));
                if (http.Request.Headers.IfMatch.Count > 0)
                {
                    var stale = before is null ? Problems.PreconditionFailed(http) : commands.Against(before.Version);
                    if (stale is not null)
                        return new Outcome.Problem(stale);
                }

                var after = Synchronisation.Synchronise(Synchronisation.Marked(row, named.Value), before, Guid.CreateVersion7(now), now, putSingly: true) is { } e
                    ? commands.Session.Append(before, e)
                    : before!;
                var events = SupplierMarking.Apply(commands.Session, [after], contracts.Value, cases.Value, now).Events + (after == before ? 0 : 1);
                return before is null
                    ? new Outcome.Accepted(StatusCodes.Status201Created,
                        Link.Absolute(http, Paths.Supplier(commands.Session.Scope.Region, after.Id)), after.Version, SupplierEntry.From(after, http, natural.Value), events)
                    : new Outcome.Accepted(StatusCodes.Status200OK, null, after.Version, SupplierEntry.From(after, http, natural.Value), events);
            };
        });
    }

    private static IEnumerable<string> NumbersIn(SupplierRequest body) =>
        (body.SubSuppliers ?? []).Select(s => s.OrganisationNumber).Append(body.SuccessorOf?.OrganisationNumber).Select(SupplierNumber.Normalise).OfType<string>().Distinct();

    private static async Task<IResult> Get([TextLength(1, 50)] string supplier, RegionSession session, HttpContext http)
    {
        if (!SupplierKey.TryParse(supplier, out var key))
            return Problems.NotFound(http);
        var query = session.CreateBatchQuery();
        var found = query.Supplier(key);
        var record = query.RecordOf(key, Most);
        var predecessor = query.PredecessorOf(key);
        var ofPredecessor = query.RecordOfPredecessorOf(key, Most);
        var natural = query.NaturalPersons();
        await query.ExecuteAsync(http.RequestAborted);
        if (found.Value is not { } known)
            return Problems.NotFound(http);
        http.SetETag(known.Version);
        return Results.Ok(SupplierStatus.From(known, record.Value, predecessor.Value, ofPredecessor.Value, natural.Value, path => Link.To(http, path), session.Scope.Region));
    }

    private static async Task<IResult> List(
        PageRequest page, RegionSession session, HttpContext http, [TextLength(1, 200), HoldsAWord] string? name = null,
        [TextLength(1, 50)] string? number = null, [TextLength(1, 200), HoldsAWord] string? group = null)
    {
        var query = session.CreateBatchQuery();
        var suppliers = query.Suppliers(new SupplierFilter(name, number is null ? null : SupplierNumber.Beginning(number), group), page.Limit, page.Offset);
        await query.ExecuteAsync(http.RequestAborted);
        return Results.Ok(page.Response(http, [.. suppliers.Value.Items.Select(s => SupplierSummary.From(s, http))], suppliers.Value.Total));
    }
}
