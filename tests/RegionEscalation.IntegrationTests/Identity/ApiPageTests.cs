using System.IO.Compression;
using System.Net;

namespace RegionEscalation.IntegrationTests.Identity;

public class ApiPageTests
{
    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task Start() => app = await TestApp.StartAsync();

    [OneTimeTearDown]
    public async Task Stop() => await app.DisposeAsync();

    [Test]
    public async Task The_root_leads_to_the_page()
    {
        using var answer = await app.Client.GetAsync("/");

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
        using var page = await app.Client.GetAsync(answer.Headers.Location);
        Assert.That(page.Headers.Location?.OriginalString ?? "", Does.EndWith("index.html"));
        Assert.That(await app.GetAsync("/api-docs/index.html", null), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task The_page_and_all_it_loads_come_from_this_host()
    {
        var html = await TextAsync("/api-docs/index.html");
        var links = System.Text.RegularExpressions.Regex.Matches(html, "(?:src|href)=\"([^\"]+)\"").Select(m => m.Groups[1].Value).ToArray();

        Assert.That(links, Has.Length.GreaterThan(4).And.None.Contains("//"));
        foreach (var link in links)
            Assert.That(await app.GetAsync(link.StartsWith('/') ? link : $"/api-docs/{link.TrimStart('.', '/')}", null), Is.EqualTo(HttpStatusCode.OK), link);
    }

    [Test]
    public async Task Both_documents_are_on_the_page() =>
        Assert.That(await TextAsync("/api-docs/index.js"), Does.Contain("/escalation/v1/openapi.json").And.Contain("/national/v1/openapi.json"));

    [Test]
    public async Task The_page_calls_the_host_that_it_came_from() =>
        Assert.That(await TextAsync("/api-docs/index.js"), Does.Contain("ResponseInterceptorFunction\":").And.Contain("window.location.origin \\u002B new URL(server.url"));

    [Test]
    public async Task In_development_the_page_has_the_sign_in_bar_without_secrets()
    {
        var script = await TextAsync("/development-identity/sign-in.js");

        Assert.Multiple(async () =>
        {
            Assert.That(await TextAsync("/api-docs/index.html"), Does.Contain("/development-identity/sign-in.js"));
            Assert.That(script, Does.Contain("clients.json").And.Not.Contain("development-only"));
            Assert.That(await TextAsync("/development-identity/clients.json"), Does.Contain("kalmar-decider").And.Contain("development-only"));
        });
    }

    [Test]
    public async Task The_page_still_has_what_the_bar_calls() =>
        Assert.That(await TextAsync("/api-docs/swagger-ui-bundle.js"), Does.Contain("preauthorizeApiKey"));

    private async Task<string> TextAsync(string path)
    {
        using var answer = await app.Client.GetAsync(path);
        answer.EnsureSuccessStatusCode();
        if (!answer.Content.Headers.ContentEncoding.Contains("gzip"))
            return await answer.Content.ReadAsStringAsync();
        using var reader = new StreamReader(new GZipStream(await answer.Content.ReadAsStreamAsync(), CompressionMode.Decompress));
        return await reader.ReadToEndAsync();
    }
}
