using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Cases.Records;

/// <param name="Level">The code of a supplier-side dialogue partner of the ladder, such as <c>companyManagement</c>.</param>
/// <param name="Function">The supplier's function, never a person's name.</param>
/// <param name="Address">A function address, never a personal one.</param>
public sealed record DialoguePartnerRequest(
    [TextLength(1, 60)] string Level,
    [TextLength(1, 200)] string Function,
    [TextLength(3, 254), Matches("[^@\\s]+@[^@\\s]+", "Ska vara en e-postadress.", "Must be an e-mail address.")] string Address);

internal static class DialoguePartners
{
    public static void Map(RouteGroupBuilder cases) => cases
        .MapRecord<DialoguePartnerRequest>("dialogue-partners", (id, body) => new NamePartner(id, new PartnerContent(body.Level, body.Function, body.Address)))
        .WithName("nameDialoguePartner")
        .Describe("Ange en dialogpart hos leverantören / Name a dialogue partner at the supplier",
            "Varje steg har sin nivå hos leverantören; utan en angiven dialogpart där kan brev och möten inte registreras (R-A4). "
            + "Each step has its level at the supplier; without a named partner there letters and meetings cannot be recorded (R-A4).")
        .WithRequestExample(new DialoguePartnerRequest("aboveContactPerson", "Försäljningschef", "forsaljning@leverantor.example"));
}
