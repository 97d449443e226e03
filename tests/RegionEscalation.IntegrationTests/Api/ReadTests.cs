using System.Net;
using System.Text.Json.Nodes;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>Cases as they were, lists with their filters, and answers of the shape that the document promises.</summary>
public sealed class ReadTests : KalmarFixture
{
    private readonly List<Guid> _cases = [];

    private protected override async Task SeedAsync()
    {
        foreach (var step in new[] { 0, 1, 3, 4, 0 })
            _cases.Add(await Kalmar.CaseAtAsync(step, step == 4 ? "202100-5489" : "556016-0680"));
        await Kalmar.ClosedAsUnfoundedAsync(_cases[4], "contractOwner");
        // Changed last.
        await Kalmar.DoneAsync(_cases[0], "activities", Bodies.Activity("supplierDialogue", Host.Clock.GetUtcNow()));
    }

    [TestCase("", "4 3 2 1 0")]
    [TestCase("sort=openedAt", "0 1 2 3 4")]
    [TestCase("sort=-openedAt", "4 3 2 1 0")]
    [TestCase("sort=updatedAt", "1 2 3 4 0")]
    [TestCase("sort=-updatedAt", "0 4 3 2 1")]
    [TestCase("step=0", "4 0")]
    [TestCase("step=4", "3")]
    [TestCase("step=5", "")]
    [TestCase("state=open", "3 2 1 0")]
    [TestCase("state=closed", "4")]
    [TestCase("state=closed&step=1", "")]
    [TestCase("category=Sjukvårdsmaterial", "4 3 2 1 0")]
    [TestCase("category=Läkemedel", "")]
    [TestCase("updatedSince=2000-01-01T00:00:00Z&sort=openedAt", "0 1 2 3 4")]
    [TestCase("updatedSince=2999-01-01T00:00:00%2B02:00", "")]
    public async Task Cases_are_filtered_and_sorted(string query, string expected) => Assert.That(await ListAsync(query), Is.EqualTo(expected));

    [Test]
    public async Task Cases_are_found_by_contract_supplier_and_change()
    {
        var third = (await Kalmar.GetAsync($"cases/{_cases[3]}")).Body!;
        var last = (await Kalmar.GetAsync($"cases/{_cases[0]}")).Body!;

        Assert.That(await ListAsync($"contract={third["contract"]!["number"]}"), Is.EqualTo("3"));
        Assert.That(await ListAsync($"supplier={third["supplier"]!["id"]}"), Is.EqualTo("3"));
        Assert.That(await ListAsync($"supplier={third["supplier"]!["organisationNumber"]}"), Is.EqualTo("3"));
        Assert.That(await ListAsync($"updatedSince={last["updatedAt"]}"), Is.EqualTo("0"), "at the very instant counts");
    }

