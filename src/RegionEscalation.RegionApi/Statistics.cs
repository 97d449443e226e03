using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi;

/// <param name="From">First day, Swedish calendar date.</param>
/// <param name="To">Last day, Swedish calendar date.</param>
/// <param name="Region">The whole region.</param>
/// <param name="Units">Unit by unit in Swedish order, at last the deviations without one; only units with a deviation in the period.</param>
/// <param name="Contracts">The contracts that stand on the period's last day, as the catalogue has them now.</param>
public sealed record StatisticsResponse(DateOnly From, DateOnly To, UnitFigures Region, IReadOnlyList<UnitFigures> Units, SocialTerms Contracts);

/// <summary>How the region and its units deal with deviations (HAL-003).</summary>
internal static class Statistics
{
    /// <summary>There are no deviations before this day; it also keeps dates within what can be computed.</summary>
    private static readonly DateOnly Earliest = new(2000, 1, 1);

    private const int MostYears = 5;

    public static void Map(RouteGroupBuilder region) => region.MapGet("/statistics", Get)
        .AllowRoles(Role.Reader)
        .WithTags("Statistics")
        .WithName("getDeviationStatistics")
        .Describe("Hämta statistik över avvikelser / Get the statistics of deviations",
            "Avvikelser som rapporterades i perioden `from`–`to` (svenska kalenderdatum, båda medräknade; högst fem år, utan dem det senaste året), för hela regionen och enhet för enhet: antal, allvarlighetsgrad, status, grundorsak och ämne, andel analyserade, återkopplade och ogrundade, och ledtider från rapport i timmar; och hur stor del av avtalen som har sociala kontraktsvillkor (HU-010). Det regionen själv orsakat hålls isär från det som räknas mot leverantörer (R-G6), och det som är ogrundat räknas bara som ogrundat (R-Z3). "
            + "Deviations reported in the period `from`–`to` (Swedish calendar dates, both included; at most five years, without them the last year), of the whole region and unit by unit: number, severity, status, root cause and topic, the shares analysed, fed back and unfounded, and lead times from the report in hours; and the share of contracts with social terms (HU-010). What the region caused itself is kept apart from what counts against suppliers (R-G6), and what is unfounded counts as unfounded only (R-Z3).")
        .WithResponseExample(200, Example());

    private static async Task<IResult> Get(RegionSession session, HttpContext http, TimeProvider time, Day? from = null, Day? to = null)
    {
        var last = to?.Value ?? SwedishTime.DateOf(time.Now());
        if (last < Earliest)
            return Problems.Field(http, "to", "range", new($"Tidigast {Earliest:yyyy-MM-dd}.", $"At the earliest {Earliest:yyyy-MM-dd}."));
        var first = from?.Value ?? last.AddYears(-1).AddDays(1);
        if (from is not null && (first < Earliest || first > last || first <= last.AddYears(-MostYears)))
            return Problems.Field(http, "from", "range", new(
                $"Tidigast {Earliest:yyyy-MM-dd}, senast periodens sista dag, och perioden högst {MostYears} år.",
                $"At the earliest {Earliest:yyyy-MM-dd}, at the latest the period's last day, and the period at most {MostYears} years."));
        var query = session.CreateBatchQuery();
        var reported = query.ReportedDeviations(SwedishTime.EndOf(first.AddDays(-1)), SwedishTime.EndOf(last));
        var contracts = query.SocialTermsOn(last);
        await query.ExecuteAsync(http.RequestAborted);
        var figures = DeviationStatistics.Of(reported.Value);
        return Results.Ok(new StatisticsResponse(first, last, figures.Region, figures.Units, contracts.Value));
    }

    private static StatisticsResponse Example()
    {
        var at = Examples.Opened;
        var figures = DeviationStatistics.Of(
        [
            new DeviationRow("Operationskliniken", Severity.Deviation, DeviationStatus.Closed, RootCause.Capacity, [Topic.Labour], Fault.Supplier,
                at, at.AddHours(6), at.AddHours(30), at.AddHours(50), at.AddHours(54), at.AddHours(60)),
            new DeviationRow("Operationskliniken", Severity.Deviation, DeviationStatus.Assessed, null, [], Fault.Region, at, at.AddHours(9), null, null, null, null),
        ]);
        return new StatisticsResponse(SwedishTime.DateOf(at), SwedishTime.DateOf(at).AddDays(30), figures.Region, figures.Units, new SocialTerms(120, 90, 12));
    }
}
