using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using RegionEscalation.Domain;
using RegionEscalation.Http;
using RegionEscalation.Integrations.Catalogue;
using RegionEscalation.Integrations.Catalogue.Reading;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi;

public sealed record CatalogueUploadLinks(Link Self);

/// <param name="IgnoredColumns">Columns of a CSV file that mean nothing here, by the file's own names.</param>
public sealed record CatalogueUploadResponse(
    Guid Id,
    ImportState State,
    IReadOnlyList<string> IgnoredColumns,
    [property: JsonPropertyName("_links")] CatalogueUploadLinks Links);

/// <param name="Line">Where the row begins in the file, from 1.</param>
/// <param name="Field">The path in the row, or the file's own name of the column; <c>$</c> is the whole row.</param>
/// <param name="Rule">A stable word such as <c>required</c>, or a rule's id.</param>
/// <param name="Value">The beginning of what stands there, at most 200 characters; never a personal identity number.</param>
public sealed record CatalogueDryRunReject(long Line, string Field, string Rule, Text Message, string? Value);

/// <summary>What would be taken in; nothing was stored.</summary>
/// <param name="Valid">Whether every row is right.</param>
/// <param name="Rows">Rows of the file; blank ones do not count.</param>
/// <param name="Duplicates">Rows that say again what another one has said.</param>
/// <param name="Rejects">The first 100 faults.</param>
/// <param name="IgnoredColumns">Columns of a CSV file that mean nothing here, by the file's own names.</param>
public sealed record CatalogueDryRunResponse(
    bool Valid, long Rows, long Accepted, long Duplicates, long Rejected, IReadOnlyList<CatalogueDryRunReject> Rejects, IReadOnlyList<string> IgnoredColumns);

/// <summary>Contracts and suppliers in bulk: a file is taken in while it comes, and applied in its turn.</summary>
internal static class CatalogueUploads
{
    private const string Ndjson = "application/x-ndjson";
    private const string Csv = "text/csv";

    /// <summary>The lease is renewed as often, however slowly the file comes.</summary>
    private static readonly TimeSpan Renewal = CatalogueIntake.Lease / 4;

    public static void Map(RouteGroupBuilder region) => region.MapPost("/catalogue-imports", Post)
        .WithTags("CatalogueImports")
        .AllowRoles(Role.Handler, Role.Integrator)
        .IsCommand()
        .Accepts<Stream>(Ndjson, Csv)
        .WithName("postCatalogueImport")
        .Describe("Importera avtal och leverantörer / Import contracts and suppliers",
            "NDJSON: ett objekt per rad, antingen `contractNumber` och `contract` som i `PUT /contracts/{contractNumber}`, eller `supplier`. "
            + "CSV: en rubrikrad och ett avtal per rad; `;`, `,` eller tabb, UTF-8 om inte charset anger iso-8859-1 eller windows-1252, decimalkomma, datum ÅÅÅÅ-MM-DD. "
            + "Kolumner i valfri ordning, på svenska eller engelska; se docs/catalogue-import.md. Leverantörer för sig finns bara i NDJSON. "
            + "Content-Encoding gzip tas emot. Raderna prövas medan filen kommer; svaret är ett jobb att följa. Felaktiga rader avvisas med rad, fält och skäl; "
            + "likaså (`superseded`) en rad som säger emot vad som har lagts upp enskilt sedan importen började. "
            + "Med validateOnly prövas allt, och de första 100 felen är svaret. "
            + "NDJSON: an object a line, either `contractNumber` and `contract` as in `PUT /contracts/{contractNumber}`, or `supplier`. "
            + "CSV: a header line and a contract a row; `;`, `,` or tab, UTF-8 unless charset says iso-8859-1 or windows-1252, decimal comma, dates YYYY-MM-DD. "
            + "Columns in any order, in Swedish or English; see docs/catalogue-import.md. Suppliers by themselves are in NDJSON only. "
            + "Content-Encoding gzip is taken. Rows are checked while the file comes; the answer is a job to follow. Wrong rows are rejected with line, field and reason; "
            + "so is (`superseded`) a row that contradicts what was put singly since the import began. "
            + "With validateOnly everything is checked, and the first 100 faults are the answer.")
        .WithRequestExample(Examples.CatalogueLines, Ndjson)
        .WithRequestExample(Examples.CatalogueCsv, Csv)
        .WithResponseExample(200, Examples.CatalogueDryRun)
        .WithResponseExample(202, Examples.CatalogueImport);

