using RegionEscalation.Feeds;
using RegionEscalation.Host;
using RegionEscalation.Host.Development;
using RegionEscalation.Http;
using RegionEscalation.Integrations;
using RegionEscalation.Integrations.Catalogue.Pull;
using RegionEscalation.NationalApi;
using RegionEscalation.RegionApi;

try
{
    Usage.Check(args);
    var verifies = args.Intersect(Verification.Verbs).Any();
    var builder = WebApplication.CreateBuilder([.. args.Where(a => a != Demo.Switch && !Verification.Verbs.Contains(a))]);
    builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
    builder.AddDevelopmentIdentity();
    builder.AddTelemetry();
    if (!verifies)
        Ports.CheckFree(builder);
    await using var databases = await Databases.PrepareAsync(builder, migrate: !args.Contains(Verification.Verify));
    if (verifies)
        return await Verification.RunAsync(databases, args);

    builder.Services
        .AddSingleton(TimeProvider.System)
        .AddTrustedProxies(builder.Configuration)
        .AddApiJson()
        .AddProblems()
        .AddTokens(builder.Configuration)
        .AddAccess(builder.Configuration)
        .AddKnownRegionsOnly()
        .AddRequestRateLimit(builder.Configuration)
        .AddFeeds(builder.Configuration, builder.Environment, databases.Application)
        .AddRegionApi(databases.Application)
        .AddNationalApi(databases.National)
        .AddIntegrations(builder.Configuration)
        .AddCataloguePull(builder.Configuration, builder.Environment);

    var app = builder.Build();
    app.UseForwardedHeaders();
    app.UseTraceparent();
    app.UseProblems();
    app.UseAuthentication();
    app.UseRequestRateLimit();
    app.UseAuthorization();
    app.UseRequestTarget();
    app.UseRequestBody();
    app.UseIdempotency();

    app.MapRegionApi();
    app.MapNationalApi();
    app.MapApiDocuments();
    app.MapEventDocument();
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
