using System.Data.Common;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace RegionEscalation.Http;

/// <summary>Turns what the framework and the binder refuse, and what nobody expected, into problems.</summary>
public static partial class ProblemHandling
{
    private static readonly Text Format = new("Värdet har fel typ eller format.", "The value has the wrong type or format.");
    private static readonly Text Unknown = new("Fältet finns inte i kontraktet.", "The field is not part of the contract.");
    internal static readonly Text Required = new("Värdet saknas.", "The value is missing.");

    /// <summary>A request that cannot be bound throws, so that <see cref="UseProblems"/> can say which field was wrong.</summary>
    public static IServiceCollection AddProblems(this IServiceCollection services) =>
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);

    public static IApplicationBuilder UseProblems(this IApplicationBuilder app) => app
        .UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = HandleAsync,
            // A bad request is the client's matter: no error in the log, and none of its content there.
            SuppressDiagnosticsCallback = c => c.Exception is BadHttpRequestException or RefusedException,
        })
        .UseStatusCodePages(c => Problems.Status(c.HttpContext, c.HttpContext.Response.StatusCode).ExecuteAsync(c.HttpContext));

    private static Task HandleAsync(HttpContext context) => (context.Features.Get<IExceptionHandlerFeature>()?.Error switch
    {
        RefusedException refused => refused.Result,
        BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest, InnerException: JsonException { Path: { } path } e } =>
            Problems.Fields(context, Binding(e.Message, path)),
        BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } e when Parameter().Match(e.Message) is { Success: true } match =>
            match.Groups["missing"].Success
                ? Problems.Field(context, match.Groups["name"].Value, "required", Required)
                : Problems.Field(context, match.Groups["name"].Value, "format", Format),
        BadHttpRequestException e => Problems.Status(context, e.StatusCode),
        DbException { IsTransient: true } => Problems.Unavailable(context, TimeSpan.FromSeconds(5)),
        _ => Problems.InternalError(context),
    }).ExecuteAsync(context);

    // The serializer tells these cases apart in its messages only; none of the text reaches the answer, and a test pins the wording.
    internal static Dictionary<string, IReadOnlyList<FieldError>> Binding(string message, string path)
    {
        var field = FieldPath.FromJsonPath(path);
        if (Missing().Match(message) is { Success: true } missing)
            return missing.Groups["name"].Captures.ToDictionary(
                c => FieldPath.Member(field, c.Value), IReadOnlyList<FieldError> (_) => [new("required", Required)]);
        var error = message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal) ? new FieldError("unknown", Unknown)
            : message.Contains("null values", StringComparison.Ordinal) ? new FieldError("required", Required)
            : new FieldError("format", Format);
        return new() { [field] = [error] };
    }

    [GeneratedRegex(@"missing required properties including: ('(?<name>[^']+)'(, )?)+", RegexOptions.ExplicitCapture)]
    private static partial Regex Missing();

    [GeneratedRegex(
        """^(Failed to bind parameter "[^"]* (?<name>\w+)" from|(?<missing>Required) parameter "[^"]* (?<name>\w+)" was not provided from (query string|header))""",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Parameter();
}

/// <summary>
/// Ends a request with a ready answer from where no result can be returned: binding. Rules of the domain never throw.
/// </summary>
internal sealed class RefusedException(IResult result) : Exception
{
    public IResult Result => result;
}

/// <summary>Where a field stands in a request, as <c>clauses[0].type</c>; <c>$</c> is the body itself.</summary>
internal static class FieldPath
{
    public const string Root = "$";

    public static string Member(string parent, string name) => parent == Root ? name : $"{parent}.{name}";

    public static string Item(string parent, int index) => $"{parent}[{index}]";

    public static string FromJsonPath(string path) =>
        path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path;
}
