using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RegionEscalation.Http;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>The contract in the repository is what the host serves.</summary>
[TestFixture("escalation", "region-v1.json")]
[TestFixture("national", "national-v1.json")]
public sealed partial class OpenApiDocumentTests(string api, string fileName)
{
    private readonly CommittedSpec _committed = new(fileName);
    private TestHost _host = null!;
    private JsonNode _served = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _host = await TestHost.StartAsync();
        using var anonymous = _host.ClientOf(null);
        _served = JsonNode.Parse(await anonymous.GetStringAsync(new Uri($"/{api}/v1/openapi.json", UriKind.Relative)))!;
        await _committed.AcceptAsync(_served);
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [Test]
    public Task The_served_document_is_the_committed_one() => _committed.AssertIsAsync(_served);

    [Test]
    public void The_document_is_complete() => Assert.That(OpenApiCompleteness.Check(_served), Is.Empty);

    [Test]
    public void Every_operation_has_an_id_of_its_own() => Assert.That(Operations().Select(o => (string?)o.Operation["operationId"]), Is.Unique);

    [Test]
    public void Every_reference_leads_somewhere() => Assert.That(CommittedSpec.LeadsNowhere(_served), Is.Empty);

    [Test]
    public void The_document_and_the_host_have_the_same_operations()
    {
        var mapped = _host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.StartsWith($"/{api}/v1/", StringComparison.Ordinal))
            .SelectMany(e => e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods,
                (e, method) => $"{method} {Constraint().Replace(e.RoutePattern.RawText![$"/{api}/v1".Length..].TrimEnd('/'), "}")}");

        Assert.That(Operations().Select(o => $"{o.Verb.ToUpperInvariant()} {o.Path}"), Is.EquivalentTo(mapped));
    }

    [Test]
    public void No_handler_takes_an_enumeration_from_the_address_as_the_framework_would_read_it() => Assert.That(
        from endpoint in _host.Services.GetRequiredService<EndpointDataSource>().Endpoints
        from parameter in endpoint.Metadata.GetMetadata<MethodInfo>()?.GetParameters() ?? []
        where (Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType).IsEnum
        select $"{endpoint.DisplayName}: {parameter.Name}, which should be a Code<{parameter.ParameterType.Name}>",
        Is.Empty);

    [Test]
    public void Every_example_is_what_its_schema_says()
    {
        var carriers = Operations().SelectMany(o => new[] { o.Operation["requestBody"] }.Concat(o.Operation["responses"]!.AsObject().Select(r => r.Value))
                .Select(c => (Where: $"{o.Verb} {o.Path}", Json: c?["content"]?["application/json"])))
            .Where(c => c.Json is not null).ToArray();

        Assert.That(carriers, Is.Not.Empty);
        Assert.Multiple(() =>
        {
            foreach (var (where, json) in carriers)
                Assert.That(SchemaCheck.Against(_served, json!["schema"]!, json["example"]), Is.Empty, where);
        });
    }

    [Test]
    public void Every_schema_says_its_type() => Assert.That(
        Properties().Select(p => (p.Name, p.Schema)).Concat(_served["components"]!["schemas"]!.AsObject().Select(s => (Name: s.Key, Schema: s.Value!)))
            // The data of an event is of as many shapes as there are events.
            .Where(p => p.Name != "JsonElement" && new[] { "type", "$ref", "oneOf" }.All(k => p.Schema[k] is null)).Select(p => p.Name),
        Is.Empty);

    [Test]
    public void Every_property_of_an_answer_is_promised_unless_it_is_left_out_when_null()
    {
        var promised = Properties().Where(p => !p.Name.Split('.')[0].EndsWith("Request", StringComparison.Ordinal));

        Assert.That(promised.Where(p => !p.Required).Select(p => p.Name), Is.SubsetOf(new[]
        {
            "PageLinks.next", "PageLinks.prev", "DeviationLinks.case", "RecurrenceLinks.case", "WatchEntryLinks.case", "CatalogueImportLinks.rejects", "CatalogueImportLinks.rejectsCsv", "CatalogueImportLinks.confirm", "CatalogueImportLinks.cancel", "Problem.code", "Problem.reason", "Problem.restart", "Problem.registered", "Problem.received", "Problem.errors", "Problem.unmet",
            "NationalCase.summary", "NationalCase.course", "NationalCase.regionsConcerned", "NationalCase.recipients", "NationalSupplierStatus.regionsConcerned",
            "NationalChange.region", "NationalChange.caseId", "NationalChange.noticeId", "NationalChange.meetingId",
            "NationalChange.case", "NationalChange.notice", "NationalChange.acknowledgement", "NationalChange.meeting",
        }));
    }

    private IEnumerable<(string Name, JsonNode Schema, bool Required)> Properties() =>
        from schema in _served["components"]!["schemas"]!.AsObject()
        from property in schema.Value!["properties"]?.AsObject() ?? []
        select ($"{schema.Key}.{property.Key}", property.Value!, schema.Value!["required"]?.AsArray().Any(r => (string?)r == property.Key) == true);

    private IEnumerable<(string Path, string Verb, JsonNode Operation)> Operations() =>
        from path in _served["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        where operation.Key is "get" or "put" or "post" or "delete" or "patch"
        select (path.Key, operation.Key, operation.Value!);

    [GeneratedRegex(":[^}]*}")]
    private static partial Regex Constraint();
}
