using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace RegionEscalation.Http;

/// <summary>A domain rule that is not met.</summary>
/// <param name="Code">The rule's id, such as <c>R-E3</c>.</param>
/// <param name="Reason">The case within the rule, such as <c>evaluationReused</c>.</param>
/// <param name="Message">What is missing and how to meet it.</param>
/// <param name="Field">The JSON path in the request that breaks it, if one does.</param>
/// <param name="Href">The resource that would meet it; a path from the root becomes absolute.</param>
public sealed record RuleViolation(string Code, string Reason, Text Message, string? Field = null, string? Href = null);

/// <summary>What is wrong with one field of a request.</summary>
/// <param name="Rule">A stable word, such as <c>required</c> or <c>length</c>.</param>
/// <param name="Message">The bound that was not kept.</param>
public sealed record FieldError(string Rule, Text Message);

/// <summary>A field of a request that says something else than what is known already.</summary>
public sealed record ConflictingField(string Field, object? Registered, object? Received);

/// <summary>An RFC 9457 problem; what does not apply is left out, the first six members are always there.</summary>
public sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Detail,
    string Instance,
    string TraceId,
    Text Message,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Code = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, IReadOnlyList<FieldError>>? Errors = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<RuleViolation>? Unmet = null)
{
    /// <summary>What is known already, of the fields that differ; of a conflict.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, object?>? Registered { get; init; }

    /// <summary>What came instead, of the same fields.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, object?>? Received { get; init; }

    /// <summary>Where a feed can be read again; of a cursor that is gone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Restart { get; init; }
}

/// <summary>The only place that makes problems, so that none tells more than another (RFC 9457, FEL.01, SAK.24–26).</summary>
public static partial class Problems
{
    public const string MediaType = "application/problem+json";

    internal static readonly IReadOnlyList<Kind> Kinds =
    [
        new(400, "malformed", "Malformed request", "Anropet kan inte tolkas.", "The request cannot be read."),
        new(401, "unauthorized", "Authentication required", "Anropet saknar giltig åtkomsttoken.", "The request carries no valid access token."),
        new(403, "forbidden", "Not permitted", "Rollen räcker inte för detta.", "The role does not permit this."),
        // One text for what is absent and what the caller may not see: the difference must not show.
        new(404, "not-found", "Not found", "Resursen finns inte.", "The resource does not exist."),
        new(405, "method-not-allowed", "Method not allowed", "Resursen har inte denna metod; se Allow.", "The resource lacks this method; see Allow."),
        new(409, "conflict", "Conflict", "Anropet strider mot något som redan finns.", "The request conflicts with what already exists."),
        new(410, "cursor-gone", "The cursor is no longer valid",
            "Cursorn gäller inte längre för det här flödet och den här anroparen: databasen har återställts, den som läser är en annan, eller cursorn är äldre än den får vara. "
                + "Läs om flödet från restart; det som redan lästs kommer igen med samma id.",
            "The cursor no longer holds for this feed and this caller: the database was restored, whoever reads is another, or the cursor is older than it may be. "
                + "Read the feed again from restart; what was read before comes again with the same id."),
        new(412, "precondition-failed", "Not the current version",
            "Resursen har ändrats. Hämta den igen och använd dess ETag i If-Match.", "The resource has changed. Fetch it again and use its ETag in If-Match."),
        new(413, "too-large", "Request too large", "Anropet är för stort.", "The request is too large."),
        new(415, "unsupported-media-type", "Unsupported media type",
            "Innehållet har fel medietyp; den vanliga är application/json i UTF-8.", "The content has the wrong media type; the usual one is application/json in UTF-8."),
        new(422, "unprocessable", "The request cannot be carried out", "Ett eller flera fält är felaktiga.", "One or more fields are invalid."),
        new(428, "precondition-required", "Version required",
            "Ändringen kräver If-Match med resursens aktuella ETag.", "The change requires If-Match with the current ETag of the resource."),
        new(429, "too-many-requests", "Too many requests", "För många anrop; vänta så länge som Retry-After anger.", "Too many requests; wait as long as Retry-After says."),
        new(500, "internal", "Internal error", "Ett oväntat fel; uppge traceId vid felanmälan.", "An unexpected error; quote the traceId when reporting it."),
        new(503, "unavailable", "Temporarily unavailable", "Tjänsten är tillfälligt otillgänglig; försök igen.", "The service is temporarily unavailable; try again."),
    ];

