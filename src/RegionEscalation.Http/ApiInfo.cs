using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace RegionEscalation.Http;

/// <summary>What every API tells about itself (VER.06S, VER.07S).</summary>
/// <param name="ApiName">The name in the URL.</param>
/// <param name="ApiVersion">SemVer.</param>
/// <param name="ApiReleased">When this version was released.</param>
/// <param name="ApiDocumentation">Where the documentation is.</param>
/// <param name="ApiStatus">alpha, beta, active, deprecated, retired or decommissioned.</param>
public sealed record ApiInfo(string ApiName, string ApiVersion, DateOnly ApiReleased, string ApiDocumentation, string ApiStatus);

public static class ApiInfoEndpoint
{
    /// <param name="api">The group of the API.</param>
    /// <param name="name">The name in the URL.</param>
    /// <param name="version">SemVer.</param>
    /// <param name="released">When this version was released.</param>
    /// <param name="documentation">From the root or absolute.</param>
    /// <param name="status">One of VER.10B.</param>
    public static RouteHandlerBuilder MapApiInfo(
        this RouteGroupBuilder api, string name, string version, DateOnly released, string documentation, string status) => api
        .MapGet("/api-info", (HttpContext context) =>
            TypedResults.Ok(new ApiInfo(name, version, released, Link.Absolute(context, documentation), status)))
        .AllowAnonymous()
        .WithTags("ApiInfo")
        .Describe("Om API:et / About the API", "Namn, version, status och dokumentation. Name, version, status and documentation.")
        .WithResponseExample(200, new ApiInfo(name, version, released, "https://region-escalation.example" + documentation, status));
}
