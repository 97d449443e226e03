namespace RegionEscalation.Domain.Deviations;

/// <param name="Field">A camelCase name of the request.</param>
/// <param name="Registered">What is known; null when nothing is.</param>
/// <param name="Received">What came now.</param>
public sealed record Difference(string Field, object? Registered, object? Received);

/// <summary>R-V3: one id of another system is one deviation, however often and by however many it is registered.</summary>
public static class ExternalRegistrations
{
    /// <summary>Field by field what another system says now that it, or whoever reported the deviation, did not say at first. What has become of the deviation since is no part of it.</summary>
    public static IReadOnlyList<Difference> Between(Deviation known, string contractNumber, ReportDeviation received)
    {
        var (before, now) = (known.Details, received.Details ?? DeviationDetails.None);
        return
        [
            .. Differing("contractNumber", known.Contract.Number, contractNumber),
            .. Differing("requirementReference", known.RequirementReference, received.RequirementReference),
            .. Differing("description", known.Description, received.Description),
            .. Differing("subSupplier", known.SubSupplier, received.SubSupplier),
            .. Differing("occurredAt", known.OccurredAt, received.OccurredAt),
            .. Differing("reportedBy", known.ReportedBy, received.ReportedBy),
            .. Differing("unit", before.Unit, now.Unit),
            .. Differing("articleOrService", before.ArticleOrService, now.ArticleOrService),
            .. Differing("discoveredAt", before.DiscoveredAt, now.DiscoveredAt),
            .. DifferingLists("topics", before.Topics, now.Topics),
            .. DifferingLists("attachments", before.Attachments, now.Attachments),
            .. Between(known, received.Registration!),
        ];
    }

    /// <summary>The same for the registration alone.</summary>
    public static IReadOnlyList<Difference> Between(Deviation known, ExternalRegistration received) =>
        [.. Differing("registeredAt", known.ExternalRegistrations.First(r => r.Is(received.System, received.ExternalId)).RegisteredAt, received.RegisteredAt)];

    private static IEnumerable<Difference> Differing<T>(string field, T registered, T received) =>
        EqualityComparer<T>.Default.Equals(registered, received) ? [] : [new Difference(field, registered, received)];

    private static IEnumerable<Difference> DifferingLists<T>(string field, IReadOnlyList<T>? registered, IReadOnlyList<T>? received) =>
        (registered ?? []).SequenceEqual(received ?? []) ? [] : [new Difference(field, registered ?? [], received ?? [])];
}
