using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Http;
using RegionEscalation.Integrations.Catalogue.Pull;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi;

public enum CatalogueSourceState
{
    Idle,
    Running,

    /// <summary>The latest run failed; it is tried again.</summary>
    Failing,
}

/// <summary>Either an interval or a time of day.</summary>
/// <param name="IntervalSeconds">From the end of one run to the next, seconds; a little longer by chance.</param>
/// <param name="DailyAt">Swedish time, <c>HH:mm</c>; up to five minutes later by chance.</param>
public sealed record PullScheduleResponse(int? IntervalSeconds, string? DailyAt);

/// <param name="Code">A stable word, such as <c>timeout</c>, <c>credentials</c> or <c>foreignLink</c>.</param>
public sealed record PullFailureResponse(string Code, Text Message);

/// <param name="Import">What was read, as the import that it is queued as.</param>
/// <param name="Rejects">The rows that were rejected.</param>
public sealed record PullRunLinks(Link Import, Link Rejects);

/// <param name="FinishedAt">UTC; null while it runs, and where the host that ran it has fallen.</param>
/// <param name="Outcome">Null while it runs.</param>
/// <param name="Failure">Where it failed.</param>
/// <param name="Pages">How many pages were read.</param>
/// <param name="Links">Null where nothing was taken in.</param>
public sealed record PullRunResponse(
    DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, PullOutcome? Outcome, PullFailureResponse? Failure, int? Pages,
    [property: JsonPropertyName("_links")] PullRunLinks? Links);

/// <param name="Configured">Whether the platform pulls a catalogue of the region; everything else is null where it does not.</param>
/// <param name="Host">The catalogue's host and port; nothing else of its address is shown.</param>
/// <param name="Extent">Whether what is not in the catalogue has ended (<c>snapshot</c>) or stays as it is (<c>partial</c>).</param>
/// <param name="Failures">How many runs in a row have failed.</param>
/// <param name="LastRun">The latest run, also one that is under way; null before the first.</param>
/// <param name="LastSuccessAt">When a run last ended well, UTC.</param>
/// <param name="NextRunAt">When the next run is due, UTC; null while one is under way.</param>
public sealed record CatalogueSourceResponse(
    bool Configured, string? Host, PullScheduleResponse? Schedule, ImportExtent? Extent, CatalogueSourceState? State, int? Failures, PullRunResponse? LastRun,
    DateTimeOffset? LastSuccessAt, DateTimeOffset? NextRunAt);

/// <summary>The region's own contract catalogue, as the platform pulls it.</summary>
internal static class CatalogueSourceEndpoints
{
    private static readonly Text UnderWay = new("En hämtning pågår redan.", "A pull is under way already.");

    public static void Map(RouteGroupBuilder region)
    {
        var source = region.MapGroup("/catalogue-source").WithTags("CatalogueSource");
        source.MapGet("", Get)
            .AllowRoles(Role.Reader, Role.Integrator)
            .WithName("getCatalogueSource")
            .Describe("Hämta läget för regionens katalog / Get the state of the region's catalogue",
                "Om plattformen hämtar ur en egen katalog för regionen, när den senast gjorde det och hur det gick. Var katalogen finns och hur den läses är en inställning hos driften; bara värdnamnet visas. "
                + "Whether the platform pulls a catalogue of the region's own, when it last did and how it went. Where the catalogue is and how it is read is a setting of the operator; only its host is shown.")
            .WithResponseExample(200, Example);
        source.MapPost("/runs", Run)
            .AllowRoles(Role.Integrator, Role.Handler)
            .IsCommand()
            .WithName("runCatalogueSource")
            .Describe("Hämta ur katalogen nu / Pull the catalogue now",
                "Hämtningen börjar inom några sekunder; läget visar när den är klar. 404 när regionen inte har någon katalog, 409 när en hämtning pågår. "
                + "The pull begins within seconds; the state shows when it is done. 404 where the region has no catalogue, 409 while a pull is under way.")
            .WithResponseExample(202, Example);
    }

