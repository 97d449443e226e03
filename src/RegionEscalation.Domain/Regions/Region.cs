using System.Text.Json;

namespace RegionEscalation.Domain.Regions;

public enum RegionKind
{
    Region,
    JointBoard,
}

/// <summary>A tenant: one of Sweden's 21 regions, or a joint board.</summary>
/// <param name="Code">The region's code of Statistics Sweden (SCB), two digits; a joint board has a code of its own.</param>
/// <param name="OrganisationNumber">Ten digits.</param>
/// <param name="Verified">True when the organisation number was found in a source.</param>
public sealed record Region(string Code, string Name, string OrganisationNumber, bool Verified, RegionKind Kind = RegionKind.Region)
{
    public static IReadOnlyList<Region> All { get; } = Load();

    /// <summary>Codes compare ordinally: anything but the exact code is no region.</summary>
    public static Region? Find(string code) => All.FirstOrDefault(r => string.Equals(r.Code, code, StringComparison.Ordinal));

    private static Region[] Load()
    {
        using var stream = typeof(Region).Assembly.GetManifestResourceStream("regions.json")!;
        return JsonSerializer.Deserialize<Region[]>(stream, JsonSerializerOptions.Web)!;
    }
}