    [TestCase("sort=step")]
    [TestCase("sort=openedAt,updatedAt")]
    [TestCase("step=6")]
    [TestCase("step=-1")]
    [TestCase("step=three")]
    [TestCase("state=Open")]
    [TestCase("state=0")]
    [TestCase("state=open,closed")]
    [TestCase("state=open&state=closed")]
    [TestCase("supplier=5560160681")]
    [TestCase("updatedSince=2026-03-02")]
    [TestCase("updatedSince=2026-03-02T09:15:00")]
    [TestCase("limit=0")]
    [TestCase("limit=101")]
    [TestCase("page=0")]
    [TestCase("page=2147483648")]
    [TestCase("contract=")]
    public async Task A_filter_that_is_none_is_refused_with_its_name(string query)
    {
        var answer = await Kalmar.GetAsync($"cases?{query}");

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity), answer.Text);
        Assert.That(answer.Body!["errors"]!.AsObject().Select(e => e.Key), Is.EqualTo(new[] { query.Split('=')[0] }));
    }

    [Test]
    public async Task Pages_link_to_each_other_and_keep_the_query()
    {
        var first = (await Kalmar.GetAsync("cases?sort=openedAt&state=open&limit=3")).Body!;
        var second = (await Kalmar.GetAsync(LinkOf(first, "next"))).Body!;
        var beyond = await Kalmar.GetAsync("cases?limit=3&page=2147483647");

        Assert.Multiple(() =>
        {
            Assert.That(first["_meta"]!.ToJsonString(), Is.EqualTo("""{"page":1,"limit":3,"totalItems":4,"totalPages":2}"""));
            Assert.That(IdsOf(first), Is.EqualTo("0 1 2"));
            Assert.That(IdsOf(second), Is.EqualTo("3"));
            Assert.That(first["_links"]!.AsObject().Select(l => l.Key), Is.EqualTo(new[] { "self", "first", "last", "next" }));
            Assert.That(second["_links"]!.AsObject().Select(l => l.Key), Is.EqualTo(new[] { "self", "first", "last", "prev" }));
            Assert.That(LinkOf(second, "prev"), Is.EqualTo(LinkOf(first, "self")));
            Assert.That(LinkOf(first, "last"), Is.EqualTo($"{Kalmar.Path}/cases?sort=openedAt&state=open&limit=3&page=2"));
            Assert.That((beyond.Status, IdsOf(beyond.Body!)), Is.EqualTo((HttpStatusCode.OK, "")));
        });
    }

    [Test]
    public async Task A_case_is_shown_as_it_was_at_a_version_and_at_an_instant()
    {
        var id = _cases[2];
        var events = (await Kalmar.GetAsync($"cases/{id}/events?limit=100")).Body!["items"]!.AsArray();
        var toTwo = events.Single(e => (string?)e!["type"] == "case-escalated.v1" && e["data"]!["toStep"]!.GetValue<int>() == 2)!;
        // What belongs to the same decision was recorded at the same instant.
        var version = events.Last(e => (string?)e!["at"] == (string?)toTwo["at"])!["version"]!.GetValue<long>();
        var at = DateTimeOffset.Parse((string)toTwo["at"]!, System.Globalization.CultureInfo.InvariantCulture);

        var atVersion = await Kalmar.GetAsync($"cases/{id}?version={version}");
        var atInstant = await Kalmar.GetAsync($"cases/{id}?at={toTwo["at"]}");
        var justBefore = await Kalmar.GetAsync($"cases/{id}?at={at.AddMicroseconds(-1):yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}");
        var beforeIt = await Kalmar.GetAsync($"cases/{id}?at=2000-01-01T00:00:00Z");
        var now = await Kalmar.GetAsync($"cases/{id}?version={events.Count}");
        var unversioned = await Kalmar.GetAsync($"cases/{id}");

        Assert.Multiple(() =>
        {
            Assert.That((atVersion.Body!["step"]!.GetValue<int>(), atVersion.Body["version"]!.GetValue<long>()), Is.EqualTo((2, version)));
            Assert.That(atInstant.Text, Is.EqualTo(atVersion.Text));
            Assert.That(justBefore.Body!["step"]!.GetValue<int>(), Is.EqualTo(1));
            Assert.That(beforeIt.Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That(now.Text, Is.EqualTo(unversioned.Text), "replaying everything gives the snapshot");
            Assert.That((atVersion.ETag, unversioned.ETag), Is.EqualTo(((string?)null, $"\"{events.Count}\"")), "the past takes no command");
            Assert.That(events.Select(e => e!["version"]!.GetValue<long>()), Is.EqualTo(Enumerable.Range(1, events.Count).Select(v => (long)v)));
        });
    }

    [TestCase("version=0", HttpStatusCode.UnprocessableEntity)]
    [TestCase("version=one", HttpStatusCode.UnprocessableEntity)]
    [TestCase("at=yesterday", HttpStatusCode.UnprocessableEntity)]
    [TestCase("at=0001-01-01T00:00:00Z", HttpStatusCode.NotFound)]
    [TestCase("at=9999-12-31T23:59:59.999999Z", HttpStatusCode.OK)]
    [TestCase("version=9223372036854775807", HttpStatusCode.NotFound)]
    public async Task Extreme_moments_are_answered(string query, HttpStatusCode expected) =>
        Assert.That((await Kalmar.GetAsync($"cases/{_cases[0]}?{query}")).Status, Is.EqualTo(expected));

    [Test]
    public async Task Deviations_are_filtered()
    {
        var id = _cases[3];
        async Task<int> CountAsync(string query) => (await Kalmar.GetAsync($"deviations?{query}")).Body!["_meta"]!["totalItems"]!.GetValue<int>();

        Assert.That(await CountAsync($"case={id}"), Is.EqualTo(1));
        Assert.That(await CountAsync("severity=serious"), Is.EqualTo(1));
        Assert.That(await CountAsync("severity=deviation"), Is.EqualTo(await CountAsync("") - 1));
        Assert.That(await CountAsync("status=fedBack"), Is.Zero);
        Assert.That(await CountAsync("status=unfounded"), Is.EqualTo(1));
        Assert.That(await CountAsync("status=assessed"), Is.EqualTo(await CountAsync("") - 1));
    }

    [Test]
    public async Task Answers_have_exactly_the_members_that_the_document_names()
    {
        var region = (await Kalmar.GetAsync("/escalation/v1/openapi.json")).Body!;
        var national = (await Kalmar.GetAsync("/national/v1/openapi.json")).Body!;
        var found = (await Kalmar.GetAsync($"cases/{_cases[2]}")).Body!;
        var answers = new List<(JsonNode Document, string Path, string Status, Answer Answer)>();
        foreach (var (template, path) in new[]
        {
            ("/regions/{region}/cases", "cases"), ("/regions/{region}/cases/{id}", $"cases/{_cases[2]}"), ("/regions/{region}/cases/{id}", $"cases/{_cases[4]}"),
            ("/regions/{region}/cases/{id}/events", $"cases/{_cases[2]}/events?limit=100"), ("/regions/{region}/cases/{id}/transitions", $"cases/{_cases[2]}/transitions"),
            ("/regions/{region}/deviations", "deviations"), ("/regions/{region}/deviations/{id}", $"deviations/{found["deviations"]![0]!["id"]}"),
            ("/regions/{region}/contracts", "contracts"), ("/regions/{region}/contracts/{contractNumber}", $"contracts/{found["contract"]!["number"]}"),
            ("/regions/{region}/suppliers", "suppliers"), ("/regions/{region}/suppliers/{supplier}", "suppliers/5560160680"),
            ("/regions", "/escalation/v1/regions?limit=100"), ("/regions/{code}", "/escalation/v1/regions/08"), ("/ladders", "/escalation/v1/ladders"),
            ("/ladders/{version}", "/escalation/v1/ladders/2026"), ("/ladders/{version}", "/escalation/v1/ladders/2024-kalmar"),
            ("/ladders/{version}/differences", "/escalation/v1/ladders/2024-kalmar/differences?to=2026"),
            ("/glossary", "/escalation/v1/glossary"), ("/glossary", "/escalation/v1/glossary?ladder=2024-kalmar"), ("/api-info", "/escalation/v1/api-info"),
        })
            answers.Add((region, template, "200", await Kalmar.GetAsync(path)));
        foreach (var (template, path) in new[]
        {
            ("/cases", "cases"), ("/cases/{region}/{id}", $"cases/08/{_cases[2]}"), ("/suppliers/{supplier}", "suppliers/5560160680"), ("/api-info", "api-info"),
        })
            answers.Add((national, template, "200", await Kalmar.NationalAsync(path)));
        answers.Add((region, "/regions/{region}/cases/{id}", "404", await Kalmar.GetAsync($"cases/{Guid.NewGuid()}")));
        answers.Add((region, "/regions/{region}/cases", "422", await Kalmar.GetAsync("cases?step=9")));

        Assert.Multiple(() =>
        {
            foreach (var (document, path, status, answer) in answers)
            {
                Assert.That(((int)answer.Status).ToString(System.Globalization.CultureInfo.InvariantCulture), Is.EqualTo(status), $"{path}: {answer.Text}");
                var response = document["paths"]![path]!["get"]!["responses"]![status]!;
                response = (string?)response["$ref"] is { } reference ? SchemaCheck.Resolve(document, reference)! : response;
                Assert.That(SchemaCheck.Against(document, response["content"]![answer.MediaType!]!["schema"]!, answer.Body), Is.Empty, path);
            }
        });
    }

    private async Task<string> ListAsync(string query) => IdsOf((await Kalmar.GetAsync($"cases?{query}")).Body!);

    private string IdsOf(JsonNode list) => string.Join(' ', list["items"]!.AsArray().Select(c => _cases.IndexOf(c!["id"]!.GetValue<Guid>())));

    private static string LinkOf(JsonNode list, string relation) => new Uri((string)list["_links"]![relation]!["href"]!).PathAndQuery;
}
