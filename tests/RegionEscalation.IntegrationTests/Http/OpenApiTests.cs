using System.Net.Http.Json;
using System.Text.Json.Nodes;
using RegionEscalation.Http;

namespace RegionEscalation.IntegrationTests.Http;

public class OpenApiTests
{
    private TestApi _api = null!;
    private JsonNode _document = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _api = await TestApi.StartAsync();
        _document = await _api.DocumentAsync();
    }

    [OneTimeTearDown]
    public async Task Stop() => await _api.DisposeAsync();

    [Test]
    public void The_document_is_complete() => Assert.That(OpenApiCompleteness.Check(_document), Is.Empty);

    [Test]
    public async Task The_documents_of_the_platform_are_complete()
    {
        await using var host = await TestHost.StartAsync();
        using var client = host.ClientOf(null);

        foreach (var name in new[] { "escalation", "national" })
            Assert.That(OpenApiCompleteness.Check((await client.GetFromJsonAsync<JsonNode>($"/{name}/v1/openapi.json"))!), Is.Empty, name);
    }

    [Test]
    public void What_is_left_out_is_found()
    {
        var document = _document.DeepClone();
        var post = document["paths"]!["/things"]!["post"]!.AsObject();
        post.Remove("summary");
        document["tags"]![1]!.AsObject().Remove("description");
        post["responses"]!.AsObject().Remove("415");
        post["requestBody"]!["content"]!["application/json"]!.AsObject().Remove("example");
        document["paths"]!["/things"]!["get"]!["parameters"]![0]!.AsObject().Remove("description");
        document["paths"]!["/things/{id}"]!["put"]!["parameters"]!.AsArray().RemoveAt(0);
        document["components"]!["schemas"]!["ThingRequest"]!["properties"]!["occurredAt"]!.AsObject().Remove("example");

        Assert.That(OpenApiCompleteness.Check(document), Is.EquivalentTo(new[]
        {
            "POST /things: summary", "POST /things: 415", "POST /things: request example", "ThingRequest.occurredAt: example", "GET /things: description of step",
            "PUT /things/{id}: parameter id", "tag Things: description",
        }));
    }

    [Test]
    public async Task The_document_is_the_same_every_time()
    {
        await using var other = await TestApi.StartAsync();

        Assert.That((await other.DocumentAsync()).ToJsonString(), Is.EqualTo(_document.ToJsonString()));
    }

    [Test]
    public void Paths_stand_below_the_address_of_the_server()
    {
        Assert.Multiple(() =>
        {
            Assert.That((string?)_document["openapi"], Does.StartWith("3.1."));
            Assert.That((string?)_document["servers"]!.AsArray().Single()!["url"], Is.EqualTo("https://region-escalation.example/escalation/v1"));
            Assert.That(_document["paths"]!.AsObject().Select(p => p.Key), Is.EqualTo(new[] { "/api-info", "/hashes", "/purposes", "/things", "/things/{id}" }));
            foreach (var member in new[] { "title", "version", "description", "termsOfService", "contact", "license", "x-sla", "x-limitations" })
                Assert.That(_document["info"]![member], Is.Not.Null, member);
        });
    }

    [Test]
    public void Bounds_and_comments_of_records_are_in_their_schemas()
    {
        var thing = Schema("ThingRequest");

        Assert.Multiple(() =>
        {
            Assert.That(((int?)thing["motivation"]!["minLength"], (int?)thing["motivation"]!["maxLength"]), Is.EqualTo((3, 20)));
            Assert.That((string?)thing["motivation"]!["description"], Is.EqualTo("Why it is done."));
            Assert.That(((int?)thing["clauses"]!["minItems"], (int?)thing["clauses"]!["maxItems"]), Is.EqualTo((1, 2)));
            Assert.That((string?)thing["organisationNumber"]!["pattern"], Is.EqualTo("^(?:[0-9]{10})$"));
            Assert.That(((int?)Schema("Clause")["level"]!["minimum"], (int?)Schema("Clause")["level"]!["maximum"]), Is.EqualTo((1, 5)));
            Assert.That((string?)thing["count"]!["type"], Is.EqualTo("integer"));
            Assert.That(_document["components"]!["schemas"]!["PageLinks"]!["required"]!.ToJsonString(), Is.EqualTo("""["self","first","last"]"""));
            Assert.That((string?)_document["components"]!["schemas"]!["Severity"]!["type"], Is.EqualTo("string"));
            Assert.That(thing["dueOn"]!["example"], Is.Not.Null);
        });
    }

    [Test]
    public void Parameters_follow_what_the_endpoint_promises()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Parameters("/things", "get"), Is.EqualTo(new[] { "step", "since", "limit", "page", "traceparent" }));
            Assert.That(Parameters("/things", "post"), Is.EqualTo(new[] { "validateOnly", "Idempotency-Key", "traceparent" }));
            Assert.That(Parameters("/things/{id}", "put"), Is.EqualTo(new[] { "id", "If-Match", "traceparent" }));
            Assert.That(Parameters("/purposes", "get"), Is.EqualTo(new[] { "Purpose", "traceparent" }));
            var since = _document["paths"]!["/things"]!["get"]!["parameters"]![1]!["schema"]!;
            Assert.That((string?)since["format"], Is.EqualTo("date-time"));
            Assert.That((int?)_document["paths"]!["/things"]!["get"]!["parameters"]![0]!["schema"]!["maximum"], Is.EqualTo(5));
        });
    }

    [Test]
    public void Answers_follow_what_the_endpoint_promises()
    {
        var put = Operation("/things/{id}", "put");

        Assert.Multiple(() =>
        {
            Assert.That(Statuses(put), Is.EqualTo(new[] { "200", "400", "401", "403", "404", "412", "413", "415", "422", "428", "429", "500", "503" }));
            Assert.That(put["responses"]!["200"]!["headers"]!.AsObject().Select(h => h.Key), Is.EquivalentTo(new[] { "ETag", "traceparent" }));
            Assert.That((string?)put["responses"]!["200"]!["content"]!["application/json"]!["example"]!["motivation"], Is.EqualTo("Försenad åäö"));
            Assert.That(Statuses(Operation("/api-info", "get")), Is.EqualTo(new[] { "200", "429", "500" }));
            Assert.That(Operation("/api-info", "get")["security"]!.AsArray(), Is.Empty);
            Assert.That(put["security"], Is.Null);
        });
    }

    [Test]
    public void Every_problem_has_the_five_members_and_an_example()
    {
        var responses = _document["components"]!["responses"]!.AsObject();

        Assert.That(responses, Is.Not.Empty);
        Assert.Multiple(() =>
        {
            foreach (var (name, response) in responses)
            {
                var content = response!["content"]!["application/problem+json"]!;
                Assert.That(content["example"] ?? content["examples"], Is.Not.Null, name);
                Assert.That((string?)content["schema"]!["$ref"], Is.EqualTo("#/components/schemas/Problem"), name);
                Assert.That(response["headers"]!["traceparent"], Is.Not.Null, name);
            }

            foreach (var member in new[] { "type", "title", "status", "detail", "instance" })
                Assert.That(Schema("Problem")[member], Is.Not.Null, member);
        });
    }

    private JsonNode Operation(string path, string verb) => _document["paths"]![path]![verb]!;

    private JsonNode Schema(string name) => _document["components"]!["schemas"]![name]!["properties"]!;

    private IEnumerable<string?> Parameters(string path, string verb) => Operation(path, verb)["parameters"]!.AsArray().Select(p => (string?)p!["name"]);

    private static IEnumerable<string> Statuses(JsonNode operation) => operation["responses"]!.AsObject().Select(r => r.Key);
}
