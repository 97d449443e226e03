using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RegionEscalation.Feeds;
using RegionEscalation.Host;
using RegionEscalation.Http;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>The document of all events is what the host serves, whole, and true of what the feeds give.</summary>
public sealed class EventDocumentTests
{
    private readonly CommittedSpec _committed = new("events-v1.json");
    private TestHost _host = null!;
    private HttpClient _anonymous = null!;
    private JsonNode _served = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _host = await TestHost.StartAsync();
        _anonymous = _host.ClientOf(null);
        _served = await DocumentAsync(EventDocument.Path);
        await _committed.AcceptAsync(_served);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _anonymous.Dispose();
        await _host.DisposeAsync();
    }

    [Test]
    public Task The_served_document_is_the_committed_one() => _committed.AssertIsAsync(_served);

    [Test]
    public void Every_reference_leads_somewhere() => Assert.That(CommittedSpec.LeadsNowhere(_served), Is.Empty);

    [Test]
    public async Task It_says_of_itself_what_the_documents_of_the_APIs_say()
    {
        var escalation = (await DocumentAsync("/escalation/v1/openapi.json"))["info"]!;

        foreach (var member in new[] { "version", "termsOfService", "contact", "license" })
            Assert.That(_served["info"]![member]!.ToJsonString(), Is.EqualTo(escalation[member]!.ToJsonString()), member);
    }

    [TestCase("/escalation/v1/regions/{region}/changes", "regionFeed", "regionWebhooks")]
    [TestCase("/national/v1/changes", "nationalFeed", "nationalWebhooks")]
    public void A_channel_has_every_type_that_its_feed_can_give_and_no_other(string route, string feed, string webhooks)
    {
        var types = _host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Single(e => e.RoutePattern.RawText!.TrimEnd('/') == route).Metadata.GetMetadata<IsFeed>()!.Types;

        Assert.Multiple(() =>
        {
            Assert.That((string?)_served["channels"]![feed]!["address"], Is.EqualTo(route));
            Assert.That(TypesOf(feed), Is.EquivalentTo(types));
            Assert.That(TypesOf(webhooks), Is.EquivalentTo(types.Append(WebhookSender.VerificationType)));
        });
    }

    [Test]
    public void Every_message_is_of_some_channel() =>
        Assert.That(Messages().Select(m => m.Type), Is.EquivalentTo(new[] { "regionFeed", "nationalFeed" }.SelectMany(TypesOf).Append(WebhookSender.VerificationType)));

    [Test]
    public void Every_message_is_told_in_a_sentence_of_each_language() => Assert.That(
        Messages().Where(m => !Regex.IsMatch((string?)m.Json["summary"] ?? "", @"^\p{Lu}[^{}]*\.\)?\.? \p{Lu}[^{}]*\.$")).Select(m => m.Type), Is.Empty);

    [Test]
    public void Every_example_is_what_its_schema_says() => Assert.Multiple(() =>
    {
        foreach (var (type, message) in Messages())
        {
            var example = message["examples"]![0]!["payload"]!;

            Assert.That(SchemaCheck.Against(_served, message["payload"]!, example), Is.Empty, type);
            Assert.That((string?)example["type"], Is.EqualTo(type));
        }
    });

    /// <summary>A sole trader's number is left out (R-G8), which no example shows.</summary>
    [Test]
    public void An_example_without_a_suppliers_number_is_what_its_schema_says_too()
    {
        var withSupplier = Messages().Where(m => m.Json["examples"]!.ToJsonString().Contains("\"organisationNumber\"", StringComparison.Ordinal)).ToArray();

        Assert.That(withSupplier, Has.Length.GreaterThan(5));
        Assert.Multiple(() =>
        {
            foreach (var (type, message) in withSupplier)
                Assert.That(SchemaCheck.Against(_served, message["payload"]!, WithoutNumber(message["examples"]![0]!["payload"]!)), Is.Empty, type);
        });
    }

    [Test]
    public void Every_schema_says_its_type() => Assert.That(
        from schema in _served["components"]!["schemas"]!.AsObject()
        from property in schema.Value!["properties"]?.AsObject() ?? []
        where new[] { "type", "$ref", "oneOf" }.All(k => property.Value![k] is null) || (property.Value!["type"]?.ToString() == "array" && property.Value["items"] is null)
        select $"{schema.Key}.{property.Key}",
        Is.Empty);

    private static JsonNode WithoutNumber(JsonNode example) =>
        JsonNode.Parse(Regex.Replace(example.ToJsonString(), "(\"organisationNumber\":)\"[0-9]+\"", "$1null"))!;

    private async Task<JsonNode> DocumentAsync(string path) => JsonNode.Parse(await _anonymous.GetStringAsync(new Uri(path, UriKind.Relative)))!;

    private IEnumerable<string> TypesOf(string channel) => _served["channels"]![channel]!["messages"]!.AsObject().Select(m => m.Key);

    private IEnumerable<(string Type, JsonNode Json)> Messages() => _served["components"]!["messages"]!.AsObject().Select(m => (m.Key, m.Value!));
}
