using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.Deviations;

public record ReportDeviationRequest
{
    /// <summary>A contract of the region; its party is the supplier that answers (R-G1).</summary>
    [TextLength(1, 64)]
    public required string ContractNumber { get; init; }

    /// <summary>The requirement (krav) that was not met, such as a clause or an annex.</summary>
    [TextLength(1, 200)]
    public required string RequirementReference { get; init; }

    [TextLength(1, 4000)]
    public required string Description { get; init; }

    /// <summary>When it occurred; not in the future, and not before the year 2000.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>The function that reports it, never a person's name.</summary>
    [TextLength(1, 200)]
    public required string ReportedBy { get; init; }

    /// <summary>Where in the supply chain it began, when not at the contract party.</summary>
    [TextLength(1, 200)]
    public string? SubSupplier { get; init; }

    /// <summary>The organisational unit where it was noticed, as the region names it; statistics are made by unit.</summary>
    [TextLength(1, 100)]
    public string? Unit { get; init; }

    /// <summary>Which article or service it concerns.</summary>
    [TextLength(1, 200)]
    public string? ArticleOrService { get; init; }

    /// <summary>When it was discovered; not before it occurred, and not in the future.</summary>
    public DateTimeOffset? DiscoveredAt { get; init; }

    /// <summary>What in the value chain it touches (HU-001).</summary>
    [Items(0, 4)]
    public IReadOnlyList<Topic>? Topics { get; init; }

    /// <summary>References to documents in the region's own archive; documents are never stored here.</summary>
    [Items(0, Attachment.Most)]
    public IReadOnlyList<AttachmentRequest>? Attachments { get; init; }

    internal Domain.Deviations.ReportDeviation Command(Guid id, Contract? contract, ExternalRegistration? registration = null)
    {
        Topic[] topics = [.. (Topics ?? []).Distinct().Order()];
        Attachment[] attachments = [.. (Attachments ?? []).Select(a => a.Attachment())];
        return new Domain.Deviations.ReportDeviation(id, contract, RequirementReference, Description, SubSupplier, Clock.Truncate(OccurredAt), ReportedBy,
            new DeviationDetails(Unit?.Trim(), ArticleOrService, DiscoveredAt is { } at ? Clock.Truncate(at) : null,
                topics.Length > 0 ? topics : null, attachments.Length > 0 ? attachments : null),
            registration);
    }
}

internal static class ReportDeviation
{
    public static void Map(RouteGroupBuilder deviations) => deviations.MapPost("", Handle)
        .AllowRoles(Role.Handler, Role.Integrator)
        .IsCommand()
        .ReturnsETag()
        .WithName("reportDeviation")
        .Describe("Rapportera en avvikelse / Report a deviation",
            "Ett krav i ett avtal har inte uppfyllts. A requirement of a contract was not met.")
        .WithRequestExample(Examples.ReportDeviationRequest)
        .WithResponseExample(201, Examples.Deviation);

    private static Task<IResult> Handle(ReportDeviationRequest body, Commands commands, HttpContext http) => commands.RunAsync(query =>
    {
        var contract = query.Contract(body.ContractNumber);
        return now =>
        {
            var decision = DeviationDecider.Decide(body.Command(Guid.CreateVersion7(now), contract.Value), null, now);
            if (decision.IsRejected)
                return new Outcome.Rejected(decision.Rejections);
            var deviation = commands.Session.Append(null, decision.Events);
            return new Outcome.Accepted(StatusCodes.Status201Created,
                Link.Absolute(http, Paths.Deviation(commands.Session.Scope.Region, deviation.Id)),
                deviation.Version, DeviationResponse.From(deviation, http), decision.Events.Count);
        };
    });
}
