using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using NpgsqlTypes;
using RegionEscalation.Domain;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;
using RegionEscalation.Http;

namespace RegionEscalation.NationalApi;

public sealed record NotifyingRegion(string Code, string Name);

/// <param name="Id">The platform's id of the supplier within the notifying region.</param>
/// <param name="OrganisationNumber">Ten digits; null for a sole trader.</param>
/// <param name="Name">A pseudonym for a sole trader.</param>
public sealed record NationalSupplier(Guid Id, string? OrganisationNumber, string Name);

/// <summary>What the regions were told last of the case (Information till Sveriges Regioner).</summary>
/// <param name="Number">Its place among the case's notices, from 1.</param>
/// <param name="IssuedAt">UTC.</param>
/// <param name="Provisional">True when it was issued before the supplier's time to comment had passed, and is not confirmed.</param>
/// <param name="Acknowledged">Whether one of those for whom the caller reads has acknowledged it.</param>
public sealed record NationalNoticeSummary(Guid Id, int Number, NoticeKind Kind, DateTimeOffset IssuedAt, bool Provisional, bool Acknowledged);

/// <param name="EnteredAt">UTC.</param>
/// <param name="LeftAt">UTC; null while the case stands there.</param>
/// <param name="LeftBy">How it was left.</param>
public sealed record CourseEntry(int Step, DateTimeOffset EnteredAt, Trigger Trigger, DateTimeOffset? LeftAt, WayLeft? LeftBy);

/// <param name="Reader">The recipient's key, such as <c>region:13</c> or <c>coordination</c>.</param>
/// <param name="AcknowledgedAt">UTC; null while it is not acknowledged, or where the caller may not know.</param>
public sealed record NoticeRecipient(string Reader, DateTimeOffset? AcknowledgedAt);

/// <summary>The case's summary (T1), under a decision to disclose that is in force for the caller (R-N5). A field that the caller may not see is null.</summary>
/// <param name="ConsequenceAreas">Of the deviations that count.</param>
/// <param name="Deviations">How many count.</param>
/// <param name="SeriousDeviations">How many of them are serious.</param>
/// <param name="Sanctions">By kind.</param>
/// <param name="ReturnCriteria">What leads out of the step downwards.</param>
/// <param name="SupplierStatements">In the supplier's own words, as released.</param>
public sealed record NationalCaseSummary(
    IReadOnlyList<ConsequenceArea>? ConsequenceAreas, int? Deviations, int? SeriousDeviations, NationalPlanStatus? PlanStatus, IReadOnlyList<SanctionKind>? Sanctions,
    IReadOnlyList<string>? ReturnCriteria, IReadOnlyList<string>? SupplierStatements);

/// <summary>What the others may know of a case: T0, and its summary (T1) where that is disclosed to the caller.</summary>
/// <param name="Category">LfU's category.</param>
/// <param name="Step">3–5.</param>
/// <param name="StepEvent">The step's triggering event in the edition's own words.</param>
/// <param name="StepSince">When the case entered the step, UTC.</param>
/// <param name="Block">A block that is decided or in force: scope and last day.</param>
/// <param name="Preliminary">True until the supplier has been informed of the step and its time to comment has passed.</param>
/// <param name="ResponsibleAddress">The contract owner's function address; questions go there.</param>
/// <param name="NoticeExpiresAt">When the standing notice expires, UTC; null while none stands.</param>
/// <param name="Notice">What the regions were told last; null while nothing.</param>
/// <param name="Summary">Null unless disclosed to the caller.</param>
/// <param name="Course">The case's stays at steps 3–5; in the answer about one case.</param>
/// <param name="RegionsConcerned">The codes of the regions that have a contract with the supplier or a case at steps 3–5 about it; in the answer about one case.</param>
/// <param name="Recipients">Whom the notice went to; for the national group and the supplier, in the answer about one case.</param>
public sealed record NationalCase(
    NotifyingRegion Region,
    Guid CaseId,
    NationalSupplier Supplier,
    string Category,
    string Ladder,
    int Step,
    Text StepEvent,
    DateTimeOffset StepSince,
    Trigger Trigger,
    SignalledBlock? Block,
    bool Disputed,
    bool SupplierStatementAttached,
    bool Preliminary,
    string ResponsibleAddress,
    DateTimeOffset? NoticeExpiresAt,
    NationalNoticeSummary? Notice,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] NationalCaseSummary? Summary,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<CourseEntry>? Course,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? RegionsConcerned,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<NoticeRecipient>? Recipients,
    [property: JsonPropertyName("_links")] NationalCaseLinks Links);

public sealed record NationalCaseLinks(Link Self, Link Supplier);

