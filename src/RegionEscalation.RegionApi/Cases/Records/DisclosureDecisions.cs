using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.National;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Cases.Records;

public enum DisclosureRecipientKind
{
    /// <summary>Every region that has a contract with the supplier, or a case at steps 3–5 about it.</summary>
    RegionsConcerned,

    /// <summary>One region or joint board, where it is concerned by the supplier.</summary>
    Region,
    Coordination,
    NationalOffice,

    /// <summary>A partner outside the regions, such as Adda.</summary>
    Partner,

    /// <summary>The supplier of the case.</summary>
    Supplier,
}

/// <param name="Code">The code of the region or of the partner; for these two only.</param>
public sealed record DisclosureRecipientRequest(DisclosureRecipientKind Kind, [TextLength(1, 32)] string? Code = null)
{
    internal bool TakesCode() => Kind is DisclosureRecipientKind.Region or DisclosureRecipientKind.Partner;

    /// <summary>As decisions are written in the domain.</summary>
    internal string Key() => Kind switch
    {
        DisclosureRecipientKind.RegionsConcerned => Disclosures.RegionsConcerned,
        DisclosureRecipientKind.Region => NationalReader.OfRegion(Code!).Key,
        DisclosureRecipientKind.Coordination => NationalReader.Coordination.Key,
        DisclosureRecipientKind.NationalOffice => NationalReader.Office.Key,
        DisclosureRecipientKind.Partner => new NationalReader(ReaderKind.Partner, Code!).Key,
        _ => new NationalReader(ReaderKind.Supplier).Key,
    };
}

/// <param name="Chapter">A chapter of OSL, 15–40.</param>
/// <param name="Section">A section of that chapter.</param>
/// <param name="Applies">Whether it applies to what is disclosed.</param>
public sealed record ConsideredSecrecyRequest([Between(1, 99)] int Chapter, [Between(1, 99)] int Section, bool Applies);

/// <param name="Basis">What the disclosure rests on; one that the law rules out for the recipient or the rules is refused (R-N5).</param>
/// <param name="SecrecyRules">The rules of OSL considered; at least one when granted.</param>
/// <param name="InterestBalance">The balance of interests in words, at least 30 characters.</param>
/// <param name="ExpiresOn">Last day, Swedish calendar date, at most twelve months ahead; when granted, and only then.</param>
public sealed record DisclosureDecisionRequest(
    DisclosureOutcome Outcome,
    DisclosureRecipientRequest Recipient,
    DisclosureBasis Basis,
    [Items(0, 50)] IReadOnlyList<ConsideredSecrecyRequest> SecrecyRules,
    [TextLength(1, 4000)] string InterestBalance,
    DecisionMakerRequest DecidedBy,
    DateOnly? ExpiresOn = null)
{
    internal DisclosureContent Content() => new(
        Outcome, Recipient.Key(), Basis, [.. SecrecyRules.Select(r => new ConsideredSecrecy(r.Chapter, r.Section, r.Applies))], InterestBalance, ExpiresOn,
        DecidedBy.Decider());
}

/// <param name="Reason">At least 30 characters.</param>
public sealed record DisclosureRevocationRequest([TextLength(1, 4000)] string Reason, DecisionMakerRequest DecidedBy);

/// <summary>Utlämnandebeslut (R-N5).</summary>
internal static class DisclosureDecisions
{
    private const string Resource = "disclosure-decisions";

    public static void Map(RouteGroupBuilder cases)
    {
        var decidedBy = new DecisionMakerRequest("Inköpschef", "headOfPurchasing", "Delegationsordning 2026, punkt 4.7");
        cases.MapPost($"/{{id:guid}}/{Resource}", Decide)
            .ChangesWhatHasAVersion(Role.Decider)
            .WithName("decideDisclosure")
            .Describe("Besluta om utlämnande / Decide on disclosure",
                "Ärendets sammanfattning (T1) till en mottagare, med den grund som beslutet vilar på och de sekretessbestämmelser som har prövats; ett avslag registreras också (R-N5). Den lämnas bara ut om ett ärende som Sveriges Regioner är informerade om. "
                + "The case's summary (T1) to one recipient, with the basis that the decision rests on and the secrecy rules considered; a refusal is recorded too (R-N5). It is disclosed only of a case that Sweden's regions are informed of.")
            .WithRequestExample(new DisclosureDecisionRequest(DisclosureOutcome.Granted, new DisclosureRecipientRequest(DisclosureRecipientKind.Region, "13"), DisclosureBasis.Osl1015a5,
                [new ConsideredSecrecyRequest(31, 16, true), new ConsideredSecrecyRequest(19, 3, false)],
                "Regionen har avtal med samma leverantör; intresset av att förebygga brister väger över leverantörens.", decidedBy, new DateOnly(2026, 9, 30)))
            .WithResponseExample(200, Examples.Case);
        cases.MapRecordChange<DisclosureRevocationRequest>(Resource, "revocations", (id, body) => new RevokeDisclosure(id, body.Reason, body.DecidedBy.Decider()), Role.Decider)
            .WithName("revokeDisclosure")
            .Describe("Återkalla ett utlämnandebeslut / Revoke a decision to disclose",
                "Mottagaren ser inte längre sammanfattningen. The recipient sees the summary no more.")
            .WithRequestExample(new DisclosureRevocationRequest("Mottagaren har inte längre något avtal med leverantören.", decidedBy));
    }

    private static Task<IResult> Decide(Guid id, DisclosureDecisionRequest body, Commands commands, HttpContext http, TimeProvider time) => body.Recipient switch
    {
        { Code: null } recipient when recipient.TakesCode() => Task.FromResult(Problems.Field(http, "recipient.code", "required", new Text(
            "En region eller partner anges med sin kod.", "A region or a partner is stated by its code."))),
        { Code: not null } recipient when !recipient.TakesCode() => Task.FromResult(Problems.Field(http, "recipient.code", "onlyForRegionOrPartner", new Text(
            "Bara en region eller partner har en kod.", "Only a region or a partner has a code."))),
        _ => commands.OnCaseAsync(id, () => new DecideDisclosure(Guid.CreateVersion7(time.GetUtcNow()), body.Content(), commands.Session.Scope.Region)),
    };
}
