using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Http;
using RegionEscalation.Integrations.Catalogue;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi;

/// <param name="Received">As many as were read, rejected ones and duplicates included.</param>
/// <param name="Duplicate">Those that say what another row of the import says already.</param>
/// <param name="Applied">Those that were added, changed or unchanged so far.</param>
/// <param name="Unchanged">Those that say what the region knew already.</param>
public sealed record CatalogueImportRows(long Received, long Rejected, long Duplicate, long Applied, long Added, long Changed, long Unchanged)
{
    internal static CatalogueImportRows From(ImportedRows r) => new(r.Received, r.Rejected, r.Duplicate, r.Applied, r.Added, r.Changed, r.Unchanged);
}

/// <param name="Known">How many contracts that had not ended the region had when the snapshot began to be applied; null before.</param>
/// <param name="Missing">How many of the region's contracts the snapshot leaves out; null until all its rows are applied.</param>
/// <param name="Ended">How many of these are ended by now.</param>
/// <param name="MissingNumbers">The numbers of the first 100 of those it leaves out.</param>
public sealed record CatalogueImportContracts(long? Known, long? Missing, long Ended, IReadOnlyList<string> MissingNumbers)
{
    internal static CatalogueImportContracts From(LeftOut c) => new(c.Known, c.Missing, c.Ended, c.Numbers);
}

/// <param name="By">The function that decided.</param>
public sealed record CatalogueImportDecision(string By, DateTimeOffset At, string? Motivation)
{
    internal static CatalogueImportDecision? From(ImportDecision? d) => d is null ? null : new(d.By, d.At, d.Motivation);
}

/// <param name="Rejects">The rejected rows, while there are any.</param>
/// <param name="RejectsCsv">The same for a spreadsheet.</param>
/// <param name="Confirm">Where a waiting snapshot is confirmed.</param>
/// <param name="Cancel">Where an import is cancelled that waits.</param>
public sealed record CatalogueImportLinks(
    Link Self,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Link? Rejects,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Link? RejectsCsv,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Link? Confirm,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Link? Cancel);

/// <param name="Reason">
/// Why it waits or ended otherwise than applied whole: <c>share</c>, <c>numberNotRead</c>, <c>rejectedRows</c>, <c>onRequest</c>, <c>superseded</c>, <c>notConfirmed</c>,
/// <c>notAllEnded</c>, or why it was never received to its end, such as <c>brokenOff</c>.
/// </param>
/// <param name="Progress">How far it is applied, whole per cent.</param>
/// <param name="Contracts">What a snapshot leaves out; null for a partial import.</param>
/// <param name="Place">Its place in the region's queue, from 1; null unless it is queued, and in the answer to a confirmation.</param>
/// <param name="Confirmation">That what the snapshot leaves out is ended.</param>
public sealed record CatalogueImportResponse(
    Guid Id,
    ImportOrigin Origin,
    ImportFormat Format,
    ImportMode Mode,
    ImportExtent Extent,
    ImportState State,
    string? Reason,
    DateTimeOffset CreatedAt,
    DateTimeOffset? QueuedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    CatalogueImportRows Rows,
    int Progress,
    CatalogueImportContracts? Contracts,
    long? Place,
    CatalogueImportDecision? Confirmation,
    CatalogueImportDecision? Cancellation,
    [property: JsonPropertyName("_links")] CatalogueImportLinks Links)
{
    internal static CatalogueImportResponse From(CatalogueImport i, HttpContext http) =>
        From(i, resource => Link.To(http, Paths.CatalogueImport(http.GrantedRegion().Code, i.Id) + resource));

    internal static CatalogueImportResponse From(CatalogueImport i, Func<string, Link> link)
    {
        var rejects = i.Rows.Rejected > 0 && !i.RejectsRemoved;
        return new(
            i.Id, i.Terms.Origin, i.Terms.Format, i.Terms.Mode, i.Terms.Extent, i.State, i.Reason, i.CreatedAt, i.QueuedAt, i.StartedAt, i.FinishedAt,
            CatalogueImportRows.From(i.Rows), i.Progress, i.Terms.Extent == ImportExtent.Snapshot ? CatalogueImportContracts.From(i.Contracts) : null,
            i.Before + 1, CatalogueImportDecision.From(i.Confirmation), CatalogueImportDecision.From(i.Cancellation),
            new CatalogueImportLinks(
                link(""), rejects ? link("/rejects") : null, rejects ? link("/rejects.csv") : null,
                i.State == ImportState.AwaitingConfirmation ? link("/confirmations") : null,
                i.State is ImportState.Queued or ImportState.AwaitingConfirmation ? link("/cancellations") : null));
    }
}

