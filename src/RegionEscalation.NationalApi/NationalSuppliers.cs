using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
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
        var query = new RegisterQuery().Where(SupplierKey.Parse(supplier), "c");
        var (cases, _) = await NationalCases.ReadAsync(register, Readers.Reading(http, time, "getSupplier"), query, null, whole: false, MostCases, 0, http);
        return cases.Count == 0
            ? Problems.NotFound(http)
            : Results.Ok(new NationalSupplierStatus(cases[0].Supplier.OrganisationNumber, cases[0].Supplier.Name, cases.Max(c => c.Step),
                cases.Select(c => c.Region.Code).Distinct().Count(), cases));
    }
}
