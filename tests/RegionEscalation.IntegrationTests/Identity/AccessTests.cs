using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using RegionEscalation.Host.Development;

namespace RegionEscalation.IntegrationTests.Identity;

public class AccessTests
{
    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task Start() => app = await TestApp.StartAsync(
        ("Access:Clients:two-regions:Regions:0", "08"),
        ("Access:Clients:two-regions:Regions:1", "13"),
        ("Access:Clients:bound-elsewhere:TenantId", "another-directory"),
        ("Access:Clients:bound-elsewhere:Regions:0", "13"));

    [OneTimeTearDown]
    public async Task Stop() => await app.DisposeAsync();

    [TestCase("kalmar-reader", "08", HttpStatusCode.OK)]
    [TestCase("kalmar-decider", "08", HttpStatusCode.OK)]
    [TestCase("kalmar-integrator", "08", HttpStatusCode.OK)]
    [TestCase("halland-reader", "13", HttpStatusCode.OK)]
    [TestCase("halland-decider", "08", HttpStatusCode.NotFound)]
    [TestCase("kalmar-decider", "13", HttpStatusCode.NotFound)]
    [TestCase("kalmar-decider", "99", HttpStatusCode.NotFound)]
    [TestCase("kalmar-decider", "8", HttpStatusCode.NotFound)]
    [TestCase("kalmar-decider", "008", HttpStatusCode.NotFound)]
    [TestCase("kalmar-decider", "%30%38", HttpStatusCode.NotFound)]
    [TestCase("kalmar-decider", "0%38", HttpStatusCode.NotFound)]
    [TestCase("kalmar-decider", "08%20", HttpStatusCode.NotFound)]
    [TestCase("kalmar-decider", "08%00", HttpStatusCode.NotFound, HttpStatusCode.BadRequest)]
    [TestCase("kalmar-decider", "08%2F..%2F13", HttpStatusCode.NotFound)]
    [TestCase("kalmar-decider", "13/%2e%2e/08", HttpStatusCode.NotFound)]
    [TestCase("kalmar-decider", "08/../13", HttpStatusCode.NotFound)]
    [TestCase("kalmar-decider", "08;13", HttpStatusCode.NotFound)]
    [TestCase("kalmar-decider", "08,13", HttpStatusCode.NotFound)]
    [TestCase("kalmar-decider", "%EF%BC%90%EF%BC%98", HttpStatusCode.NotFound)]
    [TestCase("kalmar-decider", "", HttpStatusCode.NotFound)]
    [TestCase("national-coordinator", "08", HttpStatusCode.NotFound)]
    public async Task A_region_is_visible_to_its_own_callers_only(string client, string region, params HttpStatusCode[] expected) =>
        Assert.That(await app.GetAsync($"/escalation/v1/regions/{region}/cases", app.TokenOf(client)), Is.AnyOf(expected));

    [Test]
    public async Task Read_with_another_regions_token_is_404_like_any_absent_resource()
    {
        using var invisible = await app.SendAsync(HttpMethod.Get, "/escalation/v1/regions/13/cases", app.TokenOf("kalmar-reader"));
        using var unknown = await app.SendAsync(HttpMethod.Get, "/escalation/v1/regions/99/cases", app.TokenOf("kalmar-reader"));
        using var unrouted = await app.SendAsync(HttpMethod.Get, "/escalation/v1/nothing", app.TokenOf("kalmar-reader"));

        var first = await Describe(invisible, "/regions/13/cases");
        Assert.Multiple(async () =>
        {
            Assert.That(first, Does.Contain("404").And.Not.Contain("WWW-Authenticate"));
            Assert.That(await Describe(unknown, "/regions/99/cases"), Is.EqualTo(first));
            Assert.That(await Describe(unrouted, "/nothing"), Is.EqualTo(first));
        });
    }

    [Test]
    public async Task Granted_region_is_the_routes()
    {
        var token = app.Issuer.Issue(new DevelopmentClient("two-regions", TenantId: TestApp.Kalmar, Roles: ["reader"]));

        foreach (var region in new[] { "08", "13" })
        {
            using var answer = await app.SendAsync(HttpMethod.Get, $"/escalation/v1/regions/{region}/cases", token);

            Assert.That(await answer.Content.ReadAsStringAsync(), Is.EqualTo(region));
        }
    }