/// <summary>The cases at steps 3–5 of all regions.</summary>
internal static class NationalCases
{
    /// <summary>The fields without which a row says nothing: whoever may not see one of them sees no row.</summary>
    internal static readonly NationalField[] Always =
    [
        NationalField.Region, NationalField.CaseId, NationalField.Supplier, NationalField.Category, NationalField.Ladder, NationalField.Step, NationalField.StepSince,
        NationalField.Trigger, NationalField.Disputed, NationalField.SupplierStatementAttached, NationalField.Preliminary, NationalField.ResponsibleAddress,
    ];

    public static void Map(RouteGroupBuilder register)
    {
        var cases = register.MapGroup("/cases").WithTags("Cases");
        cases.MapGet("", List)
            .RequiresPurpose(Purposes.Codes)
            .WithName("listNationalCases")
            .Describe("Lista ärenden på steg 3–5 / List the cases at steps 3–5",
                "Högsta steget först; filter `step`, `region`, `supplier`, `category`, `since`, `changedSince`, `acknowledged`. Highest step first; filters `step`, `region`, `supplier`, `category`, `since`, `changedSince`, `acknowledged`.")
            .WithResponseExample(200, Examples.CasePage);
        cases.MapGet("/{region}/{id:guid}", Get)
            .RequiresPurpose(Purposes.Codes)
            .WithName("getNationalCase")
            .Describe("Hämta ett ärende på steg 3–5 / Get a case at steps 3–5",
                "Ett ärende som inte står på steg 3–5 finns inte här. A case that does not stand at steps 3–5 does not exist here.")
            .WithResponseExample(200, Examples.Case);
    }

    private static async Task<IResult> List(
        PageRequest page, RegisterReader register, HttpContext http, TimeProvider time, [Between(3, 5)] int? step = null,
        [TextLength(1, 20)] string? region = null, [TextLength(1, 50)] string? supplier = null, [TextLength(1, 100)] string? category = null,
        Instant? since = null, Instant? changedSince = null, bool? acknowledged = null)
    {
        var reading = Readers.Reading(http, time, "listCases");
        var query = new RegisterQuery()
            .Where("region", "c.region =", region, NpgsqlDbType.Varchar)
            .Where("step", "c.step =", (short?)step, NpgsqlDbType.Smallint)
            .Where(SupplierKey.Parse(supplier), "c")
            .Where("category", "c.category =", category, NpgsqlDbType.Varchar)
            .Where("since", "c.step_since >=", since?.Value, NpgsqlDbType.TimestampTz)
            .Where("changedSince", "c.changed_at >=", changedSince?.Value, NpgsqlDbType.TimestampTz);
        var (cases, total) = await ReadAsync(register, reading, query, acknowledged, whole: false, page.Limit, page.Offset, http);
        return Results.Ok(page.Response(http, cases, total));
    }

    private static async Task<IResult> Get(
        [TextLength(1, 20)] string region, Guid id, RegisterReader register, HttpContext http, TimeProvider time)
    {
        var reading = Readers.Reading(http, time, "getCase");
        var query = new RegisterQuery { GivenOut = GivenOutOfOne(reading) }.Where("region", "c.region =", region, NpgsqlDbType.Varchar).Where("case", "c.case_id =", id, NpgsqlDbType.Uuid);
        var (cases, _) = await ReadAsync(register, reading, query, null, whole: true, 1, 0, http);
        return cases is [var found] ? Results.Ok(found) : Problems.NotFound(http);
    }

    /// <summary>What an answer about single cases gives out: them, and which other regions are concerned, where the readers see that.</summary>
    internal static string GivenOutOfOne(Reading reading) =>
        reading.Readers.All(r => NationalAccessPolicy.Of(r.Kind, NationalField.RegionsConcerned) == FieldAccess.Never)
            ? "SELECT object_region, object_kind, object_id, tier, basis FROM told"
            : """
            SELECT object_region, object_kind, object_id, tier, basis FROM told
            UNION ALL SELECT other.region, 'contract', NULL, 'T0', NULL FROM told CROSS JOIN unnest(told.concerned) AS other (region) WHERE other.region <> told.object_region
            """;

