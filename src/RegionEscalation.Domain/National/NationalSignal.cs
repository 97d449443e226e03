using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.National;

/// <summary>A block as the other regions may know it (T0): that it is, its scope and its end.</summary>
/// <param name="Until">Last day, Swedish calendar date.</param>
public sealed record SignalledBlock(string Scope, DateOnly Until);

/// <summary>
/// What the other regions and the national group may know of a case at steps 3–5: the T0 fields of the access policy and nothing else.
/// </summary>
/// <param name="SupplierId">The platform's id of the supplier within the notifying region.</param>
/// <param name="SupplierNumber">Organisation number, ten digits; null for a sole trader, whose number never leaves the region.</param>
/// <param name="StepSince">When the case entered the step, UTC.</param>
/// <param name="ResponsibleAddress">The contract owner's function address.</param>
/// <param name="Preliminary">True until the supplier has been informed and its time to comment has passed.</param>
/// <param name="NoticeExpiresAt">When the issued notice expires, UTC; null while none is issued.</param>
public sealed record NationalSignal(
    Guid CaseId,
    Guid SupplierId,
    string? SupplierNumber,
    string SupplierName,
    string Category,
    string LadderVersion,
    int Step,
    DateTimeOffset StepSince,
    Trigger Trigger,
    SignalledBlock? Block,
    bool Disputed,
    bool SupplierStatementAttached,
    bool Preliminary,
    string ResponsibleAddress,
    DateTimeOffset? NoticeExpiresAt);

/// <summary>The one function through which anything of a case leaves its region. Fails closed: what is not open at steps 3–5 has no signal.</summary>
public static class NationalAccessPolicy
{
    public static NationalSignal? SignalOf(EscalationCase? c) =>
        c is { State: CaseState.Open, Step: >= LadderDefinition.FirstNationalStep and <= LadderDefinition.HighestStep }
            ? new NationalSignal(
                c.Id,
                c.Supplier.Id,
                c.Supplier.IsNaturalPerson() ? null : c.Supplier.OrganisationNumber,
                c.Supplier.Name,
                c.Contract.Category,
                c.LadderVersion,
                c.Step,
                c.StepEnteredAt,
                c.Trigger,
                c.Of<Block>().Where(b => b.IsImposed()).OrderBy(b => b.Until).Select(b => new SignalledBlock(ScopeOf(b), b.Until)).LastOrDefault(),
                c.IsDisputed(),
                c.Of<SupplierStatement>().Any(),
                // Nothing on a case says yet that the supplier has been informed.
                Preliminary: true,
                c.Contract.OwnerAddress,
                NoticeExpiresAt: null)
            : null;

    private static string ScopeOf(Block block) => block.Content.Scope switch
    {
        BlockScope.Contract => "contract",
        BlockScope.ContractPart => "contractPart",
        _ => "supplierAllOwnContracts",
    };
}
