using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain;
using RegionEscalation.Http;

namespace RegionEscalation.NationalApi;

/// <summary>How a supplier stands across regions: facts of single regions side by side, never a score, never advice (R-N9).</summary>
/// <param name="HighestStep">3–5.</param>
/// <param name="NumberOfRegions">How many regions have a case at steps 3–5.</param>
public sealed record NationalSupplierStatus(
    string? OrganisationNumber, string Name, int HighestStep, int NumberOfRegions, IReadOnlyList<NationalCase> Cases);

internal static class NationalSuppliers
{
    /// <summary>No supplier has more open cases at steps 3–5 than this, since a region has one per contract; it bounds the answer.</summary>
    private const int MostCases = 1000;

    public static void Map(RouteGroupBuilder register) => register.MapGet("/suppliers/{supplier}", Get)
        .WithTags("Suppliers")
        .RequiresPurpose(Purposes.Codes)
        .WithName("getNationalSupplier")
        .Describe("Hämta en leverantörs läge / Get a supplier's status",
            "Leverantörens ärenden på steg 3–5 i alla regioner; en leverantör utan sådana finns inte här. The supplier's cases at steps 3–5 in all regions; a supplier without any does not exist here.")
        .WithResponseExample(200, Examples.Supplier);

    private static async Task<IResult> Get([TextLength(1, 36)] string supplier, RegisterReader register, HttpContext http, TimeProvider time)
    {
        var key = SupplierKey.Parse(supplier);
        var (rows, _) = await register.ReadAsync(
            new RegisterFilter(SupplierNumber: key.Number, SupplierId: key.Id), MostCases, 0,
            NationalCases.ReadingOf(http, time, "getSupplier"), http.RequestAborted);
        return rows.Count == 0
            ? Problems.NotFound(http)
            : Results.Ok(new NationalSupplierStatus(rows[0].SupplierNumber, rows[0].SupplierName, rows.Max(r => r.Step),
                rows.Select(r => r.Region).Distinct().Count(), [.. rows.Select(r => NationalCase.From(r, http))]));
    }
}

/// <summary>How a supplier is named in a request: by organisation number, or by the platform's id.</summary>
internal sealed record SupplierKey(string? Number, Guid? Id)
{
    /// <summary>What is neither matches no supplier, and no sole trader is found by its number: the register does not have it.</summary>
    public static SupplierKey Parse(string? text) =>
        text is null ? new(null, null)
        : Guid.TryParse(text, out var id) ? new(null, id)
        : new(OrganisationNumber.Normalise(text) is { } number && !OrganisationNumber.IsNaturalPerson(number) ? number : "-", null);
}
