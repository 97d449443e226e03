using RegionEscalation.Host.Development;

namespace RegionEscalation.Host;

/// <summary>The page over both OpenAPI documents, at <c>/api-docs</c>; everything it loads comes from this host.</summary>
public static class ApiPage
{
    private const string Path = "/api-docs";
    private const string Script = $"{DevelopmentIdentity.Path}/sign-in.js";

    // The documents name the public host, whoever serves them. What is tried on the page goes to the host that it came from:
    // not to another environment, which would not let another origin call it either.
    private const string ServersAreThisHost = """
        function (response) {
            if (response.ok && response.url.endsWith("/openapi.json")) {
                const description = JSON.parse(response.text);
                for (const server of description.servers)
                    server.url = window.location.origin + new URL(server.url, window.location.origin).pathname;
                response.text = JSON.stringify(description);
            }
            return response;
        }
        """;

    /// <summary>Maps the page and, where the development issuer is on, the bar that signs in with one click.</summary>
    public static WebApplication MapApiPage(this WebApplication app)
    {
        var hasDevelopmentIdentity = app.Services.GetService<DevelopmentIdentity>() is not null;
        app.MapGet("/", () => Results.LocalRedirect(Path)).AllowAnonymous().ExcludeFromDescription();
        app.MapSwaggerUI(Path.TrimStart('/'), page =>
        {
            page.DocumentTitle = "RegionEscalation";
            page.SwaggerEndpoint("/escalation/v1/openapi.json", "Escalation API");
            page.SwaggerEndpoint("/national/v1/openapi.json", "National coordination API");
            page.UseResponseInterceptor(ServersAreThisHost);
            if (hasDevelopmentIdentity)
                page.InjectJavascript(Script, "module");
        }).AllowAnonymous();
        if (hasDevelopmentIdentity)
            app.MapGet(Script, () => Results.Text(SignInBar.JavaScript, "text/javascript")).AllowAnonymous().ExcludeFromDescription();
        return app;
    }
}