    [Test]
    public async Task A_client_entry_wins_over_its_directory()
    {
        var token = app.Issuer.Issue(new DevelopmentClient("bound-elsewhere", TenantId: TestApp.Kalmar, Roles: ["decider"]));

        Assert.Multiple(async () =>
        {
            Assert.That(await app.GetAsync("/escalation/v1/regions/08/cases", token), Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That(await app.GetAsync("/escalation/v1/regions/13/cases", token), Is.EqualTo(HttpStatusCode.NotFound));
        });
    }

    [TestCase("3d7c5a0e-0000-4000-8000-000000000000")]
    [TestCase("")]
    [TestCase(null)]
    public async Task A_directory_that_is_not_configured_is_404(string? tenant)
    {
        var token = app.Issuer.Issue(new DevelopmentClient("somebody", TenantId: tenant, Roles: ["decider"]));

        Assert.That(await app.GetAsync("/escalation/v1/regions/08/cases", token), Is.EqualTo(HttpStatusCode.NotFound));
    }

    [TestCase("kalmar-reader")]
    [TestCase("kalmar-integrator")]
    public async Task Role_too_low_in_an_own_region_is_403(string client)
    {
        using var answer = await app.SendAsync(HttpMethod.Post, "/escalation/v1/regions/08/cases", app.TokenOf(client), Json("""{"step":1}"""));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [TestCase("kalmar-handler", "{\"step\":1}", HttpStatusCode.OK)]
    [TestCase("kalmar-decider", "{\"step\":1}", HttpStatusCode.OK)]
    [TestCase("kalmar-handler", "{broken", HttpStatusCode.BadRequest)]
    [TestCase("kalmar-reader", "{broken", HttpStatusCode.Forbidden)]
    [TestCase("halland-handler", "{broken", HttpStatusCode.NotFound)]
    [TestCase(null, "{broken", HttpStatusCode.Unauthorized)]
    public async Task Access_is_decided_before_the_body_is_read(string? client, string body, HttpStatusCode expected)
    {
        using var answer = await app.SendAsync(HttpMethod.Post, "/escalation/v1/regions/08/cases", client is null ? null : app.TokenOf(client), Json(body));

        Assert.That(answer.StatusCode, Is.EqualTo(expected));
    }

    [TestCase("/escalation/v1/regions/08/unstated", HttpStatusCode.Forbidden)]
    [TestCase("/escalation/v1/regions/08/nobody", HttpStatusCode.Forbidden)]
    [TestCase("/escalation/v1/regions/13/unstated", HttpStatusCode.NotFound)]
    [TestCase("/escalation/v1/lost/", HttpStatusCode.NotFound)]
    [TestCase("/no-policy", HttpStatusCode.Forbidden)]
    [TestCase("/bare-policy", HttpStatusCode.Forbidden)]
    [TestCase("/public", HttpStatusCode.OK)]
    public async Task An_endpoint_that_forgot_its_rules_is_closed(string path, HttpStatusCode expected) =>
        Assert.That(await app.GetAsync(path, app.TokenOf("kalmar-decider")), Is.EqualTo(expected));

    [TestCase("/no-policy")]
    [TestCase("/bare-policy")]
    [TestCase("/escalation/v1/ladders")]
    [TestCase("/national/v1/cases")]
    [TestCase("/escalation/v1/regions/08/unstated")]
    [TestCase("/escalation/v1/regions/99/cases")]
    public async Task Without_a_token_it_is_401(string path) => Assert.That(await app.GetAsync(path, null), Is.EqualTo(HttpStatusCode.Unauthorized));

    [TestCase("kalmar-reader", HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [TestCase("halland-decider", HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [TestCase("kalmar-integrator", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [TestCase("national-coordinator", HttpStatusCode.OK, HttpStatusCode.OK)]
    public async Task National_access_follows_the_role(string client, HttpStatusCode reading, HttpStatusCode calling)
    {
        using var call = await app.SendAsync(HttpMethod.Post, "/national/v1/joint-meetings", app.TokenOf(client));

        Assert.Multiple(async () =>
        {
            Assert.That(await app.GetAsync("/national/v1/cases", app.TokenOf(client)), Is.EqualTo(reading));
            Assert.That(call.StatusCode, Is.EqualTo(calling));
        });
    }

    /// <summary>Every directory assigns its own roles.</summary>
    [TestCase("auditor")]
    [TestCase("coordinator")]
    [TestCase("national-office")]
    [TestCase("coordinator national-office auditor")]
    public async Task A_regions_own_directory_does_not_make_its_clients_national(string roles)
    {
        var token = app.Issuer.Issue(new DevelopmentClient("somebody", TenantId: TestApp.Kalmar, Roles: roles.Split(' ')));
        using var call = await app.SendAsync(HttpMethod.Post, "/national/v1/joint-meetings", token);

        Assert.Multiple(async () =>
        {
            Assert.That(await app.GetAsync("/national/v1/cases", token), Is.EqualTo(HttpStatusCode.Forbidden));
            Assert.That(await app.GetAsync("/national/v1/access-log", token), Is.EqualTo(HttpStatusCode.Forbidden));
            Assert.That(call.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
            Assert.That(await app.GetAsync("/national/v1/access-log", app.TokenOf("national-auditor")), Is.EqualTo(HttpStatusCode.OK));
        });
    }

    [TestCase("kalmar-integrator", HttpStatusCode.OK)]
    [TestCase("national-coordinator", HttpStatusCode.OK)]
    public async Task Shared_resources_are_open_to_every_role(string client, HttpStatusCode expected) =>
        Assert.That(await app.GetAsync("/escalation/v1/ladders", app.TokenOf(client)), Is.EqualTo(expected));

    [Test]
    public async Task Shared_resources_are_closed_without_a_role_or_a_region()
    {
        var roleless = app.Issuer.Issue(new DevelopmentClient("x", TenantId: TestApp.Kalmar, Roles: ["unknown"]));
        var regionless = app.Issuer.Issue(new DevelopmentClient("x", TenantId: "nowhere", Roles: ["reader"]));

        Assert.Multiple(async () =>
        {
            Assert.That(await app.GetAsync("/escalation/v1/ladders", roleless), Is.EqualTo(HttpStatusCode.Forbidden));
            Assert.That(await app.GetAsync("/escalation/v1/ladders", regionless), Is.EqualTo(HttpStatusCode.Forbidden));
            Assert.That(await app.GetAsync("/national/v1/cases", regionless), Is.EqualTo(HttpStatusCode.Forbidden));
        });
    }

    [Test]
    public async Task Other_verbs_and_content_types_keep_the_routers_answers()
    {
        using var verb = await app.SendAsync(HttpMethod.Delete, "/escalation/v1/regions/08/cases", app.TokenOf("kalmar-decider"));
        using var type = await app.SendAsync(HttpMethod.Post, "/escalation/v1/regions/08/cases", app.TokenOf("kalmar-decider"), new StringContent("x"));
        using var anonymous = await app.SendAsync(HttpMethod.Delete, "/escalation/v1/regions/08/cases", null);

        Assert.Multiple(() =>
        {
            Assert.That(verb.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
            Assert.That(verb.Content.Headers.Allow, Is.EquivalentTo(new[] { "GET", "POST" }));
            Assert.That(type.StatusCode, Is.EqualTo(HttpStatusCode.UnsupportedMediaType));
            Assert.That(anonymous.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        });
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static async Task<string> Describe(HttpResponseMessage answer, string own)
    {
        var headers = answer.Headers.Concat(answer.Content.Headers).Where(h => h.Key is not ("Date" or "Content-Length"));
        var text = string.Join('\n', headers.Select(h => $"{h.Key}: {string.Join(',', h.Value)}")) + await answer.Content.ReadAsStringAsync();
        return Regex.Replace(text.Replace(own, "", StringComparison.Ordinal), "\"traceId\":\"[^\"]*\"", "");
    }
}