    /// <summary>The cases that match, as the policy shows them to the readers.</summary>
    /// <param name="query">Conditions on <c>national_cases</c>, named <c>c</c>.</param>
    /// <param name="whole">Whether the answer is about single cases, with what lists leave out.</param>
    internal static async Task<(IReadOnlyList<NationalCase> Cases, long Total)> ReadAsync(
        RegisterReader register, Reading reading, RegisterQuery query, bool? acknowledged, bool whole, long limit, long offset, HttpContext http)
    {
        var readers = query.Parameter(reading.Readers.Select(r => r.Key).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Varchar);
        if (acknowledged is { } wanted)
            query.Where("acknowledged", wanted, string.Join(' ', wanted ? "" : "NOT", "EXISTS (SELECT FROM national_acknowledgements a WHERE a.region = n.region AND a.notice_id = n.notice_id AND a.recipient = ANY(", readers, "))"));
        var matching = string.Join('\n',
            Columns(query, reading, whole),
            "FROM national_cases c LEFT JOIN national_notices n ON n.region = c.region AND n.case_id = c.case_id",
            "LEFT JOIN national_summaries s ON s.region = c.region AND s.case_id = c.case_id WHERE", query.Conditions);
        var (rows, total) = await register.ReadAsync(
            reading, query, matching, "step DESC, step_since, object_id", limit, offset, r => Of(r, reading, whole, http), http.RequestAborted);
        return ([.. rows.OfType<NationalCase>()], total);
    }

    /// <summary>The SELECT of a case <c>c</c>, the notice <c>n</c> of it and its summary <c>s</c>, of which there is at least <c>c</c> or <c>n</c>.</summary>
    internal static string Columns(RegisterQuery query, Reading reading, bool whole)
    {
        var readers = query.Parameter(reading.Readers.Select(r => r.Key).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Varchar);
        var at = query.Parameter(reading.At, NpgsqlDbType.TimestampTz);
        var today = query.Parameter(SwedishTime.DateOf(reading.At), NpgsqlDbType.Date);
        return string.Join('\n',
            "SELECT coalesce(c.region, n.region) AS object_region, 'case' AS object_kind, coalesce(c.case_id, n.case_id) AS object_id,",
            "CASE WHEN s.case_id IS NULL THEN 'T0' ELSE 'T1' END AS tier,",
            "CASE WHEN s.case_id IS NOT NULL THEN (SELECT string_agg(DISTINCT d.basis, ' ') FROM national_disclosures d WHERE d.region = c.region AND d.case_id = c.case_id AND d.expires_at >", at, ") END AS basis,",
            "c.supplier_id, c.supplier_number, c.supplier_name, c.category, c.ladder_version, c.step, c.step_since, c.trigger_code, c.block, c.disputed,",
            "c.supplier_statement_attached, c.preliminary, c.responsible_address, c.notice_expires_at,",
            "n.notice_id, n.number AS notice_number, n.kind AS notice_kind, n.issued_at, n.provisional,",
            "EXISTS (SELECT FROM national_acknowledgements a WHERE a.region = n.region AND a.notice_id = n.notice_id AND a.recipient = ANY(", readers, ")) AS acknowledged,",
            "s.case_id IS NOT NULL AS has_summary, s.consequence_areas, s.deviations, s.serious_deviations, s.plan_status, s.sanctions, s.return_criteria, s.supplier_statements,",
            "ARRAY(SELECT k.region FROM national_contracts k WHERE k.supplier_number = coalesce(c.supplier_number, n.supplier_number) AND coalesce(k.valid_until, 'infinity') >=", today,
            "UNION SELECT o.region FROM national_cases o WHERE o.supplier_number = coalesce(c.supplier_number, n.supplier_number) ORDER BY 1) AS concerned,",
            "ARRAY(SELECT d.recipient FROM national_disclosures d WHERE d.region = c.region AND d.case_id = c.case_id AND d.expires_at >", at, ") AS disclosed_to,",
            "ARRAY(SELECT r.recipient FROM national_recipients r WHERE r.region = coalesce(c.region, n.region) AND r.case_id = coalesce(c.case_id, n.case_id) ORDER BY 1) AS sent_to",
            whole
                ? string.Join(' ',
                    ", ARRAY(SELECT a.recipient || ' ' || to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM national_acknowledgements a",
                    "WHERE a.region = n.region AND a.notice_id = n.notice_id) AS acknowledged_by,", Course)
                : "");
    }

    /// <summary>The stays at steps 3–5 of the case <c>c</c>, or of that which the notice <c>n</c> tells of.</summary>
    internal const string Course =
        """
        (SELECT jsonb_agg(jsonb_build_object('step', v.step, 'enteredAt', v.entered_at, 'trigger', v.trigger_code, 'leftAt', v.left_at, 'leftBy', v.left_by) ORDER BY v.visit)
        FROM national_course v WHERE v.region = coalesce(c.region, n.region) AND v.case_id = coalesce(c.case_id, n.case_id))::text AS course
        """;

