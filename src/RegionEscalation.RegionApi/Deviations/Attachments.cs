using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Http;

namespace RegionEscalation.RegionApi.Deviations;

/// <param name="Reference">Where it is in the region's own archive: a registration number or an address.</param>
/// <param name="Sha256">SHA-256 of its bytes, 64 hexadecimal digits.</param>
/// <param name="MediaType">Such as <c>application/pdf</c>.</param>
/// <param name="Size">Bytes.</param>
public sealed record AttachmentRequest(
    [TextLength(1, 200)] string Title,
    [TextLength(1, 500)] string Reference,
    [Matches("[0-9a-fA-F]{64}", "Ska vara 64 hexadecimala siffror.", "Must be 64 hexadecimal digits.")] string Sha256,
    [Matches("[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,99}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,99}", "Ska vara en medietyp, som application/pdf.", "Must be a media type, such as application/pdf.")] string MediaType,
    [Between(0, 1_000_000_000_000)] long? Size = null)
{
    internal Attachment Attachment() => new(Title, Reference, Sha256.ToLowerInvariant(), MediaType, Size);
}

/// <param name="AddedBy">The function that adds them, never a person's name.</param>
public sealed record AddAttachmentsRequest([Items(1, Attachment.Most)] IReadOnlyList<AttachmentRequest> Attachments, [TextLength(1, 200)] string AddedBy);

internal static class Attachments
{
    public static void Map(RouteGroupBuilder deviations) => deviations.MapPost("/{id:guid}/attachments", (Guid id, AddAttachmentsRequest body, Commands commands) =>
            commands.OnDeviationAsync(id, new AddAttachments([.. body.Attachments.Select(a => a.Attachment())], body.AddedBy)))
        .ChangesWhatHasAVersion(Role.Handler)
        .WithName("addAttachments")
        .Describe("Lägg till bilagor / Add attachments",
            "Hänvisningar med kontrollsumma till handlingar i regionens eget arkiv, högst tjugo för en avvikelse; själva handlingarna lagras aldrig här. Det går också efter att avvikelsen har avslutats. "
            + "References with a hash to documents in the region's own archive, at most twenty for a deviation; the documents themselves are never stored here. Also possible after the deviation was closed.")
        .WithRequestExample(new AddAttachmentsRequest([Examples.AttachmentRequest], "Avtalsansvarig"))
        .WithResponseExample(200, Examples.Deviation);
}
