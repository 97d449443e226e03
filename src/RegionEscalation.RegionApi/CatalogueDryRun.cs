using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Http;
using RegionEscalation.Integrations.Catalogue;
using RegionEscalation.Integrations.Catalogue.Reading;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi;

/// <summary>Checks a file as if it were taken in. Of every row that is right it keeps two short hashes, so that it sees the same number twice.</summary>
internal static class CatalogueDryRun
{
    private const int MostRejects = 100;

    /// <exception cref="UnreadableFileException">The file as a whole cannot be read any further.</exception>
    public static async Task<CatalogueDryRunResponse> OfAsync(CatalogueFile file, CancellationToken cancellationToken)
    {
        var seen = new Dictionary<UInt128, (long Line, UInt128 Content)>();
        var rejects = new List<CatalogueDryRunReject>();
        var (rows, duplicates, rejected) = (0L, 0L, 0L);
        await foreach (var row in file.ReadAsync(cancellationToken))
        {
            rows++;
            if (row is ReadRow.Bad bad)
                Reject(bad.Faults.Select(f => new CatalogueDryRunReject(bad.Line, f.Field, f.Rule, f.Message, f.Value)));
            if (row is not ReadRow.Good good)
                continue;
            var (key, content) = (HashOf($"{CatalogueIntake.KindOf(good.Row)} {CatalogueIntake.KeyOf(good.Row)}"), HashOf(JsonSerializer.Serialize<object>(good.Row, Json.Options)));
            if (seen.TryAdd(key, (good.Line, content)))
                continue;
            var first = seen[key];
            if (first.Content == content)
                duplicates++;
            else
                Reject([new(good.Line, good.Row is ContractRow ? "contractNumber" : "supplier.organisationNumber", "duplicate", TextOf(CatalogueIntake.Duplicate(first.Line)), null)]);
        }
        return new CatalogueDryRunResponse(rejected == 0, rows, rows - duplicates - rejected, duplicates, rejected, rejects, file.IgnoredColumns);

        void Reject(IEnumerable<CatalogueDryRunReject> faults)
        {
            rejected++;
            rejects.AddRange(faults.Take(MostRejects - rejects.Count));
        }
    }

    private static Text TextOf((string Sv, string En) text) => new(text.Sv, text.En);

    private static UInt128 HashOf(string text) => BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
