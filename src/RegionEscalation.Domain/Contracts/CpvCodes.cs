namespace RegionEscalation.Domain.Contracts;

/// <summary>Codes of the EU's common procurement vocabulary: eight digits, the first two a division, and zeros where a code goes no deeper.</summary>
public static class CpvCodes
{
    /// <summary>What the codes below a code begin with; a check digit is left out, and of less than eight digits it is what they say.</summary>
    public static string Beginning(string code) => code.Length < 8 ? code : code[..8].TrimEnd('0').PadRight(2, '0');
}
