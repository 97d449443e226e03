using RegionEscalation.Host;
using RegionEscalation.Host.Development;
using RegionEscalation.Http;
using RegionEscalation.Integrations;
using RegionEscalation.NationalApi;
using RegionEscalation.RegionApi;

try
{
    var builder = WebApplication.CreateBuilder([.. args.Where(a => a is not (Demo.Switch or Verification.Verb))]);
    builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
    // Its stack trace of a start that failed would stand around the one line that says why.
    builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
    builder.AddDevelopmentIdentity();
    builder.AddTelemetry();
    await using var databases = await Databases.PrepareAsync(builder);
    if (args.Contains(Verification.Verb))
        return await Verification.RunAsync(databases);

    builder.Services
        .AddSingleton(TimeProvider.System)
        .AddTrustedProxies(builder.Configuration)
        .AddApiJson()
        .AddProblems()
        .AddTokens(builder.Configuration)
        .AddAccess(builder.Configuration)
        .AddSingleton(new AccessAnswers((http, status) => Problems.Status(http, status).ExecuteAsync(http)))
        .AddRequestRateLimit(builder.Configuration)
        .AddRegionApi(databases.Application)
        .AddNationalApi(databases.National)
        .AddIntegrations();

    var app = builder.Build();
    app.UseForwardedHeaders();
    app.UseTraceparent();
    app.UseProblems();
    app.UseAuthentication();
    app.UseRateLimiter();
    app.UseAuthorization();
    app.UseRequestBody();
    app.UseIdempotency();

    app.MapRegionApi();
    app.MapNationalApi();
    app.MapApiDocuments();
    app.MapApiPage();
    app.MapHealth();
    app.MapDevelopmentIdentity();

    await app.StartAsync();
    Welcome.Print(app);
    if (args.Contains(Demo.Switch))
        await Demo.PlayAsync(app);
    await app.WaitForShutdownAsync();
    return 0;
}
catch (Exception e) when (StartupProblem.LineFor(e) is { } line)
{
    await Console.Error.WriteLineAsync(line);
    return 1;
}
