namespace RegionEscalation.Domain.Cases.Records;

/// <param name="OccurredAt">UTC.</param>
/// <param name="DiscoveredBy">The function that discovered it.</param>
public sealed record IncidentContent(string Description, DateTimeOffset OccurredAt, string DiscoveredBy);

/// <summary>An event with, or with the risk of, a negative effect that no requirement of the contract names (L26-015); a case may start from it.</summary>
public sealed record Incident(IncidentContent Content) : CaseRecord;

public sealed record IncidentRecorded(DateTimeOffset At, Guid RecordId, IncidentContent Content) : RecordMade(At, RecordId)
{
    protected override CaseRecord Make() => new Incident(Content);
}

internal static class Incidents
{
    /// <param name="path">Where in the request the incident stands.</param>
    public static IEnumerable<Rejection> Against(IncidentContent content, CaseContext context, string path = "")
    {
        if (content.OccurredAt > context.Now)
            yield return Rejection.InField(path + "occurredAt", "inFuture",
                "En incident kan inte ha inträffat i framtiden.", "An incident cannot have occurred in the future.");
    }
}