    /// <returns>Null where the policy shows no row to the readers, and where the row is of a notice that has outlived its case's signal.</returns>
    internal static NationalCase? Of(NpgsqlDataReader r, Reading reading, bool whole, HttpContext http)
    {
        if (r.Find<short>("step") is null)
            return null;
        var (region, id, step) = (r.Get<string>("object_region"), r.Get<Guid>("object_id"), (int)r.Get<short>("step"));
        var supplier = new NationalSupplier(r.Get<Guid>("supplier_id"), r.FindText("supplier_number"), r.Get<string>("supplier_name"));
        var (concerned, sentTo) = (r.Get<string[]>("concerned"), r.Get<string[]>("sent_to"));
        var sees = Readers.Sees(reading.Readers, step, supplier.OrganisationNumber, concerned, r.Get<string[]>("disclosed_to"), sentTo);
        if (!Always.All(sees))
            return null;
        return new NationalCase(
            new NotifyingRegion(region, Domain.Regions.Region.Find(region)!.Name),
            id,
            supplier,
            r.Get<string>("category"),
            r.Get<string>("ladder_version"),
            step,
            TextOf(Ladders.Find(r.Get<string>("ladder_version"))!.Step(step).Event.Label),
            r.Get<DateTimeOffset>("step_since"),
            Codes.Parse<Trigger>(r.Get<string>("trigger_code")),
            sees(NationalField.Block) && r.FindText("block") is { } block ? JsonSerializer.Deserialize<SignalledBlock>(block, JsonSerializerOptions.Web) : null,
            r.Get<bool>("disputed"),
            r.Get<bool>("supplier_statement_attached"),
            r.Get<bool>("preliminary"),
            r.Get<string>("responsible_address"),
            sees(NationalField.NoticeExpiresAt) ? r.Find<DateTimeOffset>("notice_expires_at") : null,
            sees(NationalField.Notice) && r.Find<Guid>("notice_id") is { } notice
                ? new NationalNoticeSummary(notice, r.Get<int>("notice_number"), Codes.Parse<NoticeKind>(r.Get<string>("notice_kind")), r.Get<DateTimeOffset>("issued_at"),
                    r.Get<bool>("provisional"), r.Get<bool>("acknowledged"))
                : null,
            r.Get<bool>("has_summary") ? Summary(r, sees) : null,
            whole && sees(NationalField.Course) && r.FindText("course") is { } course ? JsonSerializer.Deserialize<CourseEntry[]>(course, Json.Options) : null,
            whole && sees(NationalField.RegionsConcerned) ? concerned : null,
            whole && sees(NationalField.Recipients) && sentTo.Length > 0 ? Recipients(sentTo, r.Get<string[]>("acknowledged_by")) : null,
            new NationalCaseLinks(
                Link.To(http, $"/national/v1/cases/{region}/{id}"),
                Link.To(http, $"/national/v1/suppliers/{supplier.OrganisationNumber ?? supplier.Id.ToString()}")));
    }

    private static NationalCaseSummary? Summary(NpgsqlDataReader r, Func<NationalField, bool> sees)
    {
        var summary = new NationalCaseSummary(
            sees(NationalField.ConsequenceAreas) ? [.. r.Get<string[]>("consequence_areas").Select(Codes.Parse<ConsequenceArea>)] : null,
            sees(NationalField.Deviations) ? r.Get<int>("deviations") : null,
            sees(NationalField.Deviations) ? r.Get<int>("serious_deviations") : null,
            sees(NationalField.PlanStatus) && r.FindText("plan_status") is { } status ? Codes.Parse<NationalPlanStatus>(status) : null,
            sees(NationalField.Sanctions) ? [.. r.Get<string[]>("sanctions").Select(Codes.Parse<SanctionKind>)] : null,
            sees(NationalField.ReturnCriteria) ? r.Get<string[]>("return_criteria") : null,
            sees(NationalField.SupplierStatements) ? r.Get<string[]>("supplier_statements") : null);
        return summary == new NationalCaseSummary(null, null, null, null, null, null, null) ? null : summary;
    }

    private static NoticeRecipient[] Recipients(string[] sentTo, string[] acknowledgedBy)
    {
        var at = acknowledgedBy.Select(a => a.Split(' ')).ToDictionary(a => a[0], a => DateTimeOffset.Parse(a[1], System.Globalization.CultureInfo.InvariantCulture));
        return [.. sentTo.Select(key => new NoticeRecipient(key, at.TryGetValue(key, out var acknowledged) ? acknowledged : null))];
    }

    internal static Text TextOf(Label label) => new(label.Sv, label.En);
}

/// <summary>The codes of the register's columns.</summary>
internal static class Codes
{
    public static T Parse<T>(string code) where T : struct, Enum => Enum.Parse<T>(code, ignoreCase: true);
}
