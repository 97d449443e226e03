using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Cases.Records;

/// <param name="Kind">What it is for, such as <c>ersättningsköp</c>.</param>
/// <param name="Reference">The posting in the region's accounts.</param>
/// <param name="BookedBy">The function that books it.</param>
/// <param name="Bearer">Who is proposed to bear it; the party that failed unless otherwise said (SSC-013).</param>
public sealed record CostEntryRequest(
    AmountRequest Amount,
    [TextLength(1, 200)] string Kind,
    [TextLength(1, 200)] string Reference,
    [TextLength(1, 200)] string BookedBy,
    CostBearer Bearer = CostBearer.Supplier);

/// <param name="Agreed">True when agreed with the supplier, false when decided by the region.</param>
/// <param name="SettledBy">The function that agreed or decided it.</param>
/// <param name="SupplierShare">Per cent, 1–99; when <c>bearer</c> is <c>split</c> only.</param>
public sealed record CostBearerRequest(
    CostBearer Bearer,
    bool Agreed,
    [TextLength(1, 4000)] string Motivation,
    [TextLength(1, 200)] string SettledBy,
    [Between(1, 99)] int? SupplierShare = null);

/// <param name="Conclusion">Claimed from the supplier, recovered or written off.</param>
/// <param name="ConcludedBy">The function that notes it.</param>
public sealed record CostConclusionRequest(CostConclusion Conclusion, [TextLength(1, 4000)] string Note, [TextLength(1, 200)] string ConcludedBy);

/// <summary>What the deviations cost, and who bears it (R-C1).</summary>
internal static class CostEntries
{
    public static void Map(RouteGroupBuilder cases)
    {
        cases.MapRecord<CostEntryRequest>("cost-entries", (id, body) => new BookCost(id,
                new CostContent(body.Amount.Content(), body.Kind, body.Reference, body.Bearer, body.BookedBy)))
            .WithName("bookCost")
            .Describe("Bokför en kostnad / Book a cost",
                "Från steg 1; vem som bär kostnaden är föreslaget tills det är överenskommet eller beslutat (R-C1). "
                + "From step 1; who bears the cost is proposed until it is agreed or decided (R-C1).")
            .WithRequestExample(new CostEntryRequest(new AmountRequest(18_250m, "SEK"), "Ersättningsköp", "Verifikation 2026-4471", "Ekonom"));
        cases.MapRecordChange<CostBearerRequest>("cost-entries", "bearers",
                (id, body) => new SettleCostBearer(id, body.Bearer, body.SupplierShare, body.Agreed, body.Motivation, body.SettledBy))
            .WithName("settleCostBearer")
            .Describe("Avgör vem som bär kostnaden / Settle who bears the cost",
                "Överenskommet med leverantören eller beslutat av regionen, också efter att ärendet avslutats (R-C1). "
                + "Agreed with the supplier or decided by the region, also after the case is closed (R-C1).")
            .WithRequestExample(new CostBearerRequest(CostBearer.Split, true, "Båda parter kunde ha förutsett bristen.", "Avtalsansvarig", 70));
        cases.MapRecordChange<CostConclusionRequest>("cost-entries", "conclusions",
                (id, body) => new ConcludeCost(id, body.Conclusion, body.Note, body.ConcludedBy))
            .WithName("concludeCost")
            .Describe("Kräv, ersätt eller skriv av en kostnad / Claim, recover or write off a cost",
                "Också efter att ärendet avslutats. Also after the case is closed.")
            .WithRequestExample(new CostConclusionRequest(CostConclusion.Claimed, "Faktura 2026-118 skickad till leverantören.", "Ekonom"));
    }
}