    /// <summary>The code of the first violation leads; all are listed under <c>unmet</c>, and per field under <c>errors</c>.</summary>
    /// <param name="context">The request that was rejected.</param>
    /// <param name="unmet">At least one.</param>
    /// <param name="status">422, or 409 where the rule is one of uniqueness.</param>
    public static IResult Rules(HttpContext context, IReadOnlyList<RuleViolation> unmet, int status = StatusCodes.Status422UnprocessableEntity)
    {
        ArgumentNullException.ThrowIfNull(unmet);
        return new ProblemResult(Rules(unmet, status, InstanceOf(context), TraceIdOf(context), href => Link.Absolute(context, href)));
    }

    /// <summary>409 that shows both: what is known and what came, field by field.</summary>
    public static IResult Conflict(HttpContext context, RuleViolation rule, IReadOnlyList<ConflictingField> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        return new ProblemResult(Rules([rule], StatusCodes.Status409Conflict, InstanceOf(context), TraceIdOf(context), href => Link.Absolute(context, href)) with
        {
            Registered = fields.ToDictionary(f => f.Field, f => f.Registered),
            Received = fields.ToDictionary(f => f.Field, f => f.Received),
        });
    }

    public static IResult Fields(HttpContext context, IReadOnlyDictionary<string, IReadOnlyList<FieldError>> errors) =>
        new ProblemResult(Fields(errors, InstanceOf(context), TraceIdOf(context)));

    public static IResult Field(HttpContext context, string field, string rule, Text message) =>
        Fields(context, new Dictionary<string, IReadOnlyList<FieldError>> { [field] = [new(rule, message)] });

    public static IResult MalformedBody(HttpContext context) => Plain(context, 400);

    public static IResult Unauthorized(HttpContext context) => Plain(context, 401);

    public static IResult Forbidden(HttpContext context) => Plain(context, 403);

    public static IResult NotFound(HttpContext context) => Plain(context, 404);

    public static IResult PreconditionFailed(HttpContext context) => Plain(context, 412);

    internal static IResult CursorGone(HttpContext context, string restart) =>
        new ProblemResult(Of(KindOf(410), InstanceOf(context), TraceIdOf(context)) with { Code = "cursorGone", Restart = restart });

    public static IResult TooLarge(HttpContext context) => Plain(context, 413);

    /// <summary>A file that cannot be read to its end.</summary>
    /// <param name="context">The request that sent it.</param>
    /// <param name="status">400, 413 or 422.</param>
    /// <param name="rule">A stable word, such as <c>gzip</c>.</param>
    /// <param name="message">What is wrong with it, and where.</param>
    public static IResult Unreadable(HttpContext context, int status, string rule, Text message) => new ProblemResult(
        Of(KindOf(status) with { Message = message }, InstanceOf(context), TraceIdOf(context)) with
        {
            Code = rule,
            Errors = new Dictionary<string, IReadOnlyList<FieldError>> { [FieldPath.Root] = [new(rule, message)] },
        });

    public static IResult UnsupportedMediaType(HttpContext context) => Plain(context, 415);

    public static IResult PreconditionRequired(HttpContext context) => Plain(context, 428);

    public static IResult InternalError(HttpContext context) => Plain(context, 500);

    public static IResult IdempotencyKeyReused(HttpContext context) => new ProblemResult(Of(
        new(422, "idempotency-key-reused", "Idempotency key reused",
            "Nyckeln har redan använts för ett annat anrop.", "The key was already used for a different request."),
        InstanceOf(context),
        TraceIdOf(context)) with { Code = "idempotencyKeyReused" });

    /// <param name="context">The request.</param>
    /// <param name="retryAfter">Rounded up to whole seconds, at least one.</param>
    public static IResult TooManyRequests(HttpContext context, TimeSpan retryAfter) => Plain(context, 429, retryAfter);

