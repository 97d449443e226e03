using System.Net;

namespace RegionEscalation.IntegrationTests.Http;

public class ProblemTests
{
    private TestApi _api = null!;

    [OneTimeSetUp]
    public async Task Start() => _api = await TestApi.StartAsync();

    [OneTimeTearDown]
    public async Task Stop() => await _api.DisposeAsync();

    [Test]
    public async Task An_unmapped_path_and_an_invisible_resource_have_the_same_body()
    {
        var (unmapped, first) = await _api.GetAsync("/nowhere");
        var (invisible, second) = await _api.GetAsync("/absent");
        foreach (var body in new[] { first, second })
        {
            body.AsObject().Remove("instance");
            body.AsObject().Remove("traceId");
        }

        Assert.Multiple(() =>
        {
            Assert.That((int)unmapped.StatusCode, Is.EqualTo(404));
            Assert.That((int)invisible.StatusCode, Is.EqualTo(404));
            Assert.That(first.ToJsonString(), Is.EqualTo(second.ToJsonString()));
            Assert.That(unmapped.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"));
        });
    }

    [Test]
    public async Task A_problem_has_the_five_members_of_the_standard_and_a_text_in_both_languages()
    {
        var (_, body) = await _api.GetAsync("/absent?name=secret");

        Assert.Multiple(() =>
        {
            Assert.That((string?)body["type"], Is.EqualTo("urn:region-escalation:problem:not-found"));
            Assert.That((string?)body["title"], Is.EqualTo("Not found"));
            Assert.That((int?)body["status"], Is.EqualTo(404));
            Assert.That((string?)body["detail"], Is.EqualTo((string?)body["message"]!["sv"]));
            Assert.That((string?)body["message"]!["en"], Is.Not.Empty);
            Assert.That((string?)body["instance"], Is.EqualTo("/escalation/v1/absent"));
            Assert.That((string?)body["traceId"], Does.Match("^[0-9a-f]{32}$"));
        });
    }

    [Test]
    public async Task An_unexpected_error_tells_nothing_but_its_trace_id()
    {
        var (response, body) = await _api.GetAsync("/broken");

        Assert.Multiple(() =>
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.InternalServerError));
            Assert.That(body.ToJsonString(), Does.Not.Contain("secret").And.Not.Contain("Exception"));
            Assert.That(response.Headers.GetValues("traceparent").Single(), Does.Contain((string)body["traceId"]!));
        });
    }

    [Test]
    public async Task A_database_that_is_away_for_a_moment_is_worth_another_try()
    {
        var (response, _) = await _api.GetAsync("/overloaded");

        Assert.That(((int)response.StatusCode, response.Headers.RetryAfter!.Delta), Is.EqualTo((503, TimeSpan.FromSeconds(5))));
    }

    [Test]
    public async Task Unmet_rules_are_listed_with_the_first_leading_and_links_made_absolute()
    {
        var (response, body) = await _api.GetAsync("/rules");

        Assert.Multiple(() =>
        {
            Assert.That((int)response.StatusCode, Is.EqualTo(422));
            Assert.That((string?)body["code"], Is.EqualTo("R-E3"));
            Assert.That((string?)body["reason"], Is.EqualTo("evaluationReused"));
            Assert.That((string?)body["detail"], Is.EqualTo("Redan använd."));
            Assert.That(body["unmet"]!.AsArray(), Has.Count.EqualTo(2));
            Assert.That((string?)body["unmet"]![0]!["href"], Is.EqualTo($"{_api.Client.BaseAddress}escalation/v1/things"));
            Assert.That((string?)body["errors"]!["evaluationId"]![0]!["rule"], Is.EqualTo("R-E3"));
        });
    }

    [Test]
    public async Task A_conflict_carries_the_code_of_its_rule()
    {
        var (response, body) = await _api.GetAsync("/taken");

        Assert.That(((int)response.StatusCode, (string?)body["code"], (string?)body["detail"]), Is.EqualTo((409, "R-G2", "Redan öppet.")));
    }

    [Test]
    public async Task Answers_that_the_framework_makes_are_problems_too()
    {
        var (wrongMethod, methodBody) = await _api.SendAsync(HttpMethod.Delete, "/things");
        var (noToken, tokenBody) = await _api.GetAsync("/closed");

        Assert.Multiple(() =>
        {
            Assert.That((int?)methodBody["status"], Is.EqualTo(405));
            Assert.That(wrongMethod.Content.Headers.Allow, Is.EquivalentTo(new[] { "GET", "POST" }));
            Assert.That((int?)tokenBody["status"], Is.EqualTo(401));
            Assert.That((int)noToken.StatusCode, Is.EqualTo(401));
        });
    }

    [Test]
    public async Task The_trace_of_the_caller_is_continued_and_returned()
    {
        var (response, _) = await _api.SendAsync(
            HttpMethod.Get, "/api-info", headers: ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));

        Assert.That(response.Headers.GetValues("traceparent").Single(), Does.StartWith("00-0af7651916cd43dd8448eb211c80319c-"));
    }

    [Test]
    public async Task A_client_that_asks_too_often_is_told_how_long_to_wait_and_others_go_on()
    {
        await using var api = await TestApi.StartAsync(("RateLimit:Burst", "2"), ("RateLimit:PerSecond", "1"));
        Task<(HttpResponseMessage Response, System.Text.Json.Nodes.JsonNode Body)> AskAs(string client) =>
            api.SendAsync(HttpMethod.Get, "/closed", headers: ("X-Client", client));

        await AskAs("a");
        await AskAs("a");
        var (refused, body) = await AskAs("a");
        var (other, _) = await AskAs("b");

        Assert.Multiple(() =>
        {
            Assert.That((int)refused.StatusCode, Is.EqualTo(429));
            Assert.That((string?)body["type"], Does.EndWith("too-many-requests"));
            Assert.That(refused.Headers.RetryAfter!.Delta, Is.EqualTo(TimeSpan.FromSeconds(1)));
            Assert.That(other.IsSuccessStatusCode, Is.True);
        });
    }

    [Test]
    public async Task The_api_tells_about_itself()
    {
        var (_, body) = await _api.GetAsync("/api-info");

        Assert.That(body.ToJsonString(), Is.EqualTo(
            "{\"apiName\":\"escalation\",\"apiVersion\":\"1.0.0\",\"apiReleased\":\"2026-10-01\"," +
            $"\"apiDocumentation\":\"{_api.Client.BaseAddress}escalation/v1/openapi.json\",\"apiStatus\":\"active\"}}"));
    }
}
