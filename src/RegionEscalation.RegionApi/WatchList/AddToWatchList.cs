using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.WatchList;
using RegionEscalation.Http;
using RegionEscalation.RegionApi.Cases.Records;

namespace RegionEscalation.RegionApi.WatchList;

/// <summary>The supplier is named by its number or by the platform's id, one of them.</summary>
/// <param name="Reason">Why it is watched.</param>
/// <param name="Source">Where the reason came from, such as a follow-up, a tip or another contract.</param>
/// <param name="Owner">The function that watches, never a person's name.</param>
/// <param name="ReviewBy">Last day, Swedish calendar date; from today and at most six months ahead (R-W1).</param>
/// <param name="OrganisationNumber">Ten digits; a hyphen or the prefix 16 is accepted and left out. A sole trader is named by its id. Of a foreign supplier country, scheme and number, such as <c>NO:0192:923609016</c>.</param>
/// <param name="SupplierId">The platform's id of the supplier within the region.</param>
/// <param name="ContractNumber">A contract with the supplier; left out where the supplier is watched as a whole.</param>
/// <param name="RiskAssessment">A risk assessment that it begins with.</param>
public sealed record AddToWatchListRequest(
    [TextLength(1, 4000)] string Reason,
    [TextLength(1, 200)] string Source,
    [TextLength(1, 200)] string Owner,
    DateOnly ReviewBy,
    [TextLength(1, 45)] string? OrganisationNumber = null,
    Guid? SupplierId = null,
    [TextLength(1, 64)] string? ContractNumber = null,
    RiskAssessmentRequest? RiskAssessment = null);

internal static class AddToWatchList
{
    public static void Map(RouteGroupBuilder watchList) => watchList.MapPost("", Handle)
        .AllowRoles(Role.Handler)
        .IsCommand()
        .ReturnsETag()
        .WithName("addToWatchList")
        .Describe("För upp på bevakningslistan / Add to the watch list",
            "En leverantör, eller ett av dess avtal, bevakas utan att det finns något ärende. Internt för regionen, inget steg i trappan och osynligt nationellt. "
            + "Samma leverantör och avtal bevakas en gång åt gången; bevakningen upphör efter sin sista dag om den inte förnyas (R-W1). "
            + "A supplier, or one of its contracts, is watched without there being a case. Internal to the region, no step of the ladder and invisible nationally. "
            + "The same supplier and contract are watched once at a time; the watch lapses after its last day unless it is renewed (R-W1).")
        .WithRequestExample(new AddToWatchListRequest("Leverantören har aviserat att lagret flyttas under sommaren.", "Leverantörsuppföljning, kvartal 1",
            "Avtalsansvarig", new DateOnly(2026, 6, 30), "556016-0680", ContractNumber: "RK-2025-0142", RiskAssessment: RiskAssessmentRequest.Example))
        .WithResponseExample(201, WatchEntryResponse.Example);

    /// <summary>A sole trader is named by its id only, so that nobody learns from an answer whose number is known here.</summary>
    private static Supplier? Named(AddToWatchListRequest body, KnownSupplier? known) =>
        known?.Reference() is { } supplier && (body.SupplierId is not null || !supplier.IsNaturalPerson()) ? supplier : null;

    private static Task<IResult> Handle(AddToWatchListRequest body, Commands commands, HttpContext http)
    {
        if (body.OrganisationNumber is null == body.SupplierId is null)
            return Task.FromResult(Problems.Field(http, "organisationNumber", "oneOf", new(
                "Ange organisationsnummer eller leverantörens id, det ena av dem.", "Give the organisation number or the supplier's id, one of them.")));
        var number = SupplierNumber.Normalise(body.OrganisationNumber);
        if (body.SupplierId is null && number is null)
            return Task.FromResult(Problems.Rules(http, [new RuleViolation("R-G9", "organisationNumberInvalid", new Text(
                "Organisationsnumret ska ha tio siffror och en riktig kontrollsiffra; ett utländskt land, register och nummer.",
                "The organisation number has ten digits and a valid check digit; a foreign one country, scheme and number."), "organisationNumber")]));

        return commands.RunAsync(query =>
        {
            var supplier = body.SupplierId is { } id ? query.Supplier(id) : query.Supplier(number!);
            var contract = body.ContractNumber is { } contractNumber ? query.Contract(contractNumber) : null;
            var standing = query.StandingWatch(body.SupplierId, number, body.ContractNumber);
            return now =>
            {
                var decision = WatchDecider.Decide(
                    new Domain.WatchList.AddToWatchList(Guid.CreateVersion7(now), Named(body, supplier.Value), body.ContractNumber, contract?.Value, body.Reason, body.Source,
                        body.Owner, body.ReviewBy, body.RiskAssessment is { } r ? new OpeningRisk(Guid.CreateVersion7(now), r.Content()) : null, standing.Value),
                    null, now);
                if (decision.IsRejected)
                    return new Outcome.Rejected([.. decision.Rejections.Select(r =>
                        r.Field == "supplier" ? r with { Field = body.SupplierId is null ? "organisationNumber" : "supplierId" } : r)]);
                // What has lapsed without that being noted makes room now.
                if (standing.Value is { } lapsed)
                    commands.Session.Append(lapsed, WatchDecider.Decide(new NoteLapse(), lapsed, now).Events);
                var entry = commands.Session.Append(null, decision.Events);
                return new Outcome.Accepted(StatusCodes.Status201Created, Link.Absolute(http, Paths.WatchEntry(commands.Session.Scope.Region, entry.Id)),
                    entry.Version, WatchEntryResponse.From(entry, now, http), decision.Events.Count);
            };
        });
    }
}
