using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.Deviations;

/// <summary>A deviation as another system reports it.</summary>
public sealed record RegisterDeviationRequest : ReportDeviationRequest
{
    /// <summary>When it was registered in that system; not in the future.</summary>
    public required DateTimeOffset RegisteredAt { get; init; }
}

/// <param name="RegisteredAt">When it was registered in that system; not in the future.</param>
public sealed record LinkExternalRegistrationRequest(DateTimeOffset RegisteredAt);

/// <summary>Stella and the contract catalogue (K24-003): one id of theirs is one deviation here, exactly once (R-V3).</summary>
internal static class RegisterDeviation
{
    /// <summary>What an id of another system may hold, so that it stands in a URL as it is.</summary>
    private const string IdPattern = "[A-Za-z0-9][A-Za-z0-9._~-]{0,99}";
    private const string IdSv = "Bokstäver a–z, siffror och . _ ~ -; högst 100.";
    private const string IdEn = "Letters a–z, digits and . _ ~ -; at most 100.";

    public static void Map(RouteGroupBuilder deviations)
    {
        deviations.MapPut("/external-registrations/{system}/{externalId}", Register)
            .AllowRoles(Role.Handler, Role.Integrator)
            .IsCommand()
            .AcceptsIfMatch()
            .ReturnsETag()
            .WithName("registerDeviation")
            .Describe("Registrera en avvikelse från ett annat system / Register a deviation from another system",
                "En gång för varje system och id (R-V3): första gången 201 med avvikelsens adress, samma innehåll igen 200 med samma avvikelse, ett annat innehåll 409 med `registered` och `received` för de fält som skiljer. Vad som hänt med avvikelsen sedan dess räknas inte. "
                + "Once for every system and id (R-V3): the first time 201 with the address of the deviation, the same content again 200 with the same deviation, different content 409 with `registered` and `received` for the fields that differ. What has become of the deviation since does not count.")
            .WithRequestExample(Examples.RegisterDeviationRequest)
            .WithResponseExample(200, Examples.Deviation)
            .WithResponseExample(201, Examples.Deviation);
        deviations.MapPut("/{id:guid}/external-registrations/{system}/{externalId}", LinkTo)
            .AllowRoles(Role.Handler, Role.Integrator)
            .IsCommand()
            .AcceptsIfMatch()
            .ReturnsETag()
            .WithName("linkExternalRegistration")
            .Describe("Koppla en avvikelse till ett annat system / Link a deviation to another system",
                "En avvikelse som redan finns är registrerad också i Stella eller avtalskatalogen. Samma koppling igen ändrar inget; ett id som hör till en annan avvikelse ger 409 (R-V3). "
                + "A deviation that is there already is registered in Stella or the contract catalogue too. The same link again changes nothing; an id that belongs to another deviation gives 409 (R-V3).")
            .WithRequestExample(new LinkExternalRegistrationRequest(Examples.RegisterDeviationRequest.RegisteredAt))
            .WithResponseExample(200, Examples.Deviation);
    }

    private static Task<IResult> Register(
        Code<ExternalSystem> system, [Matches(IdPattern, IdSv, IdEn)] string externalId, RegisterDeviationRequest body, Commands commands, HttpContext http) => commands.RunAsync(query =>
    {
        var registration = new ExternalRegistration(system.Value, externalId, Clock.Truncate(body.RegisteredAt));
        var registered = query.Registered(new ExternalKey(system.Value, externalId));
        var contract = query.Contract(body.ContractNumber);
        var natural = query.NaturalPersons();
        return now =>
        {
            if (http.Request.Headers.IfMatch.Count > 0 && (registered.Value is { } held ? commands.Against(held.Version) : Problems.PreconditionFailed(http)) is { } stale)
                return new Outcome.Problem(stale);
            var report = body.Command(Guid.CreateVersion7(now), contract.Value, registration);
            if (registered.Value is { } known)
                return Known(known, ExternalRegistrations.Between(known, body.ContractNumber, report), natural.Value, commands, http);
            var decision = DeviationDecider.Decide(report, null, now);
            if (decision.IsRejected)
                return new Outcome.Rejected(decision.Rejections);
            var deviation = commands.Session.Append(null, decision.Events);
            return new Outcome.Accepted(StatusCodes.Status201Created, Link.Absolute(http, Paths.Deviation(commands.Session.Scope.Region, deviation.Id)),
                deviation.Version, DeviationResponse.From(deviation, http), decision.Events.Count);
        };
    });

    private static Task<IResult> LinkTo(
        Guid id, Code<ExternalSystem> system, [Matches(IdPattern, IdSv, IdEn)] string externalId, LinkExternalRegistrationRequest body, Commands commands, HttpContext http) => commands.RunAsync(query =>
    {
        var registration = new ExternalRegistration(system.Value, externalId, Clock.Truncate(body.RegisteredAt));
        var fetched = query.Deviation(id);
        var registered = query.Registered(new ExternalKey(system.Value, externalId));
        var natural = query.NaturalPersons();
        return now =>
        {
            if (fetched.Value is not { } before)
                return new Outcome.Absent();
            if (http.Request.Headers.IfMatch.Count > 0 && commands.Against(before.Version) is { } stale)
                return new Outcome.Problem(stale);
            if (registered.Value is { } known)
                return Known(known, known.Id == id ? ExternalRegistrations.Between(known, registration) : [new Difference("deviationId", known.Id, id)], natural.Value, commands, http);
            var decision = DeviationDecider.Decide(new Domain.Deviations.LinkExternalRegistration(registration), before, now);
            if (decision.IsRejected)
                return new Outcome.Rejected(decision.Rejections);
            var after = commands.Session.Append(before, decision.Events);
            return new Outcome.Accepted(StatusCodes.Status200OK, null, after.Version, DeviationResponse.From(after, http, natural.Value), decision.Events.Count);
        };
    });

    /// <summary>The same again is the same answer; anything else shows both.</summary>
    private static Outcome Known(Deviation known, IReadOnlyList<Difference> differences, NaturalPersons natural, Commands commands, HttpContext http) => differences.Count == 0
        ? new Outcome.Accepted(StatusCodes.Status200OK, null, known.Version, DeviationResponse.From(known, http, natural), 0)
        : new Outcome.Problem(Problems.Conflict(http,
            new RuleViolation("R-V3", "otherContent", new Text(
                "Id:t i det andra systemet är redan registrerat med ett annat innehåll.", "The other system's id is already registered with another content."),
                Href: Paths.Deviation(commands.Session.Scope.Region, known.Id)),
            [.. differences.Select(d => new ConflictingField(d.Field, d.Registered, d.Received))]));
}
