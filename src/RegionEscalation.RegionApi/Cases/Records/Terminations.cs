using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.Cases.Records;

/// <param name="Reasons">What the supplier is told; at least 30 characters.</param>
/// <param name="EndsOn">Last day, Swedish calendar date.</param>
/// <param name="Early">True when it ends before the contract's own term.</param>
/// <param name="NoticeSentAt">When the supplier was told, with reasons, UTC; not in the future, and not before the case was opened.</param>
/// <param name="NoticeReference">The notice in the region's own records.</param>
/// <param name="DecidedBy">With the delegation that it rests on (R-E5).</param>
public sealed record TerminationRequest(
    TerminationScope Scope,
    [TextLength(1, 4000)] string Reasons,
    DateOnly EndsOn,
    bool Early,
    DateTimeOffset NoticeSentAt,
    [TextLength(1, 200)] string NoticeReference,
    DecisionMakerRequest DecidedBy);

/// <param name="Reason">Why it is withdrawn, or how it was settled.</param>
public sealed record TerminationWithdrawalRequest([TextLength(1, 4000)] string Reason, DecisionMakerRequest DecidedBy);

/// <summary>Avslut avtal, avslut samarbete (R-E5).</summary>
internal static class Terminations
{
    public static void Map(RouteGroupBuilder cases)
    {
        var decidedBy = new DecisionMakerRequest("Inköpschef", "headOfPurchasing", "Delegationsordning 2026, punkt 4.7");
        cases.MapRecord<TerminationRequest>("terminations", (id, body) => new DecideTermination(id, new TerminationContent(
                body.Scope, body.Reasons, body.EndsOn, body.Early, Clock.Truncate(body.NoticeSentAt), body.NoticeReference, body.DecidedBy.Decider())), Role.Decider)
            .WithName("decideTermination")
            .Describe("Avsluta avtalet eller samarbetet / Terminate the contract or the cooperation",
                "På steg 5, med delegation och besked till leverantören (R-E5); gör aktiviteten Avslut utförd. At step 5, with a delegation and notice to the supplier (R-E5); it does the activity of ending the contract.")
            .WithRequestExample(new TerminationRequest(TerminationScope.Contract,
                "Leveranserna av operationsset har uteblivit trots två handlingsplaner; bristerna är väsentliga.", new DateOnly(2026, 9, 30), true,
                Examples.Opened.AddDays(13), "26RK1024-31", decidedBy));
        cases.MapRecordChange<TerminationWithdrawalRequest>("terminations", "withdrawals",
                (id, body) => new WithdrawTermination(id, body.Reason, body.DecidedBy.Decider()), Role.Decider)
            .WithName("withdrawTermination")
            .Describe("Återkalla ett avslut / Withdraw a termination",
                "Återkallat eller förlikt; därefter är vägen tillbaka från steg 5 möjlig (R-D3). Withdrawn or settled; after that the way back from step 5 is possible (R-D3).")
            .WithRequestExample(new TerminationWithdrawalRequest("Parterna har förlikts; leverantören ersätter merkostnaden.", decidedBy));
    }
}