/// <param name="Line">The row's line in the file, from 1; of pages the running number of the item.</param>
/// <param name="Rule">A rule id for rules, otherwise a stable word such as <c>required</c> or <c>duplicate</c>.</param>
/// <param name="Kind"><c>contract</c> or <c>supplier</c>, where it could be read.</param>
/// <param name="Number">The number of the contract or supplier, where it could be read; never a natural person's.</param>
/// <param name="Value">The beginning of what stood in the field; never a personal identity number.</param>
public sealed record CatalogueImportReject(long Line, string Field, string Rule, Text Message, string? Kind, string? Number, string? Value)
{
    internal static CatalogueImportReject From(RowReject r) => new(r.Line, r.Field, r.Rule, new Text(r.Sv, r.En), r.Kind, NumberShown(r), r.Value);

    /// <summary>A supplier's number may be a personal identity number, and what is none may hold one.</summary>
    internal static string? NumberShown(RowReject r) =>
        r.Key is not { } key || PersonalIdentityNumber.AppearsIn(key) || (r.Kind != "contract" && SupplierNumber.Normalise(key) is { } number && OrganisationNumber.IsNaturalPerson(number))
            ? null
            : key;
}

/// <param name="ConfirmedBy">The function that decides that the contracts are ended, never a person's name.</param>
/// <param name="Motivation">Why, in at least 30 characters; it is recorded with the import.</param>
public sealed record CatalogueImportConfirmationRequest([TextLength(1, 200)] string ConfirmedBy, [TextLength(1, 4000)] string Motivation);

/// <param name="CancelledBy">The function that cancels it, never a person's name.</param>
public sealed record CatalogueImportCancellationRequest([TextLength(1, 200)] string CancelledBy, [TextLength(1, 4000)] string? Motivation = null);

/// <summary>The imports of contracts and suppliers: how they go, what was rejected, and what somebody has to decide.</summary>
internal static class CatalogueImportEndpoints
{
    private const string Code = "catalogueImport";
    private const int RejectsAtOnce = 1000;

