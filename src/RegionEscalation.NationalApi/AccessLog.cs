using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using NpgsqlTypes;
using RegionEscalation.Domain.National;
using RegionEscalation.Http;

namespace RegionEscalation.NationalApi;

/// <summary>A reading across regions, and one of the things that it gave out.</summary>
/// <param name="ReadId">What one reading gave out has it in common.</param>
/// <param name="At">UTC.</param>
/// <param name="Client">The client id of the token.</param>
/// <param name="Directory">The directory of the token; null where it names none.</param>
/// <param name="Readers">For whom was read: keys such as <c>region:13</c>, <c>coordination</c>, <c>partner:adda</c>.</param>
/// <param name="Functions">The roles of the token, with those that they include.</param>
/// <param name="Operation">What was read, such as <c>listCases</c>.</param>
/// <param name="Target">What was asked for, as it was understood; empty for everything.</param>
/// <param name="Accessed">Null for a reading that gave out nothing of a single case, such as statistics or an empty list.</param>
/// <param name="Tier">T0 or T1.</param>
/// <param name="Basis">The basis of the decision to disclose, of T1.</param>
public sealed record AccessLogItem(
    Guid ReadId,
    DateTimeOffset At,
    string Client,
    string? Directory,
    IReadOnlyList<string> Readers,
    IReadOnlyList<string> Functions,
    string Purpose,
    string Operation,
    string Target,
    [property: JsonPropertyName("object")] AccessedObject? Accessed,
    string? Tier,
    string? Basis);

/// <param name="Region">The code of the region whose it is; null for what is no region's.</param>
/// <param name="Kind"><c>case</c>, <c>notice</c>, <c>meeting</c>, or <c>contract</c>: that the region is concerned with the supplier.</param>
/// <param name="Id">Of a notice that of its case; null of a contract.</param>
public sealed record AccessedObject(string? Region, string Kind, Guid? Id);

/// <summary>Who read what across regions, when and for which purpose. Append-only, and read like everything else: for a purpose, and logged.</summary>
internal static class AccessLog
{
    public static void Map(RouteGroupBuilder register) => register.MapGet("/access-log", List)
        .AllowRoles(Role.Auditor, Role.Coordinator, Role.Reader)
        .WithTags("AccessLog")
        .RequiresPurpose(Purposes.Codes)
        .WithName("listAccessLog")
        .Describe("Lista läsningar över regiongränserna / List the readings across regions",
            "Senast läst först; en post för varje ärende som lämnades ut. Revisorn och samordningsgruppen ser alla läsningar, en region dem av sina egna ärenden. Filter `region`, `case`, `reader`, `purpose`, `operation`, `from` (med), `to` (före). "
            + "Latest first; one item for every case that was given out. The auditor and the coordination group see every reading, a region those of its own cases. Filters `region`, `case`, `reader`, `purpose`, `operation`, `from` (inclusive), `to` (exclusive).")
        .WithResponseExample(200, Examples.AccessLogPage);

    private static async Task<IResult> List(
        PageRequest page, RegisterReader register, HttpContext http, TimeProvider time, [TextLength(1, 20)] string? region = null, Guid? @case = null,
        [TextLength(1, 50)] string? reader = null, [TextLength(1, 50)] string? purpose = null, [TextLength(1, 50)] string? operation = null,
        Instant? from = null, Instant? to = null)
    {
        var reading = Readers.Reading(http, time, "readAccessLog");
        var query = new RegisterQuery()
            .Where("region", "l.object_region =", region, NpgsqlDbType.Varchar)
            .Where("case", "l.object_id =", @case, NpgsqlDbType.Uuid)
            .Where("reader", "", reader, NpgsqlDbType.Varchar, "= ANY(l.readers)")
            .Where("purpose", "l.purpose =", purpose, NpgsqlDbType.Varchar)
            .Where("operation", "l.operation =", operation, NpgsqlDbType.Varchar)
            .Where("from", "l.at >=", from?.Value, NpgsqlDbType.TimestampTz)
            .Where("to", "l.at <", to?.Value, NpgsqlDbType.TimestampTz);
        var everything = reading.Readers.Any(r => r.Kind is ReaderKind.Auditor or ReaderKind.Coordination);
        string[] own = [.. reading.Readers.Where(r => r.Kind == ReaderKind.Region).Select(r => r.Code)];
        var matching = string.Join('\n',
            // What the log tells of is not given out by reading the log.
            "SELECT NULL AS object_region, NULL AS object_kind, NULL::uuid AS object_id, NULL AS tier, NULL AS basis, l.id, l.read_id, l.at, l.client_id, l.directory, l.readers, l.roles,",
            "l.purpose, l.operation, l.target, l.object_region AS read_region, l.object_kind AS read_kind, l.object_id AS read_object, l.tier AS read_tier, l.basis AS read_basis",
            "FROM national_access_log l WHERE (", query.Parameter(everything, NpgsqlDbType.Boolean),
            "OR l.object_region = ANY(", query.Parameter(own, NpgsqlDbType.Array | NpgsqlDbType.Varchar), ")) AND", query.Conditions);
        var (items, total) = await register.ReadAsync(reading, query, matching, "at DESC, id", page.Limit, page.Offset, Of, http.RequestAborted);
        return Results.Ok(page.Response(http, items, total));
    }

    private static AccessLogItem Of(NpgsqlDataReader r) => new(
        r.Get<Guid>("read_id"),
        r.Get<DateTimeOffset>("at"),
        r.Get<string>("client_id"),
        r.FindText("directory"),
        r.Get<string[]>("readers"),
        r.Get<string[]>("roles"),
        r.Get<string>("purpose"),
        r.Get<string>("operation"),
        r.Get<string>("target"),
        r.FindText("read_kind") is { } kind ? new AccessedObject(r.FindText("read_region"), kind, r.Find<Guid>("read_object")) : null,
        r.FindText("read_tier"),
        r.FindText("read_basis"));
}
