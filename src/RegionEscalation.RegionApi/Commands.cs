using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using RegionEscalation.Domain;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Http;
using RegionEscalation.RegionApi.Cases;
using RegionEscalation.RegionApi.Deviations;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi;

/// <summary>What a decided command is answered with, before anything is written.</summary>
internal abstract record Outcome
{
    public sealed record Absent : Outcome;

    public sealed record Problem(IResult Answer) : Outcome;

    public sealed record Rejected(IReadOnlyList<Rejection> Rejections) : Outcome;

    /// <param name="Version">Of what has a version.</param>
    /// <param name="Events">How many events it appended; nothing is written for none, save the answer to an idempotency key.</param>
    public sealed record Accepted(int Status, string? Location, long? Version, object Body, int Events) : Outcome;

    /// <summary>Everything here lets it pass; somebody outside is to be asked.</summary>
    public sealed record Asking(Func<Task<Outcome>> Ask) : Outcome;
}

/// <summary>A change of a case, and what else belongs into the same transaction.</summary>
/// <param name="Also">Is given the case as it is left.</param>
/// <param name="Advice">What follows of itself: is given the case as the command leaves it.</param>
internal sealed record CaseChange(
    CaseCommand Command, Action<EscalationCase, DateTimeOffset>? Also = null, Func<EscalationCase, CaseContext, IReadOnlyList<CaseEvent>>? Advice = null);

/// <summary>
/// The way of every command: one round trip to fetch (facts and the idempotency key's first answer), replay, version, decision,
/// one round trip to write. A lost race is decided anew on what is there then.
/// </summary>
internal sealed class Commands(RegionSession session, IHttpContextAccessor accessor, TimeProvider time)
{
    /// <summary>A conflict in a stream that the caller's ETag does not cover is nobody's fault; it is tried again this often.</summary>
    private const int Attempts = 12;

    /// <summary>The longest pause before the second attempt; it grows with every further one.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    public RegionSession Session => session;

    private HttpContext Http => accessor.HttpContext!;

    /// <summary>A command on an existing case: it takes the case's ETag and answers with the case as it stands then.</summary>
    public Task<IResult> OnCaseAsync(Guid id, Func<BatchedQuery, Func<CaseChange>> prepare) => RunAsync(query =>
    {
        var fetched = query.Case(id);
        var settings = query.LadderSettings();
        var change = prepare(query);
        return now =>
        {
            if (fetched.Value is not { } before)
                return new Outcome.Absent();
            if (Against(before.Version) is { } stale)
                return new Outcome.Problem(stale);
            var (command, also, advice) = change();
            var context = ContextOf(before, settings, now);
            var decision = CaseDecider.Decide(command, before, context);
            if (decision.IsRejected)
                return new Outcome.Rejected(decision.Rejections);
            IReadOnlyList<CaseEvent> events = advice is null
                ? decision.Events
                : [.. decision.Events, .. advice(decision.Events.Aggregate(before, EscalationCase.Evolve), context)];
            var after = session.Append(before, events);
            also?.Invoke(after, now);
            return new Outcome.Accepted(StatusCodes.Status200OK, null, after.Version, CaseResponse.From(after, ContextOf(after, settings, now), Http), events.Count);
        };
    }, id);

    /// <inheritdoc cref="OnCaseAsync(Guid, Func{BatchedQuery, Func{CaseChange}})"/>
    public Task<IResult> OnCaseAsync(Guid id, Func<CaseCommand> command) => OnCaseAsync(id, _ => () => new CaseChange(command()));

    public static CaseContext ContextOf(EscalationCase c, Fetched<LadderSettingsState?> settings, DateTimeOffset now) => ContextOf(c.LadderVersion, settings, now);

    /// <summary>The edition as it is in the region, and the region's numbers.</summary>
    public static CaseContext ContextOf(string edition, Fetched<LadderSettingsState?> settings, DateTimeOffset now)
    {
        var own = settings.Value.OrDefault();
        return new CaseContext(own.Applied(Ladders.Find(edition)!), own, now);
    }

    /// <summary>428 or 412 unless <c>If-Match</c> names the version.</summary>
    public IResult? Against(long version) =>
        !Http.TryGetExpectedVersion(out var expected, out var problem) ? problem
        : expected != version ? Problems.PreconditionFailed(Http)
        : null;

    /// <summary>
    /// A command on an existing deviation: it takes the deviation's ETag, the case that it is attached to follows, and the open case about its
    /// contract is told where the contract's deviations recur by that, or no longer do (R-E1).
    /// </summary>
    public Task<IResult> OnDeviationAsync(Guid id, DeviationCommand command) => RunAsync(query =>
    {
        var fetched = query.Deviation(id);
        var attachedTo = query.CaseOf(id);
        var open = query.OpenCaseOn(id);
        var ofContract = query.DeviationsUnder(ContractKey.OfDeviation(id));
        var natural = query.NaturalPersons();
        var settings = query.LadderSettings();
        return now =>
        {
            if (fetched.Value is not { } before)
                return new Outcome.Absent();
            if (Against(before.Version) is { } stale)
                return new Outcome.Problem(stale);
            var decision = DeviationDecider.Decide(command, before, now);
            if (decision.IsRejected)
                return new Outcome.Problem(Rejections.Answer(Http, decision.Rejections, resource => Paths.Deviation(session.Scope.Region, id, resource)));
            var after = session.Append(before, decision.Events);
            var followed = attachedTo.Value is { } attached ? Followed(attached, before, after, ContextOf(attached, settings, now)) : [];
            session.Hold(ofContract.Value!, after.Supplier.Id, open.Value);
            if (attachedTo.Value is { } itsOwn && itsOwn.Id != open.Value?.Id)
                AppendAny(itsOwn, followed);
            if (open.Value is { } about)
            {
                // Attached to it or not, it counts; what follows from its being attached happens first.
                var (then, first) = about.Id == attachedTo.Value?.Id ? (attachedTo.Value, followed) : (about, []);
                AppendAny(then, [.. first, .. Recurrence.Advise(first.Aggregate(then, EscalationCase.Evolve),
                    [.. ofContract.Value!.Deviations.Where(d => d.Id != id), after], ContextOf(then, settings, now))]);
            }
            return new Outcome.Accepted(StatusCodes.Status200OK, null, after.Version, DeviationResponse.From(after, Http, natural.Value), decision.Events.Count);
        };
    });

