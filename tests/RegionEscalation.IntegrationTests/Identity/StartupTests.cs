using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Options;
using RegionEscalation.Host;

namespace RegionEscalation.IntegrationTests.Identity;

public class StartupTests
{
    private const string Tenant = "AzureAd:TenantId";
    private const string Audience = "AzureAd:Audience";
    private const string Authority = "AzureAd:Authority";

    private static readonly object[] Unsafe =
    [
        new object[] { "Audience or AzureAd:ClientId", new[] { (Tenant, "t") } },
        new object[] { "TenantId (with AzureAd:Instance) or AzureAd:Authority", new[] { (Audience, "a") } },
        new object[] { "in Development only", new[] { (Audience, "a"), (Authority, "/development-identity") } },
        new object[] { "HTTPS", new[] { (Audience, "a"), (Authority, "http://issuer.example") } },
        new object[] { "HTTPS", new[] { (Audience, "a"), (Authority, "http://127.0.0.1:9999") } },
        new object[] { "absolute", new[] { (Audience, "a"), (Authority, "issuer") } },
        new object[] { "Access:Clients:c must name its TenantId", new[] { (Audience, "a"), (Tenant, "organizations"), ("Access:Clients:c:Regions:0", "08") } },
        new object[] { "region code", new[] { (Audience, "a"), (Tenant, "t"), ("Access:Tenants:t:0", "0 8") } },
        new object[] { "region code", new[] { (Audience, "a"), (Tenant, "t"), ("Access:Clients:c:Regions:0", "") } },
        new object[] { "unknown to the platform", new[] { (Audience, "a"), (Tenant, "t"), ("Access:Tenants:t:0", "99") } },
        new object[] { "a partner's code", new[] { (Audience, "a"), (Tenant, "t"), ("Access:Clients:c:Partner", "Adda AB") } },
        new object[] { "a partner's code", new[] { (Audience, "a"), (Tenant, "t"), ("Access:Clients:c:Partner", "") } },
        new object[] { "a supplier is ten digits", new[] { (Audience, "a"), (Tenant, "t"), ("Access:Clients:c:Suppliers:0", "556016-0680") } },
        new object[] { "a supplier is ten digits", new[] { (Audience, "a"), (Tenant, "t"), ("Access:Clients:c:Suppliers:0", "5560160681") } },
        new object[] { "no sole trader", new[] { (Audience, "a"), (Tenant, "t"), ("Access:Clients:c:Suppliers:0", "5560160680"), ("Access:Clients:c:Suppliers:1", "8112189876") } },
        new object[] { "a supplier is ten digits", new[] { (Audience, "a"), (Tenant, "t"), ("Access:Clients:c:Suppliers:0", "") } },
    ];

    [TestCaseSource(nameof(Unsafe))]
    public void A_host_without_a_safe_issuer_does_not_start(string reason, (string Key, string? Value)[] settings) =>
        Assert.That(
            async () => await TestApp.StartAsync(TestApp.Builder("Production", settings)),
            Throws.TypeOf<OptionsValidationException>().With.Message.Contains(reason)
                .And.Matches<OptionsValidationException>(e => StartupProblem.LineFor(e!) is { } line && line.Contains(reason, StringComparison.Ordinal) && !line.Contains('\n', StringComparison.Ordinal)));

    [Test]
    public async Task A_directory_and_a_client_id_are_enough()
    {
        await using var app = await TestApp.StartAsync(TestApp.Builder("Production", (Tenant, "t"), ("AzureAd:ClientId", "c")));

        Assert.That(await app.GetAsync("/public", null), Is.EqualTo(HttpStatusCode.OK));
    }

    [TestCase("http://127.0.0.1:0")]
    [TestCase("http://0.0.0.0:0")]
    [TestCase("http://*:0")]
    [TestCase("http://+:0")]
    [TestCase("http://[::]:0")]
    public async Task The_server_finds_its_own_issuer_wherever_it_listens(string address)
    {
        var builder = TestApp.Builder("Development");
        builder.WebHost.UseUrls(address);
        await using var app = await TestApp.StartAsync(builder);

        Assert.That(await app.GetAsync("/escalation/v1/regions/08/cases", app.TokenOf("kalmar-reader")), Is.EqualTo(HttpStatusCode.OK));
    }
}