    /// <inheritdoc cref="TooManyRequests"/>
    public static IResult Unavailable(HttpContext context, TimeSpan retryAfter) => Plain(context, 503, retryAfter);

    /// <summary>
    /// The connection to the database broke after a change was sent: it may have been carried out. Without the key a plain retry could
    /// carry it out twice, so nothing invites to one.
    /// </summary>
    public static IResult OutcomeUnknown(HttpContext context, bool retryWithTheSameKey) => new ProblemResult(Of(
        new(503, "outcome-unknown", "Outcome unknown",
            retryWithTheSameKey
                ? "Ändringen kan ha utförts. Försök igen med samma Idempotency-Key; då utförs den en gång."
                : "Ändringen kan ha utförts. Läs resursen innan du försöker igen.",
            retryWithTheSameKey
                ? "The change may have been carried out. Retry with the same Idempotency-Key; it is then carried out once."
                : "The change may have been carried out. Read the resource before you retry."),
        InstanceOf(context),
        TraceIdOf(context)) with { Code = "outcomeUnknown" }, retryWithTheSameKey ? TimeSpan.FromSeconds(1) : null);

    /// <summary>The problem for an answer that only has a status, as the framework makes them.</summary>
    public static IResult Status(HttpContext context, int status) => Plain(context, status);

    internal static Problem Fields(IReadOnlyDictionary<string, IReadOnlyList<FieldError>> errors, string instance, string traceId) =>
        Of(KindOf(422), instance, traceId) with { Errors = errors };

    internal static Problem Rules(IReadOnlyList<RuleViolation> unmet, int status, string instance, string traceId, Func<string, string> absolute)
    {
        var errors = unmet.Where(v => v.Field is not null)
            .GroupBy(v => v.Field!, v => new FieldError(v.Code, v.Message))
            .ToDictionary(g => g.Key, IReadOnlyList<FieldError> (g) => [.. g]);
        return Of(KindOf(status) with { Name = "rule-not-met", Title = "A rule is not met", Message = unmet[0].Message }, instance, traceId) with
        {
            Code = unmet[0].Code,
            Reason = unmet[0].Reason,
            Errors = errors.Count == 0 ? null : errors,
            Unmet = [.. unmet.Select(v => v.Href is null ? v : v with { Href = absolute(v.Href) })],
        };
    }

    internal static Problem Of(Kind kind, string instance, string traceId) =>
        new($"urn:region-escalation:problem:{kind.Name}", kind.Title, kind.Status, kind.Message.Sv, instance, traceId, kind.Message);

    internal static Kind KindOf(int status) =>
        Kinds.FirstOrDefault(k => k.Status == status)
        ?? new(status, "http", ReasonPhrases.GetReasonPhrase(status), "Anropet kunde inte besvaras.", "The request could not be answered.");

    private static ProblemResult Plain(HttpContext context, int status, TimeSpan? retryAfter = null) =>
        new(Of(KindOf(status), InstanceOf(context), TraceIdOf(context)), retryAfter);

    // Without the query and without anybody's personal identity number: problems end up in logs.
    private static string InstanceOf(HttpContext context)
    {
        var path = context.Request.PathBase + context.Request.Path;
        return context.RequestServices?.GetService<IOptions<RequestBodyOptions>>()?.Value.ContainsPersonalNumber(path.Value ?? "") == true
            ? new PathString(Digits().Replace(path.Value!, "*")).ToUriComponent()
            : path.ToUriComponent();
    }

    [GeneratedRegex("[0-9]")]
    private static partial Regex Digits();

    private static string TraceIdOf(HttpContext context) => Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;

    internal sealed record Kind(int Status, string Name, string Title, Text Message)
    {
        public Kind(int status, string name, string title, string sv, string en)
            : this(status, name, title, new Text(sv, en))
        {
        }
    }

    private sealed class ProblemResult(Problem problem, TimeSpan? retryAfter = null) : IResult, IStatusCodeHttpResult
    {
        public int? StatusCode => problem.Status;

        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = problem.Status;
            response.Headers.CacheControl = "no-store";
            if (retryAfter is { } wait)
                response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return response.WriteAsJsonAsync(problem, Json.Options, MediaType, httpContext.RequestAborted);
        }
    }
}
