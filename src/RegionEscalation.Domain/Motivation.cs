namespace RegionEscalation.Domain;

/// <summary>A motivation that says something (R-G7, R-V1).</summary>
public static class Motivation
{
    /// <summary>Characters, without surrounding white space.</summary>
    public const int MinLength = 30;

    public static bool IsGiven(string? text) => text is not null && text.Trim().Length >= MinLength;
}
