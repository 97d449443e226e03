using RegionEscalation.Domain.Regions;

namespace RegionEscalation.Domain.National;

/// <summary>In which function somebody reads across regions.</summary>
public enum ReaderKind
{
    /// <summary>A reader of a participating region or joint board.</summary>
    Region,

    /// <summary>The same, where the region has a contract with the supplier or a case at steps 3–5 about it.</summary>
    ConcernedRegion,

    /// <summary>A region concerned that issued the notice itself.</summary>
    IssuingRegion,

    /// <summary>The national coordination group (LfU).</summary>
    Coordination,

    /// <summary>Regionernas kansli för hållbar upphandling.</summary>
    NationalOffice,

    /// <summary>A partner outside the regions, such as Adda.</summary>
    Partner,

    /// <summary>The supplier, of what concerns itself.</summary>
    Supplier,

    /// <summary>Reads the access log and nothing that it tells of.</summary>
    Auditor,
}

/// <summary>Somebody that reads across regions, or that a notice or a disclosure is for.</summary>
/// <param name="Code">The region's code, the partner's code, or the supplier's organisation number; empty for the others.</param>
public sealed record NationalReader(ReaderKind Kind, string Code = "")
{
    public static NationalReader Coordination { get; } = new(ReaderKind.Coordination);
    public static NationalReader Office { get; } = new(ReaderKind.NationalOffice);
    public static NationalReader Auditor { get; } = new(ReaderKind.Auditor);

    public static NationalReader OfRegion(string code) => new(ReaderKind.Region, code);

    /// <summary>How it is written in the register, in the access log and in decisions: <c>region:13</c>, <c>coordination</c>, <c>partner:adda</c>.</summary>
    public string Key => Kind switch
    {
        ReaderKind.Region or ReaderKind.ConcernedRegion or ReaderKind.IssuingRegion => "region:" + Code,
        ReaderKind.Coordination => "coordination",
        ReaderKind.NationalOffice => "nationalOffice",
        ReaderKind.Partner => "partner:" + Code,
        ReaderKind.Supplier => Code.Length == 0 ? "supplier" : "supplier:" + Code,
        _ => "auditor",
    };

    /// <summary>Whether notices are sent to it; the supplier is told by the issuing region itself.</summary>
    public bool Receives() => Kind is ReaderKind.Region or ReaderKind.Coordination or ReaderKind.NationalOffice or ReaderKind.Partner;

    /// <returns>The reader of that key; null when there is none of that form, or no such region.</returns>
    public static NationalReader? Parse(string key)
    {
        var (name, code) = key.IndexOf(':', StringComparison.Ordinal) is var at and >= 0 ? (key[..at], key[(at + 1)..]) : (key, "");
        return (name, code) switch
        {
            ("region", _) when Region.Find(code) is not null => OfRegion(code),
            ("coordination", "") => Coordination,
            ("nationalOffice", "") => Office,
            ("auditor", "") => Auditor,
            ("partner", _) when IsPartnerCode(code) => new NationalReader(ReaderKind.Partner, code),
            // In a decision to disclose: the supplier of the case.
            ("supplier", "") => new NationalReader(ReaderKind.Supplier),
            ("supplier", _) when SupplierNumber.Normalise(code) == code && !OrganisationNumber.IsNaturalPerson(code) => new NationalReader(ReaderKind.Supplier, code),
            _ => null,
        };
    }

    public static bool IsPartnerCode(string code) => code.Length is >= 2 and <= 32 && code.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
