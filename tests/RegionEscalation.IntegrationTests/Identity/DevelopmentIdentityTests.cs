using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using RegionEscalation.Host;
using RegionEscalation.Host.Development;

namespace RegionEscalation.IntegrationTests.Identity;

public class DevelopmentIdentityTests
{
    private const string OwnCases = "/escalation/v1/regions/08/cases";

    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task Start() => app = await TestApp.StartAsync();

    [OneTimeTearDown]
    public async Task Stop() => await app.DisposeAsync();

    [TestCase("Production")]
    [TestCase("Staging")]
    public void Outside_development_the_host_refuses_to_start_with_it(string environment)
    {
        var refusal = Assert.Throws<StartupProblem>(() => TestApp.Builder(environment, ("DevelopmentIdentity:Enabled", "true"), ("AzureAd:Audience", "a")));

        Assert.That(refusal?.Message, Does.Contain("DevelopmentIdentity:Enabled").And.Contain(environment).And.Not.Contain("\n"));
    }

    [Test]
    public async Task Outside_development_nothing_of_it_is_there()
    {
        var builder = TestApp.Builder("Production", ("AzureAd:Audience", "a"), ("AzureAd:TenantId", Guid.NewGuid().ToString()));
        await using var production = await TestApp.StartAsync(builder);
        using var page = await production.Client.GetAsync("/api-docs/index.js");

        Assert.Multiple(async () =>
        {
            Assert.That(production.Services.GetService<DevelopmentIdentity>(), Is.Null);
            foreach (var path in new[] { "/.well-known/openid-configuration", "/jwks", "/token", "/clients.json", "/sign-in.js" })
                Assert.That(await production.GetAsync(DevelopmentIdentity.Path + path, null), Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That(await page.Content.ReadAsStringAsync(), Does.Not.Contain("development"));
        });
    }

    [Test]
    public async Task Discovery_names_the_address_the_server_has()
    {
        using var discovery = JsonDocument.Parse(await app.Client.GetStringAsync("/development-identity/.well-known/openid-configuration"));

        var issuer = discovery.RootElement.GetProperty("issuer").GetString();
        Assert.That(issuer, Is.EqualTo($"http://127.0.0.1:{app.Client.BaseAddress!.Port}/development-identity"));
    }

    [Test]
    public async Task Published_keys_are_public_only()
    {
        using var keys = JsonDocument.Parse(await app.Client.GetStringAsync("/development-identity/jwks"));

        var names = keys.RootElement.GetProperty("keys")[0].EnumerateObject().Select(p => p.Name);
        Assert.That(names, Is.EquivalentTo(new[] { "kty", "crv", "use", "alg", "kid", "x", "y" }));
    }

    [Test]
    public async Task Client_credentials_give_a_token_of_five_minutes_that_is_accepted()
    {
        using var answer = await PostAsync("client_credentials", "kalmar-decider", "development-only");
        var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        var token = body.GetProperty("access_token").GetString()!;
        var jwt = new JsonWebToken(token);

        Assert.Multiple(async () =>
        {
            Assert.That(answer.Headers.CacheControl?.NoStore, Is.True);
            Assert.That(body.GetProperty("token_type").GetString(), Is.EqualTo("Bearer"));
            Assert.That(body.GetProperty("expires_in").GetInt32(), Is.EqualTo(300));
            Assert.That(jwt.ValidTo - jwt.IssuedAt, Is.EqualTo(TimeSpan.FromMinutes(5)));
            Assert.That(jwt.Alg, Is.EqualTo("ES256"));
            Assert.That(
                jwt.Claims.Select(c => c.Type).Distinct(),
                Is.EquivalentTo(new[] { "iss", "aud", "tid", "azp", "sub", "roles", "iat", "nbf", "exp", "jti" }));
            Assert.That(await app.GetAsync(OwnCases, token), Is.EqualTo(HttpStatusCode.OK));
        });
    }

    [Test]
    public async Task Credentials_may_come_as_basic_authentication()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/development-identity/token");
        request.Content = Form([("grant_type", "client_credentials")]);
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("kalmar-reader:development%2Donly"u8));
        using var answer = await app.Client.SendAsync(request);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [TestCase("client_credentials", "kalmar-reader", "wrong", HttpStatusCode.Unauthorized, "invalid_client")]
    [TestCase("client_credentials", "nobody", "development-only", HttpStatusCode.Unauthorized, "invalid_client")]
    [TestCase("client_credentials", "", "", HttpStatusCode.Unauthorized, "invalid_client")]
    [TestCase("password", "kalmar-reader", "development-only", HttpStatusCode.BadRequest, "unsupported_grant_type")]
    public async Task Refusals_are_the_standards(string grant, string client, string secret, HttpStatusCode status, string error)
    {
        using var answer = await PostAsync(grant, client, secret);

        Assert.Multiple(async () =>
        {
            Assert.That(answer.StatusCode, Is.EqualTo(status));
            Assert.That(JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetString(), Is.EqualTo(error));
        });
    }

    [Test]
    public async Task A_form_that_cannot_be_read_is_an_invalid_request()
    {
        using var form = new StringContent(string.Join('&', Enumerable.Range(0, 2000).Select(i => $"f{i}=1")), Encoding.UTF8, "application/x-www-form-urlencoded");
        using var request = new HttpRequestMessage(HttpMethod.Post, DevelopmentIdentity.Path + "/token") { Content = form };
        using var answer = await app.Client.SendAsync(request);

        Assert.Multiple(async () =>
        {
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
            Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain("invalid_request"));
        });
    }

    [Test]
    public async Task Tests_can_have_tokens_that_are_refused()
    {
        var kalmar = app.Issuer.Clients.Single(c => c.ClientId == "kalmar-reader");

        Assert.Multiple(async () =>
        {
            Assert.That(await app.GetAsync(OwnCases, app.Issuer.Issue(kalmar)), Is.EqualTo(HttpStatusCode.OK));
            Assert.That(await app.GetAsync(OwnCases, app.Issuer.Issue(kalmar, TimeSpan.FromMinutes(-1))), Is.EqualTo(HttpStatusCode.Unauthorized));
            Assert.That(await app.GetAsync(OwnCases, app.Issuer.Issue(kalmar, audience: "api://another")), Is.EqualTo(HttpStatusCode.Unauthorized));
        });
    }

    [Test]
    public async Task A_token_of_another_process_is_refused()
    {
        await using var other = await TestApp.StartAsync();

        Assert.That(await app.GetAsync(OwnCases, other.TokenOf("kalmar-reader")), Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    private Task<HttpResponseMessage> PostAsync(string grant, string client, string secret) =>
        app.Client.PostAsync("/development-identity/token", Form([("grant_type", grant), ("client_id", client), ("client_secret", secret)]));

    private static FormUrlEncodedContent Form((string Key, string Value)[] fields) => new(fields.Select(f => KeyValuePair.Create(f.Key, f.Value)));
}
