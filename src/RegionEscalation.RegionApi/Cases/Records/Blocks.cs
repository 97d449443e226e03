using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.Cases.Records;

/// <param name="Number">One of the region's own contracts with the case's supplier (R-B2).</param>
/// <param name="ClauseReference">A clause of that contract, as the region's catalogue has it (R-B1).</param>
public sealed record BlockedContractRequest([TextLength(1, 64)] string Number, [TextLength(1, 60)] string ClauseReference);

/// <param name="Contracts">At least one; every contract of the region's own with the supplier when the scope is <c>supplierAllOwnContracts</c>.</param>
/// <param name="Reasons">At least 30 characters.</param>
/// <param name="From">First day, Swedish calendar date; not in the past.</param>
/// <param name="Until">Last day, Swedish calendar date; at most the region's number of days (90 by default), the first included, unless motivated (R-B1).</param>
/// <param name="ContinuityAssessmentId">The case's assessment of the supply that it rests on, no older than the region's number of days (30 by default, R-B1).</param>
/// <param name="SupplierNotifiedAt">UTC; not in the future, and not before the case was opened.</param>
/// <param name="Part">The articles or services blocked; when the scope is <c>contractPart</c> only.</param>
/// <param name="LengthMotivation">Why it is longer than the region's number of days; at least 30 characters.</param>
public sealed record BlockRequest(
    BlockScope Scope,
    [Items(0, 500)] IReadOnlyList<BlockedContractRequest> Contracts,
    [TextLength(1, 4000)] string Reasons,
    DateOnly From,
    DateOnly Until,
    Guid ContinuityAssessmentId,
    DateTimeOffset SupplierNotifiedAt,
    DecisionMakerRequest DecidedBy,
    [TextLength(1, 2000)] string? Part = null,
    [TextLength(1, 4000)] string? LengthMotivation = null)
{
    internal BlockContent Content() => new(
        Scope, Part, [.. Contracts.Select(c => new BlockedContract(c.Number, c.ClauseReference))], Reasons, From, Until, ContinuityAssessmentId,
        Clock.Truncate(SupplierNotifiedAt), LengthMotivation, DecidedBy.Decider());
}

/// <param name="Until">The new last day, Swedish calendar date; at most the region's number of days (90 by default), today included, unless motivated.</param>
/// <param name="Motivation">At least 30 characters.</param>
/// <param name="ContinuityAssessmentId">The case's assessment of the supply that the new decision rests on, no older than the region's number of days (30 by default).</param>
/// <param name="LengthMotivation">Why it goes on for more than the region's number of days; at least 30 characters.</param>
public sealed record BlockExtensionRequest(
    DateOnly Until,
    [TextLength(1, 4000)] string Motivation,
    Guid ContinuityAssessmentId,
    DecisionMakerRequest DecidedBy,
    [TextLength(1, 4000)] string? LengthMotivation = null);

public sealed record BlockLiftingRequest([TextLength(1, 4000)] string Reason, DecisionMakerRequest DecidedBy);

/// <summary>Spärrar (R-B1…R-B3).</summary>
internal static class Blocks
{
    public static void Map(RouteGroupBuilder cases)
    {
        var assessment = Guid.Parse("019cadb4-2f20-7000-8000-000000000011");
        var decidedBy = new DecisionMakerRequest("Inköpschef", "headOfPurchasing", "Delegationsordning 2026, punkt 4.5");
        cases.MapRecord<BlockRequest>("blocks", (query, caseId) =>
            {
                var contracts = query.ContractsOfCaseSupplier(caseId);
                return (id, body) => new ImposeBlock(id, body.Content(), contracts.Value);
            }, Role.Decider)
            .WithName("imposeBlock")
            .Describe("Besluta om spärr / Impose a block",
                "Inga avrop på regionens egna avtal med leverantören under en tid, med stöd av en klausul i varje avtal; från steg 4 (R-B1). Den gäller aldrig någon annans avtal (R-B2) och är ingen uteslutning. "
                + "No call-offs under the region's own contracts with the supplier for a time, by a clause of each contract; from step 4 (R-B1). It never covers another body's contracts (R-B2) and is no exclusion.")
            .WithRequestExample(new BlockRequest(BlockScope.ContractPart, [new BlockedContractRequest("RK-2025-0142", "12.1")],
                "Sterila operationsset har uteblivit sex gånger på en månad; operationer har ställts in.", new DateOnly(2026, 4, 1), new DateOnly(2026, 5, 31),
                assessment, Examples.Opened.AddDays(12), decidedBy, "Sterila operationsset, artikel 4410–4429"));
        cases.MapRecordChange<BlockExtensionRequest>("blocks", "extensions", (id, body) => new ExtendBlock(id, body.Until, body.Motivation,
                body.LengthMotivation, body.ContinuityAssessmentId, body.DecidedBy.Decider()), Role.Decider)
            .WithName("extendBlock")
            .Describe("Förläng en spärr / Extend a block",
                "Ett nytt beslut innan sista dagen har gått; en spärr som löpt ut förlängs aldrig (R-B3). "
                + "A new decision before the last day has passed; a block that has expired is never extended (R-B3).")
            .WithRequestExample(new BlockExtensionRequest(new DateOnly(2026, 7, 31),
                "Leverantörens åtgärder är inte verifierade; leveranserna är fortfarande osäkra.", assessment, decidedBy));
        cases.MapRecordChange<BlockLiftingRequest>("blocks", "liftings", (id, body) => new LiftBlock(id, body.Reason, body.DecidedBy.Decider()), Role.Decider)
            .WithName("liftBlock")
            .Describe("Häv en spärr / Lift a block",
                "Krävs innan ärendet går under steg 4 eller avslutas (R-B3). Needed before the case goes below step 4 or is closed (R-B3).")
            .WithRequestExample(new BlockLiftingRequest("Leveranserna är verifierade fyra veckor i rad.", decidedBy));
    }
}
