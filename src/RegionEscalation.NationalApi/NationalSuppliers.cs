using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using NpgsqlTypes;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;
using RegionEscalation.Http;

namespace RegionEscalation.NationalApi;

/// <summary>A supplier that regions have cases at steps 3–5 about, or have informed the others of: never a score, never advice (R-N9).</summary>
/// <param name="Id">The platform's id of a sole trader; null for everybody else, who has one in every region.</param>
/// <param name="OrganisationNumber">Ten digits; null for a sole trader.</param>
/// <param name="Name">A pseudonym for a sole trader.</param>
/// <param name="HighestStep">3–5, of the cases that stand there; null when only a notice is left to be taken back.</param>
/// <param name="NumberOfRegions">How many regions have such a case or notice.</param>
/// <param name="NumberOfCases">How many cases stand at steps 3–5.</param>
/// <param name="Blocks">In how many of them a block is decided or in force.</param>
/// <param name="NoticesStanding">How many notices tell of a case and are neither taken back nor expired.</param>
public sealed record NationalSupplierSummary(
    Guid? Id,
    string? OrganisationNumber,
    string Name,
    int? HighestStep,
    int NumberOfRegions,
    int NumberOfCases,
    int Blocks,
    int NoticesStanding,
    [property: JsonPropertyName("_links")] NationalSupplierLinks Links);

public sealed record NationalSupplierLinks(Link Self);

/// <param name="Until">Last day, Swedish calendar date.</param>
public sealed record SupplierBlock(NotifyingRegion Region, Guid CaseId, string Scope, DateOnly Until);

/// <summary>A stay of one of the supplier's cases at steps 3–5.</summary>
/// <param name="EnteredAt">UTC.</param>
/// <param name="LeftAt">UTC; null while the case stands there.</param>
/// <param name="LeftBy">How it was left.</param>
public sealed record SupplierCourseEntry(string Region, Guid CaseId, int Step, DateTimeOffset EnteredAt, Trigger Trigger, DateTimeOffset? LeftAt, WayLeft? LeftBy);

/// <summary>How a supplier stands across regions: facts of single regions side by side, never a score, never advice (R-N9).</summary>
/// <param name="HighestStep">3–5, of the cases that stand there; null when none does.</param>
/// <param name="NumberOfRegions">How many regions have a case at steps 3–5, or have told of one and not taken it back.</param>
/// <param name="Notices">What each region told last, also that the danger is over or that what was said was wrong.</param>
/// <param name="Course">The stays at steps 3–5 of the cases that are here, by region, oldest first.</param>
/// <param name="RegionsConcerned">The codes of the regions that have a contract with the supplier or a case at steps 3–5 about it; for the regions and the national group.</param>
public sealed record NationalSupplierStatus(
    string? OrganisationNumber,
    string Name,
    int? HighestStep,
    int NumberOfRegions,
    IReadOnlyList<NationalCase> Cases,
    IReadOnlyList<NationalNotice> Notices,
    IReadOnlyList<SupplierBlock> Blocks,
    IReadOnlyList<SupplierCourseEntry> Course,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? RegionsConcerned);

internal static class NationalSuppliers
{
    /// <summary>No supplier has more open cases at steps 3–5 than this, since a region has one per contract; it bounds the answer.</summary>
    private const int MostCases = 1000;

    public static void Map(RouteGroupBuilder register)
    {
        var suppliers = register.MapGroup("/suppliers").WithTags("Suppliers");
        suppliers.MapGet("", List)
            .RequiresPurpose(Purposes.Codes)
            .WithName("listNationalSuppliers")
            .Describe("Lista leverantörer / List the suppliers",
                "Leverantörer med ärenden på steg 3–5, eller som regionerna är informerade om; högsta steget först, sedan namn. Filter `step` (det högsta), `region`, `category`: leverantörens alla ärenden räknas, också de som inte motsvarar filtret. "
                + "Suppliers with cases at steps 3–5, or that the regions are informed of; highest step first, then name. Filters `step` (the highest), `region`, `category`: all of the supplier's cases count, also those that the filter does not match.")
            .WithResponseExample(200, Examples.SupplierPage);
        suppliers.MapGet("/{supplier}", Get)
            .RequiresPurpose(Purposes.Codes)
            .WithName("getNationalSupplier")
            .Describe("Hämta en leverantörs läge / Get a supplier's status",
                "Leverantörens ärenden på steg 3–5 i alla regioner och det som lämnades senast om dem; en leverantör utan sådant finns inte här. The supplier's cases at steps 3–5 in all regions and what was told last of them; a supplier without any of it does not exist here.")
            .WithResponseExample(200, Examples.Supplier);
    }

