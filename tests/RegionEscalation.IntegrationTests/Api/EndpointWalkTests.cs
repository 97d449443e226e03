using System.Net;
using Microsoft.AspNetCore.Authorization;
using RegionEscalation.Host.Development;
using RegionEscalation.Http;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>No endpoint, whoever added it, lets another region's token in or tells it that anything is there.</summary>
public sealed class EndpointWalkTests
{
    private const string Kalmar = "0a8c1f52-6d0b-4e6f-9a51-3b1f7c2d0008";
    private const string Halland = "5e2d9b74-1c83-4f0a-b6e7-8d4a2f9c0013";
    private const string Unknown = "11111111-2222-4333-8444-555555555555";
    private static readonly string[] EveryRole = ["reader", "handler", "decider", "integrator", "coordinator"];

    private TestHost _host = null!;
    private EndpointWalk _walk = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _host = await TestHost.StartAsync(EndpointWalk.Settings());
        _walk = new EndpointWalk(_host);
        await _walk.SeedAsync();
        await _walk.UntilTheSourceIsKnownAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _walk.Dispose();
        await _host.DisposeAsync();
    }

    private Operation[] OfRegion => [.. _walk.Operations.Where(o => o.IsOfRegion)];

    private Operation[] Closed => [.. _walk.Operations.Where(o => !o.IsOpen)];

    [Test]
    public void Every_endpoint_is_known_to_be_open_or_carries_a_policy()
    {
        var open = _walk.Operations.Where(o => o.IsOpen).Select(o => o.Pattern).Distinct();

        Assert.Multiple(() =>
        {
            Assert.That(OfRegion, Has.Length.GreaterThanOrEqualTo(24), "the walk sees the endpoints");
            Assert.That(open, Is.EquivalentTo(new[]
            {
                "/escalation/v1/api-info", "/national/v1/api-info", "/{documentName}/v1/openapi.json", "/events/v1/asyncapi.json", "/", "/health/live", "/health/ready",
                "api-docs/{**path}", "/development-identity/sign-in.js", "/development-identity/.well-known/openid-configuration",
                "/development-identity/jwks", "/development-identity/token", "/development-identity/clients.json",
            }));
            foreach (var operation in Closed)
                Assert.That(operation.Endpoint.Metadata.GetMetadata<AuthorizationPolicy>(), Is.Not.Null, $"{operation}");
            foreach (var operation in OfRegion)
                Assert.That(operation.Roles?.Roles, Is.Not.Null.And.Not.Empty, $"{operation}");
        });
    }

    [Test]
    public async Task To_a_token_of_another_region_every_region_endpoint_is_as_absent_as_what_does_not_exist()
    {
        var tokens = new Dictionary<string, string>
        {
            ["a reader of Halland"] = _walk.TokenOf("halland-reader"),
            ["a handler of Halland"] = _walk.TokenOf("halland-handler"),
            ["a decider of Halland"] = _walk.TokenOf("halland-decider"),
            ["the coordinator"] = _walk.TokenOf("national-coordinator"),
            ["every role in Halland"] = _walk.TokenOf(new DevelopmentClient("halland-everything", TenantId: Halland, Roles: EveryRole)),
            ["every role in an unknown directory"] = _walk.TokenOf(new DevelopmentClient("stranger", TenantId: Unknown, Roles: EveryRole)),
            ["every role in no directory"] = _walk.TokenOf(new DevelopmentClient("nowhere", Roles: EveryRole)),
            ["a client id of Kalmar from the directory of Halland"] = _walk.TokenOf(new DevelopmentClient("kalmar-decider", TenantId: Halland, Roles: EveryRole)),
        };
        var absent = await _walk.SendAsync(OfRegion.First(o => o is { Method: "GET" } && o.Pattern.EndsWith("/cases/{id:guid}", StringComparison.Ordinal)),
            _walk.TokenOf("kalmar-reader"), $"/escalation/v1/regions/08/cases/{Guid.NewGuid()}");
        var before = await _host.Database.FingerprintAsync();

        foreach (var operation in OfRegion)
        {
            foreach (var (whose, token) in tokens)
            {
                var answer = await _walk.SendAsync(operation, token);
                Assert.Multiple(() =>
                {
                    Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.NotFound), $"{operation} with a token of {whose}");
                    Assert.That(Essence(answer), Is.EqualTo(Essence(absent)), $"{operation} with a token of {whose}");
                    Assert.That(answer.Headers, Is.EqualTo(absent.Headers), $"{operation} with a token of {whose}");
                });
            }
        }
        Assert.That(await _host.Database.FingerprintAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task With_real_ids_in_another_regions_path_a_token_of_that_region_finds_nothing()
    {
        var token = _walk.TokenOf(new DevelopmentClient("halland-everything", TenantId: Halland, Roles: EveryRole));
        var before = await _host.Database.FingerprintAsync();

        foreach (var operation in OfRegion.Where(o => o.Pattern.Replace("{region}", "", StringComparison.Ordinal).Contains('{', StringComparison.Ordinal)))
        {
            // What creates a row of Halland's own at that place is no leak; a dry run tells as much.
            var path = _walk.PathOf(operation).Replace("/regions/08/", "/regions/13/", StringComparison.Ordinal);
            var answer = await _walk.SendAsync(operation, token, path, operation.Method is "GET" ? "" : "?validateOnly=true");
            Assert.That(answer.Status, Is.EqualTo(operation.Method is "PUT" && !operation.Pattern.Contains("{id", StringComparison.Ordinal) ? HttpStatusCode.PreconditionFailed : HttpStatusCode.NotFound), $"{operation}: {answer.Text}");
        }
        foreach (var list in new[] { "cases", "deviations", "contracts", "suppliers", "watch-list" })
        {
            var answer = await _walk.SendAsync(OfRegion.Single(o => o.Method is "GET" && o.Pattern.TrimEnd('/').EndsWith($"/{list}", StringComparison.Ordinal)), token, $"/escalation/v1/regions/13/{list}");
            Assert.That(answer.Body!["_meta"]!["totalItems"]!.GetValue<int>(), Is.Zero, list);
        }
        Assert.That(await _host.Database.FingerprintAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task Without_a_token_and_with_one_that_has_expired_every_closed_endpoint_answers_401()
    {
        var everything = new DevelopmentClient("kalmar-everything", TenantId: Kalmar, Roles: EveryRole);
        // More than the clocks of issuer and platform may differ.
        var expired = _walk.TokenOf(everything, TimeSpan.FromMinutes(-15));
        var before = await _host.Database.FingerprintAsync();

        foreach (var operation in Closed)
        {
            foreach (var (kind, token) in new[] { ("none", null), ("an expired one", expired), ("no JWT", "not-a-token") })
            {
                var answer = await _walk.SendAsync(operation, token);
                Assert.That((answer.Status, answer.MediaType), Is.EqualTo((HttpStatusCode.Unauthorized, Problems.MediaType)), $"{operation} with {kind}");
                Assert.That(answer.Headers, Does.Contain("WWW-Authenticate"), $"{operation} with {kind}");
            }
        }
        Assert.That(await _host.Database.FingerprintAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task Within_the_own_region_a_role_that_is_not_allowed_gets_403_and_one_that_is_gets_through()
    {
        var before = await _host.Database.FingerprintAsync();

        foreach (var operation in OfRegion)
        {
            foreach (var role in Enum.GetValues<Role>())
            {
                Role[] has = role switch
                {
                    Role.Handler => [Role.Handler, Role.Reader],
                    Role.Decider => [Role.Decider, Role.Handler, Role.Reader],
                    _ => [role],
                };
                var token = _walk.TokenOf(new DevelopmentClient($"kalmar-{role}".ToLowerInvariant(), TenantId: Kalmar, Roles: [$"{role}".ToLowerInvariant()]));
                var answer = await _walk.SendAsync(operation, token, query: operation.Method is "GET" ? "" : "?validateOnly=true");

                if (operation.Roles!.Roles.Any(has.Contains))
                    Assert.That((int)answer.Status, Is.EqualTo(200).Or.EqualTo(412).Or.EqualTo(422).Or.EqualTo(409), $"{operation} as {role}: the ids are real. {answer.Text}");
                else
                    Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.Forbidden), $"{operation} as {role}");
            }
        }
        Assert.That(await _host.Database.FingerprintAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task An_id_that_does_not_exist_in_the_own_region_is_404()
    {
        var token = _walk.TokenOf(new DevelopmentClient("kalmar-everything", TenantId: Kalmar, Roles: EveryRole));

        foreach (var operation in OfRegion.Where(o => o.Pattern.Contains("{id", StringComparison.Ordinal)))
        {
            var answer = await _walk.SendAsync(operation, token, _walk.PathOf(operation, absent: true));
            Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.NotFound), $"{operation}");
        }
    }

    [Test]
    public async Task Every_national_endpoint_wants_a_purpose_and_a_reader_or_coordinator()
    {
        var national = _walk.Operations.Where(o => o.Pattern.StartsWith("/national/v1/", StringComparison.Ordinal) && !o.IsOpen).ToArray();
        Assert.That(national, Is.Not.Empty);
        var reads = national.Where(o => o is { Method: "GET", IsOfWebhooks: false }).ToArray();
        Assert.That(national.Where(o => o.NeedsPurpose).Select(o => $"{o}"), Is.EquivalentTo(reads.Select(o => $"{o}").Append("POST /national/v1/webhook-subscriptions/")), "every read across regions has a purpose");
        var tooLow = new Dictionary<string, string>
        {
            ["an integrator"] = _walk.TokenOf("kalmar-integrator"),
            ["a reader in an unknown directory"] = _walk.TokenOf(new DevelopmentClient("stranger", TenantId: Unknown, Roles: ["reader", "decider"])),
            ["no role"] = _walk.TokenOf(new DevelopmentClient("nobody", TenantId: Kalmar, Roles: [])),
        };
        var before = await _host.Database.FingerprintAsync();

        foreach (var operation in national)
        {
            foreach (var (who, token) in tooLow)
                Assert.That((await _walk.SendAsync(operation, token)).Status, Is.EqualTo(HttpStatusCode.Forbidden), $"{operation} as {who}");
            foreach (var purpose in operation.NeedsPurpose ? new[] { null, "", "curiosity", "nationalCoordination, nationalCoordination" } : [])
            {
                var answer = await _walk.SendAsync(operation, _walk.TokenOf("national-coordinator"), purpose: purpose);
                Assert.That((answer.Status, (string?)answer.Body!["errors"]?["Purpose"]?[0]?["rule"]), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "purpose")), $"{operation} for {purpose}");
            }
        }
        Assert.That(await _host.Database.FingerprintAsync(), Is.EqualTo(before), "not even the access log: nothing was read");

        foreach (var operation in reads)
            foreach (var client in new[] { "national-coordinator", "halland-reader", "kalmar-reader" })
                Assert.That((await _walk.SendAsync(operation, _walk.TokenOf(client))).Status, Is.EqualTo(HttpStatusCode.OK), $"{operation} as {client}");
        foreach (var operation in national.Where(o => o is { Method: "GET", IsOfWebhooks: true }))
        {
            Assert.That((await _walk.SendAsync(operation, _walk.TokenOf("kalmar-handler"), purpose: null)).Status, Is.EqualTo(HttpStatusCode.OK), $"{operation}");
            Assert.That((await _walk.SendAsync(operation, _walk.TokenOf("kalmar-reader"))).Status, Is.EqualTo(HttpStatusCode.Forbidden), $"{operation}");
        }
    }

    [Test]
    public async Task Every_national_command_has_its_roles_and_what_is_not_there_is_404()
    {
        var commands = _walk.Operations.Where(o => o.IsNational && o.Method is not "GET").ToArray();
        var before = await _host.Database.FingerprintAsync(but: "national_access_log");

        Assert.That(commands, Has.Length.GreaterThanOrEqualTo(8));
        foreach (var operation in commands)
        {
            Assert.That(operation.Roles?.Roles, Is.Not.Null.And.Not.Empty, $"{operation}");
            foreach (var client in new[] { "kalmar-reader", "halland-reader", "supplier-reader" })
                Assert.That((await _walk.SendAsync(operation, _walk.TokenOf(client))).Status, Is.EqualTo(HttpStatusCode.Forbidden), $"{operation} as {client}");
            var own = await _walk.SendAsync(operation, _walk.TokenOf("kalmar-handler"), query: "?validateOnly=true");
            Assert.That((int)own.Status, Is.EqualTo(200).Or.EqualTo(412).Or.EqualTo(422), $"{operation}: the ids are real. {own.Text}");
            if (operation.Pattern.Contains("{id", StringComparison.Ordinal))
            {
                var absent = await _walk.SendAsync(operation, _walk.TokenOf("kalmar-handler"), _walk.PathOf(operation, absent: true));
                Assert.That(absent.Status, Is.EqualTo(HttpStatusCode.NotFound), $"{operation}");
            }
            if (operation.Pattern.Contains("joint-meetings/{id", StringComparison.Ordinal))
            {
                var uninvited = await _walk.SendAsync(operation, _walk.TokenOf("skane-handler"));
                Assert.That(uninvited.Status, Is.EqualTo(HttpStatusCode.NotFound), $"{operation} by a region that is not invited");
            }
        }
        Assert.That(await _host.Database.FingerprintAsync(but: "national_access_log"), Is.EqualTo(before));
    }

    [Test]
    public async Task What_all_regions_share_is_open_to_every_role_and_to_no_stranger()
    {
        foreach (var operation in Closed.Where(o => !o.IsOfRegion && !o.IsNational))
        {
            Assert.That((await _walk.SendAsync(operation, _walk.TokenOf(new DevelopmentClient("stranger", TenantId: Unknown, Roles: ["decider"])))).Status,
                Is.EqualTo(HttpStatusCode.Forbidden), $"{operation}");
            foreach (var client in _host.Identity.Clients)
                Assert.That((await _walk.SendAsync(operation, _walk.TokenOf(client))).Status, Is.EqualTo(HttpStatusCode.OK), $"{operation} as {client.ClientId}");
        }
    }

    /// <summary>The body without what names this very request.</summary>
    private static string Essence(Answer answer)
    {
        var body = answer.Body!.DeepClone().AsObject();
        Assert.That(body.Remove("traceId") && body.Remove("instance"), Is.True);
        return body.ToJsonString();
    }
}
