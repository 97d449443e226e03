using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace RegionEscalation.IntegrationTests.Identity;

public class TokenTests
{
    private const string OwnCases = "/escalation/v1/regions/08/cases";

    private TestIssuer issuer = null!;
    private ECDsaSecurityKey key = null!;
    private TestApp app = null!;

    [SetUp]
    public async Task Start() => await StartAsync("https://issuer.example");

    [TearDown]
    public async Task Stop()
    {
        await app.DisposeAsync();
        issuer.Dispose();
    }

    [Test]
    public async Task A_valid_token_is_accepted() =>
        Assert.That(await StatusOf(TestIssuer.Token(TestIssuer.Es256(key), issuer.Name)), Is.EqualTo(HttpStatusCode.OK));

    [TestCase(null)]
    [TestCase("")]
    [TestCase("garbage")]
    [TestCase("a.b.c")]
    public async Task No_token_or_garbage_is_401_with_a_plain_challenge(string? token)
    {
        using var answer = await app.SendAsync(HttpMethod.Get, OwnCases, token);

        Assert.Multiple(() =>
        {
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
            Assert.That(answer.Headers.WwwAuthenticate.ToString(), Is.EqualTo("Bearer"));
            Assert.That(answer.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"));
        });
    }

    [Test]
    public async Task Expired_is_401() =>
        Assert.That(await StatusOf(TestIssuer.Token(TestIssuer.Es256(key), issuer.Name, minutes: -1)), Is.EqualTo(HttpStatusCode.Unauthorized));

    [TestCase("api://another")]
    [TestCase("")]
    public async Task Wrong_audience_is_401(string audience) =>
        Assert.That(await StatusOf(TestIssuer.Token(TestIssuer.Es256(key), issuer.Name, audience: audience)), Is.EqualTo(HttpStatusCode.Unauthorized));

    [TestCase("https://another.example")]
    [TestCase("https://issuer.example/")]
    [TestCase("")]
    public async Task Wrong_issuer_is_401(string name) =>
        Assert.That(await StatusOf(TestIssuer.Token(TestIssuer.Es256(key), name)), Is.EqualTo(HttpStatusCode.Unauthorized));

    [Test]
    public async Task Unsigned_is_401() =>
        Assert.That(await StatusOf(TestIssuer.Token(null, issuer.Name)), Is.EqualTo(HttpStatusCode.Unauthorized));

    [Test]
    public async Task Signed_with_a_key_of_its_own_is_401()
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Assert.That(
            await StatusOf(TestIssuer.Token(TestIssuer.Es256(new ECDsaSecurityKey(own) { KeyId = key.KeyId }), issuer.Name)),
            Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task HS256_with_the_public_key_as_secret_is_401()
    {
        var secrets = new[] { key.ECDsa.ExportSubjectPublicKeyInfo(), Encoding.UTF8.GetBytes(key.ECDsa.ExportSubjectPublicKeyInfoPem()) };
        foreach (var secret in secrets)
        {
            var forged = new SigningCredentials(new SymmetricSecurityKey(secret) { KeyId = key.KeyId }, SecurityAlgorithms.HmacSha256);

            Assert.That(await StatusOf(TestIssuer.Token(forged, issuer.Name)), Is.EqualTo(HttpStatusCode.Unauthorized));
        }
    }

    [Test]
    public void Only_asymmetric_algorithms_are_accepted_whatever_keys_an_issuer_publishes() =>
        Assert.That(Options.TokenValidationParameters.ValidAlgorithms, Is.Not.Empty.And.All.Match("^(ES|RS|PS)(256|384|512)$"));

    [Test]
    public async Task A_withdrawn_key_is_refused_after_the_configuration_is_read_again()
    {
        var old = TestIssuer.Token(TestIssuer.Es256(key), issuer.Name);
        Assert.That(await StatusOf(old), Is.EqualTo(HttpStatusCode.OK));

        var fresh = issuer.Publish();
        issuer.Withdraw(key);
        Options.ConfigurationManager!.RequestRefresh();
        var accepted = TestIssuer.Token(TestIssuer.Es256(fresh), issuer.Name);
        Assert.That(() => StatusOf(accepted).GetAwaiter().GetResult(), Is.EqualTo(HttpStatusCode.OK).After(5).Seconds.PollEvery(20).MilliSeconds);

        Assert.That(await StatusOf(old), Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public void The_keys_are_read_again_within_ten_minutes() =>
        Assert.That(((BaseConfigurationManager)Options.ConfigurationManager!).AutomaticRefreshInterval, Is.LessThanOrEqualTo(TimeSpan.FromMinutes(10)));

    [Test]
    public async Task Issuers_and_keys_from_the_frameworks_own_section_are_not_taken()
    {
        await Stop();
        var secret = RandomNumberGenerator.GetBytes(32);
        await StartAsync(
            "https://issuer.example",
            ("Authentication:Schemes:Bearer:ValidIssuer", "https://stray.example"),
            ("Authentication:Schemes:Bearer:SigningKeys:0:Issuer", "https://stray.example"),
            ("Authentication:Schemes:Bearer:SigningKeys:0:Value", Convert.ToBase64String(secret)));
        var stray = new SigningCredentials(new SymmetricSecurityKey(secret), SecurityAlgorithms.HmacSha256);

        Assert.That(await StatusOf(TestIssuer.Token(stray, "https://stray.example")), Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task A_shared_issuer_is_accepted_for_a_configured_directory_only()
    {
        await RestartAsync("https://login.example/{tenantid}/v2.0");
        var other = Guid.NewGuid().ToString();

        Assert.Multiple(async () =>
        {
            Assert.That(await StatusOf(Token($"https://login.example/{TestApp.Kalmar}/v2.0", TestApp.Kalmar)), Is.EqualTo(HttpStatusCode.OK));
            Assert.That(await StatusOf(Token($"https://login.example/{other}/v2.0", other)), Is.EqualTo(HttpStatusCode.Unauthorized));
            Assert.That(await StatusOf(Token($"https://login.example/{other}/v2.0", TestApp.Kalmar)), Is.EqualTo(HttpStatusCode.Unauthorized));
            Assert.That(await StatusOf(Token("https://login.example/{tenantid}/v2.0", TestApp.Kalmar)), Is.EqualTo(HttpStatusCode.Unauthorized));
            Assert.That(await StatusOf(Token("https://login.example/{tenantid}/v2.0", "{tenantid}")), Is.EqualTo(HttpStatusCode.Unauthorized));
        });

        string Token(string name, string tenant) => TestIssuer.Token(TestIssuer.Es256(key), name, tenant);
    }

    [Test]
    public async Task A_shared_issuers_key_for_one_directory_does_not_sign_for_another()
    {
        await RestartAsync("https://login.example/{tenantid}/v2.0");
        var name = $"https://login.example/{TestApp.Kalmar}/v2.0";
        var foreign = issuer.Publish("https://login.example/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0");
        var general = issuer.Publish("https://login.example/{tenantid}/v2.0");

        Assert.Multiple(async () =>
        {
            Assert.That(await StatusOf(TestIssuer.Token(TestIssuer.Es256(general), name)), Is.EqualTo(HttpStatusCode.OK));
            Assert.That(await StatusOf(TestIssuer.Token(TestIssuer.Es256(foreign), name)), Is.EqualTo(HttpStatusCode.Unauthorized));
        });
    }

    private JwtBearerOptions Options =>
        app.Services.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get(JwtBearerDefaults.AuthenticationScheme);

    private Task<HttpStatusCode> StatusOf(string token) => app.GetAsync(OwnCases, token);

    private async Task RestartAsync(string name)
    {
        await Stop();
        await StartAsync(name);
    }

    private async Task StartAsync(string name, params (string Key, string? Value)[] settings)
    {
        issuer = new TestIssuer { Name = name };
        key = issuer.Publish();
        app = await TestApp.StartAsync(TestApp.Builder("Development", [("AzureAd:Authority", TestIssuer.Path), .. settings]), issuer.Map);
    }
}
