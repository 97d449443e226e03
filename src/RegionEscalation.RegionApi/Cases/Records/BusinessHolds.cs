using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Cases.Records;

/// <param name="Reasons">At least 30 characters.</param>
public sealed record BusinessHoldRequest([TextLength(1, 4000)] string Reasons, DecisionMakerRequest DecidedBy);

public sealed record BusinessResumptionRequest([TextLength(1, 4000)] string Reason);

/// <summary>Business on hold (R-B4).</summary>
internal static class BusinessHolds
{
    public static void Map(RouteGroupBuilder cases)
    {
        cases.MapRecord<BusinessHoldRequest>("business-holds",
                (id, body) => new PutBusinessOnHold(id, new BusinessHoldContent(body.Reasons, body.DecidedBy.Decider())), Role.Decider)
            .WithName("putBusinessOnHold")
            .Describe("Stoppa nya affärer / Put business on hold",
                "Inga nya affärer med leverantören, med eller utan spärr; från steg 4, och upphör när ärendet går under steg 4 (R-B4). "
                + "No new business with the supplier, with or without a block; from step 4, and ended when the case goes below step 4 (R-B4).")
            .WithRequestExample(new BusinessHoldRequest("Nya avtal tecknas inte medan leveranserna av operationsset uteblir.",
                new DecisionMakerRequest("Inköpschef", "headOfPurchasing", "Delegationsordning 2026, punkt 4.5")));
        cases.MapRecordChange<BusinessResumptionRequest>("business-holds", "resumptions", (id, body) => new ResumeBusiness(id, body.Reason), Role.Decider)
            .WithName("resumeBusiness")
            .Describe("Återuppta affärerna / Resume business",
                "Nya affärer är möjliga igen. New business is possible again.")
            .WithRequestExample(new BusinessResumptionRequest("Leverantören har visat att leveranserna är säkrade."));
    }
}