    /// <summary>What the change of an attached deviation does to its case, and whether what led the case to its step still holds (R-V1).</summary>
    private static IReadOnlyList<CaseEvent> Followed(EscalationCase attached, Deviation before, Deviation after, CaseContext context)
    {
        var followed = CaseDecider.Follow(attached, before, after, context.Now);
        return [.. followed, .. StepTriggers.Judge(attached, followed, after, context)];
    }

    private void AppendAny(EscalationCase before, IReadOnlyList<CaseEvent> events)
    {
        if (events.Count > 0)
            session.Append(before, events);
    }

    /// <param name="prepare">Adds what must be known to the one query; what it returns decides once that is fetched.</param>
    /// <param name="caseId">The case below which links to what would meet a rule stand.</param>
    public async Task<IResult> RunAsync(Func<BatchedQuery, Func<DateTimeOffset, Outcome>> prepare, Guid? caseId = null)
    {
        var client = Http.Caller().ClientId;
        var idempotency = Http.IsValidateOnly() ? null : Http.IdempotencyRequest();
        for (var attempt = 1; ; attempt++)
        {
            var query = session.CreateBatchQuery();
            var decide = prepare(query);
            var answer = idempotency is null ? null : query.Answer(client, idempotency.Key);
            await query.ExecuteAsync(Http.RequestAborted);

            var now = time.Now();
            now = now > query.LatestChange ? now : query.LatestChange;
            var stored = answer?.Value;
            if (stored is not null && stored.CreatedAt > now - StoredAnswer.Lifetime)
                return stored.RequestHash.AsSpan().SequenceEqual(idempotency!.RequestHash)
                    ? new TextAnswer(stored.Status, stored.Location, stored.ETag, stored.Body)
                    : Problems.IdempotencyKeyReused(Http);

            var outcome = decide(now);
            if (outcome is Outcome.Asking asking)
                outcome = await asking.Ask();
            switch (outcome)
            {
                case Outcome.Absent:
                    return Problems.NotFound(Http);
                case Outcome.Problem problem:
                    return problem.Answer;
                case Outcome.Rejected rejected:
                    return Rejections.Answer(Http, rejected.Rejections, session.Scope.Region, caseId);
                case Outcome.Accepted accepted when Http.IsValidateOnly():
                    return Results.Json(new DryRunResponse(true, accepted.Status == StatusCodes.Status200OK ? accepted.Body : null), Json.Options);
                case Outcome.Accepted accepted:
                    var body = JsonSerializer.Serialize(accepted.Body, Json.Options);
                    var etag = accepted.Version is { } version ? $"\"{version}\"" : null;
                    try
                    {
                        if (accepted.Events > 0 || idempotency is not null)
                            await session.SaveChangesAsync(
                                new WriteMetadata(client, Activity.Current?.TraceId.ToString(), idempotency?.Key),
                                idempotency is null ? null : (idempotency.Key,
                                    new StoredAnswer(idempotency.RequestHash, accepted.Status, accepted.Location, etag, body, now), stored is not null));
                        return new TextAnswer(accepted.Status, accepted.Location, etag, body);
                    }
                    // The other one of the race is committed by now: what is fetched next shows it, and the decision follows from that.
                    catch (Exception e) when (e is StreamConflictException or IdempotencyTwinException or OpenCaseExistsException && attempt < Attempts)
                    {
                        await Task.Delay(Pause * attempt * Random.Shared.NextDouble(), Http.RequestAborted);
                        continue;
                    }
                    catch (Exception e) when (e is StreamConflictException or IdempotencyTwinException or OpenCaseExistsException)
                    {
                        return Problems.Unavailable(Http, TimeSpan.FromSeconds(1));
                    }
                    catch (OutcomeUnknownException)
                    {
                        return Problems.OutcomeUnknown(Http, retryWithTheSameKey: idempotency is not null);
                    }
                default:
                    throw new UnreachableException();
            }
        }
    }
}

internal static class CommandEndpoints
{
    /// <summary>Everything that a command on an existing stream promises, so that none of it can be forgotten singly.</summary>
    public static RouteHandlerBuilder ChangesWhatHasAVersion(this RouteHandlerBuilder endpoint, params Role[] roles) =>
        endpoint.AllowRoles(roles).IsCommand().RequiresIfMatch().ReturnsETag();
}
