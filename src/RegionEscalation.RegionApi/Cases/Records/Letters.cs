using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.Cases.Records;

/// <param name="RecipientFunction">The function it went to, never a person's name.</param>
/// <param name="Reference">The letter in the region's own records.</param>
/// <param name="SentAt">When it was sent, UTC; not in the future, and not before the case was opened (R-A2).</param>
/// <param name="SentBy">The function that sent it.</param>
public sealed record LetterRequest(
    LetterRecipient Recipient,
    [TextLength(1, 200)] string RecipientFunction,
    [TextLength(1, 300)] string Subject,
    [TextLength(1, 200)] string Reference,
    DateTimeOffset SentAt,
    [TextLength(1, 200)] string SentBy);

internal static class Letters
{
    public static void Map(RouteGroupBuilder cases) => cases
        .MapRecord<LetterRequest>("letters", (id, body) => new SendLetter(id, new LetterContent(
            body.Recipient, body.RecipientFunction, body.Subject, body.Reference, Clock.Truncate(body.SentAt), body.SentBy)))
        .WithName("sendLetter")
        .Describe("Registrera ett brev / Record a letter",
            "Brev till försäljningschef, VD eller kontaktperson; gör motsvarande aktivitet utförd. Kräver en angiven dialogpart på stegets nivå (R-A4). "
            + "A letter to the sales manager, the CEO or the contact person; it does the activity of that name. Needs a named dialogue partner at the step's level (R-A4).")
        .WithRequestExample(new LetterRequest(LetterRecipient.SalesManager, "Försäljningschef", "Bristande leveransprecision, avtal RK-2025-0142",
            "26RK1024-7", Examples.Opened.AddDays(7), "Kategoriledare"));
}
