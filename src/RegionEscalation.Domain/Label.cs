namespace RegionEscalation.Domain;

/// <summary>A text in Swedish and English. Ladder labels keep the exact Swedish wording of their edition.</summary>
public sealed record Label(string Sv, string En);
