namespace RegionEscalation.Http;

/// <summary>A text for people, in Swedish and English: <c>{ "sv": "…", "en": "…" }</c>.</summary>
public sealed record Text(string Sv, string En);
