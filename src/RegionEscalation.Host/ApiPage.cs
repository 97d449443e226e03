using RegionEscalation.Host.Development;

namespace RegionEscalation.Host;

/// <summary>The page over both OpenAPI documents, at <c>/api-docs</c>; everything it loads comes from this host.</summary>
public static class ApiPage
{
    private const string Path = "/api-docs";
    private const string Script = $"{DevelopmentIdentity.Path}/sign-in.js";

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
            if (hasDevelopmentIdentity)
                page.InjectJavascript(Script);
        }).AllowAnonymous();
        if (hasDevelopmentIdentity)
            app.MapGet(Script, () => Results.Text(SignInBar.JavaScript, "text/javascript")).AllowAnonymous().ExcludeFromDescription();
        return app;
    }
}
