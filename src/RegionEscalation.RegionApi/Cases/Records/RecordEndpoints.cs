using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.Cases.Records;

/// <summary>The two ways of every record on a case: one request makes it, others change it. Each kind of record is one file beside this.</summary>
internal static class RecordEndpoints
{
    /// <summary><c>POST /cases/{id}/letters</c>: the platform gives the record its id, and the answer is the case.</summary>
    public static RouteHandlerBuilder MapRecord<TBody>(
        this RouteGroupBuilder cases, string resource, Func<Guid, TBody, CaseCommand> command, Role role = Role.Handler) where TBody : class =>
        cases.MapRecord<TBody>(resource, (_, _) => (id, body) => command(id, body), role);

    /// <inheritdoc cref="MapRecord{TBody}(RouteGroupBuilder, string, Func{Guid, TBody, CaseCommand}, Role)"/>
    /// <param name="prepare">Adds what must be known to the one query, given the case's id; what it returns makes the command once that is fetched.</param>
    public static RouteHandlerBuilder MapRecord<TBody>(
        this RouteGroupBuilder cases, string resource, Func<BatchedQuery, Guid, Func<Guid, TBody, CaseCommand>> prepare, Role role = Role.Handler) where TBody : class => cases
        .MapPost("/{id:guid}/" + resource, (Guid id, TBody body, Commands commands, TimeProvider time) => commands.OnCaseAsync(id, query =>
        {
            var command = prepare(query, id);
            return () => new CaseChange(command(Guid.CreateVersion7(time.GetUtcNow()), body));
        }))
        .ChangesWhatHasAVersion(role)
        .WithResponseExample(200, Examples.Case);

    /// <summary><c>POST /cases/{id}/meetings/{recordId}/minutes</c>.</summary>
    /// <param name="resource">The record's resource and the change, such as <c>meetings</c> and <c>minutes</c>.</param>
    public static RouteHandlerBuilder MapRecordChange<TBody>(
        this RouteGroupBuilder cases, string resource, string change, Func<Guid, TBody, CaseCommand> command, Role role = Role.Handler) where TBody : class => cases
        .MapPost($"/{{id:guid}}/{resource}/{{recordId:guid}}/{change}", (Guid id, Guid recordId, TBody body, Commands commands) =>
            commands.OnCaseAsync(id, () => command(recordId, body)))
        .ChangesWhatHasAVersion(role)
        .WithResponseExample(200, Examples.Case);
}