    public static void Map(RouteGroupBuilder region)
    {
        var imports = region.MapGroup("/catalogue-imports").WithTags("CatalogueImports");
        imports.MapGet("", List)
            .AllowRoles(Role.Reader, Role.Integrator)
            .WithName("listCatalogueImports")
            .Describe("Lista inläsningar / List imports", "Senaste först; filter `state` och `origin`. Latest first; filters `state` and `origin`.")
            .WithResponseExample(200, Examples.Page(Example));
        imports.MapGet("/{id:guid}", Get)
            .AllowRoles(Role.Reader, Role.Integrator)
            .WithName("getCatalogueImport")
            .Describe("Hämta en inläsning / Get an import",
                "Hur långt den har kommit. Med `allOrNothing` läggs ingenting upp förrän varje rad är godkänd; sedan läggs raderna upp del för del, och det som är upplagt syns efter hand. "
                + "En ögonblicksbild (`snapshot`) avslutar de avtal som den utelämnar; är de fler än regionens gräns (10 % om inget annat är inställt, alltid upp till fem), eller gick en underkänd rads nummer "
                + "inte att läsa, väntar den på bekräftelse. Avtal som har ändrats sedan den kom, eller som en senare inläsning har med, avslutas inte. "
                + "How far it has come. With `allOrNothing` nothing is applied until every row has passed; then the rows are applied part by part, and what is applied shows as it comes. "
                + "A `snapshot` ends the contracts that it leaves out; where they are more than the region's limit (10 % unless set otherwise, always up to five), or the number of a rejected row could "
                + "not be read, it waits for confirmation. Contracts that were changed since it came, or that a later import has, are not ended.")
            .WithResponseExample(200, Example);
        imports.MapGet("/{id:guid}/rejects", Rejects)
            .AllowRoles(Role.Reader, Role.Integrator)
            .WithName("listCatalogueImportRejects")
            .Describe("Lista underkända rader / List rejected rows",
                "Ett fel per post, i radernas ordning; en rad kan ha flera. De finns kvar i 90 dagar om inget annat är inställt. One fault an item, in the order of the lines; a line may have several. They are kept for 90 days unless set otherwise.")
            .WithResponseExample(200, Examples.Page(ExampleReject));
        imports.MapGet("/{id:guid}/rejects.csv", RejectsFile)
            .AllowRoles(Role.Reader, Role.Integrator)
            .WithName("downloadCatalogueImportRejects")
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(string), [RejectsCsv.MediaType]))
            .Describe("Hämta underkända rader som CSV / Download rejected rows as CSV",
                "UTF-8 med BOM, semikolon; celler som ett kalkylprogram skulle köra som formel föregås av en apostrof. UTF-8 with BOM, semicolons; cells that a spreadsheet would run as a formula begin with an apostrophe.");
        imports.MapPost("/{id:guid}/confirmations", Confirm)
            .AllowRoles(Role.Handler, Role.Integrator)
            .IsCommand()
            .WithName("confirmCatalogueImport")
            .Describe("Bekräfta att avtal avslutas / Confirm that contracts are ended",
                "För en ögonblicksbild som väntar: avtalen som den utelämnar avslutas, så som de är då. For a snapshot that waits: the contracts that it leaves out are ended, as they are then.")
            .WithRequestExample(new CatalogueImportConfirmationRequest("Avtalscontroller", "Katalogen har rensats; avtalen löpte ut vid årsskiftet och är ersatta."))
            .WithResponseExample(200, Example with { State = ImportState.Queued, Reason = null, Confirmation = new("Avtalscontroller", Examples.Opened.AddHours(1), "Katalogen har rensats; avtalen löpte ut vid årsskiftet och är ersatta.") });
        imports.MapPost("/{id:guid}/cancellations", Cancel)
            .AllowRoles(Role.Handler, Role.Integrator)
            .IsCommand()
            .WithName("cancelCatalogueImport")
            .Describe("Avbryt en inläsning / Cancel an import",
                "En som står i kö läggs inte upp; en ögonblicksbild som väntar på bekräftelse avslutar inga avtal, men det den har lagt upp står kvar. "
                + "One that is queued is not applied; a snapshot that waits for confirmation ends no contracts, but what it has applied stays.")
            .WithRequestExample(new CatalogueImportCancellationRequest("Avtalscontroller", "Filen var ofullständig."))
            .WithResponseExample(200, Example with { State = ImportState.Cancelled, Reason = "onRequest", Cancellation = new("Avtalscontroller", Examples.Opened.AddHours(1), "Filen var ofullständig.") });
    }

    private static async Task<IResult> List(PageRequest page, RegionSession session, HttpContext http, Code<ImportState>? state = null, Code<ImportOrigin>? origin = null)
    {
        var query = session.CreateBatchQuery();
        var total = query.Rows(CatalogueImports.Count(session.Scope, state?.Value, origin?.Value), r => r.GetInt64(0));
        var imports = query.Rows(CatalogueImports.List(session.Scope, state?.Value, origin?.Value, page.Limit, page.Offset), CatalogueImports.Read);
        await query.ExecuteAsync(http.RequestAborted);
        return Results.Ok(page.Response(http, [.. imports.Value.Select(i => CatalogueImportResponse.From(i, http))], total.Value[0]));
    }

    private static async Task<IResult> Get(Guid id, RegionSession session, HttpContext http)
    {
        var query = session.CreateBatchQuery();
        var import = query.Rows(CatalogueImports.Find(session.Scope, id), CatalogueImports.Read);
        await query.ExecuteAsync(http.RequestAborted);
        return import.Value is [var found] ? Results.Ok(CatalogueImportResponse.From(found, http)) : Problems.NotFound(http);
    }

    private static async Task<IResult> Rejects(Guid id, PageRequest page, RegionSession session, HttpContext http)
    {
        var query = session.CreateBatchQuery();
        var import = query.Rows(CatalogueImports.Find(session.Scope, id), CatalogueImports.Read);
        var total = query.Rows(CatalogueImports.CountRejects(session.Scope, id), r => r.GetInt64(0));
        var rejects = query.Rows(CatalogueImports.Rejects(session.Scope, id, page.Limit, page.Offset), CatalogueImports.ReadReject);
        await query.ExecuteAsync(http.RequestAborted);
        return import.Value.Count == 0
            ? Problems.NotFound(http)
            : Results.Ok(page.Response(http, [.. rejects.Value.Select(CatalogueImportReject.From)], total.Value[0]));
    }

    private static async Task<IResult> RejectsFile(Guid id, RegionSession session, HttpContext http)
    {
        var query = session.CreateBatchQuery();
        var import = query.Rows(CatalogueImports.Find(session.Scope, id), CatalogueImports.Read);
        await query.ExecuteAsync(http.RequestAborted);
        return import.Value.Count == 0
            ? Problems.NotFound(http)
            : Results.Stream(body => RejectsCsv.WriteAsync(body, AllRejects(session, id, http.RequestAborted), http.RequestAborted), RejectsCsv.MediaType + "; charset=utf-8", $"rejects-{id}.csv");
    }

    /// <summary>Read some at a time, so that a slow reader keeps no connection to the database.</summary>
    private static async IAsyncEnumerable<RowReject> AllRejects(RegionSession session, Guid id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var (line, place) = (0L, 0); ;)
        {
            var query = session.CreateBatchQuery();
            var rejects = query.Rows(CatalogueImports.RejectsAfter(session.Scope, id, line, place, RejectsAtOnce), CatalogueImports.ReadReject);
            await query.ExecuteAsync(cancellationToken);
            foreach (var reject in rejects.Value)
                yield return reject with { Key = CatalogueImportReject.NumberShown(reject) };
            if (rejects.Value.Count < RejectsAtOnce)
                yield break;
            (line, place) = (rejects.Value[^1].Line, rejects.Value[^1].Place);
        }
    }

    private static async Task<IResult> Confirm(Guid id, CatalogueImportConfirmationRequest body, Commands commands, ImportSignal signal, HttpContext http)
    {
        var answer = await OnImportAsync(id, commands, (before, now) =>
        {
            if (before.State != ImportState.AwaitingConfirmation)
                return new Outcome.Rejected([new Rejection(Code, "notWaiting", new Label("Inläsningen väntar inte på bekräftelse.", "The import does not wait for confirmation."))]);
            if (!Motivation.IsGiven(body.Motivation))
                return new Outcome.Rejected([Rejection.InField("motivation", "motivationTooShort",
                    $"Beslutet ska motiveras med minst {Motivation.MinLength} tecken.", $"The decision is motivated with at least {Motivation.MinLength} characters.")]);
            var decision = new ImportDecision(body.ConfirmedBy, now, body.Motivation, http.Caller().ClientId);
            foreach (var command in CatalogueImports.Confirm(commands.Session.Scope, id, decision))
                commands.Session.Store(command);
            return Accepted(before with { State = ImportState.Queued, Reason = null, Confirmation = decision }, http);
        });
        signal.Raise();
        return answer;
    }

    private static Task<IResult> Cancel(Guid id, CatalogueImportCancellationRequest body, Commands commands, HttpContext http) => OnImportAsync(id, commands, (before, now) =>
    {
        if (AgainstCancelling(before.State) is { } rejection)
            return new Outcome.Rejected([rejection]);
        var decision = new ImportDecision(body.CancelledBy, now, body.Motivation, http.Caller().ClientId);
        foreach (var command in CatalogueImports.Cancel(commands.Session.Scope, id, before.State, decision))
            commands.Session.Store(command);
        return Accepted(before with { State = ImportState.Cancelled, Reason = "onRequest", FinishedAt = now, Cancellation = decision, Before = null }, http);
    });

    private static Task<IResult> OnImportAsync(Guid id, Commands commands, Func<CatalogueImport, DateTimeOffset, Outcome> decide) => commands.RunAsync(query =>
    {
        var found = query.Rows(CatalogueImports.Find(commands.Session.Scope, id), CatalogueImports.Read);
        return now => found.Value is [var before] ? decide(before, now) : new Outcome.Absent();
    });

    private static Outcome.Accepted Accepted(CatalogueImport after, HttpContext http) =>
        new(StatusCodes.Status200OK, null, null, CatalogueImportResponse.From(after, http), 1);

    private static Rejection? AgainstCancelling(ImportState state) => state switch
    {
        ImportState.Queued or ImportState.AwaitingConfirmation => null,
        ImportState.Receiving or ImportState.Applying => new Rejection(Code, "underWay", new Label(
            "Inläsningen tas emot eller läggs upp just nu och kan inte avbrytas.", "The import is being received or applied just now and cannot be cancelled.")),
        _ => new Rejection(Code, "ended", new Label("Inläsningen är redan avslutad.", "The import has ended already.")),
    };

    private static CatalogueImportResponse Example { get; } = CatalogueImportResponse.From(
        new CatalogueImport(
            Guid.Parse("019cadb4-2f20-7000-8000-000000000010"), new ImportTerms(ImportOrigin.Push, ImportFormat.Ndjson, ImportMode.PerRow, ImportExtent.Snapshot, "kalmar-integrator"),
            ImportState.AwaitingConfirmation, Endings.TooMany, Examples.Opened, Examples.Opened.AddMinutes(1), Examples.Opened.AddMinutes(1), null,
            new ImportedRows(1210, 3, 7, 40, 160, 1000), 1210, new LeftOut(1400, 240, 0, ["RK-2019-0007", "RK-2019-0012"]), "", null, null, false, null),
        resource => new Link($"https://region-escalation.example{Paths.CatalogueImport("08", Guid.Parse("019cadb4-2f20-7000-8000-000000000010"))}{resource}"));

    private static CatalogueImportReject ExampleReject { get; } = CatalogueImportReject.From(new RowReject(
        17, 1, "contract.validUntil", "order", "Kan inte vara före första dagen.", "Cannot be before the first day.", "contract", "RK-2025-0142", "2024-12-31"));
}