    private static async Task<IResult> List(
        PageRequest page, RegisterReader register, HttpContext http, TimeProvider time, [Between(3, 5)] int? step = null,
        [TextLength(1, 20)] string? region = null, [TextLength(1, 100)] string? category = null)
    {
        var reading = Readers.Reading(http, time, "listSuppliers");
        // Each of the cases that a figure rests on was given out.
        var query = new RegisterQuery { GivenOut = "SELECT unnest(regions) AS object_region, 'case' AS object_kind, unnest(cases) AS object_id, 'T0' AS tier, NULL AS basis FROM told" }
            .Where("step", "max(o.step) =", (short?)step, NpgsqlDbType.Smallint)
            .Where("region", "bool_or(o.region =", region, NpgsqlDbType.Varchar, ")")
            .Where("category", "bool_or(o.category =", category, NpgsqlDbType.Varchar, ")");
        var matching = string.Join('\n',
            "SELECT o.supplier_number, min(o.supplier_id::text) FILTER (WHERE o.supplier_number IS NULL) AS supplier_id, (array_agg(o.supplier_name ORDER BY o.region))[1] AS supplier_name,",
            "max(o.step) AS highest_step, count(DISTINCT o.region) AS regions_count, count(*) FILTER (WHERE o.is_case) AS cases_count,",
            "count(*) FILTER (WHERE o.has_block) AS blocks, count(*) FILTER (WHERE NOT o.is_case) AS notices, array_agg(o.region) AS regions, array_agg(o.case_id) AS cases,",
            "(SELECT array_agg(DISTINCT d.recipient) FROM national_disclosures d JOIN unnest(array_agg(o.region), array_agg(o.case_id)) AS k (region, case_id)",
            "ON d.region = k.region AND d.case_id = k.case_id WHERE d.expires_at >", query.Parameter(reading.At, NpgsqlDbType.TimestampTz), ") AS disclosed_to,",
            "(SELECT array_agg(DISTINCT r.recipient) FROM national_recipients r JOIN unnest(array_agg(o.region), array_agg(o.case_id)) AS k (region, case_id)",
            "ON r.region = k.region AND r.case_id = k.case_id) AS sent_to",
            "FROM (SELECT c.region, c.case_id, c.supplier_id, c.supplier_number, c.supplier_name, c.category, c.step, c.block IS NOT NULL AS has_block, true AS is_case FROM national_cases c",
            "UNION ALL SELECT n.region, n.case_id, n.supplier_id, n.supplier_number, n.supplier_name, n.category, NULL, false, false FROM national_notices n WHERE n.kind IN ('initial', 'update')) AS o",
            "GROUP BY o.supplier_number, CASE WHEN o.supplier_number IS NULL THEN o.supplier_id END HAVING", query.Conditions);
        var (suppliers, total) = await register.ReadAsync(
            reading, query, matching, "highest_step DESC NULLS LAST, supplier_name COLLATE \"sv-x-icu\", supplier_number, supplier_id", page.Limit, page.Offset,
            r => SummaryOf(r, reading, http), http.RequestAborted);
        return Results.Ok(page.Response(http, [.. suppliers.OfType<NationalSupplierSummary>()], total));
    }

    private static NationalSupplierSummary? SummaryOf(NpgsqlDataReader r, Reading reading, HttpContext http)
    {
        var (number, id, step) = (r.FindText("supplier_number"), r.FindText("supplier_id"), (int?)r.Find<short>("highest_step"));
        var sees = Readers.Sees(reading.Readers, step, number, [], r.FindTexts("disclosed_to"), r.FindTexts("sent_to"));
        if (!sees(NationalField.Supplier) || !sees(NationalField.Step) || !sees(NationalField.Block) || !sees(NationalField.Notice))
            return null;
        return new NationalSupplierSummary(
            id is null ? null : Guid.Parse(id), number, r.Get<string>("supplier_name"), step, (int)r.Get<long>("regions_count"), (int)r.Get<long>("cases_count"),
            (int)r.Get<long>("blocks"), (int)r.Get<long>("notices"), new NationalSupplierLinks(Link.To(http, $"/national/v1/suppliers/{number ?? id}")));
    }

