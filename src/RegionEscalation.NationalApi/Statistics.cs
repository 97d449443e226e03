using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using NpgsqlTypes;
using RegionEscalation.Domain;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;
using RegionEscalation.Http;

namespace RegionEscalation.NationalApi;

/// <param name="From">First day, Swedish calendar date.</param>
/// <param name="To">Last day, Swedish calendar date.</param>
/// <param name="Figures">Steps 3–5 alone. A number under five is suppressed, and so is what it could be computed from.</param>
public sealed record StatisticsResponse(DateOnly From, DateOnly To, NationalStatistics Figures);

/// <summary>How the ladder is used: figures of steps 3–5, of which none tells of a single case.</summary>
internal static class StatisticsOfSteps
{
    /// <summary>There are no cases before this day; it also keeps dates within what can be computed.</summary>
    private static readonly DateOnly Earliest = new(2000, 1, 1);

    public static void Map(RouteGroupBuilder register) => register.MapGet("/statistics", Get)
        .AllowRoles(Role.Reader, Role.Coordinator, Role.NationalOffice)
        .WithTags("Statistics")
        .RequiresPurpose(Purposes.Codes)
        .WithName("getStatistics")
        .Describe("Hämta statistik för steg 3–5 / Get the statistics of steps 3–5",
            "Perioden `from`–`to` anges med svenska kalenderdatum, båda medräknade; utan dem de senaste tolv månaderna. Tal under fem visas inte (`suppressed`), och inte heller tal som de kunde räknas ut ur; det finns inga summor, och en rad utan tal att visa utelämnas. Skyddet gäller varje svar för sig: den som jämför svar för olika perioder kan se enstaka förlopp, dock aldrig vems. Steg 0–2 finns inte i registret. "
            + "The period `from`–`to` is in Swedish calendar dates, both included; without them the last twelve months. Numbers under five are not shown (`suppressed`), nor numbers that they could be computed from; there are no totals, and a row without any number to show is left out. The protection is of each answer by itself: whoever compares answers for different periods can tell single stays, though never whose. Steps 0–2 are not in the register.")
        .WithResponseExample(200, Examples.Statistics);

    private static async Task<IResult> Get(RegisterReader register, HttpContext http, TimeProvider time, Day? from = null, Day? to = null)
    {
        var reading = Readers.Reading(http, time, "getStatistics");
        var last = to?.Value ?? SwedishTime.DateOf(reading.At);
        if (last < Earliest)
            return Problems.Field(http, "to", "range", new($"Tidigast {Earliest:yyyy-MM-dd}.", $"At the earliest {Earliest:yyyy-MM-dd}."));
        var first = from?.Value ?? last.AddMonths(-12).AddDays(1);
        if (from is not null && (first < Earliest || first > last))
            return Problems.Field(http, "from", "range", new(
                $"Tidigast {Earliest:yyyy-MM-dd} och senast periodens sista dag.", $"At the earliest {Earliest:yyyy-MM-dd} and at the latest the period's last day."));
        var query = new RegisterQuery()
            .Where("from", "(v.left_at IS NULL OR v.left_at >=", SwedishTime.EndOf(first.AddDays(-1)), NpgsqlDbType.TimestampTz, ")")
            .Where("to", "(v.left_at IS NULL OR v.entered_at <", SwedishTime.EndOf(last), NpgsqlDbType.TimestampTz, ")");
        var matching = string.Join('\n',
            // A figure is of no single case.
            "SELECT NULL AS object_region, NULL AS object_kind, NULL::uuid AS object_id, NULL AS tier, NULL AS basis,",
            "v.region, v.case_id, v.visit, v.category, v.step, v.trigger_code, v.entered_at, v.left_at, v.left_by,",
            "NOT EXISTS (SELECT FROM national_course f WHERE f.region = v.region AND f.case_id = v.case_id AND f.visit > v.visit) AS is_last",
            "FROM national_course v WHERE", query.Conditions);
        var (stays, _) = await register.ReadAsync(reading, query, matching, "entered_at, region, case_id, visit", long.MaxValue, 0, Of, http.RequestAborted);
        return Results.Ok(new StatisticsResponse(first, last, Domain.National.Statistics.Of(stays, first, last)));
    }

    private static NationalStay Of(NpgsqlDataReader r) => new(
        r.Get<string>("region"),
        r.Get<string>("category"),
        r.Get<short>("step"),
        Codes.Parse<Trigger>(r.Get<string>("trigger_code")),
        r.Get<DateTimeOffset>("entered_at"),
        r.Find<DateTimeOffset>("left_at"),
        r.FindText("left_by") is { } by ? Codes.Parse<WayLeft>(by) : null,
        r.Get<bool>("is_last"));
}
