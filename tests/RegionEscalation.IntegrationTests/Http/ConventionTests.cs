using System.Text.Json.Nodes;

namespace RegionEscalation.IntegrationTests.Http;

public class ConventionTests
{
    private const string Thing = "/things/01953b4e-6f00-7000-8000-000000000001";

    private TestApi _api = null!;

    [OneTimeSetUp]
    public async Task Start() => _api = await TestApi.StartAsync();

    [OneTimeTearDown]
    public async Task Stop() => await _api.DisposeAsync();

    [TestCase("", "limit=20&page=1", 1, 20, 3, "page=2", null)]
    [TestCase("?page=2&limit=20", "limit=20&page=2", 2, 20, 3, "page=3", "page=1")]
    [TestCase("?page=3", "limit=20&page=3", 3, 20, 3, null, "page=2")]
    [TestCase("?page=2147483647&limit=100", "limit=100&page=2147483647", 2147483647, 100, 1, null, "page=1")]
    public async Task A_page_tells_where_it_stands_and_links_to_its_neighbours(
        string query, string self, int page, int limit, int pages, string? next, string? prev)
    {
        var (response, body) = await _api.GetAsync("/things" + query);
        var links = body["_links"]!.AsObject();

        Assert.Multiple(() =>
        {
            Assert.That((int)response.StatusCode, Is.EqualTo(200));
            Assert.That(body["_meta"]!.ToJsonString(), Is.EqualTo($$"""{"page":{{page}},"limit":{{limit}},"totalItems":45,"totalPages":{{pages}}}"""));
            Assert.That(Href(links["self"]), Is.EqualTo($"{_api.Client.BaseAddress}escalation/v1/things?{self}"));
            Assert.That(Href(links["first"]), Does.EndWith("page=1"));
            Assert.That(Href(links["last"]), Does.EndWith($"page={pages}"));
            Assert.That(Href(links["next"]), next is null ? Is.Null : Does.EndWith(next));
            Assert.That(Href(links["prev"]), prev is null ? Is.Null : Does.EndWith(prev));
            Assert.That(links.ContainsKey("next"), Is.EqualTo(next is not null));
        });
    }

    [Test]
    public async Task Links_keep_the_other_parameters_escaped()
    {
        var (_, body) = await _api.GetAsync("/things?step=2&since=2026-03-02T10:00:00%2B01:00&name=%C3%A5&name=b");

        Assert.That(Href(body["_links"]!["next"]), Does.EndWith("?step=2&since=2026-03-02T10%3A00%3A00%2B01%3A00&name=%C3%A5&name=b&limit=20&page=2"));
        Assert.That((string?)body["items"]![0], Is.EqualTo("2 2026-03-02T09:00:00Z"));
    }

    [TestCase(null, 428)]
    [TestCase("\"7\"", 200)]
    [TestCase("\"0\"", 200)]
    [TestCase("W/\"7\"", 412)]
    [TestCase("*", 412)]
    [TestCase("\"7\", \"8\"", 412)]
    [TestCase("7", 412)]
    [TestCase("\"07\"", 412)]
    [TestCase("\"-7\"", 412)]
    [TestCase("\"", 412)]
    [TestCase("\"99999999999999999999\"", 412)]
    public async Task A_change_names_the_version_that_it_was_made_for(string? ifMatch, int status)
    {
        var body = System.Text.Json.JsonSerializer.Serialize(TestApi.Example, RegionEscalation.Http.Json.Options);
        var (response, _) = await _api.SendAsync(HttpMethod.Put, Thing, body, headers: ifMatch is null ? [] : [("If-Match", ifMatch)]);

        Assert.That((int)response.StatusCode, Is.EqualTo(status));
        if (ifMatch == "\"7\"")
            Assert.That(response.Headers.ETag!.Tag, Is.EqualTo("\"8\""));
    }

    [TestCase("")]
    [TestCase("two words")]
    [TestCase("a\tb")]
    public async Task A_key_that_cannot_be_kept_is_refused(string key)
    {
        var (response, body) = await _api.SendAsync(HttpMethod.Post, "/hashes", headers: ("Idempotency-Key", key));

        Assert.That(((int)response.StatusCode, body["errors"]!.AsObject().Single().Key), Is.EqualTo((422, "Idempotency-Key")));
    }

    [Test]
    public async Task A_key_has_at_most_128_characters()
    {
        var (longest, _) = await _api.SendAsync(HttpMethod.Post, "/hashes", headers: ("Idempotency-Key", new string('k', 128)));
        var (longer, _) = await _api.SendAsync(HttpMethod.Post, "/hashes", headers: ("Idempotency-Key", new string('k', 129)));

        Assert.That(((int)longest.StatusCode, (int)longer.StatusCode), Is.EqualTo((200, 422)));
    }

    [Test]
    public async Task The_hash_of_a_request_changes_with_its_query_and_body_only()
    {
        async Task<string> Hash(string path, string body) =>
            (string)(await _api.SendAsync(HttpMethod.Post, path, body, headers: ("Idempotency-Key", "k"))).Body!;
        var first = await Hash("/hashes", "{}");

        Assert.Multiple(async () =>
        {
            Assert.That(await Hash("/hashes", "{}"), Is.EqualTo(first));
            Assert.That(await Hash("/hashes", "{ }"), Is.Not.EqualTo(first));
            Assert.That(await Hash("/hashes?a=b", "{}"), Is.Not.EqualTo(first));
            Assert.That((string?)(await _api.PostAsync("{}", "/hashes")).Body, Is.EqualTo("none"));
        });
    }

    [TestCase("/things?validateOnly=maybe")]
    [TestCase("/hashes?validateOnly=true")]
    public async Task A_dry_run_that_would_not_be_one_is_refused(string path)
    {
        var (response, body) = await _api.PostAsync("{}", path);

        Assert.That(((int)response.StatusCode, body["errors"]!.AsObject().Single().Key), Is.EqualTo((422, "validateOnly")));
    }

    [TestCase("procurement", 200)]
    [TestCase("curiosity", 422)]
    [TestCase(null, 422)]
    public async Task A_reading_across_regions_states_a_purpose_from_the_list(string? purpose, int status)
    {
        var (response, _) = await _api.SendAsync(HttpMethod.Get, "/purposes", headers: purpose is null ? [] : [("Purpose", purpose)]);

        Assert.That((int)response.StatusCode, Is.EqualTo(status));
    }

    private static string? Href(JsonNode? link) => (string?)link?["href"];
}