    /// <summary>What the register has of one case of the supplier, as the policy shows it: a case, a notice, or both.</summary>
    private sealed record Row(NationalCase? Case, NationalNotice? Notice, IReadOnlyList<SupplierCourseEntry> Course, IReadOnlyList<string>? RegionsConcerned);

    private static async Task<IResult> Get([TextLength(1, 50)] string supplier, RegisterReader register, HttpContext http, TimeProvider time)
    {
        var reading = Readers.Reading(http, time, "getSupplier");
        var query = new RegisterQuery { GivenOut = NationalCases.GivenOutOfOne(reading) }.Where(SupplierKey.Parse(supplier), "x");
        var matching = string.Join('\n',
            NationalCases.Columns(query, reading, whole: false), ",", NationalNotices.Columns, ",", NationalCases.Course,
            "FROM (SELECT x.region, x.case_id FROM national_cases x WHERE", query.Conditions,
            "UNION SELECT x.region, x.case_id FROM national_notices x WHERE", query.Conditions, ") AS o",
            "LEFT JOIN national_cases c ON c.region = o.region AND c.case_id = o.case_id",
            "LEFT JOIN national_notices n ON n.region = o.region AND n.case_id = o.case_id",
            "LEFT JOIN national_summaries s ON s.region = o.region AND s.case_id = o.case_id");
        var (found, _) = await register.ReadAsync(
            reading, query, matching, "step DESC NULLS LAST, step_since, object_id", MostCases, 0, r => RowOf(r, reading, http), http.RequestAborted);
        Row[] rows = [.. found.OfType<Row>()];
        NationalCase[] cases = [.. rows.Select(r => r.Case).OfType<NationalCase>()];
        NationalNotice[] notices = [.. rows.Select(r => r.Notice).OfType<NationalNotice>().OrderByDescending(n => n.IssuedAt)];
        var named = cases.Select(c => c.Supplier).Concat(notices.Select(n => n.Payload.Supplier)).FirstOrDefault();
        if (named is null)
            return Problems.NotFound(http);
        return Results.Ok(new NationalSupplierStatus(
            named.OrganisationNumber,
            named.Name,
            cases.Length == 0 ? null : cases.Max(c => c.Step),
            cases.Select(c => c.Region.Code).Concat(notices.Where(n => n.TellsOfACase()).Select(n => n.Region.Code)).Distinct().Count(),
            cases,
            notices,
            [.. cases.Where(c => c.Block is not null).Select(c => new SupplierBlock(c.Region, c.CaseId, c.Block!.Scope, c.Block.Until))],
            [.. rows.SelectMany(r => r.Course).OrderBy(v => v.Region, StringComparer.Ordinal).ThenBy(v => v.EnteredAt)],
            rows.Select(r => r.RegionsConcerned).FirstOrDefault(r => r is not null)));
    }

    private static Row? RowOf(NpgsqlDataReader r, Reading reading, HttpContext http)
    {
        var notice = r.FindText("told_region") is null ? null : NationalNotices.Of(r);
        var concerned = r.Get<string[]>("concerned");
        var sees = Readers.Sees(
            reading.Readers, r.Find<short>("step") ?? notice?.Payload.Step, r.FindText("supplier_number") ?? notice?.Payload.Supplier.OrganisationNumber, concerned,
            r.Get<string[]>("disclosed_to"), r.Get<string[]>("sent_to"));
        var (region, id) = (r.Get<string>("object_region"), r.Get<Guid>("object_id"));
        return new Row(
            NationalCases.Of(r, reading, whole: false, http),
            sees(NationalField.Notice) ? notice : null,
            sees(NationalField.Course) && r.FindText("course") is { } course
                ? [.. JsonSerializer.Deserialize<CourseEntry[]>(course, Json.Options)!.Select(v => new SupplierCourseEntry(region, id, v.Step, v.EnteredAt, v.Trigger, v.LeftAt, v.LeftBy))]
                : [],
            sees(NationalField.RegionsConcerned) ? concerned : null);
    }
}
