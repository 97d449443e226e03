using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RegionEscalation.Host;
using RegionEscalation.Host.Development;
using RegionEscalation.Http;

namespace RegionEscalation.IntegrationTests.Identity;

public sealed record Opening(int Step);

/// <summary>A small host on a port of its own, with the calls and the Development settings of the real one.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    public const string Kalmar = "0a8c1f52-6d0b-4e6f-9a51-3b1f7c2d0008";

    private readonly WebApplication app;
    private readonly HttpClient client;

    private TestApp(WebApplication app)
    {
        this.app = app;
        var address = new Uri($"http://localhost:{BindingAddress.Parse(app.Urls.Single()).Port}");
        client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address };
    }

    public IServiceProvider Services => app.Services;

    public HttpClient Client => client;

    public DevelopmentIdentity Issuer => app.Services.GetRequiredService<DevelopmentIdentity>();

    public static WebApplicationBuilder Builder(string environment, params (string Key, string? Value)[] settings)
    {
        var options = new WebApplicationOptions { EnvironmentName = environment, ContentRootPath = HostFolder(AppContext.BaseDirectory) };
        var builder = WebApplication.CreateBuilder(options);
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, s.Value)));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.AddDevelopmentIdentity();
        builder.AddTelemetry();
        builder.Services.AddTokens(builder.Configuration);
        builder.Services.AddAccess(builder.Configuration);
        builder.Services.AddKnownRegionsOnly();
        return builder;
    }

    public static Task<TestApp> StartAsync(params (string Key, string? Value)[] settings) => StartAsync(Builder("Development", settings));

    public static async Task<TestApp> StartAsync(WebApplicationBuilder builder, Action<WebApplication>? map = null)
    {
        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapDevelopmentIdentity();
        app.MapApiPage();
        var region = app.MapGroup("/escalation/v1/regions/{region}").RequireRegionAccess();
        region.MapGet("/cases", (HttpContext http) => http.GrantedRegion().Code).AllowRoles(Role.Reader, Role.Integrator);
        region.MapPost("/cases", (Opening opening) => opening.Step).AllowRoles(Role.Handler);
        region.MapGet("/absent", () => Results.NotFound()).AllowRoles(Role.Reader);
        region.MapGet("/unstated", () => "open");
        region.MapGet("/nobody", () => "open").AllowRoles();
        app.MapGroup("/escalation/v1/lost").RequireRegionAccess().MapGet("/", () => "open").AllowRoles(Role.Reader);
        var national = app.MapGroup("/national/v1").RequireNationalAccess();
        national.MapGet("/cases", (HttpContext http) => http.Caller().ClientId);
        national.MapGet("/access-log", () => "log").AllowRoles(Role.Auditor, Role.Coordinator);
        national.MapPost("/joint-meetings", () => "called").AllowRoles(Role.Coordinator);
        app.MapGet("/escalation/v1/ladders", () => "ladders").RequireAnyToken();
        app.MapGet("/no-policy", () => "open");
        app.MapGet("/bare-policy", () => "open").RequireAuthorization();
        app.MapGet("/public", () => "open").AllowAnonymous();
        map?.Invoke(app);
        await app.StartAsync();
        return new TestApp(app);
    }

    /// <summary>A token that the development issuer signs, by a configured client's name.</summary>
    public string TokenOf(string clientId) => Issuer.Issue(Issuer.Clients.Single(c => c.ClientId == clientId));

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? token, HttpContent? content = null)
    {
        // The address goes out as it is written, with its encoding and its dots.
        var asWritten = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        var address = new Uri(client.BaseAddress!.OriginalString.TrimEnd('/') + path, asWritten);
        using var request = new HttpRequestMessage(method, address) { Content = content };
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await client.SendAsync(request);
    }

    public async Task<HttpStatusCode> GetAsync(string path, string? token)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, token);
        return answer.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private static string HostFolder(string folder) =>
        File.Exists(Path.Combine(folder, "RegionEscalation.sln"))
            ? Path.Combine(folder, "src", "RegionEscalation.Host")
            : HostFolder(Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("The repository root was not found."));
}
