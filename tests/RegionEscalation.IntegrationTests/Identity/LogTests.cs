using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RegionEscalation.Host.Development;

namespace RegionEscalation.IntegrationTests.Identity;

public class LogTests
{
    [Test]
    public async Task Refusals_are_logged_with_the_client_id_and_nothing_else_of_the_token()
    {
        using var log = new CapturedLog();
        var builder = TestApp.Builder("Development");
        builder.Services.AddSingleton<ILoggerProvider>(log);
        await using var app = await TestApp.StartAsync(builder);
        var client = new DevelopmentClient("some-client", TenantId: "directory-of-the-token", Roles: ["role-of-the-token"]);
        var tokens = new[]
        {
            app.Issuer.Issue(client),
            app.Issuer.Issue(client, TimeSpan.FromMinutes(-1)),
            app.Issuer.Issue(client, audience: "audience-of-the-token"),
        };
        foreach (var token in tokens)
            await app.GetAsync("/escalation/v1/regions/08/cases", token);

        var all = string.Join('\n', log.Written);
        Assert.Multiple(() =>
        {
            Assert.That(all, Does.Contain("Client some-client was refused (Invisible)"));
            Assert.That(all, Does.Contain("SecurityTokenExpiredException").And.Contain("SecurityTokenInvalidAudienceException"));
            Assert.That(all, Does.Not.Contain("of-the-token").And.Not.Contain("ValidTo"));
            Assert.That(tokens.SelectMany(t => t.Split('.')).Where(part => all.Contains(part, StringComparison.Ordinal)), Is.Empty);
        });
    }
}