    private static async Task<IResult> Get(RegionSession session, PullSettings settings, HttpContext http)
    {
        if (!settings.Sources.TryGetValue(session.Scope.Region, out var source))
            return Results.Ok(new CatalogueSourceResponse(false, null, null, null, null, null, null, null, null));
        var query = session.CreateBatchQuery();
        var pulled = query.Rows(CatalogueSources.Find(session.Scope), CatalogueSources.Read);
        await query.ExecuteAsync(http.RequestAborted);
        return Results.Ok(Response(source, pulled.Value is [var known] ? known : null, href => Link.Absolute(http, href)));
    }

    private static Task<IResult> Run(Commands commands, PullSettings settings, HttpContext http) => commands.RunAsync(query =>
    {
        var scope = commands.Session.Scope;
        var found = query.Rows(CatalogueSources.Find(scope), CatalogueSources.Read);
        return now =>
        {
            if (!settings.Sources.TryGetValue(scope.Region, out var source))
                return new Outcome.Absent();
            var pulled = found.Value is [var known] ? known : null;
            if (pulled is { IsRunning: true })
                return new Outcome.Problem(Problems.Rules(
                    http, [new RuleViolation("K24-003", "pullUnderWay", UnderWay, Href: Paths.CatalogueSource(scope.Region))], StatusCodes.Status409Conflict));
            commands.Session.Store(CatalogueSources.RunNow(scope, source.Setting, now));
            var due = (pulled ?? new PulledSource(false, null, null, null, null, null, null, null, now, 0)) with { NextRunAt = pulled?.NextRunAt < now ? pulled.NextRunAt : now };
            return new Outcome.Accepted(StatusCodes.Status202Accepted, Link.Absolute(http, Paths.CatalogueSource(scope.Region)), null,
                Response(source, due, href => Link.Absolute(http, href)), 1);
        };
    });

    private static CatalogueSourceResponse Response(PullSource source, PulledSource? pulled, Func<string, string> absolute) => new(
        true,
        source.Url.IsDefaultPort ? source.Url.Host : source.Url.Authority,
        new PullScheduleResponse((int?)source.Options.Interval?.TotalSeconds, source.DailyAt?.ToString("HH:mm", CultureInfo.InvariantCulture)),
        source.Options.Extent,
        pulled is { IsRunning: true } ? CatalogueSourceState.Running : pulled is { Failures: > 0 } ? CatalogueSourceState.Failing : CatalogueSourceState.Idle,
        pulled?.Failures ?? 0,
        pulled?.StartedAt is { } started
            ? new PullRunResponse(started, pulled.FinishedAt, pulled.Outcome, pulled.Failure is { } word ? new PullFailureResponse(word, PullFailures.TextOf(word)) : null, pulled.Pages,
                pulled.ImportId is { } id && Paths.CatalogueImport(source.Region, id) is var import ? new PullRunLinks(new Link(absolute(import)), new Link(absolute(import + "/rejects"))) : null)
            : null,
        pulled?.SucceededAt,
        pulled is null or { IsRunning: true } ? null : pulled.NextRunAt);

    private static CatalogueSourceResponse Example { get; } = new(
        true, "katalog.region.example", new PullScheduleResponse(null, "03:15"), ImportExtent.Snapshot, CatalogueSourceState.Idle, 0,
        new PullRunResponse(Examples.Opened.AddHours(-7), Examples.Opened.AddHours(-7).AddMinutes(2), PullOutcome.Imported, null, 14, new PullRunLinks(
            new Link("https://region-escalation.example" + Paths.CatalogueImport("08", Guid.Parse("019cadb4-2f20-7000-8000-00000000000a"))),
            new Link("https://region-escalation.example" + Paths.CatalogueImport("08", Guid.Parse("019cadb4-2f20-7000-8000-00000000000a")) + "/rejects"))),
        Examples.Opened.AddHours(-7).AddMinutes(2), Examples.Opened.AddHours(17));
}
