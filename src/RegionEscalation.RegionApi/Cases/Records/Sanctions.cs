using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.Cases.Records;

/// <param name="Value">Above 0, with at most two decimals.</param>
/// <param name="Currency">ISO 4217, such as <c>SEK</c>.</param>
public sealed record AmountRequest(
    [Between(0.01, 1_000_000_000_000)] decimal Value,
    [TextLength(3, 3), Matches("[A-Z]{3}", "Ska vara en valutakod enligt ISO 4217.", "Must be a currency code of ISO 4217.")] string Currency)
{
    internal Amount Content() => new(Value, Currency);
}

/// <param name="ClauseReference">A clause of the case's contract, as the region's catalogue has it (R-S1).</param>
/// <param name="Basis">How it is calculated.</param>
/// <param name="NoticeSentAt">When the supplier was told, UTC; not in the future, and not before the case was opened.</param>
/// <param name="Amount">Where it is one.</param>
/// <param name="Automatic">True when the contract itself prescribes it; only such a sanction is imposed before step 2 (R-S1).</param>
public sealed record ImposedSanctionRequest(
    SanctionKind Kind,
    [TextLength(1, 60)] string ClauseReference,
    [TextLength(1, 4000)] string Basis,
    DateTimeOffset NoticeSentAt,
    AmountRequest? Amount = null,
    bool Automatic = false)
{
    internal SanctionContent Content(DecisionMaker decidedBy) =>
        new(Kind, ClauseReference, Basis, Amount?.Content(), Clock.Truncate(NoticeSentAt), Automatic, decidedBy);
}

/// <param name="Motivation">At least 30 characters.</param>
public sealed record WaivedSanctionRequest(WaiverReason Reason, [TextLength(1, 4000)] string Motivation)
{
    internal WaiverContent Content(DecisionMaker decidedBy) => new(Reason, Motivation, decidedBy);
}

/// <summary>A sanction is imposed or waived: either of the two, never both.</summary>
/// <param name="Imposed">What is imposed.</param>
/// <param name="Waived">Why no sanction is imposed.</param>
public sealed record SanctionRequest(DecisionMakerRequest DecidedBy, ImposedSanctionRequest? Imposed = null, WaivedSanctionRequest? Waived = null);

/// <param name="Objection">The supplier's objection.</param>
public sealed record SanctionObjectionRequest([TextLength(1, 4000)] string Objection);

/// <param name="AnsweredBy">The function that answers.</param>
public sealed record SanctionAnswerRequest([TextLength(1, 4000)] string Answer, [TextLength(1, 200)] string AnsweredBy);

public sealed record SanctionWithdrawalRequest([TextLength(1, 4000)] string Reason, DecisionMakerRequest DecidedBy);

/// <param name="How">Paid, set off or executed.</param>
/// <param name="SettledBy">The function that notes it.</param>
public sealed record SanctionSettlementRequest([TextLength(1, 4000)] string How, [TextLength(1, 200)] string SettledBy);

/// <summary>Sanktioner (R-S1, R-S2).</summary>
internal static class Sanctions
{
    public static void Map(RouteGroupBuilder cases)
    {
        var decidedBy = new DecisionMakerRequest("Kategoriledare", "categoryLead", "Delegationsordning 2026, punkt 4.2");
        cases.MapRecord<SanctionRequest>("sanctions", (query, caseId) =>
            {
                var contract = query.ContractOfCase(caseId);
                return (id, body) => new DecideSanction(
                    id, body.Imposed?.Content(body.DecidedBy.Decider()), body.Waived?.Content(body.DecidedBy.Decider()), contract.Value);
            }, Role.Decider)
            .WithName("decideSanction")
            .Describe("Besluta om en sanktion / Decide on a sanction",
                "Vite, skadestånd, prisavdrag eller annat med stöd av en klausul i avtalet, eller att avstå med skäl; båda gör aktiviteten utförd. Från steg 2, tidigare bara när avtalet självt föreskriver det (R-S1). "
                + "A penalty, damages, a price reduction or other by a clause of the contract, or waiving it for a reason; either does the activity. From step 2, earlier only where the contract itself prescribes it (R-S1).")
            .WithRequestExample(new SanctionRequest(decidedBy, new ImposedSanctionRequest(SanctionKind.Penalty, "7.3",
                "Två procent av ordervärdet per påbörjad vecka, tre veckor.", Examples.Opened.AddDays(10), new AmountRequest(48_600.50m, "SEK"))));
        cases.MapRecordChange<SanctionObjectionRequest>("sanctions", "objections", (id, body) => new ObjectToSanction(id, body.Objection))
            .WithName("objectToSanction")
            .Describe("Registrera leverantörens invändning / Record the supplier's objection",
                "Sanktionen är omtvistad tills invändningen är besvarad, också efter att ärendet avslutats (R-S2). "
                + "The sanction is disputed until the objection is answered, also after the case is closed (R-S2).")
            .WithRequestExample(new SanctionObjectionRequest("Leverantören anser att förseningen beror på force majeure enligt punkt 15."));
        cases.MapRecordChange<SanctionAnswerRequest>("sanctions", "answers", (id, body) => new AnswerObjection(id, body.Answer, body.AnsweredBy))
            .WithName("answerSanctionObjection")
            .Describe("Besvara invändningen / Answer the objection",
                "Sanktionen är därefter inte längre omtvistad (R-S2). The sanction is no longer disputed after that (R-S2).")
            .WithRequestExample(new SanctionAnswerRequest("Brist hos en underleverantör är inte force majeure; vitet står fast.", "Avtalsansvarig"));
        cases.MapRecordChange<SanctionWithdrawalRequest>("sanctions", "withdrawals",
                (id, body) => new WithdrawSanction(id, body.Reason, body.DecidedBy.Decider()), Role.Decider)
            .WithName("withdrawSanction")
            .Describe("Återkalla en sanktion / Withdraw a sanction",
                "Sanktionen gäller inte längre och räknas inte som utförd aktivitet. The sanction is no longer in force and does not count as the activity.")
            .WithRequestExample(new SanctionWithdrawalRequest("Förseningen visade sig bero på regionens egen beställning.", decidedBy));
        cases.MapRecordChange<SanctionSettlementRequest>("sanctions", "settlements", (id, body) => new SettleSanction(id, body.How, body.SettledBy))
            .WithName("settleSanction")
            .Describe("Reglera en sanktion / Settle a sanction",
                "Betald, kvittad eller verkställd; inte medan en invändning är obesvarad (R-S2). Paid, set off or executed; not while an objection is unanswered (R-S2).")
            .WithRequestExample(new SanctionSettlementRequest("Kvittad mot faktura 1023-77.", "Ekonom"));
    }
}