    private static async Task<IResult> Post(
        RegionSession session, EscalationStore store, CatalogueFileLimits limits, ImportSignal signal, TimeProvider time, HttpContext http, Code<ImportMode>? mode = null, Code<ImportExtent>? extent = null)
    {
        if (FormOf(http.Request) is not { } form)
            return Problems.UnsupportedMediaType(http);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } framework)
            framework.MaxRequestBodySize = null;
        var client = http.Caller().ClientId;
        var key = http.IsValidateOnly() || http.Request.Headers[Idempotency.Header] is not [{ } given] ? null : given;
        var stored = key is null ? null : await AnswerAsync(session, client, key, http.RequestAborted);
        using var body = new HashedBody(http);
        using var file = new CatalogueFile(body, form.Format, form.Encoding, form.Gzip, limits, PersonalIdentityNumber.AppearsIn);
        try
        {
            if (Holds(stored, time))
            {
                await file.SkipAsync(http.RequestAborted);
                return Replay(http, stored!, body);
            }
            if (http.IsValidateOnly())
                return Results.Json(await CatalogueDryRun.OfAsync(file, http.RequestAborted), Json.Options);
        }
        catch (UnreadableFileException e)
        {
            return Unreadable(http, e);
        }

        var terms = new ImportTerms(ImportOrigin.Push, form.Format, mode?.Value ?? ImportMode.PerRow, extent?.Value ?? ImportExtent.Partial, client);
        var import = new CatalogueTaking(store, session.Scope, terms, time);
        try
        {
            await TakeInAsync(file, import, http.RequestAborted);
            var link = Link.Absolute(http, Paths.CatalogueImport(session.Scope.Region, import.Id));
            var state = terms.Mode == ImportMode.AllOrNothing && import.Rejected > 0 ? ImportState.Refused : ImportState.Queued;
            var response = JsonSerializer.Serialize(
                new CatalogueUploadResponse(import.Id, state, file.IgnoredColumns, new CatalogueUploadLinks(new Link(link))), Json.Options);
            var now = time.Now();
            await import.QueueAsync(now, key is null ? null
                : (key, new StoredAnswer(body.IdempotencyRequest()!.RequestHash, StatusCodes.Status202Accepted, link, null, response, now), stored is not null));
            signal.Raise();
            return new TextAnswer(StatusCodes.Status202Accepted, link, null, response);
        }
        catch (UnreadableFileException e)
        {
            await import.AbandonAsync(e.Rule);
            return Unreadable(http, e);
        }
        catch (IdempotencyTwinException)
        {
            await import.AbandonAsync("repeated");
            return await AnswerAsync(session, client, key!, http.RequestAborted) is { } first && Holds(first, time)
                ? Replay(http, first, body)
                : Problems.Unavailable(http, TimeSpan.FromSeconds(1));
        }
        catch (StreamConflictException)
        {
            return Problems.Unavailable(http, TimeSpan.FromSeconds(1));
        }
        catch (OutcomeUnknownException)
        {
            return Problems.OutcomeUnknown(http, retryWithTheSameKey: key is not null);
        }
        catch
        {
            await import.AbandonAsync("interrupted");
            throw;
        }
    }

    /// <summary>Row by row as they come. While none comes the lease is renewed, and nothing is open in the database.</summary>
    private static async Task TakeInAsync(CatalogueFile file, CatalogueTaking import, CancellationToken cancellationToken)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var rows = file.ReadAsync(ends.Token).GetAsyncEnumerator(CancellationToken.None);
        while (await NextAsync())
            await import.AddAsync(rows.Current, file.BytesRead, ends.Token);
        await import.FlushAsync(ends.Token);

        async ValueTask<bool> NextAsync()
        {
            var next = rows.MoveNextAsync();
            if (next.IsCompleted)
                return await next;
            var coming = next.AsTask();
            try
            {
                while (!await WithinAsync(coming, Renewal))
                    await import.FlushAsync(ends.Token);
            }
            catch
            {
                // An enumerator cannot be left while it reads.
                await ends.CancelAsync();
                await ((Task)coming).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }
            return await coming;
        }
    }

    private static async Task<bool> WithinAsync(Task task, TimeSpan time)
    {
        await task.WaitAsync(time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }

    /// <returns>Null for another media type, charset or encoding than the ones that are read.</returns>
    private static (ImportFormat Format, Encoding Encoding, bool Gzip)? FormOf(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            return null;
        ImportFormat? format = type.MediaType.Equals(Ndjson, StringComparison.OrdinalIgnoreCase) ? ImportFormat.Ndjson
            : type.MediaType.Equals(Csv, StringComparison.OrdinalIgnoreCase) ? ImportFormat.Csv
            : null;
        bool? gzip = request.Headers.ContentEncoding switch
        {
            [] or ["identity"] => false,
            [{ } coding] when coding.Equals("gzip", StringComparison.OrdinalIgnoreCase) => true,
            _ => null,
        };
        var charset = type.Charset.HasValue ? HeaderUtilities.RemoveQuotes(type.Charset).Value : null;
        return format is { } f && gzip is { } g && CatalogueFile.EncodingOf(f, charset) is { } encoding ? (f, encoding, g) : null;
    }

    private static async Task<StoredAnswer?> AnswerAsync(RegionSession session, string client, string key, CancellationToken cancellationToken)
    {
        var query = session.CreateBatchQuery();
        var answer = query.Answer(client, key);
        await query.ExecuteAsync(cancellationToken);
        return answer.Value;
    }

    private static bool Holds(StoredAnswer? stored, TimeProvider time) => stored is not null && stored.CreatedAt > time.Now() - StoredAnswer.Lifetime;

    private static IResult Replay(HttpContext http, StoredAnswer stored, HashedBody body) => stored.RequestHash.AsSpan().SequenceEqual(body.IdempotencyRequest()!.RequestHash)
        ? new TextAnswer(stored.Status, stored.Location, stored.ETag, stored.Body)
        : Problems.IdempotencyKeyReused(http);

    private static IResult Unreadable(HttpContext http, UnreadableFileException e) => Problems.Unreadable(http, e.Status, e.Rule, e.Line is { } line
        ? new Text($"Rad {line}: {e.Text.Sv}", $"Line {line}: {e.Text.En}")
        : e.Text);
}
